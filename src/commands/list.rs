//! `onward list`

use crate::error::Result;
use crate::journal::Journal;
use crate::model::{Entry, Filter, Order};
use crate::session::filters::{Amount, Filters};
use crate::session::{Context, NOTHING_WRITTEN, Session, Status};
use crate::view::entry::{self, EntriesJson};
use crate::view::lines::{EntryColumns, EntryCount};
use crate::view::{Page, View, text};

/// List entries, the newest first, one line each
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    amount: Amount,
    /// List the oldest first
    #[arg(long)]
    oldest: bool,
    #[command(flatten)]
    filters: Filters,
}

/// Lists entries.
///
/// # Errors
/// Those of [`Filters::resolve`].
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal_to_read()?;
    let filter = args.filters.resolve(context, journal)?;
    if args.amount.count {
        let count = journal.count(&filter)?;
        context.output.show(&EntryCount { count })?;
        return ended(count == 0, &filter, journal, context);
    }
    let order = if args.oldest {
        Order::OldestFirst
    } else {
        Order::NewestFirst
    };
    let limit = args.amount.limit();
    // Ask for one entry more to know whether there are more.
    let one_more = limit.map(|limit| limit.saturating_add(1));
    let mut entries = journal.entries(&filter, order, one_more)?;
    let more = limit.is_some_and(|limit| entries.len() > limit);
    entries.truncate(limit.unwrap_or(usize::MAX));
    context.output.show_long(&EntryList(&entries))?;
    if more {
        context
            .output
            .status("There are more; --all lists every one.");
    }
    ended(entries.is_empty(), &filter, journal, context)
}

fn ended(
    nothing: bool,
    filter: &Filter,
    journal: &Journal,
    context: &Context,
) -> Result<Status> {
    if !nothing {
        return Ok(Status::Done);
    }
    let sentence = match *filter == Filter::default() {
        true => NOTHING_WRITTEN,
        false => "No entries. Fewer filters find more.",
    };
    let sentence = context.nothing_found_sentence(journal, filter, sentence)?;
    context.output.status(&sentence);
    Ok(Status::NothingFound)
}

/// Entries, a line each.
struct EntryList<'a>(&'a [Entry]);

impl View for EntryList<'_> {
    fn json(&self) -> impl serde::Serialize {
        EntriesJson::of(self.0)
    }

    fn human(&self, page: &mut Page) {
        let columns = EntryColumns::of(self.0, page);
        for entry in self.0 {
            let line = columns.line(entry, page);
            let room = page.width().min(120).saturating_sub(line.width());
            page.line(line + text::fit(&entry::list_line(entry), room));
        }
    }
}
