//! Calm and turbulent states of the whole economy (M50): a Markov chain of two states that scales and shifts what is random of
//! every index, residual = μ_k + σ_k e_t.
//!
//! The chain is stationary, and (μ, σ) are scaled so that the residual has mean 0 and variance 1 over both states: the economy
//! is as volatile on average as without regimes.

/// The largest mean or volatility of a state, as given.
pub const LARGEST_REGIME: f64 = 1e6;

/// See the module. State 0 is calm, state 1 turbulent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regimes {
    leave: [f64; 2],
    mean: [f64; 2],
    volatility: [f64; 2],
}

impl Regimes {
    /// States that are left with the probabilities `leave` per period (above 0 to 1), of such a `mean` and `volatility` (above
    /// 0) up to a common shift and scale; None when a number is out of its range.
    pub fn new(leave: [f64; 2], mean: [f64; 2], volatility: [f64; 2]) -> Option<Self> {
        let is_good = leave.iter().all(|&own| own > 0.0 && own <= 1.0)
            && mean.iter().all(|own| own.abs() <= LARGEST_REGIME)
            && volatility.iter().all(|&own| own > 0.0 && own <= LARGEST_REGIME);
        if !is_good {
            return None;
        }
        let [calm, turbulent] = (Self { leave, mean, volatility }).stationary();
        let middle = calm * mean[0] + turbulent * mean[1];
        let mean = mean.map(|own| own - middle);
        let second = |state: usize| mean[state] * mean[state] + volatility[state] * volatility[state];
        let scale = (calm * second(0) + turbulent * second(1)).sqrt();
        let law = Self { leave, mean: mean.map(|own| own / scale), volatility: volatility.map(|own| own / scale) };
        (scale > 0.0 && scale.is_finite()).then_some(law)
    }

    /// The same chain looked at every `ratio` of its periods (months of the new period over months of the old, above 0): its
    /// power. None when that is no chain: states that are left more often than not (1 − p − q below 0) know no parts of a
    /// period.
    pub fn over(&self, ratio: f64) -> Option<Self> {
        if ratio == 1.0 {
            return Some(*self);
        }
        let [calm, turbulent] = self.stationary();
        let kept = 1.0 - self.leave[0] - self.leave[1];
        let is_whole = ratio == libm::floor(ratio);
        if !(ratio > 0.0 && ratio.is_finite() && (kept >= 0.0 || is_whole)) {
            return None;
        }
        let moved = 1.0 - libm::pow(kept, ratio);
        let leave = [turbulent * moved, calm * moved];
        leave.iter().all(|&own| own > 0.0 && own <= 1.0).then_some(Self { leave, ..*self })
    }

    /// Probabilities of leaving the calm and the turbulent state, per period.
    pub fn leave(&self) -> [f64; 2] {
        self.leave
    }

    /// Share of all periods in each state.
    pub fn stationary(&self) -> [f64; 2] {
        let [leave_calm, leave_turbulent] = self.leave;
        let all = leave_calm + leave_turbulent;
        [leave_turbulent / all, leave_calm / all]
    }

    /// μ of each state.
    pub fn mean(&self) -> [f64; 2] {
        self.mean
    }

    /// σ of each state.
    pub fn volatility(&self) -> [f64; 2] {
        self.volatility
    }

    /// The state of the first period, by the uniform number `u`.
    pub fn first(&self, u: f64) -> usize {
        usize::from(u < self.stationary()[1])
    }

    /// The state after `state`, by the uniform number `u`.
    pub fn next(&self, state: usize, u: f64) -> usize {
        usize::from(if state == 0 { u < self.leave[0] } else { u < 1.0 - self.leave[1] })
    }

    /// The residual in `state` of an index at `value`: μ + σ × value.
    #[inline(always)]
    pub fn residual(&self, state: usize, value: f64) -> f64 {
        let state = state & 1;
        self.mean[state] + self.volatility[state] * value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> Regimes {
        Regimes::new([0.05, 0.25], [0.1, -0.4], [0.8, 1.9]).unwrap()
    }

    #[test]
    fn the_mixture_has_mean_0_and_variance_1() {
        let regimes = given();
        let [calm, turbulent] = regimes.stationary();
        assert!((calm - 5.0 / 6.0).abs() < 1e-15 && (calm + turbulent - 1.0).abs() < 1e-15);
        let over_both = |of: &dyn Fn(usize) -> f64| calm * of(0) + turbulent * of(1);
        let (mean, volatility) = (regimes.mean(), regimes.volatility());
        assert!(over_both(&|k| mean[k]).abs() < 1e-15);
        let second = over_both(&|k| mean[k] * mean[k] + volatility[k] * volatility[k]);
        assert!((second - 1.0).abs() < 1e-15);
        assert!((volatility[1] / volatility[0] - 1.9 / 0.8).abs() < 1e-14);
        assert!(((mean[0] - mean[1]) / volatility[0] - 0.5 / 0.8).abs() < 1e-14);
        // Scale and shift do not matter.
        let other = Regimes::new([0.05, 0.25], [7.2, 5.2], [3.2, 7.6]).unwrap();
        assert!((other.mean()[1] - mean[1]).abs() < 1e-14 && (other.volatility()[0] - volatility[0]).abs() < 1e-14);
    }

    #[test]
    fn a_chain_of_longer_periods_is_a_power() {
        let regimes = given();
        let step = |[p, q]: [f64; 2], calm: f64| calm * (1.0 - p) + (1.0 - calm) * q;
        let four = regimes.over(4.0).unwrap();
        for calm in [0.0, 0.37, 1.0] {
            let one_by_one = (0..4).fold(calm, |calm, _| step(regimes.leave(), calm));
            assert!((step(four.leave(), calm) - one_by_one).abs() < 1e-15);
            // Three thirds make a whole.
            let third = regimes.over(1.0 / 3.0).unwrap();
            let thrice = (0..3).fold(calm, |calm, _| step(third.leave(), calm));
            assert!((thrice - step(regimes.leave(), calm)).abs() < 1e-14);
        }
        assert!((four.stationary()[1] - regimes.stationary()[1]).abs() < 1e-15);
        assert_eq!((four.mean(), four.volatility()), (regimes.mean(), regimes.volatility()));
        let restless = Regimes::new([0.8, 0.7], [0.0; 2], [1.0, 2.0]).unwrap();
        assert!(restless.over(1.0 / 3.0).is_none() && restless.over(4.0).is_some() && restless.over(1.0).is_some());
        assert!(given().over(0.0).is_none() && given().over(f64::NAN).is_none());
    }

    #[test]
    fn states_last_as_long_as_they_should() {
        let regimes = given();
        assert_eq!([0.16, 0.17].map(|u| regimes.first(u)), [1, 0]);
        assert_eq!([0.04, 0.06].map(|u| regimes.next(0, u)), [1, 0]);
        assert_eq!([0.74, 0.76].map(|u| regimes.next(1, u)), [1, 0]);
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let good = ([0.05, 0.25], [0.1, -0.4], [0.8, 1.9]);
        for leave in [[0.0, 0.25], [0.05, 1.01], [f64::NAN, 0.25]] {
            assert!(Regimes::new(leave, good.1, good.2).is_none());
        }
        assert!(Regimes::new(good.0, [f64::INFINITY, 0.0], good.2).is_none());
        for volatility in [[0.0, 1.0], [1.0, -1.0], [1.0, f64::NAN]] {
            assert!(Regimes::new(good.0, good.1, volatility).is_none());
        }
    }
}
