//! Which LGDs are a table's and not a factor's (M45 to M47), and what the expectation of one is.

use super::collateral::Security;
use super::economy::{Economy, LgdLaw, MeanLgd};
use crate::model::ecl::PeriodExposure;
use crate::model::exposure::ExposureSettings;

/// What becomes of the expected loss when LGDs move with the economy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExpectedLoss {
    /// It stays what it is with LGDs that do not move: they are scaled to that.
    #[default]
    Preserved,
    /// It rises, because defaults come in bad times.
    Raised,
}

/// What a model says of the severity of defaults, beside what segments say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeveritySettings {
    /// What moves LGDs.
    pub economy: Economy,
    /// Whether that moves the expected loss.
    pub expected_loss: ExpectedLoss,
}

impl SeveritySettings {
    /// Whether the LGD of loans of the segment with these `settings` is random or moves, with `collateral` or without.
    pub fn carries(&self, settings: &ExposureSettings, collateral: Secured) -> bool {
        let moves = match self.economy {
            Economy::None => false,
            Economy::Linear => settings.lgd_slope > 0.0,
            Economy::FryeJacobs => true,
        };
        moves || settings.lgd_sd > 0.0 || collateral == Secured::Yes && settings.collateral.index_loading > 0.0
    }

    /// Whether it moves what such loans are expected to lose.
    pub fn moves_expectation(&self, settings: &ExposureSettings, collateral: Secured) -> bool {
        let is_raised = self.expected_loss == ExpectedLoss::Raised;
        is_raised && self.economy == Economy::Linear && settings.lgd_slope > 0.0
            || collateral == Secured::Yes && settings.collateral.index_loading > 0.0
    }

    /// The law of the LGD in `period`. Under M47 its step is still to be found: it hangs on the pool.
    pub fn law(&self, settings: &ExposureSettings, period: &PeriodExposure) -> LgdLaw {
        let slope = if self.economy == Economy::Linear { settings.lgd_slope } else { 0.0 };
        let mean = by_index(settings, period, slope);
        let mean = match self.economy {
            // Nothing has no default rate to follow.
            Economy::FryeJacobs if mean.neutral() > 0.0 => MeanLgd::Argument { lgd: mean.neutral(), step: 0.0 },
            _ => mean,
        };
        LgdLaw { mean, deviation: settings.lgd_sd }
    }

    /// The mean LGD in `period` by the index, as it counts for the expected loss.
    pub fn expected(&self, settings: &ExposureSettings, period: &PeriodExposure) -> MeanLgd {
        let slope = match (self.economy, self.expected_loss) {
            (Economy::Linear, ExpectedLoss::Raised) => settings.lgd_slope,
            _ => 0.0,
        };
        by_index(settings, period, slope)
    }
}

/// Whether there is collateral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secured {
    /// There is.
    Yes,
    /// There is none.
    No,
}

impl Secured {
    /// As `collateral` says.
    pub fn by<T>(collateral: Option<&T>) -> Self {
        if collateral.is_some() { Self::Yes } else { Self::No }
    }
}

fn by_index(settings: &ExposureSettings, period: &PeriodExposure, slope: f64) -> MeanLgd {
    let of_cover =
        |cover| Security { cover, floor: settings.collateral.lgd_floor, loading: settings.collateral.index_loading };
    MeanLgd::Index { lgd: period.lgd, slope, security: period.cover.map(of_cover) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_carries_what_is_random_or_moves() {
        let fixed = ExposureSettings::default();
        let random = ExposureSettings { lgd_sd: 0.2, ..ExposureSettings::default() };
        let sloping = ExposureSettings { lgd_slope: 0.1, ..ExposureSettings::default() };
        let mut indexed = ExposureSettings::default();
        indexed.collateral.index_loading = 0.2;
        let linear = SeveritySettings { economy: Economy::Linear, expected_loss: ExpectedLoss::Preserved };
        let raised = SeveritySettings { expected_loss: ExpectedLoss::Raised, ..linear };
        let jacobs = SeveritySettings { economy: Economy::FryeJacobs, ..linear };
        let none = SeveritySettings::default();
        let carried = |rule: SeveritySettings| {
            [&fixed, &random, &sloping, &indexed]
                .map(|settings| [Secured::No, Secured::Yes].map(|secured| rule.carries(settings, secured)))
        };
        assert_eq!(carried(none), [[false; 2], [true; 2], [false; 2], [false, true]]);
        assert_eq!(carried(linear), [[false; 2], [true; 2], [true; 2], [false, true]]);
        assert_eq!(carried(jacobs), [[true; 2]; 4]);
        let moved = |rule: SeveritySettings| rule.moves_expectation(&sloping, Secured::No);
        assert_eq!([none, linear, raised, jacobs].map(moved), [false, false, true, false]);
        assert!(none.moves_expectation(&indexed, Secured::Yes) && !none.moves_expectation(&indexed, Secured::No));
    }
}
