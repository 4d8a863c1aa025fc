//! Whole commands against the `sqlite3` shell.
//!
//! Each row is a process from its start to its end: `onward`, and beside it the `sqlite3`
//! shell doing the same reads, or the same durable change through the same triggers, on the
//! same journal. The two take turns, so that whatever else the machine does meets both.
//!
//! How to run it and how to read it is in `benches/README.md`.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on stops, and its table is its answer"
)]

mod generator;

use std::cell::{OnceCell, RefCell};
use std::collections::VecDeque;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, FixedOffset, NaiveDate};
use criterion::{BenchmarkId, Criterion, SamplingMode};
use generator::{COMMON_TAG, COMMON_WORD, RARE_TAG, RARE_WORD, TODAY, journal};
use onward::journal::{Journal, Prompt, nobody};
use onward::model::{Day, entry::words};

/// How many entries the journals have.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// The time of day at which the journals are looked at.
const EVENING: &str = "T22:30:00+01:00";

fn main() {
    // `cargo test` only wants to know that everything runs.
    let measured = std::env::args().any(|argument| argument == "--bench");
    let sizes = if measured { &SIZES[..] } else { &SIZES[..1] };
    let shell = match Shell::find() {
        Ok(shell) => Some(shell),
        Err(why) => {
            println!("Without the rows of the sqlite3 shell: {why}");
            None
        }
    };
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(1000))
        .sample_size(10)
        .nresamples(10_000)
        .without_plots()
        .configure_from_args();
    let mut table = Table::default();
    start(&mut criterion, shell, &mut table);
    for (name, field) in FIELDS {
        compare(&mut criterion, name, *field, sizes, shell, &mut table);
    }
    for (name, field) in ALONE {
        compare(&mut criterion, name, *field, sizes, None, &mut table);
    }
    criterion.final_summary();
    if measured {
        table.print();
    }
}

/// The commands compared, and what runs for each.
const FIELDS: &[(&str, Make)] = &[
    ("page", page),
    ("today", today),
    ("first-of-the-day", first_of_the_day),
    ("tips", tips),
    ("tips-n", tips_n),
    ("list", list),
    ("list-rare-tag", list_rare_tag),
    ("list-common-tag", list_common_tag),
    ("search-rare", search_rare),
    ("search-common", search_common),
    ("show", show),
    ("write", write),
    ("edit", edit),
    ("delete", delete),
    ("undo", undo),
    ("import", import),
];

/// The commands that have nothing beside them.
const ALONE: &[(&str, Make)] = &[("stats", stats), ("review-month", review_month)];

/// Makes ready to run a command on so many entries.
type Make = fn(usize) -> Field;

/// A command for the n-th turn.
type Turn = Box<dyn FnMut(u64) -> Command>;

/// A command line and the SQL that does the same, each for its n-th turn. What has to be
/// undone or made ready before a turn is done when its command is made: only the command
/// counts.
struct Field {
    onward: Turn,
    /// `None` for what no few statements do.
    sql: Option<Statements>,
}

/// A journal and the SQL to run on it, for the n-th turn.
type Statements = Box<dyn FnMut(u64) -> (PathBuf, String)>;

/// A command that only reads: both do the same every time, on the same file.
fn reading(entries: usize, arguments: &[&str], sql: impl Fn(&Known) -> String) -> Field {
    let path = journal(entries);
    let sql = sql(&Known::of(&path));
    Field {
        sql: Some(Box::new(move |_| (path.clone(), sql.clone()))),
        ..alone(entries, arguments)
    }
}

/// A command that only reads, and has nothing to be compared with.
fn alone(entries: usize, arguments: &[&str]) -> Field {
    let path = journal(entries);
    let arguments: Vec<String> = arguments.iter().map(|&a| a.to_owned()).collect();
    Field {
        onward: Box::new(move |_| {
            let mut command = onward(&path, TODAY);
            command.args(&arguments);
            command
        }),
        sql: None,
    }
}

/// `onward`: the daily page.
fn page(entries: usize) -> Field {
    reading(entries, &[], |known| sql_today(known) + &sql_tips())
}

/// `onward today`, when the day has its prompt.
fn today(entries: usize) -> Field {
    reading(entries, &["today"], sql_today)
}

