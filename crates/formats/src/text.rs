//! Plain text with dates at the beginning of lines, in a pattern that the person gives.
//!
//! Every line that begins with a date in that pattern begins an entry. Behind the date has to
//! come the end of the line, or a character that is neither a letter nor a digit. The rest of the
//! line is text, and so are the lines up to the next date. Empty lines at the beginning and at
//! the end of an entry belong to the file and not to the text.

use std::path::Path;

use super::lines::FileLines;
use super::when::WrittenDate;
use super::{ImportItem, ImportRecord, ReadContext, SourcePlace, TakeItem};
use crate::error::{FormatError, Result};
use onward_model::Content;
use onward_model::entry::MAX_TEXT;

/// The longest line, and the longest entry that is kept in memory, in bytes.
const MAX: u64 = MAX_TEXT as u64 + 1_000;

/// Reads a file line by line.
///
/// # Errors
/// [`FormatError::NoDatePattern`] if the context has no pattern for dates;
/// [`FormatError::Unreadable`] if a line is longer than any entry.
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    let Some(pattern) = reader.date_from else {
        return Err(FormatError::NoDatePattern);
    };
    let file = path.display().to_string();
    let mut lines = FileLines::open(path, reader, MAX)?;
    let mut entry: Option<DatedText> = None;
    // True if there is text above the first date.
    let mut stray = false;
    while let Some((number, bytes)) = lines.next()? {
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).ok();
        let begins = text
            .and_then(|text| WrittenDate::leading(text, pattern))
            .filter(|(_, rest)| !rest.starts_with(char::is_alphanumeric));
        if let Some((when, rest)) = begins {
            if let Some(entry) = entry.take() {
                take(entry.end(&file, reader))?;
            }
            let dated = &bytes[..bytes.len() - rest.len()];
            entry = Some(DatedText {
                line: number,
                when,
                key: String::from_utf8_lossy(dated).trim().to_owned(),
                text: rest.trim_start().to_owned(),
                wrong: None,
            });
            continue;
        }
        match (&mut entry, text) {
            (Some(entry), Some(text)) => entry.add(text),
            (Some(entry), None) => {
                entry.wrong.get_or_insert((number, "it is not valid UTF-8"));
            }
            (None, _) if stray || bytes.iter().all(u8::is_ascii_whitespace) => {}
            (None, _) => {
                stray = true;
                let why = "there is text above the first date".to_owned();
                take(ImportItem::Refused(SourcePlace::new(&file, number), why))?;
            }
        }
    }
    if let Some(entry) = entry {
        take(entry.end(&file, reader))?;
    }
    Ok(())
}

/// An entry whose date is read and whose text goes on.
struct DatedText {
    line: u64,
    when: WrittenDate,
    key: String,
    text: String,
    /// The line and the reason for which it has to be refused.
    wrong: Option<(u64, &'static str)>,
}

impl DatedText {
    fn add(&mut self, line: &str) {
        if self.text.len() + line.len() > MAX as usize {
            self.wrong
                .get_or_insert((self.line, "its text is too long"));
        }
        if self.wrong.is_none() {
            self.text.push('\n');
            self.text.push_str(line);
        }
    }

    fn end(self, file: &str, reader: &ReadContext<'_>) -> ImportItem {
        let place = SourcePlace::new(file, self.line);
        if let Some((line, why)) = self.wrong {
            return ImportItem::Refused(SourcePlace::new(file, line), why.to_owned());
        }
        let text = without_empty_lines(&self.text);
        if text.is_empty() {
            return ImportItem::Refused(place, "it has no text".to_owned());
        }
        ImportItem::Entry(Box::new(ImportRecord {
            place,
            key: self.key,
            id: None,
            content: Content::page(self.when.day, self.when.instant(reader), text),
        }))
    }
}

/// A text without the empty lines at its beginning and its end; spaces before the first word
/// stay.
fn without_empty_lines(text: &str) -> &str {
    let text = text.trim_end();
    let begin = text.find(|c: char| !c.is_whitespace()).unwrap_or(0);
    let line = text[..begin].rfind('\n').map_or(0, |at| at + 1);
    &text[line..]
}
