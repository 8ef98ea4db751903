//! Φ₂(h, k; ρ), the bivariate normal distribution function (M25): closed-form ES and pairs of defaults rest on it.
//!
//! A. Genz, "Numerical computation of rectangular bivariate and trivariate normal and t probabilities", Statistics and
//! Computing 14 (2004): Drezner and Wesolowsky's integral over the correlation by Gauss and Legendre's rule of 20 points,
//! and, for |ρ| ≥ 0.925, an expansion about |ρ| = 1 whose remainder is integrated. Absolute error about 1e-15.

use super::normal;
use std::f64::consts::TAU;

/// From this |ρ| on the expansion about |ρ| = 1 is used (Genz).
const NEARLY_ONE: f64 = 0.925;
/// Exponents below this contribute nothing (Genz).
const LEAST_EXPONENT: f64 = -100.0;

/// P(X ≤ `h`, Y ≤ `k`) of standard normal X and Y with correlation `rho` in [−1, 1]; in [0, 1], absolute error 1e-14.
///
/// Infinite limits are allowed; NaN when an argument is NaN or `rho` is outside.
pub fn bivariate_normal_cdf(h: f64, k: f64, rho: f64) -> f64 {
    if h.is_nan() || k.is_nan() || !(-1.0..=1.0).contains(&rho) {
        return f64::NAN;
    }
    if h.is_infinite() || k.is_infinite() {
        return normal::cdf(h.min(k)) * if h.max(k) > 0.0 { 1.0 } else { 0.0 };
    }
    let probability = if rho.abs() < NEARLY_ONE { moderate(h, k, rho) } else { strong(h, k, rho) };
    probability.clamp(0.0, 1.0)
}

/// Φ(h) Φ(k) + (1/2π) ∫₀^asin ρ exp(−(h² + k² − 2hk sin θ) / (2 cos² θ)) dθ.
fn moderate(h: f64, k: f64, rho: f64) -> f64 {
    let half_squares = 0.5 * (h * h + k * k);
    let half_angle = 0.5 * libm::asin(rho);
    let integral = integrate(|node| {
        let sine = libm::sin(half_angle * node);
        libm::exp((sine * h * k - half_squares) / (1.0 - sine * sine))
    });
    integral * half_angle / TAU + normal::cdf(h) * normal::cdf(k)
}

/// The value at ρ = ±1 less what is missing there; in Genz's notation, for P(X > h, Y > k).
fn strong(h: f64, k: f64, rho: f64) -> f64 {
    let (h, k) = (-h, if rho < 0.0 { k } else { -k });
    let missing = if rho.abs() < 1.0 { deficit(h, k, rho) } else { 0.0 };
    if rho > 0.0 {
        normal::cdf(-h.max(k)) - missing
    } else if h >= k {
        // At ρ = −1, where Y = −X, the two events exclude each other.
        missing
    } else if h < 0.0 {
        normal::cdf(k) - normal::cdf(h) + missing
    } else {
        normal::cdf(-h) - normal::cdf(-k) + missing
    }
}

/// What P loses between |ρ| = 1 and `rho`: Genz's expansion in closed form less the integral of its remainder.
fn deficit(h: f64, k: f64, rho: f64) -> f64 {
    let hk = h * k;
    let square = (1.0 - rho) * (1.0 + rho);
    let a = square.sqrt();
    let gap = (h - k) * (h - k);
    let c = (4.0 - hk) / 8.0;
    let d = (12.0 - hk) / 80.0;
    let exponent = -(gap / square + hk) / 2.0;
    let mut closed = 0.0;
    if exponent > LEAST_EXPONENT {
        let bracket = 1.0 - c * (gap - square) * (1.0 - d * gap) / 3.0 + c * d * square * square;
        closed += a * libm::exp(exponent) * bracket;
    }
    if hk > LEAST_EXPONENT {
        let b = gap.sqrt();
        let tail = TAU.sqrt() * normal::cdf(-b / a);
        closed -= libm::exp(-0.5 * hk) * tail * b * (1.0 - c * gap * (1.0 - d * gap) / 3.0);
    }
    let half = 0.5 * a;
    let remainder = integrate(|node| {
        let x = half * node * (half * node);
        let exponent = -(gap / x + hk) / 2.0;
        if exponent <= LEAST_EXPONENT {
            return 0.0;
        }
        let root = (1.0 - x).sqrt();
        let exact = libm::exp(-0.5 * hk * x / ((1.0 + root) * (1.0 + root))) / root;
        libm::exp(exponent) * (1.0 + c * x * (1.0 + 5.0 * d * x) - exact)
    });
    (closed - half * remainder) / TAU
}

