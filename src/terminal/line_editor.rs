//! A line that is being typed: what each key does to it, and how it is drawn. Everything here
//! is pure: bytes in, text and what to print out.
//!
//! Text is moved over and deleted by what a reader sees as one character. Control characters
//! and control sequences never become text, whether typed or pasted.

use std::ops::Range;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use crate::view::text;

/// The size of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// What a byte means beyond the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing: it only changed the line, or not even that.
    Goes,
    /// A text with line ends was pasted.
    Pasted,
    /// The line is entered.
    Entered,
    /// The input ends: Ctrl-D on an empty line.
    End,
}

/// How far a control sequence has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reading {
    Text,
    /// Behind an escape character.
    Escape,
    /// Behind `ESC [`, with what followed so far.
    Csi(Vec<u8>),
    /// Behind `ESC O`.
    Ss3,
    /// Within a sequence that ends with a bell or `ESC \`, such as a title.
    String,
}

/// A line that is being typed.
#[derive(Debug)]
pub(super) struct Line {
    prompt: String,
    text: String,
    /// The position of the cursor in the text, in bytes.
    at: usize,
    /// What was killed last.
    killed: String,
    /// The last key killed: the next kill adds to it.
    killing: bool,
    reading: Reading,
    /// The beginning of a character.
    partial: Vec<u8>,
    /// What is being pasted.
    paste: Option<String>,
    /// The last byte was a carriage return: a line feed belongs to it.
    after_return: bool,
    drawn: Option<Drawn>,
}

/// What stands on the screen.
#[derive(Debug)]
struct Drawn {
    size: Size,
    text: String,
    /// The cursor is behind the text.
    at_end: bool,
    rows: usize,
    /// The first row that is shown, and the one with the cursor.
    top: usize,
    cursor: usize,
}

#[derive(Debug, Clone, Copy)]
enum Motion {
    Left,
    Right,
    WordLeft,
    WordRight,
    /// The beginning of what stands between spaces.
    SpaceLeft,
    Begin,
    End,
}

impl Line {
    /// An empty line behind a prompt, which fits the width of the terminal.
    pub(super) fn new(prompt: String) -> Line {
        Line {
            prompt,
            text: String::new(),
            at: 0,
            killed: String::new(),
            killing: false,
            reading: Reading::Text,
            partial: Vec::new(),
            paste: None,
            after_return: false,
            drawn: None,
        }
    }

    /// The text so far, with what has arrived of a paste.
    pub(super) fn text(&self) -> String {
        let (before, after) = self.text.split_at(self.at);
        [before, self.paste.as_deref().unwrap_or_default(), after].concat()
    }

    /// Takes a byte from the keyboard.
    pub(super) fn feed(&mut self, byte: u8) -> Step {
        match std::mem::replace(&mut self.reading, Reading::Text) {
            Reading::Text => self.typed(byte),
            Reading::Escape => {
                self.escaped(byte);
                Step::Goes
            }
            Reading::Csi(mut sequence) => match byte {
                b'[' if sequence.is_empty() => {
                    // The function keys of the Linux console.
                    self.reading = Reading::Csi(vec![byte]);
                    Step::Goes
                }
                b'@'..=b'~' if sequence == b"[" => Step::Goes,
                b'@'..=b'~' => self.csi(&sequence, byte),
                b' '..=b'?' => {
                    sequence.push(byte);
                    self.reading = Reading::Csi(sequence);
                    Step::Goes
                }
                _ => self.typed(byte),
            },
            Reading::Ss3 => {
                match byte {
                    b'0'..=b'9' | b';' => self.reading = Reading::Ss3,
                    b'C' => self.go(Motion::Right),
                    b'D' => self.go(Motion::Left),
                    b'c' => self.go(Motion::WordRight),
                    b'd' => self.go(Motion::WordLeft),
                    b'H' => self.go(Motion::Begin),
                    b'F' => self.go(Motion::End),
                    b'A' => self.up(),
                    b'B' => self.down(),
                    b'M' => return self.typed(b'\r'),
                    b' '..=b'~' => {}
                    _ => return self.typed(byte),
                }
                Step::Goes
            }
            Reading::String => match byte {
                b'\x07' => Step::Goes,
                b'\x1b' => self.typed(byte),
                b'\r' | b'\n' => self.typed(byte),
                _ => {
                    self.reading = Reading::String;
                    Step::Goes
                }
            },
        }
    }

