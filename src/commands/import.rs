//! `onward import`

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use clap::builder::TypedValueParser;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::formats::age::{self, Identities, OpenedAgeFile};
use crate::formats::{self, AskForSecret, Format, ReadContext, SourcePlace};
use crate::journal::{ImportRemarks, ImportReport, ImportTerms};
use crate::model::{Day, Tag, Zone, count};
use crate::passphrase;
use crate::session::{Context, Session, Status};
use crate::terminal::secret::{SecretError, SecretLine};
use crate::terminal::stop::{CtrlC, StopRequests};
use crate::view::{Page, Style, View, text};

/// The number of remarks of each kind that a person is shown.
const MOST_SHOWN: usize = 12;

/// Bring in the journal you have
///
/// What a file is, is told from what it holds. Every entry keeps its day, its time, its tags,
/// its star and its text. What is encrypted is asked for its passphrase, and decrypted in the
/// memory alone. What is in the journal already is left alone, so the same file can be
/// brought in again when it has grown. All of it comes in, or nothing; `onward undo` takes it
/// out again.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files and folders
    #[arg(
        value_name = "FILE",
        required = true,
        value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from)
    )]
    paths: Vec<PathBuf>,
    /// What the files are, where that is not told rightly
    #[arg(long, value_name = "FORMAT", value_parser = parse_format())]
    from: Option<Format>,
    /// Only say what would be brought in
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Give every entry this tag; may be repeated
    #[arg(long, value_name = "TAG")]
    tag: Vec<Tag>,
    /// Count every entry for this tip (number or slug); may be repeated
    #[arg(long, value_name = "N")]
    tip: Vec<String>,
    /// The time zone of times that name none: Europe/Berlin, UTC or +02:00
    #[arg(long, value_name = "ZONE")]
    zone: Option<Zone>,
    /// How dates are written, where the file does not make that clear: %d.%m.%Y %H:%M
    #[arg(long, value_name = "PATTERN")]
    date_from: Option<String>,
    /// Open files that are encrypted with age for a key with the secret key in this file; may
    /// be repeated
    #[arg(
        long,
        short,
        value_name = "FILE",
        value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from)
    )]
    identity: Vec<PathBuf>,
    /// Read what opens encrypted files from this file descriptor
    #[arg(long, value_name = "N")]
    file_passphrase_fd: Option<u32>,
}

fn parse_format() -> impl TypedValueParser<Value = Format> {
    clap::builder::PossibleValuesParser::new(Format::ALL.map(Format::name))
        .try_map(|name: String| name.parse::<Format>())
}

/// Imports entries.
///
/// # Errors
/// [`Error::Format`] and [`Error::Unrecognised`] for a file that cannot be used;
/// [`Error::EncryptedFile`] for an encrypted file that nothing opens. Nothing is imported then.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let pattern = args.date_from.as_deref();
    if let Some(pattern) = pattern {
        formats::check_pattern(pattern)?;
    }
    let secrets = FileSecrets {
        context,
        descriptor: args.file_passphrase_fd,
        read: OnceCell::new(),
    };
    let mut sources = sources(args, &secrets)?;
    let journal = match args.dry_run {
        true => session.journal_to_read()?,
        false => session.journal()?,
    };
    let decks = journal.decks();
    let tips = args.tip.iter().map(|wanted| decks.find(wanted).cloned());
    let terms = ImportTerms {
        tags: args.tag.iter().cloned().collect(),
        tips: tips.collect::<Result<_>>()?,
        dry_run: args.dry_run,
    };
    for source in &sources {
        context.output.status(&source.describe());
    }

    // Ask for passwords before the import locks the journal: other programs must not wait while
    // a person types.
    let password = |path: &Path, attempt: u32| Ok(secrets.ask("Password", path, attempt)?);
    for source in &mut sources {
        let opened = source.opened.as_ref();
        source.password = source.format.password(source.path, opened, &password)?;
    }

    let clock = &context.environment.clock;
    let zone = args.zone.as_ref().unwrap_or(clock.zone());
    let bytes = args.paths.iter().map(|path| formats::size(path)).sum();
    let progress = context.output.progress("Reading", bytes);
    let stop = StopRequests::begin(CtrlC::StopsThenEnds);
    let advance = |bytes| progress.advance(bytes);
    let report = journal.import(&terms, clock.now(), |importing| {
        for source in &sources {
            importing.next_file()?;
            let reader = ReadContext {
                zone,
                date_from: pattern,
                password: &|_| source.password.clone(),
                progress: &advance,
                opened: source.opened.as_ref(),
            };
            source.format.read(source.path, &reader, &mut |item| {
                stop.check()?;
                importing.take(source.format.name(), item)?;
                Ok(())
            })?;
        }
        stop.check()
    });
    drop(progress);
    let report = report?;
    context.output.show(&ImportView {
        report: &report,
        dry_run: args.dry_run,
    })?;
    if report.added > 0 && !args.dry_run {
        context.output.hint("to take all of it back: onward undo");
    }
    Ok(match (report.read, report.refused.count) {
        (0, _) => Status::NothingFound,
        // Fail if entries were refused: they are only in the file, and a script might delete it
        // after success.
        (_, 1..) => Status::NothingDone,
        _ => Status::Done,
    })
}

