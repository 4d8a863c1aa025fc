//! A review: the entries of a period, and what to compare them with.

use super::Journal;
use crate::error::Result;
use crate::model::lookback::{self, Ago, DayFigures, DayRun, DayShare};
use crate::model::{Day, Entry, Filter, Order, Period, Reflection};

/// A period of the journal, looked back on.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The first day of the period. If none was asked for, the first day with a page; `None`
    /// in a journal without pages.
    pub from: Option<Day>,
    /// The last day of the period.
    pub to: Day,
    /// The entries of the period, the oldest first.
    pub entries: Vec<Entry>,
    /// The days with entries, and their figures.
    pub days: Vec<DayFigures>,
    /// The share of days with entries, among those of the period that have come since the
    /// journal began.
    pub share: DayShare,
    /// The first day of the whole journal that has a page. If it lies within the period, the
    /// share counts from there.
    pub first: Option<Day>,
    /// The most days in a row with entries.
    pub longest_run: Option<DayRun>,
    /// The most days in a row without entries, between two that have some.
    pub longest_gap: Option<DayRun>,
    /// The tips that the entries reflect on, in the order of the decks.
    pub covered: Vec<CoveredTip>,
    /// Two answers to each of these tips that was answered before the period, or earlier in
    /// it.
    pub then_and_now: Vec<ThenAndNow>,
    /// Entries of the same day in earlier months and years, the latest first. The day is the
    /// last one of the period, or today if the period is not over.
    pub on_this_day: Vec<RecalledDay>,
}

/// A tip that entries of a period reflect on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredTip {
    /// The tip as the last reflection has it.
    pub tip: Reflection,
    /// The number of days with a reflection on it.
    pub days: usize,
}

/// Two answers to one tip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThenAndNow {
    /// The tip as the later answer has it.
    pub tip: Reflection,
    /// The last answer before the period, or else the first one within it, of an earlier day
    /// than `now`.
    pub then: Entry,
    /// The last answer of the period.
    pub now: Entry,
}

/// An earlier day with its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecalledDay {
    /// How long ago it was.
    pub ago: Ago,
    /// The day.
    pub day: Day,
    /// The entries of the day: at least one, the earliest first.
    pub entries: Vec<Entry>,
}

impl Journal {
    /// Looks back on a period. The filter chooses entries throughout, but its days narrow
    /// only the period, and not the answers and days from before it.
    pub fn review(&self, period: Period, filter: &Filter, today: Day) -> Result<Review> {
        let reading = self.store.reading();
        let first = reading.first_day()?;
        let (entries, days) = match period.narrow(filter) {
            Some(within) => (
                reading.entries(&within, Order::OldestFirst, None)?,
                reading.days(&within)?,
            ),
            None => (Vec::new(), Vec::new()),
        };
        let any_day = Filter {
            from: None,
            to: None,
            on: Vec::new(),
            ..filter.clone()
        };

        let dates: Vec<Day> = days.iter().map(|figures| figures.day).collect();
        // Count from the first page: days before it are not days without one.
        let share = match first {
            Some(first) => {
                let from = period.from.map_or(first, |from| from.max(first));
                lookback::share(&dates, from, period.to, today)
            }
            None => DayShare::default(),
        };
        let covered = covered(&entries);
        let mut then_and_now = Vec::new();
        let answered = filter.tips.is_empty();
        for CoveredTip { tip, .. } in &covered {
            let asked = answered
                || filter
                    .tips
                    .iter()
                    .any(|(deck, slug)| (deck, slug) == (&tip.deck, &tip.tip));
            let now = entries.iter().rfind(|entry| reflects(entry, tip));
            let Some(now) = now.filter(|_| asked) else {
                continue;
            };
            let before = match period.from {
                Some(from) => reading.answer_before(&tip.deck, &tip.tip, from, &any_day)?,
                None => None,
            };
            let then = before.or_else(|| {
                let first = entries.iter().find(|entry| reflects(entry, tip))?;
                (first.day < now.day).then(|| first.clone())
            });
            then_and_now.extend(then.map(|then| ThenAndNow {
                tip: tip.clone(),
                then,
                now: now.clone(),
            }));
        }
        let recalled = match first {
            Some(first) => lookback::on_this_day(period.to.min(today), first),
            None => Vec::new(),
        };
        let of_days: Vec<Day> = recalled.iter().map(|(_, day)| *day).collect();
        let mut found = reading.entries_on(&of_days, &any_day)?;
        let on_this_day = recalled.into_iter().filter_map(|(ago, day)| {
            let entries: Vec<Entry> = found.extract_if(.., |entry| entry.day == day).collect();
            (!entries.is_empty()).then_some(RecalledDay { ago, day, entries })
        });
        Ok(Review {
            from: period.from.or(first),
            to: period.to,
            first,
            share,
            longest_run: lookback::longest_run(&dates),
            longest_gap: lookback::longest_gap(&dates),
            on_this_day: on_this_day.collect(),
            entries,
            days,
            covered,
            then_and_now,
        })
    }
}

fn reflects(entry: &Entry, tip: &Reflection) -> bool {
    entry
        .reflections
        .iter()
        .any(|other| (&other.deck, &other.tip) == (&tip.deck, &tip.tip))
}

/// The tips that entries reflect on, with the number of days. The entries must come in the
/// order of their days.
fn covered(entries: &[Entry]) -> Vec<CoveredTip> {
    let mut covered: Vec<(CoveredTip, Day)> = Vec::new();
    for entry in entries {
        for tip in &entry.reflections {
            let known = covered
                .iter_mut()
                .find(|(known, _)| (&known.tip.deck, &known.tip.tip) == (&tip.deck, &tip.tip));
            match known {
                Some((known, last)) => {
                    known.days += usize::from(*last != entry.day);
                    known.tip = tip.clone();
                    *last = entry.day;
                }
                None => {
                    let tip = tip.clone();
                    covered.push((CoveredTip { tip, days: 1 }, entry.day));
                }
            }
        }
    }
    let mut covered: Vec<CoveredTip> =
        covered.into_iter().map(|(covered, _)| covered).collect();
    covered.sort_by(|a, b| (&a.tip.deck, a.tip.number).cmp(&(&b.tip.deck, b.tip.number)));
    covered
}
