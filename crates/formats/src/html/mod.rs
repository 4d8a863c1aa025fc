//! The keepsake: a journal as one HTML file to keep, to read and to print.
//!
//! The file stands alone. It asks for nothing from anywhere, and says so to the browser: its
//! policy lets one style sheet and one script run, by their fingerprints, and nothing else.
//! Without the script everything is there but the search. Every stored text passes
//! `escape` on its way; what Markdown there is in a page is made HTML by `prose`.

mod escape;
mod pictures;
mod prose;

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{Datelike, TimeDelta};
use sha2::{Digest, Sha256};

use crate::error::{FormatError, Result};
use escape::{Markup, Shown};
use onward_model::entry::{tip_label, tip_number};
use onward_model::{Day, Entry, Kind, Mood, Period, Reflection, Tag, count};
use pictures::{Line, Year};

/// What the document shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Keepsake {
    /// What it is called.
    pub title: String,
    /// The version of onward that makes it.
    pub version: &'static str,
    /// The day it was made.
    pub made_on: Day,
    /// The entries, the oldest first.
    pub entries: Vec<Entry>,
    /// The tips, in the order they are shown in.
    pub tips: Vec<KeptTip>,
    /// The days that have entries, in order.
    pub days: Vec<KeptDay>,
    /// The whole time in pieces of equal length, for the line of the moods. Empty where none
    /// was noted.
    pub moods: Vec<Spell>,
    /// The whole time in a few pieces, for a table.
    pub spells: Vec<Spell>,
}

/// A tip, and what was written to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTip {
    /// Its deck's slug.
    pub deck: String,
    /// Its slug.
    pub slug: String,
    /// Its number in its deck.
    pub number: u32,
    /// A few words.
    pub title: String,
    /// What it says. Empty where no deck has it any more.
    pub gist: String,
    /// The entries that reflect on it, by their places among the entries.
    pub entries: Vec<usize>,
}

/// What a day amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptDay {
    /// The day.
    pub day: Day,
    /// Its entries; at least one.
    pub entries: u64,
    /// Their words.
    pub words: u64,
    /// How many that is beside the other days: from 1, few, to 4, many.
    pub level: usize,
}

/// What a stretch of the calendar amounts to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spell {
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub to: Day,
    /// Days written on.
    pub days: usize,
    /// Entries.
    pub entries: u64,
    /// Words.
    pub words: u64,
    /// The mean of the moods, 1 to 5; `None` where none was noted.
    pub mood: Option<f64>,
}

/// Writes the document.
///
/// # Errors
/// [`FormatError::Write`] with whatever `out` said.
pub fn write(out: &mut dyn Write, keepsake: &Keepsake) -> Result<()> {
    // The template writes many small pieces.
    let mut out = BufWriter::with_capacity(1 << 16, out);
    Document::of(keepsake)
        .write_into(&mut out)
        .and_then(|()| out.flush())
        .map_err(|source: io::Error| FormatError::Write {
            what: "the keepsake",
            source,
        })
}

const STYLE: &str = include_str!("keepsake.css");
const SCRIPT: &str = include_str!("keepsake.js");

/// What the browser may do with the document: apply the one style, run the one script.
fn policy() -> String {
    let fingerprint = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src 'none'; \
         connect-src 'none'; base-uri 'none'; form-action 'none'",
        fingerprint(STYLE),
        fingerprint(SCRIPT)
    )
}

/// The document as the template sees it: every stored text is [`Shown`].
#[derive(Template)]
#[template(path = "keepsake.html")]
struct Document<'a> {
    policy: String,
    version: &'static str,
    style: Markup,
    script: Markup,
    title: Shown<'a>,
    noun: Noun,
    made_on: Day,
    time: String,
    sum: String,
    years: Vec<Year>,
    mood: Option<Line>,
    spells: Vec<Row>,
    has_moods: bool,
    tips: Vec<TipView<'a>>,
    contents: Vec<YearOfMonths>,
    months: Vec<Month<'a>>,
}

/// What the entries are called together.
#[derive(Clone, Copy)]
struct Noun {
    one: &'static str,
    many: &'static str,
}

impl Noun {
    fn count(self, number: impl count::Count) -> String {
        count::with_noun(number, self.one, self.many)
    }
}

struct TipView<'a> {
    anchor: usize,
    number: String,
    title: Shown<'a>,
    gist: Shown<'a>,
    /// What was written to it, where a list of it is better kept closed.
    closed: Option<String>,
    written: Vec<Written>,
}

/// An entry in a list.
struct Written {
    number: i64,
    day: String,
    beginning: String,
}

struct YearOfMonths {
    year: i32,
    open: bool,
    count: String,
    /// January to December.
    months: Vec<MonthOfYear>,
}

struct MonthOfYear {
    name: &'static str,
    short: &'static str,
    /// Where it is and how much there is; `None` where nothing is.
    there: Option<(String, String)>,
}

