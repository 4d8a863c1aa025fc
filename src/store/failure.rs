//! Translating SQLite's errors into [`Error`].

use std::path::Path;

use rusqlite::ErrorCode;

use crate::error::Error;

/// The error for a build of this program that cannot open the journal. `why` is a sentence.
pub(super) fn unfit_build(path: &Path, why: &str) -> Error {
    Error::Locked {
        path: path.to_path_buf(),
        why: format!("this onward cannot open it: {why}"),
        hint: Some(crate::error::OTHER_BUILD.to_owned()),
    }
}

pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

pub(super) fn not_a_journal(path: &Path, what: &str) -> Error {
    Error::NotAJournal {
        path: path.to_path_buf(),
        what: what.to_owned(),
    }
}

/// True if the shared-memory index of the log could not be made as large as needed.
fn is_without_room_for_index(error: &rusqlite::Error) -> bool {
    error.sqlite_error().map(|error| error.extended_code)
        == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

/// True if another file replaced the open one at its path.
fn is_moved(error: &rusqlite::Error) -> bool {
    error.sqlite_error().map(|error| error.extended_code)
        == Some(rusqlite::ffi::SQLITE_READONLY_DBMOVED)
}

/// Translates an error of SQLite. `doing` is the verb of [`Error::Store`].
pub(super) fn sqlite_error(path: &Path, doing: &'static str, error: rusqlite::Error) -> Error {
    let path = path.to_path_buf();
    // Keep SQLite's sentence alone: its chain of causes would say everything twice.
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { path },
        Some(ErrorCode::DiskFull) => Error::DiskFull { path },
        _ if is_without_room_for_index(&error) => Error::DiskFull { path },
        // The journal was replaced after it was opened. The next command finds the new file.
        _ if is_moved(&error) => Error::Busy { path },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Error::ReadOnly { path },
        // The journal itself is open already, so this is about its log or the log's index.
        Some(ErrorCode::CannotOpen) => Error::ReadOnly { path },
        Some(ErrorCode::NotADatabase) => not_a_journal(&path, "it is another kind of file"),
        Some(ErrorCode::DatabaseCorrupt) => Error::Damaged {
            path,
            source: error.to_string().into(),
        },
        _ => Error::Store {
            doing,
            path,
            source: error.to_string().into(),
        },
    }
}
