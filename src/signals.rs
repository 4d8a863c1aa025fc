//! Signals, so that nothing typed is lost to one.

use std::sync::mpsc::Sender;
#[cfg(unix)]
use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicBool, Ordering},
};

#[cfg(unix)]
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM},
    flag, low_level,
};

use crate::error::Result;

/// What asks this program to stop: Ctrl-C, a closed terminal, `kill`.
#[cfg(unix)]
const STOPS: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// Whether they end the program as they usually do. Whoever waits for them changes that, and
/// who waits only for a while changes it back.
#[cfg(unix)]
static AS_USUAL: LazyLock<Arc<AtomicBool>> = LazyLock::new(|| Arc::new(AtomicBool::new(true)));

/// Sends `event` for each request to stop instead of letting it end the program. Where the
/// system has no such signals, nothing is sent.
///
/// `interrupts` says whether Ctrl-C is such a request; while an editor has the terminal it
/// is the editor's and only kept from ending this program.
///
/// The event comes from a thread, which has to have its turn first: for a task that must not go
/// on once it was asked to stop there is [`Stop`].
pub fn on_stop<E: Clone + Send + 'static>(interrupts: bool, events: Sender<E>, event: E) {
    #[cfg(unix)]
    {
        AS_USUAL.store(false, Ordering::SeqCst);
        // A signal that cannot be waited for keeps its usual meaning; there is no more to do.
        let Ok(mut signals) = signal_hook::iterator::Signals::new(STOPS) else {
            return;
        };
        std::thread::spawn(move || {
            for signal in signals.forever() {
                let stop = interrupts || !matches!(signal, SIGINT | SIGQUIT);
                if stop && events.send(event.clone()).is_err() {
                    return;
                }
            }
        });
    }
    #[cfg(not(unix))]
    {
        let _ = (interrupts, events, event);
    }
}

/// As [`on_stop`], until what is returned is dropped: from then on these signals mean what they
/// meant before.
#[must_use]
pub fn until_dropped<E: Clone + Send + 'static>(events: Sender<E>, event: E) -> Until {
    let until = Until::begin();
    on_stop(true, events, event);
    until
}

/// See [`until_dropped`].
#[derive(Debug)]
pub struct Until {
    #[cfg(unix)]
    as_usual: bool,
}

impl Until {
    fn begin() -> Until {
        Until {
            #[cfg(unix)]
            as_usual: AS_USUAL.swap(false, Ordering::SeqCst),
        }
    }
}

impl Drop for Until {
    fn drop(&mut self) {
        #[cfg(unix)]
        {
            AS_USUAL.store(self.as_usual, Ordering::SeqCst);
            for signal in STOPS {
                let _ = flag::register_conditional_default(signal, AS_USUAL.clone());
            }
        }
    }
}

/// Requests to stop, as a task looks for them between its steps: from when it is made until it
/// is dropped, they do nothing but get noted.
///
/// The signal itself notes it, before the program goes on from where the signal came, so a task
/// that looks before its last step never says that it is done after it was asked to stop.
/// Whoever presses Ctrl-C a second time does not want to wait for the next step: that ends the
/// program as usual.
#[derive(Debug)]
pub struct Stop {
    #[cfg(unix)]
    asked: Arc<AtomicBool>,
    #[cfg(unix)]
    noting: Vec<signal_hook::SigId>,
    // Dropped last.
    _until: Until,
}

impl Stop {
    /// Begins to note them.
    #[must_use]
    pub fn noted() -> Stop {
        let _until = Until::begin();
        #[cfg(unix)]
        {
            let asked = Arc::new(AtomicBool::new(false));
            // In this order: the second time comes upon what the first has noted.
            let again = flag::register_conditional_default(SIGINT, asked.clone());
            let notes = STOPS.map(|signal| flag::register(signal, asked.clone()));
            let noting = std::iter::once(again).chain(notes).flatten().collect();
            Stop {
                asked,
                noting,
                _until,
            }
        }
        #[cfg(not(unix))]
        Stop { _until }
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
}

#[cfg(unix)]
impl Drop for Stop {
    fn drop(&mut self) {
        for noting in self.noting.drain(..) {
            low_level::unregister(noting);
        }
    }
}

/// Lets a write beyond the file size limit fail with an error that can be said, where the
/// system would end the program.
pub fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        let unread = std::sync::Arc::default();
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, unread);
    }
}
