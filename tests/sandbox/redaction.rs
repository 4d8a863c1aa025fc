//! What is taken out of an output before it is compared: whatever differs from run to run, and
//! lines that have a test of their own.

/// Replaces ids: no two runs make the same.
pub(super) fn without_ids(text: &str) -> String {
    const FORM: &[u8] = b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    let is_id = |window: &[u8]| {
        window.len() == FORM.len()
            && window.iter().zip(FORM).all(|(byte, form)| match form {
                b'x' => byte.is_ascii_hexdigit(),
                _ => byte == form,
            })
    };
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(at) =
        (0..rest.len()).find(|&at| rest.as_bytes().get(at..at + FORM.len()).is_some_and(is_id))
    {
        replaced.push_str(&rest[..at]);
        replaced.push_str("<id>");
        rest = &rest[at + FORM.len()..];
    }
    replaced + rest
}

/// Takes out the colours; everything else that a terminal would act on stays.
pub(super) fn without_colors(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or("").to_owned();
    for part in parts {
        match part.split_once('m') {
            Some((code, rest)) if code.bytes().all(|b| b.is_ascii_digit()) => {
                plain.push_str(rest)
            }
            _ => {
                plain.push_str("\x1b[");
                plain.push_str(part);
            }
        }
    }
    plain
}

/// Leaves out the line below a saved page that says how to count it otherwise: `write` has
/// tests of it, and elsewhere it is enough that the page was saved.
pub(super) fn without_hint(text: &str) -> String {
    let hint = |line: &&str| without_colors(line).starts_with("To count it ");
    text.split_inclusive('\n')
        .filter(|line| !hint(line))
        .collect()
}

/// Leaves out what is said once of an editor that works on an encrypted journal: it has a test
/// of its own.
pub(super) fn without_warning(text: &str) -> String {
    let Some(at) = text.find(" may keep copies of what it edits") else {
        return text.to_owned();
    };
    let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let rest = &text[at..];
    let end = rest.find("to.\n").map_or(rest.len(), |end| end + 4);
    format!("{}{}", &text[..begin], &rest[end..])
}
