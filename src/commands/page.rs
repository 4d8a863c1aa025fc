//! `onward` alone: the daily page.

use serde::Serialize;

use super::coverage::{CoverageJson, standing_lines};
use super::entry;
use super::today::{Today, TodayJson};
use super::week::{Week, WeekJson};
use super::{Context, Status};
use crate::error::Result;
use crate::journal::Coverage;
use crate::output::{Page, Style, View};

/// Shows the daily page. Never asks for input.
///
/// # Errors
/// Whatever keeps the journal from being read, or today's prompt from being kept.
pub fn run(context: &Context) -> Result<Status> {
    let mut journal = context.open()?;
    let today = Today::of(&mut journal, context)?;
    let week = Week::beginning_today(&mut journal, context)?;
    let coverage = journal.coverage(today.day, context.week_of(today.day))?;
    context.output.show(&DailyPage {
        today,
        week,
        coverage,
    })?;
    context.tell_left_out();
    Ok(Status::Done)
}

struct DailyPage {
    today: Today,
    week: Option<Week>,
    coverage: Vec<Coverage>,
}

#[derive(Serialize)]
struct Answer<'a> {
    today: TodayJson<'a>,
    week: Option<WeekJson<'a>>,
    coverage: Vec<CoverageJson<'a>>,
}

impl View for DailyPage {
    fn json(&self) -> impl Serialize {
        Answer {
            today: self.today.as_json(),
            week: self.week.as_ref().map(Week::as_json),
            coverage: self.coverage.iter().map(CoverageJson::of).collect(),
        }
    }

    fn human(&self, page: &mut Page) {
        let today = &self.today;
        today.prompt_on(page);
        page.blank();
        if let Some(week) = &self.week {
            week.on(page);
        }
        if !today.entries.is_empty() {
            let room = page.beside_label();
            let lines = today.entries.iter().map(|entry| entry::brief(entry, room));
            page.labelled_lines("Written", lines.collect::<Vec<_>>());
        }
        match self.coverage.as_slice() {
            [one] => page.labelled_lines("Deck", standing_lines(page, one)),
            several => {
                let mut lines = Vec::new();
                for coverage in several {
                    lines.push(coverage.title.clone());
                    lines.extend(standing_lines(page, coverage));
                }
                page.labelled_lines("Decks", lines);
            }
        }
        let mut steps = next_steps(page, today.reflected);
        if self.week.as_ref().is_some_and(Week::is_open) {
            steps.push(step(page, "onward write --week", "answer the week's"));
        }
        page.labelled_lines("Next", steps);
    }
}

/// What to type next, and what it does.
fn next_steps(page: &Page, reflected: bool) -> Vec<String> {
    let steps: &[(&str, &str)] = if reflected {
        &[
            ("onward write", "write more"),
            ("onward show", "read today's page"),
        ]
    } else {
        &[
            ("onward write", "write today's page"),
            ("onward today --skip", "another tip"),
        ]
    };
    steps
        .iter()
        .map(|(command, effect)| step(page, command, effect))
        .collect()
}

fn step(page: &Page, command: &str, effect: &str) -> String {
    let pad = 21usize.saturating_sub(command.len());
    let effect = page.paint(Style::Faint, effect);
    format!("{}{:pad$}{effect}", page.paint(Style::Accent, command), "")
}
