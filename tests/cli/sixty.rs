//! Sixty days of walking away, made through the commands, and every figure against a count by
//! hand.
//!
//! They run from 1 September to 30 October 2026 in Berlin, where summer time ends on 25
//! October at three in the morning.

use crate::sandbox::Sandbox;

/// Days of the year 2026 that a test needs by number: 1 is 1 September.
fn day(number: u32) -> String {
    match number {
        1..=30 => format!("2026-09-{number:02}"),
        // To day 61, which is 31 October.
        _ => format!("2026-10-{:02}", number - 30),
    }
}

/// The instant at which clocks in Berlin show a time on a calendar day.
fn at(number: u32, time: &str) -> String {
    // Day 55 is 25 October: from three in the morning on it is an hour earlier.
    let again = time.strip_suffix(" again");
    let winter = number > 55 || (number == 55 && (time >= "03:00" || again.is_some()));
    let offset = if winter { "+01:00" } else { "+02:00" };
    let time = again.unwrap_or(time);
    format!("{}T{time}:00{offset}", day(number))
}

/// A journal of sixty days.
///
/// - pages on every day but each seventh (days 7, 14 … 56): 60 − 8 = 52; those of days 10, 20,
///   30, 40, 50 and 60 are tagged `ex`, and away until 2027: 46 are in sight;
/// - the page of day 55 is written at 01:30 of the night after it;
/// - reasons on days 1 and 30;
/// - walked away on day 2; contacts on day 12 (they called) and on day 41 at 02:00 in the night
///   after day 40, which is day 40;
/// - twelve urges, nine of them after 22:00; two of these in the hour that comes twice;
/// - letters on days 5, 15 and 25, the last of them sealed until day 61.
fn sixty_days() -> Sandbox {
    let mut onward = Sandbox::new();
    onward.set("TZ", "Europe/Berlin");
    let urges = |number: u32| -> Vec<(u32, &str, &str)> {
        match number {
            4 | 11 | 18 => vec![(number, "22:30", "a song")],
            20 => vec![
                (20, "23:45", "Their street"),
                (21, "00:15", "their street."),
            ],
            26 => vec![(26, "13:00", "")],
            33 => vec![(33, "08:10", "a song")],
            40 => vec![(40, "22:05", "an empty evening")],
            47 => vec![(47, "19:00", "A song")],
            // The night in which the clocks go back: 02:30 comes twice.
            54 => vec![(55, "02:30", ""), (55, "02:30 again", "")],
            59 => vec![(60, "03:59", "")],
            _ => Vec::new(),
        }
    };
    for number in 1..=60_u32 {
        onward.now(&at(number, "12:00"));
        match number {
            1 => drop(onward.ok(["reason", "Because I was always waiting."])),
            2 => drop(onward.ok(["contact", "since", "today"])),
            5 => drop(onward.ok(["letter", "You should know."])),
            12 => drop(onward.ok(["contact", "log", "--by", "them", "--how", "call"])),
            15 => drop(onward.ok(["letter", "I drove past."])),
            25 => drop(onward.ok(["letter", "For later.", "--open-on", "2026-10-31"])),
            30 => drop(onward.ok(["reason", "Because the mornings are mine."])),
            41 => {
                onward.now(&at(41, "02:00"));
                onward.ok(["contact", "log", "--by", "me", "--how", "text", "One line."]);
            }
            _ => {}
        }
        if !number.is_multiple_of(7) {
            onward.now(&match number {
                55 => at(56, "01:30"),
                _ => at(number, "21:00"),
            });
            let tag = if number.is_multiple_of(10) { "#ex" } else { "" };
            onward.ok(["write", &format!("Day {number}. {tag}"), "--mood", "3"]);
        }
        for (at_day, time, set_off_by) in urges(number) {
            onward.now(&at(at_day, time));
            onward.ok(["urge", set_off_by, "--strength", "6", "--ended", "passed"]);
        }
    }
    onward.now(&at(60, "21:30"));
    onward.ok(["away", "--tag", "ex", "--until", "2027-01-01"]);
    onward
}

