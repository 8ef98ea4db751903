//! How the economy of one period bears on the next (M42): persistence of the factors, memory and innovations of the segments'
//! indices.
//!
//! Factors are stationary with their correlation C and lag-one-year autocorrelations a_k, so their law does not depend on the
//! length of periods: α_k = a_k^(1/periods in a year), innovations N(0, Σ), Σ_jk = C_jk (1 − α_j α_k).

use crate::error::{Error, Result};
use crate::math::{cholesky, eigen};
use crate::model::{Factors, SegmentSpec};

/// The largest lag-one-year autocorrelation; nearer to 1 the economy hardly moves.
pub const LARGEST_PERSISTENCE: f64 = 0.9999;

/// Each segment's index: Y_t = α Y_(t−1) + Σ_k u_k z_kt.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexLaw {
    /// α of each segment, per period, 0 to below 1.
    pub memory: Vec<f64>,
    /// u of each segment on the K innovations, segment-major.
    pub innovations: Vec<f64>,
}

/// α of a period for the `persistence` of a year, 0 to [`LARGEST_PERSISTENCE`].
pub fn per_period(persistence: f64, per_year: usize) -> f64 {
    match per_year {
        0 | 1 => persistence,
        _ => libm::pow(persistence, 1.0 / per_year as f64),
    }
}

impl IndexLaw {
    /// The indices of `specs` on `factors` with a `persistence` each (lag-one-year autocorrelation), in periods of which a year
    /// has `per_year`.
    ///
    /// # Errors
    /// [`Error::Setting`] when a persistence is out of range, when a segment loads on factors of different persistence (its
    /// index would remember more than its last value), or when persistences and correlations cannot hold together.
    pub fn new(factors: &Factors, specs: &[SegmentSpec], persistence: &[f64], per_year: usize) -> Result<Self> {
        let names = factors.names();
        let k = names.len();
        if persistence.len() != k {
            return Err(Error::setting(
                "factors.persistence",
                format!("{} numbers", persistence.len()),
                format!("{k}"),
            ));
        }
        if let Some((value, name)) =
            persistence.iter().zip(names).find(|(value, _)| !(0.0..=LARGEST_PERSISTENCE).contains(*value))
        {
            let wanted = format!("a number from 0 to {LARGEST_PERSISTENCE}");
            return Err(Error::setting("factors.persistence", format!("{value} for '{name}'"), wanted));
        }
        let alphas: Vec<f64> = persistence.iter().map(|&own| per_period(own, per_year)).collect();
        let covariance: Vec<f64> =
            (0..k * k).map(|at| factors.correlation()[at] * (1.0 - alphas[at / k] * alphas[at % k])).collect();
        let lower = cholesky::factorise(&covariance).map_err(|_| indefinite(factors, persistence, &covariance))?;
        let mut law = Self { memory: vec![], innovations: vec![] };
        for spec in specs {
            law.memory.push(memory(spec, names, (persistence, &alphas))?);
            let variance = factors.variance(&spec.loadings);
            let scale = if variance > 0.0 { 1.0 / variance.sqrt() } else { 0.0 };
            // L'b, as for the first period.
            let on = |column: usize| -> f64 {
                (column..k).map(|row| lower[row * k + column] * (spec.loadings[row] * scale)).sum()
            };
            law.innovations.extend((0..k).map(on));
        }
        Ok(law)
    }
}

/// α of the factors that `spec` loads on, which must be one.
fn memory(spec: &SegmentSpec, names: &[String], (yearly, alphas): (&[f64], &[f64])) -> Result<f64> {
    let mut loaded = spec.loadings.iter().enumerate().filter(|(_, loading)| **loading != 0.0).map(|(factor, _)| factor);
    let Some(first) = loaded.next() else { return Ok(0.0) };
    match loaded.find(|&other| yearly[other] != yearly[first]) {
        None => Ok(alphas[first]),
        Some(other) => {
            let found = format!(
                "loadings on '{}' of persistence {} and '{}' of persistence {}",
                names[first], yearly[first], names[other], yearly[other]
            );
            let wanted = "factors of one persistence: along a path an index remembers its last value only; change \
                          factors.persistence or the loadings, or set time.default_times = \"copula\"";
            Err(Error::setting(format!("segments.{}.loadings", spec.name), found, wanted))
        }
    }
}

fn indefinite(factors: &Factors, persistence: &[f64], covariance: &[f64]) -> Error {
    let smallest = eigen::smallest_eigenpair(covariance);
    let pair = smallest.and_then(|smallest| eigen::offending_pair(covariance, &smallest.vector));
    let found = match pair {
        Some((i, j)) => format!(
            "{} for '{}' and {} for '{}' beside their correlation of {}",
            persistence[i],
            factors.names()[i],
            persistence[j],
            factors.names()[j],
            factors.correlation()[i * factors.len() + j]
        ),
        None => "persistences that no innovations can give".to_owned(),
    };
    let wanted = "persistences nearer to each other, or a correlation nearer to 0: what is new in a period would have a \
                  negative variance";
    Error::setting("factors.persistence", found, wanted)
}
