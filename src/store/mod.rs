//! The journal file: SQLite, and the only place that names rusqlite.
//!
//! One file in WAL mode with `synchronous=FULL`: what was reported saved survives a crash of
//! the program and of the machine. Every user action is one `BEGIN IMMEDIATE` transaction
//! ([`Store::change`]), so two processes take turns and none sees half of what another did.
//!
//! A journal comes into being whole: it is built beside its place and moved there when it is
//! complete. An empty file at a journal's path is therefore never a journal in the making,
//! and is refused like any other file that is not one.
//!
//! A journal is plain or encrypted as a whole, and the file alone decides which: [`Store::open`]
//! asks for what opens it only where its first bytes say that it is encrypted. What the
//! encryption is stands in `docs/encryption.md`.

mod actions;
mod backup;
mod check;
mod convert;
mod coverage;
mod drafts;
mod entries;
mod filter;
mod header;
mod key;
mod lookback;
mod migrations;
mod origins;
mod restore;
mod revisions;
mod search;
pub(crate) mod unfinished;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::model::particulars::Hidden;
use crate::model::{Day, Particulars};
use header::Found;
use unfinished::{Unfinished, folder_of};

pub use actions::{Action, Touched, What};
pub use backup::{Copied, backups, default_folder};
pub use check::{Check, Finding, Findings, Tick};
pub use coverage::Assignment;
pub use drafts::StoredDraft;
pub use key::{Key, Passphrase, Salt, Sheet};
pub use lookback::TipDays;
pub use origins::{Known, Origin, Size};
pub use restore::Restoring;
pub use unfinished::left_over;

/// Marks the file as a journal of this program: "Onwd".
const APPLICATION_ID: i32 = 0x4f6e_7764;

/// How long to wait for another process. Its transactions take milliseconds.
const PATIENCE: Duration = Duration::from_secs(15);

/// How a journal is opened to be read and written.
const READ_WRITE: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE
    .union(OpenFlags::SQLITE_OPEN_NO_MUTEX)
    .union(OpenFlags::SQLITE_OPEN_EXRESCODE);

/// What a journal is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To work in it, brought up to date.
    Use,
    /// To look at it as it is.
    Check,
}

/// The layout that this program makes.
pub const LAYOUT: i64 = migrations::LATEST;

/// The oldest SQLite that does not damage a WAL file with two writers
/// (<https://www.sqlite.org/howtocorrupt.html>, section 8.1), as it numbers itself.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Whether the SQLite that is built in can be trusted with two writers.
pub fn is_sqlite_safe() -> bool {
    rusqlite::version_number() >= OLDEST_SQLITE
}

/// An open journal file.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    /// Which file was at the path when it was opened.
    file: Option<Identity>,
    /// What opens it, where it is encrypted.
    key: Option<Key>,
    /// What is out of sight comes back by this day; none comes back where it is not known.
    today: Option<Day>,
}

/// An encrypted journal that wants to be opened.
#[derive(Debug, Clone, Copy)]
pub struct Locked<'a> {
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
pub enum Offer {
    /// What somebody typed.
    Passphrase(Passphrase),
    /// A key that was made before.
    Key(Key),
}

/// Who is asked for what opens a journal. Asked again when that did not open it, until it
/// does or they give up with an error, which becomes the error of the opening.
pub type Ask<'a> = dyn FnMut(Locked<'_>) -> Result<Offer> + 'a;

/// An [`Ask`] that knows nothing: only plain journals are opened.
///
/// # Errors
/// [`Error::Locked`], always.
pub fn nobody(locked: Locked<'_>) -> Result<Offer> {
    Err(Error::Locked {
        path: locked.path.to_path_buf(),
        why: "nobody is asked for its passphrase".to_owned(),
        hint: None,
    })
}

/// An [`Ask`] that has one key and nothing else.
pub fn only(key: Option<&Key>) -> impl FnMut(Locked<'_>) -> Result<Offer> + use<> {
    let key = key.cloned();
    move |locked| match &key {
        Some(key) if locked.tries == 0 && key.salt() == locked.salt => {
            Ok(Offer::Key(key.clone()))
        }
        _ => nobody(locked),
    }
}

/// What the journal holds, to be asked. Every look at the entries goes through here.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    connection: &'a Connection,
    path: &'a Path,
    today: Option<Day>,
}

