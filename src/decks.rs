//! Decks: TOML files of tips, parsed and checked.
//!
//! A deck that is wrong is refused whole, with the file, the line and the reason of the
//! first fault, so that what a journal works with is always a complete deck. The format is
//! described at the head of `prompts/walk-away.toml`, the deck that is built in.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;
use toml::Spanned;
use unicode_width::UnicodeWidthStr;

use crate::error::{Error, Result};

/// Tips to reflect on, one at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deck {
    /// What the journal files reflections under; never changes once used.
    pub slug: String,
    /// The name people see.
    pub title: String,
    /// What the deck is about, in a sentence or two.
    pub about: String,
    /// The tips, numbered from 1 in this order.
    pub tips: Vec<Tip>,
    /// Questions people ask along the way, each turned toward the writer.
    pub questions: Vec<Topic>,
    /// What is good to be clear about before anything else.
    pub groundings: Vec<Topic>,
}

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// Its place in the deck, from 1.
    pub number: u32,
    /// What the journal files reflections under; never changes once used.
    pub slug: String,
    /// A few words.
    pub title: String,
    /// What the tip says, in a few sentences.
    pub gist: String,
    /// One small thing to do today.
    pub practice: String,
    /// Whether the tip asks to remember why one is walking away.
    pub recall_reason: bool,
    /// What a day can ask: concrete things first, then meaning.
    pub questions: Vec<String>,
}

/// A thought with one question to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// What answers are filed under.
    pub slug: String,
    /// A few words.
    pub title: String,
    /// The thought, in a few sentences.
    pub text: String,
    /// The question it ends in.
    pub question: String,
}

impl Deck {
    /// The deck that is built in. It is read when it is first looked into: what only shows
    /// entries does without.
    pub fn walk_away() -> &'static Deck {
        static DECK: LazyLock<Deck> = LazyLock::new(|| {
            let text = include_str!("../prompts/walk-away.toml");
            #[expect(clippy::expect_used, reason = "embedded, and checked by a test")]
            Deck::parse("walk-away (built in)", text).expect("the built-in deck is valid")
        });
        &DECK
    }

    /// Parses and checks a deck. `file` is what errors call it.
    ///
    /// # Errors
    /// [`Error::BadDeck`] with the line of the first fault: TOML that does not parse, a
    /// missing, unknown or empty field, a text that does not fit its place, tips not
    /// numbered 1, 2, 3 …, or a slug or question that stands twice.
    pub fn parse(file: &str, text: &str) -> Result<Deck> {
        let check = Check { file, text };
        let raw: RawDeck = toml::from_str(text).map_err(|error| {
            check.fault(
                error.span().unwrap_or(0..0),
                error.message().trim().replace('\n', "; "),
            )
        })?;
        check.deck(raw)
    }

    /// The tip with this slug.
    pub fn tip(&self, slug: &str) -> Option<&Tip> {
        self.tips.iter().find(|tip| tip.slug == slug)
    }

    /// The tip that a person means by a number or a slug.
    ///
    /// # Errors
    /// [`Error::NoSuchTip`] with the nearest slug, or the range of numbers.
    pub fn find(&self, wanted: &str) -> Result<&Tip> {
        let wanted = wanted.trim();
        let number = wanted.parse::<u32>();
        self.tips
            .iter()
            .find(|tip| Ok(tip.number) == number || tip.slug.eq_ignore_ascii_case(wanted))
            .ok_or_else(|| {
                let close = self
                    .tips
                    .iter()
                    .map(|tip| (strsim::jaro_winkler(&tip.slug, &wanted.to_lowercase()), tip))
                    .filter(|(likeness, _)| *likeness > 0.8)
                    .max_by(|(a, _), (b, _)| a.total_cmp(b));
                let nearest = match close {
                    Some((_, tip)) => format!("did you mean {} ({})", tip.slug, tip.number),
                    None => format!("the tips are 1 to {}", self.tips.len()),
                };
                Error::NoSuchTip {
                    wanted: wanted.to_owned(),
                    nearest,
                }
            })
    }
}

