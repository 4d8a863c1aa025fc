//! A command that fails before it reads its text from standard input. Whoever piped it in may
//! have it nowhere else.

use std::fs;
use std::io::Write;
use std::process::{Child, Command, Stdio};

use super::aftermath::{seed, texts};
use super::strace::onward;
use crate::sandbox::{Ran, Sandbox};

const TEXT: &str = "piped in, with nothing else to remember it by\n";

struct Case {
    what: &'static str,
    args: &'static [&'static str],
    /// Does to the program and its home what is wrong.
    spoil: fn(&Sandbox, &mut Command),
    status: i32,
    says: &'static [&'static str],
}

const WRITE: &[&str] = &["write"];

fn nothing(_: &Sandbox, _: &mut Command) {}

fn cases() -> Vec<Case> {
    let case = |what, args, spoil: fn(&Sandbox, &mut Command), status, says| Case {
        what,
        args,
        spoil,
        status,
        says,
    };
    vec![
        case(
            "a broken configuration",
            WRITE,
            |sandbox, program| {
                let path = sandbox.home().join("broken.toml");
                fs::write(&path, "colour = 1").expect("written");
                program.env("ONWARD_CONFIG", path);
            },
            1,
            &["broken.toml, line 1", "did you mean color"],
        ),
        case(
            "a broken configuration in the usual place",
            WRITE,
            |sandbox, _| sandbox.config("journal = 3"),
            1,
            &["config.toml, line 1"],
        ),
        case(
            "a configuration that is missing",
            &["write", "--config", "none.toml"],
            nothing,
            1,
            &["none.toml"],
        ),
        case(
            "a clock that cannot be read",
            WRITE,
            |_, program| {
                program.env("ONWARD_NOW", "half past nine");
            },
            2,
            &["ONWARD_NOW", "write it as"],
        ),
        case(
            "no home directory",
            WRITE,
            |_, program| {
                program.env("HOME", "relative");
            },
            1,
            &["home directory", "set HOME"],
        ),
        case(
            "a journal without a name",
            &["write", "--journal", ""],
            nothing,
            2,
            &["--journal needs"],
        ),
        case(
            "a day to come",
            &["write", "--on", "tomorrow"],
            nothing,
            2,
            &["--on"],
        ),
        case(
            "no such tip",
            &["write", "--tip", "99"],
            nothing,
            2,
            &["no tip", "see onward tips"],
        ),
        case(
            "a time to come",
            &["write", "--at", "23:59"],
            nothing,
            2,
            &["--at"],
        ),
        case(
            "a letter for a day that is over",
            &["letter", "-", "--open-on", "yesterday"],
            nothing,
            2,
            &["--open-on"],
        ),
        case(
            "an urge of a day to come",
            &["urge", "-", "--on", "tomorrow"],
            nothing,
            2,
            &["--on"],
        ),
        case(
            "a contact of a day to come",
            &["contact", "log", "-", "--on", "tomorrow"],
            nothing,
            2,
            &["--on"],
        ),
        case(
            "no such entry",
            &["edit", "99", "--text", "-"],
            nothing,
            3,
            &["no entry #99", "see onward list"],
        ),
        case(
            "an edit with a day to come",
            &["edit", "1", "--on", "tomorrow", "--text", "-"],
            nothing,
            2,
            &["--on"],
        ),
        case(
            "an edit with no such tip",
            &["edit", "1", "--tip", "99", "--text", "-"],
            nothing,
            2,
            &["no tip", "see onward tips"],
        ),
        case(
            "an edit of what is no journal",
            &["edit", "1", "--text", "-"],
            |sandbox, _| fs::write(sandbox.journal(), "not one at all").expect("written"),
            1,
            &["is not a journal"],
        ),
    ]
}

fn run(case: &Case, journal: &[u8], input: &str) -> (Sandbox, Ran) {
    let sandbox = Sandbox::with(&[("journal.db", journal)]);
    let mut program = sandbox.program(onward(), case.args);
    (case.spoil)(&sandbox, &mut program);
    let ran = Ran::of(program, Some(input));
    (sandbox, ran)
}

