//! Encrypting, decrypting and changing the passphrase: killed at every call that writes, and
//! while others write.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use onward::Error;
use onward::journal::{Journal, UnlockSecret, ask_nobody};
use onward::model::{Filter, Order};

use super::aftermath::{now, page};
use super::killed::WRITES;
use super::strace::tracing;
use crate::sandbox::{PROGRAM, Ran, Sandbox};
use crate::sealed;
use crate::tools::{have_strace, say};

const CANARY: &str = "canary-under-the-bridge";
const OLD: &str = "the old one";
const NEW: &str = "the new one";

/// What opens a journal: nothing at all, or a passphrase.
type Opens = Option<&'static str>;

/// A conversion: its arguments, and what opens the journal before and after it.
struct Conversion {
    args: &'static [&'static str],
    before: Opens,
    after: Opens,
}

const ENCRYPT: Conversion = Conversion {
    args: &["encrypt", "--passphrase-fd", "8"],
    before: None,
    after: Some(NEW),
};
const CHANGE: Conversion = Conversion {
    args: &[
        "passphrase",
        "--passphrase-fd",
        "9",
        "--new-passphrase-fd",
        "8",
    ],
    before: Some(OLD),
    after: Some(NEW),
};
const DECRYPT: Conversion = Conversion {
    args: &["decrypt", "--passphrase-fd", "9", "--yes"],
    before: Some(OLD),
    after: None,
};

/// A journal that is opened so, with a log that was not moved into it.
fn prepared(opens: Opens) -> Sandbox {
    let made = Sandbox::in_memory();
    let path = made.journal();
    let mut journal = match opens {
        None => Journal::open(&path, now(), &mut ask_nobody),
        Some(typed) => Journal::create_encrypted(&path, now(), &sealed::passphrase(typed)),
    }
    .expect("made");
    for text in texts() {
        journal
            .write(page(&text), page("").day, now())
            .expect("saved");
    }
    let sandbox = Sandbox::in_memory();
    for name in ["journal.db", "journal.db-wal"] {
        fs::copy(made.data().join(name), sandbox.data().join(name)).expect("copied");
    }
    // Others may read what `cp` makes; what is tried here is something else.
    for (name, typed) in [("old", OLD), ("new", NEW)] {
        fs::write(sandbox.home().join(name), typed).expect("written");
    }
    sandbox
}

fn texts() -> Vec<String> {
    (1..=3).map(|number| format!("{CANARY} {number}")).collect()
}

/// The program with both passphrases at hand, by way of something else.
fn program(sandbox: &Sandbox, before: &[&str], args: &[&str]) -> Command {
    // What opens the files with the passphrases is not to be traced.
    let mut command = sandbox.program("sh", &["-c", "exec \"$@\" 8<new 9<old", "sh"]);
    command
        .current_dir(sandbox.home())
        .env("ONWARD_TRIAL_KEYS", "1")
        .env_remove("ONWARD_TRIAL_ENCRYPTED")
        .args(before)
        .arg(PROGRAM)
        .args(args);
    command
}

/// What is in the journal, if this is what opens it.
fn opened(journal: &Path, opens: Opens) -> Option<Vec<String>> {
    let plain = fs::read(journal)
        .expect("there")
        .starts_with(b"SQLite format 3\0");
    if plain != opens.is_none() {
        return None;
    }
    let journal = Journal::open(journal, now(), &mut |locked| match opens {
        Some(typed) if locked.tries == 0 => {
            Ok(UnlockSecret::Passphrase(sealed::passphrase(typed)))
        }
        _ => ask_nobody(locked),
    });
    match journal {
        Ok(journal) => {
            let found = journal.entries(&Filter::default(), Order::OldestFirst, None);
            Some(
                found
                    .expect("readable")
                    .into_iter()
                    .map(|entry| entry.text)
                    .collect(),
            )
        }
        Err(Error::Locked { .. }) => None,
        Err(error) => panic!("{error:?}"),
    }
}

