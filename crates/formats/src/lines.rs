//! A file line by line, with no more than one line in memory.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::{CountedFile, ReadContext, unreadable_at};
use crate::error::{FormatError, Result};

/// The lines of a file.
pub(super) struct FileLines<'a> {
    path: PathBuf,
    source: BufReader<CountedFile<'a>>,
    longest: u64,
    number: u64,
    line: Vec<u8>,
}

impl<'a> FileLines<'a> {
    /// Opens a file. A line of more than `longest` bytes is an error.
    ///
    /// # Errors
    /// Those of [`ReadContext::open`].
    pub(super) fn open(
        path: &Path,
        reader: &'a ReadContext<'_>,
        longest: u64,
    ) -> Result<FileLines<'a>> {
        Ok(FileLines {
            path: path.to_path_buf(),
            source: BufReader::with_capacity(1 << 16, reader.open(path)?),
            longest,
            number: 0,
            line: Vec::new(),
        })
    }

    /// The next line with its line end, and its number, counted from 1. A byte order mark is no
    /// part of the first.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] if the line is too long; [`FormatError::Read`].
    pub(super) fn next(&mut self) -> Result<Option<(u64, &[u8])>> {
        self.line.clear();
        self.number += 1;
        let read = (&mut self.source)
            .take(self.longest + 1)
            .read_until(b'\n', &mut self.line)
            .map_err(|error| FormatError::read(&self.path, error))?;
        if read as u64 > self.longest {
            let what = "a line is longer than any entry can be";
            return Err(unreadable_at(&self.path, self.number, what));
        }
        let line = match self.number {
            1 => self.line.strip_prefix("\u{feff}".as_bytes()),
            _ => None,
        };
        let line = line.unwrap_or(&self.line);
        Ok((read > 0).then_some((self.number, line)))
    }
}
