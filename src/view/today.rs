//! Today's prompt, and what was made of it.

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::{Line, Page, Style, View, text};
use crate::error::Result;
use crate::journal::{Journal, Prompt};
use crate::model::{Day, Entry};

/// What is said where a tip asks to remember a reason and none is written.
pub const NO_REASON: &str = "Write down why you walk away: onward reason \"…\"";

/// Why a question is a concrete one.
const SPARED: &str = "(a plain one, after some low days)";

/// Today's prompt, and what was made of it.
pub struct Today {
    /// The day.
    pub day: Day,
    /// Which day it still is after midnight.
    pub after_midnight: Option<String>,
    /// What it offers.
    pub prompt: Prompt,
    /// Whether its question is a concrete one because the last days were low.
    pub spared: bool,
    /// Whether a page of today reflects on it.
    pub reflected: bool,
    /// What is written today.
    pub entries: Vec<Entry>,
    /// The last answer to the tip from an earlier day.
    pub then: Option<Entry>,
    /// Why the writer walks away, where the tip asks to remember it and it is written.
    pub reason: Option<Entry>,
}

/// Today's prompt as JSON.
#[derive(Serialize)]
pub struct TodayJson<'a> {
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

impl Today {
    /// Gathers it, for a day by a clock that shows `now`; settles the day's prompt if nothing has
    /// yet.
    ///
    /// # Errors
    /// Those of reading and writing the journal.
    pub fn of(day: Day, now: DateTime<FixedOffset>, journal: &mut Journal) -> Result<Today> {
        let prompt = journal.prompt_for(day, now)?;
        Ok(Today {
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
    pub fn as_json(&self) -> TodayJson<'_> {
        let tip = &self.prompt.tip;
        TodayJson {
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

    /// The prompt on a page: the day, the tip, its gist, the practice, the question, and what
    /// was answered the last time. Close together, so that the daily page fits a screen.
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
        let question = text::wrap(&self.prompt.question, page.beside_label());
        let mut question: Vec<Line> = question
            .into_iter()
            .map(|line| Style::Accent.on(line))
            .collect();
        if self.spared {
            question.push(Style::Faint.on(SPARED));
        }
        page.labelled_lines("Question", question);
        if tip.recall_reason {
            if page.is_roomy() {
                page.blank();
            }
            match &self.reason {
                Some(reason) => {
                    let lines = recalled(reason, page.beside_label(), 2);
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
            lines.extend(text::beginning(&then.text, page.beside_label(), 3));
            page.labelled_lines("Then", lines);
        }
    }
}

/// Between midnight and the turn of the day: which day it still is, as a sentence.
fn after_midnight(day: Day, now: DateTime<FixedOffset>) -> Option<String> {
    (now.date_naive() != day.date()).then(|| {
        format!(
            "It is {} and still {}.",
            now.format("%H:%M"),
            day.without_year()
        )
    })
}

/// A reason beside a prompt: some lines of it, and which it is.
pub fn recalled(reason: &Entry, columns: usize, lines: usize) -> Vec<String> {
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
struct Answer<'a> {
    today: TodayJson<'a>,
}

impl View for Today {
    fn json(&self) -> impl Serialize {
        Answer {
            today: self.as_json(),
        }
    }

    fn human(&self, page: &mut Page) {
        self.prompt_on(page);
    }
}
