//! Entries whose parts have names: columns of a table, fields of an object, front matter.
//!
//! It knows the names that journals commonly use, in any case. Parts that an entry has no place
//! for are left out, and a remark names them once for each file.

use std::collections::BTreeSet;

use chrono::NaiveTime;
use serde_json::{Map, Value};

use super::when::{WrittenDate, read_time};
use super::{ImportItem, ImportRecord, ReadContext, SourcePlace, TakeItem, titled};
use crate::error::Result;
use onward_model::{Content, Mood, Tag, count};

/// The parts of an entry that names stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EntryPart {
    Day,
    Written,
    Created,
    Time,
    Title,
    Text,
    Tags,
    Mood,
    Starred,
    Id,
}

/// The names of each part, the likeliest first.
const NAMES: [(EntryPart, &[&str]); 10] = [
    (EntryPart::Day, &["day", "date", "entry_date"]),
    (EntryPart::Written, &["written_at"]),
    (
        EntryPart::Created,
        &[
            "created_at",
            "created",
            "createdat",
            "creation_date",
            "creationdate",
            "date_created",
            "datetime",
            "date_time",
            "timestamp",
        ],
    ),
    (EntryPart::Time, &["time"]),
    (EntryPart::Title, &["title", "subject", "headline"]),
    (
        EntryPart::Text,
        &["text", "body", "content", "entry", "note", "notes"],
    ),
    (EntryPart::Tags, &["tags", "tag", "keywords", "labels"]),
    (EntryPart::Mood, &["mood"]),
    (
        EntryPart::Starred,
        &["starred", "star", "favorite", "favourite"],
    ),
    (EntryPart::Id, &["id", "uuid", "guid"]),
];

/// The names that are looked for, as part of an error.
pub(super) const LOOKED_FOR: &str =
    "a date (date, day, created) and a text (text, body, content, entry, note, title)";

/// The part that a name stands for, and a rank: the lower, the likelier.
pub(super) fn part(name: &str) -> Option<(EntryPart, usize)> {
    let name = name.trim().to_lowercase().replace([' ', '-'], "_");
    NAMES.iter().find_map(|(part, names)| {
        let rank = names.iter().position(|known| *known == name)?;
        Some((*part, rank))
    })
}

/// True if some names are those of entries: a date is among them, and a text or a title.
pub(super) fn are_of_entries<S: AsRef<str>>(names: &[S]) -> bool {
    let has = |wanted: &[EntryPart]| {
        let found = |name: &S| part(name.as_ref()).is_some_and(|(p, _)| wanted.contains(&p));
        names.iter().any(found)
    };
    has(&[EntryPart::Day, EntryPart::Written, EntryPart::Created])
        && has(&[EntryPart::Text, EntryPart::Title])
}

/// The index of the likeliest name of each part, and the indexes of the names that stand for no
/// part.
pub(super) fn places<S: AsRef<str>>(names: &[S]) -> (Vec<(EntryPart, usize)>, Vec<usize>) {
    let mut best: Vec<(EntryPart, usize, usize)> = Vec::new();
    let mut rest = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let Some((part, rank)) = part(name.as_ref()) else {
            rest.push(at);
            continue;
        };
        match best.iter_mut().find(|(known, ..)| *known == part) {
            Some(known) if known.1 <= rank => rest.push(at),
            Some(known) => {
                rest.push(known.2);
                *known = (part, rank, at);
            }
            None => best.push((part, rank, at)),
        }
    }
    rest.sort_unstable();
    (
        best.into_iter().map(|(part, _, at)| (part, at)).collect(),
        rest,
    )
}

/// The parts of one entry, as the file spells them.
#[derive(Debug, Default)]
pub(super) struct EntryParts {
    pub(super) day: Option<String>,
    pub(super) written: Option<String>,
    pub(super) created: Option<String>,
    pub(super) time: Option<String>,
    pub(super) title: Option<String>,
    pub(super) text: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) mood: Option<String>,
    pub(super) starred: Option<String>,
    pub(super) id: Option<String>,
}

