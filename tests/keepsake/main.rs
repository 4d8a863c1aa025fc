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
#[path = "../tools/mod.rs"]
mod tools;

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, FixedOffset};
use onward::decks::{Deck, Tip};
use onward::formats::html::{self, Keepsake};
use onward::journal::{Edit, Journal, NewEntry, NewPage, Reflects, TextRewrite};
use onward::model::kind::Away;
use onward::model::{Day, Entry, Filter, KindName, Mood};

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

    /// Writes an entry that is no page.
    pub(crate) fn add(&mut self, kind: KindName, iso: &str, text: &str) -> i64 {
        let instant = format!("{iso}T07:30:00+00:00");
        let new = NewEntry {
            id: None,
            kind: kind.into(),
            day: day(iso),
            written_at: DateTime::parse_from_rfc3339(&instant).expect("an instant"),
            text: text.to_owned(),
            tags: BTreeSet::new(),
        };
        self.journal.add(vec![new], now()).expect("written")[0].number
    }

    pub(crate) fn keepsake(&self) -> Kept {
        self.keepsake_of(&Filter::default())
    }

    pub(crate) fn keepsake_of(&self, filter: &Filter) -> Kept {
        let mut entries = Vec::new();
        let mut take = |entry| {
            entries.push(entry);
            Ok(())
        };
        self.journal
            .each_entry(filter, &mut take)
            .expect("readable");
        Kept {
            keepsake: self.journal.keepsake(filter, today()).expect("readable"),
            entries,
        }
    }
}

/// What a keepsake is made of.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) keepsake: Keepsake,
    pub(crate) entries: Vec<Entry>,
}

pub(crate) fn html(kept: &Kept) -> String {
    let mut out = Vec::new();
    let mut first_line = |number| {
        let mut entries = kept.entries.iter();
        let found = entries.find(|entry| entry.number == number);
        Ok(found.expect("an entry").first_line().to_owned())
    };
    html::write(&mut out, &kept.keepsake, &mut first_line, &mut |take| {
        kept.entries.iter().cloned().try_for_each(take)
    })
    .expect("written");
    String::from_utf8(out).expect("UTF-8")
}

/// A keepsake in a file.
pub(crate) fn save(keepsake: &Kept, folder: &Path) -> std::path::PathBuf {
    let path = folder.join("keepsake.html");
    std::fs::write(&path, html(keepsake)).expect("written");
    path
}

/// Some weeks of pages with everything in them that a page can have.
pub(crate) fn some_weeks() -> Kept {
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
pub(crate) fn some_weeks_once() -> &'static Kept {
    static MADE: std::sync::LazyLock<Kept> = std::sync::LazyLock::new(some_weeks);
    &MADE
}

/// Years with every kind of entry in every state, and with a tip that has many answers.
pub(crate) fn everything() -> Kept {
    let mut shelf = Shelf::new();
    let deck = Deck::walk_away();
    let on = |tips: Vec<Tip>, question: Option<&str>| {
        let question = question.map(str::to_owned);
        Reflects::On(
            tips.into_iter()
                .map(|tip| (tip, question.clone()))
                .collect(),
        )
    };
    shelf.write("2024-02-29", Some(1), "The first one.\n\nIt rained.");
    for week in 0..14 {
        let date = day("2025-11-03").plus_days(7 * week).expect("a day");
        let text = format!("# Week {week}\n\n> not today\n\nSlept, **ate**, walked. #walks");
        shelf.write_with(&date.to_string(), Some(1 + week % 5), &text, |page| {
            page.reflects = on(vec![deck.tips[2].clone()], Some("What helped?"));
        });
    }
    // Two of one day, one of them for two tips, one in a deck that is not in use any more.
    shelf.write_with(
        "2026-10-04",
        Some(2),
        &"A very long first line ".repeat(12),
        |page| {
            page.starred = true;
            page.tags = ["family", "a & b"]
                .map(|tag| tag.parse().expect("a tag"))
                .into();
            page.reflects = on(vec![deck.tips[0].clone(), deck.questions[0].clone()], None);
        },
    );
    let gone = Tip {
        deck: "gone".to_owned(),
        title: "Tea <before> calls".to_owned(),
        ..deck.tips[4].clone()
    };
    let number = shelf.write_with(
        "2026-10-04",
        None,
        "\n\n  ## Later\n\n1. tea\n2. bed",
        |page| {
            page.reflects = on(vec![gone], Some("And \"then\"?"));
        },
    );
    let edit = Edit {
        text: Some(TextRewrite::typed(
            None,
            "\n\n  ## Later\n\n1. soup\n2. bed".to_owned(),
        )),
        ..Edit::default()
    };
    shelf
        .journal
        .edit(number, edit, today(), now())
        .expect("edited");
    shelf.add(
        KindName::Letter,
        "2026-10-05",
        "Dear you,\n\nI will not send this.",
    );
    shelf.add(
        KindName::Reason,
        "2026-10-06",
        "It hurt more often than not.",
    );
    shelf.add(KindName::Urge, "2026-10-06", "Their song was on.");
    shelf.add(
        KindName::Contact,
        "2026-10-07",
        "They wrote. I did not answer.",
    );
    let away = shelf.write("2026-10-08", Some(1), "Out of sight.");
    let until = Some(Away::Until(day("2027-01-01")));
    shelf
        .journal
        .put_away(&[away], until, now())
        .expect("put away");
    let deleted = shelf.write("2026-10-09", Some(1), "In the trash.");
    shelf.journal.delete(&[deleted], now()).expect("deleted");
    // Written down long after, and left empty of words.
    shelf.write_with("2026-10-10", None, "…", |page| {
        page.written_at = now();
    });
    let mut kept = shelf.keepsake_of(&Filter {
        kinds: KindName::ALL.to_vec(),
        ..Filter::default()
    });
    for tip in kept
        .keepsake
        .tips
        .iter_mut()
        .filter(|tip| !tip.gist.is_empty())
    {
        tip.gist = format!("What {} is about.", tip.slug);
    }
    kept
}

/// A keepsake with harm in every place that holds a stored text.
pub(crate) fn hostile() -> Kept {
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
    let mut kept = shelf.keepsake();
    kept.keepsake.title = HOSTILE.concat();
    for (tip, text) in kept.keepsake.tips.iter_mut().zip(HOSTILE) {
        tip.gist = (*text).to_owned();
    }
    kept
}
