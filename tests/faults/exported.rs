//! Faults while entries are taken out: there is a whole export in its place or none, and none
//! that failed is called one.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use onward::formats::age;

use super::aftermath::seed;
use super::killed::WRITES;
use super::strace::{onward, tracing};
use crate::sandbox::{Ran, Sandbox};
use crate::tools::{am_root, have_strace, say, wanting};

const FILE: [&str; 6] = ["export", "--plain", "--to", "csv", "-o", "out"];
/// For a key that [`prepare`] puts there; the file is another each time.
#[cfg(feature = "age")]
const SEALED: [&str; 8] = [
    "export",
    "--to",
    "csv",
    "-o",
    "out",
    "--recipient",
    PUBLIC,
    "--force",
];
const FOLDER: [&str; 6] = ["export", "--plain", "--to", "markdown", "-o", "out"];

/// A key of the `age` tool, which opens nothing but what is made here.
const SECRET: &str =
    "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";
#[cfg(feature = "age")]
const PUBLIC: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
const KEEPSAKE: [&str; 6] = ["export", "--plain", "--to", "html", "-o", "out"];

/// A place of its own to export to, beside the journal's folder.
fn prepare(journal: &[u8]) -> Sandbox {
    Sandbox::with(&[("journal.db", journal)])
}

/// What stands in an export's place: a file, opened where it is encrypted, or the files of a
/// folder one after the other.
fn whole(sandbox: &Sandbox) -> Option<Vec<u8>> {
    let place = sandbox.home().join("out");
    if !place.is_dir() {
        let found = fs::read(&place).ok()?;
        return Some(if age::looks_like(&found) {
            opened(sandbox, &place)
        } else {
            found
        });
    }
    let mut files: Vec<_> = fs::read_dir(place)
        .expect("readable")
        .map(|file| file.expect("readable").path())
        .collect();
    files.sort();
    let read = |file: &std::path::PathBuf| fs::read(file).expect("readable");
    Some(files.iter().map(read).collect::<Vec<_>>().concat())
}

/// What is in an encrypted export, which is shorter than the beginning that is looked at.
fn opened(sandbox: &Sandbox, place: &Path) -> Vec<u8> {
    let key = sandbox.home().join("key");
    fs::write(&key, SECRET).expect("written");
    let nobody = |_: &Path, _| panic!("asked for a passphrase");
    let mut keys = age::Identities::default();
    keys.read(&key, &nobody).expect("a key");
    let found = age::open(place, &keys, &nobody);
    found
        .and_then(|opened| opened.head())
        .expect("it opens, and is whole")
}

/// What lies about besides.
fn left_over(sandbox: &Sandbox) -> usize {
    let found = fs::read_dir(sandbox.home()).expect("readable");
    found
        .filter(|found| {
            let name = found.as_ref().expect("readable").file_name();
            name.to_string_lossy().starts_with(".out-")
        })
        .count()
}

