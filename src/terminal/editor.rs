//! Runs the person's own editor.

use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc;
use std::time::Duration;

use crate::environment;
use crate::error::{Error, Result};
use crate::terminal::stop::{CtrlC, StopRequests};

/// Editors to look for if none is configured, the easiest to use first.
const FALLBACKS: &[&str] = if cfg!(windows) {
    &["notepad"]
} else {
    &["editor", "nano", "micro", "vim", "vi", "emacs"]
};

/// Editors that return before the file is closed, with the flag that makes them wait.
const WAIT_FLAGS: &[(&str, &str)] = &[
    ("code", "--wait"),
    ("code-insiders", "--wait"),
    ("codium", "--wait"),
    ("cursor", "--wait"),
    ("zed", "--wait"),
    ("subl", "--wait"),
    ("mate", "--wait"),
    ("gvim", "--nofork"),
    ("mvim", "--nofork"),
];

/// Editors that hold the terminal, by their file name up to the first period: when they end, the
/// page is closed. With any other editor it may be open in a window still.
const HOLDING: &[&str] = &[
    "vim",
    "vi",
    "nvim",
    "view",
    "ex",
    "ed",
    "nano",
    "pico",
    "micro",
    "hx",
    "helix",
    "emacs",
    "emacs-nox",
    "emacs-gtk",
    "emacsclient",
    "mg",
    "zile",
    "jed",
    "joe",
    "ne",
    "kak",
    "vis",
    "mcedit",
    "tilde",
    "dte",
    "amp",
    "busybox",
];

/// An editor, ready to be run.
#[derive(Debug, Clone)]
pub struct Editor {
    program: String,
    arguments: Vec<String>,
    name: String,
}

/// The traces that the editor may keep besides the file: swap files, backups, undo histories,
/// registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditorMode {
    /// It keeps what the person has configured.
    AsUsual,
    /// It is told to keep nothing, if it can be told.
    Discreet,
}

/// Editors that can be told to keep nothing, by their file name up to the first period.
const DISCREET_EDITORS: &[&str] = &["vim", "nvim", "gvim", "mvim"];

/// The arguments that tell them. `-n` and `-i` work before the editor reads anything: no swap
/// file and no registers on disk. The `-c` command runs after the person's own settings and
/// switches off what those may have switched on. `silent!` skips an option that one of the
/// editors does not know.
const DISCREET_ARGUMENTS: &[&str] = &[
    "-n",
    "-i",
    "NONE",
    "-c",
    "silent! set noswapfile | silent! set nobackup | silent! set nowritebackup \
     | silent! set noundofile | silent! set patchmode= | silent! set viminfo= \
     | silent! set viminfofile=NONE | silent! set shada= | silent! set shadafile=NONE",
];

/// The interval at which the caller may look at the file while the editor is open.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

impl Editor {
    /// Finds the editor of a command line, which is split as a shell does; without one, the
    /// first of the usual editors that is installed.
    ///
    /// # Errors
    /// [`Error::Editor`] if no editor is installed, or the quotes of the command line do not
    /// match.
    pub fn find(command: Option<&str>) -> Result<Editor> {
        let words = match command {
            // Allow a path with spaces without quotes, if it names a file.
            Some(command) if Path::new(command).is_file() => vec![command.to_owned()],
            Some(command) => shell_words::split(command).map_err(|_| Error::Editor {
                what: format!("cannot split the editor's command line: {command}"),
                hint: Some("check its quotes".to_owned()),
                source: None,
            })?,
            None => Vec::new(),
        };
        let (program, mut arguments) = match words.split_first() {
            Some((program, arguments)) => (program.clone(), arguments.to_vec()),
            None => (installed_fallback()?, Vec::new()),
        };
        let name = Path::new(&program).file_stem().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let wait = WAIT_FLAGS.iter().find(|(editor, _)| *editor == name);
        if let Some((_, flag)) = wait
            && !arguments.iter().any(|argument| is_wait_flag(argument))
        {
            arguments.push((*flag).to_owned());
        }
        Ok(Editor {
            program,
            arguments,
            name,
        })
    }

    /// The name of its program, without folder and extension.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns `true` if the editor can be told to keep nothing.
    pub fn can_be_discreet(&self) -> bool {
        DISCREET_EDITORS.contains(&self.kind().as_str())
    }

