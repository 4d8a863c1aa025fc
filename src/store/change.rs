//! A user action: one transaction, and the record of it for undo.

use std::path::Path;

use chrono::{DateTime, FixedOffset};
use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::columns::instant;
use super::failure::sqlite_error;
use super::log;
use super::reading::Reading;
use crate::error::{Error, Result};
use crate::model::Day;

/// The kind of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionKind {
    /// An entry was written.
    Write,
    /// An entry was changed.
    Edit,
    /// Entries were put into the trash.
    Delete,
    /// Entries were taken out of the trash.
    Restore,
    /// Entries were imported.
    Import,
}

impl ActionKind {
    /// Its name in the journal file and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            ActionKind::Write => "write",
            ActionKind::Edit => "edit",
            ActionKind::Delete => "delete",
            ActionKind::Restore => "restore",
            ActionKind::Import => "import",
        }
    }
}

impl std::str::FromStr for ActionKind {
    type Err = String;

    fn from_str(name: &str) -> Result<ActionKind, String> {
        [
            ActionKind::Write,
            ActionKind::Edit,
            ActionKind::Delete,
            ActionKind::Restore,
            ActionKind::Import,
        ]
        .into_iter()
        .find(|what| what.name() == name)
        .ok_or_else(|| format!("unknown action {name:?}"))
    }
}

/// An entry that an action touched, with its revisions before and after. `before` is `None`
/// if the action made the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TouchedEntry {
    /// The entry's number.
    pub entry: i64,
    /// The revision before the action.
    pub before: Option<Uuid>,
    /// The revision after it.
    pub after: Uuid,
}

/// A user action under way. It takes effect when [`Change::commit`] returns, and not at all
/// when it is dropped.
pub struct Change<'a> {
    pub(super) transaction: Transaction<'a>,
    path: &'a Path,
    today: Option<Day>,
    /// The entries that the action touched and that are not recorded yet.
    touched: Vec<TouchedEntry>,
    /// Set while each touched entry is recorded at once; see [`Change::record_as`].
    recording: Option<Recording>,
}

/// An action that is recorded while it happens: its kind, when it began, and its number once
/// it has touched an entry.
struct Recording {
    what: ActionKind,
    made_at: DateTime<FixedOffset>,
    number: Option<i64>,
}

impl<'a> Change<'a> {
    pub(super) fn begin(
        transaction: Transaction<'a>,
        path: &'a Path,
        today: Option<Day>,
    ) -> Change<'a> {
        Change {
            transaction,
            path,
            today,
            touched: Vec::new(),
            recording: None,
        }
    }

    /// The journal with the changes of this action so far.
    pub fn reading(&self) -> Reading<'_> {
        Reading::new(&self.transaction, self.path, self.today)
    }

    /// Makes the action durable, without a record for undo: see [`Change::commit_as`].
    pub fn commit(self) -> Result<()> {
        let path = self.path;
        log::stamp(&self.transaction)
            .and_then(|()| self.transaction.commit())
            .map_err(|error| sqlite_error(path, "write to", error))
    }

    /// Records each touched entry at once from now on, so that an action on any number of
    /// entries needs no memory for them. End it with [`Change::commit`].
    pub fn record_as(&mut self, what: ActionKind, now: DateTime<FixedOffset>) {
        self.recording = Some(Recording {
            what,
            made_at: now,
            number: None,
        });
    }

    /// Notes that the action touched an entry.
    pub(super) fn touch(&mut self, touched: TouchedEntry) -> Result<()> {
        let Some(Recording {
            what,
            made_at,
            number,
        }) = &self.recording
        else {
            self.touched.push(touched);
            return Ok(());
        };
        let record = || -> rusqlite::Result<i64> {
            let number = match number {
                Some(number) => *number,
                None => self.begin_action(*what, *made_at)?,
            };
            self.record(number, &touched)?;
            Ok(number)
        };
        let number = record().map_err(|error| self.wrong(error))?;
        if let Some(recording) = &mut self.recording {
            recording.number = Some(number);
        }
        Ok(())
    }

    /// Makes everything that was touched durable, as one action that can be undone.
    pub fn commit_as(self, what: ActionKind, now: DateTime<FixedOffset>) -> Result<()> {
        let record = || -> rusqlite::Result<()> {
            let action = self.begin_action(what, now)?;
            self.touched
                .iter()
                .try_for_each(|touched| self.record(action, touched))
        };
        if !self.touched.is_empty() {
            record().map_err(|error| self.wrong(error))?;
        }
        self.commit()
    }

    /// Adds an action at the end of the line and returns its number. Actions that were undone
    /// before it can no longer be redone.
    fn begin_action(
        &self,
        what: ActionKind,
        now: DateTime<FixedOffset>,
    ) -> rusqlite::Result<i64> {
        self.transaction
            .prepare_cached("UPDATE action SET state = 'gone' WHERE state = 'undone'")?
            .execute([])?;
        self.transaction
            .prepare_cached("INSERT INTO action (what, made_at) VALUES (?1, ?2)")?
            .execute(params![what.name(), instant(now)])?;
        Ok(self.transaction.last_insert_rowid())
    }

    fn record(&self, action: i64, touched: &TouchedEntry) -> rusqlite::Result<()> {
        self.transaction
            .prepare_cached(
                "INSERT INTO action_entry (action, entry, before, after)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                action,
                touched.entry,
                touched.before.map(|id| id.to_string()),
                touched.after.to_string(),
            ])
            .map(|_| ())
    }

    pub(super) fn wrong(&self, error: rusqlite::Error) -> Error {
        sqlite_error(self.path, "write to", error)
    }
}
