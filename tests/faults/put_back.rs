//! A log beside a file that it does not belong to: after a crash somebody put another file in
//! the journal's place, by hand or with a program that keeps folders in step.

use std::fs;
use std::path::Path;

use onward::journal::Journal;

use super::aftermath::{now, page, texts, today};
use crate::sandbox::Sandbox;
use crate::sealed;

/// What a crash leaves: the file and its log.
struct Crash {
    file: Vec<u8>,
    log: Vec<u8>,
}

fn write(journal: &mut Journal, numbers: std::ops::RangeInclusive<i64>) {
    for number in numbers {
        let text = format!("page {number} {}", "of many words ".repeat(40));
        journal.write(page(&text), today(), now()).expect("saved");
    }
}

/// Writes pages as so many commands do, and returns the file.
fn grown(path: &Path, numbers: std::ops::RangeInclusive<i64>) -> Vec<u8> {
    for number in numbers {
        write(
            &mut sealed::open(path, now()).expect("opened"),
            number..=number,
        );
    }
    fs::read(path).expect("readable")
}

/// Writes pages, and the machine stops before the log is moved into the file.
fn crashed(path: &Path, numbers: std::ops::RangeInclusive<i64>) -> Crash {
    let mut journal = sealed::open(path, now()).expect("opened");
    write(&mut journal, numbers);
    let read = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        fs::read(name).expect("readable")
    };
    let (file, log) = (read(""), read("-wal"));
    Crash { file, log }
}

/// The commands that open a journal, and their statuses.
const OPENING: [(&[&str], i32); 4] = [
    (&["list"], 0),
    (&["doctor"], 1),
    (&["backup"], 0),
    (&["write", "--free", "and on"], 0),
];

/// Looks at the file with this log beside it: it is as it was, and the log is set aside.
#[track_caller]
fn is_set_aside(what: &str, file: &[u8], log: &[u8]) {
    for (command, status) in OPENING {
        let sandbox = Sandbox::with(&[("journal.db", file), ("journal.db-wal", log)]);
        let aside = sandbox.data().join("journal.db.log-set-aside");
        let ran = sandbox.onward(command);
        assert_eq!(ran.code, Some(status), "{what}: {ran:?}");
        let told = ran.stderr.matches(&*aside.to_string_lossy()).count();
        assert_eq!(told, 1, "{what}: {ran:?}");
        assert_eq!(fs::read(&aside).expect(what), log, "{what}");
        if command[0] != "write" {
            assert!(fs::read(sandbox.journal()).expect(what) == file, "{what}");
        }
        if command[0] == "doctor" {
            assert!(ran.stdout.contains("was set aside"), "{what}: {ran:?}");
        }
        texts(&sandbox.journal()).expect(what);
        let again = sandbox.onward(&["list"]);
        assert!(!again.stderr.contains("set aside"), "{what}: {again:?}");
    }
}

/// Looks at the file with this log beside it: the log is part of the journal.
#[track_caller]
fn is_used(what: &str, file: &[u8], log: &[u8], pages: usize) {
    for (command, _) in OPENING {
        let sandbox = Sandbox::with(&[("journal.db", file), ("journal.db-wal", log)]);
        let ran = sandbox.onward(command);
        assert!(!ran.stderr.contains("set aside"), "{what}: {ran:?}");
        let written = usize::from(command[0] == "write");
        let found = texts(&sandbox.journal()).expect(what);
        assert_eq!(found.len(), pages + written, "{what}: {command:?}");
    }
}

#[test]
fn an_older_or_newer_file() {
    let sandbox = Sandbox::in_memory();
    let path = sandbox.journal();
    let oldest = grown(&path, 1..=12);
    let older = grown(&path, 13..=13);
    let before = grown(&path, 14..=20);
    let crash = crashed(&path, 21..=21);
    is_set_aside("long before", &oldest, &crash.log);
    is_set_aside("some time before", &older, &crash.log);
    is_used("as it was left", &crash.file, &crash.log, 21);
    assert!(crash.file == before);
    // Whoever opens it next moves the log into the file.
    let after = grown(&path, 22..=22);
    let much_later = grown(&path, 23..=40);
    is_set_aside("after", &after, &crash.log);
    is_set_aside("much later", &much_later, &crash.log);
}

