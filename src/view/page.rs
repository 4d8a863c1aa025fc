//! Lays out an answer for a person as lines of styled spans.
//!
//! Nothing here knows escape codes: `output` turns a page into them at the very end, and a full
//! screen could draw the same lines in its own way.

use std::collections::HashMap;
use std::rc::Rc;

use super::line::{Line, Style};
use super::{markdown, text};

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A line. The output adds its line end.
    Line(Line),
    /// A text as it was typed, with its own line ends. The output makes visible what could act
    /// on a terminal, and changes nothing else.
    Verbatim(String),
}

/// The maximum width of prose, in columns: longer lines are hard to read.
const PROSE: usize = 78;
/// From this width on, in columns, labels are beside their text; on narrower pages above it.
const ROOMY: usize = 60;
/// The column where text beside a label begins.
const LABEL: usize = 12;

/// An answer being laid out for a person.
#[derive(Debug)]
pub struct Page {
    rows: Vec<Row>,
    /// A cache of wrapped paragraphs: each with the width that it was wrapped to and its lines.
    /// The same question is often above many entries, and wrapping it is most of the work for
    /// such an entry.
    broken: HashMap<String, (usize, Rc<[String]>)>,
    width: usize,
    has_styles: bool,
    terminal: bool,
}

impl Page {
    /// An empty page of `width` columns. `has_styles` tells whether styles will be visible:
    /// without them the writer's Markdown keeps its markers. `terminal` tells whether a
    /// terminal shows the page: then texts are wrapped, and elsewhere they stay as they were
    /// typed.
    pub fn new(width: usize, has_styles: bool, terminal: bool) -> Page {
        Page {
            rows: Vec::new(),
            broken: HashMap::new(),
            width: width.clamp(20, 500),
            has_styles,
            terminal,
        }
    }

    /// The rows of the page, from top to bottom.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The full width in columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The width of a line of prose, in columns.
    pub fn prose_width(&self) -> usize {
        self.width.min(PROSE)
    }

    /// Returns `true` if the page is wide enough to put things side by side.
    pub fn is_roomy(&self) -> bool {
        self.width >= ROOMY
    }

    /// Adds a line, which must be safe and fit the page.
    pub fn line(&mut self, line: impl Into<Line>) {
        self.rows.push(Row::Line(line.into().trimmed()));
    }

    /// Adds an empty line.
    pub fn blank(&mut self) {
        self.rows.push(Row::Line(Line::default()));
    }

    /// Adds a wrapped paragraph in a style, indented by `indent` columns. Makes it safe.
    pub fn paragraph(&mut self, indent: usize, style: Style, text: &str) {
        let room = self.prose_width().saturating_sub(indent);
        let text = text::safe(text);
        let lines = match self.broken.get(&*text) {
            Some((columns, lines)) if *columns == room => Rc::clone(lines),
            _ => {
                let lines: Rc<[String]> = text::wrap(&text, room).into();
                if lines.len() > 1 {
                    let text = text.into_owned();
                    self.broken.insert(text, (room, Rc::clone(&lines)));
                }
                lines
            }
        };
        for line in &*lines {
            self.line(Line::from(" ".repeat(indent)) + style.on(line.as_str()));
        }
    }

    /// Adds short facts in a row, wrapped between facts if possible. Makes them safe.
    pub fn facts(&mut self, style: Style, facts: &[String]) {
        let (mut line, mut width) = (String::new(), 0);
        for fact in facts {
            let fact = text::safe(fact);
            let wide = text::width(&fact);
            if !line.is_empty() {
                if width + 3 + wide > self.prose_width() {
                    self.paragraph(0, style, &line);
                    (line, width) = (String::new(), 0);
                } else {
                    line.push_str(" · ");
                    width += 3;
                }
            }
            line.push_str(&fact);
            width += wide;
        }
        self.paragraph(0, style, &line);
    }

    /// Adds a separator between two complete texts: a rule on a terminal, elsewhere an empty
    /// line.
    pub fn separator(&mut self) {
        self.blank();
        if self.terminal {
            self.line(Style::Faint.on("─".repeat(self.prose_width())));
            self.blank();
        }
    }

    /// Adds a label with a wrapped paragraph beside it, or below it on a narrow page. Makes the
    /// paragraph safe.
    pub fn labelled(&mut self, label: &str, style: Style, text: &str) {
        let lines = text::wrap(&text::safe(text), self.width_beside_label());
        self.labelled_lines(label, lines.into_iter().map(|line| style.on(line)));
    }

    /// Adds a label with lines beside it, or below it on a narrow page. The lines must fit
    /// [`Page::width_beside_label`].
    pub fn labelled_lines(
        &mut self,
        label: &str,
        lines: impl IntoIterator<Item = impl Into<Line>>,
    ) {
        if self.is_roomy() {
            let mut label = Some(label);
            for line in lines {
                let label = label.take().unwrap_or("");
                let pad = LABEL.saturating_sub(2 + text::width(label)).max(1);
                let lead = Line::from("  ") + Style::Faint.on(label) + " ".repeat(pad);
                self.line(lead + line);
            }
        } else {
            self.line(Style::Faint.on(label));
            for line in lines {
                self.line(Line::from("  ") + line);
            }
        }
    }

    /// The width that lines beside a label have, in columns.
    pub fn width_beside_label(&self) -> usize {
        if self.is_roomy() {
            self.prose_width() - LABEL
        } else {
            self.width - 2
        }
    }

    /// Adds a text of the writer: on a terminal as lightly rendered Markdown, safe and wrapped;
    /// elsewhere as it was typed.
    pub fn writers_text(&mut self, text: &str) {
        if self.terminal {
            let options = markdown::RenderOptions {
                prose: self.prose_width(),
                width: self.width,
                styled: self.has_styles,
            };
            for line in markdown::render(text, options) {
                self.line(line);
            }
        } else {
            let end = if text.ends_with('\n') { "" } else { "\n" };
            self.rows.push(Row::Verbatim(format!("{text}{end}")));
        }
    }
}