/// A user action under way. It takes effect when [`Change::commit`] returns, and not at all
/// when it is dropped.
pub struct Change<'a> {
    transaction: Transaction<'a>,
    path: &'a Path,
    today: Option<Day>,
    /// What it did to which entries so far, and has not recorded yet.
    touched: Vec<Touched>,
    /// The action it is recorded as, where that is done as it happens.
    recording: Option<actions::Recording>,
}

impl Store {
    /// Opens a journal and brings its layout up to date; a copy is kept beside it first when
    /// it has entries. Where the journal is encrypted, `ask` has to say what opens it; nothing
    /// is written before that.
    ///
    /// Returns `None` where there is no file. A journal in a place that cannot be written to
    /// is opened for reading.
    ///
    /// # Errors
    /// [`Error::NotAJournal`] for anything else found at the path, which is left untouched;
    /// [`Error::NewerJournal`]; [`Error::Busy`]; [`Error::Damaged`]; whatever `ask` says.
    pub fn open(path: &Path, ask: &mut Ask<'_>) -> Result<Option<Store>> {
        Store::open_for(path, Purpose::Use, ask)
    }

    /// Opens a journal to look at it as it lies there: its layout stays what it is, and so does
    /// a log that a crash left.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_to_check(path: &Path, ask: &mut Ask<'_>) -> Result<Option<Store>> {
        Store::open_for(path, Purpose::Check, ask)
    }

    fn open_for(path: &Path, purpose: Purpose, ask: &mut Ask<'_>) -> Result<Option<Store>> {
        // A journal that is encrypted or decrypted is replaced by another file. What waited
        // for that has the old file, and opens anew.
        loop {
            let Some(found) = header::look(path)? else {
                return Ok(None);
            };
            let before = identity(path);
            if found != Found::Plain && !has_encryption() {
                return Err(unfit(path, "it was built without encryption"));
            }
            let connect = |key| Store::connected(path, key, purpose);
            let opened = Store::unlocked(path, found, ask, &connect);
            match opened {
                Ok(Some(store)) if store.is_current() => return Ok(Some(store)),
                Err(error) if identity(path) == before => return Err(error),
                _ => {}
            }
        }
    }

    /// Opens a file with what opens it; `None` where it was replaced in the meantime.
    fn unlocked(
        path: &Path,
        found: Found,
        ask: &mut Ask<'_>,
        connect: &dyn Fn(Option<Key>) -> Result<Store>,
    ) -> Result<Option<Store>> {
        let Found::Encrypted(salt) = found else {
            return connect(None).map(Some);
        };
        let fitting = |key| match connect(Some(key)) {
            Err(Error::WrongPassphrase { .. }) => Ok(None),
            opened => opened.map(Some),
        };
        for tries in 0.. {
            match ask(Locked { path, salt, tries })? {
                Offer::Key(key) if key.salt() != salt => {}
                Offer::Key(key) => {
                    if let Some(store) = fitting(key)? {
                        return Ok(Some(store));
                    }
                }
                Offer::Passphrase(typed) => {
                    for key in typed.keys(salt) {
                        if let Some(store) = fitting(key?)? {
                            return Ok(Some(store));
                        }
                    }
                }
            }
            if header::look(path)? != Some(found) {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Opens a file that nobody replaces meanwhile, in the way that `connect` does.
    fn opened(
        path: &Path,
        ask: &mut Ask<'_>,
        connect: &dyn Fn(Option<Key>) -> Result<Store>,
    ) -> Result<Store> {
        let gone = || Error::io("open", path, std::io::ErrorKind::NotFound.into());
        let found = header::look(path)?.ok_or_else(gone)?;
        if found != Found::Plain && !has_encryption() {
            return Err(unfit(path, "it was built without encryption"));
        }
        Store::unlocked(path, found, ask, connect)?.ok_or_else(gone)
    }

    /// Opens an encrypted journal with the key that is known to open it, while this process may
    /// have it open already. The file is not looked at, which would drop the locks of that.
    ///
    /// # Errors
    /// As [`Store::open`]; also where the journal is gone or has another key by now.
    pub fn open_again(path: &Path, key: &Key) -> Result<Store> {
        let store = Store::connected(path, Some(key.clone()), Purpose::Use)?;
        if store.is_current() {
            Ok(store)
        } else {
            Err(Error::Busy {
                path: path.to_path_buf(),
            })
        }
    }

    /// Opens a copy that nobody writes to, and leaves nothing beside it.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_copy(path: &Path, ask: &mut Ask<'_>) -> Result<Store> {
        Store::opened(path, ask, &|key| {
            let mut store = Store::still(path, key)?;
            store.settle(Purpose::Check)?;
            Ok(store)
        })
    }

    /// The layout of the file: how many migrations it has been through.
    pub fn layout(&self) -> Option<i64> {
        migrations::version(&self.connection).ok()
    }

    fn connected(path: &Path, key: Option<Key>, purpose: Purpose) -> Result<Store> {
        Store::connect(path, key.clone(), purpose).or_else(|error| match error {
            Error::ReadOnly { .. } => Store::connect_immutable(path, key, error),
            Error::DiskFull { .. } => Store::connect_alone(path, key, purpose),
            other => Err(other),
        })
    }

    /// Makes a new journal, its folder too where that is missing, and opens it. Encrypted if
    /// there is a key. Where another process was quicker, opens that one's.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::DiskFull`] or [`Error::ReadOnly`] when the folder or the file
    /// cannot be made; whatever [`Store::open`] says.
    pub fn create(
        path: &Path,
        now: DateTime<FixedOffset>,
        key: Option<&Key>,
        ask: &mut Ask<'_>,
    ) -> Result<Store> {
        let folder = folder_of(path);
        make_private_folder(folder)?;
        let wrong = |error| match error {
            error if is_denied(&error) => Error::ReadOnly {
                path: folder.to_path_buf(),
            },
            error => Error::io("make a journal in", folder, error),
        };
        unfinished::clear(path);
        let file = Unfinished::begin(path).map_err(wrong)?;
        {
            let open = || Connection::open_with_flags(file.path(), READ_WRITE);
            let store = Store::at(path, open, key.cloned())?;
            let build = || -> rusqlite::Result<()> {
                store.connection.execute_batch(&format!(
                    "PRAGMA application_id = {APPLICATION_ID};
                     PRAGMA synchronous = FULL;"
                ))?;
                Ok(())
            };
            build().map_err(|error| store.wrong("write to", error))?;
            let mut store = store;
            let made = migrations::run(&mut store.connection).and_then(|()| {
                store.connection.execute(
                    "INSERT INTO journal (one, id, device, created_at) VALUES (1, ?1, ?2, ?3)",
                    (
                        entries::new_id(now).to_string(),
                        entries::new_id(now).to_string(),
                        entries::instant(now),
                    ),
                )?;
                // Last, so that everything above went through the file and none is left in
                // a log under the temporary name.
                store
                    .connection
                    .query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
            });
            made.map_err(|error| store.wrong("write to", error))?;
            store
                .connection
                .close()
                .map_err(|(_, error)| wrong_at(path, "write to", error))?;
        }
        match file.finish(path) {
            Ok(()) => sync_folder(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(wrong(error)),
        }
        // What another process made has another salt.
        let opened = Store::open(path, &mut |locked| match key {
            Some(key) if key.salt() == locked.salt && locked.tries == 0 => {
                Ok(Offer::Key(key.clone()))
            }
            _ => ask(locked),
        })?;
        opened.ok_or_else(|| Error::io("open", path, std::io::ErrorKind::NotFound.into()))
    }

    /// A journal in memory, gone with the value: what reading commands see where there is no
    /// file yet.
    ///
    /// # Errors
    /// [`Error::Store`] when SQLite cannot even do that.
    pub fn in_memory() -> Result<Store> {
        let path = Path::new(":memory:");
        let mut store = Store::at(path, Connection::open_in_memory, None)?;
        store
            .connection
            .pragma_update(None, "foreign_keys", true)
            .and_then(|()| migrations::run(&mut store.connection))
            .and_then(|()| {
                store.connection.execute(
                    "INSERT INTO journal (one, id, device, created_at) VALUES (1, '', '', '')",
                    (),
                )
            })
            .map_err(|error| wrong_at(path, "open", error))?;
        Ok(store)
    }

    /// Tells it which day it is, so that what is out of sight until then comes back.
    pub fn seen_on(&mut self, today: Day) {
        self.today = Some(today);
    }

    /// The journal as it stands.
    pub fn reading(&self) -> Reading<'_> {
        Reading {
            connection: &self.connection,
            path: &self.path,
            today: self.today,
        }
    }

    /// Looks at the journal as it is at one moment, while others go on writing.
    ///
    /// # Errors
    /// Whatever `look` says.
    pub fn snapshot<T>(&self, look: impl FnOnce(Reading<'_>) -> Result<T>) -> Result<T> {
        // Only ever read from; dropped, it is over.
        let transaction = self
            .connection
            .unchecked_transaction()
            .map_err(|error| self.wrong("read", error))?;
        look(Reading {
            connection: &transaction,
            path: &self.path,
            today: self.today,
        })
    }

    /// Begins a user action. Waits its turn when another process is writing.
    ///
    /// # Errors
    /// [`Error::Busy`] when the turn does not come; [`Error::ReadOnly`].
    pub fn change(&mut self) -> Result<Change<'_>> {
        let (path, file, today) = (&self.path, self.file, self.today);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| wrong_at(path, "write to", error))?;
        // Nobody would ever read what is written to a file that was replaced.
        if identity(path) != file {
            return Err(Error::Busy { path: path.clone() });
        }
        Ok(Change {
            transaction,
            path,
            today,
            touched: Vec::new(),
            recording: None,
        })
    }

    /// What opens the journal, where it is encrypted.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// Pages of an encrypted journal's file that are not what was written, as sentences. What
    /// is on such a page is never shown. Empty for a plain journal, which cannot tell.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn damaged_pages(&self) -> Result<Vec<String>> {
        if self.key.is_none() {
            return Ok(Vec::new());
        }
        let mut twice = self.pages_that_fail()?;
        if !twice.is_empty() {
            // The pages are read past SQLite's locks: one that was just being written is
            // whole when it is read again.
            let again = self.pages_that_fail()?;
            twice.retain(|page| again.contains(page));
        }
        Ok(twice)
    }

    fn pages_that_fail(&self) -> Result<Vec<String>> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut check = self.connection.prepare("PRAGMA cipher_integrity_check")?;
            let found = check.query_map([], |row| row.get(0))?;
            found.collect()
        };
        read().map_err(|error| self.wrong("read", error))
    }

    /// Whether the journal can only be read.
    pub fn is_read_only(&self) -> bool {
        self.connection
            .is_readonly(rusqlite::MAIN_DB)
            .unwrap_or(false)
    }

    /// Removes what purged entries leave: in the full-text index, on pages of the file, in the
    /// log, and in copies of the journal that were broken off in the making. Where another
    /// process is at work in the journal the log is overwritten when it is done.
    ///
    /// # Errors
    /// Whatever keeps the journal from being written.
    pub fn scrub(&mut self) -> Result<()> {
        unfinished::clear(&self.path);
        // Merged into one, the index holds nothing of what is no longer there. SQLite
        // overwrites what is removed from a page, but not the traces of what it once moved to
        // another one: only the living are copied into pages that are made anew.
        self.connection
            .execute_batch(
                "INSERT INTO entry_text (entry_text) VALUES ('optimize');
                 VACUUM;",
            )
            .and_then(|()| {
                self.connection
                    .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            })
            .map_err(|error| self.wrong("write to", error))
    }

    /// Copies of the journal that were kept beside it before its layout was changed and before
    /// a backup took its place.
    pub fn copies(&self) -> Vec<PathBuf> {
        copies(&self.path)
    }

    /// Copies and backups of the journal that what opens it does not open: they are encrypted
    /// otherwise, or not at all.
    pub fn opened_otherwise(&self) -> Vec<Earlier> {
        let salt = self.key.as_ref().map(Key::salt);
        let mut found = earlier(&self.path);
        found.retain(|copy| copy.salt != salt);
        found
    }

    /// A connection, which has its key before anything else is asked of it.
    fn at(
        path: &Path,
        open: impl FnOnce() -> rusqlite::Result<Connection>,
        key: Option<Key>,
    ) -> Result<Store> {
        let fail = |error| wrong_at(path, "open", error);
        // In this order: what has the place before has it when SQLite opens it, or has lost
        // it for good.
        let file = identity(path);
        if key.is_some() {
            start_cipher(path)?;
        }
        let connection = open().map_err(fail)?;
        // Without it, SQLite compiles a cached statement anew each time a value is bound to it,
        // because the value might make another plan the better one.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(fail)?;
        if !is_sqlite_safe() {
            return Err(unfit(
                path,
                "its SQLite is older than 3.51.3 and can damage journals",
            ));
        }
        if let Some(key) = &key {
            // Other SQLites take a key and write plain files.
            if cipher_version(&connection).map_err(fail)?.is_none() {
                return Err(unfit(path, "it was built without encryption"));
            }
            let spec = key.spec();
            let mut say = Zeroizing::new(String::with_capacity(spec.len() + 64));
            // What it has to say about wrong keys is said better by us.
            say.push_str("PRAGMA cipher_log_level = NONE; PRAGMA key = \"");
            say.push_str(&spec);
            say.push_str("\";");
            connection.execute_batch(&say).map_err(fail)?;
        }
        Ok(Store {
            connection,
            path: path.to_path_buf(),
            file,
            key,
            today: None,
        })
    }

    /// Whether the file that is open is still the journal. One that is encrypted or decrypted
    /// is replaced by another file.
    fn is_current(&self) -> bool {
        identity(&self.path) == self.file
    }

    fn connect(path: &Path, key: Option<Key>, purpose: Purpose) -> Result<Store> {
        let open = || Connection::open_with_flags(path, READ_WRITE);
        let mut store = Store::at(path, open, key)?;
        store.settle(purpose)?;
        Ok(store)
    }

    /// Opening where there is no room for the log's index: a connection that has the journal
    /// to itself keeps the index in memory. So a full disk does not keep anyone from reading.
    fn connect_alone(path: &Path, key: Option<Key>, purpose: Purpose) -> Result<Store> {
        let open = || Connection::open_with_flags(path, READ_WRITE);
        let mut store = Store::at(path, open, key)?;
        store
            .connection
            .pragma_update(None, "locking_mode", "EXCLUSIVE")
            .map_err(|error| store.wrong("open", error))?;
        store.settle(purpose)?;
        Ok(store)
    }

    /// Reading from a folder that cannot be written to: SQLite can do without the log's
    /// index only when told that nobody writes, and only where no log is left to read.
    fn connect_immutable(path: &Path, key: Option<Key>, because: Error) -> Result<Store> {
        if has_log(path) {
            return Err(because);
        }
        let mut store = Store::still(path, key)?;
        store.settle(Purpose::Check)?;
        Ok(store)
    }

    /// A connection to a file that nobody writes to.
    fn still(path: &Path, key: Option<Key>) -> Result<Store> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let open = || Connection::open_with_flags(unchanging(path), flags);
        Store::at(path, open, key)
    }

    /// Everything between opening a file and working with it: is it ours, do we know its
    /// layout, and the settings each connection needs.
    fn settle(&mut self, purpose: Purpose) -> Result<()> {
        let fail = |error| self.wrong("open", error);
        // Until the journal is known to be ours, closing must not touch it either. Without a
        // log there is nothing to move, and closing only clears away what opening made.
        self.connection
            .set_db_config(
                DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                has_log(&self.path),
            )
            .map_err(fail)?;
        self.connection.busy_timeout(PATIENCE).map_err(fail)?;
        let application: i32 = self
            .connection
            .query_row("PRAGMA application_id", [], |row| row.get(0))
            .map_err(|error| self.wrong_first(error))?;
        let version = migrations::version(&self.connection).map_err(fail)?;
        if application != APPLICATION_ID {
            let what = match fs::metadata(&self.path) {
                Ok(file) if file.len() == 0 => "it is an empty file",
                _ => "it is the database of another program",
            };
            return Err(not_a_journal(&self.path, what));
        }
        if version > migrations::LATEST {
            return Err(Error::NewerJournal {
                path: self.path.clone(),
                found: version,
                known: migrations::LATEST,
            });
        }
        self.be_careful().map_err(fail)?;
        if purpose == Purpose::Check || self.is_read_only() {
            // What is wrong with the file is said when it is looked at.
            let _ = migrations::stand_in(&self.connection);
            return Ok(());
        }
        self.connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
            .map_err(fail)?;
        self.tidy_up().map_err(fail)?;
        if version < migrations::LATEST {
            self.migrate(version)?;
        }
        Ok(())
    }

    /// The settings that each connection needs.
    fn be_careful(&self) -> rusqlite::Result<()> {
        self.connection.execute_batch(
            "PRAGMA synchronous = FULL;
             PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF;
             PRAGMA temp_store = MEMORY;",
        )
    }

    /// A journal without a log is one that was just encrypted, decrypted or restored, where that
    /// was broken off, or a copy that was put in its place by hand: what may be left of it goes,
    /// and the journal gets its log. Not a file that was replaced: its log would lie beside the
    /// other.
    fn tidy_up(&self) -> rusqlite::Result<()> {
        let mode = |say: &str| {
            self.connection
                .query_row(say, [], |row| row.get::<_, String>(0))
        };
        if !self.is_current() {
            return Ok(());
        }
        if mode("PRAGMA journal_mode")? == "wal" {
            // Left where the log was about to be given up. This connection has looked at it,
            // and by now keeps everyone from beginning another.
            let half = beside(&self.path, "-journal");
            if half.exists() {
                let _ = fs::remove_file(half);
                unfinished::clear(&self.path);
            }
            return Ok(());
        }
        // The folder is the one that the file lies in, where the path is a link.
        let file = fs::canonicalize(&self.path);
        unfinished::clear(file.as_deref().unwrap_or(&self.path));
        // Not while another process has it open: then that one does it, or the next.
        match mode("PRAGMA journal_mode = WAL") {
            Err(error) if is_busy(&error) => Ok(()),
            done => done.map(|_| ()),
        }
    }

    fn migrate(&mut self, from: i64) -> Result<()> {
        unfinished::clear(&self.path);
        let entries: i64 = self
            .connection
            .query_row("SELECT count(*) FROM entry", [], |row| row.get(0))
            .map_err(|error| self.wrong("read", error))?;
        if entries > 0 {
            self.keep_copy(&format!(".before-{}", from + 1))?;
        }
        migrations::run(&mut self.connection).map_err(|error| self.wrong("write to", error))
    }

    /// A consistent copy of the journal beside it, under its name with a suffix. A copy that
    /// is already there is older than this attempt and is left alone.
    fn keep_copy(&self, suffix: &str) -> Result<()> {
        let copy = beside(&self.path, suffix);
        if copy.exists() {
            return Ok(());
        }
        let folder = copy.parent().unwrap_or(Path::new("."));
        let wrong = |error| Error::io("copy the journal to", &copy, error);
        let file = Unfinished::begin(&self.path).map_err(wrong)?;
        // As bytes: a name need not be UTF-8.
        self.connection
            .execute(
                "VACUUM INTO CAST(?1 AS TEXT)",
                [file.path().as_os_str().as_encoded_bytes()],
            )
            .map_err(|error| wrong_at(&copy, "write to", error))?;
        match file.finish(&copy) {
            Ok(()) => sync_folder(folder),
            // Another process was quicker, and its copy is as old: none migrates before it
            // has one.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(wrong(error)),
        }
        Ok(())
    }

    fn wrong(&self, doing: &'static str, error: rusqlite::Error) -> Error {
        wrong_at(&self.path, doing, error)
    }

    /// What is wrong where the first look at the file fails. With an encrypted one that says
    /// nothing but that the first page does not go with the key.
    fn wrong_first(&self, error: rusqlite::Error) -> Error {
        let sealed =
            self.key.is_some() && error.sqlite_error_code() == Some(ErrorCode::NotADatabase);
        if !sealed {
            return self.wrong("open", error);
        }
        // Where other pages do, it is the page that is wrong and not the key.
        let pages = fs::metadata(&self.path).map_or(0, |file| file.len() / header::PAGE);
        match self.pages_that_fail() {
            Ok(failed) if (failed.len() as u64) < pages => Error::Damaged {
                path: self.path.clone(),
                source: "its first page is not what was written".into(),
            },
            _ => Error::WrongPassphrase {
                path: self.path.clone(),
                hint: None,
            },
        }
    }
}