/// The source of passphrases and passwords for the imported files.
struct FileSecrets<'a> {
    context: &'a Context,
    /// The file descriptor with the passphrase; `None` to ask a person.
    descriptor: Option<u32>,
    /// The line from the descriptor, which can be read only once.
    read: OnceCell<SecretLine>,
}

impl FileSecrets<'_> {
    /// The passphrase or password of a file, under the `name` that its own program uses; `None`
    /// if there is none left to try.
    fn ask(&self, name: &str, path: &Path, attempt: u32) -> Result<Option<Zeroizing<String>>> {
        let Some(descriptor) = self.descriptor else {
            return self.context.ask_to_open(name, path, attempt);
        };
        let line = self
            .read
            .get_or_init(|| passphrase::secret_from_descriptor(descriptor));
        match line {
            Ok(line) => Ok((attempt == 1).then(|| line.clone())),
            Err(SecretError::Interrupted) => Err(Error::Interrupted),
            Err(SecretError::Because(what, _)) => Err(Error::EncryptedFile {
                file: path.to_path_buf(),
                what: what.clone(),
                hint: None,
            }),
        }
    }
}

/// Recognises the format of each file and folder, and opens those that age encrypted.
fn sources<'a>(args: &'a Args, secrets: &FileSecrets<'_>) -> Result<Vec<ImportSource<'a>>> {
    if !args.identity.is_empty() && !age::IS_BUILT {
        return Err(Error::built_without("age, which --identity is for"));
    }
    let passphrase =
        |path: &Path, attempt: u32| Ok(secrets.ask("Passphrase", path, attempt)?);
    let mut keys = Identities::default();
    for path in &args.identity {
        keys.read(path, &passphrase)?;
    }
    let paths = args.paths.iter();
    paths
        .map(|path| ImportSource::open(path, args, &keys, &passphrase))
        .collect()
}

/// A file or folder to import.
struct ImportSource<'a> {
    path: &'a Path,
    format: Format,
    /// Its decrypted contents if it is encrypted with age.
    opened: Option<OpenedAgeFile>,
    /// Its password if its own format encrypts it.
    password: Option<Zeroizing<String>>,
}

impl<'a> ImportSource<'a> {
    /// Recognises the format, for which an encrypted file must be opened.
    fn open(
        path: &'a Path,
        args: &Args,
        keys: &Identities,
        ask: AskForSecret<'_>,
    ) -> Result<ImportSource<'a>> {
        let opened = match formats::is_age(path)? {
            true => Some(age::open(path, keys, ask)?),
            false => None,
        };
        // --date-from makes sense only for text with dates, so take an unrecognised file as
        // text.
        let text = (args.date_from.is_some() && path.is_file()).then_some(Format::Text);
        let format = match (args.from, &opened) {
            (Some(format), _) => Some(format),
            (None, Some(opened)) => Format::recognise_inside(path, opened)?.or(text),
            (None, None) => Format::recognise(path)?.or(text),
        };
        let format = format.ok_or_else(|| Error::Unrecognised {
            path: path.to_path_buf(),
            inside: opened.is_some(),
        })?;
        Ok(ImportSource {
            path,
            format,
            opened,
            password: None,
        })
    }

    /// The recognised form, as a sentence: `notes is a folder of Markdown notes.`
    fn describe(&self) -> String {
        format!(
            "{} is {}{}.",
            text::safe(&self.path.display().to_string()),
            self.format.describe(),
            self.opened.as_ref().map_or("", |_| ", encrypted")
        )
    }
}

struct ImportView<'a> {
    report: &'a ImportReport,
    dry_run: bool,
}

#[derive(Serialize)]
struct ImportAnswerJson {
    import: ReportJson,
}

