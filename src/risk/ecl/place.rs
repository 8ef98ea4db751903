//! Where a loan stands on its tape, for errors that are found only once it is measured, and what would help.

use super::loan::Fault;
use crate::error::Error;
use crate::math::incomplete_beta::largest_deviation;
use crate::model::exposure::MissingTerm;
use crate::portfolio::Tape;

/// The error that the loan with this `number` on `tape` cannot be measured because of `fault`.
pub(in crate::risk) fn refuse(tape: &Tape, number: usize, fault: Fault) -> Error {
    let (found, remedy) = match fault {
        Fault::Other(error) => return error,
        Fault::Missing(missing) => describe(missing),
        Fault::WideLgd { lgd, deviation } => return refuse_wide(tape, number, (lgd, deviation)),
        Fault::CertainYetPerforming => (
            "a PD of 1 in stage 1 or 2",
            "stage 3, or a PD below 1; or let the rules decide with staging.use_tape_stage = \"floor\" or \"ignore\"",
        ),
    };
    let (path, row) = locate(tape, number);
    Error::Tape { path, found: format!("{row}: {found}"), remedy: remedy.to_owned() }
}

fn refuse_wide(tape: &Tape, number: usize, (lgd, deviation): (f64, f64)) -> Error {
    let (path, row) = locate(tape, number);
    let most = 1e-4 * (1e4 * largest_deviation(lgd)).floor();
    Error::Tape {
        path,
        found: format!("{row}: an LGD of {lgd} with a standard deviation of {deviation}"),
        remedy: format!(
            "set severity.lgd_sd (or segments.*.lgd_sd) below {most:.4}, the largest that such an LGD can have"
        ),
    }
}

fn describe(missing: MissingTerm) -> (&'static str, &'static str) {
    match missing {
        MissingTerm::InterestRate => (
            "no interest_rate, which annuities and discounting at the effective rate need",
            "give the tape one, or set exposure.interest_rate (or segments.*.interest_rate) in the model",
        ),
        MissingTerm::RemainingMonths => (
            "no remaining life (maturity_date, remaining_months, or term_months with origination_date)",
            "give the tape one, or set exposure.remaining_months (or segments.*.remaining_months) in the model",
        ),
        MissingTerm::Lgd => ("no lgd", "give the tape one, or set segments.*.lgd or .lgd_by_period in the model"),
        MissingTerm::Ccf => (
            "a limit above the drawn balance, but no conversion factor",
            "set exposure.ccf (or segments.*.ccf) in the model; 0 leaves undrawn limits out",
        ),
    }
}

/// The file and the row in it, counted from 1 without the header. With rows left out, rows can no longer be counted.
fn locate(tape: &Tape, number: usize) -> (std::path::PathBuf, String) {
    let mut before = 0;
    for input in &tape.inputs {
        let place = number as u64 - before;
        if tape.rejected.rows == 0 && place < input.rows {
            return (input.path.clone(), format!("row {} of loans", place + 1));
        }
        before += input.rows.min(place);
    }
    let path = tape.inputs.first().map(|input| input.path.clone()).unwrap_or_default();
    (path, format!("loan {} of those that can be used", number + 1))
}
