//! An estimate with its error (L5), in the shape in which it is reported.

use serde::Serialize;

/// The 97.5 % quantile of the standard normal distribution: half the width of a 95 % interval in standard errors.
pub const Z95: f64 = 1.959_963_984_540_054;

/// Both ends of a 95 % interval; an end that the sample is too small to give is None (`null`).
pub type Interval = [Option<f64>; 2];

/// A number with its standard error and 95 % interval, all in the same unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error; None when the sample cannot tell (one scenario).
    pub standard_error: Option<f64>,
    /// `value` ± [`Z95`] standard errors, cut off at 0 because nothing measured here can be negative.
    pub interval: Interval,
}

impl Estimate {
    /// The estimate of a quantity that cannot be negative.
    pub fn of_positive(value: f64, standard_error: Option<f64>) -> Self {
        let end = |sign: f64| standard_error.map(|error| (value + sign * Z95 * error).max(0.0));
        Self { value, standard_error, interval: [end(-1.0), end(1.0)] }
    }

    /// The same estimate in another unit: every figure passes through `convert`, a multiplication by a positive number.
    pub fn convert(self, convert: impl Fn(f64) -> f64) -> Self {
        Self {
            value: convert(self.value),
            standard_error: self.standard_error.map(&convert),
            interval: self.interval.map(|end| end.map(&convert)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_symmetric_until_it_meets_zero() {
        let estimate = Estimate::of_positive(10.0, Some(1.0));
        assert_eq!(estimate.interval, [Some(10.0 - Z95), Some(10.0 + Z95)]);
        assert_eq!(Estimate::of_positive(1.0, Some(1.0)).interval[0], Some(0.0));
        assert_eq!(Estimate::of_positive(1.0, None).interval, [None, None]);
        assert_eq!(estimate.convert(|x| x / 100.0).standard_error, Some(0.01));
    }
}
