//! Checks the surroundings of the journal's file: who may read it, drafts, copies, the disk.

use std::fs;
use std::path::{Path, PathBuf};

use super::contents::quoted;
use super::report::{CheckResult, Problem};
use crate::drafts::{Draft, Drafts};
use crate::environment;
use crate::error::Error;
use crate::files::{has_other_names, unfinished};
use crate::model::count;
use crate::session::Context;
use crate::store::{self, StoredDraft};

/// A journal may soon run out of disk space below this, in bytes.
const LITTLE_ROOM: u64 = 50_000_000;

/// Checks whether other people may read the files.
pub(super) fn check_privacy(
    journal: &Path,
    backups: &Path,
    kept: &[PathBuf],
    copies: &[PathBuf],
    drafts: &Path,
    encrypted: bool,
) -> CheckResult {
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
        paths.extend(store::logs_set_aside(journal));
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
        let user = environment::user_id();
        problems.extend(paths.iter().filter_map(|path| exposed(path, user)));
    }
    if encrypted {
        let open = store::earlier_copies(journal);
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
    CheckResult {
        check: "privacy",
        good: "Nobody else can look in".to_owned(),
        problems,
    }
}

#[cfg(unix)]
fn exposed(path: &Path, user: Option<u32>) -> Option<Problem> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    // Follow links: the file that a link leads to matters.
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
    // The sticky bit marks a folder for everybody, such as `/tmp`: its mode must not be
    // changed.
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

/// Checks for drafts that wait and texts that were kept aside.
pub(super) fn check_drafts(
    drafts: &Drafts,
    stored: Vec<StoredDraft>,
    context: &Context,
) -> CheckResult {
    const CHECK: &str = "drafts";
    let mut problems = Vec::new();
    let waiting = drafts.waiting_with(stored).map(|mut waiting| {
        waiting.retain(Draft::says_something);
        waiting
    });
    match waiting {
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
            let what = format!("{} {waits}{oldest}", count::grouped(waiting.len()));
            let todo = "take it up again, or throw it away: onward write --resume";
            let problem = Problem::advice(CHECK, what, todo);
            problems.push(match drafts.folder().exists() {
                true => problem.at(drafts.folder()),
                // The drafts are in the journal, so there is no folder to name.
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
    for path in drafts.kept_files(&environment::folders_of_last_resort()) {
        let quoted = quoted(&path);
        let todo = format!("read it, save it with onward write < {quoted}, then remove it");
        problems.push(Problem::advice(CHECK, "a text was kept aside", todo).at(&path));
    }
    CheckResult {
        check: CHECK,
        good: "No draft waits".to_owned(),
        problems,
    }
}

/// Checks for half-made files of interrupted operations.
pub(super) fn check_left_overs(journal: &Path, backups: &Path) -> CheckResult {
    const CHECK: &str = "leftovers";
    let in_backups = backups.join(journal.file_name().unwrap_or_default());
    let found = unfinished::left_over(journal)
        .into_iter()
        .chain(unfinished::left_over(&in_backups));
    let problem = |path: PathBuf| {
        let what = "a copy of the journal was broken off in the making";
        Problem::advice(CHECK, what, "the next onward backup clears it away").at(&path)
    };
    let foreign = |path: PathBuf| {
        let what = "a log that belongs to another copy of the journal was set aside";
        let todo = format!(
            "if you have that copy, its last pages are in the log: put both into a folder of \
             their own, the log under the name of the copy with -wal at its end; else: rm {}",
            quoted(&path)
        );
        Problem::advice(CHECK, what, todo).at(&path)
    };
    CheckResult {
        check: CHECK,
        good: "Nothing unfinished lies about".to_owned(),
        problems: found
            .map(problem)
            .chain(store::logs_set_aside(journal).into_iter().map(foreign))
            .collect(),
    }
}

/// Checks the disk and the folder of the journal.
pub(super) fn check_place(journal: &Path) -> CheckResult {
    const CHECK: &str = "place";
    let mut problems = Vec::new();
    let mut folder = parent(journal);
    while !folder.exists()
        && let Some(above) = folder.parent()
    {
        folder = above;
    }
    if let Some(room) = environment::free_space(folder).filter(|room| *room < LITTLE_ROOM) {
        let what = format!("only {} are left on this disk", count::megabytes(room));
        problems.push(Problem::advice(CHECK, what, "make some room").at(folder));
    }
    if has_other_names(journal) {
        let error = Error::OtherNames {
            path: journal.to_path_buf(),
        };
        let todo = error.hint().unwrap_or_default();
        problems.push(Problem::advice(CHECK, error.to_string(), todo).at(journal));
    }
    if is_mount_point(journal) {
        let what = "the journal's file is mounted here by itself, without its log";
        let todo = "mount its folder instead: under two names it can be damaged";
        problems.push(Problem::advice(CHECK, what, todo).at(journal));
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
    CheckResult {
        check: CHECK,
        good: "There is room on the disk".to_owned(),
        problems,
    }
}

/// True if a file system is mounted at this very path. Linux lists them, and writes spaces and
/// the like as octal numbers.
fn is_mount_point(path: &Path) -> bool {
    let Ok(path) = fs::canonicalize(path) else {
        return false;
    };
    let mut name = String::new();
    for letter in path.to_string_lossy().chars() {
        match letter {
            ' ' | '\t' | '\n' | '\\' => name.push_str(&format!("\\{:03o}", u32::from(letter))),
            _ => name.push(letter),
        }
    }
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    mounts
        .lines()
        .any(|mount| mount.split(' ').nth(4) == Some(&name))
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
