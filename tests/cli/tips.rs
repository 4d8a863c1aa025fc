//! `onward tips`

use crate::sandbox::Sandbox;

#[test]
fn an_untouched_deck() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["tips"]), @"
    exit: 0
    ----- stdout -----

      Walking away well
      ○○○○○○○○○○  0 of 10 tips reflected on, round 1

      ○  1  No calls, no texts           not yet  ← next
      ○  2  Out with friends             not yet
      ○  3  Social media, in moderation  not yet
      ○  4  Live your best life          not yet
      ○  5  Stay busy                    not yet
      ○  6  Dress up                     not yet
      ○  7  Be happy                     not yet
      ○  8  Work on yourself             not yet
      ○  9  Go on dates                  not yet
      ○ 10  Delete pictures of you both  not yet

      Questions of the week (one whole: onward tips week/1)

      ○  1  Why do people come back?               not yet
      ○  2  Will they miss me if I walk away?      not yet
      ○  3  What does it do to the other person?   not yet
      ○  4  Do they realise what they lost?        not yet
      ○  5  How do they feel when someone leaves?  not yet
      ○  6  Why did they let me go so easily?      not yet
      ○  7  What power is there in walking away?   not yet

      One tip whole, with all you wrote to it: onward tips 1
    ");
    assert!(!onward.journal().exists(), "reading makes no journal");
}

