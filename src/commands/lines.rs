//! What commands share that answer with entries, a line each: how many, and in which columns.

use serde::Serialize;

use crate::model::entry::tip_number;
use crate::model::{Entry, Kind};
use crate::output::{Page, Style, View, text};

/// How many entries are shown unless asked otherwise.
const USUAL: usize = 20;

/// The most columns that tips take on a line.
const MOST_TIPS: usize = 24;

/// How many entries are wanted.
#[derive(Debug, Clone, clap::Args)]
pub struct Amount {
    /// Show at most N entries
    #[arg(short = 'n', value_name = "N", default_value_t = USUAL, value_parser = at_least_one)]
    most: usize,
    /// Show every entry
    #[arg(long, conflicts_with = "most")]
    all: bool,
    /// Answer with the number of entries alone
    #[arg(long, conflicts_with_all = ["most", "all"])]
    pub count: bool,
}

impl Amount {
    /// The most entries to show; `None` for every one.
    pub fn limit(&self) -> Option<usize> {
        (!self.all).then_some(self.most)
    }
}

/// None at all can be meant as none or as no limit; there is a flag for each.
fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("use --all for every entry, --count for how many there are".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err("a number from 1 is wanted".to_owned()),
    }
}

/// A number of entries as the whole answer.
#[derive(Serialize)]
pub struct Count {
    /// The number.
    pub count: u64,
}

impl View for Count {
    fn json(&self) -> impl Serialize {
        self
    }

    fn human(&self, page: &mut Page) {
        page.line(self.count.to_string());
    }
}

/// The columns in which entries stand: number, day, kind, tips, mood, star. One stands only where
/// some entry has something to say in it.
pub struct Columns {
    number: usize,
    kind: usize,
    tip: usize,
    mood: usize,
    starred: bool,
}

impl Columns {
    /// The columns that these entries need.
    pub fn of(entries: &[Entry], page: &Page) -> Columns {
        let widest = |column: fn(&Entry, &Page) -> String| {
            let widths = entries
                .iter()
                .map(|entry| text::width(&column(entry, page)));
            widths.max().unwrap_or(0)
        };
        Columns {
            number: widest(number),
            kind: widest(kind),
            tip: widest(tips),
            mood: widest(mood),
            starred: entries.iter().any(|entry| entry.starred),
        }
    }

    /// An entry in these columns, ready for the page, and how wide that is. What follows
    /// begins in the next column.
    pub fn line(&self, entry: &Entry, page: &Page) -> (String, usize) {
        let mut painted = String::new();
        let mut width = 0;
        let gap = gap(page);
        let mut column = |text: String, style: Style| {
            painted.push_str(&page.paint(style, &text));
            painted.push_str(gap);
            width += text::width(&text) + gap.len();
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
        (painted, width)
    }

    /// Where the second column begins.
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
    match entry.kind {
        Kind::Page => String::new(),
        kind => kind.name().to_owned(),
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
