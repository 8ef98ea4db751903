//! What becomes of the law of an LGD in a pool and period, so that its defaults lose on average what the closed form says (M46,
//! M47): the step k of M47, and what a factor must be multiplied with.
//!
//! A multiple above 1 would let loans lose more than their exposure. Where defaults of a period come in good times, k is
//! therefore lowered, or m raised, until it is none.

use super::severities::PoolDefaults;
use crate::model::Copula;
use crate::model::severity::{ExpectedLoss, FIRST_ROW, LgdLaw, MeanLgd, by_argument, by_index, frye_jacobs, row_state};
use std::collections::HashMap;

/// A law in a pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settled {
    /// The law that is looked up.
    pub law: LgdLaw,
    /// What the factor is multiplied with, so that the mean stays: above 0.
    pub multiple: f64,
}

/// What tells laws of a pool apart: the period and its numbers, to the bit.
type Key = (usize, [u64; 7]);

/// The laws of a pool, settled when they are first met.
pub struct PoolLaws<'a> {
    copula: Copula,
    defaults: &'a PoolDefaults,
    expected_loss: ExpectedLoss,
    /// Width of the steps of k and m.
    step: f64,
    by_index: HashMap<usize, Vec<f64>>,
    by_argument: HashMap<usize, Vec<f64>>,
    settled: HashMap<Key, Settled>,
}

/// Whether `law` depends on the pool that it is met in.
pub fn is_by_pool(law: &LgdLaw, expected_loss: ExpectedLoss) -> bool {
    match law.mean {
        MeanLgd::Whole => false,
        MeanLgd::Argument { .. } => true,
        MeanLgd::Index { slope, .. } => slope > 0.0 && expected_loss == ExpectedLoss::Preserved,
    }
}

