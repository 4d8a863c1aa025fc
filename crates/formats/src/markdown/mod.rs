//! Markdown: a folder with a file a day.
//!
//! # What is written
//!
//! `YYYY-MM-DD.md` begins with front matter: `onward: 1`, the `date`, and the other fields of the
//! entry. Behind it and an empty line comes the text, and one line end. A day with several
//! entries has one file too: its front matter has the date and all tags, and before each text is
//! a line `<!-- onward: {…} -->` with its fields, and an empty line on either side. A line of a
//! text that begins like that line, with any number of backslashes in front, gets one backslash
//! more. So every text comes back byte for byte.
//!
//! # What is read
//!
//! Folders of notes with dates, and the folders below them. The date is that of `date` (or `day`)
//! in the front matter, else the one the name begins with (`2023-09-12 Meeting.md`,
//! `2023_09_12.md`, `20230912.md`, `2023/09/12.md`), else that of `created` in the front matter.
//! The rest of the name, behind the date, is the title. Front matter that an entry has no place
//! for stays in the text, between its fences. The text ends before the last line end of the file.

mod writer;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime};
use serde_json::Value;

use crate::entries::EntryShape;
use crate::error::{FormatError, Result};
use crate::front::{self, FrontField};
use crate::named::{self, EntryPart, EntryParts, ReadingRemarks};
use crate::when::{WrittenDate, year_first};
use crate::{ImportItem, ImportRecord, ReadContext, SourcePlace, TakeItem};
use onward_model::Day;
use onward_model::count;
use onward_model::entry::MAX_TEXT;
pub use writer::write;

/// The version of the format that is written, and the newest that is read.
const FORM: i64 = 1;

/// The beginning of the line before an entry.
const MARK: &str = "<!-- onward:";

/// The longest file, in bytes. No day that anyone writes is longer.
const MAX_FILE: u64 = 4 * MAX_TEXT as u64;

/// The most levels of folders.
const MAX_DEPTH: usize = 32;

/// If a line begins like the one before an entry: the number of backslashes in front of that.
fn marked(line: &str) -> Option<usize> {
    let bare = line.trim_start_matches('\\');
    bare.starts_with(MARK).then(|| line.len() - bare.len())
}

