//! Bringing entries in, through the journal's public door: what is new is added once, what is
//! there is left alone, and all of it can be taken back.
#![expect(clippy::expect_used, reason = "the helpers of tests")]

mod sealed;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, TimeDelta, TimeZone};
use onward::error::{Error, Result};
use onward::formats::{self, FormatError, ImportItem, ImportRecord, ReadContext, SourcePlace};
use onward::journal::{
    Edit, ImportReport, ImportTerms, Journal, NewEntry, NewPage, Reflects, TextRewrite,
};
use onward::model::kind::Away;
use onward::model::{Content, Day, Filter, Kind, KindName, Mood, Order, Revision, Tag, Zone};
use proptest::prelude::*;
use uuid::Uuid;

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T21:30:00+01:00").expect("an instant")
}

fn today() -> Day {
    Day::from_ymd(2026, 11, 22).expect("a day")
}

struct Bench {
    home: tempfile::TempDir,
    journal: Journal,
}

impl Bench {
    fn new() -> Bench {
        let home = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let home = home.expect("a folder");
        let journal = sealed::open(&home.path().join("journal.db"), now()).expect("a journal");
        Bench { home, journal }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Brings records in, as one import.
    fn bring(&mut self, records: &[ImportRecord]) -> ImportReport {
        self.bring_on(&ImportTerms::default(), records)
    }

    fn bring_on(&mut self, terms: &ImportTerms, records: &[ImportRecord]) -> ImportReport {
        self.journal
            .import(terms, now(), |importing| {
                for record in records {
                    importing.take("test", ImportItem::Entry(Box::new(record.clone())))?;
                }
                Ok(())
            })
            .expect("brought in")
    }

    fn living(&self) -> Vec<(Day, String)> {
        let entries = self
            .journal
            .entries(&Filter::default(), Order::OldestFirst, None);
        let entries = entries.expect("read").into_iter();
        entries.map(|entry| (entry.day, entry.text)).collect()
    }

    fn export(&self) -> String {
        let mut out = Vec::new();
        self.journal
            .export_whole(&Filter::default(), &mut out, now(), &mut |_| Ok(()))
            .expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    fn write(&mut self, text: &str) -> i64 {
        let page = NewPage {
            day: today(),
            written_at: now(),
            text: text.to_owned(),
            mood: Mood::new(4),
            starred: true,
            tags: ["by hand".parse::<Tag>().expect("a tag")].into(),
            reflects: Reflects::OnPrompt,
        };
        let written = self.journal.write(page, today(), now());
        written.expect("written").number
    }
}

fn record(key: &str, text: &str) -> ImportRecord {
    ImportRecord {
        place: SourcePlace::new("a.txt", 1),
        key: key.to_owned(),
        id: None,
        content: Content {
            kind: Kind::Page,
            day: Day::from_ymd(2025, 3, 1).expect("a day"),
            written_at: now() - TimeDelta::days(600),
            edited_at: None,
            text: text.to_owned(),
            mood: None,
            starred: false,
            tags_by_hand: BTreeSet::new(),
            reflections: Vec::new(),
            away: None,
            deleted_at: None,
        },
    }
}

fn with_id(record: ImportRecord, id: u128) -> ImportRecord {
    ImportRecord {
        id: Some(Uuid::from_u128(id)),
        ..record
    }
}

/// Reads an export of ours into a journal.
fn read_in(journal: &mut Journal, path: &Path) -> Result<ImportReport> {
    let reader = ReadContext {
        zone: &Zone::fixed(now().timezone()),
        date_from: None,
        password: &|_| None,
        progress: &|_| (),
        opened: None,
    };
    journal.import(&ImportTerms::default(), now(), |importing| {
        formats::onward::read(path, &reader, &mut |item| {
            Ok(importing.take("onward", item)?)
        })?;
        Ok(())
    })
}

#[test]
fn the_same_file_twice_adds_nothing() {
    let mut bench = Bench::new();
    // Two of one moment, alike; and a third of that moment that is not.
    let records = [
        record("a", "Rain."),
        record("a", "Rain."),
        record("a", "Sun."),
    ];
    let first = bench.bring(&records);
    assert_eq!((first.read, first.added, first.there), (3, 3, 0));
    for _ in 0..2 {
        let again = bench.bring(&records);
        assert_eq!((again.read, again.added, again.there), (3, 0, 3));
    }
    assert_eq!(bench.living().len(), 3);
    // Nothing was done, so there is no more than one thing to take back.
    assert_eq!(
        bench
            .journal
            .undo(now())
            .expect("undone")
            .expect("one")
            .entries
            .len(),
        3
    );
    assert!(bench.journal.undo(now()).expect("undone").is_none());
}

/// Or one that has some of another's entries, in one go.
#[test]
fn the_same_file_twice_at_once_adds_nothing_either() {
    let mut bench = Bench::new();
    let records = [
        record("a", "Rain."),
        record("a", "Rain."),
        with_id(record("x", "Snow."), 7),
    ];
    let both = bench
        .journal
        .import(&ImportTerms::default(), now(), |importing| {
            for _ in 0..2 {
                importing.next_file()?;
                for record in &records {
                    importing.take("test", ImportItem::Entry(Box::new(record.clone())))?;
                }
            }
            Ok(())
        });
    let both = both.expect("brought in");
    assert_eq!((both.added, both.there, both.refused.count), (3, 3, 0));
    assert_eq!(bench.bring(&records).there, 3);
}

#[test]
fn a_file_that_has_grown_adds_what_is_new() {
    let mut bench = Bench::new();
    bench.bring(&[record("a", "Rain."), record("b", "Snow.")]);
    // One more of a moment that was there, before the one that was.
    let grown = bench.bring(&[
        record("a", "Sun."),
        record("a", "Rain."),
        record("b", "Snow."),
        record("c", "Wind."),
    ]);
    assert_eq!((grown.added, grown.there, grown.changed.count), (2, 2, 0));
    assert_eq!(bench.living().len(), 4);
}

#[test]
fn what_changed_at_its_source_is_shown_and_not_overwritten() {
    let mut bench = Bench::new();
    bench.bring(&[record("a", "Rain."), with_id(record("x", "Snow."), 7)]);
    let changed = bench.bring(&[
        record("a", "Rain, then sun."),
        with_id(record("x", "Ice."), 7),
    ]);
    assert_eq!(
        (changed.added, changed.there, changed.changed.count),
        (0, 0, 2)
    );
    let numbers: Vec<i64> = changed
        .changed
        .first
        .iter()
        .map(|(_, number)| *number)
        .collect();
    // In the order they were read; one without an id is settled at the end.
    assert_eq!(numbers, [2, 1]);
    let texts: Vec<String> = bench.living().into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["Rain.", "Snow."]);
    // As often as it is tried.
    let again = bench.bring(&[record("a", "Rain, then sun.")]);
    assert_eq!((again.added, again.changed.count), (0, 1));
}

/// Two journals with entries of the same moments, which name no ids.
#[test]
fn what_another_file_says_of_the_same_moment_comes_in_too() {
    let mut bench = Bench::new();
    let home = [
        record(
            "a",
            "Rain on the roof all night. The cat would not come in.",
        ),
        record("b", "Slept in, then the garden until it was dark."),
    ];
    let work = [
        record("a", "The budget was cut again, and nobody said a word."),
        record("b", "Wrote to the landlord about the heating."),
    ];
    bench.bring(&home);
    let other = bench.bring(&work);
    assert_eq!((other.added, other.changed.count), (2, 0));
    let said = &other.decided.first[0].1;
    assert!(said.contains("the name of #1"), "{said}");
    for file in [&home, &work] {
        assert_eq!(bench.bring(file).there, 2);
    }
    // Each is known again when it has changed.
    let later = [
        record("b", "Slept in, then the garden until it was late."),
        record("b", "Wrote to the landlord about the heating, twice."),
    ];
    let changed = bench.bring(&later);
    assert_eq!((changed.added, changed.changed.count), (0, 2));
    let numbers: Vec<i64> = changed
        .changed
        .first
        .iter()
        .map(|(_, number)| *number)
        .collect();
    assert_eq!(numbers, [2, 4]);
}

/// Where the source names no zone, a record has the machine's.
#[test]
fn a_file_is_known_again_on_a_machine_elsewhere() {
    let mut bench = Bench::new();
    bench.bring(&[record("a", "Rain."), with_id(record("x", "Snow."), 7)]);
    let elsewhere = |mut record: ImportRecord| {
        let local = record.content.written_at.naive_local();
        let there = FixedOffset::west_opt(5 * 3600).expect("an offset");
        record.content.written_at = there.from_local_datetime(&local).single().expect("one");
        record
    };
    let again = bench.bring(&[
        elsewhere(record("a", "Rain.")),
        elsewhere(with_id(record("x", "Snow."), 7)),
    ]);
    assert_eq!((again.there, again.added, again.changed.count), (2, 0, 0));
}

#[test]
fn what_was_edited_or_deleted_here_stays_so() {
    let mut bench = Bench::new();
    let records = [record("a", "Rain."), record("b", "Snow.")];
    bench.bring(&records);
    let edit = Edit {
        text: Some(TextRewrite {
            from: None,
            to: "Rain all day.".to_owned(),
        }),
        ..Edit::default()
    };
    bench.journal.edit(1, edit, today(), now()).expect("edited");
    bench.journal.delete(&[2], now()).expect("deleted");
    let again = bench.bring(&records);
    assert_eq!((again.added, again.there, again.there_in_trash), (0, 2, 1));
    assert_eq!(
        bench.living(),
        [(records[0].content.day, "Rain all day.".to_owned())]
    );
    // What is purged is gone, with where it came from.
    let trash = bench.journal.trash().expect("read");
    bench.journal.purge(&trash).expect("purged");
    assert_eq!(bench.bring(&records).added, 1);
}

#[test]
fn an_import_that_was_undone_can_be_done_again() {
    let mut bench = Bench::new();
    bench.write("Mine.");
    let records = [record("a", "Rain."), with_id(record("x", "Snow."), 7)];
    bench.bring(&records);
    bench.journal.undo(now()).expect("undone").expect("one");
    assert_eq!(bench.living().len(), 1);
    let day = Day::from_ymd(2025, 3, 2).expect("a day");
    let mut moved = records.clone();
    moved[1].content.day = day;
    let again = bench.bring(&moved);
    assert_eq!((again.added, again.there, again.changed.count), (2, 0, 0));
    assert_eq!(bench.living().len(), 3);
    assert_eq!(bench.living()[1], (day, "Snow.".to_owned()));
    // What came back is what is known now.
    let once_more = bench.bring(&moved);
    assert_eq!((once_more.there, once_more.changed.count), (2, 0));
    // And redo after undo brings back the same.
    bench.journal.undo(now()).expect("undone").expect("one");
    bench.journal.redo(now()).expect("redone").expect("one");
    assert_eq!(bench.living().len(), 3);
}

#[test]
fn an_error_in_the_middle_leaves_nothing() {
    let mut bench = Bench::new();
    let ended = bench
        .journal
        .import(&ImportTerms::default(), now(), |importing| {
            importing.take("test", ImportItem::Entry(Box::new(record("a", "Rain."))))?;
            Err(Error::Interrupted)
        });
    assert!(matches!(ended, Err(Error::Interrupted)));
    assert!(bench.living().is_empty());
    assert!(bench.journal.undo(now()).expect("asked").is_none());
}

/// Whatever it is that makes one entry more than was read.
#[test]
fn what_does_not_add_up_is_not_kept() {
    let mut bench = Bench::new();
    bench.write("Mine.");
    let before = bench.export();
    let raw = sealed::raw(&bench.file("journal.db")).expect("opened");
    let columns = |with: &str| -> String {
        let sql = "SELECT group_concat(iif(name IN ('id', 'revision'), ?1 || name, name))
                     FROM pragma_table_info('entry') WHERE name <> 'number'";
        raw.query_row(sql, [with], |row| row.get(0))
            .expect("columns")
    };
    let (names, values) = (columns(""), columns("'another ' || "));
    raw.execute_batch(&format!(
        "CREATE TRIGGER one_more AFTER INSERT ON origin WHEN new.key = 'b' BEGIN
           INSERT INTO entry ({names}) SELECT {values} FROM entry WHERE number = new.entry;
         END"
    ))
    .expect("made");
    let records = [record("a", "Rain."), record("b", "Snow.")];
    let ended = bench
        .journal
        .import(&ImportTerms::default(), now(), |importing| {
            for record in &records {
                importing.take("test", ImportItem::Entry(Box::new(record.clone())))?;
            }
            Ok(())
        });
    assert!(matches!(ended, Err(Error::Miscounted { .. })), "{ended:?}");
    assert_eq!(bench.export(), before);
    raw.execute_batch("DROP TRIGGER one_more").expect("gone");
    assert_eq!(bench.bring(&records).added, 2);
}

#[test]
fn a_dry_run_says_the_same_and_adds_nothing() {
    let mut bench = Bench::new();
    let records = [record("a", "Rain."), record("a", " \n")];
    let dry = ImportTerms {
        dry_run: true,
        ..ImportTerms::default()
    };
    let looked = bench.bring_on(&dry, &records);
    assert!(bench.living().is_empty());
    assert_eq!(looked, bench.bring(&records));
    assert_eq!((looked.read, looked.added, looked.refused.count), (2, 1, 1));
}

#[test]
fn tags_and_tips_go_to_everything_that_is_added() {
    let mut bench = Bench::new();
    let tip = onward::decks::Deck::walk_away().tips[4].clone();
    let terms = ImportTerms {
        tags: ["old".parse::<Tag>().expect("a tag")].into(),
        tips: vec![tip.clone()],
        dry_run: false,
    };
    bench.bring_on(&terms, &[record("a", "Rain. #wet")]);
    let entries = bench
        .journal
        .entries(&Filter::default(), Order::OldestFirst, None);
    let entry = entries.expect("read").remove(0);
    let tags: Vec<&str> = entry.tags.iter().map(Tag::as_str).collect();
    assert_eq!(tags, ["old", "wet"]);
    assert_eq!(entry.reflections[0].tip, tip.slug);
    assert_eq!(
        bench
            .journal
            .coverage(today(), None)
            .expect("read")
            .remove(0)
            .covered(),
        1
    );
    // Brought in again without them it is there all the same.
    assert_eq!(bench.bring(&[record("a", "Rain. #wet")]).there, 1);
}

#[test]
fn an_id_that_comes_twice_is_refused() {
    let mut bench = Bench::new();
    let twice = bench.bring(&[
        with_id(record("x", "Rain."), 7),
        with_id(record("x", "Sun."), 7),
    ]);
    assert_eq!((twice.added, twice.refused.count), (1, 1));
}

#[test]
fn an_export_of_ours_keeps_ids_numbers_and_the_past() {
    let mut from = Bench::new();
    for text in ["One.", "Two.", "Three.", "Four."] {
        from.write(text);
    }
    let edit = |to: &str| Edit {
        text: Some(TextRewrite {
            from: None,
            to: to.to_owned(),
        }),
        ..Edit::default()
    };
    from.journal
        .edit(1, edit("One, again."), today(), now())
        .expect("edited");
    from.journal
        .edit(1, edit("One, at last."), today(), now())
        .expect("edited");
    from.journal.delete(&[2, 4], now()).expect("deleted");
    let four = from.journal.trash().expect("read");
    let four: Vec<Revision> = four.into_iter().filter(|state| state.number == 4).collect();
    from.journal.purge(&four).expect("purged");
    from.journal.skip(today(), now()).expect("skipped");
    let file = from.file("export.jsonl");
    std::fs::write(&file, from.export()).expect("written");

    let mut to = Bench::new();
    let report = read_in(&mut to.journal, &file).expect("read");
    assert_eq!(
        (report.read, report.added, report.added_to_trash),
        (3, 3, 1)
    );
    assert_eq!(to.export(), from.export());
    // A number is never given twice, not even that of what was purged.
    assert_eq!(to.write("Five."), 5);
    // Again: nothing, in either.
    for journal in [&mut to.journal, &mut from.journal] {
        let again = read_in(journal, &file).expect("read");
        assert_eq!((again.added, again.there, again.changed.count), (0, 3, 0));
    }
    // Taken back and brought in again, it is as it was: what was in the trash is there.
    let mut once_more = Bench::new();
    read_in(&mut once_more.journal, &file).expect("read");
    once_more.journal.undo(now()).expect("undone").expect("one");
    let again = read_in(&mut once_more.journal, &file).expect("read");
    assert_eq!((again.added, again.added_to_trash), (3, 1));
    assert_eq!(once_more.living(), from.living());
    // Changed on one side: the newer is there, and the older is not overwritten.
    from.journal
        .edit(3, edit("Three, here."), today(), now())
        .expect("edited");
    assert_eq!(read_in(&mut from.journal, &file).expect("read").there, 3);
    std::fs::write(&file, from.export()).expect("written");
    let newer = read_in(&mut to.journal, &file).expect("read");
    assert_eq!((newer.there, newer.changed.count), (2, 1));
}

#[test]
fn entries_from_elsewhere_get_numbers_of_their_own() {
    let mut from = Bench::new();
    from.write("One.");
    let file = from.file("export.jsonl");
    std::fs::write(&file, from.export()).expect("written");
    let mut to = Bench::new();
    to.write("Mine.");
    assert_eq!(read_in(&mut to.journal, &file).expect("read").added, 1);
    let texts: Vec<String> = to.living().into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["Mine.", "One."]);
    assert_eq!(to.write("Mine again."), 3);
}

