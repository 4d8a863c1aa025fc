//! Entries as one JSON object, in the shape of the answers of `--json`: `{"entries":[…]}`, an
//! entry a line. The output of `onward list --all --json` can be read too.
//!
//! Tables and Markdown have the same fields, each in its own spelling.

use std::io::{BufReader, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::named::tags;
use super::{
    EntrySource, ImportItem, ImportRecord, ReadContext, SourcePlace, TakeItem, json, peek,
    unwritten,
};
use crate::error::Result;
use onward_model::kind::{Away, Reason};
use onward_model::revision::instant;
use onward_model::{Content, Entry, Kind, KindName, Mood, Reflection, Tag};

/// The fields of an entry as every writer spells them: instants in RFC 3339, days as
/// `YYYY-MM-DD`.
#[derive(Serialize)]
pub struct EntryJson<'a> {
    pub(super) number: i64,
    pub(super) id: String,
    pub(super) day: String,
    pub(super) written_at: String,
    pub(super) edited_at: Option<String>,
    pub(super) kind: &'static str,
    /// `None` if the text is empty.
    pub(super) text: Option<&'a str>,
    pub(super) mood: Option<u8>,
    pub(super) starred: bool,
    pub(super) tags: Vec<&'a str>,
    pub(super) reflections: Vec<ReflectionJson>,
    #[serde(flatten)]
    pub(super) particulars: ParticularsJson<'a>,
}

/// The values that pages do not have, and until when an entry is away. Those that are not set are
/// left out.
#[derive(Default, Serialize)]
pub(super) struct ParticularsJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    away_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    open_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grounding: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    how: Option<&'static str>,
}

impl<'a> ParticularsJson<'a> {
    fn of(kind: &'a Kind, away: Option<Away>) -> ParticularsJson<'a> {
        let common = ParticularsJson {
            away_until: away.map(|away| away.to_string()),
            ..ParticularsJson::default()
        };
        match kind {
            Kind::Page => common,
            Kind::Letter { open_on } => ParticularsJson {
                open_on: open_on.map(|day| day.to_string()),
                ..common
            },
            Kind::Reason(Reason {
                first,
                grounding,
                question,
            }) => ParticularsJson {
                first: first.then_some(true),
                grounding: grounding.as_deref(),
                question: question.as_deref(),
                ..common
            },
            Kind::Urge { strength, ended } => ParticularsJson {
                strength: strength.map(|strength| strength.value()),
                ended: ended.map(|ended| ended.name()),
                ..common
            },
            Kind::Contact { by, how } => ParticularsJson {
                by: by.map(|by| by.name()),
                how: how.map(|how| how.name()),
                ..common
            },
            Kind::Setting(mark) => ParticularsJson {
                mark: Some(mark.name()),
                ..common
            },
        }
    }
}

/// The object that holds the entries.
#[derive(Serialize)]
pub struct EntriesJson<'a> {
    entries: Vec<EntryJson<'a>>,
}

