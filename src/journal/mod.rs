//! What a journal does: offers a prompt, takes a page, and looks back.
//!
//! [`Journal`] is the door that commands and tests use. It joins the decks with the file and
//! keeps the rules of the day; which tip and question come next and where a deck stands are
//! pure functions beside it.

mod changes;
mod choose;
mod coverage;
mod export;
mod import;
mod keepsake;
pub mod lookback;
mod review;
mod search;
mod stats;

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, FixedOffset};

use crate::decks::{Deck, Tip};
use crate::error::{Error, Result};
use crate::model::{Content, Day, Entry, EntryRef, Filter, Kind, Mood, Order, Reflection, Tag};
use crate::store::{Assignment, Change, Reading, Store};

pub use crate::store::{
    Ask, DayFigures, Key, Locked, Offer, Passphrase, Sheet, TipDays, TipRecord, What,
    has_encryption, is_encrypted, nobody,
};
pub use changes::{Edit, Edited, Rewrite, Undone};
pub use coverage::Coverage;
pub use import::{Importing, Remarks, Report, Terms};
pub use review::{Covered, Recalled, Review, ThenAndNow};
pub use search::{Found, Nothing};
pub use stats::Stats;

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    store: Store,
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

    fn with(store: Store) -> Journal {
        Journal { store }
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
        self.store.convert(Some(&key)).map(Journal::with)
    }

    /// Makes an encrypted journal a plain one.
    ///
    /// # Errors
    /// Everything that [`Store::convert`] says. Then the journal is as it was.
    pub fn decrypt(self) -> Result<Journal> {
        self.store.convert(None).map(Journal::with)
    }

    /// Pages of an encrypted journal's file that are not what was written, as sentences.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn damaged_pages(&self) -> Result<Vec<String>> {
        self.store.damaged_pages()
    }

    /// The deck that the prompts come from.
    pub fn deck(&self) -> &'static Deck {
        Deck::walk_away()
    }

    /// What a day offered, as the journal has it. Chooses nothing.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn prompt_of(&self, day: Day) -> Result<Option<Prompt>> {
        Ok(self
            .store
            .reading()
            .assignment(day)?
            .and_then(|stored| prompt(self.deck(), stored)))
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
        if self.store.is_read_only() {
            return choose(self.deck(), self.store.reading(), |_| false);
        }
        let deck = self.deck();
        let change = self.store.change()?;
        let prompt = prompt_within(&change, deck, today, now)?;
        change.commit()?;
        Ok(prompt)
    }

    /// Offers the next tip instead of today's. What was offered today is not offered again
    /// before everything else was.
    ///
    /// # Errors
    /// Whatever keeps the journal from being written.
    pub fn skip(&mut self, today: Day, now: DateTime<FixedOffset>) -> Result<Prompt> {
        let deck = self.deck();
        let change = self.store.change()?;
        prompt_within(&change, deck, today, now)?;
        let offered = change.reading().offered_on(today)?;
        let is = |index: usize, assignment: &Assignment| {
            assignment.deck == deck.slug && assignment.tip == deck.tips[index].slug
        };
        let seen = |index: usize| offered.iter().any(|assignment| is(index, assignment));
        let current = |index: usize| offered.last().is_some_and(|last| is(index, last));
        let all_seen = (0..deck.tips.len()).all(seen);
        let alone = deck.tips.len() == 1;
        let prompt = choose(deck, change.reading(), |index| {
            !alone
                && if all_seen {
                    current(index)
                } else {
                    seen(index)
                }
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
        let deck = self.deck();
        let change = self.store.change()?;
        let stored = change.reading().assignment(today)?;
        let prompt = match stored.and_then(|stored| prompt(deck, stored)) {
            Some(prompt) if prompt.tip.slug == tip.slug => prompt,
            _ => {
                let question = next_question(change.reading(), deck, tip)?;
                let prompt = Prompt {
                    deck: deck.slug.clone(),
                    tip: tip.clone(),
                    question,
                };
                change.assign(today, &prompt.assignment(), now)?;
                prompt
            }
        };
        change.commit()?;
        Ok(prompt)
    }

    /// The question that a tip would be offered with.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn next_question(&self, tip: &Tip) -> Result<String> {
        next_question(self.store.reading(), self.deck(), tip)
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
        let deck = self.deck();
        let mut change = self.store.change()?;
        let prompt = match change.reading().assignment(page.day)? {
            Some(stored) => prompt(deck, stored),
            None if page.day == today && page.reflects == Reflects::OnPrompt => {
                Some(prompt_within(&change, deck, today, now)?)
            }
            None => None,
        };
        let reflections = reflections(deck, page.reflects, prompt.as_ref());
        let entry = change.insert(
            Content {
                kind: Kind::Page,
                day: page.day,
                written_at: page.written_at,
                edited_at: None,
                text: unix_line_ends(page.text),
                mood: page.mood,
                starred: page.starred,
                tags: page.tags,
                reflections,
                deleted_at: None,
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

    /// The entries of a day, earliest first.
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
    /// [`Error::NoSuchEntry`] when there is none, [`Error::Usage`] when the beginning of an
    /// id fits several or the day cannot be meant.
    pub fn find(&self, reference: &EntryRef, today: Day) -> Result<Vec<Entry>> {
        let reading = self.store.reading();
        let (found, wanted) = match reference {
            EntryRef::Number(number) => {
                let mut found: Vec<Entry> = reading.entry(*number)?.into_iter().collect();
                if found.is_empty() && *number >= 10_000_000 {
                    // Eight digits and more can also be the beginning of an id.
                    found = reading.entries_by_id(&number.to_string())?;
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

    /// Where the deck stands: what has been reflected on, what today offers and what comes
    /// next.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn coverage(&self, today: Day) -> Result<Coverage> {
        let reading = self.store.reading();
        let mut coverage = Coverage::of(self.deck(), records(reading, self.deck())?);
        coverage.today = self.prompt_of(today)?.map(|prompt| prompt.tip.slug);

        // What comes next, supposing that today's tip is answered.
        let mut supposed: Vec<TipRecord> = coverage
            .tips
            .iter()
            .map(|(_, record)| record.clone())
            .collect();
        let offered = self
            .deck()
            .tips
            .iter()
            .position(|tip| Some(&tip.slug) == coverage.today.as_ref());
        if let Some(index) = offered
            && supposed[index].last_reflected != Some(today)
        {
            supposed[index].reflections += 1;
        }
        coverage.next = choose::next_tip(&supposed, |_| false)
            .map(|index| self.deck().tips[index].slug.clone());
        Ok(coverage)
    }

    /// Whether a day has a reflection on a tip.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn is_reflected(&self, tip: &Tip, day: Day) -> Result<bool> {
        self.store
            .reading()
            .is_reflected(&self.deck().slug, &tip.slug, day)
    }

    /// The last answer to a tip from a day before `day`.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn answer_before(&self, tip: &Tip, day: Day) -> Result<Option<Entry>> {
        let reading = self.store.reading();
        match reading.reflected_before(&self.deck().slug, &tip.slug, day)? {
            Some(then) => Ok(reading
                .reflections_of_day(&self.deck().slug, &tip.slug, then)?
                .pop()),
            None => Ok(None),
        }
    }

    /// Every reflection on a tip, oldest first.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn reflections_on(&self, tip: &Tip) -> Result<Vec<Entry>> {
        let filter = Filter {
            tips: vec![(self.deck().slug.clone(), tip.slug.clone())],
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

/// What the file has for a day, as a prompt; `None` where the deck no longer has the tip.
fn prompt(deck: &Deck, stored: Assignment) -> Option<Prompt> {
    let tip = deck.tip(&stored.tip).filter(|_| stored.deck == deck.slug)?;
    Some(Prompt {
        deck: stored.deck,
        tip: tip.clone(),
        question: stored.question,
    })
}

/// The prompt of a day, chosen and stored within an action if it has none. Looks again now
/// that nobody else can write: another process may have been quicker.
fn prompt_within(
    change: &Change<'_>,
    deck: &Deck,
    day: Day,
    now: DateTime<FixedOffset>,
) -> Result<Prompt> {
    let stored = change.reading().assignment(day)?;
    if let Some(prompt) = stored.and_then(|stored| prompt(deck, stored)) {
        return Ok(prompt);
    }
    let prompt = choose(deck, change.reading(), |_| false)?;
    change.assign(day, &prompt.assignment(), now)?;
    Ok(prompt)
}

fn choose(deck: &Deck, reading: Reading<'_>, except: impl Fn(usize) -> bool) -> Result<Prompt> {
    // A deck has at least one tip, and no caller excepts them all.
    let index = choose::next_tip(&records(reading, deck)?, except).unwrap_or(0);
    let tip = &deck.tips[index];
    let question = next_question(reading, deck, tip)?;
    Ok(Prompt {
        deck: deck.slug.clone(),
        tip: tip.clone(),
        question,
    })
}

fn records(reading: Reading<'_>, deck: &Deck) -> Result<Vec<TipRecord>> {
    let slugs: Vec<&str> = deck.tips.iter().map(|tip| tip.slug.as_str()).collect();
    reading.tip_records(&deck.slug, &slugs)
}

fn next_question(reading: Reading<'_>, deck: &Deck, tip: &Tip) -> Result<String> {
    let asked = reading.times_asked(&deck.slug, &tip.slug)?;
    // A tip has at least one question.
    Ok(choose::next_question(&tip.questions, &asked)
        .cloned()
        .unwrap_or_default())
}

/// What a page is counted for, in the order of the deck. `prompt` is what its day offered.
fn reflections(deck: &Deck, reflects: Reflects, prompt: Option<&Prompt>) -> Vec<Reflection> {
    let mut reflections: Vec<Reflection> = match reflects {
        Reflects::OnPrompt => prompt
            .into_iter()
            .map(|prompt| reflection(deck, &prompt.tip, Some(prompt.question.clone())))
            .collect(),
        Reflects::On(tips) => tips
            .into_iter()
            .map(|(tip, question)| {
                // The day's own question was asked, whichever way the page came.
                let asked = prompt.filter(|prompt| prompt.tip.slug == tip.slug);
                let question = question.or(asked.map(|prompt| prompt.question.clone()));
                reflection(deck, &tip, question)
            })
            .collect(),
        Reflects::OnNothing => Vec::new(),
    };
    reflections.sort_by_key(|reflection| reflection.number);
    reflections.dedup_by(|a, b| a.tip == b.tip);
    reflections
}

fn reflection(deck: &Deck, tip: &Tip, question: Option<String>) -> Reflection {
    Reflection {
        deck: deck.slug.clone(),
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
