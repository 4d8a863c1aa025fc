//! What a journal does: offers a prompt, takes a page, and looks back.
//!
//! [`Journal`] is the door that commands and tests use. It joins the decks with the file and
//! keeps the rules of the day; which tip and question come next and where a deck stands are
//! pure functions beside it.

mod changes;
mod coverage;
mod drafts;
mod export;
mod import;
mod keepsake;
mod review;
mod search;
mod stats;
mod walking;

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, FixedOffset};

use crate::decks::{Decks, Tip};
use crate::error::{Error, Result};
use crate::model::choose::{self, TipRecord};
use crate::model::{Content, Day, Entry, EntryRef, Filter, Kind, Mood, Order, Reflection, Tag};
use crate::store::{Assignment, Change, Reading, Store};

pub use crate::store::{
    Ask, Earlier, Kept, Key, Locked, Offer, Passphrase, Salt, Sheet, StoredDraft, TipDays,
    What, has_encryption, is_encrypted, nobody, salt,
};
pub use changes::{Edit, Edited, Rewrite, Undone};
pub use coverage::Coverage;
pub use import::{Importing, Remarks, Report, Terms};
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

/// What a day offers to reflect on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The deck's slug.
    pub deck: String,
    /// The tip.
    pub tip: Tip,
    /// One of its questions.
    pub question: String,
}

/// A page about to be written.
#[derive(Debug, Clone)]
pub struct NewPage {
    /// The day it belongs to.
    pub day: Day,
    /// The instant it is written, with the writer's offset.
    pub written_at: DateTime<FixedOffset>,
    /// What was typed. Line ends become `\n`; nothing else is touched.
    pub text: String,
    /// How the writer felt.
    pub mood: Option<Mood>,
    /// Marked by the writer.
    pub starred: bool,
    /// Tags given apart from the text.
    pub tags: BTreeSet<Tag>,
    /// What the page is counted for.
    pub reflects: Reflects,
}