/// ∫₀² f by Gauss and Legendre's rule of 20 points, pair by pair.
fn integrate(f: impl Fn(f64) -> f64) -> f64 {
    GAUSS_LEGENDRE.iter().map(|(node, weight)| weight * (f(1.0 - node) + f(1.0 + node))).sum()
}

/// Positive nodes and their weights on [−1, 1] (Abramowitz and Stegun table 25.4, n = 20).
const GAUSS_LEGENDRE: [(f64, f64); 10] = [
    (0.993128599185094925, 0.0176140071391521183),
    (0.963971927277913791, 0.0406014298003869413),
    (0.912234428251325906, 0.0626720483341090636),
    (0.839116971822218823, 0.0832767415767047487),
    (0.746331906460150793, 0.101930119817240435),
    (0.636053680726515025, 0.118194531961518417),
    (0.510867001950827098, 0.131688638449176627),
    (0.373706088715419561, 0.142096109318382051),
    (0.227785851141645078, 0.149172986472603747),
    (0.0765265211334973338, 0.152753387130725851),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_match_thirty_digit_integrals() {
        // (h, k, ρ, Φ₂): mpmath 1.3, quadrature of φ(x) Φ((k − ρx) / √(1 − ρ²)) at 30 digits.
        let values = [
            (0.0, 0.0, 0.5, 0.333333333333333333),
            (-2.5, 1.25, 0.0, 0.00555361558956096747),
            (-3.09, -2.33, 0.16, 0.0000349419863174333604),
            (-3.09, -3.09, 0.4472135954999579, 0.0000396419715627036803),
            (-2.0, -3.5, -0.3, 1.25896455571896523e-7),
            (1.5, -0.7, 0.74, 0.24187462492219034),
            (0.3, -1.1, -0.8, 0.00985384260703391584),
            (-3.0, -2.9, 0.93, 0.000843089524785954973),
            (-1.0, 1.2, 0.95, 0.158655253931426508),
            (-3.29, -3.29, 0.999, 0.000469200625170026231),
            (0.4, 0.5, -0.97, 0.346887037155480149),
            (-1.5, 2.0, -0.9999, 0.0440570693206788588),
            (-5.5, -6.0, 0.6, 1.240949464278981e-11),
            (-4.0, -4.5, 0.97, 3.31750565584314314e-6),
        ];
        for (h, k, rho, wanted) in values {
            let got = bivariate_normal_cdf(h, k, rho);
            assert!((got - wanted).abs() <= 2e-15, "{h} {k} {rho}: got {got:e}, wanted {wanted:e}");
            assert!((got - wanted).abs() <= 1e-10 * wanted, "{h} {k} {rho}: got {got:e}, wanted {wanted:e}");
            assert!((got - bivariate_normal_cdf(k, h, rho)).abs() <= 1e-15);
            assert!((got - bivariate_normal_cdf(h, k, rho + if rho > 0.0 { -0.01 } else { 0.01 })).abs() > 1e-13);
        }
    }

    #[test]
    fn quadrants_add_up_and_meet_sheppards_formula() {
        for i in -99..=99 {
            let rho = f64::from(i) / 100.0;
            let origin = 0.25 + libm::asin(rho) / TAU;
            assert!((bivariate_normal_cdf(0.0, 0.0, rho) - origin).abs() < 1e-15, "{rho}");
            for (h, k) in [(0.3, -1.7), (-2.5, -2.25), (1.1, 1.15)] {
                let total = bivariate_normal_cdf(h, k, rho) + bivariate_normal_cdf(h, -k, -rho);
                assert!((total - normal::cdf(h)).abs() < 1e-15, "{h} {k} {rho}");
            }
        }
    }

    #[test]
    fn perfect_correlation_and_infinite_limits_are_exact() {
        assert_eq!(bivariate_normal_cdf(-1.5, 0.5, 1.0), normal::cdf(-1.5));
        assert_eq!(bivariate_normal_cdf(-1.5, 0.5, -1.0), 0.0);
        assert!((bivariate_normal_cdf(1.5, 0.5, -1.0) - (normal::cdf(0.5) - normal::cdf(-1.5))).abs() < 1e-15);
        assert_eq!(bivariate_normal_cdf(f64::INFINITY, 0.5, 0.3), normal::cdf(0.5));
        assert_eq!(bivariate_normal_cdf(f64::NEG_INFINITY, 0.5, 0.3), 0.0);
        assert_eq!(bivariate_normal_cdf(f64::NEG_INFINITY, f64::INFINITY, 0.3), 0.0);
        assert_eq!(bivariate_normal_cdf(f64::INFINITY, f64::INFINITY, 0.3), 1.0);
        assert!(bivariate_normal_cdf(0.0, 0.0, 1.1).is_nan() && bivariate_normal_cdf(f64::NAN, 0.0, 0.5).is_nan());
    }
}
