//! `onward show`

use crate::environment;
use crate::error::{Error, Result};
use crate::model::{Entry, EntryRef, Filter};
use crate::session::choosing::{OfKind, living_entries};
use crate::session::{Context, NOTHING_WRITTEN, Session, Status};
use crate::view::entry;

/// Show entries whole; today's unless asked
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A number (42), `last`, a day (2026-11-20, yesterday, last friday), or the first 8 or
    /// more characters of an id
    #[arg(value_name = "ENTRY")]
    entries: Vec<String>,
    #[command(flatten)]
    of: OfKind,
    /// Show a page picked at random
    #[arg(long, conflicts_with_all = ["entries", "kind"])]
    random: bool,
    /// Print only the text, byte for byte; control characters in it act on the terminal
    #[arg(long, conflicts_with = "json")]
    raw: bool,
}

/// Shows entries.
///
/// # Errors
/// [`Error::Usage`] for a reference that cannot be read. Entries that are not found are
/// reported after the others were shown.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal_to_read()?;
    let today = context.today();
    if args.random {
        let page: Vec<Entry> = journal
            .any_page(environment::random_number())?
            .into_iter()
            .collect();
        print_entries(&page, args, context)?;
        if page.is_empty() {
            let sentence =
                context.nothing_found_sentence(journal, &Filter::default(), NOTHING_WRITTEN)?;
            context.output.status(&sentence);
            return Ok(Status::NothingFound);
        }
        return Ok(Status::Done);
    }
    if args.entries.is_empty() {
        let entries = journal.entries_of_kinds(&args.of.kind, today)?;
        print_entries(&entries, args, context)?;
        if entries.is_empty() {
            let filter = Filter {
                on: vec![today],
                kinds: args.of.kind.clone(),
                ..Filter::default()
            };
            let sentence = format!("Nothing is written yet for {}.", context.day(today));
            let sentence = context.nothing_found_sentence(journal, &filter, &sentence)?;
            context.output.status(&sentence);
            return Ok(Status::NothingFound);
        }
        return Ok(Status::Done);
    }

    let references = EntryRef::read_all(&args.entries).map_err(Error::usage)?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut missing = None;
    for reference in &references {
        match living_entries(journal, reference, &args.of, context) {
            // Show an entry once, even if two references name it.
            Ok(found) => entries.extend(
                found
                    .into_iter()
                    .filter(|new| entries.iter().all(|old| old.number != new.number))
                    .collect::<Vec<_>>(),
            ),
            Err(
                error @ (Error::NoSuchEntry { .. }
                | Error::InTrash { .. }
                | Error::OutOfSight { .. }),
            ) => missing = missing.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    // Show the entries that were found before reporting one that was not.
    print_entries(&entries, args, context)?;
    match missing {
        Some(error) => {
            context.output.error(&error);
            Ok(Status::NothingFound)
        }
        None => Ok(Status::Done),
    }
}

fn print_entries(entries: &[Entry], args: &Args, context: &Context) -> Result<()> {
    if args.raw {
        let texts = entries.iter().map(|entry| entry.text.as_str());
        let text = join_texts(texts, context.output.terminal);
        return context.output.print(&text);
    }
    context.output.show_long(&entry::WholeEntries(entries))
}

/// Joins texts with a blank line between them. `end` ends the last line: a terminal's prompt
/// would follow on the same line, but a pipe must get the text byte for byte.
fn join_texts<'a>(texts: impl Iterator<Item = &'a str>, end: bool) -> String {
    let mut all = String::new();
    for (at, text) in texts.enumerate() {
        if at > 0 {
            all.push_str(if all.ends_with('\n') { "\n" } else { "\n\n" });
        }
        all.push_str(text);
    }
    if end && !all.is_empty() && !all.ends_with('\n') {
        all.push('\n');
    }
    all
}

#[cfg(test)]
mod tests {
    #[test]
    fn raw_texts_are_as_they_were_typed() {
        let join_texts = |texts: &[&str], end| super::join_texts(texts.iter().copied(), end);
        assert_eq!(join_texts(&["a\u{1b}[1m\n\n"], false), "a\u{1b}[1m\n\n");
        assert_eq!(join_texts(&["a", "b\n", "c"], false), "a\n\nb\n\nc");
        assert_eq!(join_texts(&["a", "b"], true), "a\n\nb\n");
        assert_eq!(join_texts(&[], true), "");
    }
}
