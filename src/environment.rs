//! The clock, the environment variables, the terminal's size and the platform's standard
//! folders. This is the only module that asks the system for them; every layer below receives
//! them as arguments.

use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::hash::{BuildHasher, Hasher};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, Timelike, Utc};
use directories::{BaseDirs, ProjectDirs};

use crate::error::{Error, Result};
use crate::formats::age;
use crate::journal::KeyCost;
use crate::model::Zone;

/// The environment of the run, read once at the start.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The clock in the writer's zone.
    pub clock: Clock,
    /// `$VISUAL`, else `$EDITOR`; `None` if neither is set to anything.
    pub editor: Option<String>,
    /// `$PAGER`. An empty string means that it is set to nothing, `None` that it is not set.
    pub pager: Option<String>,
    /// `true` if `$LESS` is set, so that the person's own options for `less` hold.
    pub less: bool,
    /// `true` if `$NO_COLOR` is set (<https://no-color.org>).
    pub no_color: bool,
    /// `true` if `$TERM` is `dumb`: a terminal without control sequences.
    pub dumb: bool,
    /// Which of the standard streams are terminals.
    pub terminal: Terminals,
    /// The width to lay out for, in columns.
    pub width: usize,
    /// The height of the terminal in rows; `None` if standard output is no terminal, or one
    /// that does not know its height.
    pub height: Option<usize>,
    /// `$ONWARD_PASSPHRASE_COMMAND`: the command line of a program that prints the passphrase.
    pub passphrase_command: Option<String>,
    /// The strength of the protection by passphrases in this run.
    pub protection: Protection,
}

/// The strength of the protection by passphrases, and whether new journals get it at once. It
/// is [`Protection::FULL`] in every released program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protection {
    /// The cost of deriving the key of a journal from its passphrase.
    pub key_cost: KeyCost,
    /// The work factor (log2) that slows down guessing the passphrase of an export, as
    /// [`age::WORK`].
    pub export_work: u8,
    /// `true` if every new journal is encrypted at once, which only tests want.
    pub encrypts_new_journals: bool,
}

impl Protection {
    /// The protection of every released program.
    pub const FULL: Protection = Protection {
        key_cost: KeyCost::FULL,
        export_work: age::WORK,
        encrypts_new_journals: false,
    };

    /// The protection that the tests of this program ask for, so that they take no time:
    /// `$ONWARD_TRIAL_KEYS` derives keys that protect nothing, `$ONWARD_TRIAL_ENCRYPTED`
    /// encrypts every new journal.
    fn of_tests(is_said: impl Fn(&str) -> bool) -> Protection {
        let full = Protection {
            encrypts_new_journals: is_said("ONWARD_TRIAL_ENCRYPTED"),
            ..Protection::FULL
        };
        match is_said("ONWARD_TRIAL_KEYS") {
            false => full,
            true => Protection {
                key_cost: KeyCost::TRIAL,
                export_work: 1,
                ..full
            },
        }
    }
}

/// Which of the standard streams are terminals.
#[derive(Debug, Clone, Copy)]
pub struct Terminals {
    /// Standard input.
    pub input: bool,
    /// Standard output.
    pub output: bool,
    /// Standard error.
    pub error: bool,
}

impl Terminals {
    /// Asks the system which streams are terminals.
    pub fn read() -> Terminals {
        Terminals {
            input: std::io::stdin().is_terminal(),
            output: std::io::stdout().is_terminal(),
            error: std::io::stderr().is_terminal(),
        }
    }
}

impl Environment {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`Error::Usage`] if `$ONWARD_NOW` is set and is not an RFC 3339 instant.
    pub fn read() -> Result<Environment> {
        let terminal = Terminals::read();
        let said = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        Ok(Environment {
            clock: Clock::read()?,
            editor: said("VISUAL").or_else(|| said("EDITOR")),
            pager: variable("PAGER"),
            less: variable("LESS").is_some(),
            no_color: said("NO_COLOR").is_some(),
            dumb: said("TERM").is_some_and(|term| term == "dumb"),
            terminal,
            width: width(said("COLUMNS"), terminal.output),
            height: height(terminal.output),
            passphrase_command: said("ONWARD_PASSPHRASE_COMMAND"),
            // Only a build with debug assertions reads the variables of the tests. A released
            // program ignores them, so nobody can make it create or open a journal that is
            // protected as weakly as those of the tests.
            protection: if cfg!(debug_assertions) {
                Protection::of_tests(|name| said(name).is_some())
            } else {
                Protection::FULL
            },
        })
    }
}

