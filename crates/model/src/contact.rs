//! Counts of days without contact, and of urges by hour, day and trigger.
//!
//! A day is a day as the writer lives it: an urge at one in the night belongs to the evening
//! before, and a change of the clocks makes no day longer or shorter.

use chrono::{NaiveDateTime, Timelike};

use super::Day;
use super::kind::{ContactFrom, UrgeEnding, UrgeStrength};
use super::lookback::DayRun;

/// The days since walking away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoContactDays {
    /// The day of walking away. The days are counted from the one after it.
    pub since: Day,
    /// The number of days since then, today included.
    pub days: usize,
    /// The number of those without contact. Today counts as such until there is contact.
    pub kept: usize,
    /// The days that had contact, in order.
    pub broken: Vec<Day>,
    /// The number of days in `broken` on which only the other person began.
    pub by_them: usize,
    /// The run of days without contact that reaches today. `None` if there was contact today, and
    /// on the day of walking away itself.
    pub run: Option<DayRun>,
    /// The longest run of days without contact; of equally long ones, the latest.
    pub longest: Option<DayRun>,
}

/// Counts the days since walking away. `contacts` holds the day of each contact and who began it.
pub fn no_contact_days(
    since: Day,
    today: Day,
    contacts: &[(Day, Option<ContactFrom>)],
) -> NoContactDays {
    let first = since.plus_days(1).unwrap_or(since);
    let mut broken: Vec<Day> = contacts
        .iter()
        .map(|(day, _)| *day)
        .filter(|day| (first..=today).contains(day))
        .collect();
    broken.sort();
    broken.dedup();
    let by_them = broken
        .iter()
        .filter(|day| {
            let mut of_day = contacts.iter().filter(|(other, _)| other == *day);
            of_day.all(|(_, by)| *by == Some(ContactFrom::Them))
        })
        .count();
    let mut runs = Vec::new();
    let mut from = first;
    for &day in &broken {
        let run = day.plus_days(-1).map(|to| DayRun { from, to });
        runs.extend(run.filter(|run| run.days() > 0));
        from = day.plus_days(1).unwrap_or(day);
    }
    let run = Some(DayRun { from, to: today }).filter(|run| from <= today && run.days() > 0);
    runs.extend(run);
    let days = usize::try_from(today.days_since(since)).unwrap_or(0);
    NoContactDays {
        since,
        days,
        kept: days.saturating_sub(broken.len()),
        by_them,
        run,
        longest: runs.into_iter().max_by_key(|run| run.days()),
        broken,
    }
}

/// The parts of an urge that are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedUrge {
    /// The day it belongs to.
    pub day: Day,
    /// The local time at which it came.
    pub at: NaiveDateTime,
    /// The trigger, in the writer's words; empty if the writer named none.
    pub set_off_by: String,
    /// Its strength.
    pub strength: Option<UrgeStrength>,
    /// Its ending.
    pub ended: Option<UrgeEnding>,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartOfDay {
    /// From 04:00 to noon.
    Morning,
    /// To 18:00.
    Afternoon,
    /// To 22:00.
    Evening,
    /// To 04:00.
    Night,
}

impl PartOfDay {
    const ALL: [PartOfDay; 4] = [
        PartOfDay::Morning,
        PartOfDay::Afternoon,
        PartOfDay::Evening,
        PartOfDay::Night,
    ];

    fn of(hour: u32) -> PartOfDay {
        match hour {
            4..12 => PartOfDay::Morning,
            12..18 => PartOfDay::Afternoon,
            18..22 => PartOfDay::Evening,
            _ => PartOfDay::Night,
        }
    }

    /// The hours of this part, as part of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            PartOfDay::Morning => "before noon",
            PartOfDay::Afternoon => "between 12:00 and 18:00",
            PartOfDay::Evening => "between 18:00 and 22:00",
            PartOfDay::Night => "after 22:00",
        }
    }
}

