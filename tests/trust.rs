//! What can be trusted: that damage is found, that what is derived is made anew, that a backup
//! holds what the journal held, and that restoring one changes all or nothing.
//!
//! What belongs here: checking, repairing, backing up and restoring through the library. What a
//! crash in the middle leaves is in tests/faults/.

#![expect(
    clippy::expect_used,
    reason = "a helper that fails is a test that fails"
)]

mod sealed;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use onward::Error;
use onward::journal::{Edit, Journal, NewPage, Reflects, TextRewrite};
use onward::model::{Day, Filter, KindName, Order};
use onward::store::{CheckPart, Findings, FinishedBackup, PendingRestore, Store};

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T21:30:00+01:00").expect("an instant")
}

fn today() -> Day {
    "2026-11-22".parse().expect("a day")
}

fn go_on() -> onward::Result<()> {
    Ok(())
}

fn write(journal: &mut Journal, text: &str, tags: &[&str]) {
    let page = NewPage {
        day: today(),
        written_at: now(),
        text: text.to_owned(),
        mood: None,
        starred: false,
        tags: tags.iter().map(|tag| tag.parse().expect("a tag")).collect(),
        reflects: Reflects::OnPrompt,
    };
    journal.write(page, today(), now()).expect("saved");
}

/// A folder with a journal in it: three pages, one of them changed, one with tags by hand.
struct Place {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Place {
    fn empty() -> Place {
        // In memory where that can be had: what is tried here is not the disk's speed.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.expect("a folder");
        let path = folder.path().join("journal.db");
        Place { folder, path }
    }

    fn new() -> Place {
        let place = Place::empty();
        let mut journal = sealed::open(&place.path, now()).expect("made");
        journal.prompt_for(today(), now()).expect("offered");
        write(&mut journal, "The first page. #river", &[]);
        write(&mut journal, "The second page.", &["by hand"]);
        write(&mut journal, &long(), &[]);
        let change = Edit {
            text: Some(TextRewrite {
                from: None,
                to: "The first page, again. #river".to_owned(),
            }),
            ..Edit::default()
        };
        journal.edit(1, change, today(), now()).expect("changed");
        drop(journal);
        place
    }

    fn write(&self, text: &str) {
        let mut journal = sealed::open(&self.path, now()).expect("opened");
        write(&mut journal, text, &[]);
    }

    fn alter(&self, sql: &str) {
        let raw = sealed::raw(&self.path).expect("opened");
        raw.execute_batch(sql).expect("altered");
    }

    fn check(&self) -> Findings {
        let store = Store::open_to_check(&self.path, &mut sealed::ask).expect("opened");
        store.expect("there").check(&go_on).expect("checked")
    }

    /// What is found: the check, the entry, and whether it is derived.
    fn found(&self) -> BTreeSet<(CheckPart, Option<i64>, bool)> {
        let of = |f: &onward::store::Finding| (f.check, f.entry, f.derived);
        self.check().found.iter().map(of).collect()
    }

    fn repair(&self) {
        let store = Store::open(&self.path, &mut sealed::ask).expect("opened");
        store.expect("there").repair(&go_on).expect("repaired");
    }

    fn backup(&self) -> FinishedBackup {
        self.backup_to(None, None).expect("backed up")
    }

    fn backup_to(
        &self,
        place: Option<&Path>,
        keep: Option<usize>,
    ) -> onward::Result<FinishedBackup> {
        let store = Store::open(&self.path, &mut sealed::ask).expect("opened");
        store.expect("there").backup(place, keep, now(), &go_on)
    }

    fn restore(&self, backup: &Path) -> onward::Result<Option<PathBuf>> {
        PendingRestore::begin(backup, &self.path, &mut sealed::ask, &go_on)?
            .finish(sealed::key(&self.path).as_ref(), now())
    }

    fn texts(&self) -> Vec<String> {
        texts(&self.path)
    }

