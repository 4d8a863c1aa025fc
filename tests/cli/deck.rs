//! `onward deck`, decks of one's own, the question of the week, and low days.

use std::fs;
use std::path::PathBuf;

use crate::sandbox::{Sandbox, write};

/// Three tips, and a question of the week.
const SMALL: &str = r#"slug = "small"
title = "Small steps"
about = "For tests."

[[tips]]
number = 1
slug = "outdoors"
title = "Go outdoors"
gist = "Leave the house."
practice = "Walk."
questions = ["Where were you?"]
meaning = ["Why there?"]

[[tips]]
number = 2
slug = "water"
title = "Drink water"
gist = "Drink."
practice = "A glass."
recall_reason = true
questions = ["How much?"]

[[tips]]
number = 3
slug = "call-aunt"
title = "Call Aunt"
gist = "Call."
practice = "Now."
questions = ["What was said?"]

[[questions]]
slug = "autumn"
title = "What has changed since autumn?"
text = "Some things are slow."
question = "What can you do now?"
"#;

fn file(onward: &Sandbox, name: &str) -> PathBuf {
    onward.config_path().with_file_name("decks").join(name)
}

/// A home with the deck `small` in it.
fn with_small() -> Sandbox {
    let onward = Sandbox::new();
    write(&file(&onward, "small.toml"), SMALL);
    onward
}

/// What the daily page offers, as deck/slug.
fn offered(onward: &Sandbox) -> String {
    let prompt = onward.json([""; 0])["today"]["prompt"].clone();
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    format!("{}/{}", text(&prompt["deck"]), text(&prompt["tip"]["slug"]))
}

#[test]
fn the_decks_there_are() {
    let onward = with_small();
    write(&file(&onward, "bad.toml"), SMALL);
    write(&file(&onward, "notes.txt"), "no deck");
    insta::assert_snapshot!(onward.run(["deck"]), @"
    exit: 0
    ----- stdout -----

      ● walk-away  in use
        Walking away well, 10 tips, 7 questions
        built in

      ✗ bad  cannot be used
        line 1: the slug and the name of the file differ: call the file small.toml
        <sandbox>/home/.config/onward/decks/bad.toml

      ○ small  not in use
        Small steps, 3 tips, 1 question
        <sandbox>/home/.config/onward/decks/small.toml
    ");
    let list = onward.json(["deck", "list"]);
    let decks = list["decks"].as_array().expect("decks");
    let in_use: Vec<_> = decks
        .iter()
        .map(|deck| (&deck["slug"], &deck["in_use"]))
        .collect();
    assert_eq!(
        format!("{in_use:?}"),
        r#"[(String("walk-away"), Bool(true)), (String("bad"), Bool(false)), (String("small"), Bool(false))]"#
    );
    assert_eq!(decks[1]["faults"][0]["line"], 1);
    assert_eq!(decks[2]["tips"], 3);
    assert!(
        !onward.journal().exists(),
        "looking at decks makes no journal"
    );
}

#[test]
fn a_new_deck_is_whole_and_never_written_over() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["deck", "new", "evenings"]), @"
    exit: 0
    ----- stderr -----
    <sandbox>/home/.config/onward/decks/evenings.toml is a deck with one tip, and explains itself.
    When it is yours: onward deck check evenings, then onward deck use walk-away evenings
    ");
    let path = file(&onward, "evenings.toml");
    let text = fs::read_to_string(&path).expect("there");
    use std::os::unix::fs::MetadataExt;
    assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
    let folder = path.parent().expect("a folder");
    assert_eq!(fs::metadata(folder).expect("there").mode() & 0o777, 0o700);
    onward.ok(["deck", "check", "evenings"]);
    onward.ok(["deck", "use", "evenings"]);
    assert_eq!(offered(&onward), "evenings/outdoors");

    for slug in ["evenings", "walk-away"] {
        let again = onward.run(["deck", "new", slug]);
        assert_eq!((again.status, again.stdout.as_str()), (2, ""), "{again}");
        assert!(again.stderr.contains("already"), "{again}");
    }
    assert_eq!(fs::read_to_string(&path).expect("there"), text);
    for slug in ["../x", "Mine", "week", "7", ""] {
        assert_eq!(onward.run(["deck", "new", slug]).status, 2, "{slug}");
    }
    // A link to nowhere is somebody's.
    std::os::unix::fs::symlink("/nowhere", file(&onward, "linked.toml")).expect("made");
    assert_eq!(onward.run(["deck", "new", "linked"]).status, 2);
}

