//! Files that are encrypted with age (<https://age-encryption.org/v1>), with a passphrase or for
//! keys. They can hold an export of any format, and any format that can be imported.
//!
//! Nothing decrypted goes to the disk. Files are read and written piece by piece. Each piece is
//! authenticated before it is given out, and the last one is marked as the last.
//!
//! Without the feature `age` such files are recognised but neither made nor opened.

#[cfg(not(feature = "age"))]
mod absent;
#[cfg(feature = "age")]
mod built;

use zeroize::Zeroizing;

#[cfg(not(feature = "age"))]
use absent as backend;
#[cfg(feature = "age")]
use built as backend;

pub(crate) use backend::AgeContent;
pub use backend::{Identities, OpenedAgeFile, Recipient, open};

/// True if such files can be made and opened.
pub const IS_BUILT: bool = cfg!(feature = "age");

/// The beginning of a binary file of any version.
const MARK: &[u8] = b"age-encryption.org/";

/// The beginning of a file that is armored, that is written in letters.
const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";

/// The work that leads from a passphrase to the key of a file: scrypt with 2 to this power. It
/// takes 256 MiB and about a second, as with the `age` tool.
pub const WORK: u8 = 18;

/// True if a file that begins with `head` is encrypted with age.
pub fn looks_like(head: &[u8]) -> bool {
    head.starts_with(MARK) || head.starts_with(ARMOR)
}

/// The secret that a file is encrypted with.
pub enum ExportLock {
    /// A passphrase: everyone who knows it can open the file.
    Passphrase {
        /// The passphrase. Other programs take it byte for byte.
        typed: Zeroizing<String>,
        /// The work for one guess: [`WORK`], or less in tests.
        work: u8,
    },
    /// Public keys, at least one. The secret key of any of them opens the file.
    Keys(Vec<Recipient>),
}
