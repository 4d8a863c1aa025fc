//! Tags: `#word` in the text, or given by flag.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use unicode_width::UnicodeWidthChar;

/// A tag, lower case, without its `#`.
///
/// A tag given by flag may hold spaces and punctuation, as other journals' tags do. Only a tag
/// that could not be typed or shown on one line is refused.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

/// The longest tag, in characters.
const MAX_CHARS: usize = 100;

impl Tag {
    /// The tag's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tags in a text that are written `#word`.
    ///
    /// A `#` begins a tag at the start of the text or after anything that is not part of a
    /// word or an address; the word holds letters, digits, `_`, `-` and `/` and at least one
    /// letter, so that `#42` stays a reference, `# Heading` a heading and
    /// `https://a.example/#part` an address.
    pub fn in_text(text: &str) -> BTreeSet<Tag> {
        text.match_indices('#')
            .filter(|&(at, _)| {
                let before = text[..at].chars().next_back();
                before.is_none_or(|b| b.is_whitespace() || "([{\"'“‘«,;.:!?—–".contains(b))
            })
            .filter_map(|(at, _)| {
                let rest = &text[at + 1..];
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let word = rest[..end].trim_end_matches(['-', '/', '_']);
                let is_tag =
                    word.contains(char::is_alphabetic) && word.chars().count() <= MAX_CHARS;
                is_tag.then(|| Tag(word.to_lowercase()))
            })
            .collect()
    }
}

/// True if a character can stand in a `#word`: letters and digits of any script with their marks,
/// and the joiners that people use.
fn is_word(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '_' | '-' | '/')
        || (!c.is_ascii() && !c.is_whitespace() && c.width() == Some(0))
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Tag {
    type Err = String;

    fn from_str(text: &str) -> Result<Tag, String> {
        let word = text.trim();
        let word = word.strip_prefix('#').unwrap_or(word).trim();
        if word.is_empty() {
            return Err("a tag needs at least one character".to_owned());
        }
        if word.chars().any(char::is_control) {
            return Err("a tag is one line without control characters".to_owned());
        }
        if word.chars().count() > MAX_CHARS {
            return Err(format!("a tag has at most {MAX_CHARS} characters"));
        }
        Ok(Tag(word.to_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The tags of a text by looking at each of its characters: slower, and plainer to read.
    fn in_text_by_character(text: &str) -> BTreeSet<Tag> {
        let mut tags = BTreeSet::new();
        let mut before = None;
        for (at, c) in text.char_indices() {
            let starts_word = before
                .is_none_or(|b: char| b.is_whitespace() || "([{\"'“‘«,;.:!?—–".contains(b));
            if c == '#' && starts_word {
                let rest = &text[at + 1..];
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let word = rest[..end].trim_end_matches(['-', '/', '_']);
                if word.contains(char::is_alphabetic) && word.chars().count() <= MAX_CHARS {
                    tags.insert(Tag(word.to_lowercase()));
                }
            }
            before = Some(c);
        }
        tags
    }

    proptest! {
        #[test]
        fn looking_at_hashes_alone_finds_all_tags(
            text in "([ #\\n(.\u{201c}]{0,3}[aÉ友न\u{301}\u{94d}0_/-]{0,3}){0,20}|(#?\\PC){0,60}",
        ) {
            prop_assert_eq!(Tag::in_text(&text), in_text_by_character(&text));
        }
    }

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let found: Vec<String> = Tag::in_text(text)
            .into_iter()
            .map(|tag| tag.to_string())
            .collect();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn tags_are_words_after_a_hash() {
        check(
            "#Friends and #work-out, #a/b.",
            &["a/b", "friends", "work-out"],
        );
        check("(#sleep) \"#dream\" end.#dot", &["dot", "dream", "sleep"]);
        check("#été #友達 #дом #नमस्ते", &["été", "дом", "नमस्ते", "友達"]);
        check("#cafe\u{301}", &["cafe\u{301}"]);
        check("#one #One #ONE", &["one"]);
        check("#trailing- #slash/", &["slash", "trailing"]);
    }

    #[test]
    fn what_is_no_tag_stays_text() {
        check("# Heading", &[]);
        check("## Heading", &[]);
        check("see #42 and #7", &[]);
        check("https://a.example/#part and a#b and c++#", &[]);
        check("##double", &[]);
        check("# # #", &[]);
        check("", &[]);
        check(&format!("#{}", "a".repeat(101)), &[]);
    }

    #[test]
    fn a_tag_by_flag_may_hold_anything_that_fits_on_a_line() {
        assert_eq!(
            "#Friends".parse::<Tag>().map(|t| t.to_string()),
            Ok("friends".into())
        );
        assert_eq!(
            " a, b ".parse::<Tag>().map(|t| t.to_string()),
            Ok("a, b".into())
        );
        for wrong in ["", " ", "#", "a\nb", "a\u{1b}[2J", &"x".repeat(101)] {
            assert!(wrong.parse::<Tag>().is_err(), "{wrong:?}");
        }
    }
}
