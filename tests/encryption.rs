//! Encrypted journals, through the library: what stands in the files, what opens them, and
//! that nothing changes but that when a journal is converted.
//!
//! What belongs here: everything about the file and its key that needs neither a process nor
//! a fault. Conversions that are killed are in `tests/faults/converted.rs`, what is asked and
//! said in `tests/cli/encrypt.rs`.

#![cfg(feature = "encryption")]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "helpers of tests end a test as the tests themselves do"
)]

mod sealed;
mod tools;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chrono::{DateTime, FixedOffset};
use onward::Error;
use onward::journal::{
    Edit, Journal, Key, KeyCost, NewPage, Passphrase, Reflects, Settings, TextRewrite,
    UnlockSecret, ask_nobody,
};
use onward::model::kind::Away;
use onward::model::{Day, Filter, Order};
use onward::store::Store;
use rusqlite::types::Value;

const CANARY: &str = "canary-between-the-reeds";
const PAGE: usize = 4096;

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T21:30:00+00:00").expect("an instant")
}

fn today() -> Day {
    Day::from_ymd(2026, 11, 22).expect("a day")
}

/// As it is typed, at a cost that lets the tests make many.
fn passphrase(typed: &str) -> Passphrase {
    Passphrase::new(typed, KeyCost::TRIAL)
}

fn page(text: &str) -> NewPage {
    NewPage {
        day: today(),
        written_at: now(),
        text: text.to_owned(),
        mood: None,
        starred: false,
        tags: BTreeSet::new(),
        reflects: Reflects::OnPrompt,
    }
}

/// A folder with a place for a journal in it.
struct Place {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.db");
        Place { folder, path }
    }

    fn holding(bytes: &[u8]) -> Place {
        let place = Place::new();
        fs::write(&place.path, bytes).expect("written");
        place
    }

    /// A journal of some history, encrypted.
    fn encrypted(typed: &str) -> Place {
        let place = Place::new();
        let made = Journal::create_encrypted(&place.path, now(), &passphrase(typed));
        fill(&mut made.expect("made"));
        place
    }

    fn plain() -> Place {
        let place = Place::new();
        fill(&mut Journal::open(&place.path, now(), &mut ask_nobody).expect("made"));
        place
    }

    fn open(&self, typed: &str) -> onward::Result<Journal> {
        open(&self.path, typed)
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).expect("readable")
    }

    /// Every file in the folder: its name and its bytes.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut found: Vec<_> = fs::read_dir(self.folder.path())
            .expect("readable")
            .map(|entry| entry.expect("readable").path())
            .map(|path| {
                let name = path
                    .file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned();
                (name, fs::read(&path).expect("readable"))
            })
            .collect();
        found.sort();
        found
    }

    /// No file has the canary, as it is typed or as the index of words has it.
    #[track_caller]
    fn is_silent(&self, when: &str) {
        for (name, bytes) in self.files() {
            for word in [CANARY, "canary", "reeds", "SQLite format"] {
                let found = bytes
                    .windows(word.len())
                    .any(|part| part == word.as_bytes());
                assert!(!found, "{when}: {name} says {word:?}");
            }
        }
    }
}

fn open(path: &Path, typed: &str) -> onward::Result<Journal> {
    let passphrase = passphrase(typed);
    Journal::open(path, now(), &mut |locked| match locked.tries {
        0 => Ok(UnlockSecret::Passphrase(passphrase.clone())),
        _ => ask_nobody(locked),
    })
}

fn fill(journal: &mut Journal) {
    for number in 1..=30 {
        let text = format!(
            "{CANARY} {number}. {}",
            "The river was high. ".repeat(number)
        );
        journal.write(page(&text), today(), now()).expect("saved");
    }
    let changed = Edit {
        text: Some(TextRewrite::typed(None, format!("{CANARY}, changed"))),
        ..Edit::default()
    };
    journal.edit(3, changed, today(), now()).expect("edited");
    journal.delete(&[4, 5], now()).expect("deleted");
    let old = journal.trash().expect("read");
    journal.purge(&old[..1]).expect("purged");
}