fn unescaped(text: &str) -> String {
    let line = |line: &str| match marked(line) {
        Some(1..) => line[1..].to_owned(),
        _ => line.to_owned(),
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// True if a file is a note. Only its name tells, since any text is Markdown.
pub fn is_note(path: &Path) -> bool {
    let extension = path
        .extension()
        .map(|extension| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| extension == "md" || extension == "markdown")
}

/// True if a file that begins with `head` has front matter.
pub fn looks_like(head: &[u8]) -> bool {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
    head.starts_with(b"---\n") || head.starts_with(b"---\r\n")
}

/// True if a folder holds notes, itself or at most three folders below.
pub fn is_folder(path: &Path) -> bool {
    let mut ahead = vec![(path.to_path_buf(), 0)];
    while let Some((path, depth)) = ahead.pop() {
        match kind_of(&path, depth) {
            Some(PathKind::Note) => return true,
            Some(PathKind::Folder) if depth <= 3 => {
                let found = fs::read_dir(&path).into_iter().flatten().flatten();
                ahead.extend(found.map(|found| (found.path(), depth + 1)));
            }
            _ => {}
        }
    }
    false
}

/// Reads a note, or all notes in a folder.
///
/// # Errors
/// [`FormatError::Unreadable`] if the path is neither a file nor a folder.
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    let mut notes = NoteReading {
        reader,
        said: ReadingRemarks::default(),
        kept: KeptFrontMatter::default(),
    };
    let found = fs::metadata(path).map_err(|error| FormatError::read(path, error))?;
    if !found.is_dir() {
        for item in notes.file(path)? {
            take(item)?;
        }
        return notes.tell(path, SkippedFiles::default(), take);
    }
    let mut skipped = SkippedFiles::default();
    // A stack: push in reverse, so that files are read in the order of their names.
    let mut ahead = vec![(path.to_path_buf(), 0)];
    while let Some((path, depth)) = ahead.pop() {
        let Some(kind) = kind_of(&path, depth) else {
            skipped.others += 1;
            continue;
        };
        match kind {
            PathKind::Folder => {
                let place = || SourcePlace::new(path.display().to_string(), None);
                if depth > MAX_DEPTH {
                    take(ImportItem::Refused(
                        place(),
                        "it lies too deep in folders".to_owned(),
                    ))?;
                    continue;
                }
                let mut found: Vec<PathBuf> = match fs::read_dir(&path) {
                    Ok(found) => found.flatten().map(|found| found.path()).collect(),
                    Err(error) if depth == 0 => return Err(FormatError::read(&path, error)),
                    Err(error) => {
                        take(ImportItem::Refused(
                            place(),
                            format!("it cannot be read: {error}"),
                        ))?;
                        continue;
                    }
                };
                found.sort_by(|a, b| b.cmp(a));
                ahead.extend(found.into_iter().map(|path| (path, depth + 1)));
            }
            PathKind::Note => match notes.file(&path) {
                Ok(items) => {
                    for item in items {
                        take(item)?;
                    }
                }
                Err(error) => {
                    let why = match &error {
                        FormatError::Unreadable { what, .. } => what.clone(),
                        FormatError::Read { source, .. } => {
                            format!("it cannot be read: {source}")
                        }
                        _ => return Err(error),
                    };
                    take(ImportItem::Refused(
                        SourcePlace::new(path.display().to_string(), None),
                        why,
                    ))?;
                }
            },
            PathKind::Link => skipped.links += 1,
            PathKind::Templates => skipped.templates += 1,
            PathKind::Hidden => skipped.hidden += 1,
            PathKind::Other => skipped.others += 1,
        }
    }
    notes.tell(path, skipped, take)
}

enum PathKind {
    Folder,
    Note,
    Link,
    Templates,
    Hidden,
    Other,
}

/// The kind of thing at a path below the folder that the person named. That folder itself counts
/// as a folder, with any name.
fn kind_of(path: &Path, depth: usize) -> Option<PathKind> {
    if depth == 0 {
        return Some(PathKind::Folder);
    }
    let name = path.file_name()?.to_string_lossy();
    let kind = fs::symlink_metadata(path).ok()?.file_type();
    Some(if name.starts_with('.') {
        PathKind::Hidden
    } else if kind.is_symlink() {
        PathKind::Link
    } else if kind.is_dir() {
        match name.to_lowercase().as_str() {
            "templates" | "template" => PathKind::Templates,
            _ => PathKind::Folder,
        }
    } else if is_note(path) {
        PathKind::Note
    } else {
        PathKind::Other
    })
}

/// The files and folders that were passed by.
#[derive(Default)]
struct SkippedFiles {
    others: u64,
    hidden: u64,
    templates: u64,
    links: u64,
}

/// Front matter that stayed in texts.
#[derive(Default)]
struct KeptFrontMatter {
    files: u64,
    names: BTreeSet<String>,
    unread: u64,
}

/// The state of reading notes.
struct NoteReading<'a> {
    reader: &'a ReadContext<'a>,
    said: ReadingRemarks,
    kept: KeptFrontMatter,
}

