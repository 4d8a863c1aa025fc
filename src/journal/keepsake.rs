//! What a keepsake of the journal shows.

use std::collections::HashMap;

use super::Journal;
use crate::error::Result;
use crate::formats::html::{Keepsake, KeptDay, KeptTip, Spell};
use crate::model::lookback::{self, Stretch};
use crate::model::{Day, Entry, Filter, Kind, Order, Unit};

/// More points than this would not make the line of the moods any clearer.
const MOODS: usize = 200;

/// Months in a table that can still be taken in.
const MONTHS: usize = 24;

impl Journal {
    /// What a keepsake of the chosen entries shows: pages alone, unless the filter names
    /// kinds. A letter that was not sent is not given away by the way.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn keepsake(&self, filter: &Filter, today: Day) -> Result<Keepsake> {
        let mut filter = filter.clone();
        if filter.kinds.is_empty() {
            filter.kinds.push(Kind::Page);
        }
        let entries = self.entries(&filter, Order::OldestFirst, None)?;
        let days = self.store.reading().days(&filter)?;
        let level = lookback::levels(&days);
        let (moods, spells) = match (days.first(), days.last()) {
            (Some(first), Some(last)) => {
                let (from, to) = (first.day, last.day);
                let by = |unit| lookback::by(unit, &days, from, to);
                let moods = by(lookback::unit_for(from, to, MOODS));
                let spells = Some(by(Unit::Month)).filter(|months| months.len() <= MONTHS);
                (moods, spells.unwrap_or_else(|| by(Unit::Year)))
            }
            _ => (Vec::new(), Vec::new()),
        };
        let noted = moods.iter().any(|stretch| stretch.mood.is_some());
        let moods = if noted { moods } else { Vec::new() };
        Ok(Keepsake {
            title: "My journal".to_owned(),
            version: env!("CARGO_PKG_VERSION"),
            made_on: today,
            tips: self.kept_tips(&entries),
            entries,
            days: days
                .iter()
                .map(|figures| KeptDay {
                    day: figures.day,
                    entries: figures.entries,
                    words: figures.words,
                    level: level(figures.words),
                })
                .collect(),
            moods: moods.iter().map(spell).collect(),
            spells: spells
                .iter()
                .filter(|stretch| stretch.entries > 0)
                .map(spell)
                .collect(),
        })
    }

    /// The tips of the decks, and those that were written to and are none of them: of decks not
    /// in use any more, and the questions of the weeks.
    fn kept_tips(&self, entries: &[Entry]) -> Vec<KeptTip> {
        let mut tips: Vec<KeptTip> = self
            .decks
            .tips()
            .into_iter()
            .map(|tip| KeptTip {
                deck: tip.deck.clone(),
                slug: tip.slug.clone(),
                number: tip.number,
                title: tip.title.clone(),
                gist: tip.gist.clone(),
                entries: Vec::new(),
            })
            .collect();
        let mut places: HashMap<(String, String), usize> = tips
            .iter()
            .enumerate()
            .map(|(at, tip)| ((tip.deck.clone(), tip.slug.clone()), at))
            .collect();
        for (at, entry) in entries.iter().enumerate() {
            for reflection in &entry.reflections {
                let key = (reflection.deck.clone(), reflection.tip.clone());
                let place = *places.entry(key).or_insert_with(|| {
                    tips.push(KeptTip {
                        deck: reflection.deck.clone(),
                        slug: reflection.tip.clone(),
                        number: reflection.number,
                        title: reflection.title.clone(),
                        gist: String::new(),
                        entries: Vec::new(),
                    });
                    tips.len() - 1
                });
                tips[place].entries.push(at);
            }
        }
        tips
    }
}

fn spell(stretch: &Stretch) -> Spell {
    Spell {
        from: stretch.from,
        to: stretch.to,
        days: stretch.written,
        entries: stretch.entries,
        words: stretch.words,
        mood: stretch.mood,
    }
}
