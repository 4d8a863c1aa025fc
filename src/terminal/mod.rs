//! The only owner of the terminal: its modes, requests to stop, questions that are answered
//! openly or in silence, the pager, and the person's editor.
//!
//! Whatever changes a terminal puts it back when its value is dropped, and whatever waits hears
//! requests to stop from one [`stop::Stop`]. Answers and messages go through `output`.

pub mod dialogue;
pub mod editor;
#[cfg(unix)]
mod modes;
pub mod pager;
pub mod secret;
pub mod stop;