/// Urges, counted by hour, weekday, trigger and ending.
#[derive(Debug, Clone, PartialEq)]
pub struct UrgeCounts {
    /// The number of urges.
    pub count: usize,
    /// The number of urges in each hour of the clock, from midnight.
    pub hours: [usize; 24],
    /// The number of urges on each day of the week, from Monday.
    pub weekdays: [usize; 7],
    /// The part of the day in which at least half of them came, and their number. `None` below
    /// three urges: so few say nothing about the hour.
    pub mostly: Option<(PartOfDay, usize)>,
    /// The triggers, as they were last written, and how often each occurs; the most frequent
    /// first.
    pub set_off_by: Vec<(String, usize)>,
    /// The endings and how often each occurs; the most frequent first.
    pub ended: Vec<(UrgeEnding, usize)>,
    /// The mean strength, 1 to 10; `None` if no strength was noted.
    pub strength: Option<f64>,
}

/// Counts urges. They have to come in the order of their days, so that the last spelling of a
/// trigger is the latest.
pub fn count_urges(urges: &[CountedUrge]) -> UrgeCounts {
    let mut hours = [0; 24];
    let mut weekdays = [0; 7];
    let mut set_off_by: Vec<(String, String, usize)> = Vec::new();
    let mut ended: Vec<(UrgeEnding, usize)> = Vec::new();
    for urge in urges {
        hours[urge.at.hour() as usize % 24] += 1;
        weekdays[urge.day.weekday().num_days_from_monday() as usize] += 1;
        let words = urge.set_off_by.trim();
        let key = alike(words);
        if !key.is_empty() {
            match set_off_by.iter_mut().find(|(known, ..)| *known == key) {
                Some((_, last, count)) => {
                    *last = words.to_owned();
                    *count += 1;
                }
                None => set_off_by.push((key, words.to_owned(), 1)),
            }
        }
        if let Some(how) = urge.ended {
            match ended.iter_mut().find(|(known, _)| *known == how) {
                Some((_, count)) => *count += 1,
                None => ended.push((how, 1)),
            }
        }
    }
    set_off_by.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
    ended.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let in_part = |part: PartOfDay| -> usize {
        let hours = hours.iter().zip(0..);
        hours
            .filter(|(_, hour)| PartOfDay::of(*hour) == part)
            .map(|(count, _)| count)
            .sum()
    };
    let parts = PartOfDay::ALL.map(|part| (part, in_part(part)));
    let most = parts.into_iter().max_by_key(|(_, count)| *count);
    let strengths: Vec<f64> = urges
        .iter()
        .filter_map(|urge| urge.strength.map(|strength| f64::from(strength.value())))
        .collect();
    UrgeCounts {
        count: urges.len(),
        hours,
        weekdays,
        mostly: most.filter(|(_, count)| urges.len() >= 3 && count * 2 >= urges.len()),
        set_off_by: set_off_by
            .into_iter()
            .map(|(_, words, count)| (words, count))
            .collect(),
        ended,
        strength: (!strengths.is_empty())
            .then(|| strengths.iter().sum::<f64>() / strengths.len() as f64),
    }
}