/// What a page is counted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reflects {
    /// The tip that its day offers, if it offers one.
    OnPrompt,
    /// These tips, each with the question the writer was shown, if any.
    On(Vec<(Tip, Option<String>)>),
    /// No tip.
    OnNothing,
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

    /// What a day offered, as the journal has it. Chooses nothing.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn prompt_of(&self, day: Day) -> Result<Option<Prompt>> {
        let stored = self.store.reading().assignment(day)?;
        Ok(stored.and_then(|stored| prompt(&self.decks, stored)))
    }

    /// Today's prompt: the one the journal has for the day, or else a new one, which is kept
    /// so that the day goes on offering it. In a journal that can only be read it is chosen
    /// alike and not kept.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read or written.
    pub fn prompt_for(&mut self, today: Day, now: DateTime<FixedOffset>) -> Result<Prompt> {
        if let Some(prompt) = self.prompt_of(today)? {
            return Ok(prompt);
        }
        let next = Next {
            decks: &self.decks,
            gentle: self.gentle,
        };
        if self.store.is_read_only() {
            return next.prompt(self.store.reading(), today, |_| false);
        }
        let change = self.store.change()?;
        let prompt = next.prompt_within(&change, today, now)?;
        change.commit()?;
        Ok(prompt)
    }

    /// Offers the next tip instead of today's. What was offered today is not offered again
    /// before everything else was.
    ///
    /// # Errors
    /// Whatever keeps the journal from being written.
    pub fn skip(&mut self, today: Day, now: DateTime<FixedOffset>) -> Result<Prompt> {
        let next = Next {
            decks: &self.decks,
            gentle: self.gentle,
        };
        let change = self.store.change()?;
        next.prompt_within(&change, today, now)?;
        let offered = change.reading().offered_on(today)?;
        let tips = self.decks.tips();
        let is =
            |tip: &Tip, stored: &Assignment| stored.deck == tip.deck && stored.tip == tip.slug;
        let seen = |tip: &Tip| offered.iter().any(|stored| is(tip, stored));
        let current = |tip: &Tip| offered.last().is_some_and(|last| is(tip, last));
        let all_seen = tips.iter().all(|tip| seen(tip));
        let alone = tips.len() == 1;
        let prompt = next.prompt(change.reading(), today, |tip| {
            !alone && if all_seen { current(tip) } else { seen(tip) }
        })?;
        change.assign(today, &prompt.assignment(), now)?;
        change.commit()?;
        Ok(prompt)
    }

    /// Takes a tip of one's own choice for today.
    ///
    /// # Errors
    /// Whatever keeps the journal from being written.
    pub fn take(
        &mut self,
        tip: &Tip,
        today: Day,
        now: DateTime<FixedOffset>,
    ) -> Result<Prompt> {
        let change = self.store.change()?;
        let stored = change.reading().assignment(today)?;
        let prompt = match stored.and_then(|stored| prompt(&self.decks, stored)) {
            Some(prompt) if prompt.tip.key() == tip.key() => prompt,
            _ => {
                let spare = self.gentle && is_low(change.reading(), today)?;
                let prompt = Prompt {
                    deck: tip.deck.clone(),
                    tip: tip.clone(),
                    question: next_question(change.reading(), tip, spare)?,
                };
                change.assign(today, &prompt.assignment(), now)?;
                prompt
            }
        };
        change.commit()?;
        Ok(prompt)
    }

    /// The question that a tip would be offered with today.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn next_question(&self, tip: &Tip, today: Day) -> Result<String> {
        let reading = self.store.reading();
        let spare = self.gentle && is_low(reading, today)?;
        next_question(reading, tip, spare)
    }

    /// Whether today's question is one about concrete things because the last days were low.
    /// Looks at the days before today only, so that a day says the same from its first look
    /// to its last.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn is_spared(&self, prompt: &Prompt, today: Day) -> Result<bool> {
        let (concrete, meaning) = prompt.tip.questions.split_at(prompt.tip.concrete);
        let spared = self.gentle && !meaning.is_empty() && concrete.contains(&prompt.question);
        Ok(spared && is_low(self.store.reading(), today)?)
    }

    /// The question of the week that begins with `begins`: the one the journal has for it, or
    /// else the next by the rule that the tips follow, which is kept so that the week goes on
    /// offering it. `None` where no deck has such questions.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read or written.
    pub fn weekly(
        &mut self,
        begins: Day,
        now: DateTime<FixedOffset>,
    ) -> Result<Option<Prompt>> {
        if let Some(prompt) = self.weekly_of(begins)? {
            return Ok(Some(prompt));
        }
        if self.decks.questions().is_empty() {
            return Ok(None);
        }
        let choose = |reading: Reading<'_>| {
            let questions = self.decks.questions();
            let records = records(reading, &questions)?;
            let index = choose::next_tip(&records, |_| false).unwrap_or(0);
            let tip = questions[index].clone();
            Ok(Prompt {
                deck: tip.deck.clone(),
                question: tip.questions.first().cloned().unwrap_or_default(),
                tip,
            })
        };
        if self.store.is_read_only() {
            return choose(self.store.reading()).map(Some);
        }
        let change = self.store.change()?;
        // Another process may have been quicker.
        let stored = change.reading().weekly(begins)?;
        let prompt = match stored.and_then(|stored| prompt(&self.decks, stored)) {
            Some(prompt) => prompt,
            None => {
                let prompt = choose(change.reading())?;
                change.assign_weekly(begins, &prompt.assignment(), now)?;
                prompt
            }
        };
        change.commit()?;
        Ok(Some(prompt))
    }

    /// The question of the week that begins with `begins`, as the journal has it. Chooses
    /// nothing.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn weekly_of(&self, begins: Day) -> Result<Option<Prompt>> {
        let stored = self.store.reading().weekly(begins)?;
        Ok(stored.and_then(|stored| prompt(&self.decks, stored)))
    }

    /// Saves a page. When this returns, the page is on the disk.
    ///
    /// A page for today that goes with the prompt settles today's prompt if nothing has yet;
    /// one for an earlier day goes with what that day offered, and is free where it offered
    /// nothing.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and the like. Then the journal is as it was.
    pub fn write(
        &mut self,
        page: NewPage,
        today: Day,
        now: DateTime<FixedOffset>,
    ) -> Result<Entry> {
        let next = Next {
            decks: &self.decks,
            gentle: self.gentle,
        };
        let mut change = self.store.change()?;
        let stored = change.reading().assignment(page.day)?;
        let stored = stored.and_then(|stored| prompt(&self.decks, stored));
        let prompt = match stored {
            None if page.day == today && page.reflects == Reflects::OnPrompt => {
                Some(next.prompt_within(&change, today, now)?)
            }
            stored => stored,
        };
        let reflections = reflections(page.reflects, prompt.as_ref());
        let entry = change.insert(
            Content {
                mood: page.mood,
                starred: page.starred,
                tags: page.tags,
                reflections,
                ..Content::page(page.day, page.written_at, unix_line_ends(page.text))
            },
            now,
        )?;
        change.commit_as(What::Write, now)?;
        Ok(entry)
    }

    /// The entries that a filter chooses, at most `limit` of them.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn entries(
        &self,
        filter: &Filter,
        order: Order,
        limit: Option<usize>,
    ) -> Result<Vec<Entry>> {
        self.store.reading().entries(filter, order, limit)
    }

    /// How many entries a filter chooses.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn count(&self, filter: &Filter) -> Result<u64> {
        self.store.reading().count(filter)
    }

    /// One of the pages, whichever `chance` picks; each is as likely as any other. `None`
    /// where nothing is written.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn any_page(&self, chance: u64) -> Result<Option<Entry>> {
        let pages = Filter {
            kinds: vec![Kind::Page],
            ..Filter::default()
        };
        match self.count(&pages)? {
            0 => Ok(None),
            count => self.store.reading().nth(&pages, chance % count),
        }
    }

    /// The pages of a day, earliest first.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn entries_of(&self, day: Day) -> Result<Vec<Entry>> {
        let filter = Filter {
            on: vec![day],
            ..Filter::default()
        };
        self.entries(&filter, Order::OldestFirst, None)
    }

    /// The entries that a reference means; only a day means several.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`] when there is none, [`Error::OutOfSight`] for the number of one
    /// that is away or sealed, [`Error::Usage`] when the beginning of an id fits several or the day cannot be meant.
    pub fn find(&self, reference: &EntryRef, today: Day) -> Result<Vec<Entry>> {
        let reading = self.store.reading();
        let (found, wanted) = match reference {
            EntryRef::Number(number) => {
                let mut found: Vec<Entry> = reading.entry(*number)?.into_iter().collect();
                if found.is_empty() && *number >= 10_000_000 {
                    // Eight digits and more can also be the beginning of an id.
                    found = reading.entries_by_id(&number.to_string())?;
                }
                if found.is_empty()
                    && let Some(state) = reading.present(*number)?
                    && state.content.deleted_at.is_none()
                {
                    changes::in_sight(reading, &state)?;
                }
                (found, reference.to_string())
            }
            EntryRef::Last => (
                reading.last_entry()?.into_iter().collect(),
                "yet".to_owned(),
            ),
            EntryRef::Id(digits) => (reading.entries_by_id(digits)?, reference.to_string()),
            EntryRef::Day(phrase) => {
                let day = phrase
                    .resolve(today)
                    .map_err(|error| Error::usage(error.to_string()))?;
                (self.entries_of(day)?, format!("for {}", day.long()))
            }
        };
        match (found.len(), reference) {
            (0, _) => Err(Error::NoSuchEntry { wanted }),
            (1, _) | (_, EntryRef::Day(_)) => Ok(found),
            _ => Err(Error::Usage {
                what: format!("several ids begin with {}", wanted.trim_start_matches('#')),
                hint: Some("type more of the id, or use the entry's number".to_owned()),
            }),
        }
    }

    /// Where each deck stands: what has been reflected on, what today offers and what comes
    /// next; and its questions, with the one of the week that begins with `week`.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn coverage(&self, today: Day, week: Option<Day>) -> Result<Vec<Coverage>> {
        let reading = self.store.reading();
        let offered = self.prompt_of(today)?.map(|prompt| prompt.tip);
        let weekly = week.map(|week| self.weekly_of(week)).transpose()?.flatten();
        let mut standing = Vec::new();
        for deck in self.decks.all() {
            let tips: Vec<&Tip> = deck.tips.iter().chain(&deck.questions).collect();
            let mut coverage = Coverage::of(deck, records(reading, &tips)?);
            let of_deck = |tip: &&Tip| tip.deck == deck.slug;
            let slug = |tip: &Tip| tip.slug.clone();
            coverage.today = offered.as_ref().filter(of_deck).map(slug);
            coverage.this_week = weekly.as_ref().map(|p| &p.tip).filter(of_deck).map(slug);
            standing.push(coverage);
        }

        // What comes next, supposing that today's tip is answered.
        let supposed = |(tip, record): &(Tip, TipRecord)| {
            let mut record = record.clone();
            let answered = record.last_reflected == Some(today);
            let is_todays = offered.as_ref().is_some_and(|o| o.key() == tip.key());
            record.reflections += u32::from(is_todays && !answered);
            record
        };
        let tips = standing.iter().flat_map(|coverage| &coverage.tips);
        let supposed: Vec<TipRecord> = tips.clone().map(supposed).collect();
        let next = choose::next_tip(&supposed, |_| false);
        let next = next.and_then(|index| tips.clone().nth(index).map(|(tip, _)| tip.clone()));
        for coverage in &mut standing {
            let next = next.as_ref().filter(|tip| tip.deck == coverage.deck);
            coverage.next = next.map(|tip| tip.slug.clone());
        }
        Ok(standing)
    }

    /// What the journal remembers of tips that are in none of the decks: by deck, each as it
    /// last read, without its texts.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn remembered(&self) -> Result<Vec<Coverage>> {
        let reading = self.store.reading();
        let mut known = reading.tip_days(&Filter::default())?;
        known.retain(|tip| self.decks.tip(&tip.deck, &tip.tip).is_none());
        known.sort_by(|a, b| (&a.deck, a.number, &a.tip).cmp(&(&b.deck, b.number, &b.tip)));
        let mut remembered: Vec<Coverage> = Vec::new();
        for TipDays {
            deck,
            tip,
            number,
            title,
            ..
        } in known
        {
            let tip = Tip {
                deck: deck.clone(),
                number,
                slug: tip,
                title,
                gist: String::new(),
                practice: String::new(),
                recall_reason: false,
                questions: Vec::new(),
                concrete: 0,
            };
            let record = records(reading, &[&tip])?.pop().unwrap_or_default();
            if remembered.last().is_none_or(|last| last.deck != deck) {
                remembered.push(Coverage::nowhere(deck));
            }
            if let Some(last) = remembered.last_mut() {
                let list = match tip.is_weekly() {
                    true => &mut last.questions,
                    false => &mut last.tips,
                };
                list.push((tip, record));
            }
        }
        Ok(remembered)
    }

    /// The tip that a person means who looks for reflections: one of the decks, or else one
    /// that the journal remembers.
    ///
    /// # Errors
    /// As [`Decks::find`].
    pub fn find_tip(&self, wanted: &str) -> Result<Tip> {
        let unknown = match self.decks.find(wanted) {
            Err(unknown @ Error::NoSuchTip { .. }) => unknown,
            found => return found.cloned(),
        };
        let mut meant: Vec<Tip> = Vec::new();
        for coverage in self.remembered()? {
            let tips = coverage.tips.into_iter().chain(coverage.questions);
            let tips = tips.map(|(tip, _)| tip);
            meant.extend(tips.filter(|tip| {
                crate::model::entry::tip_names(wanted, &tip.deck, &tip.slug, tip.number)
            }));
        }
        match (meant.pop(), meant.as_slice()) {
            (None, _) => Err(unknown),
            (Some(tip), []) => Ok(tip),
            (Some(last), others) => {
                let keys: Vec<String> = others.iter().chain([&last]).map(Tip::key).collect();
                Err(Error::Usage {
                    what: format!("several decks had a tip {wanted:?}"),
                    hint: Some(format!("say which: {}", keys.join(" or "))),
                })
            }
        }
    }

    /// Whether a day has a reflection on a tip.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn is_reflected(&self, tip: &Tip, day: Day) -> Result<bool> {
        self.store.reading().is_reflected(&tip.deck, &tip.slug, day)
    }

    /// The last answer to a tip from a day before `day`.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn answer_before(&self, tip: &Tip, day: Day) -> Result<Option<Entry>> {
        let any = Filter::default();
        let reading = self.store.reading();
        reading.answer_before(&tip.deck, &tip.slug, day, &any)
    }

    /// Every reflection on a tip, oldest first.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn reflections_on(&self, tip: &Tip) -> Result<Vec<Entry>> {
        let filter = Filter {
            tips: vec![(tip.deck.clone(), tip.slug.clone())],
            ..Filter::default()
        };
        self.entries(&filter, Order::OldestFirst, None)
    }
}

