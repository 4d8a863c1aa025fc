//! What must be survived: kill -9 at every write, a disk that is full or fails, several
//! processes at once, files that are damaged.
//!
//! What belongs here: whole processes and what a fault leaves behind. Nothing typed is lost,
//! what was called saved is there, and whatever went wrong is said in a sentence. The sweeps
//! need `strace` (Linux); `tests/tools/mod.rs` says what becomes of a test that lacks it.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "starts programs; a helper that fails is a test that fails"
)]

mod aftermath;
mod changed;
#[cfg(feature = "encryption")]
mod converted;
mod damage;
mod exported;
mod failing;
mod imported;
mod kept;
mod killed;
mod names;
mod put_back;
#[cfg(feature = "encryption")]
mod rescue;
#[path = "../sandbox/mod.rs"]
mod sandbox;
#[path = "../sealed/mod.rs"]
mod sealed;
mod strace;
mod together;
#[path = "../tools/mod.rs"]
mod tools;
mod unread;
