//! Turns a text of any kind into an entry: takes it from the arguments, a pipe or the editor
//! and saves it. A text from the editor is a draft meanwhile, and any other target one if it
//! cannot be saved.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use chrono::{DateTime, FixedOffset};

use super::desk::{self, EditorInput, EditorResult, unsaved_error};
use super::page_prompt;
use super::page_prompt::PageDetails;
use super::{Context, Moment, Session};
use uuid::Uuid;

use crate::drafts::{Draft, DraftMetadata, page_file};
use crate::error::{Error, KeptText, Result};
use crate::journal::{Edit, EditOutcome, Journal, NewEntry, NewPage, Reflects, TextRewrite};
use crate::model::entry::first_line;
use crate::model::{Day, Entry, EntryRef, Kind, KindName, Mood, Tag};
use crate::view::{entry, text};

/// Everything about an entry that is being written, except its text.
#[derive(Debug, Clone)]
pub struct Composition {
    /// The day that the entry is filed under.
    pub day: Day,
    /// The instant that the writer dates it to; `None` for the moment at which it was begun.
    pub at: Option<DateTime<FixedOffset>>,
    /// Tags given by flag, besides the `#words` of the text.
    pub tags: BTreeSet<Tag>,
    /// The kind of entry that the text target, with the facts that only this kind has.
    pub target: CompositionTarget,
    /// The text that the editor shows below the scissors line; `None` for the usual one of this
    /// kind.
    pub help: Option<String>,
    /// The moment at which it was begun. The day and the instant come from this one reading of
    /// the clock, so that they agree.
    pub begun: Moment,
}

/// The entry that a text target.
#[derive(Debug, Clone)]
pub enum CompositionTarget {
    /// A new page.
    Page(PageDetails),
    /// A new letter, reason, urge or contact.
    Other(Kind),
    /// The new text of an existing entry.
    Edit {
        /// The number of the entry.
        number: i64,
        /// The entry's text when the edit began. It shows whether somebody else changed the
        /// entry meanwhile. `None` to replace the text whatever it is.
        from: Option<String>,
    },
}

/// The outcome of a composition.
#[derive(Debug)]
pub enum CompositionOutcome {
    /// A new entry was saved.
    Saved(Entry),
    /// The text of an existing entry was changed.
    Edited(EditOutcome),
    /// It was saved before, as the entry of this number.
    SavedBefore(i64),
    /// Nothing but white space was written, so nothing is saved.
    Nothing,
    /// The editor returned an empty page, and the draft waits as it was before.
    DraftWaits,
    /// The entry with this number has that text already.
    Untouched(i64),
}

impl Composition {
    /// A new entry of this kind for today.
    pub fn new(kind: Kind, context: &Context) -> Composition {
        Composition::begun_now(CompositionTarget::Other(kind), context)
    }

    /// A new page for today that reflects on today's tip.
    pub fn page(context: &Context) -> Composition {
        Composition::begun_now(CompositionTarget::Page(PageDetails::default()), context)
    }

    /// A new text for an existing entry.
    pub fn edit(entry: &Entry, context: &Context) -> Composition {
        let target = CompositionTarget::Edit {
            number: entry.number,
            from: Some(entry.text.clone()),
        };
        Composition {
            day: entry.day,
            ..Composition::begun_now(target, context)
        }
    }

    fn begun_now(target: CompositionTarget, context: &Context) -> Composition {
        let begun = context.moment();
        Composition {
            day: begun.today,
            at: None,
            tags: BTreeSet::new(),
            target,
            help: None,
            begun,
        }
    }

    /// Restores the composition that a draft was begun with. Yesterday's draft still target
    /// yesterday's page.
    pub fn of_draft(metadata: &DraftMetadata, context: &Context) -> Composition {
        let kind: Option<KindName> =
            metadata.kind.as_deref().and_then(|kind| kind.parse().ok());
        let target = match (metadata.entry, kind) {
            (Some(number), _) => CompositionTarget::Edit {
                number,
                from: metadata.from.clone(),
            },
            (None, Some(name)) => {
                let fields = metadata.fields.iter();
                let fields = fields.map(|(name, value)| (name.as_str(), value.as_str()));
                // Keep the text even if the facts beside it cannot be read.
                let read = Kind::read(name, fields).map(|(kind, _)| kind);
                CompositionTarget::Other(read.unwrap_or_else(|_| Kind::from(name)))
            }
            (None, None) => CompositionTarget::Page(PageDetails {
                tips: metadata.tips.clone(),
                week: metadata.week,
                mood: metadata.mood.and_then(|mood| Mood::new(mood.into())),
                starred: metadata.starred,
            }),
        };
        let composition = Composition::begun_now(target, context);
        let today = composition.begun.today;
        let day = metadata.day.parse().ok().filter(|day| *day <= today);
        let at = metadata.written_at.as_deref();
        let tags = metadata.tags.iter().filter_map(|tag| tag.parse().ok());
        Composition {
            day: day.unwrap_or(today),
            at: at.and_then(|at| at.parse().ok()),
            tags: tags.collect(),
            ..composition
        }
    }

