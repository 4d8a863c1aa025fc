//! A place to run `onward` in that shares nothing with the machine it is on: a home of its
//! own, an environment built from nothing, a clock that stands still.
//!
//! [`Sandbox::run`] is for what a script sees: three pipes. [`Call::in_terminal`] is for
//! what a person sees: one screen and a keyboard. Nothing here sleeps; what has to be waited
//! for is waited for by name, and a wait that lasts too long ends the test with what has
//! been seen so far.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::sealed;

/// Sunday evening.
pub(crate) const NOW: &str = "2026-11-22T21:30:00+00:00";

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

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
        if sealed::on() {
            sandbox.with_memory();
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
        let folder = self.journal().parent().expect("a folder").to_path_buf();
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
#[expect(
    clippy::disallowed_methods,
    reason = "the tests run programs; what the program itself may do is another matter"
)]
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    Command::new(program)
}

/// Replaces ids: no two runs make the same.
fn without_ids(text: &str) -> String {
    const FORM: &[u8] = b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    let is_id = |window: &[u8]| {
        window.len() == FORM.len()
            && window.iter().zip(FORM).all(|(byte, form)| match form {
                b'x' => byte.is_ascii_hexdigit(),
                _ => byte == form,
            })
    };
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(at) =
        (0..rest.len()).find(|&at| rest.as_bytes().get(at..at + FORM.len()).is_some_and(is_id))
    {
        replaced.push_str(&rest[..at]);
        replaced.push_str("<id>");
        rest = &rest[at + FORM.len()..];
    }
    replaced + rest
}

/// Takes out the colours; everything else that a terminal would act on stays.
fn without_colors(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or("").to_owned();
    for part in parts {
        match part.split_once('m') {
            Some((code, rest)) if code.bytes().all(|b| b.is_ascii_digit()) => {
                plain.push_str(rest)
            }
            _ => {
                plain.push_str("\x1b[");
                plain.push_str(part);
            }
        }
    }
    plain
}

/// Leaves out the line below a saved page that says how to count it otherwise: `write` has
/// tests of it, and elsewhere it is enough that the page was saved.
fn without_hint(text: &str) -> String {
    let hint = |line: &&str| without_colors(line).starts_with("To count it ");
    text.split_inclusive('\n')
        .filter(|line| !hint(line))
        .collect()
}