impl<'a> PoolLaws<'a> {
    /// Those of a pool that defaults as `defaults` says, k and m in steps of `step`.
    pub fn new((copula, defaults): (Copula, &'a PoolDefaults), expected_loss: ExpectedLoss, step: f64) -> Self {
        let (by_index, by_argument) = (HashMap::new(), HashMap::new());
        Self { copula, defaults, expected_loss, step, by_index, by_argument, settled: HashMap::new() }
    }

    /// Settles `law` in `period`.
    pub fn settle(&mut self, period: usize, law: LgdLaw) -> Settled {
        if self.defaults.is_certain || !is_by_pool(&law, self.expected_loss) {
            return Settled { law, multiple: 1.0 };
        }
        let key = (period, bits(law));
        if let Some(known) = self.settled.get(&key) {
            return *known;
        }
        let settled = match law.mean {
            MeanLgd::Argument { lgd, .. } => self.by_argument(period, law, lgd),
            _ => self.by_index(period, law),
        };
        self.settled.insert(key, settled);
        settled
    }

    /// M47: k rounded down, and lowered further where that loses too little.
    fn by_argument(&mut self, period: usize, law: LgdLaw, lgd: f64) -> Settled {
        let own = self.defaults;
        let masses = self.by_argument.entry(period).or_insert_with(|| by_argument(own.law.as_ref(), period));
        let exact = match self.copula {
            Copula::Gaussian => {
                let share = own.shares.get(period).copied().unwrap_or(1.0);
                frye_jacobs::argument_step(share, lgd, own.rho)
            }
            Copula::StudentT { .. } => frye_jacobs::step_by_rows(masses, lgd),
        };
        let top = (exact / self.step).floor() as u32;
        let wanted = lgd * masses.iter().sum::<f64>();
        let lowered = |by: u32| {
            let mean = MeanLgd::Argument { lgd, step: f64::from(top.saturating_sub(by)) * self.step };
            (mean, lost(masses, mean))
        };
        let (mean, lost) = fewest(top, wanted, lowered);
        settled(LgdLaw { mean, ..law }, wanted, lost)
    }

    /// M46: m as it is, or raised where that loses too little.
    fn by_index(&mut self, period: usize, law: LgdLaw) -> Settled {
        let MeanLgd::Index { lgd, slope, security } = law.mean else { return Settled { law, multiple: 1.0 } };
        let own = self.defaults;
        let masses = self.by_index.entry(period).or_insert_with(|| by_index(own.law.as_ref(), period));
        let wanted = lost(masses, MeanLgd::Index { lgd, slope: 0.0, security });
        // There all is lost in every row.
        let most = 1.0 - slope * FIRST_ROW;
        let raised = |by: u32| {
            let mean = MeanLgd::Index { lgd: (lgd + f64::from(by) * self.step).min(most.max(lgd)), slope, security };
            (mean, lost(masses, mean))
        };
        let (mean, lost) = fewest(((most - lgd) / self.step).ceil() as u32, wanted, raised);
        settled(LgdLaw { mean, ..law }, wanted, lost)
    }
}

/// The mean LGD after the fewest of up to `most` steps, each of which makes it lose more, with which at least what is `wanted` is lost;
/// with what that is.
fn fewest(most: u32, wanted: f64, after: impl Fn(u32) -> (MeanLgd, f64)) -> (MeanLgd, f64) {
    let first = after(0);
    if first.1 >= wanted || most == 0 {
        return first;
    }
    let (mut too_few, mut enough) = (0, most);
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if after(middle).1 >= wanted {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    after(enough)
}

fn settled(law: LgdLaw, wanted: f64, lost: f64) -> Settled {
    let is_known = wanted > 0.0 && lost > 0.0;
    Settled { law, multiple: if is_known { wanted / lost } else { 1.0 } }
}

/// What defaults of these `masses` by row lose.
fn lost(masses: &[f64], mean: MeanLgd) -> f64 {
    let of_row = |(row, &mass): (usize, &f64)| if mass > 0.0 { mass * mean.at(row_state(row)) } else { 0.0 };
    masses.iter().enumerate().map(of_row).sum()
}

fn bits(law: LgdLaw) -> [u64; 7] {
    let numbers = match law.mean {
        MeanLgd::Whole => [0.0; 6],
        MeanLgd::Argument { lgd, step } => [1.0, lgd, step, 0.0, 0.0, 0.0],
        MeanLgd::Index { lgd, slope, security: None } => [2.0, lgd, slope, 0.0, 0.0, 0.0],
        MeanLgd::Index { lgd, slope, security: Some(own) } => [3.0, lgd, slope, own.cover, own.floor, own.loading],
    };
    let [a, b, c, d, e, f] = numbers.map(f64::to_bits);
    [a, b, c, d, e, f, law.deviation.to_bits()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::severity::CopulaDefaults;

    /// Yearly, PD 5 % in the first year and nearly all of them by the third.
    fn defaults() -> PoolDefaults {
        let shares = vec![0.05, 0.5, 0.93, 0.93];
        let law = Box::new(CopulaDefaults::new(Copula::Gaussian, &shares, 0.2));
        PoolDefaults { is_certain: false, shares, rho: 0.2, law }
    }

    #[test]
    fn every_period_loses_what_it_should_and_nobody_more_than_all() {
        let defaults = defaults();
        let mut laws = PoolLaws::new((Copula::Gaussian, &defaults), ExpectedLoss::Preserved, 1.0 / 512.0);
        for mean in [MeanLgd::Index { lgd: 0.4, slope: 0.1, security: None }, MeanLgd::Argument { lgd: 0.4, step: 0.0 }]
        {
            let law = LgdLaw { mean, deviation: 0.0 };
            for period in 0..3 {
                let Settled { law: own, multiple } = laws.settle(period, law);
                let masses = match mean {
                    MeanLgd::Index { .. } => by_index(defaults.law.as_ref(), period),
                    _ => by_argument(defaults.law.as_ref(), period),
                };
                let by_default = |mean| lost(&masses, mean) / masses.iter().sum::<f64>();
                assert!((multiple * by_default(own.mean) - 0.4).abs() < 1e-12, "{mean:?} {period}");
                assert!(multiple > 0.65 && multiple <= 1.0, "{mean:?} {period}: {multiple}");
                // Siblings: as written, early defaults lose more and late ones less.
                if let MeanLgd::Index { lgd, .. } = own.mean {
                    assert_eq!(lgd > 0.4, period == 2, "{lgd}");
                    assert_eq!(by_default(mean) > 0.401, period < 2);
                }
            }
            // Nobody defaults in the fourth.
            assert_eq!(laws.settle(3, law).multiple, 1.0);
        }
    }

    #[test]
    fn what_does_not_move_or_may_raise_losses_is_left_alone() {
        let defaults = defaults();
        let sloping = LgdLaw { mean: MeanLgd::Index { lgd: 0.4, slope: 0.1, security: None }, deviation: 0.2 };
        let fixed = LgdLaw { mean: MeanLgd::Index { lgd: 0.4, slope: 0.0, security: None }, deviation: 0.2 };
        for (law, expected_loss) in [
            (LgdLaw::WHOLE, ExpectedLoss::Preserved),
            (fixed, ExpectedLoss::Preserved),
            (sloping, ExpectedLoss::Raised),
        ] {
            let mut laws = PoolLaws::new((Copula::Gaussian, &defaults), expected_loss, 1.0 / 512.0);
            assert_eq!(laws.settle(0, law), Settled { law, multiple: 1.0 });
        }
        let mut laws = PoolLaws::new((Copula::Gaussian, &defaults), ExpectedLoss::Preserved, 1.0 / 512.0);
        assert!(laws.settle(0, sloping).multiple < 0.95);
    }
}
