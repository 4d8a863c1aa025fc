//! Whole commands beside the `sqlite3` shell, beside themselves on an encrypted journal, and
//! beside jrnl.
//!
//! Each row is a process from its start to its end. Two commands take turns, so that whatever
//! else the machine does meets both.
//!
//! How to run it and how to read it is in `benches/README.md`.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on stops, and its tables are its answer"
)]

mod generator;
mod journals;
mod measure;
mod rows;
mod statements;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::sync::OnceLock;
use std::{env, fs, thread};

use clap::{Parser, value_parser};
use generator::TODAY;
use journals::{Encrypted, Form, Journals, PASSPHRASE, UNLOCK};
use measure::{Times, Turn, program, race};
use rows::{Row, rows};

/// How many entries the journals have, unless it is said.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// The time of day at which the journals are looked at.
const EVENING: &str = "T22:30:00+01:00";

/// Times whole commands, and prints tables in Markdown. See benches/README.md.
#[derive(Parser)]
struct Options {
    /// Numbers are how many entries the journals have; of the rest, which rows: a part of
    /// `sqlite3/list/`, `encrypted/list/`, `jrnl/list/` and so on
    only: Vec<String>,
    /// How often each command takes its turn, unless that takes long
    #[arg(long, default_value_t = 25, value_parser = value_parser!(u64).range(1..))]
    turns: u64,
    /// Another build of the program, in place of this one
    #[arg(long, value_name = "PROGRAM")]
    onward: Option<PathBuf>,
    /// Given by `cargo bench`; `cargo test` only wants to know that everything runs
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    if measure::is_launcher(env::args_os().skip(1)) {
        return;
    }
    let mut options = Options::parse();
    let (mut sizes, mut only) = (Vec::new(), Vec::new());
    for word in options.only {
        match word.parse() {
            Ok(size) => sizes.push(size),
            Err(_) => only.push(word),
        }
    }
    sizes.sort_unstable();
    if !options.bench {
        (sizes, options.turns) = (vec![SIZES[0]], 1);
    } else if sizes.is_empty() {
        sizes.extend(SIZES);
    }
    // A file that the linker has just written lies in many pieces in the system's cache, and
    // takes 3 to 8 % longer to start than its copy.
    let built = Path::new(env!("CARGO_BIN_EXE_onward"));
    let copy = generator::copy(options.onward.as_deref().unwrap_or(built), "onward");
    MEASURED.get_or_init(|| copy.0.clone());

    print_machine();
    let mut bench = Bench {
        only,
        turns: options.turns,
        rows: rows(),
        journals: sizes.iter().map(|&size| Journals::of(size)).collect(),
    };
    bench.start();
    if let Err(why) = try_shell() {
        println!("\nWithout the sqlite3 shell: {why}");
        bench.rows.iter_mut().for_each(|row| row.sql = None);
    }
    bench.compare(&SHELL);
    let empty = generator::empty("trial");
    match Encrypted::of(&empty.0, "trial-encrypted") {
        Ok(_) => {
            bench.compare(&ENCRYPTED);
            bench.unlock();
        }
        Err(why) => println!("\nWithout encrypted journals: {why}"),
    }
    if version(Path::new("jrnl"), "--version").is_some() {
        bench.compare(&JRNL);
    }
}

