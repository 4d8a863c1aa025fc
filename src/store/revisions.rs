//! The states of an entry: saving another one, and reading earlier ones.
//!
//! The row in `entry` is the present state. Saving another one copies that row into
//! `revision` first, in the same transaction, so that no earlier text is ever lost.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, FixedOffset};
use std::str::FromStr;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ToSql;
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::change::TouchedEntry;
use super::columns::{
    hidden_until, instant, new_id, parse_column, parse_optional_column, particulars, read_kind,
};
use super::entries::{insert_reflections, insert_tags, reflections_of};
use super::{Change, Reading};
use crate::error::Result;
use crate::model::entry::words;
use crate::model::{Content, ContentDigest, Kind, KindName, Mood, Reflection, Revision, Tag};

/// A tag as JSON in the row of an earlier state.
#[derive(Serialize, Deserialize)]
struct TagJson {
    tag: String,
    by_hand: bool,
}

#[derive(Serialize, Deserialize)]
struct ReflectionJson {
    deck: String,
    tip: String,
    number: u32,
    title: String,
    question: Option<String>,
}

/// The columns that `entry` and `revision` share, in the order that [`read_revision`]
/// expects.
pub(super) const COLUMNS: &str = "kind, day, written_at, edited_at, text, mood, starred, deleted_at, \
                       replaced, saved_at, device, particulars";

impl Reading<'_> {
    /// The present state of an entry, also if it is in the trash or hidden.
    pub fn present(&self, number: i64) -> Result<Option<Revision>> {
        present_state(self.connection, number).map_err(|error| self.wrong(error))
    }

    /// Every state of an entry, the first one first and the present one last. Empty if there
    /// is no such entry.
    pub fn revisions(&self, number: i64) -> Result<Vec<Revision>> {
        let read = || -> rusqlite::Result<Vec<Revision>> {
            let Some(present) = present_state(self.connection, number)? else {
                return Ok(Vec::new());
            };
            let mut past: HashMap<Uuid, Revision> = self
                .connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS}, id, tags, reflections FROM revision WHERE entry = ?1"
                ))?
                .query_map([present.entry.to_string()], |row| {
                    read_past_revision(row, number, present.entry)
                })?
                .map(|revision| revision.map(|revision| (revision.id, revision)))
                .collect::<rusqlite::Result<_>>()?;
            // Follow `replaced` from state to state, because ids of one moment have no order.
            let mut chain = vec![present];
            while let Some(before) = chain
                .last()
                .and_then(|last| last.replaced)
                .and_then(|id| past.remove(&id))
            {
                chain.push(before);
            }
            chain.reverse();
            Ok(chain)
        };
        read().map_err(|error| self.wrong(error))
    }

    /// The state of an entry with this id, present or earlier.
    pub fn revision(&self, number: i64, id: Uuid) -> Result<Option<Revision>> {
        let read = || -> rusqlite::Result<Option<Revision>> {
            let Some(present) = present_state(self.connection, number)? else {
                return Ok(None);
            };
            if present.id == id {
                return Ok(Some(present));
            }
            self.connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS}, id, tags, reflections FROM revision WHERE id = ?1"
                ))?
                .query_map([id.to_string()], |row| {
                    read_past_revision(row, number, present.entry)
                })?
                .next()
                .transpose()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// The entries in the trash, the last one put there first.
    pub fn trash(&self) -> Result<Vec<Revision>> {
        let read = || -> rusqlite::Result<Vec<Revision>> {
            let numbers: Vec<i64> = self
                .connection
                .prepare(
                    "SELECT number FROM entry WHERE deleted_at IS NOT NULL
                     ORDER BY deleted_at DESC, number DESC",
                )?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            numbers
                .into_iter()
                .filter_map(|number| present_state(self.connection, number).transpose())
                .collect()
        };
        read().map_err(|error| self.wrong(error))
    }
}

