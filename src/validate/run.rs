//! Small portfolios, described in one place and played on the device under validation.

use crate::engine::{
    Control, DefaultTimes, Device, Digest, Horizon, HorizonSpec, Job, Keep, KernelChoice, Ledger, PathLaw, Plan, WHOLE,
    play,
};
use crate::error::{Error, Result};
use crate::model::path::{IndexLaw, PathGrid, PathPool, calibrate};
use crate::model::{AssetCorrelation, Copula, Factors, Model, SegmentSpec};
use crate::portfolio::{Pool, Pooled, Rounding, SegmentTotals};
use crate::risk::{Estimate, Moments, Ordered, expected_shortfall, moments};
use crate::rng::{Purpose, counter, key, philox4x32_10};
use crate::units::{Level, Unit};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

/// A portfolio with its model.
#[derive(Debug, Clone)]
pub struct Portfolio {
    /// How systematic and idiosyncratic parts are joined.
    pub copula: Copula,
    /// The factors.
    pub factors: Factors,
    /// Segments and their links to the factors.
    pub segments: Vec<SegmentSpec>,
    /// Obligors that share segment and PD, ordered by segment.
    pub groups: Vec<Group>,
}

/// An economy that moves from period to period (M42).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Economy {
    /// Lag-one-year autocorrelation of every factor, 0 to 0.9999.
    pub persistence: f64,
    /// Periods in a year, 1 to 12.
    pub per_year: usize,
}

/// Obligors that share segment and PD.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Index of the segment.
    pub segment: u32,
    /// One-period probability of default, 0 to 1.
    pub pd: f64,
    /// Loss of each obligor if it defaults, units.
    pub losses: Vec<u32>,
}

impl Portfolio {
    /// One segment on one factor under the Gaussian copula.
    ///
    /// # Errors
    /// None for a correlation that the model accepts; it is checked when the portfolio is laid out.
    pub fn one_factor(correlation: AssetCorrelation, groups: Vec<Group>) -> Result<Self> {
        let segment = SegmentSpec { name: "all".to_owned(), correlation, loadings: vec![1.0] };
        let factors = Factors::new(vec!["economy".to_owned()], vec![1.0])?;
        Ok(Self { copula: Copula::Gaussian, factors, segments: vec![segment], groups })
    }

    /// The portfolio laid out for devices, its blocks played by `kernel`.
    ///
    /// # Errors
    /// Those of the model; [`Error::Internal`] when a group names no segment or obligors are too many to number.
    pub fn plan(&self, kernel: KernelChoice) -> Result<Plan> {
        Ok(Plan::new(self.pooled()?, self.model()?, kernel))
    }

    /// The portfolio over several periods; `cumulative` gives, for the PD of a group, the probability of default by the end of
    /// each of them. A default costs the same in every period. A ledger keeps the losses of each period.
    ///
    /// # Errors
    /// As [`Portfolio::plan`]; [`Error::Internal`] when groups differ in their number of periods.
    pub fn plan_over(&self, kernel: KernelChoice, cumulative: &dyn Fn(f64) -> Vec<f64>) -> Result<Plan> {
        let pooled = self.pooled()?;
        let curves: Vec<Vec<f64>> = pooled.pools.iter().map(|pool| cumulative(pool.pd)).collect();
        let spec = spec(&pooled, &curves);
        Plan::with_horizon(pooled, self.model()?, kernel, spec)
    }