impl Reading<'_> {
    /// The condition on `entry` under which it may be seen: not in the trash, not away, not
    /// sealed. The one place that knows; whatever shows anything of entries asks with it.
    fn in_sight(&self) -> String {
        let today = self.today.map(|day| day.to_string()).unwrap_or_default();
        format!("deleted_at IS NULL AND hidden_until <= '{today}'")
    }

    /// What of these particulars keeps an entry out of sight.
    pub fn hides(&self, particulars: &Particulars) -> Option<Hidden> {
        particulars.hidden(self.today.unwrap_or(Day::FIRST))
    }

    fn wrong(&self, error: rusqlite::Error) -> Error {
        wrong_at(self.path, "read", error)
    }
}

impl Change<'_> {
    /// The journal as this action leaves it so far.
    pub fn reading(&self) -> Reading<'_> {
        Reading {
            connection: &self.transaction,
            path: self.path,
            today: self.today,
        }
    }

    /// Makes the action durable, without a trace for undo: see [`Change::commit_as`].
    ///
    /// # Errors
    /// [`Error::DiskFull`] and the like; then nothing of the action is in the journal.
    pub fn commit(self) -> Result<()> {
        let path = self.path;
        self.transaction
            .commit()
            .map_err(|error| wrong_at(path, "write to", error))
    }

    fn wrong(&self, error: rusqlite::Error) -> Error {
        wrong_at(self.path, "write to", error)
    }
}

