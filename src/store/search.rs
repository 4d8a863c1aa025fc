//! Full text: the index `entry_text` asked with a [`Query`].
//!
//! Words go to the index, each in quotes, so that nothing in them is a query language. What
//! the index has no words for is looked for in the texts themselves, by a function that this
//! module lends to SQL.
//!
//! The index takes case and accents off Latin letters. Of other scripts it keeps most marks
//! and some case: σπίτι and σπιτι are two words to it. So a word of such a script is first
//! looked up among the words of the journal, and asked for in every spelling that it has
//! there. That costs a few milliseconds in a journal of any size, and nothing to the writer
//! and to searches for Latin words; a tokenizer of our own would cost every other program
//! the use of the journal, and a second, folded copy of the texts their space.

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
use crate::model::fold::{Along, along, blocks, fold};
use crate::model::query::{Query, Term};
use crate::model::{Entry, Filter, KindName, Order, Rank};

/// The entries with what the words of a query are in.
const MATCHING: &str = "SELECT rowid FROM entry_text WHERE entry_text MATCH ?";

/// The numbers of entries, in order.
type EntryNumbers = Arc<[i64]>;

/// Of how many spellings of a word, or of a phrase, the index is asked. No language comes
/// near; what has more of them is looked for in the texts.
const MOST_SPELLINGS: usize = 64;

/// The terms of a query, asked of those who know.
#[derive(Default)]
struct SearchPlan {
    /// What the index is asked: an expression of FTS5.
    words: Option<String>,
    /// What is to be looked for in the texts that the index has found; in all, if it was
    /// asked nothing.
    in_texts: Vec<Term>,
    /// What the index has found, once it was plan: every entry. It goes through them all only
    /// once, for the list and for how many there are.
    matches: OnceCell<EntryNumbers>,
}

