//! One run of the program: what it works with, and what opens the journal.

mod access;
pub mod desk;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use zeroize::Zeroizing;

use crate::Error;
use crate::config::Config;
use crate::drafts::{Drafts, Sealed};
use crate::environment::{self, Environment};
use crate::error::Result;
use crate::journal::{self, Journal, Settings};
use crate::model::{Day, DayPhrase, Filter, TimeOfDay};
use crate::output::{Output, text};
use crate::passphrase::{Trouble, from_terminal};
use crate::shelf::{Chosen, Shelf};

pub use access::Access;

/// What every command works with.
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
    /// What opens an encrypted journal.
    pub access: Access,
    /// The decks in use, once they were asked for.
    pub chosen: OnceCell<Chosen>,
}

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

impl Context {
    /// The day as the writer lives it.
    pub fn today(&self) -> Day {
        Day::of(
            self.environment.clock.now().naive_local(),
            self.config.day_starts_at,
        )
    }

    /// Opens the journal to write in. Where it is encrypted and nothing has opened it yet, asks
    /// for its passphrase.
    ///
    /// # Errors
    /// See [`Journal::open`]; [`Error::Locked`] and [`Error::WrongPassphrase`].
    pub fn open(&self) -> Result<Journal> {
        let now = self.environment.clock.now();
        #[cfg(debug_assertions)]
        if let Some(passphrase) = self.access.of_new_journal(&self.journal)? {
            let journal = Journal::create_encrypted(&self.journal, now, &passphrase)?;
            return Ok(self.settled(journal));
        }
        let journal = self
            .access
            .open(|ask| Journal::open(&self.journal, now, ask))?;
        Ok(self.settled(journal))
    }

    /// Opens the journal to read. Where it is encrypted and nothing has opened it yet, asks
    /// for its passphrase.
    ///
    /// # Errors
    /// See [`Journal::open_to_read`]; [`Error::Locked`] and [`Error::WrongPassphrase`].
    pub fn open_to_read(&self) -> Result<Journal> {
        let journal = self
            .access
            .open(|ask| Journal::open_to_read(&self.journal, ask))?;
        Ok(self.settled(journal))
    }

    /// Opens a journal that is not encrypted.
    ///
    /// # Errors
    /// See [`Journal::open_to_read`].
    pub fn open_plain(&self) -> Result<Journal> {
        let journal = Journal::open_to_read(&self.journal, &mut journal::ask_nobody)?;
        Ok(journal.with(Settings {
            today: Some(self.today()),
            ..Settings::default()
        }))
    }

    /// Finds what opens the journal, where it is encrypted: before anything is typed into it
    /// or read for it. To be asked while the journal is not open.
    ///
    /// # Errors
    /// [`Error::Locked`] and [`Error::WrongPassphrase`]. Anything else that is wrong with the
    /// journal is said when it is opened.
    pub fn unlock(&self) -> Result<()> {
        if journal::is_encrypted(&self.journal) {
            self.access.keep_ready(self.open_to_read()?);
        }
        Ok(())
    }

    /// The drafts of the journal. Those of an encrypted one are kept on no disk but in it.
    pub fn drafts(&self) -> Drafts {
        let drafts = Drafts::of(&self.journal);
        if self.access.is_encrypted() {
            drafts.sealed(self.sealed())
        } else {
            drafts
        }
    }

    /// How drafts of the journal are kept where it is encrypted.
    pub fn sealed(&self) -> Sealed {
        Sealed {
            key: self.access.key(),
            in_memory: environment::places_in_memory(),
            on_disk: self.config.editor_on_disk,
        }
    }

    /// Whether something is still to be said that is said once in the life of an encrypted
    /// journal; then it is to be said now. What cannot be noted is said again another time.
    pub fn tells_now(&self, what: &str) -> bool {
        let Some(key) = self.access.key() else {
            return false;
        };
        let told = Journal::open_again(&self.journal, &key)
            .and_then(|mut journal| journal.tells_now(what));
        told.unwrap_or(true)
    }

    fn settled(&self, journal: Journal) -> Journal {
        journal.with(Settings {
            decks: self.chosen().decks.clone(),
            gentle: self.config.gentle,
            today: Some(self.today()),
        })
    }

    /// The decks in use, and those that are to be and cannot.
    pub fn chosen(&self) -> &Chosen {
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
    /// [`Error::Usage`] naming the flag, for a day in the future and the like.
    pub fn resolve(&self, flag: &str, phrase: &DayPhrase) -> Result<Day> {
        phrase
            .resolve(self.today())
            .map_err(|error| Error::usage(format!("{flag}: {error}")))
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

    /// Between midnight and the turn of the day: which day it still is, as a sentence.
    pub fn after_midnight(&self) -> Option<String> {
        let today = self.today();
        let now = self.environment.clock.now();
        (now.date_naive() != today.date()).then(|| {
            format!(
                "It is {} and still {}.",
                now.format("%H:%M"),
                today.without_year()
            )
        })
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
    /// [`Error::Sealed`] where there is no terminal to ask on.
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
            Trouble::Because(what, hint) => Error::Sealed {
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
