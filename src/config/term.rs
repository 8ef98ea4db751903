//! Resolves `[term_structure]`: where PDs beyond a year come from.

use super::entries::{Entries, needed};
use super::place::Written;
use crate::error::Result;
use crate::model::term::{Clock, CurvesBy, Regularisation};

/// Where a term structure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermSource {
    /// The hazard of the one-year PD.
    Flat,
    /// Curves in a file.
    Curves,
    /// A matrix of rating transitions in a file.
    Migration,
}

/// `[term_structure]`.
#[derive(Debug, Clone, PartialEq)]
pub struct TermChoice {
    /// Where from.
    pub source: TermSource,
    /// Its file, relative to the model's folder; there is one for curves and matrices.
    pub file: Option<Written<String>>,
    /// What curves are named after.
    pub by: CurvesBy,
    /// When their months begin to count.
    pub clock: Clock,
    /// What numbers of the file are multiplied with: 1 or 0.01.
    pub scale: f64,
    /// State of default in a matrix.
    pub default_state: String,
    /// State of withdrawn ratings in a matrix.
    pub withdrawn_state: String,
    /// How a matrix becomes a generator.
    pub regularisation: Regularisation,
    /// Half a unit of the last digit published, as a share.
    pub rounding: f64,
}

const SOURCES: [(&str, TermSource); 3] =
    [("flat", TermSource::Flat), ("curves", TermSource::Curves), ("migration", TermSource::Migration)];

const BY: [(&str, CurvesBy); 2] = [("rating", CurvesBy::Rating), ("segment", CurvesBy::Segment)];

const CLOCKS: [(&str, Clock); 2] = [("reporting_date", Clock::ReportingDate), ("origination", Clock::Origination)];

pub(super) fn resolve(keys: &Entries) -> Result<TermChoice> {
    const SOURCE: &str = "term_structure.source";
    let source = needed(keys.choice(SOURCE, &SOURCES)?)?;
    let text = keys.text("term_structure.file")?.map(str::to_owned);
    let file = text.zip(keys.get("term_structure.file")).map(|(value, at)| Written { value, place: at.place.clone() });
    if let (true, None, Some(at)) = (source != TermSource::Flat, &file, keys.get(SOURCE)) {
        return Err(at.refuse("a source without a file", "term_structure.file as well: the CSV of curves or of the matrix"));
    }
    let clock = needed(keys.choice("term_structure.clock", &CLOCKS)?)?;
    if let (TermSource::Migration, Clock::Origination, Some(at)) = (source, clock, keys.get("term_structure.clock")) {
        let wanted = "\"reporting_date\": ratings migrate from where they stand now";
        return Err(at.refuse("origination with migration", wanted));
    }
    let state = |path: &str| needed(keys.text(path)?.map(|name| name.trim().to_owned()));
    let rules = Regularisation::ALL.map(|rule| (rule.name(), rule));
    Ok(TermChoice {
        source,
        file,
        by: needed(keys.choice("term_structure.by", &BY)?)?,
        clock,
        scale: needed(keys.choice("term_structure.unit", &[("fraction", 1.0), ("percent", 0.01)])?)?,
        default_state: state("term_structure.default_state")?,
        withdrawn_state: state("term_structure.withdrawn_state")?,
        regularisation: needed(keys.choice("term_structure.regularisation", &rules)?)?,
        rounding: needed(keys.number("term_structure.rounding", 0.0..=0.1)?)?,
    })
}
