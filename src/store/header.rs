//! Telling from its first bytes whether a file is a plain journal, an encrypted one or neither.
//!
//! A plain journal begins as every SQLite file does. An encrypted one begins with its salt,
//! which is random, and so is all that follows: nothing in it says what it is.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::failure::not_a_journal;
use crate::error::{Error, Result};
use crate::files::why_no_plain_file;

/// The random bytes that a journal begins with.
pub type Salt = [u8; 16];

const PLAIN: &[u8; 16] = b"SQLite format 3\0";

/// The pages of an encrypted journal: what SQLCipher takes where nothing is said.
pub(super) const PAGE: u64 = 4096;

/// How other kinds of file begin that are likely to lie about.
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

/// Looks at the first bytes of a file; `None` where there is none.
///
/// Called by what opens the file, and by [`super::ClosedJournal`], which says why by nobody else.
///
/// # Errors
/// [`Error::NotAJournal`] for what cannot be one; [`Error::Io`] when it cannot be read.
pub(super) fn file_kind(path: &Path) -> Result<Option<FileKind>> {
    let file = match fs::metadata(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // A link to nowhere is not "no journal yet": its target may be a disk that
            // is not plugged in.
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
        // SQLite finds out about a file that only begins like one of its own.
        Ok(head) if head == *PLAIN => Ok(Some(FileKind::Plain)),
        Ok(head) if file.len() >= PAGE && may_be_salt(&head) => {
            Ok(Some(FileKind::Encrypted(head)))
        }
        _ => Err(not_a_journal(path, "it is another kind of file")),
    }
}

/// Random bytes for a new journal to begin with.
///
/// # Errors
/// [`Error::Io`] when the system has none.
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

/// Whether a file that begins so may be an encrypted journal. Of random bytes, as good as all
/// may; a new salt is one that may, so that nothing of ours is ever taken for another's.
fn may_be_salt(head: &Salt) -> bool {
    let known = OTHERS.iter().any(|start| head.starts_with(start));
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    // Text in UTF-8 has all of these or larger ones; text in UTF-16 has every other.
    let text = head.iter().all(|byte| is_text(byte) || *byte >= 0x80);
    let wide = head.chunks(2).all(|pair| pair.contains(&0));
    // A file of the `file` kind that videos have names itself four bytes later.
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
