//! A time of day as a person types it.

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveTime, Timelike};

use super::error::{PhraseError, excerpt};
use super::{numbers, separator};

/// A time of day as a person types it: `21:15`, `9pm`, `9:30 am`, `21h15`, `noon`,
/// `midnight`.
///
/// A bare number is refused: `9` may be morning or evening, and `2115` an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeOfDay(pub(super) NaiveTime);

impl TimeOfDay {
    /// The time on the clock.
    pub fn time(self) -> NaiveTime {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = PhraseError;

    fn from_str(text: &str) -> Result<Self, PhraseError> {
        let unreadable = || PhraseError::UnreadableTime(excerpt(text));
        let impossible = |why: &str| PhraseError::Impossible(why.to_owned());

        let plain = text.trim().to_ascii_lowercase();
        let plain = plain.strip_prefix("at ").unwrap_or(&plain).trim_start();
        let (clock, half) = match plain {
            "noon" | "midday" => ("12", Some(Half::Pm)),
            "midnight" => ("12", Some(Half::Am)),
            _ => HALVES
                .iter()
                .find_map(|(suffix, half)| {
                    Some((plain.strip_suffix(suffix)?.trim_end(), Some(*half)))
                })
                .unwrap_or((plain, None)),
        };
        let (hour, minute, second) = clock_numbers(clock, half).ok_or_else(unreadable)?;
        let hour = match (half, hour) {
            (None, hour) => hour,
            (Some(Half::Am), 1..=12) => hour % 12,
            (Some(Half::Pm), 1..=12) => hour % 12 + 12,
            (Some(_), _) => return Err(impossible("hours with am or pm go from 1 to 12")),
        };
        NaiveTime::from_hms_opt(hour, minute, second)
            .map(Self)
            .ok_or_else(|| impossible("a clock goes from 00:00, which is midnight, to 23:59"))
    }
}

#[derive(Clone, Copy)]
enum Half {
    Am,
    Pm,
}

const HALVES: [(&str, Half); 4] = [
    ("am", Half::Am),
    ("a.m.", Half::Am),
    ("pm", Half::Pm),
    ("p.m.", Half::Pm),
];

/// Hour, minute and second.
fn clock_numbers(clock: &str, half: Option<Half>) -> Option<(u32, u32, u32)> {
    let allowed = match separator(clock) {
        Some(':') => true,
        Some('h') => half.is_none(),
        // Without am or pm, `9` is any number and `9.30` may be a date.
        Some('.') | None => half.is_some(),
        _ => false,
    };
    match numbers(clock)?[..] {
        _ if !allowed => None,
        [(hour, 1..=2)] => Some((hour, 0, 0)),
        [(hour, 1..=2), (minute, 2)] => Some((hour, minute, 0)),
        [(hour, 1..=2), (minute, 2), (second, 2)] => Some((hour, minute, second)),
        _ => None,
    }
}

/// The time in its plainest form, which reads back as the same time.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = if self.0.second() == 0 {
            "%H:%M"
        } else {
            "%H:%M:%S"
        };
        self.0.format(pattern).fmt(f)
    }
}
