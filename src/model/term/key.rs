//! What a loan's term structure depends on, and F as that loan has it (M27–M29).

use super::curves::Curve;
use super::flat::FlatHazard;
use std::hash::{Hash, Hasher};

/// What decides a loan's term structure: loans with equal keys have the same.
#[derive(Debug, Clone, Copy)]
pub struct TermKey {
    /// Number of the curve or rating, in the order of the file; [`Self::FLAT`] for the flat hazard of `pd`.
    pub curve: u16,
    /// One-year probability of default, 0 to 1, that the curve is scaled to; NaN for the curve as it is.
    pub pd: f64,
    /// Months since origination where the curve counts from there, else 0.
    pub age: u16,
}

impl TermKey {
    /// The `curve` of a flat hazard (M27).
    pub const FLAT: u16 = u16::MAX;

    /// The flat hazard of the one-year probability `pd`, 0 to 1.
    pub fn flat(pd: f64) -> Self {
        Self { curve: Self::FLAT, pd, age: 0 }
    }

    fn bits(&self) -> (u16, u64, u16) {
        (self.curve, self.pd.to_bits(), self.age)
    }
}

/// By the bits of `pd`, so that NaN equals itself.
impl PartialEq for TermKey {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for TermKey {}

impl Hash for TermKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

/// What is known of a loan that its term structure may depend on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TermFacts {
    /// Index of its segment on the tape.
    pub segment: u32,
    /// One-year probability of default, 0 to 1; NaN where there is none.
    pub pd: f64,
    /// Index of its rating on the tape; [`Self::BLANK`] where there is none.
    pub rating: u16,
    /// Whole months since origination; [`Self::BLANK`] where that is not known.
    pub age: u16,
}

impl TermFacts {
    /// What stands where a rating or an age is not known.
    pub const BLANK: u16 = u16::MAX;
}

/// F of one loan, ready to be asked for many months.
#[derive(Debug, Clone, Copy)]
pub struct Term<'a>(Shape<'a>);

#[derive(Debug, Clone, Copy)]
enum Shape<'a> {
    Flat(FlatHazard),
    /// The curve as it is, from its start.
    Plain(&'a Curve),
    /// The curve from `age` on, its hazard times `scale`.
    Residual {
        curve: &'a Curve,
        scale: f64,
        age: u16,
    },
}

impl<'a> Term<'a> {
    pub(super) fn flat(pd: f64) -> Self {
        Self(Shape::Flat(FlatHazard::new(pd)))
    }

    /// `curve` from `age` on; with hazards scaled so that the next year's probability is `pd`, unless that is NaN.
    pub(super) fn on_curve(curve: &'a Curve, pd: f64, age: u16) -> Self {
        if pd.is_nan() {
            return Self(if age == 0 { Shape::Plain(curve) } else { Shape::Residual { curve, scale: 1.0, age } });
        }
        let year = rise(curve, age, 12);
        // Nothing can be scaled to certainty, nor a year without hazard to any probability.
        if pd <= 0.0 || pd >= 1.0 || !(year > 0.0 && year.is_finite()) {
            return Self::flat(pd);
        }
        Self(Shape::Residual { curve, scale: -libm::log1p(-pd) / year, age })
    }

    /// F: the probability, 0 to 1, that the loan defaults within `months` from now. Never decreasing, 0 at 0.
    pub fn cumulative(&self, months: u16) -> f64 {
        self.at(u32::from(months))
    }

    /// The probability of default within `months` of a loan that has lived for `age` of the months of this term structure:
    /// (F(age + months) − F(age)) / (1 − F(age)); 1 where it cannot have lived so long.
    pub fn residual(&self, age: u16, months: u16) -> f64 {
        let before = self.at(u32::from(age));
        if months == 0 {
            0.0
        } else if before >= 1.0 {
            1.0
        } else {
            ((self.at(u32::from(age) + u32::from(months)) - before) / (1.0 - before)).clamp(0.0, 1.0)
        }
    }

    /// H = −ln(1 − F) between `age` and `age + months` of this term structure, 0 or more: what [`Self::residual`] is made of, kept
    /// to full precision where that comes near 1. Infinite where default is certain.
    pub fn hazard(&self, age: u16, months: u16) -> f64 {
        let until = |months: u32| match self.0 {
            Shape::Flat(flat) => flat.hazard(months),
            Shape::Plain(curve) => curve.hazard(months),
            Shape::Residual { curve, scale, age } => scale * rise(curve, age, months),
        };
        let before = until(u32::from(age));
        match months {
            0 => 0.0,
            _ if before.is_finite() => until(u32::from(age) + u32::from(months)) - before,
            _ => f64::INFINITY,
        }
    }

