//! A disk that is full, that fails, or that may not be written to. Typed text is found again
//! whatever happens.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

use super::aftermath::{seed, texts};
use super::strace::{onward, tracing};
use crate::sandbox::{Ran, Sandbox};
use crate::tools::{AS_SOMEBODY_ELSE, am_root, have, have_strace, say, wanting};

const TEXT: &str = "typed in one go, with nothing else to remember it by";

/// Takes the text from standard input.
const EDIT: [&str; 4] = ["edit", "1", "--text", "-"];

/// Where typed text is after a run; empty where it is lost.
fn whereabouts(sandbox: &Sandbox, ran: &Ran) -> Vec<&'static str> {
    let mut found = Vec::new();
    let in_journal = sandbox.journal().exists()
        && texts(&sandbox.journal())
            .expect("sound after the fault")
            .iter()
            .any(|text| text == TEXT);
    if in_journal {
        found.push("in the journal");
    }
    for (path, text) in sandbox.kept() {
        if text != TEXT {
            continue;
        }
        let named = ran.stderr.contains(&path.display().to_string());
        if path.ends_with("page.md") {
            found.push("in a draft");
        } else if named || ran.stderr.is_empty() {
            found.push("in a file that the message names");
        }
    }
    if ran.stdout.contains(TEXT) {
        found.push("printed");
    }
    found
}

/// Every call that writes fails from the Kth on, for every K.
fn sweep(name: &str, error: &str, args: &[&str], prepare: impl Fn() -> Sandbox) {
    const CALLS: [&str; 13] = [
        "pwrite64",
        "write",
        "ftruncate",
        "fdatasync",
        "fsync",
        "rename",
        "renameat2",
        "link",
        "linkat",
        "unlink",
        "mkdir",
        "fallocate",
        "openat",
    ];
    if !have_strace(name) {
        return;
    }
    let counts = prepare().calls(&CALLS, args, Some(TEXT));
    let (mut points, mut saved) = (0, 0);
    let mut lost = Vec::new();
    for (call, count) in CALLS.iter().zip(counts) {
        for at in 1..=count {
            let sandbox = prepare();
            let inject = format!("inject=?{call}:error={error}:when={at}+");
            let trace = tracing(&[call]);
            let strace = ["-e", trace.as_str(), "-e", inject.as_str()];
            let ran = Ran::of(
                sandbox.traced(&strace, Path::new("/dev/null"), args),
                Some(TEXT),
            );
            let point = format!("{error} from {call} {at} on");
            // Refused by the loader, before there was a program.
            if ran.stderr.contains("error while loading shared libraries") {
                assert_ne!(ran.code, Some(0), "{point}: {ran:?}");
                continue;
            }
            points += 1;
            assert_eq!(ran.signal, None, "{point}: {ran:?}");
            assert!(!ran.stderr.contains("panicked"), "{point}: {ran:?}");
            let found = whereabouts(&sandbox, &ran);
            let in_journal = found.contains(&"in the journal");
            saved += usize::from(in_journal);
            if found.is_empty() {
                lost.push(format!("{point}: {ran:?}"));
            }
            assert!(ran.code != Some(0) || in_journal, "{point}: {ran:?}");
            let said_saved = ran.said_saved() || ran.stderr.contains("Changed #");
            assert!(!said_saved || in_journal, "{point}: {ran:?}");
            if ran.code == Some(1) && *call != "write" {
                ran.ended_well(&point);
            }
        }
    }
    say(&format!(
        "{name}: {points} points, {saved} saved all the same, {} texts lost",
        lost.len()
    ));
    assert!(points > 20, "{points}");
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn no_space_while_writing_into_a_journal() {
    let journal = seed(3);
    sweep("no space in a write", "ENOSPC", &["write"], || {
        Sandbox::with(&[("journal.db", &journal)])
    });
}

#[test]
fn no_space_while_making_a_journal() {
    sweep(
        "no space in the first write",
        "ENOSPC",
        &["write"],
        Sandbox::in_memory,
    );
}

#[test]
fn errors_while_writing_into_a_journal() {
    let journal = seed(3);
    sweep("a failing disk in a write", "EIO", &["write"], || {
        Sandbox::with(&[("journal.db", &journal)])
    });
}

#[test]
fn errors_while_making_a_journal() {
    sweep(
        "a failing disk in the first write",
        "EIO",
        &["write"],
        Sandbox::in_memory,
    );
}

#[test]
fn no_space_while_editing() {
    let journal = seed(3);
    sweep("no space in an edit", "ENOSPC", &EDIT, || {
        Sandbox::with(&[("journal.db", &journal)])
    });
}

#[test]
fn errors_while_editing() {
    let journal = seed(3);
    sweep("a failing disk in an edit", "EIO", &EDIT, || {
        Sandbox::with(&[("journal.db", &journal)])
    });
}

/// The journal cannot be written to, and of what is done to keep the text aside one write
/// fails too.
#[test]
fn a_draft_that_cannot_be_written_either() {
    let why = "what cannot be saved is kept in memory, not among the drafts";
    if crate::sealed::skip("a_draft_that_cannot_be_written_either", why) {
        return;
    }
    if !have_strace("a_draft_that_cannot_be_written_either") {
        return;
    }
    let journal = seed(3);
    let mut kept = 0;
    for at in 1..=4 {
        let sandbox = Sandbox::with(&[("journal.db", &journal)]);
        let inject = format!("inject=write:error=ENOSPC:when={at}");
        let strace = [
            "-e",
            "trace=write,pwrite64",
            "-e",
            "inject=pwrite64:error=ENOSPC:when=1+",
            "-e",
            inject.as_str(),
        ];
        let ran = Ran::of(
            sandbox.traced(&strace, Path::new("/dev/null"), &["write"]),
            Some(TEXT),
        );
        assert_eq!(ran.code, Some(1), "write {at}: {ran:?}");
        let found = whereabouts(&sandbox, &ran);
        assert!(!found.is_empty(), "write {at}: {ran:?}");
        kept += u32::from(found == ["in a file that the message names"]);
    }
    assert!(kept > 0, "no draft ever failed");
}

/// A small disk of its own, gone when the value is dropped.
struct Disk<'a>(&'a Path);

