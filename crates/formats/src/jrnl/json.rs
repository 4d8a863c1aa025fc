//! jrnl's JSON export: `{"tags": {…}, "entries": [{"title", "body", "date", "time", "tags",
//! "starred"}]}`.
//!
//! The text is the title and, if there is a body, a line end and the body, as in jrnl's text
//! file. jrnl strips white space around both before it writes them. Entries of journals that jrnl
//! kept in Day One's form have a `uuid`, which is the entry's id.

use std::io::BufReader;
use std::path::Path;

use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;
use uuid::Uuid;

use super::{JrnlEntry, tag};
use crate::error::Result;
use crate::json::{each, reason};
use crate::{ImportItem, ReadContext, SourcePlace, TakeItem};
use onward_model::Tag;

/// True if a file that begins with `head` is jrnl's JSON.
pub fn looks_like(head: &[u8]) -> bool {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
    let head = String::from_utf8_lossy(head);
    let Some(rest) = head.trim_start().strip_prefix('{') else {
        return false;
    };
    let rest = rest.trim_start();
    let holds = |rest: &str, name: &str, bracket: char| {
        rest.strip_prefix(name)
            .and_then(|rest| rest.trim_start().strip_prefix(':'))
            .is_some_and(|rest| rest.trim_start().starts_with(bracket))
    };
    holds(rest, "\"tags\"", '{')
        || holds(rest, "\"entries\"", '[')
            && ["title", "body", "date", "time"]
                .iter()
                .all(|name| rest.contains(&format!("\"{name}\"")))
}

/// An entry as jrnl writes it.
#[derive(Deserialize)]
#[serde(expecting = "an entry")]
struct JrnlJsonEntry {
    #[serde(default)]
    title: String,
    #[serde(default)]
    body: String,
    date: String,
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    starred: bool,
    #[serde(default)]
    uuid: Option<String>,
}

/// Reads a file. Elements that are no entries are refused.
///
/// # Errors
/// [`crate::FormatError::Unreadable`] if it is no such JSON.
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    let name = path.display().to_string();
    let source = BufReader::with_capacity(1 << 16, reader.open(path)?);
    each(&name, source, Some("entries"), &mut |line, element| {
        let place = SourcePlace::new(name.clone(), line);
        take(match serde_json::from_str::<JrnlJsonEntry>(element) {
            Ok(written) => written.item(place, reader),
            Err(error) => ImportItem::Refused(place, reason(&error)),
        })
    })?;
    Ok(())
}

impl JrnlJsonEntry {
    fn item(self, place: SourcePlace, reader: &ReadContext<'_>) -> ImportItem {
        let Ok(date) = NaiveDate::parse_from_str(&self.date, "%Y-%m-%d") else {
            return ImportItem::Refused(place, "its date is not YYYY-MM-DD".to_owned());
        };
        let time = match &self.time {
            None => NaiveTime::from_hms_opt(12, 0, 0),
            Some(time) => ["%H:%M", "%H:%M:%S"]
                .iter()
                .find_map(|form| NaiveTime::parse_from_str(time, form).ok()),
        };
        let Some(time) = time else {
            return ImportItem::Refused(place, "its time is not HH:MM".to_owned());
        };
        let mut text = self.title;
        if !self.body.is_empty() {
            text.push('\n');
            text.push_str(&self.body);
        }
        if text.contains("\r\n") {
            text = text.replace("\r\n", "\n");
        }
        let in_text = Tag::in_text(&text);
        let found = JrnlEntry {
            place,
            local: date.and_time(time),
            offset: None,
            starred: self.starred,
            text,
        };
        let mut item = found.item(reader);
        if let ImportItem::Entry(record) = &mut item {
            // The configuration of jrnl may name other symbols than `@` and `#`.
            let others = self.tags.iter().filter_map(|written| {
                tag(written).or_else(|| {
                    let symbol = written.chars().next().filter(|c| !"@#".contains(*c))?;
                    tag(&format!("@{}", &written[symbol.len_utf8()..]))
                })
            });
            let others = others.filter(|tag| !in_text.contains(tag));
            record.content.tags_by_hand.extend(others);
            record.id = self.uuid.and_then(|id| Uuid::try_parse(&id).ok());
        }
        item
    }
}
