//! The content of an entry, and each state of it that was saved.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, SecondsFormat};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::kind::{self, Away, HiddenBy, Kind};
use super::{Day, Entry, Mood, Reflection, Tag};

/// Everything about an entry that can change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The sort of entry, with the values that only such entries have.
    pub kind: Kind,
    /// The day it belongs to.
    pub day: Day,
    /// The instant at which it was written, with the offset of the zone that the writer was in.
    pub written_at: DateTime<FixedOffset>,
    /// The instant of the last edit; `None` if it was never edited.
    pub edited_at: Option<DateTime<FixedOffset>>,
    /// The text, byte for byte, with line ends as `\n`.
    pub text: String,
    /// The mood of the writer.
    pub mood: Option<Mood>,
    /// True if the writer starred it.
    pub starred: bool,
    /// The tags that were given by flag. Those in the text are found there.
    pub tags_by_hand: BTreeSet<Tag>,
    /// The tips it reflects on.
    pub reflections: Vec<Reflection>,
    /// If the entry is hidden: until when.
    pub away: Option<Away>,
    /// The instant at which it went into the trash; `None` if it is not there.
    pub deleted_at: Option<DateTime<FixedOffset>>,
}

/// One turn of a day's prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedPrompt {
    /// The day.
    pub day: Day,
    /// The number of the turn on that day, counted from 1; 0 is the question of the week that
    /// begins with the day.
    pub turn: u32,
    /// The deck's slug.
    pub deck: String,
    /// The tip's slug.
    pub tip: String,
    /// The question.
    pub question: String,
    /// The instant at which it was offered first.
    pub offered_at: DateTime<FixedOffset>,
}

/// The SHA-256 of a content. Two states with one digest say the same, and a file whose digests
/// fit still says what was saved.
pub type ContentDigest = [u8; 32];

impl Content {
    /// A page with this text and nothing else set.
    pub fn page(
        day: Day,
        written_at: DateTime<FixedOffset>,
        text: impl Into<String>,
    ) -> Content {
        Content {
            kind: Kind::Page,
            day,
            written_at,
            edited_at: None,
            text: text.into(),
            mood: None,
            starred: false,
            tags_by_hand: BTreeSet::new(),
            reflections: Vec::new(),
            away: None,
            deleted_at: None,
        }
    }

    /// Until when it is out of sight, away or sealed, whichever is longer; `None` where it is
    /// neither. From that day on it is in sight.
    pub fn hidden_until(&self) -> Option<Away> {
        kind::hidden_until(self.away, self.kind.open_on())
    }

    /// The reason why the entry is hidden on a day; `None` if it is visible. An entry that is
    /// away and sealed is only said to be away.
    pub fn hidden(&self, today: Day) -> Option<HiddenBy> {
        kind::hidden(self.away, self.kind.open_on(), today)
    }

    /// The fingerprint of all fields.
    ///
    /// SHA-256 (FIPS 180-4) over a run of fields, each its name, the length of its value as eight
    /// bytes, the lowest first, and the value as UTF-8. Days are `YYYY-MM-DD`, instants RFC 3339;
    /// a field that is not set is left out; tags are sorted, and reflections too, by deck and
    /// tip; what belongs to the kind comes last, as [`Kind::fields`] has it. A field that is
    /// added later leaves the fingerprints of contents without it as they were.
    pub fn digest(&self) -> ContentDigest {
        let mut hash = Sha256::new();
        let mut feed = |name: &str, value: &str| {
            hash.update(name);
            hash.update((value.len() as u64).to_le_bytes());
            hash.update(value);
        };
        feed("kind", self.kind.name().as_str());
        feed("day", &self.day.to_string());
        feed("written_at", &instant(self.written_at));
        if let Some(at) = self.edited_at {
            feed("edited_at", &instant(at));
        }
        feed("text", &self.text);
        if let Some(mood) = self.mood {
            feed("mood", &mood.value().to_string());
        }
        if self.starred {
            feed("starred", "1");
        }
        if let Some(at) = self.deleted_at {
            feed("deleted_at", &instant(at));
        }
        for tag in &self.tags_by_hand {
            feed("tag", tag.as_str());
        }
        let mut reflections: Vec<&Reflection> = self.reflections.iter().collect();
        reflections.sort_by(|a, b| (&a.deck, &a.tip).cmp(&(&b.deck, &b.tip)));
        for reflection in reflections {
            feed("deck", &reflection.deck);
            feed("tip", &reflection.tip);
            feed("number", &reflection.number.to_string());
            feed("title", &reflection.title);
            if let Some(question) = &reflection.question {
                feed("question", question);
            }
        }
        for (name, value) in self.kind.fields(self.away) {
            feed(name, &value);
        }
        hash.finalize().into()
    }
}

