//! `onward write`

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Read;
use std::sync::mpsc;

use chrono::DateTime;
use serde::Serialize;

use super::entry::{self, EntryJson};
use super::today::Today;
use super::{Context, Status};
use crate::decks::Deck;
use crate::drafts::{Draft, Drafts, Particulars};
use crate::editor::{self, Ended};
use crate::environment;
use crate::error::{Error, Kept, Result};
use crate::journal::{Journal, NewPage, Reflects};
use crate::model::entry::{MAX_TEXT, first_line};
use crate::model::{Day, DayPhrase, Entry, Mood, Tag, TimeOfDay};
use crate::output::{Page, View, text};
use crate::signals;

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
    /// Reflect on this tip (number or slug) instead of the day's; may be repeated
    #[arg(long, value_name = "N", conflicts_with = "free")]
    tip: Vec<String>,
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
    #[arg(long, conflicts_with_all = ["text", "on", "at", "tip", "free", "mood", "tag", "star"])]
    discard_draft: bool,
}

/// The longest file of a draft that is read: the longest text, and below it what helps.
const MAX_FILE: usize = MAX_TEXT + 1_000_000;

/// Writes a page.
///
/// # Errors
/// [`Error::Unsaved`] when the page could not be saved and the text is kept; wrong usage
/// before any text was taken.
pub fn run(args: &Args, context: &Context) -> Result<Status> {
    let drafts = Drafts::of(&context.journal);
    if args.discard_draft {
        return discard(&drafts, context);
    }
    let interactive = context.environment.terminal.input;
    if args.resume {
        let mut waiting = drafts.waiting()?;
        if waiting.is_empty() {
            context.output.note("No draft is waiting.");
            return Ok(Status::NothingFound);
        }
        let draft = waiting.remove(0);
        let plan = Plan::resumed(args, context, &draft.particulars())?;
        tell_of_more(waiting.len(), context);
        return if interactive {
            in_editor(plan, Some(draft), &drafts, context)
        } else {
            as_it_is(plan, draft, &drafts, context)
        };
    }

    let plan = Plan::new(args, context)?;
    if !args.text.is_empty() || !interactive {
        let bytes = if args.text.is_empty() {
            from_standard_input(&plan, &drafts, context)?
        } else {
            args.text.join(" ".as_ref()).into_encoded_bytes()
        };
        let text = readable(bytes, &drafts, context)?;
        if let Some(reminder) = drafts.waiting().ok().as_deref().and_then(<[Draft]>::first) {
            let reminder = reminder.particulars();
            context.output.note(&format!(
                "A draft{} is waiting: onward write --resume takes it up.",
                begun(&reminder)
            ));
        }
        return save_text(plan, text, None, &drafts, context);
    }

    let mut waiting = drafts.waiting()?;
    if waiting.is_empty() {
        return in_editor(plan, None, &drafts, context);
    }
    let draft = waiting.remove(0);
    match offer(&draft, context)? {
        Offer::Resume => {
            let plan = Plan::resumed(args, context, &draft.particulars())?;
            tell_of_more(waiting.len(), context);
            in_editor(plan, Some(draft), &drafts, context)
        }
        Offer::New => {
            drop(draft);
            in_editor(plan, None, &drafts, context)
        }
        Offer::Discard => {
            draft.remove();
            context.output.status("The draft is thrown away.");
            in_editor(plan, None, &drafts, context)
        }
        Offer::Quit => Ok(Status::NothingDone),
    }
}

/// What a page will be, apart from its text.
#[derive(Debug, Clone)]
struct Plan {
    day: Day,
    /// The instant the writer dates it to.
    at: Option<DateTime<chrono::FixedOffset>>,
    /// Slugs of the tips chosen; none chosen means the day's prompt.
    tips: Option<Vec<String>>,
    mood: Option<Mood>,
    tags: BTreeSet<Tag>,
    starred: bool,
}

