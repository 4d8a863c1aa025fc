//! `onward edit`: fields named by flags, and the editor.

use std::fs;

use serde_json::json;

use crate::sandbox::{Sandbox, Screen};

const TEXT: &str = "Called Aunt.\nShe was home. #friends";

/// A journal with one page.
fn one_page() -> Sandbox {
    let onward = Sandbox::new();
    onward.ok(["write", TEXT]);
    onward
}

#[track_caller]
fn stored(onward: &Sandbox) -> String {
    onward.only_entry()["text"]
        .as_str()
        .expect("a text")
        .to_owned()
}

/// Edits with an editor that is this script.
fn with_editor(onward: &Sandbox, arguments: &[&str], body: &str) -> Screen {
    onward.script("editor-script", body);
    onward
        .call(arguments)
        .env("EDITOR", "editor-script")
        .in_terminal(80)
        .end(onward)
}

/// A shell's way to leave a text of its own.
const ANOTHER: &str = "echo 'Another text.' > \"$1\"";

#[test]
fn fields() {
    let onward = one_page();
    let edit = |arguments: &[&str]| onward.run([&["edit", "1"], arguments].concat());
    edit(&["--mood", "4", "--star", "--tip", "5", "--tag", "Home"]).said(
        0,
        "Changed #1: mood 4 of 5; starred; counted for Tip 5, Stay busy; tags #friends #home.\n",
    );
    edit(&["--on", "yesterday", "--at", "9:15"]).said(
        0,
        "Changed #1: moved to Saturday 21 November; dated 09:15.\n",
    );
    let entry = onward.only_entry();
    assert_eq!(
        (&entry["day"], &entry["written_at"], &entry["edited_at"]),
        (
            &json!("2026-11-21"),
            &json!("2026-11-21T09:15:00+00:00"),
            &json!("2026-11-22T21:30:00+00:00")
        )
    );
    edit(&["--untag", "home", "--mood", "none", "--unstar", "--free"]).said(
        0,
        "Changed #1: no mood; no star; counted for no tip; tags #friends.\n",
    );
    edit(&["--text", "Called nobody."]).said(0, "Changed #1: the text; no tags.\n");
    edit(&["--text", "Called nobody."]).said(0, "#1 is like that already.\n");
    edit(&["--free", "-q"]).said(0, "");
    assert_eq!(stored(&onward), "Called nobody.");
}

