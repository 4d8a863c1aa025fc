//! Journals in forms that other programs have too: JSON, JSON lines, tables, Markdown.
//!
//! These tests read files item by item, and read back the output of each writer. The tests of
//! imports are in `import.rs`, those of the command in `cli/`.

#![expect(
    clippy::expect_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
// Link a SQLite for rusqlite.
use onward_sqlcipher as _;

use onward_formats::{self as formats, Format, ImportItem, ImportRecord, ReadContext, Result};
use onward_model::kind::Away;
use onward_model::{Content, Day, Entry, Kind, KindName, Mood, Reflection, Tag};
use proptest::prelude::*;
use uuid::Uuid;

/// A folder to read from.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a folder"))
    }

    fn with(files: &[(&str, &str)]) -> Folder {
        let folder = Folder::new();
        for (name, text) in files {
            folder.put(name, text.as_bytes());
        }
        folder
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, bytes).expect("written");
        path
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// The items that a reader finds, a line each, and the error it ends with.
    fn seen(&self, format: Format, name: &str, date_from: Option<&str>) -> String {
        let path = self.path().join(name);
        let mut seen = Vec::new();
        let read = read(format, &path, date_from, &mut |item| {
            seen.push(line_of(&item));
            Ok(())
        });
        if let Err(error) = read {
            seen.push(format!("error: {error}"));
        }
        let folder = format!("{}/", self.path().display());
        seen.join("\n")
            .replace(&folder, "")
            .replace(folder.trim_end_matches('/'), ".")
    }
}

fn read(
    format: Format,
    path: &Path,
    date_from: Option<&str>,
    take: formats::TakeItem<'_>,
) -> Result<()> {
    let reader = ReadContext {
        zone: &"+02:00".parse().expect("a zone"),
        date_from,
        password: &|_| None,
        progress: &|_| (),
        opened: None,
    };
    format.read(path, &reader, take)
}

fn line_of(item: &ImportItem) -> String {
    match item {
        ImportItem::Entry(record) => {
            let ImportRecord {
                place,
                key,
                id,
                content,
            } = record.as_ref();
            let mut line = format!("{place} [{}] {} {}", key, content.day, content.written_at);
            if id.is_some() {
                line.push_str(" id");
            }
            if content.starred {
                line.push_str(" *");
            }
            if let Some(mood) = content.mood {
                line.push_str(&format!(" {}/5", mood.value()));
            }
            for tag in &content.tags_by_hand {
                line.push_str(&format!(" #{tag}"));
            }
            format!("{line} {:?}", content.text)
        }
        ImportItem::Refused(place, why) => format!("refused {place}: {why}"),
        ImportItem::Decided(place, what) => format!("decided {place}: {what}"),
        other => format!("{other:?}"),
    }
}

mod json_lines {
    use super::*;

