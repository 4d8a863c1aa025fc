//! Journals of other programs, and this one's in formats that others read: one file of code for
//! each format.
//!
//! A reader turns a file into [`ImportItem`]s, one after the other, and holds no more than one
//! entry in memory. It refuses an entry that it cannot take, with a place and a reason, and goes
//! on; only a fault of the whole file is an error. A writer turns entries into bytes.

pub mod age;
pub mod csv;
pub mod dayone;
pub mod entries;
pub mod error;
mod foreign;
mod front;
pub mod html;
pub mod jrnl;
pub mod json;
pub mod json_lines;
mod lines;
pub mod markdown;
mod named;
pub mod onward;
mod peek;
pub mod text;
pub mod tui_journal;
mod when;
pub mod zip;

// Link a SQLite for the tests that read databases.
#[cfg(test)]
use onward_sqlcipher as _;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use uuid::Uuid;
use zeroize::Zeroizing;

use onward_model::{Content, Entry, OfferedPrompt, Revision, Zone};

pub use error::{EXPORT, FormatError, NotOpened, Result, unwritten};
use error::{unreadable, unreadable_at};
pub use when::check_pattern;

/// One thing that a reader found in a file.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportItem {
    /// An entry.
    Entry(Box<ImportRecord>),
    /// An entry of this program's own export with all its states, the first one first. The
    /// numbers are those of the journal that it came from.
    Whole(SourcePlace, Vec<Revision>),
    /// The highest number that the journal behind this program's own export had given out.
    Numbered(i64),
    /// A prompt that the journal behind this program's own export had offered on a day.
    Prompt(SourcePlace, OfferedPrompt),
    /// An entry that cannot be taken, and the reason.
    Refused(SourcePlace, String),
    /// A decision, for a part of the file that can be read in more than one way.
    Decided(SourcePlace, String),
}

/// An entry of another program.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRecord {
    /// Its place in the file.
    pub place: SourcePlace,
    /// Its name in the file: an id, or the moment it was written. It need not be unique.
    pub key: String,
    /// Its id, if the program gives every entry one and never the same one twice.
    pub id: Option<Uuid>,
    /// Its content. Tags that stand in the text need not be repeated in `tags_by_hand`.
    pub content: Content,
}

/// The place of something in its source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourcePlace {
    /// The file as the person named it; a file in an archive follows after ` › `.
    pub file: String,
    /// The line it begins on, counted from 1; `None` if the file has no lines.
    pub line: Option<u64>,
}

impl SourcePlace {
    /// A place in a file.
    pub fn new(file: impl Into<String>, line: impl Into<Option<u64>>) -> SourcePlace {
        SourcePlace {
            file: file.into(),
            line: line.into(),
        }
    }
}

impl fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// Asks for the passphrase or password of a file. The number counts the attempts from 1;
/// returning `None` gives up.
pub type AskForSecret<'a> = &'a dyn Fn(&Path, u32) -> Result<Option<Zeroizing<String>>>;

/// The settings that a reader needs besides its file.
pub struct ReadContext<'a> {
    /// The zone of times that name none: the one that the person named, or that of the machine.
    pub zone: &'a Zone,
    /// The pattern of the dates, in chrono's `strftime`, if the person gave one.
    pub date_from: Option<&'a str>,
    /// The password of an encrypted file, which [`Format::password`] found.
    pub password: &'a dyn Fn(&Path) -> Option<Zeroizing<String>>,
    /// Called with the number of bytes of every piece that was read.
    pub progress: &'a dyn Fn(u64),
    /// The opened file, if the file that is read is encrypted with age.
    pub opened: Option<&'a age::OpenedAgeFile>,
}

