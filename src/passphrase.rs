//! Reads passphrases from a file descriptor or from another program. They are never taken from
//! an argument, because every process of the machine can read those.

use std::fs::File;
use std::io;
use std::process::{Command, Stdio};

use crate::terminal::secret::{SecretLine, read_secret_line, secret_error};

/// Reads one line from a file descriptor that this program was started with, and nothing beyond
/// it: the next line may be another passphrase or, on standard input, the text of a page.
///
/// # Errors
/// [`SecretError`](crate::terminal::secret::SecretError) if the descriptor cannot be read or
/// has no line left.
pub fn secret_from_descriptor(number: u32) -> SecretLine {
    let wrong =
        |error: io::Error| secret_error(format!("descriptor {number} cannot be read: {error}"));
    if number == 0 {
        // Read through the standard library's shared buffer: bytes that a buffer of our own had
        // read ahead would be lost to whoever reads the text afterwards.
        return read_secret_line(&mut io::stdin().lock()).map_err(wrong)?;
    }
    let mut file = File::open(format!("/dev/fd/{number}")).map_err(wrong)?;
    read_secret_line(&mut file).map_err(wrong)?
}

/// Runs a program without a shell and takes the first line that it prints. Its standard input
/// is empty; its standard error is ours, so its own messages reach the person.
///
/// # Errors
/// [`SecretError`](crate::terminal::secret::SecretError) if the program cannot be run, exits
/// with an error, or prints no line.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that starts a program for the passphrase"
)]
pub fn secret_from_command(command: &str) -> SecretLine {
    let name = "ONWARD_PASSPHRASE_COMMAND";
    let words = shell_words::split(command).map_err(|_| {
        secret_error(format!(
            "{name} has a quotation mark without its other half"
        ))
    })?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(secret_error(format!("{name} is empty")));
    };
    let cannot = |error: io::Error| secret_error(format!("{name} cannot be run: {error}"));
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let line = match child.stdout.take() {
        Some(mut printed) => {
            let line = read_secret_line(&mut printed);
            // Read the rest and discard it, or the program could be killed by the closed pipe
            // and its exit status would look like a failure.
            let _ = io::copy(&mut printed, &mut io::sink());
            line
        }
        None => Ok(Err(secret_error(format!("{name} printed nothing")))),
    };
    let status = child.wait().map_err(cannot)?;
    if !status.success() {
        return Err(secret_error(format!("{name} ended with {status}")));
    }
    line.map_err(cannot)?
}
