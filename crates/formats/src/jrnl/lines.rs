//! A jrnl text line by line.

use std::io::{self, BufRead, BufReader, Read};

/// A byte order mark.
pub(super) const MARK: &[u8] = "\u{feff}".as_bytes();

/// The lines of a source of any length, without their ends. Longer lines than the limit are cut.
pub(super) struct CutLines<R> {
    source: BufReader<R>,
    limit: usize,
    number: u64,
    buffer: Vec<u8>,
}

pub(super) struct CutLine<'a> {
    /// The number of the line, counted from 1.
    pub(super) number: u64,
    pub(super) bytes: &'a [u8],
    /// True if the line is longer than the limit, and `bytes` is its beginning.
    pub(super) cut: bool,
}

impl<R: Read> CutLines<R> {
    pub(super) fn new(source: R, limit: usize) -> CutLines<R> {
        CutLines {
            source: BufReader::with_capacity(1 << 16, source),
            limit,
            number: 0,
            buffer: Vec::new(),
        }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<CutLine<'_>>> {
        self.buffer.clear();
        // Shrink the buffer, so that one enormous line does not take memory to the end.
        self.buffer.shrink_to(1 << 20);
        let limit = self.limit as u64 + 2;
        let read = (&mut self.source)
            .take(limit)
            .read_until(b'\n', &mut self.buffer)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        let mut cut = false;
        if self.buffer.last() == Some(&b'\n') {
            self.buffer.pop();
            if self.buffer.last() == Some(&b'\r') {
                self.buffer.pop();
            }
        } else if self.buffer.len() as u64 == limit {
            self.source.skip_until(b'\n')?;
            cut = true;
        }
        let mut bytes = &self.buffer[..];
        if self.number == 1 {
            bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
        }
        Ok(Some(CutLine {
            number: self.number,
            bytes,
            cut,
        }))
    }
}
