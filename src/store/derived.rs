//! Everything in a journal's file that follows from something else in it, as it should be: to
//! compare with in a check, and to fill anew in a repair.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::model::{Revision, Tag};

/// On how many entries of a day a tip was reflected on, counted anew.
pub(super) const REFLECTED_DAYS: &str =
    "SELECT deck, tip, day, count(*) FROM reflection JOIN entry ON entry.number = entry
      WHERE deleted_at IS NULL GROUP BY 1, 2, 3";

/// How often questions were asked, counted anew.
pub(super) const ASKED: &str =
    "SELECT deck, tip, question, count(*) FROM prompt GROUP BY 1, 2, 3";

/// Each derived table: the layout it came with, the finding, its rows, and the rows counted anew.
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

/// Whether the tags that are kept as tags of the text stand in it, and no others do.
pub(super) fn tags_follow(connection: &Connection, state: &Revision) -> rusqlite::Result<bool> {
    let kept = connection
        .prepare_cached("SELECT tag FROM tag WHERE entry = ?1 AND by_hand = 0")?
        .query_map([state.number], |row| row.get::<_, String>(0))?
        .collect::<rusqlite::Result<BTreeSet<String>>>()?;
    let in_text = Tag::in_text(&state.content.text);
    let follow = in_text.difference(&state.content.tags_by_hand);
    Ok(follow.map(Tag::as_str).eq(kept.iter().map(String::as_str)))
}