    #[test]
    fn fields_go_by_their_names() {
        let folder = Folder::with(&[(
            "diary.jsonl",
            "\u{feff}{\"date\":\"1660-01-01\",\"title\":\"Lord’s day\",\"text\":\"Rose.\",\"weather\":1,\"id\":\"a\"}\n\
             \n\
             {\"Date\":\"2023-09-12T23:30:00-05:00\",\"Body\":\"Late.\\r\\nVery.\",\"tags\":[\"a b\",\"#c\"],\"mood\":4,\"starred\":true}\r\n\
             {\"date\":\"2023-09-12\",\"time\":\"7:05 PM\",\"content\":\"Twice.\",\"tags\":\"x, y\",\"mood\":\"so so\"}\n\
             {\"date\":\"2023-09-12\",\"text\":\"Twice.\",\"title\":null,\"starred\":\"no\"}\n\
             {\"created\":\"12 September 2023 at 9:05 pm\",\"title\":\"Only a title\"}",
        )]);
        insta::assert_snapshot!(folder.seen(Format::JsonLines, "diary.jsonl", None), @r#"
        diary.jsonl:1 [a] 1660-01-01 1660-01-01 12:00:00 +02:00 "Lord’s day\n\nRose."
        diary.jsonl:3 [2023-09-12T23:30:00-05:00] 2023-09-12 2023-09-12 23:30:00 -05:00 * 4/5 #a b #c "Late.\r\nVery."
        diary.jsonl:4 [2023-09-12] 2023-09-12 2023-09-12 19:05:00 +02:00 #x #y "Twice."
        diary.jsonl:5 [2023-09-12] 2023-09-12 2023-09-12 12:00:00 +02:00 "Twice."
        diary.jsonl:6 [12 September 2023 at 9:05 pm] 2023-09-12 2023-09-12 21:05:00 +02:00 "Only a title"
        decided diary.jsonl: has no place in an entry and is left out: weather
        decided diary.jsonl:4: a mood that is no number from 1 to 5 is left out, once in this file
        "#);
    }

    #[test]
    fn what_is_wrong_is_refused_by_line() {
        let folder = Folder::with(&[(
            "a.jsonl",
            "{\"date\":\"01.02.2021\",\"text\":\"x\"}\n{\"text\":\"no date\"}\n[1]\n{\"date\":\"2021-01-01\"}\n\
             {\"date\":\"2021-01-01\",\"text\":7}\n{\"date\":\"2021-01-01\",\"text\":\"a\nb\"}\n\
             {\"date\":\"2021-01-01\",\"text\":\"x\",\"tags\":[\"a\\nb\"]}\n\
             {\"date\":\"2021-01-01\",\"text\":\"x\",\"time\":\"noonish\"}\n",
        )]);
        insta::assert_snapshot!(folder.seen(Format::JsonLines, "a.jsonl", None), @r"
        refused a.jsonl:1: which of its date's numbers is the day cannot be told: say it with --date-from, such as %d.%m.%Y
        refused a.jsonl:2: it has no date
        refused a.jsonl:3: the line is not a JSON object
        refused a.jsonl:4: it has no text
        refused a.jsonl:5: its text is not a string
        refused a.jsonl:6: the line is not JSON: control character (\u0000-\u001F) found while parsing a string
        refused a.jsonl:7: the line is not JSON: expected value
        refused a.jsonl:8: a tag is one line without control characters
        refused a.jsonl:9: its time cannot be read
        ");
        insta::assert_snapshot!(
            folder.seen(Format::JsonLines, "a.jsonl", Some("%d.%m.%Y")).lines().next().unwrap_or(""),
            @r#"a.jsonl:1 [01.02.2021] 2021-02-01 2021-02-01 12:00:00 +02:00 "x""#
        );
        folder.put("b.jsonl", b"{\"date\":\"2021-01-01\",\"text\":\"\xff\"}\n{\"date\":\"2021-01-02\",\"text\":\"x\"}");
        insta::assert_snapshot!(folder.seen(Format::JsonLines, "b.jsonl", None), @r#"
        refused b.jsonl:1: the line is not valid UTF-8
        b.jsonl:2 [2021-01-02] 2021-01-02 2021-01-02 12:00:00 +02:00 "x"
        "#);
    }
}

mod tables {
    use super::*;

    #[test]
    fn columns_go_by_their_names() {
        let folder = Folder::with(&[
            (
                "a.csv",
                "Date,Time,Title,Entry,Tags,Mood,Starred,Weather\n\
                 2023-09-12,14:30,,\"Two\nlines, \"\"quoted\"\"\",\"a, b\",4,yes,sun\n\
                 2023-09-13,,A title,And a text,,9,,\n\
                 ,,,,,,,\n\
                 2023-09-14,,,=1+1,,,,\n",
            ),
            (
                "b.csv",
                "\u{feff}datum;created at;note\r\n1;2023-09-12 10:00;'x\r\n",
            ),
            ("c.tsv", "day\ttext\n2023/9/2\tA, b; c\n"),
        ]);
        insta::assert_snapshot!(folder.seen(Format::Csv, "a.csv", None), @r#"
        a.csv:2 [2023-09-12] 2023-09-12 2023-09-12 14:30:00 +02:00 * 4/5 #a #b "Two\nlines, \"quoted\""
        a.csv:4 [2023-09-13] 2023-09-13 2023-09-13 12:00:00 +02:00 "A title\n\nAnd a text"
        a.csv:6 [2023-09-14] 2023-09-14 2023-09-14 12:00:00 +02:00 "=1+1"
        decided a.csv: has no place in an entry and is left out: Weather
        decided a.csv:4: a mood that is no number from 1 to 5 is left out, once in this file
        "#);
        insta::assert_snapshot!(folder.seen(Format::Csv, "b.csv", None), @r#"
        b.csv:2 [2023-09-12 10:00] 2023-09-12 2023-09-12 10:00:00 +02:00 "'x"
        decided b.csv: has no place in an entry and is left out: datum
        "#);
        insta::assert_snapshot!(folder.seen(Format::Csv, "c.tsv", None), @r#"c.tsv:2 [2023/9/2] 2023-09-02 2023-09-02 12:00:00 +02:00 "A, b; c""#);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let folder = Folder::with(&[
            ("empty.csv", ""),
            ("names.csv", "Wann;Was\n1;2\n"),
            (
                "rows.csv",
                "date,text\n2023-09-12\n2023-09-12,a,b\n01/02/2023,x\n2023-09-12,\n2023-09-13,y\n",
            ),
            (
                "open.csv",
                "date,text\n2023-09-12,\"never closed\n2023-09-13,x\n",
            ),
        ]);
        folder.put("bytes.csv", b"date,text\n2023-09-12,\xff\n2023-09-13,x\n");
        let all = [
            "empty.csv",
            "names.csv",
            "rows.csv",
            "open.csv",
            "bytes.csv",
        ]
        .map(|name| folder.seen(Format::Csv, name, None));
        insta::assert_snapshot!(all.join("\n"), @r#"
        error: empty.csv, line 1: it has no header that names its columns
        error: names.csv, line 1: its columns are Wann, Was; among them have to be a date (date, day, created) and a text (text, body, content, entry, note, title)
        refused rows.csv:2: it has 1 cells for 2 columns
        refused rows.csv:3: it has 3 cells for 2 columns
        refused rows.csv:4: which of its date's numbers is the day cannot be told: say it with --date-from, such as %d.%m.%Y
        refused rows.csv:5: it has no text
        rows.csv:6 [2023-09-13] 2023-09-13 2023-09-13 12:00:00 +02:00 "y"
        open.csv:2 [2023-09-12] 2023-09-12 2023-09-12 12:00:00 +02:00 "never closed\n2023-09-13,x\n"
        decided open.csv:2: the file has an odd number of quotation marks: look whether its last entry has swallowed others
        refused bytes.csv:2: it is not valid UTF-8
        bytes.csv:3 [2023-09-13] 2023-09-13 2023-09-13 12:00:00 +02:00 "x"
        "#);
    }
}

mod markdown {
    use super::*;

    #[test]
    fn notes_have_their_date_in_the_name_or_the_front_matter() {
        let folder = Folder::with(&[
            ("2023-09-12.md", "A day.\n"),
            ("2023_09_13.md", "\n\nKept as it is.  \n\n"),
            ("20230914.markdown", "# A heading\n"),
            ("2023-09-15 Met my aunt.md", "Tea.\r\nCake.\r\n"),
            ("2023-09-16-Saturday.md", "A weekday is no title."),
            ("2023-09-17 Walk.md", "# Walk\n\nFar."),
            ("202309181430 Call.md", "Rang."),
            ("2022/03/04.md", "In folders."),
            (
                "Notes/idea.md",
                "---\ncreated: 2023-09-19T10:15:00+01:00\ntags: [a, 'b c', \"#d\"]\nmood: 4\n---\n\nAn idea.\n",
            ),
            (
                "Notes/plain.md",
                "---\ndate: 2023-09-20 08:00\ntitle: 2023\ntags: x, y\n---\nText",
            ),
            (
                "Notes/cover.md",
                "---\ndate: 2023-09-21\nweather: rain\nmood: fine\nlocation:\n  - here\n---\nText\n---\n",
            ),
            ("2023-09-22.md", "---\ndate: 2023-09-23\n---\nWhich day?"),
            ("2023-09-24.md", "---\nnot: [closed\n---\nBad YAML."),
            ("2023-09-25.md", "---\na: &x 1\nb: *x\n---\nAliases."),
            ("2023-09-26.md", "---\n\nA rule, not front matter."),
        ]);
        insta::assert_snapshot!(folder.seen(Format::Markdown, "", None), @r##"
        2022/03/04.md [2022-03-04.md] 2022-03-04 2022-03-04 12:00:00 +02:00 "In folders."
        2023-09-12.md [2023-09-12.md] 2023-09-12 2023-09-12 12:00:00 +02:00 "A day."
        2023-09-15 Met my aunt.md [2023-09-15 Met my aunt.md] 2023-09-15 2023-09-15 12:00:00 +02:00 "Met my aunt\n\nTea.\nCake."
        2023-09-16-Saturday.md [2023-09-16-Saturday.md] 2023-09-16 2023-09-16 12:00:00 +02:00 "A weekday is no title."
        2023-09-17 Walk.md [2023-09-17 Walk.md] 2023-09-17 2023-09-17 12:00:00 +02:00 "# Walk\n\nFar."
        decided 2023-09-22.md: its front matter says 2023-09-23, its name 2023-09-22: the front matter counts
        2023-09-22.md [2023-09-22.md] 2023-09-23 2023-09-23 12:00:00 +02:00 "Which day?"
        2023-09-24.md [2023-09-24.md] 2023-09-24 2023-09-24 12:00:00 +02:00 "---\nnot: [closed\n---\nBad YAML."
        2023-09-25.md [2023-09-25.md] 2023-09-25 2023-09-25 12:00:00 +02:00 "---\na: &x 1\nb: *x\n---\nAliases."
        2023-09-26.md [2023-09-26.md] 2023-09-26 2023-09-26 12:00:00 +02:00 "---\n\nA rule, not front matter."
        20230914.markdown [20230914.markdown] 2023-09-14 2023-09-14 12:00:00 +02:00 "# A heading"
        202309181430 Call.md [202309181430 Call.md] 2023-09-18 2023-09-18 14:30:00 +02:00 "Call\n\nRang."
        2023_09_13.md [2023_09_13.md] 2023-09-13 2023-09-13 12:00:00 +02:00 "\n\nKept as it is.  \n"
        Notes/cover.md [cover.md] 2023-09-21 2023-09-21 12:00:00 +02:00 "---\nweather: rain\nmood: fine\nlocation:\n  - here\n---\nText\n---"
        Notes/idea.md [idea.md] 2023-09-19 2023-09-19 10:15:00 +01:00 4/5 #a #b c #d "An idea."
        Notes/plain.md [plain.md] 2023-09-20 2023-09-20 08:00:00 +02:00 #x #y "2023\n\nText"
        decided : front matter that has no place in an entry stays in the text: location, mood, weather
        decided : front matter that cannot be read stays in the text
        "##);
    }

    #[test]
    fn what_is_no_note_is_passed_by_or_refused() {
        let folder = Folder::with(&[
            ("2023-09-12.md", "One."),
            ("list.md", "No date."),
            ("2023-13-01.md", "No such date."),
            ("2023-09-123.md", "No such date."),
            ("empty/2023-09-13.md", " \n"),
            ("empty/2023-09-14.md", "---\ndate: 2023-09-14\n---\n"),
            ("Templates/2023-09-15.md", "{{date}}"),
            (".obsidian/2023-09-15.md", "{}"),
            ("picture.png", "png"),
            ("notes.txt", "text"),
            ("newer.md", "---\nonward: 2\ndate: 2023-09-15\n---\n"),
        ]);
        folder.put("2023-09-16.md", b"fine\n\xff\n");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(
                folder.path().join("2023-09-12.md"),
                folder.path().join("2023-09-17.md"),
            )
            .expect("linked");
            std::os::unix::fs::symlink(folder.path(), folder.path().join("loop"))
                .expect("linked");
        }
        insta::assert_snapshot!(folder.seen(Format::Markdown, "", None), @r#"
        2023-09-12.md [2023-09-12.md] 2023-09-12 2023-09-12 12:00:00 +02:00 "One."
        refused 2023-09-123.md: neither its name nor its front matter has a date
        refused 2023-09-16.md:2: it is not valid UTF-8
        refused 2023-13-01.md: neither its name nor its front matter has a date
        refused empty/2023-09-13.md: it has no text
        refused empty/2023-09-14.md: it has no text
        refused list.md: neither its name nor its front matter has a date
        refused newer.md:1: it was written by a newer onward
        decided : passed by: 2 files that are no Markdown, 1 hidden one, 1 folder of templates, 2 links
        "#);
        // A single file can be named too.
        insta::assert_snapshot!(folder.seen(Format::Markdown, "2023-09-12.md", None), @r#"2023-09-12.md [2023-09-12.md] 2023-09-12 2023-09-12 12:00:00 +02:00 "One.""#);
        insta::assert_snapshot!(folder.seen(Format::Markdown, "missing.md", None), @"error: cannot read missing.md");
    }

    /// A file as editors leave it that end lines in their own way, or not at all.
    #[test]
    fn a_file_of_ours_that_was_changed_by_hand() {
        let folder = Folder::with(&[
            (
                "2023-09-12.md",
                "---\r\nonward: 1\r\ndate: 2023-09-12\r\nmood: 4\r\n---\r\n\r\nOne.\r\nTwo.\r\n",
            ),
            (
                "2023-09-13.md",
                "---\nonward: 1\ndate: 2023-09-13\n---\nAbove.\n\n<!-- onward: {\"written_at\":\"2023-09-13T10:00:00Z\"} -->\nTight.\n<!-- onward: {\"mood\":3} -->\n\nLast",
            ),
            (
                "2023-09-14.md",
                "---\nonward: 1\ndate: 2023-09-14\n---\n\n<!-- onward: {broken -->\n\nText.\n\n<!-- onward: {\"mood\":9} -->\n\nText.\n",
            ),
        ]);
        insta::assert_snapshot!(folder.seen(Format::Markdown, "", None), @r#"
        2023-09-12.md:1 [2023-09-12T12:00:00+02:00] 2023-09-12 2023-09-12 12:00:00 +02:00 4/5 "One.\nTwo."
        2023-09-13.md:5 [2023-09-13T12:00:00+02:00] 2023-09-13 2023-09-13 12:00:00 +02:00 "Above."
        2023-09-13.md:7 [2023-09-13T10:00:00Z] 2023-09-13 2023-09-13 10:00:00 +00:00 "Tight."
        2023-09-13.md:9 [2023-09-13T12:00:00+02:00] 2023-09-13 2023-09-13 12:00:00 +02:00 3/5 "Last"
        refused 2023-09-14.md:6: what stands before it cannot be read
        refused 2023-09-14.md:10: its mood is no number from 1 to 5
        "#);
    }
}

mod text {
    use super::*;

    #[test]
    fn a_date_at_the_beginning_of_a_line_begins_an_entry() {
        let folder = Folder::with(&[(
            "diary.txt",
            "\u{feff}\n01.02.2021\n\n  Indented.\nTwo.\n\n\n13.02.2021 10:30: on its line\r\nmore\r\n\
             14.02.20215 is no date\nsee 01.01.2021 inside\n15.02.2021\n\n16.02.2021 Last",
        )]);
        insta::assert_snapshot!(folder.seen(Format::Text, "diary.txt", Some("%d.%m.%Y")), @r#"
        diary.txt:2 [01.02.2021] 2021-02-01 2021-02-01 12:00:00 +02:00 "  Indented.\nTwo."
        diary.txt:8 [13.02.2021] 2021-02-13 2021-02-13 12:00:00 +02:00 "10:30: on its line\nmore\n14.02.20215 is no date\nsee 01.01.2021 inside"
        refused diary.txt:12: it has no text
        diary.txt:14 [16.02.2021] 2021-02-16 2021-02-16 12:00:00 +02:00 "Last"
        "#);
        insta::assert_snapshot!(folder.seen(Format::Text, "diary.txt", Some("%d.%m.%Y %H:%M")), @r#"
        refused diary.txt:2: there is text above the first date
        diary.txt:8 [13.02.2021 10:30] 2021-02-13 2021-02-13 10:30:00 +02:00 ": on its line\nmore\n14.02.20215 is no date\nsee 01.01.2021 inside\n15.02.2021\n\n16.02.2021 Last"
        "#);
        insta::assert_snapshot!(folder.seen(Format::Text, "diary.txt", None), @"error: plain text needs the form of its dates");
    }

    #[test]
    fn what_belongs_to_no_date_is_refused() {
        let folder = Folder::with(&[("a.txt", "A preface\nof two lines\n2021-01-01 x\n")]);
        folder.put("b.txt", b"2021-01-01 x\nfine\n\xff\n2021-01-02 y");
        insta::assert_snapshot!(folder.seen(Format::Text, "a.txt", Some("%Y-%m-%d")), @r#"
        refused a.txt:1: there is text above the first date
        a.txt:3 [2021-01-01] 2021-01-01 2021-01-01 12:00:00 +02:00 "x"
        "#);
        insta::assert_snapshot!(folder.seen(Format::Text, "b.txt", Some("%Y-%m-%d")), @r#"
        refused b.txt:3: it is not valid UTF-8
        b.txt:4 [2021-01-02] 2021-01-02 2021-01-02 12:00:00 +02:00 "y"
        "#);
    }
}

mod tui_journal {
    use rusqlite::Connection;

    use super::*;

    const TABLES: &str = "
        CREATE TABLE entries(id INTEGER PRIMARY KEY NOT NULL, title TEXT NOT NULL,
            date DATE NOT NULL, content TEXT, priority INTEGER DEFAULT NULL);
        CREATE TABLE tags(entry_id INTEGER NOT NULL, tag TEXT NOT NULL,
            PRIMARY KEY(entry_id, tag));";

    fn database(folder: &Folder, name: &str, sql: &str) {
        let connection = Connection::open(folder.path().join(name)).expect("made");
        connection.execute_batch(sql).expect("made");
    }

    #[test]
    fn entries_come_from_both_of_its_stores() {
        let entries = r#"[{"id":1,"date":"2023-03-23T01:01:01Z","title":"One","content":"Text","tags":["a, b"],"priority":2},
            {"date":"2023-03-24T23:30:00+02:00","title":"","content":"Old"},{"date":"x","title":"y","content":""},{"title":"z"}]"#;
        let folder = Folder::with(&[
            ("entries.json", entries),
            (
                "moved.json",
                &format!("{{\"version\":100,\"entries\":{entries}}}"),
            ),
            ("newer.json", "{\"version\":101,\"entries\":[]}"),
            ("none.json", "{\"entries\":[]}"),
        ]);
        let from_json = folder.seen(Format::TuiJournal, "entries.json", None);
        insta::assert_snapshot!(from_json, @r#"
        entries.json:1 [2023-03-23T01:01:01+00:00] 2023-03-23 2023-03-23 01:01:01 +00:00 #a, b #priority-2 "One\n\nText"
        entries.json:2 [2023-03-24T23:30:00+02:00] 2023-03-24 2023-03-24 23:30:00 +02:00 "Old"
        refused entries.json:2: its date cannot be read
        refused entries.json:2: missing field `date`
        "#);
        let moved = folder.seen(Format::TuiJournal, "moved.json", None);
        assert_eq!(moved.replace("moved", "entries"), from_json);
        insta::assert_snapshot!(folder.seen(Format::TuiJournal, "newer.json", None), @"error: newer.json: it is of version 101, and only version 100 is known");
        insta::assert_snapshot!(folder.seen(Format::TuiJournal, "none.json", None), @"error: none.json: it does not say its version");

        database(&folder, "entries.db", &format!("{TABLES}
            INSERT INTO entries VALUES (1, 'One', '2023-03-23T01:01:01+00:00', 'Text', 2),
                (3, '', '2023-03-24 23:30:00+02:00', 'Old', NULL), (4, 'Only a title', '2023-03-25', NULL, NULL),
                (5, 'y', 'yesterday', '', NULL), (6, x'ff', '2023-03-25', x'00', NULL),
                (7, 'z', '2023-03-25', CAST(x'ff' AS TEXT), 'high');
            INSERT INTO tags VALUES (1, 'a, b'), (2, 'nobody'), (3, 'x'), (3, 'b'), (99, 'nobody');"));
        insta::assert_snapshot!(folder.seen(Format::TuiJournal, "entries.db", None), @r#"
        entries.db › entry 1 [2023-03-23T01:01:01+00:00] 2023-03-23 2023-03-23 01:01:01 +00:00 #a, b #priority-2 "One\n\nText"
        entries.db › entry 3 [2023-03-24T23:30:00+02:00] 2023-03-24 2023-03-24 23:30:00 +02:00 #b #x "Old"
        entries.db › entry 4 [2023-03-25T12:00:00+02:00] 2023-03-25 2023-03-25 12:00:00 +02:00 "Only a title"
        refused entries.db › entry 5: its date cannot be read
        refused entries.db › entry 6: what should be text in it is something else
        refused entries.db › entry 7: its priority is no number
        "#);
        assert_eq!(
            Format::recognise(&folder.path().join("entries.db")).expect("readable"),
            Some(Format::TuiJournal)
        );
        assert_eq!(
            Format::recognise(&folder.path().join("moved.json")).expect("readable"),
            Some(Format::TuiJournal)
        );
        // Reading made no file beside it.
        let beside: Vec<_> = fs::read_dir(folder.path()).expect("readable").collect();
        assert_eq!(beside.len(), 5);
    }

    #[test]
    fn hostile_databases_are_refused() {
        let folder = Folder::new();
        for (name, sql) in [
            ("other.db", "CREATE TABLE notes(id, text);".to_owned()),
            ("view.db", format!("{TABLES} ALTER TABLE entries RENAME TO e; CREATE VIEW entries AS SELECT * FROM e;")),
            ("virtual.db", "CREATE VIRTUAL TABLE entries USING fts5(id, title, date, content, priority);".to_owned()),
            ("computed.db", "CREATE TABLE entries(id INTEGER PRIMARY KEY, title, date, content AS (hex(title)), priority);".to_owned()),
            ("rowless.db", "CREATE TABLE entries(id INTEGER PRIMARY KEY, title, date, content, priority) WITHOUT ROWID;".to_owned()),
            ("fine.db", format!("{TABLES} INSERT INTO entries VALUES (1, 'x', '2023-03-25', 'y', NULL); CREATE TABLE filler(a); INSERT INTO filler VALUES (zeroblob(9000));")),
            ("views.db", format!("{TABLES} INSERT INTO entries VALUES (1, 'x', '2023-03-25', 'y', NULL); DROP TABLE tags; CREATE VIEW tags AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n AS entry_id, 'x' AS tag FROM t;")),
        ] {
            database(&folder, name, &sql);
        }
        let fine = fs::read(folder.path().join("fine.db")).expect("there");
        folder.put("short.db", &fine[..5000]);
        folder.put("header.db", &fine[..100]);
        let mut torn = fine.clone();
        torn[4096..8192].fill(0xaa);
        folder.put("torn.db", &torn);
        folder.put("busy.db", &fine);
        folder.put("busy.db-wal", b"");
        folder.put("what?.db", &fine);
        let mut seen = Vec::new();
        for name in [
            "other", "view", "virtual", "computed", "rowless", "fine", "views", "short",
            "header", "torn", "busy", "what?",
        ] {
            seen.push(folder.seen(Format::TuiJournal, &format!("{name}.db"), None));
        }
        insta::assert_snapshot!(seen.join("\n"), @r#"
        error: other.db: it is a database of another program: only those of tui-journal are known
        error: view.db: it is a database of another program: only those of tui-journal are known
        error: virtual.db: it is a database of another program: only those of tui-journal are known
        error: computed.db: it is a database of another program: only those of tui-journal are known
        error: rowless.db: the database is damaged, or is not what it seems
        fine.db › entry 1 [2023-03-25T12:00:00+02:00] 2023-03-25 2023-03-25 12:00:00 +02:00 "x\n\ny"
        views.db › entry 1 [2023-03-25T12:00:00+02:00] 2023-03-25 2023-03-25 12:00:00 +02:00 "x\n\ny"
        error: short.db: the database is damaged, or is not what it seems
        error: header.db: the database is damaged, or is not what it seems
        error: torn.db: the database is damaged
        error: busy.db: it is open, or was not closed well: open and close it in its own program first
        what?.db › entry 1 [2023-03-25T12:00:00+02:00] 2023-03-25 2023-03-25 12:00:00 +02:00 "x\n\ny"
        "#);
    }
}

mod own {
    use super::*;

    const TRAPS: [&str; 16] = [
        "---",
        "---\ndate: 2020-01-01\n---",
        "# 2020-01-01",
        "[2020-01-01 10:00] x",
        "<!-- onward: {} -->",
        "\\<!-- onward: {} -->",
        "x\n\n\\\\<!-- onward: 1\n",
        "\n\n  leading and trailing \n\n\n",
        "=HYPERLINK(\"http://a.example\")",
        "'quoted",
        "-1\r+2\t@3",
        "a\0b",
        "\r",
        "\u{feff}mark \u{202e}bidi\u{2028}line",
        "👩‍👩‍👧 e\u{301} \u{85}",
        "\"a\",\"b\"\n\"\"",
    ];

    fn text() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            3 => proptest::sample::select(&TRAPS[..]).prop_map(str::to_owned),
            3 => "[ -~]{0,30}",
            2 => ".{0,20}",
            1 => "[\\\\<>!=+@'\"#,;|\\-\n\r\t ]{0,12}",
        ];
        proptest::collection::vec(line, 1..5).prop_map(|lines| lines.join("\n"))
    }

    fn tag() -> impl Strategy<Value = Tag> {
        const ODD: [&str; 12] = [
            "a, b", "]", "[x", "\"q\"", "=1", "a\"b", "'", "true", "null", "-->", "#", ": a #b",
        ];
        prop_oneof![
            "[a-z/_-]{1,8}",
            proptest::sample::select(&ODD[..]).prop_map(str::to_owned),
            "\\PC{1,12}",
        ]
        .prop_filter_map("a tag", |tag| tag.parse().ok())
    }

    fn instant() -> impl Strategy<Value = DateTime<FixedOffset>> {
        // Around the years 1 to 9999, in whole minutes of offset.
        (
            -62_000_000_000_i64..253_000_000_000,
            -14 * 60..14 * 60_i32,
            0..3_u32,
        )
            .prop_map(|(seconds, minutes, thousandths)| {
                let offset = FixedOffset::east_opt(minutes * 60).expect("an offset");
                DateTime::from_timestamp(seconds, thousandths * 1_000_000)
                    .expect("an instant")
                    .with_timezone(&offset)
            })
    }

    fn reflection() -> impl Strategy<Value = Reflection> {
        (
            "[a-z-]{1,9}",
            1..40_u32,
            ".{0,20}",
            proptest::option::of(".{0,30}"),
        )
            .prop_map(|(tip, number, title, question)| Reflection {
                deck: "walk-away".to_owned(),
                tip,
                number,
                title: format!("{title} --> <!-- \" : # ]"),
                question,
            })
    }

    /// Any kind of entry, with the fields that it can have set or not, away or not.
    fn kind() -> impl Strategy<Value = (Kind, Option<Away>)> {
        let away = [("away", "always")];
        let kinds = [
            (KindName::Page, vec![]),
            (KindName::Letter, vec![("open_on", "2027-02-03")]),
            (
                KindName::Reason,
                vec![
                    ("first", "1"),
                    ("grounding", "walk-away/before"),
                    ("asked", "Why \"now\"? # --> : yes\n- [x]"),
                ],
            ),
            (
                KindName::Urge,
                vec![("strength", "7"), ("ended", "practice")],
            ),
            (KindName::Contact, vec![("by", "them"), ("how", "call")]),
            (KindName::Contact, vec![("mark", "since")]),
        ];
        proptest::sample::select(kinds.to_vec())
            .prop_flat_map(move |(name, fields)| {
                let all = [&away[..], &fields[..]].concat();
                let most = all.len();
                (Just(name), proptest::sample::subsequence(all, 0..=most))
            })
            .prop_map(|(name, fields)| Kind::read(name, fields).expect("a kind"))
    }

    prop_compose! {
        fn entry()(
            id in any::<u128>(),
            kind in kind(),
            day in 0..40_i64,
            written_at in instant(),
            edited_at in proptest::option::of(instant()),
            text in text(),
            mood in proptest::option::of(1..=5_i64),
            starred in any::<bool>(),
            tags in proptest::collection::btree_set(tag(), 0..4),
            reflections in proptest::collection::vec(reflection(), 0..3),
        ) -> Entry {
            let day = Day::from_ymd(2024, 2, 10).and_then(|first| first.plus_days(day % 5));
            let mut tags = tags;
            tags.extend(Tag::in_text(&text));
            Entry {
                number: 7,
                id: Uuid::from_u128(id),
                kind: kind.0,
                day: day.expect("a day"),
                written_at,
                edited_at,
                text,
                mood: mood.and_then(Mood::new),
                starred,
                tags: tags.into_iter().collect(),
                reflections,
                away: kind.1,
            }
        }
    }

    /// The content of an entry as it comes back: its tags by hand are those that are not in its
    /// text.
    fn content(entry: &Entry) -> (Uuid, Content) {
        let in_text = Tag::in_text(&entry.text);
        let content = Content {
            kind: entry.kind.clone(),
            day: entry.day,
            written_at: entry.written_at,
            edited_at: entry.edited_at,
            text: entry.text.clone(),
            mood: entry.mood,
            starred: entry.starred,
            tags_by_hand: entry
                .tags
                .iter()
                .filter(|tag| !in_text.contains(tag))
                .cloned()
                .collect(),
            reflections: entry.reflections.clone(),
            away: entry.away,
            deleted_at: None,
        };
        (entry.id, content)
    }

    fn feed(
        entries: &[Entry],
    ) -> impl FnMut(&mut dyn FnMut(Entry) -> Result<()>) -> Result<()> {
        move |take| entries.iter().cloned().try_for_each(&mut *take)
    }

    /// Writes entries, reads them, and compares. The form is recognised, too.
    fn round(
        format: Format,
        mut entries: Vec<Entry>,
    ) -> std::result::Result<(), TestCaseError> {
        entries.sort_by_key(|entry| entry.day);
        let folder = Folder::new();
        let path = folder.path().join("out");
        match format {
            Format::Markdown => {
                fs::create_dir(&path).expect("made");
                let days: BTreeSet<Day> = entries.iter().map(|entry| entry.day).collect();
                let mut open =
                    |name: &str| Ok(fs::File::create_new(path.join(name)).expect("new"));
                let files =
                    formats::markdown::write(&mut open, &mut feed(&entries)).expect("written");
                prop_assert_eq!(files, days.len() as u64);
            }
            other => {
                let mut file = fs::File::create_new(&path).expect("made");
                let mut entries = feed(&entries);
                match other {
                    Format::Json => formats::entries::write(&mut file, &mut entries),
                    _ => formats::csv::write(&mut file, &mut entries),
                }
                .expect("written");
            }
        }
        prop_assert_eq!(Format::recognise(&path).expect("readable"), Some(format));
        let mut found = Vec::new();
        let mut remarks = Vec::new();
        read(format, &path, None, &mut |item| {
            match item {
                ImportItem::Entry(record) => {
                    prop_assert_eq_or(&mut remarks, &record);
                    found.push((record.id.expect("an id"), record.content));
                }
                ImportItem::Decided(..) => {}
                other => remarks.push(format!("{other:?}")),
            }
            Ok(())
        })
        .expect("readable");
        prop_assert_eq!(remarks, Vec::<String>::new());
        let expected: Vec<_> = entries.iter().map(content).collect();
        prop_assert_eq!(found, expected);
        Ok(())
    }

    fn prop_assert_eq_or(remarks: &mut Vec<String>, record: &ImportRecord) {
        if record.id.map(|id| id.to_string()).as_ref() != Some(&record.key) {
            remarks.push(format!("called {}", record.key));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(200)
        })]

        #[test]
        fn json_comes_back(entries in proptest::collection::vec(entry(), 1..8)) {
            round(Format::Json, entries)?;
        }

        #[test]
        fn a_table_comes_back(entries in proptest::collection::vec(entry(), 1..8)) {
            round(Format::Csv, entries)?;
        }

        #[test]
        fn markdown_comes_back(entries in proptest::collection::vec(entry(), 1..8)) {
            round(Format::Markdown, entries)?;
        }
    }

    #[test]
    fn no_cell_of_a_table_is_a_formula() {
        let texts = [
            "=1+1", "+1", "-1", "@A1", "\tx", "\rx", "'=1", "＝1", "fine",
        ];
        let entries: Vec<Entry> = texts
            .into_iter()
            .map(|text| Entry {
                number: 1,
                id: Uuid::from_u128(1),
                kind: Kind::Page,
                day: Day::from_ymd(2026, 11, 22).expect("a day"),
                written_at: DateTime::parse_from_rfc3339("2026-11-22T21:30:00+00:00")
                    .expect("an instant"),
                edited_at: None,
                text: text.to_owned(),
                mood: None,
                starred: false,
                tags: vec!["=tag".parse().expect("a tag")],
                reflections: Vec::new(),
                away: None,
            })
            .collect();
        let mut out = Vec::new();
        formats::csv::write(&mut out, &mut feed(&entries)).expect("written");
        let mut table = csv::Reader::from_reader(out.as_slice());
        for row in table.records() {
            for cell in &row.expect("a row") {
                assert!(
                    !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']),
                    "{cell:?}"
                );
            }
        }
    }
}

#[test]
fn forms_are_recognised_by_what_they_hold() {
    let folder = Folder::with(&[
        (
            "a",
            "{\"entries\":[{\"number\":1,\"day\":\"2026-11-22\",\"written_at\":\"x\"}]}",
        ),
        ("b", "{\"date\":\"2023-09-12\",\"text\":\"x\"}\n"),
        ("c", "Day;Note\n2023-09-12;x\n"),
        ("d", "---\ndate: 2023-09-12\n---\nx"),
        ("e.md", "A note."),
        ("f", "Just text, with a date and a note in it."),
        (
            "g",
            "{\"tags\":{},\"entries\":[{\"title\":\"x\",\"body\":\"\",\"date\":\"2023-09-12\"}]}",
        ),
        (
            "h",
            "{\"metadata\":{\"version\":\"1.0\"},\"entries\":[{\"creationDate\":\"x\",\"text\":\"y\"}]}",
        ),
        ("i", "{\"onward\":{\"form\":1}}\n"),
        ("notes/2023/2023-09-12.md", "x"),
        ("other/a.txt", "x"),
    ]);
    let seen = |name: &str| {
        let found = Format::recognise(&folder.path().join(name)).expect("readable");
        format!("{name} {}", found.map_or("nothing", Format::name))
    };
    let names = [
        "a", "b", "c", "d", "e.md", "f", "g", "h", "i", "notes", "other",
    ];
    insta::assert_snapshot!(names.map(seen).join("\n"), @"
    a json
    b json-lines
    c csv
    d markdown
    e.md markdown
    f nothing
    g jrnl
    h dayone
    i onward
    notes markdown
    other nothing
    ");
}
