//! `onward doctor`

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::drafts::Drafts;
use crate::environment;
use crate::error::{Error, Result};
use crate::files::unfinished;
use crate::model::count;
use crate::session::{Context, Session, Status};
use crate::store::{self, Check, Finding, Findings, Key, Store, StoredDraft};
use crate::view::{self, Page, Style, View, text};

/// Check the journal and everything around it
///
/// Looks at every text and every earlier state, at what is counted, at the search index, at who
/// may look into the files and at what lies about, and says what to do where something is not
/// as it should be. Nothing is changed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Make anew what is derived: indexes, counts, tags from texts; no text is touched
    #[arg(long)]
    repair: bool,
}

/// Less room than this and a journal may soon have none.
const LITTLE_ROOM: u64 = 50_000_000;

/// How much one finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    /// Something that was written is concerned.
    Damage,
    /// It is derived, and can be made anew.
    Derived,
    /// Something to see to.
    Advice,
}

/// Something that was looked at, and what is wrong with it.
struct ReportLine {
    check: &'static str,
    good: String,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problem {
    check: &'static str,
    severity: Severity,
    what: String,
    #[serde(rename = "where")]
    place: Option<String>,
    entry: Option<i64>,
    todo: String,
    detail: Option<String>,
}

impl Problem {
    fn advice(
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

    fn at(self, path: &Path) -> Problem {
        Problem {
            place: Some(path.display().to_string()),
            ..self
        }
    }
}

/// Where things are and what they are.
#[derive(Serialize)]
struct Places {
    journal: String,
    exists: bool,
    read_only: bool,
    entries: Option<u64>,
    earlier_states: Option<u64>,
    bytes: Option<u64>,
    layout: Option<i64>,
    encrypted: bool,
    drafts: String,
    backups: String,
    backups_there: Vec<String>,
    copies: Vec<String>,
    config: Option<String>,
    version: &'static str,
    sqlite: &'static str,
}

/// Checks everything.
///
/// # Errors
/// Whatever keeps what is derived from being made anew. What is wrong is shown, not raised.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = &context.journal;
    let opened = session.open_store(|ask| {
        if args.repair {
            Store::open(journal, ask)
        } else {
            Store::open_to_check(journal, ask)
        }
    });
    if let Err(Error::Interrupted) = opened {
        return Err(Error::Interrupted);
    }
    let mut findings = None;
    let mut read_only = false;
    let mut layout = None;
    let mut size = None;
    let mut stored = Vec::new();
    let opened = match opened {
        Ok(Some(mut store)) => {
            stored = store.reading().drafts().unwrap_or_default();
            size = store.reading().size().ok();
            let mut found = checked(&store, context)?;
            if args.repair {
                found = repaired(&mut store, found, context)?;
            }
            (read_only, layout) = (store.is_read_only(), store.layout());
            findings = Some(found);
            Ok(true)
        }
        Ok(None) => {
            if args.repair {
                context.output.status("There is nothing to repair.");
            }
            Ok(false)
        }
        Err(error) => Err(error),
    };
    let folder = store::default_folder(journal);
    let backups = store::backups(&folder, journal);
    let copies = store::copies(journal);
    let drafts = session.drafts();
    let shown = |path: &Path| path.display().to_string();
    let all = |paths: &[PathBuf]| paths.iter().map(|path| shown(path)).collect();
    let places = Places {
        journal: shown(journal),
        exists: !matches!(opened, Ok(false)),
        read_only,
        entries: size.map(|size| size.entries),
        earlier_states: size.map(|size| size.revisions),
        bytes: fs::metadata(journal).ok().map(|found| found.len()),
        layout,
        encrypted: session.key().is_some(),
        drafts: shown(drafts.folder()),
        backups: shown(&folder),
        backups_there: all(&backups),
        copies: all(&copies),
        config: environment::config_path().map(|path| shown(&path)),
        version: env!("CARGO_PKG_VERSION"),
        sqlite: store::sqlite_version(),
    };
    let key = session.key().cloned();
    let damaged = match &findings {
        Some(findings) => !findings.are_derived(),
        None => opened.is_err(),
    };
    let whole = damaged
        .then(|| whole_copy(&backups, &copies, key.as_ref()))
        .flatten();
    let whole = whole.as_deref();
    let mut lines = vec![of_sqlite()];
    match (&opened, &findings) {
        (Err(error), _) => lines.push(of_unopened(error, session, whole)),
        (_, Some(findings)) => lines.extend(of_findings(findings, session, whole)),
        _ => {}
    }
    lines.push(of_privacy(
        journal,
        &folder,
        &backups,
        &copies,
        drafts.folder(),
        key.is_some(),
    ));
    lines.push(of_drafts(&drafts, stored, context));
    lines.push(of_left_overs(journal, &folder));
    lines.push(of_place(journal));
    let report = Report { places, lines };
    let fine = report.problems().next().is_none();
    context.output.show_long(&report)?;
    Ok(if fine {
        Status::Done
    } else {
        Status::NothingDone
    })
}

fn checked(store: &Store, context: &Context) -> Result<Findings> {
    let steps = store
        .reading()
        .size()
        .map_or(0, |size| size.entries + size.revisions);
    let progress = context.output.progress("Checking", steps);
    store.check(&|| {
        progress.advance(1);
        Ok(())
    })
}

/// Makes anew what is derived, where that is wrong, and checks again.
fn repaired(store: &mut Store, found: Findings, context: &Context) -> Result<Findings> {
    let of_file = |finding: &Finding| finding.check == Check::File && !finding.derived;
    if found.found.iter().any(of_file) {
        context.output.status(
            "Nothing was repaired: the file itself is damaged, and to write to it could make \
             that worse.",
        );
        return Ok(found);
    }
    if !found.found.iter().any(|finding| finding.derived) {
        context.output.status("There is nothing to repair.");
        return Ok(found);
    }
    store.repair(&|| Ok(()))?;
    context
        .output
        .status("Made anew what is derived. No text was touched.");
    checked(store, context)
}

fn of_sqlite() -> ReportLine {
    let version = store::sqlite_version();
    let problems = (!store::is_sqlite_safe()).then(|| {
        Problem::advice(
            "sqlite",
            format!("SQLite {version} can damage a journal that two programs write to"),
            "build onward with SQLite 3.51.3 or newer",
        )
    });
    ReportLine {
        check: "sqlite",
        good: format!("SQLite {version} is one to trust"),
        problems: problems.into_iter().collect(),
    }
}

/// The newest copy of the journal that is whole, as a shell takes it.
fn whole_copy(backups: &[PathBuf], copies: &[PathBuf], key: Option<&Key>) -> Option<String> {
    let is_whole = |path: &&PathBuf| {
        let copy = Store::open_copy(path, &mut store::ask_only(key));
        copy.and_then(|copy| copy.check(&|| Ok(())))
            .is_ok_and(|findings| findings.is_empty())
    };
    let mut newest_first = backups.iter().chain(copies.iter().rev());
    newest_first.find(is_whole).map(|path| quoted(path))
}

fn quoted(path: &Path) -> String {
    shell_words::quote(&path.display().to_string()).into_owned()
}

/// What to do with a journal that is damaged.
fn way_out(journal: &Path, whole: Option<&str>, encrypted: bool) -> String {
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

fn of_unopened(error: &Error, session: &Session<'_>, whole: Option<&str>) -> ReportLine {
    let journal = &session.context().journal;
    // What it never opened as it need not be: a damaged beginning looks like an encrypted one.
    let opened = matches!(error, Error::Damaged { .. } | Error::Store { .. });
    let way_out = way_out(journal, whole, opened && session.is_encrypted());
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
    ReportLine {
        check: "file",
        good: String::new(),
        problems: vec![problem],
    }
}

fn of_findings(
    findings: &Findings,
    session: &Session<'_>,
    whole: Option<&str>,
) -> Vec<ReportLine> {
    let mut lines: Vec<ReportLine> = Check::ALL
        .iter()
        .map(|&check| {
            let found = findings.found.iter().filter(|found| found.check == check);
            ReportLine {
                check: check.name(),
                good: match check {
                    Check::File => "The file holds together".to_owned(),
                    Check::Texts => {
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
                    Check::History => "The history is complete".to_owned(),
                    Check::Counts => "What is counted is counted right".to_owned(),
                    Check::Search => "Search knows every word".to_owned(),
                },
                problems: found.map(|found| problem(found, session, whole)).collect(),
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

fn problem(found: &Finding, session: &Session<'_>, whole: Option<&str>) -> Problem {
    let todo = match (found.derived, found.check, found.entry) {
        (true, ..) => "make it anew: onward doctor --repair".to_owned(),
        (_, Check::Texts | Check::History, Some(number)) => match whole {
            Some(whole) => format!(
                "compare it with the newest backup: onward show {number}, and \
                 onward --journal {whole} show {number}"
            ),
            None => {
                format!("look at it: onward show {number}; no backup that is whole was found")
            }
        },
        _ => way_out(&session.context().journal, whole, session.is_encrypted()),
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

/// Who may look in.
fn of_privacy(
    journal: &Path,
    backups: &Path,
    kept: &[PathBuf],
    copies: &[PathBuf],
    drafts: &Path,
    encrypted: bool,
) -> ReportLine {
    let mut problems = Vec::new();
    #[cfg(unix)]
    {
        let mut paths = vec![parent(journal).to_path_buf(), journal.to_path_buf()];
        for suffix in ["-wal", "-shm", "-journal"] {
            let mut path = journal.as_os_str().to_owned();
            path.push(suffix);
            paths.push(path.into());
        }
        paths.push(backups.to_path_buf());
        paths.extend(kept.iter().chain(copies).cloned());
        let mut ahead = vec![drafts.to_path_buf()];
        while let Some(folder) = ahead.pop() {
            let found = fs::read_dir(&folder).into_iter().flatten().flatten();
            for found in found {
                let is_folder = found.file_type().is_ok_and(|kind| kind.is_dir());
                let to = if is_folder { &mut ahead } else { &mut paths };
                to.push(found.path());
            }
            paths.push(folder);
        }
        let user = environment::user();
        problems.extend(paths.iter().filter_map(|path| exposed(path, user)));
    }
    if encrypted {
        let open = store::earlier(journal);
        problems.extend(open.iter().filter(|copy| !copy.is_encrypted()).map(|copy| {
            let name = copy.path.file_name().unwrap_or(copy.path.as_os_str());
            let kind = match copy.reason {
                store::CopyReason::AsBackup => "backup",
                _ => "copy",
            };
            let what = format!("the {kind} {} is not encrypted", Path::new(name).display());
            let todo = format!(
                "make another with onward backup, then remove it: rm {}",
                quoted(&copy.path)
            );
            Problem::advice("privacy", what, todo).at(&copy.path)
        }));
    }
    #[cfg(not(unix))]
    let _ = (journal, backups, kept, copies, drafts, &mut problems);
    ReportLine {
        check: "privacy",
        good: "Nobody else can look in".to_owned(),
        problems,
    }
}

#[cfg(unix)]
fn exposed(path: &Path, user: Option<u32>) -> Option<Problem> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    // What a link leads to is what matters.
    let found = fs::metadata(path).ok()?;
    let quoted = quoted(path);
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = Path::new(name).display();
    let (kind, mode) = if found.is_dir() {
        ("folder", 0o700)
    } else {
        ("file", 0o600)
    };
    if user.is_some_and(|user| user != found.uid()) {
        let todo = match kind {
            "folder" => "keep the journal in a folder of your own".to_owned(),
            _ => format!("see who it belongs to: ls -l {quoted}"),
        };
        let what = format!("the {kind} {name} belongs to somebody else");
        return Some(Problem::advice("privacy", what, todo).at(path));
    }
    let loose = found.permissions().mode() & 0o777 & !mode & 0o077;
    // A folder for everybody, such as the one for temporary files.
    let is_shared = found.is_dir() && found.permissions().mode() & 0o1000 != 0;
    (loose != 0).then(|| {
        let todo = match is_shared {
            true => "keep the journal in a folder of your own".to_owned(),
            false => format!("chmod {mode:o} {quoted}"),
        };
        let what = format!(
            "others may look into the {kind} {name} (mode {:04o})",
            found.permissions().mode() & 0o7777
        );
        Problem::advice("privacy", what, todo).at(path)
    })
}

fn of_drafts(drafts: &Drafts, stored: Vec<StoredDraft>, context: &Context) -> ReportLine {
    const CHECK: &str = "drafts";
    let mut problems = Vec::new();
    match drafts.waiting_with(stored) {
        Ok(waiting) if waiting.is_empty() => {}
        Ok(waiting) => {
            let now = context.environment.clock.now();
            let oldest = waiting
                .iter()
                .filter_map(|draft| {
                    chrono::DateTime::parse_from_rfc3339(&draft.metadata().begun).ok()
                })
                .min()
                .map(|begun| match (now - begun).num_days() {
                    ..1 => ", begun today".to_owned(),
                    days => {
                        let days = count::with_noun(days as usize, "day", "days");
                        format!(", begun {days} ago")
                    }
                });
            let (waits, oldest) = match waiting.len() {
                1 => ("draft waits", oldest.unwrap_or_default()),
                _ => (
                    "drafts wait",
                    oldest.map_or(String::new(), |it| it.replace("begun", "the oldest begun")),
                ),
            };
            let what = format!("{} {waits}{oldest}", waiting.len());
            let todo = "take it up again, or throw it away: onward write --resume";
            let problem = Problem::advice(CHECK, what, todo);
            problems.push(match drafts.folder().exists() {
                true => problem.at(drafts.folder()),
                // In the journal.
                false => problem,
            });
        }
        Err(error) => {
            let what = "the drafts cannot be read";
            let todo = error
                .hint()
                .unwrap_or_else(|| "see who may read them".to_owned());
            problems.push(Problem::advice(CHECK, what, todo).at(drafts.folder()));
        }
    }
    for path in drafts.kept(&environment::places_of_last_resort()) {
        let quoted = quoted(&path);
        let todo = format!("read it, save it with onward write < {quoted}, then remove it");
        problems.push(Problem::advice(CHECK, "a text was kept aside", todo).at(&path));
    }
    ReportLine {
        check: CHECK,
        good: "No draft waits".to_owned(),
        problems,
    }
}

/// What was broken off in the making.
fn of_left_overs(journal: &Path, backups: &Path) -> ReportLine {
    const CHECK: &str = "leftovers";
    let in_backups = backups.join(journal.file_name().unwrap_or_default());
    let found = unfinished::left_over(journal)
        .into_iter()
        .chain(unfinished::left_over(&in_backups));
    let problem = |path: PathBuf| {
        let what = "a copy of the journal was broken off in the making";
        Problem::advice(CHECK, what, "the next onward backup clears it away").at(&path)
    };
    ReportLine {
        check: CHECK,
        good: "Nothing unfinished lies about".to_owned(),
        problems: found.map(problem).collect(),
    }
}

/// The disk and the folder that the journal lies on.
fn of_place(journal: &Path) -> ReportLine {
    const CHECK: &str = "place";
    let mut problems = Vec::new();
    let mut folder = parent(journal);
    while !folder.exists()
        && let Some(above) = folder.parent()
    {
        folder = above;
    }
    if let Some(room) = environment::room(folder).filter(|room| *room < LITTLE_ROOM) {
        let what = format!("only {} MB are left on this disk", room / 1_000_000);
        problems.push(Problem::advice(CHECK, what, "make some room").at(folder));
    }
    const SYNCHRONISED: [&str; 6] = [
        "dropbox",
        "onedrive",
        "google drive",
        "nextcloud",
        "mobile documents",
        "syncthing",
    ];
    let is_synchronised = |path: &Path| {
        path.iter().any(|part| {
            let part = part.to_string_lossy().to_lowercase();
            SYNCHRONISED.iter().any(|name| part.starts_with(name))
        })
    };
    if is_synchronised(journal) {
        let what = "the journal lies in a folder that a program keeps in step with others";
        let todo = "keep it elsewhere, and put backups there: such a program copies it in the \
                    middle of a change";
        problems.push(Problem::advice(CHECK, what, todo).at(journal));
    }
    ReportLine {
        check: CHECK,
        good: "There is room on the disk".to_owned(),
        problems,
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

struct Report {
    places: Places,
    lines: Vec<ReportLine>,
}

impl Report {
    fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.lines.iter().flat_map(|line| &line.problems)
    }
}

impl View for Report {
    fn json(&self) -> impl Serialize {
        #[derive(Serialize)]
        struct Body<'a> {
            #[serde(flatten)]
            places: &'a Places,
            checks: Vec<&'static str>,
            findings: Vec<&'a Problem>,
        }
        let body = Body {
            places: &self.places,
            checks: self.lines.iter().map(|line| line.check).collect(),
            findings: self.problems().collect(),
        };
        std::collections::BTreeMap::from([("doctor", body)])
    }

    fn human(&self, page: &mut Page) {
        let places = &self.places;
        let size = match (places.exists, places.entries) {
            (false, _) => Some("not there yet; the first page makes it".to_owned()),
            (_, Some(entries)) => {
                let entries = count::with_noun(entries, "entry", "entries");
                let size = places.bytes.unwrap_or(0).div_ceil(1_000);
                let size = count::grouped(size);
                let only = if places.read_only {
                    ", can only be read"
                } else {
                    ""
                };
                Some(format!("{entries}, {size} kB{only}"))
            }
            _ => None,
        };
        let path = |path: &str| text::safe(path).into_owned();
        let journal = std::iter::once(path(&places.journal)).chain(size);
        page.labelled_lines("Journal", journal);
        let there = |path: &str| Path::new(path).exists();
        let none = |what: &str, there: bool| {
            if there {
                path(what)
            } else {
                format!("{} (none)", path(what))
            }
        };
        let drafts = match places.encrypted && !there(&places.drafts) {
            true => "in the journal".to_owned(),
            false => none(&places.drafts, there(&places.drafts)),
        };
        page.labelled_lines("Drafts", [drafts]);
        let backups = match places.backups_there.as_slice() {
            [] => vec![none(&places.backups, false)],
            found => {
                let newest = Path::new(&found[0]).file_name().unwrap_or_default();
                vec![
                    path(&places.backups),
                    format!(
                        "{}, the newest {}",
                        count::grouped(found.len()),
                        path(&newest.to_string_lossy())
                    ),
                ]
            }
        };
        page.labelled_lines("Backups", backups);
        if !places.copies.is_empty() {
            page.labelled_lines("Copies", places.copies.iter().map(|copy| path(copy)));
        }
        if let Some(config) = &places.config {
            page.labelled_lines("Settings", [none(config, there(config))]);
        }
        let layout = match places.layout {
            Some(layout) if layout < store::LAYOUT => {
                format!(
                    ", layout {layout} (the next command brings it to {})",
                    store::LAYOUT
                )
            }
            Some(layout) => format!(", layout {layout}"),
            None => String::new(),
        };
        page.labelled_lines(
            "Program",
            [format!(
                "onward {}, SQLite {}{layout}",
                places.version, places.sqlite
            )],
        );
        page.blank();
        for line in &self.lines {
            if line.problems.is_empty() {
                let ok = Style::Good.on("ok");
                let room = page.prose().saturating_sub(6);
                for (at, line) in text::wrap(&text::safe(&line.good), room).iter().enumerate() {
                    let mark = if at == 0 { ok.clone() } else { "  ".into() };
                    page.line(view::Line::from("  ") + mark + "  " + line.as_str());
                }
            }
            for problem in &line.problems {
                problem_on(page, problem);
            }
        }
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
    let room = page.prose().saturating_sub(6);
    let mut mark = Style::Error.on(" !");
    for line in text::wrap(&text::safe(&what), room) {
        page.line(view::Line::from("  ") + mark + "  " + line);
        mark = "  ".into();
    }
    // At spaces only: what may be copied, such as a path, stays in one piece.
    if let Some(place) = &problem.place
        && !problem.todo.contains(place.as_str())
    {
        page.line(view::Line::from("      ") + Style::Faint.on(text::safe(place)));
    }
    for line in text::wrap_at_spaces(&text::safe(&problem.todo), room) {
        page.line(format!("      {line}"));
    }
}
