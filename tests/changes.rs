//! Changing what is written, through the journal's public door: edits, the trash, history,
//! undo and redo. Every test here is about one promise: nothing that was typed is lost.
#![expect(clippy::expect_used, reason = "the helpers of tests")]

mod sealed;

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::{DateTime, FixedOffset};
use onward::error::Error;
use onward::journal::{ActionKind, Edit, EditOutcome, Journal, NewPage, Reflects, TextRewrite};
use onward::model::{Day, Entry, Filter, Mood, Order};
use proptest::prelude::*;

struct Bench {
    _home: tempfile::TempDir,
    path: PathBuf,
    journal: Journal,
}

impl Bench {
    fn new() -> Bench {
        // In memory where that can be had: what is tried here is not the disk's speed.
        let home = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let home = home.expect("a folder");
        let path = home.path().join("journal.db");
        let journal = sealed::open(&path, now()).expect("a journal");
        Bench {
            _home: home,
            path,
            journal,
        }
    }

    fn write(&mut self, text: &str) -> Entry {
        let page = page(text, today(), Reflects::OnPrompt);
        self.journal.write(page, today(), now()).expect("written")
    }

    fn edit(&mut self, number: i64, edit: Edit) -> EditOutcome {
        self.journal
            .edit(number, edit, today(), now())
            .expect("edited")
    }

    /// Purges everything that is in the trash.
    fn purge(&mut self) -> usize {
        let trash = self.journal.trash().expect("read");
        self.journal.purge(&trash).expect("purged")
    }

    fn living(&self) -> Vec<Entry> {
        self.journal
            .entries(&Filter::default(), Order::OldestFirst, None)
            .expect("read")
    }

    fn texts_in_history(&self, number: i64) -> Vec<String> {
        let states = self.journal.history(number).expect("a history");
        states.into_iter().map(|state| state.content.text).collect()
    }

    /// The days on which tip 1 was reflected on.
    fn first_tip(&self) -> u32 {
        self.journal
            .coverage(today(), None)
            .expect("coverage")
            .remove(0)
            .tips[0]
            .1
            .reflections
    }
}

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T21:30:00+01:00").expect("an instant")
}

fn today() -> Day {
    Day::from_ymd(2026, 11, 22).expect("a day")
}

fn page(text: &str, day: Day, reflects: Reflects) -> NewPage {
    NewPage {
        day,
        written_at: now(),
        text: text.to_owned(),
        mood: None,
        starred: false,
        tags: BTreeSet::new(),
        reflects,
    }
}

fn text(from: Option<&str>, to: &str) -> Edit {
    let rewrite = TextRewrite {
        from: from.map(str::to_owned),
        to: to.to_owned(),
    };
    Edit {
        text: Some(rewrite),
        ..Edit::default()
    }
}

#[test]
fn an_edit_keeps_what_was_there() {
    let mut bench = Bench::new();
    let number = bench.write("first #a").number;
    let EditOutcome::Changed { before, after } =
        bench.edit(number, text(Some("first #a"), "second"))
    else {
        panic!("not changed");
    };
    assert_eq!(
        (before.text.as_str(), after.text.as_str()),
        ("first #a", "second")
    );
    assert_eq!(after.tags, [], "tags of the text go with the text");
    assert_eq!(after.edited_at, Some(now()));
    assert_eq!(bench.living(), [*after]);
    assert_eq!(bench.texts_in_history(number), ["first #a", "second"]);
}

#[test]
fn an_edit_that_changes_nothing_makes_no_history() {
    let mut bench = Bench::new();
    let number = bench.write("same").number;
    assert!(matches!(
        bench.edit(number, text(Some("same"), "same")),
        EditOutcome::Unchanged(_)
    ));
    let star = || Edit {
        starred: Some(false),
        ..Edit::default()
    };
    assert!(matches!(
        bench.edit(number, star()),
        EditOutcome::Unchanged(_)
    ));
    assert_eq!(bench.texts_in_history(number).len(), 1);
    let undone = bench
        .journal
        .undo(now())
        .expect("undone")
        .expect("something");
    assert_eq!(undone.what, ActionKind::Write);
}

#[test]
fn an_edit_that_empties_the_text_is_refused() {
    let mut bench = Bench::new();
    let number = bench.write("kept").number;
    let refused = bench
        .journal
        .edit(number, text(None, " \n\t"), today(), now());
    let error = refused.expect_err("an empty text");
    assert!(error.hint().expect("a hint").contains("onward delete 1"));
    assert_eq!(bench.living()[0].text, "kept");
}

