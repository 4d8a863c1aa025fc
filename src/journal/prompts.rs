//! The prompt of a day and the question of a week.

use chrono::{DateTime, FixedOffset};

use super::{Journal, Settings};
use crate::decks::{Decks, Tip};
use crate::error::Result;
use crate::model::Day;
use crate::model::choose::{self, TipRecord};
use crate::store::{Assignment, Change, Reading};

/// A tip that a day offers, with one of its questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The deck's slug.
    pub deck: String,
    /// The tip.
    pub tip: Tip,
    /// One of its questions.
    pub question: String,
}

impl Journal {
    /// The stored prompt of a day; `None` if there is none.
    pub fn prompt_of(&self, day: Day) -> Result<Option<Prompt>> {
        let stored = self.store.reading().assignment(day)?;
        Ok(stored.and_then(|stored| stored_prompt(&self.settings.decks, stored)))
    }

    /// Today's prompt: the stored one, or else a new one, which is stored so that the day
    /// keeps it. In a read-only journal the new one is not stored.
    pub fn prompt_for(&mut self, today: Day, now: DateTime<FixedOffset>) -> Result<Prompt> {
        if let Some(prompt) = self.prompt_of(today)? {
            return Ok(prompt);
        }
        let settings = &self.settings;
        if self.store.is_read_only() {
            return settings.next_prompt(self.store.reading(), today, |_| false);
        }
        let change = self.store.change()?;
        let prompt = settings.prompt_within(&change, today, now)?;
        change.commit()?;
        Ok(prompt)
    }

    /// Offers the next tip instead of today's. A tip that was offered today comes again only
    /// after all others.
    pub fn skip(&mut self, today: Day, now: DateTime<FixedOffset>) -> Result<Prompt> {
        let settings = &self.settings;
        let change = self.store.change()?;
        settings.prompt_within(&change, today, now)?;
        let offered = change.reading().offered_on(today)?;
        let tips = self.settings.decks.tips();
        let is =
            |tip: &Tip, stored: &Assignment| stored.deck == tip.deck && stored.tip == tip.slug;
        let seen = |tip: &Tip| offered.iter().any(|stored| is(tip, stored));
        let current = |tip: &Tip| offered.last().is_some_and(|last| is(tip, last));
        let all_seen = tips.iter().all(|tip| seen(tip));
        let alone = tips.len() == 1;
        let prompt = settings.next_prompt(change.reading(), today, |tip| {
            !alone && if all_seen { current(tip) } else { seen(tip) }
        })?;
        change.assign(today, &prompt.assignment(), now)?;
        change.commit()?;
        Ok(prompt)
    }

    /// Makes a tip that the person chose today's prompt.
    pub fn take(
        &mut self,
        tip: &Tip,
        today: Day,
        now: DateTime<FixedOffset>,
    ) -> Result<Prompt> {
        let change = self.store.change()?;
        let stored = change.reading().assignment(today)?;
        let prompt = match stored.and_then(|stored| stored_prompt(&self.settings.decks, stored))
        {
            Some(prompt) if prompt.tip.key() == tip.key() => prompt,
            _ => {
                let spare = self.settings.gentle && is_low(change.reading(), today)?;
                let prompt = Prompt {
                    deck: tip.deck.clone(),
                    tip: tip.clone(),
                    question: next_question(change.reading(), tip, spare)?,
                };
                change.assign(today, &prompt.assignment(), now)?;
                prompt
            }
        };
        change.commit()?;
        Ok(prompt)
    }

    /// The question that a tip would come with today.
    pub fn next_question(&self, tip: &Tip, today: Day) -> Result<String> {
        let reading = self.store.reading();
        let spare = self.settings.gentle && is_low(reading, today)?;
        next_question(reading, tip, spare)
    }

    /// True if today's question is about concrete things because the last days were low. Only
    /// the days before today count, so that the answer does not change in the course of a
    /// day.
    pub fn is_spared(&self, prompt: &Prompt, today: Day) -> Result<bool> {
        let (concrete, meaning) = prompt.tip.questions.split_at(prompt.tip.concrete);
        let spared =
            self.settings.gentle && !meaning.is_empty() && concrete.contains(&prompt.question);
        Ok(spared && is_low(self.store.reading(), today)?)
    }

