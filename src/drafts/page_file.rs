//! The file that an editor gets: the writer's part above, and below a scissors line what helps
//! them, so that every line above it is theirs, whatever it begins with.

/// The line that parts the writer's text from what helps them.
const SCISSORS: &str = "# ------------------------ >8 ------------------------";
const EXPLANATION: &str =
    "# Write above the line. It and the lines below that begin with # are left out.";

/// A file for the editor: the text so far, and below the scissors what helps to go on.
pub fn compose(text: &str, help: &str) -> String {
    let mut file = format!("{text}\n\n{SCISSORS}\n{EXPLANATION}\n");
    for line in help.lines() {
        file.push('#');
        if !line.is_empty() {
            file.push(' ');
            file.push_str(line);
        }
        file.push('\n');
    }
    file
}

/// The writer's part of such a file, without the line ends that editors and
/// [`compose`] put at its end: what stands above the scissors, and below them every line that
/// is not ours, for those who answer right under the question.
///
/// The last scissors line counts, so that one that was pasted stays text. Where the line
/// itself was deleted, the explanation below it still parts the two.
pub fn written(file: &str) -> String {
    let line_at = |wanted: &str| {
        let mut at = 0;
        let mut found = None;
        for line in file.split_inclusive('\n') {
            if line.trim_end() == wanted {
                found = Some(at);
            }
            at += line.len();
        }
        found
    };
    let end = line_at(SCISSORS)
        .or_else(|| line_at(EXPLANATION))
        .unwrap_or(file.len());
    let (above, below) = file.split_at(end);
    let mut text = above.trim_end_matches(['\n', '\r']).to_owned();
    // Ours begin with `# ` or are a lone `#`; `#river` is a tag that somebody typed.
    let is_ours = |line: &&str| line.trim_end() == "#" || line.starts_with("# ");
    let theirs: Vec<&str> = below.lines().filter(|line| !is_ours(line)).collect();
    let theirs = theirs.join("\n");
    let theirs = theirs.trim_matches(['\n', '\r']);
    if !theirs.trim().is_empty() {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(theirs);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_stands_above_the_line_is_the_writers() {
        let file = compose("", "Tip 1\n\nWhat happened?");
        assert_eq!(
            file,
            format!("\n\n{SCISSORS}\n{EXPLANATION}\n# Tip 1\n#\n# What happened?\n")
        );
        assert_eq!(written(&file), "");
        assert_eq!(
            written(&format!("# my heading\n\ntext\n{file}")),
            "# my heading\n\ntext"
        );
        assert_eq!(written(&format!("  indented\n\n\n{file}")), "  indented");
        assert_eq!(written("all deleted below\n"), "all deleted below");
        assert_eq!(written("text\r\n\r\n"), "text");
    }

    #[test]
    fn a_pasted_scissors_line_stays() {
        let text = format!("before\n{SCISSORS}\nafter");
        assert_eq!(written(&compose(&text, "help")), text);
    }

    #[test]
    fn an_answer_right_under_the_question_counts() {
        let file = format!("{}I went out.\n\nTwice.\n", compose("", "What happened?"));
        assert_eq!(written(&file), "I went out.\n\nTwice.");
        let file = format!("{}more\n", compose("above", "What happened?"));
        assert_eq!(written(&file), "above\n\nmore");
    }

    #[test]
    fn a_tag_below_the_line_counts() {
        let file = format!(
            "{}I went out.\n#river #friends\n",
            compose("", "What happened?")
        );
        assert_eq!(written(&file), "I went out.\n#river #friends");
        assert_eq!(
            written(&format!("{}## Why\n", compose("", "a\n\nb"))),
            "## Why"
        );
    }

    #[test]
    fn without_the_scissors_the_explanation_parts() {
        let file = compose("text", "help").replace(&format!("{SCISSORS}\n"), "");
        assert_eq!(written(&file), "text");
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(text in "[^\r]*[^\r\n]", help in "[a-z\n]*") {
            let file = compose(&text, &help);
            prop_assert_eq!(written(&file), text);
        }
    }
}
