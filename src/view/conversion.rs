//! Shows a journal that was encrypted, decrypted or given another passphrase, and its recovery
//! sheet.

use std::path::{Path, PathBuf};

use serde::Serialize;
use zeroize::Zeroizing;

use super::{Line, Page, Style, View};
use crate::journal::Key;

/// The result of converting a journal, for `--json`.
#[derive(Serialize)]
pub struct ConversionReport {
    /// The path of the journal.
    journal: String,
    /// `true` if the journal is encrypted now.
    encrypted: bool,
    /// The paths of earlier copies that still exist.
    copies: Vec<String>,
}

impl ConversionReport {
    /// A result with the copies that are left.
    pub fn of(journal: &Path, encrypted: bool, copies: &[PathBuf]) -> ConversionReport {
        let name = |path: &Path| path.to_string_lossy().into_owned();
        ConversionReport {
            journal: name(journal),
            encrypted,
            copies: copies.iter().map(|copy| name(copy)).collect(),
        }
    }
}

#[derive(Serialize)]
struct ConversionReportJson<'a> {
    converted: &'a ConversionReport,
}

impl View for ConversionReport {
    fn json(&self) -> impl Serialize {
        ConversionReportJson { converted: self }
    }

    fn human(&self, _: &mut Page) {}
}

/// A recovery sheet as it is printed: it opens the journal if its passphrase is forgotten.
pub struct RecoverySheetView(Vec<Zeroizing<String>>);

impl RecoverySheetView {
    /// The recovery sheet of a key.
    pub fn of(key: &Key) -> RecoverySheetView {
        RecoverySheetView(key.sheet())
    }
}

#[derive(Serialize)]
struct RecoverySheetJson<'a> {
    recovery: Vec<&'a str>,
}

impl View for RecoverySheetView {
    fn json(&self) -> impl Serialize {
        RecoverySheetJson {
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
pub const ABOUT_RECOVERY_SHEET: &str = "It opens this journal like the passphrase does, wherever \
                                   that is asked for. Write it down or print it, keep it where \
                                   you keep what matters, and clear the screen.";
