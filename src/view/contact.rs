//! The days without contact.

use crate::model::contact::NoContactDays;
use crate::model::count;
use crate::model::lookback::DayRun;

/// The days without contact as a line for the daily page: `41 of 44 days without contact, the
/// last 12 in a row`. It never shows a bare zero, which would discourage.
pub fn contact_line(kept: &NoContactDays, streaks: bool) -> String {
    let days = count::with_noun(kept.days, "day", "days");
    if kept.days == 0 {
        return "you walked away today".to_owned();
    }
    if kept.kept == 0 {
        return format!("{days} since you walked away");
    }
    let all = match kept.kept == kept.days {
        true => format!("{days} without contact"),
        false => format!("{} of {days} without contact", count::grouped(kept.kept)),
    };
    match kept.run.map_or(0, DayRun::days) {
        run if streaks && run > 1 && run < kept.kept => {
            format!("{all}, the last {} in a row", count::grouped(run))
        }
        _ => all,
    }
}
