//! Where a passphrase comes from: the terminal, a file descriptor, or another program. Never
//! an argument, which every process of the machine could read.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use zeroize::Zeroizing;

use crate::signals;

/// Longer than any passphrase, in bytes.
const MAX: usize = 1 << 20;

/// Why there is none.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// A signal asked the program to stop, or Ctrl-C was typed.
    Interrupted,
    /// Something else, as the end of a sentence, and what to do about it.
    Because(String, Option<String>),
}

/// A line, or why there is none.
pub type Line = Result<Zeroizing<String>, Trouble>;

fn because(why: impl Display) -> Trouble {
    Trouble::Because(why.to_string(), None)
}

/// Asks for it on the terminal, without an echo, whatever the standard streams are.
///
/// # Errors
/// [`Trouble`] where there is no terminal, where the input ends, or a signal comes. However it
/// ends, the terminal is as it was.
#[cfg(unix)]
pub fn from_terminal(prompt: &str) -> Line {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

    let open = || {
        let terminal = File::options().read(true).write(true).open("/dev/tty")?;
        let was = tcgetattr(&terminal)?;
        Ok((terminal.try_clone()?, terminal, was))
    };
    let (mut keys, mut terminal, was) = open().map_err(|_: io::Error| no_terminal())?;
    let (send, events) = mpsc::channel();
    // Before anything is changed, so that nothing ends this program while it is.
    let until = signals::until_dropped(send.clone(), Ok(Err(Trouble::Interrupted)));
    let mut silent = was.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    silent
        .local_modes
        .insert(LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
    // First silent and then asked: some type fast.
    let asked = tcsetattr(&terminal, OptionalActions::Now, &silent)
        .map_err(io::Error::from)
        .and_then(|()| terminal.write_all(prompt.as_bytes()));
    let line = asked.and_then(|()| {
        std::thread::spawn(move || {
            let _ = send.send(line_of(&mut keys).map_err(|error| error.kind()));
        });
        let line = events.recv().unwrap_or(Ok(Err(Trouble::Interrupted)));
        // Asked to stop at the last moment, it is not to go on with the next question.
        let stopped = events
            .try_recv()
            .ok()
            .filter(|event| matches!(event, Ok(Err(_))));
        stopped.unwrap_or(line).map_err(io::Error::from)
    });
    let _ = tcsetattr(&terminal, OptionalActions::Now, &was);
    drop(until);
    if matches!(line, Ok(Err(_))) {
        // The cursor stands behind the question.
        let _ = terminal.write_all(b"\n");
    }
    line.unwrap_or_else(|error| Err(because(format!("the terminal cannot be read: {error}"))))
}

/// Asks for it on the terminal, without an echo, whatever the standard streams are.
///
/// # Errors
/// [`Trouble`] where there is no terminal or the input ends.
#[cfg(not(unix))]
pub fn from_terminal(prompt: &str) -> Line {
    rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(|error| match error.kind() {
            ErrorKind::Interrupted => Trouble::Interrupted,
            ErrorKind::UnexpectedEof => because("no passphrase was given"),
            _ => no_terminal(),
        })
}

fn no_terminal() -> Trouble {
    Trouble::Because(
        "there is no terminal to ask for its passphrase".to_owned(),
        Some("use a terminal, --passphrase-fd N, or ONWARD_PASSPHRASE_COMMAND".to_owned()),
    )
}

/// Reads a line from a file descriptor that this program was started with, and nothing beyond
/// it: what follows may be another line, or on standard input the text of a page.
///
/// # Errors
/// [`Trouble`] where it cannot be read or has no line left.
pub fn from_descriptor(number: u32) -> Line {
    let wrong =
        |error: io::Error| because(format!("descriptor {number} cannot be read: {error}"));
    if number == 0 {
        // By way of the one buffer that everything else reads standard input from.
        return line_of(&mut io::stdin().lock()).map_err(wrong)?;
    }
    let mut file = File::open(format!("/dev/fd/{number}")).map_err(wrong)?;
    line_of(&mut file).map_err(wrong)?
}

/// Runs a program without a shell and takes the first line that it prints. It gets nothing to
/// read, and may say on standard error what it has to say.
///
/// # Errors
/// [`Trouble`] where it cannot be run or does not end well.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that starts a program for the passphrase"
)]
pub fn from_command(command: &str) -> Line {
    let name = "ONWARD_PASSPHRASE_COMMAND";
    let words = shell_words::split(command).map_err(|_| {
        because(format!(
            "{name} has a quotation mark without its other half"
        ))
    })?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(because(format!("{name} is empty")));
    };
    let cannot = |error: io::Error| because(format!("{name} cannot be run: {error}"));
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let line = match child.stdout.take() {
        Some(mut printed) => {
            let line = line_of(&mut printed);
            // To its end, so that it is not stopped by a closed pipe.
            let _ = io::copy(&mut printed, &mut io::sink());
            line
        }
        None => Ok(Err(because(format!("{name} printed nothing")))),
    };
    let status = child.wait().map_err(cannot)?;
    if !status.success() {
        return Err(because(format!("{name} ended with {status}")));
    }
    line.map_err(cannot)?
}

/// A line, read byte by byte, without its end.
fn line_of(from: &mut impl Read) -> io::Result<Line> {
    // Never moved to a larger place, which would leave a copy behind.
    let mut line = Zeroizing::new(Vec::with_capacity(1024));
    let mut byte = [0];
    loop {
        match from.read(&mut byte) {
            Ok(0) if line.is_empty() => {
                return Ok(Err(because("no passphrase was given")));
            }
            Ok(0) => break,
            Ok(_) if byte == *b"\n" => break,
            Ok(_) if line.len() == MAX => {
                return Ok(Err(because("what was given is too long for a passphrase")));
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
        Err(_) => Err(because("what was given is not valid UTF-8")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(bytes: &[u8]) -> Result<String, String> {
        let mut from = bytes;
        match line_of(&mut from).expect("readable") {
            Ok(line) => Ok(line.to_string()),
            Err(Trouble::Because(why, _)) => Err(why),
            Err(Trouble::Interrupted) => panic!("nobody did"),
        }
    }

    #[test]
    fn a_line_and_nothing_beyond() {
        let mut from: &[u8] = b"open sesame\r\nDear diary,\n";
        let first = line_of(&mut from).expect("readable").expect("a line");
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
        assert!(line(&vec![b'x'; MAX + 1]).is_err_and(|why| why.contains("too long")));
        assert!(line(b"\xff\n").is_err_and(|why| why.contains("UTF-8")));
    }
}
