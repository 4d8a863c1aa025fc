//! Checking a file that exists: its kind, and if another has taken its place.

use std::fs;
use std::path::Path;

/// The reason that a file is not a plain file with bytes in it, as a sentence; `None` if it
/// is. Ask before opening it, because opening a pipe would block for ever.
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

/// The device of a file and its number there. A file that replaces another has another
/// number.
pub(crate) type FileIdentity = (u64, u64);

/// True if a file has another name somewhere: a hard link.
pub(crate) fn has_other_names(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(path).is_ok_and(|file| file.nlink() > 1)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// The identity of the file at a path. `None` if there is no file, and on systems without
/// such numbers.
pub(crate) fn file_identity(path: &Path) -> Option<FileIdentity> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let file = fs::metadata(path).ok()?;
        Some((file.dev(), file.ino()))
    }
    // Other systems do not let an open file be replaced.
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}
