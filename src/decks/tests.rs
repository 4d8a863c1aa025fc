use std::collections::HashSet;

use unicode_width::UnicodeWidthStr;

use super::*;

const GOOD: &str = r#"slug = "small"
title = "A small deck"
about = "For tests."

[[tips]]
number = 1
slug = "first"
title = "The first"
gist = "What it says."
practice = "Do it."
questions = ["What?"]
meaning = ["Why?"]

[[tips]]
number = 2
slug = "second"
title = "The second"
gist = "What it says."
practice = "Do it."
recall_reason = true
questions = ["Who?"]

[[questions]]
slug = "power"
title = "What power it holds"
text = "Some."
question = "How much?"
"#;

#[test]
fn a_deck_comes_out_as_it_is_written() {
    let deck = Deck::parse(GOOD).expect("a good deck");
    assert_eq!((deck.slug.as_str(), deck.tips.len()), ("small", 2));
    assert_eq!(deck.tips[0].questions, ["What?", "Why?"]);
    assert_eq!((deck.tips[0].concrete, deck.tips[1].concrete), (1, 1));
    assert!(!deck.tips[0].recall_reason && deck.tips[1].recall_reason);
    let question = &deck.questions[0];
    assert_eq!(question.key(), "small/week/power");
    assert_eq!(question.questions, ["How much?"]);
    assert!(question.is_weekly() && question.practice.is_empty());
    assert!(deck.groundings.is_empty());
}

/// The faults of a text, as `line: reason`.
fn faults(text: &str) -> Vec<String> {
    let faults = Deck::parse(text).expect_err("faults");
    let said = |fault: &DeckFault| format!("{}: {}", fault.line.unwrap_or(0), fault.reason);
    faults.iter().map(said).collect()
}

/// Replaces `from` by `to` in a good deck, and expects one fault at `line`.
#[track_caller]
fn check(from: &str, to: &str, line: usize, reason: &str) {
    assert!(GOOD.contains(from), "{from:?} is not in the deck");
    let found = faults(&GOOD.replacen(from, to, 1));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("{line}: ")), "{found:?}");
    assert!(found[0].contains(reason), "{found:?}");
}

#[test]
fn every_fault_names_its_line() {
    check("slug = \"small\"", "slug = \"Small\"", 1, "a-z");
    check("slug = \"small\"", "slug = \"week\"", 1, "called week");
    check("slug = \"small\"\n", "", 1, "needs a field slug");
    check("title = \"A small deck\"", "title = \" \"", 2, "empty");
    check("number = 1", "number = 3", 6, "number 1");
    check("number = 2", "number = \"2\"", 15, "number = 2");
    check("slug = \"second\"", "slug = \"first\"", 16, "twice");
    check("slug = \"second\"", "slug = \"2\"", 16, "a-z");
    let long = format!("title = \"{}\"", "w".repeat(41));
    check("title = \"The first\"", &long, 8, "41 columns");
    check("title = \"The first\"", "title = 1", 8, "between \" and \"");
    check("gist = \"What", "gist = \"\\u001b[2J What", 9, "control");
    check("gist = \"What", "gist = \"two\\nlines", 9, "paragraph");
    check("gist = \"What", "gist = \"\\u202e What", 9, "control");
    check("\"What it says.\"", "\"\\u200b\"", 9, "empty");
    check("[\"What?\"]", "[]", 11, "at least one");
    check("[\"What?\"]", "\"What?\"", 11, "is a list");
    check("[\"What?\"]", "[7]", 11, "is a text");
    check("\"Why?\"", "\"What?\"", 12, "twice");
    check("[\"Why?\"]", "[]", 12, "leave it out");
    check(
        "recall_reason = true",
        "recall_reason = 1",
        20,
        "true or false",
    );
    check("question = \"How much?\"", "question = \"\"", 27, "empty");
    check("practice = \"Do it.\"", "", 5, "practice");
    check("practice", "practise", 10, "did you mean practice");
    check("[[questions]]", "[questions]", 23, "[[questions]]");
}

#[test]
fn all_faults_are_found_at_once() {
    let bad = GOOD
        .replacen("number = 1", "number = 4", 1)
        .replacen("\"The second\"", "\"\"", 1)
        .replacen("about =", "abuot =", 1)
        .replacen("text = \"Some.\"\n", "", 1);
    assert_eq!(
        faults(&bad),
        [
            "3: a deck has no field \"abuot\"; did you mean about?",
            "6: tips are numbered in order: this one is number 1",
            "17: the title is empty",
            "23: a question of the week needs a field text",
        ]
    );
}

