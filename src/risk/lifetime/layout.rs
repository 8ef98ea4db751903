//! The plan: bases that give every loan back its own expected credit loss, in the layout of devices (M32).

use super::fidelity::{Fidelity, Layout, fidelity};
use super::obligors::Obligors;
use super::path::{PathCorrelation, PathEconomy, Paths};
use super::pools::{Group, gather};
use super::profile::{Bands, Profile, expected};
use super::severities::{PoolDefaults, PoolSeverity, Pooling, Severities};
use super::survey::{Survey, survey};
use crate::engine::{DefaultTimes, HorizonSpec, KernelChoice, Plan};
use crate::error::Result;
use crate::model::Model;
use crate::model::path::IndexLaw;
use crate::model::severity::CopulaDefaults;
use crate::portfolio::{Pool, PoolSettings, Pooled, Rounding, RoundingSums, SegmentTotals, Tape, choose_unit};
use crate::risk::ecl::{EclSetup, EclTotals};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

/// How a tape is laid out.
#[derive(Clone)]
pub struct LayOut<'a> {
    /// Bands of PDs, and currency per unit of loss.
    pub pooling: PoolSettings,
    /// Bands of profiles.
    pub bands: Bands,
    /// Kernels.
    pub kernel: KernelChoice,
    /// The law of the segments' indices where defaults come along a path of the economy (M42); None in copula mode (M30).
    pub path: Option<IndexLaw>,
    /// Is asked now and then; its error ends the work.
    pub go_on: &'a (dyn Fn() -> Result<()> + Sync),
}

/// A plan with what was found on the way.
#[derive(Debug)]
pub struct LaidOut {
    /// The plan.
    pub plan: Plan,
    /// Its pools.
    pub pools: Vec<Pool>,
    /// Segments of the tape; what each is expected to lose is its closed-form ECL.
    pub segments: Vec<SegmentTotals>,
    /// What rounding bases to units moved.
    pub rounding: Rounding,
    /// The loans added up, as the closed form does it.
    pub totals: EclTotals,
    /// Number of profiles.
    pub profiles: usize,
    /// Widths of the bands of profiles that were taken.
    pub bands: Bands,
    /// How true profiles and pools are to the loans.
    pub fidelity: Fidelity,
    /// Correlations by segment along a path of the economy; empty in copula mode.
    pub correlations: Vec<PathCorrelation>,
}

/// Lays `tape` out under `setup` and `model`, whose segments are the tape's.
///
/// # Errors
/// Those of [`measure`](crate::risk::ecl::measure) and of `how.go_on`; [`Error::Setting`](crate::Error::Setting) when the largest base does not
/// fit the unit asked for, loans repay in too many ways, or no correlation along a path joins defaults as often as the model of one period.
pub fn lay_out(tape: &Tape, setup: &EclSetup, model: Model, how: &LayOut<'_>) -> Result<LaidOut> {
    let mut found = survey(tape, setup, how)?;
    let mut profiles = std::mem::take(&mut found.profiles);
    let (totals, bands) = (found.totals.clone(), found.bands);
    let segments = segment_totals(tape, &found);
    let mut obligors = Obligors::new(found, &tape.segment, tape.obligor.as_deref());
    let sizes = (tape.segments.len(), how.pooling.band_width);
    let groups = gather(&obligors, (&profiles, &setup.terms), sizes);
    let periods = profiles.iter().map(|profile| profile.factors.len()).max().unwrap_or(1).max(1);
    let along = (setup, &model);
    let paths = how
        .path
        .as_ref()
        .map(|law| Paths::new((law, PathEconomy::default()), &groups, along, (&tape.segments, periods)))
        .transpose()?;
    let defaults = |number: usize, group: &Group| match &paths {
        None => Ok(pool_defaults(group, periods, along)),
        Some(paths) => paths.defaults(number),
    };
    let pooling = Pooling { groups: &groups, defaults: &defaults, copula: model.copula() };
    let severities = Severities::new(&mut obligors, &mut profiles, &pooling)?;
    let of_pools = severities.as_ref().map_or(&[][..], |severities| &severities.pools);
    (how.go_on)()?;
    let curves: Vec<Vec<f64>> = groups.par_iter().map(|group| group.cumulative(setup, periods)).collect();
    let mut bases = Bases::new(&obligors, &profiles);
    for ((number, group), curve) in groups.iter().enumerate().zip(curves) {
        bases.add((group, curve), setup, of_pools.get(number));
        (how.go_on)()?;
    }
    let Bases { pools, amounts, profile, rows, cumulative, chances, .. } = bases;
    let laid_out = Layout {
        pools: &pools,
        profiles: &profiles,
        profile: &profile,
        rows: &rows,
        cumulative: &cumulative,
        severities: of_pools,
    };
    let fidelity = fidelity(tape, setup, &model, &laid_out)?;
    let unit = choose_unit(&amounts, how.pooling.unit)?;
    let mut sums = RoundingSums::new(tape.segments.len());
    for (pool, group) in pools.iter().zip(&groups) {
        let places = pool.first as usize..pool.first as usize + group.obligors.len() * group.losses;
        for (&amount, &chance) in amounts[places.clone()].iter().zip(&chances[places]) {
            sums.add(pool.segment, f64::from(chance), (amount, unit));
        }
    }
    let rounding = sums.finish();
    let losses = amounts.iter().map(|&amount| unit.count(amount)).collect();
    drop((amounts, chances));
    let pooled = Pooled { segments: segments.clone(), pools: pools.clone(), losses, rows, unit, rounding };
    let (times, correlations) = paths.map_or((DefaultTimes::Copula, vec![]), Paths::into_times);
    let spec = HorizonSpec {
        periods,
        per_year: usize::from(setup.grid.per_year()),
        cumulative,
        factors: profiles.iter().flat_map(|profile| profile.words(periods)).collect(),
        slots: groups.iter().map(|group| group.losses as u16).collect(),
        profiles: profile,
        times,
        severity: severities.map(|severities| severities.into_plan(&profiles, periods)),
    };
    let plan = Plan::with_horizon(pooled, model, how.kernel, spec)?;
    Ok(LaidOut { plan, pools, segments, rounding, totals, profiles: profiles.len(), bands, fidelity, correlations })
}

