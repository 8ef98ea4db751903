//! Resolves `[severity]` and what segments say in its place: whether LGDs are random, and whether the economy moves them.

use super::entries::{Entries, Plain, needed, refuse};
use super::place::Written;
use super::raw::RawSegment;
use crate::error::Result;
use crate::math::incomplete_beta::largest_deviation;
use crate::model::exposure::ExposureSettings;
use crate::model::severity::{Economy, ExpectedLoss, SeveritySettings};
use crate::portfolio::found::show;

const DEVIATION: &str = "severity.lgd_sd";
const ECONOMY: &str = "severity.economy";
const SLOPE: &str = "severity.slope";
const PRESERVE: &str = "severity.preserve_expected_loss";
const LOADING: &str = "collateral.index_loading";

/// The smallest deviation that a beta law is worked out for.
const LEAST_DEVIATION: f64 = 0.001;

/// `own` keys with the economy that a slope without one means: linear.
pub(super) fn with_economy(own: &Entries, segments: &[RawSegment]) -> Entries {
    let mut keys = own.clone();
    if let (None, Some(slope)) = (own.get(ECONOMY), first(own, segments, SLOPE)) {
        let value = Plain::Text(Economy::Linear.name().to_owned());
        keys.set(ECONOMY, Written { value, place: slope.place.clone() });
    }
    keys
}

/// What moves LGDs, by `keys` and those of `segments`.
pub(super) fn resolve(keys: &Entries, segments: &[RawSegment]) -> Result<SeveritySettings> {
    let economy = needed(keys.choice(ECONOMY, &Economy::ALL.map(|economy| (economy.name(), economy)))?)?;
    let preserved = needed(keys.flag(PRESERVE)?)?;
    let slope = first(keys, segments, SLOPE);
    match (economy, slope, keys.get(ECONOMY)) {
        (Economy::Linear, None, Some(written)) => {
            return Err(written.refuse("linear without a slope", "severity.slope as well, such as 0.1"));
        }
        (Economy::None | Economy::FryeJacobs, Some(slope), _) => {
            let found = format!("a slope with severity.economy = \"{}\"", economy.name());
            return Err(slope.refuse(found, "severity.economy = \"linear\", or no slope"));
        }
        _ => {}
    }
    if economy == Economy::FryeJacobs {
        if let (false, Some(written)) = (preserved, keys.get(PRESERVE)) {
            let wanted = "true: with \"frye_jacobs\" the expected loss stays what it is by construction";
            return Err(written.refuse("false with severity.economy = \"frye_jacobs\"", wanted));
        }
        let loads = |written: &&Written<Plain>| written.value != Plain::Number(0.0);
        let of_segments = segments.iter().filter_map(|segment| segment.ecl.get(LOADING));
        if let Some(written) = keys.get(LOADING).into_iter().chain(of_segments).find(loads) {
            let found = "an index loading with severity.economy = \"frye_jacobs\"";
            return Err(written.refuse(found, "0, or severity.economy = \"linear\" or \"none\""));
        }
    }
    let expected_loss = if preserved { ExpectedLoss::Preserved } else { ExpectedLoss::Raised };
    Ok(SeveritySettings { economy, expected_loss })
}

/// The standard deviation of LGDs; 0 where there is none.
pub(super) fn deviation(keys: &Entries) -> Result<f64> {
    match (keys.number(DEVIATION, 0.0..=0.5)?, keys.get(DEVIATION)) {
        (Some(deviation), Some(written)) if deviation != 0.0 && !(LEAST_DEVIATION..0.5).contains(&deviation) => {
            Err(refuse(DEVIATION, written))
        }
        (deviation, _) => Ok(deviation.unwrap_or(0.0)),
    }
}

/// Refuses a deviation that no LGD of a segment's mean can have. One that is 0 or 1 is no random number.
pub(super) fn refuse_wide(keys: &Entries, settings: &ExposureSettings) -> Result<()> {
    let Some(written) = keys.get(DEVIATION) else { return Ok(()) };
    let lgds = settings.lgd.iter().chain(&settings.lgd_by_period);
    let wide = |lgd: &&f64| **lgd > 0.0 && **lgd < 1.0 && settings.lgd_sd >= largest_deviation(**lgd);
    match lgds.copied().find(|lgd| wide(&lgd)) {
        None => Ok(()),
        Some(lgd) => {
            let most = 1e-4 * (1e4 * largest_deviation(lgd)).floor();
            let found = format!("{} for an LGD of {}", show(settings.lgd_sd), show(lgd));
            Err(written.refuse(found, format!("below {most:.4}, the largest that such an LGD can have")))
        }
    }
}

