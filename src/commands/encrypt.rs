//! `onward encrypt`

use super::converted::{ABOUT_THE_SHEET, Converted, RecoverySheet, deal_with_copies};
use super::{Context, Status};
use crate::error::{Error, Result};
use crate::journal::{self, Journal};
use crate::output::text;

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
/// A journal that is encrypted already; no passphrase; whatever keeps the journal from being
/// replaced. Then it is as it was.
pub fn run(args: &Args, context: &Context) -> Result<Status> {
    if !journal::has_encryption() {
        return Err(without_encryption());
    }
    let output = &context.output;
    if journal::is_encrypted(&context.journal) {
        return Err(Error::Usage {
            what: "the journal is encrypted already".to_owned(),
            hint: Some("onward passphrase gives it another passphrase".to_owned()),
        });
    }
    // Whatever is wrong with it is said before anybody thinks up a passphrase. It is not held
    // while they do.
    drop(context.open_plain()?);
    let is_new = context.journal.symlink_metadata().is_err();
    if context.access.is_typed() {
        output.status(
            "The journal will open with this passphrase only. Nobody can find it out for you, \
             so choose one that you will not forget.",
        );
    }
    let passphrase = context
        .access
        .new_passphrase(None, &context.journal, output)?;
    let journal = if is_new {
        let now = context.environment.clock.now();
        Journal::create_encrypted(&context.journal, now, &passphrase)?
    } else {
        context.open_plain()?.encrypt(&passphrase)?
    };
    output.status(if is_new {
        "There is an encrypted journal now, with nothing in it yet."
    } else {
        "The journal is encrypted."
    });
    let copies = deal_with_copies(journal.opened_otherwise(), args.remove_copies, context)?;
    context.access.remember(journal.key());
    let drafts = context.drafts();
    let _ = drafts.gather();
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
        output.show(&Converted::of(context, true, &copies))?;
    } else if let Some(key) = journal.key() {
        let asks = context.access.is_typed() && context.environment.terminal.input;
        if asks
            && context.confirm(
                "Show a recovery sheet now, for the day the passphrase is forgotten? y or n:",
                "--recovery",
            )?
        {
            output.show(&RecoverySheet::of(key))?;
            output.status(ABOUT_THE_SHEET);
        } else {
            output.hint("For a recovery sheet: onward passphrase --recovery");
        }
    }
    Ok(Status::Done)
}

/// What is said where this program was built without encryption.
pub(super) fn without_encryption() -> Error {
    Error::built_without("encryption")
}
