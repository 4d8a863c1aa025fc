//! The rooms of what is shown: an entry, a line of a list, where a deck stands, the week. Several
//! commands show each of these.
//!
//! A [`View`] is data that can be shown in two ways: as JSON, and on a [`Page`] of styled lines.
//! Nothing here prints; `output` does.

pub mod change;
pub mod contact;
pub mod conversion;
pub mod coverage;
pub mod entry;
mod excerpt;
pub mod figures;
pub mod lines;
pub mod lock;
mod markdown;
mod page;
pub mod picture;
pub mod text;
pub mod today;
pub mod week;

use serde::Serialize;

pub use excerpt::Excerpt;
pub use page::{Line, Look, Page, Row, Span, Style};

/// What a command answers.
pub trait View {
    /// The one object that `--json` prints; its top-level key names the thing.
    fn json(&self) -> impl Serialize;

    /// The page for a person.
    fn human(&self, page: &mut Page);
}
