//! SQL that does what a command does: the same reads, or the same change through the same
//! triggers, with the same rows for undo.

use onward::decks::Deck;
use onward::model::{Tag, entry::words};

use crate::EVENING;
use crate::generator::{self, TODAY};
use crate::journals::Known;

/// What the program sets for each connection and a change depends on.
const DURABLY: &str = "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
                       PRAGMA foreign_keys = ON;";

const COLUMNS: &str = "number, id, kind, day, written_at, edited_at, text, mood, starred";

/// What chooses the prompt of a day that has none, and keeps it.
pub(crate) fn first_of_the_day(known: &Known, day: &str, turn: u64) -> String {
    let tip = slug(turn as usize);
    format!(
        "{DURABLY} BEGIN IMMEDIATE; {}{}
         SELECT question, times FROM asked WHERE deck = 'walk-away' AND tip = '{tip}';
         INSERT INTO prompt (day, turn, deck, tip, question, offered_at)
         SELECT '{day}', 1 + coalesce(max(turn), 0), 'walk-away', '{tip}', '{}',
                '{day}{EVENING}' FROM prompt WHERE day = '{day}';
         COMMIT; {}",
        prompt(day),
        tips(),
        quoted(&known.prompt.question),
        made_of(known, day, tip),
    )
}

/// A page with a mood and a tag.
pub(crate) fn write(known: &Known, turn: u64) -> String {
    let text = generator::text(turn);
    let tags = Tag::in_text(&text);
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
    format!(
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
        prompt(TODAY),
        id(1, turn),
        quoted(&text),
        words(&text),
        id(2, turn),
        tags.collect::<String>(),
        tip.slug,
        tip.number,
        quoted(&tip.title),
        quoted(&known.prompt.question),
        done("write", "(SELECT max(number) FROM entry)"),
    )
}

/// Another mood for an entry.
pub(crate) fn edit(number: usize, mood: u8, turn: u64) -> String {
    let set = format!("mood = {mood}, edited_at = '{TODAY}{EVENING}'");
    changed("edit", number, turn, &set)
}

/// An entry goes into the trash.
pub(crate) fn delete(number: usize, turn: u64) -> String {
    changed(
        "delete",
        number,
        turn,
        &format!("deleted_at = '{TODAY}{EVENING}'"),
    )
}

fn changed(what: &str, number: usize, turn: u64, set: &str) -> String {
    format!(
        "{DURABLY} BEGIN IMMEDIATE; {} {} {} COMMIT;",
        entries(&format!("number = {number}"), "number"),
        saved(number, turn, set),
        done(what, &number.to_string()),
    )
}

/// An entry that was the last to be deleted comes back.
pub(crate) fn undo(number: usize, turn: u64) -> String {
    let last = "SELECT number FROM action WHERE state = 'done' ORDER BY number DESC LIMIT 1";
    format!(
        "{DURABLY} BEGIN IMMEDIATE;
         SELECT what, entry, before, after FROM action
           JOIN action_entry ON action = number WHERE number = ({last});
         SELECT * FROM revision
          WHERE id = (SELECT before FROM action_entry WHERE action = ({last}));
         {} UPDATE action SET state = 'undone' WHERE number = ({last}); COMMIT;",
        saved(number, turn, "deleted_at = NULL"),
    )
}

/// The ids that a turn gives.
fn id(kind: u64, turn: u64) -> String {
    format!(
        "019f0000-{:04x}-7{kind:03x}-8000-{turn:012x}",
        turn & 0xffff
    )
}

/// Another state of an entry, in place of the present one.
fn saved(number: usize, turn: u64, set: &str) -> String {
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
fn done(what: &str, number: &str) -> String {
    format!(
        "UPDATE action SET state = 'gone' WHERE state = 'undone';
         INSERT INTO action (what, made_at) VALUES ('{what}', '{TODAY}{EVENING}');
         INSERT INTO action_entry (action, entry, before, after)
         SELECT last_insert_rowid(), number, replaced, revision FROM entry
          WHERE number = {number};"
    )
}

pub(crate) fn matching(word: &str) -> String {
    format!("FROM entry_text WHERE entry_text MATCH '\"{word}\"'")
}

/// The newest entries.
pub(crate) fn newest(condition: &str, limit: usize) -> String {
    let order = format!("day DESC, written_at DESC, number DESC LIMIT {limit}");
    entries(condition, &order)
}

/// Entries with what belongs to them, in one statement: that takes the shell less time than
/// asking for tags and reflections apart.
pub(crate) fn entries(condition: &str, order: &str) -> String {
    format!(
        "SELECT {COLUMNS},
                (SELECT group_concat(tag, ' ') FROM tag WHERE entry = entry.number),
                (SELECT json_group_array(json_array(deck, tip, number, title, question))
                   FROM reflection WHERE entry = entry.number)
           FROM entry WHERE deleted_at IS NULL AND {condition} ORDER BY {order};"
    )
}

pub(crate) fn prompt(day: &str) -> String {
    format!("SELECT deck, tip, question FROM prompt WHERE day = '{day}' ORDER BY turn;")
}

pub(crate) fn today(known: &Known) -> String {
    prompt(TODAY) + &made_of(known, TODAY, &known.prompt.tip.slug)
}

/// What was made of a day's prompt, and of the same tip the last time.
fn made_of(known: &Known, day: &str, tip: &str) -> String {
    let tip = format!("deck = 'walk-away' AND tip = '{tip}'");
    let then = format!(
        "day = '{}' AND EXISTS (SELECT 1 FROM reflection WHERE entry = entry.number AND {tip})",
        known.then
    );
    format!(
        "SELECT 1 FROM reflected_day WHERE {tip} AND day = '{day}';
         {} SELECT max(day) FROM reflected_day WHERE {tip} AND day < '{day}'; {}",
        entries(&format!("day = '{day}'"), "written_at, number"),
        entries(&then, "written_at, number"),
    )
}

/// How often and when each tip was reflected on and offered.
pub(crate) fn tips() -> String {
    let deck = Deck::walk_away();
    let values: Vec<String> = deck
        .tips
        .iter()
        .map(|tip| format!("('{}')", tip.slug))
        .collect();
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

pub(crate) fn slug(turn: usize) -> &'static str {
    let tips = &Deck::walk_away().tips;
    &tips[turn % tips.len()].slug
}

fn quoted(text: &str) -> String {
    text.replace('\'', "''")
}
