//! The parts for walking away: entries of other kinds, and what is out of sight.
//!
//! All of it is entries of the one journal, so that history, undo, the trash, export and import
//! hold for them. The day of walking away and whether the daily page tells of contact are
//! entries too: the last of its kind counts.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};

use super::Journal;
use super::changes::{in_sight, living};
use super::page::unix_line_ends;
use crate::error::{Error, Result};
use crate::model::contact::{self, Kept, Urge, Urges};
use crate::model::particulars::{Away, Hidden, Mark};
use crate::model::{Content, Day, Entry, Filter, Kind, Order, Particulars, Revision, Tag};
use crate::store::{ActionKind, Change};

/// For so many days the daily page says that a letter has come due.
const DUE_DAYS: i64 = 7;

/// An entry about to be written that is no page.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// What sort of entry it is.
    pub kind: Kind,
    /// The day it belongs to.
    pub day: Day,
    /// The instant it is written, with the writer's offset.
    pub written_at: DateTime<FixedOffset>,
    /// The typed text. Line ends become `\n`; nothing else is touched.
    pub text: String,
    /// Tags given apart from the text.
    pub tags: BTreeSet<Tag>,
    /// The data that belongs to its kind.
    pub particulars: Particulars,
}

/// The letters there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letters {
    /// Those that may be read, the newest first.
    pub open: Vec<Entry>,
    /// The number and the day of each that is sealed.
    pub sealed: Vec<(i64, Day)>,
}

/// How much is out of sight until one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwayCount {
    /// The day from which they are shown again, or never.
    pub until: Away,
    /// How many entries.
    pub entries: usize,
}

impl Journal {
    /// Saves entries that are no pages, as one action. A reason that is to stand on top takes
    /// the place of the one that did.
    pub fn add(
        &mut self,
        entries: Vec<NewEntry>,
        now: DateTime<FixedOffset>,
    ) -> Result<Vec<Entry>> {
        let mut change = self.store.change()?;
        let mut added = Vec::new();
        for new in entries {
            added.push(add(&mut change, new, now)?);
        }
        change.commit_as(ActionKind::Write, now)?;
        Ok(added)
    }

    /// Saves one entry that is no page.
    ///
    /// # Errors
    /// As [`Journal::add`].
    pub fn add_one(&mut self, new: NewEntry, now: DateTime<FixedOffset>) -> Result<Entry> {
        let mut change = self.store.change()?;
        let added = add(&mut change, new, now)?;
        change.commit_as(ActionKind::Write, now)?;
        Ok(added)
    }

    /// The reasons: the one that stands on top, then the newest first.
    pub fn reasons(&self) -> Result<Vec<Entry>> {
        let mut reasons = self.store.reading().of_kind(Kind::Reason)?;
        reasons.sort_by_key(|reason| !reason.particulars.first);
        Ok(reasons)
    }

    /// Puts a reason on top.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`]; [`Error::OutOfSight`]; [`Error::Usage`] for what is no reason.
    pub fn put_first(&mut self, number: i64, now: DateTime<FixedOffset>) -> Result<Entry> {
        let mut change = self.store.change()?;
        let present = living(change.reading().present(number)?, number)?;
        in_sight(change.reading(), &present)?;
        if present.content.kind != Kind::Reason {
            return Err(Error::Usage {
                what: format!(
                    "#{number} is {}, not a reason",
                    present.content.kind.with_article()
                ),
                hint: Some("onward reason lists them with their numbers".to_owned()),
            });
        }
        if present.content.particulars.first {
            return Ok(present.to_entry());
        }
        no_longer_first(&mut change, now)?;
        let mut next = present.content.clone();
        next.particulars.first = true;
        let saved = change.save(&present, &next, now)?;
        change.commit_as(ActionKind::Edit, now)?;
        Ok(saved.to_entry())
    }

    /// The letters that came due in the last week, the latest first. One whose seal was
    /// broken is no longer among them.
    pub fn letters_due(&self, today: Day) -> Result<Vec<Entry>> {
        let from = today.plus_days(1 - DUE_DAYS).unwrap_or(today);
        self.store.reading().letters_due(from, today)
    }