    /// Returns `true` if more of a control sequence is to come. A terminal sends it at once.
    pub(super) fn is_within_sequence(&self) -> bool {
        self.reading != Reading::Text
    }

    /// Nothing more of the sequence came: somebody pressed the Escape key.
    pub(super) fn settle(&mut self) {
        self.reading = Reading::Text;
    }

    fn typed(&mut self, byte: u8) -> Step {
        let after_return = std::mem::take(&mut self.after_return);
        if byte >= 0x80 || !self.partial.is_empty() {
            self.part_of_character(byte);
            return Step::Goes;
        }
        let killing = std::mem::take(&mut self.killing);
        match (byte, &mut self.paste) {
            (b'\x1b', _) => {
                self.reading = Reading::Escape;
                self.killing = killing;
            }
            (b' '..=b'~' | b'\t', _) => self.insert(char::from(byte)),
            (b'\n', _) if after_return => {}
            (b'\r' | b'\n', Some(paste)) => {
                paste.push('\n');
                self.after_return = byte == b'\r';
            }
            (_, Some(_)) => {}
            (b'\r' | b'\n', None) => return Step::Entered,
            (0x01, None) => self.go(Motion::Begin),
            (0x02, None) => self.go(Motion::Left),
            (0x04, None) if self.text.is_empty() => return Step::End,
            (0x04, None) => self.delete(Motion::Right),
            (0x05, None) => self.go(Motion::End),
            (0x06, None) => self.go(Motion::Right),
            (0x08 | 0x7f, None) => self.delete(Motion::Left),
            (0x0b, None) => self.kill(Motion::End, killing),
            (0x0c, None) => self.drawn = None,
            (0x0e, None) => self.down(),
            (0x10, None) => self.up(),
            (0x15, None) => self.kill(Motion::Begin, killing),
            (0x17, None) => self.kill(Motion::SpaceLeft, killing),
            (0x19, None) => {
                let killed = self.killed.clone();
                self.insert_text(&killed);
            }
            _ => {}
        }
        Step::Goes
    }

    fn part_of_character(&mut self, byte: u8) {
        self.partial.push(byte);
        match std::str::from_utf8(&self.partial) {
            Ok(whole) => {
                let c = whole.chars().next();
                self.partial.clear();
                match c {
                    // Control sequences have a short form of their own.
                    Some('\u{9b}') => self.reading = Reading::Csi(Vec::new()),
                    Some('\u{8f}') => self.reading = Reading::Ss3,
                    Some('\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}') => {
                        self.reading = Reading::String;
                    }
                    Some(c) if !c.is_control() => self.insert(c),
                    _ => {}
                }
            }
            // More is to come.
            Err(error) if error.error_len().is_none() => {}
            Err(_) => {
                let last = self.partial.pop();
                let began = !self.partial.is_empty();
                self.partial.clear();
                self.insert('\u{fffd}');
                // The byte that does not belong to the broken character is one of its own.
                if let Some(last) = last.filter(|_| began) {
                    self.typed(last);
                }
            }
        }
    }

    fn escaped(&mut self, byte: u8) {
        let killing = std::mem::take(&mut self.killing);
        match byte {
            b'[' => self.reading = Reading::Csi(Vec::new()),
            b'O' => self.reading = Reading::Ss3,
            b']' | b'P' | b'X' | b'^' | b'_' => self.reading = Reading::String,
            b'\x1b' => self.reading = Reading::Escape,
            _ if self.paste.is_some() => {}
            b'b' | b'B' => self.go(Motion::WordLeft),
            b'f' | b'F' => self.go(Motion::WordRight),
            b'd' | b'D' => self.kill(Motion::WordRight, killing),
            0x08 | 0x7f => self.kill(Motion::WordLeft, killing),
            0x80.. => {
                self.typed(byte);
            }
            _ => {}
        }
    }

