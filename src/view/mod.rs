//! The parts of an answer that several commands show: an entry, a line of a list, the coverage
//! of a deck, the question of the week.
//!
//! A [`View`] is data that can be shown as JSON and on a [`Page`] of styled lines. Nothing here
//! prints; `output` does.

pub mod change;
pub mod contact;
pub mod conversion;
pub mod coverage;
pub mod entry;
mod excerpt;
pub mod figures;
mod line;
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
pub use line::{Line, Look, Span, Style};
pub use page::{Page, Row};

/// The answer of a command.
pub trait View {
    /// The one object that `--json` prints; its top-level key names the thing.
    fn json(&self) -> impl Serialize;

    /// The page for a person.
    fn human(&self, page: &mut Page);
}
