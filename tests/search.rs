//! Finding entries through the journal's own door.

#![expect(clippy::expect_used, reason = "helpers of tests, outside of them")]

mod sealed;

use std::cell::RefCell;
use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use onward::error::Error;
use onward::journal::{EmptySearchReason, Journal, NewPage, Reflects};
use onward::model::query::Rank;
use onward::model::{Day, EntryRef, Filter, MoodRange, Query, Tag};
use proptest::prelude::*;
use tempfile::TempDir;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A journal in a folder of its own.
struct Sandbox {
    journal: Journal,
    _folder: TempDir,
}

fn now() -> DateTime<FixedOffset> {
    "2026-11-22T21:30:00+01:00".parse().expect("an instant")
}

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn tag(text: &str) -> Tag {
    text.parse().expect("a tag")
}

fn page(on: &str, text: &str) -> NewPage {
    NewPage {
        day: day(on),
        written_at: now(),
        text: text.to_owned(),
        mood: None,
        starred: false,
        tags: BTreeSet::new(),
        reflects: Reflects::OnNothing,
    }
}

impl Sandbox {
    fn empty() -> Sandbox {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("journal.db");
        Sandbox {
            journal: sealed::open(&path, now()).expect("a journal"),
            _folder: folder,
        }
    }

    /// Pages, each on the day before the one that follows it here: the first is the newest.
    fn with(texts: &[&str]) -> Sandbox {
        let mut sandbox = Sandbox::empty();
        for (at, text) in texts.iter().enumerate() {
            let on = day("2026-11-22").plus_days(-(at as i64)).expect("a day");
            sandbox.write(page(&on.to_string(), text));
        }
        sandbox
    }

    fn write(&mut self, page: NewPage) -> i64 {
        let today = day("2026-11-22");
        self.journal
            .write(page, today, now())
            .expect("a page")
            .number
    }

    fn numbers(&self, query: &Query, filter: &Filter, rank: Rank) -> Vec<i64> {
        let found = self
            .journal
            .search(query, filter, rank, None)
            .expect("an answer");
        let count = self.journal.count_found(query, filter).expect("a number");
        assert_eq!(found.count, found.entries.len() as u64, "{query:?}");
        assert_eq!(found.count, count, "{query:?}");
        found.entries.iter().map(|entry| entry.number).collect()
    }

    fn search(&self, words: &[&str]) -> Vec<i64> {
        self.numbers(&query(words), &Filter::default(), Rank::Newest)
    }

    fn why(&self, words: &[&str], filter: &Filter) -> EmptySearchReason {
        self.journal
            .why_nothing(&query(words), filter)
            .expect("an answer")
    }
}

fn query(words: &[&str]) -> Query {
    let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
    Query::read(&words).expect("a query")
}

/// The numbers of those texts, counted from 1, in which the words are found.
#[track_caller]
fn finds(texts: &[&str], words: &[&str], expect: &[i64]) {
    assert_eq!(Sandbox::with(texts).search(words), expect, "{words:?}");
}

#[test]
fn all_words_must_occur() {
    let texts = ["walk away", "away we walk", "a walk", "walking away"];
    finds(&texts, &["walk"], &[1, 2, 3]);
    finds(&texts, &["walk", "away"], &[1, 2]);
    finds(&texts, &["walk away"], &[1]);
    finds(&texts, &["walk*"], &[1, 2, 3, 4]);
    finds(&texts, &["walk*", "away"], &[1, 2, 4]);
    finds(&texts, &["far"], &[]);
}

#[test]
fn case_and_accents_do_not_matter() {
    let texts = [
        "Ein Café, schön.",
        "ein cafe\u{301}, schon",
        "İstanbul naïve",
    ];
    for word in ["café", "CAFE", "cafe\u{301}", "caf*", "schön", "SCHON"] {
        finds(&texts, &[word], &[1, 2]);
    }
    finds(&texts, &["istanbul", "naive"], &[3]);
}

