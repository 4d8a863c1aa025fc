//! The journals that commands are measured on: plain, encrypted, and as jrnl reads them.

use std::cell::OnceCell;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::rc::Rc;

use onward::journal::{Journal, Prompt, ask_nobody};
use onward::model::Day;

use crate::generator::{self, Copy, TODAY};
use crate::{onward, version};

/// Whose journal a command works on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Plain,
    /// Unlocked: its key is in the kernel's keyring.
    Encrypted,
    Jrnl,
}

/// Which journal of its size a command works on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The one that all share, to read.
    Shared,
    /// A copy of its own: what one command writes must not make the other's file longer.
    Copied,
    /// One without entries.
    Empty,
}

/// The journals of one size. Each is made when it is first needed.
pub(crate) struct Journals {
    pub(crate) entries: usize,
    plain: OnceCell<PathBuf>,
    empty: OnceCell<Copy>,
    encrypted: OnceCell<Encrypted>,
    empty_encrypted: OnceCell<Encrypted>,
    text: OnceCell<Copy>,
    export: OnceCell<(Copy, Copy)>,
    known: OnceCell<Known>,
}

impl Journals {
    pub(crate) fn of(entries: usize) -> Rc<Journals> {
        Rc::new(Journals {
            entries,
            plain: OnceCell::new(),
            empty: OnceCell::new(),
            encrypted: OnceCell::new(),
            empty_encrypted: OnceCell::new(),
            text: OnceCell::new(),
            export: OnceCell::new(),
            known: OnceCell::new(),
        })
    }

    pub(crate) fn plain(&self) -> &Path {
        self.plain.get_or_init(|| generator::journal(self.entries))
    }

    fn empty(&self) -> &Path {
        let name = format!("{}-empty", self.entries);
        &self.empty.get_or_init(|| generator::empty(&name)).0
    }

    pub(crate) fn encrypted(&self) -> &Encrypted {
        let name = format!("{}-all-encrypted", self.entries);
        self.encrypted
            .get_or_init(|| Encrypted::tried(self.plain(), &name))
    }

    fn empty_encrypted(&self) -> &Encrypted {
        let name = format!("{}-empty-encrypted", self.entries);
        self.empty_encrypted
            .get_or_init(|| Encrypted::tried(self.empty(), &name))
    }

    /// An export of the whole, and the statements that insert the rows which importing it does.
    pub(crate) fn export(&self) -> &(Copy, Copy) {
        self.export.get_or_init(|| generator::export(self.plain()))
    }

    pub(crate) fn known(&self) -> &Known {
        self.known
            .get_or_init(|| Known::of(self.plain(), self.entries))
    }

    /// The file that a command works on; `side` tells it from that of the other command.
    pub(crate) fn target(self: &Rc<Self>, form: Form, which: Which, side: &str) -> Target {
        let name = format!("{}-{side}", self.entries);
        let base = match (form, which) {
            (Form::Plain, Which::Empty) => self.empty(),
            (Form::Plain, _) => self.plain(),
            (Form::Encrypted, Which::Empty) => &self.empty_encrypted().journal.0,
            (Form::Encrypted, _) => &self.encrypted().journal.0,
            (Form::Jrnl, _) => self.text(),
        };
        let copies = match (form, which) {
            (Form::Jrnl, _) => {
                let journal = generator::copy(base, &format!("{name}-text"));
                vec![jrnl_config(&journal, &name), journal]
            }
            (_, Which::Copied) => vec![generator::copy(base, &name)],
            _ => Vec::new(),
        };
        let file = copies.first().map_or(base, |copy| &copy.0).to_owned();
        Target {
            journals: self.clone(),
            name,
            file,
            _copies: copies,
        }
    }

    /// The journal as jrnl keeps it.
    fn text(&self) -> &Path {
        let text = self.text.get_or_init(|| {
            let text = generator::place(&format!("{}.txt", self.entries));
            let mut export = onward(self.plain(), TODAY);
            export.args(["export", "--to", "text", "--force", "--output"]);
            let status = export.arg(&text.0).status();
            assert!(status.is_ok_and(|status| status.success()));
            text
        });
        &text.0
    }
}

