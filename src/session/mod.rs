//! One run of the program: its unchanging context and the one journal that it has open.
//!
//! A [`Session`] is the only owner of the open journal. Commands borrow the journal from it,
//! and drafts are stored through it. Nothing else may open the journal: closing any second file
//! handle of the same process drops the locks that SQLite holds on the first, and another
//! program could then write in the middle of a transaction.

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

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use crate::error::{Error, Result};
use crate::journal::{
    AskPassphrase, ClosedJournal, Journal, Key, Passphrase, Salt, Settings, UnlockSecret,
    ask_nobody, ask_only,
};
use crate::keyring;
use crate::store::Store;
use unlocking::{UnlockedBy, Unlocking};

pub use composition::{Composition, CompositionOutcome, CompositionTarget, is_dash, is_piped};
pub use context::{Context, Moment, NOTHING_WRITTEN, Status};
pub use earlier_copies::offer_to_remove_copies;
pub use page_prompt::PageDetails;
pub use typed_text::TypedText;
pub use unlocking::{
    Passphrases, leads_to_key, not_encrypted_error, salt_of_encrypted_journal,
};

/// One run of the program, and the owner of the open journal.
#[derive(Debug)]
pub struct Session<'a> {
    context: &'a Context,
    /// The open journal; `None` while it is closed.
    journal: Option<Journal>,
    /// The key that opened the journal last, so that opening it again asks nobody.
    key: Option<Key>,
    /// `Some(true)` for an encrypted journal and `Some(false)` for a plain one; `None` until an
    /// attempt to open it has shown which.
    known_encrypted: Option<bool>,
    /// The names of the drafts that this run began or took up and has not yet saved, removed or
    /// left to an editor.
    drafts_in_hand: BTreeSet<String>,
    /// The passphrase that was read last for the journal or for another file, if it was.
    tried: RefCell<Option<Passphrase>>,
}

/// The reason for which the journal is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To write. A missing journal is created.
    Writing,
    /// To read. An empty journal in memory stands for a missing one.
    Reading,
}

impl<'a> Session<'a> {
    /// A run that has not opened its journal yet.
    pub fn new(context: &'a Context) -> Session<'a> {
        Session {
            context,
            journal: None,
            key: None,
            known_encrypted: None,
            drafts_in_hand: BTreeSet::new(),
            tried: RefCell::default(),
        }
    }

    /// The context of the run. It outlives every borrow of the session.
    pub fn context(&self) -> &'a Context {
        self.context
    }

    /// Lends the journal for writing. The first call opens it, creates it if it is missing, and
    /// may ask for the passphrase of an encrypted one.
    ///
    /// # Errors
    /// Those of [`Journal::open`]; [`Error::Locked`] without a passphrase,
    /// [`Error::WrongPassphrase`] after the last try.
    pub fn journal(&mut self) -> Result<&mut Journal> {
        self.lend(Purpose::Writing, UnlockedBy::KeyOrPassphrase)
    }

    /// Lends the journal for reading. If it is missing, an empty journal in memory stands for
    /// it.
    ///
    /// # Errors
    /// Those of [`Journal::open_to_read`]; [`Error::Locked`] without a passphrase,
    /// [`Error::WrongPassphrase`] after the last try.
    pub fn journal_to_read(&mut self) -> Result<&mut Journal> {
        self.lend(Purpose::Reading, UnlockedBy::KeyOrPassphrase)
    }

    /// Lends the journal for writing, as [`Session::journal`] does, but never prompts: `None`
    /// if a person would have to type the passphrase.
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

    /// Opens the journal again with its passphrase, even if a key was kept. This protects an
    /// unlocked journal: somebody who finds it open must not be able to decrypt it, change its
    /// passphrase or print the recovery sheet.
    ///
    /// # Errors
    /// As [`Session::journal_to_read`].
    pub fn journal_by_passphrase(&mut self) -> Result<&mut Journal> {
        self.close();
        self.key = None;
        self.lend(Purpose::Reading, UnlockedBy::PassphraseOnly)
    }

    /// Lends the journal, opened with this key and never by asking.
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

