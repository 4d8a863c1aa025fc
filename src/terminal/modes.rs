//! The modes of a terminal: echo, and reading by lines or by single keys. This is the only
//! place that changes them, and so the place where Ctrl-Z is dealt with.
//!
//! While the program is stopped the terminal belongs to the shell: every change is undone
//! before the program stops and made again when it goes on. A shell does that by itself only if
//! it is a kind one. What was typed for this program by then never goes to the shell, which
//! would run it or remember it.

use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{InputModes, LocalModes, OptionalActions, QueueSelector};
use rustix::termios::{SpecialCodeIndex, Termios, tcflush, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGCONT, SIGTSTP, SIGTTIN};
use signal_hook::iterator::Signals;
use signal_hook::low_level;

/// A way to read from a terminal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    change: fn(&mut Termios),
    /// Control sequences that begin and end it.
    begins: &'static str,
    ends: &'static str,
    /// What was typed and not yet read when the program is stopped: `true` to keep it for the
    /// program, `false` to throw it away.
    keeps: bool,
}

/// Line by line without echo; only the line end is shown. A half-typed secret is nobody's.
pub(super) const SILENT: Manner = Manner {
    change: |modes| {
        modes.local_modes -= LocalModes::ECHO | LocalModes::NOFLSH;
        modes.local_modes |= LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
    },
    begins: "",
    ends: "",
    keeps: false,
};

/// Line by line as usual, but Ctrl-C does not discard the line that is being typed.
pub(super) const LINES: Manner = Manner {
    change: |modes| modes.local_modes |= LocalModes::NOFLSH,
    begins: "",
    ends: "",
    keeps: true,
};

/// Single keys for the line editor. Ctrl-C and Ctrl-Z are signals as usual, and the terminal
/// marks what is pasted.
pub(super) const EDITING: Manner = Manner {
    change: |modes| {
        single_keys(modes);
        modes.local_modes -= LocalModes::IEXTEN;
        modes.local_modes |= LocalModes::ISIG | LocalModes::NOFLSH;
        modes.input_modes -= InputModes::ICRNL | InputModes::INLCR | InputModes::IGNCR;
    },
    begins: "\x1b[?2004h",
    ends: "\x1b[?2004l",
    keeps: true,
};

/// Single keys without echo.
pub(super) const KEYS: Manner = Manner {
    change: single_keys,
    begins: "",
    ends: "",
    keeps: true,
};

fn single_keys(modes: &mut Termios) {
    modes.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
    modes.special_codes[SpecialCodeIndex::VMIN] = 1;
    modes.special_codes[SpecialCodeIndex::VTIME] = 0;
}

/// A guard for changed modes: dropping it restores the former ones, also on a panic or an early
/// return.
pub(super) struct TerminalModes {
    number: u64,
}

/// All changes that are in force, the oldest first.
struct InForce {
    changes: Vec<Change>,
    /// The number of the next change.
    next: u64,
    /// What was typed for this program before it was stopped.
    kept: Vec<u8>,
    /// A signal that the program goes on is still to come, and is dealt with.
    dealt_with: bool,
}

struct Change {
    number: u64,
    terminal: OwnedFd,
    before: Termios,
    now: Termios,
    manner: Manner,
    /// Gets a byte each time the program goes on after a stop.
    goes_on: Option<UnixStream>,
}

static IN_FORCE: Mutex<InForce> = Mutex::new(InForce {
    changes: Vec::new(),
    next: 0,
    kept: Vec::new(),
    dealt_with: false,
});

fn in_force() -> MutexGuard<'static, InForce> {
    IN_FORCE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TerminalModes {
    /// Changes the modes of a terminal until the guard is dropped.
    ///
    /// # Errors
    /// The system's error, for example if this is no terminal. Nothing is changed then.
    pub(super) fn change(terminal: impl AsFd, manner: Manner) -> io::Result<TerminalModes> {
        notice_stops()?;
        let terminal = terminal.as_fd().try_clone_to_owned()?;
        let mut in_force = in_force();
        let before = tcgetattr(&terminal)?;
        let mut now = before.clone();
        (manner.change)(&mut now);
        tcsetattr(&terminal, OptionalActions::Now, &now)?;
        write(manner.begins);
        let number = in_force.next;
        in_force.next += 1;
        in_force.changes.push(Change {
            number,
            terminal,
            before,
            now,
            manner,
            goes_on: None,
        });
        Ok(TerminalModes { number })
    }

    /// A descriptor that becomes readable each time the program goes on after a stop, when the
    /// shell has written below the question.
    ///
    /// # Errors
    /// The system's error if it cannot make a pair of sockets.
    pub(super) fn goes_on(&self) -> io::Result<UnixStream> {
        let (reads, writes) = UnixStream::pair()?;
        reads.set_nonblocking(true)?;
        writes.set_nonblocking(true)?;
        let mut in_force = in_force();
        let mut changes = in_force.changes.iter_mut();
        if let Some(change) = changes.find(|change| change.number == self.number) {
            change.goes_on = Some(writes);
        }
        Ok(reads)
    }

    /// Throws away what was typed and not yet read.
    pub(super) fn forget_typed(&self) {
        for change in &in_force().changes {
            if change.number == self.number {
                let _ = tcflush(&change.terminal, QueueSelector::IFlush);
            }
        }
    }
}

