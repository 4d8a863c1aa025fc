//! The journal file: SQLite, and the only place that names rusqlite.
//!
//! One file in WAL mode with `synchronous=FULL`: an entry that was reported as saved survives
//! a crash of the program and of the machine. Every user action is one `BEGIN IMMEDIATE`
//! transaction ([`Store::change`]), so two processes take turns and none sees half of an
//! action of the other.
//!
//! A new journal is built beside its place and moved there when it is complete. An empty file
//! at a journal's path is therefore never a journal in the making, and is refused like any
//! other file that is not a journal.
//!
//! A journal is plain or encrypted as a whole, and its first bytes alone say which.
//! [`Store::open`] asks for a passphrase or key only if they say that it is encrypted.
//! `docs/encryption.md` describes the encryption.

mod actions;
mod backup;
mod change;
mod check;
mod closed;
mod columns;
mod compare;
mod convert;
mod copies;
mod coverage;
mod create;
mod derived;
mod drafts;
mod entries;
mod failure;
mod filter;
mod findings;
mod header;
mod id_walk;
mod key;
mod log;
mod lookback;
mod migrations;
mod open;
mod origins;
mod reading;
mod repair;
mod restore;
mod revisions;
mod search;
mod sqlite;
mod unlocking;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Error, Result};
use crate::files::{FileIdentity, file_identity, has_other_names, unfinished};
use crate::model::Day;
use failure::sqlite_error;

pub use actions::{Action, ListedAction};
pub use backup::{FinishedBackup, backups_in, default_backup_folder};
pub use change::{ActionKind, Change, TouchedEntry};
pub use closed::ClosedJournal;
pub use copies::{CopyReason, EarlierCopy, copies_beside, earlier_copies};
pub use coverage::Assignment;
pub use drafts::StoredDraft;
pub use findings::{CheckPart, Finding, Findings, Tick};
pub use header::Salt;
pub use key::{Key, KeyCost, Passphrase, RecoverySheet};
pub use log::logs_set_aside;
pub use lookback::TipDays;
pub use origins::{JournalSize, KnownOrigin, Origin};
pub use reading::Reading;
pub use restore::PendingRestore;
pub use sqlite::{has_encryption, is_sqlite_safe, sqlite_version};
pub use unlocking::{AskPassphrase, LockedJournal, UnlockSecret, ask_nobody, ask_only};

/// Marks the file as a journal of this program: "Onwd".
const APPLICATION_ID: i32 = 0x4f6e_7764;

/// The layout of the journals that this program makes: a number of migrations.
pub const LAYOUT: i64 = migrations::LATEST;

/// An open journal file.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    /// The file that was at the path when it was opened. Another one is there after the
    /// journal was encrypted, decrypted or restored.
    file: Option<FileIdentity>,
    /// The key of an encrypted journal; `None` for a plain one.
    key: Option<Key>,
    /// The present day. Entries hidden until then or earlier are visible. `None` hides them
    /// all.
    today: Option<Day>,
    /// Where the log of another file was put that lay beside the journal when it was opened.
    set_aside: Option<PathBuf>,
}

impl Store {
    /// The log of another file that lay beside the journal, under the name that opening gave
    /// it.
    pub fn log_set_aside(&self) -> Option<&Path> {
        self.set_aside.as_deref()
    }

    /// The layout of the file: how many migrations it has been through. `None` if the file
    /// cannot be read.
    pub fn layout(&self) -> Option<i64> {
        migrations::version(&self.connection).ok()
    }

    /// Sets the present day, so that entries hidden until then are visible again.
    pub fn seen_on(&mut self, today: Option<Day>) {
        self.today = today;
    }

