//! Walking away: reasons, letters, contacts, urges, and hiding entries.
//!
//! All of these are entries of the journal, so that history, undo, the trash, export and
//! import work for them. Two settings are entries with a mark too: the day of walking away,
//! and showing contact on the daily page. The last mark of its kind counts.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use uuid::Uuid;

use super::Journal;
use super::changes::{require_in_sight, require_living};
use super::page::{insert_as, unix_line_ends};
use crate::error::{Error, Result};
use crate::model::contact::{self, CountedUrge, NoContactDays, UrgeCounts};
use crate::model::kind::{Away, ContactSetting, HiddenBy, Reason};
use crate::model::{Content, Day, Entry, Filter, Kind, KindName, Order, Revision, Tag};
use crate::store::{ActionKind, Change};

/// How many days the daily page announces a letter that has come due.
const DUE_DAYS: i64 = 7;

/// An entry to be written that is no page.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// The id that it gets if no entry has it; `None` for a new one.
    pub id: Option<Uuid>,
    /// Its kind.
    pub kind: Kind,
    /// The day it belongs to.
    pub day: Day,
    /// The instant of writing, with the writer's offset from UTC.
    pub written_at: DateTime<FixedOffset>,
    /// The text as it was typed. Line ends become `\n`; nothing else is changed.
    pub text: String,
    /// Tags that the writer gave apart from the text.
    pub tags: BTreeSet<Tag>,
}

/// The letters that are not away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letters {
    /// The letters that may be read, the newest first.
    pub open: Vec<Entry>,
    /// The number of each sealed letter, and the day on which its seal ends.
    pub sealed: Vec<(i64, Day)>,
}

/// The entries that are away until the same day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwayCount {
    /// The day on which they come back, or never.
    pub until: Away,
    /// The number of entries.
    pub entries: usize,
}

impl Journal {
    /// Saves entries that are no pages, as one action. A new first reason replaces the old
    /// first one.
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
    pub fn add_one(&mut self, new: NewEntry, now: DateTime<FixedOffset>) -> Result<Entry> {
        let mut change = self.store.change()?;
        let added = add(&mut change, new, now)?;
        change.commit_as(ActionKind::Write, now)?;
        Ok(added)
    }

    /// The reasons: the first one, then the newest ones.
    pub fn reasons(&self) -> Result<Vec<Entry>> {
        let mut reasons = self.store.reading().of_kind(KindName::Reason)?;
        reasons.sort_by_key(|reason| !reason.kind.is_first_reason());
        Ok(reasons)
    }

    /// Makes a reason the first one.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`]; [`Error::InTrash`]; [`Error::OutOfSight`]; [`Error::Usage`] if
    /// the entry is no reason.
    pub fn put_first(&mut self, number: i64, now: DateTime<FixedOffset>) -> Result<Entry> {
        let mut change = self.store.change()?;
        let present = require_living(change.reading().present(number)?, number)?;
        require_in_sight(change.reading(), &present)?;
        let Kind::Reason(reason) = &present.content.kind else {
            let kind = present.content.kind.name().with_article();
            return Err(Error::Usage {
                what: format!("#{number} is {kind}, not a reason"),
                hint: Some("onward reason lists them with their numbers".to_owned()),
            });
        };
        if reason.first {
            return Ok(present.to_entry());
        }
        no_longer_first(&mut change, now)?;
        let next = Content {
            kind: Kind::Reason(Reason {
                first: true,
                ..reason.clone()
            }),
            ..present.content.clone()
        };
        let saved = change.save(&present, &next, now)?;
        change.commit_as(ActionKind::Edit, now)?;
        Ok(saved.to_entry())
    }

    /// The letters that came due in the last week, the latest first. A letter whose seal was
    /// broken is not among them.
    pub fn letters_due(&self, today: Day) -> Result<Vec<Entry>> {
        let from = today.plus_days(1 - DUE_DAYS).unwrap_or(today);
        self.store.reading().letters_due(from, today)
    }

