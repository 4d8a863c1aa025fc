//! Other programs' SQLite files, read and never written.
//!
//! Such a file may be hostile. So nothing in its schema runs (views, triggers, virtual tables and
//! generated columns are not queried, and functions are not trusted), values are bounded, and a
//! file whose pages lead in circles is refused before it is read.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Row, Rows};

use super::unreadable;
use crate::error::{FormatError, Result};
use onward_model::entry::MAX_TEXT;

/// More tags than anyone gives an entry.
const MAX_TAGS: usize = 1_000;

/// An entry of tui-journal.
pub(super) struct TuiRow {
    /// Its `rowid`.
    pub(super) id: i64,
    pub(super) date: String,
    pub(super) title: String,
    pub(super) content: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) priority: Option<i64>,
    /// The reason why it cannot be taken, if there is one.
    pub(super) wrong: Option<&'static str>,
}

/// Gives the entries of a tui-journal file to `take`, in the order of their keys.
///
/// # Errors
/// [`FormatError::Unreadable`] if it is no such file, or is damaged.
pub(super) fn tui_journal(
    path: &Path,
    take: &mut dyn FnMut(TuiRow) -> Result<()>,
) -> Result<()> {
    let connection = open(path)?;
    let wrong = |error: rusqlite::Error| wrong_at(path, &error);
    for column in ["id", "title", "date", "content", "priority"] {
        if !has_plain_column(&connection, "entries", column).map_err(wrong)? {
            return Err(unreadable(
                path,
                "it is a database of another program: only those of tui-journal are known",
            ));
        }
    }
    let has_tags = has_plain_column(&connection, "tags", "entry_id").map_err(wrong)?
        && has_plain_column(&connection, "tags", "tag").map_err(wrong)?;
    let mut entries = connection
        .prepare("SELECT id, date, title, content, priority FROM entries ORDER BY rowid")
        .map_err(wrong)?;
    // Walk both tables once, in the order of the entries.
    let mut tags = has_tags
        .then(|| {
            connection.prepare(
                "SELECT entry_id, tag FROM tags
                  WHERE typeof(entry_id) = 'integer' AND typeof(tag) = 'text'
                  ORDER BY entry_id",
            )
        })
        .transpose()
        .map_err(wrong)?;
    let rows = match &mut tags {
        Some(tags) => Some(tags.query(()).map_err(wrong)?),
        None => None,
    };
    let mut tags = TagRows { rows, ahead: None };
    tags.advance().map_err(wrong)?;
    let mut rows = entries.query(()).map_err(wrong)?;
    let mut last = None;
    while let Some(row) = rows.next().map_err(wrong)? {
        let mut entry = TuiRow::of_row(row).map_err(wrong)?;
        if last.is_some_and(|last| entry.id <= last) {
            return Err(unreadable(path, "the database is damaged"));
        }
        last = Some(entry.id);
        tags.give(&mut entry).map_err(wrong)?;
        take(entry)?;
    }
    Ok(())
}

impl TuiRow {
    /// Reads a row of the table of entries. The tags stay empty.
    fn of_row(row: &Row<'_>) -> rusqlite::Result<TuiRow> {
        let mut wrong = None;
        let mut text = |column: usize| -> rusqlite::Result<Option<String>> {
            Ok(match row.get_ref(column)? {
                ValueRef::Null => None,
                ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                    Ok(text) => Some(text.to_owned()),
                    Err(_) => {
                        wrong = Some("it is not valid UTF-8");
                        None
                    }
                },
                _ => {
                    wrong = Some("what should be text in it is something else");
                    None
                }
            })
        };
        let (date, title, content) = (text(1)?, text(2)?, text(3)?);
        let priority = match row.get_ref(4)? {
            ValueRef::Null => None,
            ValueRef::Integer(priority) => Some(priority),
            _ => {
                wrong = Some("its priority is no number");
                None
            }
        };
        Ok(TuiRow {
            id: row.get(0)?,
            date: date.unwrap_or_default(),
            title: title.unwrap_or_default(),
            content,
            tags: Vec::new(),
            priority,
            wrong,
        })
    }
}

