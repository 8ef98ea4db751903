//! The result of `mc-gpu ecl`: one versioned, stable JSON object.
//!
//! Figures of accounting are in closed form. Where nothing is simulated, standard errors, the distribution and what rests on it
//! are null or empty, and a note says so; their keys are there because keys are only ever added.

use super::ecl_scenarios::{IndexPath, NonLinearity, ScenarioReport};
use super::ecl_simulated::{EconomyReport, LayoutReport, LossQuantile};
use super::result::RunReport;
use crate::model::staging::{Framework, Reason, Stage};
use crate::model::term::GeneratorFit;
use crate::risk::ecl::{AppliedOverlay, EclTotals, Moves, Overlay, OverlaySize, Share, Sum};
use serde::{Serialize, Serializer};

/// Name and version of the JSON object; keys are only ever added within a version.
pub const ECL_SCHEMA: &str = "mc-gpu/ecl/1";

/// What a result says where nothing was simulated.
pub const CLOSED_FORM_NOTE: &str = "closed form: every value is an exact expectation under the model, on its grid of periods; nothing was simulated, so there are \
     no standard errors, no quantiles and no probability that losses exceed the allowance";

/// Everything that is measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EclResult {
    /// [`ECL_SCHEMA`].
    pub schema: &'static str,
    /// `ifrs9` or `cecl`.
    pub framework: &'static str,
    /// Reporting date, as 2025-12-31.
    pub reporting_date: String,
    /// What was measured.
    pub portfolio: EclPortfolio,
    /// How it was simulated; null where it was not.
    pub run: Option<RunReport>,
    /// The figures.
    pub ecl: Ecl,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// The loans.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EclPortfolio {
    /// Loans.
    pub loans: u64,
    /// Drawn balances, currency.
    pub exposure: f64,
    /// Undrawn parts of limits, currency.
    pub undrawn: f64,
    /// Rows of the tape that were left out.
    pub rejected_rows: u64,
    /// Exposure of those rows, currency, where it could be read.
    pub rejected_exposure: f64,
    /// How many of those rows had an exposure that could not be read.
    pub rejected_unreadable: u64,
    /// File that holds those rows with their reasons; null when there are none.
    pub rejected_file: Option<String>,
}

/// The figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ecl {
    /// The model's ECL, overlays apart, currency.
    pub total: Estimate,
    /// ECL and active overlays, currency.
    pub allowance: f64,
    /// Every stage of the framework, loans or not.
    pub stages: Vec<StageReport>,
    /// Every segment of the tape.
    pub segments: Vec<EclSegment>,
    /// By the year after the reporting date in which a default falls; the parts add up to the total.
    pub years: Vec<YearReport>,
    /// Of the simulated distribution: none in closed form.
    pub quantiles: Vec<LossQuantile>,
    /// What the simulated economy alone does; null in closed form.
    pub conditional: Option<EconomyReport>,
    /// Share of scenarios whose losses exceed the allowance; null in closed form.
    pub probability_above_allowance: Option<Share>,
    /// How loans were laid out to be played.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<LayoutReport>,
    /// Each macro scenario by itself; everything else is by their weights. Not there without macro scenarios or an index.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scenarios: Vec<ScenarioReport>,
    /// What the most likely of several macro scenarios alone would have missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub non_linearity: Option<NonLinearity>,
    /// Paths of the index with their random bands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub index_paths: Vec<IndexPath>,
    /// By reason; only those that some loan has.
    pub reasons: Vec<ReasonReport>,
    /// Management overlays.
    pub overlays: Vec<OverlayReport>,
    /// What changes of settings do.
    pub what_if: Vec<WhatIfReport>,
    /// Where PDs over time come from.
    pub term_structure: TermReport,
    /// Whatever was assumed, one sentence each.
    pub assumed: Vec<String>,
}

/// A number that may have been simulated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The number, currency; in closed form unless it was simulated.
    pub value: f64,
    /// Its standard error; null in closed form.
    pub standard_error: Option<f64>,
    /// In closed form, currency.
    pub closed_form: f64,
    /// Their distance in standard errors; null in closed form.
    pub z: Option<f64>,
}

