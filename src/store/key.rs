//! Keys of encrypted journals: derived from a passphrase, read from a recovery sheet, or
//! given.
//!
//! The format of encrypted journals is defined here, in `header.rs` and in `open.rs`, and
//! described in `docs/encryption.md`.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use blake2::{Blake2b512, Digest};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::header::{self, Salt};
use crate::error::{Error, Result};

/// The bytes of a key.
const KEY: usize = 32;

/// One set of parameters for Argon2id, version 0x13 (RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct KeyDerivation {
    /// KiB.
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// How hard it is to get from a passphrase to a key: the sets of parameters that Argon2id is run
/// with, the newest first. A journal is made with the first.
///
/// Nothing in a file says which set it was made with, since anything there could be turned
/// against it: each is tried in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyCost {
    sets: &'static [KeyDerivation],
}

impl KeyCost {
    /// The cost for every journal that somebody keeps. Never remove a set that has been released.
    pub const FULL: KeyCost = KeyCost {
        sets: &[
            // Set 1: what RFC 9106 recommends where memory is short, in one lane.
            KeyDerivation {
                memory: 64 * 1024,
                passes: 3,
                lanes: 1,
            },
        ],
    };

    /// Set 0, for tests only: it takes no time and protects nothing. No released program makes
    /// or opens a journal with it, see [`crate::environment::Protection`].
    pub const TRIAL: KeyCost = KeyCost {
        sets: &[KeyDerivation {
            memory: 8,
            passes: 1,
            lanes: 1,
        }],
    };
}

/// The text that a person types to open a journal: a passphrase, or a recovery sheet.
#[derive(Clone)]
pub struct Passphrase {
    typed: Zeroizing<String>,
    cost: KeyCost,
}

impl Passphrase {
    /// Takes what was typed, without the line end. However a system puts letters with accents
    /// together, they mean the same (Unicode's form NFC).
    pub fn new(typed: &str, cost: KeyCost) -> Passphrase {
        // NFC makes a text at most three times as long; so nothing is left behind by growing.
        let mut same = Zeroizing::new(String::with_capacity(3 * typed.len()));
        same.extend(typed.nfc());
        Passphrase { typed: same, cost }
    }

    /// The same as text, for a format that takes it so.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.typed.is_empty()
    }

    /// How many characters it has.
    pub fn chars(&self) -> usize {
        self.typed.chars().count()
    }

    /// The recovery sheet that was typed; `None` for a passphrase.
    pub fn sheet(&self) -> Option<RecoverySheet> {
        RecoverySheet::read(&self.typed)
    }

    /// A key for a new journal, with a salt that no other has.
    ///
    /// # Errors
    /// [`Error::Io`] when the system has no random bytes.
    pub fn new_key(&self) -> Result<Key> {
        let salt = header::new_salt()?;
        match self.cost.sets.first() {
            Some(set) => self.key(set, salt),
            None => Err(failed("there are no parameters")),
        }
    }

    /// The keys that this may stand for in the journal with this salt, the likeliest first.
    /// Deriving a key takes a while; reading one from a recovery sheet does not.
    ///
    /// # Errors
    /// [`Error::Io`] when there is not enough memory to derive a key.
    pub fn keys(&self, salt: Salt) -> impl Iterator<Item = Result<Key>> {
        let sheet = match self.sheet() {
            Some(RecoverySheet::Whole(bytes)) => Some(Ok(Key { bytes, salt })),
            _ => None,
        };
        let derived = self.cost.sets.iter().map(move |set| self.key(set, salt));
        sheet.into_iter().chain(derived)
    }

    fn key(&self, set: &KeyDerivation, salt: Salt) -> Result<Key> {
        let params =
            Params::new(set.memory, set.passes, set.lanes, Some(KEY)).map_err(failed)?;
        let mut bytes = Zeroizing::new([0; KEY]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(self.typed.as_bytes(), &salt, &mut *bytes)
            .map_err(failed)?;
        Ok(Key { bytes, salt })
    }
}

