//! The day: a calendar date as the writer lives it.
//!
//! A page written at half past one in the night belongs to the evening before. So a day does not
//! turn at midnight but at an hour of the writer's choosing, `starts_at`, and [`Day::of`] and
//! [`Day::moment`] convert between the clock on the wall and the day in the journal.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

/// A calendar date as the writer lives it, in the years 1 to 9999.
///
/// The years are bounded so that every day has one spelling, `YYYY-MM-DD`,
/// which sorts as text the way it sorts in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

/// The names of the months, January first.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Day {
    /// The earliest day there is.
    pub const FIRST: Day = Day(FIRST);

    /// The day a local moment belongs to: before `starts_at` it is the
    /// calendar date before.
    ///
    /// Moments outside the years 1 to 9999 fall on the first or the last day.
    pub fn of(local: NaiveDateTime, starts_at: NaiveTime) -> Self {
        let date = if local.time() < starts_at {
            local.date().pred_opt().unwrap_or(local.date())
        } else {
            local.date()
        };
        Self(date.clamp(FIRST, LAST))
    }

    /// The local moment at which the clock shows `time` during this day:
    /// times before `starts_at` lie on the next calendar date.
    ///
    /// The inverse of [`Day::of`].
    pub fn moment(self, time: NaiveTime, starts_at: NaiveTime) -> NaiveDateTime {
        // The sum cannot overflow: the year is 9999 at most, and chrono counts far beyond.
        let nights = Days::new(u64::from(time < starts_at));
        (self.0 + nights).and_time(time)
    }

    /// The day of this date, unless it lies outside the years 1 to 9999.
    pub fn new(date: NaiveDate) -> Option<Self> {
        (FIRST..=LAST).contains(&date).then_some(Self(date))
    }

    /// The day of this year, month and day of the month; `None` if the calendar has no such day,
    /// or the year is not 1 to 9999.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(Self::new)
    }

    /// The date, for arithmetic this type does not offer.
    pub fn date(self) -> NaiveDate {
        self.0
    }

    /// The day so many days later, or earlier if the number is negative; `None` outside the years
    /// 1 to 9999.
    pub fn plus_days(self, days: i64) -> Option<Self> {
        let date = self.0.checked_add_signed(TimeDelta::try_days(days)?)?;
        Self::new(date)
    }

    /// The number of days from `other` to this day; negative if this day is before it.
    pub fn days_since(self, other: Self) -> i64 {
        (self.0 - other.0).num_days()
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        self.0.weekday()
    }

    /// `Sunday 22 November 2026`
    pub fn long(self) -> String {
        self.written("%A %-d %B %-Y")
    }

    /// `Sun 22 Nov 2026`
    pub fn short(self) -> String {
        self.written("%a %-d %b %-Y")
    }

    /// `Sunday 22 November`
    pub fn without_year(self) -> String {
        self.written("%A %-d %B")
    }

    /// The day, with its year only if that differs from the year of `today`.
    pub fn seen_from(self, today: Day) -> String {
        if self.0.year() == today.0.year() {
            self.without_year()
        } else {
            self.long()
        }
    }

    fn written(self, pattern: &str) -> String {
        self.0.format(pattern).to_string()
    }
}

/// `2026-11-22`
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `pad` honours a width, which columns of days are given.
        f.pad(&self.written("%Y-%m-%d"))
    }
}

/// Reads `YYYY-MM-DD` and nothing else: this is how days are stored and exchanged.
/// [`DayPhrase`](super::phrase::DayPhrase) reads the words that people type.
impl FromStr for Day {
    type Err = ParseDayError;

    fn from_str(text: &str) -> Result<Self, ParseDayError> {
        read_iso(text).ok_or(ParseDayError)
    }
}

fn read_iso(text: &str) -> Option<Day> {
    let well_formed = text.len() == "YYYY-MM-DD".len()
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !well_formed {
        return None;
    }
    Day::from_ymd(
        text[..4].parse().ok()?,
        text[5..7].parse().ok()?,
        text[8..].parse().ok()?,
    )
}

/// The error for a text that is not the ISO date of a day in the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseDayError;

impl fmt::Display for ParseDayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a day written as YYYY-MM-DD, like 2026-11-20")
    }
}

impl std::error::Error for ParseDayError {}

const FIRST: NaiveDate = date(1, 1, 1);
const LAST: NaiveDate = date(9999, 12, 31);

