//! `onward today`

use crate::error::{Error, Result};
use crate::session::{Moment, Session, Status};
use crate::view::today::TodaysPrompt;

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

/// Shows today's prompt, after another tip was chosen if that was asked for.
///
/// # Errors
/// [`Error::NoSuchTip`]; [`Error::Usage`] if the tip is a question of the week.
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
    let view = TodaysPrompt::of(today, now, journal)?;
    context.output.show(&view)?;
    Ok(Status::Done)
}