impl Reading<'_> {
    /// The living entries that a filter chooses and a query is found in, at most `limit` of
    /// them, and how many there are in all.
    ///
    /// Only words say how good a match is (BM25). A query without any comes newest first.
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
            // Fewer than there was room for are all there are.
            let count = match limit {
                Some(limit) if entries.len() >= limit => self.count_matches(&plan, filter)?,
                _ => entries.len() as u64,
            };
            Ok((entries, count))
        })
    }

    /// The numbers of the best matches. Ranking takes every match; fetching their texts for
    /// it would take several times as long.
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
            // The plus keeps the index from being asked once for each of them.
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

    /// How many entries [`Reading::search`] would find.
    pub fn count_found(&self, query: &Query, filter: &Filter) -> Result<u64> {
        let plan = self.search_plan(query.terms())?;
        self.at_one_moment(|| self.count_matches(&plan, filter))
    }

    fn count_matches(&self, plan: &SearchPlan, filter: &Filter) -> Result<u64> {
        match self.matching_numbers(plan)? {
            // The index holds the living entries and nothing else.
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

    /// The numbers of all entries with the words in them; `None` where no words are asked for.
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

    /// Whether an entry of these kinds has the term.
    pub fn occurs(&self, term: &Term, kinds: &[KindName]) -> Result<bool> {
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

    /// The word in entries of these kinds that is most like this one, as the index spells it: without
    /// case and most accents. `None` where none is much like it.
    ///
    /// Only words that share the first letter are looked at, and where that yields nothing,
    /// those that begin with the second: all of them would take a quarter of a second.
    pub fn nearest_word(&self, word: &str, kinds: &[KindName]) -> Result<Option<String>> {
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
            let mut statement = self.connection.prepare_cached(
                "SELECT term, doc FROM temp.vocabulary WHERE term >= ?1 AND term < ?2",
            )?;
            let mut rows = statement.query([first.to_string(), after(first).to_string()])?;
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
                // A word that stands only where nobody is to look is not told.
                let told = || {
                    self.occurs(&Term::Words(term.to_owned()), kinds)
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

    /// What keeps a search in the index alone from what a filter that names nothing but kinds,
    /// pages among them, leaves out: a condition on `rowid`.
    fn except_left_out(&self, filter: &Filter) -> String {
        format!(" AND rowid NOT IN ({})", self.left_out(&filter.kinds))
    }

    /// A filter and terms as one clause.
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

    /// Parts terms into what the index is asked and what is looked for in the texts.
    fn search_plan(&self, terms: &[Term]) -> Result<SearchPlan> {
        let mut plan = SearchPlan::default();
        let mut words: Vec<String> = Vec::new();
        for term in terms {
            let (text, star) = match term {
                Term::Words(text) => (text, ""),
                Term::Prefix(stem) => (stem, "*"),
                Term::Piece(_) => {
                    plan.in_texts.push(term.clone());
                    continue;
                }
            };
            if !needs_lookup(text) {
                words.push(any_of(&spellings(text), star));
                continue;
            }
            // What parts words here may not part them to the index, which takes characters that
            // are newer than its tables for letters. So several words are asked for as they
            // are typed, too.
            let found = self.spellings_of(term).map_err(|error| self.wrong(error))?;
            let count = found.iter().try_fold(1, |count: usize, word| {
                count.checked_mul(word.as_ref()?.len())
            });
            if count.is_some_and(|count| count <= MOST_SPELLINGS) {
                // The index knows no choice of words within a phrase.
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
                // Where all of the words are, the texts tell whether they are in order.
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

    /// The spellings of each word of a term: those of the journal, where the index keeps
    /// apart what is alike. `None` for a word that has too many.
    fn spellings_of(&self, term: &Term) -> rusqlite::Result<Vec<Option<Vec<String>>>> {
        let mut words = term.words().peekable();
        let mut found = Vec::new();
        let mut known: HashMap<(&str, bool), Option<Vec<String>>> = HashMap::new();
        while let Some(word) = words.next() {
            let open = words.peek().is_none() && matches!(term, Term::Prefix(_));
            if let Some(spellings) = known.get(&(word, open)) {
                found.push(spellings.clone());
                continue;
            }
            let spellings = if needs_lookup(word) {
                match self.vocabulary_spellings(&fold(word), open)? {
                    // Asked for all the same, so that the term is not found without it.
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

    /// What the index has for a folded word; where the word is open, the beginnings it has
    /// for it. `None` where there are too many.
    ///
    /// The words of the index are in order, so this goes from one that may be alike to the
    /// next that may: past all that share the letter with which one goes astray. That takes
    /// as many steps as there are letters to choose from on the way, about a hundred, and not
    /// more in a journal of more words.
    fn vocabulary_spellings(
        &self,
        folded: &str,
        open: bool,
    ) -> rusqlite::Result<Option<Vec<String>>> {
        let Some(first) = folded.chars().next() else {
            return Ok(Some(Vec::new()));
        };
        // Of the connection alone, like that of Reading::nearest_word. That one would count
        // the entries of each word it comes to.
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
                    // Cut by the index within a letter, after many thousand: never alike.
                    Err(error) => {
                        let whole = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                        from = format!("{whole}{}", char::MAX);
                        continue;
                    }
                };
                let passed = match along(term, folded) {
                    Along::Whole if open => {
                        found.push(term.to_owned());
                        term.len()
                    }
                    Along::Beyond(at) if open => {
                        found.push(term[..at].to_owned());
                        at
                    }
                    Along::Whole => {
                        found.push(term.to_owned());
                        0
                    }
                    Along::Short => 0,
                    Along::Beyond(at) | Along::Apart(at) => {
                        at + term[at..].chars().next().map_or(0, char::len_utf8)
                    }
                };
                if found.len() > MOST_SPELLINGS {
                    return Ok(None);
                }
                // Past everything that begins so; or, where that may be alike, past the term.
                from = match term[..passed].char_indices().next_back() {
                    Some((at, letter)) => format!("{}{}", &term[..at], after(letter)),
                    None => format!("{term}\u{1}"),
                };
            }
        }
        Ok(Some(found))
    }
}

/// Whether the index alone can tell what is found.
fn is_index_enough(plan: &SearchPlan, filter: &Filter) -> bool {
    is_all_pages(filter) && plan.in_texts.is_empty()
}

/// Whether the index may keep apart what is alike to this text.
fn needs_lookup(text: &str) -> bool {
    !text.is_ascii() && fold(text).contains(|c| blocks(c).is_some())
}

/// Texts as an expression of which one must occur.
fn any_of(texts: &[String], star: &str) -> String {
    let quoted: Vec<String> = texts
        .iter()
        .map(|text| {
            // The end of a C string parts words like any other control character.
            let text = text.replace('"', "\"\"").replace('\0', " ");
            format!("\"{text}\"{star}")
        })
        .collect();
    match &quoted[..] {
        [one] => one.clone(),
        _ => format!("({})", quoted.join(" OR ")),
    }
}

/// A text as the index may hold it where it is not looked up: as typed, with marks in one
/// character with their letter, and with marks of their own.
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
    // In capitals, ß is SS and ı is I. The index does not know; it makes of them ss and i.
    let by_way_of_capitals = |c: char| c.to_uppercase().flat_map(char::to_lowercase);
    if text.contains(|c: char| !by_way_of_capitals(c).eq(c.to_lowercase())) {
        add(fold(text).into_owned());
    }
    spellings
}

/// The character after one.
fn after(c: char) -> char {
    let next = (c as u32 + 1..=char::MAX as u32).find_map(char::from_u32);
    next.unwrap_or(char::MAX)
}

#[cfg(test)]
mod tests {
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
            let folded = |c: char| fold(&c.to_string()).into_owned();
            let differs = same.iter().find(|&&c| !alike(&folded(c), &folded(same[0])));
            assert_eq!(differs, None, "beside {:?}", same[0]);
        }
        // A term goes to the index only if that has a word for it.
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
