//! The date at the beginning of an entry.
//!
//! jrnl writes it in the form of its `timeformat`, and reads it with a parser that takes nearly
//! anything for a date. Here it has one of the forms below, with or without a time (`15:39`,
//! `15:39:00`, `3:39 PM`), or fits the pattern that the person gave:
//!
//! - the year first: `2013-06-09`, `2013/6/9`, `2013.06.09`, and without a day `2013-06`,
//!   which is the first of the month;
//! - the month by its English name: `9 June 2013`, `Jun 9, 2013`, `9-Jun-2013`;
//! - numbers with the year last: `09.06.2013`, `6/9/2013`. This module reads them both ways and
//!   leaves the choice to `survey`.
//!
//! A day of the week may go before each. A date without a time is at noon, which lies on
//! that date in every zone that people move between.

use chrono::format::{Parsed, StrftimeItems, parse_and_remainder};
use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

/// The longest date, in bytes.
pub(super) const LONGEST: usize = 64;

/// The look of a date: all dates that are written in one way have one shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StampShape {
    date: DateShape,
    between: char,
    weekday: bool,
    time: TimeShape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DateShape {
    YearMonthDay,
    YearMonth,
    DayNameYear,
    NameDayYear,
    /// Numbers with the year last.
    Numbers,
    /// A date by the pattern that the person gave.
    Declared,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TimeShape {
    None,
    Minutes,
    Seconds,
    TwelveMinutes,
    TwelveSeconds,
}

impl StampShape {
    /// True if a date of another shape may begin an entry in a file with dates of this shape.
    pub(super) fn is_like(self, other: StampShape) -> bool {
        let family = |shape: StampShape| match shape.date {
            DateShape::YearMonthDay | DateShape::YearMonth => 0,
            DateShape::DayNameYear | DateShape::NameDayYear => 1,
            DateShape::Numbers => 2,
            DateShape::Declared => 3,
        };
        // A month by its name leaves no doubt, with any signs between the parts.
        family(self) == family(other) && (family(self) == 1 || self.between == other.between)
    }

    /// True if a time follows the date.
    pub(super) fn has_time(self) -> bool {
        self.time != TimeShape::None
    }
}

/// The order of day and month in dates with the year last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberOrder {
    Day,
    Month,
}

/// A date at the beginning of a line, with its possible meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateStamp {
    pub(super) shape: StampShape,
    day_first: Option<NaiveDateTime>,
    month_first: Option<NaiveDateTime>,
    pub(super) offset: Option<FixedOffset>,
}

impl DateStamp {
    /// The moment it means in an order; `None` if there is no such day or time.
    pub(super) fn local(&self, order: NumberOrder) -> Option<NaiveDateTime> {
        match order {
            NumberOrder::Day => self.day_first,
            NumberOrder::Month => self.month_first,
        }
    }

    /// True if it means a moment in one order or in the other.
    pub(super) fn is_date(&self) -> bool {
        self.day_first.is_some() || self.month_first.is_some()
    }

    /// The only order in which it can be read. `None` if it means the same in both; `Some(Err)`
    /// with both days if it can mean two.
    pub(super) fn order(&self) -> Option<Result<NumberOrder, (NaiveDate, NaiveDate)>> {
        match (self.day_first, self.month_first) {
            (Some(_), None) => Some(Ok(NumberOrder::Day)),
            (None, Some(_)) => Some(Ok(NumberOrder::Month)),
            (Some(day), Some(month)) if day != month => Some(Err((day.date(), month.date()))),
            _ => None,
        }
    }

    fn plain(shape: StampShape, local: Option<NaiveDateTime>) -> DateStamp {
        DateStamp {
            shape,
            day_first: local,
            month_first: local,
            offset: None,
        }
    }
}

/// Reads the whole of a text as a date.
pub(super) fn whole(text: &str) -> Option<DateStamp> {
    leading(text.trim())
        .filter(|(_, rest)| rest.is_empty())
        .map(|(stamp, _)| stamp)
}

