//! How the periods of defaults come about: by one latent variable of each obligor (M30), or period by period along a path of
//! the index (M42 to M44).

use super::digest::Hasher;
use super::line::Line;
use crate::model::Model;
use crate::model::path::{LARGEST_PATH_CORRELATION, Regimes};

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub enum DefaultTimes {
    /// One latent variable decides when an obligor defaults; the economy is one number for the whole horizon (M30).
    Copula,
    /// Whoever has survived may default in each period, given the index in that period (M42 to M44).
    Path(Box<PathLaw>),
}

/// The law of the index and of defaults along its path; sizes refer to the pools of a portfolio and the segments of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct PathLaw {
    /// θ of each period, pool-major, T for each pool (M43): the hazard given Y is Φ((θ W − √ρ′ Y)/√(1 − ρ′)). −∞ where nobody
    /// defaults in that period; ∞ where everybody left does.
    pub thetas: Vec<f64>,
    /// ρ′ of each pool (M43), 0 to [`LARGEST_PATH_CORRELATION`].
    pub rhos: Vec<f64>,
    /// α of each segment, from a period to the next one: 0 to below 1.
    pub memory: Vec<f64>,
    /// u of each segment on the K innovations of a period, segment-major: Y_t = α Y_{t−1} + Σ u_k z_{k,t} (M42).
    pub innovations: Vec<f64>,
    /// Calm and turbulent states of the whole economy, per period (M50).
    pub regimes: Option<Regimes>,
}

impl PathLaw {
    /// What does not fit a horizon of `periods` for so many `pools` under `model`, if anything.
    pub(super) fn fault(&self, (pools, periods): (usize, usize), model: &Model) -> Option<&'static str> {
        let segments = model.segments().len();
        if self.thetas.len() != pools * periods || self.rhos.len() != pools {
            return Some("the thresholds of paths do not fit the pools");
        }
        if self.memory.len() != segments || self.innovations.len() != segments * model.n_factors() {
            return Some("the memory or the innovations of paths do not fit the segments");
        }
        let all_in = |values: &[f64], is_in: fn(f64) -> bool| values.iter().all(|&value| is_in(value));
        let in_range = all_in(&self.thetas, |theta| !theta.is_nan())
            && all_in(&self.rhos, |rho| (0.0..=LARGEST_PATH_CORRELATION).contains(&rho))
            && all_in(&self.memory, |memory| (0.0..1.0).contains(&memory))
            && all_in(&self.innovations, f64::is_finite);
        (!in_range).then_some("a threshold, correlation, memory or innovation of paths is out of range")
    }

    /// Lines in Φ's argument of all pools, pool-major; [`Line::NEVER`] where nobody defaults.
    pub(super) fn lines(&self, periods: usize) -> Vec<Line> {
        let of_pool = |(thetas, &rho): (&[f64], &f64)| -> Vec<Line> {
            let line = |&theta: &f64| if theta == f64::NEG_INFINITY { Line::NEVER } else { Line::new(theta, rho) };
            thetas.iter().map(line).collect()
        };
        self.thetas.chunks(periods.max(1)).zip(&self.rhos).flat_map(of_pool).collect()
    }

    /// Hashes what decides a loss, beside lines.
    pub(super) fn add_to(&self, hash: &mut Hasher) {
        self.memory.iter().chain(&self.innovations).for_each(|&value| _ = hash.f64(value));
        if let Some(regimes) = &self.regimes {
            let hash = hash.bytes(b"regimes");
            let numbers = [regimes.leave(), regimes.mean(), regimes.volatility()];
            numbers.iter().flatten().for_each(|&value| _ = hash.f64(value));
        }
    }
}