/// Texts of which each has one of the spellings of a word: all are found by each of them.
#[track_caller]
fn alike(spellings: &[&str]) {
    let mut forms: BTreeSet<String> = BTreeSet::new();
    for spelling in spellings {
        forms.extend([spelling.nfc().collect(), spelling.nfd().collect()]);
    }
    let texts: Vec<String> = forms.iter().map(|word| format!("a {word}, b")).collect();
    let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    texts.push("something else: мир, ειρήνη, سلام, לֶחֶם!");
    let sandbox = Sandbox::with(&texts);
    let all: Vec<i64> = (1..=forms.len() as i64).collect();
    for word in &forms {
        let beginning: String = word.chars().take(word.chars().count() - 1).collect();
        let queries = [word.clone(), format!("{beginning}*"), format!("A {word} b")];
        for typed in queries {
            let found = sandbox.numbers(&query(&[&typed]), &Filter::default(), Rank::Newest);
            assert_eq!(found, all, "{typed} in {texts:?}");
            let mut best = sandbox.numbers(&query(&[&typed]), &Filter::default(), Rank::Best);
            best.sort_unstable();
            assert_eq!(best, all, "{typed} in {texts:?}");
            for text in &texts[..forms.len()] {
                assert_eq!(query(&[&typed]).places(text).len(), 1, "{typed} in {text}");
            }
        }
    }
}

#[test]
fn case_and_marks_of_other_scripts_do_not_matter() {
    alike(&["σπιτι", "σπίτι", "ΣΠΙΤΙ", "Σπίτι"]);
    alike(&["λογος", "λόγος", "ΛΟΓΟΣ", "λόγοσ"]);
    alike(&["προϋπόθεση", "προυποθεση", "ΠΡΟΫΠΌΘΕΣΗ"]);
    alike(&["ὁδῷν", "οδῷν", "ὉΔῼΝ"]);
    alike(&["елка", "ёлка", "ЁЛКА", "Ёлка"]);
    alike(&["мой", "МОЙ", "мои", "Мой"]);
    alike(&["їжак", "їжа\u{301}к", "ЇЖАК", "іжак"]);
    alike(&["مدرسة", "مَدْرَسَةٌ", "مدرســة", "مَدرسة"]);
    alike(&["أحمد", "احمد", "أَحْمَد"]);
    alike(&["שלום", "שָׁלוֹם", "שלוֹם", "\u{fb2a}לום"]);
    alike(&["ܫܠܡܐ", "ܫܠܳܡܳܐ"]);
    alike(&["դպրոց", "ԴՊՐՈՑ"]);
    alike(&["დედაქალაქი", "ᲓᲔᲓᲐᲥᲐᲚᲐᲥᲘ"]);
    alike(&["2024г", "2024Г"]);
    alike(&["xёлка", "XЕЛКА"]);
    alike(&["tiếng", "tieng", "TIẾNG"]);
    alike(&["İzmir", "izmir", "IZMIR"]);
}

#[test]
fn an_iota_below_is_a_letter_or_nothing() {
    // Typed as two characters, it is a letter to the index.
    let texts = ["ᾅδης", "ΑΔΗΣ", "ΑΙΔΗΣ", "α\u{314}\u{301}\u{345}δης"];
    finds(&texts, &["αδης"], &[1, 2]);
    finds(&texts, &["ΑΙΔΗΣ"], &[1, 3, 4]);
    finds(&texts, &["ᾅδης"], &[1, 2, 3, 4]);
    finds(&texts, &["ᾍδ*"], &[1, 2, 3, 4]);
}

#[test]
fn letters_of_their_own_are_kept() {
    finds(&["мир", "мор", "مدرسه", "đo", "søn", "दिन"], &["мар"], &[]);
    finds(&["مدرسه"], &["مدرسة"], &[]);
    finds(&["đo", "do"], &["do"], &[2]);
    finds(&["søn", "son"], &["son"], &[2]);
    finds(&["दिन", "दन"], &["दन"], &[2]);
    // Typed with their own letters, words are found in capitals as well.
    finds(&["kırmızı", "KIRMIZI", "kirmizi"], &["kırmızı"], &[1, 2, 3]);
    finds(&["straße", "STRASSE", "strasse"], &["Straße"], &[1, 2, 3]);
    finds(&["straße", "STRASSE", "strasse"], &["strasse"], &[2, 3]);
}

