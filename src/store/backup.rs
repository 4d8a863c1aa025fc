//! Backups: copies of a journal that were compared with it.
//!
//! A backup has the journal's pages as of one moment. The copying connection holds a read
//! transaction from before the first page to after the last comparison. SQLite's backup
//! interface copies within a transaction that is already open, and in WAL mode other
//! processes can write meanwhile without getting into the copy. Before the copy gets its name
//! it is opened by itself and compared with the same moment: the number of rows, and every
//! fingerprint, computed from its texts.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use uuid::Uuid;

use super::compare::compare_copy;
use super::failure::sqlite_error;
use super::findings::Tick;
use super::open::READ_WRITE;
use super::{Key, Store, ask_only};
use crate::error::{Error, Result};
use crate::files::{UnfinishedFile, folder_of, make_private_folder, sync_folder, unfinished};

/// How many pages are copied between two calls of `tick`. A page has 4096 bytes.
const PAGES: i32 = 2_000;

/// A backup that was made and compared with the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedBackup {
    /// The path of its file.
    pub path: PathBuf,
    /// How many entries it has, those in the trash included.
    pub entries: u64,
    /// How many earlier states of entries it has.
    pub revisions: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// Older backups that were removed to make room for it.
    pub removed: Vec<PathBuf>,
}

/// The folder for backups if no other is named: `backups` beside the journal.
pub fn default_backup_folder(journal: &Path) -> PathBuf {
    folder_of(journal).join("backups")
}

impl Store {
    /// Makes a backup, compares it with the journal and moves it to its place, where nothing
    /// may be yet.
    ///
    /// `place` is a file, or a folder, in which the backup is named after the journal and the
    /// moment. A missing folder is made. If `keep` is given, the oldest backups of this
    /// journal in that folder are removed afterwards, so that this many remain.
    ///
    /// # Errors
    /// [`Error::AlreadyThere`]; [`Error::Damaged`] if the journal fails the comparison,
    /// [`Error::BadCopy`] if the copy does; [`Error::DiskFull`] and [`Error::Io`]; those of
    /// `tick`. After an error nothing was made and nothing removed.
    pub fn backup(
        &self,
        place: Option<&Path>,
        keep: Option<usize>,
        now: DateTime<FixedOffset>,
        tick: Tick<'_>,
    ) -> Result<FinishedBackup> {
        let default = default_backup_folder(&self.path);
        let place = place.unwrap_or(&default);
        let ends_open = place.as_os_str().as_encoded_bytes().ends_with(b"/");
        let into_folder = place == default || ends_open || place.is_dir();
        let folder = if into_folder {
            make_private_folder(place)?;
            place
        } else {
            if fs::symlink_metadata(place).is_ok() {
                return Err(Error::AlreadyThere {
                    path: place.to_path_buf(),
                });
            }
            folder_of(place)
        };
        let in_folder = folder.join(self.path.file_name().unwrap_or_default());
        unfinished::clear(&self.path);
        unfinished::clear(&in_folder);
        let wrong = |error| Error::io("make a backup in", folder, error);
        let mut file = UnfinishedFile::begin(&in_folder).map_err(wrong)?;
        let copied = self.snapshot(|reading| {
            let key = self.key();
            copy_pages(reading.connection, &self.path, file.path(), key, tick)?;
            compare_copy(reading.connection, &self.path, file.path(), key, tick)
        });
        let (entries, revisions) =
            copied.map_err(|error| error_of_place(error, file.path(), wrong))?;
        file.sync().map_err(wrong)?;
        tick()?;
        let bytes = fs::metadata(file.path()).map_err(wrong)?.len();
        let mut again = 1;
        let path = loop {
            let path = if into_folder {
                folder.join(name(&self.path, now, again))
            } else {
                place.to_path_buf()
            };
            file = match file.finish_or_back(&path) {
                Ok(()) => break path,
                Err((error, file)) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    if !into_folder || again == u32::MAX {
                        return Err(Error::AlreadyThere { path });
                    }
                    again += 1;
                    file
                }
                Err((error, _)) => return Err(wrong(error)),
            };
        };
        sync_folder(folder);
        let removed = match keep {
            Some(keep) => self.remove_oldest(folder, &path, keep),
            None => Vec::new(),
        };
        Ok(FinishedBackup {
            path,
            entries,
            revisions,
            bytes,
            removed,
        })
    }

    /// Removes backups of this journal beyond the newest `keep`, the one just made included.
    fn remove_oldest(&self, folder: &Path, made: &Path, keep: usize) -> Vec<PathBuf> {
        let id = |connection: &Connection| -> Option<Uuid> {
            let id = connection
                .query_row("SELECT id FROM journal", (), |row| row.get::<_, String>(0));
            id.ok()?.parse().ok()
        };
        let Some(own) = id(&self.connection) else {
            return Vec::new();
        };
        let is_ours = |path: &PathBuf| {
            // A backup that this key does not open may belong to another journal: keep it.
            Store::open_copy(path, &mut ask_only(self.key()))
                .is_ok_and(|copy| id(&copy.connection) == Some(own))
        };
        let mut found = backups_in(folder, &self.path);
        found.retain(|path| path != made && is_ours(path));
        let keep = keep.saturating_sub(1).min(found.len());
        let mut removed = found.split_off(keep);
        removed.retain(|path| fs::remove_file(path).is_ok());
        if !removed.is_empty() {
            sync_folder(folder);
        }
        removed
    }
}

