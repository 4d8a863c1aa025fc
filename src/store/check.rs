//! Checking a journal's file.
//!
//! Every check goes as far as the file lets it. Anything that cannot be read is a finding,
//! and the rest is checked all the same. One text is held in memory at a time. No finding
//! quotes a text.

use std::collections::BTreeSet;

use rusqlite::types::ToSql;
use rusqlite::{Connection, ErrorCode};
use uuid::Uuid;

use super::columns::parse_column;
use super::derived::{DERIVED, tags_follow};
use super::findings::{CheckPart, Finding, Findings, Tick};
use super::id_walk::{IdWalk, ids_after, numbers_after};
use super::revisions::{COLUMNS, kept_digest, present_state, read_past_revision};
use super::{Store, migrations};
use crate::error::{Error, Result};
use crate::model::entry::words;
use crate::model::{Day, Revision};

impl Store {
    /// Checks everything in the file.
    ///
    /// The file is not changed. The comparison of the full-text index with the texts comes
    /// first and keeps other writers waiting. All other checks are of one moment, and others
    /// can write meanwhile.
    ///
    /// # Errors
    /// Only those of `tick`. A fault of the journal is a finding, not an error.
    pub fn check(&self, tick: Tick<'_>) -> Result<Findings> {
        let mut checkup = Checkup {
            connection: &self.connection,
            layout: migrations::version(&self.connection).unwrap_or(migrations::LATEST),
            findings: Findings::default(),
            tick,
        };
        checkup.search(self.is_read_only());
        // A read transaction that is never committed: it only keeps the snapshot.
        let moment = self.connection.unchecked_transaction();
        if let Err(error) = &moment {
            checkup.raise(CheckPart::File, "the journal cannot be read", error);
        }
        // SQLCipher signs each page, so this finds a changed one without reading its rows.
        match self.damaged_pages() {
            Ok(pages) => pages
                .iter()
                .for_each(|page| checkup.found(CheckPart::File, None, false, page)),
            Err(error) => checkup.found(CheckPart::File, None, false, &error.to_string()),
        }
        checkup.file();
        checkup.texts()?;
        checkup.history();
        checkup.counts();
        drop(moment);
        let mut findings = checkup.findings;
        // Sort in the order of a report, so that two checks of one file say the same.
        findings
            .found
            .sort_by_key(|finding| (finding.check, finding.entry));
        Ok(findings)
    }
}

/// Rows that must not exist: the first layout to look in, the finding, and a query for the
/// number of each row's entry.
const HISTORY: [(i64, &str, &str); 7] = [
    (
        1,
        "an earlier state of it is missing",
        "SELECT number FROM entry AS e WHERE replaced IS NOT NULL AND NOT EXISTS
           (SELECT 1 FROM revision AS r WHERE r.id = e.replaced AND r.entry = e.id)",
    ),
    (
        1,
        "an earlier state of it is missing",
        "SELECT (SELECT number FROM entry WHERE id = s.entry) FROM revision AS s
          WHERE replaced IS NOT NULL AND NOT EXISTS
           (SELECT 1 FROM revision AS r WHERE r.id = s.replaced AND r.entry = s.entry)",
    ),
    (
        1,
        "an earlier state of it is not in its history",
        "SELECT (SELECT number FROM entry WHERE id = s.entry) FROM revision AS s
          WHERE (SELECT replaced FROM entry WHERE id = s.entry) IS NOT s.id AND NOT EXISTS
           (SELECT 1 FROM revision AS r WHERE r.entry = s.entry AND r.replaced = s.id)",
    ),
    (
        1,
        "its first state is missing",
        "SELECT number FROM entry AS e WHERE (replaced IS NULL) +
           (SELECT count(*) FROM revision WHERE entry = e.id AND replaced IS NULL) <> 1",
    ),
    (
        2,
        "undo remembers a state of it that is not there",
        "SELECT a.entry FROM action_entry AS a WHERE NOT EXISTS
           (SELECT 1 FROM entry WHERE number = a.entry AND revision = a.after) AND NOT EXISTS
           (SELECT 1 FROM revision AS r JOIN entry AS e ON e.id = r.entry
             WHERE r.id = a.after AND e.number = a.entry)",
    ),
    (
        2,
        "undo remembers a state of it that is not there",
        "SELECT a.entry FROM action_entry AS a WHERE before IS NOT NULL AND NOT EXISTS
           (SELECT 1 FROM entry WHERE number = a.entry AND revision = a.before) AND NOT EXISTS
           (SELECT 1 FROM revision AS r JOIN entry AS e ON e.id = r.entry
             WHERE r.id = a.before AND e.number = a.entry)",
    ),
    (
        4,
        "where it was brought in from is not readable",
        "SELECT entry FROM origin WHERE length(digest) <> 32",
    ),
];

