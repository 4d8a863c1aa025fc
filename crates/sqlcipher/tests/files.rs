//! Whole files through rusqlite: what is linked, when the encryption starts, and that files
//! come and go between this build and SQLCipher's own.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "helpers of tests end a test as the tests themselves do"
)]

use rusqlite::Connection;

/// The declarations that rusqlite uses were made for the SQLite that is linked.
#[test]
fn the_declarations_fit_the_sqlite_that_is_linked() {
    let declared = rusqlite::ffi::SQLITE_VERSION.to_str().expect("ASCII");
    assert_eq!(onward_sqlcipher::sqlite_version(), declared);
    assert_eq!(rusqlite::version(), declared);
}

#[test]
fn a_plain_file_needs_no_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plain.db");
    let file = Connection::open(&path).expect("opened");
    file.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES ('plain');")
        .expect("written");
    drop(file);
    let head = std::fs::read(&path).expect("read");
    assert!(head.starts_with(b"SQLite format 3\0"));
}

#[cfg(not(feature = "encryption"))]
#[test]
fn there_is_nothing_to_start() {
    let why = onward_sqlcipher::start().expect_err("refused");
    assert_eq!(why.to_string(), "it was built without encryption");
}

#[cfg(feature = "encryption")]
mod encrypted {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    /// A key as SQLCipher takes it when it is to derive nothing: 32 bytes.
    const KEY: &str = "x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'";
    const OTHER_KEY: &str =
        "x'ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'";

    /// Made by SQLCipher 4.20.0 with OpenSSL 3, with [`KEY`]: a table `page` of two texts.
    const BY_OPENSSL: &[u8] = include_bytes!("golden/openssl.db");
    /// The same, made by this crate.
    const BY_RUST_CRYPTO: &[u8] = include_bytes!("golden/rustcrypto.db");

    fn keyed(path: &Path, key: &str) -> rusqlite::Result<Connection> {
        onward_sqlcipher::start().expect("started");
        let file = Connection::open(path)?;
        file.execute_batch(&format!(
            "PRAGMA cipher_log_level = NONE; PRAGMA key = \"{key}\""
        ))?;
        Ok(file)
    }

    fn texts(file: &Connection) -> rusqlite::Result<Vec<String>> {
        let mut texts = file.prepare("SELECT text FROM page ORDER BY id")?;
        texts.query_map((), |row| row.get(0))?.collect()
    }

    fn pages_that_fail(file: &Connection) -> Vec<String> {
        let mut check = file
            .prepare("PRAGMA cipher_integrity_check")
            .expect("prepared");
        let failed = check.query_map((), |row| row.get(0)).expect("checked");
        failed.collect::<Result<_, _>>().expect("read")
    }

    #[test]
    fn files_of_both_makes_are_read_and_written() {
        for (made_by, bytes) in [("OpenSSL", BY_OPENSSL), ("RustCrypto", BY_RUST_CRYPTO)] {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("page.db");
            std::fs::write(&path, bytes).expect("written");
            let file = keyed(&path, KEY).expect("opened");
            assert_eq!(
                texts(&file).expect("read"),
                ["the first page", "größer 🌊"],
                "{made_by}"
            );
            assert_eq!(pages_that_fail(&file), [""; 0], "{made_by}");
            file.execute(
                "INSERT INTO page (text) VALUES (?1)",
                [&"long ".repeat(5_000)],
            )
            .expect("written");
            drop(file);
            let file = keyed(&path, KEY).expect("opened");
            assert_eq!(texts(&file).expect("read").len(), 3, "{made_by}");
            assert_eq!(pages_that_fail(&file), [""; 0], "{made_by}");
            let whole: String = file
                .query_row("PRAGMA integrity_check", (), |row| row.get(0))
                .expect("checked");
            assert_eq!(whole, "ok", "{made_by}");
            let wrong = keyed(&path, OTHER_KEY).and_then(|file| texts(&file));
            assert!(wrong.is_err(), "{made_by}");
        }
    }

