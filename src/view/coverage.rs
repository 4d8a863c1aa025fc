//! Shows the coverage of a deck: in a sentence, in marks, and as JSON.

use serde::Serialize;

use super::{Line, Page, Style, text};
use crate::journal::Coverage;
use crate::model::count;

/// The coverage of a deck as JSON.
#[derive(Serialize)]
pub struct CoverageJson<'a> {
    deck: &'a str,
    round: u32,
    covered: usize,
    covered_in_round: usize,
    total: usize,
    tips: Vec<TipJson<'a>>,
    questions: Vec<QuestionJson<'a>>,
}

#[derive(Serialize)]
struct QuestionJson<'a> {
    number: u32,
    slug: &'a str,
    title: &'a str,
    reflections: u32,
    last_reflected: Option<String>,
    last_offered: Option<String>,
    this_week: bool,
}

#[derive(Serialize)]
struct TipJson<'a> {
    number: u32,
    slug: &'a str,
    title: &'a str,
    reflections: u32,
    last_reflected: Option<String>,
    last_offered: Option<String>,
    today: bool,
    next: bool,
}

impl<'a> CoverageJson<'a> {
    /// The coverage of a deck.
    pub fn of(coverage: &'a Coverage) -> CoverageJson<'a> {
        let tips = coverage.tips.iter().map(|(tip, record)| TipJson {
            number: tip.number,
            slug: &tip.slug,
            title: &tip.title,
            reflections: record.reflections,
            last_reflected: record.last_reflected.map(|day| day.to_string()),
            last_offered: record.last_offered.map(|(day, _)| day.to_string()),
            today: coverage.today.as_ref() == Some(&tip.slug),
            next: coverage.next.as_ref() == Some(&tip.slug),
        });
        let questions = coverage.questions.iter().map(|(tip, record)| QuestionJson {
            number: tip.number,
            slug: &tip.slug,
            title: &tip.title,
            reflections: record.reflections,
            last_reflected: record.last_reflected.map(|day| day.to_string()),
            last_offered: record.last_offered.map(|(day, _)| day.to_string()),
            this_week: coverage.this_week.as_ref() == Some(&tip.slug),
        });
        CoverageJson {
            deck: &coverage.deck,
            round: coverage.round(),
            covered: coverage.covered(),
            covered_in_round: coverage.covered_in_round(),
            total: coverage.total(),
            tips: tips.collect(),
            questions: questions.collect(),
        }
    }
}

/// The coverage of a deck in words: `6 of 10 tips reflected on, round 1`.
pub fn coverage_in_words(coverage: &Coverage) -> String {
    format!(
        "{} of {} reflected on, round {}",
        coverage.covered_in_round(),
        count::with_noun(coverage.total(), "tip", "tips"),
        coverage.round()
    )
}

/// The coverage of a deck in marks and in words, as lines that fit beside a label.
pub fn coverage_lines(page: &Page, coverage: &Coverage) -> Vec<Line> {
    let standing = coverage_in_words(coverage);
    let room = page.width_beside_label();
    let bar = coverage_marks(coverage);
    if text::width(&standing) + coverage.total() + 2 <= room {
        return vec![bar + "  " + standing];
    }
    // Marks that run over a line cannot be counted by eye: leave them out.
    let bar = (coverage.total() <= room).then_some(bar);
    let standing = text::wrap(&standing, room).into_iter().map(Line::from);
    bar.into_iter().chain(standing).collect()
}

/// A mark for each tip, in the order of the deck; filled if the tip is covered in this round.
pub fn coverage_marks(coverage: &Coverage) -> Line {
    let tips = coverage.tips.iter();
    tips.map(|(_, record)| tip_mark(coverage.is_covered_in_round(record)))
        .collect()
}

/// A mark, filled or not.
pub fn tip_mark(filled: bool) -> Line {
    match filled {
        true => Style::Good.on("●"),
        false => Style::Faint.on("○"),
    }
}
