//! The keepsake: a journal as one HTML file to keep, to read and to print.
//!
//! The file needs nothing else. It loads nothing, and its policy makes sure of that: the browser
//! may apply one style sheet and run one script, known by their digests, and nothing else.
//! Without the script only the search is missing. Every stored text passes through `escape`;
//! `prose` turns the Markdown of pages into HTML.

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

use super::EntrySource;
use crate::error::{FormatError, Result};
use escape::{EscapedHtml, ShownText};
use onward_model::day::MONTHS;
use onward_model::entry::{tip_label, tip_number};
use onward_model::{Day, Entry, KindName, Mood, Period, Reflection, Tag, count};
use pictures::{MoodLine, YearPicture};

/// The content of the document besides the entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Keepsake {
    /// The title.
    pub title: String,
    /// The version of onward that makes the document.
    pub version: &'static str,
    /// The day it was made.
    pub made_on: Day,
    /// True if all entries are pages. Then they are called so.
    pub only_pages: bool,
    /// The tips, in the order in which they are shown.
    pub tips: Vec<KeepsakeTip>,
    /// The days that have entries, in order.
    pub days: Vec<KeepsakeDay>,
    /// The whole time in pieces of equal length, for the line of the moods. Empty if no mood was
    /// noted.
    pub moods: Vec<KeepsakeSpell>,
    /// The whole time in a few pieces, for a table.
    pub spells: Vec<KeepsakeSpell>,
}

/// A tip, and the entries that reflect on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeepsakeTip {
    /// Its deck's slug.
    pub deck: String,
    /// Its slug.
    pub slug: String,
    /// Its number in its deck.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// Its text. Empty if no deck has the tip any more.
    pub gist: String,
    /// The entries that reflect on it, the oldest first.
    pub entries: Vec<KeepsakeTipEntry>,
}

/// An entry that reflects on a tip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepsakeTipEntry {
    /// Its number.
    pub number: i64,
    /// Its day.
    pub day: Day,
}

/// The figures of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepsakeDay {
    /// The day.
    pub day: Day,
    /// The number of its entries; at least one.
    pub entries: u64,
    /// The number of words in them.
    pub words: u64,
    /// The level of that number among the other days, from 1, few, to 4, many.
    pub level: usize,
}

/// The figures of a stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeepsakeSpell {
    /// Its first day.
    pub from: Day,
    /// Its last day.
    pub to: Day,
    /// The number of days written on.
    pub days: usize,
    /// Entries.
    pub entries: u64,
    /// Words.
    pub words: u64,
    /// The mean of the moods, 1 to 5; `None` if no mood was noted.
    pub mood: Option<f64>,
}

/// Writes the document, part by part, and holds one entry at a time.
///
/// The entries come from `source`, the oldest first, and have to be the ones that `keepsake`
/// counts. `first_line` returns the first line of an entry by its number: the lists of entries
/// for each tip come before the entries themselves.
///
/// # Errors
/// [`FormatError::Write`]; those of `first_line`.
pub fn write(
    out: &mut dyn Write,
    keepsake: &Keepsake,
    first_line: &mut dyn FnMut(i64) -> Result<String>,
    source: EntrySource<'_>,
) -> Result<()> {
    // Buffer the output: the template writes many small pieces.
    let mut out = DocumentWriter(BufWriter::with_capacity(1 << 16, out));
    out.put(&OpeningPart::of(keepsake))?;
    if !keepsake.tips.is_empty() {
        out.put(&TipsPart)?;
        for (tip, anchor) in keepsake.tips.iter().zip(1..) {
            out.tip(tip, anchor, keepsake.noun(), first_line)?;
        }
        out.put(&TipsEndPart)?;
    }
    out.put(&PagesPart {
        noun: keepsake.noun(),
        is_empty: keepsake.days.is_empty(),
    })?;
    let anchors = keepsake.anchors();
    let mut open_month = None;
    source(&mut |entry| {
        let month = month_of(entry.day);
        if open_month != Some(month) {
            if open_month.replace(month).is_some() {
                out.put(&MonthEndPart)?;
            }
            out.put(&MonthPart::of(entry.day))?;
        }
        out.put(&EntryPart::of(&entry, &anchors))
    })?;
    if open_month.is_some() {
        out.put(&MonthEndPart)?;
    }
    out.put(&ClosingPart {
        made_on: keepsake.made_on,
        script: EscapedHtml(SCRIPT),
    })?;
    out.0.flush().map_err(unwritten)
}

