//! `onward history`.

use crate::sandbox::{NOW, Sandbox};

/// A page of Saturday that was changed on Sunday, thrown away and taken out again.
fn changed() -> Sandbox {
    let mut onward = Sandbox::new();
    onward.now("2026-11-21T20:15:00+00:00");
    onward.ok([
        "write",
        "Called Aunt.\n\nShe was home.\n\nWe talked about the shelf.\n\nThen I slept. #friends",
    ]);
    onward.now(NOW);
    onward.ok([
        "edit",
        "1",
        "--text",
        "Called Aunt.\n\nShe was out.\n\nWe talked about the shelf.\n\nThen I slept. #friends\n\nWell.",
    ]);
    onward.ok([
        "edit", "1", "--mood", "4", "--star", "--tip", "5", "--tag", "home",
    ]);
    onward.now("2026-11-23T08:00:00+00:00");
    onward.ok(["delete", "1", "--yes"]);
    onward
}

#[test]
fn of_an_entry() {
    let onward = changed();
    insta::assert_snapshot!(onward.run(["history", "1"]), @"
    exit: 0
    ----- stdout -----
    1  21 Nov 2026, 20:15  written

    Called Aunt.

    She was home.

    We talked about the shelf.

    Then I slept. #friends

    2  22 Nov 2026, 21:30  the text

    - She was home.
    + She was out.
      …
      Then I slept. #friends
    +
    + Well.

    3  22 Nov 2026, 21:30  mood 4 of 5; starred; counted for Tip 5, Stay busy;
                           tags #friends #home

    4  23 Nov 2026, 08:00  into the trash

    To bring one back: onward history 1 --bring-back 1
    ");
    insta::assert_snapshot!(onward.call(["history", "1"]).env("COLUMNS", "40").run(), @"
    exit: 0
    ----- stdout -----
    1  21 Nov 2026, 20:15  written

    Called Aunt.

    She was home.

    We talked about the shelf.

    Then I slept. #friends

    2  22 Nov 2026, 21:30
       the text

    - She was home.
    + She was out.
      …
      Then I slept. #friends
    +
    + Well.

    3  22 Nov 2026, 21:30
       mood 4 of 5; starred; counted for Tip
       5, Stay busy; tags #friends #home

    4  23 Nov 2026, 08:00
       into the trash

    To bring one back: onward history 1
    --bring-back 1
    ");
}

#[test]
fn of_an_entry_that_never_changed() {
    let onward = Sandbox::new();
    onward.ok(["write", "Once."]);
    insta::assert_snapshot!(onward.run(["history", "last"]), @"
    exit: 0
    ----- stdout -----
    1  22 Nov 2026, 21:30  written

    Once.
    ");
}

#[test]
fn as_json() {
    let onward = changed();
    let states = onward.json(["history", "1"])["history"].clone();
    let field = |name: &str| -> Vec<String> {
        let states = states.as_array().expect("states");
        states.iter().map(|state| state[name].to_string()).collect()
    };
    assert_eq!(field("state"), ["1", "2", "3", "4"]);
    assert_eq!(
        field("deleted_at"),
        ["null", "null", "null", "\"2026-11-23T08:00:00+00:00\""]
    );
    assert_eq!(field("saved_at")[0], "\"2026-11-21T20:15:00+00:00\"");
    assert_eq!(states[0]["entry"]["mood"], serde_json::Value::Null);
    assert_eq!(states[2]["entry"]["mood"], 4);
    // A state is its number, its revision, its instants and the entry as it was.
    let keys: Vec<&String> = states[0].as_object().expect("one").keys().collect();
    assert_eq!(keys.len(), 5, "{keys:?}");
}

#[test]
fn bringing_a_state_back() {
    let onward = changed();
    onward.run(["history", "1", "--bring-back", "1"]).said(
        3,
        "error: #1 is in the trash\nhint: take it out with onward restore 1\n",
    );
    onward.ok(["restore", "1"]);
    for wrong in ["0", "6"] {
        onward.run(["history", "1", "--bring-back", wrong]).said(
            2,
            &format!("error: #1 has no state {wrong}\nhint: its states are 1 to 5\n"),
        );
    }
    onward.run(["history", "1", "--bring-back", "2"]).said(
        0,
        "Changed #1: no mood; no star; counted for Tip 1, No calls, no texts; tags #friends.\n",
    );
    onward
        .run(["history", "1", "--bring-back", "2"])
        .said(0, "#1 is like that already.\n");
    let back = onward.json(["history", "1", "--bring-back", "1"]);
    assert_eq!(back["entry"], onward.only_entry());
    let text = back["entry"]["text"].as_str().expect("a text");
    assert!(text.contains("She was home."), "{text}");
    // Nothing is lost by it.
    let states = onward.json(["history", "1"])["history"].clone();
    assert_eq!(states.as_array().expect("states").len(), 7);
}

#[test]
fn of_what_is_not_there() {
    let onward = changed();
    for entry in ["9", "yesterday", "last"] {
        let outcome = onward.run(["history", entry]);
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (3, ""),
            "{outcome}"
        );
    }
    assert_eq!(onward.run(["history"]).status, 2);
}

#[test]
fn hostile_text_is_shown() {
    let onward = Sandbox::new();
    onward.ok(["write", "A \u{1b}[31mred\u{1b}[0m word."]);
    onward.ok([
        "edit",
        "1",
        "--text",
        "A \u{1b}]0;title\u{7} word \u{202e}here.",
    ]);
    let screen = onward
        .call(["history", "1", "--color", "never"])
        .in_terminal(80)
        .end(&onward);
    for hostile in ['\u{1b}', '\u{7}', '\u{202e}'] {
        assert!(!screen.raw.contains(hostile), "{screen}");
    }
}
