//! The rules of the layout that the compiler and clippy cannot see: which room of `src` may
//! import which, which one alone may name a thing, and that no test and no migration lies about
//! unused. Each rule has a bad sample beside it, so that the check itself can fail.

#![expect(
    clippy::expect_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, ItemMod, ItemUse, Lit, Macro, Meta, UseTree};

/// The rooms of `src`, the highest first. A room imports only from lower ones.
const ROOMS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["commands"],
    &["session"],
    &["config", "drafts", "shelf"],
    &["output", "passphrase"],
    &["terminal"],
    &["view"],
    &["environment", "keyring"],
    &["journal"],
    &["decks", "store"],
    &["files"],
    &["error"],
    &["formats"],
    &["model"],
];

/// What the root of the crate hands on, and the room it comes from.
const HANDED_ON: &[(&str, &str)] = &[
    ("Error", "error"),
    ("Result", "error"),
    ("command", "cli"),
    ("run", "cli"),
];

fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|rank| rank.contains(&room))
}

/// Why one room may not import another.
fn objection(from: &str, to: &str) -> Option<String> {
    match (rank(from), rank(to)) {
        _ if from == to => None,
        (None, _) => Some(format!("{from} has no rank in tests/layers.rs")),
        (_, None) => Some(format!(
            "{from} imports {to}, which has no rank in tests/layers.rs"
        )),
        (Some(upper), Some(lower)) if upper < lower => None,
        (Some(upper), Some(lower)) if upper > lower => {
            Some(format!("{from} imports {to}, which lies above it"))
        }
        _ => Some(format!("{from} imports {to}, which lies beside it")),
    }
}

/// The paths that a file names: in `use` declarations, in code, and in the arguments of macros.
/// What is compiled for tests alone is passed over.
struct Named {
    /// The module that is being read, from the root of the crate: `store`, `entries`.
    place: Vec<String>,
    /// Each path with `self`, `super` and `crate` followed: a path of this crate begins with
    /// `crate`.
    paths: Vec<Vec<String>>,
}

impl Named {
    fn in_source(source: &str, place: &[&str]) -> Vec<Vec<String>> {
        let file = syn::parse_file(source).expect("source that parses");
        let place = place.iter().map(|name| (*name).to_owned()).collect();
        let mut named = Named {
            place,
            paths: Vec::new(),
        };
        named.visit_file(&file);
        named.paths
    }

    fn name(&mut self, path: Vec<String>) {
        let mut whole = match path.first().map(String::as_str) {
            Some("self" | "super") => {
                let mut from = vec!["crate".to_owned()];
                from.extend(self.place.iter().cloned());
                from
            }
            _ => Vec::new(),
        };
        for segment in path {
            match segment.as_str() {
                "self" => {}
                "super" => {
                    whole.pop();
                }
                _ => whole.push(segment),
            }
        }
        self.paths.push(whole);
    }

    fn name_tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |ident: &syn::Ident| [before, &[ident.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.name_tree(&path.tree, &with(&path.ident)),
            UseTree::Name(name) => self.name(with(&name.ident)),
            UseTree::Rename(rename) => self.name(with(&rename.ident)),
            UseTree::Glob(_) => self.name(before.to_vec()),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.name_tree(tree, before);
                }
            }
        }
    }

    /// Paths among tokens that nobody parses: the arguments of a macro.
    fn name_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(colon) if colon.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) if colons == 2 && !path.is_empty() => {
                    path.push(ident.to_string());
                    colons = 0;
                }
                other => {
                    if path.len() > 1 {
                        self.name(std::mem::take(&mut path));
                    }
                    path.clear();
                    colons = 0;
                    match other {
                        TokenTree::Ident(ident) => path.push(ident.to_string()),
                        TokenTree::Group(group) => self.name_tokens(group.stream()),
                        _ => {}
                    }
                }
            }
        }
        if path.len() > 1 {
            self.name(path);
        }
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let said = attribute.meta.to_token_stream().to_string();
        said == "test" || said.starts_with("cfg (") && said.contains("test")
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

impl<'a> Visit<'a> for Named {
    fn visit_item(&mut self, item: &'a Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'a ItemMod) {
        self.place.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.place.pop();
    }

