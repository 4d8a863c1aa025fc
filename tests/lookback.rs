//! Looking back through [`Journal`], as the commands do, in a file of its own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod sealed;

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use onward::journal::{Journal, NewPage, Reflects, Review};
use onward::model::{Day, Entry, Filter, Mood, Period, PeriodPhrase};

struct Shelf {
    journal: Journal,
    _folder: tempfile::TempDir,
}

/// A page: its day, and what may go with it.
#[derive(Default)]
struct Written<'a> {
    text: &'a str,
    mood: Option<i64>,
    tip: Option<usize>,
    tags: &'a [&'a str],
}

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T21:30:00+01:00").unwrap()
}

fn day(iso: &str) -> Day {
    iso.parse().unwrap()
}

impl Shelf {
    fn new() -> Shelf {
        let folder = tempfile::tempdir().unwrap();
        let journal = sealed::open(&folder.path().join("journal.db"), now()).unwrap();
        Shelf {
            journal,
            _folder: folder,
        }
    }

    fn with_days(days: &[&str]) -> Shelf {
        let mut shelf = Shelf::new();
        for day in days {
            shelf.write(day, Written::default());
        }
        shelf
    }

    fn write(&mut self, on: &str, written: Written<'_>) -> Entry {
        let reflects = match written.tip {
            Some(number) => {
                let tip = onward::decks::Deck::walk_away().tips[number - 1].clone();
                Reflects::On(vec![(tip, None)])
            }
            None => Reflects::OnNothing,
        };
        let text = match written.text {
            "" => "Three plain words.",
            text => text,
        };
        let page = NewPage {
            day: day(on),
            written_at: now(),
            text: text.to_owned(),
            mood: written.mood.and_then(Mood::new),
            starred: false,
            tags: written
                .tags
                .iter()
                .map(|tag| tag.parse().unwrap())
                .collect::<BTreeSet<_>>(),
            reflects,
        };
        self.journal.write(page, day("2026-11-22"), now()).unwrap()
    }

    fn review(&self, period: &str, today: &str) -> Review {
        self.review_of(period, &Filter::default(), today)
    }

    fn review_of(&self, period: &str, filter: &Filter, today: &str) -> Review {
        let phrase: PeriodPhrase = period.parse().unwrap();
        let period = phrase.resolve(day(today)).unwrap();
        self.journal.review(period, filter, day(today)).unwrap()
    }
}

fn days_of(entries: &[Entry]) -> String {
    let days: Vec<String> = entries.iter().map(|entry| entry.day.to_string()).collect();
    days.join(" ")
}

#[test]
fn a_week_holds_its_own_pages_in_their_order() {
    let shelf = Shelf::with_days(&[
        "2026-11-22",
        "2026-11-15",
        "2026-11-16",
        "2026-11-19",
        "2026-11-20",
        "2026-11-23",
    ]);
    let week = shelf.review("week", "2026-11-22");
    assert_eq!(
        days_of(&week.entries),
        "2026-11-16 2026-11-19 2026-11-20 2026-11-22"
    );
    assert_eq!((week.share.written, week.share.days), (4, 7));
    assert_eq!(week.longest_run.map(|run| run.days()), Some(2));
    assert_eq!(
        week.longest_gap.map(|gap| (gap.from, gap.to)),
        Some((day("2026-11-17"), day("2026-11-18")))
    );
}

#[test]
fn days_before_the_first_page_are_not_counted() {
    let shelf = Shelf::with_days(&["2026-11-19", "2026-11-20"]);
    let year = shelf.review("year", "2026-11-21");
    assert_eq!(year.first, Some(day("2026-11-19")));
    assert_eq!((year.share.written, year.share.days), (2, 2));
    assert_eq!(year.from, Some(day("2026-01-01")));
    let everything = shelf.review("..", "2026-11-21");
    assert_eq!(everything.from, Some(day("2026-11-19")));
}