#[test]
fn the_text_from_standard_input() {
    let onward = one_page();
    let edit = |input: &str| onward.call(["edit", "1", "--text", "-"]).stdin(input).run();
    edit("Piped.\r\n\n").said(0, "Changed #1: the text; no tags.\n");
    assert_eq!(stored(&onward), "Piped.\n\n");
    for nothing in ["", " \n"] {
        edit(nothing).said(
            2,
            "error: #1 would be left empty, so it is kept as it was\n\
             hint: throw it away with onward delete 1\n",
        );
    }
    assert_eq!(stored(&onward), "Piped.\n\n");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn a_text_that_was_piped_in_is_kept_where_the_rest_cannot_be_meant() {
    let onward = one_page();
    let edit = ["edit", "1", "--text", "-", "--untag", "new"];
    let outcome = onward.call(edit).stdin("Another. #new\n").run();
    insta::assert_snapshot!(outcome, @"
    exit: 2
    ----- stderr -----
    error: your page is not saved yet
    caused by: #new stands in the text of #1
    hint: take it out of the text with onward edit 1
    hint: what you wrote is kept; take it up again with onward write --resume
    ");
    onward
        .run(["write", "--resume"])
        .said(0, "Changed #1: the text; tags #new.\n");
    assert_eq!(stored(&onward), "Another. #new");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn as_json() {
    let onward = one_page();
    insta::assert_snapshot!(onward.run(["edit", "1", "--mood", "2", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"entry":{"number":1,"id":"<id>","day":"2026-11-22","written_at":"2026-11-22T21:30:00+00:00","edited_at":"2026-11-22T21:30:00+00:00","kind":"page","text":"Called Aunt.\nShe was home. #friends","mood":2,"starred":false,"tags":["friends"],"reflections":[{"deck":"walk-away","tip":"no-contact","number":1,"title":"No calls, no texts","question":"What will you do in the hour before bed, and where will your phone be?"}]}}
    ----- stderr -----
    Changed #1: mood 2 of 5.
    "#);
    let quiet = onward.ok(["edit", "1", "--mood", "2", "--json", "-q"]);
    assert_eq!(quiet.json()["entry"], onward.only_entry());
}

#[test]
fn what_cannot_be_meant() {
    let onward = one_page();
    let edit = |arguments: &[&str]| onward.run([&["edit"], arguments].concat());
    edit(&["1", "--untag", "friends"]).said(
        2,
        "error: #friends stands in the text of #1\n\
         hint: take it out of the text with onward edit 1\n",
    );
    edit(&["1", "--on", "tomorrow"])
        .said(2, "error: --on: Monday 23 November 2026 is still to come\n");
    edit(&["1", "--at", "22:00"]).said(
        2,
        "error: --at: 22:00 on Sunday 22 November is still to come\n",
    );
    edit(&["1", "--tip", "11"]).said(
        2,
        "error: there is no tip \"11\"\nhint: the tips are 1 to 10; see onward tips\n",
    );
    edit(&["9", "--star"]).said(3, "error: there is no entry #9\nhint: see onward list\n");
    edit(&["1"]).said(
        2,
        "error: the editor needs a terminal\n\
         hint: name what to change, for example onward edit 1 --mood 3, or --text -\n",
    );
    onward.ok(["delete", "1", "--yes"]);
    for arguments in [&["edit", "1"][..], &["edit", "1", "--star"], &["show", "1"]] {
        onward.run(arguments).said(
            3,
            "error: #1 is in the trash\nhint: take it out with onward restore 1\n",
        );
    }
    let last = onward.run(["edit", "last", "--star"]);
    assert_eq!(last.status, 3, "{last}");
}

#[test]
fn hostile_tags_do_not_act_on_a_terminal() {
    let onward = one_page();
    for arguments in [
        &["edit", "1", "--tag", "a\u{202e}b"][..],
        &["history", "1"],
        &["undo"],
        &["redo"],
    ] {
        let screen = onward.call(arguments).in_terminal(80).end(&onward);
        assert_eq!(screen.status, 0, "{screen}");
        assert!(!screen.raw.contains('\u{202e}'), "{screen}");
    }
}

#[test]
fn several_that_could_be_meant() {
    let onward = one_page();
    onward.ok(["write", "Again."]);
    onward.run(["edit", "today", "--star"]).said(
        2,
        "error: that could be any of #1, #2\nhint: name one by its number\n",
    );
    let mut terminal = onward.call(["edit", "today", "--star"]).in_terminal(80);
    terminal.expect("none: ").keys("#2\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 0
    ----- screen -----
    #1 21:30  Called Aunt.
    #2 21:30  Again.
    Which one? Its number, or enter for none: #2
    Changed #2: starred.
    ");
    for keys in ["\n", "3\n", "both\n", "\x04"] {
        let mut terminal = onward.call(["edit", "today", "--unstar"]).in_terminal(80);
        terminal.expect("none: ").keys(keys);
        let screen = terminal.end(&onward);
        assert_eq!(screen.status, 2, "{screen}");
        assert!(
            screen.text.ends_with("error: no entry was chosen\n"),
            "{screen}"
        );
    }
    assert_eq!(onward.ok(["list", "--starred", "--count"]).stdout, "1\n");
}

#[test]
fn what_the_editor_is_shown() {
    let onward = one_page();
    let screen = with_editor(&onward, &["edit", "1"], "cp \"$1\" \"$HOME/seen\"");
    assert_eq!(screen.status, 0, "{screen}");
    let seen = fs::read_to_string(onward.home().join("seen")).expect("there");
    insta::assert_snapshot!(seen, @"
    Called Aunt.
    She was home. #friends

    # ------------------------ >8 ------------------------
    # Write above the line. It and the lines below that begin with # are left out.
    #
    # #1  Sunday 22 November 2026, 21:30
    # Tip 1, No calls, no texts
    #
    # What will you do in the hour before bed, and where will your phone be?
    ");
}

#[test]
fn changed_in_the_editor() {
    let onward = one_page();
    let screen = with_editor(&onward, &["edit", "last"], ANOTHER);
    assert_eq!(
        (screen.status, screen.text.as_str()),
        (0, "Changed #1: the text; no tags.\n")
    );
    assert_eq!(stored(&onward), "Another text.");
    // A line end at the end stays where there was one.
    onward
        .call(["edit", "1", "--text", "-"])
        .stdin("One.\n")
        .run();
    with_editor(&onward, &["edit", "1"], ANOTHER);
    assert_eq!(stored(&onward), "Another text.\n");
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn untouched_in_the_editor() {
    let onward = one_page();
    let before = onward.only_entry();
    let screen = with_editor(
        &onward,
        &["edit", "1"],
        "cat \"$1\" > \"$1.x\"; mv \"$1.x\" \"$1\"",
    );
    assert_eq!(
        (screen.status, screen.text.as_str()),
        (0, "#1 is as it was.\n")
    );
    assert_eq!(onward.leftovers(), [""; 0]);
    // One that saved nothing may have its window open still: it keeps its page, and nobody is
    // asked about it.
    let screen = with_editor(&onward, &["edit", "1"], "exec true");
    assert_eq!(screen.status, 0, "{screen}");
    assert!(screen.text.ends_with("#1 is as it was.\n"), "{screen}");
    assert_eq!(onward.only_entry(), before);
    onward
        .run(["write", "--resume"])
        .said(3, "No draft is waiting.\n");
}

#[test]
fn emptied_in_the_editor() {
    let onward = one_page();
    for body in [": > \"$1\"", "echo ' ' > \"$1\""] {
        let screen = with_editor(&onward, &["edit", "1"], body);
        assert_eq!(screen.status, 2, "{screen}");
        let said = "error: #1 would be left empty, so it is kept as it was\n\
                    hint: throw it away with onward delete 1\n";
        assert!(screen.text.ends_with(said), "{screen}");
    }
    assert_eq!(stored(&onward), TEXT);
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn changed_elsewhere_while_it_was_edited() {
    let onward = one_page();
    let go = onward.fifo("go");
    onward.script(
        "waiting",
        &format!(
            "echo 'From the first editor.' > \"$1\"; echo ready; cat {} > /dev/null",
            go.display()
        ),
    );
    let mut first = onward
        .call(["edit", "1"])
        .env("EDITOR", "waiting")
        .in_terminal(80);
    first.expect("ready");
    let second = with_editor(&onward, &["edit", "1"], ANOTHER);
    assert_eq!(second.text, "Changed #1: the text; no tags.\n");
    crate::sandbox::write(&go, "");
    insta::assert_snapshot!(first.end(&onward), @"
    exit: 0
    ----- screen -----
    ready
    The entry was changed or deleted while you edited it, and was left alone. Your
    text is kept as #2, for Sunday 22 November.
    ");
    assert_eq!(onward.texts(), ["From the first editor.", "Another text."]);
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn gone_while_it_was_edited() {
    for gone in ["delete 1", "delete 1 && onward trash --purge"] {
        let onward = one_page();
        let delete = format!(
            "onward() {{ {} \"$@\" --yes -q; }}; echo 'Kept all the same.' > \"$1\"; onward {gone}",
            env!("CARGO_BIN_EXE_onward"),
        );
        let screen = with_editor(&onward, &["edit", "1"], &delete);
        assert_eq!(screen.status, 0, "{screen}");
        assert!(
            screen.text.contains("text is kept as #2, for Sunday 22"),
            "{screen}"
        );
        assert_eq!(onward.texts(), ["Kept all the same."]);
        assert_eq!(onward.leftovers(), [""; 0]);
    }
}

#[test]
fn an_editor_that_fails_leaves_a_draft_of_the_entry() {
    for terminal in [true, false] {
        let onward = one_page();
        onward
            .call(["edit", "1", "--text", "-"])
            .stdin("One.\n")
            .run();
        let screen = with_editor(&onward, &["edit", "1"], "echo Half. > \"$1\"; exit 1");
        assert_eq!(screen.status, 1, "{screen}");
        assert!(
            screen
                .text
                .contains("take it up again with onward write --resume"),
            "{screen}"
        );
        assert_eq!(stored(&onward), "One.\n");
        let resume = onward.call(["write", "--resume"]).env("EDITOR", "true");
        let said = if terminal {
            let screen = resume.in_terminal(80).end(&onward);
            (screen.status, screen.text)
        } else {
            let outcome = resume.run();
            (outcome.status, outcome.stderr)
        };
        assert_eq!(said, (0, "Changed #1: the text.\n".to_owned()));
        assert_eq!(stored(&onward), "Half.\n");
        assert_eq!(onward.leftovers(), [""; 0]);
    }
}

#[test]
fn a_draft_of_an_entry_says_which() {
    let onward = one_page();
    with_editor(&onward, &["edit", "1"], "echo Half. > \"$1\"; exit 1");
    let mut terminal = onward.call(["write"]).env("EDITOR", "true").in_terminal(80);
    terminal.expect("q to quit: ").keys("q\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 1
    ----- screen -----
    A draft of #1 (begun at 21:30) is waiting: “Half.”
    Take it up again? yes (enter), n for a new page, d to throw it away, q to quit: q
    ");
}

#[test]
fn a_draft_that_cannot_be_saved_stays() {
    let why = "its drafts lie in the journal, which goes bad here";
    if crate::sealed::skip("a_draft_that_cannot_be_saved_stays", why) {
        return;
    }
    let onward = one_page();
    with_editor(&onward, &["edit", "1"], "echo Half. > \"$1\"; exit 1");
    crate::sandbox::write(
        &onward.journal(),
        "not a journal, and long enough to be something",
    );
    let outcome = onward.run(["write", "--resume"]);
    insta::assert_snapshot!(outcome, @"
    exit: 1
    ----- stderr -----
    error: your page is not saved yet
    caused by: <sandbox>/home/.local/share/onward/journal.db is not a journal: it is another kind of file
    hint: what you wrote is kept; take it up again with onward write --resume
    ");
    assert_eq!(onward.draft_pages().len(), 1);
}
