//! Copies that can be trusted: a backup and a journal that is being replaced, killed at every
//! write, on a disk that fails, and while others write; bits that turned in a journal.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use onward::model::{Filter, Order};
use onward::store::Store;

use super::aftermath::{now, page, seed, texts, today};
use super::killed::WRITES;
use super::strace::{onward, tracing};
use crate::sandbox::{Ran, Sandbox};
use crate::tools::{have_strace, say};

/// A journal with so many pages, as a crash left it: the last three are in the log alone.
fn crashed(pages: i64) -> Vec<(&'static str, Vec<u8>)> {
    let sandbox = Sandbox::with(&[("journal.db", &seed(pages - 3))]);
    let mut journal = crate::sealed::open(&sandbox.journal(), now()).expect("opened");
    for number in pages - 2..=pages {
        let text = format!("page {number}");
        journal.write(page(&text), today(), now()).expect("saved");
    }
    ["journal.db", "journal.db-wal"]
        .map(|name| (name, fs::read(sandbox.data().join(name)).expect("readable")))
        .into()
}

fn with(files: &[(&'static str, Vec<u8>)]) -> Sandbox {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, it)| (*name, &it[..])).collect();
    Sandbox::with(&files)
}

fn pages(number: i64) -> Vec<String> {
    (1..=number).map(|n| format!("page {n}")).collect()
}

/// Everything in a folder, with what is below it.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(below(&entry.path()));
        }
        found.push(entry.path());
    }
    found
}

/// What was broken off in the making, and files of the database that belong to nothing.
fn left_over(sandbox: &Sandbox) -> Vec<PathBuf> {
    let mut found = below(&sandbox.data());
    found.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with('.') || name.ends_with("-journal")
    });
    found
}

/// Every copy of the journal that has its name: each is a whole journal.
fn copies_are_whole(sandbox: &Sandbox, known: &[Vec<String>], point: &str) -> usize {
    let is_copy = |path: &&PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let inside = path.strip_prefix(sandbox.data()).unwrap_or(path);
        let mut parts = inside.iter().map(|part| part.to_string_lossy());
        let hidden = parts.any(|part| part.starts_with('.'));
        let named = name.starts_with("journal-2") || name.contains(".before-restore-");
        named && !hidden && !name.ends_with("-wal")
    };
    let all = below(&sandbox.data());
    let copies: Vec<_> = all.iter().filter(is_copy).collect();
    for copy in &copies {
        let store = Store::open_copy(copy, &mut crate::sealed::ask).expect(point);
        let findings = store.check(&|| Ok(())).expect(point);
        assert!(findings.is_empty(), "{point}: {findings:?}");
        let journal = crate::sealed::open_to_read(copy).expect(point);
        let entries = journal.entries(&Filter::default(), Order::OldestFirst, None);
        let texts: Vec<_> = entries
            .expect(point)
            .into_iter()
            .map(|it| it.text)
            .collect();
        assert!(known.contains(&texts), "{point}: {}", copy.display());
    }
    copies.len()
}

/// Kills a command at every write in turn. `known` are the texts the journal may have.
fn sweep(name: &str, args: &[&str], known: &[Vec<String>], prepare: impl Fn() -> Sandbox) {
    if !have_strace(name) {
        return;
    }
    let (mut points, mut broken_off, mut seen) = (0, 0, BTreeSet::new());
    for call in WRITES {
        for at in 1.. {
            let sandbox = prepare();
            let inject = format!("inject=?{call}:signal=SIGKILL:when={at}");
            let trace = tracing(&[call]);
            let strace = ["-e", trace.as_str(), "-e", inject.as_str()];
            let ran = Ran::of(sandbox.traced(&strace, Path::new("/dev/null"), args), None);
            if ran.signal != Some(9) {
                assert_eq!(ran.code, Some(0), "{call} {at}: {}", ran.stderr);
                break;
            }
            points += 1;
            let point = format!("{name}: {call} {at}");
            broken_off += usize::from(!left_over(&sandbox).is_empty());
            copies_are_whole(&sandbox, known, &point);
            let found = texts(&sandbox.journal()).expect(&point);
            let which = known.iter().position(|known| *known == found);
            seen.insert(which.unwrap_or_else(|| panic!("{point}: {found:?}")));
            let doctor = Store::open_to_check(&sandbox.journal(), &mut crate::sealed::ask)
                .expect(&point);
            let findings = doctor.expect(&point).check(&|| Ok(())).expect(&point);
            assert!(findings.is_empty(), "{point}: {findings:?}");
            // The next time it works, and what was broken off is gone.
            let ran = sandbox.onward(args);
            assert_eq!(ran.code, Some(0), "{point}: {ran:?}");
            assert_eq!(left_over(&sandbox), [] as [PathBuf; 0], "{point}");
        }
    }
    say(&format!(
        "{name}: killed at {points} points, always one of {} journals, never a mix; {broken_off} \
         times something was broken off, and cleared away the next time",
        seen.len()
    ));
    assert!(points > 40 && broken_off > 5, "{points}, {broken_off}");
    assert_eq!(seen.len(), known.len(), "the sweep saw each of them");
}

