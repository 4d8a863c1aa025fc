//! Importing: new entries are added, known ones stay as they are, and all of it is one
//! action.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};

use super::Journal;
use super::page::unix_line_ends;
use crate::decks::Tip;
use crate::error::{Error, Result};
use crate::formats::{ImportItem, ImportRecord, SourcePlace};
use crate::model::entry::MAX_TEXT;
use crate::model::{
    Content, ContentDigest, Day, KindName, OfferedPrompt, Reflection, Revision, Tag, count,
};
use crate::store::{ActionKind, Change, JournalSize, KnownOrigin, Origin};

/// The most remarks of a kind that a report keeps. More are only counted.
const MAX_REMARKS: usize = 1_000;

/// The options of an import.
#[derive(Debug, Clone, Default)]
pub struct ImportTerms {
    /// Tags for every added entry.
    pub tags: BTreeSet<Tag>,
    /// Tips that every added entry reflects on.
    pub tips: Vec<Tip>,
    /// True to report only, and to add nothing.
    pub dry_run: bool,
}

/// The counts of an import. Every entry that was read was added, there, changed or refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Entries that were read from the files.
    pub read: u64,
    /// Entries that were added to the journal.
    pub added: u64,
    /// Added entries that came in the trash, and stay there.
    pub added_to_trash: u64,
    /// Entries that the journal already had.
    pub there: u64,
    /// Entries that the journal already had in the trash.
    pub there_in_trash: u64,
    /// Entries that the journal has with another content, and their numbers there. The
    /// journal's entries stay as they are.
    pub changed: ImportRemarks<i64>,
    /// Entries that were refused, and the reasons.
    pub refused: ImportRemarks<String>,
    /// Choices that were made because a file can be read in more than one way.
    pub decided: ImportRemarks<String>,
    /// The first and the last day of the added entries, without those in the trash.
    pub days: Option<(Day, Day)>,
}

/// Remarks on places in files. All are counted, and the first ones kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRemarks<T> {
    /// The number of remarks.
    pub count: u64,
    /// The first remarks.
    pub first: Vec<(SourcePlace, T)>,
}

impl<T> Default for ImportRemarks<T> {
    fn default() -> ImportRemarks<T> {
        ImportRemarks {
            count: 0,
            first: Vec::new(),
        }
    }
}

impl<T> ImportRemarks<T> {
    fn add(&mut self, place: SourcePlace, remark: T) {
        self.count += 1;
        if self.first.len() < MAX_REMARKS {
            self.first.push((place, remark));
        }
    }
}

