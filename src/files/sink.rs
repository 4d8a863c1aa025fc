//! The file or folder of an export, made beside its place and moved there when it is
//! complete.
//!
//! Nothing appears at the place before everything is on the disk. The next export to the same
//! place removes the leftovers of a killed one; see [`unfinished`].

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{UnfinishedFile, create_private, folder_of, sync_folder, unfinished};
use crate::error::{Error, Result};
use crate::formats::{self, EXPORT};

/// How many threads sync the files of a folder.
const SYNCS: usize = 32;

/// An unfinished export. Dropping it removes it.
pub(crate) struct ExportSink {
    place: PathBuf,
    what: SinkKind,
    // Dropped last, because some systems cannot remove an open file.
    unfinished: UnfinishedFile,
}

enum SinkKind {
    File { out: BufWriter<File>, replace: bool },
    Folder { files: Vec<PathBuf> },
}

impl ExportSink {
    /// Checks that a file can be made at a place. `replace` allows an existing file there.
    ///
    /// # Errors
    /// [`Error::NoPlace`].
    pub(crate) fn check_file(place: &Path, replace: bool) -> Result<()> {
        match fs::symlink_metadata(place) {
            Err(_) => check_name(place),
            Ok(found) if !found.is_file() => Err(taken(place, &found)),
            Ok(_) if replace => Ok(()),
            Ok(_) => Err(there_already(place)),
        }
    }

    fn check_folder(place: &Path) -> Result<()> {
        match fs::symlink_metadata(place) {
            Err(_) => check_name(place),
            Ok(found) if !found.is_dir() => Err(taken(place, &found)),
            Ok(_) => {
                let mut found =
                    fs::read_dir(place).map_err(|error| Error::io("read", place, error))?;
                if found.next().is_some() {
                    return Err(Error::NoPlace {
                        path: place.to_path_buf(),
                        what: "the folder is not empty",
                        hint: Some("name a new folder with -o"),
                    });
                }
                Ok(())
            }
        }
    }

    /// Begins a file that only its owner can read. `replace` allows it to replace an existing
    /// file.
    ///
    /// # Errors
    /// [`Error::NoPlace`] for a place that is taken or cannot have a file, and for a link,
    /// which is not followed; [`Error::Io`] and [`Error::DiskFull`].
    pub(crate) fn file(place: &Path, replace: bool) -> Result<ExportSink> {
        ExportSink::check_file(place, replace)?;
        let unfinished = begin(place, UnfinishedFile::begin)?;
        // The file exists already, empty: `begin` has just made it.
        let file = File::options()
            .write(true)
            .open(unfinished.path())
            .map_err(|error| Error::io("write", place, error))?;
        Ok(ExportSink {
            place: place.to_path_buf(),
            what: SinkKind::File {
                out: BufWriter::with_capacity(1 << 16, file),
                replace,
            },
            unfinished,
        })
    }

    /// Begins a folder that only its owner can enter. It may replace an empty folder.
    ///
    /// # Errors
    /// As [`ExportSink::file`].
    pub(crate) fn folder(place: &Path) -> Result<ExportSink> {
        ExportSink::check_folder(place)?;
        Ok(ExportSink {
            place: place.to_path_buf(),
            what: SinkKind::Folder { files: Vec::new() },
            unfinished: begin(place, UnfinishedFile::begin_folder)?,
        })
    }

    /// Lets `write` write to the file. For a folder, the bytes go nowhere.
    ///
    /// # Errors
    /// Those of `write`. An error of writing is told with the path of the place.
    pub(crate) fn write<T>(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> Result<T>,
    ) -> Result<T> {
        match &mut self.what {
            SinkKind::File { out, .. } => write(out),
            SinkKind::Folder { .. } => write(&mut std::io::sink()),
        }
        .map_err(|error| said_of(&self.place, error))
    }

    /// Lets `write` open new files in the folder by their names, each once.
    ///
    /// # Errors
    /// As [`ExportSink::write`].
    pub(crate) fn write_files<T>(
        &mut self,
        write: impl FnOnce(&mut dyn FnMut(&str) -> formats::Result<File>) -> Result<T>,
    ) -> Result<T> {
        let (place, folder) = (&self.place, self.unfinished.path());
        let mut made = Vec::new();
        let written = write(&mut |name| {
            let path = folder.join(name);
            let file =
                create_private(&path).map_err(|error| Error::io("write", place, error))?;
            made.push(path);
            Ok(file)
        });
        if let SinkKind::Folder { files } = &mut self.what {
            files.extend(made);
        }
        written.map_err(|error| said_of(&self.place, error))
    }

