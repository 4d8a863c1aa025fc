//! Full text: the index `entry_text` asked with a [`Query`].
//!
//! Words go to the index, each in quotes, so that nothing in them is a query language. What
//! the index has no words for is looked for in the texts themselves, by a function that this
//! module lends to SQL.

use rusqlite::functions::FunctionFlags;
use rusqlite::params_from_iter;
use rusqlite::types::Value;
use unicode_normalization::UnicodeNormalization;

use super::Reading;
use super::filter::{Clause, Named};
use crate::error::Result;
use crate::model::fold::fold;
use crate::model::query::{Piece, Query, Term};
use crate::model::{Entry, Filter, Order, Rank};

/// The entries with what the words of a query are in.
const MATCHING: &str = "SELECT rowid FROM entry_text WHERE entry_text MATCH ?";

impl Reading<'_> {
    /// The living entries that a filter chooses and a query is found in, at most `limit` of
    /// them.
    ///
    /// Only words say how good a match is (BM25). A query without any comes newest first.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn search(
        &self,
        query: &Query,
        filter: &Filter,
        rank: Rank,
        limit: Option<usize>,
    ) -> Result<Vec<Entry>> {
        match expression(query.terms()) {
            Some(words) if rank == Rank::Best => self
                .best(words, query, filter, limit)?
                .into_iter()
                // None is missing, unless another process has just deleted it.
                .filter_map(|number| self.entry(number).transpose())
                .collect(),
            _ => {
                let clause = self.search_clause(query.terms(), filter)?;
                self.listed(clause, Order::NewestFirst, limit)
            }
        }
    }

    /// The numbers of the best matches. Ranking takes every match; fetching their texts for
    /// it would take several times as long.
    fn best(
        &self,
        words: String,
        query: &Query,
        filter: &Filter,
        limit: Option<usize>,
    ) -> Result<Vec<i64>> {
        let mut among = String::new();
        let mut values = vec![Value::from(words)];
        if !only_words(query, filter) {
            let clause = self.search_clause(query.terms(), filter)?;
            // The plus keeps the index from being asked once for each of them.
            among = format!(
                " AND +rowid IN (SELECT number FROM entry WHERE deleted_at IS NULL{})",
                clause.sql
            );
            values.extend(clause.values);
        }
        let limit = limit
            .and_then(|limit| i64::try_from(limit).ok())
            .unwrap_or(-1);
        let sql = format!("{MATCHING}{among} ORDER BY rank, rowid DESC LIMIT {limit}");
        let read = || -> rusqlite::Result<Vec<i64>> {
            self.connection
                .prepare(&sql)?
                .query_map(params_from_iter(values), |row| row.get(0))?
                .collect()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// How many entries [`Reading::search`] would find.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn count_found(&self, query: &Query, filter: &Filter) -> Result<u64> {
        match expression(query.terms()) {
            // The index holds the living entries and nothing else.
            Some(words) if only_words(query, filter) => self
                .connection
                .query_row(
                    &format!("SELECT count(*) FROM ({MATCHING})"),
                    [words],
                    |row| row.get::<_, i64>(0),
                )
                .map(|count| u64::try_from(count).unwrap_or(0))
                .map_err(|error| self.wrong(error)),
            _ => self.counted(self.search_clause(query.terms(), filter)?),
        }
    }

    /// Whether a living entry has the term.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn occurs(&self, term: &Term) -> Result<bool> {
        let Some(words) = expression(std::slice::from_ref(term)) else {
            let clause = self.search_clause(std::slice::from_ref(term), &Filter::default())?;
            return Ok(!self.listed(clause, Order::NewestFirst, Some(1))?.is_empty());
        };
        self.connection
            .prepare_cached(MATCHING)
            .and_then(|mut statement| statement.exists([words]))
            .map_err(|error| self.wrong(error))
    }

    /// The word of the journal that is most like this one, as the index spells it: without
    /// case and most accents. `None` where none is much like it.
    ///
    /// Only words that share the first letter are looked at, and where that yields nothing,
    /// those that begin with the second: all of them would take a quarter of a second.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn nearest_word(&self, word: &str) -> Result<Option<String>> {
        let word = fold(word);
        let length = word.chars().count();
        let most_apart = match length {
            3..=4 => 1,
            5..=8 => 2,
            9..=100 => 3,
            // Too short to be taken for another, or nothing that anyone mistyped.
            _ => return Ok(None),
        };
        let read = |first: char| -> rusqlite::Result<Option<String>> {
            // A table of its own kind, in the connection only: it stands for the words of
            // the index, and nothing of it is written to the journal.
            self.connection.execute_batch(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary
                 USING fts5vocab (main, entry_text, row)",
            )?;
            let after = (first as u32 + 1..).find_map(char::from_u32);
            let mut statement = self.connection.prepare_cached(
                "SELECT term, doc FROM temp.vocabulary WHERE term >= ?1 AND term < ?2",
            )?;
            let mut rows =
                statement.query([first.to_string(), after.unwrap_or(char::MAX).to_string()])?;
            let mut nearest: Option<(usize, i64, String)> = None;
            while let Some(row) = rows.next()? {
                // The index cuts words of many thousand letters, even within a letter.
                let Ok(term) = row.get_ref(0)?.as_str() else {
                    continue;
                };
                if term.chars().count().abs_diff(length) > most_apart {
                    continue;
                }
                let apart = strsim::osa_distance(&word, &fold(term));
                let entries: i64 = row.get(1)?;
                let nearer = nearest
                    .as_ref()
                    .is_none_or(|(least, most, _)| (apart, -entries) < (*least, -*most));
                if apart <= most_apart && nearer {
                    nearest = Some((apart, entries, term.to_owned()));
                }
            }
            Ok(nearest.map(|(_, _, term)| term))
        };
        for first in word.chars().take(2) {
            if let Some(nearest) = read(first).map_err(|error| self.wrong(error))? {
                return Ok(Some(nearest));
            }
        }
        Ok(None)
    }

    /// A filter and terms as one clause.
    fn search_clause(&self, terms: &[Term], filter: &Filter) -> Result<Clause> {
        let build = || -> rusqlite::Result<Clause> {
            let mut clause = Clause::of(filter, self.connection)?;
            if let Some(words) = expression(terms) {
                let named = Named {
                    numbers: MATCHING,
                    each: None,
                    values: vec![words.into()],
                };
                clause.among(named, self.connection)?;
            }
            let pieces: Vec<Piece> = terms.iter().filter_map(Term::as_piece).cloned().collect();
            if !pieces.is_empty() {
                let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
                self.connection.create_scalar_function(
                    "has_pieces",
                    1,
                    flags,
                    move |context| {
                        let text = context.get_raw(0).as_str()?;
                        Ok(pieces.iter().all(|piece| piece.find(text).is_some()))
                    },
                )?;
                clause.and("has_pieces(text)", []);
            }
            Ok(clause)
        };
        build().map_err(|error| self.wrong(error))
    }
}