    /// The question of the week that begins on the day `begins`: the stored one, or else the
    /// next by the rule of the tips, which is stored so that the week keeps it. `None` if no
    /// deck has questions of the week.
    pub fn weekly(
        &mut self,
        begins: Day,
        now: DateTime<FixedOffset>,
    ) -> Result<Option<Prompt>> {
        if let Some(prompt) = self.weekly_of(begins)? {
            return Ok(Some(prompt));
        }
        if self.settings.decks.questions().is_empty() {
            return Ok(None);
        }
        let choose = |reading: Reading<'_>| {
            let questions = self.settings.decks.questions();
            let records = records_of(reading, &questions)?;
            let index = choose::next_tip(&records, |_| false).unwrap_or(0);
            let tip = questions[index].clone();
            Ok(Prompt {
                deck: tip.deck.clone(),
                question: tip.questions.first().cloned().unwrap_or_default(),
                tip,
            })
        };
        if self.store.is_read_only() {
            return choose(self.store.reading()).map(Some);
        }
        let change = self.store.change()?;
        // Another process may have stored one before this transaction began.
        let stored = change.reading().weekly(begins)?;
        let prompt = match stored.and_then(|stored| stored_prompt(&self.settings.decks, stored))
        {
            Some(prompt) => prompt,
            None => {
                let prompt = choose(change.reading())?;
                change.assign_weekly(begins, &prompt.assignment(), now)?;
                prompt
            }
        };
        change.commit()?;
        Ok(Some(prompt))
    }

    /// The stored question of the week that begins on the day `begins`; `None` if there is
    /// none.
    pub fn weekly_of(&self, begins: Day) -> Result<Option<Prompt>> {
        let stored = self.store.reading().weekly(begins)?;
        Ok(stored.and_then(|stored| stored_prompt(&self.settings.decks, stored)))
    }
}

impl Prompt {
    fn assignment(&self) -> Assignment {
        Assignment {
            deck: self.deck.clone(),
            tip: self.tip.slug.clone(),
            question: self.question.clone(),
        }
    }
}

/// The prompt of a stored assignment; `None` if no deck has the tip any more.
pub(super) fn stored_prompt(decks: &Decks, stored: Assignment) -> Option<Prompt> {
    let tip = decks.tip(&stored.deck, &stored.tip)?;
    Some(Prompt {
        deck: stored.deck,
        tip: tip.clone(),
        question: stored.question,
    })
}

impl Settings {
    /// Today's prompt: the stored one, or else a new one, which is stored within the action.
    /// It is read again, because another process may have stored one before the action began.
    pub(super) fn prompt_within(
        &self,
        change: &Change<'_>,
        today: Day,
        now: DateTime<FixedOffset>,
    ) -> Result<Prompt> {
        let stored = change.reading().assignment(today)?;
        if let Some(prompt) = stored.and_then(|stored| stored_prompt(&self.decks, stored)) {
            return Ok(prompt);
        }
        let prompt = self.next_prompt(change.reading(), today, |_| false)?;
        change.assign(today, &prompt.assignment(), now)?;
        Ok(prompt)
    }

    /// The next prompt, without the tips for which `except` is true.
    fn next_prompt(
        &self,
        reading: Reading<'_>,
        today: Day,
        except: impl Fn(&Tip) -> bool,
    ) -> Result<Prompt> {
        let tips = self.decks.tips();
        // The fallback is never used: there is at least one tip, and no caller excepts all.
        let next = choose::next_tip(&records_of(reading, &tips)?, |index| except(tips[index]));
        let tip = tips[next.unwrap_or(0)];
        let spare = self.gentle && is_low(reading, today)?;
        Ok(Prompt {
            deck: tip.deck.clone(),
            tip: tip.clone(),
            question: next_question(reading, tip, spare)?,
        })
    }
}

/// The records of these tips. The tips of a deck must stand together.
pub(super) fn records_of(reading: Reading<'_>, tips: &[&Tip]) -> Result<Vec<TipRecord>> {
    let mut records = Vec::with_capacity(tips.len());
    for of_deck in tips.chunk_by(|a, b| a.deck == b.deck) {
        let slugs: Vec<&str> = of_deck.iter().map(|tip| tip.slug.as_str()).collect();
        records.extend(reading.tip_records(&of_deck[0].deck, &slugs)?);
    }
    Ok(records)
}

/// True if the days before today had low moods.
fn is_low(reading: Reading<'_>, today: Day) -> Result<bool> {
    let days = u32::try_from(choose::WRITTEN_DAYS).unwrap_or(u32::MAX);
    Ok(choose::is_low(&reading.moods_before(today, days)?))
}

/// The next question of a tip. `spare` leaves out questions about meaning, if the tip has
/// others.
fn next_question(reading: Reading<'_>, tip: &Tip, spare: bool) -> Result<String> {
    let asked = reading.times_asked(&tip.deck, &tip.slug)?;
    let questions = match &tip.questions[..tip.concrete] {
        concrete if spare && !concrete.is_empty() => concrete,
        _ => &tip.questions,
    };
    // The fallback is never used: a tip has at least one question.
    Ok(choose::next_question(questions, &asked)
        .cloned()
        .unwrap_or_default())
}