struct Month<'a> {
    year: i32,
    number: u32,
    anchor: String,
    name: String,
    pages: Vec<Leaf<'a>>,
}

/// An entry.
struct Leaf<'a> {
    entry: &'a Entry,
    prompts: Vec<PromptView<'a>>,
}

struct PromptView<'a> {
    anchor: Option<usize>,
    label: String,
    title: Shown<'a>,
    question: Option<Shown<'a>>,
}

struct Row {
    name: String,
    days: String,
    entries: String,
    words: String,
    mood: String,
}

impl<'a> Document<'a> {
    fn of(keepsake: &'a Keepsake) -> Document<'a> {
        let anchors: HashMap<(&str, &str), usize> = keepsake
            .tips
            .iter()
            .zip(1..)
            .map(|(tip, anchor)| ((tip.deck.as_str(), tip.slug.as_str()), anchor))
            .collect();
        let only_pages = keepsake
            .entries
            .iter()
            .all(|entry| entry.kind == Kind::Page);
        let noun = match only_pages {
            true => Noun {
                one: "page",
                many: "pages",
            },
            false => Noun {
                one: "entry",
                many: "entries",
            },
        };
        let months: Vec<Month<'a>> = keepsake
            .entries
            .chunk_by(|a, b| month_of(a.day) == month_of(b.day))
            .map(|entries| Month::of(entries, &anchors))
            .collect();
        let time = match (keepsake.entries.first(), keepsake.entries.last()) {
            (Some(first), Some(last)) => Period {
                from: Some(first.day),
                to: last.day,
            }
            .to_string(),
            _ => String::new(),
        };
        let words: u64 = keepsake.days.iter().map(|day| day.words).sum();
        Document {
            policy: policy(),
            version: keepsake.version,
            style: Markup(STYLE.to_owned()),
            script: Markup(SCRIPT.to_owned()),
            title: Shown(&keepsake.title),
            noun,
            made_on: keepsake.made_on,
            time,
            sum: format!(
                "{} on {}, {}",
                noun.count(keepsake.entries.len()),
                count::with_noun(keepsake.days.len(), "day", "days"),
                count::with_noun(words, "word", "words")
            ),
            years: pictures::years(&keepsake.days, noun),
            mood: pictures::line(&keepsake.moods),
            has_moods: keepsake.spells.iter().any(|spell| spell.mood.is_some()),
            spells: keepsake.spells.iter().map(Row::of).collect(),
            tips: keepsake
                .tips
                .iter()
                .zip(1..)
                .map(|(tip, anchor)| TipView::of(tip, anchor, &keepsake.entries, noun))
                .collect(),
            contents: contents(&months, noun),
            months,
        }
    }
}

impl<'a> TipView<'a> {
    fn of(tip: &'a KeptTip, anchor: usize, all: &[Entry], noun: Noun) -> TipView<'a> {
        const MANY: usize = 12;
        let entries: Vec<&Entry> = tip.entries.iter().filter_map(|at| all.get(*at)).collect();
        let closed = match (entries.first(), entries.last()) {
            (Some(first), Some(last)) if entries.len() > MANY => Some(format!(
                "{}, {} to {}",
                noun.count(entries.len()),
                first.day.short(),
                last.day.short()
            )),
            _ => None,
        };
        let written = entries.iter().map(|entry| Written {
            number: entry.number,
            day: entry.day.short(),
            beginning: beginning(entry),
        });
        TipView {
            anchor,
            number: tip_number(&tip.deck, &tip.slug, tip.number),
            title: Shown(&tip.title),
            gist: Shown(&tip.gist),
            closed,
            written: written.collect(),
        }
    }
}

impl<'a> Month<'a> {
    fn of(entries: &'a [Entry], anchors: &HashMap<(&str, &str), usize>) -> Month<'a> {
        let date = entries[0].day.date();
        Month {
            year: date.year(),
            number: date.month(),
            anchor: format!("m{}", date.format("%Y-%m")),
            name: date.format("%B %-Y").to_string(),
            pages: entries
                .iter()
                .map(|entry| Leaf::of(entry, anchors))
                .collect(),
        }
    }
}

impl<'a> Leaf<'a> {
    fn of(entry: &'a Entry, anchors: &HashMap<(&str, &str), usize>) -> Leaf<'a> {
        let prompt = |reflection: &'a Reflection| PromptView {
            anchor: anchors
                .get(&(reflection.deck.as_str(), reflection.tip.as_str()))
                .copied(),
            label: tip_label(&reflection.deck, &reflection.tip, reflection.number),
            title: Shown(&reflection.title),
            question: reflection.question.as_deref().map(Shown),
        };
        Leaf {
            entry,
            prompts: entry.reflections.iter().map(prompt).collect(),
        }
    }

