//! The findings of a check of a journal.

use crate::error::Result;
use crate::model::Day;

/// A part of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckPart {
    /// The pages of the file, its tables and the references between them.
    File,
    /// The states of entries: each matches its fingerprint.
    Texts,
    /// The chain of earlier states, and the records of undo.
    History,
    /// The derived figures: coverage, word counts, tags from the texts.
    Counts,
    /// The full-text index.
    Search,
}

impl CheckPart {
    /// All parts, in the order of a report.
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

/// A fault that a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The part of the check that found it.
    pub check: CheckPart,
    /// The fault, as a sentence without a period.
    pub what: String,
    /// The entry it is about.
    pub entry: Option<i64>,
    /// True if the fault is in derived data, which `Store::repair` computes anew.
    pub derived: bool,
    /// SQLite's own words about it. They never quote a text.
    pub detail: Option<String>,
}

/// The result of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The findings, at most [`Findings::SHOWN`] of each part.
    pub found: Vec<Finding>,
    /// How many more findings there are.
    pub more: u64,
    /// How many entries were checked, those in the trash included.
    pub entries: u64,
    /// How many earlier states were checked.
    pub revisions: u64,
    /// The newest day of the entries that could be read.
    pub newest: Option<Day>,
}

impl Findings {
    /// The most findings that are kept of one part.
    pub const SHOWN: usize = 25;

    /// True if nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// True if `Store::repair` can mend every finding.
    pub fn are_derived(&self) -> bool {
        self.found.iter().all(|finding| finding.derived)
    }

    pub(super) fn note(&mut self, finding: Finding) {
        let of_check = |other: &&Finding| other.check == finding.check;
        if self.found.iter().filter(of_check).count() < Findings::SHOWN {
            self.found.push(finding);
        } else {
            self.more += 1;
            // Replace a repairable finding, or this one would be hidden behind it.
            let derived = |other: &Finding| other.check == finding.check && other.derived;
            if !finding.derived
                && let Some(at) = self.found.iter().position(derived)
            {
                self.found[at] = finding;
            }
        }
    }
}

/// Called by a long task between its steps, to show progress or to stop. An error ends the task
/// and is returned from it.
pub type Tick<'a> = &'a dyn Fn() -> Result<()>;
