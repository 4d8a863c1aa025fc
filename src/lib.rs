//! A private journal for the command line that helps you walk away well.
//!
//! Each day it offers one tip to reflect on, keeps the page you write in one SQLite file,
//! tracks which tips have been reflected on, and helps to look back.
//!
//! # The map
//!
//! Imports point downward only, and a test says so:
//!
//! | module | what it is |
//! |---|---|
//! | [`cli`] | the root of the command line: global flags, the table of verbs |
//! | [`commands`] | a verb a file: its arguments, one function, its view; no verb imports a verb |
//! | [`session`] | one run: what it works with, the journal that it opened, entries by what was typed, a text from a person to an entry |
//! | [`config`], [`shelf`], [`drafts`] | the configuration file; the decks there are; text being written |
//! | [`output`] | the only writer to standard output and standard error |
//! | [`passphrase`] | a passphrase from a descriptor or a program |
//! | [`terminal`] | the only owner of the terminal: its modes, requests to stop, questions, the pager, the editor |
//! | [`view`] | what several verbs show; a page is lines of styled spans |
//! | [`environment`], [`keyring`] | the clock, the variables, the places; where the key of an unlocked journal is kept for a while |
//! | [`journal`] | what a journal does: the prompt, the page, looking back |
//! | [`formats`] | other programs' journals, and this one's in their forms: a package of its own |
//! | [`decks`] | tips from TOML, checked |
//! | [`store`] | the file: the only place that names SQLite |
//! | [`files`] | private folders and files, and those in the making |
//! | [`model`] | the vocabulary as plain types, and the rules that need no more: a package of its own |
//! | [`error`] | what can go wrong, and what to do then |
//!
//! # The files
//!
//! The journal is one file in the place the platform has for data (`--journal` names
//! another), with SQLite's `-wal` and `-shm` beside it while it is open. Text being written
//! lives in a folder named after the journal with `.drafts` at its end, and is gone when the
//! page is saved; text that could not even become a draft is kept there, or where there is
//! room, and the message says where. A journal is made, and copied before its layout changes, in a hidden folder
//! beside its place that is gone when that is done; the copy stays. An export is made so too,
//! beside the place it is for. Backups lie in a folder `backups` beside the journal unless
//! something else is said, and what a restored one replaced lies beside the journal. With
//! an encrypted journal, text being written lies in memory (`$XDG_RUNTIME_DIR`, `/dev/shm`), and
//! what waits of it in the journal. `config.toml` is read, and written by `deck use` alone, which sets one key in it; the
//! folder `decks` beside it holds decks of one's own, and `deck new` begins one there.
//! No other file is touched and no network is used.

pub mod cli;
pub mod commands;
pub mod config;
pub mod decks;
pub mod drafts;
pub mod environment;
pub mod error;
pub mod files;
pub mod journal;
pub mod keyring;
pub mod output;
pub mod passphrase;
pub mod session;
pub mod shelf;
pub mod store;
pub mod terminal;
pub mod view;

pub use cli::{command, run};
pub use error::{Error, Result};
pub use onward_formats as formats;
pub use onward_model as model;
