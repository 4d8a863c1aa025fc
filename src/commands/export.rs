//! `onward export`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::TypedValueParser;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::environment;
use crate::error::{Error, Result};
use crate::files::ExportSink;
use crate::formats;
use crate::formats::age::{self, ExportLock, Recipient};
use crate::journal::Journal;
use crate::model::{Entry, Filter, KindName, count};
use crate::session::filters::Filters;
use crate::session::{Context, Session, Status};
use crate::terminal::stop::{CtrlC, StopRequests};
use crate::view::{Page, View, text};

/// Take your entries out, in a form that other programs read
///
/// Whoever gets hold of an export can read it, unless it is made with --encrypt: that asks for
/// a passphrase of its own and writes a file that `onward import` and the `age` tool open. From
/// an encrypted journal say --encrypt or --plain. A file that is there already stays as it is
/// unless you say --force, and a folder has to be new or empty. Whatever goes wrong, half an
/// export is never left in its place.
#[derive(Debug, clap::Args)]
// With every other verb `--to` is the last day. Here it is the format, and the last day is
// `--until`.
#[command(mut_arg("to", |day| day.alias(None).long("until")))]
pub struct Args {
    /// The form to write
    #[arg(id = "format", long = "to", value_name = "FORMAT", value_enum)]
    to: ExportFormat,
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
    /// Encrypt the file with a passphrase, as the age tool does
    #[arg(long)]
    encrypt: bool,
    /// Encrypt the file for this public key of age (age1…) instead; may be repeated
    #[arg(long, value_name = "KEY")]
    recipient: Vec<String>,
    /// Read the new passphrase from this file descriptor
    #[arg(
        long,
        value_name = "N",
        requires = "encrypt",
        conflicts_with = "recipient"
    )]
    new_passphrase_fd: Option<u32>,
    /// Leave the file readable for anyone, though the journal is encrypted
    #[arg(long, conflicts_with_all = ["encrypt", "recipient"])]
    plain: bool,
    #[command(flatten)]
    filters: Filters,
}

/// A form that entries can be taken out in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
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

impl ExportFormat {
    /// Returns `true` if the export contains everything, with history and trash.
    fn is_everything(self, filter: &Filter) -> bool {
        self == ExportFormat::Jsonl && *filter == Filter::default()
    }

    fn name(self) -> &'static str {
        match self {
            ExportFormat::Jsonl => "jsonl",
            ExportFormat::Json => "json",
            ExportFormat::Markdown => "markdown",
            ExportFormat::Csv => "csv",
            ExportFormat::Text => "text",
            ExportFormat::Dayone => "dayone",
            ExportFormat::Html => "html",
        }
    }

    /// The extension of its file; `None` if it is a folder.
    fn extension(self) -> Option<&'static str> {
        match self {
            ExportFormat::Markdown => None,
            ExportFormat::Text => Some("txt"),
            ExportFormat::Dayone => Some("zip"),
            other => Some(other.name()),
        }
    }

    /// Writes a file, encrypted if there is a lock. Returns the number of entries.
    fn write(
        self,
        out: &mut dyn Write,
        lock: Option<&ExportLock>,
        job: &ExportJob<'_>,
    ) -> Result<u64> {
        match lock {
            Some(lock) => Ok(lock.seal(out, |out| Ok(self.write_plain(out, job)?))?),
            None => self.write_plain(out, job),
        }
    }

    fn write_plain(self, out: &mut dyn Write, job: &ExportJob<'_>) -> Result<u64> {
        let mut out = out;
        match self {
            ExportFormat::Jsonl => {
                let (filter, now) = (job.filter, job.context.environment.clock.now());
                let each = &mut |_| job.check_stop();
                job.journal.export_whole(filter, &mut out, now, each)
            }
            ExportFormat::Json => {
                job.feed_entries(|source| formats::entries::write(out, source))
            }
            ExportFormat::Csv => job.feed_entries(|source| formats::csv::write(out, source)),
            ExportFormat::Text => {
                job.feed_entries(|source| formats::jrnl::text::write(out, source))
            }
            ExportFormat::Dayone => {
                let zone = environment::zone_name();
                job.feed_entries(|source| formats::dayone::write(out, source, &zone))
            }
            ExportFormat::Html => {
                let today = job.context.today();
                let tick = &|| job.check_stop();
                (job.journal).export_keepsake(job.filter, today, out, tick)
            }
            // Markdown is a folder, which `run` writes itself.
            ExportFormat::Markdown => Ok(0),
        }
    }
}

