//! Tests of the readers on files of our own in jrnl's forms.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use onward_model::{Entry, Kind, Zone};

static AN_HOUR_AHEAD: LazyLock<Zone> = LazyLock::new(|| "+01:00".parse().expect("a zone"));

fn reader(date_from: Option<&str>) -> ReadContext<'_> {
    ReadContext {
        zone: &AN_HOUR_AHEAD,
        date_from,
        password: &|_| panic!("asked for a password"),
        progress: &|_| {},
        opened: None,
    }
}

/// A reader's items, each as a line or more: entries whole, the rest as it would be said.
fn said(read: impl FnOnce(TakeItem<'_>) -> Result<()>) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let done = read(&mut |item| {
        found.push(match item {
            ImportItem::Entry(record) => {
                let content = &record.content;
                let tags: Vec<String> = content
                    .tags_by_hand
                    .iter()
                    .map(|tag| format!(" +{tag}"))
                    .collect();
                assert_eq!(content.day.to_string(), record.key[..10]);
                format!(
                    "{} {}{}{}|{}",
                    record.place.line.unwrap_or_default(),
                    record.key,
                    if content.starred { " *" } else { "" },
                    tags.concat(),
                    content.text
                )
            }
            ImportItem::Refused(place, what) => format!("refused {place} {what}"),
            ImportItem::Decided(place, what) => format!("decided {place} {what}"),
            other => panic!("{other:?}"),
        });
        Ok(())
    });
    done.map(|()| found).map_err(|error| error.to_string())
}

fn text_from(bytes: &[u8], date_from: Option<&str>) -> Result<Vec<String>, String> {
    said(|take| text::read_bytes(Path::new("j.txt"), bytes, &reader(date_from), take))
}

#[track_caller]
fn check(file: &str, expect: &[&str]) {
    assert_eq!(
        text_from(file.as_bytes(), None).expect("read"),
        expect,
        "{file:?}"
    );
    let windows = format!("\u{feff}{}", file.replace('\n', "\r\n"));
    let found = text_from(windows.as_bytes(), None).expect("read");
    assert_eq!(found, expect, "with the line ends of Windows: {file:?}");
}

#[track_caller]
fn check_wrong(file: &str, expect: &str) {
    assert_eq!(text_from(file.as_bytes(), None).expect_err(file), expect);
}

#[test]
fn entries_come_with_their_day_and_star() {
    check(
        "[2024-02-29 21:15] Walked home.\nThe lamps were on.\n\n[2024-03-01 07:05] Rain. *\n",
        &[
            "1 2024-02-29T21:15:00|Walked home.\nThe lamps were on.",
            "4 2024-03-01T07:05:00 *|Rain.",
        ],
    );
    check(
        "\n[2026-11-23 03:32:03 AM] Starred. *\n\n  body\n\n\n\n[2026-11-23 12:00:00 PM] b",
        &[
            "2 2026-11-23T03:32:03 *|Starred.\n\n  body",
            "8 2026-11-23T12:00:00|b",
        ],
    );
    check("[9 June 2013 15:39] One.", &["1 2013-06-09T15:39:00|One."]);
    check("[2013-06-09] No time.", &["1 2013-06-09T12:00:00|No time."]);
    check(
        "[2013-06-09 15:39]\nBelow.",
        &["1 2013-06-09T15:39:00|\nBelow."],
    );
}

#[test]
fn nothing_is_no_entries() {
    for file in ["", "\n\n", " \r\n\t\n"] {
        check(file, &[]);
    }
    check(
        "[2013-06-09 15:39] \n\n[2013-06-10 15:39] *\n",
        &[
            "refused j.txt:1 nothing is written there",
            "refused j.txt:3 nothing is written there",
        ],
    );
}

#[test]
fn tags_that_stand_in_the_text_are_given() {
    check(
        "[2024-02-29 21:15] With @Aunt, @os/2 and @C++; #home #a/b #c++ #42 ## x@y @ @- a@b.c\n",
        &[
            "1 2024-02-29T21:15:00 +aunt +c++ +os/2|With @Aunt, @os/2 and @C++; #home #a/b \
             #c++ #42 ## x@y @ @- a@b.c",
        ],
    );
    check(
        "[2024-02-29 21:15] (@no) @yes* @été\n@line",
        &["1 2024-02-29T21:15:00 +line +yes +été|(@no) @yes* @été\n@line"],
    );
}

