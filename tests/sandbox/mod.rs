//! A place to run `onward` in that shares nothing with the machine it is on: a home of its
//! own, an environment built from nothing, a clock that stands still. The tests of the command
//! line and those of faults run in it.
//!
//! [`Sandbox::run`] is for what a script sees: three pipes. [`Call::in_terminal`] is for
//! what a person sees: one screen and a keyboard. [`Sandbox::program`] is for what is done to
//! the program by another one. Nothing here sleeps; what has to be waited
//! for is waited for by name, and a wait that lasts too long ends the test with what has
//! been seen so far.

#![allow(
    dead_code,
    unused_imports,
    clippy::disallowed_methods,
    reason = "not every test needs all of it; the tests run programs and look for them"
)]

mod redaction;
mod terminal;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use self::redaction::{without_hint, without_ids};
use crate::sealed;

pub(crate) use self::terminal::{Screen, Terminal};

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_onward");

/// Sunday evening.
pub(crate) const NOW: &str = "2026-11-22T21:30:00+00:00";

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A home for one test.
pub(crate) struct Sandbox {
    root: tempfile::TempDir,
    /// In memory, as the folder for what lives no longer than a login is.
    runtime: Option<tempfile::TempDir>,
    variables: BTreeMap<OsString, OsString>,
}

impl Sandbox {
    /// A home with nothing in it, on Sunday 22 November 2026 at 21:30, in UTC, 80 columns wide.
    pub(crate) fn new() -> Sandbox {
        let root = tempfile::Builder::new()
            .prefix("onward-test-")
            .tempdir()
            .expect("a temporary folder");
        let mut sandbox = Sandbox::in_folder(root);
        if sealed::on() {
            sandbox.with_memory();
        }
        sandbox
    }

    /// The same for what is run by the thousand: it is in memory where that can be had, since
    /// the disk's speed is not what is tried there, the journal's folder is made, and programs
    /// are looked for where the tests themselves look for them.
    pub(crate) fn in_memory() -> Sandbox {
        let root = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let mut sandbox = Sandbox::in_folder(root.expect("a folder"));
        let runtime = sandbox.path("run");
        for folder in [&runtime, &sandbox.data()] {
            fs::create_dir_all(folder).expect("made");
        }
        sandbox.set("XDG_RUNTIME_DIR", runtime);
        if let Some(path) = std::env::var_os("PATH") {
            sandbox.set("PATH", path);
        }
        sandbox
    }

    fn in_folder(root: tempfile::TempDir) -> Sandbox {
        let mut sandbox = Sandbox {
            root,
            runtime: None,
            variables: BTreeMap::new(),
        };
        for folder in ["home", "tmp", "bin"] {
            fs::create_dir(sandbox.path(folder)).expect("made");
        }
        let path = format!("{}:/usr/bin:/bin", sandbox.path("bin").display());
        for (name, value) in [
            ("HOME", sandbox.home().into_os_string()),
            ("TMPDIR", sandbox.path("tmp").into_os_string()),
            ("PATH", path.into()),
            ("TZ", "UTC".into()),
            ("COLUMNS", "80".into()),
            // A pager would wait for keys; `pager` has tests of its own.
            ("PAGER", "cat".into()),
            ("ONWARD_NOW", NOW.into()),
        ] {
            sandbox.variables.insert(name.into(), value);
        }
        for (name, value) in sealed::variables() {
            sandbox.set(name, value);
        }
        sandbox
    }

    /// With a folder in memory, as a login has one; what is there.
    pub(crate) fn with_memory(&mut self) -> PathBuf {
        let runtime = tempfile::Builder::new()
            .prefix("onward-test-")
            .tempdir_in("/dev/shm")
            .expect("a folder in memory");
        let path = runtime.path().to_path_buf();
        self.set("XDG_RUNTIME_DIR", &path);
        self.runtime = Some(runtime);
        path
    }

    /// The folder that everything is in.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// A path in the sandbox.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// The home directory.
    pub(crate) fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// Where the journal lies unless something else is said.
    pub(crate) fn journal(&self) -> PathBuf {
        let data = if cfg!(target_os = "macos") {
            "Library/Application Support"
        } else {
            ".local/share"
        };
        self.home().join(data).join("onward").join("journal.db")
    }

