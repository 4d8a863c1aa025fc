//! The meaning of Markdown in a diary.
//!
//! A page is a diary first. Every line that was typed stays a line, plain prose looks as it was
//! typed, and nothing is left out or moved. So the parser only tells *where* headings, lists and
//! emphasis are. [`Markup`] holds these places, and a renderer draws the typed text between them.
//! Text that no piece holds, such as a line that defines the target of a link, is shown as it was
//! typed.
//!
//! A marker that may well be meant as a character makes no piece: the stars of `f**k`, four
//! spaces in front of a line, the hash of a `#tag`, HTML.

use std::borrow::Cow;
use std::mem::discriminant;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Parser, Tag, TagEnd};

use super::entry::is_unspaced;

/// The longest text whose markup is read, in bytes. A longer one is no page that someone wrote.
const LONGEST: usize = 1_000_000;

/// The most quotes and lists within each other. Nobody means more, and the parser takes long
/// over them.
const DEEPEST: usize = 100;

/// The places of the markup in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup<'a> {
    /// The outermost pieces, in the order of the text.
    pub pieces: Vec<MarkupPiece<'a>>,
    /// True if a plus marks an item. Then show all bullets as the characters that were typed:
    /// pluses and minuses may well stand for pros and cons.
    pub keeps_bullets: bool,
}

/// A part of a text that has markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkupPiece<'a> {
    /// The kind of markup.
    pub kind: MarkupKind<'a>,
    /// Its place in the text, in bytes, from its first marker to its last. That of a block may
    /// take in the end of its last line.
    pub range: Range<usize>,
    /// The part of `range` between the markers. Without markers it is all of it.
    pub text: Range<usize>,
    /// The pieces within `text`, in its order. Quotes, lists and items hold blocks; the others
    /// hold emphasis, links and the like.
    pub within: Vec<MarkupPiece<'a>>,
}

/// The kinds of markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkupKind<'a> {
    /// Lines of text. Lines that are only indented are verse more often than code, so they are
    /// a paragraph too, and so is HTML.
    Paragraph,
    /// One line, with hashes in front of it or a line of `=` below.
    Heading,
    /// A line across the page.
    Rule,
    /// Blocks behind a `>`.
    Quote,
    /// Items, each a [`MarkupKind::Item`].
    List {
        /// True if its markers are numbers.
        ordered: bool,
    },
    /// An item of a list. Its marker, a bullet or a number with what follows it, lies between
    /// the beginnings of `range` and `text`.
    Item,
    /// The text of an item in a list without blank lines. Unlike a paragraph, nothing sets it
    /// apart from what stands around it.
    ItemText,
    /// Lines between fences.
    CodeBlock {
        /// The text beside the opening fence.
        label: &'a str,
        /// The text between the fences, in parts, without the markers and indents of quotes and
        /// items around it.
        parts: Vec<Cow<'a, str>>,
    },
    /// `*text*`, never within another.
    Emphasis,
    /// `**text**`, never within another.
    Strong,
    /// Text between backticks.
    Code,
    /// `[text](target "title")`.
    Link {
        /// The address as it was typed, without escapes. It may lead anywhere: check it before
        /// use.
        target: Cow<'a, str>,
        /// The title, or an empty text.
        title: Cow<'a, str>,
    },
    /// `<address>`.
    Address {
        /// The address: the text, or `mailto:` and the text. It may lead anywhere: check it
        /// before use.
        target: Cow<'a, str>,
    },
    /// `![text](target)`, never within another.
    Picture {
        /// The text between the parentheses.
        target: &'a str,
    },
}

impl<'a> Markup<'a> {
    /// Reads the markup of a text. `None` if it is too long or nested too deep to be a page that
    /// someone wrote: show it as it was typed. The pieces nest at most some hundred deep, so
    /// walking through them may recurse.
    pub fn read(source: &'a str) -> Option<Self> {
        if source.len() > LONGEST || is_too_deep(source) {
            return None;
        }
        let mut reader = MarkupReader {
            source,
            open: Vec::new(),
            inline: Vec::new(),
            pieces: Vec::new(),
            keeps_bullets: false,
            seen: 0,
        };
        for (event, range) in Parser::new(source).into_offset_iter() {
            reader.event(event, range);
        }
        Some(Markup {
            pieces: reader.pieces,
            keeps_bullets: reader.keeps_bullets,
        })
    }
}