impl Plan {
    fn new(args: &Args, context: &Context) -> Result<Plan> {
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
                let slug = Deck::walk_away().find(wanted)?.slug.clone();
                if !tips.contains(&slug) {
                    tips.push(slug);
                }
            }
            Some(tips)
        };
        Ok(Plan {
            day,
            at: args.at.map(|time| dated(day, time, context)).transpose()?,
            tips,
            mood: args.mood,
            tags: args.tag.iter().cloned().collect(),
            starred: args.star,
        })
    }

    /// What a draft was to become, with what the flags say now on top.
    fn resumed(args: &Args, context: &Context, draft: &Particulars) -> Result<Plan> {
        let now = Plan::new(args, context)?;
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
            Some(time) => Some(dated(day, time, context)?),
            None if args.on.is_some() => None,
            None => draft.written_at.as_deref().and_then(|at| at.parse().ok()),
        };
        let tags = draft.tags.iter().filter_map(|tag| tag.parse().ok());
        Ok(Plan {
            day,
            at,
            tips: now.tips.or_else(|| draft.tips.clone()),
            mood: now
                .mood
                .or_else(|| draft.mood.and_then(|mood| Mood::new(mood.into()))),
            tags: now.tags.iter().cloned().chain(tags).collect(),
            starred: now.starred || draft.starred,
        })
    }

    fn particulars(&self, context: &Context) -> Particulars {
        Particulars {
            begun: context.environment.clock.now().to_rfc3339(),
            day: self.day.to_string(),
            written_at: self.at.map(|at| at.to_rfc3339()),
            tips: self.tips.clone(),
            mood: self.mood.map(Mood::value),
            tags: self.tags.iter().map(Tag::to_string).collect(),
            starred: self.starred,
        }
    }
}

/// The instant of a time of day on a day.
fn dated(
    day: Day,
    time: TimeOfDay,
    context: &Context,
) -> Result<DateTime<chrono::FixedOffset>> {
    let starts_at = context.config.day_starts_at;
    let clock = &context.environment.clock;
    let local = day.moment(time.time(), starts_at);
    let at = clock.instant(local);
    if at > clock.now() {
        let what = format!("--at: {} on {} is still to come", time, context.day(day));
        let hint = (time.time() < starts_at).then(|| {
            format!(
                "a day turns at {}, so {time} is the end of it",
                starts_at.format("%H:%M")
            )
        });
        return Err(Error::Usage { what, hint });
    }
    if at.naive_local() != local {
        context.output.note(&format!(
            "The clocks skipped {time} that day; the page is dated {}.",
            at.format("%H:%M")
        ));
    }
    Ok(at)
}

/// Opens the editor, on a draft or on an empty page, and saves what comes back.
fn in_editor(
    plan: Plan,
    draft: Option<Draft>,
    drafts: &Drafts,
    context: &Context,
) -> Result<Status> {
    // Before a word is typed: whatever is wrong with the journal is said now.
    let mut journal = context.open()?;
    let (reflects, help) = prompt_for_editor(&plan, &mut journal, context)?;
    let before = match &draft {
        Some(draft) => {
            let bytes = draft.read(MAX_FILE)?.unwrap_or_default();
            // Not text, or too much of it: the editor gets it as it is, and whoever sits
            // there can mend it.
            String::from_utf8(bytes)
                .ok()
                .filter(|file| file.len() <= MAX_FILE)
                .map(|file| editor::written(&file).to_owned())
        }
        None => Some(String::new()),
    };
    let draft = match (draft, &before) {
        (Some(draft), Some(text)) => {
            draft.rewrite(&editor::compose(text, &help))?;
            draft
        }
        (Some(draft), None) => draft,
        (None, _) => drafts.begin(&plan.particulars(context), &editor::compose("", &help))?,
    };
    let fresh = before.as_deref() == Some("");
    let last_text = before.filter(|text| !text.trim().is_empty());

    let command = context
        .config
        .editor
        .as_deref()
        .or(context.environment.editor.as_deref());
    let ended = editor::edit(command, &draft.page());
    let bytes = match draft.read(MAX_FILE) {
        Ok(bytes) => bytes.unwrap_or_default(),
        Err(error) => return Err(unsaved(Kept::InFile(draft.page()), error)),
    };
    let text = text_of(bytes).map_err(|error| unsaved(Kept::AsDraft, error))?;
    let empty = text.trim().is_empty();
    if let (true, Some(text)) = (empty, &last_text) {
        // Whether it was meant or the editor failed: it goes by --discard-draft only.
        if let Err(error) = draft.rewrite(&editor::compose(text, &help)) {
            let elsewhere = environment::places_of_last_resort();
            let kept = drafts.keep(&plan.particulars(context), text, &elsewhere);
            return Err(kept_or_printed(kept, text.as_bytes(), error, context));
        }
        if let Err(error) = ended {
            return Err(unsaved(Kept::AsDraft, error));
        }
        context.output.note(
            "The page came back empty, so the draft is kept as it was. To throw it away: \
             onward write --discard-draft.",
        );
        return Ok(Status::NothingDone);
    }
    match ended {
        // An editor that failed may have left its swap file, and one that is still open its
        // window: neither is nothing.
        Err(error) if empty && draft.is_bare() && !matches!(error, Error::Interrupted) => {
            draft.remove();
            return Err(error);
        }
        Err(error) => return Err(unsaved(Kept::AsDraft, error)),
        Ok(Ended::AtOnce) if empty && fresh => {
            draft.remove();
            context.output.note(
                "Nothing was written, so nothing is saved. The editor came back at once; if it \
                 has a flag to wait, put it into EDITOR.",
            );
            return Ok(Status::NothingDone);
        }
        Ok(_) if empty => {
            draft.remove();
            context
                .output
                .note("Nothing was written, so nothing is saved.");
            return Ok(Status::NothingDone);
        }
        Ok(_) => {}
    }
    match save(&mut journal, plan, reflects, text, context) {
        Ok(entry) => {
            draft.remove();
            report(&entry, context)
        }
        Err(error) => Err(unsaved(Kept::AsDraft, error)),
    }
}

