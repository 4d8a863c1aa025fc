//! `onward passphrase`

use crate::error::{Error, Result};
use crate::session::{
    Session, Status, forget_key_in_keyring, leads_to_key, offer_to_remove_copies,
};
use crate::view::conversion::{ABOUT_RECOVERY_SHEET, ConversionReport, RecoverySheetView};

/// Change the passphrase, or print the recovery sheet
///
/// What is asked for first is the present passphrase; the recovery sheet does as well. A sheet
/// that was printed before does not open the journal any more. The passphrase is asked for even
/// while the journal is unlocked.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print what opens the journal when its passphrase is forgotten
    #[arg(long, conflicts_with_all = ["new_passphrase_fd", "remove_copies"])]
    recovery: bool,
    /// Read the new passphrase from this file descriptor
    #[arg(long, value_name = "N")]
    new_passphrase_fd: Option<u32>,
    /// Remove copies that lie beside the journal and backups in the folder for them, which open
    /// with the old passphrase
    #[arg(long)]
    remove_copies: bool,
}

/// Changes the passphrase, or prints the recovery sheet.
///
/// # Errors
/// [`Error::Usage`] if the journal is not encrypted or the new passphrase cannot be used;
/// [`Error::WrongPassphrase`]; [`Error::Locked`] without a passphrase. The journal is unchanged
/// then.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let output = &context.output;
    if !session.is_encrypted() {
        // Open it first: a file that is no journal at all gets its own error.
        session.journal_to_read()?;
        return Err(Error::Usage {
            what: "the journal has no passphrase".to_owned(),
            hint: Some("onward encrypt gives it one".to_owned()),
        });
    }
    if !args.recovery && !context.passphrases.are_typed() && args.new_passphrase_fd.is_none() {
        return Err(Error::Usage {
            what: "there is no new passphrase".to_owned(),
            hint: Some(
                "name the file descriptor that it comes from with --new-passphrase-fd"
                    .to_owned(),
            ),
        });
    }
    let journal = session.journal_by_passphrase()?;
    if args.recovery {
        if let Some(key) = journal.key() {
            output.show(&RecoverySheetView::of(key))?;
            output.status(ABOUT_RECOVERY_SHEET);
        }
        return Ok(Status::Done);
    }
    // Close the journal, so that other programs need not wait while the person thinks up a
    // passphrase.
    session.close();
    let passphrase =
        context
            .passphrases
            .new_passphrase(args.new_passphrase_fd, &context.journal, output)?;
    let journal = session.take_journal()?;
    let key = journal.key().cloned();
    let is_the_same = |key| leads_to_key(&passphrase, key);
    if key.as_ref().map(is_the_same).transpose()?.unwrap_or(false) {
        return Err(Error::usage("that is the passphrase it has"));
    }
    let journal = journal.encrypt(&passphrase)?;
    let copies = journal.opened_otherwise();
    session.put_back(journal);
    output.status(
        "The passphrase is changed. A recovery sheet from before is worthless now; onward \
         passphrase --recovery prints the new one.",
    );
    if forget_key_in_keyring(key.as_ref()) {
        output.status("The journal was unlocked and is locked now.");
    }
    let copies = offer_to_remove_copies(copies, args.remove_copies, context)?;
    if output.json {
        output.show(&ConversionReport::of(&context.journal, true, &copies))?;
    }
    Ok(Status::Done)
}