/// Two programs that take turns, or one on two journals.
struct Pair {
    names: [&'static str; 2],
    /// What each does for a row, or only the first where the other can't; `None` for no row.
    turns: fn(&Row, &Rc<Journals>) -> Option<Vec<Turn>>,
    /// The most that the first should take, in times of the second.
    aim: fn(&Row, usize) -> Option<f64>,
}

const SHELL: Pair = Pair {
    names: ["onward", "sqlite3"],
    turns: |row, journals| {
        let target = |side| journals.target(Form::Plain, row.which, side);
        let mut turns = vec![(row.onward)(target("onward"))];
        turns.extend(row.sql.as_ref().map(|sql| sql(target("sqlite3"))));
        Some(turns)
    },
    aim: Row::aim,
};

const ENCRYPTED: Pair = Pair {
    names: ["encrypted", "plain"],
    turns: |row, journals| {
        let encrypted = journals.target(Form::Encrypted, row.which, "encrypted");
        let plain = journals.target(Form::Plain, row.which, "plain");
        Some(vec![(row.onward)(encrypted), (row.onward)(plain)])
    },
    aim: |row, _| row.is_everyday().then_some(1.35),
};

const JRNL: Pair = Pair {
    names: ["jrnl", "onward"],
    turns: |row, journals| {
        let jrnl = row.jrnl.as_ref()?(journals.target(Form::Jrnl, row.which, "jrnl"));
        let onward = (row.onward)(journals.target(Form::Plain, row.which, "onward"));
        Some(vec![jrnl, onward])
    },
    aim: |_, _| None,
};

/// A row goes no further in size where a turn takes so many milliseconds: the next would take ten
/// times as long.
const TOO_LONG: f64 = 5_000.0;

/// The most that `onward unlock` should take, in milliseconds.
const UNLOCK_AIM: f64 = 500.0;

struct Bench {
    /// Parts of the rows wanted; all if empty.
    only: Vec<String>,
    turns: u64,
    rows: Vec<Row>,
    /// From few entries to many.
    journals: Vec<Rc<Journals>>,
}

impl Bench {
    fn wants(&self, table: &str, row: &str) -> bool {
        let row = format!("{table}/{row}/");
        self.only.is_empty() || self.only.iter().any(|only| row.contains(only))
    }

    /// How long processes take that do nothing, or only tell their version.
    fn start(&self) {
        if !self.wants("start", "") {
            return;
        }
        println!("\n| start | ms | at best | MiB |\n|---|--:|--:|--:|");
        let mut starting = vec![("true", PathBuf::from("true"), "")];
        starting.extend(programs());
        starting.retain(|(name, path, argument)| {
            *name == "true" || version(path, argument).is_some()
        });
        let turn = |(_, path, argument): &(&str, PathBuf, &'static str)| -> Turn {
            let (path, argument) = (path.clone(), *argument);
            Box::new(move |_| {
                let mut command = program(&path);
                command.arg(argument);
                command
            })
        };
        let mut turns: Vec<Turn> = starting.iter().map(turn).collect();
        let times = race(&mut turns, self.turns, &Stdio::null);
        for ((name, _, argument), times) in starting.iter().zip(times) {
            println!(
                "| {name} {argument} | {:.2} | {:.2} | {} |",
                times.median(),
                times.best(),
                mebibytes(&times)
            );
        }
    }

    /// The table of a pair.
    fn compare(&self, pair: &Pair) {
        let [first, second] = pair.names;
        // The name that no other table has.
        let table = if first == "onward" { second } else { first };
        let mut has_head = false;
        for row in self.rows.iter().filter(|row| self.wants(table, row.name)) {
            let mut least = Vec::new();
            for journals in &self.journals {
                let Some(mut turns) = (pair.turns)(row, journals) else {
                    break;
                };
                let times = race(&mut turns, self.turns, &Stdio::null);
                if !has_head {
                    has_head = true;
                    print_head(pair.names);
                }
                if least.is_empty() {
                    least = times.iter().map(Times::best).collect();
                }
                let aim = (pair.aim)(row, journals.entries);
                print_row(row.name, journals.entries, &times, aim, &least);
                if times.iter().any(|times| times.median() > TOO_LONG) {
                    break;
                }
            }
        }
    }

