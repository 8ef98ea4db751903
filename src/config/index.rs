//! Resolves `[index]`: what moves the segments' indices, the regimes of the residual, and the one path of a model without
//! scenarios.

use super::entries::{Entries, Plain, refuse};
use super::place::{Written, quote_key, show_text};
use super::raw_economy::{RawDrivers, RawIndex, RawIndexSegment};
use super::resolved::Segments;
use super::scenarios::PathSource;
use crate::error::Result;
use crate::model::index::{Driver, MacroIndex, PdBasis, Transform, Transformation};
use crate::model::path::{LARGEST_REGIME, Regimes};
use crate::portfolio::found::{nearest_alike, show};
use std::path::PathBuf;

/// `[index]` with defaults filled in; what it is without the section is [`Default`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IndexSettings {
    /// What the tape's PDs are.
    pub pd_basis: PdBasis,
    /// What moves the indices of segments that have nothing of their own.
    pub general: MacroIndex,
    /// What moves those of others, by name.
    pub segments: Vec<(String, MacroIndex)>,
    /// Regimes of the residual, per period of the drivers.
    pub regimes: Option<RegimeSettings>,
    /// File of drivers before the first period, relative to the model's folder.
    pub history: Option<PathBuf>,
    /// The path that is played without scenarios.
    pub path: Option<PathSource>,
    /// File that some of this was taken from, relative to the model's folder.
    pub fragment: Option<PathBuf>,
}

/// Regimes as a model gives them: calm, turbulent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegimeSettings {
    /// Probabilities of leaving each state, per period of the drivers, above 0 to 1.
    pub leave: [f64; 2],
    /// Mean of the residual in each, before both are shifted to 0.
    pub mean: [f64; 2],
    /// Its volatility in each, above 0, before both are scaled.
    pub volatility: [f64; 2],
}

const BASIS: &str = "index.pd_basis";
const R_SQUARED: &str = "index.r_squared";
const VOLATILITY: &str = "index.regimes.volatility";
const MEAN: &str = "index.regimes.mean";

/// The largest R²; nearer to 1 nothing would be left to chance.
const LARGEST_R_SQUARED: f64 = 0.9999;

impl IndexSettings {
    /// What moves the index of `segment`.
    pub fn of_segment(&self, segment: &str) -> &MacroIndex {
        self.segments.iter().find(|(name, _)| name == segment).map_or(&self.general, |(_, own)| own)
    }

    /// All that moves any index.
    pub fn all(&self) -> impl Iterator<Item = &MacroIndex> {
        std::iter::once(&self.general).chain(self.segments.iter().map(|(_, own)| own))
    }
}

impl RegimeSettings {
    /// Per period of the drivers, scaled; None for numbers that no regimes have.
    pub fn regimes(&self) -> Option<Regimes> {
        Regimes::new(self.leave, self.mean, self.volatility)
    }
}

/// The settings of `raw`; defaults that were used are added to `assumed`.
pub(super) fn resolve(raw: &RawIndex, listed: &Segments, assumed: &mut Vec<String>) -> Result<IndexSettings> {
    let keys = &raw.keys;
    let mut with_default = |written: bool, line: &str| {
        if !written {
            assumed.push(line.to_owned());
        }
    };
    let basis = keys.choice(BASIS, &PdBasis::ALL.map(|own| (own.name(), own)))?;
    with_default(basis.is_some(), "index.pd_basis = \"ttc\" (default)");
    let explained = keys.number(R_SQUARED, 0.0..=LARGEST_R_SQUARED)?;
    let drivers = drivers(raw.drivers.as_ref(), assumed)?;
    let general = MacroIndex { drivers: drivers.unwrap_or_default(), r_squared: explained.unwrap_or(0.0) };
    let mut segments: Vec<(String, MacroIndex)> = Vec::new();
    for own in &raw.segments {
        let name = own.name.value.trim().to_owned();
        if segments.iter().any(|(other, _)| *other == name) {
            return Err(own.name.refuse(format!("the segment {} twice", show_text(&name)), "each segment once"));
        }
        refuse_unknown(own, listed)?;
        let r_squared = own.keys.number(R_SQUARED, 0.0..=LARGEST_R_SQUARED)?.unwrap_or(general.r_squared);
        let drivers = self::drivers(own.drivers.as_ref(), assumed)?.unwrap_or_else(|| general.drivers.clone());
        segments.push((name, MacroIndex { drivers, r_squared }));
    }
    if explained.is_none() && (!general.drivers.is_empty() || segments.is_empty()) {
        assumed
            .push("index.r_squared = 0 (default): the residual keeps its whole variance beside the drivers".to_owned());
    }
    let mut general = general;
    rename(&raw.columns, std::iter::once(&mut general).chain(segments.iter_mut().map(|(_, own)| own)))?;
    Ok(IndexSettings {
        pd_basis: basis.unwrap_or_default(),
        general,
        segments,
        regimes: regimes(keys)?,
        history: file(keys, "index.history")?,
        path: path(keys)?,
        fragment: file(keys, "index.from")?,
    })
}

