//! Putting a backup in the journal's place.
//!
//! The backup is copied into a folder beside the journal, and the copy is brought up to date
//! and checked. The backup itself is only read. Then this process opens the journal
//! exclusively, moves the log into it, keeps a copy of it aside, and renames the new file
//! over it. At every moment a whole journal is in its place, the old one or the new one, and
//! never with the log of the other beside it.
//!
//! A process that opened the old file and waited meanwhile finds that its log is gone. Before
//! its first write SQLite then checks that the file is still at its path, and refuses if not.
//! So nothing is written to a file that has lost its name.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode};

use super::backup::{copy_pages, error_of_place};
use super::check::must_be_sound;
use super::compare::compare_copy;
use super::failure::{not_a_journal, sqlite_error};
use super::findings::{Findings, Tick};
use super::log;
use super::open::{OpenPurpose, READ_WRITE, has_log};
use super::{APPLICATION_ID, AskPassphrase, Key, Store, header, migrations};
use crate::error::{Error, Result};
use crate::files::{
    UnfinishedFile, folder_of, make_private_folder, sync_folder, unfinished, with_suffix,
};

/// The suffixes of the files beside a database that may have changes of it: the log and the
/// rollback journal.
const COMPANIONS: [&str; 2] = ["-wal", "-journal"];

/// A backup that was checked and is ready to take the journal's place. Dropping it leaves
/// everything as it was.
pub struct PendingRestore {
    file: UnfinishedFile,
    place: PathBuf,
    /// The findings of its check.
    pub findings: Findings,
}

impl PendingRestore {
    /// Copies a backup beside the journal and checks the copy. The backup and the journal are
    /// only read.
    ///
    /// # Errors
    /// [`Error::NotABackup`], [`Error::NewerJournal`] and [`Error::DamagedBackup`];
    /// [`Error::DiskFull`], [`Error::ReadOnly`] and [`Error::Io`] when the copy cannot be
    /// written; those of `ask` and `tick`.
    pub fn begin(
        backup: &Path,
        journal: &Path,
        ask: &mut AskPassphrase<'_>,
        tick: Tick<'_>,
    ) -> Result<PendingRestore> {
        fs::metadata(backup).map_err(|error| Error::io("open", backup, error))?;
        header::file_kind(backup).map_err(|error| about(error, backup))?;
        // Keep a link to the journal and replace its target.
        let place = match header::file_kind(journal) {
            Ok(None) => journal.to_path_buf(),
            // Leave folders, pipes and devices alone. `finish` judges any other file.
            Err(error) if !fs::metadata(journal).is_ok_and(|found| found.is_file()) => {
                return Err(error);
            }
            _ => {
                let real = fs::canonicalize(journal);
                real.map_err(|error| Error::io("open", journal, error))?
            }
        };
        if fs::canonicalize(backup).is_ok_and(|real| real == place) {
            return Err(Error::usage("the backup is the journal itself"));
        }
        let folder = folder_of(&place);
        let made = !folder.exists();
        make_private_folder(folder)?;
        let prepared = prepare(backup, &place, ask, tick);
        if prepared.is_err() && made {
            // Removes the folder only if it is empty.
            let _ = fs::remove_dir(folder);
        }
        let (file, findings) = prepared?;
        Ok(PendingRestore {
            file,
            place,
            findings,
        })
    }

    /// Moves the copy to the journal's place. Returns the path of the copy of the old
    /// journal. `key` opens the old journal if it is encrypted.
    ///
    /// # Errors
    /// [`Error::Busy`] if another process has the journal open; [`Error::NotAJournal`] and
    /// [`Error::NewerJournal`] if the file in its place is no journal that this program could
    /// have written; [`Error::DiskFull`] and [`Error::Io`] when the old journal cannot be
    /// copied. After an error the old journal is as it was.
    pub fn finish(
        self,
        key: Option<&Key>,
        now: DateTime<FixedOffset>,
    ) -> Result<Option<PathBuf>> {
        let place = &self.place;
        let wrong = |error| Error::io("write", place, error);
        let aside = aside(place, now);
        let held = hold(place, key)?;
        let kept = match &held {
            HeldJournal::Nothing => {
                // Move a stray log away, or SQLite would take it for the new journal's.
                for suffix in COMPANIONS {
                    let from = with_suffix(place, suffix);
                    if fs::symlink_metadata(&from).is_ok() {
                        fs::rename(&from, with_suffix(&aside, suffix)).map_err(wrong)?;
                    }
                }
                None
            }
            HeldJournal::Journal(connection) => {
                keep_copy(&connection.connection, key, place, &aside)?;
                Some(aside.clone())
            }
            HeldJournal::Unreadable => {
                keep_bytes(place, &aside)?;
                for suffix in COMPANIONS {
                    remove(&with_suffix(place, suffix)).map_err(wrong)?;
                }
                Some(aside.clone())
            }
        };
        // Remove the side files of the old journal. Only this process has it open.
        for suffix in ["-journal", "-shm"] {
            remove(&with_suffix(place, suffix)).map_err(wrong)?;
        }
        // Sync the copy's name before the journal is replaced.
        sync_folder(folder_of(place));
        let replaced = self.file.replace(place);
        if let (Err(_), HeldJournal::Journal(_)) = (&replaced, &held) {
            let _ = fs::remove_file(&aside);
        }
        replaced.map_err(wrong)?;
        sync_folder(folder_of(place));
        // Only now let other processes open the journal.
        drop(held);
        Ok(kept)
    }
}

