//! `onward doctor`

mod contents;
mod report;
mod surroundings;

use std::fs;
use std::path::Path;

use contents::{Rescue, check_sqlite, find_rescue, result_of_unopened, results_of_findings};
use report::{CheckupReport, JournalPlaces};
use surroundings::{check_drafts, check_left_overs, check_place, check_privacy};

use crate::environment;
use crate::error::{Error, Result};
use crate::session::{Context, Session, Status};
use crate::store::{self, CheckPart, Finding, Findings, JournalSize, Store, StoredDraft};

/// Check the journal and everything around it
///
/// Looks at every text and every earlier state, at what is counted, at the search index, at who
/// may look into the files and at what lies about, and says what to do where something is not
/// as it should be. Nothing is changed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Make anew what is derived: indexes, counts, tags from texts; no text is touched
    #[arg(long)]
    repair: bool,
}

/// Checks the journal and everything around it.
///
/// # Errors
/// [`Error::Interrupted`]; errors of the repair. Anything else that is wrong is shown as a
/// finding and is no error.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let journal = &context.journal;
    let opened = session.open_store(|ask| {
        if args.repair {
            Store::open(journal, ask)
        } else {
            Store::open_to_check(journal, ask)
        }
    });
    if let Err(Error::Interrupted) = opened {
        return Err(Error::Interrupted);
    }
    let opened = match opened {
        Ok(Some(store)) => Ok(Some(examine(store, args.repair, context)?)),
        Ok(None) => {
            if args.repair {
                context.output.status("There is nothing to repair.");
            }
            Ok(None)
        }
        Err(error) => Err(error),
    };
    let folder = store::default_backup_folder(journal);
    let backups = store::backups_in(&folder, journal);
    let copies = store::copies_beside(journal);
    let drafts = session.drafts();
    let key = session.key().cloned();
    let is_damaged = match &opened {
        Ok(Some(examined)) => !examined.findings.are_derived(),
        Ok(None) => false,
        Err(_) => true,
    };
    let rescue = match is_damaged {
        true => find_rescue(&backups, &copies, session),
        false => Rescue::default(),
    };
    let mut results = vec![check_sqlite()];
    match &opened {
        Err(error) => results.push(result_of_unopened(error, session, &rescue)),
        Ok(Some(examined)) => {
            results.extend(results_of_findings(&examined.findings, session, &rescue))
        }
        Ok(None) => {}
    }
    results.push(check_privacy(
        journal,
        &folder,
        &backups,
        &copies,
        drafts.folder(),
        key.is_some(),
    ));
    let exists = !matches!(opened, Ok(None));
    let examined = opened.ok().flatten();
    let places = JournalPlaces {
        exists,
        encrypted: key.is_some(),
        drafts: shown(drafts.folder()),
        backups: shown(&folder),
        backups_there: backups.iter().map(|path| shown(path)).collect(),
        copies: copies.iter().map(|path| shown(path)).collect(),
        ..facts_of_journal(journal, examined.as_ref())
    };
    let stored = examined.map_or_else(Vec::new, |examined| examined.drafts);
    results.push(check_drafts(&drafts, stored, context));
    results.push(check_left_overs(journal, &folder));
    results.push(check_place(journal));
    let report = CheckupReport { places, results };
    let fine = report.problems().next().is_none();
    context.output.show_long(&report)?;
    Ok(if fine {
        Status::Done
    } else {
        Status::NothingDone
    })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The facts about the journal's file alone.
fn facts_of_journal(journal: &Path, examined: Option<&ExaminedJournal>) -> JournalPlaces {
    let size = examined.and_then(|examined| examined.size);
    JournalPlaces {
        journal: shown(journal),
        read_only: examined.is_some_and(|examined| examined.read_only),
        entries: size.map(|size| size.entries),
        earlier_states: size.map(|size| size.revisions),
        bytes: fs::metadata(journal).ok().map(|found| found.len()),
        layout: examined.and_then(|examined| examined.layout),
        config: environment::config_path().map(|path| shown(&path)),
        version: env!("CARGO_PKG_VERSION"),
        sqlite: store::sqlite_version(),
        ..JournalPlaces::default()
    }
}

/// The facts about a journal that could be opened.
struct ExaminedJournal {
    findings: Findings,
    drafts: Vec<StoredDraft>,
    size: Option<JournalSize>,
    read_only: bool,
    layout: Option<i64>,
}

/// Checks an open journal and, with `repair`, rebuilds its derived tables. Closes the journal.
fn examine(mut store: Store, repair: bool, context: &Context) -> Result<ExaminedJournal> {
    let drafts = store.reading().drafts().unwrap_or_default();
    let size = store.reading().size().ok();
    let mut findings = check_with_progress(&store, context)?;
    if repair {
        findings = repair_derived(&mut store, findings, context)?;
    }
    Ok(ExaminedJournal {
        findings,
        drafts,
        size,
        read_only: store.is_read_only(),
        layout: store.layout(),
    })
}

fn check_with_progress(store: &Store, context: &Context) -> Result<Findings> {
    let steps = store
        .reading()
        .size()
        .map_or(0, |size| size.entries + size.revisions);
    let progress = context.output.progress("Checking", steps);
    store.check(&|| {
        progress.advance(1);
        Ok(())
    })
}

/// Rebuilds wrong derived tables, and checks again. Leaves a damaged file alone: writing to it
/// could make the damage worse.
fn repair_derived(store: &mut Store, found: Findings, context: &Context) -> Result<Findings> {
    let of_file = |finding: &Finding| finding.check == CheckPart::File && !finding.derived;
    if found.found.iter().any(of_file) {
        context.output.status(
            "Nothing was repaired: the file itself is damaged, and to write to it could make \
             that worse.",
        );
        return Ok(found);
    }
    if !found.found.iter().any(|finding| finding.derived) {
        context.output.status("There is nothing to repair.");
        return Ok(found);
    }
    store.repair(&|| Ok(()))?;
    context
        .output
        .status("Made anew what is derived. No text was touched.");
    check_with_progress(store, context)
}
