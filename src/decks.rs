//! Decks: TOML files of tips, parsed and checked.
//!
//! A deck that is wrong is refused whole, with every fault and its line, so that what a
//! journal works with is always a complete deck. `docs/decks.md` describes the format for
//! those who write one. `prompts/walk-away.toml` is the deck that is built in: the program is
//! compiled with `prompts/walk-away.rs`, which a test makes from it.

use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unicode_width::UnicodeWidthStr;

use crate::error::{Error, Result};
use crate::model::entry::{BUILT_IN_DECK, WEEKLY, tip_label, tip_names};

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
    /// Questions people ask along the way, each turned toward the writer, numbered from 1: one
    /// is offered each week. They are tips whose slug begins with `week/`, with one question
    /// and no practice.
    pub questions: Vec<Tip>,
    /// What is good to be clear about before anything else.
    pub groundings: Vec<Topic>,
}

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// The slug of its deck.
    pub deck: String,
    /// Its place in the deck, from 1.
    pub number: u32,
    /// What the journal files reflections under; never changes once used.
    pub slug: String,
    /// A few words.
    pub title: String,
    /// What the tip says, in a few sentences.
    pub gist: String,
    /// One small thing to do today; empty for a question of the week.
    pub practice: String,
    /// Whether the tip asks to remember why one is walking away.
    pub recall_reason: bool,
    /// What a day can ask: concrete things first, then meaning.
    pub questions: Vec<String>,
    /// How many of the questions ask for concrete things.
    pub concrete: usize,
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

/// Something that is wrong in the file of a deck.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeckFault {
    /// The line, counted from 1; `None` where it is the file as a whole.
    pub line: Option<usize>,
    /// What is wrong there, and what would be right.
    pub reason: String,
}

/// The decks that a journal draws from, in their order; at least one. Without any of one's
/// own it is the one that is built in.
#[derive(Debug, Clone, Default)]
pub struct Decks(Vec<Deck>);

impl DeckFault {
    /// The fault with its place: `/home/…/mine.toml, line 3: the title is empty`.
    pub fn in_file(&self, file: &Path) -> String {
        let line = self.line.map(|line| format!(", line {line}"));
        format!(
            "{}{}: {}",
            file.display(),
            line.unwrap_or_default(),
            self.reason
        )
    }
}

impl Tip {
    /// Its name among all tips: `walk-away/no-contact`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.deck, self.slug)
    }

    /// What it is called before its title: `Tip 5`, `Tip mine/5`, `Question 2`.
    pub fn label(&self) -> String {
        tip_label(&self.deck, &self.slug, self.number)
    }

    /// Whether it is a question of the week.
    pub fn is_weekly(&self) -> bool {
        self.slug.starts_with(WEEKLY)
    }
}

impl Decks {
    /// These decks, or the one that is built in where there are none.
    pub fn of(decks: Vec<Deck>) -> Decks {
        Decks(decks)
    }

    /// The decks in their order.
    pub fn all(&self) -> &[Deck] {
        if self.0.is_empty() {
            std::slice::from_ref(Deck::walk_away())
        } else {
            &self.0
        }
    }

    /// Every tip of every deck, in order.
    pub fn tips(&self) -> Vec<&Tip> {
        self.all().iter().flat_map(|deck| &deck.tips).collect()
    }

    /// Every question of the week of every deck, in order.
    pub fn questions(&self) -> Vec<&Tip> {
        self.all().iter().flat_map(|deck| &deck.questions).collect()
    }

    /// The tip, or the question of the week, with these slugs.
    pub fn tip(&self, deck: &str, slug: &str) -> Option<&Tip> {
        let deck = self.all().iter().find(|other| other.slug == deck)?;
        let mut tips = deck.tips.iter().chain(&deck.questions);
        tips.find(|tip| tip.slug == slug)
    }

