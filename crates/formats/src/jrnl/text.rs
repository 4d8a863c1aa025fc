//! jrnl's text file: `[2013-06-09 15:39] Title`, the body below it, an empty line.
//!
//! # What is a header
//!
//! jrnl itself takes every line for a header whose bracket any parser makes a date of, and so
//! cuts entries in two where somebody pasted a chat. Here the whole file is looked at first,
//! and then:
//!
//! 1. A line can be a header where a bracket at its very beginning holds a date in one of the
//!    forms of `stamp`, or in the declared form, and a space or the line's end follows.
//! 2. The first such line is a header. Its form is that of the file.
//! 3. Further headers have that form and come after an empty line, where jrnl always puts
//!    one. After an empty line the form may also be longer or shorter (`[2019-07 14:23]`).
//!    All else is text of the entry above.
//! 4. Where no header comes after an empty line, the file has none, and there are three or
//!    more whose moments never go back, they are the lines of a log: each is a header.
//! 5. jrnl 1 wrote no brackets. Where the first line that is not empty begins with a date and
//!    a time, and no line after an empty one begins with a date in brackets, lines that begin
//!    with a date of that form are headers, by the same rules.
//! 6. Numbers with the year last are read with the day first, or all with the month first,
//!    where a header of the file can only be read so. Otherwise the file is refused.
//!
//! Whatever was decided against, or in another way than jrnl would, is given as
//! [`Item::Decided`]. Text above the first header has no date and is refused, with its line.
//!
//! # What is kept
//!
//! The text byte for byte, its lines ended by `\n`, without the star behind the title and the
//! empty lines at the end. What [`write()`] wrote comes back exactly; the comment of `form`
//! has the rules.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::form;
use super::stamp::{self, LONGEST, Order, Shape, Stamp};
use super::{Found, too_long};
use crate::error::{FormatError, Result};
use crate::{Item, Place, Reader, Source, Take, unwritten};
use onward_model::Entry;
use onward_model::entry::MAX_TEXT;

/// The longest text of an entry as it stands in a file, in bytes: half as long again where
/// every other character had to be put in another way.
const MAX_RAW: usize = MAX_TEXT / 2 * 3 + 16;

/// How much of a line tells what it is, in bytes.
const HEAD: usize = 4 * LONGEST;

/// Whether a file that begins so is a jrnl text file, with headers in brackets or, in the
/// form of jrnl 1, without; `date_from` is the declared form of its dates.
pub fn looks_like(head: &[u8], date_from: Option<&str>) -> bool {
    let rules = Rules::new(date_from, None);
    let head = head.strip_prefix(MARK).unwrap_or(head);
    let mut filled = head
        .split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !is_blank(line))
        .peekable();
    let Some(first) = filled.peek() else {
        return false;
    };
    // What begins with front matter is a note, whatever dates it holds.
    rules.bare(first).is_some()
        || *first != b"---" && filled.any(|line| rules.bracketed(line).is_some())
}

/// Reads a file. It is read twice: first what its headers look like, then the entries.
///
/// # Errors
/// [`FormatError::Unreadable`] where no line is a header, the dates can be read in two ways, or
/// something is not valid UTF-8; [`FormatError::Read`]; whatever `take` says.
pub fn read(path: &Path, reader: &Reader<'_>, take: Take<'_>) -> Result<()> {
    read_on(path, None, reader, take)
}

/// Reads a file of a folder that is for one day.
pub(super) fn read_on(
    path: &Path,
    on: Option<NaiveDate>,
    reader: &Reader<'_>,
    take: Take<'_>,
) -> Result<()> {
    let text = Text {
        path,
        rules: Rules::new(reader.date_from, on),
        longest: MAX_RAW,
    };
    if let Some(style) = text.survey(reader.look(path)?)? {
        text.entries(&style, reader.open(path)?, reader, take)?;
    }
    Ok(())
}

/// Reads what is in the memory; the path is what errors and places name.
pub(super) fn read_bytes(
    path: &Path,
    bytes: &[u8],
    reader: &Reader<'_>,
    take: Take<'_>,
) -> Result<()> {
    let text = Text {
        path,
        rules: Rules::new(reader.date_from, None),
        longest: MAX_RAW,
    };
    match text.survey(bytes)? {
        Some(style) => text.entries(&style, bytes, reader, take),
        None => Ok(()),
    }
}