#[test]
fn of_two_editors_the_second_is_told_and_both_texts_are_kept() {
    let mut bench = Bench::new();
    let number = bench.write("base").number;
    bench.edit(number, text(Some("base"), "the first to save"));
    let EditOutcome::KeptApart(apart) =
        bench.edit(number, text(Some("base"), "the second to save"))
    else {
        panic!("overwritten");
    };
    let texts: Vec<String> = bench.living().into_iter().map(|entry| entry.text).collect();
    assert_eq!(texts, ["the first to save", "the second to save"]);
    assert_eq!((apart.day, apart.reflections.len()), (today(), 0));
    // The same edit of fields only does not collide.
    let mood = Edit {
        mood: Some(Mood::new(4)),
        ..Edit::default()
    };
    assert!(matches!(
        bench.edit(number, mood),
        EditOutcome::Changed { .. }
    ));
}

#[test]
fn text_survives_the_deletion_of_its_entry_while_it_was_edited() {
    let mut bench = Bench::new();
    let number = bench.write("base").number;
    bench.journal.delete(&[number], now()).expect("deleted");
    let edited = bench.edit(number, text(Some("base"), "still here"));
    assert!(matches!(edited, EditOutcome::KeptApart(_)));
    bench.purge();
    let edited = bench.edit(number, text(Some("base"), "here too"));
    assert!(matches!(edited, EditOutcome::KeptApart(_)));
    let texts: Vec<String> = bench.living().into_iter().map(|entry| entry.text).collect();
    assert_eq!(texts, ["still here", "here too"]);
}

#[test]
fn fields_change_alone() {
    let mut bench = Bench::new();
    let number = bench.write("text with #one").number;
    let tag = |name: &str| name.parse().expect("a tag");
    let yesterday = Day::from_ymd(2026, 11, 21).expect("a day");
    let edit = Edit {
        mood: Some(Mood::new(2)),
        starred: Some(true),
        reflects: Some(Reflects::OnNothing),
        tag: vec![tag("two"), tag("three")],
        untag: vec![tag("three")],
        day: Some(yesterday),
        ..Edit::default()
    };
    let EditOutcome::Changed { after, .. } = bench.edit(number, edit) else {
        panic!("unchanged")
    };
    assert_eq!(after.text, "text with #one");
    assert_eq!(
        (after.mood, after.starred, after.day),
        (Mood::new(2), true, yesterday)
    );
    assert_eq!(after.tags, [tag("one"), tag("two")]);
    assert_eq!(after.reflections, []);
    assert_eq!(bench.first_tip(), 0, "counted for no tip any more");

    let untag = Edit {
        untag: vec![tag("one")],
        ..Edit::default()
    };
    let error = bench
        .journal
        .edit(number, untag, today(), now())
        .expect_err("in the text");
    assert!(error.to_string().contains("stands in the text"), "{error}");
}

#[test]
fn the_question_that_was_asked_stays_asked() {
    let mut bench = Bench::new();
    let entry = bench.write("an answer");
    let asked = entry.reflections[0].question.clone();
    assert!(asked.is_some());
    let tips = onward::decks::Deck::walk_away().tips[..2]
        .iter()
        .map(|tip| (tip.clone(), None))
        .collect();
    let edit = Edit {
        reflects: Some(Reflects::On(tips)),
        ..Edit::default()
    };
    let EditOutcome::Changed { after, .. } = bench.edit(entry.number, edit) else {
        panic!("unchanged");
    };
    assert_eq!(after.reflections.len(), 2);
    assert_eq!(after.reflections[0].question, asked);
    assert_eq!(after.reflections[1].question, None);
}

#[test]
fn the_trash_uncovers_and_restoring_covers_again() {
    let mut bench = Bench::new();
    let number = bench.write("an answer").number;
    assert_eq!(bench.first_tip(), 1);
    bench.journal.delete(&[number], now()).expect("deleted");
    assert_eq!((bench.first_tip(), bench.living().len()), (0, 0));
    assert_eq!(bench.journal.trash().expect("read").len(), 1);
    let again = bench.journal.delete(&[number], now());
    assert!(
        matches!(again, Err(Error::InTrash { number: 1 })),
        "{again:?}"
    );
    bench.journal.restore(&[number], now()).expect("restored");
    assert_eq!((bench.first_tip(), bench.living().len()), (1, 1));
    let again = bench.journal.restore(&[number], now());
    assert!(matches!(again, Err(Error::NoSuchEntry { .. })), "{again:?}");
}

