//! A day or a time, as a person types it: `yesterday`, `last friday`, `nov 3`.
//!
//! A journal looks back, so every phrase means the past: a date without a year is the most recent
//! one, and a day still to come is refused. For a day to come, such as the end of a seal,
//! [`DayPhrase::resolve_ahead`] reads the same words forward. A phrase that can be read in two
//! ways is refused, and the error names both.
//!
//! Reading takes two steps. Parsing a [`DayPhrase`] needs no clock, so the command line can
//! refuse nonsense at once; [`DayPhrase::resolve`] then finds the day that was meant, seen from
//! today.

mod error;
mod time;

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, Weekday};

use super::day::{Day, MONTHS};
pub use error::PhraseError;
use error::excerpt;
pub use time::TimeOfDay;

/// A day as a person names it. Capitals, commas and extra spaces do not matter.
///
/// | typed | means |
/// |---|---|
/// | `2026-11-20`, `2026/11/20` | that day |
/// | `3 nov 2025`, `November 3, 2025` | that day |
/// | `nov 3`, `the 3rd of november` | the most recent 3 November, today included |
/// | `the 3rd` | the most recent 3rd of a month, today included |
/// | `fri 20 nov` | as without the weekday, which is checked |
/// | `13/02/2026` | that day, as only one reading exists |
/// | `today`, `tonight`, `this morning` | today |
/// | `yesterday`, `last night` | the day before today |
/// | `3 days ago`, `a fortnight ago`, `last month` | counted back from today |
/// | `friday`, `on friday`, `friday night` | the most recent Friday, today included |
/// | `last friday` | the most recent Friday before today |
/// | `this friday` | the Friday of the present week, Monday to Sunday |
/// | `tomorrow`, `in 3 days`, `next friday` | understood, so as to be refused by name |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayPhrase(Form);

impl DayPhrase {
    /// The day this phrase means, seen from `today`; never a day after it.
    pub fn resolve(self, today: Day) -> Result<Day, PhraseError> {
        let day = match self.0 {
            Form::Shift(shift) => shift.from(today),
            Form::Weekday(which, weekday) => which.find(weekday, today),
            Form::Date(_, date) => date.most_recent(today),
        };
        let day = day.ok_or(PhraseError::OutOfYears)?;
        match self.0 {
            Form::Date(Some(said), _) if said != day.weekday() => Err(wrong_weekday(day, said)),
            _ if day > today => Err(PhraseError::Future(day)),
            _ => Ok(day),
        }
    }

    /// The day to come that this phrase means, seen from `today`: `friday` and `jan 3` are the
    /// next ones. Never today or a day before.
    pub fn resolve_ahead(self, today: Day) -> Result<Day, PhraseError> {
        let day = match self.0 {
            Form::Shift(shift) => shift.from(today),
            Form::Weekday(Which::Recent, weekday) => Which::Next.find(weekday, today),
            Form::Weekday(which, weekday) => which.find(weekday, today),
            Form::Date(_, date) => date.next(today),
        };
        let day = day.ok_or(PhraseError::OutOfYears)?;
        match self.0 {
            Form::Date(Some(said), _) if said != day.weekday() => Err(wrong_weekday(day, said)),
            _ if day <= today => Err(PhraseError::Past(day)),
            _ => Ok(day),
        }
    }
}

impl FromStr for DayPhrase {
    type Err = PhraseError;

    fn from_str(text: &str) -> Result<Self, PhraseError> {
        if text.chars().nth(LONGEST).is_some() {
            return Err(PhraseError::TooLong);
        }
        let plain = text.to_ascii_lowercase().replace(',', " ");
        let spelled: Vec<&str> = plain.split_whitespace().collect();
        let words = spelled
            .iter()
            .map(|word| Word::read(word))
            .collect::<Result<Vec<_>, _>>()?;

        let phrase = without("the", without("on", &words));
        let form = match relative(phrase) {
            Some(form) => Some(form),
            None => calendar(phrase)?,
        };
        form.map(Self)
            .ok_or_else(|| refusal(text, &spelled, &words))
    }
}

/// The longest phrase, in characters. Every phrase fits; a page given by mistake does not.
const LONGEST: usize = 64;

/// The forms that a phrase can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Shift(Shift),
    Weekday(Which, Weekday),
    /// The weekday in front of a date is checked once the day is known.
    Date(Option<Weekday>, CalendarDate),
}

/// A distance from today; negative ones lie in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shift {
    Days(i64),
    Months(i64),
}

/// Chooses among the many days of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Recent,
    Last,
    This,
    Next,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CalendarDate {
    Full(Day),
    OfYear { month: u32, day: u32 },
    OfMonth { day: u32 },
}

/// A word by what it can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word<'a> {
    /// `3`, `2026`. The length tells a day from a year.
    Digits {
        value: u32,
        len: usize,
    },
    /// `a`, `three`
    Count(u32),
    /// `3rd`
    Ordinal(u32),
    /// `2026-11-20`
    Date(Day),
    /// Numbers that make no date: `11/20`
    Numbers,
    /// `mon`, `monday`
    Weekday(Weekday),
    /// `nov`, `november`
    Month(u32),
    /// `week`, `weeks`
    Unit(Shift),
    /// `morning`
    PartOfDay,
    Other(&'a str),
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("Monday", Weekday::Mon),
    ("Tuesday", Weekday::Tue),
    ("Wednesday", Weekday::Wed),
    ("Thursday", Weekday::Thu),
    ("Friday", Weekday::Fri),
    ("Saturday", Weekday::Sat),
    ("Sunday", Weekday::Sun),
];

const UNITS: [(&str, Shift); 5] = [
    ("day", Shift::Days(1)),
    ("week", Shift::Days(7)),
    ("fortnight", Shift::Days(14)),
    ("month", Shift::Months(1)),
    ("year", Shift::Months(12)),
];

/// The numbers from one up.
const COUNTS: [&str; 12] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];

const ORDINAL_SUFFIXES: [&str; 4] = ["st", "nd", "rd", "th"];

const PARTS_OF_DAY: [&str; 4] = ["morning", "afternoon", "evening", "night"];

