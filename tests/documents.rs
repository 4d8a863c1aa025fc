//! Documents that are made from the program are what the program says today.

#![expect(clippy::disallowed_methods, reason = "the switch is a variable")]

use std::fs;
use std::path::Path;

use clap::Command;

/// Set to anything, the documents are written and not compared.
const WRITE: &str = "ONWARD_WRITE_DOCS";

/// `docs/cli.md`: the help of every command.
fn cli() -> String {
    let mut root = onward::command().term_width(80);
    root.build();
    let mut page = String::from(
        "# The commands\n\n\
         The help of every command, as `--help` prints it. What is the same for all of them stands \
         at the\nend of the first.\n",
    );
    describe(&mut root, &mut page);
    page
}

fn describe(command: &mut Command, page: &mut String) {
    let name = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_owned();
    let depth = "#".repeat(1 + name.split(' ').count());
    let help = command.render_long_help().to_string();
    let own = match help.split_once("\nGlobal options:\n") {
        Some((own, global)) if name.contains(' ') => match global.split_once("\n\n") {
            // What follows the options, such as examples, is the command's own again.
            Some((_, after)) if !after.trim_start().starts_with('-') => {
                format!("{own}\n{after}")
            }
            _ => own.to_owned(),
        },
        _ => help.clone(),
    };
    let own: Vec<&str> = own.trim_end().lines().map(str::trim_end).collect();
    page.push_str(&format!(
        "\n{depth} {name}\n\n```text\n{}\n```\n",
        own.join("\n")
    ));
    for below in command.get_subcommands_mut() {
        if below.get_name() != "help" {
            describe(below, page);
        }
    }
}

#[test]
fn the_page_of_the_commands_is_their_help() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    let made = cli();
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, &made).expect("written");
    }
    let page = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        page == made,
        "docs/cli.md is not the help of today: {WRITE}=1 cargo test --test documents writes it"
    );
}
