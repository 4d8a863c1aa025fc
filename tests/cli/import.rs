//! `onward import`: what is said of an import, and what becomes of it. What a form holds is in
//! `crates/formats/tests/portable.rs` and beside its reader, what is new and what is there in `../import.rs`.

use std::path::PathBuf;

use crate::sandbox::{Sandbox, write};

const JRNL: &str = "\
A line that nobody dated.

[2026-11-07 08:00] Walked to the river. *
Cold. @aunt

[2026-11-08 21:15] Rain.
[2026-11-07 18:02] pasted from a chat
[26/11, 23:32] and this

[2026-11-09 07:05] Slept.
";

/// Two entries, encrypted by jrnl with the password below.
const SEALED: &str = "gAAAAABl4dkgAAECAwQFBgcICQoLDA0OD1kGQdDaejkRCrBpvQ3BVpZB7EQA-x0i_HEQvQ8XbLGJET-bEYB5OB8h4NJEn7fhMTEN49FF-9dfXQPjJzxkTLTfmFotaMh-5dzymSoyE4OhmZpS9DBR4Jzuqx8rElIUMvjmbrK72ceZ5EcU3WqI-4moTwaWEhO08NyKlUyc1wMDw1jkapABLPNtQFoXApg0og==";
const PASSWORD: &str = "wet lamps ☂";

fn holding(name: &str, bytes: impl AsRef<[u8]>) -> (Sandbox, PathBuf) {
    let onward = Sandbox::new();
    let path = onward.home().join(name);
    write(&path, bytes);
    (onward, path)
}