/// Saves a draft as it is, where there is nobody to edit it.
fn as_it_is(plan: Plan, draft: Draft, drafts: &Drafts, context: &Context) -> Result<Status> {
    let bytes = draft.read(MAX_FILE)?.unwrap_or_default();
    let text = text_of(bytes).map_err(|error| unsaved(Kept::AsDraft, error))?;
    save_text(plan, text, Some(draft), drafts, context)
}

/// The writer's part of a draft's file.
fn text_of(bytes: Vec<u8>) -> Result<String> {
    let file = match bytes.len() {
        ..=MAX_FILE => String::from_utf8(bytes).map_err(|error| not_utf8(&error))?,
        _ => return Err(Error::TooLong { limit: MAX_TEXT }),
    };
    let text = editor::written(&file.replace("\r\n", "\n")).to_owned();
    match text.len() {
        ..=MAX_TEXT => Ok(text),
        _ => Err(Error::TooLong { limit: MAX_TEXT }),
    }
}

/// Saves text that is already here. If that fails the text becomes a draft, unless it is one.
fn save_text(
    plan: Plan,
    text: String,
    draft: Option<Draft>,
    drafts: &Drafts,
    context: &Context,
) -> Result<Status> {
    if text.trim().is_empty() {
        if let Some(draft) = draft.filter(Draft::is_bare) {
            draft.remove();
        }
        context
            .output
            .note("Nothing was written, so nothing is saved.");
        return Ok(Status::NothingDone);
    }
    let particulars = plan.particulars(context);
    let saved = context.open().and_then(|mut journal| {
        let reflects = chosen(&plan, None)?;
        save(&mut journal, plan, reflects, text.clone(), context)
    });
    match saved {
        Ok(entry) => {
            if let Some(draft) = draft {
                draft.remove();
            }
            report(&entry, context)
        }
        Err(error) if draft.is_some() => Err(unsaved(Kept::AsDraft, error)),
        Err(error) => {
            let kept = drafts.keep(&particulars, &text, &environment::places_of_last_resort());
            Err(kept_or_printed(kept, text.as_bytes(), error, context))
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

/// What the plan says the page is counted for. `asked` are the questions that were shown, in
/// the order of the tips.
fn chosen(plan: &Plan, asked: Option<Vec<String>>) -> Result<Reflects> {
    let Some(slugs) = &plan.tips else {
        return Ok(Reflects::OnPrompt);
    };
    if slugs.is_empty() {
        return Ok(Reflects::OnNothing);
    }
    let mut asked = asked.unwrap_or_default().into_iter();
    let tip = |slug: &String| Ok((Deck::walk_away().find(slug)?.clone(), asked.next()));
    Ok(Reflects::On(slugs.iter().map(tip).collect::<Result<_>>()?))
}

/// What the page will be counted for, and what to show below the scissors.
fn prompt_for_editor(
    plan: &Plan,
    journal: &mut Journal,
    context: &Context,
) -> Result<(Reflects, String)> {
    let mut help = format!("\n{}\n", plan.day.long());
    let mut show = |tip: &crate::decks::Tip, question: &str, then: Option<Entry>| {
        let mut page = vec![format!("Tip {}, {}", tip.number, tip.title), String::new()];
        page.extend(text::wrap(&tip.gist, 70));
        page.push(String::new());
        page.extend(text::wrap(&format!("Practice: {}", tip.practice), 70));
        page.push(String::new());
        page.extend(text::wrap(question, 70));
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
        None if plan.day == context.today() => {
            let today = Today::of(journal, context)?;
            show(&today.prompt.tip, &today.prompt.question, today.then);
            Reflects::OnPrompt
        }
        None => {
            if let Some(prompt) = journal.prompt_of(plan.day)? {
                let then = journal.answer_before(&prompt.tip, plan.day)?;
                show(&prompt.tip, &prompt.question, then);
            }
            Reflects::OnPrompt
        }
        Some(slugs) => {
            let offered = journal.prompt_of(plan.day)?;
            let mut asked = Vec::new();
            for slug in slugs {
                let tip = Deck::walk_away().find(slug)?;
                let question = match &offered {
                    Some(prompt) if prompt.tip.slug == tip.slug => prompt.question.clone(),
                    _ => journal.next_question(tip)?,
                };
                show(tip, &question, journal.answer_before(tip, plan.day)?);
                asked.push(question);
            }
            chosen(plan, Some(asked))?
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
    context.output.status(&format!(
        "Saved #{} for {} ({counted}).",
        entry.number,
        context.day(entry.day)
    ));
    if context.output.json {
        context.output.show(&Saved(entry))?;
    }
    Ok(Status::Done)
}

struct Saved<'a>(&'a Entry);

#[derive(Serialize)]
struct SavedJson<'a> {
    entry: EntryJson<'a>,
}

impl View for Saved<'_> {
    fn json(&self) -> impl Serialize {
        SavedJson {
            entry: EntryJson::of(self.0),
        }
    }

    fn human(&self, _: &mut Page) {}
}

/// Reads standard input to its end, or a little beyond the longest text. When a signal comes
/// first, what has arrived by then is kept.
fn from_standard_input(plan: &Plan, drafts: &Drafts, context: &Context) -> Result<Vec<u8>> {
    #[derive(Clone)]
    enum Event {
        Chunk(Vec<u8>),
        End,
        Failed(std::io::ErrorKind),
        Stop,
    }
    let (send, events) = mpsc::channel();
    signals::on_stop(true, send.clone(), Event::Stop);
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            let mut chunk = vec![0; 64 * 1024];
            let event = match input.read(&mut chunk) {
                Ok(0) => Event::End,
                Ok(read) => {
                    chunk.truncate(read);
                    Event::Chunk(chunk)
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => Event::Failed(error.kind()),
            };
            let last = !matches!(event, Event::Chunk(_));
            if send.send(event).is_err() || last {
                return;
            }
        }
    });

    let mut bytes = Vec::new();
    let broken_off = loop {
        match events.recv() {
            Ok(Event::Chunk(chunk)) => bytes.extend(chunk),
            Ok(Event::End) | Err(_) => return Ok(bytes),
            Ok(Event::Stop) => break Error::Interrupted,
            Ok(Event::Failed(kind)) => {
                let doing = "read standard input".to_owned();
                break Error::Io {
                    doing,
                    source: kind.into(),
                };
            }
        }
        if bytes.len() > MAX_TEXT {
            return Ok(bytes);
        }
    };
    if bytes.is_empty() {
        return Err(broken_off);
    }
    let last_resort = environment::places_of_last_resort();
    let kept = match std::str::from_utf8(&bytes) {
        Ok(text) => drafts.keep(&plan.particulars(context), text, &last_resort),
        Err(_) => drafts.set_aside(&bytes, &last_resort),
    };
    Err(kept_or_printed(kept, &bytes, broken_off, context))
}

