//! The configuration file: a few keys, each with a sensible default, all optional.
//!
//! ```toml
//! journal = "~/Documents/journal.db"  # where the journal lies
//! editor = "vim -f"                   # before $VISUAL and $EDITOR
//! pager = "less -S"                   # before $PAGER; "" for none
//! day_starts_at = "04:00"             # when a new day begins
//! color = "auto"                      # auto, always or never
//! streaks = true                      # false: runs and pauses are never counted up to you
//! decks = ["walk-away"]               # the decks in use; `onward deck use` sets this
//! weekly_question = "sunday"          # the day of the week's question, or "off"
//! gentle = true                       # false: questions about meaning on low days too
//! editor_on_disk = false              # true: where nothing is in memory, an encrypted journal's
//!                                     # page may lie on the disk while it is written
//! auto_unlock = "off"                 # "15m": unlock for so long when a passphrase is typed
//! ```
//!
//! Only [`use_decks`] writes the file.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono::{NaiveTime, Weekday};
use serde::Deserialize;
use toml::Spanned;
use toml::Value;
use toml_edit::DocumentMut;

use crate::decks::is_slug;
use crate::environment;
use crate::error::{Error, Result};
use crate::files::make_private_folder;
use crate::keyring::UnlockDuration;

/// The settings of the configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The path of the journal; `None` for the platform's place.
    pub journal: Option<PathBuf>,
    /// The editor's command line.
    pub editor: Option<String>,
    /// The pager's command line, empty for none.
    pub pager: Option<String>,
    /// The time at which a day begins. Pages that are written earlier belong to the evening
    /// before.
    pub day_starts_at: NaiveTime,
    /// The use of colour.
    pub color: ColorChoice,
    /// True if days in a row and pauses are counted. They help some people and put others
    /// under pressure.
    pub streaks: bool,
    /// The slugs of the decks in use; `None` for the built-in deck.
    pub decks: Option<Vec<String>>,
    /// The weekday of the question of the week; `None` for never.
    pub weekly_question: Option<Weekday>,
    /// True to offer no questions about meaning on days after low ones.
    pub gentle: bool,
    /// True if the editor may work on the disk on a page of an encrypted journal when there
    /// is no place in memory.
    pub editor_on_disk: bool,
    /// How long typing its passphrase unlocks an encrypted journal; `None` for one command.
    pub auto_unlock: Option<UnlockDuration>,
}

/// The use of colour. The comments of the variants are the help of `--color`.
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
            decks: None,
            weekly_question: Some(Weekday::Sun),
            gentle: true,
            editor_on_disk: false,
            auto_unlock: None,
        }
    }
}

/// The keys, in the order in which a message lists them.
///
/// A new key is a row here, a field of [`Config`] and its value in [`Config::default`].
static KEYS: [ConfigKey; 11] = [
    ConfigKey::new("journal", "\"~/Documents/journal.db\"", |config, value| {
        config.journal = Some(value.path()?);
        Ok(())
    }),
    ConfigKey::new("editor", "\"vim -f\"", |config, value| {
        config.editor = Some(value.text()?);
        Ok(())
    }),
    ConfigKey::new("pager", "\"less\"", |config, value| {
        config.pager = Some(value.text_or_empty()?);
        Ok(())
    }),
    ConfigKey::new("day_starts_at", "\"04:00\"", |config, value| {
        config.day_starts_at = value.morning()?;
        Ok(())
    }),
    ConfigKey::new("color", "\"auto\"", |config, value| {
        config.color = clap::ValueEnum::from_str(&value.text()?, false)
            .map_err(|_| value.bad("must be auto, always or never"))?;
        Ok(())
    }),
    ConfigKey::new("streaks", "false", |config, value| {
        config.streaks = value.boolean()?;
        Ok(())
    }),
    ConfigKey::new("decks", "[\"walk-away\"]", |config, value| {
        config.decks = Some(value.deck_slugs()?);
        Ok(())
    }),
    ConfigKey::new("weekly_question", "\"sunday\"", |config, value| {
        config.weekly_question = value.parsed_or_off("must be a day of the week, or off")?;
        Ok(())
    }),
    ConfigKey::new("gentle", "false", |config, value| {
        config.gentle = value.boolean()?;
        Ok(())
    }),
    ConfigKey::new("editor_on_disk", "true", |config, value| {
        config.editor_on_disk = value.boolean()?;
        Ok(())
    }),
    ConfigKey::new("auto_unlock", "\"15m\"", |config, value| {
        config.auto_unlock = value.parsed_or_off("must be a time from 1s to 24h, or off")?;
        Ok(())
    }),
];

/// A key of the configuration.
struct ConfigKey {
    name: &'static str,
    /// A value as it would be written, for the hint of a message.
    example: &'static str,
    /// Checks a value and puts it into its field.
    read: ReadKey,
}

