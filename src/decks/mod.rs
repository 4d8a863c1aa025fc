//! Decks: TOML files of tips, parsed and checked.
//!
//! A deck that is wrong is refused whole, with every fault and its line, so that what a
//! journal works with is always a complete deck. `docs/decks.md` describes the format for
//! those who write one. `prompts/walk-away.toml` is the deck that is built in: the program is
//! compiled with `prompts/walk-away.rs`, which a test makes from it.

mod reader;

use std::path::Path;
use std::sync::LazyLock;

use crate::error::{Error, Result};
use crate::model::entry::{BUILT_IN_DECK, WEEKLY, tip_label, tip_names};

/// Tips to reflect on, one at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deck {
    /// What the journal files reflections under; never changes once used.
    pub slug: String,
    /// The name people see.
    pub title: String,
    /// What the deck is about, in a sentence or two.
    pub about: String,
    /// The tips, numbered from 1 in this order.
    pub tips: Vec<Tip>,
    /// Questions people ask along the way, each turned toward the writer, numbered from 1: one
    /// is offered each week. They are tips whose slug begins with `week/`, with one question
    /// and no practice.
    pub questions: Vec<Tip>,
    /// What is good to be clear about before anything else.
    pub groundings: Vec<Topic>,
}

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// The slug of its deck.
    pub deck: String,
    /// Its place in the deck, from 1.
    pub number: u32,
    /// What the journal files reflections under; never changes once used.
    pub slug: String,
    /// A few words.
    pub title: String,
    /// What the tip says, in a few sentences.
    pub gist: String,
    /// One small thing to do today; empty for a question of the week.
    pub practice: String,
    /// Whether the tip asks to remember why one is walking away.
    pub recall_reason: bool,
    /// What a day can ask: concrete things first, then meaning.
    pub questions: Vec<String>,
    /// How many of the questions ask for concrete things.
    pub concrete: usize,
}

/// A thought with one question to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// What answers are filed under.
    pub slug: String,
    /// A few words.
    pub title: String,
    /// The thought, in a few sentences.
    pub text: String,
    /// The question it ends in.
    pub question: String,
}

/// Something that is wrong in the file of a deck.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeckFault {
    /// The line, counted from 1; `None` where it is the file as a whole.
    pub line: Option<usize>,
    /// What is wrong there, and what would be right.
    pub reason: String,
}

/// The decks that a journal draws from, in their order; at least one. Without any of one's
/// own it is the one that is built in.
#[derive(Debug, Clone, Default)]
pub struct Decks(Vec<Deck>);

impl DeckFault {
    /// The fault with its place: `/home/…/mine.toml, line 3: the title is empty`.
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
    /// Its name among all tips: `walk-away/no-contact`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.deck, self.slug)
    }

    /// What it is called before its title: `Tip 5`, `Tip mine/5`, `Question 2`.
    pub fn label(&self) -> String {
        tip_label(&self.deck, &self.slug, self.number)
    }

    /// Whether it is a question of the week.
    pub fn is_weekly(&self) -> bool {
        self.slug.starts_with(WEEKLY)
    }
}

impl Decks {
    /// These decks, or the one that is built in where there are none.
    pub fn of(decks: Vec<Deck>) -> Decks {
        Decks(decks)
    }

    /// The decks in their order.
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

    /// The tip, or the question of the week, with these slugs.
    pub fn tip(&self, deck: &str, slug: &str) -> Option<&Tip> {
        let deck = self.all().iter().find(|other| other.slug == deck)?;
        let mut tips = deck.tips.iter().chain(&deck.questions);
        tips.find(|tip| tip.slug == slug)
    }

    /// The tip that a person means by a number or a slug, with the deck before it where that
    /// is needed: `5`, `stay-busy`, `mine/5`, `week/2`.
    ///
    /// # Errors
    /// [`Error::NoSuchTip`] with the nearest slug, or the range of numbers; [`Error::Usage`]
    /// where several decks have such a tip.
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

    /// What may have been meant.
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
    /// The deck that is built in.
    ///
    /// It is compiled as Rust, because parsing and checking its TOML would be a quarter of the
    /// work of the daily page. A test makes that Rust and fails where it is not current.
    pub fn walk_away() -> &'static Deck {
        static DECK: LazyLock<Deck> = LazyLock::new(|| include!("../../prompts/walk-away.rs"));
        &DECK
    }

    /// Parses and checks a deck.
    ///
    /// # Errors
    /// Every fault there is, in the order of the lines: TOML that does not parse, a missing,
    /// unknown or empty field, a text that does not fit its place, tips not numbered 1, 2,
    /// 3 …, or a slug or question that stands twice.
    pub fn parse(text: &str) -> Result<Deck, Vec<DeckFault>> {
        reader::read_deck(text, |_| None)
    }

    /// Parses and checks a deck that is not built in. `name` is what its file is called,
    /// without `.toml`, where it lies in the folder of the decks: its slug is the same, so
    /// that no two decks share one.
    ///
    /// # Errors
    /// As [`Deck::parse`].
    pub fn parse_own(text: &str, name: Option<&str>) -> Result<Deck, Vec<DeckFault>> {
        reader::read_deck(text, |slug| match name {
            _ if slug == BUILT_IN_DECK => Some(format!(
                "{BUILT_IN_DECK} is the deck that is built in: give this one a slug of its own"
            )),
            Some(name) if name != slug => Some(format!(
                "the slug and the name of the file differ: call the file {slug}.toml"
            )),
            _ => None,
        })
    }
}

/// Whether a slug is made as it has to be: a name that can stand in a file name and on a
/// command line. All digits would be taken for a number.
pub fn is_slug(slug: &str) -> bool {
    let of_slug = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    slug.bytes().all(of_slug)
        && slug.bytes().any(|b| b.is_ascii_lowercase())
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        && slug.len() <= reader::TITLE_COLUMNS
}

/// The largest file of a deck, in bytes.
pub const MAX_FILE: u64 = 512 * 1024;

#[cfg(test)]
mod tests;
