//! `onward tips`

use serde::Serialize;

use crate::decks::Tip;
use crate::error::{Error, Result};
use crate::journal::Coverage;
use crate::model::choose::TipRecord;
use crate::model::entry::{BUILT_IN_DECK, tip_number};
use crate::model::{Entry, count};
use crate::session::{Session, Status};
use crate::view::coverage::{CoverageJson, coverage_in_words, coverage_marks, tip_mark};
use crate::view::entry::{self, EntryJson};
use crate::view::{Line, Page, Style, View, text};

/// Show which tips have been reflected on, or one tip whole
///
/// Below the tips of each deck stand its questions of the week, and at the end the tips you
/// once reflected on whose deck is not in use.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A tip's number or slug, or deck/number, or week/number for a question of the week: its
    /// text, its questions and every reflection on it
    #[arg(value_name = "N")]
    tip: Option<String>,
    /// Only the tips of this deck
    #[arg(long, value_name = "SLUG", conflicts_with = "tip")]
    deck: Option<String>,
}

/// Shows the coverage of the decks, or a tip.
///
/// # Errors
/// [`Error::NoSuchTip`]; [`Error::NoSuchDeck`].
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal_to_read()?;
    let today = context.today();
    let mut coverage = journal.coverage(today, context.week_of(today))?;
    let mut elsewhere: Vec<TipsNotInUse> = journal
        .remembered()?
        .into_iter()
        .map(|coverage| TipsNotInUse {
            there: coverage.deck == BUILT_IN_DECK
                || context.shelf.get(&coverage.deck).is_some(),
            coverage,
        })
        .collect();
    match &args.tip {
        None => {
            if let Some(wanted) = &args.deck {
                coverage.retain(|coverage| coverage.deck == *wanted);
                elsewhere.retain(|elsewhere| elsewhere.coverage.deck == *wanted);
                if coverage.is_empty() && elsewhere.is_empty() {
                    return Err(Error::NoSuchDeck {
                        wanted: wanted.clone(),
                        in_use: true,
                    });
                }
            }
            context.output.show_long(&AllTipsView {
                several: journal.decks().all().len() > 1,
                coverage,
                elsewhere,
            })?;
        }
        Some(wanted) => {
            let tip = journal.find_tip(wanted)?;
            let reflections = journal.reflections_on(&tip)?;
            let in_use = coverage.iter().any(|coverage| coverage.deck == tip.deck);
            let known = coverage
                .into_iter()
                .chain(elsewhere.into_iter().map(|elsewhere| elsewhere.coverage))
                .flat_map(|coverage| coverage.tips.into_iter().chain(coverage.questions))
                .find(|(other, _)| other.key() == tip.key());
            context.output.show_long(&OneTipView {
                gone: !in_use || tip.questions.is_empty(),
                record: known.map(|(_, record)| record).unwrap_or_default(),
                tip,
                reflections,
            })?;
        }
    }
    Ok(Status::Done)
}

/// The room for the facts of a tip, in columns: `9 days, last Wed 25 Nov 2026  ← today`. If the
/// longest facts do not fit beside the titles, all go below them, so that a list looks the same
/// every day.
const LONGEST_FACTS: usize = 38;

/// The room for the facts of a question of the week, in columns: `last Wed 25 Nov 2026  ← now`.
const LONGEST_LAST: usize = 27;

struct AllTipsView {
    /// `true` if several decks are in use. A number alone may then be ambiguous.
    several: bool,
    coverage: Vec<Coverage>,
    elsewhere: Vec<TipsNotInUse>,
}

/// Tips that were reflected on and are in no deck that is in use.
struct TipsNotInUse {
    coverage: Coverage,
    /// `true` if the deck still exists.
    there: bool,
}

#[derive(Serialize)]
struct AllTipsJson<'a> {
    coverage: Vec<CoverageJson<'a>>,
    not_in_use: Vec<TipsNotInUseJson<'a>>,
}

#[derive(Serialize)]
struct TipsNotInUseJson<'a> {
    deck: &'a str,
    there: bool,
    tips: Vec<RememberedJson<'a>>,
}

#[derive(Serialize)]
struct RememberedJson<'a> {
    number: u32,
    slug: &'a str,
    title: &'a str,
    reflections: u32,
    last_reflected: Option<String>,
}

impl AllTipsView {
    /// The name to type for a tip.
    fn name(&self, tip: &Tip) -> String {
        let short = tip_number(&tip.deck, &tip.slug, tip.number);
        match self.several && tip.deck == BUILT_IN_DECK {
            true => format!("{}/{short}", tip.deck),
            false => short,
        }
    }
}