/// The document as far as it is written.
struct DocumentWriter<W: Write>(BufWriter<W>);

impl<W: Write> DocumentWriter<W> {
    fn put(&mut self, part: &impl Template) -> Result<()> {
        Template::write_into(part, &mut self.0).map_err(unwritten)
    }

    fn tip(
        &mut self,
        tip: &KeepsakeTip,
        anchor: usize,
        noun: EntryNoun,
        first_line: &mut dyn FnMut(i64) -> Result<String>,
    ) -> Result<()> {
        let part = TipPart::of(tip, anchor, noun);
        let end = TipEndPart {
            is_answered: part.is_answered,
            has_summary: part.summary.is_some(),
        };
        self.put(&part)?;
        for entry in &tip.entries {
            self.put(&TipEntryPart {
                number: entry.number,
                day: entry.day.short(),
                beginning: beginning(&first_line(entry.number)?),
            })?;
        }
        self.put(&end)
    }
}

fn unwritten(source: io::Error) -> FormatError {
    FormatError::Write {
        what: "the keepsake",
        source,
    }
}

/// The numbers of the tips in the document, by deck and slug.
type TipAnchors<'a> = HashMap<(&'a str, &'a str), usize>;

impl Keepsake {
    fn anchors(&self) -> TipAnchors<'_> {
        self.tips
            .iter()
            .zip(1..)
            .map(|(tip, anchor)| ((tip.deck.as_str(), tip.slug.as_str()), anchor))
            .collect()
    }

    fn noun(&self) -> EntryNoun {
        match self.only_pages {
            true => EntryNoun {
                one: "page",
                many: "pages",
            },
            false => EntryNoun {
                one: "entry",
                many: "entries",
            },
        }
    }

    /// The number of entries, days and words, as text.
    fn sum(&self) -> String {
        let entries: u64 = self.days.iter().map(|day| day.entries).sum();
        let words: u64 = self.days.iter().map(|day| day.words).sum();
        format!(
            "{} on {}, {}",
            self.noun().count(entries),
            count::with_noun(self.days.len(), "day", "days"),
            count::with_noun(words, "word", "words")
        )
    }
}

const STYLE: &str = include_str!("keepsake.css");
const SCRIPT: &str = include_str!("keepsake.js");

/// The content security policy: the browser may apply the one style and run the one script.
fn policy() -> String {
    let fingerprint = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src 'none'; \
         connect-src 'none'; base-uri 'none'; form-action 'none'",
        fingerprint(STYLE),
        fingerprint(SCRIPT)
    )
}

// The parts of the document, as the blocks of the template see them. Every stored text in them is
// a [`ShownText`].

/// Everything before the tips: the head, the contents, and the pictures of the whole time.
#[derive(Template)]
#[template(path = "keepsake.html", block = "opening")]
struct OpeningPart<'a> {
    policy: String,
    version: &'static str,
    style: EscapedHtml<&'static str>,
    title: ShownText<'a>,
    noun: EntryNoun,
    is_empty: bool,
    has_tips: bool,
    time: String,
    sum: String,
    days: &'a [KeepsakeDay],
    /// The number of years that have entries.
    years: usize,
    mood: Option<MoodLine>,
    spells: Vec<SpellRow>,
    has_moods: bool,
    contents: Vec<YearOfMonths>,
}

#[derive(Template)]
#[template(path = "keepsake.html", block = "tips")]
struct TipsPart;

/// A tip, up to the list of its entries.
#[derive(Template)]
#[template(path = "keepsake.html", block = "tip")]
struct TipPart<'a> {
    anchor: usize,
    number: String,
    title: ShownText<'a>,
    gist: ShownText<'a>,
    is_answered: bool,
    /// The number of its entries, if the list is closed at first.
    summary: Option<String>,
}

