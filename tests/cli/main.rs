//! The command line, from the outside: what is typed, what is answered, what is left behind.
//!
//! Every test has a [`sandbox::Sandbox`] of its own. Whole outputs are pinned as snapshots
//! (`cargo insta review` shows and takes changes to them); read each as someone would who is
//! tired and sad at ten in the evening.
//!
//! # Where a new test goes
//!
//! | it is about | it goes to |
//! |---|---|
//! | the words and the JSON of one command | that command: `page`, `today`, `write`, `show`, `list`, `tips`, `edit`, `history`, `undo`, `search`, `review`, `stats` |
//! | bringing in and taking out; a whole journal there and back | `import`, `export`, `there_and_back` |
//! | backing up, restoring a backup; the check-up | `backup`, `doctor` |
//! | long answers on a terminal | `pager` |
//! | deleting, restoring, purging | `trash` |
//! | reasons, letters, contacts, urges, what is away | `walking` |
//! | the line editor of the questions, Ctrl-Z | `typing` |
//! | what no command may show | `leaks` |
//! | sixty days of all that, every figure counted by hand | `sixty` |
//! | what an editor does or fails to do, signals while it is open | `editor` |
//! | passphrases, and what `encrypt`, `decrypt` and `passphrase` say | `encrypt` |
//! | what an encrypted journal keeps to itself: drafts, editors, the canary | `inside` |
//! | unlocked journals, keys that are kept and forgotten | `unlock` |
//! | exports that are encrypted, and bringing them in | `age` |
//! | `deck`, decks of one's own and what they change, the question of the week, low days | `deck` |
//! | taking up, offering and throwing away what was not saved | `drafts` |
//! | `config.toml`, `--config`, `--journal` and their variables | `config` |
//! | which day and which instant is meant | `dates` |
//! | pipes, streams, exit statuses, the environment, help | `manners` |
//! | files that are no journal; text that means harm | `hostile` |
//!
//! What a journal does, apart from how it is said, is cheaper to test through the library.
#![cfg(unix)]
// Windows keeps its standard folders where no variable can move them.
#![allow(
    clippy::expect_used,
    reason = "helpers of tests end a test as the tests themselves do"
)]
#![cfg_attr(
    not(all(feature = "age", feature = "encryption")),
    allow(
        dead_code,
        reason = "what asks for a passphrase is tested where there is one"
    )
)]

#[cfg(feature = "age")]
mod age;
mod backup;
mod config;
mod dates;
mod deck;
mod doctor;
mod drafts;
mod edit;
mod editor;
#[cfg(feature = "encryption")]
mod encrypt;
mod export;
mod history;
mod hostile;
mod import;
#[cfg(feature = "encryption")]
mod inside;
mod leaks;
mod list;
mod manners;
mod page;
mod pager;
mod review;
#[path = "../sandbox/mod.rs"]
mod sandbox;
#[path = "../sealed/mod.rs"]
mod sealed;
mod search;
mod show;
mod sixty;
mod stats;
mod there_and_back;
mod tips;
mod today;
#[path = "../tools/mod.rs"]
mod tools;
mod trash;
mod typing;
mod undo;
#[cfg(feature = "encryption")]
mod unlock;
mod walking;
mod write;
