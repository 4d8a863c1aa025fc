//! `onward deck`

use std::path::{Path, PathBuf};

use clap::builder::TypedValueParser;
use serde::Serialize;

use crate::config;
use crate::decks::{Deck, DeckFault, is_slug};
use crate::error::{Error, Result};
use crate::model::count;
use crate::model::entry::BUILT_IN_DECK;
use crate::session::{Context, Session, Status};
use crate::shelf::DeckFile;
use crate::view::{Line, Page, Style, View, text};

/// The decks that tips come from, and decks of your own
///
/// A deck is a file in the folder `decks` beside the configuration. Each day draws its tip from
/// the decks in use.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show which decks there are, which are in use, and where they lie
    List,
    /// Say everything that is wrong with a deck, by line
    Check {
        /// Files, or the names of decks of your own; all of these unless some are named
        #[arg(
            value_name = "FILE",
            value_parser = clap::builder::OsStringValueParser::new().map(PathBuf::from)
        )]
        files: Vec<PathBuf>,
    },
    /// Draw from these decks from now on, and from no others
    ///
    /// Sets `decks` in the configuration and leaves everything else in it as it is. What you
    /// wrote to the tips of other decks stays, and counts again when they are back in use.
    Use {
        /// The names of the decks, in the order in which to begin with them
        #[arg(value_name = "SLUG", required = true)]
        slugs: Vec<String>,
    },
    /// Begin a deck of your own: a file that explains itself
    New {
        /// Its name: a-z, 0-9 and hyphens
        #[arg(value_name = "SLUG", default_value = "mine")]
        slug: String,
    },
}

/// Shows, checks, chooses or begins decks.
///
/// # Errors
/// [`Error::NoSuchDeck`] and [`Error::BadDeck`]; [`Error::AlreadyThere`] for a new deck whose
/// file exists.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    match &args.command {
        None | Some(Command::List) => list_decks(context),
        Some(Command::Check { files }) => check_decks(files, context),
        Some(Command::Use { slugs }) => use_decks(slugs, context),
        Some(Command::New { slug }) => begin_deck(slug, context),
    }
}

fn list_decks(context: &Context) -> Result<Status> {
    let built_in = [BUILT_IN_DECK.to_owned()];
    let wanted = context.config.decks.as_deref().unwrap_or(&built_in);
    let in_use = |slug: &str| wanted.iter().any(|wanted| wanted == slug);
    let mut decks = vec![ListedDeck {
        slug: BUILT_IN_DECK.to_owned(),
        in_use: in_use(BUILT_IN_DECK) || context.chosen().fell_back,
        file: None,
        deck: Ok(Deck::walk_away().clone()),
    }];
    for DeckFile { slug, file, deck } in context.shelf.all()? {
        decks.push(ListedDeck {
            in_use: in_use(&slug) && slug != BUILT_IN_DECK,
            slug,
            file: Some(file),
            deck,
        });
    }
    for left in &context.chosen().left_out {
        if decks.iter().all(|deck| deck.slug != left.slug) {
            decks.push(ListedDeck {
                slug: left.slug.clone(),
                in_use: true,
                file: Some(left.file.clone()),
                deck: Err(left.faults.clone()),
            });
        }
    }
    context.output.show_long(&DeckListView { decks: &decks })?;
    if context.chosen().fell_back {
        context
            .output
            .status("None of your decks can be used, so the one that is built in is.");
    }
    if decks.len() == 1 {
        context
            .output
            .hint("To begin one of your own: onward deck new");
    }
    Ok(Status::Done)
}

struct ListedDeck {
    slug: String,
    in_use: bool,
    /// `None` for the built-in deck.
    file: Option<PathBuf>,
    deck: Result<Deck, Vec<DeckFault>>,
}

struct DeckListView<'a> {
    decks: &'a [ListedDeck],
}

#[derive(Serialize)]
struct DeckListJson<'a> {
    decks: Vec<ListedDeckJson<'a>>,
}

#[derive(Serialize)]
struct ListedDeckJson<'a> {
    slug: &'a str,
    title: Option<&'a str>,
    about: Option<&'a str>,
    tips: Option<usize>,
    questions: Option<usize>,
    in_use: bool,
    built_in: bool,
    file: Option<String>,
    faults: Vec<FaultJson<'a>>,
}

#[derive(Serialize)]
struct FaultJson<'a> {
    line: Option<usize>,
    reason: &'a str,
}

fn faults_json(faults: &[DeckFault]) -> Vec<FaultJson<'_>> {
    faults
        .iter()
        .map(|fault| FaultJson {
            line: fault.line,
            reason: &fault.reason,
        })
        .collect()
}