#[test]
fn a_pasted_date_stays_text() {
    check(
        "[2024-02-29 21:15] A chat\n[2020-05-05 12:00] inner\n[26/11, 23:32] other\n\n\
         [1] note\n\n[At a public dinner] J\n\n[2024-03-01 07:05] Rain.\n",
        &[
            "decided j.txt:2 the line begins with a date, 2020-05-05 12:00, but no empty line \
             stands before it: it was kept as text of the entry above it",
            "1 2024-02-29T21:15:00|A chat\n[2020-05-05 12:00] inner\n[26/11, 23:32] other\n\n\
             [1] note\n\n[At a public dinner] J",
            "9 2024-03-01T07:05:00|Rain.",
        ],
    );
    check(
        "[2024-02-29 21:15] A\n\n[Feb 28, 2024] cut out\n\n[2024-02-29 09:15:00 PM] more\n",
        &[
            "decided j.txt:3 the line begins with a date, Feb 28, 2024, but in another form \
             than the others of the file: it was kept as text of the entry above it",
            "1 2024-02-29T21:15:00|A\n\n[Feb 28, 2024] cut out",
            "decided j.txt:5 2024-02-29 09:15:00 PM has not quite the form of the other dates; \
             it begins an entry all the same",
            "5 2024-02-29T21:15:00|more",
        ],
    );
}

#[test]
fn a_shorter_date_after_an_empty_line_begins_an_entry() {
    check(
        "[2019-07-18 14:23] One\n\n[2019-07 14:23] Two\n",
        &[
            "1 2019-07-18T14:23:00|One",
            "decided j.txt:3 2019-07 14:23 has not quite the form of the other dates; it \
             begins an entry all the same",
            "3 2019-07-01T14:23:00|Two",
        ],
    );
}

#[test]
fn a_damaged_header_is_said_and_stays_in_the_text() {
    check(
        "[2013-06-09 15:39] One\n\n[2018] What?\n\n[2013-06-31 10:00] Such a day\n",
        &[
            "decided j.txt:3 [2018] looks like the beginning of an entry, but it is no date \
             that can be read: it was kept as text of the entry above it",
            "decided j.txt:5 [2013-06-31 10:00] looks like the beginning of an entry, but it \
             is no date that can be read: it was kept as text of the entry above it",
            "1 2013-06-09T15:39:00|One\n\n[2018] What?\n\n[2013-06-31 10:00] Such a day",
        ],
    );
}

#[test]
fn text_above_the_first_header_is_refused_with_its_line() {
    let what = "this text stands above the first date (line 5) and has none itself; put a \
                date in brackets before it";
    check(
        "\nMy journal\n\n[2018] x\n[2013-06-09 15:39] One\n",
        &[
            &format!("refused j.txt:2 {what}"),
            "5 2013-06-09T15:39:00|One",
        ],
    );
    check_wrong(
        "Only prose.\n[1] note\n",
        "j.txt: no line begins with a date in brackets, as [2013-06-09 15:39] does; if the \
         dates have another form, say it with --date-from",
    );
}

#[test]
fn a_log_without_empty_lines_is_one_entry_a_line() {
    check(
        "[2024-02-01 10:00] a\nmore\n[2024-02-01 10:00] b\n[2024-02-03 10:00] c\n",
        &[
            "decided j.txt:1 no empty line parts the entries, so every line that begins with a \
             date begins one",
            "1 2024-02-01T10:00:00|a\nmore",
            "3 2024-02-01T10:00:00|b",
            "4 2024-02-03T10:00:00|c",
        ],
    );
    // Pasted lines are older than what they are pasted into.
    let pasted = "[2024-02-01 10:00] a\n[2024-01-01 10:00] b\n[2024-01-03 10:00] c\n";
    let found = text_from(pasted.as_bytes(), None).expect("read");
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[2].ends_with("|a\n[2024-01-01 10:00] b\n[2024-01-03 10:00] c"));
}