/// `onward tips`
fn tips(entries: usize) -> Field {
    reading(entries, &["tips"], |_| sql_tips() + &sql_prompt(TODAY))
}

/// `onward tips N`: a tip with all that was written to it.
fn tips_n(entries: usize) -> Field {
    reading(entries, &["tips", "1"], |_| {
        let tip = slug(0);
        let named = format!(
            "number IN (SELECT entry FROM reflection WHERE deck = 'walk-away' AND tip = '{tip}')"
        );
        sql_tips() + &sql_prompt(TODAY) + &sql_entries(&named, "day, written_at, number")
    })
}

/// `onward list`
fn list(entries: usize) -> Field {
    reading(entries, &["list", "-n", "20"], |_| sql_newest("1", 21))
}

/// `onward list --tag`, where few entries carry the tag.
fn list_rare_tag(entries: usize) -> Field {
    reading(entries, &["list", "--tag", RARE_TAG], |_| {
        let named = format!("number IN (SELECT entry FROM tag WHERE tag = '{RARE_TAG}')");
        sql_newest(&named, 21)
    })
}

/// `onward list --tag`, where many do: it is quicker to ask the newest whether they do.
fn list_common_tag(entries: usize) -> Field {
    reading(entries, &["list", "--tag", COMMON_TAG], |_| {
        let each = format!("SELECT 1 FROM tag WHERE entry = number AND tag = '{COMMON_TAG}'");
        sql_newest(&format!("EXISTS ({each})"), 21)
    })
}

/// `onward search`, where few entries have the word.
fn search_rare(entries: usize) -> Field {
    reading(entries, &["search", RARE_WORD], |_| {
        let found = sql_matching(RARE_WORD);
        sql_newest(&format!("number IN (SELECT rowid {found})"), 20)
    })
}

/// `onward search`, where nearly all have it, and are counted. The plus has them looked up,
/// newest first, rather than fetched and sorted.
fn search_common(entries: usize) -> Field {
    reading(entries, &["search", COMMON_WORD], |_| {
        let found = sql_matching(COMMON_WORD);
        let newest = sql_newest(&format!("+number IN (SELECT rowid {found})"), 20);
        format!("{newest} SELECT count(*) {found};")
    })
}

/// `onward show N`, for an entry from the middle.
fn show(entries: usize) -> Field {
    let number = entries / 2;
    reading(entries, &["show", &number.to_string()], |_| {
        sql_entries(&format!("number = {number}"), "number")
    })
}

/// `onward stats`
fn stats(entries: usize) -> Field {
    alone(entries, &["stats"])
}

/// `onward review month`
fn review_month(entries: usize) -> Field {
    alone(entries, &["review", "month"])
}

/// `onward today` on a day that has no prompt yet: chooses one and keeps it. Each turn is a
/// day of its own.
fn first_of_the_day(entries: usize) -> Field {
    let (ours, theirs) = copies(entries);
    let known = Known::of(&ours.0);
    let day = |turn: u64| {
        let today: NaiveDate = TODAY.parse().expect("a date");
        (today + Days::new(turn + 1)).to_string()
    };
    let onward = move |turn| {
        let mut command = onward(&ours.0, &day(turn));
        command.arg("today");
        command
    };
    let sql = move |turn| {
        let (day, tip) = (day(turn), slug(turn as usize));
        let sql = format!(
            "{DURABLY} BEGIN IMMEDIATE; {}{}
             SELECT question, times FROM asked WHERE deck = 'walk-away' AND tip = '{tip}';
             INSERT INTO prompt (day, turn, deck, tip, question, offered_at)
             SELECT '{day}', 1 + coalesce(max(turn), 0), 'walk-away', '{tip}', '{}',
                    '{day}{EVENING}' FROM prompt WHERE day = '{day}';
             COMMIT; {}",
            sql_prompt(&day),
            sql_tips(),
            quoted(&known.prompt.question),
            sql_made_of(&known, &day, tip),
        );
        (theirs.0.clone(), sql)
    };
    Field {
        onward: Box::new(onward),
        sql: Some(Box::new(sql)),
    }
}

