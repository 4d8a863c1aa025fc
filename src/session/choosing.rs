//! Finds the entries that a person names: by number, `last`, a day, or the first characters of
//! an id.

use super::Context;
use crate::error::{Error, Result};
use crate::journal::Journal;
use crate::model::{Entry, EntryRef, KindName};
use crate::view::entry;

/// The kind of the entries that are named.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct OfKind {
    /// Entries of this kind, as in `last --kind urge`: page, letter, reason, urge or contact
    #[arg(long, value_name = "KIND")]
    pub kind: Vec<KindName>,
}

/// The one entry that the references mean. If several fit, asks which one on a terminal, and
/// elsewhere fails with their numbers.
///
/// # Errors
/// [`Error::NoSuchEntry`]; [`Error::Usage`] if several fit and nobody chooses one; those of
/// [`living_entries`].
pub fn choose_one_entry(
    journal: &Journal,
    references: &[EntryRef],
    of: &OfKind,
    context: &Context,
) -> Result<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for reference in references {
        for entry in living_entries(journal, reference, of, context)? {
            if found.iter().all(|other| other.number != entry.number) {
                found.push(entry);
            }
        }
    }
    if found.len() > 1 && context.environment.terminal.input {
        for entry in &found {
            context
                .output
                .status(&entry::line_with_time(entry, context.output.width));
        }
        let answer = context
            .output
            .ask("Which one? Its number, or enter for none:")?;
        let number = answer.and_then(|answer| answer.trim_start_matches('#').parse().ok());
        found.retain(|entry| Some(entry.number) == number);
        return found
            .pop()
            .ok_or_else(|| Error::usage("no entry was chosen"));
    }
    match (found.pop(), found.as_slice()) {
        (Some(entry), []) => Ok(entry),
        (None, _) => Err(Error::NoSuchEntry {
            wanted: "of that name".to_owned(),
        }),
        (Some(last), others) => {
            let mut numbers: Vec<String> = others
                .iter()
                .map(|entry| format!("#{}", entry.number))
                .collect();
            numbers.push(format!("#{}", last.number));
            Err(Error::Usage {
                what: format!("that could be any of {}", numbers.join(", ")),
                hint: Some("name one by its number".to_owned()),
            })
        }
    }
}

/// The entries outside the trash that a reference means. A number or id that is in the trash
/// gets an error of its own, so that the person can restore it.
///
/// # Errors
/// [`Error::NoSuchEntry`], [`Error::InTrash`], and [`Error::OutOfSight`] for an entry that is
/// away or sealed.
pub fn living_entries(
    journal: &Journal,
    reference: &EntryRef,
    of: &OfKind,
    context: &Context,
) -> Result<Vec<Entry>> {
    match journal.find_of(&of.kind, reference, context.today()) {
        Err(Error::NoSuchEntry { wanted }) => {
            let in_trash = match reference {
                EntryRef::Number(_) | EntryRef::Id(_) => journal
                    .find_in_trash(&of.kind, reference, context.today())
                    .ok(),
                _ => None,
            };
            match in_trash.as_deref() {
                Some([entry]) => Err(Error::InTrash {
                    number: entry.number,
                }),
                _ => Err(Error::NoSuchEntry { wanted }),
            }
        }
        found => found,
    }
}
