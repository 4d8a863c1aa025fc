//! `onward edit`

use std::ffi::OsString;

use super::entry;
use super::{Context, Session, Status};
use crate::drafts::{Draft, DraftMetadata};
use crate::editor;
use crate::error::{Error, Kept, Result};
use crate::journal::{Edit, EditOutcome, Journal, Reflects, TextRewrite};
use crate::model;
use crate::model::particulars::Away;
use crate::model::{DayPhrase, Entry, EntryRef, Mood, Tag, TimeOfDay};
use crate::output::text;
use crate::session::desk::{self, Before, EditorResult, unsaved};

/// Change an entry, in your editor or just the fields named
///
/// What the entry was before stays in its history, and `onward undo` takes the change back.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A number (42), `last`, a day with one entry, or the first 8 or more characters of an id
    #[arg(value_name = "ENTRY", required = true)]
    entry: Vec<String>,
    /// Replace the text; - reads it from standard input
    #[arg(long, value_name = "TEXT")]
    text: Option<OsString>,
    /// How you felt, from 1 (low) to 5 (good), or `none`
    #[arg(long, value_name = "1-5", value_parser = mood)]
    mood: Option<MoodOrNone>,
    /// Star it
    #[arg(long, conflicts_with = "unstar")]
    star: bool,
    /// Take the star away
    #[arg(long)]
    unstar: bool,
    /// Count it for this tip (number or slug) instead; may be repeated
    #[arg(long, value_name = "N", conflicts_with = "free")]
    tip: Vec<String>,
    /// Count it for no tip
    #[arg(long)]
    free: bool,
    /// Add a tag; may be repeated
    #[arg(long, value_name = "TAG")]
    tag: Vec<Tag>,
    /// Take a tag away; may be repeated
    #[arg(long, value_name = "TAG")]
    untag: Vec<Tag>,
    /// Move it to this day
    #[arg(long, value_name = "DAY")]
    on: Option<DayPhrase>,
    /// Date it to this time of its day (21:15, 9pm)
    #[arg(long, value_name = "TIME")]
    at: Option<TimeOfDay>,
}

#[derive(Debug, Clone, Copy)]
struct MoodOrNone(Option<Mood>);

fn mood(text: &str) -> Result<MoodOrNone, String> {
    match text {
        "none" => Ok(MoodOrNone(None)),
        text => text.parse().map(|mood| MoodOrNone(Some(mood))),
    }
}

impl Args {
    /// Whether standard input has the text.
    pub fn takes_standard_input(&self) -> bool {
        self.text.as_ref().is_some_and(|text| text == "-")
    }

    fn names_a_field(&self) -> bool {
        self.text.is_some()
            || self.mood.is_some()
            || self.star
            || self.unstar
            || !self.tip.is_empty()
            || self.free
            || !self.tag.is_empty()
            || !self.untag.is_empty()
            || self.on.is_some()
            || self.at.is_some()
    }
}

/// Changes an entry.
///
/// # Errors
/// An entry that is not there or not only one; [`Error::Unsaved`] when the change could not
/// be saved and the text is kept.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal()?;
    let references = EntryRef::read_all(&args.entry).map_err(Error::usage)?;
    let entry = one(journal, &references, context)?;
    if args.names_a_field() {
        with_flags(args, entry, session)
    } else if context.environment.terminal.input {
        let metadata = DraftMetadata {
            begun: context.environment.clock.now().to_rfc3339(),
            day: entry.day.to_string(),
            entry: Some(entry.number),
            from: Some(entry.text.clone()),
            ..DraftMetadata::default()
        };
        let help = help(&entry);
        let page = editor::compose(&entry.text, &help);
        let draft = session.begin_draft(&metadata, &page)?;
        let text = entry.text.clone();
        let before = Before {
            text: text.trim_end_matches(['\n', '\r']),
            help: &help,
            saved: true,
        };
        in_editor(entry.number, Some(text.clone()), draft, before, session)
    } else {
        Err(Error::Usage {
            what: "the editor needs a terminal".to_owned(),
            hint: Some(format!(
                "name what to change, for example onward edit {} --mood 3, or --text -",
                entry.number
            )),
        })
    }
}

