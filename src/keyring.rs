//! Keeping the key of an unlocked journal for a while: in the kernel's memory, which forgets
//! it when its time is over.
//!
//! Only Linux has such a place. Other systems keep keys on a disk and without an end of their
//! time, so there the passphrase is asked for each time.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::journal::{Key, Salt};

/// The name of the place for messages.
pub const PLACE: &str = "the kernel's keyring";

/// A key in the keyring.
#[derive(Debug)]
pub struct KeyringEntry {
    /// The key. It does not open the journal if another file has taken its place since.
    pub key: Key,
    /// The moment when the kernel forgets it.
    pub until: DateTime<Utc>,
}

/// The bytes of a key. The payload adds the seconds since 1970 at which it is forgotten.
const KEY: usize = 32;
type Payload = [u8; KEY + 8];

/// Checks that the keyring can be reached. Storing a key may still fail.
///
/// # Errors
/// [`Error::NoKeyring`].
pub fn try_out() -> Result<()> {
    system::find("onward").map(drop)
}

/// Stores a key for a time that begins `now`, in place of an older key of the same journal.
/// Returns the moment when the kernel forgets it.
///
/// # Errors
/// [`Error::NoKeyring`].
pub fn keep(key: &Key, term: UnlockDuration, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let until = now + term.delta();
    let mut payload: Zeroizing<Payload> = Zeroizing::new([0; KEY + 8]);
    payload[..KEY].copy_from_slice(key.bytes());
    payload[KEY..].copy_from_slice(&until.timestamp().to_le_bytes());
    system::keep(&name(key.salt()), &payload, term.seconds)?;
    Ok(until)
}

/// The stored key of the journal with this salt.
///
/// # Errors
/// [`Error::NoKeyring`] if the keyring cannot be reached.
pub fn find(salt: Salt) -> Result<Option<KeyringEntry>> {
    let Some(found) = system::find(&name(salt))? else {
        return Ok(None);
    };
    let mut payload: Zeroizing<Payload> = Zeroizing::new([0; KEY + 8]);
    if !system::read(&found, &mut payload) {
        return Ok(None);
    }
    let mut key = Zeroizing::new([0; KEY]);
    key.copy_from_slice(&payload[..KEY]);
    let mut until = [0; 8];
    until.copy_from_slice(&payload[KEY..]);
    let until = DateTime::from_timestamp(i64::from_le_bytes(until), 0);
    Ok(until.map(|until| KeyringEntry {
        key: Key::new(key, salt),
        until,
    }))
}

/// Removes the key of the journal with this salt at once. Returns true if there was one.
///
/// # Errors
/// [`Error::NoKeyring`] if the keyring cannot be reached; [`Error::Io`] if the key cannot be
/// removed.
pub fn forget(salt: Salt) -> Result<bool> {
    match system::find(&name(salt))? {
        Some(found) => system::forget(&found).map(|()| true),
        None => Ok(false),
    }
}

/// The name of a journal's key in the keyring. It is a digest of the salt, so that it reveals
/// nothing without the file. A new passphrase gives the journal a new salt and so a new name.
fn name(salt: Salt) -> String {
    let hash = Sha256::new()
        .chain_update(b"onward kept key")
        .chain_update(salt)
        .finalize();
    let hex = hash[..16].iter().map(|byte| format!("{byte:02x}"));
    format!("onward:{}", hex.collect::<String>())
}

#[cfg(target_os = "linux")]
mod system {
    use std::io;

    use linux_keyutils::{KeyError, KeyPermissions, KeyRing, KeyRingIdentifier};

    use super::{Error, Payload, Result};

    pub(super) type KeyHandle = linux_keyutils::Key;

    /// All permissions for programs of the same user, and none for possession. A shell of
    /// another user that was started with `su` can still possess the keys of its parent.
    const OURS: u32 = 0x003f_0000;

    /// The keyring of the user, which all sessions share. A session that is not linked to it
    /// could not find keys in the session keyring of another.
    fn ring() -> Result<KeyRing, KeyError> {
        KeyRing::from_special_id(KeyRingIdentifier::User, false)
    }