    /// The tip that a person means by a number or a slug, with the deck before it where that
    /// is needed: `5`, `stay-busy`, `mine/5`, `week/2`.
    ///
    /// # Errors
    /// [`Error::NoSuchTip`] with the nearest slug, or the range of numbers; [`Error::Usage`]
    /// where several decks have such a tip.
    pub fn find(&self, wanted: &str) -> Result<&Tip> {
        let wanted = wanted.trim();
        let all = || self.tips().into_iter().chain(self.questions());
        let meant: Vec<&Tip> = all()
            .filter(|tip| tip_names(wanted, &tip.deck, &tip.slug, tip.number))
            .collect();
        match meant.as_slice() {
            [tip] => Ok(tip),
            [] => Err(Error::NoSuchTip {
                wanted: wanted.to_owned(),
                nearest: self.nearest(wanted),
            }),
            several => {
                let keys: Vec<String> = several.iter().map(|tip| tip.key()).collect();
                Err(Error::Usage {
                    what: format!("several decks have a tip {wanted:?}"),
                    hint: Some(format!("say which: {}", keys.join(" or "))),
                })
            }
        }
    }

    /// What may have been meant.
    fn nearest(&self, wanted: &str) -> String {
        let is_number = wanted
            .rsplit('/')
            .next()
            .is_some_and(|last| last.parse::<u32>().is_ok());
        let likeness = |tip: &&Tip| {
            let full = strsim::jaro_winkler(&tip.key(), &wanted.to_lowercase());
            full.max(strsim::jaro_winkler(&tip.slug, &wanted.to_lowercase()))
        };
        let close = self
            .tips()
            .into_iter()
            .chain(self.questions())
            .map(|tip| (likeness(&tip), tip))
            .filter(|(likeness, _)| *likeness > 0.8 && !is_number)
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        match (close, self.all()) {
            (Some((_, tip)), [_]) => format!("did you mean {} ({})", tip.slug, tip.number),
            (Some((_, tip)), _) => format!("did you mean {}", tip.key()),
            (None, [deck]) => format!("the tips are 1 to {}", deck.tips.len()),
            (None, decks) => {
                let range = |deck: &Deck| format!("{}/1 to {}", deck.slug, deck.tips.len());
                let ranges: Vec<String> = decks.iter().map(range).collect();
                format!("the tips are {}", ranges.join(", "))
            }
        }
    }
}

impl Deck {
    /// The deck that is built in.
    ///
    /// It is compiled as Rust, because parsing and checking its TOML would be a quarter of the
    /// work of the daily page. A test makes that Rust and fails where it is not current.
    pub fn walk_away() -> &'static Deck {
        static DECK: LazyLock<Deck> = LazyLock::new(|| include!("../prompts/walk-away.rs"));
        &DECK
    }

    /// Parses and checks a deck.
    ///
    /// # Errors
    /// Every fault there is, in the order of the lines: TOML that does not parse, a missing,
    /// unknown or empty field, a text that does not fit its place, tips not numbered 1, 2,
    /// 3 …, or a slug or question that stands twice.
    pub fn parse(text: &str) -> Result<Deck, Vec<DeckFault>> {
        Deck::parse_with(text, |_| None)
    }

    /// Parses and checks a deck that is not built in. `name` is what its file is called,
    /// without `.toml`, where it lies in the folder of the decks: its slug is the same, so
    /// that no two decks share one.
    ///
    /// # Errors
    /// As [`Deck::parse`].
    pub fn parse_own(text: &str, name: Option<&str>) -> Result<Deck, Vec<DeckFault>> {
        Deck::parse_with(text, |slug| match name {
            _ if slug == BUILT_IN_DECK => Some(format!(
                "{BUILT_IN_DECK} is the deck that is built in: give this one a slug of its own"
            )),
            Some(name) if name != slug => Some(format!(
                "the slug and the name of the file differ: call the file {slug}.toml"
            )),
            _ => None,
        })
    }

    fn parse_with(
        text: &str,
        objection: impl Fn(&str) -> Option<String>,
    ) -> Result<Deck, Vec<DeckFault>> {
        let (table, broken) = DeTable::parse_recoverable(text);
        let mut reader = DeckReader::of(text);
        for error in &broken {
            let place = error.span().map_or(0, |span| span.start);
            let message = error.message().trim().replace('\n', "; ");
            reader.fault(place, format!("this is not TOML: {message}"));
        }
        // Where the file could not be read, what seems missing may well be there.
        reader.broken = !broken.is_empty();
        let deck = reader.deck(table.get_ref());
        if let Some(value) = table.get_ref().get("slug")
            && let Some(reason) = value.get_ref().as_str().and_then(objection)
        {
            reader.fault(value.span().start, reason);
        }
        match deck {
            Some(deck) if reader.faults.is_empty() => Ok(deck),
            _ => {
                let mut faults = reader.faults;
                faults.sort_by_key(|fault| fault.line);
                faults.dedup();
                Err(faults)
            }
        }
    }
}

