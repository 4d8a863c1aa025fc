//! Tests that a read of several statements sees one moment while others write.

use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, FixedOffset};
use rusqlite::trace::{TraceEvent, TraceEventCodes};

use super::*;
use crate::model::{Content, Filter, Kind, Order, Query, Rank, Reflection};

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T21:00:00+01:00").expect("an instant")
}

fn page(day: u32) -> Content {
    Content {
        kind: Kind::Page,
        day: Day::from_ymd(2026, 11, day).expect("a day"),
        written_at: now(),
        edited_at: None,
        text: format!("The river on day {day}. #river"),
        mood: None,
        starred: false,
        deleted_at: None,
        tags_by_hand: Default::default(),
        reflections: vec![Reflection {
            deck: "deck".to_owned(),
            tip: "tip".to_owned(),
            number: 1,
            title: "Title".to_owned(),
            question: None,
        }],
        away: None,
    }
}

fn add(store: &mut Store, day: u32) {
    let mut change = store.change().expect("begun");
    change.insert(page(day), now()).expect("inserted");
    change.commit().expect("committed");
}

/// Another process adds a page, and removes every tag and every reflection.
fn interfere(path: &Path) {
    let mut other = Store::open(path, &mut ask_nobody)
        .expect("opened")
        .expect("there");
    add(&mut other, 20);
    other
        .connection
        .execute_batch("DELETE FROM tag; DELETE FROM reflection;")
        .expect("written");
}

/// Runs the read as often as it has statements, each time with an interfering write after
/// another one of them. Its result must always be that of the beginning.
fn sees_one_moment<T: PartialEq + std::fmt::Debug>(read: impl Fn(Reading<'_>) -> Result<T>) {
    let mut interrupted = 0;
    for after in 1.. {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("journal.db");
        let mut store = Store::create(&path, now(), None, &mut ask_nobody).expect("made");
        (1..=5).for_each(|day| add(&mut store, day));
        let expected = read(store.reading()).expect("read");

        let ran = Arc::new(Mutex::new(0));
        let seen = Arc::clone(&ran);
        let note = move |event: TraceEvent<'_>| {
            if let TraceEvent::Profile(statement, _) = event
                && statement.sql().contains("SELECT")
            {
                let mut ran = seen.lock().expect("unharmed");
                *ran += 1;
                if *ran == after {
                    interfere(&path);
                }
            }
        };
        let profile = TraceEventCodes::SQLITE_TRACE_PROFILE;
        store.connection.trace_v2(profile, Some(note)).expect("set");
        let found = read(store.reading()).expect("read");
        let ran = *ran.lock().expect("unharmed");
        if ran < after {
            break;
        }
        interrupted += 1;
        // After the last statement nothing is read that could differ.
        assert_eq!(found, expected, "after statement {after} of {ran}");
    }
    assert!(interrupted > 1, "it takes several statements");
}

#[test]
fn the_entries_of_a_filter() {
    let all = Filter::default();
    sees_one_moment(|reading| reading.entries(&all, Order::NewestFirst, Some(3)));
    let tagged = Filter {
        tags: vec!["river".parse().expect("a tag")],
        ..Filter::default()
    };
    sees_one_moment(|reading| reading.entries(&tagged, Order::OldestFirst, None));
}

#[test]
fn one_entry() {
    sees_one_moment(|reading| reading.entry(1));
}

#[test]
fn what_a_search_finds_and_how_much() {
    let query = Query::read(&["river".to_owned()]).expect("a query");
    let all = Filter::default();
    for rank in [Rank::Newest, Rank::Best] {
        sees_one_moment(|reading| reading.search(&query, &all, rank, Some(3)));
    }
}
