//! A private journal for the command line that helps you walk away well.
//!
//! Each day it offers one tip to reflect on, keeps the page you write in one SQLite file,
//! tracks which tips have been reflected on, and helps to look back.
//!
//! # The map
//!
//! A module imports only from the rows below its own; `tests/layers.rs` checks that.
//!
//! | module | what it is |
//! |---|---|
//! | [`cli`] | the root of the command line: the global flags and the table of verbs |
//! | [`commands`] | one file for each verb: its arguments, its function, its view; no verb imports another |
//! | [`session`] | one run of the program: its context, the open journal, how entries are chosen by what was typed, how a text becomes an entry |
//! | [`config`], [`shelf`], [`drafts`] | the configuration file; the decks on disk; text that is being written |
//! | [`output`] | the only writer to standard output and standard error |
//! | [`passphrase`] | reads a passphrase from a file descriptor or a program |
//! | [`terminal`] | the only owner of the terminal: its modes, requests to stop, questions, the pager, the editor |
//! | [`view`] | what several verbs show; a page is lines of styled spans |
//! | [`environment`], [`keyring`] | the clock, the environment variables and the standard folders; the system's store for the key of an unlocked journal |
//! | [`journal`] | what a journal does: the prompt of the day, saving entries, looking back |
//! | [`decks`] | tips read from TOML and checked |
//! | [`store`] | the journal's file: the only module that names SQLite |
//! | [`files`] | private folders and files, and files that appear whole or not at all |
//! | [`error`] | everything that can stop a command, with its hint and exit status |
//! | [`formats`] | other programs' journals and our own export formats: a package of its own |
//! | [`model`] | the vocabulary as plain types with their rules: a package of its own |
//!
//! # The files
//!
//! | file | where | how long |
//! |---|---|---|
//! | the journal, with SQLite's `-wal` and `-shm` while it is open | the platform's data folder, or `--journal` | stays |
//! | text being written | a folder beside the journal, named after it with `.drafts` at its end | until the entry is saved |
//! | the same, for an encrypted journal | in memory (`$XDG_RUNTIME_DIR`, `/dev/shm`); waiting drafts are in the journal itself | until the entry is saved |
//! | text that could not even become a draft | the folder of the drafts, else wherever there is room; the message names the file | stays |
//! | a new journal or a copy of one, while it is made | a hidden folder beside its place | until it is complete |
//! | a copy of the journal from before its layout was updated, or before a backup replaced it | beside the journal | stays |
//! | backups | the folder `backups` beside the journal, or the path that was named | stays |
//! | an export, while it is made | a hidden folder beside its place | until it is complete |
//! | `config.toml` | the platform's configuration folder, or `--config` | read; only `deck use` writes to it, and sets one key |
//! | decks of one's own | the folder `decks` beside `config.toml` | read; `deck new` makes one |
//!
//! No other file is touched, and the network is never used.

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
