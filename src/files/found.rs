//! Checks of a file that was found: its kind, and whether another took its place.

use std::fs;
use std::path::Path;

/// Why a file is no plain file with something in it, as a sentence; `None` where it is one. Ask
/// before opening: opening a pipe would wait for ever.
pub(crate) fn why_no_plain_file(file: &fs::Metadata) -> Option<&'static str> {
    let kind = file.file_type();
    if kind.is_file() {
        return (file.len() == 0).then_some("it is an empty file");
    }
    if kind.is_dir() {
        return Some("it is a folder");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("it is a named pipe");
        }
        if kind.is_socket() {
            return Some("it is a socket");
        }
    }
    Some("it is a device")
}

/// The device of a file and its number there. A file that replaces another has another number.
pub(crate) type FileIdentity = (u64, u64);

/// The identity of the file at a path. `None` where no file is there, and on systems that have
/// no such numbers.
pub(crate) fn file_identity(path: &Path) -> Option<FileIdentity> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let file = fs::metadata(path).ok()?;
        Some((file.dev(), file.ino()))
    }
    // Elsewhere a file that is open cannot be replaced.
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}
