//! The terms of a search, read from the words of a command line, and their places in a text.
//!
//! There is no query language. Every word is meant literally, and all of them must occur. Three
//! forms go beyond a word, because everyone reads them so: words in quotes are a phrase, `walk*`
//! is the beginning of a word, and a text without words in the sense of the index (`:)`, an
//! emoji, Chinese) is looked for as it stands.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::iter;
use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::entry::is_unspaced;
use super::fold::{alike, begins, fold};

/// The terms of a search: at least one, and each only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    terms: Vec<SearchTerm>,
}

/// One thing that must occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchTerm {
    /// A word, or several in this order with nothing but punctuation and space between.
    Words(String),
    /// The beginning of a word; or of the last of several that stand together as above.
    Prefix(String),
    /// A piece of the text as it stands, in upper or lower case.
    Piece(TextPiece),
}

/// A piece of a text, in upper or lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPiece {
    text: String,
    /// The text with its case folded; `None` if it has no case and can be compared as it is.
    folded: Option<Vec<char>>,
}

/// The order in which a search answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rank {
    /// The newest day first, and within a day the latest first.
    #[default]
    Newest,
    /// The best match first: the words occur often in a short text, and rare words count most.
    Best,
}

/// The number of bytes behind the first place in which [`Query::places`] goes on looking.
const REACH: usize = 64 * 1024;

impl Query {
    /// Reads the words of a command line. `None` if all of them are blank.
    ///
    /// A word with white space in it was quoted for the shell and is a phrase, unless it has
    /// quotes of its own that balance: then they part phrases from words.
    pub fn read(words: &[String]) -> Option<Query> {
        let mut query = Query { terms: Vec::new() };
        for word in words.iter().map(|word| word.trim()) {
            let quotes = word.matches('"').count();
            let before = query.terms.len();
            if quotes > 0 && quotes % 2 == 0 {
                for (at, part) in word.split('"').enumerate() {
                    if at % 2 == 1 {
                        query.add(SearchTerm::literal(part));
                    } else {
                        part.split_whitespace()
                            .for_each(|word| query.add(SearchTerm::word(word)));
                    }
                }
                if query.terms.len() == before {
                    query.add(SearchTerm::literal(word));
                }
            } else if word.contains(char::is_whitespace) {
                query.add(SearchTerm::literal(word));
            } else {
                query.add(SearchTerm::word(word));
            }
        }
        (!query.terms.is_empty()).then_some(query)
    }

    /// The terms, all of which must occur.
    pub fn terms(&self) -> &[SearchTerm] {
        &self.terms
    }

    fn add(&mut self, term: Option<SearchTerm>) {
        self.terms
            .extend(term.filter(|term| !self.terms.contains(term)));
    }

    /// The places of the terms in a text, as ranges of bytes in order that neither touch nor
    /// overlap. In a very long text, only the first place and those within `REACH` of it.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let sequences: Vec<Sequence> = self.terms.iter().filter_map(Sequence::of).collect();
        let longest = sequences.iter().map(|s| s.words.len()).max().unwrap_or(0);
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut end = text.len();
        let mut latest: VecDeque<(Cow<'_, str>, Range<usize>)> =
            VecDeque::with_capacity(longest);
        if longest > 0 {
            for range in tokens(text) {
                if range.start > end {
                    break;
                }
                if latest.len() == longest {
                    latest.pop_front();
                }
                latest.push_back((fold(&text[range.clone()]), range.clone()));
                for sequence in &sequences {
                    if let Some(start) = sequence.ends(&latest) {
                        end = end.min(range.end.saturating_add(REACH));
                        places.push(start..range.end);
                    }
                }
            }
        }
        for piece in self.terms.iter().filter_map(SearchTerm::as_piece) {
            let mut from = 0;
            while let Some(range) = piece.find(&text[from..]) {
                let place = from + range.start..from + range.end;
                if place.start > end {
                    break;
                }
                end = end.min(place.end.saturating_add(REACH));
                from = place.end;
                places.push(place);
            }
        }
        places.sort_by_key(|place| (place.start, place.end));
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(places.len());
        for place in places {
            match apart.last_mut() {
                Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
                _ => apart.push(place),
            }
        }
        apart
    }
}

