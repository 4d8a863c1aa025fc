//! Requests to stop: Ctrl-C, a closed terminal, `kill`. Usually they end the program; while a
//! [`Stop`] is held they do nothing but reach it.
//!
//! There is one such type and three ways to hear of a request: [`Stop::check`] between the steps
//! of a task, [`Stop::send`] on a channel, and [`Stop::wakes`] for what waits on several
//! descriptors at once.

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

/// All of them.
#[cfg(unix)]
const REQUESTS: [i32; 4] = [SIGHUP, SIGTERM, SIGINT, SIGQUIT];
/// Those that no key makes.
#[cfg(unix)]
const FROM_OUTSIDE: [i32; 2] = [SIGHUP, SIGTERM];

/// What Ctrl-C (and Ctrl-\) means while a [`Stop`] is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CtrlC {
    /// A request to stop like the others.
    Stops,
    /// A request to stop; the second ends the program as usual, because whoever presses it again
    /// does not want to wait for the next step.
    StopsThenEnds,
    /// Nothing to this program: another one has the terminal.
    IsTheirs,
}

/// Hears requests to stop, from when it is made until it is dropped.
///
/// The signal handler itself notes a request, before the program goes on from where the signal
/// came. So a task that looks before its last step never says that it is done after it was asked
/// to stop. Where the system has no such signals, nothing is heard.
#[derive(Debug)]
pub struct Stop {
    #[cfg(unix)]
    asked: Arc<AtomicBool>,
    /// The signals that are requests.
    #[cfg(unix)]
    requests: &'static [i32],
    /// What the signals do meanwhile.
    #[cfg(unix)]
    actions: Vec<SigId>,
    /// Threads that pass requests on.
    #[cfg(unix)]
    senders: Vec<Handle>,
    // Dropped last: from then on the signals do what they did before.
    #[cfg(unix)]
    _held: HeldBack,
}

impl Stop {
    /// Begins to hear them.
    #[must_use]
    pub fn begin(ctrl_c: CtrlC) -> Stop {
        #[cfg(unix)]
        {
            let held = HeldBack::begin();
            let requests: &[i32] = match ctrl_c {
                CtrlC::IsTheirs => &FROM_OUTSIDE,
                CtrlC::Stops | CtrlC::StopsThenEnds => &REQUESTS,
            };
            let asked = Arc::new(AtomicBool::new(false));
            // Before the flags: the second Ctrl-C has to find what the first one noted.
            let ends = (ctrl_c == CtrlC::StopsThenEnds)
                .then(|| flag::register_conditional_default(SIGINT, asked.clone()));
            let notes = requests
                .iter()
                .map(|signal| flag::register(*signal, asked.clone()));
            // A signal that cannot be caught keeps its usual meaning; there is no more to do.
            let actions = ends.into_iter().chain(notes).flatten().collect();
            Stop {
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
            Stop {}
        }
    }

    /// Between two steps: whether to go on.
    ///
    /// # Errors
    /// [`crate::Error::Interrupted`] once it was asked to stop.
    pub fn check(&self) -> Result<()> {
        #[cfg(unix)]
        if self.asked.load(Ordering::SeqCst) {
            return Err(crate::error::Error::Interrupted);
        }
        Ok(())
    }

    /// Sends `event` for each request. It comes from a thread, which has to have its turn first.
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

    /// A descriptor from which something can be read once there was a request.
    ///
    /// # Errors
    /// Those of the system, where it has none to give.
    #[cfg(unix)]
    pub(super) fn wakes(&mut self) -> std::io::Result<std::os::unix::net::UnixStream> {
        let (wakes, signalled) = std::os::unix::net::UnixStream::pair()?;
        for signal in self.requests {
            let action = low_level::pipe::register(*signal, signalled.try_clone()?)?;
            self.actions.push(action);
        }
        Ok(wakes)
    }

    /// Keeps the signals from ending the program as long as it runs: it has a text in hand, and
    /// is about to save it.
    pub fn for_good(self) {
        std::mem::forget(self);
    }
}

#[cfg(unix)]
impl Drop for Stop {
    fn drop(&mut self) {
        for sender in &self.senders {
            sender.close();
        }
        for action in self.actions.drain(..) {
            low_level::unregister(action);
        }
    }
}

/// Whether the signals end the program as they usually do.
///
/// A signal that was caught once never does so by itself again, even when nothing catches it any
/// more. So an action that ends the program is registered with each, and this says when it acts.
#[cfg(unix)]
static END_THE_PROGRAM: std::sync::LazyLock<Arc<AtomicBool>> =
    std::sync::LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// While this is held the signals do not end the program.
#[cfg(unix)]
#[derive(Debug)]
struct HeldBack {
    /// What [`END_THE_PROGRAM`] said before.
    before: bool,
}

#[cfg(unix)]
impl HeldBack {
    fn begin() -> HeldBack {
        static REGISTERED: Once = Once::new();
        let before = END_THE_PROGRAM.swap(false, Ordering::SeqCst);
        REGISTERED.call_once(|| {
            for signal in REQUESTS {
                let _ = flag::register_conditional_default(signal, END_THE_PROGRAM.clone());
            }
        });
        HeldBack { before }
    }
}

#[cfg(unix)]
impl Drop for HeldBack {
    fn drop(&mut self) {
        END_THE_PROGRAM.store(self.before, Ordering::SeqCst);
    }
}

/// Lets a write beyond the file size limit fail with an error that can be said, where the
/// system would end the program.
pub fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        let unread = Arc::default();
        let _ = flag::register(signal_hook::consts::SIGXFSZ, unread);
    }
}
