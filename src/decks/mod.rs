//! Decks: TOML files of tips, parsed and checked.
//!
//! A deck with a fault is refused as a whole, and every fault is told with its line. So a
//! journal only ever works with complete decks. `docs/decks.md` describes the format. The
//! built-in deck is `prompts/walk-away.toml`. The program is compiled with
//! `prompts/walk-away.rs`, which a test makes from it.

mod reader;

use std::path::Path;
use std::sync::LazyLock;

use crate::error::{Error, Result};
use crate::model::entry::{WEEKLY, tip_label, tip_names};

pub use reader::is_slug;

/// A deck of tips to reflect on, one at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deck {
    /// The name of the deck in the journal. It must never change once it is used.
    pub slug: String,
    /// The name that people see.
    pub title: String,
    /// The subject of the deck, in a sentence or two.
    pub about: String,
    /// The tips, numbered from 1 in this order.
    pub tips: Vec<Tip>,
    /// The questions of the week, numbered from 1. They are tips with one question and no
    /// practice, and their slugs begin with `week/`.
    pub questions: Vec<Tip>,
    /// The thoughts to be clear about before the first tip.
    pub groundings: Vec<Topic>,
}

/// A piece of advice, with questions to reflect on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// The slug of its deck.
    pub deck: String,
    /// Its place in the deck, counted from 1.
    pub number: u32,
    /// The name of the tip in the journal. It must never change once it is used.
    pub slug: String,
    /// A title of a few words.
    pub title: String,
    /// The advice in a few sentences.
    pub gist: String,
    /// One small thing to do today; empty for a question of the week.
    pub practice: String,
    /// True if the tip asks to remember the reasons for walking away.
    pub recall_reason: bool,
    /// The questions that a day can ask: first about concrete things, then about meaning.
    pub questions: Vec<String>,
    /// The number of questions about concrete things.
    pub concrete: usize,
}

/// A thought that ends in a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// The name of the topic in the journal.
    pub slug: String,
    /// A title of a few words.
    pub title: String,
    /// The thought, in a few sentences.
    pub text: String,
    /// The question it ends in.
    pub question: String,
}

/// A fault in the file of a deck.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeckFault {
    /// The line, counted from 1; `None` for a fault of the whole file.
    pub line: Option<usize>,
    /// The fault, and how to mend it.
    pub reason: String,
}

/// The decks that offer the tips, in order. There is at least one: the built-in deck if no
/// other is in use.
#[derive(Debug, Clone, Default)]
pub struct Decks(Vec<Deck>);

impl DeckFault {
    /// The fault with the file and the line: `/home/…/mine.toml, line 3: the title is empty`.
    pub fn in_file(&self, file: &Path) -> String {
        let line = self.line.map(|line| format!(", line {line}"));
        format!(
            "{}{}: {}",
            file.display(),
            line.unwrap_or_default(),
            self.reason
        )
    }
}

impl Tip {
    /// Its name among all tips of all decks: `walk-away/no-contact`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.deck, self.slug)
    }

    /// The label before its title: `Tip 5`, `Tip mine/5`, `Question 2`.
    pub fn label(&self) -> String {
        tip_label(&self.deck, &self.slug, self.number)
    }

    /// True if it is a question of the week.
    pub fn is_weekly(&self) -> bool {
        self.slug.starts_with(WEEKLY)
    }
}

impl Decks {
    /// These decks, or the built-in deck if there are none.
    pub fn of(decks: Vec<Deck>) -> Decks {
        Decks(decks)
    }

    /// The decks in order.
    pub fn all(&self) -> &[Deck] {
        if self.0.is_empty() {
            std::slice::from_ref(Deck::walk_away())
        } else {
            &self.0
        }
    }

    /// Every tip of every deck, in order.
    pub fn tips(&self) -> Vec<&Tip> {
        self.all().iter().flat_map(|deck| &deck.tips).collect()
    }

    /// Every question of the week of every deck, in order.
    pub fn questions(&self) -> Vec<&Tip> {
        self.all().iter().flat_map(|deck| &deck.questions).collect()
    }

    /// The tip or question of the week with these slugs.
    pub fn tip(&self, deck: &str, slug: &str) -> Option<&Tip> {
        let deck = self.all().iter().find(|other| other.slug == deck)?;
        let mut tips = deck.tips.iter().chain(&deck.questions);
        tips.find(|tip| tip.slug == slug)
    }

    /// The tip that a person means by a number or a slug, with the name of the deck before it
    /// if needed: `5`, `stay-busy`, `mine/5`, `week/2`.
    ///
    /// # Errors
    /// [`Error::NoSuchTip`] with the nearest slug or the range of numbers; [`Error::Usage`]
    /// if several decks have such a tip.
    pub fn find(&self, wanted: &str) -> Result<&Tip> {
        let wanted = wanted.trim();
        let all = || self.tips().into_iter().chain(self.questions());
        let meant: Vec<&Tip> = all()
            .filter(|tip| tip_names(wanted, &tip.deck, &tip.slug, tip.number))
            .collect();
        match meant.as_slice() {
            [tip] => Ok(tip),
            [] => Err(Error::NoSuchTip {
                wanted: wanted.to_owned(),
                nearest: self.nearest(wanted),
            }),
            several => {
                let keys: Vec<String> = several.iter().map(|tip| tip.key()).collect();
                Err(Error::Usage {
                    what: format!("several decks have a tip {wanted:?}"),
                    hint: Some(format!("say which: {}", keys.join(" or "))),
                })
            }
        }
    }

    /// A suggestion for a name that no tip has.
    fn nearest(&self, wanted: &str) -> String {
        let is_number = wanted
            .rsplit('/')
            .next()
            .is_some_and(|last| last.parse::<u32>().is_ok());
        let likeness = |tip: &&Tip| {
            let full = strsim::jaro_winkler(&tip.key(), &wanted.to_lowercase());
            full.max(strsim::jaro_winkler(&tip.slug, &wanted.to_lowercase()))
        };
        let close = self
            .tips()
            .into_iter()
            .chain(self.questions())
            .map(|tip| (likeness(&tip), tip))
            .filter(|(likeness, _)| *likeness > 0.8 && !is_number)
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        match (close, self.all()) {
            (Some((_, tip)), [_]) => format!("did you mean {} ({})", tip.slug, tip.number),
            (Some((_, tip)), _) => format!("did you mean {}", tip.key()),
            (None, [deck]) => format!("the tips are 1 to {}", deck.tips.len()),
            (None, decks) => {
                let range = |deck: &Deck| format!("{}/1 to {}", deck.slug, deck.tips.len());
                let ranges: Vec<String> = decks.iter().map(range).collect();
                format!("the tips are {}", ranges.join(", "))
            }
        }
    }
}

impl Deck {
    /// The built-in deck.
    ///
    /// It is compiled as Rust, because parsing and checking its TOML would be a quarter of
    /// the work of the daily page. A test writes that Rust anew and fails if it is out of
    /// date.
    pub fn walk_away() -> &'static Deck {
        static DECK: LazyLock<Deck> = LazyLock::new(|| include!("../../prompts/walk-away.rs"));
        &DECK
    }
}

/// The largest file of a deck, in bytes.
pub const MAX_FILE: u64 = 512 * 1024;

#[cfg(test)]
mod tests;