impl SearchTerm {
    /// A word. A star at its end stands for any rest.
    fn word(text: &str) -> Option<SearchTerm> {
        let stem = text.strip_suffix('*').filter(|stem| {
            let letters = stem.chars().filter(|&c| is_letter(c)).take(2).count();
            letters == 2 && stem.ends_with(is_word)
        });
        match (stem, SearchTerm::literal(stem.unwrap_or(text))) {
            (Some(_), Some(SearchTerm::Words(stem))) => Some(SearchTerm::Prefix(stem)),
            (_, term) => term,
        }
    }

    /// The text itself as a term; `None` for blank text.
    fn literal(text: &str) -> Option<SearchTerm> {
        let text = text.trim();
        if text.is_empty() {
            None
        } else if text.contains(is_unspaced) || !text.contains(is_letter) {
            Some(SearchTerm::Piece(TextPiece::new(text)))
        } else {
            Some(SearchTerm::Words(text.to_owned()))
        }
    }

    /// The words of the term, as typed; none for a piece.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let text = match self {
            SearchTerm::Words(text) | SearchTerm::Prefix(text) => text,
            SearchTerm::Piece(_) => "",
        };
        tokens(text).map(|range| &text[range])
    }

    /// True if the term occurs in a text.
    pub fn is_in(&self, text: &str) -> bool {
        match self {
            SearchTerm::Piece(piece) => piece.find(text).is_some(),
            words => {
                let terms = vec![words.clone()];
                !Query { terms }.places(text).is_empty()
            }
        }
    }

    /// The piece of text, if the term is one.
    pub fn as_piece(&self) -> Option<&TextPiece> {
        match self {
            SearchTerm::Piece(piece) => Some(piece),
            _ => None,
        }
    }

    /// The term as it can be typed.
    pub fn typed(&self) -> String {
        match self {
            SearchTerm::Words(text) => text.clone(),
            SearchTerm::Prefix(stem) => format!("{stem}*"),
            SearchTerm::Piece(piece) => piece.text.clone(),
        }
    }
}

impl TextPiece {
    fn new(text: &str) -> TextPiece {
        let folded: Vec<char> = text.chars().flat_map(caseless).collect();
        let has_case = text
            .chars()
            .any(|c| !caseless(c).eq(iter::once(c)) || !c.to_uppercase().eq(iter::once(c)));
        TextPiece {
            text: text.to_owned(),
            folded: has_case.then_some(folded),
        }
    }

    /// The first place of the piece in a text, in bytes.
    pub fn find(&self, text: &str) -> Option<Range<usize>> {
        let Some(folded) = &self.folded else {
            let start = text.find(&self.text)?;
            return Some(start..start + self.text.len());
        };
        text.char_indices().find_map(|(start, _)| {
            let length = begins_with(&text[start..], folded)?;
            Some(start..start + length)
        })
    }
}

/// If a text begins with these folded characters: their number of bytes in the text.
fn begins_with(text: &str, folded: &[char]) -> Option<usize> {
    let mut left = folded;
    for (at, c) in text.char_indices() {
        if left.is_empty() {
            return Some(at);
        }
        for c in caseless(c) {
            left = left.strip_prefix(&[c])?;
        }
    }
    left.is_empty().then_some(text.len())
}

/// A character without its case. Greek has two small letters for one capital sigma.
fn caseless(c: char) -> impl Iterator<Item = char> {
    let c = if c == 'ς' { 'σ' } else { c };
    c.to_lowercase()
}

/// Words or a prefix, folded for comparing.
struct Sequence {
    words: Vec<String>,
    /// True if the last word may go on.
    open: bool,
}

