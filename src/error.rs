//! The one error type: what can go wrong, said for the person it happens to.
//!
//! A variant names a situation and carries what is needed to say it. The sentence is lower
//! case and has no final period; causes are chained, never pasted in; [`Error::hint`] says
//! what to do next and [`Error::exit_status`] what a script sees. Nothing here names SQLite:
//! the store boxes its sources. No variant carries what a person wrote.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

use crate::formats::{FormatError, NotOpened};

/// What helps where something was left out of the build.
pub(crate) const OTHER_BUILD: &str = "install an onward that is built as it is released";

/// A result whose error is [`enum@Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A cause from another library, kept for the `caused by` lines.
pub type ErrorSource = Box<dyn StdError + Send + Sync>;

/// Everything that can stop a command.
///
/// # Reading and writing
///
/// Every function that reads or writes the journal can return one of these, and its
/// documentation names only what is special to it:
///
/// - [`Error::Busy`] when another process writes for longer than anyone should wait, or has
///   just put another file in the journal's place;
/// - [`Error::DiskFull`] and [`Error::ReadOnly`] when the file, its log or its folder cannot
///   grow or be written to. A journal that only lies in such a place can still be read;
/// - [`Error::Damaged`] when a page or a row is not what was written;
/// - [`Error::Store`] for anything else that the store says.
///
/// An action that fails leaves the journal as it was before it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A flag or argument that reads well but cannot be meant, such as a day in the future.
    #[error("{what}")]
    Usage {
        /// The whole sentence.
        what: String,
        /// What to type instead, where that can be said.
        hint: Option<String>,
    },

    /// A configuration file that cannot be used.
    #[error("{}, line {line}: {reason}", file.display())]
    BadConfig {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
        /// The nearest right key, or what a value looks like.
        hint: Option<String>,
    },

    /// A deck that cannot be used.
    #[error("the deck {slug} cannot be used: {first}")]
    BadDeck {
        /// Its slug.
        slug: String,
        /// The first of its faults, with the file and the line.
        first: String,
    },

    /// A deck that is not there.
    #[error("there is no deck {wanted:?}{}", if *.in_use { " in use" } else { "" })]
    NoSuchDeck {
        /// What was asked for.
        wanted: String,
        /// Whether it might be there and not in use.
        in_use: bool,
    },

    /// A tip that no deck has.
    #[error("there is no tip {wanted:?}")]
    NoSuchTip {
        /// What was asked for.
        wanted: String,
        /// The nearest tip there is, or the range of numbers.
        nearest: String,
    },

    /// An entry that is not in the journal.
    #[error("there is no entry {wanted}")]
    NoSuchEntry {
        /// What was asked for, as the person would type it.
        wanted: String,
    },

    /// An entry that is in the trash, where a living one is needed.
    #[error("#{number} is in the trash")]
    InTrash {
        /// Its number.
        number: i64,
    },

    /// An entry that is away, or a letter that is sealed.
    #[error("#{number} is {}{}", if *sealed { "a letter, sealed" } else { "away" },
            .until.as_ref().map(|day| format!(" until {day}")).unwrap_or_default())]
    OutOfSight {
        /// Its number.
        number: i64,
        /// The day on which it comes back, in words; `None` where it waits to be asked for.
        until: Option<String>,
        /// Whether it is a seal that keeps it.
        sealed: bool,
    },

    /// No home directory, so no place for the journal.
    #[error("cannot tell where your home directory is")]
    NoHome,

    /// A file to be brought in that cannot be used.
    #[error(transparent)]
    Format(FormatError),

    /// A file to be brought in that is encrypted, and no way to ask for what opens it.
    #[error("{}: {what}", file.display())]
    EncryptedFile {
        /// The file.
        file: PathBuf,
        /// Why nobody was asked, or what is wrong with what was said.
        what: String,
        /// What to give instead.
        hint: Option<String>,
    },

    /// A file to be brought in that is of no form that is known.
    #[error("{}: {} is nothing that onward knows", path.display(),
            if *.inside { "what is encrypted in it" } else { "it" })]
    Unrecognised {
        /// The file as the person named it.
        path: PathBuf,
        /// Whether it is encrypted and was opened.
        inside: bool,
    },

    /// An import whose counts do not agree: nothing of it is kept.
    #[error("the import does not add up: {what}")]
    Miscounted {
        /// Which counts, as a sentence.
        what: String,
    },

    /// A place that an export cannot take.
    #[error("cannot write {}: {what}", path.display())]
    NoPlace {
        /// The path.
        path: PathBuf,
        /// Why not, as a sentence.
        what: &'static str,
        /// Where to write instead.
        hint: Option<&'static str>,
    },

    /// The journal's path leads to something else.
    #[error("{} is not a journal: {what}", path.display())]
    NotAJournal {
        /// The path.
        path: PathBuf,
        /// What it is instead.
        what: String,
    },

    /// An encrypted journal, and nothing to open it with.
    #[error("the journal {} is locked: {why}", path.display())]
    Locked {
        /// The path.
        path: PathBuf,
        /// Why nothing came of it.
        why: String,
        /// What to do about it.
        hint: Option<String>,
    },

    /// An encrypted journal, and something that does not open it.
    #[error("that does not open the journal {}", path.display())]
    WrongPassphrase {
        /// The path.
        path: PathBuf,
        /// What may be the matter with what was typed, where that can be told.
        hint: Option<String>,
    },

    /// No place that keeps the key of an unlocked journal.
    #[error("the journal cannot be kept unlocked: {why}")]
    NoKeyring {
        /// Why not.
        why: String,
    },

    /// A journal made by a later version.
    #[error("{} was written by a newer onward", path.display())]
    NewerJournal {
        /// The path.
        path: PathBuf,
        /// The version of its layout.
        found: i64,
        /// The newest layout this program knows.
        known: i64,
    },

    /// Another process holds the journal for longer than anyone should wait.
    #[error("the journal {} is busy", path.display())]
    Busy {
        /// The path.
        path: PathBuf,
    },

    /// No room to write.
    #[error("the disk is full: {} could not be written", path.display())]
    DiskFull {
        /// The file that could not grow.
        path: PathBuf,
    },

    /// The journal, or its folder, may only be read.
    #[error("{} cannot be written to", path.display())]
    ReadOnly {
        /// The path.
        path: PathBuf,
    },

    /// The journal's bytes are not what they were.
    #[error("the journal {} is damaged", path.display())]
    Damaged {
        /// The path.
        path: PathBuf,
        /// What the store said.
        source: ErrorSource,
    },

    /// A backup whose bytes are not what they were.
    #[error("the backup {} is damaged", path.display())]
    DamagedBackup {
        /// The path.
        path: PathBuf,
        /// What was found.
        source: ErrorSource,
    },

    /// A file to be restored that is no journal.
    #[error("{} is not a backup: {what}", path.display())]
    NotABackup {
        /// The path.
        path: PathBuf,
        /// What it is instead.
        what: String,
    },

    /// A copy of the journal that does not hold what the journal holds.
    #[error("the copy of the journal is not right: {what}")]
    BadCopy {
        /// Where it was made.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },

    /// Something lies where a file was to be made.
    #[error("{} is there already", path.display())]
    AlreadyThere {
        /// The path.
        path: PathBuf,
    },

    /// Any other failure of the store.
    #[error("cannot {doing} the journal {}", path.display())]
    Store {
        /// The verb: `read`, `write to`, `open`.
        doing: &'static str,
        /// The path.
        path: PathBuf,
        /// What the store said.
        source: ErrorSource,
    },

    /// A file or a stream that failed.
    #[error("cannot {doing}")]
    Io {
        /// What was being done, to what: `read /home/a/config.toml`.
        doing: String,
        /// What the system said.
        source: io::Error,
    },

    /// Text that is not UTF-8, and where it stopped being so.
    #[error("the text is not valid UTF-8: byte {byte} (line {line})")]
    NotUtf8 {
        /// The offset of the first bad byte, counted from 1.
        byte: usize,
        /// Its line, counted from 1.
        line: usize,
    },

    /// A text longer than the journal takes.
    #[error("the text is longer than {} MB", limit / 1_000_000)]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },

    /// The editor could not be run, or did not end well.
    #[error("{what}")]
    Editor {
        /// The whole sentence.
        what: String,
        /// What to do about it.
        hint: Option<String>,
        /// What the system said, where it said anything.
        source: Option<io::Error>,
    },

    /// A signal asked the program to stop.
    #[error("interrupted")]
    Interrupted,

    /// Something went wrong after text was typed. The text is kept.
    #[error("your page is not saved yet")]
    Unsaved {
        /// Where the text is now.
        kept: KeptText,
        /// What went wrong.
        source: Box<Error>,
    },
}

