//! What is out of sight: nothing that any command says with any flag shows a word of an entry
//! that is away or of a letter that is sealed, except what is asked to bring them back.
//!
//! The commands and flags come from the program itself, so that a new one is tried as soon as
//! it is there. That the tries mean something is tested too: every flag takes part in a call
//! that succeeds, and of the commands that show what is written each shows it in the same calls
//! once it is in sight.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::sandbox::Sandbox;

/// Words that stand nowhere but in what is out of sight, and one much like each that can be
/// searched for without being printed back.
const CANARIES: [&str; 5] = [
    "quillfeather",
    "marmalade",
    "zanzibar",
    "obelisk",
    "tarpaulin",
];
const NEAR: [&str; 2] = ["quillfeathr", "marmalde"];

/// The commands that show something of what is written. Every other is in [`SHOW_NOTHING`]; a
/// new one has to be put into one of the two.
const SHOW: &[&str] = &[
    "", "today", "show", "list", "search", "tips", "edit", "delete", "restore", "trash",
    "history", "review", "export", "begin", "reason", "urge", "letter", "contact", "stats",
];
/// The commands that never show any of it, in sight or not.
const SHOW_NOTHING: &[&str] = &[
    "write",
    "undo",
    "redo",
    "import",
    "backup",
    "restore-backup",
    "doctor",
    "encrypt",
    "decrypt",
    "passphrase",
    "unlock",
    "lock",
    "deck",
    "deck list",
    "deck check",
    "deck use",
    "deck new",
    "contact since",
    "contact log",
    "contact hide",
    "contact show",
    "away",
];

/// What no call here succeeds with: drafts are a person's own unsaved words, and what is purged
/// by its age needs two more flags.
const NOT_DONE: &[&str] = &[
    // No build without age takes the flag.
    #[cfg(not(feature = "age"))]
    "import --identity",
    "trash --older-than",
    "write --discard-draft",
    "write --resume",
];

/// The commands that need a passphrase, or a terminal to ask for one: whether they succeed
/// depends on the journal.
const OF_PASSPHRASES: [&str; 5] = ["encrypt", "decrypt", "passphrase", "unlock", "lock"];

/// A key of the `age` tool, which opens nothing but what is made here.
const SECRET: &str =
    "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
const PUBLIC: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

/// Flags that ask for less than everything.
const FILTERS: [&str; 10] = [
    "--from",
    "--until",
    "--on",
    "--tip",
    "--tag",
    "--not-tag",
    "--mood",
    "--kind",
    "--starred",
    "--free",
];

/// What is asked by name, and may show what it is asked for.
fn is_asked_for(call: &[String]) -> bool {
    let has = |word: &str| call.iter().any(|one| one == word);
    let named = match call.first().map_or("", String::as_str) {
        "letter" => has("--open") && (has("--yes") || has("-y")),
        // The program's own form carries everything, so that nothing is lost by moving; but
        // not where less is asked for.
        "export" => has("jsonl") && !FILTERS.iter().any(|flag| has(flag)),
        _ => false,
    };
    // What a call prints because it was typed in the call is no leak.
    named
        || call
            .iter()
            .any(|one| CANARIES.iter().any(|canary| one.contains(canary)))
}

