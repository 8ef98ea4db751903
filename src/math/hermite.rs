//! Functions of a standard normal variable at the nodes of Gauss and Hermite's quadrature, and what an AR(1) step does to them
//! (M43).
//!
//! Nodes and weights are eigenvalues and first entries of eigenvectors of the Jacobi matrix (Golub and Welsch, "Calculation of
//! Gauss quadrature rules", Mathematics of Computation 23 (1969)); in the basis of those vectors the k-th Hermite polynomial
//! of Y is multiplied by α^k when Y becomes αY + √(1 − α²) z (Mehler's formula, Journal für die reine und angewandte
//! Mathematik 66 (1866)).

use super::tridiagonal::eigensystem;

/// Nodes of the standard normal law with the basis of Hermite polynomials at them.
#[derive(Debug, Clone, PartialEq)]
pub struct Hermite {
    nodes: Vec<f64>,
    roots: Vec<f64>,
    /// Orthonormal polynomials 0 … n − 1 times the root of the weight, node by node.
    basis: Vec<f64>,
}

/// What one AR(1) step does to a function given by its values at nodes times the roots of their weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    n: usize,
    /// Symmetric, n × n.
    rows: Vec<f64>,
}

impl Hermite {
    /// The rule of `n` nodes, 1 or more; None when there are none.
    pub fn new(n: usize) -> Option<Self> {
        let beside: Vec<f64> = (1..n).map(|k| (k as f64).sqrt()).collect();
        let system = eigensystem(&vec![0.0; n], &beside)?;
        let roots = system.vectors.chunks_exact(n).map(|vector| vector[0]).collect();
        Some(Self { nodes: system.values, roots, basis: system.vectors })
    }

    /// The nodes, ascending.
    pub fn nodes(&self) -> &[f64] {
        &self.nodes
    }

    /// Square roots of the weights, which add up to 1.
    pub fn roots(&self) -> &[f64] {
        &self.roots
    }

    /// Coefficients of the orthonormal polynomials 0 … n − 1 of the function whose `values` at the nodes, times the roots of their
    /// weights, are given; added to `out`.
    pub fn expand(&self, values: &[f64], out: &mut Vec<f64>) {
        let first = out.len();
        out.resize(first + self.nodes.len(), 0.0);
        for (own, value) in self.basis.chunks_exact(self.nodes.len()).zip(values) {
            out[first..].iter_mut().zip(own).for_each(|(sum, entry)| *sum += entry * value);
        }
    }

    /// Y → αY + √(1 − α²) z with `alpha` from 0 to 1.
    pub fn transition(&self, alpha: f64) -> Transition {
        let n = self.nodes.len();
        let mut powers = vec![1.0; n];
        for k in 1..n {
            powers[k] = powers[k - 1] * alpha;
        }
        let mut rows = vec![0.0; n * n];
        for (i, own) in self.basis.chunks_exact(n).enumerate() {
            let damped: Vec<f64> = own.iter().zip(&powers).map(|(entry, power)| entry * power).collect();
            for (j, other) in self.basis.chunks_exact(n).enumerate().take(i + 1) {
                let entry = damped.iter().zip(other).map(|(a, b)| a * b).sum();
                rows[i * n + j] = entry;
                rows[j * n + i] = entry;
            }
        }
        Transition { n, rows }
    }
}

