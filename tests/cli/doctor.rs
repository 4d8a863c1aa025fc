//! `onward doctor`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::sandbox::{Outcome, Sandbox, write};

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
    // How long the sandbox's own path is decides where lines are broken.
    let mut lines: Vec<String> = Vec::new();
    for line in outcome.to_string().lines().map(size) {
        match lines.last_mut() {
            Some(last) if line.starts_with("      ") && !line.starts_with("       ") => {
                last.push_str(line.get(5..).unwrap_or(""));
            }
            _ => lines.push(line),
        }
    }
    let said = lines.join("\n").replace(&version, "<version>");
    match crate::sealed::on() {
        // An encrypted journal has them in itself.
        true => said.replace(
            "Drafts    in the journal",
            "Drafts    <sandbox>/home/.local/share/onward/journal.db.drafts (none)",
        ),
        false => said,
    }
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

/// Changes the journal behind the program's back.
fn alter(onward: &Sandbox, sql: &str) {
    let raw = crate::sealed::raw(&onward.journal()).expect("opened");
    raw.execute_batch(sql).expect("changed");
}

#[test]
fn where_there_is_no_journal_yet() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(said(&onward.run(["doctor"])), @"
    exit: 0
    ----- stdout -----
      Journal   <sandbox>/home/.local/share/onward/journal.db
                not there yet; the first page makes it
      Drafts    <sandbox>/home/.local/share/onward/journal.db.drafts (none)
      Backups   <sandbox>/home/.local/share/onward/backups (none)
      Settings  <sandbox>/home/.config/onward/config.toml (none)
      Program   onward 0.1.0, SQLite <version>

      ok  SQLite <version> is one to trust
      ok  Nobody else can look in
      ok  No draft waits
      ok  Nothing unfinished lies about
      ok  There is room on the disk
    ");
    assert!(!onward.journal().parent().expect("a folder").exists());
}

