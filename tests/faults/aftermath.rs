//! Journals to try faults on, and what is asked of one after a fault.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset};
use onward::drafts::page_file;
use onward::journal::{NewPage, Reflects};
use onward::model::{Day, Filter, KindName, Order};

use super::strace::onward;
use crate::sandbox::{NOW, Ran, Sandbox};
use crate::sealed;

pub(crate) fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(NOW).expect("an instant")
}

pub(crate) fn today() -> Day {
    Day::from_ymd(2026, 11, 22).expect("a day")
}

pub(crate) fn page(text: &str) -> NewPage {
    NewPage {
        day: today(),
        written_at: now(),
        text: text.to_owned(),
        mood: None,
        starred: false,
        tags: BTreeSet::new(),
        reflects: Reflects::OnPrompt,
    }
}

impl Sandbox {
    /// With these files in the journal's folder.
    pub(crate) fn with(files: &[(&str, &[u8])]) -> Sandbox {
        let sandbox = Sandbox::in_memory();
        for (name, bytes) in files {
            fs::write(sandbox.data().join(name), bytes).expect("written");
        }
        sandbox
    }

    /// Runs the program to its end.
    pub(crate) fn onward(&self, args: &[&str]) -> Ran {
        Ran::of(self.program(onward(), args), None)
    }

    /// Every text that is kept and no entry: drafts, and files of last resort, with
    /// the path that a message has to name.
    pub(crate) fn kept(&self) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        let mut ahead = vec![self.root().to_path_buf()];
        while let Some(folder) = ahead.pop() {
            // What a test has barred holds nothing that anyone could take up again.
            let Ok(entries) = fs::read_dir(folder) else {
                continue;
            };
            for entry in entries {
                let path = entry.expect("readable").path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if path.is_dir() {
                    ahead.push(path);
                } else if name == "page.md" || name.contains("kept") {
                    let bytes = fs::read(&path).expect("readable");
                    let mut text = String::from_utf8_lossy(&bytes).into_owned();
                    if name == "page.md" {
                        text = page_file::written(&text).to_owned();
                    }
                    found.push((path, text));
                }
            }
        }
        // Those of an encrypted journal lie in it.
        for (name, page) in sealed::drafts(&self.journal()) {
            let mut text = String::from_utf8_lossy(&page).into_owned();
            // Bytes that were set aside are there as they came.
            if text.contains(">8 ---") {
                text = page_file::written(&text);
            }
            found.push((PathBuf::from(name).join("page.md"), text));
        }
        found
    }
}

impl Ran {
    pub(crate) fn said_saved(&self) -> bool {
        self.stderr.contains("Saved #")
    }

    /// It ended by itself and, where it failed, with a sentence.
    #[track_caller]
    pub(crate) fn ended_well(&self, what: &str) {
        assert_eq!(self.signal, None, "{what}: {self:?}");
        let code = self.code.expect("a status");
        let locked = sealed::on() && code == 4;
        assert!(locked || [0, 1, 3].contains(&code), "{what}: {self:?}");
        assert!(!self.stderr.contains("panicked"), "{what}: {self:?}");
        if locked || code == 1 {
            let first = self.stderr.lines().find(|line| line.starts_with("error: "));
            let first = first.unwrap_or_else(|| panic!("{what}: no sentence: {self:?}"));
            // The folder's name is left to chance, which has already spelled "SQL".
            let words = first.split_whitespace().filter(|word| !word.contains('/'));
            let first = words.collect::<Vec<_>>().join(" ");
            for jargon in ["SQL", "sqlite", "os error", "Error {", "malformed"] {
                assert!(!first.contains(jargon), "{what}: {first}");
            }
        }
    }
}

/// A settled journal with so many pages, `page 1` and so on.
pub(crate) fn seed(pages: i64) -> Vec<u8> {
    let sandbox = Sandbox::in_memory();
    {
        let mut journal = sealed::open(&sandbox.journal(), now()).expect("made");
        for number in 1..=pages {
            let text = format!("page {number}");
            journal.write(page(&text), today(), now()).expect("saved");
        }
    }
    let names: Vec<_> = fs::read_dir(sandbox.data()).expect("there").collect();
    assert_eq!(names.len(), 1, "nothing but the journal");
    fs::read(sandbox.journal()).expect("readable")
}

/// Everything, not only pages.
fn of_every_kind() -> Filter {
    Filter {
        kinds: KindName::ALL.to_vec(),
        ..Filter::default()
    }
}

/// The texts in a journal, oldest first, having checked everything about its file; or what
/// is wrong with it. Opening moves a log into the file.
pub(crate) fn texts(journal: &Path) -> Result<Vec<String>, String> {
    let texts = {
        let journal = sealed::open(journal, now()).map_err(|error| format!("{error:?}"))?;
        journal
            .entries(&of_every_kind(), Order::OldestFirst, None)
            .map_err(|error| format!("{error:?}"))?
            .into_iter()
            .map(|entry| entry.text)
            .collect()
    };
    sound(journal)?;
    Ok(texts)
}

/// What is wrong with a journal's file, asked from beside the program.
pub(crate) fn sound(journal: &Path) -> Result<(), String> {
    let ask = || -> rusqlite::Result<Vec<String>> {
        let raw = sealed::raw(journal)?;
        raw.execute(
            "INSERT INTO entry_text (entry_text, rank) VALUES ('integrity-check', 1)",
            (),
        )?;
        let mut wrong: Vec<String> = raw
            .prepare("PRAGMA integrity_check")?
            .query_map((), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        wrong.retain(|line| line != "ok");
        let orphans: Vec<String> = raw
            .prepare("PRAGMA foreign_key_check")?
            .query_map((), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        wrong.extend(orphans);
        let derived = [
            (
                "the days of a tip",
                "SELECT deck, tip, day, entries FROM reflected_day",
                "SELECT deck, tip, day, count(*)
                   FROM reflection JOIN entry ON entry.number = entry
                  WHERE deleted_at IS NULL GROUP BY 1, 2, 3",
            ),
            (
                "the coverage",
                "SELECT deck, tip, days FROM covered_tip WHERE days > 0",
                "SELECT deck, tip, count(*) FROM reflected_day GROUP BY 1, 2",
            ),
        ];
        for (what, kept, counted) in derived {
            let drifted: bool = raw.query_row(
                &format!(
                    "SELECT EXISTS (SELECT * FROM ({kept}) EXCEPT SELECT * FROM ({counted}))
                         OR EXISTS (SELECT * FROM ({counted}) EXCEPT SELECT * FROM ({kept}))"
                ),
                (),
                |row| row.get(0),
            )?;
            if drifted {
                wrong.push(format!("{what} drifted"));
            }
        }
        Ok(wrong)
    };
    match ask() {
        Ok(wrong) if wrong.is_empty() => Ok(()),
        Ok(wrong) => Err(wrong.join("; ")),
        Err(error) => Err(error.to_string()),
    }
}