/// Every row of every table and every line of the schema.
fn everything(path: &Path, key: Option<&Key>) -> Vec<Vec<Value>> {
    let raw = sealed::with_key(path, key).expect("opened");
    let rows = |query: &str| -> Vec<Vec<Value>> {
        let mut query = raw.prepare(query).expect("a query");
        let columns = query.column_count();
        query
            .query_map((), |row| {
                (0..columns).map(|column| row.get(column)).collect()
            })
            .expect("asked")
            .collect::<Result<_, _>>()
            .expect("read")
    };
    let mut all = rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2");
    let tables = rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0");
    for table in tables {
        let [Value::Text(table)] = &table[..] else {
            panic!("a name")
        };
        all.extend(rows(&format!(
            "SELECT '{table}', * FROM \"{table}\" NOT INDEXED"
        )));
    }
    for setting in ["application_id", "user_version"] {
        all.extend(rows(&format!("PRAGMA {setting}")));
    }
    assert!(all.len() > 100, "there is something to compare");
    all
}

fn texts(journal: &Journal) -> Vec<String> {
    let found = journal.entries(&Filter::default(), Order::OldestFirst, None);
    found
        .expect("read")
        .into_iter()
        .map(|entry| entry.text)
        .collect()
}

#[test]
fn a_passphrase_opens_it_and_nothing_else_does() {
    let place = Place::encrypted("open");
    let journal = place.open("open").expect("opened");
    assert_eq!(journal.count(&Filter::default()).expect("counted"), 28);
    let key = journal.key().cloned().expect("a key");
    let sheet: Vec<String> = key.sheet().iter().map(|line| line.to_string()).collect();
    drop(journal);
    let with_key = |key: Key| {
        Journal::open(&place.path, now(), &mut |locked| match locked.tries {
            0 => Ok(UnlockSecret::Key(key.clone())),
            _ => ask_nobody(locked),
        })
    };
    assert!(with_key(key.clone()).is_ok(), "its key as it is");
    assert!(place.open(&sheet.join(" ")).is_ok(), "its recovery sheet");
    let other = Place::encrypted("open");
    let others = other
        .open("open")
        .expect("opened")
        .key()
        .cloned()
        .expect("a key");
    for (what, opened) in [
        ("another passphrase", place.open("Open")),
        ("with a space", place.open("open ")),
        ("none", place.open("")),
        ("one of a megabyte", place.open(&"x".repeat(1 << 20))),
        ("with a NUL and a line end", place.open("open\0\n")),
        ("another journal's key", with_key(others.clone())),
        (
            "another journal's key with this salt",
            with_key(Key::new((*others.bytes()).into(), key.salt())),
        ),
        (
            "the parameters of released programs",
            Journal::open(&place.path, now(), &mut |locked| match locked.tries {
                0 => Ok(UnlockSecret::Passphrase(Passphrase::new(
                    "open",
                    KeyCost::FULL,
                ))),
                _ => ask_nobody(locked),
            }),
        ),
        ("nobody", Journal::open(&place.path, now(), &mut ask_nobody)),
    ] {
        assert!(
            matches!(opened, Err(Error::Locked { .. })),
            "{what}: {opened:?}"
        );
    }
}

/// `golden/encrypted-1.db` was made by the first program that could, with the parameters for
/// use. It has to open for ever.
#[test]
fn a_journal_of_the_first_release_opens() {
    let place = Place::holding(include_bytes!("golden/encrypted-1.db"));
    let open = |typed: &str| {
        let typed = Passphrase::new(typed, KeyCost::FULL);
        Journal::open(&place.path, now(), &mut |locked| match locked.tries {
            0 => Ok(UnlockSecret::Passphrase(typed.clone())),
            _ => ask_nobody(locked),
        })
    };
    assert!(open("das Cafe").is_err());
    // However the accent is typed.
    let journal = open("das Cafe\u{301}").expect("opened");
    assert_eq!(texts(&journal), ["Dear caf\u{e9} page"]);
}

#[test]
fn journals_with_one_passphrase_have_nothing_in_common() {
    let journals: Vec<Vec<u8>> = (0..4).map(|_| Place::encrypted("open").bytes()).collect();
    for (index, one) in journals.iter().enumerate() {
        for other in &journals[index + 1..] {
            assert_ne!(one[..16], other[..16]);
            // Of random bytes one in 256 is the same.
            let same = one.iter().zip(other).filter(|(a, b)| a == b).count();
            let limit = one.len().min(other.len()) / 100;
            assert!(same < limit, "{same} of {} bytes are the same", one.len());
            let parts: BTreeSet<&[u8]> = one.chunks(16).collect();
            assert!(other.chunks(16).all(|part| !parts.contains(part)));
        }
    }
}

