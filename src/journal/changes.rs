//! Changing what is written, without fear: edits, the trash, history, undo and redo.
//!
//! Everything here saves another state and keeps the one before. Only [`Journal::purge`]
//! removes text, and only text that is in the trash.

use chrono::{DateTime, FixedOffset};
use uuid::Uuid;

use super::Journal;
use super::page::{Reflects, chosen_reflections, unix_line_ends};
use super::prompts::{Prompt, stored_prompt};
use crate::decks::Decks;
use crate::error::{Error, Result};
use crate::model::kind::{Away, Hidden};
use crate::model::{Content, Day, Entry, EntryRef, Kind, Mood, Reflection, Revision, Tag};
use crate::store::{Action, ActionKind, Change, EarlierCopy, Reading};

/// What to change about an entry. A field that is `None` or empty stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// Another text, and the one it was made from.
    pub text: Option<TextRewrite>,
    /// Another mood, or none.
    pub mood: Option<Option<Mood>>,
    /// Starred or not.
    pub starred: Option<bool>,
    /// Counted for something else.
    pub reflects: Option<Reflects>,
    /// Tags to add.
    pub tag: Vec<Tag>,
    /// Tags to take away.
    pub untag: Vec<Tag>,
    /// Another day.
    pub day: Option<Day>,
    /// Dated to another instant.
    pub written_at: Option<DateTime<FixedOffset>>,
}

/// Another text for an entry.
#[derive(Debug, Clone)]
pub struct TextRewrite {
    /// The text that was changed. If the entry has another one by now, somebody else has
    /// changed it meanwhile. `None` to replace the text whatever it is.
    pub from: Option<String>,
    /// The text after the change.
    pub to: String,
}

impl TextRewrite {
    /// A text that came back from an editor. Editors end a file with a line end, which is not
    /// read as text; if the text had one, it keeps it.
    pub fn typed(from: Option<String>, to: String) -> TextRewrite {
        let to = match &from {
            Some(from) if from.ends_with('\n') => format!("{to}\n"),
            _ => to,
        };
        TextRewrite { from, to }
    }
}

/// How an edit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditOutcome {
    /// The entry was this and is now that.
    Changed {
        /// The entry before the edit.
        before: Box<Entry>,
        /// The entry after it.
        after: Box<Entry>,
    },
    /// The entry is as the edit would have it already.
    Unchanged(Box<Entry>),
    /// The entry was changed or deleted meanwhile. It was left alone, and the new text is
    /// kept as an entry of its own.
    KeptApart(Box<Entry>),
}

/// An action that was undone or done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoOutcome {
    /// The kind of the action that was undone or done again.
    pub what: ActionKind,
    /// Each entry before and after this; `None` while it was or is not among the living.
    pub entries: Vec<(Option<Entry>, Option<Entry>)>,
}

impl Journal {
    /// Changes an entry. `today` is the day of a text that has to be kept apart and whose
    /// entry is gone.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`]; [`Error::InTrash`]; [`Error::Usage`] for a text that is left
    /// empty or a tag that stands in the text.
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
    /// [`Error::NoSuchEntry`] or [`Error::InTrash`] for the first that is not there.
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
    /// [`Error::NoSuchEntry`] for the first that is not in it.
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

    /// The entries in the trash, the last thrown away first.
    pub fn trash(&self) -> Result<Vec<Revision>> {
        self.store.reading().trash()
    }

    /// The entries in the trash that a reference means.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`] when there is none.
    pub fn find_in_trash(&self, reference: &EntryRef, today: Day) -> Result<Vec<Entry>> {
        let day = match reference {
            EntryRef::Day(phrase) => Some(
                phrase
                    .resolve(today)
                    .map_err(|error| Error::usage(error.to_string()))?,
            ),
            _ => None,
        };
        let trash = self.trash()?.into_iter();
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

    /// Removes entries from the trash for good: their texts, all their earlier states, and
    /// their traces in the index and the log. One that was taken out of the trash since it was
    /// looked at stays, and so does everything else that went there meanwhile.
    ///
    /// Returns how many were removed.
    pub fn purge(&mut self, trash: &[Revision]) -> Result<usize> {
        let change = self.store.change()?;
        let mut entries = change.reading().trash()?;
        entries.retain(|there| trash.iter().any(|looked_at| looked_at.id == there.id));
        change.purge(&entries)?;
        change.commit()?;
        self.store.scrub()?;
        Ok(entries.len())
    }

    /// Removes the traces of what is purged already: a purge that was broken off leaves some in
    /// the index and the log.
    pub fn scrub(&mut self) -> Result<()> {
        self.store.scrub()
    }

    /// Copies of the journal that were kept beside it before its layout was changed. They
    /// hold what was in it then.
    pub fn copies(&self) -> Vec<std::path::PathBuf> {
        self.store.copies()
    }

    /// Copies of the journal, kept beside it or as backups in the folder for them, that are
    /// encrypted otherwise than it is, or not at all.
    pub fn opened_otherwise(&self) -> Vec<EarlierCopy> {
        self.store.opened_otherwise()
    }

    /// Every state of an entry, in the trash or not, the first one first and the present one
    /// last.
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

    /// Gives an entry the content it had in an earlier state.
    ///
    /// # Errors
    /// [`Error::NoSuchEntry`] when the entry or the state is not there; [`Error::InTrash`].
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
            // An earlier state must not put the entry away or seal it again.
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

    /// Takes the last action back; `None` when there is nothing left to take back.
    pub fn undo(&mut self, now: DateTime<FixedOffset>) -> Result<Option<UndoOutcome>> {
        let mut change = self.store.change()?;
        let Some(action) = change.reading().last_done()? else {
            return Ok(None);
        };
        let undone = undo_or_redo(&mut change, &action, false, now)?;
        change.commit()?;
        Ok(Some(undone))
    }

    /// Does again what was undone last; `None` when there is nothing.
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

/// Whether an entry was changed or went while a text was made from it.
fn is_overtaken(present: Option<&Revision>, rewrite: &TextRewrite) -> bool {
    let Some(from) = &rewrite.from else {
        return false;
    };
    // Purged while it was being edited.
    let Some(Revision { content, .. }) = present else {
        return true;
    };
    // A text that is there already was saved by this very edit, and then the program was killed.
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

/// The reflections of an entry that is counted for something else. `offered` is what its day
/// offers.
fn counted_for(
    reflects: Reflects,
    offered: Option<&Prompt>,
    present: &Revision,
) -> Result<Vec<Reflection>> {
    let mut chosen = chosen_reflections(reflects, offered);
    // Keep the question that the writer was shown, even if the deck words it otherwise now.
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

/// Gives every entry of an action the content it had before it, or after it.
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
            // The action made the entry: undoing it puts the entry into the trash.
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

/// The entry that keeps a text whose own entry changed or went while it was edited.
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
            // The entry it came from is counted already.
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

/// Refuses an entry that is away or sealed, in the trash or not.
pub(super) fn require_in_sight(reading: Reading<'_>, state: &Revision) -> Result<()> {
    let Some(hidden) = reading.hides(&state.content) else {
        return Ok(());
    };
    Err(Error::OutOfSight {
        number: state.number,
        until: match hidden {
            Hidden::Away(Away::Until(day)) | Hidden::Sealed(day) => Some(day.long()),
            Hidden::Away(Away::Always) => None,
        },
        sealed: matches!(hidden, Hidden::Sealed(_)),
    })
}

fn not_in_trash(number: i64) -> Error {
    Error::NoSuchEntry {
        wanted: format!("#{number} in the trash"),
    }
}