/// Goes on with a draft that was to change an entry. `from` is the text it began with.
///
/// # Errors
/// As [`run`].
pub fn take_up(
    number: i64,
    from: Option<String>,
    mut draft: Draft,
    session: &mut Session<'_>,
) -> Result<Status> {
    let context = session.context();
    let kept = |error| unsaved(Kept::AsDraft, error);
    let journal = session.journal().map_err(kept)?;
    if context.environment.terminal.input {
        let help = match journal.find(&EntryRef::Number(number), context.today()) {
            Ok(found) => found.first().map(help).unwrap_or_default(),
            Err(_) => String::new(),
        };
        let text = match desk::text_of(&draft) {
            Ok(text) => {
                draft.rewrite(&editor::compose(&text, &help))?;
                text
            }
            // No text: the editor gets it as it is, and whoever sits there can mend it.
            Err(_) => String::new(),
        };
        let before = Before {
            text: &text,
            help: &help,
            saved: false,
        };
        return in_editor(number, from, draft, before, session);
    }
    let text = desk::text_of(&draft)?;
    let edit = Edit {
        text: Some(TextRewrite::typed(from, text)),
        ..Edit::default()
    };
    let now = context.environment.clock.now();
    let edited = journal
        .edit(number, edit, context.today(), now)
        .map_err(kept)?;
    session.remove_draft(draft);
    report(edited, context)
}

fn in_editor(
    number: i64,
    from: Option<String>,
    draft: Draft,
    before: Before<'_>,
    session: &mut Session<'_>,
) -> Result<Status> {
    let context = session.context();
    match desk::in_editor(draft, before, session)? {
        EditorResult::Written(draft, to) => {
            let edit = Edit {
                text: Some(TextRewrite::typed(from, to)),
                ..Edit::default()
            };
            let now = context.environment.clock.now();
            let edited = session
                .journal()
                .and_then(|journal| journal.edit(number, edit, context.today(), now));
            match edited {
                Ok(edited) => {
                    session.remove_draft(draft);
                    report(edited, context)
                }
                Err(error) => Err(unsaved(Kept::AsDraft, error)),
            }
        }
        EditorResult::Empty { draft_waits: true } => {
            context.output.status(desk::DRAFT_KEPT);
            Ok(Status::NothingDone)
        }
        EditorResult::Empty { .. } => Err(Error::Usage {
            what: format!("#{number} would be left empty, so it is kept as it was"),
            hint: Some(format!("throw it away with onward delete {number}")),
        }),
        EditorResult::Untouched => {
            context.output.status(&format!("#{number} is as it was."));
            Ok(Status::Done)
        }
    }
}