/// The rows of the table of tags, read in step with the entries.
struct TagRows<'a> {
    /// `None` if the file has no table of tags.
    rows: Option<Rows<'a>>,
    /// The next tag, with the key of its entry.
    ahead: Option<(i64, String)>,
}

impl TagRows<'_> {
    fn advance(&mut self) -> rusqlite::Result<()> {
        let row = match &mut self.rows {
            Some(rows) => rows.next()?,
            None => None,
        };
        self.ahead = match row {
            Some(row) => {
                let tag = row.get_ref(1)?.as_bytes()?;
                Some((row.get(0)?, String::from_utf8_lossy(tag).into_owned()))
            }
            None => None,
        };
        Ok(())
    }

    /// Gives an entry its tags. Skips tags whose entries do not exist.
    fn give(&mut self, entry: &mut TuiRow) -> rusqlite::Result<()> {
        while let Some((of, tag)) = self.ahead.take_if(|(of, _)| *of <= entry.id) {
            if of == entry.id && entry.tags.len() >= MAX_TAGS {
                entry.wrong = Some("it has more tags than can be");
            } else if of == entry.id {
                entry.tags.push(tag);
            }
            self.advance()?;
        }
        entry.tags.sort();
        Ok(())
    }
}

/// Opens a file for reading, in a way that makes no file beside it.
fn open(path: &Path) -> Result<Connection> {
    let beside = |suffix: &str| {
        let mut beside = path.as_os_str().to_owned();
        beside.push(suffix);
        std::fs::symlink_metadata(beside).is_ok()
    };
    // Refuse these, for reading them means writing: SQLite moves a log into the file, and undoes
    // a journal.
    if beside("-wal") || beside("-journal") {
        return Err(unreadable(
            path,
            "it is open, or was not closed well: open and close it in its own program first",
        ));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let wrong = |error: rusqlite::Error| wrong_at(path, &error);
    let connection = Connection::open_with_flags(unchanging(path), flags).map_err(wrong)?;
    let settle = || -> rusqlite::Result<()> {
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
        let longest = i32::try_from(MAX_TEXT + 1_000_000).unwrap_or(i32::MAX);
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, longest)?;
        connection.execute_batch(
            "PRAGMA cell_size_check = ON;
             PRAGMA mmap_size = 0;
             PRAGMA temp_store = MEMORY;
             PRAGMA query_only = ON;",
        )
    };
    settle().map_err(wrong)?;
    // This looks at every page once. Without it, pages that lead in circles would make a query
    // endless.
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(wrong)?;
    if found != "ok" {
        return Err(unreadable(path, "the database is damaged"));
    }
    Ok(connection)
}

/// True if there is a plain table of this name, and it stores a column of that name.
fn has_plain_column(
    connection: &Connection,
    table: &str,
    column: &str,
) -> rusqlite::Result<bool> {
    let mut tables = connection.prepare_cached(
        "SELECT count(*) FROM sqlite_schema
          WHERE name = ?1 AND type = 'table' AND rootpage > 0",
    )?;
    let is_table = tables.query_row([table], |row| row.get::<_, i64>(0))? == 1;
    if !is_table {
        return Ok(false);
    }
    // Hidden columns belong to virtual tables, or are computed.
    let mut columns = connection.prepare_cached(
        "SELECT count(*) FROM pragma_table_xinfo(?1) WHERE name = ?2 AND hidden = 0",
    )?;
    Ok(columns.query_row([table, column], |row| row.get::<_, i64>(0))? == 1)
}

/// The URI that makes SQLite open a file as one that nobody writes to.
///
/// `src/store/open.rs` has the same lines for journals. They stand twice because this package
/// knows nothing of journals in SQLite, and the store needs nothing else from here.
fn unchanging(path: &Path) -> String {
    // Escape bytes, not characters: a name need not be UTF-8.
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b':' | b'\\' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

fn wrong_at(path: &Path, error: &rusqlite::Error) -> FormatError {
    let what = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "it is no database",
        Some(ErrorCode::TooBig) => "an entry is longer than any entry can be",
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => "it cannot be opened",
        _ => "the database is damaged, or is not what it seems",
    };
    unreadable(path, what)
}