#[test]
fn a_deck_of_ones_own_has_a_name_of_its_own() {
    assert!(Deck::parse_own(GOOD, Some("small")).is_ok());
    assert!(Deck::parse_own(GOOD, None).is_ok());
    let said = |text: &str, name| Deck::parse_own(text, name).expect_err("a fault");
    let found = said(GOOD, Some("other"));
    assert_eq!((found.len(), found[0].line), (1, Some(1)), "{found:?}");
    assert!(found[0].reason.contains("small.toml"), "{found:?}");
    let shadow = GOOD.replacen("\"small\"", "\"walk-away\"", 1);
    for name in [None, Some("walk-away"), Some("small")] {
        let found = said(&shadow, name);
        assert_eq!((found.len(), found[0].line), (1, Some(1)), "{found:?}");
        assert!(found[0].reason.contains("built in"), "{found:?}");
    }
}

/// Faults that only follow from a line that is no TOML are not told; others are.
#[test]
fn lines_that_are_no_toml() {
    check("[[questions]]", "[[questions]", 23, "this is not TOML");
    check(
        "title = \"A small deck\"",
        "title = ",
        2,
        "this is not TOML",
    );
    check("title = \"A small deck\"", "title", 2, "this is not TOML");
    check(
        "about = \"For tests.\"",
        "title = \"Again\"",
        3,
        "duplicate key",
    );
    let two =
        GOOD.replacen("\"The first\"", "The first", 1)
            .replacen("\"The second\"", "\"\"", 1);
    let found = faults(&two);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("8: this is not TOML"), "{found:?}");
    assert_eq!(found[1], "17: the title is empty");
}

#[test]
fn what_is_no_deck_at_all() {
    let none = "slug = \"s\"\ntitle = \"t\"\nabout = \"a\"\ntips = []\n";
    assert!(faults(none)[0].starts_with("4: a deck needs at least one tip"));
    assert_eq!(faults("").len(), 4);
    assert!(!faults(&"[".repeat(100_000)).is_empty());
    assert!(!faults(&format!("a = {}", "{b = ".repeat(10_000))).is_empty());
    assert!(!faults(&"a.".repeat(10_000)).is_empty());
    let many = "[[tips]]\n".repeat(400);
    assert!(
        faults(&many)
            .iter()
            .any(|fault| fault.contains("at most 366"))
    );
}

#[test]
fn tips_are_found_by_number_and_slug() {
    let small = || Deck::parse(GOOD).expect("a good deck");
    let one = Decks::of(vec![small()]);
    let key = |decks: &Decks, wanted: &str| decks.find(wanted).map(Tip::key).ok();
    assert_eq!(key(&one, "2"), Some("small/second".to_owned()));
    assert_eq!(key(&one, " First "), Some("small/first".to_owned()));
    assert_eq!(key(&one, "week/1"), Some("small/week/power".to_owned()));
    let hint = |decks: &Decks, wanted| decks.find(wanted).expect_err("no such tip").hint();
    assert_eq!(
        hint(&one, "secnd").as_deref(),
        Some("did you mean second (2); see onward tips")
    );
    assert_eq!(
        hint(&one, "9").as_deref(),
        Some("the tips are 1 to 2; see onward tips")
    );

    let two = Decks::of(vec![Deck::walk_away().clone(), small()]);
    assert_eq!(
        key(&two, "10"),
        Some("walk-away/delete-pictures".to_owned())
    );
    assert_eq!(key(&two, "second"), Some("small/second".to_owned()));
    assert_eq!(key(&two, "small/1"), Some("small/first".to_owned()));
    assert_eq!(
        hint(&two, "1").as_deref(),
        Some("say which: walk-away/no-contact or small/first")
    );
    assert_eq!(
        hint(&two, "small/9").as_deref(),
        Some("the tips are walk-away/1 to 10, small/1 to 2; see onward tips")
    );
    assert_eq!(
        hint(&two, "small/secnd").as_deref(),
        Some("did you mean small/second; see onward tips")
    );
    assert_eq!(Decks::default().all().len(), 1);
}