#[test]
fn deleting_several_is_all_or_none() {
    let mut bench = Bench::new();
    let number = bench.write("one").number;
    assert!(bench.journal.delete(&[number, 99], now()).is_err());
    assert_eq!(bench.living().len(), 1);
    assert!(
        bench.journal.delete(&[number, number], now()).is_err(),
        "named twice"
    );
    assert_eq!(bench.living().len(), 1);
}

#[test]
fn an_earlier_state_can_be_brought_back() {
    let mut bench = Bench::new();
    let number = bench.write("first").number;
    bench.edit(number, text(None, "second"));
    let first = bench.journal.history(number).expect("a history")[0].id;
    bench
        .journal
        .bring_back(number, first, now())
        .expect("brought back");
    assert_eq!(bench.living()[0].text, "first");
    assert_eq!(bench.texts_in_history(number), ["first", "second", "first"]);
}

#[test]
fn a_number_is_never_given_twice() {
    let mut bench = Bench::new();
    let number = bench.write("one").number;
    bench.journal.delete(&[number], now()).expect("deleted");
    bench.purge();
    assert_eq!(bench.write("two").number, number + 1);
}

#[test]
fn purging_leaves_no_trace_in_the_file() {
    if sealed::skip(
        "purging_leaves_no_trace_in_the_file",
        "it is about the bytes of a plain file",
    ) {
        return;
    }
    const CANARY: &str = "xylophonquetzal";
    let mut bench = Bench::new();
    for at in 0..200 {
        bench.write(&format!("page {at} with some ordinary words in it"));
    }
    let long = format!(
        "{CANARY} {}",
        "and a long text that needs pages of its own ".repeat(400)
    );
    let number = bench.write(&long).number;
    bench.edit(number, text(None, &format!("{CANARY} again, shorter")));
    bench.journal.delete(&[number], now()).expect("deleted");
    let in_file = |bench: &Bench| {
        let mut bytes = std::fs::read(&bench.path).expect("the journal");
        for suffix in ["-wal", "-shm"] {
            let mut path = bench.path.clone().into_os_string();
            path.push(suffix);
            bytes.extend(std::fs::read(path).unwrap_or_default());
        }
        let canary = CANARY.as_bytes();
        bytes.windows(canary.len()).any(|window| window == canary)
    };
    assert!(in_file(&bench), "the test looks in the right place");
    assert_eq!(bench.purge(), 1);
    assert!(!in_file(&bench), "purged text is still in the file");
    assert!(matches!(
        bench.journal.history(number),
        Err(Error::NoSuchEntry { .. })
    ));
    // What was done to others can still be undone.
    assert_eq!(
        bench
            .journal
            .undo(now())
            .expect("undone")
            .expect("a page")
            .what,
        ActionKind::Write
    );
    assert_eq!(bench.living().len(), 199);
}

/// Pages are rebuilt as texts come, grow and go, and what lay on them is moved about.
#[test]
fn purging_leaves_no_trace_whatever_was_moved_about() {
    if sealed::skip(
        "purging_leaves_no_trace_whatever_was_moved_about",
        "it is about the bytes of a plain file",
    ) {
        return;
    }
    // Always the same: Knuth's multiplier, the high half.
    let mut state: u64 = 0x0123_4567_89ab_cdef;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("small") % below
    };
    for round in 0..3 {
        let mut bench = Bench::new();
        // What each living entry ever said: a word of its own, over and over.
        let mut living: Vec<(i64, Vec<usize>)> = Vec::new();
        for word in 0..250 {
            let most = [3, 40, 400][random(3)];
            let said = format!("qz{word:04} ").repeat(1 + random(most));
            match random(10) {
                0..=6 => {
                    let days = i64::try_from(random(300)).expect("small");
                    let day = today().plus_days(-days).expect("a day");
                    let page = page(&said, day, Reflects::OnNothing);
                    let entry = bench.journal.write(page, today(), now());
                    living.push((entry.expect("written").number, vec![word]));
                }
                7..=8 if !living.is_empty() => {
                    let at = random(living.len());
                    bench.edit(living[at].0, text(None, &said));
                    living[at].1.push(word);
                }
                _ if !living.is_empty() => {
                    let (number, _) = living.swap_remove(random(living.len()));
                    bench.journal.delete(&[number], now()).expect("deleted");
                }
                _ => {}
            }
        }
        for _ in 0..random(living.len()) {
            let (number, _) = living.swap_remove(random(living.len()));
            bench.journal.delete(&[number], now()).expect("deleted");
        }
        bench.purge();
        let bytes = std::fs::read(&bench.path).expect("the journal");
        let found: BTreeSet<usize> = bytes
            .windows(6)
            .filter(|bytes| bytes.starts_with(b"qz"))
            .filter_map(|bytes| std::str::from_utf8(&bytes[2..]).ok()?.parse().ok())
            .collect();
        let kept: BTreeSet<usize> = living.into_iter().flat_map(|(_, said)| said).collect();
        assert_eq!(found, kept, "round {round}");
    }
}

