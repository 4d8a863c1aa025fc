//! Files that are no journal, and text that means harm.

use std::fs;
use std::path::Path;

use crate::sandbox::{Sandbox, Screen, command};

/// Every command that touches the journal, reading or writing.
const CALLS: [&[&str]; 7] = [
    &[],
    &["today"],
    &["today", "--skip"],
    &["list"],
    &["show"],
    &["tips"],
    &["write", "Called Aunt."],
];

/// Every command refuses what lies at the journal's place, says what it is, and leaves it as
/// it was.
#[track_caller]
fn refused(onward: &Sandbox, what: &str) {
    let before = fs::read(onward.journal()).ok();
    for arguments in CALLS {
        let outcome = onward.run(arguments);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (1, ""),
            "{outcome}"
        );
        let place = onward.journal();
        let place = place
            .strip_prefix(onward.path(""))
            .expect("inside")
            .display();
        let sentence = format!("<sandbox>/{place} {what}\n");
        let lead = if arguments.first() == Some(&"write") {
            "error: your page is not saved yet\ncaused by: "
        } else {
            "error: "
        };
        assert!(
            outcome.stderr.starts_with(&format!("{lead}{sentence}")),
            "{arguments:?}: {outcome}"
        );
        assert!(outcome.stderr.contains("\nhint: "), "{outcome}");
    }
    assert!(
        fs::read(onward.journal()).ok() == before,
        "the file is another"
    );
    let beside = onward.leftovers();
    if !before.is_some_and(|bytes| bytes.starts_with(b"SQLite format 3\0")) {
        let logs = ["-wal", "-shm", "-journal"];
        let log = |name: &String| logs.iter().any(|log| name.ends_with(log));
        assert!(!beside.iter().any(log), "{beside:?}");
    }
    // What was typed is kept.
    if let [page] = &onward.draft_pages()[..] {
        let kept = fs::read_to_string(page).expect("kept");
        assert!(kept.starts_with("Called Aunt.\n\n# ---"), "{kept}");
    } else {
        panic!("one draft: {beside:?}");
    }
}

fn holding(bytes: impl AsRef<[u8]>) -> Sandbox {
    let onward = Sandbox::new();
    crate::sandbox::write(&onward.journal(), bytes);
    onward
}

/// A journal with a page in it, and four bytes of its header replaced.
fn patched(offset: usize, value: u32) -> Sandbox {
    let onward = Sandbox::new();
    onward.ok(["write", "A page."]);
    let mut bytes = fs::read(onward.journal()).expect("a journal");
    bytes[offset..offset + 4].copy_from_slice(&value.to_be_bytes());
    fs::write(onward.journal(), bytes).expect("written");
    onward
}

#[test]
fn an_empty_file() {
    refused(&holding(""), "is not a journal: it is an empty file");
}

#[test]
fn a_text_file() {
    let text =
        "Dear diary, this is a text file of somebody's, and it must stay as it is. ".repeat(30);
    refused(
        &holding(text),
        "is not a journal: it is another kind of file",
    );
    refused(
        &holding("short"),
        "is not a journal: it is another kind of file",
    );
}

#[test]
fn a_picture() {
    let mut bytes = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01".to_vec();
    bytes.extend((0..20_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8));
    refused(
        &holding(bytes),
        "is not a journal: it is another kind of file",
    );
}

#[test]
fn a_folder() {
    let onward = Sandbox::new();
    fs::create_dir_all(onward.journal()).expect("made");
    fs::write(onward.journal().join("inside"), "stays").expect("written");
    refused(&onward, "is not a journal: it is a folder");
    assert_eq!(
        fs::read_to_string(onward.journal().join("inside")).expect("there"),
        "stays"
    );
}

#[test]
fn a_named_pipe() {
    let onward = Sandbox::new();
    fs::create_dir_all(onward.journal().parent().expect("a folder")).expect("made");
    assert!(
        command("mkfifo")
            .arg(onward.journal())
            .status()
            .expect("runs")
            .success()
    );
    for arguments in CALLS {
        let outcome = onward.run(arguments);
        assert_eq!(outcome.status, 1, "{outcome}");
        assert!(
            outcome
                .stderr
                .contains("journal.db is not a journal: it is a named pipe\n"),
            "{outcome}"
        );
    }
}

#[test]
fn a_device() {
    let onward = Sandbox::new();
    for device in ["/dev/null", "/dev/zero"] {
        let outcome = onward.run(["list", "--journal", device]);
        let expect = format!(
            "error: {device} is not a journal: it is a device\n\
             hint: name another file with --journal, or move this one away\n"
        );
        outcome.said(1, &expect);
    }
}

