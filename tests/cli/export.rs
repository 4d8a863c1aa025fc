//! `onward export`: where it goes, what is said, and that nothing is overwritten. What the
//! forms hold is in `crates/formats/tests/portable.rs`.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};

use crate::sandbox::Sandbox;

fn some_pages() -> Sandbox {
    let onward = Sandbox::new();
    onward.ok([
        "write",
        "=First. #friends",
        "--on",
        "2026-11-01",
        "--mood",
        "2",
        "--tip",
        "2",
    ]);
    onward.ok([
        "write",
        "Second.\n\n---",
        "--on",
        "2026-11-15",
        "--star",
        "--tag",
        "two words",
    ]);
    onward.ok(["write", "Third.", "--on", "2026-11-15", "--free"]);
    onward
}

fn mode(onward: &Sandbox, name: &str) -> u32 {
    let found = fs::metadata(onward.home().join(name)).expect("there");
    found.mode() & 0o777
}

/// What lies in the home directory besides the journal's folder.
fn names(onward: &Sandbox) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(onward.home())
        .expect("readable")
        .map(|found| {
            found
                .expect("readable")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| !matches!(name.as_str(), ".local" | "Library"))
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_that_says_what_it_is() {
    let onward = some_pages();
    insta::assert_snapshot!(onward.run(["export", "--to", "csv"]), @"
    exit: 0
    ----- stderr -----
    Exported 3 entries to onward-2026-11-22.csv.
    ");
    insta::assert_snapshot!(onward.run(["export", "--to", "json", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"export":{"path":"onward-2026-11-22.json","format":"json","entries":3,"files":1,"encrypted":false}}
    ----- stderr -----
    Exported 3 entries to onward-2026-11-22.json.
    "#);
    insta::assert_snapshot!(onward.run(["export", "--to", "markdown", "-q"]), @"exit: 0");
    insta::assert_snapshot!(onward.run(["export", "--to", "jsonl", "-o", "all", "--tip", "2"]), @"
    exit: 0
    ----- stderr -----
    Exported 1 entry to all.
    ");
    insta::assert_snapshot!(names(&onward).join("\n"), @"
    all
    onward-2026-11-22
    onward-2026-11-22.csv
    onward-2026-11-22.json
    ");
    for file in [
        "onward-2026-11-22.csv",
        "onward-2026-11-22.json",
        "onward-2026-11-22/2026-11-15.md",
        "all",
    ] {
        assert_eq!(mode(&onward, file), 0o600, "{file}");
    }
    assert_eq!(mode(&onward, "onward-2026-11-22"), 0o700);
}

#[test]
fn markdown_is_a_page_a_day() {
    let onward = some_pages();
    onward.ok(["export", "--to", "markdown", "-o", "pages"]);
    let page = |name: &str| {
        let page = fs::read_to_string(onward.home().join("pages").join(name)).expect("there");
        // No two ids are alike.
        let id = page
            .lines()
            .find_map(|line| line.strip_prefix("id: "))
            .map(str::to_owned);
        match id {
            Some(id) => page.replace(&id, "<id>"),
            None => page,
        }
    };
    insta::assert_snapshot!(page("2026-11-01.md"), @r#"
    ---
    onward: 1
    date: 2026-11-01
    id: <id>
    written_at: 2026-11-22T21:30:00+00:00
    mood: 2
    tags:
      - "friends"
    reflections:
      - {"deck":"walk-away","tip":"friends","number":2,"title":"Out with friends","question":null}
    ---

    =First. #friends
    "#);
    let several = page("2026-11-15.md");
    let lines = several
        .lines()
        .filter(|line| !line.starts_with("<!-- onward: {"));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    ---
    onward: 1
    date: 2026-11-15
    tags:
      - "two words"
    ---


    Second.

    ---


    Third.
    "#);
    assert_eq!(
        several
            .lines()
            .filter(|line| line.starts_with("<!-- onward: {"))
            .count(),
        2
    );
}

#[test]
fn standard_output_takes_it_too() {
    let onward = some_pages();
    insta::assert_snapshot!(onward.run(["export", "--to", "csv", "-o", "-", "--until", "2026-11-01"]), @r#"
    exit: 0
    ----- stdout -----
    number,id,day,written_at,edited_at,kind,mood,starred,tags,tips,text,reflections,particulars
    1,<id>,2026-11-01,2026-11-22T21:30:00+00:00,,page,2,false,friends,2,'=First. #friends,"[{""deck"":""walk-away"",""tip"":""friends"",""number"":2,""title"":""Out with friends"",""question"":null}]",
    ----- stderr -----
    Exported 1 entry.
    "#);
    insta::assert_snapshot!(onward.run(["export", "--to", "markdown", "-o", "-"]), @"
    exit: 2
    ----- stderr -----
    error: --to markdown makes a folder, which is nothing for standard output
    ");
    insta::assert_snapshot!(onward.run(["export", "--to", "csv", "-o", "-", "--json"]), @"
    exit: 2
    ----- stderr -----
    error: --json and -o - both want standard output
    ");
    assert!(names(&onward).is_empty());
}

/// Pages are what is asked for where no kind is named; that there is more is said.
#[test]
fn what_was_left_out_is_said() {
    let onward = some_pages();
    onward.ok(["reason", "So that I sleep."]);
    onward.ok(["letter", "Dear you."]);
    insta::assert_snapshot!(onward.run(["export", "--to", "json"]), @"
    exit: 0
    ----- stderr -----
    Exported 3 entries to onward-2026-11-22.json.
    only pages went out, and 2 entries of other kinds did not: name them with --kind, or take everything with --to jsonl
    ");
    insta::assert_snapshot!(onward.run(["export", "--to", "jsonl"]), @"
    exit: 0
    ----- stderr -----
    Exported 5 entries to onward-2026-11-22.jsonl.
    ");
    insta::assert_snapshot!(onward.run(["export", "--to", "html", "--kind", "letter"]), @"
    exit: 0
    ----- stderr -----
    Exported 1 entry to onward-2026-11-22.html.
    ");
}

#[test]
fn nothing_is_made_for_nothing() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["export", "--to", "csv"]), @"
    exit: 3
    ----- stderr -----
    Nothing is written yet, so nothing was exported.
    ");
    insta::assert_snapshot!(onward.run(["export", "--to", "jsonl"]), @"
    exit: 3
    ----- stderr -----
    Nothing is written yet, so nothing was exported.
    ");
    onward.ok(["write", "One."]);
    insta::assert_snapshot!(onward.run(["export", "--to", "markdown", "--starred"]), @"
    exit: 3
    ----- stderr -----
    No entries, so nothing was exported. Fewer filters find more.
    ");
    insta::assert_snapshot!(onward.run(["export", "--to", "json", "-o", "-", "--starred"]), @r#"
    exit: 3
    ----- stdout -----
    {"entries":[
    ]}
    ----- stderr -----
    No entries, so nothing was exported. Fewer filters find more.
    "#);
    assert!(names(&onward).is_empty());
}

#[test]
fn what_is_there_stays() {
    let onward = some_pages();
    let path = |name: &str| onward.home().join(name);
    fs::write(path("mine.csv"), "mine").expect("written");
    fs::create_dir(path("empty")).expect("made");
    fs::create_dir(path("full")).expect("made");
    fs::write(path("full/mine.md"), "mine").expect("written");
    symlink(path("mine.csv"), path("link")).expect("linked");
    symlink(path("victim"), path("dangling")).expect("linked");
    symlink(path("empty"), path("folder")).expect("linked");
    let said = |arguments: &[&str]| {
        let outcome = onward.run(["export"].iter().chain(arguments));
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (1, ""),
            "{outcome}"
        );
        outcome.stderr
    };
    insta::assert_snapshot!(said(&["--to", "csv", "-o", "mine.csv"]), @"
    error: cannot write mine.csv: it is there already
    hint: replace it with --force, or name another with -o
    ");
    insta::assert_snapshot!(said(&["--to", "csv", "-o", "link", "--force"]), @"
    error: cannot write link: it is a link
    hint: name a file itself; -o - is standard output
    ");
    insta::assert_snapshot!(said(&["--to", "csv", "-o", "dangling", "--force"]), @"
    error: cannot write dangling: it is a link
    hint: name a file itself; -o - is standard output
    ");
    insta::assert_snapshot!(said(&["--to", "markdown", "-o", "full", "--force"]), @"
    error: cannot write full: the folder is not empty
    hint: name a new folder with -o
    ");
    insta::assert_snapshot!(said(&["--to", "markdown", "-o", "folder"]), @"
    error: cannot write folder: it is a link
    hint: name a file itself; -o - is standard output
    ");
    insta::assert_snapshot!(said(&["--to", "markdown", "-o", "mine.csv"]), @"
    error: cannot write mine.csv: it is a file
    hint: name a new folder with -o
    ");
    insta::assert_snapshot!(said(&["--to", "csv", "-o", "/dev/full", "--force"]), @"
    error: cannot write /dev/full: it is a pipe or a device
    hint: -o - writes to standard output
    ");
    insta::assert_snapshot!(said(&["--to", "csv", "-o", "missing/x.csv"]), @"
    error: cannot write missing/x.csv: there is no such folder to put it in
    hint: make the folder first
    ");
    let journal = onward.journal().display().to_string();
    for name in [journal.clone(), format!("{journal}-wal")] {
        assert!(
            said(&["--to", "csv", "--force", "-o", &name]).contains("belongs to the journal")
        );
    }
    assert_eq!(fs::read_to_string(path("mine.csv")).expect("there"), "mine");
    assert_eq!(
        names(&onward),
        ["dangling", "empty", "folder", "full", "link", "mine.csv"]
    );
    assert_eq!(onward.texts().len(), 3);

    // What was asked for.
    onward.ok(["export", "--to", "csv", "-o", "mine.csv", "--force"]);
    assert!(
        fs::read_to_string(path("mine.csv"))
            .expect("there")
            .starts_with("number,")
    );
    assert_eq!(mode(&onward, "mine.csv"), 0o600);
    onward.ok(["export", "--to", "csv", "-o", "full"]);
    assert!(path("full/onward-2026-11-22.csv").exists());
    onward.ok(["export", "--to", "markdown", "-o", "empty"]);
    assert!(path("empty/2026-11-15.md").exists());
}

#[test]
fn wrong_usage() {
    let onward = some_pages();
    insta::assert_snapshot!(onward.run(["export"]), @"
    exit: 2
    ----- stderr -----
    error: the following required arguments were not provided:
      --to <FORMAT>

    Usage: onward export --to <FORMAT>

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["export", "--to", "yaml"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value 'yaml' for '--to <FORMAT>'
      [possible values: jsonl, json, markdown, csv, text, dayone, html]

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["export", "--to", "csv", "-o", ""]), @"
    exit: 2
    ----- stderr -----
    error: -o needs the path of a file
    ");
}

#[test]
fn what_went_out_comes_in_again() {
    for to in ["csv", "json", "markdown", "jsonl"] {
        let onward = some_pages();
        let place = onward.path("export");
        let place = place.to_str().expect("a path");
        onward.ok(["export", "--to", to, "-o", place]);
        // Here it is all there already.
        let found = onward.json(["import", place]);
        assert_eq!(found["import"]["already_there"], 3, "{to}: {found}");
        assert_eq!(found["import"]["added"], 0, "{to}: {found}");
        let other = Sandbox::new();
        let found = other.json(["import", place]);
        assert_eq!(found["import"]["added"], 3, "{to}: {found}");
        let entries = |onward: &Sandbox| {
            let mut entries = onward.json(["list", "--all"])["entries"].clone();
            for entry in entries.as_array_mut().expect("entries") {
                entry["number"].take();
            }
            entries
        };
        assert_eq!(entries(&other), entries(&onward), "{to}");
    }
}
