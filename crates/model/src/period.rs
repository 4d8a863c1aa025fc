//! A time to look back on, as a person types it: `last week`, `2026-11`, `nov 3..today`.
//!
//! As with [`DayPhrase`], reading takes two steps: parsing needs no clock, and
//! [`PeriodPhrase::resolve`] finds the days that were meant, seen from today.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};

use super::phrase::{DayPhrase, PhraseError};
use super::{Day, Filter};

/// Days from one to another, both included. It may reach beyond today: a week is a week on
/// its Wednesday too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day; `None` for the beginning of the journal.
    pub from: Option<Day>,
    /// The last day.
    pub to: Day,
}

/// A time to look back on, as a person names it. Capitals and extra spaces do not matter.
///
/// | typed | means |
/// |---|---|
/// | `week`, `this week` | Monday to Sunday around today; `month` and `year` alike |
/// | `last week` | the one before; `last month` and `last year` alike |
/// | `last 30 days` | the 30 days up to today; weeks, months and years alike |
/// | `2026`, `2026-11`, `2026-W47` | that year, that month, that week of ISO 8601 |
/// | `november`, `nov 2026` | the most recent November, or that one |
/// | `yesterday`, `2026-11-20`, `nov 3` | that day, as [`DayPhrase`] reads it |
/// | `A..B` | from the beginning of A to the end of B; each is any of the above |
/// | `A..`, `..B`, `..` | up to today; from the first page on; everything |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodPhrase {
    /// One stretch of time.
    One(NamedPeriod),
    /// From the beginning of one to the end of another.
    Range(Option<NamedPeriod>, Option<NamedPeriod>),
}

/// A stretch of time with a name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedPeriod {
    /// The week, month or year that holds today, or the one so many before it.
    Back(u32, CalendarUnit),
    /// So many days, weeks, months or years, the last of their days being today.
    UpToToday(u32, CalendarUnit),
    /// A year.
    Year(i32),
    /// A month of a year, or the most recent one of that name.
    Month(Option<i32>, u32),
    /// A week of ISO 8601.
    Week(i32, u32),
    /// A day.
    Day(DayPhrase),
}

/// The units of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarUnit {
    /// From morning to morning.
    Day,
    /// From Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
    /// A year of the calendar.
    Year,
}

/// The reason why a typed text names no time to look back on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeriodError {
    /// The text names no time.
    Unreadable(String),
    /// The text would name a time, but a day in it cannot be used.
    Day(PhraseError),
    /// This word could be either of two days.
    Ambiguous(String, PhraseError),
    /// It ends before it begins.
    Backwards(Day, Day),
    /// All of it is after today.
    Future(Period),
    /// It lies outside the years 1 to 9999.
    OutOfYears,
}

impl fmt::Display for PeriodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(text) => write!(
                f,
                "cannot read {text:?} as a time to look back on; \
                 try last week, month, 2026-11 or 2026-11-01..2026-11-07"
            ),
            Self::Day(error) => error.fmt(f),
            Self::Ambiguous(text, error) => write!(f, "{text} {error}"),
            Self::Backwards(from, to) => write!(
                f,
                "a time that begins on {from} cannot end on {to}; write the earlier day first"
            ),
            Self::Future(period) => write!(f, "{period} is still to come"),
            Self::OutOfYears => PhraseError::OutOfYears.fmt(f),
        }
    }
}

impl std::error::Error for PeriodError {}

impl PeriodPhrase {
    /// The present week.
    pub const THIS_WEEK: PeriodPhrase =
        PeriodPhrase::One(NamedPeriod::Back(0, CalendarUnit::Week));

    /// The days this phrase means, seen from `today`. They begin today at the latest.
    ///
    /// # Errors
    /// [`PeriodError`] for days to come, or the wrong way round.
    pub fn resolve(self, today: Day) -> Result<Period, PeriodError> {
        let (from, to) = match self {
            Self::One(stretch) => {
                let (from, to) = stretch.days(today)?;
                (Some(from), to)
            }
            Self::Range(from, to) => {
                let from = from.map(|stretch| stretch.days(today)).transpose()?;
                let to = to.map(|stretch| stretch.days(today)).transpose()?;
                (from.map(|(from, _)| from), to.map_or(today, |(_, to)| to))
            }
        };
        let period = Period { from, to };
        match from {
            Some(from) if from > today => Err(PeriodError::Future(Period {
                to: to.max(from),
                ..period
            })),
            Some(from) if from > to => Err(PeriodError::Backwards(from, to)),
            _ => Ok(period),
        }
    }
}

