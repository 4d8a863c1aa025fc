//! Entries as one JSON object, in the shape that `--json` answers with:
//! `{"entries":[…]}`, an entry a line. What `onward list --all --json` printed reads too.

use std::io::{BufReader, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::named::tags;
use super::{Item, Place, Reader, Record, Source, Take, json, peek, unwritten};
use crate::error::Result;
use crate::model::revision::instant;
use crate::model::{Content, Entry, Mood, Reflection, Tag};

/// An entry as files have it: instants in RFC 3339, days as `YYYY-MM-DD`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Shape {
    #[serde(default)]
    pub(super) number: Option<i64>,
    #[serde(default)]
    pub(super) id: Option<String>,
    pub(super) day: String,
    pub(super) written_at: String,
    #[serde(default)]
    pub(super) edited_at: Option<String>,
    #[serde(default = "page")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) text: String,
    #[serde(default)]
    pub(super) mood: Option<i64>,
    #[serde(default)]
    pub(super) starred: bool,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) reflections: Vec<Reflected>,
}

/// What an entry reflects on.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Reflected {
    pub(super) deck: String,
    pub(super) tip: String,
    pub(super) number: u32,
    pub(super) title: String,
    #[serde(default)]
    pub(super) question: Option<String>,
}

fn page() -> String {
    "page".to_owned()
}

impl Shape {
    /// An entry.
    pub(super) fn of(entry: Entry) -> Shape {
        Shape {
            number: Some(entry.number),
            id: Some(entry.id.to_string()),
            day: entry.day.to_string(),
            written_at: instant(entry.written_at),
            edited_at: entry.edited_at.map(instant),
            kind: entry.kind.name().to_owned(),
            text: entry.text,
            mood: entry.mood.map(|mood| i64::from(mood.value())),
            starred: entry.starred,
            tags: entry.tags.iter().map(Tag::to_string).collect(),
            reflections: entry.reflections.into_iter().map(Reflected::of).collect(),
        }
    }

    /// The entry that it was. Tags that stand in the text are left to be found there.
    pub(super) fn record(self, place: &Place) -> Result<Record, String> {
        let at = |text: &String| {
            chrono::DateTime::parse_from_rfc3339(text)
                .map_err(|_| "a moment of it is not written as RFC 3339 says".to_owned())
        };
        let id = self
            .id
            .filter(|id| !id.is_empty())
            .map(|id| id.parse::<Uuid>().map_err(|_| "its id is no UUID"))
            .transpose()?;
        let mut by_hand = tags(&self.tags)?;
        for tag in Tag::in_text(&self.text) {
            by_hand.remove(&tag);
        }
        Ok(Record {
            place: place.clone(),
            key: id.map_or_else(|| self.written_at.clone(), |id| id.to_string()),
            id,
            content: Content {
                kind: self.kind.parse()?,
                day: self
                    .day
                    .parse()
                    .map_err(|_| "its day is not written as YYYY-MM-DD")?,
                written_at: at(&self.written_at)?,
                edited_at: self.edited_at.as_ref().map(at).transpose()?,
                text: self.text,
                mood: self
                    .mood
                    .map(|mood| Mood::new(mood).ok_or("its mood is no number from 1 to 5"))
                    .transpose()?,
                starred: self.starred,
                tags: by_hand,
                reflections: self.reflections.into_iter().map(Reflected::whole).collect(),
                particulars: Default::default(),
                deleted_at: None,
            },
        })
    }
}

impl Reflected {
    fn of(reflection: Reflection) -> Reflected {
        Reflected {
            deck: reflection.deck,
            tip: reflection.tip,
            number: reflection.number,
            title: reflection.title,
            question: reflection.question,
        }
    }

    fn whole(self) -> Reflection {
        Reflection {
            deck: self.deck,
            tip: self.tip,
            number: self.number,
            title: self.title,
            question: self.question,
        }
    }
}

/// Writes entries.
///
/// # Errors
/// [`crate::Error::Io`]; whatever the source says.
pub fn write(out: &mut dyn Write, source: Source<'_>) -> Result<()> {
    out.write_all(b"{\"entries\":[").map_err(unwritten)?;
    let mut apart: &[u8] = b"\n";
    source(&mut |entry| {
        out.write_all(apart).map_err(unwritten)?;
        apart = b",\n";
        serde_json::to_writer(&mut *out, &Shape::of(entry))
            .map_err(|error| unwritten(error.into()))
    })?;
    out.write_all(b"\n]}\n").map_err(unwritten)
}

/// Whether a file that begins so is one.
pub fn looks_like(head: &[u8]) -> bool {
    let keys = peek::keys(head);
    let has = |name: &str| keys.first.iter().any(|key| key == name);
    keys.is_object && has("day") && has("written_at")
}

/// Reads a file, entry by entry.
///
/// # Errors
/// [`crate::Error::Unreadable`] for what is not JSON; [`crate::Error::Io`]; whatever `take`
/// says.
pub fn read(path: &Path, reader: &Reader<'_>, take: Take<'_>) -> Result<()> {
    let file = path.display().to_string();
    let source = BufReader::with_capacity(1 << 16, reader.open(path)?);
    json::each(&file, source, Some("entries"), &mut |line, element| {
        let place = Place::new(&file, line);
        let record = serde_json::from_str::<Shape>(element)
            .map_err(|error| json::reason(&error))
            .and_then(|shape| shape.record(&place));
        take(match record {
            Ok(record) => Item::Entry(Box::new(record)),
            Err(why) => Item::Refused(place, why),
        })
    })?;
    Ok(())
}
