//! The queries of looking back: figures by day, counts, and the entries of given days.
//!
//! The figures come from the index `entry_by_day`, which has all the columns they need, so
//! that no text is read.

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::Reading;
use super::columns::{ASIDE, parse_column};
use super::entries::COLUMNS;
use super::filter::{WhereClause, is_all_pages};
use crate::error::Result;
use crate::model::entry::first_line;
use crate::model::lookback::DayFigures;
use crate::model::{Day, Entry, Filter, Reflection, Tag};

/// A tip and the number of days on which it was reflected on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TipDays {
    /// The deck's slug.
    pub deck: String,
    /// The tip's slug.
    pub tip: String,
    /// Its number, as the latest reflection has it.
    pub number: u32,
    /// Its title, as the latest reflection has it.
    pub title: String,
    /// The number of days with a reflection.
    pub days: u64,
}

impl Reading<'_> {
    /// The days with entries that a filter chooses, in order, with their figures.
    pub fn days(&self, filter: &Filter) -> Result<Vec<DayFigures>> {
        let clause = self.clause(filter)?;
        let sql = format!(
            "SELECT day, words, mood, starred FROM entry WHERE {}{} ORDER BY day",
            self.in_sight(),
            clause.sql
        );
        // Add up here, because GROUP BY takes three times as long.
        let add_up = || -> rusqlite::Result<Vec<DayFigures>> {
            let mut statement = self.connection.prepare(&sql)?;
            let mut rows = statement.query(params_from_iter(clause.values))?;
            let mut days: Vec<DayFigures> = Vec::new();
            let mut last_day = String::new();
            let (mut moods, mut noted) = (0.0, 0.0);
            while let Some(row) = rows.next()? {
                let day = row.get_ref(0)?.as_str()?;
                if day != last_day {
                    days.push(DayFigures::none(parse_column(row, 0)?));
                    last_day = day.to_owned();
                    (moods, noted) = (0.0, 0.0);
                }
                let Some(figures) = days.last_mut() else {
                    continue;
                };
                figures.entries += 1;
                figures.words += counted(row, 1)?;
                if let Some(mood) = row.get::<_, Option<f64>>(2)? {
                    (moods, noted) = (moods + mood, noted + 1.0);
                    figures.mood = Some(moods / noted);
                }
                figures.starred += counted(row, 3)?;
            }
            Ok(days)
        };
        add_up().map_err(|error| self.wrong(error))
    }

    /// The first day with a visible page.
    pub fn first_day(&self) -> Result<Option<Day>> {
        let sql = format!(
            "SELECT day FROM entry WHERE {} AND kind = 'page' ORDER BY day LIMIT 1",
            self.in_sight()
        );
        Ok(self.rows(&sql, [], |row| parse_column(row, 0))?.pop())
    }

    /// How many of the entries that a filter chooses have each tag: the most used first, at
    /// most `limit` tags.
    pub fn tag_counts(&self, filter: &Filter, limit: usize) -> Result<Vec<(Tag, u64)>> {
        let mut clause = WhereClause::default();
        let counts = if is_all_pages(filter) {
            // Count every tag in the index `tag_by_name`, and subtract those of the few
            // entries that are not chosen. Looking up each entry takes ten times as long.
            format!(
                "SELECT tag, count(*) AS times FROM tag GROUP BY tag UNION ALL
                 SELECT tag, -count(*) FROM tag
                  WHERE entry IN (SELECT number FROM entry WHERE deleted_at IS NOT NULL
                                  UNION ALL {})
                  GROUP BY tag",
                self.left_out(&filter.kinds)
            )
        } else {
            clause = self.clause(filter)?;
            format!(
                "SELECT tag, count(*) AS times FROM tag
                  WHERE entry IN (SELECT number FROM entry WHERE {}{})
                  GROUP BY tag",
                self.in_sight(),
                clause.sql
            )
        };
        let sql = format!(
            "SELECT tag, sum(times) AS all_times FROM ({counts})
              GROUP BY tag HAVING all_times > 0 ORDER BY all_times DESC, tag LIMIT {limit}"
        );
        self.rows(&sql, clause.values, |row| {
            Ok((parse_column(row, 0)?, counted(row, 1)?))
        })
    }

    /// On how many days the entries that a filter chooses reflect on each tip: the most
    /// first, then by deck and number. Tips without a reflection are left out.
    pub fn tip_days(&self, filter: &Filter) -> Result<Vec<TipDays>> {
        let mut clause = self.clause(filter)?;
        let days_only = Filter {
            from: filter.from,
            to: filter.to,
            on: filter.on.clone(),
            ..Filter::default()
        };
        // The counts of the triggers are right if the filter chooses by days alone and no
        // page is hidden.
        let counts = if self.any_hidden()? {
            self.counted_by_entry(&clause.sql)
        } else if *filter == Filter::default() {
            clause = WhereClause::default();
            "SELECT deck, tip, days FROM covered_tip WHERE days > 0".to_owned()
        } else if *filter == days_only {
            // Drop the condition on kinds: only pages reflect on tips.
            clause = WhereClause::of_days(filter);
            format!(
                "SELECT deck, tip, count(*) AS days FROM reflected_day WHERE 1{}
                  GROUP BY deck, tip",
                clause.sql
            )
        } else {
            self.counted_by_entry(&clause.sql)
        };
        // CROSS JOIN keeps the order: the few tips first, and then one reflection of each.
        let sql = format!(
            "SELECT c.deck, c.tip, r.number, r.title, c.days
               FROM ({counts}) AS c CROSS JOIN reflection AS r
                 ON r.entry = (SELECT max(entry) FROM reflection
                                WHERE deck = c.deck AND tip = c.tip)
                AND r.deck = c.deck AND r.tip = c.tip
              ORDER BY c.days DESC, c.deck, r.number"
        );
        self.rows(&sql, clause.values, |row| {
            Ok(TipDays {
                deck: row.get(0)?,
                tip: row.get(1)?,
                number: row.get(2)?,
                title: row.get(3)?,
                days: counted(row, 4)?,
            })
        })
    }

    /// Hands each reflection of the entries that a filter chooses to `take`, the oldest entry
    /// first, with the number and the day of the entry. No text is read.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn each_reflection(
        &self,
        filter: &Filter,
        take: &mut dyn FnMut(i64, Day, Reflection) -> Result<()>,
    ) -> Result<()> {
        let clause = self.clause(filter)?;
        // CROSS JOIN keeps the order, so SQLite sorts only the reflections of one entry at a
        // time.
        let sql = format!(
            "SELECT e.number, e.day, r.deck, r.tip, r.number, r.title, r.question
               FROM (SELECT number, day, written_at FROM entry WHERE {in_sight}{clause}) AS e
                    CROSS JOIN reflection AS r ON r.entry = e.number
              ORDER BY e.day, e.written_at, e.number, r.deck, r.tip GLOB 'week/*', r.number",
            in_sight = self.in_sight(),
            clause = clause.sql,
        );
        let wrong = |error| self.wrong(error);
        let mut statement = self.connection.prepare(&sql).map_err(wrong)?;
        let mut rows = statement
            .query(params_from_iter(clause.values))
            .map_err(wrong)?;
        while let Some(row) = rows.next().map_err(wrong)? {
            let read = || -> rusqlite::Result<(i64, Day, Reflection)> {
                let reflection = Reflection {
                    deck: row.get(2)?,
                    tip: row.get(3)?,
                    number: row.get(4)?,
                    title: row.get(5)?,
                    question: row.get(6)?,
                };
                Ok((row.get(0)?, parse_column(row, 1)?, reflection))
            };
            let (number, day, reflection) = read().map_err(wrong)?;
            take(number, day, reflection)?;
        }
        Ok(())
    }

    /// The first line of a visible entry's text, which stands for it in lists.
    ///
    /// # Errors
    /// [`Error::Store`](crate::Error::Store) if no visible entry has this number.
    pub fn first_line(&self, number: i64) -> Result<String> {
        let sql = format!(
            "SELECT text FROM entry WHERE number = ?1 AND {}",
            self.in_sight()
        );
        let read = || {
            self.connection
                .prepare_cached(&sql)?
                .query_row([number], |row| {
                    Ok(first_line(row.get_ref(0)?.as_str()?).to_owned())
                })
        };
        read().map_err(|error| self.wrong(error))
    }

    /// The entries of some days that a filter chooses, the earliest first. It costs one
    /// look-up for each day, however large the journal is.
    pub fn entries_on(&self, days: &[Day], filter: &Filter) -> Result<Vec<Entry>> {
        let clause = self.clause(filter)?;
        // Bind one JSON list: there can be more days than a statement takes values.
        let days: Vec<String> = days.iter().map(|day| format!("\"{day}\"")).collect();
        let days = Value::Text(format!("[{}]", days.join(",")));
        let sql = format!(
            "SELECT {COLUMNS} FROM entry
              WHERE {} AND day IN (SELECT value FROM json_each(?)){}
              ORDER BY day, written_at, number",
            self.in_sight(),
            clause.sql
        );
        self.select(
            &sql,
            params_from_iter(std::iter::once(days).chain(clause.values)),
        )
    }

    /// The last of the entries that a filter chooses that reflects on a tip and is dated
    /// before `day`.
    pub fn answer_before(
        &self,
        deck: &str,
        tip: &str,
        day: Day,
        filter: &Filter,
    ) -> Result<Option<Entry>> {
        let clause = self.clause(filter)?;
        let sql = format!(
            "SELECT {COLUMNS}
               FROM (SELECT day AS answered FROM reflected_day
                      WHERE deck = ? AND tip = ? AND day < ?) CROSS JOIN entry
                 ON day = answered
              WHERE {}
                AND EXISTS (SELECT 1 FROM reflection
                             WHERE entry = entry.number AND deck = ? AND tip = ?){}
              ORDER BY answered DESC, written_at DESC, number DESC LIMIT 1",
            self.in_sight(),
            clause.sql
        );
        let day = day.to_string();
        let bound = [deck, tip, &day, deck, tip].map(|text| Value::Text(text.to_owned()));
        let values = bound.into_iter().chain(clause.values);
        Ok(self.select(&sql, params_from_iter(values))?.pop())
    }

    /// A query that counts the days of reflections anew, without the counts of the triggers.
    fn counted_by_entry(&self, chosen: &str) -> String {
        format!(
            "SELECT deck, tip, count(DISTINCT day) AS days
               FROM (SELECT number AS chosen, day FROM entry WHERE {}{chosen})
                    CROSS JOIN reflection
              WHERE reflection.entry = chosen GROUP BY deck, tip",
            self.in_sight()
        )
    }

    /// True if a page is away or sealed.
    fn any_hidden(&self) -> Result<bool> {
        let sql = format!(
            "SELECT 1 FROM entry WHERE deleted_at IS NULL AND {ASIDE} AND kind = 'page'
                AND hidden_until > ? LIMIT 1"
        );
        let today = self.today.map(|day| day.to_string()).unwrap_or_default();
        Ok(!self
            .rows(&sql, [Value::Text(today)], |_| Ok(()))?
            .is_empty())
    }

    fn rows<T>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        self.connection
            .prepare(sql)
            .and_then(|mut statement| {
                statement
                    .query_map(params_from_iter(values), read)?
                    .collect()
            })
            .map_err(|error| self.wrong(error))
    }
}

