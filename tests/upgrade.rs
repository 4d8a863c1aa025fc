//! How a journal file comes into being, is recognised, and is brought up to date.
//!
//! What belongs here: what is refused and left as it was, creation, and for every layout that
//! was ever released a journal of that time (tests/golden/layout-N.sql) that must come out
//! whole. A golden journal is never edited: it stands for the journals that people have.

#![expect(
    clippy::expect_used,
    reason = "a helper that fails is a test that fails"
)]

mod sealed;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Barrier;

use chrono::{DateTime, FixedOffset};
use onward::Error;
use onward::journal::{Journal, NewPage, Reflects, Settings, UndoOutcome};
use onward::model::{Day, Entry, EntryRef, Filter, Kind, KindName, Order};
use rusqlite::Connection;

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T21:30:00+01:00").expect("an instant")
}

fn day(iso: &str) -> Day {
    iso.parse().expect("a day")
}

fn page(text: &str) -> NewPage {
    NewPage {
        day: day("2026-11-22"),
        written_at: now(),
        text: text.to_owned(),
        mood: None,
        starred: false,
        tags: BTreeSet::new(),
        reflects: Reflects::OnPrompt,
    }
}

fn write(journal: &mut Journal, text: &str) -> Entry {
    journal
        .write(page(text), day("2026-11-22"), now())
        .expect("saved")
}

fn all(journal: &Journal) -> Vec<Entry> {
    let everything = Filter {
        kinds: KindName::ALL.to_vec(),
        ..Filter::default()
    };
    journal
        .entries(&everything, Order::OldestFirst, None)
        .expect("read")
}

/// A folder with a place for a journal in it.
struct Place {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.db");
        Place { folder, path }
    }

    fn with_a_journal() -> Place {
        let place = Place::new();
        let mut journal = sealed::open(&place.path, now()).expect("made");
        write(&mut journal, "A page.");
        place
    }

    fn raw(&self) -> Connection {
        sealed::raw(&self.path).expect("opened")
    }

    /// Does something to the file through SQLite, and leaves the file settled.
    fn alter(&self, sql: &str) {
        self.raw().execute_batch(sql).expect("altered");
        assert_eq!(self.names(), ["journal.db"], "nothing is left in a log");
    }

    /// Does something to the file, and leaves it in the log, as a crash would.
    fn alter_in_the_log(&self, sql: &str) {
        let raw = self.raw();
        raw.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0")
            .expect("set");
        raw.execute_batch(sql).expect("altered");
        let crashed = tempfile::tempdir().expect("a folder");
        for name in ["journal.db", "journal.db-wal"] {
            fs::copy(self.folder.path().join(name), crashed.path().join(name)).expect("copied");
        }
        drop(raw);
        for name in ["journal.db", "journal.db-wal"] {
            fs::copy(crashed.path().join(name), self.folder.path().join(name)).expect("copied");
        }
    }

    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).expect("there");
        let names = names.map(|found| found.expect("there").file_name());
        let mut names: Vec<_> = names
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Every byte that is kept here. The index of the log holds nothing of its own.
    fn bytes(&self) -> Vec<(String, Vec<u8>)> {
        let read = |name: String| {
            let bytes = fs::read(self.folder.path().join(&name)).expect("readable");
            (name, bytes)
        };
        let names = self.names().into_iter();
        names
            .filter(|name| !name.ends_with("-shm"))
            .map(read)
            .collect()
    }

    /// Both doors refuse what lies here, and neither changes it.
    #[track_caller]
    fn refused(&self, expected: impl Fn(&Error) -> bool) {
        let before = self.bytes();
        for _ in 0..2 {
            for opened in [
                sealed::open(&self.path, now()),
                sealed::open_to_read(&self.path),
            ] {
                let error = opened.expect_err("refused");
                assert!(expected(&error), "{error:?}");
                assert!(error.hint().is_some(), "{error:?}");
                assert_eq!(error.exit_status(), 1);
            }
        }
        assert!(self.bytes() == before, "the bytes have changed");
    }
}

