//! Dates as other programs write them.
//!
//! The calendar date in the file is the day of the entry. A date without a time is at noon, which
//! lies on that date in every zone that people move between; a time without an offset is local
//! time. A date is read only if it has one meaning: with the year first, or with the month by its
//! name. Others need a pattern.

use chrono::format::{Item as Form, Parsed, StrftimeItems, parse_and_remainder};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone};

use super::ReadContext;
use crate::error::{FormatError, Result};
use onward_model::Day;

/// A date in a file, perhaps with a time and an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WrittenDate {
    pub(super) day: Day,
    pub(super) time: Option<NaiveTime>,
    pub(super) offset: Option<FixedOffset>,
}

/// Dates with the month by its name, in chrono's `strftime`; `%B` and `%A` read short names
/// too.
const BY_NAME: [&str; 7] = [
    "%d %B %Y",
    "%B %d, %Y",
    "%B %d %Y",
    "%A, %d %B %Y",
    "%A %d %B %Y",
    "%A, %B %d, %Y",
    "%A %B %d %Y",
];

impl WrittenDate {
    /// Reads a whole text as a date, perhaps with a time and an offset. The pattern `declared` is
    /// tried first.
    pub(super) fn read(text: &str, declared: Option<&str>) -> Result<WrittenDate, String> {
        let text = text.trim();
        if let Some((when, rest)) =
            declared.and_then(|pattern| WrittenDate::leading(text, pattern))
            && rest.is_empty()
        {
            return Ok(when);
        }
        let (date, rest) = leading_date(text).ok_or_else(|| {
            let mut numbers = text.split(['.', '/', '-']);
            let number = |part: Option<&str>| {
                part.is_some_and(|part| matches!(part.len(), 1..=4) && is_digits(part))
            };
            if number(numbers.next()) && number(numbers.next()) {
                "which of its date's numbers is the day cannot be told: say it with \
                 --date-from, such as %d.%m.%Y"
                    .to_owned()
            } else {
                "its date cannot be read".to_owned()
            }
        })?;
        let day = Day::new(date).ok_or("its year is not between 1 and 9999")?;
        let rest = rest.trim_start_matches([' ', ',', 'T', 't', '_']);
        let rest = rest.strip_prefix("at ").unwrap_or(rest);
        if rest.is_empty() {
            return Ok(WrittenDate::on(day));
        }
        let wrong = || "its time cannot be read".to_owned();
        let (time, rest) = leading_time(rest).ok_or_else(wrong)?;
        let offset = match rest.trim() {
            "" => None,
            rest => Some(read_offset(rest).ok_or_else(wrong)?),
        };
        Ok(WrittenDate {
            day,
            time: Some(time),
            offset,
        })
    }

    /// Reads a date at the beginning of a text by a pattern. Returns it with the rest of the
    /// text.
    pub(super) fn leading<'a>(text: &'a str, pattern: &str) -> Option<(WrittenDate, &'a str)> {
        let mut parsed = Parsed::new();
        let rest = parse_and_remainder(&mut parsed, text, StrftimeItems::new(pattern)).ok()?;
        let day = Day::new(parsed.to_naive_date().ok()?)?;
        let when = WrittenDate {
            day,
            time: parsed.to_naive_time().ok(),
            offset: parsed.to_fixed_offset().ok(),
        };
        Some((when, rest))
    }

    pub(super) fn on(day: Day) -> WrittenDate {
        WrittenDate {
            day,
            time: None,
            offset: None,
        }
    }

    /// The instant it means.
    pub(super) fn instant(self, reader: &ReadContext<'_>) -> DateTime<FixedOffset> {
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        let local = self.day.date().and_time(self.time.unwrap_or(noon));
        self.offset
            .and_then(|offset| offset.from_local_datetime(&local).single())
            .unwrap_or_else(|| reader.zone.instant(local))
    }
}

