//! The filter flags that reading commands share, and the flags for how many entries to show.

use super::Context;
use crate::error::{Error, Result};
use crate::journal::Journal;
use crate::model::{DayPhrase, Filter, KindName, MoodRange, Tag};

/// Which entries are meant. Different filters combine with AND, a repeated one with OR.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub struct Filters {
    /// Only entries of this day or later
    #[arg(long, value_name = "DAY")]
    from: Vec<DayPhrase>,
    /// Only entries of this day or earlier
    #[arg(long, alias = "until", value_name = "DAY")]
    to: Vec<DayPhrase>,
    /// Only entries of this day
    #[arg(long, value_name = "DAY")]
    on: Vec<DayPhrase>,
    /// Only reflections on this tip: its number, its slug, or deck/number
    #[arg(long, value_name = "N")]
    tip: Vec<String>,
    /// Only entries with this tag
    #[arg(long, value_name = "TAG")]
    tag: Vec<Tag>,
    /// Only entries without this tag
    #[arg(long, value_name = "TAG")]
    not_tag: Vec<Tag>,
    /// Only entries with this mood: 4, or from low to high: 1..3
    #[arg(long, value_name = "MOOD")]
    mood: Vec<MoodRange>,
    /// Entries of this kind instead of pages: page, letter, reason, urge or contact
    #[arg(long, value_name = "KIND")]
    kind: Vec<KindName>,
    /// Only starred entries
    #[arg(long)]
    starred: bool,
    /// Only entries that reflect on no tip
    #[arg(long, conflicts_with = "tip")]
    free: bool,
}

impl Filters {
    /// The filter that the flags mean, seen from today.
    ///
    /// # Errors
    /// [`Error::Usage`] for a day in the future or `--from` later than `--to`;
    /// [`Error::NoSuchTip`].
    pub fn resolve(&self, context: &Context, journal: &Journal) -> Result<Filter> {
        let days = |flag: &str, phrases: &[DayPhrase]| -> Result<Vec<_>> {
            phrases
                .iter()
                .map(|phrase| context.resolve(flag, phrase))
                .collect()
        };
        let from = days("--from", &self.from)?.into_iter().min();
        let to = days("--to", &self.to)?.into_iter().max();
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            return Err(Error::usage(format!(
                "--from {from} is later than --to {to}"
            )));
        }
        let tip = |wanted: &String| {
            // Look up tips only if the flag was used: reading the decks takes time.
            let tip = journal.find_tip(wanted)?;
            Ok((tip.deck, tip.slug))
        };
        Ok(Filter {
            from,
            to,
            on: days("--on", &self.on)?,
            tips: self.tip.iter().map(tip).collect::<Result<_>>()?,
            tags: self.tag.clone(),
            not_tags: self.not_tag.clone(),
            moods: self.mood.clone(),
            kinds: self.kind.clone(),
            starred: self.starred,
            free: self.free,
        })
    }
}

/// How many entries are shown by default.
const DEFAULT_AMOUNT: usize = 20;

/// How many entries are wanted.
#[derive(Debug, Clone, clap::Args)]
pub struct Amount {
    /// Show at most N entries
    #[arg(short = 'n', value_name = "N", default_value_t = DEFAULT_AMOUNT, value_parser = at_least_one)]
    most: usize,
    /// Show every entry
    #[arg(long, conflicts_with = "most")]
    all: bool,
    /// Answer with the number of entries alone
    #[arg(long, conflicts_with_all = ["most", "all"])]
    pub count: bool,
}

impl Amount {
    /// The most entries to show; `None` for all of them.
    pub fn limit(&self) -> Option<usize> {
        (!self.all).then_some(self.most)
    }
}

/// Parses a number from 1. Refuses 0, which could mean none or no limit: each has a flag of its
/// own.
fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("use --all for every entry, --count for how many there are".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err("a number from 1 is wanted".to_owned()),
    }
}
