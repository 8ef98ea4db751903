//! Resolves `[exposure]` and `[collateral]`, for the whole tape or for a segment that has keys of its own.

use super::entries::{Entries, Plain, needed, refuse};
use super::place::Written;
use super::severity;
use crate::error::Result;
use crate::model::exposure::{CollateralSettings, ExposureSettings, RateKind, ScheduleSettings};
use crate::model::time::MOST_MONTHS;

/// Exposure settings, and the file of profiles that a custom schedule is still to be read from.
#[derive(Debug, Clone, PartialEq)]
pub struct ExposureChoice {
    /// All but a custom schedule, which stands as bullet here.
    pub settings: ExposureSettings,
    /// Where a custom schedule comes from: a path relative to the model's folder.
    pub profile_file: Option<Written<String>>,
}

/// What an exposure's `profile` may be.
#[derive(Debug, Clone, Copy)]
enum Profile {
    Bullet,
    Linear,
    Annuity,
    Custom,
}

const PROFILES: [(&str, Profile); 4] = [
    ("bullet", Profile::Bullet),
    ("linear", Profile::Linear),
    ("annuity", Profile::Annuity),
    ("custom", Profile::Custom),
];

const KINDS: [(&str, RateKind); 2] = [("nominal", RateKind::Nominal), ("effective", RateKind::Effective)];

/// The exposure that `keys` describe; `lgd` is the segment's.
pub(super) fn resolve(keys: &Entries, lgd: Option<f64>) -> Result<ExposureChoice> {
    let file = keys.text("exposure.profile_file")?.map(str::to_owned);
    let mut profile_file = None;
    let schedule = match needed(keys.choice("exposure.profile", &PROFILES)?)? {
        Profile::Bullet => ScheduleSettings::Bullet,
        Profile::Linear => ScheduleSettings::Linear,
        Profile::Annuity => ScheduleSettings::Annuity,
        Profile::Custom => {
            profile_file = Some(custom_file(keys, file)?);
            ScheduleSettings::Bullet
        }
    };
    let settings = ExposureSettings {
        schedule,
        rate_kind: needed(keys.choice("exposure.rate_kind", &KINDS)?)?,
        interest_rate: rate(keys)?,
        remaining_months: keys.whole("exposure.remaining_months", 1..=MOST_MONTHS)?,
        cpr: below_one(keys)?,
        ccf: keys.number("exposure.ccf", 0.0..=1.0)?,
        lgd_by_period: lgd_by_period(keys)?,
        lgd,
        collateral: CollateralSettings {
            haircut: needed(keys.number("collateral.haircut", 0.0..=1.0)?)?,
            cost_of_sale: needed(keys.number("collateral.cost_of_sale", 0.0..=1.0)?)?,
            growth: growth(keys)?,
            months_to_sale: needed(keys.whole("collateral.months_to_sale", 0..=MOST_MONTHS)?)?,
            lgd_floor: needed(keys.number("collateral.lgd_floor", 0.0..=1.0)?)?,
            index_loading: needed(keys.number("collateral.index_loading", 0.0..=1.0)?)?,
        },
        lgd_sd: severity::deviation(keys)?,
        lgd_slope: keys.number("severity.slope", 0.0..=1.0)?.unwrap_or(0.0),
    };
    severity::refuse_wide(keys, &settings)?;
    Ok(ExposureChoice { settings, profile_file })
}

fn custom_file(keys: &Entries, file: Option<String>) -> Result<Written<String>> {
    const PATH: &str = "exposure.profile";
    match (file, keys.get("exposure.profile_file"), keys.get(PATH)) {
        (Some(file), Some(written), _) => Ok(Written { value: file, place: written.place.clone() }),
        (_, _, Some(profile)) => {
            Err(profile
                .refuse("custom without a profile_file", "exposure.profile_file as well: a CSV name,months,share"))
        }
        _ => needed(None),
    }
}

fn rate(keys: &Entries) -> Result<Option<f64>> {
    const PATH: &str = "exposure.interest_rate";
    match (keys.number(PATH, -1.0..=3.0)?, keys.get(PATH)) {
        (Some(rate), Some(written)) if rate <= -1.0 => Err(refuse(PATH, written)),
        (rate, _) => Ok(rate),
    }
}

fn below_one(keys: &Entries) -> Result<f64> {
    const PATH: &str = "exposure.cpr";
    match (needed(keys.number(PATH, 0.0..=1.0)?)?, keys.get(PATH)) {
        (cpr, Some(written)) if cpr >= 1.0 => Err(refuse(PATH, written)),
        (cpr, _) => Ok(cpr),
    }
}

fn growth(keys: &Entries) -> Result<f64> {
    const PATH: &str = "collateral.growth";
    match (needed(keys.number(PATH, -1.0..=1.0)?)?, keys.get(PATH)) {
        (growth, Some(written)) if growth <= -1.0 => Err(refuse(PATH, written)),
        (growth, _) => Ok(growth),
    }
}

fn lgd_by_period(keys: &Entries) -> Result<Vec<f64>> {
    const PATH: &str = "exposure.lgd_by_period";
    match keys.get(PATH) {
        None => Ok(Vec::new()),
        Some(Written { value: Plain::Numbers(path), .. })
            if !path.is_empty() && path.iter().all(|lgd| (0.0..=1.0).contains(lgd)) =>
        {
            Ok(path.clone())
        }
        Some(written) => Err(refuse(PATH, written)),
    }
}
