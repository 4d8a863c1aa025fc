//! Tables of entries (RFC 4180): this program's own, and others with a header whose names
//! `super::named` knows.
//!
//! The own table has the columns [`COLUMNS`]. A spreadsheet takes a cell that begins with `=`,
//! `+`, `-`, `@` or a control character for a formula, with quotation marks around it or not. So
//! the writer puts a `'` before such a cell, and before one that begins with a `'`; the reader
//! removes exactly one `'` if the header is [`COLUMNS`]. Commas separate tags; a tag with a comma
//! or a quotation mark in it is a JSON string. `tips` is for people; the reader takes
//! `reflections`, a JSON list. `particulars` is a JSON object of the values that pages do not
//! have.

use std::cell::Cell;
use std::io::{BufReader, Chain, Cursor, Read, Write};
use std::path::Path;
use std::rc::Rc;

use ::csv::{ErrorKind, Position, ReaderBuilder, StringRecord};

use super::entries::{EntryJson, EntryShape};
use super::named::{EntryParts, LOOKED_FOR, ReadingRemarks, are_of_entries, is_yes, places};
use super::{
    EntrySource, ImportItem, ReadContext, SourcePlace, TakeItem, unreadable_at, unwritten,
};
use crate::error::{FormatError, Result};
use onward_model::entry::MAX_TEXT;

/// The header of the own table.
pub const COLUMNS: [&str; 13] = [
    "number",
    "id",
    "day",
    "written_at",
    "edited_at",
    "kind",
    "mood",
    "starred",
    "tags",
    "tips",
    "text",
    "reflections",
    "particulars",
];

/// The characters that separate columns in tables of other programs.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The most bytes that a header may take.
const MAX_HEADER: u64 = 1 << 16;

/// The longest record, in bytes: any text, with every character of it a quotation mark.
const MAX_RECORD: u64 = 4 * MAX_TEXT as u64;

/// Writes entries as a table.
///
/// # Errors
/// [`FormatError::Write`].
pub fn write(out: &mut dyn Write, source: EntrySource<'_>) -> Result<()> {
    let wrong = |error: ::csv::Error| match error.into_kind() {
        ErrorKind::Io(error) => unwritten(error),
        other => unwritten(std::io::Error::other(format!("{other:?}"))),
    };
    let mut table = ::csv::Writer::from_writer(out);
    table.write_record(COLUMNS).map_err(wrong)?;
    source(&mut |entry| {
        let shape = EntryJson::of(&entry);
        let tips: Vec<String> = shape
            .reflections
            .iter()
            .map(|reflection| reflection.number.to_string())
            .collect();
        let reflections = match shape.reflections.as_slice() {
            [] => String::new(),
            some => serde_json::to_string(some).map_err(|error| unwritten(error.into()))?,
        };
        let particulars = serde_json::to_string(&shape.particulars);
        let particulars = particulars.map_err(|error| unwritten(error.into()))?;
        table
            .write_record([
                shape.number.to_string(),
                shape.id,
                shape.day,
                shape.written_at,
                shape.edited_at.unwrap_or_default(),
                shape.kind.to_owned(),
                shape.mood.map(|mood| mood.to_string()).unwrap_or_default(),
                shape.starred.to_string(),
                guarded(join_tags(&shape.tags)),
                tips.join(", "),
                guarded(shape.text.unwrap_or_default().to_owned()),
                guarded(reflections),
                Some(particulars)
                    .filter(|set| set != "{}")
                    .unwrap_or_default(),
            ])
            .map_err(wrong)
    })?;
    table.flush().map_err(unwritten)
}

/// Guards a cell, so that no spreadsheet takes it for a formula.
fn guarded(cell: String) -> String {
    let acts = |c: char| {
        matches!(c, '=' | '+' | '-' | '@' | '\'' | '＝' | '＋' | '－' | '＠') || c.is_control()
    };
    if cell.starts_with(acts) {
        format!("'{cell}")
    } else {
        cell
    }
}

fn join_tags(tags: &[&str]) -> String {
    let tag = |&tag: &&str| {
        if tag.contains(['"', ',']) {
            serde_json::Value::from(tag).to_string()
        } else {
            tag.to_owned()
        }
    };
    tags.iter().map(tag).collect::<Vec<_>>().join(", ")
}

fn part_tags(cell: &str) -> Result<Vec<String>, String> {
    let mut tags = Vec::new();
    let mut rest = cell.trim_start();
    while !rest.is_empty() {
        let tag;
        if rest.starts_with('"') {
            let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            let string = strings.next().and_then(|string| string.ok());
            tag = string.ok_or("a tag with a quotation mark in it is not whole")?;
            rest = rest[strings.byte_offset()..].trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest);
        } else {
            let (before, after) = rest.split_once(',').unwrap_or((rest, ""));
            tag = before.trim().to_owned();
            rest = after;
        }
        if !tag.is_empty() {
            tags.push(tag);
        }
        rest = rest.trim_start();
    }
    Ok(tags)
}

