//! `onward lock`, and what `unlock` has to say as well

use std::fs::File;
use std::path::PathBuf;

use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;

use super::{Context, Session, Status};
use crate::environment;
use crate::error::{Error, Result};
use crate::journal::{Key, Salt};
use crate::keyring;
use crate::output::{Page, View, text};

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

/// Forgets the key of the journal, or says whether one is kept.
///
/// # Errors
/// A journal that is not encrypted, unless that was the question; a key that stays.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    if args.status {
        return status(session);
    }
    let Some(salt) = salt_of(session)? else {
        return Ok(Status::NothingFound);
    };
    let key = keyring::kept(salt).ok().flatten().map(|kept| kept.key);
    let (lock, said) = match keyring::forget(salt) {
        Ok(true) => (Lock::locked(context), "The journal is locked.".to_owned()),
        Ok(false) => {
            let said = "The journal was locked already.";
            (Lock::locked(context), said.to_owned())
        }
        Err(Error::NoKeyring { why }) => {
            let lock = Lock::without_keyring(context, why);
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

fn status(session: &Session<'_>) -> Result<Status> {
    let context = session.context();
    let lock = match session.salt()? {
        None if context.journal.symlink_metadata().is_err() => {
            no_journal(context);
            return Ok(Status::NothingFound);
        }
        None => Lock {
            encrypted: false,
            ..Lock::locked(context)
        },
        Some(salt) => match keyring::kept(salt) {
            Ok(Some(kept)) => {
                Lock::unlocked(context, kept.until, context.environment.clock.now())
            }
            Ok(None) => Lock::locked(context),
            Err(Error::NoKeyring { why }) => Lock::without_keyring(context, why),
            Err(error) => return Err(error),
        },
    };
    context.output.show(&lock)?;
    Ok(Status::Done)
}

/// What an encrypted journal begins with; `None` where there is no journal, which has been said
/// then.
///
/// # Errors
/// A journal that is not encrypted.
pub fn salt_of(session: &mut Session<'_>) -> Result<Option<Salt>> {
    let context = session.context();
    let salt = session.salt()?;
    if salt.is_none() && context.journal.symlink_metadata().is_err() {
        no_journal(context);
        return Ok(None);
    }
    if salt.is_none() {
        // Only one that is a journal.
        session.plain_journal()?;
        return Err(not_encrypted());
    }
    Ok(salt)
}

/// What is wrong with a journal that nobody can lock or unlock.
pub fn not_encrypted() -> Error {
    Error::Usage {
        what: "the journal is not encrypted".to_owned(),
        hint: Some("onward encrypt gives it a passphrase".to_owned()),
    }
}

fn no_journal(context: &Context) {
    let journal = context.journal.display().to_string();
    let journal = text::safe(&journal);
    context
        .output
        .status(&format!("There is no journal yet at {journal}."));
}

/// What lies in memory and has no key: pages whose program was killed, which go into the journal
/// while it can be opened, and whatever cannot. Nobody has those elsewhere, so they stay and are
/// named.
fn clear_memory(key: Option<Key>, session: &mut Session<'_>) {
    let context = session.context();
    let drafts = session.drafts();
    // Opened only where there is something to put into it.
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
    let places = environment::places_in_memory();
    let is_ours = |path: &PathBuf| {
        places.iter().any(|place| path.starts_with(place)) && File::open(path).is_ok()
    };
    for path in drafts.kept(&places).into_iter().filter(is_ours) {
        context.output.status(&format!(
            "A text that could not be saved lies in memory, where nothing locks it: {}. Save it \
             with onward write < that file, and then remove it.",
            text::safe(&path.to_string_lossy())
        ));
    }
}

/// How a journal is locked.
pub struct Lock {
    journal: String,
    encrypted: bool,
    until: Option<DateTime<FixedOffset>>,
    /// Why no key can be kept, where that is so.
    no_keyring: Option<String>,
    now: DateTime<FixedOffset>,
}

impl Lock {
    fn locked(context: &Context) -> Lock {
        Lock {
            journal: context.journal.to_string_lossy().into_owned(),
            encrypted: true,
            until: None,
            no_keyring: None,
            now: context.environment.clock.now(),
        }
    }

    fn without_keyring(context: &Context, why: String) -> Lock {
        Lock {
            no_keyring: Some(why),
            ..Lock::locked(context)
        }
    }

    /// With a key that is kept until then, as it was at an instant.
    pub fn unlocked(
        context: &Context,
        until: DateTime<Utc>,
        now: DateTime<FixedOffset>,
    ) -> Lock {
        Lock {
            now,
            until: Some(context.environment.clock.zone().at(until)),
            ..Lock::locked(context)
        }
    }

    /// How it is, as a sentence.
    pub fn sentence(&self) -> String {
        if !self.encrypted {
            return "The journal is not encrypted.".to_owned();
        }
        match (&self.until, &self.no_keyring) {
            (Some(until), _) => {
                let left = until.signed_duration_since(self.now);
                let time = match left.num_minutes() {
                    ..5 => until.format("%H:%M:%S"),
                    _ => until.format("%H:%M"),
                };
                let day = match until.date_naive() == self.now.date_naive() {
                    true => String::new(),
                    false => until.format(" on %A").to_string(),
                };
                format!("The journal is unlocked until {time}{day}.")
            }
            (None, Some(why)) => {
                format!("The journal is locked. It cannot be kept unlocked: {why}.")
            }
            (None, None) => "The journal is locked.".to_owned(),
        }
    }
}

#[derive(Serialize)]
struct LockJson<'a> {
    lock: State<'a>,
}

#[derive(Serialize)]
struct State<'a> {
    journal: &'a str,
    encrypted: bool,
    unlocked: bool,
    until: Option<String>,
    kept_in: Option<&'static str>,
    cannot_be_kept: Option<&'a str>,
}

impl View for Lock {
    fn json(&self) -> impl Serialize {
        let unlocked = self.until.is_some();
        LockJson {
            lock: State {
                journal: &self.journal,
                encrypted: self.encrypted,
                unlocked,
                until: self.until.map(|until| until.to_rfc3339()),
                kept_in: unlocked.then_some(keyring::PLACE),
                cannot_be_kept: self.no_keyring.as_deref(),
            },
        }
    }

    fn human(&self, page: &mut Page) {
        let place = match self.until {
            Some(_) => format!(" Its key is in {}.", keyring::PLACE),
            None => String::new(),
        };
        for line in text::wrap(&format!("{}{place}", self.sentence()), page.width()) {
            page.line(line);
        }
    }
}
