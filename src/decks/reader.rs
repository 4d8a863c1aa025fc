//! Reading a deck from TOML: every field is checked, and every fault gets its line.

use std::collections::HashSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unicode_width::UnicodeWidthStr;

use super::{Deck, DeckFault, Tip, Topic};
use crate::model::entry::{BUILT_IN_DECK, WEEKLY};

/// The most tips of a deck: one for every day of a year.
const MAX_TIPS: usize = 366;
/// The most items of any other list.
const MAX_LIST: usize = 100;
/// The widest title, in columns. It shares a line with a number and a date.
const TITLE_COLUMNS: usize = 40;
/// The widest question, in columns: two lines of a page.
const QUESTION_COLUMNS: usize = 140;
/// The widest practice, in columns: three lines of a page.
const PRACTICE_COLUMNS: usize = 160;
/// The widest other text, in columns: six lines, so that a page fits one screen.
const TEXT_COLUMNS: usize = 420;

impl Deck {
    /// Parses and checks a deck.
    ///
    /// # Errors
    /// All faults, in the order of their lines: TOML that does not parse, a missing, unknown
    /// or empty field, a text that is too long, tips that are not numbered 1, 2, 3 …, and a
    /// slug or question that occurs twice.
    pub fn parse(text: &str) -> Result<Deck, Vec<DeckFault>> {
        read_deck(text, |_| None)
    }

    /// Parses and checks a deck that is not built in. `name` is the name of its file without
    /// `.toml`, if it lies in the folder of decks. Its slug must be the same, so that no two
    /// decks share one.
    ///
    /// # Errors
    /// As [`Deck::parse`].
    pub fn parse_own(text: &str, name: Option<&str>) -> Result<Deck, Vec<DeckFault>> {
        read_deck(text, |slug| match name {
            _ if slug == BUILT_IN_DECK => Some(format!(
                "{BUILT_IN_DECK} is the deck that is built in: give this one a slug of its own"
            )),
            Some(name) if name != slug => Some(format!(
                "the slug and the name of the file differ: call the file {slug}.toml"
            )),
            _ => None,
        })
    }
}

/// Parses and checks a deck. `objection` gets its slug and returns the reason if that cannot
/// be used.
///
/// # Errors
/// As [`Deck::parse`].
fn read_deck(
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
    // If part of the file could not be read, fields may be there that seem to be missing.
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

/// True if a text can be a slug: a name for files and for the command line. It must have a
/// letter, or it would be taken for a number.
pub fn is_slug(slug: &str) -> bool {
    let of_slug = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    slug.bytes().all(of_slug)
        && slug.bytes().any(|b| b.is_ascii_lowercase())
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        && slug.len() <= TITLE_COLUMNS
}

/// A table of the file: its name in messages, the byte where it begins, and its fields.
#[derive(Clone, Copy)]
struct DeckTable<'t> {
    what: &'static str,
    place: usize,
    table: &'t DeTable<'t>,
}

/// Reads the tables into a deck, and notes every fault.
struct DeckReader {
    /// The byte at which each line begins.
    lines: Vec<usize>,
    broken: bool,
    /// Fields that are there under a misspelt name, with the byte where their table begins.
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
        // Tell one fault of a line that could not be read. The others only follow from it.
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

    /// A list of questions, none of which the tip has asked yet.
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

    /// The tables under a key that begins each of them, such as `[[tips]]`.
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

    /// Notes unknown fields.
    fn no_others(&mut self, fields: DeckTable<'_>, keys: &[&str]) {
        // If the line that begins a table cannot be read, its fields seem to belong to the
        // table above.
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

    /// A text of one paragraph that is not too wide.
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

/// True for invisible characters that have an effect: controls, line separators, marks that
/// reorder text, and blanks without width. Joiners are allowed, because some scripts need
/// them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
