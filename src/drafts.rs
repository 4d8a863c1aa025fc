//! Drafts: text being written and not yet saved as an entry.
//!
//! Each draft has a folder of its own, 0700, with the page and its particulars in it, 0600,
//! inside a folder named after the journal. The editor works on the page in there, so a
//! draft survives whatever ends this program; a lock on the particulars tells a draft that
//! is being written from one that waits to be taken up again. When the page is saved the
//! folder goes, with whatever the editor left in it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::editor;
use crate::error::{Error, Kept, Result};
use crate::store::make_private_folder;

const PAGE: &str = "page.md";
const PARTICULARS: &str = "particulars.json";
/// Bytes that are no text, or too many, and what they are called elsewhere.
const KEPT: &str = "kept.txt";
const KEPT_ELSEWHERE: &str = "onward-kept-";

/// The drafts of one journal.
#[derive(Debug, Clone)]
pub struct Drafts {
    folder: PathBuf,
    /// For an encrypted journal: where text that could not be saved goes, and nowhere else.
    in_memory: Option<Vec<PathBuf>>,
}

/// One draft, held by this process.
#[derive(Debug)]
pub struct Draft {
    folder: PathBuf,
    /// Keeps the lock.
    _lock: Option<File>,
}

/// What is known about a page besides its text, as flags would say it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Particulars {
    /// When writing began (RFC 3339).
    pub begun: String,
    /// The day it is for (ISO).
    pub day: String,
    /// The instant it is dated to (RFC 3339), where the writer gave one.
    pub written_at: Option<String>,
    /// The tips the writer chose, as deck/slug; `None` for the day's prompt.
    pub tips: Option<Vec<String>>,
    /// Whether it answers the question of the week.
    pub week: bool,
    /// The mood.
    pub mood: Option<u8>,
    /// The tags given by flag.
    pub tags: Vec<String>,
    /// Whether it is starred.
    pub starred: bool,
    /// The entry it is to change; `None` for a new page.
    pub entry: Option<i64>,
    /// The text of that entry when the change was begun.
    pub from: Option<String>,
    /// What sort of entry it is; `None` for a page.
    pub kind: Option<String>,
    /// What belongs to that kind, by name.
    pub fields: BTreeMap<String, String>,
}

impl Drafts {
    /// The drafts of the journal at this path: a folder beside it.
    pub fn of(journal: &Path) -> Drafts {
        let mut folder = journal.as_os_str().to_owned();
        folder.push(".drafts");
        Drafts {
            folder: folder.into(),
            in_memory: None,
        }
    }

    /// The same for an encrypted journal, with folders that are in memory: text that could not
    /// be saved is kept in none but these.
    pub fn in_memory(self, places: Vec<PathBuf>) -> Drafts {
        Drafts {
            in_memory: Some(places),
            ..self
        }
    }

    /// Begins a draft with the text as it stands.
    ///
    /// # Errors
    /// [`Error::Io`] and its like when the folder or the files cannot be made, or the folder
    /// is one that others could write to.
    pub fn begin(&self, particulars: &Particulars, text: &str) -> Result<Draft> {
        let folder = self.new_folder()?;
        let write = || -> io::Result<Draft> {
            let mut file = create_private(&folder.path().join(PARTICULARS))?;
            // A system without locks only loses the distinction they make.
            let _ = file.try_lock();
            file.write_all(serde_json::to_string(particulars)?.as_bytes())?;
            let mut page = create_private(&folder.path().join(PAGE))?;
            page.write_all(text.as_bytes())?;
            page.sync_all()?;
            file.sync_all()?;
            Ok(Draft {
                folder: folder.path().to_path_buf(),
                _lock: Some(file),
            })
        };
        let draft = write().map_err(|error| Error::io("write a draft in", &self.folder, error));
        if draft.is_ok() {
            let _ = folder.keep();
        }
        draft
    }