fn sweep(name: &str, args: &[&str], is_replaced: bool, fault: &str) {
    if !have_strace(name) {
        return;
    }
    let journal = seed(3);
    let prepare = || {
        let sandbox = prepare(&journal);
        if is_replaced {
            fs::write(sandbox.home().join("out"), "older").expect("written");
        }
        sandbox
    };
    let before = is_replaced.then(|| b"older".to_vec());
    let sandbox = prepare();
    let ran = sandbox.onward(args);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let after = whole(&sandbox);
    assert!(after.is_some() && after != before);
    let (mut points, mut left, mut done) = (0, 0, 0);
    for call in WRITES {
        for at in 1.. {
            let sandbox = prepare();
            let inject = format!("inject=?{call}:{fault}:when={at}+");
            let trace = tracing(&[call]);
            let strace = ["-e", trace.as_str(), "-e", inject.as_str()];
            let ran = Ran::of(sandbox.traced(&strace, Path::new("/dev/null"), args), None);
            let is_kill = fault.starts_with("signal");
            if is_kill && ran.signal.is_none() {
                assert_eq!(ran.code, Some(0), "{call} {at}: {}", ran.stderr);
                break;
            }
            let point = format!("{call} {at}");
            // Refused by the loader, before there was a program.
            if ran.stderr.contains("error while loading shared libraries") {
                continue;
            }
            points += 1;
            let found = whole(&sandbox);
            assert!(found == before || found == after, "{point}: {found:?}");
            if found == after {
                done += 1;
            }
            assert!(!ran.stderr.contains("panicked"), "{point}: {ran:?}");
            if ran.stderr.contains("Exported") {
                assert!(found == after, "{point}: {ran:?}");
            }
            if is_kill {
                left += left_over(&sandbox);
            } else {
                assert!(ran.code != Some(0) || found == after, "{point}: {ran:?}");
                // Without these nothing can be taken away, only next time.
                let can_clear = !matches!(call, "unlink" | "unlinkat" | "openat");
                assert!(left_over(&sandbox) == 0 || !can_clear, "{point}");
                if ran.code == Some(0) {
                    break;
                }
            }
            // And the next one does it, and clears away.
            if found == before {
                let ran = sandbox.onward(args);
                assert_eq!(ran.code, Some(0), "{point}: {}", ran.stderr);
                assert_eq!(whole(&sandbox), after, "{point}");
                assert_eq!(left_over(&sandbox), 0, "{point}");
            }
        }
    }
    say(&format!(
        "{name}: {points} points, {done} whole, the others none, {left} unfinished left beside"
    ));
    assert!(points > 20, "{points}");
}

#[test]
fn killed_while_writing_a_file() {
    sweep("kill -9 in an export", &FILE, false, "signal=SIGKILL");
}

#[test]
fn killed_while_replacing_a_file() {
    let args = [&FILE[..], &["--force"]].concat();
    sweep(
        "kill -9 in an export over another",
        &args,
        true,
        "signal=SIGKILL",
    );
}

#[test]
fn killed_while_writing_a_folder() {
    sweep(
        "kill -9 in an export of a folder",
        &FOLDER,
        false,
        "signal=SIGKILL",
    );
}

#[cfg(feature = "age")]
#[test]
fn killed_while_writing_an_encrypted_file() {
    sweep(
        "kill -9 in an encrypted export",
        &SEALED,
        false,
        "signal=SIGKILL",
    );
    sweep(
        "kill -9 in an encrypted export over another",
        &SEALED,
        true,
        "signal=SIGKILL",
    );
}

#[cfg(feature = "age")]
#[test]
fn no_space_for_an_encrypted_file() {
    sweep(
        "no space in an encrypted export",
        &SEALED,
        false,
        "error=ENOSPC",
    );
}

