//! An answer laid out for a person: lines of styled spans.
//!
//! Nothing here knows how a terminal is told of a style. `output` turns a page into escape codes
//! at the very end, and another screen may draw the same lines in its own way.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Add;
use std::rc::Rc;

use super::{markdown, text};

pub use super::markdown::Look;

/// How a piece of text stands out. Never the only carrier of a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As everything else.
    Plain,
    /// Titles.
    Strong,
    /// What may be passed over.
    Faint,
    /// The question, the next step.
    Accent,
    /// What has been done.
    Good,
    /// What went wrong.
    Error,
    /// The writer's own Markdown.
    Written(Look),
}

impl Style {
    /// Text in this style. Wrap and cut first, style last.
    pub fn on(self, text: impl Into<String>) -> Line {
        let text = text.into();
        Line {
            spans: vec![Span { style: self, text }],
        }
    }
}

/// A stretch of a line in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// How it stands out.
    pub style: Style,
    /// Its text: already safe, without a line end.
    pub text: String,
}

/// A line of a page, or a piece of one. Pieces are put together with `+`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    spans: Vec<Span>,
}

impl Line {
    /// Its spans, from left to right.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// How many columns it takes.
    pub fn width(&self) -> usize {
        let widths = self.spans.iter().map(|span| text::width(&span.text));
        widths.sum()
    }

    /// Blanks after it, until it takes so many columns.
    #[must_use]
    pub fn padded_to(self, columns: usize) -> Line {
        let blanks = columns.saturating_sub(self.width());
        self + " ".repeat(blanks)
    }

    /// Without white space at its end.
    pub(super) fn trimmed(mut self) -> Line {
        while let Some(last) = self.spans.last_mut() {
            last.text.truncate(last.text.trim_end().len());
            if !last.text.is_empty() {
                break;
            }
            self.spans.pop();
        }
        self
    }
}

impl From<String> for Line {
    fn from(text: String) -> Line {
        Style::Plain.on(text)
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Line {
        Line::from(text.to_owned())
    }
}

impl From<Cow<'_, str>> for Line {
    fn from(text: Cow<'_, str>) -> Line {
        Line::from(text.into_owned())
    }
}

impl<T: Into<Line>> Add<T> for Line {
    type Output = Line;

    fn add(mut self, next: T) -> Line {
        let next = next.into().spans;
        self.spans
            .extend(next.into_iter().filter(|span| !span.text.is_empty()));
        self
    }
}

impl<T: Into<Line>> FromIterator<T> for Line {
    fn from_iter<I: IntoIterator<Item = T>>(pieces: I) -> Line {
        pieces
            .into_iter()
            .fold(Line::default(), |line, piece| line + piece)
    }
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A line, which a line end follows.
    Line(Line),
    /// A text byte for byte, with the line ends that it has.
    Verbatim(String),
}

/// The width of a page of prose: more is hard to read.
const PROSE: usize = 78;
/// From here on a label stands beside its text, below it above.
const ROOMY: usize = 60;
/// The column where text beside a label begins.
const LABEL: usize = 12;

/// An answer being laid out for a person.
#[derive(Debug)]
pub struct Page {
    rows: Vec<Row>,
    /// Paragraphs that ran over a line, with the columns they had and the lines they became. The
    /// question above an entry often stands above many, and breaking it into lines is most of
    /// the work that such an entry takes.
    broken: HashMap<String, (usize, Rc<[String]>)>,
    width: usize,
    has_styles: bool,
    terminal: bool,
}

impl Page {
    /// An empty page of so many columns. `has_styles` says whether styles will be seen: without
    /// them the writer's Markdown keeps its markers. `terminal` says whether it is read on one,
    /// where it is wrapped and made safe; elsewhere texts stay byte for byte.
    pub fn new(width: usize, has_styles: bool, terminal: bool) -> Page {
        Page {
            rows: Vec::new(),
            broken: HashMap::new(),
            width: width.clamp(20, 500),
            has_styles,
            terminal,
        }
    }

    /// What is on it, from top to bottom.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Columns there are.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Columns a line of prose takes.
    pub fn prose(&self) -> usize {
        self.width.min(PROSE)
    }

    /// Whether there is room for things to stand side by side.
    pub fn is_roomy(&self) -> bool {
        self.width >= ROOMY
    }

    /// A line as it is: already safe, already fitting.
    pub fn line(&mut self, line: impl Into<Line>) {
        self.rows.push(Row::Line(line.into().trimmed()));
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.rows.push(Row::Line(Line::default()));
    }

    /// A paragraph in a style, wrapped, each line behind `indent` columns.
    pub fn paragraph(&mut self, indent: usize, style: Style, text: &str) {
        let room = self.prose().saturating_sub(indent);
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

    /// Short facts one after the other, broken between them where that is possible.
    pub fn facts(&mut self, style: Style, facts: &[String]) {
        let (mut line, mut width) = (String::new(), 0);
        for fact in facts {
            let fact = text::safe(fact);
            let wide = text::width(&fact);
            if !line.is_empty() {
                if width + 3 + wide > self.prose() {
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

    /// What parts one whole text from the next: a rule on a terminal, elsewhere an empty
    /// line.
    pub fn apart(&mut self) {
        self.blank();
        if self.terminal {
            self.line(Style::Faint.on("─".repeat(self.prose())));
            self.blank();
        }
    }

    /// A label, and beside it, or below where the page is narrow, a paragraph.
    pub fn labelled(&mut self, label: &str, style: Style, text: &str) {
        let lines = text::wrap(&text::safe(text), self.beside_label());
        self.labelled_lines(label, lines.into_iter().map(|line| style.on(line)));
    }

    /// A label, and beside it, or below where the page is narrow, lines that fit
    /// [`Page::beside_label`].
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

    /// Columns that lines beside a label have.
    pub fn beside_label(&self) -> usize {
        if self.is_roomy() {
            self.prose() - LABEL
        } else {
            self.width - 2
        }
    }

    /// What the writer wrote: Markdown lightly rendered, made safe and wrapped on a terminal,
    /// byte for byte elsewhere.
    pub fn written(&mut self, text: &str) {
        if self.terminal {
            let sheet = markdown::Sheet {
                prose: self.prose(),
                width: self.width,
                styled: self.has_styles,
            };
            for line in markdown::render(text, sheet) {
                self.line(line);
            }
        } else {
            let end = if text.ends_with('\n') { "" } else { "\n" };
            self.rows.push(Row::Verbatim(format!("{text}{end}")));
        }
    }
}
