//! `onward urge`

use std::ffi::OsString;

use serde::Serialize;

use super::desk::unsaved;
use super::entry::{EntriesJson, EntryJson};
use super::note::{self, Plan};
use super::{Context, Status};
use crate::drafts::Draft;
use crate::editor;
use crate::error::{Error, Kept, Result};
use crate::model::particulars::{Ended, Strength};
use crate::model::{DayPhrase, Entry, Kind, Particulars, TimeOfDay};
use crate::output::dialogue::{Dialogue, Paused, Typed};
use crate::output::{Page, Style, View, text};

/// For the moment you want to get in touch
///
/// Shows your reasons, waits a minute with you, and then offers three ways on: write the
/// message here instead, do the small practice of today's tip, or just note it. What you note
/// (how strong it was, what set it off, how it ended) shows in onward contact. Ctrl-C ends it at
/// any point and keeps what you typed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What set it off; put -- before text that begins with a hyphen
    #[arg(value_name = "TEXT")]
    text: Vec<OsString>,
    /// How strong it is, from 1 (faint) to 10 (hard to bear)
    #[arg(long, value_name = "1-10")]
    strength: Option<Strength>,
    /// How it ended: passed, letter, practice, still or contact
    #[arg(long, value_name = "HOW")]
    ended: Option<Ended>,
    /// Write this message here instead; it will not be sent
    #[arg(long, value_name = "TEXT")]
    letter: Option<String>,
    /// Do the small practice of today's tip instead
    #[arg(long, conflicts_with = "letter")]
    practice: bool,
    /// Just note it
    #[arg(long, conflicts_with_all = ["letter", "practice"])]
    note: bool,
    /// Leave out the minute's pause
    #[arg(long)]
    no_pause: bool,
    /// The day it was (yesterday, "last friday", 2026-10-09)
    #[arg(long, value_name = "DAY")]
    on: Option<DayPhrase>,
    /// The time of that day (21:15, 9pm)
    #[arg(long, value_name = "TIME")]
    at: Option<TimeOfDay>,
}

/// What is known so far.
#[derive(Debug, Default)]
struct Noted {
    set_off_by: String,
    strength: Option<Strength>,
    ended: Option<Ended>,
    letter: String,
    /// Where the letter is kept until it is saved.
    draft: Option<Draft>,
}

impl Noted {
    /// Whether there is anything to keep.
    fn says_something(&self) -> bool {
        !self.set_off_by.trim().is_empty()
            || self.strength.is_some()
            || self.ended.is_some()
            || !self.letter.trim().is_empty()
    }
}

/// The program was asked to stop.
struct Stop;

/// Stands by in an urge, and notes it.
///
/// # Errors
/// [`Error::Interrupted`] when it was broken off, what was typed being kept;
/// [`Error::Unsaved`] when it could not be saved.
pub fn run(args: &Args, context: &Context) -> Result<Status> {
    let day = match &args.on {
        Some(phrase) => context.resolve("--on", phrase)?,
        None => context.today(),
    };
    let at = args.at.map(|time| context.dated(day, time)).transpose()?;
    let plan = Plan {
        day,
        at,
        ..Plan::new(Kind::Urge, Particulars::default(), context)
    };
    let mut noted = Noted {
        strength: args.strength,
        ended: args.ended,
        letter: args.letter.clone().unwrap_or_default(),
        ..Noted::default()
    };
    if !args.text.is_empty() {
        noted.set_off_by = note::text_from(&args.text, &plan, context)?.unwrap_or_default();
    }
    // Whatever is wrong with the journal is said before a word is typed.
    let mut journal = context.open()?;
    let reasons = journal.reasons()?;
    let terminal = &context.environment.terminal;
    let practice = match args.practice || (terminal.input && !args.note) {
        true => {
            let now = context.environment.clock.now();
            Some(journal.prompt_for(context.today(), now)?.tip.practice)
        }
        false => None,
    };
    drop(journal);
    if !context.output.json {
        context.output.show(&Before(&reasons))?;
    }
    let stopped = if terminal.input && terminal.error && !context.output.json {
        converse(args, &mut noted, practice.as_deref(), context)?.is_err()
    } else {
        if args.practice
            && let Some(practice) = &practice
        {
            context.output.status(practice);
        }
        false
    };
    if noted.ended.is_none() {
        noted.ended = if !noted.letter.trim().is_empty() {
            Some(Ended::Letter)
        } else if args.practice && !stopped {
            Some(Ended::Practice)
        } else {
            None
        };
    }
    if stopped && !noted.says_something() {
        return Err(Error::Interrupted);
    }
    keep(plan, noted, &reasons, context)?;
    if stopped {
        return Err(Error::Interrupted);
    }
    Ok(Status::Done)
}

