//! `onward lock`

use std::fs::File;
use std::path::PathBuf;

use crate::environment;
use crate::error::{Error, Result};
use crate::journal::Key;
use crate::keyring;
use crate::session::{Session, Status, salt_of_encrypted_journal};
use crate::view::lock::{JournalLock, LockState};
use crate::view::text;

/// Lock an unlocked journal at once
///
/// The key that was kept is forgotten, and the passphrase asked for again. What has the journal
/// open already, such as an editor, is not closed by it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only say whether the journal is unlocked, until when, and where its key is
    #[arg(long)]
    status: bool,
}

/// Removes the key of the journal from the keyring, or tells whether it is there.
///
/// # Errors
/// [`Error::Usage`] if the journal is not encrypted, unless `--status` asks; the keyring's
/// error if the key cannot be removed.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    if args.status {
        return show_lock_status(session);
    }
    let Some(salt) = salt_of_encrypted_journal(session)? else {
        return Ok(Status::NothingFound);
    };
    let key = keyring::find(salt).ok().flatten().map(|kept| kept.key);
    let now = context.environment.clock.now();
    let locked =
        |no_keyring| JournalLock::of(&context.journal, LockState::Locked { no_keyring }, now);
    let (lock, said) = match keyring::forget(salt) {
        Ok(true) => (locked(None), "The journal is locked.".to_owned()),
        Ok(false) => (locked(None), "The journal was locked already.".to_owned()),
        Err(Error::NoKeyring { why }) => {
            let lock = locked(Some(why));
            let said = lock.sentence();
            (lock, said)
        }
        Err(error) => return Err(error),
    };
    context.output.status(&said);
    clear_memory(key, session);
    if context.output.json {
        context.output.show(&lock)?;
    }
    Ok(Status::Done)
}

fn show_lock_status(session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let state = match session.salt()? {
        None if context.journal.symlink_metadata().is_err() => {
            // This call tells the person that there is no journal.
            salt_of_encrypted_journal(session)?;
            return Ok(Status::NothingFound);
        }
        None => LockState::NotEncrypted,
        Some(salt) => match keyring::find(salt) {
            Ok(Some(kept)) => LockState::Unlocked {
                until: context.environment.clock.zone().at(kept.until),
            },
            Ok(None) => LockState::Locked { no_keyring: None },
            Err(Error::NoKeyring { why }) => LockState::Locked {
                no_keyring: Some(why),
            },
            Err(error) => return Err(error),
        },
    };
    let lock = JournalLock::of(&context.journal, state, context.environment.clock.now());
    context.output.show(&lock)?;
    Ok(Status::Done)
}

/// Clears the memory of text that locking does not protect. Drafts of killed programs go into
/// the journal while its key is still at hand. Texts that cannot become drafts stay, since they
/// exist nowhere else, and are named to the person.
fn clear_memory(key: Option<Key>, session: &mut Session<'_>) {
    let context = session.context();
    let drafts = session.drafts();
    // Open the journal only if there is a draft to put into it.
    if let Some(key) = key
        && drafts.any_in_folders()
        && let Ok(journal) = session.journal_by_key(&key)
    {
        let _ = drafts.gather(journal);
    }
    for page in drafts.in_memory() {
        context.output.status(&format!(
            "A page lies in memory, where nothing locks it: {}. If no editor has it open, onward \
             write --resume puts it into the journal.",
            text::safe(&page.to_string_lossy())
        ));
    }
    let places = environment::folders_in_memory();
    let is_ours = |path: &PathBuf| {
        places.iter().any(|place| path.starts_with(place)) && File::open(path).is_ok()
    };
    for path in drafts.kept_files(&places).into_iter().filter(is_ours) {
        context.output.status(&format!(
            "A text that could not be saved lies in memory, where nothing locks it: {}. Save it \
             with onward write < that file, and then remove it.",
            text::safe(&path.to_string_lossy())
        ));
    }
}