#[test]
fn the_first_jrnl_wrote_no_brackets() {
    check(
        "2012-02-29 21:15 Walked home. *\nThe lamps.\n2012-02-28 10:00 inside\n[2018] x\n\n\
         2012-03-01 07:05 Rain.\n\n2012-03-01 no time\n",
        &[
            "decided j.txt:3 the line begins with a date, 2012-02-28 10:00, but no empty line \
             stands before it: it was kept as text of the entry above it",
            "1 2012-02-29T21:15:00 *|Walked home.\nThe lamps.\n2012-02-28 10:00 inside\n[2018] x",
            "6 2012-03-01T07:05:00|Rain.\n\n2012-03-01 no time",
        ],
    );
    // With one header in brackets, dates without them are text.
    let found = text_from(b"2012-02-29 21:15 a\n\n[2012-03-01 07:05] b\n", None).expect("read");
    assert!(found[0].starts_with("refused j.txt:1 "), "{found:?}");
    assert_eq!(found[1], "3 2012-03-01T07:05:00|b");
}

#[test]
fn dates_that_can_mean_two_days_are_refused() {
    check_wrong(
        "[01.02.2021 10:00] One\n\n[02.02.2021 10:00] Two\n",
        "j.txt, line 1: 01.02.2021 10:00 can be 1 February 2021 or 2 January 2021; say which \
         form the dates have with --date-from, such as '%d.%m.%Y %H:%M' or '%m/%d/%Y %H:%M'",
    );
    let both = "[13.02.2021 10:00] One\n\n[02.13.2021 10:00] Two\n";
    let error = text_from(both.as_bytes(), None).expect_err("mixed");
    assert!(
        error.starts_with("j.txt, line 3: 13.02.2021 10:00 (line 1) has"),
        "{error}"
    );

    check(
        "[01.02.2021 10:00] One\n[02.13.2021 10:00] pasted\n\n[13.02.2021 10:00] Two\n",
        &[
            "decided j.txt:4 13.02.2021 10:00 has the day first, so all dates of the file have",
            "decided j.txt:2 the line begins with a date, 02.13.2021 10:00, but it cannot be \
             read like the other dates of the file: it was kept as text of the entry above it",
            "1 2021-02-01T10:00:00|One\n[02.13.2021 10:00] pasted",
            "4 2021-02-13T10:00:00|Two",
        ],
    );
    check("[02/02/2021] Same", &["1 2021-02-02T12:00:00|Same"]);
}

#[test]
fn a_declared_form_counts_alone() {
    let file = b"[01.02.2021 10:00] One\n\n[2021-03-01 10:00] x\n\n[13.02.2021 10:00] Two\n";
    let found = text_from(file, Some("%d.%m.%Y %H:%M")).expect("read");
    assert_eq!(
        found,
        [
            "decided j.txt:3 [2021-03-01 10:00] looks like the beginning of an entry, but its \
             form is not the declared one: it was kept as text of the entry above it",
            "1 2021-02-01T10:00:00|One\n\n[2021-03-01 10:00] x",
            "5 2021-02-13T10:00:00|Two",
        ]
    );
    let found = text_from(b"[01.02.2021] One", Some("[%m.%d.%Y]")).expect("read");
    assert_eq!(found, ["1 2021-01-02T12:00:00|One"]);
    let found = text_from(b"1.2.21 One\nx\n\n3.2.21 Two", Some("%d.%m.%y")).expect("read");
    assert_eq!(
        found,
        ["1 2021-02-01T12:00:00|One\nx", "4 2021-02-03T12:00:00|Two"]
    );
    let error = text_from(b"[2021-03-01 10:00] x", Some("%d.%m.%Y")).expect_err("other form");
    assert!(error.ends_with("in the form \"%d.%m.%Y\""), "{error}");
    let mut written_at = None;
    text::read_bytes(
        Path::new("j.txt"),
        b"[2021-02-01 10:00 -0500] One",
        &reader(Some("%Y-%m-%d %H:%M %z")),
        &mut |item| {
            if let ImportItem::Entry(record) = item {
                written_at = Some(record.content.written_at.to_rfc3339());
            }
            Ok(())
        },
    )
    .expect("read");
    assert_eq!(written_at.as_deref(), Some("2021-02-01T10:00:00-05:00"));
}

