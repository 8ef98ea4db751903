//! The types of each section's values: from parsed TOML to the fields of a `RawModel`.

use super::ecl_keys::general_path;
use super::entries::{self, Entries};
use super::keys;
use super::node::Node;
use super::place::Written;
use super::raw::{RawCorrelation, RawModel, RawPersistence, RawSegment, RawSource, RawValue, RawValues};
use super::raw_economy;
use crate::error::Result;

/// Reads the top-level table `section` into `model`. Keys have been checked against the table of keys.
pub(super) fn read(model: &mut RawModel, section: &str, node: &Node) -> Result<()> {
    match section {
        "segments" => {
            let wanted = "tables such as [segments.retail]";
            model.segments = Some(node.names(wanted)?.iter().map(segment).collect::<Result<_>>()?);
        }
        "ratings" => {
            for (name, node) in node.names("ratings with their PDs, such as \"AA+\" = 0.0002")? {
                model.ratings.push((name.to_owned(), node.number(keys::RATING.wanted)?));
            }
        }
        "columns" => {
            for (field, node) in node.names("fields with their columns, such as ead = \"amount\"")? {
                model.columns.push((field.to_owned(), node.written(source(&node)?)));
            }
        }
        "time" | "term_structure" | "exposure" | "discounting" | "collateral" | "severity" | "ecl" | "staging"
        | "cecl" => {
            for (key, node) in node.table("a table")? {
                let path = format!("{section}.{key}");
                model.ecl.set(&path, entries::read(&path, &node)?);
            }
        }
        "index" => raw_economy::read_index(model, node)?,
        "scenarios" => raw_economy::read_scenarios(model, node)?,
        "overlays" => {
            for node in node.list("[[overlays]] with name, because, percent or amount, and cap")? {
                model.overlays.push(overlay(&node)?);
            }
        }
        _ => {
            for (key, node) in node.table("a table")? {
                read_plain(model, &format!("{section}.{key}"), &node)?;
            }
        }
    }
    Ok(())
}

/// The sections whose keys are all fixed.
fn read_plain(model: &mut RawModel, path: &str, node: &Node) -> Result<()> {
    let RawModel { simulation, copula, factors, input, .. } = model;
    match path {
        "simulation.scenarios" => simulation.scenarios = Some(node.digits(keys::SCENARIOS.wanted)?),
        "simulation.seed" => simulation.seed = Some(node.text_or_digits(keys::SEED.wanted)?),
        "simulation.levels" => {
            let wanted = keys::LEVELS.wanted;
            let levels = node.list(wanted)?.iter().map(|level| level.text_or_digits(wanted)).collect::<Result<_>>()?;
            simulation.levels = Some(node.written(levels));
        }
        "simulation.obligors" => simulation.obligors = Some(node.text(keys::OBLIGORS.wanted)?),
        "simulation.kernel" => simulation.kernel = Some(node.text(keys::KERNEL.wanted)?),
        "simulation.band_width" => simulation.band_width = Some(node.digits(keys::BAND_WIDTH.wanted)?),
        "simulation.unit" => simulation.unit = Some(node.text_or_digits(keys::UNIT.wanted)?),
        "copula.kind" => copula.kind = Some(node.text(keys::COPULA.wanted)?),
        "copula.degrees_of_freedom" => {
            copula.degrees_of_freedom = Some(node.number(keys::DEGREES_OF_FREEDOM.wanted)?);
        }
        "factors.names" => factors.names = Some(node.written(texts(node, keys::NAMES.wanted)?)),
        "factors.correlation" => {
            let wanted = keys::CORRELATION.wanted;
            let rows = node.list(wanted)?.iter().map(|row| row.numbers(wanted)).collect::<Result<_>>()?;
            factors.correlation = Some(node.written(rows));
        }
        "factors.correlation_file" => factors.correlation_file = Some(node.text(keys::CORRELATION_FILE.wanted)?),
        "factors.persistence" => factors.persistence = Some(node.written(persistence(node)?)),
        "input.delimiter" => input.delimiter = Some(node.text(keys::DELIMITER.wanted)?),
        "input.decimal" => input.decimal = Some(node.text(keys::DECIMAL.wanted)?),
        "input.encoding" => input.encoding = Some(node.text(keys::ENCODING.wanted)?),
        _ => return Err(node.unknown(None)),
    }
    Ok(())
}