    /// The names in the folder.
    fn names(&self) -> Vec<String> {
        let found = fs::read_dir(self.folder.path()).expect("there");
        let mut names: Vec<String> = found
            .map(|found| {
                found
                    .expect("there")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// Every byte in the folder but the index of the log.
    fn bytes(&self) -> Vec<(String, Vec<u8>)> {
        let mut names = self.names();
        names.retain(|name| !name.ends_with("-shm") && name != "backups");
        let read = |name: String| {
            let bytes = fs::read(self.folder.path().join(&name)).expect("readable");
            (name, bytes)
        };
        names.into_iter().map(read).collect()
    }

    /// The journal as a crash leaves it: with its last page in the log alone.
    fn crashed(&self, text: &str) {
        let elsewhere = tempfile::tempdir().expect("a folder");
        let mut journal = sealed::open(&self.path, now()).expect("opened");
        write(&mut journal, text, &[]);
        for name in ["journal.db", "journal.db-wal"] {
            let from = self.folder.path().join(name);
            fs::copy(from, elsewhere.path().join(name)).expect("copied");
        }
        drop(journal);
        for name in ["journal.db", "journal.db-wal"] {
            let to = self.folder.path().join(name);
            fs::copy(elsewhere.path().join(name), to).expect("copied");
        }
    }
}

/// Longer than a page of the file: it runs on to others.
fn long() -> String {
    (0..400)
        .map(|n| format!("A long evening, line {n}.\n"))
        .collect()
}

fn texts(path: &Path) -> Vec<String> {
    let journal = sealed::open_to_read(path).expect("opened");
    let everything = Filter {
        kinds: KindName::ALL.to_vec(),
        ..Filter::default()
    };
    let entries = journal.entries(&everything, Order::OldestFirst, None);
    let entries = entries.expect("read").into_iter();
    entries
        .map(|entry| entry.text.chars().take(30).collect())
        .collect()
}

mod checking {
    use super::*;

    #[test]
    fn a_journal_that_is_well() {
        let place = Place::new();
        let findings = place.check();
        assert_eq!(findings.found, [], "nothing is found");
        assert_eq!((findings.entries, findings.revisions), (3, 1));
        assert_eq!(findings.newest, Some(today()));
        assert_eq!(place.names(), ["journal.db"]);
    }

    #[test]
    fn a_journal_of_an_older_layout_as_it_is() {
        let place = Place::empty();
        place.alter(include_str!("golden/layout-1.sql"));
        let before = place.bytes();
        let findings = place.check();
        assert_eq!(findings.found, []);
        assert_eq!((findings.entries, findings.revisions), (5, 2));
        assert!(place.bytes() == before, "it is not brought up to date");
    }

    #[test]
    fn a_log_that_a_crash_left_stays() {
        let place = Place::new();
        place.crashed("In the log alone.");
        let before = place.bytes();
        assert_eq!(before.len(), 2);
        let findings = place.check();
        assert_eq!((findings.found, findings.entries), (vec![], 4));
        assert!(place.bytes() == before);
    }

    /// One thing is changed at a time, behind the program's back; it is found, and where it is
    /// derived it can be made anew.
    #[test]
    fn everything_that_can_be_wrong() {
        use CheckPart::{Counts, File, History, Search, Texts};
        /// SQL that does harm, and what is then found: the check, the entry, whether derived.
        type Case = (&'static str, &'static [(CheckPart, Option<i64>, bool)]);
        #[rustfmt::skip]
        let cases: &[Case] = &[
            (
                "UPDATE entry SET mood = 3 WHERE number = 2",
                &[(Texts, Some(2), false)],
            ),
            (
                "UPDATE entry SET day = '2026-11-21' WHERE number = 2",
                &[(Texts, Some(2), false)],
            ),
            (
                "UPDATE entry SET day = '2026-13-45' WHERE number = 2",
                &[(Texts, Some(2), false)],
            ),
            (
                "UPDATE entry SET written_at = 'yesterday' WHERE number = 2",
                &[(Texts, Some(2), false)],
            ),
            (
                "UPDATE entry SET digest = x'' WHERE number = 2",
                &[(Texts, Some(2), false)],
            ),
            (
                "DELETE FROM tag WHERE tag = 'by hand'",
                &[(Texts, Some(2), false)],
            ),
            (
                "UPDATE reflection SET title = 'x' WHERE entry = 3",
                &[(Texts, Some(3), false)],
            ),
            ("UPDATE revision SET text = 'x'", &[(Texts, Some(1), false)]),
            (
                "UPDATE revision SET reflections = '[1]'",
                &[(Texts, Some(1), false)],
            ),
            (
                "UPDATE entry SET words = 7 WHERE number = 2",
                &[(Counts, Some(2), true)],
            ),
            (
                "DELETE FROM tag WHERE tag = 'river'",
                &[(Counts, Some(1), true)],
            ),
            (
                "INSERT INTO tag VALUES (2, 'x', 0)",
                &[(Counts, Some(2), true)],
            ),
            (
                "UPDATE reflected_day SET entries = entries + 1",
                &[(Counts, None, true)],
            ),
            (
                "UPDATE covered_tip SET days = days + 1",
                &[(Counts, None, true)],
            ),
            (
                "UPDATE asked SET times = times + 1",
                &[(Counts, None, true)],
            ),
            (
                "INSERT INTO entry_text (entry_text, rowid, text) VALUES ('delete', 2, 'second')",
                &[(Search, None, true)],
            ),
            (
                "INSERT INTO entry_text (rowid, text) VALUES (9, 'none')",
                &[(Search, None, true)],
            ),
            ("DELETE FROM revision", &[(History, Some(1), false)]),
            (
                "UPDATE revision SET replaced = '019a4b2e-6a40-7c11-9d0e-1f2a3b4c5d6e'",
                &[(History, Some(1), false)],
            ),
            (
                "UPDATE entry SET replaced = NULL WHERE number = 1",
                &[(History, Some(1), false)],
            ),
            (
                "UPDATE revision SET entry = 'nobody'",
                &[(History, None, false), (History, Some(1), false)],
            ),
            (
                "UPDATE action_entry SET after = 'x' WHERE entry = 2",
                &[(History, Some(2), false)],
            ),
            ("UPDATE action SET made_at = 'x'", &[(History, None, false)]),
            (
                "UPDATE prompt SET offered_at = 'x'",
                &[(History, None, false)],
            ),
            ("DELETE FROM journal", &[(File, None, false)]),
            ("UPDATE journal SET id = 'x'", &[(File, None, false)]),
            (
                "INSERT INTO tag VALUES (77, 'x', 1)",
                &[(File, None, false)],
            ),
            (
                "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'asked'",
                &[(Counts, None, true), (File, None, false)],
            ),
        ];
        for (sql, expect) in cases {
            let place = Place::new();
            place.alter(&format!("PRAGMA foreign_keys = OFF; {sql}"));
            let found = place.found();
            let expect: BTreeSet<_> = expect.iter().copied().collect();
            assert!(
                found.is_superset(&expect),
                "{sql}: {:#?}",
                place.check().found
            );
            let graver =
                |found: &&(CheckPart, Option<i64>, bool)| !found.2 && !expect.contains(found);
            let other: Vec<_> = found.iter().filter(graver).collect();
            assert!(other.is_empty(), "{sql}: {other:?}");
            if expect.iter().all(|(_, _, derived)| *derived) {
                assert_eq!(found.len(), expect.len(), "{sql}: {found:?}");
                let before = place.texts();
                place.repair();
                assert_eq!(place.check().found, [], "{sql}");
                assert_eq!(place.texts(), before);
            }
            let said = format!("{:?}", place.check());
            assert!(
                !said.contains("evening") && !said.contains("page,"),
                "{said}"
            );
        }
    }

    #[test]
    fn an_index_that_lost_a_row() {
        let place = Place::new();
        place.alter(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'deleted_at IS NULL', 'mood = 9')
              WHERE name = 'entry_by_day';
             PRAGMA writable_schema = RESET;
             REINDEX entry_by_day;
             PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'mood = 9', 'deleted_at IS NULL')
              WHERE name = 'entry_by_day';",
        );
        // What goes by the index goes wrong with it.
        let found = [
            (CheckPart::Counts, None, true),
            (CheckPart::Search, None, true),
        ];
        assert_eq!(place.found(), found.into());
        place.repair();
        assert_eq!(place.check().found, []);
        assert_eq!(place.texts().len(), 3);
    }

    #[test]
    fn the_checking_can_be_stopped() {
        let place = Place::new();
        let store = Store::open(&place.path, &mut sealed::ask)
            .expect("opened")
            .expect("there");
        let stop = || Err(Error::Interrupted);
        assert!(matches!(store.check(&stop), Err(Error::Interrupted)));
        let stopped = store.backup(None, None, now(), &stop);
        assert!(matches!(stopped, Err(Error::Interrupted)));
        let left = fs::read_dir(place.folder.path().join("backups")).expect("there");
        assert_eq!(left.count(), 0);
    }
}

mod backing_up {
    use super::*;