#[test]
fn what_is_not_utf_8_says_its_line() {
    let error = text_from(b"[2013-06-09 15:39] One\n\nna\xefve\n", None).expect_err("bytes");
    assert_eq!(error, "j.txt, line 3: it is not valid UTF-8");
    assert!(text_from(b"\xff\xfe[\x002\0", None).is_err());
    check(
        "[2013-06-09 15:39] a\u{0}b\rc\n",
        &["1 2013-06-09T15:39:00|a\u{0}b\rc"],
    );
}

#[test]
fn a_text_file_is_told_from_its_beginning() {
    for head in [
        "[2013-06-09 15:39] One",
        "\u{feff}\r\n[2026-11-23 03:32:03 AM] x\r\n",
        "[2013-06-09 15:39]\r\nx",
        "Prose\n[01.02.2021 10:00] x",
        "2012-02-29 21:15 a",
    ] {
        assert!(text::looks_like(head.as_bytes(), None), "{head}");
    }
    for head in [
        "",
        "One",
        "[x] todo",
        "# 2013-06-09",
        "2013-06-09 Title",
        "[{\"date\": \"2013-06-09 15:39\"}]",
        "x\n2012-02-29 21:15 a",
        "---\ntags: a\n---\n[2013-06-09 15:39] One",
    ] {
        assert!(!text::looks_like(head.as_bytes(), None), "{head}");
    }
    assert!(text::looks_like(b"[1.2.21] x", Some("%d.%m.%y")));
}

fn entry(day: NaiveDate, written: NaiveDateTime, text: &str, starred: bool) -> Entry {
    Entry {
        number: 1,
        id: Uuid::nil(),
        kind: Kind::Page,
        day: Day::new(day).expect("a day"),
        written_at: AN_HOUR_AHEAD.instant(written),
        edited_at: None,
        text: text.to_owned(),
        mood: None,
        starred,
        tags: Vec::new(),
        reflections: Vec::new(),
        away: None,
    }
}

