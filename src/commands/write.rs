//! `onward write`

use std::collections::BTreeSet;
use std::ffi::OsString;

use chrono::DateTime;

use super::entry;
use super::today::{self, Today};
use super::{Context, Session, Status, edit, note, reason};
use crate::drafts::{Draft, DraftMetadata};
use crate::editor;
use crate::error::{Error, Kept, Result};
use crate::journal::{Journal, NewPage, Prompt, Reflects};
use crate::model::entry::{MAX_TEXT, first_line};
use crate::model::{Day, DayPhrase, Entry, Kind, Mood, Tag, TimeOfDay};
use crate::output::text;
use crate::session::desk::{self, Before, EditorResult, unsaved};

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
    /// Whether standard input has the text, where that is not a terminal.
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
/// [`crate::Error::Unsaved`] when the page could not be saved and the text is kept; wrong usage
/// before any text was taken.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    // Before a word is typed or read.
    session.unlock()?;
    let interactive = context.environment.terminal.input;
    let asks_for_drafts = args.resume || args.discard_draft || interactive;
    if asks_for_drafts || session.is_encrypted() {
        session.gather_drafts();
    }
    if args.discard_draft {
        return discard(session);
    }
    if args.resume {
        let mut waiting = desk::waiting(session)?;
        if waiting.is_empty() {
            context.output.status("No draft is waiting.");
            return Ok(Status::NothingFound);
        }
        let draft = waiting.remove(0);
        tell_of_more(waiting.len(), context);
        // The others are not held while this one is written.
        drop(waiting);
        return take_up(args, draft, session);
    }

    let plan = Plan::new(args, context)?;
    if !args.text.is_empty() || !interactive {
        let bytes = if args.text.is_empty() {
            desk::from_standard_input(&plan.metadata(context), session)?
        } else {
            args.text.join(" ".as_ref()).into_encoded_bytes()
        };
        let text = desk::readable(bytes, session)?;
        if let Some(draft) = desk::waiting(session).unwrap_or_default().first() {
            context.output.status(&format!(
                "{} is waiting: onward write --resume takes it up.",
                name(draft)
            ));
        }
        let status = save_text(plan, text, None, session)?;
        if !args.text.is_empty() {
            desk::tell_of_shells(session);
        }
        return Ok(status);
    }

    let mut waiting = desk::waiting(session)?;
    if waiting.is_empty() {
        return in_editor(plan, None, session);
    }
    let draft = waiting.remove(0);
    let more = waiting.len();
    // The others are not held while this one is written.
    drop(waiting);
    match offer(&draft, context)? {
        Offer::Resume => {
            tell_of_more(more, context);
            take_up(args, draft, session)
        }
        Offer::New => {
            drop(draft);
            in_editor(plan, None, session)
        }
        Offer::Discard => {
            if throw_away(draft, session)? {
                in_editor(plan, None, session)
            } else {
                Ok(Status::NothingDone)
            }
        }
        Offer::Quit => Ok(Status::NothingDone),
    }
}

/// Goes on with a draft.
fn take_up(args: &Args, draft: Draft, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    session.take_in_hand(&draft);
    let metadata = draft.metadata();
    if let Some(number) = metadata.entry {
        if args.names_a_field() {
            return Err(Error::Usage {
                what: format!("the draft is of #{number}, and takes no other flags"),
                hint: Some(format!("take it up first, then onward edit {number}")),
            });
        }
        return edit::take_up(number, metadata.from, draft, session);
    }
    if let Some(plan) = note::Plan::resumed(&metadata, context) {
        if args.names_a_field() {
            return Err(Error::Usage {
                what: format!(
                    "the draft is of {}, and takes no other flags",
                    plan.kind.with_article()
                ),
                hint: Some("take it up first, then change it with onward edit".to_owned()),
            });
        }
        return note::take_up(plan, draft, session);
    }
    let plan = Plan::resumed(args, context, &metadata)?;
    if context.environment.terminal.input {
        in_editor(plan, Some(draft), session)
    } else {
        as_it_is(plan, draft, session)
    }
}

/// What a page will be, apart from its text.
#[derive(Debug, Clone)]
struct Plan {
    day: Day,
    /// The instant the writer dates it to.
    at: Option<DateTime<chrono::FixedOffset>>,
    /// The tips chosen, by deck and slug; none chosen means the day's prompt.
    tips: Option<Vec<String>>,
    /// Whether it answers the question of the week.
    week: bool,
    mood: Option<Mood>,
    tags: BTreeSet<Tag>,
    starred: bool,
}

