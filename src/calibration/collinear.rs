//! Do drivers say the same thing? Variance inflation factors and the condition number of their correlations (M61).
//!
//! Belsley, Kuh and Welsch, "Regression Diagnostics" (1980), chapter 3.

use super::design::symmetric_inverse;
use crate::math::eigen::smallest_eigenpair;

/// The factor by which each of `columns` has its coefficient's variance inflated by the others, 1 or more; None where one is a
/// combination of the others or constant.
pub fn inflation(columns: &[&[f64]]) -> Option<Vec<f64>> {
    let inverse = symmetric_inverse(correlations(columns)?)?;
    Some((0..columns.len()).map(|i| inverse.at(i, i)).collect())
}

/// √(largest / smallest eigenvalue) of the correlations of `columns`; None where that is not to be had.
pub fn condition(columns: &[&[f64]]) -> Option<f64> {
    let matrix = correlations(columns)?;
    let negative: Vec<f64> = matrix.iter().map(|entry| -entry).collect();
    let (smallest, largest) = (smallest_eigenpair(&matrix)?.value, -smallest_eigenpair(&negative)?.value);
    (smallest > 0.0).then(|| (largest / smallest).sqrt())
}

fn correlations(columns: &[&[f64]]) -> Option<Vec<f64>> {
    let scaled: Vec<Vec<f64>> = columns.iter().map(|column| scaled(column)).collect::<Option<_>>()?;
    let entry = |a: &Vec<f64>, b: &Vec<f64>| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    Some(scaled.iter().flat_map(|a| scaled.iter().map(move |b| entry(a, b))).collect())
}

/// Centred, of length 1.
fn scaled(column: &[f64]) -> Option<Vec<f64>> {
    let mean = column.iter().sum::<f64>() / column.len() as f64;
    let centred: Vec<f64> = column.iter().map(|x| x - mean).collect();
    let length = centred.iter().map(|x| x * x).sum::<f64>().sqrt();
    (length > 0.0).then(|| centred.iter().map(|x| x / length).collect())
}