/// Units of the clock. They are known so that the error for `3 hours ago` can say that it is a
/// time.
const CLOCK_UNITS: [&str; 6] = ["hour", "hr", "minute", "min", "second", "sec"];

/// Reads phrases that count from today or name a weekday.
fn relative(words: &[Word]) -> Option<Form> {
    use Word::{Count, Digits, Other, PartOfDay, Unit, Weekday};
    let days = |days| Form::Shift(Shift::Days(days));
    Some(match *words {
        [Other("today" | "now" | "tonight")] | [Other("this"), PartOfDay] => days(0),
        [Other("yesterday")] | [Other("last"), PartOfDay] => days(-1),
        [Other("tomorrow")] => days(1),
        [Unit(Shift::Days(1)), Other("before"), Other("yesterday")] => days(-2),
        [Unit(Shift::Days(1)), Other("after"), Other("tomorrow")] => days(2),

        [Count(n) | Digits { value: n, .. }, Unit(unit), Other("ago")] => {
            Form::Shift(unit.times(-i64::from(n)))
        }
        [Other("in"), Count(n) | Digits { value: n, .. }, Unit(unit)] => {
            Form::Shift(unit.times(i64::from(n)))
        }
        [Other("last"), Unit(unit)] => Form::Shift(unit.times(-1)),
        [Other("next"), Unit(unit)] => Form::Shift(unit.times(1)),

        [Weekday(weekday)] => Form::Weekday(Which::Recent, weekday),
        [Other("last"), Weekday(weekday)] => Form::Weekday(Which::Last, weekday),
        [Other("this"), Weekday(weekday)] => Form::Weekday(Which::This, weekday),
        [Other("next"), Weekday(weekday)] => Form::Weekday(Which::Next, weekday),

        // `yesterday evening`, `last friday night`: the part of the day adds nothing.
        [ref day @ .., PartOfDay]
            if matches!(
                day,
                [Other("today" | "yesterday" | "tomorrow")] | [.., Weekday(_)]
            ) =>
        {
            return relative(day);
        }
        _ => return None,
    })
}

/// Reads phrases that name a date, with or without its weekday, month and year.
fn calendar(words: &[Word]) -> Result<Option<Form>, PhraseError> {
    use Word::{Date, Digits, Month, Ordinal, Other, Weekday};
    let (said, words) = match words {
        [Weekday(weekday), rest @ ..] => (Some(*weekday), without("the", rest)),
        _ => (None, words),
    };
    let date = match *words {
        [Date(day)] => CalendarDate::Full(day),
        [Ordinal(day)] => of_month(day)?,
        [Month(month), Other("the"), day, ref year @ ..]
        | [Month(month), day, ref year @ ..]
        | [day, Other("of"), Month(month), ref year @ ..]
        | [day, Month(month), ref year @ ..] => match (day.in_month(), year) {
            (Some(day), []) => of_year(month, day)?,
            (Some(day), &[Digits { value, len }]) => {
                CalendarDate::Full(exact(year_of(value, len)?, month, day)?)
            }
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(Form::Date(said, date)))
}

/// The most helpful reason why no rule fits.
fn refusal(text: &str, spelled: &[&str], words: &[Word]) -> PhraseError {
    let unknown = words.iter().any(|word| matches!(word, Word::Other(_)));
    if names_a_time(spelled) {
        PhraseError::TimeGiven(excerpt(text))
    } else if unknown || words.is_empty() {
        PhraseError::Unreadable(excerpt(text))
    } else {
        PhraseError::Unclear(excerpt(text))
    }
}

fn names_a_time(words: &[&str]) -> bool {
    let clock_unit = |word: &str| CLOCK_UNITS.contains(&singular(word));
    let digit_first = |word: &str| word.starts_with(|first: char| first.is_ascii_digit());
    let readable = |text: &str| text.parse::<TimeOfDay>().is_ok();
    let time = |word: &&str| readable(word) || (digit_first(word) && word.contains(':'));
    // `9 pm`, and `at 9`, which names a time but not which one
    let time_in_two =
        |pair: &[&str]| readable(&pair.join(" ")) || (pair[0] == "at" && digit_first(pair[1]));
    matches!(words, [.., unit, "ago"] | ["in", .., unit] if clock_unit(unit))
        || words.iter().any(time)
        || words.windows(2).any(time_in_two)
}

impl<'a> Word<'a> {
    /// Fails only for a date in numbers that cannot be used.
    fn read(word: &'a str) -> Result<Self, PhraseError> {
        // `nov. 3`
        let word = word.trim_end_matches('.');
        if let Some(value) = number(word) {
            return Ok(Self::Digits {
                value,
                len: word.len(),
            });
        }
        let in_numbers = word
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'/' | b'.'));
        if in_numbers && !word.is_empty() {
            return Ok(date_in_numbers(word)?.map_or(Self::Numbers, Self::Date));
        }
        Ok(Self::name(word).unwrap_or(Self::Other(word)))
    }

    fn name(word: &str) -> Option<Self> {
        if let Some(month) = MONTHS.iter().position(|name| abbreviates(word, name)) {
            return Some(Self::Month(one_based(month)));
        }
        if let Some((_, weekday)) = WEEKDAYS.iter().find(|(name, _)| abbreviates(word, name)) {
            return Some(Self::Weekday(*weekday));
        }
        if let Some((_, unit)) = UNITS.iter().find(|(name, _)| *name == singular(word)) {
            return Some(Self::Unit(*unit));
        }
        if let Some(count) = COUNTS.iter().position(|name| *name == word) {
            return Some(Self::Count(one_based(count)));
        }
        if matches!(word, "a" | "an") {
            return Some(Self::Count(1));
        }
        if PARTS_OF_DAY.contains(&word) {
            return Some(Self::PartOfDay);
        }
        let ordinal = ORDINAL_SUFFIXES
            .iter()
            .find_map(|suffix| word.strip_suffix(suffix))
            .filter(|digits| digits.len() <= 2);
        number(ordinal?).map(Self::Ordinal)
    }

    /// The day of the month, in words that can stand beside a month: `3`, `3rd`.
    fn in_month(self) -> Option<u32> {
        match self {
            Self::Digits { value, len: ..=2 } | Self::Ordinal(value) => Some(value),
            _ => None,
        }
    }
}

