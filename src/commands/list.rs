//! `onward list`

use super::entry::EntriesJson;
use super::filters::Filters;
use super::{Context, Status};
use crate::error::Result;
use crate::model::{Entry, Order};
use crate::output::{Page, Style, View, text};

/// How many entries are listed unless asked otherwise.
const USUAL: usize = 20;

/// List entries, the newest first, one line each
#[derive(Debug, clap::Args)]
pub struct Args {
    /// List at most N entries
    #[arg(short = 'n', value_name = "N", default_value_t = USUAL, value_parser = limit)]
    limit: usize,
    #[command(flatten)]
    filters: Filters,
}

fn limit(text: &str) -> std::result::Result<usize, &'static str> {
    text.trim().parse().map_err(|_| "write a number, like 20")
}

/// Lists entries.
///
/// # Errors
/// A filter that cannot be meant; whatever keeps the journal from being read.
pub fn run(args: &Args, context: &Context) -> Result<Status> {
    let journal = context.open_to_read()?;
    let filter = args.filters.resolve(context, journal.deck())?;
    // One more than asked tells whether there are more.
    let limit = args.limit.saturating_add(1);
    let mut entries = journal.entries(&filter, Order::NewestFirst, Some(limit))?;
    let more = entries.len() > args.limit;
    entries.truncate(args.limit);
    context.output.show_long(&Lines(&entries))?;
    if entries.is_empty() && !more {
        context.output.note(if filter == Default::default() {
            "Nothing is written yet. Begin with onward write."
        } else {
            "No entries. Fewer filters find more."
        });
        return Ok(Status::NothingFound);
    }
    if more {
        let twice = args.limit.saturating_mul(2).max(USUAL);
        context
            .output
            .note(&format!("There are more: onward list -n {twice}."));
    }
    Ok(Status::Done)
}

/// Entries, a line each.
struct Lines<'a>(&'a [Entry]);

impl View for Lines<'_> {
    fn json(&self) -> impl serde::Serialize {
        EntriesJson::of(self.0)
    }

    fn human(&self, page: &mut Page) {
        // A column stands only where some entry has something to say in it.
        let numbers = self.0.iter().map(|entry| format!("#{}", entry.number));
        let tips = self.0.iter().map(|entry| {
            let numbers: Vec<String> = entry
                .reflections
                .iter()
                .map(|r| r.number.to_string())
                .collect();
            match numbers.join(",") {
                none if none.is_empty() => none,
                numbers if page.is_roomy() => format!("Tip {numbers}"),
                numbers => numbers,
            }
        });
        let moods = self.0.iter().map(|entry| match entry.mood {
            Some(mood) => format!("{}/5", mood.value()),
            None => String::new(),
        });
        let numbers: Vec<String> = numbers.collect();
        let tips: Vec<String> = tips.collect();
        let moods: Vec<String> = moods.collect();
        let widest = |column: &[String]| column.iter().map(String::len).max().unwrap_or(0);
        let (number_width, tip_width, mood_width) =
            (widest(&numbers), widest(&tips), widest(&moods));
        let starred = self.0.iter().any(|entry| entry.starred);

        for (at, entry) in self.0.iter().enumerate() {
            let day = if page.is_roomy() {
                format!("{:<15}", entry.day.short())
            } else {
                entry.day.to_string()
            };
            let gap = if page.is_roomy() { "  " } else { " " };
            let mut plain = String::new();
            let mut painted = String::new();
            let mut column = |text: String, style: Style| {
                painted.push_str(&page.paint(style, &text));
                painted.push_str(gap);
                plain.push_str(&text);
                plain.push_str(gap);
            };
            column(format!("{:>number_width$}", numbers[at]), Style::Strong);
            column(day, Style::Plain);
            if tip_width > 0 {
                column(format!("{:<tip_width$}", tips[at]), Style::Faint);
            }
            if mood_width > 0 && page.is_roomy() {
                column(format!("{:<mood_width$}", moods[at]), Style::Faint);
            }
            if starred {
                column(
                    (if entry.starred { "★" } else { " " }).to_owned(),
                    Style::Accent,
                );
            }
            let room = page.width().min(120).saturating_sub(text::width(&plain));
            page.line(format!("{painted}{}", text::fit(entry.first_line(), room)));
        }
    }
}
