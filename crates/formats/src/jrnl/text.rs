//! jrnl's text file: `[2013-06-09 15:39] Title`, the body below it, an empty line.
//!
//! # What is a header
//!
//! jrnl itself takes every line for a header whose bracket any parser makes a date of, and so
//! cuts entries in two where somebody pasted a chat. Here the whole file is surveyed first, and
//! then:
//!
//! 1. A line can be a header if a bracket at its very beginning holds a date in one of the forms
//!    of `stamp`, or by the pattern that the person gave, and a space or the line's end follows.
//! 2. The first such line is a header. Its form is that of the file.
//! 3. Further headers have that form and come after an empty line, which jrnl always writes.
//!    After an empty line the form may also be longer or shorter (`[2019-07 14:23]`). All else is
//!    text of the entry above.
//! 4. If no header comes after an empty line, the file has none, and there are three or more
//!    whose moments never go back, they are the lines of a log: each is a header.
//! 5. jrnl 1 wrote no brackets. If the first line that is not empty begins with a date and a
//!    time, and no line after an empty one begins with a date in brackets, lines that begin with
//!    a date of that form are headers, by the same rules.
//! 6. Numbers with the year last are read with the day first, or all with the month first, if a
//!    header of the file can only be read so. Otherwise the file is refused.
//!
//! A remark, [`ImportItem::Decided`], names every date that was not taken for a header, and every
//! one that jrnl would take otherwise. Text above the first header has no date and is refused,
//! with its line.
//!
//! # What is kept
//!
//! The text byte for byte, its lines ended by `\n`, without the star behind the title and the
//! empty lines at the end. The output of [`write()`] comes back exactly; `form` has the rules.

use std::io::{self, Read, Write};
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::form;
use super::header::{EntryHeader, HEAD, HeaderRules, HeaderStyle, bracket, is_blank};
use super::lines::{CutLines, MARK};
use super::stamp::{self, DateStamp};
use super::{JrnlEntry, too_long};
use crate::error::{FormatError, Result};
use crate::{EntrySource, ImportItem, ReadContext, SourcePlace, TakeItem, unwritten};
use onward_model::Entry;
use onward_model::entry::MAX_TEXT;

/// The longest text of an entry as it stands in a file, in bytes. The spelling of `form` can make
/// it half as long again.
const MAX_RAW: usize = MAX_TEXT / 2 * 3 + 16;

/// True if a file that begins with `head` is a jrnl text file, with headers in brackets or, in
/// the form of jrnl 1, without. `date_from` is the pattern for its dates, if the person gave one.
pub fn looks_like(head: &[u8], date_from: Option<&str>) -> bool {
    let rules = HeaderRules::new(date_from, None);
    let head = head.strip_prefix(MARK).unwrap_or(head);
    let mut filled = head
        .split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !is_blank(line))
        .peekable();
    let Some(first) = filled.peek() else {
        return false;
    };
    // A file with front matter is a note, even with dates in brackets.
    rules.bare(first).is_some()
        || *first != b"---" && filled.any(|line| rules.bracketed(line).is_some())
}

/// Reads a file. It is read twice: first for the look of its headers, then for the entries.
///
/// # Errors
/// [`FormatError::Unreadable`] if no line is a header, the dates can be read in two ways, or
/// something is not valid UTF-8.
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    read_on(path, None, reader, take)
}

/// Reads a file of a folder that is for one day.
pub(super) fn read_on(
    path: &Path,
    on: Option<NaiveDate>,
    reader: &ReadContext<'_>,
    take: TakeItem<'_>,
) -> Result<()> {
    let text = JrnlText {
        path,
        rules: HeaderRules::new(reader.date_from, on),
        longest: MAX_RAW,
    };
    if let Some(style) = text.survey(reader.look(path)?)? {
        text.entries(&style, reader.open(path)?, reader, take)?;
    }
    Ok(())
}

/// Reads a text in memory. Errors and places name `path`.
pub(super) fn read_bytes(
    path: &Path,
    bytes: &[u8],
    reader: &ReadContext<'_>,
    take: TakeItem<'_>,
) -> Result<()> {
    let text = JrnlText {
        path,
        rules: HeaderRules::new(reader.date_from, None),
        longest: MAX_RAW,
    };
    match text.survey(bytes)? {
        Some(style) => text.entries(&style, bytes, reader, take),
        None => Ok(()),
    }
}

/// Writes entries as a file that jrnl reads. [`read`] brings back their days, texts and stars.
///
/// The date in a header is the entry's day, and the time that at which it was written, to the
/// second. If it was written on a later date than its day, as after midnight, the time is
/// 23:59:59; if on an earlier one, 00:00:00. The kind, the zone, the mood, tips, history and tags
/// that do not stand in the text have no place in the form. jrnl itself cuts a text that begins
/// with white space in the wrong place when it parts title and body.
///
/// # Errors
/// [`FormatError::Write`].
pub fn write(out: &mut dyn Write, source: EntrySource<'_>) -> Result<()> {
    source(&mut |entry| {
        let local = moment(&entry);
        let text = form::encode(&entry.text, entry.starred);
        writeln!(out, "[{}] {text}\n", local.format("%Y-%m-%d %H:%M:%S")).map_err(unwritten)
    })
}

