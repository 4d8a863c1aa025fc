//! `onward restore`

use crate::error::{Error, Result};
use crate::model::{Entry, EntryRef};
use crate::session::choosing::OfKind;
use crate::session::{Session, Status};
use crate::view::entry::{WholeEntries, count_by_kind, line_with_day};

/// Take entries out of the trash
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A number (42), `last` (the one deleted last), a day, or the first 8 or more characters
    /// of an id
    #[arg(value_name = "ENTRY", required = true)]
    entries: Vec<String>,
    #[command(flatten)]
    of: OfKind,
}

/// Moves entries out of the trash.
///
/// # Errors
/// [`Error::NoSuchEntry`] for an entry that is not in the trash.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal()?;
    let references = EntryRef::read_all(&args.entries).map_err(Error::usage)?;
    let mut entries: Vec<Entry> = Vec::new();
    for reference in &references {
        for entry in journal.find_in_trash(&args.of.kind, reference, context.today())? {
            if entries.iter().all(|other| other.number != entry.number) {
                entries.push(entry);
            }
        }
    }
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.number).collect();
    let restored = journal.restore(&numbers, context.environment.clock.now())?;
    for entry in &restored {
        context
            .output
            .status(&line_with_day(entry, context.today(), context.output.width));
    }
    let are = if restored.len() == 1 { "is" } else { "are" };
    let number = count_by_kind(&restored);
    context
        .output
        .status(&format!("{number} {are} back in the journal."));
    if context.output.json {
        let today = context.today();
        let shown: Vec<Entry> = restored.into_iter().map(|e| e.veiled(today)).collect();
        context.output.show(&WholeEntries(&shown))?;
    }
    Ok(Status::Done)
}
