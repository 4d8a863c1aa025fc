//! The commands that are measured, and what the `sqlite3` shell and jrnl run beside them.

use std::path::PathBuf;
use std::process::Command;

use chrono::{Days, NaiveDate};

use crate::generator::{self, COMMON_TAG, COMMON_WORD, RARE_TAG, RARE_WORD, TODAY};
use crate::journals::{Known, Target, Which};
use crate::measure::{Turn, timed};
use crate::statements as sql;
use crate::{jrnl, onward, shell};

/// A command, at every size.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// The most it may take, in times of what the shell takes.
    aim: Option<f64>,
    pub(crate) which: Which,
    pub(crate) onward: Make,
    /// `None` for what no few statements do.
    pub(crate) sql: Option<Make>,
    /// `None` for what jrnl does not do without an editor or a question.
    pub(crate) jrnl: Option<Make>,
}

/// Makes ready to run a command on a journal.
type Make = Box<dyn Fn(Target) -> Turn>;

impl Row {
    /// The most that the command may take on a journal of so many entries, in times of what the
    /// shell takes.
    pub(crate) fn aim(&self, entries: usize) -> Option<f64> {
        let counts = self.name != "search-common" || entries >= 10_000;
        self.aim.filter(|_| counts)
    }

    /// Whether people run it every day, and wait for it.
    pub(crate) fn is_everyday(&self) -> bool {
        self.aim.is_some() && self.name != "import"
    }

    /// Gives a row what jrnl runs beside it.
    fn jrnl(mut self, arguments: &'static [&'static str]) -> Row {
        self.jrnl = Some(Box::new(move |target| {
            let arguments = filled(arguments, target.journals().known());
            Box::new(move |_| {
                let mut command = jrnl(target.file());
                command.args(&arguments);
                command
            })
        }));
        self
    }
}

/// Every row, in the order of the tables.
pub(crate) fn rows() -> Vec<Row> {
    vec![
        reading("page", 1.2, &[], |known| sql::today(known) + &sql::tips()),
        reading("today", 1.2, &["today"], sql::today),
        changing(
            "first-of-the-day",
            1.2,
            first_of_the_day,
            sql_first_of_the_day,
        ),
        reading("tips", 1.2, &["tips"], |_| {
            sql::tips() + &sql::prompt(TODAY)
        }),
        reading("list", 1.2, &["list"], |_| sql::newest("1", 21))
            .jrnl(&["-n", "20", "--short"]),
        reading("list-rare-tag", 1.2, &["list", "--tag", RARE_TAG], |_| {
            let named = format!("number IN (SELECT entry FROM tag WHERE tag = '{RARE_TAG}')");
            sql::newest(&named, 21)
        }),
        // Where many carry the tag, it is quicker to ask the newest whether they do.
        reading(
            "list-common-tag",
            1.2,
            &["list", "--tag", COMMON_TAG],
            |_| {
                let each =
                    format!("SELECT 1 FROM tag WHERE entry = number AND tag = '{COMMON_TAG}'");
                sql::newest(&format!("EXISTS ({each})"), 21)
            },
        )
        .jrnl(&["-n", "20", "--short", "{common-tag}"]),
        reading("show", 1.2, &["show", "{middle}"], |known| {
            sql::entries(&format!("number = {}", known.middle), "number")
        })
        .jrnl(&["-on", "{middle-day}"]),
        reading("search-rare", 1.2, &["search", RARE_WORD], |_| {
            let found = sql::matching(RARE_WORD);
            sql::newest(&format!("number IN (SELECT rowid {found})"), 20)
        })
        .jrnl(&["-contains", RARE_WORD]),
        // The plus has the entries looked up, newest first, rather than fetched and sorted.
        reading("search-common", 1.2, &["search", COMMON_WORD], |_| {
            let found = sql::matching(COMMON_WORD);
            let newest = sql::newest(&format!("+number IN (SELECT rowid {found})"), 20);
            format!("{newest} SELECT count(*) {found};")
        })
        .jrnl(&["-n", "20", "-contains", COMMON_WORD]),
        Row {
            jrnl: Some(Box::new(jrnl_write)),
            ..changing("write", 1.1, write, sql_write)
        },
        changing("edit", 1.1, edit, sql_edit),
        changing("delete", 1.1, delete, sql_delete),
        changing("undo", 1.1, undo, sql_undo),
        reading("tips-n", 1.5, &["tips", "1"], |_| {
            let tip = sql::slug(0);
            let named = format!(
                "number IN (SELECT entry FROM reflection
                             WHERE deck = 'walk-away' AND tip = '{tip}')"
            );
            let reflections = sql::entries(&named, "day, written_at, number");
            sql::tips() + &sql::prompt(TODAY) + &reflections
        }),
        alone("stats", &["stats"]),
        alone("review-month", &["review", "month"]),
        Row {
            which: Which::Empty,
            ..changing("import", 2.0, import, sql_import)
        },
        alone(
            "export-csv",
            &["export", "--plain", "-o", "-", "--to", "csv"],
        ),
        alone(
            "export-jsonl",
            &["export", "--plain", "-o", "-", "--to", "jsonl"],
        )
        .jrnl(&["--format", "json"]),
        alone(
            "export-html",
            &["export", "--plain", "-o", "-", "--to", "html"],
        ),
    ]
}

