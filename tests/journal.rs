//! What a journal does, through its public door, on a real file, at a fixed time.
//!
//! What belongs here: the rules of the day and the deck, how entries are found and filtered,
//! that text comes back as it was typed, and that what the file derives from the entries
//! agrees with them. Words and wiring of the command line do not; nor do faults of the disk.

#![expect(
    clippy::expect_used,
    reason = "a helper that fails is a test that fails"
)]

mod sealed;
#[cfg(target_os = "linux")]
mod tools;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta};
use onward::Error;
use onward::decks::{Deck, Decks, Tip};
use onward::journal::{Edit, Journal, NewPage, Reflects, Settings};
use onward::model::{Day, Entry, EntryRef, Filter, KindName, Mood, MoodRange, Order, Tag};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use rusqlite::Connection;

/// A journal in a folder of its own, open.
struct Desk {
    journal: Journal,
    path: PathBuf,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        // In memory where that can be had: what is tried here is not the disk's speed.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.expect("a folder");
        let path = folder.path().join("journal.db");
        let journal = sealed::open(&path, evening(nth(1))).expect("made");
        Desk {
            journal,
            path,
            folder,
        }
    }

    /// The same journal, opened once more.
    fn reopened(&self) -> Journal {
        sealed::open(&self.path, evening(nth(1))).expect("opened")
    }

    /// The file, from beside the program.
    fn raw(&self) -> Connection {
        let raw = sealed::raw(&self.path).expect("opened");
        raw.busy_timeout(std::time::Duration::from_secs(10))
            .expect("set");
        raw
    }

    /// The number of the tip that a day offers.
    fn offer(&mut self, day: i64) -> u32 {
        self.journal
            .prompt_for(nth(day), evening(nth(day)))
            .expect("a prompt")
            .tip
            .number
    }

    fn skip(&mut self, day: i64) -> u32 {
        self.journal
            .skip(nth(day), evening(nth(day)))
            .expect("a prompt")
            .tip
            .number
    }

    /// Saves a page on the day it is for.
    fn save(&mut self, page: NewPage) -> Entry {
        let (day, at) = (page.day, page.written_at);
        self.journal.write(page, day, at).expect("saved")
    }

    /// Answers a day's prompt; the numbers of the tips it was counted for.
    fn answer(&mut self, day: i64) -> Vec<u32> {
        let entry = self.save(page(day, &format!("Page of day {day}.")));
        tips_of(&entry)
    }

    fn prompts_stored(&self) -> i64 {
        self.raw()
            .query_row("SELECT count(*) FROM prompt", (), |row| row.get(0))
            .expect("counted")
    }
}

/// The nth day of every story here; the first is Sunday 1 November 2026.
fn nth(n: i64) -> Day {
    Day::from_ymd(2026, 11, 1)
        .and_then(|first| first.plus_days(n - 1))
        .expect("a day")
}

fn at(day: Day, hour: u32, minute: u32) -> DateTime<FixedOffset> {
    let time = NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
    let zone = FixedOffset::east_opt(3600).expect("an offset");
    day.date()
        .and_time(time)
        .and_local_timezone(zone)
        .single()
        .expect("an instant")
}

fn evening(day: Day) -> DateTime<FixedOffset> {
    at(day, 21, 0)
}

/// A page for the nth day, counted for what that day offers.
fn page(day: i64, text: &str) -> NewPage {
    NewPage {
        day: nth(day),
        written_at: evening(nth(day)),
        text: text.to_owned(),
        mood: None,
        starred: false,
        tags: BTreeSet::new(),
        reflects: Reflects::OnPrompt,
    }
}

fn tip(number: u32) -> &'static Tip {
    &Deck::walk_away().tips[number as usize - 1]
}

fn on(tips: &[u32]) -> Reflects {
    Reflects::On(tips.iter().map(|&n| (tip(n).clone(), None)).collect())
}

fn tips_of(entry: &Entry) -> Vec<u32> {
    entry.reflections.iter().map(|r| r.number).collect()
}

fn numbers(entries: &[Entry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.number).collect()
}

mod the_deck {
    use super::*;

    #[test]
    fn ten_days_in_a_row_run_through_the_deck_in_order() {
        let mut desk = Desk::new();
        for day in 1..=10 {
            let expected = u32::try_from(day).expect("small");
            assert_eq!(desk.offer(day), expected, "day {day}");
            assert_eq!(desk.answer(day), [expected], "day {day}");
        }
    }

    #[test]
    fn the_second_round_begins_with_the_first_tip_and_another_question() {
        let mut desk = Desk::new();
        // So that no entry has the number of the tip it answers.
        desk.save(NewPage {
            reflects: Reflects::OnNothing,
            ..page(1, "Free.")
        });
        let first = desk
            .journal
            .prompt_for(nth(1), evening(nth(1)))
            .expect("a prompt");
        for day in 1..=10 {
            desk.answer(day);
        }
        let coverage = desk
            .journal
            .coverage(nth(10), None)
            .expect("read")
            .remove(0);
        assert_eq!((coverage.round(), coverage.covered()), (2, 10));
        assert_eq!(coverage.covered_in_round(), 0);

        let again = desk
            .journal
            .prompt_for(nth(11), evening(nth(11)))
            .expect("a prompt");
        assert_eq!(again.tip.number, 1);
        assert_eq!(first.question, tip(1).questions[0]);
        assert_eq!(again.question, tip(1).questions[1]);
        let then = desk.journal.answer_before(tip(1), nth(11)).expect("read");
        assert_eq!(then.map(|entry| entry.text), Some("Page of day 1.".into()));
        assert_eq!(
            desk.journal.answer_before(tip(1), nth(1)).expect("read"),
            None,
            "nothing was answered before the first day"
        );
    }

    #[test]
    fn every_question_of_a_tip_is_asked_before_one_comes_twice() {
        let mut desk = Desk::new();
        let questions = tip(1).questions.len();
        let mut asked = Vec::new();
        for day in 1..=i64::try_from(questions).expect("few") + 1 {
            let now = evening(nth(day));
            let prompt = desk.journal.take(tip(1), nth(day), now).expect("taken");
            asked.push(prompt.question);
        }
        assert_eq!(asked[..questions], tip(1).questions[..]);
        assert_eq!(asked[questions], tip(1).questions[0]);
    }

    #[test]
    fn a_day_without_a_page_does_not_stop_the_deck() {
        let mut desk = Desk::new();
        assert_eq!(desk.offer(1), 1);
        let mut offered = Vec::new();
        for day in 2..=11 {
            offered.push(desk.offer(day));
            desk.answer(day);
        }
        assert_eq!(offered, [2, 3, 4, 5, 6, 7, 8, 9, 10, 1]);
    }

    #[test]
    fn days_on_which_nothing_was_opened_leave_no_trace() {
        let mut desk = Desk::new();
        desk.answer(1);
        assert_eq!(desk.offer(200), 2);
        assert_eq!(desk.prompts_stored(), 2);
    }

