//! The verbs, one file each: its arguments, whose doc comments are the `--help`; a function
//! that runs it; and its view.

pub mod away;
pub mod backup;
pub mod begin;
pub mod contact;
pub mod deck;
pub mod decrypt;
pub mod delete;
pub mod doctor;
pub mod edit;
pub mod encrypt;
pub mod export;
pub mod history;
pub mod import;
pub mod letter;
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
pub mod write;
