//! Drafts: text being written and not yet saved as an entry.
//!
//! Each draft has a folder of its own, 0700, with the page and its particulars in it, 0600. The
//! editor works on the page in there, so a draft survives whatever ends this program; a lock on
//! the particulars tells a draft that is being written from one that waits to be taken up
//! again. When the page is saved the folder goes, with whatever the editor left in it.
//!
//! With a plain journal the folders lie beside it, and that is all. With an encrypted one they
//! lie in memory, and only while an editor needs them: a draft that waits lies in the journal
//! itself, encrypted like everything else. Its folder and its row there have the same name, and
//! where both are there the folder has the newer state.

mod folder;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::editor;
use crate::environment;
use crate::error::{Error, Kept, Result};
use crate::journal::{Journal, Key, StoredDraft, ask_nobody};

pub use folder::set_aside_in;
use folder::{create_private, inside, kept_in, new_folder, write_whole};

const PAGE: &str = "page.md";
const PARTICULARS: &str = "particulars.json";
/// Bytes that are no text, or too many.
const KEPT: &str = "kept.txt";

/// The drafts of one journal.
#[derive(Debug, Clone)]
pub struct Drafts {
    /// Beside the journal.
    folder: PathBuf,
    /// The journal, to be opened for what lies in it.
    journal: PathBuf,
    /// Where the journal is encrypted: how its drafts are kept off the disk.
    sealed: Option<Sealed>,
}

/// How the drafts of an encrypted journal are kept.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// What opens the journal, where that is known: without it nothing can be put into it.
    pub key: Option<Key>,
    /// Folders that are in memory and never on a disk, the best first.
    pub in_memory: Vec<PathBuf>,
    /// Whether the editor may work on the disk where there is none of these.
    pub on_disk: bool,
}

/// One draft, held by this process.
#[derive(Debug)]
pub struct Draft {
    name: String,
    state: State,
    /// What it is one of.
    drafts: Box<Drafts>,
    /// Whether this process has it in hand: when it lets go of it without having saved it, it
    /// goes where drafts wait.
    in_hand: bool,
    /// Whether the journal may have a state of it too.
    in_journal: bool,
}

/// Where a draft is.
#[derive(Debug)]
enum State {
    Folder {
        folder: PathBuf,
        /// Keeps the lock.
        _lock: Option<File>,
    },
    Journal(StoredDraft),
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
    /// The drafts of the plain journal at this path.
    pub fn of(journal: &Path) -> Drafts {
        let mut folder = journal.as_os_str().to_owned();
        folder.push(".drafts");
        Drafts {
            folder: folder.into(),
            journal: journal.to_path_buf(),
            sealed: None,
        }
    }

    /// The same for an encrypted journal.
    pub fn sealed(self, sealed: Sealed) -> Drafts {
        Drafts {
            sealed: Some(sealed),
            ..self
        }
    }

    /// Begins a draft with the text as it stands.
    ///
    /// # Errors
    /// [`Error::Io`] and its like when the folder or the files cannot be made, or the folder
    /// is one that others could write to; [`Error::Usage`] where the journal is encrypted and
    /// there is no place in memory.
    pub fn begin(&self, particulars: &Particulars, text: &str) -> Result<Draft> {
        let json = to_json(particulars).map_err(|error| self.cannot_write(error))?;
        self.begin_with(None, json.as_bytes(), text.as_bytes())
    }