/// Checks a pattern for dates.
///
/// # Errors
/// [`FormatError::BadDatePattern`] if it is no pattern of `strftime`, or names no day.
pub fn check_pattern(pattern: &str) -> Result<()> {
    let wrong = |what| FormatError::BadDatePattern {
        pattern: pattern.to_owned(),
        what,
    };
    let items: Vec<Form<'_>> = StrftimeItems::new(pattern).collect();
    if items.contains(&Form::Error) {
        return Err(wrong("it is not a form of dates"));
    }
    // The pattern has to read the date that it writes.
    let example = NaiveDate::from_ymd_opt(2023, 11, 25)
        .and_then(|date| date.and_hms_opt(13, 45, 6))
        .map(|local| local.and_utc().fixed_offset());
    let mut written = String::new();
    let readable = example.is_some_and(|example| {
        use std::fmt::Write;
        write!(written, "{}", example.format_with_items(items.iter())).is_ok()
            && WrittenDate::leading(&written, pattern).is_some_and(|(when, rest)| {
                rest.is_empty() && when.day.date() == example.date_naive()
            })
    });
    if !readable {
        return Err(wrong("it does not say a day, a month and a year"));
    }
    Ok(())
}

/// Reads a date with one meaning at the beginning of a text. Returns it with the rest of the
/// text.
pub(super) fn leading_date(text: &str) -> Option<(NaiveDate, &str)> {
    year_first(text).or_else(|| {
        BY_NAME
            .iter()
            .filter(|_| text.contains(char::is_alphabetic))
            .find_map(|form| NaiveDate::parse_and_remainder(text, form).ok())
            .filter(|(_, rest)| !rest.starts_with(char::is_alphanumeric))
    })
}

/// `2023-09-12`, `2023/9/12`, `2023_09_12`, `2023.09.12` or `20230912`, with no digit behind.
pub(super) fn year_first(text: &str) -> Option<(NaiveDate, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (year, month, day, rest) = match digits(text) {
        8 => (&text[..4], &text[4..6], &text[6..8], &text[8..]),
        4 => {
            let (year, rest) = text.split_at(4);
            let between = rest.chars().next().filter(|c| "-/_.".contains(*c))?;
            let rest = &rest[1..];
            let (month, rest) = rest.split_at(digits(rest));
            let rest = rest.strip_prefix(between)?;
            let (day, rest) = rest.split_at(digits(rest));
            (year, month, day, rest)
        }
        _ => return None,
    };
    let short = |part: &str| matches!(part.len(), 1..=2);
    if !short(month) || !short(day) {
        return None;
    }
    let date =
        NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    Some((date, rest))
}

/// Reads a whole text as a time of day.
pub(super) fn read_time(text: &str) -> Option<NaiveTime> {
    leading_time(text.trim())
        .filter(|(_, rest)| rest.trim().is_empty())
        .map(|(time, _)| time)
}

