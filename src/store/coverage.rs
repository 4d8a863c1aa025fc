//! The prompts of the days, and the coverage that triggers in the file count.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset};
use rusqlite::{OptionalExtension, Row, params};

use super::columns::{instant, parse_optional_column};
use super::{Change, Reading};
use crate::error::Result;
use crate::model::Day;
use crate::model::choose::TipRecord;

/// A tip with one of its questions, as a day offered it. The question of a week is stored for
/// the week's first day as turn 0; the turns of tips begin at 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The deck's slug.
    pub deck: String,
    /// The tip's slug.
    pub tip: String,
    /// The question.
    pub question: String,
}

impl Reading<'_> {
    /// The tip and question that a day offers: its last turn.
    pub fn assignment(&self, day: Day) -> Result<Option<Assignment>> {
        Ok(self.offered_on(day)?.pop())
    }

    /// Every tip that a day has offered, in order.
    pub fn offered_on(&self, day: Day) -> Result<Vec<Assignment>> {
        let read = || -> rusqlite::Result<Vec<Assignment>> {
            self.connection
                .prepare_cached(
                    "SELECT deck, tip, question FROM prompt
                      WHERE day = ?1 AND turn > 0 ORDER BY turn",
                )?
                .query_map([day.to_string()], assignment)?
                .collect()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// The question of the week that begins with this day.
    pub fn weekly(&self, begins: Day) -> Result<Option<Assignment>> {
        self.connection
            .prepare_cached(
                "SELECT deck, tip, question FROM prompt WHERE day = ?1 AND turn = 0",
            )
            .and_then(|mut statement| {
                statement
                    .query_row([begins.to_string()], assignment)
                    .optional()
            })
            .map_err(|error| self.wrong(error))
    }

    /// The mean mood of each of the last days before `day` that have a page, the latest
    /// first, at most `limit`. `None` for a day without a mood.
    pub fn moods_before(&self, day: Day, limit: u32) -> Result<Vec<Option<f64>>> {
        let read = || -> rusqlite::Result<Vec<Option<f64>>> {
            self.connection
                .prepare_cached(&format!(
                    "SELECT avg(mood) FROM entry
                      WHERE {} AND kind = 'page' AND day < ?1
                      GROUP BY day ORDER BY day DESC LIMIT ?2",
                    self.in_sight()
                ))?
                .query_map(params![day.to_string(), limit], |row| row.get(0))?
                .collect()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// The records of some tips of a deck, in the order of `tips`.
    pub fn tip_records(&self, deck: &str, tips: &[&str]) -> Result<Vec<TipRecord>> {
        // Look up each figure in an index, so that the cost does not grow with the journal.
        let read = || -> rusqlite::Result<Vec<TipRecord>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT (SELECT days FROM covered_tip WHERE deck = ?1 AND tip = ?2),
                        (SELECT max(day) FROM reflected_day WHERE deck = ?1 AND tip = ?2),
                        p.day, p.turn
                   FROM (SELECT 1) LEFT JOIN
                        (SELECT day, turn FROM prompt WHERE deck = ?1 AND tip = ?2
                          ORDER BY day DESC, turn DESC LIMIT 1) AS p",
            )?;
            let record = |tip: &&str| {
                statement.query_row([deck, tip], |row| {
                    let turn = row.get::<_, Option<u32>>(3)?.unwrap_or(0);
                    Ok(TipRecord {
                        reflections: row.get::<_, Option<u32>>(0)?.unwrap_or(0),
                        last_reflected: parse_optional_column(row, 1)?,
                        last_offered: parse_optional_column(row, 2)?.map(|day| (day, turn)),
                    })
                })
            };
            tips.iter().map(record).collect()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// How often each question of a tip has been offered.
    pub fn times_asked(&self, deck: &str, tip: &str) -> Result<HashMap<String, u32>> {
        let read = || -> rusqlite::Result<HashMap<String, u32>> {
            self.connection
                .prepare_cached(
                    "SELECT question, times FROM asked WHERE deck = ?1 AND tip = ?2",
                )?
                .query_map([deck, tip], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// True if an entry of the day that is not in the trash reflects on the tip.
    pub fn is_reflected(&self, deck: &str, tip: &str, day: Day) -> Result<bool> {
        self.connection
            .prepare_cached(
                "SELECT 1 FROM reflected_day WHERE deck = ?1 AND tip = ?2 AND day = ?3",
            )
            .and_then(|mut statement| statement.exists([deck, tip, &day.to_string()]))
            .map_err(|error| self.wrong(error))
    }
}

impl Change<'_> {
    /// Stores another turn of a day: from now on the day offers this.
    pub fn assign(
        &self,
        day: Day,
        assignment: &Assignment,
        now: DateTime<FixedOffset>,
    ) -> Result<()> {
        self.transaction
            .execute(
                "INSERT INTO prompt (day, turn, deck, tip, question, offered_at)
                 SELECT ?1, 1 + coalesce(max(turn), 0), ?2, ?3, ?4, ?5
                   FROM prompt WHERE day = ?1",
                params![
                    day.to_string(),
                    assignment.deck,
                    assignment.tip,
                    assignment.question,
                    instant(now),
                ],
            )
            .map(|_| ())
            .map_err(|error| self.wrong(error))
    }

    /// Stores the question of the week that begins on the day `begins`.
    pub fn assign_weekly(
        &self,
        begins: Day,
        assignment: &Assignment,
        now: DateTime<FixedOffset>,
    ) -> Result<()> {
        self.transaction
            .execute(
                "INSERT OR REPLACE INTO prompt (day, turn, deck, tip, question, offered_at)
                 VALUES (?1, 0, ?2, ?3, ?4, ?5)",
                params![
                    begins.to_string(),
                    assignment.deck,
                    assignment.tip,
                    assignment.question,
                    instant(now),
                ],
            )
            .map(|_| ())
            .map_err(|error| self.wrong(error))
    }
}

fn assignment(row: &Row<'_>) -> rusqlite::Result<Assignment> {
    Ok(Assignment {
        deck: row.get(0)?,
        tip: row.get(1)?,
        question: row.get(2)?,
    })
}
