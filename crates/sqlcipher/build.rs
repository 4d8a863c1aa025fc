//! Compiles SQLCipher's source, with encryption or as a plain SQLite. Needs a C compiler.

#![expect(
    clippy::disallowed_methods,
    reason = "Cargo tells a build script by variables what to build"
)]

use std::env;

fn main() {
    let folder = sqlcipher_src::source_dir();
    let source = folder.join(sqlcipher_src::SOURCE_FILE);
    println!("cargo:rerun-if-changed={}", source.display());

    let mut build = cc::Build::new();
    build.file(source).warnings(false).opt_level(2);
    define(&mut build, SETTINGS);
    // Windows has no `localtime_r`; MinGW declares one with the last of the settings above.
    if env::var_os("CARGO_CFG_WINDOWS").is_none() {
        define(&mut build, &[("HAVE_LOCALTIME_R", None)]);
    }
    if env::var_os("CARGO_FEATURE_ENCRYPTION").is_some() {
        define(&mut build, ENCRYPTION);
    }
    build.compile("onward_sqlcipher");
}

/// A setting of the C preprocessor and its value.
type Setting = (&'static str, Option<&'static str>);

/// What any build has: the settings of libsqlite3-sys, whose bindings are used, without what
/// nothing here asks for (FTS3, R-trees, loading extensions from files).
const SETTINGS: &[Setting] = &[
    ("SQLITE_CORE", None),
    ("SQLITE_DEFAULT_FOREIGN_KEYS", Some("1")),
    ("SQLITE_ENABLE_API_ARMOR", None),
    ("SQLITE_ENABLE_COLUMN_METADATA", None),
    ("SQLITE_ENABLE_DBSTAT_VTAB", None),
    ("SQLITE_ENABLE_FTS5", None),
    ("SQLITE_ENABLE_STAT4", None),
    ("SQLITE_SOUNDEX", None),
    ("SQLITE_THREADSAFE", Some("1")),
    ("SQLITE_USE_URI", None),
    ("HAVE_ISNAN", None),
    ("HAVE_USLEEP", Some("1")),
    ("_POSIX_THREAD_SAFE_FUNCTIONS", None),
    // Nobody asks how much memory SQLite holds; counting it takes a lock an allocation.
    ("SQLITE_DEFAULT_MEMSTATUS", Some("0")),
];

/// What makes it SQLCipher. Its start is replaced by one that does nothing, so that a plain
/// journal pays for none of it: see `start` in lib.rs.
const ENCRYPTION: &[Setting] = &[
    ("SQLITE_HAS_CODEC", None),
    ("SQLITE_TEMP_STORE", Some("2")),
    ("SQLITE_EXTRA_INIT", Some("onward_sqlite_started")),
    ("SQLITE_EXTRA_SHUTDOWN", Some("sqlcipher_extra_shutdown")),
    ("HAVE_STDINT_H", Some("1")),
    ("SQLCIPHER_CRYPTO_CUSTOM", Some("onward_cipher_setup")),
    // It is part of a program and no library that Windows loads by itself.
    ("SQLCIPHER_OMIT_DLLMAIN", None),
];

fn define(build: &mut cc::Build, settings: &[Setting]) {
    for (name, value) in settings {
        build.define(name, *value);
    }
}
