//! The journal file: SQLite, and the only place that names rusqlite.
//!
//! One file in WAL mode with `synchronous=FULL`: what was reported saved survives a crash of
//! the program and of the machine. Every user action is one `BEGIN IMMEDIATE` transaction
//! ([`Store::change`]), so two processes take turns and none sees half of what another did.
//!
//! A journal comes into being whole: it is built beside its place and moved there when it is
//! complete. An empty file at a journal's path is therefore never a journal in the making,
//! and is refused like any other file that is not one.
//!
//! A journal is plain or encrypted as a whole, and the file alone decides which: [`Store::open`]
//! asks for what opens it only where its first bytes say that it is encrypted. What the
//! encryption is stands in `docs/encryption.md`.

mod actions;
mod backup;
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
mod lookback;
mod migrations;
mod open;
mod origins;
mod repair;
mod restore;
mod revisions;
mod search;
mod sqlite;
mod unlocking;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::{Error, Result};
use crate::files::{FileIdentity, file_identity, unfinished};
use crate::model::kind::Hidden;
use crate::model::{Content, Day};
use failure::sqlite_error;

pub use actions::{Action, ActionKind, TouchedEntry};
pub use backup::{FinishedBackup, backups_in, default_backup_folder};
pub use closed::ClosedJournal;
pub use copies::{CopyReason, EarlierCopy, copies_beside, earlier_copies};
pub use coverage::Assignment;
pub use drafts::StoredDraft;
pub use findings::{CheckPart, Finding, Findings, Tick};
pub use header::Salt;
pub use key::{Key, Passphrase, RecoverySheet};
pub use lookback::TipDays;
pub use origins::{JournalSize, KnownOrigin, Origin};
pub use restore::PendingRestore;
pub use sqlite::{has_encryption, is_sqlite_safe, sqlite_version};
pub use unlocking::{AskPassphrase, LockedJournal, UnlockSecret, ask_nobody, ask_only};

/// Marks the file as a journal of this program: "Onwd".
const APPLICATION_ID: i32 = 0x4f6e_7764;

/// The layout that this program makes.
pub const LAYOUT: i64 = migrations::LATEST;

/// An open journal file.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    /// Which file was at the path when it was opened.
    file: Option<FileIdentity>,
    /// The key of an encrypted journal.
    key: Option<Key>,
    /// The present day. Entries hidden until then or earlier are visible. `None` hides them all.
    today: Option<Day>,
}

/// Read access to the journal. Every query for entries goes through here, so that none forgets
/// which entries are out of sight.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    connection: &'a Connection,
    path: &'a Path,
    today: Option<Day>,
}

/// A user action under way. It takes effect when [`Change::commit`] returns, and not at all
/// when it is dropped.
pub struct Change<'a> {
    transaction: Transaction<'a>,
    path: &'a Path,
    today: Option<Day>,
    /// The entries it touched and has not recorded yet.
    touched: Vec<TouchedEntry>,
    /// The action it is recorded as, where that is done as it happens.
    recording: Option<actions::Recording>,
}

impl Store {
    /// The layout of the file: how many migrations it has been through.
    pub fn layout(&self) -> Option<i64> {
        migrations::version(&self.connection).ok()
    }

    /// Sets the present day, so that entries hidden until then are visible again.
    pub fn seen_on(&mut self, today: Option<Day>) {
        self.today = today;
    }

    /// The journal as it stands.
    pub fn reading(&self) -> Reading<'_> {
        Reading {
            connection: &self.connection,
            path: &self.path,
            today: self.today,
        }
    }

    /// Looks at the journal as it is at one moment, while others go on writing.
    ///
    /// # Errors
    /// Whatever `look` says.
    pub fn snapshot<T>(&self, look: impl FnOnce(Reading<'_>) -> Result<T>) -> Result<T> {
        // Never committed: it only keeps the moment that is read.
        let transaction = self
            .connection
            .unchecked_transaction()
            .map_err(|error| self.wrong("read", error))?;
        look(Reading {
            connection: &transaction,
            path: &self.path,
            today: self.today,
        })
    }

    /// Begins a user action. Waits its turn when another process is writing.
    ///
    /// # Errors
    /// [`Error::Busy`] when the turn does not come; [`Error::ReadOnly`].
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
        Ok(Change {
            transaction,
            path,
            today,
            touched: Vec::new(),
            recording: None,
        })
    }

    /// The key of an encrypted journal; `None` for a plain one.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// Pages of an encrypted journal's file that are not what was written, as sentences. Nothing
    /// of such a page is ever shown. Empty for a plain journal, whose pages are not signed.
    pub fn damaged_pages(&self) -> Result<Vec<String>> {
        if self.key.is_none() {
            return Ok(Vec::new());
        }
        let mut twice = self.pages_that_fail()?;
        if !twice.is_empty() {
            // The pages are read past SQLite's locks: one that was just being written is
            // whole when it is read again.
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

    /// Whether it stands for a journal that is not there yet, and is gone with the value.
    pub fn is_in_memory(&self) -> bool {
        self.connection.path().is_none_or(str::is_empty)
    }

    /// Whether the journal can only be read.
    pub fn is_read_only(&self) -> bool {
        self.connection
            .is_readonly(rusqlite::MAIN_DB)
            .unwrap_or(false)
    }

    /// Removes the traces of purged entries: in the full-text index, on pages of the file, in the
    /// log, and in copies of the journal that were broken off in the making. Where another
    /// process is at work in the journal the log is overwritten when it is done.
    pub fn scrub(&mut self) -> Result<()> {
        unfinished::clear(&self.path);
        // Merged into one, the index holds nothing of what is no longer there. SQLite
        // overwrites what is removed from a page, but not the traces of what it once moved to
        // another one: only the living are copied into pages that are made anew.
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

impl Reading<'_> {
    /// The condition on `entry` under which it may be shown: not in the trash, not away, not
    /// sealed. Every query that shows anything of entries must contain it.
    fn in_sight(&self) -> String {
        let today = self.today.map(|day| day.to_string()).unwrap_or_default();
        format!("deleted_at IS NULL AND hidden_until <= '{today}'")
    }

    /// What keeps an entry of this content out of sight; `None` if it is visible.
    pub fn hides(&self, content: &Content) -> Option<Hidden> {
        content.hidden(self.today.unwrap_or(Day::FIRST))
    }

    fn wrong(&self, error: rusqlite::Error) -> Error {
        sqlite_error(self.path, "read", error)
    }
}

impl Change<'_> {
    /// The journal as this action leaves it so far.
    pub fn reading(&self) -> Reading<'_> {
        Reading {
            connection: &self.transaction,
            path: self.path,
            today: self.today,
        }
    }

    /// Makes the action durable, without a trace for undo: see [`Change::commit_as`].
    pub fn commit(self) -> Result<()> {
        let path = self.path;
        self.transaction
            .commit()
            .map_err(|error| sqlite_error(path, "write to", error))
    }

    fn wrong(&self, error: rusqlite::Error) -> Error {
        sqlite_error(self.path, "write to", error)
    }
}

#[cfg(test)]
mod costs;
#[cfg(test)]
mod moments;
