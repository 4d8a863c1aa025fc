//! A stretch of the journal to read again, and what belongs beside it.

use super::Journal;
use crate::error::Result;
use crate::model::lookback::{self, Ago, DayFigures, Run, Share};
use crate::model::{Day, Entry, Filter, Order, Period, Reflection};

/// A time of the journal, looked back on.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// Its first day: as asked, or the first with an entry where none was. `None` where none
    /// was asked and nothing is written.
    pub from: Option<Day>,
    /// Its last day, as asked.
    pub to: Day,
    /// The entries, the oldest first.
    pub entries: Vec<Entry>,
    /// Their days.
    pub days: Vec<DayFigures>,
    /// On how many of the days that have come since the journal began they were written.
    pub share: Share,
    /// The first day of the whole journal that has an entry. Where it lies within this time,
    /// the share counts from there.
    pub first: Option<Day>,
    /// Most days in a row.
    pub longest_run: Option<Run>,
    /// Most days between two pages.
    pub longest_gap: Option<Run>,
    /// The tips that they reflect on, in the order of the decks.
    pub covered: Vec<CoveredTip>,
    /// The tips among these that had been answered before this time, or else earlier in it.
    pub then_and_now: Vec<ThenAndNow>,
    /// Entries of the same day in earlier months and years, seen from the last day of this
    /// time, or from today where it is not over; the latest first.
    pub on_this_day: Vec<RecalledDay>,
}

/// A tip reflected on in a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredTip {
    /// The tip as the last reflection has it.
    pub tip: Reflection,
    /// On how many days.
    pub days: usize,
}

/// Two answers to one tip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThenAndNow {
    /// The tip as the later answer has it.
    pub tip: Reflection,
    /// The last answer from before the time looked back on; where there is none, the first of
    /// an earlier day in it.
    pub then: Entry,
    /// The last answer of the time looked back on.
    pub now: Entry,
}

/// A day recalled, with its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecalledDay {
    /// How long ago it was.
    pub ago: Ago,
    /// The day.
    pub day: Day,
    /// At least one, the earliest first.
    pub entries: Vec<Entry>,
}

impl Journal {
    /// Looks back on a time. A filter chooses entries throughout; its days narrow the time
    /// itself, not what is recalled from before it.
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
        // Days before the first page are no days without one.
        let share = match first {
            Some(first) => {
                let from = period.from.map_or(first, |from| from.max(first));
                lookback::share(&dates, from, period.to, today)
            }
            None => Share::default(),
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

/// The tips that entries reflect on, and on how many days. The entries must come in the order
/// of their days.
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
