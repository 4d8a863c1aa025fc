//! `onward encrypt`

use crate::error::{Error, Result};
use crate::journal;
use crate::session::{Session, Status, offer_to_remove_copies};
use crate::view::conversion::{ABOUT_RECOVERY_SHEET, ConversionReport, RecoverySheetView};
use crate::view::text;

/// Give the journal a passphrase
///
/// The whole file is encrypted, and every command asks for the passphrase. There is no way in
/// without it but the recovery sheet, which `onward passphrase --recovery` prints.
/// Where there is no journal yet, makes one.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Remove copies that lie beside the journal and backups in the folder for them, which are
    /// not encrypted
    #[arg(long)]
    remove_copies: bool,
}

/// Encrypts the journal.
///
/// # Errors
/// [`Error::Usage`] if the journal is encrypted already or the new passphrase cannot be used;
/// [`Error::Locked`] without one. The journal is unchanged then.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    if !journal::has_encryption() {
        return Err(without_encryption());
    }
    let output = &context.output;
    if session.is_encrypted() {
        return Err(Error::Usage {
            what: "the journal is encrypted already".to_owned(),
            hint: Some("onward passphrase gives it another passphrase".to_owned()),
        });
    }
    // Open the journal once, so that an error shows before the person thinks up a passphrase;
    // then close it, so that other programs need not wait meanwhile.
    session.plain_journal()?;
    session.close();
    let is_new = context.journal.symlink_metadata().is_err();
    if context.passphrases.are_typed() {
        output.status(
            "The journal will open with this passphrase only. Nobody can find it out for you, \
             so choose one that you will not forget.",
        );
    }
    let passphrase = context
        .passphrases
        .new_passphrase(None, &context.journal, output)?;
    let journal = if is_new {
        session.create_encrypted(&passphrase)?
    } else {
        session.plain_journal()?;
        session.take_journal()?.encrypt(&passphrase)?
    };
    let copies = journal.opened_otherwise();
    session.put_back(journal);
    output.status(if is_new {
        "There is an encrypted journal now, with nothing in it yet."
    } else {
        "The journal is encrypted."
    });
    let copies = offer_to_remove_copies(copies, args.remove_copies, context)?;
    session.gather_drafts();
    let drafts = session.drafts();
    if drafts.folder().is_dir() {
        output.status(&format!(
            "What an editor may still have open is not encrypted before it is saved: {}.",
            text::safe(&drafts.folder().to_string_lossy())
        ));
    }
    if !is_new {
        output.status(
            "What no program can reach may still hold it as it was: backups elsewhere, snapshots, \
             and places on the disk that are not yet used again.",
        );
    }
    if output.json {
        output.show(&ConversionReport::of(&context.journal, true, &copies))?;
    } else if let Some(key) = session.key() {
        let asks = context.passphrases.are_typed() && context.environment.terminal.input;
        if asks
            && context.confirm(
                "Show a recovery sheet now, for the day the passphrase is forgotten? y or n:",
                "--recovery",
            )?
        {
            output.show(&RecoverySheetView::of(key))?;
            output.status(ABOUT_RECOVERY_SHEET);
        } else {
            output.hint("For a recovery sheet: onward passphrase --recovery");
        }
    }
    Ok(Status::Done)
}

/// The error of a program that was built without encryption.
pub(super) fn without_encryption() -> Error {
    Error::built_without("encryption")
}
