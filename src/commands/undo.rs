//! `onward undo` and `onward redo`

use serde::Serialize;

use crate::error::Result;
use crate::journal::{ActionKind, ListedAction, UndoOutcome};
use crate::model::KindName;
use crate::session::{Context, Session, Status};
use crate::view::change::differences;
use crate::view::{Page, View, entry, text};

/// Take the last change back; again, the one before
///
/// Whatever it was: a page written, an edit, a delete, a restore or an import. Nothing is
/// lost by it: `onward redo` does it again, and a page that was undone lies in the trash.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// List what was done, the newest first, and what undo and redo would do next
    #[arg(long)]
    list: bool,
}

/// Do again what was undone
#[derive(Debug, clap::Args)]
pub struct RedoArgs {}

/// Undoes the last action.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    if args.list {
        let actions = session.journal_to_read()?.actions()?;
        context.output.show_long(&ActionsView(&actions))?;
        if actions.is_empty() {
            context.output.status("There is nothing to undo.");
            return Ok(Status::NothingFound);
        }
        return Ok(Status::Done);
    }
    let undone = session.journal()?.undo(context.environment.clock.now())?;
    tell_action(undone, "undo", context)
}

/// Redoes the last action that was undone.
pub fn redo(_: &RedoArgs, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let redone = session.journal()?.redo(context.environment.clock.now())?;
    tell_action(redone, "redo", context)
}

fn tell_action(
    undone: Option<UndoOutcome>,
    way: &'static str,
    context: &Context,
) -> Result<Status> {
    let Some(undone) = undone else {
        context
            .output
            .status(&format!("There is nothing to {way}."));
        return Ok(Status::NothingDone);
    };
    let entries: Vec<(KindName, i64)> = (undone.entries.iter())
        .filter_map(|(before, after)| before.as_ref().or(after.as_ref()))
        .map(|entry| (entry.kind.name(), entry.number))
        .collect();
    let what = name_action(undone.what, &entries);
    let now = match undone.entries.as_slice() {
        [(Some(before), Some(after))] => {
            format!(
                " ({})",
                differences(before, after, context.today()).join("; ")
            )
        }
        [(Some(_), None)] => "; it lies in the trash".to_owned(),
        [(None, Some(_))] => "; it is back in the journal".to_owned(),
        [] | [(None, None)] => String::new(),
        several if several.iter().all(|(_, after)| after.is_none()) => {
            "; they lie in the trash".to_owned()
        }
        several
            if undone.what != ActionKind::Edit
                && several.iter().any(|(_, after)| after.is_some()) =>
        {
            "; they are back in the journal".to_owned()
        }
        _ => String::new(),
    };
    let verb = if way == "undo" {
        "Undone"
    } else {
        "Done again"
    };
    context.output.status(&format!("{verb}: {what}{now}."));
    if context.output.json {
        context.output.show(&UndoView {
            way,
            undone: &undone,
        })?;
    }
    Ok(Status::Done)
}

/// The most entries that are named one by one.
const MOST_NAMED: usize = 5;

/// What an action was and which entries it touched: `deleting #1 and letter #2`.
fn name_action(what: ActionKind, entries: &[(KindName, i64)]) -> String {
    let what = match what {
        ActionKind::Write => "writing",
        ActionKind::Edit => "the change of",
        ActionKind::Delete => "deleting",
        ActionKind::Restore => "restoring",
        ActionKind::Import => "importing",
    };
    let names = |entries: &[(KindName, i64)]| -> Vec<String> {
        let name = |(kind, number): &(KindName, i64)| entry::name(*kind, *number);
        entries.iter().map(name).collect()
    };
    let entries = match entries {
        [] => "what is purged since".to_owned(),
        [one] => names(&[*one]).concat(),
        [others @ .., last] if others.len() < MOST_NAMED => {
            format!(
                "{} and {}",
                names(others).join(", "),
                names(&[*last]).concat()
            )
        }
        [(_, first), .., (_, last)] => {
            let kinds = entries.iter().map(|(kind, _)| *kind);
            format!("{}, #{first} to #{last}", entry::count_kinds(kinds))
        }
    };
    format!("{what} {entries}")
}

/// The column beside the time of an action.
const BESIDE_TIME: usize = "22 Nov 2026, 21:30  ".len();

/// The line of actions, the newest first.
struct ActionsView<'a>(&'a [ListedAction]);

impl ActionsView<'_> {
    /// What the action at a place of the list is next for.
    fn next_for(&self, at: usize) -> Option<&'static str> {
        let last_done = self.0.iter().position(|action| action.is_done);
        let first_undone = last_done.unwrap_or(self.0.len()).checked_sub(1);
        match at {
            _ if Some(at) == last_done => Some("undo"),
            _ if Some(at) == first_undone => Some("redo"),
            _ => None,
        }
    }
}

#[derive(Serialize)]
struct ActionsJson {
    actions: Vec<ListedActionJson>,
}

#[derive(Serialize)]
struct ListedActionJson {
    what: &'static str,
    made_at: String,
    done: bool,
    next: Option<&'static str>,
    entries: Vec<i64>,
}

impl View for ActionsView<'_> {
    fn json(&self) -> impl Serialize {
        let actions = self
            .0
            .iter()
            .enumerate()
            .map(|(at, action)| ListedActionJson {
                what: action.what.name(),
                made_at: action.made_at.to_rfc3339(),
                done: action.is_done,
                next: self.next_for(at),
                entries: action.entries.iter().map(|(_, number)| *number).collect(),
            });
        ActionsJson {
            actions: actions.collect(),
        }
    }

    fn human(&self, page: &mut Page) {
        for (at, action) in self.0.iter().enumerate() {
            let note = match (action.is_done, self.next_for(at)) {
                (true, Some(_)) => " (next for onward undo)",
                (true, None) => "",
                (false, Some(_)) => " (undone; next for onward redo)",
                (false, None) => " (undone)",
            };
            let words = name_action(action.what, &action.entries) + note;
            let mut lead = action.made_at.format("%-d %b %Y, %H:%M").to_string();
            let room = page.width().saturating_sub(BESIDE_TIME);
            for line in text::wrap(&words, room.max(BESIDE_TIME)) {
                page.line(format!("{lead:BESIDE_TIME$}{line}"));
                lead.clear();
            }
        }
    }
}

struct UndoView<'a> {
    way: &'static str,
    undone: &'a UndoOutcome,
}

#[derive(Serialize)]
struct ActionJson {
    what: &'static str,
    entries: Vec<i64>,
}

impl View for UndoView<'_> {
    fn json(&self) -> impl Serialize {
        let number = |(before, after): &(Option<_>, Option<_>)| -> Option<i64> {
            let entry: &crate::model::Entry = before.as_ref().or(after.as_ref())?;
            Some(entry.number)
        };
        let action = ActionJson {
            what: self.undone.what.name(),
            entries: self.undone.entries.iter().filter_map(number).collect(),
        };
        std::collections::BTreeMap::from([(self.way, action)])
    }

    fn human(&self, _: &mut Page) {}
}