/// A journal with entries of every kind in sight, and more of every kind that are not, one of
/// them in the trash.
fn journal() -> Sandbox {
    let mut onward = Sandbox::new();
    let mut at = |now: &str, call: &[&str]| {
        onward.now(&format!("{now}:00+00:00"));
        onward.ok(call);
    };
    at(
        "2025-11-22T21:00",
        &["write", "A year ago, at the river. #walk", "--mood", "3"],
    );
    at(
        "2025-11-22T21:10",
        &[
            "write",
            "A year ago quillfeather, out of sight. #tarpaulin",
            "--tip",
            "1",
        ],
    );
    at(
        "2026-10-01T21:00",
        &["write", "An answer, in sight.", "--tip", "1", "--star"],
    );
    at(
        "2026-11-20T21:00",
        &[
            "write",
            "Again the quillfeather marmalade, out of sight.\n\nmarmalade",
            "--tip",
            "1",
            "--tag",
            "tarpaulin",
            "--mood",
            "1",
            "--star",
        ],
    );
    let sealed = ["--open-on", "2027-01-01"];
    at(
        "2026-11-20T21:05",
        &[
            "letter",
            "Dear zanzibar, out of sight. #tarpaulin",
            sealed[0],
            sealed[1],
        ],
    );
    at(
        "2026-11-20T21:06",
        &[
            "letter",
            "Thrown away zanzibar, out of sight.",
            sealed[0],
            sealed[1],
        ],
    );
    at("2026-11-20T21:07", &["undo"]);
    at(
        "2026-11-21T21:00",
        &["reason", "Because of the obelisk out of sight."],
    );
    let again = "Again the quillfeather, out of sight.\n\nmarmalade #walk";
    at("2026-11-21T21:01", &["edit", "4", "--text", again]);
    at(
        "2026-11-22T20:00",
        &["write", "Today, in sight. #walk", "--mood", "4"],
    );
    at(
        "2026-11-22T20:10",
        &["away", "--tag", "tarpaulin", "--until", "2027-03-01"],
    );
    at(
        "2026-11-22T20:11",
        &["begin", "--answer", "1=The obelisk alone, out of sight."],
    );
    at(
        "2026-11-22T20:12",
        &["urge", "A zanzibar song out of sight", "--strength", "7"],
    );
    at(
        "2026-11-22T20:13",
        &[
            "contact",
            "log",
            "--by",
            "them",
            "About the obelisk out of sight.",
        ],
    );
    at(
        "2026-11-22T20:14",
        &["letter", "Open, about marmalade out of sight."],
    );
    at(
        "2026-11-22T20:15",
        &[
            "write",
            "--week",
            "The quillfeather question, out of sight.",
        ],
    );
    at("2026-11-22T20:15", &["begin", "--answer", "2=In sight."]);
    at("2026-11-22T20:15", &["urge", "In sight", "--strength", "3"]);
    at("2026-11-22T20:15", &["letter", "In sight."]);
    at("2026-11-22T20:15", &["contact", "since", "2026-10-01"]);
    at("2026-11-22T20:15", &["write", "Free, in sight.", "--free"]);
    at("2026-11-22T20:15", &["write", "Thrown away."]);
    at("2026-11-22T20:15", &["delete", "19", "--yes"]);
    at(
        "2026-11-22T20:16",
        &["write", "The last obelisk, out of sight."],
    );
    at(
        "2026-11-22T20:16",
        &["away", "7", "9", "10", "11", "12", "13", "20"],
    );
    at("2026-11-22T20:17", &["edit", "8", "--mood", "5"]);
    at("2026-11-22T20:17", &["undo"]);
    onward.now(crate::sandbox::NOW);
    onward
}

/// The same journal with all of it in sight, but for what is in the trash.
fn in_sight() -> Sandbox {
    let onward = journal();
    onward.ok(["away", "--return"]);
    onward.ok(["restore", "6"]);
    for letter in ["5", "6"] {
        onward.ok(["letter", "--open", letter, "--yes"]);
    }
    onward.ok(["delete", "6", "--yes"]);
    onward
}

/// Files that commands are given.
struct Files {
    /// Of another program.
    other: PathBuf,
    /// Everything there is in the journal.
    own: PathBuf,
    /// A backup of another journal.
    backup: PathBuf,
    /// A deck.
    deck: PathBuf,
    /// A secret key.
    key: PathBuf,
    /// The beginning of the id of an entry out of sight.
    id: String,
}