    #[test]
    fn a_skipped_tip_comes_back_at_the_end_of_the_round() {
        let mut desk = Desk::new();
        desk.answer(1);
        desk.answer(2);
        assert_eq!(desk.offer(3), 3);
        assert_eq!(desk.skip(3), 4);
        assert_eq!(desk.answer(3), [4]);
        let mut offered = Vec::new();
        for day in 4..=11 {
            offered.push(desk.offer(day));
            desk.answer(day);
        }
        assert_eq!(offered, [5, 6, 7, 8, 9, 10, 3, 1]);
    }

    #[test]
    fn skipping_shows_the_whole_deck_before_anything_twice() {
        let mut desk = Desk::new();
        let mut seen = vec![desk.offer(1)];
        for _ in 1..10 {
            seen.push(desk.skip(1));
        }
        let distinct: BTreeSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), 10, "{seen:?}");
        for _ in 0..25 {
            let before = desk.offer(1);
            assert_ne!(desk.skip(1), before, "a skip offers another tip");
        }
    }

    #[test]
    fn a_tip_of_ones_own_choice_is_the_days_prompt() {
        let mut desk = Desk::new();
        assert_eq!(desk.offer(1), 1);
        let now = evening(nth(1));
        let taken = desk.journal.take(tip(8), nth(1), now).expect("taken");
        assert_eq!(taken.tip.number, 8);
        let again = desk.journal.take(tip(8), nth(1), now).expect("taken");
        assert_eq!(again, taken, "taking it twice asks the same");
        assert_eq!(desk.offer(1), 8);
        assert_eq!(desk.answer(1), [8]);
        assert_eq!(desk.offer(2), 2, "tip 1 was offered, so it waits");
    }

    #[test]
    fn three_entries_on_one_day_reflect_once() {
        let mut desk = Desk::new();
        for _ in 0..3 {
            assert_eq!(desk.answer(1), [1]);
        }
        let coverage = desk.journal.coverage(nth(1), None).expect("read").remove(0);
        assert_eq!(coverage.tips[0].1.reflections, 1);
        assert_eq!(coverage.tips[0].1.last_reflected, Some(nth(1)));
        assert_eq!(desk.journal.reflections_on(tip(1)).expect("read").len(), 3);
        assert_eq!(desk.offer(2), 2);
    }

    #[test]
    fn coverage_says_what_today_is_and_what_comes_next() {
        let mut desk = Desk::new();
        let fresh = desk.journal.coverage(nth(1), None).expect("read").remove(0);
        assert_eq!((fresh.today, fresh.next), (None, Some("no-contact".into())));
        desk.offer(1);
        let slug = |number| Some(tip(number).slug.clone());
        let offered = desk.journal.coverage(nth(1), None).expect("read").remove(0);
        assert_eq!((offered.today, offered.next), (slug(1), slug(2)));
        desk.answer(1);
        let answered = desk.journal.coverage(nth(1), None).expect("read").remove(0);
        assert_eq!((answered.today, answered.next), (slug(1), slug(2)));
        assert_eq!(desk.offer(2), 2, "and so it comes");
    }
}

mod the_prompt {
    use super::*;

    #[test]
    fn it_is_stable_for_the_day_and_over_reopening() {
        let mut desk = Desk::new();
        let now = evening(nth(1));
        let morning = desk
            .journal
            .prompt_for(nth(1), at(nth(1), 8, 0))
            .expect("a prompt");
        desk.answer(1);
        assert_eq!(
            desk.journal.prompt_for(nth(1), now).expect("again"),
            morning
        );
        let mut other = desk.reopened();
        assert_eq!(other.prompt_for(nth(1), now).expect("again"), morning);
        assert_eq!(other.prompt_of(nth(1)).expect("read"), Some(morning));
        assert_eq!(desk.prompts_stored(), 1);
    }

    #[test]
    fn two_that_are_open_at_once_agree() {
        let mut desk = Desk::new();
        let mut other = desk.reopened();
        let now = evening(nth(1));
        assert_eq!(other.prompt_of(nth(1)).expect("read"), None);
        let here = desk.journal.prompt_for(nth(1), now).expect("a prompt");
        let there = other.prompt_for(nth(1), now).expect("a prompt");
        assert_eq!(here, there);
        // And one that wrote first has chosen for the other.
        let page_of_two = page(2, "Written over there.");
        other
            .write(page_of_two, nth(2), evening(nth(2)))
            .expect("saved");
        assert_eq!(desk.offer(2), 2);
        assert_eq!(desk.prompts_stored(), 2);
    }

    #[test]
    fn a_page_for_an_earlier_day_goes_with_what_that_day_offered() {
        let mut desk = Desk::new();
        assert_eq!(desk.offer(1), 1);
        desk.offer(5);
        let mut late = page(1, "Late, but for the first day.");
        late.written_at = evening(nth(5));
        let entry = desk
            .journal
            .write(late, nth(5), evening(nth(5)))
            .expect("saved");
        assert_eq!(tips_of(&entry), [1]);
        assert_eq!(
            entry.reflections[0].question.as_deref(),
            Some(tip(1).questions[0].as_str())
        );
        assert_eq!(entry.day, nth(1));
    }

    #[test]
    fn a_page_for_a_day_that_offered_nothing_is_free() {
        let mut desk = Desk::new();
        desk.offer(5);
        let entry = desk
            .journal
            .write(page(3, "Of the third."), nth(5), evening(nth(5)))
            .expect("saved");
        assert_eq!(tips_of(&entry), [] as [u32; 0]);
        assert_eq!(
            desk.journal.prompt_of(nth(3)).expect("read"),
            None,
            "and the day still offers nothing"
        );
    }

    #[test]
    fn free_pages_and_other_tips_leave_the_prompt_alone() {
        let mut desk = Desk::new();
        let free = desk.save(NewPage {
            reflects: Reflects::OnNothing,
            ..page(1, "Free.")
        });
        assert_eq!(tips_of(&free), [] as [u32; 0]);
        let other = desk.save(NewPage {
            reflects: on(&[8, 3]),
            ..page(1, "On two.")
        });
        assert_eq!(tips_of(&other), [3, 8], "in the order of the deck");
        assert!(other.reflections.iter().all(|r| r.question.is_none()));
        assert_eq!(desk.prompts_stored(), 0, "neither needed a prompt");
        assert_eq!(desk.offer(1), 1);
        // The day's own question was asked, whichever way the page came.
        let by_hand = desk.save(NewPage {
            reflects: on(&[1]),
            ..page(1, "On today's, by number.")
        });
        assert_eq!(
            by_hand.reflections[0].question.as_deref(),
            Some(tip(1).questions[0].as_str())
        );
    }

