//! What should keep a reader from trusting a calibration, said loudly (M61).

use super::binomial::Count;
use super::calibrate::{Calibration, FittedDriver, Request};
use super::candidates::{Candidates, Sign};
use super::collinear::condition;
use super::fit::Outcomes;
use super::history::History;
use super::selection::Ranked;
use crate::model::index::Transform;

/// Quarters below which a sample is short, and quarters for each coefficient.
const SHORT: [usize; 2] = [40, 10];
/// Robust error over plain error below which a reader is told to take the larger.
const SMALLER: f64 = 0.8;
/// Models from which on a winner has been chosen among many.
const MANY: u64 = 20;
/// Obligors, and expected defaults, below which a quarter is thin.
const THIN: [f64; 2] = [100.0, 5.0];
/// Inflation of a variance, and condition number, above which drivers are collinear (Belsley, Kuh and Welsch 1980).
const COLLINEAR: [f64; 2] = [5.0, 30.0];
/// R² above which an index is too good to be true.
const TOO_GOOD: f64 = 0.95;

/// Adds warnings and notes to `calibration`.
pub(super) fn add(calibration: &mut Calibration, request: &Request, history: &History) {
    let mut found = Vec::new();
    length(calibration, &mut found);
    counts(calibration, request, history, &mut found);
    signs(calibration, request, &mut found);
    drivers(calibration, history, &mut found);
    residual(calibration, &mut found);
    regimes(calibration, &mut found);
    calibration.warnings = found;
    if calibration.selection.tried >= MANY {
        calibration.notes.push(format!(
            "{} models were tried; errors, z and R² do not know of it and flatter the one that won",
            calibration.selection.tried
        ));
    }
    let small = |driver: &&FittedDriver| driver.standard_errors[0] < SMALLER * driver.standard_errors[1];
    if calibration.drivers.iter().any(|driver| small(&driver)) {
        calibration.notes.push(
            "Newey and West's errors are the smaller ones here, as they can be with few periods: the larger are the safer"
                .to_owned(),
        );
    }
    for wanted in request.drivers.iter().filter(|wanted| wanted.sign.is_none()) {
        let name = wanted.column.trim();
        calibration.notes.push(format!("no sign was asked of '{name}' (--signs {name}=+ or {name}=- asks for one)"));
    }
}

/// What `candidate` of `candidates` is called, such as `uer, change over 4, lag 2`.
pub fn describe(candidates: &Candidates, place: usize, request: &Request) -> String {
    let Some(candidate) = candidates.list.get(place) else { return String::new() };
    let name = request.drivers.get(candidate.wanted).map_or("", |wanted| wanted.column.trim());
    let made = match candidate.transformation.transform {
        Transform::Level => "level".to_owned(),
        other => format!("{} over {}", other.name(), candidate.transformation.span),
    };
    format!("{name} ({made}, lag {})", candidate.lag)
}

fn length(calibration: &Calibration, found: &mut Vec<String>) {
    let (quarters, coefficients) = (calibration.quarters.len(), calibration.fit.coefficients.len());
    if quarters < SHORT[0] {
        found.push(format!(
            "only {quarters} periods: fewer than {}, too few for errors and choice of drivers to be trusted",
            SHORT[0]
        ));
    }
    if quarters < SHORT[1] * coefficients {
        found.push(format!("{quarters} periods for {coefficients} coefficients: fewer than {} for each", SHORT[1]));
    }
}

fn counts(calibration: &mut Calibration, request: &Request, history: &History, found: &mut Vec<String>) {
    let label = |row: usize| request.series.label(row);
    if !history.not_whole.is_empty() {
        found.push(format!(
            "number times rate is no whole number of defaults in {}: rounded; are both of the same obligors?",
            ranges(&history.not_whole, &label)
        ));
    }
    let Outcomes::Counts(counts) = &history.outcomes else {
        calibration.notes.push(
            "without numbers of obligors (--count) chance counts as residual: volatility and asset correlation come out too \
             high, autocorrelation too low"
                .to_owned(),
        );
        return;
    };
    let first = calibration.rows.start;
    let own = counts.iter().skip(first.saturating_sub(history.rows.start)).zip(&calibration.quarters).enumerate();
    let is_thin = |count: &Count, fitted: f64| count.number < THIN[0] || count.number * fitted < THIN[1];
    let thin: Vec<usize> =
        own.filter(|(_, (count, quarter))| is_thin(count, quarter.fitted)).map(|(row, _)| first + row).collect();
    if !thin.is_empty() {
        found.push(format!(
            "{} of {} periods are thin (fewer than {} obligors or {} expected defaults): {}; they weigh little, and normal \
             intervals are rough for them",
            thin.len(),
            calibration.quarters.len(),
            THIN[0],
            THIN[1],
            ranges(&thin, &label)
        ));
    }
}

