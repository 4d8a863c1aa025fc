//! Tells the person the outcome of a composition: where a new entry was filed and for what it
//! counts, how an entry was changed, or that nothing was written.

use super::desk::DRAFT_KEPT;
use super::{CompositionOutcome, Context, Status};
use crate::error::Result;
use crate::journal::EditOutcome;
use crate::model::{Entry, Kind, KindName};
use crate::view::change::differences;
use crate::view::entry;

/// Tells the outcome of a composition.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) if standard output cannot be written to.
pub fn tell_outcome(composed: CompositionOutcome, context: &Context) -> Result<Status> {
    match composed {
        CompositionOutcome::Saved(entry) => tell_saved(&entry, context),
        CompositionOutcome::Edited(edited) => tell_edit(edited, context),
        CompositionOutcome::SavedBefore(number) => {
            context
                .output
                .status(&format!("That is saved already, as #{number}."));
            Ok(Status::Done)
        }
        CompositionOutcome::Nothing => tell_nothing_written(context),
        CompositionOutcome::DraftWaits => {
            context.output.status(DRAFT_KEPT);
            Ok(Status::NothingDone)
        }
        CompositionOutcome::Untouched(number) => {
            context.output.status(&format!("#{number} is as it was."));
            Ok(Status::Done)
        }
    }
}

/// Tells that nothing was written, so nothing is saved.
pub fn tell_nothing_written(context: &Context) -> Result<Status> {
    context
        .output
        .status("Nothing was written, so nothing is saved.");
    Ok(Status::NothingDone)
}

/// Tells where a new entry was filed and as what.
fn tell_saved(entry: &Entry, context: &Context) -> Result<Status> {
    tell_saved_in_words(entry, context);
    if context.output.json {
        let shown = entry.clone().veiled(context.today());
        context.output.show(&entry::ChangedEntry(&shown))?;
    }
    Ok(Status::Done)
}

/// The same without `--json`, for a command that answers with JSON of its own.
pub fn tell_saved_in_words(entry: &Entry, context: &Context) {
    match entry.kind {
        Kind::Page => tell_saved_page(entry, context),
        _ => tell_saved_other(entry, context),
    }
}

/// Tells where a page was filed and which tips it counts for.
fn tell_saved_page(entry: &Entry, context: &Context) {
    let counted = if entry.reflections.is_empty() {
        "counted for no tip".to_owned()
    } else {
        entry::tip_names(&entry.reflections)
    };
    let number = entry.number;
    context.output.status(&format!(
        "Saved #{number} for {} ({counted}).",
        context.day(entry.day)
    ));
    context.output.hint(&match entry.reflections.as_slice() {
        [] => format!("To count it for a tip: onward edit {number} --tip N"),
        _ => format!("To count it otherwise: onward edit {number} --tip N, or --free"),
    });
}

/// Tells where an entry of another kind was filed.
fn tell_saved_other(entry: &Entry, context: &Context) {
    let facts = entry::kind_facts(entry);
    let facts = match (entry.kind.name(), facts.is_empty()) {
        (KindName::Urge | KindName::Contact, false) => format!(" ({})", facts.join(", ")),
        _ => String::new(),
    };
    let more = match &entry.kind {
        Kind::Letter { open_on: Some(day) } => format!(" It is sealed until {}.", day.long()),
        Kind::Letter { open_on: None } => " It will not be sent.".to_owned(),
        Kind::Reason(reason) if reason.first => " It stands on top.".to_owned(),
        _ => String::new(),
    };
    context.output.status(&format!(
        "Saved #{}, {}, for {}{facts}.{more}",
        entry.number,
        entry.kind.name().with_article(),
        context.day(entry.day)
    ));
}

/// Tells how an entry was changed.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) if standard output cannot be written to.
pub fn tell_edit(edited: EditOutcome, context: &Context) -> Result<Status> {
    let entry = match &edited {
        EditOutcome::Unchanged(entry) => {
            context.output.status(&format!(
                "{} is like that already.",
                entry::begin_with_name(entry.kind.name(), entry.number)
            ));
            entry
        }
        EditOutcome::Changed { before, after } => {
            let what = differences(before, after, context.today()).join("; ");
            context.output.status(&format!(
                "Changed {}: {what}.",
                entry::name(after.kind.name(), after.number)
            ));
            after
        }
        EditOutcome::KeptApart(entry) => {
            context.output.status(&format!(
                "The entry was changed or deleted while you edited it, and was left alone. Your \
                 text is kept as #{}, for {}.",
                entry.number,
                context.day(entry.day)
            ));
            entry
        }
    };
    if context.output.json {
        context.output.show(&entry::ChangedEntry(entry))?;
    }
    Ok(Status::Done)
}
