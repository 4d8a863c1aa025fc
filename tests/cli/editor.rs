//! `onward write` in an editor: what it does, what it fails to do, and signals meanwhile.
//!
//! The editors are shell scripts; `$1` is the page. One that has to stay open says
//! `ready` on the screen and then reads a pipe that nobody writes to.

use std::fs;

use crate::sandbox::{Sandbox, Screen};

const SAVED: &str = "Saved #1 for Sunday 22 November (Tip 1, No calls, no texts).\n";
const NOTHING: &str = "Nothing was written, so nothing is saved.\n";
/// What a draft's folder holds while nothing is edited.
const ONE_DRAFT: usize = 4;

/// Writes with an editor that is this script.
fn with_editor(onward: &Sandbox, body: &str) -> Screen {
    let editor = onward.script("editor-script", body);
    onward
        .call(["write"])
        .env("EDITOR", editor)
        .in_terminal(80)
        .end(onward)
}

#[track_caller]
fn stored(onward: &Sandbox) -> String {
    onward.only_entry()["text"]
        .as_str()
        .expect("a text")
        .to_owned()
}

/// A shell's way to put a line above what is in the page already.
const PREPEND: &str = "prepend() { { printf '%s\\n' \"$2\"; cat \"$1\"; } > \"$1.new\" && cat \"$1.new\" > \"$1\" && rm \"$1.new\"; }\n";

