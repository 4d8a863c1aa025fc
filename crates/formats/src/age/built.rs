//! Opening and encrypting with the crate `age`.

use std::cell::{RefCell, RefMut};
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::iter;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ::age::armor::ArmoredReader;
use ::age::secrecy::SecretString;
use ::age::stream::StreamReader;
use ::age::{DecryptError, Decryptor, Encryptor, IdentityFile, scrypt, x25519};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{ARMOR, ExportLock, looks_like};
use crate::error::{FormatError, NotOpened, Result, not_opened, unreadable, unwritten};
use crate::{AskForSecret, HEAD, open_file};

/// The longest line of an armored file, in bytes. True ones are shorter.
const ARMOR_LINE: u64 = 80;

/// The most work for a file that is read: scrypt with 2 to this power takes 1 GiB and some
/// seconds.
const MOST_WORK: u8 = 20;

/// The number of times that a passphrase is asked for.
const ATTEMPTS: u32 = 3;

/// The longest file of keys, in bytes. True ones are far shorter.
const MAX_KEYS: u64 = 1 << 20;

/// A public key that a file can be encrypted for.
#[derive(Debug, Clone)]
pub struct Recipient(x25519::Recipient);

impl FromStr for Recipient {
    type Err = &'static str;

    fn from_str(typed: &str) -> Result<Recipient, &'static str> {
        if typed.starts_with("AGE-SECRET-KEY-") {
            return Err("that is a secret key, which nobody else may see");
        }
        let key = typed.parse().map_err(|_| "that is no public key of age");
        key.map(Recipient)
    }
}

impl ExportLock {
    /// Encrypts everything that `write` writes.
    ///
    /// # Errors
    /// Those of `write`; [`FormatError::Write`].
    pub fn seal<T>(
        &self,
        out: &mut dyn Write,
        write: impl FnOnce(&mut dyn Write) -> Result<T>,
    ) -> Result<T> {
        let encryptor = match self {
            ExportLock::Passphrase { typed, work } => {
                let mut recipient = scrypt::Recipient::new(secret(typed));
                recipient.set_work_factor(*work);
                Encryptor::with_recipients(iter::once(&recipient as _))
            }
            ExportLock::Keys(keys) => {
                Encryptor::with_recipients(keys.iter().map(|key| &key.0 as _))
            }
        };
        let encryptor = encryptor.map_err(|error| unwritten(io::Error::other(error)))?;
        let mut sealed = encryptor.wrap_output(out).map_err(unwritten)?;
        let written = write(&mut sealed)?;
        sealed.finish().map_err(unwritten)?;
        Ok(written)
    }
}

fn secret(typed: &str) -> SecretString {
    SecretString::from(typed.to_owned())
}

/// Secret keys that files may be encrypted for.
#[derive(Default)]
pub struct Identities(Vec<Box<dyn ::age::Identity>>);

impl Identities {
    /// Adds the keys of a file, which may itself be encrypted with a passphrase.
    ///
    /// # Errors
    /// [`FormatError::Unreadable`] if the file holds anything but age's own keys; those of
    /// [`open`].
    pub fn read(&mut self, path: &Path, ask: AskForSecret<'_>) -> Result<()> {
        let mut file = open_file(path)?;
        let mut text = Zeroizing::new(Vec::with_capacity(1 << 12));
        let failed = |error| FormatError::read(path, error);
        (&file).take(HEAD).read_to_end(&mut text).map_err(failed)?;
        if looks_like(&text) {
            let opened = open(path, &Identities::default(), ask)?;
            text.clear();
            let mut inside = opened.inside()?.take(MAX_KEYS + 1);
            inside.read_to_end(&mut text).map_err(failed)?;
        } else {
            file.seek(SeekFrom::Start(text.len() as u64))
                .map_err(failed)?;
            file.take(MAX_KEYS).read_to_end(&mut text).map_err(failed)?;
        }
        let what = "it holds other things than secret keys of age (AGE-SECRET-KEY-1…)";
        let wrong = || unreadable(path, what);
        if text.len() as u64 > MAX_KEYS {
            return Err(wrong());
        }
        let found = IdentityFile::from_buffer(text.as_slice()).map_err(|_| wrong())?;
        let found = found.into_identities().map_err(|_| wrong())?;
        if found.is_empty() {
            return Err(unreadable(path, "there is no key in it"));
        }
        self.0
            .extend(found.into_iter().map(|key| key as Box<dyn ::age::Identity>));
        Ok(())
    }
}

type AgeSource = ArmoredReader<BufReader<File>>;

