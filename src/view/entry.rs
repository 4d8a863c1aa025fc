//! Shows an entry: complete, by its first lines, in one line, and as JSON.

use chrono::Timelike;
use serde::Serialize;

use super::{Page, Style, View, text};
pub use crate::formats::entries::{EntriesJson, EntryJson};
use crate::model::kind::{Away, HiddenBy};
use crate::model::{Day, Entry, Kind, KindName, Reflection, count};

/// The tips that an entry counts for: `Tip 5, Stay busy; Tip 8, Work on yourself`.
pub fn tip_names(reflections: &[Reflection]) -> String {
    let names = reflections.iter().map(Reflection::name);
    names.collect::<Vec<_>>().join("; ")
}

/// The day and time of an entry; the date of writing in place of the time if it was written on
/// another date.
pub fn day_and_time(entry: &Entry) -> String {
    let at = entry.written_at.naive_local();
    let nights_later = (at.date() - entry.day.date()).num_days();
    if (0..=1).contains(&nights_later) {
        format!("{}, {:02}:{:02}", entry.day.long(), at.hour(), at.minute())
    } else {
        format!("{}, written {}", entry.day.long(), at.format("%-d %b %Y"))
    }
}

/// An entry in the middle of a sentence: `#4`, or `letter #4` if it is no page.
pub fn name(kind: KindName, number: i64) -> String {
    match kind {
        KindName::Page => format!("#{number}"),
        kind => format!("{kind} #{number}"),
    }
}