    #[test]
    fn a_copy_that_stands_alone() {
        let place = Place::new();
        place.crashed("In the log alone.");
        let copied = place.backup();
        assert_eq!(
            copied.path,
            place
                .folder
                .path()
                .join("backups/journal-2026-11-22T2130.db")
        );
        assert_eq!((copied.entries, copied.revisions), (4, 1));
        let folder = tempfile::tempdir().expect("a folder");
        let alone = folder.path().join("moved.db");
        fs::copy(&copied.path, &alone).expect("moved");
        assert_eq!(texts(&alone), place.texts());
        // And even where nothing can be made beside it.
        let before = fs::read(&alone).expect("there");
        let copy = Store::open_copy(&alone, &mut sealed::ask).expect("opened");
        assert_eq!(copy.check(&go_on).expect("checked").found, []);
        drop(copy);
        assert!(fs::read(&alone).expect("there") == before);
    }

    #[test]
    fn nothing_is_overwritten() {
        let place = Place::new();
        let first = place.backup().path;
        let bytes = fs::read(&first).expect("there");
        let second = place.backup().path;
        assert!(second.ends_with("journal-2026-11-22T2130-2.db"));
        for taken in [&first, &place.path] {
            let error = place.backup_to(Some(taken), None).expect_err("refused");
            assert!(matches!(error, Error::AlreadyThere { .. }), "{error:?}");
        }
        assert!(fs::read(&first).expect("there") == bytes);
        let named = place.folder.path().join("a name.db");
        assert_eq!(
            place.backup_to(Some(&named), None).expect("made").path,
            named
        );
        let elsewhere = place.folder.path().join("elsewhere/");
        let made = place.backup_to(Some(&elsewhere), None).expect("made");
        assert_eq!(made.path, elsewhere.join("journal-2026-11-22T2130.db"));
    }

