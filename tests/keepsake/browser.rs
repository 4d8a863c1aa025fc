//! The document in a browser; `.ci/run` installs one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::chromium::Chromium;
use crate::{hostile, save, some_weeks};

/// Asserts that the browser had nothing to say and asked for nothing but the file.
#[track_caller]
fn is_silent(browser: &Chromium) {
    for method in [
        "Runtime.consoleAPICalled",
        "Runtime.exceptionThrown",
        "Log.entryAdded",
        "Page.javascriptDialogOpening",
        "Page.windowOpen",
        "Network.webSocketCreated",
    ] {
        assert_eq!(browser.told(method), [] as [&Value; 0], "{method}");
    }
    let asked: Vec<&str> = browser
        .told("Network.requestWillBeSent")
        .iter()
        .filter_map(|event| event["request"]["url"].as_str())
        .collect();
    assert!(!asked.is_empty());
    for url in asked {
        assert!(
            url.starts_with("file://") && url.ends_with("/keepsake.html"),
            "{url}"
        );
    }
}

/// How many colours a screenshot has.
fn colours(browser: &mut Chromium) -> usize {
    let (width, height, pixels) = browser.screenshot();
    let size = pixels.len() / (width as usize * height as usize);
    pixels.chunks(size).collect::<BTreeSet<_>>().len()
}

const SHOWN: &str = "[...document.querySelectorAll('article')]
    .filter((page) => page.checkVisibility()).map((page) => page.querySelector('time').dateTime)";

#[test]
fn it_opens_in_silence_and_can_be_searched() {
    let Some(mut browser) = Chromium::start("it_opens_in_silence_and_can_be_searched") else {
        return;
    };
    let file = save(&some_weeks(), browser.folder());
    browser.resize(1280, 900);
    browser.open(&file);
    let all = json!([
        "2025-12-30",
        "2026-10-04",
        "2026-10-07",
        "2026-11-01",
        "2026-11-22"
    ]);
    assert_eq!(browser.eval(SHOWN), all);
    // Letters are drawn with many shades between paper and ink.
    assert!(colours(&mut browser) > 20);

    // A slash leads to the search from anywhere.
    browser.press("/");
    assert_eq!(browser.eval("document.activeElement.id"), "words");
    assert_eq!(browser.eval("document.activeElement.value"), "");
    let mut search = |words: &str, told: &str, found: Value| {
        browser.eval(
            "document.getElementById('found').textContent = '…';
             document.getElementById('words').select()",
        );
        browser.type_text(words);
        let told = json!(told);
        browser.wait_for(&format!(
            "document.getElementById('found').textContent === {told}"
        ));
        assert_eq!(browser.eval(SHOWN), found, "{words}");
    };
    search("river", "2 pages of 5", json!(["2026-10-04", "2026-11-22"]));
    search("RIVER hour", "1 page of 5", json!(["2026-11-22"]));
    // Without case and accents, in the other direction too.
    search("strasse CAFE", "1 page of 5", json!(["2026-10-07"]));
    search("naïvé", "1 page of 5", json!(["2026-10-07"]));
    search("#family", "1 page of 5", json!(["2026-10-04"]));
    search("nowhere", "No page has this word.", json!([]));
    search("river", "2 pages of 5", json!(["2026-10-04", "2026-11-22"]));
    assert_eq!(browser.eval("CSS.highlights.get('found').size"), 2);
    let marked = "[...CSS.highlights.get('found')].map((range) => range.toString()).join()";
    assert_eq!(browser.eval(marked), "river,river");
    let live = "document.getElementById('found').getAttribute('aria-live')";
    assert_eq!(browser.eval(live), "polite");

    browser.press("Escape");
    assert_eq!(browser.eval(SHOWN), all);
    assert_eq!(
        browser.eval("document.getElementById('found').textContent"),
        ""
    );

    // A link leads to what a search had hidden.
    browser.type_text("river");
    browser.wait_for("document.body.classList.contains('searching')");
    browser.eval("document.querySelector('nav a[href=\"#m2025-12\"]').click()");
    assert_eq!(browser.eval(SHOWN), all);
    let top = "document.getElementById('m2025-12').getBoundingClientRect().top";
    browser.wait_for(&format!("{top} >= 0 && {top} < innerHeight"));
    is_silent(&browser);
}