/// A file that a command works on. Copies are gone when it is dropped.
pub(crate) struct Target {
    journals: Rc<Journals>,
    name: String,
    file: PathBuf,
    _copies: Vec<Copy>,
}

// A closure that used the fields would keep only those, and not the copies.
impl Target {
    /// A journal, or a configuration of jrnl that names one.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// The journals of its size.
    pub(crate) fn journals(&self) -> &Rc<Journals> {
        &self.journals
    }

    /// Tells it from the target of every other command.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// An encrypted journal, unlocked until it is dropped.
pub(crate) struct Encrypted {
    pub(crate) journal: Copy,
    passphrase: Copy,
}

impl Encrypted {
    /// An encrypted copy of a journal, or why there can be none that is unlocked.
    pub(crate) fn of(plain: &Path, name: &str) -> Result<Encrypted, String> {
        let passphrase = generator::place(&format!("{name}.passphrase"));
        fs::write(&passphrase.0, "four words for a benchmark").expect("a file");
        let encrypted = Encrypted {
            journal: generator::copy(plain, name),
            passphrase,
        };
        for verb in [&["encrypt"][..], UNLOCK] {
            let mut command = onward(&encrypted.journal.0, TODAY);
            let command = command.args(verb).args(PASSPHRASE).stdin(encrypted.input());
            let output = command.stderr(Stdio::piped()).output();
            let output = output.expect("the program starts");
            if !output.status.success() {
                return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
            }
        }
        Ok(encrypted)
    }

    fn tried(plain: &Path, name: &str) -> Encrypted {
        Encrypted::of(plain, name).expect("it was tried out that there can be one")
    }

    /// What tells the passphrase to a command that asks for it.
    pub(crate) fn input(&self) -> Stdio {
        File::open(&self.passphrase.0).expect("it is there").into()
    }
}

/// Has a command read the passphrase from its input.
pub(crate) const PASSPHRASE: &[&str] = &["--passphrase-fd", "0"];

/// For longer than any measurement takes.
pub(crate) const UNLOCK: &[&str] = &["unlock", "--for", "24h"];

impl Drop for Encrypted {
    fn drop(&mut self) {
        let _ = onward(&self.journal.0, TODAY).arg("lock").status();
    }
}

/// A configuration of jrnl for a journal with ISO dates.
fn jrnl_config(journal: &Copy, name: &str) -> Copy {
    let config = generator::place(&format!("{name}.yaml"));
    let version = version(Path::new("jrnl"), "--version").expect("jrnl is installed");
    let version = version.trim_start_matches("jrnl v");
    let text = format!(
        "journals: {{default: {{journal: {:?}}}}}\nversion: {version}\neditor: ''\n\
         encrypt: false\ntemplate: false\ndefault_hour: 9\ndefault_minute: 0\n\
         timeformat: '%Y-%m-%d %H:%M'\ntagsymbols: '#@'\nhighlight: true\nlinewrap: 79\n\
         indent_character: '|'\n\
         colors: {{body: none, date: none, tags: none, title: none}}\n",
        journal.0
    );
    fs::write(&config.0, text).expect("a file");
    config
}

/// What has to be known of a journal beforehand.
pub(crate) struct Known {
    pub(crate) prompt: Prompt,
    /// The day of the last answer to today's tip.
    pub(crate) then: Day,
    /// An entry from the middle, and its day.
    pub(crate) middle: usize,
    pub(crate) middle_day: Day,
}

impl Known {
    fn of(path: &Path, entries: usize) -> Known {
        let journal = Journal::open_to_read(path, &mut ask_nobody).expect("the journal opens");
        let today: Day = TODAY.parse().expect("a day");
        let prompt = journal.prompt_of(today).expect("a prompt can be read");
        let prompt = prompt.expect("the last day has a prompt");
        let then = journal.answer_before(&prompt.tip, today);
        let then = then.expect("an answer can be read").expect("there is one");
        let middle = entries / 2;
        let number = middle.to_string().parse().expect("a number");
        let found = journal.find(&number, today).expect("an entry can be read");
        Known {
            prompt,
            then: then.day,
            middle,
            middle_day: found[0].day,
        }
    }
}