/// The moment that stands for an entry, on its day.
fn moment(entry: &Entry) -> NaiveDateTime {
    let day = entry.day.date();
    let written = entry.written_at.naive_local();
    let end = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
    let time = match written.date().cmp(&day) {
        std::cmp::Ordering::Less => NaiveTime::MIN,
        // Drop fractions: chrono keeps a leap second as one, and jrnl could not read it.
        std::cmp::Ordering::Equal => written.time().with_nanosecond(0).unwrap_or(end),
        std::cmp::Ordering::Greater => end,
    };
    day.and_time(time)
}

/// A file of entries.
pub(super) struct JrnlText<'a> {
    pub(super) path: &'a Path,
    pub(super) rules: HeaderRules<'a>,
    /// The longest text of an entry as it stands in the file, in bytes.
    longest: usize,
}

impl JrnlText<'_> {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    pub(super) fn wrong(
        &self,
        line: impl Into<Option<u64>>,
        what: impl Into<String>,
    ) -> FormatError {
        FormatError::Unreadable {
            file: self.name(),
            line: line.into(),
            what: what.into(),
        }
    }

    pub(super) fn failed(&self, error: io::Error) -> FormatError {
        FormatError::read(self.path, error)
    }

    /// Gives the entries to `take`.
    fn entries(
        &self,
        style: &HeaderStyle,
        source: impl Read,
        reader: &ReadContext<'_>,
        take: TakeItem<'_>,
    ) -> Result<()> {
        // Longer than a screen: one pass over the lines, whose state would have to be handed on.
        let place = |line: u64| SourcePlace::new(self.name(), line);
        if let Some((line, what)) = &style.decided {
            take(ImportItem::Decided(place(*line), what.clone()))?;
        }
        let mut lines = CutLines::new(source, self.longest + HEAD);
        let mut entry: Option<GrowingEntry> = None;
        let (mut above, mut after_blank) = (None, true);
        while let Some(line) = lines.next().map_err(|error| self.failed(error))? {
            let number = line.number;
            let text = match std::str::from_utf8(line.bytes) {
                Ok(text) => text,
                // The end of a cut line may cut a character. Ignore that: the entry is refused
                // anyway.
                Err(error) if line.cut && error.error_len().is_none() => "",
                Err(_) => return Err(self.wrong(number, "it is not valid UTF-8")),
            };
            if !line.cut && is_blank(line.bytes) {
                if let Some(entry) = &mut entry {
                    entry.push(text, false);
                }
                after_blank = true;
                continue;
            }
            match self.judge(style, number, line.bytes, after_blank) {
                JudgedLine::Header(header, decided) => {
                    if let Some(entry) = entry.take() {
                        take(entry.item(self, reader))?;
                    }
                    if let Some(from) = above.take() {
                        take(ImportItem::Refused(
                            place(from),
                            self.has_no_date(style.first),
                        ))?;
                    }
                    if let Some(what) = decided {
                        take(ImportItem::Decided(place(number), what))?;
                    }
                    let local = header.stamp.local(style.order).unwrap_or_default();
                    if let Some(on) = self.rules.on.filter(|on| *on != local.date()) {
                        let what = format!(
                            "it is dated {} in the file of {on}; its own date is kept",
                            local.date()
                        );
                        take(ImportItem::Decided(place(number), what))?;
                    }
                    let mut begun = GrowingEntry {
                        line: number,
                        local,
                        stamp: header.stamp,
                        raw: String::new(),
                        waiting: 0,
                        longest: self.longest,
                        over: false,
                    };
                    begun.add(text.get(header.title..).unwrap_or_default(), line.cut);
                    entry = Some(begun);
                }
                JudgedLine::Text(decided) => {
                    match &mut entry {
                        Some(entry) => entry.push(text, line.cut),
                        None => {
                            above.get_or_insert(number);
                        }
                    }
                    if let Some(what) = decided.filter(|_| above.is_none()) {
                        take(ImportItem::Decided(place(number), what))?;
                    }
                }
            }
            after_blank = false;
        }
        if let Some(entry) = entry {
            take(entry.item(self, reader))?;
        }
        Ok(())
    }

    fn has_no_date(&self, first: u64) -> String {
        format!(
            "this text stands above the first date (line {first}) and has none itself; put a \
             date in brackets before it"
        )
    }

    /// Judges a line that is not blank: a header or text, with a remark if it could be the other.
    fn judge<'l>(
        &self,
        style: &HeaderStyle,
        number: u64,
        line: &'l [u8],
        after_blank: bool,
    ) -> JudgedLine<'l> {
        let head = &line[..line.len().min(HEAD)];
        let found = match style.bare {
            true => self.rules.bare(head),
            false => self.rules.bracketed(head),
        };
        let Some(header) = found else {
            return JudgedLine::Text(self.doubtful(style, head, after_blank));
        };
        let shape = header.stamp.shape;
        let (exact, like) = (shape == style.shape, shape.is_like(style.shape));
        let text = |why: &str| {
            JudgedLine::Text(Some(format!(
                "the line begins with a date, {}, but {why}: it was kept as text of the entry \
                 above it",
                header.written.trim(),
            )))
        };
        if header.stamp.local(style.order).is_none() {
            return text("it cannot be read like the other dates of the file");
        }
        if number == style.first || exact && (after_blank || style.log) {
            return JudgedLine::Header(header, None);
        }
        match (exact || like, after_blank) {
            (true, true) if !style.bare => {
                let what = format!(
                    "{} has not quite the form of the other dates; it begins an entry all the \
                     same",
                    header.written.trim()
                );
                JudgedLine::Header(header, Some(what))
            }
            (true, false) => text("no empty line stands before it"),
            _ => text("in another form than the others of the file"),
        }
    }

    /// The remark on a line of text that might have been meant for a header.
    fn doubtful(&self, style: &HeaderStyle, head: &[u8], after_blank: bool) -> Option<String> {
        let (written, _) = bracket(head)?;
        let date = stamp::whole(written).is_some() || stamp::resembles(written);
        (after_blank && date).then(|| {
            let why = match (stamp::whole(written).filter(DateStamp::is_date), style.bare) {
                (Some(_), true) => "the other dates have no brackets",
                (Some(_), false) => "its form is not the declared one",
                (None, _) => "it is no date that can be read",
            };
            format!(
                "[{}] looks like the beginning of an entry, but {why}: it was kept as text of \
                 the entry above it",
                written.trim()
            )
        })
    }
}

