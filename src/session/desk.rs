//! Taking text from a person: from their editor, or from standard input. Whatever goes wrong
//! on the way, the text is kept, and the error says where.

use std::io::Read;
use std::path::Path;
use std::sync::mpsc;

use super::Session;
use crate::drafts::{self, Draft, DraftMetadata, DraftPlaces, Drafts, page_file};
use crate::environment::{self, Terminals};
use crate::error::{Error, KeptText, Result};
use crate::journal::ClosedJournal;
use crate::model::entry::MAX_TEXT;
use crate::output::Output;
use crate::terminal::editor::{Editor, Ended, Manner};
use crate::terminal::stop::{CtrlC, Stop};
use crate::view::text;

/// The longest file of a draft that is read: the longest text, and below it what helps.
const MAX_FILE: usize = MAX_TEXT + 1_000_000;

/// What is said where a draft came back empty and is not thrown away for that.
pub const DRAFT_KEPT: &str = "The page came back empty, so the draft is kept as it was. To throw \
                              it away: onward write --discard-draft.";

/// What a draft says before it goes to the editor.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// The writer's text.
    pub text: &'a str,
    /// What stands below the scissors.
    pub help: &'a str,
    /// Whether it is saved elsewhere, or this draft is all there is of it.
    pub saved: bool,
}

/// What came back from the editor.
pub enum EditorResult {
    /// A text to save, without the line ends that nobody typed. The draft is to be removed
    /// when that is done.
    Written(Draft, String),
    /// Nothing but white space. The draft is gone, unless it was all there was of a text:
    /// then it says again what it said before, and waits.
    Empty {
        /// Whether it waits.
        draft_waits: bool,
    },
    /// A text that is saved already. The draft is gone.
    Untouched,
}

/// Opens a draft in the editor and reads what comes back.
///
/// # Errors
/// [`Error::Unsaved`] when the editor failed and there is text to keep, the error itself
/// when there is none.
pub fn in_editor(
    mut draft: Draft,
    before: Before<'_>,
    session: &mut Session<'_>,
) -> Result<EditorResult> {
    let page = draft.at_hand()?;
    let ended = edit(&mut draft, &page, session);
    let text = text_of(&draft)?;
    let empty = text.trim().is_empty();
    let untouched = before.saved && text == before.text;
    if !empty && !untouched {
        return match ended {
            Ok(_) => Ok(EditorResult::Written(draft, text)),
            Err(error) => {
                if matches!(error, Error::Interrupted) {
                    session.leave_draft(draft);
                }
                Err(unsaved(KeptText::AsDraft, error))
            }
        };
    }
    if empty && !before.saved && !before.text.trim().is_empty() {
        // Whether it was meant or the editor failed: it goes by --discard-draft only.
        if let Err(error) = draft.rewrite(&page_file::compose(before.text, before.help)) {
            let kept = session.keep_text(&draft.metadata(), before.text);
            return Err(kept_or_printed(
                kept,
                before.text.as_bytes(),
                error,
                &session.context().output,
            ));
        }
        return match ended {
            Ok(_) => Ok(EditorResult::Empty { draft_waits: true }),
            Err(error) => Err(unsaved(KeptText::AsDraft, error)),
        };
    }
    match ended {
        // An editor that failed may have left its swap file, and one that is still open its
        // window: neither is nothing.
        Err(error @ Error::Interrupted) => {
            session.leave_draft(draft);
            return Err(error);
        }
        Err(error) if !draft.is_bare() => return Err(unsaved(KeptText::AsDraft, error)),
        ended => {
            session.remove_draft(draft);
            if ended? == Ended::AtOnce {
                session.context().output.status(
                    "The editor came back at once. If it opens a window of its own, put its \
                     flag to wait into EDITOR.",
                );
            }
        }
    }
    Ok(if empty {
        EditorResult::Empty { draft_waits: false }
    } else {
        EditorResult::Untouched
    })
}

/// Says once of an encrypted journal that a shell keeps what was typed as an argument. To be
/// called where text was.
pub fn tell_of_shells(session: &mut Session<'_>) {
    let context = session.context();
    // Nobody reads it where there is no terminal, and a script has no history.
    if context.environment.terminal.error && session.tells_now("arguments") {
        context.output.hint(
            "Shells keep such lines in their history, where the journal's passphrase does not \
             protect them. Without a text, the command opens your editor.",
        );
    }
}

