//! The configuration file: a few keys, each with a sensible default, all optional.
//!
//! ```toml
//! journal = "~/Documents/journal.db"  # where the journal lies
//! editor = "vim -f"                   # before $VISUAL and $EDITOR
//! pager = "less -S"                   # before $PAGER; "" for none
//! day_starts_at = "04:00"             # when a new day begins
//! color = "auto"                      # auto, always or never
//! streaks = true                      # false: runs and pauses are never counted up to you
//! ```

use std::ops::Range;
use std::path::{Path, PathBuf};

use chrono::NaiveTime;
use serde::Deserialize;
use toml::Spanned;
use toml::Value;

use crate::environment;
use crate::error::{Error, Result};

/// What the person has settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the journal lies; `None` for the platform's place.
    pub journal: Option<PathBuf>,
    /// The editor's command line.
    pub editor: Option<String>,
    /// The pager's command line, empty for none.
    pub pager: Option<String>,
    /// When a day begins: pages written earlier belong to the evening before.
    pub day_starts_at: NaiveTime,
    /// When to use colour.
    pub color: ColorChoice,
    /// Whether looking back tells of days in a row and of pauses. Some people are helped by
    /// that and some are harried.
    pub streaks: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal that knows it.
    #[default]
    Auto,
    /// Always, also into a pipe.
    Always,
    /// Never.
    Never,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            journal: None,
            editor: None,
            pager: None,
            day_starts_at: NaiveTime::from_hms_opt(4, 0, 0).unwrap_or_default(),
            color: ColorChoice::Auto,
            streaks: true,
        }
    }
}

/// The keys there are.
const KEYS: [&str; 6] = [
    "journal",
    "editor",
    "pager",
    "day_starts_at",
    "color",
    "streaks",
];

impl Config {
    /// Reads the configuration: from `named` where the person names a file, else from the
    /// platform's place, where it need not exist.
    ///
    /// # Errors
    /// [`Error::Io`] when the file cannot be read, [`Error::BadConfig`] with the line of the
    /// first fault.
    pub fn read(named: Option<&Path>) -> Result<Config> {
        let path = match named {
            Some(path) => path.to_path_buf(),
            None => match environment::config_path() {
                Some(path) => path,
                None => return Ok(Config::default()),
            },
        };
        match std::fs::read(&path) {
            Ok(bytes) => Config::parse(&path, &bytes),
            Err(error) if named.is_none() && is_absent(&error) => Ok(Config::default()),
            Err(error) => Err(Error::io("read the configuration", &path, error)),
        }
    }

    fn parse(file: &Path, bytes: &[u8]) -> Result<Config> {
        let fault = |offset: usize, reason: String, hint: Option<String>| {
            let before = bytes.get(..offset).unwrap_or(bytes);
            let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
            Error::BadConfig {
                file: file.to_path_buf(),
                line,
                reason,
                hint,
            }
        };
        let text = std::str::from_utf8(bytes)
            .map_err(|error| fault(error.valid_up_to(), "not valid UTF-8".to_owned(), None))?;
        let table: Table = toml::from_str(text).map_err(|error| {
            let place = error.span().unwrap_or(0..0);
            fault(
                place.start,
                error.message().trim().replace('\n', "; "),
                None,
            )
        })?;

        let mut config = Config::default();
        for (key, value) in table.0 {
            let Range { start, .. } = value.span();
            let value = value.into_inner();
            let bad = |reason: &str, example: &str| {
                let hint = Some(format!("write it as {} = {example}", key.get_ref()));
                fault(start, format!("{} {reason}", key.get_ref()), hint)
            };
            let string = |example: &str| match value.as_str() {
                Some(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
                _ => Err(bad("must be a text that is not empty", example)),
            };
            match key.get_ref().as_str() {
                "journal" => {
                    let path = string("\"~/Documents/journal.db\"")?;
                    let folder = file.parent().unwrap_or(Path::new(""));
                    config.journal = Some(environment::resolve(Path::new(&path), folder)?);
                }
                "editor" => config.editor = Some(string("\"vim -f\"")?),
                "pager" => {
                    let command = value.as_str();
                    let command = command.ok_or_else(|| bad("must be a text", "\"less\""))?;
                    config.pager = Some(command.to_owned());
                }
                "day_starts_at" => {
                    let example = "\"04:00\"";
                    let time = NaiveTime::parse_from_str(&string(example)?, "%H:%M");
                    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
                    config.day_starts_at = time
                        .ok()
                        .filter(|time| *time <= noon)
                        .ok_or_else(|| bad("must be a time from 00:00 to 12:00", example))?;
                }
                "color" => {
                    let name = string("\"auto\"")?;
                    config.color = clap::ValueEnum::from_str(&name, false)
                        .map_err(|_| bad("must be auto, always or never", "\"auto\""))?;
                }
                "streaks" => {
                    config.streaks = value
                        .as_bool()
                        .ok_or_else(|| bad("must be true or false", "false"))?;
                }
                unknown => {
                    let nearest = KEYS
                        .into_iter()
                        .map(|key| (strsim::jaro_winkler(key, unknown), key))
                        .filter(|(likeness, _)| *likeness > 0.75)
                        .max_by(|(a, _), (b, _)| a.total_cmp(b));
                    let hint = match nearest {
                        Some((_, key)) => format!("did you mean {key}"),
                        None => format!("the keys are {}", KEYS.join(", ")),
                    };
                    let Range { start, .. } = key.span();
                    return Err(fault(
                        start,
                        format!("there is no key {unknown:?}"),
                        Some(hint),
                    ));
                }
            }
        }
        Ok(config)
    }
}

/// The file's keys and values with their places.
#[derive(Deserialize)]
#[serde(transparent)]
struct Table(std::collections::BTreeMap<Spanned<String>, Spanned<Value>>);

/// Nothing there, or nothing that could be there.
fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config> {
        Config::parse(Path::new("/etc/onward/config.toml"), text.as_bytes())
    }

