//! Shows the question of the week.

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::{Line, Page, Style, text};
use crate::error::Result;
use crate::journal::{Journal, Prompt};
use crate::model::{Day, Entry};

/// The question of this week.
pub struct WeeklyQuestion {
    prompt: Prompt,
    /// `true` if an entry of this week answers it.
    answered: bool,
    /// The last answer from before this week.
    then: Option<Entry>,
}

/// The question as JSON.
#[derive(Serialize)]
pub struct WeeklyQuestionJson<'a> {
    deck: &'a str,
    number: u32,
    slug: &'a str,
    title: &'a str,
    text: &'a str,
    question: &'a str,
    answered: bool,
}

impl WeeklyQuestion {
    /// The question of the week that begins today; `None` if no deck in use has one. Settles
    /// the question if nothing has settled it yet.
    pub fn beginning(
        today: Day,
        now: DateTime<FixedOffset>,
        journal: &mut Journal,
    ) -> Result<Option<WeeklyQuestion>> {
        let Some(prompt) = journal.weekly(today, now)? else {
            return Ok(None);
        };
        Ok(Some(WeeklyQuestion {
            answered: journal.is_reflected(&prompt.tip, today)?,
            then: journal.answer_before(&prompt.tip, today)?,
            prompt,
        }))
    }

    /// Returns `true` if the question is not answered yet.
    pub fn is_open(&self) -> bool {
        !self.answered
    }

    /// The question as JSON.
    pub fn as_json(&self) -> WeeklyQuestionJson<'_> {
        let tip = &self.prompt.tip;
        WeeklyQuestionJson {
            deck: &tip.deck,
            number: tip.number,
            slug: &tip.slug,
            title: &tip.title,
            text: &tip.gist,
            question: &self.prompt.question,
            answered: self.answered,
        }
    }

    /// Puts the question on the daily page, in few lines, because the question of the day comes
    /// first.
    pub fn question_on(&self, page: &mut Page) {
        let title = &self.prompt.tip.title;
        if self.answered {
            page.labelled("Week", Style::Faint, &format!("answered: {title}"));
            return;
        }
        let mut lines: Vec<Line> = Vec::new();
        let mut add = |style, words: &str| {
            let wrapped = text::wrap(words, page.width_beside_label());
            lines.extend(wrapped.into_iter().map(|line| Style::on(style, line)));
        };
        add(Style::Plain, title);
        add(Style::Accent, &self.prompt.question);
        if let Some(then) = &self.then {
            let then = format!("answered before: {} (#{})", then.day.long(), then.number);
            add(Style::Faint, &then);
        }
        page.labelled_lines("Week", lines);
    }
}
