//! How it behaves towards the shell: streams, exit statuses, the environment, help.

use std::path::Path;

use crate::sandbox::{Sandbox, command};

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

#[test]
fn help_of_every_command() {
    let onward = Sandbox::new();
    // What is the same for all stands in the help above; so do the filters, in that of `list`.
    let of = |name: &str| {
        let help = onward.ok([name, "-h"]).stdout;
        let (own, global) = help
            .split_once("\nGlobal options:\n")
            .expect("global options");
        let all = onward.ok(["-h"]).stdout;
        assert!(all.contains(global.trim_end()), "{name}: {help}");
        match own.split_once("\nFilters:\n") {
            Some((own, filters)) if name != "list" => {
                let list = onward.ok(["list", "-h"]).stdout;
                // `--to` is the form of an export; the last day has another name there.
                let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                let filters = words(filters).replace("--until <DAY>", "--to <DAY>");
                assert!(words(&list).contains(&filters), "{name}: {help}");
                format!("{own}\nFilters: …\n")
            }
            _ => own.to_owned(),
        }
    };
    insta::assert_snapshot!(of("today"), @"
    Show today's prompt, or change it

    Usage: onward today [OPTIONS]

    Options:
          --skip     Offer the next tip instead; this one comes back later
          --tip <N>  Take this tip for today: its number, its slug, or deck/number
      -h, --help     Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("write"), @r#"
    Write a page

    Usage: onward write [OPTIONS] [TEXT]...

    Arguments:
      [TEXT]...  The text; put -- before text that begins with a hyphen

    Options:
          --on <DAY>       Write for this day (2026-11-20, yesterday, "last friday",
                           "3 days ago", "nov 3")
          --at <TIME>      Date the page to this time of its day (21:15, 9pm)
          --tip <N>        Reflect on this tip instead of the day's: its number, its
                           slug, or deck/number; may be repeated
          --week           Answer the question of the week instead of the day's
          --free           Reflect on no tip
          --mood <1-5>     How you feel, from 1 (low) to 5 (good)
          --tag <TAG>      Add a tag besides the #words in the text; may be repeated
          --star           Star the page
          --resume         Take up the draft that was not saved
          --discard-draft  Throw away the draft that was not saved
      -h, --help           Print help (see more with '--help')
    "#);
    insta::assert_snapshot!(of("show"), @"
    Show entries whole; today's unless asked

    Usage: onward show [OPTIONS] [ENTRY]...

    Arguments:
      [ENTRY]...  A number (42), `last`, a day (2026-11-20, yesterday, last friday),
                  or the first 8 or more characters of an id

    Options:
          --random  Show a page picked at random
          --raw     Print only the text, byte for byte; control characters in it act
                    on the terminal
      -h, --help    Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("import"), @"
    Bring in the journal you have

    Usage: onward import [OPTIONS] <FILE>...

    Arguments:
      <FILE>...  Files and folders

    Options:
          --from <FORMAT>           What the files are, where that is not told
                                    rightly [possible values: onward, dayone, jrnl,
                                    json, json-lines, csv, markdown, tui-journal,
                                    text]
      -n, --dry-run                 Only say what would be brought in
          --tag <TAG>               Give every entry this tag; may be repeated
          --tip <N>                 Count every entry for this tip (number or slug);
                                    may be repeated
          --zone <ZONE>             The time zone of times that name none:
                                    Europe/Berlin, UTC or +02:00
          --date-from <PATTERN>     How dates are written, where the file does not
                                    make that clear: %d.%m.%Y %H:%M
      -i, --identity <FILE>         Open files that are encrypted with age for a key
                                    with the secret key in this file; may be
                                    repeated
          --file-passphrase-fd <N>  Read what opens encrypted files from this file
                                    descriptor
      -h, --help                    Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("list"), @"
    List entries, the newest first, one line each

    Usage: onward list [OPTIONS]

    Options:
      -n <N>        Show at most N entries [default: 20]
          --all     Show every entry
          --count   Answer with the number of entries alone
          --oldest  List the oldest first
      -h, --help    Print help (see more with '--help')

    Filters:
          --from <DAY>     Only entries of this day or later
          --to <DAY>       Only entries of this day or earlier
          --on <DAY>       Only entries of this day
          --tip <N>        Only reflections on this tip: its number, its slug, or
                           deck/number
          --tag <TAG>      Only entries with this tag
          --not-tag <TAG>  Only entries without this tag
          --mood <MOOD>    Only entries with this mood: 4, or from low to high: 1..3
          --kind <KIND>    Entries of this kind instead of pages: page, letter,
                           reason, urge or contact
          --starred        Only starred entries
          --free           Only entries that reflect on no tip
    ");
    insta::assert_snapshot!(of("search"), @"
    Find entries by their words, the newest first

    Usage: onward search [OPTIONS] <WORDS>...

    Arguments:
      [WORDS]...  The words; put -- before words that begin with a hyphen

    Options:
      -n <N>       Show at most N entries [default: 20]
          --all    Show every entry
          --count  Answer with the number of entries alone
          --best   Show the best matches first
      -h, --help   Print help (see more with '--help')

    Filters: …
    ");
    insta::assert_snapshot!(of("tips"), @"
    Show which tips have been reflected on, or one tip whole

    Usage: onward tips [OPTIONS] [N]

    Arguments:
      [N]  A tip's number or slug, or deck/number, or week/number for a question of
           the week: its text, its questions and every reflection on it

    Options:
          --deck <SLUG>  Only the tips of this deck
      -h, --help         Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("edit"), @"
    Change an entry, in your editor or just the fields named

    Usage: onward edit [OPTIONS] <ENTRY>...

    Arguments:
      <ENTRY>...  A number (42), `last`, a day with one entry, or the first 8 or
                  more characters of an id

    Options:
          --text <TEXT>  Replace the text; - reads it from standard input
          --mood <1-5>   How you felt, from 1 (low) to 5 (good), or `none`
          --star         Star it
          --unstar       Take the star away
          --tip <N>      Count it for this tip (number or slug) instead; may be
                         repeated
          --free         Count it for no tip
          --tag <TAG>    Add a tag; may be repeated
          --untag <TAG>  Take a tag away; may be repeated
          --on <DAY>     Move it to this day
          --at <TIME>    Date it to this time of its day (21:15, 9pm)
      -h, --help         Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("delete"), @"
    Put entries into the trash

    Usage: onward delete [OPTIONS] <ENTRY>...

    Arguments:
      <ENTRY>...  A number (42), `last`, a day (all its entries), or the first 8 or
                  more characters of an id

    Options:
      -y, --yes   Do not ask
      -h, --help  Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("restore"), @"
    Take entries out of the trash

    Usage: onward restore [OPTIONS] <ENTRY>...

    Arguments:
      <ENTRY>...  A number (42), `last` (the one deleted last), a day, or the first
                  8 or more characters of an id

    Options:
      -h, --help  Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("trash"), @"
    Show what is in the trash, or purge it for good

    Usage: onward trash [OPTIONS]

    Options:
          --purge             Remove what is in the trash for good, with its
                              history; asks twice
          --older-than <AGE>  Purge only what was deleted longer ago than this: 30d,
                              4w, 6m, 1y
      -y, --yes               Do not ask
      -h, --help              Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("history"), @"
    Show what an entry was before, and bring it back

    Usage: onward history [OPTIONS] <ENTRY>...

    Arguments:
      <ENTRY>...  A number (42), `last`, a day with one entry, or the first 8 or
                  more characters of an id

    Options:
          --bring-back <N>  Bring back the state with this number in the history
      -h, --help            Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("undo"), @"
    Take the last change back; again, the one before

    Usage: onward undo [OPTIONS]

    Options:
      -h, --help  Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("redo"), @"
    Do again what was undone

    Usage: onward redo [OPTIONS]

    Options:
      -h, --help  Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("review"), @"
    Look back on a week, a month or any other time

    Usage: onward review [OPTIONS] [PERIOD]...

    Arguments:
      [PERIOD]...  `week` (unless asked otherwise), `month`, `year`, `last week`,
                   `last 30 days`, a day, 2026-11, 2026, or from one to another:
                   2026-11-01..yesterday, `nov 3..`

    Options:
      -h, --help  Print help (see more with '--help')

    Filters: …
    ");
    insta::assert_snapshot!(of("export"), @"
    Take your entries out, in a form that other programs read

    Usage: onward export [OPTIONS] --to <FORMAT>

    Options:
          --to <FORMAT>            The form to write [possible values: jsonl, json,
                                   markdown, csv, text, dayone, html]
      -o, --output <PATH>          The file, or for markdown the new folder; - is
                                   standard output. Without it, a file named
                                   onward-DATE in the present folder
          --force                  Replace the file that is there
          --encrypt                Encrypt the file with a passphrase, as the age
                                   tool does
          --recipient <KEY>        Encrypt the file for this public key of age
                                   (age1…) instead; may be repeated
          --new-passphrase-fd <N>  Read the new passphrase from this file descriptor
          --plain                  Leave the file readable for anyone, though the
                                   journal is encrypted
      -h, --help                   Print help (see more with '--help')

    Filters: …
    ");
    insta::assert_snapshot!(of("stats"), @"
    Show your journal in numbers

    Usage: onward stats [OPTIONS]

    Options:
          --year <YEAR>  Only this year
      -h, --help         Print help (see more with '--help')

    Filters: …
    ");
    insta::assert_snapshot!(of("encrypt"), @"
    Give the journal a passphrase

    Usage: onward encrypt [OPTIONS]

    Options:
          --remove-copies  Remove copies that lie beside the journal and backups in
                           the folder for them, which are not encrypted
      -h, --help           Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("decrypt"), @"
    Take the passphrase away again

    Usage: onward decrypt [OPTIONS]

    Options:
      -y, --yes   Do not ask
      -h, --help  Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("passphrase"), @"
    Change the passphrase, or print the recovery sheet

    Usage: onward passphrase [OPTIONS]

    Options:
          --recovery               Print what opens the journal when its passphrase
                                   is forgotten
          --new-passphrase-fd <N>  Read the new passphrase from this file descriptor
          --remove-copies          Remove copies that lie beside the journal and
                                   backups in the folder for them, which open with
                                   the old passphrase
      -h, --help                   Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("unlock"), @"
    Ask for the passphrase now, and not again for a while

    Usage: onward unlock [OPTIONS]

    Options:
          --for <TIME>  How long: 15m, 1h, 90s, 2h30m, at most 24h; 15m unless
                        auto_unlock in the configuration says otherwise
      -h, --help        Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("lock"), @"
    Lock an unlocked journal at once

    Usage: onward lock [OPTIONS]

    Options:
          --status  Only say whether the journal is unlocked, until when, and where
                    its key is
      -h, --help    Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("backup"), @"
    Make a copy of the journal, and check it

    Usage: onward backup [OPTIONS] [PATH]

    Arguments:
      [PATH]  A file, or a folder to put it in [default: the folder backups beside
              the journal]

    Options:
          --keep <N>  Then remove the oldest backups of this journal in that folder,
                      so that N are left
      -h, --help      Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("restore-backup"), @"
    Put a backup into the journal's place

    Usage: onward restore-backup [OPTIONS] <FILE>

    Arguments:
      <FILE>  The backup

    Options:
      -y, --yes   Do not ask
      -h, --help  Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("doctor"), @"
    Check the journal and everything around it

    Usage: onward doctor [OPTIONS]

    Options:
          --repair  Make anew what is derived: indexes, counts, tags from texts; no
                    text is touched
      -h, --help    Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("deck"), @"
    The decks that tips come from, and decks of your own

    Usage: onward deck [OPTIONS] [COMMAND]

    Commands:
      list   Show which decks there are, which are in use, and where they lie
      check  Say everything that is wrong with a deck, by line
      use    Draw from these decks from now on, and from no others
      new    Begin a deck of your own: a file that explains itself

    Options:
      -h, --help  Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("begin"), @"
    Three questions to be clear about before anything else

    Usage: onward begin [OPTIONS]

    Options:
          --answer <N=TEXT>  Answer a question without being asked: N=TEXT, with its
                             number or slug; may be repeated
          --show             Show the questions and your answers, and ask nothing
      -h, --help             Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("reason"), @"
    Write down why you are walking away, or read it again

    Usage: onward reason [OPTIONS] [TEXT]...

    Arguments:
      [TEXT]...  The reason; - reads it from standard input

    Options:
          --first  Put it on top of the others; with the number of a reason instead
                   of a text, that one
      -h, --help   Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("urge"), @r#"
    For the moment you want to get in touch

    Usage: onward urge [OPTIONS] [TEXT]...

    Arguments:
      [TEXT]...  What set it off; put -- before text that begins with a hyphen

    Options:
          --strength <1-10>  How strong it is, from 1 (faint) to 10 (hard to bear)
          --ended <HOW>      How it ended: passed, letter, practice, still or
                             contact
          --letter <TEXT>    Write this message here instead; it will not be sent
          --practice         Do the small practice of today's tip instead
          --note             Just note it
          --no-pause         Leave out the minute's pause
          --on <DAY>         The day it was (yesterday, "last friday", 2026-10-09)
          --at <TIME>        The time of that day (21:15, 9pm)
      -h, --help             Print help (see more with '--help')
    "#);
    insta::assert_snapshot!(of("letter"), @r#"
    Write a message that will not be sent

    Usage: onward letter [OPTIONS] [TEXT]...

    Arguments:
      [TEXT]...  The text; put -- before text that begins with a hyphen

    Options:
          --open-on <DAY>  Seal it until this day (2027-01-01, "in 3 months", "jan
                           3")
          --tag <TAG>      Add a tag besides the #words in the text; may be repeated
          --open <N>       Open a letter by its number; asks before it breaks a seal
      -y, --yes            Break the seal without asking
          --list           List the letters; of sealed ones only the number and the
                           day
      -h, --help           Print help (see more with '--help')
    "#);
    insta::assert_snapshot!(of("contact"), @"
    Count the days without contact, and see when urges come

    Usage: onward contact [OPTIONS] [COMMAND]

    Commands:
      since  Name the day of walking away
      log    Note a contact
      hide   Leave the line about contact out of the daily page
      show   Have it there again

    Options:
      -h, --help  Print help (see more with '--help')
    ");
    insta::assert_snapshot!(of("away"), @r#"
    Put entries out of sight without deleting them

    Usage: onward away [OPTIONS] [ENTRY]...

    Arguments:
      [ENTRY]...  A number (42), `last`, a day (all its pages), or the first 8 or
                  more characters of an id

    Options:
          --tag <TAG>    All with this tag
          --from <DAY>   All of this day or later
          --to <DAY>     All of this day or earlier
          --until <DAY>  Have them come back on this day (2027-01-01, "in 3 months",
                         "jan 3")
          --return       Bring them back; everything where nothing is named
          --list         Say how many are away and until when, not what
      -h, --help         Print help (see more with '--help')
    "#);
    let listed = onward.ok(["-h"]).stdout;
    let (_, listed) = listed.split_once("Commands:\n").expect("commands");
    let (listed, _) = listed.split_once("\n\n").expect("commands");
    let mut listed: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let mut commands = COMMANDS.to_vec();
    commands.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, commands, "a command without a test of its help");
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
#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
fn a_home_that_may_not_be_written_to() {
    let onward = Sandbox::new();
    let is_root = command("id").arg("-u").output().expect("runs").stdout == b"0\n";
    let nobody = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
    ];
    if is_root
        && !command(nobody[0])
            .args(&nobody[1..])
            .arg("true")
            .status()
            .is_ok_and(|s| s.success())
    {
        eprintln!(
            "not tested: root may write anywhere, and there is no setpriv to be somebody else"
        );
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
        eprintln!(
            "not tested: somebody else cannot run {}",
            env!("CARGO_BIN_EXE_onward")
        );
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
