//! Made-up plans for the twins: one period or several, paths of the index and severities.

use crate::engine::block::KernelChoice;
use crate::engine::default_times::{DefaultTimes, PathLaw};
use crate::engine::horizon::{HorizonSpec, MATURED, WHOLE};
use crate::engine::plan::Plan;
use crate::engine::severity::{Severity, State};
use crate::math::normal;
use crate::model::{AssetCorrelation, Copula, Factors, Model, SegmentSpec};
use crate::portfolio::{Pool, Pooled, Rounding, SegmentTotals};
use crate::units::Unit;

/// A t copula.
pub const STUDENT: Copula = Copula::StudentT { degrees_of_freedom: 3.7 };

/// Segment, PD and obligors of pools of many sizes and PDs, with certain and impossible defaults.
pub const POOLS: [(u32, f64, u32); 7] =
    [(0, 0.02, 40_003), (0, 0.3, 5), (0, 0.11, 1_003), (2, 0.004, 77), (2, 0.5, 345), (2, 1.0, 3), (2, 0.0, 9)];

/// Three segments, of which one is empty, and giants among the losses.
fn portfolio(copula: Copula, pools: &[(u32, f64, u32)]) -> (Pooled, Model) {
    let factors = Factors::new(vec!["a".into(), "b".into()], vec![1.0, 0.3, 0.3, 1.0]).unwrap();
    let spec = |name: &str, loadings: [f64; 2]| SegmentSpec {
        name: name.into(),
        correlation: AssetCorrelation::Fixed(0.2),
        loadings: loadings.to_vec(),
    };
    let specs = [spec("x", [0.7, 0.1]), spec("y", [0.2, 0.9]), spec("z", [0.5, 0.5])];
    let model = Model::new(copula, &factors, &specs).unwrap();
    let total = |name: &str| SegmentTotals { name: name.into(), loans: 0, exposure: 0.0, expected_loss: 0.0 };
    let mut pooled = Pooled {
        segments: vec![total("x"), total("y"), total("z")],
        pools: vec![],
        losses: vec![],
        rows: vec![],
        unit: Unit::CENT,
        rounding: Rounding::default(),
    };
    for &(segment, pd, obligors) in pools {
        pooled.pools.push(Pool { segment, pd, first: pooled.losses.len() as u32, obligors, spread: 0.0 });
        pooled.losses.extend((0..obligors).map(|i| if i % 19 == 4 { u32::MAX - i } else { i % 1_009 }));
    }
    pooled.rows = (0..pooled.losses.len() as u32).collect();
    (pooled, model)
}

pub fn plan(choice: KernelChoice, copula: Copula, pools: &[(u32, f64, u32)]) -> Plan {
    let (pooled, model) = portfolio(copula, pools);
    Plan::new(pooled, model, choice)
}

/// Whether the index has a path, and rows and cells of severities.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    pub has_path: bool,
    pub severity: Option<(usize, usize, State)>,
}

/// Neither.
pub const PLAIN: Kind = Kind { has_path: false, severity: None };

/// So many periods, of which so many make a year; profiles that end early, and `slots` losses for each obligor.
pub fn timed_plan(
    choice: KernelChoice,
    pools: &[(u32, f64, u32)],
    (periods, per_year, slots): (usize, usize, u16),
    kind: Kind,
) -> Plan {
    let (mut pooled, model) = portfolio(STUDENT, pools);
    pooled.pools.iter_mut().for_each(|pool| {
        pool.first *= u32::from(slots);
    });
    pooled.losses = pooled.losses.repeat(slots.into());
    pooled.rows = (0..pooled.losses.len() as u32).collect();
    let share = |pd: f64, period: usize| match pd {
        pd if pd >= 1.0 => 1.0,
        // Nobody defaults in the second period.
        pd => 1.0 - libm::pow(1.0 - pd, (period + usize::from(period != 1)) as f64 / per_year as f64),
    };
    let cumulative = pools.iter().flat_map(|&(_, pd, _)| (0..periods).map(move |period| share(pd, period))).collect();
    let factor = |profile: usize, period: usize| match (profile * 977 + period * 31) % 13 {
        _ if period > profile % periods.max(2) + profile => MATURED,
        0 => 0,
        1 => WHOLE,
        word => WHOLE / word as u32 + 3,
    };
    let factors: Vec<u32> =
        (0..7).flat_map(|profile| (0..periods).map(move |period| factor(profile, period))).collect();
    let profiles = (0..pooled.losses.len()).map(|i| (i * i % 7) as u16).collect();
    let slots = vec![slots; pools.len()];
    let times = if kind.has_path { DefaultTimes::Path(Box::new(law(pools, periods))) } else { DefaultTimes::Copula };
    let severity = kind.severity.map(|shape| severities(shape, &factors));
    let spec = HorizonSpec { periods, per_year, cumulative, factors, slots, profiles, times, severity };
    Plan::with_horizon(pooled, model, choice, spec).unwrap()
}

/// Thresholds in no order, nobody's default in some periods (the last one of some pools among them), and two factors.
fn law(pools: &[(u32, f64, u32)], periods: usize) -> PathLaw {
    let theta = |pool: usize, pd: f64, period: usize| match (pool * 5 + period * 7) % 11 {
        0 if periods > 1 => f64::NEG_INFINITY,
        _ if pd >= 1.0 => f64::INFINITY,
        step => normal::quantile(pd.max(1e-12) / periods as f64) + 0.03 * step as f64,
    };
    let of_pool = |(pool, &(_, pd, _)): (usize, &(u32, f64, u32))| (0..periods).map(move |t| theta(pool, pd, t));
    PathLaw {
        thetas: pools.iter().enumerate().flat_map(of_pool).collect(),
        rhos: (0..pools.len()).map(|pool| [0.13, 0.0, 0.97, 0.4][pool % 4]).collect(),
        memory: vec![0.95, 0.0, 0.3],
        innovations: vec![0.2, 0.1, 0.9, 0.3, -0.6, 0.8],
        regimes: None,
    }
}

/// Three classes.
fn severities((rows, cells, state): (usize, usize, State), factors: &[u32]) -> Severity {
    let classes = (0..factors.len()).map(|i| (i * 7 % 3) as u16).collect();
    let share = |i: u32| match i % 29 {
        0 => WHOLE,
        1 => 0,
        _ => i.wrapping_mul(2_654_435_761) >> 1,
    };
    Severity { classes, rows, cells, table: (0..3 * (rows * cells) as u32).map(share).collect(), state }
}
