//! The only writer to standard output and standard error.
//!
//! Standard output is the answer: a [`View`], shown to a person or as one JSON object. Only here do
//! the styles of a page become the codes of a terminal.
//! Standard error is the conversation: what was done, hints, questions, errors.

pub mod progress;

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::{AnsiColor, Effects};

use crate::error::{Error, Result};
use crate::terminal::dialogue::Dialogue;
use crate::terminal::pager::{Pager, Shown};
use crate::view::{Look, Page, Row, Style, View, text};

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
            Ok(codes(&page, self.color))
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
        let paint =
            |style: Style, text: &str| paint(self.color_errors, style, text).into_owned();
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

    /// Begins a conversation on the terminal.
    ///
    /// # Errors
    /// As [`Dialogue::begin`].
    pub fn dialogue(&self) -> Result<Dialogue> {
        Dialogue::begin(self.terminal_errors.then_some(self.width))
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

/// The text of a page as a terminal takes it, or without styles.
fn codes(page: &Page, color: bool) -> String {
    let mut codes = String::new();
    for row in page.rows() {
        match row {
            Row::Verbatim(text) => codes.push_str(text),
            Row::Line(line) => {
                for span in line.spans() {
                    codes.push_str(&paint(color, span.style, &span.text));
                }
                codes.push('\n');
            }
        }
    }
    codes
}

fn paint(color: bool, style: Style, text: &str) -> Cow<'_, str> {
    let plain = anstyle::Style::new();
    let style = match style {
        _ if !color || text.is_empty() => return Cow::Borrowed(text),
        Style::Plain | Style::Written(Look::PLAIN) => return Cow::Borrowed(text),
        Style::Strong => plain.effects(Effects::BOLD),
        Style::Faint => plain.effects(Effects::DIMMED),
        Style::Accent => plain.fg_color(Some(AnsiColor::Cyan.into())),
        Style::Good => plain.fg_color(Some(AnsiColor::Green.into())),
        Style::Error => plain
            .fg_color(Some(AnsiColor::Red.into()))
            .effects(Effects::BOLD),
        Style::Written(look) => written(look),
    };
    Cow::Owned(format!("{style}{text}{style:#}"))
}

/// How the writer's Markdown looks.
fn written(look: Look) -> anstyle::Style {
    let effects = [
        (Effects::BOLD, Look::STRONG.with(Look::HEADING)),
        (Effects::ITALIC, Look::EMPHASIS),
        (Effects::DIMMED, Look::TARGET.with(Look::CODE_BLOCK)),
    ];
    let effects = effects
        .into_iter()
        .fold(Effects::new(), |effects, (effect, wanted)| {
            effects.set(effect, look.has(wanted))
        });
    let color = look.has(Look::CODE).then(|| AnsiColor::Cyan.into());
    anstyle::Style::new().effects(effects).fg_color(color)
}