    /// The drafts that nobody is writing, the newest first.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder is there and cannot be read.
    pub fn waiting(&self) -> Result<Vec<Draft>> {
        let wrong = |error| Error::io("read", &self.folder, error);
        let folders = match fs::read_dir(&self.folder) {
            Ok(folders) => folders,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(wrong(error)),
        };
        let mut found = Vec::new();
        for folder in folders {
            let folder = folder.map_err(wrong)?.path();
            let Ok(page) = fs::symlink_metadata(folder.join(PAGE)) else {
                continue;
            };
            let lock = match OpenOptions::new().read(true).open(folder.join(PARTICULARS)) {
                Ok(file) => match file.try_lock() {
                    Err(TryLockError::WouldBlock) => continue,
                    _ => Some(file),
                },
                // An editor that was never closed can bring back a page without them.
                Err(_) => None,
            };
            found.push((
                page.modified().ok(),
                Draft {
                    folder,
                    _lock: lock,
                },
            ));
        }
        found.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.folder.cmp(&y.folder)));
        Ok(found.into_iter().map(|(_, draft)| draft).collect())
    }

    /// The folder they lie in, which need not be there.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Files in which bytes are kept that could not become a draft, in the folder and in the
    /// places of last resort.
    pub fn kept(&self, last_resort: &[PathBuf]) -> Vec<PathBuf> {
        let inside = |folder: &Path| {
            let found = fs::read_dir(folder).into_iter().flatten().flatten();
            found.map(|found| found.path()).collect::<Vec<_>>()
        };
        let own = inside(&self.folder)
            .into_iter()
            .map(|folder| folder.join(KEPT));
        let elsewhere = last_resort.iter().flat_map(|folder| inside(folder));
        let elsewhere = elsewhere.filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(KEPT_ELSEWHERE) && name.ends_with(".txt")
        });
        let is_file = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|it| it.is_file());
        let mut found: Vec<PathBuf> = own.chain(elsewhere).filter(is_file).collect();
        found.sort();
        found
    }

    /// Keeps text that could not be saved: as a draft where that works, else in a file in
    /// one of the places of last resort. `None` when there is no room anywhere.
    pub fn keep(
        &self,
        particulars: &Particulars,
        text: &str,
        last_resort: &[PathBuf],
    ) -> Option<Kept> {
        if self.in_memory.is_some() {
            return self.set_aside(text.as_bytes(), last_resort);
        }
        // As an editor's page, so that no line of the text can be taken for the scissors.
        match self.begin(particulars, &editor::compose(text, "")) {
            Ok(_) => Some(Kept::AsDraft),
            Err(_) => self.set_aside(text.as_bytes(), last_resort),
        }
    }

    /// Keeps bytes that are no text, or too many, in a file, exactly as they came. `None`
    /// when there is no room anywhere.
    pub fn set_aside(&self, bytes: &[u8], last_resort: &[PathBuf]) -> Option<Kept> {
        if let Some(places) = &self.in_memory {
            return match set_aside_in(places, bytes) {
                Some(Kept::InFile(path)) => Some(Kept::InMemory(path)),
                kept => kept,
            };
        }
        let own = self.new_folder().ok().and_then(|folder| {
            let path = folder.path().join(KEPT);
            write_whole(create_private(&path).ok()?, bytes).ok()?;
            let _ = folder.keep();
            Some(path)
        });
        own.map(Kept::InFile)
            .or_else(|| set_aside_in(last_resort, bytes))
    }

    /// A new folder for one draft, in ours. Checks that ours is not somebody else's.
    fn new_folder(&self) -> Result<tempfile::TempDir> {
        let wrong = |error| Error::io("make a draft in", &self.folder, error);
        let mut builder = tempfile::Builder::new();
        builder.prefix("draft-").rand_bytes(10);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        // Another process may remove the folder when its last draft is done: then again.
        let mut tries = 0;
        let folder = loop {
            tries += 1;
            make_private_folder(&self.folder)?;
            self.check_ours()?;
            match builder.tempdir_in(&self.folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && tries < 10 => {}
                made => break made.map_err(wrong)?,
            }
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let owner = |path: &Path| fs::symlink_metadata(path).map(|found| found.uid());
            let ours = owner(folder.path()).map_err(wrong)?;
            if owner(&self.folder).map_err(wrong)? != ours {
                return Err(self.not_ours("it belongs to somebody else"));
            }
        }
        Ok(folder)
    }

    fn check_ours(&self) -> Result<()> {
        let found = fs::symlink_metadata(&self.folder)
            .map_err(|error| Error::io("make a draft in", &self.folder, error))?;
        if !found.is_dir() {
            return Err(self.not_ours("it is no folder"));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if found.permissions().mode() & 0o022 != 0 {
                return Err(self.not_ours("others can write to it"));
            }
        }
        Ok(())
    }

    fn not_ours(&self, why: &'static str) -> Error {
        Error::usage(format!(
            "cannot keep drafts in {}: {why}",
            self.folder.display()
        ))
    }
}

