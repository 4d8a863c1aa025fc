//! Changing entries: edits, the trash, history, undo and redo.
//!
//! Every change saves another state and keeps the one before. Only [`Journal::purge`] removes
//! text, and only from the trash.

use chrono::{DateTime, FixedOffset};
use uuid::Uuid;

use super::Journal;
use super::page::{Reflects, chosen_reflections, unix_line_ends};
use super::prompts::{Prompt, stored_prompt};
use crate::decks::Decks;
use crate::error::{Error, Result};
use crate::model::kind::{Away, HiddenBy};
use crate::model::{
    Content, Day, Entry, EntryRef, Kind, KindName, Mood, Reflection, Revision, Tag,
};
use crate::store::{Action, ActionKind, Change, EarlierCopy, ListedAction, Reading};

/// The changes to make to an entry. A field that is `None` or empty changes nothing.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// The new text, and the text it was made from.
    pub text: Option<TextRewrite>,
    /// The new mood; `Some(None)` removes the mood.
    pub mood: Option<Option<Mood>>,
    /// True to star the entry, false to remove its star.
    pub starred: Option<bool>,
    /// The tips that the entry reflects on from now on.
    pub reflects: Option<Reflects>,
    /// Tags to add.
    pub tag: Vec<Tag>,
    /// Tags to remove.
    pub untag: Vec<Tag>,
    /// The new day.
    pub day: Option<Day>,
    /// The new instant of writing.
    pub written_at: Option<DateTime<FixedOffset>>,
}

/// A new text for an entry.
#[derive(Debug, Clone)]
pub struct TextRewrite {
    /// The text that the new one was made from. If the entry has a third one, it was changed
    /// meanwhile, and the new text becomes an entry of its own. `None` replaces any text.
    pub from: Option<String>,
    /// The new text.
    pub to: String,
}

impl TextRewrite {
    /// A new text from an editor. Editors end a file with a line end, which is not read as
    /// text, so this adds it again if the old text had one.
    pub fn typed(from: Option<String>, to: String) -> TextRewrite {
        let to = match &from {
            Some(from) if from.ends_with('\n') => format!("{to}\n"),
            _ => to,
        };
        TextRewrite { from, to }
    }
}

/// The result of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditOutcome {
    /// The entry was changed.
    Changed {
        /// The entry before the edit.
        before: Box<Entry>,
        /// The entry after it.
        after: Box<Entry>,
    },
    /// The entry needed no change.
    Unchanged(Box<Entry>),
    /// The entry was changed or deleted meanwhile and stays as it is. The new text is saved
    /// as this entry instead.
    KeptApart(Box<Entry>),
}

/// An action that was undone or redone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoOutcome {
    /// The kind of the action.
    pub what: ActionKind,
    /// Each entry before and after the undo or redo; `None` while it was or is in the trash.
    pub entries: Vec<(Option<Entry>, Option<Entry>)>,
}

impl Journal {
    /// Changes an entry. If its text has to become an entry of its own and the old entry is
    /// purged, the new one is dated `today`.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`]; [`Error::InTrash`]; [`Error::OutOfSight`]; [`Error::Usage`]
    /// for a text that would be empty, for a tag to remove that is part of the text, and for
    /// a tip if the entry is no page.
    pub fn edit(
        &mut self,
        number: i64,
        mut edit: Edit,
        today: Day,
        now: DateTime<FixedOffset>,
    ) -> Result<EditOutcome> {
        let mut change = self.store.change()?;
        let present = change.reading().present(number)?;
        let overtaken = |rewrite: &mut TextRewrite| is_overtaken(present.as_ref(), rewrite);
        if let Some(TextRewrite { to, .. }) = edit.text.take_if(overtaken) {
            let content = kept_apart(present.as_ref(), to, today, now);
            let entry = change.insert(content, now)?;
            change.commit_as(ActionKind::Write, now)?;
            return Ok(EditOutcome::KeptApart(Box::new(entry)));
        }
        let present = require_living(present, number)?;
        let rewrites = edit.text.as_ref();
        if rewrites.is_none_or(|rewrite| rewrite.from.is_none()) {
            require_in_sight(change.reading(), &present)?;
        }
        let mut next = edited(&self.settings.decks, change.reading(), &present, edit)?;
        let before = Box::new(present.to_entry());
        if next == present.content {
            return Ok(EditOutcome::Unchanged(before));
        }
        next.edited_at = Some(now);
        let after = Box::new(change.save(&present, &next, now)?.to_entry());
        change.commit_as(ActionKind::Edit, now)?;
        Ok(EditOutcome::Changed { before, after })
    }

