//! JSON lines of any program: an object a line, whose fields have names that
//! `super::named` knows: `{"date":"1660-01-01","title":"…","text":"…","tags":["…"]}`.
//! <https://jsonlines.org>

use std::path::Path;

use serde_json::Value;

use super::lines::FileLines;
use super::named::{EntryParts, ReadingRemarks, are_of_entries};
use super::{ImportItem, ReadContext, SourcePlace, TakeItem, json, peek};
use crate::error::Result;
use onward_model::entry::MAX_TEXT;

/// The longest line, in bytes.
const MAX_LINE: u64 = 4 * MAX_TEXT as u64;

/// True if a file that begins with `head` is one: an object with a date and a text.
pub fn looks_like(head: &[u8]) -> bool {
    let keys = peek::keys(head);
    keys.is_object
        && are_of_entries(&keys.outer)
        && !keys
            .outer
            .iter()
            .any(|key| key == "entries" || key == "onward")
}

/// Reads a file line by line.
///
/// # Errors
/// [`crate::FormatError::Unreadable`] if a line is longer than any entry.
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    let file = path.display().to_string();
    let mut lines = FileLines::open(path, reader, MAX_LINE)?;
    let mut said = ReadingRemarks::default();
    while let Some((number, bytes)) = lines.next()? {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let place = SourcePlace::new(&file, number);
        let record = object(bytes)
            .and_then(|value| match value {
                Value::Object(object) => EntryParts::of_object(object, &mut said),
                _ => Err("the line is not a JSON object".to_owned()),
            })
            .and_then(|parts| parts.record(&place, reader, &mut said));
        take(match record {
            Ok(record) => ImportItem::Entry(Box::new(record)),
            Err(why) => ImportItem::Refused(place, why),
        })?;
    }
    said.tell(&file, take)
}

fn object(line: &[u8]) -> Result<Value, String> {
    let line = std::str::from_utf8(line).map_err(|_| "the line is not valid UTF-8")?;
    serde_json::from_str(line)
        .map_err(|error| format!("the line is not JSON: {}", json::reason(&error)))
}