    fn at(&self, months: u32) -> f64 {
        match self.0 {
            _ if months == 0 => 0.0,
            Shape::Flat(flat) => flat.cumulative(months),
            Shape::Plain(curve) => curve.cumulative(months),
            Shape::Residual { curve, scale, age } => 0.0 - libm::expm1(-scale * rise(curve, age, months)),
        }
    }
}

/// H(age + months) − H(age) of `curve`; infinite where default was certain before.
pub(super) fn rise(curve: &Curve, age: u16, months: u32) -> f64 {
    let before = curve.hazard(u32::from(age));
    if before.is_finite() { curve.hazard(u32::from(age) + months) - before } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::super::curves::Node;
    use super::*;

    fn grade_c() -> Curve {
        let points = [(12, 0.069084), (24, 0.174830), (36, 0.268942), (60, 0.422006)];
        Curve::new(&points.map(|(months, cumulative)| Node { months, cumulative })).unwrap()
    }

    #[test]
    fn a_curve_goes_on_from_the_age_of_the_loan() {
        let curve = grade_c();
        let aged = Term::on_curve(&curve, f64::NAN, 4);
        assert!((aged.cumulative(12) - 0.084_163_44).abs() < 5e-9, "{}", aged.cumulative(12));
        assert!((aged.cumulative(32) - 0.251_287_64).abs() < 5e-9, "{}", aged.cumulative(32));
        // Siblings: another age, and no age.
        assert!((Term::on_curve(&curve, f64::NAN, 5).cumulative(12) - 0.084_163_44).abs() > 1e-3);
        let plain = Term::on_curve(&curve, f64::NAN, 0);
        assert_eq!(plain.cumulative(12), 0.069084);
        for (age, months) in [(4, 12), (4, 32), (57, 480), (0, 12), (7, 0)] {
            let aged = Term::on_curve(&curve, f64::NAN, age);
            assert!((plain.residual(age, months) - aged.cumulative(months)).abs() < 1e-14, "{age} {months}");
        }
    }

    #[test]
    fn a_scaled_curve_has_the_years_probability_of_the_loan_and_the_shape_of_the_curve() {
        let curve = grade_c();
        for (pd, age) in [(0.02, 0), (0.3, 17), (0.0, 3)] {
            let term = Term::on_curve(&curve, pd, age);
            assert!((term.cumulative(12) - pd).abs() < 1e-15, "{pd} {age}");
            let ratio = |months| libm::log1p(-term.cumulative(months)) / -rise(&curve, age, u32::from(months));
            assert!((ratio(31) - ratio(12)).abs() < 1e-13, "{pd} {age}");
        }
        // Sibling: scaling F in place of the hazard would give another second year.
        let term = Term::on_curve(&curve, 0.02, 0);
        assert!((term.cumulative(24) - 0.02 * 0.174830 / 0.069084).abs() > 1e-3);
    }

    #[test]
    fn probabilities_of_any_loan_rise_within_their_bounds() {
        let (curve, certain) = (grade_c(), Curve::by_month([0.5, 1.0].into_iter()));
        for term in [
            Term::flat(0.07),
            Term::flat(1.0),
            Term::on_curve(&curve, f64::NAN, 7),
            Term::on_curve(&curve, 0.9, u16::MAX),
            Term::on_curve(&certain, f64::NAN, 0),
            Term::on_curve(&certain, f64::NAN, 2),
            Term::on_curve(&certain, f64::NAN, u16::MAX),
        ] {
            let mut last = 0.0;
            for months in (0..700).chain([u16::MAX]) {
                let now = term.cumulative(months);
                assert!(now <= 1.0 && now >= last - 1e-16, "{term:?} {months}: {now} after {last}");
                let residual = term.residual(months, 12);
                assert!((0.0..=1.0).contains(&residual), "{term:?} {months}");
                let by_hazard = -libm::expm1(-term.hazard(months, 12));
                // F near 1 has few digits of 1 − F left.
                assert!(now > 0.999 || (by_hazard - residual).abs() < 1e-11, "{term:?} {months}: {by_hazard}");
                last = now;
            }
        }
    }

    #[test]
    fn keys_without_a_probability_equal_themselves() {
        let key = TermKey { curve: 3, pd: f64::NAN, age: 7 };
        assert_eq!(key, key);
        assert_ne!(key, TermKey { age: 8, ..key });
        assert_ne!(TermKey::flat(0.1), TermKey::flat(0.2));
    }
}
