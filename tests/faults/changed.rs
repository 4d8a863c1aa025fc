//! kill -9 at every call that writes of everything that changes what is written: afterwards
//! the journal is as it was before or as it is after, and never between.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use onward::journal::{Edit, TextRewrite};
use onward::model::Tag;
use onward::model::entry::words;
use rusqlite::types::Value;

use super::aftermath::{now, page, sound, texts, today};
use super::killed::WRITES;
use super::strace::{onward, tracing};
use crate::sandbox::{Ran, Sandbox};
use crate::tools::{have_strace, say};

/// Stands in a text that is in the trash, and in an earlier state of it.
const THROWN_AWAY: &str = "xylophonquetzal";
const TYPED: &str = "typed into standard input\nwhile the power fails\n";

/// A settled journal with a history: an entry that was edited twice, one that was edited last,
/// one in the trash. With `undone`, that last edit is undone.
fn seed(undone: bool) -> Vec<u8> {
    let sandbox = Sandbox::in_memory();
    {
        let mut journal = crate::sealed::open(&sandbox.journal(), now()).expect("made");
        let third = format!("the third {THROWN_AWAY}");
        for text in ["the first #one", "the second #one", &third] {
            journal.write(page(text), today(), now()).expect("saved");
        }
        let third = format!("{third}, changed");
        let edits = [
            (1, "the first, changed #two"),
            (1, "the first, changed again #two #three"),
            (3, &third),
            (2, "the second, changed"),
        ];
        for (number, to) in edits {
            if number == 2 {
                journal.delete(&[3], now()).expect("deleted");
            }
            let to = to.to_owned();
            let edit = Edit {
                text: Some(TextRewrite { from: None, to }),
                ..Edit::default()
            };
            journal.edit(number, edit, today(), now()).expect("edited");
        }
        if undone {
            journal.undo(now()).expect("undone").expect("the edit");
        }
    }
    fs::read(sandbox.journal()).expect("readable")
}

