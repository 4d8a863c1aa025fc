//! The text of an entry as Day One's JSON has it: Markdown in which plain punctuation carries
//! a backslash, with references to the attachments.
//!
//! Reading removes a backslash before ASCII punctuation and keeps any other (CommonMark 2.4);
//! `![](dayone-moment:…)` becomes the name that the caller gives that attachment. In code,
//! between backticks or in a fenced block, both stay as they are, for there a backslash is a
//! backslash. Four spaces before a line make no code: people indent.
//!
//! Writing keeps the text, which is Markdown already, and doubles every backslash outside code,
//! so that a reader of Markdown sees one again.

use std::collections::HashMap;
use std::ops::Range;

/// A reference to an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AttachmentRef<'a> {
    /// `video`, `audio`, `pdfAttachment`; empty for a photo.
    pub(super) kind: &'a str,
    /// The attachment's `identifier`.
    pub(super) id: &'a str,
}

const MOMENT: &str = "![](dayone-moment:";

/// The text without its escapes, and with the name of each attachment that `name` returns.
pub(super) fn plain(text: &str, mut name: impl FnMut(AttachmentRef<'_>) -> String) -> String {
    if !text.contains(['\\', '!']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            TextStretch::Code(range) | TextStretch::Prose(range) => out.push_str(&text[range]),
            TextStretch::Escaped(at) => out.push_str(&text[at + 1..at + 2]),
            TextStretch::Attachment(range) => out.push_str(&name(moment(&text[range]))),
        }
    }
    out
}

/// The text with the escapes it needs: [`plain`] turns it back.
pub(super) fn escaped(text: &str) -> String {
    if !text.contains(['\\', '!']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for piece in pieces(text) {
        match piece {
            TextStretch::Code(range) => out.push_str(&text[range]),
            TextStretch::Prose(range) => out.push_str(&text[range].replace('\\', "\\\\")),
            // Escape the character too: its backslash took its meaning away, and a doubled one no
            // longer does.
            TextStretch::Escaped(at) => {
                out.push_str("\\\\\\");
                out.push_str(&text[at + 1..at + 2]);
            }
            // This only looks like an attachment: there are none when writing.
            TextStretch::Attachment(range) => {
                out.push_str("!\\");
                out.push_str(&text[range.start + 1..range.end].replace('\\', "\\\\"));
            }
        }
    }
    if plain(&out, |_| String::new()) == text {
        return out;
    }
    // Doubling a backslash has moved the borders of code. Escape all punctuation, so that nothing
    // is code.
    out.clear();
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A stretch of a text.
enum TextStretch {
    /// Code, with its backticks.
    Code(Range<usize>),
    /// Anything else. Its backslashes escape nothing.
    Prose(Range<usize>),
    /// The place of a backslash with punctuation behind it.
    Escaped(usize),
    /// A reference to an attachment.
    Attachment(Range<usize>),
}

/// The kind and the id in a whole reference.
fn moment(reference: &str) -> AttachmentRef<'_> {
    let inner = &reference[MOMENT.len()..reference.len() - 1];
    let inner = inner.trim_start_matches('/');
    match inner.split_once('/') {
        Some((kind, id)) => AttachmentRef { kind, id },
        None => AttachmentRef {
            kind: "",
            id: inner,
        },
    }
}

/// The length of the reference to an attachment that a text begins with.
fn reference(text: &str) -> Option<usize> {
    const LONGEST: usize = 200;
    let rest = text.strip_prefix(MOMENT)?;
    let end = rest.bytes().take(LONGEST).position(|byte| byte == b')')?;
    let inner = &rest.as_bytes()[..end];
    let whole = inner
        .iter()
        .all(|&byte| byte.is_ascii_alphanumeric() || b"/-_".contains(&byte));
    whole.then_some(MOMENT.len() + end + 1)
}

/// Cuts a text into pieces.
fn pieces(text: &str) -> Vec<TextStretch> {
    let mut pieces = Vec::new();
    let mut fence: Option<(u8, usize)> = None;
    // The beginning of the present paragraph or block of code.
    let mut began = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        match fence {
            Some(open) => {
                if closes(line, open) {
                    pieces.push(TextStretch::Code(began..end));
                    (fence, began) = (None, end);
                }
            }
            None => {
                fence = opens(line);
                let blank = line.trim().is_empty();
                if fence.is_some() {
                    prose(text, began..at, &mut pieces);
                    began = at;
                } else if blank {
                    prose(text, began..end, &mut pieces);
                    began = end;
                }
            }
        }
        at = end;
    }
    match fence {
        Some(_) => pieces.push(TextStretch::Code(began..at)),
        None => prose(text, began..at, &mut pieces),
    }
    pieces
}