impl Sequence {
    fn of(term: &SearchTerm) -> Option<Sequence> {
        let words: Vec<String> = term.words().map(|word| fold(word).into_owned()).collect();
        (!words.is_empty()).then_some(Sequence {
            words,
            open: matches!(term, SearchTerm::Prefix(_)),
        })
    }

    /// If the sequence ends with the latest word: the place where it begins.
    fn ends(&self, latest: &VecDeque<(Cow<'_, str>, Range<usize>)>) -> Option<usize> {
        let (last, words) = self.words.split_last()?;
        let mut backwards = latest.iter().rev();
        let (word, range) = backwards.next()?;
        if !(alike(word, last) || self.open && begins(word, last)) {
            return None;
        }
        words.iter().rev().try_fold(range.start, |_, expected| {
            let (word, range) = backwards.next()?;
            alike(word, expected).then_some(range.start)
        })
    }
}

/// The words of a text as the index of the journal file takes them.
fn tokens(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut chars = text.char_indices();
    iter::from_fn(move || {
        let (start, _) = chars.find(|&(_, c)| is_word(c))?;
        let end = chars.find(|&(_, c)| !is_word(c));
        Some(start..end.map_or(text.len(), |(end, _)| end))
    })
}

/// True for the letters and digits that make a word for the index. Unicode also calls letters in
/// circles and squares alphabetic; the index does not.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
        && !matches!(c, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}')
        && !is_combining_mark(c)
}

