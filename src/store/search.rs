//! Searching texts: a [`Query`] on the full-text index `entry_text`.
//!
//! Words go to the index, each in quotes, so that none is taken for an operator of FTS5. The
//! index has no words for some terms. A function that this module adds to SQL looks for those
//! in the texts.
//!
//! The index removes case and accents from Latin letters only. For other scripts it keeps
//! most marks and some case: σπίτι and σπιτι are two words to it. So a word of such a script
//! is first looked up among the words of the index, and then searched in every spelling found
//! there. That costs a few milliseconds in a journal of any size, and nothing for Latin words
//! or when writing. A tokenizer of our own would keep other programs from reading the
//! journal, and a second, folded copy of the texts would take their space again.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::str;
use std::sync::Arc;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params_from_iter};
use unicode_normalization::UnicodeNormalization;

use super::Reading;
use super::entries::as_json;
use super::filter::{FEW, ReadExtent, WhereClause, is_all_pages};
use crate::error::Result;
use crate::model::fold::{WordOverlap, along, blocks, fold};
use crate::model::query::{Query, SearchTerm};
use crate::model::{Entry, Filter, KindName, Order, Rank};

/// The rows of the full-text index that match an expression.
const MATCHING: &str = "SELECT rowid FROM entry_text WHERE entry_text MATCH ?";

/// Entry numbers in ascending order.
type EntryNumbers = Arc<[i64]>;

/// The most spellings of a word or phrase that go to the index. No language has nearly as
/// many. A term that has more is looked for in the texts.
const MOST_SPELLINGS: usize = 64;

/// The way to answer a query: what goes to the index, and what is looked for in texts.
#[derive(Default)]
struct SearchPlan {
    /// The expression of FTS5 for the index; `None` if no term has words.
    words: Option<String>,
    /// The terms to look for in the texts that the index finds, or in all texts if there is
    /// no expression.
    in_texts: Vec<SearchTerm>,
    /// All matches of the index, filled on first use. The list and the count share them, so
    /// that the index is walked once.
    matches: OnceCell<EntryNumbers>,
}