#[test]
fn words_of_any_script_go_with_filters_phrases_and_each_other() {
    let mut sandbox = Sandbox::with(&[
        "Στο σπίτι μας, the café",
        "στο σπιτι μασ: the cafe",
        "σπίτι στο",
        "ёлка — σπίτι",
    ]);
    assert_eq!(sandbox.search(&["ΣΤΟ ΣΠΙΤΙ ΜΑΣ"]), [1, 2]);
    assert_eq!(sandbox.search(&["στο σπίτι"]), [1, 2]);
    assert_eq!(sandbox.search(&["μας the CAFÉ"]), [1, 2]);
    assert_eq!(sandbox.search(&["σπι*", "СТО"]), [0i64; 0]);
    assert_eq!(sandbox.search(&["σπι*", "ΣΤ*"]), [1, 2, 3]);
    assert_eq!(sandbox.search(&["σπιτι", "елк*"]), [4]);
    assert_eq!(sandbox.search(&["-σπιτι"]), [1, 2, 3, 4]);
    let mut starred = page("2026-11-01", "Σπίτι 公园");
    starred.starred = true;
    let number = sandbox.write(starred);
    assert_eq!(sandbox.search(&["σπιτι", "公园"]), [number]);
    let starred = Filter {
        starred: true,
        ..Filter::default()
    };
    for rank in [Rank::Newest, Rank::Best] {
        assert_eq!(sandbox.numbers(&query(&["ΣΠΙ*"]), &starred, rank), [number]);
    }
    assert_eq!(
        sandbox.why(&["ελκα"], &Filter::default()),
        EmptySearchReason::Unknown {
            what: "ελκα".to_owned(),
            nearest: None
        }
    );
    let scattered = sandbox.why(&["μας στο"], &Filter::default());
    assert_eq!(scattered, EmptySearchReason::Scattered);
}

#[test]
fn a_word_of_very_many_spellings_is_found() {
    // Each of nine letters with an accent or without, as no one writes.
    let spelled = |bits: u32| -> String {
        let letter = |at: u32| if bits >> at & 1 == 1 { 'ά' } else { 'α' };
        (0..9).map(letter).collect()
    };
    let all: Vec<String> = (0..512).map(spelled).collect();
    let every = format!("{} ββ", all.join(" "));
    let sandbox = Sandbox::with(&[&every, &spelled(300), "αααα ββ", "ΑΑΑΑΑΑΑΑΑ ΒΒ"]);
    let word = "α".repeat(9);
    assert_eq!(sandbox.search(&[&word]), [1, 2, 4]);
    assert_eq!(sandbox.search(&[&format!("{word} ββ")]), [1, 4]);
    assert_eq!(sandbox.search(&[&word, "ββ"]), [1, 4]);
    assert_eq!(sandbox.search(&[&format!("ββ {word}")]), [0i64; 0]);
    assert_eq!(sandbox.search(&["αα*"]), [1, 2, 3, 4]);
    let best = sandbox.numbers(&query(&["ββ", &word]), &Filter::default(), Rank::Best);
    assert_eq!(best.len(), 2);
    let phrase = [word.as_str(); 3].join(" ");
    assert_eq!(sandbox.search(&[&phrase]), [1]);
    assert_eq!(
        sandbox.why(&[&format!("ββ {word}")], &Filter::default()),
        EmptySearchReason::Scattered
    );
}