fn written(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut entries = entries.iter().cloned();
    text::write(&mut out, &mut |take| entries.try_for_each(&mut *take)).expect("written");
    out
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

#[test]
fn a_written_file_is_what_jrnl_reads() {
    let day = date("2026-11-22");
    let at = |text: &str| text.parse::<NaiveDateTime>().expect("a moment");
    let file = written(&[
        entry(
            day,
            at("2026-11-22T21:30:15"),
            "Called Aunt.\nIt was good.",
            true,
        ),
        entry(day, at("2026-11-23T01:30:00"), "Awake.", false),
        entry(
            day,
            at("2026-11-21T23:00:00"),
            "Ahead\n[2020-05-05 12:00:00] inner",
            false,
        ),
        entry(day, at("2026-11-22T23:59:59.5"), "Five *", false),
    ]);
    assert_eq!(
        String::from_utf8(file).expect("UTF-8"),
        "[2026-11-22 21:30:15] Called Aunt. *\nIt was good.\n\n\
         [2026-11-22 23:59:59] Awake.\n\n\
         [2026-11-22 00:00:00] Ahead \n [2020-05-05 12:00:00] inner\n\n\
         [2026-11-22 23:59:59] \nFive *\n\n"
    );
}

#[test]
fn a_failing_source_or_target_is_an_error() {
    let error = text::write(&mut Vec::new(), &mut |_| {
        Err(crate::FormatError::NoDatePattern)
    });
    assert!(matches!(error, Err(crate::FormatError::NoDatePattern)));
    let day = date("2026-11-22");
    let entry = entry(day, day.and_hms_opt(1, 2, 3).expect("a moment"), "x", false);
    let mut short = [0_u8; 3];
    let error = text::write(&mut &mut short[..], &mut |take| take(entry.clone()));
    assert!(error.is_err());
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let days = 1..=3_652_059_i32;
    (
        days,
        -2_i64..3,
        0_u32..86_400,
        form::tests::any_text(),
        any::<bool>(),
    )
        .prop_filter("text", |(_, _, _, text, _)| !text.trim().is_empty())
        .prop_map(|(day, later, second, text, starred)| {
            let day = NaiveDate::from_num_days_from_ce_opt(day).expect("a date");
            let time = chrono::NaiveTime::from_num_seconds_from_midnight_opt(second, 0);
            let on = day + chrono::TimeDelta::days(later);
            entry(day, on.and_time(time.expect("a time")), &text, starred)
        })
}

proptest! {
    #[test]
    fn what_was_written_comes_back(
        entries in proptest::collection::vec(any_entry(), 0..6),
    ) {
        let file = written(&entries);
        let mut found = Vec::new();
        text::read_bytes(Path::new("j.txt"), &file, &reader(None), &mut |item| {
            if let ImportItem::Entry(record) = item {
                let content = record.content;
                found.push((content.day, content.text, content.starred));
            }
            Ok(())
        })
        .expect("read");
        let expect: Vec<_> = entries
            .into_iter()
            .map(|entry| (entry.day, entry.text, entry.starred))
            .collect();
        prop_assert_eq!(found, expect, "{:?}", String::from_utf8_lossy(&file));
    }

    #[test]
    fn any_bytes_end(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("[2013-06-09 15:39] "), Just("[01.02.2021] "), Just("2013-06-09 15:39 "),
                Just("\n"), Just("\n\n"), Just("\r\n"), Just(" "), Just("*"), Just("["),
                Just("gAAAA"), Just("JRNLv3"), Just("\u{feff}"), Just("{\"tags\":{"),
                Just("\"entries\":["), Just("[2018] "), Just("x"), Just("é"),
            ],
            0..20,
        ),
    ) {
        for bytes in [bytes, pieces.concat().into_bytes()] {
            for pattern in [None, Some("%d.%m.%Y"), Some("%"), Some("[")] {
                let _ = text::looks_like(&bytes, pattern);
                let _ = text_from(&bytes, pattern);
            }
            let _ = json::looks_like(&bytes);
            let _ = encrypted::looks_like(&bytes);
        }
    }

    /// Nothing is dropped: every text of a file is in its entries, or above the first of them.
    #[test]
    fn every_word_is_in_an_entry_or_refused(
        lines in proptest::collection::vec(
            prop_oneof![
                3 => Just("[2013-06-09 15:39] aWORD"), 1 => Just("[2013-06 15:39] bWORD"),
                1 => Just("[9 June 2013] cWORD"), 1 => Just("[2018] dWORD"), 1 => Just("[x"),
                3 => Just("eWORD"), 4 => Just(""), 1 => Just("2013-06-09 15:39 fWORD"),
                1 => Just("[2013-06-31 15:39] gWORD *"),
            ],
            0..20,
        ),
    ) {
        let file = lines.join("\n");
        if let Ok(found) = text_from(file.as_bytes(), None) {
            let above = found.iter().find(|line| line.starts_with("refused"));
            let from = above.map_or(0, |_| {
                file.match_indices('[').map(|(at, _)| at).find(|&at| {
                    (at == 0 || file[..at].ends_with('\n'))
                        && text::looks_like(file[at..].split('\n').next().unwrap().as_bytes(), None)
                }).unwrap_or(file.len())
            });
            let entries: String = found.iter().filter_map(|line| line.split_once('|'))
                .map(|(_, text)| text).collect();
            prop_assert_eq!(
                file[from..].matches("WORD").count(), entries.matches("WORD").count(),
                "{:?} {:?}", file, found
            );
        }
    }
}

/// A folder with files of its own, and what is read of it.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Folder {
        let folder = Folder(TempDir::new().expect("a folder"));
        for (name, text) in files {
            let path = folder.path(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, text).expect("a file");
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, date_from: Option<&str>) -> Result<Vec<String>, String> {
        let root = format!("{}/", self.0.path().display());
        said(|take| super::read(self.0.path(), &reader(date_from), take))
            .map(|found| found.iter().map(|line| line.replace(&root, "")).collect())
            .map_err(|error| error.replace(&root, ""))
    }
}

