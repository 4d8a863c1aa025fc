//! What does not change while the program runs.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use zeroize::Zeroizing;

use super::unlocking::Passphrases;
use crate::config::Config;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::journal::Journal;
use crate::model::{Day, DayPhrase, Filter, TimeOfDay};
use crate::output::Output;
use crate::shelf::{DecksInUse, Shelf};
use crate::terminal::secret::{Trouble, from_terminal};
use crate::view::text;

/// What every command works with, and none changes.
#[derive(Debug, Clone)]
pub struct Context {
    /// Where the journal lies.
    pub journal: PathBuf,
    /// What the person has settled.
    pub config: Config,
    /// The clock, the variables, the terminal.
    pub environment: Environment,
    /// Where the configuration lies, or would; `None` without a home directory.
    pub config_path: Option<PathBuf>,
    /// The decks there are.
    pub shelf: Shelf,
    /// Where answers and messages go.
    pub output: Output,
    /// The way that passphrases come.
    pub passphrases: Passphrases,
    /// The decks in use, once they were asked for.
    pub chosen: OnceCell<DecksInUse>,
}

/// What is said of a journal without a page.
pub const NOTHING_WRITTEN: &str = "Nothing is written yet. Begin with onward write.";

/// How a command ended, where nothing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// As asked.
    Done,
    /// There was nothing to do it with; the person has been told.
    NothingDone,
    /// There was nothing to find; the person has been told.
    NothingFound,
    /// It would have had to ask for a passphrase; the person has been told.
    Locked,
    /// The person broke it off; what was typed is kept, and they have been told.
    BrokenOff,
}

impl Status {
    /// The exit status.
    pub fn code(self) -> u8 {
        match self {
            Status::Done => 0,
            Status::NothingDone => 1,
            Status::NothingFound => 3,
            Status::Locked => 4,
            Status::BrokenOff => 130,
        }
    }
}

/// One reading of the clock.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The instant, with the offset of the writer's zone.
    pub now: DateTime<FixedOffset>,
    /// The day as the writer lives it.
    pub today: Day,
}

impl Moment {
    /// The day that a flag's value means.
    ///
    /// # Errors
    /// [`Error::Usage`] naming the flag, for a day in the future and the like.
    pub fn resolve(self, flag: &str, phrase: &DayPhrase) -> Result<Day> {
        phrase
            .resolve(self.today)
            .map_err(|error| Error::usage(format!("{flag}: {error}")))
    }
}

impl Context {
    /// The present moment. What belongs together, such as the day of an entry and the instant
    /// that it is dated to, has to come from one of these: the day may turn between two.
    pub fn moment(&self) -> Moment {
        let now = self.environment.clock.now();
        let today = Day::of(now.naive_local(), self.config.day_starts_at);
        Moment { now, today }
    }

    /// The day as the writer lives it.
    pub fn today(&self) -> Day {
        self.moment().today
    }

    /// The decks in use, and those that are to be and cannot.
    pub fn chosen(&self) -> &DecksInUse {
        self.chosen
            .get_or_init(|| self.shelf.choose(self.config.decks.as_deref()))
    }

    /// Says which decks are left out, and why.
    pub fn tell_left_out(&self) {
        let chosen = self.chosen();
        for left in &chosen.left_out {
            self.output.status(&format!(
                "The deck {} is left out. {} onward deck check {} says all.",
                left.slug,
                text::safe(&left.first()),
                left.slug
            ));
        }
        if chosen.fell_back {
            self.output
                .status("None of your decks can be used, so the one that is built in is.");
        }
    }

    /// The day with which the week of a day begins, where weeks have a question.
    pub fn week_of(&self, day: Day) -> Option<Day> {
        use chrono::Datelike;
        let begins = self.config.weekly_question?.num_days_from_monday();
        let since = (day.date().weekday().num_days_from_monday() + 7 - begins) % 7;
        day.plus_days(-i64::from(since))
    }

