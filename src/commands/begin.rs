//! `onward begin`

use std::str::FromStr;

use serde::Serialize;

use crate::decks::Topic;
use crate::error::{Error, Result};
use crate::journal::NewEntry;
use crate::model::kind::Reason;
use crate::model::{Entry, Kind};
use crate::session::{Composition, CompositionOutcome, Session, Status, TypedText, report};
use crate::terminal::dialogue::TypedInput;
use crate::view::{Page, Style, View, text};

/// Three questions to be clear about before anything else
///
/// Whether it is for reasons that will hold, what was tried before, and how you would live if
/// nobody comes back. Your answers are kept as reasons. Ask again after some weeks, and what you
/// answered then stands beside what you answer now. An answer ends with an empty line.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Answer a question without being asked: N=TEXT, with its number or slug; may be repeated
    #[arg(long, value_name = "N=TEXT")]
    answer: Vec<GivenAnswer>,
    /// Show the questions and your answers, and ask nothing
    #[arg(long, conflicts_with = "answer")]
    show: bool,
}

#[derive(Debug, Clone)]
struct GivenAnswer {
    wanted: String,
    text: String,
}

impl FromStr for GivenAnswer {
    type Err = String;

    fn from_str(text: &str) -> Result<GivenAnswer, String> {
        let (wanted, text) = text
            .split_once('=')
            .filter(|(_, text)| !text.trim().is_empty())
            .ok_or("write an answer as 1=TEXT, or with the slug of the question")?;
        Ok(GivenAnswer {
            wanted: wanted.trim().to_owned(),
            text: text.to_owned(),
        })
    }
}

/// Asks the grounding questions of the decks in use and saves the answers.
///
/// # Errors
/// [`Error::Usage`] for a question that does not exist; [`Error::Unsaved`] if an answer could
/// not be saved, with the place where it is kept.
pub fn run(args: &Args, session: &mut Session<'_>) -> Result<Status> {
    let context = session.context();
    let decks = &context.chosen().decks;
    let typed: Vec<&str> = args.answer.iter().map(|one| one.text.as_str()).collect();
    let reasons = session
        .journal_to_read()
        .and_then(|journal| journal.reasons())
        .map_err(|error| keep_unsaved_answers(&typed, error, session))?;
    let mut questions: Vec<GroundingAnswers> = Vec::new();
    for deck in decks.all() {
        questions.extend(deck.groundings.iter().map(|topic| {
            let name = format!("{}/{}", deck.slug, topic.slug);
            GroundingAnswers {
                then: latest_answer(&name, &reasons),
                name,
                topic,
                now: None,
            }
        }));
    }
    let asks = args.answer.is_empty()
        && !args.show
        && !context.output.json
        && context.environment.terminal.input;
    if !args.answer.is_empty() {
        let mut new = Vec::new();
        for answer in &args.answer {
            let at = find_question(&questions, &answer.wanted)?;
            new.push((at, answer.text.clone()));
        }
        save_answers(new, &mut questions, session)?;
    } else if asks && !questions.is_empty() {
        return ask_questions(questions, session);
    }
    let answered = questions
        .iter()
        .any(|asked| asked.then.is_some() || asked.now.is_some());
    context.output.show_long(&GroundingsView(&questions))?;
    if !answered {
        context.output.status(match questions.is_empty() {
            true => {
                "The decks in use have no such questions; walk-away, which is built in, has three."
            }
            false => "Nothing is answered yet. Run onward begin in a terminal, or use --answer.",
        });
        return Ok(Status::NothingFound);
    }
    Ok(Status::Done)
}

/// A grounding question with the former and the new answer.
struct GroundingAnswers<'d> {
    /// Its name, as `deck/slug`.
    name: String,
    topic: &'d Topic,
    then: Option<Entry>,
    now: Option<Entry>,
}

