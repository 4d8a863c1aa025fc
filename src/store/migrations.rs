//! Migrating a journal file to the newest layout.
//!
//! The version of the layout is SQLite's `user_version`: the number of migrations that have
//! run. Migrations are only ever appended. They run in one transaction, so a journal never
//! stays between two versions.

use rusqlite::{Connection, TransactionBehavior};

/// The migrations in order. Never remove, reorder or edit one that has been released.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_journal.sql"),
    include_str!("../../migrations/0002_undo.sql"),
    include_str!("../../migrations/0003_asked.sql"),
    include_str!("../../migrations/0004_trust.sql"),
    include_str!("../../migrations/0005_walking.sql"),
    include_str!("../../migrations/0006_drafts.sql"),
    include_str!("../../migrations/0007_unseen.sql"),
];

/// The newest layout that this program knows.
pub(super) const LATEST: i64 = MIGRATIONS.len() as i64;

/// The version of a file's layout.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Makes a journal of an older layout readable without changing it: temporary views of this
/// connection stand in for tables that lack newer columns.
pub(super) fn stand_in(connection: &Connection) -> rusqlite::Result<()> {
    if version(connection)? >= WALKING {
        return Ok(());
    }
    connection.execute_batch(
        "CREATE TEMP VIEW IF NOT EXISTS entry AS
             SELECT *, NULL AS particulars, '' AS hidden_until FROM main.entry;
         CREATE TEMP VIEW IF NOT EXISTS revision AS
             SELECT *, NULL AS particulars FROM main.revision;",
    )
}

/// The first layout in which entries have particulars.
const WALKING: i64 = 5;

/// Runs the missing migrations. The version is read again under the write lock, because
/// another process may have migrated meanwhile.
pub(super) fn run(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = version(&transaction)?;
    if done < LATEST {
        super::revisions::add_digest_function(&transaction)?;
        transaction.execute_batch(
            "DROP VIEW IF EXISTS temp.entry; DROP VIEW IF EXISTS temp.revision;",
        )?;
    }
    for migration in MIGRATIONS
        .iter()
        .skip(usize::try_from(done).unwrap_or(usize::MAX))
    {
        transaction.execute_batch(migration)?;
    }
    if done < LATEST {
        transaction.pragma_update(None, "user_version", LATEST)?;
    }
    transaction.commit()
}