/// The formats that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// This program's own export.
    Onward,
    /// Day One's JSON, plain or in a zip archive, and Day One Classic.
    DayOne,
    /// The files of jrnl: text, a folder of days, JSON, encrypted text.
    Jrnl,
    /// The answer of `--json`.
    Json,
    /// JSON lines with named fields.
    JsonLines,
    /// A table with named columns.
    Csv,
    /// Notes with dates.
    Markdown,
    /// The files of tui-journal.
    TuiJournal,
    /// Plain text with dates in a pattern that the person gives.
    Text,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 9] = [
        Format::Onward,
        Format::DayOne,
        Format::Jrnl,
        Format::Json,
        Format::JsonLines,
        Format::Csv,
        Format::Markdown,
        Format::TuiJournal,
        Format::Text,
    ];

    /// Its name in flags and in the journal file.
    pub fn name(self) -> &'static str {
        match self {
            Format::Onward => "onward",
            Format::DayOne => "dayone",
            Format::Jrnl => "jrnl",
            Format::Json => "json",
            Format::JsonLines => "json-lines",
            Format::Csv => "csv",
            Format::Markdown => "markdown",
            Format::TuiJournal => "tui-journal",
            Format::Text => "text",
        }
    }

    /// A file of this format, as part of a sentence.
    pub fn describe(self) -> &'static str {
        match self {
            Format::Onward => "an export of onward",
            Format::DayOne => "a journal of Day One",
            Format::Jrnl => "a journal of jrnl",
            Format::Json => "entries as onward's --json has them",
            Format::JsonLines => "a journal in JSON lines",
            Format::Csv => "a table of entries",
            Format::Markdown => "a journal in Markdown",
            Format::TuiJournal => "a journal of tui-journal",
            Format::Text => "plain text",
        }
    }

    /// Recognises the format of a file or a folder by its content; `None` if it has none of
    /// these.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] if the path is neither a file nor a folder, or the file is
    /// empty or text in another encoding than UTF-8; [`FormatError::Read`].
    pub fn recognise(path: &Path) -> Result<Option<Format>> {
        let found = fs::metadata(path).map_err(|error| FormatError::read(path, error))?;
        if found.is_dir() {
            let found = [
                (Format::DayOne, dayone::is_folder(path)?),
                (Format::Jrnl, jrnl::folder::looks_like(path)),
                (Format::Markdown, markdown::is_folder(path)),
            ];
            return Ok(first(&found));
        }
        let head = head(path)?;
        if head.is_empty() {
            return Err(unreadable(path, "it is empty"));
        }
        Format::of(path, &head)
    }

    /// Recognises the format of the content of a file that is encrypted with age; `None` if it
    /// has none of these.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] for a database and for text in UTF-16;
    /// [`FormatError::Read`].
    pub fn recognise_inside(
        path: &Path,
        opened: &age::OpenedAgeFile,
    ) -> Result<Option<Format>> {
        let head = opened.head()?;
        if tui_journal::is_database(&head) {
            let what = "what is encrypted in it is a database, which is not read from there";
            return Err(unreadable(path, what));
        }
        let is_age = path.extension().is_some_and(|end| end == "age");
        let inside = if is_age {
            &path.with_extension("")
        } else {
            path
        };
        Format::of(inside, &head)
    }

    /// The format of a file that begins with `head`.
    fn of(path: &Path, head: &[u8]) -> Result<Option<Format>> {
        let found = [
            (Format::Onward, onward::looks_like(head)),
            (Format::DayOne, dayone::looks_like(head)),
            (Format::Json, entries::looks_like(head)),
            (Format::TuiJournal, tui_journal::looks_like(head)),
            (Format::TuiJournal, tui_journal::is_database(head)),
            (Format::JsonLines, json_lines::looks_like(head)),
            (Format::Markdown, markdown::is_note(path)),
            // Try tables before jrnl: a table is told by its first line, while a header of jrnl
            // may stand anywhere, even in a cell.
            (Format::Csv, csv::looks_like(head)),
            (Format::Jrnl, jrnl::looks_like(head)),
            (Format::Markdown, markdown::looks_like(head)),
        ];
        let found = first(&found);
        if found.is_none() && (head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff")) {
            return Err(unreadable(path, "it is UTF-16: save it as UTF-8 first"));
        }
        Ok(found)
    }

    /// Finds the password of a file that its format encrypts; `None` if it is not encrypted so.
    /// Call this before reading, so that no transaction is open while a person types. `opened` is
    /// the opened file, if it is encrypted with age besides.
    ///
    /// # Errors
    /// [`FormatError::NotOpened`] if no password opens it; [`FormatError::Unreadable`] if it is
    /// damaged.
    pub fn password(
        self,
        path: &Path,
        opened: Option<&age::OpenedAgeFile>,
        ask: AskForSecret<'_>,
    ) -> Result<Option<Zeroizing<String>>> {
        match self {
            Format::Jrnl => jrnl::password(path, opened, ask),
            _ => Ok(None),
        }
    }

    /// Reads a file or a folder.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] if the file cannot be used at all.
    pub fn read(self, path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
        match self {
            Format::Onward => onward::read(path, reader, take),
            Format::DayOne => dayone::read(path, reader, take),
            Format::Jrnl => jrnl::read(path, reader, take),
            Format::Json => entries::read(path, reader, take),
            Format::JsonLines => json_lines::read(path, reader, take),
            Format::Csv => csv::read(path, reader, take),
            Format::Markdown => markdown::read(path, reader, take),
            Format::TuiJournal => tui_journal::read(path, reader, take),
            Format::Text => text::read(path, reader, take),
        }
    }
}

/// The first format that was recognised.
fn first(found: &[(Format, bool)]) -> Option<Format> {
    found
        .iter()
        .find(|(_, looks_like)| *looks_like)
        .map(|(format, _)| *format)
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Format, String> {
        Format::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| {
                let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
                format!("the forms are {}", names.join(", "))
            })
    }
}

