//! One run of the program: what it works with, and the one journal that it has open.
//!
//! A [`Session`] is the only owner of the open journal. Commands borrow it, drafts are secured in
//! it, and nobody opens it a second time: two connections of one process would not keep each
//! other out, since closing one file drops the locks that SQLite has on the other.

pub mod choosing;
mod composition;
mod context;
pub mod desk;
mod drafting;
mod earlier_copies;
pub mod filters;
mod page_prompt;
pub mod report;
mod typed_text;
mod unlocking;

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::journal::{
    AskPassphrase, ClosedJournal, Journal, Key, Passphrase, Salt, Settings, ask_nobody,
    ask_only,
};
use crate::keyring;
use crate::store::Store;
use unlocking::{UnlockedBy, Unlocking};

pub use composition::{Becomes, Composed, Composition, PageDetails, is_dash, is_piped};
pub use context::{Context, Moment, NOTHING_WRITTEN, Status};
pub use earlier_copies::deal_with_copies;
pub use typed_text::TypedText;
pub use unlocking::{Passphrases, not_encrypted, opens_the_same, salt_of};

/// One run of the program.
#[derive(Debug)]
pub struct Session<'a> {
    context: &'a Context,
    /// The open journal.
    journal: Option<Journal>,
    /// The key of the journal that was opened last, so that to open it once more asks nobody.
    key: Option<Key>,
    /// Whether the journal is encrypted, as far as an attempt to open it has told.
    known_encrypted: Option<bool>,
    /// The drafts that this run began or took up and has neither saved, removed nor left to an
    /// editor, by their names.
    drafts_in_hand: BTreeSet<String>,
}

/// What the journal is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To write in it: it is made where there is none.
    Writing,
    /// To read it: it is empty where there is none.
    Reading,
}

impl<'a> Session<'a> {
    /// A run that has opened nothing yet.
    pub fn new(context: &'a Context) -> Session<'a> {
        Session {
            context,
            journal: None,
            key: None,
            known_encrypted: None,
            drafts_in_hand: BTreeSet::new(),
        }
    }

    /// What the run works with. It outlives every loan of the session.
    pub fn context(&self) -> &'a Context {
        self.context
    }

    /// The journal, to write in it. The first time, it is opened, and made where there is none;
    /// where it is encrypted, its passphrase may have to be asked for.
    ///
    /// # Errors
    /// See [`Journal::open`]; [`Error::Locked`] and [`Error::WrongPassphrase`].
    pub fn journal(&mut self) -> Result<&mut Journal> {
        self.lend(Purpose::Writing, UnlockedBy::KeyOrPassphrase)
    }

    /// The journal, to read it; where there is none, an empty one that stands for it.
    ///
    /// # Errors
    /// See [`Journal::open_to_read`]; [`Error::Locked`] and [`Error::WrongPassphrase`].
    pub fn journal_to_read(&mut self) -> Result<&mut Journal> {
        self.lend(Purpose::Reading, UnlockedBy::KeyOrPassphrase)
    }

    /// The journal as [`Session::journal`] lends it; `None` where somebody at the terminal would
    /// have to be asked for the passphrase.
    ///
    /// # Errors
    /// As [`Session::journal`].
    pub fn journal_unasked(&mut self) -> Result<Option<&mut Journal>> {
        let are_typed = self.context.passphrases.are_typed();
        match self.lend(Purpose::Writing, UnlockedBy::KeyOrUnaskedPassphrase) {
            Err(Error::Locked { .. }) if are_typed => Ok(None),
            lent => lent.map(Some),
        }
    }

    /// The journal, opened with its passphrase now, whatever key was kept of it: for what
    /// somebody who comes upon an unlocked journal must not be able to do.
    ///
    /// # Errors
    /// As [`Session::journal_to_read`].
    pub fn journal_by_passphrase(&mut self) -> Result<&mut Journal> {
        self.close();
        self.key = None;
        self.lend(Purpose::Reading, UnlockedBy::PassphraseOnly)
    }

    /// The journal, opened with this key or not at all.
    ///
    /// # Errors
    /// As [`Session::journal_to_read`].
    pub fn journal_by_key(&mut self, key: &Key) -> Result<&mut Journal> {
        if self.journal.is_none() {
            let journal =
                Journal::open_to_read(&self.context.journal, &mut ask_only(Some(key)))?;
            self.put_back(journal);
        }
        self.journal_to_read()
    }