/// The SQLite that is built in, for `--version`.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// Whether this program can make and open encrypted journals.
pub const fn has_encryption() -> bool {
    cfg!(feature = "encryption")
}

/// Whether the file at a path is, as far as can be told, an encrypted journal. Only to be asked
/// while this process has it not open in SQLite, whose locks on it would be dropped.
pub fn is_encrypted(path: &Path) -> bool {
    matches!(salt(path), Ok(Some(_)))
}

/// The salt that the file at a path begins with, if it is an encrypted journal. To be asked when
/// [`is_encrypted`] may be.
///
/// # Errors
/// [`Error::NotAJournal`] for what cannot be one; [`Error::Io`] when it cannot be read.
pub fn salt(path: &Path) -> Result<Option<Salt>> {
    Ok(match header::look(path)? {
        Some(Found::Encrypted(salt)) => Some(salt),
        _ => None,
    })
}

/// Starts SQLCipher, which a connection has to find running when it is opened if it is to take
/// a key or to copy from one key to another.
fn start_cipher(path: &Path) -> Result<()> {
    onward_sqlcipher::start().map_err(|why| unfit(path, &why.to_string()))
}

/// The SQLCipher that is built in, if one is.
fn cipher_version(connection: &Connection) -> rusqlite::Result<Option<String>> {
    use rusqlite::OptionalExtension;
    // A PRAGMA that SQLite does not know answers nothing.
    let version = connection
        .query_row("PRAGMA cipher_version", [], |row| row.get::<_, String>(0))
        .optional()?;
    Ok(version.filter(|version| !version.is_empty()))
}