impl NoteReading<'_> {
    /// Reads the items of a file.
    fn file(&mut self, path: &Path) -> Result<Vec<ImportItem>> {
        let mut bytes = Vec::new();
        self.reader
            .open(path)?
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| FormatError::read(path, error))?;
        let file = path.display().to_string();
        let refused = |line: Option<u64>, why: &str| {
            vec![ImportItem::Refused(
                SourcePlace::new(&file, line),
                why.to_owned(),
            )]
        };
        if bytes.len() as u64 > MAX_FILE {
            return Ok(refused(None, "it is longer than any day can be"));
        }
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let lines = before.iter().filter(|&&byte| byte == b'\n').count() as u64;
                return Ok(refused(Some(lines + 1), "it is not valid UTF-8"));
            }
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        // A first line that ends in `\r\n` tells of a program that ended all lines so: undo that.
        // In other files `\r\n` is text, and the journal tidies it.
        let unix;
        let text = if text
            .split('\n')
            .next()
            .is_some_and(|line| line.ends_with('\r'))
        {
            unix = text.replace("\r\n", "\n");
            &unix
        } else {
            text
        };
        let parted = front::part(text);
        let fields = parted.map(|(block, ..)| front::fields(block));
        if let (Some((_, body, lines)), Some(Some(fields))) = (parted, &fields)
            && let Some(form) = fields.iter().find(|field| field.name == "onward")
        {
            return Ok(match form.value.as_i64() {
                Some(1..=FORM) => own(&file, fields, body, lines, self.reader),
                _ => refused(Some(1), "it was written by a newer onward"),
            });
        }
        let place = SourcePlace::new(&file, None);
        let (items, record) = self.note(path, &place, text, parted, fields.flatten());
        let last = match record {
            Ok(record) => ImportItem::Entry(Box::new(record)),
            Err(why) => ImportItem::Refused(place, why),
        };
        Ok(items.into_iter().chain([last]).collect())
    }

    /// Reads a note of another program.
    fn note(
        &mut self,
        path: &Path,
        place: &SourcePlace,
        text: &str,
        parted: Option<(&str, &str, u64)>,
        fields: Option<Vec<FrontField>>,
    ) -> (Vec<ImportItem>, Result<ImportRecord, String>) {
        let mut items = Vec::new();
        let mut parts = EntryParts::default();
        let mut body = text.to_owned();
        match (parted, fields) {
            (Some((block, rest, _)), Some(fields)) => {
                let stays = self.understood(block, &fields, &mut parts);
                body = if stays.is_empty() {
                    rest.strip_prefix('\n').unwrap_or(rest).to_owned()
                } else {
                    self.kept.files += 1;
                    format!("---\n{stays}---\n{rest}")
                };
            }
            (Some(_), None) => self.kept.unread += 1,
            (None, _) => {}
        }
        if body.trim().is_empty() && parts.title.is_none() {
            return (items, Err("it has no text".to_owned()));
        }
        let named = NoteName::of(path);
        if let Some(named) = &named {
            let said = parts
                .day
                .as_ref()
                .map(|day| WrittenDate::read(day, self.reader.date_from));
            match said {
                Some(Ok(said)) if said.day == named.day => {
                    if said.time.is_none() {
                        parts.time = parts.time.or(named.time.map(|time| time.to_string()));
                    }
                }
                Some(Ok(said)) => {
                    let what = format!(
                        "its front matter says {}, its name {}: the front matter counts",
                        said.day, named.day
                    );
                    items.push(ImportItem::Decided(place.clone(), what));
                }
                Some(Err(_)) => {}
                None => {
                    parts.day = Some(named.day.to_string());
                    parts.time = parts.time.or(named.time.map(|time| time.to_string()));
                }
            }
            if parts.title.is_none() {
                parts.title = named.title.clone();
            }
        }
        if parts.day.is_none() && parts.created.is_none() && parts.written.is_none() {
            let why = "neither its name nor its front matter has a date".to_owned();
            return (items, Err(why));
        }
        parts.text = Some(body.strip_suffix('\n').unwrap_or(&body).to_owned());
        parts.id = Some(match named {
            Some(NoteName {
                in_folders: true,
                day,
                ..
            }) => format!("{day}.md"),
            _ => path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
        });
        (items, parts.record(place, self.reader, &mut self.said))
    }

    /// Takes the fields of front matter that an entry has a place for, and returns the lines of
    /// the others.
    fn understood(
        &mut self,
        block: &str,
        fields: &[FrontField],
        parts: &mut EntryParts,
    ) -> String {
        let mut gone = BTreeSet::new();
        let mut taken = BTreeSet::new();
        for field in fields {
            let part = named::part(&field.name).map(|(part, _)| part);
            let is_understood = match (part, &field.value) {
                (None | Some(EntryPart::Text | EntryPart::Id), _) => false,
                (Some(part), _) if taken.contains(&part) => false,
                (Some(EntryPart::Tags), Value::Array(tags)) => {
                    let tags: Option<Vec<String>> = tags.iter().map(front::scalar).collect();
                    match tags.filter(|tags| named::tags(tags).is_ok()) {
                        Some(tags) => {
                            parts.tags = tags;
                            true
                        }
                        None => false,
                    }
                }
                (Some(part), Value::Null) => part != EntryPart::Title,
                (Some(part), value) => match front::scalar(value) {
                    Some(text) if self.fits(part, &text) => {
                        parts.set(part, text);
                        true
                    }
                    _ => false,
                },
            };
            if is_understood {
                taken.extend(part);
                gone.extend(field.lines.0..field.lines.1);
            } else if self.kept.names.len() < 20 {
                self.kept.names.insert(field.name.clone());
            }
        }
        let stays: String = block
            .split_inclusive('\n')
            .enumerate()
            .filter(|(at, _)| !gone.contains(at))
            .map(|(_, line)| line)
            .collect();
        if stays.trim().is_empty() {
            String::new()
        } else {
            stays
        }
    }

    /// True if a value fits its name.
    fn fits(&self, part: EntryPart, text: &str) -> bool {
        match part {
            EntryPart::Day | EntryPart::Written | EntryPart::Created => {
                WrittenDate::read(text, self.reader.date_from).is_ok()
            }
            EntryPart::Time => super::when::read_time(text).is_some(),
            EntryPart::Mood => text.parse::<onward_model::Mood>().is_ok(),
            EntryPart::Starred => matches!(text, "true" | "false" | "yes" | "no"),
            EntryPart::Tags => named::tags(&named::split_tags(text)).is_ok(),
            EntryPart::Title => true,
            EntryPart::Text | EntryPart::Id => false,
        }
    }

    fn tell(self, path: &Path, skipped: SkippedFiles, take: TakeItem<'_>) -> Result<()> {
        let file = path.display().to_string();
        let place = || SourcePlace::new(&file, None);
        let mut passed = Vec::new();
        for (number, one, many) in [
            (
                skipped.others,
                "file that is no Markdown",
                "files that are no Markdown",
            ),
            (skipped.hidden, "hidden one", "hidden ones"),
            (
                skipped.templates,
                "folder of templates",
                "folders of templates",
            ),
            (skipped.links, "link", "links"),
        ] {
            if number > 0 {
                passed.push(count::with_noun(number, one, many));
            }
        }
        if !passed.is_empty() {
            take(ImportItem::Decided(
                place(),
                format!("passed by: {}", passed.join(", ")),
            ))?;
        }
        if self.kept.files > 0 {
            let names: Vec<String> = self.kept.names.into_iter().collect();
            let what = format!(
                "front matter that has no place in an entry stays in the text: {}",
                names.join(", ")
            );
            take(ImportItem::Decided(place(), what))?;
        }
        if self.kept.unread > 0 {
            let what = "front matter that cannot be read stays in the text".to_owned();
            take(ImportItem::Decided(place(), what))?;
        }
        self.said.tell(&file, take)
    }
}

