//! Finding entries and tips by what a person types.

use uuid::Uuid;

use super::{Journal, changes};
use crate::decks::Tip;
use crate::error::{Error, Result};
use crate::model::{Day, Entry, EntryRef, Filter, KindName, Order};

impl Journal {
    /// The number and the text of the entry with this id, hidden or not; `None` if there is none.
    /// For telling whether a text is saved, and not for showing it.
    pub fn saved_as(&self, id: Uuid) -> Result<Option<(i64, String)>> {
        let reading = self.store.reading();
        let Some(number) = reading.number_of(id)? else {
            return Ok(None);
        };
        let present = reading.present(number)?;
        Ok(present.map(|present| (number, present.content.text)))
    }

    /// The visible entries that a filter chooses, at most `limit` of them.
    pub fn entries(
        &self,
        filter: &Filter,
        order: Order,
        limit: Option<usize>,
    ) -> Result<Vec<Entry>> {
        self.store.reading().entries(filter, order, limit)
    }

    /// How many visible entries a filter chooses.
    pub fn count(&self, filter: &Filter) -> Result<u64> {
        self.store.reading().count(filter)
    }

    /// The page that a random number `chance` picks, each with the same likelihood. `None` if
    /// there are no pages.
    pub fn any_page(&self, chance: u64) -> Result<Option<Entry>> {
        let pages = Filter {
            kinds: vec![KindName::Page],
            ..Filter::default()
        };
        match self.count(&pages)? {
            0 => Ok(None),
            count => self.store.reading().nth(&pages, chance % count),
        }
    }

    /// The pages of a day, the earliest first.
    pub fn entries_of(&self, day: Day) -> Result<Vec<Entry>> {
        self.entries_of_kinds(&[], day)
    }

    /// The entries of a day of these kinds, the earliest first; pages if none is named.
    pub fn entries_of_kinds(&self, kinds: &[KindName], day: Day) -> Result<Vec<Entry>> {
        let filter = Filter {
            on: vec![day],
            kinds: or_pages(kinds).to_vec(),
            ..Filter::default()
        };
        self.entries(&filter, Order::OldestFirst, None)
    }

    /// The entries that a reference means: pages, unless it is a number or an id. Only a day
    /// can mean several.
    ///
    /// # Errors
    /// As [`Journal::find_of`].
    pub fn find(&self, reference: &EntryRef, today: Day) -> Result<Vec<Entry>> {
        self.find_of(&[], reference, today)
    }

    /// The kind of an entry, also of one that is hidden or in the trash.
    pub fn kind_of(&self, number: i64) -> Result<Option<KindName>> {
        let present = self.store.reading().present(number)?;
        Ok(present.map(|present| present.content.kind.name()))
    }

    /// The entries of these kinds that a reference means. If no kind is named, a number and an
    /// id mean an entry of any kind, and `last` and a day mean pages: a person who deletes the
    /// last page does not mean the urge that was noted since.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`] if there is none; [`Error::OutOfSight`] for the number of an
    /// entry that is away or sealed; [`Error::Usage`] if several ids begin with the digits,
    /// or the day does not exist.
    pub fn find_of(
        &self,
        kinds: &[KindName],
        reference: &EntryRef,
        today: Day,
    ) -> Result<Vec<Entry>> {
        let reading = self.store.reading();
        let (mut found, mut wanted) = match reference {
            EntryRef::Number(number) => {
                let mut found: Vec<Entry> = reading.entry(*number)?.into_iter().collect();
                if found.is_empty() && *number >= 10_000_000 {
                    // A number of eight digits can also be the beginning of an id.
                    found = reading.entries_by_id(&number.to_string())?;
                }
                if found.is_empty()
                    && let Some(state) = reading.present(*number)?
                    && state.content.deleted_at.is_none()
                {
                    changes::require_in_sight(reading, &state)?;
                }
                (found, reference.to_string())
            }
            EntryRef::Last => (
                reading.last_of(or_pages(kinds))?.into_iter().collect(),
                "yet".to_owned(),
            ),
            EntryRef::Id(digits) => (reading.entries_by_id(digits)?, reference.to_string()),
            EntryRef::Day(phrase) => {
                let day = phrase
                    .resolve(today)
                    .map_err(|error| Error::usage(error.to_string()))?;
                (
                    self.entries_of_kinds(kinds, day)?,
                    format!("for {}", day.long()),
                )
            }
        };
        if !kinds.is_empty() {
            found.retain(|entry| kinds.contains(&entry.kind.name()));
            wanted.push_str(" of that kind");
        }
        match (found.len(), reference) {
            (0, _) => Err(Error::NoSuchEntry { wanted }),
            (1, _) | (_, EntryRef::Day(_)) => Ok(found),
            _ => Err(Error::Usage {
                what: format!("several ids begin with {}", wanted.trim_start_matches('#')),
                hint: Some("type more of the id, or use the entry's number".to_owned()),
            }),
        }
    }

    /// The tip that a person means: one of the decks, or else one that has reflections and is
    /// in no deck any more.
    ///
    /// # Errors
    /// As [`Decks::find`](crate::decks::Decks::find).
    pub fn find_tip(&self, wanted: &str) -> Result<Tip> {
        let unknown = match self.settings.decks.find(wanted) {
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
}

/// The kinds that are meant: pages if none is named.
fn or_pages(kinds: &[KindName]) -> &[KindName] {
    match kinds {
        [] => &[KindName::Page],
        kinds => kinds,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::DateTime;

    use super::*;
    use crate::journal::{NewPage, Reflects};
    use crate::store::Store;

    #[test]
    fn any_page_can_be_picked() {
        let mut journal = Journal::of(Store::in_memory().expect("a journal"));
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
