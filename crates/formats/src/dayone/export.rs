//! Day One's JSON: `{"metadata": …, "entries": […]}`, by itself, unpacked, or in a zip archive
//! with a file for every journal at its top and the attachments in folders beside them.

use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::text::{AttachmentRef, plain};
use super::{DayOneReading, append, content};
use crate::error::{FormatError, Result};
use crate::{ImportItem, ImportRecord, SourcePlace, head, json, unreadable, zip};
use onward_model::Tag;
use onward_model::count;
use onward_model::entry::MAX_TEXT;

/// True if a file that begins with `head` is Day One's JSON.
pub(super) fn looks_like(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let has = |what: &str| head.windows(what.len()).any(|part| part == what.as_bytes());
    head.trim_ascii_start().starts_with(b"{")
        && has("\"entries\"")
        && [
            "\"creationDate\"",
            "\"creationDevice\"",
            "\"richText\"",
            "dayone-moment:",
        ]
        .into_iter()
        .any(has)
}

/// The journals in an archive: the JSON files at its top, or in the one folder that holds them
/// all, as in archives that someone packed again.
pub(super) fn journals(archive: &zip::Archive<'_>) -> Vec<zip::ArchiveMember> {
    let mut found: Vec<(&str, &zip::ArchiveMember)> = Vec::new();
    for member in archive.members() {
        let (folder, file) = member.name.rsplit_once('/').unwrap_or(("", &member.name));
        if is_journal(file) && !folder.contains('/') && folder != "__MACOSX" {
            found.push((folder, member));
        }
    }
    let first = found.iter().map(|(folder, _)| *folder).min();
    let one = found.iter().all(|(folder, _)| Some(*folder) == first);
    found
        .into_iter()
        .filter(|(folder, _)| folder.is_empty() || one)
        .map(|(_, member)| member.clone())
        .collect()
}

