//! An import that is killed, or finds the disk full or failing, at every call that writes: all
//! of it is in the journal or none.

use std::fs;
use std::path::Path;

use onward::model::Filter;

use super::aftermath::{now, page, seed, texts, today};
use super::killed::WRITES;
use super::strace::tracing;
use crate::sandbox::{Ran, Sandbox};
use crate::tools::{have_strace, say};

const FILE: &str = "export.jsonl";
const ARGS: [&str; 2] = ["import", FILE];

/// An export of so many entries, of which one was edited.
fn export(entries: usize) -> Vec<u8> {
    let sandbox = Sandbox::in_memory();
    let mut journal = crate::sealed::open(&sandbox.journal(), now()).expect("made");
    for number in 1..=entries {
        // Long enough to reach many pages of the file.
        let text = format!("brought {number} {}", "of a long day ".repeat(20));
        journal.write(page(&text), today(), now()).expect("saved");
    }
    let mut out = Vec::new();
    journal
        .export_whole(&Filter::default(), &mut out, now(), &mut |_| Ok(()))
        .expect("written");
    out
}

/// Fails every `step`th of an import's calls that write, in turn.
fn sweep(name: &str, inject: &str, entries: usize, step: usize) {
    if !have_strace(name) {
        return;
    }
    let (journal, export) = (seed(3), export(entries));
    let prepare = || {
        let sandbox = Sandbox::with(&[("journal.db", &journal)]);
        fs::write(sandbox.home().join(FILE), &export).expect("written");
        sandbox
    };
    let counts = prepare().calls(&WRITES, &ARGS, None);
    let (mut points, mut whole) = (0, 0);
    let mut wrong = Vec::new();
    for (call, count) in WRITES.iter().zip(counts) {
        for at in (1..=count).step_by(step) {
            let sandbox = prepare();
            let inject = format!("inject=?{call}:{inject}:when={at}");
            let trace = tracing(&[call]);
            let strace = ["-e", trace.as_str(), "-e", inject.as_str()];
            let ran = Ran::of(sandbox.traced(&strace, Path::new("/dev/null"), &ARGS), None);
            if ran.stderr.contains("error while loading shared libraries") {
                continue;
            }
            points += 1;
            let point = format!("{call} {at}");
            assert!(!ran.stderr.contains("panicked"), "{point}: {ran:?}");
            let said = ran.stdout.contains(" added.");
            match texts(&sandbox.journal()).map(|texts| texts.len()) {
                Ok(found) if found == 3 + entries => whole += 1,
                Ok(3) if !said => {}
                other => wrong.push(format!("{point}: {other:?} {ran:?}")),
            }
            // And again: then all of it is there, once.
            let again = sandbox.onward(&ARGS);
            assert_eq!(again.code, Some(0), "{point}: {again:?}");
            let found = texts(&sandbox.journal()).expect(&point);
            assert_eq!(found.len(), 3 + entries, "{point}");
        }
    }
    say(&format!(
        "{name} of {entries} entries: {points} points, {} damaged or in part, whole at {whole}",
        wrong.len()
    ));
    assert!(points > 20, "{points}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn killed_while_importing() {
    sweep("kill -9 in an import", "signal=SIGKILL", 40, 3);
}

#[test]
fn killed_while_importing_much() {
    sweep("kill -9 in an import", "signal=SIGKILL", 3_413, 200);
}

#[test]
fn no_space_while_importing() {
    sweep("no space in an import", "error=ENOSPC", 40, 3);
}

#[test]
fn errors_while_importing() {
    sweep("a failing disk in an import", "error=EIO", 40, 3);
}

/// A signal is noted before the call that it came with returns, so it is heard at once, however
/// busy the machine is.
#[test]
fn asked_to_stop_while_importing() {
    let name = "asked_to_stop_while_importing";
    if !have_strace(name) {
        return;
    }
    let (journal, export) = (seed(3), export(40));
    let (mut points, mut heard) = (0, 0);
    // All of the file is read before anything is in the journal.
    for call in ["openat", "read", "pread64", "pwrite64", "fdatasync"] {
        for at in (1..).step_by(3) {
            let sandbox = Sandbox::with(&[("journal.db", &journal)]);
            fs::write(sandbox.home().join(FILE), &export).expect("written");
            let inject = format!("inject=?{call}:signal=SIGTERM:when={at}");
            let (trace, log) = (tracing(&[call]), sandbox.home().join("log"));
            let strace = ["-e", trace.as_str(), "-e", inject.as_str()];
            let ran = Ran::of(sandbox.traced(&strace, &log, &ARGS), None);
            let log = fs::read_to_string(log).expect("a log");
            if !log.contains("--- SIGTERM ") {
                break;
            }
            points += 1;
            let point = format!("{call} {at}");
            let found = texts(&sandbox.journal()).expect(&point).len();
            let said = ran.stdout.contains(" added.");
            match (ran.code, ran.signal) {
                (Some(130), _) => assert!(found == 3 && !said, "{point}: {found} {ran:?}"),
                // Before the first entry and after the last it ends as others do.
                (Some(0), _) | (None, Some(15)) => {
                    assert!(
                        found == 43 || found == 3 && !said,
                        "{point}: {found} {ran:?}"
                    );
                }
                _ => panic!("{point}: {ran:?}"),
            }
            heard += usize::from(ran.code == Some(130));
        }
    }
    say(&format!(
        "an import that is asked to stop: {points} points, heard at {heard}, none in part"
    ));
    assert!(heard > 0, "{heard}");
}