    /// The journal as it stands. Each statement sees the newest state.
    pub fn reading(&self) -> Reading<'_> {
        Reading::new(&self.connection, &self.path, self.today)
    }

    /// Lets `look` read the journal as of one moment, while other processes go on writing.
    ///
    /// # Errors
    /// Those of `look`.
    pub fn snapshot<T>(&self, look: impl FnOnce(Reading<'_>) -> Result<T>) -> Result<T> {
        // A read transaction that is never committed: it only keeps the snapshot.
        let transaction = self
            .connection
            .unchecked_transaction()
            .map_err(|error| self.wrong("read", error))?;
        look(Reading::new(&transaction, &self.path, self.today))
    }

    /// Begins a user action. Waits while another process writes.
    ///
    /// # Errors
    /// [`Error::Busy`] after 15 seconds of waiting, or when the journal's file was replaced;
    /// [`Error::ReadOnly`].
    pub fn change(&mut self) -> Result<Change<'_>> {
        let (path, file, today) = (&self.path, self.file, self.today);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| sqlite_error(path, "write to", error))?;
        // Refuse to write to a file that was replaced: the text would be lost.
        if file_identity(path) != file {
            return Err(Error::Busy { path: path.clone() });
        }
        refuse_other_names(path)?;
        Ok(Change::begin(transaction, path, today))
    }

    /// The key of an encrypted journal; `None` for a plain one.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// The pages of an encrypted journal's file whose signatures do not match, as sentences.
    /// SQLCipher never shows anything of such a page. Empty for a plain journal, whose pages
    /// are not signed.
    pub fn damaged_pages(&self) -> Result<Vec<String>> {
        if self.key.is_none() {
            return Ok(Vec::new());
        }
        let mut twice = self.pages_that_fail()?;
        if !twice.is_empty() {
            // This check reads past SQLite's locks, so a page may fail while another process
            // writes it. Report only pages that fail twice.
            let again = self.pages_that_fail()?;
            twice.retain(|page| again.contains(page));
        }
        Ok(twice)
    }

    fn pages_that_fail(&self) -> Result<Vec<String>> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut check = self.connection.prepare("PRAGMA cipher_integrity_check")?;
            let found = check.query_map([], |row| row.get(0))?;
            found.collect()
        };
        read().map_err(|error| self.wrong("read", error))
    }

    /// True for a journal in memory, which stands in for one that does not exist yet.
    pub fn is_in_memory(&self) -> bool {
        self.connection.path().is_none_or(str::is_empty)
    }

    /// True if the journal cannot be written to.
    pub fn is_read_only(&self) -> bool {
        self.connection
            .is_readonly(rusqlite::MAIN_DB)
            .unwrap_or(false)
    }

    /// Removes the traces of purged entries from the full-text index, the pages of the file,
    /// the log, and copies of the journal that were broken off in the making. If another
    /// process has the journal open, the log is overwritten when that one closes it.
    pub fn scrub(&mut self) -> Result<()> {
        refuse_other_names(&self.path)?;
        unfinished::clear(&self.path);
        // Merge the full-text index, because its older segments still have the purged words.
        // Then rebuild the file: `secure_delete` overwrites removed rows, but not the copies
        // that SQLite left behind when it moved rows between pages.
        self.connection
            .execute_batch(
                "INSERT INTO entry_text (entry_text) VALUES ('optimize');
                 VACUUM;",
            )
            .and_then(|()| {
                self.connection
                    .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            })
            .map_err(|error| self.wrong("write to", error))
    }

    fn wrong(&self, doing: &'static str, error: rusqlite::Error) -> Error {
        sqlite_error(&self.path, doing, error)
    }
}

/// Refuses to write to a file with hard links. SQLite finds the log by the name of the file, so
/// two processes with two names would write to one file from two logs.
fn refuse_other_names(path: &Path) -> Result<()> {
    match has_other_names(path) {
        true => Err(Error::OtherNames {
            path: path.to_path_buf(),
        }),
        false => Ok(()),
    }
}

#[cfg(test)]
pub(crate) mod costs;
#[cfg(test)]
mod moments;