/// A file that was opened. Its content can be read from the beginning any number of times, but
/// only by one reader at a time.
pub struct OpenedAgeFile {
    path: PathBuf,
    inside: RefCell<StreamReader<AgeSource>>,
}

impl OpenedAgeFile {
    /// The beginning of its content.
    ///
    /// # Errors
    /// [`FormatError::Read`] if that is damaged or cannot be read.
    pub fn head(&self) -> Result<Vec<u8>> {
        let mut head = Vec::new();
        let read = self.inside()?.take(HEAD).read_to_end(&mut head);
        read.map_err(|error| FormatError::read(&self.path, error))?;
        Ok(head)
    }

    /// Its content, from the beginning.
    pub(crate) fn inside(&self) -> Result<AgeContent<'_>> {
        let failed = |error| FormatError::read(&self.path, error);
        let inside = self.inside.try_borrow_mut();
        let mut inside = AgeContent(inside.map_err(|error| failed(io::Error::other(error)))?);
        inside.rewind().map_err(failed)?;
        Ok(inside)
    }
}

/// The content of a file that was opened.
pub(crate) struct AgeContent<'a>(RefMut<'a, StreamReader<AgeSource>>);

impl Read for AgeContent<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(of_stream)
    }
}

impl Seek for AgeContent<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to).map_err(of_stream)
    }
}

/// The error for a file that is damaged further on.
#[derive(Debug)]
struct BrokenFile;

impl fmt::Display for BrokenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it was damaged or cut off after it was encrypted")
    }
}

impl std::error::Error for BrokenFile {}

/// True if the file is damaged, false if the system fails.
fn is_broken(error: &io::Error) -> bool {
    error.raw_os_error().is_none()
}

fn of_stream(error: io::Error) -> io::Error {
    if is_broken(&error) {
        io::Error::new(io::ErrorKind::InvalidData, BrokenFile)
    } else {
        error
    }
}

/// Opens a file with the passphrase or one of the keys that it was encrypted with.
///
/// # Errors
/// [`FormatError::NotOpened`] if neither the keys nor a passphrase open it;
/// [`FormatError::Unreadable`] if the file is damaged, of a later version, or asks for more work
/// than `MOST_WORK`; [`FormatError::Read`].
pub fn open(path: &Path, keys: &Identities, ask: AskForSecret<'_>) -> Result<OpenedAgeFile> {
    let sealed = UnopenedFile::of(path)?;
    if !sealed.0.is_scrypt() {
        if keys.0.is_empty() {
            return Err(not_opened(path, NotOpened::NoKey));
        }
        let keys = keys.0.iter().map(|key| &**key);
        let opened = sealed.open(path, keys)?;
        return opened.ok_or_else(|| not_opened(path, NotOpened::WrongKeys));
    }
    let mut next = Some(sealed);
    for attempt in 1..=ATTEMPTS {
        let Some(typed) = ask(path, attempt)? else {
            if attempt == 1 {
                return Err(not_opened(path, NotOpened::NoPassphrase));
            }
            break;
        };
        // Try it as it was typed, as the age tool does, and as this program spells it.
        let same = composed(&typed);
        let spelled = iter::once(typed.as_str());
        let spelled = spelled.chain((same != typed).then_some(same.as_str()));
        for typed in spelled {
            let mut key = scrypt::Identity::new(secret(typed));
            key.set_max_work_factor(MOST_WORK);
            let sealed = match next.take() {
                Some(sealed) => sealed,
                None => UnopenedFile::of(path)?,
            };
            if let Some(opened) = sealed.open(path, iter::once(&key as _))? {
                return Ok(opened);
            }
        }
    }
    Err(not_opened(path, NotOpened::WrongPassphrase))
}

/// Spells a passphrase as onward does when it encrypts: in Unicode's form NFC.
fn composed(typed: &str) -> Zeroizing<String> {
    // NFC makes a text at most three times as long. With that capacity the string never moves,
    // which would leave a copy in memory.
    let mut composed = Zeroizing::new(String::with_capacity(3 * typed.len()));
    composed.extend(typed.nfc());
    composed
}

/// A file whose header was read.
struct UnopenedFile(Decryptor<AgeSource>);

impl UnopenedFile {
    fn of(path: &Path) -> Result<UnopenedFile> {
        let mut file = open_file(path)?;
        if !is_bounded(&mut file).map_err(|error| broken(path, error))? {
            return Err(damaged(path));
        }
        file.rewind()
            .map_err(|error| FormatError::read(path, error))?;
        Decryptor::new_buffered(ArmoredReader::new(file))
            .map(UnopenedFile)
            .map_err(|error| of_age(path, error))
    }

