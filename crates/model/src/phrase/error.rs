//! The reasons why a typed day or time cannot be used.

use std::fmt;

use super::LONGEST;
use crate::Day;

/// The reason why a typed text names no day, or no time, that can be used.
///
/// The message is for the person who typed it. The texts in the variants are cut short but not
/// yet fit for a terminal; the message shows them with escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhraseError {
    /// The text names no day.
    Unreadable(String),
    /// The text has words and numbers of dates, but does not say which date: `5`, `november`.
    Unclear(String),
    /// The text is too long to name a day.
    TooLong,
    /// The text holds a time, or is one.
    TimeGiven(String),
    /// The day and the month can change places.
    Ambiguous {
        /// The day if the first number is the day of the month.
        day_first: Day,
        /// The day if the first number is the month.
        month_first: Day,
    },
    /// The year has fewer than four digits.
    ShortYear,
    /// The day is outside the years 1 to 9999.
    OutOfYears,
    /// No such day or time exists, for this reason.
    Impossible(String),
    /// The day is after today.
    Future(Day),
    /// The day is today or before, but a day to come is wanted.
    Past(Day),
    /// The text names no time.
    UnreadableTime(String),
}

impl fmt::Display for PhraseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(text) => write!(
                f,
                "cannot read {text:?} as a day; \
                 try 2026-11-20, yesterday, last friday, 3 days ago or nov 3"
            ),
            Self::Unclear(text) => write!(
                f,
                "cannot tell which day {text:?} is; try 2026-11-20, nov 3 or the 3rd"
            ),
            Self::TooLong => write!(
                f,
                "a day takes {LONGEST} characters at most; try 2026-11-20, yesterday or nov 3"
            ),
            Self::TimeGiven(text) => write!(
                f,
                "{text:?} names a time; give the day and the time apart, \
                 as in --on yesterday --at 21:00"
            ),
            Self::Ambiguous {
                day_first,
                month_first,
            } => {
                let in_words = |day: &Day| day.date().format("%-d %B").to_string();
                write!(
                    f,
                    "could be {day_first} ({}) or {month_first} ({}); write it as YYYY-MM-DD",
                    in_words(day_first),
                    in_words(month_first)
                )
            }
            Self::ShortYear => f.write_str(
                "a year is written with four digits, as in 2026-11-20 or 3 nov 2026",
            ),
            Self::OutOfYears => f.write_str("only days of the years 1 to 9999 can be named"),
            Self::Impossible(why) => f.write_str(why),
            Self::Future(day) => write!(f, "{} is still to come", day.long()),
            Self::Past(day) => write!(f, "{} is not a day to come", day.long()),
            Self::UnreadableTime(text) => write!(
                f,
                "cannot read {text:?} as a time; try 21:15, 9:15 pm or noon"
            ),
        }
    }
}

impl std::error::Error for PhraseError {}

/// The beginning of what was typed, for a message.
pub(super) fn excerpt(text: &str) -> String {
    const LENGTH: usize = 40;
    let mut excerpt: String = text.trim().chars().take(LENGTH).collect();
    if excerpt.len() < text.trim().len() {
        excerpt.push('…');
    }
    excerpt
}