#[test]
fn is_kept_in_a_file_that_is_named() {
    let journal = seed(1);
    for case in cases() {
        let what = case.what;
        let (sandbox, ran) = run(&case, &journal, TEXT);
        assert_eq!(ran.code, Some(case.status), "{what}: {ran:?}");
        let mut says = vec!["your page is not saved yet"];
        says.extend(case.says);
        assert!(
            says.iter().all(|says| ran.stderr.contains(says)),
            "{what}: {ran:?}"
        );
        let kept = sandbox.kept();
        let [(path, text)] = kept.as_slice() else {
            panic!("{what}: {ran:?}: {kept:?}");
        };
        match path.ends_with("page.md") {
            // As a draft it has no line end of its own.
            true => assert_eq!(text, TEXT.trim_end(), "{what}"),
            false => assert_eq!(text, TEXT, "{what}"),
        }
        // An encrypted journal that was opened keeps it itself.
        let place = match path.ends_with("page.md") {
            true => "take it up again with onward write --resume".to_owned(),
            false => path.display().to_string(),
        };
        assert!(ran.stderr.contains(&place), "{what}: {ran:?}");

        // Where there is nothing to keep, the fault is all that is said.
        for nothing in ["", " \n\t\n"] {
            let (sandbox, ran) = run(&case, &journal, nothing);
            assert_eq!(ran.code, Some(case.status), "{what}: {ran:?}");
            assert!(ran.stderr.starts_with("error: "), "{what}: {ran:?}");
            assert!(!ran.stderr.contains("not saved"), "{what}: {ran:?}");
            assert_eq!(sandbox.kept(), [], "{what}");
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_kept_as_they_came() {
    let sandbox = Sandbox::in_memory();
    let mut child = start(&sandbox, &["write", "--on", "tomorrow"]);
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(b"a\xff\0b").expect("taken");
    drop(pipe);
    let ran = Ran::end(child);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let kept = sandbox.kept();
    assert_eq!(fs::read(&kept[0].0).expect("there"), b"a\xff\0b");
}

#[test]
fn what_came_before_a_signal_is_kept() {
    let sandbox = Sandbox::in_memory();
    let mut child = start(&sandbox, &["write", "--on", "tomorrow"]);
    let mut pipe = child.stdin.take().expect("a pipe");
    // More than a pipe holds: when it is taken, the program is reading.
    let long = "half a page ".repeat(100_000);
    pipe.write_all(long.as_bytes()).expect("taken");
    let id = child.id().to_string();
    let kill = Command::new("kill").args(["-TERM", &id]).status();
    assert!(kill.expect("kill").success());
    let ran = Ran::end(child);
    drop(pipe);
    assert_eq!((ran.code, ran.signal), (Some(2), None), "{ran:?}");
    let kept = sandbox.kept();
    let (_, text) = &kept[0];
    assert!(
        !text.is_empty() && long.starts_with(text.as_str()),
        "{}",
        text.len()
    );
}

#[test]
fn text_for_an_edit_that_is_refused_is_kept() {
    let sandbox = Sandbox::with(&[("journal.db", &seed(1))]);
    let args = ["edit", "1", "--text", "-", "--untag", "evening"];
    let text = "another text, with #evening in it";
    let ran = Ran::of(sandbox.program(onward(), &args), Some(text));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("stands in the text"), "{ran:?}");
    let kept = sandbox.kept();
    assert_eq!(kept.len(), 1, "{ran:?}");
    assert_eq!(kept[0].1, text);
    assert_eq!(texts(&sandbox.journal()).expect("sound"), ["page 1"]);
}

#[test]
fn nothing_is_read_that_was_not_asked_for() {
    // The pipe stays open: whoever reads it would wait for ever.
    for args in [
        &["write", "a text", "--on", "tomorrow"][..],
        &["write", "--resume", "--on", "tomorrow"],
        &["edit", "99", "--text", "a text"],
        &["list", "--on", "tomorrow"],
    ] {
        let sandbox = Sandbox::with(&[("journal.db", &seed(1))]);
        let mut child = start(&sandbox, args);
        let pipe = child.stdin.take();
        let ran = Ran::end(child);
        drop(pipe);
        assert_ne!(ran.code, Some(0), "{ran:?}");
        assert_eq!(sandbox.kept(), []);
    }
}

fn start(sandbox: &Sandbox, args: &[&str]) -> Child {
    sandbox
        .program(onward(), args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started")
}
