//! Renders Markdown lightly for a terminal.
//!
//! [`Markup`] finds the markup of a page. [`marks`] turns each piece that the screen shows into
//! marks at places of the text, and [`render`] shows the typed text line by line. Every typed
//! line stays a line, and nothing is left out or moved except the markers of a style that is
//! shown instead.

use std::ops::Range;

use super::line::{Line, Look, Style};
use super::text;
use crate::model::markup::{Markup, MarkupKind, MarkupPiece};

/// The room and the abilities of the page that a text is rendered for.
#[derive(Debug, Clone, Copy)]
pub(super) struct RenderOptions {
    /// The width of a line of prose, in columns.
    pub(super) prose: usize,
    /// The full width in columns, which a line of code may take.
    pub(super) width: usize,
    /// `true` if styles can be shown. Without them every marker stays as typed.
    pub(super) styled: bool,
}

/// Renders a text as lines that are safe, styled and no wider than the page.
pub(super) fn render(source: &str, options: RenderOptions) -> Vec<Line> {
    let markup = Markup::read(source);
    let marks = markup
        .as_ref()
        .map_or_else(Vec::new, |markup| marks(source, markup, options.styled));
    let mut renderer = Renderer {
        source,
        options,
        bullets: options.styled && markup.is_some_and(|markup| !markup.keeps_bullets),
        marks: marks.into_iter().peekable(),
        quotes: 0,
        look: Look::PLAIN,
    };
    let mut lines = Vec::new();
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let end = at + line.trim_end_matches('\n').len();
        renderer.line(at..end, &mut lines);
        at += line.len();
    }
    lines
}

/// A place in the source where something begins, ends or is hidden.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: usize,
    effect: MarkEffect,
}

#[derive(Debug, Clone, Copy)]
enum MarkEffect {
    /// A quote begins.
    Quote,
    /// A quote ends.
    Unquote,
    /// The marker of a list's item.
    Item,
    /// A look begins.
    Begin(Look),
    /// A look ends.
    End(Look),
    /// A marker of this many bytes is hidden.
    Hide(usize),
    /// The bracket after a link's text becomes a space.
    Space,
    /// The rest of the line is a rule.
    Rule,
}

/// Finds the marks of a text, in the order of the text. Without styles, finds only those that
/// decide how lines wrap: quotes, list items and code blocks.
fn marks(source: &str, markup: &Markup<'_>, styled: bool) -> Vec<Mark> {
    let mut marker = MarkCollector {
        source,
        styled,
        in_heading: false,
        marks: Vec::new(),
    };
    marker.pieces(&markup.pieces);
    marker.marks.sort_by_key(|mark| mark.at);
    marker.marks
}

struct MarkCollector<'a> {
    source: &'a str,
    styled: bool,
    in_heading: bool,
    marks: Vec<Mark>,
}