    fn visit_item_use(&mut self, declaration: &'a ItemUse) {
        self.name_tree(&declaration.tree, &[]);
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.name(
            path.segments
                .iter()
                .map(|segment| segment.ident.to_string())
                .collect(),
        );
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        self.name_tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

/// Imports of a file that do not point downward.
fn bad_imports(source: &str, place: &[&str]) -> Vec<String> {
    let mut paths = Named::in_source(source, place);
    paths.retain(|path| path[0] == "crate" && path.len() > 1);
    let of_another = |path: &&Vec<String>| {
        path[1] == "commands"
            && path
                .get(2)
                .is_some_and(|verb| Some(verb.as_str()) != place.get(1).copied())
    };
    let verb = (place[0] == "commands" && place.len() > 1)
        .then(|| paths.iter().find(of_another))
        .flatten()
        .map(|path| format!("a verb imports a verb: {}", path.join("::")));
    let rooms: BTreeSet<String> = paths.iter().map(|path| path[1].clone()).collect();
    let handed_on = |room: &str| {
        let from = HANDED_ON.iter().find(|(name, _)| *name == room);
        from.map_or(room.to_owned(), |(_, room)| (*room).to_owned())
    };
    rooms
        .iter()
        .filter_map(|room| objection(place[0], &handed_on(room)))
        .chain(verb)
        .collect()
}

/// Names that one room alone may use.
fn bad_names(source: &str, room: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    for path in Named::in_source(source, &[room]) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["rusqlite", ..] if room != "store" => {
                found.insert("only src/store names rusqlite".to_owned());
            }
            ["signal_hook", ..] | ["rustix", "termios", ..] if room != "terminal" => {
                found.insert("only src/terminal owns the terminal and its signals".to_owned());
            }
            ["anstyle", ..] if room != "output" => {
                found.insert("only src/output knows codes of styles".to_owned());
            }
            [.., "io", "stdout"] if !["output", "environment"].contains(&room) => {
                found.insert("only src/output writes to stdout".to_owned());
            }
            // The environment asks whether it is a terminal, and questions are asked on it.
            [.., "io", "stderr"] if !["output", "environment", "terminal"].contains(&room) => {
                found.insert("only src/output and src/terminal write to stderr".to_owned());
            }
            _ => {}
        }
    }
    found.into_iter().collect()
}

/// Queries that ask for what is not in the trash and forget what is away or sealed. What puts
/// entries out of sight, and what counts derived data anew, ask for both sides.
fn sightless(source: &str, place: &[&str]) -> Vec<String> {
    let forgetful = source.lines().enumerate().filter(|(_, line)| {
        let careful = line.contains("hidden_until") || line.contains("ASIDE");
        line.contains("deleted_at IS NULL") && !careful && place != ["store", "derived"]
    });
    forgetful
        .map(|(at, _)| format!("line {}: use Reading::in_sight", at + 1))
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file with this ending below a folder.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|is| is == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("readable")
}

/// The module of a source file, from the root of the crate: `store`, `entries`.
fn place(file: &Path) -> Vec<String> {
    let within = file
        .strip_prefix(root().join("src"))
        .expect("in src")
        .with_extension("");
    let mut place: Vec<String> = within
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if place.last().is_some_and(|last| last == "mod") {
        place.pop();
    }
    place
}

/// Files that a `#[cfg(test)] mod …;` keeps out of the program.
fn test_only() -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for file in files(&root().join("src"), "rs") {
        let parsed = syn::parse_file(&read(&file)).expect("source that parses");
        let folder = match file.file_stem().expect("a name").to_str() {
            Some("mod" | "lib" | "main") => file.parent().expect("a folder").to_path_buf(),
            _ => file.with_extension(""),
        };
        for item in &parsed.items {
            if let Item::Mod(module) = item
                && module.content.is_none()
                && is_for_tests(&module.attrs)
            {
                found.insert(folder.join(format!("{}.rs", module.ident)));
            }
        }
    }
    found
}

