//! What sharing profiles and pools does to a loan's losses (M32): how much of them moves to another period, and what that does
//! to the tail.

use super::profile::Profile;
use super::severities::PoolSeverity;
use crate::error::Result;
use crate::math::normal;
use crate::model::Model;
use crate::portfolio::{Pool, Tape};
use crate::risk::ecl::{Depth, EclSetup, Fault, Loan, Scratch, refuse};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

/// Loans that are compared, evenly spread over the pools.
const MOST: usize = 1 << 16;

/// Adverse economy at which the tail is judged: the 0.1 % quantile of a segment's index.
const ADVERSE: f64 = -3.090_232_306_167_813_5;

/// How true a layout is to its loans.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Fidelity {
    /// Share of the expected loss that falls into another period than the loan's own: ½ Σ |own − laid out| / Σ own.
    pub profile_error: f64,
    /// (Laid out − own) / own of the loss in the 99.9 % adverse economy; under the t copula with the Gaussian link, and with
    /// LGDs at their means over the defaults of each period.
    pub tail_bias: f64,
}

/// Losses as they are laid out.
pub struct Layout<'a> {
    /// Pools.
    pub pools: &'a [Pool],
    /// Profiles.
    pub profiles: &'a [Profile],
    /// Profile of each loss, pool by pool.
    pub profile: &'a [u16],
    /// Loan of each loss; the first, where several loans of an obligor are one loss.
    pub rows: &'a [u32],
    /// Probabilities of default by the end of each period, pool by pool.
    pub cumulative: &'a [f64],
    /// What a default loses of its factor on average, pool by pool; empty where that is all of it.
    pub severities: &'a [PoolSeverity],
}

/// Compares the loans of `tape` under `setup` with their `layout`, each segment correlated as in `model`.
///
/// # Errors
/// Those of [`measure`](crate::risk::ecl::measure).
pub fn fidelity(tape: &Tape, setup: &EclSetup, model: &Model, layout: &Layout<'_>) -> Result<Fidelity> {
    let stride = layout.rows.len().div_ceil(MOST).max(1);
    let places: Vec<usize> = (0..layout.rows.len()).step_by(stride).collect();
    let number = |place: usize| layout.pools.partition_point(|pool| pool.first as usize <= place).saturating_sub(1);
    let pools: Vec<&[usize]> = places.chunk_by(|&a, &b| number(a) == number(b)).collect();
    let of_pool = |places: &&[usize]| {
        let first = places.first().copied().unwrap_or_default();
        compare_pool((tape, setup), (model, layout), number(first), places)
    };
    // Pool by pool, added up in their order, whatever the threads.
    let sums =
        pools.par_iter().map(of_pool).collect::<Result<Vec<Sums>>>()?.into_iter().fold(Sums::default(), Sums::join);
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    Ok(Fidelity {
        profile_error: share(0.5 * sums.moved, sums.expected),
        tail_bias: share(sums.tail_laid_out - sums.tail, sums.tail),
    })
}

/// Compares the losses at `places` of pool `number`.
fn compare_pool(
    (tape, setup): (&Tape, &EclSetup),
    (model, layout): (&Model, &Layout<'_>),
    number: usize,
    places: &[usize],
) -> Result<Sums> {
    let periods = layout.cumulative.len() / layout.pools.len().max(1);
    let rho = layout.pools.get(number).map_or(0.0, |pool| {
        model.segments().get(pool.segment as usize).map_or(0.0, |segment| segment.correlation(pool.pd))
    });
    let pool = &PoolLaw::new(&layout.cumulative[number * periods..][..periods], rho);
    let (mut sums, mut scratch) = (Sums::default(), Scratch::new());
    for &place in places {
        let Some(&profile) = layout.profile.get(place) else { continue };
        let loan = Loan { tape, setup, number: layout.rows[place] as usize };
        if !layout.profiles[usize::from(profile)].is_certain {
            let profile = &layout.profiles[usize::from(profile)];
            let weighed = layout.severities.get(number).map(|severity| severity.weighed(profile));
            let factors = weighed.as_ref().unwrap_or(&profile.factors);
            sums.compare(&loan, pool, factors, &mut scratch).map_err(|fault| refuse(tape, loan.number, fault))?;
        }
    }
    Ok(sums)
}

/// A pool's probabilities of default by the end of each period: on average, and in the adverse economy.
struct PoolLaw {
    cumulative: Vec<f64>,
    adverse: Vec<f64>,
    rho: f64,
}

impl PoolLaw {
    fn new(cumulative: &[f64], rho: f64) -> Self {
        let adverse = cumulative.iter().map(|&share| conditional(share, rho)).collect();
        Self { cumulative: cumulative.to_vec(), adverse, rho }
    }
}

#[derive(Default)]
struct Sums {
    expected: f64,
    moved: f64,
    tail: f64,
    tail_laid_out: f64,
}

impl Sums {
    /// Both together.
    fn join(self, other: Self) -> Self {
        Self {
            expected: self.expected + other.expected,
            moved: self.moved + other.moved,
            tail: self.tail + other.tail,
            tail_laid_out: self.tail_laid_out + other.tail_laid_out,
        }
    }

    fn compare(
        &mut self,
        loan: &Loan<'_>,
        pool: &PoolLaw,
        factors: &[f64],
        scratch: &mut Scratch,
    ) -> std::result::Result<(), Fault> {
        let setup = loan.setup;
        let found = loan.measure(Depth::Totals, scratch)?;
        let (_, key) = loan.terms()?;
        let term = setup.terms.term(key);
        let losses = scratch.losses.iter().take_while(|loss| loss.start < found.staged.horizon);
        let expected = weigh(factors, &pool.cumulative).sum::<f64>();
        let base = if expected > 0.0 { found.ecl / expected } else { 0.0 };
        let mut laid_out = weigh(factors, &pool.cumulative);
        let (mut before, mut adverse_before) = (0.0, 0.0);
        for loss in losses {
            let by_its_end = term.cumulative(loss.end.min(found.staged.horizon));
            let own = (by_its_end - before) * loss.loss;
            self.moved += (own - base * laid_out.next().unwrap_or(0.0)).abs();
            self.expected += own;
            let adverse = conditional(by_its_end, pool.rho);
            self.tail += (adverse - adverse_before) * loss.loss;
            (before, adverse_before) = (by_its_end, adverse);
        }
        self.moved += laid_out.map(|part| base * part).sum::<f64>();
        self.tail_laid_out += base * weigh(factors, &pool.adverse).sum::<f64>();
        Ok(())
    }
}

/// Factor of each period times the probability of a default in it.
fn weigh<'a>(factors: &'a [f64], cumulative: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    let before = std::iter::once(&0.0).chain(cumulative);
    factors
        .iter()
        .zip(cumulative.iter().zip(before))
        .map(|(factor, (by_its_end, before))| factor * (by_its_end - before))
}

fn conditional(share: f64, rho: f64) -> f64 {
    match share {
        share if share <= 0.0 => 0.0,
        share if share >= 1.0 => 1.0,
        share => normal::cdf((normal::quantile(share) - rho.sqrt() * ADVERSE) / (1.0 - rho).sqrt()),
    }
}