impl FromStr for PeriodPhrase {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let end = |part: &str| match part.trim() {
            "" => Ok(None),
            part => part.parse().map(Some),
        };
        match text.split_once("..") {
            Some((from, to)) => Ok(Self::Range(end(from)?, end(to)?)),
            None => text.parse().map(Self::One),
        }
    }
}

impl FromStr for NamedPeriod {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        if let Some(stretch) = named(text) {
            return Ok(stretch);
        }
        text.parse::<DayPhrase>()
            .map(NamedPeriod::Day)
            .map_err(|error| match error {
                PhraseError::Unreadable(text) | PhraseError::Unclear(text) => {
                    PeriodError::Unreadable(text)
                }
                // The messages of the other errors repeat the typed text themselves.
                error @ PhraseError::Ambiguous { .. } => {
                    PeriodError::Ambiguous(text.trim().to_owned(), error)
                }
                error => PeriodError::Day(error),
            })
    }
}

/// Reads a week, a month, a year or a run of them.
fn named(text: &str) -> Option<NamedPeriod> {
    let plain = text.to_ascii_lowercase().replace(',', " ");
    let words: Vec<&str> = plain.split_whitespace().take(5).collect();
    let words = match words[..] {
        ["the", ref rest @ ..] => rest,
        ref all => all,
    };
    match *words {
        [unit] | ["this", unit] if longer_than_a_day(unit).is_some() => {
            Some(NamedPeriod::Back(0, longer_than_a_day(unit)?))
        }
        ["last" | "past", unit] => Some(NamedPeriod::Back(1, longer_than_a_day(unit)?)),
        ["last" | "past", count, unit] => {
            let count = count
                .parse()
                .ok()
                .filter(|count| (1..=999_999).contains(count))?;
            Some(NamedPeriod::UpToToday(count, CalendarUnit::read(unit)?))
        }
        [month, year] => Some(NamedPeriod::Month(
            Some(read_year(year)?),
            read_month(month)?,
        )),
        [word] => read_iso(word).or_else(|| Some(NamedPeriod::Month(None, read_month(word)?))),
        _ => None,
    }
}

/// `2026`, `2026-11`, `2026-w47`
fn read_iso(word: &str) -> Option<NamedPeriod> {
    let Some((year, rest)) = word.split_once('-') else {
        return read_year(word).map(NamedPeriod::Year);
    };
    let year = read_year(year)?;
    let two = |digits: &str| {
        (digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| digits.parse::<u32>().ok())
            .flatten()
    };
    match rest.strip_prefix('w') {
        Some(week) => two(week).map(|week| NamedPeriod::Week(year, week)),
        None => two(rest)
            .filter(|month| (1..=12).contains(month))
            .map(|month| NamedPeriod::Month(Some(year), month)),
    }
}

fn read_year(word: &str) -> Option<i32> {
    let four_digits = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    four_digits
        .then(|| word.parse().ok())
        .flatten()
        .filter(|year| *year > 0)
}

fn read_month(word: &str) -> Option<u32> {
    let letters = word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    letters
        .then(|| word.parse::<chrono::Month>().ok())
        .flatten()
        .map(|month| month.number_from_month())
}

fn longer_than_a_day(word: &str) -> Option<CalendarUnit> {
    match word {
        "week" => Some(CalendarUnit::Week),
        "month" => Some(CalendarUnit::Month),
        "year" => Some(CalendarUnit::Year),
        _ => None,
    }
}

impl CalendarUnit {
    fn read(word: &str) -> Option<CalendarUnit> {
        match word.strip_suffix('s').unwrap_or(word) {
            "day" => Some(CalendarUnit::Day),
            word => longer_than_a_day(word),
        }
    }
}

