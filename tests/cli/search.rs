//! `onward search`.

use crate::review::two_weeks;
use crate::sandbox::Sandbox;

#[test]
fn what_is_found() {
    let onward = two_weeks();
    insta::assert_snapshot!(onward.run(["search", "aunt"]), @"
    exit: 0
    ----- stdout -----
    #10  Fri 20 Nov 2026  Tip 5  4/5
         …it holds books, and a plant that Aunt gave me.
     #7  Mon 16 Nov 2026  Tip 2  4/5  ★
         Aunt called. We laughed about the boat. #friends
     #3  Mon 9 Nov 2026   Tip 2  2/5
         Monday. Walked to the lake with Aunt. #friends

    3 entries
    ");
    insta::assert_snapshot!(onward.call(["search", "aunt"]).env("COLUMNS", "40").run(), @"
    exit: 0
    ----- stdout -----
    #10 2026-11-20 5
      …and a plant that Aunt gave me.
     #7 2026-11-16 2 ★
      Aunt called. We laughed about the
      boat. #friends
     #3 2026-11-09 2
      …to the lake with Aunt. #friends

    3 entries
    ");
    insta::assert_snapshot!(onward.run(["search", "aunt", "-n", "1"]), @"
    exit: 0
    ----- stdout -----
    #10  Fri 20 Nov 2026  Tip 5  4/5
         …it holds books, and a plant that Aunt gave me.

    1 of 3 entries; --all shows every one
    ");
    insta::assert_snapshot!(onward.run(["search", "boat", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"entries":[{"number":7,"id":"<id>","day":"2026-11-16","written_at":"2026-11-16T21:00:00+00:00","edited_at":null,"kind":"page","text":"Aunt called. We laughed about the boat. #friends","mood":4,"starred":true,"tags":["friends"],"reflections":[{"deck":"walk-away","tip":"friends","number":2,"title":"Out with friends","question":null}],"snippet":"Aunt called. We laughed about the boat. #friends"}],"count":1}
    "#);
}

/// The numbers of what is found.
#[track_caller]
fn found(onward: &Sandbox, arguments: &[&str]) -> Vec<i64> {
    let arguments = [&["search", "--json"], arguments].concat();
    let found = onward.run(arguments).json();
    let entries = found["entries"].as_array().expect("entries").clone();
    let numbers = entries.iter().map(|entry| entry["number"].as_i64());
    numbers.map(|number| number.expect("a number")).collect()
}

#[test]
fn what_words_mean() {
    let onward = two_weeks();
    // Every word, in any order, case and accent.
    assert_eq!(found(&onward, &["AUNT", "boat"]), [7]);
    assert_eq!(found(&onward, &["cafe"]), [5]);
    // The newest first, or the best.
    assert_eq!(found(&onward, &["lake"]), [11, 3]);
    assert_eq!(found(&onward, &["shelf", "--best"]).len(), 2);
    // A phrase, the beginning of a word.
    assert_eq!(found(&onward, &["holds books"]), [10]);
    assert_eq!(found(&onward, &["\"holds books\""]), [10]);
    assert_eq!(found(&onward, &["boo*"]), [10]);
    assert_eq!(found(&onward, &["boo"]), [0; 0]);
    // What is an operator elsewhere is a word here.
    for words in [
        &["aunt", "OR", "boat"][..],
        &["aunt", "NOT", "boat"],
        &["aunt", "AND", "boat"],
    ] {
        assert_eq!(found(&onward, words), [0; 0], "{words:?}");
    }
    for words in ["'", "\"", "aunt\"", "(", "text:aunt", "a^b", "--", "%"] {
        let outcome = onward.run(["search", "--json", "--", words]);
        assert!([0, 3].contains(&outcome.status), "{words}: {outcome}");
    }
    // Filters, and what is in the trash.
    assert_eq!(found(&onward, &["aunt", "--tag", "friends"]), [7, 3]);
    assert_eq!(
        found(&onward, &["aunt", "--mood", "4", "--to", "nov 16"]),
        [7]
    );
    onward.ok(["delete", "7", "--yes"]);
    assert_eq!(found(&onward, &["aunt"]), [10, 3]);
}

#[test]
fn how_many() {
    let onward = two_weeks();
    assert_eq!(onward.ok(["search", "aunt", "--count"]).stdout, "3\n");
    assert_eq!(
        onward.ok(["search", "aunt", "--count", "--json"]).stdout,
        "{\"count\":3}\n"
    );
    let none = onward.run(["search", "zebra", "--count"]);
    assert_eq!((none.status, none.stdout.as_str()), (3, "0\n"));
}

#[test]
fn a_word_that_only_a_letter_has_is_not_called_unwritten() {
    let onward = two_weeks();
    onward.ok(["letter", "About the zebra."]);
    onward
        .run(["search", "zebra"])
        .said(3, "Nothing found for zebra.\n");
    onward.ok(["search", "zebra", "--kind", "letter"]);
}

#[test]
fn nothing_found() {
    let onward = two_weeks();
    for (words, said) in [
        (
            &["shlef"][..],
            "Nothing found for shlef. Did you mean shelf?",
        ),
        (&["zebra"], "Nothing found for zebra."),
        (
            &["aunt laughed"],
            "Nothing found: the words never stand side by side. Search for them apart.",
        ),
        (
            &["aunt", "photos"],
            "Nothing found: no entry has all of these. Fewer words find more.",
        ),
    ] {
        onward
            .run([&["search"], words].concat())
            .said(3, &format!("{said}\n"));
    }
    onward.run(["search", "aunt", "--tag", "shop"]).said(
        3,
        "Nothing found with these filters; without them, 3 entries.\n",
    );
    let json = onward.run(["search", "zebra", "--json"]);
    assert_eq!(
        (json.status, json.stdout.as_str()),
        (3, "{\"entries\":[],\"count\":0}\n")
    );
    Sandbox::new()
        .run(["search", "aunt"])
        .said(3, "Nothing is written yet. Begin with onward write.\n");
}

#[test]
fn nothing_to_look_for() {
    let onward = two_weeks();
    for words in [&["search"][..], &["search", ""], &["search", " ", "\t"]] {
        onward.run(words).said(
            2,
            "error: search needs a word to look for\n\
             hint: onward list takes the same filters and needs no words\n",
        );
    }
}

#[test]
fn words_stand_out_on_a_terminal() {
    let onward = two_weeks();
    let screen = onward
        .call(["search", "aunt", "boat"])
        .in_terminal(80)
        .end(&onward);
    for word in ["Aunt", "boat"] {
        assert!(
            screen.raw.contains(&format!("\x1b[1m{word}\x1b[0m")),
            "{screen}"
        );
    }
    assert_eq!(screen.text, onward.ok(["search", "aunt", "boat"]).stdout);
}

#[test]
fn hostile_text_is_shown() {
    let onward = Sandbox::new();
    let text = "A \u{1b}[31mred\u{1b}[0m word \u{1b}]0;title\u{7}\u{202e} here. \
                And \u{2066}more\r of it\u{9b}2J.";
    onward.call(["write"]).stdin(text).run();
    for words in [&["word"][..], &["here"], &["31mre*"]] {
        for color in ["never", "always"] {
            let screen = onward
                .call([&["search", "--color", color], words].concat())
                .in_terminal(40)
                .end(&onward);
            assert_eq!(screen.status, 0, "{screen}");
            for hostile in ['\u{7}', '\u{202e}', '\u{2066}', '\u{9b}'] {
                assert!(!screen.raw.contains(hostile), "{screen}");
            }
            assert!(!screen.raw.contains("\x1b[31m"), "{screen}");
            assert!(!screen.raw.contains("\x1b]"), "{screen}");
        }
    }
    let json = onward.ok(["search", "word", "--json"]).stdout;
    assert!(
        !json.trim_end().contains(|c: char| c.is_control()),
        "{json}"
    );
}
