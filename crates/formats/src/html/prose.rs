//! What someone wrote, as HTML.
//!
//! As on the terminal, a page is a diary first: every line that was typed stays a line, plain
//! prose looks as it was typed, and nothing is left out but the markers of what is shown as a
//! style. So the parser is asked where paragraphs, lists and emphasis are, and the text itself
//! is taken from the source, all of it escaped. What the parser passes over in silence, such
//! as a line that defines a link, is put in as it was typed.
//!
//! Nothing here comes from elsewhere: HTML that was typed is shown as text, a link leads to
//! the web or to an address for mail or is shown as text, a picture is its description.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Parser, Tag, TagEnd};

use super::escape::{self, Markup};
use onward_model::entry::is_unspaced;

/// Beyond this many bytes it is no page that someone wrote, and it is shown as it was typed.
const LONGEST: usize = 1_000_000;

/// So many quotes and lists within each other are not meant, and cost parser and browser
/// dear.
const DEEPEST: usize = 30;

/// The longest target of a picture that is shown whole, in characters: a picture can stand in
/// its own target.
const LONGEST_TARGET: usize = 80;

/// A text as paragraphs, lists, quotes and headings.
pub(super) fn html(source: &str) -> Markup<String> {
    let source = source.trim_end();
    let mut weaver = Weaver {
        source,
        out: String::with_capacity(source.len() + source.len() / 8),
        at: 0,
        containers: Vec::new(),
        leaf: None,
        open: Vec::new(),
        emphasis: 0,
        strong: 0,
        picture: false,
        seen: 0,
        typed_bullets: false,
    };
    if source.len() <= LONGEST && !is_too_deep(source) {
        let events: Vec<_> = Parser::new(source).into_offset_iter().collect();
        // Where pluses mark items, pluses and minuses may well stand for pros and cons.
        weaver.typed_bullets = events.iter().any(|(event, range)| {
            matches!(event, Event::Start(Tag::Item))
                && source[range.start..].trim_start().starts_with('+')
        });
        for (event, range) in &events {
            weaver.event(event, range.clone());
        }
        weaver.left_out(source.len());
    } else {
        weaver.begin("<p>", 0);
        weaver.end("</p>", source.len());
    }
    Markup(weaver.out)
}

fn is_too_deep(source: &str) -> bool {
    source.lines().any(|line| {
        let lead = line.trim_start_matches([' ', '\t', '>', '-', '*', '+', '.', ')']);
        let lead = &line[..line.len() - lead.len()];
        let marks = lead.bytes().filter(|byte| !b" \t".contains(byte)).count();
        // A rule is a line of marks alone.
        marks > DEEPEST && lead.len() < line.trim_end().len() || lead.len() > 8 * DEEPEST
    })
}

/// A place where a link may lead: a page of the web, or an address to write to. `https:` with no
/// host behind it is neither.
fn leads_somewhere(target: &str) -> bool {
    let begins_with = |known: &&str| {
        let start = target.get(..known.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(known))
    };
    let known = ["http://", "https://", "mailto:"];
    known.iter().any(begins_with)
        && !target.contains(|c: char| c.is_control() || c.is_whitespace())
}

/// Something within a line that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// As it was typed, markers and all.
    Typed,
    /// Emphasis, with so many characters of a marker.
    Emphasis(usize),
    /// `[text](target)`, with the place of the text.
    Link(usize),
    /// `<target>`
    Address,
    /// `![text](target)`.
    Picture,
}

/// What holds other blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    Quote,
    List {
        ordered: bool,
    },
    /// With the column its text begins in.
    Item {
        column: usize,
    },
}

/// The block whose text is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaf {
    Paragraph,
    Heading,
    /// A paragraph with a line drawn below it.
    Underlined,
    /// The text of an item in a list without blank lines.
    Bare,
    /// A block of code, whose text the parser gives line by line.
    Code,
    /// HTML, and lines that are only indented: as they were typed.
    Typed,
}

struct Weaver<'a> {
    source: &'a str,
    out: String,
    /// Up to here the source is written.
    at: usize,
    containers: Vec<Container>,
    leaf: Option<Leaf>,
    open: Vec<Open>,
    emphasis: usize,
    strong: usize,
    picture: bool,
    /// The end of what the parser has told of within the leaf.
    seen: usize,
    /// Whether bullets stay the characters they were typed as.
    typed_bullets: bool,
}

