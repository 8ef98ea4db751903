//! Integrals over a standard normal variable by the trapezoidal rule, which converges exponentially for analytic
//! integrands (L. N. Trefethen and J. A. C. Weideman, "The exponentially convergent trapezoidal rule", SIAM Review 56,
//! 2014).
//!
//! For an integrand whose steps are smoothed over a width w the error is of the order of exp(−2 π² w² / step²).

use crate::math::{gamma, normal};

/// Nodes reach so many standard deviations; what lies beyond has probability 1.2e-15.
const REACH: f64 = 8.0;

/// A value of the variable with the probability that it stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// Value.
    pub at: f64,
    /// Probability; all together 1 to about 1e-15.
    pub weight: f64,
}

/// Nodes of a standard normal variable, `per_unit` (1 to 10,000) to a standard deviation.
pub fn normal_nodes(per_unit: u32) -> Vec<Node> {
    let step = 1.0 / f64::from(per_unit.max(1));
    let count = (REACH / step + 0.5) as i32;
    (-count..=count).map(|i| f64::from(i) * step).map(|at| Node { at, weight: step * normal::pdf(at) }).collect()
}

/// Nodes of the mixing variable W = √(S/ν) of a Student t copula, S chi-square with `nu` degrees of freedom (2 to
/// 1000).
///
/// W is taken as a function of a standard normal variable, of which there are `per_unit` nodes to a standard deviation.
pub fn mixing_nodes(nu: f64, per_unit: u32) -> Vec<Node> {
    let mix = |node: Node| Node { at: (gamma::chi_square_quantile(normal::cdf(node.at), nu) / nu).sqrt(), ..node };
    normal_nodes(per_unit).into_iter().map(mix).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integrate(nodes: &[Node], f: impl Fn(f64) -> f64) -> f64 {
        nodes.iter().map(|node| node.weight * f(node.at)).sum()
    }

    #[test]
    fn normal_moments_come_out() {
        for per_unit in [3, 4, 64] {
            let nodes = normal_nodes(per_unit);
            assert!((integrate(&nodes, |_| 1.0) - 1.0).abs() < 1e-13);
            assert!((integrate(&nodes, |y| y * y) - 1.0).abs() < 1e-12);
            assert!((integrate(&nodes, |y| y * y * y * y) - 3.0).abs() < 1e-10);
            // E Φ(a + bY) = Φ(a / √(1 + b²))
            let wanted = normal::cdf(-2.0 / 1.25_f64.sqrt());
            assert!((integrate(&nodes, |y| normal::cdf(-2.0 + 0.5 * y)) - wanted).abs() < 1e-13);
        }
    }

    #[test]
    fn mixing_has_the_moments_of_chi_square() {
        let nodes = mixing_nodes(15.0, 5);
        assert!((integrate(&nodes, |w| w * w) - 1.0).abs() < 1e-12);
        // Var(S/ν) = 2/ν
        assert!((integrate(&nodes, |w| w * w * w * w) - (1.0 + 2.0 / 15.0)).abs() < 1e-11);
    }
}
