//! `onward contact`

use std::ffi::OsString;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::model::contact::{NoContactDays, UrgeCounts};
use crate::model::kind::{ContactFrom, ContactSetting, ContactWay};
use crate::model::lookback::DayRun;
use crate::model::phrase::PhraseError;
use crate::model::{Day, DayPhrase, Kind, TimeOfDay, count};
use crate::session::{Composition, Session, Status, is_dash, report};
use crate::view::figures::{RunJson, mean_mood_in_words, rounded_mean};
use crate::view::{Page, Style, View, entry, picture, text};

/// Count the days without contact, and see when urges come
///
/// The days are counted from the one after the day you name with `contact since`. A day on
/// which you log a contact, whoever began it, is not counted; everything you kept stays.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Name the day of walking away
    Since {
        /// The day (2026-10-09, "last friday", "3 weeks ago")
        #[arg(value_name = "DAY", required = true)]
        day: Vec<String>,
    },
    /// Note a contact
    Log(LogArgs),
    /// Leave the line about contact out of the daily page
    Hide,
    /// Have it there again
    Show,
}

#[derive(Debug, clap::Args)]
struct LogArgs {
    /// A note on it; put -- before text that begins with a hyphen
    #[arg(value_name = "NOTE")]
    note: Vec<OsString>,
    /// The day it was (yesterday, "last friday", 2026-10-09)
    #[arg(long, value_name = "DAY")]
    on: Option<DayPhrase>,
    /// The time of that day (21:15, 9pm)
    #[arg(long, value_name = "TIME")]
    at: Option<TimeOfDay>,
    /// Who began it: me or them
    #[arg(long, value_name = "WHO")]
    by: Option<ContactFrom>,
    /// In which way: call, text, met, online or other
    #[arg(long, value_name = "HOW")]
    how: Option<ContactWay>,
}

impl Args {
    /// Returns `true` if the note on a contact comes from standard input.
    pub fn takes_standard_input(&self) -> bool {
        matches!(&self.verb, Some(Verb::Log(contact)) if is_dash(&contact.note))
    }
}

/// Shows the days without contact, logs a contact, or changes a setting about contact.
///
/// # Errors
/// [`Error::Usage`] for a day in the future; [`Error::Unsaved`] if a note could not be saved,
/// with the place where it is kept.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    match &args.verb {
        None => show_figures(session),
        Some(Verb::Since { day }) => {
            let phrase: DayPhrase = day
                .join(" ")
                .parse()
                .map_err(|error: PhraseError| Error::usage(error.to_string()))?;
            let day = context.resolve("DAY", &phrase)?;
            let ago = match context.today().days_since(day) {
                0 => "today".to_owned(),
                days => format!("{} ago", count::with_noun(days as usize, "day", "days")),
            };
            let sentence = format!("The days are counted since {}, {ago}.", context.day(day));
            save_setting(ContactSetting::Since, day, &sentence, session)
        }
        Some(Verb::Log(contact)) => log_contact(contact, session),
        Some(Verb::Hide) => save_setting(
            ContactSetting::Hide,
            context.today(),
            "The daily page says nothing of contact now. onward contact still does.",
            session,
        ),
        Some(Verb::Show) => save_setting(
            ContactSetting::Show,
            context.today(),
            "The daily page has a line about contact.",
            session,
        ),
    }
}

/// Saves a setting about contact.
fn save_setting(
    mark: ContactSetting,
    day: Day,
    sentence: &str,
    session: &mut Session<'_>,
) -> Result<Status> {
    let context = session.context();
    let settled = Composition {
        day,
        ..Composition::new(Kind::Setting(mark), context)
    };
    let now = settled.begun.now;
    let entry = settled.new_entry(Kind::Setting(mark), String::new());
    let entry = session.journal()?.add_one(entry, now)?;
    context.output.status(sentence);
    if context.output.json {
        context.output.show(&entry::ChangedEntry(&entry))?;
    }
    Ok(Status::Done)
}

