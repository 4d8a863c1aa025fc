//! `onward review`, on a journal of two weeks that other modules use as well.

use crate::sandbox::Sandbox;

/// Two weeks of pages, and two of earlier days; Sunday is Sunday 22 November 2026.
pub(crate) fn two_weeks() -> Sandbox {
    let onward = Sandbox::new();
    for (at, text, flags) in [
        (
            "2025-11-22T21:00",
            "A year ago I could not sleep.",
            "--tip 1 --mood 1",
        ),
        (
            "2026-10-22T22:00",
            "A month ago. Cooked for one and liked it. #home",
            "--tip 5 --mood 3",
        ),
        (
            "2026-11-09T20:00",
            "Monday. Walked to the lake with Aunt. #friends",
            "--tip 2 --mood 2",
        ),
        (
            "2026-11-10T20:30",
            "Cleared the shelf. It took an hour, and I thought of nothing else. #home",
            "--tip 5 --mood 3",
        ),
        (
            "2026-11-12T21:00",
            "Did not look at the photos. Café with my cousin instead. #friends",
            "--tip 3 --mood 3",
        ),
        (
            "2026-11-13T21:10",
            "Wrote a letter I will not send.",
            "--free --mood 2",
        ),
        (
            "2026-11-16T21:00",
            "Aunt called. We laughed about the boat. #friends",
            "--tip 2 --mood 4 --star",
        ),
        (
            "2026-11-17T22:15",
            "Tired. Nothing much.\n\nBut I slept.",
            "--tip 7",
        ),
        ("2026-11-18T21:30", "New shirt. #shop", "--tip 6 --mood 4"),
        (
            "2026-11-20T21:00",
            "The shelf again: now it holds books, and a plant that Aunt gave me.",
            "--tip 5 --mood 4",
        ),
        (
            "2026-11-22T21:00",
            "Sunday. A quiet day at the lake.",
            "--mood 3",
        ),
    ] {
        let words = ["write", "-q", text].into_iter().chain(flags.split(' '));
        let outcome = onward.call(words).now(&format!("{at}:00+00:00")).run();
        assert_eq!(outcome.status, 0, "{outcome}");
    }
    onward
}

