//! The law of the index among survivors, period by period, and the thresholds that it asks for (M43).
//!
//! g_j = root of the weight of state j × density of survivors there relative to the index's own law. With r the roots:
//!
//! ```text
//! θ_t: Σ_j r_j g_j h_t(j) = F_t − F_(t−1),   h_t = Φ((θ_t W − √ρ′ Y)/√(1 − ρ′));   g ← M (g (1 − h_t))
//! ```
//!
//! where M is Mehler's kernel. No grid has a width to be chosen, and any α from 0 to 1 will do. Under a climate Y is m_t + s times
//! the residual of the state (M51); in regimes states are doubled (M50).

use super::climate::Climate;
use super::economy::Economy;
use crate::math::normal;

/// Steps of Newton's method with bisection; three or four are taken.
const MOST_STEPS: usize = 200;
/// The last step: what is left is of the order of its square.
const LAST_STEP: f64 = 1e-9;
/// States of less mass than this share of the target are left out of a sum.
const NEGLIGIBLE: f64 = 1e-17;
/// A probability within this of none or all of the survivors is taken as that.
const SMALLEST: f64 = 1e-15;

/// Survivors of one pool.
#[derive(Debug, Clone)]
pub struct Density<'a> {
    economy: &'a Economy,
    /// √ρ′ and √(1 − ρ′).
    roots_of_rho: (f64, f64),
    /// Roots of the weights.
    roots: Vec<f64>,
    survivors: Vec<f64>,
    hazards: Vec<f64>,
    scratch: Vec<f64>,
    climate: Climate,
    /// Y in each state of one W, in the period to come.
    index: Vec<f64>,
    period: usize,
    /// Whether the index still has the law N(0, 1), in which the share of defaults is known in closed form.
    is_standard: bool,
}

impl<'a> Density<'a> {
    /// Everybody, before the first period; `rho` is ρ′, 0 to below 1.
    pub fn new(economy: &'a Economy, rho: f64) -> Self {
        Self::under(economy, rho, &Climate::none())
    }

    /// The same under a `climate`.
    pub fn under(economy: &'a Economy, rho: f64, climate: &Climate) -> Self {
        let roots = economy.roots();
        let n = roots.len();
        let mut density = Self {
            economy,
            roots_of_rho: (rho.sqrt(), (1.0 - rho).sqrt()),
            survivors: roots.clone(),
            roots,
            hazards: vec![0.0; n],
            scratch: vec![0.0; n],
            index: economy.index().to_vec(),
            period: 0,
            is_standard: economy.regimes().is_none() && climate.is_none(),
            climate: climate.clone(),
        };
        density.place();
        density
    }

    /// Y of the period to come.
    fn place(&mut self) {
        let (part, scale) = (self.climate.at(self.period), self.climate.scale);
        self.index.iter_mut().zip(self.economy.index()).for_each(|(y, own)| *y = part + scale * own);
    }

    /// θ of the period in which the share `target` of all obligors defaults; −∞ for none, ∞ for all who are left. `before` is the one before, where
    /// the search begins if it is finite.
    pub fn threshold(&self, target: f64, before: f64) -> f64 {
        common_threshold(&[(1.0, self)], target, before)
    }

