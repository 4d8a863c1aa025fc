//! Time zones, as a person types them, as other programs' files name them and as the system is
//! set; and the one rule that gives a local time its instant.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDateTime, Offset as _, TimeZone as _, Utc};
use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// A time zone: one of the IANA database, an offset that always holds, or rules of the system
/// that have no name.
///
/// RFC 3339 writes offsets in whole minutes, and so does the journal. The seconds that zones of
/// long ago had are left out: Berlin before 1893 is at `+00:53`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// The name that a zone gets in jiff if it was read from a file, for a file names none.
const UNNAMED: &str = "localtime";

/// The folders in which systems keep the files of the IANA database.
const ZONE_FOLDERS: [&str; 2] = ["/usr/share/zoneinfo", "/etc/zoneinfo"];

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Zone = Zone(TimeZone::UTC);

    /// The zone that always has this offset.
    pub fn fixed(offset: FixedOffset) -> Zone {
        let offset = Offset::from_seconds(offset.local_minus_utc());
        Zone(offset.map_or(TimeZone::UTC, TimeZone::fixed))
    }

    /// The zone in a file of the IANA database, such as `/etc/localtime`; `None` if the content
    /// is no such file.
    pub fn from_file(content: &[u8]) -> Option<Zone> {
        TimeZone::tzif(UNNAMED, content).ok().map(Zone)
    }

    /// The zone that a value of the variable `TZ` means, as the C library reads it: a name, the
    /// path of a file or a POSIX rule such as `EST5EDT,M3.2.0,M11.1.0`. A value that is none of
    /// these means UTC. `read` returns the content of a file, or `None` if there is no such file.
    ///
    /// A name is first looked for among the system's own files, for they know of changes that
    /// were made after this program was built; then in the database that is built in, without
    /// regard to case.
    pub fn from_variable(value: &str, read: impl Fn(&Path) -> Option<Vec<u8>>) -> Zone {
        let value = value.strip_prefix(':').unwrap_or(value);
        if value.is_empty() {
            return Zone::UTC;
        }
        // Joining an absolute path to a folder leaves the path as it is.
        let paths = ZONE_FOLDERS.map(|folder| PathBuf::from(folder).join(value));
        let from_file = || paths.iter().find_map(|path| Zone::from_file(&read(path)?));
        // A rule that names summer time without its dates means those of the United States.
        let from_rule = || {
            let rule = TimeZone::posix(value);
            rule.or_else(|_| TimeZone::posix(&format!("{value},M3.2.0,M11.1.0")))
        };
        from_file()
            .or_else(|| Zone::from_setting(value))
            .or_else(|| from_rule().ok().map(Zone))
            .unwrap_or(Zone::UTC)
    }

    /// The zone of the IANA database whose name stands in a setting of the system: in a value
    /// of the variable `TZ`, in the path that `/etc/localtime` links to, or in the content of
    /// `/etc/timezone`.
    pub fn from_setting(setting: &str) -> Option<Zone> {
        let setting = setting.trim().trim_start_matches(':');
        let name = setting.rsplit_once("zoneinfo/").map(|(_, name)| name);
        by_name(name.unwrap_or(setting)).map(Zone)
    }

    /// A zone of the IANA database whose clocks had this offset at an instant: for whole hours
    /// one that always has it, such as `Etc/GMT-1`, which is an hour ahead of UTC.
    pub fn named(offset: FixedOffset, at: DateTime<Utc>) -> Option<Zone> {
        let seconds = offset.local_minus_utc();
        let fits = |zone: &Zone| zone.offset_at(at) == offset;
        let fixed = if seconds == 0 {
            by_name("Etc/UTC")
        } else {
            // The names count the other way round, as POSIX does.
            by_name(&format!("Etc/GMT{:+}", -(seconds / 3600)))
        };
        fixed.map(Zone).filter(fits).or_else(|| {
            let all = jiff::tz::db().available();
            all.filter_map(|name| by_name(name.as_str()).map(Zone))
                .find(fits)
        })
    }

    /// The name in the IANA database; `None` for an offset and for rules without a name.
    pub fn name(&self) -> Option<&str> {
        self.0.iana_name().filter(|&name| name != UNNAMED)
    }

    /// The offset that the zone's clocks had at an instant, in whole minutes.
    pub fn offset_at(&self, instant: DateTime<Utc>) -> FixedOffset {
        whole_minutes(self.0.to_offset(timestamp(instant)))
    }

    /// An instant with the offset that the zone's clocks had then.
    pub fn at(&self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        instant.with_timezone(&self.offset_at(instant))
    }

    /// The instant at which the zone's clocks show a local time. If they show it twice (clocks
    /// going back), the first; if they skip it (clocks going forward), the instant as long after
    /// the beginning of the gap as the local time is: 02:30 becomes 03:30.
    pub fn instant(&self, local: NaiveDateTime) -> DateTime<FixedOffset> {
        let with = |offset: FixedOffset| offset.from_local_datetime(&local).single();
        let instant = match self.offset_of_local(local) {
            // The offset from before the gap leads to an instant behind the gap. A gap of less
            // than a minute does not count: offsets are whole minutes.
            AmbiguousOffset::Gap { before, after }
                if whole_minutes(before) != whole_minutes(after) =>
            {
                let instant = FixedOffset::east_opt(before.seconds()).and_then(with);
                instant.map(|instant| self.at(instant.to_utc()))
            }
            AmbiguousOffset::Unambiguous { offset: before }
            | AmbiguousOffset::Fold { before, .. }
            | AmbiguousOffset::Gap { before, .. } => with(whole_minutes(before)),
        };
        // chrono counts no further at the ends of time: take the local time for UTC there.
        instant.unwrap_or_else(|| Utc.from_utc_datetime(&local).fixed_offset())
    }

    /// The offset of the zone's clocks when they show a local time, or the two offsets around a
    /// change.
    fn offset_of_local(&self, local: NaiveDateTime) -> AmbiguousOffset {
        let local = Offset::UTC.to_datetime(timestamp(local.and_utc()));
        self.0.to_ambiguous_timestamp(local).offset()
    }
}