impl Files {
    fn of(onward: &Sandbox) -> Files {
        let own = onward.path("own.jsonl");
        onward.ok(["export", "--to", "jsonl", "-o", &own.display().to_string()]);
        let lines = fs::read_to_string(&own).expect("read");
        let id = |line: serde_json::Value| {
            let is_asked = line["entry"]["number"] == 2;
            is_asked.then(|| line["entry"]["id"].as_str().expect("an id")[..18].to_owned())
        };
        let lines = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        let files = Files {
            id: lines.filter_map(id).next().expect("entry 2"),
            other: onward.path("other.txt"),
            own,
            backup: onward.path("backup.db"),
            deck: onward.path("mine.toml"),
            key: onward.path("key.txt"),
        };
        fs::write(&files.key, SECRET).expect("written");
        fs::write(&files.other, "[2026-01-01 09:00] A title\nNothing here.\n")
            .expect("written");
        let another = Sandbox::new();
        another.ok(["write", "Nothing here."]);
        another.ok(["backup", &files.backup.display().to_string()]);
        onward.ok(["deck", "new", "mine"]);
        let deck = onward.home().join(".config/onward/decks/mine.toml");
        fs::copy(deck, &files.deck).expect("copied");
        files
    }
}

/// Values to try for a flag or an argument, by what the help calls it. Whoever gives it a new
/// name says here what can stand there: a value that is refused would try nothing.
fn values(command: &str, argument: &clap::Arg, files: &Files) -> Vec<String> {
    let possible = argument.get_possible_values();
    if !possible.is_empty() {
        return possible
            .iter()
            .map(|value| value.get_name().to_owned())
            .collect();
    }
    let name = argument
        .get_value_names()
        .and_then(|names| names.first())
        .map(|name| name.to_string())
        .unwrap_or_default();
    let of = |values: &[&str]| values.iter().map(|value| value.to_string()).collect();
    let path = |path: &Path| path.display().to_string();
    match (command, name.as_str()) {
        ("restore", "ENTRY") => of(&["6", "1", "19", "last", "2026-11-20"]),
        (_, "ENTRY") => of(&[
            "1",
            "2",
            "5",
            "7",
            "#4",
            "6",
            "9",
            "10",
            "11",
            "12",
            "13",
            "last",
            "2026-11-20",
            "2025-11-22",
            "today",
            &files.id,
        ]),
        ("letter" | "away", "DAY") => of(&["2027-02-01", "2026-11-20", "2025-11-22"]),
        (_, "DAY") => of(&["2026-11-20", "2025-11-22", "2026-11-22"]),
        (_, "N") => of(&["1", "2", "4", "5", "7", "week/1"]),
        (_, "TAG") => of(&["walk", "sleep"]),
        (_, "MOOD") => of(&["1..5", "1", "4"]),
        (_, "1-5" | "1-10") => of(&["1", "4"]),
        (_, "KIND") => of(&["page", "letter", "reason", "urge", "contact"]),
        (_, "WORDS") => of(&["sight", "river", NEAR[0], NEAR[1], "answer", "again"]),
        (_, "PERIOD") => of(&["week", "month", "year", "2025-01-01..today", "2026-11-20"]),
        (_, "YEAR") => of(&["2026", "2025"]),
        (_, "AGE") => of(&["1d"]),
        (_, "WHEN") => of(&["always"]),
        (_, "TEXT" | "NOTE") => of(&["some words", "1"]),
        (_, "N=TEXT") => of(&["1=Some words.", "no-guarantee=Some words."]),
        (_, "WHO") => of(&["me", "them"]),
        ("urge", "HOW") => of(&["passed", "letter", "practice", "still", "contact"]),
        ("contact log", "HOW") => of(&["call", "text", "met", "online", "other"]),
        ("export", "FORMAT") => {
            of(&["jsonl", "json", "markdown", "csv", "text", "dayone", "html"])
        }
        ("import", "FORMAT") => of(&["jrnl", "onward"]),
        ("import", "FILE") if argument.get_long() == Some("identity") => vec![path(&files.key)],
        ("import", "FILE") => vec![path(&files.other), path(&files.own)],
        ("export", "KEY") => of(&[PUBLIC]),
        ("unlock", "TIME") => of(&["15m"]),
        ("import", "ZONE") => of(&["+02:00"]),
        ("import", "PATTERN") => of(&["%Y-%m-%d"]),
        (_, "TIME") => of(&["09:00"]),
        ("restore-backup", "FILE") => vec![path(&files.backup)],
        ("deck check", "FILE") => vec![path(&files.deck), "walk-away".to_owned()],
        ("deck new", "SLUG") => of(&["yours"]),
        (_, "SLUG") => of(&["walk-away", "mine"]),
        ("export" | "backup", "PATH") => vec![path(&files.other.with_file_name("home/made"))],
        (command, name) => panic!("what can stand for {name} in onward {command}?"),
    }
}

