//! `onward write`

use std::ffi::OsString;

use chrono::DateTime;

use crate::drafts::{Draft, page_file};
use crate::error::{Error, Result};
use crate::model::entry::{MAX_TEXT, first_line};
use crate::model::{Day, DayPhrase, KindName, Mood, Tag, TimeOfDay, count};
use crate::session::{
    Composition, CompositionTarget, Context, PageDetails, Session, Status, desk, report,
};
use crate::view::text;

/// Write a page
///
/// The text comes from the arguments, from standard input when it is not a terminal, or from
/// your editor. It is kept as you typed it. A page for today reflects on today's tip unless
/// you say otherwise.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The text; put -- before text that begins with a hyphen
    #[arg(value_name = "TEXT")]
    text: Vec<OsString>,
    /// Write for this day (2026-11-20, yesterday, "last friday", "3 days ago", "nov 3")
    #[arg(long, value_name = "DAY")]
    on: Option<DayPhrase>,
    /// Date the page to this time of its day (21:15, 9pm)
    #[arg(long, value_name = "TIME")]
    at: Option<TimeOfDay>,
    /// Reflect on this tip instead of the day's: its number, its slug, or deck/number; may be
    /// repeated
    #[arg(long, value_name = "N", conflicts_with = "free")]
    tip: Vec<String>,
    /// Answer the question of the week instead of the day's
    #[arg(long, conflicts_with = "free")]
    week: bool,
    /// Reflect on no tip
    #[arg(long)]
    free: bool,
    /// How you feel, from 1 (low) to 5 (good)
    #[arg(long, value_name = "1-5")]
    mood: Option<Mood>,
    /// Add a tag besides the #words in the text; may be repeated
    #[arg(long, value_name = "TAG")]
    tag: Vec<Tag>,
    /// Star the page
    #[arg(long)]
    star: bool,
    /// Take up the draft that was not saved
    #[arg(long, conflicts_with_all = ["text", "discard_draft"])]
    resume: bool,
    /// Throw away the draft that was not saved
    #[arg(long, conflicts_with_all = ["text", "on", "at", "tip", "week", "free", "mood", "tag", "star"])]
    discard_draft: bool,
}

impl Args {
    /// Returns `true` if the text comes from standard input, if that is not a terminal.
    pub fn takes_standard_input(&self) -> bool {
        self.text.is_empty() && !self.resume && !self.discard_draft
    }
}

impl Args {
    fn names_a_field(&self) -> bool {
        self.on.is_some()
            || self.at.is_some()
            || !self.tip.is_empty()
            || self.week
            || self.free
            || self.mood.is_some()
            || !self.tag.is_empty()
            || self.star
    }
}

/// Writes a page.
///
/// # Errors
/// [`Error::Usage`] before any text is taken; [`Error::Unsaved`] if the page could not be
/// saved, with the place where the text is kept.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    // Ask for the passphrase before the person types or the program reads a word: a text must
    // not fail for a typo in it.
    session.unlock()?;
    let interactive = context.environment.terminal.input;
    let asks_for_drafts = args.resume || args.discard_draft || interactive;
    if asks_for_drafts || session.is_encrypted() {
        session.gather_drafts();
    }
    if args.discard_draft {
        return discard_draft(session);
    }
    if args.resume {
        let mut waiting = desk::waiting_drafts(session)?;
        if waiting.is_empty() {
            context.output.status("No draft is waiting.");
            return Ok(Status::NothingFound);
        }
        let draft = waiting.remove(0);
        tell_of_more(waiting.len(), context);
        // Release the locks of the other drafts, so that another window can take them up.
        drop(waiting);
        return resume_draft(args, draft, session);
    }

    let page = page_from_flags(args, context)?;
    if !args.text.is_empty() || !interactive {
        let text = match args.text.is_empty() {
            true => page.text_from_pipe(session)?,
            false => Composition::text_from_words(&args.text, session)?,
        };
        if let Some(draft) = desk::waiting_drafts(session).unwrap_or_default().first() {
            context.output.status(&format!(
                "{} is waiting: onward write --resume takes it up.",
                draft_name(draft)
            ));
        }
        if text.trim().is_empty() {
            return report::tell_nothing_written(context);
        }
        let status = report::tell_outcome(page.save(text, None, session)?, context)?;
        if !args.text.is_empty() {
            desk::tell_of_shells(session);
        }
        return Ok(status);
    }

    let mut waiting = desk::waiting_drafts(session)?;
    if waiting.is_empty() {
        return report::tell_outcome(page.write_in_editor(session)?, context);
    }
    let draft = waiting.remove(0);
    let more = waiting.len();
    // Release the locks of the other drafts, so that another window can take them up.
    drop(waiting);
    match ask_about_draft(&draft, context)? {
        DraftChoice::Resume => {
            tell_of_more(more, context);
            resume_draft(args, draft, session)
        }
        DraftChoice::New => {
            drop(draft);
            report::tell_outcome(page.write_in_editor(session)?, context)
        }
        DraftChoice::Discard => match throw_away(draft, session)? {
            true => report::tell_outcome(page.write_in_editor(session)?, context),
            false => Ok(Status::NothingDone),
        },
        DraftChoice::Quit => Ok(Status::NothingDone),
    }
}