/// An entry in the list of those that reflect on a tip.
#[derive(Template)]
#[template(path = "keepsake.html", block = "tip_entry")]
struct TipEntryPart {
    number: i64,
    day: String,
    beginning: String,
}

#[derive(Template)]
#[template(path = "keepsake.html", block = "tip_end")]
struct TipEndPart {
    is_answered: bool,
    has_summary: bool,
}

#[derive(Template)]
#[template(path = "keepsake.html", block = "tips_end")]
struct TipsEndPart;

/// The part above all entries.
#[derive(Template)]
#[template(path = "keepsake.html", block = "pages")]
struct PagesPart {
    noun: EntryNoun,
    is_empty: bool,
}

/// The part above the entries of a month.
#[derive(Template)]
#[template(path = "keepsake.html", block = "month")]
struct MonthPart {
    anchor: String,
    name: String,
}

#[derive(Template)]
#[template(path = "keepsake.html", block = "entry")]
struct EntryPart<'a> {
    entry: &'a Entry,
    prompts: Vec<PromptView<'a>>,
}

#[derive(Template)]
#[template(path = "keepsake.html", block = "month_end")]
struct MonthEndPart;

/// The part behind all entries.
#[derive(Template)]
#[template(path = "keepsake.html", block = "closing")]
struct ClosingPart {
    made_on: Day,
    script: EscapedHtml<&'static str>,
}

/// The noun for the entries, by their number.
#[derive(Clone, Copy)]
struct EntryNoun {
    one: &'static str,
    many: &'static str,
}

impl EntryNoun {
    fn count(self, number: impl count::Count) -> String {
        count::with_noun(number, self.one, self.many)
    }
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
    /// The anchor of the month and the number of its entries; `None` if it has none.
    there: Option<(String, String)>,
}

struct PromptView<'a> {
    anchor: Option<usize>,
    label: String,
    title: ShownText<'a>,
    question: Option<ShownText<'a>>,
}

struct SpellRow {
    name: String,
    days: String,
    entries: String,
    words: String,
    mood: String,
}

impl<'a> OpeningPart<'a> {
    fn of(keepsake: &'a Keepsake) -> OpeningPart<'a> {
        let time = match (keepsake.days.first(), keepsake.days.last()) {
            (Some(first), Some(last)) => name(first.day, last.day),
            _ => String::new(),
        };
        let contents = contents(&keepsake.days, keepsake.noun());
        OpeningPart {
            policy: policy(),
            version: keepsake.version,
            style: EscapedHtml(STYLE),
            title: ShownText(&keepsake.title),
            noun: keepsake.noun(),
            is_empty: keepsake.days.is_empty(),
            has_tips: !keepsake.tips.is_empty(),
            time,
            sum: keepsake.sum(),
            days: &keepsake.days,
            years: contents.len(),
            mood: pictures::line(&keepsake.moods),
            has_moods: keepsake.spells.iter().any(|spell| spell.mood.is_some()),
            spells: keepsake.spells.iter().map(SpellRow::of).collect(),
            contents,
        }
    }

    /// The calendars. Each is made when its turn comes, for it takes much more memory than its
    /// days.
    fn calendars(&self) -> impl Iterator<Item = YearPicture> {
        pictures::years(self.days, self.noun)
    }
}

impl<'a> TipPart<'a> {
    fn of(tip: &'a KeepsakeTip, anchor: usize, noun: EntryNoun) -> TipPart<'a> {
        const MANY: usize = 12;
        let summary = match tip.entries[..] {
            [first, .., last] if tip.entries.len() > MANY => Some(format!(
                "{}, {} to {}",
                noun.count(tip.entries.len()),
                first.day.short(),
                last.day.short()
            )),
            _ => None,
        };
        TipPart {
            anchor,
            number: tip_number(&tip.deck, &tip.slug, tip.number),
            title: ShownText(&tip.title),
            gist: ShownText(&tip.gist),
            is_answered: !tip.entries.is_empty(),
            summary,
        }
    }
}

impl MonthPart {
    fn of(day: Day) -> MonthPart {
        MonthPart {
            anchor: month_anchor(day),
            name: day.date().format("%B %-Y").to_string(),
        }
    }
}

impl<'a> EntryPart<'a> {
    fn of(entry: &'a Entry, anchors: &TipAnchors<'_>) -> EntryPart<'a> {
        let prompt = |reflection: &'a Reflection| PromptView {
            anchor: anchors
                .get(&(reflection.deck.as_str(), reflection.tip.as_str()))
                .copied(),
            label: tip_label(&reflection.deck, &reflection.tip, reflection.number),
            title: ShownText(&reflection.title),
            question: reflection.question.as_deref().map(ShownText),
        };
        EntryPart {
            entry,
            prompts: entry.reflections.iter().map(prompt).collect(),
        }
    }

