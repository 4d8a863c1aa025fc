//! Telling if the log beside a journal belongs to it.
//!
//! SQLite moves any log into the file beside it. If somebody puts an older file back after a
//! crash, that mixes pages of two states and destroys the journal. Nothing in SQLite's format
//! ties a log to its file, so each [`super::Change`] does: it writes a stamp into the header,
//! which is on the first page. The stamp has half of the stamp before it. So the first stamp
//! in a log names the state of the file that the log continues.
//!
//! The stamp is SQLite's schema version (offset 40). SQLite only compares it with the version
//! that it has in memory, and reads the schema again if the two differ. A change of the schema
//! adds one to it.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::Key;
use super::header;
use super::sqlite::PATIENCE;
use crate::error::{Error, Result};
use crate::files::{folder_of, sync_folder, with_suffix};

/// The ending of a log that was set aside.
const ASIDE: &str = ".log-set-aside";

/// How long to wait before another look at a file that is open under another name.
const BREATH: Duration = Duration::from_millis(2);

/// The bytes of SQLite's header.
const HEADER: usize = 100;
/// Where the header has its parts, big-endian (<https://www.sqlite.org/fileformat2.html>).
const PAGE_SIZE: usize = 16;
const CHANGES: usize = 24;
const PAGES: usize = 28;
const STAMP: usize = 40;
const CHANGES_OF_PAGES: usize = 92;

/// How many changes of the schema can lie between two stamps. Bringing a journal up to date
/// makes some dozens.
const SCHEMA_CHANGES: u32 = 1_000;
/// The half of a stamp that the next one repeats.
const NAMED: u32 = 0x7fff;

/// Writes a new stamp into the header, as the last step of a change.
pub(super) fn stamp(change: &Connection) -> rusqlite::Result<()> {
    let before: i64 = change.query_row("PRAGMA schema_version", (), |row| row.get(0))?;
    let mut random = [0; 2];
    // Without randomness the stamp still names the one before it.
    let _ = getrandom::fill(&mut random);
    let after =
        (before & i64::from(NAMED)) << 16 | i64::from(u16::from_be_bytes(random)).max(1);
    change.execute_batch(&format!("PRAGMA schema_version = {after}"))
}

/// Sets a log aside that lies beside the journal and belongs to another file. Returns its new
/// path. Leaves it alone if it belongs to the journal, if nobody can tell, or if the journal
/// is open: then another process has looked at it.
///
/// A file that is open, and has no log under this name, is open under another one, as with a
/// file that is mounted in two places, or is being replaced.
///
/// # Errors
/// [`Error::Busy`] if the file stays open under another name; [`Error::Io`] if a log cannot be
/// read or set aside.
///
/// Call it before SQLite reads the file: closing a file drops SQLite's locks on it.
pub(super) fn set_aside_foreign(path: &Path, key: Option<&Key>) -> Result<Option<PathBuf>> {
    // If the path is a link, the log lies beside its target.
    let Ok(path) = fs::canonicalize(path) else {
        return Ok(None);
    };
    let log = with_suffix(&path, "-wal");
    let begun = Instant::now();
    // The lock is held until the file is closed.
    let file = loop {
        match alone(&path) {
            Some(Ok(file)) => break file,
            // Whoever has the file open under this name has its log open too.
            Some(Err(())) if fs::symlink_metadata(&log).is_err() => {
                if begun.elapsed() > PATIENCE {
                    return Err(Error::Busy { path });
                }
                std::thread::sleep(BREATH);
            }
            Some(Err(())) | None => return Ok(None),
        }
    };
    if !fs::symlink_metadata(&log).is_ok_and(|found| found.is_file() && found.len() > 0) {
        return Ok(None);
    }
    let unreadable = |error| Error::io("read", &log, error);
    if belongs(&file, &log, key).map_err(unreadable)? {
        return Ok(None);
    }
    let aside = free_name(&path);
    fs::rename(&log, &aside).map_err(|error| Error::io("set aside", &log, error))?;
    let _ = fs::remove_file(with_suffix(&path, "-shm"));
    sync_folder(folder_of(&path));
    Ok(Some(aside))
}

