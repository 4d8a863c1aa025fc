//! References to entries, as a person types them: a number, `last`, the beginning of an id, or a
//! day.

use std::fmt;
use std::str::FromStr;

use super::DayPhrase;
use super::phrase::PhraseError;

/// A reference to entries, as typed. Only a day can mean several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryRef {
    /// `42` or `#42`.
    Number(i64),
    /// `last`: the page that was written last, on any day; the last entry of another kind if that
    /// is named.
    Last,
    /// The first 8 or more hexadecimal digits of an id, lower case, without hyphens.
    Id(String),
    /// All entries of a day.
    Day(DayPhrase),
}

/// The fewest digits that are read as an id.
const SHORTEST_ID: usize = 8;

impl EntryRef {
    /// Reads the words of a command line. Each word is a reference, unless all of them
    /// together are a day (`last friday`, `3 days ago`), which would otherwise have to be
    /// quoted.
    pub fn read_all(words: &[String]) -> Result<Vec<EntryRef>, String> {
        if words.len() > 1
            && let Ok(phrase) = words.join(" ").parse()
        {
            return Ok(vec![EntryRef::Day(phrase)]);
        }
        words.iter().map(|word| word.parse()).collect()
    }
}

impl FromStr for EntryRef {
    type Err = String;

    fn from_str(text: &str) -> Result<EntryRef, String> {
        let text = text.trim();
        let digits = text.strip_prefix('#').unwrap_or(text);
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            // Digits with a zero in front are an id: nobody writes numbers so, and every UUIDv7
            // of our days begins with a zero.
            let id = id_prefix(text).map(EntryRef::Id);
            return match digits.parse() {
                Ok(number) => Ok(id
                    .filter(|_| digits.starts_with('0'))
                    .unwrap_or(EntryRef::Number(number))),
                Err(_) => id.ok_or_else(|| "entry numbers are not that large".to_owned()),
            };
        }
        if text.eq_ignore_ascii_case("last") {
            return Ok(EntryRef::Last);
        }
        // Try a day before an id: `2026-11-20` is made of hexadecimal digits and hyphens too.
        match text.parse::<DayPhrase>() {
            Ok(phrase) => Ok(EntryRef::Day(phrase)),
            Err(not_a_day) => match id_prefix(text) {
                Some(id) => Ok(EntryRef::Id(id)),
                None if text.starts_with('#') => {
                    Err(format!("{:?} is not an entry number", text))
                }
                // The messages of the other errors repeat the typed text themselves.
                None if matches!(not_a_day, PhraseError::Ambiguous { .. }) => {
                    Err(format!("{text} {not_a_day}"))
                }
                None => Err(not_a_day.to_string()),
            },
        }
    }
}

fn id_prefix(text: &str) -> Option<String> {
    let hex: String = text.chars().filter(|&c| c != '-').collect();
    ((SHORTEST_ID..=32).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| hex.to_ascii_lowercase())
}

impl fmt::Display for EntryRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EntryRef::Number(number) => write!(f, "#{number}"),
            EntryRef::Last => f.write_str("last"),
            EntryRef::Id(id) => f.write_str(id),
            EntryRef::Day(phrase) => phrase.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expect: EntryRef) {
        assert_eq!(text.parse(), Ok(expect), "{text}");
    }

    fn day(text: &str) -> EntryRef {
        EntryRef::Day(text.parse().expect("a day"))
    }

    #[test]
    fn every_form() {
        check("42", EntryRef::Number(42));
        check("#42", EntryRef::Number(42));
        check("20261120", EntryRef::Number(20_261_120));
        check("last", EntryRef::Last);
        check("LAST", EntryRef::Last);
        check("2026-11-20", day("2026-11-20"));
        check("yesterday", day("yesterday"));
        check("0193a1b2", EntryRef::Id("0193a1b2".into()));
        check("0193A1B2-c3d4", EntryRef::Id("0193a1b2c3d4".into()));
        check("01931234", EntryRef::Id("01931234".into()));
        check("#01931234", EntryRef::Number(1_931_234));
        check("0042", EntryRef::Number(42));
        check(
            "12345678901234567890",
            EntryRef::Id("12345678901234567890".into()),
        );
        for wrong in [
            "",
            "#",
            "#x",
            "0193a1",
            "someday",
            "#99999999999999999999999",
            "999999999999999999999999999999999",
        ] {
            assert!(wrong.parse::<EntryRef>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn words_that_are_a_day_together_are_one_reference() {
        let words = |text: &str| {
            EntryRef::read_all(&text.split(' ').map(str::to_owned).collect::<Vec<_>>())
        };
        assert_eq!(words("last friday"), Ok(vec![day("last friday")]));
        assert_eq!(words("3 days ago"), Ok(vec![day("3 days ago")]));
        assert_eq!(
            words("7 last"),
            Ok(vec![EntryRef::Number(7), EntryRef::Last])
        );
        assert!(words("7 someday").is_err());
    }

    proptest! {
        #[test]
        fn any_string_is_a_reference_or_a_clear_error(text in "\\PC*") {
            match text.parse::<EntryRef>() {
                Ok(reference) => prop_assert_eq!(reference.to_string().parse(), Ok(reference)),
                Err(reason) => prop_assert!(!reason.is_empty()),
            }
        }
    }
}
