//! The sorts of entries, with the values that only letters, reasons, urges and contacts have.
//!
//! The fingerprint, the journal file and the export all keep a kind as a name and a run of named
//! values: [`Kind::fields`] writes them and [`Kind::read`] reads them. A value that is not set
//! has no field, so a page has none.

use std::fmt;
use std::str::FromStr;

use super::Day;

/// The sort of an entry, with the values that only such entries have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The daily entry.
    Page,
    /// A message that will not be sent.
    Letter {
        /// Sealed until this day.
        open_on: Option<Day>,
    },
    /// Why the writer is walking away.
    Reason(Reason),
    /// A moment of wanting to get in touch.
    Urge {
        /// Its strength.
        strength: Option<UrgeStrength>,
        /// Its ending.
        ended: Option<UrgeEnding>,
    },
    /// Contact that happened.
    Contact {
        /// The one who began it.
        by: Option<ContactFrom>,
        /// The way it came about.
        how: Option<ContactWay>,
    },
    /// A setting about the days without contact; it is no contact itself. Flags, the file and
    /// exports call it a contact with a mark.
    Setting(ContactSetting),
}

/// The values that only reasons have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason {
    /// True for the one reason that is shown first.
    pub first: bool,
    /// The grounding of a deck that it answers, as `deck/slug`.
    pub grounding: Option<String>,
    /// The question it answers, as it read at that time.
    pub question: Option<String>,
}

/// The name of a sort of entry. Filters and flags need no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KindName {
    /// The daily entry.
    Page,
    /// A message that will not be sent.
    Letter,
    /// Why the writer is walking away.
    Reason,
    /// A moment of wanting to get in touch.
    Urge,
    /// Contact that happened. The settings about contact go by this name too.
    Contact,
}

impl KindName {
    /// Every kind, the everyday one first.
    pub const ALL: [KindName; 5] = [
        KindName::Page,
        KindName::Letter,
        KindName::Reason,
        KindName::Urge,
        KindName::Contact,
    ];

    /// Its name with an article, as part of a sentence.
    pub fn with_article(self) -> &'static str {
        match self {
            KindName::Page => "a page",
            KindName::Letter => "a letter",
            KindName::Reason => "a reason",
            KindName::Urge => "an urge",
            KindName::Contact => "a contact",
        }
    }

    /// Its name for several of them.
    pub fn plural(self) -> &'static str {
        match self {
            KindName::Page => "pages",
            KindName::Letter => "letters",
            KindName::Reason => "reasons",
            KindName::Urge => "urges",
            KindName::Contact => "contacts",
        }
    }

    /// Its name in flags, in JSON and in the journal file.
    pub fn as_str(self) -> &'static str {
        match self {
            KindName::Page => "page",
            KindName::Letter => "letter",
            KindName::Reason => "reason",
            KindName::Urge => "urge",
            KindName::Contact => "contact",
        }
    }
}

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KindName {
    type Err = String;

    fn from_str(text: &str) -> Result<KindName, String> {
        KindName::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| "a kind is page, letter, reason, urge or contact".to_owned())
    }
}

/// The end of the time for which an entry is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Away {
    /// Until this day, on which it is visible again.
    Until(Day),
    /// Until the writer brings it back.
    Always,
}

/// The reason why an entry is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HiddenBy {
    /// It is away.
    Away(Away),
    /// It is a letter, sealed until this day.
    Sealed(Day),
}

/// The strength of an urge, from 1 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UrgeStrength(u8);

impl UrgeStrength {
    /// The number, 1 to 10.
    pub fn value(self) -> u8 {
        self.0
    }
}

impl FromStr for UrgeStrength {
    type Err = String;

    fn from_str(text: &str) -> Result<UrgeStrength, String> {
        match text.trim().parse() {
            Ok(value @ 1..=10) => Ok(UrgeStrength(value)),
            _ => Err("a strength is a number from 1 (faint) to 10 (hard to bear)".to_owned()),
        }
    }
}