/// The Rust expression for a deck: its `{:#?}`, with `.to_owned()` after each text and `vec!`
/// before each list. A text never ends its line in `[`, because a quote follows it.
fn rust_expression(deck: &Deck) -> String {
    let owned = |line: &str| {
        if let Some(text) = line.strip_suffix("\",") {
            format!("{text}\".to_owned(),\n")
        } else if let Some(field) = line.strip_suffix('[') {
            format!("{field}vec![\n")
        } else if let Some(field) = line.strip_suffix("[],") {
            format!("{field}vec![],\n")
        } else {
            format!("{line}\n")
        }
    };
    format!("{deck:#?}").lines().map(owned).collect()
}

#[test]
fn a_deck_becomes_rust() {
    let deck = GOOD.replacen("A small deck", "\\\"Small\\\" [", 1);
    let rust = rust_expression(&Deck::parse(&deck).expect("a good deck"));
    for line in [
        "Deck {",
        r#"    title: "\"Small\" [".to_owned(),"#,
        "            number: 2,",
        "            questions: vec![",
        r#"                "Why?".to_owned(),"#,
        "    groundings: vec![],",
    ] {
        assert!(
            rust.lines().any(|made| made == line),
            "{line} is not in {rust}"
        );
    }
}

/// Expects `prompts/{name}.rs` to match `prompts/{name}.toml`. If it does not, this writes it
/// anew and fails, so that the next build has the deck of the TOML. It calls `built_in` last,
/// because the file may hold `todo!()` until then.
#[track_caller]
fn check_built_in(name: &str, built_in: fn() -> &'static Deck) {
    let file = |end| format!("{}/prompts/{name}.{end}", env!("CARGO_MANIFEST_DIR"));
    let toml = std::fs::read_to_string(file("toml")).expect("the deck's TOML");
    let deck = Deck::parse(&toml).unwrap_or_else(|faults| panic!("{name}: {faults:#?}"));
    let expected = format!(
        "// Made from {name}.toml by `cargo test built_in_decks`: change that file, not this one.\n\
         // If the fields of a deck change, let this file be `todo!()` until that test has run.\n\
         {}",
        rust_expression(&deck)
    );
    let found = std::fs::read_to_string(file("rs")).unwrap_or_default();
    if found != expected {
        std::fs::write(file("rs"), expected).expect("written");
        panic!(
            "{} was out of date and is written anew: test again",
            file("rs")
        );
    }
    assert_eq!(*built_in(), deck);
}

#[test]
fn built_in_decks_are_what_their_toml_says() {
    check_built_in("walk-away", Deck::walk_away);
}

/// The promises of the built-in deck beyond those of every deck.
#[test]
fn the_built_in_deck_is_whole() {
    let deck = Deck::walk_away();
    assert_eq!(deck.slug, "walk-away");
    assert_eq!(deck.tips.len(), 10);
    assert_eq!((deck.questions.len(), deck.groundings.len()), (7, 3));
    let recall: Vec<u32> = deck
        .tips
        .iter()
        .filter(|tip| tip.recall_reason)
        .map(|tip| tip.number)
        .collect();
    assert_eq!(recall, [1, 4, 5]);

    let mut asked = HashSet::new();
    for tip in &deck.tips {
        assert!(
            tip.concrete >= 4 && tip.questions.len() >= 6,
            "{} has too few questions",
            tip.slug
        );
        let sentences = tip.gist.matches(['.', '?']).count();
        assert!(
            (2..=4).contains(&sentences),
            "{}: {sentences} sentences",
            tip.slug
        );
        for question in &tip.questions {
            assert!(asked.insert(question), "asked twice: {question}");
        }
    }
    asked.extend(deck.questions.iter().flat_map(|tip| &tip.questions));
    asked.extend(deck.groundings.iter().map(|topic| &topic.question));
    for question in asked {
        assert!(question.ends_with('?'), "{question}");
        assert_eq!(question.matches('?').count(), 1, "{question}");
    }
    for tip in &deck.tips {
        assert!(
            tip.title.width() <= 30,
            "too wide for the table: {}",
            tip.title
        );
    }
}

#[test]
fn the_built_in_deck_assumes_nothing_about_anyone() {
    let text = include_str!("../../prompts/walk-away.toml").to_lowercase();
    let words: HashSet<&str> = text.split(|c: char| !c.is_alphabetic()).collect();
    for word in [
        "he",
        "she",
        "him",
        "her",
        "his",
        "hers",
        "man",
        "woman",
        "boyfriend",
        "girlfriend",
        "husband",
        "wife",
        "guy",
        "girl",
    ] {
        assert!(!words.contains(word), "{word}");
    }
}
