//! Folders and files, whatever their contents.
//!
//! - `private`: folders and files that only their owner can enter and read
//! - `unfinished`: files and folders that are made beside their place and moved there when
//!   they are complete, and the leftovers of those that never were
//! - `sink`: the file or folder of an export
//! - `found`: checks of a file that exists

mod found;
mod private;
mod sink;
pub(crate) mod unfinished;

use std::path::{Path, PathBuf};

pub(crate) use found::{FileIdentity, file_identity, has_other_names, why_no_plain_file};
pub(crate) use private::{create_private, is_denied, make_private_folder, sync_folder};
pub(crate) use sink::ExportSink;
pub(crate) use unfinished::UnfinishedFile;

/// The folder that a path lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The same path with a suffix at its end, for a file beside it.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
