//! Unfinished journals, copies and exports, and the leftovers of those that were never
//! finished.
//!
//! Each is made in a folder beside its place that is named after it, and moved to the place
//! when it is complete. A lock in the folder tells one that is being made from one whose
//! maker was killed. The lock is on a file of its own, because on some systems a lock on the
//! database would keep SQLite out.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::{create_private, folder_of};

/// The name of a folder is `.`, the name of the place, `-`, this many random letters and
/// digits, and the suffix.
const RANDOM: usize = 6;
const SUFFIX: &str = ".new";

/// The name of an unfinished file, and of the files that SQLite may put beside it.
const FILES: [&str; 4] = [
    "journal.db",
    "journal.db-journal",
    "journal.db-wal",
    "journal.db-shm",
];
const LOCK: &str = "lock";

/// The name of an unfinished folder, and the extension of its files.
const FOLDER: &str = "pages";
const PAGE: &str = "md";

/// An unfinished file or folder. Dropping it removes it.
pub(crate) struct UnfinishedFile {
    file: PathBuf,
    // Fields are dropped in order: the lock must be released before its folder is removed.
    _lock: File,
    _folder: tempfile::TempDir,
}

impl UnfinishedFile {
    /// Makes an empty file that only its owner can read, beside `place`.
    pub(crate) fn begin(place: &Path) -> io::Result<UnfinishedFile> {
        UnfinishedFile::begin_with(place, FILES[0], |path| create_private(path).map(drop))
    }

    /// Makes an empty folder that only its owner can enter, beside `place`.
    pub(crate) fn begin_folder(place: &Path) -> io::Result<UnfinishedFile> {
        UnfinishedFile::begin_with(place, FOLDER, |path| {
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(path)
        })
    }