/// An instant in the spelling of files: RFC 3339 with a numeric offset.
pub fn instant(at: DateTime<FixedOffset>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// A saved state of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The state's own id (UUIDv7).
    pub id: Uuid,
    /// The id of the state it replaced; `None` for the first.
    pub replaced: Option<Uuid>,
    /// The instant at which it was saved.
    pub saved_at: DateTime<FixedOffset>,
    /// The random id of the journal in which it was saved, which was made with that journal.
    pub device: Option<Uuid>,
    /// The entry's number.
    pub number: i64,
    /// The entry's id.
    pub entry: Uuid,
    /// The content of the entry in this state.
    pub content: Content,
}

impl Revision {
    /// The entry in this state.
    pub fn to_entry(&self) -> Entry {
        let content = self.content.clone();
        let mut tags = Tag::in_text(&content.text);
        tags.extend(content.tags_by_hand);
        Entry {
            number: self.number,
            id: self.entry,
            kind: content.kind,
            day: content.day,
            written_at: content.written_at,
            edited_at: content.edited_at,
            text: content.text,
            mood: content.mood,
            starred: content.starred,
            tags: tags.into_iter().collect(),
            reflections: content.reflections,
            away: content.away,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        let at = DateTime::parse_from_rfc3339("2026-11-22T21:30:00+01:00").expect("an instant");
        Content {
            kind: Kind::Page,
            day: Day::from_ymd(2026, 11, 22).expect("a day"),
            written_at: at,
            edited_at: None,
            text: "Called Aunt.".to_owned(),
            mood: None,
            starred: false,
            tags_by_hand: BTreeSet::new(),
            reflections: Vec::new(),
            away: None,
            deleted_at: None,
        }
    }

    fn reflection(tip: &str) -> Reflection {
        Reflection {
            deck: "walk-away".to_owned(),
            tip: tip.to_owned(),
            number: 1,
            title: "A tip".to_owned(),
            question: None,
        }
    }

    #[test]
    fn every_field_counts() {
        let plain = content();
        let at = plain.written_at + chrono::TimeDelta::seconds(1);
        let tag = |tag: &str| tag.parse::<Tag>().expect("a tag");
        let question = Some("Why?".to_owned());
        let asked = Reflection {
            question,
            ..reflection("one")
        };
        let titled = Reflection {
            title: "Another".to_owned(),
            ..reflection("one")
        };
        let numbered = Reflection {
            number: 2,
            ..reflection("one")
        };
        let decked = Reflection {
            deck: "mine".to_owned(),
            ..reflection("one")
        };
        let others = [
            plain.clone(),
            Content {
                kind: Kind::OPEN_LETTER,
                ..plain.clone()
            },
            Content {
                day: Day::from_ymd(2026, 11, 21).expect("a day"),
                ..plain.clone()
            },
            Content {
                written_at: at,
                ..plain.clone()
            },
            // The same instant elsewhere in the world.
            Content {
                written_at: plain
                    .written_at
                    .with_timezone(&FixedOffset::east_opt(7200).expect("an offset")),
                ..plain.clone()
            },
            Content {
                edited_at: Some(at),
                ..plain.clone()
            },
            Content {
                deleted_at: Some(at),
                ..plain.clone()
            },
            Content {
                text: "Called Aunt!".to_owned(),
                ..plain.clone()
            },
            Content {
                mood: Mood::new(3),
                ..plain.clone()
            },
            Content {
                starred: true,
                ..plain.clone()
            },
            Content {
                tags_by_hand: [tag("a")].into(),
                ..plain.clone()
            },
            Content {
                tags_by_hand: [tag("a"), tag("b")].into(),
                ..plain.clone()
            },
            Content {
                tags_by_hand: [tag("ab")].into(),
                ..plain.clone()
            },
            Content {
                reflections: vec![reflection("one")],
                ..plain.clone()
            },
            Content {
                reflections: vec![asked],
                ..plain.clone()
            },
            Content {
                reflections: vec![titled],
                ..plain.clone()
            },
            Content {
                reflections: vec![numbered],
                ..plain.clone()
            },
            Content {
                reflections: vec![decked],
                ..plain.clone()
            },
            Content {
                reflections: vec![reflection("one"), reflection("two")],
                ..plain.clone()
            },
            Content {
                away: Some(Away::Always),
                ..plain
            },
        ];
        let digests: BTreeSet<ContentDigest> = others.iter().map(Content::digest).collect();
        assert_eq!(digests.len(), others.len());
    }

    #[test]
    fn the_order_of_reflections_does_not_count() {
        let two = |a, b| Content {
            reflections: vec![reflection(a), reflection(b)],
            ..content()
        };
        assert_eq!(two("one", "two").digest(), two("two", "one").digest());
    }

    #[test]
    fn a_fingerprint_stays_what_it_was() {
        // From a Python program that follows the description above.
        assert_eq!(
            hex(&content().digest()),
            "c2c8f5959c6071cdc6da04734e9b8a22af95e8d2acdbc575022b59d2ba04a08a"
        );
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