impl View for DeckListView<'_> {
    fn json(&self) -> impl Serialize {
        fn listed_json(listed: &ListedDeck) -> ListedDeckJson<'_> {
            let deck = listed.deck.as_ref().ok();
            ListedDeckJson {
                slug: &listed.slug,
                title: deck.map(|deck| deck.title.as_str()),
                about: deck.map(|deck| deck.about.as_str()),
                tips: deck.map(|deck| deck.tips.len()),
                questions: deck.map(|deck| deck.questions.len()),
                in_use: listed.in_use && deck.is_some(),
                built_in: listed.file.is_none(),
                file: listed.file.as_ref().map(|file| file.display().to_string()),
                faults: faults_json(listed.deck.as_ref().err().map_or(&[], Vec::as_slice)),
            }
        }
        DeckListJson {
            decks: self.decks.iter().map(listed_json).collect(),
        }
    }

    fn human(&self, page: &mut Page) {
        page.blank();
        for listed in self.decks {
            let name = text::safe(&listed.slug).into_owned();
            let (mark, state) = match (&listed.deck, listed.in_use) {
                (Ok(_), true) => (Style::Good.on("●"), "in use"),
                (Ok(_), false) => (Style::Faint.on("○"), "not in use"),
                (Err(_), true) => (Style::Error.on("✗"), "left out"),
                (Err(_), false) => (Style::Error.on("✗"), "cannot be used"),
            };
            let name = text::fit(&name, page.width().saturating_sub(6 + state.len()));
            page.line(Line::from("  ") + mark + " " + Style::Strong.on(name) + "  " + state);
            match &listed.deck {
                Ok(deck) => {
                    let mut facts = vec![
                        deck.title.clone(),
                        count::with_noun(deck.tips.len(), "tip", "tips"),
                    ];
                    if !deck.questions.is_empty() {
                        let questions = deck.questions.len();
                        facts.push(count::with_noun(questions, "question", "questions"));
                    }
                    page.paragraph(4, Style::Plain, &facts.join(", "));
                }
                Err(faults) => {
                    for fault in faults.iter().take(1) {
                        page.paragraph(4, Style::Plain, &fault_line(fault));
                    }
                    let check = match faults.len() {
                        0 | 1 => String::new(),
                        more => {
                            format!("and {} more: onward deck check {}", more - 1, listed.slug)
                        }
                    };
                    page.paragraph(4, Style::Plain, &check);
                }
            }
            let place = match &listed.file {
                Some(file) => file.display().to_string(),
                None => "built in".to_owned(),
            };
            page.paragraph(4, Style::Faint, &place);
            page.blank();
        }
    }
}

/// A fault without the name of its file: `line 3: the title is empty`.
fn fault_line(fault: &DeckFault) -> String {
    match fault.line {
        Some(line) => format!("line {line}: {}", fault.reason),
        None => fault.reason.clone(),
    }
}

fn check_decks(files: &[PathBuf], context: &Context) -> Result<Status> {
    let mut checked = Vec::new();
    for file in files {
        checked.push(deck_at(file, context)?);
    }
    if files.is_empty() {
        checked = context.shelf.all()?;
        if checked.is_empty() {
            context
                .output
                .status("You have no decks of your own. To begin one: onward deck new");
            return Ok(Status::NothingFound);
        }
    }
    context
        .output
        .show_long(&CheckedDecksView { decks: &checked })?;
    Ok(match checked.iter().all(|found| found.deck.is_ok()) {
        true => Status::Done,
        false => Status::NothingDone,
    })
}

/// The deck at a path or, if nothing is there, the deck with this name.
fn deck_at(file: &Path, context: &Context) -> Result<DeckFile> {
    let there = std::fs::symlink_metadata(file);
    if let (Err(_), Some(name)) = (&there, file.to_str()) {
        if let Some(found) = Some(name)
            .filter(|name| is_slug(name))
            .and_then(|name| context.shelf.get(name))
        {
            return Ok(found);
        }
        if name == BUILT_IN_DECK {
            return Err(Error::usage(format!(
                "{BUILT_IN_DECK} is built in and has no file"
            )));
        }
    }
    there.map_err(|error| Error::io("read", file, error))?;
    let name = file.file_stem().unwrap_or_default();
    Ok(DeckFile {
        slug: name.to_string_lossy().into_owned(),
        file: file.to_path_buf(),
        deck: context.shelf.read(file),
    })
}

struct CheckedDecksView<'a> {
    decks: &'a [DeckFile],
}

#[derive(Serialize)]
struct CheckedDecksJson<'a> {
    checked: Vec<CheckedDeckJson<'a>>,
}

#[derive(Serialize)]
struct CheckedDeckJson<'a> {
    file: String,
    slug: Option<&'a str>,
    tips: Option<usize>,
    faults: Vec<FaultJson<'a>>,
}