/// The words after `first`, if they begin with it.
fn without<'w, 'a>(first: &str, words: &'w [Word<'a>]) -> &'w [Word<'a>] {
    match words {
        [Word::Other(word), rest @ ..] if *word == first => rest,
        _ => words,
    }
}

/// `nov`, `sept` and `thurs` are told apart by three letters.
fn abbreviates(word: &str, name: &str) -> bool {
    let start = name.get(..word.len());
    word.len() >= 3 && start.is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// The number of an entry in one of the tables above. They count from one.
fn one_based(position: usize) -> u32 {
    position as u32 + 1
}

fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

/// A number in digits alone. One that `u32` cannot hold becomes its maximum, which is too large
/// for any use.
fn number(word: &str) -> Option<u32> {
    let digits = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| word.parse().unwrap_or(u32::MAX))
}

/// The numbers in a word that one kind of sign separates, with their lengths.
fn numbers(word: &str) -> Option<Vec<(u32, usize)>> {
    let separator = separator(word);
    word.split(|sign| Some(sign) == separator)
        .map(|part| Some((number(part)?, part.len())))
        .collect()
}

fn separator(word: &str) -> Option<char> {
    word.chars().find(|sign| !sign.is_ascii_digit())
}

/// `2026-11-20`, or with the year last, where day and month may be confused.
fn date_in_numbers(word: &str) -> Result<Option<Day>, PhraseError> {
    match numbers(word).unwrap_or_default()[..] {
        [(year, len @ 3..), (month, 1..=2), (day, 1..=2)] => {
            exact(year_of(year, len)?, month, day).map(Some)
        }
        [(a, 1..=2), (b, 1..=2), (year, len @ 3..)] => {
            year_last(a, b, year_of(year, len)?).map(Some)
        }
        [(_, 1..=2), (_, 1..=2), (_, 1..=2)] => Err(PhraseError::ShortYear),
        _ => Ok(None),
    }
}

fn year_last(a: u32, b: u32, year: i32) -> Result<Day, PhraseError> {
    match (exact(year, b, a), exact(year, a, b)) {
        (Ok(day_first), Ok(month_first)) if day_first != month_first => {
            Err(PhraseError::Ambiguous {
                day_first,
                month_first,
            })
        }
        (Ok(day), _) | (_, Ok(day)) => Ok(day),
        // Neither day exists: complain about the reading that at least has a month.
        (Err(day_first), Err(month_first)) => {
            Err(if b <= 12 { day_first } else { month_first })
        }
    }
}

fn year_of(value: u32, len: usize) -> Result<i32, PhraseError> {
    match (len, i32::try_from(value)) {
        (..4, _) => Err(PhraseError::ShortYear),
        (4, Ok(year @ 1..)) => Ok(year),
        _ => Err(PhraseError::OutOfYears),
    }
}

fn exact(year: i32, month: u32, day: u32) -> Result<Day, PhraseError> {
    Day::from_ymd(year, month, day).ok_or_else(|| no_such_date(day, month, Some(year)))
}

fn of_year(month: u32, day: u32) -> Result<CalendarDate, PhraseError> {
    match Day::from_ymd(LEAP_YEAR, month, day) {
        Some(_) => Ok(CalendarDate::OfYear { month, day }),
        None => Err(no_such_date(day, month, None)),
    }
}

fn of_month(day: u32) -> Result<CalendarDate, PhraseError> {
    match day {
        1..=31 => Ok(CalendarDate::OfMonth { day }),
        _ => Err(PhraseError::Impossible(format!(
            "there is no day {day}: a month has 31 days at most"
        ))),
    }
}

/// Any year with a 29 February.
const LEAP_YEAR: i32 = 2024;

fn no_such_date(day: u32, month: u32, year: Option<i32>) -> PhraseError {
    let days = (1..=31)
        .rev()
        .find(|day| Day::from_ymd(year.unwrap_or(LEAP_YEAR), month, *day).is_some());
    PhraseError::Impossible(match (days, year) {
        (None, _) => format!("there is no month {month}: a year has 12"),
        (Some(days), Some(year)) => {
            let name = month_name(month);
            format!("there is no {day} {name} {year}: {name} {year} has {days} days")
        }
        (Some(days), None) => {
            let name = month_name(month);
            format!("there is no {day} {name}: {name} never has more than {days} days")
        }
    })
}

fn wrong_weekday(day: Day, said: Weekday) -> PhraseError {
    let truth = day.date().format("%-d %B %-Y is a %A");
    PhraseError::Impossible(format!("{truth}, not a {}", weekday_name(said)))
}

impl Shift {
    fn times(self, n: i64) -> Self {
        // This is more days than the calendar has, and small enough not to overflow below.
        const FARTHEST: i64 = 9_999 * 366;
        let bounded = |unit: i64| (unit * n).clamp(-FARTHEST, FARTHEST);
        match self {
            Self::Days(unit) => Self::Days(bounded(unit)),
            Self::Months(unit) => Self::Months(bounded(unit)),
        }
    }

    fn from(self, today: Day) -> Option<Day> {
        match self {
            Self::Days(days) => today.plus_days(days),
            Self::Months(months) => {
                // chrono makes the last day of February of a month after 31 January.
                let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
                let date = if months < 0 {
                    today.date().checked_sub_months(count)
                } else {
                    today.date().checked_add_months(count)
                };
                date.and_then(Day::new)
            }
        }
    }
}

impl Which {
    fn find(self, weekday: Weekday, today: Day) -> Option<Day> {
        let since = i64::from(today.weekday().days_since(weekday));
        let until = i64::from(weekday.days_since(today.weekday()));
        let since_monday = |weekday: Weekday| i64::from(weekday.num_days_from_monday());
        today.plus_days(match self {
            Self::Recent => -since,
            Self::Last if since == 0 => -7,
            Self::Last => -since,
            Self::This => since_monday(weekday) - since_monday(today.weekday()),
            Self::Next if until == 0 => 7,
            Self::Next => until,
        })
    }
}