impl Disk<'_> {
    fn mount<'a>(at: &'a Path, size: &str, test: &str) -> Option<Disk<'a>> {
        if !am_root() {
            wanting("the superuser's right to mount", test);
            return None;
        }
        let options = format!("size={size},mode=0700");
        let run = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "none"])
            .arg(at)
            .output();
        match run {
            Ok(run) if run.status.success() => Some(Disk(at)),
            _ => {
                wanting("the right to mount a small disk", test);
                None
            }
        }
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let done = Command::new("umount").arg(self.0).status();
        if !done.is_ok_and(|status| status.success()) {
            say(&format!("could not unmount {}", self.0.display()));
        }
    }
}

#[test]
fn a_disk_that_is_full() {
    let sandbox = Sandbox::in_memory();
    let data = sandbox.data();
    let Some(_disk) = Disk::mount(&data, "1m", "a_disk_that_is_full") else {
        return;
    };
    let mut saved = Vec::new();
    let full = loop {
        let text = format!("{} {}", saved.len(), "a long evening ".repeat(2_000));
        let ran = Ran::of(sandbox.program(onward(), &["write"]), Some(&text));
        if ran.code == Some(0) {
            assert!(ran.said_saved());
            saved.push(text);
            assert!(saved.len() < 100, "the disk does not fill");
            continue;
        }
        ran.ended_well("a full disk");
        assert!(!ran.said_saved());
        assert!(ran.stderr.contains("full"), "{}", ran.stderr);
        let kept = sandbox.kept();
        assert!(
            kept.iter().any(|(_, kept)| *kept == text),
            "the text is kept: {}",
            ran.stderr
        );
        break ran;
    };
    assert!(!saved.is_empty(), "{full:?}");

    // With not a byte left, what is written can still be read.
    let _ = fs::write(data.join("filler"), vec![0; 1 << 20]);
    let listed = sandbox.onward(&["list", "--json", "-n", "1000"]);
    assert_eq!(listed.code, Some(0), "{listed:?}");
    let answer: serde_json::Value = serde_json::from_str(&listed.stdout).expect("an answer");
    let entries = answer["entries"].as_array().expect("entries");
    assert_eq!(entries.len(), saved.len());
    let refused = Ran::of(sandbox.program(onward(), &["write"]), Some(TEXT));
    refused.ended_well("a disk without a byte");
    assert!(refused.stderr.contains("the disk is full"), "{refused:?}");
    assert_ne!(
        whereabouts_beside(&sandbox, &refused),
        [] as [&str; 0],
        "{refused:?}"
    );

    // And when there is room again, it goes on.
    fs::remove_file(data.join("filler")).expect("removed");
    assert_eq!(texts(&sandbox.journal()).expect("sound"), saved);
    say(&format!(
        "a full disk: {} pages fitted and are there, the next was kept aside",
        saved.len()
    ));
}

/// As [`whereabouts`], where the journal cannot be opened to be asked.
fn whereabouts_beside(sandbox: &Sandbox, ran: &Ran) -> Vec<&'static str> {
    let mut found = Vec::new();
    if sandbox.kept().iter().any(|(_, text)| text == TEXT) {
        found.push("kept");
    }
    if ran.stdout.contains(TEXT) {
        found.push("printed");
    }
    found
}

