//! The rules of the layout, read from the source: who may import whom, who may name what,
//! and that no test and no migration lies about unused.
//!
//! What belongs here: rules that the compiler and clippy cannot see. Each has a bad sample
//! beside it, so that the check itself can fail.

#![expect(
    clippy::expect_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules, the highest first. Imports point downward.
const RANKS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["commands"],
    &["session"],
    &["config", "drafts", "shelf"],
    &["editor", "keyring", "output", "passphrase"],
    &["environment", "signals"],
    &["journal"],
    &["decks", "store"],
    &["files"],
    &["error"],
    &["formats"],
    &["model"],
];

/// What the root of the crate hands on, and where it comes from.
const ROOT: &[(&str, &str)] = &[
    ("Error", "error"),
    ("Result", "error"),
    ("command", "cli"),
    ("run", "cli"),
];

fn rank(module: &str) -> Option<usize> {
    RANKS.iter().position(|rank| rank.contains(&module))
}

/// Why one module may not import another.
fn objection(from: &str, to: &str) -> Option<String> {
    match (rank(from), rank(to)) {
        _ if from == to => None,
        (None, _) => Some(format!(
            "{from} has no rank: give it one in tests/layers.rs"
        )),
        (_, None) => Some(format!("{from} imports {to}, which has no rank")),
        (Some(upper), Some(lower)) if upper < lower => None,
        (Some(upper), Some(lower)) if upper > lower => {
            Some(format!("{from} imports {to}, which lies above it"))
        }
        _ => Some(format!("{from} imports {to}, which lies beside it")),
    }
}

/// A piece of source: a word, or a character of punctuation. Comments, strings and
/// characters are left out, save that a string in them leaves a `"`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    text: String,
    line: usize,
}

fn tokens(source: &str) -> Vec<Token> {
    let bytes: Vec<char> = source.chars().collect();
    let at = |index: usize| bytes.get(index).copied().unwrap_or('\0');
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut found, mut index, mut line) = (Vec::new(), 0, 1);
    while index < bytes.len() {
        let start = index;
        let mut text = String::new();
        match at(index) {
            '/' if at(index + 1) == '/' => {
                while index < bytes.len() && at(index) != '\n' {
                    index += 1;
                }
            }
            '/' if at(index + 1) == '*' => {
                let mut depth = 0;
                loop {
                    match (at(index), at(index + 1)) {
                        ('/', '*') => (depth, index) = (depth + 1, index + 2),
                        ('*', '/') => (depth, index) = (depth - 1, index + 2),
                        _ => index += 1,
                    }
                    if depth == 0 || index >= bytes.len() {
                        break;
                    }
                }
            }
            '"' => {
                index += 1;
                while index < bytes.len() && at(index) != '"' {
                    index += if at(index) == '\\' { 2 } else { 1 };
                }
                index += 1;
                text.push('"');
            }
            // A character; else it is a lifetime.
            '\'' if at(index + 1) == '\\' => {
                index += 3;
                while index < bytes.len() && at(index) != '\'' {
                    index += 1;
                }
                index += 1;
            }
            '\'' if at(index + 2) == '\'' => index += 3,
            c if word(c) => {
                while word(at(index)) {
                    text.push(at(index));
                    index += 1;
                }
                let hashes = (index..).take_while(|&i| at(i) == '#').count();
                let raw = matches!(text.as_str(), "r" | "br") && at(index + hashes) == '"';
                if raw {
                    let end: String = std::iter::once('"')
                        .chain(std::iter::repeat_n('#', hashes))
                        .collect();
                    index += hashes + 1;
                    while index < bytes.len()
                        && !(0..=hashes).all(|i| Some(at(index + i)) == end.chars().nth(i))
                    {
                        index += 1;
                    }
                    index += hashes + 1;
                    text = "\"".to_owned();
                }
            }
            c => {
                index += 1;
                if !c.is_whitespace() {
                    text.push(c);
                }
            }
        }
        if !text.is_empty() {
            found.push(Token { text, line });
        }
        let passed = &bytes[start..index.min(bytes.len())];
        line += passed.iter().filter(|&&c| c == '\n').count();
    }
    found
}

fn words(tokens: &[Token]) -> Vec<&str> {
    tokens.iter().map(|token| token.text.as_str()).collect()
}