#[test]
fn killed_while_backing_up() {
    let files = crashed(6);
    let known = [pages(6)];
    sweep("kill -9 in a backup", &["backup"], &known, || with(&files));
}

#[test]
fn killed_while_restoring() {
    let files = crashed(6);
    let other = Sandbox::with(&[("journal.db", &seed(2))]);
    let copied = fs::read(other.journal()).expect("readable");
    let known = [pages(6), pages(2)];
    let args = ["restore-backup", "old.db", "--yes"];
    sweep("kill -9 in restore-backup", &args, &known, || {
        let sandbox = with(&files);
        fs::write(sandbox.home().join("old.db"), &copied).expect("written");
        sandbox
    });
}

/// Every call that writes fails from the Kth on, for every K.
fn failing(
    name: &str,
    error: &str,
    args: &[&str],
    known: &[Vec<String>],
    prepare: impl Fn() -> Sandbox,
) {
    const CALLS: [&str; 12] = [
        "pwrite64",
        "write",
        "ftruncate",
        "fdatasync",
        "fsync",
        "rename",
        "renameat2",
        "link",
        "linkat",
        "unlink",
        "mkdir",
        "openat",
    ];
    if !have_strace(name) {
        return;
    }
    let counts = prepare().calls(&CALLS, args, None);
    let (mut points, mut refused) = (0, 0);
    for (call, count) in CALLS.iter().zip(counts) {
        for at in 1..=count {
            let sandbox = prepare();
            let inject = format!("inject=?{call}:error={error}:when={at}+");
            let trace = tracing(&[call]);
            let strace = ["-e", trace.as_str(), "-e", inject.as_str()];
            let ran = Ran::of(sandbox.traced(&strace, Path::new("/dev/null"), args), None);
            if ran.stderr.contains("error while loading shared libraries") {
                continue;
            }
            points += 1;
            let point = format!("{name}: {error} from {call} {at} on");
            assert_eq!(ran.signal, None, "{point}: {ran:?}");
            assert!(!ran.stderr.contains("panicked"), "{point}: {ran:?}");
            refused += usize::from(ran.code != Some(0));
            // A file in the making is nothing that anyone knows.
            assert!(!ran.stderr.contains(".new/"), "{point}: {ran:?}");
            let copies = copies_are_whole(&sandbox, known, &point);
            let found = texts(&sandbox.journal()).expect(&point);
            assert!(known.contains(&found), "{point}: {found:?}");
            if ran.stderr.contains("Backed up ") {
                assert!(copies > 0, "{point}: {ran:?}");
            }
            if ran.stderr.contains("Restored ") {
                assert_eq!(found, known[1], "{point}: {ran:?}");
            }
            // A stream that nothing can be written to is no reason to take it back.
            if ran.code == Some(1) && *call != "write" {
                ran.ended_well(&point);
                assert_eq!(found, known[0], "{point}: {ran:?}");
            }
        }
    }
    say(&format!(
        "{name}, {error}: {points} points, {refused} refused, nothing lost"
    ));
    assert!(points > 20 && refused > 10, "{points}, {refused}");
}

#[test]
fn a_disk_that_fails_while_backing_up() {
    let files = crashed(6);
    for error in ["ENOSPC", "EIO"] {
        failing("a backup", error, &["backup"], &[pages(6)], || with(&files));
    }
}

#[test]
fn a_disk_that_fails_while_restoring() {
    let files = crashed(6);
    let copied = seed(2);
    for error in ["ENOSPC", "EIO"] {
        let args = ["restore-backup", "old.db", "--yes"];
        failing(
            "restore-backup",
            error,
            &args,
            &[pages(6), pages(2)],
            || {
                let sandbox = with(&files);
                fs::write(sandbox.home().join("old.db"), &copied).expect("written");
                sandbox
            },
        );
    }
}

