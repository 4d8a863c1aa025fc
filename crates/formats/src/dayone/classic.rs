//! Day One Classic: a folder `NAME.dayone` with one property list for each entry, in
//! `entries/UUID.doentry`, and the photos beside it in `photos/UUID.jpg`. The text is as it
//! was typed; nothing is escaped in it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use quick_xml::events::{BytesRef, Event};
use quick_xml::{Reader as Xml, escape::resolve_xml_entity};

use super::{DayOneReading, append, content};
use crate::error::{FormatError, Result};
use crate::{ImportItem, ImportRecord, SourcePlace};
use onward_model::count;
use onward_model::entry::MAX_TEXT;

/// The longest property list: the longest text, with every character escaped.
const LONGEST: u64 = 6 * MAX_TEXT as u64;

/// The deepest property list. That of an entry has 3 levels.
const DEEPEST: usize = 32;

/// True if a file that begins with `head` is an entry of Day One Classic.
pub(super) fn looks_like(head: &[u8]) -> bool {
    let has = |what: &str| head.windows(what.len()).any(|part| part == what.as_bytes());
    has("<key>Creation Date</key>") || has("<key>Entry Text</key>")
}

/// If a folder is a journal of Day One Classic: the folder with its entries, which is itself, or
/// the one named `entries` in it.
///
/// # Errors
/// [`FormatError::Read`].
pub(super) fn entries(folder: &Path) -> Result<Option<PathBuf>> {
    for candidate in [folder.join("entries"), folder.to_path_buf()] {
        // Do not follow links: a journal does not lie somewhere else.
        let found = fs::symlink_metadata(&candidate);
        let itself = candidate == folder;
        if (itself || found.is_ok_and(|found| found.is_dir())) && !files(&candidate)?.is_empty()
        {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// The files `*.doentry` in a folder, sorted.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| FormatError::read(folder, error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let ends = path
            .extension()
            .is_some_and(|ends| ends.eq_ignore_ascii_case("doentry"));
        if ends && !name.starts_with('.') {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Reads the entries in a folder.
///
/// # Errors
/// [`FormatError::Read`].
pub(super) fn read_folder(desk: &mut DayOneReading<'_>, folder: &Path) -> Result<()> {
    for path in files(folder)? {
        let found =
            fs::symlink_metadata(&path).map_err(|error| FormatError::read(&path, error))?;
        let place = SourcePlace::new(path.display().to_string(), None);
        if found.is_symlink() {
            desk.refuse(place, "it is a link to another place")?;
        } else if !found.is_file() {
            desk.refuse(place, "it is no file")?;
        } else {
            read_file(desk, &path)?;
        }
    }
    Ok(())
}

/// Reads one entry.
///
/// # Errors
/// [`FormatError::Read`].
pub(super) fn read_file(desk: &mut DayOneReading<'_>, path: &Path) -> Result<()> {
    let place = SourcePlace::new(path.display().to_string(), None);
    let mut bytes = Vec::new();
    let source = desk.reader.open(path)?;
    let read = source.take(LONGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| FormatError::read(path, error))?;
    if bytes.len() as u64 > LONGEST {
        return desk.refuse(place, "it is longer than any entry can be");
    }
    if bytes.starts_with(b"bplist") {
        let why =
            "it is a binary property list: plutil -convert xml1 makes a readable one of it";
        return desk.refuse(place, why);
    }
    let entry = match std::str::from_utf8(&bytes) {
        Ok(xml) => parse(xml),
        Err(_) => Err("it is not valid UTF-8".to_owned()),
    };
    match entry {
        Ok(entry) => read_entry(desk, path, place, entry),
        Err(why) => desk.refuse(place, why),
    }
}

fn read_entry(
    desk: &mut DayOneReading<'_>,
    path: &Path,
    place: SourcePlace,
    entry: ClassicEntry,
) -> Result<()> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let key = entry
        .uuid
        .clone()
        .unwrap_or_else(|| stem.clone().into_owned());
    let (id, repeated) = desk.id(&key);
    if repeated {
        return desk.refuse(place, "another file has an entry with this id");
    }
    let Some(created) = &entry.created else {
        return desk.refuse(place, "it has no Creation Date");
    };
    let Ok(created) = DateTime::parse_from_rfc3339(created.trim()) else {
        return desk.refuse(place, "its Creation Date cannot be read");
    };
    let mut text = entry.text.unwrap_or_default();
    if text.len() > MAX_TEXT {
        let longest = count::megabytes(MAX_TEXT);
        return desk.refuse(place, format!("its text is longer than {longest}"));
    }
    if text.trim().is_empty() {
        text.clear();
    }
    let photos = photos(path, &key, &stem);
    append(&mut text, &photos);
    if text.is_empty() {
        return desk.refuse(place, "it has neither text nor a photo");
    }
    let zone = desk.zone(entry.zone.as_deref(), &place);
    let tags = desk.tags(&entry.tags, &place)?;
    let content = match content(text, zone.at(created.to_utc()), None, entry.starred, tags) {
        Ok(content) => content,
        Err(why) => return desk.refuse(place, why),
    };
    desk.attachments.add(photos.len(), &place);
    desk.located.add(usize::from(entry.located), &place);
    desk.weather.add(usize::from(entry.weather), &place);
    desk.take(ImportItem::Entry(Box::new(ImportRecord {
        place,
        key,
        id,
        content,
    })))
}

/// The photo of an entry, if there is one in the folder `photos` beside that of the entries.
fn photos(path: &Path, key: &str, stem: &str) -> Vec<String> {
    let Some(journal) = path.parent().and_then(Path::parent) else {
        return Vec::new();
    };
    for name in [key, stem] {
        // Take only an id that is a plain name. Another could lead out of the folder.
        if name.is_empty()
            || !name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            continue;
        }
        for ends in ["jpg", "jpeg", "png", "gif", "heic"] {
            let photo = format!("photos/{name}.{ends}");
            if fs::symlink_metadata(journal.join(&photo)).is_ok_and(|found| found.is_file()) {
                return vec![format!("[photo: {photo}]")];
            }
        }
    }
    Vec::new()
}

/// The fields of an entry that are read.
#[derive(Debug, Default, PartialEq)]
struct ClassicEntry {
    created: Option<String>,
    text: Option<String>,
    zone: Option<String>,
    uuid: Option<String>,
    starred: bool,
    tags: Vec<String>,
    located: bool,
    weather: bool,
}

/// Reads a property list (Apple's PropertyList-1.0.dtd) that holds an entry: a dictionary of
/// which only the keys in [`ClassicEntry`] are kept. Entities other than XML's own are refused, and
/// so none is ever expanded.
fn parse(xml: &str) -> std::result::Result<ClassicEntry, String> {
    let mut reader = Xml::from_str(xml.strip_prefix('\u{feff}').unwrap_or(xml));
    // Give an empty element as a beginning and an end.
    reader.config_mut().expand_empty_elements = true;
    let mut list = PropertyList::default();
    loop {
        let event = reader.read_event().map_err(|_| broken(TORN))?;
        match event {
            Event::Start(start) => list.start(start.name().as_ref())?,
            Event::End(_) => list.end()?,
            Event::Text(part) => list.text.push_str(&part.xml10_content()),
            Event::CData(part) => list.text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => match resolve(&reference) {
                Some(resolved) => list.text.push_str(&resolved),
                None => return Err(broken("it names an entity of its own")),
            },
            Event::DocType(doctype) if doctype.contains('[') => {
                return Err(broken("it defines entities of its own"));
            }
            Event::Eof if list.done && list.open.is_empty() => return Ok(list.entry),
            Event::Eof => return Err(broken("it ends too early")),
            Event::DocType(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::Comment(_)
            | Event::Empty(_) => {}
        }
    }
}

fn broken(what: &str) -> String {
    format!("it is not a valid property list: {what}")
}

const TORN: &str = "its tags do not fit together";

/// A property list that is being read.
#[derive(Default)]
struct PropertyList {
    entry: ClassicEntry,
    /// The elements that are open, the outermost first.
    open: Vec<String>,
    /// The text of the innermost element so far.
    text: String,
    /// The key that the next value is of.
    key: String,
    /// True once the outermost element has ended.
    done: bool,
}

impl PropertyList {
    fn start(&mut self, name: &str) -> std::result::Result<(), String> {
        match self.open.len() {
            0 if name == "plist" && !self.done => {}
            1 if name == "dict" => {}
            0 | 1 => return Err(broken("it does not begin as one")),
            DEEPEST.. => return Err(broken("it is too deep")),
            _ => {}
        }
        if self.open.len() == 2 && name != "key" {
            match (self.key.as_str(), name) {
                ("Location", "dict") => self.entry.located = true,
                ("Weather", "dict") => self.entry.weather = true,
                _ => {}
            }
        }
        self.open.push(name.to_owned());
        self.text.clear();
        Ok(())
    }

    fn end(&mut self) -> std::result::Result<(), String> {
        let name = self.open.pop().ok_or_else(|| broken(TORN))?;
        match self.open.len() {
            0 => self.done = true,
            2 if name == "key" => self.key = std::mem::take(&mut self.text),
            2 => {
                let value = std::mem::take(&mut self.text);
                match (self.key.as_str(), name.as_str()) {
                    ("Creation Date", "date" | "string") => self.entry.created = Some(value),
                    ("Entry Text", "string") => self.entry.text = Some(value),
                    ("Time Zone", "string") => self.entry.zone = Some(value),
                    ("UUID", "string") => self.entry.uuid = Some(value),
                    ("Starred", "true") => self.entry.starred = true,
                    _ => {}
                }
                self.key.clear();
            }
            3 if self.key == "Tags" && self.open[2] == "array" && name == "string" => {
                self.entry.tags.push(std::mem::take(&mut self.text));
            }
            _ => {}
        }
        Ok(())
    }
}

/// The text that a reference stands for: one of XML's own five, or a character by its number.
fn resolve(reference: &BytesRef<'_>) -> Option<String> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Some(c.to_string()),
        Ok(None) => resolve_xml_entity(reference).map(str::to_owned),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{folder, read_path};
    use super::*;

    /// A property list with these keys and values.
    fn list(inside: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \
             \"-//Apple//DTD PLIST 1.0//EN\" \
             \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
             <plist version=\"1.0\">\n<dict>\n{inside}\n</dict>\n</plist>\n"
        )
    }

    const DATED: &str = "<key>Creation Date</key><date>2013-10-27T02:27:27Z</date>";

    #[test]
    fn a_journal_is_read_entry_by_entry() {
        let (_keep, path) = folder(&[
            ("old.dayone/entries/A1.doentry", &list(&format!(
                "{DATED}<key>Creator</key><dict><key>Entry Text</key><string>not this</string></dict>
                 <key>Entry Text</key><string>Some text\\. &amp; a line\n\tbelow &#128512;</string>
                 <key>Location</key><dict><key>SourcePlace Name</key><string>Street</string></dict>
                 <key>Starred</key><true/><key>Tags</key><array><string>Work</string><string>a &lt; b</string></array>
                 <key>Time Zone</key><string>Europe/Stockholm</string>
                 <key>UUID</key><string>B40EE704E15846DE8D45C44118A4D511</string>
                 <key>Weather</key><dict><key>Celsius</key><string>12</string></dict>"
            ))),
            ("old.dayone/entries/A2.doentry", &list(&format!(
                "{DATED}<key>Entry Text</key><string>no zone</string><key>Starred</key><false/><key>Tags</key><array/>"
            ))),
            ("old.dayone/entries/A3.doentry", &list(DATED)),
            ("old.dayone/photos/A3.jpg", "x"),
            ("old.dayone/entries/.A4.doentry", "hidden"),
            ("old.dayone/entries/notes.txt", "not an entry"),
        ]);
        let found = read_path(&path.join("old.dayone")).expect("read");
        insta::assert_snapshot!(found.page().join("\n---\n"), @r"
        2013-10-27 2013-10-27 03:27:27 +01:00 * #a < b #work: Some text\. & a line
        	below 😀
        ---
        2013-10-26 2013-10-26 22:27:27 -04:00: no zone
        ---
        2013-10-26 2013-10-26 22:27:27 -04:00: [photo: photos/A3.jpg]
        ");
        insta::assert_snapshot!(found.decided.join("\n"), @"
        old.dayone/entries/A2.doentry: 2 entries name no time zone: the one given with --zone, or this machine's, was taken
        old.dayone: 1 attachment is named in the text; the files stay where they are
        old.dayone: left out of the import: 1 place, 1 weather
        ");
        assert!(found.refused.is_empty(), "{:?}", found.refused);
        assert_eq!(found.entries[0].key, "B40EE704E15846DE8D45C44118A4D511");
        assert!(found.entries[0].id.is_some());
        assert_eq!(found.entries[1].key, "A2");
    }

    #[test]
    fn what_is_no_entry_is_refused_and_the_others_are_not() {
        let text = "<key>Entry Text</key><string>Home.</string>";
        let same = format!("{DATED}{text}<key>UUID</key><string>SAME</string>");
        let (_keep, path) = folder(&[
            ("old.dayone/entries/00.doentry", &list(&same)),
            ("old.dayone/entries/01.doentry", &list(&same)),
            ("old.dayone/entries/02.doentry", &list(text)),
            (
                "old.dayone/entries/03.doentry",
                &list(&format!(
                    "<key>Creation Date</key><date>Friday</date>{text}"
                )),
            ),
            ("old.dayone/entries/04.doentry", &list(DATED)),
            // Without its beginning.
            (
                "old.dayone/entries/05.doentry",
                &format!("<dict>{DATED}{text}</dict></plist>"),
            ),
            ("old.dayone/entries/06.doentry", ""),
            ("old.dayone/entries/07.doentry", "bplist00"),
            ("old.dayone/entries/08.doentry/x", ""),
        ]);
        let entries = path.join("old.dayone/entries");
        fs::write(entries.join("09.doentry"), b"<plist>\xff</plist>").expect("written");
        #[cfg(unix)]
        std::os::unix::fs::symlink("00.doentry", entries.join("10.doentry")).expect("a link");
        let found = read_path(&path.join("old.dayone")).expect("read");
        assert_eq!(found.entries.len(), 1);
        #[cfg(unix)]
        insta::assert_snapshot!(found.refused.join("\n"), @"
        old.dayone/entries/01.doentry: another file has an entry with this id
        old.dayone/entries/02.doentry: it has no Creation Date
        old.dayone/entries/03.doentry: its Creation Date cannot be read
        old.dayone/entries/04.doentry: it has neither text nor a photo
        old.dayone/entries/05.doentry: it is not a valid property list: it does not begin as one
        old.dayone/entries/06.doentry: it is not a valid property list: it ends too early
        old.dayone/entries/07.doentry: it is a binary property list: plutil -convert xml1 makes a readable one of it
        old.dayone/entries/08.doentry: it is no file
        old.dayone/entries/09.doentry: it is not valid UTF-8
        old.dayone/entries/10.doentry: it is a link to another place
        ");
    }

    #[test]
    #[cfg(unix)]
    fn a_link_to_another_folder_is_not_followed() {
        let (_keep, path) = folder(&[("there/A.doentry", &list(DATED)), ("old.dayone/x", "")]);
        std::os::unix::fs::symlink(path.join("there"), path.join("old.dayone/entries"))
            .expect("a link");
        assert_eq!(entries(&path.join("old.dayone")).expect("read"), None);
    }

    #[track_caller]
    fn refused(xml: &str, why: &str) {
        let said = parse(xml).expect_err("hostile");
        assert!(said.contains(why), "{said}");
    }

    #[test]
    fn entities_are_not_expanded() {
        let laughs = "<!DOCTYPE plist [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>\
                      <plist><dict><key>Entry Text</key><string>&b;</string></dict></plist>";
        refused(laughs, "it defines entities of its own");
        let outside = "<!DOCTYPE plist [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><plist/>";
        refused(outside, "it defines entities of its own");
        refused(
            &list("<key>Entry Text</key><string>&a;</string>"),
            "it names an entity of its own",
        );
        refused(
            &list("<key>Entry Text</key><string>&#xD800;</string>"),
            "it names an entity of its own",
        );
    }

    #[test]
    fn a_list_that_goes_on_for_ever_inwards_is_refused() {
        refused(
            &list(&"<dict><key>a</key>".repeat(1_000_000)),
            "it is too deep",
        );
        refused(&"<plist>".repeat(3), "it does not begin as one");
    }

    #[test]
    fn what_is_broken_is_refused() {
        for (xml, why) in [
            ("", "it ends too early"),
            ("<plist><dict></dict>", "it ends too early"),
            ("<plist><dict></plist></dict>", "do not fit together"),
            ("<plist><array/></plist>", "it does not begin as one"),
            ("<html/>", "it does not begin as one"),
            ("<plist/><plist/>", "it does not begin as one"),
            ("<plist><dict>", "it ends too early"),
            (
                "<plist><dict><key>Entry Text</key><string>a",
                "it ends too early",
            ),
        ] {
            refused(xml, why);
        }
        assert_eq!(parse("<plist><dict/></plist>"), Ok(ClassicEntry::default()));
    }

    #[test]
    fn a_text_is_as_it_was_typed() {
        let read = |text: &str| {
            let list = list(&format!("<key>Entry Text</key><string>{text}</string>"));
            parse(&list).expect("read").text.expect("a text")
        };
        assert_eq!(read(" # a\\.\n\n  b "), " # a\\.\n\n  b ");
        assert_eq!(read("a\r\nb"), "a\nb");
        assert_eq!(read("<![CDATA[<b> & c]]>"), "<b> & c");
        assert_eq!(read("&quot;&apos;&gt;&#10;&#x1F600;"), "\"'>\n😀");
        assert_eq!(read("a<!-- no -->b"), "ab");
        assert_eq!(read(""), "");
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in "[^\\x00\\r]*") {
            let inside = format!("<key>Entry Text</key><string>{}</string>", quick_xml::escape::escape(&text));
            prop_assert_eq!(parse(&list(&inside)).map(|entry| entry.text), Ok(Some(text)));
        }

        #[test]
        fn anything_can_be_read(xml in "(<|>|/|plist|dict|key|&|;|!|\\[|\\]|-|a| ){0,60}") {
            let _ = parse(&xml);
            let _ = parse(&list(&xml));
        }
    }
}
