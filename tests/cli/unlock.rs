//! `onward unlock` and `lock`: for how long, where, and what is asked for all the same.
//!
//! The keyring is the kernel's own. Every journal here has a name in it that no other has, and
//! is locked when its test ends. Nothing waits for a key to expire: what time-out the kernel got
//! is read back from it, and `strace` has it say that a key expired.

use std::fs;
use std::ops::{Deref, DerefMut};

use chrono::DateTime;
use onward::journal::{Key, Salt};
use onward::keyring;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::encrypt::{Alone, COMMAND, encrypted, plain, sandbox};
use crate::sandbox::{Call, Outcome, Sandbox};
use crate::tools::{have_strace, wanting};

/// An encrypted journal, which is locked in the end, however the test ends.
struct Encrypted(Sandbox);

impl Deref for Encrypted {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.0
    }
}

impl DerefMut for Encrypted {
    fn deref_mut(&mut self) -> &mut Sandbox {
        &mut self.0
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        // Whatever the configuration says by then.
        self.0.run(["lock", "-q", "--config", "/dev/null"]);
    }
}

impl Encrypted {
    /// With a page in it; its passphrase is `open`.
    fn new() -> Encrypted {
        Encrypted(encrypted())
    }

    /// Unlocks it with the passphrase.
    fn unlock(&self, arguments: &[&str]) -> Outcome {
        let call = self.call([&["unlock"], arguments].concat());
        call.env(COMMAND, "echo open").run()
    }

    /// Whether it opens without anybody's help.
    fn is_open(&self) -> bool {
        let outcome = self.call(["list"]).alone().run();
        match outcome.status {
            0 => outcome.stdout.contains("A page."),
            4 => false,
            _ => panic!("{outcome}"),
        }
    }

    /// What stands first in the file.
    fn salt(&self) -> Salt {
        let bytes = fs::read(self.journal()).expect("there");
        bytes[..16].try_into().expect("sixteen bytes")
    }

    fn status(&self) -> Outcome {
        self.ok(["lock", "--status"])
    }
}

/// Whether the kernel keeps no keys here.
fn keeps_none(test: &str) -> bool {
    let mut salt = Salt::default();
    getrandom::fill(&mut salt).expect("random bytes");
    let kept = keyring::keep(
        &Key::new(Zeroizing::new([1; 32]), salt),
        Default::default(),
        DateTime::UNIX_EPOCH,
    );
    let _ = keyring::forget(salt);
    kept.is_err_and(|error| !wanting(&format!("a kernel that keeps keys ({error})"), test))
}

trait Refused {
    /// With a kernel that answers these calls with this error.
    fn refused(self, calls: &str, error: &str) -> Self;
}

impl Refused for Call<'_> {
    fn refused(self, calls: &str, error: &str) -> Self {
        let trace = format!("trace={calls}");
        let inject = format!("inject={calls}:error={error}");
        self.through([
            "setsid",
            "-w",
            "strace",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            &trace,
            "-e",
            &inject,
        ])
    }
}

/// What is said but for texts in memory that other tests put there.
fn without_texts_in_memory(outcome: &Outcome) -> String {
    let text = outcome.to_string();
    let line = |line: &&str| !line.starts_with("A text that could not be saved lies in memory");
    text.split_inclusive('\n').filter(line).collect()
}

