//! The front matter of a Markdown file: YAML between two lines `---`.
//!
//! It is read event by event. Aliases are refused, so that anchors unfold nowhere, and its depth
//! and its length are bounded. Front matter that cannot be read so is text.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Value};

/// The longest front matter, in bytes. This program's own is long, as it lists what many entries
/// reflect on.
const MAX_BLOCK: usize = 1_000_000;
/// The most levels of lists and mappings within each other.
const MAX_DEPTH: usize = 16;

/// A field at the left edge: its name, and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FrontField {
    pub(super) name: String,
    pub(super) value: Value,
    /// The lines it stands on, the first and the one behind, counted from 0 in the block.
    pub(super) lines: (usize, usize),
}

/// Parts a text into the block between the fences, the text behind them, and the number of lines
/// before that text. `None` if it does not begin with front matter.
pub(super) fn part(text: &str) -> Option<(&str, &str, u64)> {
    let is_fence = |line: &str| matches!(line.trim_end(), "---");
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().filter(|line| is_fence(line))?;
    let mut end = first.len();
    let mut count = 1;
    for line in lines {
        count += 1;
        if is_fence(line) || line.trim_end() == "..." {
            return Some((&text[first.len()..end], &text[end + line.len()..], count));
        }
        end += line.len();
        if end > MAX_BLOCK {
            return None;
        }
    }
    None
}

/// The fields of a block, in their order; `None` if it is no mapping that can be read.
pub(super) fn fields(block: &str) -> Option<Vec<FrontField>> {
    let mut events = Parser::new_from_str(block).filter(|event| {
        !matches!(
            event,
            Ok((
                Event::StreamStart | Event::DocumentStart(_) | Event::Nothing,
                _
            ))
        )
    });
    let mut next = || events.next()?.ok();
    match next()? {
        (Event::MappingStart(..), _) => {}
        (Event::StreamEnd, _) => return Some(Vec::new()),
        _ => return None,
    }
    let mut fields: Vec<FrontField> = Vec::new();
    loop {
        let (event, span) = next()?;
        let line = span.start.line().checked_sub(1)?;
        if let Some(last) = fields.last_mut() {
            last.lines.1 = line;
        }
        let name = match event {
            Event::Scalar(name, ..) => name.into_owned(),
            Event::MappingEnd => break,
            _ => return None,
        };
        // Refuse fields that do not begin a line: they could not be left in the text by lines.
        if span.start.col() != 0 || fields.last().is_some_and(|last| last.lines.0 == line) {
            return None;
        }
        let value = next()?;
        let value = value_of(value, &mut next, 1)?;
        fields.push(FrontField {
            name,
            value,
            lines: (line, line),
        });
    }
    // The block has to be one document, with nothing behind it.
    loop {
        match next()? {
            (Event::DocumentEnd, _) => {}
            (Event::StreamEnd, _) => break,
            _ => return None,
        }
    }
    if let Some(last) = fields.last_mut() {
        last.lines.1 = block.lines().count();
    }
    Some(fields)
}

fn value_of<'a>(
    (event, _): (Event<'a>, Span),
    next: &mut impl FnMut() -> Option<(Event<'a>, Span)>,
    depth: usize,
) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match event {
        Event::Scalar(text, ScalarStyle::Plain, _, None) => plain(&text),
        Event::Scalar(text, ..) => Value::String(text.into_owned()),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            loop {
                match next()? {
                    (Event::SequenceEnd, _) => break Value::Array(list),
                    event => list.push(value_of(event, next, depth + 1)?),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut map = Map::new();
            loop {
                match next()? {
                    (Event::MappingEnd, _) => break Value::Object(map),
                    (Event::Scalar(name, ..), _) => {
                        let value = next()?;
                        map.insert(name.into_owned(), value_of(value, next, depth + 1)?);
                    }
                    _ => return None,
                }
            }
        }
        // Above all an alias, which could unfold without end.
        _ => return None,
    })
}

