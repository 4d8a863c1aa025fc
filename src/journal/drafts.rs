//! Drafts in the journal itself, and what is said once and not again.

use super::Journal;
use crate::error::Result;
use crate::store::StoredDraft;

impl Journal {
    /// The drafts that lie in the journal, the newest first.
    pub fn drafts(&self) -> Result<Vec<StoredDraft>> {
        self.store.reading().drafts()
    }

    /// Keeps a draft in the journal, in place of an older state of the same name.
    pub fn keep_draft(&mut self, draft: &StoredDraft) -> Result<()> {
        let change = self.store.change()?;
        change.keep_draft(draft)?;
        change.commit()
    }

    /// Removes a draft from the journal, if it is there.
    pub fn remove_draft(&mut self, name: &str) -> Result<()> {
        let change = self.store.change()?;
        change.remove_draft(name)?;
        change.commit()
    }

    /// Whether a person must still be told something that is told once in a journal's life.
    /// Notes that it is told: the next call answers no.
    pub fn tells_now(&mut self, what: &str) -> Result<bool> {
        if self.store.reading().was_told(what)? {
            return Ok(false);
        }
        let change = self.store.change()?;
        change.note_told(what)?;
        change.commit()?;
        Ok(true)
    }
}
