//! Unlocks an encrypted journal: with the key that opened it earlier in this run, with a key
//! from the keyring, or with a passphrase that the person types.

use std::path::Path;

use super::{Context, Session};
use crate::environment::{Environment, Protection};
use crate::error::{Error, Result};
use crate::journal::{Key, LockedJournal, Passphrase, RecoverySheet, Salt, UnlockSecret};
use crate::keyring::{self, UnlockDuration};
use crate::output::Output;
use crate::passphrase;
use crate::terminal::secret::{self, SecretError, SecretLine};
use crate::view::text;

/// How often a person may try a passphrase.
const TRIES: u32 = 3;

/// A new passphrase with fewer characters than this gets a warning.
const SHORT_PASSPHRASE: usize = 14;

/// The source of passphrases in this run.
#[derive(Debug, Clone)]
pub struct Passphrases {
    source: PassphraseSource,
    protection: Protection,
}

/// The places that a passphrase can come from.
#[derive(Debug, Clone)]
enum PassphraseSource {
    Terminal,
    Descriptor(u32),
    Command(String),
}

impl Passphrases {
    /// Chooses the source: the file descriptor if one was named, else the program from the
    /// environment, else the terminal.
    pub fn new(descriptor: Option<u32>, environment: &Environment) -> Passphrases {
        let source = match (descriptor, &environment.passphrase_command) {
            (Some(number), _) => PassphraseSource::Descriptor(number),
            (None, Some(command)) => PassphraseSource::Command(command.clone()),
            (None, None) => PassphraseSource::Terminal,
        };
        Passphrases {
            source,
            protection: environment.protection,
        }
    }

    /// Returns `true` if a person types the passphrases on a terminal.
    pub fn are_typed(&self) -> bool {
        matches!(self.source, PassphraseSource::Terminal)
    }

    /// Reads a new passphrase: typed twice on the terminal, or one line from another source.
    /// `descriptor` is where the new one comes from if the present passphrase comes from
    /// elsewhere than the terminal.
    ///
    /// # Errors
    /// [`Error::Usage`] for a passphrase that cannot be used; [`Error::Locked`] if none
    /// arrives.
    pub fn new_passphrase(
        &self,
        descriptor: Option<u32>,
        path: &Path,
        output: &Output,
    ) -> Result<Passphrase> {
        let line = match (descriptor, &self.source) {
            (Some(number), _) => {
                secret_or_locked(passphrase::secret_from_descriptor(number), path)?
            }
            (None, PassphraseSource::Terminal) => return self.new_from_terminal(path, output),
            _ => self.read_line("", path)?,
        };
        let passphrase = self.passphrase(&line);
        match why_unusable(&passphrase) {
            Some(why) => Err(Error::usage(why)),
            None => Ok(passphrase),
        }
    }

    fn new_from_terminal(&self, path: &Path, output: &Output) -> Result<Passphrase> {
        let mut lead = String::new();
        for _ in 0..TRIES {
            let typed = self.read_line(&format!("{lead}New passphrase: "), path)?;
            let passphrase = self.passphrase(&typed);
            if let Some(why) = why_unusable(&passphrase) {
                lead = format!("No: {why}.\n");
                continue;
            }
            if passphrase.chars() < SHORT_PASSPHRASE {
                output.status(
                    "That is on the short side. Four or five words that have nothing to do with \
                     each other are easy to keep and hard to guess.",
                );
            }
            let again = self.read_line("Once more: ", path)?;
            if self.passphrase(&again) == passphrase {
                return Ok(passphrase);
            }
            lead = "The two are not the same.\n".to_owned();
        }
        Err(Error::usage("no new passphrase was given"))
    }

    /// Reads one line from the source of passphrases.
    fn read_line(&self, prompt: &str, path: &Path) -> Result<zeroize::Zeroizing<String>> {
        secret_or_locked(
            match &self.source {
                PassphraseSource::Terminal => secret::secret_from_terminal(prompt),
                PassphraseSource::Descriptor(number) => {
                    passphrase::secret_from_descriptor(*number)
                }
                PassphraseSource::Command(command) => passphrase::secret_from_command(command),
            },
            path,
        )
    }

    fn passphrase(&self, typed: &str) -> Passphrase {
        Passphrase::new(typed, self.protection.key_cost)
    }

    /// The passphrase for a journal that does not exist yet, if every new journal is to be
    /// encrypted.
    pub(super) fn of_new_journal(&self, journal: &Path) -> Result<Option<Passphrase>> {
        let is_missing = || {
            journal
                .symlink_metadata()
                .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
        };
        if !self.protection.encrypts_new_journals || !is_missing() {
            return Ok(None);
        }
        let typed = self.read_line("Passphrase: ", journal)?;
        Ok(Some(self.passphrase(&typed)))
    }
}

/// The ways in which an encrypted journal may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnlockedBy {
    /// With a key from the keyring, else with the passphrase.
    KeyOrPassphrase,
    /// With the passphrase only, never with a kept key: for operations that somebody who finds
    /// an unlocked journal must not be able to do, and for `unlock` itself. The key is not put
    /// into the keyring either.
    PassphraseOnly,
    /// As [`UnlockedBy::KeyOrPassphrase`], but never by prompting on the terminal.
    KeyOrUnaskedPassphrase,
}

