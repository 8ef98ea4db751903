//! The model: which factors move a segment, how strongly, and through which copula (M1, M2, M4); and what a default costs
//! when ([`time`], [`term`], [`path`], [`index`], [`exposure`], [`severity`], [`ecl`]), and how much of that an allowance covers
//! ([`staging`]).

mod basel;
pub mod ecl;
pub mod exposure;
mod factors;
pub mod index;
pub mod path;
pub mod severity;
pub mod staging;
pub mod term;
pub mod time;

pub use basel::BaselClass;
pub use factors::Factors;

use crate::error::{Error, Result};
use crate::math::{normal, student};

/// The largest asset correlation; nearer to 1 all loans of a segment are one loan and the grid of Φ is too coarse.
pub const LARGEST_CORRELATION: f64 = 0.9999;

/// How systematic and idiosyncratic parts are joined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Copula {
    /// Multivariate normal.
    Gaussian,
    /// Multivariate Student t: one chi-square per scenario divides both parts alike (M4).
    StudentT {
        /// Degrees of freedom, at least 2.
        degrees_of_freedom: f64,
    },
}

/// PDs are taken no nearer to 0 and 1 than this when they become thresholds (exactly 0 and 1 are exact).
const SMALLEST_PD: f64 = 1e-15;

impl Copula {
    /// Probability that the latent variable is below `threshold` (M4).
    pub fn cdf(self, threshold: f64) -> f64 {
        match (self, threshold) {
            (_, f64::NEG_INFINITY) => 0.0,
            (_, f64::INFINITY) => 1.0,
            (Self::Gaussian, _) => normal::cdf(threshold),
            (Self::StudentT { degrees_of_freedom }, _) => student::cdf(threshold, degrees_of_freedom),
        }
    }

    /// The quantile of a probability of default, 0 to 1, of the latent variable (M4).
    pub fn quantile(self, pd: f64) -> f64 {
        let inside = pd.clamp(SMALLEST_PD, 1.0 - SMALLEST_PD);
        match self {
            Self::Gaussian => normal::quantile(inside),
            Self::StudentT { degrees_of_freedom } => student::quantile(inside, degrees_of_freedom),
        }
    }
}

/// Where a segment's asset correlation rho comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AssetCorrelation {
    /// One number for all PDs, 0 to [`LARGEST_CORRELATION`]; loadings are then a direction.
    Fixed(f64),
    /// One of Basel's functions of PD; loadings are then a direction.
    Basel(BaselClass),
    /// rho = b'Cb of the loadings themselves.
    FromLoadings,
}

/// A segment as it is described in a model.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentSpec {
    /// Name, as on the tape.
    pub name: String,
    /// Where rho comes from.
    pub correlation: AssetCorrelation,
    /// Loading on each factor, length K.
    pub loadings: Vec<f64>,
}

/// A segment's link to the economy, resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Fixed or Basel; loadings have been turned into a number.
    correlation: AssetCorrelation,
    /// Weights on K independent normals; their squares sum to 1 (or all are 0 when rho is 0).
    weights: Vec<f64>,
    /// Unit-variance direction in factor space, length K: a shift of factor k moves the index by direction\[k\].
    direction: Vec<f64>,
}

impl Segment {
    /// rho for an obligor with probability of default `pd`, 0 to [`LARGEST_CORRELATION`].
    pub fn correlation(&self, pd: f64) -> f64 {
        match self.correlation {
            AssetCorrelation::Fixed(rho) => rho,
            AssetCorrelation::Basel(class) => class.correlation(pd),
            AssetCorrelation::FromLoadings => 0.0, // resolved away in `Model::new`
        }
    }

    /// Weights on the K independent normals behind the factors.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// How far the segment's index moves when the factors move by `shift` (length K, standard deviations).
    pub fn index_shift(&self, shift: &[f64]) -> f64 {
        self.direction.iter().zip(shift).map(|(direction, shift)| direction * shift).sum()
    }
}

/// Copula, factors and the link of each segment of a portfolio, in the portfolio's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    copula: Copula,
    n_factors: usize,
    segments: Vec<Segment>,
}

impl Model {
    /// Resolves `specs`, one per segment of the portfolio in its order.
    ///
    /// # Errors
    /// [`Error::Setting`] when a rho leaves 0 … [`LARGEST_CORRELATION`] or loadings have no direction.
    pub fn new(copula: Copula, factors: &Factors, specs: &[SegmentSpec]) -> Result<Self> {
        let segments = specs.iter().map(|spec| link(factors, spec)).collect::<Result<_>>()?;
        Ok(Self { copula, n_factors: factors.len(), segments })
    }

    /// The copula.
    pub fn copula(&self) -> Copula {
        self.copula
    }

    /// Number of factors K.
    pub fn n_factors(&self) -> usize {
        self.n_factors
    }

    /// The segments, in the portfolio's order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }
}

fn link(factors: &Factors, spec: &SegmentSpec) -> Result<Segment> {
    let key = |leaf: &str| format!("segments.{}.{leaf}", spec.name);
    let variance = factors.variance(&spec.loadings);
    let correlation = match spec.correlation {
        AssetCorrelation::FromLoadings if variance <= LARGEST_CORRELATION => AssetCorrelation::Fixed(variance),
        AssetCorrelation::FromLoadings => {
            let wanted = format!(
                "loadings b whose variance b'Cb, the asset correlation, is at most {LARGEST_CORRELATION}; \
                 make them smaller, or give asset_correlation and they become a direction"
            );
            return Err(Error::setting(key("loadings"), format!("b'Cb = {variance}"), wanted));
        }
        AssetCorrelation::Fixed(rho) if !(0.0..=LARGEST_CORRELATION).contains(&rho) => {
            return Err(Error::setting(key("asset_correlation"), rho, format!("0 to {LARGEST_CORRELATION}")));
        }
        other => other,
    };
    let indifferent = correlation == AssetCorrelation::Fixed(0.0);
    if variance <= 0.0 && !indifferent {
        return Err(Error::setting(key("loadings"), "nothing but zeros", "at least one loading that is not zero"));
    }
    let scale = if variance > 0.0 { 1.0 / variance.sqrt() } else { 0.0 };
    let direction: Vec<f64> = spec.loadings.iter().map(|loading| loading * scale).collect();
    Ok(Segment { correlation, weights: factors.independent(&direction), direction })
}
