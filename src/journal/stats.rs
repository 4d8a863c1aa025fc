//! The journal in numbers.

use super::Journal;
use crate::error::Result;
use crate::model::lookback::{self, DayFigures, Heatmap, Run, Share, Stretch};
use crate::model::{Day, Filter, Period, Tag, Unit};
use crate::store::TipDays;

/// The journal, or what a filter chooses of it, in numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// The first day written on.
    pub first: Option<Day>,
    /// The last day written on.
    pub last: Option<Day>,
    /// How many days were written on.
    pub days: usize,
    /// Entries.
    pub entries: u64,
    /// Words.
    pub words: u64,
    /// Starred entries.
    pub starred: u64,
    /// How many of the days since the journal began were written on: of those of the year
    /// asked for, else of the last 365 days.
    pub lately: Share,
    /// The run that still goes on.
    pub current_run: Option<Run>,
    /// Most days in a row.
    pub longest_run: Option<Run>,
    /// Most days between two pages.
    pub longest_gap: Option<Run>,
    /// The calendar of the year.
    pub heatmap: Heatmap,
    /// Its weeks: all of a year asked for, else the last 26, from the first that is
    /// written in. None where no mood is noted in them.
    pub weeks: Vec<Stretch>,
    /// Its months, at most twelve, from the first that is written in.
    pub months: Vec<Stretch>,
    /// The most used tags, at most ten.
    pub tags: Vec<(Tag, u64)>,
    /// The tips reflected on, the most first.
    pub tips: Vec<TipDays>,
}

/// How many days "lately" is, unless the journal is younger.
const LATELY: usize = 365;

/// How many weeks the moods are told for.
const WEEKS: i64 = 26;

/// How many tags are told.
const TAGS: usize = 10;

impl Journal {
    /// The journal in numbers; of a year alone where one is given. The pictures show that
    /// year, else the last one up to today. Where nothing was written in that, they end with
    /// the last page.
    pub fn stats(&self, filter: &Filter, year: Option<i32>, today: Day) -> Result<Stats> {
        let reading = self.store.reading();
        let year = year
            .and_then(|year| Day::from_ymd(year, 1, 1))
            .map(|day| Unit::Year.around(day));
        let within = match year {
            Some((from, to)) => {
                let from = Some(from);
                Period { from, to }.narrow(filter)
            }
            None => Some(filter.clone()),
        };
        let (days, tags, tips) = match &within {
            Some(filter) => (
                reading.days(filter)?,
                reading.tag_counts(filter, TAGS)?,
                reading.tip_days(filter)?,
            ),
            None => (Vec::new(), Vec::new(), Vec::new()),
        };
        let dates: Vec<Day> = days.iter().map(|figures| figures.day).collect();
        let filter = within.as_ref().unwrap_or(filter);
        let end = filter.to.map_or(today, |to| to.min(today));
        let (from, to) = match year {
            Some((from, _)) => (from.max(filter.from.unwrap_or(from)), end),
            None => last_year(&dates, filter.from, end),
        };
        let began = dates.first().copied().unwrap_or(from).max(from);
        let weeks_from = match year {
            Some(_) => from,
            None => to.plus_days(-7 * (WEEKS - 1)).unwrap_or(from).max(began),
        };
        let mut weeks = lookback::by(Unit::Week, &days, weeks_from, to);
        if weeks.iter().all(|week| week.mood.is_none()) {
            weeks.clear();
        }
        let months_from = match year {
            Some(_) => from,
            None => twelve_months(to).max(began),
        };
        Ok(Stats {
            first: dates.first().copied(),
            last: dates.last().copied(),
            days: days.len(),
            entries: sum(&days, |figures| figures.entries),
            words: sum(&days, |figures| figures.words),
            starred: sum(&days, |figures| figures.starred),
            lately: match (year, reading.first_day()?) {
                (Some((from, _)), Some(first)) => {
                    lookback::share(&dates, from.max(first), end, today)
                }
                _ => lately(&dates, filter.from, end, today),
            },
            current_run: lookback::current_run(&dates, today),
            longest_run: lookback::longest_run(&dates),
            longest_gap: lookback::longest_gap(&dates),
            heatmap: lookback::heatmap(&days, from, to),
            weeks,
            months: lookback::by(Unit::Month, &days, months_from, to),
            tags,
            tips,
        })
    }
}

