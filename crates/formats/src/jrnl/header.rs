//! The dates at the beginning of lines of jrnl's text file.

use chrono::NaiveDate;

use super::stamp::{self, DateStamp, LONGEST, NumberOrder, StampShape};

/// The number of bytes by which a line is told to be a header.
pub(super) const HEAD: usize = 4 * LONGEST;

pub(super) fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// The rules for the headers of a file.
pub(super) struct HeaderRules<'a> {
    pub(super) date_from: Option<&'a str>,
    /// The day in the name of the file, if its folder has a file for each day.
    pub(super) on: Option<NaiveDate>,
}

/// The way in which the entries of a file begin.
#[derive(Debug)]
pub(super) struct HeaderStyle {
    /// The line of the first header.
    pub(super) first: u64,
    pub(super) shape: StampShape,
    pub(super) bare: bool,
    pub(super) order: NumberOrder,
    /// True if every date at the beginning of a line is a header.
    pub(super) log: bool,
    /// A decision for the whole file, with its line.
    pub(super) decided: Option<(u64, String)>,
}

/// A date at the beginning of a line.
pub(super) struct EntryHeader<'a> {
    pub(super) stamp: DateStamp,
    /// The date as it was written.
    pub(super) written: &'a str,
    /// The place in the line at which the title begins.
    pub(super) title: usize,
}

impl<'a> HeaderRules<'a> {
    pub(super) fn new(date_from: Option<&'a str>, on: Option<NaiveDate>) -> HeaderRules<'a> {
        // Drop the brackets of a pattern: they are expected anyway.
        let date_from = date_from.map(|pattern| {
            let inside = pattern.trim().strip_prefix('[');
            inside
                .and_then(|rest| rest.strip_suffix(']'))
                .unwrap_or(pattern)
        });
        HeaderRules { date_from, on }
    }

    fn whole(&self, text: &str) -> Option<DateStamp> {
        match self.date_from {
            Some(pattern) => stamp::declared(text.trim(), pattern, self.on)
                .filter(|(_, rest)| rest.is_empty())
                .map(|(stamp, _)| stamp),
            None => stamp::whole(text),
        }
    }

    /// Reads a line that begins with a date in brackets.
    pub(super) fn bracketed<'l>(&self, line: &'l [u8]) -> Option<EntryHeader<'l>> {
        let (written, title) = bracket(line)?;
        Some(EntryHeader {
            stamp: self.whole(written).filter(DateStamp::is_date)?,
            written,
            title,
        })
    }

    /// Reads a line that begins with a date and a time.
    pub(super) fn bare<'l>(&self, line: &'l [u8]) -> Option<EntryHeader<'l>> {
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
        Some(EntryHeader {
            stamp,
            written: &head[..at],
            title,
        })
    }
}

/// Reads a bracket at the beginning of a line that is closed soon, with a space or nothing behind
/// it. Returns its content, and the place at which the title begins.
pub(super) fn bracket(line: &[u8]) -> Option<(&str, usize)> {
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

/// The beginning of some bytes, as far as it is UTF-8.
fn lossless(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}
