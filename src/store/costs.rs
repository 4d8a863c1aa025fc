//! Tests that the cost of everyday reads and of the everyday write does not grow with the
//! journal.
//!
//! The cost is counted in steps of SQLite's virtual machine, on the statements that the store
//! really runs. A scan shows as steps that grow with the entries, and the speed of the
//! machine does not matter.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, FixedOffset};
use rusqlite::StatementStatus;
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use super::*;
use crate::model::{Content, Filter, Kind, KindName, Order, Query, Rank, Reflection};

const DECK: &str = "deck";
const TIPS: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
/// The entries of two journals. Everyday actions must cost the same in both.
const SMALL: i64 = 300;
const LARGE: i64 = 3_000;

fn nth(day: i64) -> Day {
    Day::from_ymd(2000, 1, 1)
        .and_then(|first| first.plus_days(day))
        .expect("a day")
}

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T21:00:00+01:00").expect("an instant")
}

fn entry(day: i64, tip: &str) -> Content {
    Content {
        kind: Kind::Page,
        day: nth(day),
        written_at: now(),
        edited_at: None,
        text: format!("Some words of day {day}, with a #tag."),
        mood: None,
        starred: false,
        deleted_at: None,
        tags_by_hand: Default::default(),
        reflections: vec![Reflection {
            deck: DECK.to_owned(),
            tip: tip.to_owned(),
            number: 0,
            title: "Title".to_owned(),
            question: None,
        }],
        away: None,
    }
}

fn offer(change: &Change<'_>, day: i64, tip: &str) {
    let assignment = Assignment {
        deck: DECK.to_owned(),
        tip: tip.to_owned(),
        question: "Why?".to_owned(),
    };
    change.assign(nth(day), &assignment, now()).expect("kept");
}

/// A journal with a prompt and an answer on each of this many days.
fn journal_of(days: i64) -> Store {
    let mut store = Store::in_memory().expect("made");
    let mut change = store.change().expect("begun");
    for day in 0..days {
        let tip = TIPS[usize::try_from(day).expect("small") % TIPS.len()];
        offer(&change, day, tip);
        change.insert(entry(day, tip), now()).expect("inserted");
    }
    change
        .commit_as(ActionKind::Write, now())
        .expect("committed");
    store
}

/// True if the store runs this statement itself. The full-text index keeps statements of its
/// own, whose steps add up over their lives.
fn is_of_the_store(sql: &str) -> bool {
    !sql.contains("'entry_text_") && !sql.starts_with("PRAGMA")
}