/// Has the editor work on a page. That of an encrypted journal lies in memory, and is kept in
/// the journal whenever it was saved; the editor keeps nothing of it, if it can be told.
fn edit(draft: &mut Draft, page: &Path, session: &mut Session<'_>) -> Result<Ended> {
    let context = session.context();
    let command = context.config.editor.as_deref();
    let editor = Editor::find(command.or(context.environment.editor.as_deref()))?;
    if !session.is_encrypted() {
        return editor.edit(page, Manner::AsUsual, &mut || {});
    }
    let name = text::safe(editor.name()).into_owned();
    if !editor.can_be_discreet() && session.tells_now(&format!("editor {name}")) {
        context.output.status(&format!(
            "{name} may keep copies of what it edits, as backups or for recovery, where the \
             journal's passphrase does not protect them. vim and neovim are told not to."
        ));
    }
    let changed = || {
        page.symlink_metadata()
            .and_then(|page| page.modified())
            .ok()
    };
    let mut seen = changed();
    editor.edit(page, Manner::Discreet, &mut || {
        let now = changed();
        // Half of a save is followed by the other, and where the journal is busy there is a
        // next time.
        if now != seen && session.secure_draft(draft).is_ok() {
            seen = now;
        }
    })
}

/// The drafts that wait to be taken up, the newest first. One that says nothing, and beside
/// which no editor left anything, is cleared away.
///
/// # Errors
/// [`Error::Io`] when the drafts cannot be read.
pub fn waiting(session: &mut Session<'_>) -> Result<Vec<Draft>> {
    let mut waiting = Vec::new();
    for draft in session.waiting_drafts()? {
        match text_of(&draft) {
            Ok(text) if text.trim().is_empty() && draft.is_bare() => {
                session.remove_draft(draft);
            }
            _ => waiting.push(draft),
        }
    }
    Ok(waiting)
}

/// The writer's text in a draft.
///
/// # Errors
/// [`Error::Unsaved`] when it is no text or too long; [`Error::Io`] when it cannot be read.
pub fn text_of(draft: &Draft) -> Result<String> {
    let read = |bytes: Vec<u8>| {
        let file = match bytes.len() {
            ..=MAX_FILE => String::from_utf8(bytes).map_err(|error| not_utf8(&error))?,
            _ => return Err(Error::TooLong { limit: MAX_TEXT }),
        };
        let text = page_file::written(&file.replace("\r\n", "\n"));
        match text.len() {
            ..=MAX_TEXT => Ok(text),
            _ => Err(Error::TooLong { limit: MAX_TEXT }),
        }
    };
    let bytes = draft.read(MAX_FILE)?.unwrap_or_default();
    read(bytes).map_err(|error| unsaved(KeptText::AsDraft, error))
}

/// Reads standard input to its end, or a little beyond the longest text. When a signal comes
/// first, what has arrived by then is kept.
///
/// # Errors
/// [`Error::Unsaved`] when it broke off after some text; it becomes a draft with this metadata.
pub fn from_standard_input(
    metadata: &DraftMetadata,
    session: &mut Session<'_>,
) -> Result<Vec<u8>> {
    let (bytes, broken_off) = read_standard_input();
    let Some(broken_off) = broken_off else {
        return Ok(bytes);
    };
    if bytes.is_empty() {
        return Err(broken_off);
    }
    let kept = match std::str::from_utf8(&bytes) {
        Ok(text) => session.keep_text(metadata, text),
        Err(_) => session.set_aside(&bytes),
    };
    let output = &session.context().output;
    Err(kept_or_printed(kept, &bytes, broken_off, output))
}

/// Keeps what waits in standard input when a command failed before it took its text from
/// there. Whoever typed it into a pipe has it nowhere else.
pub fn keep_unread(error: Error, session: &mut Session<'_>) -> Error {
    let output = &session.context().output;
    keep_unread_by(error, output, |bytes| session.set_aside(bytes))
}