    /// The journal's folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.journal().parent().expect("a folder").to_path_buf()
    }

    /// Where its drafts lie.
    pub(crate) fn drafts(&self) -> PathBuf {
        let mut path = self.journal().into_os_string();
        path.push(".drafts");
        path.into()
    }

    /// Where the configuration is looked for unless something else is said.
    pub(crate) fn config_path(&self) -> PathBuf {
        let config = if cfg!(target_os = "macos") {
            "Library/Application Support"
        } else {
            ".config"
        };
        self.home().join(config).join("onward").join("config.toml")
    }

    /// Writes the configuration.
    pub(crate) fn config(&self, text: &str) {
        write(&self.config_path(), text);
    }

    /// Sets a variable for every call from now on.
    pub(crate) fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.variables
            .insert(name.into(), value.as_ref().to_owned());
    }

    /// Unsets a variable for every call from now on.
    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.remove(OsStr::new(name));
    }

    /// Moves the clock for every call from now on.
    pub(crate) fn now(&mut self, instant: &str) {
        self.set("ONWARD_NOW", instant);
    }

    /// A shell script that can be run; `$1` is its first argument.
    pub(crate) fn script(&self, name: &str, body: &str) -> PathBuf {
        let path = self.path("bin").join(name);
        write(&path, format!("#!/bin/sh\n{body}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("set");
        path
    }

    /// A named pipe. Reading one waits until somebody writes, and the other way round.
    pub(crate) fn fifo(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        let made = command("mkfifo").arg(&path).status().expect("mkfifo runs");
        assert!(made.success());
        path
    }

    /// A call of `onward`, to be run.
    pub(crate) fn call<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Call<'_> {
        let mut arguments: Vec<OsString> = arguments
            .into_iter()
            .map(|argument| argument.as_ref().to_owned())
            .collect();
        // Under the switch an export has to say what it says of itself in a plain journal.
        let sealed = self
            .variables
            .contains_key(OsStr::new("ONWARD_TRIAL_ENCRYPTED"));
        let says = ["--encrypt", "--recipient"].map(OsString::from);
        if sealed
            && arguments.first().is_some_and(|first| first == "export")
            && arguments.iter().any(|argument| argument == "--to")
            && !arguments.iter().any(|argument| says.contains(argument))
        {
            arguments.push("--plain".into());
        }
        Call {
            sandbox: self,
            before: Vec::new(),
            arguments,
            variables: self.variables.clone(),
            folder: self.home(),
            input: Vec::new(),
        }
    }

    /// Another program in the same surroundings, with nothing on its standard input.
    pub(crate) fn program(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command =
            surrounded(program.as_ref(), &self.variables, &self.home(), arguments);
        command.stdin(Stdio::null());
        command
    }

    /// Runs `onward` with nothing on its standard input.
    pub(crate) fn run<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Outcome {
        self.call(arguments).run()
    }

    /// Runs `onward`, which must succeed.
    #[track_caller]
    pub(crate) fn ok<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Outcome {
        let outcome = self.run(arguments);
        assert_eq!(outcome.status, 0, "{outcome}");
        outcome
    }

    /// What a command answers as JSON.
    #[track_caller]
    pub(crate) fn json<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Value {
        let json = [OsString::from("--json")];
        let arguments = arguments.into_iter().map(|a| a.as_ref().to_owned());
        self.ok(arguments.chain(json)).json()
    }

    /// The texts of all entries, the newest first.
    #[track_caller]
    pub(crate) fn texts(&self) -> Vec<String> {
        let found = self.run(["list", "--json", "-n", "1000"]).json();
        let entries = found["entries"].as_array().expect("entries").clone();
        let text = |entry: &Value| entry["text"].as_str().expect("a text").to_owned();
        entries.iter().map(text).collect()
    }

    /// The one entry there is.
    #[track_caller]
    pub(crate) fn only_entry(&self) -> Value {
        let found = self.json(["list"]);
        let entries = found["entries"].as_array().expect("entries");
        assert_eq!(entries.len(), 1, "{found}");
        entries[0].clone()
    }

    /// The files under the journal's folder besides the journal itself, with their modes.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let folder = self.data();
        let mut found = Vec::new();
        tree(&folder, &folder, &mut found);
        let journal = |line: &String| line.ends_with(" journal.db");
        found.retain(|line| !journal(line));
        found.sort();
        found
    }

    /// The pages of the drafts that are there: those beside the journal, those in memory, and
    /// copies of those in the journal.
    pub(crate) fn draft_pages(&self) -> Vec<PathBuf> {
        let inside = |folder: PathBuf| {
            let found = fs::read_dir(folder).into_iter().flatten();
            found.map(|found| found.expect("readable").path())
        };
        let runtime = self.runtime.iter();
        let homes = runtime.flat_map(|runtime| inside(runtime.path().to_path_buf()));
        let mut folders: Vec<PathBuf> = homes.flat_map(inside).collect();
        folders.extend(inside(self.drafts()));
        let names: Vec<_> = folders
            .iter()
            .map(|folder| folder.file_name().expect("a name").to_owned())
            .collect();
        for (name, page) in sealed::drafts(&self.journal()) {
            if !names.contains(&name.clone().into()) {
                let copy = self.path("copies").join(name);
                write(&copy.join("page.md"), page);
                folders.push(copy);
            }
        }
        let pages = folders.into_iter().map(|folder| folder.join("page.md"));
        pages.filter(|page| page.exists()).collect()
    }

    fn redact(&self, text: &str) -> String {
        let text = text.replace(&self.root.path().display().to_string(), "<sandbox>");
        without_ids(&text)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // What a test has barred would stay behind when it fails.
        let _ = fs::set_permissions(self.data(), fs::Permissions::from_mode(0o700));
    }
}