    #[test]
    fn reading_never_assigns() {
        let mut desk = Desk::new();
        let entry = desk.save(NewPage {
            reflects: Reflects::OnNothing,
            ..page(1, "Free.")
        });
        let journal = sealed::open_to_read(&desk.path).expect("opened");
        let all = Filter::default();
        for day in 1..4 {
            let day = nth(day);
            journal.prompt_of(day).expect("read");
            journal.coverage(day, None).expect("read").remove(0);
            journal.entries_of(day).expect("read");
            journal.answer_before(tip(1), day).expect("read");
            journal.is_reflected(tip(1), day).expect("read");
        }
        journal
            .entries(&all, Order::NewestFirst, None)
            .expect("read");
        journal.count(&all).expect("read");
        journal.reflections_on(tip(1)).expect("read");
        journal.next_question(tip(1), nth(1)).expect("read");
        journal
            .find(&EntryRef::Number(entry.number), nth(3))
            .expect("found");
        assert_eq!(desk.prompts_stored(), 0);
    }

    #[test]
    fn reading_where_there_is_no_journal_makes_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("not/yet/journal.db");
        let journal = sealed::open_to_read(&path).expect("an empty one");
        assert_eq!(journal.count(&Filter::default()).expect("read"), 0);
        assert_eq!(
            journal
                .coverage(nth(1), None)
                .expect("read")
                .remove(0)
                .covered(),
            0
        );
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("there").count(),
            0,
            "not even a folder"
        );
    }
}

/// Modes do not bind the superuser, who runs this test again as somebody else.
#[cfg(target_os = "linux")]
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "starts itself anew as somebody else"
)]
fn a_journal_that_can_only_be_read_chooses_and_does_not_store() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    const NAME: &str = "a_journal_that_can_only_be_read_chooses_and_does_not_store";

    let mut desk = Desk::new();
    if std::fs::metadata(desk.folder.path()).expect("there").uid() == 0 {
        let this = std::env::current_exe().expect("this program");
        let run = std::process::Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
            .arg(this)
            .args(["--exact", NAME, "--nocapture"])
            .output();
        match run {
            Ok(run) if String::from_utf8_lossy(&run.stdout).contains("1 passed") => {}
            Ok(run) if String::from_utf8_lossy(&run.stdout).contains("running 1 test") => {
                panic!("{}", String::from_utf8_lossy(&run.stderr));
            }
            _ => {
                tools::wanting(tools::AS_SOMEBODY_ELSE, NAME);
            }
        }
        return;
    }

    desk.answer(1);
    let closed = |mut desk: Desk| {
        desk.journal = sealed::open_to_read(&desk.folder.path().join("none")).expect("empty");
        desk
    };
    let desk = closed(desk);
    let chmod = |path: &std::path::Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("set");
    };
    let before = std::fs::read(&desk.path).expect("there");
    chmod(&desk.path, 0o400);
    chmod(desk.folder.path(), 0o500);
    {
        let mut journal = desk.reopened();
        for _ in 0..2 {
            let prompt = journal.prompt_for(nth(2), evening(nth(2))).expect("chosen");
            assert_eq!(
                prompt.tip.number, 2,
                "as a journal that can be written would"
            );
        }
        assert_eq!(journal.prompt_of(nth(2)).expect("read"), None, "not stored");
        assert_eq!(journal.entries_of(nth(1)).expect("read").len(), 1);
        for refused in [
            journal.skip(nth(2), evening(nth(2))).map(|_| ()),
            journal
                .write(page(2, "Cannot be."), nth(2), evening(nth(2)))
                .map(|_| ()),
        ] {
            assert!(
                matches!(refused, Err(Error::ReadOnly { .. })),
                "{refused:?}"
            );
        }
    }
    chmod(desk.folder.path(), 0o700);
    assert_eq!(std::fs::read(&desk.path).expect("there"), before);
}

mod several_decks {
    use super::*;

    /// A deck with so many tips and as many questions of the week.
    fn deck(slug: &str, tips: usize) -> Deck {
        let mut text = format!("slug = \"{slug}\"\ntitle = \"T\"\nabout = \"A\"\n");
        for n in 1..=tips {
            text.push_str(&format!(
                "[[tips]]\nnumber = {n}\nslug = \"t{n}\"\ntitle = \"T\"\ngist = \"G\"\n\
                 practice = \"P\"\nquestions = [\"A?\", \"B?\"]\nmeaning = [\"C?\"]\n"
            ));
        }
        for n in 1..=tips {
            text.push_str(&format!(
                "[[questions]]\nslug = \"q{n}\"\ntitle = \"T\"\ntext = \"X\"\nquestion = \"Q{n}?\"\n"
            ));
        }
        Deck::parse(&text).expect("a deck")
    }

    fn drawing_from(decks: Decks) -> Settings {
        Settings {
            decks,
            ..Settings::default()
        }
    }

    fn decks(sizes: &[usize]) -> Decks {
        let slugs = ["b", "a", "d", "c"];
        Decks::of(
            sizes
                .iter()
                .zip(slugs)
                .map(|(size, slug)| deck(slug, *size))
                .collect(),
        )
    }

    /// What is known of a tip: days of reflection, last offered as (day, turn), its place.
    type Known = (u32, Option<(i64, u32)>, usize);

    #[derive(Debug, Clone, Copy)]
    enum Evening {
        Answer,
        Nothing,
        Skip,
        Take(usize),
        Elsewhere(usize),
    }

    fn any_evening() -> impl Strategy<Value = Evening> {
        prop_oneof![
            4 => Just(Evening::Answer),
            1 => Just(Evening::Nothing),
            1 => Just(Evening::Skip),
            1 => any::<usize>().prop_map(Evening::Take),
            1 => any::<usize>().prop_map(Evening::Elsewhere),
        ]
    }

    proptest! {
        #![proptest_config(cases(32))]
        /// Against a count by hand of the rule as it is written down.
        #[test]
        fn each_day_draws_by_the_rule(
            sizes in prop::collection::vec(1..4_usize, 1..4),
            evenings in prop::collection::vec(any_evening(), 1..30),
        ) {
            let all = decks(&sizes);
            let tips: Vec<Tip> = all.tips().into_iter().cloned().collect();
            let mut desk = Desk::new();
            desk.journal = desk.reopened().with(drawing_from(all));
            let mut known: Vec<Known> = (0..tips.len()).map(|place| (0, None, place)).collect();
            for (day, evening) in (1..).zip(&evenings) {
                let now = evening_of(day);
                let place = |prompt: &onward::journal::Prompt| {
                    tips.iter().position(|tip| tip.key() == prompt.tip.key()).expect("a tip")
                };
                let expected = known.iter().min().expect("tips").2;
                let first = place(&desk.journal.prompt_for(nth(day), now).expect("a prompt"));
                prop_assert_eq!(first, expected, "day {}", day);
                known[first].1 = Some((day, 1));
                match *evening {
                    Evening::Nothing => {}
                    Evening::Answer => {
                        desk.answer(day);
                        known[first].0 += 1;
                    }
                    Evening::Skip => {
                        let rest = known.iter().filter(|known| known.2 != first);
                        let expected = rest.min().map_or(first, |known| known.2);
                        let next = place(&desk.journal.skip(nth(day), now).expect("another"));
                        prop_assert_eq!(next, expected);
                        known[next].1 = Some((day, 2));
                    }
                    Evening::Take(wish) => {
                        let wish = wish % tips.len();
                        desk.journal.take(&tips[wish], nth(day), now).expect("taken");
                        if wish != first {
                            known[wish].1 = Some((day, 2));
                        }
                        desk.answer(day);
                        known[wish].0 += 1;
                    }
                    Evening::Elsewhere(wish) => {
                        let wish = wish % tips.len();
                        let tip = (tips[wish].clone(), None);
                        desk.save(NewPage { reflects: Reflects::On(vec![tip]), ..page(day, "x") });
                        known[wish].0 += 1;
                    }
                }
                let standing = desk.journal.coverage(nth(day), None).expect("read");
                let counted: Vec<u32> = standing
                    .iter()
                    .flat_map(|coverage| &coverage.tips)
                    .map(|(_, record)| record.reflections)
                    .collect();
                let expected: Vec<u32> = known.iter().map(|known| known.0).collect();
                prop_assert_eq!(counted, expected);
                let next: Vec<&String> = standing.iter().filter_map(|c| c.next.as_ref()).collect();
                prop_assert_eq!(next.len(), 1);
            }
        }
    }