#[test]
fn a_folder_is_read_by_its_days() {
    let folder = Folder::new(&[
        ("2024/03/01.txt", "[2024-03-01 07:05] Rain.\n"),
        (
            "2024/02/29.txt",
            "[2024-02-29 21:15] Home.\n\n[2023-02-28 10:00] Moved.\n",
        ),
        ("2024/02/30.txt", "[2024-02-29 21:15] x\n"),
        ("2024/02/notes.md", "x"),
        ("2024/02/28.txt/x", "x"),
        ("2024/13", ""),
        (".git/config", "x"),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc", folder.path("2025")).expect("a link");
    assert!(folder::looks_like(folder.0.path()));
    let mut found = folder.read(None).expect("read");
    let no_part = "it is not part of a jrnl folder, where days are YYYY/MM/DD.txt";
    if cfg!(unix) {
        let last = found.pop().expect("a last one");
        assert_eq!(
            last,
            "refused 2025 it is a link, and links are not followed"
        );
    }
    assert_eq!(
        found,
        [
            "decided .git it is hidden and was left out",
            &format!("refused 2024/02/28.txt {no_part}"),
            "1 2024-02-29T21:15:00|Home.",
            "decided 2024/02/29.txt:3 it is dated 2023-02-28 in the file of 2024-02-29; its \
             own date is kept",
            "3 2023-02-28T10:00:00|Moved.",
            "refused 2024/02/30.txt the calendar has no such day",
            &format!("refused 2024/02/notes.md {no_part}"),
            "1 2024-03-01T07:05:00|Rain.",
            &format!("refused 2024/13 {no_part}"),
        ]
    );
}

#[test]
fn the_name_of_a_file_tells_what_its_dates_mean() {
    let folder = Folder::new(&[("2021/02/01.txt", "[01.02.2021 10:00] One\n")]);
    let found = folder.read(None).expect("read");
    assert_eq!(found[1], "1 2021-02-01T10:00:00|One");
    let folder = Folder::new(&[("2021/02/01.txt", "[10:15] One\n\n[17:00] Two\n")]);
    let found = folder.read(Some("%H:%M")).expect("read");
    assert_eq!(
        found,
        ["1 2021-02-01T10:15:00|One", "3 2021-02-01T17:00:00|Two"]
    );
    let error = folder.read(None).expect_err("no date");
    assert!(
        error.starts_with("2021/02/01.txt: no line begins"),
        "{error}"
    );
}

#[test]
fn other_folders_are_no_journal() {
    for files in [
        &[("2024-02-29.md", "x")][..],
        &[("2024/02/29.md", "x")],
        &[("2024/02/29.txt/x", "x")],
        &[("24/02/29.txt", "x")],
        &[],
    ] {
        let folder = Folder::new(files);
        assert!(!folder::looks_like(folder.0.path()), "{files:?}");
    }
    assert!(!folder::looks_like(Path::new("/nowhere")));
}

fn json_from(json: &str) -> Result<Vec<String>, String> {
    let folder = Folder::new(&[("j.json", json)]);
    let path = folder.path("j.json");
    let root = format!("{}/", folder.0.path().display());
    said(|take| json::read(&path, &reader(None), take))
        .map(|found| found.iter().map(|line| line.replace(&root, "")).collect())
        .map_err(|error| error.replace(&root, ""))
}

#[test]
fn json_has_titles_and_bodies() {
    let found = json_from(
        r##"{
  "tags": {"@clean": 1},
  "entries": [
    {"title": "Called in sick.", "body": "Used the time to @clean.\r\nAll of it.",
     "date": "2026-11-22", "time": "09:00", "tags": ["@clean", "#c++", "#Home"], "starred": false},
    {"title": "Short", "body": "", "date": "2026-11-23", "time": "21:05", "tags": ["&odd"],
     "starred": true, "uuid": "D04D335AFED711EABA18FAFFC2100C3D", "creator": {"host_name": ""}},
    {"title": "No time", "date": "2026-11-24"},
    {"title": "x", "body": "", "date": "24.11.2026", "time": "09:00"},
    {"title": "x", "body": "", "date": "2026-11-24", "time": "nine"},
    {"title": "", "body": "", "date": "2026-11-24", "time": "09:00"},
    {"title": "x"}, 7
  ]
}"##,
    )
    .expect("read");
    assert_eq!(
        found,
        [
            "4 2026-11-22T09:00:00 +c++ +clean +home|Called in sick.\nUsed the time to \
             @clean.\nAll of it.",
            "6 2026-11-23T21:05:00 * +odd|Short",
            "8 2026-11-24T12:00:00|No time",
            "refused j.json:9 its date is not YYYY-MM-DD",
            "refused j.json:10 its time is not HH:MM",
            "refused j.json:11 nothing is written there",
            "refused j.json:12 missing field `date`",
            "refused j.json:12 invalid type, expected an entry",
        ]
    );
    assert!(json_from("{\"tags\": {}}").is_err());
}

#[test]
fn the_id_of_an_entry_is_kept() {
    let folder = Folder::new(&[(
        "j.json",
        r#"{"tags":{},"entries":[{"title":"a","date":"2026-11-22","time":"09:00",
            "uuid":"D04D335AFED711EABA18FAFFC2100C3D"}]}"#,
    )]);
    let mut id = None;
    json::read(&folder.path("j.json"), &reader(None), &mut |item| {
        if let ImportItem::Entry(record) = item {
            id = record.id;
        }
        Ok(())
    })
    .expect("read");
    let expect = Uuid::try_parse("d04d335a-fed7-11ea-ba18-faffc2100c3d");
    assert_eq!(id, expect.ok());
}

