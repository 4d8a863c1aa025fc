//! `onward stats`

use chrono::Datelike;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::journal::Stats;
use crate::model::entry::tip_number;
use crate::model::lookback::{DayRun, DayShare, Heatmap, StretchFigures};
use crate::model::{CalendarUnit, Day, Filter, Period, count};
use crate::session::filters::Filters;
use crate::session::{NOTHING_WRITTEN, Session, Status};
use crate::view::figures::{RunJson, mean_mood_in_words, rounded_mean};
use crate::view::{Line, Page, Style, View, picture, text};

/// The signs of the calendar: a day without entries, then days with few words to many.
const LEVELS: [&str; 5] = ["·", "▂", "▄", "▆", "█"];
/// The width before the columns of the weeks, in columns: an indent and the weekday.
const BEFORE_WEEKS: usize = 6;

/// A younger journal still shows this many weeks.
const FEW_WEEKS: usize = 12;

/// Show your journal in numbers
///
/// Days written on, days in a row, words, a calendar of the year, moods by week, words by
/// month, tags and tips.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only this year
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(1..=9999))]
    year: Option<i32>,
    #[command(flatten)]
    filters: Filters,
}

/// Shows the journal in numbers.
///
/// # Errors
/// [`Error::Usage`] for a year in the future; those of [`Filters::resolve`].
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal_to_read()?;
    let today = context.today();
    let filter = args.filters.resolve(context, journal)?;
    if let Some(year) = args.year.filter(|year| *year > today.date().year()) {
        return Err(Error::usage(format!("{year} is still to come")));
    }
    let stats = journal.stats(&filter, args.year, today)?;
    context.output.show_long(&StatsView {
        stats: &stats,
        year: args.year,
        today,
        streaks: context.config.streaks,
        filtered: filter != Filter::default(),
    })?;
    if stats.entries == 0 {
        let sentence = match args.year {
            _ if filter != Filter::default() => {
                "No entries. Fewer filters find more.".to_owned()
            }
            Some(year) => format!("Nothing is written in {year}."),
            None => NOTHING_WRITTEN.to_owned(),
        };
        let of_year = Filter {
            from: args.year.and_then(|year| Day::from_ymd(year, 1, 1)),
            to: args.year.and_then(|year| Day::from_ymd(year, 12, 31)),
            ..Filter::default()
        };
        let filter = if args.year.is_some() { of_year } else { filter };
        let sentence = context.nothing_found_sentence(journal, &filter, &sentence)?;
        context.output.status(&sentence);
        return Ok(Status::NothingFound);
    }
    Ok(Status::Done)
}

struct StatsView<'a> {
    stats: &'a Stats,
    year: Option<i32>,
    today: Day,
    streaks: bool,
    filtered: bool,
}

#[derive(Serialize)]
struct StatsAnswerJson<'a> {
    stats: StatsJson<'a>,
}

#[derive(Serialize)]
struct StatsJson<'a> {
    first_day: Option<String>,
    last_day: Option<String>,
    days_written: usize,
    lately: LatelyJson,
    current_run: Option<RunJson>,
    longest_run: Option<RunJson>,
    longest_gap: Option<RunJson>,
    entries: u64,
    starred: u64,
    words: u64,
    words_per_entry: u64,
    heatmap: HeatmapJson,
    mood_by_week: Vec<WeekJson>,
    words_by_month: Vec<MonthJson>,
    tags: Vec<TagJson<'a>>,
    tips: Vec<TipJson<'a>>,
}

#[derive(Serialize)]
struct LatelyJson {
    days_written: usize,
    days: usize,
}

#[derive(Serialize)]
struct HeatmapJson {
    from: Option<String>,
    to: Option<String>,
    words_up_to: [Option<u64>; 4],
    days: Vec<ShadeJson>,
}

#[derive(Serialize)]
struct ShadeJson {
    day: String,
    entries: u64,
    words: u64,
    level: usize,
}

#[derive(Serialize)]
struct WeekJson {
    week: String,
    from: String,
    to: String,
    mood: Option<f64>,
}

