//! What surrounds the program: the clock, the variables, the standard places. The only
//! module that asks for them; everything below gets what it needs as an argument.

use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::hash::{BuildHasher, Hasher};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, Timelike, Utc};
use directories::{BaseDirs, ProjectDirs};

use crate::error::{Error, Result};
use crate::model::Zone;

/// What surrounds the program, read once.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The time.
    pub clock: Clock,
    /// `$VISUAL`, else `$EDITOR`; `None` where neither says anything.
    pub editor: Option<String>,
    /// `$PAGER`, empty where it is set to nothing.
    pub pager: Option<String>,
    /// Whether `LESS` says how `less` behaves.
    pub less: bool,
    /// Whether `NO_COLOR` asks for none (<https://no-color.org>).
    pub no_color: bool,
    /// Whether the terminal knows no control sequences.
    pub dumb: bool,
    /// Whether standard input, output and error are terminals.
    pub terminal: Terminals,
    /// The width to write for, in columns.
    pub width: usize,
    /// The rows of the terminal, where it says.
    pub height: Option<usize>,
    /// `ONWARD_PASSPHRASE_COMMAND`: what prints the passphrase.
    pub passphrase_command: Option<String>,
    /// What only the tests of this program say.
    #[cfg(debug_assertions)]
    pub trial: Trial,
}

/// What only the tests of this program say. A program that is built to be used (without debug
/// assertions) has no such thing, so it neither makes nor opens a journal that is protected
/// as little as theirs.
#[cfg(debug_assertions)]
#[derive(Debug, Clone, Copy)]
pub struct Trial {
    /// `ONWARD_TRIAL_KEYS`: keys are made with parameters that protect nothing and take no
    /// time.
    pub keys: bool,
    /// `ONWARD_TRIAL_ENCRYPTED`: new journals are encrypted from the first.
    pub encrypted: bool,
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
    /// Asks the system.
    pub fn read() -> Terminals {
        Terminals {
            input: std::io::stdin().is_terminal(),
            output: std::io::stdout().is_terminal(),
            error: std::io::stderr().is_terminal(),
        }
    }
}

