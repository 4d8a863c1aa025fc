//! Reading and inserting entries.
//!
//! An entry is visible if it is not in the trash, not away and not sealed
//! ([`Reading::in_sight`]).

use chrono::{DateTime, FixedOffset};
use rusqlite::types::Value;
use rusqlite::{Connection, Params, Row, params, params_from_iter};
use uuid::Uuid;

use super::change::TouchedEntry;
use super::columns::{
    ASIDE, hidden_until, instant, new_id, parse_column, parse_optional_column, particulars,
    read_kind,
};
use super::filter::{ReadExtent, WhereClause};
use super::{Change, Reading};
use crate::error::Result;
use crate::model::entry::words;
use crate::model::{
    Content, Day, Entry, Filter, KindName, Mood, Order, Reflection, Revision, Tag,
};

/// The columns of an entry, in the order that [`read_entry`] expects.
pub(super) const COLUMNS: &str =
    "number, id, kind, day, written_at, edited_at, text, mood, starred, particulars";

/// How many entries get their tags and reflections by one statement.
const AT_A_TIME: usize = 500;

/// [`Reading::each_entry`] holds this many bytes of text at a time, and one more entry.
const BYTES_AT_A_TIME: usize = 1_000_000;

impl Reading<'_> {
    /// The visible entries that a filter chooses, at most `limit` of them.
    pub fn entries(
        &self,
        filter: &Filter,
        order: Order,
        limit: Option<usize>,
    ) -> Result<Vec<Entry>> {
        self.at_one_moment(|| {
            let clause = self.clause_for(filter, ReadExtent::of(limit))?;
            self.list(clause, order, limit)
        })
    }

    /// Hands the visible entries that a filter chooses to `take`, the oldest first. Only one
    /// batch of them is in memory at a time.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn each_entry(
        &self,
        filter: &Filter,
        take: &mut dyn FnMut(Entry) -> Result<()>,
    ) -> Result<()> {
        let clause = self.clause(filter)?;
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE {in_sight}{clause}
             ORDER BY day, written_at, number",
            in_sight = self.in_sight(),
            clause = clause.sql,
        );
        let wrong = |error| self.wrong(error);
        let mut statement = self.connection.prepare(&sql).map_err(wrong)?;
        let mut rows = statement
            .query(params_from_iter(clause.values))
            .map_err(wrong)?;
        let mut batch = Vec::new();
        let mut bytes = 0;
        loop {
            let row = rows.next().map_err(wrong)?;
            let is_last = row.is_none();
            if let Some(row) = row {
                let entry = read_entry(row).map_err(wrong)?;
                bytes += entry.text.len();
                batch.push(entry);
            }
            if is_last || batch.len() == AT_A_TIME || bytes > BYTES_AT_A_TIME {
                add_tags_and_reflections(self.connection, &mut batch).map_err(wrong)?;
                batch.drain(..).try_for_each(&mut *take)?;
                bytes = 0;
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// The visible entries that meet a clause.
    pub(super) fn list(
        &self,
        clause: WhereClause,
        order: Order,
        limit: Option<usize>,
    ) -> Result<Vec<Entry>> {
        let direction = match order {
            Order::NewestFirst => "DESC",
            Order::OldestFirst => "ASC",
        };
        let limit = limit
            .and_then(|limit| i64::try_from(limit).ok())
            .unwrap_or(-1);
        // Fetch only the numbers if SQLite has to sort: it would copy the texts and hold them
        // twice.
        let columns = if clause.fetches { "number" } else { COLUMNS };
        let sql = format!(
            "SELECT {columns} FROM entry WHERE {in_sight}{clause}
             ORDER BY day {direction}, written_at {direction}, number {direction}
             LIMIT {limit}",
            in_sight = self.in_sight(),
            clause = clause.sql,
        );
        let values = params_from_iter(clause.values);
        if clause.fetches {
            self.entries_numbered(&self.numbers_of(&sql, values)?)
        } else {
            self.select(&sql, values)
        }
    }

    /// The entry numbers that a query yields.
    pub(super) fn numbers_of(&self, sql: &str, values: impl Params) -> Result<Vec<i64>> {
        let read = || -> rusqlite::Result<Vec<i64>> {
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.query_map(values, |row| row.get(0))?.collect()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// The `n`th of the visible entries that a filter chooses, counted from 0 in the order of
    /// their days.
    pub fn nth(&self, filter: &Filter, n: u64) -> Result<Option<Entry>> {
        let clause = self.clause(filter)?;
        // The inner query counts in the index alone; only one text is read.
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE number = (
                 SELECT number FROM entry WHERE {in_sight}{clause}
                 ORDER BY day, written_at, number LIMIT 1 OFFSET {n})",
            in_sight = self.in_sight(),
            clause = clause.sql,
        );
        Ok(self.select(&sql, params_from_iter(clause.values))?.pop())
    }

    /// How many visible entries a filter chooses.
    pub fn count(&self, filter: &Filter) -> Result<u64> {
        let clause = self.clause(filter)?;
        self.count_where(clause)
    }

    /// How many visible entries meet a clause.
    pub(super) fn count_where(&self, clause: WhereClause) -> Result<u64> {
        let sql = format!(
            "SELECT count(*) FROM entry WHERE {}{}",
            self.in_sight(),
            clause.sql
        );
        self.connection
            .query_row(&sql, params_from_iter(clause.values), |row| {
                row.get::<_, i64>(0)
            })
            .map(|count| u64::try_from(count).unwrap_or(0))
            .map_err(|error| self.wrong(error))
    }

    /// The entry with this number, if it is visible.
    pub fn entry(&self, number: i64) -> Result<Option<Entry>> {
        let in_sight = self.in_sight();
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE number = ?1 AND {in_sight}");
        Ok(self.select(&sql, [number])?.pop())
    }

    /// The visible entries with these numbers, in the order of the numbers given.
    pub(super) fn entries_numbered(&self, numbers: &[i64]) -> Result<Vec<Entry>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM (SELECT key, value FROM json_each(?1))
                    CROSS JOIN entry ON number = value
              WHERE {} ORDER BY key",
            self.in_sight()
        );
        let mut entries = Vec::with_capacity(numbers.len());
        for numbers in numbers.chunks(AT_A_TIME) {
            entries.extend(self.select(&sql, [as_json(numbers)])?);
        }
        Ok(entries)
    }

    /// The visible entry of these kinds that was written last, whatever its day.
    pub fn last_of(&self, kinds: &[KindName]) -> Result<Option<Entry>> {
        let mut last: Option<Entry> = None;
        for kind in kinds {
            // Other kinds than pages are few, and an index has them. The last page is near the
            // end of the table: `+` keeps SQLite from sorting a whole index instead.
            let of_kind = match kind {
                KindName::Page => "+kind = ?1".to_owned(),
                _ => format!("kind = ?1 AND {ASIDE}"),
            };
            let sql = format!(
                "SELECT {COLUMNS} FROM entry WHERE {of_kind} AND {}
                 ORDER BY number DESC LIMIT 1",
                self.in_sight()
            );
            let found = self.select(&sql, [kind.as_str()])?.pop();
            last = last
                .into_iter()
                .chain(found)
                .max_by_key(|entry| entry.number);
        }
        Ok(last)
    }

    /// The visible entry that was written last, whatever its day and kind.
    pub fn last_entry(&self) -> Result<Option<Entry>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE {} ORDER BY number DESC LIMIT 1",
            self.in_sight()
        );
        Ok(self.select(&sql, [])?.pop())
    }

    /// The visible entries whose id begins with these hexadecimal digits (lower case, no
    /// hyphens), at most two of them.
    pub fn entries_by_id(&self, digits: &str) -> Result<Vec<Entry>> {
        // Insert the hyphens of the stored form, so that the query is a range in the index.
        let mut from = digits.to_owned();
        for at in [8, 13, 18, 23] {
            if from.len() >= at {
                from.insert(at, '-');
            }
        }
        let from = from.trim_end_matches('-').to_owned();
        let to = format!("{from}g");
        let sql = format!(
            "SELECT {COLUMNS} FROM entry
             WHERE id >= ?1 AND id < ?2 AND {} ORDER BY id LIMIT 2",
            self.in_sight()
        );
        self.select(&sql, [from, to])
    }

    /// The visible entries of a kind other than pages, the newest first.
    pub fn of_kind(&self, kind: KindName) -> Result<Vec<Entry>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE kind = ?1 AND {} AND {ASIDE}
             ORDER BY day DESC, written_at DESC, number DESC",
            self.in_sight()
        );
        self.select(&sql, [kind.as_str()])
    }

    /// The letters whose seal ended between `from` and `to`, both included, the latest first.
    pub fn letters_due(&self, from: Day, to: Day) -> Result<Vec<Entry>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry
             WHERE kind = 'letter' AND hidden_until BETWEEN ?1 AND ?2 AND {} AND {ASIDE}
             ORDER BY hidden_until DESC, number DESC",
            self.in_sight()
        );
        let mut letters = self.select(&sql, [from.to_string(), to.to_string()])?;
        letters.retain(|letter| {
            let open_on = letter.kind.open_on();
            open_on.is_some_and(|day| (from..=to).contains(&day))
        });
        Ok(letters)
    }

    /// The hidden entries that a filter chooses and that are not in the trash, by number; of
    /// all kinds if the filter names none. Use it to count them, hide them or bring them
    /// back, and never show their content.
    pub fn hidden(&self, filter: &Filter) -> Result<Vec<Revision>> {
        let all = Filter {
            kinds: match &filter.kinds[..] {
                [] => KindName::ALL.to_vec(),
                kinds => kinds.to_vec(),
            },
            ..filter.clone()
        };
        let clause = self.clause(&all)?;
        let sql = format!(
            "SELECT number FROM entry
             WHERE deleted_at IS NULL AND hidden_until > ? AND {ASIDE}{} ORDER BY number",
            clause.sql
        );
        let today = self.today.map(|day| day.to_string()).unwrap_or_default();
        let values = std::iter::once(Value::Text(today)).chain(clause.values);
        let numbers = self.numbers_of(&sql, params_from_iter(values))?;
        let states = numbers.into_iter().map(|number| self.present(number));
        states.filter_map(Result::transpose).collect()
    }

    pub(super) fn select(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<Entry>> {
        let read = || -> rusqlite::Result<Vec<Entry>> {
            let mut statement = self.connection.prepare_cached(sql)?;
            let mut entries = statement
                .query_map(params, read_entry)?
                .collect::<rusqlite::Result<Vec<Entry>>>()?;
            add_tags_and_reflections(self.connection, &mut entries)?;
            Ok(entries)
        };
        self.at_one_moment(|| read().map_err(|error| self.wrong(error)))
    }

    /// Runs a read of several statements within one transaction, so that all of them see the
    /// same moment while others go on writing.
    pub(super) fn at_one_moment<T>(&self, read: impl FnOnce() -> Result<T>) -> Result<T> {
        let is_alone = self.connection.is_autocommit();
        // A transaction of the caller has its moment already. This one is never committed,
        // and ends when it is dropped.
        let _moment = is_alone
            .then(|| self.connection.unchecked_transaction())
            .transpose()
            .map_err(|error| self.wrong(error))?;
        read()
    }
}

