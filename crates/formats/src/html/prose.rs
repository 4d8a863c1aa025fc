//! The text of a page as HTML.
//!
//! [`Markup`] gives the places of the markup, and the text itself is taken from the source, all
//! of it escaped: every typed line stays a line, and nothing is left out but the markers of
//! pieces that are shown as a style. Text that is part of no piece, such as a line that defines a
//! link, is put in as it was typed.
//!
//! Nothing is loaded: typed HTML is shown as text, a link leads to the web or to an address for
//! mail or is shown as text, and a picture is shown as its description.

use std::borrow::Cow;

use onward_model::markup::{Markup, MarkupKind, MarkupPiece};

use super::escape::{self, EscapedHtml};

/// The longest target of a picture that is shown whole, in characters. A picture can stand in its
/// own target, so that without a limit a text would grow.
const LONGEST_TARGET: usize = 80;

/// A text as paragraphs, lists, quotes and headings.
pub(super) fn html(source: &str) -> EscapedHtml<String> {
    let source = source.trim_end();
    let markup = Markup::read(source);
    let mut weaver = Weaver {
        source,
        out: String::with_capacity(source.len() + source.len() / 8),
        at: 0,
        containers: Vec::new(),
        typed_bullets: markup.as_ref().is_some_and(|markup| markup.keeps_bullets),
    };
    if let Some(markup) = markup {
        weaver.pieces(&markup.pieces);
        weaver.left_out(source.len());
    } else {
        weaver.begin("<p>", 0);
        weaver.end("</p>", source.len());
    }
    EscapedHtml(weaver.out)
}

/// True if a link may lead there: to a page of the web, or to an address for mail. `https:`
/// without a host is neither.
fn leads_somewhere(target: &str) -> bool {
    let begins_with = |known: &&str| {
        let start = target.get(..known.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(known))
    };
    let known = ["http://", "https://", "mailto:"];
    known.iter().any(begins_with)
        && !target.contains(|c: char| c.is_control() || c.is_whitespace())
}

/// A block that holds other blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Quote,
    List {
        ordered: bool,
    },
    /// An item, with the column in which its text begins.
    Item {
        column: usize,
    },
}

struct Weaver<'a> {
    source: &'a str,
    out: String,
    /// The end of the source that is written so far.
    at: usize,
    containers: Vec<Container>,
    /// True if bullets are shown as the characters that were typed.
    typed_bullets: bool,
}

