//! The escaping of stored text for a document that a browser reads.

use std::fmt::{self, Display, Write};

use askama::filters::HtmlSafe;

/// A stored text in which nothing is invisible or turns other text round. The template, or
/// [`push`], escapes `&`, `<`, `>` and quotes besides.
///
/// Control characters become the pictures that Unicode has for them, as HTML cannot write most of
/// them. The two characters that turn the text after them round are shown by their numbers. Those
/// that only mark the direction of a script stay: Hebrew and Arabic need them, and they do not
/// reach out of the element that holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ShownText<'a>(pub(super) &'a str);

impl Display for ShownText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(needs_showing) {
            f.write_str(&rest[..at])?;
            let mut after = rest[at..].chars();
            match after.next() {
                Some(c @ '\0'..='\x1f') => {
                    f.write_char(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'))?;
                }
                Some('\x7f') => f.write_char('\u{2421}')?,
                Some('\u{2028}' | '\u{2029}') => f.write_char('\n')?,
                Some(c) => write!(f, "<U+{:04X}>", u32::from(c))?,
                None => {}
            }
            rest = after.as_str();
        }
        f.write_str(rest)
    }
}

fn needs_showing(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202d}' | '\u{202e}' | '\u{2028}' | '\u{2029}')
}

/// Appends a stored text, shown and escaped.
pub(super) fn push(out: &mut String, text: &str) {
    // Ignore the result: writing to a string does not fail.
    let _ = write!(EscapingWriter(out), "{}", ShownText(text));
}

struct EscapingWriter<'a>(&'a mut String);

impl Write for EscapingWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            self.0.push_str(&rest[..at]);
            self.0.push_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            });
            rest = &rest[at + 1..];
        }
        self.0.push_str(rest);
        Ok(())
    }
}

/// HTML that this program made. All stored text in it is escaped already, so the template writes
/// it as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EscapedHtml<T>(pub(super) T);

impl<T: AsRef<str>> Display for EscapedHtml<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_ref())
    }
}

impl<T: AsRef<str>> HtmlSafe for EscapedHtml<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        push(&mut out, text);
        out
    }

    #[test]
    fn what_acts_on_a_document_is_shown() {
        assert_eq!(
            escaped("<b a=\"'\"> & \u{1b}[2J\0\r\u{7f}\u{9b}\u{202e}x\u{2028}y\tz\n"),
            "&lt;b a=&quot;&#39;&quot;&gt; &amp; ␛[2J␀␍␡&lt;U+009B&gt;&lt;U+202E&gt;x\ny\tz\n"
        );
        // A typed entity stays text.
        assert_eq!(escaped("&lt;&#60;"), "&amp;lt;&amp;#60;");
    }

    #[test]
    fn scripts_that_run_from_right_to_left_keep_their_marks() {
        let text = "\u{200f}שלום\u{200e}, \u{2067}مرحبا\u{2069}";
        assert_eq!(escaped(text), text);
    }

    proptest! {
        #[test]
        fn no_text_holds_markup(text in any::<String>()) {
            let escaped = escaped(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            prop_assert!(!escaped.contains(needs_showing));
        }
    }
}