#[derive(Serialize)]
struct ReportJson {
    dry_run: bool,
    read: u64,
    added: u64,
    added_to_trash: u64,
    already_there: u64,
    already_in_trash: u64,
    changed: u64,
    refused: u64,
    first_day: Option<String>,
    last_day: Option<String>,
    changes: Vec<ChangeJson>,
    refusals: Vec<RemarkJson>,
    decisions: Vec<RemarkJson>,
}

#[derive(Serialize)]
struct ChangeJson {
    file: String,
    line: Option<u64>,
    number: i64,
}

#[derive(Serialize)]
struct RemarkJson {
    file: String,
    line: Option<u64>,
    reason: String,
}

fn remarks_json(remarks: &ImportRemarks<String>) -> Vec<RemarkJson> {
    let json = |(place, reason): &(SourcePlace, String)| RemarkJson {
        file: place.file.clone(),
        line: place.line,
        reason: reason.clone(),
    };
    remarks.first.iter().map(json).collect()
}

impl View for ImportView<'_> {
    fn json(&self) -> impl Serialize {
        let report = self.report;
        let change = |(place, number): &(SourcePlace, i64)| ChangeJson {
            file: place.file.clone(),
            line: place.line,
            number: *number,
        };
        ImportAnswerJson {
            import: ReportJson {
                dry_run: self.dry_run,
                read: report.read,
                added: report.added,
                added_to_trash: report.added_to_trash,
                already_there: report.there,
                already_in_trash: report.there_in_trash,
                changed: report.changed.count,
                refused: report.refused.count,
                first_day: report.days.map(|(first, _)| first.to_string()),
                last_day: report.days.map(|(_, last)| last.to_string()),
                changes: report.changed.first.iter().map(change).collect(),
                refusals: remarks_json(&report.refused),
                decisions: remarks_json(&report.decided),
            },
        }
    }

    fn human(&self, page: &mut Page) {
        let report = self.report;
        let mut parts = Vec::new();
        let mut part = |count: u64, what: &str| {
            if count > 0 {
                parts.push(format!("{} {what}", count::grouped(count)));
            }
        };
        part(report.added, if self.dry_run { "to add" } else { "added" });
        part(report.there, "already there");
        part(report.changed.count, "changed since");
        part(report.refused.count, "refused");
        let read = count::with_noun(report.read, "entry", "entries");
        let counts = if parts.is_empty() {
            "Read no entries.".to_owned()
        } else {
            format!("Read {read}: {}.", parts.join(", "))
        };
        page.paragraph(0, Style::Plain, &counts);
        if let Some((first, last)) = report.days {
            page.paragraph(0, Style::Plain, &days_sentence(first, last, report.added));
        }
        for (count, what) in [
            (report.added_to_trash, "came in the trash and stay there"),
            (report.there_in_trash, "are in your trash and stay there"),
        ] {
            if count > 0 {
                let line = format!("{} of them {what}.", count::grouped(count));
                page.paragraph(0, Style::Plain, &line);
            }
        }
        let changed = |number: &i64| format!("differs from #{number}, which stays as it is");
        remarks_on(
            page,
            "Changed since they were brought in",
            &report.changed,
            changed,
        );
        remarks_on(page, "Refused", &report.refused, String::clone);
        remarks_on(page, "Decided", &report.decided, String::clone);
    }
}

fn days_sentence(first: Day, last: Day, added: u64) -> String {
    if first == last {
        let verb = if added == 1 { "It is" } else { "They are" };
        format!("{verb} of {}.", first.long())
    } else {
        format!("They run from {} to {}.", first.long(), last.long())
    }
}

fn remarks_on<T>(
    page: &mut Page,
    title: &str,
    remarks: &ImportRemarks<T>,
    say: impl Fn(&T) -> String,
) {
    if remarks.count == 0 {
        return;
    }
    page.blank();
    page.paragraph(0, Style::Plain, &format!("{title}:"));
    for (place, remark) in remarks.first.iter().take(MOST_SHOWN) {
        let line = format!("{}: {}", place, say(remark));
        // Wrap at spaces only, so that a path stays in one piece and can be copied.
        for line in
            text::wrap_at_spaces(&text::safe(&line), page.prose_width().saturating_sub(2))
        {
            page.line(format!("  {line}"));
        }
    }
    let shown = remarks.first.len().min(MOST_SHOWN) as u64;
    if remarks.count > shown {
        let more = format!("and {} more", count::grouped(remarks.count - shown));
        page.paragraph(2, Style::Plain, &more);
    }
}