    /// Lends the journal for reading and refuses an encrypted one.
    ///
    /// # Errors
    /// Those of [`Journal::open_to_read`]; [`Error::Locked`] if it is encrypted.
    pub fn plain_journal(&mut self) -> Result<&mut Journal> {
        if self.journal.is_none() {
            let journal = Journal::open_to_read(&self.context.journal, &mut ask_nobody)?;
            self.put_back(journal);
        }
        self.journal_to_read()
    }

    /// Opens an encrypted journal now, so that its passphrase is asked for before the person
    /// types a text or the program reads one. A plain journal is opened when it is first
    /// needed.
    ///
    /// # Errors
    /// As [`Session::journal_to_read`] for an encrypted journal; none for a plain one.
    pub fn unlock(&mut self) -> Result<()> {
        if self.is_encrypted() {
            self.journal_to_read()?;
        }
        Ok(())
    }

    /// Closes the journal, so that other programs can use it while a person thinks.
    pub fn close(&mut self) {
        self.journal = None;
    }

    /// Moves the journal out of the session, for an operation that replaces its file, such as
    /// encrypting it. The session has no journal then. If it was closed, the key that opened it
    /// before opens it again, else its passphrase.
    ///
    /// # Errors
    /// As [`Session::journal_to_read`].
    pub fn take_journal(&mut self) -> Result<Journal> {
        match self.journal.take() {
            Some(journal) => Ok(journal),
            None => self.open(Purpose::Reading, UnlockedBy::PassphraseOnly),
        }
    }

    /// Gives the session an open journal: one that was taken out of it or was just created.
    /// Lends it as [`Session::journal`] does.
    pub fn put_back(&mut self, journal: Journal) -> &mut Journal {
        self.note_key(journal.key());
        let journal = self.with_settings(journal);
        self.journal.insert(journal)
    }

