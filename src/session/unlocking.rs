//! Unlocking an encrypted journal: with the key that opened it before in this run, with one that
//! the keyring has, or with a passphrase that is asked for.

use std::path::Path;

use super::{Context, Session};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::journal::{Key, LockedJournal, Passphrase, RecoverySheet, Salt, UnlockSecret};
use crate::keyring::{self, UnlockDuration};
use crate::output::Output;
use crate::passphrase;
use crate::terminal::secret::{self, Line, Trouble};
use crate::view::text;

/// How often a person is asked.
const TRIES: u32 = 3;

/// A passphrase of fewer characters is worth a word.
const SHORT: usize = 14;

/// The way that passphrases come in this run.
#[derive(Debug, Clone)]
pub struct Passphrases {
    source: PassphraseSource,
    #[cfg(debug_assertions)]
    trial: crate::environment::Trial,
}

/// Where passphrases come from.
#[derive(Debug, Clone)]
enum PassphraseSource {
    Terminal,
    Descriptor(u32),
    Command(String),
}

impl Passphrases {
    /// From this descriptor where one is named; else from the program that the environment
    /// names; else from the terminal.
    pub fn new(descriptor: Option<u32>, environment: &Environment) -> Passphrases {
        let source = match (descriptor, &environment.passphrase_command) {
            (Some(number), _) => PassphraseSource::Descriptor(number),
            (None, Some(command)) => PassphraseSource::Command(command.clone()),
            (None, None) => PassphraseSource::Terminal,
        };
        Passphrases {
            source,
            #[cfg(debug_assertions)]
            trial: environment.trial,
        }
    }

    /// Whether a person types the passphrases.
    pub fn are_typed(&self) -> bool {
        matches!(self.source, PassphraseSource::Terminal)
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
        let line = match (descriptor, &self.source) {
            (Some(number), _) => said(passphrase::from_descriptor(number), path)?,
            (None, PassphraseSource::Terminal) => return self.new_from_terminal(path, output),
            _ => self.line("", path)?,
        };
        let passphrase = self.passphrase(&line);
        match unusable(&passphrase) {
            Some(why) => Err(Error::usage(why)),
            None => Ok(passphrase),
        }
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
            match &self.source {
                PassphraseSource::Terminal => secret::from_terminal(prompt),
                PassphraseSource::Descriptor(number) => passphrase::from_descriptor(*number),
                PassphraseSource::Command(command) => passphrase::from_command(command),
            },
            path,
        )
    }

    fn passphrase(&self, typed: &str) -> Passphrase {
        #[cfg(debug_assertions)]
        if self.trial.keys {
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
        if !self.trial.encrypted || !is_missing {
            return Ok(None);
        }
        let typed = self.line("Passphrase: ", journal)?;
        Ok(Some(self.passphrase(&typed)))
    }
}

/// Which ways may open an encrypted journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnlockedBy {
    /// A key that the keyring has, else the passphrase.
    KeyOrPassphrase,
    /// The passphrase, and no key that is kept: for what somebody who comes upon an unlocked
    /// journal must not be able to do, and for unlocking itself. Nor is the key kept.
    PassphraseOnly,
    /// The same as [`UnlockedBy::KeyOrPassphrase`], but nobody is asked on the terminal.
    KeyOrUnaskedPassphrase,
}

/// One attempt to open one file, which asks no more than it must.
pub(super) struct Unlocking<'a> {
    passphrases: &'a Passphrases,
    by: UnlockedBy,
    /// What opened the journal before in this run.
    known: Option<&'a Key>,
    /// How often a passphrase was asked for.
    asked: u32,
    /// What was typed last.
    last: Option<Passphrase>,
    /// Whether somebody typed what was offered last.
    typed: bool,
    /// Whether the keyring's key was offered last.
    offered_kept: bool,
    /// Whether the file is encrypted: only of such is it asked.
    encrypted: bool,
}

