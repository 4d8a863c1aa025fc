//! What opens an encrypted journal: kept from before, or asked once, from whatever was said to
//! have it, and known until the program ends.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::path::Path;
use std::rc::Rc;

use chrono::{DateTime, Utc};

use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::journal::{
    AskPassphrase, Journal, Key, LockedJournal, Passphrase, RecoverySheet, Salt, UnlockSecret,
};
use crate::keyring::{self, Term};
use crate::output::Output;
use crate::passphrase::{self, Line, Trouble};

/// How often a person is asked.
const TRIES: u32 = 3;

/// A passphrase of fewer characters is worth a word.
const SHORT: usize = 14;

/// What opens an encrypted journal.
#[derive(Clone)]
pub struct Access(Rc<Inner>);

struct Inner {
    source: Source,
    /// Opened, and not yet wanted.
    ready: RefCell<Option<Journal>>,
    /// What opened it.
    key: RefCell<Option<Key>>,
    /// Whether it turned out to be encrypted.
    encrypted: Cell<bool>,
    /// Whether a key that is kept is of no use here: somebody has to say the passphrase.
    afresh: Cell<bool>,
    /// Whether nobody is to be asked on the terminal.
    unasked: Cell<bool>,
    /// Whether a key that was kept is being tried.
    trying_kept: Cell<bool>,
    /// Whether somebody typed what was offered last.
    typed: Cell<bool>,
    /// How long to keep the key of what was typed.
    auto_unlock: Option<Term>,
    now: DateTime<Utc>,
    output: Output,
    #[cfg(debug_assertions)]
    trial: crate::environment::Trial,
}

/// Where passphrases come from.
#[derive(Debug, Clone)]
enum Source {
    Terminal,
    Descriptor(u32),
    Command(String),
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Access({:?})", self.0.source)
    }
}

impl Access {
    /// From this descriptor where one is named; else from the program that the environment
    /// names; else from the terminal, and then kept for as long as `auto_unlock` says.
    pub fn new(
        descriptor: Option<u32>,
        auto_unlock: Option<Term>,
        environment: &Environment,
        output: &Output,
    ) -> Access {
        let source = match (descriptor, &environment.passphrase_command) {
            (Some(number), _) => Source::Descriptor(number),
            (None, Some(command)) => Source::Command(command.clone()),
            (None, None) => Source::Terminal,
        };
        Access(Rc::new(Inner {
            source,
            ready: RefCell::default(),
            key: RefCell::default(),
            encrypted: Cell::default(),
            afresh: Cell::default(),
            unasked: Cell::default(),
            trying_kept: Cell::default(),
            typed: Cell::default(),
            auto_unlock,
            now: environment.clock.now().to_utc(),
            output: output.clone(),
            #[cfg(debug_assertions)]
            trial: environment.trial,
        }))
    }

    /// From now on a key that is kept does not do, and none is kept: for what somebody who
    /// comes upon an unlocked journal must not be able to do, and for unlocking itself.
    pub fn ask_afresh(&self) {
        self.0.afresh.set(true);
    }

    /// From now on nobody is asked on the terminal.
    pub fn ask_nobody(&self) {
        self.0.unasked.set(true);
    }

    /// Whether it stayed locked for no other reason than that nobody was to be asked.
    pub fn is_locked_unasked(&self) -> bool {
        self.0.unasked.get() && self.is_typed() && self.is_encrypted()
    }