/// Every source file that is in the program with what a check finds wrong with it.
fn sweep(check: impl Fn(&str, &[&str]) -> Vec<String>) -> Vec<String> {
    let test_only = test_only();
    let mut wrong = Vec::new();
    for file in files(&root().join("src"), "rs") {
        let place = place(&file);
        let place: Vec<&str> = place.iter().map(String::as_str).collect();
        if place == ["lib"] || test_only.contains(&file) {
            continue;
        }
        let name = file
            .strip_prefix(root())
            .expect("below the root")
            .display()
            .to_string();
        wrong.extend(
            check(&read(&file), &place)
                .iter()
                .map(|why| format!("{name}: {why}")),
        );
    }
    wrong
}

#[test]
fn imports_point_downward() {
    assert_eq!(sweep(bad_imports), [""; 0]);
}

#[test]
fn each_thing_has_the_one_room_that_names_it() {
    assert_eq!(sweep(|source, place| bad_names(source, place[0])), [""; 0]);
}

#[test]
fn one_place_knows_what_is_in_sight() {
    assert_eq!(sweep(sightless), [""; 0]);
}

#[test]
fn every_room_is_on_the_map() {
    let lib = read(&root().join("src/lib.rs"));
    let parsed = syn::parse_file(&lib).expect("source that parses");
    for item in &parsed.items {
        if let Item::Mod(module) = item {
            let room = module.ident.to_string();
            assert!(
                rank(&room).is_some(),
                "{room} has no rank in tests/layers.rs"
            );
            assert!(
                lib.contains(&format!("`{room}`")),
                "{room} is not on the map in src/lib.rs"
            );
        }
    }
}