#[test]
fn json_is_told_from_its_beginning() {
    for head in [
        "{\n  \"tags\": {\n    \"@a\": 1",
        "\u{feff}{\"tags\":{}",
        r#"{"entries": [{"title": "a", "body": "", "date": "2026-11-22", "time": "09:00""#,
    ] {
        assert!(json::looks_like(head.as_bytes()), "{head}");
    }
    for head in [
        "",
        "[",
        "{",
        "{\"tags\": [",
        r#"{"metadata":{"version":"1.0"},"entries":["#,
        r#"{"version":100,"entries":[{"date":"x","title":"y"#,
        "[2013-06-09 15:39] {",
    ] {
        assert!(!json::looks_like(head.as_bytes()), "{head}");
    }
}

// Made with Python's `cryptography` from texts of our own.
const PASSWORD: &str = "wet lamps ☂";
const SECOND: &str = "gAAAAABl4dkgAAECAwQFBgcICQoLDA0OD1kGQdDaejkRCrBpvQ3BVpZB7EQA-x0i_HEQvQ8XbLGJET-bEYB5OB8h4NJEn7fhMTEN49FF-9dfXQPjJzxkTLTfmFotaMh-5dzymSoyE4OhmZpS9DBR4Jzuqx8rElIUMvjmbrK72ceZ5EcU3WqI-4moTwaWEhO08NyKlUyc1wMDw1jkapABLPNtQFoXApg0og==";
const THIRD: &str = "JRNLv3\0\x30eyJzYWx0IjoiWkdWbVoyaHBhbXRzYlc1dmNIRnljdz09In0=gAAAAABl4dkgEBESExQVFhcYGRobHB0eH637DswFZtPN19MloevZuzFbocMhgylt3ke_wBAlmg3FDMmMfL4xiLz5FZNpgDyGsLsVn-fsc8CaIuTpY118ujKc7CFrWzM9nN6Iw51cIR6p2Su0sibbHGlySrR6L2Y1-DmyFZyF4vStLOf6u1iKoZSKAIh85OvtMEqb-pPvCg3iy7H48ybYWBT3KCl83kR6gQ==";
const FIRST: &str = "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0650397e09495c15386c876cf4ea329abfdce7a0e8ee0dd069e4e7e15c576a2012f5b38c194f8de1af34603c9b115f5ba8b932fd61c62c0db9727f146b45f3f8f7fcdfab09372e9c78189cac3e4ddb7c8";
const FIRST_WITH_SPACES: &str = "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0650397e09495c15386c876cf4ea329abfdce7a0e8ee0dd069e4e7e15c576a2012f5b38c194f8de1af34603c9b115f5ba8b932fd61c62c0db9727f146b45f3f8fe5f287a3ae9215ec826f72b940007c35";

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
        .collect()
}

/// Reads an encrypted file and answers with these passwords. Returns how many were asked for.
fn open(file: &[u8], passwords: &[&str]) -> (Result<Vec<String>, String>, u32) {
    let folder = Folder::new(&[]);
    let path = folder.path("j.txt");
    fs::write(&path, file).expect("a file");
    let asked = Cell::new(0);
    let answers = RefCell::new(passwords.iter());
    let ask = |_: &Path, attempt| {
        asked.set(attempt);
        let answer = answers.borrow_mut().next();
        Ok(answer.map(|&word| Zeroizing::new(word.to_owned())))
    };
    let found = said(|take| {
        let password = password(&path, None, &ask)?;
        let reader = ReadContext {
            password: &|_| password.clone(),
            ..reader(None)
        };
        super::read(&path, &reader, take)
    });
    let named = format!("{}/", folder.0.path().display());
    (
        found.map_err(|error| error.replace(&named, "")),
        asked.get(),
    )
}