#[test]
fn a_while_without_the_passphrase() {
    if keeps_none("a_while_without_the_passphrase") {
        return;
    }
    let onward = Encrypted::new();
    insta::assert_snapshot!(onward.status(), @"
    exit: 0
    ----- stdout -----
    The journal is locked.
    ");
    let mut terminal = onward.call(["unlock"]).in_terminal(80);
    terminal.expect("Passphrase: ").keys("open\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 0
    ----- screen -----
    Passphrase: 
    The journal is unlocked until 21:45.
    ");
    insta::assert_snapshot!(onward.call(["list"]).alone().run(), @"
    exit: 0
    ----- stdout -----
    #1  Sun 22 Nov 2026  Tip 1  A page.
    ");
    let wrote = onward.call(["write", "Another."]).alone().run();
    assert_eq!(wrote.status, 0, "{wrote}");
    insta::assert_snapshot!(onward.status(), @"
    exit: 0
    ----- stdout -----
    The journal is unlocked until 21:45. Its key is in the kernel's keyring.
    ");
    insta::assert_snapshot!(onward.ok(["lock", "--status", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"lock":{"journal":"<sandbox>/home/.local/share/onward/journal.db","encrypted":true,"unlocked":true,"until":"2026-11-22T21:45:00+00:00","kept_in":"the kernel's keyring","cannot_be_kept":null}}
    "#);

    insta::assert_snapshot!(without_texts_in_memory(&onward.ok(["lock"])), @"
    exit: 0
    ----- stderr -----
    The journal is locked.
    ");
    insta::assert_snapshot!(onward.call(["list"]).alone().run(), @"
    exit: 4
    ----- stderr -----
    error: the journal <sandbox>/home/.local/share/onward/journal.db is locked: there is no terminal to ask for its passphrase
    hint: use a terminal, --passphrase-fd N, or ONWARD_PASSPHRASE_COMMAND
    ");
    insta::assert_snapshot!(without_texts_in_memory(&onward.ok(["lock"])), @"
    exit: 0
    ----- stderr -----
    The journal was locked already.
    ");
    insta::assert_snapshot!(onward.status(), @"
    exit: 0
    ----- stdout -----
    The journal is locked.
    ");
}

#[test]
fn json() {
    if keeps_none("json") {
        return;
    }
    let onward = Encrypted::new();
    insta::assert_snapshot!(onward.unlock(&["--json", "-q", "--for", "24h"]), @r#"
    exit: 0
    ----- stdout -----
    {"lock":{"journal":"<sandbox>/home/.local/share/onward/journal.db","encrypted":true,"unlocked":true,"until":"2026-11-23T21:30:00+00:00","kept_in":"the kernel's keyring","cannot_be_kept":null}}
    "#);
    insta::assert_snapshot!(onward.ok(["lock", "--json", "-q"]), @r#"
    exit: 0
    ----- stdout -----
    {"lock":{"journal":"<sandbox>/home/.local/share/onward/journal.db","encrypted":true,"unlocked":false,"until":null,"kept_in":null,"cannot_be_kept":null}}
    "#);
    insta::assert_snapshot!(onward.ok(["lock", "--status", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"lock":{"journal":"<sandbox>/home/.local/share/onward/journal.db","encrypted":true,"unlocked":false,"until":null,"kept_in":null,"cannot_be_kept":null}}
    "#);
    assert_eq!(onward.unlock(&["-q"]).to_string(), "exit: 0\n");
    assert_eq!(onward.ok(["lock", "-q"]).to_string(), "exit: 0\n");
}

#[test]
fn for_so_long() {
    if keeps_none("for_so_long") {
        return;
    }
    let mut onward = Encrypted::new();
    let until = |onward: &Encrypted, arguments: &[&str]| {
        let outcome = onward.unlock(arguments);
        assert_eq!(outcome.status, 0, "{outcome}");
        let said = outcome.stderr.trim_end().to_owned();
        // It is asked of the kernel.
        let status = onward.status().stdout;
        assert!(status.starts_with(&said), "{status}");
        said
    };
    for (time, expect) in [
        ("90s", "21:31:30"),
        ("2h", "23:30"),
        ("2h30m", "00:00 on Monday"),
        ("24 hours", "21:30 on Monday"),
    ] {
        assert_eq!(
            until(&onward, &["--for", time]),
            format!("The journal is unlocked until {expect}.")
        );
    }
    // Unlocked once more, the time begins anew; reading and writing does not do that.
    onward.now("2026-11-22T21:40:00+00:00");
    assert!(onward.is_open());
    assert!(onward.status().stdout.contains("until 21:30 on Monday"));
    assert_eq!(until(&onward, &[]), "The journal is unlocked until 21:55.");
    onward.now("2026-11-22T21:52:00+00:00");
    assert!(onward.status().stdout.contains("until 21:55:00."));
    onward.config("auto_unlock = \"1h\"\n");
    assert_eq!(until(&onward, &[]), "The journal is unlocked until 22:52.");

    insta::assert_snapshot!(onward.unlock(&["--for", "15"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value '15' for '--for <TIME>': write it as 15m, 1h, 90s or 2h30m

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.unlock(&["--for", "0m"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value '0m' for '--for <TIME>': that is no time at all

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(onward.unlock(&["--for", "25h"]), @"
    exit: 2
    ----- stderr -----
    error: invalid value '25h' for '--for <TIME>': 24h is the longest

    For more information, try '--help'.
    ");
    onward.config("auto_unlock = \"forever\"\n");
    insta::assert_snapshot!(onward.unlock(&[]), @r#"
    exit: 1
    ----- stderr -----
    error: <sandbox>/home/.config/onward/config.toml, line 1: auto_unlock must be a time from 1s to 24h, or off
    hint: write it as auto_unlock = "15m"
    "#);
}

/// What the kernel shows of the key of a journal: the time that is left, who may do what, and
/// how long it is. The name is the one that `docs/encryption.md` tells.
fn shown(salt: Salt) -> Vec<[String; 3]> {
    let hash = Sha256::new()
        .chain_update("onward kept key")
        .chain_update(salt)
        .finalize();
    let hex: String = hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let name = format!("onward:{hex}:");
    let keys = fs::read_to_string("/proc/keys").expect("readable");
    let of = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        // What is being done away with is flagged.
        let is_there = words.get(8) == Some(&name.as_str()) && !words[1].contains('i');
        is_there.then(|| [3, 4, 9].map(|at| words[at].to_owned()))
    };
    keys.lines().filter_map(of).collect()
}

#[test]
fn what_the_kernel_keeps() {
    if keeps_none("what_the_kernel_keeps") {
        return;
    }
    let onward = Encrypted::new();
    let salt = onward.salt();
    assert!(shown(salt).is_empty());
    // The kernel rounds hours down, so that it does not matter how long this takes. It is for
    // its user alone, however somebody else may have come by it.
    let hours = |left: &str| [[left, "003f0000", "40"].map(str::to_owned)];
    assert_eq!(onward.unlock(&["--for", "2h30m"]).status, 0);
    assert_eq!(shown(salt), hours("2h"));
    assert_eq!(onward.unlock(&["--for", "5h30m"]).status, 0);
    assert_eq!(shown(salt), hours("5h"), "in place of the other");
    // The time stays what it is while the journal is used.
    assert!(onward.is_open());
    let until = keyring::find(salt).expect("known").expect("kept").until;
    assert_eq!(until.to_rfc3339(), "2026-11-23T03:00:00+00:00");
    onward.ok(["lock"]);
    assert!(shown(salt).is_empty());
    assert!(
        !keyring::forget(salt).expect("known"),
        "there is nothing left"
    );
}

#[test]
fn a_key_of_a_program_that_is_not_done_is_one_key() {
    if keeps_none("a_key_of_a_program_that_is_not_done_is_one_key") {
        return;
    }
    let onward = Encrypted::new();
    let salt = onward.salt();
    let key = Key::new(Zeroizing::new([1; 32]), salt);
    let keep = |term: &str| {
        let term = term.parse().expect("a term");
        keyring::keep(&key, term, DateTime::UNIX_EPOCH).expect("kept")
    };
    keep("2h30m");
    assert_eq!(keep("5h30m").timestamp(), 5 * 3600 + 1800);
    assert_eq!(shown(salt)[0][0], "5h");
    assert_eq!(shown(salt).len(), 1);
    let kept = keyring::find(salt).expect("known").expect("kept");
    assert_eq!(kept.key.bytes(), key.bytes());
    // Another process puts another in its place.
    assert_eq!(onward.unlock(&["--for", "1h30m"]).status, 0);
    assert!(onward.is_open());
    let kept = keyring::find(salt).expect("known").expect("kept");
    assert_ne!(kept.key.bytes(), key.bytes());
    assert!(keyring::forget(salt).expect("forgotten"));
    assert!(!onward.is_open());
}

#[test]
fn a_wrong_passphrase_unlocks_nothing_and_locks_nothing() {
    if keeps_none("a_wrong_passphrase_unlocks_nothing_and_locks_nothing") {
        return;
    }
    let onward = Encrypted::new();
    let wrong = || onward.call(["unlock"]).env(COMMAND, "echo wrong").run();
    insta::assert_snapshot!(wrong(), @"
    exit: 4
    ----- stderr -----
    error: that does not open the journal <sandbox>/home/.local/share/onward/journal.db
    hint: mind capital letters and the keyboard's layout; if you are sure of it, the file may be damaged, or no journal
    ");
    assert!(!onward.is_open());
    assert_eq!(onward.unlock(&[]).status, 0);
    assert_eq!(wrong().status, 4);
    assert!(onward.is_open());
    // Nobody makes the time longer who does not know the passphrase.
    let again = onward.call(["unlock", "--for", "24h"]).alone().run();
    assert_eq!(again.status, 4, "{again}");
    let from_descriptor = onward
        .call(["unlock", "--for", "1h", "--passphrase-fd", "0"])
        .stdin("open\n")
        .run();
    assert_eq!(from_descriptor.status, 0, "{from_descriptor}");
    assert!(onward.status().stdout.contains("until 22:30."));
}

#[test]
fn a_passphrase_on_standard_input_never_becomes_text() {
    if keeps_none("a_passphrase_on_standard_input_never_becomes_text") {
        return;
    }
    let onward = Encrypted::new();
    assert_eq!(onward.unlock(&[]).status, 0);
    let say = |command: &str, input: &str| {
        let call = onward.call([command, "--passphrase-fd", "0"]);
        call.stdin(input).alone().run()
    };
    let wrote = say("write", "open\nThe text.\n");
    assert_eq!(wrote.status, 0, "{wrote}");
    assert_eq!(onward.texts(), ["The text.\n", "A page."]);
    // Who says one means it.
    assert_eq!(say("list", "wrong\n").status, 4);
}

#[test]
fn what_asks_all_the_same() {
    if keeps_none("what_asks_all_the_same") {
        return;
    }
    let onward = Encrypted::new();
    assert_eq!(onward.unlock(&[]).status, 0);
    fs::write(onward.path("new"), "new\n").expect("written");
    let script = format!("exec setsid -w \"$@\" 7<'{}'", onward.path("new").display());
    let change = ["passphrase", "--new-passphrase-fd", "7"];
    for asking in [
        &["passphrase", "--recovery"][..],
        &["decrypt", "--yes"],
        &change,
    ] {
        let outcome = onward.call(asking).shell(&script).run();
        assert_eq!(outcome.status, 4, "{asking:?}: {outcome}");
        assert_eq!(outcome.stdout, "");
    }
    assert!(onward.is_open(), "and it stays unlocked");

    let before = fs::read(onward.journal()).expect("there");
    let changed = onward.call(change).env(COMMAND, "echo open").shell(&script);
    insta::assert_snapshot!(changed.run(), @"
    exit: 0
    ----- stderr -----
    The passphrase is changed. A recovery sheet from before is worthless now; onward passphrase --recovery prints the new one.
    The journal was unlocked and is locked now.
    ");
    assert!(!onward.is_open());
    // The key of the file that was is forgotten as well.
    let after = fs::read(onward.journal()).expect("there");
    fs::write(onward.journal(), &before).expect("written");
    assert!(!onward.is_open());
    fs::write(onward.journal(), &after).expect("written");

    let new = |arguments: &[&str]| onward.call(arguments).env(COMMAND, "echo new").run();
    assert_eq!(new(&["unlock"]).status, 0);
    assert!(onward.is_open());
    insta::assert_snapshot!(new(&["decrypt", "--yes"]), @"
    exit: 0
    ----- stderr -----
    The journal is not encrypted any more.
    ");
    fs::write(onward.journal(), &after).expect("written");
    assert!(!onward.is_open());
}

#[test]
fn a_key_that_does_not_fit_is_asked_for() {
    if keeps_none("a_key_that_does_not_fit_is_asked_for") {
        return;
    }
    let onward = Encrypted::new();
    let salt = onward.salt();
    let wrong = Key::new(Zeroizing::new([7; 32]), salt);
    let keep = || keyring::keep(&wrong, Default::default(), DateTime::UNIX_EPOCH);
    keep().expect("kept");
    assert!(!onward.is_open());
    assert!(
        keyring::find(salt).expect("known").is_none(),
        "it is of no use to anybody"
    );
    keep().expect("kept");
    let asked = onward.call(["list"]).env(COMMAND, "echo open").run();
    assert!(asked.stdout.contains("A page."), "{asked}");
    keep().expect("kept");
    let wrong = onward.call(["list"]).env(COMMAND, "echo wrong").run();
    assert_eq!(wrong.status, 4, "{wrong}");

    // Another journal in its place is another's.
    assert_eq!(onward.unlock(&[]).status, 0);
    assert!(onward.is_open());
    let other = Encrypted::new();
    let before = fs::read(onward.journal()).expect("there");
    fs::copy(other.journal(), onward.journal()).expect("copied");
    assert!(!onward.is_open());
    fs::write(onward.journal(), before).expect("written");
    assert!(onward.is_open());
}

#[test]
fn a_prompt_that_is_remembered() {
    if keeps_none("a_prompt_that_is_remembered") {
        return;
    }
    let onward = Encrypted::new();
    onward.config("auto_unlock = \"20m\"\n");
    let typed = |arguments: &[&str]| {
        let mut terminal = onward.call(arguments).in_terminal(80);
        terminal.expect("Passphrase: ").keys("open\n");
        let screen = terminal.end(&onward);
        assert_eq!(screen.status, 0, "{screen}");
    };
    // What scripts say is not remembered, nor what is asked for all the same.
    let scripted = onward.call(["list"]).env(COMMAND, "echo open").run();
    assert_eq!(scripted.status, 0, "{scripted}");
    assert!(!onward.is_open());
    typed(&["passphrase", "--recovery"]);
    assert!(!onward.is_open());
    for arguments in [&["list"][..], &["write", "More."], &["doctor"], &["backup"]] {
        typed(arguments);
        let status = onward.status().stdout;
        assert!(status.contains("until 21:50."), "{arguments:?}: {status}");
        assert!(onward.is_open());
        onward.ok(["lock"]);
    }
    let mut terminal = onward.call(["list"]).in_terminal(80);
    for (key, said) in [("wrong\n", "2 tries left."), ("worse\n", "once more.")] {
        terminal.wait_for_echo(false).keys(key).expect(said);
    }
    terminal.wait_for_echo(false).keys("worst\n");
    assert_eq!(terminal.end(&onward).status, 4);
    assert!(!onward.is_open());
    // Whoever has said nothing of the sort is not remembered.
    onward.config("auto_unlock = \"off\"\n");
    typed(&["list"]);
    assert!(!onward.is_open());
}

#[test]
fn an_expired_key_is_asked_for() {
    const NAME: &str = "an_expired_key_is_asked_for";
    if keeps_none(NAME) || !have_strace(NAME) {
        return;
    }
    let onward = Encrypted::new();
    assert_eq!(onward.unlock(&[]).status, 0);
    for error in ["EKEYEXPIRED", "ENOKEY", "EKEYREVOKED"] {
        let list = onward.call(["list"]).refused("keyctl", error);
        assert_eq!(list.run().status, 4, "{error}");
        let status = onward.call(["lock", "--status"]).refused("keyctl", error);
        assert_eq!(status.run().stdout, "The journal is locked.\n", "{error}");
    }
    assert!(onward.is_open(), "it was all made up");
}

#[test]
fn where_no_key_is_kept() {
    if !have_strace("where_no_key_is_kept") {
        return;
    }
    let onward = Encrypted::new();
    let call = |arguments: &[&str], calls: &str, error: &str| {
        let call = onward.call(arguments).env(COMMAND, "echo open");
        call.refused(calls, error).run()
    };
    let unlock = |error| call(&["unlock"], "keyctl,add_key", error);
    insta::assert_snapshot!(unlock("ENOSYS"), @"
    exit: 1
    ----- stderr -----
    error: the journal cannot be kept unlocked: this kernel keeps no keys
    hint: type the passphrase for each command, or let ONWARD_PASSPHRASE_COMMAND print it
    ");
    insta::assert_snapshot!(unlock("EPERM"), @"
    exit: 1
    ----- stderr -----
    error: the journal cannot be kept unlocked: the kernel is not allowed to keep a key here, as in many containers
    hint: type the passphrase for each command, or let ONWARD_PASSPHRASE_COMMAND print it
    ");
    assert_eq!(unlock("EACCES").to_string(), unlock("EPERM").to_string());
    insta::assert_snapshot!(call(&["unlock"], "add_key", "EDQUOT"), @"
    exit: 1
    ----- stderr -----
    error: the journal cannot be kept unlocked: the kernel keeps as many keys for you as it may
    hint: type the passphrase for each command, or let ONWARD_PASSPHRASE_COMMAND print it
    ");
    insta::assert_snapshot!(call(&["unlock"], "add_key", "ENOMEM"), @"
    exit: 1
    ----- stderr -----
    error: the journal cannot be kept unlocked: the kernel has no memory left for a key
    hint: type the passphrase for each command, or let ONWARD_PASSPHRASE_COMMAND print it
    ");
    insta::assert_snapshot!(call(&["lock", "--status"], "keyctl", "ENOSYS"), @"
    exit: 0
    ----- stdout -----
    The journal is locked. It cannot be kept unlocked: this kernel keeps no keys.
    ");
    insta::assert_snapshot!(call(&["lock", "--status", "--json"], "keyctl", "EPERM"), @r#"
    exit: 0
    ----- stdout -----
    {"lock":{"journal":"<sandbox>/home/.local/share/onward/journal.db","encrypted":true,"unlocked":false,"until":null,"kept_in":null,"cannot_be_kept":"the kernel is not allowed to keep a key here, as in many containers"}}
    "#);
    insta::assert_snapshot!(without_texts_in_memory(&call(&["lock"], "keyctl", "EPERM")), @"
    exit: 0
    ----- stderr -----
    The journal is locked. It cannot be kept unlocked: the kernel is not allowed to keep a key here, as in many containers.
    ");

    // It is said before anybody types a passphrase.
    let unasked = onward.call(["unlock"]).refused("keyctl", "EPERM").run();
    assert_eq!(unasked.status, 1, "{unasked}");

    // Everything else goes on asking, and says why where it was to remember; once.
    let list = call(&["list"], "keyctl,add_key", "EPERM");
    assert_eq!((list.status, list.stderr.as_str()), (0, ""), "{list}");
    onward.config("auto_unlock = \"15m\"\n");
    let strace = [
        "strace",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=keyctl,add_key",
        "-e",
        "inject=keyctl,add_key:error=EPERM",
    ];
    let asked = || {
        let mut terminal = onward.call(["list"]).through(strace).in_terminal(80);
        terminal.expect("Passphrase: ").keys("open\n");
        terminal.end(&onward)
    };
    insta::assert_snapshot!(asked(), @"
    exit: 0
    ----- screen -----
    Passphrase: 
    The journal stays locked, and its passphrase is asked for each time: the kernel
    is not allowed to keep a key here, as in many containers.
    #1  Sun 22 Nov 2026  Tip 1  A page.
    ");
    insta::assert_snapshot!(asked(), @"
    exit: 0
    ----- screen -----
    Passphrase: 
    #1  Sun 22 Nov 2026  Tip 1  A page.
    ");
}

#[test]
fn the_daily_page_never_asks() {
    let onward = Encrypted::new();
    let page = || onward.call([""; 0]);
    insta::assert_snapshot!(page().in_terminal(80).end(&onward), @"
    exit: 4
    ----- screen -----
    The journal is locked. onward unlock opens it for a while; every other command
    asks.
    ");
    let said = page().env(COMMAND, "echo open").run();
    assert_eq!(said.status, 0, "{said}");
    if !keeps_none("the_daily_page_never_asks") {
        onward.unlock(&[]);
        let page = page().in_terminal(80).end(&onward);
        assert!(page.text.contains("A page."), "{page}");
    }
}

#[test]
fn what_cannot_be_locked() {
    let onward = sandbox();
    insta::assert_snapshot!(onward.run(["lock"]), @"
    exit: 3
    ----- stderr -----
    There is no journal yet at <sandbox>/home/.local/share/onward/journal.db.
    ");
    assert_eq!(
        onward.run(["unlock"]).to_string(),
        onward.run(["lock"]).to_string()
    );
    assert_eq!(
        onward.run(["lock", "--status"]).to_string(),
        onward.run(["lock"]).to_string()
    );
    let onward = plain();
    insta::assert_snapshot!(onward.run(["lock"]), @"
    exit: 2
    ----- stderr -----
    error: the journal is not encrypted
    hint: onward encrypt gives it a passphrase
    ");
    insta::assert_snapshot!(onward.run(["unlock"]), @"
    exit: 2
    ----- stderr -----
    error: the journal is not encrypted
    hint: onward encrypt gives it a passphrase
    ");
    insta::assert_snapshot!(onward.run(["lock", "--status"]), @"
    exit: 0
    ----- stdout -----
    The journal is not encrypted.
    ");
    insta::assert_snapshot!(onward.run(["lock", "--status", "--json"]), @r#"
    exit: 0
    ----- stdout -----
    {"lock":{"journal":"<sandbox>/home/.local/share/onward/journal.db","encrypted":false,"unlocked":false,"until":null,"kept_in":null,"cannot_be_kept":null}}
    "#);
    fs::write(onward.journal(), "Dear diary, this is no journal.").expect("written");
    for arguments in [&["lock"][..], &["unlock"], &["lock", "--status"]] {
        let outcome = onward.run(arguments);
        assert_eq!(outcome.status, 1, "{outcome}");
        assert!(outcome.stderr.contains("is not a journal"), "{outcome}");
    }
}

#[test]
fn a_text_that_only_memory_has_is_named_and_stays() {
    let onward = Encrypted::new();
    let failed = onward
        .call(["write"])
        .env(COMMAND, "echo wrong")
        .stdin("A secret page.\n")
        .run();
    assert_eq!(failed.status, 4, "{failed}");
    let (_, kept) = failed.stderr.split_once("is kept in ").expect("a place");
    let (kept, _) = kept.split_once(", in memory only").expect("a place");
    let said = onward.ok(["lock"]).stderr;
    let expect = format!(
        "A text that could not be saved lies in memory, where nothing locks it: {kept}. Save it \
         with onward write < that file, and then remove it."
    );
    assert!(said.lines().any(|line| line == expect), "{said}");
    assert_eq!(fs::read_to_string(kept).expect("there"), "A secret page.\n");
    fs::remove_file(kept).expect("removed");
}

#[test]
fn a_page_that_a_killed_program_left_in_memory_is_locked_away() {
    if keeps_none("a_page_that_a_killed_program_left_in_memory_is_locked_away") {
        return;
    }
    let mut onward = Encrypted::new();
    let memory = onward.with_memory();
    let pipe = onward.fifo("for-ever");
    let body = format!(
        "echo 'Half a page.' > \"$1\"; echo ready; read -r _ < '{}'",
        pipe.display()
    );
    let editor = onward.script("staying", &body);
    let in_memory = || fs::read_dir(&memory).expect("there").count();
    // Locked too late, and in time.
    for unlocked in [false, true] {
        onward.unlock(&["-q"]);
        let call = onward.call(["write", "--free"]).env("EDITOR", &editor);
        let mut terminal = call.in_terminal(80);
        terminal.expect("ready").signal("KILL");
        terminal.end(&onward);
        if !unlocked {
            keyring::forget(onward.salt()).expect("forgotten");
        }
        let said = onward.ok(["lock"]).stderr;
        let named = said.contains("A page lies in memory, where nothing locks it");
        assert_eq!(named, !unlocked, "{said}");
        assert_eq!(in_memory(), usize::from(!unlocked));
        onward.unlock(&["-q"]);
        onward.ok(["write", "--resume"]);
        assert_eq!(onward.texts()[0], "Half a page.");
        assert_eq!(in_memory(), 0);
    }
}