/// The judgement on a line, with a remark.
enum JudgedLine<'a> {
    Header(EntryHeader<'a>, Option<String>),
    Text(Option<String>),
}

/// An entry whose text goes on.
struct GrowingEntry {
    line: u64,
    local: NaiveDateTime,
    stamp: DateStamp,
    raw: String,
    /// Empty lines that belong to the text if any of it follows.
    waiting: usize,
    longest: usize,
    over: bool,
}

impl GrowingEntry {
    /// Adds another line.
    fn push(&mut self, line: &str, cut: bool) {
        self.waiting += 1;
        if !line.is_empty() || cut {
            self.add(line, cut);
        }
    }

    fn add(&mut self, line: &str, cut: bool) {
        let length = self.raw.len().saturating_add(self.waiting) + line.len();
        if self.over || cut || length > self.longest {
            self.over = true;
            self.raw = String::new();
            return;
        }
        self.raw.extend(std::iter::repeat_n('\n', self.waiting));
        self.waiting = 0;
        self.raw.push_str(line);
    }

    fn item(self, text: &JrnlText<'_>, reader: &ReadContext<'_>) -> ImportItem {
        let place = SourcePlace::new(text.name(), self.line);
        if self.over {
            return ImportItem::Refused(place, too_long());
        }
        let (text, starred) = form::decode(&self.raw);
        let found = JrnlEntry {
            place,
            local: self.local,
            offset: self.stamp.offset,
            starred,
            text,
        };
        found.item(reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onward_model::Zone;

    #[test]
    fn an_entry_beyond_all_measure_is_refused_and_the_next_is_read() {
        let long = "x".repeat(2 * HEAD);
        let many = "many words \n".repeat(100);
        let file = format!(
            "[2013-06-08 15:39] Small\n\n[2013-06-09 15:39] {many}\n\
             [2013-06-10 15:39] A\n{long}é{long}\n\n[2013-06-11 15:39] {long}\n\n\
             [2013-06-12 15:39] Two\n\n\n\nlines{}\n\n[2013-06-13 15:39] {}\nx\n",
            "\n".repeat(5000),
            "y".repeat(100),
        );
        let text = JrnlText {
            path: Path::new("j.txt"),
            rules: HeaderRules::new(None, None),
            longest: 101,
        };
        let reader = ReadContext {
            zone: &Zone::UTC,
            date_from: None,
            password: &|_| None,
            progress: &|_| {},
            opened: None,
        };
        let mut found = Vec::new();
        let style = text
            .survey(file.as_bytes())
            .expect("read")
            .expect("entries");
        text.entries(&style, file.as_bytes(), &reader, &mut |item| {
            found.push(match item {
                ImportItem::Entry(record) => record.content.text,
                ImportItem::Refused(place, what) => format!("{place} {what}"),
                other => panic!("{other:?}"),
            });
            Ok(())
        })
        .expect("read");
        assert_eq!(
            found,
            [
                "Small",
                "j.txt:3 it is longer than 64 MB",
                "j.txt:104 it is longer than 64 MB",
                "j.txt:107 it is longer than 64 MB",
                "Two\n\n\n\nlines",
                "j.txt:5115 it is longer than 64 MB",
            ]
        );
    }
}
