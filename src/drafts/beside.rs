//! The files that an editor leaves beside a page: swap files, backups, what it rescued when the
//! terminal was closed. They may have text that is nowhere else.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::page_file;
use crate::model::entry::MAX_TEXT;

/// A file that an editor left beside a page.
#[derive(Debug)]
pub struct FileBeside {
    /// Where it is.
    pub path: PathBuf,
    /// The writer's part of it, if it is a text.
    pub text: Option<String>,
    /// When it was written last.
    pub modified: Option<SystemTime>,
}

impl FileBeside {
    /// Its name without its folder.
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// True if it is a swap file of vim or neovim, which they recover a text from.
    pub fn is_swap(&self) -> bool {
        let name = self.name();
        let (_, end) = name.rsplit_once('.').unwrap_or_default();
        name.starts_with('.') && end.len() == 3 && end.starts_with("sw")
    }

    /// True if all that it says is in one of these texts, line by line, so that nothing is lost
    /// with it. A backup that an editor makes of the page as it was is such a file.
    pub(super) fn is_within(&self, known: &[&str]) -> bool {
        let Some(text) = &self.text else {
            return false;
        };
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.all(|line| {
            let mut known = known.iter().flat_map(|text| text.lines());
            known.any(|known| known.trim() == line)
        })
    }
}

/// The files in a folder but those that are named, the newest first. Links are not followed.
pub(super) fn beside(folder: &Path, ours: &[&str]) -> Vec<FileBeside> {
    let found = fs::read_dir(folder).into_iter().flatten().flatten();
    let theirs = found.filter(|file| ours.iter().all(|name| file.file_name() != *name));
    let mut files: Vec<FileBeside> = theirs
        .map(|file| {
            let path = file.path();
            let found = fs::symlink_metadata(&path).ok();
            let is_short = found
                .as_ref()
                .is_some_and(|it| it.is_file() && it.len() <= 2 * MAX_TEXT as u64);
            let bytes = is_short.then(|| fs::read(&path).ok()).flatten();
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            // A swap file that happens to be UTF-8 is still no text.
            let text = text.filter(|text| !text.contains('\0'));
            FileBeside {
                text: text.map(|text| page_file::written(&text.replace("\r\n", "\n"))),
                modified: found.and_then(|found| found.modified().ok()),
                path,
            }
        })
        .collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.modified));
    files
}
