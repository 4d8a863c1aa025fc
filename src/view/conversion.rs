//! Shows a journal that was encrypted, decrypted or given another passphrase, and its recovery
//! sheet.

use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use super::{Line, Page, Style, View};
use crate::journal::Key;

/// The result of converting a journal, for `--json`.
#[derive(Serialize)]
pub struct Converted {
    /// The path of the journal.
    journal: String,
    /// `true` if the journal is encrypted now.
    encrypted: bool,
    /// The paths of earlier copies that still exist.
    copies: Vec<String>,
}

impl Converted {
    /// A result with the copies that are left.
    pub fn of(journal: &Path, encrypted: bool, copies: &[PathBuf]) -> Converted {
        let name = |path: &Path| path.to_string_lossy().into_owned();
        Converted {
            journal: name(journal),
            encrypted,
            copies: copies.iter().map(|copy| name(copy)).collect(),
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

/// A recovery sheet as it is printed: it opens the journal if its passphrase is forgotten.
pub struct RecoverySheet(Vec<Zeroizing<String>>);

impl RecoverySheet {
    /// The recovery sheet of a key.
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
            let number = Style::Faint.on((number + 1).to_string());
            page.line(Line::from("  ") + number + "  " + line.as_str());
        }
        page.blank();
    }
}

/// The explanation that is printed with a recovery sheet.
pub const ABOUT_THE_SHEET: &str = "It opens this journal like the passphrase does, wherever \
                                   that is asked for. Write it down or print it, keep it where \
                                   you keep what matters, and clear the screen.";
