//! The same interface in a build without the crate `age`: no value of these types opens or
//! encrypts anything.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::str::FromStr;

use super::ExportLock;
use crate::AskForSecret;
use crate::error::{NotOpened, Result, not_opened, unwritten};

const WITHOUT: &str = "encryption with age is not built in";

/// A public key. There is none, so nothing can be encrypted.
#[derive(Debug, Clone)]
pub enum Recipient {}

impl FromStr for Recipient {
    type Err = &'static str;

    fn from_str(_: &str) -> Result<Recipient, &'static str> {
        Err(WITHOUT)
    }
}

impl ExportLock {
    /// Refuses, so that nothing is written in plain that should be encrypted.
    ///
    /// # Errors
    /// [`FormatError::Write`](crate::FormatError::Write).
    pub fn seal<T>(
        &self,
        _: &mut dyn Write,
        _: impl FnOnce(&mut dyn Write) -> Result<T>,
    ) -> Result<T> {
        Err(unwritten(io::Error::new(
            io::ErrorKind::Unsupported,
            WITHOUT,
        )))
    }
}

/// A set of secret keys. It stays empty.
#[derive(Default)]
pub struct Identities(());

impl Identities {
    /// Refuses.
    ///
    /// # Errors
    /// [`FormatError::NotOpened`](crate::FormatError::NotOpened).
    pub fn read(&mut self, path: &Path, _: AskForSecret<'_>) -> Result<()> {
        Err(not_opened(path, NotOpened::WithoutAge))
    }
}

/// A file that was opened. There is none.
pub enum OpenedAgeFile {}

impl OpenedAgeFile {
    /// The beginning of its content.
    ///
    /// # Errors
    /// None: there is no such value.
    pub fn head(&self) -> Result<Vec<u8>> {
        match *self {}
    }

    pub(crate) fn inside(&self) -> Result<AgeContent<'_>> {
        Ok(AgeContent(self))
    }
}

/// The content of a file that was opened.
pub(crate) struct AgeContent<'a>(&'a OpenedAgeFile);

impl Read for AgeContent<'_> {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        match *self.0 {}
    }
}

impl Seek for AgeContent<'_> {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        match *self.0 {}
    }
}

/// Refuses.
///
/// # Errors
/// [`FormatError::NotOpened`](crate::FormatError::NotOpened).
pub fn open(path: &Path, _: &Identities, _: AskForSecret<'_>) -> Result<OpenedAgeFile> {
    Err(not_opened(path, NotOpened::WithoutAge))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FormatError;

    #[test]
    fn a_lock_lets_nothing_out_in_plain() {
        let lock = ExportLock::Passphrase {
            typed: "open".to_owned().into(),
            work: 1,
        };
        let mut out = Vec::new();
        let sealed = lock.seal(&mut out, |out| out.write_all(b"a page").map_err(unwritten));
        assert!(matches!(sealed, Err(FormatError::Write { .. })));
        assert!(out.is_empty());
    }
}