/// Every file and folder below, with its mode.
fn tree(top: &Path, folder: &Path, found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("readable").path();
        let file = fs::symlink_metadata(&path).expect("there");
        let name = path.strip_prefix(top).expect("below").display().to_string();
        found.push(format!("{:04o} {name}", file.mode() & 0o7777));
        if file.is_dir() {
            tree(top, &path, found);
        }
    }
}

/// Waits for something to be there.
#[track_caller]
pub(crate) fn until<T>(mut there: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = there() {
            return found;
        }
        assert!(Instant::now() < until, "waited in vain");
        std::thread::yield_now();
    }
}

/// Writes a file, in a folder that need not be there.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, bytes).expect("written");
}

/// Another program.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}

/// A call of `onward` in the making.
pub(crate) struct Call<'a> {
    sandbox: &'a Sandbox,
    before: Vec<OsString>,
    arguments: Vec<OsString>,
    variables: BTreeMap<OsString, OsString>,
    folder: PathBuf,
    input: Vec<u8>,
}

impl Call<'_> {
    /// What its standard input holds.
    pub(crate) fn stdin(mut self, input: impl AsRef<[u8]>) -> Self {
        self.input = input.as_ref().to_vec();
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables
            .insert(name.into(), value.as_ref().to_owned());
        self
    }

    /// Unsets a variable.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.variables.remove(OsStr::new(name));
        self
    }

    /// Unsets every variable.
    pub(crate) fn with_empty_environment(mut self) -> Self {
        self.variables.clear();
        self
    }

    /// Moves the clock.
    pub(crate) fn now(self, instant: &str) -> Self {
        self.env("ONWARD_NOW", instant)
    }

    /// Runs it in this folder.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.folder = folder.to_path_buf();
        self
    }

    /// Runs it by way of another program, which gets the call as its last arguments.
    pub(crate) fn through<A: AsRef<OsStr>>(
        mut self,
        program: impl IntoIterator<Item = A>,
    ) -> Self {
        self.before = program
            .into_iter()
            .map(|word| word.as_ref().to_owned())
            .collect();
        self
    }

    /// Runs it in a shell that sees it as `"$@"`, to redirect and close its streams.
    pub(crate) fn shell(self, script: &str) -> Self {
        self.through(["/bin/sh", "-c", script, "sh"])
    }

    fn words(&self) -> Vec<OsString> {
        let program = OsString::from(PROGRAM);
        let words = self.before.iter().cloned().chain([program]);
        words.chain(self.arguments.iter().cloned()).collect()
    }

    /// As the system starts it.
    fn command(&self) -> Command {
        let words = self.words();
        surrounded(&words[0], &self.variables, &self.folder, &words[1..])
    }

    /// Starts it on three pipes.
    pub(crate) fn start(self) -> Started {
        let child = on_pipes(self.command().stdin(Stdio::piped()));
        Started { child }
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Outcome {
        let ran = Ran::fed(self.command(), Some(&self.input));
        Outcome::of(self.sandbox, ran)
    }
}

/// A program that knows these variables and no others.
fn surrounded(
    program: &OsStr,
    variables: &BTreeMap<OsString, OsString>,
    folder: &Path,
    arguments: &[impl AsRef<OsStr>],
) -> Command {
    let mut command = command(program);
    command
        .args(arguments)
        .env_clear()
        .envs(variables)
        .current_dir(folder);
    command
}

/// Starts a program with its answer and its messages in pipes.
fn on_pipes(command: &mut Command) -> Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started")
}

/// A call under way on three pipes.
pub(crate) struct Started {
    child: Child,
}