impl Plan {
    fn new(args: &Args, context: &Context) -> Result<Plan> {
        let plan = Plan::undated(args, context)?;
        let at = args
            .at
            .map(|time| context.dated(plan.day, time))
            .transpose()?;
        Ok(Plan { at, ..plan })
    }

    /// Everything but the instant, which needs the day first.
    fn undated(args: &Args, context: &Context) -> Result<Plan> {
        let today = context.today();
        let day = match &args.on {
            Some(phrase) => context.resolve("--on", phrase)?,
            None => today,
        };
        let tips = if args.free {
            Some(Vec::new())
        } else if args.tip.is_empty() {
            None
        } else {
            let mut tips = Vec::new();
            for wanted in &args.tip {
                let key = context.chosen().decks.find(wanted)?.key();
                if !tips.contains(&key) {
                    tips.push(key);
                }
            }
            Some(tips)
        };
        if args.week {
            is_there_a_week(context)?;
        }
        Ok(Plan {
            day,
            at: None,
            tips,
            week: args.week,
            mood: args.mood,
            tags: args.tag.iter().cloned().collect(),
            starred: args.star,
        })
    }

    /// What a draft was to become, with what the flags say now on top.
    fn resumed(args: &Args, context: &Context, draft: &DraftMetadata) -> Result<Plan> {
        let now = Plan::undated(args, context)?;
        let day = match args.on {
            Some(_) => now.day,
            // A draft from yesterday is still yesterday's page.
            None => draft
                .day
                .parse()
                .ok()
                .filter(|day| *day <= now.day)
                .unwrap_or(now.day),
        };
        let at = match args.at {
            Some(time) => Some(context.dated(day, time)?),
            None if args.on.is_some() => None,
            None => draft.written_at.as_deref().and_then(|at| at.parse().ok()),
        };
        let tags = draft.tags.iter().filter_map(|tag| tag.parse().ok());
        Ok(Plan {
            day,
            at,
            week: now.week || draft.week && now.tips.is_none(),
            tips: now.tips.or_else(|| still_there(draft, context)),
            mood: now
                .mood
                .or_else(|| draft.mood.and_then(|mood| Mood::new(mood.into()))),
            tags: now.tags.iter().cloned().chain(tags).collect(),
            starred: now.starred || draft.starred,
        })
    }

    fn metadata(&self, context: &Context) -> DraftMetadata {
        DraftMetadata {
            begun: context.environment.clock.now().to_rfc3339(),
            day: self.day.to_string(),
            written_at: self.at.map(|at| at.to_rfc3339()),
            tips: self.tips.clone(),
            week: self.week,
            mood: self.mood.map(Mood::value),
            tags: self.tags.iter().map(Tag::to_string).collect(),
            starred: self.starred,
            ..DraftMetadata::default()
        }
    }
}

/// Opens the editor, on a draft or on an empty page, and saves what comes back.
fn in_editor(plan: Plan, draft: Option<Draft>, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    // Before a word is typed: whatever is wrong with the journal is said now.
    let journal = session.journal()?;
    let (reflects, help) = prompt_for_editor(&plan, journal, context)?;
    let (draft, text) = match draft {
        Some(mut draft) => {
            draft.set_metadata(&plan.metadata(context))?;
            match desk::text_of(&draft) {
                Ok(text) => {
                    draft.rewrite(&editor::compose(&text, &help))?;
                    (draft, text)
                }
                // No text, or too much of it: the editor gets it as it is, and whoever sits
                // there can mend it.
                Err(_) => (draft, String::new()),
            }
        }
        None => {
            let page = editor::compose("", &help);
            let draft = session.begin_draft(&plan.metadata(context), &page)?;
            (draft, String::new())
        }
    };
    let before = Before {
        text: &text,
        help: &help,
        saved: false,
    };
    match desk::in_editor(draft, before, session)? {
        EditorResult::Written(draft, text) => {
            let saved = session
                .journal()
                .and_then(|journal| save(journal, plan, reflects, text, context));
            match saved {
                Ok(entry) => {
                    session.remove_draft(draft);
                    report(&entry, context)
                }
                Err(error) => Err(unsaved(Kept::AsDraft, error)),
            }
        }
        EditorResult::Empty { draft_waits: true } => {
            context.output.status(desk::DRAFT_KEPT);
            Ok(Status::NothingDone)
        }
        EditorResult::Empty { .. } | EditorResult::Untouched => {
            context
                .output
                .status("Nothing was written, so nothing is saved.");
            Ok(Status::NothingDone)
        }
    }
}

/// Saves a draft as it is, where there is nobody to edit it.
fn as_it_is(plan: Plan, draft: Draft, session: &mut Session<'_>) -> Result<Status> {
    let text = desk::text_of(&draft)?;
    save_text(plan, text, Some(draft), session)
}

