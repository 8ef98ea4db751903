//! From a matrix of yearly rating transitions P to a generator Q (M29): the logarithm of P, made into rates row by row.
//!
//! log P may have small negative rates off its diagonal; a generator has none, and rows that sum to zero. Three rules mend
//! it. Sources: Israel, Rosenthal, Wei, Mathematical Finance 11 (2001) for when there is a generator and for the diagonal
//! and weighted adjustment; Kreinin and Sidelnikova, Algo Research Quarterly 4 (2001) for the quasi-optimization.

use super::fault::Fault;
use crate::math::matrix::Matrix;
use crate::math::{matrix_exp, matrix_log};

/// How the logarithm of a matrix becomes a generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Regularisation {
    /// The nearest row (Euclidean) that has rates of 0 or more and sums to zero.
    #[default]
    QuasiOptimal,
    /// Negative rates are spread over the others of the row in proportion to their size.
    Weighted,
    /// Negative rates are taken from the diagonal.
    Diagonal,
}

impl Regularisation {
    /// Every rule, the default first.
    pub const ALL: [Self; 3] = [Self::QuasiOptimal, Self::Weighted, Self::Diagonal];

    /// Name, as in a model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::QuasiOptimal => "qo",
            Self::Weighted => "wa",
            Self::Diagonal => "da",
        }
    }
}

/// A generator and the year that it gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Generator {
    /// Q: rates a year from each state (row) to each other (column); rows sum to zero.
    pub rates: Matrix,
    /// exp(Q), to hold against P.
    pub year: Matrix,
}

/// The generator of `matrix`, the probabilities of one year: rows of 0 or more that sum to 1.
///
/// # Errors
/// A [`Fault`] when there is no real logarithm; it names the row that most loans leave within the year.
pub fn generator(matrix: &Matrix, rule: Regularisation) -> Result<Generator, Fault> {
    let logarithm = matrix_log::log(matrix).filter(|logarithm| logarithm.entries().iter().all(|rate| rate.is_finite()));
    let Some(logarithm) = logarithm else {
        let diagonal = matrix.rows().enumerate().map(|(row, entries)| (row, entries.get(row).copied().unwrap_or(0.0)));
        let index = diagonal.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(row, _)| row);
        let remedy = "no generator gives this matrix: more loans leave this state in a year than a process in continuous \
                      time allows; use a matrix of more years of data, or coarser ratings";
        return Err(Fault::new(index, "a matrix without a logarithm", remedy));
    };
    let entries = logarithm.rows().enumerate().flat_map(|(row, rates)| match rule {
        Regularisation::QuasiOptimal => nearest(rates, row),
        Regularisation::Weighted => weighted(rates, row),
        Regularisation::Diagonal => diagonal(rates, row),
    });
    let Some(rates) = Matrix::new(entries.collect()) else {
        return Err(Fault::new(None, "a matrix that is not square", "give as many rows as columns"));
    };
    let year = matrix_exp::exp(&rates);
    Ok(Generator { rates, year })
}

/// The point nearest to `rates` with entries of 0 or more but at `own`, and with sum zero: take the mean of those entries
/// that are left from each, drop those off the diagonal that fall below 0, repeat.
fn nearest(rates: &[f64], own: usize) -> Vec<f64> {
    let mut kept = vec![true; rates.len()];
    loop {
        let left = || rates.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(rate, _)| rate);
        let mean = left().sum::<f64>() / left().count().max(1) as f64;
        let falls = |at: usize, rate: f64| kept[at] && at != own && rate < mean;
        let drop: Vec<usize> = (0..).zip(rates).filter(|(at, rate)| falls(*at, **rate)).map(|(at, _)| at).collect();
        if drop.is_empty() {
            return rates.iter().zip(&kept).map(|(rate, kept)| if *kept { rate - mean } else { 0.0 }).collect();
        }
        drop.into_iter().for_each(|at| kept[at] = false);
    }
}

