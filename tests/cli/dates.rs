//! Which day and which instant is meant: `--on`, `--at`, the turn of the day, the clocks.

use crate::sandbox::{Outcome, Sandbox, write};

/// The day and the instant of what these words wrote.
#[track_caller]
fn written(onward: &Sandbox, words: &[&str]) -> (String, String) {
    let entry = onward.json([&["write", "text"], words].concat())["entry"].clone();
    let field = |name: &str| entry[name].as_str().expect("a text").to_owned();
    (field("day"), field("written_at"))
}

#[track_caller]
fn check(onward: &Sandbox, words: &[&str], day: &str, at: &str) {
    assert_eq!(
        written(onward, words),
        (day.to_owned(), at.to_owned()),
        "{words:?}"
    );
}

#[test]
fn days_as_people_say_them() {
    let onward = Sandbox::new();
    for (said, day) in [
        ("today", "2026-11-22"),
        ("yesterday", "2026-11-21"),
        ("last night", "2026-11-21"),
        ("friday", "2026-11-20"),
        ("last friday", "2026-11-20"),
        ("sunday", "2026-11-22"),
        ("last sunday", "2026-11-15"),
        ("3 days ago", "2026-11-19"),
        ("a week ago", "2026-11-15"),
        ("nov 3", "2026-11-03"),
        ("3 December", "2025-12-03"),
        ("2024-02-29", "2024-02-29"),
        ("13/02/2026", "2026-02-13"),
        ("1660-02-29", "1660-02-29"),
        ("0001-01-01", "0001-01-01"),
    ] {
        assert_eq!(written(&onward, &["--on", said]).0, day, "{said}");
    }
}

