//! `onward list` and the filters that every reading command takes.

use crate::sandbox::Sandbox;

fn some_pages() -> Sandbox {
    let onward = Sandbox::new();
    onward.ok([
        "write",
        "On the first. #friends",
        "--on",
        "2026-11-01",
        "--mood",
        "2",
        "--tip",
        "2",
    ]);
    onward.ok(["write", "Midmonth, with a first line that is a good deal longer than what fits on a line of eighty columns", "--on", "2026-11-15", "--mood", "4", "--star", "--tag", "two words"]);
    onward.ok([
        "write",
        "\n\n  Friday. #friends #work",
        "--on",
        "friday",
        "--mood",
        "3",
        "--tip",
        "5",
        "--tip",
        "10",
    ]);
    onward.ok(["write", "Today."]);
    onward.ok(["write", "Free today.", "--free"]);
    onward
}

#[test]
fn a_line_each() {
    let onward = some_pages();
    insta::assert_snapshot!(onward.run(["list"]), @"
    exit: 0
    ----- stdout -----
    #5  Sun 22 Nov 2026                    Free today.
    #4  Sun 22 Nov 2026  Tip 1             Today.
    #3  Fri 20 Nov 2026  Tip 5,10  3/5     Friday. #friends #work
    #2  Sun 15 Nov 2026            4/5  ★  Midmonth, with a first line that is a go…
    #1  Sun 1 Nov 2026   Tip 2     2/5     On the first. #friends
    ");
    insta::assert_snapshot!(onward.call(["list"]).env("COLUMNS", "40").run(), @"
    exit: 0
    ----- stdout -----
    #5 2026-11-22        Free today.
    #4 2026-11-22 1      Today.
    #3 2026-11-20 5,10   Friday. #friends #…
    #2 2026-11-15      ★ Midmonth, with a f…
    #1 2026-11-01 2      On the first. #fri…
    ");
}

#[test]
fn one_plain_page() {
    let onward = Sandbox::new();
    onward.ok(["write", "--free", "Plain."]);
    insta::assert_snapshot!(onward.run(["list"]), @"
    exit: 0
    ----- stdout -----
    #1  Sun 22 Nov 2026  Plain.
    ");
}

#[test]
fn as_json() {
    let onward = some_pages();
    insta::assert_snapshot!(onward.run(["list", "--json", "-n", "2"]), @r#"
    exit: 0
    ----- stdout -----
    {"entries":[{"number":5,"id":"<id>","day":"2026-11-22","written_at":"2026-11-22T21:30:00+00:00","edited_at":null,"kind":"page","text":"Free today.","mood":null,"starred":false,"tags":[],"reflections":[]},{"number":4,"id":"<id>","day":"2026-11-22","written_at":"2026-11-22T21:30:00+00:00","edited_at":null,"kind":"page","text":"Today.","mood":null,"starred":false,"tags":[],"reflections":[{"deck":"walk-away","tip":"no-contact","number":1,"title":"No calls, no texts","question":"What will you do in the hour before bed, and where will your phone be?"}]}]}
    ----- stderr -----
    There are more; --all lists every one.
    "#);
}

/// The numbers of the entries that the filters leave, the newest first.
#[track_caller]
fn check(onward: &Sandbox, filters: &str, expect: &[i64]) {
    let words = ["list", "--json"]
        .into_iter()
        .chain(filters.split_whitespace());
    let outcome = onward.run(words);
    let found = outcome.json();
    let entries = found["entries"].as_array().expect("entries");
    let numbers: Vec<i64> = entries
        .iter()
        .map(|entry| entry["number"].as_i64().expect("a number"))
        .collect();
    assert_eq!(numbers, expect, "{filters}");
    assert_eq!(
        outcome.status,
        if expect.is_empty() { 3 } else { 0 },
        "{filters}"
    );
}

#[test]
fn filters() {
    let onward = some_pages();
    check(&onward, "", &[5, 4, 3, 2, 1]);
    check(&onward, "--from 2026-11-15", &[5, 4, 3, 2]);
    check(&onward, "--to 2026-11-15", &[2, 1]);
    check(&onward, "--from 2026-11-15 --to yesterday", &[3, 2]);
    check(&onward, "--on today", &[5, 4]);
    check(&onward, "--on today --on 2026-11-01", &[5, 4, 1]);
    check(&onward, "--tip 2", &[1]);
    check(&onward, "--tip 2 --tip delete-pictures", &[3, 1]);
    check(&onward, "--tag friends", &[3, 1]);
    check(&onward, "--tag #FRIENDS --tag work", &[3, 1]);
    check(&onward, "--not-tag friends", &[5, 4, 2]);
    check(&onward, "--tag friends --not-tag work", &[1]);
    check(&onward, "--mood 3", &[3]);
    check(&onward, "--mood 2..3", &[3, 1]);
    check(&onward, "--mood 3..", &[3, 2]);
    check(&onward, "--mood ..2 --mood 4", &[2, 1]);
    check(&onward, "--kind page", &[5, 4, 3, 2, 1]);
    check(&onward, "--kind letter", &[]);
    check(&onward, "--kind letter --kind page --on today", &[5, 4]);
    check(&onward, "--starred", &[2]);
    check(&onward, "--free", &[5, 2]);
    check(&onward, "--free --starred --mood 4 --from 2026-11-02", &[2]);
    check(&onward, "--starred --mood 1", &[]);
    check(&onward, "-n 1", &[5]);
    check(&onward, "-n 1 --tag friends", &[3]);
    let spaced = onward.json(["list", "--tag", "two words"]);
    assert_eq!(spaced["entries"][0]["number"], 2);
}

#[test]
fn more_than_is_listed() {
    let onward = some_pages();
    insta::assert_snapshot!(onward.run(["list", "-n", "2"]), @"
    exit: 0
    ----- stdout -----
    #5  Sun 22 Nov 2026         Free today.
    #4  Sun 22 Nov 2026  Tip 1  Today.
    ----- stderr -----
    There are more; --all lists every one.
    ");
    insta::assert_snapshot!(onward.run(["list", "-n", "0"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value '0' for '-n <N>': use --all for every entry, --count for how many there are

    For more information, try '--help'.
    ");
    let quiet = onward.ok(["list", "-n", "2", "-q"]);
    assert_eq!(quiet.stderr, "");
    for number in 6..=25 {
        onward.ok(["write", "-q", "--free", &format!("Page {number}.")]);
    }
    let usual = onward.ok(["list"]);
    assert_eq!(usual.stdout.lines().count(), 20);
    assert_eq!(usual.stderr, "There are more; --all lists every one.\n");
    let all = onward.ok(["list", "-n", "18446744073709551615"]);
    assert_eq!(all.stdout.lines().count(), 25);
    assert_eq!(all.stderr, "");
    assert_eq!(onward.ok(["list", "--all"]).stdout, all.stdout);
    assert_eq!(onward.ok(["list", "--count"]).stdout, "25\n");
}

#[test]
fn nothing_found() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["list"]), @"
    exit: 3
    ----- stderr -----
    Nothing is written yet. Begin with onward write.
    ");
    insta::assert_snapshot!(onward.run(["list", "--json"]), @r#"
    exit: 3
    ----- stdout -----
    {"entries":[]}
    ----- stderr -----
    Nothing is written yet. Begin with onward write.
    "#);
    assert!(!onward.journal().exists(), "reading makes no journal");
    onward.ok(["write", "One."]);
    insta::assert_snapshot!(onward.run(["list", "--tag", "none"]), @"
    exit: 3
    ----- stderr -----
    No entries. Fewer filters find more.
    ");
    onward.run(["list", "--tag", "none", "-q"]).said(3, "");
}

#[test]
fn filters_that_cannot_be_meant() {
    let onward = some_pages();
    insta::assert_snapshot!(onward.run(["list", "--from", "yesterday", "--to", "friday"]), @"
    exit: 2
    ----- stderr -----
    error: --from 2026-11-21 is later than --to 2026-11-20
    ");
    insta::assert_snapshot!(onward.run(["list", "--on", "tomorrow"]), @"
    exit: 2
    ----- stderr -----
    error: --on: Monday 23 November 2026 is still to come
    ");
    insta::assert_snapshot!(onward.run(["list", "--mood", "5..1"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value '5..1' for '--mood <MOOD>': write the lower mood first: 1..5

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["list", "--kind", "diary"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value 'diary' for '--kind <KIND>': a kind is page, letter, reason, urge or contact

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["list", "--tip", "12"]), @r#"
    exit: 2
    ----- stderr -----
    error: there is no tip "12"
    hint: the tips are 1 to 10; see onward tips
    "#);
    insta::assert_snapshot!(onward.run(["list", "--free", "--tip", "1"]), @"
    exit: 2
    ----- stderr -----
    error: the argument '--free' cannot be used with '--tip <N>'

    Usage: onward list --free

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["list", "-n", "many"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value 'many' for '-n <N>': a number from 1 is wanted

    For more information, try '--help'.
    ");
}

#[test]
fn columns_line_up_whatever_the_script() {
    let onward = Sandbox::new();
    for text in [
        "日本語の行がとても長いので、どこかで切らなければなりません、そうですよね、本当に。",
        "👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧 families",
        "e\u{301}e\u{301}e\u{301} combining",
        "עברית וערבית العربية",
        "plain",
    ] {
        onward.ok(["write", text, "--mood", "3"]);
    }
    insta::assert_snapshot!(onward.run(["list"]), @"
    exit: 0
    ----- stdout -----
    #5  Sun 22 Nov 2026  Tip 1  3/5  plain
    #4  Sun 22 Nov 2026  Tip 1  3/5  עברית וערבית العربية
    #3  Sun 22 Nov 2026  Tip 1  3/5  ééé combining
    #2  Sun 22 Nov 2026  Tip 1  3/5  👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧 families
    #1  Sun 22 Nov 2026  Tip 1  3/5  日本語の行がとても長いので、どこかで切らなけれ…
    ");
}
