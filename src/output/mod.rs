//! The only writer to standard output and standard error.
//!
//! Standard output is the answer: a [`View`], shown to a person or as one JSON object.
//! Standard error is the conversation: what was done, hints, questions, errors.

pub mod dialogue;
pub mod excerpt;
mod markdown;
pub mod pager;
pub mod picture;
pub mod progress;
pub mod text;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::rc::Rc;

use anstyle::{AnsiColor, Effects};
use serde::Serialize;

use crate::error::{Error, Result};

pub use pager::Pager;
use pager::Shown;

/// What a command answers: data that can be shown in two ways.
pub trait View {
    /// The one object that `--json` prints; its top-level key names the thing.
    fn json(&self) -> impl Serialize;

    /// The page for a person.
    fn human(&self, page: &mut Page);
}

/// Where answers and messages go, and how they look.
#[derive(Debug, Clone)]
pub struct Output {
    /// Answer as JSON.
    pub json: bool,
    /// Leave out what was done.
    pub quiet: bool,
    /// Style standard output.
    pub color: bool,
    /// Style standard error.
    pub color_errors: bool,
    /// Standard output is a terminal.
    pub terminal: bool,
    /// Standard error is a terminal.
    pub terminal_errors: bool,
    /// Columns to write for.
    pub width: usize,
    /// Rows of the terminal, where it says.
    pub height: Option<usize>,
    /// What long answers go through on a terminal.
    pub pager: Pager,
}

impl Output {
    /// Prints an answer.
    ///
    /// # Errors
    /// [`Error::Io`] when it could not be printed whole. A reader that has seen enough (a
    /// closed pipe) is no error.
    pub fn show(&self, view: &impl View) -> Result<()> {
        self.print(&self.render(view)?)
    }

    /// Prints an answer that may be long: on a terminal, and where it is longer than the
    /// terminal is high, through the pager.
    ///
    /// # Errors
    /// As [`Output::show`]; [`Error::Interrupted`] when a signal asked this program to stop
    /// while the pager ran.
    pub fn show_long(&self, view: &impl View) -> Result<()> {
        let text = self.render(view)?;
        // The line of the shell's prompt comes below it.
        let fits = |height| text.lines().nth(height - 1).is_none();
        if self.json || !self.terminal || self.height.is_none_or(fits) {
            return self.print(&text);
        }
        match self.pager.show(text)? {
            Shown::Yes => Ok(()),
            Shown::No(text) => self.print(&text),
            Shown::CannotRun(text, pager) => {
                self.print(&text)?;
                self.status(&format!("The pager {} cannot be run.", text::safe(&pager)));
                Ok(())
            }
        }
    }

    fn render(&self, view: &impl View) -> Result<String> {
        if self.json {
            let json = serde_json::to_string(&view.json()).map_err(|error| Error::Io {
                doing: "write the answer as JSON".to_owned(),
                source: error.into(),
            })?;
            Ok(harmless_json(json))
        } else {
            let mut page = Page::new(self.width, self.color, self.terminal);
            view.human(&mut page);
            Ok(page.text)
        }
    }

    /// Prints text as it is to standard output.
    ///
    /// # Errors
    /// As [`Output::show`].
    pub fn print(&self, text: &str) -> Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Error::Io {
                doing: "write to standard output".to_owned(),
                source: error,
            }),
            _ => Ok(()),
        }
    }

    /// Writes data as it comes to standard output. `None` when the reader has seen enough (a
    /// closed pipe).
    ///
    /// # Errors
    /// Whatever `write` says; what could not be written is said of standard output.
    pub fn stream<T>(
        &self,
        write: impl FnOnce(&mut dyn Write) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        let written = write(&mut out).and_then(|written| {
            let flushed = out.flush().and_then(|()| out.get_mut().flush());
            flushed.map(|()| written).map_err(|source| Error::Io {
                doing: String::new(),
                source,
            })
        });
        // What is left in it has nowhere to go.
        let _ = out.into_parts();
        match written {
            Ok(written) => Ok(Some(written)),
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe => {
                Ok(None)
            }
            Err(Error::Io { source, .. }) => Err(Error::Io {
                doing: "write to standard output".to_owned(),
                source,
            }),
            Err(other) => Err(other),
        }
    }

    /// Whether what is streamed goes into a file, which keeps it.
    pub fn is_file(&self) -> bool {
        #[cfg(unix)]
        {
            use rustix::fs::{FileType, fstat};
            fstat(rustix::stdio::stdout()).is_ok_and(|found| {
                FileType::from_raw_mode(found.st_mode) == FileType::RegularFile
            })
        }
        // Where it cannot be told, it is as if it did.
        #[cfg(not(unix))]
        true
    }

    /// Says what was done, or what is worth knowing, as a sentence with a period.
    pub fn status(&self, sentence: &str) {
        if !self.quiet {
            self.say(sentence);
        }
    }

    /// Says how to go on from what was done, in the background.
    pub fn hint(&self, words: &str) {
        self.status(&paint(self.color_errors, Style::Faint, words));
    }

    /// Says what went wrong, why, and what to do.
    pub fn error(&self, error: &Error) {
        let paint = |style: Style, text: &str| paint(self.color_errors, style, text);
        self.say(&format!(
            "{} {}",
            paint(Style::Error, "error:"),
            text::safe(&error.to_string())
        ));
        let mut cause = std::error::Error::source(error);
        while let Some(source) = cause {
            let label = paint(Style::Faint, "caused by:");
            self.say(&format!("{label} {}", text::safe(&source.to_string())));
            cause = source.source();
        }
        for hint in error.hints() {
            self.say(&format!(
                "{} {}",
                paint(Style::Accent, "hint:"),
                text::safe(&hint)
            ));
        }
    }

    /// Asks on standard error and reads a line from standard input, without the white space
    /// around it. `None` when there is no more input.
    ///
    /// # Errors
    /// [`Error::Io`] when standard input cannot be read.
    pub fn ask(&self, question: &str) -> Result<Option<String>> {
        let mut err = io::stderr().lock();
        let question = self.folded(question);
        let _ = write!(err, "{question} ").and_then(|()| err.flush());
        let mut answer = String::new();
        let read = io::stdin()
            .read_line(&mut answer)
            .map_err(|source| Error::Io {
                doing: "read the answer".to_owned(),
                source,
            })?;
        if read == 0 {
            self.say("");
        }
        Ok((read > 0).then(|| answer.trim().to_owned()))
    }

    /// A line on standard error, broken between words where it would run over the edge of a
    /// terminal. Where even standard error is gone there is nobody to tell.
    fn say(&self, line: &str) {
        let mut err = io::stderr().lock();
        let _ = writeln!(err, "{}", self.folded(line));
    }

    /// A line of the conversation, broken between words where standard error is a terminal.
    fn folded<'l>(&self, line: &'l str) -> Cow<'l, str> {
        if !self.terminal_errors {
            return Cow::Borrowed(line);
        }
        Cow::Owned(text::wrap_at_spaces(line, self.width).join("\n"))
    }
}