/// The date and the title in the name of a note.
struct NoteName {
    day: Day,
    time: Option<NaiveTime>,
    title: Option<String>,
    /// True if the date is in the names of the folders.
    in_folders: bool,
}

impl NoteName {
    fn of(path: &Path) -> Option<NoteName> {
        let stem = path.file_stem()?.to_str()?;
        let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
        let (mut time, mut is_in_folders) = (None, false);
        let (date, rest) = match digits {
            // 202309121430 and 20230912143000, as some programs name their notes.
            12 | 14 => {
                let (date, _) = year_first(&stem[..8])?;
                let part = |from: usize| stem[from..from + 2].parse().ok();
                let seconds = if digits == 14 { part(12)? } else { 0 };
                time = Some(NaiveTime::from_hms_opt(part(8)?, part(10)?, seconds)?);
                (date, &stem[digits..])
            }
            _ => match year_first(stem) {
                Some(found) => found,
                None => {
                    is_in_folders = true;
                    (in_folders(path, stem)?, "")
                }
            },
        };
        if rest.starts_with(char::is_alphanumeric) {
            return None;
        }
        let rest = rest.trim_matches([' ', '-', '_', '.', '–', '—', ',']);
        let is_weekday = [date.format("%A"), date.format("%a")]
            .iter()
            .any(|name| name.to_string().eq_ignore_ascii_case(rest));
        Some(NoteName {
            day: Day::new(date)?,
            time,
            title: (!rest.is_empty() && !is_weekday).then(|| rest.to_owned()),
            in_folders: is_in_folders,
        })
    }
}

