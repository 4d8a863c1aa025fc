//! `onward` alone: the daily page.

use serde::Serialize;

use super::coverage::{CoverageJson, bar, standing};
use super::entry;
use super::today::{Today, TodayJson};
use super::{Context, Status};
use crate::error::Result;
use crate::journal::Coverage;
use crate::output::{Page, Style, View, text};

/// Shows the daily page. Never asks for input.
///
/// # Errors
/// Whatever keeps the journal from being read, or today's prompt from being kept.
pub fn run(context: &Context) -> Result<Status> {
    let mut journal = context.open()?;
    let today = Today::of(&mut journal, context)?;
    let coverage = journal.coverage(today.day)?;
    context.output.show(&DailyPage { today, coverage })?;
    Ok(Status::Done)
}

struct DailyPage {
    today: Today,
    coverage: Coverage,
}

#[derive(Serialize)]
struct Answer<'a> {
    today: TodayJson<'a>,
    coverage: Vec<CoverageJson<'a>>,
}

impl View for DailyPage {
    fn json(&self) -> impl Serialize {
        Answer {
            today: self.today.as_json(),
            coverage: vec![CoverageJson::of(&self.coverage)],
        }
    }

    fn human(&self, page: &mut Page) {
        let today = &self.today;
        today.prompt_on(page);
        page.blank();
        if !today.entries.is_empty() {
            let room = page.beside_label();
            let lines = today.entries.iter().map(|entry| entry::brief(entry, room));
            page.labelled_lines("Written", lines.collect::<Vec<_>>());
        }
        let standing = standing(&self.coverage);
        let bar = bar(page, &self.coverage);
        if text::width(&standing) + self.coverage.total() + 2 <= page.beside_label() {
            page.labelled_lines("Deck", [format!("{bar}  {standing}")]);
        } else {
            page.labelled_lines("Deck", [bar, standing]);
        }
        page.labelled_lines("Next", next_steps(page, today.reflected));
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
        .map(|(command, effect)| {
            let pad = 21usize.saturating_sub(command.len());
            let effect = page.paint(Style::Faint, effect);
            format!("{}{:pad$}{effect}", page.paint(Style::Accent, command), "")
        })
        .collect()
}
