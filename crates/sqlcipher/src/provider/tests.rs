//! Each function as SQLCipher calls it: known answers, and arguments that no caller may pass.

#![expect(
    clippy::multiple_unsafe_ops_per_block,
    reason = "places within an array of the test are counted where they are passed"
)]

use super::*;

/// Nothing: no function looks at the context.
const CONTEXT: *mut c_void = ptr::null_mut();

/// Bytes from hexadecimal digits, spaces left out.
fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<char> = digits
        .chars()
        .filter(|digit| !digit.is_whitespace())
        .collect();
    let byte = |pair: &[char]| {
        let pair: String = pair.iter().collect();
        u8::from_str_radix(&pair, 16).expect("hexadecimal digits")
    };
    digits.chunks(2).map(byte).collect()
}

fn length(bytes: &[u8]) -> c_int {
    c_int::try_from(bytes.len()).expect("short")
}

fn call_hmac(algorithm: c_int, key: &[u8], first: &[u8], second: &[u8]) -> Vec<u8> {
    let mut code = vec![0; usize::try_from(code_size(CONTEXT, algorithm)).expect("a size")];
    // SAFETY: every pointer goes with its length, and `code` has room for the code.
    let result = unsafe {
        (Provider::RUST_CRYPTO.hmac)(
            CONTEXT,
            algorithm,
            key.as_ptr(),
            length(key),
            first.as_ptr(),
            length(first),
            second.as_ptr(),
            length(second),
            code.as_mut_ptr(),
        )
    };
    assert_eq!(result, SQLITE_OK);
    code
}

fn call_kdf(
    algorithm: c_int,
    secret: &[u8],
    salt: &[u8],
    rounds: c_int,
    size: usize,
) -> Vec<u8> {
    let mut key = vec![0; size];
    // SAFETY: every pointer goes with its length.
    let result = unsafe {
        (Provider::RUST_CRYPTO.kdf)(
            CONTEXT,
            algorithm,
            secret.as_ptr(),
            length(secret),
            salt.as_ptr(),
            length(salt),
            rounds,
            length(&key),
            key.as_mut_ptr(),
        )
    };
    assert_eq!(result, SQLITE_OK);
    key
}

/// NIST SP 800-38A, sections F.2.5 and F.2.6.
mod nist {
    use super::hex;

    pub(super) fn key() -> Vec<u8> {
        hex("603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4")
    }

    pub(super) fn vector() -> Vec<u8> {
        hex("000102030405060708090a0b0c0d0e0f")
    }

    pub(super) fn plain() -> Vec<u8> {
        hex(
            "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
             30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710",
        )
    }

    pub(super) fn sealed() -> Vec<u8> {
        hex(
            "f58c4c04d6e5f1ba779eabfb5f7bfbd6 9cfc4e967edb808d679f777bc6702c7d
             39f23369a9d9bacfa530e26304231461 b2eb05e2c39be9fcda6c19078c6a9d1b",
        )
    }
}

#[test]
fn the_cipher_gives_the_known_answers() {
    for (mode, from, expected) in [
        (ENCRYPT, nist::plain(), nist::sealed()),
        (DECRYPT, nist::sealed(), nist::plain()),
    ] {
        let (key, vector) = (nist::key(), nist::vector());
        let mut out = vec![0; from.len()];
        // SAFETY: every pointer goes with its length.
        let result = unsafe {
            (Provider::RUST_CRYPTO.cipher)(
                CONTEXT,
                mode,
                key.as_ptr(),
                length(&key),
                vector.as_ptr(),
                from.as_ptr(),
                length(&from),
                out.as_mut_ptr(),
            )
        };
        assert_eq!(result, SQLITE_OK);
        assert_eq!(out, expected);
    }
}

/// SQLCipher keeps the vector behind the page it decrypts, and a page may be its own output.
#[test]
fn the_cipher_works_in_place_and_beside_its_vector() {
    for (mode, from, expected) in [
        (ENCRYPT, nist::plain(), nist::sealed()),
        (DECRYPT, nist::sealed(), nist::plain()),
    ] {
        let size = from.len();
        // The output begins this many bytes behind the input, or before it.
        for shift in [0, 1, BLOCK, size] {
            for out_first in [true, false] {
                // Room for the input and the output, then the vector, then the key.
                let mut page = vec![0; size + shift];
                page.extend(nist::vector());
                page.extend(nist::key());
                let (from_at, out_at) = if out_first { (shift, 0) } else { (0, shift) };
                page[from_at..from_at + size].copy_from_slice(&from);
                let start = page.as_mut_ptr();
                // SAFETY: all places lie in `page`.
                let result = unsafe {
                    cipher(
                        CONTEXT,
                        mode,
                        start.add(size + shift + BLOCK),
                        KEY as c_int,
                        start.add(size + shift),
                        start.add(from_at),
                        length(&from),
                        start.add(out_at),
                    )
                };
                assert_eq!(result, SQLITE_OK);
                assert_eq!(page[out_at..out_at + size], expected, "{shift} {out_first}");
            }
        }
    }
}

