//! The smallest eigenvalue of a correlation matrix: what to tell a user whose matrix is refused (M2).
//!
//! Inverse iteration with shifts that are proved, by a Cholesky factorisation, to lie below every eigenvalue; the Rayleigh
//! quotient less its residual proposes the next shift, and bisection steps in when that one is too high (Parlett, "The
//! Symmetric Eigenvalue Problem", chapter 4). It reuses [`cholesky`](super::cholesky) and takes a second or two at n = 1000.

use super::cholesky::{factorise, order, solve};

/// Rounds of iteration and new shift; some ten are taken.
const MOST_ROUNDS: usize = 60;
/// Inverse iterations with each shift.
const ITERATIONS: usize = 4;
/// Residual, relative to the largest row sum, at which the pair is good.
const GOOD_RESIDUAL: f64 = 1e-13;

/// An eigenvalue and its eigenvector.
#[derive(Debug, Clone, PartialEq)]
pub struct Eigenpair {
    /// The eigenvalue.
    pub value: f64,
    /// Its eigenvector of length 1.
    pub vector: Vec<f64>,
}

/// The smallest eigenvalue of the symmetric `matrix` (n × n, row by row) with an eigenvector; error about 1e-12 × n.
///
/// None when the matrix is empty, not square or holds a number that is not finite.
pub fn smallest_eigenpair(matrix: &[f64]) -> Option<Eigenpair> {
    let n = order(matrix).filter(|n| *n > 0)?;
    if !matrix.iter().all(|entry| entry.is_finite()) {
        return None;
    }
    // Gershgorin: every eigenvalue lies within a row's sum of magnitudes from zero.
    let row_sum = |row: &[f64]| row.iter().map(|entry| entry.abs()).sum::<f64>();
    let size = matrix.chunks_exact(n).map(row_sum).fold(f64::MIN_POSITIVE, f64::max);
    let (mut low, mut high) = (-1.01 * size, size);
    let mut factor = shifted_factor(matrix, low)?;
    let mut vector: Vec<f64> = (1..=n).map(|i| (i as f64 * 0.618_033_988_749_895) % 1.0 - 0.43).collect();
    let mut value = high;
    for _ in 0..MOST_ROUNDS {
        for _ in 0..ITERATIONS {
            solve(&factor, &mut vector);
            normalise(&mut vector);
        }
        let residual;
        (value, residual) = rayleigh_quotient(matrix, &vector);
        if residual <= GOOD_RESIDUAL * size || high - low <= GOOD_RESIDUAL * size {
            break;
        }
        high = high.min(value);
        let proposed = value - 2.0 * residual;
        let shift = if proposed > low && proposed < high { proposed } else { 0.5 * (low + high) };
        match shifted_factor(matrix, shift) {
            Some(better) => (low, factor) = (shift, better),
            None => high = shift,
        }
    }
    Some(Eigenpair { value, vector })
}

/// The pair of rows i < j whose entry pulls the smallest eigenvalue down most: the least a_ij v_i v_j; None for n < 2.
pub fn offending_pair(matrix: &[f64], vector: &[f64]) -> Option<(usize, usize)> {
    let rows = matrix.chunks_exact(vector.len().max(1)).zip(vector).enumerate();
    let pairs = rows.flat_map(|(j, (row, vj))| {
        row.iter().zip(vector).take(j).enumerate().map(move |(i, (entry, vi))| (entry * vi * vj, (i, j)))
    });
    pairs.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, pair)| pair)
}

/// The Cholesky factor of `matrix` − `shift` × identity, if that is positive definite.
fn shifted_factor(matrix: &[f64], shift: f64) -> Option<Vec<f64>> {
    let n = order(matrix)?;
    let mut shifted = matrix.to_vec();
    shifted.iter_mut().step_by(n + 1).for_each(|entry| *entry -= shift);
    factorise(&shifted).ok()
}

