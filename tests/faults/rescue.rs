//! The way back to a journal that no longer opens, by its backups.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sandbox::{Ran, Sandbox};
use crate::sealed;

/// A sandbox with an encrypted journal of three pages, whose passphrase is this.
fn encrypted(passphrase: &str) -> Sandbox {
    let mut sandbox = Sandbox::in_memory();
    sandbox.set("ONWARD_TRIAL_KEYS", "1");
    gives(&mut sandbox, passphrase);
    sandbox.done(&["encrypt"]);
    for number in 1..=3 {
        sandbox.done(&["write", "--free", &format!("page {number}")]);
    }
    sandbox
}

fn gives(sandbox: &mut Sandbox, passphrase: &str) {
    let command = format!("/usr/bin/printf %s '{passphrase}'");
    sandbox.set("ONWARD_PASSPHRASE_COMMAND", command);
}

impl Sandbox {
    #[track_caller]
    fn done(&self, args: &[&str]) -> Ran {
        let ran = self.onward(args);
        assert_eq!(ran.code, Some(0), "{args:?}: {ran:?}");
        ran
    }

    fn backup(&self) -> PathBuf {
        self.done(&["backup"]);
        let found = fs::read_dir(self.data().join("backups")).expect("there");
        let mut found: Vec<_> = found.map(|found| found.expect("there").path()).collect();
        found.pop().expect("a backup")
    }

    /// What the doctor says, on one line.
    fn doctor(&self) -> String {
        let ran = self.onward(&["doctor"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Puts the backup back. The journal that was there is kept as it was.
    #[track_caller]
    fn comes_back(&self, backup: &Path) {
        let before = fs::read(self.journal()).expect("there");
        let backup = backup.to_str().expect("a path in UTF-8");
        self.done(&["restore-backup", backup, "--yes"]);
        let list = self.done(&["list"]);
        assert_eq!(list.stdout.lines().count(), 3, "{list:?}");
        let kept = fs::read_dir(self.data()).expect("there");
        let kept = kept.map(|found| found.expect("there").path());
        let mut kept = kept.filter(|path| path.to_string_lossy().contains(".before-restore-"));
        assert!(kept.any(|path| fs::read(path).expect("there") == before));
    }
}

fn skip(test: &str) -> bool {
    sealed::skip(test, "it encrypts its journals itself")
}

#[test]
fn a_bit_that_has_turned_on_the_first_page() {
    if skip("a_bit_that_has_turned_on_the_first_page") {
        return;
    }
    for at in [0, 3, 15, 16, 100, 4_000, 4_095] {
        let sandbox = encrypted("horse staple");
        let backup = sandbox.backup();
        let mut bytes = fs::read(sandbox.journal()).expect("there");
        bytes[at] ^= 4;
        fs::write(sandbox.journal(), &bytes).expect("written");
        let said = sandbox.doctor();
        let back = format!("onward restore-backup {}", backup.display());
        assert!(said.contains(&back), "{at}: {said}");
        assert_eq!(said.contains("has the right ones"), at < 16, "{at}: {said}");
        if let Some((_, command)) = said.split_once("has the right ones: ") {
            // The command that it says mends the journal.
            let (command, _) = command.split_once("; or").expect("two ways");
            let ran = Ran::of(sandbox.program("sh", &["-c", command]), None);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            assert_eq!(sandbox.done(&["list"]).stdout.lines().count(), 3);
            fs::write(sandbox.journal(), &bytes).expect("written");
        }
        sandbox.comes_back(&backup);
    }
}

#[test]
fn a_journal_that_wants_another_passphrase_than_its_backup() {
    if skip("a_journal_that_wants_another_passphrase_than_its_backup") {
        return;
    }
    let mut sandbox = encrypted("horse staple");
    let backup = sandbox.backup();
    let other = encrypted("river stile");
    let mut bytes = fs::read(other.journal()).expect("there");
    bytes[100] ^= 4;
    fs::write(sandbox.journal(), bytes).expect("written");
    gives(&mut sandbox, "river stile");
    let said = sandbox.doctor();
    let back = format!("onward restore-backup {}", backup.display());
    assert!(
        said.contains("1 backup is there that may want the passphrase"),
        "{said}"
    );
    assert!(said.contains(&back), "{said}");
    gives(&mut sandbox, "horse staple");
    sandbox.comes_back(&backup);
}

#[test]
fn a_journal_that_was_encrypted_or_decrypted_since() {
    if skip("a_journal_that_was_encrypted_or_decrypted_since") {
        return;
    }
    // A plain backup, and a journal whose passphrase is gone.
    let mut sandbox = Sandbox::in_memory();
    for number in 1..=3 {
        sandbox.done(&["write", "--free", &format!("page {number}")]);
    }
    let backup = sandbox.backup();
    sandbox.set("ONWARD_TRIAL_KEYS", "1");
    gives(&mut sandbox, "horse staple");
    sandbox.done(&["encrypt"]);
    gives(&mut sandbox, "forgotten");
    assert!(
        sandbox
            .doctor()
            .contains(&format!("onward restore-backup {}", backup.display()))
    );
    sandbox.comes_back(&backup);
    // An encrypted backup, and a plain journal that is damaged.
    let mut sandbox = encrypted("horse staple");
    let backup = sandbox.backup();
    sandbox.done(&["decrypt", "--yes"]);
    let mut bytes = fs::read(sandbox.journal()).expect("there");
    bytes[100..4_000].fill(7);
    fs::write(sandbox.journal(), bytes).expect("written");
    assert!(
        sandbox
            .doctor()
            .contains(&format!("onward restore-backup {}", backup.display()))
    );
    gives(&mut sandbox, "horse staple");
    sandbox.comes_back(&backup);
}
