//! Saving entries that are no pages: letters, reasons, urges, contacts.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use chrono::{DateTime, FixedOffset};

use super::entry;
use super::{Context, Session, Status};
use crate::drafts::{Draft, DraftMetadata};
use crate::editor;
use crate::error::{Kept, Result};
use crate::journal::NewEntry;
use crate::model::{Day, Entry, Kind, Particulars, Tag};
use crate::session::desk::{self, Before, EditorResult, unsaved};

/// What an entry will be, apart from its text.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What sort of entry.
    pub kind: Kind,
    /// The day it is for.
    pub day: Day,
    /// The instant it is dated to, where the writer gave one.
    pub at: Option<DateTime<FixedOffset>>,
    /// Tags given by flag.
    pub tags: BTreeSet<Tag>,
    /// What belongs to its kind.
    pub particulars: Particulars,
}

impl Plan {
    /// An entry of a kind for today.
    pub fn new(kind: Kind, particulars: Particulars, context: &Context) -> Plan {
        Plan {
            kind,
            day: context.today(),
            at: None,
            tags: BTreeSet::new(),
            particulars,
        }
    }

    /// What a draft was to become; `None` where that is a page.
    pub fn resumed(draft: &DraftMetadata, context: &Context) -> Option<Plan> {
        let kind = draft.kind.as_deref()?.parse().ok()?;
        let fields = draft.fields.iter();
        let fields = fields.map(|(name, value)| (name.as_str(), value.as_str()));
        let today = context.today();
        let day = draft.day.parse().ok().filter(|day| *day <= today);
        Some(Plan {
            kind,
            day: day.unwrap_or(today),
            at: draft.written_at.as_deref().and_then(|at| at.parse().ok()),
            tags: draft
                .tags
                .iter()
                .filter_map(|tag| tag.parse().ok())
                .collect(),
            particulars: Particulars::read(fields).unwrap_or_default(),
        })
    }

    /// The same as flags would say it, to keep beside a draft.
    pub fn drafted(&self, context: &Context) -> DraftMetadata {
        let fields = self.particulars.fields().into_iter();
        DraftMetadata {
            begun: context.environment.clock.now().to_rfc3339(),
            day: self.day.to_string(),
            written_at: self.at.map(|at| at.to_rfc3339()),
            tags: self.tags.iter().map(Tag::to_string).collect(),
            kind: Some(self.kind.name().to_owned()),
            fields: fields
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<BTreeMap<_, _>>(),
            ..DraftMetadata::default()
        }
    }

    /// The entry with its text.
    pub fn with(self, text: String, context: &Context) -> NewEntry {
        NewEntry {
            kind: self.kind,
            day: self.day,
            written_at: self.at.unwrap_or(context.environment.clock.now()),
            text,
            tags: self.tags,
            particulars: self.particulars,
        }
    }
}

/// Saves an entry whose text is here. If that fails and there is text, it becomes a draft.
///
/// # Errors
/// [`crate::Error::Unsaved`] when it could not be saved and the text is kept.
pub fn save(
    plan: Plan,
    text: String,
    draft: Option<Draft>,
    session: &mut Session<'_>,
) -> Result<Entry> {
    let context = session.context();
    let drafted = plan.drafted(context);
    let new = plan.with(text.clone(), context);
    let now = context.environment.clock.now();
    let saved = session
        .journal()
        .and_then(|journal| journal.add(vec![new], now))
        .and_then(|mut added| added.pop().ok_or(crate::Error::Interrupted));
    match saved {
        Ok(entry) => {
            if let Some(draft) = draft {
                session.remove_draft(draft);
            }
            Ok(entry)
        }
        Err(error) if draft.is_some() => Err(unsaved(Kept::AsDraft, error)),
        Err(error) => Err(keep(&drafted, &text, error, session)),
    }
}

/// Text that is being typed, kept as a draft from its first line on: not even a machine that
/// dies takes it.
#[derive(Debug)]
pub struct Held {
    drafted: DraftMetadata,
    draft: Option<Draft>,
}

impl Held {
    /// Nothing yet of what is to become an entry.
    pub fn nothing(plan: &Plan, context: &Context) -> Held {
        Held {
            drafted: plan.drafted(context),
            draft: None,
        }
    }

    /// Keeps the text as it is now. What cannot be kept on the disk is in memory still.
    pub fn hold(&mut self, text: &str, session: &mut Session<'_>) {
        let page = editor::compose(text, "");
        self.draft = match self.draft.take() {
            None => session.begin_draft(&self.drafted, &page).ok(),
            Some(mut draft) => draft.rewrite(&page).is_ok().then_some(draft),
        };
        // With an encrypted journal the draft lies in memory.
        if let Some(draft) = &mut self.draft {
            let _ = session.secure_draft(draft);
        }
    }