/// Whether a slug is made as it has to be: a name that can stand in a file name and on a
/// command line. All digits would be taken for a number.
pub fn is_slug(slug: &str) -> bool {
    let of_slug = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    slug.bytes().all(of_slug)
        && slug.bytes().any(|b| b.is_ascii_lowercase())
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        && slug.len() <= TITLE_COLUMNS
}

/// The largest file of a deck, in bytes.
pub const MAX_FILE: u64 = 512 * 1024;

/// The most tips of a deck: one for every day of a year.
const MAX_TIPS: usize = 366;
/// The most of everything else there is a list of.
const MAX_LIST: usize = 100;
/// The widest title, in columns: it shares a line with a number and a date.
const TITLE_COLUMNS: usize = 40;
/// The longest question, in columns: two lines of a page.
const QUESTION_COLUMNS: usize = 140;
/// The longest practice, in columns: three lines of a page.
const PRACTICE_COLUMNS: usize = 160;
/// The longest other text, in columns: six lines, so that a page stays one screen.
const TEXT_COLUMNS: usize = 420;

/// A table of the file: what it is called in messages, where it begins, and its fields.
#[derive(Clone, Copy)]
struct DeckTable<'t> {
    what: &'static str,
    place: usize,
    table: &'t DeTable<'t>,
}

/// Turns what was written into a deck, and notes all that is in the way.
struct DeckReader {
    /// Where each line begins.
    lines: Vec<usize>,
    broken: bool,
    /// Fields that are there under a name that is nearly theirs, with the place of their table.
    misspelt: HashSet<(usize, String)>,
    faults: Vec<DeckFault>,
}

