//! Drafts: text that is being written and not yet saved as an entry.
//!
//! Each draft has a folder of its own, 0700, with the page and its metadata in it, 0600. The
//! editor works on the page in that folder, so a draft survives however this program ends. A
//! lock on the metadata tells a draft that is being written from one that waits to be
//! resumed. When the page is saved, its folder is removed with everything the editor left in
//! it.
//!
//! The folders of a plain journal lie beside it. Those of an encrypted journal lie in memory,
//! and only while an editor needs them: a draft that waits is stored in the journal itself,
//! encrypted like everything else. Its folder and its row in the journal have the same name.
//! If both exist, the folder has the newer state.
//!
//! Nothing here opens a journal. A caller that has it open lends it; only `session/` does.

mod beside;
mod folder;
pub mod page_file;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::environment;
use crate::error::{Error, KeptText, Result};
use crate::files::{create_private, with_suffix};
use crate::journal::{Journal, StoredDraft};

pub use beside::FileBeside;
pub use folder::set_aside_in;
use folder::{files_in, kept_files_in, new_folder, write_and_sync};

const PAGE: &str = "page.md";
const METADATA: &str = "particulars.json";
/// The files in a draft's folder that this program writes.
const OURS: [&str; 2] = [PAGE, METADATA];
/// The file for bytes that are no text, or too many.
const KEPT: &str = "kept.txt";

/// The drafts of one journal.
#[derive(Debug, Clone)]
pub struct Drafts {
    /// The folder beside the journal.
    folder: PathBuf,
    /// The path of the journal. The names of its folders in memory are made from it.
    journal: PathBuf,
    /// The places for drafts of an encrypted journal; `None` for a plain one.
    encrypted: Option<DraftPlaces>,
}

/// The places for drafts of an encrypted journal.
#[derive(Debug, Clone)]
pub struct DraftPlaces {
    /// Folders that are only ever in memory, the best first.
    pub in_memory: Vec<PathBuf>,
    /// True if the editor may work on the disk when there is no folder in memory.
    pub on_disk: bool,
}

/// A draft. This process has it locked until the value is dropped.
#[derive(Debug)]
pub struct Draft {
    name: String,
    location: DraftLocation,
    /// The drafts that it belongs to.
    drafts: Box<Drafts>,
    /// True if the journal may have a state of it too.
    in_journal: bool,
}

/// The place of a draft.
#[derive(Debug)]
enum DraftLocation {
    Folder {
        folder: PathBuf,
        /// Holds the lock while it is open.
        _lock: Option<File>,
    },
    Journal(StoredDraft),
}

/// The metadata of a draft: the entry that it is to become.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftMetadata {
    /// The instant when writing began (RFC 3339).
    pub begun: String,
    /// The day of the entry (ISO).
    pub day: String,
    /// The instant that the writer dated it to (RFC 3339); `None` for the time of saving.
    pub written_at: Option<String>,
    /// The tips that the writer chose, as deck/slug; `None` for the day's prompt.
    pub tips: Option<Vec<String>>,
    /// True if it answers the question of the week.
    pub week: bool,
    /// The mood, from 1 to 5.
    pub mood: Option<u8>,
    /// The tags that were given as flags.
    pub tags: Vec<String>,
    /// True if it is starred.
    pub starred: bool,
    /// The number of the entry to change; `None` for a new entry.
    pub entry: Option<i64>,
    /// The text of that entry when editing began.
    pub from: Option<String>,
    /// The kind of the entry; `None` for a page.
    pub kind: Option<String>,
    /// The data of that kind, by name.
    pub fields: BTreeMap<String, String>,
}

impl Drafts {
    /// The drafts of the plain journal at this path.
    pub fn of(journal: &Path) -> Drafts {
        Drafts {
            folder: with_suffix(journal, ".drafts"),
            journal: journal.to_path_buf(),
            encrypted: None,
        }
    }

    /// The drafts of the encrypted journal at this path.
    pub fn encrypted(self, places: DraftPlaces) -> Drafts {
        Drafts {
            encrypted: Some(places),
            ..self
        }
    }