/// Resumes a draft.
fn resume_draft(args: &Args, draft: Draft, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let drafted = Composition::of_draft(&draft.metadata(), context);
    let refused = |what: String, hint: String| Error::Usage {
        what: format!("the draft is of {what}, and takes no other flags"),
        hint: Some(hint),
    };
    let composition = match drafted.target {
        CompositionTarget::Edit { number, .. } if args.names_a_field() => {
            let hint = format!("take it up first, then onward edit {number}");
            return Err(refused(format!("#{number}"), hint));
        }
        CompositionTarget::Other(kind) if args.names_a_field() => {
            let hint = "take it up first, then change it with onward edit".to_owned();
            return Err(refused(kind.name().with_article().to_owned(), hint));
        }
        CompositionTarget::Edit { .. } | CompositionTarget::Other(..) => drafted,
        CompositionTarget::Page(_) => page_of_draft(args, drafted, context)?,
    };
    report::tell_outcome(composition.resume(draft, session)?, context)
}

/// The page that the flags describe.
fn page_from_flags(args: &Args, context: &Context) -> Result<Composition> {
    let page = page_without_instant(args, context)?;
    let at = args
        .at
        .map(|time| context.instant_of(page.day, time))
        .transpose()?;
    Ok(Composition { at, ..page })
}

/// The page that the flags describe, except its instant, which depends on the day.
fn page_without_instant(args: &Args, context: &Context) -> Result<Composition> {
    let page = Composition::page(context);
    let day = match &args.on {
        Some(phrase) => page.begun.resolve("--on", phrase)?,
        None => page.day,
    };
    let details = PageDetails {
        tips: tips_from_flags(args, context)?,
        week: args.week,
        mood: args.mood,
        starred: args.star,
    };
    if args.week {
        check_weekly_question(context)?;
    }
    Ok(Composition {
        day,
        tags: args.tag.iter().cloned().collect(),
        target: CompositionTarget::Page(details),
        ..page
    })
}

/// The tips that the flags choose, as `deck/slug`.
fn tips_from_flags(args: &Args, context: &Context) -> Result<Option<Vec<String>>> {
    if args.free {
        return Ok(Some(Vec::new()));
    }
    if args.tip.is_empty() {
        return Ok(None);
    }
    let mut tips = Vec::new();
    for wanted in &args.tip {
        let key = context.chosen().decks.find(wanted)?.key();
        if !tips.contains(&key) {
            tips.push(key);
        }
    }
    Ok(Some(tips))
}

/// The page that a draft was begun as, changed by the flags of this command.
fn page_of_draft(args: &Args, drafted: Composition, context: &Context) -> Result<Composition> {
    let now = page_without_instant(args, context)?;
    let day = if args.on.is_some() {
        now.day
    } else {
        drafted.day
    };
    let at = match args.at {
        Some(time) => Some(context.instant_of(day, time)?),
        None if args.on.is_some() => None,
        None => drafted.at,
    };
    let (CompositionTarget::Page(said), CompositionTarget::Page(before)) =
        (&now.target, drafted.target)
    else {
        return Ok(now);
    };
    let details = PageDetails {
        week: said.week || before.week && said.tips.is_none(),
        tips: said
            .tips
            .clone()
            .or_else(|| tips_still_in_decks(before.tips.as_ref(), context)),
        mood: said.mood.or(before.mood),
        starred: said.starred || before.starred,
    };
    Ok(Composition {
        day,
        at,
        tags: now.tags.iter().cloned().chain(drafted.tags).collect(),
        target: CompositionTarget::Page(details),
        ..now
    })
}

/// Fails if there is no question of the week to answer.
fn check_weekly_question(context: &Context) -> Result<()> {
    let (what, hint) = if context.config.weekly_question.is_none() {
        (
            "the question of the week is switched off",
            "weekly_question = \"sunday\" in the configuration switches it on",
        )
    } else if context.chosen().decks.questions().is_empty() {
        (
            "none of the decks in use has questions of the week",
            "see onward deck list",
        )
    } else {
        return Ok(());
    };
    Err(Error::Usage {
        what: what.to_owned(),
        hint: Some(hint.to_owned()),
    })
}

