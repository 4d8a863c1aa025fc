//! The SQLite of onward: SQLCipher, compiled from its source with a C compiler and nothing
//! else, and with its cryptography made of RustCrypto's primitives in the place of OpenSSL.
//!
//! This is the only crate of the workspace with `unsafe` code. It has two small parts: the
//! start of SQLCipher, here, and the functions that SQLCipher calls for its cryptography, in
//! `provider`. What those compute stands in `crypto`, which is safe code.
//!
//! # How it is linked
//!
//! rusqlite is used with its feature `in_gecko`: then libsqlite3-sys compiles and links no
//! SQLite, and only declares its functions; they are found here when the program is linked.
//! The feature was made for Mozilla, which does the same. What it asks for is that the
//! declarations fit the SQLite that is linked: a test compares their versions, and both come
//! from the same release.
//!
//! # When the encryption starts
//!
//! SQLCipher would start itself with SQLite: it draws random numbers and fills a heap that is
//! locked into memory, at every start of the program, also where every journal is plain. Here
//! SQLite starts without it, and [`start`] does it for the first connection that will be given
//! a key. Until then a key is refused with an error; nothing is written in plain instead.

#[cfg(feature = "encryption")]
mod crypto;
#[cfg(feature = "encryption")]
mod provider;

use std::ffi::{CStr, c_char, c_int};

/// What SQLite's functions return when they did what they were asked for.
#[cfg(feature = "encryption")]
const SQLITE_OK: c_int = 0;
/// What they return for an error that has no number of its own.
#[cfg(feature = "encryption")]
const SQLITE_ERROR: c_int = 1;

unsafe extern "C" {
    safe fn sqlite3_libversion() -> *const c_char;
    #[cfg(feature = "encryption")]
    safe fn sqlite3_initialize() -> c_int;
    #[cfg(feature = "encryption")]
    fn sqlcipher_extra_init(argument: *const c_char) -> c_int;
}

/// The version of the SQLite that is linked: `3.54.1`.
pub fn sqlite_version() -> &'static str {
    let version = sqlite3_libversion();
    // SAFETY: it is a constant of SQLite's, ended by a zero byte, that is there as long as the
    // program (<https://www.sqlite.org/c3ref/libversion.html>).
    let version = unsafe { CStr::from_ptr(version) };
    version.to_str().unwrap_or_default()
}

/// Why the encryption did not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotStarted {
    /// It was built without the feature `encryption`.
    NotBuilt,
    /// SQLite or SQLCipher refused, with this result code of SQLite's. SQLCipher needs a
    /// little memory and the randomness of the system.
    Refused(c_int),
}

impl std::fmt::Display for NotStarted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NotStarted::NotBuilt => f.write_str("it was built without encryption"),
            NotStarted::Refused(code) => write!(f, "its encryption did not start ({code})"),
        }
    }
}

impl std::error::Error for NotStarted {}

/// Starts the encryption, unless it runs. To be called before a connection is opened that will
/// be given a key or has to know `sqlcipher_export`: connections learn of it when they are
/// opened. It costs a third of a millisecond the first time and next to nothing after that,
/// and can be called from any thread.
///
/// # Errors
/// [`NotStarted`]. Then every key is refused.
#[cfg(feature = "encryption")]
pub fn start() -> Result<(), NotStarted> {
    for result in [sqlite3_initialize(), start_sqlcipher()] {
        if result != SQLITE_OK {
            return Err(NotStarted::Refused(result));
        }
    }
    Ok(())
}

/// Fails: there is no encryption in this build.
///
/// # Errors
/// [`NotStarted::NotBuilt`], always.
#[cfg(not(feature = "encryption"))]
pub fn start() -> Result<(), NotStarted> {
    Err(NotStarted::NotBuilt)
}

/// Bytes that [`header`] returns: all of SQLite's header that comes after the salt.
pub const HEADER: usize = 96;

/// The header of a database from its encrypted first page: the bytes 16 to 111 of the page.
/// `None` if the key does not fit, or the page is not what was written.
#[cfg(feature = "encryption")]
pub fn header(key: &[u8; 32], page: &[u8]) -> Option<[u8; HEADER]> {
    use crypto::{BLOCK, Hash, LONGEST_CODE};
    const SALT: usize = 16;
    // The salt, the blocks, the initialization vector and the code.
    if page.len() < SALT + HEADER + BLOCK + LONGEST_CODE {
        return None;
    }
    let (signed, code) = page.split_at(page.len() - LONGEST_CODE);
    let (salt, signed) = signed.split_at(SALT);
    let (blocks, vector) = signed.split_at(signed.len() - BLOCK);
    // SQLCipher derives the key of the codes from the key of the pages, with these numbers.
    let salt: Vec<u8> = salt.iter().map(|byte| byte ^ 0x3a).collect();
    let mut code_key = zeroize::Zeroizing::new([0; 32]);
    crypto::derive(Hash::Sha512, key, &salt, 2, code_key.as_mut());
    let mut expected = [0; LONGEST_CODE];
    let first = 1_u32.to_le_bytes();
    crypto::authenticate(
        Hash::Sha512,
        code_key.as_ref(),
        [signed, &first],
        &mut expected,
    )
    .ok()?;
    if code != expected {
        return None;
    }
    let mut header: [u8; HEADER] = blocks[..HEADER].try_into().ok()?;
    crypto::decrypt(key, vector.try_into().ok()?, &mut header).ok()?;
    Some(header)
}

/// `None`: there is no encryption in this build.
#[cfg(not(feature = "encryption"))]
pub fn header(_key: &[u8; 32], _page: &[u8]) -> Option<[u8; HEADER]> {
    None
}

#[cfg(feature = "encryption")]
fn start_sqlcipher() -> c_int {
    // SAFETY: SQLite is initialized, as SQLCipher's start wants it. That looks at its argument
    // nowhere, takes SQLite's main mutex before it looks at its own state, and returns at once
    // where it ran before, so any number of threads may call it.
    unsafe { sqlcipher_extra_init(std::ptr::null()) }
}

/// What SQLite calls at its own start in the place of SQLCipher's start: see [`start`].
// SAFETY: no other symbol of the program has this name; SQLite declares it with this signature.
#[cfg(feature = "encryption")]
#[unsafe(no_mangle)]
extern "C" fn onward_sqlite_started(_argument: *const c_char) -> c_int {
    SQLITE_OK
}