/// Flags of every command that say nothing of what it shows.
const ELSEWHERE: [&str; 6] = [
    "--help",
    "--version",
    "--journal",
    "--config",
    "--json",
    "--no-pager",
];

/// The ways to call a command with at most two of its flags: each argument alone, each flag with
/// all its values, and the first of everything together.
fn calls(command: &clap::Command, path: &[String], files: &Files) -> Vec<Vec<String>> {
    let name = path.join(" ");
    let mut places: Vec<Vec<Vec<String>>> = Vec::new();
    let mut required: Vec<Vec<String>> = Vec::new();
    let mut flags: Vec<Vec<Vec<String>>> = Vec::new();
    for argument in command.get_arguments() {
        let one = |value: String| vec![value];
        if argument.is_positional() {
            places.push(
                values(&name, argument, files)
                    .into_iter()
                    .map(one)
                    .collect(),
            );
            continue;
        }
        let Some(long) = argument.get_long() else {
            continue;
        };
        let long = format!("--{long}");
        // What is read from a descriptor that nobody writes to never ends.
        if ELSEWHERE.contains(&long.as_str()) || long.ends_with("-fd") {
            continue;
        }
        let given: Vec<Vec<String>> = match argument.get_action().takes_values() {
            true => values(&name, argument, files)
                .into_iter()
                .map(|value| vec![long.clone(), value])
                .collect(),
            false => vec![vec![long]],
        };
        match argument.is_required_set() {
            true => required.extend(given),
            false => flags.push(given),
        }
    }
    let mut calls = Vec::new();
    let mut add = |parts: &[&Vec<String>]| {
        let mut call = path.to_vec();
        parts
            .iter()
            .for_each(|part| call.extend(part.iter().cloned()));
        calls.push(call);
    };
    let none = Vec::new();
    // What has to be there is there.
    let positions: Vec<&Vec<String>> = match required.is_empty() {
        true => places.iter().flatten().chain([&none]).collect(),
        false => required.iter().collect(),
    };
    for (at, &position) in positions.iter().enumerate() {
        add(&[position]);
        for flag in &flags {
            let values = match at {
                _ if at == 0 || position.is_empty() => flag.len(),
                1..=3 => 1,
                _ => 0,
            };
            flag[..values]
                .iter()
                .for_each(|flag| add(&[position, flag]));
        }
    }
    // Two flags together, each with its first value.
    for (at, one) in flags.iter().enumerate() {
        for other in &flags[at + 1..] {
            let position = places.first().map_or(positions[0], |values| &values[0]);
            add(&[position, &one[0], &other[0]]);
            if required.is_empty() {
                add(&[&one[0], &other[0]]);
            }
        }
    }
    calls
}

/// The calls of every command by its name, which is empty for the daily page.
fn all_calls(files: &Files) -> Vec<(String, Vec<Vec<String>>)> {
    fn walk(
        command: &clap::Command,
        path: &[String],
        files: &Files,
        all: &mut Vec<(String, Vec<Vec<String>>)>,
    ) {
        for sub in command.get_subcommands() {
            let path = [path, &[sub.get_name().to_owned()]].concat();
            all.push((path.join(" "), calls(sub, &path, files)));
            walk(sub, &path, files, all);
        }
    }
    let mut all = vec![(String::new(), vec![Vec::new()])];
    walk(&onward::command(), &[], files, &mut all);
    all
}