/// `onward write TEXT` with a mood and a tag, when the day has its prompt.
fn write(entries: usize) -> Field {
    let (ours, theirs) = copies(entries);
    let known = Known::of(&ours.0);
    let onward = move |turn| {
        let mut command = onward(&ours.0, TODAY);
        command.args(["write", "--mood", "3", "--tag", "garden"]);
        command.arg(generator::text(turn));
        command
    };
    let sql = move |turn| {
        let text = generator::text(turn);
        let tags = onward::model::Tag::in_text(&text);
        let mut tags: Vec<(&str, u8)> = tags.iter().map(|tag| (tag.as_str(), 0)).collect();
        tags.retain(|(tag, _)| *tag != "garden");
        tags.push(("garden", 1));
        let tags = tags.iter().map(|(tag, by_hand)| {
            format!(
                "INSERT INTO tag (entry, tag, by_hand)
                     VALUES ((SELECT max(number) FROM entry), '{tag}', {by_hand});"
            )
        });
        let tip = &known.prompt.tip;
        let sql = format!(
            "{DURABLY} BEGIN IMMEDIATE; {}
             INSERT INTO entry (id, kind, day, written_at, text, words, mood, starred,
                                revision, device, saved_at, digest)
             VALUES ('{}', 'page', '{TODAY}', '{TODAY}{EVENING}', '{}', {}, 3, 0,
                     '{}', (SELECT device FROM journal), '{TODAY}{EVENING}',
                     randomblob(32));
             {}
             INSERT INTO reflection (entry, deck, tip, number, title, question)
             VALUES ((SELECT max(number) FROM entry), 'walk-away', '{}', {}, '{}', '{}');
             {} COMMIT;",
            sql_prompt(TODAY),
            id(1, turn),
            quoted(&text),
            words(&text),
            id(2, turn),
            tags.collect::<String>(),
            tip.slug,
            tip.number,
            quoted(&tip.title),
            quoted(&known.prompt.question),
            sql_done("write", "(SELECT max(number) FROM entry)"),
        );
        (theirs.0.clone(), sql)
    };
    Field {
        onward: Box::new(onward),
        sql: Some(Box::new(sql)),
    }
}

/// `onward edit N --mood M`, each time for another entry and a mood that it has not.
fn edit(entries: usize) -> Field {
    let (ours, theirs) = copies(entries);
    let changes = || {
        let mut moods = generator::moods(&ours.0);
        move |turn| {
            let number = any(turn, entries);
            let mood = &mut moods[number - 1];
            *mood = *mood % 5 + 1;
            (number, *mood)
        }
    };
    let (mut our_change, mut their_change) = (changes(), changes());
    let onward = move |turn| {
        let (number, mood) = our_change(turn);
        let mut command = onward(&ours.0, TODAY);
        command.args(["edit", &number.to_string(), "--mood", &mood.to_string()]);
        command
    };
    let sql = move |turn| {
        let (number, mood) = their_change(turn);
        let sql = format!(
            "{DURABLY} BEGIN IMMEDIATE; {} {} {} COMMIT;",
            sql_entries(&format!("number = {number}"), "number"),
            sql_saved(
                number,
                turn,
                &format!("mood = {mood}, edited_at = '{TODAY}{EVENING}'")
            ),
            sql_done("edit", &number.to_string()),
        );
        (theirs.0.clone(), sql)
    };
    Field {
        onward: Box::new(onward),
        sql: Some(Box::new(sql)),
    }
}

/// `onward delete N --yes`, each time for another entry, while the others live.
fn delete(entries: usize) -> Field {
    let (ours, theirs) = copies(entries);
    let bring_back = |journal: &generator::Copy, turn| {
        if turn > 0 {
            let undone = opened(journal).undo(evening()).expect("it can be undone");
            assert!(undone.is_some_and(|undone| undone.entries.len() == 1));
        }
    };
    let onward = move |turn| {
        bring_back(&ours, turn);
        let mut command = onward(&ours.0, TODAY);
        command.args(["delete", &any(turn, entries).to_string(), "--yes"]);
        command
    };
    let sql = move |turn| {
        bring_back(&theirs, turn);
        let number = any(turn, entries);
        let sql = format!(
            "{DURABLY} BEGIN IMMEDIATE; {} {} {} COMMIT;",
            sql_entries(&format!("number = {number}"), "number"),
            sql_saved(number, turn, &format!("deleted_at = '{TODAY}{EVENING}'")),
            sql_done("delete", &number.to_string()),
        );
        (theirs.0.clone(), sql)
    };
    Field {
        onward: Box::new(onward),
        sql: Some(Box::new(sql)),
    }
}