/// A check that is running.
struct Checkup<'a> {
    connection: &'a Connection,
    layout: i64,
    findings: Findings,
    tick: Tick<'a>,
}

impl Checkup<'_> {
    fn found(&mut self, check: CheckPart, entry: Option<i64>, derived: bool, what: &str) {
        self.findings.note(Finding {
            check,
            what: what.to_owned(),
            entry,
            derived,
            detail: None,
        });
    }

    /// Adds a finding about something that could not be read.
    fn raise(&mut self, check: CheckPart, what: &str, error: &rusqlite::Error) {
        self.raise_for(check, None, what, error);
    }

    fn raise_for(
        &mut self,
        check: CheckPart,
        entry: Option<i64>,
        what: &str,
        error: &rusqlite::Error,
    ) {
        self.findings.note(Finding {
            check,
            what: what.to_owned(),
            entry,
            derived: false,
            detail: Some(said(error)),
        });
    }

    /// Checks that the full-text index has the words of the entries that are not in the
    /// trash, and no others. FTS5 offers this check only as an `INSERT`, so it needs the
    /// write lock.
    fn search(&mut self, read_only: bool) {
        if read_only {
            return;
        }
        let sql = "INSERT INTO entry_text (entry_text, rank) VALUES ('integrity-check', 1)";
        let Err(error) = self.connection.execute(sql, ()) else {
            return;
        };
        match error.sqlite_error_code() {
            Some(ErrorCode::ReadOnly | ErrorCode::DatabaseBusy | ErrorCode::DiskFull) => {}
            _ => self.findings.note(Finding {
                check: CheckPart::Search,
                what: "the search index does not hold what the texts say".to_owned(),
                entry: None,
                derived: true,
                detail: Some(said(&error)),
            }),
        }
    }

    /// Checks the pages, the tables, and the references between them.
    fn file(&mut self) {
        match self.lines("PRAGMA integrity_check(100)") {
            Err(error) => {
                self.raise(CheckPart::File, "the file cannot be read through", &error)
            }
            Ok(lines) => {
                for line in lines.into_iter().filter(|line| line != "ok") {
                    let finding = self.classified(line);
                    self.findings.note(finding);
                }
            }
        }
        let orphans = self.connection.prepare("PRAGMA foreign_key_check");
        let orphans = orphans.and_then(|mut asked| {
            let table = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
            asked
                .query_map((), table)?
                .collect::<rusqlite::Result<Vec<_>>>()
        });
        match orphans {
            Err(error) => self.raise(CheckPart::File, "the references cannot be read", &error),
            Ok(tables) => {
                for table in tables {
                    let what = format!("something in {table} refers to what is not there");
                    self.found(CheckPart::File, None, false, &what);
                }
            }
        }
        self.particulars();
    }

    /// Checks the journal's own row, and every day and moment outside the states of entries.
    fn particulars(&mut self) {
        let own = self.connection.query_row(
            "SELECT id, device, created_at, (SELECT count(*) FROM journal) FROM journal",
            (),
            |row| {
                parse_column::<Uuid>(row, 0)?;
                parse_column::<Uuid>(row, 1)?;
                parse_column::<chrono::DateTime<chrono::FixedOffset>>(row, 2)?;
                row.get::<_, i64>(3)
            },
        );
        match own {
            Ok(1) => {}
            Ok(_) => self.found(
                CheckPart::File,
                None,
                false,
                "the journal has two identities",
            ),
            Err(error) => {
                let what = "the journal's own particulars cannot be read";
                self.raise(CheckPart::File, what, &error);
            }
        }
        let mut moments = vec![(
            "the prompts of past days cannot be read",
            "SELECT day, offered_at FROM prompt",
            true,
        )];
        if self.layout >= 2 {
            let actions = "SELECT made_at, made_at FROM action";
            moments.push(("what undo goes by cannot be read", actions, false));
        }
        for (what, sql, with_day) in moments {
            let read = || -> rusqlite::Result<()> {
                let mut asked = self.connection.prepare(sql)?;
                let mut rows = asked.query(())?;
                while let Some(row) = rows.next()? {
                    if with_day {
                        parse_column::<Day>(row, 0)?;
                    }
                    parse_column::<chrono::DateTime<chrono::FixedOffset>>(row, 1)?;
                }
                Ok(())
            };
            if let Err(error) = read() {
                self.raise(CheckPart::History, what, &error);
            }
        }
    }

    /// Turns a line of `PRAGMA integrity_check` into a finding. It is repairable if it is
    /// about an index or a derived table.
    fn classified(&self, line: String) -> Finding {
        let index = ["missing from index ", "in index ", "from index "]
            .iter()
            .any(|part| line.contains(part));
        let search = line.contains("FTS5") || line.contains("fts5");
        let tree = line
            .strip_prefix("Tree ")
            .and_then(|rest| rest.split(' ').next()?.parse::<i64>().ok());
        let owner = tree.and_then(|root| self.owner(root));
        let is_derived = |(kind, name): &(String, String)| {
            kind == "index"
                || name.starts_with("entry_text")
                || ["reflected_day", "covered_tip", "asked"].contains(&name.as_str())
        };
        let derived = owner.as_ref().map_or(index || search, is_derived);
        let (check, what) = match owner {
            Some((_, name)) if name.starts_with("entry_text") => (
                CheckPart::Search,
                "a page of the search index is damaged".to_owned(),
            ),
            Some((kind, name)) if derived => (
                CheckPart::Counts,
                format!("a page of the {kind} {name} is damaged"),
            ),
            Some((kind, name)) => (
                CheckPart::File,
                format!("a page of the {kind} {name} is damaged"),
            ),
            None if search => (
                CheckPart::Search,
                "the search index does not hold together".to_owned(),
            ),
            None if index => (
                CheckPart::Counts,
                "an index does not say what its table says".to_owned(),
            ),
            None => (
                CheckPart::File,
                "the file does not hold together".to_owned(),
            ),
        };
        Finding {
            check,
            what,
            entry: None,
            derived,
            detail: Some(line),
        }
    }

    /// The type and name of the table or index whose root page this is.
    fn owner(&self, root: i64) -> Option<(String, String)> {
        self.connection
            .query_row(
                "SELECT type, name FROM sqlite_schema WHERE rootpage = ?1",
                [root],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .ok()
    }

    fn lines(&self, sql: &str) -> rusqlite::Result<Vec<String>> {
        self.connection
            .prepare(sql)?
            .query_map((), |row| row.get(0))?
            .collect()
    }

    /// Checks every state that can be reached, and the data derived from present ones.
    fn texts(&mut self) -> Result<()> {
        let mut walk = IdWalk::new(i64::MIN);
        while let Some(after) = walk.after {
            let (numbers, error) = numbers_after(self.connection, after);
            for number in &numbers {
                (self.tick)()?;
                self.entry(*number);
            }
            walk.went(numbers.last().copied());
            if let Some(error) = error {
                let what = "a page of entries cannot be read";
                self.raise(CheckPart::Texts, what, &error);
                // The numbers on a damaged page are unknown, so jump ahead, each time
                // further.
                walk.jump(|&after, step| after.max(-1).saturating_add(1 << step));
            }
        }
        let mut walk = IdWalk::new(String::new());
        while let Some(after) = &walk.after {
            let (ids, error) = ids_after(self.connection, after);
            for id in &ids {
                (self.tick)()?;
                self.state(id);
            }
            walk.went(ids.last().cloned());
            if let Some(error) = error {
                let what = "a page of earlier states cannot be read";
                self.raise(CheckPart::Texts, what, &error);
                // The first 48 of an id's 128 bits are its moment, so this jumps ahead in
                // time.
                walk.jump(|after, step| {
                    let after: Uuid = after.parse().unwrap_or_default();
                    let next = after.as_u128().saturating_add(1 << (64 + step));
                    Uuid::from_u128(next).to_string()
                });
            }
        }
        Ok(())
    }

    fn entry(&mut self, number: i64) {
        let entry = Some(number);
        self.findings.entries += 1;
        let state = match present_state(self.connection, number) {
            Ok(Some(state)) => state,
            Ok(None) => return,
            Err(error) => {
                return self.raise_for(CheckPart::Texts, entry, "it cannot be read", &error);
            }
        };
        self.findings.newest = self.findings.newest.max(Some(state.content.day));
        if let Some(what) = self.digest("entry WHERE number", number, &state) {
            // Do not check the data derived from it: it may be right for the text that was
            // saved.
            return self.found(CheckPart::Texts, entry, false, what);
        }
        let kept = self.connection.query_row(
            "SELECT words FROM entry WHERE number = ?1",
            [number],
            |row| row.get::<_, i64>(0),
        );
        if !kept.is_ok_and(|kept| u32::try_from(kept) == Ok(words(&state.content.text))) {
            self.found(
                CheckPart::Counts,
                entry,
                true,
                "its words are not counted right",
            );
        }
        if !tags_follow(self.connection, &state).unwrap_or(false) {
            let what = "its tags are not those that stand in its text";
            self.found(CheckPart::Counts, entry, true, what);
        }
    }

    /// Checks an earlier state.
    fn state(&mut self, id: &str) {
        self.findings.revisions += 1;
        let of = self
            .connection
            .query_row(
                "SELECT number FROM entry WHERE id = (SELECT entry FROM revision WHERE id = ?1)",
                [id],
                |row| row.get(0),
            )
            .ok();
        if of.is_none() {
            let what = "an earlier state belongs to no entry";
            self.found(CheckPart::History, None, false, what);
        }
        let sql =
            format!("SELECT {COLUMNS}, id, tags, reflections FROM revision WHERE id = ?1");
        let state = self.connection.prepare_cached(&sql).and_then(|mut asked| {
            asked.query_row([id], |row| {
                read_past_revision(row, of.unwrap_or(0), Uuid::nil())
            })
        });
        match state {
            Ok(state) => {
                if let Some(what) = self.digest("revision WHERE id", id, &state) {
                    let what = what.replace("it ", "an earlier state of it ");
                    self.found(CheckPart::Texts, of, false, &what);
                }
            }
            Err(error) => {
                let what = "an earlier state of it cannot be read";
                self.raise_for(CheckPart::Texts, of, what, &error);
            }
        }
    }

    /// The finding about the fingerprint of a state; `None` if it matches.
    fn digest(&self, which: &str, key: impl ToSql, state: &Revision) -> Option<&'static str> {
        if self.layout < 4 {
            return None;
        }
        match kept_digest(self.connection, which, key) {
            Ok(kept) if kept == state.content.digest() => None,
            Ok(_) => Some("it is not what was saved"),
            Err(_) => Some("it has lost its fingerprint"),
        }
    }

    fn history(&mut self) {
        for (since, what, sql) in HISTORY {
            if self.layout < since {
                continue;
            }
            let numbers = self.connection.prepare(sql).and_then(|mut asked| {
                asked
                    .query_map((), |row| row.get::<_, Option<i64>>(0))?
                    .collect::<rusqlite::Result<BTreeSet<_>>>()
            });
            match numbers {
                Ok(numbers) => {
                    for number in numbers {
                        self.found(CheckPart::History, number, false, what);
                    }
                }
                Err(error) => {
                    self.raise(CheckPart::History, "the history cannot be read", &error);
                }
            }
        }
    }

    fn counts(&mut self) {
        for (since, what, kept, counted) in DERIVED {
            if self.layout < since {
                continue;
            }
            let drifted = self.connection.query_row(
                &format!(
                    "SELECT EXISTS (SELECT * FROM ({kept}) EXCEPT SELECT * FROM ({counted}))
                         OR EXISTS (SELECT * FROM ({counted}) EXCEPT SELECT * FROM ({kept}))"
                ),
                (),
                |row| row.get(0),
            );
            match drifted {
                Ok(false) => {}
                Ok(true) => self.found(CheckPart::Counts, None, true, what),
                Err(error) => self.findings.note(Finding {
                    check: CheckPart::Counts,
                    what: what.to_owned(),
                    entry: None,
                    derived: true,
                    detail: Some(said(&error)),
                }),
            }
        }
    }
}

/// SQLite's own words about an error. An error about a value may quote a text, so its words
/// are left out.
fn said(error: &rusqlite::Error) -> String {
    match error.sqlite_error() {
        Some(code) => code.to_string(),
        None => "a value is not what it should be".to_owned(),
    }
}

/// Checks a copy that must be sound. Faults in derived data are repaired.
///
/// # Errors
/// [`Error::Damaged`] with the first fault that remains; those of `tick`.
pub(super) fn must_be_sound(store: &mut Store, tick: Tick<'_>) -> Result<Findings> {
    let mut findings = store.check(tick)?;
    if !findings.is_empty() && findings.are_derived() {
        store.repair(tick)?;
        findings = store.check(tick)?;
    }
    match findings.found.first() {
        None => Ok(findings),
        Some(first) => {
            let what = match first.entry {
                Some(number) => format!("#{number}: {}", first.what),
                None => first.what.clone(),
            };
            Err(Error::Damaged {
                path: store.path.clone(),
                source: what.into(),
            })
        }
    }
}
