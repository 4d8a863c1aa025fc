//! `onward unlock`

use crate::error::Result;
use crate::keyring::{self, UnlockDuration};
use crate::session::{Session, Status, not_encrypted_error, salt_of_encrypted_journal};
use crate::view::lock::{JournalLock, LockState};

/// Ask for the passphrase now, and not again for a while
///
/// The system keeps the key in memory, never on a disk. Until the time is over, whoever uses
/// your session can read the journal. Using the journal does not make the time longer; onward
/// unlock begins it anew, and onward lock ends it at once. To change the passphrase, print the
/// recovery sheet or decrypt the journal, the passphrase is asked for all the same.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How long: 15m, 1h, 90s, 2h30m, at most 24h; 15m unless auto_unlock in the configuration
    /// says otherwise
    #[arg(long = "for", value_name = "TIME")]
    term: Option<UnlockDuration>,
}

/// Has the system keep the key of the journal for a while.
///
/// # Errors
/// [`Error::Usage`](crate::Error::Usage) if the journal is not encrypted;
/// [`Error::NoKeyring`](crate::Error::NoKeyring);
/// [`Error::WrongPassphrase`](crate::Error::WrongPassphrase).
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    if salt_of_encrypted_journal(session)?.is_none() {
        return Ok(Status::NothingFound);
    }
    // Try the keyring before the person types the passphrase in vain.
    keyring::try_out()?;
    let journal = session.journal_by_passphrase()?;
    let key = journal.key().ok_or_else(not_encrypted_error)?;
    let term = args.term.or(context.config.auto_unlock).unwrap_or_default();
    let now = context.environment.clock.now();
    let until = keyring::keep(key, term, now.to_utc())?;
    let until = context.environment.clock.zone().at(until);
    let lock = JournalLock::of(&context.journal, LockState::Unlocked { until }, now);
    context.output.status(&lock.sentence());
    if context.output.json {
        context.output.show(&lock)?;
    }
    Ok(Status::Done)
}
