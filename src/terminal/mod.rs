//! The only owner of the terminal: its modes, requests to stop, questions with and without
//! echo, the pager, and the person's editor.
//!
//! A value that changes the terminal restores it when it is dropped, and everything that waits
//! is told of a request to stop by one [`stop::StopRequests`]. Answers and messages go through
//! `output`.

pub mod dialogue;
pub mod editor;
#[cfg(unix)]
mod line_editor;
#[cfg(unix)]
mod modes;
pub mod pager;
pub mod secret;
pub mod stop;
