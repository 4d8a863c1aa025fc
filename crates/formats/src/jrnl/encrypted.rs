//! jrnl's encrypted text files. They are decrypted in memory only.
//!
//! The third version (jrnl 4.6) is `JRNLv3`, the length of a header as two bytes, the higher
//! first, the header, which is base64 of `{"salt": "…"}`, and a token of Fernet
//! (<https://github.com/fernet/spec>). The second is such a token alone, the salt always the
//! same. The key is PBKDF2 with HMAC-SHA256 in 100,000 rounds. The first has no mark: an
//! initial vector and AES-256-CBC, the key the SHA-256 of the password.

use std::io::Read;
use std::path::Path;

use aes::cipher::block_padding::{NoPadding, Pkcs7};
use aes::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use base64ct::{Base64, Base64Url, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::text;
use crate::age::OpenedAgeFile;
use crate::error::{FormatError, NotOpened, Result, not_opened, unreadable};
use crate::{AskForSecret, ReadContext, TakeItem, bytes_of};
use onward_model::count;

/// The beginning of a file of the third version.
const THIRD: &[u8] = b"JRNLv3";

/// The beginning of a token: its version, and a time before the year 2106, as base64.
const TOKEN: &[u8] = b"gAAAA";

/// The salt of the second version.
const SALT: [u8; 16] = *b"\xf2\xd5q\x0e\xc1\x8d.\xde\xdc\x8e6t\x89\x04\xce\xf8";

const ROUNDS: u32 = 100_000;

/// The longest file that is decrypted, in bytes. All of it has to be in memory.
const LONGEST: u64 = 512_000_000;

/// The number of times that the password is asked for.
const ATTEMPTS: u32 = 3;

/// True if a file that begins with `head` is encrypted by jrnl 2 or later.
pub fn looks_like(head: &[u8]) -> bool {
    let is_token = head.starts_with(TOKEN)
        && (head.iter().take(64))
            .all(|&byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte));
    head.starts_with(THIRD) || is_token && head.len() >= 64
}

/// True if a file may be encrypted by jrnl 1, which left no mark: it has whole blocks and is not
/// text. So are many other files. `head` is the beginning of the file.
pub fn could_be_old(path: &Path, head: &[u8]) -> bool {
    let whole_blocks = std::fs::metadata(path).is_ok_and(|found| {
        found.is_file() && found.len() >= 32 && found.len().is_multiple_of(16)
    });
    // Only an error with a length counts: a head may end in the middle of a character.
    whole_blocks && std::str::from_utf8(head).is_err_and(|error| error.error_len().is_some())
}

/// Asks for the password of a file until one opens it.
///
/// # Errors
/// [`FormatError::Unreadable`] if the file is damaged or too long; [`FormatError::NotOpened`] if
/// no password was given or none opened it.
pub fn password(
    path: &Path,
    opened: Option<&OpenedAgeFile>,
    ask: AskForSecret<'_>,
) -> Result<Zeroizing<String>> {
    let sealed = EncryptedText::read(path, bytes_of(path, opened)?)?;
    for attempt in 1..=ATTEMPTS {
        let Some(password) = ask(path, attempt)? else {
            if attempt > 1 {
                break;
            }
            return Err(not_opened(path, NotOpened::NoPassword));
        };
        if sealed.open(password.as_bytes()).is_some() {
            return Ok(password);
        }
    }
    Err(not_opened(path, NotOpened::WrongPasswordOrDamaged))
}

/// Decrypts a file with its password, and reads it as [`super::text`] does.
///
/// # Errors
/// Those of [`password`] and of [`text::read`].
pub fn read(path: &Path, reader: &ReadContext<'_>, take: TakeItem<'_>) -> Result<()> {
    let sealed = EncryptedText::read(path, reader.open(path)?)?;
    let password =
        (reader.password)(path).ok_or_else(|| not_opened(path, NotOpened::NoPassword))?;
    let plain = sealed.open(password.as_bytes());
    let plain = plain.ok_or_else(|| not_opened(path, NotOpened::WrongPasswordOrDamaged))?;
    text::read_bytes(path, &plain, reader, take)
}

/// The parts of a file that are decrypted.
enum EncryptedText {
    Token { salt: Vec<u8>, token: FernetToken },
    Old { iv: [u8; 16], blocks: Vec<u8> },
}

impl EncryptedText {
    fn read(path: &Path, from: impl Read) -> Result<EncryptedText> {
        let mut file = Vec::new();
        from.take(LONGEST + 1)
            .read_to_end(&mut file)
            .map_err(|error| FormatError::read(path, error))?;
        if file.len() as u64 > LONGEST {
            let what = format!(
                "it is encrypted and longer than {}",
                count::megabytes(LONGEST)
            );
            return Err(unreadable(path, what));
        }
        EncryptedText::of(&file).map_err(|what| unreadable(path, what))
    }

