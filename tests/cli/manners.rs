//! How it behaves towards the shell: streams, exit statuses, the environment, help.

use std::path::Path;

use crate::sandbox::{Sandbox, command};
use crate::tools::{AS_SOMEBODY_ELSE, am_root, have, wanting};

const COMMANDS: [&str; 32] = [
    "today",
    "write",
    "show",
    "import",
    "export",
    "list",
    "search",
    "tips",
    "edit",
    "delete",
    "restore",
    "trash",
    "history",
    "undo",
    "redo",
    "review",
    "stats",
    "backup",
    "restore-backup",
    "doctor",
    "encrypt",
    "decrypt",
    "passphrase",
    "unlock",
    "lock",
    "deck",
    "begin",
    "reason",
    "urge",
    "letter",
    "contact",
    "away",
];

/// What answers at any time.
const READING: [&[&str]; 10] = [
    &[],
    &["today"],
    &["show"],
    &["list"],
    &["search", "aunt"],
    &["tips"],
    &["tips", "1"],
    &["history", "1"],
    &["review"],
    &["stats"],
];

fn some_pages() -> Sandbox {
    let onward = Sandbox::new();
    onward.ok(["write", "Called Aunt."]);
    onward.ok(["write", "And #wrote again.", "--mood", "4", "--free"]);
    onward
}

#[test]
fn help() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["-h"]).stdout, @r#"
    A private journal that helps you walk away well

    Usage: onward [OPTIONS] [COMMAND]

    Commands:
      today           Show today's prompt, or change it
      write           Write a page
      show            Show entries whole; today's unless asked
      list            List entries, the newest first, one line each
      search          Find entries by their words, the newest first
      tips            Show which tips have been reflected on, or one tip whole
      edit            Change an entry, in your editor or just the fields named
      delete          Put entries into the trash
      restore         Take entries out of the trash
      trash           Show what is in the trash, or purge it for good
      history         Show what an entry was before, and bring it back
      undo            Take the last change back; again, the one before
      redo            Do again what was undone
      review          Look back on a week, a month or any other time
      stats           Show your journal in numbers
      export          Take your entries out, in a form that other programs read
      import          Bring in the journal you have
      backup          Make a copy of the journal, and check it
      restore-backup  Put a backup into the journal's place
      doctor          Check the journal and everything around it
      encrypt         Give the journal a passphrase
      decrypt         Take the passphrase away again
      passphrase      Change the passphrase, or print the recovery sheet
      unlock          Ask for the passphrase now, and not again for a while
      lock            Lock an unlocked journal at once
      deck            The decks that tips come from, and decks of your own
      begin           Three questions to be clear about before anything else
      reason          Write down why you are walking away, or read it again
      urge            For the moment you want to get in touch
      letter          Write a message that will not be sent
      contact         Count the days without contact, and see when urges come
      away            Put entries out of sight without deleting them

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Global options:
          --journal <PATH>     Use the journal in this file [env: ONWARD_JOURNAL]
          --config <PATH>      Read the configuration from this file [env:
                               ONWARD_CONFIG]
          --passphrase-fd <N>  Read the passphrase from this file descriptor
          --json               Answer with one JSON object
          --color <WHEN>       Use colour [possible values: auto, always, never]
          --no-pager           Print long answers instead of showing them in a pager
      -q, --quiet              Say nothing but the answer and errors

    Every evening:
      onward                      today's tip and question, and where you stand
      onward write                write today's page in your editor
      onward write "I called …"   or straight from the command line
      onward tips                 which tips you have reflected on
      onward list                 the pages you have written
      onward review               this week's pages, and what was on this day
      onward stats                your journal in numbers
      onward search river         the pages that mention it

    When it pulls:
      onward urge                 a minute before you call, and three ways on
      onward letter               the message that will not be sent
      onward reason, onward begin why you walk away, for evenings when you forget it
      onward contact              the days without contact
      onward away 42              out of sight, and not deleted

    Days are written 2026-11-20, yesterday, last friday, 3 days ago or nov 3.
    Exit status: 0 done, 1 could not, 2 wrong usage, 3 nothing found, 4 locked,
    130 interrupted.
    "#);
}