/// Every row of every table but the index's own; or what is wrong with the journal. Opening
/// moves a log into the file.
fn rows(journal: &Path) -> Result<Vec<Vec<String>>, String> {
    texts(journal)?;
    let ask = || -> rusqlite::Result<Vec<Vec<String>>> {
        let raw = crate::sealed::raw(journal)?;
        let tables: Vec<String> = raw
            .prepare(
                "SELECT name FROM sqlite_schema
                  WHERE type = 'table' AND name NOT LIKE 'entry_text%' ORDER BY name",
            )?
            .query_map((), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut rows = Vec::new();
        for table in tables {
            let mut select = raw.prepare(&format!("SELECT * FROM {table}"))?;
            let width = select.column_count();
            let mut found = select.query(())?;
            while let Some(row) = found.next()? {
                let mut cells = vec![table.clone()];
                for at in 0..width {
                    cells.push(match row.get(at)? {
                        Value::Text(text) => text,
                        other => format!("{other:?}"),
                    });
                }
                rows.push(cells);
            }
        }
        rows.sort();
        Ok(rows)
    };
    let rows = ask().map_err(|error| error.to_string())?;
    follows_the_texts(journal)?;
    Ok(rows)
}

/// Whether the words and the tags that are kept are those of the texts.
fn follows_the_texts(journal: &Path) -> Result<(), String> {
    let ask = || -> rusqlite::Result<bool> {
        let raw = crate::sealed::raw(journal)?;
        let tags = |entry: i64, by_hand: bool| -> rusqlite::Result<BTreeSet<String>> {
            raw.prepare_cached("SELECT tag FROM tag WHERE entry = ?1 AND by_hand = ?2")?
                .query_map((entry, by_hand), |row| row.get(0))?
                .collect()
        };
        let mut select = raw.prepare("SELECT number, text, words FROM entry")?;
        let mut rows = select.query(())?;
        while let Some(row) = rows.next()? {
            let (number, text): (i64, String) = (row.get(0)?, row.get(1)?);
            let mut found: BTreeSet<String> =
                Tag::in_text(&text).iter().map(Tag::to_string).collect();
            found.retain(|tag| !tags(number, true).is_ok_and(|tags| tags.contains(tag)));
            if row.get::<_, u32>(2)? != words(&text) || tags(number, false)? != found {
                return Ok(false);
            }
        }
        Ok(true)
    };
    match ask() {
        Ok(true) => Ok(()),
        Ok(false) => Err("the words or the tags of a text drifted".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// The ids that a command makes are others each time.
fn alike(mut rows: Vec<Vec<String>>, before: &[Vec<String>]) -> Vec<Vec<String>> {
    let known: BTreeSet<&String> = before.iter().flatten().collect();
    let is_id = |cell: &str| cell.len() == 36 && cell.matches('-').count() == 4;
    for cell in rows.iter_mut().flatten() {
        if is_id(cell) && !known.contains(cell) {
            "new".clone_into(cell);
        }
    }
    rows.sort();
    rows
}

/// Whether the bytes of any file beside the journal, or of itself, still say it.
fn says_anywhere(sandbox: &Sandbox, what: &str) -> bool {
    fs::read_dir(sandbox.data()).expect("there").any(|found| {
        let bytes = fs::read(found.expect("there").path()).unwrap_or_default();
        bytes
            .windows(what.len())
            .any(|bytes| bytes == what.as_bytes())
    })
}

/// Runs a command on a journal, killing it at every write in turn, and looks at what is left.
/// `said` is what it says when it is done.
fn sweep(args: &[&str], input: Option<&str>, said: &str) {
    let name = format!("kill -9 in {}", args.join(" "));
    if !have_strace(&name) {
        return;
    }
    let journal = seed(args == ["redo"]);
    let prepare = || Sandbox::with(&[("journal.db", &journal)]);
    let sandbox = prepare();
    let before = rows(&sandbox.journal()).expect("sound");
    let ran = Ran::of(sandbox.program(onward(), args), input);
    assert!(ran.code == Some(0) && ran.stderr.contains(said), "{ran:?}");
    let after = rows(&sandbox.journal()).expect("sound");
    let (before, after) = (alike(before.clone(), &before), alike(after, &before));
    assert_ne!(before, after);

    let purges = args[0] == "trash";
    let (mut points, mut done) = (0, 0);
    let mut traces = Vec::new();
    let (mut damaged, mut between, mut lost) = (Vec::new(), Vec::new(), Vec::new());
    for call in WRITES {
        for at in 1.. {
            let sandbox = prepare();
            let inject = format!("inject=?{call}:signal=SIGKILL:when={at}");
            let trace = tracing(&[call]);
            let strace = ["-e", trace.as_str(), "-e", inject.as_str()];
            let ran = Ran::of(sandbox.traced(&strace, Path::new("/dev/null"), args), input);
            if ran.signal != Some(9) {
                assert_eq!(ran.code, Some(0), "{call} {at}: {}", ran.stderr);
                break;
            }
            points += 1;
            let point = format!("{call} {at}");
            let found = rows(&sandbox.journal()).map(|found| alike(found, &before));
            match found {
                Err(wrong) => damaged.push(format!("{point}: {wrong}")),
                Ok(found) if found == after => done += 1,
                Ok(found) if found != before => between.push(format!("{point}: {found:?}")),
                Ok(_) if ran.stderr.contains(said) => lost.push(format!("{point}: {ran:?}")),
                Ok(_) => {}
            }
            if purges {
                let again = sandbox.onward(args);
                assert!(
                    [Some(0), Some(3)].contains(&again.code),
                    "{point}: {again:?}"
                );
                if says_anywhere(&sandbox, THROWN_AWAY) {
                    traces.push(point.clone());
                }
            }
            life_goes_on(&sandbox, &point);
        }
    }
    say(&format!(
        "{name}: killed at {points} points, {} damaged, {} between, {} said and lost; done at \
         {done}",
        damaged.len(),
        between.len(),
        lost.len(),
    ));
    assert!(points > 40 && done > 0, "{points} {done}");
    assert!(damaged.is_empty(), "{damaged:#?}");
    assert!(between.is_empty(), "{between:#?}");
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(
        traces.is_empty(),
        "left when it was purged again: {traces:#?}"
    );
}

/// The next commands do what they are to do, and what is purged then is gone.
fn life_goes_on(sandbox: &Sandbox, point: &str) {
    let mut journal = crate::sealed::open(&sandbox.journal(), now()).expect(point);
    let next = journal.write(page("next"), today(), now()).expect(point);
    journal.undo(now()).expect(point).expect(point);
    journal.redo(now()).expect(point).expect(point);
    journal.delete(&[next.number], now()).expect(point);
    let trash = journal.trash().expect(point);
    journal.purge(&trash).expect(point);
    drop(journal);
    sound(&sandbox.journal()).expect(point);
}

#[test]
fn while_editing_a_text() {
    let args = ["edit", "1", "--text", "changed while the power fails #four"];
    sweep(&args, None, "Changed #1");
}

#[test]
fn while_editing_from_standard_input() {
    sweep(&["edit", "1", "--text", "-"], Some(TYPED), "Changed #1");
}

#[test]
fn while_editing_fields() {
    let args = ["edit", "1", "--mood", "4", "--tag", "x"];
    sweep(&args, None, "Changed #1");
}

#[test]
fn while_deleting() {
    sweep(&["delete", "1", "--yes"], None, "went into the trash");
}

#[test]
fn while_restoring() {
    sweep(&["restore", "3"], None, "back in the journal");
}

#[test]
fn while_undoing() {
    sweep(&["undo"], None, "Undone:");
}

#[test]
fn while_redoing() {
    sweep(&["redo"], None, "Done again:");
}

#[test]
fn while_bringing_back() {
    sweep(&["history", "1", "--bring-back", "1"], None, "Changed #1");
}

#[test]
fn while_purging() {
    sweep(&["trash", "--purge", "--yes"], None, "gone for good");
}
