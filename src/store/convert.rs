//! Encrypting a journal, decrypting it, and giving it another key.
//!
//! Each is done by copying, checking and replacing. Until the new file takes its place, the
//! old one is the journal. It stays as it was, except that its log is moved into it first.
//! The order of the steps makes this safe:
//!
//! 1. Open the old journal in SQLite's exclusive mode and remove its log (`journal_mode =
//!    DELETE`). That succeeds only if no other process has it open, and from then on none can
//!    open it. A process that waits for the old file notices afterwards that the path has
//!    another one ([`super::Store::open`]). Without a log, SQLite cannot mistake an old log
//!    for the new file's.
//! 2. Make the copy in a folder of its own beside the journal, and open it with the new key.
//!    Compare every row of every table and check both indexes.
//! 3. Sync the copy, move it to the journal's place, and sync the folder.
//!
//! So a journal without a log was just converted, or a conversion was broken off. The next
//! process that opens it cleans up.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Row, Rows};
use zeroize::Zeroizing;

use super::failure::{is_busy, sqlite_error, unfit_build};
use super::open::READ_WRITE;
use super::sqlite::PATIENCE;
use super::sqlite::{cipher_version, has_encryption, start_cipher};
use super::unlocking::{UnlockSecret, ask_nobody};
use super::{Key, Store, refuse_other_names};
use crate::error::{Error, Result};
use crate::files::{
    FileIdentity, UnfinishedFile, file_identity, folder_of, sync_folder, unfinished,
    with_suffix,
};

/// How long to wait before another attempt to get the journal for this process alone.
const BREATH: Duration = Duration::from_millis(20);

impl Store {
    /// Encrypts the journal with this key, or makes it a plain one if there is none. Its
    /// contents stay the same.
    ///
    /// # Errors
    /// [`Error::Busy`] when another process keeps the journal open; [`Error::Damaged`] when
    /// it fails a check; [`Error::DiskFull`] and [`Error::Io`]. After an error the journal is
    /// as it was.
    pub fn convert(self, to: Option<&Key>) -> Result<Store> {
        if self.is_read_only() {
            return Err(Error::ReadOnly { path: self.path });
        }
        if !has_encryption() {
            return Err(unfit_build(&self.path, "it was built without encryption"));
        }
        let named = self.path.clone();
        // Replace the file that a link leads to, not the link.
        let path = fs::canonicalize(&named).map_err(|e| Error::io("find", &named, e))?;
        // The other name would go on leading to the old file, which is a plain one if the
        // journal is being encrypted.
        refuse_other_names(&path)?;
        let from = self.key.clone();
        let file = self.file;
        // Closing the journal moves the log into the file, unless another process has it
        // open.
        drop(self);
        unfinished::clear(&path);

        // Start it for a plain journal too: only connections that are opened after this can copy
        // into an encrypted file.
        start_cipher(&path)?;
        let old = open_alone(&path, from.clone(), file)?;
        let done = copy(&old, to).and_then(|new| {
            replace(&old, new)?;
            Ok(())
        });
        if done.is_err() {
            // Give the journal its log back.
            let _ = old
                .connection
                .query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()));
        }
        drop(old);
        done?;
        let key = to.cloned();
        let opened = Store::open(&named, &mut |locked| match &key {
            Some(key) if locked.tries == 0 => Ok(UnlockSecret::Key(key.clone())),
            _ => ask_nobody(locked),
        })?;
        opened.ok_or_else(|| Error::io("open", &named, std::io::ErrorKind::NotFound.into()))
    }
}

/// Opens the journal for this process alone and without a log, as soon as every other process
/// has closed it.
fn open_alone(path: &Path, key: Option<Key>, file: Option<FileIdentity>) -> Result<Store> {
    let begun = Instant::now();
    loop {
        let store = Store::with_key(
            path,
            || Connection::open_with_flags(path, READ_WRITE),
            key.clone(),
        )?;
        let take = || -> rusqlite::Result<String> {
            // Do not let SQLite wait: it would keep its locks meanwhile, and two waiting
            // processes would never end.
            store.connection.busy_timeout(Duration::ZERO)?;
            store
                .connection
                .query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(()))?;
            let mode =
                store
                    .connection
                    .query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
            // Take the lock also if the journal had no log to remove. In exclusive mode it is
            // kept.
            store.connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
            Ok(mode)
        };
        match take() {
            // Another process has replaced the file, so this one is no longer the journal.
            _ if file_identity(path) != file => return Err(busy(path)),
            Ok(mode) if mode == "delete" => return Ok(store),
            Err(error) if !is_busy(&error) => return Err(store.wrong("write to", error)),
            _ if begun.elapsed() > PATIENCE => return Err(busy(path)),
            _ => {
                drop(store);
                std::thread::sleep(BREATH);
            }
        }
    }
}

fn busy(path: &Path) -> Error {
    Error::Busy {
        path: path.to_path_buf(),
    }
}

