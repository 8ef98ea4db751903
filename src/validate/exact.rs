//! Exact loss distributions of small one-factor Gaussian portfolios: given the factor defaults are independent, so the
//! law is a binomial or a recursion over names, integrated over the factor (the engine's architecture, without its
//! randomness).

use super::binomial::Trials;
use super::law::Law;
use super::quadrature::{Node, normal_nodes};
use crate::math::normal;

/// Nodes for counts: the step that a pool of a thousand equal names makes in the factor is about 0.1 wide.
const NODES_FOR_COUNTS: u32 = 64;
/// Nodes for a few names: their conditional PDs are the only, and smooth, integrands.
const NODES_FOR_NAMES: u32 = 4;

/// One obligor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Name {
    /// Loss if it defaults, units.
    pub loss: u32,
    /// One-period probability of default, 0 to 1.
    pub pd: f64,
}

/// Law of the number of defaults among `obligors` (up to about 2,000), PD `pd` and asset correlation `rho` below 1.
pub fn count_law(obligors: u32, pd: f64, rho: f64) -> Law {
    let mut law = vec![0.0; obligors as usize + 1];
    for node in normal_nodes(NODES_FOR_COUNTS) {
        let trials = Trials { number: u64::from(obligors), probability: conditional_pd(pd, rho, node.at) };
        trials.add_to(&mut law, node.weight);
    }
    Law::new(law)
}

/// P(more than `defaults` of `obligors` default), for pools of up to about 100,000 whose whole law is not needed.
pub fn beyond(obligors: u32, defaults: u64, pd: f64, rho: f64) -> f64 {
    // The conditional step is about 1 / √(obligors × conditional PD) wide; nodes lie closer than that.
    let per_unit = (f64::from(obligors).sqrt() as u32).max(NODES_FOR_COUNTS);
    let tail = |y: f64| {
        let trials = Trials { number: u64::from(obligors), probability: conditional_pd(pd, rho, y) };
        trials.at_least(defaults.saturating_add(1))
    };
    normal_nodes(per_unit).iter().map(|node| node.weight * tail(node.at)).sum()
}

/// Law of the loss of a few `names` (their losses together up to about a million units) with asset correlation `rho`.
pub fn loss_law(names: &[Name], rho: f64) -> Law {
    let most: usize = names.iter().map(|name| name.loss as usize).sum();
    let mut law = vec![0.0; most + 1];
    let mut given = vec![0.0; most + 1];
    // Without correlation the factor does not matter, and one node is the whole integral.
    let nodes = if rho > 0.0 { normal_nodes(NODES_FOR_NAMES) } else { vec![Node { at: 0.0, weight: 1.0 }] };
    for node in nodes {
        given.fill(0.0);
        given[0] = node.weight;
        let mut reach = 0;
        for name in names.iter().filter(|name| name.loss > 0) {
            add_name(&mut given[..=reach + name.loss as usize], *name, conditional_pd(name.pd, rho, node.at));
            reach += name.loss as usize;
        }
        law.iter_mut().zip(&given).for_each(|(sum, term)| *sum += term);
    }
    Law::new(law)
}

/// Φ((G(pd) − √rho y) / √(1 − rho)): probability of default when the factor is `y`.
pub fn conditional_pd(pd: f64, rho: f64, y: f64) -> f64 {
    normal::cdf((normal::quantile(pd) - rho.sqrt() * y) / (1.0 - rho).sqrt())
}

/// Convolves `law` with one more name, in place from the top; its last `name.loss` places were still empty.
fn add_name(law: &mut [f64], name: Name, pd: f64) {
    let loss = name.loss as usize;
    for k in (0..law.len() - loss).rev() {
        let probability = law[k];
        law[k + loss] += pd * probability;
        law[k] = (1.0 - pd) * probability;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::bivariate::bivariate_normal_cdf;

    #[test]
    fn three_names_by_hand() {
        let names = [(2, 0.5), (3, 0.25), (0, 0.9)].map(|(loss, pd)| Name { loss, pd });
        let law = loss_law(&names, 0.0);
        for (loss, wanted) in [0, 1, 2, 3, 4, 5].into_iter().zip([0.625, 0.625, 0.25, 0.125, 0.125, 0.0]) {
            assert!((law.beyond(loss) - wanted).abs() < 1e-15, "{loss}");
        }
        assert!((law.no_loss() - 0.375).abs() < 1e-15);
    }

    #[test]
    fn two_names_default_together_as_the_bivariate_normal_says() {
        let pair = bivariate_normal_cdf(normal::quantile(0.02), normal::quantile(0.11), 0.3);
        let law = loss_law(&[Name { loss: 3, pd: 0.02 }, Name { loss: 7, pd: 0.11 }], 0.3);
        assert!((law.beyond(9) - pair).abs() < 1e-12);
        assert!((law.mean() - (3.0 * 0.02 + 7.0 * 0.11)).abs() < 1e-12);
    }

    #[test]
    fn equal_names_are_a_pool() {
        let pool = count_law(23, 0.07, 0.22);
        let names = loss_law(&[Name { loss: 1, pd: 0.07 }; 23], 0.22);
        for k in 0..23 {
            assert!((pool.beyond(k) - names.beyond(k)).abs() < 1e-12);
            assert!((beyond(23, k, 0.07, 0.22) - pool.beyond(k)).abs() < 1e-12);
        }
    }
}