impl<'a> Unlocking<'a> {
    pub(super) fn new(
        passphrases: &'a Passphrases,
        by: UnlockedBy,
        known: Option<&'a Key>,
    ) -> Unlocking<'a> {
        Unlocking {
            passphrases,
            by,
            known,
            asked: 0,
            last: None,
            typed: false,
            offered_kept: false,
            encrypted: false,
        }
    }

    /// Whether the file turned out to be encrypted.
    pub(super) fn met_encryption(&self) -> bool {
        self.encrypted
    }

    /// Has the keyring keep the key that opened the file, where somebody typed the passphrase and
    /// the configuration says how long. Says why it is not kept where it was to be.
    pub(super) fn keep_in_keyring(
        &self,
        key: &Key,
        term: Option<UnlockDuration>,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Option<String> {
        if !self.typed || self.by == UnlockedBy::PassphraseOnly {
            return None;
        }
        match keyring::keep(key, term?, now) {
            Ok(_) => None,
            Err(Error::NoKeyring { why }) => Some(why),
            Err(other) => Some(other.to_string()),
        }
    }

    /// Answers what opens the file, as [`crate::journal::AskPassphrase`] wants it.
    pub(super) fn offer(&mut self, locked: LockedJournal<'_>) -> Result<UnlockSecret> {
        self.encrypted = true;
        if locked.tries == 0
            && let Some(key) = self.key_at_hand(locked.salt)
        {
            return Ok(UnlockSecret::Key(key));
        }
        if std::mem::take(&mut self.offered_kept) {
            // Something else was put into the keyring under its name, which is of no use.
            let _ = keyring::forget(locked.salt);
        }
        let hint = self.last.as_ref().and_then(slip);
        let is_terminal = self.passphrases.are_typed();
        if is_terminal && self.by == UnlockedBy::KeyOrUnaskedPassphrase {
            return Err(Error::Locked {
                path: locked.path.to_path_buf(),
                why: "nobody is to be asked for its passphrase".to_owned(),
                hint: None,
            });
        }
        loop {
            if self.asked >= if is_terminal { TRIES } else { 1 } {
                return Err(Error::WrongPassphrase {
                    path: locked.path.to_path_buf(),
                    hint,
                });
            }
            let lead = match self.asked {
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
            self.asked += 1;
            self.typed = is_terminal;
            let prompt = format!("{lead}Passphrase: ");
            let typed = self.passphrases.line(&prompt, locked.path)?;
            let passphrase = self.passphrases.passphrase(&typed);
            // An empty line opens nothing, and need not be tried.
            if !passphrase.is_empty() {
                self.last = Some(passphrase.clone());
                return Ok(UnlockSecret::Passphrase(passphrase));
            }
            self.last = None;
        }
    }

    /// A key that need not be asked for.
    fn key_at_hand(&mut self, salt: Salt) -> Option<Key> {
        if let Some(known) = self.known.filter(|key| key.salt() == salt) {
            return Some(known.clone());
        }
        // A descriptor's line has to be read whether or not it is needed: on standard input the
        // text stands behind it.
        let from_descriptor =
            matches!(self.passphrases.source, PassphraseSource::Descriptor(_));
        if self.by == UnlockedBy::PassphraseOnly || from_descriptor {
            return None;
        }
        // Where the system has no keyring, it has no key either.
        let kept = keyring::find(salt).ok().flatten()?;
        self.offered_kept = true;
        Some(kept.key)
    }
}

/// What an encrypted journal begins with; `None` where there is no journal, which has been said
/// then.
///
/// # Errors
/// A journal that is not encrypted.
pub fn salt_of(session: &mut Session<'_>) -> Result<Option<Salt>> {
    let context = session.context();
    let salt = session.salt()?;
    if salt.is_none() && context.journal.symlink_metadata().is_err() {
        no_journal(context);
        return Ok(None);
    }
    if salt.is_none() {
        // Only one that is a journal.
        session.plain_journal()?;
        return Err(not_encrypted());
    }
    Ok(salt)
}

/// What is wrong with a journal that nobody can lock or unlock.
pub fn not_encrypted() -> Error {
    Error::Usage {
        what: "the journal is not encrypted".to_owned(),
        hint: Some("onward encrypt gives it a passphrase".to_owned()),
    }
}

fn no_journal(context: &Context) {
    let journal = context.journal.display().to_string();
    let journal = text::safe(&journal);
    context
        .output
        .status(&format!("There is no journal yet at {journal}."));
}

/// Whether a passphrase opens what a key opens.
///
/// # Errors
/// As [`Passphrase::keys`].
pub fn opens_the_same(passphrase: &Passphrase, known: &Key) -> Result<bool> {
    for key in passphrase.keys(known.salt()) {
        if key?.bytes() == known.bytes() {
            return Ok(true);
        }
    }
    Ok(false)
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