/// Reads a count, which is never negative.
fn counted(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column)
        .map(|number| u64::try_from(number).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::kind::Away;
    use crate::model::{Content, Kind, KindName, Order};
    use crate::store::Store;
    use proptest::prelude::*;

    fn day(iso: &str) -> Day {
        iso.parse().expect("a day")
    }

    /// An entry of any kind, visible or in the trash, away or sealed, with some of four tags.
    fn any_entry() -> impl Strategy<Value = Content> {
        let later = day("2026-12-01");
        let away = prop_oneof![
            4 => Just(None),
            1 => Just(Some(Away::Always)),
            1 => Just(Some(Away::Until(later))),
        ];
        let tags = proptest::sample::subsequence(vec!["a", "b", "c", "d"], 0..=4);
        let other = proptest::sample::select(&KindName::ALL).prop_map(Kind::from);
        let sealed = Kind::Letter {
            open_on: Some(later),
        };
        let kind = prop_oneof![4 => Just(Kind::Page), 2 => other, 1 => Just(sealed)];
        (kind, away, tags, any::<(bool, bool)>()).prop_map(
            |(kind, away, tags, (deleted, tagged_in_text))| {
                let now = "2026-11-22T21:30:00+01:00".parse().expect("an instant");
                Content {
                    kind,
                    day: day("2026-11-22"),
                    written_at: now,
                    edited_at: None,
                    deleted_at: deleted.then_some(now),
                    text: if tagged_in_text { "#a, #e" } else { "words" }.to_owned(),
                    mood: None,
                    starred: false,
                    tags_by_hand: tags.iter().map(|tag| tag.parse().expect("a tag")).collect(),
                    reflections: Vec::new(),
                    away,
                }
            },
        )
    }

    /// Counts tags by reading each entry that the filter chooses.
    fn counted_one_by_one(reading: Reading<'_>, filter: &Filter) -> Vec<(Tag, u64)> {
        let entries = reading.entries(filter, Order::OldestFirst, None);
        let mut times: BTreeMap<Tag, u64> = BTreeMap::new();
        for tag in entries.expect("entries").into_iter().flat_map(|e| e.tags) {
            *times.entry(tag).or_default() += 1;
        }
        let mut times: Vec<(Tag, u64)> = times.into_iter().collect();
        times.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
        times
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn tags_are_counted_as_the_entries_in_sight_carry_them(
            entries in prop::collection::vec(any_entry(), 0..14),
            limit in 0usize..6,
        ) {
            let mut store = Store::in_memory().expect("a journal");
            let mut change = store.change().expect("a turn");
            for entry in entries {
                let now = entry.written_at;
                change.insert(entry, now).expect("an entry");
            }
            change.commit().expect("a commit");
            let filter = |kinds: &[KindName], to: Option<&str>| Filter {
                kinds: kinds.to_vec(),
                to: to.map(day),
                ..Filter::default()
            };
            for today in [None, Some("2026-11-22"), Some("2026-12-01")] {
                if let Some(today) = today {
                    store.seen_on(Some(day(today)));
                }
                for filter in [
                    filter(&[], None),
                    filter(&[KindName::Page, KindName::Letter], None),
                    filter(&KindName::ALL, None),
                    filter(&[KindName::Letter, KindName::Urge], None),
                    filter(&[], Some("2026-11-30")),
                    filter(&[], Some("2026-11-01")),
                ] {
                    let mut expect = counted_one_by_one(store.reading(), &filter);
                    expect.truncate(limit);
                    let counted = store.reading().tag_counts(&filter, limit);
                    prop_assert_eq!(counted.expect("counts"), expect, "{:?}", filter);
                }
            }
        }
    }
}