impl EntryParts {
    /// Sets a part from one piece of text.
    pub(super) fn set(&mut self, part: EntryPart, value: String) {
        let place = match part {
            EntryPart::Tags => {
                self.tags = split_tags(&value);
                return;
            }
            EntryPart::Day => &mut self.day,
            EntryPart::Written => &mut self.written,
            EntryPart::Created => &mut self.created,
            EntryPart::Time => &mut self.time,
            EntryPart::Title => &mut self.title,
            EntryPart::Text => &mut self.text,
            EntryPart::Mood => &mut self.mood,
            EntryPart::Starred => &mut self.starred,
            EntryPart::Id => &mut self.id,
        };
        let is_text = matches!(part, EntryPart::Title | EntryPart::Text);
        *place = Some(value).filter(|value| is_text || !value.trim().is_empty());
    }

    /// The parts of a JSON object.
    pub(super) fn of_object(
        object: Map<String, Value>,
        said: &mut ReadingRemarks,
    ) -> Result<EntryParts, String> {
        let names: Vec<String> = object.keys().cloned().collect();
        let (places, rest) = places(&names);
        for at in rest {
            said.left_out(&names[at]);
        }
        let mut parts = EntryParts::default();
        let mut values: Vec<Option<Value>> = object.into_iter().map(|(_, v)| Some(v)).collect();
        for (part, at) in places {
            match (part, values[at].take().unwrap_or_default()) {
                (_, Value::Null) => {}
                (_, Value::String(value)) => parts.set(part, value),
                (EntryPart::Tags, Value::Array(tags)) => {
                    let tag = |tag| match tag {
                        Value::String(tag) => Ok(tag),
                        Value::Number(tag) => Ok(tag.to_string()),
                        _ => Err("a tag of it is not a string".to_owned()),
                    };
                    parts.tags = tags.into_iter().map(tag).collect::<Result<_, _>>()?;
                }
                (EntryPart::Mood | EntryPart::Id, Value::Number(value)) => {
                    parts.set(part, value.to_string());
                }
                (EntryPart::Starred, Value::Bool(value)) => parts.set(part, value.to_string()),
                (EntryPart::Starred, Value::Number(value)) => {
                    parts.set(part, value.to_string())
                }
                _ => return Err(format!("its {} is not a string", names[at])),
            }
        }
        Ok(parts)
    }

    /// Makes an entry of the parts.
    ///
    /// Its day is that of the date, else of the moment it was written. Its text is the title,
    /// a blank line and the text; see [`titled`].
    pub(super) fn record(
        self,
        place: &SourcePlace,
        reader: &ReadContext<'_>,
        said: &mut ReadingRemarks,
    ) -> Result<ImportRecord, String> {
        let read = |text: &Option<String>| {
            let read = |text: &String| WrittenDate::read(text, reader.date_from);
            text.as_ref().map(read).transpose()
        };
        let day = read(&self.day)?;
        let written = read(&self.written)?;
        let created = match (day, written) {
            (None, None) => read(&self.created)?,
            // `created` is only needed for the time here, so ignore it if it cannot be read.
            _ => read(&self.created).unwrap_or(None),
        };
        let when = day.or(written).or(created).ok_or("it has no date")?;
        let key = (self.id.as_deref())
            .or(self.day.as_deref())
            .or(self.written.as_deref())
            .or(self.created.as_deref())
            .unwrap_or_default()
            .trim()
            .to_owned();
        let time = self
            .time
            .as_deref()
            .map(|time| read_time(time).ok_or("its time cannot be read"))
            .transpose()?;
        let at = moment(when, written, created, time);
        let text = titled(
            self.title.as_deref().unwrap_or(""),
            self.text.as_deref().unwrap_or(""),
        );
        if text.trim().is_empty() {
            return Err("it has no text".to_owned());
        }
        Ok(ImportRecord {
            place: place.clone(),
            key,
            id: None,
            content: Content {
                mood: self.mood.and_then(|mood| said.mood(&mood, place)),
                starred: self.starred.is_some_and(|said| is_yes(&said)),
                tags_by_hand: tags(&self.tags)?,
                ..Content::page(when.day, at.instant(reader), text)
            },
        })
    }
}

