//! Signals, so that nothing typed is lost to one.

use std::sync::mpsc::Sender;
#[cfg(unix)]
use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicBool, Ordering},
};

/// Whether a signal that somebody waited for ends the program again as it usually does.
#[cfg(unix)]
static AS_USUAL: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Sends `event` for each request to stop (Ctrl-C, a closed terminal, `kill`) instead of
/// letting it end the program. Where the system has no such signals, nothing is sent.
///
/// `interrupts` says whether Ctrl-C is such a request; while an editor has the terminal it
/// is the editor's and only kept from ending this program.
pub fn on_stop<E: Clone + Send + 'static>(interrupts: bool, events: Sender<E>, event: E) {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
        AS_USUAL.store(false, Ordering::SeqCst);
        // A signal that cannot be waited for keeps its usual meaning; there is no more to do.
        let Ok(mut signals) =
            signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])
        else {
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

/// As [`on_stop`], until what is returned is dropped: from then on these signals end the
/// program as they usually do, unless somebody waits for them again.
#[must_use]
pub fn until_dropped<E: Clone + Send + 'static>(events: Sender<E>, event: E) -> Until {
    on_stop(true, events, event);
    Until
}

/// See [`until_dropped`].
#[derive(Debug)]
pub struct Until;

impl Drop for Until {
    fn drop(&mut self) {
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
            AS_USUAL.store(true, Ordering::SeqCst);
            for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
                let _ =
                    signal_hook::flag::register_conditional_default(signal, AS_USUAL.clone());
            }
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
