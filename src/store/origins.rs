//! Importing: the origin of each entry, so that importing it again adds nothing, and whole
//! entries of this program's own export with all their states.

use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

use super::change::TouchedEntry;
use super::columns::{instant, parse_column};
use super::{Change, Reading};
use crate::error::Result;
use crate::model::{ContentDigest, Day, OfferedPrompt, Revision};

/// An imported entry's name in its file, and the fingerprint of its content there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The format's name.
    pub format: &'a str,
    /// The entry's id in its file, or the moment it was written. It need not be unique.
    pub key: &'a str,
    /// The fingerprint of the content in the file.
    pub digest: ContentDigest,
}

/// The stored origin of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownOrigin {
    /// The entry's number.
    pub entry: i64,
    digest: ContentDigest,
    copy: i64,
}

/// The number of entries and states, to check the counts of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalSize {
    /// Entries, those in the trash included.
    pub entries: u64,
    /// Their earlier states.
    pub revisions: u64,
}

impl Reading<'_> {
    /// How many entries and earlier states there are.
    pub fn size(&self) -> Result<JournalSize> {
        let count = |row: &rusqlite::Row<'_>, column| -> rusqlite::Result<u64> {
            Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
        };
        self.connection
            .query_row(
                "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM revision)",
                [],
                |row| {
                    Ok(JournalSize {
                        entries: count(row, 0)?,
                        revisions: count(row, 1)?,
                    })
                },
            )
            .map_err(|error| self.wrong(error))
    }

    /// The newest day of all entries, hidden ones and those in the trash included.
    pub fn newest_day(&self) -> Result<Option<Day>> {
        let read = || -> rusqlite::Result<Option<Day>> {
            let mut asked = self
                .connection
                .prepare("SELECT day FROM entry ORDER BY day DESC LIMIT 1")?;
            asked.query_row((), |row| parse_column(row, 0)).optional()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// The highest number that an entry ever had; 0 if there never was one.
    pub fn last_number(&self) -> Result<i64> {
        self.connection
            .query_row(
                "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'entry'",
                [],
                |row| row.get(0),
            )
            .map_err(|error| self.wrong(error))
    }

    /// The numbers of all entries after `after`, the lowest first, at most `limit`. Hidden
    /// entries and the trash are included.
    pub fn numbers(&self, after: i64, limit: u32) -> Result<Vec<i64>> {
        let read = || -> rusqlite::Result<Vec<i64>> {
            self.connection
                .prepare_cached(
                    "SELECT number FROM entry WHERE number > ?1 ORDER BY number LIMIT ?2",
                )?
                .query_map(params![after, limit], |row| row.get(0))?
                .collect()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// The number of the entry with this id, also if it is in the trash.
    pub fn number_of(&self, id: Uuid) -> Result<Option<i64>> {
        self.connection
            .prepare_cached("SELECT number FROM entry WHERE id = ?1")
            .and_then(|mut statement| {
                statement
                    .query_row([id.to_string()], |row| row.get(0))
                    .optional()
            })
            .map_err(|error| self.wrong(error))
    }

    /// True if an entry has or had the state with this id.
    pub fn is_state(&self, id: Uuid) -> Result<bool> {
        self.connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM revision WHERE id = ?1)
                     OR EXISTS (SELECT 1 FROM entry WHERE revision = ?1)",
            )
            .and_then(|mut statement| statement.query_row([id.to_string()], |row| row.get(0)))
            .map_err(|error| self.wrong(error))
    }

    /// True if the entry is in the trash because the import that added it was undone.
    pub fn is_taken_back(&self, number: i64) -> Result<bool> {
        self.connection
            .prepare_cached(
                "SELECT EXISTS (
                     SELECT 1 FROM action_entry AS made JOIN action ON action.number = action
                      WHERE made.entry = ?1 AND before IS NULL
                        AND what = 'import' AND state <> 'done')
                    AND EXISTS (
                     SELECT 1 FROM entry WHERE number = ?1 AND deleted_at IS NOT NULL)",
            )
            .and_then(|mut statement| statement.query_row([number], |row| row.get(0)))
            .map_err(|error| self.wrong(error))
    }

    /// The prompts after a given day and turn, in order, at most `limit`.
    pub fn offered_after(
        &self,
        after: Option<(Day, u32)>,
        limit: u32,
    ) -> Result<Vec<OfferedPrompt>> {
        let (day, turn) =
            after.map_or((String::new(), 0), |(day, turn)| (day.to_string(), turn));
        let read = || -> rusqlite::Result<Vec<OfferedPrompt>> {
            self.connection
                .prepare_cached(
                    "SELECT day, turn, deck, tip, question, offered_at FROM prompt
                      WHERE (day, turn) > (?1, ?2) ORDER BY day, turn LIMIT ?3",
                )?
                .query_map(params![day, turn, limit], |row| {
                    Ok(OfferedPrompt {
                        day: parse_column(row, 0)?,
                        turn: row.get(1)?,
                        deck: row.get(2)?,
                        tip: row.get(3)?,
                        question: row.get(4)?,
                        offered_at: parse_column(row, 5)?,
                    })
                })?
                .collect()
        };
        read().map_err(|error| self.wrong(error))
    }

    /// The number of the next import. Each import marks the origins it sees with its number.
    pub fn next_import(&self) -> Result<i64> {
        self.connection
            .query_row("SELECT coalesce(max(seen), 0) + 1 FROM origin", [], |row| {
                row.get(0)
            })
            .map_err(|error| self.wrong(error))
    }

    /// An entry with this origin and this fingerprint that the import has not seen yet: of
    /// several, the one that imports saw the longest ago.
    ///
    /// No import has a higher number than a running one, so "not seen yet" is "seen by an
    /// earlier import". An index has those in order: `<>` in place of `<` would walk over all
    /// that were seen, once for each entry of the file.
    pub fn unseen(&self, origin: &Origin<'_>, import: i64) -> Result<Option<KnownOrigin>> {
        self.connection
            .prepare_cached(
                "SELECT entry, digest, copy FROM origin
                  WHERE format = ?1 AND key = ?2 AND seen < ?3 AND digest = ?4
                  ORDER BY seen, copy LIMIT 1",
            )
            .and_then(|mut statement| {
                let values = params![origin.format, origin.key, import, origin.digest];
                statement.query_row(values, known).optional()
            })
            .map_err(|error| self.wrong(error))
    }

    /// The entries with this origin and any content that the import has not seen yet, at most
    /// 16: nobody writes more in one moment. The ones that imports saw the longest ago come
    /// first.
    pub fn unseen_namesakes(
        &self,
        format: &str,
        key: &str,
        import: i64,
    ) -> Result<Vec<KnownOrigin>> {
        self.connection
            .prepare_cached(
                "SELECT entry, digest, copy FROM origin
                  WHERE format = ?1 AND key = ?2 AND seen < ?3
                  ORDER BY seen, entry LIMIT 16",
            )
            .and_then(|mut statement| {
                let found = statement.query_map(params![format, key, import], known)?;
                found.collect()
            })
            .map_err(|error| self.wrong(error))
    }

    /// The origin of an entry in a format, and the number of the last import that saw it.
    pub fn origin_of(&self, number: i64, format: &str) -> Result<Option<(KnownOrigin, i64)>> {
        self.connection
            .prepare_cached(
                "SELECT entry, digest, copy, seen FROM origin
                  WHERE entry = ?1 AND format = ?2",
            )
            .and_then(|mut statement| {
                statement
                    .query_row(params![number, format], |row| {
                        Ok((known(row)?, row.get(3)?))
                    })
                    .optional()
            })
            .map_err(|error| self.wrong(error))
    }
}