impl Reading<'_> {
    /// The visible entries that a filter chooses and that match a query, at most `limit` of
    /// them, and the number of all of them.
    ///
    /// Only words have a rank (BM25). The matches of a query without words come newest first.
    pub fn search(
        &self,
        query: &Query,
        filter: &Filter,
        rank: Rank,
        limit: Option<usize>,
    ) -> Result<(Vec<Entry>, u64)> {
        let plan = self.search_plan(query.terms())?;
        self.at_one_moment(|| {
            let entries = match &plan.words {
                Some(words) if rank == Rank::Best => {
                    self.entries_numbered(&self.best(words, &plan, filter, limit)?)?
                }
                _ => {
                    let clause = self.search_clause(&plan, filter, ReadExtent::of(limit))?;
                    self.list(clause, Order::NewestFirst, limit)?
                }
            };
            // A list that is not full has all matches.
            let count = match limit {
                Some(limit) if entries.len() >= limit => self.count_matches(&plan, filter)?,
                _ => entries.len() as u64,
            };
            Ok((entries, count))
        })
    }

    /// The numbers of the best matches. Ranking reads every match; reading their texts too
    /// would take several times as long.
    fn best(
        &self,
        words: &str,
        plan: &SearchPlan,
        filter: &Filter,
        limit: Option<usize>,
    ) -> Result<Vec<i64>> {
        let among;
        let mut values = vec![Value::from(words.to_owned())];
        if !is_index_enough(plan, filter) {
            let clause = self.search_clause(plan, filter, ReadExtent::FirstOrIndexed)?;
            // The plus keeps SQLite from asking the index once for each row of the subquery.
            among = format!(
                " AND +rowid IN (SELECT number FROM entry WHERE {}{})",
                self.in_sight(),
                clause.sql
            );
            values.extend(clause.values);
        } else {
            among = self.except_left_out(filter);
        }
        let limit = limit
            .and_then(|limit| i64::try_from(limit).ok())
            .unwrap_or(-1);
        let sql = format!("{MATCHING}{among} ORDER BY rank, rowid DESC LIMIT {limit}");
        self.numbers_of(&sql, params_from_iter(values))
    }

    /// The number of entries that [`Reading::search`] finds without a limit.
    pub fn count_found(&self, query: &Query, filter: &Filter) -> Result<u64> {
        let plan = self.search_plan(query.terms())?;
        self.at_one_moment(|| self.count_matches(&plan, filter))
    }

    fn count_matches(&self, plan: &SearchPlan, filter: &Filter) -> Result<u64> {
        match self.matching_numbers(plan)? {
            // The index has all entries that are not in the trash: subtract those that the
            // filter leaves out.
            Some(found) if is_index_enough(plan, filter) => {
                let left_out = self.numbers_of(&self.left_out(&filter.kinds), [])?;
                let is_found = |number: &&i64| found.binary_search(number).is_ok();
                Ok((found.len() - left_out.iter().filter(is_found).count()) as u64)
            }
            _ => self.count_where(self.search_clause(
                plan,
                filter,
                ReadExtent::FirstOrIndexed,
            )?),
        }
    }

    /// The numbers of all entries that match the expression; `None` if there is none.
    fn matching_numbers(&self, plan: &SearchPlan) -> Result<Option<EntryNumbers>> {
        let Some(words) = &plan.words else {
            return Ok(None);
        };
        if plan.matches.get().is_none() {
            let matching = format!("{MATCHING} ORDER BY rowid");
            let _ = plan
                .matches
                .set(self.numbers_of(&matching, [words])?.into());
        }
        Ok(plan.matches.get().cloned())
    }

    /// True if a visible entry of these kinds matches the term.
    pub fn occurs(&self, term: &SearchTerm, kinds: &[KindName]) -> Result<bool> {
        let plan = self.search_plan(std::slice::from_ref(term))?;
        let everything = Filter {
            kinds: kinds.to_vec(),
            ..Filter::default()
        };
        match &plan.words {
            Some(words) if is_index_enough(&plan, &everything) => self
                .connection
                .prepare_cached(&format!("{MATCHING}{}", self.except_left_out(&everything)))
                .and_then(|mut statement| statement.exists([words]))
                .map_err(|error| self.wrong(error)),
            _ => {
                let first = ReadExtent::FirstOrIndexed;
                let clause = self.search_clause(&plan, &everything, first)?;
                Ok(!self.list(clause, Order::NewestFirst, Some(1))?.is_empty())
            }
        }
    }

    /// The word that is most like this one in visible entries of these kinds, as the index
    /// spells it: without case and most accents. `None` if none is similar.
    ///
    /// Only words with the same first letter are compared, and if none is similar, those that
    /// begin with the second letter. Comparing all words would take a quarter of a second.
    pub fn nearest_word(&self, word: &str, kinds: &[KindName]) -> Result<Option<String>> {
        let word = fold(word);
        let length = word.chars().count();
        let most_apart = match length {
            3..=4 => 1,
            5..=8 => 2,
            9..=100 => 3,
            // A shorter word is like too many others, and nobody mistypes a longer one.
            _ => return Ok(None),
        };
        let read = |first: char| -> rusqlite::Result<Option<String>> {
            // A temporary table that lists the words of the index. Nothing of it is stored.
            self.connection.execute_batch(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary
                 USING fts5vocab (main, entry_text, row)",
            )?;
            let mut statement = self.connection.prepare_cached(
                "SELECT term, doc FROM temp.vocabulary WHERE term >= ?1 AND term < ?2",
            )?;
            let mut rows = statement.query([first.to_string(), after(first).to_string()])?;
            let mut nearest: Option<(usize, i64, String)> = None;
            while let Some(row) = rows.next()? {
                // Skip a word that the index has cut within a letter, after many thousand
                // letters.
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
                // Do not suggest words that occur only in hidden entries.
                let told = || {
                    self.occurs(&SearchTerm::Words(term.to_owned()), kinds)
                        .unwrap_or(false)
                };
                if apart <= most_apart && nearer && told() {
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

    /// A condition on `rowid` that leaves out what the filter does not choose. The filter may
    /// name nothing but kinds, pages among them.
    fn except_left_out(&self, filter: &Filter) -> String {
        format!(" AND rowid NOT IN ({})", self.left_out(&filter.kinds))
    }

    /// The clause of a filter and of the terms of a query.
    fn search_clause(
        &self,
        plan: &SearchPlan,
        filter: &Filter,
        extent: ReadExtent,
    ) -> Result<WhereClause> {
        let found = self.matching_numbers(plan)?;
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        let build = || -> rusqlite::Result<WhereClause> {
            let mut clause = WhereClause::of(filter, extent, self.connection)?;
            match found {
                Some(found) if found.len() <= FEW || extent.is_fetched(filter) => {
                    let numbers = as_json(&found).into();
                    clause.and("number IN (SELECT value FROM json_each(?))", [numbers]);
                    clause.fetches |= extent.is_fetched(filter);
                }
                Some(found) => {
                    let is_found = move |call: &mut Context<'_>| {
                        Ok(found.binary_search(&call.get(0)?).is_ok())
                    };
                    self.connection
                        .create_scalar_function("is_found", 1, flags, is_found)?;
                    clause.and("is_found(number)", []);
                }
                None => {}
            }
            if !plan.in_texts.is_empty() {
                let terms = plan.in_texts.clone();
                self.connection.create_scalar_function(
                    "has_terms",
                    1,
                    flags,
                    move |context| {
                        let text = context.get_raw(0).as_str()?;
                        Ok(terms.iter().all(|term| term.is_in(text)))
                    },
                )?;
                clause.and("has_terms(text)", []);
            }
            Ok(clause)
        };
        build().map_err(|error| self.wrong(error))
    }

    /// Splits terms into the expression for the index and the terms for the texts.
    fn search_plan(&self, terms: &[SearchTerm]) -> Result<SearchPlan> {
        let mut plan = SearchPlan::default();
        let mut words: Vec<String> = Vec::new();
        for term in terms {
            let (text, star) = match term {
                SearchTerm::Words(text) => (text, ""),
                SearchTerm::Prefix(stem) => (stem, "*"),
                SearchTerm::Piece(_) => {
                    plan.in_texts.push(term.clone());
                    continue;
                }
            };
            if !needs_lookup(text) {
                words.push(any_of(&spellings(text), star));
                continue;
            }
            // The index takes some new characters for letters that separate words for us. So
            // several words are also searched as one word, as they were typed.
            let found = self.spellings_of(term).map_err(|error| self.wrong(error))?;
            let count = found.iter().try_fold(1, |count: usize, word| {
                count.checked_mul(word.as_ref()?.len())
            });
            if count.is_some_and(|count| count <= MOST_SPELLINGS) {
                // FTS5 has no alternatives within a phrase, so write out every combination.
                let mut phrases = vec![String::new()];
                for spellings in found.iter().flatten() {
                    phrases = phrases
                        .iter()
                        .flat_map(|phrase| {
                            spellings.iter().map(move |word| format!("{phrase} {word}"))
                        })
                        .collect();
                }
                if !term.words().eq([text.as_str()]) {
                    phrases.extend(spellings(text));
                }
                words.push(any_of(&phrases, star));
            } else {
                // Let the index find texts with all the words, in any order. The texts tell
                // the order.
                let mut each: Vec<String> = Vec::new();
                for (at, spellings) in found.iter().enumerate() {
                    let star = if at + 1 == found.len() { star } else { "" };
                    each.extend(spellings.as_ref().map(|spellings| any_of(spellings, star)));
                }
                if !each.is_empty() {
                    let whole = any_of(&spellings(text), star);
                    words.push(format!("(({}) OR {whole})", each.join(" AND ")));
                }
                plan.in_texts.push(term.clone());
            }
        }
        plan.words = (!words.is_empty()).then(|| words.join(" AND "));
        Ok(plan)
    }

    /// The spellings of each word of a term. A word that the index may spell in several ways
    /// is looked up there. `None` for a word with too many spellings.
    fn spellings_of(&self, term: &SearchTerm) -> rusqlite::Result<Vec<Option<Vec<String>>>> {
        let mut words = term.words().peekable();
        let mut found = Vec::new();
        let mut known: HashMap<(&str, bool), Option<Vec<String>>> = HashMap::new();
        while let Some(word) = words.next() {
            let open = words.peek().is_none() && matches!(term, SearchTerm::Prefix(_));
            if let Some(spellings) = known.get(&(word, open)) {
                found.push(spellings.clone());
                continue;
            }
            let spellings = if needs_lookup(word) {
                match self.vocabulary_spellings(&fold(word), open)? {
                    // Search for the unknown word all the same, or the rest of the term would
                    // match alone.
                    Some(none) if none.is_empty() => Some(vec![word.to_owned()]),
                    spellings => spellings,
                }
            } else {
                Some(spellings(word))
            };
            known.insert((word, open), spellings.clone());
            found.push(spellings);
        }
        Ok(found)
    }

    /// The spellings that the index has for a folded word. With `open`, the beginnings of
    /// words that are like it. `None` if there are too many.
    ///
    /// The words of the index are sorted, so this jumps from one candidate to the next: past
    /// all words that share the first letter that differs. It takes about a hundred steps, as
    /// many as there are letters to choose from, and no more in a larger journal.
    fn vocabulary_spellings(
        &self,
        folded: &str,
        open: bool,
    ) -> rusqlite::Result<Option<Vec<String>>> {
        let Some(first) = folded.chars().next() else {
            return Ok(Some(Vec::new()));
        };
        // A temporary table, like that of `Reading::nearest_word`. The kind of that one would
        // count the entries of each word.
        self.connection.execute_batch(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.spelling
             USING fts5vocab (main, entry_text, instance)",
        )?;
        let mut next_term = self.connection.prepare_cached(
            "SELECT term FROM temp.spelling WHERE term >= ?1 AND term < ?2
              ORDER BY term LIMIT 1",
        )?;
        let itself = [first..=first];
        let mut found = Vec::new();
        for block in blocks(first).unwrap_or(&itself) {
            let end = after(*block.end()).to_string();
            let mut from = block.start().to_string();
            loop {
                let read = |row: &rusqlite::Row| Ok(row.get_ref(0)?.as_bytes()?.to_vec());
                let Some(bytes) = next_term.query_row([&from, &end], read).optional()? else {
                    break;
                };
                let term = match str::from_utf8(&bytes) {
                    Ok(term) => term,
                    // The index has cut this word within a letter, after many thousand
                    // letters. It is never like the folded one.
                    Err(error) => {
                        let whole = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                        from = format!("{whole}{}", char::MAX);
                        continue;
                    }
                };
                let passed = match along(term, folded) {
                    WordOverlap::Whole if open => {
                        found.push(term.to_owned());
                        term.len()
                    }
                    WordOverlap::Beyond(at) if open => {
                        found.push(term[..at].to_owned());
                        at
                    }
                    WordOverlap::Whole => {
                        found.push(term.to_owned());
                        0
                    }
                    WordOverlap::Short => 0,
                    WordOverlap::Beyond(at) | WordOverlap::Apart(at) => {
                        at + term[at..].chars().next().map_or(0, char::len_utf8)
                    }
                };
                if found.len() > MOST_SPELLINGS {
                    return Ok(None);
                }
                // Go on after all words with this beginning, or after the word itself if a longer
                // one may still be alike.
                from = match term[..passed].char_indices().next_back() {
                    Some((at, letter)) => format!("{}{}", &term[..at], after(letter)),
                    None => format!("{term}\u{1}"),
                };
            }
        }
        Ok(Some(found))
    }
}

/// True if the index alone can answer: no term needs the texts, and the filter chooses every
/// visible page.
fn is_index_enough(plan: &SearchPlan, filter: &Filter) -> bool {
    is_all_pages(filter) && plan.in_texts.is_empty()
}

/// True if the index may have several spellings of this text.
fn needs_lookup(text: &str) -> bool {
    !text.is_ascii() && fold(text).contains(|c| blocks(c).is_some())
}

/// An expression of FTS5 that matches any of these texts.
fn any_of(texts: &[String], star: &str) -> String {
    let quoted: Vec<String> = texts
        .iter()
        .map(|text| {
            // A NUL would end the string for FTS5. It separates words like other control
            // characters.
            let text = text.replace('"', "\"\"").replace('\0', " ");
            format!("\"{text}\"{star}")
        })
        .collect();
    match &quoted[..] {
        [one] => one.clone(),
        _ => format!("({})", quoted.join(" OR ")),
    }
}

/// The spellings of a text that is not looked up: as typed, composed (NFC) and decomposed
/// (NFD).
fn spellings(text: &str) -> Vec<String> {
    let mut spellings = vec![text.to_owned()];
    if text.is_ascii() {
        return spellings;
    }
    let mut add = |other: String| {
        if !spellings.contains(&other) {
            spellings.push(other);
        }
    };
    add(text.nfc().collect());
    add(text.nfd().collect());
    // The capitals of ß and ı are SS and I. The index does not know that, and has ss and i.
    let by_way_of_capitals = |c: char| c.to_uppercase().flat_map(char::to_lowercase);
    if text.contains(|c: char| !by_way_of_capitals(c).eq(c.to_lowercase())) {
        add(fold(text).into_owned());
    }
    spellings
}

/// The next character after one.
fn after(c: char) -> char {
    let next = (c as u32 + 1..=char::MAX as u32).find_map(char::from_u32);
    next.unwrap_or(char::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fold::alike;
    use crate::store::Store;

    /// Each character as the index folds it.
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
                // The word of a lone mark is empty.
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
        // Characters that the index folds alike must fold alike in a text.
        for same in by_term.values() {
            let folded = |c: char| fold(&c.to_string()).into_owned();
            let differs = same.iter().find(|&&c| !alike(&folded(c), &folded(same[0])));
            assert_eq!(differs, None, "beside {:?}", same[0]);
        }
        // Only a term that has words for the index may go to it.
        let store = Store::in_memory().expect("a journal");
        let reading = store.reading();
        let is_asked = |query: Query| {
            let plan = reading.search_plan(query.terms()).expect("an answer");
            plan.words.is_some()
        };
        for c in '\u{1}'..='\u{1ffff}' {
            let query = Query::read(&[c.to_string()]);
            assert!(
                !query.is_some_and(is_asked) || index.contains_key(&c),
                "{c:?} is no word"
            );
        }
    }
}
