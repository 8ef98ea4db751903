//! How likely a default in a period is in each row of a table (M46): ∫ over the row's states of the density of a default, so
//! that what a table loses on average is known exactly and can be held to a loan's expected credit loss.
//!
//! By Gauss and Legendre's rule of three points on pieces no wider than 1/8 of the index: relative error 1e-9.

use super::economy::{FIRST_ROW, ROWS, ROWS_PER_UNIT};
use crate::math::{mixing, normal};
use crate::model::Copula;

/// A standard normal index is between − and + this.
pub const FARTHEST: f64 = 8.5;
/// Widest piece that the rule is put on.
const WIDEST: f64 = 0.125;
/// Nodes and weights of the rule on −1 … 1.
const RULE: [(f64, f64); 3] =
    [(-0.774_596_669_241_483_4, 5.0 / 9.0), (0.0, 8.0 / 9.0), (0.774_596_669_241_483_4, 5.0 / 9.0)];

/// How the defaults of a pool are spread over the economy.
pub trait DefaultLaw: Sync {
    /// W and the weight of each node of the mixing variable; (1, 1) alone under the Gaussian copula.
    fn mixing(&self) -> &[(f64, f64)];

    /// A and B of the argument x = A W − B y of `period`, from 0; None where nobody defaults.
    fn line(&self, period: usize) -> Option<(f64, f64)>;

    /// Density of the index at `y` together with a default in `period`, given W of the node number `node`.
    fn density(&self, period: usize, node: usize, y: f64) -> f64;

    /// What the index is between in `period`.
    fn reach(&self, _period: usize) -> (f64, f64) {
        (-FARTHEST, FARTHEST)
    }
}

/// Probability of a default in `period` by the row of the index; they add up to that of the period.
pub fn by_index(law: &dyn DefaultLaw, period: usize) -> Vec<f64> {
    let mut masses = vec![0.0; ROWS];
    if law.line(period).is_none() {
        return masses;
    }
    let (lowest, highest) = law.reach(period);
    for (node, &(_, weight)) in law.mixing().iter().enumerate() {
        for (row, mass) in masses.iter_mut().enumerate() {
            let low = if row == 0 { lowest } else { lower_edge(row) };
            let high = if row + 1 == ROWS { highest } else { lower_edge(row + 1) };
            *mass += weight * integrate((low, high), &|y| law.density(period, node, y));
        }
    }
    masses
}

/// The same by the row of the argument.
pub fn by_argument(law: &dyn DefaultLaw, period: usize) -> Vec<f64> {
    let mut masses = vec![0.0; ROWS];
    let Some((level, slope)) = law.line(period) else { return masses };
    let (lowest, highest) = law.reach(period);
    for (node, &(w, weight)) in law.mixing().iter().enumerate() {
        let density = |y: f64| law.density(period, node, y);
        let mut from = lowest;
        let mut row = row_of(level * w - slope * lowest);
        // The argument falls as the index rises: row after row, down to the last that the index reaches.
        loop {
            let edge = (level * w - lower_edge(row)) / slope;
            let to = if row == 0 || edge.is_nan() || edge > highest { highest } else { edge.max(from) };
            masses[row] += weight * integrate((from, to), &density);
            if to >= highest {
                break;
            }
            from = to;
            row -= 1;
        }
    }
    masses
}

/// The row that serves a `state`.
fn row_of(state: f64) -> usize {
    // The cast saturates at 0.
    (((state - FIRST_ROW) * ROWS_PER_UNIT + 0.5) as usize).min(ROWS - 1)
}

fn lower_edge(row: usize) -> f64 {
    FIRST_ROW + (row as f64 - 0.5) / ROWS_PER_UNIT
}

fn integrate((low, high): (f64, f64), density: &dyn Fn(f64) -> f64) -> f64 {
    let pieces = ((high - low) / WIDEST).ceil().clamp(1.0, 1e3);
    let half = 0.5 * (high - low) / pieces;
    if half <= 0.0 {
        return 0.0;
    }
    let piece = |number: f64| {
        let middle = low + (2.0 * number + 1.0) * half;
        RULE.iter().map(|&(node, weight)| weight * density(middle + half * node)).sum::<f64>()
    };
    half * (0..pieces as u32).map(|number| piece(f64::from(number))).sum::<f64>()
}

/// Default times of the copula mode (M30): one index for all periods.
#[derive(Debug, Clone)]
pub struct CopulaDefaults {
    mixing: Vec<(f64, f64)>,
    /// A of each period.
    levels: Vec<f64>,
    slope: f64,
}