/// A command that only reads, and has no statements to be compared with.
fn alone(name: &'static str, arguments: &'static [&'static str]) -> Row {
    Row {
        name,
        aim: None,
        which: Which::Shared,
        onward: Box::new(move |target| {
            let arguments = filled(arguments, target.journals().known());
            Box::new(move |_| {
                let mut command = onward(target.file(), TODAY);
                command.args(&arguments);
                command
            })
        }),
        sql: None,
        jrnl: None,
    }
}

/// A command that only reads: both do the same every time, on the same file.
fn reading(
    name: &'static str,
    aim: f64,
    arguments: &'static [&'static str],
    sql: fn(&Known) -> String,
) -> Row {
    Row {
        aim: Some(aim),
        sql: Some(Box::new(move |target| {
            let sql = sql(target.journals().known());
            Box::new(move |_| shell(target.file(), &sql))
        })),
        ..alone(name, arguments)
    }
}

/// A command that writes: each on a copy of its own.
fn changing(
    name: &'static str,
    aim: f64,
    onward: fn(Target) -> Turn,
    sql: fn(Target) -> Turn,
) -> Row {
    Row {
        name,
        aim: Some(aim),
        which: Which::Copied,
        onward: Box::new(onward),
        sql: Some(Box::new(sql)),
        jrnl: None,
    }
}

fn filled(arguments: &[&str], known: &Known) -> Vec<String> {
    let fill = |argument: &&str| match *argument {
        "{middle}" => known.middle.to_string(),
        "{middle-day}" => known.middle_day.to_string(),
        "{common-tag}" => format!("#{COMMON_TAG}"),
        other => other.to_owned(),
    };
    arguments.iter().map(fill).collect()
}

/// `onward today` on a day that has no prompt yet: chooses one and keeps it. Each turn is a
/// day of its own.
fn first_of_the_day(target: Target) -> Turn {
    Box::new(move |turn| {
        let mut command = onward(target.file(), &day_after(turn));
        command.arg("today");
        command
    })
}

fn sql_first_of_the_day(target: Target) -> Turn {
    Box::new(move |turn| {
        let sql = sql::first_of_the_day(target.journals().known(), &day_after(turn), turn);
        shell(target.file(), &sql)
    })
}

fn day_after(turn: u64) -> String {
    let today: NaiveDate = TODAY.parse().expect("a date");
    (today + Days::new(turn + 1)).to_string()
}

/// `onward write TEXT` with a mood and a tag, when the day has its prompt.
fn write(target: Target) -> Turn {
    Box::new(move |turn| {
        let mut command = onward(target.file(), TODAY);
        command.args(["write", "--mood", "3", "--tag", "garden"]);
        command.arg(generator::text(turn));
        command
    })
}