/// The newest answer to a grounding question. The first of the reasons need not be the newest.
fn latest_answer(name: &String, reasons: &[Entry]) -> Option<Entry> {
    reasons
        .iter()
        .filter(|entry| {
            let reason = entry.kind.reason();
            reason.and_then(|reason| reason.grounding.as_ref()) == Some(name)
        })
        .max_by_key(|reason| (reason.written_at, reason.number))
        .cloned()
}

/// The index of the question that a number, slug or `deck/slug` means.
fn find_question(questions: &[GroundingAnswers<'_>], wanted: &str) -> Result<usize> {
    let number = wanted.parse::<usize>().ok();
    questions
        .iter()
        .zip(1..)
        .position(|(asked, at)| {
            Some(at) == number || asked.topic.slug == wanted || asked.name == wanted
        })
        .ok_or_else(|| {
            let slugs: Vec<&str> = questions
                .iter()
                .map(|one| one.topic.slug.as_str())
                .collect();
            Error::Usage {
                what: format!("--answer: there is no question {wanted:?}"),
                hint: (!slugs.is_empty())
                    .then(|| format!("they are 1 to {}, or {}", slugs.len(), slugs.join(", "))),
            }
        })
}

/// The kind of an answer: a reason that names the grounding question and its words.
fn answer_to(asked: &GroundingAnswers<'_>) -> Kind {
    Kind::Reason(Reason {
        first: false,
        grounding: Some(asked.name.clone()),
        question: Some(asked.topic.question.clone()),
    })
}

/// Saves the answers as one action, so that one undo takes them back.
fn save_answers(
    new: Vec<(usize, String)>,
    questions: &mut [GroundingAnswers<'_>],
    session: &mut Session<'_>,
) -> Result<()> {
    let context = session.context();
    let answers = Composition::new(Kind::Reason(Reason::default()), context);
    let entry = |(at, text): &(usize, String)| {
        answers.new_entry(answer_to(&questions[*at]), text.clone())
    };
    let entries: Vec<NewEntry> = new.iter().map(entry).collect();
    let typed: Vec<&str> = new.iter().map(|(_, text)| text.as_str()).collect();
    let saved = session
        .journal()
        .and_then(|journal| journal.add(entries, answers.begun.now))
        .map_err(|error| keep_unsaved_answers(&typed, error, session))?;
    for ((place, _), entry) in new.iter().zip(saved) {
        report::tell_saved_in_words(&entry, context);
        questions[*place].now = Some(entry);
    }
    Ok(())
}

/// Keeps the answers that could not be saved as one draft of a reason.
fn keep_unsaved_answers(typed: &[&str], error: Error, session: &mut Session<'_>) -> Error {
    let context = session.context();
    let answers = Composition::new(Kind::Reason(Reason::default()), context);
    session.keep_unsaved(&answers.metadata(), &typed.join("\n\n"), error)
}

fn ask_questions(
    mut questions: Vec<GroundingAnswers<'_>>,
    session: &mut Session<'_>,
) -> Result<Status> {
    let context = session.context();
    // Open the journal before the person types a word, so that its errors come first.
    session.journal()?;
    let mut dialogue = context.output.dialogue(context.environment.dumb)?;
    for at in 0..questions.len() {
        context.output.show(&GroundingQuestionView {
            number: at + 1,
            of: questions.len(),
            asked: &questions[at],
        })?;
        let answer = Composition::new(answer_to(&questions[at]), context);
        let mut held = TypedText::empty(&answer);
        let typed = dialogue.text("", |text| held.hold(text, session))?;
        let stopped = matches!(typed, TypedInput::Stopped(_));
        // Save each answer at once: a failure at the next question must not lose it.
        match typed {
            TypedInput::Line(text) | TypedInput::Stopped(text) if !text.trim().is_empty() => {
                held.hold(&text, session);
                if let CompositionOutcome::Saved(entry) =
                    answer.save(text, held.draft(), session)?
                {
                    report::tell_saved_in_words(&entry, context);
                    questions[at].now = Some(entry);
                }
            }
            _ => {}
        }
        if stopped {
            if questions.iter().all(|asked| asked.now.is_none()) {
                report::tell_nothing_written(context)?;
            }
            return Ok(Status::BrokenOff);
        }
    }
    drop(dialogue);
    let again = questions
        .iter()
        .any(|asked| asked.then.is_some() && asked.now.is_some());
    if again {
        context.output.show(&GroundingsView(&questions))?;
    }
    if questions.iter().all(|asked| asked.now.is_none()) {
        return report::tell_nothing_written(context);
    }
    context
        .output
        .hint("To read them again: onward reason, or onward begin --show");
    Ok(Status::Done)
}

/// A grounding question as it is asked.
struct GroundingQuestionView<'a> {
    number: usize,
    of: usize,
    asked: &'a GroundingAnswers<'a>,
}

impl View for GroundingQuestionView<'_> {
    fn json(&self) -> impl Serialize {
        self.number
    }

    fn human(&self, page: &mut Page) {
        let topic = self.asked.topic;
        page.blank();
        let title = format!("{} of {} · {}", self.number, self.of, topic.title);
        page.paragraph(2, Style::Strong, &title);
        page.blank();
        page.paragraph(2, Style::Plain, &topic.text);
        page.blank();
        if let Some(then) = &self.asked.then {
            answer_on(page, "Then", then);
            page.blank();
        }
        page.paragraph(2, Style::Accent, &topic.question);
        page.paragraph(
            2,
            Style::Faint,
            "An empty line ends your answer; enter alone skips it.",
        );
        page.blank();
    }
}

