//! Reading the first bytes of a journal's file without opening it in SQLite.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::Key;
use super::header::{self, FileKind, Salt};
use crate::error::Result;

/// A journal's file that this process does not have open in SQLite.
///
/// To look at a file is to open and close it, and closing it drops every lock that SQLite
/// holds on it in the same process (<https://www.sqlite.org/howtocorrupt.html>, section 2.2).
/// This type makes the caller prove that nothing is open. Make one with [`ClosedJournal::at`]
/// only where no journal can be open. A session that has a journal lends one while the
/// journal is closed, and cannot open it before the loan is over.
#[derive(Debug)]
pub struct ClosedJournal<'a> {
    path: &'a Path,
}

impl<'a> ClosedJournal<'a> {
    /// The file at a path, which must not be open in this process.
    pub fn at(path: &'a Path) -> ClosedJournal<'a> {
        ClosedJournal { path }
    }

    /// The salt at the beginning of an encrypted journal. `None` for a plain journal and if
    /// there is no file.
    ///
    /// # Errors
    /// [`crate::Error::NotAJournal`] for a file that cannot be one; [`crate::Error::Io`] when
    /// it cannot be read.
    pub fn salt(&self) -> Result<Option<Salt>> {
        Ok(match header::file_kind(self.path)? {
            Some(FileKind::Encrypted(salt)) => Some(salt),
            _ => None,
        })
    }

    /// True if the file opens with this key, and only its salt is not what was written: the
    /// first page is signed with the key of another file, such as a backup.
    pub fn opens_with_salt_of(&self, key: &Key) -> bool {
        let mut page = Vec::new();
        let read = File::open(self.path)
            .and_then(|file| file.take(header::PAGE).read_to_end(&mut page));
        if read.is_err() || page.len() < header::PAGE as usize {
            return false;
        }
        let salt = &mut page[..key.salt().len()];
        let differs = salt != key.salt();
        salt.copy_from_slice(&key.salt());
        differs && onward_sqlcipher::header(key.bytes(), &page).is_some()
    }

    /// True if the file looks like an encrypted journal. Its bytes are random, so only
    /// opening it would tell for sure.
    pub fn is_encrypted(&self) -> bool {
        matches!(self.salt(), Ok(Some(_)))
    }
}
