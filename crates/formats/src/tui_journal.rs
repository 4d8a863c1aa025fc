//! tui-journal: its SQLite file, its JSON file and the JSON file by which it moves entries.
//!
//! <https://github.com/AmmarAbouZor/tui-journal>, `backend/src/sqlite/migrations` and
//! `backend/src/lib.rs`. A title and a content become one text, see `super::titled`; a priority
//! becomes the tag `priority-N`. The key of an entry is its moment: tui-journal gives an id again
//! after a deletion, and the file by which it moves entries has no ids.

use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::named::tags;
use super::when::WrittenDate;
use super::{
    ImportItem, ImportRecord, ReadContext, SourcePlace, TakeItem, foreign, json, peek, titled,
    unreadable,
};
use crate::error::Result;
use onward_model::Content;

/// The only known version of the file by which entries are moved.
const VERSION: i64 = 100;

/// An entry in JSON.
#[derive(Deserialize)]
struct TuiJsonEntry {
    date: String,
    title: String,
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    priority: Option<i64>,
}

impl TuiJsonEntry {
    fn record(
        self,
        place: &SourcePlace,
        reader: &ReadContext<'_>,
    ) -> Result<ImportRecord, String> {
        let when = WrittenDate::read(&self.date, reader.date_from)?;
        let text = titled(&self.title, self.content.as_deref().unwrap_or(""));
        if text.trim().is_empty() {
            return Err("it has no text".to_owned());
        }
        let priority = self.priority.map(|priority| format!("priority-{priority}"));
        let by_hand: Vec<String> = self.tags.into_iter().chain(priority).collect();
        let written_at = when.instant(reader);
        Ok(ImportRecord {
            place: place.clone(),
            key: onward_model::revision::instant(written_at),
            id: None,
            content: Content {
                tags_by_hand: tags(&by_hand)?,
                ..Content::page(when.day, written_at, text)
            },
        })
    }
}

/// True if a file that begins with `head` is one of its JSON files.
pub fn looks_like(head: &[u8]) -> bool {
    let keys = peek::keys(head);
    let has = |names: &[String], wanted: &str| names.iter().any(|name| name == wanted);
    let is_entry = ["date", "title", "content"]
        .iter()
        .all(|name| has(&keys.first, name));
    let moved = keys.is_object && has(&keys.outer, "version");
    is_entry && (keys.is_list || moved)
}

/// True if a file that begins with `head` is a SQLite database. It need not be one of
/// tui-journal.
pub fn is_database(head: &[u8]) -> bool {
    head.starts_with(b"SQLite format 3\0")
}

/// Reads a file of either kind.
///
/// # Errors
/// [`crate::FormatError::Unreadable`] if the file is none of its, is of another version, or is
/// damaged.
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    let file = path.display().to_string();
    let mut source = BufReader::with_capacity(1 << 16, reader.open(path)?);
    let head = source
        .fill_buf()
        .map_err(|error| crate::FormatError::read(path, error))?;
    if is_database(head) {
        return database(path, &file, reader, take);
    }
    let keys = peek::keys(head);
    let list = keys.is_object.then_some("entries");
    let beside = json::each(&file, source, list, &mut |line, element| {
        let place = SourcePlace::new(&file, line);
        let record = serde_json::from_str::<TuiJsonEntry>(element)
            .map_err(|error| json::reason(&error))
            .and_then(|entry| entry.record(&place, reader));
        take(match record {
            Ok(record) => ImportItem::Entry(Box::new(record)),
            Err(why) => ImportItem::Refused(place, why),
        })
    })?;
    match beside.get("version").and_then(Value::as_i64) {
        None if list.is_none() => Ok(()),
        Some(VERSION) => Ok(()),
        Some(other) => Err(unreadable(
            path,
            format!("it is of version {other}, and only version {VERSION} is known"),
        )),
        None => Err(unreadable(path, "it does not say its version")),
    }
}

fn database(
    path: &Path,
    file: &str,
    reader: &ReadContext<'_>,
    take: TakeItem<'_>,
) -> Result<()> {
    foreign::tui_journal(path, &mut |row| {
        let place = SourcePlace::new(format!("{file} › entry {}", row.id), None);
        (reader.progress)(row.content.as_ref().map_or(0, String::len) as u64);
        let record = match row.wrong {
            Some(why) => Err(why.to_owned()),
            None => TuiJsonEntry {
                date: row.date,
                title: row.title,
                content: row.content,
                tags: row.tags,
                priority: row.priority,
            }
            .record(&place, reader),
        };
        take(match record {
            Ok(record) => ImportItem::Entry(Box::new(record)),
            Err(why) => ImportItem::Refused(place, why),
        })
    })
}
