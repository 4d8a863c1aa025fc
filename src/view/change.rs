//! Describes the changes of an entry in words.

use super::{entry, text};
use crate::model::kind::Away;
use crate::model::{Day, Entry, KindName};

/// The differences between two states of an entry, each in a few words: `moved to yesterday`,
/// `mood 4 of 5`.
pub fn differences(before: &Entry, after: &Entry, today: Day) -> Vec<String> {
    let mut differences = Vec::new();
    let mut add = |differs: bool, words: String| {
        if differs {
            differences.push(words);
        }
    };
    add(before.text != after.text, "the text".to_owned());
    add(
        before.day != after.day,
        format!("moved to {}", after.day.seen_from(today)),
    );
    add(
        before.written_at != after.written_at,
        format!("dated {}", after.written_at.format("%H:%M")),
    );
    add(
        before.mood != after.mood,
        match after.mood {
            Some(mood) => format!("mood {} of 5", mood.value()),
            None => "no mood".to_owned(),
        },
    );
    add(
        before.starred != after.starred,
        (if after.starred { "starred" } else { "no star" }).to_owned(),
    );
    let tips = |entry: &Entry| -> Vec<String> {
        entry.reflections.iter().map(|r| r.tip.clone()).collect()
    };
    add(tips(before) != tips(after), counted(after));
    add(before.tags != after.tags, tags(after));
    // Whether a letter is sealed has words of its own, below.
    let is_letter = after.kind.name() == KindName::Letter;
    add(
        before.kind != after.kind && !is_letter,
        match entry::kind_facts(after).join(", ") {
            none if none.is_empty() => "no particulars".to_owned(),
            facts => facts,
        },
    );
    add(
        before.away != after.away,
        match after.away {
            Some(Away::Until(day)) => format!("away until {}", day.long()),
            Some(Away::Always) => "away".to_owned(),
            None => "no longer away".to_owned(),
        },
    );
    add(
        before.kind.open_on() != after.kind.open_on(),
        match after.kind.open_on() {
            Some(day) => format!("sealed until {}", day.long()),
            None => "the seal open".to_owned(),
        },
    );
    if differences.is_empty() {
        differences.push("nothing that shows".to_owned());
    }
    differences
}

fn counted(entry: &Entry) -> String {
    match entry.reflections.as_slice() {
        [] => "counted for no tip".to_owned(),
        reflections => format!("counted for {}", entry::tip_names(reflections)),
    }
}

fn tags(entry: &Entry) -> String {
    if entry.tags.is_empty() {
        return "no tags".to_owned();
    }
    let tags: Vec<String> = entry.tags.iter().map(|tag| format!("#{tag}")).collect();
    format!("tags {}", text::safe(&tags.join(" ")))
}
