//! `onward review`

use serde::Serialize;

use crate::decks::{Decks, Tip};
use crate::error::{Error, Result};
use crate::journal::{CoveredTip, RecalledDay, Review, ThenAndNow};
use crate::model::lookback::{self, Ago, DayRun};
use crate::model::{CalendarUnit, Day, Entry, Filter, Period, PeriodPhrase, count};
use crate::session::filters::Filters;
use crate::session::{NOTHING_WRITTEN, Session, Status};
use crate::view::coverage::tip_mark;
use crate::view::entry::{self, EntryJson};
use crate::view::figures::{RunJson, mean_mood_in_words, rounded_mean};
use crate::view::{Line, Page, Style, View, picture, text};

/// Up to this many pages are shown completely; of more, only the beginning of each.
const MOST_WHOLE: usize = 14;
/// Up to this many pages are shown by their first lines; of more, only one line of each.
const MOST_BEGINNINGS: usize = 62;
/// The number of first lines.
const LINES_OF_BEGINNING: usize = 3;
/// The number of entries that are shown of an earlier day.
const MOST_RECALLED: usize = 3;
/// From this width on, in columns, the then and the now are side by side.
const SIDE_BY_SIDE: usize = 100;

/// Look back on a week, a month or any other time
///
/// Shows the pages of the time in their order, the tips they answer, what you answered the
/// last time, and what you wrote on this day in earlier months and years.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// `week` (unless asked otherwise), `month`, `year`, `last week`, `last 30 days`, a day,
    /// 2026-11, 2026, or from one to another: 2026-11-01..yesterday, `nov 3..`
    #[arg(value_name = "PERIOD")]
    period: Vec<String>,
    #[command(flatten)]
    filters: Filters,
}

/// Looks back.
///
/// # Errors
/// [`Error::Usage`] for a period that cannot be meant; those of [`Filters::resolve`].
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = session.journal_to_read()?;
    let today = context.today();
    let filter = args.filters.resolve(context, journal)?;
    let period = period(&args.period, &filter, today)?;
    let review = journal.review(period, &filter, today)?;
    context.output.show_long(&ReviewView {
        review: &review,
        period,
        decks: journal.decks(),
        today,
        filtered: !filter.is_of_days(),
        streaks: context.config.streaks,
    })?;
    if review.entries.is_empty() {
        let sentence = nothing_written_sentence(&review, period, &filter, today);
        let of_period = Filter {
            from: period.from,
            to: Some(period.to),
            ..filter
        };
        let sentence = context.nothing_found_sentence(journal, &of_period, &sentence)?;
        context.output.status(&sentence);
        return Ok(Status::NothingFound);
    }
    Ok(Status::Done)
}

/// The period that the person means. Without words, the days of the filters are the period.
fn period(words: &[String], filter: &Filter, today: Day) -> Result<Period> {
    if words.is_empty() {
        if filter.from.is_some() || filter.to.is_some() {
            return Ok(Period {
                from: filter.from,
                to: filter.to.unwrap_or(today),
            });
        }
        if let (from @ Some(_), Some(to)) = (filter.on.iter().min(), filter.on.iter().max()) {
            return Ok(Period {
                from: from.copied(),
                to: *to,
            });
        }
    }
    let phrase = match words.join(" ") {
        none if none.is_empty() => Ok(PeriodPhrase::THIS_WEEK),
        words => words.parse::<PeriodPhrase>(),
    };
    phrase
        .and_then(|phrase| phrase.resolve(today))
        .map_err(|error| Error::usage(error.to_string()))
}

/// The sentence for a period without pages.
fn nothing_written_sentence(
    review: &Review,
    period: Period,
    filter: &Filter,
    today: Day,
) -> String {
    let Some(first) = review.first else {
        return NOTHING_WRITTEN.to_owned();
    };
    if !filter.is_of_days() {
        return "No entries in this time. Fewer filters find more.".to_owned();
    }
    if period.to < first {
        return format!("Your first page is of {}, later than this.", first.long());
    }
    let this_week = CalendarUnit::Week.around(today);
    match period.from {
        Some(from) if (from, period.to) == this_week => {
            "Nothing is written this week yet. For the week before: onward review last week."
                .to_owned()
        }
        _ => format!("Nothing is written for {period}."),
    }
}

