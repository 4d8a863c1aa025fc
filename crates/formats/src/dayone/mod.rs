//! Day One: its JSON, plain or in a zip, and the folders of property lists of Day One Classic.
//!
//! An entry's day is the local date in the zone that it names. That holds for an entry that fills
//! the day as well: its instant is the local midnight, which in UTC often lies on the day before.
//! If it names no zone, or an unknown one, the zone is that of the [`ReadContext`].
//!
//! Photos and other files stay where they are and are named in the text: `[photo: photos/….jpeg]`
//! in the place of the photo, or at the end. Places, weather, activities and pins are left out,
//! because they would have to be added to the text, and a pin only sorts a list. Remarks count
//! the things that were left out.

mod classic;
mod export;
mod text;
mod writer;

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use chrono::{DateTime, FixedOffset};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{ImportItem, ReadContext, SourcePlace, TakeItem, zip};
use crate::error::{FormatError, Result};
use onward_model::{Content, Day, Tag, Zone, count};

pub use writer::write;

/// True if a file that begins with `head` is one of Day One's: its JSON, a zip archive (no other
/// format is one), or an entry of Day One Classic.
pub fn looks_like(head: &[u8]) -> bool {
    zip::looks_like(head) || export::looks_like(head) || classic::looks_like(head)
}

/// True if a folder is a journal of Day One Classic, or an unpacked export.
///
/// # Errors
/// [`FormatError::Read`].
pub fn is_folder(path: &Path) -> Result<bool> {
    Ok(classic::entries(path)?.is_some() || !export::unpacked(path)?.is_empty())
}

/// Reads a file or a folder: Day One's JSON, a zip archive of it, a folder it was unpacked
/// into, an entry of Day One Classic, or a folder of them.
///
/// # Errors
/// [`FormatError::Unreadable`] if it is none of these, the archive is damaged or hostile, or the
/// JSON is broken.
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    let mut desk = DayOneReading::new(reader, path, take);
    let found = fs::metadata(path).map_err(|error| FormatError::read(path, error))?;
    if found.is_dir() {
        if let Some(entries) = classic::entries(path)? {
            classic::read_folder(&mut desk, &entries)?;
        } else {
            let files = export::unpacked(path)?;
            if files.is_empty() {
                let what = "there is no journal of Day One's in the folder";
                return Err(super::unreadable(path, what));
            }
            export::read_files(&mut desk, &files)?;
        }
        return desk.finish();
    }
    let head = reader.head(path)?;
    if zip::looks_like(&head) {
        export::read_zip(&mut desk, path)?;
    } else if classic::looks_like(&head) {
        classic::read_file(&mut desk, path)?;
    } else {
        export::read_files(&mut desk, &[path.to_path_buf()])?;
    }
    desk.finish()
}

/// The state that all of its forms need while they are read, and the counts for the remarks at
/// the end.
struct DayOneReading<'a> {
    reader: &'a ReadContext<'a>,
    take: TakeItem<'a>,
    /// The whole file or folder.
    place: SourcePlace,
    /// The ids so far. An id that is no UUID is here by its digest.
    seen: HashSet<[u8; 16]>,
    no_zone: Tally,
    unknown_zone: Tally,
    attachments: Tally,
    located: Tally,
    weather: Tally,
    activity: Tally,
    pinned: Tally,
}

/// The number of times that something occurred, and its first place.
#[derive(Default)]
struct Tally {
    count: u64,
    first: Option<SourcePlace>,
}

impl Tally {
    fn add(&mut self, count: usize, place: &SourcePlace) {
        if count > 0 {
            self.count += count as u64;
            self.first.get_or_insert_with(|| place.clone());
        }
    }

    /// `1 entry`, `3 entries`.
    fn of(&self, one: &str, more: &str) -> String {
        count::with_noun(self.count, one, more)
    }
}

