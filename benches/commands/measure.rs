//! Programs that are run in turns, how long each turn takes, and how much memory.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The command for the n-th turn. What has to be undone or made ready before a turn is done
/// when its command is made: only the command counts.
pub(crate) type Turn = Box<dyn FnMut(u64) -> Command>;

/// What the turns of one command came to.
pub(crate) struct Times {
    /// In milliseconds, in the order of the turns.
    turns: Vec<f64>,
    /// The peak of its memory in KiB; `None` where the system does not tell.
    pub(crate) peak: Option<u64>,
}

impl Times {
    pub(crate) fn median(&self) -> f64 {
        median(self.turns.iter().copied())
    }

    pub(crate) fn best(&self) -> f64 {
        self.turns.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub(crate) fn count(&self) -> usize {
        self.turns.len()
    }

    /// The median of the ratios of each turn to the turn of another that ran beside it.
    pub(crate) fn ratio_to(&self, other: &Times) -> f64 {
        median(
            self.turns
                .iter()
                .zip(&other.turns)
                .map(|(our, their)| our / their),
        )
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Commands begin no further turn after so long.
const LONG: Duration = Duration::from_secs(30);

/// Lets commands take turns, now one first and now the other, so that whatever else the machine
/// does meets all of them. Turn 0 warms up and shows how much memory they take.
pub(crate) fn race(commands: &mut [Turn], turns: u64, input: &dyn Fn() -> Stdio) -> Vec<Times> {
    let begun = Instant::now();
    let mut times: Vec<Times> = commands
        .iter_mut()
        .map(|command| Times {
            turns: Vec::new(),
            peak: peak(&command(0), input()),
        })
        .collect();
    for turn in 1..=turns {
        if turn > 1 && begun.elapsed() > LONG {
            break;
        }
        for at in 0..commands.len() {
            let next = (at + turn as usize) % commands.len();
            let mut command = commands[next](turn);
            command.stdin(input());
            times[next].turns.push(timed(&mut command));
        }
    }
    times
}

/// Runs a command to its end. Returns the milliseconds that it took.
pub(crate) fn timed(command: &mut Command) -> f64 {
    let start = Instant::now();
    let status = command.status().expect("the program starts");
    let time = start.elapsed();
    assert!(status.success(), "{status}: {command:?}");
    time.as_secs_f64() * 1000.0
}

/// A program that finds no configuration and ask_nobody to talk to.
pub(crate) fn program(path: impl AsRef<Path>) -> Command {
    let mut command = bare(path.as_ref());
    command
        .env("HOME", "/nonexistent")
        .env("EDITOR", "false")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for variable in [
        "ONWARD_JOURNAL",
        "ONWARD_CONFIG",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
    ] {
        command.env_remove(variable);
    }
    command
}

#[expect(clippy::disallowed_methods, reason = "whole programs are measured")]
fn bare(program: &Path) -> Command {
    Command::new(program)
}

/// The argument that makes this program a launcher: the rest is the command to run.
const LAUNCHER: &str = "--tell-peak-of";

/// Runs a command to its end. Returns the peak of its memory in KiB.
///
/// The system counts for a process also what its parent had in memory when it was started, and
/// this process has made journals. So a fresh one of it, which takes less than what is measured,
/// starts the command.
fn peak(command: &Command, input: Stdio) -> Option<u64> {
    let mut launcher = program(env::current_exe().expect("this program has a path"));
    launcher.arg(LAUNCHER).arg(command.get_program());
    launcher.args(command.get_args());
    launcher.envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    launcher
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let output = launcher.output().expect("the launcher starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

/// Does what [`peak`] started this process for, if it did.
pub(crate) fn is_launcher(mut arguments: impl Iterator<Item = OsString>) -> bool {
    if arguments.next().is_none_or(|argument| argument != LAUNCHER) {
        return false;
    }
    let mut command = bare(Path::new(&arguments.next().expect("a program")));
    let status = command.args(arguments).stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|status| status.success()));
    if let Some(peak) = peak_of_children() {
        println!("{peak}");
    }
    true
}

#[cfg(unix)]
fn peak_of_children() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    let peak = u64::try_from(usage.max_rss()).ok()?;
    // macOS tells bytes.
    Some(if cfg!(target_vendor = "apple") {
        peak / 1024
    } else {
        peak
    })
}

#[cfg(not(unix))]
fn peak_of_children() -> Option<u64> {
    None
}
