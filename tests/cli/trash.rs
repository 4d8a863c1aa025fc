//! `onward delete`, `restore` and `trash`.

use crate::sandbox::{Sandbox, Screen};

fn three_pages() -> Sandbox {
    let onward = Sandbox::new();
    onward.ok(["write", "The first of them.", "--on", "2026-11-20"]);
    onward.ok([
        "write",
        "The second says more than there is room for in a line of eighty columns.",
        "--on",
        "yesterday",
    ]);
    onward.ok(["write", "The third."]);
    onward
}

/// Types at each question in turn.
fn answering(onward: &Sandbox, arguments: &[&str], keys: &[(&str, &str)]) -> Screen {
    let mut terminal = onward.call(arguments).in_terminal(80);
    for (question, keys) in keys {
        terminal.expect(question).keys(keys);
    }
    terminal.end(onward)
}

#[test]
fn deleting_asks() {
    let onward = three_pages();
    let delete = ["delete", "1", "yesterday", "#1"];
    for keys in ["n\n", "\n", "no\n", "\x04"] {
        let screen = answering(&onward, &delete, &[("y or n: ", keys)]);
        assert_eq!(screen.status, 1, "{screen}");
        assert!(screen.text.ends_with("Nothing was deleted.\n"), "{screen}");
    }
    assert_eq!(onward.texts().len(), 3);
    insta::assert_snapshot!(answering(&onward, &delete, &[("y or n: ", "y\n")]), @"
    exit: 0
    ----- screen -----
    #1  Fri 20 Nov 2026  The first of them.
    #2  Sat 21 Nov 2026  The second says more than there is room for in a line of e…
    Put 2 pages into the trash? y or n: y
    2 pages went into the trash. To take them out again: onward restore 1 2, or
    onward undo.
    ");
    assert_eq!(onward.texts(), ["The third."]);
}

#[test]
fn deleting_needs_a_yes() {
    let onward = three_pages();
    insta::assert_snapshot!(onward.run(["delete", "last"]), @"
    exit: 2
    ----- stderr -----
    #3  Sun 22 Nov 2026  The third.
    error: there is nobody to ask
    hint: add --yes if you mean it
    ");
    assert_eq!(onward.texts().len(), 3);
    insta::assert_snapshot!(onward.run(["delete", "last", "--yes"]), @"
    exit: 0
    ----- stderr -----
    #3  Sun 22 Nov 2026  The third.
    1 page went into the trash. To take it out again: onward restore 3, or onward undo.
    ");
    onward.run(["delete", "1", "2", "-yq"]).said(0, "");
    assert_eq!(onward.texts(), [""; 0]);
}

#[test]
fn deleting_all_or_none() {
    let onward = three_pages();
    onward
        .run(["delete", "1", "9", "--yes"])
        .said(3, "error: there is no entry #9\nhint: see onward list\n");
    onward.ok(["delete", "2", "--yes"]);
    onward.run(["delete", "1", "2", "--yes"]).said(
        3,
        "error: #2 is in the trash\nhint: take it out with onward restore 2\n",
    );
    assert_eq!(onward.texts().len(), 2);
}

#[test]
fn restoring() {
    let mut onward = three_pages();
    onward.ok(["delete", "1", "2", "--yes"]);
    onward.now("2026-11-22T21:31:00+00:00");
    onward.ok(["delete", "3", "--yes"]);
    onward.run(["restore", "last"]).said(
        0,
        "#3  Sun 22 Nov 2026  The third.\n1 page is back in the journal.\n",
    );
    onward.run(["restore", "friday"]).said(
        0,
        "#1  Fri 20 Nov 2026  The first of them.\n1 page is back in the journal.\n",
    );
    for (entry, what) in [("1", "#1 in the trash"), ("9", "#9 in the trash")] {
        onward.run(["restore", entry]).said(
            3,
            &format!("error: there is no entry {what}\nhint: see onward trash\n"),
        );
    }
    onward.ok(["restore", "2", "2", "-q"]);
    assert_eq!(onward.texts().len(), 3);
    onward.run(["restore", "last"]).said(
        3,
        "error: there is no entry in the trash\nhint: see onward trash\n",
    );
    onward.run(["restore", "yesterday"]).said(
        3,
        "error: there is no entry for Saturday 21 November 2026 in the trash\n\
         hint: see onward trash\n",
    );
}

#[test]
fn the_trash() {
    let mut onward = three_pages();
    onward.run(["trash"]).said(3, "The trash is empty.\n");
    assert_eq!(onward.run(["trash", "--json"]).stdout, "{\"trash\":[]}\n");
    onward.ok(["delete", "2", "--yes"]);
    onward.now("2026-11-23T21:30:00+00:00");
    onward.ok(["delete", "1", "--yes"]);
    insta::assert_snapshot!(onward.run(["trash"]), @"
    exit: 0
    ----- stdout -----
    #1  2026-11-20  deleted 2026-11-23  The first of them.
    #2  2026-11-21  deleted 2026-11-22  The second says more than there is room for…
    ");
    insta::assert_snapshot!(onward.call(["trash"]).env("COLUMNS", "40").run(), @"
    exit: 0
    ----- stdout -----
    #1  2026-11-20  The first of them.
    #2  2026-11-21  The second says more th…
    ");
    insta::assert_snapshot!(onward.run(["trash", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"trash":[{"number":1,"id":"<id>","day":"2026-11-20","written_at":"2026-11-22T21:30:00+00:00","edited_at":null,"kind":"page","text":"The first of them.","mood":null,"starred":false,"tags":[],"reflections":[],"deleted_at":"2026-11-23T21:30:00+00:00"},{"number":2,"id":"<id>","day":"2026-11-21","written_at":"2026-11-22T21:30:00+00:00","edited_at":null,"kind":"page","text":"The second says more than there is room for in a line of eighty columns.","mood":null,"starred":false,"tags":[],"reflections":[],"deleted_at":"2026-11-22T21:30:00+00:00"}]}
    "#);
    // What lies there is found nowhere else.
    assert_eq!(onward.texts(), ["The third."]);
    assert_eq!(onward.run(["search", "first"]).status, 3);
}

#[test]
fn purging_asks_twice() {
    let onward = three_pages();
    onward.ok(["delete", "1", "2", "--yes"]);
    let purge = ["trash", "--purge"];
    for keys in [
        &[("y or n: ", "n\n")][..],
        &[("y or n: ", "\x04")],
        &[("y or n: ", "y\n"), ("go on: ", "y\n")],
        &[("y or n: ", "y\n"), ("go on: ", "\n")],
        &[("y or n: ", "y\n"), ("go on: ", "\x04")],
    ] {
        let screen = answering(&onward, &purge, keys);
        assert_eq!(screen.status, 1, "{screen}");
        assert!(screen.text.ends_with("Nothing was removed.\n"), "{screen}");
    }
    onward.ok(["restore", "1"]);
    let keys = [("y or n: ", "y\n"), ("go on: ", "purge\n")];
    insta::assert_snapshot!(answering(&onward, &purge, &keys), @"
    exit: 0
    ----- screen -----
    #2  Sat 21 Nov 2026  The second says more than there is room for in a line of e…
    Remove 1 entry and all its history for good? y or n: y
    Nothing can bring it back. Type purge to go on: purge
    1 entry is gone for good.
    ");
    onward
        .run(["history", "2"])
        .said(3, "error: there is no entry #2\nhint: see onward list\n");
    assert_eq!(onward.texts().len(), 2);
    // The number is not given again.
    onward.ok(["write", "The fourth."]);
    assert_eq!(onward.json(["show", "last"])["entries"][0]["number"], 4);
}

#[test]
fn purging_needs_a_yes() {
    let onward = three_pages();
    onward.ok(["delete", "1", "--yes"]);
    insta::assert_snapshot!(onward.run(["trash", "--purge"]), @"
    exit: 2
    ----- stderr -----
    #1  Fri 20 Nov 2026  The first of them.
    error: there is nobody to ask
    hint: add --yes if you mean it
    ");
    onward
        .run(["trash", "--purge", "--yes"])
        .said(0, "1 entry is gone for good.\n");
    onward
        .run(["trash", "--purge", "--yes"])
        .said(3, "There is nothing to purge.\n");
    for alone in [&["trash", "--yes"][..], &["trash", "--older-than", "1d"]] {
        assert_eq!(onward.run(alone).status, 2);
    }
}

#[test]
fn purging_what_is_old() {
    let mut onward = three_pages();
    onward.ok(["delete", "1", "--yes"]);
    onward.now("2026-12-20T21:30:00+00:00");
    onward.ok(["delete", "2", "--yes"]);
    onward.now("2026-12-22T21:30:00+00:00");
    let purge = |age: &str| onward.run(["trash", "--purge", "--yes", "--older-than", age]);
    purge("31d").said(3, "There is nothing to purge.\n");
    purge("30d").said(0, "1 entry is gone for good.\n");
    assert_eq!(
        onward.run(["trash"]).stdout.matches("The second").count(),
        1
    );
    insta::assert_snapshot!(purge("soon"), @"
    exit: 2
    ----- stderr -----
    error: invalid value 'soon' for '--older-than <AGE>': write an age as 30d, 4w, 6m or 1y

    For more information, try '--help'.
    ");
    let purged = onward.ok(["trash", "--purge", "--yes", "--json"]);
    assert_eq!(purged.stdout, "{\"purged\":1}\n");
}