impl NamedPeriod {
    /// The first day and the last.
    fn days(self, today: Day) -> Result<(Day, Day), PeriodError> {
        let days = match self {
            NamedPeriod::Back(back, unit) => {
                unit.before(today, back).map(|day| unit.around(day))
            }
            NamedPeriod::UpToToday(count, unit) => unit
                .before(today, count)
                .and_then(|day| Some((day.plus_days(1)?, today))),
            NamedPeriod::Year(year) => {
                Day::from_ymd(year, 1, 1).map(|day| CalendarUnit::Year.around(day))
            }
            NamedPeriod::Month(year, month) => {
                // A month without its year is the one that has begun last.
                let this = today.date();
                let recent = this.year() - i32::from(month > this.month());
                Day::from_ymd(year.unwrap_or(recent), month, 1)
                    .map(|day| CalendarUnit::Month.around(day))
            }
            NamedPeriod::Week(year, week) => {
                NaiveDate::from_isoywd_opt(year, week, chrono::Weekday::Mon)
                    .and_then(Day::new)
                    .map(|day| CalendarUnit::Week.around(day))
            }
            NamedPeriod::Day(phrase) => {
                let day = phrase.resolve(today).map_err(PeriodError::Day)?;
                Some((day, day))
            }
        };
        days.ok_or(match self {
            NamedPeriod::Week(year, week) => {
                PeriodError::Unreadable(format!("{year:04}-W{week:02}"))
            }
            _ => PeriodError::OutOfYears,
        })
    }
}

impl CalendarUnit {
    /// The same day so many units earlier.
    fn before(self, day: Day, count: u32) -> Option<Day> {
        let date = match self {
            CalendarUnit::Day => day.date().checked_sub_days(Days::new(count.into())),
            CalendarUnit::Week => day.date().checked_sub_days(Days::new(u64::from(count) * 7)),
            CalendarUnit::Month => day.date().checked_sub_months(Months::new(count)),
            CalendarUnit::Year => day
                .date()
                .checked_sub_months(Months::new(count.checked_mul(12)?)),
        };
        date.and_then(Day::new)
    }

    /// The first and the last day of the day, week, month or year that holds this day. The last
    /// week of the year 9999 ends with the calendar, on a Friday.
    pub fn around(self, day: Day) -> (Day, Day) {
        let date = day.date();
        let kept = |found: Option<NaiveDate>| found.and_then(Day::new).unwrap_or(day);
        match self {
            CalendarUnit::Day => (day, day),
            CalendarUnit::Week => {
                let since = u64::from(day.weekday().num_days_from_monday());
                let monday = kept(date.checked_sub_days(Days::new(since)));
                let last = (0..7).rev().find_map(|days| monday.plus_days(days));
                (monday, last.unwrap_or(day))
            }
            CalendarUnit::Month => (
                kept(date.with_day(1)),
                kept((28..=31).rev().find_map(|day| date.with_day(day))),
            ),
            CalendarUnit::Year => (
                kept(NaiveDate::from_ymd_opt(date.year(), 1, 1)),
                kept(NaiveDate::from_ymd_opt(date.year(), 12, 31)),
            ),
        }
    }
}

impl Period {
    /// True if it is one whole day, week, month or year.
    fn is(self, unit: CalendarUnit) -> bool {
        self.from
            .is_some_and(|from| unit.around(from) == (from, self.to))
    }

    /// The filter with its days narrowed to this period; `None` if no day is left.
    pub fn narrow(self, filter: &Filter) -> Option<Filter> {
        let from = self.from.max(filter.from);
        let to = filter.to.map_or(self.to, |to| to.min(self.to));
        (from.is_none_or(|from| from <= to)).then(|| Filter {
            from,
            to: Some(to),
            ..filter.clone()
        })
    }

    /// The period for a heading, named from today if it is near: `This week, Monday 16 to Sunday
    /// 22 November 2026`.
    pub fn told(self, today: Day) -> String {
        let near = |unit: CalendarUnit, back: u32| {
            let day = unit.before(today, back);
            self.from.is_some()
                && day.map(|day| unit.around(day)) == self.from.zip(Some(self.to))
        };
        let name = [
            (CalendarUnit::Day, ["Today", "Yesterday"]),
            (CalendarUnit::Week, ["This week", "Last week"]),
        ]
        .into_iter()
        .find_map(|(unit, names)| {
            (0..2)
                .find(|&back| near(unit, back))
                .map(|back| names[back as usize])
        });
        match name {
            Some(name) => format!("{name}, {self}"),
            None => {
                let words = self.to_string();
                let mut chars = words.chars();
                let first = chars.next().map(|c| c.to_ascii_uppercase());
                first.into_iter().chain(chars).collect()
            }
        }
    }
}

