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
pub enum TypedInput {
    /// A line without its line end.
    Line(String),
    /// The input has ended.
    End,
    /// The program was asked to stop; this was on the line by then.
    Stopped(String),
}

/// How a pause ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseEnd {
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
        let keyboard = keyboard::Keyboard::begin().map_err(terminal_error)?;
        Ok(Dialogue { columns, keyboard })
    }

    /// Asks a question and reads a line.
    ///
    /// # Errors
    /// [`Error::Io`] if standard input cannot be read.
    pub fn ask(&mut self, question: &str) -> Result<TypedInput> {
        let mut err = io::stderr().lock();
        if !question.is_empty() {
            let question = match self.columns {
                Some(columns) => text::wrap_at_spaces(question, columns).join("\n"),
                None => question.to_owned(),
            };
            let _ = write!(err, "{question} ").and_then(|()| err.flush());
        }
        let unseen = text::safe(&self.keyboard.unseen_input()).into_owned();
        let _ = write!(err, "{unseen}").and_then(|()| err.flush());
        drop(err);
        let typed = self.keyboard.line().map_err(terminal_error)?;
        if !matches!(typed, TypedInput::Line(_)) {
            let _ = writeln!(io::stderr());
        }
        Ok(typed)
    }

    /// Reads lines until an empty one, and calls `hold` with the whole text after each. `begun`
    /// is the first line if that was read already. An empty line that has more input right
    /// behind it was pasted and belongs to the text. Returns the text as [`TypedInput::Line`] or
    /// [`TypedInput::Stopped`].
    ///
    /// # Errors
    /// As [`Dialogue::ask`].
    pub fn text(&mut self, begun: &str, mut hold: impl FnMut(&str)) -> Result<TypedInput> {
        let mut text = begun.to_owned();
        if !begun.is_empty() {
            text.push('\n');
        }
        let whole = |text: &str| text.trim_end().to_owned();
        loop {
            // Pasted lines are on the screen already: a prompt before each would stand between
            // them.
            let prompt = if self.keyboard.has_more(false).map_err(terminal_error)? {
                ""
            } else {
                ">"
            };
            match self.ask(prompt)? {
                TypedInput::Line(line) if line.trim().is_empty() => {
                    if text.is_empty()
                        || !self.keyboard.has_more(true).map_err(terminal_error)?
                    {
                        return Ok(TypedInput::Line(whole(&text)));
                    }
                    text.push_str(&line);
                }
                TypedInput::Line(line) => text.push_str(&line),
                TypedInput::End => return Ok(TypedInput::Line(whole(&text))),
                TypedInput::Stopped(line) => {
                    text.push_str(&line);
                    return Ok(TypedInput::Stopped(whole(&text)));
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
    ) -> Result<PauseEnd> {
        let mut on = self.keyboard.listen().map_err(terminal_error)?;
        let draw = |line: &str| {
            let mut err = io::stderr().lock();
            let _ = write!(err, "\r{line}\x1b[K").and_then(|()| err.flush());
        };
        let mut ended = PauseEnd::Over;
        for half in 0..halves {
            if let Some(frame) = frame {
                draw(&frame(half));
            }
            match on.key().map_err(terminal_error)? {
                keyboard::KeyboardEvent::Nothing => {}
                keyboard::KeyboardEvent::Key => break,
                keyboard::KeyboardEvent::Stop => {
                    ended = PauseEnd::Stopped;
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

fn terminal_error(source: io::Error) -> Error {
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

    use super::TypedInput;
    use crate::terminal::modes::{TerminalModes, keeping_the_line, single_keys};
    use crate::terminal::stop::{CtrlC, StopRequests};

    const HALF_A_SECOND: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 500_000_000,
    };
    /// The time to wait for more of a paste, in which nobody types another line.
    const PASTE_GAP: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 50_000_000,
    };
    const NO_TIME: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    /// The longest line that a terminal returns from one read, in bytes.
    const LONGEST_READ: usize = 4096;

    pub(super) struct Keyboard {
        /// A descriptor that becomes readable when the program is asked to stop.
        wakes: UnixStream,
        /// Bytes that were read and not yet returned.
        pending: Vec<u8>,
        // Dropped in this order: the modes must be restored before a signal may end the
        // program.
        _modes: TerminalModes<BorrowedFd<'static>>,
        _stop: StopRequests,
    }

    /// An event of the keyboard.
    pub(super) enum KeyboardEvent {
        Nothing,
        Key,
        Stop,
    }

    fn stdin() -> BorrowedFd<'static> {
        rustix::stdio::stdin()
    }

    impl Keyboard {
        pub(super) fn begin() -> io::Result<Keyboard> {
            let mut stop = StopRequests::begin(CtrlC::Stops);
            Ok(Keyboard {
                wakes: stop.wake_stream()?,
                pending: Vec::new(),
                _modes: TerminalModes::change(stdin(), keeping_the_line)?,
                _stop: stop,
            })
        }

        /// Waits for a line.
        pub(super) fn line(&mut self) -> io::Result<TypedInput> {
            loop {
                if let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = self.pending.drain(..=end).collect();
                    return Ok(TypedInput::Line(text(&line[..end])));
                }
                match wait(&self.wakes, None)? {
                    KeyboardEvent::Stop => {
                        self.read_unentered();
                        return Ok(TypedInput::Stopped(text(&std::mem::take(
                            &mut self.pending,
                        ))));
                    }
                    KeyboardEvent::Nothing => continue,
                    KeyboardEvent::Key => {}
                }
                let mut chunk = [0; LONGEST_READ];
                match rustix::io::read(stdin(), &mut chunk) {
                    Ok(0) if self.pending.is_empty() => return Ok(TypedInput::End),
                    Ok(0) => {
                        return Ok(TypedInput::Line(text(&std::mem::take(&mut self.pending))));
                    }
                    Ok(read) => self.pending.extend(&chunk[..read]),
                    Err(rustix::io::Errno::INTR) => {}
                    // The terminal was closed.
                    Err(rustix::io::Errno::IO) => {
                        return Ok(TypedInput::Stopped(text(&std::mem::take(
                            &mut self.pending,
                        ))));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        }

        /// The part of the next line that was typed while nothing was shown.
        pub(super) fn unseen_input(&self) -> String {
            text(
                self.pending
                    .split_inclusive(|byte| *byte == b'\n')
                    .next()
                    .unwrap_or_default(),
            )
        }

        /// Returns `true` if there is more input than was returned so far. With `wait_for_it`,
        /// waits a moment for the rest of a paste.
        pub(super) fn has_more(&self, wait_for_it: bool) -> io::Result<bool> {
            let time = if wait_for_it { &PASTE_GAP } else { &NO_TIME };
            let entered = || Ok(matches!(wait(&self.wakes, Some(time))?, KeyboardEvent::Key));
            if self.pending.is_empty() {
                entered()
            } else {
                Ok(true)
            }
        }

        /// Reads what is on the line and was not yet entered.
        fn read_unentered(&mut self) {
            let Ok(_modes) = TerminalModes::change(stdin(), single_keys(0)) else {
                return;
            };
            let mut chunk = [0; LONGEST_READ];
            while let Ok(read @ 1..) = rustix::io::read(stdin(), &mut chunk) {
                self.pending.extend(&chunk[..read]);
            }
        }

        /// Switches to single keys without echo until the value is dropped.
        pub(super) fn listen(&mut self) -> io::Result<KeyListener<'_>> {
            Ok(KeyListener {
                _modes: TerminalModes::change(stdin(), single_keys(1))?,
                keyboard: self,
            })
        }
    }

    pub(super) struct KeyListener<'k> {
        _modes: TerminalModes<BorrowedFd<'static>>,
        keyboard: &'k mut Keyboard,
    }

    impl KeyListener<'_> {
        /// Waits half a second for a key.
        pub(super) fn key(&mut self) -> io::Result<KeyboardEvent> {
            let heard = wait(&self.keyboard.wakes, Some(&HALF_A_SECOND))?;
            if let KeyboardEvent::Key = heard {
                // An arrow key sends several bytes: read them all as one key.
                let mut chunk = [0; LONGEST_READ];
                let read = rustix::io::read(stdin(), &mut chunk)?;
                // Pasted words are no key press: keep them for the next question.
                if chunk[..read].trim_ascii().contains(&b' ') {
                    self.keyboard.pending.extend(&chunk[..read]);
                }
            }
            Ok(heard)
        }
    }

    fn wait(wakes: &UnixStream, time: Option<&Timespec>) -> io::Result<KeyboardEvent> {
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
            (stop, _) if !stop.is_empty() => KeyboardEvent::Stop,
            (_, input) if !input.is_empty() => KeyboardEvent::Key,
            _ => KeyboardEvent::Nothing,
        })
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

#[cfg(not(unix))]
mod keyboard {
    use std::io;

    use super::TypedInput;

    pub(super) struct Keyboard;

    pub(super) enum KeyboardEvent {
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

        pub(super) fn line(&mut self) -> io::Result<TypedInput> {
            let mut line = String::new();
            Ok(match io::stdin().read_line(&mut line)? {
                0 => TypedInput::End,
                _ => TypedInput::Line(line.trim_end_matches(['\r', '\n']).to_owned()),
            })
        }

        pub(super) fn has_more(&self, _: bool) -> io::Result<bool> {
            Ok(false)
        }

        pub(super) fn unseen_input(&self) -> String {
            String::new()
        }

        pub(super) fn listen(&mut self) -> io::Result<KeyListener<'_>> {
            Ok(KeyListener(self))
        }
    }

    /// Without raw mode only Enter ends the pause.
    pub(super) struct KeyListener<'k>(&'k mut Keyboard);

    impl KeyListener<'_> {
        pub(super) fn key(&mut self) -> io::Result<KeyboardEvent> {
            self.0.line().map(|_| KeyboardEvent::Key)
        }
    }
}
