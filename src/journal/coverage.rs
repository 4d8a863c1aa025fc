//! Where a deck stands.

use crate::decks::{Deck, Tip};
use crate::model::choose::TipRecord;

/// A deck and what has been reflected on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The deck's slug.
    pub deck: String,
    /// The deck's title.
    pub title: String,
    /// Every tip with its record, in the order of the deck.
    pub tips: Vec<(Tip, TipRecord)>,
    /// The slug of the tip that today offers, where the journal has said so.
    pub today: Option<String>,
    /// The slug of the tip that comes next, once today's is answered; it may be in another
    /// deck.
    pub next: Option<String>,
    /// Every question of the week with its record, in the order of the deck.
    pub questions: Vec<(Tip, TipRecord)>,
    /// The slug of the question that this week offers, where the journal has said so.
    pub this_week: Option<String>,
}

impl Coverage {
    /// Which round the deck is in, from 1: the round of its least covered tip, where a tip
    /// reflected on for n days is in round n + 1.
    pub fn round(&self) -> u32 {
        1 + self
            .tips
            .iter()
            .map(|(_, record)| record.reflections)
            .min()
            .unwrap_or(0)
    }

    /// How many tips have been reflected on at least once.
    pub fn covered(&self) -> usize {
        self.tips
            .iter()
            .filter(|(_, record)| record.reflections > 0)
            .count()
    }

    /// Whether a tip with this record is done with for the present round.
    pub fn is_covered_in_round(&self, record: &TipRecord) -> bool {
        record.reflections >= self.round()
    }

    /// How many tips are done with for the present round.
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

    /// `records` are those of the tips and then of the questions.
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
    /// A deck of which nothing is left but its slug.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of reflection for each tip → (round, covered, covered in round).
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
