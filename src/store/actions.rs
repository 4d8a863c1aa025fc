//! The line of actions that undo and redo walk along.
//!
//! Undo walks back along the line, redo forth. A new action after an undo cuts off the undone
//! actions, so that redo no longer reaches them. The history of each entry still has all
//! their texts.

use chrono::{DateTime, FixedOffset};
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::columns::{instant, parse_column, parse_optional_column};
use super::{Change, Reading};
use crate::error::Result;

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

/// An action on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    number: i64,
    /// Its kind.
    pub what: ActionKind,
    /// The entries that it touched.
    pub touched: Vec<TouchedEntry>,
}

impl Reading<'_> {
    /// The last action that is done, which the next undo takes back.
    pub fn last_done(&self) -> Result<Option<Action>> {
        self.action("state = 'done' ORDER BY number DESC")
    }

    /// The first action that is undone, which the next redo does again.
    pub fn first_undone(&self) -> Result<Option<Action>> {
        self.action("state = 'undone' ORDER BY number")
    }

    fn action(&self, which: &str) -> Result<Option<Action>> {
        let read = || -> rusqlite::Result<Option<Action>> {
            let sql = format!("SELECT number, what FROM action WHERE {which} LIMIT 1");
            let found = self
                .connection
                .query_row(&sql, [], |row| Ok((row.get(0)?, parse_column(row, 1)?)))
                .optional()?;
            let Some((number, what)) = found else {
                return Ok(None);
            };
            let touched = self
                .connection
                .prepare(
                    "SELECT entry, before, after FROM action_entry WHERE action = ?1
                     ORDER BY entry",
                )?
                .query_map([number], |row| {
                    Ok(TouchedEntry {
                        entry: row.get(0)?,
                        before: parse_optional_column(row, 1)?,
                        after: parse_column(row, 2)?,
                    })
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Some(Action {
                number,
                what,
                touched,
            }))
        };
        read().map_err(|error| self.wrong(error))
    }
}

/// An action that is recorded while it happens: its kind, when it began, and its number once
/// it has touched an entry.
pub(super) struct Recording {
    what: ActionKind,
    made_at: DateTime<FixedOffset>,
    number: Option<i64>,
}

impl Change<'_> {
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

    /// Marks an action as done or undone.
    pub fn mark(&self, action: &Action, done: bool) -> Result<()> {
        self.transaction
            .execute(
                "UPDATE action SET state = ?2 WHERE number = ?1",
                params![action.number, if done { "done" } else { "undone" }],
            )
            .map(|_| ())
            .map_err(|error| self.wrong(error))
    }
}