fn variable(name: &str) -> Option<String> {
    variable_as_given(name)?.into_string().ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn variable_as_given(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The width to lay out for: `$COLUMNS`, else the terminal's width, else 80.
fn width(columns: Option<String>, terminal: bool) -> usize {
    let said = columns.and_then(|columns| columns.trim().parse::<usize>().ok());
    let measured = || match terminal_size::terminal_size() {
        Some((terminal_size::Width(width), _)) if terminal => Some(usize::from(width)),
        _ => None,
    };
    said.filter(|&width| width > 0)
        .or_else(measured)
        .unwrap_or(80)
}

/// The height of the terminal in rows. A terminal that does not know its height reports 0,
/// which becomes `None`.
fn height(terminal: bool) -> Option<usize> {
    let (_, terminal_size::Height(rows)) = terminal_size::terminal_size()?;
    Some(usize::from(rows)).filter(|&rows| terminal && rows > 0)
}

/// The file that a program's name stands for, searched on `$PATH` as the system does.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let is_there = |path: &PathBuf| path.is_file();
    if name.contains(std::path::is_separator) {
        return Some(PathBuf::from(name)).filter(is_there);
    }
    let folders = variable_as_given("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
        .find(is_there)
}

/// A random number, for a choice that needs no secrecy.
pub fn random_number() -> u64 {
    // The standard library seeds its hash tables with random bytes from the system.
    RandomState::new().build_hasher().finish()
}

/// The file in which Unix systems keep the rules of their time zone. On most it is a link to a
/// file that has the zone's name.
const LOCALTIME: &str = "/etc/localtime";

/// The time zone that the system is set to; `$TZ` wins over the system's file.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks for the system's zone"
)]
fn zone() -> Zone {
    let read = |path: &Path| std::fs::read(path).ok();
    if let Some(value) = variable("TZ") {
        return Zone::from_variable(&value, read);
    }
    // Windows has no such file; jiff asks its own interface.
    read(Path::new(LOCALTIME))
        .and_then(|content| Zone::from_file(&content))
        .unwrap_or_else(|| Zone::from(jiff::tz::TimeZone::system()))
}

/// The IANA name of the writer's time zone, such as `Europe/Berlin`; `UTC` if the system does
/// not say. Day One's exports name it.
pub fn zone_name() -> String {
    let link = std::fs::read_link(LOCALTIME).ok();
    let settings = [
        variable("TZ"),
        link.and_then(|path| path.into_os_string().into_string().ok()),
        std::fs::read_to_string("/etc/timezone").ok(),
    ];
    settings
        .into_iter()
        .flatten()
        .find_map(|setting| Zone::from_setting(&setting))
        .unwrap_or_else(zone)
        .name()
        .unwrap_or("UTC")
        .to_owned()
}

