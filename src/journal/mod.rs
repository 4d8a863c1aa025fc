//! What a journal does: offers a prompt, takes a page, and looks back.
//!
//! [`Journal`] is the door that commands and tests use. It joins the decks with the file and
//! keeps the rules of the day; which tip and question come next and where a deck stands are
//! pure functions beside it.

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
    ActionKind, AskPassphrase, ClosedJournal, CopyReason, EarlierCopy, Key, LockedJournal,
    Passphrase, RecoverySheet, Salt, StoredDraft, TipDays, UnlockSecret, ask_nobody, ask_only,
    has_encryption,
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

/// Settings of an open journal that its file does not hold.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The decks that offer the tips.
    pub decks: Decks,
    /// Whether days after low ones offer no question about meaning.
    pub gentle: bool,
    /// The present day. Entries that are hidden until this day or an earlier one are shown.
    /// `None` shows none that was ever hidden.
    pub today: Option<Day>,
}

impl Default for Settings {
    /// The built-in deck, gentle, and no day.
    fn default() -> Settings {
        Settings {
            decks: Decks::default(),
            gentle: true,
            today: None,
        }
    }
}

impl Journal {
    /// Opens a journal to write in, and makes it where there is none.
    ///
    /// # Errors
    /// Everything that [`Store::open`] and [`Store::create`] say.
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

    /// Makes an encrypted journal where there is none.
    ///
    /// # Errors
    /// Everything that [`Store::create`] says.
    pub fn create_encrypted(
        path: &Path,
        now: DateTime<FixedOffset>,
        passphrase: &Passphrase,
    ) -> Result<Journal> {
        let key = passphrase.new_key()?;
        // Another process may make the journal meanwhile, with the same passphrase: try it once.
        let mut ask = |locked: LockedJournal<'_>| match locked.tries {
            0 => Ok(UnlockSecret::Passphrase(passphrase.clone())),
            _ => ask_nobody(locked),
        };
        Store::create(path, now, Some(&key), &mut ask).map(Journal::of)
    }

    /// Opens a journal to read. Where there is none, it is empty, and none is made.
    ///
    /// # Errors
    /// Everything that [`Store::open`] says.
    pub fn open_to_read(path: &Path, ask: &mut AskPassphrase<'_>) -> Result<Journal> {
        let store = match Store::open(path, ask)? {
            Some(store) => store,
            None => Store::in_memory()?,
        };
        Ok(Journal::of(store))
    }

    fn of(store: Store) -> Journal {
        Journal {
            store,
            settings: Settings::default(),
        }
    }

    /// The same journal with these settings. It opens with the default ones.
    pub fn with(mut self, settings: Settings) -> Journal {
        self.store.seen_on(settings.today);
        Journal { settings, ..self }
    }

    /// Sets the present day of a journal that stays open when the day turns.
    pub fn set_today(&mut self, today: Day) {
        self.settings.today = Some(today);
        self.store.seen_on(self.settings.today);
    }

    /// Whether the journal is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.key().is_some()
    }

    /// Whether it stands for a journal that is not there yet: it is empty, and what is written
    /// to it is gone with it.
    pub fn is_in_memory(&self) -> bool {
        self.store.is_in_memory()
    }

    /// The key of an encrypted journal; `None` for a plain one.
    pub fn key(&self) -> Option<&Key> {
        self.store.key()
    }

    /// Encrypts the journal, or gives it another passphrase. What opened it before does not
    /// open it any more.
    ///
    /// # Errors
    /// Everything that [`Store::convert`] says. Then the journal is as it was.
    pub fn encrypt(self, passphrase: &Passphrase) -> Result<Journal> {
        let key = passphrase.new_key()?;
        let Journal { store, settings } = self;
        let store = store.convert(Some(&key))?;
        Ok(Journal::of(store).with(settings))
    }

    /// Makes an encrypted journal a plain one.
    ///
    /// # Errors
    /// Everything that [`Store::convert`] says. Then the journal is as it was.
    pub fn decrypt(self) -> Result<Journal> {
        let Journal { store, settings } = self;
        let store = store.convert(None)?;
        Ok(Journal::of(store).with(settings))
    }

    /// Pages of an encrypted journal's file that are not what was written, as sentences.
    pub fn damaged_pages(&self) -> Result<Vec<String>> {
        self.store.damaged_pages()
    }

    /// The decks that the prompts come from.
    pub fn decks(&self) -> &Decks {
        &self.settings.decks
    }
}
