//! Bringing entries in: what is new is added, what is there is left alone, and the whole of it
//! is one action.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};

use super::{Journal, unix_line_ends};
use crate::archive::{Item, Place, Record};
use crate::decks::Tip;
use crate::error::{Error, Result};
use crate::model::entry::MAX_TEXT;
use crate::model::{Content, Day, Offered, Reflection, Revision, Tag};
use crate::store::{Change, Origin, Size, What};

/// How many remarks of a kind a report holds; beyond that it only counts.
const MAX_REMARKS: usize = 1_000;

/// What is done to everything that is added.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Tags it is given.
    pub tags: BTreeSet<Tag>,
    /// Tips it is counted for.
    pub tips: Vec<Tip>,
    /// Whether to look only, and add nothing.
    pub dry_run: bool,
}

/// How an import went. Every entry that was read was added, was there already, differs from
/// what is there, or was refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries that were read.
    pub read: u64,
    /// Entries that were added.
    pub added: u64,
    /// Those among them that came in the trash, and stay there.
    pub added_to_trash: u64,
    /// Entries that were there already.
    pub there: u64,
    /// Those among them that are in the trash.
    pub there_in_trash: u64,
    /// Entries that say something else than when they were brought in. What is in the journal
    /// was left as it is.
    pub changed: Remarks<i64>,
    /// What was refused, and why.
    pub refused: Remarks<String>,
    /// What was decided where a file can be read in more than one way.
    pub decided: Remarks<String>,
    /// The first and the last day of what was added.
    pub days: Option<(Day, Day)>,
}

/// Remarks on places: all are counted, and the first of them kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remarks<T> {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub first: Vec<(Place, T)>,
}

impl<T> Default for Remarks<T> {
    fn default() -> Remarks<T> {
        Remarks {
            count: 0,
            first: Vec::new(),
        }
    }
}

impl<T> Remarks<T> {
    fn add(&mut self, place: Place, remark: T) {
        self.count += 1;
        if self.first.len() < MAX_REMARKS {
            self.first.push((place, remark));
        }
    }
}

/// An import under way.
pub struct Importing<'a, 'j> {
    change: Change<'j>,
    terms: &'a Terms,
    now: DateTime<FixedOffset>,
    report: Report,
    /// The mark of what this import came upon.
    import: i64,
    before: Size,
    /// Entries that were made anew, and earlier states with them.
    made: Size,
    /// Whether entries keep the numbers they had: nobody has numbers here yet.
    keeps_numbers: bool,
    last_number: i64,
    /// Entries that are called like one that is there and say something else. Which it is
    /// shows when everything was read: it may be one more of the same moment.
    undecided: Vec<(&'static str, Record)>,
    /// The day whose prompts are coming, and whether it had none before.
    prompts_of: Option<(Day, bool)>,
    /// Prompts that were added.
    prompts: u64,
}

impl Journal {
    /// Brings entries in: `read` hands every item to [`Importing::take`]. All of it happens
    /// or nothing, and it is one action for undo.
    ///
    /// # Errors
    /// Whatever `read` says; [`Error::Miscounted`] when what was added is not what the counts
    /// say; [`Error::DiskFull`] and the like. Then the journal is as it was.
    pub fn import(
        &mut self,
        terms: &Terms,
        now: DateTime<FixedOffset>,
        read: impl FnOnce(&mut Importing<'_, '_>) -> Result<()>,
    ) -> Result<Report> {
        let mut change = self.store.change()?;
        change.record_as(What::Import, now);
        let reading = change.reading();
        let (import, before) = (reading.next_import()?, reading.size()?);
        let last_number = reading.last_number()?;
        let mut importing = Importing {
            change,
            terms,
            now,
            report: Report::default(),
            import,
            before,
            made: Size {
                entries: 0,
                revisions: 0,
            },
            keeps_numbers: last_number == 0,
            last_number: 0,
            undecided: Vec::new(),
            prompts_of: None,
            prompts: 0,
        };
        read(&mut importing)?;
        importing.finish()
    }
}

impl Importing<'_, '_> {
    /// Takes what a reader of a format came upon.
    ///
    /// # Errors
    /// [`Error::DiskFull`] and the like.
    pub fn take(&mut self, format: &'static str, item: Item) -> Result<()> {
        match item {
            Item::Entry(record) => self.record(format, *record),
            Item::Whole(place, states) => self.whole(place, &states),
            Item::Prompt(_, offered) => self.prompt(&offered),
            Item::Numbered(last) => {
                self.last_number = self.last_number.max(last);
                Ok(())
            }
            Item::Refused(place, why) => {
                self.report.read += 1;
                self.report.refused.add(place, why);
                Ok(())
            }
            Item::Decided(place, what) => {
                self.report.decided.add(place, what);
                Ok(())
            }
        }
    }

