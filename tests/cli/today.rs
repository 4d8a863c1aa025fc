//! `onward today`

use crate::sandbox::Sandbox;

#[test]
fn the_prompt_alone() {
    let mut onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["today"]), @r#"
    exit: 0
    ----- stdout -----

      Sunday 22 November 2026
      Tip 1 · No calls, no texts

      Stop calling and texting, and leave what they send unanswered. Block the
      number if you can, put the phone in another room at the hours that pull, and
      keep your reason close by. If you share children, a lease or a bill, write
      only about that. If you are afraid of them, going silent or blocking may not
      be enough: tell someone you trust and keep a record of what happens.

      Practice  Pick one hour before bed, leave the phone in another room for it,
                and set out something to do with your hands.

      Question  What will you do in the hour before bed, and where will your phone
                be?

      Reason    Write down why you walk away: onward reason "…"
    "#);
    onward.set("COLUMNS", "40");
    insta::assert_snapshot!(onward.run(["today"]), @r#"
    exit: 0
    ----- stdout -----

      Sunday 22 November 2026
      Tip 1 · No calls, no texts

      Stop calling and texting, and leave
      what they send unanswered. Block
      the number if you can, put the phone
      in another room at the hours that
      pull, and keep your reason close by.
      If you share children, a lease or
      a bill, write only about that. If
      you are afraid of them, going silent
      or blocking may not be enough: tell
      someone you trust and keep a record of
      what happens.

    Practice
      Pick one hour before bed, leave the
      phone in another room for it, and set
      out something to do with your hands.
    Question
      What will you do in the hour before
      bed, and where will your phone be?
    Reason
      Write down why you walk away: onward
      reason "…"
    "#);
}

#[test]
fn as_json() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["today", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"today":{"day":"2026-11-22","prompt":{"deck":"walk-away","tip":{"number":1,"slug":"no-contact","title":"No calls, no texts","gist":"Stop calling and texting, and leave what they send unanswered. Block the number if you can, put the phone in another room at the hours that pull, and keep your reason close by. If you share children, a lease or a bill, write only about that. If you are afraid of them, going silent or blocking may not be enough: tell someone you trust and keep a record of what happens.","practice":"Pick one hour before bed, leave the phone in another room for it, and set out something to do with your hands."},"question":"What will you do in the hour before bed, and where will your phone be?","gentle":false},"reflected":false,"entries":[],"reason":null}}
    "#);
    onward.ok(["write", "One."]);
    onward.ok(["write", "Two.", "--free"]);
    let today = &onward.json(["today"])["today"];
    assert_eq!(today["reflected"], true);
    assert_eq!(today["entries"], serde_json::json!([1, 2]));
}

#[test]
fn skipping_offers_the_next_tip() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["today", "--skip"]), @"
    exit: 0
    ----- stdout -----

      Sunday 22 November 2026
      Tip 2 · Out with friends

      Be among friends, and do something together that is simply fun. It is fine
      to miss someone and laugh in the same hour, and there is no use pretending
      otherwise. Company gives your mind somewhere else to be for a while. One
      friend and a pot of tea is company too.

      Practice  Write to one friend today and name a day, a time and a place to
                meet.

      Question  Who have you spoken with since yesterday, even for a minute, and
                what about?
    ----- stderr -----
    Tip 1, No calls, no texts, is put off; it comes back later in the round.
    ");
    // It stays the day's tip, and a page is counted for it.
    assert_eq!(
        onward.json(["today"])["today"]["prompt"]["tip"]["number"],
        2
    );
    onward.run(["write", "About friends."]).said(
        0,
        "Saved #1 for Sunday 22 November (Tip 2, Out with friends).\n",
    );
}

#[test]
fn skipping_runs_through_the_deck_and_round_again() {
    let onward = Sandbox::new();
    let mut offered = Vec::new();
    for _ in 0..12 {
        let today = onward.json(["today", "--skip", "-q"]);
        offered.push(
            today["today"]["prompt"]["tip"]["number"]
                .as_u64()
                .expect("a number"),
        );
    }
    assert_eq!(offered, [2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3]);
}

#[test]
fn a_skipped_tip_comes_back_at_the_end_of_the_round() {
    let mut onward = Sandbox::new();
    onward.ok(["today", "--skip"]);
    let mut offered = Vec::new();
    for day in 22..31 {
        onward.now(&format!("2026-11-{day}T21:30:00+00:00"));
        let today = onward.json(["today"]);
        offered.push(
            today["today"]["prompt"]["tip"]["number"]
                .as_u64()
                .expect("a number"),
        );
        onward.ok(["write", "A page."]);
    }
    assert_eq!(offered, [2, 3, 4, 5, 6, 7, 8, 9, 10]);
    onward.now("2026-12-01T21:30:00+00:00");
    assert_eq!(
        onward.json(["today"])["today"]["prompt"]["tip"]["number"],
        1
    );
}

#[test]
fn a_tip_of_ones_own_choice() {
    let onward = Sandbox::new();
    for wanted in ["8", "work-on-yourself"] {
        let today = onward.json(["today", "--tip", wanted]);
        assert_eq!(today["today"]["prompt"]["tip"]["slug"], "work-on-yourself");
    }
    // Taking the tip that the day has already does not change its question.
    let question = &onward.json(["today"])["today"]["prompt"]["question"];
    assert_eq!(
        onward.json(["today", "--tip", "8"])["today"]["prompt"]["question"],
        *question
    );
}

#[test]
fn a_tip_that_is_none() {
    let onward = Sandbox::new();
    onward.ok(["today"]);
    insta::assert_snapshot!(onward.run(["today", "--tip", "11"]), @r#"
    exit: 2
    ----- stderr -----
    error: there is no tip "11"
    hint: the tips are 1 to 10; see onward tips
    "#);
    insta::assert_snapshot!(onward.run(["today", "--tip", "work-on-myself"]), @r#"
    exit: 2
    ----- stderr -----
    error: there is no tip "work-on-myself"
    hint: did you mean work-on-yourself (8); see onward tips
    "#);
    insta::assert_snapshot!(onward.run(["today", "--tip", ""]), @r#"
    exit: 2
    ----- stderr -----
    error: there is no tip ""
    hint: the tips are 1 to 10; see onward tips
    "#);
    insta::assert_snapshot!(onward.run(["today", "--tip", "1", "--skip"]), @"
    exit: 2
    ----- stderr -----
    error: the argument '--tip <N>' cannot be used with '--skip'

    Usage: onward today --tip <N>

    For more information, try '--help'.
    ");
    assert_eq!(
        onward.json(["today"])["today"]["prompt"]["tip"]["number"],
        1
    );
}

#[test]
fn quiet_says_nothing_of_what_is_put_off() {
    let onward = Sandbox::new();
    let outcome = onward.ok(["today", "--skip", "--quiet"]);
    assert_eq!(outcome.stderr, "");
    assert!(outcome.stdout.contains("Tip 2 · Out with friends"));
}