    /// Opens the store of the journal directly, for backups and check-ups. The session closes
    /// its own journal first and remembers the key.
    ///
    /// # Errors
    /// Those of `open`; [`Error::Locked`] and [`Error::WrongPassphrase`].
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
        self.note_tried(&unlocking);
        let key = match &opened {
            Ok(store) => store.as_ref().and_then(Store::key),
            Err(_) => None,
        };
        self.remember(&unlocking, opened.is_ok(), key);
        if let Some(key) = key {
            let _ = self.keep_in_keyring(&unlocking, key);
        }
        if let Ok(Some(store)) = &opened {
            self.tell_of_log(store.log_set_aside());
        }
        opened
    }

    /// Opens a file other than the journal, such as a backup, which may need a passphrase too.
    ///
    /// # Errors
    /// Those of `open`; [`Error::Locked`] and [`Error::WrongPassphrase`].
    pub fn open_other<T>(
        &self,
        open: impl FnOnce(&mut AskPassphrase<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut unlocking = Unlocking::new(
            &self.context.passphrases,
            UnlockedBy::KeyOrPassphrase,
            self.key.as_ref(),
        );
        let opened = open(&mut |locked| unlocking.offer(locked));
        self.note_tried(&unlocking);
        opened
    }

    /// Opens a file other than the journal with what is at hand: the key of the journal and
    /// the passphrase that was read last. Asks nobody who would have to type.
    ///
    /// # Errors
    /// Those of `open`; [`Error::Locked`] if nothing at hand opens it.
    pub fn open_other_unasked<T>(
        &self,
        open: impl FnOnce(&mut AskPassphrase<'_>) -> Result<T>,
    ) -> Result<T> {
        let tried = self.tried.borrow().clone();
        if tried.is_none() && self.key.is_none() && !self.context.passphrases.are_typed() {
            return self.open_other(open);
        }
        let passphrase = tried.map(UnlockSecret::Passphrase);
        let mut at_hand: Vec<UnlockSecret> = passphrase.into_iter().collect();
        at_hand.extend(self.key.clone().map(UnlockSecret::Key));
        open(&mut |locked| at_hand.pop().map_or_else(|| ask_nobody(locked), Ok))
    }

    fn note_tried(&self, unlocking: &Unlocking<'_>) {
        if let Some(tried) = unlocking.tried() {
            *self.tried.borrow_mut() = Some(tried.clone());
        }
    }

    /// Returns `true` if the journal is encrypted. Before the first opening, the head of its
    /// file tells.
    pub fn is_encrypted(&self) -> bool {
        match (self.closed(), self.known_encrypted) {
            (_, Some(known)) => known,
            (Some(closed), None) => closed.is_encrypted(),
            (None, None) => false,
        }
    }

    /// The salt of an encrypted journal; `None` for a plain or missing one.
    ///
    /// # Errors
    /// [`Error::NotAJournal`] if the file cannot be a journal; [`Error::Io`] if it cannot be
    /// read.
    pub fn salt(&self) -> Result<Option<Salt>> {
        match self.closed() {
            Some(closed) => closed.salt(),
            None => Ok(self.key.as_ref().map(Key::salt)),
        }
    }

    /// The key of an encrypted journal that this run has opened.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// Returns `true` for a message that is to be shown now, because it is shown once in the
    /// life of an encrypted journal. The first call with this name notes it in the journal. If
    /// that fails, the message is shown again another time. Always `false` for a plain or
    /// closed journal.
    pub fn tells_now(&mut self, what: &str) -> bool {
        match self.encrypted_journal() {
            Some(journal) => journal.tells_now(what).unwrap_or(true),
            None => false,
        }
    }

    /// The journal if it is open and encrypted.
    fn encrypted_journal(&mut self) -> Option<&mut Journal> {
        self.journal
            .as_mut()
            .filter(|journal| journal.is_encrypted())
    }

    /// The journal's file while it is closed. The borrow keeps this session from opening it
    /// meanwhile: reading the head of an open file would drop SQLite's locks.
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
        // The day may have turned since the journal was last lent, in a session that stays open
        // past the turn of the day.
        journal.set_today(self.context.today());
        Ok(journal)
    }

    fn open(&mut self, purpose: Purpose, by: UnlockedBy) -> Result<Journal> {
        let context = self.context;
        let now = context.environment.clock.now();
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
        self.tell_of_log(journal.log_set_aside());
        // Tell only once per journal; it would repeat at every command.
        if let Some(why) = untold
            && journal.tells_now("no keyring").unwrap_or(true)
        {
            context.output.status(&format!(
                "The journal stays locked, and its passphrase is asked for each time: {why}."
            ));
        }
        Ok(self.with_settings(journal))
    }

    /// Creates an encrypted journal at the journal's path, where no file may be.
    ///
    /// # Errors
    /// Those of [`Journal::create_encrypted`].
    pub fn create_encrypted(&mut self, passphrase: &Passphrase) -> Result<Journal> {
        let now = self.context.environment.clock.now();
        let journal = Journal::create_encrypted(&self.context.journal, now, passphrase)?;
        self.note_key(journal.key());
        Ok(self.with_settings(journal))
    }

    /// Says that opening the journal put another file's log aside.
    fn tell_of_log(&self, set_aside: Option<&Path>) {
        let Some(aside) = set_aside else { return };
        let aside = aside.display().to_string();
        self.context.output.status(&format!(
            "The log beside the journal belongs to another copy of it, so it is set aside as \
             {}; the journal is as its file says.",
            crate::view::text::safe(&aside)
        ));
    }

    /// Remembers the key and whether the journal is encrypted after an attempt to open it. A
    /// failure before any key was asked for proves neither.
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

    /// Has the keyring keep the key if the configuration asks for that. Returns why the keyring
    /// could not.
    fn keep_in_keyring(&self, unlocking: &Unlocking<'_>, key: &Key) -> Option<String> {
        let now = self.context.environment.clock.now().to_utc();
        unlocking.keep_in_keyring(key, self.context.config.auto_unlock, now)
    }

    /// The journal with the settings of this run: its decks, gentleness and today's date.
    fn with_settings(&self, journal: Journal) -> Journal {
        journal.with(Settings {
            decks: self.context.chosen().decks.clone(),
            gentle: self.context.config.gentle,
            today: Some(self.context.today()),
        })
    }
}

/// Removes a key from the keyring; returns whether it was there. If the keyring fails, the key
/// stays until its time is over.
pub fn forget_key_in_keyring(key: Option<&Key>) -> bool {
    key.is_some_and(|key| keyring::forget(key.salt()).unwrap_or(false))
}
