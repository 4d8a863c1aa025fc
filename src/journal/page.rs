//! A page: what is saved when one is written, and what it is counted for.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};

use super::Journal;
use super::prompts::{Prompt, stored_prompt};
use crate::decks::Tip;
use crate::error::Result;
use crate::model::{Content, Day, Entry, Mood, Reflection, Tag};
use crate::store::ActionKind;

/// A page about to be written.
#[derive(Debug, Clone)]
pub struct NewPage {
    /// The day it belongs to.
    pub day: Day,
    /// The instant it is written, with the writer's offset.
    pub written_at: DateTime<FixedOffset>,
    /// The typed text. Line ends become `\n`; nothing else is touched.
    pub text: String,
    /// How the writer felt.
    pub mood: Option<Mood>,
    /// Marked by the writer.
    pub starred: bool,
    /// Tags given apart from the text.
    pub tags: BTreeSet<Tag>,
    /// The tips that the page is counted for.
    pub reflects: Reflects,
}

/// The tips that a page is counted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reflects {
    /// The tip that its day offers, if it offers one.
    OnPrompt,
    /// These tips, each with the question the writer was shown, if any.
    On(Vec<(Tip, Option<String>)>),
    /// No tip.
    OnNothing,
}

impl Journal {
    /// Saves a page. When this returns, the page is on the disk.
    ///
    /// A page for today that goes with the prompt settles today's prompt if nothing has yet;
    /// one for an earlier day goes with what that day offered, and is free where it offered
    /// nothing.
    pub fn write(
        &mut self,
        page: NewPage,
        today: Day,
        now: DateTime<FixedOffset>,
    ) -> Result<Entry> {
        let settings = &self.settings;
        let mut change = self.store.change()?;
        let stored = change.reading().assignment(page.day)?;
        let stored = stored.and_then(|stored| stored_prompt(&self.settings.decks, stored));
        let prompt = match stored {
            None if page.day == today && page.reflects == Reflects::OnPrompt => {
                Some(settings.prompt_within(&change, today, now)?)
            }
            stored => stored,
        };
        let reflections = chosen_reflections(page.reflects, prompt.as_ref());
        let entry = change.insert(
            Content {
                mood: page.mood,
                starred: page.starred,
                tags_by_hand: page.tags,
                reflections,
                ..Content::page(page.day, page.written_at, unix_line_ends(page.text))
            },
            now,
        )?;
        change.commit_as(ActionKind::Write, now)?;
        Ok(entry)
    }
}

/// The reflections of a page, in the order in which the file has them. `prompt` is the prompt of
/// its day.
pub(super) fn chosen_reflections(
    reflects: Reflects,
    prompt: Option<&Prompt>,
) -> Vec<Reflection> {
    let mut reflections: Vec<Reflection> = match reflects {
        Reflects::OnPrompt => prompt
            .into_iter()
            .map(|prompt| reflection(&prompt.tip, Some(prompt.question.clone())))
            .collect(),
        Reflects::On(tips) => tips
            .into_iter()
            .map(|(tip, question)| {
                // The page of the day shows its prompt, so the writer has seen that question.
                let asked = prompt.filter(|prompt| prompt.tip.key() == tip.key());
                let question = question.or(asked.map(|prompt| prompt.question.clone()));
                reflection(&tip, question)
            })
            .collect(),
        Reflects::OnNothing => Vec::new(),
    };
    let place = |r: &Reflection| (r.deck.clone(), r.is_weekly(), r.number);
    reflections.sort_by_key(place);
    reflections.dedup_by_key(|r| place(r));
    reflections
}

fn reflection(tip: &Tip, question: Option<String>) -> Reflection {
    Reflection {
        deck: tip.deck.clone(),
        tip: tip.slug.clone(),
        number: tip.number,
        title: tip.title.clone(),
        question,
    }
}

/// Line ends as the journal keeps them. A lone `\r` is no line end and stays; several before a
/// `\n`, as texts get on their way through other programs, belong to it, so that what is tidied
/// once stays as it is when it comes back from an export.
pub(super) fn unix_line_ends(text: String) -> String {
    if !text.contains("\r\n") {
        return text;
    }
    let mut tidied = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.strip_suffix('\n') {
            Some(line) => {
                tidied.push_str(line.trim_end_matches('\r'));
                tidied.push('\n');
            }
            None => tidied.push_str(line),
        }
    }
    tidied
}
