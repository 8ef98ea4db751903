//! What a model with `[index]` or `[scenarios]` means for its other sections: the fragment that `[index]` is taken from is
//! read, the residual's persistence is that of the factors, and defaults come along a path.

use super::entries::Plain;
use super::place::{Place, Written, show_text};
use super::raw::{RawModel, RawPersistence};
use super::raw_economy::{RawIndex, RawScenarios};
use super::read::{parse_model, read_text};
use crate::error::{Error, Result};
use crate::model::path::LARGEST_PERSISTENCE;
use std::borrow::Cow;
use std::path::Path;

const FROM: &str = "index.from";
const PERSISTENCE: &str = "index.persistence";
const DEFAULT_TIMES: &str = "time.default_times";

/// The keys of `[index]` that name files.
const FILES: [&str; 3] = ["index.history", "index.drivers_file", "index.path"];

/// `raw` with what its economy means for it, and what of that nobody wrote.
pub(super) fn with_economy(raw: &RawModel) -> Result<(Cow<'_, RawModel>, Option<String>)> {
    let sections = (raw.index.as_ref().map(|own| &own.place), raw.scenarios.as_ref().map(|own| &own.place));
    let (Some(place), which) = (sections.0.or(sections.1), section(sections.0.is_some())) else {
        return Ok((Cow::Borrowed(raw), None));
    };
    let mut model = raw.clone();
    if let Some(index) = &mut model.index {
        *index = with_fragment(index, &raw.folder)?;
    }
    take_persistence(&mut model)?;
    if model.factors.persistence.is_none() {
        let at = Written { value: (), place: place.clone() };
        let wanted = "index.persistence as well (or factors.persistence): the lag-one-year autocorrelation of what drivers do \
                      not explain, such as 0.8";
        return Err(at.refuse("no persistence", wanted));
    }
    let assumed = play_path(&mut model, place, which)?;
    Ok((Cow::Owned(model), assumed))
}

fn section(is_index: bool) -> &'static str {
    if is_index { "[index]" } else { "[scenarios]" }
}

/// Defaults come along a path, or the economy has no periods.
fn play_path(model: &mut RawModel, place: &Place, section: &str) -> Result<Option<String>> {
    match model.ecl.get(DEFAULT_TIMES) {
        None => {
            let value = Plain::Text("path".to_owned());
            model.ecl.set(DEFAULT_TIMES, Written { value, place: place.clone() });
            Ok(Some(format!("{DEFAULT_TIMES} = \"path\" (there is {section})")))
        }
        Some(written) if written.value == Plain::Text("copula".to_owned()) => {
            let wanted =
                "\"path\", or no such key: with one latent variable for a whole life no index moves through time";
            Err(written.refuse(format!("copula beside {section}"), wanted))
        }
        Some(_) => Ok(None),
    }
}

/// The residual's persistence is that of every factor.
fn take_persistence(model: &mut RawModel) -> Result<()> {
    let Some(index) = &model.index else { return Ok(()) };
    let Some(own) = index.keys.get(PERSISTENCE) else { return Ok(()) };
    if let Some(other) = &model.factors.persistence {
        let found = format!("a persistence beside {}", other.place);
        return Err(own.refuse(found, "one of index.persistence and factors.persistence"));
    }
    if let Some(value) = index.keys.number(PERSISTENCE, 0.0..=LARGEST_PERSISTENCE)? {
        model.factors.persistence = Some(Written { value: RawPersistence::All(value), place: own.place.clone() });
    }
    Ok(())
}

/// `index` over the fragment that it is taken from.
fn with_fragment(index: &RawIndex, folder: &Path) -> Result<RawIndex> {
    let (Some(from), Some(written)) = (index.keys.text(FROM)?, index.keys.get(FROM)) else { return Ok(index.clone()) };
    if from.trim().is_empty() {
        return Err(written.refuse(show_text(from), "the path of a TOML file, relative to the model file"));
    }
    let path = folder.join(from);
    let mut fragment = read_fragment(&path)?;
    // Its files are named from where it lies.
    for key in FILES {
        if let (Some(file), Some(old)) = (fragment.keys.text(key)?, fragment.keys.get(key)) {
            let beside = Path::new(from).parent().unwrap_or(Path::new("")).join(file);
            let value = Plain::Text(beside.display().to_string());
            let place = old.place.clone();
            fragment.keys.set(key, Written { value, place });
        }
    }
    let of_segment = |name: &str| index.segments.iter().any(|own| own.name.value.trim() == name.trim());
    let others = fragment.segments.into_iter().filter(|other| !of_segment(&other.name.value));
    let is_renamed = |column: &str| index.columns.iter().any(|(own, _)| own.trim().eq_ignore_ascii_case(column.trim()));
    let columns = fragment.columns.into_iter().filter(|(column, _)| !is_renamed(column));
    Ok(RawIndex {
        columns: index.columns.iter().cloned().chain(columns).collect(),
        place: index.place.clone(),
        keys: index.keys.over(&fragment.keys),
        segments: index.segments.iter().cloned().chain(others).collect(),
        drivers: index.drivers.clone().or(fragment.drivers),
    })
}

/// The `[index]` of the file at `path`, which holds nothing else.
fn read_fragment(path: &Path) -> Result<RawIndex> {
    let name = path.display().to_string();
    let RawModel { index, scenarios, .. } = {
        let model = parse_model(&read_text(path)?, &name)?;
        let alone = RawModel { index: model.index.clone(), ..RawModel::default() };
        if alone != model {
            return Err(refuse(&name, "more than [index]"));
        }
        model
    };
    match (index, scenarios) {
        (Some(index), None::<RawScenarios>) => match index.keys.get(FROM) {
            None => Ok(index),
            Some(written) => Err(written.refuse("a fragment within a fragment", "the keys of [index] themselves")),
        },
        _ => Err(refuse(&name, "no [index]")),
    }
}

fn refuse(place: &str, found: &str) -> Error {
    let remedy = "name a file with [index] alone, as `mc-gpu calibrate --out` writes it";
    Error::Model { place: place.to_owned(), found: found.to_owned(), remedy: remedy.to_owned() }
}