#[test]
fn this_week() {
    let onward = two_weeks();
    insta::assert_snapshot!(onward.run(["review"]), @"
    exit: 0
    ----- stdout -----

      This week, Monday 16 to Sunday 22 November 2026

      You wrote on 5 of 7 days, 3 of them in a row. 5 pages, 38 words.

      Mood      Mon Tue Wed Thu Fri Sat Sun
                 ▆   ·   ▆   ·   ▆   ·   ▅
                 4       4       4       3
                from 3 to 4, mostly 4

    #7  Monday 16 November 2026, 21:00  ★
    Tip 2, Out with friends · mood 4 of 5 · #friends

    Aunt called. We laughed about the boat. #friends

    #8  Tuesday 17 November 2026, 22:15
    Tip 7, Be happy

    Tired. Nothing much.

    But I slept.

    #9  Wednesday 18 November 2026, 21:30
    Tip 6, Dress up · mood 4 of 5 · #shop

    New shirt. #shop

    #10  Friday 20 November 2026, 21:00
    Tip 5, Stay busy · mood 4 of 5

    The shelf again: now it holds books, and a plant that Aunt gave me.

    #11  Sunday 22 November 2026, 21:00
    Tip 4, Live your best life · mood 3 of 5
    Where were you today, from getting up until now?

    Sunday. A quiet day at the lake.

      Tips      ○●○●●●●○○○  5 of 10 tips answered
                Tip 2, Out with friends
                Tip 4, Live your best life
                Tip 5, Stay busy
                Tip 6, Dress up
                Tip 7, Be happy

      Then and now

      Tip 2, Out with friends
        Then, Mon 9 Nov 2026 (#3)
        Monday. Walked to the lake with Aunt. #friends
        Now, Mon 16 Nov 2026 (#7)
        Aunt called. We laughed about the boat. #friends

      Tip 5, Stay busy
        Then, Tue 10 Nov 2026 (#4)
        Cleared the shelf. It took an hour, and I thought of nothing else. #home
        Now, Fri 20 Nov 2026 (#10)
        The shelf again: now it holds books, and a plant that Aunt gave me.

      On this day, 22 November

      1 month ago, Thursday 22 October 2026
        #2  A month ago. Cooked for one and liked it. #home

      1 year ago, Saturday 22 November 2025
        #1  A year ago I could not sleep.
    ");
    insta::assert_snapshot!(onward.call(["review"]).env("COLUMNS", "40").run(), @"
    exit: 0
    ----- stdout -----

      This week, Monday 16 to Sunday 22
      November 2026

      You wrote on 5 of 7 days, 3 of them in
      a row. 5 pages, 38 words.

    Mood
      Mon Tue Wed Thu Fri Sat Sun
       ▆   ·   ▆   ·   ▆   ·   ▅
       4       4       4       3
      from 3 to 4, mostly 4

    #7  Monday 16 November 2026, 21:00  ★
    Tip 2, Out with friends · mood 4 of 5
    #friends

    Aunt called. We laughed about the boat. #friends

    #8  Tuesday 17 November 2026, 22:15
    Tip 7, Be happy

    Tired. Nothing much.

    But I slept.

    #9  Wednesday 18 November 2026, 21:30
    Tip 6, Dress up · mood 4 of 5 · #shop

    New shirt. #shop

    #10  Friday 20 November 2026, 21:00
    Tip 5, Stay busy · mood 4 of 5

    The shelf again: now it holds books, and a plant that Aunt gave me.

    #11  Sunday 22 November 2026, 21:00
    Tip 4, Live your best life · mood 3 of 5
    Where were you today, from getting up
    until now?

    Sunday. A quiet day at the lake.

    Tips
      ○●○●●●●○○○  5 of 10 tips answered
      Tip 2, Out with friends
      Tip 4, Live your best life
      Tip 5, Stay busy
      Tip 6, Dress up
      Tip 7, Be happy

      Then and now

      Tip 2, Out with friends
        Then, Mon 9 Nov 2026 (#3)
        Monday. Walked to the lake with
        Aunt. #friends
        Now, Mon 16 Nov 2026 (#7)
        Aunt called. We laughed about the
        boat. #friends

      Tip 5, Stay busy
        Then, Tue 10 Nov 2026 (#4)
        Cleared the shelf. It took an hour,
        and I thought of nothing else. #home
        Now, Fri 20 Nov 2026 (#10)
        The shelf again: now it holds books,
        and a plant that Aunt gave me.

      On this day, 22 November

      1 month ago, Thursday 22 October 2026
        #2  A month ago. Cooked for one and
            liked it. #home

      1 year ago, Saturday 22 November 2025
        #1  A year ago I could not sleep.
    ");
}

#[test]
fn then_and_now_side_by_side() {
    let onward = two_weeks();
    let wide = onward.call(["review"]).env("COLUMNS", "120").run().stdout;
    let (_, part) = wide.split_once("  Then and now\n").expect("there");
    insta::assert_snapshot!(part, @"

    Tip 2, Out with friends
    Then, Mon 9 Nov 2026 (#3)                                    Now, Mon 16 Nov 2026 (#7)
    Monday. Walked to the lake with Aunt. #friends               Aunt called. We laughed about the boat. #friends

    Tip 5, Stay busy
    Then, Tue 10 Nov 2026 (#4)                                   Now, Fri 20 Nov 2026 (#10)
    Cleared the shelf. It took an hour, and I thought of         The shelf again: now it holds books, and a plant that
    nothing else. #home                                          Aunt gave me.

    On this day, 22 November

    1 month ago, Thursday 22 October 2026
      #2  A month ago. Cooked for one and liked it. #home

    1 year ago, Saturday 22 November 2025
      #1  A year ago I could not sleep.
    ");
}

#[test]
fn two_weeks_of_it() {
    let onward = two_weeks();
    let outcome = onward.ok(["review", "last", "14", "days"]);
    let head: String = outcome.stdout.split_inclusive('\n').take(10).collect();
    insta::assert_snapshot!(head, @"

    9 to 22 November 2026

    You wrote on 9 of 14 days, 3 of them in a row. The longest pause was 2 days,
    and you came back. 9 pages, 79 words.

    Mood      Mon Tue Wed Thu Fri Sat Sun Mon Tue Wed Thu Fri Sat Sun
               ▃   ▅   ·   ▅   ▃   ·   ·   ▆   ·   ▆   ·   ▆   ·   ▅
               2   3       3   2           4       4       4       3
              from 2 to 4, around 3.1
    ");
    assert_eq!(
        outcome.stdout,
        onward.ok(["review", "2026-11-09..today"]).stdout
    );
}

#[test]
fn as_json() {
    let onward = two_weeks();
    let review = onward.json(["review", "--tag", "friends"])["review"].clone();
    insta::assert_snapshot!(review["then_and_now"][0]["then"]["text"], @r#""Monday. Walked to the lake with Aunt. #friends""#);
    assert_eq!(review["from"], "2026-11-16");
    assert_eq!(review["to"], "2026-11-22");
    assert_eq!(review["entries"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        review["moods"][0],
        serde_json::json!({"day": "2026-11-16", "mood": 4.0})
    );
    let all = onward.json(["review"])["review"].clone();
    assert_eq!(
        (
            &all["days_written"],
            &all["days"],
            &all["longest_run"]["days"]
        ),
        (&5.into(), &7.into(), &3.into())
    );
    let ago = serde_json::json!({"years": 0, "months": 1});
    assert_eq!(all["on_this_day"][0]["ago"], ago);
}

#[test]
fn without_runs() {
    let onward = two_weeks();
    onward.config("streaks = false\n");
    let plain = onward.ok(["review", "last", "14", "days"]).stdout;
    for words in ["in a row", "pause", "of 14 days"] {
        assert!(!plain.contains(words), "{words}: {plain}");
    }
    let review = onward.json(["review"])["review"].clone();
    assert!(review["longest_run"].is_null() && review["longest_gap"].is_null());
}

#[test]
fn nothing_in_the_time() {
    let onward = two_weeks();
    for (period, said) in [
        (
            "yesterday",
            "Nothing is written for Saturday 21 November 2026.\n",
        ),
        ("2025-12", "Nothing is written for December 2025.\n"),
        (
            "2020",
            "Your first page is of Saturday 22 November 2025, later than this.\n",
        ),
    ] {
        onward.run(["review", period]).said(3, said);
    }
    onward
        .run(["review", "--tag", "nothing"])
        .said(3, "No entries in this time. Fewer filters find more.\n");
    let json = onward.run(["review", "2020", "--json"]);
    assert_eq!(json.status, 3);
    assert_eq!(json.json()["review"]["entries"], serde_json::json!([]));
    Sandbox::new()
        .run(["review"])
        .said(3, "Nothing is written yet. Begin with onward write.\n");
    let next_week = onward
        .call(["review"])
        .now("2026-11-24T20:00:00+00:00")
        .run();
    assert_eq!(next_week.status, 3);
    assert!(
        next_week.stderr.ends_with(
            "Nothing is written this week yet. For the week before: onward review last week.\n"
        ),
        "{next_week}"
    );
}

#[test]
fn times_that_can_be_meant() {
    let onward = two_weeks();
    let title = |period: &str| {
        let outcome = onward.ok(["review"].into_iter().chain(period.split(' ')));
        let title = outcome
            .stdout
            .trim_start()
            .split("\n\n")
            .next()
            .expect("one");
        title.to_owned()
    };
    let titles: Vec<String> = [
        "week",
        "last week",
        "month",
        "last month",
        "year",
        "last year",
        "today",
        "friday",
        "2026-11",
        "2025",
        "last 30 days",
        "nov 9..nov 13",
        "nov 16..",
        "..nov 9",
        "..",
    ]
    .iter()
    .map(|period| format!("{period:<14} {}", title(period)))
    .collect();
    insta::assert_snapshot!(titles.join("\n"), @"
    week           This week, Monday 16 to Sunday 22 November 2026
    last week      Last week, Monday 9 to Sunday 15 November 2026
    month          November 2026
    last month     October 2026
    year           2026
    last year      2025
    today          Today, Sunday 22 November 2026
    friday         Friday 20 November 2026
    2026-11        November 2026
    2025           2025
    last 30 days   24 October to 22 November 2026
    nov 9..nov 13  9 to 13 November 2026
    nov 16..       This week, Monday 16 to Sunday 22 November 2026
    ..nov 9        Everything up to 9 November 2026
    ..             Everything up to 22 November 2026
    ");
}

#[test]
fn times_that_cannot_be_meant() {
    let onward = two_weeks();
    let errors: String = [
        "someday",
        "tomorrow",
        "next week",
        "2027",
        "last 0 days",
        "2026-13",
        "01/02/2026",
        "nov 13..nov 9",
        "2026-11-31",
    ]
    .iter()
    .map(|period| {
        let outcome = onward.run(["review", period]);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (2, ""),
            "{outcome}"
        );
        outcome.stderr
    })
    .collect();
    insta::assert_snapshot!(errors, @r#"
    error: cannot read "someday" as a time to look back on; try last week, month, 2026-11 or 2026-11-01..2026-11-07
    error: Monday 23 November 2026 is still to come
    error: Sunday 29 November 2026 is still to come
    error: 2027 is still to come
    error: cannot read "last 0 days" as a time to look back on; try last week, month, 2026-11 or 2026-11-01..2026-11-07
    error: cannot read "2026-13" as a time to look back on; try last week, month, 2026-11 or 2026-11-01..2026-11-07
    error: 01/02/2026 could be 2026-02-01 (1 February) or 2026-01-02 (2 January); write it as YYYY-MM-DD
    error: a time that begins on 2026-11-13 cannot end on 2026-11-09; write the earlier day first
    error: there is no 31 November 2026: November 2026 has 30 days
    "#);
}