impl Drop for TerminalModes {
    fn drop(&mut self) {
        let mut in_force = in_force();
        let at = |change: &Change| change.number == self.number;
        if let Some(at) = in_force.changes.iter().position(at) {
            in_force.changes.remove(at).undo();
        }
    }
}

impl Change {
    fn make(&self) {
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.now);
        write(self.manner.begins);
    }

    fn undo(&self) {
        write(self.manner.ends);
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

fn write(sequence: &str) {
    if !sequence.is_empty() {
        let mut err = io::stderr().lock();
        let _ = err
            .write_all(sequence.as_bytes())
            .and_then(|()| err.flush());
    }
}

/// What a terminal has to read.
pub(super) enum Ready {
    Nothing,
    Bytes(Vec<u8>),
    /// The input has ended.
    End,
}

/// The longest line that a terminal returns from one read, in bytes.
const LONGEST_READ: usize = 4096;

/// Reads what is there without waiting: first what was kept while the program was stopped.
///
/// # Errors
/// The system's error.
pub(super) fn read_ready(terminal: BorrowedFd<'_>) -> io::Result<Ready> {
    // With the lock held, or what is here could be gone before it is read: the stop takes it.
    let mut in_force = in_force();
    if !in_force.kept.is_empty() {
        return Ok(Ready::Bytes(std::mem::take(&mut in_force.kept)));
    }
    read_now(terminal)
}

fn read_now(terminal: BorrowedFd<'_>) -> io::Result<Ready> {
    let no_time = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let mut events = [PollFd::new(&terminal, PollFlags::IN)];
    match poll(&mut events, Some(&no_time)) {
        Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(Ready::Nothing),
        Ok(_) => {}
        Err(error) => return Err(error.into()),
    }
    let mut chunk = [0; LONGEST_READ];
    match rustix::io::read(terminal, &mut chunk) {
        Ok(0) => Ok(Ready::End),
        Ok(read) => Ok(Ready::Bytes(chunk[..read].to_vec())),
        Err(rustix::io::Errno::INTR) => Ok(Ready::Nothing),
        Err(error) => Err(error.into()),
    }
}

/// Starts the thread that deals with Ctrl-Z from the first change on.
fn notice_stops() -> io::Result<()> {
    static STARTED: Once = Once::new();
    let mut started = Ok(());
    STARTED.call_once(|| {
        started = Signals::new([SIGTSTP, SIGCONT]).map(|mut signals| {
            std::thread::spawn(move || {
                for signal in signals.forever() {
                    match signal {
                        SIGTSTP => in_force().stop(),
                        _ => in_force().go_on(),
                    }
                }
            });
        });
    });
    started
}

impl InForce {
    /// Stops the program, with the terminal as it was before all changes, and returns when it
    /// goes on.
    fn stop(&mut self) {
        if let Some(newest) = self.changes.last() {
            if newest.manner.keeps {
                // By single keys, or half a line would stay behind.
                let mut keys = newest.now.clone();
                single_keys(&mut keys);
                let _ = tcsetattr(&newest.terminal, OptionalActions::Now, &keys);
                while let Ok(Ready::Bytes(bytes)) = read_now(newest.terminal.as_fd()) {
                    self.kept.extend(bytes);
                }
            } else {
                let _ = tcflush(&newest.terminal, QueueSelector::IFlush);
            }
        }
        self.changes.iter().rev().for_each(Change::undo);
        // Ctrl-Z has a handler now and cannot stop the program any more. This one can, and it
        // does nothing where no shell is left that could let the program go on. It is raised
        // for this thread, so the next line is reached when the program goes on.
        let _ = low_level::raise(SIGTTIN);
        self.changes.iter().for_each(Change::make);
        self.tell();
        self.dealt_with = true;
    }

    /// The program goes on, perhaps after a stop that it could not notice.
    fn go_on(&mut self) {
        self.changes.iter().for_each(Change::make);
        if !std::mem::take(&mut self.dealt_with) {
            self.tell();
        }
    }

    fn tell(&self) {
        for mut goes_on in self.changes.iter().filter_map(|it| it.goes_on.as_ref()) {
            let _ = goes_on.write_all(b"\n");
        }
    }
}
