//! The HTML keepsake, as those who open it have it: read by the rules of HTML in
//! [`document`], opened in a browser in [`browser`].
//!
//! What one text becomes is tested where it is made, in `crates/formats/src/html/`.
#![allow(
    clippy::expect_used,
    reason = "helpers of tests end a test as the tests themselves do"
)]

mod browser;
mod chromium;
mod document;
#[path = "../sealed/mod.rs"]
mod sealed;

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, FixedOffset};
use onward::formats::html::{self, Keepsake};
use onward::journal::{Journal, NewPage, Reflects};
use onward::model::{Day, Filter, Mood};

/// Texts that do harm where they are taken for anything but text.
pub(crate) const HOSTILE: &[&str] = &[
    "<script>window.harmed = 1</script>",
    "<img src=x onerror=\"window.harmed = 2\">",
    "<svg/onload=window.harmed=3>",
    "\"><svg/onload=window.harmed=4>",
    "' onmouseover='window.harmed = 5",
    "\" onfocus=\"window.harmed = 6\" autofocus=\"",
    "</title></style></textarea></script><script>window.harmed = 7</script>",
    "<!-- <script>window.harmed = 8</script> --> ]]> <![CDATA[",
    "[x](javascript:window.harmed=9) [x](JaVaScRiPt:window.harmed=9)",
    "[x](data:text/html,<script>parent.harmed=10</script>)",
    "![x](javascript:window.harmed=11) ![](http://127.0.0.1:9/pixel.png)",
    "<javascript:window.harmed=12> <http://x.example/\"onclick=\"window.harmed=12\">",
    "[x](http://x.example/\" onclick=\"window.harmed=13)",
    "[x]( http://x.example 'a\" onclick=\"window.harmed=14')",
    "<iframe src=\"javascript:parent.harmed=15\"></iframe><base href=http://x.example>",
    "<style>@import url(http://127.0.0.1:9/x.css);</style>",
    "<meta http-equiv=refresh content=\"0;url=http://127.0.0.1:9/\">",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "&lt;script&gt;window.harmed = 16&lt;/script&gt; &#60;b&#62;",
    "```\"><script>window.harmed=17</script>\n</code></pre><script>window.harmed=17</script>\n```",
    "# </h5><script>window.harmed = 18</script>",
    "> </blockquote>\n- </ul><script>window.harmed = 19</script>",
    "\0\u{1b}[2J\r\u{85}\u{202e}txet\u{202c} \u{2028}\u{2029}\u{feff}\u{ffff}",
];

pub(crate) fn day(iso: &str) -> Day {
    iso.parse().expect("a day")
}

pub(crate) fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T21:30:00+00:00").expect("an instant")
}

pub(crate) fn today() -> Day {
    day("2026-11-22")
}

/// A journal to fill, on Sunday 22 November 2026.
pub(crate) struct Shelf {
    _folder: tempfile::TempDir,
    pub(crate) journal: Journal,
}

impl Shelf {
    pub(crate) fn new() -> Shelf {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = sealed::open(&folder.path().join("j.db"), now()).expect("a journal");
        Shelf {
            _folder: folder,
            journal,
        }
    }

    /// Writes a page that goes with its day's tip, if it has one.
    pub(crate) fn write(&mut self, iso: &str, mood: Option<i64>, text: &str) -> i64 {
        self.write_with(iso, mood, text, |_| {})
    }

    pub(crate) fn write_with(
        &mut self,
        iso: &str,
        mood: Option<i64>,
        text: &str,
        change: impl FnOnce(&mut NewPage),
    ) -> i64 {
        let instant = format!("{iso}T21:00:00+00:00");
        let mut page = NewPage {
            day: day(iso),
            written_at: DateTime::parse_from_rfc3339(&instant).expect("an instant"),
            text: text.to_owned(),
            mood: mood.and_then(Mood::new),
            starred: false,
            tags: BTreeSet::new(),
            reflects: Reflects::OnPrompt,
        };
        change(&mut page);
        let entry = self.journal.write(page, today(), now());
        entry.expect("written").number
    }

    pub(crate) fn keepsake(&self) -> Keepsake {
        let kept = self.journal.keepsake(&Filter::default(), today());
        kept.expect("readable")
    }
}

pub(crate) fn html(keepsake: &Keepsake) -> String {
    let mut out = Vec::new();
    html::write(&mut out, keepsake).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

/// A keepsake in a file.
pub(crate) fn save(keepsake: &Keepsake, folder: &Path) -> std::path::PathBuf {
    let path = folder.join("keepsake.html");
    std::fs::write(&path, html(keepsake)).expect("written");
    path
}

/// Some weeks of pages with everything in them that a page can have.
pub(crate) fn some_weeks() -> Keepsake {
    let mut shelf = Shelf::new();
    shelf.write(
        "2025-12-30",
        Some(2),
        "Slept four hours.\n\nI did not call.",
    );
    shelf.write_with(
        "2026-10-04",
        Some(2),
        "# A walk\n\nWalked to the river with my *sister*.\n\n- bread\n- soup\n\n> Not today.",
        |page| {
            page.starred = true;
            page.tags = ["family".parse().expect("a tag")].into();
        },
    );
    shelf.write("2026-10-07", None, "Straße, naïve café. #sleep\n\nשלום");
    shelf.write(
        "2026-11-01",
        Some(4),
        "See [the listing](https://example.org/flat?id=4&x=1).\n\n    a verse\n      deeper",
    );
    shelf.write(
        "2026-11-22",
        Some(5),
        "An hour had gone by without it, at the river.",
    );
    shelf.keepsake()
}

/// The same, made once: properties need it often.
pub(crate) fn some_weeks_once() -> &'static Keepsake {
    static MADE: std::sync::LazyLock<Keepsake> = std::sync::LazyLock::new(some_weeks);
    &MADE
}

/// A keepsake with harm in every place that holds a stored text.
pub(crate) fn hostile() -> Keepsake {
    let mut shelf = Shelf::new();
    for text in HOSTILE {
        shelf.write_with("2026-11-20", Some(1), text, |page| {
            let line: String = text.chars().filter(|c| !c.is_control()).take(100).collect();
            page.tags = line.parse().into_iter().collect();
            let deck = onward::decks::Deck::walk_away();
            let tip = onward::decks::Tip {
                slug: (*text).to_owned(),
                title: (*text).to_owned(),
                ..deck.tips[0].clone()
            };
            page.reflects = Reflects::On(vec![(tip, Some((*text).to_owned()))]);
        });
    }
    shelf.write("2026-11-21", None, &HOSTILE.join("\n\n"));
    let mut keepsake = shelf.keepsake();
    keepsake.title = HOSTILE.concat();
    for (tip, text) in keepsake.tips.iter_mut().zip(HOSTILE) {
        tip.gist = (*text).to_owned();
    }
    keepsake
}
