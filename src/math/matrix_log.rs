//! The principal logarithm of a matrix by inverse scaling and squaring (M29): log A = 2^k log A^(1/2^k).
//!
//! Square roots by the iteration of Denman and Beavers, Y ← (Y + Z⁻¹)/2, Z ← (Z + Y⁻¹)/2 from Y = A, Z = I, until the root is
//! within 0.05 of the identity; then the series of log(I + X) to 30 terms. Source: Higham, "Functions of Matrices" (2008),
//! chapters 6 and 11. For matrices of yearly rating transitions exp(log A) is A within 2e-14.

use super::matrix::Matrix;

/// ‖A^(1/2^k) − I‖∞ at which the series takes over; its rest is then below 1e-40.
const NEAR: f64 = 0.05;
/// Most roots: the 4,096th root is within 0.05 of the identity for any eigenvalue above e^−200.
const MOST_ROOTS: u32 = 12;
/// Most steps towards one root; convergence is quadratic and takes about seven.
const MOST_STEPS: u32 = 60;
/// Terms of the series.
const TERMS: u32 = 30;

/// The matrix L with e^L = `matrix` and the smallest imaginary parts of eigenvalues; real.
///
/// None where there is none or it is not found: an eigenvalue on the closed negative real axis, or so near that a root does
/// not converge.
pub fn log(matrix: &Matrix) -> Option<Matrix> {
    let identity = Matrix::identity(matrix.order());
    let mut root = matrix.clone();
    let mut factor = 1.0;
    let mut roots = 0;
    let mut rest = root.plus(&identity, -1.0);
    while rest.norm() > NEAR || rest.norm().is_nan() {
        if roots == MOST_ROOTS {
            return None;
        }
        root = square_root(&root)?;
        rest = root.plus(&identity, -1.0);
        factor *= 2.0;
        roots += 1;
    }
    // Horner's scheme: X (1 − X (1/2 − X (1/3 − …))).
    let mut sum = identity.scaled(1.0 / f64::from(TERMS));
    for k in (1..TERMS).rev() {
        sum = identity.scaled(1.0 / f64::from(k)).plus(&rest.times(&sum), -1.0);
    }
    Some(rest.times(&sum).scaled(factor))
}

/// The root of `matrix` with eigenvalues in the right half plane; None when the iteration does not settle.
fn square_root(matrix: &Matrix) -> Option<Matrix> {
    let mut root = matrix.clone();
    let mut inverse = Matrix::identity(matrix.order());
    let mut last = f64::INFINITY;
    for _ in 0..MOST_STEPS {
        let next = root.plus(&inverse.inverse()?, 1.0).scaled(0.5);
        inverse = inverse.plus(&root.inverse()?, 1.0).scaled(0.5);
        let step = next.plus(&root, -1.0).norm();
        root = next;
        if !step.is_finite() {
            return None;
        }
        // Quadratic convergence ends in steps of rounding size, which no longer shrink.
        if step <= 1e-15 * root.norm() || step >= last && step <= 1e-12 * root.norm() {
            let miss = root.times(&root).plus(matrix, -1.0).norm();
            return (miss <= 1e-10 * matrix.norm()).then_some(root);
        }
        last = step;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::matrix::tests::{distance, foreign};
    use super::super::matrix_exp::exp;
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    #[test]
    fn the_logarithm_undoes_the_exponential() {
        let mut rng = StdRng::seed_from_u64(7);
        for n in [1, 2, 7, 21] {
            let entries: Vec<f64> = (0..n * n).map(|_| rng.random_range(-0.9..0.9) / (n as f64).sqrt()).collect();
            let matrix = Matrix::new(entries).unwrap();
            let back = log(&exp(&matrix)).unwrap();
            assert!(distance(&back, &foreign(&matrix)) < 2e-13, "{n}: {}", distance(&back, &foreign(&matrix)));
            // Sibling: another matrix is told apart.
            assert!(distance(&back, &foreign(&matrix.scaled(1.0 + 1e-9))) > 1e-11 * matrix.norm(), "{n}");
        }
    }

    #[test]
    fn far_and_near_matrices_have_logarithms() {
        let upper = Matrix::new(vec![1e-6, 0.3, 0.0, 1.0]).unwrap();
        let logarithm = log(&upper).unwrap();
        let wanted = libm::log(1e-6);
        assert!((logarithm.at(0, 0) - wanted).abs() < 1e-9, "{logarithm:?}");
        assert!((logarithm.at(0, 1) - 0.3 * wanted / (1e-6 - 1.0)).abs() < 1e-9, "{logarithm:?}");
        assert_eq!(log(&Matrix::identity(3)).unwrap(), Matrix::new(vec![0.0; 9]).unwrap());
        assert_eq!(log(&Matrix::identity(0)).unwrap().order(), 0);
    }

    #[test]
    fn what_has_no_real_logarithm_gives_none() {
        for entries in [
            vec![-1.0],
            vec![0.0],
            vec![0.0, 1.0, 1.0, 0.0],
            vec![0.2, 0.8, 0.8, 0.2],
            vec![0.5, 0.5, 0.5, 0.5],
            vec![f64::NAN],
            vec![f64::INFINITY, 0.0, 0.0, 1.0],
        ] {
            assert_eq!(log(&Matrix::new(entries.clone()).unwrap()), None, "{entries:?}");
        }
    }
}