impl Prompt {
    fn assignment(&self) -> Assignment {
        Assignment {
            deck: self.deck.clone(),
            tip: self.tip.slug.clone(),
            question: self.question.clone(),
        }
    }
}

/// What the file has for a day, as a prompt; `None` where no deck has the tip any more.
fn prompt(decks: &Decks, stored: Assignment) -> Option<Prompt> {
    let tip = decks.tip(&stored.deck, &stored.tip)?;
    Some(Prompt {
        deck: stored.deck,
        tip: tip.clone(),
        question: stored.question,
    })
}

/// What the next prompt comes from.
#[derive(Clone, Copy)]
struct Next<'a> {
    decks: &'a Decks,
    gentle: bool,
}

impl Next<'_> {
    /// Today's prompt, chosen and stored within an action if it has none. Looks again now
    /// that nobody else can write: another process may have been quicker.
    fn prompt_within(
        self,
        change: &Change<'_>,
        today: Day,
        now: DateTime<FixedOffset>,
    ) -> Result<Prompt> {
        let stored = change.reading().assignment(today)?;
        if let Some(prompt) = stored.and_then(|stored| prompt(self.decks, stored)) {
            return Ok(prompt);
        }
        let prompt = self.prompt(change.reading(), today, |_| false)?;
        change.assign(today, &prompt.assignment(), now)?;
        Ok(prompt)
    }

    fn prompt(
        self,
        reading: Reading<'_>,
        today: Day,
        except: impl Fn(&Tip) -> bool,
    ) -> Result<Prompt> {
        let tips = self.decks.tips();
        // There is at least one tip, and no caller excepts them all.
        let next = choose::next_tip(&records(reading, &tips)?, |index| except(tips[index]));
        let tip = tips[next.unwrap_or(0)];
        let spare = self.gentle && is_low(reading, today)?;
        Ok(Prompt {
            deck: tip.deck.clone(),
            tip: tip.clone(),
            question: next_question(reading, tip, spare)?,
        })
    }
}

