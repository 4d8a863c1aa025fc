//! The error type of the program, in the words of the person who reads it.
//!
//! A variant names a situation and has the data for its sentence. The sentence is lower case
//! and has no final period. Causes are chained, never pasted in. [`Error::hint`] has the next
//! step, and [`Error::exit_status`] the status for scripts. Nothing here names SQLite: the
//! store boxes its causes. No variant has a text that a person wrote.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

use crate::formats::{FormatError, NotOpened};

/// The hint for something that was left out of the build.
pub(crate) const OTHER_BUILD: &str = "install an onward that is built as it is released";

/// A result whose error is [`enum@Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A cause from another library, for the `caused by` lines.
pub type ErrorSource = Box<dyn StdError + Send + Sync>;

/// The errors that can stop a command.
///
/// # Reading and writing
///
/// Every function that reads or writes the journal can return one of these errors. Its
/// documentation names only others:
///
/// - [`Error::Busy`] if another process keeps the journal locked for longer than 15 seconds,
///   or has just replaced its file
/// - [`Error::DiskFull`] and [`Error::ReadOnly`] if the file, its log or its folder cannot
///   grow or be written to; the journal can still be read then
/// - [`Error::Damaged`] if a page or a row is not what was written
/// - [`Error::Store`] for any other error of the store
///
/// An action that fails leaves the journal as it was before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A flag or argument that parses but makes no sense, such as a day in the future.
    #[error("{what}")]
    Usage {
        /// The sentence.
        what: String,
        /// The hint, such as the right way to type it.
        hint: Option<String>,
    },

    /// A configuration file with a fault.
    #[error("{}, line {line}: {reason}", file.display())]
    BadConfig {
        /// The path of the file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// The fault.
        reason: String,
        /// The nearest known key, or an example of a value.
        hint: Option<String>,
    },

    /// A deck with faults.
    #[error("the deck {slug} cannot be used: {first}")]
    BadDeck {
        /// The slug of the deck.
        slug: String,
        /// The first fault, with the file and the line.
        first: String,
    },

    /// A deck that does not exist or is not in use.
    #[error("there is no deck {wanted:?}{}", if *.in_use { " in use" } else { "" })]
    NoSuchDeck {
        /// The name that was asked for.
        wanted: String,
        /// True if only the decks in use were searched.
        in_use: bool,
    },

    /// A tip that no deck has.
    #[error("there is no tip {wanted:?}")]
    NoSuchTip {
        /// The name that was asked for.
        wanted: String,
        /// The nearest tip, or the range of numbers.
        nearest: String,
    },

    /// An entry that does not exist.
    #[error("there is no entry {wanted}")]
    NoSuchEntry {
        /// The reference as the person would type it.
        wanted: String,
    },

    /// An entry in the trash, where one outside it is needed.
    #[error("#{number} is in the trash")]
    InTrash {
        /// The number of the entry.
        number: i64,
    },

    /// An entry that is away, or a letter that is sealed.
    #[error("#{number} is {}{}", if *sealed { "a letter, sealed" } else { "away" },
            .until.as_ref().map(|day| format!(" until {day}")).unwrap_or_default())]
    OutOfSight {
        /// The number of the entry.
        number: i64,
        /// The day on which it comes back, in words; `None` if it is away for good.
        until: Option<String>,
        /// True if it is a sealed letter.
        sealed: bool,
    },

    /// No home directory, and so no place for the journal.
    #[error("cannot tell where your home directory is")]
    NoHome,

    /// A file to import that cannot be used.
    #[error(transparent)]
    Format(FormatError),

    /// An encrypted file to import, and no way to ask for its passphrase.
    #[error("{}: {what}", file.display())]
    EncryptedFile {
        /// The path of the file.
        file: PathBuf,
        /// Why nobody could be asked, or what is wrong with the passphrase.
        what: String,
        /// The hint: the options that give a passphrase or key.
        hint: Option<String>,
    },

    /// A file to import of an unknown format.
    #[error("{}: {} is nothing that onward knows", path.display(),
            if *.inside { "what is encrypted in it" } else { "it" })]
    Unrecognised {
        /// The file as the person named it.
        path: PathBuf,
        /// True if it is encrypted and was opened.
        inside: bool,
    },

    /// An import whose counts do not match. Nothing of it is kept.
    #[error("the import does not add up: {what}")]
    Miscounted {
        /// The counts that do not match, as a sentence.
        what: String,
    },

    /// A place where an export cannot be written.
    #[error("cannot write {}: {what}", path.display())]
    NoPlace {
        /// The path of the place.
        path: PathBuf,
        /// The reason, as a sentence.
        what: &'static str,
        /// The hint: another place to write to.
        hint: Option<&'static str>,
    },

    /// Another file at the path of a journal.
    #[error("{} is not a journal: {what}", path.display())]
    NotAJournal {
        /// The path.
        path: PathBuf,
        /// The kind of file that it is, as a sentence.
        what: String,
    },

    /// An encrypted journal that could not be unlocked.
    #[error("the journal {} is locked: {why}", path.display())]
    Locked {
        /// The path.
        path: PathBuf,
        /// The reason.
        why: String,
        /// The hint, if there is one.
        hint: Option<String>,
    },

    /// An encrypted journal, and a passphrase or key that does not open it.
    #[error("that does not open the journal {}", path.display())]
    WrongPassphrase {
        /// The path.
        path: PathBuf,
        /// The hint about a likely slip, if the passphrase reveals one.
        hint: Option<String>,
    },

    /// No keyring for the key of an unlocked journal.
    #[error("the journal cannot be kept unlocked: {why}")]
    NoKeyring {
        /// The reason.
        why: String,
    },

    /// A journal of a newer layout than this program knows.
    #[error("{} was written by a newer onward", path.display())]
    NewerJournal {
        /// The path.
        path: PathBuf,
        /// The version of its layout.
        found: i64,
        /// The newest layout that this program knows.
        known: i64,
    },

    /// A journal that another process keeps locked for too long, or has just replaced.
    #[error("the journal {} is busy", path.display())]
    Busy {
        /// The path.
        path: PathBuf,
    },

    /// A journal whose file has another name somewhere, a hard link. The log goes by the name,
    /// so what is written under one name is lost under the other.
    #[error("{} has another name somewhere (a hard link), so nothing is written to it: see \
             onward doctor", path.display())]
    OtherNames {
        /// The path.
        path: PathBuf,
    },

    /// No room to write.
    #[error("the disk is full: {} could not be written", path.display())]
    DiskFull {
        /// The file that could not grow.
        path: PathBuf,
    },

    /// A journal or folder that cannot be written to.
    #[error("{} cannot be written to", path.display())]
    ReadOnly {
        /// The path.
        path: PathBuf,
    },

    /// A journal with damaged bytes.
    #[error("the journal {} is damaged", path.display())]
    Damaged {
        /// The path.
        path: PathBuf,
        /// The words of SQLite, or the finding of a check.
        source: ErrorSource,
    },

    /// A backup with damaged bytes.
    #[error("the backup {} is damaged", path.display())]
    DamagedBackup {
        /// The path.
        path: PathBuf,
        /// The words of SQLite, or the finding of a check.
        source: ErrorSource,
    },

    /// A file to restore that is no journal.
    #[error("{} is not a backup: {what}", path.display())]
    NotABackup {
        /// The path.
        path: PathBuf,
        /// The kind of file that it is, as a sentence.
        what: String,
    },

    /// A copy of the journal that differs from it.
    #[error("the copy of the journal is not right: {what}")]
    BadCopy {
        /// The path of the copy.
        path: PathBuf,
        /// The difference, as a sentence.
        what: String,
    },

    /// An existing file where a new one was to be made.
    #[error("{} is there already", path.display())]
    AlreadyThere {
        /// The path.
        path: PathBuf,
    },

    /// Any other error of SQLite.
    #[error("cannot {doing} the journal {}", path.display())]
    Store {
        /// The verb: `read`, `write to`, `open`.
        doing: &'static str,
        /// The path.
        path: PathBuf,
        /// The words of SQLite.
        source: ErrorSource,
    },

    /// A file or stream that could not be read or written.
    #[error("cannot {doing}")]
    Io {
        /// The verb and its object: `read /home/a/config.toml`.
        doing: String,
        /// The error of the system.
        source: io::Error,
    },

    /// A text that is not UTF-8.
    #[error("the text is not valid UTF-8: byte {byte} (line {line})")]
    NotUtf8 {
        /// The offset of the first bad byte, counted from 1.
        byte: usize,
        /// The line of that byte, counted from 1.
        line: usize,
    },

    /// A text longer than the journal takes.
    #[error("the text is longer than {} MB", limit / 1_000_000)]
    TooLong {
        /// The longest text, in bytes.
        limit: usize,
    },

    /// An editor that could not be run, or that failed.
    #[error("{what}")]
    Editor {
        /// The sentence.
        what: String,
        /// The hint, if there is one.
        hint: Option<String>,
        /// The error of the system, if there was one.
        source: Option<io::Error>,
    },

    /// A signal that asked the program to stop.
    #[error("interrupted")]
    Interrupted,

    /// An error after text was typed. The text is kept.
    #[error("your page is not saved yet")]
    Unsaved {
        /// The place of the text.
        kept: KeptText,
        /// The error.
        source: Box<Error>,
    },
}

