//! The look of the headers of a file, found from all of its lines by the rules in `text`.

use std::io::Read;

use chrono::{NaiveDate, NaiveDateTime};

use super::header::{EntryHeader, HEAD, HeaderStyle, is_blank};
use super::lines::CutLines;
use super::stamp::{NumberOrder, StampShape};
use super::text::JrnlText;
use crate::error::Result;

/// The findings about one kind of header: in brackets or bare.
#[derive(Default)]
struct SeenHeaders {
    first: Option<(u64, StampShape)>,
    /// The number of headers behind an empty line, without the first.
    apart: u64,
    /// The number of headers behind a line of text.
    inside: u64,
    /// The evidence about the order of numbers, from lines that are headers for sure.
    evidence: OrderEvidence,
    /// The evidence from lines that are headers only in a log.
    inside_evidence: OrderEvidence,
    /// The last moment in each order, and whether the moments ever went back.
    last: [Option<NaiveDateTime>; 2],
    went_back: [bool; 2],
    /// True if an empty line came after the first header, and another header after that.
    parted: bool,
    blank: bool,
}

/// The evidence about the order of numbers in dates, each with its line and its date.
#[derive(Default)]
struct OrderEvidence {
    day: Option<(u64, String)>,
    month: Option<(u64, String)>,
    either: Option<(u64, String, (NaiveDate, NaiveDate))>,
}

impl OrderEvidence {
    fn note(&mut self, line: u64, header: &EntryHeader<'_>, on: Option<NaiveDate>) {
        let written = || (line, header.written.trim().to_owned());
        match header.stamp.order() {
            None => {}
            Some(Ok(NumberOrder::Day)) => {
                self.day.get_or_insert_with(written);
            }
            Some(Ok(NumberOrder::Month)) => {
                self.month.get_or_insert_with(written);
            }
            Some(Err((day, _))) if Some(day) == on => {
                self.day.get_or_insert_with(written);
            }
            Some(Err((_, month))) if Some(month) == on => {
                self.month.get_or_insert_with(written);
            }
            Some(Err(days)) => {
                self.either.get_or_insert_with(|| {
                    let (line, written) = written();
                    (line, written, days)
                });
            }
        }
    }

    fn or(self, other: OrderEvidence) -> OrderEvidence {
        OrderEvidence {
            day: self.day.or(other.day),
            month: self.month.or(other.month),
            either: self.either.or(other.either),
        }
    }
}

impl SeenHeaders {
    fn note(
        &mut self,
        line: u64,
        header: &EntryHeader<'_>,
        apart: bool,
        on: Option<NaiveDate>,
    ) {
        let is_first = self.first.is_none();
        let (_, shape) = *self.first.get_or_insert((line, header.stamp.shape));
        let exact = shape == header.stamp.shape;
        if is_first || apart && (exact || shape.is_like(header.stamp.shape)) {
            self.apart += u64::from(!is_first);
            self.evidence.note(line, header, on);
        } else if exact {
            self.inside += 1;
            self.inside_evidence.note(line, header, on);
        } else {
            return;
        }
        self.parted |= self.blank;
        for (at, order) in [NumberOrder::Day, NumberOrder::Month]
            .into_iter()
            .enumerate()
        {
            let now = header.stamp.local(order);
            self.went_back[at] |= now.is_none() || now < self.last[at];
            self.last[at] = now;
        }
    }
}

impl JrnlText<'_> {
    /// Looks at every line and finds how entries begin; `None` if the file is blank.
    pub(super) fn survey(&self, source: impl Read) -> Result<Option<HeaderStyle>> {
        let (mut brackets, mut bare) = (SeenHeaders::default(), SeenHeaders::default());
        let (mut brackets_apart, mut filled, mut after_blank) = (false, false, true);
        let mut lines = CutLines::new(source, HEAD);
        while let Some(line) = lines.next().map_err(|error| self.failed(error))? {
            let (number, bytes) = (line.number, line.bytes);
            if !line.cut && is_blank(bytes) {
                brackets.blank = brackets.first.is_some();
                bare.blank = bare.first.is_some();
                after_blank = true;
                continue;
            }
            if let Some(header) = self.rules.bracketed(bytes) {
                brackets.note(number, &header, after_blank, self.rules.on);
                brackets_apart |= after_blank;
            } else if (!filled || bare.first.is_some())
                && let Some(header) = self.rules.bare(bytes)
            {
                bare.note(number, &header, after_blank, self.rules.on);
            }
            (filled, after_blank) = (true, false);
        }
        let is_bare = bare.first.is_some() && !brackets_apart;
        let seen = if is_bare { bare } else { brackets };
        let Some((first, shape)) = seen.first else {
            return match filled {
                false => Ok(None),
                true => Err(self.wrong(None, self.no_header())),
            };
        };
        let may_be_log = seen.apart == 0 && seen.inside > 1 && !seen.parted;
        let (order, decided) = match may_be_log {
            true => self.order(seen.evidence.or(seen.inside_evidence))?,
            false => self.order(seen.evidence)?,
        };
        let log = may_be_log && !seen.went_back[usize::from(order == NumberOrder::Month)];
        let decided = match log {
            true => Some((
                first,
                "no empty line parts the entries, so every line that begins with a date \
                 begins one"
                    .to_owned(),
            )),
            false => decided,
        };
        Ok(Some(HeaderStyle {
            first,
            shape,
            bare: is_bare,
            order,
            log,
            decided,
        }))
    }

    fn no_header(&self) -> String {
        match self.rules.date_from {
            Some(pattern) => {
                format!("no line begins with a date in brackets in the form {pattern:?}")
            }
            None => {
                "no line begins with a date in brackets, as [2013-06-09 15:39] does; if the \
                     dates have another form, say it with --date-from"
                    .to_owned()
            }
        }
    }

    /// The order of the numbers in the dates of a file, and a remark on it.
    fn order(&self, evidence: OrderEvidence) -> Result<(NumberOrder, Option<(u64, String)>)> {
        let decided = |order, first: &str, (line, written): (u64, String)| {
            let what =
                format!("{written} has the {first} first, so all dates of the file have");
            Ok((order, Some((line, what))))
        };
        match evidence {
            OrderEvidence {
                day: Some((one, day)),
                month: Some((other, month)),
                ..
            } => Err(self.wrong(
                one.max(other),
                format!(
                    "{day} (line {one}) has the day first and {month} (line {other}) the month; \
                     say which form the dates have with --date-from, such as \
                     '%d.%m.%Y %H:%M', and mend the others"
                ),
            )),
            OrderEvidence {
                day: Some(found), ..
            } => decided(NumberOrder::Day, "day", found),
            OrderEvidence {
                month: Some(found), ..
            } => decided(NumberOrder::Month, "month", found),
            OrderEvidence {
                either: Some((line, written, (day, month))),
                ..
            } => Err(self.wrong(
                line,
                format!(
                    "{written} can be {} or {}; say which form the dates have with \
                     --date-from, such as '%d.%m.%Y %H:%M' or '%m/%d/%Y %H:%M'",
                    day.format("%-d %B %Y"),
                    month.format("%-d %B %Y"),
                ),
            )),
            OrderEvidence { either: None, .. } => Ok((NumberOrder::Day, None)),
        }
    }
}
