//! Resolves `[segments]`: how strongly, and with which factors, each segment moves.

use super::keys;
use super::place::{Written, quote_key, show_text};
use super::raw::{RawCorrelation, RawLoading, RawModel, RawSegment};
use super::resolved::{FactorSettings, SegmentSettings, Segments};
use crate::error::Result;
use crate::model::{AssetCorrelation, BaselClass, LARGEST_CORRELATION};
use crate::portfolio::found::{nearest_alike, show};
use std::collections::HashSet;

/// What a segment is assumed to be when nothing is said of its correlation.
pub const ASSUMED_CORRELATION: AssetCorrelation = AssetCorrelation::Basel(BaselClass::OtherRetail);

/// The segments, and what had to be assumed of them.
pub(super) fn resolve(raw: &RawModel, factors: &FactorSettings) -> Result<(Segments, Vec<String>)> {
    let class = BaselClass::OtherRetail.name();
    let several = factors.names.len() > 1;
    let Some(written) = &raw.segments else {
        let mut assumed = vec![format!("asset_correlation of every segment = {{ basel = \"{class}\" }}")];
        if several {
            assumed.push("loadings of every segment: the factor of its own name".to_owned());
        }
        return Ok((Segments::Any, assumed));
    };
    let mut seen = HashSet::new();
    let known: HashSet<&str> = factors.names.iter().map(String::as_str).collect();
    let mut assumed = Vec::new();
    let mut segments = Vec::with_capacity(written.len());
    for segment in written {
        let name = segment.name.value.trim();
        if name.is_empty() {
            return Err(segment.name.refuse("a segment without a name", "the segment's name on the tape"));
        }
        if !seen.insert(name) {
            let found = format!("the segment {} twice", show_text(name));
            return Err(segment.name.refuse(found, "each segment once; blanks around names do not count"));
        }
        let key = quote_key(name);
        if segment.asset_correlation.is_none() && segment.loadings.is_none() {
            assumed.push(format!("segments.{key}.asset_correlation = {{ basel = \"{class}\" }}"));
        }
        if several && segment.loadings.is_none() {
            assumed.push(format!("segments.{key}.loadings = {{ {key} = 1.0 }} (the factor of its own name)"));
        }
        segments.push(one(segment, factors, &known)?);
    }
    Ok((Segments::Listed(segments), assumed))
}

/// The factor that moves a segment without loadings: the only one, or the one with the segment's own name.
pub fn own_factor<'a>(factors: &'a FactorSettings, segment: &str) -> Option<&'a str> {
    match factors.names.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|name| *name == segment).map(String::as_str),
    }
}

fn one(segment: &RawSegment, factors: &FactorSettings, known: &HashSet<&str>) -> Result<SegmentSettings> {
    let correlation = match &segment.asset_correlation {
        Some(written) => correlation(written)?,
        None if segment.loadings.is_some() => AssetCorrelation::FromLoadings,
        None => ASSUMED_CORRELATION,
    };
    let loadings = match &segment.loadings {
        Some(written) => loadings(written, known, correlation)?,
        None => vec![(single_factor(segment, factors)?, 1.0)],
    };
    let lgd = match &segment.lgd {
        Some(lgd) if !(0.0..=1.0).contains(&lgd.value) => return Err(lgd.refuse(show(lgd.value), keys::LGD.wanted)),
        other => other.as_ref().map(|lgd| lgd.value),
    };
    Ok(SegmentSettings { name: segment.name.value.trim().to_owned(), correlation, loadings, lgd })
}

fn correlation(written: &Written<RawCorrelation>) -> Result<AssetCorrelation> {
    let wanted = keys::ASSET_CORRELATION.wanted;
    match &written.value {
        RawCorrelation::Number(rho) if (0.0..=LARGEST_CORRELATION).contains(rho) => Ok(AssetCorrelation::Fixed(*rho)),
        RawCorrelation::Number(rho) => Err(written.refuse(show(*rho), wanted)),
        RawCorrelation::Basel(name) => {
            let class = BaselClass::ALL.into_iter().find(|class| class.name() == name);
            class.map(AssetCorrelation::Basel).ok_or_else(|| {
                let names = BaselClass::ALL.map(BaselClass::name);
                let meant =
                    nearest_alike(name, names).map(|meant| format!("; did you mean '{meant}'?")).unwrap_or_default();
                written.refuse(format!("basel = {}", show_text(name)), format!("one of {}{meant}", names.join(", ")))
            })
        }
    }
}

fn loadings(
    written: &Written<Vec<RawLoading>>,
    known: &HashSet<&str>,
    correlation: AssetCorrelation,
) -> Result<Vec<(String, f64)>> {
    if let Some((name, loading)) = written.value.iter().find(|(name, _)| !known.contains(name.as_str())) {
        let meant = nearest_alike(name, known.iter().copied()).map(|meant| format!("; did you mean '{meant}'?"));
        let wanted = format!("a factor that factors.names has{}", meant.unwrap_or_default());
        return Err(loading.refuse(show_text(name), wanted));
    }
    let all_zero = written.value.iter().all(|(_, loading)| loading.value == 0.0);
    if all_zero && correlation != AssetCorrelation::Fixed(0.0) {
        let wanted = "at least one loading that is not zero; asset_correlation = 0 makes loans independent";
        return Err(written.refuse("nothing but zeros", wanted));
    }
    Ok(written.value.iter().map(|(name, loading)| (name.clone(), loading.value)).collect())
}

fn single_factor(segment: &RawSegment, factors: &FactorSettings) -> Result<String> {
    let name = &segment.name;
    own_factor(factors, name.value.trim()).map(str::to_owned).ok_or_else(|| {
        let found =
            format!("no loadings, {} factors and none of them called {}", factors.names.len(), show_text(&name.value));
        name.refuse(found, format!("loadings: {}", keys::LOADINGS.wanted))
    })
}