type ReadKey = fn(&mut Config, &ConfigValue<'_>) -> Result<()>;

impl ConfigKey {
    const fn new(name: &'static str, example: &'static str, read: ReadKey) -> ConfigKey {
        ConfigKey {
            name,
            example,
            read,
        }
    }
}

/// The most decks in use.
const MAX_DECKS: usize = 20;

impl Config {
    /// Reads the configuration file `named`, or the one in the platform's place, which need
    /// not exist.
    ///
    /// # Errors
    /// [`Error::Io`] when the file cannot be read; [`Error::BadConfig`] with the line of the
    /// first fault; [`Error::NoHome`] for a path with `~` when there is no home directory.
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

    fn parse(path: &Path, bytes: &[u8]) -> Result<Config> {
        let file = ConfigFile { path, bytes };
        let mut config = Config::default();
        for (name, value) in file.table()?.0 {
            let Some(key) = KEYS.iter().find(|key| key.name == name.get_ref()) else {
                return Err(file.unknown_key(&name));
            };
            let value = ConfigValue {
                file: &file,
                key,
                start: value.span().start,
                value: value.into_inner(),
            };
            (key.read)(&mut config, &value)?;
        }
        Ok(config)
    }
}

/// The file's keys and values with their places.
#[derive(Deserialize)]
#[serde(transparent)]
struct ConfigTable(BTreeMap<Spanned<String>, Spanned<Value>>);

/// The bytes of a configuration file, and its path for messages.
struct ConfigFile<'a> {
    path: &'a Path,
    bytes: &'a [u8],
}

impl ConfigFile<'_> {
    fn table(&self) -> Result<ConfigTable> {
        let text = std::str::from_utf8(self.bytes).map_err(|error| {
            self.fault(error.valid_up_to(), "not valid UTF-8".to_owned(), None)
        })?;
        toml::from_str(text).map_err(|error| {
            let place = error.span().unwrap_or(0..0);
            let reason = error.message().trim().replace('\n', "; ");
            self.fault(place.start, reason, None)
        })
    }

    /// A fault at a byte of the file, counted from 0.
    fn fault(&self, offset: usize, reason: String, hint: Option<String>) -> Error {
        let before = self.bytes.get(..offset).unwrap_or(self.bytes);
        Error::BadConfig {
            file: self.path.to_path_buf(),
            line: before.iter().filter(|&&byte| byte == b'\n').count() + 1,
            reason,
            hint,
        }
    }

    fn unknown_key(&self, name: &Spanned<String>) -> Error {
        let unknown = name.get_ref();
        let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
        let nearest = names
            .iter()
            .map(|known| (strsim::jaro_winkler(known, unknown), known))
            .filter(|(likeness, _)| *likeness > 0.75)
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        let hint = match nearest {
            Some((_, known)) => format!("did you mean {known}"),
            None => format!("the keys are {}", names.join(", ")),
        };
        let reason = format!("there is no key {unknown:?}");
        self.fault(name.span().start, reason, Some(hint))
    }
}

/// The value of a key in a file.
struct ConfigValue<'a> {
    file: &'a ConfigFile<'a>,
    key: &'a ConfigKey,
    value: Value,
    /// The byte of the file at which it begins.
    start: usize,
}

impl ConfigValue<'_> {
    /// The error for this value. `reason` follows the name of the key.
    fn bad(&self, reason: &str) -> Error {
        let ConfigKey { name, example, .. } = self.key;
        let hint = format!("write it as {name} = {example}");
        self.file
            .fault(self.start, format!("{name} {reason}"), Some(hint))
    }

    fn boolean(&self) -> Result<bool> {
        let value = self.value.as_bool();
        value.ok_or_else(|| self.bad("must be true or false"))
    }

    fn text(&self) -> Result<String> {
        match self.value.as_str().map(str::trim) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(self.bad("must be a text that is not empty")),
        }
    }

    fn text_or_empty(&self) -> Result<String> {
        let text = self.value.as_str().map(str::to_owned);
        text.ok_or_else(|| self.bad("must be a text"))
    }

    /// A path, relative to the folder of the file.
    fn path(&self) -> Result<PathBuf> {
        let folder = self.file.path.parent().unwrap_or(Path::new(""));
        environment::resolve_path(Path::new(&self.text()?), folder)
    }

    /// A time of the morning.
    fn morning(&self) -> Result<NaiveTime> {
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        NaiveTime::parse_from_str(&self.text()?, "%H:%M")
            .ok()
            .filter(|time| *time <= noon)
            .ok_or_else(|| self.bad("must be a time from 00:00 to 12:00"))
    }

    /// Parses a text of any case; `None` for the word `off`.
    fn parsed_or_off<T: FromStr>(&self, reason: &str) -> Result<Option<T>> {
        match self.text()?.to_lowercase().as_str() {
            "off" => Ok(None),
            word => word.parse().map(Some).map_err(|_| self.bad(reason)),
        }
    }

    fn deck_slugs(&self) -> Result<Vec<String>> {
        let slug = |value: &Value| {
            let slug = value.as_str().filter(|slug| is_slug(slug));
            slug.map(str::to_owned)
        };
        let list = self.value.as_array();
        let slugs = list.and_then(|list| list.iter().map(slug).collect::<Option<Vec<_>>>());
        let are_unique = |slugs: &Vec<String>| {
            let names: BTreeSet<&String> = slugs.iter().collect();
            (1..=MAX_DECKS).contains(&slugs.len()) && names.len() == slugs.len()
        };
        slugs.filter(are_unique).ok_or_else(|| {
            self.bad(&format!(
                "must be a list of the names of 1 to {MAX_DECKS} decks, each once"
            ))
        })
    }
}

