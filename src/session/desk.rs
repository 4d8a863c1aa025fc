//! Takes text from a person: from their editor or from standard input. If anything goes wrong,
//! the text is kept and the error says where.

use std::io::Read;
use std::path::Path;
use std::sync::mpsc;

use super::Session;
use crate::drafts::{self, Draft, DraftMetadata, DraftPlaces, Drafts, FileBeside, page_file};
use crate::environment::{self, Terminals};
use crate::error::{Error, KeptText, Result};
use crate::journal::ClosedJournal;
use crate::model::entry::MAX_TEXT;
use crate::output::Output;
use crate::terminal::editor::{Editor, EditorMode};
use crate::terminal::stop::{CtrlC, StopRequests};
use crate::view::text;

/// The longest draft file that is read, in bytes: the longest text and the help below it.
const LONGEST_DRAFT_FILE: usize = MAX_TEXT + 1_000_000;

/// The message for a draft that came back empty from the editor and is kept.
pub const DRAFT_KEPT: &str = "The page came back empty, so the draft is kept as it was. To throw \
                              it away: onward write --discard-draft.";

/// The contents of a draft before the editor opens it.
#[derive(Debug, Clone, Copy)]
pub struct EditorInput<'a> {
    /// The writer's text.
    pub text: &'a str,
    /// The help text below the scissors line.
    pub help: &'a str,
    /// `true` if the text is also saved in the journal. If not, the draft is its only copy.
    pub saved: bool,
}

/// The result of editing a draft.
pub enum EditorResult {
    /// A text to save, without trailing line ends that the editor added. The caller removes the
    /// draft after saving.
    Written(Draft, String),
    /// Nothing but white space. The draft is removed, unless it was the only copy of a text:
    /// then it holds its former text again, and waits.
    Empty {
        /// `true` if the draft waits.
        draft_waits: bool,
    },
    /// The text is the one that is saved already. The draft is removed.
    Untouched,
}

/// Opens a draft in the editor and reads the result.
///
/// # Errors
/// [`Error::Unsaved`] if the editor failed and left a text, which is kept; the plain
/// [`Error::Editor`] or [`Error::Interrupted`] if there is no text.
pub fn edit_draft(
    mut draft: Draft,
    before: EditorInput<'_>,
    session: &mut Session<'_>,
) -> Result<EditorResult> {
    // Longer than a screen: an arm for each way in which an editor can end, what matters most first.
    let page = draft.at_hand()?;
    let saved_at = |page: &Path| {
        let found = page.symlink_metadata();
        found.and_then(|page| page.modified()).ok()
    };
    let begun_at = saved_at(&page);
    let swap = draft.beside().into_iter().find(FileBeside::is_swap);
    let (ended, waits) = edit(&mut draft, &page, swap.is_some(), session);
    let is_saved = saved_at(&page) != begun_at;
    if let (Some(swap), Ok(()), true) = (&swap, &ended, is_saved) {
        // The editor recovered the text from it, and what it recovered is saved. It would ask
        // about the swap file again.
        let _ = std::fs::remove_file(&swap.path);
    }
    let text = text_of_draft(&draft)?;
    let empty = text.trim().is_empty();
    let untouched = before.saved && text == before.text;
    if !empty && !untouched {
        return match ended {
            Ok(_) => Ok(EditorResult::Written(draft, text)),
            Err(error) => {
                if matches!(error, Error::Interrupted) {
                    session.leave_draft(draft);
                }
                Err(unsaved_error(KeptText::AsDraft, error))
            }
        };
    }
    if empty && !before.saved && !before.text.trim().is_empty() {
        // An emptied page may be a mistake or a crash of the editor, and this is the only copy.
        // Restore it; only --discard-draft removes it.
        if let Err(error) = draft.rewrite(&page_file::compose(before.text, before.help)) {
            let kept = session.keep_text(&draft.metadata(), before.text);
            return Err(print_unless_kept(
                kept,
                before.text.as_bytes(),
                error,
                &session.context().output,
            ));
        }
        return match ended {
            Ok(_) => Ok(EditorResult::Empty { draft_waits: true }),
            Err(error) => Err(unsaved_error(KeptText::AsDraft, error)),
        };
    }
    match ended {
        // A failed editor may have left a swap file with text beside the draft, and a window
        // may still be open: keep the folder in both cases.
        Err(error @ Error::Interrupted) => {
            session.leave_draft(draft);
            return Err(error);
        }
        Err(error) if !draft.is_bare() => return Err(unsaved_error(KeptText::AsDraft, error)),
        Ok(_) if let Some(file) = draft.beside_with_news(before.text).first() => {
            session.tell_of_beside(file);
            session.leave_draft(draft);
            return Ok(EditorResult::Empty { draft_waits: true });
        }
        // An editor that did not wait may have its window open, and nobody can tell: a launcher
        // takes its time. If the page is never saved, it goes at a later `onward write`.
        Ok(_) if !is_saved && !waits => {
            session.leave_draft(draft);
            session.context().output.hint(
                "If the editor's window is still open, save the page there and run onward write \
                 --resume. To have it wait next time, add its flag to EDITOR, such as --wait",
            );
        }
        ended => {
            session.remove_draft(draft, before.text);
            ended?;
        }
    }
    Ok(if empty {
        EditorResult::Empty { draft_waits: false }
    } else {
        EditorResult::Untouched
    })
}

