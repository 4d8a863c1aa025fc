//! A journal whose file has two names: a hard link, or a mount of the file alone. SQLite's log
//! goes by the name, so two processes could write to one file from two logs.

use std::fs;

use super::aftermath::{seed, texts};
use crate::sandbox::Sandbox;

/// Commands that write, each of a kind.
const WRITING: [&[&str]; 9] = [
    &["write", "--free", "a page"],
    &["edit", "1", "--text", "another text"],
    &["delete", "1", "--yes"],
    &["undo"],
    &["reason", "a reason"],
    &["today", "--skip"],
    &["contact", "log", "a call"],
    &["trash", "--purge", "--yes"],
    &["doctor", "--repair"],
];

#[test]
fn nothing_is_written_to_a_file_with_two_names() {
    let seed = seed(3);
    for command in WRITING {
        let sandbox = Sandbox::with(&[("journal.db", &seed)]);
        let other = sandbox.data().join("other.db");
        fs::hard_link(sandbox.journal(), &other).expect("linked");
        let ran = sandbox.onward(command);
        assert!(
            fs::read(&other).expect("there") == seed,
            "{command:?}: {ran:?}"
        );
        let said = format!("{}{}", ran.stdout, ran.stderr);
        let idle = ["Trash is empty", "nothing to", "Nothing to", "The trash"];
        let idle = idle.iter().any(|idle| said.contains(idle));
        let told = said.contains("another name somewhere (a hard link)");
        let told = told
            || said
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .contains("another name somewhere (a hard link)");
        assert!(told || idle, "{command:?}: {ran:?}");
        let read = sandbox.onward(&["list"]);
        assert_eq!(read.code, Some(0), "{read:?}");
        // What the hint says helps.
        let own = sandbox.data().join("journal.db.own");
        fs::copy(sandbox.journal(), &own).expect("copied");
        fs::rename(&own, sandbox.journal()).expect("moved");
        let again = sandbox.onward(&["write", "--free", "after that"]);
        assert!(again.said_saved(), "{again:?}");
        assert_eq!(
            texts(&sandbox.journal())
                .expect("sound")
                .last()
                .map(String::as_str),
            Some("after that")
        );
    }
}

#[test]
fn the_doctor_finds_the_other_name() {
    let sandbox = Sandbox::with(&[("journal.db", &seed(3))]);
    let other = sandbox.data().join("other.db");
    fs::hard_link(sandbox.journal(), other).expect("linked");
    let ran = sandbox.onward(&["doctor", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("another name somewhere"), "{ran:?}");
}