/// The effective user id, which owns the files that this program makes; `None` on systems
/// without user ids.
pub fn user_id() -> Option<u32> {
    #[cfg(unix)]
    return Some(rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    None
}

/// Keeps the memory of this program private: a crash of it, of the editor or of the pager
/// leaves no core file, and no other process but root's can read its memory. It is best effort,
/// and the program runs if the system refuses.
pub fn keep_memory_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        // A limit of 0 keeps cores out of files. A program that the system pipes cores to gets
        // them at any limit but 1, so set 1 (fs/coredump.c in Linux).
        let mut limit = getrlimit(Resource::Core);
        limit.current = Some(limit.maximum.unwrap_or(1).min(1));
        let _ = setrlimit(Resource::Core, limit);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

/// The free space in bytes on the disk of a folder; `None` if the system does not say.
pub fn free_space(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    return rustix::fs::statvfs(folder)
        .ok()
        .map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// The default path of the journal.
///
/// # Errors
/// [`Error::NoHome`] without a home directory.
pub fn journal_path() -> Result<PathBuf> {
    Ok(places()?.data_dir().join("journal.db"))
}

/// The default path of the configuration file; `None` without a home directory.
pub fn config_path() -> Option<PathBuf> {
    Some(places().ok()?.config_dir().join("config.toml"))
}

/// Resolves a path from the configuration: `~/` is the home directory, and a relative path
/// starts at `folder`.
///
/// # Errors
/// [`Error::NoHome`] for a path that begins with `~` without a home directory.
pub fn resolve_path(path: &Path, folder: &Path) -> Result<PathBuf> {
    match path.strip_prefix("~") {
        Ok(rest) => {
            let places = BaseDirs::new().ok_or(Error::NoHome)?;
            Ok(places.home_dir().join(rest))
        }
        Err(_) => Ok(folder.join(path)),
    }
}

/// Folders to try for a text that could not be saved beside the journal, for example because
/// its disk is full; the best first.
pub fn folders_of_last_resort() -> Vec<PathBuf> {
    let runtime = BaseDirs::new().and_then(|places| places.runtime_dir().map(PathBuf::from));
    runtime.into_iter().chain([std::env::temp_dir()]).collect()
}

/// Folders that lie in memory and never on a disk, for text of an encrypted journal. The
/// person's own runtime folder comes first: other people can read no file in either of them,
/// and in the first not even the names.
pub fn folders_in_memory() -> Vec<PathBuf> {
    #[cfg(target_os = "linux")]
    {
        const TMPFS: i128 = 0x0102_1994;
        const RAMFS: i128 = 0x8584_58f6;
        // The type of `f_type` differs between machines.
        let in_memory = |place: &PathBuf| {
            rustix::fs::statfs(place)
                .is_ok_and(|found| [TMPFS, RAMFS].contains(&found.f_type.into()))
        };
        let runtime =
            BaseDirs::new().and_then(|places| places.runtime_dir().map(PathBuf::from));
        let places = runtime.into_iter().chain([PathBuf::from("/dev/shm")]);
        places.filter(in_memory).collect()
    }
    // On other systems a program cannot tell whether a folder lies in memory.
    #[cfg(not(target_os = "linux"))]
    Vec::new()
}

fn places() -> Result<ProjectDirs> {
    ProjectDirs::from("", "", "onward")
        .filter(|places| places.data_dir().is_absolute())
        .ok_or(Error::NoHome)
}

/// The time of day in the writer's zone. It goes on while the program runs, unless
/// `$ONWARD_NOW` stops it.
#[derive(Debug, Clone)]
pub struct Clock {
    /// The instant that `$ONWARD_NOW` stops the clock at.
    stopped: Option<DateTime<FixedOffset>>,
    zone: Zone,
}

impl Clock {
    fn read() -> Result<Clock> {
        let zone = zone();
        match variable("ONWARD_NOW").filter(|said| !said.is_empty()) {
            Some(said) => {
                let now = DateTime::parse_from_rfc3339(&said).map_err(|_| Error::Usage {
                    what: format!("cannot read ONWARD_NOW ({said:?}) as an instant"),
                    hint: Some("write it as 2026-11-22T21:30:00+01:00".to_owned()),
                })?;
                Ok(Clock::stopped_at(now, zone))
            }
            None => Ok(Clock {
                stopped: None,
                zone,
            }),
        }
    }

    /// A clock that always shows the same instant. If the instant's offset is not the one that
    /// the zone has then, the offset is kept for the whole run in place of the zone.
    fn stopped_at(now: DateTime<FixedOffset>, zone: Zone) -> Clock {
        let is_of_zone = zone.offset_at(now.to_utc()) == *now.offset();
        Clock {
            stopped: Some(now),
            zone: if is_of_zone {
                zone
            } else {
                Zone::fixed(*now.offset())
            },
        }
    }

    /// The present instant with the offset of the writer's zone. It is cut to a whole second,
    /// because entries are dated to the second.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    pub fn now(&self) -> DateTime<FixedOffset> {
        let now = self.stopped.unwrap_or_else(|| self.zone.at(Utc::now()));
        now.with_nanosecond(0).unwrap_or(now)
    }

    /// The writer's zone: the system's, unless `$ONWARD_NOW` names an offset that this zone
    /// does not have at that instant.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(now: &str, zone: &str) -> Clock {
        let now = DateTime::parse_from_rfc3339(now).expect("an instant");
        Clock::stopped_at(now, zone.parse().expect("a zone"))
    }

    #[test]
    fn an_offset_that_is_not_the_zones_own_holds_throughout() {
        for (now, zone, holds) in [
            (
                "2026-07-01T12:00:00+02:00",
                "Europe/Berlin",
                "Europe/Berlin",
            ),
            (
                "2026-12-01T12:00:00+01:00",
                "Europe/Berlin",
                "Europe/Berlin",
            ),
            ("2026-12-01T12:00:00+02:00", "Europe/Berlin", "+02:00"),
            ("2026-12-01T12:00:00Z", "Europe/Berlin", "UTC"),
            ("2026-12-01T12:00:00+13:00", "Pacific/Apia", "Pacific/Apia"),
            ("2011-12-29T12:00:00-10:00", "Pacific/Apia", "Pacific/Apia"),
            ("2011-12-29T12:00:00+14:00", "Pacific/Apia", "+14:00"),
            // Berlin's local mean time was +00:53:28, which `$ONWARD_NOW` can only name to the
            // minute.
            (
                "1892-05-01T12:00:00+00:53",
                "Europe/Berlin",
                "Europe/Berlin",
            ),
        ] {
            assert_eq!(clock(now, zone).zone().to_string(), holds, "{now} {zone}");
        }
    }

    #[test]
    fn tests_that_ask_for_nothing_have_the_full_protection() {
        assert_eq!(Protection::of_tests(|_| false), Protection::FULL);
    }

    #[test]
    fn a_moment_is_a_whole_second() {
        let now = clock("2026-11-22T21:30:00.123456+00:00", "UTC").now();
        assert_eq!(now.to_rfc3339(), "2026-11-22T21:30:00+00:00");
    }
}