impl Draft {
    /// The page, for the editor.
    pub fn page(&self) -> PathBuf {
        self.folder.join(PAGE)
    }

    /// Its bytes as they are now, at most `limit` and one; `None` where the page is gone.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read or something else has taken its place.
    pub fn read(&self, limit: usize) -> Result<Option<Vec<u8>>> {
        let page = self.page();
        let wrong = |error| Error::io("read the page", &page, error);
        match fs::symlink_metadata(&page) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(wrong(error)),
            Ok(found) if !found.is_file() => {
                let error = io::Error::other("the editor left something that is no file");
                return Err(wrong(error));
            }
            Ok(_) => {}
        }
        let mut bytes = Vec::new();
        File::open(&page)
            .and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes))
            .map_err(wrong)?;
        Ok(Some(bytes))
    }

    /// Whether nothing lies in its folder but the page and its particulars. Editors keep what
    /// was not saved in files of their own beside the page.
    pub fn is_bare(&self) -> bool {
        let ours = |name: &std::ffi::OsStr| name == PAGE || name == PARTICULARS;
        fs::read_dir(&self.folder)
            .is_ok_and(|files| files.flatten().all(|file| ours(&file.file_name())))
    }

    /// Puts other text on the page, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`] and its like; then the page is as it was.
    pub fn rewrite(&self, text: &str) -> Result<()> {
        let wrong = |error| Error::io("write a draft in", &self.folder, error);
        let file = tempfile::Builder::new()
            .tempfile_in(&self.folder)
            .map_err(wrong)?;
        file.as_file().write_all(text.as_bytes()).map_err(wrong)?;
        file.as_file().sync_all().map_err(wrong)?;
        file.persist(self.page())
            .map_err(|error| wrong(error.error))?;
        Ok(())
    }

    /// Notes other particulars.
    ///
    /// # Errors
    /// [`Error::Io`] and its like.
    pub fn set_particulars(&self, particulars: &Particulars) -> Result<()> {
        let wrong = |error| Error::io("write a draft in", &self.folder, error);
        let json = serde_json::to_vec(particulars).map_err(|error| wrong(error.into()))?;
        // In place, since the lock is on this very file.
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(self.folder.join(PARTICULARS)).map_err(wrong)?;
        // Cut to length last: where the disk is full, what was there stays.
        file.write_all(&json)
            .and_then(|()| file.set_len(json.len() as u64))
            .and_then(|()| file.sync_all())
            .map_err(wrong)
    }

    /// What is known about it; what cannot be read any more is left at its default.
    pub fn particulars(&self) -> Particulars {
        fs::read(self.folder.join(PARTICULARS))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Removes the draft, and the folder around it when it was the last.
    pub fn remove(self) {
        // What cannot be removed is found again as a draft: nothing is lost by going on.
        let _ = fs::remove_dir_all(&self.folder);
        if let Some(drafts) = self.folder.parent() {
            let _ = fs::remove_dir(drafts);
        }
    }
}