/// The file as it is written, with the place of every value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDeck {
    slug: Spanned<String>,
    title: Spanned<String>,
    about: Spanned<String>,
    tips: Spanned<Vec<Spanned<RawTip>>>,
    #[serde(default)]
    questions: Vec<RawTopic>,
    #[serde(default)]
    groundings: Vec<RawTopic>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTip {
    number: Spanned<u32>,
    slug: Spanned<String>,
    title: Spanned<String>,
    gist: Spanned<String>,
    practice: Spanned<String>,
    #[serde(default)]
    recall_reason: bool,
    questions: Spanned<Vec<Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTopic {
    slug: Spanned<String>,
    title: Spanned<String>,
    text: Spanned<String>,
    question: Spanned<String>,
}

/// The widest title, in columns: it shares a line with a number and a date.
const TITLE_COLUMNS: usize = 40;
/// The longest question, in columns: two lines of a page.
const QUESTION_COLUMNS: usize = 140;
/// The longest practice, in columns: three lines of a page.
const PRACTICE_COLUMNS: usize = 160;
/// The longest other text, in columns: six lines, so that a page stays one screen.
const TEXT_COLUMNS: usize = 420;

/// Turns what was written into a deck, or says where it cannot.
struct Check<'a> {
    file: &'a str,
    text: &'a str,
}

