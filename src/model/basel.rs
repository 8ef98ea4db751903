//! Basel's asset correlations as functions of PD (M3; Basel II, paragraphs 272, 328–330; CRE31 today).

/// Which of Basel's correlation functions a segment follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaselClass {
    /// Corporate, sovereign and bank exposures: 0.24 falling to 0.12.
    Corporate,
    /// Residential mortgages: 0.15.
    Mortgage,
    /// Qualifying revolving retail: 0.04.
    Revolving,
    /// Other retail: 0.16 falling to 0.03.
    OtherRetail,
}

impl BaselClass {
    /// Every class, in the order of the documents.
    pub const ALL: [Self; 4] = [Self::Corporate, Self::Mortgage, Self::Revolving, Self::OtherRetail];

    /// The name used in model files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Corporate => "corporate",
            Self::Mortgage => "mortgage",
            Self::Revolving => "revolving",
            Self::OtherRetail => "other_retail",
        }
    }

    /// Asset correlation rho, 0.03 to 0.24, of an obligor with one-year probability of default `pd` (0 to 1).
    pub fn correlation(self, pd: f64) -> f64 {
        match self {
            Self::Corporate => falling(pd, 50.0, [0.12, 0.24]),
            Self::Mortgage => 0.15,
            Self::Revolving => 0.04,
            Self::OtherRetail => falling(pd, 35.0, [0.03, 0.16]),
        }
    }
}

/// Falls from `high` at PD 0 to `low` at PD 1, exponentially at `rate`.
fn falling(pd: f64, rate: f64, [low, high]: [f64; 2]) -> f64 {
    let weight = libm::expm1(-rate * pd) / libm::expm1(-rate);
    low * weight + high * (1.0 - weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlations_meet_the_ends_of_the_basel_functions() {
        assert!((BaselClass::Corporate.correlation(0.0) - 0.24).abs() < 1e-15);
        assert!((BaselClass::Corporate.correlation(1.0) - 0.12).abs() < 1e-15);
        assert!((BaselClass::OtherRetail.correlation(0.0) - 0.16).abs() < 1e-15);
        // 0.12 (1 − e^−0.5)/(1 − e^−50) + 0.24 (1 − (1 − e^−0.5)/(1 − e^−50)), by hand
        assert!((BaselClass::Corporate.correlation(0.01) - 0.192_783_679_165_516).abs() < 1e-14);
        assert_eq!(BaselClass::Mortgage.correlation(0.3), 0.15);
        assert_eq!(BaselClass::Revolving.correlation(0.3), 0.04);
    }
}