impl PartialEq for Passphrase {
    fn eq(&self, other: &Passphrase) -> bool {
        self.typed == other.typed
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

fn failed(error: impl fmt::Display) -> Error {
    Error::Io {
        doing: "make a key from the passphrase".to_owned(),
        source: std::io::Error::other(error.to_string()),
    }
}

/// The key of an encrypted journal.
#[derive(Clone)]
pub struct Key {
    bytes: Zeroizing<[u8; KEY]>,
    salt: Salt,
}

impl Key {
    /// A key whose bytes are known, for the journal with this salt.
    pub fn new(bytes: Zeroizing<[u8; KEY]>, salt: Salt) -> Key {
        Key { bytes, salt }
    }

    /// The bytes of the key.
    pub fn bytes(&self) -> &[u8; KEY] {
        &self.bytes
    }

    /// The salt of the key's journal.
    pub fn salt(&self) -> Salt {
        self.salt
    }

    /// The lines of its recovery sheet.
    pub fn sheet(&self) -> Vec<Zeroizing<String>> {
        RecoverySheet::write(&self.bytes)
    }

    /// The key and the salt in the notation of SQLCipher, which then derives nothing itself.
    pub(super) fn spec(&self) -> Zeroizing<String> {
        let mut spec = Zeroizing::new(String::with_capacity(2 * (KEY + 16) + 3));
        spec.push_str("x'");
        for byte in self.bytes.iter().chain(&self.salt) {
            for digit in [byte >> 4, byte & 15] {
                spec.extend(char::from_digit(digit.into(), 16));
            }
        }
        spec.push('\'');
        spec
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A key as it is printed on paper: four lines of four groups of four letters and digits, in
/// the alphabet of <https://www.crockford.com/base32.html>. Each line has eight bytes of the
/// key, and two check bytes that reveal a slip and a line in the wrong place.
#[derive(Debug)]
pub enum RecoverySheet {
    /// Every line is right. The bytes of the key.
    Whole(Zeroizing<[u8; KEY]>),
    /// These lines are wrong, counted from 1. At least one line is right.
    Mistyped(Vec<usize>),
}

/// Crockford's alphabet, which has no letters that look like digits.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The lines of a sheet, and the bytes and characters of a line.
const LINES: usize = 4;
const LINE_BYTES: usize = KEY / LINES;
const LINE_CHARS: usize = 16;

impl RecoverySheet {
    fn write(key: &[u8; KEY]) -> Vec<Zeroizing<String>> {
        let line = |(index, bytes): (usize, &[u8])| {
            let mut bits = bytes.iter().chain(&check(index, bytes)).fold(
                Zeroizing::new(0_u128),
                |mut bits, byte| {
                    *bits = *bits << 8 | u128::from(*byte);
                    bits
                },
            );
            // A line uses 80 of the 128 bits: move its first character to the highest of
            // them.
            *bits <<= 48;
            let mut line = Zeroizing::new(String::with_capacity(LINE_CHARS + 3));
            for place in 0..LINE_CHARS {
                if place > 0 && place % 4 == 0 {
                    line.push(' ');
                }
                let digit = *bits >> (123 - 5 * place) & 31;
                line.push(ALPHABET[digit as usize].into());
            }
            line
        };
        key.chunks(LINE_BYTES).enumerate().map(line).collect()
    }

    /// Reads a copied sheet with any spacing; `None` for any other text.
    fn read(typed: &str) -> Option<RecoverySheet> {
        let mut digits = Zeroizing::new(Vec::with_capacity(LINES * LINE_CHARS));
        for typed in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let typed = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let digit = ALPHABET.iter().position(|&c| char::from(c) == typed)?;
            if digits.len() == digits.capacity() {
                return None;
            }
            digits.push(digit as u128);
        }
        if digits.len() != LINES * LINE_CHARS {
            return None;
        }
        let mut key = Zeroizing::new([0; KEY]);
        let mut wrong = Vec::new();
        let lines = digits.chunks(LINE_CHARS).zip(key.chunks_mut(LINE_BYTES));
        for (index, (digits, bytes)) in lines.enumerate() {
            let bits = digits.iter().fold(0, |bits, digit| bits << 5 | digit);
            let all = Zeroizing::new((bits << 48).to_be_bytes());
            bytes.copy_from_slice(&all[..LINE_BYTES]);
            if all[LINE_BYTES..LINE_BYTES + 2] != check(index, bytes) {
                wrong.push(index + 1);
            }
        }
        match wrong.len() {
            0 => Some(RecoverySheet::Whole(key)),
            // No line is right: it is a passphrase with as many letters and digits as a
            // sheet.
            LINES => None,
            _ => Some(RecoverySheet::Mistyped(wrong)),
        }
    }
}

/// The check bytes of a line.
fn check(index: usize, bytes: &[u8]) -> [u8; 2] {
    let hash = Blake2b512::new()
        .chain_update(b"onward recovery sheet")
        .chain_update([index as u8 + 1])
        .chain_update(bytes)
        .finalize();
    [hash[0], hash[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(bytes: [u8; KEY]) -> Key {
        Key::new(Zeroizing::new(bytes), [7; 16])
    }

    fn typed(text: &str) -> Passphrase {
        Passphrase::new(text, KeyCost::FULL)
    }

    fn sheet_of(bytes: [u8; KEY]) -> String {
        let lines = key(bytes).sheet();
        let lines: Vec<&str> = lines.iter().map(|line| line.as_str()).collect();
        lines.join("\n")
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// With the reference implementation:
    /// `printf %s 'correct horse' | argon2 saltsaltsaltsalt -id -v 13 -k 65536 -t 3 -p 1 -l 32 -r`
    #[test]
    fn the_key_is_what_everybody_s_argon2_makes() {
        let passphrase = typed("correct horse");
        let mut keys = passphrase.keys(*b"saltsaltsaltsalt");
        let made = keys.next().expect("one").expect("made");
        assert_eq!(
            hex(made.bytes()),
            "332541e4192860aa42935c10c48d64793839c579a782b7c5baeff2d7c197d1f4"
        );
    }

    #[test]
    fn accents_mean_the_same_however_they_are_typed() {
        let one = typed("caf\u{e9} \u{1e69}");
        let other = typed("cafe\u{301} s\u{323}\u{307}");
        assert!(one == other);
        assert!(one != typed("cafe s"), "but they are not left out");
        // What keeps its look and changes its meaning is not folded.
        assert!(typed("x\u{b2}") != typed("x2"));
    }

    #[test]
    fn a_sheet_says_its_key_and_no_other() {
        proptest::proptest!(|(bytes: [u8; KEY])| {
            let sheet = sheet_of(bytes);
            let lines: Vec<&str> = sheet.lines().collect();
            proptest::prop_assert!(lines.iter().all(|line| line.len() == 19), "{}", sheet);
            for copy in [
                sheet.clone(),
                sheet.replace([' ', '\n'], ""),
                sheet.to_lowercase().replace('0', "o").replace('1', "l"),
                sheet.replace(['\n'], " - "),
            ] {
                let read = match typed(&copy).sheet() {
                    Some(RecoverySheet::Whole(read)) => *read,
                    other => panic!("{copy}: {other:?}"),
                };
                proptest::prop_assert_eq!(read, bytes);
            }
        });
    }

    #[test]
    fn a_slip_is_told_by_its_line() {
        let sheet = sheet_of(std::array::from_fn(|n| n as u8));
        let lines: Vec<&str> = sheet.lines().collect();
        let mut slips = 0;
        for (number, line) in lines.iter().enumerate() {
            for at in (0..line.len()).filter(|at| at % 5 != 4) {
                let mut typed = lines.clone();
                let digit = line.as_bytes()[at];
                let next = ALPHABET.iter().position(|&c| c == digit).expect("one") + 1;
                let other = char::from(ALPHABET[next % 32]);
                let slip = format!("{}{other}{}", &line[..at], &line[at + 1..]);
                typed[number] = &slip;
                match RecoverySheet::read(&typed.join(" ")) {
                    Some(RecoverySheet::Mistyped(wrong)) => assert_eq!(wrong, [number + 1]),
                    other => panic!("{typed:?}: {other:?}"),
                }
                slips += 1;
            }
        }
        assert_eq!(slips, 64);
        // A line in the place of another one, and missing lines.
        let swapped = [lines[0], lines[2], lines[1], lines[3]].join("");
        assert!(
            matches!(RecoverySheet::read(&swapped), Some(RecoverySheet::Mistyped(wrong)) if wrong == [2, 3])
        );
        assert!(RecoverySheet::read(&lines[..3].join("")).is_none());
        assert!(RecoverySheet::read(&format!("{sheet} 0")).is_none());
        assert!(
            RecoverySheet::read(&"A".repeat(64)).is_none(),
            "a passphrase"
        );
        assert!(RecoverySheet::read("").is_none());
    }

    #[test]
    fn secrets_are_not_shown() {
        let key = key([1; KEY]);
        assert_eq!(format!("{key:?}"), "Key(…)");
        assert_eq!(format!("{:?}", typed("open")), "Passphrase(…)");
        assert_eq!(
            *key.spec(),
            format!("x'{}{}'", "01".repeat(32), "07".repeat(16))
        );
    }
}