impl fmt::Display for UrgeStrength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An enumeration whose values have a name in flags and files, and some words for people.
macro_rules! named {
    ($(#[$about:meta])* $type:ident, $what:literal,
     $($(#[$one:meta])* $value:ident = $name:literal, $words:literal;)+) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $type { $($(#[$one])* $value,)+ }

        impl $type {
            /// All of them.
            pub const ALL: &[$type] = &[$($type::$value),+];

            /// Its name in flags, in JSON and in the journal file.
            pub fn name(self) -> &'static str {
                match self { $($type::$value => $name,)+ }
            }

            /// The same for people, as part of a sentence.
            pub fn words(self) -> &'static str {
                match self { $($type::$value => $words,)+ }
            }
        }

        impl FromStr for $type {
            type Err = String;

            fn from_str(text: &str) -> Result<$type, String> {
                let same = |one: &&$type| one.name() == text;
                $type::ALL.iter().find(same).copied().ok_or_else(|| {
                    let names: Vec<&str> = $type::ALL.iter().map(|one| one.name()).collect();
                    format!("{} is one of {}", $what, names.join(", "))
                })
            }
        }
    };
}

named! {
    /// The ending of an urge.
    UrgeEnding, "how it ended",
    /// It went by.
    Passed = "passed", "it passed";
    /// The message was written here.
    Letter = "letter", "a letter instead";
    /// The small practice of the day's tip was done.
    Practice = "practice", "the small practice instead";
    /// It was there still.
    Still = "still", "still there";
    /// The writer got in touch.
    Contact = "contact", "got in touch";
}

named! {
    /// The settings about contact.
    ContactSetting, "a mark",
    /// Its day is the day of walking away.
    Since = "since", "the day of walking away";
    /// The daily page says nothing of contact.
    Hide = "hide", "no line on the daily page";
    /// The daily page says how long it is since the last contact again.
    Show = "show", "a line on the daily page";
}

named! {
    /// The one who began a contact.
    ContactFrom, "who began it",
    /// The writer.
    Me = "me", "by you";
    /// The other person.
    Them = "them", "by them";
}

named! {
    /// The way in which a contact came about.
    ContactWay, "how",
    /// A call.
    Call = "call", "a call";
    /// Messages.
    Text = "text", "a text";
    /// They saw each other.
    Met = "met", "you met";
    /// Likes, comments and the like.
    Online = "online", "online";
    /// Any other way.
    Other = "other", "another way";
}

/// The spelling of [`Away::Always`]. It sorts after every day, so that a comparison of texts
/// finds the entry still away.
const ALWAYS: &str = "always";

impl fmt::Display for Away {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Away::Until(day) => day.fmt(f),
            Away::Always => f.write_str(ALWAYS),
        }
    }
}

impl FromStr for Away {
    type Err = String;

    fn from_str(text: &str) -> Result<Away, String> {
        match text {
            ALWAYS => Ok(Away::Always),
            day => day
                .parse()
                .map(Away::Until)
                .map_err(|_| "away is a day as 2026-11-20, or always".to_owned()),
        }
    }
}

impl Kind {
    /// A letter that nothing seals.
    pub const OPEN_LETTER: Kind = Kind::Letter { open_on: None };

    /// The name of this kind.
    pub fn name(&self) -> KindName {
        match self {
            Kind::Page => KindName::Page,
            Kind::Letter { .. } => KindName::Letter,
            Kind::Reason(_) => KindName::Reason,
            Kind::Urge { .. } => KindName::Urge,
            Kind::Contact { .. } | Kind::Setting(_) => KindName::Contact,
        }
    }

    /// The day until which a letter is sealed.
    pub fn open_on(&self) -> Option<Day> {
        match self {
            Kind::Letter { open_on } => *open_on,
            _ => None,
        }
    }