/// Reads a date from the names of a file and its folders: a day of the month, in a month, in a
/// year.
fn in_folders(path: &Path, stem: &str) -> Option<NaiveDate> {
    let mut above = path.parent()?.components().rev();
    let mut name = || above.next()?.as_os_str().to_str();
    let (month, year) = (name()?, name()?);
    let is_number = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(stem, 2) || !is_number(month, 2) || !is_number(year, 4) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, stem.parse().ok()?)
}

/// Reads the entries of a file that this program wrote and a person may have changed.
fn own(
    file: &str,
    fields: &[FrontField],
    body: &str,
    lines: u64,
    reader: &ReadContext<'_>,
) -> Vec<ImportItem> {
    let mut facts: BTreeMap<&str, &Value> = BTreeMap::new();
    for field in fields {
        facts.insert(&field.name, &field.value);
    }
    let date = facts.get("date").and_then(|date| front::scalar(date));
    let Some(day) = date.and_then(|date| date.parse::<Day>().ok()) else {
        let why = "its front matter has no date".to_owned();
        return vec![ImportItem::Refused(SourcePlace::new(file, 1), why)];
    };
    // The beginning, the end and the number of each line before an entry.
    let mut marks = Vec::new();
    let mut at = 0;
    for (number, line) in body.split_inclusive('\n').enumerate() {
        if marked(line) == Some(0) {
            marks.push((at, at + line.len(), lines + 1 + number as u64));
        }
        at += line.len();
    }
    let mut items = Vec::new();
    let before = &body[..marks.first().map_or(body.len(), |mark| mark.0)];
    if marks.is_empty() {
        let text = text_between(body, true);
        items.push(item(file, 1, day, EntryFacts::Front(&facts), text, reader));
    } else if !before.trim().is_empty() {
        // A person has written above the first entry.
        let text = before.trim_matches('\n').to_owned();
        items.push(item(file, lines + 1, day, EntryFacts::None, text, reader));
    }
    for (at, &(begin, end, line)) in marks.iter().enumerate() {
        let next = marks.get(at + 1);
        let text = text_between(
            &body[end..next.map_or(body.len(), |next| next.0)],
            next.is_none(),
        );
        let mark = body[begin + MARK.len()..end].trim_end();
        let facts = EntryFacts::Mark(mark.strip_suffix("-->").unwrap_or(mark));
        items.push(item(file, line, day, facts, text, reader));
    }
    items
}

/// The text of an entry, without the empty line before it and the line end behind it.
fn text_between(between: &str, is_last: bool) -> String {
    let text = between.strip_prefix('\n').unwrap_or(between);
    let text = if is_last {
        text
    } else {
        text.strip_suffix('\n').unwrap_or(text)
    };
    unescaped(text.strip_suffix('\n').unwrap_or(text))
}

/// The place of the fields of an entry.
enum EntryFacts<'a> {
    Front(&'a BTreeMap<&'a str, &'a Value>),
    Mark(&'a str),
    None,
}

fn item(
    file: &str,
    line: u64,
    day: Day,
    facts: EntryFacts<'_>,
    text: String,
    reader: &ReadContext<'_>,
) -> ImportItem {
    let place = SourcePlace::new(file, line);
    let facts = match facts {
        EntryFacts::Front(front) => {
            let known = |name: &&str| !matches!(*name, "onward" | "date" | "text" | "day");
            let mut facts = serde_json::Map::new();
            for (name, value) in front
                .iter()
                .filter(|(name, value)| known(name) && !value.is_null())
            {
                facts.insert((*name).to_owned(), (*value).clone());
            }
            Ok(facts)
        }
        EntryFacts::Mark(json) => serde_json::from_str(json)
            .map_err(|_| "what stands before it cannot be read".to_owned()),
        EntryFacts::None => Ok(serde_json::Map::new()),
    };
    let record = facts.and_then(|mut facts| {
        let noon = WrittenDate::on(day).instant(reader);
        facts.insert("day".to_owned(), day.to_string().into());
        facts.insert("text".to_owned(), text.into());
        facts
            .entry("written_at")
            .or_insert_with(|| onward_model::revision::instant(noon).into());
        serde_json::from_value::<EntryShape>(Value::Object(facts))
            .map_err(|error| super::json::reason(&error))
            .and_then(|shape| shape.record(&place))
    });
    match record {
        Ok(record) => ImportItem::Entry(Box::new(record)),
        Err(why) => ImportItem::Refused(place, why),
    }
}