/// vᵀ A v and |A v − (vᵀ A v) v| for a vector of length 1.
fn rayleigh_quotient(matrix: &[f64], vector: &[f64]) -> (f64, f64) {
    let dot = |row: &[f64]| row.iter().zip(vector).map(|(a, v)| a * v).sum::<f64>();
    let image: Vec<f64> = matrix.chunks_exact(vector.len()).map(dot).collect();
    let value = dot(&image);
    let residual: f64 = image.iter().zip(vector).map(|(a, v)| (a - value * v) * (a - value * v)).sum();
    (value, residual.sqrt())
}

/// Scales to length 1; first by the largest entry, so that no square overflows.
fn normalise(vector: &mut [f64]) {
    let largest = vector.iter().fold(0.0f64, |largest, v| largest.max(v.abs()));
    vector.iter_mut().for_each(|v| *v /= largest);
    let length = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
    vector.iter_mut().for_each(|v| *v /= length);
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, SymmetricEigen};
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    /// A symmetric matrix with ones on the diagonal and `spread` × uniform(−1, 1) beside it.
    fn symmetric(n: usize, spread: f64) -> Vec<f64> {
        let mut rng = StdRng::seed_from_u64(n as u64);
        let mut matrix = vec![1.0; n * n];
        for i in 0..n {
            for j in 0..i {
                let entry = spread * rng.random_range(-1.0..1.0);
                matrix[i * n + j] = entry;
                matrix[j * n + i] = entry;
            }
        }
        matrix
    }

    #[test]
    fn values_equal_those_of_nalgebra() {
        for (n, spread) in [(1, 0.0), (2, 0.7), (7, 0.9), (61, 0.05), (61, 0.6), (123, 1.0)] {
            let matrix = symmetric(n, spread);
            let pair = smallest_eigenpair(&matrix).unwrap();
            let oracle = SymmetricEigen::new(DMatrix::from_row_slice(n, n, &matrix)).eigenvalues.min();
            assert!((pair.value - oracle).abs() < 1e-12 * n as f64, "{n}: {} {oracle}", pair.value);
            let (_, residual) = rayleigh_quotient(&matrix, &pair.vector);
            assert!(residual < 1e-11 * n as f64, "{n}: {residual:e}");
        }
    }

    #[test]
    fn the_pair_that_cannot_be_is_named() {
        let mut matrix = symmetric(9, 0.05);
        (matrix[7 * 9 + 3], matrix[3 * 9 + 7]) = (1.2, 1.2);
        let pair = smallest_eigenpair(&matrix).unwrap();
        assert!(pair.value < -0.15 && pair.value > -0.3);
        assert_eq!(offending_pair(&matrix, &pair.vector), Some((3, 7)));
    }

    #[test]
    fn singular_and_repeated_eigenvalues_are_found() {
        let twins = [1.0, 1.0, 1.0, 1.0];
        assert!(smallest_eigenpair(&twins).unwrap().value.abs() < 1e-14);
        let identity: Vec<f64> = (0..49).map(|p| if p % 8 == 0 { 1.0 } else { 0.0 }).collect();
        assert!((smallest_eigenpair(&identity).unwrap().value - 1.0).abs() < 1e-14);
        assert!(smallest_eigenpair(&[0.0; 9]).unwrap().value.abs() < 1e-14);
    }

    #[test]
    fn a_thousand_rows_take_seconds() {
        let mut matrix = symmetric(1_000, 0.01);
        (matrix[765 * 1_000 + 123], matrix[123 * 1_000 + 765]) = (-1.5, -1.5);
        let pair = smallest_eigenpair(&matrix).unwrap();
        assert!(rayleigh_quotient(&matrix, &pair.vector).1 < 1e-10);
        assert!(pair.value < -0.5 && pair.value > -0.6, "{}", pair.value);
        assert_eq!(offending_pair(&matrix, &pair.vector), Some((123, 765)));
    }

    #[test]
    fn nonsense_has_no_eigenvalue() {
        assert_eq!(smallest_eigenpair(&[]), None);
        assert_eq!(smallest_eigenpair(&[1.0, 2.0]), None);
        assert_eq!(smallest_eigenpair(&[f64::NAN]), None);
        assert_eq!(offending_pair(&[1.0], &[1.0]), None);
    }
}
