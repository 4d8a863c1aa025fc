//! How days, moments, ids and particulars go into a column and come out of it.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use rusqlite::Row;
use rusqlite::types::{Type, ValueRef};
use uuid::{NoContext, Timestamp, Uuid};

use crate::model::Particulars;
pub(super) use crate::model::revision::instant;

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

/// Particulars as the file keeps them: an object of named texts, or nothing.
pub(super) fn particulars_json(particulars: &Particulars) -> rusqlite::Result<Option<String>> {
    let fields: BTreeMap<_, _> = particulars.fields().into_iter().collect();
    if fields.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&fields)
        .map(Some)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Particulars from a column that [`particulars_json`] filled.
pub(super) fn read_particulars(row: &Row<'_>, column: usize) -> rusqlite::Result<Particulars> {
    let Some(json) = row.get_ref(column)?.as_str_or_null()? else {
        return Ok(Particulars::default());
    };
    let wrong = |error: Box<dyn std::error::Error + Send + Sync>| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error)
    };
    let fields: BTreeMap<String, String> =
        serde_json::from_str(json).map_err(|error| wrong(error.into()))?;
    let fields = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    Particulars::read(fields).map_err(|error| wrong(error.into()))
}

/// The value of the column `hidden_until`: the first day on which an entry is in sight, empty if
/// it always is, and for one that is away for good a word that sorts after every day.
pub(super) fn hidden_until(particulars: &Particulars) -> String {
    let until = particulars.hidden_until();
    until.map(|away| away.to_string()).unwrap_or_default()
}

/// A value that the file keeps as text. One that does not parse means that the file is damaged.
pub(super) fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
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
pub(super) fn optional<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>>
where
    T: std::str::FromStr,
    T::Err: ToString,
{
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => parsed(row, column).map(Some),
    }
}