#[test]
fn every_script_is_found() {
    let texts = [
        "Στο σπίτι, ο δρόμος",
        "ΔΡΟΜΟΣ σπι\u{301}τι",
        "今天去公园散步",
        "今日は映画を見た",
        "ذهبت إلى البيت",
        "Дома, ёлка",
        "वह घर गया",
        "한국 음식",
        "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}",
        "ไปสวนสาธารณะ",
        "我的iPhone的电池",
    ];
    finds(&texts, &["δρόμος"], &[1, 2]);
    finds(&texts, &["δρομοσ"], &[1, 2]);
    finds(&texts, &["ΔΡΟΜΟΣ"], &[1, 2]);
    finds(&texts, &["δρόμοσ"], &[1, 2]);
    finds(&texts, &["σπίτι"], &[1, 2]);
    finds(&texts, &["公园"], &[3]);
    finds(&texts, &["公园", "散步"], &[3]);
    finds(&texts, &["映画"], &[4]);
    finds(&texts, &["البيت"], &[5]);
    finds(&texts, &["дома"], &[6]);
    finds(&texts, &["घर"], &[7]);
    finds(&texts, &["한국"], &[8, 9]);
    finds(&texts, &["สวน"], &[10]);
    finds(&texts, &["IPHONE的"], &[11]);
    finds(&texts, &["*"], &[]);
}

#[test]
fn what_is_no_word_is_found_as_it_stands() {
    let texts = [
        "well :) - 100%",
        "so ❤️ under_score",
        "\"quoted\" (",
        "a'b; DROP TABLE",
    ];
    finds(&texts, &[":)"], &[1]);
    finds(&texts, &["%"], &[1]);
    finds(&texts, &["-"], &[1]);
    finds(&texts, &["_"], &[2]);
    finds(&texts, &["❤️"], &[2]);
    finds(&texts, &["\""], &[3]);
    finds(&texts, &["("], &[3]);
    finds(&texts, &["*"], &[]);
    finds(&texts, &["'"], &[4]);
    finds(&texts, &["❤️", "so"], &[2]);
    finds(&texts, &["❤️", "well"], &[]);
}

#[test]
fn nothing_in_a_word_is_a_query_language() {
    let texts = [
        "to and fro or not near",
        "x y z; drop table e; col x",
        "plain",
    ];
    finds(&texts, &["to", "AND", "fro"], &[1]);
    finds(&texts, &["NOT"], &[1]);
    finds(&texts, &["fro", "OR", "plain"], &[]);
    finds(&texts, &["NEAR("], &[1]);
    finds(&texts, &["col:x"], &[2]);
    finds(&texts, &["^x"], &[2]);
    finds(&texts, &["-plain"], &[3]);
    finds(&texts, &["\"plain"], &[3]);
    finds(&texts, &["((plain"], &[3]);
    finds(&texts, &["{text}: plain"], &[]);
    finds(&texts, &["'; DROP TABLE e;--"], &[2]);
    finds(&texts, &["pl*n"], &[]);
    finds(&texts, &["p*"], &[]);
}

#[test]
fn newest_first_or_best_first() {
    let mut sandbox = Sandbox::empty();
    let old = sandbox.write(page("2020-01-01", "rain rain rain"));
    let long = sandbox.write(page("2026-11-01", &format!("rain {}", "word ".repeat(300))));
    let new = sandbox.write(page("2026-11-02", "some rain today"));
    let rain = query(&["rain"]);
    let all = Filter::default();
    assert_eq!(sandbox.numbers(&rain, &all, Rank::Newest), [new, long, old]);
    assert_eq!(sandbox.numbers(&rain, &all, Rank::Best), [old, new, long]);
    let lately = Filter {
        from: Some(day("2026-11-01")),
        ..Filter::default()
    };
    assert_eq!(sandbox.numbers(&rain, &lately, Rank::Newest), [new, long]);
    assert_eq!(sandbox.numbers(&rain, &lately, Rank::Best), [new, long]);
    let found = sandbox.journal.search(&rain, &all, Rank::Newest, Some(1));
    let found = found.expect("an answer");
    assert_eq!((found.entries.len(), found.count), (1, 3));
}

