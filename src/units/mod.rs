//! Exact quantities: confidence levels as decimals, the currency unit that losses are counted in (L4), dates, and digests.

mod date;
mod date_format;
mod digest;

pub use date::Date;
pub use date_format::DateFormat;
pub use digest::Digest;

use crate::error::{Error, Result};
use std::fmt;

/// A confidence level a, 0 < a < 1, held as an exact decimal so that aN is computed without rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level {
    /// a × 10^12.
    picos: u64,
}

const ONE: u64 = 1_000_000_000_000;

impl Level {
    /// Reads `0.999`, `.999` or `99.9%`; at most 12 digits after the point as a fraction.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = |wanted: &str| Error::setting("levels", format!("'{text}'"), wanted);
        let shape = "a decimal between 0 and 1 such as 0.999, or a percentage such as 99.9%";
        let trimmed = text.trim();
        let (number, digits) = match trimmed.strip_suffix('%') {
            Some(percent) => (percent.trim_end(), 10),
            None => (trimmed, 12),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || !(whole.to_owned() + fraction).bytes().all(|b| b.is_ascii_digit())
        {
            return Err(bad(shape));
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > digits {
            return Err(bad("at most 12 digits after the point"));
        }
        let padded = format!("{whole}{fraction:0<digits$}");
        let picos: u64 = padded.parse().map_err(|_| bad("more than 0 and less than 1 (99.9% or 0.999)"))?;
        if picos == 0 || picos >= ONE {
            return Err(bad("more than 0 and less than 1 (99.9% or 0.999)"));
        }
        Ok(Self { picos })
    }

    /// The level as a number, in (0, 1).
    pub fn value(self) -> f64 {
        self.picos as f64 / ONE as f64
    }

    /// ceil(a n): the rank, counted from 1, of the order statistic that is the lower quantile of n values.
    pub fn rank(self, n: u64) -> u64 {
        (u128::from(self.picos) * u128::from(n)).div_ceil(u128::from(ONE)) as u64
    }

    /// n (1 − a), the expected number of values beyond the quantile, rounded once.
    pub fn tail(self, n: u64) -> f64 {
        (u128::from(ONE - self.picos) * u128::from(n)) as f64 / ONE as f64
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.picos / (ONE / 100), self.picos % (ONE / 100));
        let fraction = format!("{rest:010}");
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{whole}%"),
            digits => write!(f, "{whole}.{digits}%"),
        }
    }
}

/// The currency value of one integer loss unit: 1, 2 or 5 times a power of ten. Serialised as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Unit {
    mantissa: u8,
    exponent: i8,
}

/// The largest loss, in units, that one obligor may have: what fits a u32 word of a device.
pub const MOST_UNITS: u32 = u32::MAX;

impl Unit {
    /// One hundredth of the currency: a cent.
    pub const CENT: Self = Self { mantissa: 1, exponent: -2 };

    /// The unit `mantissa` × 10^`exponent`, or None when the mantissa is not 1, 2 or 5 or the exponent leaves −30…30.
    pub fn new(mantissa: u8, exponent: i8) -> Option<Self> {
        (matches!(mantissa, 1 | 2 | 5) && (-30..=30).contains(&exponent)).then_some(Self { mantissa, exponent })
    }

    /// The unit worth `value` (currency), or None when it is not 1, 2 or 5 times a power of ten.
    pub fn from_value(value: f64) -> Option<Self> {
        (-30..=30)
            .flat_map(|exponent| [1, 2, 5].map(|mantissa| Self { mantissa, exponent }))
            .find(|unit| unit.value() == value)
    }

    /// The smallest unit, from `self` upwards, in which `largest` (currency) fits [`MOST_UNITS`]; None beyond 1e30.
    pub fn grown_to_hold(self, largest: f64) -> Option<Self> {
        let mut unit = self;
        // A NaN or infinite amount fits no unit.
        while unit.count_f64(largest).partial_cmp(&f64::from(MOST_UNITS)).is_none_or(|order| order.is_gt()) {
            unit = unit.next()?;
        }
        Some(unit)
    }

    /// The smallest unit of all in which `largest` (currency, above 0) fits [`MOST_UNITS`].
    pub fn finest_for(largest: f64) -> Option<Self> {
        Self { mantissa: 1, exponent: -30 }.grown_to_hold(largest)
    }

    /// Currency per unit.
    pub fn value(self) -> f64 {
        let power = POWERS_OF_TEN[usize::from(self.exponent.unsigned_abs())];
        let mantissa = f64::from(self.mantissa);
        if self.exponent < 0 { mantissa / power } else { mantissa * power }
    }