/// True if another process has the file open. As [`set_aside_foreign`], only for a file that
/// this process does not have open.
pub(super) fn is_open(path: &Path) -> bool {
    matches!(alone(path), Some(Err(())))
}

/// The logs beside a journal that were set aside.
pub fn logs_set_aside(journal: &Path) -> Vec<PathBuf> {
    let journal = fs::canonicalize(journal).unwrap_or_else(|_| journal.to_path_buf());
    let start = with_suffix(&journal, ASIDE);
    let start = start.file_name().unwrap_or_default().as_encoded_bytes();
    let found = fs::read_dir(folder_of(&journal)).into_iter().flatten();
    let mut found: Vec<PathBuf> = found
        .flatten()
        .filter(|found| found.file_name().as_encoded_bytes().starts_with(start))
        .map(|found| found.path())
        .collect();
    found.sort();
    found
}

fn free_name(path: &Path) -> PathBuf {
    let first = with_suffix(path, ASIDE);
    (2_u32..)
        .map(|number| with_suffix(path, &format!("{ASIDE}-{number}")))
        .scan(Some(first.clone()), |first, next| {
            Some(first.take().unwrap_or(next))
        })
        .find(|name| fs::symlink_metadata(name).is_err())
        .unwrap_or(first)
}

/// Opens the file and locks it as a whole, so that no other process has it open in SQLite. An
/// error if one has; `None` if nobody can tell, because the file cannot be written to or the
/// system has no locks.
fn alone(path: &Path) -> Option<Result<File, ()>> {
    let file = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .ok()?;
    #[cfg(unix)]
    {
        use rustix::fs::{FlockOperation, fcntl_lock};
        use rustix::io::Errno;
        match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Some(Ok(file)),
            Err(Errno::AGAIN | Errno::ACCESS) => Some(Err(())),
            Err(_) => None,
        }
    }
    // Other systems have no second names for an open file.
    #[cfg(not(unix))]
    Some(file.try_lock().map(|()| file).map_err(drop))
}

/// True if the log continues the file, or if nobody can tell.
fn belongs(file: &File, log: &Path, key: Option<&Key>) -> io::Result<bool> {
    let Some(log) = Log::read(log)? else {
        // SQLite ignores it.
        return Ok(true);
    };
    let mut page = Vec::new();
    file.take(header::PAGE).read_to_end(&mut page)?;
    let Some(raw) = page.first_chunk::<HEADER>() else {
        return Ok(true);
    };
    // Moving the log was broken off: the file already has one of its first pages.
    if log.headers.contains(raw) {
        return Ok(true);
    }
    // Without its key nobody can read the header of an encrypted journal.
    if key.is_none() && raw[..16] != *header::PLAIN {
        return Ok(true);
    }
    let Some(present) = read_header(&page, key) else {
        return Ok(true);
    };
    let page_size = match (key, short(&present, PAGE_SIZE)) {
        (Some(_), _) => header::PAGE,
        (None, 1) => 65_536,
        (None, size) => size.into(),
    };
    if page_size != u64::from(log.page_size) {
        return Ok(false);
    }
    let Some(first) = &log.first_page else {
        // A change that adds or removes pages of the file writes the first page too.
        let counts = number(&present, CHANGES) == number(&present, CHANGES_OF_PAGES);
        return Ok(!counts || number(&present, PAGES) == log.pages);
    };
    // An encrypted journal begins with its salt, and a plain one with SQLite's name.
    if first[..16] != raw[..16] {
        return Ok(false);
    }
    let Some(next) = read_header(first, key) else {
        return Ok(true);
    };
    let (stamp, next_stamp) = (number(&present, STAMP), number(&next, STAMP));
    let follows =
        stamp & NAMED == next_stamp >> 16 || next_stamp.wrapping_sub(stamp) <= SCHEMA_CHANGES;
    // SQLite adds one to the number of changes that it read last. A connection that made the
    // last change itself has not read it again. SQLCipher reads it from the encrypted page.
    let changes = number(&next, CHANGES).wrapping_sub(number(&present, CHANGES));
    Ok(follows && (key.is_some() || changes <= 1))
}