/// `docs/cli.md` has the help of every command, made from the same parser as the program
/// (`tests/documents.rs`). The program builds no more of it than it needs for what was typed, so
/// it is asked too.
#[test]
fn help_of_every_command() {
    const PAGE: &str = include_str!("../../docs/cli.md");
    let onward = Sandbox::new();
    let mut documented: Vec<&str> = Vec::new();
    for section in PAGE.split("\n##").skip(1) {
        let (name, rest) = section.split_once("\n\n```text\n").expect("a help");
        let (own, _) = rest.split_once("\n```").expect("its end");
        let words: Vec<&str> = name.trim_start_matches(['#', ' ']).split(' ').collect();
        let help = onward.ok(words[1..].iter().chain(&["--help"])).stdout;
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        let help = help.join("\n");
        // What is the same for all of them stands in the first.
        let shown = match help.split_once("\n\nGlobal options:\n") {
            Some((shown, global)) if words.len() > 1 => {
                assert!(PAGE.contains(global), "{name}: {global}");
                shown
            }
            _ => &help,
        };
        assert_eq!(shown, own, "{name}");
        documented.extend(words.get(1).filter(|_| words.len() == 2));
    }
    let mut commands = COMMANDS.to_vec();
    commands.sort_unstable();
    documented.sort_unstable();
    assert_eq!(documented, commands);
}

#[test]
fn help_fits_and_is_an_answer() {
    let onward = Sandbox::new();
    for name in std::iter::once(None).chain(COMMANDS.map(Some)) {
        for flag in ["-h", "--help"] {
            for columns in ["", "80", "200"] {
                let arguments: Vec<&str> = name.into_iter().chain([flag]).collect();
                let outcome = onward.call(&arguments).env("COLUMNS", columns).run();
                assert_eq!(
                    (outcome.status, outcome.stderr.as_str()),
                    (0, ""),
                    "{outcome}"
                );
                for line in outcome.stdout.lines() {
                    assert!(line.chars().count() <= 80, "{arguments:?}: {line}");
                }
            }
        }
    }
}

#[test]
fn version() {
    let onward = Sandbox::new();
    for flag in ["-V", "--version"] {
        let outcome = onward.ok([flag]);
        let version = concat!("onward ", env!("CARGO_PKG_VERSION"), " (SQLite 3.");
        assert!(outcome.stdout.starts_with(version), "{outcome}");
        assert_eq!(outcome.stdout.lines().count(), 1);
    }
}

#[test]
fn wrong_usage() {
    let onward = Sandbox::new();
    insta::assert_snapshot!(onward.run(["wirte", "text"]), @"
    exit: 2
    ----- stderr -----
    error: unrecognized subcommand 'wirte'

      tip: some similar subcommands exist: 'import', 'write'

    Usage: onward [OPTIONS] [COMMAND]

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["--jsn"]), @"
    exit: 2
    ----- stderr -----
    error: unexpected argument '--jsn' found

      tip: a similar argument exists: '--json'

    Usage: onward --json

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["list", "--color", "sometimes"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value 'sometimes' for '--color <WHEN>'
      [possible values: auto, always, never]

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["today", "extra"]), @"
    exit: 2
    ----- stderr -----
    error: unexpected argument 'extra' found

    Usage: onward today [OPTIONS]

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.run(["--journal"]), @"
    exit: 2
    ----- stderr -----
    error: a value is required for '--journal <PATH>' but none was supplied

    For more information, try '--help'.
    ");
    assert!(!onward.journal().exists());
}

#[test]
fn errors_leave_standard_output_empty() {
    let onward = Sandbox::new();
    crate::sandbox::write(
        &onward.journal(),
        "this is not a journal at all, nor was it ever one",
    );
    let writing: [&[&str]; 8] = [
        &["write", "x"],
        &["edit", "1", "--star"],
        &["delete", "1", "--yes"],
        &["restore", "1"],
        &["trash"],
        &["trash", "--purge", "--yes"],
        &["undo"],
        &["redo"],
    ];
    for name in READING.into_iter().chain(writing) {
        let outcome = onward.run([name, &["--json"]].concat());
        assert_eq!(
            (outcome.status, outcome.stdout.as_str()),
            (1, ""),
            "{outcome}"
        );
    }
}

/// The keys of JSON in their order; of an array, those of what stands first in it.
struct Shape(String);

