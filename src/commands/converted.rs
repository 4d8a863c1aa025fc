//! What `encrypt`, `decrypt` and `passphrase` have to say when they are done: about copies of
//! what the journal was, and about what a program cannot reach.

use std::fs;
use std::path::PathBuf;

use serde::Serialize;
use zeroize::Zeroizing;

use super::Context;
use crate::error::{Error, Result};
use crate::journal::{CopyReason, EarlierCopy, Key};
use crate::output::{Page, Style, View, text};

/// What a journal became, for `--json`.
#[derive(Serialize)]
pub struct Converted {
    /// Where it lies.
    journal: String,
    /// Whether it is encrypted now.
    encrypted: bool,
    /// Copies from before that are still there.
    copies: Vec<String>,
}

impl Converted {
    /// With the copies that are left.
    pub fn of(context: &Context, encrypted: bool, copies: &[PathBuf]) -> Converted {
        let name = |path: &PathBuf| path.to_string_lossy().into_owned();
        Converted {
            journal: name(&context.journal),
            encrypted,
            copies: copies.iter().map(name).collect(),
        }
    }
}

#[derive(Serialize)]
struct ConvertedJson<'a> {
    converted: &'a Converted,
}

impl View for Converted {
    fn json(&self) -> impl Serialize {
        ConvertedJson { converted: self }
    }

    fn human(&self, _: &mut Page) {}
}

/// Names copies that were made before and open otherwise than the journal does now, and removes
/// them if that is wanted; returns those that are left.
///
/// # Errors
/// [`Error::Io`] for one that cannot be removed.
pub fn deal_with_copies(
    copies: Vec<EarlierCopy>,
    remove: bool,
    context: &Context,
) -> Result<Vec<PathBuf>> {
    let paths = |copies: &[EarlierCopy]| copies.iter().map(|copy| copy.path.clone()).collect();
    if copies.is_empty() {
        return Ok(Vec::new());
    }
    for copy in &copies {
        let what = match copy.reason {
            CopyReason::BeforeUpdate => "A copy from before an update",
            CopyReason::BeforeRestore => "A copy from before a backup was restored",
            CopyReason::AsBackup => "A backup",
        };
        let how = if copy.is_encrypted() {
            "opens with an earlier passphrase"
        } else {
            "is not encrypted"
        };
        let name = text::safe(&copy.path.to_string_lossy()).into_owned();
        context.output.status(&format!("{what} {how}: {name}."));
    }
    let (them, it_is) = match copies.len() {
        1 => ("it", "It is"),
        _ => ("them", "They are"),
    };
    let asks = !remove && context.environment.terminal.input && !context.output.json;
    let remove = remove
        || asks && context.confirm(&format!("Remove {them}? y or n:"), "--remove-copies")?;
    if !remove {
        if !asks {
            // The flag would come too late now.
            let quoted = |copy: &EarlierCopy| {
                let path = copy.path.to_string_lossy();
                text::safe(&shell_words::quote(&path)).into_owned()
            };
            let words: Vec<String> = copies.iter().map(quoted).collect();
            context
                .output
                .hint(&format!("To remove {them}: rm {}", words.join(" ")));
        }
        return Ok(paths(&copies));
    }
    for copy in &copies {
        fs::remove_file(&copy.path).map_err(|error| Error::io("remove", &copy.path, error))?;
    }
    context.output.status(&format!("{it_is} removed."));
    if copies
        .iter()
        .any(|copy| copy.reason == CopyReason::AsBackup)
    {
        context
            .output
            .hint("For a backup of it as it is now: onward backup");
    }
    Ok(Vec::new())
}

/// What opens a journal when its passphrase is forgotten, to be kept on paper.
pub struct RecoverySheet(Vec<Zeroizing<String>>);

impl RecoverySheet {
    /// The sheet of a key.
    pub fn of(key: &Key) -> RecoverySheet {
        RecoverySheet(key.sheet())
    }
}

#[derive(Serialize)]
struct SheetJson<'a> {
    recovery: Vec<&'a str>,
}

impl View for RecoverySheet {
    fn json(&self) -> impl Serialize {
        SheetJson {
            recovery: self.0.iter().map(|line| line.as_str()).collect(),
        }
    }

    fn human(&self, page: &mut Page) {
        page.blank();
        for (number, line) in self.0.iter().enumerate() {
            let number = page.paint(Style::Faint, &format!("{}", number + 1));
            page.line(format!("  {number}  {}", line.as_str()));
        }
        page.blank();
    }
}

/// What a recovery sheet is for, and what to do with it.
pub const ABOUT_THE_SHEET: &str = "It opens this journal like the passphrase does, wherever \
                                   that is asked for. Write it down or print it, keep it where \
                                   you keep what matters, and clear the screen.";
