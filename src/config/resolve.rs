//! From what was written to what it means. Defaults come from the template, so `mc-gpu init` cannot differ from them;
//! each default that can change a result is listed as assumed.

use super::keys::{self, Key, Value};
use super::place::{Written, show_text};
use super::raw::{RawCopula, RawModel};
use super::read::parse_model;
use super::resolved::Resolved;
use super::template::template;
use super::with_economy::with_economy;
use super::{columns, ecl, economy, factors, input, segments, simulation};
use crate::error::{Error, Result};
use crate::model::Copula;
use crate::portfolio::found::show;
use std::collections::HashSet;

/// Resolves `raw`, to which flags have been applied.
///
/// # Errors
/// [`Error::Setting`] for a value out of range, a contradiction or a missing companion; [`Error::File`] and
/// [`Error::Model`] for a correlation file that cannot be used.
pub fn resolve(raw: &RawModel) -> Result<Resolved> {
    let defaults = parse_model(&template(), "defaults")?;
    let (raw, path_assumed) = with_economy(raw)?;
    let raw = raw.as_ref();
    let mut assumed = assumed_defaults(raw);
    let (factors, assumed_names) = factors::resolve(raw, &defaults)?;
    assumed.extend(assumed_names);
    let (segments, assumed_segments) = segments::resolve(raw, &factors)?;
    assumed.extend(assumed_segments);
    let ratings = ratings(&raw.ratings)?;
    let mut ecl = ecl::resolve(raw, &defaults)?;
    ecl.assumed.extend(path_assumed);
    let economy = economy::resolve(raw, &segments, &mut ecl.assumed)?;
    Ok(Resolved {
        simulation: simulation::resolve(&raw.simulation, &defaults.simulation)?,
        copula: copula(&raw.copula, &defaults.copula)?,
        factors,
        segments,
        ratings,
        columns: columns::resolve(&raw.columns)?,
        input: input::resolve(&raw.input, &defaults.input)?,
        ecl,
        economy,
        assumed,
    })
}

/// What was written, else the default.
pub(super) fn pick<'a, T>(own: &'a Option<Written<T>>, default: &'a Option<Written<T>>) -> Result<&'a Written<T>> {
    own.as_ref().or(default.as_ref()).ok_or_else(|| Error::Internal("a key lacks its default".to_owned()))
}

fn assumed_defaults(raw: &RawModel) -> Vec<String> {
    let simulation = &raw.simulation;
    let used: [(Key, bool); 5] = [
        (keys::SCENARIOS, simulation.scenarios.is_none()),
        (keys::SEED, simulation.seed.is_none()),
        (keys::LEVELS, simulation.levels.is_none()),
        (keys::BAND_WIDTH, simulation.band_width.is_none()),
        (keys::COPULA, raw.copula.kind.is_none()),
    ];
    let line = |(key, used): (Key, bool)| match key.value {
        Value::Default(value) if used => Some(format!("{} = {value} (default)", key.path)),
        _ => None,
    };
    used.into_iter().filter_map(line).collect()
}

fn copula(raw: &RawCopula, defaults: &RawCopula) -> Result<Copula> {
    let kind = pick(&raw.kind, &defaults.kind)?;
    match (kind.value.as_str(), &raw.degrees_of_freedom) {
        ("gaussian", None) => Ok(Copula::Gaussian),
        ("gaussian", Some(degrees)) => Err(degrees.refuse(
            format!("{} with a gaussian copula", show(degrees.value)),
            "copula.kind = \"student_t\", or neither",
        )),
        ("student_t", Some(degrees)) if (2.0..=1e6).contains(&degrees.value) => {
            Ok(Copula::StudentT { degrees_of_freedom: degrees.value })
        }
        ("student_t", Some(degrees)) => Err(degrees.refuse(show(degrees.value), keys::DEGREES_OF_FREEDOM.wanted)),
        ("student_t", None) => {
            Err(kind.refuse("student_t without degrees_of_freedom", "copula.degrees_of_freedom as well, such as 15"))
        }
        (other, _) => Err(kind.refuse(show_text(other), keys::COPULA.wanted)),
    }
}

/// Names as a tape has them: without surrounding blanks, none empty, all different.
fn ratings(written: &[(String, Written<f64>)]) -> Result<Vec<(String, f64)>> {
    let mut seen = HashSet::new();
    let rating = |(name, pd): &(String, Written<f64>)| {
        let name = name.trim();
        if name.is_empty() {
            return Err(pd.refuse("a rating without a name", "the rating's name on the tape"));
        }
        if !seen.insert(name.to_owned()) {
            return Err(pd.refuse(format!("the rating {} twice", show_text(name)), "each rating once"));
        }
        if !(0.0..=1.0).contains(&pd.value) {
            return Err(pd.refuse(show(pd.value), keys::RATING.wanted));
        }
        Ok((name.to_owned(), pd.value))
    };
    written.iter().map(rating).collect()
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