/// Reads a date at the beginning of a text. Returns it with the rest of the text.
pub(super) fn leading(text: &str) -> Option<(DateStamp, &str)> {
    let mut cursor = Cursor(text);
    let weekday = cursor.weekday();
    let (date, between, days) = cursor.date()?;
    let mut ahead = Cursor(cursor.0);
    let (time, clock) = match ahead.time() {
        Some(found) => {
            cursor = ahead;
            found
        }
        None => (TimeShape::None, NaiveTime::from_hms_opt(12, 0, 0)),
    };
    let shape = StampShape {
        date,
        between,
        weekday,
        time,
    };
    let [day_first, month_first] = days.map(|day| Some(day?.and_time(clock?)));
    let stamp = DateStamp {
        shape,
        day_first,
        month_first,
        offset: None,
    };
    Some((stamp, cursor.0))
}

/// Reads a date at the beginning of a text by a pattern of chrono's `strftime`. If the pattern
/// holds a time alone, the day is `on`.
pub(super) fn declared<'a>(
    text: &'a str,
    pattern: &str,
    on: Option<NaiveDate>,
) -> Option<(DateStamp, &'a str)> {
    let mut parsed = Parsed::new();
    let rest = parse_and_remainder(&mut parsed, text, StrftimeItems::new(pattern)).ok()?;
    let offset = parsed.to_fixed_offset().ok();
    let seconds = offset.map_or(0, |offset| offset.local_minus_utc());
    let local = parsed
        .to_naive_datetime_with_offset(seconds)
        .ok()
        .or_else(|| {
            let noon = NaiveTime::from_hms_opt(12, 0, 0);
            Some(parsed.to_naive_date().ok()?.and_time(noon?))
        })
        .or_else(|| Some(on?.and_time(parsed.to_naive_time().ok()?)))?;
    let shape = StampShape {
        date: DateShape::Declared,
        between: ' ',
        weekday: false,
        time: TimeShape::Seconds,
    };
    let stamp = DateStamp {
        offset,
        ..DateStamp::plain(shape, Some(local))
    };
    Some((stamp, rest))
}

/// True if a text looks meant for a date: it has a year, and otherwise only characters of dates
/// and times.
pub(super) fn resembles(text: &str) -> bool {
    let text = text.trim();
    let year = text
        .split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits.len() == 4);
    let made_of = |c: char| c.is_ascii_digit() || "-/.:, T".contains(c);
    let text = text.strip_suffix(['M', 'm']).map_or(text, |before| {
        before.strip_suffix(['A', 'a', 'P', 'p']).unwrap_or(text)
    });
    year && text.len() <= LONGEST && text.chars().all(made_of)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// The number of the name that a word stands for: the whole name, or its first three letters or
/// more.
fn named(names: &[&str], word: &str) -> Option<u32> {
    let word = word.to_ascii_lowercase();
    let at = names
        .iter()
        .position(|name| word.len() >= 3 && name.starts_with(&word))?;
    u32::try_from(at + 1).ok()
}

/// A date read with the day first, and with the month first. Both are the same unless it is
/// numbers with the year last.
type BothReadings = [Option<NaiveDate>; 2];

