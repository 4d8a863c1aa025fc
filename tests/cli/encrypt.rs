//! `onward encrypt`, `decrypt` and `passphrase`: what is asked, what is said, and where a
//! passphrase may come from.

use std::fs;
use std::io::Write;

use crate::sandbox::{Call, Sandbox};
use crate::sealed;

/// A sandbox where nobody says the passphrase but whoever is asked.
pub(crate) fn sandbox() -> Sandbox {
    let mut onward = Sandbox::new();
    for (name, _) in sealed::variables() {
        onward.unset(name);
    }
    onward.set("ONWARD_TRIAL_KEYS", "1");
    onward
}

/// With a page in it.
pub(crate) fn plain() -> Sandbox {
    let onward = sandbox();
    onward.ok(["write", "A page."]);
    onward
}

/// And encrypted.
pub(crate) fn encrypted() -> Sandbox {
    let onward = plain();
    let outcome = onward
        .call(["encrypt", "-q"])
        .env(COMMAND, "echo open")
        .run();
    assert_eq!(outcome.status, 0, "{outcome}");
    onward
}

/// Where a passphrase comes from when nobody types it.
pub(crate) const COMMAND: &str = "ONWARD_PASSPHRASE_COMMAND";

fn is_plain(onward: &Sandbox) -> bool {
    fs::read(onward.journal())
        .expect("there")
        .starts_with(b"SQLite format 3\0")
}

/// With no terminal anywhere, not even the one that the tests are run from.
pub(crate) trait Alone {
    fn alone(self) -> Self;
}

impl Alone for Call<'_> {
    fn alone(self) -> Self {
        self.through(["setsid", "-w"])
    }
}

