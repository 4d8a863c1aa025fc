//! `onward reason`

use std::ffi::OsString;

use crate::error::Result;
use crate::model::kind::Reason;
use crate::model::{Entry, Kind};
use crate::session::{Composition, CompositionOutcome, Session, Status, is_dash, report};
use crate::view::entry::{self, EntriesJson};
use crate::view::{Page, Style, View};

/// Write down why you are walking away, or read it again
///
/// Write it once, when your head is clear. The tips that ask you to remember it show it
/// beside their question, and so does onward urge. Without text it shows all reasons.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The reason; - reads it from standard input
    #[arg(value_name = "TEXT")]
    text: Vec<OsString>,
    /// Put it on top of the others; with the number of a reason instead of a text, that one
    #[arg(long, requires = "text")]
    first: bool,
}

impl Args {
    /// Returns `true` if the text comes from standard input.
    pub fn takes_standard_input(&self) -> bool {
        is_dash(&self.text)
    }
}

/// Saves a reason, or shows the reasons.
///
/// # Errors
/// [`crate::Error::Unsaved`] if the reason could not be saved, with the place where the text is
/// kept.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    if args.text.is_empty() {
        return list_reasons(session);
    }
    if let (true, Some(number)) = (args.first, reason_number(&args.text)) {
        let now = context.environment.clock.now();
        let reason = session.journal()?.put_first(number, now)?;
        context.output.status(&format!("#{number} stands on top."));
        if context.output.json {
            context.output.show(&entry::ChangedEntry(&reason))?;
        }
        return Ok(Status::Done);
    }
    let kind = Kind::Reason(Reason {
        first: args.first,
        ..Reason::default()
    });
    let reason = Composition::new(kind, context);
    let composed = match reason.text_from(&args.text, session)? {
        Some(text) => reason.save(text, None, session)?,
        None => CompositionOutcome::Nothing,
    };
    report::tell_outcome(composed, context)
}

/// The number of a reason, if it is given in place of a text.
fn reason_number(text: &[OsString]) -> Option<i64> {
    match text {
        [word] => word.to_str()?.trim_start_matches('#').parse().ok(),
        _ => None,
    }
}

fn list_reasons(session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let reasons = session.journal_to_read()?.reasons()?;
    context.output.show_long(&ReasonsView(&reasons))?;
    if reasons.is_empty() {
        context.output.status(
            "No reason is written yet. Write one when your head is clear: onward reason \"…\"",
        );
        return Ok(Status::NothingFound);
    }
    Ok(Status::Done)
}

/// The reasons, complete.
pub struct ReasonsView<'a>(pub &'a [Entry]);

impl View for ReasonsView<'_> {
    fn json(&self) -> impl serde::Serialize {
        EntriesJson::of(self.0)
    }

    fn human(&self, page: &mut Page) {
        for (at, reason) in self.0.iter().enumerate() {
            if at > 0 {
                page.blank();
            }
            let first = if reason.kind.is_first_reason() {
                "  first"
            } else {
                ""
            };
            let title = format!("#{}  {}{first}", reason.number, reason.day.long());
            page.paragraph(0, Style::Faint, &title);
            let question = reason.kind.reason().and_then(|it| it.question.as_ref());
            if let Some(question) = question {
                page.paragraph(0, Style::Accent, question);
            }
            page.writers_text(&reason.text);
        }
    }
}
