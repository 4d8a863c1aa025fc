//! What can go wrong with a form.

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

/// A result whose error is [`FormatError`].
pub type Result<T, E = FormatError> = std::result::Result<T, E>;

/// Why a file cannot be read or written in a form. The sentences are lower case, name the place
/// and have no final period; none carries what a person wrote.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// A file that cannot be used, or not from a line on.
    #[error("{file}{}: {what}", .line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Unreadable {
        /// The file as the person named it; a file in an archive follows after ` › `.
        file: String,
        /// The line, counted from 1, where it can be told.
        line: Option<u64>,
        /// What is wrong.
        what: String,
    },

    /// An encrypted file that nothing given opens.
    #[error("{}: {why}", file.display())]
    NotOpened {
        /// The file.
        file: PathBuf,
        /// Why not.
        why: NotOpened,
    },

    /// Plain text is to be read, and nobody said how its dates are written.
    #[error("plain text needs the form of its dates")]
    NoDatePattern,

    /// A form of dates that dates cannot be read by.
    #[error("{pattern:?}: {what}")]
    BadDatePattern {
        /// The form as it was given, in the way of `strftime`.
        pattern: String,
        /// What is wrong with it.
        what: &'static str,
    },

    /// A file or a folder that the system does not let be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// An output that takes no more.
    #[error("cannot write {what}")]
    Write {
        /// What was being written: [`EXPORT`] or the keepsake.
        what: &'static str,
        /// What the output said.
        source: io::Error,
    },

    /// Whoever takes the items of a reader, gives a writer its entries or is asked for a
    /// passphrase has failed, or wants to stop: their own error, as it came.
    #[error(transparent)]
    Caller(Box<dyn StdError + Send + Sync>),
}

/// Why an encrypted file was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// It is encrypted for a key of age, and none was given.
    #[error("it is encrypted for a key")]
    NoKey,
    /// It is encrypted for another key of age than those that were given.
    #[error("none of the keys opens it")]
    WrongKeys,
    /// It is encrypted with a passphrase of age, and none was given.
    #[error("it is encrypted, and no passphrase was given")]
    NoPassphrase,
    /// The passphrase is wrong.
    #[error("that passphrase does not open it")]
    WrongPassphrase,
    /// It is encrypted with age, or is a key for that, and the feature `age` was left out.
    #[error("age is needed to open it, which this onward was built without")]
    WithoutAge,
    /// It is encrypted by jrnl, and no password was given.
    #[error("it is encrypted, and no password was given")]
    NoPassword,
    /// It is encrypted by jrnl, and no password that was given decrypts it.
    #[error(
        "it cannot be decrypted: the password is wrong, or the file is damaged; which of them \
         cannot be told"
    )]
    WrongPasswordOrDamaged,
}

/// What an export is called where writing it fails.
pub const EXPORT: &str = "the export";

impl FormatError {
    /// What the system said when a file or a folder was read.
    pub(crate) fn read(path: &Path, source: io::Error) -> FormatError {
        FormatError::Read {
            path: path.to_path_buf(),
            source,
        }
    }
}

/// What the output of an export said.
pub fn unwritten(source: io::Error) -> FormatError {
    FormatError::Write {
        what: EXPORT,
        source,
    }
}

/// A file that cannot be read from a line on, and why.
pub(crate) fn unreadable_at(path: &Path, line: u64, what: impl Into<String>) -> FormatError {
    FormatError::Unreadable {
        file: path.display().to_string(),
        line: Some(line),
        what: what.into(),
    }
}

/// A whole file that cannot be read, and why.
pub(crate) fn unreadable(path: &Path, what: impl Into<String>) -> FormatError {
    FormatError::Unreadable {
        file: path.display().to_string(),
        line: None,
        what: what.into(),
    }
}

/// An encrypted file that was not opened, and why.
pub(crate) fn not_opened(path: &Path, why: NotOpened) -> FormatError {
    FormatError::NotOpened {
        file: path.to_path_buf(),
        why,
    }
}
