//! The modes of a terminal: echo, and reading by lines or by single keys.

use std::io;
use std::os::fd::AsFd;

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios};
use rustix::termios::{tcgetattr, tcsetattr};

/// A guard for changed modes: dropping it restores the former ones, also on a panic or an early
/// return. This is the only place that changes a terminal.
pub(super) struct TerminalModes<T: AsFd> {
    terminal: T,
    before: Termios,
}

impl<T: AsFd> TerminalModes<T> {
    /// Changes the modes of a terminal until the guard is dropped.
    ///
    /// # Errors
    /// The system's error, for example if this is no terminal. Nothing is changed then.
    pub(super) fn change(
        terminal: T,
        change: impl FnOnce(&mut Termios),
    ) -> io::Result<TerminalModes<T>> {
        let before = tcgetattr(&terminal)?;
        let mut modes = before.clone();
        change(&mut modes);
        tcsetattr(&terminal, OptionalActions::Now, &modes)?;
        Ok(TerminalModes { terminal, before })
    }
}

impl<T: AsFd> Drop for TerminalModes<T> {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Line by line without echo; only the line end is shown.
pub(super) fn silent_lines(modes: &mut Termios) {
    modes.local_modes.remove(LocalModes::ECHO);
    modes
        .local_modes
        .insert(LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
}

/// Line by line as usual, but Ctrl-C does not discard the line that is being typed.
pub(super) fn keeping_the_line(modes: &mut Termios) {
    modes.local_modes |= LocalModes::NOFLSH;
}

/// Single keys without echo. A read waits for `least` bytes.
pub(super) fn single_keys(least: u8) -> impl FnOnce(&mut Termios) {
    move |modes| {
        modes.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        modes.special_codes[SpecialCodeIndex::VMIN] = least;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
    }
}
