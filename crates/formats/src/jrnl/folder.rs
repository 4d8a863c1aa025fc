//! jrnl's folder of days: `2013/06/09.txt`, each a file as [`super::text`] reads it.
//!
//! The date of an entry is that of its header; if the pattern for dates holds a time alone, it is
//! that of the file. Links are not followed. Other files are refused and hidden ones left out,
//! with a remark on both.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;

use super::text;
use crate::error::{FormatError, Result};
use crate::{ImportItem, ReadContext, SourcePlace, TakeItem};

/// True if a folder holds a file of a day.
pub fn looks_like(folder: &Path) -> bool {
    fn holds(folder: &Path, level: usize) -> bool {
        let Ok(names) = fs::read_dir(folder) else {
            return false;
        };
        names.filter_map(|found| found.ok()).any(|found| {
            let name = found.file_name();
            let Some(_) = name.to_str().and_then(|name| number(name, level)) else {
                return false;
            };
            match found.file_type() {
                Ok(kind) if level == 2 => kind.is_file(),
                Ok(kind) => kind.is_dir() && holds(&found.path(), level + 1),
                Err(_) => false,
            }
        })
    }
    holds(folder, 0)
}

/// Reads a folder, the earliest day first.
///
/// # Errors
/// Those of [`text::read`] for any of the files.
pub fn read(folder: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    level(folder, &mut Vec::new(), reader, take)
}

/// Reads a folder. `above` is its place among the years and months.
fn level(
    folder: &Path,
    above: &mut Vec<u32>,
    reader: &ReadContext<'_>,
    take: TakeItem<'_>,
) -> Result<()> {
    let failed = |error| FormatError::read(folder, error);
    let mut names: Vec<OsString> = Vec::new();
    for found in fs::read_dir(folder).map_err(failed)? {
        names.push(found.map_err(failed)?.file_name());
    }
    names.sort();
    for name in names {
        let path = folder.join(&name);
        let kind = fs::symlink_metadata(&path)
            .map_err(|error| FormatError::read(&path, error))?
            .file_type();
        let mut refuse = |what: &str| {
            let place = SourcePlace::new(path.display().to_string(), None);
            take(ImportItem::Refused(place, what.to_owned()))
        };
        let Some(number) = name.to_str().and_then(|name| number(name, above.len())) else {
            if name.as_encoded_bytes().starts_with(b".") {
                let place = SourcePlace::new(path.display().to_string(), None);
                take(ImportItem::Decided(
                    place,
                    "it is hidden and was left out".to_owned(),
                ))?;
            } else {
                refuse("it is not part of a jrnl folder, where days are YYYY/MM/DD.txt")?;
            }
            continue;
        };
        if kind.is_symlink() {
            refuse("it is a link, and links are not followed")?;
            continue;
        }
        match above[..] {
            [year, month] if kind.is_file() => {
                let year = i32::try_from(year).unwrap_or_default();
                match NaiveDate::from_ymd_opt(year, month, number) {
                    Some(day) => text::read_on(&path, Some(day), reader, take)?,
                    None => refuse("the calendar has no such day")?,
                }
            }
            [] | [_] if kind.is_dir() => {
                above.push(number);
                let read = level(&path, above, reader, take);
                above.pop();
                read?;
            }
            _ => refuse("it is not part of a jrnl folder, where days are YYYY/MM/DD.txt")?,
        }
    }
    Ok(())
}

/// The number that a name stands for among years, months or days.
fn number(name: &str, level: usize) -> Option<u32> {
    let (digits, length) = match level {
        0 => (name, 4),
        1 => (name, 2),
        _ => (name.strip_suffix(".txt")?, 2),
    };
    (digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}
