//! Resolves `[factors]`: names and their correlation from the model, from a file, or the single factor there is without.

use super::keys;
use super::matrix_file::read_matrix;
use super::place::{Written, quote, shorten, show_text};
use super::raw::{RawModel, RawPersistence};
use super::resolve::pick;
use super::resolved::FactorSettings;
use crate::error::{Error, Result};
use crate::model::path::LARGEST_PERSISTENCE;
use crate::portfolio::found::{nearest_alike, show};
use std::collections::{HashMap, HashSet};

/// Entries that should be equal may differ by this much: files hold rounded figures.
const TOLERANCE: f64 = 1e-9;

/// The factors, and what had to be assumed of their names.
pub(super) fn resolve(raw: &RawModel, defaults: &RawModel) -> Result<(FactorSettings, Option<String>)> {
    let mut factors = settings(raw, defaults)?;
    factors.persistence = raw.factors.persistence.as_ref().map(|own| persistence(own, &factors.names)).transpose()?;
    if raw.factors.names.is_some() {
        return Ok((factors, None));
    }
    let source = match &raw.factors.correlation_file {
        Some(file) if factors.names != pick(&None, &defaults.factors.names)?.value => {
            format!("the names in {}", show_text(&file.value))
        }
        _ => "default".to_owned(),
    };
    let names = factors.names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ");
    let assumed = format!("{} = [{}] ({source})", keys::NAMES.path, shorten(&names));
    Ok((factors, Some(assumed)))
}

fn settings(raw: &RawModel, defaults: &RawModel) -> Result<FactorSettings> {
    let own = &raw.factors;
    if let Some(names) = &own.names {
        check_names(names)?;
    }
    match (&own.correlation, &own.correlation_file) {
        (Some(_), Some(file)) => {
            Err(file.refuse("a correlation_file beside correlation", "one of the two; remove the other"))
        }
        (Some(matrix), None) => {
            let names = given_names(raw, defaults, matrix, matrix.value.len())?;
            square(matrix, &matrix.value, names)
        }
        (None, Some(file)) => from_file(raw, defaults, file),
        (None, None) => {
            let names = pick(&own.names, &defaults.factors.names)?;
            if names.value.len() > 1 {
                let found = format!("{} factors without their correlation", names.value.len());
                return Err(names.refuse(found, "factors.correlation or factors.correlation_file as well"));
            }
            Ok(FactorSettings { names: names.value.clone(), correlation: vec![1.0], persistence: None })
        }
    }
}

fn from_file(raw: &RawModel, defaults: &RawModel, file: &Written<String>) -> Result<FactorSettings> {
    if file.value.trim().is_empty() {
        return Err(file.refuse(show_text(&file.value), keys::CORRELATION_FILE.wanted));
    }
    let matrix = read_matrix(&raw.folder.join(&file.value))?;
    let Some(known) = matrix.names else {
        let names = given_names(raw, defaults, file, matrix.rows.len())?;
        return square(file, &matrix.rows, names);
    };
    check_names(&Written { value: known.clone(), place: file.place.clone() })?;
    let whole = square(file, &matrix.rows, known)?;
    match &raw.factors.names {
        None => Ok(whole),
        Some(names) => select(&whole, names),
    }
}

/// The persistence of each of `names`.
fn persistence(written: &Written<RawPersistence>, names: &[String]) -> Result<Vec<f64>> {
    let wanted = keys::PERSISTENCE.wanted;
    let range = 0.0..=LARGEST_PERSISTENCE;
    let each = match &written.value {
        RawPersistence::All(value) if range.contains(value) => return Ok(vec![*value; names.len()]),
        RawPersistence::All(value) => return Err(written.refuse(show(*value), wanted)),
        RawPersistence::Each(each) => each,
    };
    for (name, own) in each {
        if !names.contains(name) {
            let known = names.iter().map(String::as_str);
            let meant = nearest_alike(name, known).map(|meant| format!("; did you mean '{meant}'?"));
            let known = names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ");
            let wanted = format!("one of the factors {}{}", shorten(&known), meant.unwrap_or_default());
            return Err(own.refuse(show_text(name), wanted));
        }
        if !range.contains(&own.value) {
            return Err(own.refuse(show(own.value), wanted));
        }
    }
    let of = |name: &String| {
        let own = each.iter().find(|(factor, _)| factor == name).map(|(_, own)| own.value);
        own.ok_or_else(|| written.refuse(format!("nothing for the factor {}", show_text(name)), wanted))
    };
    names.iter().map(of).collect()
}

