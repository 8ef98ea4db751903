//! What a macro scenario makes of a segment's index (M51): Y_t = m_t + s × residual.
//!
//! The residual is the index of M42 (with regimes: M50), of mean 0 and variance 1. Without a climate m is 0 and s is 1.

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Climate {
    /// m by period, standard deviations of the index, low is bad: its last value goes on; none: 0.
    pub macro_part: Vec<f64>,
    /// s = √(1 − R²), what of the index stays random: above 0 to 1.
    pub scale: f64,
}

impl Climate {
    /// No climate: the index as it is.
    pub fn none() -> Self {
        Self { macro_part: vec![], scale: 1.0 }
    }

    /// m in `period`, from 0.
    pub fn at(&self, period: usize) -> f64 {
        self.macro_part.get(period).or(self.macro_part.last()).copied().unwrap_or(0.0)
    }

    /// Whether it leaves every index as it is.
    pub fn is_none(&self) -> bool {
        self.scale == 1.0 && self.macro_part.iter().all(|&part| part == 0.0)
    }

    /// Whether m is finite and s in its range.
    pub fn is_valid(&self) -> bool {
        self.scale > 0.0 && self.scale <= 1.0 && self.macro_part.iter().all(|part| part.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_period_goes_on() {
        let climate = Climate { macro_part: vec![-1.5, 0.25], scale: 0.8 };
        assert_eq!([0, 1, 2, 77].map(|period| climate.at(period)), [-1.5, 0.25, 0.25, 0.25]);
        assert_eq!(Climate::none().at(3), 0.0);
        let zero = Climate { macro_part: vec![0.0, -0.0], scale: 1.0 };
        assert!(Climate::none().is_none() && zero.is_none() && !climate.is_none());
        assert!(!Climate { scale: 0.999, ..zero.clone() }.is_none());
        assert!(climate.is_valid() && !Climate { scale: 0.0, ..zero.clone() }.is_valid());
        assert!(!Climate { macro_part: vec![f64::NAN], ..zero }.is_valid());
    }
}
