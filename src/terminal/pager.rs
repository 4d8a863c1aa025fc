//! Shows long answers in a pager.
//!
//! The text is private, so it goes to the pager through a pipe and never through a file.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use crate::error::{Error, Result};
use crate::terminal::stop::{CtrlC, StopRequests};

/// The pager for long answers on a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pager {
    choice: PagerChoice,
    /// `true` if `$LESS` is set: then the person's own options for `less` hold.
    less_is_set: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PagerChoice {
    Never,
    /// `less`, if it is installed.
    Usual,
    /// The person's own command line.
    Own(String),
}

/// The result of showing a text in the pager.
#[derive(Debug, PartialEq, Eq)]
pub enum PagerResult {
    /// The pager showed it.
    Shown,
    /// There is no pager. The caller has to print this text.
    NoPager(String),
    /// The configured pager (second) cannot be run. The caller has to print this text (first).
    CannotRun(String, String),
}

/// The options for `less` unless the person has set `$LESS`: end at once if everything fits
/// (F), show styles (R), leave the text on the screen (X).
const LESS: &str = "FRX";

impl Pager {
    /// No pager: the caller prints everything.
    pub const NEVER: Pager = Pager {
        choice: PagerChoice::Never,
        less_is_set: false,
    };

    /// The pager of a command line; `less` without one. An empty command line and `cat` mean no
    /// pager. `less_is_set` tells whether `$LESS` is set.
    pub fn of(command: Option<&str>, less_is_set: bool) -> Pager {
        let choice = match command.map(str::trim) {
            None => PagerChoice::Usual,
            Some("" | "cat") => PagerChoice::Never,
            Some(command) => PagerChoice::Own(command.to_owned()),
        };
        Pager {
            choice,
            less_is_set,
        }
    }

    /// Shows a text and waits until the pager ends.
    ///
    /// # Errors
    /// [`Error::Interrupted`] if a signal asks this program to stop. Ctrl-C is left to the
    /// pager.
    pub fn show(&self, text: String) -> Result<PagerResult> {
        let words = match &self.choice {
            PagerChoice::Never => return Ok(PagerResult::NoPager(text)),
            PagerChoice::Usual => Some(vec!["less".to_owned()]),
            PagerChoice::Own(command) => split_command_line(command),
        };
        let cannot_run = |text| match &self.choice {
            PagerChoice::Own(command) => PagerResult::CannotRun(text, command.clone()),
            _ => PagerResult::NoPager(text),
        };
        #[derive(Clone)]
        enum Event {
            Stop,
            /// The pager ended; the text comes back if it was not shown.
            Ended(Option<String>),
        }
        let (send, events) = mpsc::channel();
        let mut stop = StopRequests::begin(CtrlC::IsTheirs);
        stop.send(send.clone(), Event::Stop);
        let Some(Ok(child)) = words.map(|words| self.start(&words)) else {
            return Ok(cannot_run(text));
        };
        std::thread::spawn(move || send.send(Event::Ended(feed(child, text))));
        match events.recv() {
            Ok(Event::Ended(None)) => Ok(PagerResult::Shown),
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
            // Add it even if `$LESS` is set: without -R the escape codes of the styles are
            // shown as text.
            command.arg("-R");
        }
        if !self.less_is_set {
            command.env("LESS", LESS);
        }
        command
            .args(arguments)
            // A search in a journal is as private as the journal: keep no history of it.
            .env("LESSHISTFILE", "-")
            // The text is UTF-8 even if the locale is not.
            .env("LESSCHARSET", "utf-8")
            .stdin(Stdio::piped())
            .spawn()
    }
}

/// Splits a command line as a shell does; `None` if its quotes do not match. A path with spaces
/// needs no quotes if it names a file.
fn split_command_line(command: &str) -> Option<Vec<String>> {
    if Path::new(command).is_file() {
        return Some(vec![command.to_owned()]);
    }
    shell_words::split(command).ok()
}

/// Feeds a pager its text and waits until it ends. Returns the text if no pager ran: a shell
/// that cannot run its command ends with status 126 or 127. The person caused any other end.
fn feed(mut child: Child, text: String) -> Option<String> {
    if let Some(mut pipe) = child.stdin.take() {
        // The person may quit before the end: a broken pipe is no error.
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
        assert_eq!(Pager::of(None, false).choice, PagerChoice::Usual);
        for none in ["", "  ", "cat", " cat "] {
            assert_eq!(own(none), Pager::NEVER, "{none:?}");
        }
        assert_eq!(
            own("less -S").choice,
            PagerChoice::Own("less -S".to_owned())
        );
    }

    #[test]
    fn command_lines_are_split_as_a_shell_does() {
        let words = |command| split_command_line(command).map(|words| words.join("|"));
        assert_eq!(words("less -S '+/a b'").as_deref(), Some("less|-S|+/a b"));
        assert_eq!(words("less 'a"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_pager_that_cannot_be_run_leaves_the_text_to_be_printed() {
        for command in ["/nowhere/pager", "less 'a", "sh -c 'exit 127'"] {
            let left = PagerResult::CannotRun("text".to_owned(), command.to_owned());
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
            assert_eq!(
                own(command).show(text.clone()).ok(),
                Some(PagerResult::Shown)
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn less_gets_its_options_and_keeps_no_history() {
        let told = "sh -c 'cat >/dev/null; test \"$LESSHISTFILE\" = - || exit 127'";
        assert_eq!(
            own(told).show("text".to_owned()).ok(),
            Some(PagerResult::Shown)
        );
        let options = "sh -c 'cat >/dev/null; test \"$LESS\" = FRX || exit 127'";
        assert_eq!(
            own(options).show("text".to_owned()).ok(),
            Some(PagerResult::Shown)
        );
        let with_own_options = Pager::of(Some(options), true).show("text".to_owned());
        assert!(matches!(with_own_options, Ok(PagerResult::CannotRun(..))));
    }
}