#[test]
fn an_export_that_was_cut_off_or_tampered_with_is_refused_whole() {
    let mut from = Bench::new();
    from.write("One.");
    from.write("Two.");
    let edit = Edit {
        mood: Some(None),
        ..Edit::default()
    };
    from.journal.edit(1, edit, today(), now()).expect("edited");
    let whole = from.export();
    let lines: Vec<&str> = whole.lines().collect();
    let without = |gone: usize| -> String {
        let left = lines.iter().enumerate().filter(|(at, _)| *at != gone);
        left.map(|(_, line)| format!("{line}\n")).collect()
    };
    let mut wrong: Vec<String> = (0..lines.len()).map(without).collect();
    wrong.push(String::new());
    wrong.push(format!("{whole}{}\n", lines[1]));
    wrong.push(whole.replacen("\"form\":1", "\"form\":2", 1));
    wrong.push(whole.replace("2026-11-22", "2026-02-30"));
    wrong.push(whole.replacen("\"mood\":4", "\"mood\":9", 1));
    wrong.push(whole.replacen("\"kind\":\"page\"", "\"kind\":\"poem\"", 1));
    wrong.extend(
        (1..whole.len())
            .step_by(97)
            .map(|end| whole[..end].to_owned()),
    );
    for text in wrong {
        let mut to = Bench::new();
        let file = to.file("export.jsonl");
        std::fs::write(&file, &text).expect("written");
        let said = read_in(&mut to.journal, &file);
        assert!(
            matches!(said, Err(Error::Format(FormatError::Unreadable { .. }))),
            "{said:?}: {text}"
        );
        assert!(to.living().is_empty());
    }
    // Ids of states that are another's already are refused one by one.
    let mut to = Bench::new();
    let file = to.file("export.jsonl");
    std::fs::write(&file, &whole).expect("written");
    read_in(&mut to.journal, &file).expect("read");
    let entry = from
        .journal
        .history(2)
        .expect("there")
        .remove(0)
        .entry
        .to_string();
    let other = whole.replace(&entry, "01900000-0000-7000-8000-000000000000");
    std::fs::write(&file, other).expect("written");
    let report = read_in(&mut to.journal, &file).expect("read");
    assert_eq!((report.there, report.refused.count), (1, 1));
}

