//! Resolves the sections of expected credit loss: `[time]`, `[term_structure]`, `[exposure]`, `[collateral]`, `[severity]`,
//! `[discounting]`, `[ecl]`, `[staging]`, `[cecl]` and `[[overlays]]`. Files that they name are read by whoever measures.

use super::entries::{Entries, Plain, needed, refuse};
use super::exposure::{self, ExposureChoice};
use super::keys::{Value, keys};
use super::overlays;
use super::place::Written;
use super::raw::{RawModel, RawSegment};
use super::severity;
use super::staging;
use super::term;
use super::term_source::TermSource;
use crate::error::Result;
use crate::model::ecl::Discounting;
use crate::model::severity::SeveritySettings;
use crate::model::staging::{Framework, StagingRules};
use crate::model::time::{Grid, MOST_MONTHS};
use crate::portfolio::Tape;
use crate::risk::ecl::Overlay;
use crate::risk::lifetime::Bands;
use crate::units::{Date, DateFormat};
use std::path::PathBuf;

/// How defaults of several periods come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimesChoice {
    /// One latent variable decides an obligor's whole life (M30).
    #[default]
    Copula,
    /// Hazards along a path of the economy (M42).
    Path,
}

impl TimesChoice {
    /// Name, as in a model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Copula => "copula",
            Self::Path => "path",
        }
    }
}

/// What a model says of expected credit losses.
#[derive(Debug, Clone, PartialEq)]
pub struct EclSettings {
    /// Every key outside of segments and overlays with its value, defaults filled in.
    pub keys: Entries,
    /// Whether any of these sections says more than the defaults.
    pub is_used: bool,
    /// Which of them are defaults.
    pub assumed: Vec<String>,
    /// Keys of segments as written, by the segment's name.
    pub segment_keys: Vec<(String, Entries)>,
    /// Folder that relative paths start from.
    pub folder: PathBuf,
    /// Accounting standard, if the model says.
    pub framework: Option<Framework>,
    /// Reporting date, if the model says.
    pub reporting_date: Option<Date>,
    /// Periods.
    pub grid: Grid,
    /// Months in which defaults count when `simulate` plays period by period, [`MOST_MONTHS`] for whole lifetimes; None for
    /// one year in one step.
    pub horizon: Option<u16>,
    /// How defaults of several periods come about.
    pub default_times: TimesChoice,
    /// Rate of discounting, if the model says.
    pub discounting: Option<Discounting>,
    /// Where PDs beyond a year come from.
    pub term: TermSource,
    /// Exposure of loans in segments without keys of their own.
    pub exposure: ExposureChoice,
    /// Exposure by segment, for those listed.
    pub segments: Vec<(String, ExposureChoice)>,
    /// What moves LGDs.
    pub severity: SeveritySettings,
    /// Widths of the bands in which loans are played alike.
    pub bands: Bands,
    /// Thresholds of staging.
    pub staging: StagingRules,
    /// Whether undrawn limits are left out under CECL.
    pub unconditionally_cancellable: bool,
    /// Management overlays.
    pub overlays: Vec<Overlay>,
}

impl EclSettings {
    /// Exposure of loans in the segment called `name`.
    pub fn exposure_of(&self, name: &str) -> &ExposureChoice {
        let own = self.segments.iter().find(|(segment, _)| segment == name);
        own.map_or(&self.exposure, |(_, choice)| choice)
    }