/// Whatever the form, the one file that is made is encrypted from its first byte on.
#[cfg(feature = "age")]
#[test]
fn nothing_is_written_on_the_way_to_an_encrypted_file() {
    let name = "nothing_is_written_on_the_way_to_an_encrypted_file";
    if !have_strace(name) {
        return;
    }
    const CANARY: &str = "canary-between-the-reeds";
    for form in ["jsonl", "json", "csv", "text", "dayone", "html"] {
        let sandbox = prepare(&seed(2));
        let ran = sandbox.onward(&["write", "--free", CANARY]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let log = sandbox.home().join("log");
        let calls = [
            "open",
            "openat",
            "creat",
            "memfd_create",
            "write",
            "writev",
            "pwrite64",
            "pwritev",
            "pwritev2",
            "sendfile",
            "copy_file_range",
        ];
        let trace = tracing(&calls);
        let strace = ["-y", "-s", "1000000", "-e", trace.as_str()];
        let args = ["export", "--to", form, "-o", "out", "--recipient", PUBLIC];
        let ran = Ran::of(sandbox.traced(&strace, &log, &args), None);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let log = fs::read_to_string(log).expect("a log");
        let (mut made, mut written) = (0, 0);
        for line in log.lines() {
            assert!(!line.contains(CANARY), "{form}: {line}");
            let opens = ["O_CREAT", "O_WRONLY", "O_RDWR", "creat(", "memfd_create("];
            // The journal, its log and its index are what they were.
            let of_journal = line.contains("/journal.db");
            if opens.iter().any(|how| line.contains(how)) && !of_journal {
                assert!(
                    line.contains("/.out-") || line.contains("/dev/"),
                    "{form}: {line}"
                );
                made += usize::from(line.contains("O_CREAT"));
            }
            written += usize::from(line.contains("write(") && line.contains("/.out-"));
        }
        assert!(made > 0 && written > 0, "{form}: {log}");
        assert!(fs::read(sandbox.home().join("out")).is_ok_and(|out| age::looks_like(&out)));
    }
}

#[test]
fn no_space_for_a_file() {
    sweep("no space in an export", &FILE, false, "error=ENOSPC");
}

#[test]
fn no_space_for_a_folder() {
    sweep(
        "no space in an export of a folder",
        &FOLDER,
        false,
        "error=ENOSPC",
    );
}

/// More than the pipe holds.
fn long_journal() -> Sandbox {
    let sandbox = Sandbox::in_memory();
    let text = "A long line of a long day. ".repeat(20_000);
    let ran = Ran::of(sandbox.program(onward(), &["write", "--free"]), Some(&text));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    sandbox
}

#[test]
fn a_reader_that_has_seen_enough() {
    let sandbox = long_journal();
    for format in ["csv", "json", "jsonl"] {
        let mut command = sandbox.program(onward(), &["export", "--to", format, "-o", "-"]);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut pipe = child.stdout.take().expect("a pipe");
        pipe.read_exact(&mut [0; 10]).expect("begun");
        drop(pipe);
        let ran = Ran::end(child);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{format}");
    }
}

#[test]
fn a_full_device_is_no_success() {
    let sandbox = long_journal();
    for format in ["csv", "json", "jsonl"] {
        let mut command = sandbox.program(onward(), &["export", "--to", format, "-o", "-"]);
        let full = fs::OpenOptions::new().write(true).open("/dev/full");
        let Ok(full) = full else {
            wanting("/dev/full", "a_full_device_is_no_success");
            return;
        };
        let child = command.stdout(full).stderr(Stdio::piped()).spawn();
        let ran = Ran::end(child.expect("started"));
        assert_eq!(ran.code, Some(1), "{format}: {ran:?}");
        assert!(
            ran.stderr.contains("cannot write to standard output"),
            "{ran:?}"
        );
        assert!(!ran.stderr.contains("Exported"), "{ran:?}");
    }
}

#[test]
fn nobody_else_can_read_it_whatever_the_umask() {
    let sandbox = prepare(&seed(2));
    for (umask, place) in [("000", "open"), ("022", "usual"), ("777", "shut")] {
        for (format, name) in [("csv", "file"), ("markdown", "folder")] {
            let place = format!("{place}-{name}");
            let script =
                format!("umask {umask}; exec \"$0\" export --plain --to {format} -o {place}");
            let ran = Ran::of(sandbox.program("sh", &["-c", &script, onward()]), None);
            // Who is not root cannot even use what nobody may use.
            if umask == "777" && !am_root() {
                continue;
            }
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            let path = sandbox.home().join(place);
            let mode =
                |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
            let most = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(&path) & !most, 0, "{umask}");
            if path.is_dir() {
                for file in fs::read_dir(&path).expect("readable") {
                    assert_eq!(mode(&file.expect("readable").path()) & !0o600, 0, "{umask}");
                }
            }
        }
    }
}

