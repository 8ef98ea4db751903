//! The regressors of a calibration: a row per quarter, the constant first, then the standardised drivers (M56).

use crate::math::matrix::Matrix;

/// Regressors, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    width: usize,
    entries: Vec<f64>,
}

impl Design {
    /// A constant and `columns`, all of `rows` entries; columns that are longer are cut.
    pub fn new(rows: usize, columns: &[&[f64]]) -> Self {
        let width = columns.len() + 1;
        let mut entries = Vec::with_capacity(rows * width);
        for row in 0..rows {
            entries.push(1.0);
            entries.extend(columns.iter().map(|column| column.get(row).copied().unwrap_or(f64::NAN)));
        }
        Self { width, entries }
    }

    /// Columns with the constant; at least 1.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.entries.len() / self.width
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The rows in order, each with [`width`](Self::width) entries.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &[f64]> + ExactSizeIterator + Clone {
        self.entries.chunks_exact(self.width)
    }

    /// The first `rows` rows.
    pub fn head(&self, rows: usize) -> Self {
        let entries = self.entries.iter().take(rows * self.width).copied().collect();
        Self { width: self.width, entries }
    }

    /// Rows times `coefficients`, one number for each row.
    pub fn times(&self, coefficients: &[f64]) -> Vec<f64> {
        self.rows().map(|row| dot(row, coefficients)).collect()
    }

    /// The coefficients of weighted least squares of `y` with `weights`, one of each for a row, and the inverse of XᵀWX; None
    /// when columns are collinear.
    pub fn least_squares(&self, y: &[f64], weights: &[f64]) -> Option<(Vec<f64>, Matrix)> {
        let (mut square, mut right) = (vec![0.0; self.width * self.width], vec![0.0; self.width]);
        for ((row, y), weight) in self.rows().zip(y).zip(weights) {
            add_square(&mut square, row, *weight);
            right.iter_mut().zip(row).for_each(|(sum, x)| *sum += weight * x * y);
        }
        let inverse = symmetric_inverse(square)?;
        Some((inverse.times_column(&right), inverse))
    }
}

/// Σ aᵢ bᵢ.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Adds `weight` × `row` `row`ᵀ to the matrix `square`.
pub fn add_square(square: &mut [f64], row: &[f64], weight: f64) {
    for (out, a) in square.chunks_exact_mut(row.len().max(1)).zip(row) {
        out.iter_mut().zip(row).for_each(|(sum, b)| *sum += weight * a * b);
    }
}

/// The inverse of a symmetric positive definite matrix, row by row; None when it is not one to within rounding.
pub fn symmetric_inverse(entries: Vec<f64>) -> Option<Matrix> {
    // What passes Cholesky's pivots is far enough from singular for elimination.
    crate::math::cholesky::factorise(&entries).ok()?;
    Matrix::new(entries)?.inverse()
}