/// One attempt to open one file. It prompts only if no key at hand fits.
pub(super) struct Unlocking<'a> {
    passphrases: &'a Passphrases,
    by: UnlockedBy,
    /// The key that opened the journal earlier in this run.
    known: Option<&'a Key>,
    /// How many passphrases have been read so far.
    asked: u32,
    /// The passphrase that was read last, for a hint if it does not fit.
    last: Option<Passphrase>,
    /// `true` if the secret offered last was typed on the terminal.
    typed: bool,
    /// `true` if the secret offered last is the keyring's key.
    offered_kept: bool,
    /// `true` if the file is encrypted. Only an encrypted file makes the store call
    /// [`Unlocking::offer`].
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

    /// The passphrase that was read last.
    pub(super) fn tried(&self) -> Option<&Passphrase> {
        self.last.as_ref()
    }

    /// Returns `true` if the attempt showed that the file is encrypted.
    pub(super) fn met_encryption(&self) -> bool {
        self.encrypted
    }

    /// Has the keyring keep the key that opened the file, if a person typed the passphrase and
    /// the configuration has `auto_unlock`. Returns why the keyring could not.
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

    /// The next secret to try, as [`crate::journal::AskPassphrase`] wants it.
    pub(super) fn offer(&mut self, locked: LockedJournal<'_>) -> Result<UnlockSecret> {
        self.encrypted = true;
        if locked.tries == 0
            && let Some(key) = self.key_at_hand(locked.salt)
        {
            return Ok(UnlockSecret::Key(key));
        }
        if std::mem::take(&mut self.offered_kept) {
            // The keyring's key did not open the file, so it is some other key under this name.
            let _ = keyring::forget(locked.salt);
        }
        let hint = self.last.as_ref().and_then(sheet_hint);
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
            let typed = self.passphrases.read_line(&prompt, locked.path)?;
            let passphrase = self.passphrases.passphrase(&typed);
            // An empty line opens nothing: do not spend the time of a key derivation on it.
            if !passphrase.is_empty() {
                self.last = Some(passphrase.clone());
                return Ok(UnlockSecret::Passphrase(passphrase));
            }
            self.last = None;
        }
    }

    /// A key that is there without asking: from earlier in this run, or from the keyring.
    fn key_at_hand(&mut self, salt: Salt) -> Option<Key> {
        if let Some(known) = self.known.filter(|key| key.salt() == salt) {
            return Some(known.clone());
        }
        // Read a descriptor's line even if a kept key would do: on standard input the text to
        // save comes after it, and the passphrase would become part of that text.
        let secret_from_descriptor =
            matches!(self.passphrases.source, PassphraseSource::Descriptor(_));
        if self.by == UnlockedBy::PassphraseOnly || secret_from_descriptor {
            return None;
        }
        // A system without a keyring keeps no key, so its error means the same as `None`.
        let kept = keyring::find(salt).ok().flatten()?;
        self.offered_kept = true;
        Some(kept.key)
    }
}

/// The salt of an encrypted journal. `None` if there is no journal, after telling the person
/// so.
///
/// # Errors
/// [`not_encrypted_error`] for a plain journal; [`Error::NotAJournal`] for another file.
pub fn salt_of_encrypted_journal(session: &mut Session<'_>) -> Result<Option<Salt>> {
    let context = session.context();
    let salt = session.salt()?;
    if salt.is_none() && context.journal.symlink_metadata().is_err() {
        tell_no_journal(context);
        return Ok(None);
    }
    if salt.is_none() {
        // Open it first: a file that is no journal at all gets its own error.
        session.plain_journal()?;
        return Err(not_encrypted_error());
    }
    Ok(salt)
}

/// The error for locking or unlocking a journal that is not encrypted.
pub fn not_encrypted_error() -> Error {
    Error::Usage {
        what: "the journal is not encrypted".to_owned(),
        hint: Some("onward encrypt gives it a passphrase".to_owned()),
    }
}

fn tell_no_journal(context: &Context) {
    let journal = context.journal.display().to_string();
    let journal = text::safe(&journal);
    context
        .output
        .status(&format!("There is no journal yet at {journal}."));
}

/// Returns `true` if a passphrase leads to this key, and so is the journal's present one.
///
/// # Errors
/// Those of [`Passphrase::keys`].
pub fn leads_to_key(passphrase: &Passphrase, known: &Key) -> Result<bool> {
    for key in passphrase.keys(known.salt()) {
        if key?.bytes() == known.bytes() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Why this cannot become a new passphrase; `None` if it can.
fn why_unusable(passphrase: &Passphrase) -> Option<&'static str> {
    if passphrase.is_empty() {
        return Some("an empty passphrase would keep nobody out");
    }
    passphrase
        .sheet()
        .map(|_| "that looks like a recovery sheet, which a passphrase must not")
}

fn secret_or_locked(line: SecretLine, path: &Path) -> Result<zeroize::Zeroizing<String>> {
    line.map_err(|trouble| match trouble {
        SecretError::Interrupted => Error::Interrupted,
        SecretError::Because(why, hint) => Error::Locked {
            path: path.to_path_buf(),
            why,
            hint,
        },
    })
}

/// A hint about a recovery sheet that was typed and does not open the journal.
fn sheet_hint(typed: &Passphrase) -> Option<String> {
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
