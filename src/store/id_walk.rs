//! Walking through a table by number or id, and past damaged pages.

use rusqlite::Connection;
use rusqlite::types::{FromSql, ToSql};

/// How many numbers or ids are read at a time.
const BATCH: i64 = 500;

/// Some numbers or ids, and the error that ended the reading early.
pub(super) type IdBatch<K> = (Vec<K>, Option<rusqlite::Error>);

/// The next batch of entry numbers after `after`.
pub(super) fn numbers_after(connection: &Connection, after: i64) -> IdBatch<i64> {
    let sql = "SELECT number FROM entry NOT INDEXED WHERE number > ?1 ORDER BY number LIMIT ?2";
    keys(connection, sql, after)
}

/// The next batch of ids of earlier states after `after`.
pub(super) fn ids_after(connection: &Connection, after: &str) -> IdBatch<String> {
    let sql = "SELECT id FROM revision WHERE id > ?1 ORDER BY id LIMIT ?2";
    keys(connection, sql, after)
}

fn keys<K: FromSql>(connection: &Connection, sql: &str, after: impl ToSql) -> IdBatch<K> {
    let mut found = Vec::new();
    let read = || -> rusqlite::Result<()> {
        let mut asked = connection.prepare_cached(sql)?;
        let mut rows = asked.query((after, BATCH))?;
        while let Some(row) = rows.next()? {
            found.push(row.get(0)?);
        }
        Ok(())
    };
    let error = read().err();
    (found, error)
}

/// A walk along numbers or ids that jumps over damaged pages.
pub(super) struct IdWalk<K> {
    /// The walk goes on after this one; `None` at the end.
    pub(super) after: Option<K>,
    from: Option<K>,
    jumps: u32,
}

impl<K: Clone> IdWalk<K> {
    /// Jumps double in length, so that this many pass any gap that a damaged page leaves, and
    /// end soon.
    const JUMPS: u32 = 40;

    pub(super) fn new(from: K) -> IdWalk<K> {
        IdWalk {
            after: Some(from),
            from: None,
            jumps: 0,
        }
    }

    /// Notes the last one of a batch; `None` for an empty batch.
    pub(super) fn went(&mut self, last: Option<K>) {
        self.from = self.after.take();
        if last.is_some() {
            self.jumps = 0;
            self.from.clone_from(&last);
            self.after = last;
        }
    }

    /// Jumps over a damaged page, each time twice as far. `over` computes the target from the
    /// last one read and the number of the jump.
    pub(super) fn jump(&mut self, over: impl Fn(&K, u32) -> K) {
        self.after = None;
        if self.jumps < IdWalk::<K>::JUMPS {
            self.after = self.from.as_ref().map(|from| over(from, self.jumps));
            self.jumps += 1;
        }
    }
}
