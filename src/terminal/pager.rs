//! Long answers, a screenful at a time.
//!
//! The text goes to the pager through a pipe and never through a file: it is private.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use crate::error::{Error, Result};
use crate::terminal::stop::{CtrlC, Stop};

/// The pager that long answers go through on a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pager {
    choice: Choice,
    /// Whether the person has settled in `LESS` how `less` behaves.
    settled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    Never,
    /// `less`, if there is one.
    Usual,
    /// A command line.
    Own(String),
}

/// What became of a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Shown {
    /// The person has seen as much of it as they wanted.
    Yes,
    /// There is no pager: it is still to be printed.
    No(String),
    /// The same, and the pager that was asked for cannot be run.
    CannotRun(String, String),
}

/// How `less` behaves unless settled otherwise: it ends at once when everything fits (F),
/// shows styles as such (R) and leaves the text on the screen (X).
const LESS: &str = "FRX";

impl Pager {
    /// No pager: everything is printed.
    pub const NEVER: Pager = Pager {
        choice: Choice::Never,
        settled: false,
    };

    /// The pager of a command line, `less` without one. An empty command line, and `cat`,
    /// mean no pager. `settled` says whether `LESS` is set.
    pub fn of(command: Option<&str>, settled: bool) -> Pager {
        let choice = match command.map(str::trim) {
            None => Choice::Usual,
            Some("" | "cat") => Choice::Never,
            Some(command) => Choice::Own(command.to_owned()),
        };
        Pager { choice, settled }
    }

    /// Shows a text and waits until the person has seen enough.
    ///
    /// # Errors
    /// [`Error::Interrupted`] when a signal asked this program to stop meanwhile. Ctrl-C is
    /// the pager's.
    pub fn show(&self, text: String) -> Result<Shown> {
        let words = match &self.choice {
            Choice::Never => return Ok(Shown::No(text)),
            Choice::Usual => Some(vec!["less".to_owned()]),
            Choice::Own(command) => split(command),
        };
        let cannot_run = |text| match &self.choice {
            Choice::Own(command) => Shown::CannotRun(text, command.clone()),
            _ => Shown::No(text),
        };
        #[derive(Clone)]
        enum Event {
            Stop,
            /// What the pager could not show.
            Ended(Option<String>),
        }
        let (send, events) = mpsc::channel();
        let mut stop = Stop::begin(CtrlC::IsTheirs);
        stop.send(send.clone(), Event::Stop);
        let Some(Ok(child)) = words.map(|words| self.start(&words)) else {
            return Ok(cannot_run(text));
        };
        std::thread::spawn(move || send.send(Event::Ended(feed(child, text))));
        match events.recv() {
            Ok(Event::Ended(None)) => Ok(Shown::Yes),
            Ok(Event::Ended(Some(text))) => Ok(cannot_run(text)),
            Ok(Event::Stop) | Err(_) => Err(Error::Interrupted),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that starts a pager"
    )]
    fn start(&self, words: &[String]) -> io::Result<Child> {
        let [program, arguments @ ..] = words else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let mut command = Command::new(program);
        if Path::new(program).file_stem() == Some("less".as_ref()) {
            // Whatever `LESS` says: without it the codes of the styles are shown as text.
            command.arg("-R");
        }
        if !self.settled {
            command.env("LESS", LESS);
        }
        command
            .args(arguments)
            // What is searched for in a journal is as private as the journal.
            .env("LESSHISTFILE", "-")
            // What comes is UTF-8, whatever the locale says.
            .env("LESSCHARSET", "utf-8")
            .stdin(Stdio::piped())
            .spawn()
    }
}

/// A command line as a shell splits it; `None` where its quotes do not match. A program in a
/// folder with spaces in its name may be given without quotes.
fn split(command: &str) -> Option<Vec<String>> {
    if Path::new(command).is_file() {
        return Some(vec![command.to_owned()]);
    }
    shell_words::split(command).ok()
}

/// Gives a pager its text and waits for it. Returns the text when there was no pager after
/// all: a shell says so with these statuses. Any other end is one the person chose.
fn feed(mut child: Child, text: String) -> Option<String> {
    if let Some(mut pipe) = child.stdin.take() {
        // A pager that has gone takes no more, and needs none.
        let _ = pipe.write_all(text.as_bytes());
    }
    match child.wait().map(|status| status.code()) {
        Ok(Some(126 | 127)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(command: &str) -> Pager {
        Pager::of(Some(command), false)
    }

    #[test]
    fn an_empty_command_line_and_cat_mean_no_pager() {
        assert_eq!(Pager::of(None, false).choice, Choice::Usual);
        for none in ["", "  ", "cat", " cat "] {
            assert_eq!(own(none), Pager::NEVER, "{none:?}");
        }
        assert_eq!(own("less -S").choice, Choice::Own("less -S".to_owned()));
    }

    #[test]
    fn command_lines_are_split_as_a_shell_does() {
        let words = |command| split(command).map(|words| words.join("|"));
        assert_eq!(words("less -S '+/a b'").as_deref(), Some("less|-S|+/a b"));
        assert_eq!(words("less 'a"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_pager_that_cannot_be_run_leaves_the_text_to_be_printed() {
        for command in ["/nowhere/pager", "less 'a", "sh -c 'exit 127'"] {
            let left = Shown::CannotRun("text".to_owned(), command.to_owned());
            assert_eq!(own(command).show("text".to_owned()).ok(), Some(left));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pager_may_end_before_it_has_read_everything() {
        let text = "a page\n".repeat(100_000);
        for command in [
            "true",
            "false",
            "sh -c 'kill -INT $$'",
            "sh -c 'cat >/dev/null'",
        ] {
            assert_eq!(own(command).show(text.clone()).ok(), Some(Shown::Yes));
        }
    }

    #[cfg(unix)]
    #[test]
    fn less_gets_its_options_and_keeps_no_history() {
        let told = "sh -c 'cat >/dev/null; test \"$LESSHISTFILE\" = - || exit 127'";
        assert_eq!(own(told).show("text".to_owned()).ok(), Some(Shown::Yes));
        let options = "sh -c 'cat >/dev/null; test \"$LESS\" = FRX || exit 127'";
        assert_eq!(own(options).show("text".to_owned()).ok(), Some(Shown::Yes));
        let settled = Pager::of(Some(options), true).show("text".to_owned());
        assert!(matches!(settled, Ok(Shown::CannotRun(..))));
    }
}
