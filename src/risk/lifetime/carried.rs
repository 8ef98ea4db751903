//! Profiles whose LGD is a table's (M45 to M47): factors are exposures, discounted, and each period has the law of its LGD.
//!
//! What a sale brings per exposure stands in whole bands, so that few laws serve many periods; factors make up for what that
//! moves on average.

use super::profile::{How, Profile, ProfileKey, scaled};
use crate::math::normal;
use crate::model::ecl::{PeriodExposure, exposure_path};
use crate::model::exposure::{ExposureSettings, LoanTerms};
use crate::model::severity::{FIRST_ROW, MeanLgd, ROWS, ROWS_PER_UNIT, Security, row_state};

/// The profile of `key`, a loan of `terms` under `settings`.
pub fn carried(terms: &LoanTerms<'_>, settings: &ExposureSettings, key: &ProfileKey, how: How<'_>) -> Profile {
    let (setup, rule) = (how.setup, &how.setup.severity.settings);
    let (mut factors, mut laws) = (Vec::new(), Vec::new());
    for period in exposure_path(terms, setup.discounting, setup.grid) {
        if period.start >= key.horizon {
            break;
        }
        let counts = key.counts((period.start, period.end), setup.grid);
        let (own, banded) = (rule.law(settings, &period), rule.law(settings, &in_bands(&period, settings, how)));
        let (law, moved) = match (on_average(own.mean), on_average(banded.mean)) {
            _ if period.cover.is_none() => (own, 1.0),
            // At most 1, so that nobody loses more than the exposure: less cover never loses less.
            (own, of_band) if of_band > 0.0 => (banded, own / of_band),
            _ => (banded, 1.0),
        };
        factors.push(period.exposure * counts * moved);
        laws.push(law);
    }
    Profile { factors: scaled(factors), laws: Some(laws), classes: vec![], is_certain: false, cut: key.cut }
}

/// `period` with what a sale brings in whole bands, rounded down; all that cover whatever the economy does are one.
fn in_bands(period: &PeriodExposure, settings: &ExposureSettings, how: How<'_>) -> PeriodExposure {
    let most = Security::most_cover(settings.collateral.index_loading, FIRST_ROW);
    let band = how.bands.ltv;
    let whole = |cover: f64| (cover.min(most) / band).floor() * band;
    PeriodExposure { cover: period.cover.map(whole), ..*period }
}

/// The mean LGD over the economy, defaults apart.
fn on_average(mean: MeanLgd) -> f64 {
    match mean {
        MeanLgd::Whole | MeanLgd::Argument { .. } => mean.neutral(),
        MeanLgd::Index { .. } => {
            let of_row = |row: usize| normal::pdf(row_state(row)) / ROWS_PER_UNIT * mean.at(row_state(row));
            (0..ROWS).map(of_row).sum()
        }
    }
}