/// What the journal knows about each of these tips, those of a deck together.
fn records(reading: Reading<'_>, tips: &[&Tip]) -> Result<Vec<TipRecord>> {
    let mut records = Vec::with_capacity(tips.len());
    for of_deck in tips.chunk_by(|a, b| a.deck == b.deck) {
        let slugs: Vec<&str> = of_deck.iter().map(|tip| tip.slug.as_str()).collect();
        records.extend(reading.tip_records(&of_deck[0].deck, &slugs)?);
    }
    Ok(records)
}

/// Whether the days before today were low.
fn is_low(reading: Reading<'_>, today: Day) -> Result<bool> {
    let days = u32::try_from(choose::WRITTEN_DAYS).unwrap_or(u32::MAX);
    Ok(choose::is_low(&reading.moods_before(today, days)?))
}

/// The next question of a tip; `spare` those about meaning, where it has others.
fn next_question(reading: Reading<'_>, tip: &Tip, spare: bool) -> Result<String> {
    let asked = reading.times_asked(&tip.deck, &tip.slug)?;
    let questions = match &tip.questions[..tip.concrete] {
        concrete if spare && !concrete.is_empty() => concrete,
        _ => &tip.questions,
    };
    // A tip has at least one question.
    Ok(choose::next_question(questions, &asked)
        .cloned()
        .unwrap_or_default())
}

