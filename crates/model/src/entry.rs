//! An entry and what belongs to it.

use std::str::FromStr;

use chrono::{DateTime, FixedOffset};
use unicode_segmentation::UnicodeSegmentation;
use uuid::Uuid;

use super::kind::{self, Away, HiddenBy, Kind};
use super::{Day, Tag};

/// The longest text an entry takes, in bytes. It is far beyond any page, and keeps a runaway pipe
/// from filling the memory and the disk.
pub const MAX_TEXT: usize = 64_000_000;

/// One text, written on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The number that people type: small, never reused, local to this journal.
    pub number: i64,
    /// The id (UUIDv7), which export, import and other devices keep.
    pub id: Uuid,
    /// The sort of entry, with the values that only such entries have.
    pub kind: Kind,
    /// The day it belongs to.
    pub day: Day,
    /// The instant at which it was written, with the offset of the zone that the writer was in.
    pub written_at: DateTime<FixedOffset>,
    /// The instant of the last edit; `None` if it was never edited.
    pub edited_at: Option<DateTime<FixedOffset>>,
    /// The text as it was typed, byte for byte, with line ends as `\n`.
    pub text: String,
    /// The mood of the writer.
    pub mood: Option<Mood>,
    /// True if the writer starred it.
    pub starred: bool,
    /// Tags from the text and from flags, sorted.
    pub tags: Vec<Tag>,
    /// The tips it reflects on, in the order of their decks and numbers.
    pub reflections: Vec<Reflection>,
    /// If the entry is hidden: until when.
    pub away: Option<Away>,
}

impl Entry {
    /// The line that stands for the entry in lists: the first that is not blank.
    pub fn first_line(&self) -> &str {
        first_line(&self.text)
    }

    /// The entry with everything removed that must not be shown on a day: an entry that is away
    /// or sealed loses its text, its mood and the rest. For callers that asked for hidden entries
    /// too.
    pub fn veiled(self, today: Day) -> Entry {
        if self.hidden(today).is_none() {
            return self;
        }
        Entry {
            text: String::new(),
            mood: None,
            starred: false,
            tags: Vec::new(),
            reflections: Vec::new(),
            kind: self.kind.veiled(),
            ..self
        }
    }

    /// The reason why the entry is hidden on a day; `None` if it is visible. An entry that is
    /// away and sealed is only said to be away.
    pub fn hidden(&self, today: Day) -> Option<HiddenBy> {
        kind::hidden(self.away, self.kind.open_on(), today)
    }
}

/// The first line of a text that is not blank, without the white space around it.
pub fn first_line(text: &str) -> &str {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("")
}

/// Counts the words of a text. In scripts with spaces between words, a word is a piece between
/// spaces that holds a letter or a digit; in the others, Unicode's rules for word borders decide
/// (UAX 29).
pub fn words(text: &str) -> u32 {
    let count = |piece: &str| {
        if piece.is_ascii() || !piece.contains(is_unspaced) {
            usize::from(piece.contains(char::is_alphanumeric))
        } else {
            piece.unicode_words().count()
        }
    };
    let sum: usize = text.split_whitespace().map(count).sum();
    u32::try_from(sum).unwrap_or(u32::MAX)
}

/// True if a character belongs to a script that is written without spaces between words: Chinese,
/// Japanese, Thai, Lao, Khmer, Burmese, Tibetan.
pub fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' | '\u{0f00}'..='\u{0fff}' | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}')
}

/// A mood of the writer, from 1 (low) to 5 (good).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mood(u8);

impl Mood {
    /// A mood from 1 to 5; `None` for any other number.
    pub fn new(value: i64) -> Option<Mood> {
        u8::try_from(value)
            .ok()
            .filter(|value| (1..=5).contains(value))
            .map(Mood)
    }

    /// The number, 1 to 5.
    pub fn value(self) -> u8 {
        self.0
    }
}

impl FromStr for Mood {
    type Err = String;

    fn from_str(text: &str) -> Result<Mood, String> {
        text.trim()
            .parse()
            .ok()
            .and_then(Mood::new)
            .ok_or_else(|| "a mood is a number from 1 (low) to 5 (good)".to_owned())
    }
}

/// The tip that an entry answers, with the title and the question as they read at that time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reflection {
    /// The deck's slug.
    pub deck: String,
    /// The tip's slug.
    pub tip: String,
    /// The tip's number in its deck.
    pub number: u32,
    /// The tip's title.
    pub title: String,
    /// The question that was asked; `None` if the writer saw none.
    pub question: Option<String>,
}