#[test]
fn a_link_to_nowhere() {
    let onward = Sandbox::new();
    fs::create_dir_all(onward.journal().parent().expect("a folder")).expect("made");
    std::os::unix::fs::symlink(onward.home().join("unplugged/j.db"), onward.journal())
        .expect("linked");
    refused(
        &onward,
        "is not a journal: it is a link to a file that is missing",
    );
    assert!(!onward.home().join("unplugged").exists());
    assert!(
        fs::symlink_metadata(onward.journal())
            .expect("there")
            .is_symlink()
    );
}

#[test]
fn a_link_to_a_journal_is_followed() {
    let onward = Sandbox::new();
    onward.ok(["write", "One.", "--journal", "real.db"]);
    fs::create_dir_all(onward.journal().parent().expect("a folder")).expect("made");
    std::os::unix::fs::symlink(onward.home().join("real.db"), onward.journal())
        .expect("linked");
    onward.ok(["write", "Two."]);
    assert_eq!(onward.texts(), ["Two.", "One."]);
    assert!(
        fs::symlink_metadata(onward.journal())
            .expect("there")
            .is_symlink()
    );
}

#[test]
fn the_database_of_another_program() {
    if crate::sealed::skip(
        "the_database_of_another_program",
        "it is about the bytes of a plain file",
    ) {
        return;
    }
    // application_id, in the header.
    refused(
        &patched(68, 0),
        "is not a journal: it is the database of another program",
    );
    refused(
        &patched(68, 0x4750_4b47),
        "is not a journal: it is the database of another program",
    );
}