/// `onward undo`, when an entry has just been deleted.
fn undo(entries: usize) -> Field {
    let (ours, theirs) = copies(entries);
    let delete = move |journal: &generator::Copy, turn| {
        let number = any(turn, entries);
        let deleted = opened(journal).delete(&[number as i64], evening());
        deleted.expect("it can be deleted");
        number
    };
    let onward = move |turn| {
        delete(&ours, turn);
        let mut command = onward(&ours.0, TODAY);
        command.arg("undo");
        command
    };
    let sql = move |turn| {
        let number = delete(&theirs, turn);
        let last =
            "SELECT number FROM action WHERE state = 'done' ORDER BY number DESC LIMIT 1";
        let sql = format!(
            "{DURABLY} BEGIN IMMEDIATE;
             SELECT what, entry, before, after FROM action
               JOIN action_entry ON action = number WHERE number = ({last});
             SELECT * FROM revision
              WHERE id = (SELECT before FROM action_entry WHERE action = ({last}));
             {} UPDATE action SET state = 'undone' WHERE number = ({last}); COMMIT;",
            sql_saved(number, turn, "deleted_at = NULL"),
        );
        (theirs.0.clone(), sql)
    };
    Field {
        onward: Box::new(onward),
        sql: Some(Box::new(sql)),
    }
}

/// `onward import` of an export of the whole journal into an empty one; beside it, the same rows
/// inserted in one transaction.
fn import(entries: usize) -> Field {
    let full = journal(entries);
    let (export, sql) = generator::export(&full);
    let empty = Rc::new(generator::empty());
    let fresh = move |side: &str| {
        let copies = RefCell::new(None);
        let (empty, name) = (empty.clone(), format!("import-{entries}-{side}"));
        move || {
            // The one before is gone by now.
            copies.replace(None);
            let copy = generator::copy(&empty.0, &name);
            let path = copy.0.clone();
            copies.replace(Some(copy));
            path
        }
    };
    let (ours, theirs) = (fresh("onward"), fresh("sqlite3"));
    let onward = move |_| {
        let mut command = onward(&ours(), TODAY);
        command.arg("import").arg(&export.0);
        command
    };
    let sql = move |_| (theirs(), format!(".read '{}'", sql.0.display()));
    Field {
        onward: Box::new(onward),
        sql: Some(Box::new(sql)),
    }
}

/// The entry that a turn changes: each of them once before any again.
fn any(turn: u64, entries: usize) -> usize {
    1 + turn as usize * 617 % entries
}

fn opened(journal: &generator::Copy) -> Journal {
    Journal::open(&journal.0, evening(), &mut nobody).expect("the copy opens")
}

fn evening() -> DateTime<FixedOffset> {
    format!("{TODAY}{EVENING}").parse().expect("an instant")
}

/// A copy of a journal for each side: what one writes must not make the other's file longer.
fn copies(entries: usize) -> (generator::Copy, generator::Copy) {
    let journal = journal(entries);
    let copy = |side: &str| generator::copy(&journal, &format!("{entries}-{side}"));
    (copy("onward"), copy("sqlite3"))
}

/// What the SQL needs to know about a journal beforehand.
struct Known {
    prompt: Prompt,
    /// The day of the last answer to today's tip.
    then: Day,
}

impl Known {
    fn of(path: &Path) -> Known {
        let journal = Journal::open_to_read(path, &mut nobody).expect("the journal opens");
        let today: Day = TODAY.parse().expect("a day");
        let prompt = journal.prompt_of(today).expect("a prompt can be read");
        let prompt = prompt.expect("the last day has a prompt");
        let then = journal.answer_before(&prompt.tip, today);
        let then = then.expect("an answer can be read").expect("there is one");
        Known {
            prompt,
            then: then.day,
        }
    }
}

/// What the program sets for each connection and a change depends on.
const DURABLY: &str = "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
                       PRAGMA foreign_keys = ON;";