    pub(super) fn find(name: &str) -> Result<Option<KeyHandle>> {
        match ring().and_then(|ring| ring.search(name)) {
            Ok(found) => Ok(Some(found)),
            Err(error) if is_gone(error) => Ok(None),
            Err(error) => Err(no_keyring(error)),
        }
    }

    pub(super) fn keep(name: &str, payload: &Payload, seconds: u32) -> Result<()> {
        let keep = || {
            // Add it to the keyring of the process first, so that it is in no shared keyring
            // without a time limit, even if the program is killed in between.
            let own = KeyRing::from_special_id(KeyRingIdentifier::Process, true)?;
            let key = own.add_key(name, payload)?;
            key.set_timeout(seconds as usize)?;
            key.set_perms(KeyPermissions::from_u32(OURS))?;
            // Remove an older key of the same name, which could still be read by its number.
            let before = ring()?.search(name);
            ring()?.link_key(key)?;
            match before {
                Ok(before) if before != key => before.invalidate(),
                _ => Ok(()),
            }
        };
        keep().map_err(no_keyring)
    }

    /// Reads the payload of a key. False if it is gone or has another length.
    pub(super) fn read(found: &KeyHandle, payload: &mut Payload) -> bool {
        found.read(payload) == Ok(payload.len())
    }

    pub(super) fn forget(found: &KeyHandle) -> Result<()> {
        match found.invalidate() {
            Err(error) if !is_gone(error) => Err(Error::Io {
                doing: "forget the key of the journal".to_owned(),
                source: said(error),
            }),
            _ => Ok(()),
        }
    }

    fn is_gone(error: KeyError) -> bool {
        matches!(
            error,
            KeyError::KeyDoesNotExist
                | KeyError::KeyExpired
                | KeyError::KeyRevoked
                | KeyError::KeyRejected
        )
    }

    fn no_keyring(error: KeyError) -> Error {
        Error::NoKeyring { why: why(error) }
    }

    pub(super) fn why(error: KeyError) -> String {
        /// The error of a kernel that was built without keyrings.
        const ENOSYS: i32 = 38;
        match error {
            KeyError::Unknown(ENOSYS) | KeyError::OperationNotSupported => {
                "this kernel keeps no keys".to_owned()
            }
            KeyError::PermissionDenied | KeyError::AccessDenied => {
                "the kernel is not allowed to keep a key here, as in many containers".to_owned()
            }
            KeyError::QuotaExceeded => {
                "the kernel keeps as many keys for you as it may".to_owned()
            }
            KeyError::OutOfMemory => "the kernel has no memory left for a key".to_owned(),
            other => format!("the kernel would not keep a key ({})", said(other)),
        }
    }

    fn said(error: KeyError) -> io::Error {
        match error {
            KeyError::Unknown(number) => io::Error::from_raw_os_error(number),
            other => io::Error::other(format!("{other:?}")),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::{Error, Payload, Result};

    pub(super) enum KeyHandle {}

    pub(super) fn find(_: &str) -> Result<Option<KeyHandle>> {
        Err(Error::NoKeyring {
            why: "this system has no place for a key that is in memory only".to_owned(),
        })
    }

    pub(super) fn keep(name: &str, _: &Payload, _: u32) -> Result<()> {
        find(name).map(drop)
    }

    pub(super) fn read(found: &KeyHandle, _: &mut Payload) -> bool {
        match *found {}
    }

    pub(super) fn forget(found: &KeyHandle) -> Result<()> {
        match *found {}
    }
}

/// How long a journal stays unlocked: `15m`, `1h`, `90s`, `2h30m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnlockDuration {
    seconds: u32,
}

/// The longest duration, in seconds: a day. A journal that is to be open for longer might as
/// well be plain.
const LONGEST: u32 = 24 * 60 * 60;

/// The seconds and the names of each unit, the longest unit first.
const UNITS: [(u32, &[&str]); 3] = [
    (60 * 60, &["h", "hour", "hours"]),
    (60, &["m", "min", "minute", "minutes"]),
    (1, &["s", "sec", "second", "seconds"]),
];

impl UnlockDuration {
    /// The same duration for computing with instants.
    fn delta(self) -> TimeDelta {
        TimeDelta::seconds(self.seconds.into())
    }
}

impl Default for UnlockDuration {
    /// A quarter of an hour.
    fn default() -> UnlockDuration {
        UnlockDuration { seconds: 15 * 60 }
    }
}

impl FromStr for UnlockDuration {
    type Err = &'static str;

