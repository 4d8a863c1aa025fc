//! Long answers on a terminal.
//!
//! The pagers are shell scripts; they get the answer on their standard input.

use crate::sandbox::{Call, Sandbox};

/// A journal with a long page, a short one, and more pages than a terminal has lines.
fn long_and_short() -> Sandbox {
    let mut onward = Sandbox::new();
    let long: Vec<String> = (1..=40).map(|line| format!("Line {line}.")).collect();
    onward
        .call(["write", "--tip", "1"])
        .stdin(long.join("\n"))
        .run();
    for page in 2..=26 {
        onward.ok([
            "write",
            "-q",
            "--tip",
            "1",
            &format!("Page {page}, of Aunt."),
        ]);
    }
    onward.script("paging", "echo '<pager>'; cat; echo '</pager>'");
    onward.set("PAGER", "paging");
    onward
}

#[track_caller]
fn is_paged(onward: &Sandbox, call: Call<'_>) -> bool {
    let screen = call.in_terminal(80).end(onward);
    assert_eq!(screen.status, 0, "{screen}");
    screen.text.contains("<pager>")
}

#[test]
fn what_is_longer_than_the_screen_goes_through_it() {
    let onward = long_and_short();
    for arguments in [
        &["show", "1"][..],
        &["list", "--all"],
        &["search", "aunt"],
        &["tips", "1"],
        &["review"],
    ] {
        let paged = onward.call(arguments).in_terminal(80).end(&onward);
        assert!(paged.text.starts_with("<pager>\n"), "{paged}");
        assert!(paged.text.ends_with("</pager>\n"), "{paged}");
    }
    onward.ok(["delete", "--yes", "-q", "today"]);
    assert!(is_paged(&onward, onward.call(["trash"])));
    assert!(is_paged(&onward, onward.call(["history", "1"])));
}

#[test]
fn what_fits_does_not() {
    let onward = long_and_short();
    for arguments in [&["show", "2"][..], &["list"], &["history", "2"]] {
        assert!(!is_paged(&onward, onward.call(arguments)), "{arguments:?}");
    }
    // A page of 20 lines with its head, and a prompt below it: 24 lines are one too many.
    let lines = |count: usize| vec!["x"; count].join("\n");
    onward.call(["write", "--free"]).stdin(lines(21)).run();
    assert!(!is_paged(&onward, onward.call(["show", "27"])));
    onward.call(["write", "--free"]).stdin(lines(22)).run();
    assert!(is_paged(&onward, onward.call(["show", "28"])));
}

#[test]
fn what_is_never_long() {
    let onward = long_and_short();
    onward.script("typing", "echo typed > \"$1\"");
    for arguments in [
        &[][..],
        &["today"],
        &["write"],
        &["edit", "2", "--star"],
        &["list", "--all", "--json"],
        &["show", "1", "--json"],
        &["show", "1", "--raw"],
        &["write", "--help"],
    ] {
        let call = onward.call(arguments).env("EDITOR", "typing");
        assert!(!is_paged(&onward, call), "{arguments:?}");
    }
}

#[test]
fn no_pager() {
    let onward = long_and_short();
    let show = || onward.call(["show", "1"]);
    assert!(!is_paged(&onward, onward.call(["show", "1", "--no-pager"])));
    assert!(!is_paged(&onward, show().env("TERM", "dumb")));
    assert!(!is_paged(&onward, show().env("PAGER", "")));
    assert!(!is_paged(&onward, show().env("PAGER", "cat")));
    // Into a pipe.
    assert!(!onward.ok(["show", "1"]).stdout.contains("<pager>"));
    let mut piped = show().answering_into_a_pipe().end(&onward);
    assert!(!piped.answer.contains("<pager>"), "{piped}");
    piped.answer.truncate(9);
    assert_eq!(piped.answer, "#1  Sunda");
}

#[test]
fn the_configured_pager_comes_first() {
    let onward = long_and_short();
    onward.config("pager = \"paging\"\n");
    let show = || onward.call(["show", "1"]).env("PAGER", "cat");
    assert!(is_paged(&onward, show()));
    onward.config("pager = \"\"\n");
    assert!(!is_paged(&onward, onward.call(["show", "1"])));
}

#[test]
fn a_pager_that_cannot_be_run() {
    let onward = long_and_short();
    let printed = onward
        .call(["show", "1", "--no-pager"])
        .in_terminal(80)
        .end(&onward);
    for pager in ["no-such-pager", "/nowhere/less -S", "less 'open"] {
        let screen = onward
            .call(["show", "1"])
            .env("PAGER", pager)
            .in_terminal(80)
            .end(&onward);
        assert_eq!(screen.status, 0, "{screen}");
        let said = format!("{}The pager {pager} cannot be run.\n", printed.text);
        assert_eq!(screen.text, said);
    }
}

#[test]
fn a_pager_that_is_left_early() {
    let onward = long_and_short();
    for body in [
        "exit 0",
        "head -n 3",
        "read -r line; exit 1",
        "kill -INT $$",
    ] {
        onward.script("leaving", body);
        let screen = onward
            .call(["show", "1"])
            .env("PAGER", "leaving")
            .in_terminal(80)
            .end(&onward);
        assert_eq!(screen.status, 0, "{body}: {screen}");
        assert!(!screen.text.contains("error"), "{body}: {screen}");
    }
}

#[test]
fn the_usual_pager_is_given_text_it_can_show() {
    let onward = long_and_short();
    // In its place, and with no language set.
    onward.script(
        "less",
        "cat > /dev/null; echo \"$1 $LESS $LESSCHARSET $LESSHISTFILE\"",
    );
    let screen = onward
        .call(["show", "1"])
        .without("PAGER")
        .in_terminal(80)
        .end(&onward);
    assert_eq!(screen.text, "-R FRX utf-8 -\n");
}

#[test]
fn raw_text_is_what_is_stored() {
    let onward = Sandbox::new();
    let text = "One \u{1b}[1mbold\u{1b}[0m.\n\n\ttab  \r here\u{202e}\n\n";
    onward.call(["write"]).stdin(text).run();
    assert_eq!(onward.ok(["show", "1", "--raw"]).stdout, text);
    onward.call(["write"]).stdin("No line end").run();
    assert_eq!(onward.ok(["show", "2", "--raw"]).stdout, "No line end");
}