    /// The letters there are, but for those that are away.
    pub fn letters(&self) -> Result<Letters> {
        let reading = self.store.reading();
        let letters = Filter {
            kinds: vec![Kind::Letter],
            ..Filter::default()
        };
        let sealed = reading.hidden(&letters)?;
        let sealed = sealed.iter().filter_map(|letter| {
            match reading.hides(&letter.content.particulars) {
                Some(Hidden::Sealed(day)) => Some((letter.number, day)),
                _ => None,
            }
        });
        Ok(Letters {
            open: reading.of_kind(Kind::Letter)?,
            sealed: sealed.collect(),
        })
    }

    /// The day until which a letter is sealed; `None` where its seal is open.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`]; [`Error::OutOfSight`] for one that is away; [`Error::Usage`] for
    /// what is no letter.
    pub fn seal_of(&self, number: i64) -> Result<Option<Day>> {
        let reading = self.store.reading();
        let present = living(reading.present(number)?, number)?;
        if present.content.kind != Kind::Letter {
            return Err(Error::usage(format!(
                "#{number} is {}, not a letter",
                present.content.kind.with_article()
            )));
        }
        match reading.hides(&present.content.particulars) {
            Some(Hidden::Sealed(day)) => Ok(Some(day)),
            _ => in_sight(reading, &present).map(|()| None),
        }
    }

    /// Breaks the seal of a letter, or takes it off where it has come due, and returns the
    /// letter.
    ///
    /// # Errors
    /// As [`Journal::seal_of`].
    pub fn break_seal(&mut self, number: i64, now: DateTime<FixedOffset>) -> Result<Entry> {
        self.seal_of(number)?;
        let mut change = self.store.change()?;
        let present = living(change.reading().present(number)?, number)?;
        if present.content.particulars.open_on.is_none() {
            return Ok(present.to_entry());
        }
        let mut next = present.content.clone();
        next.particulars.open_on = None;
        let saved = change.save(&present, &next, now)?;
        change.commit_as(ActionKind::Edit, now)?;
        Ok(saved.to_entry())
    }

    /// The days since walking away; `None` where that day was never said.
    pub fn kept(&self, today: Day) -> Result<Option<Kept>> {
        let contacts = self.store.reading().of_kind(Kind::Contact)?;
        let since = last(&contacts, |mark| mark == Mark::Since);
        let Some(since) = since
            .map(|marked| marked.day)
            .filter(|since| *since <= today)
        else {
            return Ok(None);
        };
        let happened: Vec<_> = contacts
            .iter()
            .filter(|contact| contact.particulars.mark.is_none())
            .map(|contact| (contact.day, contact.particulars.by))
            .collect();
        Ok(Some(contact::kept(since, today, &happened)))
    }

    /// Whether the daily page tells of contact.
    pub fn tells_of_contact(&self) -> Result<bool> {
        let contacts = self.store.reading().of_kind(Kind::Contact)?;
        let mark = last(&contacts, |mark| mark != Mark::Since);
        Ok(mark.is_none_or(|entry| entry.particulars.mark == Some(Mark::Show)))
    }

    /// The contacts there were, the newest first.
    pub fn contacts(&self) -> Result<Vec<Entry>> {
        let mut contacts = self.store.reading().of_kind(Kind::Contact)?;
        contacts.retain(|contact| contact.particulars.mark.is_none());
        Ok(contacts)
    }

    /// When urges come.
    pub fn urges(&self) -> Result<Urges> {
        let mut urges = self.store.reading().of_kind(Kind::Urge)?;
        urges.reverse();
        let urge = |entry: &Entry| Urge {
            day: entry.day,
            at: entry.written_at.naive_local(),
            set_off_by: entry.first_line().to_owned(),
            strength: entry.particulars.strength,
            ended: entry.particulars.ended,
        };
        let urges: Vec<Urge> = urges.iter().map(urge).collect();
        Ok(contact::urges(&urges))
    }

