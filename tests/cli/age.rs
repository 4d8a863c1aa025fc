//! Exports that are encrypted, and bringing them in: what is asked and said, that nothing of an
//! encrypted journal comes to lie open unasked, and that the `age` tool agrees.
//!
//! That each form comes back whole is in `there_and_back`, what is wrong with damaged files in
//! `crates/formats/src/age.rs`.

use std::fs;
use std::path::Path;

use crate::sandbox::{Call, Sandbox, command};
use crate::sealed;
use crate::tools::have;

const COMMAND: &str = "ONWARD_PASSPHRASE_COMMAND";

/// A journal with two pages, where nobody says a passphrase but whoever is asked.
fn plain() -> Sandbox {
    let mut onward = Sandbox::new();
    for (name, _) in sealed::variables() {
        onward.unset(name);
    }
    onward.set("ONWARD_TRIAL_KEYS", "1");
    onward.ok(["write", "The first. #river", "--on", "2026-11-20"]);
    onward.ok(["write", "The second.", "--mood", "3"]);
    onward
}

#[cfg(feature = "encryption")]
fn encrypted() -> Sandbox {
    let onward = plain();
    let outcome = onward
        .call(["encrypt", "-q"])
        .env(COMMAND, "echo open")
        .run();
    assert_eq!(outcome.status, 0, "{outcome}");
    onward
}

/// What lies in the home directory besides the journal's folder.
fn files(onward: &Sandbox) -> Vec<String> {
    let found = fs::read_dir(onward.home()).expect("readable").flatten();
    let mut names: Vec<String> = found
        .map(|found| found.file_name().to_string_lossy().into_owned())
        .filter(|name| !matches!(name.as_str(), ".local" | "Library"))
        .collect();
    names.sort();
    names
}

trait Given {
    /// With a line in descriptor 7.
    fn given(self, line: &str) -> Self;
}

impl Given for Call<'_> {
    fn given(self, line: &str) -> Self {
        self.shell(&format!("exec \"$@\" 7<<'END'\n{line}\nEND\n"))
    }
}

/// Whether the `age` tool is there.
fn have_age(test: &str) -> bool {
    ["age", "age-keygen"].iter().all(|tool| have(tool, test))
}

