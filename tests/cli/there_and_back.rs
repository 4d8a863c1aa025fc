//! A whole journal out in a form and into an empty journal: what the form carries comes back.

use std::fmt::Write;
use std::fs;

use serde_json::{Value, json};

use crate::sandbox::{Sandbox, write};

/// How many entries; some days have none, some several.
const ENTRIES: u64 = 240;

/// Pieces of texts that have given other programs trouble.
const PIECES: [&str; 16] = [
    "Walked along the river for an hour.",
    "# A heading",
    "---",
    "[2020-05-05 12:00] pasted from a chat",
    "[26/11, 23:32] and another",
    "2021-01-01: not a day of mine",
    "tags: [a, b]",
    "<!-- onward: not ours -->",
    "=1+1, \"quoted\"; semicolons",
    "Backslashes \\. and \\\\ and `code \\*`",
    "```\nfenced \\# code\n```",
    "Ünïcödé 日本語 🥰 e\u{301}",
    "  indented, and trailing  ",
    "* a star in front, and one behind *",
    "",
    "#river and #quiet-days, and mail@example.org",
];

/// A journal of every sort of page: days from long ago to now, moods, tags, stars.
fn corpus() -> String {
    let mut lines = String::new();
    // Knuth's multiplier: always the same.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |limit: u64| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (state >> 33) % limit
    };
    for number in 0..ENTRIES {
        // Two or three on a day, some of them of the same minute; then none for weeks.
        let day = chrono::NaiveDate::from_ymd_opt(1999, 12, 1).expect("a day")
            + chrono::Days::new(number / 5 * 180 + number % 2);
        let mut text = format!("Page {number}.");
        for _ in 0..below(6) {
            let piece = PIECES[usize::try_from(below(PIECES.len() as u64)).expect("small")];
            write!(text, "\n{piece}").expect("written");
        }
        let tags = match below(4) {
            0 => json!(["by hand", "with, comma"]),
            1 => json!(["old"]),
            _ => json!([]),
        };
        let mood = match below(6) {
            0 => Value::Null,
            mood => json!(mood),
        };
        let record = json!({
            "date": format!("{day}T{:02}:00:00", below(6) * 3 + 4),
            "text": text.trim_end(),
            "tags": tags,
            "mood": mood,
            "starred": below(5) == 0,
        });
        writeln!(lines, "{record}").expect("written");
    }
    lines
}