    /// Begins a draft with this text.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::DiskFull`] when the folder or the files cannot be made;
    /// [`Error::Usage`] if others can write to the folder, or if the journal is encrypted and
    /// there is no place in memory.
    pub fn begin(&self, metadata: &DraftMetadata, text: &str) -> Result<Draft> {
        let json = to_json(metadata).map_err(|error| self.cannot_write(error))?;
        self.begin_with(None, json.as_bytes(), text.as_bytes())
    }

    /// Begins a draft in the first place that works, with a given name or a new one.
    fn begin_with(&self, name: Option<&str>, metadata: &[u8], page: &[u8]) -> Result<Draft> {
        let mut failed = None;
        for home in self.homes() {
            match self.begin_in(&home, name, metadata, page) {
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
        metadata: &[u8],
        page: &[u8],
    ) -> Result<Draft> {
        let folder = new_folder(home, name)?;
        let write = || -> io::Result<File> {
            let mut file = create_private(&folder.path().join(METADATA))?;
            // Ignore the error: without locks, a draft that is being written only looks like
            // one that waits.
            let _ = file.try_lock();
            file.write_all(metadata)?;
            let mut on_page = create_private(&folder.path().join(PAGE))?;
            on_page.write_all(page)?;
            on_page.sync_all()?;
            file.sync_all()?;
            Ok(file)
        };
        let lock = write().map_err(|error| Error::io("write a draft in", home, error))?;
        Ok(Draft {
            name: name_of(folder.path()),
            location: DraftLocation::Folder {
                folder: folder.keep(),
                _lock: Some(lock),
            },
            drafts: Box::new(self.clone()),
            in_journal: name.is_some(),
        })
    }

    /// The drafts that wait, the newest first: those in folders, and those in the encrypted
    /// journal if it is lent.
    ///
    /// # Errors
    /// [`Error::Io`] if a folder exists and cannot be read.
    pub fn waiting(&self, journal: Option<&Journal>) -> Result<Vec<Draft>> {
        let stored = match journal {
            Some(journal) if self.encrypted.is_some() => journal.drafts()?,
            _ => Vec::new(),
        };
        self.waiting_with(stored)
    }

    /// Like [`Drafts::waiting`], with the drafts that the caller has read from the journal.
    ///
    /// # Errors
    /// [`Error::Io`] if a folder exists and cannot be read.
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
            location: DraftLocation::Journal(stored),
            drafts: Box::new(self.clone()),
            in_journal: true,
        }));
        Ok(waiting)
    }

    /// The drafts that wait in one folder, the newest first. Adds to `names` the names of all
    /// drafts in it, also of those that are being written.
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
            // An editor may have left a text in a file of its own, and the page is saved or gone.
            let page = fs::symlink_metadata(folder.join(PAGE)).ok();
            let rescued = || beside::beside(&folder, &OURS).into_iter().next();
            let modified = match page {
                Some(page) => page.modified().ok(),
                None if !folder.join(METADATA).is_file() => continue,
                None => match rescued() {
                    Some(rescued) => rescued.modified,
                    None => continue,
                },
            };
            let name = name_of(&folder);
            names.insert(name.clone());
            let lock = match OpenOptions::new().read(true).open(folder.join(METADATA)) {
                Ok(file) => match file.try_lock() {
                    Err(TryLockError::WouldBlock) => continue,
                    _ => Some(file),
                },
                // An editor that was never closed can write a page again after its metadata
                // is removed.
                Err(_) => None,
            };
            let draft = Draft {
                name,
                location: DraftLocation::Folder {
                    folder,
                    _lock: lock,
                },
                drafts: Box::new(self.clone()),
                in_journal: self.encrypted.is_some(),
            };
            found.push((modified, draft));
        }
        found.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.name.cmp(&y.name)));
        Ok(found.into_iter().map(|(_, draft)| draft).collect())
    }

    /// Moves waiting drafts to where they belong. Those of an encrypted journal go into it:
    /// from memory, where a killed program left them, and from beside it, where they lie from
    /// before it was encrypted. Those in a plain journal come out of it. Drafts that are
    /// being written stay where they are, and so do those with other files of the editor in
    /// their folder.
    ///
    /// # Errors
    /// [`Error::Io`] when a folder cannot be read or written, and those of the journal.
    /// Drafts that were not moved by then stay where they are.
    pub fn gather(&self, journal: &mut Journal) -> Result<()> {
        if self.encrypted.is_some() {
            return self.put_away(journal, |_| true);
        }
        for stored in journal.drafts()? {
            let metadata = stored.particulars.as_bytes();
            self.begin_with(Some(&stored.name), metadata, &stored.page)?;
            journal.remove_draft(&stored.name)?;
        }
        Ok(())
    }

    /// Moves waiting drafts from their folders into the encrypted journal, if `meant` is true
    /// for their names.
    ///
    /// # Errors
    /// As [`Drafts::gather`].
    pub fn put_away(&self, journal: &mut Journal, meant: impl Fn(&str) -> bool) -> Result<()> {
        for home in self.homes_before_too() {
            for mut draft in self.waiting_in(&home, &mut BTreeSet::new())? {
                if meant(&draft.name) {
                    draft.put_away(journal)?;
                }
            }
        }
        Ok(())
    }

    /// True if a draft waits in a folder.
    pub fn any_in_folders(&self) -> bool {
        let waits = |home: &PathBuf| {
            let waiting = self.waiting_in(home, &mut BTreeSet::new());
            waiting.is_ok_and(|waiting| !waiting.is_empty())
        };
        self.homes_before_too().iter().any(waits)
    }

    /// The pages in memory that say something, also of drafts that are being written.
    pub fn in_memory(&self) -> Vec<PathBuf> {
        let homes = match self.encrypted {
            Some(_) => self.homes(),
            None => Vec::new(),
        };
        let drafts = homes.iter().flat_map(|home| files_in(home));
        let pages = drafts.map(|draft| draft.join(PAGE));
        let says_something =
            |page: &PathBuf| fs::read(page).is_ok_and(|page| !says_nothing(&page));
        pages.filter(says_something).collect()
    }

    /// The folder beside the journal. It exists only while it has drafts.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The files with bytes that could not become a draft, in the drafts' folder and in the
    /// places of last resort.
    pub fn kept_files(&self, last_resort: &[PathBuf]) -> Vec<PathBuf> {
        let own = files_in(&self.folder)
            .into_iter()
            .map(|folder| folder.join(KEPT));
        let in_memory = self.encrypted.iter().flat_map(|places| &places.in_memory);
        let elsewhere: BTreeSet<&PathBuf> = last_resort.iter().chain(in_memory).collect();
        let elsewhere = elsewhere.into_iter().flat_map(|place| kept_files_in(place));
        let is_file = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|it| it.is_file());
        let mut found: Vec<PathBuf> = own.chain(elsewhere).filter(is_file).collect();
        found.sort();
        found
    }

    /// Keeps a text that could not be saved: as a draft, or else in a file in one of the
    /// places of last resort. For an encrypted journal those are the places in memory, and a
    /// draft needs the journal. `None` if there is no room anywhere.
    pub fn keep(
        &self,
        journal: Option<&mut Journal>,
        metadata: &DraftMetadata,
        text: &str,
        last_resort: &[PathBuf],
    ) -> Option<KeptText> {
        // Compose it as an editor's page, so that no line of the text is taken for the
        // scissors.
        let page = page_file::compose(text, "");
        let kept = match &self.encrypted {
            Some(_) => self.store_new(journal, metadata, page.as_bytes()),
            None => self.begin(metadata, &page).map(|_| ()),
        };
        match kept {
            Ok(()) => Some(KeptText::AsDraft),
            Err(_) => self.set_aside_elsewhere(text.as_bytes(), last_resort),
        }
    }

    /// Keeps bytes that are no text, that are too many, or whose purpose is not known yet:
    /// exactly as they are in a file, or as a draft in the encrypted journal. `None` if there
    /// is no room anywhere.
    pub fn set_aside(
        &self,
        journal: Option<&mut Journal>,
        bytes: &[u8],
        last_resort: &[PathBuf],
    ) -> Option<KeptText> {
        if self.encrypted.is_some() {
            // Compose text as an editor's page, as `keep` does.
            let page = std::str::from_utf8(bytes).map(|text| page_file::compose(text, ""));
            let page = page.as_ref().map_or(bytes, |page| page.as_bytes());
            return match self.store_new(journal, &DraftMetadata::default(), page) {
                Ok(()) => Some(KeptText::AsDraft),
                Err(_) => self.set_aside_elsewhere(bytes, last_resort),
            };
        }
        let own = new_folder(&self.folder, None).ok().and_then(|folder| {
            let path = folder.path().join(KEPT);
            write_and_sync(create_private(&path).ok()?, bytes).ok()?;
            let _ = folder.keep();
            Some(path)
        });
        own.map(KeptText::InFile)
            .or_else(|| self.set_aside_elsewhere(bytes, last_resort))
    }

    fn set_aside_elsewhere(&self, bytes: &[u8], last_resort: &[PathBuf]) -> Option<KeptText> {
        let Some(places) = &self.encrypted else {
            return set_aside_in(last_resort, bytes);
        };
        match set_aside_in(&places.in_memory, bytes) {
            Some(KeptText::InFile(path)) => Some(KeptText::InMemory(path)),
            kept => kept,
        }
    }

    /// The folders in which drafts get their own folders, the best first.
    fn homes(&self) -> Vec<PathBuf> {
        let Some(places) = &self.encrypted else {
            return vec![self.folder.clone()];
        };
        if places.in_memory.is_empty() && places.on_disk {
            return vec![self.folder.clone()];
        }
        let name = self.name_in_memory();
        let in_memory = places.in_memory.iter();
        in_memory.map(|place| place.join(&name)).collect()
    }

    /// The homes, and the folder beside the journal, which has drafts from before it was
    /// encrypted.
    fn homes_before_too(&self) -> Vec<PathBuf> {
        let mut homes = self.homes();
        if !homes.contains(&self.folder) {
            homes.push(self.folder.clone());
        }
        homes
    }

    /// The name of the journal's folder in memory. It is a digest of the journal's path, so
    /// that journals do not share drafts.
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

    /// Stores a draft in the journal under a new name.
    fn store_new(
        &self,
        journal: Option<&mut Journal>,
        metadata: &DraftMetadata,
        page: &[u8],
    ) -> Result<()> {
        let Some(journal) = journal else {
            return Err(Error::Locked {
                path: self.journal.clone(),
                why: "it was not opened".to_owned(),
                hint: None,
            });
        };
        let particulars = to_json(metadata).map_err(|error| self.cannot_write(error))?;
        journal.keep_draft(&StoredDraft {
            name: format!("draft-{:016x}", environment::random_number()),
            particulars,
            page: page.to_vec(),
        })
    }

    fn cannot_write(&self, error: io::Error) -> Error {
        Error::io("write a draft in", &self.folder, error)
    }
}

