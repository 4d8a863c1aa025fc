//! Text that was not saved: taking it up, being offered it, throwing it away.

use std::fs;

use crate::sandbox::{Sandbox, Screen};

/// An evening on which the editor crashed over a page for yesterday.
fn with_draft(text: &str) -> Sandbox {
    let mut onward = Sandbox::new();
    onward.script(
        "crashing",
        &format!("printf '%s\\n' '{text}' > \"$1\"; exit 1"),
    );
    onward.script("adding", "echo 'And more.' > \"$HOME/x\"; cat \"$1\" >> \"$HOME/x\"; cp \"$1\" \"$HOME/seen\"; cat \"$HOME/x\" > \"$1\"");
    onward.script("leaving", "exec true");
    onward.set("EDITOR", "crashing");
    let arguments = [
        "write",
        "--on",
        "yesterday",
        "--at",
        "20:15",
        "--mood",
        "2",
        "--tag",
        "night",
        "--tip",
        "5",
        "--star",
    ];
    let screen = onward.call(arguments).in_terminal(80).end(&onward);
    assert_eq!(screen.status, 1, "{screen}");
    assert!(screen.text.contains("what you wrote is kept"), "{screen}");
    onward.set("EDITOR", "adding");
    onward
}

/// Answers the question that `write` asks while a draft is waiting.
fn answering(onward: &Sandbox, arguments: &[&str], keys: &[&str]) -> Screen {
    let mut terminal = onward.call(arguments).in_terminal(80);
    let mut asked = "q to quit: ";
    for keys in keys {
        terminal.expect(asked).keys(keys);
        if *keys == "d\n" {
            asked = "Throw it away for good? y or n: ";
        }
    }
    terminal.end(onward)
}