impl Environment {
    /// Reads it.
    ///
    /// # Errors
    /// [`Error::Usage`] when `ONWARD_NOW` is set to what is no RFC 3339 instant.
    pub fn read() -> Result<Environment> {
        let terminal = Terminals::read();
        let said = |name| variable(name).filter(|value| !value.trim().is_empty());
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
            #[cfg(debug_assertions)]
            trial: Trial {
                keys: said("ONWARD_TRIAL_KEYS").is_some(),
                encrypted: said("ONWARD_TRIAL_ENCRYPTED").is_some(),
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

/// The width of the page: what `COLUMNS` says, else the terminal, else 80.
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

/// The rows of the terminal. One that does not know them says 0.
fn height(terminal: bool) -> Option<usize> {
    let (_, terminal_size::Height(rows)) = terminal_size::terminal_size()?;
    Some(usize::from(rows)).filter(|&rows| terminal && rows > 0)
}

/// The file that a program's name stands for, as the system would look for it.
pub fn program(name: &str) -> Option<PathBuf> {
    let is_there = |path: &PathBuf| path.is_file();
    if name.contains(std::path::is_separator) {
        return Some(PathBuf::from(name)).filter(is_there);
    }
    let folders = variable_as_given("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
        .find(is_there)
}

/// A number that nobody can foresee.
pub fn chance() -> u64 {
    // The library's hash tables start from one that the system drew.
    RandomState::new().build_hasher().finish()
}

/// Where systems keep the rules of their zone, most of them as a link to a file that has its
/// name.
const LOCALTIME: &str = "/etc/localtime";

/// The zone that the system is set to.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that asks for the system's zone"
)]
fn zone() -> Zone {
    let read = |path: &Path| std::fs::read(path).ok();
    if let Some(value) = variable("TZ") {
        return Zone::from_variable(&value, read);
    }
    // Windows has no such file; jiff knows what to ask there.
    read(Path::new(LOCALTIME))
        .and_then(|content| Zone::from_file(&content))
        .unwrap_or_else(|| Zone::from(jiff::tz::TimeZone::system()))
}

/// The name of the zone that the writer lives in, as the IANA database has it; `UTC` where the
/// system does not say.
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

/// Whose files a person's are: their number, where the system has such.
pub fn user() -> Option<u32> {
    #[cfg(unix)]
    return Some(rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    None
}

/// Keeps what is in the memory of this program out of files and from other programs: it leaves
/// no core when it crashes, nor do the editor and the pager that it starts, and nobody but root
/// can look into it. Best effort: it works without, too.
pub fn keep_memory_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        // One byte, where 0 would do for a file: a program that cores are piped to gets them
        // whatever the limit is, unless it is 1 (fs/coredump.c in Linux).
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

/// How many bytes there is room for beside a file, where the system says.
pub fn room(folder: &Path) -> Option<u64> {
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

/// Where the journal lies unless something else is said.
///
/// # Errors
/// [`Error::NoHome`].
pub fn journal_path() -> Result<PathBuf> {
    Ok(places()?.data_dir().join("journal.db"))
}

/// Where the configuration is looked for unless something else is said; `None` without a
/// home directory.
pub fn config_path() -> Option<PathBuf> {
    Some(places().ok()?.config_dir().join("config.toml"))
}

/// A path from the configuration: `~/` is the home directory, and a relative path starts
/// from `folder`.
///
/// # Errors
/// [`Error::NoHome`].
pub fn resolve(path: &Path, folder: &Path) -> Result<PathBuf> {
    match path.strip_prefix("~") {
        Ok(rest) => {
            let places = BaseDirs::new().ok_or(Error::NoHome)?;
            Ok(places.home_dir().join(rest))
        }
        Err(_) => Ok(folder.join(path)),
    }
}

/// Folders outside the journal's own that may still take a text when the disk is full, the
/// best first.
pub fn places_of_last_resort() -> Vec<PathBuf> {
    let runtime = BaseDirs::new().and_then(|places| places.runtime_dir().map(PathBuf::from));
    runtime.into_iter().chain([std::env::temp_dir()]).collect()
}

/// Folders that are in memory and never on a disk, for text of an encrypted journal; those of
/// this person first. Other people can read neither the files in them nor, in the first, their
/// names.
pub fn places_in_memory() -> Vec<PathBuf> {
    #[cfg(target_os = "linux")]
    {
        const TMPFS: i128 = 0x0102_1994;
        const RAMFS: i128 = 0x8584_58f6;
        // The type of the number is another on other machines.
        let in_memory = |place: &PathBuf| {
            rustix::fs::statfs(place)
                .is_ok_and(|found| [TMPFS, RAMFS].contains(&found.f_type.into()))
        };
        let runtime =
            BaseDirs::new().and_then(|places| places.runtime_dir().map(PathBuf::from));
        let places = runtime.into_iter().chain([PathBuf::from("/dev/shm")]);
        places.filter(in_memory).collect()
    }
    // Nowhere else can a program tell.
    #[cfg(not(target_os = "linux"))]
    Vec::new()
}

fn places() -> Result<ProjectDirs> {
    ProjectDirs::from("", "", "onward")
        .filter(|places| places.data_dir().is_absolute())
        .ok_or(Error::NoHome)
}

/// The time, which goes on while the program runs.
#[derive(Debug, Clone)]
pub struct Clock {
    /// The instant at which `ONWARD_NOW` has it stand still.
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

    /// A clock that goes on showing one instant, in a zone unless the instant has an offset that
    /// is not the zone's own: then that offset holds throughout.
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

    /// The present instant, with the offset of the writer's zone. A whole second: pages are dated
    /// to it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    pub fn now(&self) -> DateTime<FixedOffset> {
        let now = self.stopped.unwrap_or_else(|| self.zone.at(Utc::now()));
        now.with_nanosecond(0).unwrap_or(now)
    }

    /// The writer's zone: the system's, unless `ONWARD_NOW` names an offset that is not the
    /// one of that zone.
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
            // Berlin was at +00:53:28.
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
    fn a_moment_is_a_whole_second() {
        let now = clock("2026-11-22T21:30:00.123456+00:00", "UTC").now();
        assert_eq!(now.to_rfc3339(), "2026-11-22T21:30:00+00:00");
    }
}