    /// Begins one that may have a name already.
    fn begin_with(&self, name: Option<&str>, particulars: &[u8], page: &[u8]) -> Result<Draft> {
        let mut failed = None;
        for home in self.homes() {
            match self.begin_in(&home, name, particulars, page) {
                Ok(draft) => return Ok(draft),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        Err(failed.unwrap_or_else(|| Error::Usage {
            what: "there is no place in memory for the editor to work in".to_owned(),
            hint: Some(
                "pipe the text into onward write, or allow the disk: editor_on_disk = true in \
                 the configuration"
                    .to_owned(),
            ),
        }))
    }

    fn begin_in(
        &self,
        home: &Path,
        name: Option<&str>,
        particulars: &[u8],
        page: &[u8],
    ) -> Result<Draft> {
        let folder = new_folder(home, name)?;
        let write = || -> io::Result<File> {
            let mut file = create_private(&folder.path().join(PARTICULARS))?;
            // A system without locks only loses the distinction they make.
            let _ = file.try_lock();
            file.write_all(particulars)?;
            let mut on_page = create_private(&folder.path().join(PAGE))?;
            on_page.write_all(page)?;
            on_page.sync_all()?;
            file.sync_all()?;
            Ok(file)
        };
        let lock = write().map_err(|error| Error::io("write a draft in", home, error))?;
        Ok(Draft {
            name: name_of(folder.path()),
            state: State::Folder {
                folder: folder.keep(),
                _lock: Some(lock),
            },
            drafts: Box::new(self.clone()),
            in_hand: true,
            in_journal: name.is_some(),
        })
    }

    /// The drafts that nobody is writing, the newest first.
    ///
    /// # Errors
    /// [`Error::Io`] when a folder is there and cannot be read; whatever keeps an encrypted
    /// journal from being read.
    pub fn waiting(&self) -> Result<Vec<Draft>> {
        let stored = match self.sealed.as_ref().is_some_and(|it| it.key.is_some()) {
            true => self.open()?.drafts()?,
            false => Vec::new(),
        };
        self.waiting_with(stored)
    }

    /// The same, where somebody else has asked the journal for those that lie in it.
    ///
    /// # Errors
    /// [`Error::Io`] when a folder is there and cannot be read.
    pub fn waiting_with(&self, stored: Vec<StoredDraft>) -> Result<Vec<Draft>> {
        let mut names = BTreeSet::new();
        let mut waiting = Vec::new();
        for home in self.homes() {
            waiting.extend(self.waiting_in(&home, &mut names)?);
        }
        let stored = stored.into_iter();
        let only_stored = stored.filter(|stored| !names.contains(&stored.name));
        waiting.extend(only_stored.map(|stored| Draft {
            name: stored.name.clone(),
            state: State::Journal(stored),
            drafts: Box::new(self.clone()),
            in_hand: false,
            in_journal: true,
        }));
        Ok(waiting)
    }

    /// Those in one folder, the newest first; `names` gets what they and those that are being
    /// written are called.
    fn waiting_in(&self, home: &Path, names: &mut BTreeSet<String>) -> Result<Vec<Draft>> {
        let wrong = |error| Error::io("read", home, error);
        let folders = match fs::read_dir(home) {
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
            let name = name_of(&folder);
            names.insert(name.clone());
            let lock = match OpenOptions::new().read(true).open(folder.join(PARTICULARS)) {
                Ok(file) => match file.try_lock() {
                    Err(TryLockError::WouldBlock) => continue,
                    _ => Some(file),
                },
                // An editor that was never closed can bring back a page without them.
                Err(_) => None,
            };
            let draft = Draft {
                name,
                state: State::Folder {
                    folder,
                    _lock: lock,
                },
                drafts: Box::new(self.clone()),
                in_hand: false,
                in_journal: self.sealed.is_some(),
            };
            found.push((page.modified().ok(), draft));
        }
        found.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.name.cmp(&y.name)));
        Ok(found.into_iter().map(|(_, draft)| draft).collect())
    }

    /// Puts drafts that wait where they belong: with an encrypted journal into it, what lies in
    /// memory because a program was killed, or beside it from the time before it was encrypted;
    /// with a plain one out of it, what is left there from when it was encrypted. What is being
    /// written, and what an editor left something beside, stays where it is. Not to be called
    /// while this process has a plain journal open.
    ///
    /// # Errors
    /// Whatever keeps the journal or the folders from being read or written; what was not moved
    /// by then is where it was.
    pub fn gather(&self) -> Result<()> {
        if self.sealed.is_none() {
            let mut journal = Journal::open_to_read(&self.journal, &mut ask_nobody)?;
            for stored in journal.drafts()? {
                let particulars = stored.particulars.as_bytes();
                let mut draft =
                    self.begin_with(Some(&stored.name), particulars, &stored.page)?;
                draft.in_hand = false;
                journal.remove_draft(&stored.name)?;
            }
            return Ok(());
        }
        let mut homes = self.homes();
        if !homes.contains(&self.folder) {
            homes.push(self.folder.clone());
        }
        for home in homes {
            for mut draft in self.waiting_in(&home, &mut BTreeSet::new())? {
                draft.put_away()?;
            }
        }
        Ok(())
    }

