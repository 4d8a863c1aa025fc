//! Prepares text for people: makes it safe for a terminal, measures it by display width, cuts
//! and wraps it.

use std::borrow::Cow;
use std::iter;
use std::ops::Range;

use textwrap::core::Fragment;
use textwrap::wrap_algorithms::{Penalties, wrap_first_fit, wrap_optimal_fit};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Makes control characters and characters that reorder text visible, so that a stored text
/// cannot act on the reader's terminal. Line ends and tabs stay.
pub fn safe(text: &str) -> Cow<'_, str> {
    // Fast path: most texts are plain ASCII.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    if text.bytes().all(is_plain) || !text.contains(|c| is_hostile(c) && c != '\n' && c != '\t')
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .fold(String::with_capacity(text.len()), |mut safe, c| {
                match c {
                    '\n' | '\t' => safe.push(c),
                    // Unicode's pictures of control characters: U+241B for escape, and so on.
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

/// Returns `true` if [`safe`] would make something visible in this text.
pub fn is_hostile_within(text: &str) -> bool {
    matches!(safe(text), Cow::Owned(_))
}

/// Returns `true` if a character is a control character or a mark of Unicode's bidirectional
/// algorithm, which can make text appear in another order than it is stored.
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// Returns `true` if a character takes one column and never joins with another such character:
/// letters, digits and punctuation of Latin, Greek and Cyrillic, and the signs that pages are
/// made of. Most texts have no others, and their width is just their length.
fn is_one_column(c: char) -> bool {
    matches!(c,
        ' '..='~' | '\u{a0}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{391}'..='\u{3ff}'
        | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}' | '\u{2010}'..='\u{2027}'
        | '←'..='↓' | '─'..='┃' | '●' | '○' | '★')
}

/// The characters of a text as a reader sees them (graphemes), with their byte offsets. As
/// [`UnicodeSegmentation::grapheme_indices`], but many times as fast for characters that stand
/// alone.
pub(super) fn graphemes(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    iter::from_fn(move || {
        let rest = &text[at..];
        let mut chars = rest.chars();
        let first = chars.next()?;
        let stands_alone = is_one_column(first) && chars.next().is_none_or(is_one_column);
        let grapheme = match stands_alone {
            true => &rest[..first.len_utf8()],
            false => rest.graphemes(true).next()?,
        };
        at += grapheme.len();
        Some((at - grapheme.len(), grapheme))
    })
}

/// The width of a safe text, in columns.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        // Safe text has no control characters, so each byte is a column.
        return text.len();
    }
    if text.chars().all(is_one_column) {
        return text.chars().count();
    }
    // Add up single characters, as terminals do: the library's width of a whole text counts
    // letters that join, such as lam and alef, as one.
    graphemes(text).map(|(_, grapheme)| grapheme.width()).sum()
}

