//! The filters that every reading command shares.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::{Day, KindName, Mood, Tag};

/// A choice of entries. The fields combine with AND; the values of one field with OR. An empty
/// field does not restrict; only an empty list of kinds does, see there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Written on this day or later.
    pub from: Option<Day>,
    /// Written on this day or earlier.
    pub to: Option<Day>,
    /// Written on one of these days.
    pub on: Vec<Day>,
    /// Reflecting on one of these tips, as (deck, tip) slugs.
    pub tips: Vec<(String, String)>,
    /// Carrying one of these tags.
    pub tags: Vec<Tag>,
    /// Carrying none of these tags.
    pub not_tags: Vec<Tag>,
    /// With a mood in one of these ranges.
    pub moods: Vec<MoodRange>,
    /// Of one of these kinds. An empty list means pages: entries of other kinds are only shown if
    /// they are asked for.
    pub kinds: Vec<KindName>,
    /// Starred.
    pub starred: bool,
    /// Reflecting on no tip.
    pub free: bool,
}

impl Filter {
    /// True if it restricts nothing but the days: it chooses every page of them.
    pub fn is_of_days(&self) -> bool {
        let days = Filter {
            from: self.from,
            to: self.to,
            on: self.on.clone(),
            ..Filter::default()
        };
        *self == days
    }
}

/// The order in which entries come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The newest day first, and within a day the latest first.
    #[default]
    NewestFirst,
    /// The oldest day first, and within a day the earliest first.
    OldestFirst,
}

/// Moods from one to another, written `3`, `1..3`, `..2` or `4..`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoodRange(pub RangeInclusive<Mood>);

impl FromStr for MoodRange {
    type Err = String;

    fn from_str(text: &str) -> Result<MoodRange, String> {
        let end = |text: &str, default: &str| {
            let text = text.trim();
            (if text.is_empty() { default } else { text }).parse::<Mood>()
        };
        let (from, to) = match text.split_once("..") {
            Some((from, to)) if !(from.trim().is_empty() && to.trim().is_empty()) => {
                (end(from, "1")?, end(to, "5")?)
            }
            Some(_) => return Err("write moods as 3, 1..3, ..2 or 4..".to_owned()),
            None => {
                let mood = text.parse()?;
                (mood, mood)
            }
        };
        if from > to {
            return Err(format!(
                "write the lower mood first: {}..{}",
                to.value(),
                from.value()
            ));
        }
        Ok(MoodRange(from..=to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mood_ranges() {
        let range = |text: &str| {
            let MoodRange(range) = text.parse().ok()?;
            Some((range.start().value(), range.end().value()))
        };
        assert_eq!(range("3"), Some((3, 3)));
        assert_eq!(range("1..3"), Some((1, 3)));
        assert_eq!(range("..2"), Some((1, 2)));
        assert_eq!(range("4.."), Some((4, 5)));
        assert_eq!(range(" 2 .. 4 "), Some((2, 4)));
        for wrong in ["", "..", "5..1", "0..3", "1..9", "a..b", "1-3", "1...3"] {
            assert_eq!(range(wrong), None, "{wrong}");
        }
    }
}
