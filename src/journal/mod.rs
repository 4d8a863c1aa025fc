//! What a journal does: offers a prompt, takes a page, and looks back.
//!
//! [`Journal`] is the door that commands and tests use. It joins the decks with the file and
//! keeps the rules of the day; which tip and question come next and where a deck stands are
//! pure functions beside it.

mod changes;
mod choose;
pub mod contact;
mod coverage;
mod drafts;
mod export;
mod find;
mod import;
mod keepsake;
pub mod lookback;
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
    Ask, DayFigures, Earlier, Kept, Key, Locked, Offer, Passphrase, Salt, Sheet, StoredDraft,
    TipDays, TipRecord, What, has_encryption, is_encrypted, nobody, salt,
};
pub use changes::{Edit, Edited, Rewrite, Undone};
pub use coverage::Coverage;
pub use import::{Importing, Remarks, Report, Terms};
pub use page::{NewPage, Reflects};
pub use prompts::Prompt;
pub use review::{Covered, Recalled, Review, ThenAndNow};
pub use search::{Found, Nothing};
pub use stats::Stats;
pub use walking::{Letters, NewEntry, Out};

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    store: Store,
    decks: Decks,
    /// Whether questions about meaning are left for better days.
    gentle: bool,
}

impl Journal {
    /// Opens a journal to write in, and makes it where there is none.
    ///
    /// # Errors
    /// Everything that [`Store::open`] and [`Store::create`] say.
    pub fn open(path: &Path, now: DateTime<FixedOffset>, ask: &mut Ask<'_>) -> Result<Journal> {
        let store = match Store::open(path, ask)? {
            Some(store) => store,
            None => Store::create(path, now, None, ask)?,
        };
        Ok(Journal::with(store))
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
        // One that another process made in the meantime may well have the same passphrase.
        let mut ask = |locked: Locked<'_>| match locked.tries {
            0 => Ok(Offer::Passphrase(passphrase.clone())),
            _ => nobody(locked),
        };
        Store::create(path, now, Some(&key), &mut ask).map(Journal::with)
    }

    /// Opens a journal to read. Where there is none, it is empty, and none is made.
    ///
    /// # Errors
    /// Everything that [`Store::open`] says.
    pub fn open_to_read(path: &Path, ask: &mut Ask<'_>) -> Result<Journal> {
        let store = match Store::open(path, ask)? {
            Some(store) => store,
            None => Store::in_memory()?,
        };
        Ok(Journal::with(store))
    }

    /// Opens an encrypted journal that this process opened before, and may have open still.
    ///
    /// # Errors
    /// Everything that [`Store::open_again`] says.
    pub fn open_again(path: &Path, key: &Key) -> Result<Journal> {
        Store::open_again(path, key).map(Journal::with)
    }

    fn with(store: Store) -> Journal {
        Journal {
            store,
            decks: Decks::default(),
            gentle: true,
        }
    }

    /// What opens the journal, where it is encrypted.
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
        let Journal {
            store,
            decks,
            gentle,
        } = self;
        let journal = store.convert(Some(&key)).map(Journal::with)?;
        Ok(journal.drawing_from(decks).gently(gentle))
    }

    /// Makes an encrypted journal a plain one.
    ///
    /// # Errors
    /// Everything that [`Store::convert`] says. Then the journal is as it was.
    pub fn decrypt(self) -> Result<Journal> {
        let Journal {
            store,
            decks,
            gentle,
        } = self;
        let journal = store.convert(None).map(Journal::with)?;
        Ok(journal.drawing_from(decks).gently(gentle))
    }

    /// Pages of an encrypted journal's file that are not what was written, as sentences.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn damaged_pages(&self) -> Result<Vec<String>> {
        self.store.damaged_pages()
    }

    /// The same journal, offering tips of these decks instead of the one that is built in.
    pub fn drawing_from(self, decks: Decks) -> Journal {
        Journal { decks, ..self }
    }

    /// The same journal; when it is gentle (as it is unless this says otherwise), days after
    /// low ones offer no question about meaning.
    pub fn gently(self, gentle: bool) -> Journal {
        Journal { gentle, ..self }
    }

    /// Tells the journal which day it is, so that what is away or sealed until then is there
    /// again. A journal that is not told shows nothing that ever was out of sight.
    pub fn seen_on(mut self, today: Day) -> Journal {
        self.store.seen_on(today);
        self
    }

    /// The decks that the prompts come from.
    pub fn decks(&self) -> &Decks {
        &self.decks
    }
}
