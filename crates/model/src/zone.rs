//! Time zones by name: what a person types, and what other programs' files say.

use std::fmt;
use std::str::FromStr;

use chrono::{
    DateTime, FixedOffset, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

/// A time zone: one of the IANA database, or an offset that always holds.
///
/// RFC 3339 writes offsets in whole minutes, and so does the journal. Where a zone of long ago
/// had seconds as well they are left out, so that Berlin before 1893 is at `+00:53`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Rules);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rules {
    Named(Tz),
    Fixed(FixedOffset),
}

impl Zone {
    /// A zone of the IANA database whose clocks had this offset at an instant: for whole hours
    /// one that always has it, such as `Etc/GMT-1`, which is an hour ahead of UTC.
    pub fn named(offset: FixedOffset, at: DateTime<Utc>) -> Option<Zone> {
        let seconds = offset.local_minus_utc();
        let fits = |zone: &Zone| zone.offset_at(at) == offset;
        let fixed = if seconds == 0 {
            "Etc/UTC".parse().ok()
        } else {
            // POSIX counts the other way round.
            format!("Etc/GMT{:+}", -(seconds / 3600)).parse().ok()
        };
        fixed.filter(fits).or_else(|| {
            let all = chrono_tz::TZ_VARIANTS.into_iter();
            all.map(|zone| Zone(Rules::Named(zone))).find(fits)
        })
    }

    /// Whether it is a zone of the IANA database.
    pub fn is_named(&self) -> bool {
        matches!(self.0, Rules::Named(_))
    }

    /// The offset that the zone's clocks had at an instant, in whole minutes.
    pub fn offset_at(self, instant: DateTime<Utc>) -> FixedOffset {
        match self.0 {
            Rules::Named(zone) => {
                minutes(zone.offset_from_utc_datetime(&instant.naive_utc()).fix())
            }
            Rules::Fixed(offset) => offset,
        }
    }

    /// An instant with the offset that the zone's clocks had then.
    pub fn at(self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        instant.with_timezone(&self.offset_at(instant))
    }

    /// The instant at which the zone's clocks show a local time. Where they show it twice
    /// (clocks going back), the first; where they skip it (clocks going forward), as long
    /// after the gap began as the skipped time lies in it: 02:30 becomes 03:30.
    pub fn instant(self, local: NaiveDateTime) -> DateTime<FixedOffset> {
        let offset = match self.0 {
            Rules::Named(zone) => minutes(offset_of_local(zone, local)),
            Rules::Fixed(offset) => offset,
        };
        match offset.from_local_datetime(&local).single() {
            // Behind a gap the zone has another offset than before it. That is not asked
            // where it may only differ in the seconds that were left out.
            Some(instant) if self.skips(local) => self.at(instant.to_utc()),
            Some(instant) => instant,
            // At the ends of time, where chrono counts no further.
            None => Utc.from_utc_datetime(&local).fixed_offset(),
        }
    }

    /// Whether the zone's clocks never show a local time.
    fn skips(self, local: NaiveDateTime) -> bool {
        match self.0 {
            Rules::Named(zone) => zone.offset_from_local_datetime(&local) == LocalResult::None,
            Rules::Fixed(_) => false,
        }
    }
}

/// The zone's offset at a local time: the one before a gap where the time falls into one,
/// the earlier where it comes twice.
fn offset_of_local(zone: Tz, local: NaiveDateTime) -> FixedOffset {
    match zone.offset_from_local_datetime(&local) {
        LocalResult::Single(offset) => offset.fix(),
        // In which order the two come depends on the zone; the larger offset comes earlier.
        LocalResult::Ambiguous(one, other) => {
            let (one, other) = (one.fix(), other.fix());
            if one.local_minus_utc() >= other.local_minus_utc() {
                one
            } else {
                other
            }
        }
        // The longest gap is the day that Samoa left out in 2011.
        LocalResult::None => (1..=48)
            .filter_map(|hours| local.checked_sub_signed(TimeDelta::hours(hours)))
            .find_map(|before| zone.offset_from_local_datetime(&before).latest())
            .map_or_else(
                || zone.offset_from_utc_datetime(&local).fix(),
                |offset| offset.fix(),
            ),
    }
}

/// An offset without its seconds.
fn minutes(offset: FixedOffset) -> FixedOffset {
    FixedOffset::east_opt(offset.local_minus_utc() / 60 * 60).unwrap_or(offset)
}

