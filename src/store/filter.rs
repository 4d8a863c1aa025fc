//! A [`Filter`] as SQL: the one place that knows how.

use rusqlite::types::Value;

use crate::model::{Filter, Kind, Tag};

/// Conditions to append to a `WHERE` over `entry`, and the values they bind.
pub(super) struct Clause {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Clause {
    pub(super) fn of(filter: &Filter) -> Clause {
        let mut clause = Clause {
            sql: String::new(),
            values: Vec::new(),
        };
        if let Some(day) = filter.from {
            clause.and("day >= ?", [day.to_string()]);
        }
        if let Some(day) = filter.to {
            clause.and("day <= ?", [day.to_string()]);
        }
        clause.any("day = ?", filter.on.iter().map(|day| [day.to_string()]));
        clause.any(
            "EXISTS (SELECT 1 FROM reflection
                      WHERE entry = entry.number AND deck = ? AND tip = ?)",
            filter
                .tips
                .iter()
                .map(|(deck, tip)| [deck.clone(), tip.clone()]),
        );
        let tag = |tag: &Tag| [tag.to_string()];
        const TAGGED: &str =
            "EXISTS (SELECT 1 FROM tag WHERE entry = entry.number AND tag = ?)";
        clause.any(TAGGED, filter.tags.iter().map(tag));
        for not in &filter.not_tags {
            clause.and(&format!("NOT {TAGGED}"), tag(not));
        }
        clause.any(
            "mood BETWEEN ? AND ?",
            filter.moods.iter().map(|range| {
                [
                    i64::from(range.0.start().value()),
                    i64::from(range.0.end().value()),
                ]
            }),
        );
        clause.any(
            "kind = ?",
            filter
                .kinds
                .iter()
                .map(|kind: &Kind| [kind.name().to_owned()]),
        );
        if filter.starred {
            clause.and("starred = 1", [] as [String; 0]);
        }
        if filter.free {
            clause.and(
                "NOT EXISTS (SELECT 1 FROM reflection WHERE entry = entry.number)",
                [] as [String; 0],
            );
        }
        clause
    }

    fn and<V: Into<Value>>(&mut self, condition: &str, values: impl IntoIterator<Item = V>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.values.extend(values.into_iter().map(Into::into));
    }

    /// One condition met with any of several bindings; none restricts nothing.
    fn any<V, B>(&mut self, condition: &str, bindings: impl Iterator<Item = B>)
    where
        V: Into<Value>,
        B: IntoIterator<Item = V>,
    {
        let mut conditions = Vec::new();
        for binding in bindings {
            conditions.push(condition);
            self.values.extend(binding.into_iter().map(Into::into));
        }
        if !conditions.is_empty() {
            self.sql
                .push_str(&format!(" AND ({})", conditions.join(" OR ")));
        }
    }
}
