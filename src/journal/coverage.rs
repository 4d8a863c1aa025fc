//! Coverage: how far the tips of a deck have been reflected on.

use super::Journal;
use super::prompts::records_of;
use crate::decks::{Deck, Tip};
use crate::error::Result;
use crate::model::choose::{self, TipRecord};
use crate::model::{Day, Entry, Filter, Order};
use crate::store::TipDays;

/// A deck with the records of its tips.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The deck's slug.
    pub deck: String,
    /// The deck's title.
    pub title: String,
    /// Every tip with its record, in the order of the deck.
    pub tips: Vec<(Tip, TipRecord)>,
    /// The slug of today's tip, if the journal has chosen one from this deck.
    pub today: Option<String>,
    /// The slug of the next tip after today's is answered, if it is in this deck.
    pub next: Option<String>,
    /// Every question of the week with its record, in the order of the deck.
    pub questions: Vec<(Tip, TipRecord)>,
    /// The slug of this week's question, if the journal has chosen one from this deck.
    pub this_week: Option<String>,
}

impl Coverage {
    /// The deck's round, counted from 1. A tip that was reflected on for n days is in round n
    /// + 1, and the deck is in the round of its least covered tip.
    pub fn round(&self) -> u32 {
        1 + self
            .tips
            .iter()
            .map(|(_, record)| record.reflections)
            .min()
            .unwrap_or(0)
    }

    /// How many tips have at least one reflection.
    pub fn covered(&self) -> usize {
        self.tips
            .iter()
            .filter(|(_, record)| record.reflections > 0)
            .count()
    }

    /// True if a tip with this record is covered in the present round.
    pub fn is_covered_in_round(&self, record: &TipRecord) -> bool {
        record.reflections >= self.round()
    }

    /// How many tips are covered in the present round.
    pub fn covered_in_round(&self) -> usize {
        self.tips
            .iter()
            .filter(|(_, record)| self.is_covered_in_round(record))
            .count()
    }

    /// How many tips the deck has.
    pub fn total(&self) -> usize {
        self.tips.len()
    }

    /// `records` has those of the tips, and then those of the questions.
    pub(super) fn of(deck: &Deck, records: Vec<TipRecord>) -> Coverage {
        let mut records = records.into_iter();
        let mut with_record = |tips: &[Tip]| tips.iter().cloned().zip(&mut records).collect();
        Coverage {
            deck: deck.slug.clone(),
            title: deck.title.clone(),
            tips: with_record(&deck.tips),
            today: None,
            next: None,
            questions: with_record(&deck.questions),
            this_week: None,
        }
    }
}

impl Coverage {
    /// An empty deck, for tips of a deck that is gone. Only its slug is known.
    pub(super) fn nowhere(deck: String) -> Coverage {
        Coverage {
            title: deck.clone(),
            deck,
            tips: Vec::new(),
            today: None,
            next: None,
            questions: Vec::new(),
            this_week: None,
        }
    }
}

impl Journal {
    /// The coverage of each deck, with today's tip, the next one, and the question of the
    /// week that begins on the day `week`.
    pub fn coverage(&self, today: Day, week: Option<Day>) -> Result<Vec<Coverage>> {
        let reading = self.store.reading();
        let offered = self.prompt_of(today)?.map(|prompt| prompt.tip);
        let weekly = week.map(|week| self.weekly_of(week)).transpose()?.flatten();
        let mut standing = Vec::new();
        for deck in self.settings.decks.all() {
            let tips: Vec<&Tip> = deck.tips.iter().chain(&deck.questions).collect();
            let mut coverage = Coverage::of(deck, records_of(reading, &tips)?);
            let of_deck = |tip: &&Tip| tip.deck == deck.slug;
            let slug = |tip: &Tip| tip.slug.clone();
            coverage.today = offered.as_ref().filter(of_deck).map(slug);
            coverage.this_week = weekly.as_ref().map(|p| &p.tip).filter(of_deck).map(slug);
            standing.push(coverage);
        }

        // Choose the next tip as if today's were answered, or it would be today's again.
        let supposed = |(tip, record): &(Tip, TipRecord)| {
            let mut record = record.clone();
            let answered = record.last_reflected == Some(today);
            let is_todays = offered.as_ref().is_some_and(|o| o.key() == tip.key());
            record.reflections += u32::from(is_todays && !answered);
            record
        };
        let tips = standing.iter().flat_map(|coverage| &coverage.tips);
        let supposed: Vec<TipRecord> = tips.clone().map(supposed).collect();
        let next = choose::next_tip(&supposed, |_| false);
        let next = next.and_then(|index| tips.clone().nth(index).map(|(tip, _)| tip.clone()));
        for coverage in &mut standing {
            let next = next.as_ref().filter(|tip| tip.deck == coverage.deck);
            coverage.next = next.map(|tip| tip.slug.clone());
        }
        Ok(standing)
    }

