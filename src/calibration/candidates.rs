//! What may drive the index: every column with every transform, span and lag that was asked for (M57).

use super::history::{FEWEST, History, column_of};
use crate::error::{Error, Result};
use crate::model::index::{Series, Transform, Transformation};
use std::ops::RangeInclusive;

/// The sign that a driver's coefficient on the index must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// More is better.
    Positive,
    /// More is worse.
    Negative,
}

/// A column that may drive the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub column: String,
    /// The sign it must have, if any.
    pub sign: Option<Sign>,
}

/// What is made of each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Making {
    /// Transforms.
    pub transforms: Vec<Transform>,
    /// Spans of changes and growth, periods, each 1 or more.
    pub spans: Vec<u16>,
    /// Lags, periods.
    pub lags: RangeInclusive<u16>,
}

/// One column with one transform, span and lag.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Which of the wanted columns.
    pub wanted: usize,
    /// What is made of it.
    pub transformation: Transformation,
    /// Periods that pass before it moves the index.
    pub lag: u16,
    /// Values at the rows of the history; None before the first that can be formed.
    pub values: Vec<Option<f64>>,
}

/// All candidates.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidates {
    /// In the order of columns, transforms, spans and lags.
    pub list: Vec<Candidate>,
    /// First row of the history (counted from its beginning) in which all have a value.
    pub start: usize,
    /// What was left out, one sentence each.
    pub notes: Vec<String>,
}

impl Candidate {
    /// Mean and standard deviation (of divisor T) of the values from row `start` to before row `end` of the history.
    pub fn scale(&self, start: usize, end: usize) -> [f64; 2] {
        let values = self.between(start, end);
        let n = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        [mean, variance.sqrt()]
    }

    /// Values from row `start` to before row `end`; NaN where there is none.
    pub fn between(&self, start: usize, end: usize) -> Vec<f64> {
        self.values.get(start..end).unwrap_or_default().iter().map(|value| value.unwrap_or(f64::NAN)).collect()
    }

    /// The same, less the mean and in standard deviations of `scale`.
    pub fn standardised(&self, (start, end): (usize, usize), [mean, deviation]: [f64; 2]) -> Vec<f64> {
        self.between(start, end).into_iter().map(|x| (x - mean) / deviation).collect()
    }

    /// First row of the history with a value.
    pub fn first(&self) -> usize {
        self.values.iter().position(Option::is_some).unwrap_or(self.values.len())
    }
}

/// Makes the candidates of `wanted` columns of `series` for `history`.
///
/// # Errors
/// [`Error::Model`] or [`Error::Setting`] for columns that are not there, are asked for twice, are constant or lack a cell, and
/// where too few rows are left.
pub fn candidates(series: &Series, history: &History, wanted: &[Wanted], making: &Making) -> Result<Candidates> {
    let mut found = Candidates { list: Vec::new(), start: 0, notes: Vec::new() };
    for (place, one) in wanted.iter().enumerate() {
        let before = found.list.len();
        if wanted.iter().take(place).any(|other| same(&other.column, &one.column)) {
            return Err(Error::setting("--drivers", format!("'{}' twice", one.column), "each column once"));
        }
        check(series, history, &one.column)?;
        for transformation in transformations(making) {
            match series.transformed(&one.column, transformation) {
                Ok(values) => found.add((place, transformation), &values, history, making),
                Err(error) if transformation.transform != Transform::Growth => return Err(error),
                Err(_) => {
                    let note =
                        format!("'{}' is not above 0 everywhere, so its growth was not tried", one.column.trim());
                    if !found.notes.contains(&note) {
                        found.notes.push(note);
                    }
                }
            }
        }
        if found.list.len() == before {
            let found = format!("nothing to try is made of column '{}'", one.column.trim());
            let remedy = "a growth needs numbers above 0, and what is made of a column must move: add level or change to \
                          --transforms, or leave the column out of --drivers";
            return Err(Error::Model { place: "--transforms".to_owned(), found, remedy: remedy.to_owned() });
        }
    }
    found.start = found.list.iter().map(Candidate::first).max().unwrap_or(0);
    let left = history.rates.len().saturating_sub(found.start);
    if left < FEWEST {
        let found =
            format!("{left} rows in which all candidates have a value, of {} with a default rate", history.rates.len());
        let remedy = format!(
            "{FEWEST} at least are needed: shorter --lags or --spans, or drivers from before the first default rate"
        );
        return Err(Error::Model { place: series.name.clone(), found, remedy });
    }
    Ok(found)
}

impl Candidates {
    fn add(
        &mut self,
        (wanted, transformation): (usize, Transformation),
        values: &[Option<f64>],
        history: &History,
        making: &Making,
    ) {
        for lag in making.lags.clone() {
            let at = |row: usize| row.checked_sub(usize::from(lag)).and_then(|row| values.get(row).copied().flatten());
            let values: Vec<Option<f64>> = history.rows.clone().map(at).collect();
            let candidate = Candidate { wanted, transformation, lag, values };
            let first = candidate.first();
            let [mean, deviation] = candidate.scale(first, history.rates.len());
            if deviation > 1e-12 * (1.0 + mean.abs()) {
                self.list.push(candidate);
            }
        }
    }
}

/// Each transform with each span; a level has none.
fn transformations(making: &Making) -> Vec<Transformation> {
    let of = |transform: &Transform| {
        let spans = if *transform == Transform::Level { &[1][..] } else { &making.spans };
        spans.iter().map(|span| Transformation { transform: *transform, span: *span }).collect::<Vec<_>>()
    };
    making.transforms.iter().flat_map(of).collect()
}

/// Refuses a column that is not there, has a blank cell after its first value, or never moves.
fn check(series: &Series, history: &History, column: &str) -> Result<()> {
    let values = column_of("--drivers", series, column)?;
    let end = history.rows.end.min(values.len());
    let first = values.iter().position(Option::is_some).unwrap_or(end);
    if let Some(row) = (first..end).find(|row| values.get(*row).copied().flatten().is_none()) {
        return Err(Error::Model {
            place: format!("{}: column '{}' for {}", series.name, column.trim(), series.label(row)),
            found: "no value, though earlier rows have one".to_owned(),
            remedy: "fill the cell, or leave the column out of --drivers".to_owned(),
        });
    }
    let mut known = values.iter().take(end).flatten();
    let level = known.next();
    if known.all(|value| Some(value) == level) {
        return Err(Error::Model {
            place: series.name.clone(),
            found: format!("column '{}' has the same value in every row", column.trim()),
            remedy: "what never moves explains nothing: leave it out of --drivers".to_owned(),
        });
    }
    Ok(())
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
