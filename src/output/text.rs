//! Text for people: made safe for a terminal, cut and wrapped by display width, counted.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Makes control characters and the characters that reorder text visible, so that what
/// someone stored cannot act on the terminal of the one who reads it. Line ends and tabs
/// stay.
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| is_hostile(c) && c != '\n' && c != '\t') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .fold(String::with_capacity(text.len()), |mut safe, c| {
                match c {
                    '\n' | '\t' => safe.push(c),
                    // The pictures that Unicode has for them: U+241B for escape, and so on.
                    '\0'..='\x1f' => {
                        safe.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'))
                    }
                    '\x7f' => safe.push('\u{2421}'),
                    _ if is_hostile(c) => safe.push_str(&format!("<U+{:04X}>", c as u32)),
                    _ => safe.push(c),
                }
                safe
            }),
    )
}

/// Whether [`safe`] would make something visible in this text.
pub fn is_hostile_within(text: &str) -> bool {
    matches!(safe(text), Cow::Owned(_))
}

/// Control characters, and the marks of Unicode's bidirectional algorithm that can make
/// text appear in another order than it is stored.
pub(super) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// One line of a text, safe and cut to at most `columns`, with `…` where something was left
/// out. Cuts only where a reader sees a character end.
pub fn fit(text: &str, columns: usize) -> String {
    // Far more than fits, far less than a page of ten megabytes.
    let line = text.lines().next().unwrap_or("");
    let near: String = line.chars().take(columns.saturating_mul(8)).collect();
    let flat = safe(&near).replace('\t', " ");
    if flat.width() <= columns && near.len() == line.len() {
        return flat;
    }
    let mut cut = String::new();
    let mut taken = 0;
    for grapheme in flat.graphemes(true) {
        let wide = grapheme.width();
        if taken + wide + 1 > columns {
            break;
        }
        taken += wide;
        cut.push_str(grapheme);
    }
    if columns > 0 {
        cut.truncate(cut.trim_end().len());
        cut.push('…');
    }
    cut
}

/// Breaks safe text into lines of at most `columns`. Line ends in the text stay; blank lines
/// come out empty.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let options = textwrap::Options::new(columns.max(1))
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    text.lines()
        .flat_map(|line| {
            let line = line.replace('\t', "    ");
            // Lists and quotes keep their indent on the lines that follow.
            let indent: String = line
                .chars()
                .take_while(|&c| c == ' ')
                .take(columns / 3)
                .collect();
            textwrap::wrap(&line, options.clone().subsequent_indent(&indent))
                .into_iter()
                .map(|line| line.trim_end().to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A number and its noun: `1 entry`, `3,413 entries`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", thousands(number))
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_stored_can_act_on_a_terminal() {
        assert_eq!(
            safe("a\u{1b}[2Jb\u{7}\r\u{9b}1m\u{202e}c\0"),
            "a␛[2Jb␇␍<U+009B>1m<U+202E>c␀"
        );
        assert_eq!(
            safe("tab\tand\nline, עברית, 友, é, 👩‍👩‍👧"),
            "tab\tand\nline, עברית, 友, é, 👩‍👩‍👧"
        );
        assert!(matches!(safe("plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_are_cut_where_a_reader_sees_a_character_end() {
        assert_eq!(fit("short", 10), "short");
        assert_eq!(fit("exactly ten", 11), "exactly ten");
        assert_eq!(fit("a longer line", 9), "a longer…");
        assert_eq!(fit("a longer line", 10), "a longer…");
        assert_eq!(fit("日本語日本語", 7), "日本語…");
        assert_eq!(fit("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(fit("👩‍👩‍👧👩‍👩‍👧", 3), "👩‍👩‍👧…");
        assert_eq!(fit("one\ntwo", 10), "one");
        assert_eq!(fit("anything", 0), "");
        assert_eq!(fit("ab", 1), "…");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(count(1, "entry", "entries"), "1 entry");
        assert_eq!(count(0, "entry", "entries"), "0 entries");
        assert_eq!(count(3413, "entry", "entries"), "3,413 entries");
        assert_eq!(count(1_000_000, "word", "words"), "1,000,000 words");
    }

    #[test]
    fn wrapping_keeps_lines_and_indents() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("a\n\nb", 8), ["a", "", "b"]);
        assert_eq!(
            wrap("  - one two three", 10),
            ["  - one", "  two", "  three"]
        );
    }

    proptest! {
        #[test]
        fn a_cut_line_fits(text in "\\PC*", columns in 0usize..60) {
            let cut = fit(&text, columns);
            prop_assert!(cut.width() <= columns, "{cut:?} is wider than {columns}");
        }

        #[test]
        fn safe_text_holds_nothing_hostile(text in any::<String>()) {
            prop_assert!(!safe(&text).contains(|c| is_hostile(c) && c != '\n' && c != '\t'));
        }

        #[test]
        fn wrapping_loses_no_word(text in "[a-zà-ü ]{0,200}", columns in 1usize..50) {
            let letters = |text: &str| -> String {
                text.chars().filter(|c| !c.is_whitespace()).collect()
            };
            prop_assert_eq!(letters(&wrap(&text, columns).join("\n")), letters(&text));
        }
    }
}