    /// `amount` (currency, not negative) in whole units, rounded half up; saturates at [`MOST_UNITS`].
    pub fn count(self, amount: f64) -> u32 {
        self.count_f64(amount) as u32
    }

    /// `units` in currency.
    pub fn currency(self, units: f64) -> f64 {
        let power = POWERS_OF_TEN[usize::from(self.exponent.unsigned_abs())];
        let scaled = units * f64::from(self.mantissa);
        if self.exponent < 0 { scaled / power } else { scaled * power }
    }

    /// `units` in currency, written exactly.
    pub fn decimal(self, units: u64) -> String {
        let scaled = u128::from(units) * u128::from(self.mantissa);
        let zeros = usize::from(self.exponent.unsigned_abs());
        if self.exponent >= 0 {
            return if scaled == 0 { "0".to_owned() } else { format!("{scaled}{:0<zeros$}", "") };
        }
        let digits = format!("{scaled:0>width$}", width = zeros + 1);
        let (whole, fraction) = digits.split_at(digits.len() - zeros);
        format!("{whole}.{fraction}")
    }

    fn count_f64(self, amount: f64) -> f64 {
        let power = POWERS_OF_TEN[usize::from(self.exponent.unsigned_abs())];
        let mantissa = f64::from(self.mantissa);
        let exact = if self.exponent < 0 { amount * power / mantissa } else { amount / (power * mantissa) };
        (exact + 0.5).floor()
    }

    fn next(self) -> Option<Self> {
        match self.mantissa {
            1 => Self::new(2, self.exponent),
            2 => Self::new(5, self.exponent),
            _ => Self::new(1, self.exponent + 1),
        }
    }
}

const POWERS_OF_TEN: [f64; 31] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29, 1e30,
];

impl From<Unit> for f64 {
    fn from(unit: Unit) -> Self {
        unit.value()
    }
}

impl TryFrom<f64> for Unit {
    type Error = String;

    fn try_from(value: f64) -> std::result::Result<Self, String> {
        Self::from_value(value).ok_or_else(|| format!("unit {value} is not 1, 2 or 5 times a power of ten"))
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value();
        if (1e-6..1e15).contains(&value) { write!(f, "{value}") } else { write!(f, "{value:e}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_exact_decimals() {
        assert_eq!(Level::parse("99.9%").unwrap(), Level::parse("0.999").unwrap());
        assert_eq!(Level::parse(".95").unwrap().to_string(), "95%");
        assert_eq!(Level::parse("0.9995").unwrap().to_string(), "99.95%");
        // 0.29 × 100 is 28.999999999999996 in f64: the rank must still be 29.
        assert_eq!(Level::parse("0.29").unwrap().rank(100), 29);
        assert_eq!(Level::parse("0.999").unwrap().rank(1_000_000), 999_000);
        assert_eq!(Level::parse("0.999").unwrap().rank(1), 1);
        assert_eq!(Level::parse("0.95").unwrap().tail(10), 0.5);
    }

    #[test]
    fn levels_outside_the_open_interval_are_refused() {
        for text in
            ["1", "1.0", "0", "100%", "0%", "-0.5", "nan", "", ".", "%", "0.9.9", "1e-3", "0.9999999999999", "+0.5"]
        {
            assert!(Level::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_unit_is_a_cent_until_the_largest_loan_needs_more() {
        assert_eq!(Unit::CENT.grown_to_hold(42_949_672.95).unwrap().value(), 0.01);
        assert_eq!(Unit::CENT.grown_to_hold(42_949_673.0).unwrap().value(), 0.02);
        assert_eq!(Unit::CENT.grown_to_hold(1e9).unwrap().value(), 0.5);
        assert_eq!(Unit::finest_for(1.0).unwrap().value(), 5e-10);
        assert_eq!(Unit::from_value(0.05).unwrap().to_string(), "0.05");
        assert_eq!(Unit::from_value(0.03), None);
        assert!(Unit::CENT.grown_to_hold(f64::INFINITY).is_none());
        assert_eq!(Unit::CENT.decimal(7), "0.07");
        assert_eq!(Unit::CENT.decimal(123_456), "1234.56");
        assert_eq!(Unit::new(5, 2).unwrap().decimal(7), "3500");
        assert_eq!(Unit::new(5, -1).unwrap().decimal(7), "3.5");
        assert_eq!(Unit::CENT.count(0.045), 5);
        assert_eq!(Unit::CENT.count(15_000.0 * 0.45), 675_000);
    }
}
