//! The line of actions that undo and redo walk along.
//!
//! Undo walks back along the line, redo forth. A new action after an undo cuts off the undone
//! actions, so that redo no longer reaches them. The history of each entry still has all
//! their texts.

use chrono::{DateTime, FixedOffset};
use rusqlite::{OptionalExtension, params};

use super::change::{ActionKind, Change, TouchedEntry};
use super::columns::{parse_column, parse_optional_column};
use super::reading::Reading;
use crate::error::Result;
use crate::model::KindName;

/// An action on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    number: i64,
    /// Its kind.
    pub what: ActionKind,
    /// The entries that it touched.
    pub touched: Vec<TouchedEntry>,
}

/// An action as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAction {
    /// Its kind.
    pub what: ActionKind,
    /// When it was done.
    pub made_at: DateTime<FixedOffset>,
    /// False if it was undone.
    pub is_done: bool,
    /// The kinds and the numbers of the entries that it touched and that are not purged.
    pub entries: Vec<(KindName, i64)>,
}

/// The most actions that are listed.
const MOST_LISTED: u32 = 500;

impl Reading<'_> {
    /// The actions that undo and redo walk along, the newest first.
    pub fn actions(&self) -> Result<Vec<ListedAction>> {
        let entries = |action: i64| -> rusqlite::Result<Vec<(KindName, i64)>> {
            self.connection
                .prepare_cached(
                    "SELECT entry.kind, entry.number FROM action_entry AS touched
                       JOIN entry ON entry.number = touched.entry
                      WHERE touched.action = ?1 ORDER BY entry.number",
                )?
                .query_map([action], |row| Ok((parse_column(row, 0)?, row.get(1)?)))?
                .collect()
        };
        let read = || -> rusqlite::Result<Vec<ListedAction>> {
            self.connection
                .prepare(
                    "SELECT number, what, made_at, state = 'done' FROM action
                      WHERE state <> 'gone' ORDER BY number DESC LIMIT ?1",
                )?
                .query_map([MOST_LISTED], |row| {
                    Ok(ListedAction {
                        what: parse_column(row, 1)?,
                        made_at: parse_column(row, 2)?,
                        is_done: row.get(3)?,
                        entries: entries(row.get(0)?)?,
                    })
                })?
                .collect()
        };
        read().map_err(|error| self.wrong(error))
    }

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

impl Change<'_> {
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