#[test]
fn use_sets_one_key_and_leaves_the_rest() {
    let onward = with_small();
    let config = "# My own.\ncolor = \"never\"   # plain\n\ndecks = [\"walk-away\"] # for now\nstreaks = false\n";
    onward.config(config);
    let said = onward.ok(["deck", "use", "small", "walk-away", "small"]);
    assert_eq!(said.stdout, "");
    assert!(
        said.stderr.contains("Small steps and Walking away well"),
        "{said}"
    );
    assert_eq!(
        fs::read_to_string(onward.config_path()).expect("there"),
        config.replace("[\"walk-away\"]", "[\"small\", \"walk-away\"]")
    );
    assert_eq!(offered(&onward), "small/outdoors");

    // Where there is no configuration yet one is made; a link stays a link.
    fs::remove_file(onward.config_path()).expect("removed");
    let dots = onward.home().join("dots.toml");
    write(&dots, "color = \"never\"\n");
    std::os::unix::fs::symlink(&dots, onward.config_path()).expect("made");
    onward.ok(["deck", "use", "small"]);
    assert!(
        fs::symlink_metadata(onward.config_path())
            .expect("there")
            .is_symlink()
    );
    assert_eq!(
        fs::read_to_string(&dots).expect("there"),
        "color = \"never\"\ndecks = [\"small\"]\n"
    );
    fs::remove_file(onward.config_path()).expect("removed");
    onward.ok(["deck", "use", "small"]);
    use std::os::unix::fs::MetadataExt;
    let made = fs::metadata(onward.config_path()).expect("there");
    assert_eq!(made.mode() & 0o777, 0o600);
}