/// One export: its source and format, and the requests to stop it.
struct ExportJob<'a> {
    to: ExportFormat,
    context: &'a Context,
    journal: &'a Journal,
    filter: &'a Filter,
    /// `None` for an export to standard output: it leaves no half-made file, so a signal may
    /// just end the program.
    stop: Option<StopRequests>,
}

impl ExportJob<'_> {
    /// Checks before each entry whether to go on.
    fn check_stop(&self) -> Result<()> {
        self.stop.as_ref().map_or(Ok(()), StopRequests::check)
    }

    /// Feeds the entries to a writer; returns how many there were.
    fn feed_entries<T>(
        &self,
        write: impl FnOnce(formats::EntrySource<'_>) -> formats::Result<T>,
    ) -> Result<u64> {
        let mut entries = 0;
        write(&mut |take: &mut dyn FnMut(Entry) -> formats::Result<()>| {
            self.journal.each_entry(self.filter, &mut |entry| {
                self.check_stop()?;
                entries += 1;
                Ok(take(entry)?)
            })?;
            Ok(())
        })?;
        Ok(entries)
    }
}

/// Exports entries.
///
/// # Errors
/// [`Error::NoPlace`] if the place is taken; [`Error::Usage`] if flags contradict each other,
/// or an encrypted journal would be exported unencrypted without `--plain`; those of
/// [`Filters::resolve`]. No file is left behind then.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let to_stdout = args.output.as_deref() == Some(Path::new("-"));
    if to_stdout {
        check_stdout(args.to, context)?;
    }
    let encryption = ExportEncryption::of(args, session)?;
    let journal = session.journal_to_read()?;
    let filter = args.filters.resolve(context, journal)?;
    if to_stdout {
        let lock = encryption.lock(args, session)?;
        let job = ExportJob {
            to: args.to,
            context,
            journal: session.journal_to_read()?,
            filter: &filter,
            stop: None,
        };
        return export_to_stdout(lock.as_ref(), &job);
    }
    let place = export_path(args, context)?;
    // Without entries make no file. An export of everything contains more than the entries.
    if !args.to.is_everything(&filter) && journal.count(&filter)? == 0 {
        return end_without_entries(journal, &filter, context);
    }
    // Check the place before asking for a passphrase that could be in vain.
    if args.to.extension().is_some() {
        ExportSink::check_file(&place, args.force)?;
    }
    let lock = encryption.lock(args, session)?;
    let journal = session.journal_to_read()?;
    let stop = StopRequests::begin(CtrlC::StopsThenEnds);
    let job = ExportJob {
        to: args.to,
        context,
        journal,
        filter: &filter,
        stop: Some(stop),
    };
    let (sink, entries, files) = if args.to.extension().is_none() {
        let mut sink = ExportSink::folder(&place)?;
        let mut files = 0;
        let entries = sink.write_files(|open| {
            job.feed_entries(|source| {
                files = formats::markdown::write(open, source)?;
                Ok(())
            })
        })?;
        (sink, entries, Some(files))
    } else {
        let mut sink = ExportSink::file(&place, args.force)?;
        let entries = sink.write(|out| args.to.write(out, lock.as_ref(), &job))?;
        (sink, entries, None)
    };
    if entries == 0 {
        return end_without_entries(job.journal, &filter, context);
    }
    sink.finish(&|| job.check_stop())?;
    if context.output.json {
        context.output.show(&ExportView {
            to: args.to,
            place: &place,
            entries,
            files,
            encrypted: lock.is_some(),
        })?;
    }
    context.output.status(&format!(
        "Exported {} to {}{}.",
        count::with_noun(entries, "entry", "entries"),
        text::safe(&place.display().to_string()),
        encryption_in_words(lock.as_ref())
    ));
    tell_left_out(&job)?;
    Ok(Status::Done)
}