/// What was written into a folder, but for hidden ones, which is gone then.
fn written(folder: &Path) -> String {
    let mut said = String::new();
    for found in fs::read_dir(folder).expect("there") {
        let path = found.expect("readable").path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'))
        {
            continue;
        }
        if path.is_dir() {
            said.push_str(&written(&path));
            fs::remove_dir_all(&path).expect("removed");
            continue;
        }
        let bytes = fs::read(&path).expect("readable");
        // A backup is the journal as it is, and leaves nothing behind.
        if bytes.starts_with(b"SQLite format 3") {
            fs::remove_file(&path).expect("removed");
            continue;
        }
        if bytes.starts_with(b"PK") {
            let file = fs::File::open(&path).expect("opened");
            let mut archive = zip::ZipArchive::new(file).expect("an archive");
            for at in 0..archive.len() {
                let file = archive.by_index(at).expect("a file");
                said.push_str(&std::io::read_to_string(file).unwrap_or_default());
            }
        }
        said.push_str(&String::from_utf8_lossy(&bytes));
        fs::remove_file(&path).expect("removed");
    }
    said.to_lowercase()
}

/// Has everything as it was: the journal alone, and no configuration.
fn restore(kept: &Path, onward: &Sandbox) {
    let journal = onward.journal();
    let folder = journal.parent().expect("a folder");
    for found in fs::read_dir(folder).expect("there") {
        let path = found.expect("readable").path();
        let _ = match path.is_dir() {
            true => fs::remove_dir_all(path),
            false => fs::remove_file(path),
        };
    }
    fs::copy(kept, onward.journal()).expect("copied");
    let _ = fs::remove_file(onward.home().join(".config/onward/config.toml"));
}

/// What a call says, and what it leaves in the home folder.
fn said(onward: &Sandbox, call: &[String]) -> (i32, String) {
    let outcome = onward.call(call).env("EDITOR", "true").run();
    let mut said = format!("{}{}", outcome.stdout, outcome.stderr).to_lowercase();
    said.push_str(&written(&onward.home()));
    (outcome.status, said)
}

fn leak(said: &str) -> Option<&'static str> {
    CANARIES.into_iter().find(|canary| said.contains(canary))
}

#[test]
fn nothing_shows_what_is_out_of_sight() {
    let onward = journal();
    let files = Files::of(&onward);
    let kept: PathBuf = onward.path("kept.db");
    fs::copy(onward.journal(), &kept).expect("copied");
    // Only what writes leaves another journal behind.
    let reads = [
        "show", "list", "search", "tips", "review", "stats", "trash", "export",
    ];
    let mut refused = BTreeSet::new();
    let mut done = BTreeSet::new();
    for (name, calls) in all_calls(&files) {
        for call in calls {
            let of_command = |flag: &&String| flag.starts_with("--");
            let tried = call
                .iter()
                .filter(of_command)
                .cloned()
                .chain([String::new()]);
            let tried: Vec<String> = tried.map(|flag| format!("{name} {flag}")).collect();
            if !OF_PASSPHRASES.contains(&name.as_str()) {
                refused.extend(tried.iter().cloned());
            }
            if is_asked_for(&call) {
                done.extend(tried);
                continue;
            }
            // Two flags together choose, and JSON says the same of what is chosen.
            let alone = tried.len() <= 2;
            for json in [false, true].into_iter().take(1 + usize::from(alone)) {
                let mut call = call.clone();
                call.extend(json.then(|| "--json".to_owned()));
                let (status, said) = said(&onward, &call);
                assert_eq!(leak(&said), None, "onward {}\n{said:.9999}", call.join(" "));
                if status == 0 {
                    done.extend(tried.iter().cloned());
                }
                if !reads.contains(&name.as_str()) || call.contains(&"--purge".to_owned()) {
                    restore(&kept, &onward);
                }
            }
        }
    }
    let refused: Vec<&String> = refused.difference(&done).collect();
    assert_eq!(refused, NOT_DONE);
}

#[test]
fn the_same_calls_show_what_is_in_sight() {
    let onward = in_sight();
    let files = Files::of(&onward);
    let kept: PathBuf = onward.path("kept.db");
    fs::copy(onward.journal(), &kept).expect("copied");
    for (name, calls) in all_calls(&files) {
        let shows = SHOW.contains(&name.as_str());
        let shows_nothing = SHOW_NOTHING.contains(&name.as_str());
        assert!(
            shows != shows_nothing,
            "does onward {name} show what is written?"
        );
        let shown = calls
            .iter()
            .filter(|call| shows && !is_asked_for(call))
            .any(|call| {
                let (_, said) = said(&onward, call);
                restore(&kept, &onward);
                leak(&said).is_some()
            });
        assert_eq!(shown, shows, "onward {name}");
    }
}

