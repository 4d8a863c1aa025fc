//! The root of the command line: it parses the arguments, builds the context, runs one verb,
//! and turns the result into an exit status.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands;
use crate::config::{ColorChoice, Config};
use crate::environment::{self, Environment};
use crate::error::{Error, Result};
use crate::output::{self, Output};
use crate::session::{Context, Passphrases, Session, Status, desk};
use crate::shelf::Shelf;
use crate::store;
use crate::terminal::pager::Pager;
use crate::terminal::stop;
use crate::view::text;

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
    /// The verb; `None` for `onward` alone. clap does not derive this field, because then
    /// building the root would always build every verb.
    #[arg(skip)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
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

/// Generates the enum of verbs and its methods from a table. Each row has the name that a
/// person types, the variant that clap parses it into, and the module in `commands` with the
/// type of its arguments and the function that runs it.
macro_rules! verbs {
    ($($name:literal $verb:ident $module:ident::{$arguments:ident, $run:ident};)+) => {
        #[derive(Debug, Subcommand)]
        enum Command {
            $(#[command(name = $name)] $verb(commands::$module::$arguments),)+
        }

        impl Command {
            /// The clap parser of this verb alone; `None` if there is no such verb.
            fn parser_of(verb: &str) -> Option<clap::Command> {
                match verb {
                    $($name => Some(commands::$module::$arguments::augment_args(
                        clap::Command::new($name),
                    )),)+
                    _ => None,
                }
            }

            fn run(&self, session: &mut Session<'_>) -> Result<Status> {
                match self {
                    $(Command::$verb(arguments) => commands::$module::$run(arguments, session),)+
                }
            }
        }
    };
}

verbs! {
    "today" Today today::{Args, run};
    "write" Write write::{Args, run};
    "show" Show show::{Args, run};
    "list" List list::{Args, run};
    "search" Search search::{Args, run};
    "tips" Tips tips::{Args, run};
    "edit" Edit edit::{Args, run};
    "delete" Delete delete::{Args, run};
    "restore" Restore restore::{Args, run};
    "trash" Trash trash::{Args, run};
    "history" History history::{Args, run};
    "undo" Undo undo::{Args, run};
    "redo" Redo undo::{RedoArgs, redo};
    "review" Review review::{Args, run};
    "stats" Stats stats::{Args, run};
    "export" Export export::{Args, run};
    "import" Import import::{Args, run};
    "backup" Backup backup::{Args, run};
    "restore-backup" RestoreBackup restore_backup::{Args, run};
    "doctor" Doctor doctor::{Args, run};
    "encrypt" Encrypt encrypt::{Args, run};
    "decrypt" Decrypt decrypt::{Args, run};
    "passphrase" Passphrase passphrase::{Args, run};
    "unlock" Unlock unlock::{Args, run};
    "lock" Lock lock::{Args, run};
    "deck" Deck deck::{Args, run};
    "begin" Begin begin::{Args, run};
    "reason" Reason reason::{Args, run};
    "urge" Urge urge::{Args, run};
    "letter" Letter letter::{Args, run};
    "contact" Contact contact::{Args, run};
    "away" Away away::{Args, run};
}

/// The whole command line with every verb. For code that needs every command and flag, such as
/// the generator of `docs/cli.md`.
pub fn command() -> clap::Command {
    Command::augment_subcommands(root())
}

/// The command line without its verbs: the global options, help and version.
fn root() -> clap::Command {
    Cli::command().version(format!(
        "{} (SQLite {})",
        env!("CARGO_PKG_VERSION"),
        store::sqlite_version()
    ))
}

/// The command line with only the verbs that these arguments need. `arguments[0]` is the name
/// of the program.
///
/// Building every verb would take half the time of `onward --version`. So clap first parses the
/// arguments without any verb, only to find which word behind the global options is the verb.
/// Help and usage errors of the root need every verb, since they list the verbs or suggest one.
fn command_for(arguments: &[OsString]) -> clap::Command {
    let without_verbs = root().allow_external_subcommands(true);
    match without_verbs.try_get_matches_from(arguments) {
        Ok(matches) => match matches.subcommand_name() {
            None => root(),
            Some(verb) => match Command::parser_of(verb) {
                Some(parser) => root().subcommand(parser),
                None => command(),
            },
        },
        Err(error) if error.kind() == ErrorKind::DisplayVersion => root(),
        Err(_) => command(),
    }
}

fn parse(parser: clap::Command, arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = parser.try_get_matches_from(arguments)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    if matches.subcommand_name().is_some() {
        cli.command = Some(Command::from_arg_matches(&matches)?);
    }
    // Treat an environment variable that is set to the empty string as unset.
    let said = |id: &str, path: &PathBuf| {
        !path.as_os_str().is_empty()
            || matches.value_source(id) != Some(ValueSource::EnvVariable)
    };
    cli.global.journal = cli.global.journal.filter(|path| said("journal", path));
    cli.global.config = cli.global.config.filter(|path| said("config", path));
    Ok(cli)
}

/// Parses the command line, runs the command, and returns the exit status.
pub fn run() -> u8 {
    stop::survive_file_size_limit();
    environment::keep_memory_private();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match parse(command_for(&arguments), &arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers. Every other error is a usage error, which repeats
            // what the person typed: if that could act on the terminal, print it made safe.
            let hostile = |word: OsString| text::is_hostile_within(&word.to_string_lossy());
            if arguments.into_iter().any(hostile) {
                output::print_usage_error(&error.render().to_string());
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
    let takes_text = cli
        .command
        .as_ref()
        .is_some_and(Command::takes_standard_input);
    let context = match context(&cli.global, &plain) {
        Ok(context) => context,
        Err(error) => {
            // The configuration may be what failed, so its journal path is unknown: fall back
            // to the flag or the default path.
            let said = cli
                .global
                .journal
                .filter(|path| !path.as_os_str().is_empty());
            let journal = said.or_else(|| environment::journal_path().ok());
            let error = match takes_text {
                true => {
                    desk::keep_unread_input_without_session(error, journal.as_deref(), &plain)
                }
                false => error,
            };
            plain.error(&error);
            return error.exit_status();
        }
    };
    let mut session = Session::new(&context);
    let ended = match &cli.command {
        None => commands::page::run(&mut session),
        Some(command) => command.run(&mut session),
    };
    session.put_drafts_away();
    match ended {
        Ok(status) => status.code(),
        Err(error) => {
            let error = match takes_text {
                true => desk::keep_unread_input(error, &mut session),
                false => error,
            };
            context.output.error(&error);
            error.exit_status()
        }
    }
}

impl Command {
    /// Returns `true` if this command reads the text that it saves from standard input, if that
    /// is not a terminal. Only this method decides it: if such a command fails before it has
    /// read its text, the text is kept aside and not lost.
    fn takes_standard_input(&self) -> bool {
        match self {
            Command::Write(args) => args.takes_standard_input(),
            Command::Edit(args) => args.takes_standard_input(),
            Command::Letter(args) => args.takes_standard_input(),
            Command::Reason(args) => args.takes_standard_input(),
            Command::Urge(args) => args.takes_standard_input(),
            Command::Contact(args) => args.takes_standard_input(),
            _ => false,
        }
    }
}

/// Builds the context of the run. Flags win over environment variables, and those over the
/// configuration file.
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
    // A dumb terminal cannot show what a pager draws.
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
    Ok(Context {
        journal,
        config,
        shelf: Shelf::beside(config_path.as_deref()),
        config_path,
        passphrases: Passphrases::new(global.passphrase_fd, &environment),
        environment,
        output,
        chosen: Default::default(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    fn words(line: &[String]) -> Vec<OsString> {
        let program = OsString::from("onward");
        std::iter::once(program)
            .chain(line.iter().map(OsString::from))
            .collect()
    }

    fn owned(line: &[&str]) -> Vec<String> {
        line.iter().map(ToString::to_string).collect()
    }

    /// The result of parsing a command line: the parsed value, or the kind of the error and
    /// everything that it would print.
    fn outcome(parser: clap::Command, line: &[String]) -> (Option<ErrorKind>, String) {
        match parse(parser, &words(line)) {
            Ok(cli) => (None, format!("{cli:?}")),
            Err(error) => (Some(error.kind()), error.render().ansi().to_string()),
        }
    }

    /// Every verb and every subcommand of a verb, each with the words that are typed for it.
    fn every_verb(
        parent: &clap::Command,
        path: &[String],
    ) -> Vec<(Vec<String>, clap::Command)> {
        let mut all = Vec::new();
        for verb in parent.get_subcommands() {
            let path = [path, &[verb.get_name().to_owned()]].concat();
            all.extend(every_verb(verb, &path));
            all.push((path, verb.clone()));
        }
        all
    }

    /// Right and wrong command lines and calls for help: for every verb, for words that almost
    /// name one, and for none, with global options before and after.
    fn every_kind_of_line() -> Vec<Vec<String>> {
        let globals: &[&[&str]] = &[
            &["--json"],
            &["-q"],
            &["--journal", "list"],
            &["--journal=x"],
            &["--color", "list"],
            &["--passphrase-fd", "list"],
            &["--jsn"],
            &["--config"],
            &["--"],
            &["--help"],
            &["--version"],
        ];
        let tails: &[&[&str]] = &[
            &[],
            &["-h"],
            &["1"],
            &["1", "2", "3"],
            &["no-such"],
            &["list"],
            &["--no-such", "list"],
            &["-Z"],
            &["--", "-x"],
            &[""],
        ];
        let mut verbs = every_verb(&command(), &[]);
        verbs.push((Vec::new(), root()));
        for near in ["lst", "List", "help", "restore-backups", "-", ""] {
            verbs.push((owned(&[near]), clap::Command::new("no verb")));
        }
        let mut lines = Vec::new();
        for (path, verb) in verbs {
            for tail in tails {
                lines.push([path.clone(), owned(tail)].concat());
            }
            lines.push([owned(&["-q"]), path.clone(), owned(&["-q"])].concat());
            for global in globals {
                lines.push([owned(global), path.clone()].concat());
                lines.push([path.clone(), owned(global)].concat());
            }
            for flag in verb
                .get_arguments()
                .filter_map(|argument| argument.get_long())
            {
                for flag in [
                    format!("--{flag}"),
                    format!("--{flag}=1"),
                    format!("--{flag}s"),
                ] {
                    lines.push([path.clone(), vec![flag]].concat());
                }
                lines.push([vec![format!("--{flag}")], path.clone()].concat());
            }
        }
        lines
    }

    #[test]
    fn a_command_line_means_the_same_without_the_other_verbs() {
        let whole = command();
        let mut kinds = HashSet::new();
        for line in every_kind_of_line() {
            let expected = outcome(whole.clone(), &line);
            assert_eq!(
                outcome(command_for(&words(&line)), &line),
                expected,
                "{line:?}"
            );
            kinds.insert(expected.0);
        }
        // The generated lines must cover every kind of result, or the comparison above proves
        // little.
        for kind in [
            None,
            Some(ErrorKind::ArgumentConflict),
            Some(ErrorKind::DisplayHelp),
            Some(ErrorKind::DisplayVersion),
            Some(ErrorKind::InvalidSubcommand),
            Some(ErrorKind::InvalidValue),
            Some(ErrorKind::MissingRequiredArgument),
            Some(ErrorKind::TooManyValues),
            Some(ErrorKind::UnknownArgument),
            Some(ErrorKind::ValueValidation),
        ] {
            assert!(kinds.contains(&kind), "{kind:?}");
        }
    }

    #[test]
    fn only_the_verbs_that_are_needed_are_built() {
        let built = |line: &[&str]| -> Vec<String> {
            let parser = command_for(&words(&owned(line)));
            let verbs = parser.get_subcommands();
            verbs.map(|verb| verb.get_name().to_owned()).collect()
        };
        for line in [&[][..], &["--json"], &["--journal", "list"], &["-V"]] {
            assert!(built(line).is_empty(), "{line:?}");
        }
        let all = built(&["--help"]);
        assert!(all.len() > 30, "{all:?}");
        for verb in &all {
            for line in [
                &[verb.as_str()][..],
                &["-q", "--journal", "x", verb, "list", "--no-such"],
            ] {
                assert_eq!(built(line), [verb.as_str()], "{line:?}");
            }
        }
        for line in [&["lst"][..], &["--jsn", "list"], &["--color=list", "list"]] {
            assert_eq!(built(line), all, "{line:?}");
        }
    }
}