    /// Opens it; `None` if none of the keys is right.
    fn open<'k>(
        self,
        path: &Path,
        keys: impl Iterator<Item = &'k dyn ::age::Identity>,
    ) -> Result<Option<OpenedAgeFile>> {
        match self.0.decrypt(keys) {
            Ok(inside) => Ok(Some(OpenedAgeFile {
                path: path.to_path_buf(),
                inside: RefCell::new(inside),
            })),
            Err(
                DecryptError::DecryptionFailed
                | DecryptError::KeyDecryptionFailed
                | DecryptError::NoMatchingKeys,
            ) => Ok(None),
            Err(error) => Err(of_age(path, error)),
        }
    }
}

/// True if the header ends where headers end, and no armored line is longer than it may be. Check
/// this first: the library would read any length into memory.
fn is_bounded(file: &mut File) -> io::Result<bool> {
    let mut source = BufReader::new(&mut *file);
    let mut line = Vec::new();
    (&mut source)
        .take(ARMOR.len() as u64)
        .read_to_end(&mut line)?;
    if line == ARMOR {
        loop {
            line.clear();
            match (&mut source)
                .take(ARMOR_LINE)
                .read_until(b'\n', &mut line)?
            {
                0 => break,
                read if read as u64 == ARMOR_LINE && !line.ends_with(b"\n") => {
                    return Ok(false);
                }
                _ => {}
            }
        }
    }
    file.rewind()?;
    let mut head = Vec::new();
    ArmoredReader::new(&*file)
        .take(HEAD)
        .read_to_end(&mut head)?;
    let last = head.windows(4).position(|part| part == b"\n---");
    Ok(last.is_some_and(|at| head[at + 1..].contains(&b'\n')))
}

fn damaged(path: &Path) -> FormatError {
    unreadable(
        path,
        "it is encrypted, and its beginning is damaged or its end missing",
    )
}

fn broken(path: &Path, error: io::Error) -> FormatError {
    if is_broken(&error) {
        damaged(path)
    } else {
        FormatError::read(path, error)
    }
}