fn log_contact(contact: &LogArgs, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let kind = Kind::Contact {
        by: contact.by,
        how: contact.how,
    };
    let mut composition = Composition::new(kind, context);
    if let Some(phrase) = &contact.on {
        composition.day = composition.begun.resolve("--on", phrase)?;
    }
    composition.at = contact
        .at
        .map(|time| context.instant_of(composition.day, time))
        .transpose()?;
    let text = match &contact.note[..] {
        [] => None,
        words => composition.text_from(words, session)?,
    };
    let composed = composition.save(text.unwrap_or_default(), None, session)?;
    let status = report::tell_outcome(composed, context)?;
    if let Some(kept) = session
        .journal_to_read()?
        .no_contact_days(context.today())?
        && kept.kept > 0
    {
        let days = count::with_noun(kept.kept, "day", "days");
        let stay = if kept.kept == 1 { "stays" } else { "stay" };
        context
            .output
            .status(&format!("{days} without contact {stay} yours."));
    }
    Ok(status)
}

fn show_figures(session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal_to_read()?;
    let answer = ContactView {
        kept: journal.no_contact_days(context.today())?,
        contacts: journal.contacts()?.len(),
        urges: journal.urges()?,
        on_daily_page: journal.tells_of_contact()?,
        streaks: context.config.streaks,
        today: context.today(),
    };
    context.output.show_long(&answer)?;
    if answer.kept.is_none() {
        context.output.status(
            "To count the days, name the one you walked away: onward contact since DAY",
        );
        if answer.contacts == 0 && answer.urges.count == 0 {
            return Ok(Status::NothingFound);
        }
    }
    Ok(Status::Done)
}

struct ContactView {
    kept: Option<NoContactDays>,
    contacts: usize,
    urges: UrgeCounts,
    on_daily_page: bool,
    streaks: bool,
    today: Day,
}

#[derive(Serialize)]
struct ContactAnswerJson {
    contact: ContactJson,
}

#[derive(Serialize)]
struct ContactJson {
    since: Option<String>,
    days: Option<usize>,
    days_kept: Option<usize>,
    days_with_contact: Vec<String>,
    begun_by_them: Option<usize>,
    current_run: Option<RunJson>,
    longest_run: Option<RunJson>,
    contacts: usize,
    on_daily_page: bool,
    urges: UrgesJson,
}

#[derive(Serialize)]
struct UrgesJson {
    count: usize,
    by_hour: [usize; 24],
    by_weekday: [usize; 7],
    mostly: Option<MostlyJson>,
    set_off_by: Vec<SetOffJson>,
    ended: Vec<EndedJson>,
    mean_strength: Option<f64>,
}

#[derive(Serialize)]
struct MostlyJson {
    when: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct SetOffJson {
    words: String,
    count: usize,
}

#[derive(Serialize)]
struct EndedJson {
    how: &'static str,
    count: usize,
}

impl View for ContactView {
    fn json(&self) -> impl Serialize {
        let kept = self.kept.as_ref();
        let urges = &self.urges;
        let run = |run: Option<DayRun>| RunJson::of(run, self.streaks);
        ContactAnswerJson {
            contact: ContactJson {
                since: kept.map(|kept| kept.since.to_string()),
                days: kept.map(|kept| kept.days),
                days_kept: kept.map(|kept| kept.kept),
                days_with_contact: kept
                    .iter()
                    .flat_map(|kept| kept.broken.iter().map(Day::to_string))
                    .collect(),
                begun_by_them: kept.map(|kept| kept.by_them),
                current_run: kept.and_then(|kept| run(kept.run)),
                longest_run: kept.and_then(|kept| run(kept.longest)),
                contacts: self.contacts,
                on_daily_page: self.on_daily_page,
                urges: UrgesJson {
                    count: urges.count,
                    by_hour: urges.hours,
                    by_weekday: urges.weekdays,
                    mostly: urges.mostly.map(|(part, count)| MostlyJson {
                        when: part.words(),
                        count,
                    }),
                    set_off_by: urges
                        .set_off_by
                        .iter()
                        .map(|(words, count)| SetOffJson {
                            words: words.clone(),
                            count: *count,
                        })
                        .collect(),
                    ended: urges
                        .ended
                        .iter()
                        .map(|(how, count)| EndedJson {
                            how: how.name(),
                            count: *count,
                        })
                        .collect(),
                    mean_strength: urges.strength.map(rounded_mean),
                },
            },
        }
    }