#[derive(Serialize)]
struct MonthJson {
    month: String,
    days_written: usize,
    entries: u64,
    words: u64,
}

#[derive(Serialize)]
struct TagJson<'a> {
    tag: &'a str,
    entries: u64,
}

#[derive(Serialize)]
struct TipJson<'a> {
    deck: &'a str,
    tip: &'a str,
    number: u32,
    title: &'a str,
    days: u64,
}

impl View for StatsView<'_> {
    fn json(&self) -> impl Serialize {
        let stats = self.stats;
        let iso = |day: Day| day.to_string();
        let shades = &stats.heatmap.days;
        StatsAnswerJson {
            stats: StatsJson {
                first_day: stats.first.map(iso),
                last_day: stats.last.map(iso),
                days_written: stats.days,
                lately: LatelyJson {
                    days_written: stats.lately.written,
                    days: stats.lately.days,
                },
                current_run: RunJson::of(stats.current_run, self.streaks),
                longest_run: RunJson::of(stats.longest_run, self.streaks),
                longest_gap: RunJson::of(stats.longest_gap, self.streaks),
                entries: stats.entries,
                starred: stats.starred,
                words: stats.words,
                words_per_entry: self.words_per_entry(),
                heatmap: HeatmapJson {
                    from: shades.first().map(|shade| iso(shade.day)),
                    to: shades.last().map(|shade| iso(shade.day)),
                    words_up_to: stats.heatmap.up_to,
                    days: shades
                        .iter()
                        .map(|shade| ShadeJson {
                            day: iso(shade.day),
                            entries: shade.entries,
                            words: shade.words,
                            level: shade.level,
                        })
                        .collect(),
                },
                mood_by_week: stats
                    .weeks
                    .iter()
                    .map(|week| WeekJson {
                        week: week.from.date().format("%G-W%V").to_string(),
                        from: iso(week.from),
                        to: iso(week.to),
                        mood: week.mood.map(rounded_mean),
                    })
                    .collect(),
                words_by_month: stats
                    .months
                    .iter()
                    .map(|month| MonthJson {
                        month: month.from.date().format("%Y-%m").to_string(),
                        days_written: month.written,
                        entries: month.entries,
                        words: month.words,
                    })
                    .collect(),
                tags: stats
                    .tags
                    .iter()
                    .map(|(tag, entries)| TagJson {
                        tag: tag.as_str(),
                        entries: *entries,
                    })
                    .collect(),
                tips: stats
                    .tips
                    .iter()
                    .map(|tip| TipJson {
                        deck: &tip.deck,
                        tip: &tip.tip,
                        number: tip.number,
                        title: &tip.title,
                        days: tip.days,
                    })
                    .collect(),
            },
        }
    }

    fn human(&self, page: &mut Page) {
        if self.stats.entries == 0 {
            return;
        }
        page.blank();
        let title = match self.year {
            Some(year) => format!("Your journal in {year}"),
            None => "Your journal".to_owned(),
        };
        page.paragraph(2, Style::Strong, &title);
        page.blank();
        self.figures_on(page);
        page.blank();
        self.calendar_on(page);
        self.moods_on(page);
        self.months_on(page);
        self.tags_on(page);
        self.tips_on(page);
    }
}

