//! A home of its own for every run of the program, and what is asked of a journal after a
//! fault.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use chrono::{DateTime, FixedOffset};
use onward::drafts::page_file;
use onward::journal::{NewPage, Reflects};
use onward::model::{Day, Filter, KindName, Order};

use crate::sealed;

/// The program, or what runs it with its passphrase in a file that is open already. A program
/// that prints the passphrase would be a second process to inject faults into.
pub(crate) fn onward() -> &'static str {
    if sealed::on() {
        &onward_and_passphrase().0
    } else {
        PROGRAM
    }
}

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_onward");

/// What runs the program with its passphrase, and the file that has it.
fn onward_and_passphrase() -> &'static (String, PathBuf) {
    static BOTH: OnceLock<(String, PathBuf)> = OnceLock::new();
    BOTH.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let [passphrase, script] = ["passphrase", "onward"].map(|name| folder.join(name));
        fs::write(&passphrase, sealed::PASSPHRASE).expect("written");
        let lines = format!(
            "#!/bin/sh\nexec '{PROGRAM}' --passphrase-fd 9 \"$@\" 9<'{}'\n",
            passphrase.display()
        );
        fs::write(&script, lines).expect("written");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("set");
        let script = script.into_os_string().into_string();
        (script.expect("a path in UTF-8"), passphrase)
    })
}

const NOW: &str = "2026-11-22T21:30:00+00:00";

/// Says something past the harness, which keeps what tests print to itself.
pub(crate) fn say(what: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{what}");
}

/// Whether a program is there; says so where it is not.
pub(crate) fn have(program: &str, test: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !found {
        say(&format!("skipped {test}: {program} is not installed"));
    }
    found
}

pub(crate) fn am_root() -> bool {
    let file = tempfile::tempfile().expect("a file");
    file.metadata().expect("readable").uid() == 0
}

pub(crate) fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(NOW).expect("an instant")
}

pub(crate) fn today() -> Day {
    Day::from_ymd(2026, 11, 22).expect("a day")
}

pub(crate) fn page(text: &str) -> NewPage {
    NewPage {
        day: today(),
        written_at: now(),
        text: text.to_owned(),
        mood: None,
        starred: false,
        tags: BTreeSet::new(),
        reflects: Reflects::OnPrompt,
    }
}

/// A home with a journal in a folder of it, or with none yet.
pub(crate) struct Sandbox {
    home: tempfile::TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Sandbox {
        // In memory where that can be had: what is tried here is not the disk's speed.
        let home = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let home = home.expect("a folder");
        for name in ["data", "tmp", "run"] {
            fs::create_dir(home.path().join(name)).expect("made");
        }
        Sandbox { home }
    }

    /// With these files in the journal's folder.
    pub(crate) fn with(files: &[(&str, &[u8])]) -> Sandbox {
        let sandbox = Sandbox::new();
        for (name, bytes) in files {
            fs::write(sandbox.data().join(name), bytes).expect("written");
        }
        sandbox
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The journal's folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.data().join("journal.db")
    }

    /// A program in this home and in no other surroundings.
    pub(crate) fn program(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(args)
            .env_clear()
            .env("HOME", self.home.path())
            .env("TMPDIR", self.home.path().join("tmp"))
            .env("XDG_RUNTIME_DIR", self.home.path().join("run"))
            .env("ONWARD_JOURNAL", self.journal())
            .env("ONWARD_NOW", NOW)
            .env("TZ", "UTC")
            .envs(sealed::variables())
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        // strace and its like are looked for; the program itself is not.
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }

    pub(crate) fn onward(&self, args: &[&str]) -> Ran {
        Ran::of(self.program(onward(), args), None)
    }

    /// The program under strace, which does something to its calls. What strace itself has
    /// to say goes to `log`.
    pub(crate) fn traced(&self, trace: &[&str], log: &Path, args: &[&str]) -> Command {
        let strace = ["-f", "-qq", "-o"];
        if !sealed::on() {
            let mut command = self.program("strace", &strace);
            command.arg(log).args(trace).arg(onward()).args(args);
            return command;
        }
        // What opens the file with the passphrase is not to be traced.
        let script = "exec \"$@\" 9<\"$0\"";
        let mut command = self.program("sh", &["-c", script]);
        command
            .arg(&onward_and_passphrase().1)
            .arg("strace")
            .args(strace);
        command.arg(log).args(trace).arg(PROGRAM);
        command.args(["--passphrase-fd", "9"]).args(args);
        command
    }

    /// How often a run makes each of these calls.
    pub(crate) fn calls(
        &self,
        names: &[&str],
        args: &[&str],
        input: Option<&str>,
    ) -> Vec<usize> {
        let log = self.home.path().join("calls");
        let ran = Ran::of(self.traced(&["-e", &tracing(names)], &log, args), input);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let lines = fs::read_to_string(&log).expect("a log");
        let count = |name: &&str| {
            let call = |line: &&str| {
                let call = line.split_whitespace().nth(1).unwrap_or("");
                call.starts_with(&format!("{name}("))
            };
            lines.lines().filter(call).count()
        };
        names.iter().map(count).collect()
    }

