//! Passphrases from elsewhere than the terminal: a file descriptor, or another program. Never an
//! argument, which every process of the machine could read.

use std::fs::File;
use std::io;
use std::process::{Command, Stdio};

use crate::terminal::secret::{Line, because, line_of};

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
