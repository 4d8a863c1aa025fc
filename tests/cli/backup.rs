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
    insta::assert_snapshot!(onward.run(["backup"]), @"
    exit: 0
    ----- stderr -----
    Backed up 2 entries to <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db, and checked it.
    ");
    insta::assert_snapshot!(onward.run(["backup", "--json", "--keep", "1"]), @r#"
    exit: 0
    ----- stdout -----
    {"backup":{"path":"<sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130-2.db","entries":2,"earlier_states":0,"bytes":155648,"removed":["<sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db"],"drafts_waiting":0}}
    ----- stderr -----
    Backed up 2 entries to <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130-2.db, and checked it.
    Removed 1 older backup.
    "#);
    assert_eq!(
        onward.leftovers(),
        ["0600 backups/journal-2026-11-22T2130-2.db", "0700 backups"]
    );
    insta::assert_snapshot!(onward.run(["backup", "--keep", "0"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value '0' for '--keep <N>': keep 1 or more

    For more information, try '--help'.
    ");
    onward.ok(["backup", "mine.db"]);
    insta::assert_snapshot!(onward.run(["backup", "mine.db"]), @"
    exit: 1
    ----- stderr -----
    error: mine.db is there already
    hint: nothing is overwritten; name another file, or a folder
    ");
    let copy = onward.run(["list", "--journal", "mine.db"]);
    assert_eq!(copy.stdout, onward.run(["list"]).stdout);
}

#[test]
fn backing_up_what_is_not_there() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["backup"]), @"
    exit: 3
    ----- stderr -----
    There is no journal yet at <sandbox>/home/.local/share/onward/journal.db.
    ");
    assert!(!onward.journal().parent().expect("a folder").exists());
}

#[test]
fn a_draft_is_not_in_a_backup() {
    let why = "its drafts are in the journal, and in the backup";
    if crate::sealed::skip("a_draft_is_not_in_a_backup", why) {
        return;
    }
    let onward = two_pages();
    let failing = onward.script("failing", "printf 'half a page' > \"$1\"; exit 1");
    let run = onward.call(["write"]).env("EDITOR", &failing);
    drop(run.in_terminal(80).end(&onward));
    insta::assert_snapshot!(onward.run(["backup"]), @"
    exit: 0
    ----- stderr -----
    Backed up 2 entries to <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db, and checked it.
    1 draft waits and is not in the backup; to take it up again: onward write --resume.
    ");
}

#[test]
fn restoring() {
    let onward = two_pages();
    onward.ok(["backup"]);
    onward.ok(["write", "Written since."]);
    let backup = backup(&onward);
    insta::assert_snapshot!(onward.run(["restore-backup", &backup]), @"
    exit: 2
    ----- stderr -----
    The backup is whole: it has 2 entries, the newest of Sunday 22 November 2026.
    Your journal has 3 entries, the newest of Sunday 22 November 2026. It will be kept aside.
    error: there is nobody to ask
    hint: add --yes if you mean it
    ");
    let mut terminal = onward.call(["restore-backup", &backup]).in_terminal(80);
    terminal.expect("y or n: ").keys("n\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 1
    ----- screen -----
    The backup is whole: it has 2 entries, the newest of Sunday 22 November 2026.
    Your journal has 3 entries, the newest of Sunday 22 November 2026. It will be
    kept aside.
    Put the backup into its place? y or n: n
    Nothing was changed.
    ");
    assert_eq!(onward.texts().len(), 3);
    insta::assert_snapshot!(onward.run(["restore-backup", &backup, "--yes", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"restored":{"entries":2,"earlier_states":0,"kept":"<sandbox>/home/.local/share/onward/journal.db.before-restore-2026-11-22T2130"}}
    ----- stderr -----
    The backup is whole: it has 2 entries, the newest of Sunday 22 November 2026.
    Your journal has 3 entries, the newest of Sunday 22 November 2026. It will be kept aside.
    Restored 2 entries from <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db.
    What was there is kept in <sandbox>/home/.local/share/onward/journal.db.before-restore-2026-11-22T2130; to go back: onward restore-backup <sandbox>/home/.local/share/onward/journal.db.before-restore-2026-11-22T2130
    "#);
    assert_eq!(onward.texts(), ["The second.", "The first of them."]);
    let kept = format!(
        "{}.before-restore-2026-11-22T2130",
        onward.journal().display()
    );
    onward.ok(["restore-backup", &kept, "-yq"]);
    assert_eq!(onward.texts().len(), 3);
}

/// Of the journal and of the backup the same is said, whatever can be seen in them.
#[test]
fn the_newest_is_of_any_kind() {
    let onward = Sandbox::new();
    onward.ok(["write", "Long ago.", "--on", "2026-11-01"]);
    onward.ok(["letter", "Dear you.", "--open-on", "tomorrow"]);
    onward.ok(["backup"]);
    let restored = onward
        .ok(["restore-backup", &backup(&onward), "--yes"])
        .stderr;
    let newest = "has 2 entries, the newest of Sunday 22 November 2026.";
    assert_eq!(restored.matches(newest).count(), 2, "{restored}");
}

#[test]
fn restoring_what_is_no_good() {
    if crate::sealed::skip(
        "restoring_what_is_no_good",
        "it is about the bytes of a plain file",
    ) {
        return;
    }
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
    insta::assert_snapshot!(onward.run(["restore-backup", "flipped.db", "-y"]), @"
    exit: 1
    ----- stderr -----
    error: the backup flipped.db is damaged
    caused by: #2: it is not what was saved
    hint: nothing was changed; onward doctor tells of other backups
    ");
    insta::assert_snapshot!(onward.run(["restore-backup", "cut.db", "-y"]), @"
    exit: 1
    ----- stderr -----
    error: the backup cut.db is damaged
    caused by: it is cut off
    hint: nothing was changed; onward doctor tells of other backups
    ");
    insta::assert_snapshot!(onward.run(["restore-backup", "notes.txt", "-y"]), @"
    exit: 1
    ----- stderr -----
    error: notes.txt is not a backup: it is another kind of file
    hint: nothing was changed; onward doctor tells of other backups
    ");
    insta::assert_snapshot!(onward.run(["restore-backup", "empty.db", "-y"]), @"
    exit: 1
    ----- stderr -----
    error: empty.db is not a backup: it is an empty file
    hint: nothing was changed; onward doctor tells of other backups
    ");
    insta::assert_snapshot!(onward.run(["restore-backup", "none.db", "-y"]), @"
    exit: 1
    ----- stderr -----
    error: cannot open none.db
    caused by: No such file or directory (os error 2)
    ");
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
    insta::assert_snapshot!(onward.run(["restore-backup", &backup, "-y"]), @"
    exit: 0
    ----- stderr -----
    The backup is whole: it has 2 entries, the newest of Sunday 22 November 2026.
    There is no journal in its place.
    Restored 2 entries from <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db.
    ");
    write(&onward.journal(), "nothing that a journal would say");
    insta::assert_snapshot!(onward.run(["restore-backup", &backup, "-y"]), @"
    exit: 0
    ----- stderr -----
    The backup is whole: it has 2 entries, the newest of Sunday 22 November 2026.
    Your journal cannot be read. It will be kept aside as it is.
    Restored 2 entries from <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db.
    What was there is kept in <sandbox>/home/.local/share/onward/journal.db.before-restore-2026-11-22T2130; to go back: onward restore-backup <sandbox>/home/.local/share/onward/journal.db.before-restore-2026-11-22T2130
    ");
    assert_eq!(onward.texts().len(), 2);
}