/// The steps of every statement that an action runs.
fn steps(store: &mut Store, action: impl FnOnce(&mut Store)) -> BTreeMap<String, i32> {
    let ran = Arc::new(Mutex::new(BTreeMap::new()));
    let seen = Arc::clone(&ran);
    store.connection.flush_prepared_statement_cache();
    let note = move |event: TraceEvent<'_>| {
        if let TraceEvent::Profile(statement, _) = event {
            let sql = statement.sql().into_owned();
            if is_of_the_store(&sql) {
                let steps = statement.get_status(StatementStatus::VmStep);
                seen.lock().expect("unharmed").insert(sql, steps);
            }
        }
    };
    let profile = TraceEventCodes::SQLITE_TRACE_PROFILE;
    store.connection.trace_v2(profile, Some(note)).expect("set");
    action(store);
    store
        .connection
        .trace_v2(profile, None::<fn(TraceEvent<'_>)>)
        .expect("set");
    let ran = ran.lock().expect("unharmed").clone();
    assert!(!ran.is_empty(), "nothing was measured");
    ran
}

/// The number of statements that an action runs.
fn statements(store: &mut Store, action: impl FnOnce(Reading<'_>)) -> usize {
    let ran = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&ran);
    let profile = TraceEventCodes::SQLITE_TRACE_PROFILE;
    let note = move |event: TraceEvent<'_>| {
        if let TraceEvent::Profile(statement, _) = event
            && is_of_the_store(&statement.sql())
        {
            *seen.lock().expect("unharmed") += 1;
        }
    };
    store.connection.trace_v2(profile, Some(note)).expect("set");
    action(store.reading());
    store
        .connection
        .trace_v2(profile, None::<fn(TraceEvent<'_>)>)
        .expect("set");
    *ran.lock().expect("unharmed")
}

/// The work of everything that a store does from now on.
pub(crate) struct Work(Arc<Mutex<WorkSoFar>>);

#[derive(Default)]
struct WorkSoFar {
    statements: u64,
    steps: u64,
    /// The steps that each statement has reported. A statement that is kept for another time
    /// goes on counting.
    reported: BTreeMap<String, i32>,
}

impl Work {
    /// Begins to count.
    pub(crate) fn of(store: &mut Store) -> Work {
        let work = Arc::new(Mutex::new(WorkSoFar::default()));
        let seen = Arc::clone(&work);
        store.connection.flush_prepared_statement_cache();
        let note = move |event: TraceEvent<'_>| {
            if let TraceEvent::Profile(statement, _) = event {
                let sql = statement.sql().into_owned();
                if is_of_the_store(&sql) {
                    let steps = statement.get_status(StatementStatus::VmStep);
                    let mut work = seen.lock().expect("unharmed");
                    let before = work.reported.insert(sql, steps).unwrap_or(0);
                    let new = if steps < before {
                        steps
                    } else {
                        steps - before
                    };
                    work.steps += u64::try_from(new).expect("not negative");
                    work.statements += 1;
                }
            }
        };
        let profile = TraceEventCodes::SQLITE_TRACE_PROFILE;
        store.connection.trace_v2(profile, Some(note)).expect("set");
        Work(work)
    }

    /// The statements and the steps of SQLite's virtual machine since the last call.
    pub(crate) fn take(&self) -> (u64, u64) {
        let mut work = self.0.lock().expect("unharmed");
        let taken = (work.statements, work.steps);
        (work.statements, work.steps) = (0, 0);
        taken
    }
}

/// A small journal and a large one.
struct Pair([Store; 2]);

impl Pair {
    fn new() -> Pair {
        Pair([SMALL, LARGE].map(journal_of))
    }

    /// A statement of the action that costs more in the large journal; `None` if none does.
    /// The action is called with a journal and its last day.
    fn grows(&mut self, action: impl Fn(&mut Store, i64)) -> Option<String> {
        let [small, large] = &mut self.0;
        let small = steps(small, |store| action(store, SMALL - 1));
        let large = steps(large, |store| action(store, LARGE - 1));
        assert!(small.keys().eq(large.keys()), "other statements were run");
        let (sql, steps) = large
            .iter()
            .find(|(sql, steps)| **steps > small[*sql] * 5 / 4 + 20)?;
        Some(format!("{steps} steps instead of {}: {sql}", small[sql]))
    }

    #[track_caller]
    fn check(&mut self, what: &str, action: impl Fn(&mut Store, i64)) {
        assert_eq!(self.grows(action), None, "{what}");
    }
}

#[test]
fn the_measure_sees_a_scan() {
    let scan = Pair::new().grows(|store, _| {
        store.reading().count(&Filter::default()).expect("read");
    });
    assert!(scan.is_some());
}

#[test]
fn everyday_reads() {
    let mut pair = Pair::new();
    pair.check("what a day offers", |store, last| {
        let found = store.reading().assignment(nth(last)).expect("read");
        assert!(found.is_some());
    });
    pair.check("the moods of the last days", |store, last| {
        let found = store.reading().moods_before(nth(last), 5).expect("read");
        assert_eq!(found, [None; 5]);
    });
    pair.check("the question of a week", |store, last| {
        assert_eq!(store.reading().weekly(nth(last)).expect("read"), None);
    });
    pair.check("the entries of a day", |store, last| {
        let filter = Filter {
            on: vec![nth(last)],
            ..Filter::default()
        };
        let found = store.reading().entries(&filter, Order::OldestFirst, None);
        assert_eq!(found.expect("read").len(), 1);
    });
    pair.check("the newest twenty", |store, _| {
        let all = Filter::default();
        let found = store.reading().entries(&all, Order::NewestFirst, Some(20));
        assert_eq!(found.expect("read").len(), 20);
    });
    pair.check("where the deck stands", |store, _| {
        let found = store.reading().tip_records(DECK, &TIPS).expect("read");
        assert!(found.iter().all(|record| record.reflections > 0));
    });
    pair.check("the last answer to a tip", |store, last| {
        let any = Filter::default();
        let found = store.reading().answer_before(DECK, "a", nth(last), &any);
        assert!(found.expect("read").is_some());
    });
    pair.check("what belongs to the daily page besides", |store, last| {
        let reading = store.reading();
        assert_eq!(reading.of_kind(KindName::Reason).expect("read").len(), 0);
        assert_eq!(reading.of_kind(KindName::Contact).expect("read").len(), 0);
        let due = reading.letters_due(nth(last - 6), nth(last));
        assert_eq!(due.expect("read").len(), 0);
        let hidden = reading.hidden(&Filter::default());
        assert_eq!(hidden.expect("read").len(), 0);
    });
    pair.check("whether a day has an answer", |store, last| {
        let found = store.reading().is_reflected(DECK, "j", nth(last));
        assert!(found.expect("read"));
    });
    pair.check("the entry written last", |store, _| {
        assert!(store.reading().last_entry().expect("read").is_some());
        let pages = store.reading().last_of(&[KindName::Page]);
        assert!(pages.expect("read").is_some());
        let urges = store.reading().last_of(&[KindName::Urge]);
        assert!(urges.expect("read").is_none());
    });
    pair.check("an entry by its number and its id", |store, _| {
        let reading = store.reading();
        let entry = reading.entry(150).expect("read").expect("there");
        let id = entry.id.simple().to_string();
        assert_eq!(reading.entries_by_id(&id).expect("read"), [entry]);
    });
    pair.check("the newest of a month", |store, last| {
        let filter = Filter {
            from: Some(nth(last - 30)),
            to: Some(nth(last)),
            ..Filter::default()
        };
        let found = store.reading().entries(&filter, Order::NewestFirst, None);
        assert_eq!(found.expect("read").len(), 31);
    });
}

#[test]
fn what_belongs_to_many_entries_is_read_at_once() {
    let mut store = journal_of(SMALL);
    // The first statement after a change reads the schema again: see `log::stamp`.
    store.reading().size().expect("read");
    type Read = fn(Reading<'_>, usize) -> usize;
    let reads: [(&str, Read); 4] = [
        ("a list", |reading, most| {
            let all = Filter::default();
            let found = reading.entries(&all, Order::NewestFirst, Some(most));
            found.expect("read").len()
        }),
        ("the best matches", |reading, most| {
            let query = Query::read(&["words".to_owned()]).expect("a query");
            let all = Filter::default();
            let found = reading.search(&query, &all, Rank::Best, Some(most));
            found.expect("read").0.len()
        }),
        ("the reflections on tips", |reading, most| {
            let tips = TIPS.iter().map(|tip| (DECK.to_owned(), (*tip).to_owned()));
            let on_tips = Filter {
                tips: tips.take(most / 30).collect(),
                ..Filter::default()
            };
            let found = reading.entries(&on_tips, Order::OldestFirst, None);
            found.expect("read").len()
        }),
        ("one after the other", |reading, most| {
            let last = nth(i64::try_from(most).expect("small") - 1);
            let until = Filter {
                to: Some(last),
                ..Filter::default()
            };
            let mut found = 0;
            let mut count = |_| {
                found += 1;
                Ok(())
            };
            reading.each_entry(&until, &mut count).expect("read");
            found
        }),
    ];
    for (what, read) in reads {
        let [few, many] = [30, 300].map(|most| {
            statements(&mut store, |reading| {
                assert_eq!(read(reading, most), most, "{what}");
            })
        });
        assert!(
            few > 2 && many == few,
            "{what}: {many} statements, not {few}"
        );
    }
}

#[test]
fn the_everyday_write() {
    Pair::new().check("a page and its prompt", |store, last| {
        let mut change = store.change().expect("begun");
        offer(&change, last + 1, "a");
        change
            .insert(entry(last + 1, "a"), now())
            .expect("inserted");
        change
            .commit_as(ActionKind::Write, now())
            .expect("committed");
    });
}
