//! The root of the command line: global flags, one match, the exit status.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::TypedValueParser;
use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::{self, Access, Context, Status, desk};
use crate::config::{ColorChoice, Config};
use crate::environment::{self, Environment};
use crate::error::{Error, Result};
use crate::journal::Key;
use crate::output::{self, Output, Pager, text};
use crate::shelf::Shelf;
use crate::{signals, store};

const EXAMPLES: &str = "\
Every evening:
  onward                      today's tip and question, and where you stand
  onward write                write today's page in your editor
  onward write \"I called …\"   or straight from the command line
  onward tips                 which tips you have reflected on
  onward list                 the pages you have written
  onward review               this week's pages, and what was on this day
  onward stats                your journal in numbers
  onward search river         the pages that mention it

When it pulls:
  onward urge                 a minute before you call, and three ways on
  onward letter               the message that will not be sent
  onward reason, onward begin why you walk away, for evenings when you forget it
  onward contact              the days without contact
  onward away 42              out of sight, and not deleted

Days are written 2026-11-20, yesterday, last friday, 3 days ago or nov 3.
Exit status: 0 done, 1 could not, 2 wrong usage, 3 nothing found, 4 locked,
130 interrupted.";

/// A private journal that helps you walk away well
///
/// Each day it offers one tip to reflect on. You write an honest page; it keeps the page in
/// one file on this machine, tracks which tips you have reflected on, and helps you look
/// back. Without a command it shows the daily page.
#[derive(Debug, Parser)]
#[command(name = "onward", after_help = EXAMPLES, disable_help_subcommand = true, max_term_width = 80)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Use the journal in this file
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "ONWARD_JOURNAL",
        hide_env_values = true,
        value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from)
    )]
    journal: Option<PathBuf>,
    /// Read the configuration from this file
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        env = "ONWARD_CONFIG",
        hide_env_values = true,
        value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from)
    )]
    config: Option<PathBuf>,
    /// Read the passphrase from this file descriptor
    #[arg(long, global = true, value_name = "N")]
    passphrase_fd: Option<u32>,
    /// Answer with one JSON object
    #[arg(long, global = true)]
    json: bool,
    /// Use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    color: Option<ColorChoice>,
    /// Print long answers instead of showing them in a pager
    #[arg(long, global = true)]
    no_pager: bool,
    /// Say nothing but the answer and errors
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Today(commands::today::Args),
    Write(commands::write::Args),
    Show(commands::show::Args),
    List(commands::list::Args),
    Search(commands::search::Args),
    Tips(commands::tips::Args),
    Edit(commands::edit::Args),
    Delete(commands::delete::Args),
    Restore(commands::restore::Args),
    Trash(commands::trash::Args),
    History(commands::history::Args),
    Undo(commands::undo::Args),
    Redo(commands::undo::RedoArgs),
    Review(commands::review::Args),
    Stats(commands::stats::Args),
    Export(commands::export::Args),
    Import(commands::import::Args),
    Backup(commands::backup::Args),
    RestoreBackup(commands::restore_backup::Args),
    Doctor(commands::doctor::Args),
    Encrypt(commands::encrypt::Args),
    Decrypt(commands::decrypt::Args),
    Passphrase(commands::passphrase::Args),
    Unlock(commands::unlock::Args),
    Lock(commands::lock::Args),
    Deck(commands::deck::Args),
    Begin(commands::begin::Args),
    Reason(commands::reason::Args),
    Urge(commands::urge::Args),
    Letter(commands::letter::Args),
    Contact(commands::contact::Args),
    Away(commands::away::Args),
}

/// The whole command line as it is parsed, for what has to know every command and flag.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Parses the command line, runs the command, and returns the exit status.
pub fn run() -> u8 {
    signals::survive_file_size_limit();
    environment::keep_memory_private();
    let version = format!(
        "{} (SQLite {})",
        env!("CARGO_PKG_VERSION"),
        store::sqlite_version()
    );
    let parsed = Cli::command()
        .version(version)
        .try_get_matches()
        .and_then(|matches| {
            let mut cli = Cli::from_arg_matches(&matches)?;
            // A variable that is set to nothing says nothing.
            let said = |id: &str, path: &PathBuf| {
                !path.as_os_str().is_empty()
                    || matches.value_source(id) != Some(ValueSource::EnvVariable)
            };
            cli.global.journal = cli.global.journal.filter(|path| said("journal", path));
            cli.global.config = cli.global.config.filter(|path| said("config", path));
            Ok(cli)
        });
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers; everything else is wrong usage, and repeats what
            // was typed.
            let hostile = |word: OsString| text::is_hostile_within(&word.to_string_lossy());
            if std::env::args_os().any(hostile) {
                output::usage_error(&error.render().to_string());
            } else {
                let _ = error.print();
            }
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let plain = Output {
        json: cli.global.json,
        quiet: cli.global.quiet,
        color: false,
        color_errors: false,
        terminal: false,
        terminal_errors: false,
        width: 80,
        height: None,
        pager: Pager::NEVER,
    };
    let context = match context(&cli.global, &plain) {
        Ok(context) => context,
        Err(error) => {
            // What the configuration says about it may be out of reach.
            let said = cli
                .global
                .journal
                .filter(|path| !path.as_os_str().is_empty());
            let journal = said.or_else(|| environment::journal_path().ok());
            return failed(error, &cli.command, journal.as_deref(), None, &plain);
        }
    };
    match dispatch(&cli.command, &context) {
        Ok(status) => status.code(),
        Err(error) => {
            // The file is looked at once more.
            context.access.close();
            let journal = Some(context.journal.as_path());
            let key = context.access.key();
            failed(error, &cli.command, journal, key, &context.output)
        }
    }
}