/// The name of a backup: `journal-2026-11-22T2130.db`, or `journal-2026-11-22T2130-2.db` if that
/// is taken.
fn name(journal: &Path, now: DateTime<FixedOffset>, again: u32) -> OsString {
    let mut name = stem(journal);
    name.push(now.format("%Y-%m-%dT%H%M").to_string());
    if again > 1 {
        name.push(format!("-{again}"));
    }
    name.push(".db");
    name
}

fn stem(journal: &Path) -> OsString {
    let mut stem = journal.file_stem().unwrap_or_default().to_owned();
    stem.push("-");
    stem
}

/// The files in a folder that are named like backups of this journal, the newest first.
pub fn backups_in(folder: &Path, journal: &Path) -> Vec<PathBuf> {
    let stem = stem(journal);
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = found
        .filter(|file| file.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|file| Some((moment(&file.file_name(), &stem)?, file.path())))
        .collect();
    found.sort_by(|(a, _), (b, _)| b.cmp(a));
    found.into_iter().map(|(_, path)| path).collect()
}

/// The moment in a backup's name, and its number among the backups of that moment.
fn moment(name: &OsStr, stem: &OsStr) -> Option<(String, u32)> {
    let rest = name
        .as_encoded_bytes()
        .strip_prefix(stem.as_encoded_bytes())?
        .strip_suffix(b".db")?;
    let rest = std::str::from_utf8(rest).ok()?;
    let (moment, again) = rest.split_at_checked("2026-11-22T2130".len())?;
    chrono::NaiveDateTime::parse_from_str(moment, "%Y-%m-%dT%H%M").ok()?;
    let again = match again {
        "" => 1,
        again => again
            .strip_prefix('-')
            .filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))?
            .parse()
            .ok()?,
    };
    Some((moment.to_owned(), again))
}

/// Turns an error about an unfinished file into one about its place. The path of the
/// unfinished file would mean nothing to the person.
pub(super) fn error_of_place(
    error: Error,
    made: &Path,
    wrong: impl FnOnce(io::Error) -> Error,
) -> Error {
    match error {
        Error::DiskFull { path } if path == made => wrong(io::ErrorKind::StorageFull.into()),
        Error::ReadOnly { path } if path == made => {
            wrong(io::ErrorKind::PermissionDenied.into())
        }
        Error::Busy { path } if path == made => wrong(io::Error::other(
            "what SQLite keeps beside it is in the way",
        )),
        Error::Store { path, source, .. } if path == made => wrong(io::Error::other(source)),
        Error::Io { doing, source } if doing.ends_with(&made.display().to_string()) => {
            wrong(source)
        }
        other => other,
    }
}

/// Copies the journal as the open transaction sees it. The copy is left without a log.
pub(super) fn copy_pages(
    source: &Connection,
    journal: &Path,
    to: &Path,
    key: Option<&Key>,
    tick: Tick<'_>,
) -> Result<()> {
    let reading = |error| sqlite_error(journal, "read", error);
    let writing = |error| sqlite_error(to, "write to", error);
    // Read once, because the snapshot of a read transaction begins with its first statement.
    source
        .query_row("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()))
        .map_err(reading)?;
    // Use the same key, or the copy of an encrypted journal would be plain.
    let open = || Connection::open_with_flags(to, READ_WRITE);
    let mut copy = Store::with_key(to, open, key.cloned())?.connection;
    {
        let backup = Backup::new(source, &mut copy).map_err(writing)?;
        loop {
            tick()?;
            match backup.step(PAGES).map_err(writing)? {
                StepResult::Done => break,
                StepResult::More => {}
                // No other process has the copy and the read transaction is open, so this cannot
                // happen. Waiting for it would hang.
                _ => {
                    return Err(Error::Busy {
                        path: journal.to_path_buf(),
                    });
                }
            }
        }
    }
    let mode: String = copy
        .query_row("PRAGMA journal_mode = DELETE", (), |row| row.get(0))
        .map_err(writing)?;
    debug_assert_eq!(mode, "delete");
    copy.close().map_err(|(_, error)| writing(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_are_known_by_their_names() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = folder.path().join("my.journal.db");
        let now =
            DateTime::parse_from_rfc3339("2026-11-22T21:30:00+01:00").expect("an instant");
        assert_eq!(name(&journal, now, 1), "my.journal-2026-11-22T2130.db");
        for name in [
            "my.journal-2026-11-22T2130.db",
            "my.journal-2026-11-22T2130-2.db",
            "my.journal-2026-11-22T2130-10.db",
            "my.journal-2026-11-20T0000.db",
            "my.journal-2026-11-31T2130.db",
            "my.journal-2026-11-22T2130-+3.db",
            "my.journal-2026-11-22T2130-.db",
            "my.journal-2026-11-22T2130.db.kept",
            "my.journal-2026-11-22T21ö30.db",
            "journal-2026-11-22T2130.db",
            "my.journal-notes.db",
        ] {
            fs::write(folder.path().join(name), "").expect("written");
        }
        fs::create_dir(folder.path().join("my.journal-2026-11-24T2130.db")).expect("made");
        let found = backups_in(folder.path(), &journal);
        let names: Vec<_> = found.iter().filter_map(|path| path.file_name()).collect();
        assert_eq!(
            names,
            [
                "my.journal-2026-11-22T2130-10.db",
                "my.journal-2026-11-22T2130-2.db",
                "my.journal-2026-11-22T2130.db",
                "my.journal-2026-11-20T0000.db",
            ]
        );
    }
}