/// The moment at which an entry was written: the part of that name, else the day with the time
/// from any part that has one.
fn moment(
    when: WrittenDate,
    written: Option<WrittenDate>,
    created: Option<WrittenDate>,
    time: Option<NaiveTime>,
) -> WrittenDate {
    if let Some(written) = written {
        return written;
    }
    if when.time.is_some() {
        return when;
    }
    let same_day = |created: &WrittenDate| created.day == when.day && created.time.is_some();
    match (time, created.filter(same_day)) {
        (Some(_), _) => WrittenDate { time, ..when },
        (None, Some(created)) => created,
        (None, None) => when,
    }
}

/// Reads tags. One that cannot be a tag here is an error: refusing the entry is better than
/// losing the tag.
pub(super) fn tags<S: AsRef<str>>(tags: &[S]) -> Result<BTreeSet<Tag>, String> {
    tags.iter().map(|tag| tag.as_ref().parse()).collect()
}

/// Splits tags in one piece of text: a JSON list, or tags separated by `;`, `|` or `,`, or words
/// that each begin with `#`; else it is one tag.
pub(super) fn split_tags(text: &str) -> Vec<String> {
    let text = text.trim();
    if let Ok(tags) = serde_json::from_str::<Vec<String>>(text) {
        return tags;
    }
    let said = |tag: &&str| !tag.trim().is_empty();
    let parts: Vec<&str> = match [';', '|', ','].iter().find(|mark| text.contains(**mark)) {
        Some(mark) => text.split(*mark).collect(),
        None if text.split_whitespace().all(|word| word.starts_with('#')) => {
            text.split_whitespace().collect()
        }
        None => vec![text],
    };
    parts.into_iter().filter(said).map(str::to_owned).collect()
}

/// True if a text says yes.
pub(super) fn is_yes(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    matches!(text.as_str(), "true" | "yes" | "y" | "1" | "x" | "*" | "★")
}

/// The remarks about a file, for the end of reading it.
#[derive(Debug, Default)]
pub(super) struct ReadingRemarks {
    left_out: BTreeSet<String>,
    moods: u64,
    first_mood: Option<SourcePlace>,
}

impl ReadingRemarks {
    /// Notes a name whose values are left out.
    pub(super) fn left_out(&mut self, name: &str) {
        // Keep only some: a file may have as many names as it has lines.
        if self.left_out.len() < 20 && name.len() < 100 && !self.left_out.contains(name) {
            self.left_out.insert(name.to_owned());
        }
    }

    /// Reads a mood; notes it if it is none here.
    pub(super) fn mood(&mut self, text: &str, place: &SourcePlace) -> Option<Mood> {
        let mood = text.parse().ok();
        if mood.is_none() {
            self.moods += 1;
            self.first_mood.get_or_insert_with(|| place.clone());
        }
        mood
    }

    /// Gives the remarks to `take`.
    pub(super) fn tell(self, file: &str, take: TakeItem<'_>) -> Result<()> {
        if !self.left_out.is_empty() {
            let names: Vec<String> = self.left_out.into_iter().collect();
            let what = format!(
                "has no place in an entry and is left out: {}",
                names.join(", ")
            );
            take(ImportItem::Decided(SourcePlace::new(file, None), what))?;
        }
        if let Some(place) = self.first_mood {
            let what = format!(
                "a mood that is no number from 1 to 5 is left out, {} in this file",
                match self.moods {
                    1 => "once".to_owned(),
                    more => count::with_noun(more, "time", "times"),
                }
            );
            take(ImportItem::Decided(place, what))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_come_in_many_forms() {
        for (text, expect) in [
            ("a, b c,d", vec!["a", " b c", "d"]),
            ("#a #b", vec!["#a", "#b"]),
            ("two words", vec!["two words"]),
            ("a;b, c", vec!["a", "b, c"]),
            (r#"["a, b", "c"]"#, vec!["a, b", "c"]),
            ("a|b", vec!["a", "b"]),
            (" ,", vec![]),
        ] {
            assert_eq!(split_tags(text), expect, "{text}");
        }
        assert!(split_tags("").is_empty());
    }

    #[test]
    fn the_likeliest_of_several_names_is_taken() {
        let (places, rest) = places(&["Note", "DATE", "text", "Weather", "day"]);
        assert_eq!(places, [(EntryPart::Text, 2), (EntryPart::Day, 4)]);
        assert_eq!(rest, [0, 1, 3]);
    }
}