impl<'a> EntriesJson<'a> {
    /// Makes the object of some entries, in their order.
    pub fn of(entries: &'a [Entry]) -> EntriesJson<'a> {
        EntriesJson {
            entries: entries.iter().map(EntryJson::of).collect(),
        }
    }
}

impl<'a> EntryJson<'a> {
    /// An entry.
    pub fn of(entry: &'a Entry) -> EntryJson<'a> {
        EntryJson {
            number: entry.number,
            id: entry.id.to_string(),
            day: entry.day.to_string(),
            written_at: instant(entry.written_at),
            edited_at: entry.edited_at.map(instant),
            kind: entry.kind.name().as_str(),
            text: (!entry.text.is_empty()).then_some(&entry.text),
            particulars: ParticularsJson::of(&entry.kind, entry.away),
            mood: entry.mood.map(|mood| mood.value()),
            starred: entry.starred,
            tags: entry.tags.iter().map(|tag| tag.as_str()).collect(),
            reflections: entry.reflections.iter().map(ReflectionJson::of).collect(),
        }
    }
}

/// An entry as it is read. Everything that [`EntryJson`] writes reads back; most of it may be
/// missing.
#[derive(Default, Deserialize)]
pub(super) struct EntryShape {
    #[serde(default)]
    pub(super) id: Option<String>,
    pub(super) day: String,
    pub(super) written_at: String,
    #[serde(default)]
    pub(super) edited_at: Option<String>,
    #[serde(default = "page")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) mood: Option<i64>,
    #[serde(default)]
    pub(super) starred: bool,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) reflections: Vec<ReflectionJson>,
    #[serde(flatten)]
    pub(super) particulars: ParticularsShape,
}

/// The values that [`ParticularsJson`] writes.
#[derive(Default, Deserialize)]
pub(super) struct ParticularsShape {
    away_until: Option<String>,
    open_on: Option<String>,
    first: Option<bool>,
    grounding: Option<String>,
    question: Option<String>,
    strength: Option<u8>,
    ended: Option<String>,
    mark: Option<String>,
    by: Option<String>,
    how: Option<String>,
}

impl ParticularsShape {
    fn whole(self, kind: KindName) -> Result<(Kind, Option<Away>), String> {
        let fields = [
            ("away", self.away_until),
            ("open_on", self.open_on),
            (
                "first",
                self.first.filter(|first| *first).map(|_| "1".to_owned()),
            ),
            ("grounding", self.grounding),
            ("asked", self.question),
            (
                "strength",
                self.strength.map(|strength| strength.to_string()),
            ),
            ("ended", self.ended),
            ("mark", self.mark),
            ("by", self.by),
            ("how", self.how),
        ];
        let set = (fields.iter()).filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        Kind::read(kind, set)
    }
}

/// A tip that an entry reflects on, here and in this program's own export.
#[derive(Serialize, Deserialize)]
pub(super) struct ReflectionJson {
    deck: String,
    tip: String,
    pub(super) number: u32,
    title: String,
    question: Option<String>,
}

fn page() -> String {
    "page".to_owned()
}

impl EntryShape {
    /// The entry. Tags that stand in the text are not among its tags by hand.
    pub(super) fn record(self, place: &SourcePlace) -> Result<ImportRecord, String> {
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
        let text = self.text.unwrap_or_default();
        for tag in Tag::in_text(&text) {
            by_hand.remove(&tag);
        }
        let (kind, away) = self.particulars.whole(self.kind.parse()?)?;
        Ok(ImportRecord {
            place: place.clone(),
            key: id.map_or_else(|| self.written_at.clone(), |id| id.to_string()),
            id,
            content: Content {
                kind,
                day: self
                    .day
                    .parse()
                    .map_err(|_| "its day is not written as YYYY-MM-DD")?,
                written_at: at(&self.written_at)?,
                edited_at: self.edited_at.as_ref().map(at).transpose()?,
                text,
                mood: self
                    .mood
                    .map(|mood| Mood::new(mood).ok_or("its mood is no number from 1 to 5"))
                    .transpose()?,
                starred: self.starred,
                tags_by_hand: by_hand,
                reflections: self
                    .reflections
                    .into_iter()
                    .map(ReflectionJson::whole)
                    .collect(),
                away,
                deleted_at: None,
            },
        })
    }
}

impl ReflectionJson {
    pub(super) fn of(reflection: &Reflection) -> ReflectionJson {
        ReflectionJson {
            deck: reflection.deck.clone(),
            tip: reflection.tip.clone(),
            number: reflection.number,
            title: reflection.title.clone(),
            question: reflection.question.clone(),
        }
    }

    pub(super) fn whole(self) -> Reflection {
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
/// [`crate::FormatError::Write`].
pub fn write(out: &mut dyn Write, source: EntrySource<'_>) -> Result<()> {
    out.write_all(b"{\"entries\":[").map_err(unwritten)?;
    let mut apart: &[u8] = b"\n";
    source(&mut |entry| {
        out.write_all(apart).map_err(unwritten)?;
        apart = b",\n";
        serde_json::to_writer(&mut *out, &EntryJson::of(&entry))
            .map_err(|error| unwritten(error.into()))
    })?;
    out.write_all(b"\n]}\n").map_err(unwritten)
}

/// True if a file that begins with `head` is one.
pub fn looks_like(head: &[u8]) -> bool {
    let keys = peek::keys(head);
    let has = |name: &str| keys.first.iter().any(|key| key == name);
    keys.is_object && has("day") && has("written_at")
}

/// Reads a file, entry by entry.
///
/// # Errors
/// [`crate::FormatError::Unreadable`] if it is not JSON.
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    let file = path.display().to_string();
    let source = BufReader::with_capacity(1 << 16, reader.open(path)?);
    json::each(&file, source, Some("entries"), &mut |line, element| {
        let place = SourcePlace::new(&file, line);
        let record = serde_json::from_str::<EntryShape>(element)
            .map_err(|error| json::reason(&error))
            .and_then(|shape| shape.record(&place));
        take(match record {
            Ok(record) => ImportItem::Entry(Box::new(record)),
            Err(why) => ImportItem::Refused(place, why),
        })
    })?;
    Ok(())
}
