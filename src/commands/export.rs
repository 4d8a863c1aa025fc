//! `onward export`

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};

use clap::ValueEnum;
use clap::builder::TypedValueParser;
use serde::Serialize;

use super::filters::Filters;
use super::{Context, Status};
use crate::archive;
use crate::archive::sink::Sink;
use crate::environment;
use crate::error::{Error, Result};
use crate::journal::Journal;
use crate::model::{Entry, Filter};
use crate::output::{Page, View, text};
use crate::signals;

/// Take your entries out, in a form that other programs read
///
/// An export is not locked: whoever can open it can read it. A file that is there already stays
/// as it is unless you say --force, and a folder has to be new or empty. Whatever goes wrong,
/// half an export is never left in its place.
#[derive(Debug, clap::Args)]
// Everywhere else `--to` is the last day, which goes by its other name here.
#[command(mut_arg("to", |day| day.alias(None).long("until")))]
pub struct Args {
    /// The form to write
    #[arg(id = "format", long = "to", value_name = "FORMAT", value_enum)]
    to: To,
    /// The file, or for markdown the new folder; - is standard output. Without it, a file
    /// named onward-DATE in the present folder
    #[arg(
        long,
        short,
        value_name = "PATH",
        value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from)
    )]
    output: Option<PathBuf>,
    /// Replace the file that is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    filters: Filters,
}

/// A form that entries can be taken out in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// Everything there is, with history and trash: what import takes back whole
    Jsonl,
    /// The entries as one JSON object, as --json answers
    Json,
    /// A folder with a Markdown file a day
    Markdown,
    /// A table for spreadsheets
    Csv,
    /// The text that jrnl reads
    Text,
    /// A zip archive that Day One reads
    Dayone,
    /// A keepsake: one file to open in a browser, to keep and to print
    Html,
}

impl To {
    fn name(self) -> &'static str {
        match self {
            To::Jsonl => "jsonl",
            To::Json => "json",
            To::Markdown => "markdown",
            To::Csv => "csv",
            To::Text => "text",
            To::Dayone => "dayone",
            To::Html => "html",
        }
    }

    /// What a file in it is called at the end; a folder nothing.
    fn extension(self) -> Option<&'static str> {
        match self {
            To::Markdown => None,
            To::Text => Some("txt"),
            To::Dayone => Some("zip"),
            other => Some(other.name()),
        }
    }

    /// Writes a file.
    fn write(self, out: &mut dyn Write, asked: &Asked<'_>) -> Result<u64> {
        let mut out = out;
        match self {
            To::Jsonl => {
                let (filter, now) = (asked.filter, asked.context.environment.clock.now());
                let each = &mut |_| asked.one();
                asked.journal.export_whole(filter, &mut out, now, each)
            }
            To::Json => asked.each(|source| archive::entries::write(out, source)),
            To::Csv => asked.each(|source| archive::csv::write(out, source)),
            To::Text => asked.each(|source| archive::jrnl::text::write(out, source)),
            To::Dayone => {
                let zone = environment::zone_name();
                asked.each(|source| archive::dayone::write(out, source, &zone))
            }
            To::Html => {
                let keepsake = asked
                    .journal
                    .keepsake(asked.filter, asked.context.today())?;
                archive::html::write(out, &keepsake)?;
                Ok(keepsake.entries.len() as u64)
            }
            // A folder: see `run`.
            To::Markdown => Ok(0),
        }
    }
}

/// What is to be taken out, and whether it still is.
struct Asked<'a> {
    context: &'a Context,
    journal: &'a Journal,
    filter: &'a Filter,
    stopped: Option<Receiver<()>>,
}

impl Asked<'_> {
    /// Before each entry.
    fn one(&self) -> Result<()> {
        match &self.stopped {
            Some(stopped) if stopped.try_recv().is_ok() => Err(Error::Interrupted),
            _ => Ok(()),
        }
    }

    /// Gives a writer the entries; returns how many there were.
    fn each<T>(&self, write: impl FnOnce(archive::Source<'_>) -> Result<T>) -> Result<u64> {
        let mut entries = 0;
        write(&mut |take: &mut dyn FnMut(Entry) -> Result<()>| {
            self.journal.each_entry(self.filter, &mut |entry| {
                self.one()?;
                entries += 1;
                take(entry)
            })
        })?;
        Ok(entries)
    }
}