    /// The defaults that count for `tape` under `framework`, one line each.
    pub fn assumed_of(&self, tape: &Tape, framework: Framework) -> Vec<String> {
        let secured = tape.details.collateral.iter().any(|value| *value > 0.0);
        let counts = |path: &&String| match framework {
            Framework::Ifrs9 => !path.starts_with("cecl."),
            // Under CECL the rules of default alone count.
            Framework::Cecl => {
                !path.starts_with("staging.")
                    || path.starts_with("staging.use_tape_stage")
                    || path.starts_with("staging.days_past_due_stage_3")
            }
        };
        let of_collateral = |path: &str| path.starts_with("collateral.") || path.starts_with("exposure.ltv_band");
        let told = self.assumed.iter().filter(|path| secured || !of_collateral(path));
        let mut lines: Vec<String> = told.filter(counts).cloned().collect();
        if self.discounting.is_none() {
            let rate = match framework {
                Framework::Ifrs9 => "\"eir\"",
                Framework::Cecl => "\"none\"",
            };
            lines.push(format!("discounting.rate = {rate} (default under {})", framework.name()));
        }
        lines
    }

    /// The rate of discounting under `framework`.
    pub fn discounting_under(&self, framework: Framework) -> Discounting {
        self.discounting.unwrap_or(match framework {
            Framework::Ifrs9 => Discounting::Effective,
            Framework::Cecl => Discounting::None,
        })
    }
}

pub(super) fn resolve(raw: &RawModel, defaults: &RawModel) -> Result<EclSettings> {
    let listed = raw.segments.as_deref().unwrap_or_default();
    let keys = severity::with_economy(&raw.ecl, listed).over(&defaults.ecl);
    let of_segment = |segment: &RawSegment| {
        let choice = exposure::resolve(&segment.ecl.over(&keys), segment.lgd.as_ref().map(|lgd| lgd.value))?;
        Ok((segment.name.value.trim().to_owned(), choice))
    };
    let grid = needed(keys.choice("time.period", &Grid::ALL.map(|grid| (grid.name(), grid)))?)?;
    let own_segments = listed.iter().any(|segment| segment.ecl != Entries::default());
    Ok(EclSettings {
        is_used: keys != defaults.ecl || own_segments || !raw.overlays.is_empty(),
        assumed: assumed(&severity::with_economy(&raw.ecl, listed)),
        segment_keys: listed.iter().map(|own| (own.name.value.trim().to_owned(), own.ecl.clone())).collect(),
        folder: raw.folder.clone(),
        framework: keys.choice("ecl.framework", &Framework::ALL.map(|framework| (framework.name(), framework)))?,
        reporting_date: date(&keys, "ecl.reporting_date")?,
        horizon: horizon(&keys, grid)?,
        grid,
        default_times: default_times(&keys, raw)?,
        discounting: discounting(&keys)?,
        term: term::resolve(&keys, &raw.folder)?,
        exposure: exposure::resolve(&keys, None)?,
        segments: listed.iter().map(of_segment).collect::<Result<_>>()?,
        severity: severity::resolve(&keys, listed)?,
        bands: Bands {
            rate: band(&keys, "exposure.rate_band")?,
            ltv: band(&keys, "exposure.ltv_band")?,
            ..Bands::default()
        },
        staging: staging::resolve(&keys)?,
        unconditionally_cancellable: needed(keys.flag("cecl.unconditionally_cancellable")?)?,
        overlays: overlays::resolve(&raw.overlays)?,
        keys,
    })
}

/// The width at `path`, above 0.
fn band(keys: &Entries, path: &str) -> Result<f64> {
    match (needed(keys.number(path, 0.0..=1.0)?)?, keys.get(path)) {
        (width, Some(written)) if width <= 0.0 => Err(refuse(path, written)),
        (width, _) => Ok(width),
    }
}

/// The date at `path`.
pub(super) fn date(keys: &Entries, path: &str) -> Result<Option<Date>> {
    let (Some(text), Some(written)) = (keys.text(path)?, keys.get(path)) else { return Ok(None) };
    let date = Date::parse(text.trim(), &DateFormat::default());
    date.map(Some).ok_or_else(|| refuse(path, written))
}