    fn csi(&mut self, sequence: &[u8], last: u8) -> Step {
        let mut numbers = sequence.split(|byte| *byte == b';');
        let key = numbers.next().unwrap_or_default();
        // With Ctrl or Alt.
        let by_word = matches!(numbers.next(), Some(b"3" | b"5" | b"7"));
        if self.paste.is_some() && (key, last) != (b"201", b'~') {
            return Step::Goes;
        }
        self.killing = false;
        match (key, last) {
            (b"200", b'~') => self.paste = Some(String::new()),
            (b"201", b'~') => {
                self.after_return = false;
                let paste = self.paste.take().unwrap_or_default();
                self.insert_text(&paste);
                if paste.contains('\n') {
                    return Step::Pasted;
                }
            }
            (_, b'A') => self.up(),
            (_, b'B') => self.down(),
            (_, b'C') if by_word => self.go(Motion::WordRight),
            (_, b'D') if by_word => self.go(Motion::WordLeft),
            (_, b'C') => self.go(Motion::Right),
            (_, b'D') => self.go(Motion::Left),
            (_, b'H') | (b"1" | b"7", b'~') => self.go(Motion::Begin),
            (_, b'F') | (b"4" | b"8", b'~') => self.go(Motion::End),
            (b"3", b'~') if by_word => self.kill(Motion::WordRight, false),
            (b"3", b'~') => self.delete(Motion::Right),
            _ => {}
        }
        Step::Goes
    }

    fn insert(&mut self, c: char) {
        self.killing = false;
        match &mut self.paste {
            Some(paste) => paste.push(c),
            None => self.insert_text(c.encode_utf8(&mut [0; 4])),
        }
    }

    fn insert_text(&mut self, text: &str) {
        self.text.insert_str(self.at, text);
        self.at += text.len();
        self.stand_between();
    }

    /// Adds a line end behind the text, for what was entered when the program was to stop.
    pub(super) fn end_line(&mut self) {
        self.at = self.text.len();
        self.insert_text("\n");
    }

    /// Moves the cursor out of a character that it stands within: what was typed may have
    /// joined with what follows.
    fn stand_between(&mut self) {
        let mut cursor = GraphemeCursor::new(self.at, self.text.len(), true);
        if !cursor.is_boundary(&self.text, 0).unwrap_or(true) {
            let next = cursor.next_boundary(&self.text, 0).ok().flatten();
            self.at = next.unwrap_or(self.text.len());
        }
    }

    fn target(&self, motion: Motion) -> usize {
        let (before, after) = self.text.split_at(self.at);
        let is_word = |part: &str| part.chars().any(char::is_alphanumeric);
        match motion {
            Motion::Left => before
                .grapheme_indices(true)
                .next_back()
                .map_or(0, |(at, _)| at),
            Motion::Right => self.at + after.graphemes(true).next().map_or(0, str::len),
            Motion::WordLeft => before
                .split_word_bound_indices()
                .rfind(|(_, part)| is_word(part))
                .map_or(0, |(at, _)| at),
            Motion::WordRight => after
                .split_word_bound_indices()
                .find(|(_, part)| is_word(part))
                .map_or(self.text.len(), |(at, part)| self.at + at + part.len()),
            Motion::SpaceLeft => {
                let word = before.trim_end();
                let space = word.rfind(char::is_whitespace);
                space.map_or(0, |at| {
                    at + word[at..].chars().next().map_or(0, char::len_utf8)
                })
            }
            Motion::Begin => before.rfind('\n').map_or(0, |at| at + 1),
            Motion::End => after.find('\n').map_or(self.text.len(), |at| self.at + at),
        }
    }

    fn go(&mut self, motion: Motion) {
        self.at = self.target(motion);
        self.stand_between();
    }

    /// Removes everything from the cursor to where the motion leads, and returns it.
    fn delete(&mut self, motion: Motion) {
        self.cut(motion);
    }

    fn cut(&mut self, motion: Motion) -> String {
        let to = self.target(motion);
        let range = self.at.min(to)..self.at.max(to);
        self.at = range.start;
        let cut = self.text.drain(range).collect();
        self.stand_between();
        cut
    }

    fn kill(&mut self, motion: Motion, again: bool) {
        let behind = matches!(motion, Motion::End | Motion::WordRight);
        let mut cut = self.cut(motion);
        if cut.is_empty() && matches!(motion, Motion::End) {
            // At the end of a line within the text, its line end.
            cut = self.cut(Motion::Right);
        }
        if cut.is_empty() {
            self.killing = again;
            return;
        }
        self.killed = match (again, behind) {
            (false, _) => cut,
            (true, true) => std::mem::take(&mut self.killed) + &cut,
            (true, false) => cut + &self.killed,
        };
        self.killing = true;
    }