/// Keeps bytes in a file in the first of these folders that takes it. `None` when there is no
/// room anywhere.
pub fn set_aside_in(places: &[PathBuf], bytes: &[u8]) -> Option<Kept> {
    places.iter().find_map(|place| {
        let file = tempfile::Builder::new()
            .prefix(KEPT_ELSEWHERE)
            .suffix(".txt")
            .tempfile_in(place)
            .ok()?;
        write_whole(file.as_file().try_clone().ok()?, bytes).ok()?;
        file.keep().ok().map(|(_, path)| Kept::InFile(path))
    })
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write_whole(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drafts() -> (tempfile::TempDir, Drafts) {
        let home = tempfile::tempdir().expect("a folder");
        let drafts = Drafts::of(&home.path().join("journal.db"));
        (home, drafts)
    }

    fn text(draft: &Draft) -> String {
        let bytes = draft.read(1000).expect("readable").expect("there");
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn a_draft_waits_only_when_nobody_writes_it() {
        let (_home, drafts) = drafts();
        assert!(drafts.waiting().expect("no folder").is_empty());
        let particulars = Particulars {
            mood: Some(2),
            ..Particulars::default()
        };
        let draft = drafts.begin(&particulars, "half a page").expect("begun");
        assert!(drafts.waiting().expect("readable").is_empty());
        drop(draft);
        let mut waiting = drafts.waiting().expect("readable");
        let draft = waiting.pop().expect("one waits");
        assert_eq!(
            (text(&draft).as_str(), draft.particulars()),
            ("half a page", particulars)
        );
        // Taken up again, it is nobody else's.
        assert!(drafts.waiting().expect("readable").is_empty());
        draft.remove();
        assert!(
            !drafts.folder.exists(),
            "the folder goes with its last draft"
        );
    }

    #[test]
    fn a_page_without_particulars_is_found() {
        let (_home, drafts) = drafts();
        let folder = drafts.folder.join("draft-x");
        fs::create_dir_all(&folder).expect("made");
        fs::write(folder.join(PAGE), "late").expect("written");
        let waiting = drafts.waiting().expect("readable");
        assert_eq!(text(&waiting[0]), "late");
        assert_eq!(waiting[0].particulars(), Particulars::default());
    }

    #[test]
    fn rewriting_replaces_the_page() {
        let (_home, drafts) = drafts();
        let draft = drafts
            .begin(&Particulars::default(), "a long first text")
            .expect("begun");
        draft.rewrite("short").expect("rewritten");
        assert_eq!(text(&draft), "short");
    }

    #[test]
    fn bytes_are_kept_as_they_came() {
        let (home, drafts) = drafts();
        let Some(Kept::InFile(path)) = drafts.set_aside(b"a\xff\0b", &[]) else {
            panic!("not kept");
        };
        assert!(path.starts_with(home.path()));
        assert_eq!(fs::read(path).expect("there"), b"a\xff\0b");
        assert!(
            drafts.waiting().expect("readable").is_empty(),
            "no page to take up"
        );
    }

    #[cfg(unix)]
    mod unix {
        use super::*;
        use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

        #[test]
        fn nobody_else_can_look_or_meddle() {
            let (_home, drafts) = drafts();
            let draft = drafts
                .begin(&Particulars::default(), "private")
                .expect("begun");
            let mode = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
            assert_eq!(mode(&drafts.folder), 0o700);
            assert_eq!(mode(&draft.folder), 0o700);
            assert_eq!(mode(&draft.page()), 0o600);
            assert_eq!(mode(&draft.folder.join(PARTICULARS)), 0o600);
        }

        #[test]
        fn a_planted_link_is_refused() {
            let (home, drafts) = drafts();
            let victim = home.path().join("victim");
            fs::create_dir(&victim).expect("made");
            symlink(&victim, &drafts.folder).expect("linked");
            assert!(drafts.begin(&Particulars::default(), "private").is_err());
            assert_eq!(fs::read_dir(&victim).expect("there").count(), 0);
        }

        #[test]
        fn a_folder_that_others_write_to_is_refused() {
            let (_home, drafts) = drafts();
            fs::create_dir(&drafts.folder).expect("made");
            fs::set_permissions(&drafts.folder, fs::Permissions::from_mode(0o777))
                .expect("set");
            assert!(drafts.begin(&Particulars::default(), "private").is_err());
        }

        #[test]
        fn text_goes_elsewhere_when_its_place_is_barred() {
            let (home, drafts) = drafts();
            fs::write(&drafts.folder, "a file in the way").expect("written");
            let elsewhere = home.path().join("elsewhere");
            fs::create_dir(&elsewhere).expect("made");
            let kept = drafts.keep(
                &Particulars::default(),
                "text",
                std::slice::from_ref(&elsewhere),
            );
            let Some(Kept::InFile(path)) = kept else {
                panic!("not kept: {kept:?}")
            };
            assert!(path.starts_with(&elsewhere));
            assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
            assert_eq!(fs::read_to_string(path).expect("there"), "text");
            assert_eq!(drafts.keep(&Particulars::default(), "text", &[]), None);
        }

        #[test]
        fn a_link_in_place_of_the_page_is_not_followed() {
            let (home, drafts) = drafts();
            let draft = drafts
                .begin(&Particulars::default(), "text")
                .expect("begun");
            fs::remove_file(draft.page()).expect("removed");
            assert!(draft.read(10).expect("gone is no error").is_none());
            symlink(home.path(), draft.page()).expect("linked");
            assert!(draft.read(10).is_err());
        }
    }
}