/// Reads `14:30`, `14:30:05.25` or `2:30 pm` at the beginning of a text. Returns it with the rest
/// of the text.
fn leading_time(text: &str) -> Option<(NaiveTime, &str)> {
    ["%I:%M:%S %p", "%I:%M %p", "%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|form| NaiveTime::parse_and_remainder(text, form).ok())
        .filter(|(_, rest)| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// `Z`, `UTC`, `+01:00`, `+0100` or `+01`.
fn read_offset(text: &str) -> Option<FixedOffset> {
    if matches!(text, "Z" | "z" | "UTC" | "GMT") {
        return FixedOffset::east_opt(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let rest = rest.replacen(':', "", 1);
    if !is_digits(&rest) || !matches!(rest.len(), 2 | 4) {
        return None;
    }
    let hours: i32 = rest[..2].parse().ok()?;
    let minutes: i32 = rest
        .get(2..4)
        .filter(|m| !m.is_empty())
        .map_or(Some(0), |m| m.parse().ok())?;
    if minutes > 59 {
        return None;
    }
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(when: WrittenDate) -> String {
        let time = when.time.map(|time| format!(" {time}")).unwrap_or_default();
        let offset = when
            .offset
            .map(|offset| format!(" {offset}"))
            .unwrap_or_default();
        format!("{}{time}{offset}", when.day)
    }

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let found = WrittenDate::read(text, None).map(said);
        assert_eq!(found.as_deref(), Ok(expect), "{text:?}");
    }

    #[test]
    fn dates_that_can_be_read_in_one_way() {
        for text in [
            "2023-09-12",
            "2023/09/12",
            "2023_09_12",
            "2023.9.12",
            "20230912",
            " 2023-9-12 ",
        ] {
            check(text, "2023-09-12");
        }
        for text in [
            "12 September 2023",
            "12 Sep 2023",
            "September 12, 2023",
            "Sep 12 2023",
            "Tuesday, 12 September 2023",
            "Tue, Sep 12, 2023",
        ] {
            check(text, "2023-09-12");
        }
        check("1660-02-29", "1660-02-29");
        check("2023-09-12T14:30:05Z", "2023-09-12 14:30:05 +00:00");
        check(
            "2023-09-12 14:30:05.25+00:00",
            "2023-09-12 14:30:05.250 +00:00",
        );
        check("2023-09-12 14:30:05 UTC", "2023-09-12 14:30:05 +00:00");
        check("2023-09-12T23:30-0730", "2023-09-12 23:30:00 -07:30");
        check("2023-09-12 23:30 +05", "2023-09-12 23:30:00 +05:00");
        check("2023-09-12 2:30 pm", "2023-09-12 14:30:00");
        check("2023-09-12, 12:05:01 AM", "2023-09-12 00:05:01");
        check("September 12, 2023 at 9:05 PM", "2023-09-12 21:05:00");
    }

    #[test]
    fn others_are_refused() {
        for text in [
            "",
            "yesterday",
            "2023",
            "2023-13-01",
            "2023-02-30",
            "2023-09/12",
            "2023-09-123",
            "202309123",
            "2023-09-12T",
            "é2023-09-12",
            "2023-é9-12",
        ] {
            let found = WrittenDate::read(text, None);
            // A lone separator without a time is all right.
            if text != "2023-09-12T" {
                assert!(found.is_err(), "{text:?}: {found:?}");
            }
        }
        for text in ["01.02.2021", "1/2/2021", "01-02-21", "13.02.2021"] {
            let found = WrittenDate::read(text, None).expect_err(text);
            assert!(found.contains("--date-from"), "{found}");
        }
        for text in [
            "2023-09-12 25:00",
            "2023-09-12 noon",
            "2023-09-12 10:00 CEST",
            "2023-09-12 10:00+0175",
        ] {
            let found = WrittenDate::read(text, None).expect_err(text);
            assert_eq!(found, "its time cannot be read", "{text}");
        }
        assert!(WrittenDate::read("0000-01-01", None).is_err());
    }

    #[test]
    fn a_declared_form_counts() {
        let read = |text: &str, form: &str| WrittenDate::read(text, Some(form)).map(said);
        assert_eq!(read("01.02.2021", "%d.%m.%Y").as_deref(), Ok("2021-02-01"));
        assert_eq!(read("01/02/2021", "%m/%d/%Y").as_deref(), Ok("2021-01-02"));
        assert_eq!(
            read("01.02.21 09:30", "%d.%m.%y %H:%M").as_deref(),
            Ok("2021-02-01 09:30:00")
        );
        // A date with one meaning is read whatever the pattern.
        assert_eq!(read("2021-02-01", "%d.%m.%Y").as_deref(), Ok("2021-02-01"));
        assert!(read("01/02/2021", "%d.%m.%Y").is_err());
    }

    #[test]
    fn a_form_has_to_say_a_day() {
        for form in [
            "%Y-%m-%d",
            "%d.%m.%y",
            "%A, %d %B %Y %H:%M:%S",
            "[%F %r]",
            "%x",
        ] {
            assert!(check_pattern(form).is_ok(), "{form}");
        }
        for form in ["", "%s", "%H:%M", "%Y", "%m-%d", "%Q", "%", "day"] {
            assert!(check_pattern(form).is_err(), "{form}");
        }
    }

    #[test]
    fn times_of_day() {
        assert_eq!(read_time("7:05"), NaiveTime::from_hms_opt(7, 5, 0));
        assert_eq!(read_time("7:05 PM"), NaiveTime::from_hms_opt(19, 5, 0));
        assert_eq!(read_time("12:00:30"), NaiveTime::from_hms_opt(12, 0, 30));
        for wrong in ["", "7", "24:00", "7:60", "7:05 x", "7:055"] {
            assert_eq!(read_time(wrong), None, "{wrong}");
        }
    }
}