fn with_flags(args: &Args, entry: Entry, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal()?;
    let day = match &args.on {
        Some(phrase) => Some(context.resolve("--on", phrase)?),
        None => None,
    };
    let written_at = match args.at {
        Some(time) => Some(context.dated(day.unwrap_or(entry.day), time)?),
        None => None,
    };
    let reflects = if args.free {
        Some(Reflects::OnNothing)
    } else if args.tip.is_empty() {
        None
    } else {
        let tip = |wanted: &String| Ok((journal.decks().find(wanted)?.clone(), None));
        let mut tips: Vec<(crate::decks::Tip, Option<String>)> = Vec::new();
        for chosen in args.tip.iter().map(tip) {
            let chosen = chosen?;
            if tips.iter().all(|(tip, _)| tip.key() != chosen.0.key()) {
                tips.push(chosen);
            }
        }
        Some(Reflects::On(tips))
    };
    let metadata = DraftMetadata {
        begun: context.environment.clock.now().to_rfc3339(),
        day: entry.day.to_string(),
        entry: Some(entry.number),
        ..DraftMetadata::default()
    };
    let text = match &args.text {
        None => None,
        Some(text) => {
            let bytes = if args.takes_standard_input() {
                desk::from_standard_input(&metadata, session)?
            } else {
                desk::tell_of_shells(session);
                text.clone().into_encoded_bytes()
            };
            Some(desk::readable(bytes, session)?)
        }
    };
    let edit = Edit {
        text: text.clone().map(|to| TextRewrite { from: None, to }),
        mood: args.mood.map(|MoodOrNone(mood)| mood),
        starred: (args.star || args.unstar).then_some(args.star),
        reflects,
        tag: args.tag.clone(),
        untag: args.untag.clone(),
        day,
        written_at,
    };
    let now = context.environment.clock.now();
    let edited = session
        .journal()
        .and_then(|journal| journal.edit(entry.number, edit, context.today(), now));
    match (edited, text) {
        (Ok(edited), _) => report(edited, context),
        (Err(error), None) => Err(error),
        (Err(error), Some(text)) if text.trim().is_empty() => Err(error),
        // Wrong usage leaves nothing to keep that does not stand in the command itself.
        (Err(error @ Error::Usage { .. }), _) if !args.takes_standard_input() => Err(error),
        (Err(error), Some(text)) => {
            let kept = session.keep_text(&metadata, &text);
            Err(desk::kept_or_printed(
                kept,
                text.as_bytes(),
                error,
                &context.output,
            ))
        }
    }
}

/// The one entry that is meant. Where several are, asks, or says which they are.
///
/// # Errors
/// [`Error::NoSuchEntry`], or [`Error::Usage`] when there are several and nobody to ask.
pub fn one(journal: &Journal, references: &[EntryRef], context: &Context) -> Result<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for reference in references {
        for entry in living(journal, reference, context)? {
            if found.iter().all(|other| other.number != entry.number) {
                found.push(entry);
            }
        }
    }
    if found.len() > 1 && context.environment.terminal.input {
        for entry in &found {
            context
                .output
                .status(&entry::brief(entry, context.output.width));
        }
        let answer = context
            .output
            .ask("Which one? Its number, or enter for none:")?;
        let number = answer.and_then(|answer| answer.trim_start_matches('#').parse().ok());
        found.retain(|entry| Some(entry.number) == number);
        return found
            .pop()
            .ok_or_else(|| Error::usage("no entry was chosen"));
    }
    match (found.pop(), found.as_slice()) {
        (Some(entry), []) => Ok(entry),
        (None, _) => Err(Error::NoSuchEntry {
            wanted: "of that name".to_owned(),
        }),
        (Some(last), others) => {
            let mut numbers: Vec<String> = others
                .iter()
                .map(|entry| format!("#{}", entry.number))
                .collect();
            numbers.push(format!("#{}", last.number));
            Err(Error::Usage {
                what: format!("that could be any of {}", numbers.join(", ")),
                hint: Some("name one by its number".to_owned()),
            })
        }
    }
}

/// The living entries that a reference means; one in the trash is named as such.
///
/// # Errors
/// [`Error::NoSuchEntry`], [`Error::InTrash`].
pub fn living(
    journal: &Journal,
    reference: &EntryRef,
    context: &Context,
) -> Result<Vec<Entry>> {
    match journal.find(reference, context.today()) {
        Err(Error::NoSuchEntry { wanted }) => {
            let in_trash = match reference {
                EntryRef::Number(_) | EntryRef::Id(_) => {
                    journal.find_in_trash(reference, context.today()).ok()
                }
                _ => None,
            };
            match in_trash.as_deref() {
                Some([entry]) => Err(Error::InTrash {
                    number: entry.number,
                }),
                _ => Err(Error::NoSuchEntry { wanted }),
            }
        }
        found => found,
    }
}

fn help(entry: &Entry) -> String {
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

/// Says what was changed.
///
/// # Errors
/// Standard output that cannot be written to.
pub fn report(edited: EditOutcome, context: &Context) -> Result<Status> {
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