    /// The letters, without those that are away.
    pub fn letters(&self) -> Result<Letters> {
        let reading = self.store.reading();
        let letters = Filter {
            kinds: vec![KindName::Letter],
            ..Filter::default()
        };
        let sealed = reading.hidden(&letters)?;
        let sealed = sealed
            .iter()
            .filter_map(|letter| match reading.hides(&letter.content) {
                Some(HiddenBy::Sealed(day)) => Some((letter.number, day)),
                _ => None,
            });
        Ok(Letters {
            open: reading.of_kind(KindName::Letter)?,
            sealed: sealed.collect(),
        })
    }

    /// The day on which a letter's seal ends; `None` if it may be read.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`]; [`Error::InTrash`]; [`Error::OutOfSight`] if it is away;
    /// [`Error::Usage`] if the entry is no letter.
    pub fn seal_of(&self, number: i64) -> Result<Option<Day>> {
        let reading = self.store.reading();
        let present = require_living(reading.present(number)?, number)?;
        if present.content.kind.name() != KindName::Letter {
            let kind = present.content.kind.name().with_article();
            return Err(Error::usage(format!("#{number} is {kind}, not a letter")));
        }
        match reading.hides(&present.content) {
            Some(HiddenBy::Sealed(day)) => Ok(Some(day)),
            _ => require_in_sight(reading, &present).map(|()| None),
        }
    }

    /// Breaks the seal of a letter, or removes one that has ended, and returns the letter.
    ///
    /// # Errors
    /// As [`Journal::seal_of`].
    pub fn break_seal(&mut self, number: i64, now: DateTime<FixedOffset>) -> Result<Entry> {
        self.seal_of(number)?;
        let mut change = self.store.change()?;
        let present = require_living(change.reading().present(number)?, number)?;
        if present.content.kind.open_on().is_none() {
            return Ok(present.to_entry());
        }
        let next = Content {
            kind: Kind::OPEN_LETTER,
            ..present.content.clone()
        };
        let saved = change.save(&present, &next, now)?;
        change.commit_as(ActionKind::Edit, now)?;
        Ok(saved.to_entry())
    }

    /// The days without contact since walking away; `None` if that day was never set.
    pub fn no_contact_days(&self, today: Day) -> Result<Option<NoContactDays>> {
        let contacts = self.store.reading().of_kind(KindName::Contact)?;
        let since = last_setting(&contacts, |mark| mark == ContactSetting::Since);
        let Some(since) = since
            .map(|(_, setting)| setting.day)
            .filter(|since| *since <= today)
        else {
            return Ok(None);
        };
        let happened: Vec<_> = contacts
            .iter()
            .filter_map(|entry| match entry.kind {
                Kind::Contact { by, .. } => Some((entry.day, by)),
                _ => None,
            })
            .collect();
        Ok(Some(contact::no_contact_days(since, today, &happened)))
    }

    /// True if the daily page shows the days without contact.
    pub fn tells_of_contact(&self) -> Result<bool> {
        let contacts = self.store.reading().of_kind(KindName::Contact)?;
        let setting = last_setting(&contacts, |mark| mark != ContactSetting::Since);
        Ok(setting.is_none_or(|(mark, _)| mark == ContactSetting::Show))
    }

    /// The contacts, the newest first.
    pub fn contacts(&self) -> Result<Vec<Entry>> {
        let mut contacts = self.store.reading().of_kind(KindName::Contact)?;
        contacts.retain(|entry| matches!(entry.kind, Kind::Contact { .. }));
        Ok(contacts)
    }

    /// The urges, counted by when they come.
    pub fn urges(&self) -> Result<UrgeCounts> {
        let mut urges = self.store.reading().of_kind(KindName::Urge)?;
        urges.reverse();
        let urge = |entry: &Entry| match entry.kind {
            Kind::Urge { strength, ended } => Some(CountedUrge {
                day: entry.day,
                at: entry.written_at.naive_local(),
                set_off_by: entry.first_line().to_owned(),
                strength,
                ended,
            }),
            _ => None,
        };
        let urges: Vec<CountedUrge> = urges.iter().filter_map(urge).collect();
        Ok(contact::count_urges(&urges))
    }

