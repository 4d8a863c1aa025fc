//! `onward backup` and `restore-backup`.

use std::fs;

use crate::sandbox::{Sandbox, write};

fn two_pages() -> Sandbox {
    let onward = Sandbox::new();
    onward.ok(["write", "The first of them.", "--on", "2026-11-20"]);
    onward.ok(["write", "The second."]);
    onward
}

fn backup(onward: &Sandbox) -> String {
    let folder = onward.journal().with_file_name("backups");
    let path = folder.join("journal-2026-11-22T2130.db");
    path.to_str().expect("text").to_owned()
}

#[test]
fn backing_up() {
    let onward = two_pages();
    insta::assert_snapshot!(onward.run(["backup"]), @"");
    insta::assert_snapshot!(onward.run(["backup", "--json", "--keep", "1"]), @"");
    assert_eq!(
        onward.leftovers(),
        ["0600 backups/journal-2026-11-22T2130-2.db", "0700 backups"]
    );
    insta::assert_snapshot!(onward.run(["backup", "--keep", "0"]), @"");
    onward.ok(["backup", "mine.db"]);
    insta::assert_snapshot!(onward.run(["backup", "mine.db"]), @"");
    let copy = onward.run(["list", "--journal", "mine.db"]);
    assert_eq!(copy.stdout, onward.run(["list"]).stdout);
}

#[test]
fn backing_up_what_is_not_there() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["backup"]), @"");
    assert!(!onward.journal().parent().expect("a folder").exists());
}

#[test]
fn a_draft_is_not_in_a_backup() {
    let onward = two_pages();
    let failing = onward.script("failing", "printf 'half a page' > \"$1\"; exit 1");
    let run = onward.call(["write"]).env("EDITOR", &failing);
    drop(run.in_terminal(80).end(&onward));
    insta::assert_snapshot!(onward.run(["backup"]), @"");
}

#[test]
fn restoring() {
    let onward = two_pages();
    onward.ok(["backup"]);
    onward.ok(["write", "Written since."]);
    let backup = backup(&onward);
    insta::assert_snapshot!(onward.run(["restore-backup", &backup]), @"");
    let mut terminal = onward.call(["restore-backup", &backup]).in_terminal(80);
    terminal.expect("y or n: ").keys("n\n");
    insta::assert_snapshot!(terminal.end(&onward), @"");
    assert_eq!(onward.texts().len(), 3);
    insta::assert_snapshot!(onward.run(["restore-backup", &backup, "--yes", "--json"]), @"");
    assert_eq!(onward.texts(), ["The second.", "The first of them."]);
    let kept = format!(
        "{}.before-restore-2026-11-22T2130",
        onward.journal().display()
    );
    onward.ok(["restore-backup", &kept, "-yq"]);
    assert_eq!(onward.texts().len(), 3);
}

#[test]
fn restoring_what_is_no_good() {
    let onward = two_pages();
    onward.ok(["backup"]);
    let bytes = fs::read(backup(&onward)).expect("there");
    let before = fs::read(onward.journal()).expect("there");
    let text = b"The second.";
    let at = bytes.windows(text.len()).position(|window| window == text);
    let mut flipped = bytes.clone();
    flipped[at.expect("there")] ^= 1;
    write(&onward.path("home/flipped.db"), &flipped);
    write(&onward.path("home/cut.db"), &bytes[..bytes.len() - 100]);
    write(&onward.path("home/notes.txt"), "notes");
    write(&onward.path("home/empty.db"), "");
    insta::assert_snapshot!(onward.run(["restore-backup", "flipped.db", "-y"]), @"");
    insta::assert_snapshot!(onward.run(["restore-backup", "cut.db", "-y"]), @"");
    insta::assert_snapshot!(onward.run(["restore-backup", "notes.txt", "-y"]), @"");
    insta::assert_snapshot!(onward.run(["restore-backup", "empty.db", "-y"]), @"");
    insta::assert_snapshot!(onward.run(["restore-backup", "none.db", "-y"]), @"");
    assert!(fs::read(onward.journal()).expect("there") == before);
    assert_eq!(
        onward.leftovers(),
        ["0600 backups/journal-2026-11-22T2130.db", "0700 backups"]
    );
}

#[test]
fn restoring_where_there_is_none_or_none_that_can_be_read() {
    let onward = two_pages();
    onward.ok(["backup"]);
    let backup = backup(&onward);
    fs::remove_file(onward.journal()).expect("removed");
    insta::assert_snapshot!(onward.run(["restore-backup", &backup, "-y"]), @"");
    write(&onward.journal(), "nothing that a journal would say");
    insta::assert_snapshot!(onward.run(["restore-backup", &backup, "-y"]), @"");
    assert_eq!(onward.texts().len(), 2);
}