    /// The journal, which must not be encrypted.
    ///
    /// # Errors
    /// See [`Journal::open_to_read`]; [`Error::Locked`] where it is encrypted.
    pub fn plain_journal(&mut self) -> Result<&mut Journal> {
        if self.journal.is_none() {
            let journal = Journal::open_to_read(&self.context.journal, &mut ask_nobody)?;
            self.put_back(journal);
        }
        self.journal_to_read()
    }

    /// Opens the journal if it is encrypted, so that its passphrase is asked for before anything
    /// is typed into it or read for it. A plain one is opened when it is wanted.
    ///
    /// # Errors
    /// As [`Session::journal_to_read`], for an encrypted journal. Anything else that is wrong is
    /// said when the journal is opened.
    pub fn unlock(&mut self) -> Result<()> {
        if self.is_encrypted() {
            self.journal_to_read()?;
        }
        Ok(())
    }

    /// Closes the journal, so that it is not kept from others while somebody thinks.
    pub fn close(&mut self) {
        self.journal = None;
    }

    /// Takes the journal out of the session, for what puts another file into its place; then the
    /// session has none open. Where it was closed, the key that opened it before opens it again,
    /// else its passphrase.
    ///
    /// # Errors
    /// As [`Session::journal_to_read`].
    pub fn take(&mut self) -> Result<Journal> {
        match self.journal.take() {
            Some(journal) => Ok(journal),
            None => self.open(Purpose::Reading, UnlockedBy::PassphraseOnly),
        }
    }

    /// Gives the session the journal, open: one that was taken out of it, or just made. Returns
    /// it as [`Session::journal`] does.
    pub fn put_back(&mut self, journal: Journal) -> &mut Journal {
        self.note_key(journal.key());
        let journal = self.settled(journal);
        self.journal.insert(journal)
    }

