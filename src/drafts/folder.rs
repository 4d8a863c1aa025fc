//! Private folders and files for drafts.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, KeptText, Result};
use crate::files::make_private_folder;

/// How the names of files begin that [`set_aside_in`] makes.
const KEPT_ELSEWHERE: &str = "onward-kept-";

/// Makes a new folder for a draft in the folder `home`.
///
/// # Errors
/// [`Error::Io`] when it cannot be made; [`Error::Usage`] if others can write to `home`.
pub(super) fn new_folder(home: &Path, name: Option<&str>) -> Result<tempfile::TempDir> {
    let wrong = |error| Error::io("make a draft in", home, error);
    let mut builder = tempfile::Builder::new();
    // A name can come from the journal's file, which may be hostile: refuse path separators.
    let is_plain = |name: &&str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !name.is_empty() && name.bytes().all(plain)
    };
    match name.filter(is_plain) {
        Some(name) => builder.prefix(name).rand_bytes(0),
        None => builder.prefix("draft-").rand_bytes(10),
    };
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    // Another process may remove the folder with its last draft meanwhile: try again.
    let mut tries = 0;
    let folder = loop {
        tries += 1;
        make_private_folder(home)?;
        check_ours(home)?;
        match builder.tempdir_in(home) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && tries < 10 => {}
            made => break made.map_err(wrong)?,
        }
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let owner = |path: &Path| fs::symlink_metadata(path).map(|found| found.uid());
        let ours = owner(folder.path()).map_err(wrong)?;
        if owner(home).map_err(wrong)? != ours {
            return Err(not_ours(home, "it belongs to somebody else"));
        }
    }
    Ok(folder)
}

fn check_ours(home: &Path) -> Result<()> {
    let found = fs::symlink_metadata(home)
        .map_err(|error| Error::io("make a draft in", home, error))?;
    if !found.is_dir() {
        return Err(not_ours(home, "it is no folder"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if found.permissions().mode() & 0o022 != 0 {
            return Err(not_ours(home, "others can write to it"));
        }
    }
    Ok(())
}

fn not_ours(home: &Path, why: &'static str) -> Error {
    Error::usage(format!("cannot keep drafts in {}: {why}", home.display()))
}

/// Writes bytes to a new file in the first of these folders that takes it. `None` if there is
/// no room anywhere.
pub fn set_aside_in(places: &[PathBuf], bytes: &[u8]) -> Option<KeptText> {
    places.iter().find_map(|place| {
        let file = tempfile::Builder::new()
            .prefix(KEPT_ELSEWHERE)
            .suffix(".txt")
            .tempfile_in(place)
            .ok()?;
        write_and_sync(file.as_file().try_clone().ok()?, bytes).ok()?;
        file.keep().ok().map(|(_, path)| KeptText::InFile(path))
    })
}

pub(super) fn write_and_sync(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// The files that [`set_aside_in`] made in a folder.
pub(super) fn kept_files_in(place: &Path) -> Vec<PathBuf> {
    let is_kept = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(KEPT_ELSEWHERE) && name.ends_with(".txt")
    };
    files_in(place).into_iter().filter(is_kept).collect()
}

/// The files and folders in a folder; none if it cannot be read.
pub(super) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    found.map(|found| found.path()).collect()
}