/// True if a line opens more quotes and lists than anyone means. Each takes a `>` or a blank in
/// front of the text. For Markdown a line also ends at a lone `\r`.
fn is_too_deep(source: &str) -> bool {
    source.split(['\n', '\r']).any(|line| {
        let mut depth = 0;
        let mut marked = false;
        for byte in line.bytes() {
            match byte {
                b' ' | b'\t' => depth += 1,
                b'>' => (depth, marked) = (depth + 1, true),
                b'-' | b'*' | b'+' | b'.' | b')' | b'0'..=b'9' => marked = true,
                _ => break,
            }
        }
        marked && depth > DEEPEST
    })
}

/// True if nothing but a rule stands up to the next `\n`. The parser does not know this: it also
/// ends a line at a lone `\r`.
fn is_rule(from: &str) -> bool {
    let line = from.split('\n').next().unwrap_or("");
    line.bytes().all(|byte| b"-*_ \t".contains(&byte))
}

fn hold_a_link(pieces: &[MarkupPiece<'_>]) -> bool {
    pieces.iter().any(|piece| {
        matches!(
            piece.kind,
            MarkupKind::Link { .. } | MarkupKind::Address { .. }
        ) || hold_a_link(&piece.within)
    })
}

/// Turns the events of the parser into pieces.
struct MarkupReader<'a> {
    source: &'a str,
    /// The pieces that have begun and not ended, the outermost first.
    open: Vec<OpenPiece<'a>>,
    /// For each emphasis, link and picture that has begun and not ended: true if it is a piece,
    /// false if its markers stay as they were typed.
    inline: Vec<bool>,
    pieces: Vec<MarkupPiece<'a>>,
    keeps_bullets: bool,
    /// The end of the last text in the events so far. Behind it a heading, a link or the text of
    /// an item has only markers.
    seen: usize,
}

/// A piece that has begun.
struct OpenPiece<'a> {
    kind: MarkupKind<'a>,
    range: Range<usize>,
    within: Vec<MarkupPiece<'a>>,
}