    /// Puts entries out of sight, all or none; `None` brings back those that are. Returns the
    /// numbers of those that changed by it.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`] or [`Error::InTrash`] for the first that is not there.
    pub fn put_away(
        &mut self,
        numbers: &[i64],
        away: Option<Away>,
        now: DateTime<FixedOffset>,
    ) -> Result<Vec<i64>> {
        let mut change = self.store.change()?;
        let mut changed = Vec::new();
        for &number in numbers {
            let present = living(change.reading().present(number)?, number)?;
            let particulars = &present.content.particulars;
            let already = match away {
                Some(_) => particulars.away == away,
                None => !matches!(change.reading().hides(particulars), Some(Hidden::Away(_))),
            };
            if already {
                continue;
            }
            let mut next = present.content.clone();
            next.particulars.away = away;
            change.save(&present, &next, now)?;
            changed.push(number);
        }
        change.commit_as(ActionKind::Edit, now)?;
        Ok(changed)
    }

    /// The numbers of the entries that a filter chooses, in sight or not.
    pub fn numbers(&self, filter: &Filter) -> Result<Vec<i64>> {
        let found = self.entries(filter, Order::OldestFirst, None)?;
        let hidden = self.store.reading().hidden(filter)?;
        let hidden = hidden.iter().map(|state| state.number);
        Ok(found
            .iter()
            .map(|entry| entry.number)
            .chain(hidden)
            .collect())
    }

    /// The numbers of what is away, of those that a filter chooses.
    pub fn away_numbers(&self, filter: &Filter) -> Result<Vec<i64>> {
        let away = self.away_states(filter)?;
        Ok(away.iter().map(|(state, _)| state.number).collect())
    }

    /// How much is away and until when, the soonest first.
    pub fn away(&self) -> Result<Vec<AwayCount>> {
        let mut out: Vec<AwayCount> = Vec::new();
        for (_, until) in self.away_states(&Filter::default())? {
            match out.iter_mut().find(|known| known.until == until) {
                Some(known) => known.entries += 1,
                None => out.push(AwayCount { until, entries: 1 }),
            }
        }
        // A day sorts before what stands for always.
        out.sort_by_key(|out| out.until.to_string());
        Ok(out)
    }

    /// The chosen entries that are away, and until when each is.
    fn away_states(&self, filter: &Filter) -> Result<Vec<(Revision, Away)>> {
        let reading = self.store.reading();
        let away = |state: Revision| match reading.hides(&state.content.particulars) {
            Some(Hidden::Away(until)) => Some((state, until)),
            _ => None,
        };
        let hidden = reading.hidden(filter)?;
        Ok(hidden.into_iter().filter_map(away).collect())
    }
}

/// The mark that was made last, of those that count.
fn last(contacts: &[Entry], counts: impl Fn(Mark) -> bool) -> Option<&Entry> {
    contacts
        .iter()
        .filter(|entry| entry.particulars.mark.is_some_and(&counts))
        .max_by_key(|entry| (entry.written_at, entry.number))
}

/// Adds an entry that is no page; one that is to stand on top takes the place of the one that did.
fn add(change: &mut Change<'_>, new: NewEntry, now: DateTime<FixedOffset>) -> Result<Entry> {
    if new.particulars.first {
        no_longer_first(change, now)?;
    }
    let content = Content {
        kind: new.kind,
        tags: new.tags,
        particulars: new.particulars,
        ..Content::page(new.day, new.written_at, unix_line_ends(new.text))
    };
    change.insert(content, now)
}

/// Takes the mark from the reason that stands on top.
fn no_longer_first(change: &mut Change<'_>, now: DateTime<FixedOffset>) -> Result<()> {
    for reason in change.reading().of_kind(Kind::Reason)? {
        if !reason.particulars.first {
            continue;
        }
        if let Some(present) = change.reading().present(reason.number)? {
            let mut next = present.content.clone();
            next.particulars.first = false;
            change.save(&present, &next, now)?;
        }
    }
    Ok(())
}
