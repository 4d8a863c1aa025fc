//! Zip archives from anywhere. Every byte that is read or unpacked is counted, and a hostile
//! archive is refused before it costs anything.
//!
//! Nothing is ever extracted to the disk, so no name can lead anywhere. An archive with names
//! that try to, with links or with devices is refused all the same: Day One makes none such.
//! Sizes in headers are not trusted; bytes are counted as they come.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config};
use zip::result::ZipError;

use super::{CountedFile, ReadContext, unreadable};
use crate::error::{FormatError, Result};
use onward_model::count;

/// The limits of an archive.
#[derive(Debug, Clone, Copy)]
struct ArchiveLimits {
    /// The number of files.
    members: u64,
    /// The bytes of its table of contents, and of everything else that is read to find that.
    directory: u64,
    /// The bytes of all its files, unpacked.
    inflated: u64,
    /// The bytes that may come out for each byte that goes in …
    ratio: u64,
    /// … which is checked once so many have come out.
    unmeasured: u64,
}

/// Twenty years with ten photographs a day are 73,000 files; a journal of 4 GB has more words
/// than anyone writes, and JSON of words shrinks to a quarter, not to a hundredth.
const LIMITS: ArchiveLimits = ArchiveLimits {
    members: 200_000,
    directory: 64_000_000,
    inflated: 4_000_000_000,
    ratio: 100,
    unmeasured: 64_000_000,
};

/// True if a file that begins with `head` is a zip archive, an empty one included.
pub fn looks_like(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// An archive whose table of contents is read and harmless.
pub struct Archive<'a> {
    archive: ZipArchive<MeteredFile<CountedFile<'a>>>,
    file: String,
    meter: Rc<ReadMeter>,
    inflated: Cell<u64>,
    limits: ArchiveLimits,
    members: Vec<ArchiveMember>,
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveMember {
    index: usize,
    /// Its name, with `/` between folders.
    pub name: String,
}

impl<'a> Archive<'a> {
    /// Opens an archive and checks its table of contents.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] if it is no whole zip archive, or has more files or a longer
    /// table of them than any journal, two files with one name or in one place, a name that leads
    /// out of it, a link, a device, or an encrypted file. [`FormatError::Read`].
    pub fn open(reader: &'a ReadContext<'_>, path: &Path) -> Result<Archive<'a>> {
        Archive::within(LIMITS, reader, path)
    }

    fn within(
        limits: ArchiveLimits,
        reader: &'a ReadContext<'_>,
        path: &Path,
    ) -> Result<Archive<'a>> {
        let wrong = |what: &str| unreadable(path, what);
        let meter = Rc::new(ReadMeter {
            read: Cell::new(0),
            allowed: Cell::new(limits.directory),
        });
        let mut source = MeteredFile {
            inner: reader.open(path)?,
            meter: Rc::clone(&meter),
        };
        let failed = |error: io::Error| {
            why_io(error).map_or_else(
                |error| FormatError::read(path, error),
                |what| unreadable(path, what),
            )
        };
        match claim(&mut source).map_err(failed)? {
            None => return Err(wrong(CUT_OFF)),
            Some(claim) if claim.members > limits.members => {
                return Err(unreadable(
                    path,
                    format!(
                        "the archive says that it holds {}; {} are the most it may",
                        count::with_noun(claim.members, "file", "files"),
                        count::grouped(limits.members)
                    ),
                ));
            }
            Some(claim) if claim.directory > limits.directory => {
                return Err(unreadable(path, TooMuch::Directory.to_string()));
            }
            Some(_) => {}
        }
        let config = Config {
            archive_offset: ArchiveOffset::Known(0),
        };
        let mut archive = ZipArchive::with_config(config, source)
            .map_err(|error| of_zip(error, path, &path.display().to_string()))?;
        if archive.has_duplicate_names() {
            return Err(wrong("two files in the archive have the same name"));
        }
        let members = members(&archive).map_err(|what| unreadable(path, what))?;
        // This reads one short header for each file, so lift the limit on bytes.
        meter.allowed.set(u64::MAX);
        let overlap = archive
            .has_overlapping_entries()
            .map_err(|error| of_zip(error, path, &path.display().to_string()))?;
        if overlap {
            return Err(wrong("files in the archive lie in the same place"));
        }
        meter.read.set(0);
        Ok(Archive {
            archive,
            file: path.display().to_string(),
            meter,
            inflated: Cell::new(0),
            limits,
            members,
        })
    }

    /// The files in it; folders are left out.
    pub fn members(&self) -> &[ArchiveMember] {
        &self.members
    }

    /// The name of a file in messages.
    pub fn name_of(&self, member: &ArchiveMember) -> String {
        format!("{} › {}", self.file, member.name)
    }

    /// Reads a file in it.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] if it is damaged, compressed in an unknown way, or unpacks to
    /// more than the limits; [`FormatError::Read`]; those of `read`.
    pub fn read<T>(
        &mut self,
        member: &ArchiveMember,
        read: impl FnOnce(&mut dyn BufRead) -> Result<T>,
    ) -> Result<T> {
        let name = self.name_of(member);
        let inner = self
            .archive
            .by_index(member.index)
            .map_err(|error| of_zip(error, Path::new(&name), &name))?;
        let measured = MeasuredMember {
            inner,
            inflated: &self.inflated,
            meter: &self.meter,
            limits: self.limits,
        };
        let result = read(&mut BufReader::with_capacity(1 << 16, measured));
        match result {
            Err(FormatError::Read { source, path }) => Err(match why_io(source) {
                Ok(what) => FormatError::Unreadable {
                    file: name,
                    line: None,
                    what,
                },
                Err(source) => FormatError::Read { path, source },
            }),
            other => other,
        }
    }
}