#[test]
fn coverage() {
    let mut onward = Sandbox::new();
    onward.ok(["write", "One.", "--on", "2026-11-01", "--tip", "3"]);
    onward.ok([
        "write",
        "Two.",
        "--on",
        "2026-11-02",
        "--tip",
        "3",
        "--tip",
        "10",
    ]);
    onward.ok([
        "write",
        "Three, the same day.",
        "--on",
        "2026-11-02",
        "--tip",
        "3",
    ]);
    onward.ok(["today"]);
    insta::assert_snapshot!(onward.run(["tips"]), @"
    exit: 0
    ----- stdout -----

      Walking away well
      ○○●○○○○○○●  2 of 10 tips reflected on, round 1

      ○  1  No calls, no texts           not yet  ← today
      ○  2  Out with friends             not yet  ← next
      ●  3  Social media, in moderation  2 days, last Mon 2 Nov 2026
      ○  4  Live your best life          not yet
      ○  5  Stay busy                    not yet
      ○  6  Dress up                     not yet
      ○  7  Be happy                     not yet
      ○  8  Work on yourself             not yet
      ○  9  Go on dates                  not yet
      ● 10  Delete pictures of you both  1 day, last Mon 2 Nov 2026

      Questions of the week (one whole: onward tips week/1)

      ○  1  Why do people come back?               not yet
      ○  2  Will they miss me if I walk away?      not yet
      ○  3  What does it do to the other person?   not yet
      ○  4  Do they realise what they lost?        not yet
      ○  5  How do they feel when someone leaves?  not yet
      ○  6  Why did they let me go so easily?      not yet
      ○  7  What power is there in walking away?   not yet

      One tip whole, with all you wrote to it: onward tips 1
    ");
    onward.set("COLUMNS", "40");
    insta::assert_snapshot!(onward.run(["tips"]), @"
    exit: 0
    ----- stdout -----

      Walking away well
      ○○●○○○○○○●
      2 of 10 tips reflected on, round 1

      ○  1  No calls, no texts
            not yet  ← today
      ○  2  Out with friends
            not yet  ← next
      ●  3  Social media, in moderation
            2 days, last Mon 2 Nov 2026
      ○  4  Live your best life
            not yet
      ○  5  Stay busy
            not yet
      ○  6  Dress up
            not yet
      ○  7  Be happy
            not yet
      ○  8  Work on yourself
            not yet
      ○  9  Go on dates
            not yet
      ● 10  Delete pictures of you both
            1 day, last Mon 2 Nov 2026

      Questions of the week (one whole:
      onward tips week/1)

      ○  1  Why do people come back?
            not yet
      ○  2  Will they miss me if I walk aw…
            not yet
      ○  3  What does it do to the other p…
            not yet
      ○  4  Do they realise what they lost?
            not yet
      ○  5  How do they feel when someone…
            not yet
      ○  6  Why did they let me go so easi…
            not yet
      ○  7  What power is there in walking…
            not yet

      One tip whole, with all you wrote to
      it: onward tips 1
    ");
}

#[test]
fn as_json() {
    let onward = Sandbox::new();
    onward.ok(["write", "One."]);
    insta::assert_snapshot!(onward.run(["tips", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"coverage":[{"deck":"walk-away","round":1,"covered":1,"covered_in_round":1,"total":10,"tips":[{"number":1,"slug":"no-contact","title":"No calls, no texts","reflections":1,"last_reflected":"2026-11-22","last_offered":"2026-11-22","today":true,"next":false},{"number":2,"slug":"friends","title":"Out with friends","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":true},{"number":3,"slug":"social-media","title":"Social media, in moderation","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":4,"slug":"best-life","title":"Live your best life","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":5,"slug":"stay-busy","title":"Stay busy","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":6,"slug":"dress-up","title":"Dress up","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":7,"slug":"be-happy","title":"Be happy","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":8,"slug":"work-on-yourself","title":"Work on yourself","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":9,"slug":"go-on-dates","title":"Go on dates","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false},{"number":10,"slug":"delete-pictures","title":"Delete pictures of you both","reflections":0,"last_reflected":null,"last_offered":null,"today":false,"next":false}],"questions":[{"number":1,"slug":"week/why-people-come-back","title":"Why do people come back?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false},{"number":2,"slug":"week/will-they-miss-you","title":"Will they miss me if I walk away?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false},{"number":3,"slug":"week/what-it-does-to-them","title":"What does it do to the other person?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false},{"number":4,"slug":"week/what-they-lost","title":"Do they realise what they lost?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false},{"number":5,"slug":"week/how-they-feel","title":"How do they feel when someone leaves?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false},{"number":6,"slug":"week/why-so-easily","title":"Why did they let me go so easily?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false},{"number":7,"slug":"week/what-power-it-holds","title":"What power is there in walking away?","reflections":0,"last_reflected":null,"last_offered":null,"this_week":false}]}],"not_in_use":[]}
    "#);
}

#[test]
fn one_tip() {
    let mut onward = Sandbox::new();
    onward.ok([
        "write",
        "Last week. #shelf",
        "--on",
        "2026-11-15",
        "--tip",
        "5",
        "--mood",
        "2",
    ]);
    onward.ok(["write", "And now.", "--tip", "stay-busy"]);
    insta::assert_snapshot!(onward.run(["tips", "5"]), @"
    exit: 0
    ----- stdout -----

      Tip 5 · Stay busy

      Take up the things you put off: the shelf, the course, the letter to the
      bank. Empty hours invite old memories, and old memories reach for the phone,
      so give those hours a task before they come. Small jobs with a clear end
      work best, and rest can be one of them. If the pull is there all the same,
      go back to your reason.

      Practice  Find the emptiest hour of your next day and write down one thing,
                with a clear end, to put in it.

      Questions · Which hours of tomorrow are empty, and what will you do in one
                  of them?
                · What have you been putting off, and what would the first ten
                  minutes of it be?
                · What have you finished lately, down to the smallest thing?
                · At what time of day does your mind go back to them, and where
                  are you usually then?
                · Of the things you do, which only pass the time, and which leave
                  you glad you did them?
                · A year from now, what would you like to have spent these weeks
                  on?
                · When you long to write to them, what can your reason say back?
                · How do you know when you have done enough and may stop for the
                  day?

      Reflected 2 days, last Sun 22 Nov 2026

    #1  Sunday 15 November 2026, written 22 Nov 2026
    Tip 5, Stay busy · mood 2 of 5 · #shelf

    Last week. #shelf

    #2  Sunday 22 November 2026, 21:30
    Tip 5, Stay busy

    And now.
    ");
    onward.set("COLUMNS", "40");
    insta::assert_snapshot!(onward.run(["tips", "5"]), @"
    exit: 0
    ----- stdout -----

      Tip 5 · Stay busy

      Take up the things you put off: the
      shelf, the course, the letter to the
      bank. Empty hours invite old memories,
      and old memories reach for the phone,
      so give those hours a task before they
      come. Small jobs with a clear end work
      best, and rest can be one of them.
      If the pull is there all the same, go
      back to your reason.

    Practice
      Find the emptiest hour of your next
      day and write down one thing, with a
      clear end, to put in it.

    Questions
      · Which hours of tomorrow are empty,
        and what will you do in one of them?
      · What have you been putting off, and
        what would the first ten minutes of
        it be?
      · What have you finished lately, down
        to the smallest thing?
      · At what time of day does your mind
        go back to them, and where are you
        usually then?
      · Of the things you do, which only
        pass the time, and which leave you
        glad you did them?
      · A year from now, what would you like
        to have spent these weeks on?
      · When you long to write to them, what
        can your reason say back?
      · How do you know when you have done
        enough and may stop for the day?

    Reflected
      2 days, last Sun 22 Nov 2026

    #1  Sunday 15 November 2026, written 22
        Nov 2026
    Tip 5, Stay busy · mood 2 of 5 · #shelf

    Last week. #shelf

    #2  Sunday 22 November 2026, 21:30
    Tip 5, Stay busy

    And now.
    ");
}

#[test]
fn one_tip_as_json() {
    let onward = Sandbox::new();
    onward.ok(["write", "One.", "--tip", "5"]);
    insta::assert_snapshot!(onward.run(["tips", "5", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"tip":{"deck":"walk-away","number":5,"slug":"stay-busy","title":"Stay busy","gist":"Take up the things you put off: the shelf, the course, the letter to the bank. Empty hours invite old memories, and old memories reach for the phone, so give those hours a task before they come. Small jobs with a clear end work best, and rest can be one of them. If the pull is there all the same, go back to your reason.","practice":"Find the emptiest hour of your next day and write down one thing, with a clear end, to put in it.","recall_reason":true,"questions":["Which hours of tomorrow are empty, and what will you do in one of them?","What have you been putting off, and what would the first ten minutes of it be?","What have you finished lately, down to the smallest thing?","At what time of day does your mind go back to them, and where are you usually then?","Of the things you do, which only pass the time, and which leave you glad you did them?","A year from now, what would you like to have spent these weeks on?","When you long to write to them, what can your reason say back?","How do you know when you have done enough and may stop for the day?"],"reflections":1,"last_reflected":"2026-11-22","last_offered":null,"entries":[{"number":1,"id":"<id>","day":"2026-11-22","written_at":"2026-11-22T21:30:00+00:00","edited_at":null,"kind":"page","text":"One.","mood":null,"starred":false,"tags":[],"reflections":[{"deck":"walk-away","tip":"stay-busy","number":5,"title":"Stay busy","question":null}]}]}}
    "#);
}

#[test]
fn a_tip_that_is_none() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["tips", "11"]), @r#"
    exit: 2
    ----- stderr -----
    error: there is no tip "11"
    hint: the tips are 1 to 10; see onward tips
    "#);
    insta::assert_snapshot!(onward.run(["tips", "freinds", "--json"]), @r#"
    exit: 2
    ----- stderr -----
    error: there is no tip "freinds"
    hint: did you mean friends (2); see onward tips
    "#);
}

#[test]
fn the_second_round_begins_when_every_tip_was_answered() {
    let onward = Sandbox::new();
    for tip in 1..=10 {
        onward.ok([
            "write",
            "-q",
            "A page.",
            "--on",
            "yesterday",
            "--tip",
            &tip.to_string(),
        ]);
    }
    let deck = &onward.json(["tips"])["coverage"][0];
    assert_eq!(
        (
            &deck["round"],
            &deck["covered"],
            &deck["covered_in_round"],
            &deck["total"]
        ),
        (&2.into(), &10.into(), &0.into(), &10.into())
    );
    assert_eq!(
        onward.json(["today"])["today"]["prompt"]["tip"]["number"],
        1
    );
}
