//! `onward edit`

use std::ffi::OsString;

use super::{Context, Session, Status, composed, entry};
use crate::drafts::DraftMetadata;
use crate::error::{Error, Result};
use crate::journal::{Edit, Journal, Reflects, TextRewrite};
use crate::model::{DayPhrase, Entry, EntryRef, Mood, Tag, TimeOfDay};
use crate::session::{Composition, Moment, desk};

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
        let composition = Composition {
            help: Some(composed::help(&entry)),
            ..Composition::edit(&entry, context)
        };
        composed::report(composition.in_editor(session)?, context)
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
        let tip = |wanted: &String| -> Result<_> {
            Ok((journal.decks().find(wanted)?.clone(), None))
        };
        let mut tips: Vec<(crate::decks::Tip, Option<String>)> = Vec::new();
        for chosen in args.tip.iter().map(tip) {
            let chosen = chosen?;
            if tips.iter().all(|(tip, _)| tip.key() != chosen.0.key()) {
                tips.push(chosen);
            }
        }
        Some(Reflects::On(tips))
    };
    let composition = Composition::edit(&entry, context);
    // The text that it had is not edited but replaced, whatever it is by then.
    let metadata = DraftMetadata {
        from: None,
        ..composition.metadata()
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
    let Moment { now, today } = composition.begun;
    let edited = session
        .journal()
        .and_then(|journal| journal.edit(entry.number, edit, today, now));
    match (edited, text) {
        (Ok(edited), _) => composed::report_edit(edited, context),
        (Err(error), None) => Err(error),
        // Wrong usage leaves nothing to keep that does not stand in the command itself.
        (Err(error @ Error::Usage { .. }), _) if !args.takes_standard_input() => Err(error),
        (Err(error), Some(text)) => Err(session.keep_unsaved(&metadata, &text, error)),
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
