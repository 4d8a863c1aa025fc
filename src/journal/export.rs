//! Taking entries out, from one moment of the journal while others go on writing.

use std::io::Write;

use chrono::{DateTime, FixedOffset};

use super::Journal;
use crate::error::Result;
use crate::formats::onward::Writer;
use crate::formats::unwritten;
use crate::model::{Entry, Filter};

/// How many are fetched at a time.
const BATCH: u32 = 200;

impl Journal {
    /// Hands over the entries that a filter chooses as they are at one moment, the oldest
    /// first, and holds one at a time.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn each_entry(
        &self,
        filter: &Filter,
        take: &mut dyn FnMut(Entry) -> Result<()>,
    ) -> Result<()> {
        self.store
            .snapshot(|reading| reading.each_entry(filter, take))
    }

    /// Writes the entries that a filter chooses in this program's own form, with every state
    /// they had. A filter that chooses everything takes along what is in the trash and what
    /// the days offered. `each` is told after each entry how many there are so far, and can
    /// end it.
    ///
    /// Returns how many entries were written.
    ///
    /// # Errors
    /// Whatever `each` says, keeps the journal from being read or the form from being
    /// written.
    pub fn export_whole(
        &self,
        filter: &Filter,
        out: impl Write,
        now: DateTime<FixedOffset>,
        each: &mut dyn FnMut(u64) -> Result<()>,
    ) -> Result<u64> {
        self.store.snapshot(|reading| {
            let mut written = 0;
            let mut writer =
                Writer::begin(out, now, reading.last_number()?).map_err(unwritten)?;
            let mut entry = |writer: &mut Writer<_>, number: i64| {
                writer
                    .entry(&reading.revisions(number)?)
                    .map_err(unwritten)?;
                written += 1;
                each(written)
            };
            if *filter == Filter::default() {
                let mut after = None;
                loop {
                    let offered = reading.offered_after(after, BATCH)?;
                    let Some(last) = offered.last() else { break };
                    after = Some((last.day, last.turn));
                    offered
                        .iter()
                        .try_for_each(|offered| writer.prompt(offered).map_err(unwritten))?;
                }
                let mut after = 0;
                loop {
                    let numbers = reading.numbers(after, BATCH)?;
                    let Some(&last) = numbers.last() else { break };
                    after = last;
                    for number in numbers {
                        entry(&mut writer, number)?;
                    }
                }
            } else {
                reading.each_entry(filter, &mut |found| entry(&mut writer, found.number))?;
            }
            writer.end().map_err(unwritten)?;
            Ok(written)
        })
    }
}
