//! `onward show`

use crate::sandbox::Sandbox;

fn some_pages() -> Sandbox {
    let onward = Sandbox::new();
    onward.ok([
        "write",
        "On Friday.",
        "--on",
        "friday",
        "--tip",
        "2",
        "--at",
        "20:00",
    ]);
    onward.ok([
        "write",
        "Called Aunt. #friends\n\n  - one\n  - two\n",
        "--mood",
        "3",
        "--star",
    ]);
    onward.ok(["write", "A second one.", "--free"]);
    onward
}

#[test]
fn todays_pages() {
    let onward = some_pages();
    insta::assert_snapshot!(onward.run(["show"]), @"
    exit: 0
    ----- stdout -----
    #2  Sunday 22 November 2026, 21:30  ★
    Tip 1, No calls, no texts · mood 3 of 5 · #friends
    What will you do in the hour before bed, and where will your phone be?

    Called Aunt. #friends

      - one
      - two

    #3  Sunday 22 November 2026, 21:30

    A second one.
    ");
    insta::assert_snapshot!(onward.call(["show"]).env("COLUMNS", "40").run(), @"
    exit: 0
    ----- stdout -----
    #2  Sunday 22 November 2026, 21:30  ★
    Tip 1, No calls, no texts · mood 3 of 5
    #friends
    What will you do in the hour before bed,
    and where will your phone be?

    Called Aunt. #friends

      - one
      - two

    #3  Sunday 22 November 2026, 21:30

    A second one.
    ");
}

#[test]
fn as_json() {
    let onward = some_pages();
    insta::assert_snapshot!(onward.run(["show", "2", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"entries":[{"number":2,"id":"<id>","day":"2026-11-22","written_at":"2026-11-22T21:30:00+00:00","edited_at":null,"kind":"page","text":"Called Aunt. #friends\n\n  - one\n  - two\n","mood":3,"starred":true,"tags":["friends"],"reflections":[{"deck":"walk-away","tip":"no-contact","number":1,"title":"No calls, no texts","question":"What will you do in the hour before bed, and where will your phone be?"}]}]}
    "#);
}

#[test]
fn every_way_to_name_an_entry() {
    let onward = some_pages();
    let numbers = |words: &[&str]| -> Vec<i64> {
        let found = onward.json([&["show"], words].concat());
        let entries = found["entries"].as_array().expect("entries");
        entries
            .iter()
            .map(|entry| entry["number"].as_i64().expect("a number"))
            .collect()
    };
    assert_eq!(numbers(&[]), [2, 3]);
    assert_eq!(numbers(&["2"]), [2]);
    assert_eq!(numbers(&["#2"]), [2]);
    assert_eq!(numbers(&["last"]), [3]);
    assert_eq!(numbers(&["today"]), [2, 3]);
    assert_eq!(numbers(&["2026-11-20"]), [1]);
    assert_eq!(numbers(&["last", "friday"]), [1]);
    assert_eq!(numbers(&["2", "days", "ago"]), [1]);
    assert_eq!(numbers(&["3", "1", "3", "today"]), [3, 1, 2]);
    let id = onward.json(["show", "1"])["entries"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    // The clock stands still, so only the end of an id tells these apart.
    assert_eq!(numbers(&[&id]), [1]);
    assert_eq!(numbers(&[&id.to_uppercase()]), [1]);
    assert_eq!(numbers(&[&id.replace('-', "")]), [1]);
}

#[test]
fn what_is_not_there() {
    let onward = some_pages();
    insta::assert_snapshot!(onward.run(["show", "99"]), @"
    exit: 3
    ----- stderr -----
    error: there is no entry #99
    hint: see onward list
    ");
    insta::assert_snapshot!(onward.run(["show", "yesterday"]), @"
    exit: 3
    ----- stderr -----
    error: there is no entry for Saturday 21 November 2026
    hint: see onward list
    ");
    insta::assert_snapshot!(onward.run(["show", "99", "--json"]), @r#"
    exit: 3
    ----- stdout -----
    {"entries":[]}
    ----- stderr -----
    error: there is no entry #99
    hint: see onward list
    "#);
    insta::assert_snapshot!(onward.run(["show", "deadbeef"]), @"
    exit: 3
    ----- stderr -----
    error: there is no entry deadbeef
    hint: see onward list
    ");
    // What there is is shown all the same.
    insta::assert_snapshot!(onward.run(["show", "3", "99"]), @"
    exit: 3
    ----- stdout -----
    #3  Sunday 22 November 2026, 21:30

    A second one.
    ----- stderr -----
    error: there is no entry #99
    hint: see onward list
    ");
}

#[test]
fn several_ids_with_one_beginning() {
    let onward = some_pages();
    let id = onward.json(["show", "1"])["entries"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let outcome = onward.run(["show", &id[..8]]);
    assert_eq!(outcome.status, 2);
    assert_eq!(
        outcome.stderr,
        format!(
            "error: several ids begin with {}\nhint: type more of the id, or use the entry's number\n",
            &id[..8]
        )
    );
}

#[test]
fn what_cannot_be_meant() {
    let onward = some_pages();
    insta::assert_snapshot!(onward.run(["show", "someday"]), @r#"
    exit: 2
    ----- stderr -----
    error: cannot read "someday" as a day; try 2026-11-20, yesterday, last friday, 3 days ago or nov 3
    "#);
    insta::assert_snapshot!(onward.run(["show", "tomorrow"]), @"
    exit: 2
    ----- stderr -----
    error: Monday 23 November 2026 is still to come
    ");
    insta::assert_snapshot!(onward.run(["show", "#"]), @r##"
    exit: 2
    ----- stderr -----
    error: "#" is not an entry number
    "##);
    insta::assert_snapshot!(onward.run(["show", "01/02/2026"]), @"
    exit: 2
    ----- stderr -----
    error: 01/02/2026 could be 2026-02-01 (1 February) or 2026-01-02 (2 January); write it as YYYY-MM-DD
    ");
}

#[test]
fn nothing_today() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["show"]), @"
    exit: 3
    ----- stderr -----
    Nothing is written yet for Sunday 22 November.
    ");
    insta::assert_snapshot!(onward.run(["show", "--json"]), @r#"
    exit: 3
    ----- stdout -----
    {"entries":[]}
    ----- stderr -----
    Nothing is written yet for Sunday 22 November.
    "#);
    onward
        .run(["show", "last"])
        .said(3, "error: there is no entry yet\nhint: see onward list\n");
    assert!(!onward.journal().exists(), "reading makes no journal");
}

#[test]
fn a_page_of_the_small_hours_keeps_its_evening() {
    let onward = Sandbox::new();
    onward
        .call(["write", "Awake."])
        .now("2026-11-23T01:30:00+00:00")
        .run();
    let shown = onward.ok(["show", "last"]).stdout;
    assert!(
        shown.starts_with("#1  Sunday 22 November 2026, 01:30\n"),
        "{shown}"
    );
}

#[test]
fn a_page_written_days_later_says_so() {
    let onward = Sandbox::new();
    onward.ok(["write", "Looking back.", "--on", "2026-11-01"]);
    insta::assert_snapshot!(onward.run(["show", "last"]), @"
    exit: 0
    ----- stdout -----
    #1  Sunday 1 November 2026, written 22 Nov 2026

    Looking back.
    ");
}

#[test]
fn quiet_is_silent_about_nothing() {
    let onward = Sandbox::new();
    onward.run(["show", "-q"]).said(3, "");
}