#[test]
fn from_a_plain_journal_to_an_encrypted_one_and_back() {
    let onward = plain();
    let mut terminal = onward.call(["encrypt"]).in_terminal(80);
    terminal
        .expect("New passphrase: ")
        .keys("by the old mill\n")
        .expect("Once more: ")
        .keys("by the old mill\n")
        .expect("y or n: ")
        .keys("n\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 0
    ----- screen -----
    The journal will open with this passphrase only. Nobody can find it out for you,
    so choose one that you will not forget.
    New passphrase: 
    Once more: 
    The journal is encrypted.
    What no program can reach may still hold it as it was: backups elsewhere,
    snapshots, and places on the disk that are not yet used again.
    Show a recovery sheet now, for the day the passphrase is forgotten? y or n: n
    For a recovery sheet: onward passphrase --recovery
    ");
    assert!(!is_plain(&onward));
    assert_eq!(onward.leftovers(), [""; 0]);

    let mut terminal = onward.call(["list"]).in_terminal(80);
    terminal.expect("Passphrase: ").keys("by the old mill\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 0
    ----- screen -----
    Passphrase: 
    #1  Sun 22 Nov 2026  Tip 1  A page.
    ");

    let mut terminal = onward.call(["decrypt"]).in_terminal(80);
    terminal
        .expect("Passphrase: ")
        .keys("by the old mill\n")
        .expect("y or n: ")
        .keys("y\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 0
    ----- screen -----
    Passphrase: 
    Anyone who gets hold of the file can read it then. Decrypt the journal? y or n: y
    The journal is not encrypted any more.
    ");
    assert!(is_plain(&onward));
    assert_eq!(onward.texts(), ["A page."]);
}

#[test]
fn a_journal_that_is_encrypted_from_the_first() {
    let onward = sandbox();
    let outcome = onward.call(["encrypt"]).env(COMMAND, "echo open").run();
    insta::assert_snapshot!(outcome, @"
    exit: 0
    ----- stderr -----
    There is an encrypted journal now, with nothing in it yet.
    For a recovery sheet: onward passphrase --recovery
    ");
    assert!(!is_plain(&onward));
    let wrote = onward
        .call(["write", "A page."])
        .env(COMMAND, "echo open")
        .run();
    assert_eq!(wrote.status, 0, "{wrote}");
}

#[test]
fn three_tries() {
    let onward = encrypted();
    let mut terminal = onward.call(["list"]).in_terminal(80);
    terminal
        .expect("Passphrase: ")
        .keys("wrong\n")
        .expect("2 tries left.")
        .wait_for_echo(false)
        .keys("\n")
        .expect("once more.")
        .wait_for_echo(false)
        .keys("open\n");
    assert!(terminal.end(&onward).text.contains("A page."));

    let before = fs::read(onward.journal()).expect("there");
    let mut terminal = onward.call(["list"]).in_terminal(80);
    terminal
        .expect("Passphrase: ")
        .keys("one\n")
        .expect("2 tries left.")
        .wait_for_echo(false)
        .keys("two\n")
        .expect("once more.")
        .wait_for_echo(false)
        .keys("three\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 4
    ----- screen -----
    Passphrase: 
    That does not open it; 2 tries left.
    Passphrase: 
    That does not open it; once more.
    Passphrase: 
    error: that does not open the journal
    <sandbox>/home/.local/share/onward/journal.db
    hint: mind capital letters and the keyboard's layout; if you are sure of it, the
    file may be damaged, or no journal
    ");
    assert_eq!(fs::read(onward.journal()).expect("there"), before);
    assert_eq!(onward.leftovers(), [""; 0]);
}

#[test]
fn nothing_that_is_typed_shows_and_the_terminal_is_as_it_was() {
    let onward = encrypted();
    for (keys, signal, status) in [
        ("hid\x03", None, 130),
        ("", Some("TERM"), 130),
        ("", Some("HUP"), 130),
        ("\x04", None, 4),
        ("hidden\n", None, 130),
    ] {
        let mut terminal = onward.call(["list"]).in_terminal(80);
        terminal
            .expect("Passphrase: ")
            .wait_for_echo(false)
            .keys(keys);
        if let Some(signal) = signal {
            terminal.signal(signal);
        }
        if keys.ends_with('\n') {
            terminal
                .expect("tries left.")
                .wait_for_echo(false)
                .keys("\x03");
        }
        let screen = terminal.end(&onward);
        assert_eq!(screen.status, status, "{keys:?} {signal:?}: {screen}");
        assert!(!screen.raw.contains("hid"), "{screen}");
        assert!(screen.echoes, "{keys:?} {signal:?}: {screen}");
    }
}

#[test]
fn a_signal_after_the_passphrase_means_what_it_always_does() {
    let onward = encrypted();
    let mut terminal = onward.call(["decrypt"]).in_terminal(80);
    terminal
        .expect("Passphrase: ")
        .keys("open\n")
        .expect("y or n: ")
        .keys("\x03");
    assert_eq!(terminal.end(&onward).status, 130);
    assert!(!is_plain(&onward));
    // Where it is waited for again, what was typed is kept.
    let pipe = onward.fifo("pipe");
    let script = format!("exec \"$@\" < '{}'", pipe.display());
    let call = onward.call(["write"]).shell(&script);
    let mut terminal = call.in_terminal(200);
    let mut typed = fs::OpenOptions::new()
        .write(true)
        .open(&pipe)
        .expect("opened");
    terminal.expect("Passphrase: ").keys("open\n");
    // More than a pipe holds: when it is written, it is being read.
    let page = "half a page ".repeat(20_000);
    typed.write_all(page.as_bytes()).expect("written");
    terminal.signal("TERM");
    let screen = terminal.end(&onward);
    assert_eq!(screen.status, 130, "{screen}");
    assert!(screen.raw.contains("onward write --resume"), "{screen}");
    drop(typed);
    let resumed = onward
        .call(["write", "--resume"])
        .env(COMMAND, "echo open")
        .run();
    assert_eq!(resumed.status, 0, "{resumed}");
    let listed = onward.call(["list", "--json", "-n", "1"]);
    let listed = listed.env(COMMAND, "echo open").run().json();
    let text = listed["entries"][0]["text"].as_str().expect("a text");
    assert!(
        text.len() > page.len() / 2 && page.starts_with(text),
        "{}",
        text.len()
    );
}

#[test]
fn where_a_passphrase_comes_from() {
    let onward = encrypted();
    fs::write(onward.path("line"), "open\nsecond\n").expect("written");
    fs::write(onward.path("none"), "").expect("written");
    let fd = |file: &str| format!("exec \"$@\" 7<'{}'", onward.path(file).display());
    let list = ["list", "--passphrase-fd", "7"];
    assert_eq!(onward.call(list).shell(&fd("line")).run().status, 0);
    insta::assert_snapshot!(onward.call(list).shell(&fd("none")).run(), @"
    exit: 4
    ----- stderr -----
    error: the journal <sandbox>/home/.local/share/onward/journal.db is locked: no passphrase was given
    ");
    insta::assert_snapshot!(onward.call(list).shell("exec \"$@\" 7<&-").run(), @"
    exit: 4
    ----- stderr -----
    error: the journal <sandbox>/home/.local/share/onward/journal.db is locked: descriptor 7 cannot be read: No such file or directory (os error 2)
    ");
    // On standard input what comes behind it is the text.
    let both = onward
        .call(["write", "--passphrase-fd", "0"])
        .stdin("open\nThe text.\nAnd more.\n")
        .run();
    assert_eq!(both.status, 0, "{both}");
    // The flag is asked before the variable, and the variable before the terminal.
    let flag = onward
        .call(list)
        .shell(&fd("line"))
        .env(COMMAND, "echo wrong")
        .run();
    assert_eq!(flag.status, 0, "{flag}");
    assert!(flag.stdout.contains("The text."), "{flag}");
    for (command, status) in [
        ("echo open", 0),
        ("printf open", 0),
        ("sh -c 'echo open; echo more'", 0),
        ("", 4),
    ] {
        let outcome = onward.call(["list"]).env(COMMAND, command).alone().run();
        assert_eq!(outcome.status, status, "{command}: {outcome}");
    }
    insta::assert_snapshot!(onward.call(["list"]).env(COMMAND, "false").run(), @"
    exit: 4
    ----- stderr -----
    error: the journal <sandbox>/home/.local/share/onward/journal.db is locked: ONWARD_PASSPHRASE_COMMAND ended with exit status: 1
    ");
    insta::assert_snapshot!(onward.call(["list"]).env(COMMAND, "nowhere-to-be-found").run(), @"
    exit: 4
    ----- stderr -----
    error: the journal <sandbox>/home/.local/share/onward/journal.db is locked: ONWARD_PASSPHRASE_COMMAND cannot be run: No such file or directory (os error 2)
    ");
    insta::assert_snapshot!(onward.call(["list"]).env(COMMAND, "echo 'open").run(), @"
    exit: 4
    ----- stderr -----
    error: the journal <sandbox>/home/.local/share/onward/journal.db is locked: ONWARD_PASSPHRASE_COMMAND has a quotation mark without its other half
    ");
    insta::assert_snapshot!(onward.call(["list"]).env(COMMAND, "true").run(), @"
    exit: 4
    ----- stderr -----
    error: the journal <sandbox>/home/.local/share/onward/journal.db is locked: no passphrase was given
    ");
    insta::assert_snapshot!(onward.call(["list"]).env(COMMAND, "echo wrong").run(), @"
    exit: 4
    ----- stderr -----
    error: that does not open the journal <sandbox>/home/.local/share/onward/journal.db
    hint: mind capital letters and the keyboard's layout; if you are sure of it, the file may be damaged, or no journal
    ");
    insta::assert_snapshot!(onward.call(["list"]).alone().run(), @"
    exit: 4
    ----- stderr -----
    error: the journal <sandbox>/home/.local/share/onward/journal.db is locked: there is no terminal to ask for its passphrase
    hint: use a terminal, --passphrase-fd N, or ONWARD_PASSPHRASE_COMMAND
    ");
    // No text in a word that every process of the machine can read.
    let outcome = onward.run(["list", "--passphrase", "open"]);
    assert_eq!(outcome.status, 2, "{outcome}");
}

#[test]
fn what_was_piped_in_is_kept_off_the_disk() {
    let onward = encrypted();
    let outcome = onward
        .call(["write"])
        .env(COMMAND, "echo wrong")
        .stdin("A secret page.\n")
        .run();
    assert_eq!(outcome.status, 4, "{outcome}");
    let (_, kept) = outcome.stderr.split_once("is kept in ").expect("a place");
    let (kept, _) = kept.split_once(", in memory only").expect("a place");
    let kept = kept.replace("<sandbox>", &onward.path("").display().to_string());
    assert_eq!(
        fs::read_to_string(&kept).expect("there"),
        "A secret page.\n"
    );
    use std::os::unix::fs::MetadataExt;
    assert_eq!(fs::metadata(&kept).expect("there").mode() & 0o777, 0o600);
    fs::remove_file(&kept).expect("removed");
    assert_eq!(onward.leftovers(), [""; 0], "nothing on the disk");
}

#[test]
fn changing_the_passphrase_and_the_recovery_sheet() {
    let onward = encrypted();
    let sheet = |typed: &str| {
        let outcome = onward.call(["passphrase", "--recovery", "--json", "-q"]);
        let json = outcome.env(COMMAND, format!("echo {typed}")).run().json();
        let lines = json["recovery"].as_array().expect("lines").clone();
        let lines: Vec<String> = lines
            .iter()
            .map(|line| line.as_str().expect("a line").to_owned())
            .collect();
        assert_eq!(lines.len(), 4);
        lines
    };
    let list = |typed: &str| {
        onward
            .call(["list"])
            .env(COMMAND, format!("echo '{typed}'"))
            .alone()
            .run()
    };
    let old = sheet("open");
    assert_eq!(list(&old.join(" ")).status, 0);
    assert_eq!(list(&old.join("-").to_lowercase()).status, 0);
    let mut slip = old.clone();
    let last = if slip[1].ends_with('0') { "1" } else { "0" };
    slip[1].replace_range(18.., last);
    insta::assert_snapshot!(list(&slip.join(" ")), @"
    exit: 4
    ----- stderr -----
    error: that does not open the journal <sandbox>/home/.local/share/onward/journal.db
    hint: look at line 2 of the recovery sheet again
    ");

    let mut terminal = onward.call(["passphrase"]).in_terminal(80);
    terminal
        .expect("Passphrase: ")
        .keys("open\n")
        .expect("New passphrase: ")
        .keys("\n")
        .expect("would keep nobody out.")
        .wait_for_echo(false)
        .keys("one thing and the other\n")
        .expect("Once more: ")
        .keys("one thing or the other\n")
        .expect("are not the same.")
        .wait_for_echo(false)
        .keys("new\n")
        .expect_times("Once more: ", 2)
        .keys("new\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 0
    ----- screen -----
    Passphrase: 
    New passphrase: 
    No: an empty passphrase would keep nobody out.
    New passphrase: 
    Once more: 
    The two are not the same.
    New passphrase: 
    That is on the short side. Four or five words that have nothing to do with each
    other are easy to keep and hard to guess.
    Once more: 
    The passphrase is changed. A recovery sheet from before is worthless now; onward
    passphrase --recovery prints the new one.
    ");
    assert_eq!(list("open").status, 4);
    assert_eq!(list("new").status, 0);
    insta::assert_snapshot!(list(&old.join(" ")), @"
    exit: 4
    ----- stderr -----
    error: that does not open the journal <sandbox>/home/.local/share/onward/journal.db
    hint: the recovery sheet is another journal's, or from before the passphrase was changed
    ");
    let new = sheet("new");
    assert_ne!(new, old);
    assert_eq!(list(&new.join(" ")).status, 0);

    // A forgotten one: the sheet, and then another.
    let change = |typed: &str, new: &str| {
        fs::write(onward.path("new"), new).expect("written");
        let script = format!("exec \"$@\" 7<'{}'", onward.path("new").display());
        onward
            .call(["passphrase", "--new-passphrase-fd", "7"])
            .env(COMMAND, format!("echo '{typed}'"))
            .shell(&script)
            .run()
    };
    assert_eq!(change(&new.join(" "), "newer\n").status, 0);
    assert_eq!(list("newer").status, 0);
    insta::assert_snapshot!(change("newer", "newer\n"), @"
    exit: 2
    ----- stderr -----
    error: that is the passphrase it has
    ");
    insta::assert_snapshot!(change("newer", "\n"), @"
    exit: 2
    ----- stderr -----
    error: an empty passphrase would keep nobody out
    ");
    insta::assert_snapshot!(change("newer", &sheet("newer").join(" ")), @"
    exit: 2
    ----- stderr -----
    error: that looks like a recovery sheet, which a passphrase must not
    ");
    assert_eq!(list("newer").status, 0);
}

#[test]
fn what_cannot_be_meant() {
    let onward = plain();
    let is = |arguments: &[&str]| onward.call(arguments).env(COMMAND, "echo open").run();
    insta::assert_snapshot!(is(&["decrypt", "--yes"]), @"
    exit: 2
    ----- stderr -----
    error: the journal is not encrypted
    ");
    insta::assert_snapshot!(is(&["passphrase"]), @"
    exit: 2
    ----- stderr -----
    error: the journal has no passphrase
    hint: onward encrypt gives it one
    ");
    assert!(is_plain(&onward));
    assert_eq!(
        onward.call(["encrypt"]).env(COMMAND, "echo").run().status,
        2
    );
    assert!(is_plain(&onward));
    assert_eq!(is(&["encrypt"]).status, 0);
    insta::assert_snapshot!(is(&["encrypt"]), @"
    exit: 2
    ----- stderr -----
    error: the journal is encrypted already
    hint: onward passphrase gives it another passphrase
    ");
    insta::assert_snapshot!(is(&["passphrase"]), @"
    exit: 2
    ----- stderr -----
    error: there is no new passphrase
    hint: name the file descriptor that it comes from with --new-passphrase-fd
    ");
    insta::assert_snapshot!(is(&["decrypt"]), @"
    exit: 2
    ----- stderr -----
    error: there is nobody to ask
    hint: add --yes if you mean it
    ");
    assert!(!is_plain(&onward));
}

#[test]
fn copies_from_before_are_named_and_removed() {
    let onward = plain();
    let mut copy = onward.journal().into_os_string();
    copy.push(".before-2");
    fs::copy(onward.journal(), &copy).expect("copied");
    fs::create_dir_all(onward.drafts().join("draft-held")).expect("made");
    let mut terminal = onward.call(["encrypt"]).in_terminal(200);
    terminal
        .expect("New passphrase: ")
        .keys("by the old mill\n")
        .expect("Once more: ")
        .keys("by the old mill\n")
        .expect("Remove it? y or n: ")
        .keys("n\n")
        .expect("forgotten? y or n: ")
        .keys("n\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 0
    ----- screen -----
    The journal will open with this passphrase only. Nobody can find it out for you, so choose one that you will not forget.
    New passphrase: 
    Once more: 
    The journal is encrypted.
    A copy from before an update is not encrypted: <sandbox>/home/.local/share/onward/journal.db.before-2.
    Remove it? y or n: n
    What an editor may still have open is not encrypted before it is saved: <sandbox>/home/.local/share/onward/journal.db.drafts.
    What no program can reach may still hold it as it was: backups elsewhere, snapshots, and places on the disk that are not yet used again.
    Show a recovery sheet now, for the day the passphrase is forgotten? y or n: n
    For a recovery sheet: onward passphrase --recovery
    ");
    assert!(fs::exists(&copy).expect("known"));
    let outcome = onward
        .call([
            "passphrase",
            "--remove-copies",
            "--json",
            "--new-passphrase-fd",
            "0",
        ])
        .env(COMMAND, "echo by the old mill")
        .stdin("new\n")
        .run();
    insta::assert_snapshot!(outcome, @r#"
    exit: 0
    ----- stdout -----
    {"converted":{"journal":"<sandbox>/home/.local/share/onward/journal.db","encrypted":true,"copies":[]}}
    ----- stderr -----
    The passphrase is changed. A recovery sheet from before is worthless now; onward passphrase --recovery prints the new one.
    A copy from before an update is not encrypted: <sandbox>/home/.local/share/onward/journal.db.before-2.
    It is removed.
    "#);
    assert!(!fs::exists(&copy).expect("known"));
}

#[test]
fn backups_from_before_are_named_and_removed() {
    let mut onward = plain();
    onward.ok(["backup", "-q"]);
    let here = |onward: &Sandbox, call: &[&str]| {
        onward
            .call(call)
            .env(COMMAND, "echo open")
            .stdin("other\n")
            .run()
    };
    let encrypted = here(&onward, &["encrypt"]);
    insta::assert_snapshot!(encrypted, @"
    exit: 0
    ----- stderr -----
    The journal is encrypted.
    A backup is not encrypted: <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db.
    To remove it: rm <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db
    What no program can reach may still hold it as it was: backups elsewhere, snapshots, and places on the disk that are not yet used again.
    For a recovery sheet: onward passphrase --recovery
    ");
    let doctor = here(&onward, &["doctor"]);
    assert_eq!(doctor.status, 1, "{doctor}");
    let (_, told) = doctor.stdout.split_once("is not encrypted").expect("told");
    insta::assert_snapshot!(told.lines().nth(1).expect("a line"), @"      make another with onward backup, then remove it: rm");
    onward.now("2026-11-23T21:30:00+00:00");
    assert_eq!(here(&onward, &["backup"]).status, 0);
    // The one from the evening before lies open, the new one has the old passphrase.
    let change = ["passphrase", "--new-passphrase-fd", "0", "--remove-copies"];
    insta::assert_snapshot!(here(&onward, &change), @"
    exit: 0
    ----- stderr -----
    The passphrase is changed. A recovery sheet from before is worthless now; onward passphrase --recovery prints the new one.
    A backup opens with an earlier passphrase: <sandbox>/home/.local/share/onward/backups/journal-2026-11-23T2130.db.
    A backup is not encrypted: <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db.
    They are removed.
    For a backup of it as it is now: onward backup
    ");
    assert_eq!(onward.leftovers(), ["0700 backups"]);
    let backed_up = onward.call(["backup"]).env(COMMAND, "echo other").run();
    assert_eq!(backed_up.status, 0, "{backed_up}");
    let doctor = onward.call(["doctor"]).env(COMMAND, "echo other").run();
    assert_eq!(doctor.status, 0, "{doctor}");
    // One that the present passphrase opens is nothing to be told of; and taken away again, it
    // still has it.
    let decrypt = onward.call(["decrypt", "--yes"]).env(COMMAND, "echo other");
    insta::assert_snapshot!(decrypt.run(), @"
    exit: 0
    ----- stderr -----
    The journal is not encrypted any more.
    Copies and backups from before stay as they are, and open with the passphrase they had.
    ");
}

#[test]
fn a_backup_that_lies_open_is_not_put_back_unsaid() {
    let onward = plain();
    onward.ok(["backup", "-q"]);
    assert_eq!(
        onward
            .call(["encrypt"])
            .env(COMMAND, "echo open")
            .run()
            .status,
        0
    );
    let backup = onward
        .journal()
        .with_file_name("backups")
        .join("journal-2026-11-22T2130.db");
    let restore = ["restore-backup".as_ref(), backup.as_os_str()];
    let mut terminal = onward.call(restore).in_terminal(80);
    terminal
        .expect("Passphrase: ")
        .keys("open\n")
        .expect("y or n: ")
        .keys("n\n");
    insta::assert_snapshot!(terminal.end(&onward), @"
    exit: 1
    ----- screen -----
    The backup is whole: it has 1 entry, the newest of Sunday 22 November 2026.
    Passphrase: 
    Your journal has 1 entry, the newest of Sunday 22 November 2026. It will be
    kept aside.
    It is encrypted, and the backup is not: with the backup in its place anyone
    could read it who gets hold of it.
    Put the backup into its place? y or n: n
    Nothing was changed.
    ");
    assert!(!is_plain(&onward));
    let restore = [&restore[..], &["--yes".as_ref()]].concat();
    let outcome = onward.call(restore).env(COMMAND, "echo open").run();
    insta::assert_snapshot!(outcome, @"
    exit: 0
    ----- stderr -----
    The backup is whole: it has 1 entry, the newest of Sunday 22 November 2026.
    Your journal has 1 entry, the newest of Sunday 22 November 2026. It will be kept aside.
    It is encrypted, and the backup is not: with the backup in its place anyone could read it who gets hold of it.
    Restored 1 entry from <sandbox>/home/.local/share/onward/backups/journal-2026-11-22T2130.db.
    What was there is kept in <sandbox>/home/.local/share/onward/journal.db.before-restore-2026-11-22T2130; to go back: onward restore-backup <sandbox>/home/.local/share/onward/journal.db.before-restore-2026-11-22T2130
    To encrypt it again: onward encrypt
    ");
    assert!(is_plain(&onward));
}

#[test]
fn json() {
    let onward = plain();
    let run = |arguments: &[&str]| {
        onward
            .call(arguments)
            .env(COMMAND, "echo open")
            .run()
            .to_string()
    };
    insta::assert_snapshot!(run(&["encrypt", "--json", "-q"]), @r#"
    exit: 0
    ----- stdout -----
    {"converted":{"journal":"<sandbox>/home/.local/share/onward/journal.db","encrypted":true,"copies":[]}}
    "#);
    insta::assert_snapshot!(run(&["decrypt", "--yes", "--json", "-q"]), @r#"
    exit: 0
    ----- stdout -----
    {"converted":{"journal":"<sandbox>/home/.local/share/onward/journal.db","encrypted":false,"copies":[]}}
    "#);
}

/// The keys of tests protect nothing, and the program that is shipped takes no variable for them.
/// A test of the program without debug assertions, which `.ci/run` builds for it.
#[cfg(not(debug_assertions))]
#[test]
fn a_released_program_makes_no_weak_journals() {
    use crate::sandbox::NOW;
    use onward::journal::{Journal, KeyCost, Passphrase, UnlockSecret, ask_nobody};

    let mut onward = Sandbox::new();
    onward.set("ONWARD_TRIAL_KEYS", "1");
    onward.set("ONWARD_TRIAL_ENCRYPTED", "1");
    onward.ok(["write", "A page."]);
    assert!(is_plain(&onward));

    onward.set(COMMAND, "echo open");
    onward.ok(["encrypt", "-q"]);
    let opens = |cost| {
        let passphrase = Passphrase::new("open", cost);
        let opened =
            Journal::open_to_read(&onward.journal(), &mut |locked| match locked.tries {
                0 => Ok(UnlockSecret::Passphrase(passphrase.clone())),
                _ => ask_nobody(locked),
            });
        opened.is_ok()
    };
    assert!(opens(KeyCost::FULL));
    assert!(!opens(KeyCost::TRIAL));

    // A journal that the tested program made does not open.
    let now = chrono::DateTime::parse_from_rfc3339(NOW).expect("an instant");
    let weak = Passphrase::new("open", KeyCost::TRIAL);
    let path = onward.path("weak.db");
    drop(Journal::create_encrypted(&path, now, &weak).expect("made"));
    let path = path.to_str().expect("a path in UTF-8");
    let outcome = onward.run(["list", "--journal", path]);
    assert_eq!(outcome.status, 4, "{outcome}");
}

/// As for journals: see above.
#[cfg(all(not(debug_assertions), feature = "age"))]
#[test]
fn a_released_program_makes_no_weak_exports() {
    let mut onward = Sandbox::new();
    onward.set("ONWARD_TRIAL_KEYS", "1");
    onward.set(COMMAND, "echo open");
    onward.ok(["write", "A page."]);
    onward.ok(["export", "--to", "json", "--encrypt", "-o", "out.age"]);
    let bytes = fs::read(onward.home().join("out.age")).expect("readable");
    let head = String::from_utf8_lossy(&bytes);
    let stanza = head.lines().nth(1).expect("a stanza");
    assert!(stanza.starts_with("-> scrypt "), "{stanza}");
    assert!(stanza.ends_with(" 18"), "{stanza}");
}