/// Takes entries out.
///
/// # Errors
/// [`Error::NoPlace`] for a place that is taken; a filter that cannot be meant; whatever keeps
/// the journal from being read or the file from being written. Then no file was made.
pub fn run(args: &Args, context: &Context) -> Result<Status> {
    let journal = context.open_to_read()?;
    let filter = args.filters.resolve(context, &journal)?;
    let mut asked = Asked {
        context,
        journal: &journal,
        filter: &filter,
        stopped: None,
    };
    if args.output.as_deref() == Some(Path::new("-")) {
        return stream(args.to, &asked);
    }
    let place = place(args, context)?;
    let (stop, stopped) = mpsc::channel();
    signals::on_stop(true, stop, ());
    asked.stopped = Some(stopped);
    // Nothing is made for nothing; an export of everything holds more than the entries.
    if !(args.to == To::Jsonl && filter == Filter::default()) && journal.count(&filter)? == 0 {
        return Ok(nothing(&filter, context));
    }
    let (sink, entries, files) = if args.to.extension().is_none() {
        let mut sink = Sink::folder(&place)?;
        let mut files = 0;
        let entries = sink.write_files(|open| {
            asked.each(|source| {
                files = archive::markdown::write(open, source)?;
                Ok(())
            })
        })?;
        (sink, entries, Some(files))
    } else {
        let mut sink = Sink::file(&place, args.force)?;
        let entries = sink.write(|out| args.to.write(out, &asked))?;
        (sink, entries, None)
    };
    if entries == 0 {
        return Ok(nothing(&filter, context));
    }
    asked.one()?;
    sink.finish()?;
    if context.output.json {
        context.output.show(&Exported {
            to: args.to,
            place: &place,
            entries,
            files,
        })?;
    }
    context.output.status(&format!(
        "Exported {} to {}.",
        counted(entries),
        text::safe(&place.display().to_string())
    ));
    Ok(Status::Done)
}

/// Writes to standard output. A signal ends the program there as it ends others: nothing is
/// left behind.
fn stream(to: To, asked: &Asked<'_>) -> Result<Status> {
    let output = &asked.context.output;
    if to.extension().is_none() {
        return Err(Error::usage(format!(
            "--to {} makes a folder, which is nothing for standard output",
            to.name()
        )));
    }
    if output.json {
        return Err(Error::usage("--json and -o - both want standard output"));
    }
    if output.terminal {
        return Err(Error::Usage {
            what: "an export is no text for a terminal".to_owned(),
            hint: Some("leave out -o - to write a file, or pipe it on".to_owned()),
        });
    }
    match output.stream(|out| to.write(out, asked))? {
        Some(0) => Ok(nothing(asked.filter, asked.context)),
        Some(entries) => {
            output.status(&format!("Exported {}.", counted(entries)));
            Ok(Status::Done)
        }
        None => Ok(Status::Done),
    }
}

/// Where the export goes.
fn place(args: &Args, context: &Context) -> Result<PathBuf> {
    let today = context.today();
    let name = match args.to.extension() {
        Some(extension) => format!("onward-{today}.{extension}"),
        None => format!("onward-{today}"),
    };
    let place = match &args.output {
        None => PathBuf::from(name),
        Some(path) if path.as_os_str().is_empty() => {
            return Err(Error::usage("-o needs the path of a file"));
        }
        // A folder takes the file under its own name.
        Some(path) if args.to.extension().is_some() && path.is_dir() => path.join(name),
        Some(path) => path.clone(),
    };
    // The journal, its log and its drafts.
    let is_of_journal = || {
        let folder = |path: &Path| match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.canonicalize().ok(),
            _ => Path::new(".").canonicalize().ok(),
        };
        let name = |path: &Path| {
            path.file_name()
                .map(|name| name.as_encoded_bytes().to_vec())
        };
        let (Some(own), Some(other)) = (name(&context.journal), name(&place)) else {
            return false;
        };
        other.starts_with(&own) && folder(&context.journal) == folder(&place)
    };
    if args.force && is_of_journal() {
        return Err(Error::NoPlace {
            path: place,
            what: "it belongs to the journal",
            hint: Some("name another file with -o"),
        });
    }
    Ok(place)
}

fn counted(entries: u64) -> String {
    match entries {
        1 => "1 entry".to_owned(),
        many => format!(
            "{} entries",
            text::thousands(usize::try_from(many).unwrap_or(usize::MAX))
        ),
    }
}

fn nothing(filter: &Filter, context: &Context) -> Status {
    context.output.status(if *filter == Filter::default() {
        "Nothing is written yet, so nothing was exported."
    } else {
        "No entries, so nothing was exported. Fewer filters find more."
    });
    Status::NothingFound
}

/// What was exported, for `--json` alone: a person is told in words.
struct Exported<'a> {
    to: To,
    place: &'a Path,
    entries: u64,
    files: Option<u64>,
}

#[derive(Serialize)]
struct ExportedJson {
    export: ExportJson,
}

#[derive(Serialize)]
struct ExportJson {
    path: String,
    format: &'static str,
    entries: u64,
    files: u64,
}

impl View for Exported<'_> {
    fn json(&self) -> impl Serialize {
        ExportedJson {
            export: ExportJson {
                path: self.place.display().to_string(),
                format: self.to.name(),
                entries: self.entries,
                files: self.files.unwrap_or(1),
            },
        }
    }

    fn human(&self, _: &mut Page) {}
}