    #[test]
    fn only_our_own_are_removed() {
        let place = Place::new();
        let folder = place.folder.path().join("backups");
        let other = Place::new();
        let foreign = other.backup().path;
        fs::create_dir(&folder).expect("made");
        let put = |name: &str| fs::copy(&foreign, folder.join(name)).expect("copied");
        put("journal-2025-01-01T0000.db");
        fs::write(folder.join("journal-2025-01-02T0000.db"), "notes").expect("written");
        fs::write(folder.join("notes.txt"), "notes").expect("written");
        for _ in 0..4 {
            place.backup();
        }
        let own = place.backup().path;
        fs::copy(&own, folder.join("journal-by-hand.db")).expect("copied");
        // From a clock that went wrong: the one that is made is never the one that goes.
        fs::copy(&own, folder.join("journal-2031-01-01T0000.db")).expect("copied");
        let made = place.backup_to(None, Some(2)).expect("made");
        assert_eq!(made.removed.len(), 5);
        let mut names: Vec<_> = fs::read_dir(&folder)
            .expect("there")
            .map(|found| {
                found
                    .expect("there")
                    .file_name()
                    .into_string()
                    .expect("text")
            })
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "journal-2025-01-01T0000.db",
                "journal-2025-01-02T0000.db",
                "journal-2026-11-22T2130-6.db",
                "journal-2031-01-01T0000.db",
                "journal-by-hand.db",
                "notes.txt",
            ]
        );
    }