/// Tells an error of a format in the words of the command line, with its flags and hints. An
/// [`Error`] that passed through a reader or writer comes back as it was.
impl From<FormatError> for Error {
    fn from(error: FormatError) -> Error {
        match error {
            FormatError::Read { path, source } => Error::io("read", &path, source),
            FormatError::Write { what, source } => Error::Io {
                doing: format!("write {what}"),
                source,
            },
            FormatError::NoDatePattern => Error::Usage {
                what: error.to_string(),
                hint: Some("say it with --date-from, such as --date-from %Y-%m-%d".to_owned()),
            },
            FormatError::BadDatePattern { .. } => Error::Usage {
                what: format!("--date-from {error}"),
                hint: Some(
                    "write the form of the dates as %Y-%m-%d or %d.%m.%Y, with %H:%M for a time"
                        .to_owned(),
                ),
            },
            FormatError::Caller(error) => match error.downcast::<Error>() {
                Ok(error) => *error,
                Err(error) => Error::Format(FormatError::Caller(error)),
            },
            other => Error::Format(other),
        }
    }
}

/// Lets an [`Error`] pass through a reader or writer of a format.
impl From<Error> for FormatError {
    fn from(error: Error) -> FormatError {
        match error {
            Error::Format(error) => error,
            other => FormatError::Caller(Box::new(other)),
        }
    }
}

