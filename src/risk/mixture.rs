//! Losses under several macro scenarios that were played on common draws, mixed with the weights of these (M54).
//!
//! Number n of every macro scenario has the same draws, so the parts are not independent of each other; the numbers are. Every
//! error is therefore one of a mean over numbers, of what a number contributes in all macro scenarios together.

use super::es::ExpectedShortfall;
use super::interval::{Estimate, Z95};
use super::quantile::Quantile;
use crate::error::{Error, Result};
use crate::units::Level;

/// Rounding of sums of weights.
const ROUNDED: f64 = 1e-9;

/// Losses of one macro scenario by number, in units, with its weight.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightedLosses {
    /// Weight, 0 to 1.
    pub weight: f64,
    /// Losses, one for each number.
    pub losses: Vec<u64>,
}

/// The mixed distribution.
#[derive(Debug, Clone)]
pub struct Mixture<'a> {
    parts: &'a [WeightedLosses],
    /// Numbers.
    n: usize,
    /// Loss and weight, ascending by loss.
    sorted: Vec<(u64, f64)>,
}

impl<'a> Mixture<'a> {
    /// Mixes `parts`.
    ///
    /// # Errors
    /// [`Error::Internal`] when there are none, nothing was played, or they have different numbers.
    pub fn new(parts: &'a [WeightedLosses]) -> Result<Self> {
        let n = parts.first().map_or(0, |part| part.losses.len());
        if n == 0 || parts.iter().any(|part| part.losses.len() != n) {
            return Err(Error::Internal("macro scenarios that were not played alike".to_owned()));
        }
        let of_part = |part: &'a WeightedLosses| part.losses.iter().map(move |&loss| (loss, part.weight));
        let mut sorted: Vec<(u64, f64)> = parts.iter().filter(|part| part.weight > 0.0).flat_map(of_part).collect();
        sorted.sort_unstable_by_key(|own| own.0);
        Ok(Self { parts, n, sorted })
    }

    /// Mean loss, units.
    pub fn mean(&self) -> Estimate {
        let (mean, error) = self.over_numbers(|loss| loss as f64);
        Estimate::of_positive(mean, error)
    }

    /// The lower quantile at `level`, units, with the 95 % interval of Woodruff (1952): the quantiles at the ends of the interval
    /// of the distribution function there.
    pub fn quantile(&self, level: Level) -> Option<Quantile> {
        let value = self.at(level.value())?;
        let (_, error) = self.over_numbers(|loss| f64::from(u8::from(loss <= value)));
        let end = |sign: f64| {
            let share = level.value() + sign * Z95 * error?;
            // Beyond what was played nothing bounds it.
            (share > 0.0 && share < 1.0).then(|| self.at(share))?.map(|loss| loss as f64)
        };
        Some(Quantile { level: level.value(), value: value as f64, interval: [end(-1.0), end(1.0)] })
    }

    /// Expected shortfall at `level`, units: q + E(L − q)₊ / (1 − a), exact on atoms; its error is that of the excess over
    /// numbers, the quantile's own being of second order.
    pub fn expected_shortfall(&self, level: Level) -> Option<ExpectedShortfall> {
        let at_risk = self.at(level.value())?;
        let beyond = 1.0 - level.value();
        let (excess, error) = self.over_numbers(|loss| loss.saturating_sub(at_risk) as f64);
        let hit = |n: &usize| self.parts.iter().any(|part| part.weight > 0.0 && part.losses[*n] > at_risk);
        let tail_scenarios = (0..self.n).filter(hit).count() as u64;
        let error = error.filter(|_| tail_scenarios > 1).map(|error| error / beyond);
        let Estimate { value, standard_error, interval } =
            Estimate::of_positive(at_risk as f64 + excess / beyond, error);
        Some(ExpectedShortfall { level: level.value(), value, standard_error, interval, tail_scenarios })
    }

    /// Share of losses above `limit` (units, no whole number needed), with its standard error.
    pub fn exceedance(&self, limit: f64) -> (f64, Option<f64>) {
        self.over_numbers(|loss| f64::from(u8::from(loss as f64 > limit)))
    }

    /// The smallest loss that the share `level` of the mixture does not exceed.
    fn at(&self, level: f64) -> Option<u64> {
        let wanted = level * self.n as f64 - ROUNDED;
        let mut sum = 0.0;
        let found = self.sorted.iter().find(|(_, weight)| {
            sum += weight;
            sum >= wanted
        });
        found.or(self.sorted.last()).map(|&(loss, _)| loss)
    }

