//! `onward decrypt`

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::session::{Session, Status, forget_key_in_keyring};
use crate::view::conversion::ConversionReport;

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
/// [`Error::Usage`] if the journal is not encrypted, or without a terminal and without `--yes`;
/// [`Error::WrongPassphrase`]. The journal is unchanged then.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let output = &context.output;
    // Open it first: a file that is no journal at all gets its own error.
    if !session.is_encrypted() {
        session.journal_to_read()?;
        return Err(Error::usage("the journal is not encrypted"));
    }
    // Ask for the passphrase before the question; then close the journal, so that other
    // programs need not wait while the person thinks.
    session.journal_by_passphrase()?;
    session.close();
    if !args.yes {
        let question = "Anyone who gets hold of the file can read it then. Decrypt the journal? \
                        y or n:";
        if !context.confirm(question, "--yes")? {
            output.status("The journal stays encrypted.");
            return Ok(Status::NothingDone);
        }
    }
    let journal = session.take_journal()?;
    let key = journal.key().cloned();
    let journal = journal.decrypt()?;
    forget_key_in_keyring(key.as_ref());
    output.status("The journal is not encrypted any more.");
    let copies = journal.opened_otherwise();
    session.put_back(journal);
    session.gather_drafts();
    if !copies.is_empty() {
        output.status(
            "Copies and backups from before stay as they are, and open with the passphrase they \
             had.",
        );
    }
    let copies: Vec<PathBuf> = copies.into_iter().map(|copy| copy.path).collect();
    if output.json {
        output.show(&ConversionReport::of(&context.journal, false, &copies))?;
    }
    Ok(Status::Done)
}