/// Whether the index alone can tell what is found.
fn only_words(query: &Query, filter: &Filter) -> bool {
    *filter == Filter::default() && query.terms().iter().all(|term| term.as_piece().is_none())
}

/// The words of terms as the index wants them asked; `None` where there are none.
fn expression(terms: &[Term]) -> Option<String> {
    let terms: Vec<String> = terms
        .iter()
        .filter_map(|term| match term {
            Term::Words(text) => Some(spellings(text, "")),
            Term::Prefix(stem) => Some(spellings(stem, "*")),
            Term::Piece(_) => None,
        })
        .collect();
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

/// A text as the index may hold it. The index takes the accents off Latin letters; those of
/// other scripts it holds as they were typed, in one character or in two.
fn spellings(text: &str, star: &str) -> String {
    let quoted = |text: String| {
        // The end of a C string parts words like any other control character.
        let text = text.replace('"', "\"\"").replace('\0', " ");
        format!("\"{text}\"{star}")
    };
    if text.is_ascii() {
        return quoted(text.to_owned());
    }
    let mut spellings = vec![quoted(text.to_owned())];
    for other in [quoted(text.nfc().collect()), quoted(text.nfd().collect())] {
        if !spellings.contains(&other) {
            spellings.push(other);
        }
    }
    format!("({})", spellings.join(" OR "))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::model::fold::alike;
    use crate::store::Store;

    /// What the index makes of each character, by the index itself.
    fn folded_by_index() -> HashMap<char, String> {
        let store = Store::in_memory().expect("a journal");
        store
            .connection
            .execute_batch(
                "CREATE VIRTUAL TABLE temp.word USING fts5vocab (main, entry_text, instance);
                 BEGIN",
            )
            .expect("the words of the index");
        let mut insert = store
            .connection
            .prepare("INSERT INTO entry_text (rowid, text) VALUES (?1, ?2)")
            .expect("an insert");
        for c in '\u{1}'..='\u{1ffff}' {
            insert
                .execute((i64::from(c as u32), c.to_string()))
                .expect("a character");
        }
        let mut select = store
            .connection
            .prepare("SELECT doc, term FROM temp.word")
            .expect("a select");
        select
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("rows")
            .filter_map(|row| {
                let (c, term): (u32, Option<String>) = row.expect("a row");
                // A mark alone makes an empty word.
                Some((char::from_u32(c)?, term.unwrap_or_default()))
            })
            .collect()
    }

    #[test]
    fn words_are_what_the_index_takes_for_words() {
        let index = folded_by_index();
        let mut by_term: HashMap<&str, Vec<char>> = HashMap::new();
        for (&c, term) in &index {
            by_term.entry(term).or_default().push(c);
        }
        // What the index finds alike is found alike in the text.
        for same in by_term.values() {
            let folded = |c: char| fold(&c.to_string());
            let differs = same.iter().find(|&&c| !alike(&folded(c), &folded(same[0])));
            assert_eq!(differs, None, "beside {:?}", same[0]);
        }
        // A term goes to the index only if that has a word for it.
        for c in '\u{1}'..='\u{1ffff}' {
            let query = Query::read(&[c.to_string()]);
            let is_asked = query.is_some_and(|query| expression(query.terms()).is_some());
            assert!(!is_asked || index.contains_key(&c), "{c:?} is no word");
        }
    }
}