/// A log that is not yet moved into the file, as a crash leaves it.
fn with_a_log() -> Place {
    let place = Place::encrypted("open");
    let mut journal = place.open("open").expect("opened");
    journal
        .write(page(&format!("{CANARY} in the log")), today(), now())
        .expect("saved");
    let copy = Place::new();
    for (name, bytes) in place.files() {
        if !name.ends_with("-shm") {
            fs::write(copy.folder.path().join(name), bytes).expect("written");
        }
    }
    assert_eq!(copy.files().len(), 2, "the journal and its log");
    copy
}

#[test]
fn what_does_not_open_it_changes_nothing() {
    for place in [Place::encrypted("open"), with_a_log()] {
        let before = place.files();
        for typed in ["wrong", "", "Open", "x\0y"] {
            assert!(place.open(typed).is_err());
            let mut after = place.files();
            // The log's index is made anew by whoever comes next.
            after.retain(|(name, _)| !name.ends_with("-shm"));
            assert!(after == before, "{typed:?} changed a file");
        }
        let journal = place.open("open").expect("it still opens");
        assert!(journal.count(&Filter::default()).expect("counted") >= 28);
    }
}

#[test]
fn no_file_beside_it_says_a_word() {
    let place = with_a_log();
    place.is_silent("with a log");
    let mut journal = place.open("open").expect("opened");
    place.is_silent("while it is open");
    journal.write(page(CANARY), today(), now()).expect("saved");
    place.is_silent("after a page");
    let trash = journal.trash().expect("read");
    journal.purge(&trash).expect("purged");
    place.is_silent("after a purge, which makes the file anew");
    let journal = journal.encrypt(&passphrase("other")).expect("changed");
    place.is_silent("with another passphrase");
    drop(journal);
    place.is_silent("closed");
    assert_eq!(place.files().len(), 1);
}

#[test]
fn a_copy_from_before_an_update_is_encrypted_with_the_same_key() {
    let layout = include_str!("golden/layout-1.sql");
    let place = Place::new();
    let key = passphrase("open").new_key().expect("made");
    let raw = sealed::with_key(&place.path, Some(&key)).expect("made");
    raw.execute_batch(layout).expect("an old layout");
    let entries: i64 = raw
        .query_row("SELECT count(*) FROM entry", (), |row| row.get(0))
        .expect("counted");
    assert!(entries > 0);
    raw.execute("UPDATE entry SET text = ?1", [CANARY])
        .expect("changed");
    drop(raw);
    place.is_silent("before");
    let journal = place.open("open").expect("brought up to date");
    place.is_silent("afterwards");
    let [copy] = &journal.copies()[..] else {
        panic!("a copy: {:?}", journal.copies())
    };
    let raw = sealed::with_key(copy, Some(&key)).expect("opened");
    let found: i64 = raw
        .query_row(
            "SELECT count(*) FROM entry WHERE text = ?1",
            [CANARY],
            |row| row.get(0),
        )
        .expect("the same key opens it");
    assert_eq!(found, entries);
    drop(raw);
    assert!(open(copy, "wrong").is_err());
}

#[test]
fn a_backup_is_encrypted_with_the_same_key() {
    let place = with_a_log();
    let key = place.open("open").expect("opened").key().cloned();
    let mut ask = |_: onward::journal::LockedJournal<'_>| {
        Ok(UnlockSecret::Key(key.clone().expect("a key")))
    };
    let store = Store::open(&place.path, &mut ask).expect("opened");
    let to = tempfile::tempdir().expect("a folder");
    let backup = store
        .expect("there")
        .backup(Some(to.path()), None, now(), &|| Ok(()))
        .expect("backed up");
    let copy = Place::holding(&fs::read(&backup.path).expect("readable"));
    assert_eq!(copy.bytes()[..16], key.as_ref().expect("a key").salt());
    copy.is_silent("a backup");
    let raw = sealed::with_key(&copy.path, key.as_ref()).expect("opened");
    let last: String = raw
        .query_row("SELECT text FROM entry ORDER BY number DESC", (), |row| {
            row.get(0)
        })
        .expect("the same key opens it");
    assert_eq!(last, format!("{CANARY} in the log"));
    drop(raw);
    assert!(copy.open("wrong").is_err());
    assert_eq!(texts(&copy.open("open").expect("opened")).len(), 29);
    // Nothing else was left where it was made.
    assert_eq!(fs::read_dir(to.path()).expect("readable").count(), 1);
}