    fn evening_of(day: i64) -> DateTime<FixedOffset> {
        evening(nth(day))
    }

    #[test]
    fn a_deck_that_goes_today_makes_room_for_another_tip() {
        let mut desk = Desk::new();
        desk.journal = desk.reopened().with(drawing_from(decks(&[1])));
        let first = desk
            .journal
            .prompt_for(nth(1), evening_of(1))
            .expect("a prompt");
        assert_eq!(first.tip.key(), "b/t1");
        desk.answer(1);
        desk.journal = desk.reopened();
        assert_eq!(desk.offer(1), 1);
        let remembered = desk.journal.remembered().expect("read");
        assert_eq!((remembered.len(), remembered[0].deck.as_str()), (1, "b"));
        assert_eq!(remembered[0].tips[0].1.reflections, 1);
        assert_eq!(desk.journal.find_tip("t1").expect("known").key(), "b/t1");
        assert_eq!(desk.journal.find_tip("b/1").expect("known").key(), "b/t1");
        assert!(desk.journal.find_tip("b/2").is_err());
    }

    #[test]
    fn a_week_keeps_its_question_and_the_tips_know_nothing_of_it() {
        let mut desk = Desk::new();
        desk.journal = desk.reopened().with(drawing_from(decks(&[2, 1])));
        let before = desk.journal.coverage(nth(1), None).expect("read");
        let mut asked = Vec::new();
        for week in 0..4 {
            let begins = nth(1 + 7 * week);
            let now = evening(begins);
            assert_eq!(desk.journal.weekly_of(begins).expect("read"), None);
            let question = desk
                .journal
                .weekly(begins, now)
                .expect("kept")
                .expect("one");
            let again = desk
                .reopened()
                .with(drawing_from(decks(&[2, 1])))
                .weekly(begins, now);
            assert_eq!(again.expect("kept").as_ref(), Some(&question));
            asked.push(question.tip.key());
            // The second is not answered, and comes back when the others have been.
            if week != 1 {
                desk.save(NewPage {
                    reflects: Reflects::On(vec![(question.tip, Some(question.question))]),
                    ..page(1 + 7 * week, "An answer.")
                });
            }
        }
        assert_eq!(asked, ["b/week/q1", "b/week/q2", "a/week/q1", "b/week/q2"]);
        let after = desk.journal.coverage(nth(30), Some(nth(22))).expect("read");
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.tips, after.tips);
            assert_eq!(before.round(), after.round());
        }
        assert_eq!(after[0].this_week.as_deref(), Some("week/q2"));
        let days: Vec<u32> = after[0]
            .questions
            .iter()
            .map(|(_, record)| record.reflections)
            .collect();
        assert_eq!(days, [1, 1]);
        // The day's own prompt is untouched by the question that begins with it.
        assert_eq!(desk.offer(1), 1);
        assert_eq!(
            desk.journal
                .skip(nth(1), evening_of(1))
                .expect("another")
                .tip
                .key(),
            "b/t2"
        );
        assert!(desk.journal.weekly_of(nth(1)).expect("read").is_some());
        let none = deck("n", 1);
        let none = Deck {
            questions: Vec::new(),
            ..none
        };
        let mut journal = desk.reopened().with(drawing_from(Decks::of(vec![none])));
        assert_eq!(journal.weekly(nth(50), evening_of(50)).expect("read"), None);
    }

    #[test]
    fn low_days_spare_meaning() {
        let mut desk = Desk::new();
        desk.journal = desk.reopened().with(drawing_from(decks(&[1])));
        let tip = desk.journal.decks().tips()[0].clone();
        let mood = |n| Mood::new(n);
        // Two concrete questions, then the one about meaning.
        for day in 1..=2 {
            desk.offer(day);
            desk.save(NewPage {
                mood: mood(1),
                ..page(day, "Low.")
            });
        }
        let next = |desk: &Desk, day| desk.journal.next_question(&tip, nth(day)).expect("read");
        assert_eq!(next(&desk, 3), "C?", "two low days are not three");
        desk.save(NewPage {
            mood: mood(2),
            reflects: Reflects::OnNothing,
            ..page(3, "Low.")
        });
        // Today's own mood does not count yet.
        assert_eq!(next(&desk, 3), "C?");
        assert_eq!(next(&desk, 4), "A?");
        let prompt = desk
            .journal
            .prompt_for(nth(4), evening_of(4))
            .expect("a prompt");
        assert_eq!(prompt.question, "A?");
        assert!(desk.journal.is_spared(&prompt, nth(4)).expect("read"));
        let harsh = desk.reopened().with(Settings {
            decks: decks(&[1]),
            gentle: false,
            ..Settings::default()
        });
        assert_eq!(harsh.next_question(&tip, nth(4)).expect("read"), "C?");
        assert!(!harsh.is_spared(&prompt, nth(4)).expect("read"));
        // Five better days, and meaning comes again.
        for day in 4..=8 {
            desk.save(NewPage {
                mood: mood(4),
                reflects: Reflects::OnNothing,
                ..page(day, "Better.")
            });
        }
        assert_eq!(next(&desk, 9), "C?");
    }
}

mod finding {
    use super::*;

    fn find(desk: &Desk, typed: &str) -> onward::Result<Vec<i64>> {
        let reference: EntryRef = typed.parse().expect("a reference");
        let found = desk.journal.find(&reference, nth(20))?;
        Ok(numbers(&found))
    }

    #[track_caller]
    fn check(desk: &Desk, typed: &str, expect: &[i64]) {
        assert_eq!(find(desk, typed).expect(typed), expect, "{typed}");
    }

    #[track_caller]
    fn check_none(desk: &Desk, typed: &str) {
        let found = find(desk, typed);
        assert!(
            matches!(found, Err(Error::NoSuchEntry { .. })),
            "{typed}: {found:?}"
        );
    }

