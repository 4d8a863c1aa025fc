//! Exporting entries as of one moment, while other processes go on writing.

use std::io::Write;

use chrono::{DateTime, FixedOffset};

use super::Journal;
use crate::error::Result;
use crate::formats::onward::ExportWriter;
use crate::formats::unwritten;
use crate::model::{Entry, Filter};

/// How many prompts or entry numbers are read at a time.
const BATCH: u32 = 200;

impl Journal {
    /// Hands the entries that a filter chooses to `take`, the oldest first, as of one moment.
    /// Only one batch of them is in memory.
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

    /// Writes the entries that a filter chooses in this program's own format, with all their
    /// states. A filter that chooses everything includes the trash and the prompts of past
    /// days. `each` gets the number of entries written so far after each of them, and can end
    /// the export by an error.
    ///
    /// Returns the number of entries written.
    ///
    /// # Errors
    /// Those of `each`; [`Error::Io`](crate::Error::Io) when `out` cannot be written to.
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
                ExportWriter::begin(out, now, reading.last_number()?).map_err(unwritten)?;
            let mut entry = |writer: &mut ExportWriter<_>, number: i64| {
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