    /// Puts entries into the trash, all or none, and returns them.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`], [`Error::InTrash`] or [`Error::OutOfSight`] for the first
    /// number without a visible entry.
    pub fn delete(
        &mut self,
        numbers: &[i64],
        now: DateTime<FixedOffset>,
    ) -> Result<Vec<Entry>> {
        let mut change = self.store.change()?;
        let mut deleted = Vec::new();
        for &number in numbers {
            let present = require_living(change.reading().present(number)?, number)?;
            require_in_sight(change.reading(), &present)?;
            let next = Content {
                deleted_at: Some(now),
                ..present.content.clone()
            };
            change.save(&present, &next, now)?;
            deleted.push(present.to_entry());
        }
        change.commit_as(ActionKind::Delete, now)?;
        Ok(deleted)
    }

    /// Takes entries out of the trash, all or none, and returns them.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`] for the first number that is not in the trash.
    pub fn restore(
        &mut self,
        numbers: &[i64],
        now: DateTime<FixedOffset>,
    ) -> Result<Vec<Entry>> {
        let mut change = self.store.change()?;
        let mut restored = Vec::new();
        for &number in numbers {
            let present = change
                .reading()
                .present(number)?
                .filter(|present| present.content.deleted_at.is_some())
                .ok_or_else(|| not_in_trash(number))?;
            let next = Content {
                deleted_at: None,
                ..present.content.clone()
            };
            restored.push(change.save(&present, &next, now)?.to_entry());
        }
        change.commit_as(ActionKind::Restore, now)?;
        Ok(restored)
    }

    /// The entries in the trash, the last one put there first.
    pub fn trash(&self) -> Result<Vec<Revision>> {
        self.store.reading().trash()
    }

    /// The actions that undo and redo walk along, the newest first.
    pub fn actions(&self) -> Result<Vec<ListedAction>> {
        self.store.reading().actions()
    }

    /// The entries in the trash that a reference means, of these kinds or of any if none is
    /// named.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`] if there is none; [`Error::Usage`] for a day that does not
    /// exist.
    pub fn find_in_trash(
        &self,
        kinds: &[KindName],
        reference: &EntryRef,
        today: Day,
    ) -> Result<Vec<Entry>> {
        let day = match reference {
            EntryRef::Day(phrase) => Some(
                phrase
                    .resolve(today)
                    .map_err(|error| Error::usage(error.to_string()))?,
            ),
            _ => None,
        };
        let of_kind = |revision: &Revision| {
            kinds.is_empty() || kinds.contains(&revision.content.kind.name())
        };
        let trash = self.trash()?.into_iter().filter(of_kind);
        let found: Vec<Entry> = match reference {
            EntryRef::Last => trash.take(1).map(|revision| revision.to_entry()).collect(),
            _ => trash
                .filter(|revision| match reference {
                    EntryRef::Number(number) => revision.number == *number,
                    EntryRef::Id(digits) => {
                        revision.entry.simple().to_string().starts_with(digits)
                    }
                    _ => Some(revision.content.day) == day,
                })
                .map(|revision| revision.to_entry())
                .collect(),
        };
        if found.is_empty() {
            let wanted = match reference {
                EntryRef::Last => "in the trash".to_owned(),
                _ => match day {
                    Some(day) => format!("for {} in the trash", day.long()),
                    None => format!("{reference} in the trash"),
                },
            };
            return Err(Error::NoSuchEntry { wanted });
        }
        Ok(found)
    }

    /// Removes entries from the trash for good: their texts, all earlier states, and the
    /// traces in the full-text index and the log. `trash` is the trash that the person saw.
    /// An entry that was taken out since then, or put in since then, stays.
    ///
    /// Returns the number of removed entries.
    pub fn purge(&mut self, trash: &[Revision]) -> Result<usize> {
        let change = self.store.change()?;
        let mut entries = change.reading().trash()?;
        entries.retain(|there| trash.iter().any(|looked_at| looked_at.id == there.id));
        change.purge(&entries)?;
        change.commit()?;
        self.store.scrub()?;
        Ok(entries.len())
    }

    /// Removes the traces of purged entries from the full-text index and the log. A purge
    /// that was broken off can leave some.
    pub fn scrub(&mut self) -> Result<()> {
        self.store.scrub()
    }