    /// Opens a journal, which says whether it wants a passphrase.
    ///
    /// # Errors
    /// Those of the opening; [`Error::Locked`] and [`Error::WrongPassphrase`].
    pub fn open(
        &self,
        open: impl FnOnce(&mut AskPassphrase<'_>) -> Result<Journal>,
    ) -> Result<Journal> {
        if let Some(ready) = self.0.ready.take() {
            return Ok(ready);
        }
        let mut journal = self.beside(open)?;
        // Said once: it is so every time.
        if let Some(why) = self.keep(journal.key())
            && journal.tells_now("no keyring").unwrap_or(true)
        {
            self.0.output.status(&format!(
                "The journal stays locked, and its passphrase is asked for each time: {why}."
            ));
        }
        Ok(journal)
    }

    /// Opens something else than the journal to work in it: to look at it, or another file.
    ///
    /// # Errors
    /// Those of the opening; [`Error::Locked`] and [`Error::WrongPassphrase`].
    pub fn beside<T>(
        &self,
        open: impl FnOnce(&mut AskPassphrase<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut asked = 0;
        let mut last = None;
        self.0.typed.set(false);
        self.0.trying_kept.set(false);
        open(&mut |locked| self.offer(locked, &mut asked, &mut last))
    }

    /// Remembers what opened the journal: in this program, and where somebody typed it and it
    /// is to be kept, beyond it.
    pub fn remember(&self, key: Option<&Key>) {
        let _ = self.keep(key);
    }

    /// The same; why it is not kept where it was to be.
    fn keep(&self, key: Option<&Key>) -> Option<String> {
        self.0.encrypted.set(key.is_some());
        *self.0.key.borrow_mut() = key.cloned();
        let term = self.0.auto_unlock.filter(|_| !self.0.afresh.get());
        let (Some(key), Some(term), true) = (key, term, self.0.typed.take()) else {
            return None;
        };
        match keyring::keep(key, term, self.0.now) {
            Ok(_) => None,
            Err(Error::NoKeyring { why }) => Some(why),
            Err(other) => Some(other.to_string()),
        }
    }

    /// Forgets a key that is kept for what was opened; whether there was one. What cannot be
    /// forgotten has its time.
    pub fn forget_kept(&self) -> bool {
        let known = self.0.key.borrow();
        let forget = |key: &Key| keyring::forget(key.salt()).unwrap_or(false);
        known.as_ref().is_some_and(forget)
    }

    /// What opened the journal, if it was opened and is encrypted.
    pub fn key(&self) -> Option<Key> {
        self.0.key.borrow().clone()
    }

    /// Keeps an open journal for whoever wants one next.
    pub fn keep_ready(&self, journal: Journal) {
        self.0.ready.replace(Some(journal));
    }

    /// Closes a journal that was kept ready.
    pub fn close(&self) {
        self.0.ready.take();
    }

    /// Whether the journal is encrypted, as far as it is known: it is when it was tried to be
    /// opened.
    pub fn is_encrypted(&self) -> bool {
        self.0.encrypted.get()
    }

    fn offer(
        &self,
        locked: LockedJournal<'_>,
        asked: &mut u32,
        last: &mut Option<Passphrase>,
    ) -> Result<UnlockSecret> {
        self.0.encrypted.set(true);
        if locked.tries == 0
            && let Some(key) = self.at_hand(locked.salt)
        {
            return Ok(UnlockSecret::Key(key));
        }
        if self.0.trying_kept.take() {
            // Something else lies in its place, which is of no use to anybody.
            let _ = keyring::forget(locked.salt);
        }
        let hint = last.as_ref().and_then(slip);
        let is_terminal = self.is_typed();
        if is_terminal && self.0.unasked.get() {
            return Err(Error::Locked {
                path: locked.path.to_path_buf(),
                why: "nobody is to be asked for its passphrase".to_owned(),
                hint: None,
            });
        }
        loop {
            if *asked >= if is_terminal { TRIES } else { 1 } {
                return Err(Error::WrongPassphrase {
                    path: locked.path.to_path_buf(),
                    hint,
                });
            }
            let lead = match *asked {
                0 => String::new(),
                asked => {
                    let slip = hint.as_ref().map(|slip| format!(" ({slip})"));
                    let left = match TRIES - asked {
                        1 => "once more".to_owned(),
                        left => format!("{left} tries left"),
                    };
                    format!(
                        "That does not open it{}; {left}.\n",
                        slip.unwrap_or_default()
                    )
                }
            };
            *asked += 1;
            self.0.typed.set(is_terminal);
            let typed = self.line(&format!("{lead}Passphrase: "), locked.path)?;
            let passphrase = self.passphrase(&typed);
            // An empty line opens nothing, and need not be tried.
            if !passphrase.is_empty() {
                *last = Some(passphrase.clone());
                return Ok(UnlockSecret::Passphrase(passphrase));
            }
            *last = None;
        }
    }

    /// A key that need not be asked for.
    fn at_hand(&self, salt: Salt) -> Option<Key> {
        let known = self.0.key.borrow();
        if let Some(known) = known.as_ref().filter(|key| key.salt() == salt) {
            return Some(known.clone());
        }
        // A line that is given on a descriptor is taken off it: on standard input the text
        // stands behind it.
        if self.0.afresh.get() || matches!(self.0.source, Source::Descriptor(_)) {
            return None;
        }
        // Where none can be kept, none is.
        let kept = keyring::kept(salt).ok().flatten()?;
        self.0.trying_kept.set(true);
        Some(kept.key)
    }

    /// A new passphrase: typed twice on a terminal, or a line from elsewhere. `descriptor` is
    /// where it comes from when passphrases as such come from elsewhere.
    ///
    /// # Errors
    /// [`Error::Usage`] for one that cannot be used; [`Error::Locked`] when there is none.
    pub fn new_passphrase(
        &self,
        descriptor: Option<u32>,
        path: &Path,
        output: &Output,
    ) -> Result<Passphrase> {
        let line = match (descriptor, &self.0.source) {
            (Some(number), _) => said(passphrase::from_descriptor(number), path)?,
            (None, Source::Terminal) => return self.new_from_terminal(path, output),
            _ => self.line("", path)?,
        };
        let passphrase = self.passphrase(&line);
        match unusable(&passphrase) {
            Some(why) => Err(Error::usage(why)),
            None => Ok(passphrase),
        }
    }

    /// Whether this is what opened the journal.
    ///
    /// # Errors
    /// As [`Passphrase::keys`].
    pub fn is_known(&self, passphrase: &Passphrase) -> Result<bool> {
        let known = self.0.key.borrow();
        let Some(known) = known.as_ref() else {
            return Ok(false);
        };
        for key in passphrase.keys(known.salt()) {
            if key?.bytes() == known.bytes() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a person types the passphrases.
    pub fn is_typed(&self) -> bool {
        matches!(self.0.source, Source::Terminal)
    }

    fn new_from_terminal(&self, path: &Path, output: &Output) -> Result<Passphrase> {
        let mut lead = String::new();
        for _ in 0..TRIES {
            let typed = self.line(&format!("{lead}New passphrase: "), path)?;
            let passphrase = self.passphrase(&typed);
            if let Some(why) = unusable(&passphrase) {
                lead = format!("No: {why}.\n");
                continue;
            }
            if passphrase.chars() < SHORT {
                output.status(
                    "That is on the short side. Four or five words that have nothing to do with \
                     each other are easy to keep and hard to guess.",
                );
            }
            let again = self.line("Once more: ", path)?;
            if self.passphrase(&again) == passphrase {
                return Ok(passphrase);
            }
            lead = "The two are not the same.\n".to_owned();
        }
        Err(Error::usage("no new passphrase was given"))
    }

    /// A line from where passphrases come from.
    fn line(&self, prompt: &str, path: &Path) -> Result<zeroize::Zeroizing<String>> {
        said(
            match &self.0.source {
                Source::Terminal => passphrase::from_terminal(prompt),
                Source::Descriptor(number) => passphrase::from_descriptor(*number),
                Source::Command(command) => passphrase::from_command(command),
            },
            path,
        )
    }

    fn passphrase(&self, typed: &str) -> Passphrase {
        #[cfg(debug_assertions)]
        if self.0.trial.keys {
            return Passphrase::for_trial(typed);
        }
        Passphrase::new(typed)
    }

    /// The passphrase for a journal that is not there yet, where tests want each to be
    /// encrypted.
    #[cfg(debug_assertions)]
    pub(super) fn of_new_journal(&self, journal: &Path) -> Result<Option<Passphrase>> {
        let is_missing = journal
            .symlink_metadata()
            .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        if !self.0.trial.encrypted || !is_missing {
            return Ok(None);
        }
        let typed = self.line("Passphrase: ", journal)?;
        Ok(Some(self.passphrase(&typed)))
    }
}

/// Why something cannot be a new passphrase.
fn unusable(passphrase: &Passphrase) -> Option<&'static str> {
    if passphrase.is_empty() {
        return Some("an empty passphrase would keep nobody out");
    }
    passphrase
        .sheet()
        .map(|_| "that looks like a recovery sheet, which a passphrase must not")
}

fn said(line: Line, path: &Path) -> Result<zeroize::Zeroizing<String>> {
    line.map_err(|trouble| match trouble {
        Trouble::Interrupted => Error::Interrupted,
        Trouble::Because(why, hint) => Error::Locked {
            path: path.to_path_buf(),
            why,
            hint,
        },
    })
}

/// What may be the matter with what was typed, where that can be told.
fn slip(typed: &Passphrase) -> Option<String> {
    match typed.sheet()? {
        RecoverySheet::Mistyped(lines) => {
            let lines: Vec<String> = lines.iter().map(usize::to_string).collect();
            let s = if lines.len() == 1 { "" } else { "s" };
            Some(format!(
                "look at line{s} {} of the recovery sheet again",
                lines.join(" and ")
            ))
        }
        RecoverySheet::Whole(_) => Some(
            "the recovery sheet is another journal's, or from before the passphrase was changed"
                .to_owned(),
        ),
    }
}
