//! Runs, gaps, moods and calendars of the days that were written on.
//!
//! Pure functions of days and of figures by day. A day is a date, so hours, zones and changes of
//! the clocks play no part.

use std::collections::BTreeMap;

use chrono::{Datelike, Months};

use super::{CalendarUnit, Day};

/// The figures of one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayFigures {
    /// The day.
    pub day: Day,
    /// The number of its entries; at least one.
    pub entries: u64,
    /// The number of words in them.
    pub words: u64,
    /// The mean of their moods, 1 to 5; `None` if no mood was noted.
    pub mood: Option<f64>,
    /// The number of entries that are starred.
    pub starred: u64,
}

impl DayFigures {
    /// A day without entries, to add to.
    pub fn none(day: Day) -> DayFigures {
        DayFigures {
            day,
            entries: 0,
            words: 0,
            mood: None,
            starred: 0,
        }
    }
}

/// Days one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayRun {
    /// The first of them.
    pub from: Day,
    /// The last of them.
    pub to: Day,
}

impl DayRun {
    /// The number of days, both ends included.
    pub fn days(self) -> usize {
        usize::try_from(self.to.days_since(self.from) + 1).unwrap_or(0)
    }
}

/// The longest run of days; of equally long ones, the latest. `days` are in order, each once.
pub fn longest_run(days: &[Day]) -> Option<DayRun> {
    runs(days).max_by_key(|run| run.days())
}

/// The run that still goes on: it reaches today, or yesterday as long as today has no page.
pub fn current_run(days: &[Day], today: Day) -> Option<DayRun> {
    let past = &days[..days.partition_point(|day| *day <= today)];
    runs(past)
        .last()
        .filter(|run| today.days_since(run.to) <= 1)
}

/// The longest stretch of days between two of these that is not among them; of equally long ones,
/// the latest. The time before the first day or after the last is no gap: nobody has come back
/// from it.
pub fn longest_gap(days: &[Day]) -> Option<DayRun> {
    days.windows(2)
        .filter_map(|pair| {
            let gap = DayRun {
                from: pair[0].plus_days(1)?,
                to: pair[1].plus_days(-1)?,
            };
            (gap.days() > 0).then_some(gap)
        })
        .max_by_key(|gap| gap.days())
}

fn runs(days: &[Day]) -> impl Iterator<Item = DayRun> {
    days.chunk_by(|a, b| b.days_since(*a) == 1)
        .filter_map(|run| {
            Some(DayRun {
                from: *run.first()?,
                to: *run.last()?,
            })
        })
}

/// The share of some days that was written on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayShare {
    /// The number of days written on.
    pub written: usize,
    /// The number of all those days.
    pub days: usize,
}

/// The share of the days from one to another, up to today, that was written on. Today counts once
/// it has a page: until then it is not a day without one.
pub fn share(days: &[Day], from: Day, to: Day, today: Day) -> DayShare {
    let within = |day: &&Day| (from..=to).contains(*day);
    let written = days.iter().filter(within).count();
    let last = days.iter().rfind(within);
    let passed = to.min(today.plus_days(-1).unwrap_or(today));
    let end = last.map_or(passed, |last| passed.max(*last));
    DayShare {
        written,
        days: usize::try_from(end.days_since(from) + 1).unwrap_or(0),
    }
}

/// The distance to a day that is recalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ago {
    /// Whole years.
    pub years: u32,
    /// Whole months if it is less than a year; else 0.
    pub months: u32,
}

/// The days to recall on a day, the latest first and none before `first`: the same day of
/// the eleven months before, where they have it, and the same date of every year before.
///
/// A 29 February that a year does not have is looked for on the day before: the 28th of a
/// common year recalls the 29th of leap years as well as their 28th, and the 29th recalls
/// the 28th of common years.
pub fn on_this_day(day: Day, first: Day) -> Vec<(Ago, Day)> {
    let date = day.date();
    let months = (1..=11).filter_map(|months| {
        let earlier = date.checked_sub_months(Months::new(months))?;
        (earlier.day() == date.day())
            .then(|| Some((Ago { years: 0, months }, Day::new(earlier)?)))
            .flatten()
    });
    let (month, of_month) = (date.month(), date.day());
    let leap = date.leap_year();
    let years = (1..=date.year() - first.date().year()).flat_map(|back| {
        let of = |of_month| Day::from_ymd(date.year() - back, month, of_month);
        let found = match (month, of_month) {
            (2, 28) if !leap => [of(29), of(28)],
            (2, 29) => [of(29).or_else(|| of(28)), None],
            _ => [of(of_month), None],
        };
        let years = back.unsigned_abs();
        found
            .into_iter()
            .flatten()
            .map(move |day| (Ago { years, months: 0 }, day))
    });
    months
        .chain(years)
        .filter(|(_, day)| *day >= first)
        .collect()
}