/// The end of what begins at `start`: behind its block, or behind its semicolon or the brace
/// that closes what is around it.
fn end_of_item(words: &[&str], start: usize) -> usize {
    let mut depth = 0_i32;
    for (index, word) in words.iter().enumerate().skip(start) {
        match *word {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth < 0 || (depth == 0 && *word == "}") {
                    return index + 1;
                }
            }
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    words.len()
}

/// The attributes of a source: where each begins and ends, and its words.
fn attributes<'a>(words: &[&'a str]) -> Vec<(usize, usize, Vec<&'a str>)> {
    let mut found = Vec::new();
    for start in 0..words.len() {
        let inner = usize::from(words.get(start + 1) == Some(&"!"));
        if words[start] == "#" && words.get(start + 1 + inner) == Some(&"[") {
            let mut depth = 0;
            let mut end = start + 1 + inner;
            while end < words.len() {
                depth += i32::from(words[end] == "[") - i32::from(words[end] == "]");
                end += 1;
                if depth == 0 {
                    break;
                }
            }
            found.push((start, end, words[start + 2 + inner..end - 1].to_vec()));
        }
    }
    found
}

/// What attributes that meet a condition stand before.
fn marked(words: &[&str], meets: impl Fn(&[&str]) -> bool) -> Vec<std::ops::Range<usize>> {
    attributes(words)
        .into_iter()
        .filter(|(_, _, attribute)| meets(attribute))
        .map(|(start, end, _)| {
            let mut item = end;
            while words.get(item) == Some(&"#") {
                item = attributes(&words[item..])
                    .first()
                    .map_or(item + 1, |(_, end, _)| item + end);
            }
            start..end_of_item(words, item)
        })
        .collect()
}

/// What is compiled for tests alone.
fn for_tests(words: &[&str]) -> Vec<std::ops::Range<usize>> {
    marked(words, |attribute| {
        attribute.starts_with(&["cfg", "(", "test"])
    })
}

/// The modules that a source names, with the line: in `use` declarations however nested, and
/// in paths. `place` is the module's own path from the root, which `super` starts from.
fn imports(source: &str, place: &[&str]) -> Vec<(String, usize)> {
    let tokens = tokens(source);
    let words = words(&tokens);
    let mut found = Vec::new();
    // The modules opened in this file, with the depth of braces they stand at.
    let mut inner: Vec<i32> = Vec::new();
    let mut depth = 0;
    for (index, word) in words.iter().enumerate() {
        match *word {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                if inner.last() == Some(&depth) {
                    inner.pop();
                }
            }
            "mod" if words.get(index + 2) == Some(&"{") => inner.push(depth),
            "crate" | "super" if index > 0 && words[index - 1] == ":" => {}
            "crate" if words.get(index + 1) == Some(&":") => {
                names(&words, index + 3, &mut found, tokens[index].line);
            }
            "super" if words.get(index + 1) == Some(&":") => {
                let mut up = 1;
                let mut next = index + 3;
                while words.get(next) == Some(&"super") {
                    (up, next) = (up + 1, next + 3);
                }
                if place.len() + inner.len() == up {
                    names(&words, next, &mut found, tokens[index].line);
                }
            }
            _ => {}
        }
    }
    found
}

/// The first segments of a path or a group of paths, at the root of the crate.
fn names(words: &[&str], start: usize, found: &mut Vec<(String, usize)>, line: usize) {
    let mut note = |word: &str| found.push((word.to_owned(), line));
    match words.get(start) {
        Some(&"{") => {
            let mut depth = 0;
            let mut first = false;
            for word in &words[start..] {
                match *word {
                    "{" => {
                        depth += 1;
                        first = depth == 1;
                    }
                    "}" => depth -= 1,
                    "," => first = depth == 1,
                    word if first => {
                        note(word);
                        first = false;
                    }
                    _ => {}
                }
                if depth == 0 {
                    return;
                }
            }
        }
        Some(word) => note(word),
        None => {}
    }
}