/// The header on a first page. `None` if it is not one that the key signed.
fn read_header(page: &[u8], key: Option<&Key>) -> Option<[u8; HEADER]> {
    let mut header = *page.first_chunk::<HEADER>()?;
    if let Some(key) = key {
        let open = onward_sqlcipher::header(key.bytes(), page)?;
        header[16..].copy_from_slice(&open[..HEADER - 16]);
    }
    Some(header)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |four| u32::from_be_bytes(*four))
}

fn short(bytes: &[u8], at: usize) -> u16 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |two| u16::from_be_bytes(*two))
}

/// The committed part of a log.
struct Log {
    page_size: u32,
    /// The pages of the file after the last commit.
    pages: u32,
    /// The oldest version of the first page.
    first_page: Option<Vec<u8>>,
    /// The raw headers of all versions of the first page.
    headers: Vec<[u8; HEADER]>,
}

impl Log {
    /// Reads a log as SQLite does after a crash, up to its last commit. `None` if it has
    /// nothing that SQLite would use.
    fn read(path: &Path) -> io::Result<Option<Log>> {
        let mut bytes = BufReader::with_capacity(1 << 16, File::open(path)?);
        let mut head = [0; 32];
        if !fill(&mut bytes, &mut head)? {
            return Ok(None);
        }
        let (magic, page_size) = (number(&head, 0), number(&head, 8));
        let is_sane = magic & !1 == 0x377f_0682
            && number(&head, 4) == 3_007_000
            && (512..=65_536).contains(&page_size)
            && page_size.is_power_of_two();
        let mut sum = Checksum {
            big_endian: magic & 1 == 1,
            state: (0, 0),
        };
        sum.add(&head[..24]);
        if !is_sane || sum.state != (number(&head, 24), number(&head, 28)) {
            return Ok(None);
        }
        let mut log = Log {
            page_size,
            pages: 0,
            first_page: None,
            headers: Vec::new(),
        };
        let (mut committed, mut waiting) = (false, Vec::new());
        let mut frame = vec![0; 24 + page_size as usize];
        while fill(&mut bytes, &mut frame)? {
            let (of_frame, page) = frame.split_at(24);
            sum.add(&of_frame[..8]);
            sum.add(page);
            // Frames of an earlier round have other salts.
            if of_frame[8..16] != head[16..24]
                || sum.state != (number(of_frame, 16), number(of_frame, 20))
                || number(of_frame, 0) == 0
            {
                break;
            }
            if number(of_frame, 0) == 1 {
                waiting.push(page.to_vec());
            }
            let pages = number(of_frame, 4);
            if pages > 0 {
                committed = true;
                log.pages = pages;
                for page in waiting.drain(..) {
                    log.headers.extend(page.first_chunk::<HEADER>());
                    log.first_page.get_or_insert(page);
                }
            }
        }
        Ok(committed.then_some(log))
    }
}

/// Fills the whole buffer. False at the end of the file.
fn fill(bytes: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match bytes.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// The checksum of a log, which runs on from frame to frame.
struct Checksum {
    big_endian: bool,
    state: (u32, u32),
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        let (mut one, mut two) = self.state;
        let word = |four: &[u8]| match self.big_endian {
            true => number(four, 0),
            false => number(four, 0).swap_bytes(),
        };
        for eight in bytes.chunks_exact(8) {
            one = one.wrapping_add(word(&eight[..4])).wrapping_add(two);
            two = two.wrapping_add(word(&eight[4..])).wrapping_add(one);
        }
        self.state = (one, two);
    }
}