/// The file that the key at `path` names.
pub(super) fn file(keys: &Entries, path: &str) -> Result<Option<PathBuf>> {
    match (keys.text(path)?, keys.get(path)) {
        (Some(text), Some(written)) if text.trim().is_empty() => Err(refuse(path, written)),
        (text, _) => Ok(text.map(PathBuf::from)),
    }
}

fn path(keys: &Entries) -> Result<Option<PathSource>> {
    const INDEX: &str = "index.path";
    match (file(keys, "index.drivers_file")?, file(keys, INDEX)?, keys.get(INDEX)) {
        (Some(_), Some(_), Some(written)) => {
            Err(written.refuse("a path beside index.drivers_file", "one of the two; remove the other"))
        }
        (drivers, index, _) => Ok(drivers.map(PathSource::Drivers).or(index.map(PathSource::Index))),
    }
}

fn refuse_unknown(own: &RawIndexSegment, listed: &Segments) -> Result<()> {
    let Segments::Listed(listed) = listed else { return Ok(()) };
    let names = || listed.iter().map(|segment| segment.name.as_str());
    let name = own.name.value.trim();
    if names().any(|known| known == name) {
        return Ok(());
    }
    let meant =
        nearest_alike(name, names()).map_or(String::new(), |meant| format!("; did you mean {}?", show_text(meant)));
    let wanted = format!("a segment that has a section [segments.{}]{meant}", quote_key(name));
    Err(own.name.refuse(format!("the segment {}", show_text(name)), wanted))
}

/// Gives the columns of drivers the names that files have for them.
fn rename<'a>(columns: &[(String, Written<String>)], indices: impl Iterator<Item = &'a mut MacroIndex>) -> Result<()> {
    let mut drivers: Vec<&mut Driver> = indices.flat_map(|own| &mut own.drivers).collect();
    let fitted: Vec<String> = drivers.iter().map(|driver| driver.column.clone()).collect();
    for (column, name) in columns {
        let is_own = |driver: &String| driver.eq_ignore_ascii_case(column.trim());
        if !fitted.iter().any(is_own) {
            let meant = nearest_alike(column, fitted.iter().map(String::as_str));
            let meant = meant.map_or(String::new(), |meant| format!("; did you mean {}?", show_text(meant)));
            return Err(name.refuse(show_text(column), format!("the column of a driver{meant}")));
        }
        if name.value.trim().is_empty() {
            return Err(name.refuse(show_text(&name.value), "a column's name"));
        }
        for (driver, _) in drivers.iter_mut().zip(&fitted).filter(|(_, fitted)| is_own(fitted)) {
            name.value.trim().clone_into(&mut driver.column);
        }
    }
    Ok(())
}

fn drivers(raw: Option<&RawDrivers>, assumed: &mut Vec<String>) -> Result<Option<Vec<Driver>>> {
    raw.map(|drivers| drivers.iter().map(|own| driver(own, assumed)).collect()).transpose()
}

