//! The keepsake of a journal: its data, and writing it as a document.

use std::collections::HashMap;
use std::io::Write;

use super::Journal;
use crate::error::Result;
use crate::formats::html::{
    self, Keepsake, KeepsakeDay, KeepsakeSpell, KeepsakeTip, KeepsakeTipEntry,
};
use crate::model::lookback::{self, StretchFigures};
use crate::model::{CalendarUnit, Day, Filter, KindName};
use crate::store::{Reading, Tick};

/// The most points in the chart of moods. More would not make it clearer.
const MOODS: usize = 200;

/// The most months in the table. It has years instead if there are more.
const MONTHS: usize = 24;

impl Journal {
    /// Writes a keepsake of the entries that a filter chooses, as of one moment: of pages
    /// alone, unless the filter names kinds, so that a letter that was never sent does not
    /// slip in. One batch of entries is in memory at a time. `tick` is called before each
    /// entry, and before each line of a list of entries.
    ///
    /// Returns the number of entries written.
    ///
    /// # Errors
    /// Those of `tick`; [`Error::Io`](crate::Error::Io) when `out` cannot be written to.
    pub fn export_keepsake(
        &self,
        filter: &Filter,
        today: Day,
        out: &mut dyn Write,
        tick: Tick<'_>,
    ) -> Result<u64> {
        self.store.snapshot(|reading| {
            let keepsake = self.keepsake_at(reading, filter, today)?;
            let mut entries = 0;
            let mut first_line = |number| {
                tick()?;
                Ok(reading.first_line(number)?)
            };
            html::write(out, &keepsake, &mut first_line, &mut |take| {
                reading.each_entry(filter, &mut |entry| {
                    tick()?;
                    entries += 1;
                    Ok(take(entry)?)
                })?;
                Ok(())
            })?;
            Ok(entries)
        })
    }

    /// The data of a keepsake besides the texts.
    pub fn keepsake(&self, filter: &Filter, today: Day) -> Result<Keepsake> {
        self.store
            .snapshot(|reading| self.keepsake_at(reading, filter, today))
    }

    fn keepsake_at(
        &self,
        reading: Reading<'_>,
        filter: &Filter,
        today: Day,
    ) -> Result<Keepsake> {
        let days = reading.days(filter)?;
        let level = lookback::levels(&days);
        let (moods, spells) = match (days.first(), days.last()) {
            (Some(first), Some(last)) => {
                let (from, to) = (first.day, last.day);
                let by = |unit| lookback::by_unit(unit, &days, from, to);
                let moods = by(lookback::unit_for(from, to, MOODS));
                let spells =
                    Some(by(CalendarUnit::Month)).filter(|months| months.len() <= MONTHS);
                (moods, spells.unwrap_or_else(|| by(CalendarUnit::Year)))
            }
            _ => (Vec::new(), Vec::new()),
        };
        let noted = moods.iter().any(|stretch| stretch.mood.is_some());
        let moods = if noted { moods } else { Vec::new() };
        Ok(Keepsake {
            title: "My journal".to_owned(),
            version: env!("CARGO_PKG_VERSION"),
            made_on: today,
            only_pages: chooses_only_pages(reading, filter)?,
            tips: self.kept_tips(reading, filter)?,
            days: days
                .iter()
                .map(|figures| KeepsakeDay {
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

    /// The tips of the decks, and then those that have reflections and are in no deck: of
    /// decks that are not in use any more, and the questions of the weeks.
    fn kept_tips(&self, reading: Reading<'_>, filter: &Filter) -> Result<Vec<KeepsakeTip>> {
        let mut tips: Vec<KeepsakeTip> = self
            .settings
            .decks
            .tips()
            .into_iter()
            .map(|tip| KeepsakeTip {
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
        reading.each_reflection(filter, &mut |number, day, reflection| {
            let key = (reflection.deck.clone(), reflection.tip.clone());
            let place = *places.entry(key).or_insert_with(|| {
                tips.push(KeepsakeTip {
                    deck: reflection.deck,
                    slug: reflection.tip,
                    number: reflection.number,
                    title: reflection.title,
                    gist: String::new(),
                    entries: Vec::new(),
                });
                tips.len() - 1
            });
            tips[place].entries.push(KeepsakeTipEntry { number, day });
            Ok(())
        })?;
        Ok(tips)
    }
}

/// True if a filter chooses no entries but pages.
fn chooses_only_pages(reading: Reading<'_>, filter: &Filter) -> Result<bool> {
    let mut others = filter.clone();
    others.kinds.retain(|kind| *kind != KindName::Page);
    // A filter without kinds chooses pages.
    Ok(others.kinds.is_empty() || reading.count(&others)? == 0)
}

fn spell(stretch: &StretchFigures) -> KeepsakeSpell {
    KeepsakeSpell {
        from: stretch.from,
        to: stretch.to,
        days: stretch.written,
        entries: stretch.entries,
        words: stretch.words,
        mood: stretch.mood,
    }
}
