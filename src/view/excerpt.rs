//! Cuts out the part of a text that shows the words that were searched for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::iter;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::line::{Line, Style};
use super::page::Page;
use super::text::{graphemes, safe, width};
use crate::model::fold::fold;

/// A few lines of a text: safe for a terminal, on flattened white space, and cut between
/// characters as a reader sees them, with `…` for omitted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    lines: Vec<Vec<ExcerptRun>>,
}

/// A stretch of a line that is either found or not.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ExcerptRun {
    text: String,
    found: bool,
}

/// One character as a reader sees it (a grapheme).
#[derive(Debug, PartialEq, Eq)]
struct Cell<'t> {
    text: Cow<'t, str>,
    width: usize,
    found: bool,
}

impl Excerpt {
    /// An excerpt of at most `lines` lines of `columns` columns. It begins where the text has
    /// the most different matches close together. `places` are the byte ranges of the matches,
    /// which are sorted and do not overlap.
    pub fn of(text: &str, places: &[Range<usize>], columns: usize, lines: usize) -> Excerpt {
        let columns = columns.max(4);
        let room = columns * lines;
        let start = start(text, places, room);
        // Look at eight times the visible room: enough for any characters, and quick for a page
        // of ten megabytes.
        let end = start + bytes(&text[start..], room * 8);
        let mut words = words(text, start..end, places);
        let mut first = words.next();
        if start > blank(text)
            && let Some(first) = &mut first
        {
            first.cells.insert(0, Cell::mark());
        }
        let (mut lines, whole) = fill(first.into_iter().chain(words), columns, lines);
        if !whole || !text[end..].trim().is_empty() {
            let line = lines.last_mut().filter(|line| !line.is_empty());
            if let Some(line) = line {
                while line.len() > 1 && width_of(line) >= columns {
                    line.pop();
                }
                while line.last().is_some_and(Cell::is_blank) {
                    line.pop();
                }
                line.push(Cell::mark());
            }
        }
        Excerpt {
            lines: lines.into_iter().map(runs).collect(),
        }
    }

    /// Puts the excerpt on a page, indented by `indent` columns, with the matches standing out.
    pub fn show(&self, page: &mut Page, indent: usize) {
        for line in &self.lines {
            let style = |found| if found { Style::Strong } else { Style::Plain };
            let runs = line
                .iter()
                .map(|run| style(run.found).on(run.text.as_str()));
            page.line(Line::from(" ".repeat(indent)) + runs.collect::<Line>());
        }
    }

    /// The text of the excerpt in one line.
    pub fn plain(&self) -> String {
        let line = |line: &Vec<ExcerptRun>| line.iter().map(|run| run.text.as_str()).collect();
        self.lines
            .iter()
            .map(line)
            .collect::<Vec<String>>()
            .join(" ")
    }
}

impl Cell<'_> {
    fn mark() -> Self {
        Cell {
            text: Cow::Borrowed("…"),
            width: 1,
            found: false,
        }
    }

    fn is_blank(&self) -> bool {
        self.text == " "
    }
}

/// The byte at which the excerpt begins: at a word a little before the place that has the most
/// different matches after it, or at the beginning of the text if that is near.
fn start(text: &str, places: &[Range<usize>], room: usize) -> usize {
    let before = room / 4;
    let in_sight = room - before - room / 8;
    let mut seen: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let (mut best, mut most, mut first) = (0, 0, 0);
    let word = |at: usize| {
        let word: &str = &text[places[at].clone()];
        let end = word
            .char_indices()
            .nth(100)
            .map_or(word.len(), |(end, _)| end);
        fold(&word[..end])
    };
    for at in 0..places.len() {
        *seen.entry(word(at)).or_default() += 1;
        // Bytes are close enough to columns here: they only choose the place, and nothing is
        // cut by them.
        while first < at && places[at].end - places[first].start > in_sight {
            let gone = word(first);
            if let Some(times) = seen.get_mut(&gone) {
                *times -= 1;
                if *times == 0 {
                    seen.remove(&gone);
                }
            }
            first += 1;
        }
        if seen.len() > most {
            (best, most) = (first, seen.len());
        }
    }
    let blank = blank(text);
    let Some(place) = places.get(best).filter(|place| place.start > blank) else {
        return blank;
    };
    // Go back from there to the beginning of the farthest word that is still near.
    let (mut at, mut taken, mut word) = (place.start, 0, None);
    for grapheme in text[blank..place.start].graphemes(true).rev() {
        taken += width(&safe(grapheme)).max(1);
        if taken > before {
            return word.unwrap_or(at);
        }
        if grapheme.chars().all(char::is_whitespace) {
            word = Some(at);
        }
        at -= grapheme.len();
    }
    blank
}