    #[test]
    fn a_flipped_bit_is_found_on_every_page() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("page.db");
        for page in 0..BY_RUST_CRYPTO.len() / 4096 {
            let mut bytes = BY_RUST_CRYPTO.to_vec();
            bytes[page * 4096 + 2000] ^= 1;
            std::fs::write(&path, bytes).expect("written");
            let file = keyed(&path, KEY).expect("opened");
            assert_eq!(pages_that_fail(&file).len(), 1, "page {page}");
        }
    }

    #[test]
    fn what_is_written_cannot_be_read_in_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("page.db");
        let file = keyed(&path, KEY).expect("opened");
        file.execute_batch("CREATE TABLE page (id INTEGER PRIMARY KEY, text TEXT)")
            .expect("made");
        for _ in 0..100 {
            file.execute(
                "INSERT INTO page (text) VALUES ('a canary between the reeds')",
                (),
            )
            .expect("written");
        }
        drop(file);
        let bytes = std::fs::read(&path).expect("read");
        assert!(!bytes.windows(6).any(|window| window == b"canary"));
        assert!(!bytes.starts_with(b"SQLite"));
    }

    #[test]
    fn a_plain_file_becomes_an_encrypted_one_and_a_plain_one_again() {
        onward_sqlcipher::start().expect("started");
        let folder = tempfile::tempdir().expect("a folder");
        let place = |name: &str| folder.path().join(name);
        let plain = Connection::open(place("plain.db")).expect("opened");
        plain
            .execute_batch(
                "CREATE TABLE page (id INTEGER PRIMARY KEY, text TEXT);
                 INSERT INTO page (text) VALUES ('one'), ('two');",
            )
            .expect("written");
        let export = |file: &Connection, to: &Path, key: &str| {
            file.execute("ATTACH DATABASE ?1 AS copy KEY ?2", (to.to_str(), key))
                .expect("made");
            file.query_row("SELECT sqlcipher_export('copy')", (), |_| Ok(()))
                .expect("copied");
            file.execute_batch("DETACH DATABASE copy").expect("closed");
        };
        export(&plain, &place("sealed.db"), KEY);
        let sealed = keyed(&place("sealed.db"), KEY).expect("opened");
        assert_eq!(texts(&sealed).expect("read"), ["one", "two"]);
        export(&sealed, &place("again.db"), "");
        let again = Connection::open(place("again.db")).expect("opened");
        assert_eq!(texts(&again).expect("read"), ["one", "two"]);
    }

    #[test]
    fn many_threads_start_it_at_once() {
        let start = || {
            let begin = std::sync::Barrier::new(8);
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        begin.wait();
                        assert_eq!(onward_sqlcipher::start(), Ok(()));
                    });
                }
            });
        };
        start();
        start();
    }

    /// Before [`onward_sqlcipher::start`], a key is an error. That has to be so in a process
    /// where nothing else starts the encryption: this test runs itself again as one.
    #[test]
    fn a_key_before_the_start_is_refused_and_writes_nothing_in_plain() {
        const ALONE: &str = "ONWARD_SQLCIPHER_TEST_ALONE";
        if let Some(path) = std::env::var_os(ALONE) {
            let file = Connection::open(Path::new(&path)).expect("opened");
            let keyed = file.execute_batch(&format!("PRAGMA key = \"{KEY}\""));
            assert!(keyed.is_err(), "{keyed:?}");
            let attached = file.execute(
                "ATTACH DATABASE ?1 AS other KEY ?2",
                (&format!("{}-other", Path::new(&path).display()), KEY),
            );
            assert!(attached.is_err(), "{attached:?}");
            return;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let test = std::thread::current().name().expect("its name").to_owned();
        let alone = Command::new(std::env::current_exe().expect("this program"))
            .args([test.as_str(), "--exact", "--test-threads=1"])
            .env(ALONE, folder.path().join("page.db"))
            .output()
            .expect("run");
        let said = String::from_utf8_lossy(&alone.stdout);
        assert!(alone.status.success(), "{said}");
        assert!(said.contains("1 passed"), "{said}");
        for file in std::fs::read_dir(folder.path()).expect("read") {
            let file = file.expect("read");
            assert_eq!(
                file.metadata().expect("there").len(),
                0,
                "{:?}",
                file.path()
            );
        }
    }
}