/// What a journal goes by besides its file outlives the file's replacement.
#[test]
fn converting_keeps_the_day_that_brings_entries_back() {
    let place = Place::new();
    let mut journal = Journal::open(&place.path, now(), &mut ask_nobody).expect("made");
    let entry = journal.write(page("hidden until today"), today(), now());
    let number = entry.expect("written").number;
    let until_today = Some(Away::Until(today()));
    let away = journal.put_away(&[number], until_today, now());
    assert_eq!(away.expect("put away"), [number]);
    let count = |journal: &Journal| journal.count(&Filter::default()).expect("counted");
    assert_eq!(count(&journal), 0, "no day is known");
    let journal = journal.with(Settings {
        today: Some(today()),
        ..Settings::default()
    });
    assert_eq!(count(&journal), 1);
    let journal = journal.encrypt(&passphrase("first")).expect("encrypted");
    assert_eq!(count(&journal), 1);
    assert_eq!(count(&journal.decrypt().expect("decrypted")), 1);
}

#[test]
fn converting_changes_nothing_but_the_key() {
    let place = Place::plain();
    let before = everything(&place.path, None);
    let convert = |from: Option<&str>, to: Option<&str>| -> Option<Key> {
        let journal = match from {
            None => Journal::open(&place.path, now(), &mut ask_nobody),
            Some(typed) => place.open(typed),
        };
        let journal = journal.expect("opened");
        let journal = match to {
            Some(typed) => journal.encrypt(&passphrase(typed)),
            None => journal.decrypt(),
        };
        let journal = journal.expect("converted");
        assert_eq!(journal.damaged_pages().expect("checked"), [""; 0]);
        journal.key().cloned()
    };
    let mut salts = BTreeSet::new();
    for (from, to) in [
        (None, Some("first")),
        (Some("first"), Some("second")),
        // With the same passphrase the key is another all the same.
        (Some("second"), Some("second")),
        (Some("second"), None),
    ] {
        let key = convert(from, to);
        assert!(
            everything(&place.path, key.as_ref()) == before,
            "{from:?} {to:?}"
        );
        assert_eq!(place.files().len(), 1, "{:?}", place.files().first());
        assert_eq!(key.is_some(), to.is_some());
        if let Some(key) = key {
            assert!(salts.insert(key.salt()), "a salt comes twice");
            assert_eq!(place.bytes()[..16], key.salt());
            place.is_silent("encrypted");
        }
        for wrong in ["first", "second"] {
            if to != Some(wrong) && to.is_some() {
                assert!(place.open(wrong).is_err(), "{wrong} opens what has {to:?}");
            }
        }
    }
    assert!(place.bytes().starts_with(b"SQLite format 3\0"));
    // And it is a journal like any other.
    let mut journal = Journal::open(&place.path, now(), &mut ask_nobody).expect("opened");
    journal.write(page("next"), today(), now()).expect("saved");
    assert_eq!(texts(&journal).last().map(String::as_str), Some("next"));
}

#[test]
fn a_journal_is_converted_when_everybody_has_let_go_of_it() {
    let place = Place::plain();
    let mut other = Journal::open(&place.path, now(), &mut ask_nobody).expect("opened");
    let journal = Journal::open(&place.path, now(), &mut ask_nobody).expect("opened");
    let converting = std::thread::spawn(move || journal.encrypt(&passphrase("open")));
    // Whatever is written meanwhile is in the journal that comes of it.
    for number in 0..20 {
        other
            .write(page(&format!("meanwhile {number}")), today(), now())
            .expect("saved");
    }
    drop(other);
    let journal = converting.join().expect("ended").expect("encrypted");
    let found = texts(&journal);
    assert_eq!(
        found
            .iter()
            .filter(|text| text.starts_with("meanwhile"))
            .count(),
        20
    );
}