#[test]
fn it_can_be_read_in_any_light_on_any_screen_and_on_paper() {
    let Some(mut browser) =
        Chromium::start("it_can_be_read_in_any_light_on_any_screen_and_on_paper")
    else {
        return;
    };
    let file = save(&some_weeks(), browser.folder());
    browser.open(&file);
    let mut grounds = BTreeSet::new();
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        for width in [320, 400, 700, 1000, 1600] {
            browser.resize(width, 800);
            let over = "document.documentElement.scrollWidth - innerWidth";
            assert!(browser.eval(over).as_f64() <= Some(0.0), "{width} wide");
            assert!(colours(&mut browser) > 20, "{scheme}, {width} wide");
        }
        let ground = "getComputedStyle(document.documentElement).backgroundColor";
        grounds.insert(browser.eval(ground).to_string());
        // WCAG 2.2, 1.4.3: a contrast of at least 4.5 to 1.
        let faint = browser.eval(
            "(() => {
                const channels = (color) => color.match(/[\\d.]+/g).map(Number);
                const light = (color) => {
                    const [r, g, b] = channels(color).map((c) => c / 255)
                        .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const ground = (element) => {
                    for (let at = element; at; at = at.parentElement) {
                        const color = getComputedStyle(at).backgroundColor;
                        if (channels(color)[3] !== 0) return color;
                    }
                };
                const faint = new Set();
                for (const element of document.querySelectorAll('body *')) {
                    const own = [...element.childNodes]
                        .some((node) => node.nodeType === 3 && node.data.trim() !== '');
                    if (!own || element.closest('[aria-hidden], script, title, desc')) continue;
                    const style = getComputedStyle(element);
                    const color = element.closest('svg') ? style.fill : style.color;
                    const [a, b] = [light(color), light(ground(element))].sort((a, b) => b - a);
                    const contrast = (a + 0.05) / (b + 0.05);
                    if (contrast < 4.5) faint.add(`${element.localName}.${element.className}`);
                }
                return [...faint];
            })()",
        );
        assert_eq!(faint, json!([]), "{scheme}");
    }
    assert_eq!(grounds.len(), 2, "{grounds:?}");

    let paper = browser.print();
    assert!(paper.starts_with(b"%PDF-"));
    let pages = paper.windows(12).filter(|piece| piece == b"/Type /Page\n");
    assert!(pages.count() >= 4);
    is_silent(&browser);
}

#[test]
fn without_its_script_everything_is_there_but_the_search() {
    let Some(mut browser) =
        Chromium::start("without_its_script_everything_is_there_but_the_search")
    else {
        return;
    };
    let file = save(&some_weeks(), browser.folder());
    browser.allow_scripts(false);
    browser.open(&file);
    browser.allow_scripts(true);
    assert_eq!(browser.eval(&format!("{SHOWN}.length")), 5);
    let search = "document.getElementById('search').checkVisibility()";
    assert_eq!(browser.eval(search), false);
    is_silent(&browser);
}

#[test]
fn text_that_means_harm_does_nothing() {
    let Some(mut browser) = Chromium::start("text_that_means_harm_does_nothing") else {
        return;
    };
    let keepsake = hostile();
    let file = save(&keepsake, browser.folder());
    browser.open(&file);
    assert_eq!(
        browser.eval("document.querySelectorAll('article').length"),
        keepsake.entries.len()
    );
    let shown = browser.eval("document.querySelector('.text').textContent.trim()");
    assert_eq!(shown, "<script>window.harmed = 1</script>");
    // Whatever waits to be touched is touched.
    browser.eval(
        "for (const element of document.querySelectorAll('article, article *, .tip *')) {
            for (const kind of ['mouseover', 'mouseenter', 'focus', 'load', 'error']) {
                element.dispatchEvent(new Event(kind, { bubbles: true }));
            }
            element.focus?.();
        }",
    );
    browser.press("/");
    browser.type_text("<script>window");
    browser.wait_for("document.getElementById('found').textContent !== ''");
    assert_eq!(browser.eval("typeof window.harmed"), "undefined");
    assert_eq!(browser.eval("document.scripts.length"), 1);
    is_silent(&browser);
}

#[test]
fn what_the_policy_forbids_is_seen_by_these_tests() {
    let Some(mut browser) = Chromium::start("what_the_policy_forbids_is_seen_by_these_tests")
    else {
        return;
    };
    let file = save(&some_weeks(), browser.folder());
    let source = std::fs::read_to_string(&file).expect("readable");
    let bad = source.replacen("Slept", "<img src=http://127.0.0.1:9/x.png onerror=x()>", 1);
    assert_ne!(bad, source);
    std::fs::write(&file, bad).expect("written");
    browser.open(&file);
    browser.wait_for("document.images.length === 1");
    let said = browser.told("Log.entryAdded");
    assert!(!said.is_empty(), "nothing was said");
}