/// The command line's words for what went wrong with a form: its flags, its hints. An error of
/// ours that only passed through a reader or a writer comes back as it was.
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

/// For errors of ours in what a reader or a writer calls.
impl From<Error> for FormatError {
    fn from(error: Error) -> FormatError {
        match error {
            Error::Format(error) => error,
            other => FormatError::Caller(Box::new(other)),
        }
    }
}

/// Where text went that could not be saved as an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptText {
    /// Among the drafts, where `write --resume` finds it.
    AsDraft,
    /// In a file, as it came.
    InFile(PathBuf),
    /// In a file in memory, as it came: the text of an encrypted journal goes on no disk.
    InMemory(PathBuf),
    /// Nowhere could be written to: it was printed instead.
    Printed,
}

impl Error {
    /// An I/O failure, with what was being done to which path. A full disk becomes
    /// [`Error::DiskFull`].
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

    /// What this program was built without, such as `encryption`.
    pub fn built_without(what: &str) -> Error {
        Error::Usage {
            what: format!("this onward was built without {what}"),
            hint: Some(OTHER_BUILD.to_owned()),
        }
    }

    /// Wrong usage without a further hint.
    pub fn usage(what: impl Into<String>) -> Error {
        Error::Usage {
            what: what.into(),
            hint: None,
        }
    }

    /// The next step, as an imperative without a period. `None` where there is nothing useful
    /// to say.
    pub fn hint(&self) -> Option<String> {
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

    /// Everything to do next: what mends the cause, where a text is kept meanwhile and there is
    /// something to mend in the command or the configuration, and then [`Error::hint`].
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

    /// The exit status: 1 could not, 2 wrong usage, 3 nothing found, 4 locked, 130
    /// interrupted.
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