#[cfg(unix)]
#[test]
fn a_journal_with_two_names_is_not_converted() {
    let place = Place::plain();
    let other = place.folder.path().join("other name");
    fs::hard_link(&place.path, &other).expect("linked");
    let journal = Journal::open(&place.path, now(), &mut ask_nobody).expect("opened");
    let refused = journal.encrypt(&passphrase("open"));
    assert!(
        matches!(refused, Err(Error::OtherNames { .. })),
        "{refused:?}"
    );
    assert!(Journal::open(&place.path, now(), &mut ask_nobody).is_ok());
    fs::remove_file(other).expect("removed");
    // A link that leads to it stays, and leads to what it became.
    let link = place.folder.path().join("link.db");
    std::os::unix::fs::symlink(&place.path, &link).expect("linked");
    let journal = Journal::open(&link, now(), &mut ask_nobody).expect("opened");
    drop(journal.encrypt(&passphrase("open")).expect("encrypted"));
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    fs::remove_file(&link).expect("removed");
    place.is_silent("behind a link");
    assert!(place.open("open").is_ok());
}

#[cfg(unix)]
#[test]
fn nobody_else_can_look() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::plain();
    fs::set_permissions(&place.path, fs::Permissions::from_mode(0o644)).expect("set");
    let journal = Journal::open(&place.path, now(), &mut ask_nobody).expect("opened");
    let mut journal = journal.encrypt(&passphrase("open")).expect("encrypted");
    journal
        .write(page("with a log"), today(), now())
        .expect("saved");
    let files = fs::read_dir(place.folder.path()).expect("readable");
    let modes: Vec<(PathBuf, u32)> = files
        .map(|entry| entry.expect("readable").path())
        .map(|path| {
            let mode = fs::metadata(&path).expect("there").permissions().mode();
            (path, mode & 0o777)
        })
        .collect();
    assert_eq!(modes.len(), 3, "the journal, its log, and the log's index");
    assert!(modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % sides
    }
}

#[test]
fn a_turned_bit_is_reported_and_never_shown() {
    let place = Place::encrypted("open");
    let journal = place.open("open").expect("opened");
    let whole = texts(&journal);
    assert!(journal.damaged_pages().expect("checked").is_empty());
    drop(journal);
    let bytes = place.bytes();
    let pages = bytes.len() / PAGE;
    assert_eq!(bytes.len() % PAGE, 0);
    let mut dice = Dice(7);
    let (mut refused, mut reported) = (0, 0);
    for turn in 0..3 * pages {
        // Three bits of every page: of its content, of its initialisation vector, of its code.
        // Behind those nothing is used.
        let within = match turn % 3 {
            0 => dice.throw(PAGE - 80),
            1 => PAGE - 80 + dice.throw(16),
            _ => PAGE - 64 + dice.throw(64),
        };
        let at = turn / 3 * PAGE + within;
        let mut turned = bytes.clone();
        turned[at] ^= 1 << dice.throw(8);
        let place = Place::holding(&turned);
        match place.open("open") {
            Err(Error::Damaged { .. } | Error::Locked { .. }) => refused += 1,
            Err(other) => panic!("byte {at}: {other:?}"),
            Ok(journal) => {
                let damaged = journal.damaged_pages().expect("checked");
                assert_eq!(damaged.len(), 1, "byte {at}: {damaged:?}");
                reported += 1;
                match journal.entries(&Filter::default(), Order::OldestFirst, None) {
                    Ok(found) => {
                        let found: Vec<String> = found.into_iter().map(|e| e.text).collect();
                        assert_eq!(found, whole, "byte {at}");
                    }
                    Err(Error::Damaged { .. } | Error::Store { .. }) => {}
                    Err(other) => panic!("byte {at}: {other:?}"),
                }
            }
        }
    }
    assert!(refused > 0 && reported > pages, "{refused} {reported}");
}

#[test]
fn the_right_passphrase_is_told_from_a_damaged_first_page() {
    let place = Place::encrypted("open");
    let bytes = place.bytes();
    let mut turned = bytes.clone();
    turned[100] ^= 1;
    let damaged = Place::holding(&turned);
    assert!(matches!(damaged.open("open"), Err(Error::Damaged { .. })));
    assert!(matches!(damaged.open("wrong"), Err(Error::Locked { .. })));
    // Where the salt is damaged, nobody can tell.
    let mut turned = bytes;
    turned[3] ^= 1;
    let salted = Place::holding(&turned);
    assert!(matches!(salted.open("open"), Err(Error::Locked { .. })));
}