impl<'a> DayOneReading<'a> {
    fn new(reader: &'a ReadContext<'a>, path: &Path, take: TakeItem<'a>) -> DayOneReading<'a> {
        DayOneReading {
            reader,
            take,
            place: SourcePlace::new(path.display().to_string(), None),
            seen: HashSet::new(),
            no_zone: Tally::default(),
            unknown_zone: Tally::default(),
            attachments: Tally::default(),
            located: Tally::default(),
            weather: Tally::default(),
            activity: Tally::default(),
            pinned: Tally::default(),
        }
    }

    fn take(&mut self, item: ImportItem) -> Result<()> {
        (self.take)(item)
    }

    fn refuse(&mut self, place: SourcePlace, why: impl Into<String>) -> Result<()> {
        self.take(ImportItem::Refused(place, why.into()))
    }

    /// The zone of an entry.
    fn zone(&mut self, named: Option<&str>, place: &SourcePlace) -> Zone {
        let zone = named.and_then(|name| name.parse::<Zone>().ok());
        match (named, &zone) {
            (None, _) => self.no_zone.add(1, place),
            (Some(_), None) => self.unknown_zone.add(1, place),
            (Some(_), Some(_)) => {}
        }
        zone.unwrap_or_else(|| self.reader.zone.clone())
    }

    /// The UUID of an id, if it is one, and whether the id occurred before.
    fn id(&mut self, id: &str) -> (Option<Uuid>, bool) {
        let uuid = Uuid::try_parse(id.trim()).ok();
        let mut key = [0; 16];
        match &uuid {
            Some(uuid) => key = *uuid.as_bytes(),
            None => key.copy_from_slice(&Sha256::digest(id)[..16]),
        }
        (uuid, !self.seen.insert(key))
    }

    /// Takes the tags that this program can keep. A remark names the others.
    fn tags(&mut self, tags: &[String], place: &SourcePlace) -> Result<BTreeSet<Tag>> {
        let mut kept = BTreeSet::new();
        for tag in tags.iter().filter(|tag| !tag.trim().is_empty()) {
            match tag.parse() {
                Ok(tag) => {
                    kept.insert(tag);
                }
                Err(why) => {
                    let said = format!("a tag of this entry is left out: {why}");
                    self.take(ImportItem::Decided(place.clone(), said))?;
                }
            }
        }
        Ok(kept)
    }

    /// Gives the remarks to `take`.
    fn finish(mut self) -> Result<()> {
        let mut said = Vec::new();
        let entries = |times: &Tally| times.of("entry names", "entries name");
        let held = "the one given with --zone, or this machine's, was taken";
        if let Some(place) = self.no_zone.first.take() {
            said.push((
                place,
                format!("{} no time zone: {held}", entries(&self.no_zone)),
            ));
        }
        if let Some(place) = self.unknown_zone.first.take() {
            let names = entries(&self.unknown_zone);
            said.push((
                place,
                format!("{names} a time zone that is not known: {held}"),
            ));
        }
        if self.attachments.count > 0 {
            let is = self.attachments.of("attachment is", "attachments are");
            let named = format!("{is} named in the text; the files stay where they are");
            said.push((self.place.clone(), named));
        }
        let left_out: Vec<String> = [
            (&self.located, "place", "places"),
            (&self.weather, "weather", "weathers"),
            (&self.activity, "activity", "activities"),
            (&self.pinned, "pin", "pins"),
        ]
        .into_iter()
        .filter(|(times, ..)| times.count > 0)
        .map(|(times, one, more)| times.of(one, more))
        .collect();
        if !left_out.is_empty() {
            let left_out = format!("left out of the import: {}", left_out.join(", "));
            said.push((self.place.clone(), left_out));
        }
        for (place, said) in said {
            self.take(ImportItem::Decided(place, said))?;
        }
        Ok(())
    }
}

/// Makes the content of an entry. The error is the reason to refuse it.
fn content(
    text: String,
    written_at: DateTime<FixedOffset>,
    edited_at: Option<DateTime<FixedOffset>>,
    starred: bool,
    tags: BTreeSet<Tag>,
) -> Result<Content, &'static str> {
    let day = Day::new(written_at.date_naive()).ok_or("its year is not between 1 and 9999")?;
    Ok(Content {
        edited_at: edited_at.filter(|&at| at > written_at),
        starred,
        tags_by_hand: tags,
        ..Content::page(day, written_at, text)
    })
}