/// Bytes as text, or the place where they are none; then they are kept as they came.
fn readable(bytes: Vec<u8>, drafts: &Drafts, context: &Context) -> Result<String> {
    let set_aside = |bytes: &[u8], error: Error| {
        let kept = drafts.set_aside(bytes, &environment::places_of_last_resort());
        kept_or_printed(kept, bytes, error, context)
    };
    if bytes.len() > MAX_TEXT {
        return Err(set_aside(&bytes, Error::TooLong { limit: MAX_TEXT }));
    }
    String::from_utf8(bytes).map_err(|error| {
        let reason = not_utf8(&error);
        set_aside(error.as_bytes(), reason)
    })
}

fn not_utf8(error: &std::string::FromUtf8Error) -> Error {
    let valid = error.utf8_error().valid_up_to();
    let line = error.as_bytes()[..valid]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count()
        + 1;
    Error::NotUtf8 {
        byte: valid + 1,
        line,
    }
}

fn unsaved(kept: Kept, source: Error) -> Error {
    Error::Unsaved {
        kept,
        source: Box::new(source),
    }
}

/// Where nothing could be written, standard output is the last place for what was typed.
fn kept_or_printed(kept: Option<Kept>, bytes: &[u8], error: Error, context: &Context) -> Error {
    let kept = kept.unwrap_or_else(|| {
        let _ = context
            .output
            .print(&format!("{}\n", String::from_utf8_lossy(bytes)));
        Kept::Printed
    });
    unsaved(kept, error)
}