/// Says what went wrong, having kept the text that the command was to read and did not get
/// to; returns the exit status.
fn failed(
    error: Error,
    command: &Option<Command>,
    journal: Option<&Path>,
    key: Option<Key>,
    output: &Output,
) -> u8 {
    let has_text = match command {
        Some(Command::Write(args)) => args.takes_standard_input(),
        Some(Command::Edit(args)) => args.takes_standard_input(),
        Some(Command::Letter(args)) => args.takes_standard_input(),
        Some(Command::Reason(args)) => args.takes_standard_input(),
        _ => false,
    };
    let error = if has_text {
        desk::keep_unread(error, journal, key, output)
    } else {
        error
    };
    output.error(&error);
    error.exit_status()
}

fn dispatch(command: &Option<Command>, context: &Context) -> Result<Status> {
    match command {
        None => commands::page::run(context),
        Some(Command::Today(args)) => commands::today::run(args, context),
        Some(Command::Write(args)) => commands::write::run(args, context),
        Some(Command::Show(args)) => commands::show::run(args, context),
        Some(Command::List(args)) => commands::list::run(args, context),
        Some(Command::Search(args)) => commands::search::run(args, context),
        Some(Command::Tips(args)) => commands::tips::run(args, context),
        Some(Command::Edit(args)) => commands::edit::run(args, context),
        Some(Command::Delete(args)) => commands::delete::run(args, context),
        Some(Command::Restore(args)) => commands::restore::run(args, context),
        Some(Command::Trash(args)) => commands::trash::run(args, context),
        Some(Command::History(args)) => commands::history::run(args, context),
        Some(Command::Undo(args)) => commands::undo::run(args, context),
        Some(Command::Redo(args)) => commands::undo::redo(args, context),
        Some(Command::Review(args)) => commands::review::run(args, context),
        Some(Command::Stats(args)) => commands::stats::run(args, context),
        Some(Command::Export(args)) => commands::export::run(args, context),
        Some(Command::Import(args)) => commands::import::run(args, context),
        Some(Command::Backup(args)) => commands::backup::run(args, context),
        Some(Command::RestoreBackup(args)) => commands::restore_backup::run(args, context),
        Some(Command::Doctor(args)) => commands::doctor::run(args, context),
        Some(Command::Encrypt(args)) => commands::encrypt::run(args, context),
        Some(Command::Decrypt(args)) => commands::decrypt::run(args, context),
        Some(Command::Passphrase(args)) => commands::passphrase::run(args, context),
        Some(Command::Unlock(args)) => commands::unlock::run(args, context),
        Some(Command::Lock(args)) => commands::lock::run(args, context),
        Some(Command::Deck(args)) => commands::deck::run(args, context),
        Some(Command::Begin(args)) => commands::begin::run(args, context),
        Some(Command::Reason(args)) => commands::reason::run(args, context),
        Some(Command::Urge(args)) => commands::urge::run(args, context),
        Some(Command::Letter(args)) => commands::letter::run(args, context),
        Some(Command::Contact(args)) => commands::contact::run(args, context),
        Some(Command::Away(args)) => commands::away::run(args, context),
    }
}

/// Everything a command works with, from flags, variables and the configuration, in that
/// order.
fn context(global: &Global, plain: &Output) -> Result<Context> {
    let environment = Environment::read()?;
    if global
        .config
        .as_ref()
        .is_some_and(|path| path.as_os_str().is_empty())
    {
        return Err(Error::usage("--config needs the path of a file"));
    }
    let config = Config::read(global.config.as_deref())?;
    let config_path = global.config.clone().or_else(environment::config_path);
    let journal = match global.journal.as_ref().or(config.journal.as_ref()) {
        Some(path) if path.as_os_str().is_empty() => {
            return Err(Error::usage("--journal needs the path of a file"));
        }
        Some(path) => path.clone(),
        None => environment::journal_path()?,
    };
    let color = |terminal: bool| match global.color.unwrap_or(config.color) {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && !environment.no_color && !environment.dumb,
    };
    // A terminal without control sequences has no use for a pager either.
    let pager = if global.no_pager || environment.dumb {
        Pager::NEVER
    } else {
        let own = config.pager.as_ref().or(environment.pager.as_ref());
        Pager::of(own.map(String::as_str), environment.less)
    };
    let output = Output {
        color: color(environment.terminal.output),
        color_errors: color(environment.terminal.error),
        terminal: environment.terminal.output,
        terminal_errors: environment.terminal.error,
        width: environment.width,
        height: environment.height,
        pager,
        ..plain.clone()
    };
    let access = Access::new(
        global.passphrase_fd,
        config.auto_unlock,
        &environment,
        &output,
    );
    Ok(Context {
        journal,
        config,
        shelf: Shelf::beside(config_path.as_deref()),
        config_path,
        environment,
        output,
        access,
        chosen: Default::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