const COLUMNS: &str = "number, id, kind, day, written_at, edited_at, text, mood, starred";

/// The ids that a turn gives.
fn id(kind: u64, turn: u64) -> String {
    format!(
        "019f0000-{:04x}-7{kind:03x}-8000-{turn:012x}",
        turn & 0xffff
    )
}

/// Another state of an entry, in place of the present one.
fn sql_saved(number: usize, turn: u64, set: &str) -> String {
    format!(
        "INSERT INTO revision (id, entry, kind, day, written_at, edited_at, text, mood, starred,
                               deleted_at, tags, reflections, replaced, device, saved_at,
                               digest)
         SELECT revision, id, kind, day, written_at, edited_at, text, mood, starred, deleted_at,
                (SELECT json_group_array(json_object('tag', tag, 'by_hand',
                                                     json(iif(by_hand, 'true', 'false'))))
                   FROM tag WHERE entry = {number}),
                (SELECT json_group_array(json_object('deck', deck, 'tip', tip, 'number', number,
                                                     'title', title, 'question', question))
                   FROM reflection WHERE entry = {number}),
                replaced, device, saved_at, digest FROM entry WHERE number = {number};
         UPDATE entry SET {set}, digest = randomblob(32), revision = '{}', replaced = revision,
                device = (SELECT device FROM journal), saved_at = '{TODAY}{EVENING}'
          WHERE number = {number};",
        id(3, turn)
    )
}

/// What makes a change one that can be undone.
fn sql_done(what: &str, number: &str) -> String {
    format!(
        "UPDATE action SET state = 'gone' WHERE state = 'undone';
         INSERT INTO action (what, made_at) VALUES ('{what}', '{TODAY}{EVENING}');
         INSERT INTO action_entry (action, entry, before, after)
         SELECT last_insert_rowid(), number, replaced, revision FROM entry
          WHERE number = {number};"
    )
}

fn sql_matching(word: &str) -> String {
    format!("FROM entry_text WHERE entry_text MATCH '\"{word}\"'")
}

/// The newest entries.
fn sql_newest(condition: &str, limit: usize) -> String {
    let order = format!("day DESC, written_at DESC, number DESC LIMIT {limit}");
    sql_entries(condition, &order)
}

/// Entries with what belongs to them, in one statement: that takes the shell less time than
/// asking for tags and reflections apart.
fn sql_entries(condition: &str, order: &str) -> String {
    format!(
        "SELECT {COLUMNS},
                (SELECT group_concat(tag, ' ') FROM tag WHERE entry = entry.number),
                (SELECT json_group_array(json_array(deck, tip, number, title, question))
                   FROM reflection WHERE entry = entry.number)
           FROM entry WHERE deleted_at IS NULL AND {condition} ORDER BY {order};"
    )
}

fn sql_prompt(day: &str) -> String {
    format!("SELECT deck, tip, question FROM prompt WHERE day = '{day}' ORDER BY turn;")
}

fn sql_today(known: &Known) -> String {
    sql_prompt(TODAY) + &sql_made_of(known, TODAY, &known.prompt.tip.slug)
}

/// What was made of a day's prompt, and of the same tip the last time.
fn sql_made_of(known: &Known, day: &str, tip: &str) -> String {
    let tip = format!("deck = 'walk-away' AND tip = '{tip}'");
    let then = format!(
        "day = '{}' AND EXISTS (SELECT 1 FROM reflection WHERE entry = entry.number AND {tip})",
        known.then
    );
    format!(
        "SELECT 1 FROM reflected_day WHERE {tip} AND day = '{day}';
         {} SELECT max(day) FROM reflected_day WHERE {tip} AND day < '{day}'; {}",
        sql_entries(&format!("day = '{day}'"), "written_at, number"),
        sql_entries(&then, "written_at, number"),
    )
}