    /// Returns `true` if the file is surely closed when the editor ends: it holds the terminal, or
    /// it was told to wait.
    pub fn surely_waits(&self) -> bool {
        HOLDING.contains(&self.kind().as_str())
            || self.arguments.iter().any(|argument| is_wait_flag(argument))
    }

    /// The editor, told to recover the text from the swap file beside the page, if it is one that
    /// can be told.
    #[must_use]
    pub fn recovering(mut self) -> Editor {
        if self.can_be_discreet() {
            self.arguments.insert(0, "-r".to_owned());
        }
        self
    }

    /// The name of the file that it is, up to the first period. Follows links: `vi` and `editor`
    /// are often other names of vim or nano.
    fn kind(&self) -> String {
        let file =
            environment::find_program(&self.program).and_then(|it| it.canonicalize().ok());
        let file = file.as_deref().and_then(Path::file_name);
        let file = file.unwrap_or_default().to_string_lossy();
        file.split('.').next().unwrap_or_default().to_owned()
    }

    /// Opens a file in the editor and waits until it ends. Calls `look` every two seconds
    /// meanwhile.
    ///
    /// # Errors
    /// [`Error::Editor`] if the editor cannot be run or fails; [`Error::Interrupted`] if a
    /// signal asks this program to stop. The file is left as the editor left it.
    pub fn edit(&self, file: &Path, manner: EditorMode, look: &mut dyn FnMut()) -> Result<()> {
        #[derive(Clone)]
        enum Event {
            Stop,
            Ended(std::sync::Arc<io::Result<ExitStatus>>),
        }
        let (send, events) = mpsc::channel();
        // Hold the signals back before the editor starts, or a Ctrl-C meant for it could end
        // this program; and keep them back until the end, since the text is about to be saved.
        let mut stop = StopRequests::begin(CtrlC::IsTheirs);
        stop.send(send.clone(), Event::Stop);
        stop.hold_until_exit();
        let mut child = self.start(file, manner)?;
        std::thread::spawn(move || send.send(Event::Ended(std::sync::Arc::new(child.wait()))));
        let event = loop {
            match events.recv_timeout(LOOK_INTERVAL) {
                Err(mpsc::RecvTimeoutError::Timeout) => look(),
                event => break event,
            }
        };
        let Ok(Event::Ended(status)) = event else {
            return Err(Error::Interrupted);
        };
        let name = &self.name;
        match &*status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Error::Editor {
                what: format!("the editor {name} ended with {}", exit_in_words(*status)),
                hint: None,
                source: None,
            }),
            Err(error) => Err(Error::Editor {
                what: format!("lost sight of the editor {name}"),
                hint: None,
                source: Some(error.kind().into()),
            }),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that starts an editor"
    )]
    fn start(&self, file: &Path, mode: EditorMode) -> Result<Child> {
        let mut command = Command::new(&self.program);
        if mode == EditorMode::Discreet && self.can_be_discreet() {
            command.args(DISCREET_ARGUMENTS);
        }
        command
            .args(&self.arguments)
            .arg(file)
            .spawn()
            .map_err(|source| Error::Editor {
                what: format!("cannot run the editor {}", self.name),
                hint: Some(
                    "set EDITOR, or editor in config.toml, to one that is installed".to_owned(),
                ),
                source: Some(source),
            })
    }
}

/// True for a flag that makes an editor wait until the file is closed.
fn is_wait_flag(argument: &str) -> bool {
    matches!(
        argument,
        "-w" | "--wait" | "-f" | "--nofork" | "-W" | "--block"
    )
}

/// The first of the usual editors that is installed.
fn installed_fallback() -> Result<String> {
    let is_there = |name: &&&str| cfg!(windows) || environment::find_program(name).is_some();
    let found = FALLBACKS.iter().find(is_there);
    found
        .map(|name| (*name).to_owned())
        .ok_or_else(|| Error::Editor {
            what: "found no editor on this system".to_owned(),
            hint: Some("set EDITOR, or write: onward write \"your text\"".to_owned()),
            source: None,
        })
}

/// The way in which a program ended, in words.
fn exit_in_words(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("a crash (signal {signal})");
    }
    match status.code() {
        Some(code) => format!("exit status {code}"),
        None => "an error".to_owned(),
    }
}