#[test]
fn where_all_is_well() {
    let onward = two_pages();
    onward.ok(["backup"]);
    insta::assert_snapshot!(said(&onward.run(["doctor"])), @"
    exit: 0
    ----- stdout -----
      Journal   <sandbox>/home/.local/share/onward/journal.db
                2 entries, <size> kB
      Drafts    <sandbox>/home/.local/share/onward/journal.db.drafts (none)
      Backups   <sandbox>/home/.local/share/onward/backups
                1, the newest journal-2026-11-22T2130.db
      Settings  <sandbox>/home/.config/onward/config.toml (none)
      Program   onward 0.1.0, SQLite <version>, layout 7

      ok  SQLite <version> is one to trust
      ok  The file holds together
      ok  2 entries are what was saved, with 1 earlier state
      ok  The history is complete
      ok  What is counted is counted right
      ok  Search knows every word
      ok  Nobody else can look in
      ok  No draft waits
      ok  Nothing unfinished lies about
      ok  There is room on the disk
    ");
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
    insta::assert_snapshot!(said(&onward.run(["doctor", "--repair"])), @"
    exit: 1
    ----- stdout -----
      Journal   <sandbox>/home/.local/share/onward/journal.db
                2 entries, <size> kB
      Drafts    <sandbox>/home/.local/share/onward/journal.db.drafts (none)
      Backups   <sandbox>/home/.local/share/onward/backups
                1, the newest journal-2026-11-22T2130.db
      Settings  <sandbox>/home/.config/onward/config.toml (none)
      Program   onward 0.1.0, SQLite <version>, layout 7

      ok  SQLite <version> is one to trust
      ok  The file holds together
      ok  2 entries are what was saved, with 1 earlier state
      ok  The history is complete
      ok  What is counted is counted right
      ok  Search knows every word
       !  Others may look into the folder onward (mode 0755) chmod 700 <sandbox>/home/.local/share/onward
       !  Others may look into the file journal.db (mode 0644) chmod 600 <sandbox>/home/.local/share/onward/journal.db
       !  Others may look into the file journal-2026-11-22T2130.db (mode 0640) chmod 600 <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db
      ok  No draft waits
      ok  Nothing unfinished lies about
      ok  There is room on the disk
    ----- stderr -----
    There is nothing to repair.
    ");
    assert_eq!(
        fs::metadata(&folder).expect("there").permissions().mode() & 0o777,
        0o755
    );
    // A folder for everybody is nobody's to shut.
    chmod(&folder, 0o1777);
    let said = said(&onward.run(["doctor"]));
    let line = said.lines().find(|line| line.contains("1777"));
    assert!(
        line.is_some_and(|line| line.ends_with("keep the journal in a folder of your own")),
        "{said}"
    );
}

#[test]
fn what_lies_about() {
    if crate::sealed::skip(
        "what_lies_about",
        "bytes that could not become a draft are kept in memory",
    ) {
        return;
    }
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
    alter(&onward, "UPDATE covered_tip SET days = 7");
    insta::assert_snapshot!(said(&onward.run(["doctor"])), @"
    exit: 1
    ----- stdout -----
      Journal   <sandbox>/home/.local/share/onward/journal.db
                2 entries, <size> kB
      Drafts    <sandbox>/home/.local/share/onward/journal.db.drafts (none)
      Backups   <sandbox>/home/.local/share/onward/backups (none)
      Settings  <sandbox>/home/.config/onward/config.toml (none)
      Program   onward 0.1.0, SQLite <version>, layout 7

      ok  SQLite <version> is one to trust
      ok  The file holds together
      ok  2 entries are what was saved, with 1 earlier state
      ok  The history is complete
       !  How far the deck is covered is not counted right make it anew: onward doctor --repair
      ok  Search knows every word
      ok  Nobody else can look in
      ok  No draft waits
      ok  Nothing unfinished lies about
      ok  There is room on the disk
    ");
    insta::assert_snapshot!(said(&onward.run(["doctor", "--repair", "--no-pager"])), @"
    exit: 0
    ----- stdout -----
      Journal   <sandbox>/home/.local/share/onward/journal.db
                2 entries, <size> kB
      Drafts    <sandbox>/home/.local/share/onward/journal.db.drafts (none)
      Backups   <sandbox>/home/.local/share/onward/backups (none)
      Settings  <sandbox>/home/.config/onward/config.toml (none)
      Program   onward 0.1.0, SQLite <version>, layout 7

      ok  SQLite <version> is one to trust
      ok  The file holds together
      ok  2 entries are what was saved, with 1 earlier state
      ok  The history is complete
      ok  What is counted is counted right
      ok  Search knows every word
      ok  Nobody else can look in
      ok  No draft waits
      ok  Nothing unfinished lies about
      ok  There is room on the disk
    ----- stderr -----
    Made anew what is derived. No text was touched.
    ");
}

#[test]
fn a_text_that_is_not_what_was_saved() {
    let onward = two_pages();
    onward.ok(["backup"]);
    alter(&onward, "UPDATE entry SET mood = 1 WHERE number = 2");
    insta::assert_snapshot!(said(&onward.run(["doctor"])), @"
    exit: 1
    ----- stdout -----
      Journal   <sandbox>/home/.local/share/onward/journal.db
                2 entries, <size> kB
      Drafts    <sandbox>/home/.local/share/onward/journal.db.drafts (none)
      Backups   <sandbox>/home/.local/share/onward/backups
                1, the newest journal-2026-11-22T2130.db
      Settings  <sandbox>/home/.config/onward/config.toml (none)
      Program   onward 0.1.0, SQLite <version>, layout 7

      ok  SQLite <version> is one to trust
      ok  The file holds together
       !  #2: it is not what was saved compare it with the newest backup: onward show 2, and onward --journal <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db show 2
      ok  The history is complete
      ok  What is counted is counted right
      ok  Search knows every word
      ok  Nobody else can look in
      ok  No draft waits
      ok  Nothing unfinished lies about
      ok  There is room on the disk
    ");
    insta::assert_snapshot!(onward.run(["backup"]), @"
    exit: 1
    ----- stderr -----
    error: the journal <sandbox>/home/.local/share/onward/journal.db is damaged
    caused by: a text in it is not what was saved
    hint: see onward doctor; leave the file as it is and work on a copy of it
    ");
    let json = onward.run(["doctor", "--json"]).json();
    let finding = &json["doctor"]["findings"][0];
    assert_eq!(finding["check"], "texts");
    assert_eq!(finding["severity"], "damage");
    assert_eq!(finding["entry"], 2);
}

#[test]
fn a_journal_that_cannot_be_opened() {
    if crate::sealed::skip(
        "a_journal_that_cannot_be_opened",
        "it is about a plain file",
    ) {
        return;
    }
    let onward = two_pages();
    onward.ok(["backup"]);
    write(&onward.journal(), vec![7; 50_000]);
    let mut told = said(&onward.run(["doctor"]));
    if cfg!(not(feature = "encryption")) {
        // It has another reason and another way out.
        let plain = "this onward cannot open it: it was built without encryption install an \
                     onward that is built as it is released";
        let asking = "there is no terminal to ask for its passphrase use a terminal, \
                      --passphrase-fd N, or ONWARD_PASSPHRASE_COMMAND";
        assert!(told.contains(plain), "{told}");
        told = told.replace(plain, asking);
    }
    insta::assert_snapshot!(told, @"
    exit: 1
    ----- stdout -----
      Journal   <sandbox>/home/.local/share/onward/journal.db
      Drafts    <sandbox>/home/.local/share/onward/journal.db.drafts (none)
      Backups   <sandbox>/home/.local/share/onward/backups
                1, the newest journal-2026-11-22T2130.db
      Settings  <sandbox>/home/.config/onward/config.toml (none)
      Program   onward 0.1.0, SQLite <version>

      ok  SQLite <version> is one to trust
       !  The journal <sandbox>/home/.local/share/onward/journal.db is locked: there is no terminal to ask for its passphrase use a terminal, --passphrase-fd N, or ONWARD_PASSPHRASE_COMMAND; if it never had one, put the newest backup back: onward restore-backup <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db
      ok  Nobody else can look in
      ok  No draft waits
      ok  Nothing unfinished lies about
      ok  There is room on the disk
    ");
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
    assert_eq!(outcome.status, 1, "{outcome}");
    for line in outcome.stdout.lines().filter(|line| !line.contains('/')) {
        assert!(line.chars().count() <= 40, "{line}");
    }
}
