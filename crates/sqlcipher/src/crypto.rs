//! What SQLCipher 4 computes: AES-256 in CBC mode for the pages, an HMAC for each, and keys by
//! PBKDF2. Safe code over slices of bytes.

use aes::Aes256;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};

/// Bytes of a key of the cipher.
pub(crate) const KEY: usize = 32;
/// Bytes of a block of the cipher, and of an initialization vector.
pub(crate) const BLOCK: usize = 16;
/// Bytes of the longest code that [`authenticate`] makes.
pub(crate) const LONGEST_CODE: usize = 64;

/// A hash function, for codes and keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    /// What SQLCipher 4 takes unless it is told otherwise.
    Sha512,
}

impl Hash {
    /// Bytes of a code that is made with it.
    pub(crate) fn size(self) -> usize {
        match self {
            Hash::Sha256 => 32,
            Hash::Sha512 => 64,
        }
    }
}

/// What was given has a length that the algorithm does not take, or there is no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused;

/// Writes the HMAC (RFC 2104) of the parts, one after the other, into the beginning of `code`.
pub(crate) fn authenticate(
    hash: Hash,
    key: &[u8],
    parts: [&[u8]; 2],
    code: &mut [u8; LONGEST_CODE],
) -> Result<(), Refused> {
    fn code_of<M: Mac + KeyInit>(
        key: &[u8],
        parts: [&[u8]; 2],
        code: &mut [u8],
    ) -> Result<(), Refused> {
        let mut mac = <M as KeyInit>::new_from_slice(key).map_err(|_| Refused)?;
        for part in parts {
            mac.update(part);
        }
        code.copy_from_slice(&mac.finalize().into_bytes());
        Ok(())
    }
    let code = &mut code[..hash.size()];
    match hash {
        Hash::Sha256 => code_of::<Hmac<Sha256>>(key, parts, code),
        Hash::Sha512 => code_of::<Hmac<Sha512>>(key, parts, code),
    }
}

/// Fills `key` by PBKDF2 (RFC 8018, section 5.2).
pub(crate) fn derive(hash: Hash, secret: &[u8], salt: &[u8], rounds: u32, key: &mut [u8]) {
    match hash {
        Hash::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(secret, salt, rounds, key),
        Hash::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(secret, salt, rounds, key),
    }
}

/// Encrypts whole blocks in place.
pub(crate) fn encrypt(
    key: &[u8; KEY],
    vector: &[u8; BLOCK],
    blocks: &mut [u8],
) -> Result<(), Refused> {
    let size = blocks.len();
    let cipher = cbc::Encryptor::<Aes256>::new(key.into(), vector.into());
    let done = cipher.encrypt_padded::<NoPadding>(blocks, size);
    done.map(|_| ()).map_err(|_| Refused)
}

/// Decrypts whole blocks in place.
pub(crate) fn decrypt(
    key: &[u8; KEY],
    vector: &[u8; BLOCK],
    blocks: &mut [u8],
) -> Result<(), Refused> {
    let cipher = cbc::Decryptor::<Aes256>::new(key.into(), vector.into());
    let done = cipher.decrypt_padded::<NoPadding>(blocks);
    done.map(|_| ()).map_err(|_| Refused)
}

/// Fills `bytes` with what the system draws for cryptography.
pub(crate) fn draw(bytes: &mut [u8]) -> Result<(), Refused> {
    getrandom::fill(bytes).map_err(|_| Refused)
}