/// True for the characters that a word goes on with: letters, digits, the marks on them, and the
/// characters for private use. Marks that enclose others end a word.
fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let encloses = matches!(c, '\u{488}' | '\u{489}' | '\u{1abe}' | '\u{20dd}'..='\u{20e0}'
        | '\u{20e2}'..='\u{20e4}' | '\u{a670}'..='\u{a672}');
    is_letter(c)
        || is_combining_mark(c) && !encloses
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(words: &[&str]) -> Option<Query> {
        Query::read(
            &words
                .iter()
                .map(|&word| word.to_owned())
                .collect::<Vec<_>>(),
        )
    }

    #[track_caller]
    fn check(words: &[&str], expect: &[&str]) {
        let found: Vec<String> = read(words)
            .iter()
            .flat_map(Query::terms)
            .map(|term| match term {
                SearchTerm::Words(text) => format!("words {text}"),
                SearchTerm::Prefix(stem) => format!("prefix {stem}"),
                SearchTerm::Piece(piece) => format!("piece {}", piece.text),
            })
            .collect();
        assert_eq!(found, expect, "{words:?}");
    }

    #[test]
    fn words_are_literal() {
        check(&["plague"], &["words plague"]);
        check(&["  plague "], &["words plague"]);
        check(&["a", "AND", "b"], &["words a", "words AND", "words b"]);
        check(
            &["NEAR(", "col:x", "^a"],
            &["words NEAR(", "words col:x", "words ^a"],
        );
        check(&["5'10\""], &["words 5'10\""]);
        check(&["don't", "naïve"], &["words don't", "words naïve"]);
        check(&["twice", "twice"], &["words twice"]);
    }

    #[test]
    fn quotes_make_phrases() {
        check(&["walk away"], &["words walk away"]);
        check(&["\"walk away\""], &["words walk away"]);
        check(
            &["say \"walk away\" now"],
            &["words say", "words walk away", "words now"],
        );
        check(
            &["\"walk away\"plague"],
            &["words walk away", "words plague"],
        );
        check(&["he said \"no"], &["words he said \"no"]);
        check(&["\"ka*\""], &["words ka*"]);
    }

    #[test]
    fn a_star_after_two_letters_is_the_beginning_of_a_word() {
        check(&["walk*"], &["prefix walk"]);
        check(&["wa*"], &["prefix wa"]);
        check(&["well-be*"], &["prefix well-be"]);
        check(&["été*"], &["prefix été"]);
        check(&["w*"], &["words w*"]);
        check(
            &["walk**", "wa-*", "wa*lk"],
            &["words walk**", "words wa-*", "words wa*lk"],
        );
        check(&["*walk"], &["words *walk"]);
        check(&["walk aw*"], &["words walk aw*"]);
    }

    #[test]
    fn what_has_no_words_is_found_as_it_stands() {
        check(
            &[":)", "-", "❤️", "🅰"],
            &["piece :)", "piece -", "piece ❤️", "piece 🅰"],
        );
        check(&["公园"], &["piece 公园"]);
        check(&["公园*"], &["piece 公园"]);
        check(&["went to 公园"], &["piece went to 公园"]);
        check(&["\"\""], &["piece \"\""]);
        check(&["**"], &["piece **"]);
        check(&["%", "_", "\0"], &["piece %", "piece _", "piece \0"]);
    }

    #[test]
    fn nothing_is_no_query() {
        for nothing in [&[][..], &[""], &["   "], &["", "\t\n"]] {
            assert_eq!(read(nothing), None, "{nothing:?}");
        }
    }

    /// Words of a query, a text with what is found between brackets.
    #[track_caller]
    fn finds(words: &[&str], marked: &str) {
        let text = marked.replace(['⟦', '⟧'], "");
        let mut shown = text.clone();
        for place in read(words)
            .expect("a query")
            .places(&text)
            .into_iter()
            .rev()
        {
            shown.insert(place.end, '⟧');
            shown.insert(place.start, '⟦');
        }
        assert_eq!(shown, marked, "{words:?}");
    }

    #[test]
    fn terms_are_found_in_any_case_and_with_any_accents() {
        finds(&["cafe"], "⟦Café⟧, ⟦cafe\u{301}⟧ and ⟦CAFE⟧ but no cafes");
        finds(&["CAFÉ"], "a ⟦cafe⟧");
        finds(&["istanbul"], "⟦İstanbul⟧");
        finds(&["οδος"], "⟦ΟΔΟΣ⟧ ⟦οδοσ⟧ ⟦ὁδός⟧");
        finds(&["дом"], "⟦Дом⟧, дома");
        finds(&["दिन"], "⟦दिन⟧ दिनों");
        finds(&["walk*"], "⟦Walking⟧ away, ⟦walked⟧, sleepwalk");
        finds(&["walk away"], "⟦Walk, away⟧! walk far away");
        finds(&["walk", "walk away"], "⟦walk⟧ and ⟦walk away⟧");
        finds(&["a a"], "b ⟦a a⟧ b ⟦a a a⟧");
        finds(&["公园"], "今天去⟦公园⟧散步,⟦公园⟧");
        finds(&["iPhone的"], "我⟦IPHONE的⟧手机");
        finds(&[":)"], "well ⟦:)⟧⟦:)⟧ :(".replace("⟧⟦", "").as_str());
    }

    #[test]
    fn a_long_text_is_not_read_to_its_end() {
        let text = format!("plague {}plague", "x ".repeat(REACH));
        let query = read(&["plague"]).expect("a query");
        assert_eq!(query.places(&text).len(), 1);
        let text = format!("{}plague", "x ".repeat(REACH));
        assert_eq!(query.places(&text).len(), 1);
    }

    proptest! {
        #[test]
        fn places_are_apart_and_on_borders(
            words in prop::collection::vec(any::<String>(), 1..4),
            text in any::<String>(),
        ) {
            let Some(query) = Query::read(&words) else {
                prop_assert!(words.iter().all(|word| word.trim().is_empty()));
                return Ok(());
            };
            let mut before = None;
            for place in query.places(&text) {
                prop_assert!(before.is_none_or(|end| end < place.start));
                prop_assert!(!text[place.clone()].is_empty());
                before = Some(place.end);
            }
        }

        #[test]
        fn a_text_is_found_in_itself(text in any::<String>()) {
            if let Some(query) = Query::read(std::slice::from_ref(&text))
                && !text.contains(['"', '*'])
            {
                prop_assert!(!query.places(&text).is_empty());
            }
        }
    }
}