fn answer_on(page: &mut Page, label: &str, answer: &Entry) {
    let mut lines = vec![format!("{} (#{})", answer.day.long(), answer.number)];
    lines.extend(text::wrap(
        &text::safe(&answer.text),
        page.width_beside_label(),
    ));
    page.labelled_lines(label, lines);
}

/// The grounding questions with their answers.
struct GroundingsView<'a>(&'a [GroundingAnswers<'a>]);

#[derive(Serialize)]
struct GroundingsJson<'a> {
    groundings: Vec<GroundingJson<'a>>,
}

#[derive(Serialize)]
struct GroundingJson<'a> {
    slug: &'a str,
    title: &'a str,
    text: &'a str,
    question: &'a str,
    then: Option<AnswerJson<'a>>,
    now: Option<AnswerJson<'a>>,
}

#[derive(Serialize)]
struct AnswerJson<'a> {
    number: i64,
    day: String,
    text: &'a str,
}

impl<'a> AnswerJson<'a> {
    fn of(entry: &'a Entry) -> AnswerJson<'a> {
        AnswerJson {
            number: entry.number,
            day: entry.day.to_string(),
            text: &entry.text,
        }
    }
}

impl View for GroundingsView<'_> {
    fn json(&self) -> impl Serialize {
        let groundings = self.0.iter().map(|asked| GroundingJson {
            slug: &asked.topic.slug,
            title: &asked.topic.title,
            text: &asked.topic.text,
            question: &asked.topic.question,
            then: asked.then.as_ref().map(AnswerJson::of),
            now: asked.now.as_ref().map(AnswerJson::of),
        });
        GroundingsJson {
            groundings: groundings.collect(),
        }
    }

    fn human(&self, page: &mut Page) {
        for GroundingAnswers {
            topic, then, now, ..
        } in self.0
        {
            page.blank();
            page.paragraph(2, Style::Strong, &topic.title);
            page.paragraph(2, Style::Accent, &topic.question);
            if then.is_some() || now.is_some() {
                page.blank();
            }
            if let Some(then) = then {
                answer_on(page, "Then", then);
            }
            if let Some(now) = now {
                answer_on(page, "Now", now);
            }
        }
        if !self.0.is_empty() {
            page.blank();
        }
    }
}