impl Reflection {
    /// The label and the title of the tip: `Tip 5, Stay busy`.
    pub fn name(&self) -> String {
        format!(
            "{}, {}",
            tip_label(&self.deck, &self.tip, self.number),
            self.title
        )
    }

    /// True if it answers a question of the week.
    pub fn is_weekly(&self) -> bool {
        self.tip.starts_with(WEEKLY)
    }
}

/// The slug of the built-in deck. Its tips are named without their deck: `5`, not `walk-away/5`.
pub const BUILT_IN_DECK: &str = "walk-away";

/// The beginning of the slug of every question of the week.
pub const WEEKLY: &str = "week/";

/// The short name of a tip, as a person may type it: `5`, `mine/5`, `week/2`.
pub fn tip_number(deck: &str, tip: &str, number: u32) -> String {
    let deck = match deck {
        BUILT_IN_DECK => String::new(),
        deck => format!("{deck}/"),
    };
    let week = if tip.starts_with(WEEKLY) { WEEKLY } else { "" };
    format!("{deck}{week}{number}")
}

/// The label of a tip, which stands before its title: `Tip 5`, `Tip mine/5`, `Question 2`.
pub fn tip_label(deck: &str, tip: &str, number: u32) -> String {
    let short = tip_number(deck, tip, number);
    match tip.starts_with(WEEKLY) {
        true => format!("Question {}", short.replace(WEEKLY, "")),
        false => format!("Tip {short}"),
    }
}

/// True if `wanted` names this tip: by its slug or its number, with its deck or without.
pub fn tip_names(wanted: &str, deck: &str, tip: &str, number: u32) -> bool {
    let wanted = wanted.trim().to_lowercase();
    let within = wanted
        .strip_prefix(deck)
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(&wanted);
    let counted = match tip.starts_with(WEEKLY) {
        true => within.strip_prefix(WEEKLY),
        false => Some(within),
    };
    within == tip || counted.is_some_and(|counted| counted.parse() == Ok(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tips_go_by_several_names() {
        let names = |wanted| {
            let tips = [
                ("walk-away", "no-contact", 1),
                ("mine", "first", 1),
                ("mine", "week/power", 1),
            ];
            tips.map(|(deck, tip, number)| tip_names(wanted, deck, tip, number))
        };
        assert_eq!(names("1"), [true, true, false]);
        assert_eq!(names(" First "), [false, true, false]);
        assert_eq!(names("mine/1"), [false, true, false]);
        assert_eq!(names("walk-away/no-contact"), [true, false, false]);
        assert_eq!(names("week/1"), [false, false, true]);
        assert_eq!(names("mine/week/power"), [false, false, true]);
        assert_eq!(names("mine/week/1"), [false, false, true]);
        for wrong in [
            "", "0", "2", "mine", "mine/", "/1", "power", "week/", "week",
        ] {
            assert_eq!(names(wrong), [false; 3], "{wrong}");
        }
        assert_eq!(tip_label("walk-away", "no-contact", 1), "Tip 1");
        assert_eq!(tip_label("mine", "first", 1), "Tip mine/1");
        assert_eq!(tip_label("walk-away", "week/power", 7), "Question 7");
        assert_eq!(tip_label("mine", "week/power", 7), "Question mine/7");
    }

    #[test]
    fn the_first_line_is_the_first_that_says_something() {
        assert_eq!(first_line("\n \t\n  Called Aunt. \nMore"), "Called Aunt.");
        assert_eq!(first_line(" \n\n"), "");
        assert_eq!(first_line(""), "");
    }

    #[test]
    fn words_are_counted_in_any_script() {
        assert_eq!(
            words("It was — after all — don't-care weather, 3 degrees."),
            8
        );
        assert_eq!(words("  \n\t "), 0);
        assert_eq!(words("Στο σπίτι"), 2);
        assert_eq!(words("今天下雨"), 4);
        assert_eq!(words("went to 公园 today"), 5);
    }

    #[test]
    fn moods_run_from_one_to_five() {
        assert_eq!("3".parse::<Mood>().map(Mood::value), Ok(3));
        for wrong in ["0", "6", "-1", "good", "", "3.5", "99999999999999999999"] {
            assert!(wrong.parse::<Mood>().is_err(), "{wrong}");
        }
    }
}