    /// The composition as the metadata of a draft, from which [`Composition::of_draft`]
    /// restores it.
    pub fn metadata(&self) -> DraftMetadata {
        let metadata = DraftMetadata {
            begun: self.begun.now.to_rfc3339(),
            day: self.day.to_string(),
            written_at: self.at.map(|at| at.to_rfc3339()),
            tags: self.tags.iter().map(Tag::to_string).collect(),
            ..DraftMetadata::default()
        };
        match &self.target {
            CompositionTarget::Page(page) => DraftMetadata {
                tips: page.tips.clone(),
                week: page.week,
                mood: page.mood.map(Mood::value),
                starred: page.starred,
                ..metadata
            },
            CompositionTarget::Other(kind) => {
                let fields = kind.fields(None).into_iter();
                let fields = fields.map(|(name, value)| (name.to_owned(), value));
                DraftMetadata {
                    kind: Some(kind.name().to_string()),
                    fields: fields.collect::<BTreeMap<_, _>>(),
                    ..metadata
                }
            }
            CompositionTarget::Edit { number, from } => DraftMetadata {
                entry: Some(*number),
                from: from.clone(),
                ..metadata
            },
        }
    }

    /// The new entry of this kind with this text. Not for pages: see [`NewPage`].
    pub fn new_entry(&self, kind: Kind, text: String) -> NewEntry {
        NewEntry {
            id: None,
            kind,
            day: self.day,
            written_at: self.at.unwrap_or(self.begun.now),
            text,
            tags: self.tags.clone(),
        }
    }

    /// Reads the text from standard input to its end.
    ///
    /// # Errors
    /// [`Error::Unsaved`] if the input is no text or stopped before its end; it says where the
    /// bytes are kept.
    pub fn text_from_pipe(&self, session: &mut Session<'_>) -> Result<String> {
        let bytes = desk::bytes_from_standard_input(&self.metadata(), session)?;
        desk::text_from_bytes(bytes, session)
    }

    /// Joins the arguments to a text.
    ///
    /// # Errors
    /// [`Error::Unsaved`] if they are no text; it says where the bytes are kept.
    pub fn text_from_words(words: &[OsString], session: &mut Session<'_>) -> Result<String> {
        desk::text_from_bytes(words.join(" ".as_ref()).into_encoded_bytes(), session)
    }

    /// The text of the arguments; or of standard input, if there are none or the only one is
    /// `-`. `None` if it is only white space.
    ///
    /// # Errors
    /// [`Error::Locked`] and [`Error::WrongPassphrase`], before a word is read;
    /// [`Error::Unsaved`] if the input is no text.
    pub fn text_from(
        &self,
        words: &[OsString],
        session: &mut Session<'_>,
    ) -> Result<Option<String>> {
        session.unlock()?;
        let text = match is_piped(words) {
            true => self.text_from_pipe(session)?,
            false => Composition::text_from_words(words, session)?,
        };
        if words.iter().any(|word| word != "-") {
            desk::tell_of_shells(session);
        }
        Ok((!text.trim().is_empty()).then_some(text))
    }

    /// Opens the editor on an empty page, or on the text to be changed, and saves the result.
    ///
    /// # Errors
    /// Errors of opening the journal, before the person types a word; [`Error::Unsaved`] if the
    /// text could not be saved, with the place where it is kept.
    pub fn write_in_editor(self, session: &mut Session<'_>) -> Result<CompositionOutcome> {
        let context = session.context();
        let (reflects, help) = self.reflections_and_help(session.journal()?, context)?;
        let (text, saved) = match &self.target {
            CompositionTarget::Edit { from, .. } => (from.clone().unwrap_or_default(), true),
            _ => (String::new(), false),
        };
        let page = page_file::compose(&text, &help);
        let draft = session.begin_draft(&self.metadata(), &page)?;
        let before = EditorInput {
            text: text.trim_end_matches(['\n', '\r']),
            help: &help,
            saved,
        };
        self.edit_and_save(draft, before, reflects, session)
    }

