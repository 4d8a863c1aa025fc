//! What only some entries have: what belongs to a letter, a reason, an urge or a contact, and
//! whether an entry is away.
//!
//! One form for all of them, a run of named values, is what the fingerprint, the journal file
//! and the export keep; [`Particulars::fields`] and [`Particulars::read`] are the two ways
//! across. What is not set has no field, so a page has none.

use std::fmt;
use std::str::FromStr;

use super::Day;

/// What belongs to an entry besides what every entry has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Particulars {
    /// Out of sight, and until when.
    pub away: Option<Away>,
    /// A letter: sealed until this day.
    pub open_on: Option<Day>,
    /// A reason: the one that stands on top.
    pub first: bool,
    /// A reason: the grounding of a deck that it answers, as `deck/slug`.
    pub grounding: Option<String>,
    /// A reason: the question it answers, as it read at that time.
    pub question: Option<String>,
    /// An urge: how strong it was.
    pub strength: Option<Strength>,
    /// An urge: how it ended.
    pub ended: Option<Ended>,
    /// A contact: what it settles, where it is none itself.
    pub mark: Option<Mark>,
    /// A contact: who began it.
    pub by: Option<By>,
    /// A contact: in which way.
    pub how: Option<How>,
}

/// Until when an entry is out of sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Away {
    /// Until this day, on which it is back.
    Until(Day),
    /// Until the writer brings it back.
    Always,
}

/// What keeps an entry out of sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// It is away.
    Away(Away),
    /// It is a letter, sealed until this day.
    Sealed(Day),
}

/// How strong an urge is, from 1 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Strength(u8);

impl Strength {
    /// The number, 1 to 10.
    pub fn value(self) -> u8 {
        self.0
    }
}

impl FromStr for Strength {
    type Err = String;

    fn from_str(text: &str) -> Result<Strength, String> {
        match text.trim().parse() {
            Ok(value @ 1..=10) => Ok(Strength(value)),
            _ => Err("a strength is a number from 1 (faint) to 10 (hard to bear)".to_owned()),
        }
    }
}

impl fmt::Display for Strength {
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
    /// How an urge ended.
    Ended, "how it ended",
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
    /// What an entry among the contacts settles.
    Mark, "a mark",
    /// Its day is the day of walking away.
    Since = "since", "the day of walking away";
    /// The daily page says nothing of contact.
    Hide = "hide", "no line on the daily page";
    /// It does again.
    Show = "show", "a line on the daily page";
}

named! {
    /// Who began a contact.
    By, "who began it",
    /// The writer.
    Me = "me", "by you";
    /// The other person.
    Them = "them", "by them";
}