    /// The pages in memory, whether or not somebody is writing them.
    pub fn in_memory(&self) -> Vec<PathBuf> {
        let homes = match self.sealed {
            Some(_) => self.homes(),
            None => Vec::new(),
        };
        let drafts = homes.iter().flat_map(|home| inside(home));
        let pages = drafts.map(|draft| draft.join(PAGE));
        pages.filter(|page| page.is_file()).collect()
    }

    /// The folder beside the journal, which need not be there.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Files in which bytes are kept that could not become a draft, in the folder and in the
    /// places of last resort.
    pub fn kept(&self, last_resort: &[PathBuf]) -> Vec<PathBuf> {
        let own = inside(&self.folder)
            .into_iter()
            .map(|folder| folder.join(KEPT));
        let in_memory = self.sealed.iter().flat_map(|sealed| &sealed.in_memory);
        let elsewhere: BTreeSet<&PathBuf> = last_resort.iter().chain(in_memory).collect();
        let elsewhere = elsewhere.into_iter().flat_map(|place| kept_in(place));
        let is_file = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|it| it.is_file());
        let mut found: Vec<PathBuf> = own.chain(elsewhere).filter(is_file).collect();
        found.sort();
        found
    }

    /// Keeps text that could not be saved: as a draft where that works, else in a file in
    /// one of the places of last resort, which for an encrypted journal are those in memory.
    /// `None` when there is no room anywhere.
    pub fn keep(
        &self,
        particulars: &Particulars,
        text: &str,
        last_resort: &[PathBuf],
    ) -> Option<Kept> {
        // As an editor's page, so that no line of the text can be taken for the scissors.
        let page = editor::compose(text, "");
        let kept = match &self.sealed {
            Some(_) => self.store_new(particulars, page.as_bytes()),
            None => self.begin(particulars, &page).map(|_| ()),
        };
        match kept {
            Ok(()) => Some(Kept::AsDraft),
            Err(_) => self.set_aside_elsewhere(text.as_bytes(), last_resort),
        }
    }

    /// Keeps bytes that are no text, too many, or nobody's yet: in a file, exactly as they came,
    /// or as a draft in an encrypted journal. `None` when there is no room anywhere.
    pub fn set_aside(&self, bytes: &[u8], last_resort: &[PathBuf]) -> Option<Kept> {
        if self.sealed.is_some() {
            // What is text after all is kept as an editor's page, as in `keep`.
            let page = std::str::from_utf8(bytes).map(|text| editor::compose(text, ""));
            let page = page.as_ref().map_or(bytes, |page| page.as_bytes());
            return match self.store_new(&Particulars::default(), page) {
                Ok(()) => Some(Kept::AsDraft),
                Err(_) => self.set_aside_elsewhere(bytes, last_resort),
            };
        }
        let own = new_folder(&self.folder, None).ok().and_then(|folder| {
            let path = folder.path().join(KEPT);
            write_whole(create_private(&path).ok()?, bytes).ok()?;
            let _ = folder.keep();
            Some(path)
        });
        own.map(Kept::InFile)
            .or_else(|| self.set_aside_elsewhere(bytes, last_resort))
    }

    fn set_aside_elsewhere(&self, bytes: &[u8], last_resort: &[PathBuf]) -> Option<Kept> {
        let Some(sealed) = &self.sealed else {
            return set_aside_in(last_resort, bytes);
        };
        match set_aside_in(&sealed.in_memory, bytes) {
            Some(Kept::InFile(path)) => Some(Kept::InMemory(path)),
            kept => kept,
        }
    }

    /// Where the editor may work, each draft in a folder of its own, the best first.
    fn homes(&self) -> Vec<PathBuf> {
        let Some(sealed) = &self.sealed else {
            return vec![self.folder.clone()];
        };
        if sealed.in_memory.is_empty() && sealed.on_disk {
            return vec![self.folder.clone()];
        }
        let name = self.name_in_memory();
        let places = sealed.in_memory.iter();
        places.map(|place| place.join(&name)).collect()
    }

    /// What tells the drafts of this journal from those of others, where they are not beside it.
    fn name_in_memory(&self) -> String {
        let path = fs::canonicalize(&self.journal)
            .or_else(|_| std::path::absolute(&self.journal))
            .unwrap_or_else(|_| self.journal.clone());
        let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
        let hex: String = digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("onward-drafts-{hex}")
    }

    /// The journal, where it is encrypted and was opened before.
    fn open(&self) -> Result<Journal> {
        let key = self.sealed.as_ref().and_then(|sealed| sealed.key.as_ref());
        match key {
            Some(key) => Journal::open_again(&self.journal, key),
            None => Err(Error::Locked {
                path: self.journal.clone(),
                why: "it was not opened".to_owned(),
                hint: None,
            }),
        }
    }

    /// Keeps a draft in the journal under a new name.
    fn store_new(&self, particulars: &Particulars, page: &[u8]) -> Result<()> {
        let particulars = to_json(particulars).map_err(|error| self.cannot_write(error))?;
        self.open()?.keep_draft(&StoredDraft {
            name: format!("draft-{:016x}", environment::chance()),
            particulars,
            page: page.to_vec(),
        })
    }

    fn cannot_write(&self, error: io::Error) -> Error {
        Error::io("write a draft in", &self.folder, error)
    }
}