/// A running import.
pub struct RunningImport<'a, 'j> {
    change: Change<'j>,
    terms: &'a ImportTerms,
    now: DateTime<FixedOffset>,
    report: ImportReport,
    /// The number that marks the origins that this file's import has seen.
    import: i64,
    before: JournalSize,
    /// The entries and earlier states that were made.
    made: JournalSize,
    /// True if imported entries keep their numbers: in a journal that never had an entry.
    keeps_numbers: bool,
    last_number: i64,
    /// Entries that may be changed versions of known ones. They are decided at the end of the
    /// file: the unchanged version may come later, and then this is another entry of the same
    /// moment.
    undecided: Vec<(&'static str, ImportRecord)>,
    /// The day of the last prompt, and true if the journal had no prompt of that day.
    prompts_of: Option<(Day, bool)>,
    /// The number of added prompts.
    prompts: u64,
}

impl Journal {
    /// Imports entries. `read` hands every item to [`RunningImport::take`]. The import is one
    /// transaction, and one action for undo.
    ///
    /// # Errors
    /// Those of `read`; [`Error::Miscounted`] if the counts do not match the journal;
    /// [`Error::DiskFull`]. After an error the journal is as it was.
    pub fn import(
        &mut self,
        terms: &ImportTerms,
        now: DateTime<FixedOffset>,
        read: impl FnOnce(&mut RunningImport<'_, '_>) -> Result<()>,
    ) -> Result<ImportReport> {
        let mut change = self.store.change()?;
        change.record_as(ActionKind::Import, now);
        let reading = change.reading();
        let (import, before) = (reading.next_import()?, reading.size()?);
        let last_number = reading.last_number()?;
        let mut importing = RunningImport {
            change,
            terms,
            now,
            report: ImportReport::default(),
            import,
            before,
            made: JournalSize {
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

impl RunningImport<'_, '_> {
    /// Takes an item that a reader of a format yields.
    pub fn take(&mut self, format: &'static str, item: ImportItem) -> Result<()> {
        match item {
            ImportItem::Entry(record) => self.record(format, *record),
            ImportItem::Whole(place, states) => self.whole(place, &states),
            ImportItem::Prompt(_, offered) => self.prompt(&offered),
            ImportItem::Numbered(last) => {
                self.last_number = self.last_number.max(last);
                Ok(())
            }
            ImportItem::Refused(place, why) => {
                self.report.read += 1;
                self.report.refused.add(place, why);
                Ok(())
            }
            ImportItem::Decided(place, what) => {
                self.report.decided.add(place, what);
                Ok(())
            }
        }
    }

    /// Begins another file. An entry of it that an earlier file had too counts as already
    /// there.
    pub fn next_file(&mut self) -> Result<()> {
        self.decide()?;
        self.import += 1;
        Ok(())
    }

    /// Imports an entry of another program.
    fn record(&mut self, format: &'static str, mut record: ImportRecord) -> Result<()> {
        self.report.read += 1;
        tidy(&mut record.content);
        if record.content.text.len() > MAX_TEXT {
            let why = format!("the text is longer than {}", count::megabytes(MAX_TEXT));
            self.report.refused.add(record.place, why);
            return Ok(());
        }
        let says_without_words = matches!(
            record.content.kind.name(),
            KindName::Urge | KindName::Contact
        );
        if record.content.text.trim().is_empty() && !says_without_words {
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
            digest: fingerprint(&mut record.content),
        };
        if let Some(known) = reading.unseen(&origin, self.import)? {
            return self.settle(format, record, &known, true);
        }
        if record.id.is_none() {
            let namesakes = reading.unseen_namesakes(format, &record.key, self.import)?;
            if self.alike(&namesakes, &record)?.is_some() {
                self.undecided.push((format, record));
                return Ok(());
            }
            if let Some(other) = namesakes.first() {
                let what = format!(
                    "it has the date or the name of #{}, which says something else: it came in \
                     as an entry of its own",
                    other.entry
                );
                self.report.decided.add(record.place.clone(), what);
            }
        }
        self.add(format, record)
    }

    /// The first of these entries whose text may have become that of the record.
    fn alike(
        &self,
        namesakes: &[KnownOrigin],
        record: &ImportRecord,
    ) -> Result<Option<KnownOrigin>> {
        let reading = self.change.reading();
        for known in namesakes {
            let states = reading.revisions(known.entry)?;
            if (states.iter()).any(|state| alike(&state.content.text, &record.content.text)) {
                return Ok(Some(*known));
            }
        }
        Ok(None)
    }

    /// Imports an entry whose id is already in the journal.
    fn met(
        &mut self,
        format: &'static str,
        mut record: ImportRecord,
        number: i64,
    ) -> Result<()> {
        let reading = self.change.reading();
        match reading.origin_of(number, format)? {
            Some((_, seen)) if seen == self.import => {
                let why = "its id came before in this file".to_owned();
                self.report.refused.add(record.place, why);
                Ok(())
            }
            Some((known, _)) => {
                let same = known.digest() == fingerprint(&mut record.content);
                self.settle(format, record, &known, same)
            }
            // The entry came here in another format, which may not have all of its content.
            None => {
                let same = |state: &Revision| {
                    state.content.day == record.content.day
                        && state.content.text == record.content.text
                };
                if reading.is_taken_back(number)? {
                    self.bring_back(number, record.content)
                } else if reading.revisions(number)?.iter().any(same) {
                    self.there(number)
                } else {
                    self.report.changed.add(record.place, number);
                    Ok(())
                }
            }
        }
    }

    /// Counts an entry that was imported before, with the same content or another. If that
    /// import was undone, the entry comes back with its new content.
    fn settle(
        &mut self,
        format: &'static str,
        mut record: ImportRecord,
        known: &KnownOrigin,
        same: bool,
    ) -> Result<()> {
        if self.change.reading().is_taken_back(known.entry)? {
            let origin = Origin {
                format,
                key: &record.key,
                digest: fingerprint(&mut record.content),
            };
            self.change.forget_origin(known, format)?;
            self.change.note_origin(known.entry, &origin, self.import)?;
            return self.bring_back(known.entry, record.content);
        }
        self.change
            .mark_seen(format, &record.key, known, self.import)?;
        if same {
            return self.there(known.entry);
        }
        self.report.changed.add(record.place, known.entry);
        Ok(())
    }

    fn there(&mut self, number: i64) -> Result<()> {
        let present = self.change.reading().present(number)?;
        self.report.there += 1;
        if present.is_some_and(|present| present.content.deleted_at.is_some()) {
            self.report.there_in_trash += 1;
        }
        Ok(())
    }

    /// Takes an entry out of the trash that undoing its import put there.
    fn bring_back(&mut self, number: i64, content: Content) -> Result<()> {
        let present = self.change.reading().present(number)?;
        let next = self.on_terms(content);
        match next.deleted_at {
            Some(_) => self.report.added_to_trash += 1,
            None => self.note_days(&next),
        }
        if let Some(present) = present {
            self.change.save(&present, &next, self.now)?;
        }
        self.report.added += 1;
        Ok(())
    }

    fn add(&mut self, format: &'static str, mut record: ImportRecord) -> Result<()> {
        let digest = fingerprint(&mut record.content);
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

    /// Adds the tags and tips of this import to a content.
    fn on_terms(&self, mut content: Content) -> Content {
        content.tags_by_hand.extend(self.terms.tags.iter().cloned());
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

    /// Imports an entry of this program's own export.
    fn whole(&mut self, place: SourcePlace, states: &[Revision]) -> Result<()> {
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
            return self.bring_back(number, present.content.clone());
        }
        // The journal's entry had this state once, so the journal has the newer one.
        if reading.revision(number, present.id)?.is_some() {
            return self.there(number);
        }
        self.report.changed.add(place, number);
        Ok(())
    }

    fn add_whole(&mut self, place: SourcePlace, states: &[Revision]) -> Result<()> {
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

    /// Imports a prompt, unless the journal has prompts of its day.
    fn prompt(&mut self, offered: &OfferedPrompt) -> Result<()> {
        // A question of the week does not count as a prompt of its day.
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

    /// Decides about the entries that had to wait for the end of their file.
    fn decide(&mut self) -> Result<()> {
        for (format, record) in std::mem::take(&mut self.undecided) {
            let reading = self.change.reading();
            let namesakes = reading.unseen_namesakes(format, &record.key, self.import)?;
            match self.alike(&namesakes, &record)? {
                Some(known) => self.settle(format, record, &known, false)?,
                None => self.add(format, record)?,
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<ImportReport> {
        self.decide()?;
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

    /// Checks that every entry that was read is counted, and that the journal has every entry
    /// that was added.
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

/// The fingerprint by which a record is recognised. It leaves out the time zone: if the file
/// does not have one, the zone is that of the machine, which may be another one next time.
fn fingerprint(content: &mut Content) -> ContentDigest {
    let written_at = content.written_at;
    content.written_at = written_at.naive_local().and_utc().fixed_offset();
    let digest = content.digest();
    content.written_at = written_at;
    digest
}

/// True if one text may have become the other. At least a third of the pairs of neighbouring
/// words of the text with fewer pairs must be in the other. Two pages of one moment about
/// different things share a tenth. For a text of one or two words, half of the single words
/// must be shared.
fn alike(one: &str, other: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let bare = |word: &str| {
            word.trim_matches(|c: char| !c.is_alphanumeric())
                .to_lowercase()
        };
        let words = text.split_whitespace().map(bare);
        words.filter(|word| !word.is_empty()).collect()
    };
    let (one, other) = (words(one), words(other));
    let (run, share) = match one.len().min(other.len()) {
        ..3 => (1, 2),
        _ => (2, 3),
    };
    let runs = |words: &'_ [String]| -> BTreeSet<Vec<String>> {
        words.windows(run).map(<[String]>::to_vec).collect()
    };
    let (one, other) = (runs(&one), runs(&other));
    let fewer = one.len().min(other.len());
    one.intersection(&other).count() * share >= fewer.max(1)
}

/// Normalises a record: line ends become `\n`, and tags that the text has are not kept twice.
fn tidy(content: &mut Content) {
    let text = std::mem::take(&mut content.text);
    content.text = unix_line_ends(text);
    let in_text = Tag::in_text(&content.text);
    content.tags_by_hand.retain(|tag| !in_text.contains(tag));
    content.deleted_at = None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::costs::Work;

    fn now() -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339("2026-11-22T21:00:00+00:00").expect("an instant")
    }

    /// Imports a file whose entries all have one moment, and returns what was reported.
    fn import(journal: &mut Journal, texts: &[String]) -> ImportReport {
        let day: Day = "2025-01-01".parse().expect("a day");
        let written_at =
            DateTime::parse_from_rfc3339("2025-01-01T12:00:00+00:00").expect("an instant");
        let read = |importing: &mut RunningImport<'_, '_>| {
            for text in texts {
                let record = ImportRecord {
                    place: SourcePlace::new("same.txt", None),
                    key: "2025-01-01".to_owned(),
                    id: None,
                    content: Content::page(day, written_at, text.clone()),
                };
                importing.take("text", ImportItem::Entry(Box::new(record)))?;
            }
            Ok(())
        };
        journal
            .import(&ImportTerms::default(), now(), read)
            .expect("imported")
    }

    /// The work for each entry of files of one moment, in every way that such a file can be
    /// met: new, known, changed, taken back, and a part of it new.
    fn work(many: usize, text: impl Fn(usize) -> String) -> Vec<(&'static str, u64, u64)> {
        let mut journal = Journal::of(Store::in_memory().expect("a journal"));
        let work = Work::of(&mut journal.store);
        let texts: Vec<String> = (0..many).map(&text).collect();
        let changed: Vec<String> = texts.iter().map(|text| format!("{text} Ever.")).collect();
        let more: Vec<String> = (0..many * 2).map(&text).collect();
        let backwards: Vec<String> = texts.iter().rev().cloned().collect();
        let entries = u64::try_from(many).expect("small");
        let mut all = Vec::new();
        let mut note = |what| {
            let (statements, steps) = work.take();
            all.push((what, statements / entries, steps / entries));
        };
        note("the journal");
        assert_eq!(import(&mut journal, &texts).added, entries);
        note("new");
        assert_eq!(import(&mut journal, &texts).there, entries);
        note("known");
        assert_eq!(import(&mut journal, &backwards).there, entries);
        note("known, backwards");
        let report = import(&mut journal, &changed);
        assert_eq!(report.changed.count + report.added, entries);
        note("changed");
        journal.undo(now()).expect("undone");
        note("undone");
        let report = import(&mut journal, &texts);
        assert_eq!(report.added + report.there, entries);
        note("taken back");
        let report = import(&mut journal, &more);
        assert_eq!(report.added + report.there, 2 * entries);
        note("half of it known");
        all
    }

    #[test]
    fn an_entry_costs_the_same_in_a_long_file_of_one_moment() {
        type Text = fn(usize) -> String;
        let texts: [(&str, Text); 3] = [
            ("alike", |_| "No contact today.".to_owned()),
            ("much alike", |at| format!("No contact on day {at}.")),
            ("of its own", |at| format!("{at}a {at}b {at}c {at}d {at}e")),
        ];
        for (how, text) in texts {
            let few = work(100, text);
            let many = work(800, text);
            for (few, many) in few.iter().zip(&many) {
                assert_eq!(few.0, many.0);
                assert!(
                    many.1 <= few.1 * 5 / 4 + 2 && many.2 <= few.2 * 5 / 4 + 60,
                    "{how}: {few:?} statements and steps for each of 100, {many:?} for each of 800"
                );
            }
        }
    }
}