/// Negative rates become 0, and their sum is taken from the other entries in proportion to their size.
fn weighted(rates: &[f64], own: usize) -> Vec<f64> {
    let is_negative = |at: usize, rate: f64| at != own && rate < 0.0;
    let (mut size, mut negative) = (0.0, 0.0);
    for (at, rate) in rates.iter().enumerate() {
        if is_negative(at, *rate) { negative -= rate } else { size += rate.abs() }
    }
    let share = if size > 0.0 { negative / size } else { 0.0 };
    let mend = |(at, rate): (usize, &f64)| if is_negative(at, *rate) { 0.0 } else { rate - share * rate.abs() };
    rates.iter().enumerate().map(mend).collect()
}

/// Negative rates become 0, and the diagonal what makes the row sum to zero.
fn diagonal(rates: &[f64], own: usize) -> Vec<f64> {
    let mut row: Vec<f64> = rates.iter().map(|rate| rate.max(0.0)).collect();
    if let Some(entry) = row.get_mut(own) {
        *entry = 0.0;
    }
    let sum: f64 = row.iter().sum();
    if let Some(entry) = row.get_mut(own) {
        *entry = -sum;
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    fn distance(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
    }

    #[test]
    fn every_rule_gives_rates_that_sum_to_zero_and_the_default_the_nearest() {
        let mut rng = StdRng::seed_from_u64(29);
        for n in [1, 2, 7, 19] {
            for own in 0..n {
                let mut row: Vec<f64> = (0..n).map(|_| rng.random_range(-0.1..0.3)).collect();
                row[own] = 0.0;
                row[own] = -row.iter().sum::<f64>();
                let mended = [nearest(&row, own), weighted(&row, own), diagonal(&row, own)];
                for rates in &mended {
                    assert!(rates.iter().sum::<f64>().abs() < 1e-14, "{rates:?}");
                    assert!((0..).zip(rates).all(|(at, rate)| at == own || *rate >= 0.0), "{rates:?}");
                    assert!(distance(&mended[0], &row) <= distance(rates, &row) + 1e-15);
                }
                // No step towards another admissible row leads nearer.
                for _ in 0..20 {
                    let other = diagonal(&(0..n).map(|_| rng.random_range(0.0..0.4)).collect::<Vec<_>>(), own);
                    let step: Vec<f64> = mended[0].iter().zip(&other).map(|(a, b)| a + 1e-3 * (b - a)).collect();
                    assert!(distance(&step, &row) >= distance(&mended[0], &row), "{row:?}");
                }
            }
        }
    }

    #[test]
    fn rates_that_are_a_generator_are_left_alone() {
        let row = [0.1, -0.3, 0.2, 0.0];
        assert_eq!(diagonal(&row, 1), [0.1, -0.30000000000000004, 0.2, 0.0]);
        assert_eq!(weighted(&row, 1), row);
        assert!(distance(&nearest(&row, 1), &row) < 1e-32);
    }

    #[test]
    fn two_states_by_hand() {
        // P = exp(Q) with rate q: the loan stays with e^−q.
        let matrix = Matrix::new(vec![0.9, 0.1, 0.0, 1.0]).unwrap();
        for rule in Regularisation::ALL {
            let Generator { rates, year } = generator(&matrix, rule).unwrap();
            assert!((rates.at(0, 1) + libm::log(0.9)).abs() < 1e-14, "{rates:?}");
            assert!((year.at(0, 1) - 0.1).abs() < 1e-15 && year.at(1, 1) == 1.0);
        }
    }

    #[test]
    fn a_matrix_without_a_logarithm_names_the_row_that_is_left_most() {
        let matrix = Matrix::new(vec![0.6, 0.4, 0.0, 0.9, 0.05, 0.05, 0.0, 0.0, 1.0]).unwrap();
        let fault = generator(&matrix, Regularisation::QuasiOptimal).unwrap_err();
        assert_eq!((fault.index, fault.found.as_str()), (Some(1), "a matrix without a logarithm"));
        let empty = generator(&Matrix::new(vec![]).unwrap(), Regularisation::Weighted).unwrap();
        assert_eq!(empty.rates.order(), 0);
        assert!(generator(&Matrix::new(vec![f64::NAN]).unwrap(), Regularisation::Diagonal).is_err());
    }
}