/// Use it for constants only: there a date that does not exist fails to compile.
const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => panic!("no such date"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(iso: &str) -> Day {
        iso.parse().unwrap()
    }

    fn time(text: &str) -> NaiveTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_turns_when_it_starts_not_at_midnight() {
        let of =
            |local: &str, starts_at: &str| Day::of(local.parse().unwrap(), time(starts_at));
        assert_eq!(of("2026-11-23T01:30:00", "04:00:00"), day("2026-11-22"));
        assert_eq!(of("2026-11-23T03:59:59", "04:00:00"), day("2026-11-22"));
        assert_eq!(of("2026-11-23T04:00:00", "04:00:00"), day("2026-11-23"));
        assert_eq!(of("2026-11-23T00:00:00", "00:00:00"), day("2026-11-23"));
        assert_eq!(of("2027-01-01T02:00:00", "04:00:00"), day("2026-12-31"));
        assert_eq!(of("2024-03-01T02:00:00", "04:00:00"), day("2024-02-29"));
    }

    #[test]
    fn moments_outside_the_years_fall_on_the_first_or_last_day() {
        let four = time("04:00:00");
        let of = |date: NaiveDate| Day::of(date.and_time(NaiveTime::MIN), four);
        assert_eq!(of(date(1, 1, 1)), day("0001-01-01"));
        assert_eq!(of(NaiveDate::MIN), day("0001-01-01"));
        assert_eq!(of(NaiveDate::MAX), day("9999-12-31"));
    }

    #[test]
    fn the_small_hours_of_a_day_lie_on_the_next_date() {
        let moment = |text: &str| day("2026-11-22").moment(time(text), time("04:00:00"));
        assert_eq!(moment("21:00:00").to_string(), "2026-11-22 21:00:00");
        assert_eq!(moment("04:00:00").to_string(), "2026-11-22 04:00:00");
        assert_eq!(moment("01:30:00").to_string(), "2026-11-23 01:30:00");
    }

    #[test]
    fn days_exist_in_the_years_1_to_9999() {
        assert!(Day::from_ymd(0, 12, 31).is_none());
        assert!(Day::from_ymd(1, 1, 1).is_some());
        assert!(Day::from_ymd(9999, 12, 31).is_some());
        assert!(Day::from_ymd(10_000, 1, 1).is_none());
        assert!(Day::from_ymd(2026, 2, 29).is_none());
        assert!(Day::new(NaiveDate::MAX).is_none());
        assert!(day("9999-12-31").plus_days(1).is_none());
        assert!(day("0001-01-01").plus_days(-1).is_none());
        assert!(day("2026-11-22").plus_days(i64::MAX).is_none());
        assert!(day("2026-11-22").plus_days(i64::MIN).is_none());
    }

    #[test]
    fn days_are_counted_across_months_and_leap_years() {
        assert_eq!(day("2024-02-28").plus_days(2), Some(day("2024-03-01")));
        assert_eq!(day("2026-01-01").plus_days(-1), Some(day("2025-12-31")));
        assert_eq!(day("2026-11-23").days_since(day("2026-11-20")), 3);
        assert_eq!(day("2026-11-20").days_since(day("2026-11-23")), -3);
    }

    #[test]
    fn days_are_written_in_english_without_padding() {
        let sunday = day("2026-11-22");
        assert_eq!(sunday.weekday(), Weekday::Sun);
        assert_eq!(sunday.long(), "Sunday 22 November 2026");
        assert_eq!(sunday.short(), "Sun 22 Nov 2026");
        assert_eq!(sunday.without_year(), "Sunday 22 November");
        assert_eq!(day("0987-05-03").long(), "Thursday 3 May 987");
        assert_eq!(day("0987-05-03").short(), "Thu 3 May 987");
        assert_eq!(day("0987-05-03").to_string(), "0987-05-03");
        assert_eq!(
            format!("{sunday:>12}|{sunday:<12}|"),
            "  2026-11-22|2026-11-22  |"
        );
    }

    #[test]
    #[rustfmt::skip]
    fn only_iso_dates_are_read() {
        for text in [
            "", "today", "2026-11-2", "2026-11-020", "2026-1-22", "26-11-22", "2026/11/22",
            "20261122",
            "2026-11-22 ", " 2026-11-22", "+026-11-22", "-026-11-22", "2026-+1-22",
            "2026-11-22T00:00", "12026-11-22", "2026-02-30", "2026-13-01", "2026-00-10",
            "0000-01-01", "２０26-11-22", "2026-11-é", "20é6-11-2",
        ] {
            assert_eq!(text.parse::<Day>(), Err(ParseDayError), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_iso_date_is_told_the_form() {
        let message = ParseDayError.to_string();
        assert_eq!(message, "not a day written as YYYY-MM-DD, like 2026-11-20");
    }

    fn any_day() -> impl Strategy<Value = Day> {
        (0..=day("9999-12-31").days_since(day("0001-01-01")))
            .prop_map(|days| day("0001-01-01").plus_days(days).unwrap())
    }

    fn any_time() -> impl Strategy<Value = NaiveTime> {
        (0..86_400_u32).prop_map(|second| {
            NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap()
        })
    }

    proptest! {
        #[test]
        fn iso_reads_back(day in any_day()) {
            prop_assert_eq!(day.to_string().parse(), Ok(day));
        }

        #[test]
        fn iso_sorts_as_time_does(one in any_day(), other in any_day()) {
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        }

        #[test]
        fn a_moment_of_a_day_belongs_to_it(
            day in any_day(), time in any_time(), starts_at in any_time(),
        ) {
            let moment = day.moment(time, starts_at);
            prop_assert_eq!(moment.time(), time);
            prop_assert_eq!(Day::of(moment, starts_at), day);
        }

        #[test]
        fn adding_days_undoes_the_difference(one in any_day(), other in any_day()) {
            prop_assert_eq!(one.plus_days(other.days_since(one)), Some(other));
        }

        #[test]
        fn no_text_makes_reading_a_day_panic(text in any::<String>()) {
            let _ = text.parse::<Day>();
        }
    }
}