/// How often and when each tip was reflected on and offered.
fn sql_tips() -> String {
    let tips = (0..).map_while(|at| onward::decks::Deck::walk_away().tips.get(at));
    let values: Vec<String> = tips.map(|tip| format!("('{}')", tip.slug)).collect();
    format!(
        "WITH wanted (slug) AS (VALUES {})
         SELECT slug,
                (SELECT days FROM covered_tip WHERE deck = 'walk-away' AND tip = slug),
                (SELECT max(day) FROM reflected_day WHERE deck = 'walk-away' AND tip = slug),
                (SELECT day || ' ' || turn FROM prompt WHERE deck = 'walk-away' AND tip = slug
                  ORDER BY day DESC, turn DESC LIMIT 1)
           FROM wanted;",
        values.join(", ")
    )
}

fn slug(turn: usize) -> &'static str {
    let tips = &onward::decks::Deck::walk_away().tips;
    &tips[turn % tips.len()].slug
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}

/// `onward` on a journal, in the evening of a day.
fn onward(journal: &Path, day: &str) -> Command {
    let mut command = program(env!("CARGO_BIN_EXE_onward"));
    command.arg("--journal").arg(journal);
    command.env("ONWARD_NOW", format!("{day}{EVENING}"));
    command
}

/// A program that finds no configuration and nobody to talk to.
#[expect(clippy::disallowed_methods, reason = "whole programs are measured")]
fn program(path: &str) -> Command {
    let mut command = Command::new(path);
    command
        .env("HOME", "/nonexistent")
        .env("EDITOR", "false")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for variable in [
        "ONWARD_JOURNAL",
        "ONWARD_CONFIG",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
    ] {
        command.env_remove(variable);
    }
    command
}

/// The `sqlite3` shell.
#[derive(Clone, Copy)]
struct Shell;

