//! `onward edit`

use std::ffi::OsString;

use crate::drafts::DraftMetadata;
use crate::error::{Error, Result};
use crate::journal::{Edit, Reflects, TextRewrite};
use crate::model::{DayPhrase, Entry, EntryRef, Mood, Tag, TimeOfDay};
use crate::session::{Composition, Moment, Session, Status, choosing, desk, report};

/// Change an entry, in your editor or just the fields named
///
/// What the entry was before stays in its history, and `onward undo` takes the change back.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A number (42), `last`, a day with one entry, or the first 8 or more characters of an id
    #[arg(value_name = "ENTRY", required = true)]
    entry: Vec<String>,
    #[command(flatten)]
    of: choosing::OfKind,
    /// Replace the text; - reads it from standard input
    #[arg(long, value_name = "TEXT")]
    text: Option<OsString>,
    /// How you felt, from 1 (low) to 5 (good), or `none`
    #[arg(long, value_name = "1-5", value_parser = parse_mood)]
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

fn parse_mood(text: &str) -> Result<MoodOrNone, String> {
    match text {
        "none" => Ok(MoodOrNone(None)),
        text => text.parse().map(|mood| MoodOrNone(Some(mood))),
    }
}

impl Args {
    /// Returns `true` if the text comes from standard input.
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
/// Those of [`choosing::choose_one_entry`]; [`Error::Unsaved`] if the change could not be
/// saved, with the place where the text is kept.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal()?;
    let references = EntryRef::read_all(&args.entry).map_err(Error::usage)?;
    let entry = choosing::choose_one_entry(journal, &references, &args.of, context)?;
    if args.names_a_field() {
        edit_fields(args, entry, session)
    } else if context.environment.terminal.input {
        let composition = Composition::edit(&entry, context);
        report::tell_outcome(composition.write_in_editor(session)?, context)
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

fn edit_fields(args: &Args, entry: Entry, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal()?;
    let day = match &args.on {
        Some(phrase) => Some(context.resolve("--on", phrase)?),
        None => None,
    };
    let written_at = match args.at {
        Some(time) => Some(context.instant_of(day.unwrap_or(entry.day), time)?),
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
    // `--text` replaces the text even if somebody else changed it meanwhile, so the draft
    // records no former text.
    let metadata = DraftMetadata {
        from: None,
        ..composition.metadata()
    };
    let text = match &args.text {
        None => None,
        Some(text) => {
            let bytes = if args.takes_standard_input() {
                desk::bytes_from_standard_input(&metadata, session)?
            } else {
                desk::tell_of_shells(session);
                text.clone().into_encoded_bytes()
            };
            Some(desk::text_from_bytes(bytes, session)?)
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
        (Ok(edited), _) => report::tell_edit(edited, context),
        (Err(error), None) => Err(error),
        // After wrong usage the text is still in the person's command line: no need to keep it.
        (Err(error @ Error::Usage { .. }), _) if !args.takes_standard_input() => Err(error),
        (Err(error), Some(text)) => Err(session.keep_unsaved(&metadata, &text, error)),
    }
}