fn sum(days: &[DayFigures], of: impl Fn(&DayFigures) -> u64) -> u64 {
    days.iter().map(of).sum()
}

/// The 53 weeks up to a day, or, where they have no page, up to the last page before.
fn last_year(dates: &[Day], from: Option<Day>, end: Day) -> (Day, Day) {
    let start = |end: Day| {
        let (monday, _) = Unit::Week.around(end);
        let start = monday.plus_days(-52 * 7).unwrap_or(monday);
        from.map_or(start, |from| from.max(start)).min(end)
    };
    let last = dates.iter().rfind(|day| **day <= end);
    match last {
        Some(last) if *last < start(end) => (start(*last), *last),
        _ => (start(end), end),
    }
}

/// The first day of the month eleven months before a day's.
fn twelve_months(day: Day) -> Day {
    let (first, _) = Unit::Month.around(day);
    let earlier = first.date().checked_sub_months(chrono::Months::new(11));
    earlier.and_then(Day::new).unwrap_or(first)
}

/// The share of the days since the first page, or of the last 365 days.
fn lately(dates: &[Day], from: Option<Day>, end: Day, today: Day) -> Share {
    let Some(first) = dates.first() else {
        return Share::default();
    };
    // Today is left out until it is written on; then the days before it are as many more.
    let last = match dates.binary_search(&end) {
        Err(_) if end == today => end.plus_days(-1).unwrap_or(end),
        _ => end,
    };
    let back = 1 - i64::try_from(LATELY).unwrap_or(i64::MAX);
    let start = last.plus_days(back).unwrap_or(*first);
    lookback::share(
        dates,
        start.max(*first).max(from.unwrap_or(*first)),
        end,
        today,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(iso: &str) -> Day {
        iso.parse().unwrap()
    }

    #[track_caller]
    fn check_year(written: &[&str], end: &str, expect: (&str, &str)) {
        let dates: Vec<Day> = written.iter().map(|iso| day(iso)).collect();
        let (from, to) = last_year(&dates, None, day(end));
        assert_eq!(
            (from.to_string(), to.to_string()),
            (expect.0.into(), expect.1.into())
        );
    }

    #[test]
    fn the_last_year_is_one_that_has_pages() {
        let year = ("2025-11-17", "2026-11-22");
        check_year(&["2026-11-01"], "2026-11-22", year);
        check_year(&["2025-11-17"], "2026-11-22", year);
        check_year(&[], "2026-11-22", year);
        check_year(
            &["1660-01-01", "1669-05-31"],
            "2026-11-22",
            ("1668-05-28", "1669-05-31"),
        );
    }

    #[track_caller]
    fn check_lately(from: &str, to: &str, today: &str, expect: (usize, usize)) {
        let mut dates = vec![day(from)];
        while let Some(next) = dates.last().and_then(|day| day.plus_days(1))
            && next <= day(to)
        {
            dates.push(next);
        }
        let share = lately(&dates, None, day(today), day(today));
        assert_eq!((share.written, share.days), expect);
    }

    #[test]
    fn lately_begins_with_the_journal() {
        check_lately("2026-11-20", "2026-11-22", "2026-11-22", (3, 3));
        check_lately("2026-11-20", "2026-11-22", "2026-11-23", (3, 3));
        check_lately("2026-11-20", "2026-11-22", "2026-11-26", (3, 6));
        check_lately("2020-01-01", "2026-11-22", "2026-11-22", (365, 365));
        check_lately("2020-01-01", "2026-11-21", "2026-11-22", (365, 365));
        check_lately("2020-01-01", "2020-11-21", "2026-11-22", (0, 365));
    }

    #[test]
    fn twelve_months_begin_with_a_first() {
        assert_eq!(twelve_months(day("2026-11-30")), day("2025-12-01"));
        assert_eq!(twelve_months(day("2024-02-29")), day("2023-03-01"));
        assert_eq!(twelve_months(day("0001-02-03")), day("0001-02-01"));
    }
}