/// One stage.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StageReport {
    /// 1, 2, 3 or "poci"; under CECL "lifetime", "default" or "poci".
    #[serde(serialize_with = "stage")]
    pub stage: Stage,
    /// Loans.
    pub loans: u64,
    /// Drawn balances, currency.
    pub exposure: f64,
    /// Expected credit loss, currency.
    pub ecl: f64,
    /// ECL per exposure; null without exposure.
    pub coverage: Option<f64>,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EclSegment {
    /// Name.
    pub segment: String,
    /// Loans.
    pub loans: u64,
    /// Drawn balances, currency.
    pub exposure: f64,
    /// Expected credit loss, currency.
    pub ecl: f64,
    /// ECL per exposure; null without exposure.
    pub coverage: Option<f64>,
    /// ECL in closed form, currency.
    pub closed_form: f64,
    /// Simulated mean, currency; not there in closed form, or where losses by segment were too many to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Its stages, all of them.
    pub stages: Vec<StageReport>,
}

/// One year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct YearReport {
    /// 1 for the 12 months after the reporting date, and so on.
    pub year: u16,
    /// ECL from defaults in it, currency; loans in default already count in year 1. Simulated, unless in closed form.
    pub value: f64,
    /// Its standard error; null in closed form.
    pub standard_error: Option<f64>,
    /// In closed form, currency.
    pub closed_form: f64,
}

/// Loans of one reason.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReasonReport {
    /// Its code.
    pub reason: &'static str,
    /// The stage that it led to.
    #[serde(serialize_with = "stage")]
    pub stage: Stage,
    /// Paragraph of the standard; null for what the tape said.
    pub paragraph: Option<&'static str>,
    /// Loans.
    pub loans: u64,
    /// Drawn balances, currency.
    pub exposure: f64,
    /// Expected credit loss, currency.
    pub ecl: f64,
}

/// One overlay.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverlayReport {
    /// Name.
    pub name: String,
    /// Why it is made.
    pub because: String,
    /// What it touches: `all`, or segment and stage.
    pub applies_to: String,
    /// Model ECL of that, currency.
    pub touches: f64,
    /// In per cent of that; null for an amount.
    pub percent: Option<f64>,
    /// What was asked for, currency.
    pub asked: f64,
    /// Largest share of what it touches.
    pub cap: f64,
    /// What is applied, currency.
    pub applied: f64,
    /// First reporting date that it applies to; null from ever.
    pub from: Option<String>,
    /// Last reporting date that it applies to.
    pub until: Option<String>,
    /// Whether the reporting date lies between its dates.
    pub active: bool,
}

/// What one change of a setting does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WhatIfReport {
    /// The key.
    pub setting: String,
    /// Its other value, as typed.
    pub value: String,
    /// ECL with it, currency.
    pub ecl: f64,
    /// ECL with it less ECL without, currency.
    pub change: f64,
    /// Loans by the stages they leave and come to, those that stay included.
    pub moved: Vec<MoveReport>,
}

/// Loans that move alike.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MoveReport {
    /// Stage before.
    #[serde(serialize_with = "stage")]
    pub from: Stage,
    /// Stage after.
    #[serde(serialize_with = "stage")]
    pub to: Stage,
    /// Loans.
    pub loans: u64,
    /// Drawn balances, currency.
    pub exposure: f64,
    /// Expected credit loss before, currency.
    pub ecl_before: f64,
    /// Expected credit loss after, currency.
    pub ecl_after: f64,
}

/// Where PDs over time come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermReport {
    /// `flat`, `curves` or `migration`.
    pub source: &'static str,
    /// For a matrix: how well its generator gives it back.
    pub fit: Option<GeneratorFit>,
}

fn stage<S: Serializer>(stage: &Stage, serializer: S) -> Result<S::Ok, S::Error> {
    match stage.name().parse::<u8>() {
        Ok(number) => serializer.serialize_u8(number),
        Err(_) => serializer.serialize_str(stage.name()),
    }
}

impl StageReport {
    /// `sum` as the line of `stage`.
    pub fn new(stage: Stage, sum: Sum) -> Self {
        Self { stage, loans: sum.loans, exposure: sum.exposure, ecl: sum.ecl, coverage: coverage(sum) }
    }
}