fn sql_write(target: Target) -> Turn {
    Box::new(move |turn| shell(target.file(), &sql::write(target.journals().known(), turn)))
}

fn jrnl_write(target: Target) -> Turn {
    Box::new(move |turn| {
        let mut command = jrnl(target.file());
        command.arg(format!("{TODAY} at 22:30: {}", generator::text(turn)));
        command
    })
}

/// `onward edit N --mood M`, each time for another entry and a mood that it has not.
fn edit(target: Target) -> Turn {
    let mut change = changes(&target);
    Box::new(move |turn| {
        let (number, mood) = change(turn);
        let mut command = onward(target.file(), TODAY);
        command.args(["edit", &number.to_string(), "--mood", &mood.to_string()]);
        command
    })
}

fn sql_edit(target: Target) -> Turn {
    let mut change = changes(&target);
    Box::new(move |turn| {
        let (number, mood) = change(turn);
        shell(target.file(), &sql::edit(number, mood, turn))
    })
}

/// The entry of each turn and its next mood.
fn changes(target: &Target) -> impl FnMut(u64) -> (usize, u8) + use<> {
    let entries = target.journals().entries;
    let mut moods = generator::moods(target.journals().plain());
    move |turn| {
        let number = any(turn, entries);
        let mood = &mut moods[number - 1];
        *mood = *mood % 5 + 1;
        (number, *mood)
    }
}

/// The entry that a turn changes: each of them once before any again.
fn any(turn: u64, entries: usize) -> usize {
    1 + turn as usize * 617 % entries
}

/// `onward delete N --yes`, each time for another entry, while the others live.
fn delete(target: Target) -> Turn {
    Box::new(move |turn| {
        bring_back(&target, turn);
        deleting(&target, turn)
    })
}

fn sql_delete(target: Target) -> Turn {
    Box::new(move |turn| {
        bring_back(&target, turn);
        let number = any(turn, target.journals().entries);
        shell(target.file(), &sql::delete(number, turn))
    })
}

/// Takes back what the turn before deleted.
fn bring_back(target: &Target, turn: u64) {
    if turn > 0 {
        timed(&mut undoing(target));
    }
}

/// `onward undo`, when an entry has just been deleted.
fn undo(target: Target) -> Turn {
    Box::new(move |turn| {
        timed(&mut deleting(&target, turn));
        undoing(&target)
    })
}

fn sql_undo(target: Target) -> Turn {
    Box::new(move |turn| {
        timed(&mut deleting(&target, turn));
        shell(
            target.file(),
            &sql::undo(any(turn, target.journals().entries), turn),
        )
    })
}

fn deleting(target: &Target, turn: u64) -> Command {
    let number = any(turn, target.journals().entries).to_string();
    let mut command = onward(target.file(), TODAY);
    command.args(["delete", &number, "--yes"]);
    command
}

fn undoing(target: &Target) -> Command {
    let mut command = onward(target.file(), TODAY);
    command.arg("undo");
    command
}

/// `onward import` of an export of the whole journal into an empty one; beside it, the same rows
/// inserted in one transaction.
fn import(target: Target) -> Turn {
    let journals = target.journals().clone();
    let mut fresh = fresh(target);
    Box::new(move |_| {
        let mut command = onward(&fresh(), TODAY);
        command.arg("import").arg(&journals.export().0.0);
        command
    })
}

fn sql_import(target: Target) -> Turn {
    let journals = target.journals().clone();
    let mut fresh = fresh(target);
    Box::new(move |_| {
        let rows = &journals.export().1.0;
        shell(&fresh(), &format!(".read '{}'", rows.display()))
    })
}

/// Another copy of an empty journal each time; the one before is gone by then.
fn fresh(target: Target) -> impl FnMut() -> PathBuf {
    let mut copy = None;
    move || {
        drop(copy.take());
        let new = generator::copy(target.file(), &format!("{}-import", target.name()));
        copy.insert(new).0.clone()
    }
}