/// Asked to stop, it takes away what it has begun, or is done.
#[test]
fn asked_to_stop_while_backing_up() {
    let name = "asked_to_stop_while_backing_up";
    if !have_strace(name) {
        return;
    }
    let files = crashed(6);
    let (mut points, mut heard) = (0, 0);
    for call in [
        "mkdir",
        "openat",
        "pread64",
        "pwrite64",
        "fsync",
        "renameat2",
    ] {
        for at in (1..).step_by(2) {
            let sandbox = with(&files);
            let inject = format!("inject=?{call}:signal=SIGTERM:when={at}");
            let (trace, log) = (tracing(&[call]), sandbox.home().join("log"));
            let strace = ["-e", trace.as_str(), "-e", inject.as_str()];
            let ran = Ran::of(sandbox.traced(&strace, &log, &["backup"]), None);
            if !fs::read_to_string(log)
                .expect("a log")
                .contains("--- SIGTERM ")
            {
                break;
            }
            points += 1;
            let point = format!("{call} {at}");
            let copies = copies_are_whole(&sandbox, &[pages(6)], &point);
            match (ran.code, ran.signal) {
                (Some(130), _) => {
                    heard += 1;
                    assert_eq!(
                        (copies, left_over(&sandbox)),
                        (0, vec![]),
                        "{point}: {ran:?}"
                    );
                }
                (Some(0), _) => assert_eq!(copies, 1, "{point}: {ran:?}"),
                // Before the first step and after the last it ends as others do.
                (None, Some(15)) => assert!(left_over(&sandbox).is_empty(), "{point}: {ran:?}"),
                _ => panic!("{point}: {ran:?}"),
            }
        }
    }
    say(&format!(
        "a backup that is asked to stop: {points} points, heard at {heard}, none in part"
    ));
    assert!(heard > 10, "{heard}");
}

