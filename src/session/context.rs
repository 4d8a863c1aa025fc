//! The context of a run: everything that does not change while the program runs.

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
use crate::terminal::secret::{SecretError, secret_from_terminal};
use crate::view::text;

/// Everything that a command may use and none changes.
#[derive(Debug, Clone)]
pub struct Context {
    /// The path of the journal.
    pub journal: PathBuf,
    /// The configuration file.
    pub config: Config,
    /// The clock, the environment variables and the terminal's size.
    pub environment: Environment,
    /// The path of the configuration file, which need not exist; `None` without a home
    /// directory.
    pub config_path: Option<PathBuf>,
    /// The decks on disk.
    pub shelf: Shelf,
    /// The writer of answers and messages.
    pub output: Output,
    /// The source of passphrases.
    pub passphrases: Passphrases,
    /// The decks in use, read when [`Context::chosen`] is first called.
    pub chosen: OnceCell<DecksInUse>,
}

/// The message for a journal without a page.
pub const NOTHING_WRITTEN: &str = "Nothing is written yet. Begin with onward write.";

/// The result of a command that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It did what was asked.
    Done,
    /// There was nothing to do; the person has been told.
    NothingDone,
    /// It found nothing; the person has been told.
    NothingFound,
    /// The journal is locked and the command never prompts; the person has been told.
    Locked,
    /// The person stopped it. The typed text is kept, and they have been told.
    BrokenOff,
}

impl Status {
    /// The exit status of the program.
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

/// One reading of the clock, as an instant and as the writer's day.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The instant, with the offset of the writer's zone.
    pub now: DateTime<FixedOffset>,
    /// The writer's day, which turns at `day_starts_at` and not at midnight.
    pub today: Day,
}

impl Moment {
    /// The day that a flag's value names, seen from this moment.
    ///
    /// # Errors
    /// [`Error::Usage`] with the name of the flag, for example for a day in the future.
    pub fn resolve(self, flag: &str, phrase: &DayPhrase) -> Result<Day> {
        phrase
            .resolve(self.today)
            .map_err(|error| Error::usage(format!("{flag}: {error}")))
    }
}

impl Context {
    /// Reads the clock. Take the day of an entry and its instant from one `Moment`: the day may
    /// turn between two readings, and the entry would be filed under a day that does not match
    /// its time.
    pub fn moment(&self) -> Moment {
        let now = self.environment.clock.now();
        let today = Day::of(now.naive_local(), self.config.day_starts_at);
        Moment { now, today }
    }

    /// The writer's day now.
    pub fn today(&self) -> Day {
        self.moment().today
    }

    /// The decks in use, and the configured decks that cannot be used.
    pub fn chosen(&self) -> &DecksInUse {
        self.chosen
            .get_or_init(|| self.shelf.choose(self.config.decks.as_deref()))
    }

    /// Tells the person which configured decks cannot be used, and why.
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

    /// The first day of the week that a day is in; `None` if the question of the week is
    /// switched off. Weeks begin on the configured weekday.
    pub fn week_of(&self, day: Day) -> Option<Day> {
        use chrono::Datelike;
        let begins = self.config.weekly_question?.num_days_from_monday();
        let since = (day.date().weekday().num_days_from_monday() + 7 - begins) % 7;
        day.plus_days(-i64::from(since))
    }

    /// The day that a flag's value names, seen from now.
    ///
    /// # Errors
    /// As [`Moment::resolve`].
    pub fn resolve(&self, flag: &str, phrase: &DayPhrase) -> Result<Day> {
        self.moment().resolve(flag, phrase)
    }

    /// The day in the future that a flag's value names.
    ///
    /// # Errors
    /// [`Error::Usage`] with the name of the flag, for today, an earlier day and the like.
    pub fn resolve_ahead(&self, flag: &str, phrase: &DayPhrase) -> Result<Day> {
        phrase
            .resolve_ahead(self.today())
            .map_err(|error| Error::usage(format!("{flag}: {error}")))
    }

    /// The sentence for a filter that finds no page: `otherwise`, unless the filter matches
    /// pages that are away. Telling a person with hidden pages that there are none would
    /// frighten them.
    pub fn nothing_found_sentence(
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

    /// The instant of a time of day on one of the writer's days. Tells the person if the clocks
    /// skipped that time.
    ///
    /// # Errors
    /// [`Error::Usage`] for an instant in the future.
    pub fn instant_of(&self, day: Day, time: TimeOfDay) -> Result<DateTime<FixedOffset>> {
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

    /// Asks a yes-or-no question on the terminal; only `y` and `yes` mean yes. `flag` is the
    /// flag that answers yes without a terminal, for the hint of the error.
    ///
    /// # Errors
    /// [`Error::Usage`] if standard input is no terminal.
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

    /// Asks for the passphrase or password of a file that is imported. `name` is the word that
    /// the file's own program uses for it. `attempt` counts from 1; `None` after the third.
    ///
    /// # Errors
    /// [`Error::EncryptedFile`] without a terminal; [`Error::Interrupted`].
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
        let typed = secret_from_terminal(&format!("{lead}{name} of {}: ", text::safe(&file)));
        typed.map(Some).map_err(|trouble| match trouble {
            SecretError::Interrupted => Error::Interrupted,
            SecretError::Because(what, hint) => Error::EncryptedFile {
                file: path.to_path_buf(),
                what,
                // The hint names the flags for the journal's passphrase; replace it by those
                // for a file's.
                hint: hint.map(|_| "use a terminal, or --file-passphrase-fd N".to_owned()),
            },
        })
    }

    /// A day in words, with its year only if that is not the present one.
    pub fn day(&self, day: Day) -> String {
        day.seen_from(self.today())
    }
}