/// The number of bytes of white space at the beginning of a text.
fn blank(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The number of bytes in at most `characters` characters, without cutting through one that a
/// reader sees.
fn bytes(text: &str, characters: usize) -> usize {
    match text.char_indices().nth(characters) {
        None => text.len(),
        Some((end, _)) => {
            let last = text[..end].grapheme_indices(true).next_back();
            last.map_or(end, |(start, _)| if start > 0 { start } else { end })
        }
    }
}

/// A piece that is not broken between lines: the text between two blanks, or a single wide
/// character, since scripts with wide characters use no blanks.
#[derive(Debug, PartialEq, Eq)]
struct Word<'t> {
    cells: Vec<Cell<'t>>,
    /// The blank before it, if any.
    blank: Option<Cell<'t>>,
}

/// The words of a part of a text, without the white space around it. The iterator is lazy: most
/// of the part lies behind the end of the excerpt.
fn words<'t>(
    text: &'t str,
    part: Range<usize>,
    places: &[Range<usize>],
) -> impl Iterator<Item = Word<'t>> {
    let mut cells = cells(text, part, places).peekable();
    let mut began = false;
    iter::from_fn(move || {
        let mut blank = None;
        while let Some(cell) = cells.next_if(Cell::is_blank) {
            blank = Some(cell).filter(|_| began);
        }
        let mut word = Word {
            cells: vec![cells.next()?],
            blank,
        };
        began = true;
        let joins = |cell: &Cell<'t>| cell.width <= 1 && !cell.is_blank();
        if joins(&word.cells[0]) {
            word.cells.extend(iter::from_fn(|| cells.next_if(joins)));
        }
        Some(word)
    })
}

/// The cells of a part of a text; any white space becomes a blank.
fn cells<'t>(
    text: &'t str,
    part: Range<usize>,
    places: &[Range<usize>],
) -> impl Iterator<Item = Cell<'t>> {
    let mut places = places.iter().peekable();
    graphemes(&text[part.clone()]).map(move |(at, grapheme)| {
        let at = part.start + at;
        while places.next_if(|place| place.end <= at).is_some() {}
        let found = places
            .peek()
            .is_some_and(|place| place.start < at + grapheme.len());
        let text = match grapheme.chars().all(char::is_whitespace) {
            true => Cow::Borrowed(" "),
            false => safe(grapheme),
        };
        Cell {
            width: width(&text),
            text,
            found,
        }
    })
}

/// Fills lines with words; returns the lines, and whether all words had room. A word is broken
/// only if it is longer than a line.
fn fill<'t>(
    words: impl Iterator<Item = Word<'t>>,
    columns: usize,
    most: usize,
) -> (Vec<Vec<Cell<'t>>>, bool) {
    let mut lines: Vec<Vec<Cell<'t>>> = Vec::new();
    let (mut line, mut taken) = (Vec::new(), 0);
    for word in words {
        let blank = word.blank.filter(|_| !line.is_empty());
        let begins = taken + blank.iter().len();
        let length = width_of(&word.cells);
        let fits = begins + length <= columns;
        if !fits && !line.is_empty() && length <= columns {
            lines.push(std::mem::take(&mut line));
            taken = 0;
        } else if fits || begins < columns {
            line.extend(blank);
            taken = begins;
        }
        for cell in word.cells {
            if taken + cell.width > columns {
                lines.push(std::mem::take(&mut line));
                taken = 0;
            }
            if lines.len() == most {
                return (lines, false);
            }
            taken += cell.width;
            line.push(cell);
        }
    }
    lines.push(line);
    (lines, true)
}

fn width_of(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| cell.width).sum()
}