#[test]
fn a_search_that_finds_nothing_says_why() {
    let none = Filter::default();
    assert_eq!(
        Sandbox::empty().why(&["plague"], &none),
        EmptySearchReason::Unwritten
    );
    let sandbox = Sandbox::with(&["the great plague", "a fire in the city", "walk far away"]);
    let starred = Filter {
        starred: true,
        ..Filter::default()
    };
    assert_eq!(
        sandbox.why(&["the"], &starred),
        EmptySearchReason::Filtered { without: 2 }
    );
    let unknown = |what: &str, nearest: Option<&str>| EmptySearchReason::Unknown {
        what: what.to_owned(),
        nearest: nearest.map(str::to_owned),
    };
    for (typed, nearest) in [
        ("plauge", Some("plague")),
        ("lpague", Some("plague")),
        ("xylophone", None),
        ("zz", None),
    ] {
        assert_eq!(sandbox.why(&[typed], &none), unknown(typed, nearest));
        assert_eq!(
            sandbox.why(&["the", typed], &starred),
            unknown(typed, nearest)
        );
    }
    assert_eq!(
        sandbox.why(&["great palgue"], &none),
        unknown("palgue", Some("plague"))
    );
    assert_eq!(sandbox.why(&["公园"], &none), unknown("公园", None));
    assert_eq!(sandbox.why(&["zo*"], &none), unknown("zo*", None));
    assert_eq!(
        sandbox.why(&["walk away"], &none),
        EmptySearchReason::Scattered
    );
    assert_eq!(
        sandbox.why(&["walk", "fire"], &none),
        EmptySearchReason::Apart
    );
}

#[test]
fn words_of_any_length_do_not_stand_in_the_way_of_a_hint() {
    let long = format!("axx{}", "ж".repeat(20_000));
    let sandbox = Sandbox::with(&[&long, "axle"]);
    let axel = sandbox.why(&["axel"], &Filter::default());
    let nearest = Some("axle".to_owned());
    let what = "axel".to_owned();
    assert_eq!(axel, EmptySearchReason::Unknown { what, nearest });
    assert_eq!(sandbox.search(&[&long]), [1]);
    assert!(sandbox.search(&[&long[..103]]).is_empty());
}

#[test]
fn repeating_a_filter_a_thousand_times_is_no_error() {
    let mut sandbox = Sandbox::with(&["one"]);
    let mut page = page("2026-11-21", "two");
    page.tags.insert(tag("t7"));
    sandbox.write(page);
    let tags: Vec<Tag> = (0..3000).map(|at| tag(&format!("t{at}"))).collect();
    let days: Vec<Day> = (0..3000)
        .filter_map(|at| day("2026-11-21").plus_days(-at))
        .collect();
    let moods: Vec<MoodRange> = (0..3000).filter_map(|_| "1..5".parse().ok()).collect();
    let tip = ("walk-away".to_owned(), "gone".to_owned());
    for (filter, expect) in [
        (
            Filter {
                tags: tags.clone(),
                ..Filter::default()
            },
            1,
        ),
        (
            Filter {
                not_tags: tags,
                ..Filter::default()
            },
            1,
        ),
        (
            Filter {
                on: days,
                ..Filter::default()
            },
            1,
        ),
        (
            Filter {
                moods,
                ..Filter::default()
            },
            0,
        ),
        (
            Filter {
                tips: vec![tip; 3000],
                ..Filter::default()
            },
            0,
        ),
    ] {
        assert_eq!(sandbox.journal.count(&filter).expect("a number"), expect);
    }
}