/// True if a path is a file that is encrypted with age.
///
/// # Errors
/// [`FormatError::Unreadable`] if the path is neither a file nor a folder.
pub fn is_age(path: &Path) -> Result<bool> {
    Ok(!path.is_dir() && age::looks_like(&head(path)?))
}

/// The number of bytes by which a file is recognised.
const HEAD: u64 = 64 * 1024;

/// The beginning of a file.
fn head(path: &Path) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    open_file(path)?
        .take(HEAD)
        .read_to_end(&mut head)
        .map_err(|error| FormatError::read(path, error))?;
    Ok(head)
}

/// The size of a file, or of all files in a folder, in bytes; symbolic links are not followed. It
/// only serves to show progress, so a file that cannot be looked at counts as empty.
pub fn size(path: &Path) -> u64 {
    let Ok(found) = fs::metadata(path) else {
        return 0;
    };
    if !found.is_dir() {
        return found.len();
    }
    let (mut size, mut ahead) = (0, vec![path.to_path_buf()]);
    while let Some(folder) = ahead.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(found) if found.is_dir() => ahead.push(entry.path()),
                Ok(found) if found.is_file() => size += found.len(),
                _ => {}
            }
        }
    }
    size
}

/// Takes the items that a reader finds. An error ends the reading.
pub type TakeItem<'a> = &'a mut dyn FnMut(ImportItem) -> Result<()>;

impl ReadContext<'_> {
    /// Opens a file for reading, and reports the bytes that are read to `progress`.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] if it is no plain file: opening a pipe would wait for ever,
    /// and a device may never end.
    pub fn open(&self, path: &Path) -> Result<CountedFile<'_>> {
        self.open_with(path, self.progress)
    }

    /// Opens a file for a first look. `progress` is not told.
    ///
    /// # Errors
    /// Those of [`ReadContext::open`].
    fn look(&self, path: &Path) -> Result<CountedFile<'_>> {
        self.open_with(path, &|_| ())
    }

    fn open_with<'a>(
        &'a self,
        path: &Path,
        progress: &'a dyn Fn(u64),
    ) -> Result<CountedFile<'a>> {
        let source = bytes_of(path, self.opened)?;
        Ok(CountedFile { source, progress })
    }

    /// The beginning of a file.
    fn head(&self, path: &Path) -> Result<Vec<u8>> {
        head_of(path, self.opened)
    }
}

/// The bytes of a file, or of its content if it is encrypted with age and opened.
fn bytes_of<'a>(path: &Path, opened: Option<&'a age::OpenedAgeFile>) -> Result<Bytes<'a>> {
    Ok(match opened {
        Some(opened) => Bytes::Inside(opened.inside()?),
        None => Bytes::File(open_file(path)?),
    })
}

/// The first bytes of the same.
fn head_of(path: &Path, opened: Option<&age::OpenedAgeFile>) -> Result<Vec<u8>> {
    match opened {
        Some(opened) => opened.head(),
        None => head(path),
    }
}

/// Opens a plain file only: opening a pipe would wait for ever, and a device may never end.
fn open_file(path: &Path) -> Result<File> {
    let found = fs::metadata(path).map_err(|error| FormatError::read(path, error))?;
    if !found.is_file() {
        return Err(unreadable(path, "it is neither a file nor a folder"));
    }
    File::open(path).map_err(|error| FormatError::read(path, error))
}

/// A file that reports how much of it was read.
pub struct CountedFile<'a> {
    source: Bytes<'a>,
    progress: &'a dyn Fn(u64),
}

/// The source of the bytes of a file.
enum Bytes<'a> {
    File(File),
    /// A file that age encrypted and that is opened.
    Inside(age::AgeContent<'a>),
}

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::File(file) => file.read(buffer),
            Bytes::Inside(inside) => inside.read(buffer),
        }
    }
}

impl Read for CountedFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        (self.progress)(read as u64);
        Ok(read)
    }
}

impl io::Seek for CountedFile<'_> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        match &mut self.source {
            Bytes::File(file) => file.seek(to),
            Bytes::Inside(inside) => inside.seek(to),
        }
    }
}

/// The source of the entries for a writer. The writer calls it once, with a function that takes
/// each entry in turn.
pub type EntrySource<'a> = &'a mut dyn FnMut(&mut dyn FnMut(Entry) -> Result<()>) -> Result<()>;

/// The text of a program that keeps titles apart: the title, a blank line, the text. If the text
/// begins with the title anyway, plain or as a heading, the title is not put in again.
pub(crate) fn titled(title: &str, text: &str) -> String {
    if title.trim().is_empty() {
        return text.to_owned();
    }
    if text.trim().is_empty() {
        return title.to_owned();
    }
    let first = text.lines().next().unwrap_or("");
    let first = first.trim_start_matches('#').trim();
    if first == title.trim() {
        return text.to_owned();
    }
    format!("{title}\n\n{text}")
}
