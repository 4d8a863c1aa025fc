//! `onward stats`.

use crate::review::two_weeks;
use crate::sandbox::Sandbox;

/// The journal of [`two_weeks`] without what is older.
fn only_two_weeks() -> Sandbox {
    let onward = two_weeks();
    onward.ok(["delete", "1", "2", "--yes"]);
    onward
}

#[test]
fn in_numbers() {
    let onward = only_two_weeks();
    insta::assert_snapshot!(onward.run(["stats"]), @"
    exit: 0
    ----- stdout -----

      Your journal

      Written   9 of the 14 days since Monday 9 November 2026
      Now       1 day, today
      Longest   3 days in a row, 16 to 18 November 2026
      Pages     9 pages, 79 words, about 9 each, 1 starred

      Words a day, 31 August to 22 November 2026
          Sep Oct Nov
      Mon           ▆▆
      Tue           █▂
      Wed           ·▂
      Thu           █·
      Fri           ▄█
      Sat           ··
      Sun           ·▄
          · none  ▂ up to 6  ▄ up to 7  ▆ up to 8  █ up to 14

      Mood      ▄▆
                weekly since 9 Nov, from 2.5 to 3.8, last 3.8

      Words     Nov 2026 ████████████████████████████████████████ 79

      Tags      #friends 3 · #home 1 · #shop 1

      Tips       2  Out with friends             ████████████████████ 2 days
                 5  Stay busy                    ████████████████████ 2 days
                 3  Social media, in moderation  ██████████ 1 day
                 4  Live your best life          ██████████ 1 day
                 6  Dress up                     ██████████ 1 day
                 7  Be happy                     ██████████ 1 day
    ");
    insta::assert_snapshot!(onward.call(["stats"]).env("COLUMNS", "40").run(), @"
    exit: 0
    ----- stdout -----

      Your journal

    Written
      9 of the 14 days since Monday 9
      November 2026
    Now
      1 day, today
    Longest
      3 days in a row, 16 to 18 November
      2026
    Pages
      9 pages, 79 words, about 9 each,
      1 starred

      Words a day, 31 August to 22 November
      2026
          Sep Oct Nov
      Mon           ▆▆
      Tue           █▂
      Wed           ·▂
      Thu           █·
      Fri           ▄█
      Sat           ··
      Sun           ·▄
          · none  ▂ up to 6  ▄ up to 7
          ▆ up to 8  █ up to 14

    Mood
      ▄▆
      weekly since 9 Nov, from 2.5 to 3.8,
      last 3.8

    Words
      Nov 2026 ██████████████████████████ 79

    Tags
      #friends 3 · #home 1 · #shop 1

    Tips
       2  Out with friends          2 days
       5  Stay busy                 2 days
       3  Social media, in modera…  1 day
       4  Live your best life       1 day
       6  Dress up                  1 day
       7  Be happy                  1 day
    ");
}

#[test]
fn a_year_and_more() {
    let onward = two_weeks();
    insta::assert_snapshot!(onward.call(["stats"]).env("COLUMNS", "120").run(), @"
    exit: 0
    ----- stdout -----

      Your journal

      Written   11 days, 22 November 2025 to 22 November 2026
      Now       1 day, today
      Longest   3 days in a row, 16 to 18 November 2026
      Pages     11 pages, 96 words, about 9 each, 1 starred

      Words a day, 17 November 2025 to 22 November 2026
            Dec Jan Feb Mar  Apr May  Jun Jul Aug  Sep Oct Nov
      Mon  ··················································▆▆
      Tue  ··················································█▂
      Wed  ···················································▂
      Thu  ···············································▆··█·
      Fri  ··················································▄█
      Sat ▄····················································
      Sun ····················································▄
          · none  ▂ up to 6  ▄ up to 7  ▆ up to 10  █ up to 14

      Mood      ·····················▅··▄▆
                weekly since 25 May, from 2.5 to 3.8, last 3.8

      Words     Dec 2025 ·
                Jan 2026 ·
                Feb 2026 ·
                Mar 2026 ·
                Apr 2026 ·
                May 2026 ·
                Jun 2026 ·
                Jul 2026 ·
                Aug 2026 ·
                Sep 2026 ·
                Oct 2026 █████▏ 10
                Nov 2026 ████████████████████████████████████████ 79

      Tags      #friends 3 · #home 2 · #shop 1

      Tips       5  Stay busy                    ████████████████████ 3 days
                 2  Out with friends             █████████████▍ 2 days
                 1  No calls, no texts           ██████▋ 1 day
                 3  Social media, in moderation  ██████▋ 1 day
                 4  Live your best life          ██████▋ 1 day
                 6  Dress up                     ██████▋ 1 day
                 7  Be happy                     ██████▋ 1 day
    ");
    insta::assert_snapshot!(onward.run(["stats", "--year", "2025"]), @"
    exit: 0
    ----- stdout -----

      Your journal in 2025

      Written   1 day of 2025
      Longest   1 day, Saturday 22 November 2025
      Pages     1 page, 7 words

      Words a day, 2025
          Jan Feb Mar  Apr May Jun  Jul Aug  Sep Oct Nov  Dec
      Mon                                                ······
      Tue                                                ······
      Wed                                                ······
      Thu                                                ·····
      Fri                                                ·····
      Sat                                               █·····
      Sun                                               ······
          · none  █ up to 7

      Mood      ▁······
                1 in the week of 17 Nov

      Words     Nov 2025 ████████████████████████████████████████ 7

      Tips       1  No calls, no texts  ████████████████████ 1 day
    ");
}

#[test]
fn as_json() {
    let onward = only_two_weeks();
    let mut stats = onward.json(["stats"])["stats"].clone();
    let days = stats["heatmap"]["days"].take();
    assert_eq!(days.as_array().map(Vec::len), Some(371));
    insta::assert_snapshot!(stats, @r#"{"current_run":{"days":1,"from":"2026-11-22","to":"2026-11-22"},"days_written":9,"entries":9,"first_day":"2026-11-09","heatmap":{"days":null,"from":"2025-11-17","to":"2026-11-22","words_up_to":[6,7,8,14]},"last_day":"2026-11-22","lately":{"days":14,"days_written":9},"longest_gap":{"days":2,"from":"2026-11-14","to":"2026-11-15"},"longest_run":{"days":3,"from":"2026-11-16","to":"2026-11-18"},"mood_by_week":[{"from":"2026-11-09","mood":2.5,"to":"2026-11-15","week":"2026-W46"},{"from":"2026-11-16","mood":3.75,"to":"2026-11-22","week":"2026-W47"}],"starred":1,"tags":[{"entries":3,"tag":"friends"},{"entries":1,"tag":"home"},{"entries":1,"tag":"shop"}],"tips":[{"days":2,"deck":"walk-away","number":2,"tip":"friends","title":"Out with friends"},{"days":2,"deck":"walk-away","number":5,"tip":"stay-busy","title":"Stay busy"},{"days":1,"deck":"walk-away","number":3,"tip":"social-media","title":"Social media, in moderation"},{"days":1,"deck":"walk-away","number":4,"tip":"best-life","title":"Live your best life"},{"days":1,"deck":"walk-away","number":6,"tip":"dress-up","title":"Dress up"},{"days":1,"deck":"walk-away","number":7,"tip":"be-happy","title":"Be happy"}],"words":79,"words_by_month":[{"days_written":9,"entries":9,"month":"2026-11","words":79}],"words_per_entry":9}"#);
}

#[test]
fn filtered() {
    let onward = two_weeks();
    let outcome = onward.ok(["stats", "--tag", "friends"]);
    let head: String = outcome.stdout.split_inclusive('\n').take(7).collect();
    insta::assert_snapshot!(head, @"

    Your journal

    Written   3 days, 9 to 16 November 2026
    Longest   1 day, Monday 16 November 2026
    Pages     3 pages, 28 words, about 9 each, 1 starred
    ");
}

#[test]
fn without_runs() {
    let onward = only_two_weeks();
    onward.config("streaks = false\n");
    let plain = onward.ok(["stats"]).stdout;
    for words in ["in a row", "Longest", "Now "] {
        assert!(!plain.contains(words), "{words}: {plain}");
    }
    let stats = onward.json(["stats"])["stats"].clone();
    for run in ["current_run", "longest_run", "longest_gap"] {
        assert!(stats[run].is_null(), "{run}");
    }
}

#[test]
fn nothing_to_count() {
    Sandbox::new()
        .run(["stats"])
        .said(3, "Nothing is written yet. Begin with onward write.\n");
    let onward = two_weeks();
    onward
        .run(["stats", "--year", "2024"])
        .said(3, "Nothing is written in 2024.\n");
    onward
        .run(["stats", "--tag", "nothing"])
        .said(3, "No entries. Fewer filters find more.\n");
    onward
        .run(["stats", "--year", "2027"])
        .said(2, "error: 2027 is still to come\n");
    let json = onward.run(["stats", "--year", "2024", "--json"]);
    assert_eq!(
        (json.status, &json.json()["stats"]["entries"]),
        (3, &0.into())
    );
}