impl CalendarDate {
    /// The first such day after today; a full date stays as it is.
    fn next(self, today: Day) -> Option<Day> {
        match self {
            Self::Full(day) => Some(day),
            Self::OfYear { month, day } => (0..=8)
                .filter_map(|ahead| Day::from_ymd(today.date().year() + ahead, month, day))
                .find(|day| *day > today),
            Self::OfMonth { day } => (0..=2)
                .filter_map(|ahead| {
                    let first = today.date().with_day(1)?;
                    first.checked_add_months(Months::new(ahead))
                })
                .filter_map(|date| date.with_day(day).and_then(Day::new))
                .find(|day| *day > today),
        }
    }

    /// The latest such day up to today; a full date stays as it is.
    fn most_recent(self, today: Day) -> Option<Day> {
        match self {
            Self::Full(day) => Some(day),
            // 29 February can be eight years back: 1900 had none.
            Self::OfYear { month, day } => (0..=8)
                .filter_map(|back| Day::from_ymd(today.date().year() - back, month, day))
                .find(|day| *day <= today),
            // This month the day may be to come, and the month before may be too short for it;
            // two months in a row never are.
            Self::OfMonth { day } => (0..=2)
                .filter_map(|back| today.date().checked_sub_months(Months::new(back)))
                .filter_map(|date| date.with_day(day).and_then(Day::new))
                .find(|day| *day <= today),
        }
    }
}

/// The phrase in its plainest form, which reads back as the same phrase.
impl fmt::Display for DayPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Form::Shift(shift) => shift.fmt(f),
            Form::Weekday(which, weekday) => {
                let which = match which {
                    Which::Recent => "",
                    Which::Last => "last ",
                    Which::This => "this ",
                    Which::Next => "next ",
                };
                write!(f, "{which}{}", weekday_name(weekday))
            }
            Form::Date(Some(said), date) => write!(f, "{} {date}", weekday_name(said)),
            Form::Date(None, date) => date.fmt(f),
        }
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, unit) = match *self {
            Self::Days(0) => return f.write_str("today"),
            Self::Days(-1) => return f.write_str("yesterday"),
            Self::Days(1) => return f.write_str("tomorrow"),
            Self::Days(n) => (n, "day"),
            Self::Months(n) => (n, "month"),
        };
        let count = n.unsigned_abs();
        let plural = if count == 1 { "" } else { "s" };
        if n > 0 {
            write!(f, "in {count} {unit}{plural}")
        } else {
            write!(f, "{count} {unit}{plural} ago")
        }
    }
}

impl fmt::Display for CalendarDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Full(day) => day.fmt(f),
            Self::OfYear { month, day } => write!(f, "{day} {}", month_name(month)),
            Self::OfMonth { day } => {
                let suffix = match day {
                    1 | 21 | 31 => "st",
                    2 | 22 => "nd",
                    3 | 23 => "rd",
                    _ => "th",
                };
                write!(f, "the {day}{suffix}")
            }
        }
    }
}

fn month_name(month: u32) -> &'static str {
    // The month is 1 to 12: everything that calls this has checked it.
    MONTHS[month as usize - 1]
}

