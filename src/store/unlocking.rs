//! Asking for the passphrase or key of an encrypted journal.

use std::path::Path;

use super::header::Salt;
use super::key::{Key, Passphrase};
use crate::error::{Error, Result};

/// An encrypted journal that is being opened.
#[derive(Debug, Clone, Copy)]
pub struct LockedJournal<'a> {
    /// The path of the journal.
    pub path: &'a Path,
    /// The first bytes of its file. No two journals have the same, and a new passphrase gives
    /// a journal new ones.
    pub salt: Salt,
    /// How many secrets were tried already.
    pub tries: u32,
}

/// A secret that may open a journal.
#[derive(Debug, Clone)]
pub enum UnlockSecret {
    /// A passphrase or recovery sheet as it was typed.
    Passphrase(Passphrase),
    /// A key.
    Key(Key),
}

/// Returns a secret for a locked journal. It is called until a secret opens the journal, or
/// until it returns an error, which becomes the error of the opening.
pub type AskPassphrase<'a> = dyn FnMut(LockedJournal<'_>) -> Result<UnlockSecret> + 'a;

/// An [`AskPassphrase`] that only refuses, so that only plain journals are opened.
///
/// # Errors
/// Always [`Error::Locked`].
pub fn ask_nobody(locked: LockedJournal<'_>) -> Result<UnlockSecret> {
    Err(Error::Locked {
        path: locked.path.to_path_buf(),
        why: "nobody is asked for its passphrase".to_owned(),
        hint: None,
    })
}

/// An [`AskPassphrase`] that offers one key, once, and refuses after that.
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