    /// Syncs the export and moves it to its place. `still` is called between the two and can
    /// stop it by an error.
    ///
    /// # Errors
    /// [`Error::NoPlace`] if something has appeared at the place meanwhile; [`Error::Io`] and
    /// [`Error::DiskFull`]; those of `still`. After an error nothing was moved.
    pub(crate) fn finish(self, still: &dyn Fn() -> Result<()>) -> Result<()> {
        let ExportSink {
            place,
            what,
            unfinished,
        } = self;
        let wrong = |error| Error::io("write", &place, error);
        let moved = match what {
            SinkKind::File { out, replace } => {
                let file = out
                    .into_inner()
                    .map_err(|error| wrong(error.into_error()))?;
                file.sync_all().map_err(wrong)?;
                drop(file);
                still()?;
                if replace {
                    unfinished.replace(&place)
                } else {
                    unfinished.finish(&place)
                }
            }
            SinkKind::Folder { files } => {
                sync_all(&files).map_err(wrong)?;
                sync_folder(unfinished.path());
                still()?;
                // Replaces an empty folder, and fails for anything else.
                unfinished.replace(&place)
            }
        };
        moved.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::DirectoryNotEmpty => {
                there_already(&place)
            }
            _ => wrong(error),
        })?;
        sync_folder(folder_of(&place));
        Ok(())
    }
}

/// Syncs files, several at a time: many syncs at once take a disk about as long as one.
fn sync_all(files: &[PathBuf]) -> std::io::Result<()> {
    let share = files.len().div_ceil(SYNCS).max(1);
    std::thread::scope(|scope| {
        let syncs: Vec<_> = files
            .chunks(share)
            .map(|files| {
                scope.spawn(|| {
                    files
                        .iter()
                        .try_for_each(|file| File::open(file)?.sync_all())
                })
            })
            .collect();
        syncs.into_iter().try_for_each(|sync| {
            let ended = sync.join();
            ended.unwrap_or_else(|_| Err(std::io::Error::other("a thread has ended")))
        })
    })
}

/// Checks that the place has a name, and that its folder exists.
fn check_name(place: &Path) -> Result<()> {
    let no_place = |what, hint| {
        Err(Error::NoPlace {
            path: place.to_path_buf(),
            what,
            hint: Some(hint),
        })
    };
    if place.file_name().is_none() {
        return no_place("it has no name", "name a file or a new folder with -o");
    }
    if !folder_of(place).is_dir() {
        return no_place(
            "there is no such folder to put it in",
            "make the folder first",
        );
    }
    Ok(())
}

fn begin(
    place: &Path,
    begin: impl FnOnce(&Path) -> std::io::Result<UnfinishedFile>,
) -> Result<UnfinishedFile> {
    check_name(place)?;
    unfinished::clear(place);
    begin(place).map_err(|error| Error::io("write", place, error))
}

fn there_already(place: &Path) -> Error {
    Error::NoPlace {
        path: place.to_path_buf(),
        what: "it is there already",
        hint: Some("replace it with --force, or name another with -o"),
    }
}

/// The error for a file, folder, link or device that cannot be replaced.
fn taken(place: &Path, found: &fs::Metadata) -> Error {
    let kind = found.file_type();
    let (what, hint) = if kind.is_symlink() {
        (
            "it is a link",
            "name a file itself; -o - is standard output",
        )
    } else if kind.is_dir() {
        ("it is a folder", "name a file in it with -o")
    } else if kind.is_file() {
        ("it is a file", "name a new folder with -o")
    } else {
        ("it is a pipe or a device", "-o - writes to standard output")
    };
    Error::NoPlace {
        path: place.to_path_buf(),
        what,
        hint: Some(hint),
    }
}

/// Puts the path of the place into an error of writing.
fn said_of(place: &Path, error: Error) -> Error {
    match error {
        Error::Io { doing, source } if doing == format!("write {EXPORT}") => {
            Error::io("write", place, source)
        }
        other => other,
    }
}
