//! A terminal of its own for a call: one screen and a keyboard.

use std::ffi::OsStr;
use std::fmt;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::redaction::{without_colors, without_hint, without_warning};
use super::{Call, PATIENCE, Sandbox, as_in_a_shell, command, reading, signal, wait};
use crate::sealed;

impl Call<'_> {
    /// Runs it in a terminal of its own of so many columns.
    pub(crate) fn in_terminal(self, columns: u16) -> Terminal {
        self.in_terminal_with(columns, false)
    }

    /// Runs it with the keyboard and the messages in a terminal, and its answer in a pipe.
    pub(crate) fn answering_into_a_pipe(self) -> Terminal {
        self.in_terminal_with(80, true)
    }

    fn in_terminal_with(self, columns: u16, pipe: bool) -> Terminal {
        let words = self.words();
        let (pty, pts) = pty_process::blocking::open().expect("a terminal");
        pty.resize(pty_process::Size::new(24, columns))
            .expect("sized");
        let mut call = pty_process::blocking::Command::new(&words[0])
            .args(&words[1..])
            .env_clear()
            .envs(self.variables.iter().filter(|(name, _)| *name != "COLUMNS"))
            .env(
                "TERM",
                self.variables
                    .get(OsStr::new("TERM"))
                    .cloned()
                    .unwrap_or("xterm".into()),
            )
            .current_dir(&self.folder);
        if pipe {
            call = call.stdout(Stdio::piped());
        }
        let mut child = call.spawn(pts).expect("onward starts");
        let answer = child.stdout.take();
        let pty = std::sync::Arc::new(pty);
        let (send, screen) = mpsc::channel();
        let reading = std::sync::Arc::clone(&pty);
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            // The last one to leave the terminal ends it with an error.
            while let Ok(read @ 1..) = (&*reading).read(&mut chunk) {
                if send.send(chunk[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal {
            child,
            pty,
            screen,
            answer,
            seen: Vec::new(),
        }
    }
}

/// A call under way in a terminal.
pub(crate) struct Terminal {
    child: Child,
    pty: std::sync::Arc<pty_process::blocking::Pty>,
    screen: Receiver<Vec<u8>>,
    answer: Option<std::process::ChildStdout>,
    seen: Vec<u8>,
}

impl Terminal {
    /// Waits until this stands on the screen.
    #[track_caller]
    pub(crate) fn expect(&mut self, text: &str) -> &mut Terminal {
        self.expect_times(text, 1)
    }

    /// Waits until this has been on the screen so many times.
    #[track_caller]
    pub(crate) fn expect_times(&mut self, text: &str, times: usize) -> &mut Terminal {
        let until = Instant::now() + PATIENCE;
        while String::from_utf8_lossy(&self.seen).matches(text).count() < times {
            let left = until.saturating_duration_since(Instant::now());
            match self.screen.recv_timeout(left) {
                Ok(chunk) => self.seen.extend(chunk),
                Err(_) => panic!(
                    "waited for {text:?} ({times}), saw {:?}",
                    String::from_utf8_lossy(&self.seen)
                ),
            }
        }
        self
    }

    /// Types. `\x03` is Ctrl-C and `\x04` is Ctrl-D.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Terminal {
        (&*self.pty).write_all(keys.as_bytes()).expect("typed");
        self
    }

    /// Sends it a signal.
    pub(crate) fn signal(&mut self, name: &str) -> &mut Terminal {
        signal(&self.child, name);
        self
    }

    /// Waits for its end, and says with what modes it left the terminal, as `stty -g` does.
    pub(crate) fn end_with_modes(mut self, sandbox: &Sandbox) -> (String, Screen) {
        use std::os::fd::AsFd;
        wait(&mut self.child);
        let terminal = self.pty.as_fd().try_clone_to_owned().expect("a terminal");
        let modes = command("stty").arg("-g").stdin(terminal).output();
        let modes = String::from_utf8(modes.expect("stty runs").stdout).expect("text");
        (modes, self.end(sandbox))
    }

    /// Waits for its end.
    pub(crate) fn end(mut self, sandbox: &Sandbox) -> Screen {
        let answer = reading(self.answer.take());
        let status = wait(&mut self.child);
        let echoes = self.echoes();
        // Whatever it left running holds the terminal open: what it printed before its end
        // has arrived once the terminal is empty.
        while let Ok(chunk) = self.screen.recv_timeout(Duration::from_millis(200)) {
            self.seen.extend(chunk);
        }
        let raw = String::from_utf8_lossy(&self.seen).into_owned();
        let answer = answer.join().expect("read");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let mut whole = sandbox.redact(&without_colors(&raw.replace("\r\n", "\n")));
        if sealed::on() {
            whole = without_warning(&whole);
        }
        Screen {
            status: as_in_a_shell(status.code(), status.signal()),
            text: without_hint(&whole),
            whole,
            raw,
            answer,
            echoes,
        }
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether what is typed shows.
    fn echoes(&self) -> bool {
        use rustix::termios::{LocalModes, tcgetattr};
        let modes = tcgetattr(&*self.pty).expect("a terminal").local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }

    /// Waits until what is typed shows, or does not.
    pub(crate) fn wait_for_echo(&mut self, shows: bool) -> &mut Terminal {
        let until = Instant::now() + PATIENCE;
        while self.echoes() != shows {
            assert!(
                Instant::now() < until,
                "waited for what is typed to show: {shows}"
            );
            std::thread::yield_now();
        }
        self
    }
}

/// What stood on a terminal at the end.
pub(crate) struct Screen {
    /// The exit status.
    pub(crate) status: i32,
    /// Everything that was printed and typed, without colours, with line ends as `\n`; but
    /// for the line that says how to count a saved page otherwise.
    pub(crate) text: String,
    whole: String,
    /// The same, byte for byte.
    pub(crate) raw: String,
    /// The answer, where it went into a pipe.
    pub(crate) answer: String,
    /// Whether what is typed would show again.
    pub(crate) echoes: bool,
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "exit: {}\n----- screen -----\n{}",
            self.status, self.whole
        )?;
        if !self.whole.ends_with('\n') {
            f.write_str("(no line end)\n")?;
        }
        Ok(())
    }
}