    #[test]
    fn a_damaged_journal_is_not_called_backed_up() {
        for sql in [
            "UPDATE entry SET text = 'x' || text WHERE number = 2",
            "UPDATE revision SET text = 'x'",
            "UPDATE entry SET day = 'x' WHERE number = 2",
        ] {
            let place = Place::new();
            place.backup();
            place.alter(&format!("PRAGMA ignore_check_constraints = ON; {sql}"));
            let error = place.backup_to(None, Some(1)).expect_err("refused");
            assert!(
                matches!(error, Error::Damaged { .. } | Error::Store { .. }),
                "{sql}: {error:?}"
            );
            let backups = fs::read_dir(place.folder.path().join("backups")).expect("there");
            assert_eq!(
                backups.count(),
                1,
                "the earlier one stays, and nothing else"
            );
        }
    }

    #[test]
    fn one_that_can_only_be_read() {
        let place = Place::new();
        let store = Store::open_copy(&place.path, &mut sealed::ask).expect("opened");
        let to = tempfile::tempdir().expect("a folder");
        let made = store
            .backup(Some(to.path()), None, now(), &go_on)
            .expect("made");
        assert_eq!(texts(&made.path), place.texts());
    }

    #[cfg(unix)]
    #[test]
    fn for_its_owner_alone() {
        use std::os::unix::fs::MetadataExt;
        let place = Place::new();
        let made = place.backup().path;
        place.restore(&made).expect("restored");
        let mode = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
        assert_eq!(mode(made.parent().expect("a folder")), 0o700);
        assert_eq!(mode(&made), 0o600);
        for name in place.names().iter().filter(|name| *name != "backups") {
            assert_eq!(mode(&place.folder.path().join(name)), 0o600, "{name}");
        }
    }
}

mod restoring {
    use super::*;

    #[test]
    fn goes_there_and_back_again() {
        let place = Place::new();
        let backup = place.backup().path;
        let bytes = fs::read(&backup).expect("there");
        let then = place.texts();
        place.crashed("Written since, in the log alone.");
        let kept = place.restore(&backup).expect("restored").expect("kept");
        assert_eq!(
            place.names(),
            [
                "backups",
                "journal.db",
                "journal.db.before-restore-2026-11-22T2130"
            ]
        );
        assert_eq!(place.texts(), then);
        assert_eq!(place.check().found, []);
        assert_eq!(texts(&kept).len(), 4);
        assert!(fs::read(&backup).expect("there") == bytes);
        // Life goes on, and the way back is open.
        place.write("And on.");
        let again = place.restore(&kept).expect("restored").expect("kept");
        assert!(again.to_string_lossy().ends_with("T2130-2"), "{again:?}");
        assert_eq!(
            place.texts()[3],
            "Written since, in the log alone.".get(..30).expect("long")
        );
        assert_eq!(texts(&again)[3], "And on.");
        let mode: String = sealed::raw(&place.path)
            .and_then(|raw| raw.query_row("PRAGMA journal_mode", (), |row| row.get(0)))
            .expect("read");
        assert_eq!(mode, "wal");
    }

    #[test]
    fn where_there_is_no_journal() {
        let backup = Place::new().backup_elsewhere();
        let place = Place::empty();
        let path = place.folder.path().join("new/deep/journal.db");
        let restoring =
            PendingRestore::begin(&backup.1, &path, &mut sealed::ask, &go_on).expect("whole");
        assert_eq!(restoring.findings.entries, 3);
        assert_eq!(restoring.finish(None, now()).expect("restored"), None);
        assert_eq!(texts(&path).len(), 3);
    }

