//! Writing a folder with a file a day.

use std::collections::BTreeSet;
use std::io::Write;

use onward_model::Entry;
use serde_json::Value;

use super::{FORM, MARK, marked};
use crate::entries::{EntryJson, ReflectionJson};
use crate::error::Result;
use crate::{EntrySource, front, unwritten};

/// Writes entries, which have to come in the order of their days. Each day goes into the file
/// that `open` makes for its name. Returns the number of files.
///
/// # Errors
/// [`crate::FormatError::Write`]; those of `open`.
pub fn write<W: Write>(
    open: &mut dyn FnMut(&str) -> Result<W>,
    source: EntrySource<'_>,
) -> Result<u64> {
    let mut files = 0;
    let mut day: Vec<Entry> = Vec::new();
    let mut put = |entries: Vec<Entry>| -> Result<()> {
        let Some(first) = entries.first() else {
            return Ok(());
        };
        let mut out = open(&format!("{}.md", first.day))?;
        files += 1;
        out.write_all(page(&entries).as_bytes())
            .and_then(|()| out.flush())
            .map_err(unwritten)
    };
    source(&mut |entry| {
        if day.first().is_some_and(|first| first.day != entry.day) {
            put(std::mem::take(&mut day))?;
        }
        day.push(entry);
        Ok(())
    })?;
    put(day)?;
    Ok(files)
}

/// The file of a day.
fn page(entries: &[Entry]) -> String {
    let mut tags = BTreeSet::new();
    for entry in entries {
        tags.extend(entry.tags.iter().map(|tag| tag.as_str().to_owned()));
    }
    let mut page = format!("---\nonward: {FORM}\n");
    let alone = entries.len() == 1;
    for (at, shape) in entries.iter().map(EntryJson::of).enumerate() {
        if at == 0 {
            page.push_str(&format!("date: {}\n", shape.day));
        }
        if alone {
            facts_as_yaml(&mut page, &shape);
        }
        if at == 0 {
            list(&mut page, "tags", tags.iter().map(|tag| front::quoted(tag)));
            if alone {
                let reflections = shape.reflections.iter().map(json_of);
                list(&mut page, "reflections", reflections);
            }
            page.push_str("---\n");
        }
        page.push('\n');
        if !alone {
            page.push_str(&format!(
                "{MARK} {} -->\n\n",
                front::harmless(&facts_as_json(&shape))
            ));
        }
        page.push_str(&escaped(shape.text.unwrap_or_default()));
        page.push('\n');
    }
    page
}

fn facts_as_yaml(page: &mut String, shape: &EntryJson<'_>) {
    let mut fact = |name: &str, value: &str| page.push_str(&format!("{name}: {value}\n"));
    fact("id", &shape.id);
    fact("written_at", &shape.written_at);
    if let Some(at) = &shape.edited_at {
        fact("edited_at", at);
    }
    if shape.kind != "page" {
        fact("kind", shape.kind);
    }
    if let Some(mood) = shape.mood {
        fact("mood", &mood.to_string());
    }
    if shape.starred {
        fact("starred", "true");
    }
    if let Ok(Value::Object(particulars)) = serde_json::to_value(&shape.particulars) {
        for (name, value) in &particulars {
            match value {
                Value::String(text) => fact(name, &front::quoted(text)),
                other => fact(name, &other.to_string()),
            }
        }
    }
}

fn list(page: &mut String, name: &str, items: impl Iterator<Item = String>) {
    let mut head = Some(format!("{name}:\n"));
    for item in items {
        page.push_str(&head.take().unwrap_or_default());
        page.push_str(&format!("  - {item}\n"));
    }
}

fn json_of(reflection: &ReflectionJson) -> String {
    front::harmless(&serde_json::to_string(reflection).unwrap_or_default())
}

/// The fields of an entry besides its day and its text.
fn facts_as_json(shape: &EntryJson<'_>) -> String {
    let Ok(Value::Object(mut facts)) = serde_json::to_value(shape) else {
        return String::new();
    };
    for name in ["number", "day", "text"] {
        facts.remove(name);
    }
    facts.retain(|name, value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !list.is_empty(),
        Value::String(kind) => name != "kind" || kind != "page",
        _ => true,
    });
    Value::Object(facts).to_string()
}

fn escaped(text: &str) -> String {
    let line = |line: &str| match marked(line) {
        Some(_) => format!("\\{line}"),
        None => line.to_owned(),
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