/// What a power cut would leave: the file is on the disk before it has its name, and the name
/// before it is called exported.
#[test]
fn the_disk_has_it_before_it_is_called_exported() {
    let name = "the_disk_has_it_before_it_is_called_exported";
    if !have_strace(name) {
        return;
    }
    const CALLS: [&str; 7] = [
        "write",
        "fsync",
        "rename",
        "renameat",
        "renameat2",
        "link",
        "linkat",
    ];
    for args in [&FILE, &FOLDER] {
        let sandbox = prepare(&seed(2));
        let log = sandbox.home().join("log");
        let ran = Ran::of(
            sandbox.traced(&["-y", "-e", &tracing(&CALLS)], &log, args),
            None,
        );
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let log = fs::read_to_string(log).expect("a log");
        let lines: Vec<&str> = log.lines().collect();
        let last = |call: &str, what: &str| {
            let found = lines
                .iter()
                .rposition(|line| line.contains(call) && line.contains(what));
            found.unwrap_or_else(|| panic!("{call} {what}: {log}"))
        };
        let is_name = |line: &&str| {
            ["rename", "link"].iter().any(|call| line.contains(call)) && line.contains("/out\"")
                || line.contains("\"out\"")
        };
        let named = lines
            .iter()
            .rposition(is_name)
            .unwrap_or_else(|| panic!("{log}"));
        let (written, synced) = (last("write(", ".new/"), last("fsync(", ".new/"));
        assert!(written < synced && synced < named, "{log}");
        let folder = format!("{}>", sandbox.home().display());
        let said = last("write(", "Exported");
        assert!(
            named < last("fsync(", &folder) && last("fsync(", &folder) < said,
            "{log}"
        );
    }
}

/// Asks a run to stop at the `at`th call of this name. Returns how the run ended and whether
/// that was before the export had its name, or `None` where there is no such call.
fn asked_to_stop(
    sandbox: &Sandbox,
    (signal, call, at): (&str, &str, usize),
    args: &[&str],
) -> Option<(Ran, bool)> {
    const NAMING: [&str; 5] = ["rename", "renameat", "renameat2", "link", "linkat"];
    let inject = format!("inject=?{call}:signal={signal}:when={at}");
    let trace = tracing(&[&[call], &NAMING[..]].concat());
    let log = sandbox.home().join("log");
    let strace = ["-e", trace.as_str(), "-e", inject.as_str()];
    let ran = Ran::of(sandbox.traced(&strace, &log, args), None);
    let log = fs::read_to_string(log).expect("a log");
    let line = |wanted: &dyn Fn(&str) -> bool| log.lines().position(wanted);
    let asked = line(&|line| line.contains(&format!("--- {signal} ")))?;
    let named =
        line(&|line| NAMING.iter().any(|call| line.contains(call)) && line.contains("\"out\""));
    Some((ran, named.is_none_or(|named| asked < named)))
}

/// A signal is noted before the call that it came with returns, so it is heard at once, however
/// busy the machine is.
#[test]
fn asked_to_stop_at_any_time() {
    if !have_strace("asked_to_stop_at_any_time") {
        return;
    }
    let journal = seed(2);
    let (mut points, mut heard) = (0, 0);
    for args in [&FILE, &FOLDER, &KEEPSAKE] {
        for call in ["mkdir", "openat", "write", "fsync", "renameat2", "unlinkat"] {
            for at in 1.. {
                let sandbox = prepare(&journal);
                let point = ("SIGTERM", call, at);
                let Some((ran, before)) = asked_to_stop(&sandbox, point, args) else {
                    break;
                };
                points += 1;
                let there = whole(&sandbox).is_some();
                if before {
                    // Before there was anything to leave behind it ends as others do.
                    assert!(
                        ran.code == Some(130) || ran.signal == Some(15),
                        "{point:?}: {ran:?}"
                    );
                    assert!(
                        !there && !ran.stderr.contains("Exported"),
                        "{point:?}: {ran:?}"
                    );
                    heard += usize::from(ran.code == Some(130));
                } else {
                    assert!(ran.code == Some(0) && there, "{point:?}: {ran:?}");
                }
                assert_eq!(left_over(&sandbox), 0, "{point:?}: {ran:?}");
            }
        }
    }
    say(&format!(
        "an export that is asked to stop: {points} points, heard at {heard}, none in part"
    ));
    assert!(heard > 10, "{heard}");
    for signal in ["SIGINT", "SIGHUP", "SIGQUIT"] {
        let sandbox = prepare(&journal);
        let ran = asked_to_stop(&sandbox, (signal, "mkdir", 1), &FILE);
        let (ran, _) = ran.expect("a folder is made");
        assert_eq!(
            (ran.code, ran.signal),
            (Some(130), None),
            "{signal}: {ran:?}"
        );
        assert_eq!(
            (whole(&sandbox), left_over(&sandbox)),
            (None, 0),
            "{signal}"
        );
    }
}