#[test]
fn the_cipher_may_overwrite_its_vector_and_its_key() {
    let size = nist::plain().len();
    // The output is the vector, the key and 16 bytes more.
    let mut page = [nist::vector(), nist::key(), vec![0; BLOCK], nist::plain()].concat();
    let start = page.as_mut_ptr();
    // SAFETY: all places lie in `page`.
    let result = unsafe {
        cipher(
            CONTEXT,
            ENCRYPT,
            start.add(BLOCK),
            KEY as c_int,
            start,
            start.add(size),
            size as c_int,
            start,
        )
    };
    assert_eq!(result, SQLITE_OK);
    assert_eq!(page[..size], nist::sealed());
}

#[test]
fn the_cipher_refuses_what_it_cannot_take() {
    let (key, vector, from) = (nist::key(), nist::vector(), nist::plain());
    let mut out = vec![7; from.len()];
    let null = ptr::null::<u8>();
    let out_start = out.as_mut_ptr();
    let all = length(&from);
    let (k, v, f) = (key.as_ptr(), vector.as_ptr(), from.as_ptr());
    let wrong = [
        ("a mode that there is not", 2, k, 32, v, f, all, out_start),
        ("a short key", ENCRYPT, k, 31, v, f, all, out_start),
        ("no key", ENCRYPT, k, 0, v, f, all, out_start),
        (
            "a key of a negative length",
            ENCRYPT,
            k,
            -32,
            v,
            f,
            all,
            out_start,
        ),
        ("a null key", ENCRYPT, null, 32, v, f, all, out_start),
        ("a null vector", ENCRYPT, k, 32, null, f, all, out_start),
        ("null as input", ENCRYPT, k, 32, v, null, all, out_start),
        ("null as output", ENCRYPT, k, 32, v, f, all, ptr::null_mut()),
        ("half a block", ENCRYPT, k, 32, v, f, 8, out_start),
        ("a block and a half", DECRYPT, k, 32, v, f, 24, out_start),
        ("a negative length", DECRYPT, k, 32, v, f, -16, out_start),
    ];
    for (what, mode, key, key_length, vector, from, size, out) in wrong {
        // SAFETY: every pointer is null or goes with its length.
        let result = unsafe { cipher(CONTEXT, mode, key, key_length, vector, from, size, out) };
        assert_eq!(result, SQLITE_ERROR, "{what}");
    }
    // SAFETY: as above; nothing is read or written for no bytes.
    let nothing = unsafe { cipher(CONTEXT, ENCRYPT, k, 32, v, f, 0, out_start) };
    assert_eq!(nothing, SQLITE_OK);
}