#[cfg(feature = "encryption")]
#[test]
fn nothing_of_an_encrypted_journal_lies_open_unasked() {
    let onward = encrypted();
    // Refused before anybody is asked for anything.
    let alone = |call: &[&str]| onward.call(call).through(["setsid", "-w"]).run();
    insta::assert_snapshot!(alone(&["export", "--to", "jsonl"]), @"
    exit: 2
    ----- stderr -----
    error: the journal is encrypted, and the export would not be
    hint: add --encrypt to give it a passphrase too, or --plain to leave it readable for anyone
    ");
    insta::assert_snapshot!(alone(&["export", "--to", "markdown", "-o", "pages"]), @"
    exit: 2
    ----- stderr -----
    error: the journal is encrypted, and the export would not be
    hint: add --plain to leave it readable for anyone, or take a form that is one file, with --encrypt
    ");
    insta::assert_snapshot!(alone(&["export", "--to", "markdown", "--encrypt"]), @"
    exit: 2
    ----- stderr -----
    error: --to markdown makes a folder, and only a file can be encrypted
    hint: take a form that is one file: jsonl, or html to read
    ");
    // A file is a file, whoever opened it.
    let stdout = |to: &str| {
        onward
            .call(["export", "--to", "json", "-o", "-"])
            .env(COMMAND, "echo open")
            .shell(&format!("\"$@\" {to}"))
            .run()
    };
    let refused = stdout("> kept");
    assert_eq!(refused.status, 2, "{refused}");
    assert_eq!(fs::read(onward.home().join("kept")).expect("there"), b"");
    fs::remove_file(onward.home().join("kept")).expect("removed");
    let piped = stdout("| cat");
    assert!(piped.stdout.contains("The second."), "{piped}");
    assert_eq!(files(&onward), [""; 0]);

    let said = onward
        .call(["export", "--to", "csv", "--plain"])
        .env(COMMAND, "echo open")
        .run();
    insta::assert_snapshot!(said, @"
    exit: 0
    ----- stderr -----
    Exported 2 entries to onward-2026-11-22.csv.
    ");
    for both in [
        &["--plain", "--encrypt"][..],
        &["--plain", "--recipient", "age1"],
    ] {
        let call = ["export", "--to", "csv"].iter().chain(both);
        assert_eq!(alone(&call.copied().collect::<Vec<_>>()).status, 2);
    }
}

#[cfg(feature = "encryption")]
#[test]
fn a_passphrase_of_its_own_on_a_terminal() {
    let onward = encrypted();
    let mut terminal = onward
        .call(["export", "--to", "jsonl", "--encrypt"])
        .in_terminal(80);
    terminal
        .expect("Passphrase: ")
        .keys("open\n")
        .expect("New passphrase: ")
        .keys("by the old mill\n")
        .expect("Once more: ")
        .keys("by the old mill\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 0
    ----- screen -----
    Passphrase: 
    The export opens with this passphrase only; it need not be the journal's.
    New passphrase: 
    Once more: 
    Exported 2 entries to onward-2026-11-22.jsonl.age, encrypted.
    ");
    let made = fs::read(onward.home().join("onward-2026-11-22.jsonl.age")).expect("there");
    assert!(!made.windows(5).any(|part| part == b"first"));

    let other = plain();
    let file = onward.home().join("onward-2026-11-22.jsonl.age");
    let import = ["import".as_ref(), file.as_os_str()];
    let before = fs::read(other.journal()).expect("there");
    let mut terminal = other.call(import).folder(&onward.home()).in_terminal(120);
    for question in ["jsonl.age: ", "2 tries left.", "once more."] {
        terminal
            .expect(question)
            .wait_for_echo(false)
            .keys("open\n");
    }
    let screen = terminal.end(&onward);
    insta::assert_snapshot!(screen, @"
    exit: 4
    ----- screen -----
    Passphrase of <sandbox>/home/onward-2026-11-22.jsonl.age: 
    That does not open it; 2 tries left.
    Passphrase of <sandbox>/home/onward-2026-11-22.jsonl.age: 
    That does not open it; once more.
    Passphrase of <sandbox>/home/onward-2026-11-22.jsonl.age: 
    error: <sandbox>/home/onward-2026-11-22.jsonl.age: that passphrase does not open it
    hint: mind capital letters and the keyboard's layout; if you are sure of it, the file may be damaged
    ");
    assert!(fs::read(other.journal()).expect("there") == before);
    let mut terminal = other
        .call(["import", "onward-2026-11-22.jsonl.age"])
        .folder(&onward.home())
        .in_terminal(80);
    terminal.expect("jsonl.age: ").keys("by the old mill\n");
    let screen = terminal.end(&other);
    assert_eq!(screen.status, 0, "{screen}");
    assert!(
        screen.text.contains("is an export of onward, encrypted."),
        "{screen}"
    );
    assert_eq!(other.texts().len(), 4);
}

#[test]
fn nothing_is_left_where_somebody_thinks_better_of_it() {
    let onward = plain();
    let asked = ["New passphrase: ", "Once more: ", "are not the same."];
    for keys in [&["\x03"][..], &["\x04"], &["one\n", "two\n", "\x03"]] {
        let mut terminal = onward
            .call(["export", "--to", "csv", "--encrypt"])
            .in_terminal(80);
        for (question, keys) in asked.iter().zip(keys) {
            terminal.expect(question).wait_for_echo(false).keys(keys);
        }
        let screen = terminal.end(&onward);
        assert!([4, 130].contains(&screen.status), "{keys:?}: {screen}");
        assert!(screen.echoes, "{screen}");
        assert_eq!(files(&onward), [""; 0], "{keys:?}");
    }
    // A place that is taken is said before a passphrase is thought up.
    fs::write(onward.home().join("taken"), "").expect("written");
    let call = ["export", "--to", "csv", "--encrypt", "-o", "taken"];
    let outcome = onward.call(call).through(["setsid", "-w"]).run();
    insta::assert_snapshot!(outcome, @"
    exit: 1
    ----- stderr -----
    error: cannot write taken: it is there already
    hint: replace it with --force, or name another with -o
    ");
}

#[test]
fn from_descriptors_and_for_keys() {
    let onward = plain();
    let export = [
        "export",
        "--to",
        "csv",
        "--encrypt",
        "--new-passphrase-fd",
        "7",
    ];
    let json = [&export[..], &["--json", "-o", "one"]].concat();
    insta::assert_snapshot!(onward.call(json).given("by the mill").run(), @r#"
    exit: 0
    ----- stdout -----
    {"export":{"path":"one","format":"csv","entries":2,"files":1,"encrypted":true}}
    ----- stderr -----
    Exported 2 entries to one, encrypted.
    "#);
    let empty = onward.call(export).given("").run();
    assert_eq!(empty.status, 2, "{empty}");
    let import = ["import", "one", "--file-passphrase-fd", "7"];
    insta::assert_snapshot!(onward.call(import).given("by the mill").run(), @"
    exit: 0
    ----- stdout -----
    Read 2 entries: 2 already there.
    ----- stderr -----
    one is a table of entries, encrypted.
    ");
    let wrong = onward.call(import).given("by the old mill").run();
    assert_eq!(wrong.status, 4, "{wrong}");
    // The lines of two descriptors are not mixed up.
    let outcome = onward
        .call(["export", "--to", "text", "--encrypt", "-o", "-", "-q"])
        .env(COMMAND, "echo for the export")
        .shell("\"$@\" > piped")
        .run();
    assert_eq!(outcome.status, 0, "{outcome}");
    let piped = ["import", "piped", "--file-passphrase-fd", "7", "--dry-run"];
    let outcome = onward.call(piped).given("for the export").run();
    assert_eq!(outcome.status, 0, "{outcome}");
    for (key, status) in [
        ("age1", 2),
        ("AGE-SECRET-KEY-1XYZ", 2),
        ("ssh-ed25519 A", 2),
    ] {
        let outcome = onward.run(["export", "--to", "csv", "--recipient", key]);
        assert_eq!(outcome.status, status, "{outcome}");
        assert!(!outcome.stderr.contains("XYZ"), "{outcome}");
    }
    assert_eq!(files(&onward), ["one", "piped"]);
}

#[test]
fn files_that_are_damaged_add_nothing() {
    let onward = plain();
    let export = [
        "export",
        "--to",
        "csv",
        "--encrypt",
        "--new-passphrase-fd",
        "7",
        "-o",
        "x",
    ];
    let outcome = onward.call(export).given("open").run();
    assert_eq!(outcome.status, 0, "{outcome}");
    let file = fs::read(onward.home().join("x")).expect("there");
    let other = plain();
    let before = other.texts();
    let import = ["import", "x", "--file-passphrase-fd", "7"];
    let try_with = |bytes: &[u8]| {
        fs::write(other.home().join("x"), bytes).expect("written");
        other.call(import).given("open").run()
    };
    let last = file.len() - 1;
    for (name, at) in [("mark", 21), ("work", 50), ("proof", 130), ("text", last)] {
        let mut turned = file.clone();
        turned[at] ^= 1;
        let outcome = try_with(&turned);
        assert!([1, 4].contains(&outcome.status), "{name}: {outcome}");
        assert!(
            outcome.stderr.starts_with("error: ") || name == "text",
            "{outcome}"
        );
    }
    let mut turned = file.clone();
    turned[last] ^= 1;
    insta::assert_snapshot!(try_with(&turned), @"
    exit: 1
    ----- stderr -----
    error: cannot read x
    caused by: it was damaged or cut off after it was encrypted
    ");
    insta::assert_snapshot!(try_with(&file[..last]), @"
    exit: 1
    ----- stderr -----
    error: cannot read x
    caused by: it was damaged or cut off after it was encrypted
    ");
    insta::assert_snapshot!(try_with(&file[..100]), @"
    exit: 1
    ----- stderr -----
    error: x: it is encrypted, and its beginning is damaged or its end missing
    ");
    let line = format!("age-encryption.org/v1\n-> scrypt {} 40\n", "A".repeat(22));
    let trap = format!(
        "{line}{}\n--- {}\n{}",
        "A".repeat(43),
        "A".repeat(43),
        "A".repeat(99)
    );
    insta::assert_snapshot!(try_with(trap.as_bytes()), @"
    exit: 1
    ----- stderr -----
    error: x: to open it would take too much work and memory: scrypt with 2^40, where 2^20 is the most
    ");
    assert_eq!(other.texts(), before);
    assert_eq!(try_with(&file).status, 0);
}

/// Runs the `age` tool with a keyboard: it asks for passphrases on the terminal alone.
fn age_in_terminal(onward: &Sandbox, words: &str, asks: &[(&str, &str)]) {
    let mut terminal = onward
        .call(["list"])
        .shell(&format!("exec age {words}"))
        .in_terminal(80);
    for (question, answer) in asks {
        terminal.expect(question).wait_for_echo(false).keys(answer);
    }
    let screen = terminal.end(onward);
    assert_eq!(screen.status, 0, "{screen}");
}

fn contents(onward: &Sandbox, name: &str) -> Vec<u8> {
    fs::read(onward.home().join(name)).expect("there")
}

#[test]
fn the_age_tool_opens_what_is_exported() {
    if !have_age("the_age_tool_opens_what_is_exported") {
        return;
    }
    let onward = plain();
    onward.ok(["export", "--to", "csv", "-o", "plain"]);
    let plain = contents(&onward, "plain");
    let call = [
        "export",
        "--to",
        "csv",
        "--encrypt",
        "--new-passphrase-fd",
        "7",
        "-o",
        "one",
    ];
    let outcome = onward.call(call).given("by the caf\u{e9}").run();
    assert_eq!(outcome.status, 0, "{outcome}");
    let asks = [("Enter passphrase", "by the caf\u{e9}\n")];
    age_in_terminal(&onward, "--decrypt -o one.csv one", &asks);
    assert!(contents(&onward, "one.csv") == plain);

    let keys = keys(&onward, &["a", "b", "c"]);
    let call = [
        "export",
        "--to",
        "csv",
        "-o",
        "two",
        "--recipient",
        &keys[0],
    ];
    let call = [&call[..], &["--recipient", &keys[1]]].concat();
    insta::assert_snapshot!(onward.run(call), @"
    exit: 0
    ----- stderr -----
    Exported 2 entries to two, encrypted for 2 keys.
    ");
    for (key, opens) in [("a", true), ("b", true), ("c", false)] {
        let tried = age(&onward.home(), &["--decrypt", "-i", key, "two"]);
        assert_eq!(tried.status.success(), opens, "{key}");
        assert!(!opens || tried.stdout == plain);
    }
}

/// Makes keys in files of these names; returns the public ones.
fn keys(onward: &Sandbox, names: &[&str]) -> Vec<String> {
    let make = |name: &&str| {
        let keygen = |words: &[&str]| {
            let ran = command("age-keygen")
                .args(words)
                .current_dir(onward.home())
                .output();
            String::from_utf8(ran.expect("ran").stdout).expect("text")
        };
        keygen(&["-o", name]);
        keygen(&["-y", name]).trim().to_owned()
    };
    names.iter().map(make).collect()
}

fn age(folder: &Path, words: &[&str]) -> std::process::Output {
    command("age")
        .args(words)
        .current_dir(folder)
        .output()
        .expect("ran")
}

#[test]
fn what_the_age_tool_made_is_brought_in() {
    if !have_age("what_the_age_tool_made_is_brought_in") {
        return;
    }
    let onward = plain();
    onward.ok(["export", "--to", "dayone", "-o", "plain"]);
    let passphrase = [
        ("Enter passphrase", "by the mill\n"),
        ("Confirm", "by the mill\n"),
    ];
    age_in_terminal(&onward, "--encrypt -p -o one plain", &passphrase);
    age_in_terminal(&onward, "--encrypt -p -a -o letters plain", &passphrase);
    let keys = keys(&onward, &["key", "other"]);
    assert!(
        age(&onward.home(), &["-r", &keys[0], "-o", "two", "plain"])
            .status
            .success()
    );
    assert!(
        age(
            &onward.home(),
            &["-a", "-r", &keys[0], "-o", "three", "plain"]
        )
        .status
        .success()
    );
    age_in_terminal(&onward, "-p -o locked key", &passphrase);
    let from = |call: &[&str]| {
        let mut other = plain();
        other.set("ONWARD_TRIAL_KEYS", "1");
        let call = [&["import"], call].concat();
        let outcome = other
            .call(call)
            .given("by the mill")
            .folder(&onward.home())
            .run();
        (outcome, other.texts().len())
    };
    for call in [
        &["one", "--file-passphrase-fd", "7"][..],
        &["letters", "--file-passphrase-fd", "7"],
        &["two", "--identity", "key"],
        &["three", "-i", "other", "-i", "key"],
        &["two", "-i", "locked", "--file-passphrase-fd", "7"],
    ] {
        let (outcome, entries) = from(call);
        assert_eq!((outcome.status, entries), (0, 4), "{call:?} {outcome}");
    }
    insta::assert_snapshot!(from(&["two"]).0, @"
    exit: 4
    ----- stderr -----
    error: two: it is encrypted for a key
    hint: name the file that has the key with --identity
    ");
    insta::assert_snapshot!(from(&["two", "-i", "other"]).0, @"
    exit: 4
    ----- stderr -----
    error: two: none of the keys opens it
    ");
    insta::assert_snapshot!(from(&["two", "-i", "plain"]).0, @"
    exit: 1
    ----- stderr -----
    error: plain: it holds other things than secret keys of age (AGE-SECRET-KEY-1…)
    ");
}