    /// Resumes a draft: in the editor or, without a terminal, by saving it as it is.
    ///
    /// # Errors
    /// As [`Composition::write_in_editor`].
    pub fn resume(
        self,
        mut draft: Draft,
        session: &mut Session<'_>,
    ) -> Result<CompositionOutcome> {
        session.take_in_hand(&draft);
        if let Some(number) = saved_before(&draft, session) {
            session.remove_draft(draft, "");
            return Ok(CompositionOutcome::SavedBefore(number));
        }
        offer_newer_text(&mut draft, session)?;
        if !session.context().environment.terminal.input {
            let text = desk::text_of_draft(&draft)?;
            let is_edit = matches!(self.target, CompositionTarget::Edit { .. });
            if text.trim().is_empty() && !is_edit {
                return Ok(CompositionOutcome::Nothing);
            }
            return self.save(text, Some(draft), session);
        }
        let context = session.context();
        let (reflects, help) = self.reflections_and_help(session.journal()?, context)?;
        if let CompositionTarget::Page(_) = self.target {
            draft.set_metadata(&self.metadata())?;
        }
        let text = match desk::text_of_draft(&draft) {
            Ok(text) => {
                draft.rewrite(&page_file::compose(&text, &help))?;
                text
            }
            // The draft is no text or too long. The editor gets it unchanged, so that the
            // person can mend it.
            Err(_) => String::new(),
        };
        let before = EditorInput {
            text: &text,
            help: &help,
            saved: false,
        };
        self.edit_and_save(draft, before, reflects, session)
    }

    /// Saves a text. If that fails and there is no draft, the text target one.
    ///
    /// # Errors
    /// [`Error::Unsaved`] if the text could not be saved, with the place where it is kept.
    pub fn save(
        self,
        text: String,
        draft: Option<Draft>,
        session: &mut Session<'_>,
    ) -> Result<CompositionOutcome> {
        self.save_reflecting(text, draft.map(|draft| (draft, "")), None, session)
    }

    /// The tips that a page counts for, as the editor shows them, and the help text that the
    /// editor shows below the scissors line.
    fn reflections_and_help(
        &self,
        journal: &mut Journal,
        context: &Context,
    ) -> Result<(Option<Reflects>, String)> {
        Ok(match (&self.help, &self.target) {
            (Some(help), _) => (None, help.clone()),
            (None, CompositionTarget::Page(details)) => {
                let (reflects, help) = page_prompt::shown_reflections(
                    self.day, self.begun, details, journal, context,
                )?;
                (Some(reflects), help)
            }
            (None, CompositionTarget::Other(kind)) => {
                let help = format!("\n{}, {}\n", kind.name().with_article(), self.day.long());
                (None, help)
            }
            // An entry that cannot be found any more has no help text. Saving will report the
            // error.
            (None, CompositionTarget::Edit { number, .. }) => {
                let found = journal.find(&EntryRef::Number(*number), self.begun.today);
                let found = found.unwrap_or_default();
                (
                    None,
                    found.first().map(entry::editor_help).unwrap_or_default(),
                )
            }
        })
    }

    /// Opens the editor on a draft and saves the result.
    fn edit_and_save(
        self,
        draft: Draft,
        before: EditorInput<'_>,
        reflects: Option<Reflects>,
        session: &mut Session<'_>,
    ) -> Result<CompositionOutcome> {
        match (desk::edit_draft(draft, before, session)?, &self.target) {
            (EditorResult::Written(draft, text), _) => {
                self.save_reflecting(text, Some((draft, before.text)), reflects, session)
            }
            (EditorResult::Empty { draft_waits: true }, _) => {
                Ok(CompositionOutcome::DraftWaits)
            }
            (EditorResult::Empty { .. }, CompositionTarget::Edit { number, .. }) => {
                Err(Error::Usage {
                    what: format!("#{number} would be left empty, so it is kept as it was"),
                    hint: Some(format!("throw it away with onward delete {number}")),
                })
            }
            (EditorResult::Untouched, CompositionTarget::Edit { number, .. }) => {
                Ok(CompositionOutcome::Untouched(*number))
            }
            (EditorResult::Empty { .. } | EditorResult::Untouched, _) => {
                Ok(CompositionOutcome::Nothing)
            }
        }
    }