/// The same at the beginning of a sentence: `#4`, `Letter #4`.
pub fn begin_with_name(kind: KindName, number: i64) -> String {
    let name = name(kind, number);
    let mut chars = name.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// How many entries there are of each kind: `1 page`, `2 letters and 1 urge`.
pub fn count_by_kind(entries: &[Entry]) -> String {
    count_kinds(entries.iter().map(|entry| entry.kind.name()))
}

/// How many there are of each kind.
pub fn count_kinds(kinds: impl IntoIterator<Item = KindName>) -> String {
    let kinds: Vec<KindName> = kinds.into_iter().collect();
    let parts = KindName::ALL.into_iter().filter_map(|kind| {
        let many = kinds.iter().filter(|other| **other == kind).count();
        (many > 0).then(|| count::with_noun(many, kind.as_str(), kind.plural()))
    });
    let parts: Vec<String> = parts.collect();
    match parts.as_slice() {
        [] => "no entries".to_owned(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

/// The facts that only this kind of entry has, each in a few words.
pub fn kind_facts(entry: &Entry) -> Vec<String> {
    let owned = |words: &str| words.to_owned();
    let facts = match &entry.kind {
        Kind::Page | Kind::Letter { .. } => [None, None],
        Kind::Reason(reason) => [reason.first.then(|| owned("first")), None],
        Kind::Urge { strength, ended } => [
            strength.map(|strength| format!("strength {strength} of 10")),
            ended.map(|ended| owned(ended.words())),
        ],
        Kind::Contact { by, how } => [
            how.map(|how| owned(how.words())),
            by.map(|by| owned(by.words())),
        ],
        Kind::Setting(mark) => [Some(owned(mark.words())), None],
    };
    facts.into_iter().flatten().collect()
}

/// The line that shows an entry in lists: its first line, or its facts if it has no text.
pub fn list_line(entry: &Entry) -> String {
    match entry.first_line() {
        "" => kind_facts(entry).join(", "),
        line => line.to_owned(),
    }
}

/// The same for a list without a column for the kind: an entry without text names its kind.
pub fn list_line_with_kind(entry: &Entry) -> String {
    match list_line(entry) {
        facts if entry.first_line().is_empty() => {
            let kind = entry.kind.name().with_article();
            let parts = [kind, facts.as_str()]
                .into_iter()
                .filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join(", ")
        }
        line => line,
    }
}

/// The words that stand in for an entry that may not be shown on this day: `(sealed until …)`.
/// `None` if it may be shown.
pub fn placeholder_if_hidden(entry: &Entry, today: Day) -> Option<String> {
    Some(match entry.hidden(today)? {
        HiddenBy::Away(Away::Until(day)) => format!("(away until {})", day.short()),
        HiddenBy::Away(Away::Always) => "(away)".to_owned(),
        HiddenBy::Sealed(day) => format!("(sealed until {})", day.short()),
    })
}

/// Puts complete entries on a page.
pub fn entries_on(page: &mut Page, entries: &[Entry]) {
    for (at, entry) in entries.iter().enumerate() {
        if at > 0 {
            page.separator();
        }
        heading_on(page, entry);
        if !entry.text.is_empty() {
            page.blank();
            page.writers_text(&entry.text);
        }
    }
}

/// Puts the beginning of an entry on a page: its heading and its first lines.
pub fn beginning_on(page: &mut Page, entry: &Entry, lines: usize) {
    title_on(page, entry);
    for line in text::beginning(&entry.text, page.prose_width(), lines) {
        page.line(line);
    }
}

/// Puts the heading of an entry on a page: its title and the questions that it answers.
fn heading_on(page: &mut Page, entry: &Entry) {
    title_on(page, entry);
    for question in entry
        .reflections
        .iter()
        .filter_map(|r| r.question.as_deref())
    {
        page.paragraph(0, Style::Accent, question);
    }
    if let Some(question) = entry
        .kind
        .reason()
        .and_then(|reason| reason.question.as_ref())
    {
        page.paragraph(0, Style::Accent, question);
    }
}

/// Puts the title of an entry on a page: its number, its day and its facts.
fn title_on(page: &mut Page, entry: &Entry) {
    let number = format!("#{}  ", entry.number);
    // Join the star to the time with no-break spaces, so that both wrap together.
    let star = if entry.starred { "\u{a0}\u{a0}★" } else { "" };
    let room = page.prose_width().saturating_sub(number.len());
    let mut lead = number;
    for line in text::wrap(&(day_and_time(entry) + star), room) {
        page.line(Style::Strong.on(lead.clone() + &line.replace('\u{a0}', " ")));
        lead = " ".repeat(lead.len());
    }
    let mut facts = Vec::new();
    if entry.kind != Kind::Page {
        facts.push(entry.kind.name().to_string());
    }
    facts.extend(kind_facts(entry));
    if !entry.reflections.is_empty() {
        facts.push(tip_names(&entry.reflections));
    }
    if let Some(mood) = entry.mood {
        facts.push(format!("mood {} of 5", mood.value()));
    }
    facts.extend(entry.tags.iter().map(|tag| format!("#{tag}")));
    if let Some(at) = entry.edited_at {
        facts.push(format!("edited {}", at.format("%-d %b %Y")));
    }
    page.facts(Style::Faint, &facts);
}

/// An entry as a line of `columns` columns: its number, its time and its first words.
pub fn line_with_time(entry: &Entry, columns: usize) -> String {
    let lead = format!("#{} {}  ", entry.number, entry.written_at.format("%H:%M"));
    let room = columns.saturating_sub(text::width(&lead));
    format!("{lead}{}", text::fit(&list_line(entry), room))
}

/// An entry as a line of `columns` columns: its number, its day and its first words. An entry
/// that may not be shown today gives away only that it exists.
pub fn line_with_day(entry: &Entry, today: Day, columns: usize) -> String {
    let lead = format!("#{}  {}  ", entry.number, entry.day.short());
    let room = columns.saturating_sub(text::width(&lead));
    let line =
        placeholder_if_hidden(entry, today).unwrap_or_else(|| list_line_with_kind(entry));
    format!("{lead}{}", text::fit(&line, room))
}

/// A command's answer that shows complete entries.
pub struct WholeEntries<'a>(pub &'a [Entry]);

impl View for WholeEntries<'_> {
    fn json(&self) -> impl Serialize {
        EntriesJson::of(self.0)
    }

    fn human(&self, page: &mut Page) {
        entries_on(page, self.0);
    }
}

/// The help text that the editor shows below the text of an entry.
pub fn editor_help(entry: &Entry) -> String {
    let mut help = format!("\n#{}  {}\n", entry.number, day_and_time(entry));
    if !entry.reflections.is_empty() {
        help.push_str(&format!("{}\n", tip_names(&entry.reflections)));
    }
    for question in entry
        .reflections
        .iter()
        .filter_map(|r| r.question.as_deref())
    {
        help.push_str(&format!("\n{question}\n"));
    }
    help
}

/// An entry that a command has changed, for `--json` only: a person is told in words.
pub struct ChangedEntry<'a>(pub &'a Entry);

#[derive(Serialize)]
struct ChangedEntryJson<'a> {
    entry: EntryJson<'a>,
}

impl View for ChangedEntry<'_> {
    fn json(&self) -> impl Serialize {
        ChangedEntryJson {
            entry: EntryJson::of(self.0),
        }
    }

    fn human(&self, _: &mut Page) {}
}