    #[track_caller]
    fn check_ambiguous(desk: &Desk, typed: &str) {
        match find(desk, typed) {
            Err(Error::Usage { what, hint }) => {
                assert!(what.contains("several ids begin with"), "{typed}: {what}");
                assert!(hint.is_some());
            }
            other => panic!("{typed}: {other:?}"),
        }
    }

    fn set_id(desk: &Desk, number: i64, id: &str) {
        let changed = desk
            .raw()
            .execute("UPDATE entry SET id = ?2 WHERE number = ?1", (number, id))
            .expect("set");
        assert_eq!(changed, 1);
    }

    #[test]
    fn by_number_last_and_day() {
        let mut desk = Desk::new();
        desk.answer(1);
        desk.answer(20);
        let mut late = page(19, "Written last, for the day before.");
        late.written_at = at(nth(19), 9, 0);
        desk.journal
            .write(late, nth(20), evening(nth(20)))
            .expect("saved");
        desk.answer(20);
        desk.save(NewPage {
            written_at: at(nth(20), 7, 0),
            ..page(20, "Dated to the morning.")
        });
        check(&desk, "1", &[1]);
        check(&desk, "#2", &[2]);
        check(&desk, "last", &[5]);
        check(&desk, "yesterday", &[3]);
        check(&desk, "today", &[5, 2, 4]);
        check(&desk, "2026-11-01", &[1]);
        check_none(&desk, "6");
        check_none(&desk, "0");
        check_none(&desk, "2026-11-02");
        check_none(&desk, "9223372036854775807");
        let future = find(&desk, "2026-11-21");
        assert!(matches!(future, Err(Error::Usage { .. })), "{future:?}");
        check_none(&Desk::new(), "last");
    }

    #[test]
    fn by_the_beginning_of_an_id() {
        let mut desk = Desk::new();
        let first = desk.save(page(1, "First.")).id.to_string();
        desk.save(page(2, "Second."));
        let plain = first.replace('-', "");
        for length in 8..=32 {
            check(&desk, &plain[..length], &[1]);
        }
        for length in 8..=36 {
            check(&desk, &first[..length], &[1]);
        }
        check(&desk, &plain.to_uppercase(), &[1]);
        let mut other = plain.clone();
        let changed = if other.ends_with('0') { "1" } else { "0" };
        other.replace_range(31.., changed);
        check_none(&desk, &other);
        check_none(&desk, "ffffffff");
    }

    #[test]
    fn the_beginning_of_several_ids_is_refused() {
        let mut desk = Desk::new();
        // Made in the same minute, they begin alike.
        let first = desk.save(page(1, "First.")).id.to_string();
        let second = desk.save(page(1, "Second.")).id.to_string();
        assert_eq!(first[..8], second[..8]);
        check_ambiguous(&desk, &first[..8]);
        check(&desk, &first, &[1]);
        check(&desk, &second, &[2]);
    }

    #[test]
    fn an_id_of_digits_alone_is_found_too() {
        let mut desk = Desk::new();
        // At this instant the ids begin with 01999999.
        let now = DateTime::parse_from_rfc3339("2025-09-30T09:50:04+02:00").expect("instant");
        let day = Day::from_ymd(2025, 9, 30).expect("a day");
        let page = NewPage {
            day,
            written_at: now,
            ..page(1, "One.")
        };
        let entry = desk.journal.write(page.clone(), day, now).expect("saved");
        assert!(entry.id.to_string().starts_with("01999999-"));
        check(&desk, "01999999", &[1]);
        check(&desk, "01999999-9", &[1]);
        check(&desk, "019999999", &[1]);
        desk.journal.write(page, day, now).expect("saved");
        check_ambiguous(&desk, "01999999");
    }

    #[test]
    fn a_number_goes_before_an_id_that_reads_like_one() {
        let mut desk = Desk::new();
        desk.answer(1);
        desk.answer(2);
        desk.answer(3);
        set_id(&desk, 2, "12345678-1111-4111-8111-111111111111");
        check(&desk, "12345678", &[2]);
        check(&desk, "1234567811114111811111", &[2]);
        set_id(&desk, 3, "12345678-2222-4111-8111-111111111111");
        check_ambiguous(&desk, "12345678");
        desk.raw()
            .execute("UPDATE tag SET entry = entry", ())
            .expect("allowed");
        desk.raw()
            .execute_batch(
                "PRAGMA foreign_keys = OFF;
                 UPDATE entry SET number = 12345678 WHERE number = 1;
                 UPDATE reflection SET entry = 12345678 WHERE entry = 1;",
            )
            .expect("set");
        check(&desk, "12345678", &[12_345_678]);
        check(&desk, "#12345678", &[12_345_678]);
    }

    #[test]
    fn what_is_in_the_trash_is_not_found() {
        let mut desk = Desk::new();
        let entry = desk.save(page(1, "Gone."));
        desk.answer(1);
        desk.raw()
            .execute(
                "UPDATE entry SET deleted_at = saved_at WHERE number = 1",
                (),
            )
            .expect("trashed");
        check_none(&desk, "1");
        check_none(&desk, &entry.id.to_string());
        check(&desk, "2026-11-01", &[2]);
        check(&desk, "last", &[2]);
        let coverage = desk.journal.coverage(nth(1), None).expect("read").remove(0);
        assert_eq!(
            coverage.tips[0].1.reflections, 1,
            "the other page still counts"
        );
    }
}

mod text {
    use super::*;

    #[track_caller]
    fn check(text: &str, kept: &str) {
        let mut desk = Desk::new();
        let entry = desk.save(page(1, text));
        assert!(entry.text == kept, "as answered");
        let found = desk.reopened().entries_of(nth(1)).expect("read");
        assert!(found[0].text == kept, "as read back");
        assert_eq!(found, [entry]);
    }

    #[test]
    fn it_is_kept_as_typed() {
        check(
            "’ € 😀 e\u{301} \u{202e} \u{feff}",
            "’ € 😀 e\u{301} \u{202e} \u{feff}",
        );
        check("a\0b\0", "a\0b\0");
        check(
            " \t leading and trailing \n\n",
            " \t leading and trailing \n\n",
        );
        check("[2019-03-03 03:03] no date", "[2019-03-03 03:03] no date");
        check("'; DROP TABLE entry; --", "'; DROP TABLE entry; --");
    }

    #[test]
    fn line_ends_become_plain_and_a_lone_return_stays() {
        check("one\r\ntwo\r\n", "one\ntwo\n");
        check("one\rtwo", "one\rtwo");
        check("\r\r\n\n\r", "\n\n\r");
    }

    #[test]
    fn ten_megabytes_fit() {
        let line = "I went for a walk today, and this is what I saw.\n";
        let long = line.repeat(10_000_000 / line.len() + 1);
        check(&long, &long);
    }

    fn anything() -> impl Strategy<Value = String> {
        let character = prop_oneof![
            2 => any::<char>(),
            1 => select(vec!['\r', '\n', '\0', '#', ' ', 'a', '\u{85}', '\u{2028}', '\u{1b}']),
        ];
        prop::collection::vec(character, 0..300).prop_map(String::from_iter)
    }

