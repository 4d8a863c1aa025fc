//! `onward decrypt`

use std::path::PathBuf;

use super::converted::Converted;
use super::{Context, Status};
use crate::error::{Error, Result};
use crate::journal;

/// Take the passphrase away again
///
/// The journal is a plain file afterwards, which anyone can read who gets hold of it. The
/// passphrase is asked for even while the journal is unlocked.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// Decrypts the journal.
///
/// # Errors
/// A journal that is not encrypted; a wrong passphrase; nobody to ask and no `--yes`; whatever
/// keeps the journal from being replaced. Then it is as it was.
pub fn run(args: &Args, context: &Context) -> Result<Status> {
    let output = &context.output;
    // Only one that is there, and is a journal.
    if !journal::is_encrypted(&context.journal) {
        context.open_to_read()?;
        return Err(Error::usage("the journal is not encrypted"));
    }
    context.access.ask_afresh();
    // Opened before anything is asked, and not held while somebody thinks it over.
    drop(context.open()?);
    if !args.yes {
        let question = "Anyone who gets hold of the file can read it then. Decrypt the journal? \
                        y or n:";
        if !context.confirm(question, "--yes")? {
            output.status("The journal stays encrypted.");
            return Ok(Status::NothingDone);
        }
    }
    let journal = context.open()?.decrypt()?;
    context.access.forget_kept();
    output.status("The journal is not encrypted any more.");
    let copies = journal.opened_otherwise();
    context.access.remember(journal.key());
    drop(journal);
    // What cannot be moved is found where it is.
    let _ = context.drafts().gather();
    if !copies.is_empty() {
        output.status(
            "Copies and backups from before stay as they are, and open with the passphrase they \
             had.",
        );
    }
    let copies: Vec<PathBuf> = copies.into_iter().map(|copy| copy.path).collect();
    if output.json {
        output.show(&Converted::of(context, false, &copies))?;
    }
    Ok(Status::Done)
}
