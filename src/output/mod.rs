//! The only writer to standard output and standard error.
//!
//! Standard output gets the answer: a [`View`], shown to a person or as one JSON object. Only
//! here do the styles of a page become escape codes. Standard error gets the conversation:
//! status lines, hints, questions, errors.

pub mod progress;

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::{AnsiColor, Effects};

use crate::error::{Error, Result};
use crate::terminal::dialogue::Dialogue;
use crate::terminal::pager::{Pager, PagerResult};
use crate::view::{Look, Page, Row, Style, View, text};

/// The two output streams, and how to write to them.
#[derive(Debug, Clone)]
pub struct Output {
    /// Answer as JSON.
    pub json: bool,
    /// Leave out status lines and hints.
    pub quiet: bool,
    /// Style standard output.
    pub color: bool,
    /// Style standard error.
    pub color_errors: bool,
    /// Standard output is a terminal.
    pub terminal: bool,
    /// Standard error is a terminal.
    pub terminal_errors: bool,
    /// The width to lay out for, in columns.
    pub width: usize,
    /// The height of the terminal in rows; `None` if it is unknown.
    pub height: Option<usize>,
    /// The pager for long answers on a terminal.
    pub pager: Pager,
}

impl Output {
    /// Prints an answer.
    ///
    /// # Errors
    /// [`Error::Io`] if it could not be printed completely. A closed pipe is no error: the
    /// reader has seen enough.
    pub fn show(&self, view: &impl View) -> Result<()> {
        self.print(&self.render(view)?)
    }

    /// Prints an answer that may be long, through the pager if it is longer than the terminal
    /// is high.
    ///
    /// # Errors
    /// As [`Output::show`]; [`Error::Interrupted`] if a signal asks this program to stop while
    /// the pager runs.
    pub fn show_long(&self, view: &impl View) -> Result<()> {
        let text = self.render(view)?;
        // The shell's prompt needs one line below the answer.
        let fits = |height| text.lines().nth(height - 1).is_none();
        if self.json || !self.terminal || self.height.is_none_or(fits) {
            return self.print(&text);
        }
        match self.pager.show(text)? {
            PagerResult::Shown => Ok(()),
            PagerResult::NoPager(text) => self.print(&text),
            PagerResult::CannotRun(text, pager) => {
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
            Ok(escape_codes(&page, self.color))
        }
    }

    /// Prints a text unchanged to standard output.
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

    /// Streams data to standard output. `None` if the reader closed the pipe: it has seen
    /// enough.
    ///
    /// # Errors
    /// Those of `write`. An [`Error::Io`] is reworded to name standard output.
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
        // After an error, discard the rest of the buffer: dropping it would try to write again.
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

    /// Returns `true` if standard output is a file, which keeps what is streamed.
    pub fn is_redirected_to_file(&self) -> bool {
        #[cfg(unix)]
        {
            use rustix::fs::{FileType, fstat};
            fstat(rustix::stdio::stdout()).is_ok_and(|found| {
                FileType::from_raw_mode(found.st_mode) == FileType::RegularFile
            })
        }
        // Without a way to tell, assume a file: the safer answer for an unencrypted export.
        #[cfg(not(unix))]
        true
    }

    /// Prints a status line: a sentence with a period. `--quiet` leaves it out. Makes it safe.
    pub fn status(&self, sentence: &str) {
        if !self.quiet {
            self.say_on_stderr(&text::safe(sentence));
        }
    }

    /// Prints a hint how to go on, in a faint style. `--quiet` leaves it out.
    pub fn hint(&self, words: &str) {
        if !self.quiet {
            let words = text::safe(words);
            self.say_on_stderr(&paint(self.color_errors, Style::Faint, &words));
        }
    }

    /// Prints an error with its causes and hints.
    pub fn error(&self, error: &Error) {
        let paint =
            |style: Style, text: &str| paint(self.color_errors, style, text).into_owned();
        self.say_on_stderr(&format!(
            "{} {}",
            paint(Style::Error, "error:"),
            text::safe(&error.to_string())
        ));
        let mut cause = std::error::Error::source(error);
        while let Some(source) = cause {
            let label = paint(Style::Faint, "caused by:");
            self.say_on_stderr(&format!("{label} {}", text::safe(&source.to_string())));
            cause = source.source();
        }
        for hint in error.hints() {
            self.say_on_stderr(&format!(
                "{} {}",
                paint(Style::Accent, "hint:"),
                text::safe(&hint)
            ));
        }
    }

    /// Asks on standard error and reads a line from standard input, trimmed. `None` at the end
    /// of the input.
    ///
    /// # Errors
    /// [`Error::Io`] if standard input cannot be read.
    pub fn ask(&self, question: &str) -> Result<Option<String>> {
        let mut err = io::stderr().lock();
        let question = text::safe(question);
        let question = self.wrapped(&question);
        let _ = write!(err, "{question} ").and_then(|()| err.flush());
        let mut answer = String::new();
        let read = io::stdin()
            .read_line(&mut answer)
            .map_err(|source| Error::Io {
                doing: "read the answer".to_owned(),
                source,
            })?;
        if read == 0 {
            self.say_on_stderr("");
        }
        Ok((read > 0).then(|| answer.trim().to_owned()))
    }

    /// Begins a dialogue on the terminal. `dumb` is `true` for a terminal that cannot move its
    /// cursor.
    ///
    /// # Errors
    /// As [`Dialogue::begin`].
    pub fn dialogue(&self, dumb: bool) -> Result<Dialogue> {
        Dialogue::begin(self.terminal_errors.then_some(self.width), dumb)
    }

    /// Prints a line on standard error, wrapped on a terminal. Ignores errors: there is no
    /// other stream to report them on.
    fn say_on_stderr(&self, line: &str) {
        let mut err = io::stderr().lock();
        let _ = writeln!(err, "{}", self.wrapped(line));
    }

    /// The line, wrapped between words if standard error is a terminal.
    fn wrapped<'l>(&self, line: &'l str) -> Cow<'l, str> {
        if !self.terminal_errors {
            return Cow::Borrowed(line);
        }
        Cow::Owned(text::wrap_at_spaces(line, self.width).join("\n"))
    }
}

/// Prints a usage error whose command line contains characters that could act on a terminal,
/// made visible.
pub fn print_usage_error(rendered: &str) {
    let _ = io::stderr().write_all(text::safe(rendered).as_bytes());
}

/// Escapes the characters that could act on a terminal. serde escapes those below U+0020; the
/// others occur only inside strings, where an escape means the same.
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

/// The text of a page with escape codes for its styles; without them if `color` is off.
///
/// Here, where everything passes that a person reads, a terminal or a pipe behind it, whatever
/// could act on a terminal is made visible once more: a view that forgot cannot let it through.
fn escape_codes(page: &Page, color: bool) -> String {
    let mut codes = String::new();
    for row in page.rows() {
        match row {
            Row::Verbatim(text) => codes.push_str(&text::safe(text)),
            Row::Line(line) => {
                for span in line.spans() {
                    let safe = text::safe(&span.text);
                    codes.push_str(&paint(color, span.style, &safe));
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
        Style::Written(look) => markdown_style(look),
    };
    Cow::Owned(format!("{style}{text}{style:#}"))
}

/// The terminal style for the writer's own Markdown.
fn markdown_style(look: Look) -> anstyle::Style {
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
