//! A verb a file: its arguments, whose doc comments are the help; one function; its view.

pub mod away;
pub mod backup;
pub mod begin;
pub mod composed;
pub mod contact;
pub mod converted;
pub mod coverage;
pub mod deck;
pub mod decrypt;
pub mod delete;
pub mod doctor;
pub mod edit;
pub mod encrypt;
pub mod entry;
pub mod export;
pub mod filters;
pub mod history;
pub mod import;
pub mod letter;
pub mod lines;
pub mod list;
pub mod lock;
pub mod page;
pub mod passphrase;
pub mod reason;
pub mod restore;
pub mod restore_backup;
pub mod review;
pub mod search;
pub mod show;
pub mod stats;
pub mod tips;
pub mod today;
pub mod trash;
pub mod undo;
pub mod unlock;
pub mod urge;
pub mod week;
pub mod write;

pub use crate::session::{Context, Session, Status};

/// What is said of a journal without a page.
const NOTHING_WRITTEN: &str = "Nothing is written yet. Begin with onward write.";
