//! Statistics of the journal.

use super::Journal;
use crate::error::Result;
use crate::model::lookback::{self, DayFigures, DayRun, DayShare, Heatmap, StretchFigures};
use crate::model::{CalendarUnit, Day, Filter, Period, Tag};
use crate::store::TipDays;

/// The statistics of the entries that a filter chooses.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// The first day with an entry.
    pub first: Option<Day>,
    /// The last day with an entry.
    pub last: Option<Day>,
    /// The number of days with an entry.
    pub days: usize,
    /// The number of entries.
    pub entries: u64,
    /// The number of words in them.
    pub words: u64,
    /// The number of starred entries.
    pub starred: u64,
    /// The share of days with an entry: among those of the year asked for, or else of the
    /// last 365 days, not counting days before the journal began.
    pub lately: DayShare,
    /// The run of days with an entry that still goes on.
    pub current_run: Option<DayRun>,
    /// The most days in a row with an entry.
    pub longest_run: Option<DayRun>,
    /// The most days in a row without an entry, between two that have one.
    pub longest_gap: Option<DayRun>,
    /// The calendar of the year asked for, or else of the last 53 weeks.
    pub heatmap: Heatmap,
    /// The weeks of the year asked for, or else the last 26, from the first one with an
    /// entry. Empty if none of them has a mood.
    pub weeks: Vec<StretchFigures>,
    /// The months, at most twelve, from the first one with an entry.
    pub months: Vec<StretchFigures>,
    /// The most used tags, at most ten.
    pub tags: Vec<(Tag, u64)>,
    /// The tips with reflections, those with the most days first.
    pub tips: Vec<TipDays>,
}

/// The days of [`Stats::lately`].
const LATELY: usize = 365;

/// The weeks of [`Stats::weeks`].
const WEEKS: i64 = 26;

/// The most tags in [`Stats::tags`].
const TAGS: usize = 10;

impl Journal {
    /// The statistics of the entries that a filter chooses, of one year if it is given. The
    /// calendar, weeks and months show that year, or else the last one up to today. If that
    /// has no entry, they end with the last entry before.
    pub fn stats(&self, filter: &Filter, year: Option<i32>, today: Day) -> Result<Stats> {
        let reading = self.store.reading();
        let year = year
            .and_then(|year| Day::from_ymd(year, 1, 1))
            .map(|day| CalendarUnit::Year.around(day));
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
        let mut weeks = lookback::by_unit(CalendarUnit::Week, &days, weeks_from, to);
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
            months: lookback::by_unit(CalendarUnit::Month, &days, months_from, to),
            tags,
            tips,
        })
    }
}

fn sum(days: &[DayFigures], of: impl Fn(&DayFigures) -> u64) -> u64 {
    days.iter().map(of).sum()
}

/// The 53 weeks up to `end`, or up to the last day with an entry if they have none.
fn last_year(dates: &[Day], from: Option<Day>, end: Day) -> (Day, Day) {
    let start = |end: Day| {
        let (monday, _) = CalendarUnit::Week.around(end);
        let start = monday.plus_days(-52 * 7).unwrap_or(monday);
        from.map_or(start, |from| from.max(start)).min(end)
    };
    let last = dates.iter().rfind(|day| **day <= end);
    match last {
        Some(last) if *last < start(end) => (start(*last), *last),
        _ => (start(end), end),
    }
}

/// The first day of the month that is eleven months before that of a day.
fn twelve_months(day: Day) -> Day {
    let (first, _) = CalendarUnit::Month.around(day);
    let earlier = first.date().checked_sub_months(chrono::Months::new(11));
    earlier.and_then(Day::new).unwrap_or(first)
}

/// The share of days with an entry since the first one, at most of the last 365 days.
fn lately(dates: &[Day], from: Option<Day>, end: Day, today: Day) -> DayShare {
    let Some(first) = dates.first() else {
        return DayShare::default();
    };
    // Leave out today until it has an entry, and count one more day before it instead.
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