/// As short as it is clear: `November 2026`, `1 to 7 September 1666`, `Sunday 22 November
/// 2026`, `everything up to 3 May 2026`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = self.to.date();
        let Some(from) = self.from else {
            return write!(f, "everything up to {}", to.format("%-d %B %-Y"));
        };
        if self.is(CalendarUnit::Day) {
            return f.write_str(&from.long());
        }
        if self.is(CalendarUnit::Year) {
            return to.format("%-Y").fmt(f);
        }
        if self.is(CalendarUnit::Month) {
            return to.format("%B %-Y").fmt(f);
        }
        let from = from.date();
        let weekday = if self.is(CalendarUnit::Week) {
            "%A "
        } else {
            ""
        };
        let beginning = if from.year() != to.year() {
            "%-d %B %-Y"
        } else if from.month() != to.month() {
            "%-d %B"
        } else {
            "%-d"
        };
        write!(
            f,
            "{} to {}",
            from.format(&format!("{weekday}{beginning}")),
            to.format(&format!("{weekday}%-d %B %-Y"))
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A Monday.
    const TODAY: &str = "2026-11-23";

    fn day(iso: &str) -> Day {
        iso.parse().unwrap()
    }

    fn answer(text: &str, today: &str) -> String {
        match text
            .parse::<PeriodPhrase>()
            .and_then(|phrase| phrase.resolve(day(today)))
        {
            Ok(Period {
                from: Some(from),
                to,
            }) => format!("{from}..{to}"),
            Ok(Period { from: None, to }) => format!("..{to}"),
            Err(error) => error.to_string(),
        }
    }

    #[track_caller]
    fn check(text: &str, today: &str, expected: &str) {
        assert_eq!(answer(text, today), expected, "{text:?} on {today}");
    }

    #[test]
    fn weeks_months_and_years_by_name() {
        check("week", TODAY, "2026-11-23..2026-11-29");
        check("This Week", TODAY, "2026-11-23..2026-11-29");
        check("week", "2026-11-22", "2026-11-16..2026-11-22");
        check("last week", TODAY, "2026-11-16..2026-11-22");
        check("month", TODAY, "2026-11-01..2026-11-30");
        check("last month", TODAY, "2026-10-01..2026-10-31");
        check("last month", "2026-03-31", "2026-02-01..2026-02-28");
        check("the last month", "2026-01-15", "2025-12-01..2025-12-31");
        check("year", TODAY, "2026-01-01..2026-12-31");
        check("last year", "2024-02-29", "2023-01-01..2023-12-31");
        // The week of the turn of the year, and those with the number 53.
        check("week", "2026-01-01", "2025-12-29..2026-01-04");
        check("2026-W53", "2027-01-03", "2026-12-28..2027-01-03");
        check("2020-w53", TODAY, "2020-12-28..2021-01-03");
        check("1660-W01", TODAY, "1659-12-29..1660-01-04");
    }

    #[test]
    fn counted_back_from_today() {
        check("last 7 days", TODAY, "2026-11-17..2026-11-23");
        check("past 1 day", TODAY, "2026-11-23..2026-11-23");
        check("last 2 weeks", TODAY, "2026-11-10..2026-11-23");
        check("the last 3 months", TODAY, "2026-08-24..2026-11-23");
        check("last 10 years", TODAY, "2016-11-24..2026-11-23");
        check(
            "last 9999 years",
            TODAY,
            "only days of the years 1 to 9999 can be named",
        );
    }

    #[test]
    fn years_months_and_days_of_the_calendar() {
        check("2026", TODAY, "2026-01-01..2026-12-31");
        check("1666", TODAY, "1666-01-01..1666-12-31");
        check("2024-02", TODAY, "2024-02-01..2024-02-29");
        check("nov 2025", TODAY, "2025-11-01..2025-11-30");
        check("September, 1666", TODAY, "1666-09-01..1666-09-30");
        check("november", TODAY, "2026-11-01..2026-11-30");
        check("december", TODAY, "2025-12-01..2025-12-31");
        check("may", TODAY, "2026-05-01..2026-05-31");
        check("1666-09-02", TODAY, "1666-09-02..1666-09-02");
        check("yesterday", TODAY, "2026-11-22..2026-11-22");
        check("nov 3", TODAY, "2026-11-03..2026-11-03");
    }

    #[test]
    fn from_one_to_another() {
        check("1666-09-01..1666-09-07", TODAY, "1666-09-01..1666-09-07");
        check("last friday .. yesterday", TODAY, "2026-11-20..2026-11-22");
        check("2026-11-20..", TODAY, "2026-11-20..2026-11-23");
        check("..nov 3", TODAY, "..2026-11-03");
        check("..", TODAY, "..2026-11-23");
        check("1666..1667", TODAY, "1666-01-01..1667-12-31");
        check("2026-09..2026-11", TODAY, "2026-09-01..2026-11-30");
        check("last month..yesterday", TODAY, "2026-10-01..2026-11-22");
        check("today..today", TODAY, "2026-11-23..2026-11-23");
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        check("2027", TODAY, "2027 is still to come");
        check("2026-12", TODAY, "December 2026 is still to come");
        check(
            "2026-12..",
            TODAY,
            "Tuesday 1 December 2026 is still to come",
        );
        check(
            "tomorrow",
            TODAY,
            "Tuesday 24 November 2026 is still to come",
        );
        check(
            "2026-11-20..2026-11-24",
            TODAY,
            "Tuesday 24 November 2026 is still to come",
        );
        check(
            "2026-11-20..2026-11-19",
            TODAY,
            "a time that begins on 2026-11-20 cannot end on 2026-11-19; \
             write the earlier day first",
        );
        let unreadable = |text: &str| {
            format!(
                "cannot read {text:?} as a time to look back on; \
                 try last week, month, 2026-11 or 2026-11-01..2026-11-07"
            )
        };
        for text in [
            "fortnightly",
            "2026-W60",
            "last 0 days",
            "2026-1",
            "5",
            "next one",
            "",
        ] {
            check(text, TODAY, &unreadable(text));
        }
        check("2025-W53", TODAY, &unreadable("2025-W53"));
        check("a...b", TODAY, &unreadable("a"));
        check(
            "2026-02-30",
            TODAY,
            "there is no 30 February 2026: February 2026 has 28 days",
        );
    }

    #[track_caller]
    fn says(text: &str, expected: &str) {
        let phrase: PeriodPhrase = text.parse().unwrap();
        let period = phrase.resolve(day(TODAY)).unwrap();
        assert_eq!(period.told(day(TODAY)), expected, "{text:?}");
    }

    #[test]
    fn heads_say_what_was_understood() {
        says("week", "This week, Monday 23 to Sunday 29 November 2026");
        says(
            "last week",
            "Last week, Monday 16 to Sunday 22 November 2026",
        );
        says(
            "2026-W01",
            "Monday 29 December 2025 to Sunday 4 January 2026",
        );
        says("month", "November 2026");
        says("1666", "1666");
        says("today", "Today, Monday 23 November 2026");
        says("1666-09-02", "Thursday 2 September 1666");
        says("1666-09-01..1666-09-07", "1 to 7 September 1666");
        says("2026-10-30..2026-11-02", "30 October to 2 November 2026");
        says(
            "2025-12-30..2026-01-02",
            "30 December 2025 to 2 January 2026",
        );
        says("..", "Everything up to 23 November 2026");
    }

    #[test]
    fn a_filter_narrows() {
        let period = Period {
            from: Some(day("2026-11-01")),
            to: day("2026-11-30"),
        };
        let narrowed = |from: Option<&str>, to: Option<&str>| {
            let filter = Filter {
                from: from.map(day),
                to: to.map(day),
                starred: true,
                ..Filter::default()
            };
            let narrowed = period.narrow(&filter)?;
            assert!(narrowed.starred);
            Some(format!("{}..{}", narrowed.from?, narrowed.to?))
        };
        assert_eq!(narrowed(None, None).unwrap(), "2026-11-01..2026-11-30");
        assert_eq!(
            narrowed(Some("2026-11-05"), Some("2027-01-01")).unwrap(),
            "2026-11-05..2026-11-30"
        );
        assert_eq!(narrowed(Some("2026-12-01"), None), None);
        assert_eq!(narrowed(None, Some("2026-10-31")), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_a_period_panic(text in any::<String>()) {
            let today = "2026-11-23".parse().unwrap();
            let _ = text.parse::<PeriodPhrase>().map(|phrase| phrase.resolve(today));
        }

        #[test]
        fn weeks_begin_on_mondays_and_hold_their_day(days in 0..3_652_058_i64) {
            let day = Day::from_ymd(1, 1, 1).unwrap().plus_days(days).unwrap();
            let (monday, last) = CalendarUnit::Week.around(day);
            prop_assert_eq!(monday.weekday(), chrono::Weekday::Mon);
            prop_assert!(monday <= day && day <= last);
        }
    }
}