impl Change<'_> {
    /// Adds an entry with a new id and returns it.
    pub fn insert(&mut self, content: Content, now: DateTime<FixedOffset>) -> Result<Entry> {
        self.insert_as(new_id(now), content, now)
    }

    /// Adds an entry with a given id, which no other entry may have, and returns it.
    pub fn insert_as(
        &mut self,
        id: Uuid,
        content: Content,
        now: DateTime<FixedOffset>,
    ) -> Result<Entry> {
        let revision = Revision {
            id: new_id(now),
            replaced: None,
            saved_at: now,
            device: None,
            number: 0,
            entry: id,
            content,
        };
        let number = self
            .insert_present(&revision, None)
            .map_err(|error| self.wrong(error))?;
        self.touch(TouchedEntry {
            entry: number,
            before: None,
            after: revision.id,
        })?;
        Ok(Revision { number, ..revision }.to_entry())
    }

    /// Adds a state as the present one of a new entry, and returns the entry's number. A
    /// state without a device gets the device of this journal.
    pub(super) fn insert_present(
        &self,
        state: &Revision,
        number: Option<i64>,
    ) -> rusqlite::Result<i64> {
        let content = &state.content;
        self.transaction
            .prepare_cached(
                "INSERT INTO entry (number, id, kind, day, written_at, edited_at, text, words,
                                    mood, starred, deleted_at, revision, replaced, device,
                                    saved_at, digest, particulars, hidden_until)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                         coalesce(?14, (SELECT device FROM journal)), ?15, ?16, ?17, ?18)",
            )?
            .execute(params![
                number,
                state.entry.to_string(),
                content.kind.name().as_str(),
                content.day.to_string(),
                instant(content.written_at),
                content.edited_at.map(instant),
                content.text,
                words(&content.text),
                content.mood.map(Mood::value),
                content.starred,
                content.deleted_at.map(instant),
                state.id.to_string(),
                state.replaced.map(|id| id.to_string()),
                state.device.map(|id| id.to_string()),
                instant(state.saved_at),
                content.digest(),
                particulars(content)?,
                hidden_until(content),
            ])?;
        let number = self.transaction.last_insert_rowid();
        insert_tags(&self.transaction, number, content)?;
        insert_reflections(&self.transaction, number, content)?;
        Ok(number)
    }
}