#[test]
fn what_stands_above_the_line_is_saved() {
    let onward = Sandbox::new();
    let screen = with_editor(
        &onward,
        &format!("{PREPEND}prepend \"$1\" '# A heading\n\n  Called Aunt. #friends'"),
    );
    assert_eq!(
        (screen.status, screen.text.as_str()),
        (0, SAVED),
        "{screen}"
    );
    assert_eq!(stored(&onward), "# A heading\n\n  Called Aunt. #friends");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn what_the_editor_is_shown() {
    let mut onward = Sandbox::new();
    onward.script("editor-script", "cp \"$1\" \"$HOME/seen\"");
    onward.set("EDITOR", "editor-script");
    let seen = |arguments: &[&str]| {
        let screen = onward.call(arguments).in_terminal(80).end(&onward);
        assert_eq!(screen.status, 1, "{screen}");
        fs::read_to_string(onward.home().join("seen")).expect("there")
    };
    insta::assert_snapshot!(seen(&["write"]), @r#"


    # ------------------------ >8 ------------------------
    # Write above the line. It and the lines below that begin with # are left out.
    #
    # Sunday 22 November 2026
    #
    # Tip 1, No calls, no texts
    #
    # What will you do in the hour before bed, and where will your phone be?
    #
    # Practice: Pick one hour before bed, leave the phone in another room
    # for it, and set out something to do with your hands.
    #
    # Stop calling and texting, and leave what they send unanswered. Block
    # the number if you can, put the phone in another room at the hours that
    # pull, and keep your reason close by. If you share children, a lease
    # or a bill, write only about that. If you are afraid of them, going
    # silent or blocking may not be enough: tell someone you trust and keep
    # a record of what happens.
    #
    # Write down why you walk away: onward reason "…"
    "#);
    insta::assert_snapshot!(seen(&["write", "--free"]), @"


    # ------------------------ >8 ------------------------
    # Write above the line. It and the lines below that begin with # are left out.
    #
    # Sunday 22 November 2026
    ");
    onward.ok([
        "write",
        "Last week.\n\nWith more of it.",
        "--on",
        "2026-11-15",
        "--tip",
        "5",
    ]);
    insta::assert_snapshot!(seen(&["write", "--tip", "5", "--tip", "2", "--on", "yesterday"]), @r#"


    # ------------------------ >8 ------------------------
    # Write above the line. It and the lines below that begin with # are left out.
    #
    # Saturday 21 November 2026
    #
    # Tip 5, Stay busy
    #
    # Which hours of tomorrow are empty, and what will you do in one of
    # them?
    #
    # Practice: Find the emptiest hour of your next day and write down one
    # thing, with a clear end, to put in it.
    #
    # Take up the things you put off: the shelf, the course, the letter to
    # the bank. Empty hours invite old memories, and old memories reach for
    # the phone, so give those hours a task before they come. Small jobs
    # with a clear end work best, and rest can be one of them. If the pull
    # is there all the same, go back to your reason.
    #
    # Write down why you walk away: onward reason "…"
    #
    # Your last answer, Sunday 15 November 2026 (#1):
    #
    # Last week.
    #
    # With more of it.
    #
    # Tip 2, Out with friends
    #
    # Who have you spoken with since yesterday, even for a minute, and what
    # about?
    #
    # Practice: Write to one friend today and name a day, a time and a place
    # to meet.
    #
    # Be among friends, and do something together that is simply fun. It is
    # fine to miss someone and laugh in the same hour, and there is no use
    # pretending otherwise. Company gives your mind somewhere else to be for
    # a while. One friend and a pot of tea is company too.
    "#);
}

#[test]
fn an_untouched_page_is_no_page() {
    let onward = Sandbox::new();
    let screen = with_editor(&onward, "exec true");
    insta::assert_snapshot!(screen, @"
    exit: 1
    ----- screen -----
    If the editor's window is still open, save the page there and run onward write
    --resume. To have it wait next time, add its flag to EDITOR, such as --wait
    Nothing was written, so nothing is saved.
    ");
    assert_eq!(onward.texts(), [""; 0]);
    onward
        .run(["write", "--resume"])
        .said(3, "No draft is waiting.\n");
}

#[test]
fn a_window_that_is_open_still_can_save_its_page() {
    let onward = Sandbox::new();
    // As a launcher does that hands the page to a program with a window.
    with_editor(&onward, "printf %s \"$1\" > ~/page-of-the-window");
    let page = fs::read_to_string(onward.home().join("page-of-the-window")).expect("said");
    // Neither looking for drafts nor another page takes it away.
    onward
        .run(["write", "--resume"])
        .said(3, "No draft is waiting.\n");
    onward.ok(["write", "Another page."]);
    fs::write(&page, "From the window.\n").expect("the folder is there");
    onward.ok(["write", "--resume"]);
    assert_eq!(onward.texts(), ["From the window.", "Another page."]);
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn a_page_that_was_never_saved_goes_another_day() {
    let onward = Sandbox::new();
    with_editor(&onward, "exec true");
    onward
        .call(["write", "Later."])
        .now("2026-11-24T21:30:00+01:00")
        .run();
    assert_eq!(onward.texts(), ["Later."]);
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn an_emptied_page_is_no_page() {
    for body in [
        ": > \"$1\"",
        "printf '\\n \\n' > \"$1\"",
        "rm \"$1\"",
        "rm -r \"$(dirname \"$1\")\"",
    ] {
        let onward = Sandbox::new();
        let screen = with_editor(&onward, body);
        assert_eq!(screen.status, 1, "{screen}");
        assert!(screen.text.ends_with(NOTHING), "{screen}");
        assert_eq!(onward.leftovers(), [""; 0], "{body}");
    }
}

#[test]
fn an_editor_that_fails_at_once() {
    let onward = Sandbox::new();
    let screen = onward
        .call(["write"])
        .env("EDITOR", "false")
        .in_terminal(80)
        .end(&onward);
    insta::assert_snapshot!(screen, @"
    exit: 1
    ----- screen -----
    error: the editor false ended with exit status 1
    ");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn an_editor_that_fails_after_typing_keeps_the_text() {
    let onward = Sandbox::new();
    let screen = with_editor(
        &onward,
        &format!("{PREPEND}prepend \"$1\" 'Called Aunt.'; exit 1"),
    );
    insta::assert_snapshot!(screen, @"
    exit: 1
    ----- screen -----
    error: your page is not saved yet
    caused by: the editor editor-script ended with exit status 1
    hint: what you wrote is kept; take it up again with onward write --resume
    ");
    assert_eq!(onward.texts(), [""; 0]);
    // An encrypted journal has it inside.
    let beside = if crate::sealed::on() { 0 } else { ONE_DRAFT };
    assert_eq!(onward.leftovers().len(), beside, "{:?}", onward.leftovers());
    assert_eq!(onward.draft_pages().len(), 1);
    onward.run(["write", "--resume"]).said(0, SAVED);
    assert_eq!(stored(&onward), "Called Aunt.");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn an_editor_that_crashes_after_typing_keeps_the_text() {
    let onward = Sandbox::new();
    let screen = with_editor(
        &onward,
        &format!("{PREPEND}prepend \"$1\" 'Called Aunt.'; kill -SEGV $$"),
    );
    insta::assert_snapshot!(screen, @"
    exit: 1
    ----- screen -----
    error: your page is not saved yet
    caused by: the editor editor-script ended with a crash (signal 11)
    hint: what you wrote is kept; take it up again with onward write --resume
    ");
    onward.run(["write", "--resume"]).said(0, SAVED);
    assert_eq!(stored(&onward), "Called Aunt.");
}

#[test]
fn a_page_replaced_by_another_file() {
    let onward = Sandbox::new();
    let screen = with_editor(&onward, "echo Renamed. > \"$1~\" && mv \"$1~\" \"$1\"");
    assert_eq!(screen.text, SAVED);
    assert_eq!(stored(&onward), "Renamed.");
}

/// The names that editors give to what they keep beside a page.
const BESIDE: [&str; 6] = [
    "page.md.save",
    "page.md.save.1",
    ".page.md.swp",
    "#page.md#",
    "page.md~",
    "something else",
];

#[test]
fn a_backup_of_what_is_saved_goes_with_the_page() {
    let onward = Sandbox::new();
    let screen = with_editor(
        &onward,
        "cp \"$1\" \"$1~\"; echo Saved. > \"$1\"; cp \"$1\" \"$1.bak\"",
    );
    assert_eq!(screen.text, SAVED);
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn a_backup_of_a_blank_page_goes_with_it() {
    let onward = Sandbox::new();
    let screen = with_editor(&onward, "cp \"$1\" \"$1~\"; echo > \"$1\"");
    assert!(!screen.text.contains("beside the page"), "{screen}");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn another_text_beside_the_page_stays_when_the_page_is_saved() {
    for name in BESIDE {
        let onward = Sandbox::new();
        let body =
            format!("echo Saved. > \"$1\"; echo Only here. > \"$(dirname \"$1\")/{name}\"");
        let screen = with_editor(&onward, &body);
        assert!(
            screen
                .text
                .starts_with(&format!("The editor left {name} beside the page."))
        );
        assert_eq!(stored(&onward), "Saved.");
        // And it can be taken up, as a page of the same day.
        onward.ok(["write", "--resume"]);
        assert_eq!(onward.texts(), ["Only here.", "Saved."], "{name}");
        assert_eq!(onward.leftovers(), [""; 0], "{name}");
    }
}

#[test]
fn a_text_beside_an_empty_page_is_taken_up() {
    for name in BESIDE {
        let onward = Sandbox::new();
        let body = format!("echo Rescued. > \"$(dirname \"$1\")/{name}\"");
        let screen = with_editor(&onward, &body);
        assert_eq!(screen.status, 1, "{screen}");
        assert!(
            screen
                .text
                .starts_with(&format!("The editor left {name} beside the page."))
        );
        onward.run(["write", "--resume"]).said(0, SAVED);
        assert_eq!(stored(&onward), "Rescued.");
        assert_eq!(onward.leftovers(), [""; 0], "{name}");
    }
}

#[test]
fn a_newer_text_beside_the_page_is_offered() {
    for (answer, taken) in [("\r", "Newer."), ("n\r", "Older.")] {
        let onward = Sandbox::new();
        let screen = with_editor(
            &onward,
            "echo Older. > \"$1\"; echo Newer. > \"$1.save\"; touch -d '+1 minute' \"$1.save\"; kill -HUP $$",
        );
        assert!(screen.text.contains("onward write --resume"), "{screen}");
        let editor = onward.script("quiet-editor", "touch \"$1\"");
        let mut terminal = onward
            .call(["write", "--resume"])
            .env("EDITOR", editor)
            .in_terminal(80);
        terminal
            .expect("The editor left a newer text beside the page, in page.md.save: “Newer.”")
            .keys(answer);
        let screen = terminal.end(&onward);
        assert_eq!(screen.status, 0, "{screen}");
        assert_eq!(stored(&onward), taken);
        // What was not taken is still there, unless the page was older.
        let there = onward.run(["write", "--resume"]).status == 0;
        assert_eq!(there, taken == "Older.", "{answer:?}");
    }
}

#[test]
fn throwing_a_draft_away_says_what_goes_with_it() {
    let onward = Sandbox::new();
    with_editor(&onward, "echo Rescued. > \"$1.save\"");
    let answer = onward.run(["write", "--discard-draft"]);
    insta::assert_snapshot!(answer, @"
    exit: 0
    ----- stderr -----
    With it goes what the editor left beside the page: page.md.save.
    A draft for Sunday 22 November 2026 (begun at 21:30) is thrown away.
    ");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn a_page_replaced_by_a_link_is_not_followed() {
    let onward = Sandbox::new();
    let target = onward.home().join("secret");
    fs::write(&target, "somebody else's").expect("written");
    let screen = with_editor(&onward, "ln -sf \"$HOME/secret\" \"$1\"");
    assert_eq!(screen.status, 1, "{screen}");
    assert!(
        screen
            .text
            .contains("the editor left something that is no file"),
        "{screen}"
    );
    assert_eq!(onward.texts(), [""; 0]);
    assert_eq!(
        fs::read_to_string(target).expect("there"),
        "somebody else's"
    );
}

#[test]
fn a_page_replaced_by_a_folder() {
    let onward = Sandbox::new();
    let screen = with_editor(
        &onward,
        "rm \"$1\"; mkdir \"$1\"; echo kept > \"$1/inside\"",
    );
    // Where journals are encrypted the page lies in memory, under another name.
    if !crate::sealed::on() {
        insta::assert_snapshot!(without_draft_name(&screen.to_string()), @"
        exit: 1
        ----- screen -----
        error: cannot read the page
        <sandbox>/home/.local/share/onward/journal.db.drafts/draft-…/page.md
        caused by: the editor left something that is no file
        ");
    }
    let inside = onward.draft_pages()[0].join("inside");
    assert_eq!(fs::read_to_string(inside).expect("kept"), "kept\n");
}

#[test]
fn a_page_that_is_no_text_is_kept() {
    let onward = Sandbox::new();
    let screen = with_editor(&onward, "printf 'caf\\351\\n' > \"$1\"");
    insta::assert_snapshot!(screen, @"
    exit: 1
    ----- screen -----
    error: your page is not saved yet
    caused by: the text is not valid UTF-8: byte 4 (line 1)
    hint: what you wrote is kept; take it up again with onward write --resume
    ");
    assert_eq!(
        fs::read(&onward.draft_pages()[0]).expect("kept"),
        b"caf\xe9\n"
    );
    // Whoever takes it up again can mend it.
    let editor = onward.script(
        "mend",
        "iconv -f latin1 -t utf-8 \"$1\" > \"$HOME/x\"; cat \"$HOME/x\" > \"$1\"",
    );
    let screen = onward
        .call(["write", "--resume"])
        .env("EDITOR", editor)
        .in_terminal(80)
        .end(&onward);
    assert_eq!(screen.text, SAVED);
    assert_eq!(stored(&onward), "café");
}

#[test]
fn line_ends_of_other_systems() {
    let onward = Sandbox::new();
    with_editor(&onward, "printf 'one\\r\\ntwo\\r\\n' > \"$1\"");
    assert_eq!(stored(&onward), "one\ntwo");
}

fn without_draft_name(text: &str) -> String {
    let mut words = text.split("/draft-");
    let mut cleaned = words.next().unwrap_or("").to_owned();
    for rest in words {
        cleaned.push_str("/draft-…");
        cleaned.push_str(rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
    }
    cleaned
}

#[test]
fn an_editor_that_is_not_there() {
    let onward = Sandbox::new();
    let screen = onward
        .call(["write"])
        .env("EDITOR", "/nowhere/ed")
        .in_terminal(80)
        .end(&onward);
    insta::assert_snapshot!(screen, @"
    exit: 1
    ----- screen -----
    error: cannot run the editor ed
    caused by: No such file or directory (os error 2)
    hint: set EDITOR, or editor in config.toml, to one that is installed
    ");
    assert_eq!(onward.leftovers(), [""; 0]);
    let path = onward.path("bin");
    let screen = onward
        .call(["write"])
        .env("PATH", &path)
        .in_terminal(80)
        .end(&onward);
    insta::assert_snapshot!(screen, @r#"
    exit: 1
    ----- screen -----
    error: found no editor on this system
    hint: set EDITOR, or write: onward write "your text"
    "#);
    let screen = onward
        .call(["write"])
        .env("EDITOR", "vim 'unfinished")
        .in_terminal(80)
        .end(&onward);
    insta::assert_snapshot!(screen, @"
    exit: 1
    ----- screen -----
    error: cannot split the editor's command line: vim 'unfinished
    hint: check its quotes
    ");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn the_system_s_own_editor_where_none_is_named() {
    let onward = Sandbox::new();
    onward.script("nano", "echo Nano. > \"$1\"");
    let call = onward
        .call(["write"])
        .env("PATH", onward.path("bin"))
        .env("EDITOR", "  ")
        .env("VISUAL", "");
    let screen = call.in_terminal(80).end(&onward);
    assert_eq!(screen.text, SAVED);
    assert_eq!(stored(&onward), "Nano.");
}

#[test]
fn command_lines_are_split_as_a_shell_does() {
    let onward = Sandbox::new();
    onward.script("ed1", "printf '%s|' \"$@\" > \"$HOME/arguments\"; for page; do :; done; echo Split. > \"$page\"");
    let spaced = onward.script("an editor", "echo Spaced. > \"$1\"");
    let arguments = || fs::read_to_string(onward.home().join("arguments")).expect("there");
    let write = |editor: &str| {
        let screen = onward
            .call(["write", "--free"])
            .env("EDITOR", editor)
            .in_terminal(80)
            .end(&onward);
        assert_eq!(screen.status, 0, "{editor}: {screen}");
    };
    write("ed1 -f --two 'three four'");
    assert!(
        arguments().starts_with("-f|--two|three four|/"),
        "{}",
        arguments()
    );
    write("sh -c 'echo Shell. > \"$0\"'");
    // Unquoted, too: no other file has that name.
    write(spaced.to_str().expect("text"));
    write(&format!("'{}'", spaced.display()));
    assert_eq!(onward.texts(), ["Spaced.", "Spaced.", "Shell.", "Split."]);
}

#[test]
fn editors_that_do_not_wait_are_told_to() {
    let onward = Sandbox::new();
    onward.script("code", "printf '%s|' \"$@\" > \"$HOME/arguments\"; for page; do :; done; echo Code. > \"$page\"");
    onward
        .call(["write"])
        .env("EDITOR", "code")
        .in_terminal(80)
        .end(&onward);
    let arguments = fs::read_to_string(onward.home().join("arguments")).expect("there");
    assert!(arguments.starts_with("--wait|/"), "{arguments}");
    onward
        .call(["write"])
        .env("EDITOR", "code -w")
        .in_terminal(80)
        .end(&onward);
    let arguments = fs::read_to_string(onward.home().join("arguments")).expect("there");
    assert!(arguments.starts_with("-w|/"), "{arguments}");
}

#[test]
fn which_editor() {
    let onward = Sandbox::new();
    for name in ["of-config", "of-visual", "of-editor"] {
        onward.script(name, &format!("echo {name} > \"$1\""));
    }
    let write = |visual: &str| {
        let call = onward
            .call(["write"])
            .env("EDITOR", "of-editor")
            .env("VISUAL", visual);
        assert_eq!(call.in_terminal(80).end(&onward).status, 0);
    };
    write("");
    write("of-visual");
    onward.config("editor = \"of-config\"");
    write("of-visual");
    assert_eq!(onward.texts(), ["of-config", "of-visual", "of-editor"]);
}

/// An editor that has typed, says so, and stays.
fn staying(onward: &Sandbox, typed: &str) -> std::path::PathBuf {
    onward.fifo("for-ever");
    let sandbox = onward.path("");
    onward.script(
        "staying",
        &format!(
            "{PREPEND}{typed}\necho ready\nread -r _ < '{}for-ever'",
            sandbox.display()
        ),
    )
}

#[test]
fn a_signal_while_the_editor_is_open_keeps_the_draft() {
    for name in ["TERM", "HUP"] {
        let onward = Sandbox::new();
        let editor = staying(&onward, "prepend \"$1\" 'Half a page.'");
        let mut terminal = onward
            .call(["write", "--mood", "2", "--tag", "night"])
            .env("EDITOR", editor)
            .in_terminal(80);
        terminal.expect("ready").signal(name);
        let screen = terminal.end(&onward);
        assert_eq!(
            (screen.status, screen.text.as_str()),
            (
                130,
                "ready\nerror: your page is not saved yet\ncaused by: interrupted\n\
                 hint: what you wrote is kept; take it up again with onward write --resume\n"
            ),
            "{name}"
        );
        onward.run(["write", "--resume"]).said(0, SAVED);
        let entry = onward.only_entry();
        assert_eq!(
            (&entry["text"], &entry["mood"]),
            (&"Half a page.".into(), &2.into())
        );
        assert_eq!(onward.leftovers(), [""; 0]);
    }
}

#[test]
fn a_killed_program_leaves_a_draft() {
    let onward = Sandbox::new();
    let editor = staying(&onward, "prepend \"$1\" 'Half a page.'");
    let mut terminal = onward.call(["write"]).env("EDITOR", editor).in_terminal(80);
    terminal.expect("ready").signal("KILL");
    assert_eq!(terminal.end(&onward).status, 137);
    onward.run(["write", "--resume"]).said(0, SAVED);
    assert_eq!(stored(&onward), "Half a page.");
}

#[test]
fn control_c_is_the_editor_s() {
    let onward = Sandbox::new();
    let editor = staying(
        &onward,
        "trap 'prepend \"$1\" \"After Ctrl-C.\"; exit 0' INT; trap : QUIT",
    );
    let mut terminal = onward.call(["write"]).env("EDITOR", editor).in_terminal(80);
    terminal.expect("ready").keys("\x03");
    let screen = terminal.end(&onward);
    assert_eq!(screen.status, 0, "{screen}");
    assert!(screen.text.ends_with(SAVED), "{screen}");
    assert_eq!(stored(&onward), "After Ctrl-C.");
}

#[test]
fn while_the_editor_is_open_nobody_else_can_look() {
    let onward = Sandbox::new();
    let editor = onward.script(
        "looking",
        "cd \"$(dirname \"$1\")\"; stat -c '%a %n' .. . * > \"$HOME/modes\"; echo x > \"$1\"",
    );
    let call = onward
        .call(["write"])
        .env("EDITOR", editor)
        .shell("umask 0; exec \"$@\"");
    assert_eq!(call.in_terminal(80).end(&onward).status, 0);
    let modes = fs::read_to_string(onward.home().join("modes")).expect("there");
    assert_eq!(modes, "700 ..\n700 .\n600 page.md\n600 particulars.json\n");
}

#[test]
fn a_page_that_is_being_written_is_no_draft_to_take_up() {
    let onward = Sandbox::new();
    let editor = staying(&onward, "prepend \"$1\" 'Half a page.'");
    let mut terminal = onward.call(["write"]).env("EDITOR", editor).in_terminal(80);
    terminal.expect("ready");
    onward
        .run(["write", "--resume"])
        .said(3, "No draft is waiting.\n");
    onward
        .run(["write", "--discard-draft"])
        .said(3, "No draft is waiting.\n");
    // And neither blocks the other.
    onward.run(["write", "Meanwhile."]).said(0, SAVED);
    terminal.signal("TERM");
    terminal.end(&onward);
    onward.ok(["write", "--resume"]);
    assert_eq!(onward.texts(), ["Half a page.", "Meanwhile."]);
}

#[test]
fn a_journal_that_cannot_be_opened_is_said_before_a_word_is_typed() {
    let onward = Sandbox::new();
    fs::create_dir_all(onward.journal()).expect("made");
    let screen = with_editor(&onward, "echo typed > \"$1\"; touch \"$HOME/opened\"");
    insta::assert_snapshot!(screen, @"
    exit: 1
    ----- screen -----
    error: <sandbox>/home/.local/share/onward/journal.db is not a
    journal: it is a folder
    hint: name another file with --journal, or move this one away
    ");
    assert!(!onward.home().join("opened").exists());
}

#[test]
fn a_journal_that_goes_bad_meanwhile_costs_nothing() {
    let onward = Sandbox::new();
    // A full disk for files beyond this size: the page is larger than what is left.
    let editor = onward.script("big", "yes 'Called Aunt.' | head -c 300000 > \"$1\"");
    let call = onward
        .call(["write"])
        .env("EDITOR", editor)
        .shell("ulimit -f 600; exec \"$@\"");
    let screen = call.in_terminal(80).end(&onward);
    assert_eq!(screen.status, 1, "{screen}");
    assert!(
        screen
            .text
            .starts_with("error: your page is not saved yet\n"),
        "{screen}"
    );
    assert!(
        screen
            .text
            .ends_with("take it up again with onward write --resume\n"),
        "{screen}"
    );
    let before = fs::read_to_string(&onward.draft_pages()[0]).expect("kept");
    onward.run(["write", "--resume"]).said(0, SAVED);
    assert!(stored(&onward) == before.trim_end_matches('\n'));
}

#[test]
fn the_answer_goes_where_it_is_asked_to() {
    let onward = Sandbox::new();
    let editor = onward.script("one", "echo One. > \"$1\"");
    let terminal = onward
        .call(["write", "--json"])
        .env("EDITOR", editor)
        .answering_into_a_pipe();
    let screen = terminal.end(&onward);
    assert_eq!(screen.text, SAVED);
    let entry: serde_json::Value = serde_json::from_str(&screen.answer).expect("JSON");
    assert_eq!(entry["entry"]["text"], "One.");
}

#[test]
fn what_a_crashed_editor_rescued_stays_although_the_page_is_empty() {
    let onward = Sandbox::new();
    let screen = with_editor(
        &onward,
        "echo rescued > \"$(dirname \"$1\")/.page.md.swp\"; kill -SEGV $$",
    );
    assert_eq!(screen.status, 1, "{screen}");
    assert!(screen.text.contains("what you wrote is kept"), "{screen}");
    let page = onward.draft_pages().remove(0);
    let rescued = fs::read_to_string(page.with_file_name(".page.md.swp"));
    assert_eq!(rescued.expect("kept"), "rescued\n");
}

#[test]
fn a_signal_before_the_editor_has_saved_anything_leaves_it_its_page() {
    let onward = Sandbox::new();
    let editor = staying(&onward, ":");
    let mut terminal = onward
        .call(["write", "--mood", "2"])
        .env("EDITOR", editor)
        .in_terminal(80);
    terminal.expect("ready").signal("TERM");
    let screen = terminal.end(&onward);
    assert_eq!(screen.status, 130, "{screen}");
    // An editor with a window of its own may be open still, and save to it.
    let page = onward.draft_pages().remove(0);
    fs::write(page, "Saved late.\n").expect("written");
    onward.run(["write", "--resume"]).said(0, SAVED);
    assert_eq!(onward.only_entry()["mood"], 2);
}
