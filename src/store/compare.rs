//! Comparing a copy of a journal with the journal.

use std::path::Path;

use rusqlite::{Connection, Row};
use uuid::Uuid;

use super::failure::sqlite_error;
use super::findings::Tick;
use super::revisions::{COLUMNS, present_state, read_past_revision};
use super::{Key, Store, ask_only, migrations};
use crate::error::{Error, Result};
use crate::model::ContentDigest;

/// Opens a copy by itself and compares it with the journal as the open transaction sees it:
/// the tables, the number of rows of each, and the fingerprint of every state. The
/// fingerprints are computed anew on both sides and compared with the stored ones. Returns
/// the number of entries and of earlier states.
///
/// # Errors
/// [`Error::BadCopy`] if the copy differs from the journal; [`Error::Damaged`] if the journal
/// differs from its own fingerprints; those of `tick`.
pub(super) fn compare_copy(
    source: &Connection,
    journal: &Path,
    copy: &Path,
    key: Option<&Key>,
    tick: Tick<'_>,
) -> Result<(u64, u64)> {
    let opened = Store::open_copy(copy, &mut ask_only(key));
    let opened = opened.map_err(|_| bad(copy, "it cannot be opened"))?;
    let comparison = CopyComparison {
        source,
        journal,
        copy: &opened.connection,
        copied_to: copy,
        tick,
    };
    comparison.tables()?;
    comparison.soundness()?;
    comparison.states()
}

/// A journal and a copy of it, both open.
struct CopyComparison<'a> {
    source: &'a Connection,
    journal: &'a Path,
    copy: &'a Connection,
    copied_to: &'a Path,
    tick: Tick<'a>,
}

impl CopyComparison<'_> {
    /// Checks that both have the same tables, each with as many rows.
    fn tables(&self) -> Result<()> {
        let tables = tables(self.source).map_err(|error| self.unread(error))?;
        if self::tables(self.copy).map_err(|_| self.bad_read())? != tables {
            return Err(self.bad("it has other tables"));
        }
        for (table, is_counted) in &tables {
            let sql = format!("SELECT count(*) FROM \"{table}\"");
            let count = |connection: &Connection| {
                connection.query_row(&sql, (), |row| row.get::<_, i64>(0))
            };
            if *is_counted
                && count(self.source).map_err(|error| self.unread(error))?
                    != count(self.copy).map_err(|_| self.bad_read())?
            {
                return Err(self.bad("it has other numbers of rows"));
            }
        }
        Ok(())
    }

    /// Checks that SQLite finds nothing wrong with the copy.
    fn soundness(&self) -> Result<()> {
        let said: String = self
            .copy
            .query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))
            .map_err(|_| self.bad_read())?;
        if said == "ok" {
            return Ok(());
        }
        // If the journal fails the same check, the copy is true and the journal is damaged.
        let own = self
            .source
            .query_row("PRAGMA integrity_check(1)", (), |row| {
                row.get::<_, String>(0)
            });
        Err(match own {
            Ok(own) if own == "ok" => self.bad("it does not hold together"),
            _ => self.damaged("its file does not hold together"),
        })
    }

    /// Checks that every state of the journal is in the copy, and that it matches its
    /// fingerprint on both sides. The numbers of rows are the same, so the copy has no other
    /// states.
    fn states(&self) -> Result<(u64, u64)> {
        for connection in [self.source, self.copy] {
            migrations::stand_in(connection).map_err(|error| self.unread(error))?;
        }
        // Layouts before 4 store no fingerprints.
        let layout = migrations::version(self.source).map_err(|error| self.unread(error))?;
        let kept = if layout < 4 { "NULL" } else { "digest" };
        Ok((self.entries(kept)?, self.revisions(kept)?))
    }

    fn entries(&self, kept: &str) -> Result<u64> {
        let wrong = |error| self.unread(error);
        let sql = format!("SELECT number, {kept} FROM entry ORDER BY number");
        self.each_row(&sql, |row| {
            let number: i64 = row.get(0).map_err(wrong)?;
            let kept: Option<ContentDigest> = row.get(1).map_err(wrong)?;
            let own = present_state(self.source, number).map_err(wrong)?;
            let own = own.ok_or_else(|| self.damaged("an entry cannot be found"))?;
            let theirs = present_state(self.copy, number).ok().flatten();
            let theirs =
                theirs.filter(|theirs| (theirs.id, theirs.entry) == (own.id, own.entry));
            let digest = theirs.map(|theirs| theirs.content.digest());
            self.same(own.content.digest(), kept, digest)
        })
    }

    fn revisions(&self, kept: &str) -> Result<u64> {
        let wrong = |error| self.unread(error);
        let by_id =
            format!("SELECT {COLUMNS}, id, tags, reflections FROM revision WHERE id = ?1");
        let sql = format!("SELECT id, {kept} FROM revision ORDER BY id");
        self.each_row(&sql, |row| {
            let id: String = row.get(0).map_err(wrong)?;
            let kept: Option<ContentDigest> = row.get(1).map_err(wrong)?;
            let state = |connection: &Connection| -> rusqlite::Result<ContentDigest> {
                let mut asked = connection.prepare_cached(&by_id)?;
                let read = |row: &Row<'_>| read_past_revision(row, 0, Uuid::nil());
                Ok(asked.query_row([&id], read)?.content.digest())
            };
            let own = state(self.source).map_err(wrong)?;
            self.same(own, kept, state(self.copy).ok())
        })
    }

    /// Calls `compare` for each row of a query on the journal, and returns the number of
    /// rows.
    fn each_row(
        &self,
        sql: &str,
        mut compare: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<u64> {
        let wrong = |error| self.unread(error);
        let mut asked = self.source.prepare(sql).map_err(wrong)?;
        let mut rows = asked.query(()).map_err(wrong)?;
        let mut counted = 0;
        while let Some(row) = rows.next().map_err(wrong)? {
            (self.tick)()?;
            compare(row)?;
            counted += 1;
        }
        Ok(counted)
    }

    fn same(
        &self,
        own: ContentDigest,
        kept: Option<ContentDigest>,
        theirs: Option<ContentDigest>,
    ) -> Result<()> {
        match theirs {
            Some(theirs) if theirs == own && kept.is_none_or(|kept| own == kept) => Ok(()),
            Some(theirs) if theirs == own => {
                Err(self.damaged("a text in it is not what was saved"))
            }
            _ => Err(self.bad("a text in it is another one")),
        }
    }

    fn unread(&self, error: rusqlite::Error) -> Error {
        sqlite_error(self.journal, "read", error)
    }

    fn damaged(&self, what: &str) -> Error {
        Error::Damaged {
            path: self.journal.to_path_buf(),
            source: what.into(),
        }
    }

    fn bad_read(&self) -> Error {
        self.bad("it cannot be read")
    }

    fn bad(&self, what: &str) -> Error {
        bad(self.copied_to, what)
    }
}

fn bad(copy: &Path, what: &str) -> Error {
    Error::BadCopy {
        path: copy.to_path_buf(),
        what: what.to_owned(),
    }
}

/// The tables of a journal. The flag is false for virtual tables, whose rows are not counted.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<(String, bool)>> {
    connection
        .prepare(
            "SELECT name, rootpage > 0 FROM sqlite_schema WHERE type = 'table' ORDER BY name",
        )?
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}
