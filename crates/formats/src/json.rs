//! Walking through a long JSON list, one element at a time, with the line each begins on.
//!
//! serde_json parses each element; this module finds the beginning and the end of one (RFC 8259).
//! No more than one element is in memory, and its length is bounded.

use std::io::BufRead;

use serde_json::{Map, Value};

use crate::error::{FormatError, Result};
use onward_model::entry::MAX_TEXT;

/// The longest element, in bytes: it may hold the longest text with half of its characters
/// escaped, and once more in another form.
const MAX_ELEMENT: usize = 4 * MAX_TEXT;

/// The longest value beside the list, in bytes.
const MAX_BESIDE: usize = 1_000_000;

/// Walks through the elements of a list: the document itself if `list` is `None`, else the list
/// of that name in the document, which is an object. Gives each element to `take` with the line
/// it begins on. Returns the other fields of the object.
///
/// # Errors
/// [`FormatError::Unreadable`] if it is not JSON, is not UTF-8, ends too early, has no such list,
/// or has an element longer than any entry.
pub fn each(
    file: &str,
    source: impl BufRead,
    list: Option<&str>,
    take: &mut dyn FnMut(u64, &str) -> Result<()>,
) -> Result<Map<String, Value>> {
    let mut scanner = Scanner {
        file,
        source,
        line: 1,
        buffer: Vec::new(),
    };
    scanner.skip_mark()?;
    let mut beside = Map::new();
    match (list, scanner.skip_space()?) {
        (None, Some(b'[')) => scanner.list(take)?,
        (None, _) => return Err(scanner.wrong("it is not a JSON list")),
        (Some(list), Some(b'{')) => {
            let mut found = false;
            scanner.bump()?;
            loop {
                match scanner.skip_space()? {
                    Some(b'}') => break,
                    Some(b'"') => {}
                    Some(b',') => {
                        scanner.bump()?;
                        continue;
                    }
                    _ => return Err(scanner.wrong("a name in quotation marks is missing")),
                }
                let (line, name) = scanner.value(MAX_BESIDE)?;
                let name: String = parse(file, line, name)?;
                if scanner.skip_space()? != Some(b':') {
                    return Err(scanner.wrong("a colon is missing"));
                }
                scanner.bump()?;
                if name == list && scanner.skip_space()? == Some(b'[') {
                    found = true;
                    scanner.list(take)?;
                } else {
                    scanner.skip_space()?;
                    let (line, value) = scanner.value(MAX_BESIDE)?;
                    let value = parse(file, line, value)?;
                    beside.insert(name, value);
                }
            }
            scanner.bump()?;
            if !found {
                return Err(scanner.wrong(&format!("it has no list of {list}")));
            }
        }
        (Some(_), _) => return Err(scanner.wrong("it is not a JSON object")),
    }
    match scanner.skip_space()? {
        None => Ok(beside),
        Some(_) => Err(scanner.wrong("something follows the end of the JSON")),
    }
}

/// Reads one piece of JSON that begins on a line. An error names its own line.
///
/// # Errors
/// [`FormatError::Unreadable`].
pub fn parse<T: serde::de::DeserializeOwned>(file: &str, line: u64, json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| FormatError::Unreadable {
        file: file.to_owned(),
        line: Some(line + (error.line().max(1) as u64 - 1)),
        what: reason(&error),
    })
}

/// The message of serde_json without line and column, which count from the element, and without
/// values, which a person may have written.
pub fn reason(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    match said.split_once(": ") {
        // "invalid type: string "…", expected u8"
        Some((what, rest)) if what.starts_with("invalid ") => {
            match rest.rsplit_once(", expected ") {
                Some((_, expected)) => format!("{what}, expected {expected}"),
                None => what.to_owned(),
            }
        }
        _ => said.to_owned(),
    }
}

