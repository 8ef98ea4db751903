//! Resolves `[scenarios]`: names, weights and paths of macro scenarios, and how paths are read.

use super::entries::{Entries, refuse};
use super::index::file;
use super::place::{Written, show_text};
use super::raw_economy::RawScenarios;
use crate::error::Result;
use crate::model::index::{Reversion, ReversionShape, ScenarioStaging};
use crate::portfolio::found::show;
use std::path::{Path, PathBuf};

/// Where the path of a macro scenario comes from; relative to the model's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSource {
    /// A file of drivers.
    Drivers(PathBuf),
    /// A file of the index itself.
    Index(PathBuf),
}

/// One macro scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioSettings {
    /// Name.
    pub name: String,
    /// Weight, 0 to 1.
    pub weight: f64,
    /// Its path.
    pub source: PathSource,
}

/// How the rows of a path become periods of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// By date: the run begins after the reporting date.
    #[default]
    Date,
    /// The first row is the run's first period.
    Start,
}

/// How paths are read, whichever they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathRules {
    /// How rows become periods.
    pub align: Align,
    /// What follows the last row.
    pub reversion: Reversion,
    /// By which PDs loans are staged.
    pub staging: ScenarioStaging,
}

impl Default for PathRules {
    fn default() -> Self {
        let reversion = Reversion { shape: ReversionShape::Linear, periods: 8 };
        Self { align: Align::Date, reversion, staging: ScenarioStaging::Weighted }
    }
}

impl PathSource {
    /// The file.
    pub fn file(&self) -> &Path {
        match self {
            Self::Drivers(file) | Self::Index(file) => file,
        }
    }
}

impl Align {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Date, Self::Start];

    /// Name, as in a model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Start => "start",
        }
    }
}

/// Weights add up to 1 within this much.
const TOLERANCE: f64 = 1e-9;

/// How paths are read by `keys`; defaults that were used are added to `assumed`.
pub(super) fn rules(keys: &Entries, assumed: &mut Vec<String>) -> Result<PathRules> {
    let mut with_default = |is_written: bool, line: &str| {
        if !is_written {
            assumed.push(format!("scenarios.{line} (default)"));
        }
    };
    let align = keys.choice("scenarios.align", &Align::ALL.map(|own| (own.name(), own)))?;
    with_default(align.is_some(), "align = \"date\"");
    let shape = keys.choice("scenarios.reversion", &ReversionShape::ALL.map(|own| (own.name(), own)))?;
    with_default(shape.is_some(), "reversion = \"linear\"");
    let periods = keys.whole("scenarios.reversion_periods", 1..=480)?;
    with_default(periods.is_some(), "reversion_periods = 8");
    let default = PathRules::default();
    let reversion = Reversion {
        shape: shape.unwrap_or(default.reversion.shape),
        periods: periods.unwrap_or(default.reversion.periods),
    };
    Ok(PathRules { align: align.unwrap_or_default(), reversion, staging: default.staging })
}

/// By which PDs loans are staged.
pub(super) fn staging(keys: &Entries, assumed: &mut Vec<String>) -> Result<ScenarioStaging> {
    let chosen = keys.choice("scenarios.staging", &ScenarioStaging::ALL.map(|own| (own.name(), own)))?;
    if chosen.is_none() {
        assumed.push("scenarios.staging = \"weighted\" (default)".to_owned());
    }
    Ok(chosen.unwrap_or_default())
}

/// The macro scenarios of `raw`.
pub(super) fn resolve(raw: &RawScenarios) -> Result<Vec<ScenarioSettings>> {
    let mut scenarios: Vec<ScenarioSettings> = Vec::new();
    for (name, keys) in &raw.each {
        let scenario = scenario(name, keys)?;
        if scenario.name.is_empty() || scenarios.iter().any(|other| other.name == scenario.name) {
            let found = format!("the scenario {} twice or without a name", show_text(&scenario.name));
            return Err(name.refuse(found, "a name of its own for each"));
        }
        scenarios.push(scenario);
    }
    let sum: f64 = scenarios.iter().map(|scenario| scenario.weight).sum();
    if !scenarios.is_empty() && (sum - 1.0).abs() > TOLERANCE {
        let weights: Vec<String> =
            scenarios.iter().map(|own| format!("{} of {}", show(own.weight), own.name)).collect();
        let at = Written { value: (), place: raw.place.clone() };
        let found = format!("weights that add up to {}: {}", show(sum), weights.join(", "));
        return Err(at.refuse(found, "weights that add up to 1"));
    }
    Ok(scenarios)
}

fn scenario(name: &Written<String>, keys: &Entries) -> Result<ScenarioSettings> {
    const WEIGHT: &str = "scenarios.*.weight";
    const INDEX: &str = "scenarios.*.index";
    let weight = match (keys.number(WEIGHT, 0.0..=1.0)?, keys.get(WEIGHT)) {
        (Some(weight), _) => weight,
        (None, Some(written)) => return Err(refuse(WEIGHT, written)),
        (None, None) => {
            return Err(name.refuse("a scenario without a weight", "weight, a number from 0 to 1; weights add up to 1"));
        }
    };
    let source = match (file(keys, "scenarios.*.drivers")?, file(keys, INDEX)?, keys.get(INDEX)) {
        (Some(_), Some(_), Some(written)) => {
            return Err(written.refuse("an index beside drivers", "one of the two; remove the other"));
        }
        (Some(drivers), ..) => PathSource::Drivers(drivers),
        (_, Some(index), _) => PathSource::Index(index),
        _ => {
            let wanted = "drivers, a CSV file of macroeconomic drivers by period, or index, one of the index itself";
            return Err(name.refuse("a scenario without drivers or index", wanted));
        }
    };
    Ok(ScenarioSettings { name: name.value.trim().to_owned(), weight, source })
}
