//! Files that are encrypted with age (<https://age-encryption.org/v1>), with a passphrase or
//! for keys: whatever form an export has, and in them whatever form an import takes.
//!
//! Nothing of what is in them goes on the disk. They are read and written piece by piece; each
//! piece is proven before it is given out, and the last one says that it is the last.
//!
//! Without the feature `age` they are recognised, and neither made nor opened.

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

/// Whether such files can be made and opened.
pub const IS_BUILT: bool = cfg!(feature = "age");

/// How a file of theirs begins, whatever its version.
const MARK: &[u8] = b"age-encryption.org/";

/// How one begins that is written as letters.
const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";

/// The work to put between a passphrase and the key of a file: scrypt with 2 to this power. It
/// takes 256 MiB and about a second, as with the `age` tool.
pub const WORK: u8 = 18;

/// Whether a file that begins so is one of theirs.
pub fn looks_like(head: &[u8]) -> bool {
    head.starts_with(MARK) || head.starts_with(ARMOR)
}

/// What a file is encrypted with.
pub enum ExportLock {
    /// Whoever knows it opens the file.
    Passphrase {
        /// The passphrase. Other programs take it byte for byte.
        typed: Zeroizing<String>,
        /// The work that guessing it takes: [`WORK`], and less for tests alone.
        work: u8,
    },
    /// The secret key of any of them opens the file. There is at least one.
    Keys(Vec<Recipient>),
}
