//! The manifest: what a report can be remade from (L8), and what says whether two runs may be merged.

use super::result::{PortfolioReport, RunReport, SegmentReport};
use serde::{Deserialize, Serialize};

/// Name and version of the manifest's JSON.
pub const MANIFEST_SCHEMA: &str = "mc-gpu/manifest/1";

/// What was run, on what, with what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`MANIFEST_SCHEMA`].
    pub schema: String,
    /// Version of the crate that wrote it.
    pub version: String,
    /// Digest of plan, model, seed and stream version: what runs must share to be merged.
    pub identity: String,
    /// Finished scenario ranges, first and end.
    pub done: Vec<[u64; 2]>,
    /// Confidence levels, as decimals.
    pub levels: Vec<String>,
    /// The run.
    pub run: RunReport,
    /// The portfolio.
    pub portfolio: PortfolioReport,
    /// Its segments.
    pub segments: Vec<SegmentReport>,
    /// Expected loss in closed form by year of the default, currency, in a run of several periods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub years: Vec<f64>,
    /// The resolved model, as a model file.
    pub model: String,
    /// Files read.
    pub inputs: Vec<InputDigest>,
    /// Whatever the tool assumed.
    pub assumed: Vec<String>,
    /// What a reader must know of the portfolio.
    pub notes: Vec<String>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputDigest {
    /// Path as given.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Rows in it.
    pub rows: u64,
}
