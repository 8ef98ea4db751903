//! What a reader of expected credit losses should know, and what was assumed of loans, in sentences.

use crate::model::staging::{Framework, Stage, StagingRules};
use crate::model::term::TermStructures;
use crate::report::{MoveReport, WhatIfReport, counted, decimals_for, grouped};
use crate::risk::ecl::{Contradiction, EclTotals, Untested};

/// Cells of a matrix that are named one by one.
const MOST_CELLS: usize = 6;

/// What became of a stage that contradicts arrears.
const AS_GIVEN: &str = "the tape's stage was taken over (staging.use_tape_stage = \"as_given\")";

/// Notes on `totals`.
pub fn notes(
    framework: Framework,
    (rules, terms): (&StagingRules, &TermStructures),
    totals: &EclTotals,
) -> Vec<String> {
    let mut notes = Vec::new();
    let contradicting = |kind: Contradiction| totals.contradictions.get(kind as usize).copied().unwrap_or_default();
    for (kind, days, what, consequence) in [
        (Contradiction::InDefault, rules.days_past_due_stage_3, "in stage 1 or 2 on the tape", AS_GIVEN),
        (Contradiction::InStage1, rules.days_past_due_stage_2, "in stage 1 on the tape", AS_GIVEN),
        (
            Contradiction::Poci,
            rules.days_past_due_stage_3,
            "of stage poci",
            "their PDs were taken over; a PD of 1 counts a loan as in default",
        ),
    ] {
        if contradicting(kind) > 0 {
            let loans = counted(contradicting(kind), "loan");
            notes.push(format!("{loans} {what} although more than {days} days past due: {consequence}"));
        }
    }
    if totals.above_exposure > 0 {
        notes.push(format!(
            "{} with an ECL above the exposure, though nothing is undrawn: see to rates below 0 and profiles above 1",
            counted(totals.above_exposure, "loan")
        ));
    }
    let poci = totals.stage(Stage::Poci, None);
    if poci.loans > 0 {
        let ecl = grouped(poci.ecl, decimals_for(poci.ecl));
        notes.push(match framework {
            Framework::Ifrs9 => format!(
                "the total holds {ecl} of lifetime losses of purchased or originated credit-impaired loans; IFRS 9 5.5.13 \
                 recognises only the changes since purchase"
            ),
            Framework::Cecl => format!(
                "the total holds {ecl} of lifetime losses of loans purchased with credit deterioration; ASC 326-20-30-13 adds \
                 the allowance at purchase to their price"
            ),
        });
    }
    if let Some(fit) = terms.fit() {
        let cell = |cell: &crate::model::term::CellError| {
            format!("{} to {}: {:.6} for {:.6}", cell.from, cell.to, cell.fitted, cell.published)
        };
        let cells: Vec<String> = fit.cells_outside_rounding.iter().take(MOST_CELLS).map(cell).collect();
        let more = fit.cells_outside_rounding.len().saturating_sub(MOST_CELLS);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let outside = if cells.is_empty() { "none".to_owned() } else { cells.join(", ") + &rest };
        notes.push(format!(
            "the generator gives the matrix back to {:.1e}; cells outside its rounding: {outside}",
            fit.largest_error
        ));
    }
    notes
}

/// Which of the changes of settings in `what_ifs` change nothing on this tape.
pub fn idle_changes(what_ifs: &[WhatIfReport]) -> Vec<String> {
    let stays = |moved: &MoveReport| moved.from == moved.to && moved.ecl_before == moved.ecl_after;
    let idle = what_ifs.iter().filter(|what_if| what_if.moved.iter().all(stays));
    idle.map(|WhatIfReport { setting, value, .. }| {
        format!("{setting} = {value} changes nothing: no loan of this tape depends on it")
    })
    .collect()
}

/// What had to be assumed of the loans of a tape.
pub fn assumed_of_loans(totals: &EclTotals) -> Vec<String> {
    // The reader tells of LGDs.
    let served = ["interest rate", "maturity"].iter().zip(totals.served).filter(|(_, n)| *n > 0);
    let mut lines: Vec<String> =
        served.map(|(what, n)| format!("{what} of {} from the model", counted(n, "loan"))).collect();
    if totals.beyond > 0 {
        lines.push(format!(
            "the last hazard of a curve goes on behind its last node: {} ({:.1} % of ECL)",
            counted(totals.beyond, "loan"),
            if totals.beyond_ecl > 0.0 { totals.beyond_ecl / totals.total().ecl * 100.0 } else { 0.0 }
        ));
    }
    let untested = |lacking: Untested| totals.untested.get(lacking as usize).copied().unwrap_or_default();
    if untested(Untested::Origination) > 0 {
        lines.push(format!(
            "no test of increased credit risk for {} without PD or rating at origination (staging.without_origination = \
             \"skip\")",
            counted(untested(Untested::Origination), "loan")
        ));
    }
    if untested(Untested::Age) > 0 {
        lines.push(format!(
            "no test of an increased PD for {} without origination_date, which curves need to say what was expected then",
            counted(untested(Untested::Age), "loan")
        ));
    }
    lines
}