/// Says what is wrong with a command line in which a terminal would find more than text.
pub fn usage_error(rendered: &str) {
    let _ = io::stderr().write_all(text::safe(rendered).as_bytes());
}

/// JSON escapes what is below U+0020; the other characters that could act on a terminal are
/// escaped here. They stand inside strings only, where an escape means the same.
fn harmless_json(json: String) -> String {
    let mut harmless = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if text::is_hostile(c) {
            harmless.push_str(&format!("\\u{:04x}", c as u32));
        } else {
            harmless.push(c);
        }
    }
    harmless.push('\n');
    harmless
}

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
}

fn paint(color: bool, style: Style, text: &str) -> String {
    let plain = anstyle::Style::new();
    let style = match style {
        _ if !color || text.is_empty() => return text.to_owned(),
        Style::Plain => return text.to_owned(),
        Style::Strong => plain.effects(Effects::BOLD),
        Style::Faint => plain.effects(Effects::DIMMED),
        Style::Accent => plain.fg_color(Some(AnsiColor::Cyan.into())),
        Style::Good => plain.fg_color(Some(AnsiColor::Green.into())),
        Style::Error => plain
            .fg_color(Some(AnsiColor::Red.into()))
            .effects(Effects::BOLD),
    };
    format!("{style}{text}{style:#}")
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
    text: String,
    /// Paragraphs that ran over a line, with the columns they had and the lines they became. The
    /// question above an entry often stands above many, and breaking it into lines is most of
    /// the work that such an entry takes.
    broken: HashMap<String, (usize, Rc<[String]>)>,
    width: usize,
    color: bool,
    terminal: bool,
}

impl Page {
    fn new(width: usize, color: bool, terminal: bool) -> Page {
        Page {
            text: String::new(),
            broken: HashMap::new(),
            width: width.clamp(20, 500),
            color,
            terminal,
        }
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

    /// Text in a style, where this page has styles. Wrap and cut first, paint last.
    pub fn paint(&self, style: Style, text: &str) -> String {
        paint(self.color, style, text)
    }

    /// A line as it is: already safe, already fitting.
    pub fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref().trim_end());
        self.text.push('\n');
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.text.push('\n');
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
            let line = " ".repeat(indent) + &self.paint(style, line);
            self.line(line);
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
            let rule = "─".repeat(self.prose());
            let rule = self.paint(Style::Faint, &rule);
            self.line(rule);
            self.blank();
        }
    }

    /// A label, and beside it, or below where the page is narrow, a paragraph.
    pub fn labelled(&mut self, label: &str, style: Style, text: &str) {
        let color = self.color;
        let lines = text::wrap(&text::safe(text), self.beside_label());
        self.labelled_lines(label, lines.iter().map(|line| paint(color, style, line)));
    }

    /// A label, and beside it, or below where the page is narrow, lines that fit
    /// [`Page::beside_label`].
    pub fn labelled_lines(&mut self, label: &str, lines: impl IntoIterator<Item = String>) {
        let color = self.color;
        let faint = |text: &str| paint(color, Style::Faint, text);
        if self.is_roomy() {
            let mut label = Some(label);
            for line in lines {
                let label = label.take().unwrap_or("");
                let pad = LABEL.saturating_sub(2 + text::width(label)).max(1);
                self.line(format!("  {}{:pad$}{line}", faint(label), ""));
            }
        } else {
            self.line(faint(label));
            for line in lines {
                self.line(format!("  {line}"));
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
                styled: self.color,
            };
            for line in markdown::render(text, sheet) {
                self.line(line);
            }
        } else {
            self.text.push_str(text);
            if !text.ends_with('\n') {
                self.blank();
            }
        }
    }
}
