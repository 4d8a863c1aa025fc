//! Files that are not what they were: a log that is cut off, gone or another's, and bits
//! that have turned.

use std::fs;

use super::aftermath::{now, page, seed, sound, texts, today};
use super::strace::onward;
use crate::sandbox::{Ran, Sandbox};
use crate::tools::say;

/// A journal of three pages and a log with more, as a crash leaves them.
fn with_a_log(pages: i64) -> (Vec<u8>, Vec<u8>) {
    let sandbox = Sandbox::with(&[("journal.db", &seed(3))]);
    let mut journal = crate::sealed::open(&sandbox.journal(), now()).expect("opened");
    for number in 4..4 + pages {
        let text = format!("page {number}");
        journal.write(page(&text), today(), now()).expect("saved");
    }
    (
        fs::read(sandbox.journal()).expect("readable"),
        fs::read(sandbox.data().join("journal.db-wal")).expect("readable"),
    )
}

/// Runs the program where it must not hang: it is stopped after a time far beyond any that
/// it needs.
fn run(sandbox: &Sandbox, args: &[&str]) -> Ran {
    let mut all = vec!["-s", "KILL", "20", onward()];
    all.extend(args);
    Ran::of(sandbox.program("timeout", &all), None)
}

/// What people do with a journal; none may panic or hang.
const EVERYDAY: [&[&str]; 5] = [
    &["list"],
    &["show", "1", "2", "17", "last"],
    &["tips", "1"],
    &[],
    &["write", "still here"],
];

#[track_caller]
fn everything_ends_well(sandbox: &Sandbox, what: &str) -> usize {
    let mut refused = 0;
    for args in EVERYDAY {
        let ran = run(sandbox, args);
        ran.ended_well(&format!("{what}: {args:?}"));
        refused += usize::from(ran.code == Some(1));
    }
    refused
}

#[test]
fn a_log_that_is_cut_off() {
    let (file, log) = with_a_log(10);
    let mut seen = 3;
    let (mut points, mut lengths) = (0, Vec::new());
    // Within the head, around every frame, and somewhere in between.
    let frame = 24 + 4096;
    lengths.extend([0, 1, 16, 31, 32, 33]);
    for start in (32..=log.len()).step_by(frame) {
        lengths.extend([
            start,
            start + 1,
            start + 24,
            start + 2_000,
            start + frame - 1,
        ]);
    }
    lengths.retain(|length| *length <= log.len());
    lengths.push(log.len());
    lengths.sort_unstable();
    lengths.dedup();
    for length in lengths {
        let sandbox =
            Sandbox::with(&[("journal.db", &file), ("journal.db-wal", &log[..length])]);
        let found = texts(&sandbox.journal()).expect("sound");
        let prefix: Vec<_> = (1..=found.len()).map(|n| format!("page {n}")).collect();
        assert_eq!(found, prefix, "cut to {length}");
        assert!(found.len() >= seen, "cut to {length}");
        seen = found.len();
        points += 1;
        let mut journal = crate::sealed::open(&sandbox.journal(), now()).expect("opened");
        journal.write(page("next"), today(), now()).expect("saved");
        drop(journal);
        sound(&sandbox.journal()).expect("sound");
    }
    assert_eq!(seen, 13, "the whole log holds every page");
    say(&format!(
        "a log cut off at {points} places: always what was committed by then"
    ));
}

#[test]
fn a_log_that_is_gone() {
    let (file, _) = with_a_log(5);
    let sandbox = Sandbox::with(&[("journal.db", &file)]);
    assert_eq!(everything_ends_well(&sandbox, "without its log"), 0);
    let found = texts(&sandbox.journal()).expect("sound");
    assert_eq!(found, ["page 1", "page 2", "page 3", "still here"]);
}

#[test]
fn a_log_that_is_anothers() {
    let (_, log) = with_a_log(5);
    let (file, _) = with_a_log(20);
    let long = seed(40);
    for (what, file) in [("a like journal", &file), ("a longer journal", &long)] {
        let sandbox = Sandbox::with(&[("journal.db", file), ("journal.db-wal", &log)]);
        everything_ends_well(&sandbox, what);
    }
    for noise in [vec![0; 10_000], vec![0xff; 10_000], b"not a log".to_vec()] {
        let sandbox = Sandbox::with(&[("journal.db", &long), ("journal.db-wal", &noise)]);
        assert_eq!(everything_ends_well(&sandbox, "noise for a log"), 0);
        assert_eq!(texts(&sandbox.journal()).expect("sound").len(), 41);
    }
}

