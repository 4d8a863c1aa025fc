//! What is out of sight: nothing that any command says with any flag shows a word of an entry
//! that is away or of a letter that is sealed, except what is asked to bring them back.
//!
//! The commands and flags come from the program itself, so that a new one is tried as soon as
//! it is there.

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
    let named = match call[0].as_str() {
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

/// A journal with pages in sight and three entries that are not, and one in the trash.
fn journal() -> Sandbox {
    let mut onward = Sandbox::new();
    for (now, call) in [
        (
            "2025-11-22T21:00:00+00:00",
            &["write", "A year ago, at the river. #walk", "--mood", "3"][..],
        ),
        (
            "2025-11-22T21:10:00+00:00",
            &["write", "A year ago quillfeather. #tarpaulin", "--tip", "1"],
        ),
        (
            "2026-10-01T21:00:00+00:00",
            &["write", "An answer, in sight.", "--tip", "1", "--star"],
        ),
        (
            "2026-11-20T21:00:00+00:00",
            &[
                "write",
                "Again the quillfeather marmalade.\n\nmarmalade",
                "--tip",
                "1",
                "--tag",
                "tarpaulin",
                "--mood",
                "1",
                "--star",
            ],
        ),
        (
            "2026-11-20T21:05:00+00:00",
            &[
                "letter",
                "Dear zanzibar, #tarpaulin",
                "--open-on",
                "2027-01-01",
            ],
        ),
        (
            "2026-11-20T21:06:00+00:00",
            &["letter", "Thrown away zanzibar.", "--open-on", "2027-01-01"],
        ),
        ("2026-11-20T21:07:00+00:00", &["undo"]),
        (
            "2026-11-21T21:00:00+00:00",
            &["reason", "Because of the obelisk."],
        ),
        (
            "2026-11-21T21:01:00+00:00",
            &[
                "edit",
                "4",
                "--text",
                "Again the quillfeather.\n\nmarmalade #walk",
            ],
        ),
        (
            "2026-11-22T20:00:00+00:00",
            &["write", "Today, in sight. #walk", "--mood", "4"],
        ),
        (
            "2026-11-22T20:10:00+00:00",
            &["away", "--tag", "tarpaulin", "--until", "2027-03-01"],
        ),
        ("2026-11-22T20:11:00+00:00", &["away", "7"]),
    ] {
        onward.now(now);
        onward.ok(call);
    }
    onward.now(crate::sandbox::NOW);
    onward
}

/// Values to try for a flag or an argument, by what the help calls it.
fn values(name: &str, export: &Path) -> Vec<String> {
    let of = |values: &[&str]| values.iter().map(|value| value.to_string()).collect();
    match name {
        "ENTRY" | "ENTRIES" => of(&[
            "2",
            "#4",
            "5",
            "6",
            "7",
            "1",
            "last",
            "2026-11-20",
            "2025-11-22",
            "today",
        ]),
        "DAY" => of(&["2026-11-20", "2025-11-22", "2027-02-01"]),
        "TIME" => of(&["09:00"]),
        "N" => of(&["1", "2", "4", "5", "7"]),
        "TAG" => of(&["walk"]),
        "MOOD" | "1-5" => of(&["1", "1..5"]),
        "KIND" => of(&["page", "letter", "reason", "urge", "contact"]),
        "WORDS" => of(&["river", NEAR[0], NEAR[1], "answer", "sight"]),
        "PERIOD" => of(&["week", "month", "year", "2025-01-01..today", "2026-11-20"]),
        "YEAR" => of(&["2025", "2026"]),
        "AGE" => of(&["1d"]),
        "WHEN" => of(&["always"]),
        "FORMAT" => of(&["jsonl", "json", "markdown", "csv", "text", "dayone", "html"]),
        "PATH" | "FILE" => vec![export.display().to_string()],
        "WHO" => of(&["me"]),
        "HOW" => of(&["call", "passed"]),
        _ => of(&["1", "some words"]),
    }
}

/// Every way to call a command with at most two of its flags.
fn calls(command: &clap::Command, path: &[String], export: &Path) -> Vec<Vec<String>> {
    let mut places: Vec<Vec<Vec<String>>> = Vec::new();
    let mut required: Vec<Vec<String>> = Vec::new();
    let mut flags: Vec<Vec<Vec<String>>> = Vec::new();
    for argument in command.get_arguments() {
        let name = argument
            .get_value_names()
            .and_then(|names| names.first())
            .map(|name| name.to_string())
            .unwrap_or_default();
        if argument.is_positional() {
            let one = |value: String| vec![value];
            places.push(values(&name, export).into_iter().map(one).collect());
            continue;
        }
        let Some(long) = argument.get_long() else {
            continue;
        };
        let long = format!("--{long}");
        if ["--help", "--version", "--journal", "--config", "--json"].contains(&long.as_str()) {
            continue;
        }
        // What is read from a descriptor that nobody writes to never ends.
        if long.ends_with("-fd") {
            continue;
        }
        if argument.is_required_set() {
            required.extend(
                values(&name, export)
                    .into_iter()
                    .map(|v| vec![long.clone(), v]),
            );
            continue;
        }
        flags.push(match argument.get_action().takes_values() {
            true => values(&name, export)
                .into_iter()
                .map(|value| vec![long.clone(), value])
                .collect(),
            false => vec![vec![long]],
        });
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
    for &position in &positions {
        add(&[position]);
        for flag in flags.iter().flatten() {
            add(&[position, flag]);
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

/// Copies a journal with whatever lies beside it.
fn copy(from: &Path, to: &Path) {
    let folder = to.parent().expect("a folder");
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).expect("made");
    fs::copy(from, to).expect("copied");
}

#[test]
fn nothing_shows_what_is_out_of_sight() {
    let onward = journal();
    let kept: PathBuf = onward.path("kept.db");
    fs::copy(onward.journal(), &kept).expect("copied");
    let export = onward.path("other.txt");
    fs::write(&export, "2026-01-01 09:00 A title\nNothing here.\n").expect("written");
    let program = onward::command();
    let mut all = vec![Vec::new()];
    fn walk(
        command: &clap::Command,
        path: &[String],
        export: &Path,
        all: &mut Vec<Vec<String>>,
    ) {
        for sub in command.get_subcommands() {
            let path: Vec<String> = path
                .iter()
                .cloned()
                .chain([sub.get_name().to_owned()])
                .collect();
            all.extend(calls(sub, &path, export));
            walk(sub, &path, export, all);
        }
    }
    walk(&program, &[], &export, &mut all);
    // Only what writes leaves another journal behind.
    let reads = [
        "show", "list", "search", "tips", "review", "stats", "history", "trash",
    ];
    let (mut tried, mut shown) = (0, 0);
    for call in all {
        if !call.is_empty() && is_asked_for(&call) {
            continue;
        }
        for json in [false, true] {
            let mut call = call.clone();
            if json {
                call.push("--json".to_owned());
            }
            let outcome = onward.call(&call).env("EDITOR", "true").run();
            let mut said = format!("{}{}", outcome.stdout, outcome.stderr).to_lowercase();
            said.push_str(&written(&onward.home()));
            let leak = CANARIES.iter().find(|canary| said.contains(*canary));
            assert_eq!(leak, None, "onward {}\n{outcome}", call.join(" "));
            tried += 1;
            shown += usize::from(outcome.status == 0);
            if !call
                .first()
                .is_some_and(|verb| reads.contains(&verb.as_str()))
            {
                copy(&kept, &onward.journal());
            }
        }
    }
    assert!(tried > 500 && shown > 200, "{tried} tried, {shown} done");
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
    // The reason has no day to come back on.
    assert_eq!(onward.run(["reason"]).status, 3);
    onward.ok(["away", "--return"]);
    assert!(onward.ok(["reason"]).stdout.contains("obelisk"));
}
