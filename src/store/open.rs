//! Opening a journal file: the key, the layout, and the settings of the connection.

use std::fs;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use zeroize::Zeroizing;

use super::failure::{is_busy, not_a_journal, sqlite_error, unfit_build};
use super::header::{self, FileKind};
use super::log;
use super::sqlite::{PATIENCE, cipher_version, has_encryption, is_sqlite_safe, start_cipher};
use super::unlocking::{AskPassphrase, LockedJournal, UnlockSecret};
use super::{APPLICATION_ID, Key, Store, migrations, refuse_other_names};
use crate::error::{Error, Result};
use crate::files::{UnfinishedFile, file_identity, sync_folder, unfinished, with_suffix};

/// The flags of a connection that reads and writes.
pub(super) const READ_WRITE: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE
    .union(OpenFlags::SQLITE_OPEN_NO_MUTEX)
    .union(OpenFlags::SQLITE_OPEN_EXRESCODE);

/// The purpose for which a journal is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpenPurpose {
    /// To work in the journal. Its layout is brought up to date.
    Use,
    /// To check the journal as it is.
    Check,
}

impl Store {
    /// Opens a journal and brings its layout up to date. If it has entries, a copy is kept
    /// beside it first. For an encrypted journal, `ask` is called until it returns the right
    /// secret; nothing is written before that.
    ///
    /// Returns `None` if there is no file. A journal in a place that cannot be written to is
    /// opened for reading.
    ///
    /// # Errors
    /// [`Error::NotAJournal`] for any other file at the path, which stays untouched;
    /// [`Error::NewerJournal`]; [`Error::Busy`]; [`Error::Damaged`]; those of `ask`.
    pub fn open(path: &Path, ask: &mut AskPassphrase<'_>) -> Result<Option<Store>> {
        Store::open_for(path, OpenPurpose::Use, ask)
    }