#[test]
fn a_draft_keeps_what_it_was_to_become() {
    let onward = with_draft("Half a page.");
    let screen = onward
        .call(["write", "--resume"])
        .in_terminal(80)
        .end(&onward);
    insta::assert_snapshot!(screen, @"
    exit: 0
    ----- screen -----
    Saved #1 for Saturday 21 November (Tip 5, Stay busy).
    To count it otherwise: onward edit 1 --tip N, or --free
    ");
    let entry = onward.only_entry();
    assert_eq!(entry["text"], "And more.\nHalf a page.");
    assert_eq!(entry["day"], "2026-11-21");
    assert_eq!(entry["written_at"], "2026-11-21T20:15:00+00:00");
    assert_eq!(
        (&entry["mood"], &entry["starred"]),
        (&2.into(), &true.into())
    );
    assert_eq!(entry["tags"], serde_json::json!(["night"]));
    assert_eq!(entry["reflections"][0]["tip"], "stay-busy");
    assert_eq!(onward.leftovers(), [""; 0]);
    // The prompt was shown again.
    let seen = fs::read_to_string(onward.home().join("seen")).expect("there");
    assert!(seen.contains("# Tip 5, Stay busy"), "{seen}");
}

#[test]
fn a_draft_from_yesterday_is_yesterday_s_page() {
    let mut onward = with_draft("Half a page.");
    onward.now("2026-11-25T09:00:00+00:00");
    onward
        .run(["write", "--resume"])
        .said(0, "Saved #1 for Saturday 21 November (Tip 5, Stay busy).\n");
    assert_eq!(
        onward.only_entry()["written_at"],
        "2026-11-21T20:15:00+00:00"
    );
}

#[test]
fn flags_come_before_what_the_draft_says() {
    let onward = with_draft("Half a page.");
    onward
        .run([
            "write", "--resume", "--mood", "4", "--on", "friday", "--free", "--tag", "more",
        ])
        .said(0, "Saved #1 for Friday 20 November (counted for no tip).\n");
    let entry = onward.only_entry();
    assert_eq!(entry["mood"], 4);
    assert_eq!(entry["tags"], serde_json::json!(["more", "night"]));
    assert_eq!(entry["text"], "Half a page.");
}

#[test]
fn without_a_terminal_a_draft_is_saved_as_it_is() {
    let onward = with_draft("Half a page.");
    onward
        .run(["write", "--resume"])
        .said(0, "Saved #1 for Saturday 21 November (Tip 5, Stay busy).\n");
    assert_eq!(onward.only_entry()["text"], "Half a page.");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn no_draft_is_waiting() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["write", "--resume"]), @"
    exit: 3
    ----- stderr -----
    No draft is waiting.
    ");
    insta::assert_snapshot!(onward.run(["write", "--discard-draft"]), @"
    exit: 3
    ----- stderr -----
    No draft is waiting.
    ");
}

#[test]
fn the_offer_taken() {
    for keys in ["\n", "y\n", "YES\n", " yes \n"] {
        let onward = with_draft("Half a page.");
        let screen = answering(&onward, &["write"], &[keys]);
        assert_eq!(screen.status, 0, "{screen}");
        assert_eq!(onward.only_entry()["text"], "And more.\nHalf a page.");
        assert_eq!(onward.only_entry()["day"], "2026-11-21");
        assert_eq!(onward.leftovers(), [""; 0]);
    }
    let onward = with_draft("Half a page.");
    insta::assert_snapshot!(answering(&onward, &["write"], &["\n"]), @"
    exit: 0
    ----- screen -----
    A draft for Saturday 21 November 2026 (begun at 21:30) is waiting: “Half a
    page.”
    Take it up again? yes (enter), n for a new page, d to throw it away, q to quit: 
    Saved #1 for Saturday 21 November (Tip 5, Stay busy).
    To count it otherwise: onward edit 1 --tip N, or --free
    ");
}

#[test]
fn the_offer_put_off() {
    let onward = with_draft("Half a page.");
    insta::assert_snapshot!(answering(&onward, &["write", "--mood", "5"], &["n\n"]), @"
    exit: 0
    ----- screen -----
    A draft for Saturday 21 November 2026 (begun at 21:30) is waiting: “Half a
    page.”
    Take it up again? yes (enter), n for a new page, d to throw it away, q to quit: n
    Saved #1 for Sunday 22 November (Tip 1, No calls, no texts).
    To count it otherwise: onward edit 1 --tip N, or --free
    ");
    let entry = onward.only_entry();
    assert_eq!(
        (&entry["text"], &entry["mood"]),
        (&"And more.".into(), &5.into())
    );
    // The draft is there still.
    assert_eq!(onward.draft_pages().len(), 1);
    onward.ok(["write", "--resume"]);
    assert_eq!(onward.texts(), ["And more.", "Half a page."]);
}

#[test]
fn the_offer_thrown_away() {
    let onward = with_draft("Half a page.");
    insta::assert_snapshot!(answering(&onward, &["write"], &["d\n", "y\n"]), @"
    exit: 0
    ----- screen -----
    A draft for Saturday 21 November 2026 (begun at 21:30) is waiting: “Half a
    page.”
    Take it up again? yes (enter), n for a new page, d to throw it away, q to quit: d
    Throw it away for good? y or n: y
    A draft for Saturday 21 November 2026 (begun at 21:30) is thrown away.
    Saved #1 for Sunday 22 November (Tip 1, No calls, no texts).
    To count it otherwise: onward edit 1 --tip N, or --free
    ");
    assert_eq!(onward.texts(), ["And more."]);
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn the_offer_left() {
    for keys in ["q\n", "quit\n", "\x04"] {
        let onward = with_draft("Half a page.");
        let screen = answering(&onward, &["write"], &[keys]);
        assert_eq!(screen.status, 1, "{screen}");
        assert_eq!(onward.draft_pages().len(), 1);
        assert_eq!(onward.texts(), [""; 0]);
    }
    // Ctrl-C, too, unless whoever runs the tests has it ignored (a shell does for what it
    // runs in the background, and it is handed on).
    if interrupts_are_ignored() {
        crate::tools::skipped("a shell that lets Ctrl-C through", "the_offer_left");
        return;
    }
    let onward = with_draft("Half a page.");
    let screen = answering(&onward, &["write"], &["\x03"]);
    assert_eq!(screen.status, 130, "{screen}");
    assert_eq!(onward.draft_pages().len(), 1);
}

/// Whether this process, and so what it starts, ignores SIGINT; as far as Linux says.
fn interrupts_are_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << 1) != 0)
}

#[test]
fn an_answer_that_is_none_is_asked_again() {
    let onward = with_draft("Half a page.");
    let screen = answering(&onward, &["write"], &["what?\n", "q\n"]);
    assert_eq!(
        screen.text.matches("Take it up again?").count(),
        2,
        "{screen}"
    );
}

#[test]
fn throwing_a_draft_away() {
    let onward =
        with_draft("Half a page, and a good deal more than fits into one line of a question.");
    insta::assert_snapshot!(onward.run(["write", "--discard-draft"]), @"
    exit: 0
    ----- stderr -----
    A draft for Saturday 21 November 2026 (begun at 21:30) is thrown away.
    ");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn throwing_a_draft_away_is_asked_about_in_a_terminal() {
    let onward = with_draft("Half a page.");
    for keys in ["n\n", "\n", "\x04", "maybe\n"] {
        let mut terminal = onward.call(["write", "--discard-draft"]).in_terminal(80);
        terminal.expect("y or n: ").keys(keys);
        let screen = terminal.end(&onward);
        assert_eq!(screen.status, 1, "{screen}");
        assert!(screen.text.ends_with("It is kept.\n"), "{screen}");
        assert_eq!(onward.draft_pages().len(), 1);
    }
    let mut terminal = onward.call(["write", "--discard-draft"]).in_terminal(80);
    terminal.expect("y or n: ").keys("y\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 0
    ----- screen -----
    A draft for Saturday 21 November 2026 (begun at 21:30) is waiting: “Half a
    page.”
    Throw it away for good? y or n: y
    A draft for Saturday 21 November 2026 (begun at 21:30) is thrown away.
    ");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn other_ways_to_write_only_mention_a_draft() {
    let onward = with_draft("Half a page.");
    insta::assert_snapshot!(onward.run(["write", "Something else."]), @"
    exit: 0
    ----- stderr -----
    A draft for Saturday 21 November 2026 (begun at 21:30) is waiting: onward write --resume takes it up.
    Saved #1 for Sunday 22 November (Tip 1, No calls, no texts).
    To count it otherwise: onward edit 1 --tip N, or --free
    ");
    onward.run(["write", "Quietly.", "-q"]).said(0, "");
    assert_eq!(onward.draft_pages().len(), 1);
}

#[test]
fn several_drafts_come_one_after_the_other() {
    let mut onward = with_draft("The first.");
    onward.set("EDITOR", "crashing");
    let screen = answering(&onward, &["write"], &["n\n"]);
    assert_eq!(screen.status, 1, "{screen}");
    assert_eq!(onward.draft_pages().len(), 2);
    let outcome = onward.ok(["write", "--resume"]);
    assert!(
        outcome.stderr.starts_with("1 more draft is waiting.\n"),
        "{outcome}"
    );
    let outcome = onward.ok(["write", "--resume"]);
    assert!(!outcome.stderr.contains("waiting"), "{outcome}");
    assert_eq!(onward.texts().len(), 2);
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn a_draft_that_fails_again_stays() {
    let mut onward = with_draft("Half a page.");
    onward.set("EDITOR", "false");
    let screen = onward
        .call(["write", "--resume"])
        .in_terminal(80)
        .end(&onward);
    assert_eq!(screen.status, 1, "{screen}");
    assert!(screen.text.contains("what you wrote is kept"), "{screen}");
    assert_eq!(onward.draft_pages().len(), 1);
    onward.ok(["write", "--resume"]);
    assert_eq!(onward.only_entry()["text"], "Half a page.");
}

#[test]
fn a_draft_taken_up_and_left_as_it_is_is_saved() {
    let mut onward = with_draft("Half a page.");
    onward.set("EDITOR", "leaving");
    let screen = onward
        .call(["write", "--resume"])
        .in_terminal(80)
        .end(&onward);
    assert_eq!(screen.status, 0, "{screen}");
    assert_eq!(onward.only_entry()["text"], "Half a page.");
}

#[test]
fn a_draft_beyond_all_measure_is_never_cut_short() {
    let why = "it writes to a draft beside the journal";
    if crate::sealed::skip("a_draft_beyond_all_measure_is_never_cut_short", why) {
        return;
    }
    let mut onward = with_draft("Short.");
    let long = "x".repeat(66_000_000);
    let page = onward.draft_pages().remove(0);
    fs::write(&page, &long).expect("written");
    let outcome = onward.run(["write", "--resume"]);
    outcome.said(
        1,
        "error: your page is not saved yet\n\
         caused by: the text is longer than 64 MB\n\
         hint: what you wrote is kept; take it up again with onward write --resume\n",
    );
    assert!(fs::read_to_string(&page).expect("there") == long);
    // In the editor, too; there it can be made shorter.
    onward.set("EDITOR", "leaving");
    let write = ["write", "--resume"];
    let screen = onward.call(write).in_terminal(80).end(&onward);
    assert_eq!(screen.status, 1, "{screen}");
    assert!(fs::read_to_string(&page).expect("there") == long);
    onward.script(
        "cutting",
        "head -c 10 \"$1\" > \"$HOME/x\"; cat \"$HOME/x\" > \"$1\"",
    );
    onward.set("EDITOR", "cutting");
    let screen = onward.call(write).in_terminal(80).end(&onward);
    assert_eq!(screen.status, 0, "{screen}");
    assert_eq!(onward.only_entry()["text"], "xxxxxxxxxx");
}

#[test]
fn a_draft_taken_up_and_emptied_is_kept_as_it_was() {
    for (body, kept) in [
        (": > \"$1\"", "The page came back empty"),
        ("rm \"$1\"", "The page came back empty"),
        ("rm -r \"$(dirname \"$1\")\"", "what you wrote is kept"),
        (": > \"$1\"; exit 1", "what you wrote is kept"),
        (": > \"$1\"; kill -SEGV $$", "what you wrote is kept"),
    ] {
        let mut onward = with_draft("Half a page.");
        onward.script("emptying", body);
        onward.set("EDITOR", "emptying");
        let write = ["write", "--resume"];
        let screen = onward.call(write).in_terminal(80).end(&onward);
        assert_eq!(screen.status, 1, "{screen}");
        assert!(screen.text.contains(kept), "{screen}");
        onward.ok(write);
        assert_eq!(onward.only_entry()["text"], "Half a page.");
        assert_eq!(onward.leftovers(), [""; 0]);
    }
}

#[test]
fn a_text_that_was_kept_comes_back_whole() {
    let onward = Sandbox::new();
    crate::sandbox::write(&onward.journal(), "in the way");
    let text = "Before.\n# ------------------------ >8 ------------------------\nAfter.\n\
                # Write above the line. It and everything below is left out.\nEnd.";
    let outcome = onward.call(["write"]).stdin(text).run();
    assert_eq!(outcome.status, 1, "{outcome}");
    // Nor does trying again make a second draft of it.
    let outcome = onward.run(["write", "--resume"]);
    assert_eq!(outcome.status, 1, "{outcome}");
    assert_eq!(onward.draft_pages().len(), 1);
    fs::remove_file(onward.journal()).expect("removed");
    onward.ok(["write", "--resume"]);
    assert_eq!(onward.only_entry()["text"], text);
    assert_eq!(onward.leftovers(), [""; 0]);
}