/// What a page is counted for, in the order in which the file has it. `prompt` is what its
/// day offered.
fn reflections(reflects: Reflects, prompt: Option<&Prompt>) -> Vec<Reflection> {
    let mut reflections: Vec<Reflection> = match reflects {
        Reflects::OnPrompt => prompt
            .into_iter()
            .map(|prompt| reflection(&prompt.tip, Some(prompt.question.clone())))
            .collect(),
        Reflects::On(tips) => tips
            .into_iter()
            .map(|(tip, question)| {
                // The day's own question was asked, whichever way the page came.
                let asked = prompt.filter(|prompt| prompt.tip.key() == tip.key());
                let question = question.or(asked.map(|prompt| prompt.question.clone()));
                reflection(&tip, question)
            })
            .collect(),
        Reflects::OnNothing => Vec::new(),
    };
    let place = |r: &Reflection| (r.deck.clone(), r.is_weekly(), r.number);
    reflections.sort_by_key(place);
    reflections.dedup_by_key(|r| place(r));
    reflections
}

fn reflection(tip: &Tip, question: Option<String>) -> Reflection {
    Reflection {
        deck: tip.deck.clone(),
        tip: tip.slug.clone(),
        number: tip.number,
        title: tip.title.clone(),
        question,
    }
}

/// Line ends as the journal keeps them. A lone `\r` is no line end and stays; several before a
/// `\n`, as texts get on their way through other programs, belong to it, so that what is tidied
/// once stays as it is when it comes back from an export.
fn unix_line_ends(text: String) -> String {
    if !text.contains("\r\n") {
        return text;
    }
    let mut tidied = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.strip_suffix('\n') {
            Some(line) => {
                tidied.push_str(line.trim_end_matches('\r'));
                tidied.push('\n');
            }
            None => tidied.push_str(line),
        }
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_page_can_be_picked() {
        let mut journal = Journal::with(Store::in_memory().expect("a journal"));
        assert_eq!(journal.any_page(7).expect("readable"), None);

        let now = DateTime::parse_from_rfc3339("2026-11-23T21:00:00+01:00").expect("a time");
        let today: Day = "2026-11-23".parse().expect("a day");
        for text in ["a", "b", "c"] {
            let page = NewPage {
                day: today,
                written_at: now,
                text: text.to_owned(),
                mood: None,
                starred: false,
                tags: BTreeSet::new(),
                reflects: Reflects::OnNothing,
            };
            journal.write(page, today, now).expect("written");
        }
        let picked: String = (0..6)
            .filter_map(|chance| journal.any_page(chance).expect("readable"))
            .map(|page| page.text)
            .collect();
        assert_eq!(picked, "abcabc");
    }
}