/// How far `simulate` looks ahead.
fn horizon(keys: &Entries, grid: Grid) -> Result<Option<u16>> {
    const MONTHS: &str = "time.horizon_months";
    const LIFETIME: &str = "time.lifetime";
    let months = keys.whole(MONTHS, 1..=MOST_MONTHS)?;
    let lifetime = keys.flag(LIFETIME)? == Some(true);
    match (months, keys.get(MONTHS), keys.get(LIFETIME)) {
        (Some(_), _, Some(written)) if lifetime => {
            Err(written.refuse("true beside time.horizon_months", "one of time.lifetime and time.horizon_months"))
        }
        (Some(months), Some(written), _) if months % grid.months() != 0 => {
            let (period, below) = (grid.months(), months - months % grid.months());
            let near = match below {
                0 => format!("the nearest is {period}"),
                _ => format!("the nearest are {below} and {}", below + period),
            };
            let wanted = format!("a multiple of the {period} months of time.period = \"{}\"; {near}", grid.name());
            Err(written.refuse(months, wanted))
        }
        (None, ..) if lifetime => Ok(Some(MOST_MONTHS)),
        _ => Ok(months),
    }
}

/// Paths need to know how the economy of one year bears on the next.
fn default_times(keys: &Entries, raw: &RawModel) -> Result<TimesChoice> {
    const PATH: &str = "time.default_times";
    let chosen = needed(keys.choice(PATH, &[TimesChoice::Copula, TimesChoice::Path].map(|own| (own.name(), own)))?)?;
    match (chosen, &raw.factors.persistence, keys.get(PATH)) {
        (TimesChoice::Path, None, Some(written)) => {
            let wanted = "factors.persistence as well, the lag-one-year autocorrelation of the economy, such as 0.8";
            Err(written.refuse("path without factors.persistence", wanted))
        }
        _ => Ok(chosen),
    }
}

fn discounting(keys: &Entries) -> Result<Option<Discounting>> {
    const PATH: &str = "discounting.rate";
    let Some(written) = keys.get(PATH) else { return Ok(None) };
    match &written.value {
        Plain::Text(text) if text == "eir" => Ok(Some(Discounting::Effective)),
        Plain::Text(text) if text == "none" => Ok(Some(Discounting::None)),
        Plain::Number(rate) if *rate > -1.0 && *rate <= 3.0 => Ok(Some(Discounting::Rate(*rate))),
        _ => Err(refuse(PATH, written)),
    }
}

/// A line for each default that nothing was written for and that can change a loss.
fn assumed(own: &Entries) -> Vec<String> {
    // Some keys matter only beside what others say.
    let text = |path: &str| match own.get(path) {
        Some(Written { value: Plain::Text(text), .. }) => Some(text.as_str()),
        _ => None,
    };
    let flag = |path: &str| match own.get(path) {
        Some(Written { value: Plain::Flag(flag), .. }) => Some(*flag),
        _ => None,
    };
    let source = text("term_structure.source").unwrap_or("flat");
    let moves = text("severity.economy").is_some_and(|economy| economy != "none");
    let counts = |path: &str| match path {
        "term_structure.by" | "term_structure.clock" => source == "curves",
        "term_structure.unit" => source != "flat",
        "term_structure.default_state" | "term_structure.withdrawn_state" => source == "migration",
        "term_structure.regularisation" | "term_structure.rounding" => source == "migration",
        "severity.preserve_expected_loss" => moves,
        "severity.economy" => !moves,
        "staging.low_credit_risk_pd" => flag("staging.low_credit_risk") == Some(true),
        "staging.cure_months_stage_2" | "staging.cure_months_stage_3" => {
            text("staging.use_tape_stage") == Some("floor")
        }
        path => {
            let section = path.split('.').next().unwrap_or_default();
            ["time", "term_structure", "exposure", "collateral", "staging", "cecl"].contains(&section)
        }
    };
    let line = |(path, value): (&str, &str)| {
        (counts(path) && own.get(path).is_none()).then(|| format!("{path} = {value} (default)"))
    };
    let defaults = keys().filter_map(|key| match key.value {
        Value::Default(value) => Some((key.path, value)),
        Value::Example(_) => None,
    });
    defaults.filter_map(line).collect()
}
