//! A dialogue on a terminal: questions with typed answers, and a pause that any key ends.
//!
//! Answers are typed in a line editor of our own (`line_editor.rs`), so that what was
//! typed by then is at hand when the program is asked to stop. On a terminal that cannot move
//! its cursor, the terminal itself edits the lines. Usually it throws away the line that is
//! being typed when Ctrl-C is pressed: the dialogue tells it to keep the line (`NOFLSH`), and
//! reads what is on it by single keys. Dropping the dialogue restores the terminal.

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
    /// questions are wrapped: `None` if standard error is no terminal. `dumb` is `true` for a
    /// terminal that cannot move its cursor.
    ///
    /// # Errors
    /// [`Error::Io`] if the terminal's modes cannot be changed or signals cannot be caught.
    pub fn begin(columns: Option<usize>, dumb: bool) -> Result<Dialogue> {
        let edits = columns.is_some() && !dumb;
        let keyboard = keyboard::Keyboard::begin(edits).map_err(terminal_error)?;
        Ok(Dialogue { columns, keyboard })
    }

    /// Asks a question and reads a line.
    ///
    /// # Errors
    /// [`Error::Io`] if standard input cannot be read.
    pub fn ask(&mut self, question: &str) -> Result<TypedInput> {
        self.ask_holding(question, &mut |_| {})
    }

    /// The same, and calls `hold` with the line so far when a text with line ends was pasted.
    fn ask_holding(
        &mut self,
        question: &str,
        hold: &mut dyn FnMut(&str),
    ) -> Result<TypedInput> {
        let question = match self.columns {
            _ if question.is_empty() => String::new(),
            Some(columns) => text::wrap_at_spaces(question, columns).join("\n") + " ",
            None => format!("{question} "),
        };
        self.keyboard.line(&question, hold).map_err(terminal_error)
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
            let mut held = |line: &str| hold(&format!("{text}{line}"));
            match self.ask_holding(prompt, &mut held)? {
                TypedInput::Line(line) if line.trim().is_empty() => {
                    if text.is_empty()
                        || !self.keyboard.has_more(true).map_err(terminal_error)?
                    {
                        return Ok(TypedInput::Line(whole(&text)));
                    }
                    text.push_str(&line);
                }
                // What was pasted may have its own line end.
                TypedInput::Line(line) => {
                    text.push_str(line.strip_suffix('\n').unwrap_or(&line))
                }
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
                keyboard::KeyboardEvent::Nothing | keyboard::KeyboardEvent::Back => {}
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

/// Prints a part of the conversation.
fn say(text: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

#[cfg(unix)]
mod keyboard {
    use std::io::{self, Read};
    use std::os::fd::BorrowedFd;
    use std::os::unix::net::UnixStream;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    use super::{TypedInput, say};
    use crate::terminal::line_editor::{Line, Size, Step};
    use crate::terminal::modes::{self, Ready, TerminalModes};
    use crate::terminal::stop::{CtrlC, StopRequests};
    use crate::view::text::safe;

    const HALF_A_SECOND: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 500_000_000,
    };
    /// The time to wait for more of a paste, in which nobody types another line, or of a
    /// control sequence.
    const INPUT_GAP: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 50_000_000,
    };
    const NO_TIME: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    /// What a terminal sends before a paste.
    const PASTE: &[u8] = b"\x1b[200~";

    pub(super) struct Keyboard {
        /// `true` if this program edits the line, and not the terminal.
        edits: bool,
        /// Bytes that were read and not yet returned.
        pending: Vec<u8>,
        wakes: Wakes,
        // Dropped in this order: the modes must be restored before a signal may end the
        // program.
        _modes: TerminalModes,
        _stop: StopRequests,
    }

    /// Descriptors that become readable.
    struct Wakes {
        /// When the program is asked to stop.
        stop: UnixStream,
        /// When it goes on after Ctrl-Z.
        goes_on: UnixStream,
    }

    /// An event of the keyboard.
    pub(super) enum KeyboardEvent {
        Nothing,
        Key,
        Stop,
        /// The program was away for a while.
        Back,
    }

    fn stdin() -> BorrowedFd<'static> {
        rustix::stdio::stdin()
    }

    impl Keyboard {
        pub(super) fn begin(edits: bool) -> io::Result<Keyboard> {
            let mut stop = StopRequests::begin(CtrlC::Stops);
            let wakes = stop.wake_stream()?;
            let manner = if edits { modes::EDITING } else { modes::LINES };
            let modes = TerminalModes::change(stdin(), manner)?;
            Ok(Keyboard {
                edits,
                pending: Vec::new(),
                wakes: Wakes {
                    stop: wakes,
                    goes_on: modes.goes_on()?,
                },
                _modes: modes,
                _stop: stop,
            })
        }

        /// Asks and waits for a line. Calls `hold` with the line so far when a text with line
        /// ends was pasted.
        pub(super) fn line(
            &mut self,
            question: &str,
            hold: &mut dyn FnMut(&str),
        ) -> io::Result<TypedInput> {
            if self.edits {
                return self.edited_line(question, hold);
            }
            say(&format!("{question}{}", self.unseen_input()));
            let typed = self.terminal_line(question)?;
            if !matches!(typed, TypedInput::Line(_)) {
                say("\n");
            }
            Ok(typed)
        }

        fn edited_line(
            &mut self,
            question: &str,
            hold: &mut dyn FnMut(&str),
        ) -> io::Result<TypedInput> {
            let (above, prompt) = match question.rfind('\n') {
                Some(at) => question.split_at(at + 1),
                None => ("", question),
            };
            say(above);
            let mut line = Line::new(prompt.to_owned());
            loop {
                let bytes = std::mem::take(&mut self.pending);
                for (at, byte) in bytes.iter().enumerate() {
                    let step = line.feed(*byte);
                    if step == Step::Pasted {
                        hold(&line.text());
                    }
                    if let Step::Entered | Step::End = step {
                        self.pending = bytes[at + 1..].to_vec();
                        say(&line.leave(size()));
                        return Ok(match step {
                            Step::Entered => TypedInput::Line(line.text()),
                            _ => TypedInput::End,
                        });
                    }
                }
                say(&line.draw(size()));
                let time = line.is_within_sequence().then_some(&INPUT_GAP);
                let heard = wait(&self.wakes, time)?;
                let ended = match heard {
                    KeyboardEvent::Nothing => {
                        line.settle();
                        false
                    }
                    KeyboardEvent::Stop => true,
                    KeyboardEvent::Back => {
                        say(above);
                        line.draw_anew();
                        !self.read_more()?
                    }
                    KeyboardEvent::Key => !self.read_more()?,
                };
                if ended {
                    while let Ok(Ready::Bytes(bytes)) = modes::read_ready(stdin()) {
                        self.pending.extend(bytes);
                    }
                    for byte in std::mem::take(&mut self.pending) {
                        if line.feed(byte) == Step::Entered {
                            line.end_line();
                        }
                    }
                    say(&line.leave(size()));
                    return Ok(TypedInput::Stopped(line.text()));
                }
            }
        }

        /// Reads what is there; `false` if the terminal was closed.
        fn read_more(&mut self) -> io::Result<bool> {
            match modes::read_ready(stdin()) {
                Ok(Ready::Bytes(bytes)) => self.pending.extend(bytes),
                Ok(Ready::Nothing) => {}
                Ok(Ready::End) => return Ok(false),
                Err(error) if is_closed(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
            Ok(true)
        }

        /// Waits for a line that the terminal edits.
        fn terminal_line(&mut self, question: &str) -> io::Result<TypedInput> {
            loop {
                if let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = self.pending.drain(..=end).collect();
                    return Ok(TypedInput::Line(text(&line[..end])));
                }
                let heard = wait(&self.wakes, None)?;
                match heard {
                    KeyboardEvent::Stop => {
                        self.read_unentered();
                        return Ok(TypedInput::Stopped(text(&std::mem::take(
                            &mut self.pending,
                        ))));
                    }
                    KeyboardEvent::Nothing => continue,
                    KeyboardEvent::Key | KeyboardEvent::Back => {}
                }
                match modes::read_ready(stdin()) {
                    Ok(Ready::Nothing) => {}
                    Ok(Ready::End) if self.pending.is_empty() => return Ok(TypedInput::End),
                    Ok(Ready::End) => {
                        return Ok(TypedInput::Line(text(&std::mem::take(&mut self.pending))));
                    }
                    Ok(Ready::Bytes(bytes)) => self.pending.extend(bytes),
                    Err(error) if is_closed(&error) => {
                        return Ok(TypedInput::Stopped(text(&std::mem::take(
                            &mut self.pending,
                        ))));
                    }
                    Err(error) => return Err(error),
                }
                if let KeyboardEvent::Back = heard {
                    say(&format!("{question}{}", self.unseen_input()));
                }
            }
        }

        /// The part of the next line that was typed while nothing was shown.
        fn unseen_input(&self) -> String {
            let mut lines = self.pending.split_inclusive(|byte| *byte == b'\n');
            safe(&text(lines.next().unwrap_or_default())).into_owned()
        }

        /// Returns `true` if there is more input than was returned so far. With `wait_for_it`,
        /// waits a moment for the rest of a paste.
        pub(super) fn has_more(&self, wait_for_it: bool) -> io::Result<bool> {
            let time = if wait_for_it { &INPUT_GAP } else { &NO_TIME };
            let entered = || Ok(matches!(wait(&self.wakes, Some(time))?, KeyboardEvent::Key));
            if self.pending.is_empty() {
                entered()
            } else {
                Ok(true)
            }
        }

        /// Reads what is on the terminal's line and was not yet entered.
        fn read_unentered(&mut self) {
            let Ok(_modes) = TerminalModes::change(stdin(), modes::KEYS) else {
                return;
            };
            while let Ok(Ready::Bytes(bytes)) = modes::read_ready(stdin()) {
                self.pending.extend(bytes);
            }
        }

        /// Switches to single keys without echo until the value is dropped.
        pub(super) fn listen(&mut self) -> io::Result<KeyListener<'_>> {
            Ok(KeyListener {
                _modes: TerminalModes::change(stdin(), modes::KEYS)?,
                keyboard: self,
            })
        }
    }

    pub(super) struct KeyListener<'k> {
        _modes: TerminalModes,
        keyboard: &'k mut Keyboard,
    }

    impl KeyListener<'_> {
        /// Waits half a second for a key.
        pub(super) fn key(&mut self) -> io::Result<KeyboardEvent> {
            let heard = wait(&self.keyboard.wakes, Some(&HALF_A_SECOND))?;
            if let KeyboardEvent::Key | KeyboardEvent::Back = heard {
                // An arrow key sends several bytes: read them all as one key.
                let bytes = match modes::read_ready(stdin())? {
                    Ready::Bytes(bytes) => bytes,
                    Ready::Nothing => return Ok(KeyboardEvent::Nothing),
                    Ready::End => Vec::new(),
                };
                // Pasted words are no key press: keep them for the next question.
                if bytes.starts_with(PASTE) || bytes.trim_ascii().contains(&b' ') {
                    self.keyboard.pending.extend(&bytes);
                }
                return Ok(KeyboardEvent::Key);
            }
            Ok(heard)
        }
    }

    fn wait(wakes: &Wakes, time: Option<&Timespec>) -> io::Result<KeyboardEvent> {
        let input = stdin();
        let mut events = [
            PollFd::new(&input, PollFlags::IN),
            PollFd::new(&wakes.stop, PollFlags::IN),
            PollFd::new(&wakes.goes_on, PollFlags::IN),
        ];
        match poll(&mut events, time) {
            Ok(_) => {}
            // A signal: look again.
            Err(rustix::io::Errno::INTR) => return Ok(KeyboardEvent::Nothing),
            Err(error) => return Err(error.into()),
        }
        let [input, stop, goes_on] = events.map(|event| !event.revents().is_empty());
        Ok(if stop {
            KeyboardEvent::Stop
        } else if goes_on {
            let _ = (&wakes.goes_on).read(&mut [0; 64]);
            KeyboardEvent::Back
        } else if input {
            KeyboardEvent::Key
        } else {
            KeyboardEvent::Nothing
        })
    }

    /// The size of the terminal now: it may have changed since the last key.
    fn size() -> Size {
        let measured = terminal_size::terminal_size_of(io::stderr());
        let (columns, rows) = measured.map_or((0, 0), |(columns, rows)| (columns.0, rows.0));
        let known = |size: u16, usual: usize| match size {
            0 => usual,
            size => usize::from(size),
        };
        Size {
            columns: known(columns, 80),
            rows: known(rows, 24),
        }
    }

    fn is_closed(error: &io::Error) -> bool {
        error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error())
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