impl Change<'_> {
    /// Saves `next` as the present state of an entry. The state `present` becomes an earlier
    /// one.
    pub fn save(
        &mut self,
        present: &Revision,
        next: &Content,
        now: DateTime<FixedOffset>,
    ) -> Result<Revision> {
        let saved = self
            .save_content(present, next, now)
            .map_err(|error| self.wrong(error))?;
        self.touch(TouchedEntry {
            entry: present.number,
            before: Some(present.id),
            after: saved.id,
        })?;
        Ok(saved)
    }

    fn save_content(
        &self,
        present: &Revision,
        next: &Content,
        now: DateTime<FixedOffset>,
    ) -> rusqlite::Result<Revision> {
        let number = present.number;
        self.transaction
            .prepare_cached(
                "INSERT INTO revision (id, entry, kind, day, written_at, edited_at, text, mood,
                                       starred, deleted_at, tags, reflections, replaced, device,
                                       saved_at, digest, particulars)
                 SELECT revision, id, kind, day, written_at, edited_at, text, mood,
                        starred, deleted_at, ?2, ?3, replaced, device, saved_at, digest,
                        particulars
                   FROM entry WHERE number = ?1",
            )?
            .execute(params![
                number,
                json(&tags_json(&present.content))?,
                json(&reflections_json(&present.content))?,
            ])?;
        let id = new_id(now);
        let device = self
            .transaction
            .prepare_cached(
                "UPDATE entry SET kind = ?2, day = ?3, written_at = ?4, edited_at = ?5,
                        mood = ?6, starred = ?7, deleted_at = ?8, revision = ?9,
                        replaced = ?10, device = (SELECT device FROM journal), saved_at = ?11,
                        digest = ?12, particulars = ?13, hidden_until = ?14
                  WHERE number = ?1 RETURNING device",
            )?
            .query_row(
                params![
                    number,
                    next.kind.name().as_str(),
                    next.day.to_string(),
                    instant(next.written_at),
                    next.edited_at.map(instant),
                    next.mood.map(Mood::value),
                    next.starred,
                    next.deleted_at.map(instant),
                    id.to_string(),
                    present.id.to_string(),
                    instant(now),
                    next.digest(),
                    particulars(next)?,
                    hidden_until(next),
                ],
                |row| Ok(row.get_ref(0)?.as_str()?.parse().ok()),
            )?;
        let past = &present.content;
        if next.text != past.text {
            self.transaction
                .prepare_cached("UPDATE entry SET text = ?2, words = ?3 WHERE number = ?1")?
                .execute(params![number, next.text, words(&next.text)])?;
        }
        if next.text != past.text || next.tags_by_hand != past.tags_by_hand {
            self.transaction
                .execute("DELETE FROM tag WHERE entry = ?1", [number])?;
            insert_tags(&self.transaction, number, next)?;
        }
        if next.reflections != past.reflections {
            self.transaction
                .execute("DELETE FROM reflection WHERE entry = ?1", [number])?;
            insert_reflections(&self.transaction, number, next)?;
        }
        Ok(Revision {
            id,
            replaced: Some(present.id),
            saved_at: now,
            device,
            content: next.clone(),
            ..*present
        })
    }

    /// Adds an earlier state of an entry.
    pub(super) fn insert_past(&self, state: &Revision) -> rusqlite::Result<()> {
        let content = &state.content;
        self.transaction
            .prepare_cached(
                "INSERT INTO revision (id, entry, kind, day, written_at, edited_at, text, mood,
                                       starred, deleted_at, tags, reflections, replaced, device,
                                       saved_at, digest, particulars)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                         coalesce(?14, (SELECT device FROM journal)), ?15, ?16, ?17)",
            )?
            .execute(params![
                state.id.to_string(),
                state.entry.to_string(),
                content.kind.name().as_str(),
                content.day.to_string(),
                instant(content.written_at),
                content.edited_at.map(instant),
                content.text,
                content.mood.map(Mood::value),
                content.starred,
                content.deleted_at.map(instant),
                json(&tags_json(content))?,
                json(&reflections_json(content))?,
                state.replaced.map(|id| id.to_string()),
                state.device.map(|id| id.to_string()),
                instant(state.saved_at),
                content.digest(),
                particulars(content)?,
            ])
            .map(|_| ())
    }

    /// Removes entries from the trash with all their states. SQLite overwrites their bytes in
    /// the tables (`secure_delete`). Call [`super::Store::scrub`] after the commit for the
    /// traces in the full-text index and the log.
    pub fn purge(&self, entries: &[Revision]) -> Result<()> {
        let purge = || -> rusqlite::Result<()> {
            for revision in entries {
                let (number, id) = (revision.number, revision.entry.to_string());
                for table in ["reflection", "tag", "action_entry", "origin"] {
                    let sql = format!("DELETE FROM {table} WHERE entry = ?1");
                    self.transaction.prepare_cached(&sql)?.execute([number])?;
                }
                self.transaction
                    .execute("DELETE FROM revision WHERE entry = ?1", [&id])?;
                self.transaction.execute(
                    "DELETE FROM entry WHERE number = ?1 AND deleted_at IS NOT NULL",
                    [number],
                )?;
            }
            self.transaction.execute(
                "DELETE FROM action WHERE number NOT IN (SELECT action FROM action_entry)",
                [],
            )?;
            Ok(())
        };
        purge().map_err(|error| self.wrong(error))
    }
}

pub(super) fn present_state(
    connection: &Connection,
    number: i64,
) -> rusqlite::Result<Option<Revision>> {
    let found = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, revision, id FROM entry WHERE number = ?1"
        ))?
        .query_map([number], |row| {
            let mut revision = read_revision(row, number, Uuid::nil())?;
            revision.entry = parse_column(row, 13)?;
            Ok(revision)
        })?
        .next()
        .transpose()?;
    let Some(mut revision) = found else {
        return Ok(None);
    };
    revision.content.tags_by_hand = connection
        .prepare_cached("SELECT tag FROM tag WHERE entry = ?1 AND by_hand = 1")?
        .query_map([number], |row| parse_column(row, 0))?
        .collect::<rusqlite::Result<_>>()?;
    revision.content.reflections = reflections_of(connection, number)?;
    Ok(Some(revision))
}

