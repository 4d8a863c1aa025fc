//! Reasons, letters, contacts, urges, and what is away.

use crate::sandbox::{Call, Sandbox, Screen, Terminal};

/// A call in a terminal whose modes are noted before it begins.
fn in_terminal(onward: &Sandbox, call: Call<'_>, columns: u16) -> Terminal {
    let modes = onward.path("modes");
    let script = format!("stty -g > '{}'; exec \"$@\"", modes.display());
    call.shell(&script).in_terminal(columns)
}

/// Waits for the end; the terminal has the modes it had before.
#[track_caller]
fn end(terminal: Terminal, onward: &Sandbox, status: i32) -> Screen {
    let (after, screen) = terminal.end_with_modes(onward);
    assert_eq!(screen.status, status, "{screen}");
    let before = std::fs::read_to_string(onward.path("modes")).expect("noted");
    assert_eq!(after, before, "{screen}");
    screen
}

fn with_reasons() -> Sandbox {
    let onward = Sandbox::new();
    onward.ok(["reason", "I want quiet mornings."]);
    onward
}

#[test]
fn reasons_are_kept_and_shown() {
    let mut onward = with_reasons();
    onward.now("2026-11-22T21:31:00+00:00");
    onward.ok(["reason", "My sister asked where I had gone."]);
    insta::assert_snapshot!(onward.run(["reason"]), @"
    exit: 0
    ----- stdout -----
    #2  Sunday 22 November 2026
    My sister asked where I had gone.

    #1  Sunday 22 November 2026
    I want quiet mornings.
    ");
    onward.ok(["reason", "--first", "1"]);
    let numbers = |onward: &Sandbox| -> Vec<i64> {
        let found = onward.json(["reason"]);
        let entries = found["entries"].as_array().expect("entries").clone();
        entries
            .iter()
            .map(|entry| entry["number"].as_i64().expect("one"))
            .collect()
    };
    assert_eq!(numbers(&onward), [1, 2]);
    onward.ok(["reason", "--first", "Nothing", "was", "ever", "enough."]);
    assert_eq!(numbers(&onward), [3, 2, 1]);
    onward.ok(["undo"]);
    assert_eq!(
        numbers(&onward),
        [1, 2],
        "the one before stands on top again"
    );
    // They are no pages.
    assert_eq!(onward.run(["list"]).status, 3);
    assert_eq!(
        onward.json(["list", "--kind", "reason"])["entries"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    // The first tip asks to remember them, and the second does not.
    assert_eq!(onward.json(["today"])["today"]["reason"]["number"], 1);
    onward.ok(["today", "--skip"]);
    assert!(onward.json(["today"])["today"]["reason"].is_null());
    let page = onward.run(["write", "x", "--tip", "2"]);
    assert_eq!(page.status, 0, "{page}");
    onward
        .run(["edit", "1", "--tip", "1"])
        .said(2, "error: #1 is a reason, and only pages reflect on tips\n");
}

#[test]
fn letters_stand_apart() {
    let mut onward = Sandbox::new();
    onward.ok(["write", "A page with a river."]);
    onward.ok(["letter", "Dear you, the river is high."]);
    let sealed = onward.ok(["letter", "Open this later.", "--open-on", "dec 1", "--json"]);
    assert!(sealed.json()["entry"]["text"].is_null(), "{sealed}");
    assert_eq!(
        sealed.stderr,
        "Saved #3, a letter, for Sunday 22 November. It is sealed until \
                               Tuesday 1 December 2026.\n"
    );
    assert_eq!(onward.texts(), ["A page with a river."]);
    assert_eq!(onward.json(["search", "river"])["count"], 1);
    assert_eq!(
        onward.json(["search", "river", "--kind", "letter"])["count"],
        1
    );
    assert_eq!(onward.json(["stats"])["stats"]["entries"], 1);
    assert!(!onward.ok(["review"]).stdout.contains("Dear you"));
    insta::assert_snapshot!(onward.run(["letter", "--list"]), @"
    exit: 0
    ----- stdout -----
    #3  sealed until Tue 1 Dec 2026
    #2  Sun 22 Nov 2026  Dear you, the river is high.
    ");
    onward.run(["show", "3"]).said(
        3,
        "error: #3 is a letter, sealed until Tuesday 1 December 2026\n\
         hint: break its seal with onward letter --open 3\n",
    );
    onward.run(["letter", "--open", "3"]).said(
        2,
        "error: there is nobody to ask\nhint: add --yes if you mean it\n",
    );
    let mut terminal = onward.call(["letter", "--open", "3"]).in_terminal(80);
    terminal.expect("y or n:").keys("n\r");
    assert_eq!(terminal.end(&onward).status, 1);
    onward.now("2026-12-01T08:00:00+00:00");
    assert_eq!(onward.json::<&str>([])["letters_due"][0], 3);
    assert!(
        onward
            .ok::<&str>([])
            .stdout
            .contains("onward letter --open 3")
    );
    assert!(onward.ok(["show", "3"]).stdout.contains("Open this later."));
    onward.ok(["letter", "--open", "3"]);
    assert_eq!(
        onward.json::<&str>([])["letters_due"],
        serde_json::json!([])
    );
    onward.run(["letter", "x", "--open-on", "yesterday"]).said(
        2,
        "error: --open-on: Monday 30 November 2026 is not a day to come\n",
    );
}

#[test]
fn a_letter_that_was_not_saved_stays_a_letter() {
    let onward = Sandbox::new();
    let editor = onward.script("half", "printf 'Dear you,' > \"$1\"; exit 1");
    let terminal = onward
        .call(["letter", "--open-on", "2027-01-01"])
        .env("EDITOR", &editor)
        .in_terminal(80);
    let screen = terminal.end(&onward);
    assert_eq!(screen.status, 1, "{screen}");
    onward.ok(["write", "--resume"]);
    let sealed = onward.json(["letter", "--list"]);
    assert_eq!(sealed["sealed"][0]["open_on"], "2027-01-01", "{sealed}");
}

#[test]
fn what_cannot_be_saved_waits_as_what_it_was_to_be() {
    let onward = Sandbox::new();
    let calls: [(&[&str], &str); 6] = [
        (
            &["letter", "Dear you.", "--open-on", "2027-01-01"],
            "a letter",
        ),
        (&["reason", "Because.", "--first"], "a reason"),
        (&["urge", "A song", "--strength", "4"], "an urge"),
        (
            &["urge", "A song", "--letter", "I nearly called."],
            "a letter",
        ),
        (&["contact", "log", "--by", "me", "One line."], "a contact"),
        (&["begin", "--answer", "2=We talked."], "a reason"),
    ];
    for (call, what) in calls {
        // What lies in the journal's place is no journal.
        crate::sandbox::write(
            &onward.journal(),
            "Another file, of another program.\n".repeat(9),
        );
        let failed = onward.run(call);
        assert_eq!(failed.status, 1, "{call:?} {failed}");
        assert!(
            failed.stderr.contains("onward write --resume"),
            "{call:?} {failed}"
        );
        std::fs::remove_file(onward.journal()).expect("removed");
        let saved = onward.ok(["write", "--resume"]).stderr;
        assert!(
            saved.starts_with(&format!("Saved #1, {what}, for")),
            "{call:?} {saved}"
        );
        std::fs::remove_file(onward.journal()).expect("removed");
    }
}

#[test]
fn a_thrown_away_letter_keeps_its_seal() {
    let onward = Sandbox::new();
    onward.ok(["letter", "Open this later.", "--open-on", "2027-01-01"]);
    onward.ok(["undo"]);
    insta::assert_snapshot!(onward.run(["trash"]), @"
    exit: 0
    ----- stdout -----
    #1  2026-11-22  deleted 2026-11-22  (sealed until Fri 1 Jan 2027)
    ");
    assert!(onward.json(["trash"])["trash"][0]["text"].is_null());
    assert_eq!(onward.run(["history", "1"]).status, 3);
    let restored = onward.ok(["restore", "1", "--json"]);
    assert!(!format!("{restored}").contains("later"), "{restored}");
}

#[test]
fn contact_says_the_whole_truth_kindly() {
    let mut onward = Sandbox::new();
    onward.run(["contact"]).said(
        3,
        "To count the days, name the one you walked away: onward contact since DAY\n",
    );
    onward.ok(["contact", "since", "2026-11-22"]);
    assert!(
        onward
            .ok(["contact"])
            .stdout
            .contains("You walked away today.")
    );
    onward.ok(["contact", "since", "6", "weeks", "ago"]);
    onward.ok([
        "contact",
        "log",
        "--on",
        "2026-11-01",
        "--by",
        "them",
        "--how",
        "call",
    ]);
    onward.ok([
        "contact",
        "log",
        "--on",
        "2026-11-05",
        "--by",
        "me",
        "Wrote",
        "once.",
    ]);
    insta::assert_snapshot!(onward.run(["contact"]), @"
    exit: 0
    ----- stdout -----

      Since Sunday 11 October 2026

      Kept      40 of 42 days without contact. On 1 of the other 2 it was they who
                got in touch.
      Now       17 days in a row, since Friday 6 November
      Longest   20 days in a row, Monday 12 October to Saturday 31 October
    ");
    let line = "40 of 42 days without contact, the last 17 in a row";
    assert!(onward.ok::<&str>([]).stdout.contains(line));
    onward.ok(["contact", "hide"]);
    assert!(!onward.ok::<&str>([]).stdout.contains("without contact"));
    assert!(onward.json::<&str>([])["contact"].is_null());
    onward.ok(["contact", "show"]);
    assert!(onward.ok::<&str>([]).stdout.contains(line));
    onward.config("streaks = false\n");
    assert!(!onward.ok(["contact"]).stdout.contains("in a row"));
    // At half past three it is still Sunday.
    onward.now("2026-11-23T03:30:00+00:00");
    assert_eq!(onward.json(["contact"])["contact"]["days"], 42);
    onward.ok(["contact", "log"]);
    let found = onward.json(["contact"]);
    assert_eq!(found["contact"]["days_kept"], 39);
    assert!(found["contact"]["current_run"].is_null());
    assert_eq!(found["contact"]["days_with_contact"][2], "2026-11-22");
    for width in ["80", "40"] {
        let said = onward.call(["contact"]).env("COLUMNS", width).run().stdout;
        assert!(
            !said.contains(" 0 ") && !said.to_lowercase().contains("fail"),
            "{said}"
        );
    }
}

#[test]
fn urges_are_noted_by_flags_alone() {
    let mut onward = with_reasons();
    let noted = onward.ok([
        "urge",
        "A song in the shop",
        "--strength",
        "8",
        "--ended",
        "passed",
    ]);
    insta::assert_snapshot!(noted, @"
    exit: 0
    ----- stdout -----

      Why you walk away

      I want quiet mornings.

    ----- stderr -----
    Saved #2, an urge, for Sunday 22 November (strength 8 of 10, it passed).
    ");
    let both = onward
        .ok(["urge", "--letter", "I nearly called.", "--json"])
        .json();
    assert_eq!(both["entry"]["ended"], "letter");
    assert_eq!(both["letter"]["text"], "I nearly called.");
    assert!(both["entry"]["text"].is_null());
    onward.ok(["undo"]);
    let left = onward.json(["list", "--kind", "urge", "--kind", "letter"]);
    assert_eq!(
        left["entries"].as_array().map(Vec::len),
        Some(1),
        "one action"
    );
    onward.now("2026-11-22T22:10:00+00:00");
    onward.ok(["urge", "a song in the shop."]);
    onward.ok(["urge", "--at", "10am", "--note"]);
    let found = onward.json(["contact"])["contact"]["urges"].clone();
    assert_eq!(found["count"], 3);
    assert_eq!(found["set_off_by"][0]["count"], 2);
    assert_eq!(found["by_hour"][10], 1);
    onward.run(["urge", "--strength", "11"]).said(
        2,
        "error: invalid value '11' for '--strength <1-10>': a strength is a number from 1 (faint) \
         to 10 (hard to bear)\n\nFor more information, try '--help'.\n",
    );
}

/// Everything that `urge` asks, in order, and an answer that leaves something typed.
const STEPS: [(&str, &str); 4] = [
    ("Any key", " "),
    ("(enter):", "n\r"),
    ("How strong", "7\r"),
    ("What set it off?", "A song\r"),
];

fn urge(onward: &Sandbox, columns: u16) -> Terminal {
    in_terminal(onward, onward.call(["urge"]), columns)
}

#[test]
fn an_urge_in_a_terminal() {
    let onward = with_reasons();
    for columns in [80, 40] {
        let mut terminal = urge(&onward, columns);
        for (question, answer) in STEPS {
            terminal.expect(question).keys(answer);
        }
        terminal.expect("And now?").keys("p\r");
        let screen = end(terminal, &onward, 0);
        assert!(screen.text.contains("I want quiet mornings."), "{screen}");
    }
    let found = onward.json(["list", "--kind", "urge"])["entries"][0].clone();
    assert_eq!(
        (&found["text"], &found["strength"], &found["ended"]),
        (&"A song".into(), &7.into(), &"passed".into())
    );
}

#[test]
fn an_urge_becomes_a_letter() {
    let onward = with_reasons();
    let mut terminal = urge(&onward, 80);
    terminal.expect("Any key").keys("x");
    terminal.expect("(enter):").keys("w\r");
    terminal
        .expect("An empty line ends it.")
        .keys("Dear you,\rI miss the dog.\r");
    terminal.keys("\r").expect("How strong");
    // It is on the disk already.
    let page = std::fs::read_to_string(&onward.draft_pages()[0]).expect("a draft");
    assert!(page.contains("I miss the dog."), "{page}");
    terminal.keys("\r");
    terminal.expect("What set it off?").keys("The dog\r");
    end(terminal, &onward, 0);
    let letters = onward.json(["letter", "--list"]);
    assert_eq!(letters["letters"][0]["text"], "Dear you,\nI miss the dog.");
    assert_eq!(
        onward.json(["list", "--kind", "urge"])["entries"][0]["ended"],
        "letter"
    );
    assert!(onward.draft_pages().is_empty());
}

/// What is noted of an urge that was broken off: its words, its strength, how it ended, and
/// the letter; empty where there is none.
type Broken = (&'static str, &'static str, &'static str, &'static str);

#[test]
fn what_was_typed_stays_wherever_an_urge_is_broken_off() {
    let pause = ("Any key", "x");
    let (note, write, practice) = (
        ("(enter):", "n\r"),
        ("(enter):", "w\r"),
        ("(enter):", "p\r"),
    );
    let strong = ("How strong", "7\r");
    let song = ("What set it off?", "A song\r");
    let ends = "ends it.";
    let nothing = ("", "", "", "");
    // What was answered, the question at which Ctrl-C came, what stood on the line.
    type Steps<'s> = &'s [(&'s str, &'s str)];
    let table: [(Steps<'_>, &str, &str, Broken); 16] = [
        (&[], "Any key", "", nothing),
        (&[pause], "(enter):", "", nothing),
        (&[pause], "(enter):", "w", nothing),
        // Whoever began to write had chosen to.
        (
            &[pause],
            "(enter):",
            "I was about to",
            ("", "", "letter", "I was about to"),
        ),
        (&[pause, write], ends, "", nothing),
        (&[pause, write], ends, "I mi", ("", "", "letter", "I mi")),
        (
            &[pause, write, (ends, "Dear you,\r")],
            ends,
            "I mi",
            ("", "", "letter", "Dear you,\nI mi"),
        ),
        (&[pause, practice], "when it is done:", "", nothing),
        (
            &[pause, practice],
            "when it is done:",
            "My legs shake",
            ("My legs shake", "", "", ""),
        ),
        (
            &[pause, practice, ("when it is done:", "\r")],
            "How strong",
            "",
            ("", "", "practice", ""),
        ),
        (&[pause, note], "How strong", "9", ("", "9", "", "")),
        (
            &[pause, note],
            "How strong",
            "It was her",
            ("It was her", "", "", ""),
        ),
        (
            &[pause, write, (ends, "Dear you,\r\r"), strong],
            "What set it off?",
            "The old st",
            ("The old st", "7", "letter", "Dear you,"),
        ),
        (
            &[pause, note, strong],
            "What set it off?",
            "",
            ("", "7", "", ""),
        ),
        (
            &[pause, note, strong, song],
            "And now?",
            "s",
            ("A song", "7", "still", ""),
        ),
        (
            &[pause, note, strong, song],
            "And now?",
            "I sat down",
            ("A song\nI sat down", "7", "", ""),
        ),
    ];
    for (columns, term) in [(80, "xterm"), (40, "xterm"), (40, "dumb")] {
        for (steps, question, line, expected) in table {
            let onward = with_reasons();
            let call = onward.call(["urge"]).env("TERM", term);
            let mut terminal = in_terminal(&onward, call, columns);
            for (question, answer) in steps {
                terminal.expect(question).keys(answer);
            }
            terminal.expect(question).keys(line).keys("\x03");
            let screen = end(terminal, &onward, 130);
            assert!(
                !screen.text.contains("error"),
                "nobody is scolded: {screen}"
            );
            let entry = |kind: &str| {
                onward.run(["list", "--kind", kind, "--json"]).json()["entries"][0].clone()
            };
            let (urge, letter) = (entry("urge"), entry("letter"));
            let words = |value: &serde_json::Value| match value {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(words) => words.clone(),
                other => other.to_string(),
            };
            let found = [
                &urge["text"],
                &urge["strength"],
                &urge["ended"],
                &letter["text"],
            ];
            let (text, strength, ended, letter) = expected;
            assert_eq!(
                found.map(words),
                [text, strength, ended, letter],
                "{screen}"
            );
            assert_eq!(urge.is_null(), expected == nothing, "{screen}");
            assert!(onward.draft_pages().is_empty());
        }
    }
}

#[test]
fn no_word_is_thrown_away_because_a_number_was_asked_for() {
    let onward = with_reasons();
    let mut terminal = urge(&onward, 80);
    terminal.expect("Any key").keys("x");
    terminal.expect("(enter):").keys("n\r");
    terminal.expect("How strong").keys("12\r");
    terminal
        .expect("From 1, faint, to 10")
        .keys("Their car went by\r");
    terminal.expect("And in a number?").keys("6\r");
    terminal.expect("And now?").keys("I sat on the stairs\r");
    terminal.expect("with what set it off").keys("p\r");
    end(terminal, &onward, 0);
    let urge = onward.json(["list", "--kind", "urge"])["entries"][0].clone();
    assert_eq!(urge["text"], "Their car went by\nI sat on the stairs");
    assert_eq!(
        (&urge["strength"], &urge["ended"]),
        (&6.into(), &"passed".into())
    );
}

#[test]
fn a_letter_that_is_pasted_keeps_its_paragraphs() {
    let letter = "Dear you,\r\rI miss the dog.\r\r\rNot you.\r";
    // Where it was asked for, and a question too early.
    for asked in [true, false] {
        let onward = with_reasons();
        let mut terminal = urge(&onward, 80);
        terminal.expect("Any key").keys("x").expect("(enter):");
        if asked {
            terminal.keys("w\r").expect("ends it.");
        }
        terminal.keys(letter).expect("ends it.").keys("\r");
        terminal.expect("How strong").keys("\r");
        terminal.expect("What set it off?").keys("\r");
        end(terminal, &onward, 0);
        assert_eq!(
            onward.json(["letter", "--list"])["letters"][0]["text"],
            "Dear you,\n\nI miss the dog.\n\n\nNot you."
        );
    }
}

#[test]
fn words_that_are_pasted_into_the_pause_are_no_key() {
    let onward = with_reasons();
    let mut terminal = urge(&onward, 80);
    terminal.expect("in ").keys("I miss you.\rCome back.\r");
    terminal.expect("(enter): I miss you.").expect("ends it.");
    terminal.expect("Come back.").keys("\r");
    terminal.expect("How strong").keys("\r");
    terminal.expect("What set it off?").keys("\r");
    end(terminal, &onward, 0);
    assert_eq!(
        onward.json(["letter", "--list"])["letters"][0]["text"],
        "I miss you.\nCome back."
    );
}

#[test]
fn what_was_typed_outlives_a_program_that_is_killed() {
    let kill = |onward: &Sandbox, mut terminal: Terminal, text: &str| {
        terminal.signal("KILL");
        assert_eq!(terminal.end(onward).status, 137);
        let page = std::fs::read_to_string(&onward.draft_pages()[0]).expect("a draft");
        assert!(page.starts_with(text), "{page}");
        onward.ok(["write", "--resume"]);
        assert!(onward.draft_pages().is_empty());
    };
    // In the middle of an answer.
    let onward = Sandbox::new();
    let mut terminal = in_terminal(&onward, onward.call(["begin"]), 80);
    terminal.expect("\r\n> ").keys("The sea.\r");
    terminal.expect("> The sea.\r\n> ").keys("And bread.\r");
    // The next line is asked for when this one is kept.
    terminal.expect("> And bread.\r\n> ");
    kill(&onward, terminal, "The sea.\nAnd bread.\n");
    let reason = onward.json(["begin", "--show"])["groundings"][0]["then"].clone();
    assert_eq!(reason["text"], "The sea.\nAnd bread.");
    // Behind the last words.
    let onward = with_reasons();
    let mut terminal = urge(&onward, 80);
    for (question, answer) in STEPS {
        terminal.expect(question).keys(answer);
    }
    terminal.expect("And now?");
    kill(&onward, terminal, "A song\n");
    let urge = onward.json(["list", "--kind", "urge"])["entries"][0].clone();
    assert_eq!(
        (&urge["text"], &urge["strength"]),
        (&"A song".into(), &7.into())
    );
}

#[test]
fn nothing_moves_on_a_dumb_terminal() {
    let onward = with_reasons();
    let mut terminal = in_terminal(&onward, onward.call(["urge"]).env("TERM", "dumb"), 40);
    for (question, answer) in STEPS {
        terminal.expect(question).keys(answer);
    }
    terminal.expect("And now?").keys("s\r");
    let screen = end(terminal, &onward, 0);
    assert!(!screen.raw.contains('\x1b'), "{:?}", screen.raw);
    assert!(
        !screen.raw.replace("\r\n", "").contains('\r'),
        "{:?}",
        screen.raw
    );
    for line in screen.text.lines() {
        // An answer is typed behind its question.
        assert!(line.chars().count() <= 40 + "A song".len(), "{line}");
    }
}

#[test]
fn begin_asks_three_questions_and_again_after_some_weeks() {
    let mut onward = Sandbox::new();
    let answers = [
        "--answer",
        "1=A desk by the window.",
        "--answer",
        "true-reasons=Sleep.",
    ];
    onward.ok(["begin"].into_iter().chain(answers));
    assert_eq!(
        onward.json(["reason"])["entries"].as_array().map(Vec::len),
        Some(2)
    );
    onward.now("2026-12-13T21:30:00+00:00");
    let mut terminal = in_terminal(&onward, onward.call(["begin"]), 80);
    terminal.expect("1 of 3").expect("A desk by the window.");
    terminal
        .expect("enter alone skips it.")
        .keys("The desk stands.\rAnd a plant.\r\r");
    terminal.expect("2 of 3").keys("\r");
    terminal.expect("3 of 3").keys("\r");
    let screen = end(terminal, &onward, 0);
    let last = &screen.text[screen.text.find("3 of 3").expect("asked")..];
    for part in [
        "Then      Sunday 22 November 2026 (#1)",
        "Now       Sunday 13 December 2026 (#3)",
    ] {
        assert!(last.contains(part), "{screen}");
    }
    let shown = onward.json(["begin", "--show"]);
    assert_eq!(
        shown["groundings"][0]["then"]["text"],
        "The desk stands.\nAnd a plant."
    );
    assert!(shown["groundings"][1]["then"].is_null());
    onward.run(["begin", "--answer", "9=x"]).said(
        2,
        "error: --answer: there is no question \"9\"\n\
         hint: they are 1 to 3, or no-guarantee, look-first, true-reasons\n",
    );
}

#[test]
fn begin_with_a_deck_that_asks_nothing() {
    let onward = Sandbox::new();
    onward.ok(["deck", "new", "mine"]);
    onward.ok(["deck", "use", "mine"]);
    let deck = onward.config_path().with_file_name("decks/mine.toml");
    let text = std::fs::read_to_string(&deck).expect("read");
    assert!(!text.contains("\n[[groundings]]"), "{text}");
    for call in [&["begin"][..], &["begin", "--show"]] {
        onward.run(call).said(
            3,
            "The decks in use have no such questions; walk-away, which is built in, has three.\n",
        );
    }
    onward
        .run(["begin", "--answer", "1=x"])
        .said(2, "error: --answer: there is no question \"1\"\n");
}

#[test]
fn an_urge_that_is_noted_by_flags_offers_no_tip() {
    let onward = with_reasons();
    let mut terminal = in_terminal(
        &onward,
        onward.call([
            "urge",
            "--no-pause",
            "A song",
            "--strength",
            "3",
            "--ended",
            "passed",
        ]),
        80,
    );
    terminal.expect("Saved #2");
    end(terminal, &onward, 0);
    let file = onward.path("all.jsonl").display().to_string();
    onward.ok(["export", "--to", "jsonl", "-o", &file]);
    let exported = std::fs::read_to_string(&file).expect("read");
    assert!(!exported.contains("{\"prompt\""), "{exported}");
}

#[test]
fn begin_keeps_what_was_typed_at_each_question() {
    for (columns, term) in [(80, "xterm"), (40, "xterm"), (40, "dumb")] {
        for (at, typed) in (0..3).flat_map(|at| [(at, ""), (at, "One line.\rHalf a li")]) {
            let onward = Sandbox::new();
            let call = onward.call(["begin"]).env("TERM", term);
            let mut terminal = in_terminal(&onward, call, columns);
            for question in 1..=at {
                terminal
                    .expect(&format!("{question} of 3"))
                    .keys("Yes.\r\r");
            }
            terminal.expect(&format!("{} of 3", at + 1));
            terminal.keys(typed).keys("\x03");
            let screen = end(terminal, &onward, 130);
            assert!(!screen.text.contains("error"), "{screen}");
            let reasons = onward.run(["reason", "--json"]).json()["entries"].clone();
            let half = usize::from(!typed.is_empty());
            assert_eq!(reasons.as_array().map(Vec::len), Some(at + half));
            if half == 1 {
                assert_eq!(reasons[0]["text"], "One line.\nHalf a li", "{reasons}");
            }
            assert!(onward.draft_pages().is_empty());
        }
    }
}

#[test]
fn the_terminal_is_as_it_was_after_a_signal() {
    for signal in ["TERM", "HUP", "QUIT"] {
        let onward = with_reasons();
        let mut terminal = in_terminal(&onward, onward.call(["urge", "A song"]), 80);
        terminal.expect("Any key").expect("in ");
        // The shell has made way for the program, so that the signal reaches it.
        terminal.signal(signal);
        end(terminal, &onward, 130);
        // What was given is noted.
        assert_eq!(
            onward.json(["list", "--kind", "urge"])["entries"][0]["text"],
            "A song"
        );
    }
}

#[test]
fn away_says_how_many_and_comes_back() {
    let mut onward = Sandbox::new();
    for text in ["One. #ex", "Two. #ex", "Three."] {
        onward.ok(["write", text]);
    }
    onward.run(["away", "--list"]).said(3, "Nothing is away.\n");
    onward.run(["away"]).said(
        2,
        "error: away needs entries to put away\nhint: name them, as in onward away 42, or --tag, \
         --from and --to; --list says what is away\n",
    );
    onward
        .run(["away", "--tag", "ex", "--until", "in 2 weeks"])
        .said(
            0,
            "2 pages are away until Sunday 6 December 2026.\n\
         To have them back: onward undo, or onward away --return for all that is away\n",
        );
    onward.ok(["away", "3"]);
    insta::assert_snapshot!(onward.run(["away", "--list"]), @"
    exit: 0
    ----- stdout -----
    2 entries until Sunday 6 December 2026
    1 entry until you bring them back
    ");
    onward.run(["list"]).said(
        3,
        "No page is in sight. What is away is safe; onward away --list says how much it is.\n",
    );
    // Their tips count still.
    assert_eq!(onward.json(["tips"])["coverage"][0]["covered"], 1);
    assert_eq!(
        onward.run(["stats", "--json"]).json()["stats"]["entries"],
        0
    );
    onward.run(["delete", "3", "--yes"]).said(
        3,
        "error: #3 is away\nhint: bring it back with onward away --return 3\n",
    );
    onward.ok(["undo"]);
    assert_eq!(onward.texts(), ["Three."]);
    onward.ok(["redo"]);
    onward.now("2026-12-06T03:59:00+00:00");
    assert_eq!(onward.run(["list"]).status, 3);
    onward.now("2026-12-06T04:00:00+00:00");
    assert_eq!(onward.texts(), ["Two. #ex", "One. #ex"]);
    onward.run(["away", "--return"]).said(0, "#3 is back.\n");
    assert_eq!(onward.texts().len(), 3);
}

#[test]
fn a_letter_that_is_away_for_a_while_is_sealed_after_it() {
    let mut onward = Sandbox::new();
    onward.ok(["letter", "Open this later.", "--open-on", "2026-12-01"]);
    onward.ok(["away", "1", "--until", "2026-11-25"]);
    onward.run(["show", "1"]).said(
        3,
        "error: #1 is away until Wednesday 25 November 2026\n\
         hint: bring it back with onward away --return 1\n",
    );
    assert_eq!(onward.run(["letter", "--list"]).status, 3);
    onward.now("2026-11-26T12:00:00+00:00");
    onward.run(["show", "1"]).said(
        3,
        "error: #1 is a letter, sealed until Tuesday 1 December 2026\n\
         hint: break its seal with onward letter --open 1\n",
    );
    assert_eq!(onward.json(["letter", "--list"])["sealed"][0]["number"], 1);
    onward
        .run(["away", "--return", "1"])
        .said(0, "Letter #1 is not away.\n");
    let opened = onward.ok(["letter", "--open", "1", "--yes"]);
    assert!(opened.stdout.contains("Open this later."), "{opened}");
}

#[test]
fn nobody_is_told_that_nothing_is_written_while_it_is_away() {
    let onward = Sandbox::new();
    onward.ok(["write", "By the river."]);
    onward.ok(["away", "1"]);
    for call in [
        &["list"][..],
        &["show"],
        &["show", "--random"],
        &["search", "river"],
        &["review"],
        &["stats"],
        &["export", "--to", "text"],
    ] {
        let said = onward.run(call);
        assert_eq!(said.status, 3, "{call:?} {said}");
        assert!(
            said.stderr.contains("What is away is safe") && !said.stderr.contains("written"),
            "{call:?} {said}"
        );
    }
    onward.run(["away", "--return", "--tag", "ex"]).said(
        3,
        "Nothing of that is away; onward away --list says how much is.\n",
    );
}

#[test]
fn what_has_no_words_is_known_by_what_is_noted_of_it() {
    let onward = Sandbox::new();
    onward.ok(["contact", "log", "--by", "them", "--how", "call"]);
    onward.ok(["urge", "--strength", "7"]);
    onward.ok(["contact", "log"]);
    let history = onward.ok(["history", "1"]).stdout;
    assert_eq!(
        history,
        "1  22 Nov 2026, 21:30  written\n\na contact, a call, by them\n"
    );
    onward.run(["delete", "1", "2", "3", "--yes"]).said(
        0,
        "#1  Sun 22 Nov 2026  a contact, a call, by them\n\
         #2  Sun 22 Nov 2026  an urge, strength 7 of 10\n\
         #3  Sun 22 Nov 2026  a contact\n\
         1 urge and 2 contacts went into the trash. To take them out again: onward restore 1 2 3, or onward \
         undo.\n",
    );
    assert_eq!(
        onward.ok(["trash"]).stdout,
        "#3  2026-11-22  deleted 2026-11-22  a contact\n\
         #2  2026-11-22  deleted 2026-11-22  an urge, strength 7 of 10\n\
         #1  2026-11-22  deleted 2026-11-22  a contact, a call, by them\n"
    );
}

#[test]
fn days_without_contact_agree_in_number() {
    let onward = Sandbox::new();
    onward.ok(["contact", "since", "2026-11-20"]);
    onward.run(["contact", "log"]).said(
        0,
        "Saved #2, a contact, for Sunday 22 November.\n1 day without contact stays yours.\n",
    );
    onward.ok(["contact", "since", "2025-10-01"]);
    let said = onward.ok(["contact"]).stdout;
    assert!(
        said.contains("Thursday 2 October 2025 to Saturday 21 November\n"),
        "{said}"
    );
}

/// `last` is the last page, whatever was noted since; another kind is named, and every change
/// says what kind it changed.
#[test]
fn the_last_of_a_kind() {
    let onward = Sandbox::new();
    let none = "error: there is no entry yet\nhint: see onward list\n";
    onward.ok(["urge", "A song", "--strength", "7"]);
    onward.run(["show", "last"]).said(3, none);
    onward.run(["delete", "last", "--yes"]).said(3, none);
    onward.ok(["write", "A page."]);
    onward.ok(["letter", "Dear you."]);
    onward.ok(["reason", "A reason."]);
    onward.ok(["contact", "log", "A call.", "--by", "them"]);
    let number = |call: &[&str]| onward.json(call)["entries"][0]["number"].clone();
    assert_eq!(number(&["show", "last"]), 2);
    for (kind, last) in [
        ("page", 2),
        ("letter", 3),
        ("reason", 4),
        ("urge", 1),
        ("contact", 5),
    ] {
        assert_eq!(number(&["show", "last", "--kind", kind]), last, "{kind}");
        assert_eq!(number(&["show", "today", "--kind", kind]), last, "{kind}");
        assert_eq!(number(&["show", "--kind", kind]), last, "{kind}");
        let edited = onward.run(["edit", "last", "--kind", kind, "--tag", "x"]);
        let name = match kind {
            "page" => String::new(),
            kind => format!("{kind} "),
        };
        assert_eq!(edited.stderr, format!("Changed {name}#{last}: tags #x.\n"));
        let history = onward.ok(["history", "last", "--kind", kind]).stdout;
        assert!(
            history.contains(&format!("onward history {last} ")),
            "{history}"
        );
    }
    onward.run(["show", "2", "--kind", "urge"]).said(
        3,
        "error: there is no entry #2 of that kind\nhint: see onward list\n",
    );
    insta::assert_snapshot!(onward.run(["delete", "last", "--kind", "urge", "--yes"]), @"
    exit: 0
    ----- stderr -----
    #1  Sun 22 Nov 2026  A song
    1 urge went into the trash. To take it out again: onward restore 1, or onward undo.
    ");
    onward.ok(["delete", "last", "3", "--yes"]);
    onward.run(["restore", "last", "--kind", "urge"]).said(
        0,
        "#1  Sun 22 Nov 2026  A song\n1 urge is back in the journal.\n",
    );
    let back = onward.run(["restore", "2", "3"]).stderr;
    assert!(
        back.ends_with("1 page and 1 letter are back in the journal.\n"),
        "{back}"
    );
    let away = onward.run(["away", "last", "--kind", "letter"]).stderr;
    assert!(away.starts_with("Letter #3 is away.\n"), "{away}");
    let away = onward.run(["away", "last"]).stderr;
    assert!(away.starts_with("#2 is away.\n"), "{away}");
}
