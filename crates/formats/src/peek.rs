//! The names at the beginning of a JSON file, by which formats are recognised.

/// The names in the first objects of a JSON file, as far as its beginning goes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FirstKeys {
    /// The document begins with an object.
    pub(super) is_object: bool,
    /// The document begins with a list.
    pub(super) is_list: bool,
    /// The names in the object.
    pub(super) outer: Vec<String>,
    /// The names in the first object of its `entries`, or of the list.
    pub(super) first: Vec<String>,
}

/// Looks at the beginning of a file, which may end anywhere.
pub(super) fn keys(head: &[u8]) -> FirstKeys {
    let head = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head);
    let mut keys = FirstKeys::default();
    let mut peek = Peek { head, at: 0 };
    match peek.next() {
        Some(b'{') => {
            keys.is_object = true;
            let _ = object(&mut peek, &mut keys.outer, Some(&mut keys.first));
        }
        Some(b'[') => {
            keys.is_list = true;
            if peek.next() == Some(b'{') {
                let _ = object(&mut peek, &mut keys.first, None);
            }
        }
        _ => {}
    }
    keys
}

/// The names of an object whose bracket is read already; `None` if the head ends in it.
fn object(
    peek: &mut Peek<'_>,
    names: &mut Vec<String>,
    mut first: Option<&mut Vec<String>>,
) -> Option<()> {
    loop {
        match peek.next()? {
            b'"' => {}
            b',' => continue,
            _ => return Some(()),
        }
        let from = peek.at - 1;
        peek.string()?;
        let name = serde_json::from_slice(&peek.head[from..peek.at]).ok()?;
        if peek.next()? != b':' {
            return None;
        }
        let is_entries = name == "entries";
        names.push(name);
        if let Some(first) = first.as_deref_mut().filter(|_| is_entries) {
            let from = peek.at;
            if peek.next()? == b'[' && peek.next()? == b'{' {
                object(peek, first, None)?;
            }
            peek.at = from;
        }
        peek.value()?;
    }
}

struct Peek<'a> {
    head: &'a [u8],
    at: usize,
}

impl Peek<'_> {
    /// The next byte that is no white space.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.head.get(self.at)?;
            self.at += 1;
            if !byte.is_ascii_whitespace() {
                return Some(byte);
            }
        }
    }

    /// Steps behind a string whose first quotation mark is read already.
    fn string(&mut self) -> Option<()> {
        loop {
            let byte = *self.head.get(self.at)?;
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'"' => return Some(()),
                _ => {}
            }
        }
    }

    /// Steps behind a value.
    fn value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.next()? {
                b'"' => self.string()?,
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => {
                    self.at -= 1;
                    return Some(());
                }
                b'}' | b']' => depth -= 1,
                b',' if depth == 0 => return Some(()),
                _ => continue,
            }
            if depth == 0 && matches!(self.head.get(self.at - 1), Some(b'"' | b'}' | b']')) {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &str, outer: &[&str], first: &[&str]) {
        let keys = keys(head.as_bytes());
        assert_eq!(
            (keys.outer, keys.first),
            (
                outer.iter().map(|&name| name.to_owned()).collect(),
                first.iter().map(|&name| name.to_owned()).collect(),
            ),
            "{head}"
        );
    }

    #[test]
    fn names_are_found_as_far_as_the_head_goes() {
        check("", &[], &[]);
        check("text", &[], &[]);
        check(r#"{"a":1,"b":{"c":[1,{"d":"}"}]},"e""#, &["a", "b"], &[]);
        check(r#"{"a":"\"x","b" : null , "c":tr"#, &["a", "b", "c"], &[]);
        check(
            r#"{"version":100,"entries":[{"date":"x","ta"#,
            &["version", "entries"],
            &["date"],
        );
        check(
            r#"{"entries":[{"a":1},{"b":2}],"z":1}"#,
            &["entries", "z"],
            &["a"],
        );
        check(r#"{"entries":[],"z":[]}"#, &["entries", "z"], &[]);
        check(r#" [ {"id":1, "date":"#, &[], &["id", "date"]);
        check("[1,2]", &[], &[]);
        check("{\"a\":1}\n{\"b\":2}", &["a"], &[]);
    }
}
