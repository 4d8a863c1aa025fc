//! Saving a page, and the tips that it reflects on.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use uuid::Uuid;

use super::Journal;
use super::prompts::{Prompt, stored_prompt};
use crate::decks::Tip;
use crate::error::Result;
use crate::model::{Content, Day, Entry, Mood, Reflection, Tag};
use crate::store::{ActionKind, Change};

/// A page to be written.
#[derive(Debug, Clone)]
pub struct NewPage {
    /// The day it belongs to.
    pub day: Day,
    /// The instant of writing, with the writer's offset from UTC.
    pub written_at: DateTime<FixedOffset>,
    /// The text as it was typed. Line ends become `\n`; nothing else is changed.
    pub text: String,
    /// The writer's mood.
    pub mood: Option<Mood>,
    /// True if the writer starred it.
    pub starred: bool,
    /// Tags that the writer gave apart from the text.
    pub tags: BTreeSet<Tag>,
    /// The tips that the page reflects on.
    pub reflects: Reflects,
}

/// The tips that a page reflects on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reflects {
    /// The tip of its day's prompt, if there is one.
    OnPrompt,
    /// These tips, each with the question that the writer was shown.
    On(Vec<(Tip, Option<String>)>),
    /// No tip.
    OnNothing,
}

impl Journal {
    /// Saves a page. When this returns, the page is on the disk.
    ///
    /// A page for today that reflects on the prompt stores today's prompt, if there is none
    /// yet. A page for an earlier day reflects on the prompt of that day, and on nothing if
    /// there was none.
    pub fn write(
        &mut self,
        page: NewPage,
        today: Day,
        now: DateTime<FixedOffset>,
    ) -> Result<Entry> {
        self.write_as(None, page, today, now)
    }

    /// Saves a page as the entry of this id, unless there is one of that id already.
    pub fn write_as(
        &mut self,
        id: Option<Uuid>,
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
        let entry = insert_as(
            &mut change,
            id,
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

/// Adds an entry, with this id if no other has it.
pub(super) fn insert_as(
    change: &mut Change<'_>,
    id: Option<Uuid>,
    content: Content,
    now: DateTime<FixedOffset>,
) -> Result<Entry> {
    match id {
        Some(id) if change.reading().number_of(id)?.is_none() => {
            change.insert_as(id, content, now)
        }
        _ => change.insert(content, now),
    }
}

/// The reflections of a page in the order of the file. `prompt` is the prompt of its day.
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
                // The daily page shows the prompt, so the writer has seen this question.
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

/// Replaces line ends by `\n`. All `\r` before a `\n` belong to the line end: other programs
/// double them, and a text must stay the same when it comes back from an export. A `\r`
/// elsewhere stays.
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