/// Tells the person about entries of other kinds that were not exported and that no flag chose.
/// A person who keeps only the export would lose them.
fn tell_left_out(job: &ExportJob<'_>) -> Result<()> {
    if !job.filter.kinds.is_empty() || job.to.is_everything(job.filter) {
        return Ok(());
    }
    let others = Filter {
        kinds: KindName::ALL
            .into_iter()
            .filter(|kind| *kind != KindName::Page)
            .collect(),
        ..job.filter.clone()
    };
    let left_out = job.journal.count(&others)?;
    if left_out > 0 {
        job.context.output.hint(&format!(
            "only pages went out, and {} of other kinds did not: name them with --kind, or take \
             everything with --to jsonl",
            count::with_noun(left_out, "entry", "entries")
        ));
    }
    Ok(())
}

/// The protection of an export that the flags ask for.
enum ExportEncryption {
    Plain,
    Passphrase,
    Keys(Vec<Recipient>),
}

impl ExportEncryption {
    /// Reads the flags. This comes first, so that nobody types a passphrase in vain.
    ///
    /// # Errors
    /// [`Error::Usage`] for flags that contradict each other, and if the text of an encrypted
    /// journal would be readable in a file without `--plain`.
    fn of(args: &Args, session: &Session<'_>) -> Result<ExportEncryption> {
        let context = session.context();
        let is_file = args.to.extension().is_some();
        if (args.encrypt || !args.recipient.is_empty()) && !is_file {
            return Err(Error::Usage {
                what: format!(
                    "--to {} makes a folder, and only a file can be encrypted",
                    args.to.name()
                ),
                hint: Some("take a form that is one file: jsonl, or html to read".to_owned()),
            });
        }
        if (args.encrypt || !args.recipient.is_empty()) && !age::IS_BUILT {
            return Err(Error::built_without("age, which encrypts exports"));
        }
        let keys = args.recipient.iter().map(|key| {
            // Do not repeat the key in the error: it might be the secret one.
            key.parse().map_err(|what| Error::Usage {
                what: format!("--recipient: {what}"),
                hint: Some("a public key begins with age1; age-keygen -y FILE says it".into()),
            })
        });
        let keys = keys.collect::<Result<Vec<Recipient>>>()?;
        if !keys.is_empty() {
            return Ok(ExportEncryption::Keys(keys));
        }
        let is_encrypted = session.is_encrypted();
        if args.encrypt {
            // The passphrase that was given opens the journal. A new one needs a source of its
            // own, as in `onward passphrase`.
            if is_encrypted
                && !context.passphrases.are_typed()
                && args.new_passphrase_fd.is_none()
            {
                return Err(Error::Usage {
                    what: "there is no passphrase for the export".to_owned(),
                    hint: Some(
                        "name the file descriptor that it comes from with --new-passphrase-fd"
                            .to_owned(),
                    ),
                });
            }
            return Ok(ExportEncryption::Passphrase);
        }
        // A pipe keeps nothing, and the person chose it, as with every command that prints
        // text.
        let is_kept = args.output.as_deref() != Some(Path::new("-"))
            || context.output.is_redirected_to_file();
        if is_encrypted && !args.plain && is_kept {
            return Err(Error::Usage {
                what: "the journal is encrypted, and the export would not be".to_owned(),
                hint: Some(if is_file {
                    "add --encrypt to give it a passphrase too, or --plain to leave it readable \
                     for anyone"
                        .to_owned()
                } else {
                    "add --plain to leave it readable for anyone, or take a form that is one \
                     file, with --encrypt"
                        .to_owned()
                }),
            });
        }
        Ok(ExportEncryption::Plain)
    }