fn user_version(place: &Place) -> i64 {
    place
        .raw()
        .query_row("PRAGMA user_version", (), |row| row.get(0))
        .expect("read")
}

/// The layout that this program makes.
fn latest() -> i64 {
    user_version(&Place::with_a_journal())
}

mod refused {
    use super::*;

    fn is_newer(error: &Error) -> bool {
        matches!(error, Error::NewerJournal { found: 9999, .. })
    }

    fn is_no_journal(error: &Error) -> bool {
        matches!(error, Error::NotAJournal { .. })
    }

    #[test]
    fn a_journal_of_a_newer_program() {
        let place = Place::with_a_journal();
        place.alter("PRAGMA user_version = 9999");
        place.refused(is_newer);
    }

    #[test]
    fn a_newer_journal_with_a_log_beside_it() {
        let place = Place::with_a_journal();
        place.alter_in_the_log("PRAGMA user_version = 9999; CREATE TABLE later (x);");
        assert!(place.names().contains(&"journal.db-wal".to_owned()));
        place.refused(is_newer);
    }

    #[test]
    fn the_database_of_another_program() {
        for id in [0, 1, -1, 0x4f6e_7765] {
            let place = Place::with_a_journal();
            place.alter(&format!("PRAGMA application_id = {id}"));
            place.refused(is_no_journal);
        }
        let place = Place::new();
        place.alter("CREATE TABLE entry (number, text); INSERT INTO entry VALUES (1, 'x');");
        place.refused(is_no_journal);
    }

    #[test]
    fn the_database_of_another_program_with_a_log_beside_it() {
        let place = Place::new();
        place.alter("PRAGMA application_id = 7; CREATE TABLE entry (number, text);");
        place.alter_in_the_log("INSERT INTO entry VALUES (1, 'not to be touched')");
        place.refused(is_no_journal);
    }

    #[test]
    fn other_files() {
        let mut noise: Vec<u8> = (0..100_000_u32)
            .map(|n| (n % 251 * 7 % 256) as u8)
            .collect();
        noise[..3].copy_from_slice(b"\xff\xd8\xff");
        let header_only = b"SQLite format 3\0".to_vec();
        for bytes in [
            Vec::new(),
            b"A diary in plain text.\n".to_vec(),
            vec![0; 4096],
            noise,
            header_only,
        ] {
            let place = Place::new();
            fs::write(&place.path, bytes).expect("written");
            place.refused(is_no_journal);
        }
    }

    #[test]
    fn a_folder() {
        let place = Place::new();
        fs::create_dir(&place.path).expect("made");
        for opened in [
            sealed::open(&place.path, now()),
            sealed::open_to_read(&place.path),
        ] {
            assert!(is_no_journal(&opened.expect_err("refused")));
        }
        assert_eq!(place.names(), ["journal.db"]);
        assert_eq!(fs::read_dir(&place.path).expect("there").count(), 0);
    }

    #[cfg(unix)]
    #[test]
    #[expect(clippy::disallowed_methods, reason = "makes a named pipe")]
    fn pipes_sockets_devices_and_links_to_nowhere() {
        let check = |path: &Path| {
            for opened in [sealed::open(path, now()), sealed::open_to_read(path)] {
                let error = opened.expect_err("refused");
                assert!(is_no_journal(&error), "{error:?}");
            }
        };
        let place = Place::new();
        let pipe = place.folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("run").success());
        check(&pipe);

        let socket = place.folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("bound");
        check(&socket);

        let link = place.folder.path().join("link");
        std::os::unix::fs::symlink(place.folder.path().join("nowhere"), &link).expect("made");
        check(&link);
        check(Path::new("/dev/null"));
        check(Path::new("/dev/zero"));
        assert_eq!(
            place.names(),
            ["link", "pipe", "socket"],
            "nothing was made"
        );
    }
}

