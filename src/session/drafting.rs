//! Keeps the drafts of the journal. Those of an encrypted journal are stored in the journal
//! itself, and only the session can put them there, because it owns the open journal.

use super::{Session, desk};
use crate::drafts::{Draft, DraftMetadata, DraftPlaces, Drafts, FileBeside};
use crate::environment;
use crate::error::{Error, KeptText, Result};
use crate::view::text;

impl Session<'_> {
    /// The drafts of the journal. Those of an encrypted one never lie on a disk outside it.
    pub fn drafts(&self) -> Drafts {
        let drafts = Drafts::of(&self.context().journal);
        match self.is_encrypted() {
            true => drafts.encrypted(self.draft_places()),
            false => drafts,
        }
    }

    /// The rules for the drafts of an encrypted journal.
    fn draft_places(&self) -> DraftPlaces {
        DraftPlaces {
            in_memory: environment::folders_in_memory(),
            on_disk: self.context().config.editor_on_disk,
        }
    }

    /// Moves waiting drafts to where they belong: see [`Drafts::gather`]. Ignores errors:
    /// drafts that stay in their folder are still listed and can be taken up there.
    pub fn gather_drafts(&mut self) {
        let drafts = self.drafts();
        if let Ok(journal) = self.journal_to_read() {
            let _ = drafts.gather(journal);
        }
    }

    /// The drafts that no process is writing, the newest first.
    ///
    /// # Errors
    /// As [`Drafts::waiting`].
    pub fn waiting_drafts(&mut self) -> Result<Vec<Draft>> {
        let drafts = self.drafts();
        drafts.waiting(self.encrypted_journal().map(|journal| &*journal))
    }

    /// Begins a draft. It counts as in hand from now on: see [`Session::put_drafts_away`].
    ///
    /// # Errors
    /// As [`Drafts::begin`].
    pub fn begin_draft(&mut self, metadata: &DraftMetadata, text: &str) -> Result<Draft> {
        let draft = self.drafts().begin(metadata, text)?;
        self.take_in_hand(&draft);
        Ok(draft)
    }

    /// Counts a draft that waited as in hand.
    pub fn take_in_hand(&mut self, draft: &Draft) {
        self.drafts_in_hand.insert(draft.name().to_owned());
    }

    /// Stores the present text of a draft in an encrypted journal too. The draft itself lies in
    /// memory and would be lost with a crash of the machine.
    ///
    /// # Errors
    /// As [`Draft::secure`].
    pub fn secure_draft(&mut self, draft: &mut Draft) -> Result<()> {
        match self.encrypted_journal() {
            Some(journal) => draft.secure(journal).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Removes a draft that was saved; `before` is the text that its page had before the editor
    /// opened it. Says so if an editor left another text beside the page, which stays.
    pub fn remove_draft(&mut self, draft: Draft, before: &str) {
        self.drafts_in_hand.remove(draft.name());
        let kept = draft.remove(before, self.encrypted_journal());
        if let Some(file) = kept.first() {
            self.tell_of_beside(file);
        }
    }

    /// Removes a draft that the person throws away.
    pub fn discard_draft(&mut self, draft: Draft) {
        self.drafts_in_hand.remove(draft.name());
        draft.discard(self.encrypted_journal());
    }

    /// Says that an editor left a file beside a page.
    pub fn tell_of_beside(&self, file: &FileBeside) {
        let name = file.name();
        self.context().output.status(&format!(
            "The editor left {} beside the page. It is kept: onward write --resume takes it up.",
            text::safe(&name)
        ));
    }

    /// Leaves a draft to an editor that may still be open. It stays in its folder, or the
    /// editor could not save it any more.
    pub fn leave_draft(&mut self, mut draft: Draft) {
        let _ = self.secure_draft(&mut draft);
        self.drafts_in_hand.remove(draft.name());
    }

    /// Moves the drafts that are still in hand to where drafts wait: those of an encrypted
    /// journal out of memory and into the journal. Call it at the end of every run, whether it
    /// failed or not. The next run that writes gathers the drafts that a killed program left in
    /// memory.
    pub fn put_drafts_away(&mut self) {
        let in_hand = std::mem::take(&mut self.drafts_in_hand);
        if in_hand.is_empty() {
            return;
        }
        let drafts = self.drafts();
        if let Some(journal) = self.encrypted_journal() {
            // Ignore the error: a draft that cannot be moved stays in memory, where the next
            // run finds it.
            let _ = drafts.put_away(journal, |name| in_hand.contains(name));
        }
    }

    /// Keeps a text that could not be saved: see [`Drafts::keep`].
    pub fn keep_text(&mut self, metadata: &DraftMetadata, typed: &str) -> Option<KeptText> {
        let last_resort = environment::folders_of_last_resort();
        let drafts = self.drafts();
        drafts.keep(self.encrypted_journal(), metadata, typed, &last_resort)
    }

    /// Keeps a typed text that could not be saved, as [`Session::keep_text`] does; if there is
    /// no room anywhere, prints it to standard output. Returns the error that says where the
    /// text is.
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
        desk::print_unless_kept(kept, text.as_bytes(), error, &self.context().output)
    }

    /// Keeps bytes that are no text: see [`Drafts::set_aside`].
    pub fn set_aside(&mut self, bytes: &[u8]) -> Option<KeptText> {
        let last_resort = environment::folders_of_last_resort();
        let drafts = self.drafts();
        drafts.set_aside(self.encrypted_journal(), bytes, &last_resort)
    }
}
