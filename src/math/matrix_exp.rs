//! e^A by scaling and squaring (M29): Taylor's series of A/2^s to 14 terms where ‖A/2^s‖∞ ≤ 1/32, then s squarings.
//!
//! Source: Moler and Van Loan, SIAM Review 45 (2003), method 3. The rest of the series is below 1e-33; squaring doubles
//! rounding errors s times, and s is 10 at ‖A‖∞ = 32.

use super::matrix::Matrix;

/// Norm that the scaled matrix stays below.
const SMALL: f64 = 0.03125;
/// Terms of the series behind the identity.
const TERMS: u32 = 14;

/// e to the power of `matrix`. Entries that are not finite give NaN.
pub fn exp(matrix: &Matrix) -> Matrix {
    let mut norm = matrix.norm();
    if !norm.is_finite() {
        return matrix.scaled(f64::NAN);
    }
    let mut small = matrix.clone();
    let mut squarings = 0;
    while norm > SMALL {
        norm *= 0.5;
        small = small.scaled(0.5);
        squarings += 1;
    }
    let mut power = Matrix::identity(matrix.order());
    let mut sum = power.clone();
    for k in 1..=TERMS {
        power = power.times(&small).scaled(1.0 / f64::from(k));
        sum = sum.plus(&power, 1.0);
    }
    for _ in 0..squarings {
        sum = sum.times(&sum);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::super::matrix::tests::{distance, foreign};
    use super::*;

    #[test]
    fn a_generator_gives_the_same_as_nalgebra() {
        let rates = Matrix::new(vec![-0.11, 0.1, 0.01, 0.07, -0.4, 0.33, 0.0, 0.0, 0.0]).unwrap();
        for years in [1.0 / 12.0, 1.0, 7.3, 40.0] {
            let power = exp(&rates.scaled(years));
            assert!(distance(&power, &foreign(&rates.scaled(years)).exp()) < 2e-14, "{years}");
            assert!(power.rows().all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 2e-14), "{years}");
        }
    }

    #[test]
    fn a_rotation_gives_sine_and_cosine() {
        let turn = exp(&Matrix::new(vec![0.0, -2.5, 2.5, 0.0]).unwrap());
        for (got, wanted) in
            turn.entries().iter().zip([libm::cos(2.5), -libm::sin(2.5), libm::sin(2.5), libm::cos(2.5)])
        {
            assert!((got - wanted).abs() < 1e-14, "{got} {wanted}");
        }
    }

    #[test]
    fn edges() {
        assert_eq!(exp(&Matrix::new(vec![0.0; 9]).unwrap()), Matrix::identity(3));
        assert!(exp(&Matrix::new(vec![f64::INFINITY, 0.0, 0.0, 1.0]).unwrap()).at(0, 0).is_nan());
        assert_eq!(exp(&Matrix::identity(0)).order(), 0);
        assert_eq!(exp(&Matrix::new(vec![-1e300]).unwrap()).entries(), [0.0]);
    }
}