/// True if a file that begins with `head` is a table of entries.
pub fn looks_like(head: &[u8]) -> bool {
    !matches!(head.trim_ascii_start().first(), Some(b'{' | b'['))
        && TableHeader::in_head(head).is_some_and(|header| are_of_entries(&header.names))
}

/// The first record of a table.
#[derive(Debug, Clone)]
struct TableHeader {
    /// The character that separates columns.
    delimiter: u8,
    names: Vec<String>,
}

impl TableHeader {
    /// Reads the header of a file that begins with `head`, with each delimiter in turn. Takes the
    /// first that gives names known here, else the one that gives most names.
    fn in_head(head: &[u8]) -> Option<TableHeader> {
        let read = |delimiter: u8| {
            let mut names = StringRecord::new();
            let found = ReaderBuilder::new()
                .has_headers(false)
                .delimiter(delimiter)
                .from_reader(head)
                .read_record(&mut names)
                .ok()?;
            let names = names.iter().map(|name| name.trim().to_owned()).collect();
            found.then_some(TableHeader { delimiter, names })
        };
        let found: Vec<_> = DELIMITERS.into_iter().filter_map(read).collect();
        let known = found.iter().find(|header| are_of_entries(&header.names));
        // `max_by_key` returns the last of equals: reverse, so that the first delimiter wins.
        known
            .or(found.iter().rev().max_by_key(|header| header.names.len()))
            .cloned()
    }
}

/// Reads a table.
///
/// # Errors
/// [`FormatError::Unreadable`] if the table lacks the columns that an entry needs, or has a
/// record longer than any entry.
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    let mut source = BufReader::with_capacity(1 << 16, reader.open(path)?);
    let mut head = Vec::new();
    (&mut source)
        .take(MAX_HEADER)
        .read_to_end(&mut head)
        .map_err(|error| FormatError::read(path, error))?;
    let Some(TableHeader { delimiter, names }) = TableHeader::in_head(&head) else {
        let what = "it has no header that names its columns";
        return Err(unreadable_at(path, 1, what));
    };
    let is_own = names == COLUMNS;
    if !is_own && !are_of_entries(&names) {
        let what = format!(
            "its columns are {}; among them have to be {LOOKED_FOR}",
            named_briefly(&names)
        );
        return Err(unreadable_at(path, 1, what));
    }
    let mut said = ReadingRemarks::default();
    let (columns, rest) = if is_own {
        (Vec::new(), Vec::new())
    } else {
        places(&names)
    };
    for at in rest {
        said.left_out(&names[at]);
    }
    let mut rows = TableRows::new(path, delimiter, head, source);
    while let Some((place, row)) = rows.next()? {
        let found = match row {
            Ok(cells) if cells.iter().all(|cell| cell.trim().is_empty()) => continue,
            Ok(cells) if cells.len() != names.len() => Err(format!(
                "it has {} cells for {} columns",
                cells.len(),
                names.len()
            )),
            Ok(cells) if is_own => own(cells).and_then(|shape| shape.record(&place)),
            Ok(cells) => {
                let mut parts = EntryParts::default();
                for &(part, at) in &columns {
                    parts.set(part, cells[at].to_owned());
                }
                parts.record(&place, reader, &mut said)
            }
            Err(why) => Err(why),
        };
        take(match found {
            Ok(record) => ImportItem::Entry(Box::new(record)),
            Err(why) => ImportItem::Refused(place, why),
        })?;
    }
    if rows.quotes.get() % 2 == 1 {
        let what = "the file has an odd number of quotation marks: look whether its last entry \
                    has swallowed others";
        take(ImportItem::Decided(rows.last, what.to_owned()))?;
    }
    said.tell(&rows.file, take)
}

/// The records of a table behind its header.
struct TableRows<'a, R> {
    path: &'a Path,
    file: String,
    table: ::csv::Reader<BoundedSource<Chain<Cursor<Vec<u8>>, R>>>,
    record: StringRecord,
    is_header: bool,
    /// The number of bytes that the record may still take.
    left: Rc<Cell<u64>>,
    /// The number of quotation marks that were read.
    quotes: Rc<Cell<u64>>,
    /// 1 if lines end in `\r\n`, else 0. The library takes such a `\n` for the beginning of the
    /// next record, so that its line numbers are one behind.
    behind: u64,
    /// The place of the last record that could be read.
    last: SourcePlace,
}

