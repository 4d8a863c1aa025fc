//! The switch under which every test meets an encrypted journal: with `ONWARD_TEST_ENCRYPTED=1`
//! each journal that a test makes is encrypted, and everything else has to be as it was. Only
//! in builds with debug assertions: see [`onward::environment::Protection`].
//!
//! A test that is about the bytes of a plain file skips itself with [`skip`].

#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "not every test needs all of it; the switch is a variable"
)]

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use chrono::{DateTime, FixedOffset};
use onward::Result;
use onward::journal::{
    Journal, Key, KeyCost, LockedJournal, Passphrase, UnlockSecret, ask_nobody,
};
use rusqlite::Connection;

/// What opens the journals of tests.
pub(crate) const PASSPHRASE: &str = "a stile, a river and no map";

/// Whether the program that is tested makes keys that take no time where the variables ask for
/// them. The shipped one does not.
const TAKES_TRIALS: bool = cfg!(debug_assertions);

/// Whether journals are to be encrypted.
pub(crate) fn on() -> bool {
    let on = std::env::var_os("ONWARD_TEST_ENCRYPTED").is_some_and(|value| !value.is_empty());
    assert!(
        !on || TAKES_TRIALS && cfg!(feature = "encryption"),
        "needs a build with debug assertions and encryption"
    );
    on
}

/// Whether a test is to be skipped because journals are encrypted; says why.
pub(crate) fn skip(test: &str, why: &str) -> bool {
    if on() {
        let _ = writeln!(std::io::stderr().lock(), "skipped {test}: {why}");
    }
    on()
}

/// The variables that tell the program.
pub(crate) fn variables() -> Vec<(&'static str, String)> {
    if !on() {
        return Vec::new();
    }
    vec![
        ("ONWARD_TRIAL_KEYS", "1".to_owned()),
        ("ONWARD_TRIAL_ENCRYPTED", "1".to_owned()),
        (
            "ONWARD_PASSPHRASE_COMMAND",
            format!("/usr/bin/printf %s '{PASSPHRASE}'"),
        ),
    ]
}

/// As it is typed, at the cost that the program has in this build when it is asked for trials.
pub(crate) fn passphrase(typed: &str) -> Passphrase {
    let cost = match TAKES_TRIALS {
        true => KeyCost::TRIAL,
        false => KeyCost::FULL,
    };
    Passphrase::new(typed, cost)
}

/// Offers the passphrase of tests, once.
pub(crate) fn ask(locked: LockedJournal<'_>) -> Result<UnlockSecret> {
    match locked.tries {
        0 => Ok(UnlockSecret::Passphrase(passphrase(PASSPHRASE))),
        _ => ask_nobody(locked),
    }
}

/// What SQLCipher does at its first use, done before several threads want it at once.
fn make_ready() {
    static READY: std::sync::Once = std::sync::Once::new();
    READY.call_once(|| {
        let key = passphrase(PASSPHRASE).new_key().expect("made");
        drop(with_key(Path::new(":memory:"), Some(&key)).expect("opened"));
    });
}

/// [`Journal::open`], where a new one is encrypted if the switch is on.
pub(crate) fn open(path: &Path, now: DateTime<FixedOffset>) -> Result<Journal> {
    if on() {
        make_ready();
    }
    if on() && !path.exists() {
        return Journal::create_encrypted(path, now, &passphrase(PASSPHRASE));
    }
    Journal::open(path, now, &mut ask)
}

/// [`Journal::open_to_read`].
pub(crate) fn open_to_read(path: &Path) -> Result<Journal> {
    Journal::open_to_read(path, &mut ask)
}

/// A connection beside the program, with its key where the file is encrypted. A new file is
/// encrypted if the switch is on.
pub(crate) fn raw(path: &Path) -> rusqlite::Result<Connection> {
    with_key(path, key(path).as_ref())
}

/// The drafts that lie in a journal: their names and pages.
pub(crate) fn drafts(path: &Path) -> Vec<(String, Vec<u8>)> {
    let read = || {
        let raw = raw(path)?;
        let mut drafts = raw.prepare("SELECT name, page FROM draft ORDER BY id DESC")?;
        let found = drafts.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        found.collect::<rusqlite::Result<Vec<_>>>()
    };
    match path.is_file() {
        true => read().unwrap_or_default(),
        false => Vec::new(),
    }
}

/// What opens a file, where it is encrypted; what is to open a new one if the switch is on.
pub(crate) fn key(path: &Path) -> Option<Key> {
    let mut head = Vec::new();
    if let Ok(file) = File::open(path) {
        (&file).take(16).read_to_end(&mut head).expect("readable");
        // Closing it would drop the locks of a journal that this process has open.
        std::mem::forget(file);
    }
    let passphrase = passphrase(PASSPHRASE);
    match <[u8; 16]>::try_from(head) {
        Ok(head) if head == *b"SQLite format 3\0" => None,
        Ok(salt) => passphrase.keys(salt).next().map(|key| key.expect("made")),
        Err(_) => on().then(|| passphrase.new_key().expect("made")),
    }
}

/// A connection with this key. A build without encryption makes none with a key: whatever looks
/// encrypted to it is damaged, or was never a journal.
pub(crate) fn with_key(path: &Path, key: Option<&Key>) -> rusqlite::Result<Connection> {
    if key.is_some()
        && let Err(why) = onward_sqlcipher::start()
    {
        return Err(rusqlite::Error::ToSqlConversionFailure(Box::new(why)));
    }
    let connection = Connection::open(path)?;
    if let Some(key) = key {
        let salt = key.salt();
        let all = key.bytes().iter().chain(&salt);
        let hex: String = all.map(|byte| format!("{byte:02x}")).collect();
        connection.execute_batch(&format!(
            "PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'{hex}'\";"
        ))?;
    }
    Ok(connection)
}
