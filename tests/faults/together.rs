//! Several processes at work in one journal.

use std::collections::BTreeSet;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use super::sandbox::{ONWARD, Sandbox, say, texts};

/// Each of two writers writes this many pages; a third process reads all the while.
const PAGES: usize = 1_000;

#[test]
fn two_that_write_a_thousand_pages_each() {
    let sandbox = Sandbox::new();
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
        let sandbox = Sandbox::new();
        let start = |writer: usize| -> Child {
            sandbox
                .program(ONWARD, &["write", &format!("writer {writer}")])
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