impl Draft {
    /// The name of its folder, and of its row in the journal.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the entry that the draft becomes. It is the same each time, so that a draft that
    /// a killed program saved and did not remove is known to be saved.
    ///
    /// A UUIDv7 (RFC 9562, section 5.7) of the moment that the draft was begun, with the digest of
    /// its name in the place of random bytes.
    pub fn entry_id(&self) -> Uuid {
        let begun = DateTime::parse_from_rfc3339(&self.metadata().begun).ok();
        let millis = begun.map_or(0, |begun| begun.timestamp_millis());
        let digest = Sha256::digest(self.name.as_bytes());
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&digest[..10]);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(millis).unwrap_or(0), &bytes)
            .into_uuid()
    }

    /// The path of the page for the editor. A draft from the journal gets a folder.
    ///
    /// # Errors
    /// As [`Drafts::begin`].
    pub fn at_hand(&mut self) -> Result<PathBuf> {
        if let DraftLocation::Journal(stored) = &self.location {
            let metadata = stored.particulars.as_bytes();
            *self = self
                .drafts
                .begin_with(Some(&self.name), metadata, &stored.page)?;
        }
        match &self.location {
            DraftLocation::Folder { folder, .. } => Ok(folder.join(PAGE)),
            DraftLocation::Journal(_) => {
                Err(self.drafts.cannot_write(io::ErrorKind::NotFound.into()))
            }
        }
    }

    /// The bytes of the page, at most `limit` and one more, which tells that it is too long.
    /// `None` if the page is gone.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be read, or is no plain file any more.
    pub fn read(&self, limit: usize) -> Result<Option<Vec<u8>>> {
        let page = match &self.location {
            DraftLocation::Folder { folder, .. } => folder.join(PAGE),
            DraftLocation::Journal(stored) => {
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

    /// True if its folder has no files but the page and its metadata. Editors keep unsaved
    /// changes in other files beside the page.
    pub fn is_bare(&self) -> bool {
        self.beside().is_empty()
    }

    /// The files that an editor left beside the page, the newest first.
    pub fn beside(&self) -> Vec<FileBeside> {
        match &self.location {
            DraftLocation::Folder { folder, .. } => beside::beside(folder, &OURS),
            DraftLocation::Journal(_) => Vec::new(),
        }
    }

    /// The files beside the page that say something which is neither in the page nor in the text
    /// that it had `before`, the newest first.
    pub fn beside_with_news(&self, before: &str) -> Vec<FileBeside> {
        self.beside_known_and_new(before).1
    }

    fn beside_known_and_new(&self, before: &str) -> (Vec<FileBeside>, Vec<FileBeside>) {
        let page = self.text();
        let is_known = |file: &FileBeside| file.is_within(&[page.as_str(), before]);
        self.beside().into_iter().partition(is_known)
    }

    /// The newest text that an editor left beside the page, if it is newer than the page and says
    /// something else.
    pub fn newer_text(&self) -> Option<FileBeside> {
        let DraftLocation::Folder { folder, .. } = &self.location else {
            return None;
        };
        let saved = fs::symlink_metadata(folder.join(PAGE)).and_then(|page| page.modified());
        let saved = saved.ok();
        let page = self.text();
        self.beside().into_iter().find(|file| {
            let text = file.text.as_deref().unwrap_or_default();
            !text.trim().is_empty() && text != page && file.modified >= saved
        })
    }

    /// Makes a text that an editor left beside the page the text of the page. `help` stands below
    /// the scissors.
    ///
    /// # Errors
    /// As [`Draft::rewrite`]. After an error both are as they were.
    pub fn take_from(&mut self, file: &FileBeside, help: &str) -> Result<()> {
        let text = file.text.as_deref().unwrap_or_default();
        self.rewrite(&page_file::compose(text, help))?;
        // Ignore the error: a file that stays is only offered again.
        let _ = fs::remove_file(&file.path);
        Ok(())
    }

    /// The writer's part of the page; empty if it cannot be read.
    fn text(&self) -> String {
        let page = self.read(usize::MAX).ok().flatten().unwrap_or_default();
        page_file::written(&String::from_utf8_lossy(&page).replace("\r\n", "\n"))
    }

    /// True if there is something to take up again: a text that is not the one the entry had when
    /// the draft was begun, or a file of an editor.
    pub fn says_something(&self) -> bool {
        let text = self.text();
        let was = self.metadata().from;
        !self.is_bare() || !(text.trim().is_empty() || was.as_deref() == Some(text.as_str()))
    }

    /// Replaces the text of the page, as a whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::DiskFull`]. After an error the page is as it was.
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

    /// Replaces the metadata.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::DiskFull`].
    pub fn set_metadata(&mut self, metadata: &DraftMetadata) -> Result<()> {
        let page = self.at_hand()?;
        let wrong = |error| Error::io("write", &page, error);
        let json = to_json(metadata).map_err(wrong)?;
        // Write in place, because the lock is on this very file.
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(page.with_file_name(METADATA)).map_err(wrong)?;
        // Set the length last, so that a full disk does not cut off the old metadata.
        file.write_all(json.as_bytes())
            .and_then(|()| file.set_len(json.len() as u64))
            .and_then(|()| file.sync_all())
            .map_err(wrong)
    }

    /// The metadata. Fields that cannot be read have their default.
    pub fn metadata(&self) -> DraftMetadata {
        serde_json::from_slice(&self.raw_metadata()).unwrap_or_default()
    }

    fn raw_metadata(&self) -> Vec<u8> {
        match &self.location {
            DraftLocation::Folder { folder, .. } => {
                fs::read(folder.join(METADATA)).unwrap_or_default()
            }
            DraftLocation::Journal(stored) => stored.particulars.as_bytes().to_vec(),
        }
    }

    /// For an encrypted journal: stores the page in the journal too, because pages in memory
    /// are lost when the machine stops. Returns true if the journal has it now. A blank page
    /// is not stored.
    ///
    /// # Errors
    /// As [`Draft::read`], and those of the journal.
    pub fn secure(&mut self, journal: &mut Journal) -> Result<bool> {
        if self.drafts.encrypted.is_none() || matches!(self.location, DraftLocation::Journal(_))
        {
            return Ok(false);
        }
        let page = self.read(usize::MAX)?.unwrap_or_default();
        if says_nothing(&page) {
            return Ok(false);
        }
        let particulars = String::from_utf8(self.raw_metadata()).unwrap_or_default();
        self.in_journal = true;
        journal.keep_draft(&StoredDraft {
            name: self.name.clone(),
            particulars,
            page,
        })?;
        Ok(true)
    }

    /// For an encrypted journal: moves the draft into it. A blank draft stays in its folder,
    /// and so does one with other files of the editor.
    fn put_away(&mut self, journal: &mut Journal) -> Result<()> {
        if self.is_bare() && self.secure(journal)? {
            self.remove_folder("");
        }
        Ok(())
    }

    /// Removes a draft that was saved: its page, and its row in the encrypted journal if that is
    /// lent. A file of an editor stays, unless all that it says is in the page or in the text
    /// that the page had `before`; returns the files that stay.
    pub fn remove(self, before: &str, journal: Option<&mut Journal>) -> Vec<FileBeside> {
        let kept = self.remove_folder(before);
        self.remove_row(journal);
        kept
    }

    /// Removes a draft that the person throws away, with all that editors left beside it.
    pub fn discard(self, journal: Option<&mut Journal>) {
        if let DraftLocation::Folder { folder, .. } = &self.location {
            let _ = fs::remove_dir_all(folder);
        }
        self.remove_folder("");
        self.remove_row(journal);
    }

    fn remove_row(&self, journal: Option<&mut Journal>) {
        if self.in_journal
            && let Some(journal) = journal
        {
            let _ = journal.remove_draft(&self.name);
        }
    }

    /// Removes the page, and the folder if there is nothing else in it then. Ignores errors: a
    /// folder that stays is listed as a draft, so nothing is lost.
    fn remove_folder(&self, before: &str) -> Vec<FileBeside> {
        let DraftLocation::Folder { folder, .. } = &self.location else {
            return Vec::new();
        };
        let (known, kept) = self.beside_known_and_new(before);
        for file in known {
            let _ = fs::remove_file(&file.path);
        }
        let _ = fs::remove_file(folder.join(PAGE));
        if kept.is_empty() {
            let _ = fs::remove_file(folder.join(METADATA));
            let _ = fs::remove_dir(folder);
            if let Some(home) = folder.parent() {
                let _ = fs::remove_dir(home);
            }
        }
        kept
    }
}

fn to_json(metadata: &DraftMetadata) -> io::Result<String> {
    serde_json::to_string(metadata).map_err(io::Error::from)
}

/// True if the writer's part of a page is blank.
fn says_nothing(page: &[u8]) -> bool {
    std::str::from_utf8(page).is_ok_and(|page| page_file::written(page).trim().is_empty())
}

fn name_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