    /// Saves a text. The draft comes with the text that its page had before. `reflects` are the
    /// tips that the editor showed for a page; `None` if it was never shown, then they are chosen
    /// now.
    fn save_reflecting(
        self,
        text: String,
        draft: Option<(Draft, &str)>,
        reflects: Option<Reflects>,
        session: &mut Session<'_>,
    ) -> Result<CompositionOutcome> {
        let metadata = self.metadata();
        let context = session.context();
        let id = draft.as_ref().map(|(draft, _)| draft.entry_id());
        let saved = session.journal().and_then(|journal| {
            self.save_in_journal(id, text.clone(), reflects, journal, context)
        });
        match (saved, draft) {
            (Ok(composed), draft) => {
                if let Some((draft, before)) = draft {
                    session.remove_draft(draft, before);
                }
                Ok(composed)
            }
            (Err(error), Some(_)) => Err(unsaved_error(KeptText::AsDraft, error)),
            (Err(error), None) => Err(session.keep_unsaved(&metadata, &text, error)),
        }
    }

    fn save_in_journal(
        self,
        id: Option<Uuid>,
        text: String,
        reflects: Option<Reflects>,
        journal: &mut Journal,
        context: &Context,
    ) -> Result<CompositionOutcome> {
        let Moment { now, today } = self.begun;
        match self.target {
            CompositionTarget::Page(ref details) => {
                let reflects = match reflects {
                    Some(shown) => shown,
                    None => page_prompt::chosen_reflections(
                        self.day, self.begun, details, None, journal, context,
                    )?,
                };
                let page = NewPage {
                    day: self.day,
                    written_at: self.at.unwrap_or(now),
                    text,
                    mood: details.mood,
                    starred: details.starred,
                    tags: self.tags.clone(),
                    reflects,
                };
                journal
                    .write_as(id, page, today, now)
                    .map(CompositionOutcome::Saved)
            }
            CompositionTarget::Other(ref kind) => {
                let new = NewEntry {
                    id,
                    ..self.new_entry(kind.clone(), text)
                };
                journal.add_one(new, now).map(CompositionOutcome::Saved)
            }
            CompositionTarget::Edit { number, from } => {
                let edit = Edit {
                    text: Some(TextRewrite::typed(from, text)),
                    ..Edit::default()
                };
                journal
                    .edit(number, edit, today, now)
                    .map(CompositionOutcome::Edited)
            }
        }
    }
}

/// The number of the entry that a draft has become already, when the program was killed after it
/// saved the page and before it removed the draft.
fn saved_before(draft: &Draft, session: &mut Session<'_>) -> Option<i64> {
    let text = desk::text_of_draft(draft).ok()?;
    // Ignore errors of the journal: saving meets them again, and says where the text is kept.
    let journal = session.journal_to_read().ok()?;
    let (number, saved) = journal.saved_as(draft.entry_id()).ok()??;
    (saved == text).then_some(number)
}

/// Offers a text that an editor left beside the page of a draft and that is newer than the page.
/// Where nobody can be asked, a blank page takes it; else it stays beside the page.
fn offer_newer_text(draft: &mut Draft, session: &mut Session<'_>) -> Result<()> {
    let Some(newer) = draft.newer_text() else {
        return Ok(());
    };
    let context = session.context();
    let is_blank = desk::text_of_draft(draft).is_ok_and(|text| text.trim().is_empty());
    let asks = context.environment.terminal.input && !context.output.json;
    let takes = match asks {
        false => is_blank,
        true => {
            let name = newer.name();
            let text = newer.text.as_deref().unwrap_or_default();
            let begins = text::fit(first_line(text), 50);
            context.output.status(&format!(
                "The editor left a newer text beside the page, in {}: “{begins}”",
                text::safe(&name)
            ));
            let answer = context
                .output
                .ask("Go on with that? yes (enter), or n for the page as it was:")?;
            !matches!(answer.as_deref(), Some("n" | "no" | "N"))
        }
    };
    if takes {
        draft.take_from(&newer, "")?;
    }
    Ok(())
}

/// Returns `true` if the text comes from standard input: there are no words, or the only one is
/// `-`.
pub fn is_piped(words: &[OsString]) -> bool {
    words.is_empty() || is_dash(words)
}

/// Returns `true` if the only word is the `-` that stands for standard input.
pub fn is_dash(words: &[OsString]) -> bool {
    matches!(words, [word] if word == "-")
}
