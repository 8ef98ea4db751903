//! F of a loan as a macro scenario has it, or as all do by their weights (M53).
//!
//! ```text
//! H_s(m) = Σ_{periods before} r_{s,t} ΔH_t + r_{s,t} (H(m) − H(start of its period)),   F_s = 1 − e^(−H_s),   F = Σ w_s F_s
//! ```
//!
//! with the loan's own H = −ln(1 − F) and the multipliers r of its hazards.

use crate::model::term::Term;

/// A loan's probabilities of default through a lens.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    term: Term<'a>,
    /// Months of a period.
    months: u16,
    /// Scenarios that are looked through; none: the loan's own numbers.
    parts: Vec<Part>,
}

/// One scenario.
#[derive(Debug, Clone)]
struct Part {
    weight: f64,
    /// r by period; the last one goes on.
    multipliers: Vec<f64>,
    /// H_s at the end of each period.
    ends: Vec<f64>,
}

impl<'a> Seen<'a> {
    /// The loan's own numbers.
    pub fn own(term: Term<'a>) -> Self {
        Self { term, months: 1, parts: vec![] }
    }

    /// Through scenarios, each a weight and multipliers by period of so many `months`.
    pub fn through<'b>(term: Term<'a>, months: u16, scenarios: impl Iterator<Item = (f64, &'b [f64])>) -> Self {
        let part = |(weight, multipliers): (f64, &[f64])| {
            let mut sum = 0.0;
            let mut start = 0;
            let end = |multiplier: &f64| {
                sum += risen(multiplier * term.hazard(start, months));
                start = start.saturating_add(months);
                sum
            };
            Part { weight, ends: multipliers.iter().map(end).collect(), multipliers: multipliers.to_vec() }
        };
        Self { term, months, parts: scenarios.map(part).collect() }
    }

    /// F: the probability, 0 to 1, of a default within `months` from now. Never decreasing, 0 at 0.
    pub fn cumulative(&self, months: u16) -> f64 {
        if self.parts.is_empty() {
            return self.term.cumulative(months);
        }
        let of_part = |part: &Part| part.weight * -libm::expm1(-self.hazard_in(part, months));
        self.parts.iter().map(of_part).sum::<f64>().clamp(0.0, 1.0)
    }

    /// −ln(1 − F) of so many `months`.
    pub fn hazard(&self, months: u16) -> f64 {
        match self.parts.as_slice() {
            [] => self.term.hazard(0, months),
            [one] => self.hazard_in(one, months),
            _ => -libm::log1p(-self.cumulative(months)),
        }
    }

    fn hazard_in(&self, part: &Part, months: u16) -> f64 {
        let whole = usize::from(months / self.months);
        let (before, at) = match whole.min(part.ends.len()) {
            0 => (0.0, 0),
            ends => (part.ends[ends - 1], ends),
        };
        let start = self.months.saturating_mul(at as u16);
        if months == start {
            return before;
        }
        let multiplier = part.multipliers.get(at).or(part.multipliers.last()).copied().unwrap_or(1.0);
        before + risen(multiplier * self.term.hazard(start, months - start))
    }
}

/// A hazard times what a scenario makes of it; where no hazard is certain default, nothing times infinity is none.
fn risen(hazard: f64) -> f64 {
    if hazard.is_nan() { 0.0 } else { hazard }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::term::{TermKey, TermStructures};

    #[test]
    fn hazards_are_multiplied_period_by_period() {
        let terms = TermStructures::flat();
        let term = terms.term(TermKey::flat(0.04));
        let month = -libm::log1p(-0.04) / 12.0;
        let (bad, good) = ([3.0, 2.0, 1.0], [0.5, 0.5, 1.0]);
        let seen = Seen::through(term, 3, [(1.0, &bad[..])].into_iter());
        for (months, hazard) in [(0, 0.0), (2, 6.0), (3, 9.0), (4, 11.0), (6, 15.0), (9, 18.0), (14, 23.0)] {
            assert!((seen.hazard(months) - hazard * month).abs() < 1e-15, "{months}");
            assert!((seen.cumulative(months) + libm::expm1(-hazard * month)).abs() < 1e-15, "{months}");
        }
        let both = Seen::through(term, 3, [(0.25, &bad[..]), (0.75, &good[..])].into_iter());
        let mean = -0.25 * libm::expm1(-11.0 * month) - 0.75 * libm::expm1(-2.0 * month);
        assert!((both.cumulative(4) - mean).abs() < 1e-15);
        assert!((both.hazard(4) + libm::log1p(-mean)).abs() < 1e-15);
        // Sibling: means of hazards are not those of probabilities.
        assert!((both.hazard(4) - (0.25 * 11.0 + 0.75 * 2.0) * month).abs() > 1e-5);
        let own = Seen::own(term);
        assert_eq!((own.cumulative(7), own.hazard(7)), (term.cumulative(7), term.hazard(0, 7)));
    }

    #[test]
    fn certainty_stays_certain_and_nothing_stays_nothing() {
        let terms = TermStructures::flat();
        let twice = [2.0, 0.0];
        let seen = |pd: f64| Seen::through(terms.term(TermKey::flat(pd)), 3, [(1.0, &twice[..])].into_iter());
        assert_eq!((seen(1.0).cumulative(3), seen(0.0).cumulative(24)), (1.0, 0.0));
        assert_eq!(seen(1.0).cumulative(0), 0.0);
    }
}