/// What tells a file from another that takes its place: its device and its number there.
type Identity = (u64, u64);

fn identity(path: &Path) -> Option<Identity> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let file = fs::metadata(path).ok()?;
        Some((file.dev(), file.ino()))
    }
    // Elsewhere a file that is open cannot be replaced.
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// A file that nobody writes to, as SQLite names it.
fn unchanging(path: &Path) -> String {
    // As bytes: a name need not be UTF-8.
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b':' | b'\\' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

/// Whether a log lies beside a journal: what was written and not yet moved into it.
fn has_log(path: &Path) -> bool {
    beside(path, "-wal").exists()
}

/// A name beside another: the same with something at its end.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

/// Copies that were kept beside a journal, whether or not it is there: before its layout was
/// changed, and before a backup took its place.
pub fn copies(journal: &Path) -> Vec<PathBuf> {
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

/// A copy of the journal that was made before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Where it lies.
    pub path: PathBuf,
    /// Why it was kept.
    pub kind: Kept,
    /// What it begins with where it is encrypted.
    salt: Option<Salt>,
}

impl Earlier {
    /// Whether it is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.salt.is_some()
    }
}

/// Why a copy was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The layout was changed.
    BeforeUpdate,
    /// A backup took its place.
    BeforeRestore,
    /// It is a backup in the folder for them.
    AsBackup,
}

