//! `onward history`

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::error::{Error, Result};
use crate::model::{Entry, EntryRef, Revision};
use crate::session::choosing::{OfKind, choose_one_entry};
use crate::session::{Context, Session, Status, report};
use crate::view::change::differences;
use crate::view::entry::{self, EntryJson};
use crate::view::{Page, Style, View, text};

/// Show what an entry was before, and bring it back
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A number (42), `last`, a day with one entry, or the first 8 or more characters of an id
    #[arg(value_name = "ENTRY", required = true)]
    entry: Vec<String>,
    #[command(flatten)]
    of: OfKind,
    /// Bring back the state with this number in the history
    #[arg(long, value_name = "N")]
    bring_back: Option<usize>,
}

/// Shows the history of an entry, or brings back a state of it.
///
/// # Errors
/// Those of [`choose_one_entry`]; [`Error::Usage`] for a state that does not exist.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let references = EntryRef::read_all(&args.entry).map_err(Error::usage)?;
    if let Some(wanted) = args.bring_back {
        let journal = session.journal()?;
        let number = choose_one_entry(journal, &references, &args.of, context)?.number;
        let states = journal.history(number)?;
        let state = wanted
            .checked_sub(1)
            .and_then(|at| states.get(at))
            .ok_or_else(|| Error::Usage {
                what: format!("#{number} has no state {wanted}"),
                hint: Some(format!("its states are 1 to {}", states.len())),
            })?;
        let now = context.environment.clock.now();
        let edited = journal.bring_back(number, state.id, now)?;
        return report::tell_edit(edited, context);
    }
    let journal = session.journal_to_read()?;
    let number = match references.as_slice() {
        // Take the number as it is: an entry in the trash has a history too.
        [EntryRef::Number(number)] if args.of.kind.is_empty() => *number,
        references => choose_one_entry(journal, references, &args.of, context)?.number,
    };
    let states = journal.history(number)?;
    let entries = states.iter().map(Revision::to_entry).collect();
    context.output.show_long(&HistoryView {
        states,
        entries,
        context,
    })?;
    Ok(Status::Done)
}

struct HistoryView<'a> {
    states: Vec<Revision>,
    entries: Vec<Entry>,
    context: &'a Context,
}

#[derive(Serialize)]
struct HistoryJson<'a> {
    history: Vec<StateJson<'a>>,
}

#[derive(Serialize)]
struct StateJson<'a> {
    state: usize,
    revision: String,
    saved_at: String,
    deleted_at: Option<String>,
    entry: EntryJson<'a>,
}

impl View for HistoryView<'_> {
    fn json(&self) -> impl Serialize {
        let states = self.states.iter().zip(&self.entries).zip(1..);
        let states = states.map(|((revision, entry), state)| StateJson {
            state,
            revision: revision.id.to_string(),
            saved_at: revision.saved_at.to_rfc3339(),
            deleted_at: revision.content.deleted_at.map(|at| at.to_rfc3339()),
            entry: EntryJson::of(entry),
        });
        HistoryJson {
            history: states.collect(),
        }
    }

    fn human(&self, page: &mut Page) {
        for (at, revision) in self.states.iter().enumerate() {
            if at > 0 {
                page.blank();
            }
            let saved_at = revision.saved_at.format("%-d %b %Y, %H:%M");
            let state = Style::Strong.on(format!("{}  {saved_at}", at + 1));
            let Some(before) = at.checked_sub(1) else {
                page.line(state + "  written");
                page.blank();
                match &revision.content.text {
                    none if none.is_empty() => {
                        let what = entry::list_line_with_kind(&self.entries[at]);
                        page.paragraph(0, Style::Plain, &what);
                    }
                    text => page.writers_text(text),
                }
                continue;
            };
            let (old, new) = (&self.entries[before], &self.entries[at]);
            let was_deleted = self.states[before].content.deleted_at.is_some();
            let what = match (was_deleted, revision.content.deleted_at.is_some()) {
                (false, true) => "into the trash".to_owned(),
                (true, false) if old.text == new.text => "out of the trash".to_owned(),
                _ => differences(old, new, self.context.today()).join("; "),
            };
            // Put the change beside the time, or below it on a narrow page.
            let beside = text::width(&format!("{}  {saved_at}  ", at + 1));
            let indent = if page.is_roomy() { beside } else { 3 };
            let mut lines =
                text::wrap(&what, page.prose_width().saturating_sub(indent)).into_iter();
            match page.is_roomy().then(|| lines.next()).flatten() {
                Some(first) => page.line(state + "  " + first),
                None => page.line(state),
            }
            for line in lines {
                page.line(format!("{:indent$}{line}", ""));
            }
            if old.text != new.text {
                page.blank();
                changed_lines_on(page, &old.text, &new.text);
            }
        }
        if let (Some(state), true) = (self.states.last(), self.states.len() > 1) {
            page.blank();
            let hint = format!(
                "To bring one back: onward history {} --bring-back 1",
                state.number
            );
            page.paragraph(0, Style::Faint, &hint);
        }
    }
}

/// Puts the lines that differ between two texts on a page, with one unchanged line around them.
fn changed_lines_on(page: &mut Page, old: &str, new: &str) {
    let room = page.prose_width().saturating_sub(2);
    // End the last lines alike: adding a final line end is no change of the line.
    let ended = |text: &str| format!("{}\n", text.strip_suffix('\n').unwrap_or(text));
    let (old, new) = (ended(old), ended(new));
    let diff = TextDiff::from_lines(&old, &new);
    for (at, group) in diff.grouped_ops(1).iter().enumerate() {
        if at > 0 {
            page.line("  …");
        }
        for change in group
            .iter()
            .flat_map(|operation| diff.iter_changes(operation))
        {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ("-", Style::Error),
                ChangeTag::Insert => ("+", Style::Good),
                ChangeTag::Equal => (" ", Style::Faint),
            };
            let line = change.value().trim_end_matches('\n');
            // Skip blank lines around a change: they do not help to find it.
            if change.tag() == ChangeTag::Equal && line.trim().is_empty() {
                continue;
            }
            let mut lines = text::wrap(&text::safe(line), room);
            if lines.is_empty() {
                lines.push(String::new());
            }
            for line in lines {
                page.line(style.on(format!("{sign} {line}")));
            }
        }
    }
}