impl MarkCollector<'_> {
    fn mark(&mut self, at: usize, effect: MarkEffect) {
        self.marks.push(Mark { at, effect });
    }

    fn pieces(&mut self, pieces: &[MarkupPiece<'_>]) {
        for piece in pieces {
            self.piece(piece);
        }
    }

    fn piece(&mut self, piece: &MarkupPiece<'_>) {
        let MarkupPiece { range, text, .. } = piece;
        match piece.kind {
            MarkupKind::Quote => {
                self.mark(range.start, MarkEffect::Quote);
                self.pieces(&piece.within);
                self.mark(range.end, MarkEffect::Unquote);
            }
            MarkupKind::Item => {
                self.mark(range.start, MarkEffect::Item);
                self.pieces(&piece.within);
            }
            MarkupKind::CodeBlock { .. } => self.look(range, Look::CODE_BLOCK),
            MarkupKind::Heading if self.styled => {
                // Hide only the leading hashes: trailing ones and an underline stay as typed.
                self.hide(range.start..text.start);
                self.mark(range.start, MarkEffect::Begin(Look::HEADING));
                self.in_heading = true;
                self.pieces(&piece.within);
                self.in_heading = false;
                self.mark(range.end, MarkEffect::End(Look::HEADING));
            }
            MarkupKind::Emphasis if self.styled => self.emphasis(piece, Look::EMPHASIS),
            // A heading is bold already, so strong words in it would not stand out: leave their
            // markers.
            MarkupKind::Strong if self.styled && !self.in_heading => {
                self.emphasis(piece, Look::STRONG);
            }
            MarkupKind::Code if self.styled => self.look(range, Look::CODE),
            MarkupKind::Link { .. } if self.styled => self.link(piece),
            MarkupKind::Rule if self.styled => self.mark(range.start, MarkEffect::Rule),
            _ => self.pieces(&piece.within),
        }
    }

    fn look(&mut self, range: &Range<usize>, look: Look) {
        self.mark(range.start, MarkEffect::Begin(look));
        self.mark(range.end, MarkEffect::End(look));
    }

    fn hide(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.mark(range.start, MarkEffect::Hide(range.len()));
        }
    }

    fn emphasis(&mut self, piece: &MarkupPiece<'_>, look: Look) {
        let MarkupPiece { range, text, .. } = piece;
        self.hide(range.start..text.start);
        self.mark(range.start, MarkEffect::Begin(look));
        self.pieces(&piece.within);
        self.mark(text.end, MarkEffect::End(look));
        self.hide(text.end..range.end);
    }

    /// Shows `[text](target)` as `text (target)`.
    fn link(&mut self, piece: &MarkupPiece<'_>) {
        let MarkupPiece { range, text, .. } = piece;
        let shown = !text.is_empty() && self.source[text.end..range.end].starts_with("](");
        if shown {
            self.hide(range.start..text.start);
        }
        self.pieces(&piece.within);
        if shown {
            self.mark(text.end, MarkEffect::Space);
            self.look(&(text.end + 1..range.end), Look::TARGET);
        }
    }
}

/// Renders one line after another.
struct Renderer<'a> {
    source: &'a str,
    options: RenderOptions,
    /// The marks that are still to come.
    marks: std::iter::Peekable<std::vec::IntoIter<Mark>>,
    /// `true` if list items are shown with bullets.
    bullets: bool,
    /// The number of quotes that are open.
    quotes: usize,
    look: Look,
}

/// The quote bars and list markers before a line, and before the lines that it wraps to.
#[derive(Default)]
struct Lead {
    first: Line,
    rest: Line,
    width: usize,
}

impl Lead {
    fn push(&mut self, first: impl Into<Line>, rest: impl Into<Line>, width: usize) {
        self.first = std::mem::take(&mut self.first) + first;
        self.rest = std::mem::take(&mut self.rest) + rest;
        self.width += width;
    }
}

