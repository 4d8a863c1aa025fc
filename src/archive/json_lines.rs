//! JSON lines of any program: an object a line, whose fields have names that
//! `super::named` knows: `{"date":"1660-01-01","title":"…","text":"…","tags":["…"]}`.
//! <https://jsonlines.org>

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;

use super::named::{Parts, Said, are_of_entries};
use super::{Item, Place, Reader, Take, json, peek, unreadable_at};
use crate::error::{Error, Result};
use crate::model::entry::MAX_TEXT;

/// The longest line, in bytes.
const MAX_LINE: u64 = 4 * MAX_TEXT as u64;

/// Whether a file that begins so is one: an object with a date and a text.
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
/// [`Error::Unreadable`] for a line beyond all measure; [`Error::Io`]; whatever `take` says.
pub fn read(path: &Path, reader: &Reader<'_>, take: Take<'_>) -> Result<()> {
    let file = path.display().to_string();
    let mut source = BufReader::with_capacity(1 << 16, reader.open(path)?);
    let mut said = Said::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = (&mut source)
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut line)
            .map_err(|error| Error::io("read", path, error))?;
        if read == 0 {
            break;
        }
        if line.len() as u64 > MAX_LINE {
            return Err(unreadable_at(
                path,
                number,
                "a line is longer than any entry can be",
            ));
        }
        let bytes = match number {
            1 => line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line),
            _ => &line,
        };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let place = Place::new(&file, number);
        let record = object(bytes)
            .and_then(|value| match value {
                Value::Object(object) => Parts::of_object(object, &mut said),
                _ => Err("the line is not a JSON object".to_owned()),
            })
            .and_then(|parts| parts.record(&place, reader, &mut said));
        take(match record {
            Ok(record) => Item::Entry(Box::new(record)),
            Err(why) => Item::Refused(place, why),
        })?;
    }
    said.tell(&file, take)
}

fn object(line: &[u8]) -> Result<Value, String> {
    let line = std::str::from_utf8(line).map_err(|_| "the line is not valid UTF-8")?;
    serde_json::from_str(line)
        .map_err(|error| format!("the line is not JSON: {}", json::reason(&error)))
}
