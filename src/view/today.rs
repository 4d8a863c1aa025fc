//! Shows today's prompt and the entries of today.

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::{Line, Page, Style, View, text};
use crate::error::Result;
use crate::journal::{Journal, Prompt};
use crate::model::{Day, Entry};

/// The hint for a tip that asks to remember a reason if none is written.
pub const NO_REASON: &str = "Write down why you walk away: onward reason \"…\"";

/// The note that explains a simpler question.
const NOTE_ON_SIMPLER_QUESTION: &str = "(a plain one, after some low days)";

/// Today's prompt, with the entries of today.
pub struct TodaysPrompt {
    /// The day.
    pub day: Day,
    /// Between midnight and the turn of the day: a sentence that says which day it still is.
    pub after_midnight: Option<String>,
    /// The prompt of the day.
    pub prompt: Prompt,
    /// `true` if the question is a simpler one because the mood was low in the last days.
    pub spared: bool,
    /// `true` if a page of today reflects on it.
    pub reflected: bool,
    /// The entries of today.
    pub entries: Vec<Entry>,
    /// The last answer to the tip from an earlier day.
    pub then: Option<Entry>,
    /// The writer's first reason, if the tip asks to remember it.
    pub reason: Option<Entry>,
}

/// Today's prompt as JSON.
#[derive(Serialize)]
pub struct TodaysPromptJson<'a> {
    day: String,
    prompt: PromptJson<'a>,
    reflected: bool,
    entries: Vec<i64>,
    reason: Option<ReasonJson<'a>>,
}

#[derive(Serialize)]
struct ReasonJson<'a> {
    number: i64,
    text: &'a str,
}

#[derive(Serialize)]
struct PromptJson<'a> {
    deck: &'a str,
    tip: TipJson<'a>,
    question: &'a str,
    gentle: bool,
}

#[derive(Serialize)]
struct TipJson<'a> {
    number: u32,
    slug: &'a str,
    title: &'a str,
    gist: &'a str,
    practice: &'a str,
}

impl TodaysPrompt {
    /// Gathers the prompt and the entries of a day. Settles the day's prompt if nothing has
    /// settled it yet.
    pub fn of(
        day: Day,
        now: DateTime<FixedOffset>,
        journal: &mut Journal,
    ) -> Result<TodaysPrompt> {
        let prompt = journal.prompt_for(day, now)?;
        Ok(TodaysPrompt {
            day,
            after_midnight: after_midnight(day, now),
            spared: journal.is_spared(&prompt, day)?,
            reflected: journal.is_reflected(&prompt.tip, day)?,
            entries: journal.entries_of(day)?,
            then: journal.answer_before(&prompt.tip, day)?,
            reason: match prompt.tip.recall_reason {
                true => journal.reasons()?.into_iter().next(),
                false => None,
            },
            prompt,
        })
    }

    /// Today as JSON.
    pub fn as_json(&self) -> TodaysPromptJson<'_> {
        let tip = &self.prompt.tip;
        TodaysPromptJson {
            day: self.day.to_string(),
            prompt: PromptJson {
                deck: &self.prompt.deck,
                tip: TipJson {
                    number: tip.number,
                    slug: &tip.slug,
                    title: &tip.title,
                    gist: &tip.gist,
                    practice: &tip.practice,
                },
                question: &self.prompt.question,
                gentle: self.spared,
            },
            reflected: self.reflected,
            entries: self.entries.iter().map(|entry| entry.number).collect(),
            reason: self.reason.as_ref().map(|reason| ReasonJson {
                number: reason.number,
                text: &reason.text,
            }),
        }
    }

    /// Puts the prompt on a page: the day, the tip, its gist, the practice, the question and
    /// the last answer. The lines are close together, so that the daily page fits a screen.
    pub fn prompt_on(&self, page: &mut Page) {
        page.blank();
        page.line(Line::from("  ") + Style::Strong.on(self.day.long()));
        if let Some(sentence) = &self.after_midnight {
            page.paragraph(2, Style::Faint, sentence);
        }
        let tip = &self.prompt.tip;
        let lead = Line::from(format!("  {} · ", tip.label()));
        page.line(lead + Style::Strong.on(tip.title.as_str()));
        page.blank();
        page.paragraph(2, Style::Plain, &tip.gist);
        page.blank();
        page.labelled("Practice", Style::Plain, &tip.practice);
        if page.is_roomy() {
            page.blank();
        }
        let question = text::wrap(&self.prompt.question, page.width_beside_label());
        let mut question: Vec<Line> = question
            .into_iter()
            .map(|line| Style::Accent.on(line))
            .collect();
        if self.spared {
            question.push(Style::Faint.on(NOTE_ON_SIMPLER_QUESTION));
        }
        page.labelled_lines("Question", question);
        if tip.recall_reason {
            if page.is_roomy() {
                page.blank();
            }
            match &self.reason {
                Some(reason) => {
                    let lines = reason_beside_prompt(reason, page.width_beside_label(), 2);
                    page.labelled_lines("Reason", lines);
                }
                None => page.labelled("Reason", Style::Faint, NO_REASON),
            }
        }
        if let Some(then) = &self.then {
            if page.is_roomy() {
                page.blank();
            }
            let mut lines = vec![format!("{} (#{})", then.day.long(), then.number)];
            lines.extend(text::beginning(&then.text, page.width_beside_label(), 3));
            page.labelled_lines("Then", lines);
        }
    }
}

/// The sentence that says which day it still is; `None` outside the hours between midnight and
/// the turn of the day.
fn after_midnight(day: Day, now: DateTime<FixedOffset>) -> Option<String> {
    (now.date_naive() != day.date()).then(|| {
        format!(
            "It is {} and still {}.",
            now.format("%H:%M"),
            day.without_year()
        )
    })
}

/// A reason as shown beside a prompt: its first lines and its number.
pub fn reason_beside_prompt(reason: &Entry, columns: usize, lines: usize) -> Vec<String> {
    let mut shown = text::beginning(&reason.text, columns, lines);
    let which = format!("(#{})", reason.number);
    match shown.last_mut() {
        Some(last) if text::width(last) + 1 + which.len() <= columns => {
            last.push(' ');
            last.push_str(&which);
        }
        _ => shown.push(which),
    }
    shown
}

#[derive(Serialize)]
struct TodayAnswerJson<'a> {
    today: TodaysPromptJson<'a>,
}

impl View for TodaysPrompt {
    fn json(&self) -> impl Serialize {
        TodayAnswerJson {
            today: self.as_json(),
        }
    }

    fn human(&self, page: &mut Page) {
        self.prompt_on(page);
    }
}