    /// Mass of survivors times `weight` by state: W, Y and mass, of those above `least`.
    fn masses(&self, weight: f64, least: f64) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        let states = self.economy.mixing().iter().flat_map(|&(w, _)| self.index.iter().map(move |&y| (w, y)));
        let masses = self.roots.iter().zip(&self.survivors).map(move |(root, own)| weight * (root * own));
        states.zip(masses).filter(move |(_, mass)| mass.abs() > least).map(|((w, y), mass)| (w, y, mass))
    }

    /// Hazard of a period with the threshold `theta`, by state: W by W, Y ascending.
    pub fn hazards(&mut self, theta: f64) -> &[f64] {
        let (slope, rest) = self.roots_of_rho;
        let nodes = &self.index;
        for (hazards, &(w, _)) in self.hazards.chunks_exact_mut(nodes.len()).zip(self.economy.mixing()) {
            for (hazard, &y) in hazards.iter_mut().zip(nodes) {
                *hazard = if theta.is_finite() {
                    normal::cdf((theta * w - slope * y) / rest)
                } else {
                    f64::from(theta > 0.0)
                };
            }
        }
        &self.hazards
    }

    /// Share of all obligors that default in this period in each state, once [`Density::hazards`] has been asked for.
    pub fn defaults(&self) -> impl Iterator<Item = f64> + '_ {
        self.roots.iter().zip(&self.survivors).zip(&self.hazards).map(|((root, own), hazard)| root * own * hazard)
    }

    /// Density of survivors relative to the index's own law, times the root of the weight of each state.
    pub fn survivors(&self) -> &[f64] {
        &self.survivors
    }

    /// Share of all obligors that have not defaulted.
    pub fn left(&self) -> f64 {
        self.roots.iter().zip(&self.survivors).map(|(root, own)| root * own).sum()
    }

    /// To the next period, with the hazards that were asked for last.
    pub fn advance(&mut self) {
        let after = self.survivors.iter().zip(&self.hazards).map(|(own, hazard)| own * (1.0 - hazard));
        self.scratch.iter_mut().zip(after).for_each(|(out, after)| *out = after);
        self.is_standard &= self.hazards.iter().all(|&hazard| hazard <= 0.0);
        self.economy.advance(&self.scratch, &mut self.survivors);
        self.period += 1;
        self.place();
    }

    pub(super) fn economy(&self) -> &'a Economy {
        self.economy
    }

    /// Roots of the weights, and survivors times the same.
    pub(super) fn states(&self) -> (&[f64], &[f64]) {
        (&self.roots, &self.survivors)
    }
}

/// θ of the period in which the share `target` of all obligors defaults, in several worlds of one economy and correlation
/// together, each with its weight; they add up to 1. −∞ for none, ∞ for all who are left. `before` is the one before, where the
/// search begins if it is finite.
pub(super) fn common_threshold<'a, D: std::borrow::Borrow<Density<'a>>>(
    worlds: &[(f64, D)],
    target: f64,
    before: f64,
) -> f64 {
    let Some((_, first)) = worlds.first() else { return f64::NEG_INFINITY };
    let copula = first.borrow().economy.copula();
    let left: f64 = worlds.iter().map(|(weight, world)| weight * world.borrow().left()).sum();
    if target <= SMALLEST * left.max(SMALLEST) {
        return f64::NEG_INFINITY;
    }
    if target >= left * (1.0 - SMALLEST) {
        return f64::INFINITY;
    }
    if worlds.iter().all(|(_, world)| world.borrow().is_standard) {
        // The law of the index is still its own, and the quadrature is known in closed form.
        return copula.quantile(target);
    }
    let start = if before.is_finite() { before } else { copula.quantile(target / left) };
    let masses = worlds.iter().flat_map(|(weight, world)| world.borrow().masses(*weight, NEGLIGIBLE * target));
    let masses: Vec<(f64, f64, f64)> = masses.collect();
    search((&masses, first.borrow().roots_of_rho), target, start)
}

/// Newton's method for the logarithm of the share, which is concave in the tail; bisection where it leaves the bracket.
fn search(states: (&[(f64, f64, f64)], (f64, f64)), target: f64, start: f64) -> f64 {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut theta = start;
    for _ in 0..MOST_STEPS {
        let (share, slope) = share(states, theta);
        if share < target {
            low = theta
        } else {
            high = theta
        }
        let reach = 1.0 + theta.abs();
        let newton = match share > 0.0 && slope > 0.0 {
            true => (libm::log(share / target) * share / slope).clamp(-reach, reach),
            false if share < target => -reach,
            false => reach,
        };
        let next = theta - newton;
        if newton.abs() <= LAST_STEP * reach {
            return next;
        }
        let is_inside = next > low && next < high;
        theta = if is_inside || low == f64::NEG_INFINITY || high == f64::INFINITY { next } else { 0.5 * (low + high) };
    }
    theta
}

/// Share of all obligors that default under `theta`, and its derivative; by W, Y and mass of states, and √ρ′ and √(1 − ρ′).
fn share((masses, (slope, rest)): (&[(f64, f64, f64)], (f64, f64)), theta: f64) -> (f64, f64) {
    let (mut share, mut derivative) = (0.0, 0.0);
    for &(w, y, mass) in masses {
        let x = (theta * w - slope * y) / rest;
        share += mass * normal::cdf(x);
        derivative += mass * normal::pdf(x) * w;
    }
    (share, derivative / rest)
}
