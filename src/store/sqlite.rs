//! The built-in SQLite and SQLCipher.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::failure::unfit_build;
use crate::error::Result;

/// How long to wait for a lock of another process. Transactions take milliseconds, so a
/// process that holds one longer is stuck.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// The number of the oldest SQLite that does not damage a WAL file with two writers
/// (<https://www.sqlite.org/howtocorrupt.html>, section 8.1).
const OLDEST_SQLITE: i32 = 3_051_003;

/// True if the built-in SQLite does not damage a journal with two writers.
pub fn is_sqlite_safe() -> bool {
    rusqlite::version_number() >= OLDEST_SQLITE
}

/// The version of the built-in SQLite, for `--version`.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// True if this build can make and open encrypted journals.
pub const fn has_encryption() -> bool {
    cfg!(feature = "encryption")
}

/// Starts SQLCipher. A connection that is opened before cannot take a key or copy to another
/// key.
pub(super) fn start_cipher(path: &Path) -> Result<()> {
    onward_sqlcipher::start().map_err(|why| unfit_build(path, &why.to_string()))
}

/// The version of the built-in SQLCipher; `None` without it.
pub(super) fn cipher_version(connection: &Connection) -> rusqlite::Result<Option<String>> {
    use rusqlite::OptionalExtension;
    // SQLite answers an unknown PRAGMA with no rows.
    let version = connection
        .query_row("PRAGMA cipher_version", [], |row| row.get::<_, String>(0))
        .optional()?;
    Ok(version.filter(|version| !version.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Key, Store};
    use zeroize::Zeroizing;

    /// SQLite without SQLCipher ignores keys silently, and writes plain files.
    #[test]
    fn what_is_built_in_encrypts_or_is_given_no_key() {
        let memory = Connection::open_in_memory().expect("opened");
        let version = cipher_version(&memory).expect("asked");
        assert_eq!(version.is_some(), has_encryption(), "{version:?}");
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("journal.db");
        let key = Key::new(Zeroizing::new([1; 32]), [7; 16]);
        let made = Store::with_key(&path, || Connection::open(&path), Some(key));
        match version {
            Some(version) => {
                let major = version
                    .split('.')
                    .next()
                    .and_then(|major| major.parse().ok());
                assert!(major.is_some_and(|major: u32| major >= 4), "{version}");
                assert!(made.is_ok());
            }
            None => {
                let why = made.map(drop).expect_err("refused").to_string();
                assert!(why.contains("built without encryption"), "{why}");
            }
        }
    }

    #[test]
    fn the_built_in_sqlite_can_be_trusted_with_two_writers() {
        assert!(
            is_sqlite_safe(),
            "SQLite {} can damage a journal",
            sqlite_version()
        );
    }
}