/// The moods of some days in brief.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MoodSpan {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// The mood that occurs most, rounded to a whole one; `None` if two occur equally often.
    pub mostly: Option<u8>,
    /// The mean of all.
    pub mean: f64,
}

/// Moods in brief; `None` if there are none.
pub fn mood_span(moods: &[f64]) -> Option<MoodSpan> {
    let mut times = [0_usize; 6];
    for mood in moods {
        times[rounded(*mood)] += 1;
    }
    let most = times.into_iter().max().unwrap_or(0);
    let mut leading = (1..=5_u8).filter(|mood| times[usize::from(*mood)] == most);
    let mostly = match (leading.next(), leading.next()) {
        (Some(mood), None) => Some(mood),
        _ => None,
    };
    Some(MoodSpan {
        low: moods.iter().copied().reduce(f64::min)?,
        high: moods.iter().copied().reduce(f64::max)?,
        mostly,
        mean: mean(moods.iter().copied())?,
    })
}

/// A mean mood rounded to one of the five; halves go up.
fn rounded(mood: f64) -> usize {
    // Moods are 1 to 5 and so are their means, so the cast is exact.
    mood.round().clamp(1.0, 5.0) as usize
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) =
        values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// The figures of a stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StretchFigures {
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub to: Day,
    /// The number of days written on.
    pub written: usize,
    /// Entries.
    pub entries: u64,
    /// Words.
    pub words: u64,
    /// The mean of the days' moods, 1 to 5; `None` if no mood was noted.
    pub mood: Option<f64>,
}

/// The stretches from one day to another, one for every whole day, week, month or year, written
/// on or not. Figures of days outside are left out.
pub fn by_unit(
    unit: CalendarUnit,
    days: &[DayFigures],
    from: Day,
    to: Day,
) -> Vec<StretchFigures> {
    let mut stretches = Vec::new();
    let mut rest = &days[days.partition_point(|figures| figures.day < from)..];
    let mut next = (from <= to).then_some(from);
    while let Some(day) = next {
        let (first, last) = unit.around(day);
        let (here, after) =
            rest.split_at(rest.partition_point(|figures| figures.day <= last.min(to)));
        stretches.push(StretchFigures {
            from: first,
            to: last,
            written: here.len(),
            entries: here.iter().map(|figures| figures.entries).sum(),
            words: here.iter().map(|figures| figures.words).sum(),
            mood: mean(here.iter().filter_map(|figures| figures.mood)),
        });
        rest = after;
        next = last.plus_days(1).filter(|day| *day <= to);
    }
    stretches
}

/// The smallest unit that cuts the time from one day to another into at most so many pieces.
pub fn unit_for(from: Day, to: Day, pieces: usize) -> CalendarUnit {
    let days = usize::try_from(to.days_since(from) + 1).unwrap_or(0);
    [
        (CalendarUnit::Day, 1),
        (CalendarUnit::Week, 7),
        (CalendarUnit::Month, 30),
    ]
    .into_iter()
    .find(|(_, length)| days / length < pieces)
    .map_or(CalendarUnit::Year, |(unit, _)| unit)
}

/// The days of a calendar, with a level for how much was written on each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heatmap {
    /// Every day, in order.
    pub days: Vec<ShadedDay>,
    /// The most words of a day of level 1, 2, 3 and 4; `None` for a level that no day has.
    pub up_to: [Option<u64>; 4],
}

/// A day of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShadedDay {
    /// The day.
    pub day: Day,
    /// Its entries.
    pub entries: u64,
    /// Its words.
    pub words: u64,
    /// 0 for a day without entries; else 1 to 4, the higher the more words.
    pub level: usize,
}

/// Returns the function that gives a number of words its level among these days, from 1 to 4. The
/// levels are quarters of the days, so that they mean something for people of few words and of
/// many. The longest day has level 4, and days with equally many words share a level.
pub fn levels<'a>(days: impl IntoIterator<Item = &'a DayFigures>) -> impl Fn(u64) -> usize {
    let mut sorted: Vec<u64> = days.into_iter().map(|figures| figures.words).collect();
    sorted.sort_unstable();
    move |words| {
        let up_to_here = sorted.partition_point(|other| *other <= words);
        (4 * up_to_here).div_ceil(sorted.len().max(1))
    }
}