/// The files in an archive, or the fault of one of them.
fn members<R: Read + Seek>(archive: &ZipArchive<R>) -> Result<Vec<ArchiveMember>, String> {
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let Ok(member) = archive.by_index_data(index) else {
            return Err(CUT_OFF.to_owned());
        };
        let Ok(name) = member.name() else {
            return Err("a name in the archive is not valid UTF-8".to_owned());
        };
        if leads_out(&name) {
            return Err("a name in the archive leads out of it".to_owned());
        }
        let kind = member.unix_mode().unwrap_or(0) & 0o170_000;
        match kind {
            0 | 0o100_000 | 0o040_000 => {}
            0o120_000 => return Err("the archive holds a link".to_owned()),
            _ => return Err("the archive holds what is neither file nor folder".to_owned()),
        }
        if member.encrypted() {
            return Err(ENCRYPTED.to_owned());
        }
        if !member.is_dir() {
            members.push(ArchiveMember {
                index,
                name: name.replace('\\', "/"),
            });
        }
    }
    Ok(members)
}

/// True if a name leads out of the archive on any system.
fn leads_out(name: &str) -> bool {
    name.contains('\0')
        || name.starts_with(['/', '\\'])
        || matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
        || name.split(['/', '\\']).any(|part| part == "..")
}

const CUT_OFF: &str = "it is no whole zip archive: damaged, or cut off";
const ENCRYPTED: &str = "the archive is encrypted: unpack it first, then import what was in it";
const UNKNOWN_PACKING: &str = "it is packed in a way that is not known here: unpack it first";

/// The size that the end of an archive claims.
struct ArchiveClaim {
    members: u64,
    directory: u64,
}

/// Reads the end of an archive, with the number of files and the length of their table; `None` if
/// it does not end as an archive does (APPNOTE 4.3.14 to 4.3.16). The library would set memory
/// aside for that number, so this comes first.
fn claim<R: Read + Seek>(source: &mut R) -> io::Result<Option<ArchiveClaim>> {
    const END: usize = 22;
    const LOCATOR: usize = 20;
    const LONGEST_COMMENT: usize = u16::MAX as usize;
    let length = source.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub((END + LOCATOR + LONGEST_COMMENT) as u64);
    source.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    source
        .by_ref()
        .take(length - start)
        .read_to_end(&mut tail)?;
    let signature = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06");
    let Some(at) = signature.filter(|at| at + END <= tail.len()) else {
        return Ok(None);
    };
    let (before, end) = tail.split_at(at);
    if number(end, 20, 2) != (end.len() - END) as u64 {
        return Ok(None);
    }
    let mut claim = ArchiveClaim {
        members: number(end, 10, 2),
        directory: number(end, 12, 4),
    };
    let place = number(end, 16, 4);
    let full =
        claim.members == 0xffff || claim.directory == 0xffff_ffff || place == 0xffff_ffff;
    let locator = &before[before.len().saturating_sub(LOCATOR)..];
    if full && locator.starts_with(b"PK\x06\x07") {
        source.seek(SeekFrom::Start(number(locator, 8, 8)))?;
        let mut record = Vec::new();
        source.by_ref().take(56).read_to_end(&mut record)?;
        if record.len() < 56 || !record.starts_with(b"PK\x06\x06") {
            return Ok(None);
        }
        claim = ArchiveClaim {
            members: number(&record, 32, 8),
            directory: number(&record, 40, 8),
        };
    }
    Ok(Some(claim))
}

