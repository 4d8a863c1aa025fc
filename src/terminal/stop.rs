//! Requests to stop: Ctrl-C, a closed terminal, `kill`. Usually such a signal ends the program;
//! while a [`StopRequests`] is held, it only sets a flag there.
//!
//! A task can learn of a request in three ways: [`StopRequests::check`] between two steps,
//! [`StopRequests::send`] for a message on a channel, and `StopRequests::wake_stream` for a
//! descriptor to wait on beside others.

use std::sync::mpsc::Sender;
#[cfg(unix)]
use std::sync::{
    Arc, Once,
    atomic::{AtomicBool, Ordering},
};

#[cfg(unix)]
use signal_hook::{
    SigId,
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    flag,
    iterator::{Handle, Signals},
    low_level,
};

use crate::error::Result;

/// All signals that are requests to stop.
#[cfg(unix)]
const STOP_SIGNALS: [i32; 4] = [SIGHUP, SIGTERM, SIGINT, SIGQUIT];
/// The requests that come from outside and that no key sends.
#[cfg(unix)]
const OUTSIDE_SIGNALS: [i32; 2] = [SIGHUP, SIGTERM];

/// The meaning of Ctrl-C (and Ctrl-\) while a [`StopRequests`] is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CtrlC {
    /// It is a request to stop like the others.
    Stops,
    /// It is a request to stop. A second Ctrl-C ends the program at once, for a person who does
    /// not want to wait for the next step.
    StopsThenEnds,
    /// It belongs to another program, such as the editor, and means nothing to this one.
    IsTheirs,
}

/// Catches requests to stop from when it is made until it is dropped.
///
/// The signal handler sets a flag before the program continues. So a task that checks it before
/// its last step cannot report success after it was asked to stop. On systems without such
/// signals it never reports a request.
#[derive(Debug)]
pub struct StopRequests {
    #[cfg(unix)]
    asked: Arc<AtomicBool>,
    /// The signals that count as requests.
    #[cfg(unix)]
    requests: &'static [i32],
    /// The registered actions of the signals, to be unregistered on drop.
    #[cfg(unix)]
    actions: Vec<SigId>,
    /// The threads that send messages about requests.
    #[cfg(unix)]
    senders: Vec<Handle>,
    // Dropped last: from then on the signals end the program again.
    #[cfg(unix)]
    _held: HeldSignals,
}

impl StopRequests {
    /// Begins to catch requests.
    #[must_use]
    pub fn begin(ctrl_c: CtrlC) -> StopRequests {
        #[cfg(unix)]
        {
            let held = HeldSignals::begin();
            let requests: &[i32] = match ctrl_c {
                CtrlC::IsTheirs => &OUTSIDE_SIGNALS,
                CtrlC::Stops | CtrlC::StopsThenEnds => &STOP_SIGNALS,
            };
            let asked = Arc::new(AtomicBool::new(false));
            // Register this before the flags: signal-hook runs actions in order, and the first
            // Ctrl-C must not find the flag that it sets itself.
            let ends = (ctrl_c == CtrlC::StopsThenEnds)
                .then(|| flag::register_conditional_default(SIGINT, asked.clone()));
            let notes = requests
                .iter()
                .map(|signal| flag::register(*signal, asked.clone()));
            // A signal that cannot be caught keeps its usual meaning; ignore that error.
            let actions = ends.into_iter().chain(notes).flatten().collect();
            StopRequests {
                asked,
                requests,
                actions,
                senders: Vec::new(),
                _held: held,
            }
        }
        #[cfg(not(unix))]
        {
            let _ = ctrl_c;
            StopRequests {}
        }
    }

    /// Checks between two steps whether the task may go on.
    ///
    /// # Errors
    /// [`crate::Error::Interrupted`] after a request to stop.
    pub fn check(&self) -> Result<()> {
        #[cfg(unix)]
        if self.asked.load(Ordering::SeqCst) {
            return Err(crate::error::Error::Interrupted);
        }
        Ok(())
    }

    /// Sends `event` for each request, from a thread of its own. [`StopRequests::check`] may
    /// know of a request before the message arrives.
    pub fn send<E: Clone + Send + 'static>(&mut self, events: Sender<E>, event: E) {
        #[cfg(unix)]
        if let Ok(mut signals) = Signals::new(self.requests) {
            self.senders.push(signals.handle());
            std::thread::spawn(move || {
                for _ in signals.forever() {
                    if events.send(event.clone()).is_err() {
                        return;
                    }
                }
            });
        }
        #[cfg(not(unix))]
        {
            let _ = (events, event);
        }
    }

    /// A descriptor that becomes readable after a request.
    ///
    /// # Errors
    /// The system's error if it cannot make a pair of sockets.
    #[cfg(unix)]
    pub(super) fn wake_stream(&mut self) -> std::io::Result<std::os::unix::net::UnixStream> {
        let (wakes, signalled) = std::os::unix::net::UnixStream::pair()?;
        for signal in self.requests {
            let action = low_level::pipe::register(*signal, signalled.try_clone()?)?;
            self.actions.push(action);
        }
        Ok(wakes)
    }

    /// Holds the signals back until the program ends by itself: it has a text in hand and is
    /// about to save it.
    pub fn hold_until_exit(self) {
        std::mem::forget(self);
    }
}

#[cfg(unix)]
impl Drop for StopRequests {
    fn drop(&mut self) {
        for sender in &self.senders {
            sender.close();
        }
        for action in self.actions.drain(..) {
            low_level::unregister(action);
        }
    }
}

/// `true` if the signals end the program, as they usually do.
///
/// signal-hook never restores the default action of a signal that was caught once, even after
/// the last action is unregistered. So an action that ends the program is registered for each
/// signal, and acts only while this flag is set.
#[cfg(unix)]
static END_THE_PROGRAM: std::sync::LazyLock<Arc<AtomicBool>> =
    std::sync::LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// Keeps the signals from ending the program while it is held.
#[cfg(unix)]
#[derive(Debug)]
struct HeldSignals {
    /// The former value of [`END_THE_PROGRAM`].
    before: bool,
}

#[cfg(unix)]
impl HeldSignals {
    fn begin() -> HeldSignals {
        static REGISTERED: Once = Once::new();
        let before = END_THE_PROGRAM.swap(false, Ordering::SeqCst);
        REGISTERED.call_once(|| {
            for signal in STOP_SIGNALS {
                let _ = flag::register_conditional_default(signal, END_THE_PROGRAM.clone());
            }
        });
        HeldSignals { before }
    }
}

#[cfg(unix)]
impl Drop for HeldSignals {
    fn drop(&mut self) {
        END_THE_PROGRAM.store(self.before, Ordering::SeqCst);
    }
}

/// Makes a write beyond the file size limit fail with an error that can be reported. By default
/// the system would kill the program, and the text would be lost.
pub fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        let unread = Arc::default();
        let _ = flag::register(signal_hook::consts::SIGXFSZ, unread);
    }
}