    fn from_str(typed: &str) -> Result<UnlockDuration, &'static str> {
        const FORM: &str = "write it as 15m, 1h, 90s or 2h30m";
        let mut seconds = 0_u32;
        let mut units = UNITS.iter();
        let mut rest = typed.trim();
        if rest.starts_with('-') {
            return Err(FORM);
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or(FORM)?;
            let (number, behind) = rest.split_at(digits);
            let behind = behind.trim_start();
            let letters = behind
                .find(|c: char| !c.is_alphabetic())
                .unwrap_or(behind.len());
            let (unit, behind) = behind.split_at(letters);
            // Each unit may occur once, the longer before the shorter.
            let (unit, _) = units
                .find(|(_, names)| names.contains(&unit.to_lowercase().as_str()))
                .ok_or(FORM)?;
            if number.is_empty() {
                return Err(FORM);
            }
            let number: u32 = number.parse().unwrap_or(u32::MAX);
            seconds = seconds.saturating_add(number.saturating_mul(*unit));
            rest = behind.trim_start();
        }
        match seconds {
            _ if typed.trim().is_empty() => Err(FORM),
            0 => Err("that is no time at all"),
            seconds if seconds > LONGEST => Err("24h is the longest"),
            seconds => Ok(UnlockDuration { seconds }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms() {
        let seconds = |typed: &str| typed.parse::<UnlockDuration>().map(|term| term.seconds);
        for (typed, expect) in [
            ("15m", 900),
            ("1h", 3600),
            ("90s", 90),
            ("2h30m", 9000),
            (" 2h 30m 5s ", 9005),
            ("15 min", 900),
            ("1 Hour 1 second", 3601),
            ("24h", 86_400),
            ("1s", 1),
            ("0h1m", 60),
        ] {
            assert_eq!(seconds(typed), Ok(expect), "{typed}");
        }
        for wrong in [
            "", " ", "15", "m", "-15m", "1.5h", "30m2h", "1m1m", "1d", "15m!", "15m3", "٣m",
            "1h-5m",
        ] {
            let why = seconds(wrong).expect_err(wrong);
            assert!(why.starts_with("write it as"), "{wrong}: {why}");
        }
        // The kernel would take 0 for no limit.
        assert_eq!(seconds("0m"), Err("that is no time at all"));
        for long in ["24h1s", "25h", "99999999999h", "4294967296s", "4294967295m"] {
            assert_eq!(seconds(long), Err("24h is the longest"), "{long}");
        }
        assert_eq!(UnlockDuration::default(), "15m".parse().expect("a term"));
    }

    #[test]
    fn a_name_says_nothing() {
        let name_of = |byte| name([byte; 16]);
        assert_ne!(name_of(1), name_of(2));
        assert_eq!(name_of(1).len(), "onward:".len() + 32);
        assert!(!name_of(0xab).contains("abab"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn why_no_key_is_kept() {
        use linux_keyutils::KeyError;
        let why = system::why;
        assert_eq!(why(KeyError::Unknown(38)), "this kernel keeps no keys");
        assert!(why(KeyError::PermissionDenied).contains("containers"));
        assert!(why(KeyError::AccessDenied).contains("containers"));
        assert!(why(KeyError::QuotaExceeded).contains("as many keys"));
        assert!(why(KeyError::OutOfMemory).contains("no memory"));
        assert!(why(KeyError::Unknown(5)).contains("error 5"));
        assert!(why(KeyError::InvalidArguments).contains("InvalidArguments"));
    }
}