#[test]
fn only_what_was_looked_at_is_purged() {
    let mut bench = Bench::new();
    let numbers = [
        "purged",
        "out again",
        "out and in again",
        "deleted meanwhile",
    ]
    .map(|text| bench.write(text).number);
    bench.journal.delete(&numbers[..3], now()).expect("deleted");
    let looked_at = bench.journal.trash().expect("read");
    // In another window, in the same second.
    let mut other = sealed::open(&bench.path, now()).expect("opened");
    other.restore(&numbers[1..3], now()).expect("restored");
    other.delete(&numbers[2..], now()).expect("deleted");
    assert_eq!(bench.journal.purge(&looked_at).expect("purged"), 1);
    let left = bench.journal.trash().expect("read");
    let left: BTreeSet<_> = left.iter().map(|state| state.number).collect();
    assert_eq!(left, BTreeSet::from([numbers[2], numbers[3]]));
    assert_eq!(bench.living()[0].number, numbers[1]);
    // What was undone by then can be redone, and the other way round.
    for journal in [&mut bench.journal, &mut other] {
        while journal.undo(now()).expect("undone").is_some() {}
        while journal.redo(now()).expect("redone").is_some() {}
    }
    assert_eq!(bench.texts_in_history(numbers[3])[0], "deleted meanwhile");
}

/// A text is open in one window, and in another something is done to its entry.
#[test]
fn whatever_is_done_meanwhile_both_texts_are_kept() {
    type Meanwhile = fn(&mut Journal, i64);
    let cases: [(&str, Meanwhile, &[&str]); 7] = [
        (
            "the last change undone",
            |journal, _| {
                journal.undo(now()).expect("undone").expect("the edit");
            },
            &["first", "mine"],
        ),
        (
            "undone and done again",
            |journal, _| {
                journal.undo(now()).expect("undone").expect("the edit");
                journal.redo(now()).expect("redone").expect("the edit");
            },
            &["mine"],
        ),
        (
            "its writing undone",
            |journal, _| while journal.undo(now()).expect("undone").is_some() {},
            &["mine"],
        ),
        (
            "deleted",
            |journal, number| {
                journal.delete(&[number], now()).expect("deleted");
            },
            &["mine"],
        ),
        (
            "deleted and restored",
            |journal, number| {
                journal.delete(&[number], now()).expect("deleted");
                journal.restore(&[number], now()).expect("restored");
            },
            &["mine"],
        ),
        (
            "an earlier state brought back",
            |journal, number| {
                let first = journal.history(number).expect("a history")[0].id;
                journal.bring_back(number, first, now()).expect("back");
            },
            &["first", "mine"],
        ),
        (
            "purged",
            |journal, number| {
                journal.delete(&[number], now()).expect("deleted");
                let trash = journal.trash().expect("read");
                assert_eq!(journal.purge(&trash).expect("purged"), 1);
            },
            &["mine"],
        ),
    ];
    for (what, meanwhile, living) in cases {
        let mut bench = Bench::new();
        let number = bench.write("first").number;
        bench.edit(number, text(None, "second"));
        let before = &bench.living()[0].text.clone();
        let mut other = sealed::open(&bench.path, now()).expect("opened");
        meanwhile(&mut other, number);
        let edited = bench.edit(number, text(Some(before), "mine"));
        let texts: Vec<String> = bench.living().into_iter().map(|entry| entry.text).collect();
        assert_eq!(texts, living, "{what}");
        // What it was before is there, unless it was purged.
        let history = bench.journal.history(number);
        assert_eq!(history.is_err(), what == "purged");
        for state in ["first", "second"] {
            let kept = history
                .as_ref()
                .is_ok_and(|states| states.iter().any(|found| found.content.text == state));
            assert!(kept || what == "purged", "{what}: {state}");
        }
        // And the other way round: the other window takes back what this one did.
        other.undo(now()).expect("undone").expect("it");
        let kept_apart = matches!(edited, EditOutcome::KeptApart(_));
        let mine = match edited {
            EditOutcome::Changed { after, .. } => after.number,
            EditOutcome::KeptApart(entry) => entry.number,
            EditOutcome::Unchanged(_) => panic!("{what}: nothing was changed"),
        };
        assert_eq!(kept_apart, mine != number, "{what}");
        assert!(
            bench.texts_in_history(mine).contains(&"mine".to_owned()),
            "{what}"
        );
        let living: Vec<String> = bench.living().into_iter().map(|entry| entry.text).collect();
        assert!(!living.contains(&"mine".to_owned()), "{what}: {living:?}");
        bench.journal.redo(now()).expect("redone").expect("it");
        let living: Vec<String> = bench.living().into_iter().map(|entry| entry.text).collect();
        assert!(living.contains(&"mine".to_owned()), "{what}: {living:?}");
    }
}

