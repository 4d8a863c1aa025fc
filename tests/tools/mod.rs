//! What some tests need besides the program: tools that may not be installed, and what a machine
//! may not allow.
//!
//! A test that lacks something says so and is skipped. With `ONWARD_TEST_REQUIRE_TOOLS` it fails:
//! otherwise a machine without the tools would prove nothing, and nobody would notice.
//! `ONWARD_TEST_SKIPPED` names a file that gets a line for each thing that was wanted.

#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "not every test needs all of it; the switches are variables"
)]

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Set to anything, a test fails that lacks something.
const REQUIRE: &str = "ONWARD_TEST_REQUIRE_TOOLS";

/// The file that gets what was wanted.
const SKIPPED: &str = "ONWARD_TEST_SKIPPED";

/// What a test needs that becomes somebody else where the superuser runs it.
pub(crate) const AS_SOMEBODY_ELSE: &str =
    "setpriv, and a folder from which an ordinary user can run the program";

/// Says something past the harness, which keeps what tests print to itself.
pub(crate) fn say(what: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{what}");
}

/// The first of these programs that is installed, under whichever of its names.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|program| program.is_file())
}

/// Whether a tool is installed that a test needs.
pub(crate) fn have(tool: &str, test: &str) -> bool {
    let there = find(&[tool]).is_some();
    there || wanting(tool, test)
}

/// Whether a tool is installed that is good to test with and that not every system offers: without
/// it nothing fails.
pub(crate) fn have_extra(tool: &str, test: &str) -> bool {
    let there = find(&[tool]).is_some();
    if !there {
        skipped(tool, test);
    }
    there
}

/// Whether strace is installed and allowed to trace.
pub(crate) fn have_strace(test: &str) -> bool {
    let traced = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match traced {
        Ok(traced) if traced.success() => true,
        Ok(_) => wanting("the right to use strace", test),
        Err(_) => wanting("strace", test),
    }
}

/// Whether the superuser runs the tests, whom modes do not bind.
pub(crate) fn am_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.expect("id runs").stdout == b"0\n"
}

/// For a test that needs something which is not there: it fails where everything is to be there,
/// else it is to be skipped.
pub(crate) fn wanting(what: &str, test: &str) -> bool {
    assert!(
        std::env::var_os(REQUIRE).is_none_or(|value| value.is_empty()),
        "{test} needs {what}, and {REQUIRE} is set"
    );
    skipped(what, test);
    false
}

/// Says that a test is skipped for want of something.
pub(crate) fn skipped(what: &str, test: &str) {
    say(&format!("skipped {test}: it needs {what}"));
    if let Some(file) = std::env::var_os(SKIPPED) {
        let file = OpenOptions::new().create(true).append(true).open(file);
        // In one piece: other tests write into it too.
        let line = format!("{what}\n");
        let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
        written.expect("a file for what is skipped");
    }
}