/// The first line of a text, safe and cut to at most `columns` columns, with `…` if something
/// was left out. It is cut only between characters as a reader sees them.
pub fn fit(text: &str, columns: usize) -> String {
    let line = text.lines().next().unwrap_or("");
    if let Some(cut) = fit_by_counting(line, columns) {
        return cut;
    }
    // Look at eight characters a column: enough for any characters, and quick for a line of ten
    // megabytes.
    let near: String = line.chars().take(columns.saturating_mul(8)).collect();
    let flat = safe(&near).replace('\t', " ");
    if width(&flat) <= columns && near.len() == line.len() {
        return flat;
    }
    let mut cut = String::new();
    let mut taken = 0;
    for (_, grapheme) in graphemes(&flat) {
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

/// The same for a line whose visible part has only one-column characters; `None` for others.
fn fit_by_counting(line: &str, columns: usize) -> Option<String> {
    let mut cut = 0;
    for (seen, (at, c)) in line.char_indices().enumerate() {
        if columns == 0 || !is_one_column(c) {
            return None;
        }
        if seen == columns {
            return Some(format!("{}…", line[..cut].trim_end()));
        }
        // Cut before the last column, which the `…` takes.
        cut = at;
    }
    Some(line.to_owned())
}

/// Wraps safe text to lines of at most `columns` columns. The text's own line ends stay, and
/// blank lines become empty. The continuation of an indented line is indented too.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    lines(text, columns.max(1)).collect()
}

/// The lines of [`wrap`], computed lazily.
fn lines(text: &str, columns: usize) -> impl Iterator<Item = String> {
    text.lines().flat_map(move |line| {
        // Fast path: most lines fit.
        if !line.starts_with(' ') && !line.contains('\t') && fits(line, columns) {
            return vec![line.trim_end().to_owned()];
        }
        let line = line.replace('\t', TAB);
        let body = line.trim_start_matches(' ');
        let (first, rest) = indents(line.len() - body.len(), body, columns);
        let lines = breaks(body, columns - first, columns - rest).into_iter();
        lines
            .enumerate()
            .map(|(at, range)| {
                let indent = if at == 0 { first } else { rest };
                format!("{:indent$}{}", "", &body[range])
                    .trim_end()
                    .to_owned()
            })
            .collect()
    })
}

/// Wraps text at spaces only, so that a path stays in one piece and can be copied.
pub fn wrap_at_spaces(text: &str, columns: usize) -> Vec<String> {
    let options = textwrap::Options::new(columns.max(1))
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    let lines = textwrap::wrap(text, options).into_iter();
    lines.map(|line| line.into_owned()).collect()
}

/// The replacement for a tab: terminals and pagers disagree about the position of tab stops.
pub(super) const TAB: &str = "    ";

/// The indents of an indented line: of its first line, and of its continuation lines. The first
/// is kept as typed if the line fits; the others are limited to a third of the width, so that
/// room for text remains.
pub(super) fn indents(typed: usize, body: &str, columns: usize) -> (usize, usize) {
    let rest = typed.min(columns / 3);
    let fits = typed < columns && fits(body, columns - typed);
    (if fits { typed } else { rest }, rest)
}

fn fits(text: &str, columns: usize) -> bool {
    if text.is_ascii() {
        text.len() <= columns
    } else {
        // Skip measuring a text that is far too long.
        text.len() <= columns.saturating_mul(64) && width(text) <= columns
    }
}

/// The byte ranges into which a line of safe text is wrapped, without the spaces between them:
/// the first range fits `first` columns, the others `rest`. There is at least one. A word that
/// is too long is broken between characters as a reader sees them.
pub(super) fn breaks(text: &str, first: usize, rest: usize) -> Vec<Range<usize>> {
    if fits(text, first) {
        return std::iter::once(0..text.trim_end_matches(' ').len()).collect();
    }
    let mut pieces = Vec::new();
    let mut at = 0;
    for word in textwrap::WordSeparator::new().find_words(text) {
        let end = at + word.word.len();
        let gap = word.whitespace.len();
        if fits(word.word, rest) {
            pieces.push(Piece::of(text, at..end, gap));
        } else {
            for part in chop(word.word, rest, rest) {
                let gap = if at + part.end == end { gap } else { 0 };
                pieces.push(Piece::of(text, at + part.start..at + part.end, gap));
            }
        }
        at = end + gap;
    }
    // Balanced lines read better, but balancing takes too long for a text that is longer than
    // any paragraph.
    const PARAGRAPH: usize = 20_000;
    let columns = [first as f64, rest as f64];
    let lines = match pieces.len() {
        ..PARAGRAPH => wrap_optimal_fit(&pieces, &columns, &Penalties::new()).ok(),
        _ => None,
    };
    lines
        .unwrap_or_else(|| wrap_first_fit(&pieces, &columns))
        .into_iter()
        .filter_map(|line| Some(line.first()?.range.start..line.last()?.range.end))
        .collect()
}

/// The byte ranges into which a line of safe text is cut by width alone, ignoring words.
pub(super) fn chop(text: &str, first: usize, rest: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut taken, mut room) = (0, 0, first);
    for (at, grapheme) in graphemes(text) {
        let wide = grapheme.width();
        if taken + wide > room && at > start {
            parts.push(start..at);
            (start, taken, room) = (at, 0, rest);
        }
        taken += wide;
    }
    parts.push(start..text.len());
    parts
}

/// A piece of a line that is not broken, and the number of spaces after it.
#[derive(Debug)]
struct Piece {
    range: Range<usize>,
    width: usize,
    gap: usize,
}

impl Piece {
    fn of(text: &str, range: Range<usize>, gap: usize) -> Piece {
        Piece {
            width: width(&text[range.clone()]),
            range,
            gap,
        }
    }
}

impl Fragment for Piece {
    fn width(&self) -> f64 {
        self.width as f64
    }

