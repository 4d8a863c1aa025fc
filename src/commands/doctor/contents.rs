//! Checks the journal's file: SQLite, the texts, their history, and everything derived from
//! them.

use std::path::{Path, PathBuf};

use super::report::{CheckResult, Problem, Severity};
use crate::error::Error;
use crate::model::count;
use crate::session::Session;
use crate::store::{self, CheckPart, Finding, Findings, Key, Store};

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

/// The newest undamaged copy of the journal, quoted for a shell.
pub(super) fn newest_whole_copy(
    backups: &[PathBuf],
    copies: &[PathBuf],
    key: Option<&Key>,
) -> Option<String> {
    let is_whole = |path: &&PathBuf| {
        let copy = Store::open_copy(path, &mut store::ask_only(key));
        copy.and_then(|copy| copy.check(&|| Ok(())))
            .is_ok_and(|findings| findings.is_empty())
    };
    let mut newest_first = backups.iter().chain(copies.iter().rev());
    newest_first.find(is_whole).map(|path| quoted(path))
}

/// A path quoted for a shell.
pub(super) fn quoted(path: &Path) -> String {
    shell_words::quote(&path.display().to_string()).into_owned()
}

/// The advice for a damaged journal.
fn advice_for_damage(journal: &Path, whole: Option<&str>, encrypted: bool) -> String {
    match whole {
        Some(whole) => format!("put the newest backup back: onward restore-backup {whole}"),
        None if encrypted => {
            "no backup that is whole was found; copy the file, and let the sqlcipher shell read \
             what it can with the key on the recovery sheet: docs/encryption.md says how"
                .to_owned()
        }
        None => format!(
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
    whole: Option<&str>,
) -> CheckResult {
    let journal = &session.context().journal;
    // If it never opened, its first bytes cannot be trusted: a damaged plain journal looks
    // encrypted.
    let opened = matches!(error, Error::Damaged { .. } | Error::Store { .. });
    let way_out = advice_for_damage(journal, whole, opened && session.is_encrypted());
    let (severity, todo) = match error {
        Error::Damaged { .. } | Error::Store { .. } => (Severity::Damage, way_out),
        Error::NotAJournal { .. } => (
            Severity::Damage,
            format!("name another file with --journal; if this was your journal, {way_out}"),
        ),
        Error::Locked { .. } | Error::WrongPassphrase { .. } => {
            let hint = error.hint().map(|hint| format!("{hint}; "));
            let way_out = format!("{}if it never had one, {way_out}", hint.unwrap_or_default());
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
    whole: Option<&str>,
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
                    .map(|found| problem_of_finding(found, session, whole))
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

fn problem_of_finding(found: &Finding, session: &Session<'_>, whole: Option<&str>) -> Problem {
    let todo = match (found.derived, found.check, found.entry) {
        (true, ..) => "make it anew: onward doctor --repair".to_owned(),
        (_, CheckPart::Texts | CheckPart::History, Some(number)) => match whole {
            Some(whole) => format!(
                "compare it with the newest backup: onward show {number}, and \
                 onward --journal {whole} show {number}"
            ),
            None => {
                format!("look at it: onward show {number}; no backup that is whole was found")
            }
        },
        _ => advice_for_damage(&session.context().journal, whole, session.is_encrypted()),
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