/// A number of so many bytes, the lowest first. Bytes behind the end count as 0.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let bytes = bytes.get(at..at + length).unwrap_or_default();
    bytes
        .iter()
        .rev()
        .fold(0, |sum, &byte| sum << 8 | u64::from(byte))
}

/// The limit that stopped a reading.
#[derive(Debug, Clone, Copy)]
enum TooMuch {
    Directory,
    Inflated,
    Ratio,
}

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TooMuch::Directory => {
                "the archive's table of contents is longer than any journal's"
            }
            TooMuch::Inflated => "more comes out of the archive than any journal holds",
            TooMuch::Ratio => {
                "so much comes out of so little that the archive can only be a trap"
            }
        })
    }
}

impl std::error::Error for TooMuch {}

/// The number of bytes that were read of a file, and the number that may be.
struct ReadMeter {
    read: Cell<u64>,
    allowed: Cell<u64>,
}

/// A file that is read no further than its meter allows.
struct MeteredFile<R> {
    inner: R,
    meter: Rc<ReadMeter>,
}

impl<R: Read> Read for MeteredFile<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.meter.read.set(self.meter.read.get() + read as u64);
        if self.meter.read.get() > self.meter.allowed.get() {
            return Err(io::Error::other(TooMuch::Directory));
        }
        Ok(read)
    }
}

impl<R: Seek> Seek for MeteredFile<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// The unpacked bytes of a file in an archive, counted.
struct MeasuredMember<'a, R> {
    inner: R,
    inflated: &'a Cell<u64>,
    meter: &'a ReadMeter,
    limits: ArchiveLimits,
}

impl<R: Read> Read for MeasuredMember<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let inflated = self.inflated.get() + read as u64;
        self.inflated.set(inflated);
        if inflated > self.limits.inflated {
            return Err(io::Error::other(TooMuch::Inflated));
        }
        let fed = self.meter.read.get().saturating_mul(self.limits.ratio);
        if inflated > self.limits.unmeasured && inflated > fed {
            return Err(io::Error::other(TooMuch::Ratio));
        }
        Ok(read)
    }
}

/// The fault of the archive behind a failure to read; the failure itself if it comes from the
/// system.
fn why_io(error: io::Error) -> Result<String, io::Error> {
    if let Some(why) = error
        .get_ref()
        .and_then(|why| why.downcast_ref::<TooMuch>())
    {
        return Ok(why.to_string());
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Ok(CUT_OFF.to_owned()),
        // The system answers so to a place that no file can have.
        io::ErrorKind::InvalidInput => Ok(CUT_OFF.to_owned()),
        io::ErrorKind::Unsupported => Ok(UNKNOWN_PACKING.to_owned()),
        _ if error.raw_os_error().is_some() => Err(error),
        io::ErrorKind::InvalidData | io::ErrorKind::Other => {
            Ok("it is damaged: what comes out is not what was put in".to_owned())
        }
        _ => Err(error),
    }
}