/// A key by which two spellings of one trigger are equal: without case, and without punctuation
/// at the end.
fn alike(words: &str) -> String {
    let plain = words.trim_end_matches(|c: char| c.is_ascii_punctuation() || c == '…');
    plain.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(iso: &str) -> Day {
        iso.parse().expect("a day")
    }

    /// (days, kept, run, longest)
    #[track_caller]
    fn check(
        since: &str,
        today: &str,
        contacts: &[&str],
        expect: (usize, usize, Option<usize>, Option<usize>),
    ) {
        let contacts: Vec<_> = contacts.iter().map(|iso| (day(iso), None)).collect();
        let kept = no_contact_days(day(since), day(today), &contacts);
        let found = (
            kept.days,
            kept.kept,
            kept.run.map(DayRun::days),
            kept.longest.map(DayRun::days),
        );
        assert_eq!(found, expect);
        assert_eq!(kept.days, kept.kept + kept.broken.len());
    }

    #[test]
    fn days_are_counted_from_the_one_after() {
        check("2026-10-09", "2026-10-09", &[], (0, 0, None, None));
        check("2026-10-09", "2026-10-10", &[], (1, 1, Some(1), Some(1)));
        check(
            "2026-10-09",
            "2026-11-22",
            &[],
            (44, 44, Some(44), Some(44)),
        );
        // Contact on the day of walking away or before does not count.
        let before = ["2026-10-01", "2026-10-09"];
        check(
            "2026-10-09",
            "2026-10-12",
            &before,
            (3, 3, Some(3), Some(3)),
        );
    }

    #[test]
    fn a_day_with_contact_parts_two_runs() {
        let two = ["2026-10-20", "2026-10-15", "2026-10-20"];
        // Free: 10 to 14, 16 to 19, 21 to 25 October.
        check("2026-10-09", "2026-10-25", &two, (16, 14, Some(5), Some(5)));
        check("2026-10-09", "2026-10-23", &two, (14, 12, Some(3), Some(5)));
        check("2026-10-09", "2026-10-20", &two, (11, 9, None, Some(5)));
        check(
            "2026-10-09",
            "2026-10-10",
            &["2026-10-10"],
            (1, 0, None, None),
        );
        // Equally long ones: the latest is told.
        let kept = no_contact_days(
            day("2026-10-09"),
            day("2026-10-14"),
            &[(day("2026-10-12"), None)],
        );
        assert_eq!(kept.longest.map(|run| run.from), Some(day("2026-10-13")));
    }

    #[test]
    fn who_began_is_told_by_day() {
        let contacts = [
            (day("2026-10-12"), Some(ContactFrom::Them)),
            (day("2026-10-14"), Some(ContactFrom::Them)),
            (day("2026-10-14"), Some(ContactFrom::Me)),
            (day("2026-10-16"), None),
        ];
        let kept = no_contact_days(day("2026-10-09"), day("2026-10-20"), &contacts);
        assert_eq!((kept.broken.len(), kept.by_them), (3, 1));
    }

    fn urge(at: &str, of: &str, set_off_by: &str) -> CountedUrge {
        CountedUrge {
            day: day(of),
            at: at.parse().expect("a time"),
            set_off_by: set_off_by.to_owned(),
            strength: None,
            ended: None,
        }
    }

    #[test]
    fn the_night_belongs_to_the_evening_and_is_one_part() {
        // Over the end of summer time in Europe: 25 October 2026, 02:30 comes twice.
        let found = count_urges(&[
            urge("2026-10-24T22:10:00", "2026-10-24", "A song."),
            urge("2026-10-25T02:30:00", "2026-10-24", "a song"),
            urge("2026-10-25T02:30:00", "2026-10-24", "Their street"),
            urge("2026-10-25T04:00:00", "2026-10-25", ""),
        ]);
        assert_eq!(found.mostly, Some((PartOfDay::Night, 3)));
        assert_eq!((found.hours[22], found.hours[2], found.hours[4]), (1, 2, 1));
        // Three on the Saturday, one on the Sunday.
        assert_eq!(found.weekdays, [0, 0, 0, 0, 0, 3, 1]);
        let said = [("a song".to_owned(), 2), ("Their street".to_owned(), 1)];
        assert_eq!(found.set_off_by, said);
    }

    #[test]
    fn few_urges_say_nothing_about_the_hour() {
        let at = |hour: &str| urge(&format!("2026-10-24T{hour}:00:00"), "2026-10-24", "");
        assert_eq!(count_urges(&[at("23"), at("23")]).mostly, None);
        let spread = [at("05"), at("13"), at("19"), at("23"), at("23")];
        assert_eq!(count_urges(&spread).mostly, None);
        let half = [at("05"), at("13"), at("23"), at("23")];
        assert_eq!(count_urges(&half).mostly, Some((PartOfDay::Night, 2)));
        assert_eq!(count_urges(&[]).strength, None);
    }
}