/// Saves the urge and the letter, as one action.
fn keep(plan: Plan, mut noted: Noted, reasons: &[Entry], context: &Context) -> Result<()> {
    let particulars = Particulars {
        strength: noted.strength,
        ended: noted.ended,
        ..Particulars::default()
    };
    let letter = Plan {
        kind: Kind::Letter,
        ..plan.clone()
    };
    let urge = Plan {
        particulars,
        ..plan
    };
    let mut entries = vec![urge.clone().with(noted.set_off_by.clone(), context)];
    if !noted.letter.trim().is_empty() {
        entries.push(letter.clone().with(noted.letter.clone(), context));
    }
    let now = context.environment.clock.now();
    let saved = context
        .open()
        .and_then(|mut journal| journal.add(entries, now))
        .map_err(|error| {
            if let Some(draft) = &mut noted.draft {
                // It has the letter; what set it off goes with it.
                let both = [noted.letter.trim_end(), noted.set_off_by.trim_end()];
                let page = editor::compose(both.join("\n\n").trim_end(), "");
                let _ = draft.rewrite(&page);
                return unsaved(Kept::AsDraft, error);
            }
            let (drafted, text) = match noted.letter.trim().is_empty() {
                true => (urge.drafted(context), noted.set_off_by.clone()),
                false => {
                    let both = [noted.letter.trim_end(), noted.set_off_by.trim_end()];
                    (
                        letter.drafted(context),
                        both.join("\n\n").trim_end().to_owned(),
                    )
                }
            };
            note::keep(&drafted, &text, error, context)
        })?;
    if let Some(draft) = noted.draft {
        draft.remove();
    }
    for entry in &saved {
        note::say(entry, context);
    }
    match noted.ended {
        Some(Ended::Contact) => context.output.hint(
            "If it was contact, onward contact log --by me notes that too; what you kept stays",
        ),
        Some(Ended::Still) => context
            .output
            .hint("It comes in waves. onward urge is here again whenever you want it"),
        _ => {}
    }
    if context.output.json {
        context.output.show(&Answer {
            urge: &saved[0],
            letter: saved.get(1),
            reasons,
        })?;
    }
    Ok(())
}

/// So many half seconds are a minute.
const MINUTE: usize = 120;

/// Goes through the steps that no flag has answered. `Err(Stop)` when it was broken off; what
/// was typed is noted.
fn converse(
    args: &Args,
    noted: &mut Noted,
    practice: Option<&str>,
    context: &Context,
) -> Result<Result<(), Stop>> {
    let output = &context.output;
    let mut dialogue = Dialogue::begin(output)?;
    if !args.no_pause {
        let moves = output.terminal_errors && !context.environment.dumb;
        output.status("One minute, with a slow breath. Any key goes on.");
        let frame: Option<&dyn Fn(usize) -> String> = if moves { Some(&breath) } else { None };
        if dialogue.pause(MINUTE, frame)? == Paused::Stopped {
            return Ok(Err(Stop));
        }
    }
    let chosen = args.note || args.practice || args.letter.is_some() || args.ended.is_some();
    let mut way = if args.practice { 'p' } else { 'n' };
    if !chosen {
        output.status("Three ways on:");
        output.status("  w  write the message here instead; it will not be sent");
        output.status("  p  do the small practice of today's tip");
        output.status("  n  just note it");
        way = loop {
            match dialogue.ask("Which one? w, p or n (enter):")? {
                Typed::Line(line) => match line.trim().to_lowercase().as_str() {
                    "" | "n" => break 'n',
                    "w" => break 'w',
                    "p" => break 'p',
                    // Whoever began to write has chosen.
                    more if more.len() > 1 => {
                        noted.letter = format!("{}\n", line.trim());
                        break 'w';
                    }
                    _ => {}
                },
                Typed::End => break 'n',
                Typed::Stopped(line) => {
                    if line.trim().len() > 1 {
                        noted.set_off_by = line.trim().to_owned();
                    }
                    return Ok(Err(Stop));
                }
            }
        };
    }
    match way {
        'w' => {
            output.status("Write what you would say. An empty line ends it.");
            // On the disk line by line: not even a dead machine takes it.
            if let Err(Stop) = letter(&mut dialogue, noted, context)? {
                return Ok(Err(Stop));
            }
        }
        'p' => {
            output.status(practice.unwrap_or_default());
            match dialogue.ask("Enter when it is done:")? {
                Typed::Stopped(_) => return Ok(Err(Stop)),
                _ => noted.ended = noted.ended.or(Some(Ended::Practice)),
            }
        }
        _ => {}
    }
    while noted.strength.is_none() {
        match dialogue.ask("How strong is it, from 1 to 10? (enter leaves it out)")? {
            Typed::Line(line) if line.trim().is_empty() => break,
            Typed::Line(line) => match line.parse() {
                Ok(strength) => noted.strength = Some(strength),
                Err(words) => output.status(&words),
            },
            Typed::End => break,
            Typed::Stopped(line) => {
                noted.strength = line.parse().ok();
                return Ok(Err(Stop));
            }
        }
    }
    if noted.set_off_by.trim().is_empty() {
        match dialogue.ask("What set it off? (enter leaves it out)")? {
            Typed::Line(line) => noted.set_off_by = line.trim().to_owned(),
            Typed::End => {}
            Typed::Stopped(line) => {
                noted.set_off_by = line.trim().to_owned();
                return Ok(Err(Stop));
            }
        }
    }
    while noted.ended.is_none() && noted.letter.trim().is_empty() {
        let question =
            "And now? p it passed, s it is still there, c got in touch (enter leaves it out)";
        match dialogue.ask(question)? {
            Typed::Line(line) => match line.trim().to_lowercase().as_str() {
                "" => break,
                "p" => noted.ended = Some(Ended::Passed),
                "s" => noted.ended = Some(Ended::Still),
                "c" => noted.ended = Some(Ended::Contact),
                other => noted.ended = other.parse().ok(),
            },
            Typed::End => break,
            Typed::Stopped(_) => return Ok(Err(Stop)),
        }
    }
    Ok(Ok(()))
}

