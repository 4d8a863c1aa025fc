//! Reads a secret, such as a passphrase, without echo.

use std::fmt::Display;
#[cfg(unix)]
use std::fs::File;
#[cfg(unix)]
use std::io::Write;
use std::io::{self, ErrorKind, Read};
#[cfg(unix)]
use std::sync::mpsc;

use zeroize::Zeroizing;

#[cfg(unix)]
use super::modes::{self, TerminalModes};
#[cfg(unix)]
use super::stop::{CtrlC, StopRequests};

/// The longest secret that is read, in bytes.
const LONGEST_SECRET: usize = 1 << 20;

/// The reason why there is no secret.
#[derive(Debug, Clone)]
pub enum SecretError {
    /// A signal asked the program to stop, or Ctrl-C was typed.
    Interrupted,
    /// Another reason, as the end of a sentence, and a hint what to do about it.
    Because(String, Option<String>),
}

/// A secret line, or the reason why there is none. Its memory is overwritten when it is
/// dropped.
pub type SecretLine = Result<Zeroizing<String>, SecretError>;

/// A reason without a hint, as the end of a sentence.
pub fn secret_error(why: impl Display) -> SecretError {
    SecretError::Because(why.to_string(), None)
}

/// Asks for a secret on the terminal without echo, even if the standard streams are redirected.
///
/// # Errors
/// [`SecretError`] if there is no terminal, the input ends, or a signal arrives. The terminal is
/// restored in every case.
#[cfg(unix)]
pub fn secret_from_terminal(prompt: &str) -> SecretLine {
    let open = || {
        let terminal = File::options().read(true).write(true).open("/dev/tty")?;
        Ok((terminal.try_clone()?, terminal))
    };
    let (keys, mut terminal) = open().map_err(|_: io::Error| no_terminal_error())?;
    #[derive(Clone)]
    enum Event {
        Typed(Result<SecretLine, ErrorKind>),
        Stop,
        /// The program goes on after Ctrl-Z.
        Back,
    }
    let (send, events) = mpsc::channel();
    // Hold the signals back before changing the modes, or a signal could end this program with
    // the echo still off.
    let mut stop = StopRequests::begin(CtrlC::Stops);
    stop.send(send.clone(), Event::Stop);
    let asked = || {
        // Turn the echo off before prompting, or early keystrokes would show.
        let modes = TerminalModes::change(&keys, modes::SILENT)?;
        let mut goes_on = modes.goes_on()?;
        goes_on.set_nonblocking(false)?;
        let back = send.clone();
        // It ends with the modes, which hold the other end.
        std::thread::spawn(move || {
            while let Ok(1..) = goes_on.read(&mut [0; 64]) {
                let _ = back.send(Event::Back);
            }
        });
        terminal.write_all(prompt.as_bytes())?;
        let mut keys = keys.try_clone()?;
        std::thread::spawn(move || {
            let line = read_secret_line(&mut keys).map_err(|error| error.kind());
            let _ = send.send(Event::Typed(line));
        });
        let line = loop {
            match events.recv() {
                Ok(Event::Typed(line)) => break line.map_err(io::Error::from)?,
                // What was typed before Ctrl-Z is gone: ask again.
                Ok(Event::Back) => terminal.write_all(prompt.as_bytes())?,
                Ok(Event::Stop) | Err(_) => break Err(SecretError::Interrupted),
            }
        };
        // A request to stop may have arrived together with the line. It wins: the person does
        // not want the next question.
        let stopped = events.try_iter().any(|event| matches!(event, Event::Stop));
        if stopped || matches!(line, Err(SecretError::Interrupted)) {
            // Half a passphrase is nothing for the shell.
            modes.forget_typed();
            return Ok(Err(SecretError::Interrupted));
        }
        Ok(line)
    };
    let line: io::Result<SecretLine> = asked();
    drop(stop);
    if matches!(line, Ok(Err(_))) {
        // No line end was echoed, so the cursor is still behind the question.
        let _ = terminal.write_all(b"\n");
    }
    line.unwrap_or_else(|error| {
        Err(secret_error(format!(
            "the terminal cannot be read: {error}"
        )))
    })
}

/// Asks for a secret on the terminal without echo, even if the standard streams are redirected.
///
/// # Errors
/// [`SecretError`] if there is no terminal or the input ends.
#[cfg(not(unix))]
pub fn secret_from_terminal(prompt: &str) -> SecretLine {
    rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(|error| match error.kind() {
            ErrorKind::Interrupted => SecretError::Interrupted,
            ErrorKind::UnexpectedEof => secret_error("no passphrase was given"),
            _ => no_terminal_error(),
        })
}

fn no_terminal_error() -> SecretError {
    SecretError::Because(
        "there is no terminal to ask for its passphrase".to_owned(),
        Some("use a terminal, --passphrase-fd N, or ONWARD_PASSPHRASE_COMMAND".to_owned()),
    )
}

/// Reads one line without its line end, byte by byte, so that nothing beyond it is consumed.
///
/// # Errors
/// The system's error if reading fails.
pub fn read_secret_line(from: &mut impl Read) -> io::Result<SecretLine> {
    // Grow by hand below: a `Vec` that reallocates leaves an unwiped copy of the secret in
    // memory.
    let mut line = Zeroizing::new(Vec::with_capacity(1024));
    let mut byte = [0];
    loop {
        match from.read(&mut byte) {
            Ok(0) if line.is_empty() => {
                return Ok(Err(secret_error("no passphrase was given")));
            }
            Ok(0) => break,
            Ok(_) if byte == *b"\n" => break,
            Ok(_) if line.len() == LONGEST_SECRET => {
                return Ok(Err(secret_error(
                    "what was given is too long for a passphrase",
                )));
            }
            Ok(_) => {
                if line.len() == line.capacity() {
                    let mut larger = Zeroizing::new(Vec::with_capacity(2 * line.len()));
                    larger.extend_from_slice(&line);
                    line = larger;
                }
                line.push(byte[0]);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(match std::str::from_utf8(&line) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(secret_error("what was given is not valid UTF-8")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(bytes: &[u8]) -> Result<String, String> {
        let mut from = bytes;
        match read_secret_line(&mut from).expect("readable") {
            Ok(line) => Ok(line.to_string()),
            Err(SecretError::Because(why, _)) => Err(why),
            Err(SecretError::Interrupted) => panic!("nobody did"),
        }
    }

    #[test]
    fn a_line_and_nothing_beyond() {
        let mut from: &[u8] = b"open sesame\r\nDear diary,\n";
        let first = read_secret_line(&mut from)
            .expect("readable")
            .expect("a line");
        assert_eq!(*first, "open sesame");
        assert_eq!(from, b"Dear diary,\n");
        assert_eq!(line(b"no end").as_deref(), Ok("no end"));
        assert_eq!(line(b" spaces \n").as_deref(), Ok(" spaces "));
        assert_eq!(
            line(b"\n"),
            Ok(String::new()),
            "and it is for others to refuse"
        );
        assert_eq!(line(b""), Err("no passphrase was given".to_owned()));
        let long = "x".repeat(5000);
        assert_eq!(line(long.as_bytes()), Ok(long.clone()));
        assert!(
            line(&vec![b'x'; LONGEST_SECRET + 1]).is_err_and(|why| why.contains("too long"))
        );
        assert!(line(b"\xff\n").is_err_and(|why| why.contains("UTF-8")));
    }
}
