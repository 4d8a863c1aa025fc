//! Reads passphrases from a file descriptor or from another program. They are never taken from
//! an argument, because every process of the machine can read those.

use std::fs::File;
use std::io;
use std::process::{Command, Stdio};

use crate::terminal::secret::{Line, because, line_of};

/// Reads one line from a file descriptor that this program was started with, and nothing beyond
/// it: the next line may be another passphrase or, on standard input, the text of a page.
///
/// # Errors
/// [`Trouble`](crate::terminal::secret::Trouble) if the descriptor cannot be read or has no line left.
pub fn from_descriptor(number: u32) -> Line {
    let wrong =
        |error: io::Error| because(format!("descriptor {number} cannot be read: {error}"));
    if number == 0 {
        // Read through the standard library's shared buffer: bytes that a buffer of our own had
        // read ahead would be lost to whoever reads the text afterwards.
        return line_of(&mut io::stdin().lock()).map_err(wrong)?;
    }
    let mut file = File::open(format!("/dev/fd/{number}")).map_err(wrong)?;
    line_of(&mut file).map_err(wrong)?
}

/// Runs a program without a shell and takes the first line that it prints. Its standard input
/// is empty; its standard error is ours, so its own messages reach the person.
///
/// # Errors
/// [`Trouble`](crate::terminal::secret::Trouble) if the program cannot be run, exits with an error, or prints no line.
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
            // Read the rest and discard it, or the program could be killed by the closed pipe
            // and its exit status would look like a failure.
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
