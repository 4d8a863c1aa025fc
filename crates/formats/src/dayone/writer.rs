//! A zip archive that Day One imports, and its converters read: `Journal.json` and nothing
//! else, an entry a line.
//!
//! The format has no place for moods, tips, kinds, the trash and earlier texts. The day of an
//! entry is the date of its instant. So a page that was written on another date than its day, as
//! in the small hours, is marked `isAllDay`: its instant is the midnight at which its day began,
//! and the instant at which it was written is that of the last change, unless there was a later
//! one.

use std::cell::Cell;
use std::io::{self, Write};

use chrono::{DateTime, FixedOffset, NaiveTime, SecondsFormat, TimeZone};
use serde::Serialize;
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

use super::text::escaped;
use crate::error::{FormatError, Result};
use crate::{EntrySource, unwritten};
use onward_model::{Entry, Zone};

/// Writes entries as an archive. `zone` is the name of the zone in which most were written.
///
/// # Errors
/// [`FormatError::Write`].
pub fn write(out: &mut dyn Write, source: EntrySource<'_>, zone: &str) -> Result<()> {
    let shut = Cell::new(false);
    let mut archive = ZipWriter::new_stream(ShutOffOutput { out, shut: &shut });
    let result = write_journal(&mut archive, source, zone);
    // Shut the output after an error: an archive that is dropped writes an end as if it were
    // whole.
    shut.set(shut.get() || result.is_err());
    result?;
    archive.finish().map(|_| ()).map_err(failed)
}

fn write_journal<W: Write + io::Seek>(
    archive: &mut ZipWriter<W>,
    source: EntrySource<'_>,
    zone: &str,
) -> Result<()> {
    let options = SimpleFileOptions::default().unix_permissions(0o600);
    archive
        .start_file("Journal.json", options)
        .map_err(failed)?;
    let mut zones = ZoneNames {
        preferred: zone
            .parse()
            .ok()
            .filter(|zone: &Zone| zone.name().is_some()),
        last: None,
    };
    // Write whole entries: small pieces take the archive longer.
    let mut line = b"{\"metadata\":{\"version\":\"1.0\"},\"entries\":[\n".to_vec();
    source(&mut |entry| {
        serde_json::to_writer(&mut line, &shape(&entry, &mut zones))
            .map_err(|error| unwritten(error.into()))?;
        archive.write_all(&line).map_err(unwritten)?;
        line.clear();
        line.extend_from_slice(b",\n");
        Ok(())
    })?;
    if line.starts_with(b",") {
        line.clear();
        line.push(b'\n');
    }
    line.extend_from_slice(b"]}\n");
    archive.write_all(&line).map_err(unwritten)
}

fn failed(error: ZipError) -> FormatError {
    unwritten(error.into())
}

/// An output that is shut off at the first error. From then on it takes everything and writes
/// nothing: an archive that is dropped still writes its end, and the library complains on
/// standard error if it cannot.
struct ShutOffOutput<'a> {
    out: &'a mut dyn Write,
    shut: &'a Cell<bool>,
}

impl ShutOffOutput<'_> {
    fn done<T>(&self, result: io::Result<T>) -> io::Result<T> {
        // An interrupted write is tried again, so it is no failure.
        let failed = |error: &io::Error| error.kind() != io::ErrorKind::Interrupted;
        self.shut.set(result.as_ref().is_err_and(failed));
        result
    }
}

impl Write for ShutOffOutput<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.shut.get() {
            return Ok(bytes.len());
        }
        let result = self.out.write(bytes);
        self.done(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.shut.get() {
            return Ok(());
        }
        let result = self.out.flush();
        self.done(result)
    }
}

/// An entry as Day One's JSON has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryShape<'a> {
    uuid: String,
    creation_date: String,
    modified_date: String,
    time_zone: String,
    is_all_day: bool,
    is_pinned: bool,
    starred: bool,
    duration: u8,
    editing_time: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    text: String,
}

fn shape<'a>(entry: &'a Entry, zones: &mut ZoneNames) -> EntryShape<'a> {
    let written = entry.written_at;
    let is_all_day = entry.day.date() != written.date_naive();
    let (created, zone) = if is_all_day {
        zones.midnight(entry)
    } else {
        (written, zones.of(written))
    };
    let modified = entry.edited_at.unwrap_or(written).max(created);
    EntryShape {
        uuid: entry.id.simple().to_string().to_uppercase(),
        creation_date: instant(created),
        modified_date: instant(modified),
        time_zone: zone,
        is_all_day,
        is_pinned: false,
        starred: entry.starred,
        duration: 0,
        editing_time: 0,
        tags: entry.tags.iter().map(|tag| tag.as_str()).collect(),
        text: escaped(&entry.text),
    }
}

