//! What a model means: plain values with every default filled in, checked, ready to be handed to model and engine.

use super::ecl::EclSettings;
use super::economy::EconomySettings;
use crate::engine::KernelChoice;
use crate::model::{AssetCorrelation, Copula};
use crate::portfolio::{Columns, ObligorRule, TextFormat};
use crate::units::{Level, Unit};

/// A whole configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// `[simulation]`.
    pub simulation: Simulation,
    /// `[copula]`.
    pub copula: Copula,
    /// `[factors]`.
    pub factors: FactorSettings,
    /// `[segments]`.
    pub segments: Segments,
    /// `[ratings]`: name and PD (0 to 1), in written order.
    pub ratings: Vec<(String, f64)>,
    /// `[columns]`: the fields of the tape that are mapped.
    pub columns: Columns,
    /// `[input]`.
    pub input: TextFormat,
    /// The sections of expected credit loss.
    pub ecl: EclSettings,
    /// `[index]` and `[scenarios]`; None without either.
    pub economy: Option<EconomySettings>,
    /// One line for each default that was used and can change a result.
    pub assumed: Vec<String>,
}

/// How to simulate.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulation {
    /// Scenarios, 1 to [`MOST_SCENARIOS`].
    pub scenarios: u64,
    /// Seed, any.
    pub seed: u64,
    /// At least one, ascending, all different.
    pub levels: Vec<Level>,
    /// Which kernel plays.
    pub kernel: KernelChoice,
    /// What the loans of one borrower are to each other: together or apart.
    pub obligors: ObligorRule,
    /// Relative width of PD bands, above 0 and at most 1.
    pub band_width: f64,
    /// Currency per loss unit; None lets the portfolio decide.
    pub unit: Option<Unit>,
}

/// The most scenarios of one run; their losses alone would fill 8 TiB.
pub const MOST_SCENARIOS: u64 = 1 << 40;

/// The systematic factors.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorSettings {
    /// At least one, all different, none empty.
    pub names: Vec<String>,
    /// Row-major, K × K, exactly symmetric with ones on the diagonal, −1 to 1; not yet known to be positive definite.
    pub correlation: Vec<f64>,
    /// Lag-one-year autocorrelation of each, 0 to 0.9999; None when the model says nothing of it.
    pub persistence: Option<Vec<f64>>,
}

/// Which segments there are.
#[derive(Debug, Clone, PartialEq)]
pub enum Segments {
    /// No `[segments]`: every name is welcome, correlated as Basel's other retail, LGD from the tape.
    Any,
    /// Only these, in written order, at least one.
    Listed(Vec<SegmentSettings>),
}

/// One segment.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentSettings {
    /// Name on the tape; `default` serves loans without one.
    pub name: String,
    /// Where rho comes from. With [`AssetCorrelation::FromLoadings`] the loadings are absolute, else a direction.
    pub correlation: AssetCorrelation,
    /// Known factors with finite loadings, at least one.
    pub loadings: Vec<(String, f64)>,
    /// Loss given default where the tape has none, 0 to 1.
    pub lgd: Option<f64>,
}