    /// Mean over numbers of Σ weight × `of`(loss), and its standard error; none for a single number.
    fn over_numbers(&self, of: impl Fn(u64) -> f64) -> (f64, Option<f64>) {
        let of_number =
            |n: usize| -> f64 { self.parts.iter().map(|part| part.weight * of(part.losses[n])).sum::<f64>() };
        let n = self.n as f64;
        let mean = (0..self.n).map(of_number).sum::<f64>() / n;
        let squares: f64 = (0..self.n).map(|at| (of_number(at) - mean) * (of_number(at) - mean)).sum();
        (mean, (self.n > 1).then(|| (squares / (n - 1.0) / n).sqrt()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods)]
    use super::*;
    use crate::risk::{Ordered, expected_shortfall, moments, quantile};
    use crate::units::Unit;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    fn level(text: &str) -> Level {
        Level::parse(text).unwrap()
    }

    fn part(weight: f64, losses: &[u64]) -> WeightedLosses {
        WeightedLosses { weight, losses: losses.to_vec() }
    }

    #[test]
    fn three_scenarios_by_hand() {
        // IASB's transition resource group, December 2015: losses 30, 70, 170 with weights 20, 50, 30 %.
        let parts = [part(0.2, &[30; 7]), part(0.5, &[70; 7]), part(0.3, &[170; 7])];
        let mixture = Mixture::new(&parts).unwrap();
        assert!((mixture.mean().value - 92.0).abs() < 1e-12);
        let at = |text| mixture.quantile(level(text)).unwrap().value;
        assert_eq!([at("0.1"), at("0.2"), at("0.21"), at("0.7"), at("0.71")], [30.0, 30.0, 70.0, 70.0, 170.0]);
        // The worst 40 %: all of 170 and a tenth of 70.
        let shortfall = mixture.expected_shortfall(level("0.6")).unwrap();
        assert!((shortfall.value - (0.3 * 170.0 + 0.1 * 70.0) / 0.4).abs() < 1e-10, "{shortfall:?}");
        assert!((mixture.exceedance(70.0).0 - 0.3).abs() < 1e-15);
        assert!((mixture.exceedance(69.5).0 - 0.8).abs() < 1e-15);
    }

    #[test]
    fn one_scenario_is_the_plain_sample() {
        let mut random = StdRng::seed_from_u64(7);
        let losses: Vec<u64> = (0..1_013).map(|_| (random.random::<f64>().powi(5) * 1e6) as u64).collect();
        let parts = [part(1.0, &losses)];
        let mixture = Mixture::new(&parts).unwrap();
        let ordered = Ordered::sort(losses);
        let unit = Unit::from_value(1.0).unwrap();
        for text in ["0.5", "0.9", "0.99"] {
            let (own, plain) = (mixture.quantile(level(text)).unwrap(), quantile(&ordered, level(text), |u| u as f64));
            assert_eq!(own.value, plain.unwrap().value);
            let own = mixture.expected_shortfall(level(text)).unwrap();
            let plain = expected_shortfall(&ordered, level(text), unit).unwrap();
            assert!((own.value / plain.value - 1.0).abs() < 1e-12);
            let (own, plain) = (own.standard_error.unwrap(), plain.standard_error.unwrap());
            assert!((own / plain - 1.0).abs() < 0.02, "{own} {plain}");
        }
        let plain = moments(&ordered).unwrap().mean;
        assert!((mixture.mean().value / plain.value - 1.0).abs() < 1e-13);
        assert!((mixture.mean().standard_error.unwrap() / plain.standard_error.unwrap() - 1.0).abs() < 1e-10);
    }

    #[test]
    fn intervals_cover_under_common_draws() {
        // 400 samples of 500 numbers; the second scenario loses 1.7 times the first plus a noise of its own. At 95 % coverage
        // fewer than 364 or more than 393 would be seen once in a thousand times.
        let mut random = StdRng::seed_from_u64(11);
        let truth = {
            let parts = sample(&mut random, 400_000);
            let mixture = Mixture::new(&parts).unwrap();
            (mixture.mean().value, mixture.quantile(level("0.9")).unwrap().value)
        };
        let (mut means, mut quantiles, mut naive) = (0, 0, 0);
        for _ in 0..400 {
            let parts = sample(&mut random, 500);
            let mixture = Mixture::new(&parts).unwrap();
            let inside = |low: f64, high: f64, value: f64| i32::from(low <= value && value <= high);
            let mean = mixture.mean();
            means += inside(mean.interval[0].unwrap(), mean.interval[1].unwrap(), truth.0);
            let own = mixture.quantile(level("0.9")).unwrap();
            quantiles += inside(own.interval[0].unwrap(), own.interval[1].unwrap(), truth.1);
            // Sibling: as if the two scenarios were independent of each other.
            let half = mean.standard_error.unwrap() * Z95 / 2.0_f64.sqrt();
            naive += inside(mean.value - half, mean.value + half, truth.0);
        }
        assert!((364..=393).contains(&means) && (364..=397).contains(&quantiles), "{means} {quantiles}");
        assert!(naive < 350, "{naive}");
    }

    fn sample(random: &mut StdRng, n: usize) -> [WeightedLosses; 2] {
        let first: Vec<f64> = (0..n).map(|_| -random.random::<f64>().ln() * 1e5).collect();
        let second: Vec<u64> = first.iter().map(|loss| (1.7 * loss + 2e4 * random.random::<f64>()) as u64).collect();
        [part(0.55, &first.iter().map(|&loss| loss as u64).collect::<Vec<_>>()), part(0.45, &second)]
    }

    #[test]
    fn what_was_not_played_alike_is_refused() {
        for parts in [vec![], vec![part(1.0, &[])], vec![part(0.5, &[1, 2]), part(0.5, &[1])]] {
            assert!(Mixture::new(&parts).is_err());
        }
    }
}
