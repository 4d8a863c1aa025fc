//! `onward delete`

use crate::error::{Error, Result};
use crate::model::{Entry, EntryRef};
use crate::session::choosing::{OfKind, living_entries};
use crate::session::{Session, Status};
use crate::view::entry::{WholeEntries, count_by_kind, line_with_day};

/// Put entries into the trash
///
/// They stay there, and `onward restore` takes them out again, until the trash is purged.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A number (42), `last`, a day (all its entries), or the first 8 or more characters of
    /// an id
    #[arg(value_name = "ENTRY", required = true)]
    entries: Vec<String>,
    #[command(flatten)]
    of: OfKind,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// Moves entries into the trash, after showing which ones and asking.
///
/// # Errors
/// Those of [`living_entries`]; [`Error::Usage`] without a terminal and without `--yes`.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal()?;
    let references = EntryRef::read_all(&args.entries).map_err(Error::usage)?;
    let mut entries: Vec<Entry> = Vec::new();
    for reference in &references {
        for entry in living_entries(journal, reference, &args.of, context)? {
            if entries.iter().all(|other| other.number != entry.number) {
                entries.push(entry);
            }
        }
    }
    for entry in &entries {
        context
            .output
            .status(&line_with_day(entry, context.today(), context.output.width));
    }
    let number = count_by_kind(&entries);
    if !args.yes {
        let question = format!("Put {number} into the trash? y or n:");
        if !context.confirm(&question, "--yes")? {
            context.output.status("Nothing was deleted.");
            return Ok(Status::NothingDone);
        }
    }
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.number).collect();
    let deleted = journal.delete(&numbers, context.environment.clock.now())?;
    let names = numbers
        .iter()
        .map(i64::to_string)
        .collect::<Vec<_>>()
        .join(" ");
    context.output.status(&format!(
        "{number} went into the trash. To take {} out again: onward restore {names}, or onward \
         undo.",
        if deleted.len() == 1 { "it" } else { "them" }
    ));
    if context.output.json {
        context.output.show(&WholeEntries(&deleted))?;
    }
    Ok(Status::Done)
}
