//! The document as a parser has it that keeps to the standard.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use onward::formats::html::KeepsakeTipEntry;
use onward::model::{Entry, Filter, KindName, Reflection};
use proptest::prelude::*;
use scraper::{Html, Selector};
use sha2::{Digest, Sha256};

use crate::{HOSTILE, Kept, Shelf, everything, hostile, html, some_weeks, some_weeks_once};

fn select<'a>(document: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a selector");
    document.select(&selector).collect()
}

fn texts(document: &Html, selector: &str) -> Vec<String> {
    let found = select(document, selector);
    let text = |element: &scraper::ElementRef<'_>| {
        let text: String = element.text().collect();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    found.iter().map(text).collect()
}

const ELEMENTS: &[&str] = &[
    "a",
    "article",
    "b",
    "bdi",
    "blockquote",
    "body",
    "circle",
    "code",
    "desc",
    "details",
    "div",
    "em",
    "figcaption",
    "figure",
    "footer",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "head",
    "header",
    "hr",
    "html",
    "input",
    "kbd",
    "label",
    "li",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "path",
    "pre",
    "rect",
    "script",
    "section",
    "span",
    "strong",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "ul",
];

const ATTRIBUTES: &[&str] = &[
    "aria-describedby",
    "aria-hidden",
    "aria-label",
    "aria-labelledby",
    "aria-live",
    "autocapitalize",
    "autocomplete",
    "charset",
    "class",
    "content",
    "cx",
    "cy",
    "d",
    "data-many",
    "data-one",
    "datetime",
    "dir",
    "enterkeyhint",
    "for",
    "height",
    "hidden",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "open",
    "r",
    "rel",
    "role",
    "rx",
    "scope",
    "spellcheck",
    "tabindex",
    "title",
    "type",
    "value",
    "viewBox",
    "width",
    "x",
    "y",
];

/// What is in a document that must not be.
fn harm(document: &Html, pages: usize) -> Vec<String> {
    let mut harm = Vec::new();
    let mut ids = BTreeSet::new();
    for element in select(document, "*") {
        let name = element.value().name();
        if !ELEMENTS.contains(&name) {
            harm.push(format!("an element {name}"));
        }
        for (attribute, value) in element.value().attrs() {
            if !ATTRIBUTES.contains(&attribute) {
                harm.push(format!("an attribute {attribute}"));
            }
            if attribute == "id" && !ids.insert(value) {
                harm.push(format!("two of {value}"));
            }
            if attribute == "href" {
                let known = ["#", "http://", "https://", "mailto:"];
                let lower = value.to_ascii_lowercase();
                if !known.iter().any(|known| lower.starts_with(known)) {
                    harm.push(format!("a link to {value}"));
                }
                if !value.starts_with('#')
                    && element.value().attr("rel") != Some("noreferrer noopener")
                {
                    harm.push("a link that says where it comes from".to_owned());
                }
            }
        }
    }
    for (selector, count) in [
        ("script", 1),
        ("body > script", 1),
        ("style", 1),
        ("head > style", 1),
        ("head > title", 1),
        ("main > #pages > .month > article", pages),
        ("article", pages),
        ("article > .text", pages),
        (".text", pages),
        ("[http-equiv]", 1),
        ("input", 1),
    ] {
        let found = select(document, selector).len();
        if found != count {
            harm.push(format!("{found} {selector}, not {count}"));
        }
    }
    for link in select(document, "a[href^='#']") {
        let target = &link.value().attr("href").unwrap_or_default()[1..];
        if !ids.contains(target) {
            harm.push(format!("a link to nowhere, {target}"));
        }
    }
    harm
}

#[test]
fn hostile_text_stays_text_wherever_it_stands() {
    let keepsake = hostile();
    let source = html(&keepsake);
    let document = Html::parse_document(&source);
    assert_eq!(harm(&document, keepsake.entries.len()), [] as [String; 0]);
    assert_eq!(document.errors, [] as [&str; 0], "{:?}", document.errors);
    assert!(!source.contains(['\0', '\r', '\u{1b}', '\u{202e}']));
    // And it is all there.
    let shown = texts(&document, ".text");
    for (text, shown) in HOSTILE.iter().zip(&shown).take(5) {
        assert_eq!(shown, text);
    }
}

/// What stands between two pieces of a text is left out, wherever they are.
fn without(text: &str, from: &str, to: &str) -> String {
    let mut pieces = text.split(from);
    let mut rest = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let after = piece.find(to).map_or("", |end| &piece[end..]);
        rest.push_str(from);
        rest.push_str(after);
    }
    rest
}

