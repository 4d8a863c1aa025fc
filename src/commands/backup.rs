//! `onward backup`

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::TypedValueParser;
use serde::Serialize;

use crate::drafts::Drafts;
use crate::error::Result;
use crate::model::count;
use crate::session::{Session, Status};
use crate::store::{FinishedBackup, Store};
use crate::terminal::stop::{CtrlC, StopRequests};
use crate::view::{Page, View, text};

/// Make a copy of the journal, and check it
///
/// The copy is complete as of one moment, whoever writes meanwhile. It is opened and compared
/// with the journal, text by text, before it gets its name; nothing is ever overwritten. It is
/// a journal like yours: onward --journal COPY list looks into it, and onward restore-backup
/// COPY puts it back into place.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A file, or a folder to put it in [default: the folder backups beside the journal]
    #[arg(
        value_name = "PATH",
        value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from)
    )]
    path: Option<PathBuf>,
    /// Then remove the oldest backups of this journal in that folder, so that N are left
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    keep: Option<NonZeroUsize>,
}

fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "keep 1 or more".to_owned())
}

/// Makes a backup and checks it.
///
/// # Errors
/// [`Error::BadCopy`](crate::Error::BadCopy) if the copy differs from the journal;
/// [`Error::AlreadyThere`](crate::Error::AlreadyThere).
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = text::safe(&context.journal.display().to_string()).into_owned();
    let store = session.open_store(|ask| Store::open(&context.journal, ask))?;
    let Some(store) = store else {
        context
            .output
            .status(&format!("There is no journal yet at {journal}."));
        return Ok(Status::NothingFound);
    };
    let size = store.reading().size()?;
    let copied = {
        let progress = context
            .output
            .progress("Checking", size.entries + size.revisions);
        let now = context.environment.clock.now();
        let keep = args.keep.map(NonZeroUsize::get);
        let stop = StopRequests::begin(CtrlC::StopsThenEnds);
        store.backup(args.path.as_deref(), keep, now, &|| {
            progress.advance(1);
            stop.check()
        })?
    };
    let path = text::safe(&copied.path.display().to_string()).into_owned();
    let entries = count::with_noun(copied.entries, "entry", "entries");
    context
        .output
        .status(&format!("Backed up {entries} to {path}, and checked it."));
    if !copied.removed.is_empty() {
        let removed = count::with_noun(copied.removed.len(), "older backup", "older backups");
        context.output.status(&format!("Removed {removed}."));
    }
    let drafts = Drafts::of(&context.journal)
        .waiting(None)
        .map_or(0, |drafts| drafts.len());
    if drafts > 0 {
        let (waits, it) = match drafts {
            1 => ("draft waits and is", "it"),
            _ => ("drafts wait and are", "them"),
        };
        context.output.status(&format!(
            "{} {waits} not in the backup; to take {it} up again: onward write --resume.",
            count::grouped(drafts)
        ));
    }
    if context.output.json {
        context.output.show(&BackupView { copied, drafts })?;
    }
    Ok(Status::Done)
}

struct BackupView {
    copied: FinishedBackup,
    drafts: usize,
}

#[derive(Serialize)]
struct BackupJson {
    path: String,
    entries: u64,
    earlier_states: u64,
    bytes: u64,
    removed: Vec<String>,
    drafts_waiting: usize,
}

impl View for BackupView {
    fn json(&self) -> impl Serialize {
        let path = |path: &PathBuf| path.display().to_string();
        let backup = BackupJson {
            path: path(&self.copied.path),
            entries: self.copied.entries,
            earlier_states: self.copied.revisions,
            bytes: self.copied.bytes,
            removed: self.copied.removed.iter().map(path).collect(),
            drafts_waiting: self.drafts,
        };
        std::collections::BTreeMap::from([("backup", backup)])
    }

    fn human(&self, _: &mut Page) {}
}