/// Wherever it is in an encrypted journal: the doctor reports it, and what is shown is what was
/// written or nothing.
#[cfg(feature = "encryption")]
#[test]
fn a_bit_that_has_turned_in_an_encrypted_journal() {
    use std::os::unix::fs::PermissionsExt;

    use onward::journal::Journal;

    use crate::sandbox::PROGRAM;

    const FLIPS: usize = 300;
    const TYPED: &str = "under the bridge";
    let made = Sandbox::in_memory();
    let key = crate::sealed::passphrase(TYPED);
    let mut journal = Journal::create_encrypted(&made.journal(), now(), &key).expect("made");
    let written: Vec<String> = (1..=50)
        .map(|number| format!("page {number}. {}", "The river was high. ".repeat(number)))
        .collect();
    for text in &written {
        journal.write(page(text), today(), now()).expect("saved");
    }
    drop(journal);
    let whole = fs::read(made.journal()).expect("readable");
    let run = |sandbox: &Sandbox, args: &[&str]| {
        fs::write(sandbox.home().join("typed"), TYPED).expect("written");
        let mut command = sandbox.program("sh", &["-c", "exec \"$@\" 9<typed", "sh"]);
        command
            .args([
                "timeout",
                "-s",
                "KILL",
                "20",
                PROGRAM,
                "--passphrase-fd",
                "9",
            ])
            .args(args)
            .env("ONWARD_TRIAL_KEYS", "1")
            .env_remove("ONWARD_TRIAL_ENCRYPTED")
            .env_remove("ONWARD_PASSPHRASE_COMMAND");
        Ran::of(command, None)
    };
    // Nothing else is to be reported of it.
    let with = |bytes: &[u8]| {
        let sandbox = Sandbox::with(&[("journal.db", bytes)]);
        for (path, mode) in [(sandbox.data(), 0o700), (sandbox.journal(), 0o600)] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
        }
        sandbox
    };
    let sandbox = with(&whole);
    let told = run(&sandbox, &["doctor"]);
    assert_eq!(told.code, Some(0), "it is whole: {told:?}");
    assert_eq!(shown(&run(&sandbox, &LIST)), written);

    let (mut unopened, mut partly, mut entirely) = (0, 0, 0);
    let mut state: u64 = 0x0123_4567_89ab_cdef;
    for turn in 0..FLIPS {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let random = usize::try_from(state >> 33).expect("small");
        // In turn over all pages, so that none is left out.
        let pages = whole.len() / 4096;
        let at = turn % pages * 4096 + random / 8 % 4096;
        let mut turned = whole.clone();
        turned[at] ^= 1 << (random % 8);
        let what = format!("bit {} of byte {at}", random % 8);
        let sandbox = with(&turned);
        let told = run(&sandbox, &["doctor"]);
        assert_eq!(told.code, Some(1), "{what}: {told:?}");
        assert!(
            !told.stdout.contains("The file holds together"),
            "{what}: {told:?}"
        );
        assert!(!told.stderr.contains("panicked"), "{what}: {told:?}");
        let list = run(&sandbox, &LIST);
        assert!(
            [Some(0), Some(1), Some(4)].contains(&list.code),
            "{what}: {list:?}"
        );
        assert!(!list.stderr.contains("panicked"), "{what}: {list:?}");
        let found = shown(&list);
        assert!(
            found.iter().all(|text| written.contains(text)),
            "{what} was shown"
        );
        if list.code == Some(4) {
            unopened += 1;
        } else if found.len() < written.len() {
            partly += 1;
        } else {
            entirely += 1;
        }
    }
    say(&format!(
        "{FLIPS} bits turned in an encrypted journal, one at a time: {FLIPS} reported; afterwards \
         {unopened} did not open, {partly} showed some texts or none, {entirely} all; none a wrong \
         one"
    ));
}

#[cfg(feature = "encryption")]
const LIST: [&str; 5] = ["export", "--to", "jsonl", "-o", "-"];

/// The texts in what was exported, which may break off.
#[cfg(feature = "encryption")]
fn shown(ran: &Ran) -> Vec<String> {
    let entry = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(line["entry"]["text"].as_str()?.to_owned())
    };
    ran.stdout.lines().filter_map(entry).collect()
}

#[test]
fn bits_that_have_turned() {
    const FLIPS: usize = 300;
    let journal = seed(50);
    // Always the same bits: Knuth's multiplier, the high half.
    let mut state: u64 = 0x0123_4567_89ab_cdef;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("small") % below
    };
    let flips: Vec<(usize, u32)> = (0..FLIPS)
        .map(|_| {
            (
                random(journal.len()),
                u32::try_from(random(8)).expect("small"),
            )
        })
        .collect();
    let refused: usize = std::thread::scope(|scope| {
        let journal = &journal;
        let workers: Vec<_> = flips
            .chunks(FLIPS.div_ceil(2))
            .map(|flips| {
                scope.spawn(move || {
                    let mut refused = 0;
                    for &(at, bit) in flips {
                        let mut damaged = journal.clone();
                        damaged[at] ^= 1 << bit;
                        let sandbox = Sandbox::with(&[("journal.db", &damaged)]);
                        let what = format!("bit {bit} of byte {at} turned");
                        refused += everything_ends_well(&sandbox, &what);
                    }
                    refused
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("ended"))
            .sum()
    });
    say(&format!(
        "{FLIPS} bits turned, one at a time: {} commands, {refused} refused with a sentence, no \
         panic, no hang",
        FLIPS * EVERYDAY.len()
    ));
}