/// What is wrong with the imports of a file of a module.
fn bad_imports(source: &str, place: &[&str]) -> Vec<String> {
    let known = |name: &str| {
        let handed_on = ROOT.iter().find(|(handed, _)| *handed == name);
        handed_on.map_or(name, |(_, module)| module).to_owned()
    };
    imports(source, place)
        .into_iter()
        .filter_map(|(to, line)| {
            objection(place[0], &known(&to)).map(|why| format!("line {line}: {why}"))
        })
        .collect()
}

/// Names that one module alone may use, outside of tests too.
fn bad_names(source: &str, module: &str) -> Vec<String> {
    let tokens = tokens(source);
    let words = words(&tokens);
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).copied();
        let asked = || words[index..].get(1..6) == Some(&["(", ")", ".", "is_terminal", "("]);
        let line = tokens[index].line;
        match *word {
            "rusqlite" if module != "store" => {
                found.push(format!("line {line}: only src/store names rusqlite"));
            }
            "print" | "println" | "eprint" | "eprintln"
                if next == Some("!") && module != "output" =>
            {
                found.push(format!("line {line}: only src/output writes ({word}!)"));
            }
            "stdout" | "stderr"
                if next == Some("(")
                    && module != "output"
                    && !asked()
                    && words[index - 1] == ":" =>
            {
                found.push(format!("line {line}: only src/output writes ({word})"));
            }
            _ => {}
        }
    }
    found
}

/// Places that may panic, outside of tests and without `#[expect(…, reason = …)]`.
fn bad_panics(source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let words = words(&tokens);
    let excused = marked(&words, |attribute| {
        attribute.first() == Some(&"expect")
            && attribute
                .iter()
                .any(|word| ["unwrap_used", "expect_used"].contains(word))
            && attribute.contains(&"reason")
    });
    let free: Vec<_> = for_tests(&words).into_iter().chain(excused).collect();
    (1..words.len())
        .filter(|&index| {
            let call = ["unwrap", "expect"].contains(&words[index]);
            call && words[index - 1] == "." && words.get(index + 1) == Some(&"(")
        })
        .filter(|index| !free.iter().any(|range| range.contains(index)))
        .map(|index| format!("line {}: .{}(", tokens[index].line, words[index]))
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file with this ending below a folder.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("readable")
}

/// The path of a source file's module from the root: `store`, `entries`. The root itself is
/// left to its modules.
fn place(file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(root().join("src")).expect("in src");
    let mut place: Vec<String> = inside
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if place.last().is_some_and(|last| last == "mod") {
        place.pop();
    }
    place
}

/// Every source file with what a check finds wrong with it.
fn sweep(check: impl Fn(&str, &[&str]) -> Vec<String>) -> Vec<String> {
    let sources = files(&root().join("src"), "rs");
    assert!(sources.len() > 20, "where is the source?");
    let mut wrong = Vec::new();
    for file in sources {
        let place = place(&file);
        let place: Vec<&str> = place.iter().map(String::as_str).collect();
        if place != ["lib"] {
            let name = file.strip_prefix(root()).expect("inside").display();
            let found = check(&read(&file), &place);
            wrong.extend(found.into_iter().map(|what| format!("{name}, {what}")));
        }
    }
    wrong
}

/// Files that a `#[cfg(test)] mod …;` keeps out of the program.
fn test_only() -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for file in files(&root().join("src"), "rs") {
        let source = read(&file);
        let tokens = tokens(&source);
        let words = words(&tokens);
        for range in for_tests(&words) {
            let item = &words[range];
            if let Some(at) = item.iter().position(|word| *word == "mod")
                && item.get(at + 2) == Some(&";")
            {
                let folder = if file.ends_with("mod.rs") || file.ends_with("lib.rs") {
                    file.parent().expect("a folder").to_path_buf()
                } else {
                    file.with_extension("")
                };
                found.insert(folder.join(format!("{}.rs", item[at + 1])));
            }
        }
    }
    found
}

#[test]
fn imports_point_downward() {
    assert_eq!(sweep(bad_imports), [] as [String; 0]);
}

#[test]
fn one_module_names_the_database_and_one_writes() {
    assert_eq!(
        sweep(|source, place| bad_names(source, place[0])),
        [] as [String; 0]
    );
}