/// Copies beside a journal, and backups in the folder for them, the ones beside it first. The
/// journal need not be there; what is no journal is left out.
pub fn earlier(journal: &Path) -> Vec<Earlier> {
    let beside = copies(journal).into_iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let kind = if name.contains(".before-restore-") {
            Kept::BeforeRestore
        } else {
            Kept::BeforeUpdate
        };
        (path, kind)
    });
    let backups = backups(&default_folder(journal), journal);
    let backups = backups.into_iter().map(|path| (path, Kept::AsBackup));
    beside
        .chain(backups)
        .filter_map(|(path, kind)| {
            let salt = match header::look(&path).ok()?? {
                header::Found::Plain => None,
                header::Found::Encrypted(salt) => Some(salt),
            };
            Some(Earlier { path, kind, salt })
        })
        .collect()
}

/// Makes a folder that only its owner can enter, its parents too. One that is there already
/// is left as it is.
pub fn make_private_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| match error {
        error if is_denied(&error) => Error::ReadOnly {
            path: folder.to_path_buf(),
        },
        error => Error::io("make the folder", folder, error),
    })
}

fn is_denied(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem)
}

/// Makes a rename in a folder survive a power cut. Best effort: not every system lets a
/// folder be opened.
pub(crate) fn sync_folder(folder: &Path) {
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}