impl Started {
    /// Writes to its standard input, which stays open.
    pub(crate) fn type_in(&mut self, bytes: impl AsRef<[u8]>) {
        let stdin = self.child.stdin.as_mut().expect("open");
        stdin.write_all(bytes.as_ref()).expect("read");
        stdin.flush().expect("read");
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Waits for its end.
    pub(crate) fn end(self, sandbox: &Sandbox) -> Outcome {
        Outcome::of(sandbox, Ran::end(self.child))
    }
}

fn reading(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            stream.read_to_end(&mut bytes).expect("readable");
        }
        bytes
    })
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let sent = command("kill").args(["-s", name, &id]).status();
    assert!(sent.expect("kill runs").success());
}

/// Waits for the end, but not for ever.
fn wait(child: &mut Child) -> ExitStatus {
    let id = child.id();
    let (done, ended) = mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if ended.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = command("kill")
                .args(["-s", "KILL", &id.to_string()])
                .status();
        }
    });
    let status = child.wait().expect("waited for");
    drop(done);
    watch.join().expect("watched");
    status
}

/// The status as a shell says it.
fn as_in_a_shell(code: Option<i32>, signal: Option<i32>) -> i32 {
    code.unwrap_or(128 + signal.unwrap_or(0))
}

/// How a run ended and what it said, as it said it.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit status, unless a signal ended it.
    pub(crate) code: Option<i32>,
    /// The number of the signal that ended it.
    pub(crate) signal: Option<i32>,
    /// The answer.
    pub(crate) stdout: String,
    /// The conversation.
    pub(crate) stderr: String,
}

impl Ran {
    /// Runs a program to its end, with this on its standard input.
    pub(crate) fn of(command: Command, input: Option<&str>) -> Ran {
        Ran::fed(command, input.map(str::as_bytes))
    }

    fn fed(mut command: Command, input: Option<&[u8]>) -> Ran {
        let Some(input) = input else {
            return Ran::end(on_pipes(&mut command));
        };
        let input = input.to_vec();
        let mut child = on_pipes(command.stdin(Stdio::piped()));
        let mut stdin = child.stdin.take().expect("a pipe");
        // A program that ends before it has read everything is judged by what it leaves.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let ran = Ran::end(child);
        writer.join().expect("written");
        ran
    }

    /// Waits for the end of a program. Its standard input stays open till then.
    pub(crate) fn end(mut child: Child) -> Ran {
        let open = child.stdin.take();
        let stdout = reading(child.stdout.take());
        let stderr = reading(child.stderr.take());
        let status = wait(&mut child);
        drop(open);
        let said = |reading: std::thread::JoinHandle<Vec<u8>>| {
            String::from_utf8_lossy(&reading.join().expect("read")).into_owned()
        };
        Ran {
            code: status.code(),
            signal: status.signal(),
            stdout: said(stdout),
            stderr: said(stderr),
        }
    }
}

/// What a call left behind.
pub(crate) struct Outcome {
    /// The exit status.
    pub(crate) status: i32,
    /// The answer.
    pub(crate) stdout: String,
    /// The conversation, but for the line that says how to count a saved page otherwise.
    pub(crate) stderr: String,
    whole: String,
}

impl Outcome {
    fn of(sandbox: &Sandbox, ran: Ran) -> Outcome {
        let status = as_in_a_shell(ran.code, ran.signal);
        let mut whole = format!("exit: {status}\n");
        for (name, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
            if !text.is_empty() {
                whole.push_str(&format!("----- {name} -----\n{}", sandbox.redact(text)));
                if !whole.ends_with('\n') {
                    whole.push_str("(no line end)\n");
                }
            }
        }
        Outcome {
            status,
            stderr: without_hint(&sandbox.redact(&ran.stderr)),
            stdout: ran.stdout,
            whole,
        }
    }

    /// The answer as JSON: one object, one line.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert!(self.stdout.ends_with('\n'), "{self}");
        assert_eq!(self.stdout.matches('\n').count(), 1, "{self}");
        let value: Value = serde_json::from_str(&self.stdout).expect("JSON");
        assert!(value.is_object(), "{self}");
        value
    }

    /// It ended with this status and said exactly this, and answered nothing.
    #[track_caller]
    pub(crate) fn said(&self, status: i32, stderr: &str) {
        assert_eq!(
            (self.status, self.stdout.as_str(), self.stderr.as_str()),
            (status, "", stderr),
            "{self}"
        );
    }
}

/// Everything, for a snapshot: ids and the sandbox's place are replaced.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.whole)
    }
}
