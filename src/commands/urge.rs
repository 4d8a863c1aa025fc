//! `onward urge`

use std::ffi::OsString;

use serde::Serialize;

use crate::error::{Error, KeptText, Result};
use crate::model::kind::{UrgeEnding, UrgeStrength};
use crate::model::{DayPhrase, Entry, Kind, KindName, TimeOfDay};
use crate::session::desk::unsaved_error;
use crate::session::{
    Composition, CompositionTarget, Session, Status, TypedText, is_dash, report,
};
use crate::terminal::dialogue::{Dialogue, PauseEnd, TypedInput};
use crate::view::entry::{EntriesJson, EntryJson};
use crate::view::{Page, Style, View, text};

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
    strength: Option<UrgeStrength>,
    /// How it ended: passed, letter, practice, still or contact
    #[arg(long, value_name = "HOW")]
    ended: Option<UrgeEnding>,
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

impl Args {
    /// Returns `true` if the text about the trigger comes from standard input.
    pub fn takes_standard_input(&self) -> bool {
        is_dash(&self.text)
    }

    /// Returns `true` if no flag has chosen a way on.
    fn leaves_the_way_open(&self) -> bool {
        !(self.practice || self.note || self.letter.is_some() || self.ended.is_some())
    }
}

/// The answers about the urge so far.
#[derive(Debug, Default)]
struct UrgeNotes {
    set_off_by: String,
    strength: Option<UrgeStrength>,
    ended: Option<UrgeEnding>,
    letter: String,
    /// Keeps the typed words as a draft while more questions follow.
    held: Option<TypedText>,
}

impl UrgeNotes {
    /// Returns `true` if there is anything to save.
    fn says_something(&self) -> bool {
        !self.words().is_empty() || self.strength.is_some() || self.ended.is_some()
    }

    /// All typed words: the letter and the trigger.
    fn words(&self) -> String {
        let both = [self.letter.trim(), self.set_off_by.trim()];
        let said: Vec<&str> = both.into_iter().filter(|words| !words.is_empty()).collect();
        said.join("\n\n")
    }

    /// Adds words to the trigger. Words that were typed at another question come here too, so
    /// that none are lost.
    fn add_trigger(&mut self, words: &str) {
        if !self.set_off_by.is_empty() && !words.is_empty() {
            self.set_off_by.push('\n');
        }
        self.set_off_by.push_str(words);
    }

    /// The end of the urge, as far as it is known: a letter counts as one.
    fn ended(&self) -> Option<UrgeEnding> {
        let letter = (!self.letter.trim().is_empty()).then_some(UrgeEnding::Letter);
        self.ended.or(letter)
    }

    /// The kind of the entry: an urge with the facts so far.
    fn urge_kind(&self) -> Kind {
        Kind::Urge {
            strength: self.strength,
            ended: self.ended(),
        }
    }

    /// The composition of the draft that keeps the words: a draft is a single entry, so it is a
    /// letter if there is one, else an urge.
    fn draft_composition(&self, urge: &Composition) -> Composition {
        let target = match self.letter.trim().is_empty() {
            true => CompositionTarget::Other(self.urge_kind()),
            false => CompositionTarget::Other(Kind::OPEN_LETTER),
        };
        Composition {
            target,
            ..urge.clone()
        }
    }

    /// Stores the words in the draft.
    fn hold(&mut self, urge: &Composition, session: &mut Session<'_>) {
        let words = self.words();
        if !words.is_empty() {
            let nothing = TypedText::empty(&self.draft_composition(urge));
            self.held.get_or_insert(nothing).hold(&words, session);
        }
    }
}

