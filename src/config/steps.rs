//! From the periods of rows to a calendar: how long a period is shows in the steps from row to row, which must all be alike.

use super::period_cell::{Form, PeriodCell};
use super::place::{shorten, show_text};
use crate::model::index::{Calendar, Frequency};
use std::collections::BTreeMap;

/// What is wrong with the periods, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StepFault {
    /// Line of the row.
    pub(super) line: u64,
    /// What was found there.
    pub(super) found: String,
}

/// The calendar of `rows` (line, period, how it is written; at least one, of one form) from the column called `name`.
pub(super) fn calendar(rows: &[(u64, PeriodCell, String)], name: &str) -> Result<Calendar, StepFault> {
    let Some((line, first, text)) = rows.first() else {
        return Err(StepFault { line: 1, found: "no rows".to_owned() });
    };
    let by_name = || match name.to_lowercase().as_str() {
        "month" => Some(Frequency::Monthly),
        "quarter" => Some(Frequency::Quarterly),
        "year" => Some(Frequency::Yearly),
        _ => None,
    };
    let frequency = match first.form {
        Form::Number => by_name().unwrap_or_default(),
        Form::Quarter => Frequency::Quarterly,
        Form::Year => Frequency::Yearly,
        Form::Month => match usual_step(rows) {
            None => by_name().ok_or_else(|| StepFault {
                line: *line,
                found: format!("one row, {}, which does not tell how long its period is", shown(text)),
            })?,
            Some((1, _)) => Frequency::Monthly,
            Some((3, _)) => Frequency::Quarterly,
            Some((12, _)) => Frequency::Yearly,
            Some((step, line)) => {
                let found = format!("a step of {step} months, which is no month, quarter or year");
                return Err(StepFault { line, found });
            }
        },
    };
    let step = if first.form == Form::Month { i32::from(frequency.months()) } else { 1 };
    for pair in rows.windows(2) {
        if let [(_, before, earlier), (line, after, later)] = pair {
            let wide = after.ordinal.saturating_sub(before.ordinal);
            if let Some(found) = fault((wide, step), (earlier, later)) {
                return Err(StepFault { line: *line, found });
            }
        }
    }
    Ok(match first.form {
        Form::Number => Calendar::Numbered { frequency, first: first.ordinal },
        _ => Calendar::Dated { frequency, first: first.ordinal.div_euclid(step) },
    })
}

/// The step that most rows make, the smaller of equally many, with the line of the first that makes it.
fn usual_step(rows: &[(u64, PeriodCell, String)]) -> Option<(i32, u64)> {
    let mut counts: BTreeMap<i32, (usize, u64)> = BTreeMap::new();
    for pair in rows.windows(2) {
        if let [(_, before, _), (line, after, _)] = pair {
            counts.entry(after.ordinal.saturating_sub(before.ordinal)).or_insert((0, *line)).0 += 1;
        }
    }
    // Steps that are none are told by themselves.
    let forward = |step: &i32| *step > 0 || counts.keys().all(|step| *step <= 0);
    let most = counts.iter().filter(|(step, _)| forward(step)).rev().max_by_key(|(_, (count, _))| *count);
    most.map(|(step, (_, line))| (if *step > 0 { *step } else { 1 }, *line))
}

/// What is wrong with a step `wide` where all others are `step`.
fn fault((wide, step): (i32, i32), (earlier, later): (&str, &str)) -> Option<String> {
    let (earlier, later) = (shown(earlier), shown(later));
    match wide {
        _ if wide == step => None,
        0 => Some(format!("{later} after {earlier}: the same period twice")),
        ..0 => Some(format!("{later} after {earlier}: periods go backwards")),
        _ if wide % step == 0 => {
            let missing = wide / step - 1;
            let periods = if missing == 1 { "period is" } else { "periods are" };
            Some(format!("{later} after {earlier}: {missing} {periods} missing between them"))
        }
        _ => Some(format!("{later} after {earlier}: a step of {wide} months where others are of {step}")),
    }
}

fn shown(text: &str) -> String {
    shorten(&show_text(text))
}