/// What a person wants with the draft they are told of.
enum Offer {
    Resume,
    New,
    Discard,
    Quit,
}

fn offer(draft: &Draft, context: &Context) -> Result<Offer> {
    let particulars = draft.particulars();
    context.output.status(&format!(
        "A draft{} is waiting{}",
        begun(&particulars),
        beginning(draft)
    ));
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

fn discard(drafts: &Drafts, context: &Context) -> Result<Status> {
    let mut waiting = drafts.waiting()?;
    if waiting.is_empty() {
        context.output.note("No draft is waiting.");
        return Ok(Status::NothingFound);
    }
    let draft = waiting.remove(0);
    let which = format!("draft{}{}", begun(&draft.particulars()), beginning(&draft));
    if context.environment.terminal.input {
        let answer = context
            .output
            .ask(&format!("Throw away the {which} y or n:"))?;
        if !matches!(
            answer.as_deref().map(str::to_lowercase).as_deref(),
            Some("y" | "yes")
        ) {
            context.output.status("It is kept.");
            return Ok(Status::NothingDone);
        }
    }
    draft.remove();
    context.output.status(&format!("Thrown away: the {which}"));
    tell_of_more(waiting.len(), context);
    Ok(Status::Done)
}

fn tell_of_more(number: usize, context: &Context) {
    if number > 0 {
        let drafts = text::count(number, "more draft", "more drafts");
        let verb = if number == 1 { "is" } else { "are" };
        context.output.note(&format!("{drafts} {verb} waiting."));
    }
}

/// When a draft was begun: ` from 20:14 on Sunday 22 November 2026`.
fn begun(particulars: &Particulars) -> String {
    let begun = DateTime::parse_from_rfc3339(&particulars.begun).ok();
    let day = particulars.day.parse::<Day>().ok();
    match (begun, day) {
        (Some(begun), Some(day)) => {
            format!(" from {}, for {}", begun.format("%H:%M"), day.long())
        }
        _ => String::new(),
    }
}

/// How a draft begins: `: “Called Anna …”.`
fn beginning(draft: &Draft) -> String {
    let bytes = draft.read(MAX_TEXT).ok().flatten().unwrap_or_default();
    let file = String::from_utf8_lossy(&bytes).into_owned();
    match first_line(editor::written(&file)) {
        "" => ".".to_owned(),
        line => format!(": “{}”.", text::fit(line, 50)),
    }
}