impl Draft {
    /// The page in its folder, for the editor. A draft that lies in the journal gets one.
    ///
    /// # Errors
    /// As [`Drafts::begin`].
    pub fn at_hand(&mut self) -> Result<PathBuf> {
        if let State::Journal(stored) = &self.state {
            let particulars = stored.particulars.as_bytes();
            *self = self
                .drafts
                .begin_with(Some(&self.name), particulars, &stored.page)?;
        }
        self.in_hand = true;
        match &self.state {
            State::Folder { folder, .. } => Ok(folder.join(PAGE)),
            State::Journal(_) => Err(self.drafts.cannot_write(io::ErrorKind::NotFound.into())),
        }
    }

    /// Its bytes as they are now, at most `limit` and one; `None` where the page is gone.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read or something else has taken its place.
    pub fn read(&self, limit: usize) -> Result<Option<Vec<u8>>> {
        let page = match &self.state {
            State::Folder { folder, .. } => folder.join(PAGE),
            State::Journal(stored) => {
                let end = stored.page.len().min(limit.saturating_add(1));
                return Ok(Some(stored.page[..end].to_vec()));
            }
        };
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
            .and_then(|file| {
                file.take((limit as u64).saturating_add(1))
                    .read_to_end(&mut bytes)
            })
            .map_err(wrong)?;
        Ok(Some(bytes))
    }

    /// Whether nothing lies in its folder but the page and its particulars. Editors keep what
    /// was not saved in files of their own beside the page.
    pub fn is_bare(&self) -> bool {
        let ours = |name: &std::ffi::OsStr| name == PAGE || name == PARTICULARS;
        match &self.state {
            State::Folder { folder, .. } => fs::read_dir(folder)
                .is_ok_and(|files| files.flatten().all(|file| ours(&file.file_name()))),
            State::Journal(_) => true,
        }
    }