/// How the obligors of `group` default over `periods`.
fn pool_defaults(group: &Group, periods: usize, (setup, model): (&EclSetup, &Model)) -> PoolDefaults {
    let cumulative = group.cumulative(setup, periods);
    let pd = setup.terms.cumulative(group.term, 12);
    let rho = model.segments().get(group.segment as usize).map_or(0.0, |segment| segment.correlation(pd));
    let law = Box::new(CopulaDefaults::new(model.copula(), &cumulative, rho));
    let is_certain = cumulative.first().is_some_and(|share| *share >= 1.0);
    PoolDefaults { is_certain, shares: cumulative, rho, law }
}

fn segment_totals(tape: &Tape, found: &Survey) -> Vec<SegmentTotals> {
    let empty = |name: &String| SegmentTotals { name: name.clone(), loans: 0, exposure: 0.0, expected_loss: 0.0 };
    let mut totals: Vec<SegmentTotals> = tape.segments.iter().map(empty).collect();
    for (loan, &segment) in tape.segment.iter().enumerate() {
        let total = &mut totals[segment as usize];
        total.loans += 1;
        total.exposure += tape.ead[loan];
        total.expected_loss += found.ecl[loan];
    }
    totals
}

/// Bases in the order of the pools, with all that goes with them.
struct Bases<'a> {
    obligors: &'a Obligors,
    profiles: &'a [Profile],
    pools: Vec<Pool>,
    /// Bases, currency.
    amounts: Vec<f64>,
    /// Part of each base that is expected to be lost.
    chances: Vec<f32>,
    profile: Vec<u16>,
    rows: Vec<u32>,
    cumulative: Vec<f64>,
}

impl<'a> Bases<'a> {
    fn new(obligors: &'a Obligors, profiles: &'a [Profile]) -> Self {
        let n = obligors.ecl.len();
        Self {
            obligors,
            profiles,
            pools: vec![],
            amounts: Vec::with_capacity(n),
            chances: Vec::with_capacity(n),
            profile: Vec::with_capacity(n),
            rows: Vec::with_capacity(n),
            cumulative: vec![],
        }
    }

    /// Adds a pool with its probabilities of default: slot by slot the losses of its obligors.
    fn add(&mut self, (group, cumulative): (&Group, Vec<f64>), setup: &EclSetup, severity: Option<&PoolSeverity>) {
        let Self { obligors, profiles, .. } = *self;
        let pd = setup.terms.cumulative(group.term, 12);
        let first = self.amounts.len() as u32;
        let mut last = (u16::MAX, f64::NAN);
        let mut spread = 0.0;
        for slot in 0..group.losses {
            for &obligor in &group.obligors {
                let loss = obligors.losses(obligor as usize).start + slot;
                let profile = obligors.profile[loss];
                if last.0 != profile || last.1.is_nan() {
                    let own = &profiles[usize::from(profile)];
                    let lost = match severity {
                        Some(severity) => expected(&severity.weighed(own), &cumulative),
                        None => own.expected(&cumulative),
                    };
                    last = (profile, lost);
                }
                // A loan that cannot be expected to lose anything cannot lose anything.
                let amount = if last.1 > 0.0 { obligors.ecl[loss] / last.1 } else { 0.0 };
                let key = obligors.terms[obligor as usize];
                if key != group.term {
                    let own = setup.terms.cumulative(key, 12);
                    spread += amount * (own - pd) * (own - pd);
                }
                self.amounts.push(amount);
                self.chances.push(last.1 as f32);
                self.profile.push(profile);
                self.rows.push(obligors.row(loss));
            }
        }
        self.pools.push(Pool { segment: group.segment, pd, first, obligors: group.obligors.len() as u32, spread });
        self.cumulative.extend(cumulative);
    }
}