#[test]
fn a_limit_on_the_size_of_files() {
    let journal = seed(3);
    let mut failed = 0;
    for blocks in [0, 1, 8, 40, 64, 100, 200, 400] {
        let sandbox = Sandbox::with(&[("journal.db", &journal)]);
        let script = format!("ulimit -f {blocks}; exec \"$0\" write");
        let ran = Ran::of(
            sandbox.program("sh", &["-c", &script, onward()]),
            Some(TEXT),
        );
        ran.ended_well(&format!("ulimit -f {blocks}"));
        failed += u32::from(ran.code == Some(1));
        let found = whereabouts(&sandbox, &ran);
        assert!(!found.is_empty(), "ulimit -f {blocks}: {ran:?}");
        assert_eq!(ran.said_saved(), found.contains(&"in the journal"));
    }
    assert!(failed >= 2, "no limit was ever met");
}

/// The program as an ordinary user, whom modes bind; the superuser becomes one.
fn as_ordinary_user(sandbox: &Sandbox, args: &[&str], input: Option<&str>) -> Option<Ran> {
    if !am_root() {
        return Some(Ran::of(sandbox.program(onward(), args), input));
    }
    let mut all = vec![
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "--",
        onward(),
    ];
    all.extend(args);
    let ran = Ran::of(sandbox.program("setpriv", &all), input);
    (ran.code != Some(126) && ran.code != Some(127)).then_some(ran)
}

/// A home that belongs to that user.
fn ordinary(files: &[(&str, &[u8])], test: &str) -> Option<Sandbox> {
    let sandbox = Sandbox::with(files);
    if am_root() {
        if !have("setpriv", test) {
            return None;
        }
        let mut ahead = vec![sandbox.root().to_path_buf()];
        while let Some(path) = ahead.pop() {
            chown(&path, Some(65534), Some(65534)).expect("given away");
            if path.is_dir() {
                ahead.extend(
                    fs::read_dir(&path)
                        .expect("there")
                        .map(|e| e.expect("there").path()),
                );
            }
        }
        if as_ordinary_user(&sandbox, &["--version"], None)
            .is_none_or(|ran| ran.code != Some(0))
        {
            wanting(AS_SOMEBODY_ELSE, test);
            return None;
        }
    }
    Some(sandbox)
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
}

#[test]
fn a_journal_that_may_only_be_read() {
    const NAME: &str = "a_journal_that_may_only_be_read";
    let journal = seed(3);
    for (folder, file) in [(0o500, 0o600), (0o700, 0o400), (0o500, 0o400)] {
        let what = format!("folder {folder:o}, file {file:o}");
        let Some(sandbox) = ordinary(&[("journal.db", &journal)], NAME) else {
            return;
        };
        chmod(&sandbox.journal(), file);
        chmod(&sandbox.data(), folder);
        let run = |args: &[&str], input| {
            as_ordinary_user(&sandbox, args, input).expect("an ordinary user")
        };
        for args in [
            &["list"][..],
            &["show", "2"],
            &["tips"],
            &["tips", "1"],
            &["today"],
            &[],
        ] {
            let ran = run(args, None);
            assert_eq!(ran.code, Some(0), "{what}: {args:?}: {ran:?}");
        }
        assert!(run(&["show", "2"], None).stdout.contains("page 2"));
        for args in [&["write"][..], &["write", "--free"]] {
            let ran = run(args, Some(TEXT));
            ran.ended_well(&what);
            assert_eq!(ran.code, Some(1), "{what}: {ran:?}");
            assert!(!ran.said_saved());
            assert!(
                ran.stderr.contains("cannot be written to"),
                "{what}: {ran:?}"
            );
            assert!(
                whereabouts_beside(&sandbox, &ran).contains(&"kept"),
                "{what}: {ran:?}"
            );
        }
        let skip = run(&["today", "--skip"], None);
        skip.ended_well(&what);
        assert_eq!(skip.code, Some(1), "{what}: {skip:?}");
        chmod(&sandbox.data(), 0o700);
        assert!(
            fs::read(sandbox.journal()).expect("there") == journal,
            "{what}"
        );
    }
}

#[test]
fn a_folder_that_may_not_be_entered_or_written_to() {
    const NAME: &str = "a_folder_that_may_not_be_entered_or_written_to";
    for mode in [0o000, 0o500] {
        let Some(sandbox) = ordinary(&[], NAME) else {
            return;
        };
        chmod(&sandbox.data(), mode);
        let ran = as_ordinary_user(&sandbox, &["write"], Some(TEXT)).expect("an ordinary user");
        ran.ended_well("a barred folder");
        assert_eq!(ran.code, Some(1), "{mode:o}: {ran:?}");
        assert!(
            whereabouts_beside(&sandbox, &ran).contains(&"kept"),
            "{mode:o}: {ran:?}"
        );
        let page = as_ordinary_user(&sandbox, &[], None).expect("an ordinary user");
        page.ended_well("a barred folder");
        chmod(&sandbox.data(), 0o700);
    }
}
