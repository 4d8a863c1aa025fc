//! The functions that SQLCipher calls for its cryptography, as `struct sqlcipher_provider` of
//! its source declares them.
//!
//! Each turns what C hands it into slices, lets `crypto` do the work, and gives back a result
//! code of SQLite's. Lengths that are negative or not what the algorithm takes, and null
//! pointers where bytes have to be, are refused. SQLCipher decrypts and encrypts from one
//! buffer into another or in place, so nothing here relies on the two being apart: whatever is
//! read is read before a slice of the output exists.
//!
//! A panic in a function that C calls ends the program, so no frame of SQLite's is unwound.

use std::ffi::{c_char, c_int, c_uchar, c_void};
use std::{ptr, slice};

use zeroize::Zeroizing;

use crate::crypto::{self, BLOCK, Hash, KEY, LONGEST_CODE, Refused};
use crate::{SQLITE_ERROR, SQLITE_OK};

/// How SQLCipher numbers the hash functions. SHA-1, which it numbers 0, is only in files of
/// SQLCipher 3 and older, and is refused.
const SHA1: c_int = 0;
const SHA256: c_int = 1;
const SHA512: c_int = 2;
/// Bytes of a code that is made with SHA-1.
const SHA1_SIZE: c_int = 20;

/// What SQLCipher asks of [`cipher`]. It knows no third mode.
const DECRYPT: c_int = 0;
const ENCRYPT: c_int = 1;

/// `struct sqlcipher_provider`: the same fields, of the same types, in the same order.
#[repr(C)]
struct Provider {
    init: Option<unsafe extern "C" fn() -> c_int>,
    shutdown: Option<unsafe extern "C" fn()>,
    get_provider_name: extern "C" fn(*mut c_void) -> *const c_char,
    add_random: extern "C" fn(*mut c_void, *const c_void, c_int) -> c_int,
    random: unsafe extern "C" fn(*mut c_void, *mut c_void, c_int) -> c_int,
    hmac: unsafe extern "C" fn(
        *mut c_void,
        c_int,
        *const c_uchar,
        c_int,
        *const c_uchar,
        c_int,
        *const c_uchar,
        c_int,
        *mut c_uchar,
    ) -> c_int,
    kdf: unsafe extern "C" fn(
        *mut c_void,
        c_int,
        *const c_uchar,
        c_int,
        *const c_uchar,
        c_int,
        c_int,
        c_int,
        *mut c_uchar,
    ) -> c_int,
    cipher: unsafe extern "C" fn(
        *mut c_void,
        c_int,
        *const c_uchar,
        c_int,
        *const c_uchar,
        *const c_uchar,
        c_int,
        *mut c_uchar,
    ) -> c_int,
    get_cipher: extern "C" fn(*mut c_void) -> *const c_char,
    get_key_sz: extern "C" fn(*mut c_void) -> c_int,
    get_iv_sz: extern "C" fn(*mut c_void) -> c_int,
    get_block_sz: extern "C" fn(*mut c_void) -> c_int,
    get_hmac_sz: extern "C" fn(*mut c_void, c_int) -> c_int,
    ctx_init: extern "C" fn(*mut *mut c_void) -> c_int,
    ctx_free: extern "C" fn(*mut *mut c_void) -> c_int,
    fips_status: extern "C" fn(*mut c_void) -> c_int,
    get_provider_version: extern "C" fn(*mut c_void) -> *const c_char,
    next: *mut Provider,
}

impl Provider {
    const RUST_CRYPTO: Provider = Provider {
        init: None,
        shutdown: None,
        get_provider_name: provider_name,
        add_random,
        random,
        hmac,
        kdf,
        cipher,
        get_cipher: cipher_name,
        get_key_sz: key_size,
        get_iv_sz: block_size,
        get_block_sz: block_size,
        get_hmac_sz: code_size,
        ctx_init: no_context,
        ctx_free: no_context,
        fips_status: not_certified,
        get_provider_version: provider_version,
        next: ptr::null_mut(),
    };
}

/// Fills in the provider that SQLCipher made room for. It calls this once, at its start.
///
/// # Safety
/// `provider` is null or has room for a `struct sqlcipher_provider`, aligned as one.
// SAFETY: no other symbol of the program has this name; SQLCipher declares it with this
// signature, under the name that build.rs gives it.
#[unsafe(no_mangle)]
unsafe extern "C" fn onward_cipher_setup(provider: *mut Provider) -> c_int {
    if provider.is_null() {
        return SQLITE_ERROR;
    }
    // SAFETY: it is not null, and SQLCipher allocated it with the size and the alignment of the
    // struct that `Provider` repeats. What was there before is never read.
    unsafe { provider.write(Provider::RUST_CRYPTO) };
    SQLITE_OK
}