    /// As [`Portfolio::plan_over`], with defaults along a path of the economy `path` (M42, M43), calibrated to a year of its
    /// periods; curves are no shorter than that.
    ///
    /// # Errors
    /// As [`Portfolio::plan_over`], and those of [`calibrate`].
    pub fn plan_along(
        &self,
        kernel: KernelChoice,
        cumulative: &dyn Fn(f64) -> Vec<f64>,
        path: Economy,
    ) -> Result<Plan> {
        let (pooled, model) = (self.pooled()?, self.model()?);
        let persistence = vec![path.persistence; self.factors.len()];
        let index = IndexLaw::new(&self.factors, &self.segments, &persistence, path.per_year)?;
        let path_pool = |pool: &Pool| {
            let segment = pool.segment as usize;
            PathPool {
                segment: self.segments.get(segment).map_or("", |own| own.name.as_str()),
                curve: cumulative(pool.pd),
                last: 1.0,
                rho: model.segments().get(segment).map_or(0.0, |own| own.correlation(pool.pd)),
                memory: index.memory.get(segment).copied().unwrap_or(0.0),
                anchor: None,
            }
        };
        let pools: Vec<PathPool<'_>> = pooled.pools.iter().map(path_pool).collect();
        let curves: Vec<Vec<f64>> = pools.iter().map(|pool| pool.curve.clone()).collect();
        let mut spec = spec(&pooled, &curves);
        let grid = PathGrid { copula: self.copula, per_year: path.per_year, periods: spec.periods, regimes: None };
        let laws = calibrate(&pools, grid)?;
        spec.times = DefaultTimes::Path(Box::new(PathLaw {
            thetas: laws.iter().flat_map(|own| own.thetas.iter().copied()).collect(),
            rhos: laws.iter().map(|own| own.rho).collect(),
            memory: index.memory.clone(),
            innovations: index.innovations.clone(),
            regimes: None,
        }));
        Plan::with_horizon(pooled, model, kernel, spec)
    }

    fn model(&self) -> Result<Model> {
        Model::new(self.copula, &self.factors, &self.segments)
    }

    fn pooled(&self) -> Result<Pooled> {
        let empty = |segment: &SegmentSpec| SegmentTotals {
            name: segment.name.clone(),
            loans: 0,
            exposure: 0.0,
            expected_loss: 0.0,
        };
        let mut segments: Vec<SegmentTotals> = self.segments.iter().map(empty).collect();
        let (mut pools, mut losses) = (Vec::new(), Vec::new());
        let unfit = |what: &str| Error::Internal(format!("a portfolio of the validation has {what}"));
        for group in self.groups.iter().filter(|group| !group.losses.is_empty()) {
            let total = segments.get_mut(group.segment as usize).ok_or_else(|| unfit("a group without a segment"))?;
            let exposure: f64 = group.losses.iter().copied().map(f64::from).sum();
            total.loans += group.losses.len() as u64;
            total.exposure += exposure;
            total.expected_loss += group.pd * exposure;
            let number = |n: usize| u32::try_from(n).map_err(|_| unfit("too many obligors"));
            let (first, obligors) = (number(losses.len())?, number(group.losses.len())?);
            pools.push(Pool { segment: group.segment, pd: group.pd, first, obligors, spread: 0.0 });
            losses.extend_from_slice(&group.losses);
        }
        let rows = (0..losses.len() as u32).collect();
        Ok(Pooled { segments, pools, losses, rows, unit: whole_currency(), rounding: Rounding::default() })
    }
}

/// Periods of a default that costs the same in each of them, in the copula mode; a ledger keeps the losses of each.
fn spec(pooled: &Pooled, curves: &[Vec<f64>]) -> HorizonSpec {
    let periods = curves.first().map_or(1, Vec::len);
    HorizonSpec {
        periods,
        // Years of one period each.
        per_year: 1,
        cumulative: curves.concat(),
        factors: vec![WHOLE; periods],
        slots: vec![1; pooled.pools.len()],
        profiles: vec![0; pooled.losses.len()],
        times: DefaultTimes::Copula,
        severity: None,
    }
}

/// The device under validation, and the randomness it is given.
pub struct Bench<'a> {
    device: &'a mut dyn Device,
    seed: u64,
    played: u32,
    progress: &'a dyn Fn(&str),
}

impl<'a> Bench<'a> {
    /// A bench for `device`; every portfolio is played with a seed of its own, derived from `seed`. `progress` hears
    /// what is being done.
    pub fn new(device: &'a mut dyn Device, seed: u64, progress: &'a dyn Fn(&str)) -> Self {
        Self { device, seed, played: 0, progress }
    }

    /// Says what comes next.
    pub fn announce(&self, what: &str) {
        (self.progress)(what);
    }

    /// Plays `scenarios` scenarios of `plan` with the next seed.
    ///
    /// # Errors
    /// Those of the device.
    pub fn play(&mut self, plan: &Plan, scenarios: u64) -> Result<Sample> {
        let seed = self.next_seed();
        Sample::play(self.device, &Job::new(plan, seed), scenarios)
    }

    /// Plays `scenarios` scenarios of `plan` on this device and on `reference`, with one seed.
    ///
    /// # Errors
    /// Those of the devices.
    pub fn play_both(&mut self, reference: &mut dyn Device, plan: &Plan, scenarios: u64) -> Result<[Sample; 2]> {
        let seed = self.next_seed();
        let job = Job::new(plan, seed);
        Ok([Sample::play(self.device, &job, scenarios)?, Sample::play(reference, &job, scenarios)?])
    }

