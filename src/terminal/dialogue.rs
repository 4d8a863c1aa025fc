//! A dialogue on a terminal: questions with typed answers, and a pause that any key ends.
//!
//! The terminal itself edits the lines, so every key works as it does in a shell. Usually a
//! terminal throws away the line that is being typed when Ctrl-C is pressed. The dialogue tells
//! it to keep the line (`NOFLSH`), and when the program is asked to stop, it switches line
//! editing off to read what is on the line. Dropping the dialogue restores the terminal.

use std::io::{self, Write};

use crate::error::{Error, Result};
use crate::view::text;

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A line without its line end.
    Line(String),
    /// The input has ended.
    End,
    /// The program was asked to stop; this was on the line by then.
    Stopped(String),
}

/// How a pause ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paused {
    /// Its time was over, or a key was pressed.
    Over,
    /// The program was asked to stop.
    Stopped,
}

/// A dialogue. Dropping it restores the terminal.
pub struct Dialogue {
    /// The width at which questions are wrapped; `None` to leave them unwrapped.
    columns: Option<usize>,
    keyboard: keyboard::Keyboard,
}

impl Dialogue {
    /// Begins a dialogue; standard input must be a terminal. `columns` is the width at which
    /// questions are wrapped: `None` if standard error is no terminal.
    ///
    /// # Errors
    /// [`Error::Io`] if the terminal's modes cannot be changed or signals cannot be caught.
    pub fn begin(columns: Option<usize>) -> Result<Dialogue> {
        let keyboard = keyboard::Keyboard::begin().map_err(unread)?;
        Ok(Dialogue { columns, keyboard })
    }

    /// Asks a question and reads a line.
    ///
    /// # Errors
    /// [`Error::Io`] if standard input cannot be read.
    pub fn ask(&mut self, question: &str) -> Result<Typed> {
        let mut err = io::stderr().lock();
        if !question.is_empty() {
            let question = match self.columns {
                Some(columns) => text::wrap_at_spaces(question, columns).join("\n"),
                None => question.to_owned(),
            };
            let _ = write!(err, "{question} ").and_then(|()| err.flush());
        }
        let unseen = text::safe(&self.keyboard.unseen()).into_owned();
        let _ = write!(err, "{unseen}").and_then(|()| err.flush());
        drop(err);
        let typed = self.keyboard.line().map_err(unread)?;
        if !matches!(typed, Typed::Line(_)) {
            let _ = writeln!(io::stderr());
        }
        Ok(typed)
    }

    /// Reads lines until an empty one, and calls `hold` with the whole text after each. `begun`
    /// is the first line if that was read already. An empty line that has more input right
    /// behind it was pasted and belongs to the text. Returns the text as [`Typed::Line`] or
    /// [`Typed::Stopped`].
    ///
    /// # Errors
    /// As [`Dialogue::ask`].
    pub fn text(&mut self, begun: &str, mut hold: impl FnMut(&str)) -> Result<Typed> {
        let mut text = begun.to_owned();
        if !begun.is_empty() {
            text.push('\n');
        }
        let whole = |text: &str| text.trim_end().to_owned();
        loop {
            // Pasted lines are on the screen already: a prompt before each would stand between
            // them.
            let prompt = if self.keyboard.has_more(false).map_err(unread)? {
                ""
            } else {
                ">"
            };
            match self.ask(prompt)? {
                Typed::Line(line) if line.trim().is_empty() => {
                    if text.is_empty() || !self.keyboard.has_more(true).map_err(unread)? {
                        return Ok(Typed::Line(whole(&text)));
                    }
                    text.push_str(&line);
                }
                Typed::Line(line) => text.push_str(&line),
                Typed::End => return Ok(Typed::Line(whole(&text))),
                Typed::Stopped(line) => {
                    text.push_str(&line);
                    return Ok(Typed::Stopped(whole(&text)));
                }
            }
            text.push('\n');
            hold(&text);
        }
    }