/// The tips of a draft that are still in a deck. `None` if none is left: then the page gets the
/// prompt of its day.
fn tips_still_in_decks(wanted: Option<&Vec<String>>, context: &Context) -> Option<Vec<String>> {
    let decks = &context.chosen().decks;
    let wanted = wanted?;
    let (there, gone): (Vec<&String>, Vec<&String>) =
        wanted.iter().partition(|wanted| decks.find(wanted).is_ok());
    for gone in &gone {
        let gone = text::safe(gone);
        context
            .output
            .status(&format!("The tip {gone} is not in the decks any more."));
    }
    let is_free = wanted.is_empty();
    (is_free || !there.is_empty()).then(|| there.into_iter().cloned().collect())
}

/// The person's choice about a waiting draft.
enum DraftChoice {
    Resume,
    New,
    Discard,
    Quit,
}

fn ask_about_draft(draft: &Draft, context: &Context) -> Result<DraftChoice> {
    context.output.status(&format!(
        "{} is waiting{}",
        draft_name(draft),
        draft_beginning(draft)
    ));
    loop {
        let answer = context.output.ask(
            "Take it up again? yes (enter), n for a new page, d to throw it away, q to quit:",
        )?;
        match answer.as_deref().map(str::to_lowercase).as_deref() {
            Some("" | "y" | "yes") => return Ok(DraftChoice::Resume),
            Some("n" | "new" | "no") => return Ok(DraftChoice::New),
            Some("d" | "discard") => return Ok(DraftChoice::Discard),
            None | Some("q" | "quit") => return Ok(DraftChoice::Quit),
            Some(_) => {}
        }
    }
}

fn discard_draft(session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let mut waiting = desk::waiting_drafts(session)?;
    if waiting.is_empty() {
        context.output.status("No draft is waiting.");
        return Ok(Status::NothingFound);
    }
    let draft = waiting.remove(0);
    if context.environment.terminal.input {
        context.output.status(&format!(
            "{} is waiting{}",
            draft_name(&draft),
            draft_beginning(&draft)
        ));
    }
    if !throw_away(draft, session)? {
        return Ok(Status::NothingDone);
    }
    tell_of_more(waiting.len(), context);
    Ok(Status::Done)
}

/// Discards a draft, on a terminal only after a yes. Returns whether it is gone.
fn throw_away(draft: Draft, session: &mut Session<'_>) -> Result<bool> {
    let context = session.context();
    if let Some(file) = draft.beside().first() {
        let name = file.name();
        context.output.status(&format!(
            "With it goes what the editor left beside the page: {}.",
            text::safe(&name)
        ));
    }
    if context.environment.terminal.input
        && !context.confirm("Throw it away for good? y or n:", "")?
    {
        context.output.status("It is kept.");
        return Ok(false);
    }
    let name = draft_name(&draft);
    session.discard_draft(draft);
    context.output.status(&format!("{name} is thrown away."));
    Ok(true)
}

fn tell_of_more(number: usize, context: &Context) {
    if number > 0 {
        let drafts = count::with_noun(number, "more draft", "more drafts");
        let verb = if number == 1 { "is" } else { "are" };
        context.output.status(&format!("{drafts} {verb} waiting."));
    }
}

/// A draft by its day: `A draft for Sunday 22 November 2026 (begun at 20:14)`.
fn draft_name(draft: &Draft) -> String {
    let metadata = draft.metadata();
    let begun = DateTime::parse_from_rfc3339(&metadata.begun).ok();
    let what = match (metadata.entry, metadata.day.parse::<Day>()) {
        (Some(number), _) => format!("A draft of #{number}"),
        (None, Ok(day)) if metadata.kind.is_some() => format!(
            "A draft of {}, {}",
            metadata
                .kind
                .as_deref()
                .and_then(|kind| kind.parse().ok())
                .map_or("a text", KindName::with_article),
            day.long()
        ),
        (None, Ok(day)) => format!("A draft for {}", day.long()),
        (None, Err(_)) => "A draft".to_owned(),
    };
    match begun {
        Some(begun) => format!("{what} (begun at {})", begun.format("%H:%M")),
        None => what,
    }
}

/// The first words of a draft to put after its name: `: “Went to the river …”`; a period if it
/// is blank.
fn draft_beginning(draft: &Draft) -> String {
    let bytes = draft.read(MAX_TEXT).ok().flatten().unwrap_or_default();
    let page = page_file::written(&String::from_utf8_lossy(&bytes));
    let rescued = draft.beside().into_iter().find_map(|file| file.text);
    let rescued = rescued.unwrap_or_default();
    match (first_line(&page), first_line(&rescued)) {
        ("", "") => ".".to_owned(),
        ("", line) | (line, _) => format!(": “{}”", text::fit(line, 50)),
    }
}