struct ReviewView<'a> {
    review: &'a Review,
    period: Period,
    decks: &'a Decks,
    today: Day,
    filtered: bool,
    streaks: bool,
}

#[derive(Serialize)]
struct ReviewAnswerJson<'a> {
    review: ReviewJson<'a>,
}

#[derive(Serialize)]
struct ReviewJson<'a> {
    from: Option<String>,
    to: String,
    entries: Vec<EntryJson<'a>>,
    covered: Vec<CoveredJson<'a>>,
    on_this_day: Vec<RecalledJson>,
    then_and_now: Vec<ThenAndNowJson<'a>>,
    moods: Vec<MoodJson>,
    days_written: usize,
    days: usize,
    longest_run: Option<RunJson>,
    longest_gap: Option<RunJson>,
}

#[derive(Serialize)]
struct CoveredJson<'a> {
    deck: &'a str,
    tip: &'a str,
    number: u32,
    title: &'a str,
    days: usize,
}

#[derive(Serialize)]
struct RecalledJson {
    ago: AgoJson,
    day: String,
    entries: Vec<i64>,
}

#[derive(Serialize)]
struct AgoJson {
    years: u32,
    months: u32,
}

#[derive(Serialize)]
struct ThenAndNowJson<'a> {
    deck: &'a str,
    tip: &'a str,
    number: u32,
    title: &'a str,
    then: EntryJson<'a>,
    now: EntryJson<'a>,
}

#[derive(Serialize)]
struct MoodJson {
    day: String,
    mood: f64,
}

impl View for ReviewView<'_> {
    fn json(&self) -> impl Serialize {
        let review = self.review;
        let covered = review
            .covered
            .iter()
            .map(|CoveredTip { tip, days }| CoveredJson {
                deck: &tip.deck,
                tip: &tip.tip,
                number: tip.number,
                title: &tip.title,
                days: *days,
            });
        let recalled = review.on_this_day.iter().map(|recalled| RecalledJson {
            ago: AgoJson {
                years: recalled.ago.years,
                months: recalled.ago.months,
            },
            day: recalled.day.to_string(),
            entries: recalled.entries.iter().map(|entry| entry.number).collect(),
        });
        let then_and_now = review
            .then_and_now
            .iter()
            .map(|ThenAndNow { tip, then, now }| ThenAndNowJson {
                deck: &tip.deck,
                tip: &tip.tip,
                number: tip.number,
                title: &tip.title,
                then: EntryJson::of(then),
                now: EntryJson::of(now),
            });
        let moods = review.days.iter().filter_map(|figures| {
            Some(MoodJson {
                day: figures.day.to_string(),
                mood: rounded_mean(figures.mood?),
            })
        });
        ReviewAnswerJson {
            review: ReviewJson {
                from: review.from.map(|day| day.to_string()),
                to: review.to.to_string(),
                entries: review.entries.iter().map(EntryJson::of).collect(),
                covered: covered.collect(),
                on_this_day: recalled.collect(),
                then_and_now: then_and_now.collect(),
                moods: moods.collect(),
                days_written: review.share.written,
                days: review.share.days,
                longest_run: RunJson::of(review.longest_run, self.streaks),
                longest_gap: RunJson::of(review.longest_gap, self.streaks),
            },
        }
    }

    fn human(&self, page: &mut Page) {
        let review = self.review;
        if review.entries.is_empty() && review.on_this_day.is_empty() {
            return;
        }
        page.blank();
        page.paragraph(2, Style::Strong, &self.period.told(self.today));
        page.blank();
        if !review.entries.is_empty() {
            page.paragraph(2, Style::Plain, &self.summary());
            page.blank();
            self.moods_on(page);
            self.entries_on(page);
            self.covered_on(page);
            self.then_and_now_on(page);
        }
        self.recalled_on(page);
    }
}