    /// The lock to encrypt the file with, after asking for its passphrase. Closes the journal
    /// while the person thinks one up.
    fn lock(self, args: &Args, session: &mut Session<'_>) -> Result<Option<ExportLock>> {
        let context = session.context();
        match self {
            ExportEncryption::Plain => Ok(None),
            ExportEncryption::Keys(keys) => Ok(Some(ExportLock::Keys(keys))),
            ExportEncryption::Passphrase => {
                session.close();
                if context.passphrases.are_typed() && args.new_passphrase_fd.is_none() {
                    context.output.status(
                        "The export opens with this passphrase only; it need not be the \
                         journal's.",
                    );
                }
                let passphrase = context.passphrases.new_passphrase(
                    args.new_passphrase_fd,
                    &context.journal,
                    &context.output,
                )?;
                Ok(Some(ExportLock::Passphrase {
                    typed: Zeroizing::new(passphrase.typed().to_owned()),
                    work: context.environment.protection.export_work,
                }))
            }
        }
    }
}

/// The encryption of an export in words, as the end of a sentence.
fn encryption_in_words(lock: Option<&ExportLock>) -> String {
    match lock {
        None => String::new(),
        Some(ExportLock::Passphrase { .. }) => ", encrypted".to_owned(),
        Some(ExportLock::Keys(keys)) => {
            format!(
                ", encrypted for {}",
                count::with_noun(keys.len(), "key", "keys")
            )
        }
    }
}

/// Fails if standard output cannot take the export.
fn check_stdout(to: ExportFormat, context: &Context) -> Result<()> {
    let output = &context.output;
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
    Ok(())
}

/// Writes the export to standard output. A signal just ends the program, since no half-made
/// file is left behind.
fn export_to_stdout(lock: Option<&ExportLock>, job: &ExportJob<'_>) -> Result<Status> {
    let (to, output) = (job.to, &job.context.output);
    match output.stream(|out| to.write(out, lock, job))? {
        Some(0) => end_without_entries(job.journal, job.filter, job.context),
        Some(entries) => {
            output.status(&format!(
                "Exported {}{}.",
                count::with_noun(entries, "entry", "entries"),
                encryption_in_words(lock)
            ));
            tell_left_out(job)?;
            Ok(Status::Done)
        }
        None => Ok(Status::Done),
    }
}

/// The path of the export.
fn export_path(args: &Args, context: &Context) -> Result<PathBuf> {
    let today = context.today();
    let name = match args.to.extension() {
        Some(extension) if args.encrypt || !args.recipient.is_empty() => {
            format!("onward-{today}.{extension}.age")
        }
        Some(extension) => format!("onward-{today}.{extension}"),
        None => format!("onward-{today}"),
    };
    let place = match &args.output {
        None => PathBuf::from(name),
        Some(path) if path.as_os_str().is_empty() => {
            return Err(Error::usage("-o needs the path of a file"));
        }
        // Put the file into a folder that was named.
        Some(path) if args.to.extension().is_some() && path.is_dir() => path.join(name),
        Some(path) => path.clone(),
    };
    // The names of the journal, its log and its drafts all begin alike. --force must not
    // replace them.
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

fn end_without_entries(
    journal: &Journal,
    filter: &Filter,
    context: &Context,
) -> Result<Status> {
    let sentence = match *filter == Filter::default() {
        true => "Nothing is written yet, so nothing was exported.",
        false => "No entries, so nothing was exported. Fewer filters find more.",
    };
    context
        .output
        .status(&context.nothing_found_sentence(journal, filter, sentence)?);
    Ok(Status::NothingFound)
}

/// The result of an export, for `--json` only: a person is told in words.
struct ExportView<'a> {
    to: ExportFormat,
    place: &'a Path,
    entries: u64,
    files: Option<u64>,
    encrypted: bool,
}

#[derive(Serialize)]
struct ExportAnswerJson {
    export: ExportJson,
}

#[derive(Serialize)]
struct ExportJson {
    path: String,
    format: &'static str,
    entries: u64,
    files: u64,
    encrypted: bool,
}

impl View for ExportView<'_> {
    fn json(&self) -> impl Serialize {
        ExportAnswerJson {
            export: ExportJson {
                path: self.place.display().to_string(),
                format: self.to.name(),
                entries: self.entries,
                files: self.files.unwrap_or(1),
                encrypted: self.encrypted,
            },
        }
    }

    fn human(&self, _: &mut Page) {}
}