/// The zone of the IANA database with a name in any case. The database that is built in has
/// `Factory` as well, which stands for a machine whose zone was never set; it is refused.
fn by_name(name: &str) -> Option<TimeZone> {
    let zone = TimeZone::get(name).ok()?;
    zone.iana_name().filter(|&name| name != "Factory")?;
    Some(zone)
}

/// An instant in whole seconds, or the last that jiff counts to.
fn timestamp(instant: DateTime<Utc>) -> Timestamp {
    let seconds = instant.timestamp();
    let end = if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_second(seconds).unwrap_or(end)
}

/// An offset without its seconds.
fn whole_minutes(offset: Offset) -> FixedOffset {
    FixedOffset::east_opt(offset.seconds() / 60 * 60).unwrap_or(Utc.fix())
}

/// Takes over the zone of the system as jiff finds it.
impl From<TimeZone> for Zone {
    fn from(rules: TimeZone) -> Zone {
        Zone(rules)
    }
}

/// Its IANA name, or its offset: `Europe/Berlin`, `+02:00`.
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.iana_name(), self.0.to_fixed_offset()) {
            (None, Ok(offset)) => whole_minutes(offset).fmt(f),
            (name, _) => f.write_str(name.unwrap_or(UNNAMED)),
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
            return Ok(Zone::UTC);
        }
        // Try an offset first: `GMT+0` is a name too, and means the same.
        let bare = match name.get(..3) {
            Some(prefix) if ["GMT", "UTC"].contains(&prefix.to_ascii_uppercase().as_str()) => {
                &name[3..]
            }
            _ => name,
        };
        if let Some(offset) = read_offset(bare) {
            return Ok(Zone::fixed(offset));
        }
        by_name(name).map(Zone).ok_or_else(|| {
            "a zone is a name like Europe/Berlin, UTC, or an offset like +02:00".to_owned()
        })
    }
}