    /// The tips that have reflections and are in none of the decks: by deck, with the number
    /// and title of their latest reflection, and without texts.
    pub fn remembered(&self) -> Result<Vec<Coverage>> {
        let reading = self.store.reading();
        let mut known = reading.tip_days(&Filter::default())?;
        known.retain(|tip| self.settings.decks.tip(&tip.deck, &tip.tip).is_none());
        known.sort_by(|a, b| (&a.deck, a.number, &a.tip).cmp(&(&b.deck, b.number, &b.tip)));
        let mut remembered: Vec<Coverage> = Vec::new();
        for TipDays {
            deck,
            tip,
            number,
            title,
            ..
        } in known
        {
            let tip = Tip {
                deck: deck.clone(),
                number,
                slug: tip,
                title,
                gist: String::new(),
                practice: String::new(),
                recall_reason: false,
                questions: Vec::new(),
                concrete: 0,
            };
            let record = records_of(reading, &[&tip])?.pop().unwrap_or_default();
            if remembered.last().is_none_or(|last| last.deck != deck) {
                remembered.push(Coverage::nowhere(deck));
            }
            if let Some(last) = remembered.last_mut() {
                let list = match tip.is_weekly() {
                    true => &mut last.questions,
                    false => &mut last.tips,
                };
                list.push((tip, record));
            }
        }
        Ok(remembered)
    }

    /// True if a day has a reflection on the tip.
    pub fn is_reflected(&self, tip: &Tip, day: Day) -> Result<bool> {
        self.store.reading().is_reflected(&tip.deck, &tip.slug, day)
    }

    /// The last entry before `day` that reflects on a tip.
    pub fn answer_before(&self, tip: &Tip, day: Day) -> Result<Option<Entry>> {
        let any = Filter::default();
        let reading = self.store.reading();
        reading.answer_before(&tip.deck, &tip.slug, day, &any)
    }

    /// Every entry that reflects on a tip, the oldest first.
    pub fn reflections_on(&self, tip: &Tip) -> Result<Vec<Entry>> {
        let filter = Filter {
            tips: vec![(tip.deck.clone(), tip.slug.clone())],
            ..Filter::default()
        };
        self.entries(&filter, Order::OldestFirst, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks (round, covered, covered in round) for the days of reflection of each tip.
    #[track_caller]
    fn check(days: &[u32], expect: (u32, usize, usize)) {
        let deck = Deck::walk_away();
        let deck = Deck {
            tips: deck.tips[..days.len()].to_vec(),
            questions: Vec::new(),
            ..deck.clone()
        };
        let record = |&reflections| TipRecord {
            reflections,
            ..TipRecord::default()
        };
        let coverage = Coverage::of(&deck, days.iter().map(record).collect());
        let found = (
            coverage.round(),
            coverage.covered(),
            coverage.covered_in_round(),
        );
        assert_eq!(found, expect, "{days:?}");
    }

    #[test]
    fn rounds_follow_the_least_covered_tip() {
        check(&[0, 0, 0], (1, 0, 0));
        check(&[1, 0, 0], (1, 1, 1));
        check(&[5, 1, 0], (1, 2, 2));
        check(&[1, 1, 1], (2, 3, 0));
        check(&[2, 1, 1], (2, 3, 1));
        check(&[3, 2, 2], (3, 3, 1));
    }
}