mod created {
    use super::*;

    #[test]
    fn whole_and_with_nothing_beside_it() {
        let place = Place::new();
        let path = place.folder.path().join("new/deep/journal.db");
        drop(sealed::open(&path, now()).expect("made"));
        let folder = path.parent().expect("a folder");
        let names: Vec<_> = fs::read_dir(folder)
            .expect("there")
            .map(|found| found.expect("there").file_name())
            .collect();
        assert_eq!(names, ["journal.db"]);
        let raw = sealed::raw(&path).expect("opened");
        let journal: (String, String, String) = raw
            .query_row("SELECT id, device, created_at FROM journal", (), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .expect("one row");
        assert_ne!(journal.0, journal.1);
        assert_eq!(journal.2, "2026-11-22T21:30:00+01:00");
        let mode: String = raw
            .query_row("PRAGMA journal_mode", (), |row| row.get(0))
            .expect("read");
        assert_eq!(mode, "wal");
    }

    #[cfg(unix)]
    #[test]
    fn for_its_owner_alone() {
        use std::os::unix::fs::MetadataExt;
        let place = Place::new();
        let path = place.folder.path().join("new/deep/journal.db");
        let mut journal = sealed::open(&path, now()).expect("made");
        write(&mut journal, "Private.");
        let mode = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
        let folder = path.parent().expect("a folder");
        assert_eq!(mode(folder), 0o700);
        let mut files = 0;
        for found in fs::read_dir(folder).expect("there") {
            let found = found.expect("there").path();
            assert_eq!(mode(&found), 0o600, "{}", found.display());
            files += 1;
        }
        assert_eq!(files, 3, "the journal, its log, and the log's index");
    }

    #[test]
    fn by_eight_at_once_it_is_one() {
        for _ in 0..5 {
            let place = Place::new();
            let start = Barrier::new(8);
            std::thread::scope(|scope| {
                for writer in 0..8 {
                    let (start, path) = (&start, &place.path);
                    scope.spawn(move || {
                        start.wait();
                        let mut journal = sealed::open(path, now()).expect("opened");
                        write(&mut journal, &format!("Writer {writer}."));
                    });
                }
            });
            assert_eq!(place.names(), ["journal.db"]);
            let entries = all(&sealed::open_to_read(&place.path).expect("opened"));
            let texts: BTreeSet<_> = entries.iter().map(|entry| &entry.text).collect();
            assert_eq!(texts.len(), 8);
        }
    }
}

#[test]
fn opening_again_changes_nothing() {
    let place = Place::with_a_journal();
    let before = place.bytes();
    for _ in 0..3 {
        drop(sealed::open(&place.path, now()).expect("opened"));
        drop(sealed::open_to_read(&place.path).expect("opened"));
        assert!(place.bytes() == before);
    }
}

#[test]
fn a_journal_without_the_parts_for_walking_away_is_what_it_was() {
    let place = Place::with_a_journal();
    {
        let mut journal = sealed::open(&place.path, now()).expect("opened");
        write(&mut journal, "Another page.");
        journal.delete(&[2], now()).expect("deleted");
    }
    // As layout 4 was.
    place.alter(
        "DROP TABLE draft;
         DROP TABLE told;
         DROP INDEX entry_aside;
         DROP INDEX entry_by_day;
         DROP INDEX origin_unseen_copy;
         DROP INDEX origin_unseen;
         ALTER TABLE entry DROP COLUMN particulars;
         ALTER TABLE entry DROP COLUMN hidden_until;
         ALTER TABLE revision DROP COLUMN particulars;
         CREATE INDEX entry_by_day ON entry (day, written_at, number, kind, mood, starred, words)
             WHERE deleted_at IS NULL;
         PRAGMA user_version = 4;",
    );
    let digests = || -> Vec<(String, Vec<u8>)> {
        let raw = place.raw();
        let mut digests = raw
            .prepare(
                "SELECT text, digest FROM entry UNION ALL SELECT text, digest FROM revision
                 ORDER BY 1, 2",
            )
            .expect("prepared");
        let rows = digests.query_map((), |row| Ok((row.get(0)?, row.get(1)?)));
        rows.expect("asked").map(|row| row.expect("read")).collect()
    };
    let before = digests();
    let mut journal = sealed::open(&place.path, now()).expect("opened");
    assert_eq!(digests(), before);
    let entries = all(&journal);
    assert_eq!(entries.len(), 1);
    let plain = (&Kind::Page, None);
    assert_eq!((&entries[0].kind, entries[0].away), plain);
    for state in journal.history(2).expect("there") {
        assert_eq!((&state.content.kind, state.content.away), plain);
        assert!(
            before.contains(&(state.content.text.clone(), state.content.digest().to_vec()))
        );
    }
    journal.restore(&[2], now()).expect("restored");
    assert_eq!(all(&journal).len(), 2);
}

mod golden {
    use super::*;