    /// Moves to the row above, as it is on the screen.
    fn up(&mut self) {
        self.move_row(|at| at.checked_sub(1));
    }

    fn down(&mut self) {
        self.move_row(|at| Some(at + 1));
    }

    fn move_row(&mut self, to: impl Fn(usize) -> Option<usize>) {
        let Some(size) = self.drawn.as_ref().map(|drawn| drawn.size) else {
            return;
        };
        let rows = self.rows(size.columns);
        let now = self.row_of_cursor(&rows);
        let indent = |row| {
            if row == 0 {
                text::width(&self.prompt)
            } else {
                0
            }
        };
        let column = indent(now) + text::width(&shown(&self.text[rows[now].start..self.at]));
        let Some((to, row)) = to(now).and_then(|to| Some((to, rows.get(to)?))) else {
            return;
        };
        let mut taken = indent(to);
        let mut at = row.start;
        for grapheme in self.text[row.clone()].graphemes(true) {
            taken += text::width(&shown(grapheme));
            if taken > column {
                break;
            }
            at += grapheme.len();
        }
        self.at = at;
    }

    /// The rows into which the text is broken, without its line ends. The last column stays
    /// empty: terminals differ in where the cursor is behind it.
    fn rows(&self, columns: usize) -> Vec<Range<usize>> {
        let room = columns.saturating_sub(1).max(2);
        let mut rows = Vec::new();
        let mut start = 0;
        let mut taken = text::width(&self.prompt);
        for (at, grapheme) in self.text.grapheme_indices(true) {
            if grapheme == "\n" {
                rows.push(start..at);
                (start, taken) = (at + 1, 0);
                continue;
            }
            let wide = text::width(&shown(grapheme));
            if taken + wide > room && taken > 0 {
                rows.push(start..at);
                (start, taken) = (at, 0);
            }
            taken += wide;
        }
        rows.push(start..self.text.len());
        rows
    }

    fn row_of_cursor(&self, rows: &[Range<usize>]) -> usize {
        rows.iter()
            .rposition(|row| row.start <= self.at)
            .unwrap_or(0)
    }

    /// What to print so that the line stands on the screen as it is now.
    pub(super) fn draw(&mut self, size: Size) -> String {
        let rows = self.rows(size.columns);
        let cursor = self.row_of_cursor(&rows);
        let at_end = self.at == self.text.len();
        if let Some(drawn) = &mut self.drawn
            && drawn.size == size
            && drawn.rows == rows.len()
            && drawn.at_end
            && at_end
            && self.text.starts_with(&drawn.text)
            && GraphemeCursor::new(drawn.text.len(), self.text.len(), true)
                .is_boundary(&self.text, 0)
                .unwrap_or(false)
        {
            let more = shown(&self.text[drawn.text.len()..]);
            drawn.text.clone_from(&self.text);
            return more;
        }
        let most = size.rows.saturating_sub(1).max(1);
        let top = self.drawn.as_ref().map_or(0, |drawn| drawn.top);
        let top = top
            .min(cursor)
            .max((cursor + 1).saturating_sub(most))
            .min(rows.len().saturating_sub(most));
        let last = rows.len().min(top + most) - 1;
        let mut out = self.rubbed_out();
        self.print(&rows, top..last + 1, &mut out);
        if !at_end {
            if cursor < last {
                out.push_str(&format!("\x1b[{}A", last - cursor));
            }
            // Print the row again up to the cursor: that is where it is, however wide this
            // terminal takes a character to be.
            out.push('\r');
            let before = rows[cursor].start..self.at;
            self.print_row(cursor, before, &mut out);
        }
        self.drawn = Some(Drawn {
            size,
            text: self.text.clone(),
            at_end,
            rows: rows.len(),
            top,
            cursor,
        });
        out
    }

    /// What to print when the line is entered: all of it stands above the cursor then.
    pub(super) fn leave(&mut self, size: Size) -> String {
        let mut out = self.draw(size);
        let rows = self.rows(size.columns);
        if rows.len() > size.rows.saturating_sub(1).max(1) {
            out.push_str(&self.rubbed_out());
            self.print(&rows, 0..rows.len(), &mut out);
            out.push('\n');
        } else {
            let below = rows.len() - self.row_of_cursor(&rows);
            out.push_str(&"\n".repeat(below));
        }
        self.drawn = None;
        out
    }