/// Copies a backup into an unfinished file and checks it.
fn prepare(
    backup: &Path,
    place: &Path,
    ask: &mut AskPassphrase<'_>,
    tick: Tick<'_>,
) -> Result<(UnfinishedFile, Findings)> {
    unfinished::clear(place);
    let wrong = |error| Error::io("copy the backup to", folder_of(place), error);
    let file = UnfinishedFile::begin(place).map_err(wrong)?;
    // Copy its log too: the backup may be a journal that somebody copied while it was open.
    copy_bytes(backup, file.path()).map_err(wrong)?;
    for suffix in COMPANIONS {
        let companion = with_suffix(backup, suffix);
        if fs::symlink_metadata(&companion).is_ok_and(|found| found.is_file()) {
            copy_bytes(&companion, &with_suffix(file.path(), suffix)).map_err(wrong)?;
        }
    }
    let findings = ready(file.path(), ask, tick)
        .map_err(|error| about(error_of_place(error, file.path(), wrong), backup))?;
    file.sync().map_err(wrong)?;
    Ok((file, findings))
}

/// Brings the copy up to date, checks it, and closes it with nothing beside it.
fn ready(file: &Path, ask: &mut AskPassphrase<'_>, tick: Tick<'_>) -> Result<Findings> {
    let length = fs::metadata(file).map_err(|error| Error::io("read", file, error))?;
    let connect = |key: Option<Key>| {
        // Somebody may have left the log of another file beside the backup.
        log::set_aside_foreign(file, key.as_ref())?;
        Store::connect(file, key, OpenPurpose::Check)
    };
    let mut store = Store::open_by(file, ask, &connect)?;
    let wrong = |error| sqlite_error(file, "read", error);
    let page: u64 = store
        .connection
        // SQLite answers with a number, SQLCipher with a text.
        .query_row("PRAGMA page_size", (), |row| match row.get_ref(0)? {
            ValueRef::Integer(size) => Ok(size.unsigned_abs()),
            other => Ok(other.as_str()?.parse().unwrap_or(1)),
        })
        .map_err(wrong)?;
    // SQLite would silently ignore part of a last page.
    if length.len() % page.max(1) != 0 {
        return Err(Error::Damaged {
            path: file.to_path_buf(),
            source: "it is cut off".into(),
        });
    }
    store
        .connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
        .map_err(wrong)?;
    migrations::run(&mut store.connection).map_err(wrong)?;
    let findings = must_be_sound(&mut store, tick)?;
    let mode: String = store
        .connection
        .query_row("PRAGMA journal_mode = WAL", (), |row| row.get(0))
        .map_err(wrong)?;
    store
        .connection
        .close()
        .map_err(|(_, error)| wrong(error))?;
    if mode != "wal" || has_log(file) {
        let path = file.to_path_buf();
        return Err(Error::Busy { path });
    }
    Ok(findings)
}

/// Turns an error about the copy into one about the backup.
fn about(error: Error, backup: &Path) -> Error {
    let path = backup.to_path_buf();
    match error {
        Error::NotAJournal { what, .. } => Error::NotABackup { path, what },
        Error::WrongPassphrase { hint, .. } => Error::WrongPassphrase { path, hint },
        Error::Locked { why, hint, .. } => Error::Locked { path, why, hint },
        Error::NewerJournal { found, known, .. } => Error::NewerJournal { path, found, known },
        Error::Damaged { source, .. } => Error::DamagedBackup { path, source },
        Error::Store { source, .. } => Error::DamagedBackup { path, source },
        other => other,
    }
}

/// The journal in its place, which no other process can open meanwhile.
enum HeldJournal {
    /// There is no journal.
    Nothing,
    /// The journal, without a log. It is locked until the connection is dropped.
    Journal(Box<Store>),
    /// A file that SQLite cannot read.
    Unreadable,
}

/// How often to try to lock the journal, and how long to wait between.
const TRIES: u32 = 30;
const PAUSE: Duration = Duration::from_millis(100);