#[test]
fn a_query_of_any_size_gets_an_answer() {
    let sandbox = Sandbox::with(&["plague", "aaaa bbbb"]);
    let long = "plague ".repeat(1500);
    assert!(sandbox.search(&[&long]).is_empty());
    assert!(sandbox.search(&[&"x".repeat(200_000)]).is_empty());
    assert!(sandbox.search(&[&"公".repeat(30_000)]).is_empty());
    assert!(sandbox.search(&[&"%_".repeat(50_000)]).is_empty());
    let many: Vec<String> = (0..5000).map(|at| format!("w{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(sandbox.search(&many).is_empty());
    let stars: Vec<String> = (0..1000).map(|at| format!("p{at}e*")).collect();
    let stars: Vec<&str> = stars.iter().map(String::as_str).collect();
    assert!(sandbox.search(&stars).is_empty());
    assert!(sandbox.search(&[&"σπίτι ".repeat(1500)]).is_empty());
    assert!(sandbox.search(&[&"ё".repeat(100_000)]).is_empty());
    assert!(
        sandbox
            .search(&[&"ё".repeat(100_000), &"ـ".repeat(9000)])
            .is_empty()
    );
    let many: Vec<String> = (0..2000).map(|at| format!("ё{at}*")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(sandbox.search(&many).is_empty());
    assert_eq!(sandbox.search(&["plague", "plague\0", "plague*"]), [1]);
}

/// Strings that have broken searches elsewhere, and arbitrary ones.
fn awkward() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "\"",
        "\"\"",
        "\" OR NEAR *",
        "*",
        "AND",
        "NEAR(",
        "NEAR(a b, 2)",
        "col:x",
        "^a",
        "-",
        "--",
        "( ( (",
        "'; DROP TABLE e;--",
        "%",
        "_",
        "\\",
        "\0",
        "a\0b",
        "a AND",
        "NOT a",
        "{a b} : c",
        "a + b",
        "a*b*",
        "ab**",
        "\"ab\"*",
        "#",
        "##x",
        "1..3",
        "last",
        "❤️",
        "e\u{301}\u{301}",
        "公*",
        "ς",
        "\u{feff}",
        "\u{202e}",
        "text : a",
        "\u{e000}",
        "ᾍδης*",
        "\u{345}",
        "ـ",
        "ـ*",
        "ָׁ",
        "й\"\0ё",
        // A letter to the index, whose tables are older.
        "🔾Σ",
        "🔾É:Ά 🔾É:Ά 🔾É:Ά 🔾É:Ά 🔾É:Ά 🔾É:Ά 🔾É:Ά",
        "\u{10ffff}",
    ]);
    let part = prop_oneof![known.prop_map(str::to_owned), any::<String>()];
    prop_oneof![
        4 => prop::collection::vec(part.clone(), 1..4).prop_map(|parts| parts.join(" ")),
        1 => (part, 1..2000usize).prop_map(|(part, times)| {
            part.repeat(times).chars().take(10_000).collect()
        }),
    ]
}

/// An error says in our words what is wrong with what was typed.
fn is_clear(error: &Error) -> bool {
    let shown = format!("{error} {}", error.hint().unwrap_or_default());
    matches!(error, Error::Usage { .. } | Error::NoSuchEntry { .. })
        && !shown.to_lowercase().contains("sql")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_string_gets_an_answer_or_a_clear_error(
        words in prop::collection::vec(awkward(), 1..4),
    ) {
        thread_local! {
            static SANDBOX: RefCell<Sandbox> = RefCell::new(Sandbox::with(&[
                "a text AND a col:x, near 公园 ❤️ \"quoted\" 100%",
                "ab\0b under_score it's over; drop table e",
                "ᾅδης ёлка שָׁלוֹם مَدْرَسَة ـ",
            ]));
        }
        SANDBOX.with_borrow(|sandbox| -> Result<(), TestCaseError> {
            let mut filter = Filter::default();
            if let Ok(tag) = words[0].parse::<Tag>() {
                filter.tags.push(tag);
                prop_assert!(sandbox.journal.count(&filter).is_ok());
            }
            if let Some(query) = Query::read(&words) {
                for rank in [Rank::Newest, Rank::Best] {
                    for filter in [&Filter::default(), &filter] {
                        let found = sandbox.journal.search(&query, filter, rank, None);
                        prop_assert!(found.is_ok(), "{found:?}");
                        let count = sandbox.journal.count_found(&query, filter);
                        prop_assert_eq!(
                            count.ok(),
                            found.ok().map(|found| found.count)
                        );
                        prop_assert!(sandbox.journal.why_nothing(&query, filter).is_ok());
                    }
                }
            }
            for word in &words {
                match word.parse::<EntryRef>() {
                    Ok(reference) => {
                        let found = sandbox.journal.find(&reference, day("2026-11-22"));
                        prop_assert!(found.as_ref().err().is_none_or(is_clear), "{found:?}");
                    }
                    Err(reason) => prop_assert!(!reason.to_lowercase().contains("sql")),
                }
            }
            Ok(())
        })?;
    }

}