impl View for AllTipsView {
    fn json(&self) -> impl Serialize {
        fn remembered((tip, record): &(Tip, TipRecord)) -> RememberedJson<'_> {
            RememberedJson {
                number: tip.number,
                slug: &tip.slug,
                title: &tip.title,
                reflections: record.reflections,
                last_reflected: record.last_reflected.map(|day| day.to_string()),
            }
        }
        fn elsewhere(TipsNotInUse { coverage, there }: &TipsNotInUse) -> TipsNotInUseJson<'_> {
            TipsNotInUseJson {
                deck: &coverage.deck,
                there: *there,
                tips: coverage
                    .tips
                    .iter()
                    .chain(&coverage.questions)
                    .map(remembered)
                    .collect(),
            }
        }
        AllTipsJson {
            coverage: self.coverage.iter().map(CoverageJson::of).collect(),
            not_in_use: self.elsewhere.iter().map(elsewhere).collect(),
        }
    }

    fn human(&self, page: &mut Page) {
        for coverage in &self.coverage {
            self.deck_on(page, coverage);
        }
        for TipsNotInUse { coverage, there } in &self.elsewhere {
            page.blank();
            let what = match there {
                true => "not in use",
                false => "no longer there",
            };
            let title = format!("{} ({what})", coverage.title);
            page.paragraph(2, Style::Strong, &title);
            page.blank();
            for tips in [&coverage.tips, &coverage.questions] {
                tip_rows_on(page, tips, None, |_, record| TipRow {
                    filled: true,
                    times: times(record),
                    arrows: Vec::new(),
                });
            }
        }
        page.blank();
        let all = self
            .coverage
            .iter()
            .chain(self.elsewhere.iter().map(|e| &e.coverage));
        let mut tips = all.flat_map(|coverage| coverage.tips.iter().chain(&coverage.questions));
        if let Some((tip, _)) = tips.next() {
            let number = self.name(tip);
            let hint = format!("One tip whole, with all you wrote to it: onward tips {number}");
            page.paragraph(2, Style::Faint, &hint);
            page.blank();
        }
    }
}

impl AllTipsView {
    /// Puts a deck in use on a page: its coverage, its tips and its questions of the week.
    fn deck_on(&self, page: &mut Page, coverage: &Coverage) {
        page.blank();
        page.line(Line::from("  ") + Style::Strong.on(coverage.title.as_str()));
        coverage_on(page, coverage);
        page.blank();
        tip_rows_on(page, &coverage.tips, Some(LONGEST_FACTS), |tip, record| {
            TipRow {
                filled: coverage.is_covered_in_round(record),
                times: times(record),
                arrows: [(&coverage.today, "← today"), (&coverage.next, "← next")]
                    .into_iter()
                    .filter(|(slug, _)| slug.as_ref() == Some(&tip.slug))
                    .map(|(_, arrow)| arrow)
                    .collect(),
            }
        });
        let Some((question, _)) = coverage.questions.first() else {
            return;
        };
        page.blank();
        let number = self.name(question);
        let words = format!("Questions of the week (one whole: onward tips {number})");
        page.paragraph(2, Style::Plain, &words);
        page.blank();
        tip_rows_on(
            page,
            &coverage.questions,
            Some(LONGEST_LAST),
            |tip, record| TipRow {
                filled: record.reflections > 0,
                times: match record.last_reflected {
                    Some(last) => format!("last {}", last.short()),
                    None => "not yet".to_owned(),
                },
                arrows: match coverage.this_week.as_ref() == Some(&tip.slug) {
                    true => vec!["← now"],
                    false => Vec::new(),
                },
            },
        );
    }
}

/// Puts the coverage of a deck on a page, in marks and in words: on one line if they fit.
fn coverage_on(page: &mut Page, coverage: &Coverage) {
    let words = coverage_in_words(coverage);
    let marks = Line::from("  ") + coverage_marks(coverage);
    if marks.width() + 2 > page.width() {
        page.paragraph(2, Style::Plain, &words);
        return;
    }
    let beside = marks.clone() + "  " + words.as_str();
    if page.is_roomy() && beside.width() <= page.prose_width() {
        page.line(beside);
    } else {
        page.line(marks);
        page.paragraph(2, Style::Plain, &words);
    }
}

/// The facts that a list shows about a tip.
struct TipRow {
    filled: bool,
    times: String,
    arrows: Vec<&'static str>,
}