    proptest! {
        #![proptest_config(cases(256))]
        #[test]
        fn any_text_comes_back(texts in prop::collection::vec(anything(), 1..8)) {
            let mut desk = Desk::new();
            for text in &texts {
                desk.save(page(1, text));
            }
            let found = desk.reopened().entries_of(nth(1)).expect("read");
            let found: Vec<_> = found.into_iter().map(|entry| entry.text).collect();
            let kept: Vec<_> = texts
                .iter()
                .map(|text| {
                    let lines: Vec<&str> = text.split('\n').collect();
                    let (last, ended) = lines.split_last().expect("one at least");
                    let ended = ended.iter().map(|line| line.trim_end_matches('\r'));
                    ended.chain([*last]).collect::<Vec<_>>().join("\n")
                })
                .collect();
            prop_assert_eq!(found, kept);
            check_derived(&desk.raw())?;
        }
    }

    #[test]
    fn tags_come_from_the_text_and_from_flags() {
        let mut desk = Desk::new();
        let mut new = page(1, "Saw #Aunt at the #lake. Not #42, not a#b.");
        new.tags = ["Aunt", "by hand, with a comma"]
            .map(|tag| tag.parse().expect("a tag"))
            .into();
        let entry = desk.save(new);
        let tags: Vec<_> = entry.tags.iter().map(Tag::as_str).collect();
        assert_eq!(tags, ["aunt", "by hand, with a comma", "lake"]);
        assert_eq!(desk.reopened().entries_of(nth(1)).expect("read"), [entry]);
        let by_hand: Vec<(String, bool)> = desk
            .raw()
            .prepare("SELECT tag, by_hand FROM tag ORDER BY tag")
            .expect("prepared")
            .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("asked")
            .collect::<Result<_, _>>()
            .expect("read");
        let expect = [
            ("aunt", true),
            ("by hand, with a comma", true),
            ("lake", false),
        ];
        assert_eq!(
            by_hand,
            expect.map(|(tag, by_hand)| (tag.to_owned(), by_hand))
        );
    }
}

#[test]
fn numbers_are_never_given_twice() {
    let mut desk = Desk::new();
    for day in 1..=3 {
        desk.answer(day);
    }
    let later = evening(nth(3));
    desk.journal.delete(&[3], later).expect("deleted");
    let trash = desk.journal.trash().expect("read");
    assert_eq!(desk.journal.purge(&trash).expect("purged"), 1);
    desk.answer(4);
    let mut other = desk.reopened();
    let fifth = other
        .write(page(5, "Fifth."), nth(5), evening(nth(5)))
        .expect("saved");
    let all = other
        .entries(&Filter::default(), Order::OldestFirst, None)
        .expect("read");
    assert_eq!(numbers(&all), [1, 2, 4, 5]);
    assert_eq!(fifth.number, 5);
}

