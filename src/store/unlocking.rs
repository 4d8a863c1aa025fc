//! Asking for the passphrase or key of an encrypted journal.

use std::path::Path;

use super::header::Salt;
use super::key::{Key, Passphrase};
use crate::error::{Error, Result};

/// An encrypted journal that is being opened.
#[derive(Debug, Clone, Copy)]
pub struct LockedJournal<'a> {
    /// Its path.
    pub path: &'a Path,
    /// Its first bytes. No two journals have the same, and a journal gets new ones when its
    /// passphrase is changed.
    pub salt: Salt,
    /// How many secrets were tried before and did not open it.
    pub tries: u32,
}

/// A secret that may open a journal.
#[derive(Debug, Clone)]
pub enum UnlockSecret {
    /// A passphrase or recovery sheet that somebody typed.
    Passphrase(Passphrase),
    /// A key that was made before.
    Key(Key),
}

/// Asks for a secret that opens a journal. It is called again until a secret opens the journal or
/// it returns an error, which becomes the error of the opening.
pub type AskPassphrase<'a> = dyn FnMut(LockedJournal<'_>) -> Result<UnlockSecret> + 'a;

/// An [`AskPassphrase`] that knows nothing: only plain journals are opened.
///
/// # Errors
/// [`Error::Locked`], always.
pub fn ask_nobody(locked: LockedJournal<'_>) -> Result<UnlockSecret> {
    Err(Error::Locked {
        path: locked.path.to_path_buf(),
        why: "nobody is asked for its passphrase".to_owned(),
        hint: None,
    })
}

/// An [`AskPassphrase`] that has one key and nothing else.
pub fn ask_only(
    key: Option<&Key>,
) -> impl FnMut(LockedJournal<'_>) -> Result<UnlockSecret> + use<> {
    let key = key.cloned();
    move |locked| match &key {
        Some(key) if locked.tries == 0 && key.salt() == locked.salt => {
            Ok(UnlockSecret::Key(key.clone()))
        }
        _ => ask_nobody(locked),
    }
}
