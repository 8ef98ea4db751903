//! A loss distribution known exactly: the probability of every whole number of units, and the measures that follow.
//!
//! Conventions as in the risk module: VaR is the lower quantile, expected shortfall is Acerbi and Tasche's.

use crate::units::Level;

/// P(L = k) for k = 0, 1, …, the largest loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Law {
    probabilities: Vec<f64>,
    /// P(L > k), summed from the far end so that small tails keep their digits.
    beyond: Vec<f64>,
}

impl Law {
    /// The law with P(L = k) = `probabilities[k]`, which sum to 1.
    pub fn new(probabilities: Vec<f64>) -> Self {
        let mut beyond = vec![0.0; probabilities.len()];
        let mut sum = 0.0;
        for (place, probability) in beyond.iter_mut().zip(&probabilities).rev() {
            *place = sum;
            sum += probability;
        }
        Self { probabilities, beyond }
    }

    /// E L, units.
    pub fn mean(&self) -> f64 {
        // Σ P(L > k) is the mean of a variable that cannot be negative.
        self.beyond.iter().sum()
    }

    /// Standard deviation of L, units.
    pub fn standard_deviation(&self) -> f64 {
        let mean = self.mean();
        let square = |k: usize| (k as f64 - mean) * (k as f64 - mean);
        self.probabilities.iter().enumerate().map(|(k, probability)| square(k) * probability).sum::<f64>().sqrt()
    }

    /// P(L = 0).
    pub fn no_loss(&self) -> f64 {
        self.probabilities.first().copied().unwrap_or(1.0)
    }

    /// P(L > `loss`), `loss` in units.
    pub fn beyond(&self, loss: u64) -> f64 {
        usize::try_from(loss).ok().and_then(|k| self.beyond.get(k)).copied().unwrap_or(0.0)
    }

    /// VaR at `level`: the smallest loss that is not exceeded with probability `level`, units.
    pub fn value_at_risk(&self, level: Level) -> u64 {
        self.beyond.partition_point(|&beyond| beyond > level.tail(1)) as u64
    }

    /// Expected shortfall at `level`, units: VaR + E(L − VaR)⁺ / (1 − level).
    pub fn expected_shortfall(&self, level: Level) -> f64 {
        let at_risk = self.value_at_risk(level);
        let excess: f64 = self.beyond.iter().skip(at_risk as usize).sum();
        at_risk as f64 + excess / level.tail(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_atoms_by_hand() {
        let law = Law::new(vec![0.5, 0.25, 0.125, 0.0, 0.125]);
        let level = |text| Level::parse(text).unwrap();
        assert_eq!((law.mean(), law.no_loss(), law.beyond(1), law.beyond(9)), (1.0, 0.5, 0.25, 0.0));
        // E L² = 0.25 + 0.5 + 2 = 2.75
        assert_eq!(law.standard_deviation(), 1.75_f64.sqrt());
        assert_eq!([".5", ".51", ".875", ".9"].map(|text| law.value_at_risk(level(text))), [0, 1, 2, 4]);
        // The worst half: (0.25 × 1 + 0.125 × 2 + 0.125 × 4) / 0.5; the worst 20 %: (0.125 × 4 + 0.075 × 2) / 0.2.
        assert_eq!(law.expected_shortfall(level(".5")), 2.0);
        assert!((law.expected_shortfall(level(".8")) - 3.25).abs() < 1e-15);
    }
}
