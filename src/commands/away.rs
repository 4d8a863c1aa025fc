//! `onward away`

use serde::Serialize;

use crate::error::{Error, Result};
use crate::journal::{AwayCount, Journal};
use crate::model::kind::Away;
use crate::model::{DayPhrase, EntryRef, Filter, KindName, Tag, count};
use crate::session::{Context, Session, Status, choosing};
use crate::view::{Page, View, entry};

/// Put entries out of sight without deleting them
///
/// What is away is in no list, search, review, statistics or export for reading, and its tips
/// still count. It comes back by itself on the day you name, or with --return. --tag, --from
/// and --to choose pages and letters; anything else is put away by its number.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A number (42), `last`, a day (all its pages), or the first 8 or more characters of an
    /// id
    #[arg(value_name = "ENTRY")]
    entries: Vec<String>,
    #[command(flatten)]
    of: choosing::OfKind,
    /// All with this tag
    #[arg(long, value_name = "TAG", conflicts_with = "entries")]
    tag: Vec<Tag>,
    /// All of this day or later
    #[arg(long, value_name = "DAY", conflicts_with = "entries")]
    from: Option<DayPhrase>,
    /// All of this day or earlier
    #[arg(long, value_name = "DAY", conflicts_with = "entries")]
    to: Option<DayPhrase>,
    /// Have them come back on this day (2027-01-01, "in 3 months", "jan 3")
    #[arg(long, value_name = "DAY", conflicts_with = "return_")]
    until: Option<DayPhrase>,
    /// Bring them back; everything where nothing is named
    #[arg(long = "return")]
    return_: bool,
    /// Say how many are away and until when, not what
    #[arg(long, conflicts_with_all = ["entries", "tag", "from", "to", "until", "return_", "kind"])]
    list: bool,
}

/// Hides entries, brings them back, or tells how many are away.
///
/// # Errors
/// Those of [`choosing::living_entries`]; [`Error::Usage`] if no entries are named.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    if args.list {
        let out = session.journal_to_read()?.away()?;
        context.output.show(&AwayListView(&out))?;
        if out.is_empty() {
            context.output.status("Nothing is away.");
            return Ok(Status::NothingFound);
        }
        return Ok(Status::Done);
    }
    let away = match (&args.until, args.return_) {
        (_, true) => None,
        (Some(phrase), _) => Some(Away::Until(context.resolve_ahead("--until", phrase)?)),
        (None, _) => Some(Away::Always),
    };
    let journal = session.journal()?;
    let numbers = chosen_numbers(args, journal, context)?;
    let changed = journal.put_away(&numbers, away, context.environment.clock.now())?;
    let chooses = !args.tag.is_empty() || args.from.is_some() || args.to.is_some();
    let kinds = |numbers: &[i64]| -> Result<Vec<(KindName, i64)>> {
        let kind = |&number: &i64| -> Result<(KindName, i64)> {
            let kind = journal.kind_of(number)?;
            Ok((kind.unwrap_or(KindName::Page), number))
        };
        numbers.iter().map(kind).collect()
    };
    let (named, changed) = (kinds(&numbers)?, kinds(&changed)?);
    tell_away(&named, &changed, away, chooses, context)
}

/// The numbers of the entries that the arguments mean.
fn chosen_numbers(args: &Args, journal: &Journal, context: &Context) -> Result<Vec<i64>> {
    let mut numbers: Vec<i64> = Vec::new();
    for reference in EntryRef::read_all(&args.entries).map_err(Error::usage)? {
        match choosing::living_entries(journal, &reference, &args.of, context) {
            Ok(found) => numbers.extend(found.iter().map(|entry| entry.number)),
            // An entry that is away or sealed has a number too, and needs no more.
            Err(Error::OutOfSight { number, .. }) => numbers.push(number),
            Err(error) => return Err(error),
        }
    }
    numbers.sort();
    numbers.dedup();
    if !args.entries.is_empty() {
        return Ok(numbers);
    }
    let day = |flag: &str, phrase: &Option<DayPhrase>| match phrase {
        Some(phrase) => context.resolve(flag, phrase).map(Some),
        None => Ok(None),
    };
    let filter = Filter {
        from: day("--from", &args.from)?,
        to: day("--to", &args.to)?,
        tags: args.tag.clone(),
        kinds: args.of.kind.clone(),
        ..Filter::default()
    };
    if args.return_ {
        return journal.away_numbers(&filter);
    }
    let is_named = Filter {
        kinds: Vec::new(),
        ..filter.clone()
    } != Filter::default();
    if !is_named {
        return Err(Error::Usage {
            what: "away needs entries to put away".to_owned(),
            hint: Some(
                "name them, as in onward away 42, or --tag, --from and --to; --list says what \
                 is away"
                    .to_owned(),
            ),
        });
    }
    journal.numbers(&Filter {
        kinds: match filter.kinds.is_empty() {
            true => vec![KindName::Page, KindName::Letter],
            false => filter.kinds.clone(),
        },
        ..filter
    })
}