/// The place of a text that could not be saved as an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptText {
    /// Among the drafts, where `write --resume` finds it.
    AsDraft,
    /// In a file, unchanged.
    InFile(PathBuf),
    /// In a file in memory, unchanged. The text of an encrypted journal must not go on a
    /// disk.
    InMemory(PathBuf),
    /// Printed, because no file could be written anywhere.
    Printed,
}

impl Error {
    /// An error of reading or writing a path. A full disk becomes [`Error::DiskFull`].
    pub fn io(verb: &str, path: &Path, source: io::Error) -> Error {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull {
                path: path.to_path_buf(),
            },
            _ => Error::Io {
                doing: format!("{verb} {}", path.display()),
                source,
            },
        }
    }

    /// The error for something that this program was built without, such as `encryption`.
    pub fn built_without(what: &str) -> Error {
        Error::Usage {
            what: format!("this onward was built without {what}"),
            hint: Some(OTHER_BUILD.to_owned()),
        }
    }

    /// Wrong usage without a hint.
    pub fn usage(what: impl Into<String>) -> Error {
        Error::Usage {
            what: what.into(),
            hint: None,
        }
    }

    /// The next step, as an imperative without a period. `None` where there is nothing useful
    /// to say.
    pub fn hint(&self) -> Option<String> {
        // Longer than a screen: a table of sentences, one arm a situation, reads best whole.
        let hint: Cow<'static, str> = match self {
            Error::Usage { hint, .. }
            | Error::BadConfig { hint, .. }
            | Error::Editor { hint, .. }
            | Error::Locked { hint, .. }
            | Error::EncryptedFile { hint, .. } => return hint.clone(),
            Error::NoPlace { hint, .. } => return hint.map(str::to_owned),
            Error::WrongPassphrase { hint, .. } => match hint {
                Some(hint) => hint.clone().into(),
                None => {
                    "mind capital letters and the keyboard's layout; if you are sure of it, \
                         the file may be damaged, or no journal"
                        .into()
                }
            },
            Error::BadDeck { slug, .. } => {
                format!("for all of it: onward deck check {slug}").into()
            }
            Error::NoSuchDeck { .. } => "see onward deck list".into(),
            Error::NoSuchTip { nearest, .. } => format!("{nearest}; see onward tips").into(),
            Error::NoSuchEntry { wanted } if wanted.ends_with("in the trash") => {
                "see onward trash".into()
            }
            Error::NoSuchEntry { .. } => "see onward list".into(),
            Error::InTrash { number } => {
                format!("take it out with onward restore {number}").into()
            }
            Error::OutOfSight { number, sealed, .. } => match sealed {
                true => format!("break its seal with onward letter --open {number}").into(),
                false => format!("bring it back with onward away --return {number}").into(),
            },
            Error::NoHome => "set HOME, or name a file with --journal".into(),
            Error::NoKeyring { .. } => "type the passphrase for each command, or let \
                                        ONWARD_PASSPHRASE_COMMAND print it"
                .into(),
            Error::NotAJournal { .. } => {
                "name another file with --journal, or move this one away".into()
            }
            Error::NewerJournal { found, known, .. } => format!(
                "update onward (the journal has layout {found}, this program knows {known}); \
                 nothing was changed"
            )
            .into(),
            Error::Busy { .. } => "try again when the other command has finished".into(),
            Error::OtherNames { path } => {
                let name = path.display().to_string();
                let [from, to] = [name.clone(), name + ".own"]
                    .map(|name| shell_words::quote(&name).into_owned());
                format!("give it a file of its own: cp -p {from} {to} && mv {to} {from}").into()
            }
            Error::DiskFull { .. } => "make some room, then try again".into(),
            Error::ReadOnly { .. } => {
                "check who owns the file and its folder, and their modes".into()
            }
            Error::Damaged { .. } => {
                "see onward doctor; leave the file as it is and work on a copy of it".into()
            }
            Error::DamagedBackup { .. } | Error::NotABackup { .. } => {
                "nothing was changed; onward doctor tells of other backups".into()
            }
            Error::BadCopy { .. } => {
                "nothing was kept of it; check the disk it was made on, and try again".into()
            }
            Error::AlreadyThere { .. } => {
                "nothing is overwritten; name another file, or a folder".into()
            }
            Error::Miscounted { .. } => {
                "nothing was added; please report this with the shape of the file".into()
            }
            Error::TooLong { .. } => "split it into several entries".into(),
            Error::NotUtf8 { .. } => {
                "convert it first, for example with iconv -f latin1 -t utf-8".into()
            }
            Error::Unsaved { kept, source } => unsaved_hint(kept, source).into(),
            Error::Unrecognised { .. } => "say what it is with --from, or how its dates are \
                                           written with --date-from; onward import --help has \
                                           the forms"
                .into(),
            Error::Format(FormatError::NotOpened { why, .. }) => not_opened_hint(why)?.into(),
            Error::Format(_) | Error::Store { .. } | Error::Io { .. } | Error::Interrupted => {
                return None;
            }
        };
        Some(hint.into_owned())
    }

    /// All hints. The hint for the cause comes first if a text is kept and the command or the
    /// configuration needs mending; then [`Error::hint`].
    pub fn hints(&self) -> Vec<String> {
        let of_cause = match self {
            Error::Unsaved { source, .. } => match **source {
                Error::Usage { .. }
                | Error::BadConfig { .. }
                | Error::NoSuchTip { .. }
                | Error::NoSuchDeck { .. }
                | Error::NoSuchEntry { .. }
                | Error::InTrash { .. }
                | Error::Locked { .. }
                | Error::WrongPassphrase { .. }
                | Error::OutOfSight { .. }
                | Error::NoHome => source.hint(),
                _ => None,
            },
            _ => None,
        };
        of_cause.into_iter().chain(self.hint()).collect()
    }

    /// The exit status: 1 for failures, 2 for wrong usage, 3 if nothing was found, 4 if
    /// locked, 130 if interrupted.
    pub fn exit_status(&self) -> u8 {
        match self {
            Error::Usage { .. } | Error::NoSuchTip { .. } | Error::NoSuchDeck { .. } => 2,
            Error::NoSuchEntry { .. } | Error::InTrash { .. } | Error::OutOfSight { .. } => 3,
            Error::Locked { .. }
            | Error::WrongPassphrase { .. }
            | Error::EncryptedFile { .. } => 4,
            Error::Format(FormatError::NotOpened { .. }) => 4,
            Error::Interrupted => 130,
            Error::Unsaved { source, .. } => source.exit_status(),
            _ => 1,
        }
    }
}