struct Scanner<'a, R> {
    file: &'a str,
    source: R,
    line: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Scanner<'_, R> {
    fn wrong(&self, what: &str) -> FormatError {
        FormatError::Unreadable {
            file: self.file.to_owned(),
            line: Some(self.line),
            what: what.to_owned(),
        }
    }

    /// The bytes that are read and not used; none at the end.
    fn ahead(&mut self) -> Result<&[u8]> {
        loop {
            match self.source.fill_buf() {
                Ok(_) => break,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(FormatError::read(std::path::Path::new(self.file), error));
                }
            }
        }
        // Ask for the bytes again: the borrow cannot leave the loop above.
        Ok(self.source.fill_buf().unwrap_or_default())
    }

    fn peek(&mut self) -> Result<Option<u8>> {
        Ok(self.ahead()?.first().copied())
    }

    fn bump(&mut self) -> Result<()> {
        if self.peek()? == Some(b'\n') {
            self.line += 1;
        }
        self.source.consume(1);
        Ok(())
    }

    /// Steps over a byte order mark.
    fn skip_mark(&mut self) -> Result<()> {
        if self.ahead()?.starts_with("\u{feff}".as_bytes()) {
            self.source.consume("\u{feff}".len());
        }
        Ok(())
    }

    /// Steps over white space and returns the byte behind it.
    fn skip_space(&mut self) -> Result<Option<u8>> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.bump()?,
                other => return Ok(other),
            }
        }
    }

    /// Reads a list, from its bracket to behind its end.
    fn list(&mut self, take: &mut dyn FnMut(u64, &str) -> Result<()>) -> Result<()> {
        self.bump()?;
        let mut first = true;
        loop {
            match self.skip_space()? {
                Some(b']') => return self.bump(),
                Some(b',') if !first => {
                    self.bump()?;
                    self.skip_space()?;
                }
                None => return Err(self.wrong("it ends in the middle of the list")),
                Some(_) if !first => return Err(self.wrong("a comma is missing")),
                Some(_) => {}
            }
            first = false;
            let (line, element) = self.value(MAX_ELEMENT)?;
            take(line, element)?;
        }
    }

    /// Reads one whole value, and the line it begins on. It looks at brackets and quotation marks
    /// only.
    fn value(&mut self, limit: usize) -> Result<(u64, &str)> {
        let line = self.line;
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        'value: loop {
            let ahead = self.ahead()?;
            if ahead.is_empty() {
                if depth == 0 && !quoted && !buffer.is_empty() {
                    break;
                }
                return Err(self.wrong("it ends in the middle of an entry"));
            }
            let (mut used, mut lines, mut done) = (0, 0, false);
            for &byte in ahead {
                if quoted {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => (quoted, done) = (false, depth == 0),
                        _ => {}
                    }
                } else {
                    match byte {
                        b'"' => quoted = true,
                        b'{' | b'[' => depth += 1,
                        // This bracket closes the list around a plain value.
                        b'}' | b']' if depth == 0 => {
                            done = true;
                            break;
                        }
                        b'}' | b']' => (depth, done) = (depth - 1, depth == 1),
                        b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => {
                            done = true;
                            break;
                        }
                        _ => {}
                    }
                }
                lines += u64::from(byte == b'\n');
                used += 1;
                if done {
                    break;
                }
            }
            buffer.extend_from_slice(&ahead[..used]);
            self.source.consume(used);
            self.line += lines;
            if buffer.len() > limit {
                return Err(self.wrong("an entry is longer than any entry can be"));
            }
            if done {
                break 'value;
            }
        }
        if buffer.is_empty() {
            return Err(self.wrong("a value is missing"));
        }
        self.buffer = buffer;
        match std::str::from_utf8(&self.buffer) {
            Ok(text) => Ok((line, text)),
            Err(error) => {
                let before = &self.buffer[..error.valid_up_to()];
                let lines = before.iter().filter(|&&byte| byte == b'\n').count();
                Err(FormatError::Unreadable {
                    file: self.file.to_owned(),
                    line: Some(line + lines as u64),
                    what: "it is not valid UTF-8".to_owned(),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    type Walked = std::result::Result<(Vec<(u64, Value)>, Map<String, Value>), String>;

    fn walk(json: &[u8], list: Option<&str>, capacity: usize) -> Walked {
        let mut found = Vec::new();
        let source = BufReader::with_capacity(capacity, json);
        let beside = each("a.json", source, list, &mut |line, element| {
            found.push((line, parse("a.json", line, element)?));
            Ok(())
        });
        beside
            .map(|beside| (found, beside))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn elements_come_with_their_lines() {
        let json = b"\xef\xbb\xbf{\"metadata\": {\"version\": \"1.0\"},\n \"entries\": [\n  {\"a\": \"x]}\\\"\\\\\"},\n\n  [1, 2] , 3,\n \"s\"\n ], \"tail\": null}\n";
        for capacity in [1, 2, 3, 7, 1000] {
            let capacity = capacity.max(3);
            let (found, beside) = walk(json, Some("entries"), capacity).expect("read");
            let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [3, 5, 5, 6]);
            assert_eq!(found[0].1["a"], "x]}\"\\");
            assert_eq!(beside["metadata"]["version"], "1.0");
            assert!(beside["tail"].is_null());
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (json, list, said) in [
            ("", None, "a.json, line 1: it is not a JSON list"),
            ("{}", None, "a.json, line 1: it is not a JSON list"),
            (
                "[1,\n2",
                None,
                "a.json, line 2: it ends in the middle of the list",
            ),
            ("[1 2]", None, "a.json, line 1: a comma is missing"),
            ("[1,]", None, "a.json, line 1: a value is missing"),
            (
                "[\n{\"a\":\n\"b\"",
                None,
                "a.json, line 3: it ends in the middle of an entry",
            ),
            (
                "[] x",
                None,
                "a.json, line 1: something follows the end of the JSON",
            ),
            ("[{\"a\"\n: tru}]", None, "a.json, line 2: expected ident"),
            (
                "{\"a\": 1}",
                Some("entries"),
                "a.json, line 1: it has no list of entries",
            ),
            (
                "{\"entries\": 1}",
                Some("entries"),
                "a.json, line 1: it has no list of entries",
            ),
            (
                "{entries: []}",
                Some("entries"),
                "a.json, line 1: a name in quotation marks is missing",
            ),
            (
                "[]",
                Some("entries"),
                "a.json, line 1: it is not a JSON object",
            ),
        ] {
            assert_eq!(
                walk(json.as_bytes(), list, 64).expect_err("wrong"),
                said,
                "{json}"
            );
        }
        let bad = walk(b"[1,\n\"a\xff\"]", None, 64).expect_err("wrong");
        assert_eq!(bad, "a.json, line 2: it is not valid UTF-8");
    }

    #[test]
    fn a_hundred_thousand_brackets_are_refused_and_not_followed() {
        let deep = format!("[{}]", "[".repeat(100_000));
        assert!(walk(deep.as_bytes(), None, 64).is_err());
        let deep = format!("[{}{}]", "[".repeat(100_000), "]".repeat(100_000));
        let said = walk(deep.as_bytes(), None, 64).expect_err("too deep");
        assert!(said.contains("recursion limit"), "{said}");
    }

    #[test]
    fn a_reason_holds_nothing_that_was_written() {
        let error =
            serde_json::from_str::<Vec<u8>>("\"my secret, expected x\"").expect_err("wrong");
        let said = reason(&error);
        assert!(!said.contains("secret"), "{said}");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_list_comes_back(
            list in proptest::collection::vec(any_json(), 0..8),
            pretty in any::<bool>(),
            capacity in 3_usize..40,
        ) {
            let json = if pretty {
                serde_json::to_string_pretty(&list)
            } else {
                serde_json::to_string(&list)
            };
            let (found, _) = walk(json.expect("JSON").as_bytes(), None, capacity).expect("read");
            let found: Vec<Value> = found.into_iter().map(|(_, value)| value).collect();
            prop_assert_eq!(found, list);
        }

        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..200), capacity in 3_usize..40) {
            let _ = walk(&bytes, None, capacity);
            let _ = walk(&bytes, Some("entries"), capacity);
        }
    }
}
