//! Queries that compute the derived data of a journal anew. A check compares their rows with
//! the stored ones, and a repair stores them.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::model::{Revision, Tag};

/// Counts, for each day and tip, the entries that reflect on the tip.
pub(super) const REFLECTED_DAYS: &str =
    "SELECT deck, tip, day, count(*) FROM reflection JOIN entry ON entry.number = entry
      WHERE deleted_at IS NULL GROUP BY 1, 2, 3";

/// Counts how often each question was offered.
pub(super) const ASKED: &str =
    "SELECT deck, tip, question, count(*) FROM prompt GROUP BY 1, 2, 3";

/// Each derived table: the layout it came with, the finding if it is wrong, a query for its
/// rows, and a query that computes them anew.
pub(super) const DERIVED: [(i64, &str, &str, &str); 3] = [
    (
        1,
        "the days on which tips were reflected on are not counted right",
        "SELECT deck, tip, day, entries FROM reflected_day",
        REFLECTED_DAYS,
    ),
    (
        1,
        "how far the deck is covered is not counted right",
        "SELECT deck, tip, days FROM covered_tip WHERE days > 0",
        "SELECT deck, tip, count(*) FROM reflected_day GROUP BY 1, 2",
    ),
    (
        3,
        "how often questions were asked is not counted right",
        "SELECT deck, tip, question, times FROM asked",
        ASKED,
    ),
];

/// True if the entry's tags that are not given by hand are those that its text has.
pub(super) fn tags_follow(connection: &Connection, state: &Revision) -> rusqlite::Result<bool> {
    let kept = connection
        .prepare_cached("SELECT tag FROM tag WHERE entry = ?1 AND by_hand = 0")?
        .query_map([state.number], |row| row.get::<_, String>(0))?
        .collect::<rusqlite::Result<BTreeSet<String>>>()?;
    let in_text = Tag::in_text(&state.content.text);
    let follow = in_text.difference(&state.content.tags_by_hand);
    Ok(follow.map(Tag::as_str).eq(kept.iter().map(String::as_str)))
}