impl Check<'_> {
    fn fault(&self, place: Range<usize>, reason: impl Into<String>) -> Error {
        let before = self.text.get(..place.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        Error::BadDeck {
            file: self.file.to_owned(),
            line,
            reason: reason.into(),
        }
    }

    fn deck(&self, raw: RawDeck) -> Result<Deck> {
        let slug = self.slug(&raw.slug, &mut HashSet::new())?;
        if raw.tips.get_ref().is_empty() {
            return Err(self.fault(raw.tips.span(), "a deck needs at least one tip"));
        }
        let mut seen = HashSet::new();
        let tips = raw.tips.into_inner().into_iter().zip(1..);
        let tips = tips
            .map(|(tip, number)| self.tip(tip.into_inner(), number, &mut seen))
            .collect::<Result<_>>()?;
        Ok(Deck {
            slug,
            title: self.line(raw.title, "title", TITLE_COLUMNS)?,
            about: self.line(raw.about, "about", TEXT_COLUMNS)?,
            tips,
            questions: self.topics(raw.questions)?,
            groundings: self.topics(raw.groundings)?,
        })
    }

    fn tip(&self, raw: RawTip, number: u32, seen: &mut HashSet<String>) -> Result<Tip> {
        if *raw.number.get_ref() != number {
            return Err(self.fault(
                raw.number.span(),
                format!("tips are numbered in order: this one is number {number}"),
            ));
        }
        let place = raw.questions.span();
        let mut asked = HashSet::new();
        let mut questions = Vec::new();
        for question in raw.questions.into_inner() {
            let place = question.span();
            let question = self.line(question, "question", QUESTION_COLUMNS)?;
            if !asked.insert(question.clone()) {
                return Err(self.fault(place, "this question stands twice"));
            }
            questions.push(question);
        }
        if questions.is_empty() {
            return Err(self.fault(place, "a tip needs at least one question"));
        }
        Ok(Tip {
            number,
            slug: self.slug(&raw.slug, seen)?,
            title: self.line(raw.title, "title", TITLE_COLUMNS)?,
            gist: self.line(raw.gist, "gist", TEXT_COLUMNS)?,
            practice: self.line(raw.practice, "practice", PRACTICE_COLUMNS)?,
            recall_reason: raw.recall_reason,
            questions,
        })
    }

    fn topics(&self, raw: Vec<RawTopic>) -> Result<Vec<Topic>> {
        let mut seen = HashSet::new();
        let topic = |raw: RawTopic| {
            Ok(Topic {
                slug: self.slug(&raw.slug, &mut seen)?,
                title: self.line(raw.title, "title", TITLE_COLUMNS)?,
                text: self.line(raw.text, "text", TEXT_COLUMNS)?,
                question: self.line(raw.question, "question", QUESTION_COLUMNS)?,
            })
        };
        raw.into_iter().map(topic).collect()
    }

    /// A name that can stand in a file and on a command line. All digits would be taken for
    /// a number.
    fn slug(&self, raw: &Spanned<String>, seen: &mut HashSet<String>) -> Result<String> {
        let slug = raw.get_ref();
        let fits = slug
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && slug.bytes().any(|b| b.is_ascii_lowercase())
            && !slug.starts_with('-')
            && !slug.ends_with('-')
            && slug.len() <= TITLE_COLUMNS;
        if !fits {
            let reason = format!(
                "a slug is made of a-z, 0-9 and hyphens, like stay-busy, and at most \
                 {TITLE_COLUMNS} long"
            );
            return Err(self.fault(raw.span(), reason));
        }
        if !seen.insert(slug.clone()) {
            return Err(self.fault(raw.span(), format!("the slug {slug} stands twice")));
        }
        Ok(slug.clone())
    }

    /// A text of one paragraph that fits its place.
    fn line(&self, raw: Spanned<String>, field: &str, columns: usize) -> Result<String> {
        let text = raw.get_ref().trim();
        let fault = |reason: String| Err(self.fault(raw.span(), reason));
        if text.is_empty() {
            return fault(format!("the {field} is empty"));
        }
        if text.chars().any(char::is_control) {
            return fault(format!(
                "the {field} must be one paragraph without control characters"
            ));
        }
        if text.width() > columns {
            return fault(format!(
                "the {field} is {} columns wide; at most {columns} fit",
                text.width()
            ));
        }
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
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
questions = ["What?", "Why?"]

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
        let deck = Deck::parse("small.toml", GOOD).expect("a good deck");
        assert_eq!((deck.slug.as_str(), deck.tips.len()), ("small", 2));
        assert_eq!(deck.tips[0].questions, ["What?", "Why?"]);
        assert!(!deck.tips[0].recall_reason && deck.tips[1].recall_reason);
        assert_eq!(deck.questions[0].question, "How much?");
        assert!(deck.groundings.is_empty());
    }

    /// Replaces `from` by `to` in a good deck and expects the fault at `line`.
    #[track_caller]
    fn check(from: &str, to: &str, line: usize, reason: &str) {
        assert!(GOOD.contains(from), "{from:?} is not in the deck");
        let text = GOOD.replacen(from, to, 1);
        match Deck::parse("small.toml", &text) {
            Err(Error::BadDeck {
                file,
                line: found,
                reason: said,
            }) => {
                assert_eq!((file.as_str(), found), ("small.toml", line), "{said}");
                assert!(said.contains(reason), "{said}");
            }
            other => panic!("expected a fault, got {other:?}"),
        }
    }

    #[test]
    fn every_fault_names_its_line() {
        check("slug = \"small\"", "slug = \"Small\"", 1, "a-z");
        check("slug = \"small\"\n", "", 1, "slug");
        check("title = \"A small deck\"", "title = \" \"", 2, "empty");
        check("about =", "abuot =", 3, "abuot");
        check("number = 1", "number = 3", 6, "number 1");
        check("number = 2", "number = \"2\"", 14, "expected");
        check("slug = \"second\"", "slug = \"first\"", 15, "twice");
        check("slug = \"second\"", "slug = \"2\"", 15, "a-z");
        check(
            "title = \"The first\"",
            &format!("title = \"{}\"", "w".repeat(41)),
            8,
            "41",
        );
        check("gist = \"What", "gist = \"\\u001b[2J What", 9, "control");
        check("gist = \"What", "gist = \"two\\nlines", 9, "paragraph");
        check(
            "questions = [\"What?\", \"Why?\"]",
            "questions = []",
            11,
            "at least one",
        );
        check("\"Why?\"", "\"What?\"", 11, "twice");
        check("\"Why?\"", "7", 11, "expected");
        check("question = \"How much?\"", "question = \"\"", 26, "empty");
        check("[[questions]]", "[[questions]", 22, "");
        check("practice = \"Do it.\"", "", 5, "practice");
    }

    #[test]
    fn a_deck_without_tips_is_none() {
        let text = "slug = \"s\"\ntitle = \"t\"\nabout = \"a\"\ntips = []\n";
        assert!(matches!(
            Deck::parse("x", text),
            Err(Error::BadDeck { line: 4, .. })
        ));
        assert!(Deck::parse("x", "").is_err());
        assert!(Deck::parse("x", &"[".repeat(10_000)).is_err());
    }

    #[test]
    fn tips_are_found_by_number_and_slug() {
        let deck = Deck::parse("small.toml", GOOD).expect("a good deck");
        assert_eq!(
            deck.find("2").map(|tip| tip.slug.as_str()).ok(),
            Some("second")
        );
        assert_eq!(deck.find(" First ").map(|tip| tip.number).ok(), Some(1));
        let hint = |wanted| deck.find(wanted).expect_err("no such tip").hint();
        assert_eq!(
            hint("secnd").as_deref(),
            Some("did you mean second (2); see onward tips")
        );
        assert_eq!(
            hint("9").as_deref(),
            Some("the tips are 1 to 2; see onward tips")
        );
    }

    /// What the built-in deck promises beyond what every deck must keep.
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
                tip.questions.len() >= 6,
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
        let topics = deck.questions.iter().chain(&deck.groundings);
        asked.extend(topics.map(|topic| &topic.question));
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
        let text = include_str!("../prompts/walk-away.toml").to_lowercase();
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
}