/// The entries of a journal, each as its day and text and, where the form carries them, the
/// rest; sorted.
fn entries(onward: &Sandbox, carried: &[&str]) -> Vec<String> {
    let export = onward.ok(["export", "--to", "json", "-o", "-"]).stdout;
    let export: Value = serde_json::from_str(&export).expect("JSON");
    let entries = export["entries"].as_array().expect("a list");
    assert_eq!(entries.len() as u64, ENTRIES);
    let told = entries.iter().map(|entry| {
        let fields: Vec<&Value> = ["day", "text"]
            .iter()
            .chain(carried)
            .map(|f| &entry[f])
            .collect();
        serde_json::to_string(&fields).expect("JSON")
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}

fn there_and_back(format: &str, name: &str, carried: &[&str]) {
    let from = Sandbox::new();
    let source = from.path("corpus.jsonl");
    write(&source, corpus());
    from.ok(["import".as_ref(), source.as_os_str()]);
    if format != "markdown" && cfg!(feature = "age") {
        encrypted_there_and_back(&from, format, carried);
    }
    let out = from.path(name);
    from.ok([
        "export".as_ref(),
        "--to".as_ref(),
        format.as_ref(),
        "-o".as_ref(),
        out.as_os_str(),
    ]);

    let to = Sandbox::new();
    let report = to
        .ok(["import".as_ref(), "--json".as_ref(), out.as_os_str()])
        .json();
    assert_eq!(report["import"]["added"], ENTRIES, "{report}");
    assert_eq!(report["import"]["refused"], 0, "{report}");
    assert_eq!(entries(&to, carried), entries(&from, carried));
    // Once more adds nothing, here and where it came from.
    let report = to
        .ok(["import".as_ref(), "--json".as_ref(), out.as_os_str()])
        .json();
    assert_eq!(report["import"]["already_there"], ENTRIES, "{report}");
}

/// Encrypted on the way, it is the same.
fn encrypted_there_and_back(from: &Sandbox, format: &str, carried: &[&str]) {
    const SECRET: &str = "exec \"$@\" 7<<'END'\nopen sesame\nEND\n";
    let call = [
        "export",
        "--encrypt",
        "--new-passphrase-fd",
        "7",
        "--to",
        format,
    ];
    let outcome = from.call(call).shell(SECRET).run();
    assert_eq!(outcome.status, 0, "{outcome}");
    let made = fs::read_dir(from.home()).expect("readable").flatten();
    let mut made =
        made.filter(|found| found.path().extension().is_some_and(|end| end == "age"));
    let out = made.next().expect("a file").path();
    let bytes = fs::read(&out).expect("readable");
    assert!(bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "));
    let to = Sandbox::new();
    let import = [
        "import".as_ref(),
        "--json".as_ref(),
        "--file-passphrase-fd".as_ref(),
        "7".as_ref(),
        out.as_os_str(),
    ];
    for (added, there) in [(ENTRIES, 0), (0, ENTRIES)] {
        let outcome = to.call(import).shell(SECRET).run();
        assert_eq!(outcome.status, 0, "{outcome}");
        let report = outcome.json();
        assert_eq!(report["import"]["added"], added, "{report}");
        assert_eq!(report["import"]["already_there"], there, "{report}");
    }
    assert_eq!(entries(&to, carried), entries(from, carried));
}

#[test]
fn as_our_own_export() {
    let everything = [
        "id",
        "written_at",
        "mood",
        "starred",
        "tags",
        "reflections",
        "number",
    ];
    there_and_back("jsonl", "all.jsonl", &everything);
}

#[test]
fn as_json() {
    there_and_back(
        "json",
        "all.json",
        &["id", "written_at", "mood", "starred", "tags"],
    );
}

#[test]
fn as_a_table() {
    there_and_back(
        "csv",
        "all.csv",
        &["id", "written_at", "mood", "starred", "tags"],
    );
}

#[test]
fn as_markdown() {
    there_and_back(
        "markdown",
        "all",
        &["id", "written_at", "mood", "starred", "tags"],
    );
}

#[test]
fn as_day_one_reads_it() {
    there_and_back(
        "dayone",
        "all.zip",
        &["id", "written_at", "starred", "tags"],
    );
}

#[test]
fn as_jrnl_reads_it() {
    there_and_back("text", "all.txt", &["written_at", "starred"]);
}

/// What other kinds than pages have, and what was said without words.
#[test]
fn other_kinds_as_what_carries_them() {
    let mut from = Sandbox::new();
    from.ok(["letter", "Dear you.", "--open-on", "tomorrow"]);
    from.ok(["reason", "So that I sleep.", "--first"]);
    from.ok([
        "urge",
        "--strength",
        "8",
        "--ended",
        "passed",
        "--no-pause",
        "A song.",
    ]);
    from.ok(["contact", "since", "2026-10-30"]);
    from.ok(["contact", "log", "--by", "them", "--how", "call"]);
    // The letter's seal is broken by then.
    const LATER: &str = "2026-11-24T12:00:00+00:00";
    from.now(LATER);
    let kinds = ["letter", "reason", "urge", "contact"];
    // Each gets a number of its own where it comes to.
    let shown = |onward: &Sandbox| -> Vec<String> {
        let mut shown = Vec::new();
        for kind in kinds {
            let answer = onward.json(["list", "--kind", kind]);
            for entry in answer["entries"].as_array().expect("a list") {
                let mut entry = entry.clone();
                entry.as_object_mut().expect("an object").remove("number");
                shown.push(entry.to_string());
            }
        }
        shown
    };
    assert_eq!(shown(&from).len(), 5);
    for format in ["json", "csv", "markdown", "jsonl"] {
        let mut to = Sandbox::new();
        to.now(LATER);
        for kind in kinds {
            let out = format!("{kind}.{format}");
            from.ok(["export", "--to", format, "--kind", kind, "-o", &out]);
            to.ok(["import".into(), from.home().join(out)]);
        }
        assert_eq!(shown(&to), shown(&from), "{format}");
    }
    // And what a command answered.
    for kind in kinds {
        let mut to = Sandbox::new();
        to.now(LATER);
        let answer = from.ok(["list", "--json", "--kind", kind]).stdout;
        write(&to.home().join("answer.json"), &answer);
        to.ok(["import", "answer.json"]);
        assert_eq!(
            to.json(["list", "--kind", kind])["entries"]
                .as_array()
                .map(Vec::len),
            from.json(["list", "--kind", kind])["entries"]
                .as_array()
                .map(Vec::len),
            "{kind}"
        );
    }
}