impl<'a> MarkupReader<'a> {
    fn event(&mut self, event: Event<'a>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(end) => self.end(end, range),
            Event::Rule => {
                self.end_item_text();
                let kind = if is_rule(&self.source[range.start..]) {
                    MarkupKind::Rule
                } else {
                    MarkupKind::Paragraph
                };
                self.add(kind, range.clone(), range, Vec::new());
            }
            Event::Text(text) if self.in_code_block() => {
                if let Some(MarkupKind::CodeBlock { parts, .. }) = self.innermost() {
                    parts.push(text.into());
                }
            }
            // `start` made a paragraph of the block of HTML; its lines hold no pieces.
            Event::Html(_) => {}
            Event::Code(_) => {
                self.begin_item_text(range.start);
                let text = self.between_backticks(&range);
                self.add(MarkupKind::Code, range.clone(), text, Vec::new());
                self.seen = self.seen.max(range.end);
            }
            _ => {
                self.begin_item_text(range.start);
                self.seen = self.seen.max(range.end);
            }
        }
    }

    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) {
        let piece = &self.source[range.clone()];
        let start = range.start + (piece.len() - piece.trim_start().len());
        let marked = start..range.end;
        let kind = match tag {
            Tag::Emphasis | Tag::Strong | Tag::Link { .. } | Tag::Image { .. } => {
                self.begin_item_text(range.start);
                let kind = self.inline(tag, &range);
                self.inline.push(kind.is_some());
                if let Some(kind) = kind {
                    self.begin(kind, range);
                }
                return;
            }
            Tag::BlockQuote(_) => MarkupKind::Quote,
            Tag::List(first) => MarkupKind::List {
                ordered: first.is_some(),
            },
            Tag::Item => {
                self.keeps_bullets |= self.source[start..].starts_with('+');
                MarkupKind::Item
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
                let line = self.source[start..].lines().next().unwrap_or("");
                MarkupKind::CodeBlock {
                    label: line.trim_start_matches(['`', '~']).trim(),
                    parts: Vec::new(),
                }
            }
            Tag::Heading { .. } => MarkupKind::Heading,
            Tag::Paragraph => MarkupKind::Paragraph,
            _ => {
                // Begin at the beginning of the line: the indent was typed too.
                let before = &self.source[..range.start];
                let start = before.trim_end_matches([' ', '\t']).len();
                self.end_item_text();
                return self.begin(MarkupKind::Paragraph, start..range.end);
            }
        };
        self.end_item_text();
        self.begin(kind, marked);
    }

    /// The kind of emphasis, link or picture that begins; `None` if its markers stay as they were
    /// typed.
    fn inline(&self, tag: Tag<'a>, range: &Range<usize>) -> Option<MarkupKind<'a>> {
        let kind = match tag {
            Tag::Emphasis if self.is_meant(range, 1) => MarkupKind::Emphasis,
            Tag::Strong if self.is_meant(range, 2) => MarkupKind::Strong,
            Tag::Link {
                link_type: LinkType::Inline,
                dest_url,
                title,
                ..
            } => MarkupKind::Link {
                target: dest_url.into(),
                title: title.into(),
            },
            Tag::Link {
                link_type: LinkType::Autolink,
                dest_url,
                ..
            } => MarkupKind::Address {
                target: dest_url.into(),
            },
            Tag::Link {
                link_type: LinkType::Email,
                dest_url,
                ..
            } => MarkupKind::Address {
                target: format!("mailto:{dest_url}").into(),
            },
            Tag::Image {
                link_type: LinkType::Inline,
                ..
            } => MarkupKind::Picture { target: "" },
            _ => return None,
        };
        // Do not make emphasis within emphasis a piece, for nobody would see it, nor a picture
        // within the words for a picture.
        let alike = |open: &OpenPiece<'_>| {
            !matches!(kind, MarkupKind::Link { .. } | MarkupKind::Address { .. })
                && discriminant(&open.kind) == discriminant(&kind)
        };
        (!self.open.iter().any(alike)).then_some(kind)
    }

    /// True if the markers of emphasis were meant: within a word they are characters more often
    /// than not.
    fn is_meant(&self, range: &Range<usize>, marker: usize) -> bool {
        let within_word = |c: char| c.is_alphanumeric() && !is_unspaced(c);
        let before = self.source[..range.start].chars().next_back();
        let after = self.source[range.end..].chars().next();
        let piece = self.source[range.clone()].as_bytes();
        let is_marker = |bytes: &[u8]| bytes.iter().all(|byte| matches!(byte, b'*' | b'_'));
        !before.is_some_and(within_word)
            && !after.is_some_and(within_word)
            && piece.len() > 2 * marker
            && is_marker(&piece[..marker])
            && is_marker(&piece[piece.len() - marker..])
    }

    fn end(&mut self, end: TagEnd, range: Range<usize>) {
        match end {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image => {
                if self.inline.pop() == Some(true) {
                    self.end_piece();
                }
                self.seen = self.seen.max(range.end);
            }
            _ => {
                self.end_item_text();
                self.end_piece();
            }
        }
    }

    fn end_piece(&mut self) {
        let Some(OpenPiece {
            mut kind,
            range,
            within,
        }) = self.open.pop()
        else {
            return;
        };
        let between = |marker: usize, end: usize| {
            let start = range.start + marker;
            start..end.max(start)
        };
        let text = match &mut kind {
            MarkupKind::Heading => return self.end_heading(range, within),
            // HTML has no links within links: the inner address is the link, and the outer
            // markers stay.
            MarkupKind::Link { .. } if hold_a_link(&within) => {
                return self.pieces().extend(within);
            }
            MarkupKind::Emphasis => between(1, range.end - 1),
            MarkupKind::Strong => between(2, range.end - 2),
            MarkupKind::Link { .. } => between(1, self.seen),
            MarkupKind::Address { .. } => between(1, range.end - 1),
            MarkupKind::Picture { target } => {
                let text = between(2, self.seen);
                let after = &self.source[text.end..range.end];
                let after = after.split_once("](").map_or("", |(_, after)| after);
                *target = after.strip_suffix(')').unwrap_or(after).trim();
                text
            }
            MarkupKind::Item => {
                let item = &self.source.as_bytes()[range.clone()];
                let digits = item.iter().take_while(|byte| byte.is_ascii_digit()).count();
                between(digits + 1, range.end)
            }
            _ => range.clone(),
        };
        self.add(kind, range, text, within);
    }

    /// A heading ends. Without words, or with several lines, it is a paragraph, and a line of
    /// hyphens below it is a rule: in a diary it was drawn as one.
    fn end_heading(&mut self, range: Range<usize>, within: Vec<MarkupPiece<'a>>) {
        let piece = &self.source[range.clone()];
        let words = piece.trim_start_matches('#');
        let signs = piece.len() - words.len();
        let blanks = words.len() - words.trim_start_matches([' ', '\t']).len();
        let piece = piece.trim_end();
        let lines = piece.lines().count();
        let hashes = (1..=6).contains(&signs) && blanks > 0 && lines == 1;
        let underlined = piece.ends_with("===") && lines == 2;
        if hashes && !words.trim().is_empty() || underlined {
            let start = range.start + if hashes { signs + blanks } else { 0 };
            // Closing hashes, or the line below, with the markers of quotes around it.
            let after = self.seen.max(start);
            let closing = after > start
                && self.source[after..range.end]
                    .bytes()
                    .all(|byte| b"#=> \t\r\n".contains(&byte));
            let end = if closing {
                after
            } else {
                range.start + piece.len()
            };
            return self.add(MarkupKind::Heading, range, start..end, within);
        }
        let above = piece.trim_end_matches('-');
        let line = range.start + above.len();
        if piece.len() - above.len() >= 3
            && above.contains('\n')
            && is_rule(&self.source[line..])
        {
            let text = range.start..self.seen.max(range.start);
            self.add(MarkupKind::Paragraph, text.clone(), text, within);
            self.add(
                MarkupKind::Rule,
                line..range.end,
                line..range.end,
                Vec::new(),
            );
        } else {
            self.add(MarkupKind::Paragraph, range.clone(), range, within);
        }
    }

    /// The part of a code span between its backticks, without the blanks that part a backtick
    /// of the text from them.
    fn between_backticks(&self, range: &Range<usize>) -> Range<usize> {
        let piece = &self.source[range.clone()];
        let ticks = piece.len() - piece.trim_start_matches('`').len();
        let (from, to) = (range.start + ticks, range.end - ticks);
        let inner = &self.source[from..to];
        if inner.len() > 2
            && inner.starts_with(' ')
            && inner.ends_with(' ')
            && !inner.trim().is_empty()
        {
            from + 1..to - 1
        } else {
            from..to
        }
    }

    /// The parser has no paragraph for the text of an item in a list without blank lines; this
    /// makes the piece.
    fn begin_item_text(&mut self, at: usize) {
        if matches!(self.innermost(), Some(MarkupKind::Item)) {
            self.begin(MarkupKind::ItemText, at..at);
        }
    }

    fn end_item_text(&mut self) {
        if matches!(self.innermost(), Some(MarkupKind::ItemText))
            && let Some(open) = self.open.pop()
        {
            let range = open.range.start..self.seen.max(open.range.start);
            self.add(MarkupKind::ItemText, range.clone(), range, open.within);
        }
    }

    fn in_code_block(&mut self) -> bool {
        matches!(self.innermost(), Some(MarkupKind::CodeBlock { .. }))
    }

    fn innermost(&mut self) -> Option<&mut MarkupKind<'a>> {
        self.open.last_mut().map(|open| &mut open.kind)
    }

    fn begin(&mut self, kind: MarkupKind<'a>, range: Range<usize>) {
        self.open.push(OpenPiece {
            kind,
            range,
            within: Vec::new(),
        });
    }

    /// The list that the next piece goes into.
    fn pieces(&mut self) -> &mut Vec<MarkupPiece<'a>> {
        match self.open.last_mut() {
            Some(open) => &mut open.within,
            None => &mut self.pieces,
        }
    }

    fn add(
        &mut self,
        kind: MarkupKind<'a>,
        range: Range<usize>,
        text: Range<usize>,
        within: Vec<MarkupPiece<'a>>,
    ) {
        self.pieces().push(MarkupPiece {
            kind,
            range,
            text,
            within,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The pieces of a text, each with its kind and the text between its markers, or the pieces
    /// within.
    fn told(source: &str) -> String {
        let markup = Markup::read(source).expect("a page that someone wrote");
        tell(source, &markup.pieces)
    }

    fn tell(source: &str, pieces: &[MarkupPiece<'_>]) -> String {
        let tell = |piece: &MarkupPiece<'_>| {
            let kind = match &piece.kind {
                MarkupKind::Paragraph => "p".to_owned(),
                MarkupKind::Heading => "heading".to_owned(),
                MarkupKind::Rule => return "rule".to_owned(),
                MarkupKind::Quote => "quote".to_owned(),
                MarkupKind::List { ordered: true } => "numbers".to_owned(),
                MarkupKind::List { ordered: false } => "bullets".to_owned(),
                MarkupKind::Item => source[piece.range.start..piece.text.start].to_owned(),
                MarkupKind::ItemText => "text".to_owned(),
                MarkupKind::CodeBlock { label, parts } => {
                    return format!("fenced {label}({:?})", parts.concat());
                }
                MarkupKind::Emphasis => "em".to_owned(),
                MarkupKind::Strong => "strong".to_owned(),
                MarkupKind::Code => "code".to_owned(),
                MarkupKind::Link { target, title } => format!("link {target} {title}"),
                MarkupKind::Address { target } => format!("address {target}"),
                MarkupKind::Picture { target } => format!("picture {target}"),
            };
            let within = match piece.within.is_empty() {
                true => format!("{:?}", source[piece.text.clone()].trim_end()),
                false => tell(source, &piece.within),
            };
            format!("{kind}({within})")
        };
        pieces.iter().map(tell).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn check(cases: &[(&str, &str)]) {
        for (source, expected) in cases {
            assert_eq!(told(source), *expected, "{source:?}");
        }
    }

    #[test]
    fn headings_and_rules() {
        check(&[
            ("# Today", r#"heading("Today")"#),
            ("##  *To*day ##", r#"heading("*To*day")"#),
            ("# It was **so**", r#"heading(strong("so"))"#),
            ("# #", r##"heading("#")"##),
            ("Head\n====\nx", r#"heading("Head") p("x")"#),
            ("#tag\n===", r##"heading("#tag")"##),
            ("> Head\n> ===", r#"quote(heading("Head"))"#),
            // Without words or with several lines it is no heading.
            ("#", r##"p("#")"##),
            ("#tag", r##"p("#tag")"##),
            ("####### seven", "p(\"####### seven\")"),
            ("one\ntwo\n===", r#"p("one\ntwo\n===")"#),
            // A line below a paragraph is a line.
            ("a *b*\n---\nc", r#"p(em("b")) rule p("c")"#),
            ("#tag\n---", r##"p("#tag") rule"##),
            ("one\ntwo\n  ----  ", r#"p("one\ntwo") rule"#),
            ("> a\n> ---", r#"quote(p("a") rule)"#),
            ("a\n--", r#"p("a\n--")"#),
            ("***", "rule"),
            ("* * *\rb", r#"p("* * *") p("b")"#),
            ("a\r---\rb", r#"p("a\r---") p("b")"#),
        ]);
    }

    #[test]
    fn quotes_lists_and_code() {
        check(&[
            ("> a\n>> b", r#"quote(p("a") quote(p("b")))"#),
            (
                "- a\n  b\n- *c*\n  1) d",
                r#"bullets(-(text("a\n  b")) -(text(em("c")) numbers(1)(text("d")))))"#,
            ),
            ("7. a\n\n8. b", r#"numbers(7.(p("a")) 8.(p("b")))"#),
            ("```my note\na\n\tb\n```", r#"fenced my note("a\n\tb\n")"#),
            ("> ~~~\n> a\n> ~~~", r#"quote(fenced ("a\n"))"#),
            ("a\n\n    *b*", r#"p("a") p("    *b*")"#),
            ("- a\n\n      b", r#"bullets(-(p("a") p("      b")))"#),
            ("<div>\n*a*\n</div>", r#"p("<div>\n*a*\n</div>")"#),
        ]);
        for (source, keeps) in [("- a\n- b", false), ("- a\n\n+ b", true), ("1. + a", true)] {
            let markup = Markup::read(source).expect("a page that someone wrote");
            assert_eq!(markup.keeps_bullets, keeps, "{source:?}");
        }
    }

    #[test]
    fn emphasis_links_and_pictures() {
        check(&[
            ("*a* **b** `c`", r#"p(em("a") strong("b") code("c"))"#),
            ("***a***", r#"p(em(strong("a")))"#),
            ("`` `a` ``", r#"p(code("`a`"))"#),
            ("*a **b *c* d***", r#"p(em(strong("b *c* d")))"#),
            (
                "f**k s**t 5*3*2 a_b_c \\*d\\*",
                r#"p("f**k s**t 5*3*2 a_b_c \\*d\\*")"#,
            ),
            ("中**文**中", r#"p(strong("文"))"#),
            ("[a *b*](/u \"t\")", r#"p(link /u t(em("b")))"#),
            ("[](/u)", r#"p(link /u (""))"#),
            ("<http://a.b> <me@a.b>", {
                r#"p(address http://a.b("http://a.b") address mailto:me@a.b("me@a.b"))"#
            }),
            ("[a <me@a.b>](/u)", r#"p(address mailto:me@a.b("me@a.b"))"#),
            (
                "![us *two*](photo.jpg)",
                r#"p(picture photo.jpg(em("two")))"#,
            ),
            ("![a ![b](c)](d)", r#"p(picture d("a ![b](c)"))"#),
            ("[a][b] [ ] ~~c~~\n\n[b]: /u", r#"p("[a][b] [ ] ~~c~~")"#),
        ]);
    }

    #[test]
    fn what_nobody_wrote_is_not_read() {
        let long = "a ".repeat(LONGEST);
        let deep = "> ".repeat(DEEPEST + 1) + "a";
        let numbers = "1. ".repeat(DEEPEST + 1) + "a";
        let behind = format!("a\r{deep}");
        for source in [&long, &deep, &numbers, &behind] {
            assert_eq!(Markup::read(source), None);
        }
        let most = "> ".repeat(DEEPEST / 2) + "a";
        for source in [most.as_str(), &" ".repeat(1_000), &"*".repeat(1_000)] {
            assert!(Markup::read(source).is_some(), "{source:?}");
        }
    }

    #[test]
    fn depth_costs_nothing() {
        for one in ["*", "_a*", "*a **b ", "[", "![", "[a](", "`", "<a@b.c>"] {
            let source = one.repeat(100_000 / one.len());
            let markup = Markup::read(&source).expect("no line is deep");
            assert!(depth(&markup.pieces) < 8, "{one:?}");
        }
        let stairs: String = (0..100).map(|n| "\t".repeat(n) + "- a\n").collect();
        let markup = Markup::read(&stairs).expect("no line is too deep");
        assert!(depth(&markup.pieces) < 500);
    }

    fn depth(pieces: &[MarkupPiece<'_>]) -> usize {
        let within = pieces.iter().map(|piece| 1 + depth(&piece.within));
        within.max().unwrap_or(0)
    }

    /// Each piece follows the one before it, and holds what lies within it.
    fn lie_in_order(pieces: &[MarkupPiece<'_>], source: &str, within: Range<usize>) -> bool {
        let mut at = within.start;
        pieces.iter().all(|piece| {
            let MarkupPiece { range, text, .. } = piece;
            let fits = at <= range.start
                && range.start <= text.start
                && text.start <= text.end
                && text.end <= range.end
                && range.end <= within.end
                && source.get(text.clone()).is_some()
                && source.get(range.clone()).is_some();
            at = range.end;
            fits && lie_in_order(&piece.within, source, range.clone())
        })
    }

    proptest! {
        #[test]
        fn any_text(source in any::<String>()) {
            let markup = Markup::read(&source).expect("short");
            prop_assert!(lie_in_order(&markup.pieces, &source, 0..source.len()));
        }

        #[test]
        fn any_markup(
            source in "([*_`#>+=\\[\\]()!<~-]{1,3}|[a 中\t]|[\n\r]|\n[ \t]{0,5}|1\\. |\\]\\(u\\)){0,60}",
        ) {
            let markup = Markup::read(&source).expect("short");
            prop_assert!(lie_in_order(&markup.pieces, &source, 0..source.len()));
        }
    }
}