named! {
    /// In which way a contact came about.
    How, "how",
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

/// What stands for [`Away::Always`]. Sorts after every day.
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

impl Particulars {
    /// Everything that is set, by name, always in the same order.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        let mut set = |name, value: Option<String>| fields.extend(value.map(|v| (name, v)));
        set("away", self.away.map(|away| away.to_string()));
        set("open_on", self.open_on.map(|day| day.to_string()));
        set("first", self.first.then(|| "1".to_owned()));
        set("grounding", self.grounding.clone());
        set("asked", self.question.clone());
        set(
            "strength",
            self.strength.map(|strength| strength.to_string()),
        );
        set("ended", self.ended.map(|ended| ended.name().to_owned()));
        set("mark", self.mark.map(|mark| mark.name().to_owned()));
        set("by", self.by.map(|by| by.name().to_owned()));
        set("how", self.how.map(|how| how.name().to_owned()));
        fields
    }

    /// What fields say that [`Particulars::fields`] gave.
    ///
    /// # Errors
    /// The first field that is unknown or says what it cannot, as a sentence.
    pub fn read<'a>(
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Particulars, String> {
        let mut read = Particulars::default();
        let day = |text: &str| text.parse::<Day>().map_err(|error| error.to_string());
        for (name, value) in fields {
            match name {
                "away" => read.away = Some(value.parse()?),
                "open_on" => read.open_on = Some(day(value)?),
                "first" if value == "1" => read.first = true,
                "grounding" => read.grounding = Some(value.to_owned()),
                "asked" => read.question = Some(value.to_owned()),
                "strength" => read.strength = Some(value.parse()?),
                "ended" => read.ended = Some(value.parse()?),
                "mark" => read.mark = Some(value.parse()?),
                "by" => read.by = Some(value.parse()?),
                "how" => read.how = Some(value.parse()?),
                _ => return Err(format!("no entry has {name} as it stands there")),
            }
        }
        Ok(read)
    }

    /// Until when the entry is out of sight, away or sealed, whichever is longer; `None`
    /// where it is neither. From that day on it is in sight.
    pub fn hidden_until(&self) -> Option<Away> {
        match (self.away, self.open_on) {
            (Some(Away::Always), _) => Some(Away::Always),
            (Some(Away::Until(away)), Some(open)) => Some(Away::Until(away.max(open))),
            (away, None) => away,
            (None, Some(open)) => Some(Away::Until(open)),
        }
    }

    /// What keeps the entry out of sight on a day, if anything does. What is away says
    /// nothing of its seal.
    pub fn hidden(&self, today: Day) -> Option<Hidden> {
        let away = self.away.filter(|away| match away {
            Away::Until(day) => today < *day,
            Away::Always => true,
        });
        let sealed = self.open_on.filter(|open| today < *open);
        away.map(Hidden::Away).or(sealed.map(Hidden::Sealed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(iso: &str) -> Day {
        iso.parse().expect("a day")
    }

    fn any_particulars() -> impl Strategy<Value = Particulars> {
        use proptest::option::of;
        let a_day =
            || (1..20_000_i64).prop_map(|n| day("2000-01-01").plus_days(n).expect("one"));
        let away = prop_oneof![Just(Away::Always), a_day().prop_map(Away::Until)];
        (
            (of(away), of(a_day()), any::<bool>(), of(".*"), of(".*")),
            (
                of((1..=10_u8).prop_map(Strength)),
                of(proptest::sample::select(Ended::ALL)),
                of(proptest::sample::select(Mark::ALL)),
                of(proptest::sample::select(By::ALL)),
                of(proptest::sample::select(How::ALL)),
            ),
        )
            .prop_map(
                |(
                    (away, open_on, first, grounding, question),
                    (strength, ended, mark, by, how),
                )| {
                    Particulars {
                        away,
                        open_on,
                        first,
                        grounding,
                        question,
                        strength,
                        ended,
                        mark,
                        by,
                        how,
                    }
                },
            )
    }

    proptest! {
        #[test]
        fn fields_read_back(particulars in any_particulars()) {
            let fields = particulars.fields();
            let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
            prop_assert_eq!(Particulars::read(fields), Ok(particulars));
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for field in [
            ("away", "soon"),
            ("open_on", "2026-02-30"),
            ("first", "0"),
            ("strength", "11"),
            ("strength", "0"),
            ("ended", "badly"),
            ("by", ""),
            ("how", "Call"),
            ("mark", "seen"),
            ("colour", "red"),
        ] {
            assert!(Particulars::read([field]).is_err(), "{field:?}");
        }
    }

    #[test]
    fn away_and_sealed_count_to_the_later_day() {
        let until = |away: &str, open: &str| {
            let fields = [("away", away), ("open_on", open)];
            let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
            let read = Particulars::read(fields).expect("readable");
            (read.hidden_until().map(|away| away.to_string()), read)
        };
        let words = |away, open| until(away, open).0.unwrap_or_default();
        assert_eq!(words("", ""), "");
        assert_eq!(words("2026-12-01", ""), "2026-12-01");
        assert_eq!(words("", "2026-12-02"), "2026-12-02");
        assert_eq!(words("2026-12-01", "2026-12-02"), "2026-12-02");
        assert_eq!(words("always", "2026-12-02"), "always");
        let (_, both) = until("2026-12-01", "2026-12-02");
        let away = Hidden::Away(Away::Until(day("2026-12-01")));
        let sealed = Hidden::Sealed(day("2026-12-02"));
        assert_eq!(both.hidden(day("2026-11-30")), Some(away));
        assert_eq!(both.hidden(day("2026-12-01")), Some(sealed));
        assert_eq!(both.hidden(day("2026-12-02")), None);
        let (_, always) = until("always", "2026-12-02");
        let days = ["2026-12-01", "2026-12-02"].map(|iso| always.hidden(day(iso)));
        assert_eq!(days, [Some(Hidden::Away(Away::Always)); 2]);
        assert!("always" > "9999-12-31", "as the journal file compares them");
    }
}