impl<'a, R: Read> TableRows<'a, R> {
    /// The records of a file that begins with `head` and goes on with `rest`.
    fn new(path: &'a Path, delimiter: u8, head: Vec<u8>, rest: R) -> TableRows<'a, R> {
        let file = path.display().to_string();
        let first_line = head.split(|&byte| byte == b'\n').next();
        let behind = first_line.is_some_and(|line| line.ends_with(b"\r"));
        let left = Rc::new(Cell::new(0));
        let quotes = Rc::new(Cell::new(0));
        let table = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(BoundedSource {
                source: Cursor::new(head).chain(rest),
                left: Rc::clone(&left),
                quotes: Rc::clone(&quotes),
            });
        TableRows {
            path,
            last: SourcePlace::new(&file, 1),
            file,
            table,
            record: StringRecord::new(),
            is_header: true,
            left,
            quotes,
            behind: u64::from(behind),
        }
    }

    /// The next record, or the reason why it cannot be taken, with its place.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] if the record is longer than any entry; [`FormatError::Read`].
    fn next(&mut self) -> Result<Option<(SourcePlace, Result<&StringRecord, String>)>> {
        loop {
            self.left.set(MAX_RECORD);
            match self.table.read_record(&mut self.record) {
                Ok(false) => return Ok(None),
                Ok(true) if std::mem::take(&mut self.is_header) => {}
                Ok(true) => {
                    let place = self.place(self.record.position());
                    self.last = place.clone();
                    return Ok(Some((place, Ok(&self.record))));
                }
                Err(error) => {
                    let mut place = self.place(error.position());
                    place.line = place.line.or(self.last.line);
                    let why = self.failed(error)?;
                    return Ok(Some((place, Err(why))));
                }
            }
        }
    }

    fn place(&self, at: Option<&Position>) -> SourcePlace {
        SourcePlace::new(&self.file, at.map(|at| at.line() + self.behind))
    }

    /// The reason to refuse a record, if the next one can still be read; else the error.
    fn failed(&self, error: ::csv::Error) -> Result<String> {
        match error.into_kind() {
            ErrorKind::Utf8 { .. } => Ok("it is not valid UTF-8".to_owned()),
            _ if self.left.get() == 0 => {
                let line = self.table.position().line();
                let what = "a record is longer than any entry can be: is a quotation mark not \
                            closed?";
                Err(unreadable_at(self.path, line, what))
            }
            ErrorKind::Io(error) => Err(FormatError::read(self.path, error)),
            other => Err(unreadable_at(self.path, 1, format!("{other:?}"))),
        }
    }
}

/// Reads an entry of this program's own table.
fn own(record: &StringRecord) -> Result<EntryShape, String> {
    let cell = |name: &str| {
        let at = COLUMNS
            .iter()
            .position(|column| *column == name)
            .unwrap_or_default();
        let cell = record.get(at).unwrap_or_default();
        cell.strip_prefix('\'').unwrap_or(cell)
    };
    let said = |name: &str| Some(cell(name).trim().to_owned()).filter(|cell| !cell.is_empty());
    let mood = said("mood").map(|mood| mood.parse().map_err(|_| "its mood is no number"));
    let reflections = said("reflections").map(|reflections| {
        serde_json::from_str(&reflections).map_err(|_| "what it reflects on cannot be read")
    });
    let particulars = said("particulars").map(|particulars| {
        serde_json::from_str(&particulars)
            .map_err(|_| "what belongs to its kind cannot be read")
    });
    Ok(EntryShape {
        id: said("id"),
        day: said("day").unwrap_or_default(),
        written_at: said("written_at").unwrap_or_default(),
        edited_at: said("edited_at"),
        kind: said("kind").unwrap_or_else(|| "page".to_owned()),
        text: Some(cell("text").to_owned()),
        mood: mood.transpose()?,
        starred: is_yes(cell("starred")),
        tags: part_tags(cell("tags"))?,
        reflections: reflections.transpose()?.unwrap_or_default(),
        particulars: particulars.transpose()?.unwrap_or_default(),
    })
}

/// Some names for a message, at most a line of them.
fn named_briefly(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(20)
        .map(|name| name.chars().take(40).collect())
        .collect();
    let more = if names.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    format!("{}{more}", shown.join(", "))
}

/// A file that is read no further than `left` allows, and whose quotation marks are counted.
struct BoundedSource<R> {
    source: R,
    left: Rc<Cell<u64>>,
    quotes: Rc<Cell<u64>>,
}

impl<R: Read> Read for BoundedSource<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left.get() == 0 {
            return Err(std::io::Error::other("too long"));
        }
        let read = self.source.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(read as u64));
        let quotes = buffer[..read].iter().filter(|&&byte| byte == b'"').count();
        self.quotes.set(self.quotes.get() + quotes as u64);
        Ok(read)
    }
}