proptest! {
    // Each of these makes a journal.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_text_is_found_by_itself(text in awkward(), before in awkward()) {
        let sandbox = Sandbox::with(&[&format!("{before} \n{text}\n")]);
        // With quotes and stars a text means more than itself.
        if text.contains(['"', '*']) {
            return Ok(());
        }
        if let Some(query) = Query::read(std::slice::from_ref(&text)) {
            let found = sandbox
                .journal
                .search(&query, &Filter::default(), Rank::Newest, None)
                .expect("an answer");
            prop_assert_eq!(found.count, 1, "{:?}", query);
        }
    }

    #[test]
    fn a_word_is_found_by_its_own_bare_forms(
        word in prop_oneof![
            "[a-zà-öø-þāăçőůếộ]{1,6}",
            "[α-ωά-ώ\u{1f00}-\u{1f07}\u{1f70}-\u{1f7c}\u{1f80}-\u{1f87}ᾳῃῷῥ]{1,6}",
            "[а-яѐ-џѓёїў]{1,6}",
            "[א-ת][א-ת\u{5b0}-\u{5bc}]{0,8}",
            "[ء-غف-ي][ـ-ي\u{64b}-\u{655}]{0,8}",
            "[ა-ჰ]{1,6}",
            "[ա-ֆ]{1,6}",
        ],
        composed in any::<bool>(),
        rest in "( [a-zά-ώёй]{1,4}){0,3}",
    ) {
        let written: String = match composed {
            true => word.nfc().collect(),
            false => word.nfd().collect(),
        };
        let text = format!("before {written}{rest}");
        let sandbox = Sandbox::with(&[&text]);
        let bare = |word: &str| -> String {
            word.nfd().filter(|&c| !is_combining_mark(c)).collect()
        };
        // An iota below is a mark, and yet a letter in capitals; and typed as two characters
        // it is a letter to the index. No Greek word has another iota after it.
        let below: String = word
            .nfd()
            .filter(|&c| c == '\u{345}' || !is_combining_mark(c))
            .collect();
        prop_assume!(!below.contains("\u{345}ι"));
        let mut forms = vec![word.clone(), word.to_uppercase(), bare(&word.to_uppercase())];
        if composed || !below.contains('\u{345}') {
            forms.extend([bare(&word), bare(&word).to_uppercase()]);
        }
        for form in forms {
            let typed = query(&[&form]);
            let found = sandbox.numbers(&typed, &Filter::default(), Rank::Best);
            prop_assert_eq!(found, [1], "{:?} in {:?}", form, text);
            prop_assert!(!typed.places(&text).is_empty());
            let phrase = query(&[&format!("before {form}")]);
            let found = sandbox.numbers(&phrase, &Filter::default(), Rank::Newest);
            prop_assert_eq!(found, [1], "{:?} in {:?}", form, text);
        }
    }

    #[test]
    fn what_the_index_finds_is_seen_in_the_text(
        text in "(Café|cafe\u{301}|İST|ist|ΟΔΟΣ|οδός|ß|ss|ﬁ|ё|е\u{308}|й|ᾷ|ώι|שָׁ|ـ|بُ|և|a|walk|walked|[ .,-]|❤️){0,12}",
        word in "(Café|cafe\u{301}|İST|ist|ΟΔΟΣ|οδός|οδοσ|ß|SS|ﬁ|ё|е\u{308}|и|α|ω|ש|ـ|ب|ե|a|wa\\*|οδ\\*|❤️){1,2}",
    ) {
        let sandbox = Sandbox::with(&[&text]);
        let query = query(&[&word]);
        let found = sandbox
            .journal
            .search(&query, &Filter::default(), Rank::Newest, None)
            .expect("an answer");
        for entry in found.entries {
            prop_assert!(!query.places(&entry.text).is_empty(), "{query:?}");
        }
    }
}
