//! Translating a [`Filter`] into SQL.
//!
//! The day, mood, kind and star of an entry are in the index `entry_by_day`, which also has
//! the order of every list. SQLite checks such conditions while it walks the index, and stops
//! when the list is full. Conditions on other tables (a tag, a tip, a word) can be met in two
//! ways:
//!
//! - Fetch the entries that the other table names, and sort them. This is right for a few.
//! - Walk the index and look up each entry in the other table. This is right for many, where
//!   the list is soon full and sorting all of them would be most of the work.
//!
//! SQLite cannot know which is better, because the journal keeps no statistics. So if only
//! the first entries of a list are needed, [`WhereClause::semi_join`] counts up to [`FEW`]
//! and writes the condition in the form that leaves SQLite one way.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::Reading;
use super::columns::ASIDE;
use crate::error::Result;
use crate::model::{Filter, KindName, Mood, Tag};

/// Up to this many entries are fetched and sorted. With a hundred thousand entries, walking
/// the index to the first twenty becomes quicker at about this number.
pub(super) const FEW: usize = 400;

/// Conditions to append to a `WHERE` over `entry`, and the values that they bind.
#[derive(Default)]
pub(super) struct WhereClause {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
    /// True if many entries may be fetched one by one, so that SQLite has to sort them.
    pub(super) fetches: bool,
}

/// How much is read of the entries that a clause chooses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadExtent {
    /// All of them with their texts. Walking the index saves nothing then.
    Whole,
    /// The first of them, or only columns that are in the index.
    FirstOrIndexed,
}

/// A condition on another table, in the two forms that SQL has for it.
struct SemiJoin<'a> {
    /// `SELECT … FROM … WHERE …` that yields the numbers of the entries.
    numbers: &'a str,
    /// A condition on one row of `entry` that says the same.
    exists: &'a str,
    /// The values that either form binds.
    values: Vec<Value>,
}

impl ReadExtent {
    /// The extent of a list with this limit.
    pub(super) fn of(limit: Option<usize>) -> ReadExtent {
        match limit {
            Some(_) => ReadExtent::FirstOrIndexed,
            None => ReadExtent::Whole,
        }
    }

    /// True if entries that another table names are fetched however many they are: all of
    /// them are needed, and no days or kinds narrow the walk through the index.
    pub(super) fn is_fetched(self, filter: &Filter) -> bool {
        let is_long = filter.from.is_none() && filter.to.is_none() && filter.on.is_empty();
        self == ReadExtent::Whole
            && is_long
            && or_pages(&filter.kinds).contains(&KindName::Page)
    }
}

impl Reading<'_> {
    /// The clause of a filter for a short list, or for columns in the index.
    pub(super) fn clause(&self, filter: &Filter) -> Result<WhereClause> {
        self.clause_for(filter, ReadExtent::FirstOrIndexed)
    }

    /// The clause of a filter for this extent.
    pub(super) fn clause_for(
        &self,
        filter: &Filter,
        extent: ReadExtent,
    ) -> Result<WhereClause> {
        WhereClause::of(filter, extent, self.connection).map_err(|error| self.wrong(error))
    }

    /// A query for the numbers of entries that a choice of kinds leaves out, if pages are
    /// among the kinds: entries of other kinds and hidden ones, without the trash. They are
    /// few, and have an index of their own.
    pub(super) fn left_out(&self, kinds: &[KindName]) -> String {
        let kinds: Vec<String> = or_pages(kinds)
            .iter()
            .map(|kind| format!("'{}'", kind.as_str()))
            .collect();
        format!(
            "SELECT number FROM entry WHERE deleted_at IS NULL AND {ASIDE}
                AND NOT (kind IN ({}) AND {})",
            kinds.join(", "),
            self.in_sight()
        )
    }
}

/// The kinds that a filter chooses: pages, if it names none.
fn or_pages(kinds: &[KindName]) -> &[KindName] {
    match kinds {
        [] => &[KindName::Page],
        kinds => kinds,
    }
}

/// True if a filter chooses every visible page. It may name more kinds, and nothing else.
pub(super) fn is_all_pages(filter: &Filter) -> bool {
    let all = Filter {
        kinds: filter.kinds.clone(),
        ..Filter::default()
    };
    *filter == all && or_pages(&filter.kinds).contains(&KindName::Page)
}

