//! A progress bar for long tasks.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Output;

/// A progress bar on standard error that is cleared when it is dropped. It is hidden unless
/// standard error is a terminal.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Output {
    /// Begins a progress bar for a task with this number of steps.
    pub fn progress(&self, doing: &'static str, steps: u64) -> Progress {
        let seen = self.terminal_errors && !self.quiet && self.width > 0;
        let target = if seen {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(steps), target);
        // Draw with ASCII characters, which every terminal has.
        if let Ok(style) = ProgressStyle::with_template("{msg} [{wide_bar}] {percent:>3}%") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(doing);
        Progress { bar }
    }
}

impl Progress {
    /// Advances the bar by a number of steps.
    pub fn advance(&self, steps: u64) {
        self.bar.inc(steps);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
