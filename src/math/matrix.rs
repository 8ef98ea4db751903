//! Small dense square matrices for the generator of rating migration (M29): product, inverse, row-sum norm.
//!
//! Plain loops in one order, so the bits are the same everywhere (L1). The inverse is Gauss–Jordan elimination's LU form with
//! partial pivoting (Golub and Van Loan, "Matrix Computations", 3.4). Meant for up to some hundred rows.

use super::cholesky::order;

/// A square matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    order: usize,
    entries: Vec<f64>,
}

impl Matrix {
    /// The matrix of `entries`, row by row; None when their number is no square.
    pub fn new(entries: Vec<f64>) -> Option<Self> {
        Some(Self { order: order(&entries)?, entries })
    }

    /// `order` rows of zeros with ones on the diagonal.
    pub fn identity(order: usize) -> Self {
        let entry = |place: usize| if place / order == place % order { 1.0 } else { 0.0 };
        Self { order, entries: (0..order.saturating_mul(order)).map(entry).collect() }
    }

    /// Number of rows and columns.
    pub fn order(&self) -> usize {
        self.order
    }

    /// The entry in `row` and `column`, both from 0; NaN outside.
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.rows().nth(row).and_then(|row| row.get(column)).copied().unwrap_or(f64::NAN)
    }

    /// The rows, each with [`order`](Self::order) entries.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &[f64]> + ExactSizeIterator {
        self.entries.chunks_exact(self.order.max(1))
    }

    /// All entries, row by row.
    pub fn entries(&self) -> &[f64] {
        &self.entries
    }

    /// Every entry times `factor`.
    pub fn scaled(&self, factor: f64) -> Self {
        self.map(|entry| entry * factor)
    }

    /// The sum with `other`, of the same order, times `factor`.
    pub fn plus(&self, other: &Self, factor: f64) -> Self {
        debug_assert_eq!(self.order, other.order);
        let entries = self.entries.iter().zip(&other.entries).map(|(a, b)| a + factor * b).collect();
        Self { order: self.order, entries }
    }

    /// The product self × `other`, of the same order; terms are added in the order of the inner index.
    pub fn times(&self, other: &Self) -> Self {
        debug_assert_eq!(self.order, other.order);
        let mut entries = vec![0.0; self.entries.len()];
        for (row, out) in self.rows().zip(entries.chunks_exact_mut(self.order.max(1))) {
            for (factor, row) in row.iter().zip(other.rows()) {
                for (sum, entry) in out.iter_mut().zip(row) {
                    *sum += factor * entry;
                }
            }
        }
        Self { order: self.order, entries }
    }

    /// self × `column`, of [`order`](Self::order) entries.
    pub fn times_column(&self, column: &[f64]) -> Vec<f64> {
        self.rows().map(|row| row.iter().zip(column).map(|(a, b)| a * b).sum()).collect()
    }

    /// ‖·‖∞, the largest sum of magnitudes in a row; NaN when an entry is.
    pub fn norm(&self) -> f64 {
        let sums = self.rows().map(|row| row.iter().map(|entry| entry.abs()).sum::<f64>());
        sums.fold(0.0, |largest, sum| if sum > largest || sum.is_nan() { sum } else { largest })
    }

    /// The inverse; None when a pivot vanishes or is not finite.
    pub fn inverse(&self) -> Option<Self> {
        let n = self.order;
        let mut left = self.entries.clone();
        let mut right = Self::identity(n).entries;
        for k in 0..n {
            let size = |row: &usize| left[row * n + k].abs();
            let pivot_row = (k..n).max_by(|a, b| size(a).total_cmp(&size(b)))?;
            let pivot = left[pivot_row * n + k];
            if pivot == 0.0 || !pivot.is_finite() {
                return None;
            }
            for side in [&mut left, &mut right] {
                let (above, below) = side.split_at_mut(pivot_row * n);
                if pivot_row > k {
                    above[k * n..(k + 1) * n].swap_with_slice(&mut below[..n]);
                }
            }
            for i in (0..n).filter(|i| *i != k) {
                let multiple = left[i * n + k] / pivot;
                if multiple != 0.0 {
                    subtract_row(&mut left, n, [i, k], multiple);
                    subtract_row(&mut right, n, [i, k], multiple);
                }
            }
        }
        for (k, row) in right.chunks_exact_mut(n.max(1)).enumerate() {
            let pivot = left[k * n + k];
            row.iter_mut().for_each(|entry| *entry /= pivot);
        }
        Some(Self { order: n, entries: right })
    }

    fn map(&self, change: impl Fn(f64) -> f64) -> Self {
        Self { order: self.order, entries: self.entries.iter().map(|entry| change(*entry)).collect() }
    }
}

