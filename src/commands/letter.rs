//! `onward letter`

use std::ffi::OsString;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::journal::Letters;
use crate::model::{DayPhrase, Kind, Tag};
use crate::session::{Composition, CompositionOutcome, Session, Status, is_piped, report};
use crate::view::entry::{self, EntryJson};
use crate::view::{Page, Style, View, text};

/// Write a message that will not be sent
///
/// The text comes from the arguments, from standard input when it is not a terminal, or from
/// your editor. Letters never count as reflection, and no list shows them unless you ask for
/// them with --kind letter. A sealed letter is shown by nothing until its day.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The text; put -- before text that begins with a hyphen
    #[arg(value_name = "TEXT")]
    text: Vec<OsString>,
    /// Seal it until this day (2027-01-01, "in 3 months", "jan 3")
    #[arg(long, value_name = "DAY")]
    open_on: Option<DayPhrase>,
    /// Add a tag besides the #words in the text; may be repeated
    #[arg(long, value_name = "TAG")]
    tag: Vec<Tag>,
    /// Open a letter by its number; asks before it breaks a seal
    #[arg(long, value_name = "N", conflicts_with_all = ["text", "open_on", "tag"])]
    open: Option<String>,
    /// Break the seal without asking
    #[arg(long, short, requires = "open")]
    yes: bool,
    /// List the letters; of sealed ones only the number and the day
    #[arg(long, conflicts_with_all = ["text", "open_on", "tag", "open"])]
    list: bool,
}

impl Args {
    /// Returns `true` if the text comes from standard input, if that is not a terminal.
    pub fn takes_standard_input(&self) -> bool {
        is_piped(&self.text) && self.open.is_none() && !self.list
    }
}

/// Writes, opens or lists letters.
///
/// # Errors
/// [`Error::Unsaved`] if the letter could not be saved, with the place where the text is kept;
/// [`Error::NoSuchEntry`] for a letter to open that does not exist.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    if args.list {
        return list_letters(session);
    }
    if let Some(wanted) = &args.open {
        return open_letter(wanted, args.yes, session);
    }
    let open_on = match &args.open_on {
        Some(phrase) => Some(context.resolve_ahead("--open-on", phrase)?),
        None => None,
    };
    let mut letter = Composition::new(Kind::Letter { open_on }, context);
    letter.tags = args.tag.iter().cloned().collect();
    session.unlock()?;
    let composed = if args.text.is_empty() && context.environment.terminal.input {
        let mut help = format!("\nA letter, {}\n", letter.day.long());
        help.push_str(match open_on {
            Some(_) => "It will not be sent, and is sealed when you save it.\n",
            None => "It will not be sent. Write what you would say if no reply could come.\n",
        });
        letter.help = Some(help);
        letter.write_in_editor(session)?
    } else {
        match letter.text_from(&args.text, session)? {
            Some(text) => letter.save(text, None, session)?,
            None => CompositionOutcome::Nothing,
        }
    };
    report::tell_outcome(composed, context)
}

fn open_letter(wanted: &str, yes: bool, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let number: i64 = wanted
        .trim_start_matches('#')
        .parse()
        .map_err(|_| Error::Usage {
            what: format!("--open: {wanted:?} is no number of a letter"),
            hint: Some("onward letter --list has them".to_owned()),
        })?;
    let journal = session.journal()?;
    if let Some(day) = journal.seal_of(number)?
        && !yes
    {
        let question = format!(
            "#{number} is sealed until {}. Break the seal? y or n:",
            day.long()
        );
        if !context.confirm(&question, "--yes")? {
            context.output.status("It stays sealed.");
            return Ok(Status::NothingDone);
        }
    }
    let letter = journal.break_seal(number, context.environment.clock.now())?;
    context.output.show_long(&entry::WholeEntries(&[letter]))?;
    Ok(Status::Done)
}

fn list_letters(session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let letters = LetterListView(session.journal_to_read()?.letters()?);
    context.output.show_long(&letters)?;
    if letters.0.open.is_empty() && letters.0.sealed.is_empty() {
        context
            .output
            .status("No letter is written yet. Begin with onward letter.");
        return Ok(Status::NothingFound);
    }
    Ok(Status::Done)
}

struct LetterListView(Letters);

#[derive(Serialize)]
struct LettersJson<'a> {
    letters: Vec<EntryJson<'a>>,
    sealed: Vec<SealedJson>,
}

#[derive(Serialize)]
struct SealedJson {
    number: i64,
    open_on: String,
}

impl View for LetterListView {
    fn json(&self) -> impl Serialize {
        let sealed = self.0.sealed.iter().map(|(number, open_on)| SealedJson {
            number: *number,
            open_on: open_on.to_string(),
        });
        LettersJson {
            letters: self.0.open.iter().map(EntryJson::of).collect(),
            sealed: sealed.collect(),
        }
    }

    fn human(&self, page: &mut Page) {
        let numbers = self.0.sealed.iter().map(|(number, _)| *number);
        let numbers = numbers.chain(self.0.open.iter().map(|letter| letter.number));
        let room = numbers.map(|number| format!("#{number}").len()).max();
        let room = room.unwrap_or_default();
        for (number, open_on) in &self.0.sealed {
            let lead = Style::Strong.on(format!("{:>room$}", format!("#{number}")));
            let words = format!("sealed until {}", open_on.short());
            page.line(lead + "  " + Style::Faint.on(words));
        }
        for letter in &self.0.open {
            let number = format!("#{}", letter.number);
            let lead = format!("{number:>room$}  {}  ", letter.day.short());
            let room = page.width().min(120).saturating_sub(text::width(&lead));
            page.line(format!(
                "{lead}{}",
                text::fit(&entry::list_line(letter), room)
            ));
        }
    }
}