impl Transition {
    /// The step, from `values` to `out`; both have as many entries as there are nodes.
    pub fn apply(&self, values: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        // By columns, which are rows: each entry receives its terms in the order of the nodes, however wide a register is.
        for (row, value) in self.rows.chunks_exact(self.n).zip(values) {
            out.iter_mut().zip(row).for_each(|(out, entry)| *out += entry * value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal;

    fn mean(rule: &Hermite, f: impl Fn(f64) -> f64) -> f64 {
        rule.nodes().iter().zip(rule.roots()).map(|(&y, root)| root * root * f(y)).sum()
    }

    #[test]
    fn small_rules_are_the_known_ones() {
        // Abramowitz and Stegun, table 25.10, for exp(−x²): nodes times √2, weights over √π.
        let two = Hermite::new(2).unwrap();
        assert!((two.nodes()[0] + 1.0).abs() < 1e-15 && (two.nodes()[1] - 1.0).abs() < 1e-15);
        let five = Hermite::new(5).unwrap();
        let known = [
            (0.0, 0.945_308_720_482_9),
            (0.958_572_464_613_8, 0.393_619_323_152_2),
            (2.020_182_870_456_1, 0.019_953_242_059_0),
        ];
        for (i, (node, weight)) in known.into_iter().enumerate() {
            let root_of_pi = std::f64::consts::PI.sqrt();
            assert!((five.nodes()[2 + i] - node * 2f64.sqrt()).abs() < 1e-12);
            assert!((five.nodes()[2 - i] + five.nodes()[2 + i]).abs() < 1e-14);
            assert!((five.roots()[2 + i] * five.roots()[2 + i] - weight / root_of_pi).abs() < 1e-12);
        }
        let twenty = Hermite::new(20).unwrap();
        assert!((twenty.nodes()[19] - 5.387_480_890_011_2 * 2f64.sqrt()).abs() < 1e-12);
        assert!((twenty.nodes()[10] - 0.245_340_708_300_9 * 2f64.sqrt()).abs() < 1e-12);
        assert!(Hermite::new(0).is_none());
    }

    #[test]
    fn moments_and_probabilities_come_out() {
        for n in [32, 64, 160] {
            let rule = Hermite::new(n).unwrap();
            let mut moment = 1.0;
            for k in (0..=20).step_by(2) {
                assert!((mean(&rule, |y| libm::pow(y, f64::from(k))) / moment - 1.0).abs() < 1e-11, "{n} {k}");
                moment *= f64::from(k + 1);
            }
            assert!(mean(&rule, |y| y * y * y).abs() < 1e-13);
            // E Φ((θ − √ρ Y)/√(1 − ρ)) = Φ(θ)
            let conditional = |y: f64| normal::cdf((-2.0 - 0.15f64.sqrt() * y) / 0.85f64.sqrt());
            assert!((mean(&rule, conditional) - normal::cdf(-2.0)).abs() < 1e-14);
        }
    }

    #[test]
    fn a_step_damps_each_polynomial_by_a_power() {
        let rule = Hermite::new(48).unwrap();
        let polynomials: [fn(f64) -> f64; 4] = [|_| 1.0, |y| y, |y| y * y - 1.0, |y| y * y * y - 3.0 * y];
        for alpha in [0.0, 0.37, 0.8, 1.0] {
            let step = rule.transition(alpha);
            for (k, polynomial) in polynomials.iter().enumerate() {
                let values: Vec<f64> =
                    rule.nodes().iter().zip(rule.roots()).map(|(&y, root)| root * polynomial(y)).collect();
                let mut out = vec![f64::NAN; 48];
                step.apply(&values, &mut out);
                for (out, value) in out.iter().zip(&values) {
                    assert!((out - libm::pow(alpha, k as f64) * value).abs() < 1e-13);
                }
            }
        }
        // Φ(b Y + c) given Y = y before: E Φ(b (αy + √(1 − α²) z) + c), in closed form.
        let (alpha, b, c) = (0.6, -0.7, -1.1);
        let values: Vec<f64> =
            rule.nodes().iter().zip(rule.roots()).map(|(y, root)| root * normal::cdf(b * y + c)).collect();
        let mut out = vec![0.0; 48];
        rule.transition(alpha).apply(&values, &mut out);
        for ((y, root), out) in rule.nodes().iter().zip(rule.roots()).zip(&out).filter(|((y, _), _)| y.abs() < 4.0) {
            let spread = (1.0 + b * b * (1.0 - alpha * alpha)).sqrt();
            assert!((out / root - normal::cdf((b * alpha * y + c) / spread)).abs() < 1e-10, "{y}");
        }
    }
}
