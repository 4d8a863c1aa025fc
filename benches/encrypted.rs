//! Encrypted journals against plain ones.
//!
//! Each row is a command from the start of its process to its end, on a journal and on an
//! encrypted copy of it, taking turns. The encrypted one is unlocked: its key is in the kernel's
//! keyring. What the passphrase costs is a row of its own, since a person types it once; so is
//! everything where the system keeps no keys.
//!
//! How to run it and how to read it is in `benches/README.md`.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on stops, and its table is its answer"
)]

#[allow(dead_code, reason = "not every benchmark needs all of it")]
mod generator;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::DateTime;
use generator::{COMMON_WORD, RARE_WORD, TODAY};
use onward::journal::{Journal, Passphrase, nobody};

/// How many entries the journals have.
const SIZES: [usize; 2] = [10_000, 100_000];

/// How often each side takes its turn.
const TURNS: usize = 25;

/// The commands. `{n}` is another number at each turn.
const COMMANDS: &[(&str, &[&str])] = &[
    ("page", &[]),
    ("today", &["today"]),
    ("tips", &["tips"]),
    ("tips-n", &["tips", "1"]),
    ("list", &["list", "-n", "20"]),
    ("search-rare", &["search", RARE_WORD]),
    ("search-common", &["search", COMMON_WORD]),
    ("show", &["show", "{n}"]),
    ("stats", &["stats"]),
    ("review-month", &["review", "month"]),
    (
        "write",
        &["write", "--mood", "3", "--free", "A page about {n} things."],
    ),
    (
        "edit",
        &["edit", "{n}", "--text", "Another text about {n} things."],
    ),
    ("delete", &["delete", "{n}", "--yes"]),
    ("undo", &["undo"]),
];

fn main() {
    // `cargo test` only wants to know that everything runs.
    let measured = std::env::args().any(|argument| argument == "--bench");
    if !onward::journal::has_encryption() {
        println!("Nothing to measure: this is a build without encryption");
        return;
    }
    let (sizes, turns) = if measured {
        (&SIZES[..], TURNS)
    } else {
        (&[1_000][..], 1)
    };
    println!(
        "\n{:<16}{:>8}{:>9}{:>11}{:>8}{:>9}",
        "command", "entries", "plain", "encrypted", "ratio", "of best"
    );
    for &size in sizes {
        let sides = Sides::of(size);
        for (name, words) in COMMANDS {
            let mut times = [Vec::new(), Vec::new()];
            for turn in 0..turns {
                for at in 0..2 {
                    let side = (at + turn) % 2;
                    times[side].push(timed(sides.command(side == 1, words, turn)));
                }
            }
            let [plain, encrypted] = times.map(Times::of);
            println!(
                "{name:<16}{size:>8}{:>9.2}{:>11.2}{:>8.2}{:>9.2}",
                milliseconds(plain.median),
                milliseconds(encrypted.median),
                encrypted.median.as_secs_f64() / plain.median.as_secs_f64(),
                encrypted.best.as_secs_f64() / plain.best.as_secs_f64(),
            );
        }
        let alone = [
            ("unlock", &["unlock", "--for", "24h"][..]),
            ("list, locked", &["list", "-n", "20"]),
        ];
        for (name, words) in alone.iter().skip(usize::from(!sides.unlocked)) {
            // What is measured next finds it as it was.
            if *name != "unlock" {
                sides.lock();
            }
            let times = (0..turns).map(|_| timed(sides.with_passphrase(words)));
            let times = Times::of(times.collect());
            println!(
                "{name:<16}{size:>8}{:>9}{:>11.2}   with the passphrase; at best {:.2}",
                "-",
                milliseconds(times.median),
                milliseconds(times.best),
            );
        }
    }
}

/// A journal, and the same encrypted.
struct Sides {
    plain: generator::Copy,
    encrypted: generator::Copy,
    passphrase: PathBuf,
    /// Whether its key is in the keyring.
    unlocked: bool,
}

impl Sides {
    fn of(entries: usize) -> Sides {
        const PASSPHRASE: &str = "four words for a benchmark";
        let journal = generator::journal(entries);
        let [plain, encrypted] = ["plain", "encrypted"]
            .map(|name| generator::copy(&journal, &format!("{entries}-{name}")));
        let now = DateTime::parse_from_rfc3339(&format!("{TODAY}T22:00:00+01:00"));
        let opened = Journal::open(&encrypted.0, now.expect("an instant"), &mut nobody);
        let begun = Instant::now();
        let converted = opened
            .expect("the copy opens")
            .encrypt(&Passphrase::new(PASSPHRASE))
            .expect("the copy can be encrypted");
        drop(converted);
        println!(
            "{entries} entries encrypted in {:.1} s",
            begun.elapsed().as_secs_f64()
        );
        let passphrase = encrypted.0.with_extension("passphrase");
        fs::write(&passphrase, PASSPHRASE).expect("written");
        let mut sides = Sides {
            plain,
            encrypted,
            passphrase,
            unlocked: false,
        };
        let unlock = sides.with_passphrase(&["unlock", "--for", "24h"]).status();
        sides.unlocked = unlock.expect("the program starts").success();
        if !sides.unlocked {
            println!("The system keeps no keys here: each row has its passphrase in it");
        }
        sides
    }

    fn command(&self, encrypted: bool, words: &[&str], turn: usize) -> Command {
        let number = (1 + turn * 617 % 900).to_string();
        let words: Vec<String> = words
            .iter()
            .map(|word| word.replace("{n}", &number))
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if encrypted && !self.unlocked {
            return self.with_passphrase(&words);
        }
        let side = if encrypted {
            &self.encrypted
        } else {
            &self.plain
        };
        let mut command = onward(&side.0);
        command.args(words);
        command
    }

    fn with_passphrase(&self, words: &[&str]) -> Command {
        let mut command = onward(&self.encrypted.0);
        let input = File::open(&self.passphrase).expect("there");
        command
            .args(["--passphrase-fd", "0"])
            .args(words)
            .stdin(input);
        command
    }

    fn lock(&self) {
        let _ = onward(&self.encrypted.0).arg("lock").status();
    }
}

impl Drop for Sides {
    fn drop(&mut self) {
        self.lock();
        let _ = fs::remove_file(&self.passphrase);
    }
}

/// `onward` on a journal, without configuration and with nobody to talk to.
#[expect(clippy::disallowed_methods, reason = "whole programs are measured")]
fn onward(journal: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onward"));
    command
        .arg("--journal")
        .arg(journal)
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("EDITOR", "false")
        .env("ONWARD_NOW", format!("{TODAY}T22:30:00+01:00"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn timed(mut command: Command) -> Duration {
    let start = Instant::now();
    let status = command.status().expect("the program starts");
    let time = start.elapsed();
    assert!(status.success(), "{status}: {command:?}");
    time
}

struct Times {
    median: Duration,
    best: Duration,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Times {
        times.sort_unstable();
        Times {
            median: times[times.len() / 2],
            best: times[0],
        }
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