impl Weaver<'_> {
    fn pieces(&mut self, pieces: &[MarkupPiece<'_>]) {
        for piece in pieces {
            self.piece(piece);
        }
    }

    fn piece(&mut self, piece: &MarkupPiece<'_>) {
        let MarkupPiece { range, text, .. } = piece;
        match &piece.kind {
            MarkupKind::Paragraph => {
                self.begin("<p>", range.start);
                self.pieces(&piece.within);
                self.end("</p>", range.end);
                self.new_line();
            }
            MarkupKind::Heading => {
                self.begin("<h5>", range.start);
                self.words(piece);
                self.out.push_str("</h5>");
                self.new_line();
            }
            MarkupKind::Rule => {
                self.begin("<hr>", range.start);
                self.at = range.end;
                self.new_line();
            }
            MarkupKind::CodeBlock { label, parts } => {
                self.begin("<pre>", range.start);
                self.code_block(label, parts);
                self.at = range.end;
                self.new_line();
            }
            MarkupKind::Quote => {
                self.begin("<blockquote>", range.start);
                self.container(piece, Container::Quote, "</blockquote>");
            }
            MarkupKind::List { ordered } => {
                let (tag, end) = match ordered {
                    true => ("<ol>", "</ol>"),
                    false if self.typed_bullets => ("<ul class=\"typed\">", "</ul>"),
                    false => ("<ul>", "</ul>"),
                };
                self.begin(tag, range.start);
                self.container(piece, Container::List { ordered: *ordered }, end);
            }
            MarkupKind::Item => {
                let item = self.item(piece);
                self.container(piece, item, "</li>");
            }
            MarkupKind::ItemText => {
                self.left_out(range.start);
                self.pieces(&piece.within);
                self.write_to(range.end);
            }
            MarkupKind::Emphasis => self.styled(piece, "<em>", "</em>"),
            MarkupKind::Strong => self.styled(piece, "<strong>", "</strong>"),
            MarkupKind::Code => self.styled(piece, "<code>", "</code>"),
            MarkupKind::Link { target, title } if leads_somewhere(target) => {
                self.write_to(range.start);
                self.anchor(target, title);
                self.words(piece);
                if text.is_empty() {
                    // Show the address of a link without words, or nobody would see the link.
                    let typed = &self.source[text.end..range.end];
                    escape::push(&mut self.out, typed.trim_matches(['[', ']', '(', ')']));
                }
                self.out.push_str("</a>");
            }
            MarkupKind::Address { target } if leads_somewhere(target) => {
                self.write_to(range.start);
                self.anchor(target, "");
                self.words(piece);
                self.out.push_str("</a>");
            }
            MarkupKind::Link { .. } | MarkupKind::Address { .. } => self.pieces(&piece.within),
            MarkupKind::Picture { target } => {
                self.write_to(range.start);
                self.out.push_str("<span class=\"picture\">Picture: ");
                self.words(piece);
                self.picture_target(target);
                self.out.push_str("</span>");
            }
        }
    }

    // Blocks

    /// Writes the inner blocks and the end of a block whose beginning is written.
    fn container(&mut self, piece: &MarkupPiece<'_>, container: Container, end: &str) {
        self.containers.push(container);
        self.pieces(&piece.within);
        self.left_out(piece.range.end);
        self.containers.pop();
        self.out.push_str(end);
        self.new_line();
    }

    /// Begins a new line in the document. Not within items, whose line ends are shown.
    fn new_line(&mut self) {
        let item = |container: &Container| matches!(container, Container::Item { .. });
        if !self.containers.iter().any(item) {
            self.out.push('\n');
        }
    }

    /// Begins an item of a list.
    fn item(&mut self, piece: &MarkupPiece<'_>) -> Container {
        let MarkupPiece { range, text, .. } = piece;
        self.left_out(range.start);
        let marker = &self.source[range.start..text.start];
        let ordered = self.containers.last() == Some(&Container::List { ordered: true });
        match marker[..marker.len() - 1].parse::<u32>() {
            // Show the number that was typed: a browser would count on from the first.
            Ok(number) if ordered => self.out.push_str(&format!("<li value=\"{number}\">")),
            _ => self.out.push_str("<li>"),
        }
        if self.typed_bullets && !ordered {
            escape::push(&mut self.out, marker);
            self.out.push(' ');
        }
        self.at = text.start;
        let line = self.source[..self.at].rfind('\n').map_or(0, |end| end + 1);
        let after = &self.source[self.at..];
        let blanks = after.len() - after.trim_start_matches(' ').len();
        // More blanks than that belong to the text.
        let blanks = if (1..=4).contains(&blanks) { blanks } else { 1 };
        Container::Item {
            column: self.at - line + blanks,
        }
    }

    fn code_block(&mut self, label: &str, parts: &[Cow<'_, str>]) {
        if !label.is_empty() {
            self.out.push_str("<b>");
            escape::push(&mut self.out, label);
            self.out.push_str("</b>\n");
        }
        self.out.push_str("<code>");
        for part in parts {
            escape::push(&mut self.out, part);
        }
        self.out.push_str("</code></pre>");
    }

    /// Begins an element at a place of the source.
    fn begin(&mut self, tag: &str, start: usize) {
        let passed = &self.source[self.at.min(start)..start];
        let blank = passed.matches('\n').count();
        // Keep a wide gap, for it was meant. A block can end before the end of its line or behind
        // it.
        let gap = self.containers.is_empty() && self.at > 0 && {
            let ended = self.source[..self.at].ends_with('\n');
            blank + usize::from(ended) > 2
        };
        self.left_out(start);
        match tag.strip_suffix('>') {
            Some(name) if gap && !name.contains(' ') => {
                self.out.push_str(name);
                self.out.push_str(" class=\"far\">");
            }
            _ => self.out.push_str(tag),
        }
        self.at = start;
    }

    fn end(&mut self, tag: &str, end: usize) {
        let end = self.at.max(end);
        let text = self.source[self.at..end].trim_end();
        self.write_to(self.at + text.len());
        self.at = end;
        self.out.push_str(tag);
    }

    /// Writes the text up to a place that is part of no block, as it was typed.
    fn left_out(&mut self, to: usize) {
        if to <= self.at {
            return;
        }
        let within = !self.containers.is_empty();
        let text = &self.source[self.at..to];
        let bare = |line: &str| match within {
            true => line.trim_matches([' ', '\t', '>']).len(),
            false => line.trim().len(),
        };
        if text.lines().any(|line| bare(line) > 0) {
            let markers: &[char] = if within {
                &['\n', ' ', '\t', '>']
            } else {
                &['\n', ' ', '\t']
            };
            let blank = text.len() - text.trim_start_matches(markers).len();
            let text = text.trim_end_matches(markers).len();
            let end = self.at + text;
            self.at += blank;
            self.out.push_str("<p>");
            self.write_to(end);
            self.out.push_str("</p>");
            self.new_line();
        }
        self.at = to;
    }

    // Within lines

    /// Writes a piece between tags in the place of its markers.
    fn styled(&mut self, piece: &MarkupPiece<'_>, begin: &str, end: &str) {
        self.write_to(piece.range.start);
        self.out.push_str(begin);
        self.words(piece);
        self.out.push_str(end);
    }

    /// Writes the text of a piece without its markers.
    fn words(&mut self, piece: &MarkupPiece<'_>) {
        self.at = piece.text.start;
        self.pieces(&piece.within);
        self.write_to(piece.text.end);
        self.at = piece.range.end;
    }

    fn picture_target(&mut self, target: &str) {
        if target.is_empty() {
            return;
        }
        let start: String = target.chars().take(LONGEST_TARGET).collect();
        self.out.push_str(" (");
        escape::push(&mut self.out, &start);
        self.out.push_str(if start.len() < target.len() {
            "…)"
        } else {
            ")"
        });
    }

    fn anchor(&mut self, target: &str, title: &str) {
        self.out.push_str("<a href=\"");
        escape::push(&mut self.out, target);
        if !title.is_empty() {
            self.out.push_str("\" title=\"");
            escape::push(&mut self.out, title);
        }
        self.out.push_str("\" rel=\"noreferrer noopener\">");
    }

    /// Writes the source up to a place as it was typed, without the markers of quotes and the
    /// indents of lists in front of its lines.
    fn write_to(&mut self, to: usize) {
        if to <= self.at {
            return;
        }
        let text = &self.source[self.at..to];
        self.at = to;
        if self.containers.is_empty() {
            escape::push(&mut self.out, text);
            return;
        }
        let (mut quotes, mut column) = (0, 0);
        for container in &self.containers {
            match container {
                Container::Quote => quotes += 1,
                Container::Item { column: of_item } => column = *of_item,
                Container::List { .. } => {}
            }
        }
        for (index, line) in text.split('\n').enumerate() {
            let mut line = line;
            if index > 0 {
                self.out.push('\n');
                for _ in 0..quotes {
                    let bare = line.trim_start_matches([' ', '\t']);
                    line = bare.strip_prefix('>').unwrap_or(line);
                }
                let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
                let structure = if quotes > 0 {
                    blanks
                } else {
                    blanks.min(column)
                };
                line = &line[structure..];
            }
            escape::push(&mut self.out, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expect: &str) {
        assert_eq!(html(source).0.trim_end(), expect, "{source:?}");
    }

    #[test]
    fn lines_stay_as_they_were_typed() {
        check(
            "One.\n  Two,   wide.\n\nThree & four\\\nfive",
            "<p>One.\n  Two,   wide.</p>\n<p>Three &amp; four\\\nfive</p>",
        );
        check(
            "    verse\n      deeper\n\nend",
            "<p>    verse\n      deeper</p>\n<p>end</p>",
        );
        check("a\n\n\n\nb", "<p>a</p>\n<p class=\"far\">b</p>");
        check("a\n\nb", "<p>a</p>\n<p>b</p>");
        check("", "");
        check("\n \n", "");
        check(
            "2 * 3 * 4, f**k, a_b_c, \\*not\\*",
            "<p>2 * 3 * 4, f**k, a_b_c, \\*not\\*</p>",
        );
        check("#sleep and #42", "<p>#sleep and #42</p>");
    }

    #[test]
    fn what_markdown_marks_is_shown_as_such() {
        check(
            "# Today #\nI *did* it, **really `so`**.",
            "<h5>Today</h5>\n<p>I <em>did</em> it, <strong>really <code>so</code></strong>.</p>",
        );
        check("Head\n====\nx", "<h5>Head</h5>\n<p>x</p>");
        check("said\n---\nmore", "<p>said</p>\n<hr>\n<p>more</p>");
        check(
            "> said\n> ---",
            "<blockquote><p>said</p>\n<hr>\n</blockquote>",
        );
        check("#tag\n---", "<p>#tag</p>\n<hr>");
        check("a\n\n***\n\nb", "<p>a</p>\n<hr>\n<p>b</p>");
        check("#\n", "<p>#</p>");
        check("# #", "<h5>#</h5>");
        check(
            "> He said\n> this.\n>> deeper\n\nI went.",
            "<blockquote><p>He said\nthis.</p>\n<blockquote><p>deeper</p>\n</blockquote>\n\
             </blockquote>\n<p>I went.</p>",
        );
        check(
            "```my note\na < b\n```\nend",
            "<pre><b>my note</b>\n<code>a &lt; b\n</code></pre>\n<p>end</p>",
        );
    }

    #[test]
    fn lists_keep_their_numbers_and_their_pluses() {
        check(
            "- milk\n  and eggs\n- *bread*\n  - rye",
            "<ul><li>milk\nand eggs</li>\n<li><em>bread</em><ul><li>rye</li></ul></li>\n</ul>",
        );
        check(
            "3. three\n\n7. seven\n\n   so\n     far",
            "<ol><li value=\"3\"><p>three</p></li>\n<li value=\"7\"><p>seven</p><p>so\n  far</p>\
             </li>\n</ol>",
        );
        check(
            "+ kind\n- late",
            "<ul class=\"typed\"><li>+ kind</li>\n</ul>\n<ul class=\"typed\"><li>- late</li>\n\
             </ul>",
        );
    }

    #[test]
    fn nothing_is_passed_over() {
        check(
            "[a]: http://x.example\n\nb",
            "<p>[a]: http://x.example</p>\n<p>b</p>",
        );
        check(
            "> [a]: http://x.example\n> b",
            "<blockquote><p>[a]: http://x.example</p>\n<p>b</p>\n</blockquote>",
        );
        check("see [a]\n\n[a]: /u", "<p>see [a]</p>\n<p>[a]: /u</p>");
    }

    #[test]
    fn links_lead_to_the_web_or_to_mail_and_pictures_stay_words() {
        check(
            "[a *b*](HTTPS://x.example/?a=1&b=2 \"so\")!",
            "<p><a href=\"HTTPS://x.example/?a=1&amp;b=2\" title=\"so\" \
             rel=\"noreferrer noopener\">a <em>b</em></a>!</p>",
        );
        check(
            "<me@x.example>",
            "<p><a href=\"mailto:me@x.example\" rel=\"noreferrer noopener\">me@x.example</a></p>",
        );
        check(
            "[a <me@x.example>](http://x.example)",
            "<p>[a <a href=\"mailto:me@x.example\" rel=\"noreferrer noopener\">me@x.example</a>]\
             (http://x.example)</p>",
        );
        check("<https:```\">", "<p>&lt;https:```&quot;&gt;</p>");
        check(
            "[](http://x.example)",
            "<p><a href=\"http://x.example\" rel=\"noreferrer noopener\">http://x.example</a></p>",
        );
        check(
            "![us *two*](photo.jpg) and ![](http://x.example/y.png)",
            "<p><span class=\"picture\">Picture: us <em>two</em> (photo.jpg)</span> and \
             <span class=\"picture\">Picture:  (http://x.example/y.png)</span></p>",
        );
    }

    #[test]
    fn everything_else_is_text() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "a <b onclick=\"x\">b</b>",
            "[x](javascript:alert(1))",
            "[x](data:text/html,y)",
            "[x](vbscript:y)",
            "[x](java\tscript:y)",
            "<javascript:alert(1)>",
            "[x](//x.example)",
            "</p></div></article>",
            "<!-- a\n\nb",
            "<![CDATA[",
            "&lt;script&gt;",
        ] {
            let mut escaped = String::new();
            escape::push(&mut escaped, hostile);
            check(hostile, &format!("<p>{escaped}</p>"));
        }
    }

    #[test]
    fn what_nobody_means_costs_nothing() {
        for source in [
            "> ".repeat(50_000),
            "*a **b ".repeat(20_000),
            "[".repeat(100_000),
        ] {
            let depth = html(&source).0.matches("<blockquote>").count();
            assert!(depth <= 100);
        }
    }
}