    /// How many entries were read so far.
    pub fn read(&self) -> u64 {
        self.report.read
    }

    /// An entry of another program.
    fn record(&mut self, format: &'static str, mut record: Record) -> Result<()> {
        self.report.read += 1;
        tidy(&mut record.content);
        if record.content.text.len() > MAX_TEXT {
            let why = format!("the text is longer than {} MB", MAX_TEXT / 1_000_000);
            self.report.refused.add(record.place, why);
            return Ok(());
        }
        if record.content.text.trim().is_empty() {
            let why = "there is no text".to_owned();
            self.report.refused.add(record.place, why);
            return Ok(());
        }
        let reading = self.change.reading();
        if let Some(id) = record.id
            && let Some(number) = reading.number_of(id)?
        {
            return self.met(format, record, number);
        }
        let origin = Origin {
            format,
            key: &record.key,
            digest: record.content.digest(),
        };
        if let Some(known) = reading.unseen(&origin, self.import)? {
            self.change
                .mark_seen(format, &record.key, &known, self.import)?;
            return self.there(known.entry, record.content);
        }
        let namesake = reading.unseen_namesake(format, &record.key, self.import)?;
        if record.id.is_none() && namesake.is_some() {
            self.undecided.push((format, record));
            return Ok(());
        }
        self.add(format, record)
    }

    /// An entry whose id is in the journal already.
    fn met(&mut self, format: &'static str, record: Record, number: i64) -> Result<()> {
        let reading = self.change.reading();
        match reading.origin_of(number, format)? {
            Some((_, seen)) if seen == self.import => {
                let why = "its id came before in this import".to_owned();
                self.report.refused.add(record.place, why);
                Ok(())
            }
            Some((known, _)) => {
                self.change
                    .mark_seen(format, &record.key, &known, self.import)?;
                if known.digest() == record.content.digest() {
                    self.there(number, record.content)
                } else {
                    self.changed(number, record)
                }
            }
            // It left this journal in another form, which may not carry everything.
            None => {
                let same = |state: &Revision| {
                    state.content.day == record.content.day
                        && state.content.text == record.content.text
                };
                if reading.revisions(number)?.iter().any(same) {
                    self.there(number, record.content)
                } else {
                    self.changed(number, record)
                }
            }
        }
    }

    fn changed(&mut self, number: i64, record: Record) -> Result<()> {
        if self.change.reading().is_taken_back(number)? {
            return self.there(number, record.content);
        }
        self.report.changed.add(record.place, number);
        Ok(())
    }

    /// An entry that is there. Where the import that brought it was undone, it comes back as it
    /// is now.
    fn there(&mut self, number: i64, content: Content) -> Result<()> {
        let reading = self.change.reading();
        let Some(present) = reading.present(number)? else {
            return Ok(());
        };
        if reading.is_taken_back(number)? {
            let next = self.on_terms(content);
            self.note_days(&next);
            self.change.save(&present, &next, self.now)?;
            self.report.added += 1;
            return Ok(());
        }
        self.report.there += 1;
        if present.content.deleted_at.is_some() {
            self.report.there_in_trash += 1;
        }
        Ok(())
    }

    fn add(&mut self, format: &'static str, record: Record) -> Result<()> {
        let digest = record.content.digest();
        let content = self.on_terms(record.content);
        self.note_days(&content);
        let entry = match record.id {
            Some(id) => self.change.insert_as(id, content, self.now)?,
            None => self.change.insert(content, self.now)?,
        };
        let origin = Origin {
            format,
            key: &record.key,
            digest,
        };
        self.change
            .note_origin(entry.number, &origin, self.import)?;
        self.report.added += 1;
        self.made.entries += 1;
        Ok(())
    }

    /// What a record becomes here.
    fn on_terms(&self, mut content: Content) -> Content {
        content.tags.extend(self.terms.tags.iter().cloned());
        for tip in &self.terms.tips {
            let known = |r: &Reflection| r.deck == tip.deck && r.tip == tip.slug;
            if !content.reflections.iter().any(known) {
                content.reflections.push(Reflection {
                    deck: tip.deck.clone(),
                    tip: tip.slug.clone(),
                    number: tip.number,
                    title: tip.title.clone(),
                    question: None,
                });
            }
        }
        content
    }