    fn human(&self, page: &mut Page) {
        if self.kept.is_none() && self.urges.count == 0 {
            return;
        }
        page.blank();
        if let Some(kept) = &self.kept {
            self.kept_on(page, kept);
            page.blank();
        }
        if self.urges.count > 0 {
            self.urges_on(page);
            page.blank();
        }
    }
}

/// The number of triggers that are shown.
const MOST_TRIGGERS: usize = 5;

impl ContactView {
    fn kept_on(&self, page: &mut Page, kept: &NoContactDays) {
        let days = count::with_noun(kept.days, "day", "days");
        page.paragraph(2, Style::Strong, &format!("Since {}", kept.since.long()));
        page.blank();
        let sentence = match (kept.days, kept.kept) {
            (0, _) => "You walked away today. The first day is tomorrow.".to_owned(),
            (_, 0) => format!("{days} so far, with contact. The next one is open."),
            (days_of, kept_of) if days_of == kept_of => format!("{days} without contact."),
            (_, kept_of) => {
                format!("{} of {days} without contact.", count::grouped(kept_of))
            }
        };
        let others = kept.broken.len();
        let began = match kept.by_them {
            0 => String::new(),
            1 if others == 1 => " On the other one it was they who got in touch.".to_owned(),
            them if them == others => " On the others it was they who got in touch.".to_owned(),
            them => format!(
                " On {} of the other {} it was they who got in touch.",
                count::grouped(them),
                count::grouped(others)
            ),
        };
        page.labelled("Kept", Style::Plain, &format!("{sentence}{began}"));
        if !self.streaks {
            return;
        }
        let day = |day: Day| day.seen_from(self.today);
        let told = |run: DayRun| {
            let days = count::with_noun(run.days(), "day", "days");
            if run.to == self.today {
                format!("{days} in a row, since {}", day(run.from))
            } else {
                format!("{days} in a row, {} to {}", day(run.from), day(run.to))
            }
        };
        if let Some(run) = kept.run.filter(|run| run.days() > 1) {
            page.labelled("Now", Style::Plain, &told(run));
        }
        let longest = kept.longest.filter(|run| run.days() > 1);
        if let Some(run) = longest.filter(|_| kept.longest != kept.run) {
            page.labelled("Longest", Style::Plain, &told(run));
        }
    }

    fn urges_on(&self, page: &mut Page) {
        let urges = &self.urges;
        let mut all = format!("{} noted", count::grouped(urges.count));
        if let Some(strength) = urges.strength {
            all.push_str(&format!(", around {} of 10", mean_mood_in_words(strength)));
        }
        all.push('.');
        if let Some((part, count)) = urges.mostly {
            all.push_str(&match count {
                count if count == urges.count => format!(" All came {}.", part.words()),
                some => format!(
                    " {} of {} came {}.",
                    count::grouped(some),
                    count::grouped(urges.count),
                    part.words()
                ),
            });
        }
        page.labelled("Urges", Style::Plain, &all);
        page.blank();
        // Begin the row at 4, so that a night stays in one piece.
        let hours: Vec<usize> = (0..24).map(|hour| urges.hours[(hour + 4) % 24]).collect();
        page.labelled_lines("Hours", [bars(&hours), "4     10    16    22".to_owned()]);
        page.blank();
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let cells = |cell: &dyn Fn(usize) -> String| -> String {
            (0..7).map(|at| format!("{:<4}", cell(at))).collect()
        };
        let most = urges.weekdays.iter().max().copied().unwrap_or(0);
        page.labelled_lines(
            "Days",
            [
                cells(&|at| bar(urges.weekdays[at], most).to_string()),
                cells(&|at| names[at].to_owned()),
                cells(&|at| match urges.weekdays[at] {
                    0 => String::new(),
                    count => count::grouped(count),
                }),
            ],
        );
        if !urges.set_off_by.is_empty() {
            page.blank();
            let room = page.width_beside_label();
            let lines = urges
                .set_off_by
                .iter()
                .take(MOST_TRIGGERS)
                .map(|(words, often)| {
                    let words = text::fit(words, room.saturating_sub(4));
                    format!("{}  {words}", count::grouped(*often))
                });
            page.labelled_lines("Set off", lines.collect::<Vec<_>>());
        }
        if !urges.ended.is_empty() {
            page.blank();
            let ended = urges
                .ended
                .iter()
                .map(|(how, often)| format!("{}  {}", count::grouped(*often), how.words()));
            page.labelled_lines("Then", ended.collect::<Vec<_>>());
        }
    }
}

fn bars(counts: &[usize]) -> String {
    let most = counts.iter().max().copied().unwrap_or(0);
    counts.iter().map(|count| bar(*count, most)).collect()
}

/// A column for a count; a dot for 0.
fn bar(count: usize, most: usize) -> char {
    picture::column((count > 0).then_some(count as f64), 0.0, most.max(1) as f64)
}
