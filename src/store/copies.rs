//! Earlier copies of a journal: those kept beside it, and backups in the default folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::backup::{backups_in, default_backup_folder};
use super::header;
use super::{Key, Salt, Store};
use crate::files::folder_of;

impl Store {
    /// The copies that were kept beside the journal before its layout was changed and before
    /// a backup took its place.
    pub fn copies(&self) -> Vec<PathBuf> {
        copies_beside(&self.path)
    }

    /// Earlier copies that the journal's key does not open: they are encrypted with another
    /// key, or plain.
    pub fn opened_otherwise(&self) -> Vec<EarlierCopy> {
        let salt = self.key.as_ref().map(Key::salt);
        let mut found = earlier_copies(&self.path);
        found.retain(|copy| copy.salt != salt);
        found
    }
}

/// The copies that were kept beside a journal before its layout was changed and before a
/// backup took its place. The journal itself need not exist.
pub fn copies_beside(journal: &Path) -> Vec<PathBuf> {
    let mut start = journal.file_name().unwrap_or_default().to_owned();
    start.push(".before-");
    let found = fs::read_dir(folder_of(journal)).into_iter().flatten();
    let is_copy = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        let kind = name.strip_prefix(start.as_encoded_bytes());
        let is_beside = |kind: &[u8]| kind.ends_with(b"-wal") || kind.ends_with(b"-journal");
        kind.is_some_and(|kind| !is_beside(kind)) && path.is_file()
    };
    let mut found: Vec<PathBuf> = found.flatten().map(|found| found.path()).collect();
    found.retain(is_copy);
    found.sort();
    found
}

/// A copy that was made of the journal earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierCopy {
    /// The path of the copy.
    pub path: PathBuf,
    /// Why it was kept.
    pub reason: CopyReason,
    /// The salt of an encrypted copy; `None` for a plain one.
    salt: Option<Salt>,
}

impl EarlierCopy {
    /// True if the copy is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.salt.is_some()
    }
}

/// The occasion on which a copy was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyReason {
    /// Before the layout was changed.
    BeforeUpdate,
    /// Before a backup took the journal's place.
    BeforeRestore,
    /// As a backup in the default folder.
    AsBackup,
}

/// The copies beside a journal, then the backups in the default folder. The journal itself
/// need not exist. Files that are no journals are left out.
pub fn earlier_copies(journal: &Path) -> Vec<EarlierCopy> {
    let beside = copies_beside(journal).into_iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let reason = if name.contains(".before-restore-") {
            CopyReason::BeforeRestore
        } else {
            CopyReason::BeforeUpdate
        };
        (path, reason)
    });
    let backups = backups_in(&default_backup_folder(journal), journal);
    let backups = backups.into_iter().map(|path| (path, CopyReason::AsBackup));
    beside
        .chain(backups)
        .filter_map(|(path, reason)| {
            let salt = match header::file_kind(&path).ok()?? {
                header::FileKind::Plain => None,
                header::FileKind::Encrypted(salt) => Some(salt),
            };
            Some(EarlierCopy { path, reason, salt })
        })
        .collect()
}