#[test]
fn the_document_is_what_it_was_to_the_byte() {
    let mut source = html(&everything());
    for (from, to) in [
        ("Content-Security-Policy\" content=\"", "\""),
        ("<meta name=\"generator\" content=\"", "\""),
        ("<style>", "</style>"),
        ("<script>", "</script>"),
        ("<path class=\"dots\" d=\"", "\""),
    ] {
        source = without(&source, from, to);
    }
    insta::assert_snapshot!("everything", source);
}

#[test]
fn the_check_can_fail() {
    let keepsake = some_weeks();
    let source = html(&keepsake);
    let pages = keepsake.entries.len();
    let with = |what: &str| {
        let source = source.replacen("Slept four", what, 1);
        harm(&Html::parse_document(&source), pages).len()
    };
    assert_eq!(with("Slept five"), 0);
    for bad in [
        "<script>x</script>",
        "<p onclick=x>",
        "<a href=javascript:x>",
        "<a href=https://x.example>",
        "<a href=#nowhere>",
        "<img>",
        "<b style=x>",
        "<article>",
    ] {
        assert!(with(bad) > 0, "{bad}");
    }
}

#[test]
fn only_the_style_and_the_script_of_the_document_may_run() {
    let source = html(&some_weeks());
    let document = Html::parse_document(&source);
    let policy = select(&document, "meta[http-equiv='Content-Security-Policy']")[0]
        .value()
        .attr("content")
        .expect("a policy")
        .to_owned();
    for (selector, directive) in [("style", "style-src"), ("script", "script-src")] {
        let text: String = select(&document, selector)[0].text().collect();
        let hash = STANDARD.encode(Sha256::digest(&text));
        let allowed = format!("{directive} 'sha256-{hash}'");
        assert!(policy.split("; ").any(|part| part == allowed), "{allowed}");
    }
    for part in [
        "default-src 'none'",
        "img-src 'none'",
        "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ] {
        assert!(policy.split("; ").any(|found| found == part), "{part}");
    }
    assert!(!policy.contains("unsafe"));
    // It stands before anything that it is to keep in.
    let head = source.split("<style>").next().expect("a head");
    assert!(head.contains("Content-Security-Policy"));
    assert!(!head.contains("<script"));
}

#[test]
fn everything_about_a_page_is_shown_in_words() {
    let document = Html::parse_document(&html(&some_weeks()));
    assert_eq!(
        texts(&document, "h4"),
        [
            "Tuesday 30 December 2025",
            "Sunday 4 October 2026",
            "Wednesday 7 October 2026",
            "Sunday 1 November 2026",
            "Sunday 22 November 2026",
        ]
    );
    assert_eq!(
        texts(&document, ".month h3"),
        ["December 2025", "October 2026", "November 2026"]
    );
    assert_eq!(
        texts(&document, ".facts")[1],
        "21:00 ★ starred ●●○○○ mood 2 of 5, rather low"
    );
    // A tag that stands in the text is not said twice.
    assert_eq!(texts(&document, ".tags"), ["#family"]);
    assert_eq!(texts(&document, ".sum"), ["5 pages on 5 days, 41 words"]);
    assert_eq!(
        texts(&document, ".prompt"),
        [
            "Tip 1, No calls, no texts What will you do in the hour before bed, and where will \
          your phone be?"
        ]
    );
    assert_eq!(
        texts(&document, "#tip-1 .written"),
        ["Sun 22 Nov 2026 An hour had gone by without it, at the river."]
    );
    assert_eq!(select(&document, "section.tip").len(), 10);
    assert_eq!(select(&document, ".year svg rect").len(), 5);
    assert_eq!(
        texts(&document, ".mood desc"),
        [
            "From 1, low, to 5, good. Lowest: 2, Monday 29 December 2025 to Sunday 4 January 2026. \
          Highest: 5, Monday 16 to Sunday 22 November 2026."
        ]
    );
    assert_eq!(
        texts(&document, "tbody tr:last-child > *"),
        ["November 2026", "2", "2", "16", "4.5"]
    );
}

