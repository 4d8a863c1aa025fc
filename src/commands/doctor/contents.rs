//! Checks the journal's file: SQLite, the texts, their history, and everything derived from
//! them.

use std::path::{Path, PathBuf};

use super::report::{CheckResult, Problem, Severity};
use crate::error::Error;
use crate::model::count;
use crate::session::Session;
use crate::store::{self, CheckPart, ClosedJournal, Finding, Findings, Key, Salt, Store};

/// Checks whether the built-in SQLite is safe.
pub(super) fn check_sqlite() -> CheckResult {
    let version = store::sqlite_version();
    let problems = (!store::is_sqlite_safe()).then(|| {
        Problem::advice(
            "sqlite",
            format!("SQLite {version} can damage a journal that two programs write to"),
            "build onward with SQLite 3.51.3 or newer",
        )
    });
    CheckResult {
        check: "sqlite",
        good: format!("SQLite {version} is one to trust"),
        problems: problems.into_iter().collect(),
    }
}

/// The copies of a damaged journal, as far as they help. Paths are quoted for a shell.
#[derive(Default)]
pub(super) struct Rescue {
    /// The newest undamaged copy.
    whole: Option<String>,
    /// True if that copy is encrypted.
    whole_is_encrypted: bool,
    /// A copy whose salt opens the journal.
    salt: Option<String>,
    /// The newest copy that nothing at hand opens, and how many there are.
    locked: Option<(String, usize)>,
}

/// Tries the copies of the journal, the newest first, with the key of the journal and with the
/// passphrase that was given for it.
pub(super) fn find_rescue(
    backups: &[PathBuf],
    copies: &[PathBuf],
    session: &Session<'_>,
) -> Rescue {
    let journal = ClosedJournal::at(&session.context().journal);
    let mut rescue = Rescue::default();
    let mut locked = Vec::new();
    // Deriving a key takes a second, and most copies have the same salt.
    let mut fitting: Option<Key> = None;
    let mut misfits: Vec<Salt> = Vec::new();
    for path in backups.iter().chain(copies.iter().rev()) {
        let salt = ClosedJournal::at(path).salt().ok().flatten();
        if salt.is_some_and(|salt| misfits.contains(&salt)) {
            locked.push(path);
            continue;
        }
        let opened = match fitting.as_ref().filter(|key| Some(key.salt()) == salt) {
            Some(key) => Store::open_copy(path, &mut store::ask_only(Some(key))),
            None => session.open_other_unasked(|ask| Store::open_copy(path, ask)),
        };
        let copy = match opened {
            Ok(copy) => copy,
            Err(Error::Locked { .. } | Error::WrongPassphrase { .. }) => {
                misfits.extend(salt);
                locked.push(path);
                continue;
            }
            Err(_) => continue,
        };
        if let Some(key) = copy.key() {
            if rescue.salt.is_none() && journal.opens_with_salt_of(key) {
                rescue.salt = Some(quoted(path));
            }
            fitting = Some(key.clone());
        }
        if copy.check(&|| Ok(())).is_ok_and(|found| found.is_empty()) {
            rescue.whole = Some(quoted(path));
            rescue.whole_is_encrypted = copy.key().is_some();
            break;
        }
    }
    rescue.locked = locked.first().map(|path| (quoted(path), locked.len()));
    rescue
}

/// A path quoted for a shell.
pub(super) fn quoted(path: &Path) -> String {
    shell_words::quote(&path.display().to_string()).into_owned()
}

/// The advice for a damaged journal.
fn advice_for_damage(journal: &Path, rescue: &Rescue, encrypted: bool) -> String {
    let back =
        |whole: &str| format!("put the newest backup back: onward restore-backup {whole}");
    match rescue {
        Rescue {
            salt: Some(salt),
            whole,
            ..
        } => {
            let journal = quoted(journal);
            let back = whole.as_deref().map(|whole| format!("; or {}", back(whole)));
            format!(
                "only its first 16 bytes, the salt, are wrong, and {salt} has the right ones: \
                 cp -p {journal} {journal}.damaged && dd if={salt} of={journal} bs=16 count=1 \
                 conv=notrunc{}",
                back.unwrap_or_default()
            )
        }
        Rescue {
            whole: Some(whole), ..
        } => back(whole),
        Rescue {
            locked: Some((newest, number)),
            ..
        } => {
            let are = count::with_noun(*number, "backup is", "backups are");
            format!(
                "{are} there that may want the passphrase that the journal had when they were \
                 made; put the newest back: onward restore-backup {newest}"
            )
        }
        _ if encrypted => {
            "no backup that is whole was found; copy the file, and let the sqlcipher shell read \
             what it can with the key on the recovery sheet: docs/encryption.md says how"
                .to_owned()
        }
        _ => format!(
            "no backup that is whole was found; copy the file and let sqlite3 read what it can: \
             cp {} /tmp/copy.db && sqlite3 /tmp/copy.db .recover",
            quoted(journal)
        ),
    }
}