    /// Waits for a number of half seconds or until a key is pressed. `frame` gives the line to
    /// draw at each half second; `None` for a terminal that cannot redraw a line.
    ///
    /// # Errors
    /// As [`Dialogue::ask`].
    pub fn pause(
        &mut self,
        halves: usize,
        frame: Option<&dyn Fn(usize) -> String>,
    ) -> Result<Paused> {
        let mut on = self.keyboard.listen().map_err(unread)?;
        let draw = |line: &str| {
            let mut err = io::stderr().lock();
            let _ = write!(err, "\r{line}\x1b[K").and_then(|()| err.flush());
        };
        let mut ended = Paused::Over;
        for half in 0..halves {
            if let Some(frame) = frame {
                draw(&frame(half));
            }
            match on.key().map_err(unread)? {
                keyboard::Heard::Nothing => {}
                keyboard::Heard::Key => break,
                keyboard::Heard::Stop => {
                    ended = Paused::Stopped;
                    break;
                }
            }
        }
        if frame.is_some() {
            draw("");
        }
        Ok(ended)
    }
}

fn unread(source: io::Error) -> Error {
    Error::Io {
        doing: "read from the terminal".to_owned(),
        source,
    }
}

#[cfg(unix)]
mod keyboard {
    use std::io;
    use std::os::fd::BorrowedFd;
    use std::os::unix::net::UnixStream;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    use super::Typed;
    use crate::terminal::modes::{Modes, keeping_the_line, single_keys};
    use crate::terminal::stop::{CtrlC, Stop};