impl DeckReader {
    fn of(text: &str) -> DeckReader {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        DeckReader {
            lines: std::iter::once(0).chain(ends).collect(),
            broken: false,
            misspelt: HashSet::new(),
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, place: usize, reason: impl Into<String>) {
        let line = Some(self.lines.partition_point(|start| *start <= place));
        // What follows from a line that could not be read says nothing.
        if !self.broken || self.faults.iter().all(|fault| fault.line != line) {
            let reason = reason.into();
            self.faults.push(DeckFault { line, reason });
        }
    }

    fn deck(&mut self, table: &DeTable<'_>) -> Option<Deck> {
        let fields = DeckTable {
            what: "a deck",
            place: 0,
            table,
        };
        let keys = ["slug", "title", "about", "tips", "questions", "groundings"];
        self.no_others(fields, &keys);
        let slug = self.slug(fields, &mut HashSet::new());
        if let Some(slug) = &slug
            && slug == WEEKLY.trim_end_matches('/')
        {
            let place = table.get("slug").map_or(0, |value| value.span().start);
            self.fault(place, "a deck cannot be called week: week/2 is a question");
        }
        let title = self.text(fields, "title", TITLE_COLUMNS);
        let about = self.text(fields, "about", TEXT_COLUMNS);
        let deck = slug.clone().unwrap_or_default();

        let mut tips = Vec::new();
        let mut seen = HashSet::new();
        let raw = self.tables(fields, "tips", "a tip", MAX_TIPS);
        if raw.is_empty() && (table.contains_key("tips") || !self.broken) {
            let place = table.get("tips").map_or(0, |value| value.span().start);
            self.fault(
                place,
                "a deck needs at least one tip, which begins with [[tips]]",
            );
        }
        for (fields, number) in raw.iter().zip(1..) {
            tips.extend(self.tip(*fields, &deck, number, &mut seen));
        }
        let mut questions = Vec::new();
        let mut seen = HashSet::new();
        let raw = self.tables(fields, "questions", "a question of the week", MAX_LIST);
        for (fields, number) in raw.iter().zip(1..) {
            let topic = self.topic(*fields, &mut seen);
            questions.extend(topic.map(|topic| Tip {
                deck: deck.clone(),
                number,
                slug: format!("{WEEKLY}{}", topic.slug),
                title: topic.title,
                gist: topic.text,
                practice: String::new(),
                recall_reason: false,
                questions: vec![topic.question],
                concrete: 0,
            }));
        }
        let mut seen = HashSet::new();
        let raw = self.tables(fields, "groundings", "a grounding", MAX_LIST);
        let groundings = raw
            .iter()
            .filter_map(|fields| self.topic(*fields, &mut seen));
        let groundings = groundings.collect();
        Some(Deck {
            slug: slug?,
            title: title?,
            about: about?,
            tips,
            questions,
            groundings,
        })
    }

    fn tip(
        &mut self,
        fields: DeckTable<'_>,
        deck: &str,
        number: u32,
        seen: &mut HashSet<String>,
    ) -> Option<Tip> {
        let keys = [
            "number",
            "slug",
            "title",
            "gist",
            "practice",
            "recall_reason",
            "questions",
            "meaning",
        ];
        self.no_others(fields, &keys);
        if let Some(value) = self.needed(fields, "number") {
            let place = value.span().start;
            let digits = value.get_ref().as_integer();
            let found =
                digits.map(|digits| i64::from_str_radix(digits.as_str(), digits.radix()));
            match found {
                Some(Ok(found)) if found == i64::from(number) => {}
                Some(_) => self.fault(
                    place,
                    format!("tips are numbered in order: this one is number {number}"),
                ),
                None => self.fault(
                    place,
                    format!("the number is a plain number: number = {number}"),
                ),
            }
        }
        let slug = self.slug(fields, seen);
        let title = self.text(fields, "title", TITLE_COLUMNS);
        let gist = self.text(fields, "gist", TEXT_COLUMNS);
        let practice = self.text(fields, "practice", PRACTICE_COLUMNS);
        let recall_reason = match fields.table.get("recall_reason") {
            Some(value) => value.get_ref().as_bool().unwrap_or_else(|| {
                self.fault(value.span().start, "recall_reason is true or false");
                false
            }),
            None => false,
        };
        let mut asked = HashSet::new();
        let mut questions = Vec::new();
        if let Some(value) = self.needed(fields, "questions") {
            questions = self.questions(value, "questions", &mut asked);
        }
        let concrete = questions.len();
        if let Some(value) = fields.table.get("meaning") {
            questions.extend(self.questions(value, "meaning", &mut asked));
        }
        Some(Tip {
            deck: deck.to_owned(),
            number,
            slug: slug?,
            title: title?,
            gist: gist?,
            practice: practice?,
            recall_reason,
            questions,
            concrete,
        })
    }

    /// A list of questions, each of which has not been asked before.
    fn questions(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        field: &str,
        asked: &mut HashSet<String>,
    ) -> Vec<String> {
        let place = value.span().start;
        let Some(list) = value.get_ref().as_array() else {
            let reason = format!("{field} is a list: {field} = [\"What happened?\"]");
            self.fault(place, reason);
            return Vec::new();
        };
        if list.is_empty() {
            let reason = match field {
                "questions" => "a tip needs at least one question",
                _ => "the list is empty: leave it out",
            };
            self.fault(place, reason);
        }
        if list.len() > MAX_LIST {
            let reason = format!("a tip has at most {MAX_LIST} questions in a list");
            self.fault(place, reason);
        }
        let mut questions = Vec::new();
        for question in list.iter().take(MAX_LIST) {
            let text = self.line(question, "question", QUESTION_COLUMNS);
            let Some(text) = text else { continue };
            if !asked.insert(text.clone()) {
                self.fault(question.span().start, "this question stands twice");
            }
            questions.push(text);
        }
        questions
    }

    fn topic(&mut self, fields: DeckTable<'_>, seen: &mut HashSet<String>) -> Option<Topic> {
        self.no_others(fields, &["slug", "title", "text", "question"]);
        let slug = self.slug(fields, seen);
        let title = self.text(fields, "title", TITLE_COLUMNS);
        let text = self.text(fields, "text", TEXT_COLUMNS);
        let question = self.text(fields, "question", QUESTION_COLUMNS);
        Some(Topic {
            slug: slug?,
            title: title?,
            text: text?,
            question: question?,
        })
    }

    /// The tables under a key that begins each of them: `[[tips]]`.
    fn tables<'t>(
        &mut self,
        fields: DeckTable<'t>,
        key: &'static str,
        what: &'static str,
        most: usize,
    ) -> Vec<DeckTable<'t>> {
        let Some(value) = fields.table.get(key) else {
            return Vec::new();
        };
        let place = value.span().start;
        let Some(list) = value.get_ref().as_array() else {
            self.fault(place, format!("{what} begins with a line [[{key}]]"));
            return Vec::new();
        };
        if list.len() > most {
            self.fault(place, format!("a deck has at most {most} {key}"));
        }
        let mut tables = Vec::new();
        for item in list.iter().take(most) {
            let place = item.span().start;
            match item.get_ref().as_table() {
                Some(table) => tables.push(DeckTable { what, place, table }),
                None => self.fault(place, format!("{what} begins with a line [[{key}]]")),
            }
        }
        tables
    }

    /// Notes the fields that there are not.
    fn no_others(&mut self, fields: DeckTable<'_>, keys: &[&str]) {
        // Below a line that begins a table and cannot be read, any field can stand.
        if self.broken {
            return;
        }
        for key in fields.table.keys() {
            let name = key.get_ref().as_ref();
            if keys.contains(&name) {
                continue;
            }
            let nearest = keys
                .iter()
                .map(|known| (strsim::jaro_winkler(known, name), known))
                .filter(|(likeness, _)| *likeness > 0.75)
                .max_by(|(a, _), (b, _)| a.total_cmp(b));
            let hint = match nearest {
                Some((_, known)) => {
                    self.misspelt.insert((fields.place, (*known).to_owned()));
                    format!("did you mean {known}?")
                }
                None => format!("the fields are {}", keys.join(", ")),
            };
            let reason = format!("{} has no field {name:?}; {hint}", fields.what);
            self.fault(key.span().start, reason);
        }
    }

    fn needed<'t>(
        &mut self,
        fields: DeckTable<'t>,
        key: &str,
    ) -> Option<&'t Spanned<DeValue<'t>>> {
        let found = fields.table.get(key);
        let misspelt = (fields.place, key.to_owned());
        if found.is_none() && !self.broken && !self.misspelt.contains(&misspelt) {
            let reason = format!("{} needs a field {key}", fields.what);
            self.fault(fields.place, reason);
        }
        found
    }

    fn slug(&mut self, fields: DeckTable<'_>, seen: &mut HashSet<String>) -> Option<String> {
        let value = self.needed(fields, "slug")?;
        let place = value.span().start;
        match value.get_ref().as_str() {
            Some(slug) if is_slug(slug) => {
                if !seen.insert(slug.to_owned()) {
                    self.fault(place, format!("the slug {slug} stands twice"));
                }
                Some(slug.to_owned())
            }
            _ => {
                let reason = format!(
                    "a slug is made of a-z, 0-9 and hyphens, like \"stay-busy\", and at most \
                     {TITLE_COLUMNS} long"
                );
                self.fault(place, reason);
                None
            }
        }
    }

    fn text(&mut self, fields: DeckTable<'_>, key: &str, columns: usize) -> Option<String> {
        let value = self.needed(fields, key)?;
        self.line(value, key, columns)
    }

    /// A text of one paragraph that fits its place.
    fn line(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        field: &str,
        columns: usize,
    ) -> Option<String> {
        let place = value.span().start;
        let Some(text) = value.get_ref().as_str().map(str::trim) else {
            self.fault(
                place,
                format!("the {field} is a text: put it between \" and \""),
            );
            return None;
        };
        let width = text.width();
        let reason = if width == 0 {
            format!("the {field} is empty")
        } else if text.contains(is_unseen) {
            format!("the {field} must be one paragraph without control characters")
        } else if width > columns {
            format!("the {field} is {width} columns wide; at most {columns} fit")
        } else {
            return Some(text.to_owned());
        };
        self.fault(place, reason);
        None
    }
}

/// Characters that nobody sees and that do something: controls, line separators, marks that
/// reorder text, and blanks without width. The joiners stay: some scripts are not written
/// without them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
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

    /// Replaces `from` by `to` in a good deck and expects one fault, at `line`.
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

    /// What follows from a line that is no TOML is not said, what stands elsewhere is.
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
        let two = GOOD.replacen("\"The first\"", "The first", 1).replacen(
            "\"The second\"",
            "\"\"",
            1,
        );
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

    /// The Rust expression that builds a deck: its `{:#?}`, with `.to_owned()` after each text
    /// and `vec!` before each list. A text never ends its line in `[`, since a quote follows it.
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

    /// Expects `prompts/{name}.rs` to say what `prompts/{name}.toml` says. If it does not, this
    /// writes it anew and fails, so that the next build has the deck of the TOML. It calls
    /// `built_in` last, because the file may hold `todo!()` until then.
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