    /// The day that a flag's value means.
    ///
    /// # Errors
    /// As [`Moment::resolve`].
    pub fn resolve(&self, flag: &str, phrase: &DayPhrase) -> Result<Day> {
        self.moment().resolve(flag, phrase)
    }

    /// The day to come that a flag's value means.
    ///
    /// # Errors
    /// [`Error::Usage`] naming the flag, for today and the days before, and the like.
    pub fn resolve_ahead(&self, flag: &str, phrase: &DayPhrase) -> Result<Day> {
        phrase
            .resolve_ahead(self.today())
            .map_err(|error| Error::usage(format!("{flag}: {error}")))
    }

    /// What is said where a filter finds no page. Whoever has put pages away is not told that
    /// there are none.
    ///
    /// # Errors
    /// Whatever keeps the journal from being read.
    pub fn nothing(
        &self,
        journal: &Journal,
        filter: &Filter,
        otherwise: &str,
    ) -> Result<String> {
        let away = filter.is_of_days() && !journal.away_numbers(filter)?.is_empty();
        Ok(match away {
            true => {
                "No page is in sight. What is away is safe; onward away --list says how much \
                     it is."
            }
            false => otherwise,
        }
        .to_owned())
    }

    /// The instant of a time of day on a day.
    ///
    /// # Errors
    /// [`Error::Usage`] for an instant that is still to come.
    pub fn dated(&self, day: Day, time: TimeOfDay) -> Result<DateTime<FixedOffset>> {
        let starts_at = self.config.day_starts_at;
        let clock = &self.environment.clock;
        let local = day.moment(time.time(), starts_at);
        let at = clock.zone().instant(local);
        if at > clock.now() {
            let what = format!("--at: {} on {} is still to come", time, self.day(day));
            let hint = (time.time() < starts_at).then(|| {
                format!(
                    "a day turns at {}, so {time} is the end of it",
                    starts_at.format("%H:%M")
                )
            });
            return Err(Error::Usage { what, hint });
        }
        if at.naive_local() != local {
            self.output.status(&format!(
                "The clocks skipped {time} that day; the page is dated {}.",
                at.format("%H:%M")
            ));
        }
        Ok(at)
    }

    /// Asks a question that wants a yes. Where there is nobody to ask, `flag` has to answer.
    ///
    /// # Errors
    /// [`Error::Usage`] when standard input is not a terminal.
    pub fn confirm(&self, question: &str, flag: &str) -> Result<bool> {
        if !self.environment.terminal.input {
            return Err(Error::Usage {
                what: "there is nobody to ask".to_owned(),
                hint: Some(format!("add {flag} if you mean it")),
            });
        }
        let answer = self
            .output
            .ask(question)?
            .unwrap_or_default()
            .to_lowercase();
        Ok(matches!(answer.as_str(), "y" | "yes"))
    }

    /// Asks for what opens a file that is brought in, by the `name` it has there; three times
    /// at most.
    ///
    /// # Errors
    /// [`Error::EncryptedFile`] where there is no terminal to ask on.
    pub fn ask_to_open(
        &self,
        name: &str,
        path: &Path,
        attempt: u32,
    ) -> Result<Option<Zeroizing<String>>> {
        let lead = match attempt {
            1 => "",
            2 => "That does not open it; 2 tries left.\n",
            3 => "That does not open it; once more.\n",
            _ => return Ok(None),
        };
        let file = path.display().to_string();
        let typed = from_terminal(&format!("{lead}{name} of {}: ", text::safe(&file)));
        typed.map(Some).map_err(|trouble| match trouble {
            Trouble::Interrupted => Error::Interrupted,
            Trouble::Because(what, hint) => Error::EncryptedFile {
                file: path.to_path_buf(),
                what,
                // Those are for the journal's.
                hint: hint.map(|_| "use a terminal, or --file-passphrase-fd N".to_owned()),
            },
        })
    }

    /// A day, with its year only where that is not the present one.
    pub fn day(&self, day: Day) -> String {
        day.seen_from(self.today())
    }
}