fn names(sandbox: &Sandbox) -> Vec<String> {
    let found = fs::read_dir(sandbox.data()).expect("readable");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    found.map(|entry| name(entry.expect("readable"))).collect()
}

fn says_canary(sandbox: &Sandbox) -> bool {
    names(sandbox).iter().any(|name| {
        let bytes = fs::read(sandbox.data().join(name)).unwrap_or_default();
        bytes.windows(6).any(|part| part == b"canary")
    })
}

fn sweep(name: &str, conversion: &Conversion) {
    if !have_strace(name) || sealed::skip(name, "it encrypts what it needs itself") {
        return;
    }
    assert!(
        says_canary(&prepared(None)),
        "the test looks in the right place"
    );
    let (mut points, mut done, mut left_over) = (0, 0, 0);
    for call in WRITES {
        for at in 1.. {
            let sandbox = prepared(conversion.before);
            let inject = format!("inject=?{call}:signal=SIGKILL:when={at}");
            let trace = tracing(&[call]);
            let strace = [
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                &trace,
                "-e",
                &inject,
            ];
            let ran = Ran::of(program(&sandbox, &strace, conversion.args), None);
            let point = format!("{name}: {call} {at}");
            let ended = ran.signal != Some(9);
            if ended {
                assert_eq!(ran.code, Some(0), "{point}: {ran:?}");
                assert_eq!(names(&sandbox), ["journal.db"], "{point}");
            }
            left_over += usize::from(names(&sandbox).iter().any(|name| name.starts_with('.')));
            // The next run, which only reads. What it needs stands in one of the two files.
            let found = [conversion.before, conversion.after].map(|opens| {
                let list = match opens {
                    Some(NEW) => ["list", "--passphrase-fd", "8"],
                    _ => ["list", "--passphrase-fd", "9"],
                };
                let encrypted = !fs::read(sandbox.journal())
                    .expect("there")
                    .starts_with(b"SQLite");
                let ran = Ran::of(program(&sandbox, &[], &list), None);
                assert!(
                    ran.code == Some(0) || encrypted && ran.code == Some(4),
                    "{point}: {ran:?}"
                );
                (opens, opened(&sandbox.journal(), opens))
            });
            let [before, after] = &found;
            assert!(
                before.1.is_some() != after.1.is_some(),
                "{point}: exactly one opens it: {found:?}"
            );
            let read = before.1.as_ref().or(after.1.as_ref()).expect("one");
            assert_eq!(*read, texts(), "{point}");
            assert!(!ended || after.1.is_some(), "{point}");
            assert_eq!(
                names(&sandbox),
                ["journal.db"],
                "{point}: something is left over"
            );
            let opens = if after.1.is_some() { after.0 } else { before.0 };
            if opens.is_some() {
                assert!(!says_canary(&sandbox), "{point}");
            }
            let raw = fs::read(sandbox.journal()).expect("there");
            if opens.is_none() {
                // 2 for a journal with a log.
                assert_eq!(raw[18..20], [2, 2], "{point}");
            }
            if ended {
                break;
            }
            points += 1;
            done += usize::from(after.1.is_some());
        }
    }
    say(&format!(
        "{name}: killed at {points} points, {done} times done all the same, {left_over} times \
         with something left over, which the next run removed; always exactly one way in, and \
         every text"
    ));
    assert!(
        points > 60 && done > 0 && left_over > 0,
        "{points} {done} {left_over}"
    );
}

#[test]
fn killed_while_encrypting() {
    sweep("killed while encrypting", &ENCRYPT);
}

#[test]
fn killed_while_changing_the_passphrase() {
    sweep("killed while changing the passphrase", &CHANGE);
}

#[test]
fn killed_while_decrypting() {
    sweep("killed while decrypting", &DECRYPT);
}

