//! Other programs' journals, and this one's in forms that others read: one file a format.
//!
//! A reader turns a file into [`ImportItem`]s, one after the other, and holds no more of it than
//! one entry; what becomes of them is not its business. What it cannot take it refuses with a
//! place and a reason, and goes on; what makes the whole file unusable is an error. A writer
//! turns entries into bytes.

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

// The SQLite that the databases in the tests are read with.
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

/// Something a reader came upon.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportItem {
    /// An entry.
    Entry(Box<ImportRecord>),
    /// An entry of this program's own export, with every state it had: the first one first.
    /// The numbers are those it had where it came from.
    Whole(SourcePlace, Vec<Revision>),
    /// The highest number that the journal of this program's own export had given.
    Numbered(i64),
    /// What a day of this program's own export offered.
    Prompt(SourcePlace, OfferedPrompt),
    /// What stands where an entry should and cannot be taken, and why.
    Refused(SourcePlace, String),
    /// What was decided where the file can be read in more than one way.
    Decided(SourcePlace, String),
}

/// An entry as another program has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRecord {
    /// Where it stands.
    pub place: SourcePlace,
    /// What it is called there: an id, or the moment it was written. Need not be unique.
    pub key: String,
    /// Its id, where the program gives every entry one that is never given twice.
    pub id: Option<Uuid>,
    /// What it says. Tags that stand in the text need not be repeated among the tags.
    pub content: Content,
}

/// Where in its source something stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourcePlace {
    /// The file as the person named it; a file in an archive follows after ` › `.
    pub file: String,
    /// The line it begins on, counted from 1, where the file has lines.
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

/// Asks for what opens an encrypted file; the number counts the attempts from 1. `None` gives
/// up.
pub type AskForSecret<'a> = &'a dyn Fn(&Path, u32) -> Result<Option<Zeroizing<String>>>;

/// What a reader has to know that its file does not say.
pub struct ReadContext<'a> {
    /// The zone of times that name none: the one the person named, or that of the machine.
    pub zone: &'a Zone,
    /// The form of the dates in plain text, as chrono's `strftime` writes it.
    pub date_from: Option<&'a str>,
    /// What opens an encrypted file: see [`Format::password`].
    pub password: &'a dyn Fn(&Path) -> Option<Zeroizing<String>>,
    /// Told of every piece of a file that was read, in bytes.
    pub progress: &'a dyn Fn(u64),
    /// The file that is read, where it is encrypted with age and was opened.
    pub opened: Option<&'a age::OpenedAgeFile>,
}

/// A form that entries can be brought in from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// This program's own export.
    Onward,
    /// Day One's JSON, plain or in a zip archive, and Day One Classic.
    DayOne,
    /// Whatever jrnl wrote: text, a folder of days, JSON, encrypted.
    Jrnl,
    /// What `--json` answers with.
    Json,
    /// JSON lines with named fields.
    JsonLines,
    /// A table with named columns.
    Csv,
    /// Notes with dates.
    Markdown,
    /// The files of tui-journal.
    TuiJournal,
    /// Plain text whose dates have a form that is said.
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

    /// What a file in it is, in a sentence.
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

    /// The form of what lies at a path, told from what it holds; `None` where it is none of
    /// them.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] for what is neither a file nor a folder, is empty, or is
    /// text of another encoding; [`FormatError::Read`].
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

    /// The form of what is in a file that is encrypted with age; `None` where it is none of
    /// them.
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

    /// The form of a file that begins so.
    fn of(path: &Path, head: &[u8]) -> Result<Option<Format>> {
        let found = [
            (Format::Onward, onward::looks_like(head)),
            (Format::DayOne, dayone::looks_like(head)),
            (Format::Json, entries::looks_like(head)),
            (Format::TuiJournal, tui_journal::looks_like(head)),
            (Format::TuiJournal, tui_journal::is_database(head)),
            (Format::JsonLines, json_lines::looks_like(head)),
            (Format::Markdown, markdown::is_note(path)),
            // By its first line; a header of jrnl's may stand anywhere, in a cell too.
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

    /// Finds what opens a file that is encrypted in a way of its own form; `None` where it is
    /// not. This comes before it is read, so that nothing has to wait for whoever types it.
    /// `opened` is what is in it where it is encrypted with age besides.
    ///
    /// # Errors
    /// [`FormatError::NotOpened`] where nothing given opens it; [`FormatError::Unreadable`];
    /// [`FormatError::Read`]; whatever `ask` says.
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

    /// Reads what lies at a path.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] and [`FormatError::Read`] for what cannot be used at all;
    /// whatever `take` says.
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

/// The first form that was recognised.
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

/// Whether a file is encrypted with age; a folder is not.
///
/// # Errors
/// [`FormatError::Unreadable`] for what is neither a file nor a folder; [`FormatError::Read`].
pub fn is_age(path: &Path) -> Result<bool> {
    Ok(!path.is_dir() && age::looks_like(&head(path)?))
}

/// How much of a file is looked at to recognise it, in bytes.
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

/// How many bytes lie at a path, in a folder's files together; symbolic links are not
/// followed. For showing how far a reading has come: what cannot be looked at counts nothing.
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

/// Takes the items that a reader comes upon. An error ends the reading.
pub type TakeItem<'a> = &'a mut dyn FnMut(ImportItem) -> Result<()>;

impl ReadContext<'_> {
    /// Opens a file for reading, and counts what is read of it.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] for what is no plain file: opening a pipe would wait for
    /// ever, a device may never end. [`FormatError::Read`].
    pub fn open(&self, path: &Path) -> Result<CountedFile<'_>> {
        self.open_with(path, self.progress)
    }

    /// Opens a file to look at it before it is read: nothing is counted.
    ///
    /// # Errors
    /// As [`ReadContext::open`].
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

/// A file, or what is in it where it was encrypted with age and is opened.
fn bytes_of<'a>(path: &Path, opened: Option<&'a age::OpenedAgeFile>) -> Result<Bytes<'a>> {
    Ok(match opened {
        Some(opened) => Bytes::Inside(opened.inside()?),
        None => Bytes::File(open_file(path)?),
    })
}

/// The beginning of the same.
fn head_of(path: &Path, opened: Option<&age::OpenedAgeFile>) -> Result<Vec<u8>> {
    match opened {
        Some(opened) => opened.head(),
        None => head(path),
    }
}

/// Opens a file and nothing else: a pipe would be waited for, a device may never end.
fn open_file(path: &Path) -> Result<File> {
    let found = fs::metadata(path).map_err(|error| FormatError::read(path, error))?;
    if !found.is_file() {
        return Err(unreadable(path, "it is neither a file nor a folder"));
    }
    File::open(path).map_err(|error| FormatError::read(path, error))
}

/// A file that says how much of it was read.
pub struct CountedFile<'a> {
    source: Bytes<'a>,
    progress: &'a dyn Fn(u64),
}

/// Where the bytes of a file come from.
enum Bytes<'a> {
    File(File),
    /// They were encrypted.
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

/// Where a writer gets its entries: called once with what takes each of them in turn.
pub type EntrySource<'a> = &'a mut dyn FnMut(&mut dyn FnMut(Entry) -> Result<()>) -> Result<()>;

/// A text of a program that keeps a title apart: the title, a blank line, the text. A title
/// that the text begins with anyway, plain or as a heading, is not said twice.
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