/// The same where the run did not even begin, so that nothing has the journal open. `journal` is
/// `None` where nobody can tell where that lies.
pub fn keep_unread_before(error: Error, journal: Option<&Path>, output: &Output) -> Error {
    keep_unread_by(error, output, |bytes| {
        let last_resort = environment::places_of_last_resort();
        let Some(journal) = journal else {
            return drafts::set_aside_in(&last_resort, bytes);
        };
        let drafts = match ClosedJournal::at(journal).is_encrypted() {
            true => Drafts::of(journal).encrypted(DraftPlaces {
                in_memory: environment::places_in_memory(),
                on_disk: false,
            }),
            false => Drafts::of(journal),
        };
        drafts.set_aside(None, bytes, &last_resort)
    })
}

fn keep_unread_by(
    error: Error,
    output: &Output,
    set_aside: impl FnOnce(&[u8]) -> Option<KeptText>,
) -> Error {
    let is_dealt_with = matches!(error, Error::Unsaved { .. } | Error::Interrupted);
    if is_dealt_with || Terminals::read().input {
        return error;
    }
    let (bytes, _) = read_standard_input();
    if String::from_utf8_lossy(&bytes).trim().is_empty() {
        return error;
    }
    kept_or_printed(set_aside(&bytes), &bytes, error, output)
}

/// What comes from standard input, a little beyond the longest text at most, and what broke
/// it off before its end.
fn read_standard_input() -> (Vec<u8>, Option<Error>) {
    #[derive(Clone)]
    enum Event {
        Chunk(Vec<u8>),
        End,
        Failed(std::io::ErrorKind),
        Stop,
    }
    let (send, events) = mpsc::channel();
    // For good: the text is about to be saved.
    let mut stop = Stop::begin(CtrlC::Stops);
    stop.send(send.clone(), Event::Stop);
    stop.for_good();
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        loop {
            let mut chunk = vec![0; 64 * 1024];
            let event = match input.read(&mut chunk) {
                Ok(0) => Event::End,
                Ok(read) => {
                    chunk.truncate(read);
                    Event::Chunk(chunk)
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => Event::Failed(error.kind()),
            };
            let last = !matches!(event, Event::Chunk(_));
            if send.send(event).is_err() || last {
                return;
            }
        }
    });

    let mut bytes = Vec::new();
    while bytes.len() <= MAX_TEXT {
        match events.recv() {
            Ok(Event::Chunk(chunk)) => bytes.extend(chunk),
            Ok(Event::End) | Err(_) => break,
            Ok(Event::Stop) => return (bytes, Some(Error::Interrupted)),
            Ok(Event::Failed(kind)) => {
                let doing = "read standard input".to_owned();
                let source = kind.into();
                return (bytes, Some(Error::Io { doing, source }));
            }
        }
    }
    (bytes, None)
}

/// Bytes as text, or the place where they are none; then they are kept as they came.
///
/// # Errors
/// [`Error::Unsaved`].
pub fn readable(bytes: Vec<u8>, session: &mut Session<'_>) -> Result<String> {
    let mut set_aside = |bytes: &[u8], error: Error| {
        let kept = session.set_aside(bytes);
        kept_or_printed(kept, bytes, error, &session.context().output)
    };
    if bytes.len() > MAX_TEXT {
        return Err(set_aside(&bytes, Error::TooLong { limit: MAX_TEXT }));
    }
    String::from_utf8(bytes).map_err(|error| {
        let reason = not_utf8(&error);
        set_aside(error.as_bytes(), reason)
    })
}

fn not_utf8(error: &std::string::FromUtf8Error) -> Error {
    let valid = error.utf8_error().valid_up_to();
    let line = error.as_bytes()[..valid]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count()
        + 1;
    Error::NotUtf8 {
        byte: valid + 1,
        line,
    }
}

/// An error after text was typed.
pub fn unsaved(kept: KeptText, source: Error) -> Error {
    Error::Unsaved {
        kept,
        source: Box::new(source),
    }
}

/// Where nothing could be written, standard output is the last place for what was typed.
pub fn kept_or_printed(
    kept: Option<KeptText>,
    bytes: &[u8],
    error: Error,
    output: &Output,
) -> Error {
    let kept = kept.unwrap_or_else(|| {
        let _ = output.print(&format!("{}\n", String::from_utf8_lossy(bytes)));
        KeptText::Printed
    });
    unsaved(kept, error)
}
