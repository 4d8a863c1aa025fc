//! `onward undo` and `onward redo`.

use crate::sandbox::Sandbox;

#[test]
fn nothing_to_undo() {
    let onward = Sandbox::new();
    onward.run(["undo"]).said(1, "There is nothing to undo.\n");
    onward.run(["redo"]).said(1, "There is nothing to redo.\n");
    onward
        .run(["undo", "--json"])
        .said(1, "There is nothing to undo.\n");
}

#[test]
fn every_kind_of_change() {
    let onward = Sandbox::new();
    onward.ok(["write", "One."]);
    onward.ok(["write", "Two.", "--free"]);
    onward.ok(["edit", "1", "--text", "One and a half.", "--mood", "3"]);
    onward.ok(["delete", "1", "--yes"]);
    onward.ok(["restore", "1"]);
    onward.ok(["delete", "1", "2", "--yes"]);
    onward.ok(["restore", "1", "2"]);
    let all = |verb: &str| -> String { (0..8).map(|_| onward.run([verb]).stderr).collect() };
    insta::assert_snapshot!(all("undo"), @"
    Undone: restoring #1 and #2; they lie in the trash.
    Undone: deleting #1 and #2; they are back in the journal.
    Undone: restoring #1; it lies in the trash.
    Undone: deleting #1; it is back in the journal.
    Undone: the change of #1 (the text; no mood).
    Undone: writing #2; it lies in the trash.
    Undone: writing #1; it lies in the trash.
    There is nothing to undo.
    ");
    assert_eq!(onward.texts(), [""; 0]);
    insta::assert_snapshot!(all("redo"), @"
    Done again: writing #1; it is back in the journal.
    Done again: writing #2; it is back in the journal.
    Done again: the change of #1 (the text; mood 3 of 5).
    Done again: deleting #1; it lies in the trash.
    Done again: restoring #1; it is back in the journal.
    Done again: deleting #1 and #2; they lie in the trash.
    Done again: restoring #1 and #2; they are back in the journal.
    There is nothing to redo.
    ");
    assert_eq!(onward.texts(), ["Two.", "One and a half."]);
}

#[test]
fn a_change_ends_what_can_be_done_again() {
    let onward = Sandbox::new();
    onward.ok(["write", "One."]);
    onward.ok(["edit", "1", "--mood", "3"]);
    onward.ok(["undo"]);
    onward.ok(["write", "Two."]);
    onward.run(["redo"]).said(1, "There is nothing to redo.\n");
    onward
        .run(["undo"])
        .said(0, "Undone: writing #2; it lies in the trash.\n");
}

#[test]
fn as_json() {
    let onward = Sandbox::new();
    onward.ok(["write", "One."]);
    onward.ok(["write", "Two."]);
    onward.ok(["delete", "1", "2", "--yes"]);
    let said = |arguments: &[&str]| onward.ok(arguments).stdout;
    let deleted = "{\"what\":\"delete\",\"entries\":[1,2]}";
    assert_eq!(
        said(&["undo", "--json"]),
        format!("{{\"undo\":{deleted}}}\n")
    );
    assert_eq!(
        said(&["redo", "--json"]),
        format!("{{\"redo\":{deleted}}}\n")
    );
    let quiet = onward.ok(["undo", "-q"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
}

#[test]
fn what_was_undone_is_not_lost() {
    let onward = Sandbox::new();
    onward.ok(["write", "One."]);
    onward.ok(["undo"]);
    onward.ok(["restore", "1"]);
    assert_eq!(onward.texts(), ["One."]);
    onward.ok(["edit", "1", "--text", "Two."]);
    onward.ok(["undo"]);
    assert!(onward.ok(["history", "1"]).stdout.contains("Two."));
}

#[test]
fn the_line_of_actions() {
    let mut onward = Sandbox::new();
    onward
        .run(["undo", "--list"])
        .said(3, "There is nothing to undo.\n");
    onward.ok(["write", "One."]);
    onward.ok(["letter", "Dear you."]);
    onward.now("2026-11-23T08:05:00+00:00");
    onward.ok(["delete", "1", "2", "--yes"]);
    onward.ok(["undo"]);
    insta::assert_snapshot!(onward.run(["undo", "--list"]), @"
    exit: 0
    ----- stdout -----
    23 Nov 2026, 08:05  deleting #1 and letter #2 (undone; next for onward redo)
    22 Nov 2026, 21:30  writing letter #2 (next for onward undo)
    22 Nov 2026, 21:30  writing #1
    ");
    let line = onward.json(["undo", "--list"])["actions"].clone();
    assert_eq!(line[0]["next"], "redo");
    assert_eq!(line[0]["entries"], serde_json::json!([1, 2]));
    assert_eq!(line[1]["next"], "undo");
    assert_eq!(line[2]["next"], serde_json::Value::Null);
    // To list is to do nothing.
    assert_eq!(onward.texts(), ["One."]);
}
