//! Collateral whose value moves with the economy (M46): ln V moves by β Y − β²/2 beside its growth, so that its mean is what it
//! would be without.

/// What secures a loan in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Security {
    /// What a sale brings per exposure when the economy is as always; at least 0.
    pub cover: f64,
    /// Smallest LGD, 0 to 1.
    pub floor: f64,
    /// β, how strongly the value moves with the segment's index; at least 0.
    pub loading: f64,
}

impl Security {
    /// LGD where `unsecured` (0 to 1) is lost of what a sale does not cover, at the index `y`.
    pub fn lgd(self, unsecured: f64, y: f64) -> f64 {
        let value = match self.loading > 0.0 {
            true => self.cover * libm::exp(self.loading * (y - 0.5 * self.loading)),
            false => self.cover,
        };
        (unsecured * (1.0 - value.min(1.0))).max(self.floor)
    }

    /// The cover above which every default is covered whatever the economy does, down to the index `lowest`.
    pub fn most_cover(loading: f64, lowest: f64) -> f64 {
        libm::exp(-loading * (lowest - 0.5 * loading))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::normal;

    #[test]
    fn a_bad_economy_uncovers_and_the_mean_value_stays() {
        let security = Security { cover: 0.7, floor: 0.05, loading: 0.2 };
        // 0.7 e^(−0.4 − 0.02) = 0.459933: 0.45 × 0.540067
        assert!((security.lgd(0.45, -2.0) - 0.243030).abs() < 5e-7, "{}", security.lgd(0.45, -2.0));
        assert_eq!(security.lgd(0.45, 3.0), 0.05, "the floor");
        assert_eq!(Security { loading: 0.0, ..security }.lgd(0.45, -2.0), 0.45 * (1.0 - 0.7));
        // Where nothing is cut off, the mean over the economy is that of the mean value.
        let low = Security { cover: 0.1, floor: 0.0, loading: 0.2 };
        let mean: f64 =
            (-136..=136).map(|i| f64::from(i) / 16.0).map(|y| normal::pdf(y) / 16.0 * low.lgd(0.45, y)).sum();
        assert!((mean - 0.45 * 0.9).abs() < 1e-12, "{mean}");
        assert_eq!(
            Security { cover: Security::most_cover(0.3, -8.0) * 1.000_001, floor: 0.0, loading: 0.3 }.lgd(0.45, -8.0),
            0.0
        );
    }
}