/// The hint for a text that is not saved: where it is, and how to save it from there.
fn unsaved_hint(kept: &KeptText, source: &Error) -> String {
    match kept {
        KeptText::AsDraft => {
            "what you wrote is kept; take it up again with onward write --resume".to_owned()
        }
        KeptText::InFile(path) => {
            let advice = match source {
                Error::NotUtf8 { .. } => {
                    "convert it, for example with iconv -f latin1 -t utf-8, and pipe it into \
                     onward write"
                }
                Error::TooLong { .. } => "split it, and save the parts with onward write",
                _ => "save it with onward write < that file",
            };
            let what = match source {
                Error::TooLong { .. } => "the beginning of it, up to that length,",
                _ => "what you wrote",
            };
            format!("{what} is kept in {}; {advice}", path.display())
        }
        KeptText::InMemory(path) => format!(
            "what you wrote is kept in {}, in memory only, until the machine is switched off; \
             save it with onward write < that file, and then remove it",
            path.display()
        ),
        KeptText::Printed => {
            "nothing could be written anywhere, so your text is printed above; copy it"
                .to_owned()
        }
    }
}

fn not_opened_hint(why: &NotOpened) -> Option<&'static str> {
    match why {
        NotOpened::NoKey => Some("name the file that has the key with --identity"),
        NotOpened::WithoutAge => Some(OTHER_BUILD),
        NotOpened::WrongPassphrase => Some(
            "mind capital letters and the keyboard's layout; if you are sure of it, the file \
             may be damaged",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_ours_passes_through_a_form_as_it_was() {
        let there_and_back = Error::from(FormatError::from(Error::Interrupted));
        assert!(matches!(there_and_back, Error::Interrupted));
        let failed = || {
            Error::from(FormatError::Write {
                what: crate::formats::EXPORT,
                source: io::ErrorKind::BrokenPipe.into(),
            })
        };
        let there_and_back = Error::from(FormatError::from(failed()));
        assert_eq!(there_and_back.to_string(), "cannot write the export");
        assert!(matches!(there_and_back, Error::Io { .. }));
    }

    #[test]
    fn what_a_form_says_is_said_in_the_words_of_the_command_line() {
        let said = |error: FormatError| {
            let error = Error::from(error);
            (error.to_string(), error.hint(), error.exit_status())
        };
        let (sentence, hint, status) = said(FormatError::BadDatePattern {
            pattern: "%Q".to_owned(),
            what: "it is not a form of dates",
        });
        assert_eq!(sentence, "--date-from \"%Q\": it is not a form of dates");
        assert!(hint.is_some());
        assert_eq!(status, 2);
        let (sentence, hint, status) = said(FormatError::NotOpened {
            file: "a.age".into(),
            why: NotOpened::NoKey,
        });
        assert_eq!(sentence, "a.age: it is encrypted for a key");
        assert_eq!(
            hint.as_deref(),
            Some("name the file that has the key with --identity")
        );
        assert_eq!(status, 4);
        let full = FormatError::Read {
            path: "a.txt".into(),
            source: io::ErrorKind::StorageFull.into(),
        };
        assert!(matches!(Error::from(full), Error::DiskFull { .. }));
    }
}