/// Writes entries as a file that jrnl reads, and from which [`read`] brings back their days,
/// texts and stars.
///
/// The date in a header is the entry's day. Its time is when it was written, to the second;
/// of what was written on a later day, as after midnight, it is 23:59:59, and of what was
/// written on an earlier one 00:00:00. The kind, the zone, the mood, tips, history and tags that do not
/// stand in the text have no place in the form. jrnl itself cuts a text that begins with white
/// space in the wrong place when it parts title and body.
///
/// # Errors
/// What the source says; [`FormatError::Write`].
pub fn write(out: &mut dyn Write, source: Source<'_>) -> Result<()> {
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
        // Without fractions, of which a leap second is one.
        std::cmp::Ordering::Equal => written.time().with_nanosecond(0).unwrap_or(end),
        std::cmp::Ordering::Greater => end,
    };
    day.and_time(time)
}

/// A byte order mark.
const MARK: &[u8] = "\u{feff}".as_bytes();

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// What can be a header in a file.
struct Rules<'a> {
    date_from: Option<&'a str>,
    /// The day that the name of the file says.
    on: Option<NaiveDate>,
}

/// A date at the beginning of a line.
struct Header<'a> {
    stamp: Stamp,
    /// The date as it stands there.
    written: &'a str,
    /// Where the title begins.
    title: usize,
}

impl<'a> Rules<'a> {
    fn new(date_from: Option<&'a str>, on: Option<NaiveDate>) -> Rules<'a> {
        // The brackets go without saying.
        let date_from = date_from.map(|pattern| {
            let inside = pattern.trim().strip_prefix('[');
            inside
                .and_then(|rest| rest.strip_suffix(']'))
                .unwrap_or(pattern)
        });
        Rules { date_from, on }
    }

    fn whole(&self, text: &str) -> Option<Stamp> {
        match self.date_from {
            Some(pattern) => stamp::declared(text.trim(), pattern, self.on)
                .filter(|(_, rest)| rest.is_empty())
                .map(|(stamp, _)| stamp),
            None => stamp::whole(text),
        }
    }

    /// A line with a date in brackets.
    fn bracketed<'l>(&self, line: &'l [u8]) -> Option<Header<'l>> {
        let (written, title) = bracket(line)?;
        Some(Header {
            stamp: self.whole(written).filter(Stamp::is_date)?,
            written,
            title,
        })
    }

    /// A line that begins with a date and a time.
    fn bare<'l>(&self, line: &'l [u8]) -> Option<Header<'l>> {
        if !line.first()?.is_ascii_alphanumeric() {
            return None;
        }
        let head = lossless(&line[..line.len().min(HEAD)]);
        let (stamp, rest) = match self.date_from {
            Some(pattern) => stamp::declared(head, pattern, self.on)?,
            None => stamp::leading(head)?,
        };
        let at = head.len() - rest.len();
        if !stamp.is_date() || !stamp.shape.has_time() {
            return None;
        }
        let title = match line.get(at) {
            None => at,
            Some(b' ') => at + 1,
            Some(_) => return None,
        };
        Some(Header {
            stamp,
            written: &head[..at],
            title,
        })
    }
}

/// A bracket at the beginning of a line that is closed soon and followed by a space or by
/// nothing: what it holds, and where the title begins.
fn bracket(line: &[u8]) -> Option<(&str, usize)> {
    let inside = line.strip_prefix(b"[")?;
    let near = &inside[..inside.len().min(LONGEST + 1)];
    let end = near.iter().position(|&byte| byte == b']')?;
    let written = std::str::from_utf8(&inside[..end]).ok()?;
    match inside.get(end + 1) {
        None => Some((written, end + 2)),
        Some(b' ') => Some((written, end + 3)),
        Some(_) => None,
    }
}

/// As much of some bytes as is UTF-8.
fn lossless(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}

/// How the entries of a file begin.
#[derive(Debug)]
struct Style {
    /// The line of the first header.
    first: u64,
    shape: Shape,
    bare: bool,
    order: Order,
    /// Every date at the beginning of a line is a header.
    log: bool,
    /// What was decided for the whole file.
    decided: Option<(u64, String)>,
}