/// Puts a list of tips on a page, a line each; two if `longest` columns do not fit beside the
/// titles. `longest` is the room for the facts: `None` for the longest in this list.
fn tip_rows_on(
    page: &mut Page,
    tips: &[(Tip, TipRecord)],
    longest: Option<usize>,
    row: impl Fn(&Tip, &TipRecord) -> TipRow,
) {
    let rows: Vec<(u32, String, String, bool)> = tips
        .iter()
        .map(|(tip, record)| {
            let TipRow {
                filled,
                times,
                arrows,
            } = row(tip, record);
            let facts: Vec<String> = std::iter::once(times)
                .chain(arrows.into_iter().map(str::to_owned))
                .collect();
            let title = text::safe(&tip.title).into_owned();
            (tip.number, title, facts.join("  "), filled)
        })
        .collect();
    let widest = rows.iter().map(|(_, title, ..)| text::width(title)).max();
    let widest = widest.unwrap_or(0).min(page.width().saturating_sub(9));
    let longest = longest.or_else(|| rows.iter().map(|row| text::width(&row.2)).max());
    let beside = page.width() >= 8 + widest + 2 + longest.unwrap_or(0);
    for (number, title, facts, filled) in rows {
        let title = text::fit(&title, widest);
        let lead = Line::from("  ") + tip_mark(filled) + format!(" {number:>2}  {title}");
        if beside {
            page.line(lead.padded_to(8 + widest + 2) + Style::Faint.on(facts));
        } else {
            page.line(lead);
            page.paragraph(8, Style::Faint, &facts);
        }
    }
}

/// The number of days and the last day: `3 days, last 20 Nov 2026`.
fn times(record: &TipRecord) -> String {
    match record.last_reflected {
        Some(last) => {
            let days = count::with_noun(record.reflections, "day", "days");
            format!("{days}, last {}", last.short())
        }
        None => "not yet".to_owned(),
    }
}

struct OneTipView {
    tip: Tip,
    /// `true` if the tip is in no deck that is in use.
    gone: bool,
    record: TipRecord,
    reflections: Vec<Entry>,
}

#[derive(Serialize)]
struct OneTipJson<'a> {
    tip: WholeTipJson<'a>,
}

#[derive(Serialize)]
struct WholeTipJson<'a> {
    deck: &'a str,
    number: u32,
    slug: &'a str,
    title: &'a str,
    gist: &'a str,
    practice: &'a str,
    recall_reason: bool,
    questions: &'a [String],
    reflections: u32,
    last_reflected: Option<String>,
    last_offered: Option<String>,
    entries: Vec<EntryJson<'a>>,
}

impl View for OneTipView {
    fn json(&self) -> impl Serialize {
        let (tip, record) = (&self.tip, &self.record);
        OneTipJson {
            tip: WholeTipJson {
                deck: &tip.deck,
                number: tip.number,
                slug: &tip.slug,
                title: &tip.title,
                gist: &tip.gist,
                practice: &tip.practice,
                recall_reason: tip.recall_reason,
                questions: &tip.questions,
                reflections: record.reflections,
                last_reflected: record.last_reflected.map(|day| day.to_string()),
                last_offered: record.last_offered.map(|(day, _)| day.to_string()),
                entries: self.reflections.iter().map(EntryJson::of).collect(),
            },
        }
    }

    fn human(&self, page: &mut Page) {
        let tip = &self.tip;
        page.blank();
        let lead = Line::from(format!("  {} · ", tip.label()));
        page.line(lead + Style::Strong.on(text::safe(&tip.title)));
        page.blank();
        if self.gone {
            let words = "This tip is in no deck in use. What you wrote to it is here.";
            page.paragraph(2, Style::Plain, words);
            page.blank();
        } else {
            page.paragraph(2, Style::Plain, &tip.gist);
            page.blank();
        }
        if !tip.practice.is_empty() {
            page.labelled("Practice", Style::Plain, &tip.practice);
            page.blank();
        }
        let mut lines = Vec::new();
        for question in &tip.questions {
            let wrapped = text::wrap(&text::safe(question), page.width_beside_label() - 2);
            for (at, line) in wrapped.into_iter().enumerate() {
                lines.push(format!("{} {line}", if at == 0 { "·" } else { " " }));
            }
        }
        if !lines.is_empty() {
            page.labelled_lines("Questions", lines);
            page.blank();
        }
        page.labelled("Reflected", Style::Plain, &times(&self.record));
        for entry in &self.reflections {
            page.separator();
            entry::entries_on(page, std::slice::from_ref(entry));
        }
        if self.reflections.is_empty() {
            page.blank();
        }
    }
}