/// An instant in UTC, or with its own offset if it would leave the years 0 to 9999 in UTC.
fn instant(at: DateTime<FixedOffset>) -> String {
    let utc = at.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
    if utc.starts_with(['+', '-']) {
        at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
    } else {
        utc
    }
}

/// Finds names for zones of which only the offset is known.
struct ZoneNames {
    preferred: Option<Zone>,
    last: Option<Zone>,
}

impl ZoneNames {
    /// The name of a zone whose clocks show an instant as it is written.
    fn of(&mut self, at: DateTime<FixedOffset>) -> String {
        let (offset, instant) = (*at.offset(), at.to_utc());
        let known = [&self.preferred, &self.last];
        let zone = known
            .into_iter()
            .flatten()
            .find(|zone| zone.offset_at(instant) == offset)
            .cloned()
            .or_else(|| Zone::named(offset, instant));
        let name = match zone.as_ref().and_then(Zone::name) {
            Some(name) => name.to_owned(),
            // Apple's systems name zones without rules like this.
            None => format!("GMT{}", at.format("%z")),
        };
        self.last = zone.or(self.last.take());
        name
    }

    /// The instant at which an entry's day began, and the name of a zone in which it did.
    fn midnight(&mut self, entry: &Entry) -> (DateTime<FixedOffset>, String) {
        let offset = *entry.written_at.offset();
        let midnight = entry.day.date().and_time(NaiveTime::MIN);
        let written = entry.written_at.to_utc();
        let holds = |zone: &&Zone| zone.offset_at(written) == offset;
        let preferred = self.preferred.as_ref().filter(holds);
        let began = preferred.map(|zone| zone.instant(midnight));
        // If the clocks skip midnight, the day begins later, but on its date.
        let began = began
            .filter(|began| began.date_naive() == entry.day.date())
            .or_else(|| offset.from_local_datetime(&midnight).single())
            .unwrap_or(entry.written_at);
        let name = self.of(began);
        (began, name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::tests::read_path;
    use super::*;
    use crate::ImportRecord;
    use onward_model::{Day, Kind, Tag};

    fn entry(day: &str, written_at: &str, text: &str) -> Entry {
        Entry {
            number: 1,
            id: Uuid::from_u128(7),
            kind: Kind::Page,
            day: day.parse().expect("a day"),
            written_at: DateTime::parse_from_rfc3339(written_at).expect("an instant"),
            edited_at: None,
            text: text.to_owned(),
            mood: None,
            starred: false,
            tags: Vec::new(),
            reflections: Vec::new(),
            away: None,
        }
    }

    /// A source of these entries.
    fn each(
        entries: &[Entry],
    ) -> impl FnMut(&mut dyn FnMut(Entry) -> Result<()>) -> Result<()> {
        |take| entries.iter().cloned().try_for_each(take)
    }

    fn pack(entries: &[Entry], zone: &str) -> Vec<u8> {
        let mut archive = Vec::new();
        write(&mut archive, &mut each(entries), zone).expect("written");
        archive
    }

    fn json(entries: &[Entry], zone: &str) -> String {
        let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(pack(entries, zone)))
            .expect("an archive");
        assert_eq!(archive.len(), 1);
        let mut text = String::new();
        let mut journal = archive.by_name("Journal.json").expect("the journal");
        std::io::Read::read_to_string(&mut journal, &mut text).expect("text");
        text
    }

    fn read_back(entries: &[Entry], zone: &str) -> Vec<ImportRecord> {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = folder.path().join("export.zip");
        std::fs::write(&path, pack(entries, zone)).expect("written");
        let found = read_path(&path).expect("read");
        assert!(found.refused.is_empty(), "{:?}", found.refused);
        assert!(found.decided.is_empty(), "{:?}", found.decided);
        found.entries
    }

    #[test]
    fn an_archive_is_what_day_one_writes() {
        let mut one = entry(
            "2026-11-22",
            "2026-11-22T21:30:00+01:00",
            "# Home\n\nLate. C:\\home",
        );
        one.starred = true;
        one.tags = vec!["family".parse().expect("a tag")];
        one.edited_at = DateTime::parse_from_rfc3339("2026-11-23T08:00:00+01:00").ok();
        let two = entry(
            "2026-11-22",
            "2026-11-23T01:30:00+01:00",
            "In the small hours",
        );
        insta::assert_snapshot!(json(&[one, two], "Europe/Berlin"), @r##"
        {"metadata":{"version":"1.0"},"entries":[
        {"uuid":"00000000000000000000000000000007","creationDate":"2026-11-22T20:30:00Z","modifiedDate":"2026-11-23T07:00:00Z","timeZone":"Europe/Berlin","isAllDay":false,"isPinned":false,"starred":true,"duration":0,"editingTime":0,"tags":["family"],"text":"# Home\n\nLate. C:\\\\home"},
        {"uuid":"00000000000000000000000000000007","creationDate":"2026-11-21T23:00:00Z","modifiedDate":"2026-11-23T00:30:00Z","timeZone":"Europe/Berlin","isAllDay":true,"isPinned":false,"starred":false,"duration":0,"editingTime":0,"text":"In the small hours"}
        ]}
        "##);
        let none: serde_json::Value = serde_json::from_str(&json(&[], "")).expect("JSON");
        assert_eq!(none["entries"], serde_json::json!([]));
    }

    #[test]
    fn a_zone_is_one_that_has_the_offset() {
        let zone = |written_at: &str, zone: &str| {
            let json = json(&[entry(&written_at[..10], written_at, "x")], zone);
            let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
            json["entries"][0]["timeZone"]
                .as_str()
                .expect("a name")
                .to_owned()
        };
        assert_eq!(
            zone("2026-07-01T12:00:00+02:00", "Europe/Berlin"),
            "Europe/Berlin"
        );
        assert_eq!(
            zone("2026-12-01T12:00:00+02:00", "Europe/Berlin"),
            "Etc/GMT-2"
        );
        assert_eq!(zone("2026-12-01T12:00:00-08:00", "nowhere"), "Etc/GMT+8");
        assert_eq!(zone("2026-12-01T12:00:00+00:00", "+02:00"), "Etc/UTC");
        assert_eq!(zone("2026-12-01T12:00:00+05:45", ""), "Asia/Kathmandu");
        assert_eq!(zone("2026-12-01T12:00:00+05:07", ""), "GMT+0507");
        assert_eq!(
            zone("1660-01-01T21:00:00-00:01", "Europe/London"),
            "Europe/London"
        );
    }

    #[test]
    fn a_page_of_the_small_hours_keeps_its_day() {
        let written = "2026-11-23T01:30:00+01:00";
        let back = read_back(&[entry("2026-11-22", written, "late")], "Europe/Berlin");
        let content = &back[0].content;
        assert_eq!(content.day.to_string(), "2026-11-22");
        assert_eq!(content.written_at.to_rfc3339(), "2026-11-22T00:00:00+01:00");
        assert_eq!(
            content.edited_at.expect("the instant").to_rfc3339(),
            written
        );
    }

    #[test]
    fn a_day_that_began_after_midnight_keeps_its_date() {
        // Clocks in Santiago went from 24:00 to 01:00.
        let back = read_back(
            &[entry("2026-09-06", "2026-09-07T01:00:00-03:00", "late")],
            "America/Santiago",
        );
        assert_eq!(
            back[0].content.written_at.to_rfc3339(),
            "2026-09-06T01:00:00-03:00"
        );
    }

    #[test]
    fn the_first_and_the_last_day_keep_their_years() {
        for written in ["9999-12-31T23:30:00-05:00", "0001-01-01T00:30:00+14:00"] {
            let back = read_back(&[entry(&written[..10], written, "x")], "");
            assert_eq!(back[0].content.written_at.to_rfc3339(), written);
        }
    }

    /// Takes so many bytes and then no more.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 < bytes.len() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0 -= bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_cannot_be_written_is_an_error_wherever_it_happens() {
        let noise: String = (0..200_000_u32)
            .map(|n| {
                char::from_u32(0x4e00 + n.wrapping_mul(n).wrapping_mul(2_654_435_761) % 9973)
                    .unwrap_or('x')
            })
            .collect();
        let entries = [entry("2026-11-22", "2026-11-22T21:30:00+01:00", &noise)];
        let whole = pack(&entries, "UTC").len();
        for room in [0, 1, 10, 60, 5_000, whole / 2, whole - 30, whole - 1] {
            let result = write(&mut Full(room), &mut each(&entries), "UTC");
            assert!(
                matches!(result, Err(FormatError::Write { .. })),
                "room for {room} of {whole}"
            );
        }
        assert!(write(&mut Full(whole), &mut each(&entries), "UTC").is_ok());
    }

    #[test]
    fn an_archive_that_is_not_finished_does_not_look_so() {
        let one = entry("2026-11-22", "2026-11-22T21:30:00+01:00", "Home.");
        let mut archive = Vec::new();
        let mut interrupted = |take: &mut dyn FnMut(Entry) -> Result<()>| {
            take(one.clone())?;
            Err(FormatError::NoDatePattern)
        };
        let result = write(&mut archive, &mut interrupted, "UTC");
        assert!(matches!(result, Err(FormatError::NoDatePattern)));
        assert!(::zip::ZipArchive::new(std::io::Cursor::new(archive)).is_err());
    }

    fn any_text() -> impl Strategy<Value = String> {
        let markdown = prop_oneof![
            Just("\\"),
            Just("`"),
            Just("```\n"),
            Just("~~~"),
            Just("\n"),
            Just("# "),
            Just("."),
            Just("![](dayone-moment://A)"),
            Just("[photo: a]"),
            Just("\0"),
            Just("\u{2028}"),
            Just("😀"),
            Just("\""),
            Just("<script>"),
            Just("\u{fffc}"),
            Just("x "),
        ];
        prop_oneof![
            any::<String>(),
            proptest::collection::vec(markdown, 1..30).prop_map(|parts| parts.concat()),
        ]
        .prop_filter("an entry says something", |text| !text.trim().is_empty())
    }

    fn any_entry() -> impl Strategy<Value = Entry> {
        (
            any_text(),
            -50_000_000_000_i64..200_000_000_000,
            -14 * 60..=14 * 60_i32,
            proptest::option::of(1..10_000_000_i64),
            any::<bool>(),
            proptest::collection::btree_set("[a-zé][a-z é#,\"]{0,8}[a-z]", 0..4),
            any::<u128>(),
        )
            .prop_map(|(text, seconds, minutes, edited, starred, tags, id)| {
                let offset = FixedOffset::east_opt(minutes * 60).expect("an offset");
                let written_at = DateTime::from_timestamp(seconds, 0)
                    .expect("in range")
                    .with_timezone(&offset);
                let tags: BTreeSet<Tag> =
                    tags.iter().map(|tag| tag.parse().expect("a tag")).collect();
                Entry {
                    id: Uuid::from_u128(id),
                    day: Day::new(written_at.date_naive()).expect("a day"),
                    written_at,
                    edited_at: edited.map(|after| written_at + TimeDelta::seconds(after)),
                    text,
                    starred,
                    tags: tags.into_iter().collect(),
                    ..entry("2026-11-22", "2026-11-22T21:30:00+01:00", "")
                }
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn what_is_written_comes_back(
            entries in proptest::collection::vec(any_entry(), 0..5),
            nights in 0..3_i64,
            zone in prop_oneof![Just("Europe/Berlin"), Just("Asia/Kolkata"), Just("+03:00"), Just("")],
        ) {
            let mut entries = entries;
            entries.sort_by_key(|entry| entry.id);
            entries.dedup_by_key(|entry| entry.id);
            // The last of them is of an earlier day than its date.
            let last = entries.len();
            if let Some(entry) = entries.last_mut() {
                entry.day = entry.day.plus_days(-nights).expect("a day");
            }
            let back = read_back(&entries, zone);
            prop_assert_eq!(back.len(), entries.len());
            for (at, (record, entry)) in back.iter().zip(&entries).enumerate() {
                let content = &record.content;
                prop_assert_eq!(record.id, Some(entry.id));
                prop_assert_eq!(content.day, entry.day);
                prop_assert_eq!(&content.text, &entry.text);
                prop_assert_eq!(content.starred, entry.starred);
                prop_assert_eq!(content.tags_by_hand.iter().collect::<Vec<_>>(), entry.tags.iter().collect::<Vec<_>>());
                if at + 1 < last || nights == 0 {
                    prop_assert_eq!(content.written_at, entry.written_at);
                    prop_assert_eq!(content.written_at.offset(), entry.written_at.offset());
                    prop_assert_eq!(content.edited_at, entry.edited_at);
                } else {
                    prop_assert_eq!(content.edited_at, Some(entry.edited_at.unwrap_or(entry.written_at)));
                }
            }
        }
    }
}