    /// Takes a file apart. The error says how it is damaged.
    fn of(file: &[u8]) -> std::result::Result<EncryptedText, &'static str> {
        if let Some(rest) = file.strip_prefix(THIRD) {
            let damaged = "its beginning is damaged, so it cannot be decrypted";
            let (length, rest) = rest.split_first_chunk().ok_or(damaged)?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (header, token) = rest.split_at_checked(length).ok_or(damaged)?;
            let salt = salt(header).ok_or(damaged)?;
            let token = FernetToken::of(token)?;
            Ok(EncryptedText::Token { salt, token })
        } else if file.starts_with(TOKEN) {
            Ok(EncryptedText::Token {
                salt: SALT.to_vec(),
                token: FernetToken::of(file)?,
            })
        } else {
            let cut = "it is not encrypted by jrnl, or its end is missing";
            let (iv, blocks) = file.split_first_chunk().ok_or(cut)?;
            if blocks.is_empty() || !blocks.len().is_multiple_of(16) {
                return Err(cut);
            }
            Ok(EncryptedText::Old {
                iv: *iv,
                blocks: blocks.to_vec(),
            })
        }
    }

    /// The text; `None` if the password is wrong.
    fn open(&self, password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            EncryptedText::Token { salt, token } => {
                let mut key = Zeroizing::new([0; 32]);
                pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, ROUNDS, &mut *key);
                token.open(&key)
            }
            EncryptedText::Old { iv, blocks } => {
                let key = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(password)));
                let mut plain = Zeroizing::new(blocks.clone());
                let cipher = cbc::Decryptor::<aes::Aes256>::new((&*key).into(), iv.into());
                let all = cipher.decrypt_padded::<NoPadding>(&mut plain).ok()?.len();
                let length = match plain.last()? {
                    // The oldest versions filled the last block with spaces.
                    b' ' => plain
                        .iter()
                        .rposition(|&byte| byte != b' ')
                        .map_or(0, |at| at + 1),
                    &filled => {
                        let filled = usize::from(filled);
                        let length = all.checked_sub(filled)?;
                        let fits = (1..=16).contains(&filled)
                            && plain[length..]
                                .iter()
                                .all(|&byte| usize::from(byte) == filled);
                        fits.then_some(length)?
                    }
                };
                plain.truncate(length);
                std::str::from_utf8(&plain).is_ok().then_some(plain)
            }
        }
    }
}

/// The salt in the header of the third version. Early headers were plain JSON.
fn salt(header: &[u8]) -> Option<Vec<u8>> {
    #[derive(serde::Deserialize)]
    struct Header {
        salt: String,
    }
    let header = std::str::from_utf8(header).ok()?;
    let json = Base64::decode_vec(header).unwrap_or_else(|_| header.as_bytes().to_vec());
    let header: Header = serde_json::from_slice(&json).ok()?;
    Base64Url::decode_vec(&header.salt).ok()
}

/// A token of Fernet: a version, a time, an initial vector, blocks of AES-128-CBC, and an
/// HMAC-SHA256 of all that.
struct FernetToken(Vec<u8>);

impl FernetToken {
    const VERSION: u8 = 0x80;
    /// The version and the time, the vector, a block, the HMAC.
    const SHORTEST: usize = 9 + 16 + 16 + 32;

    fn of(written: &[u8]) -> std::result::Result<FernetToken, &'static str> {
        let damaged = "it is damaged, or its end is missing, so it cannot be decrypted";
        let written = std::str::from_utf8(written.trim_ascii()).map_err(|_| damaged)?;
        let bytes = Base64Url::decode_vec(written).map_err(|_| damaged)?;
        let whole = bytes.len() >= FernetToken::SHORTEST
            && (bytes.len() - FernetToken::SHORTEST).is_multiple_of(16);
        if !whole || bytes[0] != FernetToken::VERSION {
            return Err(damaged);
        }
        Ok(FernetToken(bytes))
    }

    fn open(&self, key: &[u8; 32]) -> Option<Zeroizing<Vec<u8>>> {
        let (signing, encryption) = key.split_first_chunk::<16>()?;
        let encryption: &[u8; 16] = encryption.try_into().ok()?;
        let (signed, signature) = self.0.split_last_chunk::<32>()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(signing).ok()?;
        mac.update(signed);
        mac.verify_slice(signature).ok()?;
        let (iv, blocks) = signed.get(9..)?.split_first_chunk::<16>()?;
        let mut plain = Zeroizing::new(blocks.to_vec());
        let cipher = cbc::Decryptor::<aes::Aes128>::new(encryption.into(), iv.into());
        let length = cipher.decrypt_padded::<Pkcs7>(&mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }
}