    /// Puts other text on the page, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`] and its like; then the page is as it was.
    pub fn rewrite(&mut self, text: &str) -> Result<()> {
        let page = self.at_hand()?;
        let folder = page.parent().unwrap_or(Path::new("."));
        let wrong = |error| Error::io("write a draft in", folder, error);
        let file = tempfile::Builder::new()
            .tempfile_in(folder)
            .map_err(wrong)?;
        file.as_file().write_all(text.as_bytes()).map_err(wrong)?;
        file.as_file().sync_all().map_err(wrong)?;
        file.persist(&page).map_err(|error| wrong(error.error))?;
        Ok(())
    }

    /// Notes other particulars.
    ///
    /// # Errors
    /// [`Error::Io`] and its like.
    pub fn set_particulars(&mut self, particulars: &Particulars) -> Result<()> {
        let page = self.at_hand()?;
        let wrong = |error| Error::io("write", &page, error);
        let json = to_json(particulars).map_err(wrong)?;
        // In place, since the lock is on this very file.
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options
            .open(page.with_file_name(PARTICULARS))
            .map_err(wrong)?;
        // Cut to length last: where the disk is full, what was there stays.
        file.write_all(json.as_bytes())
            .and_then(|()| file.set_len(json.len() as u64))
            .and_then(|()| file.sync_all())
            .map_err(wrong)
    }

    /// What is known about it; what cannot be read any more is left at its default.
    pub fn particulars(&self) -> Particulars {
        serde_json::from_slice(&self.raw_particulars()).unwrap_or_default()
    }

    fn raw_particulars(&self) -> Vec<u8> {
        match &self.state {
            State::Folder { folder, .. } => {
                fs::read(folder.join(PARTICULARS)).unwrap_or_default()
            }
            State::Journal(stored) => stored.particulars.as_bytes().to_vec(),
        }
    }

    /// Where the journal is encrypted: keeps what stands on the page by now in the journal too,
    /// since what is in memory is gone when the machine is. Whether it is there then: a page that
    /// says nothing is not kept.
    ///
    /// # Errors
    /// Whatever keeps the page from being read, or the journal from being written.
    pub fn secure(&mut self) -> Result<bool> {
        if self.drafts.sealed.is_none() || matches!(self.state, State::Journal(_)) {
            return Ok(false);
        }
        let page = self.read(usize::MAX)?.unwrap_or_default();
        if says_nothing(&page) {
            return Ok(false);
        }
        let particulars = String::from_utf8(self.raw_particulars()).unwrap_or_default();
        self.in_journal = true;
        self.drafts.open()?.keep_draft(&StoredDraft {
            name: self.name.clone(),
            particulars,
            page,
        })?;
        Ok(true)
    }

    /// Leaves it to an editor that may still be open: it stays where that can save it.
    pub fn leave(mut self) {
        let _ = self.secure();
        self.in_hand = false;
    }

    /// Where the journal is encrypted: puts it into the journal, and its folder away. A draft
    /// that says nothing, or beside which an editor left something, stays.
    fn put_away(&mut self) -> Result<()> {
        if self.is_bare() && self.secure()? {
            self.remove_folder();
        }
        Ok(())
    }

    /// Removes the draft, and the folder around it when it was the last.
    pub fn remove(mut self) {
        self.in_hand = false;
        // What cannot be removed is found again as a draft: nothing is lost by going on.
        self.remove_folder();
        if self.in_journal
            && let Ok(mut journal) = self.drafts.open()
        {
            let _ = journal.remove_draft(&self.name);
        }
    }

    fn remove_folder(&self) {
        if let State::Folder { folder, .. } = &self.state {
            let _ = fs::remove_dir_all(folder);
            if let Some(home) = folder.parent() {
                let _ = fs::remove_dir(home);
            }
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.in_hand {
            // Where that fails it waits in memory.
            let _ = self.put_away();
        }
    }
}

fn to_json(particulars: &Particulars) -> io::Result<String> {
    serde_json::to_string(particulars).map_err(io::Error::from)
}

/// Whether the writer has put nothing but blanks on a page.
fn says_nothing(page: &[u8]) -> bool {
    std::str::from_utf8(page).is_ok_and(|page| editor::written(page).trim().is_empty())
}

fn name_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