/// RFC 4231, sections 4.2 to 4.5, 4.7 and 4.8.
#[test]
fn codes_are_the_known_answers_wherever_the_text_is_parted() {
    let long_key = "aa".repeat(131);
    let cases = [
        (
            hex(&"0b".repeat(20)),
            b"Hi There".to_vec(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde\
             daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            hex(&"aa".repeat(20)),
            vec![0xdd; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39\
             bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db\
             a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
        ),
        (
            hex(&long_key),
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352\
             6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
        ),
        (
            hex(&long_key),
            b"This is a test using a larger than block-size key and a larger than block-size \
              data. The key needs to be hashed before being used by the HMAC algorithm."
                .to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944\
             b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
        ),
    ];
    for (key, text, with_256, with_512) in cases {
        for part in [0, 1, text.len() / 2, text.len()] {
            let (first, second) = text.split_at(part);
            assert_eq!(call_hmac(SHA256, &key, first, second), hex(with_256));
            assert_eq!(call_hmac(SHA512, &key, first, second), hex(with_512));
        }
    }
}

#[test]
fn a_code_may_be_written_over_what_it_is_made_of() {
    let key = [7; KEY];
    let expected = call_hmac(SHA512, &key, &[1; 100], &[2; 4]);
    let mut text = [vec![1; 100], vec![2; 4]].concat();
    let start = text.as_mut_ptr();
    // SAFETY: all places lie in `text`.
    let result = unsafe {
        hmac(
            CONTEXT,
            SHA512,
            key.as_ptr(),
            KEY as c_int,
            start,
            100,
            start.add(100),
            4,
            start,
        )
    };
    assert_eq!(result, SQLITE_OK);
    assert_eq!(text[..64], expected);
}

#[test]
fn a_code_needs_an_algorithm_a_place_and_lengths() {
    let (key, text) = ([7; KEY], [1; 20]);
    let mut code = [0; LONGEST_CODE];
    let null = ptr::null::<u8>();
    let (k, t, out) = (key.as_ptr(), text.as_ptr(), code.as_mut_ptr());
    let wrong = [
        ("SHA-1", SHA1, k, 32, t, 20, t, 4, out),
        ("an algorithm that there is not", 3, k, 32, t, 20, t, 4, out),
        ("a null key", SHA512, null, 32, t, 20, t, 4, out),
        (
            "a key of a negative length",
            SHA512,
            k,
            -1,
            t,
            20,
            t,
            4,
            out,
        ),
        ("a null text", SHA512, k, 32, null, 20, t, 4, out),
        (
            "a text of a negative length",
            SHA512,
            k,
            32,
            t,
            -20,
            t,
            4,
            out,
        ),
        (
            "a second part that is null",
            SHA512,
            k,
            32,
            t,
            20,
            null,
            4,
            out,
        ),
        (
            "a second part of a negative length",
            SHA512,
            k,
            32,
            t,
            20,
            t,
            -4,
            out,
        ),
        (
            "no place for it",
            SHA512,
            k,
            32,
            t,
            20,
            t,
            4,
            ptr::null_mut(),
        ),
    ];
    for (what, algorithm, key, key_length, first, first_length, second, second_length, out) in
        wrong
    {
        // SAFETY: every pointer is null or goes with its length.
        let result = unsafe {
            hmac(
                CONTEXT,
                algorithm,
                key,
                key_length,
                first,
                first_length,
                second,
                second_length,
                out,
            )
        };
        assert_eq!(result, SQLITE_ERROR, "{what}");
    }
    assert_eq!(code, [0; LONGEST_CODE], "nothing was written");
    // SAFETY: as above; a part without bytes may be null.
    let one_part = unsafe { hmac(CONTEXT, SHA512, k, 32, t, 20, null, 0, out) };
    assert_eq!(one_part, SQLITE_OK);
    assert_eq!(code.to_vec(), call_hmac(SHA512, &key, &text, &[]));
}

/// With SHA-256 from RFC 7914, section 11. With SHA-512 there is no RFC; these are the widely
/// used answers to the questions of RFC 6070, as Python's `hashlib` gives them.
#[test]
fn keys_are_the_known_answers() {
    assert_eq!(
        call_kdf(SHA256, b"passwd", b"salt", 1, 64),
        hex(
            "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc
             49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
        )
    );
    assert_eq!(
        call_kdf(SHA256, b"Password", b"NaCl", 80_000, 64),
        hex(
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56
             a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"
        )
    );
    for (rounds, expected) in [
        (
            1,
            "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252
             c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce",
        ),
        (
            2,
            "e1d9c16aa681708a45f5c7c4e215ceb66e011a2e9f0040713f18aefdb866d53c
             f76cab2868a39b9f7840edce4fef5a82be67335c77a6068e04112754f27ccf4e",
        ),
        (
            4096,
            "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5
             143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5",
        ),
    ] {
        let whole = hex(expected);
        for size in [1, KEY, 64] {
            let key = call_kdf(SHA512, b"password", b"salt", rounds, size);
            assert_eq!(key, whole[..size], "{rounds} rounds, {size} bytes");
        }
    }
    assert_eq!(
        call_kdf(
            SHA512,
            b"passwordPASSWORDpassword",
            b"saltSALTsaltSALTsaltSALTsaltSALTsalt",
            4096,
            64
        ),
        hex(
            "8c0511f4c6e597c6ac6315d8f0362e225f3c501495ba23b868c005174dc4ee71
             115b59f9e60cd9532fa33e0f75aefe30225c583a186cd82bd4daea9724a3d3b8"
        )
    );
}

#[test]
fn a_key_may_be_written_over_what_it_is_made_of() {
    let expected = call_kdf(SHA512, &[5; KEY], &[6; BLOCK], 2, KEY);
    let mut key = [5; KEY];
    let salt = [6; BLOCK];
    let start = key.as_mut_ptr();
    // SAFETY: every pointer goes with its length.
    let result = unsafe {
        kdf(
            CONTEXT,
            SHA512,
            start,
            KEY as c_int,
            salt.as_ptr(),
            BLOCK as c_int,
            2,
            KEY as c_int,
            start,
        )
    };
    assert_eq!(result, SQLITE_OK);
    assert_eq!(key.to_vec(), expected);
}

#[test]
fn a_key_needs_an_algorithm_rounds_a_place_and_lengths() {
    let (secret, salt) = ([1; 8], [2; BLOCK]);
    let mut key = [0; KEY];
    let null = ptr::null::<u8>();
    let (s, t, out) = (secret.as_ptr(), salt.as_ptr(), key.as_mut_ptr());
    let wrong = [
        ("SHA-1", SHA1, s, 8, t, 16, 2, 32, out),
        ("no rounds", SHA512, s, 8, t, 16, 0, 32, out),
        ("less than no rounds", SHA512, s, 8, t, 16, -2, 32, out),
        ("a null secret", SHA512, null, 8, t, 16, 2, 32, out),
        (
            "a secret of a negative length",
            SHA512,
            s,
            -8,
            t,
            16,
            2,
            32,
            out,
        ),
        ("a null salt", SHA512, s, 8, null, 16, 2, 32, out),
        (
            "a salt of a negative length",
            SHA512,
            s,
            8,
            t,
            -16,
            2,
            32,
            out,
        ),
        (
            "a key of a negative length",
            SHA512,
            s,
            8,
            t,
            16,
            2,
            -32,
            out,
        ),
        (
            "no place for it",
            SHA512,
            s,
            8,
            t,
            16,
            2,
            32,
            ptr::null_mut(),
        ),
    ];
    for (what, algorithm, secret, secret_length, salt, salt_length, rounds, size, out) in wrong
    {
        // SAFETY: every pointer is null or goes with its length.
        let result = unsafe {
            kdf(
                CONTEXT,
                algorithm,
                secret,
                secret_length,
                salt,
                salt_length,
                rounds,
                size,
                out,
            )
        };
        assert_eq!(result, SQLITE_ERROR, "{what}");
    }
    assert_eq!(key, [0; KEY], "nothing was written");
}

#[test]
fn random_bytes_fill_what_they_are_asked_for_and_no_more() {
    let mut drawn = std::collections::HashSet::new();
    for _ in 0..100 {
        let mut bytes = [0; 3 * BLOCK];
        // SAFETY: the middle of `bytes` is this long.
        let result = unsafe {
            let middle = bytes.as_mut_ptr().add(BLOCK);
            (Provider::RUST_CRYPTO.random)(CONTEXT, middle.cast(), BLOCK as c_int)
        };
        assert_eq!(result, SQLITE_OK);
        assert_eq!(bytes[..BLOCK], [0; BLOCK]);
        assert_eq!(bytes[2 * BLOCK..], [0; BLOCK]);
        assert!(drawn.insert(bytes), "drawn twice");
    }
    let mut byte = 0_u8;
    for (buffer, length) in [(ptr::null_mut(), 16), (ptr::from_mut(&mut byte).cast(), -1)] {
        // SAFETY: the pointer is null, or the length refused before it is looked at.
        let result = unsafe { random(CONTEXT, buffer, length) };
        assert_eq!(result, SQLITE_ERROR);
    }
    // SAFETY: nothing is written.
    let nothing = unsafe { random(CONTEXT, ptr::null_mut(), 0) };
    assert_eq!(nothing, SQLITE_OK);
}

#[test]
fn the_sizes_are_those_of_the_algorithms() {
    let provider = Provider::RUST_CRYPTO;
    assert_eq!((provider.get_key_sz)(CONTEXT), 32);
    assert_eq!((provider.get_iv_sz)(CONTEXT), 16);
    assert_eq!((provider.get_block_sz)(CONTEXT), 16);
    let codes: Vec<c_int> = (-1..4)
        .map(|algorithm| (provider.get_hmac_sz)(CONTEXT, algorithm))
        .collect();
    assert_eq!(codes, [0, 20, 32, 64, 0]);
}

#[test]
fn there_is_no_provider_without_room_for_it() {
    // SAFETY: null is refused.
    let result = unsafe { onward_cipher_setup(ptr::null_mut()) };
    assert_eq!(result, SQLITE_ERROR);
}