/// Its IANA name, or its offset: `Europe/Berlin`, `+02:00`.
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Rules::Named(zone) => f.write_str(zone.name()),
            Rules::Fixed(offset) => offset.fmt(f),
        }
    }
}

/// Reads an IANA name in any case, `Z`, or an offset: `+02:00`, `-0330`, `+2`; with `GMT` or
/// `UTC` before it as well, as Apple's systems write it.
impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Zone, String> {
        let name = text.trim();
        if name.eq_ignore_ascii_case("z") {
            return Ok(Zone(Rules::Named(Tz::UTC)));
        }
        // An offset first: GMT+0 is a name too, and says the same.
        let bare = match name.get(..3) {
            Some(prefix) if ["GMT", "UTC"].contains(&prefix.to_ascii_uppercase().as_str()) => {
                &name[3..]
            }
            _ => name,
        };
        if let Some(offset) = read_offset(bare) {
            return Ok(Zone(Rules::Fixed(offset)));
        }
        Tz::from_str_insensitive(name)
            .map(|zone| Zone(Rules::Named(zone)))
            .map_err(|_| {
                "a zone is a name like Europe/Berlin, UTC, or an offset like +02:00".to_owned()
            })
    }
}

/// `+02:00`, `+0200`, `+02` or `+2`; less than a day.
fn read_offset(text: &str) -> Option<FixedOffset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits, "0"),
        4 => digits.split_at_checked(2)?,
        5 => digits
            .split_once(':')
            .filter(|(hours, _)| hours.len() == 2)?,
        _ => return None,
    };
    let number = |digits: &str| -> Option<i32> {
        let only = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        only.then(|| digits.parse().ok())?
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60)
        .then(|| FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60)))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(name: &str) -> Zone {
        name.parse().unwrap_or_else(|_| panic!("{name} is a zone"))
    }

    #[track_caller]
    fn shows(name: &str, local: &str, instant: &str) {
        let local = local.parse().expect("a local time");
        let found = zone(name).instant(local).to_rfc3339();
        assert_eq!(found, instant, "{local} in {name}");
    }

    #[test]
    fn a_local_time_is_one_instant_around_the_changes_of_the_clock() {
        // Clocks go forward: 02:30 never comes.
        shows(
            "Europe/Berlin",
            "2026-03-29T01:59:59",
            "2026-03-29T01:59:59+01:00",
        );
        shows(
            "Europe/Berlin",
            "2026-03-29T02:00:00",
            "2026-03-29T03:00:00+02:00",
        );
        shows(
            "Europe/Berlin",
            "2026-03-29T02:30:00",
            "2026-03-29T03:30:00+02:00",
        );
        shows(
            "Europe/Berlin",
            "2026-03-29T03:00:00",
            "2026-03-29T03:00:00+02:00",
        );
        // Clocks go back: 02:30 comes twice.
        shows(
            "Europe/Berlin",
            "2026-10-25T02:30:00",
            "2026-10-25T02:30:00+02:00",
        );
        shows(
            "Europe/Berlin",
            "2026-10-25T03:00:00",
            "2026-10-25T03:00:00+01:00",
        );
        // The evening before the clocks change.
        shows(
            "America/Los_Angeles",
            "2022-03-12T23:59:00",
            "2022-03-12T23:59:00-08:00",
        );
        shows(
            "America/Los_Angeles",
            "2022-03-13T02:30:00",
            "2022-03-13T03:30:00-07:00",
        );
        shows(
            "America/Los_Angeles",
            "2022-11-06T01:30:00",
            "2022-11-06T01:30:00-07:00",
        );
        // Half an hour, and a whole day.
        shows(
            "Australia/Lord_Howe",
            "2026-10-04T02:15:00",
            "2026-10-04T02:45:00+11:00",
        );
        shows(
            "Pacific/Apia",
            "2011-12-30T12:00:00",
            "2011-12-31T12:00:00+14:00",
        );
        shows(
            "Pacific/Apia",
            "2011-12-30T23:59:00",
            "2011-12-31T23:59:00+14:00",
        );
    }

    #[test]
    fn offsets_of_long_ago_are_in_whole_minutes_and_keep_the_local_time() {
        shows(
            "Europe/Berlin",
            "1892-05-01T21:00:00",
            "1892-05-01T21:00:00+00:53",
        );
        shows(
            "Europe/London",
            "1660-01-01T21:00:00",
            "1660-01-01T21:00:00-00:01",
        );
        shows(
            "America/New_York",
            "1850-07-04T00:00:10",
            "1850-07-04T00:00:10-04:56",
        );
        shows(
            "Africa/Monrovia",
            "1971-06-01T00:00:00",
            "1971-06-01T00:00:00-00:44",
        );
        let then = "1892-05-01T12:00:00Z".parse().expect("an instant");
        assert_eq!(
            zone("Europe/Berlin").at(then).to_rfc3339(),
            "1892-05-01T12:53:00+00:53"
        );
    }

    #[test]
    fn an_instant_has_the_offset_of_its_time_of_the_year() {
        let at = |instant: &str| zone("Europe/London").at(instant.parse().expect("an instant"));
        assert_eq!(
            at("2024-04-17T23:00:00Z").to_rfc3339(),
            "2024-04-18T00:00:00+01:00"
        );
        assert_eq!(
            at("2024-12-17T23:00:00Z").to_rfc3339(),
            "2024-12-17T23:00:00+00:00"
        );
    }

    #[test]
    fn zones_are_read_as_people_and_programs_write_them() {
        for (typed, is) in [
            ("Europe/Berlin", "Europe/Berlin"),
            (" europe/berlin ", "Europe/Berlin"),
            ("UTC", "UTC"),
            ("utc", "UTC"),
            ("Z", "UTC"),
            ("GMT", "GMT"),
            ("Etc/UTC", "Etc/UTC"),
            ("Etc/GMT-1", "Etc/GMT-1"),
            ("+02:00", "+02:00"),
            ("-03:30", "-03:30"),
            ("+0530", "+05:30"),
            ("+2", "+02:00"),
            ("-11", "-11:00"),
            ("GMT+0200", "+02:00"),
            ("GMT-3", "-03:00"),
            ("UTC+05:45", "+05:45"),
        ] {
            assert_eq!(zone(typed).to_string(), is, "{typed}");
        }
        for wrong in [
            "",
            "here",
            "Europe",
            "+",
            "+2:00",
            "+24:00",
            "+02:60",
            "+123",
            "02:00",
            "++200",
            "+0é0",
            "é",
            "é+02",
            "GMT+",
            "Europe/Berlin\n\u{1b}x",
        ] {
            assert!(wrong.parse::<Zone>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn an_offset_has_a_zone_with_a_name() {
        let at = |offset: i32, instant: &str| {
            let offset = FixedOffset::east_opt(offset * 60).expect("an offset");
            Zone::named(offset, instant.parse().expect("an instant"))
        };
        let now = "2026-07-01T12:00:00Z";
        for (minutes, is) in [(0, "Etc/UTC"), (60, "Etc/GMT-1"), (-480, "Etc/GMT+8")] {
            assert_eq!(at(minutes, now), Some(zone(is)));
        }
        let half = at(330, now).expect("India");
        assert_eq!(
            half.at(now.parse().expect("an instant")).to_rfc3339(),
            "2026-07-01T17:30:00+05:30"
        );
        assert_eq!(at(307, now), None);
    }

    proptest! {
        #[test]
        fn any_local_time_in_any_zone_is_an_instant_that_shows_it_or_lies_behind_a_gap(
            seconds in -11_000_000_000_i64..8_000_000_000,
            index in 0..chrono_tz::TZ_VARIANTS.len(),
        ) {
            let zone = Zone(Rules::Named(chrono_tz::TZ_VARIANTS[index]));
            let local = DateTime::from_timestamp(seconds, 0).expect("in range").naive_utc();
            let instant = zone.instant(local);
            prop_assert_eq!(instant.offset().local_minus_utc() % 60, 0);
            if zone.skips(local) {
                prop_assert!(instant.naive_local() > local);
                prop_assert!(instant.naive_local() - local <= TimeDelta::hours(24));
            } else {
                prop_assert_eq!(instant.naive_local(), local);
            }
        }

        #[test]
        fn the_name_reads_back(index in 0..chrono_tz::TZ_VARIANTS.len(), minutes in -1439..1440) {
            let named = Zone(Rules::Named(chrono_tz::TZ_VARIANTS[index]));
            let fixed = FixedOffset::east_opt(minutes * 60).map(|offset| Zone(Rules::Fixed(offset)));
            let now = Utc.timestamp_opt(1_700_000_000, 0).unwrap();
            for zone in [Some(named), fixed].into_iter().flatten() {
                let again: Zone = zone.to_string().parse().expect("a zone");
                prop_assert_eq!(again.offset_at(now), zone.offset_at(now));
            }
        }

        #[test]
        fn no_text_makes_reading_a_zone_panic(text in any::<String>()) {
            let _ = text.parse::<Zone>();
        }
    }
}