/// The error for a failure of the library.
fn of_zip(error: ZipError, path: &Path, file: &str) -> FormatError {
    let what = match error {
        ZipError::Io(error) => match why_io(error) {
            Ok(what) => what,
            Err(error) => return FormatError::read(path, error),
        },
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)
        | ZipError::InvalidPassword => ENCRYPTED.to_owned(),
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            UNKNOWN_PACKING.to_owned()
        }
        _ => CUT_OFF.to_owned(),
    };
    FormatError::Unreadable {
        file: file.to_owned(),
        line: None,
        what,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use tempfile::TempDir;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use onward_model::Zone;

    /// Makes an archive of files, deflated.
    fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            let options = SimpleFileOptions::default();
            archive.start_file(*name, options).expect("a file");
            archive.write_all(bytes).expect("written");
        }
        archive.finish().expect("an archive").into_inner()
    }

    /// The names and texts of all files of an archive.
    type Unpacked = std::result::Result<Vec<(String, String)>, String>;

    /// Reads an archive. Returns also the number of bytes of the file that this took.
    fn unpack_within(limits: ArchiveLimits, archive: &[u8]) -> (Unpacked, u64) {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("a.zip");
        std::fs::write(&path, archive).expect("written");
        let read = Cell::new(0);
        let reader = ReadContext {
            zone: &Zone::UTC,
            date_from: None,
            password: &|_| None,
            progress: &|bytes| read.set(read.get() + bytes),
            opened: None,
        };
        let unpacked = (|| {
            let mut archive = Archive::within(limits, &reader, &path)?;
            let mut texts = Vec::new();
            for member in archive.members().to_vec() {
                let text = archive.read(&member, |source| {
                    let mut text = String::new();
                    let read = source.read_to_string(&mut text);
                    read.map_err(|error| FormatError::read(Path::new("it"), error))?;
                    Ok(text)
                })?;
                texts.push((member.name, text));
            }
            Ok(texts)
        })();
        let unpacked = unpacked.map_err(|error: FormatError| match error {
            FormatError::Unreadable { what, .. } => what,
            other => panic!("{other}: {other:?}"),
        });
        (unpacked, read.get())
    }

    fn unpack(archive: &[u8]) -> Unpacked {
        unpack_within(LIMITS, archive).0
    }

    #[track_caller]
    fn refused(archive: &[u8], why: &str) {
        let said = unpack(archive).expect_err("a hostile archive");
        assert!(said.contains(why), "{said}");
    }

    /// The place of some bytes in an archive, the `nth` one.
    fn find(archive: &[u8], bytes: &[u8], nth: usize) -> usize {
        let mut places = archive
            .windows(bytes.len())
            .enumerate()
            .filter(|(_, part)| *part == bytes);
        places.nth(nth).expect("there").0
    }

    fn patch(archive: &mut [u8], at: usize, bytes: &[u8]) {
        archive[at..at + bytes.len()].copy_from_slice(bytes);
    }

    const END: &[u8] = b"PK\x05\x06";
    const ENTRY: &[u8] = b"PK\x01\x02";
    const LOCAL: &[u8] = b"PK\x03\x04";

    #[test]
    fn files_come_out_as_they_went_in() {
        let long = "Aunt called. ".repeat(10_000);
        let archive = pack(&[
            ("Journal.json", long.as_bytes()),
            ("photos/a.jpeg", b"x"),
            ("e/", b""),
        ]);
        let unpacked = unpack(&archive).expect("read");
        assert_eq!(
            unpacked,
            [
                ("Journal.json".into(), long),
                ("photos/a.jpeg".into(), "x".into())
            ]
        );
        assert_eq!(unpack(&pack(&[])), Ok(Vec::new()));
        assert!(looks_like(&archive) && looks_like(&pack(&[])) && !looks_like(b"{}"));
        let mut commented = ZipWriter::new(Cursor::new(Vec::new()));
        commented.set_comment("made by hand").expect("a comment");
        let commented = commented.finish().expect("an archive").into_inner();
        assert_eq!(unpack(&commented), Ok(Vec::new()));
    }

    #[test]
    fn names_that_lead_out_of_it_are_refused() {
        for name in [
            "../../x",
            "/etc/x",
            "C:\\x",
            "c:x",
            "\\\\host\\x",
            "a/../../x",
            "a\\..\\..\\x",
            "..",
            "a/..",
            "a\0b",
        ] {
            // The library would tidy some of them, so a harmless name is written over.
            let stand_in = "n".repeat(name.len());
            let mut archive = pack(&[(&stand_in, b"[]")]);
            for nth in [1, 0] {
                let at = find(&archive, stand_in.as_bytes(), nth);
                patch(&mut archive, at, name.as_bytes());
            }
            refused(&archive, "leads out of it");
        }
        for name in [
            "a..b/c..",
            "...",
            "photos/x.jpeg",
            "Mein Tagebuch.json",
            "日記.json",
        ] {
            assert!(unpack(&pack(&[(name, b"[]")])).is_ok(), "{name}");
        }
    }

    #[test]
    fn links_and_devices_are_refused() {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        archive
            .add_symlink("Journal.json", "/etc/passwd", options)
            .expect("a link");
        let mut archive = archive.finish().expect("an archive").into_inner();
        refused(&archive, "holds a link");
        let at = find(&archive, ENTRY, 0) + 38;
        patch(&mut archive, at, &(0o020_666_u32 << 16).to_le_bytes());
        refused(&archive, "neither file nor folder");
    }

    #[test]
    fn two_files_of_one_name_are_refused() {
        let mut archive = pack(&[("a.json", b"[1]"), ("b.json", b"[2]")]);
        for nth in [1, 0] {
            let at = find(&archive, b"b.json", nth);
            patch(&mut archive, at, b"a.json");
        }
        refused(&archive, "the same name");
    }

    #[test]
    fn two_files_in_one_place_are_refused() {
        let mut archive = pack(&[("a.json", b"[1]"), ("b.json", b"[2]")]);
        // The second lies where the first does.
        let at = find(&archive, ENTRY, 1) + 42;
        patch(&mut archive, at, &0_u32.to_le_bytes());
        refused(&archive, "in the same place");
    }

    #[test]
    fn a_bomb_is_refused_before_it_goes_off() {
        // 100 MB of nothing, in one file and in several.
        let nothing = vec![b' '; 100_000_000];
        let bomb = pack(&[("Journal.json", &nothing)]);
        let (said, read) = unpack_within(LIMITS, &bomb);
        assert!(said.expect_err("a bomb").contains("a trap"));
        assert!(read < 150_000, "{read} bytes were read");
        let part = &nothing[..10_000_000];
        let names: Vec<String> = (0..10).map(|n| format!("{n}.json")).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), part)).collect();
        refused(&pack(&many), "a trap");
    }

    #[test]
    fn no_more_comes_out_than_may() {
        let limits = ArchiveLimits {
            inflated: 1_000,
            ..LIMITS
        };
        let noise: Vec<u8> = (0..3_000_u32).map(|n| b' ' + (n * n % 89) as u8).collect();
        let archive = pack(&[("a.json", &noise[..900]), ("b.json", &noise[..200])]);
        let said = unpack_within(limits, &archive).0.expect_err("too much");
        assert!(said.contains("than any journal holds"), "{said}");
        let archive = pack(&[("a.json", &noise[..900])]);
        assert!(unpack_within(limits, &archive).0.is_ok());
    }

    #[test]
    fn a_size_in_a_header_is_not_believed() {
        // Its header says 4 GB, and then nothing. Neither matters: only bytes that come out
        // count, and no memory is set aside before.
        for size in [u32::MAX - 1, 0] {
            let mut archive = pack(&[("Journal.json", b"[\"Aunt called\"]")]);
            let at = find(&archive, ENTRY, 0) + 24;
            patch(&mut archive, at, &size.to_le_bytes());
            match unpack(&archive) {
                Ok(texts) => assert_eq!(texts[0].1, "[\"Aunt called\"]"),
                Err(said) => assert!(said.contains("damaged"), "{said}"),
            }
        }
    }

    /// An archive's end that claims so many files and such a table, in the form of zip64 where
    /// that is needed.
    fn end(members: u64, directory: u64, place: u64) -> Vec<u8> {
        let mut end = Vec::new();
        end.extend(b"PK\x06\x06");
        end.extend(44_u64.to_le_bytes());
        end.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for number in [members, members, directory, place] {
            end.extend(number.to_le_bytes());
        }
        end.extend(b"PK\x06\x07");
        end.extend([0; 4]);
        end.extend(place.wrapping_add(directory).to_le_bytes());
        end.extend(1_u32.to_le_bytes());
        end.extend(END);
        end.extend([0, 0, 0, 0]);
        end.extend([0xff; 12]);
        end.extend([0, 0]);
        end
    }

    #[test]
    fn a_million_files_are_refused_before_they_are_counted() {
        let entry = pack(&[("n", b"")]);
        let (at, to) = (find(&entry, ENTRY, 0), find(&entry, END, 0));
        let table = entry[at..to].repeat(1_000_000);
        let mut archive = entry[..at].to_vec();
        archive.extend(&table);
        archive.extend(end(1_000_000, table.len() as u64, at as u64));
        let (said, read) = unpack_within(LIMITS, &archive);
        let said = said.expect_err("a million");
        assert!(
            said.contains("1,000,000 files; 200,000 are the most"),
            "{said}"
        );
        assert!(read < 70_000, "{read} bytes were read");
    }

    #[test]
    fn what_an_archive_says_of_itself_is_not_believed() {
        // The table is longer than it says, or endless.
        let small = pack(&[("a.json", b"[]")]);
        let at = find(&small, ENTRY, 0);
        for (members, directory) in [
            (u64::MAX, u64::MAX),
            (1, u64::MAX),
            (u64::MAX, 52),
            (150_000, 52),
        ] {
            let mut archive = small[..find(&small, END, 0)].to_vec();
            archive.extend(end(members, directory, at as u64));
            assert!(unpack(&archive).is_err(), "{members} {directory}");
        }
        // It keeps within what it says, and that is too much.
        let entry = &small[at..find(&small, END, 0)];
        let mut archive = small[..at].to_vec();
        archive.extend(entry.repeat(1_000));
        archive.extend(end(1_000, 1_000 * entry.len() as u64, at as u64));
        let limits = ArchiveLimits {
            directory: 10_000,
            ..LIMITS
        };
        let said = unpack_within(limits, &archive).0.expect_err("too long");
        assert!(said.contains("table of contents"), "{said}");
        // It hides behind a second, honest end.
        let mut archive = small.clone();
        archive.extend(b"PK\x05\x06 and more");
        assert!(unpack(&archive).is_err());
    }

    #[test]
    fn zip64_is_read_where_it_is_honest() {
        let small = pack(&[("a.json", b"[]")]);
        let (at, to) = (find(&small, ENTRY, 0), find(&small, END, 0));
        let mut archive = small[..to].to_vec();
        archive.extend(end(1, (to - at) as u64, at as u64));
        assert_eq!(unpack(&archive), Ok(vec![("a.json".into(), "[]".into())]));
    }

    #[test]
    fn a_wrong_checksum_is_found() {
        let mut archive = pack(&[("a.json", b"[]")]);
        for (header, offset) in [(LOCAL, 14), (ENTRY, 16)] {
            let at = find(&archive, header, 0) + offset;
            patch(&mut archive, at, &[1, 2, 3, 4]);
        }
        refused(&archive, "it is damaged");
    }

    #[test]
    fn an_encrypted_archive_is_refused() {
        let mut archive = pack(&[("a.json", b"[]")]);
        for (header, offset) in [(LOCAL, 6), (ENTRY, 8)] {
            let at = find(&archive, header, 0) + offset;
            archive[at] |= 1;
        }
        refused(&archive, "is encrypted");
    }

    #[test]
    fn a_way_of_packing_that_is_not_known_is_said_to_be() {
        let mut archive = pack(&[("a.json", b"[]")]);
        for (header, offset) in [(LOCAL, 8), (ENTRY, 10)] {
            let at = find(&archive, header, 0) + offset;
            patch(&mut archive, at, &[14, 0]);
        }
        refused(&archive, "packed in a way");
    }

    #[test]
    fn an_archive_that_was_cut_off_anywhere_is_refused() {
        let noise: Vec<u8> = (0..400_u32).map(|n| (n * n % 251) as u8).collect();
        let archive = pack(&[("a.json", &noise), ("b.json", b"[]")]);
        for length in 0..archive.len() {
            assert!(unpack(&archive[..length]).is_err(), "{length} bytes");
        }
        // And one that has lost its beginning.
        for from in [1, 30, 200] {
            assert!(unpack(&archive[from..]).is_err(), "without {from} bytes");
        }
    }

    #[test]
    fn any_bit_may_flip() {
        let archive = pack(&[("a.json", b"[\"Called my sister.\"]"), ("photos/b", b"x")]);
        for bit in 0..archive.len() * 8 {
            let mut flipped = archive.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // A file is read right, or not at all.
            if let Ok(texts) = unpack(&flipped) {
                for (_, text) in texts {
                    assert!(
                        ["[\"Called my sister.\"]", "x"].contains(&text.as_str()),
                        "bit {bit}"
                    );
                }
            }
        }
    }
}