    const HALF_A_SECOND: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 500_000_000,
    };
    /// The time to wait for more of a paste, in which nobody types another line.
    const A_MOMENT: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 50_000_000,
    };
    const NO_TIME: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    /// The longest line that a terminal returns from one read, in bytes.
    const LINE: usize = 4096;

    pub(super) struct Keyboard {
        /// A descriptor that becomes readable when the program is asked to stop.
        wakes: UnixStream,
        /// Bytes that were read and not yet returned.
        read: Vec<u8>,
        // Dropped in this order: the modes must be restored before a signal may end the
        // program.
        _modes: Modes<BorrowedFd<'static>>,
        _stop: Stop,
    }

    /// An event of the keyboard.
    pub(super) enum Heard {
        Nothing,
        Key,
        Stop,
    }

    fn stdin() -> BorrowedFd<'static> {
        rustix::stdio::stdin()
    }

    impl Keyboard {
        pub(super) fn begin() -> io::Result<Keyboard> {
            let mut stop = Stop::begin(CtrlC::Stops);
            Ok(Keyboard {
                wakes: stop.wakes()?,
                read: Vec::new(),
                _modes: Modes::change(stdin(), keeping_the_line)?,
                _stop: stop,
            })
        }

        /// Waits for a line.
        pub(super) fn line(&mut self) -> io::Result<Typed> {
            loop {
                if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = self.read.drain(..=end).collect();
                    return Ok(Typed::Line(text(&line[..end])));
                }
                match wait(&self.wakes, None)? {
                    Heard::Stop => {
                        self.rest();
                        return Ok(Typed::Stopped(text(&std::mem::take(&mut self.read))));
                    }
                    Heard::Nothing => continue,
                    Heard::Key => {}
                }
                let mut chunk = [0; LINE];
                match rustix::io::read(stdin(), &mut chunk) {
                    Ok(0) if self.read.is_empty() => return Ok(Typed::End),
                    Ok(0) => return Ok(Typed::Line(text(&std::mem::take(&mut self.read)))),
                    Ok(read) => self.read.extend(&chunk[..read]),
                    Err(rustix::io::Errno::INTR) => {}
                    // The terminal was closed.
                    Err(rustix::io::Errno::IO) => {
                        return Ok(Typed::Stopped(text(&std::mem::take(&mut self.read))));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }

        /// The part of the next line that was typed while nothing was shown.
        pub(super) fn unseen(&self) -> String {
            text(
                self.read
                    .split_inclusive(|byte| *byte == b'\n')
                    .next()
                    .unwrap_or_default(),
            )
        }

        /// Returns `true` if there is more input than was returned so far. With `wait_for_it`,
        /// waits a moment for the rest of a paste.
        pub(super) fn has_more(&self, wait_for_it: bool) -> io::Result<bool> {
            let time = if wait_for_it { &A_MOMENT } else { &NO_TIME };
            let entered = || Ok(matches!(wait(&self.wakes, Some(time))?, Heard::Key));
            if self.read.is_empty() {
                entered()
            } else {
                Ok(true)
            }
        }

        /// Reads what is on the line and was not yet entered.
        fn rest(&mut self) {
            let Ok(_modes) = Modes::change(stdin(), single_keys(0)) else {
                return;
            };
            let mut chunk = [0; LINE];
            while let Ok(read @ 1..) = rustix::io::read(stdin(), &mut chunk) {
                self.read.extend(&chunk[..read]);
            }
        }

        /// Switches to single keys without echo until the value is dropped.
        pub(super) fn listen(&mut self) -> io::Result<Listening<'_>> {
            Ok(Listening {
                _modes: Modes::change(stdin(), single_keys(1))?,
                keyboard: self,
            })
        }
    }

    pub(super) struct Listening<'k> {
        _modes: Modes<BorrowedFd<'static>>,
        keyboard: &'k mut Keyboard,
    }

    impl Listening<'_> {
        /// Waits half a second for a key.
        pub(super) fn key(&mut self) -> io::Result<Heard> {
            let heard = wait(&self.keyboard.wakes, Some(&HALF_A_SECOND))?;
            if let Heard::Key = heard {
                // An arrow key sends several bytes: read them all as one key.
                let mut chunk = [0; LINE];
                let read = rustix::io::read(stdin(), &mut chunk)?;
                // Pasted words are no key press: keep them for the next question.
                if chunk[..read].trim_ascii().contains(&b' ') {
                    self.keyboard.read.extend(&chunk[..read]);
                }
            }
            Ok(heard)
        }
    }

    fn wait(wakes: &UnixStream, time: Option<&Timespec>) -> io::Result<Heard> {
        let input = stdin();
        let mut events = [
            PollFd::new(&input, PollFlags::IN),
            PollFd::new(wakes, PollFlags::IN),
        ];
        match poll(&mut events, time) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(match (events[1].revents(), events[0].revents()) {
            (stop, _) if !stop.is_empty() => Heard::Stop,
            (_, input) if !input.is_empty() => Heard::Key,
            _ => Heard::Nothing,
        })
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

#[cfg(not(unix))]
mod keyboard {
    use std::io;

    use super::Typed;

    pub(super) struct Keyboard;

    pub(super) enum Heard {
        #[expect(dead_code, reason = "no single keys are heard here")]
        Nothing,
        Key,
        #[expect(dead_code, reason = "no signals are heard here")]
        Stop,
    }

    impl Keyboard {
        pub(super) fn begin() -> io::Result<Keyboard> {
            Ok(Keyboard)
        }

        pub(super) fn line(&mut self) -> io::Result<Typed> {
            let mut line = String::new();
            Ok(match io::stdin().read_line(&mut line)? {
                0 => Typed::End,
                _ => Typed::Line(line.trim_end_matches(['\r', '\n']).to_owned()),
            })
        }

        pub(super) fn has_more(&self, _: bool) -> io::Result<bool> {
            Ok(false)
        }

        pub(super) fn unseen(&self) -> String {
            String::new()
        }

        pub(super) fn listen(&mut self) -> io::Result<Listening<'_>> {
            Ok(Listening(self))
        }
    }

    /// Without raw mode only Enter ends the pause.
    pub(super) struct Listening<'k>(&'k mut Keyboard);

    impl Listening<'_> {
        pub(super) fn key(&mut self) -> io::Result<Heard> {
            self.0.line().map(|_| Heard::Key)
        }
    }
}
