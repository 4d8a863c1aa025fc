//! What can be told of a journal's file without opening it in SQLite.

use std::path::Path;

use super::header::{self, FileKind, Salt};
use crate::error::Result;

/// A journal's file that this process does not have open in SQLite.
///
/// To look at a file is to open it and to close it again, and that drops every lock that SQLite
/// holds on it in the same process (<https://www.sqlite.org/howtocorrupt.html>, section 2.2).
/// Whoever wants to look therefore needs one of these. Make one with [`ClosedJournal::at`] only
/// where nothing can be open: a session that has a journal lends one while that is closed, and
/// cannot open it before the loan is over.
#[derive(Debug)]
pub struct ClosedJournal<'a> {
    path: &'a Path,
}

impl<'a> ClosedJournal<'a> {
    /// The file at a path, which must not be open in this process.
    pub fn at(path: &'a Path) -> ClosedJournal<'a> {
        ClosedJournal { path }
    }

    /// The salt that the file begins with, if it is an encrypted journal. `None` for a plain one,
    /// and where there is no file.
    ///
    /// # Errors
    /// [`crate::Error::NotAJournal`] for what cannot be one; [`crate::Error::Io`] when it cannot
    /// be read.
    pub fn salt(&self) -> Result<Option<Salt>> {
        Ok(match header::file_kind(self.path)? {
            Some(FileKind::Encrypted(salt)) => Some(salt),
            _ => None,
        })
    }

    /// Whether the file is, as far as can be told, an encrypted journal.
    pub fn is_encrypted(&self) -> bool {
        matches!(self.salt(), Ok(Some(_)))
    }
}