#[test]
fn a_file_from_the_middle_of_its_log() {
    let sandbox = Sandbox::in_memory();
    let path = sandbox.journal();
    grown(&path, 1..=5);
    let crash = crashed(&path, 6..=9);
    is_used("a log of several changes", &crash.file, &crash.log, 9);
    // Every change of the log is in this one already.
    let moved = fs::read(&path).expect("readable");
    is_used("a log that was moved", &moved, &crash.log, 9);
    // The file of a power cut in the middle of that: any of its pages may be there.
    for nth in [1, 2, 3] {
        let mut torn = crash.file.clone();
        for (at, (torn, moved)) in torn.chunks_mut(4096).zip(moved.chunks(4096)).enumerate() {
            if at % nth == 0 {
                torn.copy_from_slice(moved);
            }
        }
        is_used("half moved", &torn, &crash.log, 9);
    }
}

#[test]
fn a_log_that_began_while_the_journal_was_open() {
    let sandbox = Sandbox::in_memory();
    let path = sandbox.journal();
    grown(&path, 1..=3);
    let mut journal = sealed::open(&path, now()).expect("opened");
    // More than SQLite lets a log grow to, so that it begins again.
    for number in 0..40 {
        let text = format!("{number} {}", "a long page ".repeat(20_000));
        journal.write(page(&text), today(), now()).expect("saved");
        let log = fs::read(sandbox.data().join("journal.db-wal")).expect("there");
        let file = fs::read(&path).expect("there");
        if number % 8 == 7 {
            let sandbox = Sandbox::with(&[("journal.db", &file), ("journal.db-wal", &log)]);
            let ran = sandbox.onward(&["list"]);
            assert!(!ran.stderr.contains("set aside"), "{number}: {ran:?}");
            let found = texts(&sandbox.journal()).expect("sound");
            assert_eq!(found.len(), 3 + number + 1);
        }
    }
}

#[test]
fn the_log_of_another_journal() {
    let (one, other) = (Sandbox::in_memory(), Sandbox::in_memory());
    grown(&one.journal(), 1..=4);
    let first = crashed(&one.journal(), 5..=5);
    // The same pages, as often saved.
    grown(&other.journal(), 1..=4);
    let second = crashed(&other.journal(), 5..=5);
    is_set_aside("another journal's", &first.file, &second.log);
    is_set_aside("and the other way round", &second.file, &first.log);
}

#[test]
fn two_copies_that_went_their_own_ways() {
    let sandbox = Sandbox::in_memory();
    let path = sandbox.journal();
    let parent = grown(&path, 1..=5);
    let here = grown(&path, 6..=6);
    let crash = crashed(&path, 7..=7);
    let other = Sandbox::with(&[("journal.db", &parent)]);
    let there = grown(&other.journal(), 6..=6);
    is_used("its own", &here, &crash.log, 7);
    is_set_aside("its sister's", &there, &crash.log);
}

#[cfg(feature = "encryption")]
#[test]
fn a_twin_that_opens_otherwise() {
    if sealed::skip(
        "a_twin_that_opens_otherwise",
        "it encrypts its journal itself",
    ) {
        return;
    }
    let sandbox = Sandbox::in_memory();
    let path = sandbox.journal();
    let plain = grown(&path, 1..=5);
    let passphrase = sealed::passphrase(sealed::PASSPHRASE);
    let key = passphrase.new_key().expect("a key");
    let mut store = onward::store::Store::open(&path, &mut sealed::ask)
        .expect("opened")
        .expect("there");
    store = store.convert(Some(&key)).expect("encrypted");
    drop(store);
    let encrypted = fs::read(&path).expect("readable");
    let of_encrypted = crashed(&path, 6..=6);
    is_used_with_passphrase(&of_encrypted);
    is_set_aside("the plain one", &plain, &of_encrypted.log);
    let other = Sandbox::with(&[("journal.db", &plain)]);
    let of_plain = crashed(&other.journal(), 6..=6);
    let sandbox = Sandbox::with(&[
        ("journal.db", &encrypted),
        ("journal.db-wal", &of_plain.log),
    ]);
    assert_eq!(texts(&sandbox.journal()).expect("sound").len(), 5);
    assert!(sandbox.data().join("journal.db.log-set-aside").exists());
}

#[cfg(feature = "encryption")]
fn is_used_with_passphrase(crash: &Crash) {
    let sandbox = Sandbox::with(&[("journal.db", &crash.file), ("journal.db-wal", &crash.log)]);
    assert_eq!(texts(&sandbox.journal()).expect("sound").len(), 6);
    assert!(!sandbox.data().join("journal.db.log-set-aside").exists());
}