#[test]
fn no_space_while_converting() {
    let test = "no_space_while_converting";
    if !have_strace(test) || sealed::skip(test, "it encrypts what it needs itself") {
        return;
    }
    let mut points = 0;
    for conversion in [ENCRYPT, CHANGE, DECRYPT] {
        for call in ["pwrite64", "fsync", "fdatasync", "rename", "mkdir"] {
            for at in 1.. {
                let sandbox = prepared(conversion.before);
                // Ends of the log's index are no loss; what matters is that it goes on failing.
                let inject = format!("inject=?{call}:error=ENOSPC:when={at}+");
                let trace = tracing(&[call]);
                let strace = [
                    "strace",
                    "-f",
                    "-qq",
                    "-o",
                    "/dev/null",
                    "-e",
                    &trace,
                    "-e",
                    &inject,
                ];
                let ran = Ran::of(program(&sandbox, &strace, conversion.args), None);
                let point = format!("{:?}: {call} {at}", conversion.args);
                assert_eq!(ran.signal, None, "{point}: {ran:?}");
                let read = opened(&sandbox.journal(), conversion.before);
                if ran.code == Some(0) {
                    let read = opened(&sandbox.journal(), conversion.after);
                    assert_eq!(read, Some(texts()), "{point}: {ran:?}");
                    break;
                }
                points += 1;
                ran.ended_well(&point);
                let read = read.or_else(|| opened(&sandbox.journal(), conversion.after));
                assert_eq!(read, Some(texts()), "{point}: {ran:?}");
                let left: Vec<String> = names(&sandbox);
                assert!(
                    !left.iter().any(|name| name.starts_with('.')),
                    "{point}: {left:?}"
                );
            }
        }
    }
    say(&format!(
        "no space while converting: {points} points, nothing lost, nothing left over"
    ));
    assert!(points > 30, "{points}");
}

#[test]
fn others_that_write_meanwhile() {
    const WRITERS: usize = 3;
    const PAGES: usize = 12;
    if sealed::skip(
        "others_that_write_meanwhile",
        "it encrypts what it needs itself",
    ) {
        return;
    }
    let sandbox = prepared(None);
    let run = |args: &[&str]| {
        let mut command = program(&sandbox, &[], args);
        let print = format!("/usr/bin/printf %s '{OLD}'");
        command.env("ONWARD_PASSPHRASE_COMMAND", print);
        Ran::of(command, None)
    };
    let writing = AtomicUsize::new(WRITERS);
    let (saved, converted) = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (run, writing) = (&run, &writing);
                scope.spawn(move || {
                    let mut saved = Vec::new();
                    for number in 0..PAGES {
                        let text = format!("writer {writer} page {number}");
                        let ran = run(&["write", &text]);
                        if ran.said_saved() {
                            saved.push(text);
                        } else {
                            assert_eq!(ran.code, Some(1), "{ran:?}");
                        }
                    }
                    writing.fetch_sub(1, Ordering::SeqCst);
                    saved
                })
            })
            .collect();
        let mut converted = 0;
        while writing.load(Ordering::SeqCst) > 0 {
            for args in [&["encrypt"][..], &["decrypt", "--yes"]] {
                let ran = run(args);
                assert!([Some(0), Some(1)].contains(&ran.code), "{ran:?}");
                converted += usize::from(ran.code == Some(0));
            }
        }
        let saved: Vec<String> = writers
            .into_iter()
            .flat_map(|writer| writer.join().expect("ended"))
            .collect();
        (saved, converted)
    });
    let mut found = [None, Some(OLD)]
        .into_iter()
        .find_map(|opens| opened(&sandbox.journal(), opens))
        .expect("one opens it");
    found.retain(|text| text.starts_with("writer"));
    let mut expect = saved.clone();
    found.sort();
    expect.sort();
    assert_eq!(found, expect, "what was saved is there, and nothing else");
    say(&format!(
        "{} of {} pages saved while the journal was converted {converted} times, none lost",
        saved.len(),
        WRITERS * PAGES
    ));
    assert!(converted >= 2, "{converted}");
    assert!(saved.len() * 2 > WRITERS * PAGES, "{}", saved.len());
}
