//! Making a new journal.

use std::path::Path;

use chrono::{DateTime, FixedOffset};
use rusqlite::Connection;

use super::columns::{instant, new_id};
use super::failure::sqlite_error;
use super::open::READ_WRITE;
use super::unlocking::{AskPassphrase, UnlockSecret};
use super::{APPLICATION_ID, Key, Store, migrations};
use crate::error::{Error, Result};
use crate::files::{
    UnfinishedFile, folder_of, is_denied, make_private_folder, sync_folder, unfinished,
};

impl Store {
    /// Makes a new journal, its folder too if that is missing, and opens it. It is encrypted
    /// if there is a key. If another process makes the journal first, opens that one.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::DiskFull`] or [`Error::ReadOnly`] when the folder or the file
    /// cannot be made; those of [`Store::open`].
    pub fn create(
        path: &Path,
        now: DateTime<FixedOffset>,
        key: Option<&Key>,
        ask: &mut AskPassphrase<'_>,
    ) -> Result<Store> {
        let folder = folder_of(path);
        make_private_folder(folder)?;
        let wrong = |error| match error {
            error if is_denied(&error) => Error::ReadOnly {
                path: folder.to_path_buf(),
            },
            error => Error::io("make a journal in", folder, error),
        };
        unfinished::clear(path);
        let file = UnfinishedFile::begin(path).map_err(wrong)?;
        {
            let open = || Connection::open_with_flags(file.path(), READ_WRITE);
            let store = Store::with_key(path, open, key.cloned())?;
            let build = || -> rusqlite::Result<()> {
                store.connection.execute_batch(&format!(
                    "PRAGMA application_id = {APPLICATION_ID};
                     PRAGMA synchronous = FULL;"
                ))?;
                Ok(())
            };
            build().map_err(|error| store.wrong("write to", error))?;
            let mut store = store;
            let made = migrations::run(&mut store.connection).and_then(|()| {
                store.connection.execute(
                    "INSERT INTO journal (one, id, device, created_at) VALUES (1, ?1, ?2, ?3)",
                    (
                        new_id(now).to_string(),
                        new_id(now).to_string(),
                        instant(now),
                    ),
                )?;
                // Turn on the log last, or it would keep part of the above under the
                // temporary name.
                store
                    .connection
                    .query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
            });
            made.map_err(|error| store.wrong("write to", error))?;
            store
                .connection
                .close()
                .map_err(|(_, error)| sqlite_error(path, "write to", error))?;
        }
        match file.finish(path) {
            Ok(()) => sync_folder(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(wrong(error)),
        }
        // If another process made the journal meanwhile, it has another salt: ask for its
        // key.
        let opened = Store::open(path, &mut |locked| match key {
            Some(key) if key.salt() == locked.salt && locked.tries == 0 => {
                Ok(UnlockSecret::Key(key.clone()))
            }
            _ => ask(locked),
        })?;
        opened.ok_or_else(|| Error::io("open", path, std::io::ErrorKind::NotFound.into()))
    }

    /// A journal in memory, which is gone when it is dropped. Commands that only read use it
    /// if there is no file yet.
    ///
    /// # Errors
    /// [`Error::Store`] when SQLite fails to make it.
    pub fn in_memory() -> Result<Store> {
        let path = Path::new(":memory:");
        let mut store = Store::with_key(path, Connection::open_in_memory, None)?;
        store
            .connection
            .pragma_update(None, "foreign_keys", true)
            .and_then(|()| migrations::run(&mut store.connection))
            .and_then(|()| {
                store.connection.execute(
                    "INSERT INTO journal (one, id, device, created_at) VALUES (1, '', '', '')",
                    (),
                )
            })
            .map_err(|error| sqlite_error(path, "open", error))?;
        Ok(store)
    }
}