#[test]
fn headings_come_in_order_and_everything_has_a_name() {
    let document = Html::parse_document(&html(&some_weeks()));
    let mut level = 0;
    for heading in select(&document, "h1, h2, h3, h4, h5, h6") {
        let here: u32 = heading.value().name()[1..].parse().expect("a level");
        assert!(here <= level + 1, "h{here} after h{level}");
        level = here;
    }
    for landmark in [
        "header.cover",
        "nav[aria-label]",
        "main",
        "footer",
        "[role=search]",
    ] {
        assert_eq!(select(&document, landmark).len(), 1, "{landmark}");
    }
    let ids: BTreeSet<&str> = select(&document, "[id]")
        .iter()
        .filter_map(|element| element.value().attr("id"))
        .collect();
    for svg in select(&document, "figure svg") {
        let names = svg.value().attr("aria-labelledby").expect("named");
        assert!(names.split(' ').all(|name| ids.contains(name)), "{names}");
    }
    assert_eq!(select(&document, "html[lang=en]").len(), 1);
    // Without the script there is no search to be seen.
    assert_eq!(select(&document, "#search[hidden]").len(), 1);
    assert_eq!(select(&document, "article[hidden]").len(), 0);
}

#[test]
fn an_empty_journal_has_a_keepsake_too() {
    let document = Html::parse_document(&html(&Shelf::new().keepsake()));
    assert_eq!(harm(&document, 0), [] as [String; 0]);
    assert_eq!(
        texts(&document, "#pages"),
        ["The pages Nothing is written yet."]
    );
    assert_eq!(select(&document, "svg").len(), 0);
}

/// How many bytes were written.
struct Counted<'a>(&'a Cell<usize>);

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_entry_is_written_before_the_next_is_read() {
    const LONG: usize = 1_000_000;
    let kept = some_weeks_once();
    let entry = Entry {
        text: "word ".repeat(LONG / 5),
        ..kept.entries[0].clone()
    };
    let written = Cell::new(0);
    let no_line = &mut |_| Ok(String::new());
    let out = &mut Counted(&written);
    html::write(out, &kept.keepsake, no_line, &mut |take| {
        for before in 0..5 {
            assert!(written.get() >= before * LONG, "{before} are read");
            take(entry.clone())?;
        }
        Ok(())
    })
    .expect("written");
}

#[test]
fn only_pages_are_in_it_unless_other_kinds_are_named() {
    let mut shelf = Shelf::new();
    shelf.write("2026-11-20", None, "a page");
    let of = |kinds: Vec<KindName>| {
        let filter = Filter {
            kinds,
            ..Filter::default()
        };
        shelf.keepsake_of(&filter).entries.len()
    };
    assert_eq!(of(vec![]), 1);
    assert_eq!(of(vec![KindName::Letter]), 0);
    assert_eq!(of(vec![KindName::Letter, KindName::Page]), 1);
}

/// Text of pieces that mean something to Markdown, to HTML or to neither.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(HOSTILE).prop_map(str::to_owned),
        6 => proptest::sample::select(vec![
            "\n", "\n\n", "> ", "- ", "+ ", "1. ", "    ", "\t", "# ", "===\n", "---\n", "```",
            "`", "*", "**", "_", "[", "](", ")", "!", "<", ">", "\"", "'", "&", "\\", "#tag",
            "[a]: /b\n", "</div>", "</article>", "<!--", "-->", "https:", "x", " ",
        ])
        .prop_map(str::to_owned),
        2 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// The letters of a text.
fn letters(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphabetic()).collect()
}

/// A keepsake of one page, with texts of one's own.
fn of_one(text: &str, title: &str) -> Html {
    let Kept {
        mut keepsake,
        mut entries,
    } = some_weeks_once().clone();
    entries.truncate(1);
    keepsake.days.truncate(1);
    for tip in &mut keepsake.tips {
        tip.entries.clear();
    }
    let entry = &mut entries[0];
    text.clone_into(&mut entry.text);
    let tip = &mut keepsake.tips[0];
    entry.reflections = vec![Reflection {
        deck: tip.deck.clone(),
        tip: tip.slug.clone(),
        number: 1,
        title: title.to_owned(),
        question: Some(text.to_owned()),
    }];
    title.clone_into(&mut tip.title);
    text.clone_into(&mut tip.gist);
    tip.entries = vec![KeepsakeTipEntry {
        number: entry.number,
        day: entry.day,
    }];
    title.clone_into(&mut keepsake.title);
    Html::parse_document(&html(&Kept { keepsake, entries }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_text_breaks_out_of_its_element(text in any_text(), title in any_text()) {
        prop_assert_eq!(harm(&of_one(&text, &title), 1), [] as [String; 0]);
    }

    #[test]
    fn no_word_is_lost(text in any_text()) {
        // The target of a link is not seen.
        let text = text.replace("](", "] (");
        let document = of_one(&text, "a title");
        let shown: String = select(&document, ".text")[0].text().collect();
        let mut shown = letters(&shown).into_iter();
        for letter in letters(&text) {
            let found = shown.any(|other| other == letter);
            prop_assert!(found, "{:?} of {:?} is lost", letter, text);
        }
    }
}