/// The journals in a folder that an archive was unpacked into.
///
/// # Errors
/// [`FormatError::Read`].
pub(super) fn unpacked(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| FormatError::read(folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // Do not follow links: their targets are not part of the folder.
        let is_file = entry.file_type().map_err(failed)?.is_file();
        let name = entry.file_name();
        if is_file && is_journal(&name.to_string_lossy()) && looks_like(&head(&entry.path())?) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn is_journal(file: &str) -> bool {
    let extension = Path::new(file).extension();
    extension.is_some_and(|ends| ends.eq_ignore_ascii_case("json")) && !file.starts_with('.')
}

/// Reads an archive.
///
/// # Errors
/// Those of [`zip::Archive`] and [`json::each`].
pub(super) fn read_zip(desk: &mut DayOneReading<'_>, path: &Path) -> Result<()> {
    let mut archive = zip::Archive::open(desk.reader, path)?;
    let journals = journals(&archive);
    if journals.is_empty() {
        return Err(unreadable(
            path,
            "there is no journal, a .json file, at its top",
        ));
    }
    for member in &journals {
        let file = archive.name_of(member);
        let tag = journal_tag(desk, &member.name, &file, journals.len())?;
        archive.read(member, |source| {
            read_json(desk, &file, source, tag.as_ref())
        })?;
    }
    Ok(())
}

/// Reads the files of one export.
///
/// # Errors
/// Those of [`json::each`]; [`FormatError::Read`].
pub(super) fn read_files(desk: &mut DayOneReading<'_>, paths: &[PathBuf]) -> Result<()> {
    for path in paths {
        let file = path.display().to_string();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let tag = journal_tag(desk, &name, &file, paths.len())?;
        let source = BufReader::with_capacity(1 << 16, desk.reader.open(path)?);
        read_json(desk, &file, source, tag.as_ref())?;
    }
    Ok(())
}

/// The tag that tells the entries of one journal from those of the others in the same export.
fn journal_tag(
    desk: &mut DayOneReading<'_>,
    name: &str,
    file: &str,
    of: usize,
) -> Result<Option<Tag>> {
    if of < 2 {
        return Ok(None);
    }
    let name = name.rsplit('/').next().unwrap_or_default();
    let name = Path::new(name)
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let (tag, said) = match name.parse::<Tag>() {
        Ok(tag) => {
            let said = format!(
                "one of {of} journals: its entries get the tag {:?}",
                tag.as_str()
            );
            (Some(tag), said)
        }
        Err(why) => (
            None,
            format!("one of {of} journals: its name makes no tag: {why}"),
        ),
    };
    desk.take(ImportItem::Decided(SourcePlace::new(file, None), said))?;
    Ok(tag)
}

fn read_json(
    desk: &mut DayOneReading<'_>,
    file: &str,
    source: impl BufRead,
    journal: Option<&Tag>,
) -> Result<()> {
    json::each(file, source, Some("entries"), &mut |line, element| {
        let place = SourcePlace::new(file, line);
        match serde_json::from_str::<ExportedEntry>(element) {
            Ok(entry) => read_entry(desk, place, entry, journal),
            Err(error) if error.is_data() || is_whole(element) => {
                let why = format!("it is not as Day One writes it: {}", json::reason(&error));
                desk.refuse(place, why)
            }
            Err(error) => Err(FormatError::Unreadable {
                file: file.to_owned(),
                line: Some(line + error.line().saturating_sub(1) as u64),
                what: json::reason(&error),
            }),
        }
    })?;
    Ok(())
}

/// True if JSON is whole, apart from the content of its strings: a string with half a character,
/// such as `\ud83d` alone, leaves the rest of the file readable.
fn is_whole(element: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(element).is_ok()
}

/// The fields of an entry that are read. Each may be missing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an entry")]
struct ExportedEntry {
    uuid: Option<String>,
    creation_date: Option<String>,
    modified_date: Option<String>,
    time_zone: Option<String>,
    text: Option<String>,
    rich_text: Option<String>,
    tags: Option<BoundedList<String>>,
    starred: Option<bool>,
    is_pinned: Option<bool>,
    photos: Option<BoundedList<Attachment>>,
    videos: Option<BoundedList<Attachment>>,
    audios: Option<BoundedList<Attachment>>,
    pdf_attachments: Option<BoundedList<Attachment>>,
    location: Option<IgnoredAny>,
    weather: Option<IgnoredAny>,
    user_activity: Option<IgnoredAny>,
}

/// A photo or another file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an attachment")]
struct Attachment {
    identifier: Option<String>,
    md5: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    order_in_entry: Option<f64>,
}

/// A list of a bounded length: each element takes far more memory than it does in JSON.
struct BoundedList<T>(Vec<T>);

impl<T> BoundedList<T> {
    const MOST: usize = 10_000;
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for BoundedList<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = BoundedList<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(
                self,
                mut list: A,
            ) -> std::result::Result<BoundedList<T>, A::Error> {
                let mut several = Vec::new();
                while let Some(one) = list.next_element()? {
                    several.push(one);
                    if several.len() > BoundedList::<T>::MOST {
                        return Err(de::Error::custom(format_args!(
                            "a list in it is longer than {}",
                            BoundedList::<T>::MOST
                        )));
                    }
                }
                Ok(BoundedList(several))
            }
        }
        from.deserialize_seq(Visit(PhantomData))
    }
}

/// An attachment under the name it gets in the text.
struct NamedAttachment {
    id: Option<String>,
    name: String,
    order: f64,
    shown: bool,
}