/// What `#[path = "…"]` says.
fn module_path(attributes: &[Attribute]) -> Option<String> {
    attributes
        .iter()
        .find_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(path) => Some(path.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
}

/// The file that a path means which begins in a folder, without `..` in it.
fn beside(folder: &Path, path: &str) -> PathBuf {
    let mut file = folder.to_path_buf();
    for part in Path::new(path) {
        match part.to_str() {
            Some("..") => {
                file.pop();
            }
            _ => file.push(part),
        }
    }
    file
}

/// Files of a folder of tests that its roots do not lead to.
fn unwired(tests: &Path) -> Vec<PathBuf> {
    let all: BTreeSet<PathBuf> = files(tests, "rs").into_iter().collect();
    let is_root = |file: &Path| {
        let folder = file.parent().expect("a folder");
        folder == tests
            || (folder.parent() == Some(tests) && file.file_name() == Some("main.rs".as_ref()))
    };
    let mut reached: BTreeSet<PathBuf> =
        all.iter().filter(|file| is_root(file)).cloned().collect();
    let mut ahead: Vec<PathBuf> = reached.iter().cloned().collect();
    while let Some(file) = ahead.pop() {
        let folder = file.parent().expect("a folder");
        let stem = file.file_stem().expect("a name");
        let below = match is_root(&file) || stem == "mod" {
            true => folder.to_path_buf(),
            false => folder.join(stem),
        };
        let parsed = syn::parse_file(&read(&file)).expect("source that parses");
        for item in parsed.items {
            let Item::Mod(module) = item else { continue };
            let name = module.ident.to_string();
            let named = module_path(&module.attrs).map(|path| beside(folder, &path));
            let usual = [
                below.join(format!("{name}.rs")),
                below.join(&name).join("mod.rs"),
            ];
            for path in named.into_iter().chain(usual) {
                if all.contains(&path) && reached.insert(path.clone()) {
                    ahead.push(path);
                }
            }
        }
    }
    all.difference(&reached).cloned().collect()
}

#[test]
fn every_test_file_is_wired_in() {
    assert!(
        !read(&root().join("Cargo.toml")).contains("autotests"),
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
    let name = |file: &PathBuf| {
        file.file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned()
    };
    let names: Vec<String> = files(&root().join("migrations"), "sql")
        .iter()
        .map(name)
        .collect();
    assert!(!names.is_empty());
    let program = read(&root().join("src/store/migrations.rs"));
    assert_eq!(bad_migrations(&names, &program), [""; 0]);
}

mod the_checks_can_fail {
    use super::*;

    #[test]
    fn an_import_that_points_up_is_found_wherever_it_stands() {
        let upward = ["store imports journal, which lies above it"];
        for source in [
            "use crate::journal::Journal;",
            "use crate::{error, journal};",
            "use crate::journal::*;",
            "use super::super::journal::Journal;",
            "fn f() { crate::journal::open(); }",
            "fn f() -> crate::journal::Journal { todo!() }",
            "fn f() { println!(\"{}\", crate::journal::LAYOUT); }",
            "mod inner { use super::super::super::journal::Journal; }",
            "pub use crate::journal as j;",
        ] {
            assert_eq!(
                bad_imports(source, &["store", "entries"]),
                upward,
                "{source}"
            );
        }
    }

    #[test]
    fn imports_that_point_down_and_those_of_tests_are_passed_over() {
        for source in [
            "use crate::model::Day;",
            "use super::key::Key;",
            "use std::fs;",
            "// use crate::journal::Journal;",
            "const NAME: &str = \"crate::journal\";",
            "#[cfg(test)] mod tests { use crate::journal::Journal; }",
            "#[test] fn f() { crate::journal::open(); }",
            "mod inner { use super::super::key::Key; }",
        ] {
            assert_eq!(
                bad_imports(source, &["store", "entries"]),
                [""; 0],
                "{source}"
            );
        }
    }

    #[test]
    fn a_room_beside_another_and_one_without_a_rank_are_refused() {
        assert!(objection("config", "shelf").is_some_and(|why| why.contains("beside")));
        assert!(objection("attic", "store").is_some_and(|why| why.contains("no rank")));
        assert!(objection("store", "attic").is_some_and(|why| why.contains("no rank")));
        assert_eq!(bad_imports("use crate::Error;", &["store"]), [""; 0]);
        assert_eq!(bad_imports("use crate::run;", &["store"]).len(), 1);
        for source in ["use super::show::Args;", "use crate::commands::show;"] {
            assert_eq!(bad_imports(source, &["commands", "list"]).len(), 1);
        }
        assert_eq!(bad_imports("pub mod show;", &["commands"]), [""; 0]);
    }

    #[test]
    fn names_out_of_place_are_found() {
        for source in [
            "use rusqlite::Connection;",
            "fn f(c: &rusqlite::Connection) {}",
        ] {
            assert_eq!(bad_names(source, "journal").len(), 1, "{source}");
            assert_eq!(bad_names(source, "store"), [""; 0], "{source}");
        }
        for (source, room) in [
            ("use std::io::stdout;", "output"),
            ("fn f() { io::stderr().lock(); }", "output"),
            ("use anstyle::Effects;", "output"),
            ("use rustix::termios::{Termios, tcgetattr};", "terminal"),
            (
                "fn f() { signal_hook::flag::register(2, flag); }",
                "terminal",
            ),
        ] {
            assert!(!bad_names(source, "journal").is_empty(), "{source}");
            assert_eq!(bad_names(source, room), [""; 0], "{source}");
        }
    }

    #[test]
    fn a_query_that_forgets_what_is_away_is_found() {
        let forgetful = "SELECT text FROM entry WHERE deleted_at IS NULL";
        assert_eq!(sightless(forgetful, &["store", "entries"]).len(), 1);
    }

    #[test]
    fn a_test_file_that_nobody_names_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        };
        write("one.rs", "mod shared;");
        write("shared/mod.rs", "mod deep;");
        write("shared/deep.rs", "");
        write(
            "cli/main.rs",
            "mod list; #[path = \"../sandbox/mod.rs\"] mod sandbox;",
        );
        write("sandbox/mod.rs", "mod pty;");
        write("sandbox/pty.rs", "");
        write("cli/list.rs", "");
        write("cli/lost.rs", "");
        assert_eq!(unwired(folder.path()), [folder.path().join("cli/lost.rs")]);
    }

    #[test]
    fn migrations_out_of_order_are_found() {
        let names = ["0001_a.sql".to_owned(), "0002_b.sql".to_owned()];
        let line = |name: &str| format!("include_str!(\"../../migrations/{name}\"),\n");
        let (one, two) = (line("0001_a.sql"), line("0002_b.sql"));
        assert_eq!(bad_migrations(&names, &(one.clone() + &two)), [""; 0]);
        assert_eq!(bad_migrations(&names, &(two + &one)).len(), 1);
        assert_eq!(bad_migrations(&names, &one).len(), 2);
        let gap = ["0001_a.sql".to_owned(), "0003_c.sql".to_owned()];
        assert_eq!(bad_migrations(&gap, &(one + &line("0003_c.sql"))).len(), 1);
    }
}
