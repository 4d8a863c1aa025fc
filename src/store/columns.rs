//! How days, moments, ids and what belongs to a kind go into a column and come out of it.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use rusqlite::Row;
use rusqlite::types::{Type, ValueRef};
use uuid::{NoContext, Timestamp, Uuid};

use crate::model::kind::Away;
pub(super) use crate::model::revision::instant;
use crate::model::{Content, Kind, KindName};

/// The condition of the index `entry_aside`. SQLite uses the index only for a query with the same
/// words.
pub(super) const ASIDE: &str = "(kind <> 'page' OR hidden_until <> '')";

/// An id that carries the given time, so that ids sort by it.
pub(super) fn new_id(now: DateTime<FixedOffset>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(
        NoContext,
        seconds,
        now.timestamp_subsec_nanos(),
    ))
}

/// What belongs to the kind of an entry, and until when it is away, as the column `particulars` keeps
/// it: an object of named texts, or nothing.
pub(super) fn particulars(content: &Content) -> rusqlite::Result<Option<String>> {
    let fields: BTreeMap<_, _> = content.kind.fields(content.away).into_iter().collect();
    if fields.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&fields)
        .map(Some)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// The kind of an entry, and until when it is away, from the columns `kind` and `particulars`.
pub(super) fn read_kind(
    row: &Row<'_>,
    name: usize,
    particulars: usize,
) -> rusqlite::Result<(Kind, Option<Away>)> {
    let name = parse_column::<KindName>(row, name)?;
    let wrong = |error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(particulars, Type::Text, error)
    };
    let fields: BTreeMap<String, String> = match row.get_ref(particulars)?.as_str_or_null()? {
        Some(json) => serde_json::from_str(json).map_err(|error| wrong(error.into()))?,
        None => BTreeMap::new(),
    };
    let fields = fields
        .iter()
        .map(|(field, value)| (field.as_str(), value.as_str()));
    Kind::read(name, fields).map_err(|error| wrong(error.into()))
}

/// The value of the column `hidden_until`: the first day on which an entry is in sight, empty if
/// it always is, and for one that is away for good a word that sorts after every day.
pub(super) fn hidden_until(content: &Content) -> String {
    let until = content.hidden_until();
    until.map(|away| away.to_string()).unwrap_or_default()
}

/// A value that the file keeps as text. One that does not parse means that the file is damaged.
pub(super) fn parse_column<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr,
    T::Err: ToString,
{
    row.get_ref(column)?
        .as_str()?
        .parse()
        .map_err(|error: T::Err| {
            rusqlite::Error::FromSqlConversionFailure(
                column,
                Type::Text,
                error.to_string().into(),
            )
        })
}

/// [`parsed`], where the file may have nothing.
pub(super) fn parse_optional_column<T>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<T>>
where
    T: std::str::FromStr,
    T::Err: ToString,
{
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => parse_column(row, column).map(Some),
    }
}
