//! `[index]` and `[scenarios]` as they were written.

use super::entries::{self, Entries};
use super::node::Node;
use super::place::{Place, Written, show_text};
use super::raw::RawModel;
use crate::error::Result;
use crate::portfolio::found::nearest_alike;

/// `[index]`.
#[derive(Debug, Clone, PartialEq)]
pub struct RawIndex {
    /// Where the section begins.
    pub place: Place,
    /// Its plain keys and those of `[index.regimes]`, by dotted key.
    pub keys: Entries,
    /// `[[index.drivers]]`, each with keys such as `index.drivers.lag`.
    pub drivers: Option<RawDrivers>,
    /// `[index.columns]`: columns of drivers and what files call them, in written order.
    pub columns: Vec<(String, Written<String>)>,
    /// `[index.segments.*]` in written order.
    pub segments: Vec<RawIndexSegment>,
}

/// Drivers in written order, placed at their first lines.
pub type RawDrivers = Vec<Written<Entries>>;

/// One `[index.segments.*]`.
#[derive(Debug, Clone, PartialEq)]
pub struct RawIndexSegment {
    /// Name, placed at the table.
    pub name: Written<String>,
    /// `index.r_squared`, if it has its own.
    pub keys: Entries,
    /// Its drivers, if it has its own.
    pub drivers: Option<RawDrivers>,
}

/// `[scenarios]`.
#[derive(Debug, Clone, PartialEq)]
pub struct RawScenarios {
    /// Where the section begins.
    pub place: Place,
    /// Its settings, by dotted key.
    pub keys: Entries,
    /// `[scenarios.*]` in written order: names with keys such as `scenarios.*.weight`.
    pub each: Vec<(Written<String>, Entries)>,
}

/// Settings of `[scenarios]`; every other key is a scenario's name.
const SETTINGS: [&str; 4] = ["staging", "align", "reversion", "reversion_periods"];

/// Reads `[index]` into `model`; a section without any key is none.
pub(super) fn read_index(model: &mut RawModel, node: &Node) -> Result<()> {
    let own = node.table("a table")?;
    if own.is_empty() {
        return Ok(());
    }
    let mut index = RawIndex {
        place: node.written(()).place,
        keys: Entries::default(),
        drivers: None,
        columns: Vec::new(),
        segments: Vec::new(),
    };
    for (key, node) in own {
        match key {
            "drivers" => index.drivers = Some(drivers(&node)?),
            "regimes" => plain(&mut index.keys, "index.regimes", &node)?,
            "columns" => {
                let wanted = "columns of drivers and what files call them, such as uer = \"Unemployment rate\"";
                for (column, node) in node.names(wanted)? {
                    index.columns.push((column.to_owned(), node.text(wanted)?));
                }
            }
            "segments" => {
                let names = node.names("tables such as [index.segments.retail]")?;
                index.segments = names.iter().map(segment).collect::<Result<_>>()?;
            }
            _ => set(&mut index.keys, &format!("index.{key}"), &node)?,
        }
    }
    model.index = Some(index);
    Ok(())
}

/// Reads `[scenarios]` into `model`; a section without any key is none.
pub(super) fn read_scenarios(model: &mut RawModel, node: &Node) -> Result<()> {
    let own =
        node.table("tables such as [scenarios.baseline]; how many scenarios are played says simulation.scenarios")?;
    if own.is_empty() {
        return Ok(());
    }
    let mut scenarios = RawScenarios { place: node.written(()).place, keys: Entries::default(), each: Vec::new() };
    for (key, node) in own {
        if SETTINGS.contains(&key) {
            if node.is_table() {
                let found = format!("a scenario called like the setting {}", show_text(key));
                return Err(node.written(()).refuse(found, "another name for it"));
            }
            set(&mut scenarios.keys, &format!("scenarios.{key}"), &node)?;
            continue;
        }
        if !node.is_table() {
            let meant = nearest_alike(key, SETTINGS).map(|meant| format!("scenarios.{meant}"));
            return Err(node.unknown(meant.as_deref()));
        }
        let mut keys = Entries::default();
        plain(&mut keys, "scenarios.*", &node)?;
        scenarios.each.push((node.written(key.to_owned()), keys));
    }
    model.scenarios = Some(scenarios);
    Ok(())
}

fn segment((name, node): &(&str, Node)) -> Result<RawIndexSegment> {
    let (mut keys, mut own) = (Entries::default(), None);
    for (key, node) in node.table("a table such as [index.segments.retail]")? {
        match key {
            "drivers" => own = Some(drivers(&node)?),
            // The table of keys has let known ones through only.
            _ => set(&mut keys, &format!("index.{key}"), &node)?,
        }
    }
    Ok(RawIndexSegment { name: node.written((*name).to_owned()), keys, drivers: own })
}

fn drivers(node: &Node) -> Result<RawDrivers> {
    const KNOWN: [&str; 7] = ["column", "transform", "span", "lag", "mean", "standard_deviation", "coefficient"];
    const WANTED: &str = "[[index.drivers]] with column, mean, standard_deviation and coefficient";
    let driver = |node: &Node| {
        let mut keys = Entries::default();
        for (key, node) in node.inline(&KNOWN, WANTED)? {
            set(&mut keys, &format!("index.drivers.{key}"), &node)?;
        }
        Ok(node.written(keys))
    };
    node.list(WANTED)?.iter().map(driver).collect()
}

/// The plain keys of a table, as those of `section`.
fn plain(keys: &mut Entries, section: &str, node: &Node) -> Result<()> {
    node.table("a table")?.iter().try_for_each(|(key, node)| set(keys, &format!("{section}.{key}"), node))
}

fn set(keys: &mut Entries, path: &str, node: &Node) -> Result<()> {
    keys.set(path, entries::read(path, node)?);
    Ok(())
}
