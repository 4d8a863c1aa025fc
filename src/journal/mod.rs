//! The journal: it offers prompts, saves pages, and looks back.
//!
//! [`Journal`] is the door for commands and tests. It joins the decks with the file. The
//! rules for the next tip, the next question and the figures of looking back are pure
//! functions in `crate::model`.

mod changes;
mod coverage;
mod drafts;
mod export;
mod find;
mod import;
mod keepsake;
mod page;
mod prompts;
mod review;
mod search;
mod stats;
mod walking;

use std::path::Path;

use chrono::{DateTime, FixedOffset};

use crate::decks::Decks;
use crate::error::Result;
use crate::model::Day;
use crate::store::Store;

pub use crate::store::{
    ActionKind, AskPassphrase, ClosedJournal, CopyReason, EarlierCopy, Key, KeyCost,
    ListedAction, LockedJournal, Passphrase, RecoverySheet, Salt, StoredDraft, TipDays,
    UnlockSecret, ask_nobody, ask_only, has_encryption,
};
pub use changes::{Edit, EditOutcome, TextRewrite, UndoOutcome};
pub use coverage::Coverage;
pub use import::{ImportRemarks, ImportReport, ImportTerms, RunningImport};
pub use page::{NewPage, Reflects};
pub use prompts::Prompt;
pub use review::{CoveredTip, RecalledDay, Review, ThenAndNow};
pub use search::{EmptySearchReason, SearchHits};
pub use stats::Stats;
pub use walking::{AwayCount, Letters, NewEntry};

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    store: Store,
    settings: Settings,
}

/// The settings of an open journal. Its file does not store them.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The decks that offer the tips.
    pub decks: Decks,
    /// True to offer no questions about meaning on days after low ones.
    pub gentle: bool,
    /// The present day. Entries hidden until then or earlier are visible. `None` hides every
    /// entry that ever was hidden.
    pub today: Option<Day>,
}

impl Default for Settings {
    /// The built-in deck, gentle, without a day.
    fn default() -> Settings {
        Settings {
            decks: Decks::default(),
            gentle: true,
            today: None,
        }
    }
}

impl Journal {
    /// Opens a journal to write in, and makes one if there is none.
    ///
    /// # Errors
    /// Those of [`Store::open`] and [`Store::create`].
    pub fn open(
        path: &Path,
        now: DateTime<FixedOffset>,
        ask: &mut AskPassphrase<'_>,
    ) -> Result<Journal> {
        let store = match Store::open(path, ask)? {
            Some(store) => store,
            None => Store::create(path, now, None, ask)?,
        };
        Ok(Journal::of(store))
    }

    /// Makes an encrypted journal. If another process makes one first, opens that one.
    ///
    /// # Errors
    /// Those of [`Store::create`].
    pub fn create_encrypted(
        path: &Path,
        now: DateTime<FixedOffset>,
        passphrase: &Passphrase,
    ) -> Result<Journal> {
        let key = passphrase.new_key()?;
        // Another process may have made the journal with the same passphrase, so try it once.
        let mut ask = |locked: LockedJournal<'_>| match locked.tries {
            0 => Ok(UnlockSecret::Passphrase(passphrase.clone())),
            _ => ask_nobody(locked),
        };
        Store::create(path, now, Some(&key), &mut ask).map(Journal::of)
    }

    /// Opens a journal to read. If there is none, returns an empty one in memory.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub fn open_to_read(path: &Path, ask: &mut AskPassphrase<'_>) -> Result<Journal> {
        let store = match Store::open(path, ask)? {
            Some(store) => store,
            None => Store::in_memory()?,
        };
        Ok(Journal::of(store))
    }

    /// Where opening put a log that lay beside the journal and belongs to another file.
    pub fn log_set_aside(&self) -> Option<&Path> {
        self.store.log_set_aside()
    }

    fn of(store: Store) -> Journal {
        Journal {
            store,
            settings: Settings::default(),
        }
    }

    /// The same journal with these settings instead of the default ones.
    pub fn with(mut self, settings: Settings) -> Journal {
        self.store.seen_on(settings.today);
        Journal { settings, ..self }
    }

    /// Sets the present day, for a journal that stays open when the day turns.
    pub fn set_today(&mut self, today: Day) {
        self.settings.today = Some(today);
        self.store.seen_on(self.settings.today);
    }

    /// True if the journal is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.key().is_some()
    }

    /// True for an empty journal in memory, which stands in for one that does not exist yet.
    /// Everything written to it is lost when it is dropped.
    pub fn is_in_memory(&self) -> bool {
        self.store.is_in_memory()
    }

    /// The key of an encrypted journal; `None` for a plain one.
    pub fn key(&self) -> Option<&Key> {
        self.store.key()
    }

    /// Encrypts the journal, or gives it another passphrase in place of the old one.
    ///
    /// # Errors
    /// Those of [`Store::convert`]. After an error the journal is as it was.
    pub fn encrypt(self, passphrase: &Passphrase) -> Result<Journal> {
        let key = passphrase.new_key()?;
        let Journal { store, settings } = self;
        let store = store.convert(Some(&key))?;
        Ok(Journal::of(store).with(settings))
    }

    /// Decrypts the journal.
    ///
    /// # Errors
    /// Those of [`Store::convert`]. After an error the journal is as it was.
    pub fn decrypt(self) -> Result<Journal> {
        let Journal { store, settings } = self;
        let store = store.convert(None)?;
        Ok(Journal::of(store).with(settings))
    }

    /// The pages of an encrypted journal's file whose signatures do not match, as sentences.
    pub fn damaged_pages(&self) -> Result<Vec<String>> {
        self.store.damaged_pages()
    }

    /// The decks that offer the tips.
    pub fn decks(&self) -> &Decks {
        &self.settings.decks
    }
}
