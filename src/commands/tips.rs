//! `onward tips`

use serde::Serialize;

use super::coverage::{CoverageJson, bar, standing};
use super::entry::{self, EntryJson};
use super::{Context, Status};
use crate::decks::Tip;
use crate::error::Result;
use crate::journal::{Coverage, TipRecord};
use crate::model::Entry;
use crate::output::{Page, Style, View, text};

/// Show which tips have been reflected on, or one tip whole
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A tip's number or slug: its text, its questions and every reflection on it
    #[arg(value_name = "N")]
    tip: Option<String>,
}

/// Shows the coverage of the deck, or a tip.
///
/// # Errors
/// A tip that does not exist; whatever keeps the journal from being read.
pub fn run(args: &Args, context: &Context) -> Result<Status> {
    let journal = context.open_to_read()?;
    let coverage = journal.coverage(context.today())?;
    match &args.tip {
        None => context.output.show_long(&AllTips(coverage))?,
        Some(wanted) => {
            let tip = journal.deck().find(wanted)?.clone();
            let reflections = journal.reflections_on(&tip)?;
            let record = coverage
                .tips
                .into_iter()
                .find(|(other, _)| other.slug == tip.slug);
            context.output.show_long(&OneTip {
                deck: coverage.deck,
                record: record.map(|(_, record)| record).unwrap_or_default(),
                tip,
                reflections,
            })?;
        }
    }
    Ok(Status::Done)
}

/// Columns for what is said of a tip: `12 days, last Wed 25 Nov 2026  ← today`.
const LONGEST_FACTS: usize = 38;

struct AllTips(Coverage);

#[derive(Serialize)]
struct AllTipsJson<'a> {
    coverage: [CoverageJson<'a>; 1],
}

impl View for AllTips {
    fn json(&self) -> impl Serialize {
        AllTipsJson {
            coverage: [CoverageJson::of(&self.0)],
        }
    }

    fn human(&self, page: &mut Page) {
        let coverage = &self.0;
        page.blank();
        let title = page.paint(Style::Strong, &coverage.title);
        page.line(format!("  {title}"));
        let bar = bar(page, coverage);
        if page.is_roomy() {
            page.line(format!("  {bar}  {}", standing(coverage)));
        } else {
            page.line(format!("  {bar}"));
            page.paragraph(2, Style::Plain, &standing(coverage));
        }
        page.blank();
        let widest = coverage
            .tips
            .iter()
            .map(|(tip, _)| text::width(&tip.title))
            .max();
        let widest = widest.unwrap_or(0).min(page.width().saturating_sub(9));
        // The longest facts there can be stand beside the titles, or all stand below them.
        let beside = page.width() >= 7 + widest + 2 + LONGEST_FACTS;
        for (tip, record) in &coverage.tips {
            let mark = if coverage.is_covered_in_round(record) {
                page.paint(Style::Good, "●")
            } else {
                page.paint(Style::Faint, "○")
            };
            let mut facts = vec![times(record)];
            if coverage.today.as_ref() == Some(&tip.slug) {
                facts.push("← today".to_owned());
            }
            if coverage.next.as_ref() == Some(&tip.slug) {
                facts.push("← next".to_owned());
            }
            let facts = facts.join("  ");
            let title = text::fit(&tip.title, widest);
            let lead = format!("  {mark} {:>2}  {title}", tip.number);
            if beside {
                let pad = widest - text::width(&title) + 2;
                page.line(format!(
                    "{lead}{:pad$}{}",
                    "",
                    page.paint(Style::Faint, &facts)
                ));
            } else {
                page.line(lead);
                page.paragraph(8, Style::Faint, &facts);
            }
        }
        page.blank();
        page.paragraph(
            2,
            Style::Faint,
            "One tip whole, with all you wrote to it: onward tips 1",
        );
        page.blank();
    }
}

/// How often and when last: `3 days, last 20 Nov 2026`.
fn times(record: &TipRecord) -> String {
    match record.last_reflected {
        Some(last) => {
            let days = text::count(record.reflections as usize, "day", "days");
            format!("{days}, last {}", last.short())
        }
        None => "not yet".to_owned(),
    }
}

struct OneTip {
    deck: String,
    tip: Tip,
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

impl View for OneTip {
    fn json(&self) -> impl Serialize {
        let (tip, record) = (&self.tip, &self.record);
        OneTipJson {
            tip: WholeTipJson {
                deck: &self.deck,
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
        let title = page.paint(Style::Strong, &tip.title);
        page.line(format!("  Tip {} · {title}", tip.number));
        page.blank();
        page.paragraph(2, Style::Plain, &tip.gist);
        page.blank();
        page.labelled("Practice", Style::Plain, &tip.practice);
        page.blank();
        let mut lines = Vec::new();
        for question in &tip.questions {
            let wrapped = text::wrap(&text::safe(question), page.beside_label() - 2);
            for (at, line) in wrapped.into_iter().enumerate() {
                lines.push(format!("{} {line}", if at == 0 { "·" } else { " " }));
            }
        }
        page.labelled_lines("Questions", lines);
        page.blank();
        page.labelled("Reflected", Style::Plain, &times(&self.record));
        for entry in &self.reflections {
            page.apart();
            entry::whole(page, std::slice::from_ref(entry));
        }
        if self.reflections.is_empty() {
            page.blank();
        }
    }
}