    /// Opens the journal's file in another way than to work in it. The session has it closed
    /// meanwhile, and remembers its key.
    ///
    /// # Errors
    /// Those of the opening; [`Error::Locked`] and [`Error::WrongPassphrase`].
    pub fn open_store(
        &mut self,
        open: impl FnOnce(&mut AskPassphrase<'_>) -> Result<Option<Store>>,
    ) -> Result<Option<Store>> {
        self.close();
        let known = self.key.clone();
        let context = self.context;
        let mut unlocking = Unlocking::new(
            &context.passphrases,
            UnlockedBy::KeyOrPassphrase,
            known.as_ref(),
        );
        let opened = open(&mut |locked| unlocking.offer(locked));
        let key = match &opened {
            Ok(store) => store.as_ref().and_then(Store::key),
            Err(_) => None,
        };
        self.remember(&unlocking, opened.is_ok(), key);
        if let Some(key) = key {
            let _ = self.keep_in_keyring(&unlocking, key);
        }
        opened
    }

    /// Opens another file, for which it may be asked what opens it.
    ///
    /// # Errors
    /// Those of the opening; [`Error::Locked`] and [`Error::WrongPassphrase`].
    pub fn open_other<T>(
        &self,
        open: impl FnOnce(&mut AskPassphrase<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut unlocking = Unlocking::new(
            &self.context.passphrases,
            UnlockedBy::KeyOrPassphrase,
            self.key.as_ref(),
        );
        open(&mut |locked| unlocking.offer(locked))
    }

    /// Whether the journal is encrypted. Where none was opened yet, its file is looked at.
    pub fn is_encrypted(&self) -> bool {
        match (self.closed(), self.known_encrypted) {
            (_, Some(known)) => known,
            (Some(closed), None) => closed.is_encrypted(),
            (None, None) => false,
        }
    }

    /// The salt of the journal, where it is encrypted.
    ///
    /// # Errors
    /// [`Error::NotAJournal`] for what cannot be one; [`Error::Io`] when it cannot be read.
    pub fn salt(&self) -> Result<Option<Salt>> {
        match self.closed() {
            Some(closed) => closed.salt(),
            None => Ok(self.key.as_ref().map(Key::salt)),
        }
    }

    /// The key of the journal, where it is encrypted and was opened.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// Whether something is still to be said that is said once in the life of an encrypted
    /// journal; then it is to be said now. What cannot be noted is said again another time.
    pub fn tells_now(&mut self, what: &str) -> bool {
        match self.encrypted_journal() {
            Some(journal) => journal.tells_now(what).unwrap_or(true),
            None => false,
        }
    }

    /// The journal, if it is open and encrypted.
    fn encrypted_journal(&mut self) -> Option<&mut Journal> {
        self.journal
            .as_mut()
            .filter(|journal| journal.is_encrypted())
    }

    /// The journal's file, to be looked at while it is closed. The loan keeps this session from
    /// opening it.
    fn closed(&self) -> Option<ClosedJournal<'_>> {
        match self.journal {
            None => Some(ClosedJournal::at(&self.context.journal)),
            Some(_) => None,
        }
    }

    fn lend(&mut self, purpose: Purpose, by: UnlockedBy) -> Result<&mut Journal> {
        let journal = match self.journal.take() {
            Some(journal) if purpose == Purpose::Reading || !journal.is_in_memory() => journal,
            _ => self.open(purpose, by)?,
        };
        let journal = self.journal.insert(journal);
        // The day may have turned since it was lent last.
        journal.set_today(self.context.today());
        Ok(journal)
    }

    fn open(&mut self, purpose: Purpose, by: UnlockedBy) -> Result<Journal> {
        let context = self.context;
        let now = context.environment.clock.now();
        #[cfg(debug_assertions)]
        if purpose == Purpose::Writing
            && let Some(passphrase) = context.passphrases.of_new_journal(&context.journal)?
        {
            let journal = self.create_encrypted(&passphrase)?;
            return Ok(journal);
        }
        let known = self.key.clone();
        let mut unlocking = Unlocking::new(&context.passphrases, by, known.as_ref());
        let mut ask = |locked: crate::journal::LockedJournal<'_>| unlocking.offer(locked);
        let opened = match purpose {
            Purpose::Writing => Journal::open(&context.journal, now, &mut ask),
            Purpose::Reading => Journal::open_to_read(&context.journal, &mut ask),
        };
        let key = opened.as_ref().ok().and_then(Journal::key);
        self.remember(&unlocking, opened.is_ok(), key);
        let untold = key.and_then(|key| self.keep_in_keyring(&unlocking, key));
        let mut journal = opened?;
        // It would be so with every command.
        if let Some(why) = untold
            && journal.tells_now("no keyring").unwrap_or(true)
        {
            context.output.status(&format!(
                "The journal stays locked, and its passphrase is asked for each time: {why}."
            ));
        }
        Ok(self.settled(journal))
    }

    /// Makes the journal, encrypted, where there is none.
    ///
    /// # Errors
    /// See [`Journal::create_encrypted`].
    pub fn create_encrypted(&mut self, passphrase: &Passphrase) -> Result<Journal> {
        let now = self.context.environment.clock.now();
        let journal = Journal::create_encrypted(&self.context.journal, now, passphrase)?;
        self.note_key(journal.key());
        Ok(self.settled(journal))
    }

    /// Takes note of what an attempt to open the journal has told. One that failed before it
    /// came to a key has told nothing.
    fn remember(&mut self, unlocking: &Unlocking<'_>, opened: bool, key: Option<&Key>) {
        if opened {
            self.note_key(key);
        } else if unlocking.met_encryption() {
            self.known_encrypted = Some(true);
        }
    }

    fn note_key(&mut self, key: Option<&Key>) {
        self.known_encrypted = Some(key.is_some());
        self.key = key.cloned();
    }

    /// Why the key is not kept where it was to be.
    fn keep_in_keyring(&self, unlocking: &Unlocking<'_>, key: &Key) -> Option<String> {
        let now = self.context.environment.clock.now().to_utc();
        unlocking.keep_in_keyring(key, self.context.config.auto_unlock, now)
    }

    /// The journal with the decks it draws from.
    fn settled(&self, journal: Journal) -> Journal {
        journal.with(Settings {
            decks: self.context.chosen().decks.clone(),
            gentle: self.context.config.gentle,
            today: Some(self.context.today()),
        })
    }
}

/// Forgets a key that the keyring has; whether there was one. What cannot be forgotten has its
/// time.
pub fn forget_kept_key(key: Option<&Key>) -> bool {
    key.is_some_and(|key| keyring::forget(key.salt()).unwrap_or(false))
}