/// The fingerprint that was stored with a state. `which` is the table with the key's column,
/// such as `entry WHERE number`.
pub(super) fn kept_digest(
    connection: &Connection,
    which: &str,
    key: impl ToSql,
) -> rusqlite::Result<Vec<u8>> {
    connection
        .prepare_cached(&format!("SELECT digest FROM {which} = ?1"))?
        .query_row([key], |row| row.get(0))
}

pub(super) fn read_past_revision(
    row: &Row<'_>,
    number: i64,
    entry: Uuid,
) -> rusqlite::Result<Revision> {
    let mut revision = read_revision(row, number, entry)?;
    revision.content.tags_by_hand = tags_from(from_json(row.get_ref(13)?.as_str()?)?);
    revision.content.reflections = reflections_from(from_json(row.get_ref(14)?.as_str()?)?);
    Ok(revision)
}

/// Adds the SQL function that migrations fill the fingerprints with. It returns `NULL` for a
/// state that cannot be read: one damaged row must not keep the journal from opening.
pub(super) fn add_digest_function(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection
        .create_scalar_function("content_digest", 10, flags, |call| Ok(digest_of(call).ok()))
}

fn digest_of(call: &Context<'_>) -> rusqlite::Result<ContentDigest> {
    let text = |at: usize| -> rusqlite::Result<String> { call.get(at) };
    let set = |at: usize| -> rusqlite::Result<Option<String>> { call.get(at) };
    let content = Content {
        // The contents that the function is run on had nothing that belongs to their kind.
        kind: Kind::from(meant::<KindName>(text(0)?)?),
        day: meant(text(1)?)?,
        written_at: meant(text(2)?)?,
        edited_at: set(3)?.map(meant).transpose()?,
        text: text(4)?,
        mood: call.get::<Option<i64>>(5)?.and_then(Mood::new),
        starred: call.get(6)?,
        deleted_at: set(7)?.map(meant).transpose()?,
        tags_by_hand: tags_from(from_json(&text(8)?)?),
        reflections: reflections_from(from_json(&text(9)?)?),
        // The migrated states have none.
        away: None,
    };
    Ok(content.digest())
}

fn meant<T: FromStr>(value: String) -> rusqlite::Result<T>
where
    T::Err: ToString,
{
    value
        .parse()
        .map_err(|error: T::Err| rusqlite::Error::UserFunctionError(error.to_string().into()))
}

fn tags_from(tags: Vec<TagJson>) -> BTreeSet<Tag> {
    let by_hand = tags.into_iter().filter(|tag| tag.by_hand);
    by_hand.filter_map(|tag| tag.tag.parse().ok()).collect()
}

fn reflections_from(reflections: Vec<ReflectionJson>) -> Vec<Reflection> {
    let reflection = |r: ReflectionJson| Reflection {
        deck: r.deck,
        tip: r.tip,
        number: r.number,
        title: r.title,
        question: r.question,
    };
    reflections.into_iter().map(reflection).collect()
}

/// Reads a state without its tags and reflections from [`COLUMNS`] and the id of the state.
fn read_revision(row: &Row<'_>, number: i64, entry: Uuid) -> rusqlite::Result<Revision> {
    let (kind, away) = read_kind(row, 0, 11)?;
    Ok(Revision {
        content: Content {
            kind,
            day: parse_column(row, 1)?,
            written_at: parse_column(row, 2)?,
            edited_at: parse_optional_column(row, 3)?,
            text: row.get(4)?,
            mood: row.get::<_, Option<i64>>(5)?.and_then(Mood::new),
            starred: row.get(6)?,
            deleted_at: parse_optional_column(row, 7)?,
            tags_by_hand: BTreeSet::new(),
            reflections: Vec::new(),
            away,
        },
        replaced: parse_optional_column(row, 8)?,
        saved_at: parse_column(row, 9)?,
        // The column is empty in a journal in memory.
        device: row.get_ref(10)?.as_str()?.parse().ok(),
        id: parse_column(row, 12)?,
        number,
        entry,
    })
}

fn tags_json(content: &Content) -> Vec<TagJson> {
    let all = content
        .tags_by_hand
        .union(&Tag::in_text(&content.text))
        .cloned()
        .collect::<Vec<_>>();
    all.into_iter()
        .map(|tag| TagJson {
            by_hand: content.tags_by_hand.contains(&tag),
            tag: tag.to_string(),
        })
        .collect()
}

fn reflections_json(content: &Content) -> Vec<ReflectionJson> {
    let json = |r: &Reflection| ReflectionJson {
        deck: r.deck.clone(),
        tip: r.tip.clone(),
        number: r.number,
        title: r.title.clone(),
        question: r.question.clone(),
    };
    content.reflections.iter().map(json).collect()
}

fn json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn from_json<T: for<'a> Deserialize<'a>>(json: &str) -> rusqlite::Result<T> {
    serde_json::from_str(json).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(
            0,
            rusqlite::types::Type::Text,
            Box::new(error),
        )
    })
}
