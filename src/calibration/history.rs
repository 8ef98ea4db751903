//! The history of default rates that is calibrated to, checked: which rows have one, how many defaulted among how many.

use super::binomial::Count;
use super::fit::Outcomes;
use crate::error::{Error, Result};
use crate::math::normal;
use crate::model::index::Series;
use crate::portfolio::found::show;
use std::ops::Range;

/// Fewest quarters with which anything is fitted.
pub const FEWEST: usize = 12;
/// Most obligors of a period: beyond, rounding drowns the likelihood, and chance is nothing.
const MOST_OBLIGORS: f64 = 1e9;
/// Defaults by which n × rate may be off a whole number before a reader is told.
const FRACTION: f64 = 0.1;

/// What rates are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RateUnit {
    /// 0.02 is two in a hundred.
    #[default]
    Share,
    /// 2 is two in a hundred.
    Percent,
}

/// Default rates without gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Rows of the series that have a rate.
    pub rows: Range<usize>,
    /// Rates as they stand there, shares.
    pub rates: Vec<f64>,
    /// The same with numbers of obligors, or as probits.
    pub outcomes: Outcomes,
    /// Rows in which n × rate is no whole number.
    pub not_whole: Vec<usize>,
}

impl History {
    /// The history in column `rate` of `series`, in `unit`, with numbers of obligors in column `count`.
    ///
    /// # Errors
    /// [`Error::Model`] or [`Error::Setting`] for columns that are not there, cells missing in the middle, rates or numbers out
    /// of range, nothing but zeros, fewer than [`FEWEST`] quarters, or rates of 0 or 1 without numbers.
    pub fn read(series: &Series, (rate, unit): (&str, RateUnit), count: Option<&str>) -> Result<Self> {
        let column = column_of("--default-rate", series, rate)?;
        let rows = present(column);
        let at =
            |row: usize, name: &str| format!("{}: column '{}' for {}", series.name, name.trim(), series.label(row));
        let needed = |column: &[Option<f64>], row: usize, name: &str| {
            column.get(row).copied().flatten().ok_or_else(|| Error::Model {
                place: at(row, name),
                found: "no value, between rows that have one".to_owned(),
                remedy: "fill the cell, or cut the file so that the history has no gap".to_owned(),
            })
        };
        let scale = if unit == RateUnit::Percent { 0.01 } else { 1.0 };
        let mut rates = Vec::with_capacity(rows.len());
        for row in rows.clone() {
            let written = needed(column, row, rate)?;
            let share = written * scale;
            if !(0.0..=1.0).contains(&share) {
                let remedy = match unit {
                    RateUnit::Share if written > 0.0 && written <= 100.0 => {
                        "wanted a share from 0 to 1; if rates are in per cent, add --unit percent"
                    }
                    RateUnit::Share => "wanted a share from 0 to 1",
                    RateUnit::Percent => "wanted 0 to 100 per cent",
                };
                return Err(Error::Model { place: at(row, rate), found: show(written), remedy: remedy.to_owned() });
            }
            rates.push(share);
        }
        if rows.len() < FEWEST {
            let found = format!("{} rows with a default rate in column '{}'", rows.len(), rate.trim());
            let remedy = format!("a calibration needs {FEWEST} at least, and 40 to be of use");
            return Err(Error::Model { place: series.name.clone(), found, remedy });
        }
        let first = rates.first();
        if rates.iter().all(|rate| Some(rate) == first) {
            let found =
                format!("column '{}' is {} in every row", rate.trim(), show(rates.first().copied().unwrap_or(0.0)));
            let remedy = "there is nothing to calibrate to: take a longer history or a larger portfolio".to_owned();
            return Err(Error::Model { place: series.name.clone(), found, remedy });
        }
        let mut not_whole = Vec::new();
        let outcomes = match count {
            None => Outcomes::Probits(probits(&rates, |row| at(rows.start + row, rate))?),
            Some(name) => {
                if name.trim().eq_ignore_ascii_case(rate.trim()) {
                    return Err(Error::setting("--count", format!("'{name}'"), "another column than --default-rate"));
                }
                let column = column_of("--count", series, name)?;
                let mut counts = Vec::with_capacity(rates.len());
                for (row, share) in rows.clone().zip(&rates) {
                    let number = needed(column, row, name)?;
                    if !(1.0..=MOST_OBLIGORS).contains(&number) || number != libm::rint(number) {
                        let remedy = "wanted a whole number of obligors at the beginning of the period, from 1 to 1e9; cut rows \
                                      without any";
                        return Err(Error::Model {
                            place: at(row, name),
                            found: show(number),
                            remedy: remedy.to_owned(),
                        });
                    }
                    let defaults = libm::rint(number * share);
                    if (number * share - defaults).abs() > FRACTION {
                        not_whole.push(row);
                    }
                    counts.push(Count { defaults, number });
                }
                Outcomes::Counts(counts)
            }
        };
        Ok(Self { rows, rates, outcomes, not_whole })
    }
}

/// From the first value to the last.
fn present(column: &[Option<f64>]) -> Range<usize> {
    let first = column.iter().position(Option::is_some).unwrap_or(0);
    let end = column.iter().rposition(Option::is_some).map_or(first, |last| last + 1);
    first..end
}

fn probits(rates: &[f64], at: impl Fn(usize) -> String) -> Result<Vec<f64>> {
    if let Some(row) = rates.iter().position(|rate| *rate <= 0.0 || *rate >= 1.0) {
        let found = format!("{}, which has no probit", rates.get(row).copied().map_or(String::new(), show));
        let remedy = "give the column with the number of obligors (--count): counts take such quarters as they are";
        return Err(Error::Model { place: at(row), found, remedy: remedy.to_owned() });
    }
    Ok(rates.iter().map(|rate| normal::quantile(*rate)).collect())
}

/// The values of the column called `name` of `series`, or what is wrong, with the `flag` that named it.
///
/// # Errors
/// [`Error::Model`] when there is no such column, or when it holds something else than numbers.
pub(super) fn column_of<'a>(flag: &str, series: &'a Series, name: &str) -> Result<&'a [Option<f64>]> {
    series.needed(name).map_err(|error| match error {
        Error::Model { place, found, remedy } => {
            let remedy = match series.has(name) {
                true => format!(
                    "the column of {flag} needs numbers with point decimals and without signs of per cent; leave cells without \
                     a value blank"
                ),
                false => remedy,
            };
            Error::Model { place: format!("{flag}: {place}"), found, remedy }
        }
        other => other,
    })
}
