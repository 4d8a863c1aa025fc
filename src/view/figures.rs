//! Formats runs of days and means, for a person and as JSON.

use serde::Serialize;

use crate::model::lookback::DayRun;

/// A run of consecutive days as JSON.
#[derive(Serialize)]
pub struct RunJson {
    days: usize,
    from: String,
    to: String,
}

impl RunJson {
    /// The JSON of a run; `None` if the configuration switches streaks off.
    pub fn of(run: Option<DayRun>, streaks: bool) -> Option<RunJson> {
        run.filter(|_| streaks).map(|run| RunJson {
            days: run.days(),
            from: run.from.to_string(),
            to: run.to.to_string(),
        })
    }
}

/// A mean as JSON, rounded to two decimals: more would pretend precision.
pub fn rounded_mean(mean: f64) -> f64 {
    (mean * 100.0).round() / 100.0
}

/// A mean mood for a person: `3`, `2.5`.
pub fn mean_mood_in_words(mean: f64) -> String {
    let tenths = (mean * 10.0).round() / 10.0;
    tenths.to_string()
}