impl CopulaDefaults {
    /// Of obligors whose probability of default is `cumulative` by the end of each period (0 to 1, none below the one before),
    /// with asset correlation `rho`, 0 to below 1.
    pub fn new(copula: Copula, cumulative: &[f64], rho: f64) -> Self {
        let rest = (1.0 - rho).sqrt();
        let mixing = match copula {
            Copula::Gaussian => vec![(1.0, 1.0)],
            Copula::StudentT { degrees_of_freedom } => mixing::nodes(degrees_of_freedom),
        };
        let levels = cumulative.iter().map(|&share| copula.quantile(share) / rest).collect();
        Self { mixing, levels, slope: rho.sqrt() / rest }
    }

    /// Conditional probability of default by the end of `period`, over the mixing variable, at the index `y`.
    pub fn conditional(&self, period: usize, y: f64) -> f64 {
        let Some(level) = self.levels.get(period) else { return 0.0 };
        self.mixing.iter().map(|(w, weight)| weight * normal::cdf(level * w - self.slope * y)).sum()
    }
}

impl DefaultLaw for CopulaDefaults {
    fn mixing(&self) -> &[(f64, f64)] {
        &self.mixing
    }

    fn line(&self, period: usize) -> Option<(f64, f64)> {
        self.levels.get(period).map(|level| (*level, self.slope))
    }

    fn density(&self, period: usize, node: usize, y: f64) -> f64 {
        let w = self.mixing.get(node).map_or(1.0, |node| node.0);
        let by_end = |level: f64| normal::cdf(level * w - self.slope * y);
        let level = self.levels.get(period).copied().unwrap_or(f64::NEG_INFINITY);
        let before = match period.checked_sub(1).and_then(|before| self.levels.get(before)) {
            // Nobody defaults in a period that adds nothing.
            Some(&before) if before >= level => return 0.0,
            Some(&before) => by_end(before),
            None => 0.0,
        };
        normal::pdf(y) * (by_end(level) - before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::severity::{LgdLaw, MeanLgd, frye_jacobs, row_state};

    const CURVE: [f64; 4] = [0.007, 0.02, 0.02, 0.11];

    fn total(masses: &[f64]) -> f64 {
        masses.iter().sum()
    }

    #[test]
    fn rows_add_up_to_the_periods_probability() {
        for (copula, error) in [(Copula::Gaussian, 1e-13), (Copula::StudentT { degrees_of_freedom: 4.0 }, 1e-9)] {
            for rho in [0.0, 0.001, 0.15, 0.9] {
                let law = CopulaDefaults::new(copula, &CURVE, rho);
                for (period, share) in [0.007, 0.013, 0.0, 0.09].into_iter().enumerate() {
                    for masses in [by_index(&law, period), by_argument(&law, period)] {
                        assert!(
                            (total(&masses) - share).abs() < error,
                            "{copula:?} {rho} {period}: {}",
                            total(&masses)
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn rows_are_as_likely_as_finer_sums_say() {
        let law = CopulaDefaults::new(Copula::Gaussian, &CURVE, 0.15);
        let (index, argument) = (by_index(&law, 1), by_argument(&law, 1));
        let (mut fine_index, mut fine_argument) = (vec![0.0; ROWS], vec![0.0; ROWS]);
        let (level, slope) = law.line(1).unwrap();
        let n = 1 << 20;
        for i in 0..n {
            let y = -8.5 + 17.0 * (f64::from(i) + 0.5) / f64::from(n);
            let mass = law.density(1, 0, y) * 17.0 / f64::from(n);
            fine_index[row_of(y)] += mass;
            fine_argument[row_of(level - slope * y)] += mass;
        }
        for row in 0..ROWS {
            assert!((index[row] - fine_index[row]).abs() < 3e-7, "{row}: {} {}", index[row], fine_index[row]);
            assert!(
                (argument[row] - fine_argument[row]).abs() < 3e-7,
                "{row}: {} {}",
                argument[row],
                fine_argument[row]
            );
        }
    }

    #[test]
    fn expectations_by_rows_are_those_of_the_law() {
        // One period, PD 2 %, ρ .15, LGD .45: linear .1 → 1.208358 times; Frye and Jacobs 1 + 1.089e-5 by rows (a sum over four million values of Y).
        let law = CopulaDefaults::new(Copula::Gaussian, &[0.02], 0.15);
        let mean = |masses: Vec<f64>, lgd: MeanLgd| {
            let lgd = LgdLaw { mean: lgd, deviation: 0.0 };
            masses.iter().enumerate().map(|(row, mass)| mass * lgd.at(row_state(row)).0).sum::<f64>() / (0.02 * 0.45)
        };
        let linear = mean(by_index(&law, 0), MeanLgd::Index { lgd: 0.45, slope: 0.1, security: None });
        assert!((linear - 1.208358).abs() < 1e-6, "{linear}");
        let step = frye_jacobs::argument_step(0.02, 0.45, 0.15);
        let by_default = mean(by_argument(&law, 0), MeanLgd::Argument { lgd: 0.45, step });
        assert!((by_default - 1.000_010_89).abs() < 1e-7, "{by_default}");
    }
}