/// Joins neighbouring cells that look alike.
fn runs(cells: Vec<Cell>) -> Vec<ExcerptRun> {
    let mut runs: Vec<ExcerptRun> = Vec::new();
    for cell in cells {
        match runs.last_mut() {
            Some(run) if run.found == cell.found => run.text.push_str(&cell.text),
            _ => runs.push(ExcerptRun {
                text: cell.text.into_owned(),
                found: cell.found,
            }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Checks the excerpt of a text whose matches are marked by brackets.
    #[track_caller]
    fn check(marked: &str, columns: usize, expect: &[&str]) {
        let mut text = String::new();
        let mut places: Vec<Range<usize>> = Vec::new();
        for c in marked.chars() {
            match c {
                '⟦' => places.push(text.len()..text.len()),
                '⟧' => places.last_mut().expect("a beginning").end = text.len(),
                c => text.push(c),
            }
        }
        let excerpt = Excerpt::of(&text, &places, columns, 2);
        let lines: Vec<String> = excerpt
            .lines
            .iter()
            .map(|line| {
                line.iter()
                    .map(|run| match run.found {
                        true => format!("⟦{}⟧", run.text),
                        false => run.text.clone(),
                    })
                    .collect()
            })
            .collect();
        assert_eq!(lines, expect, "{marked:?}");
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        check("Called ⟦Aunt⟧.", 20, &["Called ⟦Aunt⟧."]);
        check("\n\n A title\n\nand ⟦text⟧\n", 30, &["A title and ⟦text⟧"]);
        check("one ⟦two⟧ three four", 10, &["one ⟦two⟧", "three four"]);
        check("", 10, &[""]);
    }

    #[test]
    fn a_long_text_is_shown_around_what_was_found() {
        let long = "word ".repeat(50);
        check(
            &format!("{long}here ⟦it⟧ is {long}"),
            20,
            &["…here ⟦it⟧ is word", "word word word word…"],
        );
        check(
            &format!("⟦it⟧ is {long}"),
            10,
            &["⟦it⟧ is word", "word word…"],
        );
    }

    #[test]
    fn most_different_things_win() {
        let far = "word ".repeat(50);
        check(
            &format!("⟦one⟧ {far}⟦one⟧ ⟦two⟧ {far}"),
            20,
            &["…word ⟦one⟧ ⟦two⟧ word", "word word word word…"],
        );
    }

    #[test]
    fn what_is_stored_cannot_act_on_a_terminal() {
        check("a\u{1b}[2J ⟦b⟧\u{202e}c", 30, &["a␛[2J ⟦b⟧<U+202E>c"]);
    }

    #[test]
    fn scripts_without_spaces_break_anywhere() {
        check(
            "今天去⟦公园⟧散步今天去公园散步",
            12,
            &["今天去⟦公园⟧散", "步今天去公…"],
        );
    }

    /// A simple version that makes all words at once, to compare the lazy one with.
    fn words_at_once<'t>(
        text: &'t str,
        part: Range<usize>,
        places: &[Range<usize>],
    ) -> Vec<Word<'t>> {
        let mut words: Vec<Word<'t>> = Vec::new();
        let mut blank = None;
        let mut joins = false;
        for (at, grapheme) in text[part.clone()].grapheme_indices(true) {
            let at = part.start + at;
            let touches = |p: &Range<usize>| p.end > at && p.start < at + grapheme.len();
            let found = places.iter().any(touches);
            if grapheme.chars().all(char::is_whitespace) {
                blank = (!words.is_empty()).then(|| Cell {
                    text: " ".into(),
                    width: 1,
                    found,
                });
                joins = false;
                continue;
            }
            let text = safe(grapheme);
            let cell = Cell {
                width: width(&text),
                text,
                found,
            };
            let wide = cell.width > 1;
            match words.last_mut() {
                Some(word) if joins && !wide => word.cells.push(cell),
                _ => words.push(Word {
                    cells: vec![cell],
                    blank: blank.take(),
                }),
            }
            joins = !wide;
        }
        words
    }

    proptest! {
        #[test]
        fn words_one_by_one_are_those_at_once(
            text in "[a-z \\n\\t公é\u{301}\u{200d}👩‍👩‍👧\u{1b}\u{202e}]{0,300}|\\PC{0,100}",
            mut borders in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
            part in any::<(prop::sample::Index, prop::sample::Index)>(),
        ) {
            let at = |index: &prop::sample::Index| {
                let borders: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                match borders.len() {
                    0 => 0,
                    _ => *index.get(&borders),
                }
            };
            let mut borders: Vec<usize> = borders.drain(..).map(|index| at(&index)).collect();
            borders.sort_unstable();
            borders.dedup();
            let places: Vec<Range<usize>> =
                borders.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect();
            let (from, to) = (at(&part.0), at(&part.1));
            let part = from.min(to)..from.max(to);
            let one_by_one: Vec<Word> = words(&text, part.clone(), &places).collect();
            prop_assert_eq!(one_by_one, words_at_once(&text, part, &places));
        }

        #[test]
        fn an_excerpt_fits_and_keeps_what_was_found(
            text in "[a-z \\n公é\u{301}👩‍👩‍👧]{0,300}",
            at in any::<prop::sample::Index>(),
            columns in 8usize..60,
        ) {
            let graphemes: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
            let at = at.index(graphemes.len().max(1));
            let places: Vec<Range<usize>> = graphemes
                .get(at)
                .map(|(start, grapheme)| *start..start + grapheme.len())
                .into_iter()
                .collect();
            let excerpt = Excerpt::of(&text, &places, columns, 2);
            prop_assert!(excerpt.lines.len() <= 2);
            for line in &excerpt.lines {
                let line: String = line.iter().map(|run| run.text.as_str()).collect();
                prop_assert!(width(&line) <= columns, "{line:?}");
            }
            let blank = places.iter().all(|place| text[place.clone()].trim().is_empty());
            let shown = excerpt.lines.iter().flatten().any(|run| run.found);
            prop_assert!(shown || blank, "{excerpt:?}");
        }

        #[test]
        fn any_text_and_places(text in any::<String>(), columns in 0usize..90) {
            let places: Vec<Range<usize>> = text
                .char_indices()
                .step_by(3)
                .map(|(at, c)| at..at + c.len_utf8())
                .collect();
            Excerpt::of(&text, &places, columns, 2);
        }
    }
}