/// The bytes that C names by where they begin and how many there are; `None` for a negative
/// number, and for null where there are any.
///
/// # Safety
/// Unless `start` is null, `length` bytes from there can be read, and nobody writes to them
/// while the slice lives.
unsafe fn bytes<'a>(start: *const c_uchar, length: c_int) -> Option<&'a [u8]> {
    let length = usize::try_from(length).ok()?;
    if length == 0 {
        return Some(&[]);
    }
    if start.is_null() {
        return None;
    }
    // SAFETY: not null, and the caller vouches for the rest. Bytes need no alignment.
    Some(unsafe { slice::from_raw_parts(start, length) })
}

/// As [`bytes`], to be written to.
///
/// # Safety
/// Unless `start` is null, `length` bytes from there can be written, and nobody else reads or
/// writes them while the slice lives.
unsafe fn bytes_mut<'a>(start: *mut c_uchar, length: c_int) -> Option<&'a mut [u8]> {
    let length = usize::try_from(length).ok()?;
    if length == 0 {
        return Some(&mut []);
    }
    if start.is_null() {
        return None;
    }
    // SAFETY: not null, and the caller vouches for the rest. Bytes need no alignment.
    Some(unsafe { slice::from_raw_parts_mut(start, length) })
}

fn result(done: Result<(), Refused>) -> c_int {
    match done {
        Ok(()) => SQLITE_OK,
        Err(Refused) => SQLITE_ERROR,
    }
}

fn hash(algorithm: c_int) -> Option<Hash> {
    match algorithm {
        SHA256 => Some(Hash::Sha256),
        SHA512 => Some(Hash::Sha512),
        _ => None,
    }
}

/// Random bytes of the system's, for salts and initialization vectors.
///
/// # Safety
/// As [`bytes_mut`].
unsafe extern "C" fn random(_: *mut c_void, buffer: *mut c_void, length: c_int) -> c_int {
    // SAFETY: SQLCipher's buffer is `length` bytes long and nobody else's meanwhile.
    match unsafe { bytes_mut(buffer.cast(), length) } {
        Some(buffer) => result(crypto::draw(buffer)),
        None => SQLITE_ERROR,
    }
}

/// The HMAC of two parts. The second may be missing.
///
/// # Safety
/// As [`bytes`] for the key and both parts. Unless `out` is null there is room for the code at
/// it; it may overlap with what is read.
unsafe extern "C" fn hmac(
    _: *mut c_void,
    algorithm: c_int,
    key: *const c_uchar,
    key_length: c_int,
    first: *const c_uchar,
    first_length: c_int,
    second: *const c_uchar,
    second_length: c_int,
    out: *mut c_uchar,
) -> c_int {
    let Some(hash) = hash(algorithm) else {
        return SQLITE_ERROR;
    };
    if out.is_null() {
        return SQLITE_ERROR;
    }
    let mut code = Zeroizing::new([0; LONGEST_CODE]);
    let done = {
        // SAFETY: the caller vouches for the key.
        let key = unsafe { bytes(key, key_length) };
        // SAFETY: and for the first part.
        let first = unsafe { bytes(first, first_length) };
        // SAFETY: and for the second one.
        let second = unsafe { bytes(second, second_length) };
        match (key, first, second) {
            (Some(key), Some(first), Some(second)) => {
                crypto::authenticate(hash, key, [first, second], &mut code)
            }
            _ => Err(Refused),
        }
    };
    if done.is_ok() {
        // SAFETY: `out` is not null and has room for the code; the slices that it may overlap
        // with are no longer used, and `code` is a variable of this function.
        unsafe { ptr::copy_nonoverlapping(code.as_ptr(), out, hash.size()) };
    }
    result(done)
}