    /// A journal as an earlier program left it.
    fn layout(layout: i64) -> Place {
        let sql = match layout {
            1 => include_str!("golden/layout-1.sql"),
            6 => include_str!("golden/layout-6.sql"),
            other => panic!("no golden journal of layout {other}"),
        };
        let place = Place::new();
        place.alter(sql);
        assert_eq!(user_version(&place), layout);
        place
    }

    /// The layouts of which there is a golden journal.
    const LAYOUTS: [i64; 2] = [1, 6];

    fn copy_of(place: &Place, layout: i64) -> PathBuf {
        place
            .folder
            .path()
            .join(format!("journal.db.before-{}", layout + 1))
    }

    #[cfg(unix)]
    #[test]
    fn of_any_name_comes_out_whole() {
        use std::os::unix::ffi::OsStrExt;
        let place = layout(1);
        for name in [&b"un'quoted \xff.db"[..], b".hidden", b"?mode=memory#"] {
            let folder = place.folder.path().join("of its own");
            fs::create_dir(&folder).expect("made");
            let path = folder.join(std::ffi::OsStr::from_bytes(name));
            fs::copy(&place.path, &path).expect("copied");
            drop(sealed::open(&path, now()).expect("opened"));
            let mut copy = path.clone().into_os_string();
            copy.push(".before-2");
            let raw = sealed::raw(copy.as_ref()).expect("opened");
            let version = raw.query_row("PRAGMA user_version", (), |row| row.get::<_, i64>(0));
            assert_eq!(version.expect("read"), 1);
            drop(raw);
            assert_eq!(fs::read_dir(&folder).expect("there").count(), 2);
            fs::remove_dir_all(folder).expect("removed");
        }
    }