impl Weaver<'_> {
    fn event(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) if is_block(tag) => {
                self.end_bare();
                self.start_block(tag, range);
            }
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image) => {
                self.end_inline(range);
            }
            Event::End(end) => self.end_block(*end, range),
            Event::Rule => {
                self.end_bare();
                self.rule(range);
            }
            Event::Html(_) => {}
            Event::Text(text) if self.leaf == Some(Leaf::Code) => {
                escape::push(&mut self.out, text);
            }
            _ if matches!(self.leaf, Some(Leaf::Code | Leaf::Typed)) => {}
            _ => self.inline(event, range),
        }
    }

    // Blocks

    fn start_block(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        let start = range.start;
        match tag {
            Tag::Paragraph => self.start_leaf(Leaf::Paragraph, "<p>", start),
            Tag::Heading { .. } => self.heading(range),
            Tag::BlockQuote(_) => {
                self.begin("<blockquote>", start);
                self.containers.push(Container::Quote);
            }
            Tag::List(first) => {
                let ordered = first.is_some();
                self.begin(
                    match ordered {
                        true => "<ol>",
                        false if self.typed_bullets => "<ul class=\"typed\">",
                        false => "<ul>",
                    },
                    start,
                );
                self.containers.push(Container::List { ordered });
            }
            Tag::Item => self.item(start),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
                self.start_leaf(Leaf::Code, "<pre>", start);
                // What stands beside the fence, as it was typed.
                let line = self.source[start..].lines().next().unwrap_or("");
                let label = line.trim_start_matches(['`', '~']).trim();
                if !label.is_empty() {
                    self.out.push_str("<b>");
                    escape::push(&mut self.out, label);
                    self.out.push_str("</b>\n");
                }
                self.out.push_str("<code>");
            }
            _ => {
                // From the beginning of the line: the indent was typed too.
                let before = &self.source[self.at..start];
                let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
                self.start_leaf(Leaf::Typed, "<p>", start - blanks);
            }
        }
    }

    fn end_block(&mut self, end: TagEnd, range: Range<usize>) {
        match end {
            TagEnd::Paragraph => self.end_leaf("</p>", range.end),
            TagEnd::Heading(_) => self.end_heading(range.end),
            TagEnd::CodeBlock if self.leaf == Some(Leaf::Code) => {
                self.leaf = None;
                self.at = range.end;
                self.out.push_str("</code></pre>");
                self.new_line();
            }
            TagEnd::BlockQuote(_) => self.end_container("</blockquote>", range.end),
            TagEnd::List(ordered) => {
                self.end_container(if ordered { "</ol>" } else { "</ul>" }, range.end);
            }
            TagEnd::Item => self.end_container("</li>", range.end),
            _ => self.end_leaf("</p>", range.end),
        }
    }

    fn end_container(&mut self, tag: &str, end: usize) {
        self.end_bare();
        self.left_out(end);
        self.containers.pop();
        self.out.push_str(tag);
        self.new_line();
    }

    /// A new line in the document, where it would not be seen as one in the text.
    fn new_line(&mut self) {
        let item = |container: &Container| matches!(container, Container::Item { .. });
        if !self.containers.iter().any(item) {
            self.out.push('\n');
        }
    }

    fn item(&mut self, start: usize) {
        self.left_out(start);
        let marked = self.source[start..].trim_start();
        let from = self.source.len() - marked.len();
        let digits = marked.bytes().take_while(u8::is_ascii_digit).count();
        let ordered = self.containers.last() == Some(&Container::List { ordered: true });
        match marked[..digits].parse::<u32>() {
            // The number that was typed, not the one that comes next.
            Ok(number) if ordered => self.out.push_str(&format!("<li value=\"{number}\">")),
            _ => self.out.push_str("<li>"),
        }
        if self.typed_bullets && !ordered {
            escape::push(&mut self.out, marked.get(..1).unwrap_or(""));
            self.out.push(' ');
        }
        self.at = (from + digits + 1).min(self.source.len());
        let line = self.source[..self.at].rfind('\n').map_or(0, |end| end + 1);
        let after = &self.source[self.at..];
        let blanks = after.len() - after.trim_start_matches(' ').len();
        // Where more blanks follow than that, they belong to the text.
        let blanks = if (1..=4).contains(&blanks) { blanks } else { 1 };
        let column = self.at - line + blanks;
        self.containers.push(Container::Item { column });
    }

    /// A heading, unless it has no words or several lines: then it stays as it was typed.
    fn heading(&mut self, range: Range<usize>) {
        let piece = &self.source[range.clone()];
        let words = piece.trim_start_matches('#');
        let signs = piece.len() - words.len();
        let blanks = words.len() - words.trim_start_matches([' ', '\t']).len();
        if signs == 0 {
            let one_line = piece.trim_end().lines().count() == 2;
            if one_line && piece.trim_end().ends_with("===") {
                self.start_leaf(Leaf::Heading, "<h5>", range.start);
            } else {
                self.start_leaf(Leaf::Underlined, "<p>", range.start);
            }
        } else if (1..=6).contains(&signs) && blanks > 0 && !words.trim().is_empty() {
            self.start_leaf(Leaf::Heading, "<h5>", range.start);
            self.at += signs + blanks;
        } else {
            self.start_leaf(Leaf::Paragraph, "<p>", range.start);
        }
    }

    fn end_heading(&mut self, end: usize) {
        let seen = self.seen.max(self.at);
        let below = self.source[seen..end].trim();
        match self.leaf {
            Some(Leaf::Heading) => {
                let markers = below.bytes().all(|byte| b"#=".contains(&byte));
                self.write_to(if markers { seen } else { end });
                self.at = end;
                self.end_leaf("</h5>", end);
            }
            // In a diary it is a line.
            Some(Leaf::Underlined)
                if below.len() >= 3 && below.bytes().all(|byte| byte == b'-') =>
            {
                self.write_to(seen);
                self.at = end;
                self.end_leaf("</p>", end);
                self.out.push_str("<hr>");
                self.new_line();
            }
            _ => self.end_leaf("</p>", end),
        }
    }

    /// A rule, where really nothing else stands in the line: for Markdown a line also ends
    /// at a lone `\r`.
    fn rule(&mut self, range: Range<usize>) {
        let line = self.source[range.start..].split('\n').next().unwrap_or("");
        if line.bytes().all(|byte| b"-*_ \t".contains(&byte)) {
            self.begin("<hr>", range.start);
            self.at = range.end;
        } else {
            self.begin("<p>", range.start);
            self.end("</p>", range.end);
        }
        self.new_line();
    }

    fn start_leaf(&mut self, leaf: Leaf, tag: &str, start: usize) {
        self.begin(tag, start);
        self.leaf = Some(leaf);
        self.seen = self.at;
    }

    fn end_leaf(&mut self, tag: &str, end: usize) {
        self.leaf = None;
        self.end(tag, end);
        self.new_line();
    }

    fn end_bare(&mut self) {
        if self.leaf == Some(Leaf::Bare) {
            self.leaf = None;
            self.write_to(self.seen);
        }
    }

    /// Begins an element at a place of the source.
    fn begin(&mut self, tag: &str, start: usize) {
        let passed = &self.source[self.at.min(start)..start];
        let blank = passed.matches('\n').count();
        // A wide gap was meant. The end of a block can stand before its line's end or after.
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

    /// Writes what lies before a place and is part of no block, as it was typed.
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

    fn inline(&mut self, event: &Event<'_>, range: Range<usize>) {
        if self.leaf.is_none() {
            // An item in a list without blank lines has no paragraph.
            self.left_out(range.start);
            self.leaf = Some(Leaf::Bare);
        }
        match event {
            Event::Start(tag) => {
                let open = self.start_inline(tag, &range);
                self.open.push(open);
                self.seen = self.seen.max(self.at);
                return;
            }
            Event::Code(_) => self.code(&range),
            _ => {}
        }
        self.seen = self.seen.max(range.end);
    }

    fn start_inline(&mut self, tag: &Tag<'_>, range: &Range<usize>) -> Open {
        match tag {
            Tag::Emphasis if self.emphasis == 0 && self.is_shown(range, 1) => {
                self.mark(range.start, 1, "<em>");
                self.emphasis += 1;
                Open::Emphasis(1)
            }
            Tag::Strong if self.strong == 0 && self.is_shown(range, 2) => {
                self.mark(range.start, 2, "<strong>");
                self.strong += 1;
                Open::Emphasis(2)
            }
            Tag::Link {
                link_type: LinkType::Inline,
                dest_url,
                title,
                ..
            } if leads_somewhere(dest_url) => {
                self.mark(range.start, 1, "");
                self.anchor(dest_url, title);
                Open::Link(self.at)
            }
            Tag::Link {
                link_type: LinkType::Autolink,
                dest_url,
                ..
            } if leads_somewhere(dest_url) => {
                self.mark(range.start, 1, "");
                self.anchor(dest_url, "");
                Open::Address
            }
            Tag::Link {
                link_type: LinkType::Email,
                dest_url,
                ..
            } => {
                self.mark(range.start, 1, "");
                self.anchor(&format!("mailto:{dest_url}"), "");
                Open::Address
            }
            Tag::Image {
                link_type: LinkType::Inline,
                ..
            } if !self.picture => {
                self.mark(range.start, 2, "<span class=\"picture\">Picture: ");
                self.picture = true;
                Open::Picture
            }
            _ => Open::Typed,
        }
    }

    fn end_inline(&mut self, range: Range<usize>) {
        match self.open.pop() {
            Some(Open::Emphasis(marker)) => {
                self.write_to(range.end - marker);
                self.at = range.end;
                if marker == 1 {
                    self.emphasis -= 1;
                    self.out.push_str("</em>");
                } else {
                    self.strong -= 1;
                    self.out.push_str("</strong>");
                }
            }
            Some(Open::Link(start)) => {
                self.write_to(self.seen);
                if self.seen <= start {
                    // A link without words could not be seen.
                    let typed = &self.source[self.at..range.end];
                    escape::push(&mut self.out, typed.trim_matches(['[', ']', '(', ')']));
                }
                self.at = range.end;
                self.out.push_str("</a>");
            }
            Some(Open::Address) => {
                self.write_to(range.end - 1);
                self.at = range.end;
                self.out.push_str("</a>");
            }
            Some(Open::Picture) => {
                self.picture = false;
                self.write_to(self.seen);
                let typed = &self.source[self.at..range.end];
                let target = typed.split_once("](").map_or("", |(_, target)| target);
                let target = target.strip_suffix(')').unwrap_or(target).trim();
                let start: String = target.chars().take(LONGEST_TARGET).collect();
                if !target.is_empty() {
                    self.out.push_str(" (");
                    escape::push(&mut self.out, &start);
                    self.out.push_str(if start.len() < target.len() {
                        "…)"
                    } else {
                        ")"
                    });
                }
                self.at = range.end;
                self.out.push_str("</span>");
            }
            Some(Open::Typed) | None => {}
        }
        self.seen = self.seen.max(range.end);
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

    fn code(&mut self, range: &Range<usize>) {
        self.write_to(range.start);
        let piece = &self.source[range.clone()];
        let ticks = piece.len() - piece.trim_start_matches('`').len();
        let (mut from, mut to) = (range.start + ticks, range.end - ticks);
        let inner = &self.source[from..to];
        // Blanks part a backtick from the markers.
        if inner.len() > 2
            && inner.starts_with(' ')
            && inner.ends_with(' ')
            && !inner.trim().is_empty()
        {
            (from, to) = (from + 1, to - 1);
        }
        self.out.push_str("<code>");
        self.at = from;
        self.write_to(to);
        self.at = range.end;
        self.out.push_str("</code>");
    }

    /// Hides a marker and puts a tag in its place.
    fn mark(&mut self, start: usize, marker: usize, tag: &str) {
        self.write_to(start);
        self.at = start + marker;
        self.out.push_str(tag);
    }

    /// Whether the markers of emphasis were meant: within a word they are characters more
    /// often than not.
    fn is_shown(&self, range: &Range<usize>, marker: usize) -> bool {
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

    /// Writes the source up to a place as it was typed, without what marks quotes and the
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

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
    )
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
        check("a\n\n***\n\nb", "<p>a</p>\n<hr>\n<p>b</p>");
        check("#\n", "<p>#</p>");
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
            assert!(depth <= DEEPEST);
        }
    }
}
