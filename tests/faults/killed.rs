//! kill -9 at every call that writes.

use std::fs;
use std::path::Path;

use onward::drafts::{DraftMetadata, Drafts, page_file};

use super::aftermath::{now, page, seed, texts, today};
use super::strace::tracing;
use crate::sandbox::{Ran, Sandbox};
use crate::tools::{have_strace, say};

/// Everything that changes a file or a folder, or makes a change last.
pub(crate) const WRITES: [&str; 14] = [
    "pwrite64",
    "write",
    "ftruncate",
    "fdatasync",
    "fsync",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "openat",
];

/// What a sweep saw.
#[derive(Debug, Default)]
struct Seen {
    points: usize,
    damaged: Vec<String>,
    lost: Vec<String>,
    left_over: usize,
}

/// Runs `onward write` on what `prepare` makes, killing it at every write in turn, and looks
/// at what is left. `before` is what the journal had.
fn sweep(name: &str, before: &[String], prepare: impl Fn() -> Sandbox) {
    if !have_strace(name) {
        return;
    }
    const TEXT: &str = "written while the power fails";
    let args = ["write", TEXT];
    let mut after = before.to_vec();
    after.push(TEXT.to_owned());
    let mut seen = Seen::default();
    for call in WRITES {
        for at in 1.. {
            let sandbox = prepare();
            let inject = format!("inject=?{call}:signal=SIGKILL:when={at}");
            let trace = tracing(&[call]);
            let strace = ["-e", trace.as_str(), "-e", inject.as_str()];
            let ran = Ran::of(sandbox.traced(&strace, Path::new("/dev/null"), &args), None);
            if ran.signal != Some(9) {
                assert_eq!(ran.code, Some(0), "{call} {at}: {}", ran.stderr);
                break;
            }
            seen.points += 1;
            let point = format!("{call} {at}");
            seen.left_over += left_over(&sandbox.data());
            let in_the_making = is_in_the_making(&sandbox.journal());
            match texts(&sandbox.journal()) {
                Err(wrong) => seen.damaged.push(format!("{point}: {wrong}")),
                Ok(found) if found == after => {}
                Ok(found) if found == before && !ran.said_saved() => {}
                Ok(found) => seen.lost.push(format!("{point}: {found:?}")),
            }
            // Whoever makes it or brings it up to date after all clears that away.
            if in_the_making {
                assert_eq!(left_over(&sandbox.data()), 0, "{point}");
            }
            // And life goes on.
            let mut journal = crate::sealed::open(&sandbox.journal(), now()).expect(&point);
            journal.write(page("next"), today(), now()).expect(&point);
            journal.purge(&[]).expect(&point);
            assert_eq!(left_over(&sandbox.data()), 0, "{point}");
            drop(journal);
            let next = texts(&sandbox.journal()).expect(&point);
            assert_eq!(next.last().map(String::as_str), Some("next"), "{point}");
        }
    }
    say(&format!(
        "{name}: killed at {} points, {} damaged, {} acknowledged and lost, {} unfinished files \
         left beside the journal",
        seen.points,
        seen.damaged.len(),
        seen.lost.len(),
        seen.left_over,
    ));
    assert!(seen.points > 40, "{seen:?}");
    assert!(seen.damaged.is_empty() && seen.lost.is_empty(), "{seen:#?}");
}

/// What an interrupted creation or copy left.
fn left_over(data: &Path) -> usize {
    fs::read_dir(data)
        .expect("readable")
        .filter(|found| {
            let name = found.as_ref().expect("readable").file_name();
            name.to_string_lossy().starts_with('.')
        })
        .count()
}

/// Whether there is no journal yet, or one of an older layout.
fn is_in_the_making(journal: &Path) -> bool {
    !journal.exists()
        || crate::sealed::raw(journal)
            .and_then(|raw| raw.query_row("PRAGMA user_version", (), |row| row.get(0)))
            .is_ok_and(|version: i64| version == 1)
}

fn pages(number: i64) -> Vec<String> {
    (1..=number).map(|n| format!("page {n}")).collect()
}

#[test]
fn while_writing_into_a_journal() {
    let journal = seed(3);
    sweep("kill -9 in a write", &pages(3), || {
        Sandbox::with(&[("journal.db", &journal)])
    });
}