#[test]
fn nothing_written_is_nothing_found_and_no_error() {
    let shelf = Shelf::new();
    for period in ["week", "..", "1666"] {
        let review = shelf.review(period, "2026-11-22");
        assert!(review.entries.is_empty() && review.on_this_day.is_empty());
        assert_eq!((review.share.written, review.share.days), (0, 0));
    }
    let stats = shelf
        .journal
        .stats(&Filter::default(), None, day("2026-11-22"))
        .unwrap();
    assert_eq!((stats.entries, stats.words, stats.days), (0, 0, 0));
    assert_eq!((stats.lately.written, stats.lately.days), (0, 0));
    assert!(stats.weeks.is_empty() && stats.tags.is_empty() && stats.tips.is_empty());
    assert!(stats.heatmap.days.iter().all(|shade| shade.level == 0));
}

#[test]
fn on_this_day_looks_into_earlier_months_and_years() {
    let shelf = Shelf::with_days(&[
        "1660-11-22",
        "2025-11-22",
        "2026-10-22",
        "2025-12-22",
        // Not the day, too long ago for a month, and the day itself.
        "2026-10-21",
        "2025-10-22",
        "2026-11-22",
    ]);
    let told = |review: Review| -> Vec<String> {
        let told = review.on_this_day.iter().map(|recalled| {
            let ago = recalled.ago;
            assert_eq!(recalled.entries.len(), 1);
            format!("{} {} {}", ago.years, ago.months, recalled.day)
        });
        told.collect()
    };
    let expect = [
        "0 1 2026-10-22",
        "0 11 2025-12-22",
        "1 0 2025-11-22",
        "366 0 1660-11-22",
    ];
    assert_eq!(told(shelf.review("week", "2026-11-22")), expect);
    // The time is not over: today is what is recalled.
    assert_eq!(told(shelf.review("month", "2026-11-22")), expect);
    assert_eq!(told(shelf.review("1661..1662", "2026-11-22")), [""; 0]);
    assert_eq!(
        told(shelf.review("2025-11-22", "2026-11-22")),
        ["0 1 2025-10-22", "365 0 1660-11-22"]
    );
}

#[test]
fn then_is_from_before_the_time_or_else_from_its_beginning() {
    let mut shelf = Shelf::new();
    let answer = |text| Written {
        text,
        tip: Some(5),
        ..Written::default()
    };
    shelf.write("2026-08-03", answer("the first"));
    shelf.write("2026-09-03", answer("the second"));
    shelf.write("2026-11-20", answer("the third"));
    shelf.write("2026-11-20", answer("the third again"));
    shelf.write(
        "2026-11-21",
        Written {
            tip: Some(6),
            ..Written::default()
        },
    );
    let week = shelf.review("week", "2026-11-22");
    let told: Vec<(&str, &str)> = week
        .then_and_now
        .iter()
        .map(|both| (both.then.text.as_str(), both.now.text.as_str()))
        .collect();
    assert_eq!(told, [("the second", "the third again")]);
    for all_of_it in ["2026", ".."] {
        let review = shelf.review(all_of_it, "2026-11-22");
        let [both] = &review.then_and_now[..] else {
            panic!("{:?}", review.then_and_now);
        };
        assert_eq!(both.then.text, "the first");
        assert_eq!(both.now.text, "the third again");
    }
    assert!(
        shelf
            .review("2026-08", "2026-11-22")
            .then_and_now
            .is_empty()
    );
    let covered: Vec<(u32, usize)> = week
        .covered
        .iter()
        .map(|covered| (covered.tip.number, covered.days))
        .collect();
    assert_eq!(covered, [(5, 1), (6, 1)]);
}