/// Sets the key `decks` in the configuration file and leaves everything else as it is,
/// comments too. The file is replaced as a whole or not at all. If it is a link, its target
/// is replaced.
///
/// # Errors
/// [`Error::BadConfig`] if the file has a fault already; [`Error::Io`] and
/// [`Error::DiskFull`].
pub fn use_decks(path: &Path, slugs: &[String]) -> Result<()> {
    let wrong = |error| Error::io("write the configuration", path, error);
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if is_absent(&error) => Vec::new(),
        Err(error) => return Err(Error::io("read the configuration", path, error)),
    };
    Config::parse(path, &bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        wrong(std::io::Error::other(error.message().to_owned()))
    })?;
    let list: toml_edit::Array = slugs.iter().map(String::as_str).collect();
    let mut list = toml_edit::Value::from(list);
    match document
        .get_mut("decks")
        .and_then(toml_edit::Item::as_value_mut)
    {
        Some(present) => {
            *list.decor_mut() = present.decor().clone();
            *present = list;
        }
        None => {
            document.insert("decks", list.into());
        }
    }

    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder = target.parent().unwrap_or(Path::new(""));
    make_private_folder(folder)?;
    // A temporary file is readable only by its owner, and stays so under its new name.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(wrong)?;
    file.write_all(document.to_string().as_bytes())
        .and_then(|()| file.as_file().sync_all())
        .map_err(wrong)?;
    file.persist(&target)
        .map_err(|error| wrong(error.error))
        .map(|_| ())
}

/// True if the error means that there is no such file.
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
             day_starts_at = \"05:30\"\ncolor = \"never\"\nstreaks = false\n\
             decks = [\"mine\", \"walk-away\"]\nweekly_question = \"Wednesday\"\n\
             gentle = false\neditor_on_disk = true\nauto_unlock = \"1h30m\"\n",
        );
        let expect = Config {
            journal: Some("/etc/onward/notes/j.db".into()),
            editor: Some("vim -f".into()),
            pager: Some(String::new()),
            day_starts_at: NaiveTime::from_hms_opt(5, 30, 0).expect("a time"),
            color: ColorChoice::Never,
            streaks: false,
            decks: Some(vec!["mine".to_owned(), "walk-away".to_owned()]),
            weekly_question: Some(Weekday::Wed),
            gentle: false,
            editor_on_disk: true,
            auto_unlock: "90m".parse().ok(),
        };
        assert_eq!(config.ok(), Some(expect));
        assert_eq!(parse("# nothing\n").ok(), Some(Config::default()));
        let off = parse("weekly_question = \"off\"").map(|config| config.weekly_question);
        assert_eq!(off.ok(), Some(None));
        let off = parse("auto_unlock = \"off\"").map(|config| config.auto_unlock);
        assert_eq!(off.ok(), Some(None));
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
        for term in ["15", "true", "\"15\"", "\"0m\"", "\"25h\""] {
            let text = format!("auto_unlock = {term}");
            check(&text, 1, "auto_unlock must be", "auto_unlock = \"15m\"");
        }
        check("streak = false", 1, "streak", "did you mean streaks");
        for list in [
            "\"mine\"",
            "[]",
            "[\"../mine\"]",
            "[\"a\", \"a\"]",
            "[1]",
            "[\"7\"]",
        ] {
            let many = format!("\ndecks = {list}");
            check(&many, 2, "1 to 20 decks", "[\"walk-away\"]");
        }
        check("deck = []", 1, "deck", "did you mean decks");
        check("weekly_question = \"never\"", 1, "or off", "\"sunday\"");
        check("weekly_question = false", 1, "must be a text", "\"sunday\"");
        check("gentle = \"no\"", 1, "true or false", "gentle = false");
        check(
            "editor_on_disk = 1",
            1,
            "true or false",
            "editor_on_disk = true",
        );
        check("editor = \"  \"", 1, "not empty", "vim");
        check("editor = \"a\"\neditor = \"b\"", 2, "duplicate", "");
        check("color = ", 1, "", "");
    }

    #[test]
    fn the_example_of_every_key_can_be_written() {
        for ConfigKey { name, example, .. } in &KEYS {
            parse(&format!("{name} = {example}")).expect(name);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_named_by_line() {
        let error = Config::parse(Path::new("c"), b"# fine\n\xff = 1").expect_err("not UTF-8");
        assert!(matches!(error, Error::BadConfig { line: 2, .. }));
    }
}
