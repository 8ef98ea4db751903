//! The Cholesky factor of a correlation matrix (M2), in a fixed order of operations (L1): A = L Lᵀ, L lower triangular.
//!
//! Outer-product form: step k subtracts multiples of one column from the rows below. Every entry receives its terms in the
//! order of k, so the bits do not depend on how the inner loop is vectorised (Golub and Van Loan, "Matrix Computations", 4.2).

/// Why a matrix has no Cholesky factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Failure {
    /// The number of entries is not a square.
    NotSquare,
    /// Row `index` (from 0) is a combination of the rows above it, or worse: `pivot` is what is left of its variance.
    Pivot {
        /// The row, counted from 0.
        index: usize,
        /// Its pivot: not positive beyond rounding, or NaN.
        pivot: f64,
    },
}

/// L of the symmetric `matrix` (n × n, row by row; only the lower triangle is read), n × n with zeros above the diagonal.
///
/// A pivot of at most n × 2.2e-16 times its diagonal entry counts as zero and fails. n³/3 multiplications: 0.1 s at n = 1000.
pub fn factorise(matrix: &[f64]) -> Result<Vec<f64>, Failure> {
    let n = order(matrix).ok_or(Failure::NotSquare)?;
    let mut lower = matrix.to_vec();
    let mut column = vec![0.0; n];
    for k in 0..n {
        let pivot = lower[k * n + k];
        let least = n as f64 * f64::EPSILON * matrix[k * n + k].abs();
        if pivot <= least || !pivot.is_finite() {
            return Err(Failure::Pivot { index: k, pivot });
        }
        let root = pivot.sqrt();
        let (done, below) = lower.split_at_mut((k + 1) * n);
        done[k * n + k] = root;
        done[k * n + k + 1..].fill(0.0);
        for (i, row) in (k + 1..).zip(below.chunks_exact_mut(n)) {
            let multiple = row[k] / root;
            row[k] = multiple;
            column[i] = multiple;
            for (entry, other) in row[k + 1..=i].iter_mut().zip(&column[k + 1..=i]) {
                *entry -= multiple * other;
            }
        }
    }
    Ok(lower)
}

/// x with L Lᵀ x = `right`, in place; `lower` is a factor from [`factorise`] and `right` has its n entries.
pub fn solve(lower: &[f64], right: &mut [f64]) {
    let n = right.len();
    for (i, row) in lower.chunks_exact(n.max(1)).take(n).enumerate() {
        let (known, rest) = right.split_at_mut(i);
        let sum: f64 = row.iter().zip(known.iter()).map(|(l, x)| l * x).sum();
        rest[0] = (rest[0] - sum) / row[i];
    }
    for (i, row) in lower.chunks_exact(n.max(1)).take(n).enumerate().rev() {
        let (before, rest) = right.split_at_mut(i);
        rest[0] /= row[i];
        for (x, l) in before.iter_mut().zip(row) {
            *x -= l * rest[0];
        }
    }
}

/// n when `matrix` has n × n entries.
pub fn order(matrix: &[f64]) -> Option<usize> {
    let n = matrix.len().isqrt();
    (n * n == matrix.len()).then_some(n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    /// A correlation matrix from `factors` random columns plus a share of the identity.
    fn correlation(n: usize, factors: usize) -> Vec<f64> {
        let mut rng = StdRng::seed_from_u64(n as u64);
        let columns = DMatrix::from_fn(n, factors, |_, _| rng.random_range(-1.0..1.0));
        let covariance = &columns * columns.transpose() + DMatrix::identity(n, n) * 0.3;
        let entry = |i: usize, j: usize| covariance[(i, j)] / f64::sqrt(covariance[(i, i)] * covariance[(j, j)]);
        (0..n * n).map(|p| entry(p / n, p % n)).collect()
    }

    #[test]
    fn factors_equal_those_of_nalgebra() {
        for n in [1, 2, 7, 61] {
            let matrix = correlation(n, 5);
            let lower = factorise(&matrix).unwrap();
            let oracle = DMatrix::from_row_slice(n, n, &matrix).cholesky().unwrap().l();
            for p in 0..n * n {
                assert!((lower[p] - oracle[(p / n, p % n)]).abs() < 1e-13, "{n}: {p}");
            }
        }
    }

    #[test]
    fn solving_undoes_multiplying() {
        let (n, matrix) = (61, correlation(61, 5));
        let wanted: Vec<f64> = (0..n).map(|i| (i as f64 - 20.0) / 7.0).collect();
        let mut x: Vec<f64> =
            matrix.chunks_exact(n).map(|row| row.iter().zip(&wanted).map(|(a, b)| a * b).sum()).collect();
        solve(&factorise(&matrix).unwrap(), &mut x);
        assert!(x.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-11));
    }

    #[test]
    fn the_failing_row_is_named() {
        let twice = [1.0, 0.2, 0.2, 0.2, 1.0, 1.0, 0.2, 1.0, 1.0];
        assert!(matches!(factorise(&twice), Err(Failure::Pivot { index: 2, .. })));
        let impossible = [1.0, 0.9, 0.9, 0.9, 1.0, -0.9, 0.9, -0.9, 1.0];
        assert!(matches!(factorise(&impossible), Err(Failure::Pivot { index: 2, pivot }) if pivot < -1.0));
        assert!(matches!(factorise(&[1.0, f64::NAN, f64::NAN, 1.0]), Err(Failure::Pivot { index: 1, .. })));
        assert_eq!(factorise(&[1.0, 0.5]), Err(Failure::NotSquare));
        assert_eq!(factorise(&[]), Ok(vec![]));
    }

    #[test]
    fn a_thousand_rows_are_factorised() {
        let (n, matrix) = (1_000, correlation(1_000, 12));
        let lower = factorise(&matrix).unwrap();
        for (i, j) in [(0, 0), (345, 12), (999, 998), (999, 999)] {
            let product: f64 = (0..n).map(|k| lower[i * n + k] * lower[j * n + k]).sum();
            assert!((product - matrix[i * n + j]).abs() < 1e-13, "{i} {j}");
        }
    }
}
