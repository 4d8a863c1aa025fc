//! SQLite's errors as errors of ours.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::error::Error;

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

/// Whether the index of the log could not be given its size.
fn is_without_room_for_index(error: &rusqlite::Error) -> bool {
    error.sqlite_error().map(|error| error.extended_code)
        == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

/// Whether the open file was replaced by another at its path.
fn is_moved(error: &rusqlite::Error) -> bool {
    error.sqlite_error().map(|error| error.extended_code)
        == Some(rusqlite::ffi::SQLITE_READONLY_DBMOVED)
}

/// An error of SQLite as one of ours.
pub(super) fn sqlite_error(path: &Path, doing: &'static str, error: rusqlite::Error) -> Error {
    let path = path.to_path_buf();
    // Keep SQLite's sentence alone: its chain of causes says everything twice.
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { path },
        Some(ErrorCode::DiskFull) => Error::DiskFull { path },
        _ if is_without_room_for_index(&error) => Error::DiskFull { path },
        // The journal was replaced after it was opened: the next try finds the new one.
        _ if is_moved(&error) => Error::Busy { path },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Error::ReadOnly { path },
        // The journal itself was opened before, so this is its log or the log's index.
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
