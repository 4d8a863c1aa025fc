//! The drafts of the journal, which lie in it where it is encrypted. Only the session can put them
//! there: it has the journal open.

use super::{Session, desk};
use crate::drafts::{Draft, DraftMetadata, DraftPlaces, Drafts};
use crate::environment;
use crate::error::{Error, KeptText, Result};

impl Session<'_> {
    /// The drafts of the journal. Those of an encrypted one are kept on no disk but in it.
    pub fn drafts(&self) -> Drafts {
        let drafts = Drafts::of(&self.context().journal);
        match self.is_encrypted() {
            true => drafts.encrypted(self.draft_places()),
            false => drafts,
        }
    }

    /// How drafts of the journal are kept where it is encrypted.
    fn draft_places(&self) -> DraftPlaces {
        DraftPlaces {
            in_memory: environment::places_in_memory(),
            on_disk: self.context().config.editor_on_disk,
        }
    }

    /// Puts drafts that wait where they belong: see [`Drafts::gather`]. Those that cannot be
    /// moved are found where they are.
    pub fn gather_drafts(&mut self) {
        let drafts = self.drafts();
        if let Ok(journal) = self.journal_to_read() {
            let _ = drafts.gather(journal);
        }
    }

    /// The drafts that nobody is writing, the newest first.
    ///
    /// # Errors
    /// As [`Drafts::waiting`].
    pub fn waiting_drafts(&mut self) -> Result<Vec<Draft>> {
        let drafts = self.drafts();
        drafts.waiting(self.encrypted_journal().map(|journal| &*journal))
    }

    /// Begins a draft, which from now on is in hand: see [`Session::put_drafts_away`].
    ///
    /// # Errors
    /// As [`Drafts::begin`].
    pub fn begin_draft(&mut self, metadata: &DraftMetadata, text: &str) -> Result<Draft> {
        let draft = self.drafts().begin(metadata, text)?;
        self.take_in_hand(&draft);
        Ok(draft)
    }

    /// Has a draft that waited in hand from now on.
    pub fn take_in_hand(&mut self, draft: &Draft) {
        self.drafts_in_hand.insert(draft.name().to_owned());
    }

    /// Where the journal is encrypted: keeps what stands on the draft's page by now in the
    /// journal too.
    ///
    /// # Errors
    /// As [`Draft::secure`].
    pub fn secure_draft(&mut self, draft: &mut Draft) -> Result<()> {
        match self.encrypted_journal() {
            Some(journal) => draft.secure(journal).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Removes a draft that was saved or thrown away.
    pub fn remove_draft(&mut self, draft: Draft) {
        self.drafts_in_hand.remove(draft.name());
        draft.remove(self.encrypted_journal());
    }

    /// Leaves a draft to an editor that may still be open: it stays where that can save it.
    pub fn leave_draft(&mut self, mut draft: Draft) {
        let _ = self.secure_draft(&mut draft);
        self.drafts_in_hand.remove(draft.name());
    }

    /// Puts the drafts that are still in hand where drafts wait: those of an encrypted journal
    /// out of memory and into it. To be called at the end of the run, however it ended; what a
    /// killed program leaves in memory is gathered by the next that writes.
    pub fn put_drafts_away(&mut self) {
        let in_hand = std::mem::take(&mut self.drafts_in_hand);
        if in_hand.is_empty() {
            return;
        }
        let drafts = self.drafts();
        if let Some(journal) = self.encrypted_journal() {
            // A draft that cannot be put away waits in memory.
            let _ = drafts.put_away(journal, |name| in_hand.contains(name));
        }
    }

    /// Keeps text that could not be saved: see [`Drafts::keep`].
    pub fn keep_text(&mut self, metadata: &DraftMetadata, text: &str) -> Option<KeptText> {
        let last_resort = environment::places_of_last_resort();
        let drafts = self.drafts();
        drafts.keep(self.encrypted_journal(), metadata, text, &last_resort)
    }

    /// Keeps what was typed and could not be saved: as [`Session::keep_text`] or, where there is
    /// no room anywhere, on standard output. Returns the error that says so.
    pub fn keep_unsaved(
        &mut self,
        metadata: &DraftMetadata,
        text: &str,
        error: Error,
    ) -> Error {
        if text.trim().is_empty() {
            return error;
        }
        let kept = self.keep_text(metadata, text);
        desk::kept_or_printed(kept, text.as_bytes(), error, &self.context().output)
    }

    /// Keeps bytes that could not become a text: see [`Drafts::set_aside`].
    pub fn set_aside(&mut self, bytes: &[u8]) -> Option<KeptText> {
        let last_resort = environment::places_of_last_resort();
        let drafts = self.drafts();
        drafts.set_aside(self.encrypted_journal(), bytes, &last_resort)
    }
}