    /// The copies that were kept beside the journal before its layout was changed and before
    /// a backup took its place. They still have entries that were purged since.
    pub fn copies(&self) -> Vec<std::path::PathBuf> {
        self.store.copies()
    }

    /// The copies beside the journal, and the backups in the default folder, that its key
    /// does not open: they are encrypted with another key, or plain.
    pub fn opened_otherwise(&self) -> Vec<EarlierCopy> {
        self.store.opened_otherwise()
    }

    /// Every state of an entry, the first one first and the present one last. The entry may
    /// be in the trash.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`]; [`Error::OutOfSight`].
    pub fn history(&self, number: i64) -> Result<Vec<Revision>> {
        let revisions = self.store.reading().revisions(number)?;
        match revisions.last() {
            Some(present) => require_in_sight(self.store.reading(), present)?,
            None => {
                return Err(Error::NoSuchEntry {
                    wanted: format!("#{number}"),
                });
            }
        }
        Ok(revisions)
    }

    /// Gives an entry the content of an earlier state.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`] if the entry or the state does not exist; [`Error::InTrash`];
    /// [`Error::OutOfSight`].
    pub fn bring_back(
        &mut self,
        number: i64,
        state: Uuid,
        now: DateTime<FixedOffset>,
    ) -> Result<EditOutcome> {
        let mut change = self.store.change()?;
        let present = require_living(change.reading().present(number)?, number)?;
        require_in_sight(change.reading(), &present)?;
        let past =
            change
                .reading()
                .revision(number, state)?
                .ok_or_else(|| Error::NoSuchEntry {
                    wanted: format!("#{number} in that state"),
                })?;
        let before = Box::new(present.to_entry());
        let next = Content {
            deleted_at: None,
            edited_at: present.content.edited_at,
            // Keep the present ones: an earlier state must not hide the entry again.
            away: present.content.away,
            kind: match past.content.kind {
                Kind::Letter { .. } => Kind::Letter {
                    open_on: present.content.kind.open_on(),
                },
                kind => kind,
            },
            ..past.content
        };
        if next == present.content {
            return Ok(EditOutcome::Unchanged(before));
        }
        let next = Content {
            edited_at: Some(now),
            ..next
        };
        let after = Box::new(change.save(&present, &next, now)?.to_entry());
        change.commit_as(ActionKind::Edit, now)?;
        Ok(EditOutcome::Changed { before, after })
    }

    /// Undoes the last action; `None` if there is none.
    pub fn undo(&mut self, now: DateTime<FixedOffset>) -> Result<Option<UndoOutcome>> {
        let mut change = self.store.change()?;
        let Some(action) = change.reading().last_done()? else {
            return Ok(None);
        };
        let undone = undo_or_redo(&mut change, &action, false, now)?;
        change.commit()?;
        Ok(Some(undone))
    }

    /// Redoes the action that was undone last; `None` if there is none.
    pub fn redo(&mut self, now: DateTime<FixedOffset>) -> Result<Option<UndoOutcome>> {
        let mut change = self.store.change()?;
        let Some(action) = change.reading().first_undone()? else {
            return Ok(None);
        };
        let redone = undo_or_redo(&mut change, &action, true, now)?;
        change.commit()?;
        Ok(Some(redone))
    }
}

/// True if the entry was changed, deleted or purged while the text was rewritten.
fn is_overtaken(present: Option<&Revision>, rewrite: &TextRewrite) -> bool {
    let Some(from) = &rewrite.from else {
        return false;
    };
    // The entry was purged meanwhile.
    let Some(Revision { content, .. }) = present else {
        return true;
    };
    // The entry has the new text if this edit saved it and the program was killed then.
    let is_saved = rewrite.to == content.text;
    content.deleted_at.is_some() || (content.text != *from && !is_saved)
}

