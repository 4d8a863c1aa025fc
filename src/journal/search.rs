//! Searching entries by words.

use super::Journal;
use crate::error::Result;
use crate::model::query::SearchTerm;
use crate::model::{Entry, Filter, KindName, Query, Rank};

/// The kinds to search if the filter names none: all but letters.
const SEARCHED: [KindName; 4] = [
    KindName::Page,
    KindName::Reason,
    KindName::Urge,
    KindName::Contact,
];

/// The same filter, with the kinds to search.
fn searched(filter: &Filter) -> Filter {
    let mut filter = filter.clone();
    if filter.kinds.is_empty() {
        filter.kinds = SEARCHED.to_vec();
    }
    filter
}

/// The matches of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHits {
    /// The matching entries, as many as were asked for.
    pub entries: Vec<Entry>,
    /// The number of all matches.
    pub count: u64,
}

/// The reason that a search finds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmptySearchReason {
    /// The journal has no entries.
    Unwritten,
    /// The filters leave out every entry that matches the query.
    Filtered {
        /// How many entries match without the filters.
        without: u64,
    },
    /// A word or piece of text is in no entry that is searched without filters.
    Unknown {
        /// The word, or the piece of text as it was typed.
        what: String,
        /// The most similar word in the journal.
        nearest: Option<String>,
    },
    /// The words of a phrase are in the journal, but never in this order.
    Scattered,
    /// Every term is in the journal, but no entry has all of them.
    Apart,
}

impl Journal {
    /// The visible entries that a filter chooses and that match every term of a query, at
    /// most `limit` of them. Letters are searched only if the filter names them.
    pub fn search(
        &self,
        query: &Query,
        filter: &Filter,
        rank: Rank,
        limit: Option<usize>,
    ) -> Result<SearchHits> {
        let reading = self.store.reading();
        let filter = &searched(filter);
        let (entries, count) = reading.search(query, filter, rank, limit)?;
        Ok(SearchHits { entries, count })
    }

    /// The number of entries that [`Journal::search`] finds without a limit.
    pub fn count_found(&self, query: &Query, filter: &Filter) -> Result<u64> {
        let filter = searched(filter);
        self.store.reading().count_found(query, &filter)
    }

    /// The reason that a search finds nothing. Call it only after such a search.
    pub fn why_nothing(&self, query: &Query, filter: &Filter) -> Result<EmptySearchReason> {
        let reading = self.store.reading();
        if reading.last_entry()?.is_none() {
            return Ok(EmptySearchReason::Unwritten);
        }
        if *filter != Filter::default() {
            let without = reading.count_found(query, &searched(&Filter::default()))?;
            if without > 0 {
                return Ok(EmptySearchReason::Filtered { without });
            }
        }
        for term in query.terms() {
            if reading.occurs(term, &SEARCHED)? {
                continue;
            }
            if let SearchTerm::Words(_) = term {
                for word in term.words() {
                    if !reading.occurs(&SearchTerm::Words(word.to_owned()), &SEARCHED)? {
                        return Ok(EmptySearchReason::Unknown {
                            what: word.to_owned(),
                            nearest: reading.nearest_word(word, &SEARCHED)?,
                        });
                    }
                }
                return Ok(EmptySearchReason::Scattered);
            }
            return Ok(EmptySearchReason::Unknown {
                what: term.typed(),
                nearest: None,
            });
        }
        Ok(EmptySearchReason::Apart)
    }
}