#[test]
fn encrypted_files_open_with_their_password() {
    let lamps = [
        "1 2024-02-29T21:15:00 * +aunt|Walked home the long way.\nThe lamps were on. Grüße an \
         @aunt.",
        "4 2024-03-01T07:05:00|Rain.",
    ];
    assert!(
        encrypted::looks_like(SECOND.as_bytes()) && encrypted::looks_like(THIRD.as_bytes())
    );
    let with_line_end = format!("{SECOND}\n");
    // The header of the first files of the third version was not in base64.
    let header = r#"{"salt":"ZGVmZ2hpamtsbW5vcHFycw=="}"#;
    let early = format!("JRNLv3\0{}{header}{}", '#', &THIRD[8 + 48..]);
    assert_eq!(header.len(), usize::from(b'#'));
    for file in [SECOND, THIRD, &with_line_end, &early] {
        let (found, asked) = open(file.as_bytes(), &["wrong", PASSWORD]);
        assert_eq!(
            (found.expect("opened"), asked),
            (lamps.map(str::to_owned).to_vec(), 2)
        );
    }
    for file in [FIRST, FIRST_WITH_SPACES] {
        let file = bytes_of(file);
        assert!(!encrypted::looks_like(&file));
        let (found, _) = open(&file, &["wrong", "", PASSWORD]);
        assert_eq!(
            found.expect("opened"),
            [
                "1 2012-02-29T21:15:00 *|Walked home.\nThe lamps were on.",
                "4 2012-03-01T07:05:00|Rain."
            ]
        );
    }
}

#[test]
fn a_wrong_password_and_a_damaged_file_are_refused() {
    let neither = "j.txt: it cannot be decrypted: the password is wrong, or the file is \
                   damaged; which of them cannot be told";
    let (found, asked) = open(SECOND.as_bytes(), &["a", "b", "c", PASSWORD]);
    assert_eq!((found, asked), (Err(neither.to_owned()), 3));
    let (found, _) = open(SECOND.as_bytes(), &[]);
    let nothing = "j.txt: it is encrypted, and no password was given";
    assert_eq!(found, Err(nothing.to_owned()));

    // A flip in what the seal covers needs the password to be seen.
    for at in [20, 60, 150, SECOND.len() - 20] {
        let mut file = SECOND.as_bytes().to_vec();
        file[at] = if file[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(
            open(&file, &[PASSWORD]),
            (Err(neither.to_owned()), 2),
            "{at}"
        );
    }
    // A missing part is noticed without a password.
    for file in [
        &SECOND.as_bytes()[..100],
        &SECOND.as_bytes()[..SECOND.len() - 4],
        &THIRD.as_bytes()[..7],
        &THIRD.as_bytes()[..30],
        &THIRD.as_bytes()[..100],
        &[THIRD.as_bytes(), b"!"].concat(),
        b"JRNLv3\xff\xff",
        b"JRNLv3\0\x02{}gAAAA",
    ] {
        let (found, asked) = open(file, &[PASSWORD; 3]);
        let said = found.expect_err("damaged");
        assert!(asked == 0 && said.contains("damaged"), "{said}");
    }
}

#[test]
fn every_form_is_recognised_by_what_it_holds() {
    use crate::Format;

    let folder = Folder::new(&[
        ("text", "[2024-03-01 07:05] Rain.\n"),
        ("old", "2012-03-01 07:05 Rain.\n"),
        ("json", r#"{"tags": {}, "entries": []}"#),
        ("second", SECOND),
        ("third", THIRD),
        ("days/2024/03/01.txt", "[2024-03-01 07:05] Rain.\n"),
        ("others/a.txt", "[2024-03-01 07:05] Rain.\n"),
        ("prose", "Rain.\n"),
    ]);
    for name in ["text", "old", "json", "second", "third", "days"] {
        let found = Format::recognise(&folder.path(name)).expect("looked at");
        assert_eq!(found, Some(Format::Jrnl), "{name}");
    }
    for name in ["others", "prose"] {
        let found = Format::recognise(&folder.path(name)).expect("looked at");
        assert_eq!(found, None, "{name}");
    }
}
