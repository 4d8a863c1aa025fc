//! The coordinates in the two pictures: the calendar of each year and the line of the moods. The
//! template draws them.
//!
//! Both are 400 units wide, so that their letters can be read on a telephone.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};

use super::{EntryNoun, KeepsakeDay, KeepsakeSpell, decimal, name};
use onward_model::count;
use onward_model::day::MONTHS;

/// The calendar of a year: a column a week, from Monday down to Sunday.
pub(super) struct YearPicture {
    pub(super) year: i32,
    /// The content of the picture in words, for those who do not see it.
    pub(super) told: String,
    /// The path of a dot for every day.
    pub(super) dots: String,
    /// A square for every day that was written on.
    pub(super) squares: Vec<DaySquare>,
    /// The left edge of each month, and its name.
    pub(super) months: Vec<(String, &'static str)>,
}

pub(super) struct DaySquare {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) side: f32,
    pub(super) level: usize,
    pub(super) told: String,
}

/// The distance from one day to the next.
const PITCH: f32 = 7.2;
/// The left and the top edge of the days.
const LEFT: f32 = 11.0;
const TOP: f32 = 13.0;
/// The sides of the square of a day without pages, and of days with few to many words: the levels
/// differ in size, not in colour alone.
const SIDES: [f32; 5] = [1.0, 2.8, 4.0, 5.2, 6.4];

/// The calendars of the years that have pages.
pub(super) fn years(
    days: &[KeepsakeDay],
    noun: EntryNoun,
) -> impl Iterator<Item = YearPicture> {
    days.chunk_by(|a, b| a.day.date().year() == b.day.date().year())
        .filter_map(move |days| year(days, noun))
}

fn year(days: &[KeepsakeDay], noun: EntryNoun) -> Option<YearPicture> {
    let year = days.first()?.day.date().year();
    let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
    let before = first.weekday().num_days_from_monday();
    let place = |date: NaiveDate| {
        let at = before + date.ordinal0();
        let x = LEFT + PITCH * ((at / 7) as f32 + 0.5);
        let y = TOP + PITCH * ((at % 7) as f32 + 0.5);
        (x, y)
    };
    let mut dots = String::new();
    for date in first.iter_days().take_while(|date| date.year() == year) {
        let (x, y) = place(date);
        let half = SIDES[0] / 2.0;
        // Ignore the result: writing to a string does not fail.
        let _ = write!(dots, "M{:.1} {:.1}h1v1h-1z", x - half, y - half);
        if date.ordinal() == 366 || (date.month(), date.day()) == (12, 31) {
            break;
        }
    }
    let squares = days.iter().map(|day| {
        let (x, y) = place(day.day.date());
        let side = SIDES[day.level.clamp(1, 4)];
        DaySquare {
            x: format!("{:.1}", x - side / 2.0),
            y: format!("{:.1}", y - side / 2.0),
            side,
            level: day.level.clamp(1, 4),
            told: format!(
                "{}: {}, {}",
                day.day.without_year(),
                noun.count(day.entries),
                count::with_noun(day.words, "word", "words")
            ),
        }
    });
    let months = MONTHS.iter().zip(1..).filter_map(|(name, month)| {
        let (x, _) = place(NaiveDate::from_ymd_opt(year, month, 1)?);
        Some((format!("{:.1}", x - PITCH / 2.0), &name[..3]))
    });
    let sum = |of: fn(&KeepsakeDay) -> u64| days.iter().map(of).sum::<u64>();
    Some(YearPicture {
        year,
        told: format!(
            "{} on {}, {}",
            noun.count(sum(|day| day.entries)),
            count::with_noun(days.len(), "day", "days"),
            count::with_noun(sum(|day| day.words), "word", "words"),
        ),
        dots,
        squares: squares.collect(),
        months: months.collect(),
    })
}