/// What was seen of one kind of header.
#[derive(Default)]
struct Seen {
    first: Option<(u64, Shape)>,
    /// How many followed an empty line, beside the first.
    apart: u64,
    /// How many followed a line of text.
    inside: u64,
    /// What those that are headers for sure say of the order of their numbers.
    evidence: Evidence,
    /// What those say that are headers only in a log.
    inside_evidence: Evidence,
    /// The moments, read in both orders, and whether they ever went back.
    last: [Option<NaiveDateTime>; 2],
    went_back: [bool; 2],
    /// An empty line was seen since the first, and another header after it.
    parted: bool,
    blank: bool,
}

/// What dates say of the order of their numbers.
#[derive(Default)]
struct Evidence {
    day: Option<(u64, String)>,
    month: Option<(u64, String)>,
    either: Option<(u64, String, (NaiveDate, NaiveDate))>,
}

impl Evidence {
    fn note(&mut self, line: u64, header: &Header<'_>, on: Option<NaiveDate>) {
        let written = || (line, header.written.trim().to_owned());
        match header.stamp.order() {
            None => {}
            Some(Ok(Order::Day)) => {
                self.day.get_or_insert_with(written);
            }
            Some(Ok(Order::Month)) => {
                self.month.get_or_insert_with(written);
            }
            Some(Err((day, _))) if Some(day) == on => {
                self.day.get_or_insert_with(written);
            }
            Some(Err((_, month))) if Some(month) == on => {
                self.month.get_or_insert_with(written);
            }
            Some(Err(days)) => {
                self.either.get_or_insert_with(|| {
                    let (line, written) = written();
                    (line, written, days)
                });
            }
        }
    }

    fn or(self, other: Evidence) -> Evidence {
        Evidence {
            day: self.day.or(other.day),
            month: self.month.or(other.month),
            either: self.either.or(other.either),
        }
    }
}

impl Seen {
    fn note(&mut self, line: u64, header: &Header<'_>, apart: bool, on: Option<NaiveDate>) {
        let is_first = self.first.is_none();
        let (_, shape) = *self.first.get_or_insert((line, header.stamp.shape));
        let exact = shape == header.stamp.shape;
        if is_first || apart && (exact || shape.is_like(header.stamp.shape)) {
            self.apart += u64::from(!is_first);
            self.evidence.note(line, header, on);
        } else if exact {
            self.inside += 1;
            self.inside_evidence.note(line, header, on);
        } else {
            return;
        }
        self.parted |= self.blank;
        for (at, order) in [Order::Day, Order::Month].into_iter().enumerate() {
            let now = header.stamp.local(order);
            self.went_back[at] |= now.is_none() || now < self.last[at];
            self.last[at] = now;
        }
    }
}

/// A file of entries.
struct Text<'a> {
    path: &'a Path,
    rules: Rules<'a>,
    /// The longest text of an entry as it stands there, in bytes.
    longest: usize,
}

