//! Telling by its first bytes if a file is a plain journal, an encrypted one or neither.
//!
//! A plain journal begins like every SQLite file. An encrypted one begins with its salt,
//! which is random like everything after it.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::failure::not_a_journal;
use crate::error::{Error, Result};
use crate::files::why_no_plain_file;

/// The random bytes at the beginning of an encrypted journal.
pub type Salt = [u8; 16];

pub(super) const PLAIN: &[u8; 16] = b"SQLite format 3\0";

/// The bytes in a page of an encrypted journal: SQLCipher's default.
pub(super) const PAGE: u64 = 4096;

/// The first bytes of other common kinds of file. A new salt never begins like one of them.
const OTHERS: &[&[u8]] = &[
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"RIFF",
    b"%PDF",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"MZ",
    b"OggS",
    b"fLaC",
    b"ID3",
    b"II*\0",
    b"MM\0*",
    b"\xd0\xcf\x11\xe0",
    b"\0\0\x01\0",
    b"age-encryption",
    b"-----BEGIN",
];

/// The kind of a journal file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// An SQLite file.
    Plain,
    /// A file that may be an encrypted journal, and its salt.
    Encrypted(Salt),
}

/// Reads the first bytes of a file and tells its kind; `None` if there is no file.
///
/// Only for code that is about to open the file, and for [`super::ClosedJournal`], whose
/// documentation says why.
///
/// # Errors
/// [`Error::NotAJournal`] for a file that cannot be one; [`Error::Io`] when it cannot be
/// read.
pub(super) fn file_kind(path: &Path) -> Result<Option<FileKind>> {
    let file = match fs::metadata(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // A link to nowhere does not mean "no journal yet": its target may be on a disk
            // that is not plugged in.
            return match fs::symlink_metadata(path) {
                Ok(_) => Err(not_a_journal(
                    path,
                    "it is a link to a file that is missing",
                )),
                Err(_) => Ok(None),
            };
        }
        Err(error) => return Err(Error::io("open", path, error)),
    };
    if let Some(what) = why_no_plain_file(&file) {
        return Err(not_a_journal(path, what));
    }
    let mut head = Vec::with_capacity(PLAIN.len());
    File::open(path)
        .and_then(|file| file.take(PLAIN.len() as u64).read_to_end(&mut head))
        .map_err(|error| Error::io("open", path, error))?;
    match <Salt>::try_from(head) {
        // Only the beginning is like an SQLite file. Opening it will tell the rest.
        Ok(head) if head == *PLAIN => Ok(Some(FileKind::Plain)),
        Ok(head) if file.len() >= PAGE && may_be_salt(&head) => {
            Ok(Some(FileKind::Encrypted(head)))
        }
        _ => Err(not_a_journal(path, "it is another kind of file")),
    }
}

/// A salt for a new journal.
///
/// # Errors
/// [`Error::Io`] when the system has no random bytes.
pub(super) fn new_salt() -> Result<Salt> {
    loop {
        let mut salt = Salt::default();
        getrandom::fill(&mut salt).map_err(|error| Error::Io {
            doing: "get random bytes from the system".to_owned(),
            source: std::io::Error::other(error.to_string()),
        })?;
        if may_be_salt(&salt) {
            return Ok(salt);
        }
    }
}

/// True if a file that begins like this may be an encrypted journal. Nearly all random bytes
/// may, and every salt of [`new_salt`].
fn may_be_salt(head: &Salt) -> bool {
    let known = OTHERS.iter().any(|start| head.starts_with(start));
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    // Text in UTF-8 is printable ASCII or bytes from 0x80. Every other byte of ASCII in
    // UTF-16 is 0.
    let text = head.iter().all(|byte| is_text(byte) || *byte >= 0x80);
    let wide = head.chunks(2).all(|pair| pair.contains(&0));
    // Videos in the ISO format have the word `ftyp` at their fifth byte.
    !(known || text || wide || head[4..].starts_with(b"ftyp") || head == PLAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_never_taken_for_something_else() {
        for _ in 0..10_000 {
            let salt = new_salt().expect("random bytes");
            assert!(may_be_salt(&salt));
        }
        assert_ne!(new_salt().expect("one"), new_salt().expect("another"));
    }

    #[test]
    fn what_is_plainly_something_else() {
        let starts: [&[u8]; 9] = [
            b"SQLite format 3\0",
            b"Dear diary, this",
            b"Stra\xc3\x9fe und so fort",
            b"\xff\xfeh\0e\0l\0l\0o\0 \0w\0",
            &[0; 16],
            b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x01\x01",
            b"PK\x03\x04\x14\0\x08\0\x08\0abcdef",
            b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x01\x02\x03\x04\x05\x06",
            b"\0\0\0\x18ftypmp42\0\0\0\0",
        ];
        for start in starts {
            let head = start[..16].try_into().expect("sixteen");
            assert!(!may_be_salt(&head), "{start:?}");
        }
    }
}