#[test]
fn what_cannot_be_used_is_refused_and_changes_nothing() {
    let onward = with_small();
    write(
        &file(&onward, "bad.toml"),
        SMALL
            .replace("\"small\"", "\"bad\"")
            .replace("\"Drink.\"", "\"\""),
    );
    onward.config("streaks = false\n");
    insta::assert_snapshot!(onward.run(["deck", "use", "small", "bad"]), @"
    exit: 1
    ----- stderr -----
    error: the deck bad cannot be used: <sandbox>/home/.config/onward/decks/bad.toml, line 18: the gist is empty
    hint: for all of it: onward deck check bad
    ");
    insta::assert_snapshot!(onward.run(["deck", "use", "smal"]), @r#"
    exit: 2
    ----- stderr -----
    error: there is no deck "smal"
    hint: see onward deck list
    "#);
    assert_eq!(onward.run(["deck", "use", "../small"]).status, 2);
    assert_eq!(
        fs::read_to_string(onward.config_path()).expect("there"),
        "streaks = false\n"
    );
}

/// The deck with a fault in each field in turn.
#[test]
fn a_fault_in_each_field_names_its_line_and_the_day_goes_on() {
    let table: &[(&str, &str, usize, &str)] = &[
        ("slug = \"small\"", "slug = \"Small\"", 1, "a-z"),
        ("slug = \"small\"", "slug = \"other\"", 1, "other.toml"),
        ("slug = \"small\"", "slug = \"walk-away\"", 1, "built in"),
        ("title = \"Small steps\"", "title = 3", 2, "title"),
        (
            "about = \"For tests.\"",
            "about = \" \"",
            3,
            "about is empty",
        ),
        ("number = 2", "number = 3", 15, "number 2"),
        ("slug = \"water\"", "slug = \"outdoors\"", 16, "twice"),
        (
            "title = \"Drink water\"",
            "title = \"\\u001b[31m\"",
            17,
            "control",
        ),
        ("gist = \"Drink.\"", "gist = \"\"", 18, "gist is empty"),
        (
            "practice = \"A glass.\"",
            "practise = \"A glass.\"",
            19,
            "did you mean practice",
        ),
        (
            "recall_reason = true",
            "recall_reason = \"yes\"",
            20,
            "true or false",
        ),
        (
            "questions = [\"How much?\"]",
            "questions = []",
            21,
            "at least one",
        ),
        (
            "meaning = [\"Why there?\"]",
            "meaning = \"Why?\"",
            12,
            "is a list",
        ),
        ("slug = \"autumn\"", "slug = \"Au tumn\"", 32, "a-z"),
        (
            "title = \"What has changed since autumn?\"",
            "title = \"\"",
            33,
            "title is empty",
        ),
        (
            "text = \"Some things are slow.\"\n",
            "",
            31,
            "needs a field text",
        ),
        (
            "question = \"What can you do now?\"",
            "question = [",
            35,
            "not TOML",
        ),
    ];
    let onward = with_small();
    onward.config("decks = [\"small\", \"walk-away\"]\n");
    let path = file(&onward, "small.toml");
    for (from, to, line, reason) in table {
        assert!(SMALL.contains(from), "{from}");
        write(&path, SMALL.replacen(from, to, 1));
        let checked = onward.run(["deck", "check", "small"]);
        assert_eq!(checked.status, 1, "{from}: {checked}");
        let place = format!("small.toml, line {line}: ");
        let flat = checked.stdout.replace('\n', " ");
        assert!(
            flat.contains(&place) && flat.contains(reason),
            "{from}: {checked}"
        );

        let page = onward.ok([""; 0]);
        assert!(page.stdout.contains("Tip 1 · No calls"), "{page}");
        let said = page.stderr.replace('\n', " ");
        assert!(said.contains(&format!("line {line}")), "{page}");
        assert!(said.contains("onward deck check small"), "{page}");
        assert!(!page.stderr.contains('\x1b'));
        // Writing says nothing of it.
        onward.ok(["write", "Still here."]).said(
            0,
            &format!(
                "Saved #{} for Sunday 22 November (Tip 1, No calls, no texts).\n",
                onward.texts().len()
            ),
        );
        assert_eq!(onward.ok(["list"]).stderr, "");
    }
    // With all of them out, the one that is built in stands in.
    onward.config("decks = [\"small\", \"missing\"]\n");
    let page = onward.ok([""; 0]);
    assert!(page.stdout.contains("Tip 1 · No calls"), "{page}");
    assert!(
        page.stderr.contains("missing.toml: it is not there"),
        "{page}"
    );
    assert!(page.stderr.contains("None of your decks"), "{page}");
    write(&path, SMALL);
    assert_eq!(offered(&onward), "small/outdoors");
}

#[test]
fn check_says_everything_at_once() {
    let onward = Sandbox::new();
    let bad = SMALL
        .replacen("number = 1", "number = 4", 1)
        .replacen("\"Drink water\"", "\"\"", 1)
        .replacen("about =", "abuot =", 1);
    write(&onward.home().join("bad.toml"), bad);
    insta::assert_snapshot!(onward.run(["deck", "check", "bad.toml"]), @r#"
    exit: 1
    ----- stdout -----
    bad.toml, line 3: a deck has no field "abuot"; did you mean about?
    bad.toml, line 6: tips are numbered in order: this one is number 1
    bad.toml, line 17: the title is empty
    "#);
    let json = onward.run(["deck", "check", "bad.toml", "--json"]);
    assert_eq!(json.status, 1);
    let faults = json.json()["checked"][0]["faults"].clone();
    let lines: Vec<_> = faults
        .as_array()
        .expect("faults")
        .iter()
        .map(|f| f["line"].as_u64())
        .collect();
    assert_eq!(lines, [Some(3), Some(6), Some(17)]);

    write(&onward.home().join("good.toml"), SMALL);
    insta::assert_snapshot!(onward.run(["deck", "check", "good.toml"]), @"
    exit: 0
    ----- stdout -----
    good.toml: 3 tips, no faults
    ");
    assert_eq!(onward.run(["deck", "check", "none.toml"]).status, 1);
    assert_eq!(onward.run(["deck", "check"]).status, 3);
    assert_eq!(onward.run(["deck", "check", "walk-away"]).status, 2);
}

#[test]
fn files_that_mean_harm() {
    let onward = Sandbox::new();
    let path = |name: &str| file(&onward, name);
    write(&path("good.toml"), SMALL.replace("\"small\"", "\"good\""));
    let folder = path("folder.toml");
    fs::create_dir(&folder).expect("made");
    std::os::unix::fs::symlink("/dev/zero", path("endless.toml")).expect("made");
    std::os::unix::fs::symlink("/nowhere", path("broken.toml")).expect("made");
    let pipe = onward.fifo("pipe");
    fs::rename(pipe, path("pipe.toml")).expect("moved");
    let sparse = fs::File::create(path("sparse.toml")).expect("made");
    sparse.set_len(1 << 30).expect("grown");
    write(&path("latin.toml"), b"# fine\n# \xff\n");
    write(&path("deep.toml"), format!("a = {}", "[".repeat(100_000)));
    write(
        &path("dotted.toml"),
        format!("{}a = 1", "a.".repeat(50_000)),
    );
    write(&path("twice.toml"), format!("{SMALL}\nslug = \"twice\"\n"));
    write(&path("nul.toml"), "slug = \"nul\"\0");
    write(&path("Loud \x1b[31m.toml"), SMALL);
    let bad = [
        "folder", "endless", "broken", "pipe", "sparse", "latin", "deep", "dotted", "twice",
        "nul",
    ];
    for name in bad {
        let checked = onward.run(["deck", "check", name]);
        assert_eq!(checked.status, 1, "{name}: {checked}");
        assert!(checked.stdout.contains(name), "{checked}");
        assert_eq!(onward.run(["deck", "use", name]).status, 1, "{name}");
        onward.config(&format!("decks = [\"{name}\", \"good\"]\n"));
        assert_eq!(offered(&onward), "good/outdoors", "{name}");
        fs::remove_file(onward.journal()).expect("removed");
    }
    let all = onward.run(["deck", "check"]);
    assert_eq!(all.status, 1);
    let list = onward.ok(["deck", "list"]);
    assert!(!list.stdout.contains('\x1b') && !all.stdout.contains('\x1b'));
    assert!(list.stdout.contains("latin") && all.stdout.contains("latin.toml, line 2"));
}

#[test]
fn several_decks_take_turns_and_are_told_apart() {
    let mut onward = with_small();
    onward.config("decks = [\"walk-away\", \"small\"]\nweekly_question = \"off\"\n");
    let mut seen = Vec::new();
    for day in 1..=14 {
        onward.now(&format!("2026-11-{day:02}T21:30:00+00:00"));
        seen.push(offered(&onward));
        onward.ok(["write", "-q", "Done."]);
    }
    assert_eq!(
        seen[9..],
        [
            "walk-away/delete-pictures",
            "small/outdoors",
            "small/water",
            "small/call-aunt",
            "walk-away/no-contact"
        ]
    );
    insta::assert_snapshot!(onward.run(["tips"]), @"
    exit: 0
    ----- stdout -----

      Walking away well
      ●○○○○○○○○○  1 of 10 tips reflected on, round 2

      ●  1  No calls, no texts           2 days, last Sat 14 Nov 2026  ← today
      ○  2  Out with friends             1 day, last Mon 2 Nov 2026  ← next
      ○  3  Social media, in moderation  1 day, last Tue 3 Nov 2026
      ○  4  Live your best life          1 day, last Wed 4 Nov 2026
      ○  5  Stay busy                    1 day, last Thu 5 Nov 2026
      ○  6  Dress up                     1 day, last Fri 6 Nov 2026
      ○  7  Be happy                     1 day, last Sat 7 Nov 2026
      ○  8  Work on yourself             1 day, last Sun 8 Nov 2026
      ○  9  Go on dates                  1 day, last Mon 9 Nov 2026
      ○ 10  Delete pictures of you both  1 day, last Tue 10 Nov 2026

      Questions of the week (one whole: onward tips walk-away/week/1)

      ○  1  Why do people come back?               not yet
      ○  2  Will they miss me if I walk away?      not yet
      ○  3  What does it do to the other person?   not yet
      ○  4  Do they realise what they lost?        not yet
      ○  5  How do they feel when someone leaves?  not yet
      ○  6  Why did they let me go so easily?      not yet
      ○  7  What power is there in walking away?   not yet

      Small steps
      ○○○  0 of 3 tips reflected on, round 2

      ○  1  Go outdoors  1 day, last Wed 11 Nov 2026
      ○  2  Drink water  1 day, last Thu 12 Nov 2026
      ○  3  Call Aunt    1 day, last Fri 13 Nov 2026

      Questions of the week (one whole: onward tips small/week/1)

      ○  1  What has changed since autumn?  not yet

      One tip whole, with all you wrote to it: onward tips walk-away/1
    ");
    insta::assert_snapshot!(onward.run(["tips", "--deck", "small"]), @"
    exit: 0
    ----- stdout -----

      Small steps
      ○○○  0 of 3 tips reflected on, round 2

      ○  1  Go outdoors  1 day, last Wed 11 Nov 2026
      ○  2  Drink water  1 day, last Thu 12 Nov 2026
      ○  3  Call Aunt    1 day, last Fri 13 Nov 2026

      Questions of the week (one whole: onward tips small/week/1)

      ○  1  What has changed since autumn?  not yet

      One tip whole, with all you wrote to it: onward tips small/1
    ");
    insta::assert_snapshot!(onward.run(["list", "-n", "4"]), @"
    exit: 0
    ----- stdout -----
    #14  Sat 14 Nov 2026  Tip 1        Done.
    #13  Fri 13 Nov 2026  Tip small/3  Done.
    #12  Thu 12 Nov 2026  Tip small/2  Done.
    #11  Wed 11 Nov 2026  Tip small/1  Done.
    ----- stderr -----
    There are more; --all lists every one.
    ");
    insta::assert_snapshot!(onward.run(["tips", "3"]), @r#"
    exit: 2
    ----- stderr -----
    error: several decks have a tip "3"
    hint: say which: walk-away/social-media or small/call-aunt
    "#);
    insta::assert_snapshot!(onward.run(["tips", "small/3"]), @"
    exit: 0
    ----- stdout -----

      Tip small/3 · Call Aunt

      Call.

      Practice  Now.

      Questions · What was said?

      Reflected 1 day, last Fri 13 Nov 2026

    #13  Friday 13 November 2026, 21:30
    Tip small/3, Call Aunt
    What was said?

    Done.
    ");
    assert_eq!(
        onward.json(["list", "--tip", "small/3"])["entries"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        onward.json(["list", "--tip", "water"])["entries"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    onward.ok(["write", "Both.", "--tip", "small/2", "--tip", "walk-away/2"]).said(
        0,
        "Saved #15 for Saturday 14 November (Tip small/2, Drink water; Tip 2, Out with friends).\n",
    );
    onward.ok(["today", "--tip", "small/2"]);
    assert_eq!(offered(&onward), "small/water");
    insta::assert_snapshot!(onward.run([""; 0]), @r#"
    exit: 0
    ----- stdout -----

      Saturday 14 November 2026
      Tip small/2 · Drink water

      Drink.

      Practice  A glass.

      Question  How much?

      Reason    Write down why you walk away: onward reason "…"

      Then      Thursday 12 November 2026 (#12)
                Done.

      Written   #14 21:30  Done.
                #15 21:30  Both.
      Decks     Walking away well
                ●●○○○○○○○○  2 of 10 tips reflected on, round 2
                Small steps
                ○●○  1 of 3 tips reflected on, round 2
      Next      onward write         write more
                onward show          read today's page
    "#);
    onward.set("COLUMNS", "40");
    insta::assert_snapshot!(onward.run([""; 0]), @r#"
    exit: 0
    ----- stdout -----

      Saturday 14 November 2026
      Tip small/2 · Drink water

      Drink.

    Practice
      A glass.
    Question
      How much?
    Reason
      Write down why you walk away: onward
      reason "…"
    Then
      Thursday 12 November 2026 (#12)
      Done.

    Written
      #14 21:30  Done.
      #15 21:30  Both.
    Decks
      Walking away well
      ●●○○○○○○○○
      2 of 10 tips reflected on, round 2
      Small steps
      ○●○  1 of 3 tips reflected on, round 2
    Next
      onward write        write more
      onward show         read today's page
    "#);
    for arguments in [
        &["tips"][..],
        &["deck"],
        &["review"],
        &["stats"],
        &["tips", "small/1"],
    ] {
        for line in onward.ok(arguments).stdout.lines() {
            assert!(
                unicode_width::UnicodeWidthStr::width(line) <= 40,
                "{arguments:?}: {line}"
            );
        }
    }
}

#[test]
fn a_deck_that_goes_leaves_what_was_written() {
    let onward = with_small();
    onward.config("decks = [\"small\"]\n");
    onward.ok(["write", "Round the lake."]);
    onward.ok(["write", "--week", "I can cook now."]);
    let before = onward.json(["show", "1"]);
    fs::remove_file(file(&onward, "small.toml")).expect("removed");
    onward.config("decks = [\"walk-away\"]\n");
    assert_eq!(onward.json(["show", "1"]), before);
    for wanted in ["small/1", "outdoors", "small/outdoors"] {
        let found = onward.json(["search", "lake", "--tip", wanted]);
        assert_eq!(
            found["entries"].as_array().map(Vec::len),
            Some(1),
            "{wanted}"
        );
    }
    // Decks in use come first.
    assert_eq!(onward.run(["list", "--tip", "1"]).status, 3);
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

      small (no longer there)

      ●  1  Go outdoors  1 day, last Sun 22 Nov 2026
      ●  1  What has changed since autumn?  1 day, last Sun 22 Nov 2026

      One tip whole, with all you wrote to it: onward tips 1
    ");
    insta::assert_snapshot!(onward.run(["tips", "small/1"]), @"
    exit: 0
    ----- stdout -----

      Tip small/1 · Go outdoors

      This tip is in no deck in use. What you wrote to it is here.

      Reflected 1 day, last Sun 22 Nov 2026

    #1  Sunday 22 November 2026, 21:30
    Tip small/1, Go outdoors
    Where were you?

    Round the lake.
    ");
    assert!(
        onward
            .ok(["review"])
            .stdout
            .contains("Tip small/1, Go outdoors")
    );
    assert_eq!(onward.json(["tips"])["not_in_use"][0]["there"], false);
    // Back in use, it counts again.
    write(&file(&onward, "small.toml"), SMALL);
    assert_eq!(onward.json(["tips"])["not_in_use"][0]["there"], true);
    onward.ok(["deck", "use", "small"]);
    assert_eq!(onward.json(["tips"])["coverage"][0]["covered"], 1);
    let gone = onward.run(["tips", "--deck", "walk-away"]);
    assert_eq!((gone.status, gone.stdout.as_str()), (2, ""), "{gone}");
}

#[test]
fn a_draft_whose_tip_is_gone_is_still_saved() {
    let onward = with_small();
    onward.config("decks = [\"small\"]\n");
    // Saving fails, so the text becomes a draft.
    write(&onward.journal(), "no journal");
    assert_eq!(
        onward
            .run(["write", "--tip", "water", "Two glasses."])
            .status,
        1
    );
    fs::remove_file(onward.journal()).expect("removed");
    onward.config("");
    let saved = onward.ok(["write", "--resume"]);
    assert!(
        saved
            .stderr
            .contains("small/water is not in the decks any more"),
        "{saved}"
    );
    assert_eq!(onward.only_entry()["reflections"][0]["tip"], "no-contact");
}

#[test]
fn the_question_of_the_week() {
    let mut onward = Sandbox::new();
    let week = |onward: &Sandbox| onward.json([""; 0])["week"].clone();
    assert_eq!(week(&onward)["slug"], "week/why-people-come-back");
    assert_eq!(week(&onward)["answered"], false);
    // On the other days the page is as ever; the question can still be answered.
    onward.now("2026-11-24T21:30:00+00:00");
    assert!(week(&onward).is_null());
    onward.ok(["write", "--week", "Quieter ones."]).said(
        0,
        "Saved #1 for Tuesday 24 November (Question 1, Why do people come back?).\n",
    );
    let entry = onward.only_entry();
    assert_eq!(entry["reflections"][0]["tip"], "week/why-people-come-back");
    let question = "Whatever they decide, what do you want your own days to be like?";
    assert_eq!(entry["reflections"][0]["question"], question);
    // The ten know nothing of it.
    let coverage = onward.json(["tips"])["coverage"][0].clone();
    assert_eq!(
        (&coverage["covered"], &coverage["total"]),
        (&0.into(), &10.into())
    );
    assert_eq!(coverage["questions"][0]["last_reflected"], "2026-11-24");
    assert_eq!(coverage["questions"][0]["this_week"], true);
    assert_eq!(
        onward.json(["list", "--tip", "week/1"])["entries"],
        onward.json(["list"])["entries"]
    );
    assert_eq!(onward.run(["list", "--free"]).status, 3);
    insta::assert_snapshot!(onward.run(["tips"]), @"
    exit: 0
    ----- stdout -----

      Walking away well
      ○○○○○○○○○○  0 of 10 tips reflected on, round 1

      ○  1  No calls, no texts           not yet
      ○  2  Out with friends             not yet  ← today
      ○  3  Social media, in moderation  not yet  ← next
      ○  4  Live your best life          not yet
      ○  5  Stay busy                    not yet
      ○  6  Dress up                     not yet
      ○  7  Be happy                     not yet
      ○  8  Work on yourself             not yet
      ○  9  Go on dates                  not yet
      ○ 10  Delete pictures of you both  not yet

      Questions of the week (one whole: onward tips week/1)

      ●  1  Why do people come back?               last Tue 24 Nov 2026  ← now
      ○  2  Will they miss me if I walk away?      not yet
      ○  3  What does it do to the other person?   not yet
      ○  4  Do they realise what they lost?        not yet
      ○  5  How do they feel when someone leaves?  not yet
      ○  6  Why did they let me go so easily?      not yet
      ○  7  What power is there in walking away?   not yet

      One tip whole, with all you wrote to it: onward tips 1
    ");
    // The next weeks go through the seven, and then the first comes round again.
    let mut seen = Vec::new();
    for week_later in 1..=7 {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")
            + chrono::TimeDelta::weeks(week_later);
        onward.now(&format!("{day}T21:30:00+00:00"));
        seen.push(week(&onward)["number"].as_u64().expect("a number"));
        onward.ok(["write", "--week", "-q", "Some words."]);
        assert_eq!(week(&onward)["answered"], true);
    }
    assert_eq!(seen, [2, 3, 4, 5, 6, 7, 1]);
    insta::assert_snapshot!(onward.run([""; 0]), @"
    exit: 0
    ----- stdout -----

      Sunday 10 January 2027
      Tip 9 · Go on dates

      Go on a date, or simply among new people, when you are curious to. A first
      meeting is only a talk: you owe nobody a future, and the person opposite is
      neither a stand-in nor a message to anyone. If that is too soon, new company
      of any kind will do. Meet in a public place, and tell a friend where you are
      and when you will be home.

      Practice  Say a few words today to someone you hardly know, or look up one
                place where new people meet.

      Question  Who is the newest person in your life, and how did the two of you
                come to talk?

      Week      answered: Why do people come back?
      Written   #8 21:30  Some words.
      Deck      ○○○○○○○○○○  0 of 10 tips reflected on, round 1
      Next      onward write         write today's page
                onward today --skip  another tip
    ");
    assert!(onward.ok(["review"]).stdout.contains("Then and now"));
}

#[test]
fn the_page_with_a_question_of_the_week_that_came_before() {
    let mut onward = with_small();
    onward.config("decks = [\"small\"]\n");
    onward.ok(["write", "--week", "Cook."]);
    onward.now("2026-11-29T21:30:00+00:00");
    insta::assert_snapshot!(onward.run([""; 0]), @"
    exit: 0
    ----- stdout -----

      Sunday 29 November 2026
      Tip small/1 · Go outdoors

      Leave the house.

      Practice  Walk.

      Question  Where were you?

      Week      What has changed since autumn?
                What can you do now?
                answered before: Sunday 22 November 2026 (#1)
      Deck      ○○○  0 of 3 tips reflected on, round 1
      Next      onward write         write today's page
                onward today --skip  another tip
                onward write --week  answer the week's
    ");
    onward.set("COLUMNS", "40");
    insta::assert_snapshot!(onward.run([""; 0]), @"
    exit: 0
    ----- stdout -----

      Sunday 29 November 2026
      Tip small/1 · Go outdoors

      Leave the house.

    Practice
      Walk.
    Question
      Where were you?

    Week
      What has changed since autumn?
      What can you do now?
      answered before: Sunday 22 November
      2026 (#1)
    Deck
      ○○○  0 of 3 tips reflected on, round 1
    Next
      onward write        write today's page
      onward today --skip another tip
      onward write --week answer the week's
    ");
    // Below the scissors stands the question, and what was answered then.
    let editor = onward.script("ed", "cp \"$1\" \"$HOME/seen\"; printf 'More.' > \"$1\"");
    onward.set("EDITOR", editor);
    onward
        .call(["write", "--week"])
        .in_terminal(80)
        .end(&onward);
    let seen = fs::read_to_string(onward.home().join("seen")).expect("seen");
    assert!(
        seen.contains("What can you do now?") && seen.contains("Cook."),
        "{seen}"
    );
    assert!(!seen.contains("Practice"), "{seen}");
}

#[test]
fn another_day_or_none_for_the_week() {
    let mut onward = Sandbox::new();
    onward.config("weekly_question = \"wednesday\"\n");
    assert!(onward.json([""; 0])["week"].is_null());
    onward.now("2026-11-25T21:30:00+00:00");
    assert_eq!(onward.json([""; 0])["week"]["number"], 1);
    onward.config("weekly_question = \"off\"\n");
    assert!(onward.json([""; 0])["week"].is_null());
    insta::assert_snapshot!(onward.run(["write", "--week", "x"]), @r#"
    exit: 2
    ----- stderr -----
    error: the question of the week is switched off
    hint: weekly_question = "sunday" in the configuration switches it on
    "#);
    assert_eq!(onward.run(["write", "--week", "--free", "x"]).status, 2);
    let tip = onward.run(["today", "--tip", "week/2"]);
    assert_eq!(tip.status, 2, "{tip}");
}

#[test]
fn low_days_get_a_plain_question() {
    let mut onward = Sandbox::new();
    // The tip's concrete questions are used up.
    for day in 1..=4 {
        onward.now(&format!("2026-10-{day:02}T21:30:00+00:00"));
        onward.ok(["today", "--tip", "1"]);
    }
    for (day, mood) in [(17, 1), (18, 5), (19, 2), (20, 5), (21, 2)] {
        onward.now(&format!("2026-11-{day}T21:30:00+00:00"));
        onward.ok([
            "write",
            "-q",
            "--free",
            "--mood",
            &mood.to_string(),
            "A day.",
        ]);
    }
    onward.now("2026-11-23T21:30:00+00:00");
    let prompt =
        |onward: &Sandbox| onward.json(["today", "--tip", "1"])["today"]["prompt"].clone();
    let plain = "What will you do in the hour before bed, and where will your phone be?";
    assert_eq!(
        (&prompt(&onward)["question"], &prompt(&onward)["gentle"]),
        (&plain.into(), &true.into())
    );
    insta::assert_snapshot!(onward.run(["today"]), @r#"
    exit: 0
    ----- stdout -----

      Monday 23 November 2026
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
                (a plain one, after some low days)

      Reason    Write down why you walk away: onward reason "…"
    "#);
    // It stays for the day, whatever is written.
    for _ in 0..5 {
        onward.ok(["write", "-q", "--mood", "5", "Better."]);
    }
    assert_eq!(
        (&prompt(&onward)["question"], &prompt(&onward)["gentle"]),
        (&plain.into(), &true.into())
    );
    onward.set("COLUMNS", "40");
    for line in onward.ok(["today"]).stdout.lines() {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 40, "{line}");
    }

    // Switched off, the question is the next in order.
    onward.config("gentle = false\n");
    onward.now("2026-11-22T21:30:00+00:00");
    let meaning = "In the words you would use with a close friend, what is this distance for?";
    assert_eq!(
        (&prompt(&onward)["question"], &prompt(&onward)["gentle"]),
        (&meaning.into(), &false.into())
    );
}
