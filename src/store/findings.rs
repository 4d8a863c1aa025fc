//! The findings of a check of a journal.

use crate::error::Result;
use crate::model::Day;

/// A part of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckPart {
    /// The pages of the file, its tables and the references between them.
    File,
    /// That every text and everything with it is what was saved.
    Texts,
    /// That every earlier state is there, and what undo goes by.
    History,
    /// Everything that is counted and kept ready: coverage, words, tags from the texts.
    Counts,
    /// The index that search goes by.
    Search,
}

impl CheckPart {
    /// All of them, in the order in which they are told of.
    pub const ALL: [CheckPart; 5] = [
        CheckPart::File,
        CheckPart::Texts,
        CheckPart::History,
        CheckPart::Counts,
        CheckPart::Search,
    ];

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            CheckPart::File => "file",
            CheckPart::Texts => "texts",
            CheckPart::History => "history",
            CheckPart::Counts => "counts",
            CheckPart::Search => "search",
        }
    }
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check that found it.
    pub check: CheckPart,
    /// The finding, as a sentence without a period.
    pub what: String,
    /// The entry it is about.
    pub entry: Option<i64>,
    /// Whether it is about something derived, which `Store::repair` makes anew.
    pub derived: bool,
    /// SQLite's own words about it.
    pub detail: Option<String>,
}

/// The result of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The findings, at most [`Findings::SHOWN`] of each part.
    pub found: Vec<Finding>,
    /// How many more there are.
    pub more: u64,
    /// Entries that were looked at, in the trash or not.
    pub entries: u64,
    /// Earlier states that were looked at.
    pub revisions: u64,
    /// The newest day of an entry that could be read.
    pub newest: Option<Day>,
}

impl Findings {
    /// The most findings that are kept of one check.
    pub const SHOWN: usize = 25;

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether all there is can be repaired.
    pub fn are_derived(&self) -> bool {
        self.found.iter().all(|finding| finding.derived)
    }

    pub(super) fn note(&mut self, finding: Finding) {
        let of_check = |other: &&Finding| other.check == finding.check;
        if self.found.iter().filter(of_check).count() < Findings::SHOWN {
            self.found.push(finding);
        } else {
            self.more += 1;
            // One that cannot be repaired must not hide behind those that can.
            let derived = |other: &Finding| other.check == finding.check && other.derived;
            if !finding.derived
                && let Some(at) = self.found.iter().position(derived)
            {
                self.found[at] = finding;
            }
        }
    }
}

/// Called by a long task after each state it has looked at, to show progress or to stop: an error
/// ends the task.
pub type Tick<'a> = &'a dyn Fn() -> Result<()>;