/// A key by PBKDF2.
///
/// # Safety
/// As [`bytes`] for the passphrase and the salt, as [`bytes_mut`] for the key. The key may be
/// the passphrase or the salt: it is written when both have been read.
unsafe extern "C" fn kdf(
    _: *mut c_void,
    algorithm: c_int,
    secret: *const c_uchar,
    secret_length: c_int,
    salt: *const c_uchar,
    salt_length: c_int,
    rounds: c_int,
    key_length: c_int,
    out: *mut c_uchar,
) -> c_int {
    let (Some(hash), Ok(rounds), Ok(size)) = (
        hash(algorithm),
        u32::try_from(rounds),
        usize::try_from(key_length),
    ) else {
        return SQLITE_ERROR;
    };
    if rounds == 0 || out.is_null() {
        return SQLITE_ERROR;
    }
    let mut key = Zeroizing::new(vec![0; size]);
    let done = {
        // SAFETY: the caller vouches for the passphrase.
        let secret = unsafe { bytes(secret, secret_length) };
        // SAFETY: and for the salt.
        let salt = unsafe { bytes(salt, salt_length) };
        match (secret, salt) {
            (Some(secret), Some(salt)) => {
                crypto::derive(hash, secret, salt, rounds, &mut key);
                Ok(())
            }
            _ => Err(Refused),
        }
    };
    if done.is_ok() {
        // SAFETY: `out` is not null and has room for `key_length` bytes; the slices that it may
        // overlap with are no longer used, and `key` is a variable of this function.
        unsafe { ptr::copy_nonoverlapping(key.as_ptr(), out, size) };
    }
    result(done)
}

/// Encrypts or decrypts whole blocks.
///
/// # Safety
/// As [`bytes`] for the key. Unless they are null, 16 bytes can be read at `vector`, `length`
/// bytes read at `from` and as many written at `out`. The three may overlap.
unsafe extern "C" fn cipher(
    _: *mut c_void,
    mode: c_int,
    key: *const c_uchar,
    key_length: c_int,
    vector: *const c_uchar,
    from: *const c_uchar,
    length: c_int,
    out: *mut c_uchar,
) -> c_int {
    let Ok(size) = usize::try_from(length) else {
        return SQLITE_ERROR;
    };
    if size % BLOCK != 0 || vector.is_null() || from.is_null() || out.is_null() {
        return SQLITE_ERROR;
    }
    let mut own_key = Zeroizing::new([0; KEY]);
    {
        // SAFETY: the caller vouches for the key.
        match unsafe { bytes(key, key_length) } {
            Some(key) if key.len() == KEY => own_key.copy_from_slice(key),
            _ => return SQLITE_ERROR,
        }
    }
    let mut own_vector = [0; BLOCK];
    // SAFETY: `vector` is not null, 16 bytes can be read there, and a variable of this function
    // overlaps with nothing of the caller's.
    unsafe { ptr::copy_nonoverlapping(vector, own_vector.as_mut_ptr(), BLOCK) };
    // SAFETY: neither is null, and the caller vouches for their lengths; they may overlap.
    unsafe { ptr::copy(from, out, size) };
    // SAFETY: everything else is read by now, so nobody but this slice looks at these bytes.
    let Some(blocks) = (unsafe { bytes_mut(out, length) }) else {
        return SQLITE_ERROR;
    };
    result(match mode {
        ENCRYPT => crypto::encrypt(&own_key, &own_vector, blocks),
        DECRYPT => crypto::decrypt(&own_key, &own_vector, blocks),
        _ => Err(Refused),
    })
}

/// Nothing is added: the system's randomness needs none of ours.
extern "C" fn add_random(_: *mut c_void, _: *const c_void, _: c_int) -> c_int {
    SQLITE_OK
}

extern "C" fn key_size(_: *mut c_void) -> c_int {
    KEY as c_int
}

extern "C" fn block_size(_: *mut c_void) -> c_int {
    BLOCK as c_int
}

/// Bytes of a code; 0 for an algorithm that SQLCipher does not know either.
extern "C" fn code_size(_: *mut c_void, algorithm: c_int) -> c_int {
    match algorithm {
        SHA1 => SHA1_SIZE,
        _ => hash(algorithm).map_or(0, |hash| hash.size() as c_int),
    }
}

/// No call leaves anything for the next one.
extern "C" fn no_context(_: *mut *mut c_void) -> c_int {
    SQLITE_OK
}

extern "C" fn not_certified(_: *mut c_void) -> c_int {
    0
}

extern "C" fn cipher_name(_: *mut c_void) -> *const c_char {
    c"aes-256-cbc".as_ptr()
}

extern "C" fn provider_name(_: *mut c_void) -> *const c_char {
    c"rustcrypto".as_ptr()
}

extern "C" fn provider_version(_: *mut c_void) -> *const c_char {
    c"1".as_ptr()
}

#[cfg(test)]
mod tests;