impl<'de> serde::Deserialize<'de> for Shape {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Shape, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Shape;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("JSON")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Shape, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, Shape(value))) = map.next_entry::<String, Shape>()? {
                    keys.push(format!("{key}{value}"));
                }
                Ok(Shape(format!("{{{}}}", keys.join(" "))))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Shape, A::Error> {
                let mut first = None;
                while let Some(Shape(value)) = seq.next_element()? {
                    first.get_or_insert(value);
                }
                Ok(Shape(format!("[{}]", first.unwrap_or_default())))
            }

            fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
                Ok(Shape(String::new()))
            }

            fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
                Ok(Shape(String::new()))
            }

            fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
                Ok(Shape(String::new()))
            }

            fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
                Ok(Shape(String::new()))
            }

            fn visit_unit<E>(self) -> Result<Shape, E> {
                Ok(Shape(String::new()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[test]
fn json_of_every_command() {
    let onward = crate::review::two_weeks();
    let entry = "{number id day written_at edited_at kind text mood starred tags[] \
                 reflections[{deck tip number title question}]}";
    let shapes: String = [
        &[][..],
        &["today"],
        &["today", "--skip"],
        &["write", "More of it. #x"],
        &["edit", "11", "--star"],
        &["show"],
        &["list"],
        &["list", "--count"],
        &["search", "aunt"],
        &["search", "aunt", "--count"],
        &["tips"],
        &["tips", "2"],
        &["history", "11"],
        &["history", "11", "--bring-back", "1"],
        &["review"],
        &["stats"],
        &["undo"],
        &["redo"],
        &["delete", "10", "11", "--yes"],
        &["trash"],
        &["restore", "10"],
        &["reason", "Quiet mornings.", "--first"],
        &["reason"],
        &["begin", "--answer", "1=A desk."],
        &["urge", "A song", "--strength", "7", "--ended", "passed"],
        &["urge", "--letter", "Dear you"],
        &["letter", "Dear you", "--open-on", "2030-01-01"],
        &["letter", "--list"],
        &["contact", "since", "2026-11-01"],
        &["contact", "log", "--by", "me", "--how", "text"],
        &["contact"],
        &["away", "10"],
        &["away", "--list"],
        &["trash", "--purge", "--yes"],
    ]
    .iter()
    .map(|arguments| {
        let outcome = onward.ok([arguments, &["--json", "-q"][..]].concat());
        assert!(
            outcome.json().is_object() && outcome.stderr.is_empty(),
            "{outcome}"
        );
        let Shape(shape) = serde_json::from_str(&outcome.stdout).expect("JSON");
        format!(
            "{}: {}\n",
            arguments.join(" "),
            shape.replace(entry, "ENTRY")
        )
    })
    .collect();
    insta::assert_snapshot!(shapes, @"
    : {today{day prompt{deck tip{number slug title gist practice} question gentle} reflected entries[] reason} week{deck number slug title text question answered} coverage[{deck round covered covered_in_round total tips[{number slug title reflections last_reflected last_offered today next}] questions[{number slug title reflections last_reflected last_offered this_week}]}] contact letters_due[]}
    today: {today{day prompt{deck tip{number slug title gist practice} question gentle} reflected entries[] reason}}
    today --skip: {today{day prompt{deck tip{number slug title gist practice} question gentle} reflected entries[] reason}}
    write More of it. #x: {entryENTRY}
    edit 11 --star: {entryENTRY}
    show: {entries[ENTRY]}
    list: {entries[ENTRY]}
    list --count: {count}
    search aunt: {entries[{number id day written_at edited_at kind text mood starred tags[] reflections[{deck tip number title question}] snippet}] count}
    search aunt --count: {count}
    tips: {coverage[{deck round covered covered_in_round total tips[{number slug title reflections last_reflected last_offered today next}] questions[{number slug title reflections last_reflected last_offered this_week}]}] not_in_use[]}
    tips 2: {tip{deck number slug title gist practice recall_reason questions[] reflections last_reflected last_offered entries[ENTRY]}}
    history 11: {history[{state revision saved_at deleted_at entryENTRY}]}
    history 11 --bring-back 1: {entryENTRY}
    review: {review{from to entries[ENTRY] covered[{deck tip number title days}] on_this_day[{ago{years months} day entries[]}] then_and_now[{deck tip number title thenENTRY nowENTRY}] moods[{day mood}] days_written days longest_run{days from to} longest_gap{days from to}}}
    stats: {stats{first_day last_day days_written lately{days_written days} current_run{days from to} longest_run{days from to} longest_gap{days from to} entries starred words words_per_entry heatmap{from to words_up_to[] days[{day entries words level}]} mood_by_week[{week from to mood}] words_by_month[{month days_written entries words}] tags[{tag entries}] tips[{deck tip number title days}]}}
    undo: {undo{what entries[]}}
    redo: {redo{what entries[]}}
    delete 10 11 --yes: {entries[ENTRY]}
    trash: {trash[{number id day written_at edited_at kind text mood starred tags[] reflections[{deck tip number title question}] deleted_at}]}
    restore 10: {entries[ENTRY]}
    reason Quiet mornings. --first: {entry{number id day written_at edited_at kind text mood starred tags[] reflections[] first}}
    reason: {entries[{number id day written_at edited_at kind text mood starred tags[] reflections[] first}]}
    begin --answer 1=A desk.: {groundings[{slug title text question then now{number day text}}]}
    urge A song --strength 7 --ended passed: {entry{number id day written_at edited_at kind text mood starred tags[] reflections[] strength ended} letter reasons[{number id day written_at edited_at kind text mood starred tags[] reflections[] first}]}
    urge --letter Dear you: {entry{number id day written_at edited_at kind text mood starred tags[] reflections[] ended} letter{number id day written_at edited_at kind text mood starred tags[] reflections[]} reasons[{number id day written_at edited_at kind text mood starred tags[] reflections[] first}]}
    letter Dear you --open-on 2030-01-01: {entry{number id day written_at edited_at kind text mood starred tags[] reflections[] open_on}}
    letter --list: {letters[{number id day written_at edited_at kind text mood starred tags[] reflections[]}] sealed[{number open_on}]}
    contact since 2026-11-01: {entry{number id day written_at edited_at kind text mood starred tags[] reflections[] mark}}
    contact log --by me --how text: {entry{number id day written_at edited_at kind text mood starred tags[] reflections[] by how}}
    contact: {contact{since days days_kept days_with_contact[] begun_by_them current_run longest_run{days from to} contacts on_daily_page urges{count by_hour[] by_weekday[] mostly set_off_by[{words count}] ended[{how count}] mean_strength}}}
    away 10: {changed[]}
    away --list: {away[{until entries}]}
    trash --purge --yes: {purged}
    ");
}

#[test]
fn a_reader_that_has_seen_enough() {
    let onward = some_pages();
    for arguments in [
        &[][..],
        &["list"],
        &["tips"],
        &["show"],
        &["today", "--json"],
        &["--help"],
        &["--version"],
    ] {
        // The reader is gone before anything is written.
        let closed = "{ read -r _ < \"$HOME/go\"; \"$@\"; echo \"$?\" >&2; } | { exec <&-; echo > \"$HOME/go\"; }";
        let go = onward.home().join("go");
        if !go.exists() {
            assert!(command("mkfifo").arg(&go).status().expect("runs").success());
        }
        let outcome = onward.call(arguments).shell(closed).run();
        outcome.said(0, "0\n");
    }
    // The page is saved all the same.
    let outcome = onward
        .call(["write", "x", "--json", "-q"])
        .shell("\"$@\" | true")
        .run();
    outcome.said(0, "");
    assert_eq!(onward.texts().len(), 3);
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_cannot_be_printed() {
    let onward = some_pages();
    for arguments in [
        &[][..],
        &["today"],
        &["show"],
        &["list"],
        &["tips"],
        &["list", "--json"],
    ] {
        let outcome = onward
            .call(arguments)
            .shell("exec \"$@\" > /dev/full")
            .run();
        outcome.said(
            1,
            "error: cannot write to standard output\n\
             caused by: No space left on device (os error 28)\n",
        );
    }
    // A page is saved although the answer cannot be printed.
    let outcome = onward
        .call(["write", "x", "--json"])
        .shell("exec \"$@\" > /dev/full")
        .run();
    assert_eq!(outcome.status, 1);
    assert!(outcome.stderr.starts_with("Saved #3 for"), "{outcome}");
    // Messages that cannot be said are no failure.
    onward
        .call(["write", "x"])
        .shell("exec \"$@\" 2> /dev/full")
        .run()
        .said(0, "");
    assert_eq!(onward.texts().len(), 4);
}

#[test]
fn streams_that_are_closed() {
    let onward = some_pages();
    for closed in [
        "<&-",
        ">&-",
        "2>&-",
        "<&- >&-",
        "<&- 2>&-",
        ">&- 2>&-",
        "<&- >&- 2>&-",
    ] {
        for name in [
            &[][..],
            &["today"],
            &["list"],
            &["tips"],
            &["show"],
            &["write", "closed", "-q"],
            &["write"],
        ] {
            let outcome = onward.call(name).shell(&format!("\"$@\" {closed}")).run();
            let expect = i32::from(name == ["write"]);
            assert_eq!(outcome.status, expect, "{name:?} {closed}: {outcome}");
        }
    }
    // Nothing was printed into the journal.
    assert_eq!(onward.texts().len(), 2 + 7);
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn an_empty_environment() {
    let onward = Sandbox::new();
    let journal = onward.path("journal.db");
    let write = [
        "write".as_ref(),
        "One.".as_ref(),
        "--journal".as_ref(),
        journal.as_os_str(),
    ];
    let outcome = onward.call(write).with_empty_environment().run();
    assert_eq!(outcome.status, 0, "{outcome}");
    let list = ["list".as_ref(), "--journal".as_ref(), journal.as_os_str()];
    let outcome = onward.call(list).with_empty_environment().run();
    assert!(outcome.stdout.ends_with("One.\n"), "{outcome}");
}

#[test]
fn homes_that_are_none() {
    let onward = Sandbox::new();
    // Without HOME the system's own list of users says where it is: nothing is written there.
    for home in ["", "relative"] {
        let outcome = onward.call(["list"]).env("HOME", home).run();
        assert!([1, 3].contains(&outcome.status), "{outcome}");
    }
    assert!(!onward.home().join("relative").exists());
    // A home that is not there yet is made; its journal is private.
    let outcome = onward
        .call(["write", "One."])
        .env("HOME", onward.path("new"))
        .run();
    assert_eq!(outcome.status, 0, "{outcome}");
    assert!(onward.path("new").is_dir());
}

#[test]
fn a_home_that_may_not_be_written_to() {
    const NAME: &str = "a_home_that_may_not_be_written_to";
    let onward = Sandbox::new();
    let is_root = am_root();
    let nobody = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
    ];
    if is_root && !have(nobody[0], NAME) {
        return;
    }
    let script = "chmod 755 \"$HOME/..\" && chmod 555 \"$HOME\" \"$TMPDIR\" && exec \"$@\"";
    let as_nobody = |arguments: &[&str]| {
        let call = onward.call(arguments);
        if is_root {
            let shell = ["/bin/sh", "-c", script, "sh"];
            call.through(shell.into_iter().chain(nobody)).run()
        } else {
            call.shell(script).run()
        }
    };
    // Who cannot reach the program cannot run it.
    let outcome = as_nobody(&["--version"]);
    if outcome.status == 126 || outcome.status == 127 {
        wanting(AS_SOMEBODY_ELSE, NAME);
        return;
    }
    insta::assert_snapshot!(as_nobody(&[]), @"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.local/share/onward cannot be written to
    hint: check who owns the file and its folder, and their modes
    ");
    let write = as_nobody(&["write", "Called Aunt."]);
    assert_eq!(
        (write.status, write.stdout.as_str()),
        (1, "Called Aunt.\n"),
        "{write}"
    );
    insta::assert_snapshot!(write, @"
    exit: 1
    ----- stdout -----
    Called Aunt.
    ----- stderr -----
    error: your page is not saved yet
    caused by: <sandbox>/home/.local/share/onward cannot be written to
    hint: nothing could be written anywhere, so your text is printed above; copy it
    ");
    let list = as_nobody(&["list"]);
    assert_eq!(list.status, 3, "{list}");
}

#[test]
fn standard_folders() {
    let onward = Sandbox::new();
    if cfg!(target_os = "macos") {
        return;
    }
    let data = onward.path("data");
    onward
        .call(["write", "One."])
        .env("XDG_DATA_HOME", &data)
        .run();
    assert!(data.join("onward/journal.db").exists());
    // The specification: a relative path is ignored.
    for name in [
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "XDG_CACHE_HOME",
        "XDG_RUNTIME_DIR",
    ] {
        onward
            .call(["write", "Two.", "-q"])
            .env(name, "relative")
            .run()
            .said(0, "");
        assert!(!onward.home().join("relative").exists(), "{name}");
    }
    assert_eq!(onward.texts().len(), 5);
}

#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_is_gone() {
    let onward = Sandbox::new();
    let gone = onward.path("gone");
    std::fs::create_dir(&gone).expect("made");
    let remove = "rmdir \"$PWD\" && exec \"$@\"";
    for arguments in [
        &[][..],
        &["write", "x", "-q"],
        &["list"],
        &["show"],
        &["tips"],
    ] {
        std::fs::create_dir_all(&gone).expect("made");
        let outcome = onward.call(arguments).folder(&gone).shell(remove).run();
        assert_eq!(outcome.status, 0, "{arguments:?}: {outcome}");
    }
    std::fs::create_dir_all(&gone).expect("made");
    let outcome = onward
        .call(["write", "Kept?", "--journal", "j.db"])
        .folder(&gone)
        .shell(remove)
        .run();
    assert_eq!(outcome.status, 1, "{outcome}");
    assert!(!outcome.stderr.contains("panicked"), "{outcome}");
    let place = match crate::sealed::on() {
        true => "kept in /dev/shm/onward-test-",
        false => "kept in <sandbox>/tmp/onward-kept-",
    };
    assert!(outcome.stderr.contains(place), "{outcome}");
}

#[test]
fn the_language_of_the_system_changes_nothing() {
    let onward = some_pages();
    for arguments in [
        &[][..],
        &["list"],
        &["show"],
        &["tips", "1"],
        &["show", "99"],
        &["list", "--tag", "WROTE"],
        &["list", "--json"],
    ] {
        let plain = onward.run(arguments).to_string();
        for (name, value) in [
            ("LANG", "C"),
            ("LC_ALL", "tr_TR.UTF-8"),
            ("LC_ALL", "ar_EG.UTF-8"),
            ("LC_ALL", "nonsense"),
            ("LANGUAGE", "de"),
        ] {
            let outcome = onward.call(arguments).env(name, value).run();
            assert_eq!(outcome.to_string(), plain, "{name}={value} {arguments:?}");
        }
    }
}

#[test]
fn zones_that_are_none() {
    let onward = Sandbox::new();
    for zone in [
        "Garbage",
        "",
        ":",
        "/etc/passwd",
        "Europe/Nowhere",
        "../../etc",
        "UTC0UTC0UTC0",
    ] {
        let outcome = onward.call(["write", "x", "--json"]).env("TZ", zone).run();
        assert_eq!(outcome.status, 0, "{zone:?}: {outcome}");
        assert_eq!(
            outcome.json()["entry"]["written_at"],
            crate::sandbox::NOW,
            "{zone:?}"
        );
        let outcome = onward
            .call(["list"])
            .env("TZ", zone)
            .without("ONWARD_NOW")
            .run();
        assert_eq!(outcome.status, 0, "{zone:?}: {outcome}");
    }
}

#[test]
fn widths_that_are_none() {
    let onward = some_pages();
    let usual = onward.ok([""; 0]).stdout;
    for columns in ["0", "", "wide", "-3", "99999999999999999999999"] {
        assert_eq!(
            onward.call([""; 0]).env("COLUMNS", columns).run().stdout,
            usual,
            "{columns}"
        );
    }
    // Prose does not grow with the terminal.
    let wide = onward.call([""; 0]).env("COLUMNS", "9999").run().stdout;
    assert!(
        wide.lines().all(|line| line.chars().count() <= 80),
        "{wide}"
    );
    for columns in ["1", "2", "19"] {
        for arguments in [&[][..], &["list"], &["tips"], &["tips", "2"], &["show"]] {
            let outcome = onward.call(arguments).env("COLUMNS", columns).run();
            assert_eq!(outcome.status, 0, "{outcome}");
        }
    }
}

#[test]
fn color_only_where_it_is_wanted() {
    let onward = some_pages();
    let colored = |arguments: &[&str], name: &str, value: &str| {
        onward
            .call(arguments)
            .env(name, value)
            .run()
            .stdout
            .contains('\x1b')
    };
    for command in READING {
        let colored =
            |flags: &[&str], name, value| colored(&[command, flags].concat(), name, value);
        let plain = !colored(&[], "TERM", "xterm");
        assert!(plain, "a pipe is plain: {command:?}");
        let always = colored(&["--color", "always"], "NO_COLOR", "1");
        assert!(always, "{command:?}");
        let never = !colored(&["--color", "never"], "TERM", "xterm");
        assert!(never, "{command:?}");
        let json = !colored(&["--color", "always", "--json"], "TERM", "xterm");
        assert!(json, "{command:?}");
    }
    let error = onward.run(["show", "99", "--color", "always"]);
    assert_eq!(
        error.stderr,
        "\x1b[1m\x1b[31merror:\x1b[0m there is no entry #99\n\x1b[36mhint:\x1b[0m see onward list\n"
    );
}

#[test]
fn color_in_a_terminal() {
    let onward = some_pages();
    let screen = |arguments: &[&str], name: &str, value: &str| {
        let screen = onward
            .call(arguments)
            .env(name, value)
            .in_terminal(80)
            .end(&onward);
        assert_eq!(screen.status, 0, "{screen}");
        screen
    };
    assert!(
        screen(&[], "TERM", "xterm")
            .raw
            .contains("\x1b[1mSunday 22 November 2026\x1b[0m")
    );
    for (arguments, name, value) in [
        (&[][..], "NO_COLOR", "1"),
        (&[], "TERM", "dumb"),
        (&["--color", "never"], "TERM", "xterm"),
        (&["--json"], "TERM", "xterm"),
    ] {
        assert!(
            !screen(arguments, name, value).raw.contains('\x1b'),
            "{arguments:?} {name}"
        );
    }
    // An empty NO_COLOR says nothing.
    assert!(screen(&[], "NO_COLOR", "").raw.contains('\x1b'));
    // Only the 16 basic colours and plain attributes.
    for arguments in [
        &[][..],
        &["list"],
        &["show"],
        &["tips"],
        &["tips", "1"],
        &["today"],
    ] {
        let raw = screen(arguments, "TERM", "xterm").raw;
        for code in raw
            .split("\x1b[")
            .skip(1)
            .map(|rest| rest.split('m').next().expect("one"))
        {
            let basic = ["0", "1", "2", "31", "32", "36"].contains(&code);
            assert!(basic, "{arguments:?}: {code:?}");
        }
    }
}

#[test]
fn the_page_takes_the_width_of_the_terminal() {
    let onward = some_pages();
    for columns in [40, 80, 200] {
        let screen = onward
            .call(["--color", "never"])
            .in_terminal(columns)
            .end(&onward);
        let piped = onward
            .call([""; 0])
            .env("COLUMNS", columns.to_string())
            .run();
        assert_eq!(screen.text, piped.stdout);
    }
}

#[test]
fn the_daily_page_never_asks() {
    let onward = some_pages();
    // With a draft waiting, too.
    let draft = onward.drafts().join("draft-x");
    crate::sandbox::write(&draft.join("page.md"), "Half a page");
    let screen = onward.call([""; 0]).in_terminal(80).end(&onward);
    assert_eq!(screen.status, 0, "{screen}");
    assert!(
        !screen.text.contains('?') || !screen.text.contains("draft"),
        "{screen}"
    );
}

#[test]
fn nothing_is_written_outside_its_own_folders() {
    let onward = some_pages();
    onward.ok([""; 0]);
    onward.ok(["tips"]);
    let found = |folder: &Path| -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("there")
            .map(|entry| {
                entry
                    .expect("readable")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    };
    assert_eq!(found(&onward.path("tmp")), [""; 0]);
    if cfg!(target_os = "linux") {
        assert_eq!(found(&onward.home()), [".local"]);
    }
    assert_eq!(
        found(onward.journal().parent().expect("a folder")),
        ["journal.db"]
    );
}