/// Leaves out what is said once of an editor that works on an encrypted journal: it has a test
/// of its own.
fn without_warning(text: &str) -> String {
    let Some(at) = text.find(" may keep copies of what it edits") else {
        return text.to_owned();
    };
    let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let rest = &text[at..];
    let end = rest.find("to.\n").map_or(rest.len(), |end| end + 4);
    format!("{}{}", &text[..begin], &rest[end..])
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
        let program = OsString::from(env!("CARGO_BIN_EXE_onward"));
        let words = self.before.iter().cloned().chain([program]);
        words.chain(self.arguments.iter().cloned()).collect()
    }

    /// Starts it on three pipes.
    pub(crate) fn start(self) -> Started {
        let words = self.words();
        let child = command(&words[0])
            .args(&words[1..])
            .env_clear()
            .envs(&self.variables)
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("onward starts");
        Started { child }
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Outcome {
        let (sandbox, input) = (self.sandbox, self.input.clone());
        let mut started = self.start();
        let mut stdin = started.child.stdin.take().expect("a pipe");
        // It may end without reading everything.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let outcome = started.end(sandbox);
        writer.join().expect("written");
        outcome
    }

    /// Runs it in a terminal of its own of so many columns.
    pub(crate) fn in_terminal(self, columns: u16) -> Terminal {
        self.in_terminal_with(columns, false)
    }

    /// Runs it with the keyboard and the messages in a terminal, and its answer in a pipe.
    pub(crate) fn answering_into_a_pipe(self) -> Terminal {
        self.in_terminal_with(80, true)
    }

    fn in_terminal_with(self, columns: u16, pipe: bool) -> Terminal {
        let words = self.words();
        let (pty, pts) = pty_process::blocking::open().expect("a terminal");
        pty.resize(pty_process::Size::new(24, columns))
            .expect("sized");
        let mut call = pty_process::blocking::Command::new(&words[0])
            .args(&words[1..])
            .env_clear()
            .envs(self.variables.iter().filter(|(name, _)| *name != "COLUMNS"))
            .env(
                "TERM",
                self.variables
                    .get(OsStr::new("TERM"))
                    .cloned()
                    .unwrap_or("xterm".into()),
            )
            .current_dir(&self.folder);
        if pipe {
            call = call.stdout(Stdio::piped());
        }
        let mut child = call.spawn(pts).expect("onward starts");
        let answer = child.stdout.take();
        let pty = std::sync::Arc::new(pty);
        let (send, screen) = mpsc::channel();
        let reading = std::sync::Arc::clone(&pty);
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            // The last one to leave the terminal ends it with an error.
            while let Ok(read @ 1..) = (&*reading).read(&mut chunk) {
                if send.send(chunk[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal {
            child,
            pty,
            screen,
            answer,
            seen: Vec::new(),
        }
    }
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
    pub(crate) fn end(mut self, sandbox: &Sandbox) -> Outcome {
        let open = self.child.stdin.take();
        let stdout = reading(self.child.stdout.take());
        let stderr = reading(self.child.stderr.take());
        let status = wait(&mut self.child);
        drop(open);
        Outcome::of(
            sandbox,
            status,
            stdout.join().expect("read"),
            stderr.join().expect("read"),
        )
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

fn code(status: ExitStatus) -> i32 {
    // As a shell says it.
    status.code().unwrap_or(128 + status.signal().unwrap_or(0))
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
    fn of(sandbox: &Sandbox, status: ExitStatus, out: Vec<u8>, err: Vec<u8>) -> Outcome {
        let stdout = String::from_utf8_lossy(&out).into_owned();
        let stderr = String::from_utf8_lossy(&err).into_owned();
        let status = code(status);
        let mut whole = format!("exit: {status}\n");
        for (name, text) in [("stdout", &stdout), ("stderr", &stderr)] {
            if !text.is_empty() {
                whole.push_str(&format!("----- {name} -----\n{}", sandbox.redact(text)));
                if !whole.ends_with('\n') {
                    whole.push_str("(no line end)\n");
                }
            }
        }
        Outcome {
            status,
            stdout,
            stderr: without_hint(&sandbox.redact(&stderr)),
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

/// A call under way in a terminal.
pub(crate) struct Terminal {
    child: Child,
    pty: std::sync::Arc<pty_process::blocking::Pty>,
    screen: Receiver<Vec<u8>>,
    answer: Option<std::process::ChildStdout>,
    seen: Vec<u8>,
}

impl Terminal {
    /// Waits until this stands on the screen.
    #[track_caller]
    pub(crate) fn expect(&mut self, text: &str) -> &mut Terminal {
        self.expect_times(text, 1)
    }

    /// Waits until this has been on the screen so many times.
    #[track_caller]
    pub(crate) fn expect_times(&mut self, text: &str, times: usize) -> &mut Terminal {
        let until = Instant::now() + PATIENCE;
        while String::from_utf8_lossy(&self.seen).matches(text).count() < times {
            let left = until.saturating_duration_since(Instant::now());
            match self.screen.recv_timeout(left) {
                Ok(chunk) => self.seen.extend(chunk),
                Err(_) => panic!(
                    "waited for {text:?} ({times}), saw {:?}",
                    String::from_utf8_lossy(&self.seen)
                ),
            }
        }
        self
    }

    /// Types. `\x03` is Ctrl-C and `\x04` is Ctrl-D.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Terminal {
        (&*self.pty).write_all(keys.as_bytes()).expect("typed");
        self
    }

    /// Sends it a signal.
    pub(crate) fn signal(&mut self, name: &str) -> &mut Terminal {
        signal(&self.child, name);
        self
    }

    /// Waits for its end, and says with what modes it left the terminal, as `stty -g` does.
    pub(crate) fn end_with_modes(mut self, sandbox: &Sandbox) -> (String, Screen) {
        use std::os::fd::AsFd;
        wait(&mut self.child);
        let terminal = self.pty.as_fd().try_clone_to_owned().expect("a terminal");
        let modes = command("stty").arg("-g").stdin(terminal).output();
        let modes = String::from_utf8(modes.expect("stty runs").stdout).expect("text");
        (modes, self.end(sandbox))
    }

    /// Waits for its end.
    pub(crate) fn end(mut self, sandbox: &Sandbox) -> Screen {
        let answer = reading(self.answer.take());
        let status = wait(&mut self.child);
        let echoes = self.echoes();
        // Whatever it left running holds the terminal open: what it printed before its end
        // has arrived once the terminal is empty.
        while let Ok(chunk) = self.screen.recv_timeout(Duration::from_millis(200)) {
            self.seen.extend(chunk);
        }
        let raw = String::from_utf8_lossy(&self.seen).into_owned();
        let answer = answer.join().expect("read");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let mut whole = sandbox.redact(&without_colors(&raw.replace("\r\n", "\n")));
        if sealed::on() {
            whole = without_warning(&whole);
        }
        Screen {
            status: code(status),
            text: without_hint(&whole),
            whole,
            raw,
            answer,
            echoes,
        }
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether what is typed shows.
    fn echoes(&self) -> bool {
        use rustix::termios::{LocalModes, tcgetattr};
        let modes = tcgetattr(&*self.pty).expect("a terminal").local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }

    /// Waits until what is typed shows, or does not.
    pub(crate) fn wait_for_echo(&mut self, shows: bool) -> &mut Terminal {
        let until = Instant::now() + PATIENCE;
        while self.echoes() != shows {
            assert!(
                Instant::now() < until,
                "waited for what is typed to show: {shows}"
            );
            std::thread::yield_now();
        }
        self
    }
}

/// What stood on a terminal at the end.
pub(crate) struct Screen {
    /// The exit status.
    pub(crate) status: i32,
    /// Everything that was printed and typed, without colours, with line ends as `\n`; but
    /// for the line that says how to count a saved page otherwise.
    pub(crate) text: String,
    whole: String,
    /// The same, byte for byte.
    pub(crate) raw: String,
    /// The answer, where it went into a pipe.
    pub(crate) answer: String,
    /// Whether what is typed would show again.
    pub(crate) echoes: bool,
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "exit: {}\n----- screen -----\n{}",
            self.status, self.whole
        )?;
        if !self.whole.ends_with('\n') {
            f.write_str("(no line end)\n")?;
        }
        Ok(())
    }
}
