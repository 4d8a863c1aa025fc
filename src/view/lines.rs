//! Shows entries as one line each, in columns, and their number.

use serde::Serialize;

use super::{Line, Page, Style, View, text};
use crate::model::entry::tip_number;
use crate::model::{Entry, KindName};

/// The maximum width of the tips in a line.
const MOST_TIPS: usize = 24;

/// A command's answer that is only a number of entries.
#[derive(Serialize)]
pub struct EntryCount {
    /// The number.
    pub count: u64,
}

impl View for EntryCount {
    fn json(&self) -> impl Serialize {
        self
    }

    fn human(&self, page: &mut Page) {
        page.line(self.count.to_string());
    }
}

/// The widths of the columns of a list of entries: number, day, kind, tips, mood, star. A
/// column is left out if no entry has anything in it.
pub struct EntryColumns {
    number: usize,
    kind: usize,
    tip: usize,
    mood: usize,
    starred: bool,
}

impl EntryColumns {
    /// The columns that these entries need.
    pub fn of(entries: &[Entry], page: &Page) -> EntryColumns {
        let widest = |column: fn(&Entry, &Page) -> String| {
            let widths = entries
                .iter()
                .map(|entry| text::width(&column(entry, page)));
            widths.max().unwrap_or(0)
        };
        EntryColumns {
            number: widest(number),
            kind: widest(kind),
            tip: widest(tips),
            mood: widest(mood),
            starred: entries.iter().any(|entry| entry.starred),
        }
    }

    /// An entry laid out in these columns. Text that is appended begins in the next column.
    pub fn line(&self, entry: &Entry, page: &Page) -> Line {
        let mut line = Line::default();
        let gap = gap(page);
        let mut column = |text: String, style: Style| {
            line = std::mem::take(&mut line) + style.on(text) + gap;
        };
        column(
            format!("{:>1$}", number(entry, page), self.number),
            Style::Strong,
        );
        let day = if page.is_roomy() {
            format!("{:<15}", entry.day.short())
        } else {
            entry.day.to_string()
        };
        column(day, Style::Plain);
        if self.kind > 0 {
            column(
                format!("{:<1$}", kind(entry, page), self.kind),
                Style::Faint,
            );
        }
        if self.tip > 0 {
            column(format!("{:<1$}", tips(entry, page), self.tip), Style::Faint);
        }
        if self.mood > 0 {
            column(
                format!("{:<1$}", mood(entry, page), self.mood),
                Style::Faint,
            );
        }
        if self.starred {
            let star = if entry.starred { "★" } else { " " };
            column(star.to_owned(), Style::Accent);
        }
        line
    }

    /// The offset at which the second column begins.
    pub fn behind_number(&self, page: &Page) -> usize {
        self.number + gap(page).len()
    }
}

fn gap(page: &Page) -> &'static str {
    if page.is_roomy() { "  " } else { " " }
}

fn number(entry: &Entry, _: &Page) -> String {
    format!("#{}", entry.number)
}

fn kind(entry: &Entry, _: &Page) -> String {
    match entry.kind.name() {
        KindName::Page => String::new(),
        kind => kind.to_string(),
    }
}

fn tips(entry: &Entry, page: &Page) -> String {
    let numbers: Vec<String> = entry
        .reflections
        .iter()
        .map(|r| tip_number(&r.deck, &r.tip, r.number))
        .collect();
    match numbers.join(",") {
        none if none.is_empty() => none,
        numbers if page.is_roomy() => text::fit(&format!("Tip {numbers}"), MOST_TIPS),
        numbers => text::fit(&numbers, MOST_TIPS / 2),
    }
}

fn mood(entry: &Entry, page: &Page) -> String {
    match entry.mood {
        Some(mood) if page.is_roomy() => format!("{}/5", mood.value()),
        _ => String::new(),
    }
}