/// The line of the moods.
pub(super) struct MoodLine {
    /// The content of the picture in words, for those who do not see it.
    pub(super) told: String,
    /// The path of the line, broken at pieces without a mood.
    pub(super) path: String,
    /// The path that joins the parts of the line.
    pub(super) bridges: String,
    /// A point for every piece of the time that has a mood; none if there are more than `POINTS`.
    pub(super) points: Vec<MoodPoint>,
    /// The heights of moods 1 to 5, and what the lowest and the highest are called.
    pub(super) heights: Vec<(f32, &'static str)>,
    /// The left edges of times, and their names.
    pub(super) times: Vec<(String, String)>,
}

pub(super) struct MoodPoint {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) told: String,
}

const FROM: f32 = 34.0;
const TO: f32 = 394.0;
/// The most points. More would run into each other.
const POINTS: usize = 60;

fn height(mood: f64) -> f32 {
    let mood = mood.clamp(1.0, 5.0) as f32;
    104.0 - (mood - 1.0) * 23.0
}

/// The line of the moods; `None` if no mood was noted.
pub(super) fn line(spells: &[KeepsakeSpell]) -> Option<MoodLine> {
    let noted = || spells.iter().filter_map(|spell| Some((spell, spell.mood?)));
    let (lowest, low) = noted().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let (highest, high) = noted().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let step = (TO - FROM) / (spells.len().saturating_sub(1).max(1)) as f32;
    let place = |at: usize| match spells.len() {
        1 => (FROM + TO) / 2.0,
        _ => FROM + step * at as f32,
    };
    let (mut path, mut bridges) = (String::new(), String::new());
    let (mut points, mut alone) = (Vec::new(), Vec::new());
    let mut last: Option<(usize, String)> = None;
    for (at, spell) in spells.iter().enumerate() {
        let Some(value) = spell.mood else { continue };
        let (x, y) = (format!("{:.1}", place(at)), format!("{:.1}", height(value)));
        let here = format!("{x} {y}");
        // Ignore the result: writing to a string does not fail.
        let joined = match &last {
            Some((before, _)) if before + 1 == at => true,
            Some((_, there)) => {
                let _ = write!(bridges, "M{there}L{here}");
                false
            }
            None => false,
        };
        let _ = write!(path, "{}{here}", if joined { "L" } else { "M" });
        last = Some((at, here));
        let told = format!("{}: {}", name(spell.from, spell.to), decimal(value));
        let point = MoodPoint { x, y, told };
        // A lone piece between two gaps makes no line.
        if joined || spells.get(at + 1).is_some_and(|next| next.mood.is_some()) {
            points.push(point);
        } else {
            alone.push(point);
        }
    }
    if points.len() + alone.len() > POINTS {
        points.clear();
    }
    points.append(&mut alone);
    let told = if low == high {
        format!("Mood {} of 5 throughout.", decimal(low))
    } else {
        format!(
            "From 1, low, to 5, good. Lowest: {}, {}. Highest: {}, {}.",
            decimal(low),
            name(lowest.from, lowest.to),
            decimal(high),
            name(highest.from, highest.to),
        )
    };
    let called = |mood: u8| match mood {
        5 => "good",
        1 => "low",
        _ => "",
    };
    Some(MoodLine {
        told,
        path,
        bridges,
        points,
        heights: (1..=5)
            .map(|mood| (height(f64::from(mood)), called(mood)))
            .collect(),
        times: times(spells, place),
    })
}