    /// A log without its journal would be replayed into the new one.
    #[test]
    fn where_only_a_log_is_left() {
        let backup = Place::new().backup_elsewhere();
        let place = Place::new();
        place.crashed("In the log alone.");
        fs::remove_file(&place.path).expect("removed");
        assert_eq!(place.restore(&backup.1).expect("restored"), None);
        assert_eq!(place.texts().len(), 3);
        assert_eq!(place.check().found, []);
        let kept = "journal.db.before-restore-2026-11-22T2130-wal";
        assert_eq!(place.names(), ["journal.db", kept]);
    }

    #[test]
    fn over_what_is_damaged() {
        let backup = Place::new().backup_elsewhere();
        let noise = vec![7_u8; 10_000];
        for bytes in [&b""[..], b"not a journal any more", &noise] {
            let place = Place::empty();
            fs::write(&place.path, bytes).expect("written");
            fs::write(place.folder.path().join("journal.db-wal"), "a log").expect("written");
            let kept = place.restore(&backup.1).expect("restored").expect("kept");
            assert!(fs::read(&kept).expect("there") == bytes);
            let log = format!("{}-wal", kept.display());
            assert_eq!(fs::read(log).expect("there"), b"a log");
            assert_eq!(place.texts().len(), 3);
            assert_eq!(place.check().found, []);
        }
        // Where only a text is damaged, everything goes on as ever.
        let place = Place::new();
        place.alter("UPDATE entry SET text = 'x' WHERE number = 2");
        let kept = place.restore(&backup.1).expect("restored").expect("kept");
        assert_eq!(texts(&kept)[1], "x");
        assert_eq!(place.check().found, []);
    }

    #[test]
    fn what_must_not_be_replaced() {
        let backup = Place::new().backup_elsewhere();
        let other = Place::empty();
        other.alter("CREATE TABLE mine (x)");
        let newer = Place::new();
        newer.alter("PRAGMA user_version = 9999");
        for place in [other, newer] {
            let before = place.bytes();
            let error = place.restore(&backup.1).expect_err("refused");
            assert!(
                matches!(
                    error,
                    Error::NotAJournal { .. } | Error::NewerJournal { .. }
                ),
                "{error:?}"
            );
            assert!(place.bytes() == before);
        }
        let place = Place::empty();
        fs::create_dir(&place.path).expect("made");
        assert!(matches!(
            place.restore(&backup.1),
            Err(Error::NotAJournal { .. })
        ));
    }

    /// Whatever is wrong with a backup, the journal stays as it is to the last byte.
    #[test]
    fn what_is_no_good_changes_nothing() {
        if crate::sealed::skip(
            "what_is_no_good_changes_nothing",
            "it is about the bytes of a plain file",
        ) {
            return;
        }
        let place = Place::new();
        place.crashed("In the log alone.");
        let good = Place::new().backup_elsewhere();
        let bytes = fs::read(&good.1).expect("there");
        let before = place.bytes();
        let at = good.0.path().join("bad.db");
        let refused = |what: &str| {
            let of_backup = fs::read(&at).ok();
            let error = place.restore(&at).expect_err(what);
            assert!(error.to_string().contains("bad.db"), "{what}: {error}");
            assert!(place.bytes() == before, "{what}");
            assert!(fs::read(&at).ok() == of_backup, "{what}");
            error
        };
        assert!(matches!(refused("missing"), Error::Io { .. }));
        for length in [
            0,
            1,
            99,
            4_096,
            50_000,
            bytes.len() - 4_096,
            bytes.len() - 1,
        ] {
            fs::write(&at, &bytes[..length]).expect("written");
            refused(&format!("cut to {length}"));
        }
        let alter = |sql: &str| {
            fs::write(&at, &bytes).expect("written");
            sealed::raw(&at)
                .expect("opened")
                .execute_batch(sql)
                .expect("altered");
        };
        alter("PRAGMA application_id = 7");
        assert!(matches!(refused("foreign"), Error::NotABackup { .. }));
        alter("PRAGMA user_version = 9999");
        assert!(matches!(refused("newer"), Error::NewerJournal { .. }));
        alter("UPDATE entry SET text = text || '.' WHERE number = 3");
        assert!(matches!(refused("a text"), Error::DamagedBackup { .. }));
        // A byte in the middle of a text.
        let text = b"line 200.";
        let found = bytes.windows(text.len()).position(|window| window == text);
        let mut flipped = bytes.clone();
        flipped[found.expect("there")] ^= 1;
        fs::write(&at, &flipped).expect("written");
        assert!(matches!(refused("a byte"), Error::DamagedBackup { .. }));
        fs::write(&at, &bytes).expect("written");
        place.restore(&at).expect("as it was, it is good");
    }

