//! Resolves `[term_structure]`: where PDs beyond a year come from.

use super::entries::{Entries, needed};
use super::term_source::{MatrixSettings, ShareUnit, TermSource};
use crate::error::Result;
use crate::model::term::{Clock, CurvesBy, Regularisation};
use std::path::{Path, PathBuf};

/// What `source` may be.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Flat,
    Curves,
    Migration,
}

const KINDS: [(&str, Kind); 3] = [("flat", Kind::Flat), ("curves", Kind::Curves), ("migration", Kind::Migration)];

const BY: [(&str, CurvesBy); 2] = [("rating", CurvesBy::Rating), ("segment", CurvesBy::Segment)];

const CLOCKS: [(&str, Clock); 2] = [("reporting_date", Clock::ReportingDate), ("origination", Clock::Origination)];

const UNITS: [(&str, ShareUnit); 2] = [("fraction", ShareUnit::Fraction), ("percent", ShareUnit::Percent)];

/// The source that `keys` name; its file lies relative to `folder`.
pub(super) fn resolve(keys: &Entries, folder: &Path) -> Result<TermSource> {
    let kind = needed(keys.choice("term_structure.source", &KINDS)?)?;
    let unit = needed(keys.choice("term_structure.unit", &UNITS)?)?;
    let by = needed(keys.choice("term_structure.by", &BY)?)?;
    let clock = needed(keys.choice("term_structure.clock", &CLOCKS)?)?;
    let matrix = matrix(keys, unit)?;
    match kind {
        Kind::Flat => Ok(TermSource::Flat),
        Kind::Curves => Ok(TermSource::Curves { file: file(keys, folder)?, unit, by, clock }),
        Kind::Migration => {
            if let (Clock::Origination, Some(written)) = (clock, keys.get("term_structure.clock")) {
                let wanted = "\"reporting_date\": ratings migrate from where they stand now";
                return Err(written.refuse("origination with migration", wanted));
            }
            Ok(TermSource::Migration { file: file(keys, folder)?, matrix })
        }
    }
}

fn matrix(keys: &Entries, unit: ShareUnit) -> Result<MatrixSettings> {
    let state = |path: &str| needed(keys.text(path)?.map(|name| name.trim().to_owned()));
    let rules = Regularisation::ALL.map(|rule| (rule.name(), rule));
    Ok(MatrixSettings {
        unit,
        default_state: state("term_structure.default_state")?,
        withdrawn_state: state("term_structure.withdrawn_state")?,
        regularisation: needed(keys.choice("term_structure.regularisation", &rules)?)?,
        rounding: needed(keys.number("term_structure.rounding", 0.0..=0.1)?)?,
    })
}

fn file(keys: &Entries, folder: &Path) -> Result<PathBuf> {
    match (keys.text("term_structure.file")?, keys.get("term_structure.source")) {
        (Some(file), _) => Ok(folder.join(file)),
        (None, Some(source)) => {
            let wanted = "term_structure.file as well: the CSV of curves or of the matrix";
            Err(source.refuse("a source without a file", wanted))
        }
        (None, None) => needed(None),
    }
}