/// The result for a journal that could not be opened.
pub(super) fn result_of_unopened(
    error: &Error,
    session: &Session<'_>,
    rescue: &Rescue,
) -> CheckResult {
    let journal = &session.context().journal;
    // If it never opened, its first bytes cannot be trusted: a damaged plain journal looks
    // encrypted.
    let opened = matches!(error, Error::Damaged { .. } | Error::Store { .. });
    let way_out = advice_for_damage(journal, rescue, opened && session.is_encrypted());
    let (severity, todo) = match error {
        Error::Damaged { .. } | Error::Store { .. } => (Severity::Damage, way_out),
        Error::NotAJournal { .. } => (
            Severity::Damage,
            format!("name another file with --journal; if this was your journal, {way_out}"),
        ),
        Error::Locked { .. } | Error::WrongPassphrase { .. } => {
            let hint = error.hint().map(|hint| format!("{hint}; "));
            // A plain journal with a damaged beginning looks like an encrypted one.
            let is_sealed = rescue.whole_is_encrypted
                || rescue.salt.is_some()
                || rescue.whole.is_none() && rescue.locked.is_some();
            let if_plain = if is_sealed {
                ""
            } else {
                "if it never had one, "
            };
            let way_out = format!("{}{if_plain}{way_out}", hint.unwrap_or_default());
            (Severity::Damage, way_out)
        }
        other => (Severity::Advice, other.hint().unwrap_or_default()),
    };
    let mut problem = Problem::advice("file", error.to_string(), todo);
    problem.severity = severity;
    CheckResult {
        check: "file",
        good: String::new(),
        problems: vec![problem],
    }
}

/// The results of the store's check of an open journal.
pub(super) fn results_of_findings(
    findings: &Findings,
    session: &Session<'_>,
    rescue: &Rescue,
) -> Vec<CheckResult> {
    let mut lines: Vec<CheckResult> = CheckPart::ALL
        .iter()
        .map(|&check| {
            let found = findings.found.iter().filter(|found| found.check == check);
            CheckResult {
                check: check.name(),
                good: match check {
                    CheckPart::File => "The file holds together".to_owned(),
                    CheckPart::Texts => {
                        let entries =
                            count::with_noun(findings.entries, "entry is", "entries are");
                        let states = findings.revisions as usize;
                        let states = match states {
                            0 => String::new(),
                            states => format!(
                                ", with {}",
                                count::with_noun(states, "earlier state", "earlier states")
                            ),
                        };
                        format!("{entries} what was saved{states}")
                    }
                    CheckPart::History => "The history is complete".to_owned(),
                    CheckPart::Counts => "What is counted is counted right".to_owned(),
                    CheckPart::Search => "Search knows every word".to_owned(),
                },
                problems: found
                    .map(|found| problem_of_finding(found, session, rescue))
                    .collect(),
            }
        })
        .collect();
    if findings.more > 0
        && let Some(line) = lines.iter_mut().rfind(|line| !line.problems.is_empty())
    {
        let more = count::with_noun(findings.more, "finding more", "findings more");
        let todo = "see to those above first";
        line.problems.push(Problem::advice(line.check, more, todo));
    }
    lines
}

fn problem_of_finding(found: &Finding, session: &Session<'_>, rescue: &Rescue) -> Problem {
    let todo = match (found.derived, found.check, found.entry) {
        (true, ..) => "make it anew: onward doctor --repair".to_owned(),
        (_, CheckPart::Texts | CheckPart::History, Some(number)) => match &rescue.whole {
            Some(whole) => format!(
                "compare it with the newest backup: onward show {number}, and \
                 onward --journal {whole} show {number}"
            ),
            None => {
                format!("look at it: onward show {number}; no backup that is whole was found")
            }
        },
        _ => advice_for_damage(&session.context().journal, rescue, session.is_encrypted()),
    };
    Problem {
        check: found.check.name(),
        severity: if found.derived {
            Severity::Derived
        } else {
            Severity::Damage
        },
        what: found.what.clone(),
        place: None,
        entry: found.entry,
        todo,
        detail: found.detail.clone(),
    }
}