/// Saves text that is already here. If that fails the text becomes a draft, unless it is one.
fn save_text(
    plan: Plan,
    text: String,
    draft: Option<Draft>,
    session: &mut Session<'_>,
) -> Result<Status> {
    let context = session.context();
    if text.trim().is_empty() {
        context
            .output
            .status("Nothing was written, so nothing is saved.");
        return Ok(Status::NothingDone);
    }
    let metadata = plan.metadata(context);
    let saved = session.journal().and_then(|journal| {
        let reflects = chosen(&plan, None, journal, context)?;
        save(journal, plan, reflects, text.clone(), context)
    });
    match saved {
        Ok(entry) => {
            if let Some(draft) = draft {
                session.remove_draft(draft);
            }
            report(&entry, context)
        }
        Err(error) if draft.is_some() => Err(unsaved(Kept::AsDraft, error)),
        Err(error) => {
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

fn save(
    journal: &mut Journal,
    plan: Plan,
    reflects: Reflects,
    text: String,
    context: &Context,
) -> Result<Entry> {
    let now = context.environment.clock.now();
    let page = NewPage {
        day: plan.day,
        written_at: plan.at.unwrap_or(now),
        text,
        mood: plan.mood,
        starred: plan.starred,
        tags: plan.tags,
        reflects,
    };
    journal.write(page, context.today(), now)
}

/// Whether weeks have a question, so that one can be answered.
fn is_there_a_week(context: &Context) -> Result<()> {
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

/// The tips that a draft was to reflect on, as far as they are still in a deck. Where none is,
/// it goes with its day.
fn still_there(draft: &DraftMetadata, context: &Context) -> Option<Vec<String>> {
    let decks = &context.chosen().decks;
    let wanted = draft.tips.as_ref()?;
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

/// What the plan says the page is counted for. `asked` are the questions that were shown, in
/// the order of the tips.
fn chosen(
    plan: &Plan,
    asked: Option<Vec<String>>,
    journal: &mut Journal,
    context: &Context,
) -> Result<Reflects> {
    let mut tips = Vec::new();
    let mut asked = asked.unwrap_or_default().into_iter();
    for key in plan.tips.iter().flatten() {
        tips.push((journal.decks().find(key)?.clone(), asked.next()));
    }
    if let Some(prompt) = weekly(plan, journal, context)? {
        tips.push((prompt.tip, Some(prompt.question)));
    }
    Ok(match &plan.tips {
        _ if !tips.is_empty() => Reflects::On(tips),
        Some(_) => Reflects::OnNothing,
        None => Reflects::OnPrompt,
    })
}

/// The question of the week that the page answers, if it does.
fn weekly(plan: &Plan, journal: &mut Journal, context: &Context) -> Result<Option<Prompt>> {
    match context.week_of(plan.day).filter(|_| plan.week) {
        Some(begins) => journal.weekly(begins, context.environment.clock.now()),
        None => Ok(None),
    }
}

/// What the page will be counted for, and what to show below the scissors.
fn prompt_for_editor(
    plan: &Plan,
    journal: &mut Journal,
    context: &Context,
) -> Result<(Reflects, String)> {
    let mut help = format!("\n{}\n", plan.day.long());
    let reasons = journal.reasons()?;
    let mut show = |tip: &crate::decks::Tip, question: &str, then: Option<Entry>| {
        let mut page = vec![format!("{}, {}", tip.label(), tip.title), String::new()];
        page.extend(text::wrap(question, 70));
        if !tip.practice.is_empty() {
            page.push(String::new());
            page.extend(text::wrap(&format!("Practice: {}", tip.practice), 70));
        }
        page.push(String::new());
        page.extend(text::wrap(&tip.gist, 70));
        if tip.recall_reason {
            page.push(String::new());
            match reasons.first() {
                Some(reason) => {
                    page.push("Why you walk away:".to_owned());
                    page.push(String::new());
                    page.extend(reason::recalled(reason, 70, 12));
                }
                None => page.extend(text::wrap(today::NO_REASON, 70)),
            }
        }
        if let Some(then) = then {
            page.push(String::new());
            page.push(format!(
                "Your last answer, {} (#{}):",
                then.day.long(),
                then.number
            ));
            page.push(String::new());
            page.extend(text::wrap(&text::safe(&then.text), 70).into_iter().take(40));
        }
        help.push('\n');
        for line in page {
            help.push_str(&line);
            help.push('\n');
        }
    };
    let reflects = match &plan.tips {
        None if plan.week => {
            let weekly = weekly(plan, journal, context)?;
            if let Some(Prompt { tip, question, .. }) = &weekly {
                show(tip, question, journal.answer_before(tip, plan.day)?);
            }
            chosen(plan, None, journal, context)?
        }
        None if plan.day == context.today() => {
            let today = Today::of(journal, context)?;
            show(&today.prompt.tip, &today.prompt.question, today.then);
            // What was shown is what is answered, whatever is skipped meanwhile.
            Reflects::On(vec![(today.prompt.tip, Some(today.prompt.question))])
        }
        None => match journal.prompt_of(plan.day)? {
            Some(prompt) => {
                let then = journal.answer_before(&prompt.tip, plan.day)?;
                show(&prompt.tip, &prompt.question, then);
                Reflects::On(vec![(prompt.tip, Some(prompt.question))])
            }
            None => Reflects::OnPrompt,
        },
        Some(slugs) => {
            let offered = journal.prompt_of(plan.day)?;
            let mut asked = Vec::new();
            for slug in slugs {
                let tip = journal.decks().find(slug)?;
                let question = match &offered {
                    Some(prompt) if prompt.tip.key() == tip.key() => prompt.question.clone(),
                    _ => journal.next_question(tip, plan.day)?,
                };
                show(tip, &question, journal.answer_before(tip, plan.day)?);
                asked.push(question);
            }
            if let Some(Prompt { tip, question, .. }) = weekly(plan, journal, context)? {
                show(&tip, &question, journal.answer_before(&tip, plan.day)?);
            }
            chosen(plan, Some(asked), journal, context)?
        }
    };
    Ok((reflects, help))
}

/// Says where the page was filed, and what it was counted for.
fn report(entry: &Entry, context: &Context) -> Result<Status> {
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
    if context.output.json {
        context.output.show(&entry::One(entry))?;
    }
    Ok(Status::Done)
}

/// What a person wants with the draft they are told of.
enum Offer {
    Resume,
    New,
    Discard,
    Quit,
}

fn offer(draft: &Draft, context: &Context) -> Result<Offer> {
    context
        .output
        .status(&format!("{} is waiting{}", name(draft), beginning(draft)));
    loop {
        let answer = context.output.ask(
            "Take it up again? yes (enter), n for a new page, d to throw it away, q to quit:",
        )?;
        match answer.as_deref().map(str::to_lowercase).as_deref() {
            Some("" | "y" | "yes") => return Ok(Offer::Resume),
            Some("n" | "new" | "no") => return Ok(Offer::New),
            Some("d" | "discard") => return Ok(Offer::Discard),
            None | Some("q" | "quit") => return Ok(Offer::Quit),
            Some(_) => {}
        }
    }
}

fn discard(session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let mut waiting = desk::waiting(session)?;
    if waiting.is_empty() {
        context.output.status("No draft is waiting.");
        return Ok(Status::NothingFound);
    }
    let draft = waiting.remove(0);
    if context.environment.terminal.input {
        context
            .output
            .status(&format!("{} is waiting{}", name(&draft), beginning(&draft)));
    }
    if !throw_away(draft, session)? {
        return Ok(Status::NothingDone);
    }
    tell_of_more(waiting.len(), context);
    Ok(Status::Done)
}

/// Throws a draft away; where there is somebody to ask, only after a yes.
fn throw_away(draft: Draft, session: &mut Session<'_>) -> Result<bool> {
    let context = session.context();
    if context.environment.terminal.input
        && !context.confirm("Throw it away for good? y or n:", "")?
    {
        context.output.status("It is kept.");
        return Ok(false);
    }
    let name = name(&draft);
    session.remove_draft(draft);
    context.output.status(&format!("{name} is thrown away."));
    Ok(true)
}

fn tell_of_more(number: usize, context: &Context) {
    if number > 0 {
        let drafts = text::count(number, "more draft", "more drafts");
        let verb = if number == 1 { "is" } else { "are" };
        context.output.status(&format!("{drafts} {verb} waiting."));
    }
}

/// A draft by its day: `A draft for Sunday 22 November 2026 (begun at 20:14)`.
fn name(draft: &Draft) -> String {
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
                .map_or("a text", Kind::with_article),
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

/// How a draft begins: `: “Went to the river …”`, or a period where it does not say.
fn beginning(draft: &Draft) -> String {
    let bytes = draft.read(MAX_TEXT).ok().flatten().unwrap_or_default();
    let file = String::from_utf8_lossy(&bytes).into_owned();
    match first_line(&editor::written(&file)) {
        "" => ".".to_owned(),
        line => format!(": “{}”", text::fit(line, 50)),
    }
}
