//! Resolves the economy of a model: `[index]` and `[scenarios]` together.

use super::index::{self, IndexSettings};
use super::place::Written;
use super::raw::RawModel;
use super::resolved::Segments;
use super::scenarios::{self, PathRules, PathSource, ScenarioSettings};
use crate::error::Result;
use std::path::PathBuf;

/// What a model says of the economy.
#[derive(Debug, Clone, PartialEq)]
pub struct EconomySettings {
    /// What moves indices.
    pub index: IndexSettings,
    /// Macro scenarios in written order; empty where there are none.
    pub scenarios: Vec<ScenarioSettings>,
    /// How their paths, or the one of the index, are read.
    pub rules: PathRules,
    /// Folder that files are relative to.
    pub folder: PathBuf,
}

impl EconomySettings {
    /// The paths that are played, each with its file.
    pub fn paths(&self) -> impl Iterator<Item = &PathSource> {
        self.index.path.iter().chain(self.scenarios.iter().map(|scenario| &scenario.source))
    }

    /// The files that the sections name, each once.
    pub fn files(&self) -> Vec<PathBuf> {
        let index = self.index.fragment.iter().chain(&self.index.history).map(PathBuf::as_path);
        let mut files: Vec<PathBuf> = Vec::new();
        for file in index.chain(self.paths().map(PathSource::file)) {
            let file = self.folder.join(file);
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
    }
}

/// The economy of `raw`, to which [`super::with_economy`] has been done; None without its sections. Defaults that were used are
/// added to `assumed`.
pub(super) fn resolve(
    raw: &RawModel,
    segments: &Segments,
    assumed: &mut Vec<String>,
) -> Result<Option<EconomySettings>> {
    if raw.index.is_none() && raw.scenarios.is_none() {
        return Ok(None);
    }
    let index = match &raw.index {
        Some(own) => index::resolve(own, segments, assumed)?,
        None => {
            assumed.push("index.pd_basis = \"ttc\" (default)".to_owned());
            IndexSettings::default()
        }
    };
    let scenarios = raw.scenarios.as_ref().map(scenarios::resolve).transpose()?.unwrap_or_default();
    let settings = EconomySettings { index, scenarios, rules: PathRules::default(), folder: raw.folder.clone() };
    refuse_contradictions(raw, &settings)?;
    if settings.paths().next().is_none() {
        return Ok(Some(settings));
    }
    let own_drivers = settings.index.all().any(|own| !own.drivers.is_empty());
    if own_drivers && settings.index.general.drivers.is_empty() {
        assumed.push("index.drivers: none, so that no driver moves segments without their own".to_owned());
    }
    let keys = raw.scenarios.as_ref().map(|own| own.keys.clone()).unwrap_or_default();
    let mut rules = scenarios::rules(&keys, assumed)?;
    if !settings.scenarios.is_empty() {
        rules.staging = scenarios::staging(&keys, assumed)?;
    }
    Ok(Some(EconomySettings { rules, ..settings }))
}

fn refuse_contradictions(raw: &RawModel, settings: &EconomySettings) -> Result<()> {
    let index = &settings.index;
    let key = |path: &str| raw.index.as_ref().and_then(|own| own.keys.get(path));
    if let (Some(written), Some(section)) = (key("index.path").or(key("index.drivers_file")), &raw.scenarios)
        && !settings.scenarios.is_empty()
    {
        let wanted = format!("one of the two: this path as a scenario of its own, or no {}", section.place);
        return Err(written.refuse("one path beside scenarios", wanted));
    }
    if let (Some(section), None) = (&raw.scenarios, settings.paths().next()) {
        let at = Written { value: (), place: section.place.clone() };
        return Err(at.refuse("no scenario", "a table such as [scenarios.baseline] with weight and drivers (or index)"));
    }
    if let (Some(own), None) = (&raw.index, settings.paths().next()) {
        index::refuse_unexplained(own)?;
    }
    let drivers = |source: &&PathSource| matches!(source, PathSource::Drivers(_));
    if settings.paths().any(|source| drivers(&source)) && index.all().all(|own| own.drivers.is_empty()) {
        let of_scenario =
            raw.scenarios.iter().flat_map(|own| &own.each).find_map(|(_, keys)| keys.get("scenarios.*.drivers"));
        if let Some(written) = of_scenario.or(key("index.drivers_file")) {
            let wanted = "[[index.drivers]] as well, which say what the drivers mean for the index (`mc-gpu calibrate` fits them); \
                          or a path of the index itself";
            return Err(written.refuse("drivers that no index follows", wanted));
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "economy_tests.rs"]
mod tests;