#[test]
fn a_journal_of_a_newer_program() {
    if crate::sealed::skip(
        "a_journal_of_a_newer_program",
        "it is about the bytes of a plain file",
    ) {
        return;
    }
    // user_version, in the header.
    let onward = patched(60, 9999);
    refused(&onward, "was written by a newer onward");
    insta::assert_snapshot!(onward.run(["list"]), @"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.local/share/onward/journal.db was written by a newer onward
    hint: update onward (the journal has layout 9999, this program knows 7); nothing was changed
    ");
}

#[test]
fn the_words_of_a_refusal() {
    let onward =
        holding("Dear diary, this is a text file of somebody's, and it must stay as it is.");
    insta::assert_snapshot!(onward.run(["list"]), @"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.local/share/onward/journal.db is not a journal: it is another kind of file
    hint: name another file with --journal, or move this one away
    ");
    insta::assert_snapshot!(onward.run(["write", "Called Aunt."]), @"
    exit: 1
    ----- stderr -----
    error: your page is not saved yet
    caused by: <sandbox>/home/.local/share/onward/journal.db is not a journal: it is another kind of file
    hint: what you wrote is kept; take it up again with onward write --resume
    ");
}

#[test]
fn a_file_in_place_of_a_folder() {
    let onward = Sandbox::new();
    fs::write(onward.home().join("file"), "text").expect("written");
    insta::assert_snapshot!(onward.run(["list", "--journal", "file/j.db"]), @"
    exit: 1
    ----- stderr -----
    error: cannot open file/j.db
    caused by: Not a directory (os error 20)
    ");
    insta::assert_snapshot!(onward.run([""; 0].into_iter().chain(["--journal", "file/j.db"])), @"
    exit: 1
    ----- stderr -----
    error: cannot open file/j.db
    caused by: Not a directory (os error 20)
    ");
}

#[test]
fn a_journal_that_was_cut_short_is_refused_or_read() {
    let whole = Sandbox::new();
    whole.ok(["write", "A page."]);
    let bytes = fs::read(whole.journal()).expect("a journal");
    for length in [
        1,
        15,
        16,
        99,
        100,
        512,
        1024,
        4096,
        8192,
        bytes.len() - 4096,
        bytes.len() - 1,
    ] {
        let onward = holding(&bytes[..length]);
        for arguments in CALLS {
            let outcome = onward.run(arguments);
            assert!(
                [0, 1, 3].contains(&outcome.status),
                "{length} {arguments:?}: {outcome}"
            );
            assert!(!outcome.stderr.contains("panicked"), "{outcome}");
        }
    }
}

/// Text that would act on a terminal: its title, its clipboard, its screen, its lines.
const ATTACK: &str = "\x1b]0;title\x07\x1b]52;c;aGk=\x07\x1b[2J\x1b[31mred\u{9b}32m\rover\x08\x7f \u{202e}drow\u{2066}";

/// Nothing raw on the screen but what the program itself prints: line ends and its colours.
#[track_caller]
fn harmless(screen: &Screen) {
    let mut rest = screen.raw.replace("\r\n", "\n");
    for own in [
        "\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[36m",
    ] {
        // `ESC [ 3 1 m` is in the attack as well: only its ESC would make it one.
        rest = rest.replace(own, "");
    }
    let bad = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{2066}\u{9b}".contains(c);
    assert!(!rest.contains(bad), "{rest:?}");
}

#[test]
fn stored_text_does_not_act_on_a_terminal() {
    let onward = Sandbox::new();
    onward
        .call(["write", "--on", "2026-11-15", "--tip", "1"])
        .stdin(ATTACK)
        .run();
    onward.call(["write"]).stdin(ATTACK).run();
    for arguments in [
        &[][..],
        &["today", "--tip", "1"],
        &["list"],
        &["show"],
        &["tips"],
        &["tips", "1"],
        &["list", "--json"],
        &["--json"],
        &["show", "--json"],
        &["tips", "1", "--json"],
    ] {
        for columns in [40, 80] {
            let screen = onward.call(arguments).in_terminal(columns).end(&onward);
            assert_eq!(screen.status, 0, "{screen}");
            harmless(&screen);
        }
    }
    let screen = onward
        .call(["show", "--color", "never"])
        .in_terminal(80)
        .end(&onward);
    insta::assert_snapshot!(screen, @"
    exit: 0
    ----- screen -----
    #2  Sunday 22 November 2026, 21:30
    Tip 2, Out with friends
    Who have you spoken with since yesterday, even for a minute, and what about?

    ␛]0;title␇␛]52;c;aGk=␇␛[2J␛[31mred<U+009B>32m␍over␈␡ <U+202E>drow<U+2066>
    ");
    // JSON keeps every character, in a form that does nothing.
    let entry = onward.json(["show", "2"])["entries"][0].clone();
    assert_eq!(entry["text"], ATTACK);
}

#[test]
fn tags_and_arguments_do_not_act_on_a_terminal() {
    let onward = Sandbox::new();
    onward.ok(["write", "One."]);
    let tag = onward
        .call(["write", "Two.", "--tag", "a\u{202e}b"])
        .in_terminal(80);
    harmless(&tag.end(&onward));
    harmless(&onward.call(["show"]).in_terminal(80).end(&onward));
    for arguments in [
        ["show", ATTACK].as_slice(),
        &["show", "#\x1b[2J"],
        &["tips", ATTACK],
        &["today", "--tip", ATTACK],
        &["list", "--tip", ATTACK],
        &["list", "--journal", "\x1b]0;x\x07/j.db/"],
        &["list", "--config", "\x1b]0;x\x07"],
    ] {
        let screen = onward.call(arguments).in_terminal(80).end(&onward);
        assert_ne!(screen.status, 0, "{screen}");
        harmless(&screen);
    }
    let screen = onward
        .call(["list"])
        .now(ATTACK)
        .in_terminal(80)
        .end(&onward);
    harmless(&screen);
}

#[test]
fn arguments_that_the_parser_refuses_do_not_act_on_a_terminal() {
    let onward = Sandbox::new();
    for arguments in [
        ["list", "--on", ATTACK].as_slice(),
        &["list", "--mood", ATTACK],
        &["list", "--kind", ATTACK],
        &["list", "--tag", "\x1b[2J"],
        &["list", "--color", ATTACK],
        &["write", "x", "--at", ATTACK],
        &[ATTACK],
        &["list", ATTACK],
        &["--\x1b[2J"],
    ] {
        let screen = onward.call(arguments).in_terminal(80).end(&onward);
        assert_eq!(screen.status, 2, "{screen}");
        let own = [
            "\x1b[1m", "\x1b[4m", "\x1b[0m", "\x1b[31m", "\x1b[32m", "\x1b[33m",
        ];
        let rest = own
            .iter()
            .fold(screen.raw.replace("\r\n", "\n"), |rest, own| {
                rest.replace(own, "")
            });
        assert!(
            !rest.contains(['\x1b', '\x07', '\u{9b}', '\u{202e}']),
            "{arguments:?}: {rest:?}"
        );
    }
}

#[test]
fn an_editor_s_name_does_not_act_on_a_terminal() {
    let onward = Sandbox::new();
    for editor in ["\x1b]0;x\x07ed", "'\x1b]0;x\x07", "/nowhere/\u{202e}ed"] {
        let screen = onward
            .call(["write"])
            .env("EDITOR", editor)
            .in_terminal(80)
            .end(&onward);
        assert_eq!(screen.status, 1, "{screen}");
        harmless(&screen);
    }
}

#[test]
fn a_draft_s_beginning_does_not_act_on_a_terminal() {
    let onward = Sandbox::new();
    crate::sandbox::write(&onward.drafts().join("draft-x/page.md"), ATTACK);
    let folder: fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(onward.drafts(), folder).expect("set");
    let mut terminal = onward.call(["write"]).in_terminal(80);
    terminal.expect("q to quit: ").keys("q\n");
    harmless(&terminal.end(&onward));
}

#[test]
fn queries_are_no_sql() {
    let onward = Sandbox::new();
    let text = "'; DROP TABLE entry; --";
    onward.ok(["write", text, "--tag", text]);
    let found = onward.json(["list", "--tag", text]);
    assert_eq!(found["entries"][0]["text"], text);
    for tag in ["'", "\"", "%", "_", "' OR '1'='1", "*"] {
        assert_eq!(onward.run(["list", "--tag", tag]).status, 3, "{tag}");
    }
    assert_eq!(onward.texts(), [text]);
}

#[test]
fn nobody_s_files_are_drafts() {
    if crate::sealed::skip(
        "nobody_s_files_are_drafts",
        "its drafts do not lie beside it",
    ) {
        return;
    }
    // A folder that others can write to, or a link, takes no text of ours.
    let onward = Sandbox::new();
    let victim = onward.path("victim");
    fs::create_dir(&victim).expect("made");
    fs::create_dir_all(onward.drafts().parent().expect("a folder")).expect("made");
    std::os::unix::fs::symlink(&victim, onward.drafts()).expect("linked");
    onward.script("typing", "echo typed > \"$1\"");
    let screen = onward
        .call(["write"])
        .env("EDITOR", "typing")
        .in_terminal(80)
        .end(&onward);
    // Where the lines break depends on where the sandbox lies.
    assert_eq!(
        (screen.status, screen.text.replace('\n', " ").as_str()),
        (
            2,
            "error: cannot keep drafts in \
             <sandbox>/home/.local/share/onward/journal.db.drafts: it is no folder "
        )
    );
    assert_eq!(fs::read_dir(&victim).expect("there").count(), 0);
    let outcome = onward.call(["write"]).stdin(b"\xff").run();
    assert!(
        outcome
            .stderr
            .contains("kept in <sandbox>/tmp/onward-kept-"),
        "{outcome}"
    );
    assert_eq!(fs::read_dir(&victim).expect("there").count(), 0);
    assert!(Path::new(&onward.path("tmp")).is_dir());
}

/// Where age is left out of the build.
#[cfg(not(feature = "age"))]
#[test]
fn exports_are_neither_encrypted_nor_opened_without_age() {
    let onward = Sandbox::new();
    onward.ok(["write", "A page."]);
    let built_without = |arguments: &[&str], status| {
        let outcome = onward.run(arguments);
        assert_eq!(outcome.status, status, "{outcome}");
        assert!(outcome.stderr.contains("built without"), "{outcome}");
    };
    let key = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
    built_without(&["export", "--to", "jsonl", "--encrypt"], 2);
    built_without(&["export", "--to", "jsonl", "--recipient", key], 2);
    let made = fs::read_dir(onward.home()).expect("readable").flatten();
    let is_age = |found: &fs::DirEntry| found.path().extension().is_some_and(|e| e == "age");
    assert!(!made.into_iter().any(|found| is_age(&found)));
    fs::write(onward.path("a.age"), "age-encryption.org/v1\n-> scrypt\n").expect("written");
    built_without(&["import", &onward.path("a.age").display().to_string()], 4);
    built_without(&["import", "--identity", "key", "a.age"], 2);
    assert_eq!(onward.texts(), ["A page."]);
}

/// Where encryption is left out of the build.
#[cfg(not(feature = "encryption"))]
#[test]
fn an_encrypted_journal_is_told_and_left_alone() {
    let bytes = include_bytes!("../golden/encrypted-1.db");
    let onward = holding(bytes);
    for arguments in [&["list"][..], &["write", "A page."], &["decrypt", "--yes"]] {
        let outcome = onward.run(arguments);
        assert_eq!(outcome.status, 4, "{outcome}");
        assert!(
            outcome.stderr.contains("built without encryption"),
            "{outcome}"
        );
    }
    assert_eq!(onward.run(["encrypt"]).status, 2);
    assert!(fs::read(onward.journal()).expect("there") == bytes);
    let plain = Sandbox::new();
    plain.ok(["write", "A page."]);
    let outcome = plain.run(["encrypt"]);
    assert_eq!(outcome.status, 2, "{outcome}");
    assert_eq!(plain.texts(), ["A page."]);
}