/// Inserts the tags of an entry: those given by hand, and those in its text.
pub(super) fn insert_tags(
    connection: &Connection,
    number: i64,
    content: &Content,
) -> rusqlite::Result<()> {
    let mut insert = connection
        .prepare_cached("INSERT INTO tag (entry, tag, by_hand) VALUES (?1, ?2, ?3)")?;
    for tag in content.tags_by_hand.union(&Tag::in_text(&content.text)) {
        insert.execute(params![
            number,
            tag.as_str(),
            content.tags_by_hand.contains(tag)
        ])?;
    }
    Ok(())
}

/// Inserts the reflections of an entry.
pub(super) fn insert_reflections(
    connection: &Connection,
    number: i64,
    content: &Content,
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO reflection (entry, deck, tip, number, title, question)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for r in &content.reflections {
        insert.execute(params![
            number, r.deck, r.tip, r.number, r.title, r.question
        ])?;
    }
    Ok(())
}

fn read_entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let (kind, away) = read_kind(row, 2, 9)?;
    Ok(Entry {
        number: row.get(0)?,
        id: parse_column(row, 1)?,
        kind,
        day: parse_column(row, 3)?,
        written_at: parse_column(row, 4)?,
        edited_at: parse_optional_column(row, 5)?,
        text: row.get(6)?,
        mood: row.get::<_, Option<i64>>(7)?.and_then(Mood::new),
        starred: row.get(8)?,
        tags: Vec::new(),
        reflections: Vec::new(),
        away,
    })
}

