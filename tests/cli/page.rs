//! `onward` alone.

use crate::sandbox::Sandbox;

#[test]
fn the_first_evening() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run([""; 0]), @r#"
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

      Week      Why do people come back?
                Whatever they decide, what do you want your own days to be like?
      Deck      ○○○○○○○○○○  0 of 10 tips reflected on, round 1
      Next      onward write         write today's page
                onward today --skip  another tip
                onward write --week  answer the week's
    "#);
}

#[test]
fn after_writing() {
    let onward = Sandbox::new();
    onward.ok(["write", "Called Aunt, walked to the river and back."]);
    onward.ok(["write", "--free", "Later: a long one that does not fit beside its number and its time on one line of the page"]);
    insta::assert_snapshot!(onward.run([""; 0]), @r#"
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

      Week      Why do people come back?
                Whatever they decide, what do you want your own days to be like?
      Written   #1 21:30  Called Aunt, walked to the river and back.
                #2 21:30  Later: a long one that does not fit beside its number a…
      Deck      ●○○○○○○○○○  1 of 10 tips reflected on, round 1
      Next      onward write         write more
                onward show          read today's page
                onward write --week  answer the week's
    "#);
}

#[test]
fn on_a_narrow_terminal() {
    let mut onward = Sandbox::new();
    onward.ok(["write", "Called Aunt, walked to the river and back."]);
    onward.set("COLUMNS", "40");
    insta::assert_snapshot!(onward.run([""; 0]), @r#"
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

    Week
      Why do people come back?
      Whatever they decide, what do you want
      your own days to be like?
    Written
      #1 21:30  Called Aunt, walked to the…
    Deck
      ●○○○○○○○○○
      1 of 10 tips reflected on, round 1
    Next
      onward write        write more
      onward show         read today's page
      onward write --week answer the week's
    "#);
}

#[test]
fn after_midnight_it_is_still_yesterday() {
    let onward = Sandbox::new();
    let page = onward.call([""; 0]).now("2026-11-23T01:30:00+00:00").run();
    let head: Vec<&str> = page.stdout.lines().take(3).collect();
    assert_eq!(
        head,
        [
            "",
            "  Sunday 22 November 2026",
            "  It is 01:30 and still Sunday 22 November."
        ]
    );
}

#[test]
fn when_a_tip_comes_round_again_the_last_answer_is_shown() {
    let mut onward = Sandbox::new();
    for day in 10..20 {
        onward.now(&format!("2026-11-{day}T21:30:00+00:00"));
        let text = format!(
            "Page of the {day}th.\n\nIts second paragraph is long enough that it has to be wrapped, and so long that the daily page leaves some of it out, because there are only three lines for it and the rest can be read with show."
        );
        onward.ok(["write", &text]);
    }
    onward.now("2026-11-22T21:30:00+00:00");
    insta::assert_snapshot!(onward.run([""; 0]), @r#"
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

      Question  When were you last in touch with them, who began it, and what
                was said?

      Reason    Write down why you walk away: onward reason "…"

      Then      Tuesday 10 November 2026 (#1)
                Page of the 10th.
                Its second paragraph is long enough that it has to be wrapped, and
                so long that the daily page leaves some of it out, because there …

      Week      Why do people come back?
                Whatever they decide, what do you want your own days to be like?
      Deck      ○○○○○○○○○○  0 of 10 tips reflected on, round 2
      Next      onward write         write today's page
                onward today --skip  another tip
                onward write --week  answer the week's
    "#);
    onward.set("COLUMNS", "40");
    insta::assert_snapshot!(onward.run([""; 0]), @r#"
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
      When were you last in touch with them,
      who began it, and what was said?
    Reason
      Write down why you walk away: onward
      reason "…"
    Then
      Tuesday 10 November 2026 (#1)
      Page of the 10th.
      Its second paragraph is long enough
      that it has to be wrapped, and so …

    Week
      Why do people come back?
      Whatever they decide, what do you want
      your own days to be like?
    Deck
      ○○○○○○○○○○
      0 of 10 tips reflected on, round 2
    Next
      onward write        write today's page
      onward today --skip another tip
      onward write --week answer the week's
    "#);
}

#[test]
fn as_json() {
    let onward = Sandbox::new();
    onward.ok(["write", "Called Aunt."]);
    let outcome = onward.ok(["--json"]);
    insta::assert_snapshot!(outcome, @r#"
    exit: 0
    ----- stdout -----
    {"today":{"day":"2026-11-22","prompt":{"deck":"walk-away","tip":{"number":1,"slug":"no-contact","title":"No calls, no texts","gist":"Stop calling and texting, and leave what they send unanswered. Block the number if you can, put the phone in another room at the hours that pull, and keep your reason close by. If you share children, a lease or a bill, write only about that. If you are afraid of them, going silent or blocking may not be enough: tell someone you trust and keep a record of what happens.","practice":"Pick one hour before bed, leave the phone in another room for it, and set out something to do with your hands."},"question":"What will you do in the hour before bed, and where will your phone be?","gentle":false},"reflected":true,"entries":[1],"reason":null},"week":{"deck":"walk-away","number":1,"slug":"week/why-people-come-back","title":"Why do people come back?","text":"Some do, out of habit, loneliness, love or the wish to win, and some never do. Their reasons are theirs; you cannot see them from here, and you cannot steer them. What you can work out is how you want to live, and what you would no longer accept.","question":"Whatever they decide, what do you want your own days to be like?","answered":false},"coverage":[{"deck":"walk-away","round":1,"covered":1,"covered_in_round":1,"total":10,"tips":[{"number":1,"slug":"no-contact","title":"No calls, no texts","reflections":1,"last_reflected":"2026-11-22","last_offered":"2026-11-22","today":true,"next":false},{"number":2,"slug":"friends","title":"Out with friends","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":true},{"number":3,"slug":"social-media","title":"Social media, in moderation","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":4,"slug":"best-life","title":"Live your best life","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":5,"slug":"stay-busy","title":"Stay busy","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":6,"slug":"dress-up","title":"Dress up","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":7,"slug":"be-happy","title":"Be happy","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":8,"slug":"work-on-yourself","title":"Work on yourself","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":9,"slug":"go-on-dates","title":"Go on dates","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":10,"slug":"delete-pictures","title":"Delete pictures of you both","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false}],"questions":[{"number":1,"slug":"week/why-people-come-back","title":"Why do people come back?","reflections":0,"last_reflected":null,"last_offered":"2026-11-22","this_week":true},{"number":2,"slug":"week/will-they-miss-you","title":"Will they miss me if I walk away?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false},{"number":3,"slug":"week/what-it-does-to-them","title":"What does it do to the other person?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false},{"number":4,"slug":"week/what-they-lost","title":"Do they realise what they lost?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false},{"number":5,"slug":"week/how-they-feel","title":"How do they feel when someone leaves?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false},{"number":6,"slug":"week/why-so-easily","title":"Why did they let me go so easily?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false},{"number":7,"slug":"week/what-power-it-holds","title":"What power is there in walking away?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false}]}],"contact":null,"letters_due":[]}
    "#);
    let page = outcome.json();
    let keys: Vec<&String> = page.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        ["contact", "coverage", "letters_due", "today", "week"]
    );
    assert_eq!(page["today"], onward.json(["today"])["today"]);
    assert_eq!(page["coverage"], onward.json(["tips"])["coverage"]);
}

#[test]
fn the_same_tip_is_offered_all_day() {
    let onward = Sandbox::new();
    let first = onward.ok([""; 0]).stdout;
    assert_eq!(onward.ok([""; 0]).stdout, first);
    let night = onward.json(["today"])["today"]["prompt"].clone();
    let later = onward
        .call(["today", "--json"])
        .now("2026-11-23T03:59:59+00:00")
        .run();
    assert_eq!(later.json()["today"]["prompt"], night);
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let mut onward = Sandbox::new();
    onward.ok([
        "write",
        "-q",
        "--on",
        "2026-09-30",
        "--tip",
        "1",
        "--star",
        "x",
    ]);
    onward.ok(["today", "--tip", "1"]);
    let text = "Una línea larga — 日本語の長い行 — that does not fit on the line it is given.";
    onward.ok(["write", text]);
    for columns in [40, 41, 59, 60, 61, 74, 79, 80, 200] {
        onward.set("COLUMNS", columns.to_string());
        for arguments in [
            &[][..],
            &["today"],
            &["tips"],
            &["tips", "1"],
            &["tips", "3"],
            &["list"],
        ] {
            let outcome = onward.ok(arguments);
            // What was written goes into a pipe as it is.
            for line in outcome.stdout.lines().filter(|line| *line != text) {
                let width = unicode_width::UnicodeWidthStr::width(line);
                assert!(
                    width <= columns,
                    "{arguments:?} at {columns}: {width}: {line:?}"
                );
                assert_eq!(line.trim_end(), line, "{arguments:?} at {columns}");
            }
        }
    }
}

#[test]
fn quiet_leaves_the_answer() {
    let onward = Sandbox::new();
    let page = onward.ok([""; 0]).stdout;
    let quiet = onward.ok(["-q"]);
    assert_eq!((quiet.stdout, quiet.stderr.as_str()), (page, ""));
}
