//! `onward write` from arguments and from standard input.

use crate::sandbox::Sandbox;

/// The text as the journal gives it back.
#[track_caller]
fn stored(onward: &Sandbox) -> String {
    onward.only_entry()["text"]
        .as_str()
        .expect("a text")
        .to_owned()
}

#[test]
fn from_the_command_line() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["write", "Called", "Aunt.", " Twice."]), @"
    exit: 0
    ----- stderr -----
    Saved #1 for Sunday 22 November (Tip 1, No calls, no texts).
    To count it otherwise: onward edit 1 --tip N, or --free
    ");
    assert_eq!(stored(&onward), "Called Aunt.  Twice.");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn from_standard_input() {
    let onward = Sandbox::new();
    let outcome = onward
        .call(["write"])
        .stdin("  First.\n\n# not a comment\n\n")
        .run();
    insta::assert_snapshot!(outcome, @"
    exit: 0
    ----- stderr -----
    Saved #1 for Sunday 22 November (Tip 1, No calls, no texts).
    To count it otherwise: onward edit 1 --tip N, or --free
    ");
    assert_eq!(stored(&onward), "  First.\n\n# not a comment\n\n");
}

#[test]
fn with_everything() {
    let onward = Sandbox::new();
    let outcome = onward.run([
        "write",
        "Slept in. #Sleep",
        "--on",
        "yesterday",
        "--at",
        "9:15pm",
        "--tip",
        "5",
        "--tip",
        "work-on-yourself",
        "--tip",
        "5",
        "--mood",
        "4",
        "--tag",
        "Home",
        "--tag",
        "#sleep",
        "--star",
    ]);
    insta::assert_snapshot!(outcome, @"
    exit: 0
    ----- stderr -----
    Saved #1 for Saturday 21 November (Tip 5, Stay busy; Tip 8, Work on yourself).
    To count it otherwise: onward edit 1 --tip N, or --free
    ");
    insta::assert_snapshot!(onward.run(["show", "last"]), @"
    exit: 0
    ----- stdout -----
    #1  Saturday 21 November 2026, 21:15  ★
    Tip 5, Stay busy; Tip 8, Work on yourself · mood 4 of 5 · #home · #sleep

    Slept in. #Sleep
    ");
    insta::assert_snapshot!(onward.run(["show", "last", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"entries":[{"number":1,"id":"<id>","day":"2026-11-21","written_at":"2026-11-21T21:15:00+00:00","edited_at":null,"kind":"page","text":"Slept in. #Sleep","mood":4,"starred":true,"tags":["home","sleep"],"reflections":[{"deck":"walk-away","tip":"stay-busy","number":5,"title":"Stay busy","question":null},{"deck":"walk-away","tip":"work-on-yourself","number":8,"title":"Work on yourself","question":null}]}]}
    "#);
}

#[test]
fn as_json() {
    let onward = Sandbox::new();
    let outcome = onward.run(["write", "Called Aunt.", "--json"]);
    insta::assert_snapshot!(outcome, @r#"
    exit: 0
    ----- stdout -----
    {"entry":{"number":1,"id":"<id>","day":"2026-11-22","written_at":"2026-11-22T21:30:00+00:00","edited_at":null,"kind":"page","text":"Called Aunt.","mood":null,"starred":false,"tags":[],"reflections":[{"deck":"walk-away","tip":"no-contact","number":1,"title":"No calls, no texts","question":"What will you do in the hour before bed, and where will your phone be?"}]}}
    ----- stderr -----
    Saved #1 for Sunday 22 November (Tip 1, No calls, no texts).
    To count it otherwise: onward edit 1 --tip N, or --free
    "#);
    let entry = onward.json(["show", "1"])["entries"][0].clone();
    assert_eq!(outcome.json()["entry"], entry);
    let quiet = onward.ok(["write", "More.", "--json", "--quiet"]);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn quiet_says_nothing() {
    let onward = Sandbox::new();
    onward.run(["write", "Called Aunt.", "-q"]).said(0, "");
    assert_eq!(stored(&onward), "Called Aunt.");
}

#[test]
fn free_of_any_tip() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["write", "--free", "Just this."]), @"
    exit: 0
    ----- stderr -----
    Saved #1 for Sunday 22 November (counted for no tip).
    To count it for a tip: onward edit 1 --tip N
    ");
    assert_eq!(onward.only_entry()["reflections"], serde_json::json!([]));
}

#[test]
fn a_page_for_a_day_that_offered_nothing_is_free() {
    let onward = Sandbox::new();
    onward.run(["write", "--on", "yesterday", "Late."]).said(
        0,
        "Saved #1 for Saturday 21 November (counted for no tip).\n",
    );
    onward
        .run(["write", "--on", "2025-12-31", "Later.", "--tip", "3"])
        .said(
            0,
            "Saved #2 for Wednesday 31 December 2025 (Tip 3, Social media, in moderation).\n",
        );
}

#[test]
fn a_page_for_a_day_that_offered_something_answers_it() {
    let onward = Sandbox::new();
    onward
        .call(["today", "--tip", "6"])
        .now("2026-11-20T12:00:00+00:00")
        .run();
    onward
        .run(["write", "--on", "friday", "Late."])
        .said(0, "Saved #1 for Friday 20 November (Tip 6, Dress up).\n");
}

#[test]
fn nothing_to_save() {
    let onward = Sandbox::new();
    for text in ["", "   ", "\n\n\t \n", "\u{a0}\u{2003}"] {
        onward
            .call(["write"])
            .stdin(text)
            .run()
            .said(1, "Nothing was written, so nothing is saved.\n");
        onward
            .run(["write", text])
            .said(1, "Nothing was written, so nothing is saved.\n");
    }
    assert!(!onward.journal().exists());
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn text_that_looks_like_flags() {
    let onward = Sandbox::new();
    onward.ok(["write", "--", "-x", "foo"]);
    onward.ok(["write", "-q", "--", "--mood", "9"]);
    let outcome = onward.call(["write"]).stdin("--help\n").run();
    assert_eq!(outcome.status, 0, "{outcome}");
    assert_eq!(onward.texts(), ["--help\n", "--mood 9", "-x foo"]);
    insta::assert_snapshot!(onward.run(["write", "-x foo"]), @"
    exit: 2
    ----- stderr -----
    error: unexpected argument '-x' found

      tip: to pass '-x' as a value, use '-- -x'

    Usage: onward write [OPTIONS] [TEXT]...

    For more information, try '--help'.
    ");
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_read() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["write", "x", "--mood", "7"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value '7' for '--mood <1-5>': a mood is a number from 1 (low) to 5 (good)

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["write", "x", "--tip", "0"]), @r#"
    exit: 2
    ----- stderr -----
    error: there is no tip "0"
    hint: the tips are 1 to 10; see onward tips
    "#);
    insta::assert_snapshot!(onward.run(["write", "x", "--tip", "stay-bussy"]), @r#"
    exit: 2
    ----- stderr -----
    error: there is no tip "stay-bussy"
    hint: did you mean stay-busy (5); see onward tips
    "#);
    insta::assert_snapshot!(onward.run(["write", "x", "--tag", ""]), @"
    exit: 2
    ----- stderr -----
    error: invalid value '' for '--tag <TAG>': a tag needs at least one character

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["write", "x", "--tip", "1", "--free"]), @"
    exit: 2
    ----- stderr -----
    error: the argument '--tip <N>' cannot be used with '--free'

    Usage: onward write --tip <N> <TEXT>...

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["write", "x", "--resume"]), @"
    exit: 2
    ----- stderr -----
    error: the argument '[TEXT]...' cannot be used with '--resume'

    Usage: onward write <TEXT>...

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["write", "--moood", "3", "x"]), @"
    exit: 2
    ----- stderr -----
    error: unexpected argument '--moood' found

      tip: a similar argument exists: '--mood'

    Usage: onward write --mood <1-5> [TEXT]...

    For more information, try '--help'.
    ");
    assert!(!onward.journal().exists());
}

#[test]
fn text_comes_back_as_it_went_in() {
    for text in [
        "a\0b",
        "lone \r carriage return",
        "form feed \x0c and escape \x1b[31m",
        "👩‍👩‍👧 🏳️‍🌈 e\u{301} नमस्ते",
        "שלום \u{202e}override\u{202c} \u{2066}isolate\u{2069}",
        "\u{feff}byte order mark",
        "line\u{2028}separator\u{85}next",
        "no line end",
        "two line ends\n\n",
        "\n\n   leading",
        "--help",
        "' OR 1=1; DROP TABLE entry; --",
        "trailing spaces   \n\ttabs\t\n",
        "# ------------------------ >8 ------------------------\nafter scissors",
    ] {
        let onward = Sandbox::new();
        let outcome = onward.call(["write"]).stdin(text).run();
        assert_eq!(outcome.status, 0, "{text:?}: {outcome}");
        assert_eq!(stored(&onward), text);
        // Whole, and byte for byte, into a pipe, where that is asked for.
        assert_eq!(onward.ok(["show", "--raw"]).stdout, text);
    }
}

#[test]
fn line_ends_become_line_feeds() {
    let onward = Sandbox::new();
    onward
        .call(["write"])
        .stdin("one\r\ntwo\r\n\rthree\r\n")
        .run();
    assert_eq!(stored(&onward), "one\ntwo\n\rthree\n");
}

#[test]
fn long_texts() {
    let onward = Sandbox::new();
    let line = "a line of some length that is repeated, é 友\n";
    let many_lines = line.repeat(10_000_000 / line.len());
    let one_line = "x".repeat(10_000_000);
    for text in [&many_lines, &one_line] {
        let outcome = onward.call(["write"]).stdin(text).run();
        assert_eq!(outcome.status, 0, "{}", outcome.stderr);
    }
    assert!(onward.texts() == [one_line, many_lines]);
    let list = onward.ok(["list"]);
    assert_eq!(list.stdout.lines().count(), 2);
    assert!(list.stdout.lines().all(|line| line.chars().count() <= 80));
    assert!(onward.ok([""; 0]).stdout.contains("xxx…"));
}

#[test]
fn bytes_that_are_no_text_are_refused_and_kept() {
    let onward = Sandbox::new();
    let bytes = b"first line\nsecond \xff\xfe line\n\0";
    let outcome = onward.call(["write"]).stdin(bytes).run();
    assert_eq!((outcome.status, outcome.stdout.as_str()), (1, ""));
    kept_whole(&onward, &outcome.stderr, bytes);
    let hint = "caused by: the text is not valid UTF-8: byte 19 (line 2)\n";
    assert!(outcome.stderr.contains(hint), "{outcome}");
    assert!(outcome.stderr.contains("iconv -f latin1"), "{outcome}");
    assert_eq!(onward.texts(), [""; 0]);
}

#[test]
fn arguments_that_are_no_text_are_refused_and_kept() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let onward = Sandbox::new();
    let arguments = [
        OsStr::new("write"),
        OsStr::new("ca"),
        OsStr::from_bytes(b"f\xe9"),
    ];
    let outcome = onward.run(arguments);
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (1, ""),
        "{outcome}"
    );
    kept_whole(&onward, &outcome.stderr, b"ca f\xe9");
}

#[test]
fn a_text_beyond_all_measure_is_refused_and_kept() {
    let onward = Sandbox::new();
    let limit = 64_000_000;
    let outcome = onward.call(["write"]).stdin(vec![b'x'; limit + 1]).run();
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (1, ""),
        "{outcome}"
    );
    assert!(
        outcome
            .stderr
            .contains("caused by: the text is longer than 64 MB\n"),
        "{outcome}"
    );
    kept_whole(&onward, &outcome.stderr, &vec![b'x'; limit + 1]);
}

/// The message names a file that only its owner can read, and it holds these bytes.
#[track_caller]
fn kept_whole(onward: &Sandbox, stderr: &str, bytes: &[u8]) {
    use std::os::unix::fs::MetadataExt;
    assert!(
        stderr.starts_with("error: your page is not saved yet\n"),
        "{stderr}"
    );
    let path = stderr
        .split_once(" is kept in <sandbox>/")
        .and_then(|(_, rest)| rest.split_once(';'))
        .map(|(path, _)| onward.path(path))
        .expect("a path");
    assert!(path.starts_with(onward.drafts()), "{stderr}");
    let kept = std::fs::read(&path).expect("there");
    assert!(
        kept == bytes,
        "{} bytes kept of {}",
        kept.len(),
        bytes.len()
    );
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("there").mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().expect("a folder")), 0o700);
    assert_eq!(mode(&onward.drafts()), 0o700);
}

#[test]
fn a_signal_while_text_arrives_keeps_what_has_come() {
    for name in ["INT", "TERM", "HUP"] {
        let onward = Sandbox::new();
        let mut write = onward
            .call(["write", "--mood", "2", "--tag", "night"])
            .start();
        // More than a pipe holds, so that some of it has surely been read.
        let text = "Half a page.\n".repeat(40_000);
        write.type_in(&text);
        write.signal(name);
        let outcome = write.end(&onward);
        outcome.said(
            130,
            "error: your page is not saved yet\ncaused by: interrupted\n\
             hint: what you wrote is kept; take it up again with onward write --resume\n",
        );
        let pages = onward.draft_pages();
        let page = std::fs::read_to_string(&pages[0]).expect("kept");
        let kept = page.split_once("\n\n# ---").expect("scissors").0;
        assert!(pages.len() == 1 && text.starts_with(kept) && kept.len() > 300_000);
        let outcome = onward.ok(["write", "--resume"]);
        assert_eq!(
            outcome.stderr,
            "Saved #1 for Sunday 22 November (Tip 1, No calls, no texts).\n"
        );
        let entry = onward.only_entry();
        assert!(entry["text"] == kept.trim_end_matches('\n'));
        assert_eq!(
            (&entry["mood"], &entry["tags"]),
            (&2.into(), &serde_json::json!(["night"]))
        );
        assert_eq!(onward.leftovers(), [""; 0]);
    }
}

#[test]
fn a_page_that_cannot_be_saved_becomes_a_draft() {
    let onward = Sandbox::new();
    crate::sandbox::write(
        &onward.journal(),
        "not a journal, and long enough to look like something",
    );
    let outcome = onward.run([
        "write",
        "Called Aunt.",
        "--mood",
        "2",
        "--on",
        "yesterday",
        "--free",
    ]);
    insta::assert_snapshot!(outcome, @"
    exit: 1
    ----- stderr -----
    error: your page is not saved yet
    caused by: <sandbox>/home/.local/share/onward/journal.db is not a journal: it is another kind of file
    hint: what you wrote is kept; take it up again with onward write --resume
    ");
    std::fs::remove_file(onward.journal()).expect("removed");
    insta::assert_snapshot!(onward.run(["write", "--resume"]), @"
    exit: 0
    ----- stderr -----
    Saved #1 for Saturday 21 November (counted for no tip).
    To count it for a tip: onward edit 1 --tip N
    ");
    let entry = onward.only_entry();
    assert_eq!(entry["text"], "Called Aunt.");
    assert_eq!(
        (&entry["mood"], &entry["day"]),
        (&2.into(), &"2026-11-21".into())
    );
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn the_journal_is_private() {
    let onward = Sandbox::new();
    onward.ok(["write", "Private."]);
    use std::os::unix::fs::MetadataExt;
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("there").mode() & 0o777;
    let folder = onward.journal().parent().expect("a folder").to_path_buf();
    assert_eq!((mode(&onward.journal()), mode(&folder)), (0o600, 0o700));
    let outcome = onward
        .call(["write", "Whatever the mask."])
        .env("ONWARD_JOURNAL", onward.path("elsewhere/j.db"))
        .shell("umask 0; exec \"$@\"")
        .run();
    assert_eq!(outcome.status, 0, "{outcome}");
    assert_eq!(mode(&onward.path("elsewhere")), 0o700);
    assert_eq!(mode(&onward.path("elsewhere/j.db")), 0o600);
}

#[test]
fn tags_come_from_the_text_and_from_flags() {
    let onward = Sandbox::new();
    onward.ok([
        "write",
        "#Été at #work-out, not # this or a#that or #42",
        "--tag",
        "two words",
    ]);
    assert_eq!(
        onward.only_entry()["tags"],
        serde_json::json!(["two words", "work-out", "été"])
    );
}
