//! Decides which tips a page counts for, and writes the help that the editor shows below the
//! scissors line.

use super::Context;
use super::context::Moment;
use crate::decks::Tip;
use crate::error::Result;
use crate::journal::{Journal, Prompt, Reflects};
use crate::model::{Day, Entry, Mood};
use crate::view::text;
use crate::view::today::{NO_REASON, reason_beside_prompt};

/// The facts that only a page has.
#[derive(Debug, Clone, Default)]
pub struct PageDetails {
    /// The tips that the writer chose, as `deck/slug`; `None` for the prompt of the day, empty
    /// for no tip.
    pub tips: Option<Vec<String>>,
    /// `true` if it answers the question of the week.
    pub week: bool,
    /// How the writer felt.
    pub mood: Option<Mood>,
    /// `true` if it is starred.
    pub starred: bool,
}

/// The tips that a page counts for, from the flags of its writer. `asked` are the questions
/// that the editor showed, in the order of the tips.
pub(super) fn chosen_reflections(
    day: Day,
    begun: Moment,
    details: &PageDetails,
    asked: Option<Vec<String>>,
    journal: &mut Journal,
    context: &Context,
) -> Result<Reflects> {
    let mut tips = Vec::new();
    let mut asked = asked.unwrap_or_default().into_iter();
    for key in details.tips.iter().flatten() {
        tips.push((journal.decks().find(key)?.clone(), asked.next()));
    }
    if let Some(prompt) = weekly_prompt(day, begun, details, journal, context)? {
        tips.push((prompt.tip, Some(prompt.question)));
    }
    Ok(match &details.tips {
        _ if !tips.is_empty() => Reflects::On(tips),
        Some(_) => Reflects::OnNothing,
        None => Reflects::OnPrompt,
    })
}

/// The question of the week, if the page answers it.
fn weekly_prompt(
    day: Day,
    begun: Moment,
    details: &PageDetails,
    journal: &mut Journal,
    context: &Context,
) -> Result<Option<Prompt>> {
    match context.week_of(day).filter(|_| details.week) {
        Some(begins) => journal.weekly(begins, begun.now),
        None => Ok(None),
    }
}

/// The tips that the page will count for, and the help that the editor shows below the scissors
/// line.
pub(super) fn shown_reflections(
    day: Day,
    begun: Moment,
    details: &PageDetails,
    journal: &mut Journal,
    context: &Context,
) -> Result<(Reflects, String)> {
    let mut help = EditorHelp {
        lines: vec![String::new(), day.long()],
        reason: journal.reasons()?.into_iter().next(),
        day,
    };
    let reflects = match &details.tips {
        None if details.week => {
            if let Some(Prompt { tip, question, .. }) =
                weekly_prompt(day, begun, details, journal, context)?
            {
                help.add(&tip, &question, journal)?;
            }
            chosen_reflections(day, begun, details, None, journal, context)?
        }
        None => {
            // Only today's prompt may be settled by writing. For another day, use the prompt
            // that it offered, if any.
            let offered = match day == begun.today {
                true => Some(journal.prompt_for(day, begun.now)?),
                false => journal.prompt_of(day)?,
            };
            match offered {
                Some(prompt) => {
                    help.add(&prompt.tip, &prompt.question, journal)?;
                    // Count the page for the question that was shown, even if the person skips
                    // that tip in another window meanwhile.
                    Reflects::On(vec![(prompt.tip, Some(prompt.question))])
                }
                None => Reflects::OnPrompt,
            }
        }
        Some(slugs) => {
            let offered = journal.prompt_of(day)?;
            let mut asked = Vec::new();
            for slug in slugs {
                let tip = journal.decks().find(slug)?;
                let question = match &offered {
                    Some(prompt) if prompt.tip.key() == tip.key() => prompt.question.clone(),
                    _ => journal.next_question(tip, day)?,
                };
                help.add(tip, &question, journal)?;
                asked.push(question);
            }
            if let Some(Prompt { tip, question, .. }) =
                weekly_prompt(day, begun, details, journal, context)?
            {
                help.add(&tip, &question, journal)?;
            }
            chosen_reflections(day, begun, details, Some(asked), journal, context)?
        }
    };
    Ok((reflects, help.text()))
}

/// The width of the help text, in columns.
const COLUMNS: usize = 70;

/// The help text below the scissors line of a page, while it is built.
struct EditorHelp {
    lines: Vec<String>,
    /// The first reason, for tips that ask the writer to remember it.
    reason: Option<Entry>,
    /// The day of the page.
    day: Day,
}

impl EditorHelp {
    /// Adds a tip: its question, its practice, its gist and the last answer to it.
    fn add(&mut self, tip: &Tip, question: &str, journal: &Journal) -> Result<()> {
        self.lines.push(String::new());
        self.lines.push(format!("{}, {}", tip.label(), tip.title));
        self.paragraph(question);
        if !tip.practice.is_empty() {
            self.paragraph(&format!("Practice: {}", tip.practice));
        }
        self.paragraph(&tip.gist);
        if tip.recall_reason {
            match self.reason.take() {
                Some(reason) => {
                    self.paragraph("Why you walk away:");
                    self.lines.push(String::new());
                    self.lines
                        .extend(reason_beside_prompt(&reason, COLUMNS, 12));
                    self.reason = Some(reason);
                }
                None => self.paragraph(NO_REASON),
            }
        }
        if let Some(then) = journal.answer_before(tip, self.day)? {
            let when = then.day.long();
            self.paragraph(&format!("Your last answer, {when} (#{}):", then.number));
            self.lines.push(String::new());
            let answer = text::wrap(&text::safe(&then.text), COLUMNS);
            self.lines.extend(answer.into_iter().take(40));
        }
        Ok(())
    }

    /// Adds a paragraph, with an empty line before it.
    fn paragraph(&mut self, words: &str) {
        self.lines.push(String::new());
        self.lines.extend(text::wrap(words, COLUMNS));
    }

    fn text(self) -> String {
        self.lines.join("\n") + "\n"
    }
}