fn read_entry(
    desk: &mut DayOneReading<'_>,
    place: SourcePlace,
    entry: ExportedEntry,
    journal: Option<&Tag>,
) -> Result<()> {
    let (mut id, mut repeated) = (None, false);
    if let Some(said) = &entry.uuid {
        (id, repeated) = desk.id(said);
    }
    if repeated {
        return desk.refuse(place, "an entry with this id stands further up");
    }
    let Some(created) = &entry.creation_date else {
        return desk.refuse(place, "it has no creationDate");
    };
    let Some(instant) = read_instant(created) else {
        return desk.refuse(place, "its creationDate cannot be read");
    };
    let key = entry.uuid.clone().unwrap_or_else(|| created.clone());

    let mut attachments = named(&entry);
    let text = match whole_text(&entry, &mut attachments) {
        Ok(text) => text,
        Err(why) => return desk.refuse(place, why),
    };
    let zone = desk.zone(entry.time_zone.as_deref(), &place);
    let edited = match &entry.modified_date {
        Some(said) if read_instant(said).is_none() => {
            let said = "its modifiedDate cannot be read and is left out";
            desk.take(ImportItem::Decided(place.clone(), said.to_owned()))?;
            None
        }
        said => said.as_deref().and_then(read_instant),
    };
    let tags = entry.tags.map(|tags| tags.0).unwrap_or_default();
    let mut tags = desk.tags(&tags, &place)?;
    tags.extend(journal.cloned());
    let starred = entry.starred.unwrap_or(false);
    let content = match content(
        text,
        zone.at(instant),
        edited.map(|at| zone.at(at)),
        starred,
        tags,
    ) {
        Ok(content) => content,
        Err(why) => return desk.refuse(place, why),
    };
    desk.attachments.add(attachments.len(), &place);
    desk.located
        .add(usize::from(entry.location.is_some()), &place);
    desk.weather
        .add(usize::from(entry.weather.is_some()), &place);
    desk.activity
        .add(usize::from(entry.user_activity.is_some()), &place);
    desk.pinned
        .add(usize::from(entry.is_pinned == Some(true)), &place);
    desk.take(ImportItem::Entry(Box::new(ImportRecord {
        place,
        key,
        id,
        content,
    })))
}

/// The text of an entry, with its attachments named in their places or at the end.
fn whole_text(
    entry: &ExportedEntry,
    attachments: &mut [NamedAttachment],
) -> std::result::Result<String, String> {
    let mut text = match &entry.text {
        Some(text) if !text.trim().is_empty() => {
            plain(text, |moment| show(attachments, moment))
        }
        _ => entry.rich_text.as_deref().map(rich).unwrap_or_default(),
    };
    if text.len() > MAX_TEXT {
        let longest = count::megabytes(MAX_TEXT);
        return Err(format!("its text is longer than {longest}"));
    }
    if text.trim().is_empty() {
        text.clear();
    }
    let hidden: Vec<String> = attachments
        .iter()
        .filter(|attachment| !attachment.shown)
        .map(|attachment| attachment.name.clone())
        .collect();
    append(&mut text, &hidden);
    if text.is_empty() {
        return Err("it has neither text nor attachments".to_owned());
    }
    Ok(text)
}

fn read_instant(said: &str) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(said.trim()).ok()?;
    Some(instant.to_utc())
}

/// The attachments of an entry in their order, under the paths they have in the archive.
fn named(entry: &ExportedEntry) -> Vec<NamedAttachment> {
    let mut all = Vec::new();
    for (list, what, folder, usual) in [
        (&entry.photos, "photo", "photos", "jpeg"),
        (&entry.videos, "video", "videos", "mov"),
        (&entry.audios, "audio", "audios", "m4a"),
        (&entry.pdf_attachments, "pdf", "pdfs", "pdf"),
    ] {
        for attachment in list.iter().flat_map(|several| &several.0) {
            let id = attachment.identifier.clone();
            let ends = clean(attachment.kind.as_deref()).unwrap_or(usual);
            let name = match (clean(attachment.md5.as_deref()), clean(id.as_deref())) {
                (Some(md5), _) => format!("[{what}: {folder}/{md5}.{ends}]"),
                (None, Some(id)) => format!("[{what}: {id}]"),
                (None, None) => format!("[{what}]"),
            };
            all.push(NamedAttachment {
                id,
                name,
                order: attachment.order_in_entry.unwrap_or(f64::MAX),
                shown: false,
            });
        }
    }
    all.sort_by(|one, other| one.order.total_cmp(&other.order));
    all
}