    /// Hides entries, all or none; `away: None` brings them back. Returns the numbers of the
    /// entries that this changed.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`] or [`Error::InTrash`] for the first number without an entry.
    pub fn put_away(
        &mut self,
        numbers: &[i64],
        away: Option<Away>,
        now: DateTime<FixedOffset>,
    ) -> Result<Vec<i64>> {
        let mut change = self.store.change()?;
        let mut changed = Vec::new();
        for &number in numbers {
            let present = require_living(change.reading().present(number)?, number)?;
            let content = &present.content;
            let already = match away {
                Some(_) => content.away == away,
                None => !matches!(change.reading().hides(content), Some(HiddenBy::Away(_))),
            };
            if already {
                continue;
            }
            let next = Content {
                away,
                ..content.clone()
            };
            change.save(&present, &next, now)?;
            changed.push(number);
        }
        change.commit_as(ActionKind::Edit, now)?;
        Ok(changed)
    }

    /// The numbers of the entries that a filter chooses, hidden ones included.
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

    /// The numbers of the entries that are away and that a filter chooses.
    pub fn away_numbers(&self, filter: &Filter) -> Result<Vec<i64>> {
        let away = self.away_states(filter)?;
        Ok(away.iter().map(|(state, _)| state.number).collect())
    }

    /// The number of entries that are away, by the day on which they come back, the soonest
    /// first.
    pub fn away(&self) -> Result<Vec<AwayCount>> {
        let mut out: Vec<AwayCount> = Vec::new();
        for (_, until) in self.away_states(&Filter::default())? {
            match out.iter_mut().find(|known| known.until == until) {
                Some(known) => known.entries += 1,
                None => out.push(AwayCount { until, entries: 1 }),
            }
        }
        // A day sorts before the word for never.
        out.sort_by_key(|out| out.until.to_string());
        Ok(out)
    }

    /// The entries that are away and that a filter chooses, and until when each is.
    fn away_states(&self, filter: &Filter) -> Result<Vec<(Revision, Away)>> {
        let reading = self.store.reading();
        let away = |state: Revision| match reading.hides(&state.content) {
            Some(HiddenBy::Away(until)) => Some((state, until)),
            _ => None,
        };
        let hidden = reading.hidden(filter)?;
        Ok(hidden.into_iter().filter_map(away).collect())
    }
}

/// The entry with the last mark for which `counts` is true.
fn last_setting(
    contacts: &[Entry],
    counts: impl Fn(ContactSetting) -> bool,
) -> Option<(ContactSetting, &Entry)> {
    contacts
        .iter()
        .filter_map(|entry| match entry.kind {
            Kind::Setting(mark) if counts(mark) => Some((mark, entry)),
            _ => None,
        })
        .max_by_key(|(_, entry)| (entry.written_at, entry.number))
}

/// Adds an entry that is no page. A new first reason replaces the old first one.
fn add(change: &mut Change<'_>, new: NewEntry, now: DateTime<FixedOffset>) -> Result<Entry> {
    if new.kind.is_first_reason() {
        no_longer_first(change, now)?;
    }
    let content = Content {
        kind: new.kind,
        tags_by_hand: new.tags,
        ..Content::page(new.day, new.written_at, unix_line_ends(new.text))
    };
    insert_as(change, new.id, content, now)
}

/// Makes the first reason an ordinary one.
fn no_longer_first(change: &mut Change<'_>, now: DateTime<FixedOffset>) -> Result<()> {
    for reason in change.reading().of_kind(KindName::Reason)? {
        if !reason.kind.is_first_reason() {
            continue;
        }
        if let Some(present) = change.reading().present(reason.number)?
            && let Kind::Reason(reason) = &present.content.kind
        {
            let next = Content {
                kind: Kind::Reason(Reason {
                    first: false,
                    ..reason.clone()
                }),
                ..present.content.clone()
            };
            change.save(&present, &next, now)?;
        }
    }
    Ok(())
}