/// Fields are changed in one window whose entry has gone in another.
#[test]
fn what_is_gone_meanwhile_is_said() {
    let mut bench = Bench::new();
    let number = bench.write("kept").number;
    let mut other = sealed::open(&bench.path, now()).expect("opened");
    let mood = || Edit {
        mood: Some(Mood::new(2)),
        ..Edit::default()
    };
    let state = bench.journal.history(number).expect("a history")[0].id;
    other.undo(now()).expect("undone").expect("the page");
    for refused in [
        bench.journal.edit(number, mood(), today(), now()).err(),
        bench.journal.bring_back(number, state, now()).err(),
        bench.journal.delete(&[number], now()).err(),
    ] {
        assert!(
            matches!(refused, Some(Error::InTrash { .. })),
            "{refused:?}"
        );
    }
    assert_eq!(bench.texts_in_history(number), ["kept", "kept"]);
    let trash = other.trash().expect("read");
    assert_eq!(other.purge(&trash).expect("purged"), 1);
    assert_eq!(bench.journal.purge(&trash).expect("purged"), 0);
    for refused in [
        bench.journal.edit(number, mood(), today(), now()).err(),
        bench.journal.bring_back(number, state, now()).err(),
        bench.journal.delete(&[number], now()).err(),
        bench.journal.restore(&[number], now()).err(),
    ] {
        assert!(
            matches!(refused, Some(Error::NoSuchEntry { .. })),
            "{refused:?}"
        );
    }
    for journal in [&mut bench.journal, &mut other] {
        assert_eq!(journal.undo(now()).expect("nothing"), None);
        assert_eq!(journal.redo(now()).expect("nothing"), None);
    }
}

#[test]
fn undo_and_redo_walk_along_a_line() {
    let mut bench = Bench::new();
    let number = bench.write("one").number;
    bench.edit(number, text(None, "two"));
    let text_of = |bench: &Bench| bench.living().first().map(|entry| entry.text.clone());
    let undo = |bench: &mut Bench| bench.journal.undo(now()).expect("undone").map(|u| u.what);
    let redo = |bench: &mut Bench| bench.journal.redo(now()).expect("redone").map(|u| u.what);
    assert_eq!(undo(&mut bench), Some(ActionKind::Edit));
    assert_eq!(text_of(&bench).as_deref(), Some("one"));
    assert_eq!(undo(&mut bench), Some(ActionKind::Write));
    assert_eq!((text_of(&bench), bench.first_tip()), (None, 0));
    assert_eq!(undo(&mut bench), None);
    assert_eq!(redo(&mut bench), Some(ActionKind::Write));
    assert_eq!(
        (text_of(&bench).as_deref(), bench.first_tip()),
        (Some("one"), 1)
    );
    assert_eq!(redo(&mut bench), Some(ActionKind::Edit));
    assert_eq!(text_of(&bench).as_deref(), Some("two"));
    assert_eq!(redo(&mut bench), None);
    // Something else after an undo: what was undone cannot be redone, and is still there.
    undo(&mut bench);
    bench.edit(number, text(None, "three"));
    assert_eq!(redo(&mut bench), None);
    assert!(bench.texts_in_history(number).contains(&"two".to_owned()));
}

/// What a person can do, with entries and texts picked by number.
#[derive(Debug, Clone)]
enum Step {
    Write(u8),
    Text(usize, u8),
    Fields(usize, u8),
    Delete(usize),
    Restore(usize),
    BringBack(usize, usize),
    Undo,
    Redo,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<u8>().prop_map(Step::Write),
        3 => (0usize..6, any::<u8>()).prop_map(|(at, text)| Step::Text(at, text)),
        2 => (0usize..6, any::<u8>()).prop_map(|(at, field)| Step::Fields(at, field)),
        2 => (0usize..6).prop_map(Step::Delete),
        2 => (0usize..6).prop_map(Step::Restore),
        1 => (0usize..6, 0usize..4).prop_map(|(at, state)| Step::BringBack(at, state)),
        3 => Just(Step::Undo),
        2 => Just(Step::Redo),
    ]
}