/// The rows and columns of `whole` that belong to `names`, in their order.
fn select(whole: &FactorSettings, names: &Written<Vec<String>>) -> Result<FactorSettings> {
    let positions: HashMap<&str, usize> = whole.names.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
    let position = |name: &String| {
        positions.get(name.as_str()).copied().ok_or_else(|| {
            let known = whole.names.iter().map(String::as_str);
            let meant =
                nearest_alike(name, known).map(|meant| format!("; did you mean '{meant}'?")).unwrap_or_default();
            names.refuse(show_text(name), format!("names that correlation_file has{meant}"))
        })
    };
    let chosen = names.value.iter().map(position).collect::<Result<Vec<_>>>()?;
    let k = whole.names.len();
    let entries = chosen.iter().flat_map(|row| chosen.iter().map(move |column| row * k + column));
    let correlation = entries.filter_map(|entry| whole.correlation.get(entry).copied()).collect();
    Ok(FactorSettings { names: names.value.clone(), correlation, persistence: None })
}

/// Names for a matrix of `n_rows` that brings none.
fn given_names<T>(raw: &RawModel, defaults: &RawModel, at: &Written<T>, n_rows: usize) -> Result<Vec<String>> {
    match &raw.factors.names {
        Some(names) => Ok(names.value.clone()),
        None if n_rows <= 1 => Ok(pick(&None, &defaults.factors.names)?.value.clone()),
        None => Err(at.refuse(
            format!("a matrix of {n_rows} rows without names"),
            "factors.names as well, one name per row in the same order",
        )),
    }
}

fn check_names(names: &Written<Vec<String>>) -> Result<()> {
    if names.value.is_empty() {
        return Err(names.refuse("an empty list", keys::NAMES.wanted));
    }
    let mut seen = HashSet::new();
    for name in &names.value {
        if name.trim().is_empty() {
            return Err(names.refuse(format!("the name {}", show_text(name)), keys::NAMES.wanted));
        }
        if !seen.insert(name) {
            return Err(names.refuse(format!("{} twice", show_text(name)), keys::NAMES.wanted));
        }
    }
    Ok(())
}

/// Checks that `rows` are a correlation matrix of `names`, short of being positive definite.
fn square<T>(at: &Written<T>, rows: &[Vec<f64>], names: Vec<String>) -> Result<FactorSettings> {
    let k = names.len();
    if rows.len() != k {
        return Err(refuse(at, format!("{} rows for {k} factors", rows.len())));
    }
    let mut correlation = Vec::with_capacity(k.saturating_mul(k));
    for (i, (row, name)) in rows.iter().zip(&names).enumerate() {
        if row.len() != k {
            return Err(refuse(at, format!("{} numbers in row {} ('{name}') for {k} factors", row.len(), i + 1)));
        }
        for (j, (&entry, other)) in row.iter().zip(&names).enumerate() {
            let mirrored = rows.get(j).and_then(|row| row.get(i)).copied().unwrap_or(entry);
            let problem = if entry.abs() > 1.0 + TOLERANCE {
                format!("{entry} between '{name}' and '{other}'")
            } else if i == j && (entry - 1.0).abs() > TOLERANCE {
                format!("{entry} on the diagonal, at '{name}'")
            } else if (entry - mirrored).abs() > TOLERANCE {
                format!("{entry} from '{name}' to '{other}' but {mirrored} back")
            } else {
                // Equal halves: the mirror image computes the same bits.
                correlation.push(if i == j { 1.0 } else { ((entry + mirrored) / 2.0).clamp(-1.0, 1.0) });
                continue;
            };
            return Err(refuse(at, problem));
        }
    }
    Ok(FactorSettings { names, correlation, persistence: None })
}

fn refuse<T>(at: &Written<T>, found: String) -> Error {
    at.refuse(found, keys::CORRELATION.wanted)
}
