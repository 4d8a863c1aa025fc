//! Computing the derived data of a journal anew.

use rusqlite::{Transaction, TransactionBehavior};

use super::derived::{ASKED, REFLECTED_DAYS, tags_follow};
use super::entries::insert_tags;
use super::failure::sqlite_error;
use super::findings::Tick;
use super::id_walk::numbers_after;
use super::revisions::{kept_digest, present_state};
use super::{Store, refuse_other_names};
use crate::error::Result;
use crate::model::Revision;
use crate::model::entry::words;

impl Store {
    /// Computes all derived data anew: indexes, the full-text index, coverage, word counts,
    /// and tags from the texts. It is one transaction, and touches no text.
    ///
    /// # Errors
    /// [`Error::Damaged`](crate::Error::Damaged) if the damage is in the way, and those of `tick`. After an error
    /// nothing was changed.
    pub fn repair(&mut self, tick: Tick<'_>) -> Result<()> {
        let wrong = |error| sqlite_error(&self.path, "write to", error);
        refuse_other_names(&self.path)?;
        let change = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(wrong)?;
        change
            .execute_batch(&format!(
                "REINDEX;
                 INSERT INTO entry_text (entry_text) VALUES ('rebuild');
                 DELETE FROM reflected_day;
                 DELETE FROM covered_tip;
                 INSERT INTO reflected_day (deck, tip, day, entries) {REFLECTED_DAYS};
                 DELETE FROM asked;
                 INSERT INTO asked (deck, tip, question, times) {ASKED};"
            ))
            .map_err(wrong)?;
        let mut after = i64::MIN;
        loop {
            let (batch, error) = numbers_after(&change, after);
            if let Some(error) = error {
                return Err(wrong(error));
            }
            let Some(last) = batch.last() else { break };
            after = *last;
            for number in batch {
                tick()?;
                // Skip an entry that cannot be read or does not match its fingerprint: its
                // tags and words may be the only trace of the text that was saved.
                if let Ok(Some(state)) = present_state(&change, number)
                    && kept_digest(&change, "entry WHERE number", number)
                        .is_ok_and(|kept| kept == state.content.digest())
                {
                    recount(&change, &state).map_err(wrong)?;
                }
            }
        }
        change.commit().map_err(wrong)
    }
}

/// Corrects the word count and the tags of an entry.
fn recount(change: &Transaction<'_>, state: &Revision) -> rusqlite::Result<()> {
    let number = state.number;
    change
        .prepare_cached("UPDATE entry SET words = ?2 WHERE number = ?1 AND words <> ?2")?
        .execute((number, words(&state.content.text)))?;
    if !tags_follow(change, state)? {
        change.execute("DELETE FROM tag WHERE entry = ?1", [number])?;
        insert_tags(change, number, &state.content)?;
    }
    Ok(())
}