/// The rest of a line behind the markers of quotes and lists.
fn behind_marks(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '>'])
}

/// The character and the length of the fence that a line opens a block of code with.
fn opens(line: &str) -> Option<(u8, usize)> {
    let line = behind_marks(line);
    let mark = *line
        .as_bytes()
        .first()
        .filter(|byte| b"`~".contains(byte))?;
    let length = line.bytes().take_while(|&byte| byte == mark).count();
    let names = mark == b'~' || !line[length..].contains('`');
    (length >= 3 && names).then_some((mark, length))
}

/// True if a line closes a block of code.
fn closes(line: &str, (mark, length): (u8, usize)) -> bool {
    let line = behind_marks(line).trim_end();
    line.len() >= length && line.bytes().all(|byte| byte == mark)
}

/// Cuts a paragraph into pieces. A run of backticks begins code where a run of the same
/// length follows it (CommonMark 6.1).
fn prose(text: &str, paragraph: Range<usize>, pieces: &mut Vec<TextStretch>) {
    let bytes = text.as_bytes();
    let run = |at: usize| {
        bytes[at..paragraph.end]
            .iter()
            .take_while(|&&byte| byte == b'`')
            .count()
    };
    // The place of the last run of each length, so that no search is in vain.
    let mut last = HashMap::new();
    let mut at = paragraph.start;
    while at < paragraph.end {
        let length = run(at);
        if length > 0 {
            last.insert(length, at);
        }
        at += length.max(1);
    }
    let mut began = paragraph.start;
    let mut at = paragraph.start;
    while at < paragraph.end {
        let (piece, end) = match bytes[at] {
            b'\\'
                if bytes[at + 1..paragraph.end]
                    .first()
                    .is_some_and(u8::is_ascii_punctuation) =>
            {
                (TextStretch::Escaped(at), at + 2)
            }
            b'`' => {
                let length = run(at);
                let mut end = at + length;
                if last.get(&length).is_none_or(|&last| last < end) {
                    at = end;
                    continue;
                }
                while end < paragraph.end {
                    let next = run(end);
                    end += next.max(1);
                    if next == length {
                        break;
                    }
                }
                (TextStretch::Code(at..end), end)
            }
            b'!' => match reference(&text[at..paragraph.end]) {
                Some(length) => (TextStretch::Attachment(at..at + length), at + length),
                None => {
                    at += 1;
                    continue;
                }
            },
            _ => {
                at += 1;
                continue;
            }
        };
        if began < at {
            pieces.push(TextStretch::Prose(began..at));
        }
        pieces.push(piece);
        (began, at) = (end, end);
    }
    if began < paragraph.end {
        pieces.push(TextStretch::Prose(began..paragraph.end));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        plain(text, |moment| format!("<{}:{}>", moment.kind, moment.id))
    }

    #[track_caller]
    fn reads(text: &str, as_plain: &str) {
        assert_eq!(read(text), as_plain, "{text:?}");
    }

    #[test]
    fn escapes_go_and_other_backslashes_stay() {
        reads("Home\\. Late\\, but home\\!", "Home. Late, but home!");
        reads("well\\-known \\(really\\)", "well-known (really)");
        reads("\\# no heading", "# no heading");
        reads("# A heading\\.", "# A heading.");
        reads("C:\\Users\\name", "C:\\Users\\name");
        reads("a \\\\ b", "a \\ b");
        reads("\\\\\\.", "\\.");
        reads("at the end \\", "at the end \\");
        reads("a line\\\nand another", "a line\\\nand another");
        reads("\\é \\…", "\\é \\…");
        reads("\0\\.\0", "\0.\0");
        reads("", "");
    }

    #[test]
    fn in_code_a_backslash_is_a_backslash() {
        reads("`a\\.b` and a\\.b", "`a\\.b` and a.b");
        reads("``a ` \\. b`` \\.", "``a ` \\. b`` .");
        reads(
            "```\nsed 's/\\./-/'\n```\n\\.",
            "```\nsed 's/\\./-/'\n```\n.",
        );
        reads("~~~ \nx\\.\n```\n~~~~\n\\.", "~~~ \nx\\.\n```\n~~~~\n.");
        reads("> ```\n> x\\.\n> ```\n> \\.", "> ```\n> x\\.\n> ```\n> .");
        reads("```\nnever closed \\.", "```\nnever closed \\.");
        reads("no `code \\. here", "no `code . here");
        reads("no \\`code \\. here`", "no `code . here`");
        reads("no `code\n\nhere\\.`", "no `code\n\nhere.`");
        reads("``a\\.` b", "``a.` b");
        reads("    indented\\.", "    indented.");
        reads("``` a`b\n\\.", "``` a`b\n.");
    }

    #[test]
    fn attachments_are_named() {
        reads("![](dayone-moment://6A2B)", "<:6A2B>");
        reads("a\n\n![](dayone-moment:/video/77)\nb", "a\n\n<video:77>\nb");
        reads(
            "![](dayone-moment:/audio/8)![](dayone-moment:/pdfAttachment/9)",
            "<audio:8><pdfAttachment:9>",
        );
        for other in [
            "![](https://a.example/b.png)",
            "![](dayone-moment://6A2B",
            "![](dayone-moment://6A 2B)",
            "`![](dayone-moment://6A2B)`",
            "![a](dayone-moment://6A2B)",
            "!",
        ] {
            reads(other, other);
        }
        reads("!\\[](dayone-moment://6A2B)", "![](dayone-moment://6A2B)");
    }

    #[test]
    fn a_page_is_written_as_it_is_but_for_its_backslashes() {
        for page in [
            "# Heading\n\n**Bold**, *soft*. 1. (one) - two!\n\n- [ ] task #tag\n> quote",
            "`code` and\n\n```rust\nfn main() {}\n```\n",
        ] {
            assert_eq!(escaped(page), page);
        }
        assert_eq!(escaped("C:\\Users"), "C:\\\\Users");
        assert_eq!(escaped("\\."), "\\\\\\.");
        assert_eq!(escaped("`a\\.b` \\"), "`a\\.b` \\\\");
        assert_eq!(
            escaped("![](dayone-moment://6A)"),
            "!\\[](dayone-moment://6A)"
        );
    }

    #[test]
    fn a_text_made_of_backticks_is_read_in_no_time() {
        let runs: String = (1..2_000).map(|length| "`".repeat(length) + " ").collect();
        assert_eq!(read(&runs), runs);
        let fences = "```\n".repeat(200_000);
        assert_eq!(read(&(fences.clone() + "!")), fences + "!");
        let openers = "![](dayone-moment:".repeat(100_000);
        assert_eq!(read(&openers), openers);
    }

    fn any_markdown() -> impl Strategy<Value = String> {
        let token = prop_oneof![
            Just("`"),
            Just("``"),
            Just("```"),
            Just("~~~"),
            Just("\\"),
            Just("\\\\"),
            Just("\n"),
            Just("\n\n"),
            Just(" "),
            Just("."),
            Just("!"),
            Just("["),
            Just("> "),
            Just("a"),
            Just("é"),
            Just("![](dayone-moment://A1)"),
            Just("\\`"),
            Just("\r"),
            Just("\0"),
            Just("😀"),
        ];
        proptest::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(text in prop_oneof![any_markdown(), any::<String>()]) {
            prop_assert_eq!(plain(&escaped(&text), |_| "lost".to_owned()), text);
        }

        #[test]
        fn anything_can_be_read(text in prop_oneof![any_markdown(), any::<String>()]) {
            let _ = read(&text);
        }

        #[test]
        fn pieces_leave_nothing_out(text in any_markdown()) {
            let mut end = 0;
            for piece in pieces(&text) {
                let range = match piece {
                    TextStretch::Code(range) | TextStretch::Prose(range) | TextStretch::Attachment(range) => range,
                    TextStretch::Escaped(at) => at..at + 2,
                };
                prop_assert_eq!(range.start, end);
                end = range.end;
            }
            prop_assert_eq!(end, text.len());
        }
    }
}