fn hold(place: &Path, key: Option<&Key>) -> Result<HeldJournal> {
    if fs::symlink_metadata(place).is_err() {
        return Ok(HeldJournal::Nothing);
    }
    let mut tries = 1;
    loop {
        match hold_now(place, key) {
            Err(Error::Busy { .. }) if tries < TRIES => {
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            other => return other,
        }
    }
}

fn hold_now(place: &Path, key: Option<&Key>) -> Result<HeldJournal> {
    // SQLite would take an empty file for a new database, and delete a log beside it.
    if fs::metadata(place).is_ok_and(|found| found.len() == 0) {
        return Ok(HeldJournal::Unreadable);
    }
    if log::is_open(place) {
        return Err(Error::Busy {
            path: place.to_path_buf(),
        });
    }
    log::set_aside_foreign(place, key)?;
    let open = || Connection::open_with_flags(place, READ_WRITE);
    let store = Store::with_key(place, open, key.cloned())?;
    let connection = &store.connection;
    // Wait in `hold` instead, because SQLite does not wait for some of these locks.
    connection
        .busy_timeout(Duration::ZERO)
        .map_err(|error| sqlite_error(place, "open", error))?;
    let version = connection
        // In exclusive mode SQLite keeps every lock that it takes.
        .pragma_update(None, "locking_mode", "EXCLUSIVE")
        .and_then(|()| {
            // Do not let closing move the log until the file is known to be a journal: see
            // `Store::settle`.
            let keep = has_log(place);
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)?;
            connection.query_row("PRAGMA application_id", (), |row| row.get::<_, i32>(0))
        })
        .and_then(|application| Ok((application, migrations::version(connection)?)));
    // Do not replace the file after other errors, such as a failing disk: it could not be
    // kept aside.
    let unreadable = |error: &rusqlite::Error| {
        let code = error.sqlite_error_code();
        matches!(
            code,
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt)
        )
    };
    match version {
        Err(error) if unreadable(&error) => return Ok(HeldJournal::Unreadable),
        Err(error) => return Err(sqlite_error(place, "open", error)),
        Ok((application, _)) if application != APPLICATION_ID => {
            return Err(not_a_journal(
                place,
                "it is the database of another program",
            ));
        }
        Ok((_, found)) if found > migrations::LATEST => {
            return Err(Error::NewerJournal {
                path: place.to_path_buf(),
                found,
                known: migrations::LATEST,
            });
        }
        Ok(_) => {}
    }
    let alone = connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
        .and_then(|_| {
            connection.execute_batch("PRAGMA synchronous = FULL;")?;
            // Moves the log into the file and removes it.
            connection.query_row("PRAGMA journal_mode = DELETE", (), |row| {
                row.get::<_, String>(0)
            })
        })
        .and_then(|mode| {
            connection.execute_batch("BEGIN EXCLUSIVE; COMMIT;")?;
            Ok(mode)
        });
    match alone {
        Err(error) if unreadable(&error) => Ok(HeldJournal::Unreadable),
        Err(error) => Err(sqlite_error(place, "write to", error)),
        Ok(mode) if mode != "delete" || has_log(place) => Err(Error::Busy {
            path: place.to_path_buf(),
        }),
        Ok(_) => Ok(HeldJournal::Journal(Box::new(store))),
    }
}

/// Keeps a copy of the locked journal. A damaged journal gives a damaged copy.
fn keep_copy(
    connection: &Connection,
    key: Option<&Key>,
    place: &Path,
    aside: &Path,
) -> Result<()> {
    let wrong = |error| Error::io("keep the journal as", aside, error);
    let file = UnfinishedFile::begin(place).map_err(wrong)?;
    let go_on = || Ok(());
    let moment = connection
        .unchecked_transaction()
        .map_err(|error| sqlite_error(place, "read", error))?;
    copy_pages(&moment, place, file.path(), key, &go_on)
        .map_err(|error| error_of_place(error, file.path(), wrong))?;
    // Only a bad copy is an error. Damage of the journal is copied as it is.
    let compared = compare_copy(&moment, place, file.path(), key, &go_on);
    if let Err(error @ Error::BadCopy { .. }) = compared {
        return Err(error);
    }
    drop(moment);
    file.sync().map_err(wrong)?;
    file.finish(aside).map_err(wrong)
}

/// Keeps the bytes of an unreadable journal, and of the files beside it.
fn keep_bytes(place: &Path, aside: &Path) -> Result<()> {
    for suffix in COMPANIONS.into_iter().chain([""]) {
        let (from, to) = (with_suffix(place, suffix), with_suffix(aside, suffix));
        let wrong = |error| Error::io("keep the journal as", &to, error);
        if !suffix.is_empty() && !fs::symlink_metadata(&from).is_ok_and(|found| found.is_file())
        {
            continue;
        }
        let file = UnfinishedFile::begin(place).map_err(wrong)?;
        copy_bytes(&from, file.path()).map_err(wrong)?;
        file.sync().map_err(wrong)?;
        file.finish(&to).map_err(wrong)?;
    }
    Ok(())
}

/// A free name for the copy of the old journal.
fn aside(place: &Path, now: DateTime<FixedOffset>) -> PathBuf {
    let name = format!(".before-restore-{}", now.format("%Y-%m-%dT%H%M"));
    let free = |path: &PathBuf| {
        ["", "-wal", "-journal"]
            .iter()
            .all(|suffix| fs::symlink_metadata(with_suffix(path, suffix)).is_err())
    };
    (1_u32..)
        .map(|again| match again {
            1 => with_suffix(place, &name),
            again => with_suffix(place, &format!("{name}-{again}")),
        })
        .find(free)
        .unwrap_or_else(|| with_suffix(place, &name))
}

/// Copies bytes into a file that only its owner can read.
fn copy_bytes(from: &Path, to: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::copy(&mut File::open(from)?, &mut options.open(to)?).map(|_| ())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
