//! The errors of reading and writing formats.

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

/// A result whose error is [`FormatError`].
pub type Result<T, E = FormatError> = std::result::Result<T, E>;

/// The reason why a file cannot be read or written.
///
/// Three variants can come of everything that reads or writes, and most `# Errors` sections do
/// not repeat them: [`FormatError::Read`] and [`FormatError::Write`], if the system fails, and
/// [`FormatError::Caller`], which passes on the error of a function that the caller gave: the one
/// that takes items, the source of the entries, or the one that asks for a secret.
///
/// The sentences are lower case, name the place and have no final period. None holds a text that
/// a person wrote.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The file cannot be used, or not from a line on.
    #[error("{file}{}: {what}", .line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Unreadable {
        /// The file as the person named it; a file in an archive follows after ` › `.
        file: String,
        /// The line, counted from 1; `None` if it is the whole file.
        line: Option<u64>,
        /// The fault, as the end of a sentence that begins with the file.
        what: String,
    },

    /// Nothing that was given opens this encrypted file.
    #[error("{}: {why}", file.display())]
    NotOpened {
        /// The file.
        file: PathBuf,
        /// The reason.
        why: NotOpened,
    },

    /// A plain text needs a pattern for its dates, and none was given.
    #[error("plain text needs the form of its dates")]
    NoDatePattern,

    /// The pattern for dates cannot be used.
    #[error("{pattern:?}: {what}")]
    BadDatePattern {
        /// The pattern as it was given, in the way of `strftime`.
        pattern: String,
        /// The fault of the pattern.
        what: &'static str,
    },

    /// The system cannot read a file or a folder.
    #[error("cannot read {}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },

    /// The output takes no more.
    #[error("cannot write {what}")]
    Write {
        /// The thing that is written: [`EXPORT`] or the keepsake.
        what: &'static str,
        /// The error of the output.
        source: io::Error,
    },

    /// A function that the caller gave has failed, or wants to stop. This is its own error,
    /// unchanged.
    #[error(transparent)]
    Caller(Box<dyn StdError + Send + Sync>),
}

/// The reasons why an encrypted file was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// The file is encrypted for a key of age, and none was given.
    #[error("it is encrypted for a key")]
    NoKey,
    /// The file is encrypted for another key of age than those that were given.
    #[error("none of the keys opens it")]
    WrongKeys,
    /// The file is encrypted with a passphrase of age, and none was given.
    #[error("it is encrypted, and no passphrase was given")]
    NoPassphrase,
    /// The passphrase is wrong.
    #[error("that passphrase does not open it")]
    WrongPassphrase,
    /// The file is encrypted with age, or holds its keys, and this build lacks the feature `age`.
    #[error("age is needed to open it, which this onward was built without")]
    WithoutAge,
    /// jrnl encrypted the file, and no password was given.
    #[error("it is encrypted, and no password was given")]
    NoPassword,
    /// jrnl encrypted the file, and no password that was given decrypts it.
    #[error(
        "it cannot be decrypted: the password is wrong, or the file is damaged; which of them \
         cannot be told"
    )]
    WrongPasswordOrDamaged,
}

/// The name of an export in [`FormatError::Write`].
pub const EXPORT: &str = "the export";

impl FormatError {
    /// An error of the system from reading a file or a folder.
    pub(crate) fn read(path: &Path, source: io::Error) -> FormatError {
        FormatError::Read {
            path: path.to_path_buf(),
            source,
        }
    }
}

/// An error of the output of an export.
pub fn unwritten(source: io::Error) -> FormatError {
    FormatError::Write {
        what: EXPORT,
        source,
    }
}

/// The error for a file that cannot be read from a line on.
pub(crate) fn unreadable_at(path: &Path, line: u64, what: impl Into<String>) -> FormatError {
    FormatError::Unreadable {
        file: path.display().to_string(),
        line: Some(line),
        what: what.into(),
    }
}

/// The error for a file that cannot be read at all.
pub(crate) fn unreadable(path: &Path, what: impl Into<String>) -> FormatError {
    FormatError::Unreadable {
        file: path.display().to_string(),
        line: None,
        what: what.into(),
    }
}

/// The error for an encrypted file that was not opened.
pub(crate) fn not_opened(path: &Path, why: NotOpened) -> FormatError {
    FormatError::NotOpened {
        file: path.to_path_buf(),
        why,
    }
}