    fn begin_with(
        place: &Path,
        name: &str,
        make: impl Fn(&Path) -> io::Result<()>,
    ) -> io::Result<UnfinishedFile> {
        let prefix = prefix(place);
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(SUFFIX).rand_bytes(RANDOM);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let mut tries = 0;
        loop {
            tries += 1;
            let folder = builder.tempdir_in(folder_of(place))?;
            match lock(folder.path()) {
                Ok(lock) => {
                    let file = folder.path().join(name);
                    make(&file)?;
                    return Ok(UnfinishedFile {
                        file,
                        _lock: lock,
                        _folder: folder,
                    });
                }
                // Another process that tidies up may remove a folder before its lock is held.
                // Try again with a new folder.
                Err(error) if error.kind() == io::ErrorKind::NotFound && tries < 10 => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.file
    }

    /// Moves it to its place. Fails if something is there.
    pub(crate) fn finish(self, place: &Path) -> io::Result<()> {
        match self.finish_or_back(place) {
            Ok(()) => Ok(()),
            Err((error, _)) => Err(error),
        }
    }

    /// Like [`UnfinishedFile::finish`], and returns it after an error to try another place.
    pub(crate) fn finish_or_back(
        self,
        place: &Path,
    ) -> Result<(), (io::Error, UnfinishedFile)> {
        let moved = tempfile::TempPath::try_from_path(&self.file).and_then(|file| {
            match file.persist_noclobber(place) {
                Ok(()) => Ok(()),
                Err(error) => {
                    // Keep the file, or dropping the error would remove it.
                    let _ = error.path.keep();
                    Err(error.error)
                }
            }
        });
        moved.map_err(|error| (error, self))
    }

    /// Moves it to its place. A file replaces a file there, a folder replaces an empty
    /// folder.
    pub(crate) fn replace(self, place: &Path) -> io::Result<()> {
        fs::rename(&self.file, place)
    }

    /// Makes its bytes survive a power cut.
    pub(crate) fn sync(&self) -> io::Result<()> {
        File::open(&self.file)?.sync_all()
    }
}

/// The folders beside this place whose makers are gone.
pub(crate) fn left_over(journal: &Path) -> Vec<PathBuf> {
    let prefix = prefix(journal);
    let found = fs::read_dir(folder_of(journal)).into_iter().flatten();
    let ours = found.flatten().filter(|found| {
        let is_folder = found.file_type().is_ok_and(|kind| kind.is_dir());
        is_folder && is_ours(&found.file_name(), &prefix)
    });
    let is_held = |folder: &PathBuf| {
        File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_err())
    };
    ours.map(|found| found.path())
        .filter(|folder| !is_held(folder))
        .collect()
}

/// Removes the folders that [`left_over`] finds. Errors are ignored: a leftover that cannot
/// be removed is no reason to stop.
pub(crate) fn clear(journal: &Path) {
    for folder in left_over(journal) {
        clear_folder(&folder);
    }
}

fn clear_folder(folder: &Path) {
    let is_file = |path: &Path| fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    let path = folder.join(LOCK);
    if is_file(&path) {
        // Keep the folder on a system without locks: its maker may still be at work.
        let lock = File::open(&path)
            .ok()
            .filter(|lock| lock.try_lock().is_ok());
        if lock.is_none() {
            return;
        }
        for file in FILES.map(|name| folder.join(name)) {
            if is_file(&file) {
                let _ = fs::remove_file(file);
            }
        }
        let pages = folder.join(FOLDER);
        if fs::symlink_metadata(&pages).is_ok_and(|found| found.is_dir()) {
            for page in fs::read_dir(&pages).into_iter().flatten().flatten() {
                let page = page.path();
                if page.extension().is_some_and(|end| end == PAGE) && is_file(&page) {
                    let _ = fs::remove_file(page);
                }
            }
            let _ = fs::remove_dir(pages);
        }
        let _ = fs::remove_file(path);
    }
    // Removes the folder only if it is empty.
    let _ = fs::remove_dir(folder);
}

/// Makes and locks the lock file of a new folder. Returns [`io::ErrorKind::NotFound`] if
/// another process has removed the folder.
fn lock(folder: &Path) -> io::Result<File> {
    let path = folder.join(LOCK);
    let lock = create_private(&path)?;
    match lock.try_lock() {
        Err(fs::TryLockError::WouldBlock) => Err(io::ErrorKind::NotFound.into()),
        // On a system without locks, no process removes the folder.
        _ => fs::symlink_metadata(&path).map(|_| lock),
    }
}

fn prefix(journal: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(journal.file_name().unwrap_or_default());
    prefix.push("-");
    prefix
}

fn is_ours(name: &OsStr, prefix: &OsStr) -> bool {
    name.as_encoded_bytes()
        .strip_prefix(prefix.as_encoded_bytes())
        .and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()))
        .is_some_and(|random| {
            random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let found = fs::read_dir(folder).expect("there");
        let name = |found: io::Result<fs::DirEntry>| found.expect("there").file_name();
        let mut names: Vec<_> = found
            .map(|found| name(found).to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Leaves an unfinished file behind, as a killed process does.
    fn broken_off(journal: &Path) {
        let UnfinishedFile {
            file,
            _lock,
            _folder,
        } = UnfinishedFile::begin(journal).expect("begun");
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let mut path = file.clone().into_os_string();
            path.push(suffix);
            fs::write(path, "a page").expect("written");
        }
        let _ = _folder.keep();
    }

    #[test]
    fn what_is_broken_off_goes_and_what_is_being_made_stays() {
        let home = tempfile::tempdir().expect("a folder");
        let journal = home.path().join("journal.db");
        broken_off(&journal);
        broken_off(&journal);
        let living = UnfinishedFile::begin(&journal).expect("begun");
        assert_eq!(names(home.path()).len(), 3);
        clear(&journal);
        assert_eq!(names(home.path()).len(), 1);
        assert!(living.path().exists());
        fs::write(living.path(), "whole").expect("written");
        living.finish(&journal).expect("moved");
        assert_eq!(names(home.path()), ["journal.db"]);
        assert_eq!(fs::read(&journal).expect("there"), b"whole");
        // Something that is there is never replaced.
        let second = UnfinishedFile::begin(&journal).expect("begun");
        let error = second.finish(&journal).expect_err("there already");
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(names(home.path()), ["journal.db"]);
    }

    #[test]
    fn a_folder_of_pages_that_was_broken_off_goes() {
        let home = tempfile::tempdir().expect("a folder");
        let place = home.path().join("pages");
        let begin = || {
            let begun = UnfinishedFile::begin_folder(&place).expect("begun");
            fs::write(begun.path().join("2026-11-22.md"), "a page").expect("written");
            begun
        };
        let _ = begin()._folder.keep();
        let UnfinishedFile { _folder, file, .. } = begin();
        fs::write(file.join("picture.png"), "not ours").expect("written");
        let other = _folder.keep();
        clear(&place);
        // Files that this program did not make stay.
        assert_eq!(names(&other.join(FOLDER)), ["picture.png"]);
        fs::remove_dir_all(&other).expect("removed");
        assert_eq!(names(home.path()), [""; 0]);
        begin().replace(&place).expect("moved");
        assert_eq!(names(&place), ["2026-11-22.md"]);
        begin().replace(&place).expect_err("it is not empty");
        assert_eq!(names(home.path()), ["pages"]);
    }

    #[test]
    fn a_folder_without_its_lock_goes_when_it_is_empty() {
        let home = tempfile::tempdir().expect("a folder");
        let journal = home.path().join("journal.db");
        let [empty, full] = ["aaaaaa", "bbbbbb"]
            .map(|random| home.path().join(format!(".journal.db-{random}.new")));
        fs::create_dir(&empty).expect("made");
        fs::create_dir(&full).expect("made");
        fs::write(full.join("notes"), "not ours").expect("written");
        clear(&journal);
        assert_eq!(names(home.path()), [".journal.db-bbbbbb.new"]);
        assert_eq!(names(&full), ["notes"]);
    }

    #[test]
    fn what_is_not_ours_stays() {
        let home = tempfile::tempdir().expect("a folder");
        let journal = home.path().join("journal.db");
        for other in ["journal", "journal.db-abcdef.new", "other.db"] {
            broken_off(&home.path().join(other));
        }
        for name in [
            ".journal.db-abcde.new",
            ".journal.db-abcdefg.new",
            ".journal.db-abc-ef.new",
            ".journal.db-abcdef.old",
            "journal.db-abcdef.new",
        ] {
            fs::create_dir(home.path().join(name)).expect("made");
        }
        fs::write(home.path().join(".journal.db-abcdef.new"), "a file").expect("written");
        #[cfg(unix)]
        std::os::unix::fs::symlink(
            home.path().join(".journal.db-abcde.new"),
            home.path().join(".journal.db-abcdeg.new"),
        )
        .expect("linked");
        let before = names(home.path());
        clear(&journal);
        assert_eq!(names(home.path()), before);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_look() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().expect("a folder");
        let begun = UnfinishedFile::begin(&home.path().join("journal.db")).expect("begun");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode();
        assert_eq!(mode(begun.path()) & 0o777, 0o600);
        let folder = begun.path().parent().expect("a folder");
        assert_eq!(mode(folder) & 0o777, 0o700);
    }
}
