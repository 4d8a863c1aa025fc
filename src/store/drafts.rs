//! Drafts that are stored in the journal, and notes of what a person was told.

use rusqlite::{OptionalExtension, params};

use super::{Change, Reading};
use crate::error::Result;

/// A draft as the journal stores it. The store does not look into its particulars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDraft {
    /// Its name, which is also the name of its folder while an editor works on it.
    pub name: String,
    /// The draft's metadata as JSON.
    pub particulars: String,
    /// The bytes of the editor's file, which need not be text.
    pub page: Vec<u8>,
}

impl Reading<'_> {
    /// The drafts in the journal, the newest first. Empty for a layout without drafts.
    pub fn drafts(&self) -> Result<Vec<StoredDraft>> {
        let read = || -> rusqlite::Result<Vec<StoredDraft>> {
            if !self.connection.table_exists(None, "draft")? {
                return Ok(Vec::new());
            }
            self.connection
                .prepare("SELECT name, particulars, page FROM draft ORDER BY id DESC")?
                .query_map((), |row| {
                    Ok(StoredDraft {
                        name: row.get(0)?,
                        particulars: row.get(1)?,
                        page: row.get(2)?,
                    })
                })?
                .collect()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// True if a person was told `what` before.
    pub fn was_told(&self, what: &str) -> Result<bool> {
        let found = self
            .connection
            .query_row("SELECT 1 FROM told WHERE what = ?1", [what], |_| Ok(()))
            .optional();
        found
            .map(|found| found.is_some())
            .map_err(|error| self.wrong(error))
    }
}

impl Change<'_> {
    /// Stores a draft, in place of an older one with the same name.
    pub fn keep_draft(&self, draft: &StoredDraft) -> Result<()> {
        self.transaction
            .execute(
                "INSERT INTO draft (name, particulars, page) VALUES (?1, ?2, ?3)
                     ON CONFLICT (name) DO UPDATE
                        SET particulars = excluded.particulars, page = excluded.page",
                params![draft.name, draft.particulars, draft.page],
            )
            .map(|_| ())
            .map_err(|error| self.wrong(error))
    }

    /// Removes a draft, if it exists.
    pub fn remove_draft(&self, name: &str) -> Result<()> {
        self.transaction
            .execute("DELETE FROM draft WHERE name = ?1", [name])
            .map(|_| ())
            .map_err(|error| self.wrong(error))
    }

    /// Notes that a person was told `what`.
    pub fn note_told(&self, what: &str) -> Result<()> {
        self.transaction
            .execute("INSERT OR IGNORE INTO told (what) VALUES (?1)", [what])
            .map(|_| ())
            .map_err(|error| self.wrong(error))
    }
}
