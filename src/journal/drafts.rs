//! Drafts that are stored in the journal, and notices that are shown once.

use super::Journal;
use crate::error::Result;
use crate::store::StoredDraft;

impl Journal {
    /// The drafts in the journal, the newest first.
    pub fn drafts(&self) -> Result<Vec<StoredDraft>> {
        self.store.reading().drafts()
    }

    /// Stores a draft in the journal, in place of an older one with the same name.
    pub fn keep_draft(&mut self, draft: &StoredDraft) -> Result<()> {
        let change = self.store.change()?;
        change.keep_draft(draft)?;
        change.commit()
    }

    /// Removes a draft from the journal, if it exists.
    pub fn remove_draft(&mut self, name: &str) -> Result<()> {
        let change = self.store.change()?;
        change.remove_draft(name)?;
        change.commit()
    }

    /// True if the notice `what` has never been shown. Notes that it is shown now, so that
    /// the next call returns false.
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