    fn text(&self) -> EscapedHtml<String> {
        prose::html(&self.entry.text)
    }

    /// The tags that do not stand in the text.
    fn tags(&self) -> Vec<ShownText<'a>> {
        let typed = Tag::in_text(&self.entry.text);
        let tags = self.entry.tags.iter().filter(|tag| !typed.contains(tag));
        tags.map(|tag| ShownText(tag.as_str())).collect()
    }

    fn kind(&self) -> Option<&'static str> {
        match self.entry.kind.name() {
            KindName::Page => None,
            KindName::Letter => Some("Letter, not sent"),
            KindName::Reason => Some("Reason"),
            KindName::Urge => Some("Urge"),
            KindName::Contact => Some("Contact"),
        }
    }

    /// The time of day, with the date if it was written long after its day.
    fn written(&self) -> String {
        let local = self.entry.written_at.naive_local();
        // Do not name the date for the small hours: they still belong to the day.
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
    /// The mood as five dots, as many of them full.
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

impl SpellRow {
    fn of(spell: &KeepsakeSpell) -> SpellRow {
        SpellRow {
            name: name(spell.from, spell.to),
            days: count::grouped(spell.days),
            entries: count::grouped(spell.entries),
            words: count::grouped(spell.words),
            mood: spell.mood.map_or("–".to_owned(), decimal),
        }
    }
}

/// The months of every year, for the contents.
fn contents(days: &[KeepsakeDay], noun: EntryNoun) -> Vec<YearOfMonths> {
    let entries = |days: &[KeepsakeDay]| days.iter().map(|day| day.entries).sum::<u64>();
    let mut years: Vec<YearOfMonths> = days
        .chunk_by(|a, b| a.day.date().year() == b.day.date().year())
        .map(|year| {
            let month = |number: u32| {
                year.chunk_by(|a, b| month_of(a.day) == month_of(b.day))
                    .find(|month| month[0].day.date().month() == number)
            };
            let all = MONTHS.iter().zip(1..).map(|(name, number)| MonthOfYear {
                name,
                short: &name[..3],
                there: month(number)
                    .map(|days| (month_anchor(days[0].day), noun.count(entries(days)))),
            });
            YearOfMonths {
                year: year[0].day.date().year(),
                open: false,
                count: noun.count(entries(year)),
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

fn month_of(day: Day) -> (i32, u32) {
    (day.date().year(), day.date().month())
}

/// The anchor of the entries of a month.
fn month_anchor(day: Day) -> String {
    format!("m{}", day.date().format("%Y-%m"))
}

/// The name of a stretch of days.
fn name(from: Day, to: Day) -> String {
    let period = Period {
        from: Some(from),
        to,
    };
    period.to_string()
}

/// The line for an entry in a list: the beginning of its first line, without the marker of a
/// heading.
fn beginning(first_line: &str) -> String {
    const LONGEST: usize = 110;
    let line = first_line.trim_start_matches(['#', '>', ' ']);
    let line = if line.is_empty() { first_line } else { line };
    let near: String = line.chars().take(LONGEST).collect();
    let near = if near.len() < line.len() {
        // Cut at the end of a word, if there is one in reach.
        let end = near.rfind(' ').filter(|end| *end > LONGEST / 2);
        format!("{} …", near[..end.unwrap_or(near.len())].trim_end())
    } else {
        near
    };
    ShownText(&near).to_string()
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
        // They hold no address, so nothing is loaded.
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
        assert!(!SCRIPT.contains("innerHTML") && !SCRIPT.contains("eval"));
    }
}
