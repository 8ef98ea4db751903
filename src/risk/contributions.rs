//! Euler contributions to expected shortfall (M21): what each segment (or loan) loses in the scenarios of the tail.
//!
//! ES is the mean of the worst N(1 − a) scenarios; scenarios beyond the VaR count fully, those tied at the VaR share
//! what is left, so contributions do not depend on how ties are sorted and add up to ES (Tasche 2000; atoms as in Acerbi
//! & Tasche 2002).

use crate::units::Level;

/// The scenarios that make up the tail at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Tail {
    /// Indices of the scenarios that lose more than the VaR, ascending; each has weight 1.
    pub above: Vec<usize>,
    /// Indices of those that lose exactly the VaR, ascending; empty when the VaR is 0, as they lose nothing.
    pub tied: Vec<usize>,
    /// Weight of each tied scenario, 0..=1: (N(1 − a) − #{L > VaR}) / #{L = VaR}.
    pub tied_weight: f64,
}

/// Where in the tail a scenario lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Beyond the VaR.
    Above,
    /// At the VaR.
    Tied,
}

impl Tail {
    /// Every scenario of the tail with its part, in no particular order.
    pub fn scenarios(&self) -> impl Iterator<Item = (usize, Part)> + '_ {
        let above = self.above.iter().map(|&index| (index, Part::Above));
        above.chain(self.tied.iter().map(|&index| (index, Part::Tied)))
    }
}

/// The tail of `losses` (units, one per scenario, in playing order) at `level`; empty when there are no losses.
pub fn tail_weights(losses: &[u64], level: Level) -> Tail {
    let n = losses.len() as u64;
    let mut tail = Tail { above: Vec::new(), tied: Vec::new(), tied_weight: 0.0 };
    let Some(index) = level.rank(n).checked_sub(1).filter(|&index| index < n) else { return tail };
    let mut copy = losses.to_vec();
    let at_risk = *copy.select_nth_unstable(index as usize).1;
    for (index, &loss) in losses.iter().enumerate() {
        if loss > at_risk {
            tail.above.push(index);
        } else if loss == at_risk && at_risk > 0 {
            tail.tied.push(index);
        }
    }
    if !tail.tied.is_empty() {
        let left = (level.tail(n) - tail.above.len() as f64).max(0.0);
        tail.tied_weight = left / tail.tied.len() as f64;
    }
    tail
}

/// Losses of the tail summed by segment (or any other partition of the portfolio), in exact integers.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    above: Vec<u128>,
    tied: Vec<u128>,
    tied_weight: f64,
}

impl Contributions {
    /// Nothing added yet, for `n_segments` parts.
    pub fn new(tail: &Tail, n_segments: usize) -> Self {
        Self { above: vec![0; n_segments], tied: vec![0; n_segments], tied_weight: tail.tied_weight }
    }

    /// Adds one scenario of the tail: `losses` in units, one per segment (what is missing counts as 0).
    pub fn add(&mut self, part: Part, losses: &[u64]) {
        let sums = match part {
            Part::Above => &mut self.above,
            Part::Tied => &mut self.tied,
        };
        for (sum, &loss) in sums.iter_mut().zip(losses) {
            *sum += u128::from(loss);
        }
    }

    /// Adds one segment's loss (units) in one scenario of the tail; a segment out of range adds nothing.
    pub fn add_one(&mut self, part: Part, segment: usize, loss: u64) {
        let sums = match part {
            Part::Above => &mut self.above,
            Part::Tied => &mut self.tied,
        };
        if let Some(sum) = sums.get_mut(segment) {
            *sum += u128::from(loss);
        }
    }

    /// Weighted loss by segment, in units; they add up to ES · N(1 − a).
    pub fn totals(&self) -> Vec<f64> {
        let weighted = |(&above, &tied): (&u128, &u128)| above as f64 + self.tied_weight * tied as f64;
        self.above.iter().zip(&self.tied).map(weighted).collect()
    }

    /// Each segment's share of the ES, adding up to 1; None when the tail loses nothing.
    pub fn shares(&self) -> Option<Vec<f64>> {
        let totals = self.totals();
        let sum: f64 = totals.iter().sum();
        (sum > 0.0).then(|| totals.iter().map(|total| total / sum).collect())
    }
}

/// Contributions from a whole table of losses in units, scenario by scenario, `n_segments` values each.
pub fn contributions(tail: &Tail, table: &[u64], n_segments: usize) -> Contributions {
    let mut sums = Contributions::new(tail, n_segments);
    for (scenario, part) in tail.scenarios() {
        let start = scenario.saturating_mul(n_segments);
        sums.add(part, table.get(start..start.saturating_add(n_segments)).unwrap_or_default());
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::super::{es::expected_shortfall, order::Ordered};
    use super::*;
    use crate::units::Unit;
    use proptest::prelude::*;

    #[test]
    fn ties_share_what_is_left() {
        let losses = [10, 0, 40, 10, 0, 10, 0, 0, 0, 0];
        let tail = tail_weights(&losses, Level::parse("0.8").unwrap());
        // N(1 − a) = 2: the 40 fully, one third of each of the three tens.
        assert_eq!((tail.above.as_slice(), tail.tied.as_slice()), ([2].as_slice(), [0, 3, 5].as_slice()));
        assert!((tail.tied_weight - 1.0 / 3.0).abs() < 1e-15);
        let table: Vec<u64> = losses.iter().flat_map(|&loss| [loss / 10 * 3, loss / 10 * 7]).collect();
        let sums = contributions(&tail, &table, 2);
        assert_eq!(sums.totals(), [15.0, 35.0]);
        assert_eq!(sums.shares().unwrap(), [0.3, 0.7]);
    }

    #[test]
    fn a_var_of_zero_needs_no_ties_and_a_loss_of_zero_has_no_shares() {
        let level = Level::parse("0.5").unwrap();
        let tail = tail_weights(&[0, 0, 0, 5], level);
        assert_eq!(tail, Tail { above: vec![3], tied: vec![], tied_weight: 0.0 });
        let nothing = tail_weights(&[0, 0, 0], level);
        assert_eq!(contributions(&nothing, &[0, 0, 0], 1).shares(), None);
        assert_eq!(tail_weights(&[], level).scenarios().count(), 0);
    }

    proptest! {
        #[test]
        fn contributions_add_up_to_the_expected_shortfall(
            table in proptest::collection::vec([0_u64..4, 0_u64..900, 0_u64..2], 1..200),
            percent in 1_u32..100,
        ) {
            let level = Level::parse(&format!("{percent}%")).unwrap();
            let losses: Vec<u64> = table.iter().map(|row| row.iter().sum()).collect();
            let n = losses.len() as u64;
            let tail = tail_weights(&losses, level);
            let sums = contributions(&tail, &table.concat(), 3);
            let mut replayed = Contributions::new(&tail, 3);
            for (scenario, part) in tail.scenarios() {
                for (segment, &loss) in table[scenario].iter().enumerate() {
                    replayed.add_one(part, segment, loss);
                }
            }
            prop_assert_eq!(&sums, &replayed);
            let es = expected_shortfall(&Ordered::sort(losses), level, Unit::new(1, 0).unwrap()).unwrap().value;
            let total: f64 = sums.totals().iter().sum();
            prop_assert!((total - es * level.tail(n)).abs() <= 1e-9 * total.max(1.0), "{} {}", total, es);
            if let Some(shares) = sums.shares() {
                prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
    }
}