#[test]
fn a_journal_cut_short_is_told() {
    let whole = Place::encrypted("open").bytes();
    for length in [1, 15, 16, 100, 512, 4095] {
        let opened = Place::holding(&whole[..length]).open("open");
        assert!(matches!(opened, Err(Error::NotAJournal { .. })), "{length}");
    }
    for length in [4096, 8192, whole.len() - PAGE, whole.len() - 1] {
        let place = Place::holding(&whole[..length]);
        let damaged = match place.open("open") {
            Err(Error::Damaged { .. } | Error::Store { .. }) => true,
            // All pages of the last table may be there.
            Ok(journal) => {
                let read = journal.entries(&Filter::default(), Order::OldestFirst, None);
                read.is_err()
                    || !journal.damaged_pages().expect("checked").is_empty()
                    || length == whole.len() - PAGE
            }
            Err(other) => panic!("{length}: {other:?}"),
        };
        assert!(damaged, "{length}");
    }
}

/// What a program answers.
fn answer(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    output.expect("it runs").stdout
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key on a printed recovery sheet, as `docs/encryption.md` says how to read it.
fn printed_key(key: &Key) -> String {
    const DIGITS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let line = |line: &str| {
        let digits = line.chars().filter(|c| *c != ' ');
        let number = digits.fold(0_u128, |number, digit| {
            number * 32 + DIGITS.find(digit).expect("a digit") as u128
        });
        hex(&number.to_be_bytes()[6..14])
    };
    key.sheet().iter().map(|printed| line(printed)).collect()
}

/// `docs/encryption.md` says how, so that nobody needs this program for it. Not every system has
/// a shell of SQLCipher 4; Debian 12 has one of SQLCipher 3.
#[test]
fn the_sqlcipher_shell_opens_it() {
    let test = "the_sqlcipher_shell_opens_it";
    if !tools::have_extra("sqlcipher", test) {
        return;
    }
    let version = answer("sqlcipher", &[":memory:", "PRAGMA cipher_version"]);
    let version = String::from_utf8_lossy(&version).trim().to_owned();
    let number = version
        .split('.')
        .next()
        .and_then(|number| number.parse().ok());
    if number.is_none_or(|number: u32| number < 4) {
        tools::skipped("sqlcipher 4", test);
        return;
    }
    let place = Place::encrypted("open");
    let key = place
        .open("open")
        .expect("opened")
        .key()
        .cloned()
        .expect("a key");
    let path = place.path.to_str().expect("a path");
    let run = |pragma: &str| -> String {
        let ask = format!("{pragma}; SELECT count(*) FROM entry; PRAGMA integrity_check;");
        let said = answer("sqlcipher", &[path, &ask]);
        String::from_utf8_lossy(&said).into_owned()
    };
    let printed = printed_key(&key);
    for pragma in [
        format!("PRAGMA key = \"x'{printed}'\""),
        format!("PRAGMA key = \"x'{printed}{}'\"", hex(&key.salt())),
    ] {
        let said = run(&pragma);
        assert_eq!(
            said.lines().collect::<Vec<_>>(),
            ["ok", "29", "ok"],
            "{said}"
        );
    }
    assert!(!run("PRAGMA key = 'open'").contains("29"));
}

/// And as it says further down, a page can be read with nothing but AES.
#[test]
fn the_openssl_command_reads_a_page() {
    if !tools::have("openssl", "the_openssl_command_reads_a_page") {
        return;
    }
    let place = Place::encrypted("open");
    let key = place
        .open("open")
        .expect("opened")
        .key()
        .cloned()
        .expect("a key");
    let file = place.bytes();
    let mut said = 0;
    for (number, page) in file.chunks(PAGE).enumerate() {
        // The salt has the place of the first bytes of the file.
        let start = if number == 0 { 16 } else { 0 };
        let sealed = place.folder.path().join("page");
        fs::write(&sealed, &page[start..PAGE - 80]).expect("written");
        let (key, vector) = (hex(key.bytes()), hex(&page[PAGE - 80..PAGE - 64]));
        let sealed = sealed.to_str().expect("a path");
        let arguments = [
            "enc",
            "-d",
            "-aes-256-cbc",
            "-nopad",
            "-K",
            &key,
            "-iv",
            &vector,
            "-in",
            sealed,
        ];
        let open = answer("openssl", &arguments);
        assert_eq!(open.len(), PAGE - 80 - start);
        if number == 0 {
            // Pages of 4096 bytes, in WAL mode, with 80 bytes at their ends for others.
            assert_eq!(open[..5], [0x10, 0x00, 2, 2, 80]);
        }
        let canary = CANARY.as_bytes();
        said += open
            .windows(canary.len())
            .filter(|part| *part == canary)
            .count();
    }
    assert!(said >= 28, "{said}");
}
