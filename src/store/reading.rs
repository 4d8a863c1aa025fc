//! Reading a journal, and the condition that an entry must meet to be shown.

use std::path::Path;

use rusqlite::Connection;

use super::failure::sqlite_error;
use crate::error::Error;
use crate::model::kind::HiddenBy;
use crate::model::{Content, Day};

/// Read access to the journal. Every query for entries goes through here, so that none forgets
/// which entries are out of sight.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    pub(super) connection: &'a Connection,
    path: &'a Path,
    pub(super) today: Option<Day>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        path: &'a Path,
        today: Option<Day>,
    ) -> Reading<'a> {
        Reading {
            connection,
            path,
            today,
        }
    }

    /// The condition on `entry` for an entry to be shown: not in the trash, not away, not
    /// sealed. A query that shows anything of entries without it would show hidden ones.
    pub(super) fn in_sight(&self) -> String {
        let today = self.today.map(|day| day.to_string()).unwrap_or_default();
        format!("deleted_at IS NULL AND hidden_until <= '{today}'")
    }

    /// The reason in this content that keeps an entry hidden; `None` if it is visible.
    pub fn hides(&self, content: &Content) -> Option<HiddenBy> {
        content.hidden(self.today.unwrap_or(Day::FIRST))
    }

    pub(super) fn wrong(&self, error: rusqlite::Error) -> Error {
        sqlite_error(self.path, "read", error)
    }
}