#[test]
fn ids_are_of_version_7_and_sort_by_time() {
    let mut desk = Desk::new();
    let ids: Vec<_> = (1..=5)
        .map(|day| desk.save(page(day, "Again.")).id)
        .collect();
    assert!(ids.iter().all(|id| id.get_version_num() == 7), "{ids:?}");
    assert!(ids.is_sorted(), "{ids:?}");
    let other: Vec<String> = desk
        .raw()
        .prepare("SELECT revision FROM entry UNION ALL SELECT id FROM journal")
        .expect("prepared")
        .query_map((), |row| row.get(0))
        .expect("asked")
        .collect::<Result<_, _>>()
        .expect("read");
    assert_eq!(other.len(), 6);
    for id in other {
        let id: uuid::Uuid = id.parse().expect("a UUID");
        assert_eq!(id.get_version_num(), 7);
    }
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

mod filters {
    use super::*;

    const TAGS: [&str; 3] = ["friends", "sleep", "work"];
    const DAYS: i64 = 6;

    /// A page and what becomes of it: its kind, and whether it is in the trash.
    fn any_page() -> impl Strategy<Value = (NewPage, KindName, bool)> {
        let facts = (
            1..=DAYS,
            0..24_u32,
            prop::option::of(1..=5_i64),
            any::<bool>(),
            subsequence(TAGS.to_vec(), 0..=2),
            subsequence(vec![1, 2, 3], 0..=2),
        );
        let fate = (select(KindName::ALL.to_vec()), prop::bool::weighted(0.15));
        (facts, fate).prop_map(
            |((day, hour, mood, starred, tags, tips), (kind, trashed))| {
                let page = NewPage {
                    written_at: at(nth(day), hour, 0),
                    mood: mood.and_then(Mood::new),
                    starred,
                    tags: tags.iter().map(|tag| tag.parse().expect("a tag")).collect(),
                    reflects: on(&tips),
                    ..page(day, "Text.")
                };
                (page, kind, trashed)
            },
        )
    }

    fn any_filter() -> impl Strategy<Value = Filter> {
        let some_day = || (1..=DAYS).prop_map(nth);
        let some_tags = || {
            subsequence(TAGS.to_vec(), 0..=2)
                .prop_map(|tags| tags.iter().map(|tag| tag.parse().expect("a tag")).collect())
        };
        let moods = (1..=5_i64, 1..=5_i64).prop_map(|(a, b)| {
            let mood = |value| Mood::new(value).expect("a mood");
            MoodRange(mood(a.min(b))..=mood(a.max(b)))
        });
        let few = |some: bool| if some { 0..2_usize } else { 0..1 };
        let days = (
            prop::option::weighted(0.3, some_day()),
            prop::option::weighted(0.3, some_day()),
            prop::collection::vec(some_day(), 0..3),
        );
        let marks = (
            subsequence(vec![1, 2, 3, 4], 0..=2),
            some_tags(),
            some_tags(),
            prop::collection::vec(moods, few(true)),
            subsequence(KindName::ALL.to_vec(), 0..=3),
        );
        let switches = (prop::bool::weighted(0.2), prop::bool::weighted(0.2));
        (days, marks, switches, any::<[bool; 5]>()).prop_map(
            |((from, to, on), (tips, tags, not_tags, moods, kinds), (starred, free), keep)| {
                // Most filters have few conditions, so that most find something.
                fn kept<T>(keep: bool, values: Vec<T>) -> Vec<T> {
                    if keep { values } else { Vec::new() }
                }
                let slugs = |n: &u32| ("walk-away".to_owned(), tip(*n).slug.clone());
                Filter {
                    from,
                    to,
                    on: kept(keep[0], on),
                    tips: kept(keep[1], tips.iter().map(slugs).collect()),
                    tags: kept(keep[2], tags),
                    not_tags: kept(keep[3], not_tags),
                    moods,
                    kinds: kept(keep[4], kinds),
                    starred,
                    free,
                }
            },
        )
    }

    /// What a filter means, said over again.
    fn chooses(filter: &Filter, entry: &Entry) -> bool {
        fn any_of<T>(values: &[T], meets: impl Fn(&T) -> bool) -> bool {
            values.is_empty() || values.iter().any(meets)
        }
        filter.from.is_none_or(|from| from <= entry.day)
            && filter.to.is_none_or(|to| entry.day <= to)
            && any_of(&filter.on, |day| *day == entry.day)
            && any_of(&filter.tips, |(deck, tip)| {
                let answers = |r: &onward::model::Reflection| r.deck == *deck && r.tip == *tip;
                entry.reflections.iter().any(answers)
            })
            && any_of(&filter.tags, |tag| entry.tags.contains(tag))
            && !filter.not_tags.iter().any(|tag| entry.tags.contains(tag))
            && any_of(&filter.moods, |MoodRange(range)| {
                entry.mood.is_some_and(|mood| range.contains(&mood))
            })
            && match &filter.kinds[..] {
                [] => entry.kind.name() == KindName::Page,
                kinds => kinds.contains(&entry.kind.name()),
            }
            && (!filter.starred || entry.starred)
            && (!filter.free || entry.reflections.is_empty())
    }

    proptest! {
        #![proptest_config(cases(40))]
        #[test]
        fn they_choose_what_they_say(
            pages in prop::collection::vec(any_page(), 0..25),
            filters in prop::collection::vec((any_filter(), 0..30_usize), 30),
        ) {
            let mut desk = Desk::new();
            let raw = desk.raw();
            let mut living = Vec::new();
            for (page, kind, trashed) in pages {
                let mut entry = desk.save(page);
                entry.kind = kind.into();
                raw.execute(
                    "UPDATE entry SET kind = ?2, deleted_at = iif(?3, saved_at, NULL)
                      WHERE number = ?1",
                    (entry.number, kind.as_str(), trashed),
                ).expect("set");
                if !trashed {
                    living.push(entry);
                }
            }
            living.sort_by_key(|entry| (entry.day, entry.written_at, entry.number));
            for (filter, limit) in filters {
                let expect: Vec<Entry> = living
                    .iter()
                    .filter(|entry| chooses(&filter, entry))
                    .cloned()
                    .collect();
                let ask = |order, limit| desk.journal.entries(&filter, order, limit).expect("read");
                let oldest = ask(Order::OldestFirst, None);
                prop_assert_eq!(&oldest, &expect, "{:?}", filter);
                let first = ask(Order::OldestFirst, Some(limit));
                prop_assert_eq!(&first, &expect[..limit.min(expect.len())]);
                let mut newest = ask(Order::NewestFirst, Some(limit));
                let reversed: Vec<Entry> = expect.iter().rev().take(limit).cloned().collect();
                prop_assert_eq!(&newest, &reversed);
                newest.truncate(0);
                prop_assert_eq!(
                    desk.journal.count(&filter).expect("counted"),
                    expect.len() as u64
                );
            }
        }
    }

    #[test]
    fn within_a_day_the_time_decides_and_then_the_number() {
        let mut desk = Desk::new();
        for hour in [21, 9, 21, 12] {
            desk.save(NewPage {
                written_at: at(nth(1), hour, 0),
                ..page(1, "Text.")
            });
        }
        let ask = |order, limit| {
            let found = desk.journal.entries(&Filter::default(), order, limit);
            numbers(&found.expect("read"))
        };
        assert_eq!(ask(Order::OldestFirst, None), [2, 4, 1, 3]);
        assert_eq!(ask(Order::NewestFirst, None), [3, 1, 4, 2]);
        assert_eq!(ask(Order::NewestFirst, Some(2)), [3, 1]);
        assert_eq!(ask(Order::NewestFirst, Some(0)), [] as [i64; 0]);
        assert_eq!(ask(Order::OldestFirst, Some(usize::MAX)), [2, 4, 1, 3]);
    }
}

/// What the triggers keep, and what a recount of the entries gives.
fn check_derived(raw: &Connection) -> Result<(), TestCaseError> {
    type Days = BTreeMap<(String, String, String), i64>;
    let days = |sql: &str| -> Days {
        raw.prepare(sql)
            .expect("prepared")
            .query_map((), |row| {
                Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?))
            })
            .expect("asked")
            .collect::<Result<_, _>>()
            .expect("read")
    };
    prop_assert_eq!(
        days("SELECT deck, tip, day, entries FROM reflected_day"),
        days(
            "SELECT deck, tip, day, count(*) FROM reflection JOIN entry ON entry.number = entry
              WHERE deleted_at IS NULL GROUP BY 1, 2, 3"
        ),
        "reflected_day"
    );
    prop_assert_eq!(
        days("SELECT deck, tip, '', days FROM covered_tip WHERE days > 0"),
        days(
            "SELECT deck, tip, '', count(DISTINCT day)
               FROM reflection JOIN entry ON entry.number = entry
              WHERE deleted_at IS NULL GROUP BY 1, 2"
        ),
        "covered_tip"
    );
    raw.execute(
        "INSERT INTO entry_text (entry_text, rank) VALUES ('integrity-check', 1)",
        (),
    )
    .map_err(|error| TestCaseError::fail(format!("the index of words: {error}")))?;
    let sound: String = raw
        .query_row("PRAGMA integrity_check", (), |row| row.get(0))
        .expect("asked");
    prop_assert_eq!(sound, "ok");
    let orphan = raw
        .query_row("PRAGMA foreign_key_check", (), |row| {
            row.get::<_, String>(0)
        })
        .ok();
    prop_assert_eq!(orphan, None);
    Ok(())
}