#[test]
fn every_figure_is_what_a_count_by_hand_says() {
    let mut onward = sixty_days();
    let contact = onward.json(["contact"])["contact"].clone();
    // From day 3 to day 60 there are 58 days, two of them with contact.
    assert_eq!(contact["since"], "2026-09-02");
    assert_eq!(
        (&contact["days"], &contact["days_kept"]),
        (&58.into(), &56.into())
    );
    assert_eq!(
        contact["days_with_contact"],
        serde_json::json!(["2026-09-12", "2026-10-10"])
    );
    assert_eq!(contact["begun_by_them"], 1);
    // Days 41 to 60; days 13 to 39.
    assert_eq!(contact["current_run"]["days"], 20);
    assert_eq!(contact["current_run"]["from"], "2026-10-11");
    assert_eq!(contact["longest_run"]["days"], 27);
    let urges = &contact["urges"];
    assert_eq!(urges["count"], 12);
    assert_eq!(
        urges["mostly"],
        serde_json::json!({"when": "after 22:00", "count": 9})
    );
    let mut hours = [0; 24];
    for hour in [22, 22, 22, 23, 0, 13, 8, 22, 19, 2, 2, 3] {
        hours[hour] += 1;
    }
    assert_eq!(urges["by_hour"], serde_json::json!(hours));
    // Days 4, 11, 18 are Fridays, 20 a Sunday (both of its urges), 26 a Saturday, 33 a
    // Saturday, 40 and 47 Saturdays, 54 a Saturday (both), 59 a Thursday.
    assert_eq!(
        urges["by_weekday"],
        serde_json::json!([0, 0, 0, 1, 3, 6, 2])
    );
    assert_eq!(
        urges["set_off_by"],
        serde_json::json!([
            {"words": "A song", "count": 5},
            {"words": "their street.", "count": 2},
            {"words": "an empty evening", "count": 1},
        ])
    );
    assert_eq!(
        urges["ended"],
        serde_json::json!([{"how": "passed", "count": 12}])
    );

    assert_eq!(
        (
            &contact["contacts"],
            &urges["mean_strength"],
            &contact["on_daily_page"]
        ),
        (&2.into(), &6.0.into(), &true.into())
    );

    // In sight are days 1–6, 8–9, 11–13, 15–19, 22–27, 29, and in October 31–34, 36–39, 41,
    // 43–48, 51–55, 57–59: 23 in each month.
    let stats = onward.json(["stats"])["stats"].clone();
    let run = |days: u32, from: u32, to: u32| serde_json::json!({"days": days, "from": day(from), "to": day(to)});
    assert_eq!(
        (&stats["entries"], &stats["days_written"], &stats["starred"]),
        (&46.into(), &46.into(), &0.into())
    );
    assert_eq!(
        (&stats["first_day"], &stats["last_day"]),
        (&day(1).into(), &day(59).into())
    );
    // The latest of the longest. Days 20 and 21 had none to see, and 49 and 50.
    assert_eq!(stats["longest_run"], run(6, 43, 48));
    assert_eq!(stats["current_run"], run(3, 57, 59));
    assert_eq!(stats["longest_gap"], run(2, 49, 50));
    // Today is left out while nothing of it is to be seen.
    assert_eq!(
        stats["lately"],
        serde_json::json!({"days_written": 46, "days": 59})
    );
    // `Day 1.` is two words; what is away has none here.
    assert_eq!(
        (&stats["words"], &stats["words_per_entry"]),
        (&92.into(), &2.into())
    );
    assert_eq!(
        stats["words_by_month"],
        serde_json::json!([
            {"month": "2026-09", "days_written": 23, "entries": 23, "words": 46},
            {"month": "2026-10", "days_written": 23, "entries": 23, "words": 46},
        ])
    );
    assert_eq!(stats["tags"], serde_json::json!([]));
    // 1 September is a Tuesday, 30 October a Friday: nine weeks.
    let weeks = stats["mood_by_week"].as_array().expect("weeks");
    assert_eq!(weeks.len(), 9);
    assert!(weeks.iter().all(|week| week["mood"] == 3.0), "{weeks:?}");
    let shades = stats["heatmap"]["days"].as_array().expect("days");
    let (written, words) = shades.iter().fold((0, 0), |(written, words), shade| {
        let count = |name: &str| shade[name].as_u64().expect("a number");
        (written + count("entries"), words + count("words"))
    });
    assert_eq!((written, words), (46, 92));
    // The pages in turn answered tips 1 to 10, 1 to 10 … Those that are away were the 9th, 18th,
    // 26th, 35th, 43rd and 52nd: tips 9, 8, 6, 5, 3 and 2.
    let in_tips = |stats: &serde_json::Value| -> Vec<u64> {
        let mut tips = stats["tips"].as_array().expect("tips").clone();
        tips.sort_by_key(|tip| tip["number"].as_u64());
        tips.iter()
            .map(|tip| tip["days"].as_u64().expect("days"))
            .collect()
    };
    assert_eq!(in_tips(&stats), [6, 5, 4, 5, 4, 4, 5, 4, 4, 5]);

    // What is away still counts: 52 days of reflection, five or six a tip.
    let coverage = onward.json(["tips"])["coverage"][0].clone();
    let days: Vec<u64> = coverage["tips"]
        .as_array()
        .expect("tips")
        .iter()
        .map(|tip| tip["reflections"].as_u64().expect("days"))
        .collect();
    assert_eq!(days, [6, 6, 5, 5, 5, 5, 5, 5, 5, 5]);
    assert_eq!(
        (
            &coverage["round"],
            &coverage["covered_in_round"],
            &coverage["covered"]
        ),
        (&6.into(), &2.into(), &10.into())
    );
    // The page of day 55, written in the night, was the 48th: tip 8.
    for (at, number) in [59, 60, 50, 51, 52, 53, 54, 55, 57, 58]
        .into_iter()
        .enumerate()
    {
        let tip = &coverage["tips"][at];
        assert_eq!(tip["last_reflected"], day(number), "{tip}");
        assert_eq!(tip["last_offered"], day(number), "{tip}");
    }

    let page = onward.json::<&str>([]);
    assert_eq!(
        page["contact"],
        serde_json::json!({
            "since": "2026-09-02", "days": 58, "days_kept": 56,
        })
    );
    assert_eq!(page["letters_due"], serde_json::json!([]));
    // Day 60 offered tip 2 and was answered, by what is away now.
    let today = &page["today"];
    assert_eq!(
        (
            &today["prompt"]["tip"]["number"],
            &today["reflected"],
            &today["entries"]
        ),
        (&2.into(), &true.into(), &serde_json::json!([]))
    );
    // A Friday.
    assert!(page["week"].is_null());
    assert_eq!(onward.json(["away", "--list"])["away"][0]["entries"], 6);
    let count = |kind: &str| onward.json(["list", "--count", "--kind", kind])["count"].clone();
    assert_eq!(
        ["page", "letter", "reason", "urge"].map(count),
        [46, 2, 2, 12].map(serde_json::Value::from)
    );
    // The day turns at four, and the letter comes due with it.
    onward.now(&at(61, "03:59"));
    let page = onward.json::<&str>([]);
    assert_eq!(
        (&page["contact"]["days"], &page["letters_due"]),
        (&58.into(), &serde_json::json!([]))
    );
    onward.now(&at(61, "04:00"));
    let page = onward.json::<&str>([]);
    assert_eq!(
        (&page["contact"]["days"], &page["contact"]["days_kept"]),
        (&59.into(), &57.into())
    );
    assert_eq!(
        onward.json::<&str>([])["letters_due"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(
        onward.json(["list", "--count", "--kind", "letter"])["count"],
        3
    );
}

#[test]
fn all_of_it_moves() {
    let onward = sixty_days();
    let file = onward.path("all.jsonl").display().to_string();
    onward.ok(["export", "--to", "jsonl", "-o", &file]);
    let mut moved = Sandbox::new();
    moved.set("TZ", "Europe/Berlin");
    moved.now(&at(60, "21:30"));
    moved.ok(["import", &file]);
    let calls: [&[&str]; 10] = [
        &[],
        &["contact"],
        &["reason"],
        &["letter", "--list"],
        &["away", "--list"],
        &["list", "--all", "--kind", "urge", "--kind", "contact"],
        &["list", "--all"],
        &["stats"],
        &["tips"],
        &["review", "month"],
    ];
    for call in calls {
        assert_eq!(moved.json(call), onward.json(call), "{call:?}");
    }
    // What is out of sight is there as well.
    for onward in [&onward, &moved] {
        onward.ok(["away", "--return"]);
        let sealed = onward.json(["letter", "--list"])["sealed"][0]["number"].clone();
        let opened = onward
            .ok(["letter", "--yes", "--open", &sealed.to_string()])
            .stdout;
        assert!(opened.contains("For later."), "{opened}");
    }
    assert_eq!(
        moved.json(["list", "--all"]),
        onward.json(["list", "--all"])
    );
}

#[test]
fn it_reads_well() {
    let onward = sixty_days();
    // The answer before to tip 2 that is in sight was the 42nd page, of day 48.
    insta::assert_snapshot!(onward.run::<&str>([]), @"
    exit: 0
    ----- stdout -----

      Friday 30 October 2026
      Tip 2 · Out with friends

      Be among friends, and do something together that is simply fun. It is fine
      to miss someone and laugh in the same hour, and there is no use pretending
      otherwise. Company gives your mind somewhere else to be for a while. One
      friend and a pot of tea is company too.

      Practice  Write to one friend today and name a day, a time and a place to
                meet.

      Question  What do your oldest friends know about you that slipped out of
                sight in this relationship?

      Then      Sunday 18 October 2026 (#59)
                Day 48.

      Deck      ●●○○○○○○○○  2 of 10 tips reflected on, round 6
      Contact   56 of 58 days without contact, the last 20 in a row
      Next      onward write         write more
    ");
    insta::assert_snapshot!(onward.run(["contact"]), @"
    exit: 0
    ----- stdout -----

      Since Wednesday 2 September 2026

      Kept      56 of 58 days without contact. On 1 of the other 2 it was they who
                got in touch.
      Now       20 days in a row, since Sunday 11 October
      Longest   27 days in a row, Sunday 13 September to Friday 9 October

      Urges     12 noted, around 6 of 10. 9 of 12 came after 22:00.

      Hours     ····▃····▃·····▃··█▃▃·▅▃
                4     10    16    22

      Days      ·   ·   ·   ▂   ▅   █   ▃
                Mon Tue Wed Thu Fri Sat Sun
                            1   3   6   2

      Set off   5  A song
                2  their street.
                1  an empty evening

      Then      12  it passed
    ");
    let narrow = onward.call(["contact"]).env("COLUMNS", "40").run();
    insta::assert_snapshot!(narrow, @"
    exit: 0
    ----- stdout -----

      Since Wednesday 2 September 2026

    Kept
      56 of 58 days without contact. On 1
      of the other 2 it was they who got
      in touch.
    Now
      20 days in a row, since Sunday 11
      October
    Longest
      27 days in a row, Sunday 13 September
      to Friday 9 October

    Urges
      12 noted, around 6 of 10. 9 of 12 came
      after 22:00.

    Hours
      ····▃····▃·····▃··█▃▃·▅▃
      4     10    16    22

    Days
      ·   ·   ·   ▂   ▅   █   ▃
      Mon Tue Wed Thu Fri Sat Sun
                  1   3   6   2

    Set off
      5  A song
      2  their street.
      1  an empty evening

    Then
      12  it passed
    ");
    for line in narrow.stdout.lines() {
        assert!(line.chars().count() <= 40, "{line}");
    }
}
