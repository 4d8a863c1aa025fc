//! `onward trash`

use std::str::FromStr;

use chrono::TimeDelta;
use serde::Serialize;

use crate::error::Result;
use crate::model::{Day, Entry, Revision, count};
use crate::session::{Session, Status};
use crate::view::entry::{self, EntryJson};
use crate::view::{Page, Style, View, text};

/// Show what is in the trash, or purge it for good
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Remove what is in the trash for good, with its history; asks twice
    #[arg(long)]
    purge: bool,
    /// Purge only what was deleted longer ago than this: 30d, 4w, 6m, 1y
    #[arg(long, value_name = "AGE", requires = "purge")]
    older_than: Option<Age>,
    /// Do not ask
    #[arg(long, short, requires = "purge")]
    yes: bool,
}

/// A length of time in days.
#[derive(Debug, Clone, Copy)]
struct Age(u16);

impl FromStr for Age {
    type Err = String;

    fn from_str(text: &str) -> Result<Age, String> {
        let wrong = || "write an age as 30d, 4w, 6m or 1y".to_owned();
        let split = text
            .len()
            .checked_sub(1)
            .filter(|&at| text.is_char_boundary(at));
        let (number, unit) = text.split_at(split.ok_or_else(wrong)?);
        let days = match unit {
            "d" => 1,
            "w" => 7,
            "m" => 30,
            "y" => 365,
            _ => return Err(wrong()),
        };
        let number: u16 = number.parse().map_err(|_| wrong())?;
        number
            .checked_mul(days)
            .map(Age)
            .ok_or_else(|| "that is too long ago".to_owned())
    }
}

/// Shows or purges the trash.
///
/// # Errors
/// [`Error::Usage`](crate::Error::Usage) if a purge needs a yes and there is no terminal.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    if args.purge {
        return purge(args, session);
    }
    let journal = session.journal_to_read()?;
    let trash = journal.trash()?;
    context
        .output
        .show_long(&TrashView::of(&trash, context.today()))?;
    if trash.is_empty() {
        context.output.status("The trash is empty.");
        return Ok(Status::NothingFound);
    }
    Ok(Status::Done)
}

fn purge(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal()?;
    let now = context.environment.clock.now();
    let before = match args.older_than {
        Some(Age(days)) => now - TimeDelta::days(days.into()),
        None => now,
    };
    let old = |revision: &Revision| {
        revision
            .content
            .deleted_at
            .is_some_and(|deleted| deleted <= before)
    };
    let mut trash = journal.trash()?;
    trash.retain(old);
    if trash.is_empty() {
        // An interrupted purge may have left removed text in unused parts of the file:
        // overwrite it now.
        journal.scrub()?;
        context.output.status("There is nothing to purge.");
        if context.output.json {
            context.output.show(&PurgeView { purged: 0 })?;
        }
        return Ok(Status::NothingFound);
    }
    let number = count::with_noun(trash.len(), "entry", "entries");
    if !args.yes {
        for revision in &trash {
            context.output.status(&entry::line_with_day(
                &revision.to_entry(),
                context.today(),
                context.output.width,
            ));
        }
        let (their, them) = match trash.len() {
            1 => ("its", "it"),
            _ => ("their", "them"),
        };
        let first = format!("Remove {number} and all {their} history for good? y or n:");
        if !context.confirm(&first, "--yes")? {
            context.output.status("Nothing was removed.");
            return Ok(Status::NothingDone);
        }
        let last = format!("Nothing can bring {them} back. Type purge to go on:");
        if context.output.ask(&last)?.as_deref() != Some("purge") {
            context.output.status("Nothing was removed.");
            return Ok(Status::NothingDone);
        }
    }
    let purged = journal.purge(&trash)?;
    let number = count::with_noun(purged, "entry is", "entries are");
    context.output.status(&format!("{number} gone for good."));
    for copy in journal.copies() {
        context.output.status(&format!(
            "A copy from before an update may still hold what is gone: {}.",
            text::safe(&copy.to_string_lossy())
        ));
    }
    if context.output.json {
        context.output.show_long(&PurgeView { purged })?;
    }
    Ok(Status::Done)
}

#[derive(Serialize, Clone, Copy)]
struct PurgeView {
    purged: usize,
}

impl View for PurgeView {
    fn json(&self) -> impl Serialize {
        *self
    }

    fn human(&self, _: &mut Page) {}
}

/// The entries in the trash, with the instants at which they were deleted.
struct TrashView(Vec<TrashedEntry>);

struct TrashedEntry {
    entry: Entry,
    deleted_at: String,
    line: String,
}

#[derive(Serialize)]
struct TrashJson<'a> {
    trash: Vec<TrashedEntryJson<'a>>,
}

#[derive(Serialize)]
struct TrashedEntryJson<'a> {
    #[serde(flatten)]
    entry: EntryJson<'a>,
    deleted_at: &'a str,
}

impl TrashView {
    fn of(trash: &[Revision], today: Day) -> TrashView {
        let deleted_at = |revision: &Revision| {
            revision
                .content
                .deleted_at
                .map(|at| at.to_rfc3339())
                .unwrap_or_default()
        };
        TrashView(
            trash
                .iter()
                .map(|found| {
                    let entry = found.to_entry();
                    let unseen = entry::placeholder_if_hidden(&entry, today);
                    TrashedEntry {
                        line: unseen.unwrap_or_else(|| entry::list_line_with_kind(&entry)),
                        entry: entry.veiled(today),
                        deleted_at: deleted_at(found),
                    }
                })
                .collect(),
        )
    }
}

impl View for TrashView {
    fn json(&self) -> impl Serialize {
        let trash = self.0.iter().map(|trashed| TrashedEntryJson {
            entry: EntryJson::of(&trashed.entry),
            deleted_at: &trashed.deleted_at,
        });
        TrashJson {
            trash: trash.collect(),
        }
    }

    fn human(&self, page: &mut Page) {
        for TrashedEntry {
            entry,
            deleted_at,
            line,
        } in &self.0
        {
            let since = deleted_at.get(..10).unwrap_or(deleted_at);
            let lead = format!("#{}  {}  ", entry.number, entry.day);
            let since = if page.is_roomy() {
                format!("deleted {since}  ")
            } else {
                String::new()
            };
            let room = page
                .width()
                .saturating_sub(text::width(&lead) + text::width(&since));
            page.line(
                Style::Strong.on(format!("#{}", entry.number))
                    + format!("  {}  ", entry.day)
                    + Style::Faint.on(since)
                    + text::fit(line, room),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        let days = |text: &str| text.parse::<Age>().map(|Age(days)| days).ok();
        assert_eq!(days("30d"), Some(30));
        assert_eq!(days("4w"), Some(28));
        assert_eq!(days("6m"), Some(180));
        assert_eq!(days("1y"), Some(365));
        for wrong in ["", "d", "30", "-1d", "1.5d", "9999y", "3日", "d30"] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }
}