mod derived {
    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        /// A page for a day: for its prompt, or for these tips, or for none.
        Write(i64, Option<Vec<u32>>),
        Skip(i64),
        Take(i64, u32),
        /// An entry goes to another day.
        Move(usize, i64),
        Trash(usize),
        Restore(usize),
        /// Everything at once, as an import or an undo might.
        MoveAll(i64, i64),
        TrashDay(i64),
        RestoreAll,
        /// A reflection is taken away, or given.
        Unreflect(usize, u32),
        Reflect(usize, u32),
        Retext(usize, String),
        /// The trash is emptied.
        Purge,
        /// Through the door, where each is refused if it makes no sense.
        Delete(usize),
        Recount(usize, Vec<u32>),
        Undo,
        Redo,
    }

    fn any_step() -> impl Strategy<Value = Step> {
        let day = || 1..=4_i64;
        let some = || 0..12_usize;
        let tip = || 1..=4_u32;
        prop_oneof![
            4 => (day(), prop::option::of(subsequence(vec![1, 2, 3, 4], 0..=3)))
                .prop_map(|(day, tips)| Step::Write(day, tips)),
            1 => day().prop_map(Step::Skip),
            1 => (day(), tip()).prop_map(|(day, tip)| Step::Take(day, tip)),
            2 => (some(), day()).prop_map(|(entry, day)| Step::Move(entry, day)),
            2 => some().prop_map(Step::Trash),
            2 => some().prop_map(Step::Restore),
            1 => (day(), day()).prop_map(|(from, to)| Step::MoveAll(from, to)),
            1 => day().prop_map(Step::TrashDay),
            1 => Just(Step::RestoreAll),
            1 => (some(), tip()).prop_map(|(entry, tip)| Step::Unreflect(entry, tip)),
            1 => (some(), tip()).prop_map(|(entry, tip)| Step::Reflect(entry, tip)),
            1 => (some(), "[a-z ]{0,12}").prop_map(|(entry, text)| Step::Retext(entry, text)),
            1 => Just(Step::Purge),
            1 => some().prop_map(Step::Delete),
            1 => (some(), subsequence(vec![1, 2, 3, 4], 0..=3))
                .prop_map(|(entry, tips)| Step::Recount(entry, tips)),
            2 => Just(Step::Undo),
            1 => Just(Step::Redo),
        ]
    }

    fn run(desk: &mut Desk, raw: &Connection, step: &Step) {
        let tip_slug = |number: u32| tip(number).slug.as_str();
        let entry_at = |index: usize| i64::try_from(index).expect("small") + 1;
        let done = match step {
            Step::Write(day, tips) => {
                desk.save(NewPage {
                    reflects: tips.as_deref().map_or(Reflects::OnPrompt, on),
                    ..page(*day, "Some words.")
                });
                return;
            }
            Step::Skip(day) => {
                desk.skip(*day);
                return;
            }
            Step::Take(day, number) => {
                let now = evening(nth(*day));
                desk.journal
                    .take(tip(*number), nth(*day), now)
                    .expect("taken");
                return;
            }
            Step::Move(entry, day) => raw.execute(
                "UPDATE entry SET day = ?2 WHERE number = ?1",
                (entry_at(*entry), nth(*day).to_string()),
            ),
            Step::Trash(entry) => raw.execute(
                "UPDATE entry SET deleted_at = '2026-12-01T00:00:00+00:00' WHERE number = ?1",
                [entry_at(*entry)],
            ),
            Step::Restore(entry) => raw.execute(
                "UPDATE entry SET deleted_at = NULL WHERE number = ?1",
                [entry_at(*entry)],
            ),
            Step::MoveAll(from, to) => raw.execute(
                "UPDATE entry SET day = ?2, deleted_at = NULL WHERE day = ?1",
                (nth(*from).to_string(), nth(*to).to_string()),
            ),
            Step::TrashDay(day) => raw.execute(
                "UPDATE entry SET deleted_at = saved_at WHERE day = ?1",
                [nth(*day).to_string()],
            ),
            Step::RestoreAll => raw.execute("UPDATE entry SET deleted_at = NULL", ()),
            Step::Unreflect(entry, number) => raw.execute(
                "DELETE FROM reflection WHERE entry = ?1 AND tip = ?2",
                (entry_at(*entry), tip_slug(*number)),
            ),
            Step::Reflect(entry, number) => raw.execute(
                "INSERT INTO reflection (entry, deck, tip, number, title)
                 SELECT number, 'walk-away', ?2, ?3, 'Title' FROM entry WHERE number = ?1
                 ON CONFLICT DO NOTHING",
                (entry_at(*entry), tip_slug(*number), number),
            ),
            Step::Retext(entry, text) => raw.execute(
                "UPDATE entry SET text = ?2 WHERE number = ?1",
                (entry_at(*entry), text),
            ),
            Step::Purge => {
                let trash = desk.journal.trash().expect("read");
                desk.journal.purge(&trash).expect("purged");
                return;
            }
            Step::Delete(entry) => {
                let _ = desk.journal.delete(&[entry_at(*entry)], evening(nth(4)));
                return;
            }
            Step::Recount(entry, tips) => {
                let edit = Edit {
                    reflects: Some(on(tips)),
                    ..Edit::default()
                };
                let number = entry_at(*entry);
                let _ = desk.journal.edit(number, edit, nth(4), evening(nth(4)));
                return;
            }
            Step::Undo => {
                let _ = desk.journal.undo(evening(nth(4)));
                return;
            }
            Step::Redo => {
                let _ = desk.journal.redo(evening(nth(4)));
                return;
            }
        };
        done.expect("done");
    }

    proptest! {
        #![proptest_config(cases(64))]
        #[test]
        fn it_agrees_with_a_recount(steps in prop::collection::vec(any_step(), 1..40)) {
            let mut desk = Desk::new();
            let raw = desk.raw();
            // Only the checks are of interest here, not what a power cut would leave.
            raw.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON")
                .expect("set");
            for step in &steps {
                run(&mut desk, &raw, step);
            }
            check_derived(&raw)?;
        }
    }

    #[test]
    fn deleting_uncovers_and_restoring_covers_again() {
        let mut desk = Desk::new();
        desk.answer(1);
        let raw = desk.raw();
        let covered = |desk: &Desk| {
            let coverage = desk.journal.coverage(nth(2), None).expect("read").remove(0);
            let record = coverage.tips[0].1.clone();
            (
                coverage.covered(),
                record.reflections,
                record.last_reflected,
            )
        };
        assert_eq!(covered(&desk), (1, 1, Some(nth(1))));
        let then = |desk: &Desk| desk.journal.answer_before(tip(1), nth(2)).expect("read");
        assert!(then(&desk).is_some());

        raw.execute("UPDATE entry SET deleted_at = saved_at", ())
            .expect("trashed");
        assert_eq!(covered(&desk), (0, 0, None));
        assert_eq!(then(&desk), None);
        assert!(!desk.journal.is_reflected(tip(1), nth(1)).expect("read"));

        raw.execute("UPDATE entry SET deleted_at = NULL", ())
            .expect("restored");
        assert_eq!(covered(&desk), (1, 1, Some(nth(1))));
        assert!(then(&desk).is_some());
        assert!(desk.journal.is_reflected(tip(1), nth(1)).expect("read"));
    }

    #[test]
    fn a_deleted_page_puts_its_tip_back_into_the_round() {
        let mut desk = Desk::new();
        for day in 1..=10 {
            desk.answer(day);
        }
        desk.raw()
            .execute(
                "UPDATE entry SET deleted_at = saved_at WHERE number = 4",
                (),
            )
            .expect("trashed");
        assert_eq!(desk.offer(11), 4);
        assert_eq!(
            desk.journal
                .coverage(nth(11), None)
                .expect("read")
                .remove(0)
                .round(),
            1
        );
    }
}

#[test]
fn a_page_saved_long_after_keeps_its_day_and_its_instant() {
    let mut desk = Desk::new();
    let far = FixedOffset::east_opt(-9 * 3600 - 1800).expect("an offset");
    let written_at =
        (evening(nth(1)) + TimeDelta::nanoseconds(123_456_789)).with_timezone(&far);
    let entry = desk.save(NewPage {
        written_at,
        ..page(1, "From the Marquesas.")
    });
    let found = desk.reopened().entries_of(nth(1)).expect("read");
    assert_eq!(found, [entry]);
    assert_eq!(found[0].written_at, written_at);
    assert_eq!(found[0].written_at.offset(), &far);
}