/// Text that would act on a terminal: its title, its clipboard, its screen, its lines, the order
/// of its letters. Everything before it may pass as it is.
const ACTS: &str = "\ttab\x1b]0;title\x07\x1b]52;c;aGk=\x07\x1b[2J\u{9b}32m\rover\x08\x7f \u{202e}drow\u{2066}";

/// Of the commands that show what is written, those that show no text of it to a person, and
/// the one whose files have it byte for byte.
const SHOW_NO_TEXT: &[&str] = &["edit", "export", "stats"];

/// What is stored reaches a pipe in a form that does nothing: `| head`, `| less -R` and `| cat`
/// end on a terminal. Only what asks for the bytes gets them.
#[test]
fn nothing_that_is_stored_acts_through_a_pipe() {
    let onward = in_sight();
    for kind in ["page", "letter", "reason", "urge", "contact"] {
        let found = onward.json(["list", "--kind", kind, "--all"]);
        for entry in found["entries"].as_array().expect("a list") {
            let number = entry["number"].to_string();
            let whole = onward.json(["show", &number]);
            // The day that is counted from has no text.
            let Some(text) = whole["entries"][0]["text"].as_str() else {
                continue;
            };
            let text = format!("{ACTS} {text}\n{ACTS}");
            onward.ok(["edit", &number, "--text", &text]);
        }
    }
    onward.ok(["write", ACTS]);
    onward.ok(["delete", "last", "--yes"]);
    let files = Files::of(&onward);
    let kept: PathBuf = onward.path("kept.db");
    fs::copy(onward.journal(), &kept).expect("copied");
    let acts =
        |c: char| c.is_control() && !"\n\t".contains(c) || "\u{202e}\u{2066}".contains(c);
    let mut safe = BTreeSet::new();
    for (name, calls) in all_calls(&files) {
        let has = |call: &[String], flag: &str| call.iter().any(|word| word == flag);
        for call in calls {
            // Two flags together choose among the same ways to show it.
            let flags = call.iter().filter(|word| word.starts_with("--")).count();
            if flags > 1 || name == "export" || has(&call, "--raw") {
                continue;
            }
            let outcome = onward.call(&call).env("EDITOR", "true").run();
            let said = format!("{}{}", outcome.stdout, outcome.stderr);
            // `--color always` has codes of the program's own.
            let said = match has(&call, "--color") {
                true => strip_styles(&said),
                false => said,
            };
            assert!(!said.contains(acts), "onward {}\n{said:?}", call.join(" "));
            if said.contains('\u{241b}') {
                safe.insert(name.clone());
            }
            restore(&kept, &onward);
            let _ = written(&onward.home());
        }
    }
    let missing: Vec<&str> = SHOW
        .iter()
        .copied()
        .filter(|name| !safe.contains(*name))
        .collect();
    assert_eq!(missing, SHOW_NO_TEXT, "show no text of it");
    // Line ends, tabs and all that is ordinary come as they were typed.
    let ordinary = "  Two blanks,\ta tab. \n\n\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{1f469}\u{200d}\u{1f467} e\u{301}\u{a0}\u{feff}\n\n";
    onward.ok(["edit", "1", "--text", ordinary]);
    let shown = onward.ok(["show", "1"]).stdout;
    assert!(shown.ends_with(&format!("\n\n{ordinary}")), "{shown:?}");
    onward.ok(["edit", "1", "--text", ACTS]);
    assert_eq!(onward.ok(["show", "1", "--raw"]).stdout, ACTS);
}

/// A text without the codes for colours and weights.
fn strip_styles(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut bare = parts.next().unwrap_or("").to_owned();
    for part in parts {
        match part.split_once('m') {
            Some((code, rest)) if code.bytes().all(|b| b.is_ascii_digit() || b == b';') => {
                bare.push_str(rest);
            }
            _ => bare.push_str(&format!("\x1b[{part}")),
        }
    }
    bare
}