    #[test]
    fn of_layout_1_comes_out_whole() {
        let place = layout(1);
        let mut journal = sealed::open(&place.path, now()).expect("opened");
        let entries = all(&journal);
        let seen: Vec<_> = entries
            .iter()
            .map(|entry| {
                (
                    entry.number,
                    entry.id.to_string(),
                    entry.kind.name().as_str(),
                    entry.day.to_string(),
                    entry.written_at.to_rfc3339(),
                    entry.edited_at.map(|at| at.to_rfc3339()),
                    entry.text.as_str(),
                    entry.mood.map(|mood| mood.value()),
                    entry.starred,
                )
            })
            .collect();
        let id = |beginning: &str, number| format!("{beginning}-7d21-b3c4-00000000000{number}");
        #[rustfmt::skip]
        let expect = [
            (1, id("019a4b30-3f00", 1), "page", "2025-11-03".to_owned(),
             "2025-11-03T21:00:00+01:00".to_owned(), None,
             "Phone in the kitchen. Read till ten. #sleep", Some(2), false),
            (2, id("019a5057-8d60", 2), "page", "2025-11-04".to_owned(),
             "2025-11-04T21:01:30.500+01:00".to_owned(),
             Some("2025-11-04T22:00:00+01:00".to_owned()),
             "Edited: coffee with Léa,\nthen the long way home ☕\n\n(no tags here: a#b, #42)\n",
             Some(4), true),
            (3, id("019a50b0-0000", 3), "page", "2025-11-04".to_owned(),
             "2025-11-05T01:30:00-05:00".to_owned(), None,
             "A free page after midnight,\r far from home.\0After a NUL.", None, false),
            (6, id("019a55d0-0000", 6), "reason", "2025-11-06".to_owned(),
             "2025-11-06T08:00:00+01:00".to_owned(), None,
             "So as not to wait for the door any more.", None, true),
        ];
        assert_eq!(seen, expect);

        let tags: Vec<_> = entries
            .iter()
            .map(|entry| {
                entry
                    .tags
                    .iter()
                    .map(|tag| tag.as_str())
                    .collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(
            tags,
            [
                vec!["sleep"],
                vec!["friends", "with, a comma"],
                vec![],
                vec![]
            ]
        );
        let reflections: Vec<_> = entries
            .iter()
            .flat_map(|entry| &entry.reflections)
            .map(|r| (r.number, r.title.as_str(), r.question.as_deref()))
            .collect();
        assert_eq!(
            reflections,
            [
                (
                    1,
                    "No calls, no texts",
                    Some(
                        "What will you do in the hour before bed, and where will your phone be?"
                    )
                ),
                (1, "No calls, no texts", None),
                (2, "As the title was", Some("Who did you see this week?")),
            ]
        );

        let gone = journal.find(&EntryRef::Number(4), day("2026-11-22"));
        assert!(
            matches!(gone, Err(Error::NoSuchEntry { .. })),
            "in the trash"
        );
        let coverage = journal
            .coverage(day("2026-11-22"), None)
            .expect("read")
            .remove(0);
        assert_eq!(coverage.covered(), 2);
        assert_eq!(coverage.tips[0].1.reflections, 2);
        assert_eq!(coverage.tips[1].1.last_reflected, Some(day("2025-11-04")));
        let offered = |iso| journal.prompt_of(day(iso)).expect("read");
        let tip = |iso| offered(iso).map(|prompt| prompt.tip.number);
        assert_eq!(tip("2025-11-03"), Some(1));
        assert_eq!(tip("2025-11-04"), None, "the deck has lost that tip");
        assert_eq!(tip("2025-11-05"), Some(2));

        let next = write(&mut journal, "A page of today.");
        assert_eq!(next.number, 10, "no number is given twice");
        assert_eq!(
            next.reflections[0].number, 3,
            "the deck goes on where it was"
        );
        drop(journal);
        sound(&place.path);
        let raw = place.raw();
        let kept: Vec<String> = raw
            .prepare("SELECT text FROM revision ORDER BY id")
            .expect("prepared")
            .query_map((), |row| row.get(0))
            .expect("asked")
            .collect::<Result<_, _>>()
            .expect("read");
        assert_eq!(kept, ["Coffee with Léa.", "Thrown away."]);
    }

    #[test]
    fn of_layout_6_comes_out_whole() {
        let place = layout(6);
        let mut journal = sealed::open(&place.path, now())
            .expect("opened")
            .with(Settings {
                today: Some(day("2027-01-01")),
                ..Settings::default()
            });
        let seen: Vec<_> = all(&journal)
            .into_iter()
            .map(|entry| (entry.number, entry.kind.name().as_str(), entry.text))
            .collect();
        let expect = [
            (3, "page", "No contact."),
            (4, "page", "No contact."),
            (5, "page", "Another page of that day, all of it."),
            (7, "contact", ""),
            (1, "page", "A page, answered. #walk"),
            (2, "letter", "A sealed letter."),
            (6, "urge", "A song"),
        ];
        assert_eq!(
            seen,
            expect.map(|(number, kind, text)| (number, kind, text.to_owned()))
        );
        // The line of actions goes on where it was.
        let redone = journal.redo(now()).expect("redone").expect("something");
        let after = redone.entries[0].1.as_ref().expect("in the journal");
        assert_eq!((after.number, after.text.as_str()), (8, "Undone."));
        let number = |undone: &UndoOutcome| {
            let entry = undone.entries[0].0.as_ref();
            entry.map(|entry| entry.number)
        };
        for expect in [8, 7, 6, 1, 3, 2, 1] {
            let undone = journal.undo(now()).expect("undone").expect("something");
            assert_eq!(number(&undone), Some(expect), "{undone:?}");
        }
        assert_eq!(journal.undo(now()).expect("asked"), None);
        assert_eq!(write(&mut journal, "A page of today.").number, 9);
        drop(journal);
        sound(&place.path);
    }

    /// Every state has the fingerprint of what it says, as the library reads it: entries and
    /// earlier states, tags by hand, reflections, and what is in the trash.
    #[test]
    fn of_layout_1_gets_the_right_fingerprints() {
        let place = layout(1);
        let (mut states, mut seen) = (Vec::new(), BTreeSet::new());
        {
            let journal = sealed::open(&place.path, now()).expect("opened");
            for number in [1, 2, 3, 4, 6] {
                states.extend(journal.history(number).expect("read"));
            }
        }
        for state in &states {
            let content = &state.content;
            seen.extend(content.tags_by_hand.iter().map(|_| "a tag by hand"));
            seen.extend(content.reflections.iter().map(|_| "a reflection"));
            seen.extend(content.deleted_at.map(|_| "in the trash"));
            seen.extend(content.edited_at.map(|_| "edited"));
            seen.extend(content.starred.then_some("starred"));
            seen.extend(content.mood.map(|_| "a mood"));
        }
        assert_eq!((states.len(), seen.len()), (7, 6), "{seen:?}");
        let sleep: Vec<&str> = states[5]
            .content
            .tags_by_hand
            .iter()
            .map(|tag| tag.as_str())
            .collect();
        assert_eq!(sleep, ["sleep"], "a tag that was kept by its name alone");
        let raw = place.raw();
        for state in states {
            let stored: [u8; 32] = raw
                .query_row(
                    "SELECT digest FROM entry WHERE revision = ?1
                     UNION ALL SELECT digest FROM revision WHERE id = ?1",
                    [state.id.to_string()],
                    |row| row.get(0),
                )
                .expect("one row");
            assert_eq!(stored, state.content.digest(), "#{}", state.number);
        }
    }

    /// One state that cannot be read keeps nobody from the others.
    #[test]
    fn of_layout_1_is_opened_though_a_state_is_damaged() {
        let place = layout(1);
        place.alter("UPDATE revision SET tags = '[1]' WHERE text = 'Thrown away.'");
        let journal = sealed::open(&place.path, now()).expect("opened");
        assert_eq!(all(&journal).len(), 4);
        drop(journal);
        let digest = |sql: &str| -> Vec<u8> {
            place
                .raw()
                .query_row(sql, (), |row| row.get(0))
                .expect("one row")
        };
        assert!(digest("SELECT digest FROM revision WHERE tags = '[1]'").is_empty());
        assert_eq!(
            digest("SELECT digest FROM revision WHERE tags <> '[1]'").len(),
            32
        );
    }

    fn sound(path: &Path) {
        let raw = sealed::raw(path).expect("opened");
        raw.execute(
            "INSERT INTO entry_text (entry_text, rank) VALUES ('integrity-check', 1)",
            (),
        )
        .expect("the index of words is right");
        let said: String = raw
            .query_row("PRAGMA integrity_check", (), |row| row.get(0))
            .expect("asked");
        assert_eq!(said, "ok");
        let orphan = raw.query_row("PRAGMA foreign_key_check", (), |_| Ok(()));
        assert!(orphan.is_err(), "a row refers to nothing");
    }

    #[test]
    fn a_copy_is_kept_where_the_layout_rose() {
        let latest = latest();
        for from in LAYOUTS {
            let place = layout(from);
            let before = all_numbers(&place.path);
            drop(sealed::open(&place.path, now()).expect("opened"));
            assert_eq!(user_version(&place), latest);
            let copy = copy_of(&place, from);
            assert_eq!(copy.exists(), latest > from);
            if latest > from {
                assert_eq!(all_numbers(&copy), before);
                let kept = sealed::raw(copy.as_ref()).expect("opened");
                let version: i64 = kept
                    .query_row("PRAGMA user_version", (), |row| row.get(0))
                    .expect("read");
                assert_eq!(version, from);
            }
            // Once is enough.
            let settled = place.bytes();
            drop(sealed::open(&place.path, now()).expect("opened"));
            assert!(place.bytes() == settled);
        }
    }

    #[test]
    fn a_copy_that_is_there_is_left_alone() {
        let place = layout(1);
        let copy = copy_of(&place, 1);
        fs::write(&copy, "an earlier copy").expect("written");
        drop(sealed::open(&place.path, now()).expect("opened"));
        assert_eq!(fs::read(&copy).expect("there"), b"an earlier copy");
    }

    #[test]
    fn a_journal_without_entries_needs_no_copy() {
        let place = layout(1);
        place.alter(
            "DELETE FROM tag; DELETE FROM reflection; DELETE FROM revision; DELETE FROM entry;",
        );
        drop(sealed::open(&place.path, now()).expect("opened"));
        assert_eq!(place.names(), ["journal.db"]);
        assert_eq!(user_version(&place), latest());
    }

    #[test]
    fn four_at_once_bring_it_up_to_date_once() {
        let place = layout(1);
        let start = Barrier::new(4);
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let (start, path) = (&start, &place.path);
                scope.spawn(move || {
                    start.wait();
                    let mut journal = sealed::open(path, now()).expect("opened");
                    write(&mut journal, &format!("Writer {writer}."));
                });
            }
        });
        assert_eq!(all_numbers(&place.path), [1, 2, 3, 4, 6, 10, 11, 12, 13]);
        sound(&place.path);
    }