/// The years if there are several, else the months, and no more of them than there is room for.
fn times(spells: &[KeepsakeSpell], place: impl Fn(usize) -> f32) -> Vec<(String, String)> {
    let (Some(first), Some(last)) = (spells.first(), spells.last()) else {
        return Vec::new();
    };
    let by_year = last.to.date().year() - first.from.date().year() >= 2;
    let unit = |spell: &KeepsakeSpell| {
        let date = spell.to.date();
        (date.year(), if by_year { 0 } else { date.month() })
    };
    let starts: Vec<usize> = (0..spells.len())
        .filter(|at| *at == 0 || unit(&spells[*at]) != unit(&spells[at - 1]))
        .collect();
    let every = starts.len().div_ceil(8).max(1);
    let mut times = Vec::new();
    let mut end = f32::MIN;
    for at in starts.into_iter().step_by(every) {
        let date = spells[at].to.date();
        let text = match (by_year, times.is_empty() || date.month() == 1) {
            (true, _) => date.format("%-Y").to_string(),
            (false, true) => date.format("%b %-Y").to_string(),
            (false, false) => date.format("%b").to_string(),
        };
        let x = place(at);
        let width = 5.0 * text.len() as f32;
        if x < end + 6.0 || x + width > TO + 6.0 {
            continue;
        }
        end = x + width;
        times.push((format!("{x:.1}"), text));
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;
    use onward_model::Day;

    fn day(iso: &str) -> Day {
        iso.parse().unwrap()
    }

    fn kept(iso: &str, words: u64, level: usize) -> KeepsakeDay {
        KeepsakeDay {
            day: day(iso),
            entries: 1,
            words,
            level,
        }
    }

    /// A piece a month, from January 2026.
    fn moods(moods: &[Option<f64>]) -> Vec<KeepsakeSpell> {
        let months = moods.iter().enumerate().map(|(at, mood)| {
            let first = day("2026-01-01").date() + chrono::Months::new(at as u32);
            let last = first + chrono::Months::new(1) - chrono::Days::new(1);
            KeepsakeSpell {
                from: Day::new(first).unwrap(),
                to: Day::new(last).unwrap(),
                days: 1,
                entries: 1,
                words: 1,
                mood: *mood,
            }
        });
        months.collect()
    }

    const PAGES: EntryNoun = EntryNoun {
        one: "page",
        many: "pages",
    };

    #[test]
    fn a_day_stands_in_its_week_and_below_its_monday() {
        let days = [
            kept("2024-12-31", 1, 1),
            kept("2026-01-01", 20, 2),
            kept("2026-01-05", 300, 3),
            kept("2026-12-31", 4000, 4),
        ];
        let years: Vec<YearPicture> = years(&days, PAGES).collect();
        assert_eq!(
            years.iter().map(|year| year.year).collect::<Vec<_>>(),
            [2024, 2026]
        );
        let year = &years[1];
        // A Thursday, the Monday after it, and a Thursday 52 weeks later.
        let at: Vec<String> = year
            .squares
            .iter()
            .map(|square| format!("{} {} {}", square.x, square.y, square.side))
            .collect();
        assert_eq!(at, ["12.6 36.2 4", "19.2 14.0 5.2", "385.8 35.0 6.4"]);
        assert_eq!(
            year.squares[2].told,
            "Thursday 31 December: 1 page, 4,000 words"
        );
        assert_eq!(year.told, "3 pages on 3 days, 4,320 words");
        assert_eq!(year.dots.matches('M').count(), 365);
        assert_eq!(years[0].dots.matches('M').count(), 366);
        // The last day there is.
        assert_eq!(super::years(&[kept("9999-12-31", 1, 4)], PAGES).count(), 1);
    }

    #[test]
    fn the_line_is_whole_where_moods_follow_each_other() {
        let line = line(&moods(&[
            Some(1.0),
            Some(5.0),
            None,
            None,
            Some(3.0),
            None,
            Some(2.5),
        ]))
        .unwrap();
        assert_eq!(
            line.path, "M34.0 104.0L94.0 12.0M274.0 58.0M394.0 69.5",
            "{}",
            line.bridges
        );
        assert_eq!(line.bridges, "M94.0 12.0L274.0 58.0M274.0 58.0L394.0 69.5");
        assert_eq!(line.points.len(), 4);
        assert_eq!(
            line.told,
            "From 1, low, to 5, good. Lowest: 1, January 2026. Highest: 5, February 2026."
        );
        assert!(super::line(&moods(&[None, None])).is_none());
        assert!(super::line(&[]).is_none());
    }

    #[test]
    fn times_never_run_into_each_other() {
        for count in [1, 2, 7, 24, 25, 60, 130, 200] {
            let line = line(&moods(&vec![Some(3.0); count])).unwrap();
            assert_eq!(line.told, "Mood 3 of 5 throughout.");
            let mut end = 0.0;
            for (x, text) in &line.times {
                let x: f32 = x.parse().unwrap();
                assert!(x >= end, "{count}: {text}");
                end = x + 5.0 * text.len() as f32;
            }
            assert!(!line.times.is_empty() && end <= 402.0, "{count}: {end}");
        }
    }
}