    fn text(&self) -> Markup {
        prose::html(&self.entry.text)
    }

    /// The tags that do not stand in the text.
    fn tags(&self) -> Vec<Shown<'a>> {
        let typed = Tag::in_text(&self.entry.text);
        let tags = self.entry.tags.iter().filter(|tag| !typed.contains(tag));
        tags.map(|tag| Shown(tag.as_str())).collect()
    }

    fn kind(&self) -> Option<&'static str> {
        match self.entry.kind {
            Kind::Page => None,
            Kind::Letter => Some("Letter, not sent"),
            Kind::Reason => Some("Reason"),
            Kind::Urge => Some("Urge"),
            Kind::Contact => Some("Contact"),
        }
    }

    /// The time of day, and the date where it was written long after its day.
    fn written(&self) -> String {
        let local = self.entry.written_at.naive_local();
        // The small hours still belong to the day.
        let nights = local.date() - self.entry.day.date();
        if nights == TimeDelta::zero() || nights == TimeDelta::days(1) {
            local.format("%H:%M").to_string()
        } else {
            local.format("written %-d %B %-Y, %H:%M").to_string()
        }
    }

    fn edited(&self) -> Option<String> {
        let edited = self.entry.edited_at?;
        Some(edited.format("edited %-d %B %-Y").to_string())
    }

    fn mood(&self) -> Option<MoodView> {
        self.entry.mood.map(MoodView)
    }
}

struct MoodView(Mood);

impl MoodView {
    /// The mood for the eye: as many dots are full.
    fn dots(&self) -> String {
        let full = usize::from(self.0.value());
        "●".repeat(full) + &"○".repeat(5 - full)
    }

    fn words(&self) -> &'static str {
        match self.0.value() {
            1 => "low",
            2 => "rather low",
            3 => "in between",
            4 => "rather good",
            _ => "good",
        }
    }

    fn value(&self) -> u8 {
        self.0.value()
    }
}

impl Row {
    fn of(spell: &Spell) -> Row {
        Row {
            name: name(spell.from, spell.to),
            days: count::grouped(spell.days),
            entries: count::grouped(spell.entries),
            words: count::grouped(spell.words),
            mood: spell.mood.map_or("–".to_owned(), decimal),
        }
    }
}

/// The months of every year, for finding one's way.
fn contents(months: &[Month<'_>], noun: Noun) -> Vec<YearOfMonths> {
    let year_of = |month: &Month<'_>| month.year;
    let mut years: Vec<YearOfMonths> = months
        .chunk_by(|a, b| year_of(a) == year_of(b))
        .map(|months| {
            let year = year_of(&months[0]);
            let all = NAMES.iter().zip(1..).map(|(name, number)| MonthOfYear {
                name,
                short: &name[..3],
                there: months
                    .iter()
                    .find(|month| month.number == number)
                    .map(|month| (month.anchor.clone(), noun.count(month.pages.len()))),
            });
            YearOfMonths {
                year,
                open: false,
                count: noun.count(months.iter().map(|month| month.pages.len()).sum::<usize>()),
                months: all.collect(),
            }
        })
        .collect();
    let few = years.len() <= 2;
    let last = years.len().saturating_sub(1);
    for (at, year) in years.iter_mut().enumerate() {
        year.open = few || at == last;
    }
    years
}

const NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month_of(day: Day) -> (i32, u32) {
    (day.date().year(), day.date().month())
}

/// What a stretch of days is called.
fn name(from: Day, to: Day) -> String {
    let period = Period {
        from: Some(from),
        to,
    };
    period.to_string()
}

/// The line that stands for an entry in a list, without the marker of a heading.
fn beginning(entry: &Entry) -> String {
    const LONGEST: usize = 110;
    let line = entry.first_line().trim_start_matches(['#', '>', ' ']);
    let line = if line.is_empty() {
        entry.first_line()
    } else {
        line
    };
    let near: String = line.chars().take(LONGEST).collect();
    let near = if near.len() < line.len() {
        // At the end of a word, where there is one.
        let end = near.rfind(' ').filter(|end| *end > LONGEST / 2);
        format!("{} …", near[..end.unwrap_or(near.len())].trim_end())
    } else {
        near
    };
    Shown(&near).to_string()
}

/// `2.5`, `3`
fn decimal(number: f64) -> String {
    let tenths = format!("{number:.1}");
    tenths.strip_suffix(".0").unwrap_or(&tenths).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(decimal(3.0), "3");
        assert_eq!(decimal(2.46), "2.5");
    }

    #[test]
    fn the_style_and_the_script_end_where_the_document_says() {
        for text in [STYLE, SCRIPT] {
            assert!(!text.contains("</") && !text.contains("<!--") && !text.contains('\r'));
        }
        // No address is in them: nothing is loaded.
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
        assert!(!SCRIPT.contains("innerHTML") && !SCRIPT.contains("eval"));
    }
}
