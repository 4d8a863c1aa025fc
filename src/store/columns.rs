//! Writing days, moments, ids and what belongs to a kind into columns, and reading them back.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use rusqlite::Row;
use rusqlite::types::{Type, ValueRef};
use uuid::{NoContext, Timestamp, Uuid};

use crate::model::kind::Away;
pub(super) use crate::model::revision::instant;
use crate::model::{Content, Kind, KindName};

/// The condition of the partial index `entry_aside`. SQLite uses the index only if a query
/// repeats the condition word for word.
pub(super) const ASIDE: &str = "(kind <> 'page' OR hidden_until <> '')";

/// A new id that begins with the given time, so that ids sort by it.
pub(super) fn new_id(now: DateTime<FixedOffset>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(
        NoContext,
        seconds,
        now.timestamp_subsec_nanos(),
    ))
}

/// The column `particulars`: what belongs to the kind of an entry, and until when it is away, as a
/// JSON object of named texts. `None` if there is nothing of it.
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

/// The value of the column `hidden_until`: the first day on which an entry is visible. Empty
/// if it always is; a word that sorts after every day if it is away for good.
pub(super) fn hidden_until(content: &Content) -> String {
    let until = content.hidden_until();
    until.map(|away| away.to_string()).unwrap_or_default()
}

/// Parses a value from a text column. A value that does not parse means that the file is
/// damaged.
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

/// Like [`parse_column`], for a column that may be `NULL`.
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
