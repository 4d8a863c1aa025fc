//! `config.toml`, and the flags and variables that say where things lie.

use crate::sandbox::{Sandbox, write};

#[test]
fn every_key() {
    let onward = Sandbox::new();
    onward.config(
        "journal = \"~/notes/j.db\"\neditor = \"true\"\nday_starts_at = \"06:30\"\ncolor = \"always\"\n",
    );
    let saved = onward
        .call(["write", "Awake."])
        .now("2026-11-23T06:29:59+00:00")
        .run();
    saved.said(
        0,
        "Saved #1 for Sunday 22 November (Tip 1, No calls, no texts).\n",
    );
    assert!(onward.home().join("notes/j.db").exists());
    assert!(!onward.journal().exists());
    assert!(onward.ok([""; 0]).stdout.contains("\x1b[1m"));
}

#[test]
fn a_relative_journal_lies_beside_the_configuration() {
    let onward = Sandbox::new();
    onward.config("journal = \"j.db\"");
    onward.ok(["write", "One."]);
    assert!(onward.config_path().with_file_name("j.db").exists());
}

#[test]
fn flags_come_before_variables_and_variables_before_the_configuration() {
    let onward = Sandbox::new();
    onward.config("journal = \"~/of-config.db\"");
    let home = onward.home();
    onward.ok(["write", "config"]);
    onward
        .call(["write", "variable"])
        .env("ONWARD_JOURNAL", home.join("of-variable.db"))
        .run();
    onward
        .call(["write", "flag", "--journal", "of-flag.db"])
        .env("ONWARD_JOURNAL", home.join("of-variable.db"))
        .run();
    for name in ["config", "variable", "flag"] {
        let journal = home.join(format!("of-{name}.db"));
        let list = onward.ok(["list".as_ref(), "--journal".as_ref(), journal.as_os_str()]);
        assert!(
            list.stdout.contains(name) && list.stdout.lines().count() == 1,
            "{list}"
        );
    }
    // The flag may stand before the command or after it.
    let before = onward.ok(["--journal", "of-flag.db", "list"]).stdout;
    assert_eq!(
        before,
        onward.ok(["list", "--journal", "of-flag.db"]).stdout
    );
}

#[test]
fn color_by_flag_comes_before_color_by_configuration() {
    let onward = Sandbox::new();
    onward.config("color = \"always\"");
    assert!(onward.ok(["today"]).stdout.contains('\x1b'));
    assert!(
        !onward
            .ok(["today", "--color", "never"])
            .stdout
            .contains('\x1b')
    );
    assert!(
        !onward
            .ok(["today", "--color", "auto"])
            .stdout
            .contains('\x1b')
    );
}

#[test]
fn a_named_configuration_must_be_there() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["list", "--config", "none.toml"]), @"
    exit: 1
    ----- stderr -----
    error: cannot read the configuration none.toml
    caused by: No such file or directory (os error 2)
    ");
    write(&onward.home().join("own.toml"), "journal = \"own.db\"");
    onward.ok(["write", "One.", "--config", "own.toml"]);
    let own = onward.call(["list"]).env("ONWARD_CONFIG", "own.toml").run();
    assert!(own.stdout.contains("One."), "{own}");
    let folder = onward.run(["list", "--config", "/"]);
    assert_eq!((folder.status, folder.stdout.as_str()), (1, ""), "{folder}");
}

