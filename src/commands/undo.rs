//! `onward undo` and `onward redo`

use serde::Serialize;

use crate::error::Result;
use crate::journal::{ActionKind, UndoOutcome};
use crate::model::count;
use crate::session::{Context, Session, Status};
use crate::view::change::differences;
use crate::view::{Page, View};

/// Take the last change back; again, the one before
///
/// Whatever it was: a page written, an edit, a delete, a restore or an import. Nothing is
/// lost by it: `onward redo` does it again, and a page that was undone lies in the trash.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Do again what was undone
#[derive(Debug, clap::Args)]
pub struct RedoArgs {}

/// Undoes the last action.
pub fn run(_: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
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
    let entries = match undone.entries.as_slice() {
        [(Some(entry), _) | (None, Some(entry))] => format!("#{}", entry.number),
        several => count::with_noun(several.len(), "entry", "entries"),
    };
    let what = match undone.what {
        ActionKind::Write => "writing",
        ActionKind::Edit => "the change of",
        ActionKind::Delete => "deleting",
        ActionKind::Restore => "restoring",
        ActionKind::Import => "importing",
    };
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
    context
        .output
        .status(&format!("{verb}: {what} {entries}{now}."));
    if context.output.json {
        context.output.show(&UndoView {
            way,
            undone: &undone,
        })?;
    }
    Ok(Status::Done)
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