#[test]
fn what_was_read_added_and_decided() {
    let (onward, _) = holding("journal.txt", JRNL);
    insta::assert_snapshot!(onward.run(["import", "journal.txt", "--dry-run"]), @"
    exit: 1
    ----- stdout -----
    Read 4 entries: 3 to add, 1 refused.
    They run from Saturday 7 November 2026 to Monday 9 November 2026.

    Refused:
      journal.txt:1: this text stands above the first date (line 3) and has none
      itself; put a date in brackets before it

    Decided:
      journal.txt:7: the line begins with a date, 2026-11-07 18:02, but no empty
      line stands before it: it was kept as text of the entry above it
    ----- stderr -----
    journal.txt is a journal of jrnl.
    ");
    assert!(!onward.journal().exists());
    insta::assert_snapshot!(onward.run(["import", "journal.txt", "--tag", "old", "--tip", "5"]), @"
    exit: 1
    ----- stdout -----
    Read 4 entries: 3 added, 1 refused.
    They run from Saturday 7 November 2026 to Monday 9 November 2026.

    Refused:
      journal.txt:1: this text stands above the first date (line 3) and has none
      itself; put a date in brackets before it

    Decided:
      journal.txt:7: the line begins with a date, 2026-11-07 18:02, but no empty
      line stands before it: it was kept as text of the entry above it
    ----- stderr -----
    journal.txt is a journal of jrnl.
    to take all of it back: onward undo
    ");
    insta::assert_snapshot!(onward.run(["list"]), @"
    exit: 0
    ----- stdout -----
    #3  Mon 9 Nov 2026   Tip 5     Slept.
    #2  Sun 8 Nov 2026   Tip 5     Rain.
    #1  Sat 7 Nov 2026   Tip 5  ★  Walked to the river.
    ");
    insta::assert_snapshot!(onward.run(["import", "journal.txt", "--quiet"]), @"
    exit: 1
    ----- stdout -----
    Read 4 entries: 3 already there, 1 refused.

    Refused:
      journal.txt:1: this text stands above the first date (line 3) and has none
      itself; put a date in brackets before it

    Decided:
      journal.txt:7: the line begins with a date, 2026-11-07 18:02, but no empty
      line stands before it: it was kept as text of the entry above it
    ");
    // All of it goes again, and comes again.
    insta::assert_snapshot!(onward.run(["undo"]), @"
    exit: 0
    ----- stderr -----
    Undone: importing #1, #2 and #3; they lie in the trash.
    ");
    insta::assert_snapshot!(onward.run(["list"]), @"
    exit: 3
    ----- stderr -----
    Nothing is written yet. Begin with onward write.
    ");
    insta::assert_snapshot!(onward.run(["import", "journal.txt", "--json"]), @r#"
    exit: 1
    ----- stdout -----
    {"import":{"dry_run":false,"read":4,"added":3,"added_to_trash":0,"already_there":0,"already_in_trash":0,"changed":0,"refused":1,"first_day":"2026-11-07","last_day":"2026-11-09","changes":[],"refusals":[{"file":"journal.txt","line":1,"reason":"this text stands above the first date (line 3) and has none itself; put a date in brackets before it"}],"decisions":[{"file":"journal.txt","line":7,"reason":"the line begins with a date, 2026-11-07 18:02, but no empty line stands before it: it was kept as text of the entry above it"}]}}
    ----- stderr -----
    journal.txt is a journal of jrnl.
    to take all of it back: onward undo
    "#);
}

#[test]
fn what_changed_at_its_source() {
    let (onward, path) = holding("journal.txt", "[2026-11-08 21:15] Rain all day.\n");
    onward.ok(["import", "journal.txt"]);
    write(
        &path,
        "[2026-11-08 21:15] Rain all night.\n\n[2026-11-09 07:05] Slept.\n",
    );
    insta::assert_snapshot!(onward.run(["import", "journal.txt"]), @"
    exit: 0
    ----- stdout -----
    Read 2 entries: 1 added, 1 changed since.
    It is of Monday 9 November 2026.

    Changed since they were brought in:
      journal.txt:1: differs from #1, which stays as it is
    ----- stderr -----
    journal.txt is a journal of jrnl.
    to take all of it back: onward undo
    ");
    write(
        &path,
        "[2026-11-08 21:15] The landlord came about the roof.\n",
    );
    insta::assert_snapshot!(onward.run(["import", "journal.txt"]), @"
    exit: 0
    ----- stdout -----
    Read 1 entry: 1 added.
    It is of Sunday 8 November 2026.

    Decided:
      journal.txt:1: it has the date or the name of #1, which says something else:
      it came in as an entry of its own
    ----- stderr -----
    journal.txt is a journal of jrnl.
    to take all of it back: onward undo
    ");
}

#[test]
fn several_files_at_once() {
    let (onward, _) = holding("a.txt", "[2026-11-08 21:15] Rain.\n");
    write(
        &onward.home().join("b.jsonl"),
        "{\"date\":\"2026-11-09\",\"text\":\"Slept.\"}\n",
    );
    insta::assert_snapshot!(onward.run(["import", "a.txt", "b.jsonl", "a.txt"]), @"
    exit: 0
    ----- stdout -----
    Read 3 entries: 2 added, 1 already there.
    They run from Sunday 8 November 2026 to Monday 9 November 2026.
    ----- stderr -----
    a.txt is a journal of jrnl.
    b.jsonl is a journal in JSON lines.
    a.txt is a journal of jrnl.
    to take all of it back: onward undo
    ");
    // One that cannot be used, and nothing of the others comes in.
    write(&onward.home().join("c.txt"), "[2026-11-10 07:05] Ran.\n");
    insta::assert_snapshot!(onward.run(["import", "c.txt", "none.txt"]), @"
    exit: 1
    ----- stderr -----
    error: cannot read none.txt
    caused by: No such file or directory (os error 2)
    ");
    write(&onward.home().join("bad.txt"), b"[2026-11-10 07:05] \xff\n");
    insta::assert_snapshot!(onward.run(["import", "c.txt", "bad.txt"]), @"
    exit: 1
    ----- stderr -----
    c.txt is a journal of jrnl.
    bad.txt is a journal of jrnl.
    error: bad.txt, line 1: it is not valid UTF-8
    ");
    assert_eq!(onward.texts(), ["Slept.", "Rain."]);
}

#[test]
fn what_is_nothing_known() {
    let (onward, _) = holding("picture.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF");
    write(&onward.home().join("empty.txt"), "");
    write(
        &onward.home().join("wide.jsonl"),
        b"\xff\xfe{\0\"\0d\0a\0t\0e\0\"\0:\0",
    );
    write(&onward.home().join("diary.txt"), "08.11.2026\nRain.\n");
    let _fifo = onward.fifo("home/fifo.jsonl");
    insta::assert_snapshot!(onward.run(["import", "picture.jpg"]), @"
    exit: 1
    ----- stderr -----
    error: picture.jpg: it is nothing that onward knows
    hint: say what it is with --from, or how its dates are written with --date-from; onward import --help has the forms
    ");
    insta::assert_snapshot!(onward.run(["import", "empty.txt"]), @"
    exit: 1
    ----- stderr -----
    error: empty.txt: it is empty
    ");
    insta::assert_snapshot!(onward.run(["import", "wide.jsonl"]), @"
    exit: 1
    ----- stderr -----
    error: wide.jsonl: it is UTF-16: save it as UTF-8 first
    ");
    insta::assert_snapshot!(onward.run(["import", "fifo.jsonl"]), @"
    exit: 1
    ----- stderr -----
    error: fifo.jsonl: it is neither a file nor a folder
    ");
    insta::assert_snapshot!(onward.run(["import", "/dev/zero"]), @"
    exit: 1
    ----- stderr -----
    error: /dev/zero: it is neither a file nor a folder
    ");
    insta::assert_snapshot!(onward.run(["import", "diary.txt"]), @"
    exit: 1
    ----- stderr -----
    error: diary.txt: it is nothing that onward knows
    hint: say what it is with --from, or how its dates are written with --date-from; onward import --help has the forms
    ");
    insta::assert_snapshot!(onward.run(["import", "diary.txt", "--date-from", "%d.%m.%Y"]), @"
    exit: 0
    ----- stdout -----
    Read 1 entry: 1 added.
    It is of Sunday 8 November 2026.
    ----- stderr -----
    diary.txt is plain text.
    to take all of it back: onward undo
    ");
    insta::assert_snapshot!(onward.run(["import", "diary.txt", "--date-from", "%d.%m"]), @r#"
    exit: 2
    ----- stderr -----
    error: --date-from "%d.%m": it does not say a day, a month and a year
    hint: write the form of the dates as %Y-%m-%d or %d.%m.%Y, with %H:%M for a time
    "#);
    insta::assert_snapshot!(onward.run(["import", "diary.txt", "--from", "dayone"]), @"
    exit: 1
    ----- stderr -----
    diary.txt is a journal of Day One.
    error: diary.txt, line 1: it is not a JSON object
    ");
    insta::assert_snapshot!(onward.run(["import", "diary.txt", "--zone", "Mars"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value 'Mars' for '--zone <ZONE>': a zone is a name like Europe/Berlin, UTC, or an offset like +02:00

    For more information, try '--help'.
    ");
}

/// Whoever types the password may take their time: nobody waits for them.
#[test]
fn an_encrypted_journal_of_jrnl() {
    let (onward, _) = holding("sealed.txt", SEALED);
    insta::assert_snapshot!(onward.run(["import", "sealed.txt"]), @"
    exit: 4
    ----- stderr -----
    sealed.txt is a journal of jrnl.
    error: sealed.txt: there is no terminal to ask for its passphrase
    hint: use a terminal, or --file-passphrase-fd N
    ");
    let mut terminal = onward.call(["import", "sealed.txt"]).in_terminal(80);
    terminal
        .expect("Password of sealed.txt: ")
        .wait_for_echo(false);
    onward.ok(["write", "meanwhile"]);
    terminal
        .keys("wrong\r")
        .expect("That does not open it; 2 tries left.");
    terminal
        .expect("Password of sealed.txt: ")
        .wait_for_echo(false);
    terminal.keys(&format!("{PASSWORD}\r")).expect("2 added.");
    let screen = terminal.end(&onward);
    assert_eq!(screen.status, 0);
    assert_eq!(onward.texts().len(), 3);
}