    /// Opens a journal to check it: its layout stays as it is, and so does a log that a crash
    /// left behind.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_to_check(path: &Path, ask: &mut AskPassphrase<'_>) -> Result<Option<Store>> {
        Store::open_for(path, OpenPurpose::Check, ask)
    }

    fn open_for(
        path: &Path,
        purpose: OpenPurpose,
        ask: &mut AskPassphrase<'_>,
    ) -> Result<Option<Store>> {
        // Encrypting and decrypting replace the file. A process that waited for that has
        // opened the old file, and must open again.
        loop {
            let Some(found) = header::file_kind(path)? else {
                return Ok(None);
            };
            let before = file_identity(path);
            if found != FileKind::Plain && !has_encryption() {
                return Err(unfit_build(path, "it was built without encryption"));
            }
            let connect = |key| Store::connected(path, key, purpose);
            let opened = Store::unlock_by(path, found, ask, &connect);
            match opened {
                Ok(Some(store)) if store.is_current() => return Ok(Some(store)),
                Err(error) if file_identity(path) == before => return Err(error),
                _ => {}
            }
        }
    }

    /// Opens a file, with a secret from `ask` if it is encrypted. `None` if the file was
    /// replaced meanwhile.
    fn unlock_by(
        path: &Path,
        found: FileKind,
        ask: &mut AskPassphrase<'_>,
        connect: &dyn Fn(Option<Key>) -> Result<Store>,
    ) -> Result<Option<Store>> {
        let FileKind::Encrypted(salt) = found else {
            return connect(None).map(Some);
        };
        let fitting = |key| match connect(Some(key)) {
            Err(Error::WrongPassphrase { .. }) => Ok(None),
            opened => opened.map(Some),
        };
        for tries in 0.. {
            match ask(LockedJournal { path, salt, tries })? {
                UnlockSecret::Key(key) if key.salt() != salt => {}
                UnlockSecret::Key(key) => {
                    if let Some(store) = fitting(key)? {
                        return Ok(Some(store));
                    }
                }
                UnlockSecret::Passphrase(typed) => {
                    for key in typed.keys(salt) {
                        if let Some(store) = fitting(key?)? {
                            return Ok(Some(store));
                        }
                    }
                }
            }
            if header::file_kind(path)? != Some(found) {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Opens a file that no other process replaces. `connect` makes the connection.
    pub(super) fn open_by(
        path: &Path,
        ask: &mut AskPassphrase<'_>,
        connect: &dyn Fn(Option<Key>) -> Result<Store>,
    ) -> Result<Store> {
        let gone = || Error::io("open", path, std::io::ErrorKind::NotFound.into());
        let found = header::file_kind(path)?.ok_or_else(gone)?;
        if found != FileKind::Plain && !has_encryption() {
            return Err(unfit_build(path, "it was built without encryption"));
        }
        Store::unlock_by(path, found, ask, connect)?.ok_or_else(gone)
    }

    /// Opens a copy that no other process writes to, and leaves no files beside it.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_copy(path: &Path, ask: &mut AskPassphrase<'_>) -> Result<Store> {
        Store::open_by(path, ask, &|key| {
            let mut store = Store::open_immutable(path, key)?;
            store.settle(OpenPurpose::Check)?;
            Ok(store)
        })
    }

    fn connected(path: &Path, key: Option<Key>, purpose: OpenPurpose) -> Result<Store> {
        let set_aside = log::set_aside_foreign(path, key.as_ref())?;
        let opened =
            Store::connect(path, key.clone(), purpose).or_else(|error| match error {
                Error::ReadOnly { .. } => Store::connect_immutable(path, key, error),
                Error::DiskFull { .. } => Store::connect_alone(path, key, purpose),
                other => Err(other),
            })?;
        Ok(Store {
            set_aside,
            ..opened
        })
    }

    /// Makes a connection by `open`, and sets the key before any other statement runs.
    pub(super) fn with_key(
        path: &Path,
        open: impl FnOnce() -> rusqlite::Result<Connection>,
        key: Option<Key>,
    ) -> Result<Store> {
        let fail = |error| sqlite_error(path, "open", error);
        // Read the identity before opening. If the file is replaced in between, the identities
        // differ and `is_current` notices.
        let file = file_identity(path);
        if key.is_some() {
            start_cipher(path)?;
        }
        let connection = open().map_err(fail)?;
        // Keep cached statements: otherwise SQLite compiles one again each time a value is
        // bound, because the value might make another query plan better.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(fail)?;
        if !is_sqlite_safe() {
            return Err(unfit_build(
                path,
                "its SQLite is older than 3.51.3 and can damage journals",
            ));
        }
        if let Some(key) = &key {
            // SQLite without SQLCipher ignores keys, and would write a plain file.
            if cipher_version(&connection).map_err(fail)?.is_none() {
                return Err(unfit_build(path, "it was built without encryption"));
            }
            let spec = key.spec();
            let mut say = Zeroizing::new(String::with_capacity(spec.len() + 64));
            // Silence SQLCipher: it would print a message of its own about a wrong key.
            say.push_str("PRAGMA cipher_log_level = NONE; PRAGMA key = \"");
            say.push_str(&spec);
            say.push_str("\";");
            connection.execute_batch(&say).map_err(fail)?;
        }
        Ok(Store {
            connection,
            path: path.to_path_buf(),
            file,
            key,
            today: None,
            set_aside: None,
        })
    }

    /// True if the open file is still the one at the path. Encrypting and decrypting replace
    /// it.
    fn is_current(&self) -> bool {
        file_identity(&self.path) == self.file
    }

    pub(super) fn connect(
        path: &Path,
        key: Option<Key>,
        purpose: OpenPurpose,
    ) -> Result<Store> {
        let open = || Connection::open_with_flags(path, READ_WRITE);
        let mut store = Store::with_key(path, open, key)?;
        store.settle(purpose)?;
        Ok(store)
    }

    /// Opens a journal where there is no room for the log's shared-memory index. In exclusive
    /// mode SQLite keeps the index in memory, so the journal can be read even on a full disk.
    fn connect_alone(path: &Path, key: Option<Key>, purpose: OpenPurpose) -> Result<Store> {
        let open = || Connection::open_with_flags(path, READ_WRITE);
        let mut store = Store::with_key(path, open, key)?;
        store
            .connection
            .pragma_update(None, "locking_mode", "EXCLUSIVE")
            .map_err(|error| store.wrong("open", error))?;
        store.settle(purpose)?;
        Ok(store)
    }

    /// Opens a journal in a folder that cannot be written to. SQLite can do without the log's
    /// index only if it is told that nobody writes, and only if no log is left to read.
    fn connect_immutable(path: &Path, key: Option<Key>, because: Error) -> Result<Store> {
        if has_log(path) {
            return Err(because);
        }
        let mut store = Store::open_immutable(path, key)?;
        store.settle(OpenPurpose::Check)?;
        Ok(store)
    }

    /// Makes a connection that tells SQLite that nobody writes to the file.
    fn open_immutable(path: &Path, key: Option<Key>) -> Result<Store> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let open = || Connection::open_with_flags(immutable_uri(path), flags);
        Store::with_key(path, open, key)
    }

    /// Checks that the file is a journal of a known layout, and applies the settings of a
    /// connection.
    fn settle(&mut self, purpose: OpenPurpose) -> Result<()> {
        let fail = |error| self.wrong("open", error);
        // Closing a connection moves the log into the file. Prevent that until the file is
        // known to be a journal. Without a log, closing only removes the side files that
        // opening made.
        self.connection
            .set_db_config(
                DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                has_log(&self.path),
            )
            .map_err(fail)?;
        self.connection.busy_timeout(PATIENCE).map_err(fail)?;
        let application: i32 = self
            .connection
            .query_row("PRAGMA application_id", [], |row| row.get(0))
            .map_err(|error| self.first_read_error(error))?;
        let version = migrations::version(&self.connection).map_err(fail)?;
        if application != APPLICATION_ID {
            let what = match fs::metadata(&self.path) {
                Ok(file) if file.len() == 0 => "it is an empty file",
                _ => "it is the database of another program",
            };
            return Err(not_a_journal(&self.path, what));
        }
        if version > migrations::LATEST {
            return Err(Error::NewerJournal {
                path: self.path.clone(),
                found: version,
                known: migrations::LATEST,
            });
        }
        self.apply_settings().map_err(fail)?;
        if purpose == OpenPurpose::Check || self.is_read_only() {
            // Ignore the error: reading the tables will report what is wrong with the file.
            let _ = migrations::stand_in(&self.connection);
            return Ok(());
        }
        self.connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
            .map_err(fail)?;
        self.tidy_up().map_err(fail)?;
        if version < migrations::LATEST {
            self.migrate(version)?;
        }
        Ok(())
    }

    /// The settings that each connection needs.
    fn apply_settings(&self) -> rusqlite::Result<()> {
        self.connection.execute_batch(
            "PRAGMA synchronous = FULL;
             PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF;
             PRAGMA temp_store = MEMORY;",
        )
    }

    /// Cleans up after a conversion or restore. A journal without a log was just encrypted,
    /// decrypted or restored, or the conversion was broken off, or somebody copied the file
    /// here. Removes leftovers and turns the log on. Does nothing to a file that was
    /// replaced, because its log would lie beside the new file.
    fn tidy_up(&self) -> rusqlite::Result<()> {
        let mode = |say: &str| {
            self.connection
                .query_row(say, [], |row| row.get::<_, String>(0))
        };
        if !self.is_current() {
            return Ok(());
        }
        if mode("PRAGMA journal_mode")? == "wal" {
            // A process that was turning the log off left a rollback journal. No other
            // process can be turning it off now, because this connection holds a lock.
            let half = with_suffix(&self.path, "-journal");
            if half.exists() {
                let _ = fs::remove_file(half);
                unfinished::clear(&self.path);
            }
            return Ok(());
        }
        // If the path is a link, the leftovers lie in the folder of its target.
        let file = fs::canonicalize(&self.path);
        unfinished::clear(file.as_deref().unwrap_or(&self.path));
        // If another process has the journal open, that one or the next to open it does this.
        match mode("PRAGMA journal_mode = WAL") {
            Err(error) if is_busy(&error) => Ok(()),
            done => done.map(|_| ()),
        }
    }

    fn migrate(&mut self, from: i64) -> Result<()> {
        refuse_other_names(&self.path)?;
        unfinished::clear(&self.path);
        let entries: i64 = self
            .connection
            .query_row("SELECT count(*) FROM entry", [], |row| row.get(0))
            .map_err(|error| self.wrong("read", error))?;
        if entries > 0 {
            self.keep_copy(&format!(".before-{}", from + 1))?;
        }
        migrations::run(&mut self.connection).map_err(|error| self.wrong("write to", error))
    }

    /// Makes a consistent copy of the journal beside it, named with a suffix. An existing
    /// copy is older than this attempt and stays.
    fn keep_copy(&self, suffix: &str) -> Result<()> {
        let copy = with_suffix(&self.path, suffix);
        if copy.exists() {
            return Ok(());
        }
        let folder = copy.parent().unwrap_or(Path::new("."));
        let wrong = |error| Error::io("copy the journal to", &copy, error);
        let file = UnfinishedFile::begin(&self.path).map_err(wrong)?;
        // Bind the path as bytes, because a name need not be UTF-8.
        self.connection
            .execute(
                "VACUUM INTO CAST(?1 AS TEXT)",
                [file.path().as_os_str().as_encoded_bytes()],
            )
            .map_err(|error| sqlite_error(&copy, "write to", error))?;
        match file.finish(&copy) {
            Ok(()) => sync_folder(folder),
            // Another process was quicker. Its copy has the same layout, because it copies
            // before it migrates.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(wrong(error)),
        }
        Ok(())
    }

    /// Translates the error of the first read. For an encrypted file it only means that the
    /// key does not match the first page.
    fn first_read_error(&self, error: rusqlite::Error) -> Error {
        let sealed =
            self.key.is_some() && error.sqlite_error_code() == Some(ErrorCode::NotADatabase);
        if !sealed {
            return self.wrong("open", error);
        }
        // If the key matches other pages, the key is right and the first page is damaged.
        let pages = fs::metadata(&self.path).map_or(0, |file| file.len() / header::PAGE);
        match self.pages_that_fail() {
            Ok(failed) if (failed.len() as u64) < pages => Error::Damaged {
                path: self.path.clone(),
                source: "its first page is not what was written".into(),
            },
            _ => Error::WrongPassphrase {
                path: self.path.clone(),
                hint: None,
            },
        }
    }
}