fn segment((name, node): &(&str, Node)) -> Result<RawSegment> {
    let mut segment = RawSegment {
        name: node.written((*name).to_owned()),
        asset_correlation: None,
        loadings: None,
        lgd: None,
        ecl: Entries::default(),
    };
    for (key, node) in node.table("a table such as [segments.retail]")? {
        match key {
            "asset_correlation" => segment.asset_correlation = Some(node.written(correlation(&node)?)),
            "loadings" => {
                let wanted = keys::LOADINGS.wanted;
                let loading = |(factor, node): &(&str, Node)| Ok(((*factor).to_owned(), node.number(wanted)?));
                let loadings = node.names(wanted)?.iter().map(loading).collect::<Result<_>>()?;
                segment.loadings = Some(node.written(loadings));
            }
            "lgd" => segment.lgd = Some(node.number(keys::LGD.wanted)?),
            "collateral" => {
                for (key, node) in node.table("a table such as [segments.retail.collateral]")? {
                    let path = format!("collateral.{key}");
                    segment.ecl.set(&path, entries::read(&path, &node)?);
                }
            }
            // The table of keys has let known ones through only.
            _ => {
                let path = general_path(key);
                segment.ecl.set(&path, entries::read(&path, &node)?);
            }
        }
    }
    Ok(segment)
}

fn overlay(node: &Node) -> Result<Written<Entries>> {
    const KNOWN: [&str; 9] = ["name", "because", "percent", "amount", "cap", "from", "until", "segment", "stage"];
    let mut overlay = Entries::default();
    for (key, node) in node.inline(&KNOWN, "name, because, percent or amount, and cap")? {
        let path = format!("overlays.{key}");
        overlay.set(&path, entries::read(&path, &node)?);
    }
    Ok(node.written(overlay))
}

fn persistence(node: &Node) -> Result<RawPersistence> {
    let wanted = keys::PERSISTENCE.wanted;
    if !node.is_table() {
        return Ok(RawPersistence::All(node.number(wanted)?.value));
    }
    let each = |(factor, node): &(&str, Node)| Ok(((*factor).to_owned(), node.number(wanted)?));
    Ok(RawPersistence::Each(node.names(wanted)?.iter().map(each).collect::<Result<_>>()?))
}

fn correlation(node: &Node) -> Result<RawCorrelation> {
    let wanted = keys::ASSET_CORRELATION.wanted;
    if !node.is_table() {
        return Ok(RawCorrelation::Number(node.number(wanted)?.value));
    }
    match node.inline(&["basel"], wanted)?.first() {
        Some((_, class)) => Ok(RawCorrelation::Basel(class.text(wanted)?.value)),
        None => Err(node.refuse(wanted)),
    }
}

fn source(node: &Node) -> Result<RawSource> {
    let wanted = keys::SOURCE;
    if node.is_list() {
        return Ok(RawSource::Columns(texts(node, wanted)?));
    }
    if !node.is_table() {
        return Ok(RawSource::Column { name: node.text(wanted)?.value, unit: None, format: None, values: None });
    }
    let (mut column, mut unit, mut constant) = (None, None, None);
    let (mut format, mut values) = (None, None);
    for (key, node) in node.inline(&["column", "unit", "constant", "format", "values"], wanted)? {
        match key {
            "column" => column = Some(node.text(wanted)?.value),
            "unit" => unit = Some(node.text(wanted)?),
            "format" => format = Some(node.text(FORMAT)?),
            "values" => values = Some(Box::new(node.written(cell_values(&node)?))),
            _ if node.is_text() => constant = Some(RawSource::Text(node.text(wanted)?.value)),
            _ => constant = Some(RawSource::Number(node.number(wanted)?.value)),
        }
    }
    if let (None, Some(format)) = (&column, &format) {
        return Err(format.refuse("format without column", wanted));
    }
    if let (None, Some(values)) = (&column, &values) {
        return Err(values.refuse("values without column", wanted));
    }
    match (column, unit, constant) {
        (Some(name), unit, None) => Ok(RawSource::Column { name, unit, format, values }),
        (None, None, Some(constant)) => Ok(constant),
        (Some(_), _, Some(_)) => Err(node.written(()).refuse("column beside constant", "one of the two")),
        (None, Some(unit), Some(_)) => {
            Err(unit
                .refuse("unit beside constant", "a constant in the field's first unit (one or fraction), without unit"))
        }
        (None, Some(unit), None) => Err(unit.refuse("unit without column", wanted)),
        (None, None, None) => Err(node.refuse(wanted)),
    }
}

fn cell_values(node: &Node) -> Result<RawValues> {
    let wanted = "cells and what they stand for, such as { \"Current\" = 0, \"In Grace Period\" = 15 }";
    let value = |(cell, node): &(&str, Node)| {
        let value = match node.is_text() {
            true => RawValue::Text(node.text(wanted)?.value),
            false => RawValue::Number(node.number(wanted)?.value),
        };
        Ok(((*cell).to_owned(), value))
    };
    node.names(wanted)?.iter().map(value).collect()
}

/// What a format is, for messages.
const FORMAT: &str = "a format such as \"%Y-%m-%d\" or \"%b-%y\"";

fn texts(node: &Node, wanted: &str) -> Result<Vec<String>> {
    node.list(wanted)?.iter().map(|element| Ok(element.text(wanted)?.value)).collect()
}