/// The calendar from one day to another, with the [`levels`] of its days.
pub fn heatmap(days: &[DayFigures], from: Day, to: Day) -> Heatmap {
    let figures: BTreeMap<Day, &DayFigures> = days
        .iter()
        .filter(|figures| (from..=to).contains(&figures.day))
        .map(|figures| (figures.day, figures))
        .collect();
    let level = levels(figures.values().copied());
    let mut up_to = [None; 4];
    for figures in figures.values() {
        let most = &mut up_to[level(figures.words) - 1];
        *most = (*most).max(Some(figures.words));
    }
    let mut shades = Vec::new();
    let mut next = (from <= to).then_some(from);
    while let Some(day) = next {
        let here = figures.get(&day);
        shades.push(ShadedDay {
            day,
            entries: here.map_or(0, |figures| figures.entries),
            words: here.map_or(0, |figures| figures.words),
            level: here.map_or(0, |figures| level(figures.words)),
        });
        next = day.plus_days(1).filter(|day| *day <= to);
    }
    Heatmap {
        days: shades,
        up_to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(iso: &str) -> Day {
        iso.parse().unwrap()
    }

    /// `2026-11-01 02 05`: days of the month after the first.
    fn days(text: &str) -> Vec<Day> {
        let mut days: Vec<Day> = Vec::new();
        for word in text.split_whitespace() {
            let iso = match days.last() {
                Some(last) if word.len() == 2 => format!("{}{word}", &last.to_string()[..8]),
                _ => word.to_owned(),
            };
            days.push(day(&iso));
        }
        days
    }

    fn told(run: Option<DayRun>) -> String {
        match run {
            Some(run) => format!("{} {}..{}", run.days(), run.from, run.to),
            None => "none".to_owned(),
        }
    }

    #[track_caller]
    fn check_runs(written: &str, today: &str, longest: &str, current: &str, gap: &str) {
        let written = days(written);
        assert_eq!(told(longest_run(&written)), longest, "longest run");
        assert_eq!(
            told(current_run(&written, day(today))),
            current,
            "current run"
        );
        assert_eq!(told(longest_gap(&written)), gap, "longest gap");
    }

    #[test]
    fn runs_and_gaps() {
        check_runs("", "2026-11-22", "none", "none", "none");
        let one = "1 2026-11-22..2026-11-22";
        check_runs("2026-11-22", "2026-11-22", one, one, "none");
        check_runs("2026-11-22", "2026-11-23", one, one, "none");
        check_runs("2026-11-22", "2026-11-24", one, "none", "none");
        check_runs(
            "2026-11-01 02 03 05 06 10",
            "2026-11-11",
            "3 2026-11-01..2026-11-03",
            "1 2026-11-10..2026-11-10",
            "3 2026-11-07..2026-11-09",
        );
        // Of equals the latest.
        check_runs(
            "2026-11-01 02 05 06 09",
            "2026-12-01",
            "2 2026-11-05..2026-11-06",
            "none",
            "2 2026-11-07..2026-11-08",
        );
        // Through a leap day, the turn of a year, and long before 1970.
        check_runs(
            "2024-02-28 29 2024-03-01",
            "2024-03-01",
            "3 2024-02-28..2024-03-01",
            "3 2024-02-28..2024-03-01",
            "none",
        );
        check_runs(
            "1660-12-31 1661-01-01",
            "1661-01-02",
            "2 1660-12-31..1661-01-01",
            "2 1660-12-31..1661-01-01",
            "none",
        );
        check_runs(
            "0001-01-01 9999-12-31",
            "9999-12-31",
            "1 9999-12-31..9999-12-31",
            "1 9999-12-31..9999-12-31",
            "3652057 0001-01-02..9999-12-30",
        );
        // Pages dated after today are no part of the present run.
        check_runs(
            "2026-11-20 21 25",
            "2026-11-22",
            "2 2026-11-20..2026-11-21",
            "2 2026-11-20..2026-11-21",
            "3 2026-11-22..2026-11-24",
        );
    }

    #[track_caller]
    fn check_share(written: &str, from: &str, to: &str, today: &str, expect: (usize, usize)) {
        let share = share(&days(written), day(from), day(to), day(today));
        assert_eq!((share.written, share.days), expect);
    }

    #[test]
    fn today_counts_once_it_is_written_on() {
        let (monday, sunday) = ("2026-11-16", "2026-11-22");
        check_share("2026-11-16 17 20", monday, sunday, "2026-11-30", (3, 7));
        check_share("2026-11-16 17", monday, sunday, "2026-11-18", (2, 2));
        check_share("2026-11-16 18", monday, sunday, "2026-11-18", (2, 3));
        check_share("", monday, sunday, monday, (0, 0));
        check_share("2026-11-10", monday, sunday, "2026-11-18", (0, 2));
        check_share("2026-11-21", monday, sunday, "2026-11-18", (1, 6));
    }

    #[track_caller]
    fn check_recall(today: &str, first: &str, expect: &str) {
        let found: Vec<String> = on_this_day(day(today), day(first))
            .into_iter()
            .map(|(ago, day)| match ago {
                Ago { years: 0, months } => format!("{months}m {day}"),
                Ago { years, .. } => format!("{years}y {day}"),
            })
            .collect();
        assert_eq!(found.join(", "), expect, "{today}");
    }

    #[test]
    fn on_this_day_in_months_and_years() {
        check_recall(
            "2026-11-22",
            "2024-01-01",
            "1m 2026-10-22, 2m 2026-09-22, 3m 2026-08-22, 4m 2026-07-22, 5m 2026-06-22, \
             6m 2026-05-22, 7m 2026-04-22, 8m 2026-03-22, 9m 2026-02-22, 10m 2026-01-22, \
             11m 2025-12-22, 1y 2025-11-22, 2y 2024-11-22",
        );
        // Months that have no 31st are passed over.
        check_recall("2026-05-31", "2026-01-01", "2m 2026-03-31, 4m 2026-01-31");
        check_recall("2026-11-22", "2026-10-23", "");
        check_recall("2026-11-22", "2026-11-22", "");
        check_recall("2026-11-22", "2027-01-01", "");
        assert_eq!(
            on_this_day(day("1669-09-02"), day("1660-01-01"))[11..]
                .iter()
                .map(|(_, day)| day.date().year())
                .collect::<Vec<_>>(),
            [1668, 1667, 1666, 1665, 1664, 1663, 1662, 1661, 1660]
        );
        assert_eq!(
            on_this_day(day("2026-09-02"), day("1660-01-01")).last(),
            Some(&(
                Ago {
                    years: 366,
                    months: 0
                },
                day("1660-09-02")
            ))
        );
    }

    #[test]
    fn the_leap_day_is_recalled_every_year() {
        let years = |today: &str| {
            on_this_day(day(today), day("2019-01-01"))
                .into_iter()
                .filter(|(ago, _)| ago.years > 0)
                .map(|(_, day)| day.to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            years("2025-02-28"),
            "2024-02-29 2024-02-28 2023-02-28 2022-02-28 2021-02-28 2020-02-29 2020-02-28 \
             2019-02-28"
        );
        assert_eq!(
            years("2022-02-28"),
            "2021-02-28 2020-02-29 2020-02-28 2019-02-28"
        );
        assert_eq!(
            years("2024-02-29"),
            "2023-02-28 2022-02-28 2021-02-28 2020-02-29 2019-02-28"
        );
        // A leap year has a day of its own for it.
        assert_eq!(
            years("2024-02-28"),
            "2023-02-28 2022-02-28 2021-02-28 2020-02-28 2019-02-28"
        );
        assert_eq!(
            years("2025-03-01"),
            "2024-03-01 2023-03-01 2022-03-01 2021-03-01 \
             2020-03-01 2019-03-01"
        );
        // 1900 had none.
        assert_eq!(
            on_this_day(day("1904-02-29"), day("1899-01-01"))
                .last()
                .map(|(_, day)| *day),
            Some(day("1899-02-28"))
        );
    }

    #[track_caller]
    fn check_span(moods: &[f64], expect: Option<(f64, f64, Option<u8>)>) {
        let found = mood_span(moods).map(|span| (span.low, span.high, span.mostly));
        assert_eq!(found, expect, "{moods:?}");
    }

    #[test]
    fn moods_in_brief() {
        check_span(&[], None);
        check_span(&[3.0], Some((3.0, 3.0, Some(3))));
        check_span(&[2.0, 3.0, 4.0, 3.0], Some((2.0, 4.0, Some(3))));
        check_span(&[1.0, 5.0], Some((1.0, 5.0, None)));
        check_span(&[2.5, 3.0, 1.0], Some((1.0, 3.0, Some(3))));
    }

    fn figures(iso: &str, words: u64, mood: Option<f64>) -> DayFigures {
        DayFigures {
            day: day(iso),
            entries: 1,
            words,
            mood,
            starred: 0,
        }
    }

    #[test]
    fn weeks_of_iso_8601() {
        // 2026 has a week 53, and so had 1660.
        let figures = [
            figures("2026-12-27", 10, Some(1.0)),
            figures("2026-12-28", 20, Some(2.0)),
            figures("2027-01-03", 40, Some(5.0)),
            figures("2027-01-04", 80, None),
        ];
        let weeks = by_unit(
            CalendarUnit::Week,
            &figures,
            day("2026-12-25"),
            day("2027-01-10"),
        );
        let told: Vec<_> = weeks
            .iter()
            .map(|week| (week.from.date().iso_week().week(), week.words, week.mood))
            .collect();
        assert_eq!(
            told,
            [(52, 10, Some(1.0)), (53, 60, Some(3.5)), (1, 80, None)]
        );
        assert_eq!(day("1660-12-31").date().iso_week().week(), 53);
    }

    #[test]
    fn months_and_years() {
        let figures = [
            figures("1659-12-31", 1, None),
            figures("1660-01-01", 10, None),
            figures("1660-02-29", 20, None),
            figures("1661-03-01", 40, None),
        ];
        let words = |unit, from, to| -> Vec<u64> {
            by_unit(unit, &figures, day(from), day(to))
                .iter()
                .map(|stretch| stretch.words)
                .collect()
        };
        assert_eq!(
            words(CalendarUnit::Month, "1660-01-01", "1660-03-31"),
            [10, 20, 0]
        );
        assert_eq!(
            words(CalendarUnit::Year, "1660-01-01", "1661-12-31"),
            [30, 40]
        );
        assert_eq!(
            words(CalendarUnit::Day, "1660-02-28", "1660-03-01"),
            [0, 20, 0]
        );
        assert_eq!(
            words(CalendarUnit::Day, "1660-02-28", "1660-02-27"),
            [0_u64; 0]
        );
    }

    #[test]
    fn time_is_cut_into_pieces_that_fit() {
        let unit = |to: &str| unit_for(day("2026-01-01"), day(to), 60);
        assert_eq!(unit("2026-01-31"), CalendarUnit::Day);
        assert_eq!(unit("2026-12-31"), CalendarUnit::Week);
        assert_eq!(unit("2029-12-31"), CalendarUnit::Month);
        assert_eq!(unit("2099-12-31"), CalendarUnit::Year);
    }

    /// Words by day from 1 January 1666 → the level of each day.
    #[track_caller]
    fn check_levels(words: &[Option<u64>], expect: &[usize], up_to: [Option<u64>; 4]) {
        let first = day("1666-01-01");
        let at = |index: usize| first.plus_days(index as i64).unwrap();
        let days: Vec<DayFigures> = words
            .iter()
            .enumerate()
            .filter_map(|(index, words)| Some(figures(&at(index).to_string(), (*words)?, None)))
            .collect();
        let map = heatmap(&days, first, at(words.len() - 1));
        let levels: Vec<usize> = map.days.iter().map(|shade| shade.level).collect();
        assert_eq!(levels, expect);
        assert_eq!(map.up_to, up_to);
    }

    #[test]
    fn levels_are_quarters() {
        check_levels(&[None, None], &[0, 0], [None; 4]);
        check_levels(&[None, Some(7)], &[0, 4], [None, None, None, Some(7)]);
        check_levels(
            &[Some(100), Some(10), None, Some(30), Some(20)],
            &[4, 1, 0, 3, 2],
            [Some(10), Some(20), Some(30), Some(100)],
        );
        // A page without words is a page.
        check_levels(&[Some(0), Some(1)], &[2, 4], [None, Some(0), None, Some(1)]);
        check_levels(
            &[Some(5), Some(5), Some(5)],
            &[4, 4, 4],
            [None, None, None, Some(5)],
        );
        // One day of many words leaves the others their differences.
        check_levels(
            &[Some(10), Some(20), Some(30), Some(19_728)],
            &[1, 2, 3, 4],
            [Some(10), Some(20), Some(30), Some(19_728)],
        );
    }

    #[test]
    fn a_year_has_all_its_days() {
        let year = |from: &str, to: &str| heatmap(&[], day(from), day(to)).days.len();
        assert_eq!(year("1664-01-01", "1664-12-31"), 366);
        assert_eq!(year("1666-01-01", "1666-12-31"), 365);
        assert_eq!(year("9999-12-01", "9999-12-31"), 31);
    }
}
