//! LGD as a function of the default rate (M47): the LGD of a pool whose conditional probability of default is Φ(x) is
//! Φ(x − k)/Φ(x), with one number k that follows from PD, LGD and correlation. It has no parameter of its own, and the
//! expected loss PD × LGD comes out of itself.
//!
//! J. Frye, M. Jacobs, "Credit loss and systematic loss given default", Journal of Credit Risk 8(1) (2012).

use super::economy::row_state;
use crate::math::normal;

/// Steps of bisection: to 1e-12.
const HALVINGS: u32 = 46;
/// The largest k.
const MOST: f64 = 64.0;

/// k = (G(F) − G(F m))/√(1 − ρ) under the Gaussian copula, for a probability of default `share` (0 to 1), the mean `lgd` (above
/// 0, at most 1) and asset correlation `rho`. At least 0.
pub fn argument_step(share: f64, lgd: f64, rho: f64) -> f64 {
    let share = share.clamp(1e-15, 1.0 - 1e-15);
    ((normal::quantile(share) - normal::quantile(share * lgd)) / (1.0 - rho).sqrt()).max(0.0)
}

/// The k with which defaults of these `masses` by row of the argument lose the mean `lgd`: where the law of the argument is not
/// normal, as under a t copula. 0 where there are none.
pub fn step_by_rows(masses: &[f64], lgd: f64) -> f64 {
    let wanted = lgd * masses.iter().sum::<f64>();
    let lost = |step: f64| -> f64 {
        masses.iter().enumerate().map(|(row, mass)| mass * self::lgd(row_state(row), step)).sum()
    };
    let (mut low, mut high) = (0.0, MOST);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if lost(middle) > wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    if wanted > 0.0 { 0.5 * (low + high) } else { 0.0 }
}

/// Φ(x − k)/Φ(x), 0 to 1, at the conditional argument `x` (any finite number); falls with k, rises with x.
pub fn lgd(x: f64, k: f64) -> f64 {
    let all = normal::cdf(x);
    if all > 0.0 { (normal::cdf(x - k) / all).min(1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Copula;
    use crate::model::severity::{CopulaDefaults, by_argument};

    #[test]
    fn figures_match_an_independent_program() {
        let k = argument_step(0.02, 0.45, 0.15);
        assert!((k - 0.338270).abs() < 5e-7, "{k}");
        let x = |y: f64| (normal::quantile(0.02) - 0.15_f64.sqrt() * y) / 0.85_f64.sqrt();
        assert!((lgd(x(-3.0902), k) - 0.5810).abs() < 5e-5 && (lgd(x(0.0), k) - 0.3973).abs() < 5e-5);
        // The 99.9 % loss of a large pool.
        assert!((normal::cdf(x(-3.0902) - k) - 0.10245).abs() < 5e-6);
    }

    #[test]
    fn the_expected_loss_comes_out_of_itself() {
        let (share, rho) = (0.02, 0.15_f64);
        let mean = |k: f64| {
            let term = |i: i32| {
                let y = f64::from(i) / 16.0;
                let x = (normal::quantile(share) - rho.sqrt() * y) / (1.0 - rho).sqrt();
                normal::pdf(y) / 16.0 * normal::cdf(x) * lgd(x, k)
            };
            (-136..=136).map(term).sum::<f64>()
        };
        let k = argument_step(share, 0.45, rho);
        assert!((mean(k) / 0.009 - 1.0).abs() < 1e-9, "{}", mean(k));
        // Sibling: the step of another LGD.
        assert!((mean(argument_step(share, 0.46, rho)) / 0.009 - 1.0).abs() > 1e-2);
    }

    #[test]
    fn it_stays_between_nothing_and_all() {
        for k in [0.0, 0.3, 9.0, f64::INFINITY] {
            for x in [-40.0, -8.25, 0.0, 8.25] {
                assert!((0.0..=1.0).contains(&lgd(x, k)), "{x} {k}");
            }
        }
        assert_eq!(lgd(-8.0, 0.0), 1.0);
        for share in [0.0, 1e-9, 0.5, 1.0] {
            assert!(argument_step(share, 1.0, 0.2) == 0.0 && argument_step(share, 1e-6, 0.2) > 0.0);
        }
    }

    #[test]
    fn rows_know_the_step_as_well() {
        let law = CopulaDefaults::new(Copula::Gaussian, &[0.02], 0.15);
        let step = step_by_rows(&by_argument(&law, 0), 0.45);
        assert!((step - argument_step(0.02, 0.45, 0.15)).abs() < 1e-4, "{step}");
        assert_eq!(step_by_rows(&[0.0; 256], 0.45), 0.0);
        assert!(step_by_rows(&by_argument(&law, 0), 1.0) < 1e-9);
    }
}