    /// Something else was printed below the line: draw it anew there.
    pub(super) fn draw_anew(&mut self) {
        self.drawn = None;
    }

    /// What to print to remove what was drawn.
    fn rubbed_out(&self) -> String {
        match &self.drawn {
            None => String::new(),
            Some(drawn) if drawn.cursor > drawn.top => {
                format!("\x1b[{}A\r\x1b[J", drawn.cursor - drawn.top)
            }
            Some(_) => "\r\x1b[J".to_owned(),
        }
    }

    fn print(&self, rows: &[Range<usize>], which: Range<usize>, out: &mut String) {
        for at in which.clone() {
            if at > which.start {
                out.push('\n');
            }
            self.print_row(at, rows[at].clone(), out);
        }
    }

    fn print_row(&self, at: usize, range: Range<usize>, out: &mut String) {
        if at == 0 {
            out.push_str(&self.prompt);
        }
        out.push_str(&shown(&self.text[range]));
    }
}

/// Text as it is shown: nothing in it can act on the terminal.
fn shown(text: &str) -> String {
    text::safe(text).replace('\t', "    ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    const LEFT: &str = "\x1b[D";
    const RIGHT: &str = "\x1b[C";
    const FAMILY: &str = "👩‍👩‍👧";

    fn fed(bytes: &[u8]) -> Line {
        let mut line = Line::new("> ".to_owned());
        for byte in bytes {
            line.feed(*byte);
        }
        line
    }

    /// The text after these keys, with `|` for the cursor.
    fn after(keys: &str) -> String {
        let line = fed(keys.as_bytes());
        let (before, behind) = line.text.split_at(line.at);
        format!("{before}|{behind}")
    }

    #[test]
    fn keys_edit_the_line() {
        let paste = |text: &str| format!("\x1b[200~{text}\x1b[201~");
        let table = [
            ("plain".to_owned(), "plain|"),
            (format!("ab{LEFT}c"), "ac|b"),
            (format!("ab{LEFT}{LEFT}{LEFT}{RIGHT}c"), "ac|b"),
            ("one two\x01x\x05y".to_owned(), "xone twoy|"),
            ("one two\x1b[Hx\x1b[Fy".to_owned(), "xone twoy|"),
            ("one two\x1bOHx\x1bOFy".to_owned(), "xone twoy|"),
            ("one two\x1b[1~x\x1b[4~y".to_owned(), "xone twoy|"),
            // Words.
            ("one two\x1bbx".to_owned(), "one x|two"),
            ("one two\x1b[1;5Dx".to_owned(), "one x|two"),
            ("one two\x1b[1;3D\x1b[1;3Dx".to_owned(), "x|one two"),
            ("one two\x01\x1bfx".to_owned(), "onex| two"),
            ("one two\x01\x1b[1;5C\x1b[1;5Cx".to_owned(), "one twox|"),
            ("one, two\x1bb\x1bb\x1bdx".to_owned(), "x|, two"),
            // Killing and yanking.
            ("one two\x17x".to_owned(), "one x|"),
            ("one two  \x17\x17\x19".to_owned(), "one two  |"),
            ("one two\x15\x19\x19".to_owned(), "one twoone two|"),
            ("one two\x1bb\x0b\x01\x19".to_owned(), "two|one "),
            ("one two\x1b\x7fx".to_owned(), "one x|"),
            ("\x19".to_owned(), "|"),
            // Deleting whole characters as a reader sees them.
            (format!("a{FAMILY}\x7fb"), "ab|"),
            ("ae\u{301}\x08b".to_owned(), "ab|"),
            (format!("a{FAMILY}b{LEFT}{LEFT}\x1b[3~"), "a|b"),
            (format!("a{FAMILY}b{LEFT}{LEFT}\x04"), "a|b"),
            (format!("🇫🇷🇩🇪{LEFT}x"), "🇫🇷x|🇩🇪"),
            ("日本\x7f語".to_owned(), "日語|"),
            // What joins with what follows.
            (format!("ab{LEFT}\u{301}c"), "a\u{301}c|b"),
            // Pastes are one text.
            (paste("one\r\rtwo\r"), "one\n\ntwo\n|"),
            (paste("one\r\ntwo\nthree"), "one\ntwo\nthree|"),
            (format!("ab{LEFT}{}c", paste("x\x01\x7fy")), "axyc|b"),
            (
                format!("{}{}", paste("a\x1b[31mb\x1b]0;title\x07c\x1b[Ad"), "e"),
                "abcde|",
            ),
            (format!("{}\x01x\x0b\x0b", paste("one\rtwo")), "one\nx|"),
            (format!("{}\x1b[H\x7fx", paste("one\rtwo")), "onex|two"),
            // Sequences that mean nothing here.
            ("a\x1b[5~b\x1b[15;2~c\x1b[?1;2cd".to_owned(), "abcd|"),
            ("a\x1b[[Ab\x1bOPc\x1bOqd".to_owned(), "abcd|"),
            ("a\x1b[<0;10;20Mb\x1b[Ic\x1bxd".to_owned(), "abcd|"),
            (
                "a\x1b]11;rgb:0/0/0\x1b\\b\x1bP1$r\x1b\\c".to_owned(),
                "abc|",
            ),
            ("a\u{9b}31mb\u{9d}title\x07c\u{85}d".to_owned(), "abcd|"),
            ("a\0\x02\x06\x10\x0e\x0c\x12\x14\x16b".to_owned(), "ab|"),
            // Marks that order or join letters are text.
            (
                "ل\u{200f}ا می\u{200c}خواهم".to_owned(),
                "ل\u{200f}ا می\u{200c}خواهم|",
            ),
            ("a\tb".to_owned(), "a\tb|"),
        ];
        for (keys, expected) in table {
            assert_eq!(after(&keys), expected, "{keys:?}");
        }
    }

    #[test]
    fn broken_characters_are_marked() {
        for (bytes, expected) in [
            (&b"a\xffb"[..], "a\u{fffd}b"),
            (b"a\xe3\x81b", "a\u{fffd}b"),
            (b"a\xf0\x9f\xe3\x81\x82", "a\u{fffd}あ"),
            (b"\xe3\x81", ""),
        ] {
            assert_eq!(fed(bytes).text(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn the_end_of_a_line_and_of_the_input() {
        let mut line = fed(b"");
        assert_eq!(line.feed(0x04), Step::End);
        assert_eq!(line.feed(b'a'), Step::Goes);
        assert_eq!(line.feed(0x04), Step::Goes, "it deletes");
        assert_eq!(line.feed(b'\r'), Step::Entered);
        assert_eq!(line.feed(b'\n'), Step::Entered);
        // The Escape key alone, then a word.
        let mut line = fed(b"\x1b");
        assert!(line.is_within_sequence());
        line.settle();
        line.feed(b'b');
        assert_eq!(line.text(), "b");
        // A sequence that never ends does not swallow what is entered.
        assert_eq!(fed(b"\x1b]never").feed(b'\r'), Step::Entered);
        assert_eq!(fed(b"\x1b[1").feed(b'\r'), Step::Entered);
        // What has arrived of a paste is there.
        assert_eq!(fed(b"a\x1b[200~b\rc").text(), "ab\nc");
    }

    /// A terminal that knows as much as is needed here.
    struct Screen {
        columns: usize,
        rows: Vec<String>,
        row: usize,
        column: usize,
        /// The same in bytes of the row.
        at: usize,
    }

    impl Screen {
        fn new(columns: usize) -> Screen {
            Screen {
                columns,
                rows: vec![String::new()],
                row: 0,
                column: 0,
                at: 0,
            }
        }

        fn print(&mut self, out: &str) {
            let mut rest = out;
            while let Some(grapheme) = rest.graphemes(true).next() {
                rest = &rest[grapheme.len()..];
                match grapheme {
                    "\r" => (self.column, self.at) = (0, 0),
                    "\n" | "\r\n" => {
                        self.row += 1;
                        (self.column, self.at) = (0, 0);
                        self.rows
                            .resize(self.rows.len().max(self.row + 1), String::new());
                    }
                    "\x1b" if rest.starts_with("[J") => {
                        rest = &rest[2..];
                        assert_eq!(self.column, 0);
                        self.rows.truncate(self.row);
                        self.rows.push(String::new());
                    }
                    "\x1b" => {
                        let end = rest.find('A').expect("up");
                        let up: usize = rest[1..end].parse().expect("a number");
                        rest = &rest[end + 1..];
                        assert!(up > 0 && up <= self.row, "{up} rows above {}", self.row);
                        self.row -= up;
                    }
                    _ => {
                        let row = &mut self.rows[self.row];
                        if self.at == row.len() {
                            row.push_str(grapheme);
                        }
                        assert!(row[self.at..].starts_with(grapheme), "{row:?}");
                        self.at += grapheme.len();
                        self.column += grapheme.width();
                        assert!(self.column < self.columns, "{row:?}");
                    }
                }
            }
        }
    }

    fn keys() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let key = prop_oneof![
            6 => "[ -~]{1,8}",
            4 => prop::sample::select(vec![
                "日本語", "👩‍👩‍👧", "e\u{301}", "\u{301}", "🇫🇷", "سلام", "\u{200d}", "ไม่", "\t", "\u{202e}",
            ]).prop_map(str::to_owned),
            4 => prop::sample::select(vec![
                "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1bb", "\x1bf", "\x1bd", "\x01", "\x05",
                "\x0b", "\x15", "\x17", "\x19", "\x7f", "\x1b[3~", "\x1b[1;5C", "\x1b[1;5D",
                "\x1b[200~a\rbc\r\rd\x1b[201~", "\x1b[99x", "\x0c",
            ]).prop_map(str::to_owned),
        ];
        let bytes = prop::collection::vec(any::<u8>(), 0..6);
        let bytes = bytes.prop_map(|bytes| {
            let entered = |byte: &u8| !matches!(byte, b'\r' | b'\n' | 0x04);
            bytes.into_iter().filter(entered).collect()
        });
        prop::collection::vec(
            prop_oneof![12 => key.prop_map(String::into_bytes), 1 => bytes],
            0..40,
        )
    }

    proptest! {
        #[test]
        fn the_screen_shows_the_line_and_the_cursor(
            keys in keys(),
            columns in prop::sample::select(vec![12_usize, 40, 80]),
            prompt in "[a-z]{0,8}",
        ) {
            // High enough for all of it.
            let size = Size { columns, rows: 500 };
            let mut line = Line::new(prompt);
            let mut screen = Screen::new(columns);
            screen.print(&line.draw(size));
            for key in keys {
                let redraws = key == b"\x0c";
                for byte in key {
                    line.feed(byte);
                }
                if redraws {
                    screen = Screen::new(columns);
                    line.draw_anew();
                }
                if line.drawn.is_none() {
                    screen = Screen::new(columns);
                }
                screen.print(&line.draw(size));
                // What may be stored.
                prop_assert!(line.text().chars().all(|c| !c.is_control() || "\n\t".contains(c)));
                // The cursor stands between characters.
                let mut between = GraphemeCursor::new(line.at, line.text.len(), true);
                prop_assert!(between.is_boundary(&line.text, 0).expect("whole"));
                // The rows are the text, and the screen has them.
                let rows = line.rows(columns);
                let now = line.row_of_cursor(&rows);
                let whole: Vec<String> = rows.iter().map(|row| shown(&line.text[row.clone()])).collect();
                prop_assert_eq!(whole.concat(), shown(&line.text.replace('\n', "")));
                let mut expected = whole;
                expected[0].insert_str(0, &line.prompt);
                prop_assert_eq!(&screen.rows, &expected);
                let indent = if now == 0 { line.prompt.len() } else { 0 };
                let before = shown(&line.text[rows[now].start..line.at]);
                prop_assert_eq!((screen.row, screen.column), (now, indent + text::width(&before)));
            }
            let below = line.leave(size);
            screen.print(&below);
            prop_assert_eq!(screen.row, line.rows(columns).len());
        }

        #[test]
        fn a_small_window_never_scrolls_past_itself(keys in keys(), rows in 1_usize..6) {
            let size = Size { columns: 12, rows };
            let mut line = Line::new("> ".to_owned());
            let mut screen = Screen::new(12);
            for key in keys {
                for byte in key {
                    line.feed(byte);
                }
                if line.drawn.is_none() {
                    screen = Screen::new(12);
                }
                screen.print(&line.draw(size));
                prop_assert!(screen.rows.len() <= rows.saturating_sub(1).max(1));
            }
        }
    }
}