/// A part of a name, if it holds only letters, digits and `-_`. Other characters could mean
/// something in a path or in Markdown.
fn clean(part: Option<&str>) -> Option<&str> {
    let fits = |part: &&str| {
        (1..=64).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    part.filter(fits)
}

/// The text in the place of an attachment.
fn show(attachments: &mut [NamedAttachment], moment: AttachmentRef<'_>) -> String {
    let known = attachments
        .iter_mut()
        .find(|attachment| attachment.id.as_deref() == Some(moment.id));
    match known {
        Some(attachment) => {
            attachment.shown = true;
            attachment.name.clone()
        }
        None => {
            let what = match moment.kind {
                "" => "photo",
                "pdfAttachment" => "pdf",
                other => clean(Some(other)).unwrap_or("file"),
            };
            format!("[{what}: {}]", clean(Some(moment.id)).unwrap_or("unknown"))
        }
    }
}

/// The words of a rich text, for an entry that has no other text; empty if it cannot be read. The
/// characters that stand for embedded objects are left out.
fn rich(json: &str) -> String {
    #[derive(Deserialize)]
    struct Rich {
        contents: Option<BoundedList<RichPart>>,
    }
    #[derive(Deserialize)]
    struct RichPart {
        text: Option<String>,
    }
    let Ok(rich) = serde_json::from_str::<Rich>(json) else {
        return String::new();
    };
    let runs = rich.contents.map(|runs| runs.0).unwrap_or_default();
    let text: String = runs.into_iter().filter_map(|run| run.text).collect();
    text.replace('\u{fffc}', "")
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use ::zip::ZipWriter;
    use ::zip::write::SimpleFileOptions;

    use super::super::tests::{Found, folder, read_path};

    /// Reads entries that are given one a line, the first on line 2.
    #[track_caller]
    fn read(entries: &[&str]) -> Found {
        let json = format!(
            "{{\"metadata\":{{\"version\":\"1.0\"}},\"entries\":[\n{}\n]}}",
            entries.join(",\n")
        );
        let (_keep, path) = folder(&[("Journal.json", &json)]);
        read_path(&path.join("Journal.json")).expect("read")
    }

    #[test]
    fn an_entry_is_of_the_day_its_own_clocks_showed() {
        let found = read(&[
            // Fills the day: local midnight, the day before in UTC.
            r#"{"creationDate":"2024-04-17T23:00:00Z","timeZone":"Europe/London","isAllDay":true,"text":"all day"}"#,
            r#"{"creationDate":"2024-01-17T23:00:00Z","timeZone":"Europe/London","text":"winter"}"#,
            r#"{"creationDate":"2022-03-13T07:59:00Z","timeZone":"America/Los_Angeles","text":"before the change"}"#,
            r#"{"creationDate":"2026-10-25T00:30:00Z","timeZone":"Europe/Berlin","text":"02:30"}"#,
            r#"{"creationDate":"2026-10-25T01:30:00Z","timeZone":"Europe/Berlin","text":"02:30 again"}"#,
            r#"{"creationDate":"2024-04-17T20:00:00Z","timeZone":"GMT+0530","text":"by offset"}"#,
            r#"{"creationDate":"1892-05-01T23:30:00Z","timeZone":"Europe/Berlin","text":"long ago"}"#,
            // No zone, or none that is: the machine's.
            r#"{"creationDate":"2024-04-18T03:00:00Z","text":"no zone"}"#,
            r#"{"creationDate":"2024-04-18T03:00:00Z","timeZone":"Mars/Olympus","text":"elsewhere"}"#,
            r#"{"creationDate":"2024-04-18T03:00:00Z","timeZone":null,"text":"null"}"#,
        ]);
        insta::assert_snapshot!(found.page().join("\n"), @"
        2024-04-18 2024-04-18 00:00:00 +01:00: all day
        2024-01-17 2024-01-17 23:00:00 +00:00: winter
        2022-03-12 2022-03-12 23:59:00 -08:00: before the change
        2026-10-25 2026-10-25 02:30:00 +02:00: 02:30
        2026-10-25 2026-10-25 02:30:00 +01:00: 02:30 again
        2024-04-18 2024-04-18 01:30:00 +05:30: by offset
        1892-05-02 1892-05-02 00:23:00 +00:53: long ago
        2024-04-17 2024-04-17 23:00:00 -04:00: no zone
        2024-04-17 2024-04-17 23:00:00 -04:00: elsewhere
        2024-04-17 2024-04-17 23:00:00 -04:00: null
        ");
        insta::assert_snapshot!(found.decided.join("\n"), @"
        Journal.json:9: 2 entries name no time zone: the one given with --zone, or this machine's, was taken
        Journal.json:10: 1 entry names a time zone that is not known: the one given with --zone, or this machine's, was taken
        ");
    }

    #[test]
    fn all_that_has_a_place_is_kept() {
        let found = read(&[
            r##"{"uuid":"1461153D91EC48C180C606C853FBFD83","creationDate":"2024-04-18T08:00:00Z",
             "modifiedDate":"2024-04-19T21:49:53Z","timeZone":"Europe/London","starred":true,
             "isPinned":true,"tags":["Family","quiet hours"," ","#walk","a\nb"],
             "location":{"placeName":"The park"},"weather":{},"userActivity":{"activityName":"Walking"},
             "duration":0,"editingTime":1.5,"later":[{"deep":[]}],
             "text":"# At the park\n\nShe called\\. I did not answer\\.\r\n#alone \\#notatag"}"##,
        ]);
        let record = &found.entries[0];
        assert_eq!(record.key, "1461153D91EC48C180C606C853FBFD83");
        assert_eq!(
            record.id.expect("an id").to_string(),
            "1461153d-91ec-48c1-80c6-06c853fbfd83"
        );
        assert_eq!(record.place.line, Some(2));
        let content = &record.content;
        assert_eq!(
            content.edited_at.expect("edited").to_rfc3339(),
            "2024-04-19T22:49:53+01:00"
        );
        assert!(content.starred);
        let tags: Vec<&str> = content
            .tags_by_hand
            .iter()
            .map(|tag| tag.as_str())
            .collect();
        assert_eq!(tags, ["family", "quiet hours", "walk"]);
        assert_eq!(
            content.text,
            "# At the park\n\nShe called. I did not answer.\r\n#alone #notatag"
        );
        insta::assert_snapshot!(found.decided.join("\n"), @"
        Journal.json:2: a tag of this entry is left out: a tag is one line without control characters
        Journal.json: left out of the import: 1 place, 1 weather, 1 activity, 1 pin
        ");
        assert!(found.refused.is_empty());
    }

    #[test]
    fn an_entry_that_was_never_changed_is_not_edited() {
        let found = read(&[
            r#"{"creationDate":"2024-04-18T08:00:00Z","modifiedDate":"2024-04-18T08:00:00Z","timeZone":"UTC","text":"a"}"#,
            r#"{"creationDate":"2024-04-18T08:00:00Z","modifiedDate":"2024-04-17T08:00:00Z","timeZone":"UTC","text":"b"}"#,
            r#"{"creationDate":"2024-04-18T08:00:00Z","modifiedDate":"yesterday","timeZone":"UTC","text":"c"}"#,
        ]);
        assert!(
            found
                .entries
                .iter()
                .all(|record| record.content.edited_at.is_none())
        );
        assert_eq!(found.entries[0].key, "2024-04-18T08:00:00Z");
        assert_eq!(found.entries[0].id, None);
        assert_eq!(
            found.decided,
            ["Journal.json:4: its modifiedDate cannot be read and is left out"]
        );
    }

    #[test]
    fn attachments_are_named_where_they_are_shown_and_else_at_the_end() {
        let photos = r#""photos":[{"identifier":"P2","md5":"bb","type":"png","orderInEntry":1},{"identifier":"P1","md5":"aa","type":"jpeg","orderInEntry":0},{"identifier":"P3","orderInEntry":2}]"#;
        let found = read(&[
            &format!(
                r#"{{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC",{photos},"text":"Look\\:\n\n![](dayone-moment://P2)\n\nEnd\\."}}"#
            ),
            r#"{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC","videos":[{"identifier":"V","md5":"cc","type":"mp4"}],"audios":[{"identifier":"A","md5":"dd","format":"aac"}],"pdfAttachments":[{"identifier":"D","md5":"ee"}],"text":"![](dayone-moment:/video/V)\n![](dayone-moment:/audio/A)\n![](dayone-moment:/pdfAttachment/D)"}"#,
            // Nothing but a photo.
            r#"{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC","photos":[{"identifier":"P","md5":"aa","type":"jpeg"}]}"#,
            // Not in the list, and names that mean something elsewhere.
            r#"{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC","text":"![](dayone-moment://GONE) ![](dayone-moment:/workout/W)","photos":[{"identifier":"x","md5":"../../x","type":"a\nb"}]}"#,
        ]);
        insta::assert_snapshot!(found.page().join("\n---\n"), @"
        2024-04-18 2024-04-18 08:00:00 +00:00: Look:

        [photo: photos/bb.png]

        End.

        [photo: photos/aa.jpeg]
        [photo: P3]
        ---
        2024-04-18 2024-04-18 08:00:00 +00:00: [video: videos/cc.mp4]
        [audio: audios/dd.m4a]
        [pdf: pdfs/ee.pdf]
        ---
        2024-04-18 2024-04-18 08:00:00 +00:00: [photo: photos/aa.jpeg]
        ---
        2024-04-18 2024-04-18 08:00:00 +00:00: [photo: GONE] [workout: W]

        [photo: x]
        ");
        insta::assert_snapshot!(found.decided.join("\n"), @"Journal.json: 8 attachments are named in the text; the files stay where they are");
    }

    #[test]
    fn an_entry_without_text_has_that_of_its_rich_text() {
        let found = read(&[
            r#"{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC","text":"","richText":"{\"contents\":[{\"text\":\"Home.\\n\"},{\"embeddedObjects\":[{\"type\":\"photo\"}]},{\"text\":\"\\ufffcLate.\"}]}"}"#,
            r#"{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC","text":"Mine\\.","richText":"{\"contents\":[{\"text\":\"other\"}]}"}"#,
        ]);
        let texts: Vec<&str> = found
            .entries
            .iter()
            .map(|record| record.content.text.as_str())
            .collect();
        assert_eq!(texts, ["Home.\nLate.", "Mine."]);
    }

    #[test]
    fn what_is_no_entry_is_refused_and_the_others_are_not() {
        let found = read(&[
            r#"{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC","uuid":"1461153D91EC48C180C606C853FBFD83","text":"first"}"#,
            r#"{"text":"undated"}"#,
            r#"{"creationDate":"last Friday","text":"secret"}"#,
            r#"{"creationDate":"2024-04-18T08:00:00Z","text":{"secret":"type"}}"#,
            r#"{"creationDate":"2024-04-18T08:00:00Z","text":"half \ud83d"}"#,
            r#"{"creationDate":"2024-04-18T08:00:00Z"}"#,
            r#"{"creationDate":"2024-04-18T08:00:00Z","text":" \n","photos":[]}"#,
            r#"{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC","uuid":"1461153D-91EC-48C1-80C6-06C853FBFD83","text":"again"}"#,
            r#"{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC","uuid":"MADE-UP-1","text":"other"}"#,
            r#"{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC","uuid":"MADE-UP-1","text":"other again"}"#,
            "7",
            r#"{"creationDate":"0000-04-18T08:00:00Z","timeZone":"UTC","text":"before time"}"#,
        ]);
        assert_eq!(found.entries.len(), 2);
        insta::assert_snapshot!(found.refused.join("\n"), @"
        Journal.json:3: it has no creationDate
        Journal.json:4: its creationDate cannot be read
        Journal.json:5: it is not as Day One writes it: invalid type, expected a string
        Journal.json:6: it is not as Day One writes it: unexpected end of hex escape
        Journal.json:7: it has neither text nor attachments
        Journal.json:8: it has neither text nor attachments
        Journal.json:9: an entry with this id stands further up
        Journal.json:11: an entry with this id stands further up
        Journal.json:12: it is not as Day One writes it: invalid type, expected an entry
        Journal.json:13: its year is not between 1 and 9999
        ");
    }

    #[test]
    fn so_many_attachments_that_they_fill_the_memory_are_refused() {
        let many = vec!["{}"; 10_001].join(",");
        let found = read(&[
            &format!(
                r#"{{"creationDate":"2024-04-18T08:00:00Z","text":"a","photos":[{many}]}}"#
            ),
            &format!(
                r#"{{"creationDate":"2024-04-18T08:00:00Z","text":"a","tags":[{}]}}"#,
                vec!["\"\""; 10_001].join(",")
            ),
        ]);
        assert_eq!(found.refused.len(), 2);
        assert!(
            found.refused[0].contains("longer than 10000"),
            "{:?}",
            found.refused
        );
    }

    #[test]
    fn broken_json_is_an_error_with_its_line() {
        for (json, said) in [
            (
                "{\"entries\":[\n{\"text\": tru}]}",
                "a.json, line 2: expected ident",
            ),
            (
                "{\"entries\":{}}",
                "a.json, line 1: it has no list of entries",
            ),
            (
                "{\"entries\":[\n{\"text\"",
                "a.json, line 2: it ends in the middle of an entry",
            ),
        ] {
            let (_keep, path) = folder(&[("a.json", json)]);
            assert_eq!(read_path(&path.join("a.json")).expect_err("broken"), said);
        }
    }

    #[test]
    fn what_is_nested_without_end_is_not_followed() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let found = read(&[
            &deep,
            &format!(r#"{{"creationDate":"2024-04-18T08:00:00Z","tags":{deep}}}"#),
            &format!(
                r#"{{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC","text":"a","weather":{deep}}}"#
            ),
        ]);
        assert_eq!((found.refused.len(), found.entries.len()), (2, 1));
    }

    /// Makes an archive in a folder and reads it.
    fn read_archive(files: &[(&str, &str)]) -> Result<Found, String> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            archive
                .start_file(*name, SimpleFileOptions::default())
                .expect("a file");
            archive.write_all(text.as_bytes()).expect("written");
        }
        let (_keep, path) = folder(&[]);
        let path = path.join("export.zip");
        std::fs::write(&path, archive.finish().expect("an archive").into_inner())
            .expect("written");
        read_path(&path)
    }

    const HOME: &str = r#"{"entries":[{"creationDate":"2024-04-18T08:00:00Z","timeZone":"UTC","text":"Home."}]}"#;
    const WORK: &str = r#"{"entries":[{"creationDate":"2024-04-18T09:00:00Z","timeZone":"UTC","text":"Work."}]}"#;

    #[test]
    fn an_archive_is_read_without_its_attachments() {
        // The photo's checksum is never looked at, nor is JSON that lies deeper.
        let found = read_archive(&[
            ("Journal.json", HOME),
            ("photos/aa.jpeg", "x"),
            ("photos/x.json", "no"),
        ]);
        let found = found.expect("read");
        assert_eq!(
            found.page(),
            ["2024-04-18 2024-04-18 08:00:00 +00:00: Home."]
        );
        assert_eq!(
            found.entries[0].place.to_string().rsplit('/').next(),
            Some("export.zip › Journal.json:1")
        );
        assert!(found.decided.is_empty());
    }

    #[test]
    fn several_journals_keep_their_names_as_tags() {
        let found =
            read_archive(&[("Home & away.json", HOME), ("Work.json", WORK)]).expect("read");
        assert_eq!(
            found.page(),
            [
                "2024-04-18 2024-04-18 08:00:00 +00:00 #home & away: Home.",
                "2024-04-18 2024-04-18 09:00:00 +00:00 #work: Work.",
            ]
        );
        insta::assert_snapshot!(found.decided.join("\n"), @r#"
        export.zip › Home & away.json: one of 2 journals: its entries get the tag "home & away"
        export.zip › Work.json: one of 2 journals: its entries get the tag "work"
        "#);
    }

    #[test]
    fn an_archive_that_was_packed_again_is_read() {
        let found = read_archive(&[
            ("My export/Journal.json", HOME),
            ("__MACOSX/._Journal.json", "no"),
            ("My export/._Journal.json", "no"),
        ]);
        assert_eq!(found.expect("read").entries.len(), 1);
    }

    #[test]
    fn an_archive_without_a_journal_is_an_error() {
        for files in [
            &[][..],
            &[("photos/a.jpeg", "x")],
            &[("a/x.json", HOME), ("b/y.json", HOME)],
        ] {
            assert_eq!(
                read_archive(files).expect_err("none"),
                "export.zip: there is no journal, a .json file, at its top"
            );
        }
        let said = read_archive(&[("Journal.json", "[]")]).expect_err("other JSON");
        assert_eq!(
            said,
            "export.zip › Journal.json, line 1: it is not a JSON object"
        );
    }
}