/// What was first written for `path`, for all segments or for one.
fn first<'a>(keys: &'a Entries, segments: &'a [RawSegment], path: &str) -> Option<&'a Written<Plain>> {
    keys.get(path).or_else(|| segments.iter().find_map(|segment| segment.ecl.get(path)))
}

#[cfg(test)]
mod tests {
    use super::super::{Resolved, parse_model, to_toml};
    use super::*;

    fn resolved(text: &str) -> Result<Resolved> {
        super::super::resolve(&parse_model(text, "m.toml")?)
    }

    #[test]
    fn a_slope_alone_means_linear_for_all_or_for_a_segment() {
        let plain = resolved("").unwrap().ecl;
        assert_eq!(plain.severity, SeveritySettings::default());
        assert!(plain.assumed.contains(&"severity.economy = \"none\" (default)".to_owned()), "{:?}", plain.assumed);
        let all = resolved("[severity]\nslope = 0.1\n").unwrap().ecl;
        assert_eq!((all.severity.economy, all.exposure.settings.lgd_slope), (Economy::Linear, 0.1));
        let told = "severity.preserve_expected_loss = true (default)".to_owned();
        assert!(all.assumed.contains(&told) && !plain.assumed.contains(&told));
        let text = "[segments.a]\nlgd_slope = 0.2\nlgd_sd = 0.3\nlgd = 0.5\n[segments.b]\n[segments.b.collateral]\nindex_loading = 0.1\n";
        let one = resolved(text).unwrap().ecl;
        assert_eq!(one.severity.economy, Economy::Linear);
        let of = |name: &str| one.exposure_of(name).settings.clone();
        assert_eq!((of("a").lgd_slope, of("a").lgd_sd, of("b").lgd_slope), (0.2, 0.3, 0.0));
        assert_eq!((of("a").collateral.index_loading, of("b").collateral.index_loading), (0.0, 0.1));
        for text in [text, "[severity]\nslope = 0.1\nlgd_sd = 0.2\n", "[severity]\neconomy = \"frye_jacobs\"\n"] {
            let first = resolved(text).unwrap();
            assert_eq!(resolved(&to_toml(&first)).unwrap().ecl.severity, first.ecl.severity);
        }
    }

    #[test]
    fn what_contradicts_says_what_to_do() {
        for (text, expected) in [
            ("[severity]\neconomy = \"linear\"", "found linear without a slope; wanted severity.slope as well"),
            (
                "[severity]\neconomy = \"frye_jacobs\"\nslope = 0.1",
                "severity.slope (m.toml line 3): found a slope with",
            ),
            ("[severity]\neconomy = \"none\"\nslope = 0.1", "wanted severity.economy = \"linear\", or no slope"),
            ("[severity]\neconomy = \"frye_jacobs\"\n[segments.a]\nlgd_slope = 0.1", "segments.a.lgd_slope"),
            ("[severity]\neconomy = \"frye_jacobs\"\npreserve_expected_loss = false", "by construction"),
            ("[severity]\neconomy = \"frye_jacobs\"\n[collateral]\nindex_loading = 0.1", "found an index loading with"),
            ("[severity]\nlgd_sd = 0.6", "found 0.6; wanted a number from 0.001"),
            ("[severity]\nlgd_sd = 1e-9", "wanted a number from 0.001"),
            ("[severity]\nlgd_sd = 0.3\n[segments.a]\nlgd = 0.9", "found 0.3 for an LGD of 0.9; wanted below 0.3"),
            ("[segments.a]\nlgd_by_period = [0.5, 0.95]\nlgd_sd = 0.3", "for an LGD of 0.95; wanted below 0.2179"),
            ("[severity]\nslope = -0.1", "wanted a number from 0 to 1"),
            ("[severity]\neconomy = \"jacobs\"", "wanted \"none\", \"linear\""),
            ("[collateral]\nindex_loading = 2", "collateral.index_loading"),
            ("[exposure]\nrate_band = 0", "exposure.rate_band (m.toml line 2): found 0; wanted a number above 0"),
            ("[exposure]\nltv_band = 1.5", "wanted a number above 0 and at most 1"),
        ] {
            let message = resolved(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
        let bands = resolved("[exposure]\nrate_band = 0.01\nltv_band = 0.1").unwrap().ecl.bands;
        assert_eq!((bands.rate, bands.ltv), (0.01, 0.1));
    }
}