#[cfg(not(unix))]
mod keyboard {
    use std::io;

    use super::{TypedInput, say};

    pub(super) struct Keyboard;

    pub(super) enum KeyboardEvent {
        #[expect(dead_code, reason = "no single keys are heard here")]
        Nothing,
        Key,
        #[expect(dead_code, reason = "no signals are heard here")]
        Stop,
        #[expect(dead_code, reason = "no signals are heard here")]
        Back,
    }

    impl Keyboard {
        pub(super) fn begin(_: bool) -> io::Result<Keyboard> {
            Ok(Keyboard)
        }

        pub(super) fn line(
            &mut self,
            question: &str,
            _: &mut dyn FnMut(&str),
        ) -> io::Result<TypedInput> {
            say(question);
            let mut line = String::new();
            Ok(match io::stdin().read_line(&mut line)? {
                0 => {
                    say("\n");
                    TypedInput::End
                }
                _ => TypedInput::Line(line.trim_end_matches(['\r', '\n']).to_owned()),
            })
        }

        pub(super) fn has_more(&self, _: bool) -> io::Result<bool> {
            Ok(false)
        }

        pub(super) fn listen(&mut self) -> io::Result<KeyListener<'_>> {
            Ok(KeyListener(self))
        }
    }

    /// Without raw mode only Enter ends the pause.
    pub(super) struct KeyListener<'k>(&'k mut Keyboard);

    impl KeyListener<'_> {
        pub(super) fn key(&mut self) -> io::Result<KeyboardEvent> {
            self.0.line("", &mut |_| {}).map(|_| KeyboardEvent::Key)
        }
    }
}