fn weekday_name(weekday: Weekday) -> &'static str {
    WEEKDAYS[weekday.num_days_from_monday() as usize].0
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveTime;
    use proptest::prelude::*;

    const MONDAY: &str = "2026-11-23";
    const FRIDAY: &str = "2026-11-20";
    const SUNDAY: &str = "2026-11-22";
    const NEW_YEAR: &str = "2026-01-01";
    const FIRST_MARCH: &str = "2026-03-01";
    const FIRST_MARCH_LEAP: &str = "2024-03-01";
    const LEAP_DAY: &str = "2024-02-29";
    const LAST_MARCH: &str = "2026-03-31";

    fn day(iso: &str) -> Day {
        iso.parse().unwrap()
    }

    fn understand(text: &str, today: Day) -> Result<Day, PhraseError> {
        text.parse::<DayPhrase>()?.resolve(today)
    }

    /// The day as ISO, or the message.
    fn answer(text: &str, today: &str) -> String {
        match understand(text, day(today)) {
            Ok(day) => day.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[track_caller]
    fn check(text: &str, today: &str, expected: &str) {
        assert_eq!(answer(text, today), expected, "{text:?} on {today}");
    }

    #[track_caller]
    fn refused(text: &str, today: &str, expected: PhraseError) {
        assert_eq!(
            understand(text, day(today)),
            Err(expected),
            "{text:?} on {today}"
        );
    }

    #[test]
    #[rustfmt::skip]
    fn dates_with_the_year() {
        for text in [
            "2026-11-20", "2026/11/20", "2026.11.20", " 2026-11-20 ", "on 2026-11-20",
            "fri 2026-11-20", "fri 20 nov 2026", "Friday, 20 November 2026", "Fri 20 Nov 2026",
            "Friday 20 November 2026", "friday the 20th of november, 2026", "nov 20 2026",
            "NOV. 20, 2026", "November 20,2026", "november 20th 2026", "november the 20th 2026",
            "20 november 2026", "20th nov 2026", "the 20th of november 2026",
            "20 of november 2026", "20/11/2026", "11/20/2026", "20.11.2026", "20-11-2026",
        ] {
            check(text, MONDAY, "2026-11-20");
            check(text, FRIDAY, "2026-11-20");
        }
        check("2026-1-5", MONDAY, "2026-01-05");
        check("November 3, 2025", MONDAY, "2025-11-03");
        check("3 november 2025", MONDAY, "2025-11-03");
        check("nov 3 2025", MONDAY, "2025-11-03");
        check("3 Nov 1660", MONDAY, "1660-11-03");
        check("3 nov 0987", MONDAY, "0987-11-03");
        check("29 feb 2024", MONDAY, "2024-02-29");
    }

    #[test]
    #[rustfmt::skip]
    fn dates_without_a_year_are_the_most_recent() {
        for text in [
            "nov 3", "3 nov", "november 3", "3 november", "3rd november", "november 3rd",
            "november the 3rd", "3 of november", "the 3rd of november", "on the 3rd of november",
            "on nov 3", "tue 3 nov",
        ] {
            check(text, MONDAY, "2026-11-03");
        }
        check("nov 23", MONDAY, "2026-11-23");
        check("nov 24", MONDAY, "2025-11-24");
        check("dec 25", MONDAY, "2025-12-25");
        check("dec 31", NEW_YEAR, "2025-12-31");
        check("jan 1", NEW_YEAR, "2026-01-01");
        check("sept 9", MONDAY, "2026-09-09");
        check("feb 29", MONDAY, "2024-02-29");
        check("feb 29", LEAP_DAY, "2024-02-29");
        check("feb 29", "2024-02-28", "2020-02-29");
        check("feb 29", "1904-02-28", "1896-02-29");
        check(
            "feb 29",
            "0004-02-28",
            "only days of the years 1 to 9999 can be named",
        );
    }

    #[test]
    fn a_day_of_the_month_is_the_most_recent() {
        check("the 3rd", MONDAY, "2026-11-03");
        check("3rd", MONDAY, "2026-11-03");
        check("on the 23rd", MONDAY, "2026-11-23");
        check("the 24th", MONDAY, "2026-10-24");
        check("the 31st", FIRST_MARCH, "2026-01-31");
        check("the 29th", FIRST_MARCH, "2026-01-29");
        check("the 29th", FIRST_MARCH_LEAP, "2024-02-29");
        check("the 30th", "2026-03-29", "2026-01-30");
        check("the 31st", NEW_YEAR, "2025-12-31");
        check("friday the 13th", MONDAY, "2026-11-13");
        check(
            "the 32nd",
            MONDAY,
            "there is no day 32: a month has 31 days at most",
        );
        check(
            "the 0th",
            MONDAY,
            "there is no day 0: a month has 31 days at most",
        );
        check(
            "the 3rd",
            "0001-01-02",
            "only days of the years 1 to 9999 can be named",
        );
    }

    #[test]
    #[rustfmt::skip]
    fn days_by_name() {
        for text in [
            "today", "TODAY", " today ", "now", "tonight", "this morning", "today evening",
        ] {
            check(text, MONDAY, "2026-11-23");
        }
        for text in [
            "yesterday", "Yesterday,", "last night", "yesterday evening", "a day ago",
        ] {
            check(text, MONDAY, "2026-11-22");
        }
        check("yesterday", FIRST_MARCH, "2026-02-28");
        check("yesterday", FIRST_MARCH_LEAP, "2024-02-29");
        check("yesterday", NEW_YEAR, "2025-12-31");
        check("the day before yesterday", MONDAY, "2026-11-21");
        check("day  before\tyesterday", NEW_YEAR, "2025-12-30");
    }

    #[test]
    fn a_bare_weekday_is_the_most_recent_today_included() {
        check("friday", MONDAY, "2026-11-20");
        check("friday", FRIDAY, "2026-11-20");
        check("friday", "2026-11-26", "2026-11-20");
        check("Monday", MONDAY, "2026-11-23");
        check("tuesday", MONDAY, "2026-11-17");
        for text in ["fri", "on friday", "fri.", "friday night", "Friday"] {
            check(text, MONDAY, "2026-11-20");
        }
        check("thurs", MONDAY, "2026-11-19");
    }

    #[test]
    fn the_last_weekday_is_before_today() {
        check("last friday", MONDAY, "2026-11-20");
        check("last friday", FRIDAY, "2026-11-13");
        check("last monday", MONDAY, "2026-11-16");
        check("last sunday", SUNDAY, "2026-11-15");
        check("last tuesday", MONDAY, "2026-11-17");
        check("last thursday", NEW_YEAR, "2025-12-25");
        check("last fri night", MONDAY, "2026-11-20");
    }

    #[test]
    fn this_weekday_is_in_the_week_from_monday_to_sunday() {
        check("this monday", MONDAY, "2026-11-23");
        check("this monday", SUNDAY, "2026-11-16");
        check("this sunday", SUNDAY, "2026-11-22");
        check("this friday", FRIDAY, "2026-11-20");
        check(
            "this friday",
            MONDAY,
            "Friday 27 November 2026 is still to come",
        );
    }

    #[test]
    #[rustfmt::skip]
    fn counted_back() {
        check("3 days ago", MONDAY, "2026-11-20");
        check("three days ago", MONDAY, "2026-11-20");
        check("twelve days ago", MONDAY, "2026-11-11");
        check("0 days ago", MONDAY, "2026-11-23");
        check("a week ago", MONDAY, "2026-11-16");
        check("last week", MONDAY, "2026-11-16");
        check("2 weeks ago", MONDAY, "2026-11-09");
        check("a fortnight ago", MONDAY, "2026-11-09");
        check("1 month ago", MONDAY, "2026-10-23");
        check("last month", MONDAY, "2026-10-23");
        check("last month", LAST_MARCH, "2026-02-28");
        check("last month", NEW_YEAR, "2025-12-01");
        check("a year ago", MONDAY, "2025-11-23");
        check("last year", LEAP_DAY, "2023-02-28");
        check("4 years ago", LEAP_DAY, "2020-02-29");
        for text in [
            "99999999 days ago", "99999999999999999999999 days ago", "4294967295 fortnights ago",
            "4294967296 years ago", "10000 years ago", "in 99999999999999999999999 months",
        ] {
            refused(text, MONDAY, PhraseError::OutOfYears);
        }
    }

    #[test]
    fn days_to_come_are_named_and_refused() {
        check(
            "tomorrow",
            MONDAY,
            "Tuesday 24 November 2026 is still to come",
        );
        check("tomorrow", LEAP_DAY, "Friday 1 March 2024 is still to come");
        for (text, to_come) in [
            ("2026-11-24", "2026-11-24"),
            ("24 nov 2026", "2026-11-24"),
            ("tue 24 nov 2026", "2026-11-24"),
            ("24/11/2026", "2026-11-24"),
            ("tomorrow morning", "2026-11-24"),
            ("the day after tomorrow", "2026-11-25"),
            ("in a day", "2026-11-24"),
            ("in 3 days", "2026-11-26"),
            ("in two weeks", "2026-12-07"),
            ("next week", "2026-11-30"),
            ("next month", "2026-12-23"),
            ("next year", "2027-11-23"),
            ("next tuesday", "2026-11-24"),
            ("next monday", "2026-11-30"),
            ("this sunday", "2026-11-29"),
        ] {
            refused(text, MONDAY, PhraseError::Future(day(to_come)));
        }
    }

    #[test]
    fn a_date_in_numbers_is_taken_when_only_one_reading_exists() {
        check("13/02/2026", MONDAY, "2026-02-13");
        check("02/13/2026", MONDAY, "2026-02-13");
        check("02/02/2026", MONDAY, "2026-02-02");
        check("2/2/2026", MONDAY, "2026-02-02");
        check(
            "01/02/2026",
            MONDAY,
            "could be 2026-02-01 (1 February) or 2026-01-02 (2 January); write it as YYYY-MM-DD",
        );
        for text in ["01/11/2026", "1.11.2026", "1-11-2026", "sun 1/11/2026"] {
            let expected = PhraseError::Ambiguous {
                day_first: day("2026-11-01"),
                month_first: day("2026-01-11"),
            };
            refused(text, MONDAY, expected);
        }
    }

    #[test]
    fn dates_that_do_not_exist_say_why() {
        for (text, why) in [
            (
                "2026-02-30",
                "there is no 30 February 2026: February 2026 has 28 days",
            ),
            (
                "2100-02-29",
                "there is no 29 February 2100: February 2100 has 28 days",
            ),
            (
                "feb 29 2025",
                "there is no 29 February 2025: February 2025 has 28 days",
            ),
            (
                "29/02/2025",
                "there is no 29 February 2025: February 2025 has 28 days",
            ),
            (
                "02/29/2025",
                "there is no 29 February 2025: February 2025 has 28 days",
            ),
            (
                "31/04/2026",
                "there is no 31 April 2026: April 2026 has 30 days",
            ),
            (
                "nov 31",
                "there is no 31 November: November never has more than 30 days",
            ),
            (
                "feb 30",
                "there is no 30 February: February never has more than 29 days",
            ),
            (
                "0 nov",
                "there is no 0 November: November never has more than 30 days",
            ),
            ("2026-13-01", "there is no month 13: a year has 12"),
            ("2026-20-11", "there is no month 20: a year has 12"),
            ("2026-00-11", "there is no month 0: a year has 12"),
            (
                "thu 20 nov 2026",
                "20 November 2026 is a Friday, not a Thursday",
            ),
            (
                "monday 20 november",
                "20 November 2026 is a Friday, not a Monday",
            ),
            ("mon 25 dec", "25 December 2025 is a Thursday, not a Monday"),
            ("mon the 3rd", "3 November 2026 is a Tuesday, not a Monday"),
        ] {
            check(text, MONDAY, why);
        }
    }

    #[test]
    #[rustfmt::skip]
    fn years_have_four_digits() {
        for text in [
            "1/2/26", "26-11-20", "01.02.26", "nov 3 26", "3 nov 987", "987-11-03",
        ] {
            refused(text, MONDAY, PhraseError::ShortYear);
        }
        for text in [
            "0000-01-01", "3 nov 0000", "12026-11-20", "nov 3 10000", "1/2/99999",
        ] {
            refused(text, MONDAY, PhraseError::OutOfYears);
        }
    }

    #[test]
    #[rustfmt::skip]
    fn a_time_is_given_apart() {
        for text in [
            "yesterday at 9pm", "yesterday at 9", "yesterday 21:15", "last friday at 7pm",
            "2 days ago at 08:00", "2026-11-01 21:30", "2026-11-01T21:30",
            "2026-11-01T21:30:00Z", "nov 3 9 pm", "9:30 am", "9.30pm", "21h15", "noon",
            "today noon", "3 hours ago", "an hour ago", "half an hour ago", "30 minutes ago",
            "5 mins ago", "in 2 hours",
        ] {
            refused(text, MONDAY, PhraseError::TimeGiven(text.to_owned()));
        }
        check(
            "3 hours ago",
            MONDAY,
            "\"3 hours ago\" names a time; give the day and the time apart, \
             as in --on yesterday --at 21:00",
        );
    }

    #[test]
    #[rustfmt::skip]
    fn numbers_alone_are_unclear() {
        for text in [
            "5", "12", "2026", "20261120", "2115", "11/20", "20.11.", "2026-11", "2026-11/20",
            "-5", "5 5", "november", "november 2025", "friday 5", "3 days", "1,000 days",
            "2026-11-20 2026-11-21", "2026-111-20", "morning",
        ] {
            refused(text, MONDAY, PhraseError::Unclear(text.to_owned()));
        }
        check(
            "5",
            MONDAY,
            "cannot tell which day \"5\" is; try 2026-11-20, nov 3 or the 3rd",
        );
    }

    #[test]
    #[rustfmt::skip]
    fn what_cannot_be_read_is_shown_with_examples() {
        check(
            "garbage words",
            MONDAY,
            "cannot read \"garbage words\" as a day; \
             try 2026-11-20, yesterday, last friday, 3 days ago or nov 3",
        );
        for text in [
            "", ".", "gestern", "letzten freitag", "le 3 novembre", "вчера", "昨日", "３ nov",
            "3 days before", "ago", "last", "the", "on", "on the", "this week", "-3 days ago",
            "fr", "mo", "3 novembre", "today today", "nov 3rdd", "3 days ago night", "123rd",
            "re: friday",
            "wee\u{212a} ago",
        ] {
            refused(text, MONDAY, PhraseError::Unreadable(text.to_owned()));
        }
    }

    #[test]
    fn what_is_quoted_is_short_and_visible() {
        let quoted = |text: &str| {
            answer(text, MONDAY)
                .split(" as a day")
                .next()
                .unwrap()
                .to_owned()
        };
        assert_eq!(quoted("a\u{1b}[2J\nb"), r#"cannot read "a\u{1b}[2J\nb""#);
        assert_eq!(quoted("a\u{202e}b"), r#"cannot read "a\u{202e}b""#);
        assert_eq!(quoted("it's \"x\""), r#"cannot read "it's \"x\"""#);
        for text in ["noon\u{1b}\n9pm", "9pm \u{1b}", "5\n5"] {
            let message = answer(text, MONDAY);
            assert!(!message.contains(char::is_control), "{message:?}");
        }
        let time = "9\u{1b}pm".parse::<TimeOfDay>().unwrap_err().to_string();
        assert!(time.starts_with(r#"cannot read "9\u{1b}pm""#), "{time:?}");
        let long = "é".repeat(41);
        assert_eq!(
            quoted(&long),
            format!("cannot read \"{}…\"", "é".repeat(40))
        );
        assert_eq!(
            quoted(&"é".repeat(40)),
            format!("cannot read \"{}\"", "é".repeat(40))
        );
    }

    #[test]
    fn long_text_is_no_day() {
        let spaces = |count| format!("today{}", " ".repeat(count));
        check(&spaces(59), MONDAY, MONDAY);
        check(
            &spaces(60),
            MONDAY,
            "a day takes 64 characters at most; try 2026-11-20, yesterday or nov 3",
        );
    }

    #[test]
    fn phrases_are_written_plainly() {
        for (text, plain) in [
            ("NOW", "today"),
            ("last night", "yesterday"),
            ("in a day", "tomorrow"),
            ("two  weeks ago", "14 days ago"),
            ("last year", "12 months ago"),
            ("last month", "1 month ago"),
            ("next week", "in 7 days"),
            ("in 0 years", "0 months ago"),
            ("on fri", "Friday"),
            ("last fri", "last Friday"),
            ("nov 3, 2025", "2025-11-03"),
            ("mon nov 3 2025", "Monday 2025-11-03"),
            ("the 3rd of nov", "3 November"),
            ("1th", "the 1st"),
            ("11th", "the 11th"),
            ("22nd", "the 22nd"),
            ("23th", "the 23rd"),
            ("tue 3rd", "Tuesday the 3rd"),
        ] {
            assert_eq!(
                text.parse::<DayPhrase>().unwrap().to_string(),
                plain,
                "{text:?}"
            );
        }
    }

    #[track_caller]
    fn check_time(text: &str, expected: &str) {
        let answer = match text.parse::<TimeOfDay>() {
            Ok(time) => time.time().format("%H:%M:%S").to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(answer, expected, "{text:?}");
    }

    #[test]
    fn times() {
        for (text, time) in [
            ("21:15", "21:15:00"),
            ("21:15:30", "21:15:30"),
            ("9:05", "09:05:00"),
            ("00:00", "00:00:00"),
            ("23:59:59", "23:59:59"),
            ("9pm", "21:00:00"),
            ("9 pm", "21:00:00"),
            (" 9  PM ", "21:00:00"),
            ("at 9pm", "21:00:00"),
            ("9:30 am", "09:30:00"),
            ("9:30 a.m.", "09:30:00"),
            ("9.30pm", "21:30:00"),
            ("12am", "00:00:00"),
            ("12:30 am", "00:30:00"),
            ("12pm", "12:00:00"),
            ("11:59:59 pm", "23:59:59"),
            ("noon", "12:00:00"),
            ("Midnight", "00:00:00"),
            ("21h15", "21:15:00"),
        ] {
            check_time(text, time);
        }
    }

    #[test]
    fn times_are_written_with_seconds_only_where_there_are_some() {
        let plain = |text: &str| text.parse::<TimeOfDay>().map(|time| time.to_string());
        assert_eq!(plain("9 pm"), Ok("21:00".to_owned()));
        assert_eq!(plain("9:05 am"), Ok("09:05".to_owned()));
        assert_eq!(plain("21:15:30"), Ok("21:15:30".to_owned()));
    }

    #[test]
    fn times_that_do_not_exist_say_why() {
        let clock = "a clock goes from 00:00, which is midnight, to 23:59";
        for text in ["24:00", "25:00", "21:60", "23:59:60", "9:75pm"] {
            check_time(text, clock);
        }
        for text in ["13pm", "0am", "0:30 am", "21:15 pm"] {
            check_time(text, "hours with am or pm go from 1 to 12");
        }
    }

    #[test]
    #[rustfmt::skip]
    fn times_that_cannot_be_read_are_shown_with_examples() {
        check_time(
            "2115",
            "cannot read \"2115\" as a time; try 21:15, 9:15 pm or noon",
        );
        for text in [
            "", "9", "21", "am", "pm", "ham", "at", "9.30", "9:5", "009:30", "9:300", "21:",
            ":15", "21:15:30:00", "21:15.30", "9h30pm", "21h", "-9pm", "+9pm", "９pm", "9é",
            "é15", "9:3é", "yesterday", "21:15 Uhr", "2026-11-20", "99999999999pm",
        ] {
            let expected = PhraseError::UnreadableTime(text.to_owned());
            assert_eq!(text.parse::<TimeOfDay>(), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn days_to_come_are_read_forward() {
        let ahead = |text: &str| {
            let phrase: DayPhrase = text.parse().expect("a phrase");
            phrase.resolve_ahead(day(MONDAY)).map(|day| day.to_string())
        };
        for (text, expect) in [
            ("2026-12-24", "2026-12-24"),
            ("tomorrow", "2026-11-24"),
            ("in 3 weeks", "2026-12-14"),
            ("friday", "2026-11-27"),
            ("monday", "2026-11-30"),
            ("next friday", "2026-11-27"),
            ("jan 3", "2027-01-03"),
            ("nov 23", "2027-11-23"),
            ("feb 29", "2028-02-29"),
            ("the 31st", "2026-12-31"),
        ] {
            assert_eq!(ahead(text), Ok(expect.to_owned()), "{text}");
        }
        for text in [
            "today",
            "yesterday",
            "2026-11-22",
            "last friday",
            "3 days ago",
        ] {
            assert!(matches!(ahead(text), Err(PhraseError::Past(_))), "{text}");
        }
    }

    fn any_day() -> impl Strategy<Value = Day> {
        let first = day("0001-01-01");
        let last = day("9999-12-31").days_since(first);
        // Most of them near an end of the calendar or within living memory.
        prop_oneof![
            0..=last,
            0..=800_i64,
            last - 800..=last,
            730_000..=745_000_i64
        ]
        .prop_map(move |days| first.plus_days(days).unwrap())
    }

    fn any_weekday() -> impl Strategy<Value = Weekday> {
        (0..7_usize).prop_map(|at| WEEKDAYS[at].1)
    }

    fn any_phrase() -> impl Strategy<Value = DayPhrase> {
        let units = proptest::sample::select(UNITS.map(|(_, unit)| unit).to_vec());
        let count = prop_oneof![-40..40_i64, any::<i32>().prop_map(i64::from)];
        let which = proptest::sample::select(vec![
            Which::Recent,
            Which::Last,
            Which::This,
            Which::Next,
        ]);
        let date = prop_oneof![
            any_day().prop_map(CalendarDate::Full),
            any_day().prop_map(|day| CalendarDate::OfYear {
                month: day.date().month(),
                day: day.date().day(),
            }),
            (1..=31_u32).prop_map(|day| CalendarDate::OfMonth { day }),
        ];
        prop_oneof![
            (units, count).prop_map(|(unit, n)| Form::Shift(unit.times(n))),
            (which, any_weekday()).prop_map(|(which, day)| Form::Weekday(which, day)),
            (proptest::option::of(any_weekday()), date)
                .prop_map(|(said, date)| Form::Date(said, date)),
        ]
        .prop_map(DayPhrase)
    }

    /// Words the grammar knows, put together anyhow.
    fn any_words() -> impl Strategy<Value = String> {
        let words = "today yesterday tomorrow tonight this last next the on in of at ago before \
            after day days week fortnight months year a an one twelve 0 3 03 29 31 32 2024 2026 \
            99999999999 3rd 31st 0th nov february fri monday morning night noon 9pm am 21:15 hours \
            2026-11-20 2024-02-29 01/02/2026 13.2.2026 1/2/26 11/20 - . , é";
        let word = proptest::sample::select(words.split_whitespace().collect::<Vec<_>>());
        proptest::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[0-9a-z:./, -]{0,20}",
            "[0-9]{1,5}[-/.][0-9]{1,5}[-/.][0-9]{1,5}",
            any_words(),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_text_panics_or_means_the_future(text in any_text(), today in any_day()) {
            match understand(&text, today) {
                Ok(day) => prop_assert!(day <= today),
                Err(error) => {
                    let message = error.to_string();
                    prop_assert!(!message.contains(char::is_control) && !message.ends_with('.'));
                }
            }
            if let Ok(time) = text.parse::<TimeOfDay>() {
                prop_assert_eq!(time.to_string().parse(), Ok(time));
            }
        }

        #[test]
        fn no_phrase_panics_or_means_the_future(phrase in any_phrase(), today in any_day()) {
            if let Ok(day) = phrase.resolve(today) {
                prop_assert!(day <= today);
            }
        }

        #[test]
        fn a_phrase_written_plainly_reads_back(phrase in any_phrase()) {
            prop_assert_eq!(phrase.to_string().parse(), Ok(phrase));
        }

        #[test]
        fn what_is_read_is_written_plainly_and_reads_back(text in any_words()) {
            if let Ok(phrase) = text.parse::<DayPhrase>() {
                prop_assert_eq!(phrase.to_string().parse(), Ok(phrase));
            }
        }

        #[test]
        fn every_spelling_of_a_day_means_it(day in any_day(), later in 0..1_000_i64) {
            let today = day.plus_days(later).unwrap_or(day);
            let mut spellings = vec![
                day.to_string(),
                day.to_string().to_uppercase(),
                format!("{} days ago", today.days_since(day)),
            ];
            if day.date().year() >= 1000 {
                spellings.extend([day.long(), day.short()]);
            }
            if later < 365 {
                spellings.push(day.without_year());
            }
            for spelling in spellings {
                prop_assert_eq!(understand(&spelling, today), Ok(day), "{} on {}", spelling, today);
            }
        }

        #[test]
        fn the_most_recent_is_what_counting_back_finds(
            today in any_day(), named in any_day(), weekday in any_weekday(),
        ) {
            // Nine years hold a 29 February anywhere in the calendar.
            let find = |from: i64, matches: &dyn Fn(Day) -> bool| {
                (from..=9 * 366)
                    .map_while(|back| today.plus_days(-back))
                    .find(|day| matches(*day))
                    .ok_or(PhraseError::OutOfYears)
            };
            let (month, of_month) = (named.date().month(), named.date().day());
            let same_weekday = |day: Day| day.weekday() == weekday;
            let same_of_month = |day: Day| day.date().day() == of_month;
            let same_of_year = |day: Day| same_of_month(day) && day.date().month() == month;
            let weekday = weekday_name(weekday);
            for (text, expected) in [
                (weekday.to_owned(), find(0, &same_weekday)),
                (format!("last {weekday}"), find(1, &same_weekday)),
                (format!("the {of_month}th"), find(0, &same_of_month)),
                (format!("{of_month} {}", month_name(month)), find(0, &same_of_year)),
            ] {
                prop_assert_eq!(understand(&text, today), expected, "{} on {}", text, today);
            }
        }

        #[test]
        fn times_as_a_clock_shows_them_read_back(second in 0..86_400_u32) {
            let time = NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap();
            prop_assert_eq!(TimeOfDay(time).to_string().parse(), Ok(TimeOfDay(time)));
            for pattern in ["%H:%M:%S", "%-H:%M:%S", "%I:%M:%S %p", "%-I:%M:%S%P"] {
                let text = time.format(pattern).to_string();
                prop_assert_eq!(text.parse(), Ok(TimeOfDay(time)), "{}", text);
            }
        }
    }
}
