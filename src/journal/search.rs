//! Finding entries by what stands in them.

use super::Journal;
use crate::error::Result;
use crate::model::query::Term;
use crate::model::{Entry, Filter, KindName, Query, Rank};

/// The kinds that are searched unless others are named: all but letters.
const SEARCHED: [KindName; 4] = [
    KindName::Page,
    KindName::Reason,
    KindName::Urge,
    KindName::Contact,
];

/// A filter with the kinds that a search looks in.
fn searched(filter: &Filter) -> Filter {
    let mut filter = filter.clone();
    if filter.kinds.is_empty() {
        filter.kinds = SEARCHED.to_vec();
    }
    filter
}

/// The entries that a search finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHits {
    /// The entries asked for.
    pub entries: Vec<Entry>,
    /// How many there are in all.
    pub count: u64,
}

/// Why a search finds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmptySearchReason {
    /// The journal has no entries.
    Unwritten,
    /// The filters leave out every entry that has the words.
    Filtered {
        /// How many entries have them.
        without: u64,
    },
    /// This stands in no entry.
    Unknown {
        /// The word, or what was looked for as it stands.
        what: String,
        /// The word of the journal that is most like it.
        nearest: Option<String>,
    },
    /// The words of a phrase stand in the journal, but never in this order.
    Scattered,
    /// Everything stands somewhere, but not in one entry.
    Apart,
}

impl Journal {
    /// The entries that a filter chooses and in which every term of a query occurs, at most
    /// `limit` of them. Letters are looked into only where the filter names them.
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

    /// How many entries [`Journal::search`] would find.
    pub fn count_found(&self, query: &Query, filter: &Filter) -> Result<u64> {
        let filter = searched(filter);
        self.store.reading().count_found(query, &filter)
    }

    /// Why a search that found nothing found nothing.
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
            if let Term::Words(_) = term {
                for word in term.words() {
                    if !reading.occurs(&Term::Words(word.to_owned()), &SEARCHED)? {
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
