//! Keeps text that is typed line by line in a dialogue.

use super::{Composition, Session};
use crate::drafts::{Draft, DraftMetadata, page_file};

/// Text that is being typed. It is a draft from its first line on, so a crash of the machine
/// loses at most the line that is being typed.
#[derive(Debug)]
pub struct TypedText {
    metadata: DraftMetadata,
    draft: Option<Draft>,
}

impl TypedText {
    /// An empty text of an entry that this composition describes.
    pub fn empty(composition: &Composition) -> TypedText {
        TypedText {
            metadata: composition.metadata(),
            draft: None,
        }
    }

    /// Stores the present text in the draft. If that fails, the text is still in memory and
    /// will be saved from there.
    pub fn hold(&mut self, text: &str, session: &mut Session<'_>) {
        let page = page_file::compose(text, "");
        self.draft = match self.draft.take() {
            None => session.begin_draft(&self.metadata, &page).ok(),
            Some(mut draft) => draft.rewrite(&page).is_ok().then_some(draft),
        };
        // The draft of an encrypted journal lies in memory: store it in the journal too.
        if let Some(draft) = &mut self.draft {
            let _ = session.secure_draft(draft);
        }
    }

    /// The draft, if it holds the whole text; `None` if the last [`TypedText::hold`] failed.
    pub fn draft(self) -> Option<Draft> {
        self.draft
    }
}