fn tell_away(
    numbers: &[(KindName, i64)],
    changed: &[(KindName, i64)],
    away: Option<Away>,
    chooses: bool,
    context: &Context,
) -> Result<Status> {
    let name = |numbers: &[(KindName, i64)]| match numbers {
        [(kind, number)] => format!("{} is", entry::begin_with_name(*kind, *number)),
        several => {
            let kinds = several.iter().map(|(kind, _)| *kind);
            format!("{} are", entry::count_kinds(kinds))
        }
    };
    let sentence = match (numbers, changed, away) {
        ([], _, None) if chooses => {
            "Nothing of that is away; onward away --list says how much is.".to_owned()
        }
        ([], _, None) => "Nothing is away.".to_owned(),
        ([], ..) => "No entries. Fewer filters find more.".to_owned(),
        (_, [], None) => format!("{} not away.", name(numbers)),
        (_, [], _) => format!("{} away like that already.", name(numbers)),
        (_, _, None) => format!("{} back.", name(changed)),
        (_, _, Some(Away::Until(day))) => {
            format!("{} away until {}.", name(changed), day.long())
        }
        (_, _, Some(Away::Always)) => format!("{} away.", name(changed)),
    };
    context.output.status(&sentence);
    if !changed.is_empty() && away.is_some() {
        context.output.hint(&match changed {
            [(_, number)] => {
                format!("To have it back: onward undo, or onward away --return {number}")
            }
            _ => "To have them back: onward undo, or onward away --return for all that is away"
                .to_owned(),
        });
    }
    if context.output.json {
        let numbers: Vec<i64> = changed.iter().map(|(_, number)| *number).collect();
        context.output.show(&ChangedNumbersView(&numbers))?;
    }
    Ok(match numbers {
        [] => Status::NothingFound,
        _ => Status::Done,
    })
}

struct ChangedNumbersView<'a>(&'a [i64]);

#[derive(Serialize)]
struct ChangedNumbersJson<'a> {
    changed: &'a [i64],
}

impl View for ChangedNumbersView<'_> {
    fn json(&self) -> impl Serialize {
        ChangedNumbersJson { changed: self.0 }
    }

    fn human(&self, _: &mut Page) {}
}

struct AwayListView<'a>(&'a [AwayCount]);

#[derive(Serialize)]
struct AwayListJson {
    away: Vec<AwayCountJson>,
}

#[derive(Serialize)]
struct AwayCountJson {
    until: Option<String>,
    entries: usize,
}

impl View for AwayListView<'_> {
    fn json(&self) -> impl Serialize {
        let out = self.0.iter().map(|out| AwayCountJson {
            until: match out.until {
                Away::Until(day) => Some(day.to_string()),
                Away::Always => None,
            },
            entries: out.entries,
        });
        AwayListJson {
            away: out.collect(),
        }
    }

    fn human(&self, page: &mut Page) {
        for out in self.0 {
            let number = count::with_noun(out.entries, "entry", "entries");
            page.paragraph(
                0,
                crate::view::Style::Plain,
                &match out.until {
                    Away::Until(day) => format!("{number} until {}", day.long()),
                    Away::Always => format!("{number} until you bring them back"),
                },
            );
        }
    }
}
