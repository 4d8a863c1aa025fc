//! The modes of a terminal: whether it shows what is typed, and whether it gives out lines or
//! single keys.

use std::io;
use std::os::fd::AsFd;

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios};
use rustix::termios::{tcgetattr, tcsetattr};

/// Changed modes. When this is dropped, the terminal is as it was before, however that comes
/// about. This is the only place that changes a terminal.
pub(super) struct Modes<T: AsFd> {
    terminal: T,
    before: Termios,
}

impl<T: AsFd> Modes<T> {
    /// Changes the modes of a terminal.
    ///
    /// # Errors
    /// Those of the system, for what is no terminal. Then nothing was changed.
    pub(super) fn change(
        terminal: T,
        change: impl FnOnce(&mut Termios),
    ) -> io::Result<Modes<T>> {
        let before = tcgetattr(&terminal)?;
        let mut modes = before.clone();
        change(&mut modes);
        tcsetattr(&terminal, OptionalActions::Now, &modes)?;
        Ok(Modes { terminal, before })
    }
}

impl<T: AsFd> Drop for Modes<T> {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Lines that are typed without being shown; only the end of the line is.
pub(super) fn silent(modes: &mut Termios) {
    modes.local_modes.remove(LocalModes::ECHO);
    modes
        .local_modes
        .insert(LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
}

/// Lines as usual, but Ctrl-C does not throw away the one that is being typed.
pub(super) fn keeping_the_line(modes: &mut Termios) {
    modes.local_modes |= LocalModes::NOFLSH;
}

/// Single keys that are not shown. `least` is how many bytes a read waits for.
pub(super) fn single_keys(least: u8) -> impl FnOnce(&mut Termios) {
    move |modes| {
        modes.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        modes.special_codes[SpecialCodeIndex::VMIN] = least;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
    }
}
