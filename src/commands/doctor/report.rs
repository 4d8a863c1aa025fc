//! The findings of the check-up, for a person and as JSON.

use std::path::Path;

use serde::Serialize;

use crate::model::count;
use crate::store;
use crate::view::{Line, Page, Style, View, text};

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    /// A written text may be lost or changed.
    Damage,
    /// Derived data is wrong, and can be rebuilt.
    Derived,
    /// Nothing is damaged, but the person should do something.
    Advice,
}

/// The result of one check.
pub(super) struct CheckResult {
    /// Its name in JSON.
    pub(super) check: &'static str,
    /// The sentence if nothing is wrong.
    pub(super) good: String,
    /// The problems that it found.
    pub(super) problems: Vec<Problem>,
}

/// A problem that a check found.
#[derive(Serialize)]
pub(super) struct Problem {
    /// The check that found it.
    pub(super) check: &'static str,
    pub(super) severity: Severity,
    /// The problem as a sentence without its period.
    pub(super) what: String,
    /// The path that it is about.
    #[serde(rename = "where")]
    pub(super) place: Option<String>,
    /// The number of the entry that it is about.
    pub(super) entry: Option<i64>,
    /// The advice what to do about it.
    pub(super) todo: String,
    /// More detail, for JSON only.
    pub(super) detail: Option<String>,
}

impl Problem {
    /// A problem with [`Severity::Advice`].
    pub(super) fn advice(
        check: &'static str,
        what: impl Into<String>,
        todo: impl Into<String>,
    ) -> Problem {
        Problem {
            check,
            severity: Severity::Advice,
            what: what.into(),
            place: None,
            entry: None,
            todo: todo.into(),
            detail: None,
        }
    }

    /// The same problem, about a path.
    pub(super) fn at(self, path: &Path) -> Problem {
        Problem {
            place: Some(path.display().to_string()),
            ..self
        }
    }
}

/// The places of the journal's files and the facts about them.
#[derive(Default, Serialize)]
pub(super) struct JournalPlaces {
    pub(super) journal: String,
    pub(super) exists: bool,
    pub(super) read_only: bool,
    pub(super) entries: Option<u64>,
    pub(super) earlier_states: Option<u64>,
    pub(super) bytes: Option<u64>,
    pub(super) layout: Option<i64>,
    pub(super) encrypted: bool,
    pub(super) drafts: String,
    pub(super) backups: String,
    pub(super) backups_there: Vec<String>,
    pub(super) copies: Vec<String>,
    pub(super) config: Option<String>,
    pub(super) version: &'static str,
    pub(super) sqlite: &'static str,
}

/// The answer of `onward doctor`.
pub(super) struct CheckupReport {
    pub(super) places: JournalPlaces,
    pub(super) results: Vec<CheckResult>,
}

impl CheckupReport {
    /// All problems of all checks.
    pub(super) fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.results.iter().flat_map(|result| &result.problems)
    }
}

impl View for CheckupReport {
    fn json(&self) -> impl Serialize {
        #[derive(Serialize)]
        struct Body<'a> {
            #[serde(flatten)]
            places: &'a JournalPlaces,
            checks: Vec<&'static str>,
            findings: Vec<&'a Problem>,
        }
        let body = Body {
            places: &self.places,
            checks: self.results.iter().map(|result| result.check).collect(),
            findings: self.problems().collect(),
        };
        std::collections::BTreeMap::from([("doctor", body)])
    }

    fn human(&self, page: &mut Page) {
        self.places.places_on(page);
        page.blank();
        for result in &self.results {
            if result.problems.is_empty() {
                let ok = Style::Good.on("ok");
                let room = page.prose_width().saturating_sub(6);
                let lines = text::wrap(&text::safe(&result.good), room);
                for (at, line) in lines.into_iter().enumerate() {
                    let mark = if at == 0 { ok.clone() } else { "  ".into() };
                    page.line(Line::from("  ") + mark + "  " + line);
                }
            }
            for problem in &result.problems {
                problem_on(page, problem);
            }
        }
    }
}

/// A path made safe for a page.
fn shown(path: &str) -> String {
    text::safe(path).into_owned()
}

/// The same, with a note if nothing exists there.
fn shown_if_there(path: &str) -> String {
    match Path::new(path).exists() {
        true => shown(path),
        false => format!("{} (none)", shown(path)),
    }
}

impl JournalPlaces {
    fn places_on(&self, page: &mut Page) {
        let journal = std::iter::once(shown(&self.journal)).chain(self.size());
        page.labelled_lines("Journal", journal);
        let drafts = match self.encrypted && !Path::new(&self.drafts).exists() {
            true => "in the journal".to_owned(),
            false => shown_if_there(&self.drafts),
        };
        page.labelled_lines("Drafts", [drafts]);
        let backups = match self.backups_there.as_slice() {
            [] => vec![format!("{} (none)", shown(&self.backups))],
            found => {
                let newest = Path::new(&found[0]).file_name().unwrap_or_default();
                let newest = shown(&newest.to_string_lossy());
                let number = count::grouped(found.len());
                vec![
                    shown(&self.backups),
                    format!("{number}, the newest {newest}"),
                ]
            }
        };
        page.labelled_lines("Backups", backups);
        if !self.copies.is_empty() {
            page.labelled_lines("Copies", self.copies.iter().map(|copy| shown(copy)));
        }
        if let Some(config) = &self.config {
            page.labelled_lines("Settings", [shown_if_there(config)]);
        }
        let layout = match self.layout {
            Some(layout) if layout < store::LAYOUT => {
                let newest = store::LAYOUT;
                format!(", layout {layout} (the next command brings it to {newest})")
            }
            Some(layout) => format!(", layout {layout}"),
            None => String::new(),
        };
        let program = format!("onward {}, SQLite {}{layout}", self.version, self.sqlite);
        page.labelled_lines("Program", [program]);
    }

    /// The size of the journal in words; `None` if it is unknown.
    fn size(&self) -> Option<String> {
        if !self.exists {
            return Some("not there yet; the first page makes it".to_owned());
        }
        let entries = count::with_noun(self.entries?, "entry", "entries");
        let size = count::grouped(self.bytes.unwrap_or(0).div_ceil(1_000));
        let only = if self.read_only {
            ", can only be read"
        } else {
            ""
        };
        Some(format!("{entries}, {size} kB{only}"))
    }
}

fn problem_on(page: &mut Page, problem: &Problem) {
    let mut what = match problem.entry {
        Some(number) => format!("#{number}: {}", problem.what),
        None => problem.what.clone(),
    };
    if let Some(first) = what.chars().next() {
        let upper = first.to_uppercase().to_string();
        what.replace_range(..first.len_utf8(), &upper);
    }
    let room = page.prose_width().saturating_sub(6);
    let mut mark = Style::Error.on(" !");
    for line in text::wrap(&text::safe(&what), room) {
        page.line(Line::from("  ") + mark + "  " + line);
        mark = "  ".into();
    }
    // Wrap at spaces only, so that a path stays in one piece and can be copied.
    if let Some(place) = &problem.place
        && !problem.todo.contains(place.as_str())
    {
        page.line(Line::from("      ") + Style::Faint.on(text::safe(place)));
    }
    for line in text::wrap_at_spaces(&text::safe(&problem.todo), room) {
        page.line(format!("      {line}"));
    }
}
