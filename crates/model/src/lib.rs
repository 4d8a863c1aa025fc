//! The vocabulary of the journal as plain types: no I/O, no clock, no storage format.

pub mod choose;
pub mod contact;
pub mod count;
pub mod day;
pub mod entry;
pub mod filter;
pub mod fold;
pub mod kind;
pub mod lookback;
pub mod markup;

pub mod period;
pub mod phrase;
pub mod query;
pub mod reference;
pub mod revision;
pub mod tag;
pub mod zone;

pub use day::Day;
pub use entry::{Entry, Mood, Reflection};
pub use filter::{Filter, MoodRange, Order};
pub use kind::{Kind, KindName};
pub use markup::Markup;
pub use period::{CalendarUnit, Period, PeriodPhrase};
pub use phrase::{DayPhrase, TimeOfDay};
pub use query::{Query, Rank};
pub use reference::EntryRef;
pub use revision::{Content, ContentDigest, OfferedPrompt, Revision};
pub use tag::Tag;
pub use zone::Zone;