    #[test]
    fn what_is_derived_is_no_reason_to_refuse() {
        let good = Place::new().backup_elsewhere();
        let raw = sealed::raw(&good.1).expect("opened");
        raw.execute_batch("UPDATE covered_tip SET days = 9; UPDATE entry SET words = 9")
            .expect("altered");
        drop(raw);
        let place = Place::empty();
        place.restore(&good.1).expect("restored");
        assert_eq!(place.check().found, []);
    }

    #[test]
    fn of_an_older_layout_and_a_journal_with_its_log() {
        let old = Place::empty();
        old.alter(include_str!("golden/layout-1.sql"));
        let before = old.bytes();
        let place = Place::empty();
        place.restore(&old.path).expect("restored");
        assert_eq!(place.texts().len(), 4);
        assert_eq!(place.check().found, []);
        assert!(
            old.bytes() == before,
            "it is not brought up to date where it lies"
        );

        let copied = Place::new();
        copied.crashed("In the log alone.");
        let before = copied.bytes();
        place.restore(&copied.path).expect("restored");
        assert_eq!(place.texts().len(), 4);
        assert!(copied.bytes() == before);
        let error = place.restore(&place.path).expect_err("itself");
        assert!(matches!(error, Error::Usage { .. }), "{error:?}");
    }

    #[test]
    fn while_another_has_it_open() {
        let place = Place::new();
        let backup = place.backup().path;
        let mut open = sealed::open(&place.path, now()).expect("opened");
        write(&mut open, "Just now.", &[]);
        let before = place.bytes();
        let error = place.restore(&backup).expect_err("refused");
        assert!(matches!(error, Error::Busy { .. }), "{error:?}");
        assert!(place.bytes() == before);
        write(&mut open, "And now.", &[]);
        drop(open);
        assert_eq!(place.texts().len(), 5);
        place.restore(&backup).expect("restored");
    }

    /// One that was opened in the moment in which the journal has no log, and waited.
    #[test]
    fn nobody_writes_into_the_file_that_was_replaced() {
        let place = Place::new();
        let backup = place.backup_elsewhere();
        place.alter("PRAGMA journal_mode = DELETE");
        let late = sealed::raw(&place.path).expect("opened");
        late.query_row("SELECT count(*) FROM entry", (), |_| Ok(()))
            .expect("read");
        let kept = place.restore(&backup.1).expect("restored").expect("kept");
        let refused = late
            .execute("UPDATE entry SET starred = 1", ())
            .expect_err("refused");
        assert!(refused.to_string().contains("readonly"), "{refused}");
        drop(late);
        assert_eq!(place.check().found, []);
        assert_eq!(texts(&kept).len(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn through_a_link() {
        let real = Place::new();
        let backup = real.backup_elsewhere();
        real.write("Since then.");
        let place = Place::empty();
        std::os::unix::fs::symlink(&real.path, &place.path).expect("linked");
        place.restore(&backup.1).expect("restored");
        assert_eq!(real.texts().len(), 3);
        assert_eq!(
            place.names(),
            ["journal.db"],
            "what is kept lies beside the journal"
        );
        assert!(
            fs::symlink_metadata(&place.path)
                .expect("there")
                .is_symlink()
        );
    }
}

impl Place {
    /// A backup in a folder of its own.
    fn backup_elsewhere(&self) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let made = self.backup_to(Some(folder.path()), None).expect("made");
        (folder, made.path)
    }
}