impl WhereClause {
    pub(super) fn of(
        filter: &Filter,
        extent: ReadExtent,
        connection: &Connection,
    ) -> rusqlite::Result<WhereClause> {
        let mut clause = WhereClause::of_days(filter);
        let whole = extent.is_fetched(filter);
        let tips = unique(filter.tips.iter());
        if !tips.is_empty() {
            let is = vec!["deck = ? AND tip = ?"; tips.len()].join(" OR ");
            let semi_join = SemiJoin {
                numbers: &format!("SELECT entry FROM reflection WHERE {is}"),
                exists: &format!(
                    "EXISTS (SELECT 1 FROM reflection WHERE entry = entry.number AND ({is}))"
                ),
                values: tips
                    .into_iter()
                    .flat_map(|(deck, tip): &(String, String)| [deck.clone(), tip.clone()])
                    .map(Value::from)
                    .collect(),
            };
            clause.semi_join(semi_join, whole, connection)?;
        }
        let tags: Vec<Value> = unique(filter.tags.iter().map(Tag::to_string));
        if !tags.is_empty() {
            let is = one_of("tag", tags.len());
            let semi_join = SemiJoin {
                numbers: &format!("SELECT entry FROM tag WHERE {is}"),
                exists: &format!(
                    "EXISTS (SELECT 1 FROM tag WHERE entry = entry.number AND {is})"
                ),
                values: tags,
            };
            clause.semi_join(semi_join, whole, connection)?;
        }
        let not_tags: Vec<Value> = unique(filter.not_tags.iter().map(Tag::to_string));
        if !not_tags.is_empty() {
            let is = one_of("tag", not_tags.len());
            clause.and(
                &format!("NOT EXISTS (SELECT 1 FROM tag WHERE entry = entry.number AND {is})"),
                not_tags,
            );
        }
        if !filter.moods.is_empty() {
            let chosen = |mood: &Mood| filter.moods.iter().any(|range| range.0.contains(mood));
            let moods = (1..=5).filter_map(Mood::new).filter(chosen);
            let moods: Vec<Value> = moods.map(|mood| mood.value().into()).collect();
            clause.and(&one_of("mood", moods.len()), moods);
        }
        let kinds = or_pages(&filter.kinds);
        let names = kinds.iter().copied().map(KindName::as_str);
        clause.one_of("kind", unique(names.map(str::to_owned)));
        if !kinds.contains(&KindName::Page) {
            clause.and(ASIDE, []);
        }
        if filter.starred {
            clause.and("starred = 1", []);
        }
        if filter.free {
            clause.and(
                "NOT EXISTS (SELECT 1 FROM reflection WHERE entry = entry.number)",
                [],
            );
        }
        Ok(clause)
    }

    /// The clause of a filter's days alone.
    pub(super) fn of_days(filter: &Filter) -> WhereClause {
        let mut clause = WhereClause::default();
        if let Some(day) = filter.from {
            clause.and("day >= ?", [day.to_string().into()]);
        }
        if let Some(day) = filter.to {
            clause.and("day <= ?", [day.to_string().into()]);
        }
        let days: Vec<Value> = unique(filter.on.iter().map(|day| day.to_string()));
        clause.one_of("day", days);
        clause
    }

    pub(super) fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.values.extend(values);
    }

    /// Requires that another table names the entry. `whole` fetches the entries it names
    /// however many they are.
    fn semi_join(
        &mut self,
        semi_join: SemiJoin<'_>,
        whole: bool,
        connection: &Connection,
    ) -> rusqlite::Result<()> {
        let numbers = semi_join.numbers;
        let bounded = format!(
            "SELECT count(*) FROM (SELECT 1 FROM ({numbers}) LIMIT {})",
            FEW + 1
        );
        let count = || -> rusqlite::Result<usize> {
            let values = params_from_iter(&semi_join.values);
            connection.query_row(&bounded, values, |row| {
                row.get::<_, u16>(0).map(usize::from)
            })
        };
        if whole || count()? <= FEW {
            self.and(&format!("number IN ({numbers})"), semi_join.values);
            self.fetches |= whole;
        } else {
            self.and(semi_join.exists, semi_join.values);
        }
        Ok(())
    }

    /// Requires one of these values in a column. No values require nothing.
    fn one_of(&mut self, column: &str, values: Vec<Value>) {
        if !values.is_empty() {
            self.and(&one_of(column, values.len()), values);
        }
    }
}