/// Puts lines behind a text, a blank line between.
fn append(text: &mut String, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    if !text.is_empty() {
        let ends = text.len() - text.trim_end_matches('\n').len();
        text.push_str(&"\n\n"[ends.min(2)..]);
    }
    text.push_str(&lines.join("\n"));
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::LazyLock;

    use tempfile::TempDir;

    use super::*;
    use crate::ImportRecord;

    /// A machine in New York.
    pub(super) fn reader<'a>() -> ReadContext<'a> {
        ReadContext {
            zone: &NEW_YORK,
            date_from: None,
            password: &|_| None,
            progress: &|_| {},
            opened: None,
        }
    }

    static NEW_YORK: LazyLock<Zone> =
        LazyLock::new(|| "America/New_York".parse().expect("a zone"));

    /// The result of reading: the entries, the refusals and the remarks, the latter two with
    /// their places below the folder.
    #[derive(Debug, Default)]
    pub(super) struct Found {
        pub(super) entries: Vec<ImportRecord>,
        pub(super) refused: Vec<String>,
        pub(super) decided: Vec<String>,
    }

    impl Found {
        /// `day instant [*] #tag…: text`, an entry a line.
        pub(super) fn page(&self) -> Vec<String> {
            let line = |record: &ImportRecord| {
                let content = &record.content;
                let star = if content.starred { " *" } else { "" };
                let tags: String = content
                    .tags_by_hand
                    .iter()
                    .map(|tag| format!(" #{tag}"))
                    .collect();
                format!(
                    "{} {}{star}{tags}: {}",
                    content.day, content.written_at, content.text
                )
            };
            self.entries.iter().map(line).collect()
        }
    }

    pub(super) fn read_path(path: &Path) -> std::result::Result<Found, String> {
        let mut found = Found::default();
        let folder = path.parent().expect("in a folder").display().to_string() + "/";
        let at = |place: &SourcePlace| place.to_string().replace(&folder, "");
        let result = read(path, &reader(), &mut |item| {
            match item {
                ImportItem::Entry(record) => found.entries.push(*record),
                ImportItem::Refused(place, why) => {
                    found.refused.push(format!("{}: {why}", at(&place)))
                }
                ImportItem::Decided(place, what) => {
                    found.decided.push(format!("{}: {what}", at(&place)))
                }
                other => panic!("{other:?}"),
            }
            Ok(())
        });
        result
            .map_err(|error| error.to_string().replace(&folder, ""))
            .map(|()| found)
    }

    /// A folder with files in it.
    pub(super) fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
        let folder = TempDir::new().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        let path = folder.path().to_path_buf();
        (folder, path)
    }

    #[test]
    fn what_is_named_is_found_out_from_its_content() {
        let json = r#"{"entries":[{"creationDate":"2024-06-01T08:00:00Z","timeZone":"UTC","text":"Home."}]}"#;
        let classic = "<plist><dict><key>Creation Date</key><date>2024-06-01T08:00:00Z</date>\
                       <key>Entry Text</key><string>Home.</string></dict></plist>";
        let (_keep, path) = folder(&[
            ("export/Journal.json", json),
            ("export/photos/a.jpeg", "x"),
            ("old.dayone/entries/A.doentry", classic),
            ("notes/2024-06-01.md", "Home."),
            ("notes/other.json", "{}"),
            ("empty/.keep", ""),
        ]);
        for (name, folder) in [
            ("export", true),
            ("old.dayone", true),
            ("old.dayone/entries", true),
            ("notes", false),
            ("empty", false),
        ] {
            assert_eq!(is_folder(&path.join(name)).expect("read"), folder, "{name}");
        }
        for name in [
            "export",
            "export/Journal.json",
            "old.dayone",
            "old.dayone/entries",
            "old.dayone/entries/A.doentry",
        ] {
            let found = read_path(&path.join(name)).expect("read");
            assert_eq!(found.entries[0].content.text, "Home.", "{name}");
            assert_eq!(found.entries.len(), 1, "{name}");
        }
        assert_eq!(
            read_path(&path.join("notes")).expect_err("no journal"),
            "notes: there is no journal of Day One's in the folder"
        );
        assert!(looks_like(json.as_bytes()));
        assert!(looks_like(classic.as_bytes()));
        for other in [
            "",
            "{}",
            "[]",
            r#"{"tags":{},"entries":[{"title":"a","date":"2024-06-01"}]}"#,
            r#"{"version":100,"entries":[]}"#,
        ] {
            assert!(!looks_like(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn lines_go_behind_a_text_with_a_blank_line_between() {
        for (before, after) in [
            ("", "[x]"),
            ("a", "a\n\n[x]"),
            ("a\n", "a\n\n[x]"),
            ("a\n\n\n", "a\n\n\n[x]"),
        ] {
            let mut text = before.to_owned();
            append(&mut text, &["[x]".to_owned()]);
            assert_eq!(text, after);
            append(&mut text, &[]);
            assert_eq!(text, after);
        }
    }
}
