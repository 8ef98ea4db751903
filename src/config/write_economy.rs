//! Writes `[index]` and `[scenarios]` with everything resolved; files stay where they are, fragments are written out.

use super::economy::EconomySettings;
use super::place::{quote, quote_key};
use super::scenarios::PathSource;
use crate::model::index::{Driver, MacroIndex};
use std::path::Path;

/// The sections in the order of the template.
pub(super) fn write_economy(text: &mut String, settings: &EconomySettings) {
    let index = &settings.index;
    text.push_str(&format!("\n[index]\npd_basis = {}\n", quote(index.pd_basis.name())));
    if let Some(history) = &index.history {
        text.push_str(&format!("history = {}\n", show(history)));
    }
    match &index.path {
        Some(PathSource::Drivers(file)) => text.push_str(&format!("drivers_file = {}\n", show(file))),
        Some(PathSource::Index(file)) => text.push_str(&format!("path = {}\n", show(file))),
        None => {}
    }
    write_moves(text, "index", &index.general);
    for (name, own) in &index.segments {
        let table = format!("index.segments.{}", quote_key(name));
        text.push_str(&format!("\n[{table}]\n"));
        write_moves(text, &table, own);
    }
    if let Some(regimes) = &index.regimes {
        let [calm, turbulent] = regimes.leave;
        text.push_str(&format!("\n[index.regimes]\nleave_calm = {calm:?}\nleave_turbulent = {turbulent:?}\n"));
        text.push_str(&format!("volatility = {:?}\nmean = {:?}\n", regimes.volatility, regimes.mean));
    }
    if settings.paths().next().is_none() {
        return;
    }
    let rules = &settings.rules;
    text.push_str(&format!("\n[scenarios]\nstaging = {}\n", quote(rules.staging.name())));
    text.push_str(&format!(
        "align = {}\nreversion = {}\n",
        quote(rules.align.name()),
        quote(rules.reversion.shape.name())
    ));
    text.push_str(&format!("reversion_periods = {}\n", rules.reversion.periods));
    for scenario in &settings.scenarios {
        text.push_str(&format!("\n[scenarios.{}]\nweight = {:?}\n", quote_key(&scenario.name), scenario.weight));
        match &scenario.source {
            PathSource::Drivers(file) => text.push_str(&format!("drivers = {}\n", show(file))),
            PathSource::Index(file) => text.push_str(&format!("index = {}\n", show(file))),
        }
    }
}

/// R² and drivers of `table`.
fn write_moves(text: &mut String, table: &str, own: &MacroIndex) {
    text.push_str(&format!("r_squared = {:?}\n", own.r_squared));
    if own.drivers.is_empty() {
        text.push_str("drivers = []\n");
    }
    own.drivers.iter().for_each(|driver| write_driver(text, table, driver));
}

fn write_driver(text: &mut String, table: &str, driver: &Driver) {
    let transformation = driver.transformation;
    text.push_str(&format!("\n[[{table}.drivers]]\ncolumn = {}\n", quote(&driver.column)));
    text.push_str(&format!("transform = {}\n", quote(transformation.transform.name())));
    text.push_str(&format!("span = {}\nlag = {}\n", transformation.span, driver.lag));
    text.push_str(&format!("mean = {:?}\nstandard_deviation = {:?}\n", driver.mean, driver.standard_deviation));
    text.push_str(&format!("coefficient = {:?}\n", driver.coefficient));
}

fn show(file: &Path) -> String {
    quote(&file.display().to_string())
}