/// Queries that ask for what is not in the trash and forget what is away or sealed. What puts
/// entries out of sight, and the check-up, ask for both sides.
fn sightless(source: &str, module: &[&str]) -> Vec<String> {
    let lines = source.lines().enumerate();
    let forgetful = lines.filter(|(_, line)| {
        let careful = line.contains("hidden_until") || line.contains("ASIDE");
        line.contains("deleted_at IS NULL") && !careful && module != ["store", "check"]
    });
    forgetful
        .map(|(at, _)| format!("line {}: use Reading::in_sight", at + 1))
        .collect()
}

#[test]
fn one_place_knows_what_is_in_sight() {
    assert_eq!(sweep(sightless), [] as [String; 0]);
    let forgetful = "SELECT text FROM entry WHERE deleted_at IS NULL";
    assert_eq!(sightless(forgetful, &["store", "entries"]).len(), 1);
}

#[test]
fn nothing_panics_without_a_reason() {
    let test_only = test_only();
    let of_tests = |place: &[&str]| {
        test_only.contains(
            &root()
                .join("src")
                .join(place.join("/"))
                .with_extension("rs"),
        )
    };
    let wrong = sweep(|source, place| {
        if of_tests(place) {
            Vec::new()
        } else {
            bad_panics(source)
        }
    });
    assert_eq!(wrong, [] as [String; 0]);
}

#[test]
fn every_module_has_a_rank_and_every_file_a_module() {
    let lib = read(&root().join("src/lib.rs"));
    let tokens = tokens(&lib);
    let declared: BTreeSet<String> = words(&tokens)
        .windows(3)
        .filter(|words| words[0] == "mod" && words[2] == ";")
        .map(|words| words[1].to_owned())
        .collect();
    for module in &declared {
        assert!(rank(module).is_some(), "{module} has no rank");
        assert!(
            lib.contains(&format!("[`{module}`]")),
            "{module} is not on the map in src/lib.rs"
        );
    }
    for file in files(&root().join("src"), "rs") {
        let top = place(&file)[0].clone();
        assert!(
            declared.contains(&top) || ["lib", "main"].contains(&top.as_str()),
            "{} belongs to no module",
            file.display()
        );
    }
}

/// Files of a folder of tests that its roots do not lead to.
fn unwired(tests: &Path) -> Vec<PathBuf> {
    let all: BTreeSet<PathBuf> = files(tests, "rs").into_iter().collect();
    let is_root = |file: &&PathBuf| {
        let folder = file.parent().expect("a folder");
        folder == tests
            || (folder.parent() == Some(tests) && file.file_name() == Some("main.rs".as_ref()))
    };
    let mut reached: BTreeSet<PathBuf> = all.iter().filter(is_root).cloned().collect();
    let mut ahead: Vec<PathBuf> = reached.iter().cloned().collect();
    while let Some(file) = ahead.pop() {
        let folder = file.parent().expect("a folder");
        let stem = file.file_stem().expect("a name");
        let root = is_root(&&file);
        let below = if root || stem == "mod" {
            folder.to_path_buf()
        } else {
            folder.join(stem)
        };
        let source = read(&file);
        let tokens = tokens(&source);
        for declared in words(&tokens).windows(3) {
            if declared[0] == "mod" && declared[2] == ";" {
                let name = declared[1];
                for path in [
                    below.join(format!("{name}.rs")),
                    below.join(name).join("mod.rs"),
                ] {
                    if all.contains(&path) && reached.insert(path.clone()) {
                        ahead.push(path);
                    }
                }
            }
        }
    }
    all.difference(&reached).cloned().collect()
}

#[test]
fn every_test_file_is_wired_in() {
    let manifest = read(&root().join("Cargo.toml"));
    assert!(
        !manifest.contains("autotests"),
        "tests are found by their place"
    );
    assert_eq!(unwired(&root().join("tests")), [] as [PathBuf; 0]);
}

/// What is wrong with the names of migrations, and with what the program embeds.
fn bad_migrations(names: &[String], program: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut behind = 0;
    for (name, number) in names.iter().zip(1..) {
        if !name.starts_with(&format!("{number:04}_")) {
            wrong.push(format!("{name} is not number {number:04}"));
        }
        let embedded = format!("include_str!(\"../../migrations/{name}\")");
        match program.find(&embedded) {
            Some(at) if at < behind => wrong.push(format!("{name} is run out of its order")),
            Some(at) => behind = at,
            None => wrong.push(format!("{name} is not run")),
        }
    }
    let runs = program.matches("include_str!(").count();
    if runs != names.len() {
        wrong.push(format!("{runs} are run, {} are there", names.len()));
    }
    wrong
}

