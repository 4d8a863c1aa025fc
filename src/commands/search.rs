//! `onward search`

use serde::Serialize;

use crate::error::{Error, Result};
use crate::journal::{EmptySearchReason, Journal, SearchHits};
use crate::model::{Entry, Filter, Query, Rank, count};
use crate::session::filters::{Amount, Filters};
use crate::session::{Context, NOTHING_WRITTEN, Session, Status};
use crate::view::entry::EntryJson;
use crate::view::lines::{EntryColumns, EntryCount};
use crate::view::{Excerpt, Page, View, text};

/// Find entries by their words, the newest first
///
/// Entries are found in which all the words occur, in any case and with any accents. Words
/// are meant literally; "in quotes" they are a phrase, and "walk*" is any word that begins so.
/// Letters are searched only with --kind letter.
#[derive(Debug, clap::Args)]
#[command(override_usage = "onward search [OPTIONS] <WORDS>...")]
pub struct Args {
    /// The words; put -- before words that begin with a hyphen
    #[arg(value_name = "WORDS")]
    words: Vec<String>,
    #[command(flatten)]
    amount: Amount,
    /// Show the best matches first
    #[arg(long)]
    best: bool,
    #[command(flatten)]
    filters: Filters,
}

/// Searches the entries.
///
/// # Errors
/// [`Error::Usage`] without words; those of [`Filters::resolve`].
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let Some(query) = Query::read(&args.words) else {
        return Err(Error::Usage {
            what: "search needs a word to look for".to_owned(),
            hint: Some("onward list takes the same filters and needs no words".to_owned()),
        });
    };
    let journal = session.journal_to_read()?;
    let filter = args.filters.resolve(context, journal)?;
    if args.amount.count {
        let count = journal.count_found(&query, &filter)?;
        context.output.show(&EntryCount { count })?;
        return ended(count, &query, &filter, journal, context);
    }
    let rank = if args.best { Rank::Best } else { Rank::Newest };
    let found = journal.search(&query, &filter, rank, args.amount.limit())?;
    context.output.show_long(&SearchHitsView {
        query: &query,
        found: &found,
    })?;
    ended(found.count, &query, &filter, journal, context)
}

/// Ends a search: if it found nothing, tells why and what would find more.
fn ended(
    count: u64,
    query: &Query,
    filter: &Filter,
    journal: &Journal,
    context: &Context,
) -> Result<Status> {
    if count > 0 {
        return Ok(Status::Done);
    }
    let sentence = match journal.why_nothing(query, filter)? {
        EmptySearchReason::Unwritten => {
            context.nothing_found_sentence(journal, &Filter::default(), NOTHING_WRITTEN)?
        }
        EmptySearchReason::Filtered { without } => format!(
            "Nothing found with these filters; without them, {}.",
            entries(without)
        ),
        EmptySearchReason::Unknown { what, nearest } => {
            let what = text::fit(&what, 40);
            match nearest {
                Some(nearest) => {
                    let nearest = text::fit(&nearest, 40);
                    format!("Nothing found for {what}. Did you mean {nearest}?")
                }
                None => format!("Nothing found for {what}."),
            }
        }
        EmptySearchReason::Scattered => {
            "Nothing found: the words never stand side by side. Search for them apart."
                .to_owned()
        }
        EmptySearchReason::Apart => {
            "Nothing found: no entry has all of these. Fewer words find more.".to_owned()
        }
    };
    context.output.status(&sentence);
    Ok(Status::NothingFound)
}

fn entries(number: u64) -> String {
    count::with_noun(number, "entry", "entries")
}

/// The width of the snippet in JSON, in columns: about two lines.
const JSON_COLUMNS: usize = 160;
/// The number of lines of the snippet for a person.
const LINES: usize = 2;

/// The entries that were found, each with an excerpt around the matches.
struct SearchHitsView<'a> {
    query: &'a Query,
    found: &'a SearchHits,
}

#[derive(Serialize)]
struct SearchHitsJson<'a> {
    entries: Vec<HitJson<'a>>,
    count: u64,
}

#[derive(Serialize)]
struct HitJson<'a> {
    #[serde(flatten)]
    entry: EntryJson<'a>,
    snippet: String,
}

impl SearchHitsView<'_> {
    fn excerpt(&self, entry: &Entry, columns: usize, lines: usize) -> Excerpt {
        Excerpt::of(&entry.text, &self.query.places(&entry.text), columns, lines)
    }
}

impl View for SearchHitsView<'_> {
    fn json(&self) -> impl Serialize {
        let hit = |entry| HitJson {
            entry: EntryJson::of(entry),
            snippet: self.excerpt(entry, JSON_COLUMNS, 1).plain(),
        };
        SearchHitsJson {
            entries: self.found.entries.iter().map(hit).collect(),
            count: self.found.count,
        }
    }

    fn human(&self, page: &mut Page) {
        let shown = &self.found.entries;
        let columns = EntryColumns::of(shown, page);
        let indent = if page.is_roomy() {
            columns.behind_number(page)
        } else {
            2
        };
        for entry in shown {
            page.line(columns.line(entry, page));
            let room = page.prose_width().saturating_sub(indent);
            self.excerpt(entry, room, LINES).show(page, indent);
        }
        if shown.is_empty() {
            return;
        }
        page.blank();
        let all = entries(self.found.count);
        page.line(if shown.len() as u64 == self.found.count {
            all
        } else {
            format!("{} of {all}; --all shows every one", shown.len())
        });
    }
}