impl Renderer<'_> {
    fn line(&mut self, line: Range<usize>, lines: &mut Vec<Line>) {
        let (lead, at) = self.lead(line.clone());
        let code = self.look.has(Look::CODE_BLOCK);
        let (body, looks) = self.body(at..line.end, lead.width);
        let room = if code {
            self.options.width
        } else {
            self.options.prose
        }
        .saturating_sub(lead.width)
        .max(1);
        let bare = body.trim_start_matches(' ');
        let typed = body.len() - bare.len();
        let (first, rest) = text::indents(typed, bare, room);
        let ranges = if code {
            text::chop(bare, room - first, room - rest)
        } else {
            text::breaks(bare, room - first, room - rest)
        };
        for (at, range) in ranges.into_iter().enumerate() {
            let (lead, indent) = match at {
                0 => (&lead.first, first),
                _ => (&lead.rest, rest),
            };
            let range = typed + range.start..typed + range.end;
            let line = lead.clone() + " ".repeat(indent) + self.styled(&body, &looks, range);
            lines.push(line);
        }
    }

    /// The quotes and list markers before a line, and the byte at which its text begins.
    fn lead(&mut self, line: Range<usize>) -> (Lead, usize) {
        let bytes = &self.source.as_bytes()[..line.end];
        let mut lead = Lead::default();
        let (mut at, mut quotes) = (line.start, 0);
        loop {
            let mut next = at;
            while matches!(bytes.get(next), Some(b' ' | b'\t')) {
                next += 1;
            }
            let is_item = self.enter(next);
            let indent = self.source[at..next].replace('\t', text::TAB);
            // Stop before the markers take more than half of the width, or there is no room for
            // the text.
            if lead.width + indent.len() + 4 > self.options.prose / 2 {
                break;
            }
            match bytes.get(next..) {
                Some([b'>', after @ ..]) if quotes < self.quotes => {
                    quotes += 1;
                    lead.push(indent.as_str(), indent.as_str(), indent.len());
                    let bar = match self.options.styled {
                        true => Style::Written(Look::TARGET).on("│"),
                        false => Line::from(">"),
                    };
                    let bar = bar + " ";
                    lead.push(bar.clone(), bar, 2);
                    at = next + 1 + usize::from(after.first() == Some(&b' '));
                }
                Some(rest) if is_item => {
                    let Some(length) = marker(rest) else { break };
                    let typed = &self.source[next..next + length];
                    let shown = match typed {
                        "-" | "*" if self.bullets => "•",
                        typed => typed,
                    };
                    lead.push(indent.as_str(), indent.as_str(), indent.len());
                    lead.push(shown, " ".repeat(length), length);
                    at = next + length;
                    let blank = bytes.get(at) == Some(&b' ');
                    if blank {
                        lead.push(" ", " ", 1);
                        at += 1;
                    }
                }
                _ => break,
            }
        }
        (lead, at)
    }

    /// Applies the marks up to a place; returns whether a list item begins exactly there.
    fn enter(&mut self, at: usize) -> bool {
        let mut is_item = false;
        while let Some(mark) = self.marks.next_if(|mark| {
            mark.at <= at
                && !matches!(
                    mark.effect,
                    MarkEffect::Hide(_) | MarkEffect::Space | MarkEffect::Rule
                )
        }) {
            match mark.effect {
                MarkEffect::Quote => self.quotes += 1,
                MarkEffect::Unquote => self.quotes = self.quotes.saturating_sub(1),
                MarkEffect::Item => is_item = mark.at == at,
                MarkEffect::Begin(look) => self.look = self.look.with(look),
                MarkEffect::End(look) => self.look = self.look.without(look),
                MarkEffect::Hide(_) | MarkEffect::Space | MarkEffect::Rule => {}
            }
        }
        is_item
    }

    /// The visible text of a line, and the offsets in it at which its look changes.
    fn body(&mut self, line: Range<usize>, lead: usize) -> (String, Vec<(usize, Look)>) {
        let mut body = String::with_capacity(line.len());
        let mut looks = vec![(0, self.look)];
        let mut at = line.start;
        loop {
            let mark = self.marks.next_if(|mark| mark.at < line.end);
            let until = mark.map_or(line.end, |mark| mark.at).max(at);
            let piece = text::safe(&self.source[at..until]);
            if piece.contains('\t') {
                body.push_str(&piece.replace('\t', text::TAB));
            } else {
                body.push_str(&piece);
            }
            at = until;
            let Some(mark) = mark else { break };
            match mark.effect {
                MarkEffect::Begin(look) => self.look = self.look.with(look),
                MarkEffect::End(look) => self.look = self.look.without(look),
                MarkEffect::Hide(bytes) if mark.at == at => at = (at + bytes).min(line.end),
                MarkEffect::Space if mark.at == at => {
                    body.push(' ');
                    at += 1;
                }
                MarkEffect::Rule if mark.at == at => {
                    let room = self.options.prose.saturating_sub(lead);
                    body.push_str(&"─".repeat(room.min(RULE)));
                    at = line.end;
                }
                MarkEffect::Quote => self.quotes += 1,
                MarkEffect::Unquote => self.quotes = self.quotes.saturating_sub(1),
                MarkEffect::Item
                | MarkEffect::Hide(_)
                | MarkEffect::Space
                | MarkEffect::Rule => {}
            }
            if looks.last().is_some_and(|(_, look)| *look != self.look) {
                looks.push((body.len(), self.look));
            }
        }
        (body, looks)
    }

    /// A part of a line, styled by its looks.
    fn styled(&self, body: &str, looks: &[(usize, Look)], part: Range<usize>) -> Line {
        if !self.options.styled {
            return Line::from(&body[part]);
        }
        let from = looks.partition_point(|(at, _)| *at <= part.start).max(1) - 1;
        let mut styled = Line::default();
        for (index, &(at, look)) in looks.iter().enumerate().skip(from) {
            let end = looks.get(index + 1).map_or(body.len(), |(end, _)| *end);
            let (start, end) = (at.max(part.start), end.min(part.end));
            if start < end {
                styled = styled + Style::Written(look).on(&body[start..end]);
            }
            if end >= part.end {
                break;
            }
        }
        styled
    }
}