    /// Every text that is kept and no entry: drafts, and files of last resort, with
    /// the path that a message has to name.
    pub(crate) fn kept(&self) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        let mut ahead = vec![self.home.path().to_path_buf()];
        while let Some(folder) = ahead.pop() {
            // What a test has barred holds nothing that anyone could take up again.
            let Ok(entries) = fs::read_dir(folder) else {
                continue;
            };
            for entry in entries {
                let path = entry.expect("readable").path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if path.is_dir() {
                    ahead.push(path);
                } else if name == "page.md" || name.contains("kept") {
                    let bytes = fs::read(&path).expect("readable");
                    let mut text = String::from_utf8_lossy(&bytes).into_owned();
                    if name == "page.md" {
                        text = page_file::written(&text).to_owned();
                    }
                    found.push((path, text));
                }
            }
        }
        // Those of an encrypted journal lie in it.
        for (name, page) in crate::sealed::drafts(&self.journal()) {
            let mut text = String::from_utf8_lossy(&page).into_owned();
            // Bytes that were set aside are there as they came.
            if text.contains(">8 ---") {
                text = page_file::written(&text);
            }
            found.push((PathBuf::from(name).join("page.md"), text));
        }
        found
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // What a test has barred would stay behind when it fails.
        let _ = fs::set_permissions(self.data(), fs::Permissions::from_mode(0o700));
    }
}

/// `-e trace=…` for calls, some of which the machine may not have.
pub(crate) fn tracing(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("?{name}")).collect();
    format!("trace={}", names.join(","))
}

/// How a run ended and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(mut command: Command, input: Option<&str>) -> Ran {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if input.is_some() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn().expect("started");
        if let (Some(input), Some(mut pipe)) = (input, child.stdin.take()) {
            // A program that ended before it read all is judged by what it left.
            let _ = pipe.write_all(input.as_bytes());
        }
        child.wait_with_output().expect("ended").into()
    }

    pub(crate) fn said_saved(&self) -> bool {
        self.stderr.contains("Saved #")
    }

    /// It ended by itself and, where it failed, with a sentence.
    #[track_caller]
    pub(crate) fn ended_well(&self, what: &str) {
        assert_eq!(self.signal, None, "{what}: {self:?}");
        let code = self.code.expect("a status");
        let locked = sealed::on() && code == 4;
        assert!(locked || [0, 1, 3].contains(&code), "{what}: {self:?}");
        assert!(!self.stderr.contains("panicked"), "{what}: {self:?}");
        if locked || code == 1 {
            let first = self.stderr.lines().find(|line| line.starts_with("error: "));
            let first = first.unwrap_or_else(|| panic!("{what}: no sentence: {self:?}"));
            // The folder's name is left to chance, which has already spelled "SQL".
            let words = first.split_whitespace().filter(|word| !word.contains('/'));
            let first = words.collect::<Vec<_>>().join(" ");
            for jargon in ["SQL", "sqlite", "os error", "Error {", "malformed"] {
                assert!(!first.contains(jargon), "{what}: {first}");
            }
        }
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            code: output.status.code(),
            signal: output.status.signal(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A settled journal with so many pages, `page 1` and so on.
pub(crate) fn seed(pages: i64) -> Vec<u8> {
    let sandbox = Sandbox::new();
    {
        let mut journal = sealed::open(&sandbox.journal(), now()).expect("made");
        for number in 1..=pages {
            let text = format!("page {number}");
            journal.write(page(&text), today(), now()).expect("saved");
        }
    }
    let names: Vec<_> = fs::read_dir(sandbox.data()).expect("there").collect();
    assert_eq!(names.len(), 1, "nothing but the journal");
    fs::read(sandbox.journal()).expect("readable")
}

/// Everything, not only pages.
fn of_every_kind() -> Filter {
    Filter {
        kinds: KindName::ALL.to_vec(),
        ..Filter::default()
    }
}

/// The texts in a journal, oldest first, having checked everything about its file; or what
/// is wrong with it. Opening moves a log into the file.
pub(crate) fn texts(journal: &Path) -> Result<Vec<String>, String> {
    let texts = {
        let journal = sealed::open(journal, now()).map_err(|error| format!("{error:?}"))?;
        journal
            .entries(&of_every_kind(), Order::OldestFirst, None)
            .map_err(|error| format!("{error:?}"))?
            .into_iter()
            .map(|entry| entry.text)
            .collect()
    };
    sound(journal)?;
    Ok(texts)
}

/// What is wrong with a journal's file, asked from beside the program.
pub(crate) fn sound(journal: &Path) -> Result<(), String> {
    let ask = || -> rusqlite::Result<Vec<String>> {
        let raw = sealed::raw(journal)?;
        raw.execute(
            "INSERT INTO entry_text (entry_text, rank) VALUES ('integrity-check', 1)",
            (),
        )?;
        let mut wrong: Vec<String> = raw
            .prepare("PRAGMA integrity_check")?
            .query_map((), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        wrong.retain(|line| line != "ok");
        let orphans: Vec<String> = raw
            .prepare("PRAGMA foreign_key_check")?
            .query_map((), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        wrong.extend(orphans);
        let derived = [
            (
                "the days of a tip",
                "SELECT deck, tip, day, entries FROM reflected_day",
                "SELECT deck, tip, day, count(*)
                   FROM reflection JOIN entry ON entry.number = entry
                  WHERE deleted_at IS NULL GROUP BY 1, 2, 3",
            ),
            (
                "the coverage",
                "SELECT deck, tip, days FROM covered_tip WHERE days > 0",
                "SELECT deck, tip, count(*) FROM reflected_day GROUP BY 1, 2",
            ),
        ];
        for (what, kept, counted) in derived {
            let drifted: bool = raw.query_row(
                &format!(
                    "SELECT EXISTS (SELECT * FROM ({kept}) EXCEPT SELECT * FROM ({counted}))
                         OR EXISTS (SELECT * FROM ({counted}) EXCEPT SELECT * FROM ({kept}))"
                ),
                (),
                |row| row.get(0),
            )?;
            if drifted {
                wrong.push(format!("{what} drifted"));
            }
        }
        Ok(wrong)
    };
    match ask() {
        Ok(wrong) if wrong.is_empty() => Ok(()),
        Ok(wrong) => Err(wrong.join("; ")),
        Err(error) => Err(error.to_string()),
    }
}