impl Text<'_> {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn wrong(&self, line: impl Into<Option<u64>>, what: impl Into<String>) -> FormatError {
        FormatError::Unreadable {
            file: self.name(),
            line: line.into(),
            what: what.into(),
        }
    }

    /// Looks at every line and says how entries begin; `None` where there is nothing at all.
    fn survey(&self, source: impl Read) -> Result<Option<Style>> {
        let (mut brackets, mut bare) = (Seen::default(), Seen::default());
        let (mut brackets_apart, mut filled, mut after_blank) = (false, false, true);
        let mut lines = Lines::new(source, HEAD);
        while let Some(line) = lines.next().map_err(|error| self.failed(error))? {
            let (number, bytes) = (line.number, line.bytes);
            if !line.cut && is_blank(bytes) {
                brackets.blank = brackets.first.is_some();
                bare.blank = bare.first.is_some();
                after_blank = true;
                continue;
            }
            if let Some(header) = self.rules.bracketed(bytes) {
                brackets.note(number, &header, after_blank, self.rules.on);
                brackets_apart |= after_blank;
            } else if (!filled || bare.first.is_some())
                && let Some(header) = self.rules.bare(bytes)
            {
                bare.note(number, &header, after_blank, self.rules.on);
            }
            (filled, after_blank) = (true, false);
        }
        let is_bare = bare.first.is_some() && !brackets_apart;
        let seen = if is_bare { bare } else { brackets };
        let Some((first, shape)) = seen.first else {
            return match filled {
                false => Ok(None),
                true => Err(self.wrong(None, self.no_header())),
            };
        };
        let may_be_log = seen.apart == 0 && seen.inside > 1 && !seen.parted;
        let (order, decided) = match may_be_log {
            true => self.order(seen.evidence.or(seen.inside_evidence))?,
            false => self.order(seen.evidence)?,
        };
        let log = may_be_log && !seen.went_back[usize::from(order == Order::Month)];
        let decided = match log {
            true => Some((
                first,
                "no empty line parts the entries, so every line that begins with a date \
                 begins one"
                    .to_owned(),
            )),
            false => decided,
        };
        Ok(Some(Style {
            first,
            shape,
            bare: is_bare,
            order,
            log,
            decided,
        }))
    }

    fn no_header(&self) -> String {
        match self.rules.date_from {
            Some(pattern) => {
                format!("no line begins with a date in brackets in the form {pattern:?}")
            }
            None => {
                "no line begins with a date in brackets, as [2013-06-09 15:39] does; if the \
                     dates have another form, say it with --date-from"
                    .to_owned()
            }
        }
    }

    /// The order of the numbers in the dates of a file, and what to say of it.
    fn order(&self, evidence: Evidence) -> Result<(Order, Option<(u64, String)>)> {
        let decided = |order, first: &str, (line, written): (u64, String)| {
            let what =
                format!("{written} has the {first} first, so all dates of the file have");
            Ok((order, Some((line, what))))
        };
        match evidence {
            Evidence {
                day: Some((one, day)),
                month: Some((other, month)),
                ..
            } => Err(self.wrong(
                one.max(other),
                format!(
                    "{day} (line {one}) has the day first and {month} (line {other}) the month; \
                     say which form the dates have with --date-from, such as \
                     '%d.%m.%Y %H:%M', and mend the others"
                ),
            )),
            Evidence {
                day: Some(found), ..
            } => decided(Order::Day, "day", found),
            Evidence {
                month: Some(found), ..
            } => decided(Order::Month, "month", found),
            Evidence {
                either: Some((line, written, (day, month))),
                ..
            } => Err(self.wrong(
                line,
                format!(
                    "{written} can be {} or {}; say which form the dates have with \
                     --date-from, such as '%d.%m.%Y %H:%M' or '%m/%d/%Y %H:%M'",
                    day.format("%-d %B %Y"),
                    month.format("%-d %B %Y"),
                ),
            )),
            Evidence { either: None, .. } => Ok((Order::Day, None)),
        }
    }

    fn failed(&self, error: io::Error) -> FormatError {
        FormatError::read(self.path, error)
    }

    /// Gives the entries.
    fn entries(
        &self,
        style: &Style,
        source: impl Read,
        reader: &Reader<'_>,
        take: Take<'_>,
    ) -> Result<()> {
        let place = |line: u64| Place::new(self.name(), line);
        if let Some((line, what)) = &style.decided {
            take(Item::Decided(place(*line), what.clone()))?;
        }
        let mut lines = Lines::new(source, self.longest + HEAD);
        let mut entry: Option<Building> = None;
        let (mut above, mut after_blank) = (None, true);
        while let Some(line) = lines.next().map_err(|error| self.failed(error))? {
            let number = line.number;
            let text = match std::str::from_utf8(line.bytes) {
                Ok(text) => text,
                // Where a line is cut, a character may be too; the entry is refused anyway.
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
                Judged::Header(header, decided) => {
                    if let Some(entry) = entry.take() {
                        take(entry.item(self, reader))?;
                    }
                    if let Some(from) = above.take() {
                        take(Item::Refused(place(from), self.has_no_date(style.first)))?;
                    }
                    if let Some(what) = decided {
                        take(Item::Decided(place(number), what))?;
                    }
                    let local = header.stamp.local(style.order).unwrap_or_default();
                    if let Some(on) = self.rules.on.filter(|on| *on != local.date()) {
                        let what = format!(
                            "it is dated {} in the file of {on}; its own date is kept",
                            local.date()
                        );
                        take(Item::Decided(place(number), what))?;
                    }
                    let mut begun = Building {
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
                Judged::Text(decided) => {
                    match &mut entry {
                        Some(entry) => entry.push(text, line.cut),
                        None => {
                            above.get_or_insert(number);
                        }
                    }
                    if let Some(what) = decided.filter(|_| above.is_none()) {
                        take(Item::Decided(place(number), what))?;
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

    /// What a line is that is not blank, and what is to be said of that.
    fn judge<'l>(
        &self,
        style: &Style,
        number: u64,
        line: &'l [u8],
        after_blank: bool,
    ) -> Judged<'l> {
        let head = &line[..line.len().min(HEAD)];
        let found = match style.bare {
            true => self.rules.bare(head),
            false => self.rules.bracketed(head),
        };
        let Some(header) = found else {
            return Judged::Text(self.doubtful(style, head, after_blank));
        };
        let shape = header.stamp.shape;
        let (exact, like) = (shape == style.shape, shape.is_like(style.shape));
        let text = |why: &str| {
            Judged::Text(Some(format!(
                "the line begins with a date, {}, but {why}: it was kept as text of the entry \
                 above it",
                header.written.trim(),
            )))
        };
        if header.stamp.local(style.order).is_none() {
            return text("it cannot be read like the other dates of the file");
        }
        if number == style.first || exact && (after_blank || style.log) {
            return Judged::Header(header, None);
        }
        match (exact || like, after_blank) {
            (true, true) if !style.bare => {
                let what = format!(
                    "{} has not quite the form of the other dates; it begins an entry all the \
                     same",
                    header.written.trim()
                );
                Judged::Header(header, Some(what))
            }
            (true, false) => text("no empty line stands before it"),
            _ => text("in another form than the others of the file"),
        }
    }

    /// What is to be said of a line that might have been meant for a header.
    fn doubtful(&self, style: &Style, head: &[u8], after_blank: bool) -> Option<String> {
        let (written, _) = bracket(head)?;
        let date = stamp::whole(written).is_some() || stamp::resembles(written);
        (after_blank && date).then(|| {
            let why = match (stamp::whole(written).filter(Stamp::is_date), style.bare) {
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

/// What a line was found to be.
enum Judged<'a> {
    Header(Header<'a>, Option<String>),
    Text(Option<String>),
}

/// An entry whose end is not reached.
struct Building {
    line: u64,
    local: NaiveDateTime,
    stamp: Stamp,
    raw: String,
    /// Empty lines that belong to the text if any of it follows.
    waiting: usize,
    longest: usize,
    over: bool,
}

impl Building {
    /// Another line.
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

    fn item(self, text: &Text<'_>, reader: &Reader<'_>) -> Item {
        let place = Place::new(text.name(), self.line);
        if self.over {
            return Item::Refused(place, too_long());
        }
        let (text, starred) = form::decode(&self.raw);
        let found = Found {
            place,
            local: self.local,
            offset: self.stamp.offset,
            starred,
            text,
        };
        found.item(reader)
    }
}

/// The lines of a source, without their ends, however long they are.
struct Lines<R> {
    source: BufReader<R>,
    limit: usize,
    number: u64,
    buffer: Vec<u8>,
}

struct Line<'a> {
    /// Counted from 1.
    number: u64,
    bytes: &'a [u8],
    /// It is longer than the limit, and this its beginning.
    cut: bool,
}

impl<R: Read> Lines<R> {
    fn new(source: R, limit: usize) -> Lines<R> {
        Lines {
            source: BufReader::with_capacity(1 << 16, source),
            limit,
            number: 0,
            buffer: Vec::new(),
        }
    }

    fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        // One enormous line does not make all others cost as much memory.
        self.buffer.shrink_to(1 << 20);
        let limit = self.limit as u64 + 2;
        let read = (&mut self.source)
            .take(limit)
            .read_until(b'\n', &mut self.buffer)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let mut cut = false;
        if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
            if self.buffer.last() == Some(&b'\r') {
                self.buffer.pop();
            }
        } else if self.buffer.len() as u64 == limit {
            self.source.skip_until(b'\n')?;
            cut = true;
        }
        let mut bytes = &self.buffer[..];
        if self.number == 1 {
            bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
        }
        Ok(Some(Line {
            number: self.number,
            bytes,
            cut,
        }))
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
        let text = Text {
            path: Path::new("j.txt"),
            rules: Rules::new(None, None),
            longest: 101,
        };
        let reader = Reader {
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
                Item::Entry(record) => record.content.text,
                Item::Refused(place, what) => format!("{place} {what}"),
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
