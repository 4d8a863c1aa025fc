//! This program's own export: JSON lines that carry everything, described in
//! `docs/export.md`.
//!
//! The first line names the format and the last counts the others, so that a file that was cut
//! off is noticed. Between them is one line for each prompt, each earlier state and each entry.
//! The earlier states of an entry come right before it, the first one first.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entries::ReflectionJson;
use super::lines::FileLines;
use super::{ImportItem, ReadContext, SourcePlace, TakeItem, json};
use crate::error::{FormatError, Result};
use onward_model::count;
use onward_model::entry::MAX_TEXT;
use onward_model::revision::instant;
use onward_model::{Content, Day, Kind, KindName, Mood, OfferedPrompt, Revision, Tag};

/// The version of the format that this program writes, and the newest that it reads.
const FORM: u32 = 1;

/// The longest line, in bytes: the longest text with every byte escaped, and the other fields.
const MAX_LINE: u64 = 7 * MAX_TEXT as u64;

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ExportHead {
    form: u32,
    exported_at: String,
    /// The highest number of the journal, so that an import does not give it out again.
    last_number: i64,
}

/// The last line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct ExportEnd {
    entries: u64,
    earlier: u64,
    prompts: u64,
}

#[derive(Serialize, Deserialize)]
enum ExportLine {
    #[serde(rename = "onward")]
    Head(ExportHead),
    #[serde(rename = "prompt")]
    Prompt(PromptJson),
    #[serde(rename = "earlier")]
    Earlier(StateJson),
    #[serde(rename = "entry")]
    Entry(WholeEntryJson),
    #[serde(rename = "end")]
    End(ExportEnd),
}

#[derive(Serialize, Deserialize)]
struct PromptJson {
    day: String,
    turn: u32,
    deck: String,
    tip: String,
    question: String,
    offered_at: String,
}

#[derive(Serialize, Deserialize)]
struct WholeEntryJson {
    number: i64,
    #[serde(flatten)]
    state: StateJson,
}

#[derive(Serialize, Deserialize)]
struct StateJson {
    /// The entry's id.
    id: Uuid,
    kind: String,
    day: String,
    written_at: String,
    edited_at: Option<String>,
    deleted_at: Option<String>,
    text: String,
    mood: Option<u8>,
    starred: bool,
    /// The tags that were given by flag.
    tags: BTreeSet<String>,
    reflections: Vec<ReflectionJson>,
    /// The values of its kind, and until when it is away, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    particulars: BTreeMap<String, String>,
    /// The id of the state itself, and below that of the state it replaced.
    revision: Uuid,
    replaced: Option<Uuid>,
    device: Option<Uuid>,
    saved_at: String,
}

/// Writes an export, line by line. Its errors are those of the output.
pub struct ExportWriter<W> {
    out: W,
    end: ExportEnd,
}

impl<W: Write> ExportWriter<W> {
    /// Begins the export of a journal that has given out numbers up to `last_number`.
    ///
    /// # Errors
    /// Those of the output.
    pub fn begin(
        out: W,
        exported_at: DateTime<FixedOffset>,
        last_number: i64,
    ) -> io::Result<ExportWriter<W>> {
        let mut writer = ExportWriter {
            out,
            end: ExportEnd::default(),
        };
        writer.line(&ExportLine::Head(ExportHead {
            form: FORM,
            exported_at: instant(exported_at),
            last_number,
        }))?;
        Ok(writer)
    }

    /// Writes a prompt that was offered on a day.
    ///
    /// # Errors
    /// Those of the output.
    pub fn prompt(&mut self, offered: &OfferedPrompt) -> io::Result<()> {
        self.end.prompts += 1;
        self.line(&ExportLine::Prompt(PromptJson {
            day: offered.day.to_string(),
            turn: offered.turn,
            deck: offered.deck.clone(),
            tip: offered.tip.clone(),
            question: offered.question.clone(),
            offered_at: instant(offered.offered_at),
        }))
    }

    /// Writes an entry with all its states, the first one first and the present one last.
    ///
    /// # Errors
    /// Those of the output.
    pub fn entry(&mut self, states: &[Revision]) -> io::Result<()> {
        let Some((present, earlier)) = states.split_last() else {
            return Ok(());
        };
        for state in earlier {
            self.end.earlier += 1;
            self.line(&ExportLine::Earlier(state_json(state)))?;
        }
        self.end.entries += 1;
        self.line(&ExportLine::Entry(WholeEntryJson {
            number: present.number,
            state: state_json(present),
        }))
    }

    /// Ends the export.
    ///
    /// # Errors
    /// Those of the output.
    pub fn end(mut self) -> io::Result<W> {
        let end = self.end.clone();
        self.line(&ExportLine::End(end))?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn line(&mut self, line: &ExportLine) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }
}

fn state_json(state: &Revision) -> StateJson {
    let content = &state.content;
    StateJson {
        id: state.entry,
        kind: content.kind.name().to_string(),
        day: content.day.to_string(),
        written_at: instant(content.written_at),
        edited_at: content.edited_at.map(instant),
        deleted_at: content.deleted_at.map(instant),
        text: content.text.clone(),
        mood: content.mood.map(Mood::value),
        starred: content.starred,
        tags: content
            .tags_by_hand
            .iter()
            .map(ToString::to_string)
            .collect(),
        reflections: content.reflections.iter().map(ReflectionJson::of).collect(),
        particulars: content
            .kind
            .fields(content.away)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        revision: state.id,
        replaced: state.replaced,
        device: state.device,
        saved_at: instant(state.saved_at),
    }
}