/// What can be done to a journal.
#[derive(Debug, Clone)]
enum Step {
    Write(String, i64, Option<i64>, bool),
    Edit(usize, String),
    Mood(usize, Option<i64>),
    Delete(usize),
    Restore(usize),
    Purge,
    Undo,
    Redo,
    Skip,
    Week,
    Bring(String),
    Note(usize, String, i64),
    Away(usize, Option<i64>),
}

fn step() -> impl Strategy<Value = Step> {
    let mood = || proptest::option::of(1..=5_i64);
    let text = || "[a-z#@é🥰\\n\\\\\"\u{0}\u{202e} ]{0,20}[a-zö]";
    prop_oneof![
        4 => (text(), 0..400_i64, mood(), any::<bool>())
            .prop_map(|(text, ago, mood, star)| Step::Write(text, ago, mood, star)),
        2 => (any::<usize>(), text()).prop_map(|(at, text)| Step::Edit(at, text)),
        1 => (any::<usize>(), mood()).prop_map(|(at, mood)| Step::Mood(at, mood)),
        1 => any::<usize>().prop_map(Step::Delete),
        1 => any::<usize>().prop_map(Step::Restore),
        1 => Just(Step::Purge),
        1 => Just(Step::Undo),
        1 => Just(Step::Redo),
        1 => Just(Step::Skip),
        1 => Just(Step::Week),
        1 => text().prop_map(Step::Bring),
        3 => (0..6_usize, text(), 1..400_i64)
            .prop_map(|(kind, text, ahead)| Step::Note(kind, text, ahead)),
        2 => (any::<usize>(), proptest::option::of(1..400_i64))
            .prop_map(|(at, ahead)| Step::Away(at, ahead)),
    ]
}