/// A draft that is taken up becomes one page, wherever the program is killed.
#[test]
fn while_taking_up_a_draft() {
    const TEXT: &str = "kept while the power failed";
    if !have_strace("kill -9 in write --resume") {
        return;
    }
    let journal = seed(1);
    let mut points = 0;
    for call in WRITES {
        for at in 1.. {
            let sandbox = Sandbox::with(&[("journal.db", &journal)]);
            let metadata = DraftMetadata {
                begun: "2026-11-22T21:30:00+01:00".to_owned(),
                day: "2026-11-22".to_owned(),
                ..DraftMetadata::default()
            };
            let drafts = Drafts::of(&sandbox.journal());
            let draft = drafts.begin(&metadata, &page_file::compose(TEXT, ""));
            drop(draft.expect("begun"));
            let inject = format!("inject=?{call}:signal=SIGKILL:when={at}");
            let trace = tracing(&[call]);
            let strace = ["-e", trace.as_str(), "-e", inject.as_str()];
            let args = ["write", "--resume"];
            let ran = Ran::of(sandbox.traced(&strace, Path::new("/dev/null"), &args), None);
            if ran.signal != Some(9) {
                assert_eq!(ran.code, Some(0), "{call} {at}: {}", ran.stderr);
                break;
            }
            points += 1;
            sandbox.run(args);
            let found = texts(&sandbox.journal()).expect("readable");
            let times = found.iter().filter(|text| *text == TEXT).count();
            assert_eq!(times, 1, "{call} {at}: {found:?}");
        }
    }
    assert!(points > 40, "{points}");
}

#[test]
fn while_making_a_journal() {
    sweep("kill -9 in the first write", &[], Sandbox::in_memory);
}

#[test]
fn while_writing_after_a_crash() {
    // The log of a process that was killed lies beside the journal.
    let sandbox = Sandbox::with(&[("journal.db", &seed(3))]);
    let mut journal = crate::sealed::open(&sandbox.journal(), now()).expect("opened");
    for text in ["page 4", "page 5"] {
        journal.write(page(text), today(), now()).expect("saved");
    }
    let file = fs::read(sandbox.journal()).expect("readable");
    let log = fs::read(sandbox.data().join("journal.db-wal")).expect("readable");
    drop(journal);
    sweep("kill -9 in a write after a crash", &pages(5), || {
        Sandbox::with(&[("journal.db", &file), ("journal.db-wal", &log)])
    });
}

#[test]
fn while_bringing_a_journal_up_to_date() {
    let old = Sandbox::in_memory();
    crate::sealed::raw(&old.journal())
        .expect("opened")
        .execute_batch(include_str!("../golden/layout-1.sql"))
        .expect("made");
    let file = fs::read(old.journal()).expect("readable");
    let before = texts(&old.journal()).expect("sound");
    assert_eq!(before.len(), 4);
    sweep("kill -9 in an upgrade", &before, || {
        Sandbox::with(&[("journal.db", &file)])
    });
}

/// What a power cut would leave: nothing is called saved before the disk has it.
#[test]
fn the_disk_has_it_before_it_is_called_saved() {
    const CALLS: [&str; 9] = [
        "pwrite64",
        "write",
        "fdatasync",
        "fsync",
        "rename",
        "renameat",
        "renameat2",
        "link",
        "linkat",
    ];
    if !have_strace("the_disk_has_it_before_it_is_called_saved") {
        return;
    }
    let run = |sandbox: &Sandbox| -> Vec<String> {
        let log = sandbox.home().join("log");
        let strace = ["-y", "-e", &tracing(&CALLS)];
        let ran = Ran::of(sandbox.traced(&strace, &log, &["write", "durable"]), None);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let log = fs::read_to_string(log).expect("a log");
        let said = log.lines().position(|line| line.contains("\"Saved #"));
        let said = said.expect("it was said");
        log.lines().take(said).map(str::to_owned).collect()
    };
    let last = |log: &[String], calls: &[&str], what: &str| {
        log.iter().rposition(|line| {
            let call = line.split_whitespace().nth(1).unwrap_or("");
            calls
                .iter()
                .any(|name| call.starts_with(&format!("{name}(")))
                && line.contains(what)
        })
    };
    let syncs = ["fdatasync", "fsync"];

    let written = Sandbox::with(&[("journal.db", &seed(1))]);
    let log = run(&written);
    let write = last(&log, &["pwrite64"], "journal.db-wal>").expect("the log was written");
    let sync = last(&log, &syncs, "journal.db-wal>").expect("the log was synced");
    assert!(write < sync, "written {write}, synced {sync}: {log:#?}");

    // A new journal: the file before it gets its name, and then the name.
    let made = Sandbox::in_memory();
    let log = run(&made);
    let renames = ["rename", "renameat", "renameat2", "link", "linkat"];
    let rename = last(&log, &renames, "journal.db\"").expect("it was named");
    let before = &log[..rename];
    let write = last(before, &["pwrite64"], ".new/").expect("the file was written");
    let sync = last(before, &syncs, ".new/").expect("the file was synced");
    assert!(write < sync, "written {write}, synced {sync}: {log:#?}");
    let folder = format!("{}>", made.data().display());
    let folder = last(&log, &syncs, &folder).expect("the folder was synced");
    assert!(rename < folder, "{log:#?}");
}