fn unfit(path: &Path, why: &str) -> Error {
    Error::Locked {
        path: path.to_path_buf(),
        why: format!("this onward cannot open it: {why}"),
        hint: Some(crate::error::OTHER_BUILD.to_owned()),
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

fn not_a_journal(path: &Path, what: &str) -> Error {
    Error::NotAJournal {
        path: path.to_path_buf(),
        what: what.to_owned(),
    }
}

/// What a path leads to, where that is not a plain file. Opening a pipe would wait for ever.
fn no_plain_file(file: &fs::Metadata) -> Option<&'static str> {
    let kind = file.file_type();
    if kind.is_file() {
        return (file.len() == 0).then_some("it is an empty file");
    }
    if kind.is_dir() {
        return Some("it is a folder");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("it is a named pipe");
        }
        if kind.is_socket() {
            return Some("it is a socket");
        }
    }
    Some("it is a device")
}

/// Whether the index of the log could not be given its size.
fn is_without_room_for_index(error: &rusqlite::Error) -> bool {
    error.sqlite_error().map(|error| error.extended_code)
        == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

/// Whether another file lies where the one lay that is open.
fn is_moved(error: &rusqlite::Error) -> bool {
    error.sqlite_error().map(|error| error.extended_code)
        == Some(rusqlite::ffi::SQLITE_READONLY_DBMOVED)
}

/// Says in our words what SQLite says in its own.
fn wrong_at(path: &Path, doing: &'static str, error: rusqlite::Error) -> Error {
    let path = path.to_path_buf();
    // What is said is a sentence: SQLite's own chain says everything twice.
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { path },
        Some(ErrorCode::DiskFull) => Error::DiskFull { path },
        _ if is_without_room_for_index(&error) => Error::DiskFull { path },
        // The journal was replaced after it was opened: the next try finds the new one.
        _ if is_moved(&error) => Error::Busy { path },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Error::ReadOnly { path },
        // Only ever the index of the log or the log itself: the file was seen before.
        Some(ErrorCode::CannotOpen) => Error::ReadOnly { path },
        Some(ErrorCode::NotADatabase) => not_a_journal(&path, "it is another kind of file"),
        Some(ErrorCode::DatabaseCorrupt) => Error::Damaged {
            path,
            source: error.to_string().into(),
        },
        _ => Error::Store {
            doing,
            path,
            source: error.to_string().into(),
        },
    }
}

