//! jrnl's journals (<https://jrnl.sh>): its text file, its folder of days, its JSON, and its
//! encrypted files.
//!
//! In every form the first line of an entry's text is jrnl's title and the rest its body. jrnl
//! keeps no zone: dates and times are local, and the date is the entry's day. An entry's key is
//! that moment, `2013-06-09T15:39:00`. Tags stand in the text; those that begin with `@` are
//! taken without it.

pub mod encrypted;
pub mod folder;
pub mod json;
pub mod text;

mod form;
mod header;
mod lines;
mod stamp;
mod survey;

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, FixedOffset, NaiveDateTime};
use zeroize::Zeroizing;

use super::age::OpenedAgeFile;
use super::{
    AskForSecret, ImportItem, ImportRecord, ReadContext, SourcePlace, TakeItem, head_of,
};
use crate::error::Result;
use onward_model::count;
use onward_model::entry::MAX_TEXT;
use onward_model::{Content, Day, Tag};

/// True if a file that begins with `head` is jrnl's. For folders there is [`folder::looks_like`];
/// files that jrnl 1 encrypted cannot be recognised.
pub fn looks_like(head: &[u8]) -> bool {
    text::looks_like(head, None) || json::looks_like(head) || encrypted::looks_like(head)
}

/// Reads a file or a folder of jrnl in any of its forms.
///
/// # Errors
/// Those of the module that reads it.
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    if path.is_dir() {
        return folder::read(path, reader, take);
    }
    let head = reader.head(path)?;
    if json::looks_like(&head) {
        json::read(path, reader, take)
    } else if is_encrypted(path, &head) {
        encrypted::read(path, reader, take)
    } else {
        text::read(path, reader, take)
    }
}

/// Finds the password of an encrypted file; `None` if it is not encrypted.
///
/// # Errors
/// Those of [`encrypted::password`].
pub fn password(
    path: &Path,
    opened: Option<&OpenedAgeFile>,
    ask: AskForSecret<'_>,
) -> Result<Option<Zeroizing<String>>> {
    if path.is_dir() || !is_encrypted(path, &head_of(path, opened)?) {
        return Ok(None);
    }
    encrypted::password(path, opened, ask).map(Some)
}

fn is_encrypted(path: &Path, head: &[u8]) -> bool {
    encrypted::looks_like(head) || encrypted::could_be_old(path, head)
}

/// The parts of an entry, as every form of jrnl has them.
struct JrnlEntry {
    place: SourcePlace,
    local: NaiveDateTime,
    offset: Option<FixedOffset>,
    starred: bool,
    text: String,
}

impl JrnlEntry {
    /// Makes an item: an entry, or a refusal if the text is empty or too long, or there is no
    /// such day.
    fn item(self, reader: &ReadContext<'_>) -> ImportItem {
        let day = match Day::new(self.local.date()) {
            Some(day) => day,
            None => {
                let what = "its year is not between 1 and 9999";
                return ImportItem::Refused(self.place, what.to_owned());
            }
        };
        if self.text.len() > MAX_TEXT {
            return ImportItem::Refused(self.place, too_long());
        }
        if self.text.trim().is_empty() {
            return ImportItem::Refused(self.place, "nothing is written there".to_owned());
        }
        let written_at = self
            .offset
            .and_then(|offset| self.local.and_local_timezone(offset).single())
            .unwrap_or_else(|| reader.zone.instant(self.local));
        ImportItem::Entry(Box::new(ImportRecord {
            place: self.place,
            key: key(self.local),
            id: None,
            content: content(day, written_at, self.starred, self.text),
        }))
    }
}

fn key(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn too_long() -> String {
    format!("it is longer than {}", count::megabytes(MAX_TEXT))
}

fn content(
    day: Day,
    written_at: DateTime<FixedOffset>,
    starred: bool,
    text: String,
) -> Content {
    Content {
        starred,
        tags_by_hand: tags(&text),
        ..Content::page(day, written_at, text)
    }
}

/// The tags that jrnl sees in a text and [`Tag::in_text`] does not: at the start or after white
/// space an `@` or a `#`, then letters, digits and `_-+*#/`. Stars at the end are emphasis, and
/// `#42` stays a reference.
fn tags(text: &str) -> BTreeSet<Tag> {
    let mut found: BTreeSet<Tag> = text
        .split(char::is_whitespace)
        .filter_map(|word| {
            let rest = word.strip_prefix(['@', '#'])?;
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || "_-+*#/".contains(c)))
                .unwrap_or(rest.len());
            tag(&word[..1 + end])
        })
        .collect();
    if !found.is_empty() {
        for known in Tag::in_text(text) {
            found.remove(&known);
        }
    }
    found
}

/// Reads a tag with its symbol.
fn tag(tag: &str) -> Option<Tag> {
    let word = tag.strip_prefix(['@', '#'])?.trim_end_matches('*');
    let says_something = if tag.starts_with('@') {
        word.contains(char::is_alphanumeric)
    } else {
        word.contains(char::is_alphabetic)
    };
    // Refuse a `#` behind the symbol: it would be taken for another symbol.
    (says_something && !word.starts_with('#'))
        .then(|| word.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests;