/// Keeps the person company in an urge, and saves it.
///
/// # Errors
/// [`Error::Unsaved`] if it could not be saved, with the place where the typed words are kept.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let mut urge = Composition::new(Kind::from(KindName::Urge), context);
    if let Some(phrase) = &args.on {
        urge.day = urge.begun.resolve("--on", phrase)?;
    }
    urge.at = args
        .at
        .map(|time| context.instant_of(urge.day, time))
        .transpose()?;
    let mut noted = UrgeNotes {
        strength: args.strength,
        ended: args.ended,
        letter: args.letter.clone().unwrap_or_default(),
        ..UrgeNotes::default()
    };
    if !args.text.is_empty() {
        noted.set_off_by = urge.text_from(&args.text, session)?.unwrap_or_default();
    }
    let terminal = &context.environment.terminal;
    let talks = terminal.input && terminal.error && !context.output.json;
    let asks_for_practice = args.practice || (talks && args.leaves_the_way_open());
    // Open the journal before the person types a word, so that its errors come first.
    let (reasons, practice) =
        reasons_and_practice(asks_for_practice, session).map_err(|error| {
            let metadata = noted.draft_composition(&urge).metadata();
            session.keep_unsaved(&metadata, &noted.words(), error)
        })?;
    if !context.output.json {
        context.output.show(&UrgeOpening(&reasons))?;
    }
    let gone_through = if talks {
        converse(args, &mut noted, &urge, practice.as_deref(), session)
    } else {
        if args.practice {
            context
                .output
                .status(practice.as_deref().unwrap_or_default());
            noted.ended = noted.ended.or(Some(UrgeEnding::Practice));
        }
        Ok(())
    };
    match gone_through {
        Ok(()) => {
            save_urge(urge, noted, &reasons, session)?;
            Ok(Status::Done)
        }
        Err(broken_off) => {
            // Save the answers so far, even after an error or Ctrl-C.
            if noted.says_something() {
                save_urge(urge, noted, &reasons, session)?;
            } else {
                context.output.status("Nothing is noted.");
            }
            match broken_off {
                Error::Interrupted => Ok(Status::BrokenOff),
                error => Err(error),
            }
        }
    }
}

/// The person's reasons, and the practice of today's tip if it will be asked for.
fn reasons_and_practice(
    asks_for_practice: bool,
    session: &mut Session<'_>,
) -> Result<(Vec<Entry>, Option<String>)> {
    let context = session.context();
    let journal = session.journal()?;
    let practice = match asks_for_practice {
        true => {
            let now = context.environment.clock.now();
            Some(journal.prompt_for(context.today(), now)?.tip.practice)
        }
        false => None,
    };
    Ok((journal.reasons()?, practice))
}

/// Saves the urge and the letter as one action, so that one undo takes both back.
fn save_urge(
    urge: Composition,
    mut noted: UrgeNotes,
    reasons: &[Entry],
    session: &mut Session<'_>,
) -> Result<()> {
    let context = session.context();
    if noted.held.is_some() {
        noted.hold(&urge, session);
    }
    let mut entries = vec![urge.new_entry(noted.urge_kind(), noted.set_off_by.clone())];
    if !noted.letter.trim().is_empty() {
        entries.push(urge.new_entry(Kind::OPEN_LETTER, noted.letter.clone()));
    }
    let (words, metadata) = (noted.words(), noted.draft_composition(&urge).metadata());
    let draft = noted.held.take().and_then(TypedText::draft);
    if let (Some(entry), Some(draft)) = (entries.last_mut(), &draft) {
        entry.id = Some(draft.entry_id());
    }
    let saved = session
        .journal()
        .and_then(|journal| journal.add(entries, urge.begun.now));

    let saved = match (saved, draft) {
        (Ok(saved), draft) => {
            if let Some(draft) = draft {
                session.remove_draft(draft, "");
            }
            saved
        }
        (Err(error), Some(_)) => return Err(unsaved_error(KeptText::AsDraft, error)),
        (Err(error), None) => return Err(session.keep_unsaved(&metadata, &words, error)),
    };
    for entry in &saved {
        report::tell_saved_in_words(entry, context);
    }
    match noted.ended {
        Some(UrgeEnding::Contact) => context.output.hint(
            "To note it as a contact too: onward contact log --by me. What you kept stays yours",
        ),
        Some(UrgeEnding::Still) => context
            .output
            .hint("It comes in waves. onward urge is here again whenever you want it"),
        _ => {}
    }
    if context.output.json {
        context.output.show(&UrgeView {
            urge: &saved[0],
            letter: saved.get(1),
            reasons,
        })?;
    }
    Ok(())
}