#[cfg(test)]
mod costs;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connection_is_careful() {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("journal.db");
        let now = DateTime::parse_from_rfc3339("2026-11-22T21:00:00+01:00");
        let check = |store: Store| {
            let setting = |name: &str| -> String {
                store
                    .connection
                    .query_row(
                        &format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"),
                        (),
                        |row| row.get(0),
                    )
                    .expect("a setting")
            };
            assert_eq!(setting("journal_mode"), "wal");
            assert_eq!(setting("synchronous"), "2", "full");
            assert_eq!(setting("secure_delete"), "1");
            assert_eq!(setting("foreign_keys"), "1");
            assert_eq!(setting("trusted_schema"), "0");
            assert_eq!(setting("temp_store"), "2", "in memory");
        };
        let opened =
            |ask: &mut Ask<'_>| Store::open(&path, ask).expect("opened").expect("there");
        check(Store::create(&path, now.expect("an instant"), None, &mut nobody).expect("made"));
        check(opened(&mut nobody));
        check(Store::connect_alone(&path, None, Purpose::Use).expect("opened"));
        let looked_at = Store::open_to_check(&path, &mut nobody);
        check(looked_at.expect("opened").expect("there"));
    }

    /// Other SQLites take a key and say nothing, and write plain files.
    #[test]
    fn what_is_built_in_encrypts_or_is_given_no_key() {
        let memory = Connection::open_in_memory().expect("opened");
        let version = cipher_version(&memory).expect("asked");
        assert_eq!(version.is_some(), has_encryption(), "{version:?}");
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("journal.db");
        let key = Key::new(Zeroizing::new([1; 32]), [7; 16]);
        let made = Store::at(&path, || Connection::open(&path), Some(key));
        match version {
            Some(version) => {
                let major = version
                    .split('.')
                    .next()
                    .and_then(|major| major.parse().ok());
                assert!(major.is_some_and(|major: u32| major >= 4), "{version}");
                assert!(made.is_ok());
            }
            None => {
                let why = made.map(drop).expect_err("refused").to_string();
                assert!(why.contains("built without encryption"), "{why}");
            }
        }
    }

    #[test]
    fn the_built_in_sqlite_can_be_trusted_with_two_writers() {
        assert!(
            is_sqlite_safe(),
            "SQLite {} can damage a journal",
            sqlite_version()
        );
    }
}
