//! `onward doctor`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::sandbox::{Outcome, Sandbox, command, write};

/// What it says, whatever SQLite is built in.
fn said(outcome: &Outcome) -> String {
    let version = outcome
        .to_string()
        .split_once("SQLite ")
        .map(|(_, rest)| {
            rest.chars()
                .take_while(|c| c.is_ascii_digit() || *c == '.')
                .collect()
        })
        .unwrap_or("none".to_owned());
    let size = |line: &str| match line.split_once(" kB") {
        Some((before, after)) => {
            let start = before.rfind(' ').map_or(0, |at| at + 1);
            format!("{}<size> kB{after}", &before[..start])
        }
        None => line.to_owned(),
    };
    let lines: Vec<String> = outcome.to_string().lines().map(size).collect();
    lines.join("\n").replace(&version, "<version>")
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
}

fn two_pages() -> Sandbox {
    let onward = Sandbox::new();
    onward.ok(["write", "The first of them.", "--on", "2026-11-20"]);
    onward.ok(["write", "The second."]);
    onward.ok(["edit", "2", "--text", "The second, changed."]);
    onward
}

/// Changes the journal behind the program's back; false where there is nothing to do it with.
fn alter(onward: &Sandbox, sql: &str) -> bool {
    let run = command("sqlite3").arg(onward.journal()).arg(sql).output();
    match run {
        Ok(run) => {
            assert!(
                run.status.success(),
                "{}",
                String::from_utf8_lossy(&run.stderr)
            );
            true
        }
        Err(_) => {
            eprintln!("skipped: sqlite3 is not installed");
            false
        }
    }
}

#[test]
fn where_there_is_no_journal_yet() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(said(&onward.run(["doctor"])), @"");
    assert!(!onward.journal().parent().expect("a folder").exists());
}

#[test]
fn where_all_is_well() {
    let onward = two_pages();
    onward.ok(["backup"]);
    insta::assert_snapshot!(said(&onward.run(["doctor"])), @"");
    onward.ok(["doctor", "--repair", "-q"]);
    let json = onward.json(["doctor"]);
    let doctor = &json["doctor"];
    assert_eq!(doctor["entries"], 2);
    assert_eq!(doctor["earlier_states"], 1);
    assert_eq!(doctor["exists"], true);
    assert_eq!(doctor["findings"].as_array().expect("findings").len(), 0);
    assert_eq!(
        doctor["backups_there"].as_array().expect("backups").len(),
        1
    );
    assert_eq!(doctor["journal"], onward.journal().to_str().expect("text"));
}

#[test]
fn what_others_may_look_into() {
    let onward = two_pages();
    onward.ok(["backup"]);
    let folder = onward.journal().parent().expect("a folder").to_path_buf();
    chmod(&folder, 0o755);
    chmod(&onward.journal(), 0o644);
    chmod(&folder.join("backups/journal-2026-11-22T2130.db"), 0o640);
    insta::assert_snapshot!(said(&onward.run(["doctor", "--repair"])), @"");
    assert_eq!(
        fs::metadata(&folder).expect("there").permissions().mode() & 0o777,
        0o755
    );
}

#[test]
fn what_lies_about() {
    let onward = two_pages();
    let failing = onward.script("failing", "printf 'half a page' > \"$1\"; exit 1");
    let run = onward.call(["write"]).env("EDITOR", &failing);
    drop(
        run.now("2026-11-19T21:00:00+00:00")
            .in_terminal(80)
            .end(&onward),
    );
    onward.call(["write"]).stdin(b"bad \xff bytes").run();
    let folder = onward.journal().with_file_name(".journal.db-abcdef.new");
    fs::create_dir(&folder).expect("made");
    chmod(&folder, 0o700);
    let outcome = onward.run(["doctor"]);
    let kept = outcome
        .stdout
        .lines()
        .filter(|line| line.contains("kept aside"))
        .count();
    assert_eq!((outcome.status, kept), (1, 1), "{outcome}");
    assert!(
        outcome.stdout.contains("1 draft waits, begun 3 days ago"),
        "{outcome}"
    );
    assert!(
        outcome.stdout.contains("broken off in the making"),
        "{outcome}"
    );
    assert!(!outcome.stdout.contains("half a page"), "{outcome}");
    onward.ok(["backup"]);
    assert!(!folder.exists());
}

#[test]
fn what_is_derived_is_made_anew() {
    let onward = two_pages();
    if !alter(&onward, "UPDATE covered_tip SET days = 7") {
        return;
    }
    insta::assert_snapshot!(said(&onward.run(["doctor"])), @"");
    insta::assert_snapshot!(said(&onward.run(["doctor", "--repair", "--no-pager"])), @"");
}

#[test]
fn a_text_that_is_not_what_was_saved() {
    let onward = two_pages();
    onward.ok(["backup"]);
    if !alter(&onward, "UPDATE entry SET mood = 1 WHERE number = 2") {
        return;
    }
    insta::assert_snapshot!(said(&onward.run(["doctor"])), @"");
    insta::assert_snapshot!(onward.run(["backup"]), @"");
    let json = onward.run(["doctor", "--json"]).json();
    let finding = &json["doctor"]["findings"][0];
    assert_eq!(finding["check"], "texts");
    assert_eq!(finding["severity"], "damage");
    assert_eq!(finding["entry"], 2);
}

#[test]
fn a_journal_that_cannot_be_opened() {
    let onward = two_pages();
    onward.ok(["backup"]);
    write(&onward.journal(), vec![7; 50_000]);
    insta::assert_snapshot!(said(&onward.run(["doctor"])), @"");
    fs::remove_dir_all(onward.journal().with_file_name("backups")).expect("removed");
    let outcome = onward.run(["doctor"]);
    assert!(outcome.stdout.contains(".recover"), "{outcome}");
    assert_eq!(fs::read(onward.journal()).expect("there"), vec![7; 50_000]);
}

#[test]
fn on_a_narrow_terminal() {
    let onward = two_pages();
    chmod(&onward.journal(), 0o644);
    let outcome = onward.call(["doctor"]).env("COLUMNS", "40").run();
    insta::assert_snapshot!(said(&outcome), @"");
}
