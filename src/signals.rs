//! Signals, so that nothing typed is lost to one.

use std::sync::mpsc::Sender;

/// Sends `event` for each request to stop (Ctrl-C, a closed terminal, `kill`) instead of
/// letting it end the program. Where the system has no such signals, nothing is sent.
///
/// `interrupts` says whether Ctrl-C is such a request; while an editor has the terminal it
/// is the editor's and only kept from ending this program.
pub fn on_stop<E: Clone + Send + 'static>(interrupts: bool, events: Sender<E>, event: E) {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
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

/// Lets a write beyond the file size limit fail with an error that can be said, where the
/// system would end the program.
pub fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        let unread = std::sync::Arc::default();
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, unread);
    }
}