#[test]
fn backups_while_others_write() {
    const ROUNDS: usize = 60;
    let sandbox = Sandbox::with(&[("journal.db", &seed(1))]);
    let mut writer = sandbox
        .program(
            "sh",
            &["-c", "n=1; while [ ! -e stop ]; do n=$((n+1)); \"$0\" -q write \"page $n\" || exit 9; done", onward()],
        )
        .stdout(Stdio::null())
        .spawn()
        .expect("started");
    let mut counts = Vec::new();
    for _ in 0..ROUNDS {
        let before = texts_now(&sandbox).len();
        let ran = sandbox.onward(&["backup", "--json"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let after = texts_now(&sandbox).len();
        let made: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let path = made["backup"]["path"].as_str().expect("a path");
        let found = texts(Path::new(path)).expect("sound");
        assert_eq!(
            found,
            pages(found.len() as i64),
            "what the writer had at a moment"
        );
        assert!(
            (before..=after).contains(&found.len()),
            "{before} {} {after}",
            found.len()
        );
        counts.push(found.len());
    }
    fs::write(sandbox.home().join("stop"), "").expect("written");
    assert!(writer.wait().expect("ended").success());
    let distinct: BTreeSet<_> = counts.iter().collect();
    say(&format!(
        "{ROUNDS} backups while another process wrote: from {} to {} pages, {} different \
         numbers, each one that the writer had",
        counts[0],
        counts[ROUNDS - 1],
        distinct.len()
    ));
    assert!(distinct.len() > 5, "{counts:?}");
}

fn texts_now(sandbox: &Sandbox) -> Vec<String> {
    let journal = crate::sealed::open_to_read(&sandbox.journal()).expect("opened");
    let entries = journal.entries(&Filter::default(), Order::OldestFirst, None);
    entries
        .expect("read")
        .into_iter()
        .map(|it| it.text)
        .collect()
}

/// Bits of a journal turned at random, always the same ones: doctor never panics or hangs, and
/// finds every one that turned within a text, present or past.
#[test]
fn bits_that_turned_in_a_text() {
    if crate::sealed::skip(
        "bits_that_turned_in_a_text",
        "it is about the bytes of a plain file",
    ) {
        return;
    }
    let flips: usize = match std::env::var("ONWARD_FLIPS") {
        Ok(flips) => flips.parse().expect("a number"),
        Err(_) => 300,
    };
    let (journal, pieces) = wordy();
    let mut in_text = vec![false; journal.len()];
    let mut located = 0;
    for (at, window) in journal.windows(PIECE).enumerate() {
        // Nothing but the texts themselves holds such a thing; the search index has its words.
        if window.starts_with(b"<evening ") && window.ends_with(b">") {
            in_text[at..at + PIECE].fill(true);
            located += 1;
        }
    }
    // Some lie across the border of two pages.
    assert!(
        located * 100 > pieces * 98,
        "{located} of {pieces} are found"
    );
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("small") % below
    };
    let flips: Vec<(usize, usize)> = (0..flips)
        .map(|_| (random(journal.len()), random(8)))
        .collect();
    let look = |&(at, bit): &(usize, usize)| -> (bool, bool) {
        let mut damaged = journal.clone();
        damaged[at] ^= 1 << bit;
        let sandbox = Sandbox::with(&[("journal.db", &damaged)]);
        let args = ["-s", "KILL", "10", onward(), "doctor", "--json"];
        let ran = Ran::of(sandbox.program("timeout", &args), None);
        let what = format!("bit {bit} of byte {at}");
        assert_eq!(ran.signal, None, "{what}: {ran:?}");
        assert!(matches!(ran.code, Some(0 | 1)), "{what}: {ran:?}");
        assert!(!ran.stderr.contains("panicked"), "{what}: {ran:?}");
        assert!(!ran.stdout.contains("evening"), "{what}: a text is told of");
        // What is said of the folder's mode is no sign of damage.
        let answer: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let findings = answer["doctor"]["findings"].as_array().expect("findings");
        let found = findings.iter().any(|found| found["severity"] != "advice");
        assert!(
            found || !in_text[at],
            "{what} is in a text, and is not found"
        );
        (in_text[at], found)
    };
    let seen: Vec<(bool, bool)> = std::thread::scope(|scope| {
        let look = &look;
        let workers: Vec<_> = flips
            .chunks(flips.len().div_ceil(2))
            .map(|flips| scope.spawn(move || flips.iter().map(look).collect::<Vec<_>>()))
            .collect();
        let ended = workers
            .into_iter()
            .map(|worker| worker.join().expect("ended"));
        ended.flatten().collect()
    });
    let count =
        |which: &dyn Fn(&(bool, bool)) -> bool| seen.iter().filter(|it| which(it)).count();
    let (hit, found) = (count(&|it| it.0), count(&|it| it.0 && it.1));
    say(&format!(
        "{} bits turned: {hit} within a text, {found} of them found; {} found in all; no panic, \
         no hang",
        seen.len(),
        count(&|it| it.1)
    ));
    assert_eq!(hit, found);
    assert!(hit * 5 > seen.len(), "{hit} of {} hit a text", seen.len());
}

/// How long each piece of a text is.
const PIECE: usize = "<evening 00000>".len();

/// A settled journal whose texts, short and long, edited and kept, are made of pieces; and how
/// many pieces.
fn wordy() -> (Vec<u8>, usize) {
    let sandbox = Sandbox::in_memory();
    let mut pieces = 0;
    let mut text = |number: usize| -> String {
        (0..number)
            .map(|_| {
                pieces += 1;
                format!("<evening {pieces:05}>")
            })
            .collect()
    };
    {
        let mut journal = crate::sealed::open(&sandbox.journal(), now()).expect("made");
        for number in 1..=40 {
            let length = if number % 8 == 0 { 900 } else { 12 };
            journal
                .write(page(&text(length)), today(), now())
                .expect("saved");
            if number % 5 == 0 {
                let to = text(length);
                let edit = onward::journal::Edit {
                    text: Some(onward::journal::TextRewrite { from: None, to }),
                    ..Default::default()
                };
                journal.edit(number, edit, today(), now()).expect("changed");
            }
        }
    }
    (fs::read(sandbox.journal()).expect("readable"), pieces)
}

#[test]
fn a_restored_journal_is_for_its_owner_alone() {
    let sandbox = with(&crashed(4));
    let script = "umask 000; \"$0\" backup && \"$0\" restore-backup \"$1\"/backups/*.db --yes && \
                  \"$0\" write more && \"$0\" doctor";
    let data = sandbox.data();
    let mut command = sandbox.program("sh", &["-c", script, onward()]);
    command.arg(&data);
    let ran = Ran::of(command, None);
    for path in below(&data) {
        let found = fs::symlink_metadata(&path).expect("there");
        let mode = if found.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(found.mode() & 0o777, mode, "{}", path.display());
    }
    // The folder itself was made by the test, as anyone makes one.
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("chmod 700"), "{}", ran.stdout);
    let lines = ran.stdout.lines().filter(|line| line.starts_with("   !"));
    assert_eq!(lines.count(), 1, "{}", ran.stdout);
}
