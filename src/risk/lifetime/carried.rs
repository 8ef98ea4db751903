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
        let banded = PeriodExposure { cover: period.cover.map(|cover| in_bands(cover, settings, how)), ..period };
        let (own, in_bands) = (rule.law(settings, &period), rule.law(settings, &banded));
        let (law, moved) = match period.cover.map(|_| (on_average(own.mean), on_average(in_bands.mean))) {
            Some((own, in_bands_lost)) if in_bands_lost > 0.0 => (in_bands, own / in_bands_lost),
            // A band that loses nothing cannot stand for one that loses little.
            _ => (own, 1.0),
        };
        factors.push(period.exposure * counts * moved);
        laws.push(law);
    }
    Profile { factors: scaled(factors), laws: Some(laws), classes: vec![], is_certain: false, cut: key.cut(setup.grid) }
}

/// The nearest whole number of bands; all that cover whatever the economy does are one.
fn in_bands(cover: f64, settings: &ExposureSettings, how: How<'_>) -> f64 {
    let most = Security::most_cover(settings.collateral.index_loading, FIRST_ROW);
    let band = how.bands.ltv;
    (cover.min(most) / band + 0.5).floor() * band
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