#[test]
fn migrations_are_numbered_and_all_run() {
    let names: Vec<String> = files(&root().join("migrations"), "sql")
        .iter()
        .map(|file| {
            file.file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert!(!names.is_empty());
    let program = read(&root().join("src/store/migrations.rs"));
    assert_eq!(bad_migrations(&names, &program), [] as [String; 0]);
}

mod the_checks_can_fail {
    use super::*;

    #[track_caller]
    fn imports_of(source: &str, place: &[&str], expect: &[&str]) {
        let found = imports(source, place);
        let found: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(found, expect, "{source}");
    }

    #[test]
    fn imports_are_found_wherever_they_stand() {
        imports_of("use crate::store::Store;", &["model"], &["store"]);
        imports_of(
            "use crate::{cli, store::{Store, filter::{self, Clause}}, model::*};",
            &["journal"],
            &["cli", "store", "model"],
        );
        imports_of("fn f() { crate::store::open() }", &["model"], &["store"]);
        imports_of("fn f(x: &crate::cli::Cli) {}", &["model"], &["cli"]);
        imports_of("pub(crate) use crate :: cli :: run;", &["model"], &["cli"]);
        imports_of(
            "use crate::{\n    // a comment\n    cli,\n};",
            &["model"],
            &["cli"],
        );
        imports_of("pub(in crate::model) fn f() {}", &["model"], &["model"]);
        imports_of(
            "let a = \"x\"; use crate::cli; let b = 'y';",
            &["model"],
            &["cli"],
        );
        imports_of(
            "fn f<'a>(x: &'a str) { crate::cli::run() }",
            &["model"],
            &["cli"],
        );
        imports_of(
            "let q = '\"'; crate::cli::run(); let r = '\"';",
            &["model"],
            &["cli"],
        );
    }

    #[test]
    fn comments_and_strings_are_no_imports() {
        imports_of("// use crate::cli;", &["model"], &[]);
        imports_of("/* use /* crate::cli */ crate::cli; */", &["model"], &[]);
        imports_of("/// See [`crate::cli`].\nfn f() {}", &["model"], &[]);
        imports_of("let s = \"crate::cli \\\" crate::cli\";", &["model"], &[]);
        imports_of("let s = r#\"crate::cli \" crate::cli\"#;", &["model"], &[]);
        imports_of("pub(crate) fn f() {}", &["model"], &[]);
    }

    #[test]
    fn super_is_followed_to_the_root() {
        imports_of("use super::cli;", &["model"], &["cli"]);
        imports_of("use super::cli;", &["model", "day"], &[]);
        imports_of("use super::super::cli;", &["model", "day"], &["cli"]);
        imports_of("mod tests { use super::*; }", &["model"], &[]);
        imports_of("mod tests { use super::super::cli; }", &["model"], &["cli"]);
        imports_of("mod a { mod b {} } use super::cli;", &["model"], &["cli"]);
    }

    #[test]
    fn upward_and_sideways_are_refused() {
        let count = |source: &str, place: &[&str]| bad_imports(source, place).len();
        assert_eq!(count("use crate::store::Store;", &["model"]), 1);
        assert_eq!(count("use crate::cli;", &["commands", "list"]), 1);
        assert_eq!(count("use crate::decks::Deck;", &["store"]), 1);
        assert_eq!(count("use crate::output;", &["editor"]), 1);
        assert_eq!(count("use crate::environment;", &["signals"]), 1);
        assert_eq!(count("use crate::config;", &["environment"]), 1);
        assert_eq!(count("use crate::run;", &["store"]), 1);
        assert_eq!(count("use crate::nowhere;", &["cli"]), 1);
        assert_eq!(count("use crate::*;", &["cli"]), 1);
        assert_eq!(count("use crate::error::Error;", &["newcomer"]), 1);
        assert_eq!(count("use crate::{Error, store};", &["journal"]), 0);
        assert_eq!(count("use crate::environment;", &["config"]), 0);
        assert_eq!(count("use crate::store::x;", &["store", "entries"]), 0);
    }

    #[test]
    fn names_out_of_place_are_found() {
        let count = |source: &str, module: &str| bad_names(source, module).len();
        assert_eq!(count("use rusqlite::Connection;", "journal"), 1);
        assert_eq!(count("fn f(e: rusqlite::Error) {}", "error"), 1);
        assert_eq!(count("println!(\"x\")", "commands"), 1);
        assert_eq!(count("eprint!(\"x\")", "main"), 1);
        assert_eq!(count("std::io::stdout().lock()", "commands"), 1);
        assert_eq!(count("writeln!(io::stderr(), \"x\")", "cli"), 1);
        assert_eq!(count("use rusqlite::Connection;", "store"), 0);
        assert_eq!(count("io::stdout().lock(); println!()", "output"), 0);
        assert_eq!(count("std::io::stdout().is_terminal()", "environment"), 0);
        assert_eq!(count("// println!(rusqlite)", "model"), 0);
        assert_eq!(count("\"println!(rusqlite)\"", "model"), 0);
    }

    #[test]
    fn places_that_may_panic_are_found() {
        let count = |source: &str| bad_panics(source).len();
        assert_eq!(count("fn f() { x.unwrap(); y.expect(\"z\") }"), 2);
        assert_eq!(count("fn f() { x\n.unwrap() }"), 1);
        assert_eq!(
            count("#[cfg(test)] mod tests { fn f() { x.unwrap() } } fn g() { y.unwrap() }"),
            1
        );
        assert_eq!(
            count("#[allow(clippy::unwrap_used)] fn f() { x.unwrap() }"),
            1
        );
        assert_eq!(
            count("#[expect(clippy::unwrap_used)] fn f() { x.unwrap() }"),
            1
        );
        assert_eq!(
            count("#[expect(clippy::unwrap_used, reason = \"r\")] fn f() { x.unwrap() }"),
            0
        );
        assert_eq!(
            count(
                "fn f() { #[expect(clippy::expect_used, reason = \"r\")] x.expect(\"y\"); \
                 z.expect(\"w\") }"
            ),
            1
        );
        assert_eq!(
            count(
                "fn f() { #[expect(clippy::expect_used, reason = \"r\")] x.expect(\"y\") } \
                 fn g() { z.expect(\"w\") }"
            ),
            1
        );
        assert_eq!(
            count("#[cfg(test)] #[path = \"x\"] mod t; fn g() { y.unwrap() }"),
            1
        );
        assert_eq!(
            count("fn f() { x.unwrap_or(1); x.expect_err } // .unwrap()"),
            0
        );
    }

    #[test]
    fn a_test_file_that_nobody_names_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |name: &str, source: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(&path, source).expect("written");
            path
        };
        put("a.rs", "mod support;");
        put("support/mod.rs", "mod deeper;");
        put("support/deeper.rs", "");
        put("b/main.rs", "mod one;");
        put("b/one.rs", "mod two;");
        put("b/one/two.rs", "");
        assert_eq!(unwired(folder.path()), [] as [PathBuf; 0]);
        let lost = put("b/lost.rs", "");
        let commented = put("support/commented.rs", "");
        put("a.rs", "mod support; // mod commented;");
        assert_eq!(unwired(folder.path()), [lost, commented]);
    }

    #[test]
    fn migrations_out_of_order_are_found() {
        let check = |names: &[&str], embedded: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let program: Vec<String> = embedded
                .iter()
                .map(|name| format!("include_str!(\"../../migrations/{name}\")"))
                .collect();
            bad_migrations(&names, &program.join(",\n")).len()
        };
        let (a, b) = ("0001_a.sql", "0002_b.sql");
        assert_eq!(check(&[a, b], &[a, b]), 0);
        assert_eq!(check(&[a, b], &[b, a]), 1);
        assert_eq!(check(&[a, b], &[a]), 2);
        assert_eq!(check(&[a], &[a, a]), 1);
        assert_eq!(check(&[a, "0003_c.sql"], &[a, "0003_c.sql"]), 1);
        assert_eq!(check(&["1_a.sql"], &["1_a.sql"]), 1);
    }
}