impl KnownOrigin {
    /// The fingerprint of the content when it was imported.
    pub fn digest(&self) -> ContentDigest {
        self.digest
    }
}

fn known(row: &rusqlite::Row<'_>) -> rusqlite::Result<KnownOrigin> {
    Ok(KnownOrigin {
        entry: row.get(0)?,
        digest: row.get(1)?,
        copy: row.get(2)?,
    })
}

impl Change<'_> {
    /// Stores the origin of an entry.
    pub fn note_origin(&self, entry: i64, origin: &Origin<'_>, import: i64) -> Result<()> {
        self.transaction
            .prepare_cached(
                "INSERT INTO origin (format, key, digest, copy, entry, seen)
                 VALUES (?1, ?2, ?3, (SELECT coalesce(max(copy), 0) + 1 FROM origin
                                       WHERE format = ?1 AND key = ?2 AND digest = ?3),
                         ?4, ?5)",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    origin.format,
                    origin.key,
                    origin.digest,
                    entry,
                    import
                ])
            })
            .map(|_| ())
            .map_err(|error| self.wrong(error))
    }

    /// Removes the origin of an entry in a format.
    pub fn forget_origin(&self, known: &KnownOrigin, format: &str) -> Result<()> {
        self.transaction
            .prepare_cached("DELETE FROM origin WHERE entry = ?1 AND format = ?2")
            .and_then(|mut statement| statement.execute(params![known.entry, format]))
            .map(|_| ())
            .map_err(|error| self.wrong(error))
    }

    /// Notes that an import saw an entry.
    pub fn mark_seen(
        &self,
        format: &str,
        key: &str,
        known: &KnownOrigin,
        import: i64,
    ) -> Result<()> {
        self.transaction
            .prepare_cached(
                "UPDATE origin SET seen = ?5
                  WHERE format = ?1 AND key = ?2 AND digest = ?3 AND copy = ?4",
            )
            .and_then(|mut statement| {
                statement.execute(params![format, key, known.digest, known.copy, import])
            })
            .map(|_| ())
            .map_err(|error| self.wrong(error))
    }

    /// Adds an entry with all its states, the first one first, and returns its number. With
    /// `number` it gets that one, which no entry may have.
    pub fn insert_whole(
        &mut self,
        states: &[Revision],
        number: Option<i64>,
    ) -> Result<Option<i64>> {
        let Some((present, past)) = states.split_last() else {
            return Ok(None);
        };
        let insert = || -> rusqlite::Result<i64> {
            for state in past {
                self.insert_past(state)?;
            }
            self.insert_present(present, number)
        };
        let number = insert().map_err(|error| self.wrong(error))?;
        self.touch(TouchedEntry {
            entry: number,
            before: None,
            after: present.id,
        })?;
        Ok(Some(number))
    }

    /// Makes sure that no new entry gets a number up to `last`.
    pub fn number_from(&self, last: i64) -> Result<()> {
        let raise = || -> rusqlite::Result<()> {
            let known = self.transaction.execute(
                "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'entry'",
                [last],
            )?;
            if known == 0 {
                self.transaction.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES ('entry', ?1)",
                    [last],
                )?;
            }
            Ok(())
        };
        raise().map_err(|error| self.wrong(error))
    }

    /// Adds a turn to the prompts of a day. Returns false if the day has that turn already.
    pub fn insert_offer(&self, offered: &OfferedPrompt) -> Result<bool> {
        self.transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO prompt (day, turn, deck, tip, question, offered_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    offered.day.to_string(),
                    offered.turn,
                    offered.deck,
                    offered.tip,
                    offered.question,
                    instant(offered.offered_at),
                ])
            })
            .map(|rows| rows > 0)
            .map_err(|error| self.wrong(error))
    }
}