/// The width of a rule within a page, in columns.
const RULE: usize = 24;

/// The length in bytes of a list item's marker; `None` if there is none.
fn marker(bytes: &[u8]) -> Option<usize> {
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    match bytes.get(digits)? {
        b'-' | b'*' | b'+' if digits == 0 => Some(1),
        b'.' | b')' if digits > 0 => Some(digits + 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::line::Span;
    use crate::view::text::{is_hostile, safe, width, wrap};
    use proptest::prelude::*;

    fn options(prose: usize, styled: bool) -> RenderOptions {
        RenderOptions {
            prose,
            width: prose + 10,
            styled,
        }
    }

    /// A line with its looks as tags.
    fn tagged(line: &Line) -> String {
        let tags = [
            (Look::STRONG.with(Look::HEADING), "<b>"),
            (Look::TARGET.with(Look::CODE_BLOCK), "<faint>"),
            (Look::EMPHASIS, "<i>"),
            (Look::CODE, "<code>"),
        ];
        let span = |span: &Span| match span.style {
            Style::Written(look) if look != Look::PLAIN => {
                let open = tags.iter().filter(|(wanted, _)| look.has(*wanted));
                let open: String = open.map(|(_, tag)| *tag).collect();
                format!("{open}{}</>", span.text)
            }
            _ => span.text.clone(),
        };
        line.spans().iter().map(span).collect()
    }

    /// The text of a line.
    fn bare(line: &Line) -> String {
        line.spans().iter().map(|span| span.text.as_str()).collect()
    }

    /// The lines as they stand on a page.
    fn on_page(source: &str, options: RenderOptions) -> Vec<Line> {
        render(source, options)
            .into_iter()
            .map(Line::trimmed)
            .collect()
    }

    /// The text as shown on 30 columns, with its styles as tags.
    fn shown(source: &str) -> String {
        let lines = on_page(source, options(30, true));
        lines.iter().map(tagged).collect::<Vec<_>>().join("\n")
    }

    fn plain(source: &str) -> String {
        let lines = on_page(source, options(30, false));
        lines.iter().map(bare).collect::<Vec<_>>().join("\n")
    }

    #[track_caller]
    fn check(cases: &[(&str, &str)]) {
        for (source, expected) in cases {
            assert_eq!(shown(source), *expected, "{source:?}");
        }
    }

    #[test]
    fn styles_take_the_place_of_their_markers() {
        check(&[
            ("a **strong** word", "a <b>strong</> word"),
            ("an *accented* _word_.", "an <i>accented</> <i>word</>."),
            ("***both***", "<b><i>both</>"),
            ("*a **b** c*", "<i>a </><b><i>b</><i> c</>"),
            ("# Title", "<b>Title</>"),
            ("## Title *of*", "<b>Title </><b><i>of</>"),
            ("Title\n=====\ntext", "<b>Title</>\n<b>=====</>\ntext"),
            ("some `code` here", "some <code>`code`</> here"),
            (
                "see [this](https://a.b)",
                "see this <faint>(https://a.b)</>",
            ),
            ("[*this*](u \"t\")", "<i>this</> <faint>(u \"t\")</>"),
            ("a\n\n---\n\nb", "a\n\n────────────────────────\n\nb"),
            ("a\n* * *\nb", "a\n────────────────────────\nb"),
            ("a\n---\nb", "a\n────────────────────────\nb"),
        ]);
    }

    #[test]
    fn what_may_be_meant_as_a_character_stays() {
        for source in [
            "f**k this s**t",
            "5*3*2 and 2 * 3 * 4",
            "snake_case_word, __init__x",
            "*unclosed and **so",
            "**",
            "#tag and #1",
            "#",
            "\\*not\\*",
            "&amp; <b>html</b> <3",
            "<!-- a -->",
            "    four spaces *in*",
            "[ref]: http://a.b",
            "[text][ref] [ ] [x] []()",
            "<https://a.b>",
            "![alt](picture.png)",
            "a\n-",
            "~~no~~",
            "1986. A year",
            "1) one",
            "+ pro\n- con",
            "end  \nof line\\\nhere",
        ] {
            let typed: Vec<&str> = source.lines().map(str::trim_end).collect();
            assert_eq!(shown(source), typed.join("\n"), "{source:?}");
            assert_eq!(plain(source), typed.join("\n"), "{source:?}");
        }
    }

    #[test]
    fn every_line_stays_a_line() {
        check(&[
            ("a\nb\n\n\n  c\n", "a\nb\n\n\n  c"),
            ("*over\ntwo lines*", "<i>over</>\n<i>two lines</>"),
            ("**a\n\nb**", "**a\n\nb**"),
            ("", ""),
            ("\n\n", "\n"),
        ]);
    }

    #[test]
    fn lists_hang() {
        check(&[
            (
                "- a point that takes more than a line\n* b\n  - within, and this too is long\n",
                "• a point that takes more than\n  a line\n• b\n  • within, and this too is\n    long",
            ),
            (
                "10. a point that takes more than a line\n11. b\n\n    c",
                "10. a point that takes more\n    than a line\n11. b\n\n    c",
            ),
            (
                "- **a**\n  continued\nlazily",
                "• <b>a</>\n  continued\nlazily",
            ),
            ("-\n- ", "•\n•"),
        ]);
    }

    #[test]
    fn quotes_have_a_bar() {
        check(&[
            (
                "> a quote that takes more than a line\n>> and *within*\n>\n> b\nlazy\n\n> c",
                "<faint>│</> a quote that takes more than\n<faint>│</> a line\n\
                 <faint>│</> <faint>│</> and <i>within</>\n<faint>│</>\n<faint>│</> b\nlazy\n\n\
                 <faint>│</> c",
            ),
            ("- > a\n  > b", "• <faint>│</> a\n  <faint>│</> b"),
            ("> - a\n>   b", "<faint>│</> • a\n<faint>│</>   b"),
        ]);
    }

    #[test]
    fn code_is_not_wrapped_at_words() {
        check(&[
            (
                "```sh\nls **a**\n> b\n\n  c\n```\n*d*",
                "<faint>```sh</>\n<faint>ls **a**</>\n<faint>> b</>\n\n  <faint>c</>\n\
                 <faint>```</>\n<i>d</>",
            ),
            (
                "```\naaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee\n```",
                "<faint>```</>\n<faint>aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd</>\n\
                 <faint>eeeeeeeee</>\n<faint>```</>",
            ),
        ]);
        assert_eq!(
            plain("```\naaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee\n```"),
            "```\naaaaaaaaa bbbbbbbbb ccccccccc ddddddddd\neeeeeeeee\n```"
        );
    }

    #[test]
    fn without_styles_the_markers_stay() {
        assert_eq!(
            plain(
                "# Title\n**a** *b* [c](d)\n---\n- a point that takes more than a line\n\
                 > a quote that takes more than a line"
            ),
            "# Title\n**a** *b* [c](d)\n---\n- a point that takes more than\n  a line\n\
             > a quote that takes more than\n> a line"
        );
    }

    #[test]
    fn nothing_stored_can_act_on_a_terminal() {
        assert_eq!(
            shown("**a\u{1b}[2Jb** \u{202e}*c*\r\n\u{1b} **[1m**"),
            "<b>a␛[2Jb</> <U+202E><i>c</>␍\n␛ <b>[1m</>"
        );
    }

    #[test]
    fn other_scripts() {
        check(&[
            ("中文**强调**中文", "中文<b>强调</>中文"),
            (
                "今天下雨，我在家里看书，晚上又去公园走了一圈。",
                "今天下雨，我在家里看书，晚上又\n去公园走了一圈。",
            ),
            ("كان *يوما* جميلا", "كان <i>يوما</> جميلا"),
            ("**👩‍👩‍👧** e\u{301}", "<b>👩‍👩‍👧</> e\u{301}"),
        ]);
    }

    #[test]
    fn depth_costs_nothing() {
        for one in [
            ">", "> ", "- ", "1. ", "* ", "[", "*", "_a*", "`", "[a](", "  - a\n",
        ] {
            let source = format!("{}a\n{}", one.repeat(10_000), "b\n".repeat(10_000));
            for styled in [true, false] {
                let lines = render(&source, options(40, styled));
                assert_eq!(letters(&all(&lines)), letters(&source), "{one:?}");
            }
        }
        let stairs: String = (0..2_000).map(|n| "  ".repeat(n) + "- a\n").collect();
        assert_eq!(
            letters(&all(&render(&stairs, options(40, true)))),
            letters(&stairs)
        );
    }

    fn all(lines: &[Line]) -> String {
        lines.iter().map(bare).collect()
    }

    fn letters(text: &str) -> String {
        text.chars().filter(|c| c.is_alphanumeric()).collect()
    }

    /// Text with a lot of markup in it.
    fn markup() -> impl Strategy<Value = String> {
        let parts = prop::sample::select(vec![
            "*",
            "**",
            "_",
            "__",
            "`",
            "```",
            "#",
            "## ",
            "> ",
            ">",
            "- ",
            "* ",
            "+ ",
            "1. ",
            "[",
            "](",
            ")",
            "](u)",
            "---",
            "===",
            "\n",
            "\n",
            "\n\n",
            " ",
            "    ",
            "\t",
            "a",
            "word",
            "more words here",
            "日本語",
            "é",
            "\\",
            "<b>",
            "<!--",
            "&amp;",
            "\u{1b}[1m",
            "\u{202e}",
            "\r",
            "👩‍👩‍👧",
            "\u{301}",
            "~~~",
            "[a]: b",
            "|",
        ]);
        prop::collection::vec(parts, 0..60).prop_map(|parts| parts.concat())
    }

    fn keeps_its_promises(
        source: &str,
        prose: usize,
        styled: bool,
    ) -> Result<(), TestCaseError> {
        let lines = render(source, options(prose, styled));
        let typed = safe(source);
        prop_assert_eq!(letters(&all(&lines)), letters(&typed));
        prop_assert!(lines.len() >= source.lines().count());
        for line in &lines {
            let bare = bare(line);
            prop_assert!(!bare.contains(is_hostile), "{line:?}");
            prop_assert!(
                prose < 20 || width(&bare) <= prose + 10,
                "{bare:?} is too wide"
            );
            let mut spans = line.spans().iter();
            prop_assert!(styled || spans.all(|span| span.style == Style::Plain));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn any_text(source in any::<String>(), prose in 1usize..100, styled: bool) {
            keeps_its_promises(&source, prose, styled)?;
        }

        #[test]
        fn any_markup(source in markup(), prose in 1usize..100, styled: bool) {
            keeps_its_promises(&source, prose, styled)?;
        }

        #[test]
        fn prose_is_only_wrapped(
            source in "( {0,6}[A-Za-zà-ü0-9,;:'?]+( {1,2}[A-Za-zà-ü0-9,;:'?]+){0,30}\n{1,3}){0,5}",
            prose in 1usize..100,
            styled: bool,
        ) {
            let lines: Vec<String> = on_page(&source, options(prose, styled)).iter().map(bare).collect();
            prop_assert_eq!(lines, wrap(&source, prose));
        }
    }
}
