//! The line of actions that undo and redo walk along.
//!
//! Undo walks back along the line, redo forth. A new action after an undo cuts off the undone
//! actions, so that redo no longer reaches them. The history of each entry still has all
//! their texts.

use rusqlite::{OptionalExtension, params};

use super::change::{ActionKind, Change, TouchedEntry};
use super::columns::{parse_column, parse_optional_column};
use super::reading::Reading;
use crate::error::Result;

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
