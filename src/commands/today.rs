//! `onward today`

use serde::Serialize;

use super::{Context, Session, Status};
use crate::error::{Error, Result};
use crate::journal::{Journal, Prompt};
use crate::model::{Day, Entry};
use crate::output::{Page, Style, View, text};
use crate::session::{Moment, NO_REASON, recalled};

/// Show today's prompt, or change it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Offer the next tip instead; this one comes back later
    #[arg(long, conflicts_with = "tip")]
    skip: bool,
    /// Take this tip for today: its number, its slug, or deck/number
    #[arg(long, value_name = "N")]
    tip: Option<String>,
}

/// Shows today's prompt.
///
/// # Errors
/// A tip that does not exist; whatever keeps the journal from being read or written.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal()?;
    let Moment { now, today } = context.moment();
    if args.skip {
        let before = journal.prompt_for(today, now)?.tip;
        let back = if journal.is_reflected(&before, today)? {
            ""
        } else {
            "; it comes back later in the round"
        };
        journal.skip(today, now)?;
        context.output.status(&format!(
            "{}, {}, is put off{back}.",
            before.label(),
            before.title
        ));
    } else if let Some(wanted) = &args.tip {
        let tip = journal.decks().find(wanted)?.clone();
        if tip.is_weekly() {
            return Err(Error::Usage {
                what: format!("{} is a question of the week", tip.title),
                hint: Some(format!("answer it with onward write --tip {wanted}")),
            });
        }
        journal.take(&tip, today, now)?;
    }
    let view = Today::of(journal, context)?;
    context.output.show(&view)?;
    Ok(Status::Done)
}

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
    /// Gathers it; settles today's prompt if nothing has yet.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read or written.
    pub fn of(journal: &mut Journal, context: &Context) -> Result<Today> {
        let Moment { now, today: day } = context.moment();
        let prompt = journal.prompt_for(day, now)?;
        Ok(Today {
            day,
            after_midnight: context.after_midnight(),
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
        let day = page.paint(Style::Strong, &self.day.long());
        page.line(format!("  {day}"));
        if let Some(sentence) = &self.after_midnight {
            page.paragraph(2, Style::Faint, sentence);
        }
        let tip = &self.prompt.tip;
        let title = page.paint(Style::Strong, &tip.title);
        page.line(format!("  {} · {title}", tip.label()));
        page.blank();
        page.paragraph(2, Style::Plain, &tip.gist);
        page.blank();
        page.labelled("Practice", Style::Plain, &tip.practice);
        if page.is_roomy() {
            page.blank();
        }
        let mut question = text::wrap(&self.prompt.question, page.beside_label());
        for line in &mut question {
            *line = page.paint(Style::Accent, line);
        }
        if self.spared {
            question.push(page.paint(Style::Faint, SPARED));
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