    /// The values of a reason; `None` for every other kind.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Kind::Reason(reason) => Some(reason),
            _ => None,
        }
    }

    /// True for the one reason that is shown first.
    pub fn is_first_reason(&self) -> bool {
        self.reason().is_some_and(|reason| reason.first)
    }

    /// The kind without the values that must not be shown while the entry is hidden: only the day
    /// of a seal stays.
    #[must_use]
    pub(super) fn veiled(&self) -> Kind {
        match self {
            Kind::Letter { open_on } => Kind::Letter { open_on: *open_on },
            other => Kind::from(other.name()),
        }
    }

    /// The values that are set, with `away` among them, by name and always in the same order.
    pub fn fields(&self, away: Option<Away>) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        let mut set = |name, value: Option<String>| fields.extend(value.map(|v| (name, v)));
        set("away", away.map(|away| away.to_string()));
        match self {
            Kind::Page => {}
            Kind::Letter { open_on } => set("open_on", open_on.map(|day| day.to_string())),
            Kind::Reason(reason) => {
                set("first", reason.first.then(|| "1".to_owned()));
                set("grounding", reason.grounding.clone());
                set("asked", reason.question.clone());
            }
            Kind::Urge { strength, ended } => {
                set("strength", strength.map(|strength| strength.to_string()));
                set("ended", ended.map(|ended| ended.name().to_owned()));
            }
            Kind::Contact { by, how } => {
                set("by", by.map(|by| by.name().to_owned()));
                set("how", how.map(|how| how.name().to_owned()));
            }
            Kind::Setting(mark) => set("mark", Some(mark.name().to_owned())),
        }
        fields
    }

    /// The kind of this name, and until when the entry is away, by fields that
    /// [`Kind::fields`] gave.
    ///
    /// # Errors
    /// A sentence about the first field that is unknown, that this kind does not have, or whose
    /// value cannot be.
    pub fn read<'a>(
        name: KindName,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(Kind, Option<Away>), String> {
        let mut kind = Kind::from(name);
        let mut away = None;
        for (field, value) in fields {
            match (field, &mut kind) {
                ("away", _) => away = Some(value.parse()?),
                ("open_on", Kind::Letter { open_on }) => {
                    let day = value.parse::<Day>().map_err(|error| error.to_string())?;
                    *open_on = Some(day);
                }
                ("first", Kind::Reason(reason)) if value == "1" => reason.first = true,
                ("grounding", Kind::Reason(reason)) => {
                    reason.grounding = Some(value.to_owned())
                }
                ("asked", Kind::Reason(reason)) => reason.question = Some(value.to_owned()),
                ("strength", Kind::Urge { strength, .. }) => *strength = Some(value.parse()?),
                ("ended", Kind::Urge { ended, .. }) => *ended = Some(value.parse()?),
                ("by", Kind::Contact { by, .. }) => *by = Some(value.parse()?),
                ("how", Kind::Contact { how, .. }) => *how = Some(value.parse()?),
                (
                    "mark",
                    Kind::Contact {
                        by: None,
                        how: None,
                    },
                ) => kind = Kind::Setting(value.parse()?),
                _ => {
                    let name = name.with_article();
                    return Err(format!("{name} has no {field} as it stands there"));
                }
            }
        }
        Ok((kind, away))
    }
}

/// A kind of this name, with nothing set.
impl From<KindName> for Kind {
    fn from(name: KindName) -> Kind {
        match name {
            KindName::Page => Kind::Page,
            KindName::Letter => Kind::OPEN_LETTER,
            KindName::Reason => Kind::Reason(Reason::default()),
            KindName::Urge => Kind::Urge {
                strength: None,
                ended: None,
            },
            KindName::Contact => Kind::Contact {
                by: None,
                how: None,
            },
        }
    }
}

/// The day on which an entry is visible again, whether it is away or sealed: the later of the
/// two. `None` if it is neither.
pub(super) fn hidden_until(away: Option<Away>, open_on: Option<Day>) -> Option<Away> {
    match (away, open_on) {
        (Some(Away::Always), _) => Some(Away::Always),
        (Some(Away::Until(away)), Some(open)) => Some(Away::Until(away.max(open))),
        (away, None) => away,
        (None, Some(open)) => Some(Away::Until(open)),
    }
}

