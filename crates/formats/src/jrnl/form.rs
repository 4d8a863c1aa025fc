//! The spelling of the text of an entry in jrnl's text file.
//!
//! jrnl puts the star behind the title, ends an entry with empty lines, and takes a line that
//! begins with a bracket for the beginning of an entry whenever it can make a date of it; its
//! parser makes one of `[At a public dinner] `, and a bracket that is not closed runs on into the
//! next entry. So a text that jrnl would misread is spelled in another way. jrnl shows that as
//! the same text, and it reads back exactly:
//!
//! 1. The star is a ` *` at the end of the first line. A text that is not starred, whose
//!    first line jrnl would take for starred, begins on the line below an empty title.
//! 2. If one of the following changes is needed, all of them are made, and the first line that is
//!    not empty ends in one more space, which jrnl drops. Every line but the first that begins
//!    with any spaces and a bracket gets one more space before it, and a last line of nothing but
//!    spaces (or nothing) gets one more space.
//! 3. A line that ends in carriage returns gets one more, as one of them belongs to the line
//!    end.
//!
//! No title in a file that jrnl itself wrote ends in a space, so there nothing is undone.

/// The characters besides `\n` at which Python's `str.splitlines` ends a line.
const LINE_ENDS: [char; 9] = [
    '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}',
];

/// Spells the text of an entry as it stands behind its header, without the line end at the end.
pub(super) fn encode(text: &str, starred: bool) -> String {
    let below = !starred && sees_star(first_filled(text).1);
    let mut lines: Vec<&str> = text.split('\n').collect();
    if below {
        lines.insert(0, "");
    }
    let last = lines.len() - 1;
    let filled = lines
        .iter()
        .position(|line| !line.is_empty())
        .unwrap_or_default();
    let marked = lines[filled].ends_with(' ')
        || lines[1..].iter().any(|line| is_dangerous(line))
        || last > 0 && is_spaces(lines[last]);

    let mut out = String::with_capacity(text.len() + 8);
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.push('\n');
            if marked && begins_bracket(line) {
                out.push(' ');
            }
        }
        let title = if at == 0 { title_end(line) } else { 0 };
        out.push_str(&line[..title]);
        if at == 0 && starred && title < line.len() {
            out.push_str(" *");
        }
        out.push_str(&line[title..]);
        if marked && at == filled {
            out.push(' ');
        }
        if marked && at == last && last > 0 && is_spaces(line) {
            out.push(' ');
        }
        if at == 0 && starred && title == line.len() {
            out.push_str(" *");
        }
        if out.ends_with('\r') {
            out.push('\r');
        }
    }
    out
}

/// Reads the text of an entry behind its header, and whether it is starred. The line ends have to
/// be `\n`, and the empty lines at the end removed.
pub(super) fn decode(raw: &str) -> (String, bool) {
    let (first, rest) = match raw.find('\n') {
        Some(at) => raw.split_at(at),
        None => (raw, ""),
    };
    let starred = sees_star(first);
    let (title, behind) = first.split_at(title_end(first));
    let mut text = String::with_capacity(raw.len());
    text.push_str(if starred { without_star(title) } else { title });
    text.push_str(behind);
    text.push_str(rest);

    let (at, filled) = first_filled(&text);
    if filled.ends_with(' ') {
        text.remove(at + filled.len() - 1);
        text = unmarked(&text);
    }
    if !starred && text.starts_with('\n') && sees_star(first_filled(&text).1) {
        text.remove(0);
    }
    (text, starred)
}

/// Undoes the changes to the lines of a marked text.
fn unmarked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        let mut line = line;
        if at > 0 {
            out.push('\n');
            if line.starts_with(' ') && begins_bracket(line) {
                line = &line[1..];
            }
        }
        out.push_str(line);
    }
    if let Some((_, last)) = out.rsplit_once('\n')
        && last.ends_with(' ')
        && is_spaces(last)
    {
        out.pop();
    }
    out
}

/// The first line that is not empty, and its place; the last line if all are empty.
fn first_filled(text: &str) -> (usize, &str) {
    let at = text.len() - text.trim_start_matches('\n').len();
    let line = text[at..].split('\n').next().unwrap_or_default();
    (at, line)
}

/// True if jrnl takes a title for starred.
fn sees_star(line: &str) -> bool {
    line[..title_end(line)]
        .trim_end_matches(is_space)
        .ends_with('*')
}

/// The place at which a line ends for jrnl.
fn title_end(line: &str) -> usize {
    line.find(LINE_ENDS).unwrap_or(line.len())
}

/// A title that jrnl takes for starred, without its star. A star that touches the last word
/// (`**bold**`) stays.
fn without_star(title: &str) -> &str {
    let trimmed = title.trim_end_matches(is_space);
    match trimmed.strip_suffix('*') {
        Some("") => "",
        Some(before) => before.strip_suffix(' ').unwrap_or(title),
        None => title,
    }
}

/// True for white space as Python's `str.strip` knows it.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

