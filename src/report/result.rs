//! The result of a run: one versioned, stable JSON object.

use super::ecl_result::YearReport;
use crate::engine::DeviceInfo;
use crate::risk::Measures;
use crate::units::Unit;
use serde::{Deserialize, Serialize};

/// Name and version of the JSON object; keys are only ever added within a version.
pub const RESULT_SCHEMA: &str = "mc-gpu/result/1";

/// Everything a run says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunResult {
    /// [`RESULT_SCHEMA`].
    pub schema: &'static str,
    /// What was played on.
    pub portfolio: PortfolioReport,
    /// How it was played.
    pub run: RunReport,
    /// The numbers, with their errors; currency unless said otherwise.
    pub measures: Measures,
    /// By segment.
    pub segments: Vec<SegmentReport>,
    /// By year of the default, in a run of several periods.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub years: Vec<YearReport>,
    /// Whatever the tool assumed, one sentence each.
    pub assumed: Vec<String>,
    /// What a reader should know about these numbers, such as a tail of too few scenarios.
    pub notes: Vec<String>,
}

/// The portfolio as it was played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortfolioReport {
    /// Loans.
    pub loans: u64,
    /// Obligors; loans of one obligor default together. Defaults are counted in obligors.
    pub obligors: u64,
    /// Sum of exposures at default, currency.
    pub exposure: f64,
    /// Closed form: sum of PD × LGD × EAD, currency.
    pub expected_loss: f64,
    /// Groups of obligors that share segment and PD.
    pub pools: u64,
    /// Relative bias of the conditional loss in the 99.9 % adverse economy that banding of PDs brings; in several periods, that
    /// profiles and pools bring (`profile_tail_bias`).
    pub pooling_error: f64,
    /// Currency per integer unit of loss.
    pub unit: Unit,
    /// Share of the expected loss that rounding to units moved: sum of PD × |change| over sum of PD × loss.
    pub rounding_error: f64,
    /// Rows of the tape that were left out.
    pub rejected_rows: u64,
    /// Exposure of those rows, currency, where it could be read.
    pub rejected_exposure: f64,
    /// How many of those rows had an exposure that could not be read.
    pub rejected_unreadable: u64,
    /// File that holds those rows with their reasons; null when there are none.
    pub rejected_file: Option<String>,
}

/// How a run was played.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// Scenarios of the whole run.
    pub scenarios: u64,
    /// Scenarios that these numbers rest on: fewer for a shard or an interrupted run.
    pub scenarios_played: u64,
    /// First scenario and end of the range that was asked for.
    pub scenario_range: [u64; 2],
    /// Whether every scenario of the whole run is here.
    pub complete: bool,
    /// Seed of every random word.
    pub seed: u64,
    /// Version of the mapping from plan, seed and scenario to defaults.
    pub stream_version: u32,
    /// What played.
    pub device: DeviceInfo,
    /// Host threads used.
    pub threads: usize,
    /// Wall-clock time.
    pub seconds: Seconds,
    /// Loans × scenarios per second of play, host tables included; null when nothing was played in this process.
    pub loan_scenarios_per_second: Option<f64>,
    /// SHA-256 over stream version, unit, and loss and defaults of each scenario in order.
    pub losses_digest: String,
    /// How defaults of several periods come about, `copula` or `path`; none in a run of one period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_times: Option<String>,
    /// The path of the economy along which they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathReport>,
}

/// A path of the economy (M42, M43).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathReport {
    /// Lag-one-year autocorrelation of each factor.
    pub persistence: Vec<FactorPersistence>,
    /// Asset correlations by segment.
    pub rho: Vec<PathRho>,
}

/// A factor's persistence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactorPersistence {
    /// Name.
    pub factor: String,
    /// Lag-one-year autocorrelation, 0 to below 1.
    pub value: f64,
}

/// A segment's asset correlations: recalibrated, so that two loans default together within a year as often as in one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathRho {
    /// Name.
    pub segment: String,
    /// Autocorrelation of its index from one period to the next.
    pub memory: f64,
    /// Smallest and largest of its pools in the model of one period.
    pub one_period: [f64; 2],
    /// Smallest and largest along the path.
    pub along_path: [f64; 2],
}

/// Wall-clock seconds by stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Seconds {
    /// Reading, checking and pooling.
    pub read: f64,
    /// Playing.
    pub play: f64,
    /// Measuring and attributing.
    pub measure: f64,
}

/// A segment's part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentReport {
    /// Name.
    pub name: String,
    /// Loans.
    pub loans: u64,
    /// Sum of exposures at default, currency.
    pub exposure: f64,
    /// Closed form, currency.
    pub expected_loss: f64,
    /// Share of the expected shortfall at each level; empty when it is not known or nothing is lost.
    pub share_of_loss: Vec<ShareAtLevel>,
}

/// A segment's share of the expected shortfall at a level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ShareAtLevel {
    /// The level, in (0, 1).
    pub level: f64,
    /// The share, 0 to 1.
    pub value: f64,
    /// Its standard error; null for a tail of one scenario.
    pub standard_error: Option<f64>,
}
