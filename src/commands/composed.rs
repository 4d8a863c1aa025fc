//! How a composition ended, in words: where an entry was filed and as what, what was changed of
//! one, or that nothing was written.

use super::entry;
use super::{Context, Status};
use crate::error::Result;
use crate::journal::{EditOutcome, Journal};
use crate::model;
use crate::model::particulars::Away;
use crate::model::{Day, Entry, EntryRef, Kind};
use crate::output::text;
use crate::session::Composed;
use crate::session::desk::DRAFT_KEPT;

/// Says how a composition ended.
///
/// # Errors
/// Standard output that cannot be written to.
pub fn report(composed: Composed, context: &Context) -> Result<Status> {
    match composed {
        Composed::Saved(entry) => saved(&entry, context),
        Composed::Edited(edited) => report_edit(edited, context),
        Composed::Nothing => nothing(context),
        Composed::DraftWaits => {
            context.output.status(DRAFT_KEPT);
            Ok(Status::NothingDone)
        }
        Composed::Untouched(number) => {
            context.output.status(&format!("#{number} is as it was."));
            Ok(Status::Done)
        }
    }
}

/// Says that there was nothing to save.
///
/// # Errors
/// None.
pub fn nothing(context: &Context) -> Result<Status> {
    context
        .output
        .status("Nothing was written, so nothing is saved.");
    Ok(Status::NothingDone)
}

/// Says where an entry was filed, and as what.
fn saved(entry: &Entry, context: &Context) -> Result<Status> {
    say(entry, context);
    if context.output.json {
        let shown = entry.clone().veiled(context.today());
        context.output.show(&entry::One(&shown))?;
    }
    Ok(Status::Done)
}

/// The same in words alone.
pub fn say(entry: &Entry, context: &Context) {
    match entry.kind {
        Kind::Page => say_page(entry, context),
        _ => say_other(entry, context),
    }
}

/// Says where a page was filed, and what it was counted for.
fn say_page(entry: &Entry, context: &Context) {
    let counted = if entry.reflections.is_empty() {
        "counted for no tip".to_owned()
    } else {
        entry::tips(&entry.reflections)
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

/// Says where an entry of another kind was filed.
fn say_other(entry: &Entry, context: &Context) {
    let facts = entry::facts(entry);
    let facts = match (entry.kind, facts.is_empty()) {
        (Kind::Urge | Kind::Contact, false) => format!(" ({})", facts.join(", ")),
        _ => String::new(),
    };
    let more = match (entry.kind, entry.particulars.open_on) {
        (Kind::Letter, Some(day)) => format!(" It is sealed until {}.", day.long()),
        (Kind::Letter, None) => " It will not be sent.".to_owned(),
        (Kind::Reason, _) if entry.particulars.first => " It stands on top.".to_owned(),
        _ => String::new(),
    };
    context.output.status(&format!(
        "Saved #{}, {}, for {}{facts}.{more}",
        entry.number,
        entry.kind.with_article(),
        context.day(entry.day)
    ));
}

/// Says what was changed.
///
/// # Errors
/// Standard output that cannot be written to.
pub fn report_edit(edited: EditOutcome, context: &Context) -> Result<Status> {
    let entry = match &edited {
        EditOutcome::Unchanged(entry) => {
            context
                .output
                .status(&format!("#{} is like that already.", entry.number));
            entry
        }
        EditOutcome::Changed { before, after } => {
            let what = differences(before, after, context).join("; ");
            context
                .output
                .status(&format!("Changed #{}: {what}.", after.number));
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
        context.output.show(&entry::One(entry))?;
    }
    Ok(Status::Done)
}

/// What differs between two states of an entry, each in a few words.
pub fn differences(before: &Entry, after: &Entry, context: &Context) -> Vec<String> {
    let mut differences = Vec::new();
    let mut add = |differs: bool, words: String| {
        if differs {
            differences.push(words);
        }
    };
    add(before.text != after.text, "the text".to_owned());
    add(
        before.day != after.day,
        format!("moved to {}", context.day(after.day)),
    );
    add(
        before.written_at != after.written_at,
        format!("dated {}", after.written_at.format("%H:%M")),
    );
    add(
        before.mood != after.mood,
        match after.mood {
            Some(mood) => format!("mood {} of 5", mood.value()),
            None => "no mood".to_owned(),
        },
    );
    add(
        before.starred != after.starred,
        (if after.starred { "starred" } else { "no star" }).to_owned(),
    );
    let tips = |entry: &Entry| -> Vec<String> {
        entry.reflections.iter().map(|r| r.tip.clone()).collect()
    };
    add(
        tips(before) != tips(after),
        match after.reflections.as_slice() {
            [] => "counted for no tip".to_owned(),
            reflections => format!("counted for {}", entry::tips(reflections)),
        },
    );
    let tags = |entry: &Entry| {
        entry
            .tags
            .iter()
            .map(|tag| format!("#{tag}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    add(
        before.tags != after.tags,
        if after.tags.is_empty() {
            "no tags".to_owned()
        } else {
            format!("tags {}", text::safe(&tags(after)))
        },
    );
    let particulars = |entry: &Entry| model::Particulars {
        away: None,
        open_on: None,
        ..entry.particulars.clone()
    };
    add(
        particulars(before) != particulars(after),
        match entry::facts(after).join(", ") {
            none if none.is_empty() => "no particulars".to_owned(),
            facts => facts,
        },
    );
    add(
        before.particulars.away != after.particulars.away,
        match after.particulars.away {
            Some(Away::Until(day)) => format!("away until {}", day.long()),
            Some(Away::Always) => "away".to_owned(),
            None => "no longer away".to_owned(),
        },
    );
    add(
        before.particulars.open_on != after.particulars.open_on,
        match after.particulars.open_on {
            Some(day) => format!("sealed until {}", day.long()),
            None => "the seal open".to_owned(),
        },
    );
    if differences.is_empty() {
        differences.push("nothing that shows".to_owned());
    }
    differences
}

/// What the editor shows below the text of an entry; nothing where the entry is out of reach.
pub fn help_of(number: i64, journal: &Journal, today: Day) -> String {
    let found = journal.find(&EntryRef::Number(number), today);
    let found = found.unwrap_or_default();
    found.first().map(help).unwrap_or_default()
}

/// What the editor shows below the text of this entry.
pub fn help(entry: &Entry) -> String {
    let mut help = format!("\n#{}  {}\n", entry.number, entry::when(entry));
    if !entry.reflections.is_empty() {
        help.push_str(&format!("{}\n", entry::tips(&entry.reflections)));
    }
    for question in entry
        .reflections
        .iter()
        .filter_map(|r| r.question.as_deref())
    {
        help.push_str(&format!("\n{question}\n"));
    }
    help
}