    fn note_days(&mut self, content: &Content) {
        let day = content.day;
        self.report.days = Some(match self.report.days {
            Some((first, last)) => (first.min(day), last.max(day)),
            None => (day, day),
        });
    }

    /// An entry of this program's own export.
    fn whole(&mut self, place: Place, states: &[Revision]) -> Result<()> {
        self.report.read += 1;
        let Some(present) = states.last() else {
            self.report
                .refused
                .add(place, "there is no entry".to_owned());
            return Ok(());
        };
        let reading = self.change.reading();
        let Some(number) = reading.number_of(present.entry)? else {
            return self.add_whole(place, states);
        };
        if reading.is_taken_back(number)? {
            return self.there(number, present.content.clone());
        }
        // One of ours that has changed since is newer, not another.
        if reading.revision(number, present.id)?.is_some() {
            return self.there(number, present.content.clone());
        }
        self.report.changed.add(place, number);
        Ok(())
    }

    fn add_whole(&mut self, place: Place, states: &[Revision]) -> Result<()> {
        let reading = self.change.reading();
        let mut ids = BTreeSet::new();
        for state in states {
            if !ids.insert(state.id) || reading.is_state(state.id)? {
                let why = "one of its states has an id that was there before".to_owned();
                self.report.refused.add(place, why);
                return Ok(());
            }
        }
        let Some(present) = states.last() else {
            return Ok(());
        };
        let number = self.keeps_numbers.then_some(present.number);
        self.change.insert_whole(states, number)?;
        self.report.added += 1;
        self.made.entries += 1;
        self.made.revisions += states.len() as u64 - 1;
        match present.content.deleted_at {
            Some(_) => self.report.added_to_trash += 1,
            None => self.note_days(&present.content),
        }
        Ok(())
    }

    /// What a day offered. A day that offered something here keeps what it offered.
    fn prompt(&mut self, offered: &Offered) -> Result<()> {
        // The question of a week is none of the day's tips.
        if offered.turn == 0 {
            self.prompts += u64::from(self.change.insert_offer(offered)?);
            return Ok(());
        }
        let takes = match self.prompts_of {
            Some((day, takes)) if day == offered.day => takes,
            _ => self.change.reading().offered_on(offered.day)?.is_empty(),
        };
        self.prompts_of = Some((offered.day, takes));
        if takes && self.change.insert_offer(offered)? {
            self.prompts += 1;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Report> {
        for (format, record) in std::mem::take(&mut self.undecided) {
            let reading = self.change.reading();
            match reading.unseen_namesake(format, &record.key, self.import)? {
                Some(known) => {
                    self.change
                        .mark_seen(format, &record.key, &known, self.import)?;
                    self.changed(known.entry, record)?;
                }
                None => self.add(format, record)?,
            }
        }
        let numbers = self.keeps_numbers && self.last_number > 0;
        if numbers {
            self.change.number_from(self.last_number)?;
        }
        self.check()?;
        let report = self.report;
        if (report.added > 0 || self.prompts > 0 || numbers) && !self.terms.dry_run {
            self.change.commit()?;
        }
        Ok(report)
    }

    /// Whether everything that was read is accounted for, and the journal holds what was
    /// added.
    fn check(&self) -> Result<()> {
        let report = &self.report;
        let accounted =
            report.added + report.there + report.changed.count + report.refused.count;
        if accounted != report.read {
            return Err(Error::Miscounted {
                what: format!(
                    "{} entries were read and {accounted} accounted for",
                    report.read
                ),
            });
        }
        let now = self.change.reading().size()?;
        let expected = self.before.entries + self.made.entries;
        if now.entries != expected {
            return Err(Error::Miscounted {
                what: format!(
                    "the journal would have {} entries and should have {expected}",
                    now.entries
                ),
            });
        }
        Ok(())
    }
}

/// What a record is before it is compared or kept: line ends as ours, no tag twice.
fn tidy(content: &mut Content) {
    let text = std::mem::take(&mut content.text);
    content.text = unix_line_ends(text);
    let in_text = Tag::in_text(&content.text);
    content.tags.retain(|tag| !in_text.contains(tag));
    content.deleted_at = None;
}
