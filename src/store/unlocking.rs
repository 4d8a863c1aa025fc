//! What opens an encrypted journal, and who is asked for it.

use std::path::Path;

use super::header::Salt;
use super::key::{Key, Passphrase};
use crate::error::{Error, Result};

/// An encrypted journal that wants to be opened.
#[derive(Debug, Clone, Copy)]
pub struct LockedJournal<'a> {
    /// Where it lies.
    pub path: &'a Path,
    /// What it begins with. No two journals have the same, and a journal gets another one when
    /// its passphrase is changed.
    pub salt: Salt,
    /// How often what was offered did not open it.
    pub tries: u32,
}

/// What is offered to open a journal with.
#[derive(Debug, Clone)]
pub enum UnlockSecret {
    /// What somebody typed.
    Passphrase(Passphrase),
    /// A key that was made before.
    Key(Key),
}

/// Who is asked for what opens a journal. Asked again when that did not open it, until it
/// does or they give up with an error, which becomes the error of the opening.
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