    #[test]
    fn every_key() {
        let config = parse(
            "journal = \"notes/j.db\"\neditor = \"vim -f\"\npager = \"\"\n\
             day_starts_at = \"05:30\"\ncolor = \"never\"\nstreaks = false\n",
        );
        let expect = Config {
            journal: Some("/etc/onward/notes/j.db".into()),
            editor: Some("vim -f".into()),
            pager: Some(String::new()),
            day_starts_at: NaiveTime::from_hms_opt(5, 30, 0).expect("a time"),
            color: ColorChoice::Never,
            streaks: false,
        };
        assert_eq!(config.ok(), Some(expect));
        assert_eq!(parse("# nothing\n").ok(), Some(Config::default()));
    }

    #[track_caller]
    fn check(text: &str, line: usize, reason: &str, hint: &str) {
        match parse(text) {
            Err(error @ Error::BadConfig { line: found, .. }) => {
                assert_eq!(found, line, "{error}");
                assert!(error.to_string().contains(reason), "{error}");
                assert!(
                    error.hint().unwrap_or_default().contains(hint),
                    "{:?}",
                    error.hint()
                );
            }
            other => panic!("expected a fault in {text:?}, got {other:?}"),
        }
    }

    #[test]
    fn every_fault_names_its_line_and_the_way_out() {
        check(
            "\ndays_start_at = \"04:00\"",
            2,
            "days_start_at",
            "did you mean day_starts_at",
        );
        check("colour = \"never\"", 1, "colour", "did you mean color");
        check("zzz = 1", 1, "zzz", "the keys are journal, editor");
        check(
            "\n\nday_starts_at = \"25:00\"",
            3,
            "00:00 to 12:00",
            "\"04:00\"",
        );
        check(
            "day_starts_at = \"23:00\"",
            1,
            "00:00 to 12:00",
            "\"04:00\"",
        );
        check("day_starts_at = 4", 1, "must be a text", "\"04:00\"");
        check("color = \"blue\"", 1, "auto, always or never", "\"auto\"");
        check("pager = false", 1, "must be a text", "less");
        check("streaks = \"no\"", 1, "true or false", "streaks = false");
        check("streak = false", 1, "streak", "did you mean streaks");
        check("editor = \"  \"", 1, "not empty", "vim");
        check("editor = \"a\"\neditor = \"b\"", 2, "duplicate", "");
        check("color = ", 1, "", "");
    }

    #[test]
    fn bytes_that_are_no_text_are_named_by_line() {
        let error = Config::parse(Path::new("c"), b"# fine\n\xff = 1").expect_err("not UTF-8");
        assert!(matches!(error, Error::BadConfig { line: 2, .. }));
    }
}