    /// What the passphrase costs, which a person types once.
    fn unlock(&self) {
        for journals in &self.journals {
            if !self.wants("encrypted", "unlock") {
                return;
            }
            let encrypted = journals.encrypted();
            let path = encrypted.journal.0.clone();
            let unlock: Turn = Box::new(move |_| {
                let mut command = onward(&path, TODAY);
                command.args(UNLOCK).args(PASSPHRASE);
                command
            });
            for times in race(&mut [unlock], self.turns, &|| encrypted.input()) {
                println!(
                    "\nunlock with {} entries: {:.0} ms, at most {UNLOCK_AIM:.0}{}; {} MiB, {} turns",
                    journals.entries,
                    times.median(),
                    missed(times.median() > UNLOCK_AIM),
                    mebibytes(&times),
                    times.count(),
                );
            }
        }
    }
}

fn print_head([first, second]: [&str; 2]) {
    println!(
        "\n| command | entries | {first} ms | {second} ms | ratio | of best | at most | growth | \
         {first} MiB | {second} MiB | turns |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    );
}

fn print_row(name: &str, entries: usize, times: &[Times], aim: Option<f64>, least: &[f64]) {
    let first = &times[0];
    let both = |show: &dyn Fn(&Times) -> String| {
        let second = times.get(1).map_or("-".to_owned(), show);
        format!("{} | {second}", show(first))
    };
    let ratios = times.get(1).map(|second| {
        let ratio = first.ratio_to(second);
        let aim = aim.map_or("-".to_owned(), |aim| {
            format!("{aim}{}", missed(ratio > aim))
        });
        format!("{ratio:.2} | {:.2} | {aim}", first.best() / second.best())
    });
    // Sizes do not take turns with each other: only the best times can be compared.
    let growth = times.iter().zip(least);
    let growth: Vec<String> = growth
        .map(|(times, least)| format!("{:.2}", times.best() / least))
        .collect();
    println!(
        "| {name} | {entries} | {} | {} | {} | {} | {} |",
        both(&|times| format!("{:.2}", times.median())),
        ratios.as_deref().unwrap_or("- | - | -"),
        growth.join(", "),
        both(&mebibytes),
        first.count(),
    );
}

fn missed(is_missed: bool) -> &'static str {
    if is_missed { " missed" } else { "" }
}

fn mebibytes(times: &Times) -> String {
    match times.peak {
        Some(peak) => format!("{:.1}", peak as f64 / 1024.0),
        None => "-".to_owned(),
    }
}

/// What the figures come from.
fn print_machine() {
    let about = |path, key| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        line.map_or("unknown".to_owned(), |line| {
            line.trim_matches([':', ' ', '\t']).to_owned()
        })
    };
    println!("- CPU: {}", about("/proc/cpuinfo", "model name"));
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!("- cores: {cores}");
    println!("- memory: {}", about("/proc/meminfo", "MemTotal:"));
    let release = about("/proc/sys/kernel/osrelease", "");
    println!("- kernel: {} {release}", env::consts::OS);
    for (name, path, argument) in programs() {
        let version = version(&path, argument).unwrap_or("not installed".to_owned());
        println!("- {name}: {version}");
    }
}

/// What is measured here: the name, the program, and the argument that has it tell its version.
fn programs() -> [(&'static str, PathBuf, &'static str); 4] {
    [
        ("onward", measured().to_owned(), "--version"),
        ("sqlite3", PathBuf::from("sqlite3"), "-version"),
        ("jrnl", PathBuf::from("jrnl"), "--version"),
        ("tui-journal", PathBuf::from("tjournal"), "--version"),
    ]
}

/// The first line that a program says of its version; `None` where it is not installed.
fn version(path: &Path, argument: &str) -> Option<String> {
    let output = program(path).arg(argument).stdout(Stdio::piped()).output();
    let output = output.ok().filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().next().map(str::to_owned)
}

/// Whether there is an `sqlite3` shell that can read a journal and run its triggers.
fn try_shell() -> Result<(), String> {
    let copy = generator::copy(&generator::journal(SIZES[0]), "trial");
    let mut trial = shell(
        &copy.0,
        "BEGIN; UPDATE entry SET text = 'trial' WHERE number = 1;
         SELECT 1 / count(*) FROM entry_text WHERE entry_text MATCH 'trial'; ROLLBACK;",
    );
    match trial.stdout(Stdio::piped()).stderr(Stdio::piped()).output() {
        Ok(output) if output.status.success() && output.stdout == b"1\n" => Ok(()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("it cannot work with a journal: {}", said.trim()))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// The copy of `onward` that is measured.
fn measured() -> &'static Path {
    MEASURED.get().expect("it was copied at the start")
}

static MEASURED: OnceLock<PathBuf> = OnceLock::new();

/// `onward` on a journal, in the evening of a day.
fn onward(journal: &Path, day: &str) -> Command {
    let mut command = program(measured());
    command.arg("--journal").arg(journal);
    command.env("ONWARD_NOW", format!("{day}{EVENING}"));
    command
}

/// The `sqlite3` shell on a journal.
fn shell(journal: &Path, sql: &str) -> Command {
    let mut command = program("sqlite3");
    command.arg("-batch").arg("-bail").arg(journal).arg(sql);
    command
}

/// jrnl with a configuration.
fn jrnl(config: &Path) -> Command {
    let mut command = program("jrnl");
    command.arg("--config-file").arg(config);
    // It makes a folder there for journals that ask_nobody has named.
    command.env("HOME", config.parent().expect("a folder"));
    command
}