fn of_age(path: &Path, error: DecryptError) -> FormatError {
    match error {
        DecryptError::Io(error) => broken(path, error),
        DecryptError::ExcessiveWork { required, .. } => unreadable(
            path,
            format!(
                "to open it would take too much work and memory: scrypt with 2^{required}, where \
                 2^{MOST_WORK} is the most"
            ),
        ),
        DecryptError::UnknownFormat => unreadable(path, "it was encrypted by a newer age"),
        _ => damaged(path),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    /// The size of a piece, 64 KiB.
    const PIECE: usize = 1 << 16;

    fn passphrase(typed: &str) -> ExportLock {
        ExportLock::Passphrase {
            typed: composed(typed),
            work: 1,
        }
    }

    fn sealed(lock: &ExportLock, what: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        lock.seal(&mut out, |out| out.write_all(what).map_err(unwritten))
            .expect("sealed");
        out
    }

    struct Place(tempfile::TempDir);

    impl Place {
        fn with(bytes: &[u8]) -> Place {
            let place = Place(tempfile::tempdir().expect("a folder"));
            fs::write(place.path(), bytes).expect("written");
            place
        }

        fn path(&self) -> PathBuf {
            self.0.path().join("x.age")
        }

        fn open(&self, typed: &str) -> Result<OpenedAgeFile> {
            let ask = |_: &Path, attempt| Ok((attempt == 1).then(|| typed.to_owned().into()));
            open(&self.path(), &Identities::default(), &ask)
        }

        fn read(&self, typed: &str) -> Result<Vec<u8>> {
            let mut found = Vec::new();
            let opened = self.open(typed)?;
            let read = opened.inside()?.read_to_end(&mut found);
            read.map_err(|error| FormatError::read(&self.path(), error))?;
            Ok(found)
        }
    }

    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at * 7 + at / 251) as u8).collect()
    }

    #[test]
    fn what_goes_in_comes_out() {
        for length in [
            0,
            1,
            100,
            PIECE - 1,
            PIECE,
            PIECE + 1,
            2 * PIECE,
            3 * PIECE + 5,
        ] {
            let what = bytes(length);
            let file = sealed(&passphrase("open"), &what);
            assert!(looks_like(&file));
            let hidden = what.len() < 16 || !file.windows(16).any(|part| part == &what[..16]);
            assert!(hidden, "{length}");
            let place = Place::with(&file);
            assert!(place.read("open").expect("read") == what, "{length}");
            // It can be read again.
            let opened = place.open("open").expect("opened");
            for _ in 0..2 {
                let most = what.len().min(HEAD as usize);
                assert!(opened.head().expect("read") == what[..most], "{length}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Zip archives are read so: from any place to any other.
        #[test]
        fn it_is_read_from_any_place(
            length in prop_oneof![Just(2 * PIECE), 0..4 * PIECE],
            steps in proptest::collection::vec((any::<u64>(), 0_usize..70_000, 0..3), 1..20),
        ) {
            let what = bytes(length);
            let place = Place::with(&sealed(&passphrase("open"), &what));
            let opened = place.open("open").expect("opened");
            let mut inside = opened.inside().expect("read");
            let mut plain = io::Cursor::new(&what);
            for (to, read, from) in steps {
                let to = to % (length as u64 + 1);
                let to = match from {
                    0 => SeekFrom::Start(to),
                    1 => SeekFrom::End(-(to as i64)),
                    _ => SeekFrom::Current(to as i64 - plain.position() as i64),
                };
                prop_assert_eq!(
                    inside.seek(to).expect("there"),
                    plain.seek(to).expect("there")
                );
                let (mut one, mut other) = (Vec::new(), Vec::new());
                (&mut inside).take(read as u64).read_to_end(&mut one).expect("read");
                (&mut plain).take(read as u64).read_to_end(&mut other).expect("read");
                prop_assert!(one == other);
            }
        }
    }

    #[test]
    fn a_turned_bit_is_found_wherever_it_is() {
        let what = bytes(2 * PIECE + 100);
        let file = sealed(&passphrase("open"), &what);
        let header = file.len() - what.len() - 3 * 16;
        let all = (0..header + 40).chain((header + 40..file.len()).step_by(499));
        let (mut still_sealed, mut damaged, mut late) = (0, 0, 0);
        for at in all.chain(file.len() - 40..file.len()) {
            let mut turned = file.clone();
            turned[at] ^= 1 << (at % 8);
            match Place::with(&turned).read("open") {
                Ok(_) => panic!("byte {at}: nobody noticed"),
                Err(FormatError::NotOpened { .. }) => still_sealed += 1,
                Err(FormatError::Unreadable { .. }) => damaged += 1,
                Err(FormatError::Read { source, .. }) => {
                    assert!(is_broken(&source), "byte {at}: {source}");
                    late += 1;
                }
                Err(other) => panic!("byte {at}: {other:?}"),
            }
        }
        assert!(still_sealed > 0 && damaged > 50 && late > 200);
    }

    #[test]
    fn an_end_that_is_missing_is_missed() {
        let what = bytes(2 * PIECE + 100);
        let file = sealed(&passphrase("open"), &what);
        let header = file.len() - what.len() - 3 * 16;
        let piece = PIECE + 16;
        let borders = [header, header + piece, header + 2 * piece, file.len() - 1];
        for length in (0..header + 20).step_by(3).chain(borders) {
            let cut = Place::with(&file[..length]).read("open");
            assert!(cut.is_err(), "{length}");
        }
        // It notices a piece that is left out, put in another's place, or added.
        let (head, rest) = file.split_at(header);
        let (one, rest) = rest.split_at(piece);
        let (two, last) = rest.split_at(piece);
        for parts in [
            vec![head, two, one, last],
            vec![head, one, last],
            vec![head, one, two, last, b"more"],
            vec![head, one, two, last, last],
        ] {
            assert!(Place::with(&parts.concat()).read("open").is_err());
        }
    }

    #[test]
    fn nothing_but_the_passphrase_opens_it() {
        let place = Place::with(&sealed(&passphrase("caf\u{e9}"), b"Dear page"));
        for typed in [
            "",
            "cafe",
            "Caf\u{e9}",
            "caf\u{e9} ",
            "age-encryption.org/v1",
        ] {
            let refused = place.read(typed);
            assert!(
                matches!(refused, Err(FormatError::NotOpened { .. })),
                "{refused:?}"
            );
        }
        // The accent may be typed in another way.
        assert_eq!(place.read("cafe\u{301}").expect("read"), b"Dear page");
        // There are three tries.
        let asked = Cell::new(0);
        let ask = |_: &Path, attempt| {
            asked.set(attempt);
            Ok(Some("wrong".to_owned().into()))
        };
        assert!(open(&place.path(), &Identities::default(), &ask).is_err());
        assert_eq!(asked.get(), 3);
    }

    #[test]
    fn keys_open_what_is_for_them() {
        use ::age::secrecy::ExposeSecret;
        let nobody = |_: &Path, _| panic!("asked for a passphrase");
        let keys: Vec<x25519::Identity> =
            (0..3).map(|_| x25519::Identity::generate()).collect();
        let lock = keys[..2].iter().map(|key| {
            let public = key.to_public().to_string();
            public.parse::<Recipient>().expect("a key")
        });
        let place = Place::with(&sealed(&ExportLock::Keys(lock.collect()), b"Dear page"));
        let of = |key: &x25519::Identity| {
            let file = format!("# a key\n\n{}\n", key.to_string().expose_secret());
            Place::with(file.as_bytes())
        };
        for (number, key) in keys.iter().enumerate() {
            let mut found = Identities::default();
            found.read(&of(key).path(), &nobody).expect("a key");
            let opened = open(&place.path(), &found, &nobody);
            assert_eq!(opened.is_ok(), number < 2, "{number}");
            // Other keys do no harm.
            found.read(&of(&keys[0]).path(), &nobody).expect("a key");
            assert!(open(&place.path(), &found, &nobody).is_ok());
        }
        let without = open(&place.path(), &Identities::default(), &nobody);
        assert!(matches!(
            without,
            Err(FormatError::NotOpened {
                why: NotOpened::NoKey,
                ..
            })
        ));
        // A file of keys may be encrypted itself.
        let file = fs::read(of(&keys[1]).path()).expect("there");
        let locked = Place::with(&sealed(&passphrase("open"), &file));
        let mut found = Identities::default();
        found
            .read(&locked.path(), &|_, _| Ok(Some("open".to_owned().into())))
            .expect("a key");
        assert!(open(&place.path(), &found, &nobody).is_ok());
        for wrong in [
            &b"ssh-ed25519 AAAA"[..],
            b"",
            b"\xff\xfe",
            b"age1xyz",
            &[b'#'; 1 << 21],
        ] {
            let refused = Identities::default().read(&Place::with(wrong).path(), &nobody);
            assert!(matches!(refused, Err(FormatError::Unreadable { .. })));
        }
        for wrong in [
            "",
            "age1",
            "age1xyz",
            "AGE-SECRET-KEY-1XYZ",
            "ssh-ed25519 AAAA",
        ] {
            assert!(wrong.parse::<Recipient>().is_err(), "{wrong}");
        }
    }

    /// A file that asks for more work than a machine can do, or whose header never ends, is
    /// refused before any work.
    #[test]
    fn a_trap_is_not_walked_into() {
        let file = sealed(&passphrase("open"), b"Dear page");
        let text = String::from_utf8_lossy(&file).into_owned();
        let line = text.lines().nth(1).expect("a line").to_owned();
        let at = file
            .windows(line.len())
            .position(|part| part == line.as_bytes())
            .expect("there");
        for work in ["21", "40", "63"] {
            let (head, _) = line.rsplit_once(' ').expect("a number");
            let trap = format!("{head} {work}");
            let file = [&file[..at], trap.as_bytes(), &file[at + line.len()..]].concat();
            let Err(FormatError::Unreadable { what, .. }) = Place::with(&file).read("open")
            else {
                panic!("2^{work}");
            };
            assert!(what.contains(&format!("2^{work}")), "{what}");
        }
        let mark = "age-encryption.org/v1\n";
        let stanzas = format!("-> X25519 {}\n{}\n", "A".repeat(43), "A".repeat(43));
        for begin in [
            mark.to_owned(),
            format!("{mark}-> scrypt "),
            format!("{mark}--- "),
            format!("{mark}{}", stanzas.repeat(20_000)),
            "-----BEGIN AGE ENCRYPTED FILE-----".to_owned(),
            "-----BEGIN AGE ENCRYPTED FILE-----\nAAAA".to_owned(),
        ] {
            let place = Place::with(begin.as_bytes());
            // Add a gigabyte of nothing, which takes no room on the disk.
            let file = File::options().write(true).open(place.path());
            file.and_then(|file| file.set_len(1 << 30)).expect("longer");
            let refused = place.read("open");
            assert!(
                matches!(refused, Err(FormatError::Unreadable { .. })),
                "{refused:?}"
            );
        }
        for short in ["age-encryption.org/", "age-encryption.org/v2\n", mark, ""] {
            assert!(
                Place::with(short.as_bytes()).read("open").is_err(),
                "{short}"
            );
        }
    }
}
