//! Several processes at work in one journal.

use std::collections::BTreeSet;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use super::aftermath::{now, seed, texts};
use super::strace::onward;
use crate::sandbox::{Ran, Sandbox};
use crate::tools::say;

/// Each of two writers writes this many pages; a third process reads all the while.
const PAGES: usize = 1_000;

#[test]
fn two_that_write_a_thousand_pages_each() {
    let sandbox = Sandbox::in_memory();
    let done = AtomicBool::new(false);
    let (read, wrong) = std::thread::scope(|scope| {
        let (sandbox, done) = (&sandbox, &done);
        let reader = scope.spawn(move || {
            let (mut read, mut seen) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                let ran = sandbox.onward(&["list", "-n", "100000"]);
                let lines = ran.stdout.lines().count();
                let fine = ran.code == Some(0) || (ran.code == Some(3) && lines == 0);
                assert!(fine, "{ran:?}");
                assert!(lines >= seen, "{lines} pages where {seen} were");
                (read, seen) = (read + 1, lines);
            }
            read
        });
        let writers: Vec<_> = ["one", "two"]
            .map(|writer| {
                scope.spawn(move || {
                    let mut wrong = Vec::new();
                    for number in 1..=PAGES {
                        let text = format!("writer {writer}, page {number}");
                        let ran = sandbox.onward(&["write", &text]);
                        if ran.code != Some(0) || !ran.said_saved() {
                            wrong.push(ran);
                        }
                    }
                    wrong
                })
            })
            .into();
        let wrong: Vec<_> = writers
            .into_iter()
            .flat_map(|writer| writer.join().expect("ended"))
            .collect();
        done.store(true, Ordering::Relaxed);
        (reader.join().expect("ended"), wrong)
    });
    let texts = texts(&sandbox.journal()).expect("sound");
    let distinct: BTreeSet<_> = texts.iter().collect();
    say(&format!(
        "two writers at once: {} of 2 × {PAGES} pages kept, {} errors, read {read} times \
         meanwhile",
        distinct.len(),
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!((texts.len(), distinct.len()), (2 * PAGES, 2 * PAGES));
}

#[test]
fn eight_that_make_the_journal() {
    for _ in 0..10 {
        let sandbox = Sandbox::in_memory();
        let start = |writer: usize| -> Child {
            sandbox
                .program(onward(), &["write", &format!("writer {writer}")])
                .stderr(Stdio::piped())
                .spawn()
                .expect("started")
        };
        let children: Vec<Child> = (0..8).map(start).collect();
        for child in children {
            let ended = child.wait_with_output().expect("ended");
            let said = String::from_utf8_lossy(&ended.stderr);
            assert!(ended.status.success() && said.contains("Saved #"), "{said}");
        }
        let texts = texts(&sandbox.journal()).expect("sound");
        let distinct: BTreeSet<_> = texts.iter().collect();
        assert_eq!((texts.len(), distinct.len()), (8, 8));
        let names: Vec<_> = std::fs::read_dir(sandbox.data())
            .expect("there")
            .map(|found| found.expect("there").file_name())
            .collect();
        assert_eq!(names, ["journal.db"], "nothing is left over");
    }
}

/// How often each of two does what it does.
const TURNS: usize = 60;

/// Runs commands side by side, each in a loop of its own, and returns how they ended.
fn side_by_side(
    sandbox: &Sandbox,
    first: impl Fn(usize) -> Vec<String> + Sync,
    second: impl Fn(usize) -> Vec<String> + Sync,
) -> [Vec<Ran>; 2] {
    let turns = |args: &(dyn Fn(usize) -> Vec<String> + Sync)| -> Vec<Ran> {
        let run = |turn| {
            let args = args(turn);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let ran = sandbox.onward(&args);
            if !ran.stderr.starts_with("There is nothing to ") {
                ran.ended_well(&args.join(" "));
            }
            ran
        };
        (0..TURNS).map(run).collect()
    };
    std::thread::scope(|scope| {
        let first = scope.spawn(|| turns(&first));
        let second = turns(&second);
        [first.join().expect("ended"), second]
    })
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[test]
fn one_that_edits_and_one_that_undoes() {
    let sandbox = Sandbox::with(&[("journal.db", &seed(2))]);
    let text = |turn: usize| format!("changed {turn}.");
    let [edits, undoes] = side_by_side(
        &sandbox,
        |turn| words(&["edit", "1", "--text", &text(turn)]),
        |turn| words(&[["undo", "undo", "redo"][turn % 3]]),
    );
    let journal = crate::sealed::open(&sandbox.journal(), now()).expect("sound");
    let states = journal.history(1).expect("a history");
    let mut found: BTreeSet<String> =
        states.into_iter().map(|state| state.content.text).collect();
    let saved = found.len();
    // Where undoing had put the entry into the trash, the text is kept beside.
    found.extend(sandbox.kept().into_iter().map(|(_, text)| text));
    for (turn, edit) in edits.iter().enumerate() {
        // One that found the entry in the trash took nothing: its text stands in the command.
        let refused = edit.stderr.starts_with("error: #1 is in the trash");
        assert!(refused || found.contains(&text(turn)), "{turn}: {edit:?}");
    }
    drop(journal);
    texts(&sandbox.journal()).expect("sound");
    let undone = undoes.iter().filter(|ran| ran.code == Some(0)).count();
    say(&format!(
        "one that edits and one that undoes: {} texts in the history, {} kept beside, {undone} \
         times undone or redone, none lost",
        saved,
        found.len() - saved,
    ));
}

#[test]
fn one_that_deletes_and_one_that_purges() {
    let sandbox = Sandbox::with(&[("journal.db", &seed(TURNS as i64 + 1))]);
    let [deletes, purges] = side_by_side(
        &sandbox,
        |turn| words(&["delete", &(turn + 1).to_string(), "--yes"]),
        |_| words(&["trash", "--purge", "--yes"]),
    );
    assert!(
        deletes.iter().all(|ran| ran.code == Some(0)),
        "{deletes:#?}"
    );
    assert!(purges.iter().all(|ran| ran.code != Some(1)), "{purges:#?}");
    let gone: usize = purges
        .iter()
        .filter_map(|ran| ran.stderr.split_once(" gone for good"))
        .filter_map(|(said, _)| said.split(' ').next()?.parse::<usize>().ok())
        .sum();
    let journal = crate::sealed::open(&sandbox.journal(), now()).expect("sound");
    let left = journal.trash().expect("read").len();
    assert_eq!(
        gone + left,
        TURNS,
        "each is in the trash or was said to be gone"
    );
    drop(journal);
    let last = format!("page {}", TURNS + 1);
    assert_eq!(texts(&sandbox.journal()).expect("sound"), [last]);
    say(&format!(
        "one that deletes and one that purges: of {TURNS} pages {gone} purged, {left} in the \
         trash"
    ));
}