    /// The draft, if it has the whole text.
    pub fn draft(self) -> Option<Draft> {
        self.draft
    }
}

/// Keeps what was typed and could not be saved, and says where.
pub fn keep(
    drafted: &DraftMetadata,
    text: &str,
    error: crate::Error,
    session: &mut Session<'_>,
) -> crate::Error {
    if text.trim().is_empty() {
        return error;
    }
    let kept = session.keep_text(drafted, text);
    desk::kept_or_printed(kept, text.as_bytes(), error, &session.context().output)
}

/// The text that arguments or standard input hold; `None` where there is none but blanks.
///
/// # Errors
/// [`crate::Error::Unsaved`] for what is no text.
pub fn text_from(
    words: &[OsString],
    plan: &Plan,
    session: &mut Session<'_>,
) -> Result<Option<String>> {
    session.unlock()?;
    let drafted = plan.drafted(session.context());
    let bytes = match words {
        [] => desk::from_standard_input(&drafted, session)?,
        [dash] if dash == "-" => desk::from_standard_input(&drafted, session)?,
        words => words.join(" ".as_ref()).into_encoded_bytes(),
    };
    let text = desk::readable(bytes, session)?;
    if words.iter().any(|word| word != "-") {
        desk::tell_of_shells(session);
    }
    Ok((!text.trim().is_empty()).then_some(text))
}

/// Opens the editor, on a draft or on an empty page, and saves what comes back.
///
/// # Errors
/// As [`save`].
pub fn in_editor(
    plan: Plan,
    draft: Option<Draft>,
    help: &str,
    session: &mut Session<'_>,
) -> Result<Status> {
    let context = session.context();
    // Before a word is typed: whatever is wrong with the journal is said now.
    session.journal()?;
    let (draft, text) = match draft {
        Some(mut draft) => match desk::text_of(&draft) {
            Ok(text) => {
                draft.rewrite(&editor::compose(&text, help))?;
                (draft, text)
            }
            // No text, or too much of it: whoever sits there can mend it.
            Err(_) => (draft, String::new()),
        },
        None => {
            let page = editor::compose("", help);
            let draft = session.begin_draft(&plan.drafted(context), &page)?;
            (draft, String::new())
        }
    };
    let before = Before {
        text: &text,
        help,
        saved: false,
    };
    match desk::in_editor(draft, before, session)? {
        EditorResult::Written(draft, text) => {
            let entry = save(plan, text, Some(draft), session)?;
            report(&entry, context)
        }
        EditorResult::Empty { draft_waits: true } => {
            context.output.status(desk::DRAFT_KEPT);
            Ok(Status::NothingDone)
        }
        EditorResult::Empty { .. } | EditorResult::Untouched => nothing(context),
    }
}

/// Goes on with a draft.
///
/// # Errors
/// As [`save`].
pub fn take_up(plan: Plan, draft: Draft, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    if context.environment.terminal.input {
        let help = format!("\n{}, {}\n", plan.kind.with_article(), plan.day.long());
        return in_editor(plan, Some(draft), &help, session);
    }
    let text = desk::text_of(&draft)?;
    let entry = save(plan, text, Some(draft), session)?;
    report(&entry, context)
}

/// Says that there was nothing to save.
///
/// # Errors
/// None.
pub fn nothing(context: &Context) -> Result<Status> {
    context
        .output
        .status("Nothing was written, so nothing is saved.");
    Ok(Status::NothingDone)
}

/// Says where an entry was filed, and as what.
///
/// # Errors
/// Standard output that cannot be written to.
pub fn report(entry: &Entry, context: &Context) -> Result<Status> {
    say(entry, context);
    if context.output.json {
        context
            .output
            .show(&entry::One(&entry.clone().veiled(context.today())))?;
    }
    Ok(Status::Done)
}

/// The same in words alone.
pub fn say(entry: &Entry, context: &Context) {
    let facts = entry::facts(entry);
    let facts = match (entry.kind, facts.is_empty()) {
        (Kind::Urge | Kind::Contact, false) => format!(" ({})", facts.join(", ")),
        _ => String::new(),
    };
    let more = match (entry.kind, entry.particulars.open_on) {
        (Kind::Letter, Some(day)) => format!(" It is sealed until {}.", day.long()),
        (Kind::Letter, None) => " It will not be sent.".to_owned(),
        (Kind::Reason, _) if entry.particulars.first => " It stands on top.".to_owned(),
        _ => String::new(),
    };
    context.output.status(&format!(
        "Saved #{}, {}, for {}{facts}.{more}",
        entry.number,
        entry.kind.with_article(),
        context.day(entry.day)
    ));
}