/// Takes `multiple` times row `from` from row `to` of `entries`, rows of `n`; the two rows differ.
fn subtract_row(entries: &mut [f64], n: usize, [to, from]: [usize; 2], multiple: f64) {
    let (head, tail) = entries.split_at_mut(to.max(from) * n);
    let (low, high) = (&mut head[to.min(from) * n..][..n], &mut tail[..n]);
    let (target, source) = if to < from { (low, high) } else { (high, low) };
    for (entry, other) in target.iter_mut().zip(source.iter()) {
        *entry -= multiple * other;
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use nalgebra::DMatrix;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    /// A matrix with entries in −1 … 1.
    fn any(n: usize, seed: u64) -> Matrix {
        let mut rng = StdRng::seed_from_u64(seed);
        Matrix::new((0..n * n).map(|_| rng.random_range(-1.0..1.0)).collect()).unwrap()
    }

    /// The same matrix as nalgebra has it.
    pub fn foreign(matrix: &Matrix) -> DMatrix<f64> {
        DMatrix::from_row_slice(matrix.order(), matrix.order(), matrix.entries())
    }

    /// Largest difference of two matrices.
    pub fn distance(matrix: &Matrix, other: &DMatrix<f64>) -> f64 {
        (foreign(matrix) - other).abs().max()
    }

    #[test]
    fn products_and_inverses_equal_those_of_nalgebra() {
        for n in [1, 2, 7, 31] {
            let (one, other) = (any(n, n as u64), any(n, 1_000 + n as u64));
            assert!(distance(&one.times(&other), &(foreign(&one) * foreign(&other))) < 1e-13, "{n}");
            let inverse = foreign(&one).try_inverse().unwrap();
            assert!(distance(&one.inverse().unwrap(), &inverse) < 1e-12 * inverse.abs().max().max(1.0), "{n}");
        }
    }

    #[test]
    fn rows_change_places_where_the_pivot_vanishes() {
        let turn = Matrix::new(vec![0.0, 2.0, 0.0, 0.0, 0.0, 4.0, 8.0, 0.0, 0.0]).unwrap();
        assert_eq!(turn.inverse().unwrap().entries(), [0.0, 0.0, 0.125, 0.5, 0.0, 0.0, 0.0, 0.25, 0.0]);
    }

    #[test]
    fn what_has_no_inverse_gives_none() {
        assert_eq!(Matrix::new(vec![1.0, 2.0, 2.0, 4.0]).unwrap().inverse(), None);
        assert_eq!(Matrix::new(vec![1.0, f64::NAN, 0.5, 4.0]).unwrap().inverse(), None);
        assert_eq!(Matrix::new(vec![f64::INFINITY]).unwrap().inverse(), None);
    }

    #[test]
    fn shapes_and_edges() {
        assert_eq!(Matrix::new(vec![1.0, 2.0]), None);
        let empty = Matrix::new(vec![]).unwrap();
        assert_eq!((empty.order(), empty.norm(), empty.inverse()), (0, 0.0, Some(empty.clone())));
        let matrix = Matrix::new(vec![1.0, -2.5, 0.25, 0.5]).unwrap();
        assert_eq!((matrix.norm(), matrix.at(1, 0)), (3.5, 0.25));
        assert!(matrix.at(2, 0).is_nan() && matrix.at(0, 2).is_nan());
        assert_eq!(matrix.times_column(&[2.0, 1.0]), [-0.5, 1.0]);
        assert_eq!(matrix.plus(&Matrix::identity(2), -2.0).entries(), [-1.0, -2.5, 0.25, -1.5]);
        assert_eq!(matrix.scaled(4.0).entries(), [4.0, -10.0, 1.0, 2.0]);
        assert!(Matrix::new(vec![f64::NAN]).unwrap().norm().is_nan());
    }
}