#[test]
fn days_that_cannot_be_meant() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["write", "x", "--on", "tomorrow"]), @"
    exit: 2
    ----- stderr -----
    error: --on: Monday 23 November 2026 is still to come
    ");
    insta::assert_snapshot!(onward.run(["write", "x", "--on", "01/02/2026"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value '01/02/2026' for '--on <DAY>': could be 2026-02-01 (1 February) or 2026-01-02 (2 January); write it as YYYY-MM-DD

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["write", "x", "--on", "2026-02-30"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value '2026-02-30' for '--on <DAY>': there is no 30 February 2026: February 2026 has 28 days

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["write", "x", "--on", "mon 20 nov"]), @"
    exit: 2
    ----- stderr -----
    error: --on: 20 November 2026 is a Friday, not a Monday
    ");
    insta::assert_snapshot!(onward.run(["write", "x", "--on", "yesterday 9pm"]), @r#"
    exit: 2
    ----- stderr -----
    error: invalid value 'yesterday 9pm' for '--on <DAY>': "yesterday 9pm" names a time; give the day and the time apart, as in --on yesterday --at 21:00

    For more information, try '--help'.
    "#);
    insta::assert_snapshot!(onward.run(["write", "x", "--on", "someday"]), @r#"
    exit: 2
    ----- stderr -----
    error: invalid value 'someday' for '--on <DAY>': cannot read "someday" as a day; try 2026-11-20, yesterday, last friday, 3 days ago or nov 3

    For more information, try '--help'.
    "#);
    insta::assert_snapshot!(onward.run(["write", "x", "--on", ""]), @r#"
    exit: 2
    ----- stderr -----
    error: invalid value '' for '--on <DAY>': cannot read "" as a day; try 2026-11-20, yesterday, last friday, 3 days ago or nov 3

    For more information, try '--help'.
    "#);
    insta::assert_snapshot!(onward.run(["write", "x", "--on"]), @"
    exit: 2
    ----- stderr -----
    error: a value is required for '--on <DAY>' but none was supplied

    For more information, try '--help'.
    ");
    for wrong in [
        "2100-02-29",
        "0000-01-01",
        "9999-12-31",
        "10000-01-01",
        "2026-13-01",
        "-1 days ago",
        "999999999999 days ago",
    ] {
        let outcome = onward.run(["write", "x", &format!("--on={wrong}")]);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (2, ""),
            "{wrong}: {outcome}"
        );
    }
    assert!(!onward.journal().exists(), "nothing was done");
}

#[test]
fn times_of_the_day() {
    let onward = Sandbox::new();
    check(
        &onward,
        &["--at", "20:15"],
        "2026-11-22",
        "2026-11-22T20:15:00+00:00",
    );
    check(
        &onward,
        &["--at", "9pm"],
        "2026-11-22",
        "2026-11-22T21:00:00+00:00",
    );
    check(
        &onward,
        &["--at", "noon", "--on", "yesterday"],
        "2026-11-21",
        "2026-11-21T12:00:00+00:00",
    );
    // The small hours end a day.
    check(
        &onward,
        &["--at", "1:30am", "--on", "yesterday"],
        "2026-11-21",
        "2026-11-22T01:30:00+00:00",
    );
    check(
        &onward,
        &["--at", "04:00", "--on", "yesterday"],
        "2026-11-21",
        "2026-11-21T04:00:00+00:00",
    );
    insta::assert_snapshot!(onward.run(["write", "x", "--at", "22:00"]), @"
    exit: 2
    ----- stderr -----
    error: --at: 22:00 on Sunday 22 November is still to come
    ");
    insta::assert_snapshot!(onward.run(["write", "x", "--at", "01:30"]), @"
    exit: 2
    ----- stderr -----
    error: --at: 01:30 on Sunday 22 November is still to come
    hint: a day turns at 04:00, so 01:30 is the end of it
    ");
    insta::assert_snapshot!(onward.run(["write", "x", "--at", "9"]), @r#"
    exit: 2
    ----- stderr -----
    error: invalid value '9' for '--at <TIME>': cannot read "9" as a time; try 21:15, 9:15 pm or noon

    For more information, try '--help'.
    "#);
    insta::assert_snapshot!(onward.run(["write", "x", "--at", "25:00"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value '25:00' for '--at <TIME>': a clock goes from 00:00, which is midnight, to 23:59

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["write", "x", "--at", "2115"]), @r#"
    exit: 2
    ----- stderr -----
    error: invalid value '2115' for '--at <TIME>': cannot read "2115" as a time; try 21:15, 9:15 pm or noon

    For more information, try '--help'.
    "#);
}

#[test]
fn the_day_turns_at_four() {
    let mut onward = Sandbox::new();
    for (now, day) in [
        ("2026-11-22T03:59:59+00:00", "2026-11-21"),
        ("2026-11-22T04:00:00+00:00", "2026-11-22"),
        ("2026-11-23T00:00:00+00:00", "2026-11-22"),
        ("2026-11-23T03:59:59+00:00", "2026-11-22"),
        ("2027-01-01T01:00:00+00:00", "2026-12-31"),
        ("2028-03-01T01:00:00+00:00", "2028-02-29"),
    ] {
        onward.now(now);
        check(&onward, &[], day, now);
    }
    onward.config("day_starts_at = \"00:00\"");
    onward.now("2026-11-22T00:00:00+00:00");
    check(&onward, &[], "2026-11-22", "2026-11-22T00:00:00+00:00");
}

#[test]
fn after_midnight_yesterday_is_the_day_before_the_evening() {
    let onward = Sandbox::new();
    let outcome = onward
        .call(["write", "text", "--on", "yesterday"])
        .now("2026-11-23T01:30:00+00:00")
        .run();
    outcome.said(
        0,
        "Saved #1 for Saturday 21 November (counted for no tip).\n",
    );
}

#[test]
fn the_offset_of_the_writer_is_kept() {
    let mut onward = Sandbox::new();
    onward.set("TZ", "Asia/Tokyo");
    onward.now("2026-11-22T23:30:00+09:00");
    check(&onward, &[], "2026-11-22", "2026-11-22T23:30:00+09:00");
    // Read elsewhere, it stays where it was written.
    onward.set("TZ", "America/New_York");
    onward.now("2026-11-22T10:00:00-05:00");
    let shown = onward.ok(["show", "1"]).stdout;
    assert!(
        shown.starts_with("#1  Sunday 22 November 2026, 23:30\n"),
        "{shown}"
    );
}

#[test]
fn clocks_that_skip_an_hour() {
    let mut onward = Sandbox::new();
    onward.set("TZ", "Europe/Berlin");
    onward.now("2026-03-30T12:00:00+02:00");
    // The night of 28 March ends on the 29th, where 02:30 does not exist.
    let outcome = onward.run(["write", "x", "--on", "2026-03-28", "--at", "02:30"]);
    insta::assert_snapshot!(outcome, @"
    exit: 0
    ----- stderr -----
    The clocks skipped 02:30 that day; the page is dated 03:30.
    Saved #1 for Saturday 28 March (counted for no tip).
    To count it for a tip: onward edit 1 --tip N
    ");
    assert_eq!(
        onward.only_entry()["written_at"],
        "2026-03-29T03:30:00+02:00"
    );
    check(
        &onward,
        &["--on", "2026-03-28", "--at", "01:30"],
        "2026-03-28",
        "2026-03-29T01:30:00+01:00",
    );
    check(
        &onward,
        &["--on", "2026-03-28", "--at", "23:00"],
        "2026-03-28",
        "2026-03-28T23:00:00+01:00",
    );
    check(
        &onward,
        &["--on", "2026-03-29", "--at", "23:00"],
        "2026-03-29",
        "2026-03-29T23:00:00+02:00",
    );
}

#[test]
fn clocks_that_show_an_hour_twice() {
    let mut onward = Sandbox::new();
    onward.set("TZ", "Europe/Berlin");
    // Written at both 02:30s, each keeps its own offset.
    for now in ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"] {
        onward.now(now);
        check(&onward, &[], "2026-10-24", now);
    }
    onward.now("2026-10-26T12:00:00+01:00");
    check(
        &onward,
        &["--on", "2026-10-24", "--at", "02:30"],
        "2026-10-24",
        "2026-10-25T02:30:00+02:00",
    );
    check(
        &onward,
        &["--on", "2026-10-25", "--at", "02:30"],
        "2026-10-25",
        "2026-10-26T02:30:00+01:00",
    );
}

#[test]
fn a_clock_that_cannot_be_read() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.call(["today"]).now("yesterday").run(), @r#"
    exit: 2
    ----- stderr -----
    error: cannot read ONWARD_NOW ("yesterday") as an instant
    hint: write it as 2026-11-22T21:30:00+01:00
    "#);
    // An empty one is none.
    let outcome = onward.call(["list"]).now("").run();
    assert_eq!(outcome.status, 3, "{outcome}");
}

#[test]
fn the_ends_of_time() {
    let mut onward = Sandbox::new();
    for now in [
        "9999-12-31T23:59:59+00:00",
        "0001-01-02T12:00:00+00:00",
        "2026-11-22T21:30:00.123456+00:00",
        "2026-11-22T21:30:00Z",
    ] {
        onward.now(now);
        onward.ok(["write", "text"]);
        for arguments in [
            &[][..],
            &["today"],
            &["list"],
            &["tips"],
            &["show", "last"],
            &["list", "--on", "yesterday"],
        ] {
            let outcome = onward.run(arguments);
            assert!(
                outcome.status == 0 || outcome.status == 3,
                "{now} {arguments:?}: {outcome}"
            );
        }
    }
}

#[test]
fn clocks_that_show_an_hour_twice_in_the_south() {
    let mut onward = Sandbox::new();
    onward.set("TZ", "Australia/Sydney");
    onward.now("2026-11-22T21:30:00+11:00");
    check(
        &onward,
        &["--on", "2026-04-04", "--at", "02:30"],
        "2026-04-04",
        "2026-04-05T02:30:00+11:00",
    );
}

/// Samoa left out the 30th of December 2011, when it moved over the date line.
#[test]
fn a_day_that_clocks_skip_is_the_same_in_the_zone_of_the_machine_and_in_one_that_is_named() {
    let of_machine = |onward: &Sandbox| {
        onward
            .call(["import", "j.txt"])
            .env("TZ", "Pacific/Apia")
            .run()
    };
    let named = |onward: &Sandbox| onward.run(["import", "j.txt", "--zone", "Pacific/Apia"]);
    for import in [&of_machine as &dyn Fn(&Sandbox) -> Outcome, &named] {
        let mut onward = Sandbox::new();
        onward.now("2026-11-22T21:30:00+13:00");
        write(
            &onward.home().join("j.txt"),
            "[2011-12-30 10:00] skipped\n\n",
        );
        let outcome = import(&onward);
        assert_eq!(outcome.status, 0, "{outcome}");
        let entry = onward.only_entry();
        assert_eq!(entry["written_at"], "2011-12-31T10:00:00+14:00");
    }
}

/// Whatever the machine has or lacks, a rule says all there is to know.
#[test]
fn a_zone_that_is_a_rule() {
    let mut onward = Sandbox::new();
    onward.set("TZ", "EST5EDT,M3.2.0,M11.1.0");
    onward.now("2026-03-10T12:00:00-04:00");
    check(
        &onward,
        &["--on", "2026-03-08", "--at", "04:30"],
        "2026-03-08",
        "2026-03-08T04:30:00-04:00",
    );
    check(
        &onward,
        &["--on", "2026-03-07", "--at", "23:00"],
        "2026-03-07",
        "2026-03-07T23:00:00-05:00",
    );
}
