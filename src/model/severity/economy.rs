//! A loss given default that depends on the economy (M46): rows of a table by its state, each with a mean and, where the LGD is
//! random as well, a beta law around it.

use super::collateral::Security;
use super::frye_jacobs;
use crate::math::incomplete_beta::largest_deviation;

/// Rows of a table.
pub const ROWS: usize = 256;

/// Rows per unit of the state.
pub const ROWS_PER_UNIT: f64 = 16.0;

/// The state that the first row stands for.
pub const FIRST_ROW: f64 = -8.0;

/// Largest part of √(m (1 − m)) that a deviation is in a row where it would be more.
const MOST_OF_LARGEST: f64 = 0.95;

/// What moves LGDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Economy {
    /// Nothing.
    #[default]
    None,
    /// LGD = m − slope × Y, cut to 0 … 1 (M46).
    Linear,
    /// The pool's conditional probability of default (M47).
    FryeJacobs,
}

impl Economy {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::None, Self::Linear, Self::FryeJacobs];

    /// Name, as in a model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Linear => "linear",
            Self::FryeJacobs => "frye_jacobs",
        }
    }
}

/// The mean LGD by the state of the economy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MeanLgd {
    /// All of it, always: what is lost of a loan in default, and of loans whose LGD is part of their factors.
    Whole,
    /// By the index.
    Index {
        /// Mean LGD m, of the unsecured part where there is collateral, at least 0; above 1 only where it falls with the index.
        lgd: f64,
        /// How much it falls when the index rises by one.
        slope: f64,
        /// Collateral, if any.
        security: Option<Security>,
    },
    /// By the argument of the pool's conditional probability of default.
    Argument {
        /// Mean LGD m, collateral counted, 0 to 1.
        lgd: f64,
        /// k of M47.
        step: f64,
    },
}

impl MeanLgd {
    /// The mean in the `state` of a row, 0 to 1.
    pub fn at(self, state: f64) -> f64 {
        match self {
            Self::Whole => 1.0,
            Self::Index { lgd, slope, security } => {
                let unsecured = (lgd - slope * state).clamp(0.0, 1.0);
                security.map_or(unsecured, |security| security.lgd(unsecured, state))
            }
            Self::Argument { step, .. } => frye_jacobs::lgd(state, step),
        }
    }

    /// The mean when the economy plays no part.
    pub fn neutral(self) -> f64 {
        match self {
            Self::Whole => 1.0,
            Self::Index { lgd, security, .. } => {
                let lgd = lgd.min(1.0);
                security.map_or(lgd, |security| Security { loading: 0.0, ..security }.lgd(lgd, 0.0))
            }
            Self::Argument { lgd, .. } => lgd,
        }
    }
}

/// The LGD of a class of loans.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LgdLaw {
    /// Its mean.
    pub mean: MeanLgd,
    /// Its standard deviation around that, 0 to below ½.
    pub deviation: f64,
}

impl LgdLaw {
    /// What is lost whole.
    pub const WHOLE: Self = Self { mean: MeanLgd::Whole, deviation: 0.0 };

    /// Mean and deviation in the `state` of a row.
    pub fn at(self, state: f64) -> (f64, f64) {
        let mean = self.mean.at(state);
        (mean, self.spread().at(mean))
    }

    /// Its deviation by mean.
    pub fn spread(self) -> Spread {
        let neutral = largest_deviation(self.mean.neutral());
        let part = match self.mean {
            MeanLgd::Index { .. } if self.deviation < neutral => (self.deviation / neutral).max(MOST_OF_LARGEST),
            _ => MOST_OF_LARGEST,
        };
        Spread { deviation: self.deviation, part }
    }
}

/// The deviation of an LGD by its mean: the same for all, but where the mean comes so near to 0 or 1 that no such LGD exists, a
/// part of the largest there is, √(μ (1 − μ)): .95, or what it is of that of the neutral mean by the index if that is more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    deviation: f64,
    part: f64,
}

impl Spread {
    /// The deviation at the mean `mean`, 0 to below ½.
    pub fn at(self, mean: f64) -> f64 {
        self.deviation.min(self.part * largest_deviation(mean))
    }

    /// What tells it from others.
    pub fn key(self) -> [u64; 2] {
        [self.deviation.to_bits(), self.part.to_bits()]
    }
}

/// The state that `row` stands for; it serves all states nearer to it than to another row, and the ends all beyond.
pub fn row_state(row: usize) -> f64 {
    FIRST_ROW + row as f64 / ROWS_PER_UNIT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal;

    const LINEAR: MeanLgd = MeanLgd::Index { lgd: 0.45, slope: 0.1, security: None };

    #[test]
    fn a_bad_economy_costs_more_within_bounds() {
        assert!((LINEAR.at(-3.09) - 0.759).abs() < 1e-15);
        assert_eq!([LINEAR.at(-8.0), LINEAR.at(4.75), LINEAR.neutral()], [1.0, 0.0, 0.45]);
        assert_eq!((row_state(0), row_state(128), row_state(255)), (-8.0, 0.0, 7.9375));
    }

    #[test]
    fn unless_it_is_made_up_for_the_expected_loss_rises() {
        // 1 + slope √ρ φ(G(p))/(m p), PD 2 %, ρ .15: 1.208358.
        let (p, rho) = (0.02, 0.15_f64);
        let g = normal::quantile(p);
        let by_hand = 1.0 + 0.1 * rho.sqrt() * normal::pdf(g) / (0.45 * p);
        assert!((by_hand - 1.208358).abs() < 5e-7);
        let term = |row: usize| {
            let y = row_state(row);
            normal::pdf(y) / 16.0 * normal::cdf((g - rho.sqrt() * y) / (1.0 - rho).sqrt()) * LINEAR.at(y)
        };
        let ratio = (0..ROWS).map(term).sum::<f64>() / (p * 0.45);
        assert!((ratio - by_hand).abs() < 1e-6, "{ratio}");
    }

    #[test]
    fn deviations_are_those_asked_for_where_they_can_be() {
        let law = LgdLaw { mean: LINEAR, deviation: 0.25 };
        assert_eq!(law.at(0.0), (0.45, 0.25));
        let (mean, deviation) = law.at(-5.0);
        assert!((mean - 0.95).abs() < 1e-12 && (deviation - 0.95 * (0.95_f64 * 0.05).sqrt()).abs() < 1e-12);
        assert_eq!(law.at(-8.0), (1.0, 0.0));
        // One that is nearly the largest is that everywhere.
        let wide = LgdLaw { deviation: 0.495, ..law };
        assert_eq!(wide.at(0.0), (0.45, 0.495));
        let (mean, deviation) = wide.at(3.0);
        assert!((deviation / (mean * (1.0 - mean)).sqrt() - 0.495 / (0.45_f64 * 0.55).sqrt()).abs() < 1e-12);
        assert_eq!(LgdLaw::WHOLE.at(-3.0), (1.0, 0.0));
    }
}
