//! Text that is typed line by line into a conversation.

use super::{Composition, Session};
use crate::drafts::{Draft, DraftMetadata, page_file};

/// Text that is being typed, kept as a draft from its first line on: not even a machine that
/// dies takes it.
#[derive(Debug)]
pub struct TypedText {
    metadata: DraftMetadata,
    draft: Option<Draft>,
}

impl TypedText {
    /// Nothing yet of what is to become an entry.
    pub fn nothing(composition: &Composition) -> TypedText {
        TypedText {
            metadata: composition.metadata(),
            draft: None,
        }
    }

    /// Keeps the text as it is now. What cannot be kept on the disk is in memory still.
    pub fn hold(&mut self, text: &str, session: &mut Session<'_>) {
        let page = page_file::compose(text, "");
        self.draft = match self.draft.take() {
            None => session.begin_draft(&self.metadata, &page).ok(),
            Some(mut draft) => draft.rewrite(&page).is_ok().then_some(draft),
        };
        // With an encrypted journal the draft lies in memory.
        if let Some(draft) = &mut self.draft {
            let _ = session.secure_draft(draft);
        }
    }

    /// The draft, if it has the whole text.
    pub fn draft(self) -> Option<Draft> {
        self.draft
    }
}
