//! The rules that choose the tip of a day and its question.
//!
//! Pure functions of the records of the journal: the same records always give the same tip.

use std::collections::HashMap;

use super::Day;

/// The history of one tip in the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TipRecord {
    /// The number of days with a reflection on it.
    pub reflections: u32,
    /// The last of those days.
    pub last_reflected: Option<Day>,
    /// The last day that offered it, and the turn it had on that day.
    pub last_offered: Option<(Day, u32)>,
}

/// The tip to offer next: the one with the fewest days of reflection; among those the one offered
/// longest ago, never offered first; then the order of the deck. Tips for which `except` is true
/// are never taken.
///
/// So an untouched deck runs 1, 2, 3 …; a tip that was offered and not answered comes back at the
/// end of the round; the next round begins with tip 1.
pub fn next_tip(records: &[TipRecord], except: impl Fn(usize) -> bool) -> Option<usize> {
    records
        .iter()
        .enumerate()
        .filter(|(index, _)| !except(*index))
        .min_by_key(|(index, record)| (record.reflections, record.last_offered, *index))
        .map(|(index, _)| index)
}

/// True if the last days were low: a mood of two or less on three of the last five days with a
/// page. `moods` holds the mood of each of those days, the latest first; `None` for a day without
/// a mood.
pub fn is_low(moods: &[Option<f64>]) -> bool {
    let low = |mood: &&Option<f64>| mood.is_some_and(|mood| mood <= 2.0);
    moods.iter().take(WRITTEN_DAYS).filter(low).count() >= 3
}

/// The number of days with a page that [`is_low`] looks at.
pub const WRITTEN_DAYS: usize = 5;

/// The question to ask next: the one asked least often, in the order of the deck.
pub fn next_question<'a>(
    questions: &'a [String],
    times_asked: &HashMap<String, u32>,
) -> Option<&'a String> {
    questions
        .iter()
        .min_by_key(|question| times_asked.get(*question).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(day: u32) -> Option<(Day, u32)> {
        Day::from_ymd(2026, 11, day).map(|day| (day, 1))
    }

    /// Each record is (days of reflection, last offered on this day of November, 0 never).
    #[track_caller]
    fn check(records: &[(u32, u32)], expect: usize) {
        let records: Vec<TipRecord> = records
            .iter()
            .map(|&(reflections, day)| TipRecord {
                reflections,
                last_offered: offered(day),
                last_reflected: None,
            })
            .collect();
        assert_eq!(next_tip(&records, |_| false), Some(expect));
    }

    #[test]
    fn the_rule_in_its_order() {
        check(&[(0, 0), (0, 0), (0, 0)], 0);
        check(&[(1, 1), (0, 0), (0, 0)], 1);
        // Offered and not answered: behind those never offered.
        check(&[(0, 1), (0, 0), (0, 0)], 1);
        check(&[(0, 1), (1, 2), (1, 3)], 0);
        // Among the equally answered, the one offered longest ago.
        check(&[(1, 7), (1, 5), (1, 6)], 1);
        // Answered without ever being offered counts as answered.
        check(&[(1, 0), (0, 9), (1, 0)], 1);
    }

    #[test]
    fn turns_of_one_day_are_told_apart() {
        let record = |turn| TipRecord {
            last_offered: Day::from_ymd(2026, 11, 3).map(|day| (day, turn)),
            ..TipRecord::default()
        };
        assert_eq!(next_tip(&[record(2), record(1)], |_| false), Some(1));
    }

    #[test]
    fn some_can_be_left_out() {
        let records = vec![TipRecord::default(); 3];
        assert_eq!(next_tip(&records, |index| index == 0), Some(1));
        assert_eq!(next_tip(&records, |_| true), None);
    }

    #[test]
    fn low_days() {
        let table: &[(&[f64], bool)] = &[
            (&[], false),
            (&[1.0, 1.0], false),
            (&[2.0, 2.0, 2.0], true),
            (&[1.0, 5.0, 1.0, 5.0, 1.0], true),
            (&[1.0, 5.0, 1.0, 5.0, 5.0], false),
            // The mean of a day with several moods.
            (&[2.5, 2.0, 2.0, 5.0], false),
            (&[1.5, 2.0, 2.0, 5.0], true),
            // Days further back do not count.
            (&[5.0, 5.0, 1.0, 1.0, 5.0, 1.0, 1.0], false),
            // A day without a mood is a day, and not a low one.
            (&[1.0, 0.0, 1.0, 0.0, 1.0], true),
            (&[1.0, 0.0, 1.0, 0.0, 0.0, 1.0], false),
        ];
        for (moods, low) in table {
            let noted = |&mood: &f64| Some(mood).filter(|mood| *mood > 0.0);
            let moods: Vec<Option<f64>> = moods.iter().map(noted).collect();
            assert_eq!(is_low(&moods), *low, "{moods:?}");
        }
    }

    #[test]
    fn questions_take_turns() {
        let questions: Vec<String> = ["a?", "b?", "c?"].map(str::to_owned).into();
        let mut asked = HashMap::new();
        let mut seen = Vec::new();
        for _ in 0..4 {
            let question = next_question(&questions, &asked).expect("there are questions");
            seen.push(question.as_str());
            *asked.entry(question.clone()).or_default() += 1;
        }
        assert_eq!(seen, ["a?", "b?", "c?", "a?"]);
    }
}