/// A minute in half seconds.
const MINUTE: usize = 120;

/// The ways on that the person can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WayOn {
    Write,
    Practice,
    Note,
}

/// Asks the questions that no flag has answered.
///
/// # Errors
/// [`Error::Interrupted`] if the person stopped it; the typed words are in `noted` then.
fn converse(
    args: &Args,
    noted: &mut UrgeNotes,
    urge: &Composition,
    practice: Option<&str>,
    session: &mut Session<'_>,
) -> Result<()> {
    let context = session.context();
    let dialogue = context.output.dialogue(context.environment.dumb)?;
    let mut steps = UrgeSteps {
        dialogue,
        noted,
        urge,
        session,
    };
    if !args.no_pause {
        steps.pause(context.output.terminal_errors && !context.environment.dumb)?;
    }
    let way = match args.practice {
        true => Some(WayOn::Practice),
        false if args.leaves_the_way_open() => steps.way()?,
        false => None,
    };
    match way {
        Some(WayOn::Write) => steps.letter()?,
        Some(WayOn::Practice) => steps.practice(practice.unwrap_or_default())?,
        Some(WayOn::Note) | None => {}
    }
    steps.strength()?;
    steps.what_set_it_off()?;
    steps.how_it_ended()
}

/// The steps of the dialogue. Typed words are stored in a draft after each line.
struct UrgeSteps<'s, 'c> {
    dialogue: Dialogue,
    noted: &'s mut UrgeNotes,
    urge: &'s Composition,
    session: &'s mut Session<'c>,
}

impl UrgeSteps<'_, '_> {
    fn say(&self, sentence: &str) {
        self.session.context().output.status(sentence);
    }

    /// Adds words to the trigger and stores them.
    fn keep_as_trigger(&mut self, words: &str) {
        self.noted.add_trigger(words);
        self.noted.hold(self.urge, self.session);
    }

    /// Asks until `take` accepts an answer. Words on the line when the program is asked to stop
    /// are offered to `take` too.
    fn ask(
        &mut self,
        question: &str,
        mut take: impl FnMut(&mut Self, &str) -> bool,
    ) -> Result<()> {
        loop {
            match self.dialogue.ask(question)? {
                TypedInput::Line(line) if take(self, line.trim()) => return Ok(()),
                TypedInput::Line(_) => {}
                TypedInput::End => return Ok(()),
                TypedInput::Stopped(line) => {
                    take(self, line.trim());
                    return Err(Error::Interrupted);
                }
            }
        }
    }

    /// Waits a minute. On a terminal that can move its cursor, shows dots to breathe by.
    fn pause(&mut self, moves: bool) -> Result<()> {
        self.say("One minute, with a slow breath. Any key goes on.");
        let frame: Option<&dyn Fn(usize) -> String> =
            if moves { Some(&breath_frame) } else { None };
        if self.dialogue.pause(MINUTE, frame)? == PauseEnd::Stopped {
            return Err(Error::Interrupted);
        }
        self.say("");
        Ok(())
    }

    /// Asks for the way on; `None` at the end of the input.
    fn way(&mut self) -> Result<Option<WayOn>> {
        for line in [
            "Three ways on:",
            "  w  write the message here, unsent",
            "  p  do today's small practice",
            "  n  just note it",
        ] {
            self.say(line);
        }
        let mut way = None;
        self.ask("Which one? w, p or n (enter):", |steps, line| {
            way = Some(match line.to_lowercase().as_str() {
                "" | "n" | "note" => WayOn::Note,
                "w" | "write" => WayOn::Write,
                "p" | "practice" => WayOn::Practice,
                more if more.chars().count() > 1 => {
                    // Words in place of a letter are the beginning of the message: keep them
                    // and go on writing.
                    steps.noted.letter = line.to_owned();
                    steps.noted.hold(steps.urge, steps.session);
                    WayOn::Write
                }
                _ => return false,
            });
            true
        })?;
        self.say("");
        Ok(way)
    }

