//! How far a long task has come, on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Output;

/// A bar on standard error that goes away by itself. Where nobody would see it there is none.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Output {
    /// Begins a task of so many steps.
    pub fn progress(&self, doing: &'static str, steps: u64) -> Progress {
        let seen = self.terminal_errors && !self.quiet && self.width > 0;
        let target = if seen {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(steps), target);
        // Plain characters that every terminal has; nothing is drawn before the first second
        // is over that a short task would not need.
        if let Ok(style) = ProgressStyle::with_template("{msg} [{wide_bar}] {percent:>3}%") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(doing);
        Progress { bar }
    }
}

impl Progress {
    /// So many steps more are done.
    pub fn advance(&self, steps: u64) {
        self.bar.inc(steps);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