/// Adds tags and reflections to entries that were read without them. Two statements serve a
/// whole batch: two for each entry would take longer than reading the texts.
fn add_tags_and_reflections(
    connection: &Connection,
    entries: &mut [Entry],
) -> rusqlite::Result<()> {
    for entries in entries.chunks_mut(AT_A_TIME) {
        let numbers: Vec<i64> = entries.iter().map(|entry| entry.number).collect();
        let numbers = as_json(&numbers);
        // CROSS JOIN keeps the order: each number is looked up, and its key is its index in
        // the batch.
        let mut tags = connection.prepare_cached(
            "SELECT key, tag FROM json_each(?1) CROSS JOIN tag ON entry = value",
        )?;
        let mut rows = tags.query([&numbers])?;
        while let Some(row) = rows.next()? {
            let at = usize::from(row.get::<_, u16>(0)?);
            entries[at].tags.push(parse_column(row, 1)?);
        }
        let mut reflections = connection.prepare_cached(
            "SELECT deck, tip, number, title, question, key
               FROM json_each(?1) CROSS JOIN reflection ON entry = value",
        )?;
        let mut rows = reflections.query([&numbers])?;
        while let Some(row) = rows.next()? {
            let at = usize::from(row.get::<_, u16>(5)?);
            entries[at].reflections.push(read_reflection(row)?);
        }
        for entry in entries {
            entry.tags.sort();
            sort_reflections(&mut entry.reflections);
        }
    }
    Ok(())
}

/// Numbers as a JSON list, which a statement takes as one value however many they are.
pub(super) fn as_json(numbers: &[i64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
    format!("[{}]", numbers.join(","))
}

/// The reflections of an entry.
pub(super) fn reflections_of(
    connection: &Connection,
    number: i64,
) -> rusqlite::Result<Vec<Reflection>> {
    let mut reflections = connection
        .prepare_cached(
            "SELECT deck, tip, number, title, question FROM reflection WHERE entry = ?1",
        )?
        .query_map([number], read_reflection)?
        .collect::<rusqlite::Result<Vec<Reflection>>>()?;
    sort_reflections(&mut reflections);
    Ok(reflections)
}

fn read_reflection(row: &Row<'_>) -> rusqlite::Result<Reflection> {
    Ok(Reflection {
        deck: row.get(0)?,
        tip: row.get(1)?,
        number: row.get(2)?,
        title: row.get(3)?,
        question: row.get(4)?,
    })
}

/// Sorts by deck and number, in each deck the questions of the week behind the tips.
fn sort_reflections(reflections: &mut [Reflection]) {
    let place = |r: &Reflection| (r.is_weekly(), r.number);
    reflections.sort_by(|a, b| a.deck.cmp(&b.deck).then_with(|| place(a).cmp(&place(b))));
}