impl View for CheckedDecksView<'_> {
    fn json(&self) -> impl Serialize {
        fn checked_json(found: &DeckFile) -> CheckedDeckJson<'_> {
            let deck = found.deck.as_ref().ok();
            CheckedDeckJson {
                file: found.file.display().to_string(),
                slug: deck.map(|deck| deck.slug.as_str()),
                tips: deck.map(|deck| deck.tips.len()),
                faults: faults_json(found.deck.as_ref().err().map_or(&[], Vec::as_slice)),
            }
        }
        CheckedDecksJson {
            checked: self.decks.iter().map(checked_json).collect(),
        }
    }

    /// Puts each fault on a page as `file:line: reason`, so that an editor can jump to it.
    fn human(&self, page: &mut Page) {
        for found in self.decks {
            match &found.deck {
                Ok(deck) => {
                    let tips = count::with_noun(deck.tips.len(), "tip", "tips");
                    let file = found.file.display();
                    page.paragraph(0, Style::Plain, &format!("{file}: {tips}, no faults"));
                }
                Err(faults) => {
                    for fault in faults {
                        page.paragraph(0, Style::Plain, &fault.in_file(&found.file));
                    }
                }
            }
        }
    }
}

fn use_decks(slugs: &[String], context: &Context) -> Result<Status> {
    let mut wanted: Vec<String> = Vec::new();
    for slug in slugs {
        let slug = slug.trim().to_lowercase();
        if !wanted.contains(&slug) {
            wanted.push(slug);
        }
    }
    let mut titles = Vec::new();
    for slug in &wanted {
        if slug == BUILT_IN_DECK {
            titles.push(Deck::walk_away().title.clone());
            continue;
        }
        let found = Some(slug).filter(|slug| is_slug(slug));
        let found = found.and_then(|slug| context.shelf.get(slug));
        let Some(DeckFile { file, deck, .. }) = found else {
            return Err(Error::NoSuchDeck {
                wanted: slug.clone(),
                in_use: false,
            });
        };
        match deck {
            Ok(deck) => titles.push(deck.title),
            Err(faults) => {
                let first = faults.first().map(|fault| fault.in_file(&file));
                return Err(Error::BadDeck {
                    slug: slug.clone(),
                    first: first.unwrap_or_default(),
                });
            }
        }
    }
    let path = context.config_path.as_deref().ok_or(Error::NoHome)?;
    config::use_decks(path, &wanted).inspect_err(|_| {
        let quoted: Vec<String> = wanted.iter().map(|slug| format!("\"{slug}\"")).collect();
        context.output.status(&format!(
            "To settle it by hand, the line for the configuration is: decks = [{}]",
            quoted.join(", ")
        ));
    })?;
    context.output.status(&format!(
        "From now on each day draws from {}. So says {}.",
        titles.join(" and "),
        text::safe(&path.display().to_string())
    ));
    if context.output.json {
        context.output.show(&DecksInUseView { slugs: &wanted })?;
    }
    Ok(Status::Done)
}

struct DecksInUseView<'a> {
    slugs: &'a [String],
}

#[derive(Serialize)]
struct DecksInUseJson<'a> {
    in_use: &'a [String],
}

impl View for DecksInUseView<'_> {
    fn json(&self) -> impl Serialize {
        DecksInUseJson { in_use: self.slugs }
    }

    fn human(&self, _: &mut Page) {}
}

fn begin_deck(slug: &str, context: &Context) -> Result<Status> {
    if !is_slug(slug) || slug == "week" {
        return Err(Error::Usage {
            what: format!("a deck cannot be called {slug:?}"),
            hint: Some("use a-z, 0-9 and hyphens, like small-steps".to_owned()),
        });
    }
    let file = context.shelf.begin(slug)?;
    let place = file.display().to_string();
    context.output.status(&format!(
        "{} is a deck with one tip, and explains itself.",
        text::safe(&place)
    ));
    context.output.hint(&format!(
        "When it is yours: onward deck check {slug}, then onward deck use {BUILT_IN_DECK} {slug}"
    ));
    if context.output.json {
        context.output.show(&NewDeckView { slug, file: &place })?;
    }
    Ok(Status::Done)
}

struct NewDeckView<'a> {
    slug: &'a str,
    file: &'a str,
}

#[derive(Serialize)]
struct NewDeckAnswerJson<'a> {
    begun: NewDeckJson<'a>,
}

#[derive(Serialize)]
struct NewDeckJson<'a> {
    slug: &'a str,
    file: &'a str,
}

impl View for NewDeckView<'_> {
    fn json(&self) -> impl Serialize {
        NewDeckAnswerJson {
            begun: NewDeckJson {
                slug: self.slug,
                file: self.file,
            },
        }
    }

    fn human(&self, _: &mut Page) {}
}