/// Rows as ranges: `1 to 20, 53, 60`.
fn ranges(rows: &[usize], label: &dyn Fn(usize) -> String) -> String {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for row in rows {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *row => *last = *row,
            _ => parts.push((*row, *row)),
        }
    }
    let part = |(first, last): &(usize, usize)| match last - first {
        0 => label(*first),
        1 => format!("{}, {}", label(*first), label(*last)),
        _ => format!("{} to {}", label(*first), label(*last)),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn signs(calibration: &Calibration, request: &Request, found: &mut Vec<String>) {
    let selection = &calibration.selection;
    let named = |ranked: &Ranked| {
        let names: Vec<String> =
            ranked.chosen.iter().map(|place| describe(&calibration.candidates, *place, request)).collect();
        names.join(" + ")
    };
    if calibration.drivers.is_empty() {
        found.push(
            "no model with the expected signs is better than one without drivers: the index has no macro part, and \
             scenarios will not move it"
                .to_owned(),
        );
    }
    if let Some(unsigned) = &selection.unsigned {
        let wrong: Vec<String> = unsigned
            .perverse
            .iter()
            .filter_map(|place| wrong_sign(calibration, request, (*place, &unsigned.chosen)))
            .collect();
        let better = selection.best.first().map_or(0.0, |best| best.criterion - unsigned.criterion);
        found.push(format!(
            "PERVERSE SIGN: the best model of all was refused, though its {} is lower by {better:.1}: {}; {}",
            request.criterion.name().to_uppercase(),
            named(unsigned),
            wrong.join("; ")
        ));
    }
    let chosen = selection.best.first().map(|best| best.chosen.as_slice()).unwrap_or_default();
    for place in &calibration.left_out {
        if let Some(wrong) = wrong_sign(calibration, request, (*place, chosen)) {
            let form = describe(&calibration.candidates, *place, request);
            found.push(format!("PERVERSE SIGN: {wrong} in its best form, {form}: it was left out"));
        }
    }
}

/// Says that the candidate at `place`, beside the others of `chosen`, has the sign it must not have.
fn wrong_sign(calibration: &Calibration, request: &Request, (place, chosen): (usize, &[usize])) -> Option<String> {
    let wanted = |place: usize| request.drivers.get(calibration.candidates.list.get(place)?.wanted);
    let others = chosen.iter().filter(|other| **other != place).filter_map(|other| wanted(*other));
    let others: Vec<&str> = others.map(|other| other.column.trim()).collect();
    let beside = if others.is_empty() { String::new() } else { format!("with {} in, ", others.join(" and ")) };
    let (wrong, right) = match wanted(place)?.sign? {
        Sign::Positive => ("negative", "positive"),
        Sign::Negative => ("positive", "negative"),
    };
    Some(format!("{beside}{} comes out {wrong} where {right} makes sense", wanted(place)?.column.trim()))
}

fn drivers(calibration: &Calibration, history: &History, found: &mut Vec<String>) {
    let critical = calibration.errors.critical;
    for driver in &calibration.drivers {
        let name = &driver.driver.column;
        if driver.inflation > COLLINEAR[0] {
            found.push(format!(
                "COLLINEAR: other drivers inflate the variance of {name}'s coefficient {:.1}-fold",
                driver.inflation
            ));
        }
        if driver.z.abs() < critical {
            found.push(format!(
                "{name} is not significant: {:.2} standard errors from 0, where {critical:.2} make 5 %",
                driver.z.abs()
            ));
        }
        if let Some(test) = driver.unit_root.filter(|test| !test.is_stationary()) {
            found.push(format!(
                "NON-STATIONARY: {name} as transformed may wander for ever (augmented Dickey–Fuller {:.2}, 5 % point {:.2}): \
                 its fit may be spurious, and it has no long-run mean to revert to",
                test.statistic, test.critical
            ));
        }
    }
    let columns: Vec<Vec<f64>> = calibration
        .selection
        .best
        .first()
        .map(|best| {
            let place = |place: &usize| calibration.candidates.list.get(*place);
            let start = calibration.rows.start.saturating_sub(history.rows.start);
            best.chosen.iter().filter_map(place).map(|one| one.between(start, history.rates.len())).collect()
        })
        .unwrap_or_default();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    if let Some(condition) = condition(&columns).filter(|condition| *condition > COLLINEAR[1]) {
        found.push(format!("COLLINEAR: the drivers' correlations have condition number {condition:.0}"));
    }
}

fn residual(calibration: &Calibration, found: &mut Vec<String>) {
    if calibration.r_squared > TOO_GOOD {
        found.push(format!(
            "R² of {:.3} is too good to be true: thin data, too many drivers, or one that is the default rate in disguise",
            calibration.r_squared
        ));
    }
    let Some(persistence) = &calibration.persistence else {
        found.push(
            "rates scatter around the fit no more than chance makes them: residual volatility 0, which no portfolio \
             has; persistence 0 is written because nothing is left to measure it on"
                .to_owned(),
        );
        return;
    };
    let autocorrelation =
        calibration.regimes.as_ref().map_or(persistence.autocorrelation, |regimes| regimes.autocorrelation);
    if autocorrelation < 0.0 {
        found.push(format!(
            "the residual's autocorrelation is negative ({autocorrelation:.2} at one period): persistence 0 is written"
        ));
    }
    if let Some(test) = calibration.unit_root.filter(|test| !test.is_stationary()) {
        found.push(format!(
            "NON-STATIONARY: the residual may wander for ever (augmented Dickey–Fuller {:.2}, 5 % point {:.2}): the \
             fit may be spurious",
            test.statistic, test.critical
        ));
    }
}

fn regimes(calibration: &Calibration, found: &mut Vec<String>) {
    let Some(regimes) = &calibration.regimes else { return };
    let difference = regimes.bic_difference(calibration.quarters.len());
    if difference > 0.0 {
        found.push(format!(
            "two regimes are not better than one (BIC higher by {difference:.1}): think before using them"
        ));
    }
    if regimes.leave_errors.is_none() {
        found.push(
            "the regimes' likelihood is not regular at its maximum: their numbers have no standard errors".to_owned(),
        );
    }
}