fn act(bench: &mut Bench, step: &Step) {
    let trash = bench.journal.trash().expect("read");
    let living = bench
        .journal
        .entries(&Filter::default(), Order::OldestFirst, None);
    let living: Vec<i64> = living
        .expect("read")
        .iter()
        .map(|entry| entry.number)
        .collect();
    let pick = |at: usize| (!living.is_empty()).then(|| living[at % living.len()]);
    match step {
        Step::Write(text, ago, mood, starred) => {
            let at = now() - TimeDelta::days(*ago);
            let page = NewPage {
                day: today().plus_days(-ago).expect("a day"),
                written_at: at,
                text: text.clone(),
                mood: mood.and_then(Mood::new),
                starred: *starred,
                tags: ["by, hand".parse::<Tag>().expect("a tag")].into(),
                reflects: Reflects::OnPrompt,
            };
            bench.journal.write(page, today(), now()).expect("written");
        }
        Step::Edit(at, text) => {
            if let Some(number) = pick(*at) {
                let edit = Edit {
                    text: Some(TextRewrite {
                        from: None,
                        to: text.clone(),
                    }),
                    ..Edit::default()
                };
                bench
                    .journal
                    .edit(number, edit, today(), now())
                    .expect("edited");
            }
        }
        Step::Mood(at, mood) => {
            if let Some(number) = pick(*at) {
                let edit = Edit {
                    mood: Some(mood.and_then(Mood::new)),
                    ..Edit::default()
                };
                bench
                    .journal
                    .edit(number, edit, today(), now())
                    .expect("edited");
            }
        }
        Step::Delete(at) => {
            if let Some(number) = pick(*at) {
                bench.journal.delete(&[number], now()).expect("deleted");
            }
        }
        Step::Restore(at) => {
            if !trash.is_empty() {
                let number = trash[at % trash.len()].number;
                bench.journal.restore(&[number], now()).expect("restored");
            }
        }
        Step::Purge => {
            bench.journal.purge(&trash).expect("purged");
        }
        Step::Undo => {
            bench.journal.undo(now()).expect("undone");
        }
        Step::Redo => {
            bench.journal.redo(now()).expect("redone");
        }
        Step::Skip => {
            bench.journal.skip(today(), now()).expect("skipped");
        }
        Step::Week => {
            let question = bench.journal.weekly(today(), now()).expect("kept");
            let question = question.expect("the deck has some");
            let page = NewPage {
                day: today(),
                written_at: now(),
                text: "To the week.".to_owned(),
                mood: None,
                starred: false,
                tags: Default::default(),
                reflects: Reflects::On(vec![(question.tip, Some(question.question))]),
            };
            bench.journal.write(page, today(), now()).expect("saved");
        }
        Step::Note(kind, text, ahead) => {
            let open_on = today().plus_days(*ahead);
            let fields = match kind {
                0 => vec![("open_on", open_on.expect("a day").to_string())],
                1 => vec![("first", "1".to_owned())],
                2 => vec![("grounding", "a/b".to_owned()), ("asked", text.clone())],
                3 => vec![("strength", "7".to_owned()), ("ended", "passed".to_owned())],
                4 => vec![("mark", "since".to_owned())],
                _ => vec![("by", "them".to_owned()), ("how", "call".to_owned())],
            };
            let kinds = [
                KindName::Letter,
                KindName::Reason,
                KindName::Reason,
                KindName::Urge,
                KindName::Contact,
                KindName::Contact,
            ];
            let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
            let new = NewEntry {
                id: None,
                kind: Kind::read(kinds[*kind], fields).expect("a kind").0,
                day: today(),
                written_at: now(),
                // Some have no words at all.
                text: if *kind > 2 {
                    String::new()
                } else {
                    text.clone()
                },
                tags: BTreeSet::new(),
            };
            bench.journal.add(vec![new], now()).expect("added");
        }
        Step::Away(at, ahead) => {
            if let Some(number) = pick(*at) {
                let away = match ahead {
                    Some(ahead) => Away::Until(today().plus_days(*ahead).expect("a day")),
                    None => Away::Always,
                };
                bench
                    .journal
                    .put_away(&[number], Some(away), now())
                    .expect("put away");
            }
        }
        Step::Bring(text) => {
            bench.bring(&[record("a", text), with_id(record(text, text), 9)]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn export_then_import_of_any_journal_is_the_identity(
        steps in proptest::collection::vec(step(), 0..40),
    ) {
        let mut from = Bench::new();
        for step in &steps {
            act(&mut from, step);
        }
        let file = from.file("export.jsonl");
        let exported = from.export();
        std::fs::write(&file, &exported).expect("written");
        let mut to = Bench::new();
        let report = read_in(&mut to.journal, &file).expect("read");
        prop_assert_eq!(report.refused.count + report.changed.count + report.there, 0);
        prop_assert_eq!(to.export(), exported);
        // Not only what the export says of it.
        for number in 1..=i64::from(u16::try_from(steps.len() * 2).expect("few")) {
            let states = |bench: &Bench| bench.journal.history(number).ok();
            prop_assert_eq!(states(&to), states(&from), "#{}", number);
        }
        prop_assert_eq!(
            to.journal.trash().expect("read"),
            from.journal.trash().expect("read")
        );
        // And what is derived follows.
        prop_assert_eq!(
            to.journal.coverage(today(), None).expect("read").remove(0),
            from.journal.coverage(today(), None).expect("read").remove(0)
        );
        prop_assert_eq!(to.living(), from.living());
        prop_assert_eq!(
            to.journal.away().expect("read"),
            from.journal.away().expect("read")
        );
        prop_assert_eq!(
            to.journal.no_contact_days(today()).expect("read"),
            from.journal.no_contact_days(today()).expect("read")
        );
    }
}