impl Shell {
    /// Whether there is one that can read a journal and run its triggers.
    fn find() -> Result<Shell, String> {
        let copy = generator::copy(&journal(SIZES[0]), "trial");
        let mut trial = Shell.on(
            &copy.0,
            "BEGIN; UPDATE entry SET text = 'trial' WHERE number = 1;
             SELECT 1 / count(*) FROM entry_text WHERE entry_text MATCH 'trial'; ROLLBACK;",
        );
        match trial.stdout(Stdio::piped()).stderr(Stdio::piped()).output() {
            Ok(output) if output.status.success() && output.stdout == b"1\n" => Ok(Shell),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                Err(format!("it cannot work with a journal: {}", said.trim()))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    fn on(self, journal: &Path, sql: &str) -> Command {
        let mut command = program("sqlite3");
        command.arg("-batch").arg("-bail").arg(journal).arg(sql);
        command
    }
}

/// Runs a command to its end.
fn timed(mut command: Command) -> Duration {
    let start = Instant::now();
    let status = command.status().expect("the program starts");
    let time = start.elapsed();
    assert!(status.success(), "{status}: {command:?}");
    time
}

/// Runners that take turns.
struct Race {
    turn: u64,
    runners: Vec<Runner>,
}

struct Runner {
    command: Turn,
    /// Times that criterion has not been told yet.
    waiting: VecDeque<Duration>,
    /// Every time.
    times: Vec<Duration>,
}

impl Race {
    fn new(commands: Vec<Turn>) -> Race {
        let runner = |command| Runner {
            command,
            waiting: VecDeque::new(),
            times: Vec::new(),
        };
        Race {
            turn: 0,
            runners: commands.into_iter().map(runner).collect(),
        }
    }

    fn between(field: Field, shell: Option<Shell>) -> Race {
        let mut commands = vec![field.onward];
        if let Some((shell, mut sql)) = shell.zip(field.sql) {
            commands.push(Box::new(move |turn| {
                let (file, sql) = sql(turn);
                shell.on(&file, &sql)
            }));
        }
        Race::new(commands)
    }

    /// The time of so many turns of one runner. Whenever it takes a turn so do the others,
    /// now one first and now the other; their times wait until they are asked for.
    fn run(&mut self, runner: usize, turns: u64) -> Duration {
        let turns = turns as usize;
        while self.runners[runner].waiting.len() < turns {
            let count = self.runners.len();
            for at in 0..count {
                let next = &mut self.runners[(at + self.turn as usize) % count];
                let time = timed((next.command)(self.turn));
                next.waiting.push_back(time);
                next.times.push(time);
            }
            self.turn += 1;
        }
        self.runners[runner].waiting.drain(..turns).sum()
    }
}

/// How long a process takes that does nothing, and one that only says its version.
fn start(criterion: &mut Criterion, shell: Option<Shell>, table: &mut Table) {
    let mut names = vec!["true", "onward --version"];
    let mut commands: Vec<Turn> = vec![
        Box::new(|_| program("true")),
        Box::new(|_| {
            let mut command = program(env!("CARGO_BIN_EXE_onward"));
            command.arg("--version");
            command
        }),
    ];
    if shell.is_some() {
        names.push("sqlite3 -version");
        commands.push(Box::new(|_| {
            let mut command = program("sqlite3");
            command.arg("-version");
            command
        }));
    }
    let race = RefCell::new(Race::new(commands));
    let mut group = criterion.benchmark_group("start");
    group.sampling_mode(SamplingMode::Flat);
    for (at, name) in names.iter().enumerate() {
        group.bench_function(*name, |bench| {
            bench.iter_custom(|turns| race.borrow_mut().run(at, turns));
        });
    }
    group.finish();
    for (runner, name) in race.into_inner().runners.into_iter().zip(names) {
        if let Some(time) = median(runner.times) {
            table.start.push((name, time));
        }
    }
}

/// A command at every size, and the shell beside it.
fn compare(
    criterion: &mut Criterion,
    name: &'static str,
    field: Make,
    sizes: &[usize],
    shell: Option<Shell>,
    table: &mut Table,
) {
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat);
    for &size in sizes {
        let race = OnceCell::new();
        // Only made when a row is wanted: making a journal takes a while.
        let race = || race.get_or_init(|| RefCell::new(Race::between(field(size), shell)));
        let rows = if shell.is_some() {
            &["onward", "sqlite3"][..]
        } else {
            &["onward"]
        };
        let mut ran = false;
        for (at, row) in rows.iter().enumerate() {
            group.bench_function(BenchmarkId::new(*row, size), |bench| {
                ran = true;
                // Before the clock of the warm-up starts, which tells how many turns to take.
                let race = race();
                bench.iter_custom(|turns| race.borrow_mut().run(at, turns));
            });
        }
        if ran {
            let times = race()
                .borrow()
                .runners
                .iter()
                .map(|r| r.times.clone())
                .collect();
            table.rows.push((name, size, times));
        }
    }
    group.finish();
}

/// What was measured, side by side.
#[derive(Default)]
struct Table {
    start: Vec<(&'static str, Duration)>,
    rows: Vec<(&'static str, usize, Vec<Vec<Duration>>)>,
}

impl Table {
    fn print(&self) {
        let mut text = String::from("\nMedians in milliseconds\n\n");
        for (name, time) in &self.start {
            let _ = writeln!(text, "{name:<18}{:>8.2}", milliseconds(*time));
        }
        let _ = writeln!(
            text,
            "\n{:<18}{:>8}{:>9}{:>9}{:>9}{:>9}{:>9}{:>7}",
            "command", "entries", "onward", "sqlite3", "ratio", "of best", "growth", "turns"
        );
        for (name, size, times) in &self.rows {
            let Some(ours) = times.first().cloned().and_then(median) else {
                continue;
            };
            let _ = write!(text, "{name:<18}{size:>8}{:>9.2}", milliseconds(ours));
            match times.get(1).cloned().and_then(median) {
                Some(theirs) => {
                    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
                    let best =
                        |at: usize| times[at].iter().min().map_or(0.0, Duration::as_secs_f64);
                    let best = best(0) / best(1);
                    let theirs = milliseconds(theirs);
                    let _ = write!(text, "{theirs:>9.2}{ratio:>9.2}{best:>9.2}");
                }
                None => {
                    let _ = write!(text, "{:>9}{:>9}{:>9}", "-", "-", "-");
                }
            }
            // Sizes do not take turns with each other: only the best times can be compared.
            let best =
                |times: &[Vec<Duration>]| times[0].iter().min().map(Duration::as_secs_f64);
            let least = self.rows.iter().find(|(other, ..)| other == name);
            let least = least.and_then(|(_, _, times)| best(times));
            let growth = best(times)
                .zip(least)
                .map_or(1.0, |(now, least)| now / least);
            let _ = writeln!(text, "{growth:>9.2}{:>7}", times[0].len());
        }
        println!("{text}");
    }
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