/// Does a step where it can be done; what cannot be done is refused and changes nothing.
/// Returns by how much there is more to undo.
fn take(bench: &mut Bench, step: &Step, texts: &mut BTreeSet<String>) -> isize {
    let number = |at: usize| i64::try_from(at + 1).expect("small");
    let edited = |edited: Result<EditOutcome, Error>| {
        isize::from(matches!(
            edited,
            Ok(EditOutcome::Changed { .. } | EditOutcome::KeptApart(_))
        ))
    };
    match step {
        Step::Write(seed) => {
            let day = today().plus_days(-i64::from(seed % 5)).expect("a day");
            let tip = onward::decks::Deck::walk_away().tips[usize::from(seed % 10)].clone();
            let reflects = match seed % 3 {
                0 => Reflects::OnPrompt,
                1 => Reflects::OnNothing,
                _ => Reflects::On(vec![(tip, None)]),
            };
            let text = format!("written {seed} #tag{}", seed % 7);
            texts.insert(text.clone());
            bench
                .journal
                .write(page(&text, day, reflects), today(), now())
                .expect("written");
            1
        }
        Step::Text(at, seed) => {
            let to = format!("rewritten {seed}");
            let done = bench
                .journal
                .edit(number(*at), text(None, &to), today(), now());
            if done.is_ok() {
                texts.insert(to);
            }
            edited(done)
        }
        Step::Fields(at, seed) => {
            let edit = Edit {
                mood: Some(Mood::new(i64::from(seed % 6))),
                starred: Some(seed % 2 == 0),
                reflects: (seed % 3 == 0).then_some(Reflects::OnNothing),
                tag: vec![format!("hand{}", seed % 4).parse().expect("a tag")],
                day: today().plus_days(-i64::from(seed % 9)),
                ..Edit::default()
            };
            edited(bench.journal.edit(number(*at), edit, today(), now()))
        }
        Step::Delete(at) => isize::from(bench.journal.delete(&[number(*at)], now()).is_ok()),
        Step::Restore(at) => isize::from(bench.journal.restore(&[number(*at)], now()).is_ok()),
        Step::BringBack(at, state) => {
            let states = bench.journal.history(number(*at)).unwrap_or_default();
            match states.get(*state) {
                Some(state) => edited(bench.journal.bring_back(number(*at), state.id, now())),
                None => 0,
            }
        }
        Step::Undo => -isize::from(bench.journal.undo(now()).expect("undo").is_some()),
        Step::Redo => isize::from(bench.journal.redo(now()).expect("redo").is_some()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn undoing_everything_leads_back_and_loses_no_text(
        before in prop::collection::vec(step(), 0..8),
        after in prop::collection::vec(step(), 0..20),
    ) {
        let mut bench = Bench::new();
        let mut texts = BTreeSet::new();
        for step in &before {
            take(&mut bench, step, &mut texts);
        }
        // From here on everything can be counted and undone.
        let start = (bench.living(), bench.journal.coverage(today(), None).expect("coverage").remove(0));
        let mut depth = 0;
        for step in &after {
            // An undo beyond the start would leave it for good.
            if matches!(step, Step::Undo) && depth == 0 {
                continue;
            }
            depth += take(&mut bench, step, &mut texts);
        }
        for _ in 0..depth {
            prop_assert!(bench.journal.undo(now()).expect("undo").is_some());
        }
        let end = (bench.living(), bench.journal.coverage(today(), None).expect("coverage").remove(0));
        prop_assert_eq!(&start.0, &end.0);
        for (was, is) in start.1.tips.iter().zip(&end.1.tips) {
            prop_assert_eq!(was.1.reflections, is.1.reflections);
            prop_assert_eq!(was.1.last_reflected, is.1.last_reflected);
        }
        let mut found = BTreeSet::new();
        for number in 1.. {
            match bench.journal.history(number) {
                Ok(states) => found.extend(states.into_iter().map(|s| s.content.text)),
                Err(_) => break,
            }
        }
        prop_assert!(texts.is_subset(&found), "lost: {:?}", texts.difference(&found));
    }
}