/// Makes the encrypted or decrypted copy, and checks it.
fn copy(old: &Store, to: Option<&Key>) -> Result<UnfinishedFile> {
    let path = &old.path;
    let wrong = |error| sqlite_error(path, "copy", error);
    let cannot_begin = |error| Error::io("copy the journal to", folder_of(path), error);
    // SQLite without SQLCipher ignores keys, and would write a plain file.
    if cipher_version(&old.connection).map_err(wrong)?.is_none() {
        return Err(unfit_build(path, "it was built without encryption"));
    }
    let new = UnfinishedFile::begin(path).map_err(cannot_begin)?;
    let export = || -> rusqlite::Result<()> {
        let key = to.map_or_else(Zeroizing::default, Key::spec);
        old.connection.execute(
            "ATTACH DATABASE CAST(?1 AS TEXT) AS copy KEY ?2",
            (new.path().as_os_str().as_encoded_bytes(), key.as_str()),
        )?;
        // Sync nothing while copying: the finished copy is synced once, and a broken one is
        // removed.
        old.connection.execute_batch(
            "PRAGMA copy.synchronous = OFF;
             PRAGMA copy.journal_mode = OFF;
             SELECT sqlcipher_export('copy');",
        )?;
        for what in ["application_id", "user_version"] {
            let value: i64 =
                old.connection
                    .query_row(&format!("PRAGMA main.{what}"), [], |row| row.get(0))?;
            old.connection
                .execute_batch(&format!("PRAGMA copy.{what} = {value}"))?;
        }
        Ok(())
    };
    let exported = export();
    let detached = old.connection.execute_batch("DETACH DATABASE copy");
    exported.and(detached).map_err(wrong)?;

    let check = Store::with_key(
        path,
        || Connection::open_with_flags(new.path(), READ_WRITE),
        to.cloned(),
    )?;
    let failed = compare(&old.connection, &check.connection).map_err(wrong)?;
    let failed = match failed {
        None => check.damaged_pages()?.pop(),
        failed => failed,
    };
    match failed {
        None => Ok(new),
        Some(what) => Err(Error::Damaged {
            path: path.clone(),
            source: what.into(),
        }),
    }
}

/// Moves the copy to the journal's place. No other process has the journal open.
fn replace(old: &Store, new: UnfinishedFile) -> Result<()> {
    let path = &old.path;
    let wrong = |error| Error::io("replace", path, error);
    File::open(new.path())
        .and_then(|file| file.sync_all())
        .map_err(wrong)?;
    // Remove the side files of the old journal, or SQLite would take them for the new one's.
    for suffix in ["-journal", "-wal", "-shm"] {
        let _ = fs::remove_file(with_suffix(path, suffix));
    }
    new.replace(path).map_err(wrong)?;
    sync_folder(folder_of(path));
    Ok(())
}

/// Compares two journals row by row, and checks the second. Returns the first difference or
/// fault as a sentence; `None` if there is none.
fn compare(old: &Connection, new: &Connection) -> rusqlite::Result<Option<String>> {
    let names = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema
                 WHERE name NOT LIKE 'sqlite_autoindex%' ORDER BY 1, 2";
    if !same_rows(old, new, names)? {
        return Ok(Some("its tables were not copied well".to_owned()));
    }
    // Compare the tables that have pages of their own, which include those of the full-text
    // index. All other tables and views are computed from them.
    let tables: Vec<String> = old
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY 1",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for table in tables {
        // Read in table order: an index might yield another order in one of the two.
        let rows = format!(
            "SELECT * FROM \"{}\" NOT INDEXED",
            table.replace('"', "\"\"")
        );
        if !same_rows(old, new, &rows)? {
            return Ok(Some("its rows were not copied well".to_owned()));
        }
    }
    let says: String = new.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if says != "ok" {
        return Ok(Some(says));
    }
    // Fails if the full-text index does not match the entries.
    new.execute(
        "INSERT INTO entry_text (entry_text, rank) VALUES ('integrity-check', 1)",
        (),
    )?;
    Ok(None)
}

fn same_rows(old: &Connection, new: &Connection, query: &str) -> rusqlite::Result<bool> {
    fn next<'a>(rows: &'a mut Rows<'_>) -> rusqlite::Result<Option<&'a Row<'a>>> {
        rows.next()
    }
    let (mut old, mut new) = (old.prepare(query)?, new.prepare(query)?);
    let columns = old.column_count();
    if new.column_count() != columns {
        return Ok(false);
    }
    let (mut old, mut new) = (old.query([])?, new.query([])?);
    loop {
        match (next(&mut old)?, next(&mut new)?) {
            (None, None) => return Ok(true),
            (Some(one), Some(other)) => {
                for column in 0..columns {
                    if one.get_ref(column)? != other.get_ref(column)? {
                        return Ok(false);
                    }
                }
            }
            _ => return Ok(false),
        }
    }
}