/// A scalar without quotation marks.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => match text.parse::<i64>() {
            // Take it for a number only if it is spelled as numbers are: not 007, not +1.
            Ok(number) if number.to_string() == text => Value::from(number),
            _ => Value::String(text.to_owned()),
        },
    }
}

/// A scalar as text; `None` for lists, mappings and nothing.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// A text in double quotation marks. YAML and JSON read it alike.
pub(super) fn quoted(text: &str) -> String {
    harmless(&Value::from(text).to_string())
}

/// Escapes every character of some JSON that YAML reads otherwise, that could end a comment in
/// HTML, or that cannot be seen.
pub(super) fn harmless(json: &str) -> String {
    let mut harmless = String::with_capacity(json.len());
    for c in json.chars() {
        let acts = c.is_control()
            || matches!(
                c,
                '>' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
            );
        if acts {
            harmless.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            harmless.push(c);
        }
    }
    harmless
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(block: &str) -> Option<Vec<String>> {
        let seen = |field: FrontField| {
            let (from, to) = field.lines;
            format!("{from}..{to} {}: {}", field.name, field.value)
        };
        Some(fields(block)?.into_iter().map(seen).collect())
    }

    #[test]
    fn fields_and_the_lines_they_stand_on() {
        let block = "date: 2023-09-12\ntags:\n  - a\n  - '#b c'\n# words\nmood: 4\nup: \
                     [[Home]]\nempty:\nlong: |\n  one\n\n  two\n";
        assert_eq!(
            seen(block),
            Some(vec![
                r#"0..1 date: "2023-09-12""#.to_owned(),
                r##"1..5 tags: ["a","#b c"]"##.to_owned(),
                "5..6 mood: 4".to_owned(),
                r#"6..7 up: [["Home"]]"#.to_owned(),
                "7..8 empty: null".to_owned(),
                r#"8..12 long: "one\n\ntwo\n""#.to_owned(),
            ])
        );
        assert_eq!(seen(""), Some(vec![]));
        assert_eq!(seen("# only words\n"), Some(vec![]));
    }

    #[test]
    fn what_is_no_plain_mapping_is_not_read() {
        for block in [
            "just text\n",
            "- a\n- b\n",
            "a: &x [1]\nb: *x\n",
            "{a: 1, b: 2}\n",
            "a: [1\n",
            "a: 'x\n",
            "? [a]\n: b\n",
            "a: b: c\n",
        ] {
            assert_eq!(seen(block), None, "{block}");
        }
        assert_eq!(seen(&format!("a: {}", "[".repeat(10_000))), None);
        let deep = format!(
            "a: {}{}\n",
            "[".repeat(MAX_DEPTH + 1),
            "]".repeat(MAX_DEPTH + 1)
        );
        assert_eq!(seen(&deep), None);
    }

    #[test]
    fn the_fences_are_found() {
        assert_eq!(part("---\na: 1\n---\ntext"), Some(("a: 1\n", "text", 3)));
        assert_eq!(part("---\n---\n"), Some(("", "", 2)));
        assert_eq!(part("---  \na: 1\n...\n\nx"), Some(("a: 1\n", "\nx", 3)));
        assert_eq!(part("---\nnever closed\n"), None);
        assert_eq!(part("----\n---\n"), None);
        assert_eq!(part("\n---\n---\n"), None);
        assert_eq!(part(""), None);
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_quotation_marks(text in ".*") {
            let block = format!("a: {}\nb:\n  - {}\n", quoted(&text), quoted(&text));
            let read = fields(&block).expect("readable");
            prop_assert_eq!(&read[0].value, &Value::from(text.as_str()));
            prop_assert_eq!(&read[1].value, &serde_json::json!([text]));
        }

        #[test]
        fn nothing_makes_it_stumble(block in "[-a:\\[\\]{}&*!|>'\"#%@`,?\n \t]{0,60}") {
            let _ = fields(&block);
        }
    }
}
