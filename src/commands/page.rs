//! `onward` without a verb: the daily page.

use serde::Serialize;

use crate::error::Result;
use crate::journal::Coverage;
use crate::model::Day;
use crate::model::contact::NoContactDays;
use crate::session::{Moment, Session, Status};
use crate::view::coverage::{CoverageJson, coverage_lines};
use crate::view::today::{TodaysPrompt, TodaysPromptJson};
use crate::view::week::{WeeklyQuestion, WeeklyQuestionJson};
use crate::view::{Line, Page, Style, View, contact, entry};

/// Shows the daily page. It never prompts, so that it can be in a shell's start-up file; for a
/// locked journal it only says so.
pub fn run(session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let Some(journal) = session.journal_unasked()? else {
        // A locked journal is no error here: the daily page may run from a shell's start-up
        // file.
        context.output.status(
            "The journal is locked. onward unlock opens it for a while; every other command asks.",
        );
        return Ok(Status::Locked);
    };
    let Moment { now, today } = context.moment();
    let week = match context.week_of(today) == Some(today) {
        true => WeeklyQuestion::beginning(today, now, journal)?,
        false => None,
    };
    let today = TodaysPrompt::of(today, now, journal)?;
    let coverage = journal.coverage(today.day, context.week_of(today.day))?;
    let kept = match journal.tells_of_contact()? {
        true => journal.no_contact_days(today.day)?,
        false => None,
    };
    let due = journal.letters_due(today.day)?;
    context.output.show(&DailyPage {
        due: due
            .iter()
            .map(|letter| (letter.number, letter.day))
            .collect(),
        kept,
        streaks: context.config.streaks,
        today,
        week,
        coverage,
    })?;
    context.tell_left_out();
    Ok(Status::Done)
}

struct DailyPage {
    today: TodaysPrompt,
    week: Option<WeeklyQuestion>,
    coverage: Vec<Coverage>,
    /// The days without contact; `None` if the daily page leaves them out.
    kept: Option<NoContactDays>,
    streaks: bool,
    /// Sealed letters whose day has come: their numbers and the days on which they were
    /// written.
    due: Vec<(i64, Day)>,
}

#[derive(Serialize)]
struct DailyPageJson<'a> {
    today: TodaysPromptJson<'a>,
    week: Option<WeeklyQuestionJson<'a>>,
    coverage: Vec<CoverageJson<'a>>,
    contact: Option<KeptJson>,
    letters_due: Vec<i64>,
}

#[derive(Serialize)]
struct KeptJson {
    since: String,
    days: usize,
    days_kept: usize,
}

impl View for DailyPage {
    fn json(&self) -> impl Serialize {
        DailyPageJson {
            today: self.today.as_json(),
            week: self.week.as_ref().map(WeeklyQuestion::as_json),
            coverage: self.coverage.iter().map(CoverageJson::of).collect(),
            contact: self.kept.as_ref().map(|kept| KeptJson {
                since: kept.since.to_string(),
                days: kept.days,
                days_kept: kept.kept,
            }),
            letters_due: self.due.iter().map(|(number, _)| *number).collect(),
        }
    }

    fn human(&self, page: &mut Page) {
        let today = &self.today;
        today.prompt_on(page);
        page.blank();
        if let Some(week) = &self.week {
            week.question_on(page);
        }
        if !today.entries.is_empty() {
            let room = page.width_beside_label();
            let lines = today
                .entries
                .iter()
                .map(|entry| entry::line_with_time(entry, room));
            page.labelled_lines("Written", lines.collect::<Vec<_>>());
        }
        match self.coverage.as_slice() {
            [one] => page.labelled_lines("Deck", coverage_lines(page, one)),
            several => {
                let mut lines: Vec<Line> = Vec::new();
                for coverage in several {
                    lines.push(coverage.title.as_str().into());
                    lines.extend(coverage_lines(page, coverage));
                }
                page.labelled_lines("Decks", lines);
            }
        }
        if let Some(kept) = &self.kept {
            page.labelled(
                "Contact",
                Style::Plain,
                &contact::contact_line(kept, self.streaks),
            );
        }
        for (number, day) in &self.due {
            let words = format!(
                "one sealed on {} is due: onward letter --open {number}",
                day.seen_from(today.day)
            );
            page.labelled("Letter", Style::Plain, &words);
        }
        let mut steps = next_steps(page, today.reflected, !today.entries.is_empty());
        if self.week.as_ref().is_some_and(WeeklyQuestion::is_open) {
            steps.push(step(page, "onward write --week", "answer the week's"));
        }
        page.labelled_lines("Next", steps);
    }
}

/// The commands to try next, each with what it does.
fn next_steps(page: &Page, reflected: bool, in_sight: bool) -> Vec<Line> {
    let steps: &[(&str, &str)] = match (reflected, in_sight) {
        (true, true) => &[
            ("onward write", "write more"),
            ("onward show", "read today's page"),
        ],
        // The page of today is away, so there is nothing to read.
        (true, false) => &[("onward write", "write more")],
        (false, _) => &[
            ("onward write", "write today's page"),
            ("onward today --skip", "another tip"),
        ],
    };
    steps
        .iter()
        .map(|(command, effect)| step(page, command, effect))
        .collect()
}

fn step(page: &Page, command: &str, effect: &str) -> Line {
    let column = if page.is_roomy() { 21 } else { 20 };
    Style::Accent.on(command).padded_to(column) + Style::Faint.on(effect)
}
