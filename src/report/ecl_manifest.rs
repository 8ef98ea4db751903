//! The manifest of `mc-gpu ecl`: what its report can be remade from (L8).

use super::manifest::InputDigest;
use super::result::RunReport;
use crate::units::Unit;
use serde::Serialize;

/// Name and version of the manifest's JSON; keys are only ever added within a version.
pub const ECL_MANIFEST_SCHEMA: &str = "mc-gpu/ecl-manifest/1";

/// From what a report can be made again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EclManifest {
    /// [`ECL_MANIFEST_SCHEMA`].
    pub schema: &'static str,
    /// Version of the crate that wrote it.
    pub version: &'static str,
    /// `ifrs9` or `cecl`.
    pub framework: &'static str,
    /// Reporting date.
    pub reporting_date: String,
    /// Digest of plan, model, seed and stream version of what was played; null in closed form, as is what follows.
    pub identity: Option<String>,
    /// Currency per unit of loss, as M16 takes it.
    pub unit: Option<Unit>,
    /// How it was played: device, seed, stream version, digest of the losses.
    pub run: Option<RunReport>,
    /// The resolved model, as a model file.
    pub model: String,
    /// Tapes, and the files that the model names.
    pub inputs: Vec<InputDigest>,
    /// Whatever was assumed.
    pub assumed: Vec<String>,
    /// What a reader must know.
    pub notes: Vec<String>,
}