impl StatsView<'_> {
    fn words_per_entry(&self) -> u64 {
        let Stats { words, entries, .. } = self.stats;
        (words + entries / 2).checked_div(*entries).unwrap_or(0)
    }

    fn figures_on(&self, page: &mut Page) {
        let stats = self.stats;
        page.labelled("Written", Style::Plain, &self.days().join("\n"));
        if self.streaks {
            if let Some(run) = stats.current_run {
                page.labelled("Now", Style::Plain, &in_a_row(run, self.today));
            }
            // Do not repeat the current run if it is also the longest.
            if let Some(run) = stats.longest_run
                && stats.current_run != stats.longest_run
            {
                page.labelled("Longest", Style::Plain, &in_a_row(run, self.today));
            }
        }
        let mut amount = format!(
            "{}, {}",
            count::with_noun(stats.entries, "page", "pages"),
            count::with_noun(stats.words, "word", "words")
        );
        if stats.entries > 1 {
            let each = count::grouped(self.words_per_entry());
            amount.push_str(&format!(", about {each} each"));
        }
        if stats.starred > 0 {
            let starred = count::grouped(stats.starred);
            amount.push_str(&format!(", {starred} starred"));
        }
        page.labelled("Pages", Style::Plain, &amount);
    }

    /// The number of days with pages, and the share of all days only if it encourages.
    fn days(&self) -> Vec<String> {
        let stats = self.stats;
        let (Some(first), Some(last)) = (stats.first, stats.last) else {
            return Vec::new();
        };
        let DayShare { written, days } = stats.lately;
        let tells = self.streaks && !self.filtered && days > 1 && written * 2 >= days;
        let all = count::with_noun(stats.days, "day", "days");
        let of_days = count::grouped(days);
        if let Some(year) = self.year {
            return vec![match written {
                _ if !tells => format!("{all} of {year}"),
                written if written == days => format!("each of {of_days} days"),
                written => format!("{} of {of_days} days", count::grouped(written)),
            }];
        }
        if tells && written == stats.days {
            let of = match written {
                written if written == days => format!("each of the {of_days} days"),
                written => format!("{} of the {of_days} days", count::grouped(written)),
            };
            return vec![format!("{of} since {}", first.long())];
        }
        let period = Period {
            from: Some(first),
            to: last,
        };
        let mut lines = vec![format!("{all}, {period}")];
        if tells {
            let written = count::grouped(written);
            lines.insert(0, format!("{written} of the last {of_days} days"));
        }
        lines
    }

    /// Puts the calendar on a page: a column for each week, a row for each weekday. A chosen
    /// year is split into blocks if the page is too narrow; of the last year, only as many
    /// weeks as fit are shown.
    fn calendar_on(&self, page: &mut Page) {
        let map = &self.stats.heatmap;
        let (Some(first), Some(last)) = (map.days.first(), map.days.last()) else {
            return;
        };
        let room = page.width().min(80).saturating_sub(BEFORE_WEEKS + 4).max(4);
        let (monday, _) = CalendarUnit::Week.around(first.day);
        let weeks = (last.day.days_since(monday) / 7 + 1).unsigned_abs() as usize;
        let july = Day::from_ymd(last.day.date().year(), 7, 1).map_or(0, |day| {
            (day.days_since(monday) / 7).unsigned_abs() as usize
        });
        let blocks: Vec<(usize, usize)> = match self.year {
            Some(_) if weeks > room && july <= room && weeks - july.min(weeks) <= room => {
                vec![(0, july), (july, weeks)]
            }
            Some(_) => (0..weeks.div_ceil(room))
                .map(|block| (block * room, weeks.min((block + 1) * room)))
                .collect(),
            None => {
                let began = self
                    .stats
                    .first
                    .map_or(0, |first| first.days_since(monday) / 7);
                let began = usize::try_from(began).unwrap_or(0);
                let young = began.min(weeks.saturating_sub(FEW_WEEKS));
                vec![(young.max(weeks.saturating_sub(room)), weeks)]
            }
        };
        let shown = blocks.first().map_or(0, |block| block.0);
        let from = monday
            .plus_days(7 * shown as i64)
            .unwrap_or(first.day)
            .max(first.day);
        let period = Period {
            from: Some(from),
            to: last.day,
        };
        let title = format!("Words a day, {period}");
        page.paragraph(2, Style::Faint, &title);
        for (from, to) in blocks {
            page.line(format!(
                "{:BEFORE_WEEKS$}{}",
                "",
                month_names(monday, from, to, first.day)
            ));
            for (row, name) in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
                .iter()
                .enumerate()
            {
                let cells = (from..to).map(|week| self.cell(map, monday, week * 7 + row));
                let lead = Line::from("  ") + Style::Faint.on(*name) + " ";
                page.line(lead + cells.collect::<Line>());
            }
        }
        let mut legend = vec![format!("{} none", LEVELS[0])];
        for (glyph, up_to) in LEVELS[1..].iter().zip(map.up_to) {
            if let Some(words) = up_to {
                legend.push(format!("{glyph} up to {}", count::grouped(words)));
            }
        }
        let room = page.prose_width().saturating_sub(BEFORE_WEEKS);
        let mut lines = vec![String::new()];
        for part in legend {
            match lines.last_mut() {
                Some(line) if line.is_empty() => *line = part,
                Some(line) if text::width(line) + 2 + text::width(&part) <= room => {
                    line.push_str("  ");
                    line.push_str(&part);
                }
                _ => lines.push(part),
            }
        }
        for line in lines {
            page.line(Line::from(" ".repeat(BEFORE_WEEKS)) + Style::Faint.on(line));
        }
        page.blank();
    }

    /// A day of the calendar; blank before the first page and after the last day.
    fn cell(&self, map: &Heatmap, monday: Day, at: usize) -> Line {
        let day = monday.plus_days(at as i64);
        let shade = day.and_then(|day| {
            let first = map.days.first()?.day;
            map.days.get(usize::try_from(day.days_since(first)).ok()?)
        });
        match shade {
            Some(shade) if shade.level > 0 => Style::Good.on(LEVELS[shade.level]),
            // A day before the first page was not missed: leave it blank.
            Some(shade) if self.stats.first.is_some_and(|first| first <= shade.day) => {
                Style::Faint.on(LEVELS[0])
            }
            _ => Line::from(" "),
        }
    }

    /// The index of the first stretch that the journal covers. Earlier stretches were not
    /// missed.
    fn begun(&self, stretches: &[StretchFigures]) -> usize {
        let first = self.stats.first;
        stretches.partition_point(|stretch| first.is_some_and(|first| stretch.to < first))
    }

    fn moods_on(&self, page: &mut Page) {
        let room = page.width_beside_label();
        let weeks = &self.stats.weeks;
        let weeks = &weeks[self.begun(weeks)..];
        let shown = &weeks[weeks.len().saturating_sub(room)..];
        let noted: Vec<(&StretchFigures, f64)> = shown
            .iter()
            .filter_map(|week| Some((week, week.mood?)))
            .collect();
        let (Some((last, last_mood)), Some(first)) = (noted.last(), shown.first()) else {
            return;
        };
        let drawn = shown
            .iter()
            .map(|week| picture::column(week.mood, 1.0, 5.0));
        let mut lines = vec![drawn.collect::<String>()];
        let low = noted.iter().map(|(_, mood)| *mood).fold(5.0, f64::min);
        let high = noted.iter().map(|(_, mood)| *mood).fold(1.0, f64::max);
        let short = |day: Day| day.date().format("%-d %b").to_string();
        let in_words = if noted.len() == 1 {
            format!(
                "{} in the week of {}",
                mean_mood_in_words(*last_mood),
                short(last.from)
            )
        } else {
            format!(
                "weekly since {}, from {} to {}, last {}",
                short(first.from),
                mean_mood_in_words(low),
                mean_mood_in_words(high),
                mean_mood_in_words(*last_mood)
            )
        };
        lines.extend(text::wrap(&in_words, room));
        page.labelled_lines("Mood", lines);
        page.blank();
    }

    fn months_on(&self, page: &mut Page) {
        let months = &self.stats.months;
        // The present month may have no page yet: do not show it as empty.
        let written = months.iter().rposition(|month| month.entries > 0);
        let months = &months[..written.map_or(0, |last| last + 1)];
        let months = &months[self.begun(months)..];
        if months.is_empty() {
            return;
        }
        let most = months.iter().map(|month| month.words).max().unwrap_or(0);
        let widest = count::grouped(most).len();
        let room = page
            .width_beside_label()
            .saturating_sub(9 + 1 + widest)
            .min(40);
        let lines: Vec<Line> = months
            .iter()
            .map(|month| {
                let name = Line::from(format!("{} ", month.from.date().format("%b %Y")));
                if month.entries == 0 {
                    return name + Style::Faint.on("·");
                }
                let bar = picture::bar(month.words, most, room);
                let gap = if bar.is_empty() { "" } else { " " };
                name + Style::Good.on(bar) + gap + count::grouped(month.words)
            })
            .collect();
        page.labelled_lines("Words", lines);
        page.blank();
    }

    fn tags_on(&self, page: &mut Page) {
        if self.stats.tags.is_empty() {
            return;
        }
        let tags: Vec<String> = self
            .stats
            .tags
            .iter()
            .map(|(tag, entries)| format!("#{tag} {}", count::grouped(*entries)))
            .collect();
        page.labelled("Tags", Style::Plain, &tags.join(" · "));
        page.blank();
    }

    fn tips_on(&self, page: &mut Page) {
        let tips = &self.stats.tips;
        let Some(most) = tips.iter().map(|tip| tip.days).max() else {
            return;
        };
        let room = page.width_beside_label();
        let titles: Vec<String> = tips
            .iter()
            .map(|tip| {
                let number = tip_number(&tip.deck, &tip.tip, tip.number);
                text::safe(&format!("{number:>2}  {}", tip.title)).into_owned()
            })
            .collect();
        let widest = titles.iter().map(|title| text::width(title)).max();
        let widest = widest.unwrap_or(0).min(room.saturating_sub(10));
        let columns = room.saturating_sub(widest + 2 + 11).min(20);
        let lines: Vec<Line> = tips
            .iter()
            .zip(titles)
            .map(|(tip, title)| {
                let title = text::fit(&title, widest);
                let title = Line::from(title).padded_to(widest + 2);
                let bar = picture::bar(tip.days, most, columns);
                let gap = if bar.is_empty() { "" } else { " " };
                let days = count::with_noun(tip.days, "day", "days");
                title + Style::Good.on(bar) + gap + days
            })
            .collect();
        page.labelled_lines("Tips", lines);
        page.blank();
    }
}