/// Warns once per encrypted journal that shells keep arguments in their history. Call it after
/// text was taken from arguments.
pub fn tell_of_shells(session: &mut Session<'_>) {
    let context = session.context();
    // Without a terminal nobody reads the warning, and a script has no history.
    if context.environment.terminal.error && session.tells_now("arguments") {
        context.output.hint(
            "Shells keep such lines in their history, where the journal's passphrase does not \
             protect them. Without a text, the command opens your editor.",
        );
    }
}

/// Runs the editor on a page. The page of an encrypted journal lies in memory and is stored in
/// the journal after each save of the editor, which is told to leave no traces if it can be.
fn edit(
    draft: &mut Draft,
    page: &Path,
    recovers: bool,
    session: &mut Session<'_>,
) -> (Result<()>, bool) {
    let context = session.context();
    let command = context.config.editor.as_deref();
    let editor = match Editor::find(command.or(context.environment.editor.as_deref())) {
        Ok(editor) if recovers => editor.recovering(),
        Ok(editor) => editor,
        Err(error) => return (Err(error), true),
    };
    let ended = run_editor(&editor, draft, page, session);
    (ended, editor.surely_waits())
}

fn run_editor(
    editor: &Editor,
    draft: &mut Draft,
    page: &Path,
    session: &mut Session<'_>,
) -> Result<()> {
    let context = session.context();
    if !session.is_encrypted() {
        return editor.edit(page, EditorMode::AsUsual, &mut || {});
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
    editor.edit(page, EditorMode::Discreet, &mut || {
        let now = changed();
        // A half-written save triggers another event; if the journal is busy, retry at the next
        // tick.
        if now != seen && session.secure_draft(draft).is_ok() {
            seen = now;
        }
    })
}

/// The drafts that wait, the newest first. Removes those of another day that say nothing.
///
/// # Errors
/// [`Error::Io`] if a folder of drafts cannot be read.
pub fn waiting_drafts(session: &mut Session<'_>) -> Result<Vec<Draft>> {
    let now = session.context().environment.clock.now();
    let mut waiting = Vec::new();
    for draft in session.waiting_drafts()? {
        if draft.says_something() {
            waiting.push(draft);
            continue;
        }
        // An editor may have it open in a window; nobody leaves one open for so long.
        let begun = chrono::DateTime::parse_from_rfc3339(&draft.metadata().begun);
        if begun.map_or(true, |begun| now - begun > chrono::TimeDelta::days(1)) {
            session.remove_draft(draft, "");
        }
    }
    Ok(waiting)
}

/// The writer's text in a draft: everything above the scissors line.
///
/// # Errors
/// [`Error::Unsaved`] if it is no text or too long; [`Error::Io`] if it cannot be read.
pub fn text_of_draft(draft: &Draft) -> Result<String> {
    let read = |bytes: Vec<u8>| {
        let file = match bytes.len() {
            ..=LONGEST_DRAFT_FILE => {
                String::from_utf8(bytes).map_err(|error| not_utf8(&error))?
            }
            _ => return Err(Error::TooLong { limit: MAX_TEXT }),
        };
        let text = page_file::written(&file.replace("\r\n", "\n"));
        match text.len() {
            ..=MAX_TEXT => Ok(text),
            _ => Err(Error::TooLong { limit: MAX_TEXT }),
        }
    };
    let bytes = draft.read(LONGEST_DRAFT_FILE)?.unwrap_or_default();
    read(bytes).map_err(|error| unsaved_error(KeptText::AsDraft, error))
}

/// Reads standard input to its end, or until it is longer than any text may be. If a signal
/// arrives first, the bytes that were read by then are kept.
///
/// # Errors
/// [`Error::Unsaved`] if reading stopped after some bytes, which are kept as a draft with this
/// metadata; [`Error::Interrupted`] or [`Error::Io`] if there were none.
pub fn bytes_from_standard_input(
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
    Err(print_unless_kept(kept, &bytes, broken_off, output))
}

/// Keeps the text that still waits in standard input after a command failed without reading it.
/// The person may have it nowhere else.
pub fn keep_unread_input(error: Error, session: &mut Session<'_>) -> Error {
    let output = &session.context().output;
    keep_unread_input_by(error, output, |bytes| session.set_aside(bytes))
}

/// The same before a session exists, so that nothing has the journal open. `journal` is `None`
/// if its path is unknown.
pub fn keep_unread_input_without_session(
    error: Error,
    journal: Option<&Path>,
    output: &Output,
) -> Error {
    keep_unread_input_by(error, output, |bytes| {
        let last_resort = environment::folders_of_last_resort();
        let Some(journal) = journal else {
            return drafts::set_aside_in(&last_resort, bytes);
        };
        let drafts = match ClosedJournal::at(journal).is_encrypted() {
            true => Drafts::of(journal).encrypted(DraftPlaces {
                in_memory: environment::folders_in_memory(),
                on_disk: false,
            }),
            false => Drafts::of(journal),
        };
        drafts.set_aside(None, bytes, &last_resort)
    })
}

fn keep_unread_input_by(
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
    print_unless_kept(set_aside(&bytes), &bytes, error, output)
}

/// Reads standard input until its end or until it is longer than any text may be. Returns the
/// bytes, and the error that stopped it early.
fn read_standard_input() -> (Vec<u8>, Option<Error>) {
    #[derive(Clone)]
    enum Event {
        Chunk(Vec<u8>),
        End,
        Failed(std::io::ErrorKind),
        Stop,
    }
    let (send, events) = mpsc::channel();
    // Hold the signals back until the program ends: the text is about to be saved.
    let mut stop = StopRequests::begin(CtrlC::Stops);
    stop.send(send.clone(), Event::Stop);
    stop.hold_until_exit();
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

/// Decodes bytes as text. Bytes that are no text, or too many, are kept as they came.
///
/// # Errors
/// [`Error::Unsaved`] with the first bad byte and the place where the bytes are kept.
pub fn text_from_bytes(bytes: Vec<u8>, session: &mut Session<'_>) -> Result<String> {
    let mut set_aside = |bytes: &[u8], error: Error| {
        let kept = session.set_aside(bytes);
        print_unless_kept(kept, bytes, error, &session.context().output)
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

/// An error after text was typed, with the place where the text is kept.
pub fn unsaved_error(kept: KeptText, source: Error) -> Error {
    Error::Unsaved {
        kept,
        source: Box::new(source),
    }
}

/// The error for a text that could not be saved. If it could not be kept anywhere either,
/// prints it to standard output, the last place that is left.
pub fn print_unless_kept(
    kept: Option<KeptText>,
    bytes: &[u8],
    error: Error,
    output: &Output,
) -> Error {
    let kept = kept.unwrap_or_else(|| {
        let _ = output.print(&format!("{}\n", String::from_utf8_lossy(bytes)));
        KeptText::Printed
    });
    unsaved_error(kept, error)
}