fn is_spaces(line: &str) -> bool {
    line.bytes().all(|byte| byte == b' ')
}

fn begins_bracket(line: &str) -> bool {
    line.trim_start_matches(' ').starts_with('[')
}

/// True if jrnl, or [`super::text`], might take a line for the beginning of an entry, or of a
/// bracket that hides the next entry. `[1] ` and `[x] ` are too short for that, and a link has no
/// space behind its bracket.
fn is_dangerous(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('[') else {
        return false;
    };
    match rest.split_once(']') {
        None => true,
        Some((inside, behind)) => {
            let digits = inside.bytes().filter(u8::is_ascii_digit).count();
            (behind.is_empty() || behind.starts_with(' '))
                && (inside.chars().count() > 6 || digits > 2)
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, starred: bool, expect: &str) {
        let raw = encode(text, starred);
        assert_eq!(raw, expect, "{text:?}");
        assert_eq!(read_back(&raw), (text.to_owned(), starred));
    }

    /// Reads a text as the reader of lines gets it.
    fn read_back(raw: &str) -> (String, bool) {
        let raw = format!("{raw}\n").replace("\r\n", "\n");
        decode(raw.trim_end_matches('\n'))
    }

    #[test]
    fn most_texts_stand_as_they_are() {
        for text in [
            "One line.",
            "Title\nbody",
            "Title\n\n\nbody",
            "Title\n[x] done\n[1] note\n[a link](b)\n[]",
            "**Bold** title\n* a\n* b *",
            "Title\n - [ ] later\n    [indented] [2020-05-05 12:00] x",
            "\n\n  Late title",
            "a\rb\u{0}c\u{c}d",
        ] {
            check(text, false, text);
        }
    }

    #[test]
    fn stars_stand_behind_the_title() {
        check("Title\nbody", true, "Title *\nbody");
        check("Five *\nbody", true, "Five * *\nbody");
        check("\nlate", true, " *\nlate");
        check("Title\u{c}page", true, "Title *\u{c}page");
        check("Five *\nbody", false, "\nFive *\nbody");
        check("**Bold**", false, "\n**Bold**");
        check("\n\nFive *", false, "\n\n\nFive *");
        check("*", false, "\n*");
        check("*", true, "* *");
    }

    #[test]
    fn lines_like_headers_are_put_in_by_a_space() {
        check(
            "Title\n[2020-05-05 12:00] inner\n [ x",
            false,
            "Title \n [2020-05-05 12:00] inner\n  [ x",
        );
        check("T\n[2020-05-05 12:00]", false, "T \n [2020-05-05 12:00]");
        check(
            "T\n[At a public dinner] J",
            true,
            "T  *\n [At a public dinner] J",
        );
        check("T\n[unclosed", false, "T \n [unclosed");
        check("T\n[2018] x", false, "T \n [2018] x");
        check("[2020-05-05 12:00] *", false, "\n [2020-05-05 12:00] * ");
        check("[2020-05-05 12:00] x", false, "[2020-05-05 12:00] x");
    }

    #[test]
    fn spaces_and_ends_survive() {
        check("Title ", false, "Title  ");
        check("Title\n", false, "Title \n ");
        check("Title\n\n\n", true, "Title  *\n\n\n ");
        check("Title\n  ", false, "Title \n   ");
        check("a\r\nb\r", false, "a\r\r\nb\r\r");
        check("a\r", true, "a *\r\r");
    }

    #[test]
    fn what_jrnl_never_writes_is_read_as_jrnl_reads_it() {
        for (raw, text, starred) in [
            ("Title *", "Title", true),
            ("Title *  ", "Title", true),
            ("Title*", "Title*", true),
            ("**Bold**", "**Bold**", true),
            ("*", "", true),
            ("* item", "* item", false),
            (
                "Title\n [2020-05-05 12:00] x",
                "Title\n [2020-05-05 12:00] x",
                false,
            ),
            ("Title\nbody\n  ", "Title\nbody\n  ", false),
            ("", "", false),
        ] {
            assert_eq!(decode(raw), (text.to_owned(), starred), "{raw:?}");
        }
    }

    pub(in crate::jrnl) fn any_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[ \\n*\\[\\]\\r]{1,4}",
            2 => Just("[2020-05-05 12:00:00] ".to_owned()),
            1 => Just("[2020-05-05 12:00:00]".to_owned()),
            1 => Just("2020-05-05 12:00 ".to_owned()),
            1 => Just("\u{c}\u{85}\u{2028}\u{1c}\u{1f}\u{a0}".to_owned()),
            3 => "\\PC{0,6}",
            1 => any::<String>(),
        ];
        proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any_text(), starred in any::<bool>()) {
            prop_assume!(!text.trim_matches('\n').is_empty());
            let raw = encode(&text, starred);
            prop_assert!(!raw.lines().skip(1).any(is_dangerous), "{:?}", raw);
            prop_assert_eq!(read_back(&raw), (text, starred));
        }

        #[test]
        fn any_bytes_end(raw in any_text()) {
            let _ = decode(&raw);
        }
    }
}