/// Takes a letter line by line, each kept as a draft until the letter is saved.
fn letter(
    dialogue: &mut Dialogue<'_>,
    noted: &mut Noted,
    context: &Context,
) -> Result<Result<(), Stop>> {
    let plan = Plan::new(Kind::Letter, Particulars::default(), context);
    let ended = loop {
        let (line, ended) = match dialogue.ask(">")? {
            Typed::Line(line) if line.trim().is_empty() => break Ok(()),
            Typed::Line(line) => (line, None),
            Typed::End => break Ok(()),
            Typed::Stopped(line) => (line, Some(Err(Stop))),
        };
        noted.letter.push_str(&line);
        if let Some(ended) = ended {
            break ended;
        }
        noted.letter.push('\n');
        let page = editor::compose(&noted.letter, "");
        match &mut noted.draft {
            None => {
                let drafts = context.drafts();
                noted.draft = drafts.begin(&plan.drafted(context), &page).ok();
            }
            Some(draft) => {
                // What cannot be kept twice is kept in memory still.
                let _ = draft.rewrite(&page);
            }
        }
    };
    noted.letter.truncate(noted.letter.trim_end().len());
    Ok(ended)
}

/// A breath: in for four seconds, out for six, as a row of dots that fills and empties.
fn breath(half: usize) -> String {
    const DOTS: usize = 12;
    let at = half % 20;
    let (word, filled) = match at {
        0..8 => ("in ", (at + 1) * DOTS / 8),
        _ => ("out", (20 - at - 1) * DOTS / 12),
    };
    format!(
        "  {word}  {}{}",
        "●".repeat(filled),
        "·".repeat(DOTS - filled)
    )
}

/// What stands before everything else: the reasons.
struct Before<'a>(&'a [Entry]);

/// So many reasons are shown.
const SHOWN: usize = 3;

impl View for Before<'_> {
    fn json(&self) -> impl Serialize {
        EntriesJson::of(self.0)
    }

    fn human(&self, page: &mut Page) {
        page.blank();
        if self.0.is_empty() {
            page.paragraph(
                2,
                Style::Plain,
                "You can wait this out. It will be lower in a while.",
            );
        } else {
            page.paragraph(2, Style::Strong, "Why you walk away");
        }
        for reason in self.0.iter().take(SHOWN) {
            page.blank();
            for line in text::beginning(&reason.text, page.prose().saturating_sub(2), 6) {
                page.line(format!("  {line}"));
            }
        }
        page.blank();
    }
}

struct Answer<'a> {
    urge: &'a Entry,
    letter: Option<&'a Entry>,
    reasons: &'a [Entry],
}

#[derive(Serialize)]
struct AnswerJson<'a> {
    entry: EntryJson<'a>,
    letter: Option<EntryJson<'a>>,
    reasons: Vec<EntryJson<'a>>,
}

impl View for Answer<'_> {
    fn json(&self) -> impl Serialize {
        AnswerJson {
            entry: EntryJson::of(self.urge),
            letter: self.letter.map(EntryJson::of),
            reasons: self.reasons.iter().map(EntryJson::of).collect(),
        }
    }

    fn human(&self, _: &mut Page) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_six_breaths_of_even_width() {
        let frames: Vec<String> = (0..MINUTE).map(breath).collect();
        assert!(frames.iter().all(|frame| text::width(frame) <= 38));
        assert_eq!(frames[7], "  in   ●●●●●●●●●●●●");
        assert_eq!(frames[19], "  out  ············");
        assert_eq!(frames[0], frames[20]);
        assert_eq!(MINUTE / 20, 6);
    }
}