/// The URI that tells SQLite that nobody writes to the file.
fn immutable_uri(path: &Path) -> String {
    // Escape bytes, because a name need not be UTF-8.
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b':' | b'\\' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// True if a log lies beside the journal. It has changes that are not yet in the journal's
/// file.
pub(super) fn has_log(path: &Path) -> bool {
    with_suffix(path, "-wal").exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ask_nobody;
    use chrono::DateTime;

    #[test]
    fn every_connection_is_careful() {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("journal.db");
        let now = DateTime::parse_from_rfc3339("2026-11-22T21:00:00+01:00");
        let check = |store: Store| {
            let setting = |name: &str| -> String {
                store
                    .connection
                    .query_row(
                        &format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"),
                        (),
                        |row| row.get(0),
                    )
                    .expect("a setting")
            };
            assert_eq!(setting("journal_mode"), "wal");
            assert_eq!(setting("synchronous"), "2", "full");
            assert_eq!(setting("secure_delete"), "1");
            assert_eq!(setting("foreign_keys"), "1");
            assert_eq!(setting("trusted_schema"), "0");
            assert_eq!(setting("temp_store"), "2", "in memory");
        };
        let opened = |ask: &mut AskPassphrase<'_>| {
            Store::open(&path, ask).expect("opened").expect("there")
        };
        check(
            Store::create(&path, now.expect("an instant"), None, &mut ask_nobody)
                .expect("made"),
        );
        check(opened(&mut ask_nobody));
        check(Store::connect_alone(&path, None, OpenPurpose::Use).expect("opened"));
        let looked_at = Store::open_to_check(&path, &mut ask_nobody);
        check(looked_at.expect("opened").expect("there"));
    }
}
