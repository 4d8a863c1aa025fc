//! Folders and files that only their owner can enter and read.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use crate::error::{Error, Result};

/// Makes a folder that only its owner can enter, and its parents. An existing folder stays as
/// it is.
///
/// # Errors
/// [`Error::ReadOnly`] if the place cannot be written to; [`Error::Io`] otherwise.
pub(crate) fn make_private_folder(folder: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| match error {
        error if is_denied(&error) => Error::ReadOnly {
            path: folder.to_path_buf(),
        },
        error => Error::io("make the folder", folder, error),
    })
}

/// Makes an empty file that only its owner can read. It must not exist yet.
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// True if the error means that the place cannot be written to.
pub(crate) fn is_denied(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem)
}

/// Makes a rename in a folder survive a power cut. Errors are ignored, because not every
/// system lets a folder be opened.
pub(crate) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