    fn all_numbers(path: &Path) -> Vec<i64> {
        sealed::raw(path)
            .expect("opened")
            .prepare("SELECT number FROM entry ORDER BY number")
            .expect("prepared")
            .query_map((), |row| row.get(0))
            .expect("asked")
            .collect::<Result<_, _>>()
            .expect("read")
    }

    /// A released migration is never edited. What an old journal becomes and what a new one
    /// is must not differ, save in comments and blanks.
    #[test]
    fn an_old_journal_becomes_what_a_new_one_is() {
        let schema = |path: &Path| -> Vec<(String, String)> {
            let raw = sealed::raw(path).expect("opened");
            let mut found: Vec<(String, String)> = raw
                .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
                .expect("prepared")
                .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
                .expect("asked")
                .collect::<Result<_, _>>()
                .expect("read");
            for (_, sql) in &mut found {
                let bare = sql
                    .lines()
                    .map(|line| line.split("--").next().unwrap_or(""));
                let bare: Vec<&str> = bare.flat_map(str::split_whitespace).collect();
                *sql = bare.join(" ");
            }
            found.sort();
            found
        };
        let new = Place::with_a_journal();
        for from in LAYOUTS {
            let old = layout(from);
            drop(sealed::open(&old.path, now()).expect("opened"));
            assert_eq!(schema(&old.path), schema(&new.path), "of layout {from}");
        }
    }
}
