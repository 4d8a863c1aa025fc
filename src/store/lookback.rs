//! What looking back asks of the file: figures by day, counts, and the entries of given days.
//!
//! The figures come from the index `entry_by_day`, which holds all they need, so that the
//! texts stay on the disk.

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::Reading;
use super::entries::{ASIDE, COLUMNS, parsed};
use super::filter::Clause;
use crate::error::Result;
use crate::model::lookback::DayFigures;
use crate::model::{Day, Entry, Filter, Tag};

/// On how many days a tip was reflected on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TipDays {
    /// The deck's slug.
    pub deck: String,
    /// The tip's slug.
    pub tip: String,
    /// Its number, as it last read.
    pub number: u32,
    /// Its title, as it last read.
    pub title: String,
    /// The days.
    pub days: u64,
}

impl Reading<'_> {
    /// The days that have entries which a filter chooses, in order, with what these amount
    /// to.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn days(&self, filter: &Filter) -> Result<Vec<DayFigures>> {
        let clause = self.clause(filter)?;
        let sql = format!(
            "SELECT day, count(*), sum(words), avg(mood), sum(starred) FROM entry
              WHERE {}{} GROUP BY day ORDER BY day",
            self.in_sight(),
            clause.sql
        );
        self.rows(&sql, clause.values, |row| {
            Ok(DayFigures {
                day: parsed(row, 0)?,
                entries: counted(row, 1)?,
                words: counted(row, 2)?,
                mood: row.get(3)?,
                starred: counted(row, 4)?,
            })
        })
    }

    /// The first day that has a page.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn first_day(&self) -> Result<Option<Day>> {
        let sql = format!(
            "SELECT day FROM entry WHERE {} AND kind = 'page' ORDER BY day LIMIT 1",
            self.in_sight()
        );
        Ok(self.rows(&sql, [], |row| parsed(row, 0))?.pop())
    }

    /// How many of the chosen entries carry each tag: the most used first, at most `limit`.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn tag_counts(&self, filter: &Filter, limit: usize) -> Result<Vec<(Tag, u64)>> {
        let clause = self.clause(filter)?;
        let sql = format!(
            "SELECT tag, count(*) AS times FROM tag
              WHERE entry IN (SELECT number FROM entry WHERE {}{})
              GROUP BY tag ORDER BY times DESC, tag LIMIT {limit}",
            self.in_sight(),
            clause.sql
        );
        self.rows(&sql, clause.values, |row| {
            Ok((parsed(row, 0)?, counted(row, 1)?))
        })
    }

    /// On how many days the chosen entries reflect on each tip: the most first, then by deck
    /// and number. Tips that none reflects on are left out.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn tip_days(&self, filter: &Filter) -> Result<Vec<TipDays>> {
        let mut clause = self.clause(filter)?;
        let days_only = Filter {
            from: filter.from,
            to: filter.to,
            on: filter.on.clone(),
            ..Filter::default()
        };
        // What the triggers of the file have counted serves as long as nothing but days is
        // chosen and nothing is out of sight.
        let counts = if self.any_hidden()? {
            self.counted_by_entry(&clause.sql)
        } else if *filter == Filter::default() {
            clause = Clause::default();
            "SELECT deck, tip, days FROM covered_tip WHERE days > 0".to_owned()
        } else if *filter == days_only {
            // Only pages reflect on tips, so that their kind need not be asked for.
            clause = Clause::of_days(filter);
            format!(
                "SELECT deck, tip, count(*) AS days FROM reflected_day WHERE 1{}
                  GROUP BY deck, tip",
                clause.sql
            )
        } else {
            self.counted_by_entry(&clause.sql)
        };
        // CROSS JOIN keeps the order: a few tips first, then a look at one reflection of each.
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

    /// The chosen entries of some days, the earliest first: a look into the index for each
    /// day, however long the journal is.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn entries_on(&self, days: &[Day], filter: &Filter) -> Result<Vec<Entry>> {
        let clause = self.clause(filter)?;
        // One value that holds them all: days can be more than a statement takes values.
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

    /// The last of the chosen entries that reflects on a tip and is of a day before `day`.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
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

    /// Days counted from the entries themselves.
    fn counted_by_entry(&self, chosen: &str) -> String {
        format!(
            "SELECT deck, tip, count(DISTINCT day) AS days
               FROM (SELECT number AS chosen, day FROM entry WHERE {}{chosen})
                    CROSS JOIN reflection
              WHERE reflection.entry = chosen GROUP BY deck, tip",
            self.in_sight()
        )
    }

    /// Whether a page is out of sight.
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

/// A number that is never below zero.
fn counted(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column)
        .map(|number| u64::try_from(number).unwrap_or(0))
}