#[test]
fn filters_choose_everywhere() {
    let mut shelf = Shelf::new();
    let tagged = |tags| Written {
        tags,
        tip: Some(5),
        ..Written::default()
    };
    shelf.write("2025-11-22", tagged(&["work"]));
    shelf.write("2025-11-22", tagged(&["home"]));
    shelf.write("2026-11-20", tagged(&["work"]));
    shelf.write("2026-11-21", tagged(&["home", "work"]));
    shelf.write("2026-11-22", tagged(&["home"]));
    let home = Filter {
        tags: vec!["home".parse().unwrap()],
        ..Filter::default()
    };
    let week = shelf.review_of("week", &home, "2026-11-22");
    assert_eq!(days_of(&week.entries), "2026-11-21 2026-11-22");
    assert_eq!(week.on_this_day[0].entries.len(), 1);
    assert_eq!(week.then_and_now[0].then.day, day("2025-11-22"));
    assert_eq!(week.covered[0].days, 2);

    let today = day("2026-11-22");
    let stats = shelf.journal.stats(&home, None, today).unwrap();
    assert_eq!((stats.entries, stats.days), (3, 3));
    let tags: Vec<(&str, u64)> = stats
        .tags
        .iter()
        .map(|(tag, entries)| (tag.as_str(), *entries))
        .collect();
    assert_eq!(tags, [("home", 3), ("work", 1)]);
    assert_eq!(stats.tips[0].days, 3);

    // Counted by the triggers, by their days, and entry by entry: the same.
    let all = Filter::default();
    let of_days = Filter {
        from: Some(day("2025-01-01")),
        ..Filter::default()
    };
    let of_kind = Filter {
        kinds: vec![onward::model::KindName::Page],
        ..Filter::default()
    };
    for filter in [all, of_days, of_kind] {
        let stats = shelf.journal.stats(&filter, None, today).unwrap();
        let tips: Vec<(u32, u64)> = stats
            .tips
            .iter()
            .map(|tip| (tip.number, tip.days))
            .collect();
        assert_eq!(tips, [(5, 4)], "{filter:?}");
    }
}

#[test]
fn a_filter_of_days_narrows_the_time() {
    let shelf = Shelf::with_days(&["2026-11-16", "2026-11-18", "2026-11-20"]);
    let filter = Filter {
        from: Some(day("2026-11-17")),
        ..Filter::default()
    };
    let week = shelf.review_of("week", &filter, "2026-11-22");
    assert_eq!(days_of(&week.entries), "2026-11-18 2026-11-20");
    let period = Period {
        from: Some(day("2026-11-01")),
        to: day("2026-11-10"),
    };
    let none = shelf.journal.review(period, &filter, day("2026-11-22"));
    assert!(none.unwrap().entries.is_empty());
}

#[test]
fn figures_are_of_days() {
    let mut shelf = Shelf::new();
    let moody = |mood| Written {
        mood: Some(mood),
        ..Written::default()
    };
    shelf.write("2026-11-20", moody(2));
    shelf.write("2026-11-20", moody(5));
    shelf.write("2026-11-21", Written::default());
    shelf.write("2026-11-22", moody(1));
    let week = shelf.review("week", "2026-11-22");
    let moods: Vec<Option<f64>> = week.days.iter().map(|figures| figures.mood).collect();
    assert_eq!(moods, [Some(3.5), None, Some(1.0)]);

    let stats = shelf
        .journal
        .stats(&Filter::default(), None, day("2026-11-22"))
        .unwrap();
    assert_eq!((stats.entries, stats.days, stats.words), (4, 3, 12));
    assert_eq!(stats.current_run.map(|run| run.days()), Some(3));
    assert_eq!((stats.lately.written, stats.lately.days), (3, 3));
    // A day counts once in its week, however many entries it has.
    assert_eq!(stats.weeks.last().and_then(|week| week.mood), Some(2.25));
    let months: Vec<u64> = stats.months.iter().map(|month| month.words).collect();
    assert_eq!(months, [12]);
    assert_eq!(stats.heatmap.days.last().map(|shade| shade.level), Some(3));
}

#[test]
fn a_year_alone() {
    let shelf = Shelf::with_days(&["1665-12-31", "1666-01-01", "1666-09-02", "1667-01-01"]);
    let stats = shelf
        .journal
        .stats(&Filter::default(), Some(1666), day("2026-11-22"))
        .unwrap();
    assert_eq!((stats.entries, stats.days), (2, 2));
    assert_eq!(stats.heatmap.days.len(), 365);
    assert_eq!(stats.months.len(), 12);
    assert_eq!(stats.longest_gap.map(|gap| gap.days()), Some(243));
    // Nothing in the last year: the pictures show the last one that has pages.
    let stats = shelf
        .journal
        .stats(&Filter::default(), None, day("2026-11-22"))
        .unwrap();
    assert_eq!(
        stats.heatmap.days.last().map(|shade| shade.day),
        Some(day("1667-01-01"))
    );
    assert!(stats.current_run.is_none());
}