    fn next_seed(&mut self) -> u64 {
        let [hi, lo, ..] = philox4x32_10(counter(Purpose::MadeUp, 0, 0, self.played), key(self.seed));
        self.played += 1;
        u64::from(hi) << 32 | u64::from(lo)
    }
}

/// Losses of independent scenarios, in units.
#[derive(Debug, Clone)]
pub struct Sample {
    losses: Vec<u64>,
    defaults: Vec<u32>,
    /// By scenario and period.
    by_period: Vec<Vec<u64>>,
    ordered: Ordered,
    moments: Moments,
    digest: Digest,
}

impl Sample {
    /// The outcome of scenarios 0 … `scenarios` − 1 of `job` on `device`.
    ///
    /// # Errors
    /// Those of the device; [`Error::Internal`] when it left scenarios out or none were asked for.
    pub fn play(device: &mut dyn Device, job: &Job<'_>, scenarios: u64) -> Result<Self> {
        let n_years = job.plan().horizon().map_or(0, Horizon::years);
        let ledger = Mutex::new(Ledger::new(0..scenarios, Keep::Totals).with_years(n_years));
        play(job, device, &ledger, &Control { stop: &AtomicBool::new(false), progress: &|_| {} })?;
        let ledger =
            ledger.into_inner().map_err(|_| Error::Internal("a thread died while it held the ledger".to_owned()))?;
        if ledger.n_done() != scenarios {
            return Err(Error::Internal(format!("the device played {} of {scenarios} scenarios", ledger.n_done())));
        }
        let losses = ledger.losses();
        let ordered = Ordered::sort(losses.iter().copied());
        let moments = moments(&ordered).ok_or_else(|| Error::setting("scenarios", 0, "at least 1"))?;
        Ok(Self {
            losses,
            defaults: ledger.defaults(),
            by_period: ledger.year_losses().map(<[u64]>::to_vec).collect(),
            ordered,
            moments,
            digest: ledger.losses_digest(job.plan().unit()),
        })
    }

    /// Number of scenarios.
    pub fn scenarios(&self) -> u64 {
        self.ordered.count()
    }

    /// Losses in scenario order, units.
    pub fn losses(&self) -> &[u64] {
        &self.losses
    }

    /// Losses of each period in each scenario, in scenario order, units; nothing in a plan of one period.
    pub fn by_period(&self) -> &[Vec<u64>] {
        &self.by_period
    }

    /// Mean loss in `period` with its standard error, units; None where there is no such period.
    pub fn mean_in(&self, period: usize) -> Option<Estimate> {
        let losses = self.by_period.iter().map(|losses| losses.get(period).copied());
        Some(moments(&Ordered::sort(losses.collect::<Option<Vec<u64>>>()?))?.mean)
    }

    /// Losses in ascending order, units.
    pub fn ordered(&self) -> &Ordered {
        &self.ordered
    }

    /// Mean and standard deviation with their errors, units.
    pub fn moments(&self) -> Moments {
        self.moments
    }

    /// Number of scenarios that lose more than `loss` units.
    pub fn beyond(&self, loss: f64) -> u64 {
        let values = self.ordered.values();
        (values.len() - values.partition_point(|&value| value as f64 <= loss)) as u64
    }

    /// Expected shortfall at `level` and its standard error, units; NaN, which no check passes, when nothing was
    /// played.
    pub fn expected_shortfall(&self, level: Level) -> (f64, Option<f64>) {
        expected_shortfall(&self.ordered, level, whole_currency())
            .map_or((f64::NAN, None), |es| (es.value, es.standard_error))
    }

    /// SHA-256 over the losses and defaults of every scenario, in order.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Number of scenarios in which both samples have the same loss and the same number of defaults.
    pub fn agreeing(&self, other: &Self) -> u64 {
        let mine = self.losses.iter().zip(&self.defaults);
        let theirs = other.losses.iter().zip(&other.defaults);
        mine.zip(theirs).filter(|(mine, theirs)| mine == theirs).count() as u64
    }
}

/// The unit in which losses are counted here: one currency.
fn whole_currency() -> Unit {
    Unit::new(1, 0).unwrap_or(Unit::CENT)
}
