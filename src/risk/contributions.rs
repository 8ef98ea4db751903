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
    /// The largest loss of all, units.
    pub largest: u64,
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
    let largest = losses.iter().copied().max().unwrap_or(0);
    let mut tail = Tail { above: Vec::new(), tied: Vec::new(), tied_weight: 0.0, largest };
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
    above: Sums,
    tied: Sums,
    tied_weight: f64,
    n_tail: f64,
    shift: u32,
}

/// A segment's share of the ES.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// 0 to 1; the shares of all segments add up to 1.
    pub value: f64,
    /// Its standard error over tails (ratio of sums, the VaR held fixed); None for a tail of one scenario.
    pub standard_error: Option<f64>,
}

/// Sums over the scenarios of one part of the tail. Squares are of losses without their last `shift` bits: they fit, and
/// like all integers do not depend on the order of adding.
#[derive(Debug, Clone, PartialEq)]
struct Sums {
    losses: Vec<u128>,
    squares: Vec<u128>,
    with_total: Vec<u128>,
    total_squares: u128,
}

/// Bits that are kept of a loss before it is squared.
const SQUARED_BITS: u32 = 40;

impl Sums {
    fn new(n_segments: usize) -> Self {
        let zeros = || vec![0; n_segments];
        Self { losses: zeros(), squares: zeros(), with_total: zeros(), total_squares: 0 }
    }

    fn add(&mut self, losses: &[u64], shift: u32) {
        let total = u128::from(losses.iter().fold(0_u64, |sum, &loss| sum.saturating_add(loss)) >> shift);
        self.total_squares += total * total;
        let sums = self.losses.iter_mut().zip(&mut self.squares).zip(&mut self.with_total);
        for (((sum, square), with_total), &loss) in sums.zip(losses) {
            let coarse = u128::from(loss >> shift);
            *sum += u128::from(loss);
            *square += coarse * coarse;
            *with_total += coarse * total;
        }
    }
}

impl Contributions {
    /// Nothing added yet, for `n_segments` parts.
    pub fn new(tail: &Tail, n_segments: usize) -> Self {
        Self {
            above: Sums::new(n_segments),
            tied: Sums::new(n_segments),
            tied_weight: tail.tied_weight,
            n_tail: tail.above.len() as f64 + tail.tied_weight * tail.tied.len() as f64,
            shift: (u64::BITS - tail.largest.leading_zeros()).saturating_sub(SQUARED_BITS),
        }
    }

    /// Adds one scenario of the tail: `losses` in units, one per segment (what is missing counts as 0).
    pub fn add(&mut self, part: Part, losses: &[u64]) {
        match part {
            Part::Above => self.above.add(losses, self.shift),
            Part::Tied => self.tied.add(losses, self.shift),
        }
    }

    /// Weighted loss by segment, in units; they add up to ES · N(1 − a).
    pub fn totals(&self) -> Vec<f64> {
        let sums = self.above.losses.iter().zip(&self.tied.losses);
        sums.map(|(&above, &tied)| self.weighted(above, tied)).collect()
    }

    /// Each segment's share of the ES; None when the tail loses nothing.
    pub fn shares(&self) -> Option<Vec<Share>> {
        let totals = self.totals();
        let sum: f64 = totals.iter().sum();
        let share = |(segment, total): (usize, &f64)| {
            let value = total / sum;
            Share { value, standard_error: self.standard_error(segment, value, sum) }
        };
        (sum > 0.0).then(|| totals.iter().enumerate().map(share).collect())
    }

    /// √(n/(n−1) Σ w (L_g − share · L)²) / Σ w L over the n scenarios of the tail.
    fn standard_error(&self, segment: usize, share: f64, sum: f64) -> Option<f64> {
        let (above, tied) = (&self.above, &self.tied);
        let squares = self.weighted(above.squares[segment], tied.squares[segment]);
        let with_total = self.weighted(above.with_total[segment], tied.with_total[segment]);
        let total_squares = self.weighted(above.total_squares, tied.total_squares);
        let deviation = (squares - 2.0 * share * with_total + share * share * total_squares).max(0.0);
        let scale = (1_u64 << self.shift) as f64;
        (self.n_tail > 1.0).then(|| (deviation * self.n_tail / (self.n_tail - 1.0)).sqrt() * scale / sum)
    }

    fn weighted(&self, above: u128, tied: u128) -> f64 {
        above as f64 + self.tied_weight * tied as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::{es::expected_shortfall, order::Ordered};
    use super::*;
    use crate::units::Unit;
    use proptest::prelude::*;

    /// Contributions from a whole table of losses, scenario by scenario, `n_segments` values each.
    fn contributions(tail: &Tail, table: &[u64], n_segments: usize) -> Contributions {
        let mut sums = Contributions::new(tail, n_segments);
        tail.scenarios().for_each(|(scenario, part)| sums.add(part, &table[scenario * n_segments..][..n_segments]));
        sums
    }

    #[test]
    fn the_error_of_a_share_is_that_of_a_ratio_of_sums() {
        // Four scenarios beyond the VaR; shares of .25, .5, .5 and .75: by hand, ratio 0.5.
        let table = [[0, 0], [0, 0], [0, 0], [0, 0], [10, 30], [20, 20], [20, 20], [30, 10]]
            .map(|row: [u64; 2]| row.map(|loss| loss << 45));
        let losses: Vec<u64> = table.iter().map(|row| row.iter().sum()).collect();
        let tail = tail_weights(&losses, Level::parse("0.5").unwrap());
        let shares = contributions(&tail, &table.concat(), 2).shares().unwrap();
        // √(4/3 · (10² + 10²)) / 160
        let by_hand = (4.0 / 3.0 * 200.0_f64).sqrt() / 160.0;
        assert_eq!(shares[0].value, 0.5);
        assert!((shares[0].standard_error.unwrap() / by_hand - 1.0).abs() < 1e-9, "{shares:?}");
    }

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
        let shares = sums.shares().unwrap();
        assert_eq!((shares[0].value, shares[1].value), (0.3, 0.7));
        assert_eq!(shares[0].standard_error, Some(0.0)); // the same split in every scenario
    }

    #[test]
    fn a_var_of_zero_needs_no_ties_and_a_loss_of_zero_has_no_shares() {
        let level = Level::parse("0.5").unwrap();
        let tail = tail_weights(&[0, 0, 0, 5], level);
        assert_eq!(tail, Tail { above: vec![3], tied: vec![], tied_weight: 0.0, largest: 5 });
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
            let es = expected_shortfall(&Ordered::sort(losses), level, Unit::new(1, 0).unwrap()).unwrap().value;
            let total: f64 = sums.totals().iter().sum();
            prop_assert!((total - es * level.tail(n)).abs() <= 1e-9 * total.max(1.0), "{} {}", total, es);
            if let Some(shares) = sums.shares() {
                prop_assert!((shares.iter().map(|share| share.value).sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
    }
}