#[test]
fn faults_name_the_line_and_the_way_out() {
    let onward = Sandbox::new();
    onward.config("color = \"never\"\ndays_start_at = \"04:00\"\n");
    insta::assert_snapshot!(onward.run(["list"]), @r#"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.config/onward/config.toml, line 2: there is no key "days_start_at"
    hint: did you mean day_starts_at
    "#);
    onward.config("\nday_starts_at = \"4 am\"\n");
    insta::assert_snapshot!(onward.run(["list"]), @r#"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.config/onward/config.toml, line 2: day_starts_at must be a time from 00:00 to 12:00
    hint: write it as day_starts_at = "04:00"
    "#);
    onward.config("editor = 3");
    insta::assert_snapshot!(onward.run(["list"]), @r#"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.config/onward/config.toml, line 1: editor must be a text that is not empty
    hint: write it as editor = "vim -f"
    "#);
    onward.config("color = \"blue\"");
    insta::assert_snapshot!(onward.run(["list"]), @r#"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.config/onward/config.toml, line 1: color must be auto, always or never
    hint: write it as color = "auto"
    "#);
    onward.config("journal = \"\"");
    insta::assert_snapshot!(onward.run(["list"]), @r#"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.config/onward/config.toml, line 1: journal must be a text that is not empty
    hint: write it as journal = "~/Documents/journal.db"
    "#);
    onward.config("color = ");
    insta::assert_snapshot!(onward.run(["list"]), @"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.config/onward/config.toml, line 1: string values must be quoted, expected literal string
    ");
    onward.config("[journal]\npath = 1");
    insta::assert_snapshot!(onward.run(["list"]), @r#"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.config/onward/config.toml, line 1: journal must be a text that is not empty
    hint: write it as journal = "~/Documents/journal.db"
    "#);
    onward.config("color = \"never\"\ncolor = \"never\"");
    insta::assert_snapshot!(onward.run(["list"]), @"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.config/onward/config.toml, line 2: duplicate key
    ");
}

#[test]
fn odd_configurations() {
    let onward = Sandbox::new();
    // Nothing in it is nothing said.
    for fine in [
        "",
        "\n\n# only a comment\n",
        "\u{feff}color = \"never\"",
        "color = \"never\"\r\n",
    ] {
        onward.config(fine);
        onward.ok(["today"]);
    }
    write(&onward.config_path(), b"color = \"\xff\"");
    let outcome = onward.run(["today"]);
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (1, ""),
        "{outcome}"
    );
    assert!(
        outcome.stderr.contains("line 1: not valid UTF-8"),
        "{outcome}"
    );
    onward.config(&format!("color = {}", "[".repeat(10_000)));
    let outcome = onward.run(["today"]);
    assert_eq!(
        (outcome.status, outcome.stdout.as_str()),
        (1, ""),
        "{outcome}"
    );
}

#[test]
fn a_bad_configuration_never_costs_a_text() {
    let onward = Sandbox::new();
    onward.config("colour = \"never\"");
    // It is said before anything is read: what is in the pipe stays with who filled it.
    let outcome = onward.call(["write"]).stdin("Called Aunt.").run();
    assert_eq!(outcome.status, 1, "{outcome}");
    assert!(outcome.stderr.contains("did you mean color"), "{outcome}");
    assert!(!onward.journal().exists());
}

#[test]
fn no_journal_by_an_empty_name() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["list", "--journal", ""]), @"
    exit: 2
    ----- stderr -----
    error: --journal needs the path of a file
    ");
    // A variable that is set to nothing is one that is not set.
    let saved = "Saved #1 for Sunday 22 November (Tip 1, No calls, no texts).\n";
    onward
        .call(["write", "One."])
        .env("ONWARD_JOURNAL", "")
        .env("ONWARD_CONFIG", "")
        .run()
        .said(0, saved);
    assert!(onward.journal().exists());
    let list = ["list", "--journal", "other.db"];
    let other = onward.call(list).env("ONWARD_JOURNAL", "").run();
    assert_eq!(other.status, 3, "{other}");
    onward
        .run(["list", "--config", ""])
        .said(2, "error: --config needs the path of a file\n");
}

#[test]
fn a_journal_without_a_folder_lies_where_one_is() {
    let onward = Sandbox::new();
    onward.ok(["write", "One.", "--journal", "here.db"]);
    assert!(onward.home().join("here.db").exists());
    assert!(!onward.home().join("here.db.drafts").exists());
}