fn one_of(column: &str, values: usize) -> String {
    format!("{column} IN ({})", vec!["?"; values].join(", "))
}

/// The values in their order, each once. Repeated values could exceed SQLite's limit of
/// variables.
fn unique<T: PartialEq, V: From<T>>(values: impl Iterator<Item = T>) -> Vec<V> {
    let mut once: Vec<T> = Vec::new();
    for value in values {
        if !once.contains(&value) {
            once.push(value);
        }
    }
    once.into_iter().map(V::from).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::{Content, Day, Kind, Order, Query, Rank};
    use crate::store::Store;

    /// One page in a hundred is tagged `rare` and has the word `seldom`; the others are
    /// `common` and have `everywhere`. Returns days and numbers of both.
    fn few_and_many() -> (Store, [Vec<(Day, i64)>; 2]) {
        let mut store = Store::in_memory().expect("a journal");
        let mut change = store.change().expect("a turn");
        let first: Day = "2020-01-01".parse().expect("a day");
        let now = "2026-11-22T21:30:00+01:00".parse().expect("an instant");
        let mut named = [Vec::new(), Vec::new()];
        for at in 0..i64::try_from(FEW).expect("small") + 200 {
            let rare = at % 100 == 0;
            let (tag, word) = if rare {
                ("rare", "seldom")
            } else {
                ("common", "everywhere")
            };
            let day = first.plus_days(at % 700).expect("a day");
            let new = Content {
                kind: Kind::Page,
                day,
                written_at: now,
                edited_at: None,
                deleted_at: None,
                text: format!("page {word}"),
                mood: None,
                starred: false,
                tags_by_hand: BTreeSet::from([tag.parse().expect("a tag")]),
                reflections: Vec::new(),
                away: None,
            };
            let entry = change.insert(new, now).expect("an entry");
            named[usize::from(!rare)].push((day, entry.number));
        }
        change.commit().expect("a commit");
        (store, named)
    }

    #[test]
    fn few_and_many_are_found_alike() {
        let (store, named) = few_and_many();
        let reading = store.reading();
        let query = |word: &str| Query::read(&[word.to_owned()]).expect("a query");
        let numbers = |query: &Query, filter: &Filter, rank: Rank| -> Vec<i64> {
            let (found, all) = reading.search(query, filter, rank, None).expect("entries");
            let count = reading.count_found(query, filter).expect("a number");
            assert_eq!((found.len() as u64, all), (count, count));
            let (first, all) = reading
                .search(query, filter, rank, Some(5))
                .expect("entries");
            assert_eq!((&first[..], all), (&found[..found.len().min(5)], count));
            found.iter().map(|entry| entry.number).collect()
        };
        let all = Filter::default();
        for ((tag, word), mut expect) in [("rare", "seldom"), ("common", "everywhere")]
            .into_iter()
            .zip(named)
        {
            expect.sort();
            expect.reverse();
            let expect: Vec<i64> = expect.into_iter().map(|(_, number)| number).collect();
            let tagged = Filter {
                tags: vec![tag.parse().expect("a tag")],
                ..Filter::default()
            };
            let untagged = Filter {
                not_tags: tagged.tags.clone(),
                ..Filter::default()
            };
            assert_eq!(numbers(&query(word), &all, Rank::Newest), expect);
            assert_eq!(numbers(&query("page"), &tagged, Rank::Newest), expect);
            assert_eq!(numbers(&query(word), &tagged, Rank::Newest), expect);
            assert!(numbers(&query(word), &untagged, Rank::Newest).is_empty());
            let mut best = numbers(&query(word), &tagged, Rank::Best);
            best.sort();
            let mut sorted = expect.clone();
            sorted.sort();
            assert_eq!(best, sorted);

            assert_eq!(
                reading.count(&tagged).expect("a number"),
                expect.len() as u64
            );
            let listed = reading
                .entries(&tagged, Order::NewestFirst, Some(30))
                .expect("entries");
            let listed: Vec<i64> = listed.iter().map(|entry| entry.number).collect();
            assert_eq!(listed, expect[..expect.len().min(30)]);
        }
    }
}