/// The content of an entry after an edit.
fn edited(
    decks: &Decks,
    reading: Reading<'_>,
    present: &Revision,
    edit: Edit,
) -> Result<Content> {
    let number = present.number;
    let mut next = present.content.clone();
    if let Some(TextRewrite { to, .. }) = edit.text {
        next.text = unix_line_ends(to);
        if next.text.trim().is_empty() {
            return Err(Error::Usage {
                what: format!("#{number} would be left empty, so it is kept as it was"),
                hint: Some(format!("throw it away with onward delete {number}")),
            });
        }
    }
    if let Some(mood) = edit.mood {
        next.mood = mood;
    }
    if let Some(starred) = edit.starred {
        next.starred = starred;
    }
    if let Some(day) = edit.day {
        next.day = day;
    }
    if let Some(written_at) = edit.written_at {
        next.written_at = written_at;
    }
    if let Some(reflects) = edit.reflects {
        let stored = reading.assignment(next.day)?;
        let offered = stored.and_then(|stored| stored_prompt(decks, stored));
        next.reflections = counted_for(reflects, offered.as_ref(), present)?;
    }
    next.tags_by_hand.extend(edit.tag);
    let in_text = Tag::in_text(&next.text);
    for tag in edit.untag {
        if in_text.contains(&tag) {
            return Err(Error::Usage {
                what: format!("#{tag} stands in the text of #{number}"),
                hint: Some(format!("take it out of the text with onward edit {number}")),
            });
        }
        next.tags_by_hand.remove(&tag);
    }
    Ok(next)
}

/// The reflections of an entry that now reflects on other tips. `offered` is the prompt of
/// its day.
fn counted_for(
    reflects: Reflects,
    offered: Option<&Prompt>,
    present: &Revision,
) -> Result<Vec<Reflection>> {
    let mut chosen = chosen_reflections(reflects, offered);
    // Keep the question that the writer was shown, even if the deck has another wording now.
    for reflection in &mut chosen {
        let before = present
            .content
            .reflections
            .iter()
            .find(|before| before.deck == reflection.deck && before.tip == reflection.tip);
        if let Some(before) = before {
            *reflection = before.clone();
        }
    }
    if present.content.kind != Kind::Page && !chosen.is_empty() {
        return Err(Error::usage(format!(
            "#{} is {}, and only pages reflect on tips",
            present.number,
            present.content.kind.name().with_article()
        )));
    }
    Ok(chosen)
}

/// Gives every entry of an action its content from before the action (undo) or after it
/// (redo).
fn undo_or_redo(
    change: &mut Change<'_>,
    action: &Action,
    forward: bool,
    now: DateTime<FixedOffset>,
) -> Result<UndoOutcome> {
    let mut entries = Vec::new();
    for touched in &action.touched {
        let Some(present) = change.reading().present(touched.entry)? else {
            continue;
        };
        let target = if forward {
            Some(touched.after)
        } else {
            touched.before
        };
        let next = match target {
            Some(id) => match change.reading().revision(touched.entry, id)? {
                Some(revision) => revision.content,
                None => continue,
            },
            // The action made the entry, so undoing it puts the entry into the trash.
            None => Content {
                deleted_at: Some(now),
                ..present.content.clone()
            },
        };
        let saved = change.save(&present, &next, now)?;
        let alive = |revision: &Revision| {
            revision
                .content
                .deleted_at
                .is_none()
                .then(|| revision.to_entry())
        };
        entries.push((alive(&present), alive(&saved)));
    }
    change.mark(action, forward)?;
    Ok(UndoOutcome {
        what: action.what,
        entries,
    })
}

/// The entry for a text whose own entry was changed or deleted meanwhile.
fn kept_apart(
    present: Option<&Revision>,
    text: String,
    today: Day,
    now: DateTime<FixedOffset>,
) -> Content {
    let text = unix_line_ends(text);
    match present {
        Some(present) => Content {
            text,
            // The entry that the text came from already counts as a reflection.
            reflections: Vec::new(),
            edited_at: None,
            deleted_at: None,
            ..present.content.clone()
        },
        None => Content::page(today, now, text),
    }
}

pub(super) fn require_living(present: Option<Revision>, number: i64) -> Result<Revision> {
    match present {
        None => Err(Error::NoSuchEntry {
            wanted: format!("#{number}"),
        }),
        Some(present) if present.content.deleted_at.is_some() => Err(Error::InTrash { number }),
        Some(present) => Ok(present),
    }
}

/// Returns [`Error::OutOfSight`] for an entry that is away or sealed.
pub(super) fn require_in_sight(reading: Reading<'_>, state: &Revision) -> Result<()> {
    let Some(hidden) = reading.hides(&state.content) else {
        return Ok(());
    };
    Err(Error::OutOfSight {
        number: state.number,
        until: match hidden {
            HiddenBy::Away(Away::Until(day)) | HiddenBy::Sealed(day) => Some(day.long()),
            HiddenBy::Away(Away::Always) => None,
        },
        sealed: matches!(hidden, HiddenBy::Sealed(_)),
    })
}

fn not_in_trash(number: i64) -> Error {
    Error::NoSuchEntry {
        wanted: format!("#{number} in the trash"),
    }
}