fn driver(at: &Written<Entries>, assumed: &mut Vec<String>) -> Result<Driver> {
    const COLUMN: &str = "index.drivers.column";
    const DEVIATION: &str = "index.drivers.standard_deviation";
    let keys = &at.value;
    let lacking = |key: &str| at.refuse(format!("a driver without {key}"), format!("{key} as well"));
    let number =
        |key: &str, most: f64| keys.number(&format!("index.drivers.{key}"), -most..=most)?.ok_or_else(|| lacking(key));
    let column = match keys.text(COLUMN)?.map(str::trim) {
        Some(column) if !column.is_empty() => column.to_owned(),
        _ => return Err(lacking("column")),
    };
    let mut with_default = |key: &str, value: &str| {
        assumed.push(format!("index.drivers: {key} = {value} of {} (default)", show_text(&column)))
    };
    let transform = keys.choice("index.drivers.transform", &Transform::ALL.map(|own| (own.name(), own)))?;
    let transform = transform.unwrap_or_else(|| {
        with_default("transform", "\"level\"");
        Transform::Level
    });
    let span = keys.whole("index.drivers.span", 1..=400)?.unwrap_or_else(|| {
        if transform != Transform::Level {
            with_default("span", "1");
        }
        1
    });
    let lag = keys.whole("index.drivers.lag", 0..=400)?.unwrap_or_else(|| {
        with_default("lag", "0");
        0
    });
    let standard_deviation = number("standard_deviation", 1e12)?;
    if let (true, Some(written)) = (standard_deviation <= 0.0, keys.get(DEVIATION)) {
        return Err(refuse(DEVIATION, written));
    }
    if let (true, Some(written)) = (transform == Transform::Level && span != 1, keys.get("index.drivers.span")) {
        return Err(
            written.refuse(format!("span = {span} of a level"), "transform = \"change\" or \"growth\", or no span")
        );
    }
    Ok(Driver {
        column,
        transformation: Transformation { transform, span },
        lag,
        mean: number("mean", 1e12)?,
        standard_deviation,
        coefficient: number("coefficient", 100.0)?,
    })
}

/// The regimes of `keys`; None without any such key.
fn regimes(keys: &Entries) -> Result<Option<RegimeSettings>> {
    let Some((_, first)) = keys.iter().find(|(path, _)| path.starts_with("index.regimes.")) else { return Ok(None) };
    let lacking = |key: &str| first.refuse(format!("regimes without {key}"), format!("index.regimes.{key} as well"));
    let leave = |key: &str| {
        let path = format!("index.regimes.{key}");
        match (keys.number(&path, 0.0..=1.0)?, keys.get(&path)) {
            (Some(leave), Some(written)) if leave <= 0.0 => Err(refuse(&path, written)),
            (leave, _) => leave.ok_or_else(|| lacking(key)),
        }
    };
    let settings = RegimeSettings {
        leave: [leave("leave_calm")?, leave("leave_turbulent")?],
        volatility: pair(keys, VOLATILITY)?.ok_or_else(|| lacking("volatility"))?,
        mean: pair(keys, MEAN)?.unwrap_or_default(),
    };
    if let (true, Some(written)) = (settings.volatility.iter().any(|own| *own <= 0.0), keys.get(VOLATILITY)) {
        return Err(refuse(VOLATILITY, written));
    }
    match settings.regimes() {
        Some(_) => Ok(Some(settings)),
        None => Err(first.refuse("regimes whose numbers are too far apart", "means and volatilities of one size")),
    }
}

/// Two numbers, calm and turbulent.
fn pair(keys: &Entries, path: &str) -> Result<Option<[f64; 2]>> {
    let Some(written) = keys.get(path) else { return Ok(None) };
    match &written.value {
        Plain::Numbers(own) => match own.as_slice() {
            [calm, turbulent] if calm.abs().max(turbulent.abs()) <= LARGEST_REGIME => Ok(Some([*calm, *turbulent])),
            [_, _] => Err(refuse(path, written)),
            other => Err(written.refuse(format!("{} numbers", other.len()), "two numbers: calm, turbulent")),
        },
        _ => Err(refuse(path, written)),
    }
}

/// Refuses an R² that no path of drivers stands behind.
pub(super) fn refuse_unexplained(raw: &RawIndex) -> Result<()> {
    let segments = raw.segments.iter().map(|own| &own.keys);
    let explained =
        |keys: &&Entries| matches!(keys.get(R_SQUARED), Some(Written { value: Plain::Number(own), .. }) if *own > 0.0);
    let Some(written) = std::iter::once(&raw.keys).chain(segments).find(explained).and_then(|keys| keys.get(R_SQUARED))
    else {
        return Ok(());
    };
    let Plain::Number(found) = &written.value else { return Ok(()) };
    let wanted = "[scenarios], index.drivers_file or index.path as well: without a path of what explains the index it would lose \
                  that share of its variance; or index.r_squared = 0";
    Err(written.refuse(format!("{} without a path of drivers", show(*found)), wanted))
}