/// True if a file that begins with `head` is an export.
pub fn looks_like(head: &[u8]) -> bool {
    head.starts_with(br#"{"onward":{"form":"#)
}

/// Reads an export.
///
/// # Errors
/// [`FormatError::Unreadable`] with the line, if any line cannot be read: an export is read whole
/// or not at all, for its parts belong together.
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    let file = path.display().to_string();
    let mut lines = FileLines::open(path, reader, MAX_LINE)?;
    let (mut seen, mut end) = (ExportEnd::default(), None);
    let mut states: Vec<Revision> = Vec::new();
    while let Some((number, text)) = lines.next()? {
        let wrong = |what: String| FormatError::Unreadable {
            file: file.clone(),
            line: Some(number),
            what,
        };
        if end.is_some() {
            return Err(wrong("something follows the end of the export".to_owned()));
        }
        let line =
            std::str::from_utf8(text).map_err(|_| wrong("it is not valid UTF-8".to_owned()))?;
        let line: ExportLine = json::parse(&file, number, line)?;
        let place = SourcePlace::new(&file, number);
        if (number == 1) != matches!(line, ExportLine::Head(_)) {
            return Err(wrong(
                "an export begins with the line that says so".to_owned(),
            ));
        }
        match line {
            ExportLine::Head(head) if head.form > FORM => {
                return Err(wrong(format!(
                    "it was written by a newer onward (form {}, this program knows {FORM})",
                    head.form
                )));
            }
            ExportLine::Head(head) => take(ImportItem::Numbered(head.last_number))?,
            ExportLine::Prompt(prompt) => {
                seen.prompts += 1;
                take(ImportItem::Prompt(place, offered(prompt).map_err(wrong)?))?;
            }
            ExportLine::Earlier(state) => {
                seen.earlier += 1;
                let state = revision(0, state).map_err(wrong)?;
                follows(&states, &state).map_err(wrong)?;
                states.push(state);
            }
            ExportLine::Entry(WholeEntryJson { number, state }) => {
                seen.entries += 1;
                let present = revision(number, state).map_err(wrong)?;
                follows(&states, &present).map_err(wrong)?;
                let mut states = std::mem::take(&mut states);
                states.push(present);
                for state in &mut states {
                    state.number = number;
                }
                take(ImportItem::Whole(place, states))?;
            }
            ExportLine::End(counts) => end = Some(counts),
        }
    }
    let counted = match end {
        Some(end) if states.is_empty() => end == seen,
        _ => {
            return Err(FormatError::Unreadable {
                file,
                line: None,
                what: "its end is missing: it was cut off".to_owned(),
            });
        }
    };
    if !counted {
        return Err(FormatError::Unreadable {
            file,
            line: None,
            what: "it does not hold as much as its last line says".to_owned(),
        });
    }
    Ok(())
}

/// Checks that a state replaces the one before it.
fn follows(states: &[Revision], next: &Revision) -> Result<(), String> {
    match (states.last(), next.replaced) {
        (None, _) => Ok(()),
        (Some(last), Some(replaced)) if last.id == replaced && last.entry == next.entry => {
            Ok(())
        }
        _ => Err("the states before an entry are not its own".to_owned()),
    }
}

fn offered(prompt: PromptJson) -> Result<OfferedPrompt, String> {
    Ok(OfferedPrompt {
        day: parsed("day", &prompt.day)?,
        turn: prompt.turn,
        deck: prompt.deck,
        tip: prompt.tip,
        question: prompt.question,
        offered_at: moment("offered_at", &prompt.offered_at)?,
    })
}

fn revision(number: i64, state: StateJson) -> Result<Revision, String> {
    let moment_of =
        |name: &str, value: Option<String>| value.map(|value| moment(name, &value)).transpose();
    let tags = state.tags.iter().map(|tag| parsed("tag", tag));
    let mood = match state.mood {
        Some(mood) => Some(Mood::new(mood.into()).ok_or("mood is a number from 1 to 5")?),
        None => None,
    };
    if state.text.len() > MAX_TEXT {
        return Err(format!(
            "the text is longer than {}",
            count::megabytes(MAX_TEXT)
        ));
    }
    let fields = state.particulars.iter();
    let fields = fields.map(|(name, value)| (name.as_str(), value.as_str()));
    let (kind, away) = Kind::read(parsed::<KindName>("kind", &state.kind)?, fields)?;
    Ok(Revision {
        id: state.revision,
        replaced: state.replaced,
        saved_at: moment("saved_at", &state.saved_at)?,
        device: state.device,
        number,
        entry: state.id,
        content: Content {
            kind,
            day: parsed::<Day>("day", &state.day)?,
            written_at: moment("written_at", &state.written_at)?,
            edited_at: moment_of("edited_at", state.edited_at)?,
            text: state.text,
            mood,
            starred: state.starred,
            tags_by_hand: tags.collect::<Result<BTreeSet<Tag>, String>>()?,
            reflections: state
                .reflections
                .into_iter()
                .map(ReflectionJson::whole)
                .collect(),
            away,
            deleted_at: moment_of("deleted_at", state.deleted_at)?,
        },
    })
}

fn parsed<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String>
where
    T::Err: ToString,
{
    value
        .parse()
        .map_err(|error: T::Err| format!("{name}: {}", error.to_string()))
}

fn moment(name: &str, value: &str) -> Result<DateTime<FixedOffset>, String> {
    DateTime::parse_from_rfc3339(value)
        .map_err(|_| format!("{name} is not an instant as 2026-11-22T21:30:00+01:00"))
}
