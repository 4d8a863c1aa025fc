//! A line of a page: spans of text, each in a style.

use std::borrow::Cow;
use std::ops::Add;

use super::text;

/// The way in which a piece of text stands out. A style must never be the only carrier of a
/// meaning: it is lost without colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Ordinary text.
    Plain,
    /// Titles.
    Strong,
    /// Text that a reader may skip.
    Faint,
    /// The question and the next step.
    Accent,
    /// Something that is done.
    Good,
    /// Something that went wrong.
    Error,
    /// The writer's own Markdown.
    Written(Look),
}

impl Style {
    /// A line of text in this style. Wrap and cut the text first: a styled line cannot be cut.
    pub fn on(self, text: impl Into<String>) -> Line {
        let text = text.into();
        Line {
            spans: vec![Span { style: self, text }],
        }
    }
}

/// A stretch of a line in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The way in which it stands out.
    pub style: Style,
    /// Its text, which is already safe for a terminal and has no line end.
    pub text: String,
}

/// A line of a page, or a piece of one. `+` joins pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    spans: Vec<Span>,
}

impl Line {
    /// Its spans, from left to right.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Its width in columns.
    pub fn width(&self) -> usize {
        let widths = self.spans.iter().map(|span| text::width(&span.text));
        widths.sum()
    }

    /// The line with blanks appended until it is `columns` columns wide.
    #[must_use]
    pub fn padded_to(self, columns: usize) -> Line {
        let blanks = columns.saturating_sub(self.width());
        self + " ".repeat(blanks)
    }

    /// The line without white space at its end.
    pub(super) fn trimmed(mut self) -> Line {
        while let Some(last) = self.spans.last_mut() {
            last.text.truncate(last.text.trim_end().len());
            if !last.text.is_empty() {
                break;
            }
            self.spans.pop();
        }
        self
    }
}

impl From<String> for Line {
    fn from(text: String) -> Line {
        Style::Plain.on(text)
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Line {
        Line::from(text.to_owned())
    }
}

impl From<Cow<'_, str>> for Line {
    fn from(text: Cow<'_, str>) -> Line {
        Line::from(text.into_owned())
    }
}

impl<T: Into<Line>> Add<T> for Line {
    type Output = Line;

    fn add(mut self, next: T) -> Line {
        let next = next.into().spans;
        self.spans
            .extend(next.into_iter().filter(|span| !span.text.is_empty()));
        self
    }
}

impl<T: Into<Line>> FromIterator<T> for Line {
    fn from_iter<I: IntoIterator<Item = T>>(pieces: I) -> Line {
        pieces
            .into_iter()
            .fold(Line::default(), |line, piece| line + piece)
    }
}

/// A set of looks that a piece of Markdown text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look(u8);

impl Look {
    /// No look.
    pub const PLAIN: Look = Look(0);
    /// Strong emphasis.
    pub const STRONG: Look = Look(1);
    /// Emphasis.
    pub const EMPHASIS: Look = Look(2);
    /// Code within a line.
    pub const CODE: Look = Look(4);
    /// The address of a link.
    pub const TARGET: Look = Look(8);
    /// Lines of code.
    pub const CODE_BLOCK: Look = Look(16);
    /// A heading.
    pub const HEADING: Look = Look(32);

    /// The union of two sets.
    pub fn with(self, other: Look) -> Look {
        Look(self.0 | other.0)
    }

    pub(super) fn without(self, other: Look) -> Look {
        Look(self.0 & !other.0)
    }

    /// Returns `true` if the sets have a look in common.
    pub fn has(self, other: Look) -> bool {
        self.0 & other.0 != 0
    }
}
