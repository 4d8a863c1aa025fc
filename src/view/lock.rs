//! Shows whether a journal is locked.

use std::path::Path;

use chrono::{DateTime, FixedOffset};
use serde::Serialize;

use super::{Page, View, text};
use crate::keyring;

/// The lock of a journal at an instant.
pub struct JournalLock {
    journal: String,
    state: LockState,
    now: DateTime<FixedOffset>,
}

/// The states of a journal's lock.
pub enum LockState {
    /// It is not encrypted, so it opens without a passphrase.
    NotEncrypted,
    /// It is encrypted and needs its passphrase.
    Locked {
        /// Why the system cannot keep its key; `None` if it could.
        no_keyring: Option<String>,
    },
    /// It opens without its passphrase for a while.
    Unlocked {
        /// When the system forgets the key.
        until: DateTime<FixedOffset>,
    },
}

impl JournalLock {
    /// The lock of the journal at this path.
    pub fn of(journal: &Path, state: LockState, now: DateTime<FixedOffset>) -> JournalLock {
        let journal = journal.to_string_lossy().into_owned();
        JournalLock {
            journal,
            state,
            now,
        }
    }

    /// The state of the lock as a sentence.
    pub fn sentence(&self) -> String {
        match &self.state {
            LockState::NotEncrypted => "The journal is not encrypted.".to_owned(),
            LockState::Unlocked { until } => {
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
            LockState::Locked {
                no_keyring: Some(why),
            } => format!("The journal is locked. It cannot be kept unlocked: {why}."),
            LockState::Locked { no_keyring: None } => "The journal is locked.".to_owned(),
        }
    }

    /// The time at which the system forgets the key; `None` if it keeps none.
    fn until(&self) -> Option<DateTime<FixedOffset>> {
        match self.state {
            LockState::Unlocked { until } => Some(until),
            LockState::NotEncrypted | LockState::Locked { .. } => None,
        }
    }
}

#[derive(Serialize)]
struct JournalLockJson<'a> {
    lock: LockStateJson<'a>,
}

#[derive(Serialize)]
struct LockStateJson<'a> {
    journal: &'a str,
    encrypted: bool,
    unlocked: bool,
    until: Option<String>,
    kept_in: Option<&'static str>,
    cannot_be_kept: Option<&'a str>,
}

impl View for JournalLock {
    fn json(&self) -> impl Serialize {
        let until = self.until();
        JournalLockJson {
            lock: LockStateJson {
                journal: &self.journal,
                encrypted: !matches!(self.state, LockState::NotEncrypted),
                unlocked: until.is_some(),
                until: until.map(|until| until.to_rfc3339()),
                kept_in: until.map(|_| keyring::PLACE),
                cannot_be_kept: match &self.state {
                    LockState::Locked { no_keyring } => no_keyring.as_deref(),
                    LockState::NotEncrypted | LockState::Unlocked { .. } => None,
                },
            },
        }
    }

    fn human(&self, page: &mut Page) {
        let place = match self.until() {
            Some(_) => format!(" Its key is in {}.", keyring::PLACE),
            None => String::new(),
        };
        for line in text::wrap(&format!("{}{place}", self.sentence()), page.width()) {
            page.line(line);
        }
    }
}
