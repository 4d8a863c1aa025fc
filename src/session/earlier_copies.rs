//! Handles copies of the journal from before it was encrypted, decrypted or given another
//! passphrase.

use std::fs;
use std::path::PathBuf;

use super::Context;
use crate::error::{Error, Result};
use crate::journal::{CopyReason, EarlierCopy};
use crate::view::text;

/// Lists copies that open in another way than the journal does now, and removes them if
/// `remove` is set or the person says yes. Returns the paths of the copies that are left.
///
/// # Errors
/// [`Error::Io`] for a copy that cannot be removed.
pub fn offer_to_remove_copies(
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
            // Name `rm` and not the flag: the command has already run, and running it again
            // would fail.
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