impl ReviewView<'_> {
    /// The number of days with pages, of pages and of words, and the longest run and pause.
    fn summary(&self) -> String {
        let review = self.review;
        let words: u64 = review.days.iter().map(|figures| figures.words).sum();
        let amount = format!(
            "{}, {}.",
            count::with_noun(review.entries.len(), "page", "pages"),
            count::with_noun(words, "word", "words")
        );
        if review.from == Some(review.to) {
            return amount;
        }
        let (written, days) = (review.share.written, review.share.days);
        let began = review.first > review.from;
        // Show the share of days only if it encourages.
        let of = match days {
            days if !self.streaks || days < 2 || written * 2 < days => {
                count::with_noun(written, "day", "days")
            }
            days => {
                let all = written == days;
                let (written, days) = (count::grouped(written), count::grouped(days));
                match (all, began) {
                    (true, true) => format!("each of the {days} days since you began"),
                    (true, false) => format!("each of the {days} days"),
                    (false, true) => format!("{written} of the {days} days since you began"),
                    (false, false) => format!("{written} of {days} days"),
                }
            }
        };
        // The period is not over while today's page can still be written.
        let last = review.days.last().map(|figures| figures.day);
        let open =
            review.to > self.today || (review.to == self.today && last < Some(review.to));
        let under_way = if open && !began { " so far" } else { "" };
        let run = review.longest_run.map_or(0, DayRun::days);
        let in_a_row = match run {
            _ if !self.streaks || run < 2 || written == days => String::new(),
            2 if written == 2 => ", both in a row".to_owned(),
            run if run == written => ", all in a row".to_owned(),
            run => format!(", {run} of them in a row"),
        };
        let subject = if self.filtered {
            "These pages are of"
        } else {
            "You wrote on"
        };
        let mut summary = format!("{subject} {of}{under_way}{in_a_row}.");
        if let Some(gap) = review
            .longest_gap
            .filter(|gap| self.streaks && gap.days() > 1)
            && !self.filtered
        {
            let days = count::with_noun(gap.days(), "day", "days");
            summary.push_str(&format!(
                " The longest pause was {days}, and you came back."
            ));
        }
        format!("{summary} {amount}")
    }

    /// Puts the moods on a page: as a chart, in numbers and in words.
    fn moods_on(&self, page: &mut Page) {
        let days = &self.review.days;
        let moods: Vec<f64> = days.iter().filter_map(|figures| figures.mood).collect();
        let (Some(span), Some(first), Some(last)) =
            (lookback::mood_span(&moods), days.first(), days.last())
        else {
            return;
        };
        // A single entry shows its own mood.
        if self.review.entries.len() == 1 {
            return;
        }
        let (from, to) = (
            self.review.from.unwrap_or(first.day).max(first.day),
            self.review.to.min(self.today).max(last.day),
        );
        let room = page.width_beside_label();
        let unit = lookback::unit_for(from, to, room);
        let pieces = lookback::by_unit(unit, days, from, to);
        let column = |mood| picture::column(mood, 1.0, 5.0);
        let mut lines = Vec::new();
        if pieces.len() == 1 {
            // One column is no chart.
        } else if unit == CalendarUnit::Day && pieces.len() * 4 <= room && pieces.len() <= 14 {
            let line = |cell: &dyn Fn(&lookback::StretchFigures) -> String| {
                let cells = pieces.iter().map(|piece| format!("{:^4}", cell(piece)));
                cells.collect::<String>()
            };
            lines.push(line(&|piece| piece.from.date().format("%a").to_string()));
            lines.push(line(&|piece| column(piece.mood).to_string()));
            lines.push(line(&|piece| {
                piece.mood.map_or(String::new(), mean_mood_in_words)
            }));
        } else {
            lines.push(pieces.iter().map(|piece| column(piece.mood)).collect());
        }
        let by = match unit {
            _ if lines.len() != 1 => "",
            CalendarUnit::Day => " (a column a day)",
            CalendarUnit::Week => " (a column a week)",
            CalendarUnit::Month => " (a column a month)",
            CalendarUnit::Year => " (a column a year)",
        };
        let in_words = match span.mostly {
            _ if span.low == span.high && moods.len() == 1 => {
                format!("{} of 5", mean_mood_in_words(span.low))
            }
            _ if span.low == span.high => {
                format!("{} of 5 throughout", mean_mood_in_words(span.low))
            }
            Some(mostly) => format!(
                "from {} to {}, mostly {mostly}",
                mean_mood_in_words(span.low),
                mean_mood_in_words(span.high)
            ),
            None => format!(
                "from {} to {}, around {}",
                mean_mood_in_words(span.low),
                mean_mood_in_words(span.high),
                mean_mood_in_words(span.mean)
            ),
        };
        lines.extend(text::wrap(&format!("{in_words}{by}"), room));
        page.labelled_lines("Mood", lines);
        page.blank();
    }

    /// Puts the pages on a page, the fewer the longer.
    fn entries_on(&self, page: &mut Page) {
        let entries = &self.review.entries;
        if entries.len() <= MOST_WHOLE {
            entry::entries_on(page, entries);
            page.blank();
            return;
        }
        if entries.len() <= MOST_BEGINNINGS {
            for entry in entries {
                entry::beginning_on(page, entry, LINES_OF_BEGINNING);
                page.blank();
            }
        } else {
            self.lines_on(page);
        }
        if let Some(last) = entries.last() {
            let way = format!("A page whole: onward show {}", last.number);
            page.paragraph(2, Style::Faint, &way);
            page.blank();
        }
    }

    /// Puts the pages on a page, one line each, by month.
    fn lines_on(&self, page: &mut Page) {
        let entries = &self.review.entries;
        let longest = entries.iter().map(|entry| entry.number).max().unwrap_or(0);
        let digits = longest.to_string().len() + 1;
        let moods = entries.iter().any(|entry| entry.mood.is_some()) && page.is_roomy();
        for month in entries.chunk_by(|a, b| month(a.day) == month(b.day)) {
            if let Some(first) = month.first() {
                heading_on(page, &first.day.date().format("%B %-Y").to_string());
            }
            for entry in month {
                let number = format!("{:>digits$}", format!("#{}", entry.number));
                let mut facts = format!("{:<8}", entry.day.date().format("%a %-d").to_string());
                if moods {
                    let mood = entry.mood.map(|mood| format!("{}/5", mood.value()));
                    facts.push_str(&format!("{:<5}", mood.unwrap_or_default()));
                }
                if entry.starred {
                    facts.push_str("★ ");
                }
                let lead = 2 + digits + 2 + text::width(&facts);
                let room = page.width().min(120).saturating_sub(lead);
                page.line(
                    Line::from("  ")
                        + Style::Faint.on(number)
                        + "  "
                        + facts
                        + text::fit(entry.first_line(), room),
                );
            }
            page.blank();
        }
    }

    /// Puts the tips that the pages answer on a page.
    fn covered_on(&self, page: &mut Page) {
        let covered = &self.review.covered;
        if covered.is_empty() {
            return;
        }
        let is_covered = |tip: &Tip| {
            let mut slugs = covered.iter().map(|covered| &covered.tip);
            slugs.any(|covered| covered.deck == tip.deck && covered.tip == tip.slug)
        };
        let mut lines: Vec<Line> = Vec::new();
        for deck in self.decks.all() {
            let bar: Line = deck
                .tips
                .iter()
                .map(|tip| tip_mark(is_covered(tip)))
                .collect();
            let number = deck.tips.iter().filter(|tip| is_covered(tip)).count();
            let mut standing = format!(
                "{number} of {} answered",
                count::with_noun(deck.tips.len(), "tip", "tips")
            );
            if self.decks.all().len() > 1 {
                standing = format!("{standing}, {}", deck.title);
            }
            if deck.tips.len() + 2 + text::width(&standing) <= page.width_beside_label() {
                lines.push(bar + "  " + standing);
                continue;
            }
            if deck.tips.len() <= page.width_beside_label() {
                lines.push(bar);
            }
            let standing = text::wrap(&standing, page.width_beside_label());
            lines.extend(standing.into_iter().map(Line::from));
        }
        for CoveredTip { tip, days } in covered {
            let days = match days {
                1 => String::new(),
                days => format!("  {}", count::with_noun(*days, "day", "days")),
            };
            let room = page.width_beside_label().saturating_sub(text::width(&days));
            let title = text::fit(&text::safe(&tip.name()), room);
            lines.push(Line::from(title) + Style::Faint.on(days));
        }
        page.labelled_lines("Tips", lines);
        page.blank();
    }

    /// Puts tips that were also answered before on a page, with both answers.
    fn then_and_now_on(&self, page: &mut Page) {
        if self.review.then_and_now.is_empty() {
            return;
        }
        heading_on(page, "Then and now");
        for ThenAndNow { tip, then, now } in &self.review.then_and_now {
            page.blank();
            page.paragraph(2, Style::Plain, &tip.name());
            let answer = |label: &str, entry: &Entry, columns: usize, lines: usize| {
                let head = format!("{label}, {} (#{})", entry.day.short(), entry.number);
                let mut answer = vec![Style::Faint.on(text::fit(&head, columns))];
                let begins = text::beginning(&entry.text, columns, lines);
                answer.extend(begins.into_iter().map(Line::from));
                answer
            };
            if page.width() >= SIDE_BY_SIDE {
                let columns = (page.width().min(140) - 2 - 4) / 2;
                let mut left = answer("Then", then, columns, 5).into_iter();
                let mut right = answer("Now", now, columns, 5).into_iter();
                loop {
                    let (side, other) = match (left.next(), right.next()) {
                        (None, None) => break,
                        (side, other) => (side.unwrap_or_default(), other.unwrap_or_default()),
                    };
                    page.line(Line::from("  ") + side.padded_to(columns + 4) + other);
                }
            } else {
                let columns = page.prose_width() - 4;
                let then = answer("Then", then, columns, LINES_OF_BEGINNING);
                for line in
                    then.into_iter()
                        .chain(answer("Now", now, columns, LINES_OF_BEGINNING))
                {
                    page.line(Line::from("    ") + line);
                }
            }
        }
        page.blank();
    }

    /// Puts the entries of this day in earlier months and years on a page.
    fn recalled_on(&self, page: &mut Page) {
        if self.review.on_this_day.is_empty() {
            return;
        }
        let day = self.review.to.min(self.today).date();
        heading_on(page, &format!("On this day, {}", day.format("%-d %B")));
        for RecalledDay { ago, day, entries } in &self.review.on_this_day {
            page.blank();
            let when = format!("{}, {}", in_words(*ago), day.long());
            page.paragraph(2, Style::Plain, &when);
            for entry in entries.iter().take(MOST_RECALLED) {
                let number = format!("#{}", entry.number);
                let indent = 4 + text::width(&number) + 2;
                let room = page.prose_width().saturating_sub(indent);
                let lines = text::beginning(&entry.text, room, 2);
                for (at, line) in lines.iter().enumerate() {
                    let lead = match at {
                        0 => Line::from("    ") + Style::Faint.on(number.as_str()) + "  ",
                        _ => Line::from(" ".repeat(indent)),
                    };
                    page.line(lead + line.as_str());
                }
            }
            if let more @ 1.. = entries.len().saturating_sub(MOST_RECALLED) {
                let more = format!("and {more} more: onward show {day}");
                page.paragraph(4, Style::Faint, &more);
            }
        }
        page.blank();
    }
}

fn heading_on(page: &mut Page, words: &str) {
    page.line(Line::from("  ") + Style::Strong.on(words));
}

fn month(day: Day) -> (Day, Day) {
    CalendarUnit::Month.around(day)
}

/// A span in words: `1 year ago`, `3 months ago`.
fn in_words(ago: Ago) -> String {
    let span = match ago.years {
        0 => count::with_noun(ago.months, "month", "months"),
        years => count::with_noun(years, "year", "years"),
    };
    format!("{span} ago")
}