/// The rest of the text.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn eat(&mut self, wanted: char) -> bool {
        match self.0.strip_prefix(wanted) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn run(&mut self, of: impl Fn(char) -> bool) -> &'a str {
        let end = self.0.find(|c| !of(c)).unwrap_or(self.0.len());
        let (run, rest) = self.0.split_at(end);
        self.0 = rest;
        run
    }

    fn spaces(&mut self) -> bool {
        !self
            .run(|c| matches!(c, ' ' | '\u{a0}' | '\u{202f}'))
            .is_empty()
    }

    fn digits(&mut self) -> &'a str {
        self.run(|c| c.is_ascii_digit())
    }

    /// A number of one or two digits.
    fn short(&mut self) -> Option<u32> {
        Some(self.digits())
            .filter(|digits| matches!(digits.len(), 1..=2))?
            .parse()
            .ok()
    }

    fn year(&mut self) -> Option<i32> {
        Some(self.digits())
            .filter(|digits| digits.len() == 4)?
            .parse()
            .ok()
    }

    fn word(&mut self) -> &'a str {
        self.run(|c| c.is_ascii_alphabetic())
    }

    fn weekday(&mut self) -> bool {
        let mut ahead = Cursor(self.0);
        let found = named(&WEEKDAYS, ahead.word()).is_some();
        ahead.eat('.');
        ahead.eat(',');
        if found && ahead.spaces() {
            self.0 = ahead.0;
            return true;
        }
        false
    }

    fn date(&mut self) -> Option<(DateShape, char, BothReadings)> {
        let of = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
        if self.0.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let month = named(&MONTHS, self.word())?;
            self.eat('.');
            if !self.spaces() {
                return None;
            }
            let day = self.short()?;
            self.ordinal();
            self.eat(',');
            if !self.spaces() {
                return None;
            }
            let date = of(self.year()?, month, day);
            return Some((DateShape::NameDayYear, ' ', [date; 2]));
        }
        let first = self.digits();
        match first.len() {
            4 => {
                let year = first.parse().ok()?;
                let between = self.0.chars().next().filter(|c| "-/._".contains(*c))?;
                self.eat(between);
                let month = self.short()?;
                let mut ahead = Cursor(self.0);
                if ahead.eat(between) {
                    let day = ahead.short()?;
                    self.0 = ahead.0;
                    let date = of(year, month, day);
                    return Some((DateShape::YearMonthDay, between, [date; 2]));
                }
                Some((DateShape::YearMonth, between, [of(year, month, 1); 2]))
            }
            1..=2 => {
                let first = first.parse().ok()?;
                let mut ahead = Cursor(self.0);
                ahead.ordinal();
                ahead.eat('.');
                let between = if ahead.eat('-') {
                    '-'
                } else {
                    ahead.spaces();
                    ' '
                };
                if ahead.0.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    let month = named(&MONTHS, ahead.word())?;
                    ahead.eat('.');
                    ahead.eat(',');
                    if !(ahead.eat(between) || ahead.spaces()) {
                        return None;
                    }
                    let date = of(ahead.year()?, month, first);
                    self.0 = ahead.0;
                    return Some((DateShape::DayNameYear, between, [date; 2]));
                }
                let between = self.0.chars().next().filter(|c| "-/.".contains(*c))?;
                self.eat(between);
                let second = self.short()?;
                if !self.eat(between) {
                    return None;
                }
                let year = self.year()?;
                let days = [of(year, second, first), of(year, first, second)];
                Some((DateShape::Numbers, between, days))
            }
            _ => None,
        }
    }

    /// `st`, `nd`, `rd` or `th` behind the number of a day.
    fn ordinal(&mut self) {
        for suffix in ["st", "nd", "rd", "th"] {
            if let Some(rest) = self.0.strip_prefix(suffix) {
                self.0 = rest;
                return;
            }
        }
    }

    /// Reads a time of day behind a date. `None` within, if the clock has no such time.
    fn time(&mut self) -> Option<(TimeShape, Option<NaiveTime>)> {
        let parted = self.eat('T') || {
            self.eat(',');
            let spaces = self.spaces();
            if let Some(rest) = self.0.strip_prefix("at ").filter(|_| spaces) {
                self.0 = rest;
            }
            spaces
        };
        if !parted {
            return None;
        }
        let two = |digits: &str| {
            (digits.len() == 2)
                .then(|| digits.parse::<u32>().ok())
                .flatten()
        };
        let hour = self.short()?;
        if !self.eat(':') {
            return None;
        }
        let minute = two(self.digits())?;
        let second = match self.eat(':') {
            true => Some(two(self.digits())?),
            false => None,
        };
        let mut ahead = Cursor(self.0);
        ahead.spaces();
        let half = ahead
            .run(|c| c.is_ascii_alphabetic() || c == '.')
            .to_ascii_lowercase();
        let afternoon = match half.trim_end_matches('.') {
            "am" | "a.m" => Some(false),
            "pm" | "p.m" => Some(true),
            _ => None,
        };
        let hour = match afternoon {
            Some(afternoon) => {
                self.0 = ahead.0;
                (1..=12)
                    .contains(&hour)
                    .then_some(hour % 12 + if afternoon { 12 } else { 0 })
            }
            None => Some(hour),
        };
        let time = hour
            .and_then(|hour| NaiveTime::from_hms_opt(hour, minute, second.unwrap_or_default()));
        let shape = match (afternoon.is_some(), second.is_some()) {
            (false, false) => TimeShape::Minutes,
            (false, true) => TimeShape::Seconds,
            (true, false) => TimeShape::TwelveMinutes,
            (true, true) => TimeShape::TwelveSeconds,
        };
        Some((shape, time))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let stamp = whole(text).unwrap_or_else(|| panic!("no date: {text:?}"));
        assert_eq!(stamp.order(), None, "{text:?}");
        let local = stamp.local(NumberOrder::Day).expect("a moment");
        assert_eq!(local.format("%F %T").to_string(), expect, "{text:?}");
    }

    #[test]
    fn forms_that_mean_one_moment() {
        check("2013-06-09 15:39", "2013-06-09 15:39:00");
        check("2013-06-09 15:39:07", "2013-06-09 15:39:07");
        check("2026-11-23 03:32:03 AM", "2026-11-23 03:32:03");
        check("2026-11-23 12:00:00 AM", "2026-11-23 00:00:00");
        check("2026-11-23 12:30 pm", "2026-11-23 12:30:00");
        check("2026-11-23 3:32\u{202f}p.m.", "2026-11-23 15:32:00");
        check("2019-07 14:23", "2019-07-01 14:23:00");
        check("2019-07-18", "2019-07-18 12:00:00");
        check("2019-07-18T14:23", "2019-07-18 14:23:00");
        check("2019/7/8 4:23", "2019-07-08 04:23:00");
        check("2019.07.18, 14:23", "2019-07-18 14:23:00");
        check("18 July 2019 14:23", "2019-07-18 14:23:00");
        check("18. Jul 2019", "2019-07-18 12:00:00");
        check("18-Jul-2019 14:23", "2019-07-18 14:23:00");
        check("July 18, 2019 at 2:23 PM", "2019-07-18 14:23:00");
        check("Jul 18th 2019", "2019-07-18 12:00:00");
        check("Thursday, 18 July 2019 14:23", "2019-07-18 14:23:00");
        check("Thu 2019-07-18 14:23", "2019-07-18 14:23:00");
        check("05.05.2021 10:00", "2021-05-05 10:00:00");
    }

    #[test]
    fn numbers_with_the_year_last_can_mean_two_days() {
        let order = |text: &str| whole(text).expect("a date").order();
        assert_eq!(order("13.02.2021 10:00"), Some(Ok(NumberOrder::Day)));
        assert_eq!(order("2/13/2021"), Some(Ok(NumberOrder::Month)));
        let days = [(2021, 2, 1), (2021, 1, 2)]
            .map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
        let [Some(one), Some(other)] = days else {
            panic!("days")
        };
        assert_eq!(order("01.02.2021"), Some(Err((one, other))));
    }

    #[test]
    fn what_no_calendar_has_is_seen_and_means_nothing() {
        for text in [
            "2013-06-31 10:00",
            "2013-13-01",
            "2013-06-09 25:00",
            "32.13.2020",
            "2026-11-23 00:10 PM",
        ] {
            assert!(!whole(text).expect("a shape").is_date(), "{text}");
        }
    }

    #[test]
    fn other_brackets_are_no_dates() {
        for text in [
            "",
            "1",
            "x",
            "2018",
            "26/11, 23:32",
            "At a public dinner at the Holborn",
            "Up",
            "2013",
            "2013-",
            "2013-06-",
            "May",
            "May 9",
            "9 May",
            "see 2013-06-09",
            "é",
            "2013-06-09 noon",
            "2013-06-09 10",
            "01.02.21",
            "Mon",
            "1-2-3",
            "T10:00",
            "2013-06-09 10:00 +02:00",
            "20130609 10:00",
            "2013-06-09 10:0",
            "12:00",
        ] {
            assert_eq!(whole(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_was_meant_for_a_date() {
        for text in [
            "2018",
            "2018-13",
            "2018-06-09 10",
            "201-06-2018",
            "2018-06-09 1000 PM",
        ] {
            assert!(resembles(text), "{text}");
        }
        for text in [
            "",
            "1",
            "12",
            "Up",
            "26/11, 23:32",
            "12345",
            "ISBN 2018",
            "pm",
            "a 2018",
        ] {
            assert!(!resembles(text), "{text}");
        }
    }

    #[test]
    fn shapes_tell_headers_from_other_dates() {
        let shape = |text: &str| whole(text).expect("a date").shape;
        let usual = shape("2013-06-09 15:39");
        assert_eq!(usual, shape("1999-01-02 00:00"));
        assert_ne!(usual, shape("2013-06-09 15:39:00"));
        assert!(usual.is_like(shape("2013-06 15:39")));
        assert!(usual.is_like(shape("2013-06-09")));
        assert!(!usual.is_like(shape("2013/06/09 15:39")));
        assert!(!usual.is_like(shape("09.06.2013 15:39")));
        assert!(!usual.is_like(shape("9 June 2013 15:39")));
        assert!(shape("9-Jun-2013").is_like(shape("Jun 9 2013")));
    }

    #[test]
    fn a_declared_form_counts_alone() {
        let read = |text: &str, pattern: &str, on: Option<NaiveDate>| {
            let (stamp, rest) = declared(text, pattern, on)?;
            Some((stamp.local(NumberOrder::Day)?.to_string(), rest.to_owned()))
        };
        let found = read("01.02.2021 10:00 Title", "%d.%m.%Y %H:%M", None);
        assert_eq!(
            found,
            Some(("2021-02-01 10:00:00".to_owned(), " Title".to_owned()))
        );
        assert_eq!(
            read("01.02.21", "%d.%m.%y", None).map(|found| found.0),
            Some("2021-02-01 12:00:00".to_owned())
        );
        assert_eq!(read("2021-02-01", "%d.%m.%Y", None), None);
        assert_eq!(read("10:15", "%H:%M", None), None);
        let day = NaiveDate::from_ymd_opt(2021, 2, 1);
        assert_eq!(
            read("10:15", "%H:%M", day).map(|found| found.0),
            Some("2021-02-01 10:15:00".to_owned())
        );
        let with_offset = declared("2021-02-01 10:00 +0200", "%F %H:%M %z", None);
        let offset = with_offset.and_then(|(stamp, _)| stamp.offset);
        assert_eq!(offset, FixedOffset::east_opt(7200));
        assert_eq!(read("x", "%Q", None), None);
    }

    proptest! {
        #[test]
        fn any_text_ends(text in "\\PC{0,30}", digits in "[0-9:./, TJunMayapmthé-]{0,24}") {
            for text in [text, digits] {
                let _ = whole(&text);
                let _ = resembles(&text);
                if let Some((_, rest)) = leading(&text) {
                    prop_assert!(text.ends_with(rest));
                }
            }
        }

        #[test]
        fn what_is_written_is_read(
            day in 1_i32..3_000_000, second in 0_u32..86_400, form in 0_usize..8,
        ) {
            let date = NaiveDate::from_num_days_from_ce_opt(day).expect("a date");
            let time = NaiveTime::from_num_seconds_from_midnight_opt(second, 0).expect("a time");
            let forms = [
                "%Y-%m-%d %H:%M:%S", "%F %r", "%Y/%m/%d %T", "%A, %d %B %Y %T",
                "%b %d, %Y %I:%M:%S %p", "%d-%b-%Y %T", "%Y.%m.%d %I:%M:%S %P", "%e %B %Y at %T",
            ];
            let text = date.and_time(time).format(forms[form]).to_string();
            let stamp = whole(&text).expect("a date");
            prop_assert_eq!(stamp.local(NumberOrder::Day), Some(date.and_time(time)), "{}", text);
        }
    }
}