/// The reason why an entry is hidden on a day; `None` if it is visible. An entry that is away and
/// sealed is only said to be away.
pub(super) fn hidden(away: Option<Away>, open_on: Option<Day>, today: Day) -> Option<HiddenBy> {
    let away = away.filter(|away| match away {
        Away::Until(day) => today < *day,
        Away::Always => true,
    });
    let sealed = open_on.filter(|open| today < *open);
    away.map(HiddenBy::Away).or(sealed.map(HiddenBy::Sealed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(iso: &str) -> Day {
        iso.parse().expect("a day")
    }

    fn any_kind() -> impl Strategy<Value = Kind> {
        use proptest::option::of;
        use proptest::sample::select;
        let reason = (any::<bool>(), of(".*"), of(".*"));
        let strength = of((1..=10_u8).prop_map(UrgeStrength));
        prop_oneof![
            Just(Kind::Page),
            of(any_day()).prop_map(|open_on| Kind::Letter { open_on }),
            reason.prop_map(|(first, grounding, question)| Kind::Reason(Reason {
                first,
                grounding,
                question,
            })),
            (strength, of(select(UrgeEnding::ALL)))
                .prop_map(|(strength, ended)| Kind::Urge { strength, ended }),
            (of(select(ContactFrom::ALL)), of(select(ContactWay::ALL)))
                .prop_map(|(by, how)| Kind::Contact { by, how }),
            select(ContactSetting::ALL).prop_map(Kind::Setting),
        ]
    }

    fn any_day() -> impl Strategy<Value = Day> {
        (1..20_000_i64).prop_map(|n| day("2000-01-01").plus_days(n).expect("one"))
    }

    fn any_away() -> impl Strategy<Value = Option<Away>> {
        let away = prop_oneof![Just(Away::Always), any_day().prop_map(Away::Until)];
        proptest::option::of(away)
    }

    proptest! {
        #[test]
        fn fields_read_back(kind in any_kind(), away in any_away()) {
            let fields = kind.fields(away);
            let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
            prop_assert_eq!(Kind::read(kind.name(), fields), Ok((kind, away)));
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (kind, field) in [
            (KindName::Page, ("away", "soon")),
            (KindName::Letter, ("open_on", "2026-02-30")),
            (KindName::Reason, ("first", "0")),
            (KindName::Urge, ("strength", "11")),
            (KindName::Urge, ("strength", "0")),
            (KindName::Urge, ("ended", "badly")),
            (KindName::Contact, ("by", "")),
            (KindName::Contact, ("how", "Call")),
            (KindName::Contact, ("mark", "seen")),
            (KindName::Page, ("colour", "red")),
            // Only another kind has this field.
            (KindName::Page, ("strength", "3")),
            (KindName::Page, ("open_on", "2026-12-01")),
            (KindName::Letter, ("first", "1")),
            (KindName::Urge, ("mark", "since")),
        ] {
            assert!(Kind::read(kind, [field]).is_err(), "{kind} {field:?}");
        }
        let both = [("mark", "since"), ("by", "me")];
        assert!(Kind::read(KindName::Contact, both).is_err());
        assert_eq!(
            Kind::read(KindName::Page, [("strength", "3")]),
            Err("a page has no strength as it stands there".to_owned())
        );
    }

    #[test]
    fn away_and_sealed_count_to_the_later_day() {
        let read = |away: &str, open: &str| {
            let fields = [("away", away), ("open_on", open)];
            let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
            let (kind, away) = Kind::read(KindName::Letter, fields).expect("readable");
            (away, kind.open_on())
        };
        let words = |away, open| {
            let (away, open_on) = read(away, open);
            hidden_until(away, open_on).map_or(String::new(), |until| until.to_string())
        };
        assert_eq!(words("", ""), "");
        assert_eq!(words("2026-12-01", ""), "2026-12-01");
        assert_eq!(words("", "2026-12-02"), "2026-12-02");
        assert_eq!(words("2026-12-01", "2026-12-02"), "2026-12-02");
        assert_eq!(words("always", "2026-12-02"), "always");
        let both = |today| {
            let (away, open_on) = read("2026-12-01", "2026-12-02");
            hidden(away, open_on, day(today))
        };
        let away = HiddenBy::Away(Away::Until(day("2026-12-01")));
        let sealed = HiddenBy::Sealed(day("2026-12-02"));
        assert_eq!(both("2026-11-30"), Some(away));
        assert_eq!(both("2026-12-01"), Some(sealed));
        assert_eq!(both("2026-12-02"), None);
        let (away, open_on) = read("always", "2026-12-02");
        let days = ["2026-12-01", "2026-12-02"].map(|iso| hidden(away, open_on, day(iso)));
        assert_eq!(days, [Some(HiddenBy::Away(Away::Always)); 2]);
        assert!("always" > "9999-12-31", "as the journal file compares them");
    }
}