    fn letter(&mut self) -> Result<()> {
        self.say("Write what you would say. An empty line ends it.");
        let begun = self.noted.letter.clone();
        let typed = self.dialogue.text(&begun, |text| {
            self.noted.letter = text.to_owned();
            self.noted.hold(self.urge, self.session);
        })?;
        match typed {
            TypedInput::Line(text) => self.noted.letter = text,
            TypedInput::Stopped(text) => {
                self.noted.letter = text;
                return Err(Error::Interrupted);
            }
            TypedInput::End => {}
        }
        Ok(())
    }

    fn practice(&mut self, practice: &str) -> Result<()> {
        self.say(practice);
        self.ask("Enter when it is done:", |steps, line| {
            // More than a single word such as "done" is worth keeping.
            if line.contains(' ') {
                steps.keep_as_trigger(line);
            }
            true
        })?;
        self.noted.ended = self.noted.ended.or(Some(UrgeEnding::Practice));
        self.say("");
        Ok(())
    }

    fn strength(&mut self) -> Result<()> {
        if self.noted.strength.is_some() {
            return Ok(());
        }
        let question = "How strong is it, from 1 to 10? (enter leaves it out)";
        self.ask(question, |steps, line| match line.parse() {
            _ if line.is_empty() => true,
            Ok(strength) => {
                steps.noted.strength = Some(strength);
                true
            }
            Err(_) if line.parse::<f64>().is_ok() => {
                steps.say("From 1, faint, to 10, hard to bear.");
                false
            }
            Err(_) => {
                steps.keep_as_trigger(line);
                steps.say("That is kept, as what set it off. And in a number?");
                false
            }
        })
    }

    fn what_set_it_off(&mut self) -> Result<()> {
        if !self.noted.set_off_by.trim().is_empty() {
            return Ok(());
        }
        self.ask("What set it off? (enter leaves it out)", |steps, line| {
            steps.keep_as_trigger(line);
            true
        })
    }

    fn how_it_ended(&mut self) -> Result<()> {
        if self.noted.ended().is_some() {
            return Ok(());
        }
        let question =
            "And now? p it passed, s it is still there, c got in touch (enter leaves it out)";
        self.ask(question, |steps, line| {
            steps.noted.ended = match line.to_lowercase().as_str() {
                "" => None,
                "p" => Some(UrgeEnding::Passed),
                "s" => Some(UrgeEnding::Still),
                "c" => Some(UrgeEnding::Contact),
                other => match other.parse() {
                    Ok(ended) => Some(ended),
                    Err(_) => {
                        if line.chars().count() > 1 {
                            steps.keep_as_trigger(line);
                            steps.say("That is kept, with what set it off.");
                        }
                        return false;
                    }
                },
            };
            true
        })
    }
}

/// A frame of a breath: in for four seconds, out for six, as a row of dots that fills and
/// empties.
fn breath_frame(half: usize) -> String {
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

/// The reasons that are shown before anything is asked.
struct UrgeOpening<'a>(&'a [Entry]);

/// The number of reasons that are shown.
const MOST_REASONS: usize = 3;

impl View for UrgeOpening<'_> {
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
        for reason in self.0.iter().take(MOST_REASONS) {
            page.blank();
            for line in text::beginning(&reason.text, page.prose_width().saturating_sub(2), 6) {
                page.line(format!("  {line}"));
            }
        }
        page.blank();
    }
}

struct UrgeView<'a> {
    urge: &'a Entry,
    letter: Option<&'a Entry>,
    reasons: &'a [Entry],
}

#[derive(Serialize)]
struct UrgeAnswerJson<'a> {
    entry: EntryJson<'a>,
    letter: Option<EntryJson<'a>>,
    reasons: Vec<EntryJson<'a>>,
}

impl View for UrgeView<'_> {
    fn json(&self) -> impl Serialize {
        UrgeAnswerJson {
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
        let frames: Vec<String> = (0..MINUTE).map(breath_frame).collect();
        assert!(frames.iter().all(|frame| text::width(frame) <= 38));
        assert_eq!(frames[7], "  in   ●●●●●●●●●●●●");
        assert_eq!(frames[19], "  out  ············");
        assert_eq!(frames[0], frames[20]);
        assert_eq!(MINUTE / 20, 6);
    }
}