#[test]
fn the_page_in_the_editor_shows_nothing_either() {
    for (onward, shows) in [(journal(), false), (in_sight(), true)] {
        for call in [&["write", "--tip", "1"][..], &["edit", "3"]] {
            let editor = onward.script("editor", "cat \"$1\"; echo done >> \"$1\"");
            let terminal = onward.call(call).env("EDITOR", &editor).in_terminal(80);
            let screen = terminal.end(&onward);
            assert_eq!(screen.status, 0, "{screen}");
            let expected = shows && call[0] == "write";
            assert_eq!(
                leak(&screen.text.to_lowercase()).is_some(),
                expected,
                "{screen}"
            );
        }
    }
}

#[test]
fn counts_and_moods_say_nothing_of_it_either() {
    let onward = journal();
    let count = |call: &[&str]| {
        let call = [call, &["--count", "--json"]].concat();
        onward.run(call).json()["count"].clone()
    };
    for (call, in_sight) in [
        (&["list"][..], 4),
        (&["list", "--tag", "tarpaulin"], 0),
        (&["list", "--kind", "letter"], 1),
        (&["list", "--kind", "reason", "--kind", "urge"], 2),
        (&["list", "--mood", "1"], 0),
        (&["list", "--tip", "1"], 2),
        (&["search", "quillfeather"], 0),
        (&["search", "sight"], 5),
        (&["search", "out", "--kind", "letter"], 0),
    ] {
        assert_eq!(count(call), in_sight, "{call:?}");
    }
    // Three low days that are away make no day a low one.
    let mut onward = Sandbox::new();
    for day in ["17", "18", "19"] {
        onward.now(&format!("2026-11-{day}T21:30:00+00:00"));
        onward.ok(["write", "Low.", "--mood", "1", "--tag", "ex"]);
    }
    onward.now("2026-11-20T21:30:00+00:00");
    onward.ok(["away", "--tag", "ex"]);
    let prompt = onward.json(["today"])["today"]["prompt"].clone();
    assert_eq!(prompt["gentle"], false, "{prompt}");
    // And the journal seems to begin behind them.
    onward.ok(["write", "In sight, five words long."]);
    let stats = onward.json(["stats"])["stats"].clone();
    assert_eq!(
        (&stats["entries"], &stats["words"], &stats["first_day"]),
        (&1.into(), &5.into(), &"2026-11-20".into())
    );
    let before = onward.run(["review", "2026-11-01..2026-11-10"]);
    assert_eq!(
        before.stderr,
        "Your first page is of Friday 20 November 2026, later than this.\n"
    );
}

#[test]
fn what_is_asked_for_by_name_is_shown() {
    let onward = journal();
    // It is away as well as sealed.
    let away = onward.run(["letter", "--open", "5", "--yes"]);
    assert_eq!((away.status, away.stdout.as_str()), (3, ""));
    onward.ok(["away", "--return", "5"]);
    let sealed = onward.run(["show", "5"]);
    assert_eq!((sealed.status, sealed.stdout.as_str()), (3, ""));
    let letter = onward.ok(["letter", "--open", "5", "--yes"]);
    assert!(letter.stdout.contains("Dear zanzibar"), "{letter}");
    // Whoever moves on takes everything along.
    onward.ok(["undo"]);
    assert_eq!(onward.run(["show", "5"]).status, 3, "sealed again");
}

#[test]
fn it_is_all_there_again_when_its_day_comes() {
    let mut onward = journal();
    onward.now("2027-02-28T21:30:00+00:00");
    let out = onward.json(["away", "--list"]);
    assert_eq!(out["away"][0]["until"], "2027-03-01");
    onward.now("2027-03-01T21:30:00+00:00");
    let found = onward.json(["search", "quillfeather"]);
    assert_eq!(found["count"], 2);
    // The reasons have no day to come back on.
    assert!(!onward.ok(["reason"]).stdout.contains("obelisk"));
    onward.ok(["away", "--return"]);
    assert!(onward.ok(["reason"]).stdout.contains("obelisk"));
}
