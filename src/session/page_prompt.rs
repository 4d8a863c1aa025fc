//! What a page is counted for, and what the editor shows of it below the scissors.

use super::Context;
use super::composition::{Composition, PageDetails};
use crate::decks::Tip;
use crate::error::Result;
use crate::journal::{Journal, Prompt, Reflects};
use crate::model::Entry;
use crate::view::text;
use crate::view::today::{NO_REASON, recalled};

/// What a page is counted for by what its writer said. `asked` are the questions that were shown, in
/// the order of the tips.
pub(super) fn chosen(
    page: &Composition,
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
    if let Some(prompt) = weekly(page, details, journal, context)? {
        tips.push((prompt.tip, Some(prompt.question)));
    }
    Ok(match &details.tips {
        _ if !tips.is_empty() => Reflects::On(tips),
        Some(_) => Reflects::OnNothing,
        None => Reflects::OnPrompt,
    })
}

/// The question of the week that the page answers, if it does.
fn weekly(
    page: &Composition,
    details: &PageDetails,
    journal: &mut Journal,
    context: &Context,
) -> Result<Option<Prompt>> {
    match context.week_of(page.day).filter(|_| details.week) {
        Some(begins) => journal.weekly(begins, page.begun.now),
        None => Ok(None),
    }
}

/// What the page will be counted for, and what to show below the scissors.
pub(super) fn shown(
    page: &Composition,
    details: &PageDetails,
    journal: &mut Journal,
    context: &Context,
) -> Result<(Reflects, String)> {
    let mut help = format!("\n{}\n", page.day.long());
    let reasons = journal.reasons()?;
    let mut show = |tip: &Tip, question: &str, then: Option<Entry>| {
        let mut lines = vec![format!("{}, {}", tip.label(), tip.title), String::new()];
        lines.extend(text::wrap(question, 70));
        if !tip.practice.is_empty() {
            lines.push(String::new());
            lines.extend(text::wrap(&format!("Practice: {}", tip.practice), 70));
        }
        lines.push(String::new());
        lines.extend(text::wrap(&tip.gist, 70));
        if tip.recall_reason {
            lines.push(String::new());
            match reasons.first() {
                Some(reason) => {
                    lines.push("Why you walk away:".to_owned());
                    lines.push(String::new());
                    lines.extend(recalled(reason, 70, 12));
                }
                None => lines.extend(text::wrap(NO_REASON, 70)),
            }
        }
        if let Some(then) = then {
            lines.push(String::new());
            lines.push(format!(
                "Your last answer, {} (#{}):",
                then.day.long(),
                then.number
            ));
            lines.push(String::new());
            lines.extend(text::wrap(&text::safe(&then.text), 70).into_iter().take(40));
        }
        help.push('\n');
        for line in lines {
            help.push_str(&line);
            help.push('\n');
        }
    };
    let reflects = match &details.tips {
        None if details.week => {
            let weekly = weekly(page, details, journal, context)?;
            if let Some(Prompt { tip, question, .. }) = &weekly {
                show(tip, question, journal.answer_before(tip, page.day)?);
            }
            chosen(page, details, None, journal, context)?
        }
        None if page.day == page.begun.today => {
            let prompt = journal.prompt_for(page.day, page.begun.now)?;
            let then = journal.answer_before(&prompt.tip, page.day)?;
            show(&prompt.tip, &prompt.question, then);
            // What was shown is what is answered, whatever is skipped meanwhile.
            Reflects::On(vec![(prompt.tip, Some(prompt.question))])
        }
        None => match journal.prompt_of(page.day)? {
            Some(prompt) => {
                let then = journal.answer_before(&prompt.tip, page.day)?;
                show(&prompt.tip, &prompt.question, then);
                Reflects::On(vec![(prompt.tip, Some(prompt.question))])
            }
            None => Reflects::OnPrompt,
        },
        Some(slugs) => {
            let offered = journal.prompt_of(page.day)?;
            let mut asked = Vec::new();
            for slug in slugs {
                let tip = journal.decks().find(slug)?;
                let question = match &offered {
                    Some(prompt) if prompt.tip.key() == tip.key() => prompt.question.clone(),
                    _ => journal.next_question(tip, page.day)?,
                };
                show(tip, &question, journal.answer_before(tip, page.day)?);
                asked.push(question);
            }
            if let Some(Prompt { tip, question, .. }) = weekly(page, details, journal, context)?
            {
                show(&tip, &question, journal.answer_before(&tip, page.day)?);
            }
            chosen(page, details, Some(asked), journal, context)?
        }
    };
    Ok((reflects, help))
}
