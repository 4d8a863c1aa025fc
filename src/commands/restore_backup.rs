//! `onward restore-backup`

use std::path::PathBuf;

use clap::builder::TypedValueParser;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::model::{Day, count};
use crate::session::{Session, Status};
use crate::store::{ClosedJournal, Key, PendingRestore, Store};
use crate::terminal::stop::{CtrlC, StopRequests};
use crate::view::{Page, View, text};

/// Put a backup into the journal's place
///
/// The backup is checked first, as onward doctor would; a damaged one changes nothing. The
/// journal that was there is kept beside it, whole. The backup itself stays as it is.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The backup
    #[arg(
        value_name = "FILE",
        value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from)
    )]
    file: PathBuf,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// Replaces the journal by a backup, after checking it and asking.
///
/// # Errors
/// [`Error::NotABackup`] and [`Error::DamagedBackup`]; [`Error::Usage`] without a terminal and
/// without `--yes`; [`Error::Busy`] if another program has the journal open.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let output = &context.output;
    let file = text::safe(&args.file.display().to_string()).into_owned();
    // Look before the backup is opened: reading the head of an open file would drop SQLite's
    // locks.
    let lies_open = !ClosedJournal::at(&args.file).is_encrypted();
    let restoring = {
        let stop = StopRequests::begin(CtrlC::StopsThenEnds);
        session.open_other(|ask| {
            PendingRestore::begin(&args.file, &context.journal, ask, &|| stop.check())
        })?
    };
    let (entries, revisions) = (restoring.findings.entries, restoring.findings.revisions);
    let count = |entries: u64| count::with_noun(entries, "entry", "entries");
    output.status(&format!(
        "The backup is whole: it has {}{}.",
        count(entries),
        newest_in_words(restoring.findings.newest)
    ));
    let present = present_journal(session, &count)?;
    output.status(&present.said);
    let opens_it = lies_open && present.is_encrypted;
    if opens_it {
        output.status(
            "It is encrypted, and the backup is not: with the backup in its place anyone could \
             read it who gets hold of it.",
        );
    }
    if !args.yes && !context.confirm("Put the backup into its place? y or n:", "--yes")? {
        output.status("Nothing was changed.");
        return Ok(Status::NothingDone);
    }
    let kept = restoring.finish(present.key.as_ref(), context.environment.clock.now())?;
    output.status(&format!("Restored {} from {file}.", count(entries)));
    if let Some(kept) = &kept {
        let kept = kept.display().to_string();
        output.status(&format!(
            "What was there is kept in {}; to go back: onward restore-backup {}",
            text::safe(&kept),
            text::safe(&shell_words::quote(&kept))
        ));
    }
    if opens_it {
        output.hint("To encrypt it again: onward encrypt");
    }
    if output.json {
        output.show(&RestoreView {
            entries,
            revisions,
            kept,
        })?;
    }
    Ok(Status::Done)
}

fn newest_in_words(day: Option<Day>) -> String {
    day.map_or(String::new(), |day| {
        format!(", the newest of {}", day.long())
    })
}

/// The journal that would be replaced.
struct PresentJournal {
    /// A sentence about it.
    said: String,
    /// The key that opens it, if it was opened and is encrypted.
    key: Option<Key>,
    is_encrypted: bool,
}

/// Looks at the journal that would be replaced. It need not open: the backup is what the person
/// has left, so neither a passphrase that is gone nor damage stands in its way.
fn present_journal(
    session: &Session<'_>,
    count: &dyn Fn(u64) -> String,
) -> Result<PresentJournal> {
    let look = |store: &Store| -> Result<String> {
        let reading = store.reading();
        let entries = count(reading.size()?.entries);
        Ok(format!(
            "{entries}{}",
            newest_in_words(reading.newest_day()?)
        ))
    };
    let journal = &session.context().journal;
    let at_hand = session.open_other_unasked(|ask| Store::open_to_check(journal, ask));
    let opened = match at_hand {
        Err(Error::Locked { .. } | Error::WrongPassphrase { .. }) => {
            session.open_other(|ask| Store::open_to_check(journal, ask))
        }
        opened => opened,
    };
    let (looked, key) = match opened {
        Ok(None) => {
            return Ok(PresentJournal {
                said: "There is no journal in its place.".to_owned(),
                key: None,
                is_encrypted: false,
            });
        }
        Ok(Some(store)) => (look(&store), store.key().cloned()),
        Err(error) => (Err(error), None),
    };
    let (said, is_encrypted) = match looked {
        Ok(what) => (
            format!("Your journal has {what}. It will be kept aside."),
            key.is_some(),
        ),
        Err(
            error @ (Error::NewerJournal { .. } | Error::Busy { .. } | Error::Interrupted),
        ) => return Err(error),
        Err(Error::Locked { .. } | Error::WrongPassphrase { .. }) => (
            "Your journal was not opened: no passphrase at hand fits it. It will be kept aside \
             as it is."
                .to_owned(),
            true,
        ),
        Err(_) => (
            "Your journal cannot be read. It will be kept aside as it is.".to_owned(),
            key.is_some(),
        ),
    };
    Ok(PresentJournal {
        said,
        key,
        is_encrypted,
    })
}

struct RestoreView {
    entries: u64,
    revisions: u64,
    kept: Option<PathBuf>,
}

#[derive(Serialize)]
struct RestoredJson {
    entries: u64,
    earlier_states: u64,
    kept: Option<String>,
}

impl View for RestoreView {
    fn json(&self) -> impl Serialize {
        let restored = RestoredJson {
            entries: self.entries,
            earlier_states: self.revisions,
            kept: self.kept.as_ref().map(|kept| kept.display().to_string()),
        };
        std::collections::BTreeMap::from([("restored", restored)])
    }

    fn human(&self, _: &mut Page) {}
}