/// A run in words: `4 days in a row, 19 to 22 November 2026`.
fn in_a_row(run: DayRun, today: Day) -> String {
    let period = Period {
        from: Some(run.from),
        to: run.to,
    };
    match run.days() {
        1 if run.to == today => "1 day, today".to_owned(),
        1 => format!("1 day, {period}"),
        days => format!(
            "{} in a row, {period}",
            count::with_noun(days, "day", "days")
        ),
    }
}

/// The row of month names, each above the week in which the month begins. The month in whose
/// middle the calendar begins is named only if that leaves room for the next.
fn month_names(monday: Day, from: usize, to: usize, first: Day) -> String {
    let begins = |week: usize| {
        (0..7)
            .filter_map(|day| monday.plus_days((week * 7 + day) as i64))
            .find(|day| day.date().day() == 1 && *day >= first)
    };
    let mut names = String::new();
    for week in from..to {
        let day = begins(week).or_else(|| {
            let alone = week == from && (1..4).all(|next| begins(week + next).is_none());
            let day = monday.plus_days((week * 7) as i64)?.max(first);
            alone.then_some(day)
        });
        // A name takes three columns.
        if let Some(day) = day.filter(|_| week + 3 <= to) {
            let pad = (week - from).saturating_sub(names.len());
            names.push_str(&format!("{:pad$}{}", "", day.date().format("%b")));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(first: &str, weeks: usize, expect: &str) {
        let first: Day = first.parse().unwrap();
        let (monday, _) = CalendarUnit::Week.around(first);
        assert_eq!(month_names(monday, 0, weeks, first), expect);
    }

    #[test]
    fn months_stand_above_the_week_they_begin_in() {
        check("2026-01-01", 14, "Jan Feb Mar");
        check("2026-01-01", 16, "Jan Feb Mar  Apr");
        // A month that is cut off is named where that leaves room for the next.
        check("2025-09-08", 12, "   Oct Nov");
        check("2025-09-01", 12, "Sep Oct Nov");
        check("1664-01-01", 8, "Jan Feb");
        check("2026-11-22", 1, "");
    }
}