/// Reads `+02:00`, `+0200`, `+02` or `+2`; less than a day.
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
    use std::sync::LazyLock;

    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    /// The names of the IANA database.
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let all = jiff::tz::db().available();
        let is_zone = |name: &String| by_name(name).is_some();
        all.map(|name| name.to_string()).filter(is_zone).collect()
    });

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
        // Clocks went forward by eight seconds, and by ten minutes and 47 seconds.
        shows(
            "Asia/Colombo",
            "1880-01-01T00:00:00",
            "1880-01-01T00:00:00+05:19",
        );
        shows(
            "America/Fort_Nelson",
            "1884-01-01T00:00:10",
            "1884-01-01T00:10:57-08:00",
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

    /// A file as systems have one for each zone: no changes, and a rule from then on.
    fn zone_file(rule: &str) -> Vec<u8> {
        // Neither leap seconds nor changes; one kind of time, and four letters of its name.
        let counts: [u32; 6] = [0, 0, 0, 0, 1, 4];
        let mut block = b"TZif2".to_vec();
        block.extend([0; 15]);
        block.extend(counts.into_iter().flat_map(u32::to_be_bytes));
        block.extend(b"\0\0\0\0\0\0UTC\0");
        [&block, &block, format!("\n{rule}\n").as_bytes()].concat()
    }

    #[test]
    fn the_variable_is_read_as_the_c_library_reads_it() {
        let read = |path: &Path| match path.to_str() {
            Some(
                "/usr/share/zoneinfo/Asia/Kolkata" | "/zones/home" | "/etc/zoneinfo/there",
            ) => Some(zone_file("XXX-1:23")),
            Some("/etc/passwd") => Some(b"root:x:0:0".to_vec()),
            _ => None,
        };
        for (value, summer, winter) in [
            // Names, that the system has no file of.
            ("Europe/Berlin", "+02:00", "+01:00"),
            (":Europe/Berlin", "+02:00", "+01:00"),
            ("europe/berlin", "+02:00", "+01:00"),
            ("EST5EDT", "-04:00", "-05:00"),
            ("/usr/share/zoneinfo/Europe/Berlin", "+02:00", "+01:00"),
            // Files, which know better than what is built in.
            ("Asia/Kolkata", "+01:23", "+01:23"),
            (":Asia/Kolkata", "+01:23", "+01:23"),
            ("there", "+01:23", "+01:23"),
            ("/zones/home", "+01:23", "+01:23"),
            (":/zones/home", "+01:23", "+01:23"),
            // Rules.
            ("EST5EDT,M3.2.0,M11.1.0", "-04:00", "-05:00"),
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", "+10:00", "+11:00"),
            ("CET-1CEST", "+02:00", "+01:00"),
            ("JST-9", "+09:00", "+09:00"),
            ("<+0330>-3:30", "+03:30", "+03:30"),
            ("UTC0", "+00:00", "+00:00"),
            // Nothing, and what is none of these.
            ("", "+00:00", "+00:00"),
            (":", "+00:00", "+00:00"),
            ("Garbage", "+00:00", "+00:00"),
            ("Europe/Nowhere", "+00:00", "+00:00"),
            ("/etc/passwd", "+00:00", "+00:00"),
            ("/zones/gone", "+00:00", "+00:00"),
            ("JST-9,M3.2.0", "+00:00", "+00:00"),
            ("+02:00", "+00:00", "+00:00"),
        ] {
            let zone = Zone::from_variable(value, read);
            let at = |instant: &str| {
                let offset = zone.offset_at(instant.parse().expect("an instant"));
                offset.to_string()
            };
            let found = [at("2026-07-01T12:00:00Z"), at("2026-12-01T12:00:00Z")];
            assert_eq!(found, [summer, winter], "{value}");
        }
    }

    #[test]
    fn a_file_without_a_name_is_a_zone_without_a_name() {
        let file = zone_file("EST5EDT,M3.2.0,M11.1.0");
        let zone = Zone::from_file(&file).expect("a zone");
        assert_eq!(zone.name(), None);
        let local = "2022-03-13T02:30:00".parse().expect("a local time");
        assert_eq!(
            zone.instant(local).to_rfc3339(),
            "2022-03-13T03:30:00-04:00"
        );
        assert_eq!(Zone::from_file(&file[..60]), None);
    }

    #[test]
    fn settings_of_the_system_have_names_in_them() {
        for (setting, name) in [
            ("Europe/Berlin", Some("Europe/Berlin")),
            (":europe/berlin", Some("Europe/Berlin")),
            ("/usr/share/zoneinfo/Europe/Berlin", Some("Europe/Berlin")),
            ("../usr/share/zoneinfo/Asia/Tokyo", Some("Asia/Tokyo")),
            ("/var/db/timezone/zoneinfo/Asia/Tokyo", Some("Asia/Tokyo")),
            ("Asia/Tokyo\n", Some("Asia/Tokyo")),
            ("Factory", None),
            ("Etc/Unknown", None),
            ("/etc/localtime", None),
            ("JST-9", None),
            ("", None),
        ] {
            let zone = Zone::from_setting(setting);
            assert_eq!(zone.as_ref().and_then(Zone::name), name, "{setting}");
        }
    }

    #[test]
    fn the_zones_are_those_of_today() {
        // Morocco gave up summer time, Alberta and British Columbia winter time.
        shows(
            "Africa/Casablanca",
            "2026-09-19T12:00:00",
            "2026-09-19T12:00:00+01:00",
        );
        for zone in ["Africa/Casablanca", "Africa/El_Aaiun"] {
            shows(zone, "2026-09-20T12:00:00", "2026-09-20T12:00:00+00:00");
            shows(zone, "2027-07-01T12:00:00", "2027-07-01T12:00:00+00:00");
        }
        shows(
            "America/Vancouver",
            "2027-01-15T12:00:00",
            "2027-01-15T12:00:00-07:00",
        );
        shows(
            "America/Edmonton",
            "2026-11-01T12:00:00",
            "2026-11-01T12:00:00-06:00",
        );
        shows(
            "America/Edmonton",
            "2027-01-15T12:00:00",
            "2027-01-15T12:00:00-06:00",
        );
    }

    #[test]
    fn far_from_today_the_nearest_rules_hold() {
        let far = NaiveDateTime::MAX - TimeDelta::days(1);
        assert_eq!(zone("+02:00").instant(far).naive_local(), far);
        let long_ago = NaiveDateTime::MIN + TimeDelta::days(1);
        assert_eq!(
            zone("Europe/Berlin").instant(long_ago).offset().to_string(),
            "+00:53"
        );
        // There is an instant even at the end of what chrono counts.
        for (name, end) in [
            ("+02:00", NaiveDateTime::MIN),
            ("-02:00", NaiveDateTime::MAX),
        ] {
            assert_eq!(zone(name).instant(end), end.and_utc());
        }
    }

    proptest! {
        #[test]
        fn any_local_time_in_any_zone_is_an_instant_that_shows_it_or_lies_behind_a_gap(
            seconds in -11_000_000_000_i64..8_000_000_000,
            index in 0..NAMES.len(),
        ) {
            let zone = zone(&NAMES[index]);
            let local = DateTime::from_timestamp(seconds, 0).expect("in range").naive_utc();
            let instant = zone.instant(local);
            prop_assert_eq!(instant.offset().local_minus_utc() % 60, 0);
            let change = zone.offset_of_local(local);
            if let AmbiguousOffset::Gap { before, after } = change
                && whole_minutes(before) != whole_minutes(after)
            {
                prop_assert!(instant.naive_local() > local);
                prop_assert!(instant.naive_local() - local <= TimeDelta::hours(24));
            } else {
                prop_assert_eq!(instant.naive_local(), local);
            }
        }

        #[test]
        fn the_name_reads_back(index in 0..NAMES.len(), minutes in -1439..1440) {
            let name = NAMES[index].as_str();
            let named = Zone::from_setting(&name.to_ascii_lowercase()).expect("a zone");
            prop_assert_eq!(named.name(), Some(name));
            let fixed = Zone::fixed(FixedOffset::east_opt(minutes * 60).expect("an offset"));
            let now = Utc.timestamp_opt(1_700_000_000, 0).unwrap();
            for zone in [named, fixed] {
                let again: Zone = zone.to_string().parse().expect("a zone");
                prop_assert_eq!(again.offset_at(now), zone.offset_at(now));
            }
        }

        #[test]
        fn a_local_time_is_the_same_instant_whether_the_system_or_a_person_names_the_zone(
            seconds in -11_000_000_000_i64..8_000_000_000,
            index in 0..NAMES.len(),
        ) {
            let name = &NAMES[index];
            let local = DateTime::from_timestamp(seconds, 0).expect("in range").naive_utc();
            let of_system = Zone::from_variable(name, |_| None);
            prop_assert_eq!(of_system.instant(local), zone(name).instant(local));
        }

        #[test]
        fn no_text_makes_reading_a_zone_panic(text in any::<String>()) {
            let _ = text.parse::<Zone>();
        }
    }
}