impl Ecl {
    /// `totals` of a tape with these `segments` as figures; overlays, what-ifs and assumptions are added by the caller.
    pub fn new(totals: &EclTotals, segments: &[String], framework: Framework, term_structure: TermReport) -> Self {
        let total = totals.total();
        let stages = |segment: Option<usize>| {
            framework.stages().iter().map(|&stage| StageReport::new(stage, totals.stage(stage, segment))).collect()
        };
        let segment = |(place, name): (usize, &String)| {
            let sum = totals.segment(place);
            EclSegment {
                segment: name.clone(),
                loans: sum.loans,
                exposure: sum.exposure,
                ecl: sum.ecl,
                coverage: coverage(sum),
                closed_form: sum.ecl,
                value: None,
                standard_error: None,
                stages: stages(Some(place)),
            }
        };
        Self {
            total: Estimate { value: total.ecl, standard_error: None, closed_form: total.ecl, z: None },
            allowance: total.ecl,
            stages: stages(None),
            segments: segments.iter().enumerate().map(segment).collect(),
            years: years(totals),
            quantiles: Vec::new(),
            conditional: None,
            probability_above_allowance: None,
            layout: None,
            scenarios: Vec::new(),
            non_linearity: None,
            index_paths: Vec::new(),
            reasons: reasons(totals, framework),
            overlays: Vec::new(),
            what_if: Vec::new(),
            term_structure,
            assumed: Vec::new(),
        }
    }

    /// Adds an overlay, and to the allowance what is applied of it.
    pub fn add_overlay(&mut self, overlay: &Overlay, applied: AppliedOverlay) {
        let segment = overlay.segment.as_ref().map(|name| format!("segment {name}"));
        let stage = overlay.stage.map(|stage| format!("stage {}", stage.name()));
        let parts: Vec<String> = segment.into_iter().chain(stage).collect();
        self.allowance += applied.applied;
        self.overlays.push(OverlayReport {
            name: overlay.name.clone(),
            because: overlay.because.clone(),
            applies_to: if parts.is_empty() { "all".to_owned() } else { parts.join(", ") },
            touches: applied.touches,
            percent: match overlay.size {
                OverlaySize::Percent(percent) => Some(percent),
                OverlaySize::Amount(_) => None,
            },
            asked: applied.asked,
            cap: overlay.cap,
            applied: applied.applied,
            from: overlay.from.map(|date| date.to_string()),
            until: overlay.until.map(|date| date.to_string()),
            active: applied.active,
        });
    }

    /// Adds what `setting` at `value` does.
    pub fn add_what_if(&mut self, setting: &str, value: &str, moves: &Moves) {
        let moved = moves.moves.iter().map(|moved| MoveReport {
            from: moved.from,
            to: moved.to,
            loans: moved.loans,
            exposure: moved.exposure,
            ecl_before: moved.before,
            ecl_after: moved.after,
        });
        self.what_if.push(WhatIfReport {
            setting: setting.to_owned(),
            value: value.to_owned(),
            ecl: moves.after(),
            change: moves.after() - moves.before(),
            moved: moved.collect(),
        });
    }
}

fn coverage(sum: Sum) -> Option<f64> {
    Some(sum.coverage()).filter(|coverage| coverage.is_finite())
}

/// Years up to the last with a loss, at least one.
pub(super) fn years(totals: &EclTotals) -> Vec<YearReport> {
    let last = totals.years.iter().rposition(|year| *year != 0.0).unwrap_or(0);
    let year = |(place, value): (usize, &f64)| YearReport {
        year: place as u16 + 1,
        value: *value,
        standard_error: None,
        closed_form: *value,
    };
    totals.years.iter().take(last + 1).enumerate().map(year).collect()
}

fn reasons(totals: &EclTotals, framework: Framework) -> Vec<ReasonReport> {
    let line = |reason: Reason, stage: Stage| {
        let sum = totals.reason(reason, stage);
        (sum.loans > 0).then(|| ReasonReport {
            reason: reason.code(),
            stage,
            paragraph: reason.paragraph(framework),
            loans: sum.loans,
            exposure: sum.exposure,
            ecl: sum.ecl,
        })
    };
    let lines = Reason::ALL.into_iter().flat_map(|reason| framework.stages().iter().map(move |&stage| (reason, stage)));
    lines.filter_map(|(reason, stage)| line(reason, stage)).collect()
}