    fn whitespace_width(&self) -> f64 {
        self.gap as f64
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// The first lines of a text, safe and wrapped, without blank ones, and with `…` if there is
/// more.
pub fn beginning(text: &str, columns: usize, lines: usize) -> Vec<String> {
    // Look at four characters a column: enough to fill the wanted lines.
    let near: String = text
        .trim()
        .chars()
        .take(columns * (lines + 1) * 4)
        .collect();
    // Ask for one line more to know whether there is more text.
    let mut wrapped: Vec<String> = self::lines(&safe(&near), columns.max(1))
        .filter(|line| !line.is_empty())
        .take(lines + 1)
        .collect();
    if wrapped.len() > lines {
        wrapped.truncate(lines);
        if let Some(last) = wrapped.last_mut() {
            // Make room for the `…` by dropping whole words.
            while width(last) + 2 > columns
                && let Some(space) = last.trim_end().rfind(' ')
            {
                last.truncate(space);
            }
            *last = fit(&format!("{} …", last.trim_end()), columns);
        }
    }
    wrapped
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
    fn width_is_what_a_terminal_takes() {
        assert_eq!(width("plain"), 5);
        assert_eq!(width("日本"), 4);
        assert_eq!(width("e\u{301}"), 1);
        assert_eq!(width("👩‍👩‍👧"), 2);
        // Lam and alef join into one letter, in two columns.
        assert_eq!(width("لا"), 2);
    }

    #[test]
    fn long_words_break_where_a_reader_sees_a_character_end() {
        assert_eq!(wrap("aaaaaaa b", 3), ["aaa", "aaa", "a b"]);
        assert_eq!(wrap("日本語", 3), ["日", "本", "語"]);
        assert_eq!(wrap("👩‍👩‍👧👩‍👩‍👧", 3), ["👩‍👩‍👧", "👩‍👩‍👧"]);
        assert_eq!(
            wrap("e\u{301}e\u{301}e\u{301}", 2),
            ["e\u{301}e\u{301}", "e\u{301}"]
        );
        assert_eq!(wrap(&" ".repeat(50), 8), [""]);
        assert_eq!(wrap(&format!("{}end", " ".repeat(50)), 8), ["  end"]);
    }

    #[test]
    fn a_beginning_is_some_lines_and_says_whether_there_is_more() {
        assert_eq!(beginning("one\n\ntwo\n", 20, 3), ["one", "two"]);
        assert_eq!(beginning("one two three", 7, 1), ["one …"]);
        assert_eq!(beginning("thirteen thirteen", 8, 1), ["thirtee…"]);
        assert_eq!(beginning("one two three", 9, 1), ["one two …"]);
        assert_eq!(beginning("\n\n", 20, 3), [""; 0]);
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

    #[test]
    fn what_takes_one_column_is_counted_right() {
        for c in ('\0'..='\u{ffff}').filter(|c| is_one_column(*c)) {
            assert_eq!(c.to_string().width(), 1, "{c:?}");
            // A character that joins with others also joins with its own kind, so testing pairs
            // is enough.
            assert_eq!(
                [c, c].iter().collect::<String>().graphemes(true).count(),
                2,
                "{c:?}"
            );
            assert!(!is_hostile(c), "{c:?}");
        }
    }

    /// A slow version of [`fit`] that measures every character, to compare with.
    fn fit_by_measuring(text: &str, columns: usize) -> String {
        let line = text.lines().next().unwrap_or("");
        let near: String = line.chars().take(columns * 8).collect();
        let flat = safe(&near).replace('\t', " ");
        if width(&flat) <= columns && near.len() == line.len() {
            return flat;
        }
        let mut cut = String::new();
        let mut taken = 0;
        for grapheme in flat.graphemes(true) {
            if taken + grapheme.width() + 1 > columns {
                break;
            }
            taken += grapheme.width();
            cut.push_str(grapheme);
        }
        match columns {
            0 => cut,
            _ => format!("{}…", cut.trim_end()),
        }
    }

    proptest! {
        #[test]
        fn counting_comes_to_the_same_as_measuring(
            text in "([a-zé—’я ]{0,8}[\u{301}日★\u{200d}\u{ad}\t\u{1b}\\n]?){0,8}|\\PC{0,40}",
            columns in 0usize..40,
        ) {
            let whole: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
            prop_assert_eq!(graphemes(&text).collect::<Vec<_>>(), whole);
            let safe = safe(&text);
            let measured: usize = safe.graphemes(true).map(UnicodeWidthStr::width).sum();
            prop_assert!(safe.is_ascii() || width(&safe) == measured);
            prop_assert_eq!(fit(&text, columns), fit_by_measuring(&text, columns));
        }

        #[test]
        fn a_beginning_is_what_a_whole_text_begins_with(
            text in "([a-z日 ]{0,12}[\\n\t]?){0,20}",
            columns in 1usize..30,
            lines in 0usize..5,
        ) {
            let near: String = text.trim().chars().take(columns * (lines + 1) * 4).collect();
            let mut whole = wrap(&near, columns);
            whole.retain(|line| !line.is_empty());
            let begun = beginning(&text, columns, lines);
            prop_assert_eq!(begun.len(), whole.len().min(lines));
            let kept = begun.len().saturating_sub(usize::from(whole.len() > lines));
            prop_assert_eq!(&begun[..kept], &whole[..kept]);
        }

        #[test]
        fn a_cut_line_fits(text in "\\PC*", columns in 0usize..60) {
            let cut = fit(&text, columns);
            prop_assert!(width(&cut) <= columns, "{cut:?} is wider than {columns}");
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
