//! Defaults along a path of the economy, as the model asks for them, and what a result says of it.

use super::prepare::listed_segments;
use crate::config::{Resolved, TimesChoice};
use crate::error::Result;
use crate::report::{FactorPersistence, PathReport, PathRho};
use crate::risk::lifetime::PathCorrelation;

/// Refuses a model whose listed segments can have no path, before a long tape is read.
///
/// # Errors
/// Those of [`Resolved::index_law`].
pub fn check(settings: &Resolved) -> Result<()> {
    settings.index_law(&listed_segments(settings)).map(drop).map_err(|error| settings.locate(error))
}

/// What there is to say of a run along a path; None in copula mode.
pub fn report(settings: &Resolved, found: &[PathCorrelation], segments: &[String]) -> Option<PathReport> {
    let (TimesChoice::Path, Some(persistence)) = (settings.ecl.default_times, &settings.factors.persistence) else {
        return None;
    };
    let factors = settings.factors.names.iter().zip(persistence);
    let rho = |own: &PathCorrelation| PathRho {
        segment: segments.get(own.segment as usize).cloned().unwrap_or_default(),
        memory: own.memory,
        one_period: own.one_period,
        along_path: own.along_path,
    };
    Some(PathReport {
        persistence: factors.map(|(factor, &value)| FactorPersistence { factor: factor.clone(), value }).collect(),
        rho: found.iter().map(rho).collect(),
    })
}

/// What is said of a persistence that nothing follows.
pub fn idle_note(settings: &Resolved) -> Option<String> {
    let is_idle = settings.ecl.default_times == TimesChoice::Copula && settings.factors.persistence.is_some();
    is_idle.then(|| "factors.persistence serves time.default_times = \"path\", and is idle without it".to_owned())
}

/// A path report in a sentence.
pub fn note(report: &PathReport) -> String {
    let join = |ranges: &mut dyn Iterator<Item = [f64; 2]>| {
        let whole =
            ranges.fold([f64::INFINITY, f64::NEG_INFINITY], |all, own| [all[0].min(own[0]), all[1].max(own[1])]);
        let [low, high] = whole.map(|rho| format!("{rho:.4}"));
        if low == high { low } else { format!("{low} to {high}") }
    };
    let persistence = join(&mut report.persistence.iter().map(|own| [own.value; 2]));
    if report.rho.is_empty() {
        return format!("defaults come along a path of the economy of persistence {persistence} a year");
    }
    format!(
        "defaults come along a path of the economy of persistence {persistence} a year; asset correlations of {} become {}, so \
         that two loans default together within a year as often as in one period: its quantiles then differ by some per cent",
        join(&mut report.rho.iter().map(|own| own.one_period)),
        join(&mut report.rho.iter().map(|own| own.along_path)),
    )
}
