//! Random and awkward portfolios with their models, as plans.

use super::horizon_case::{HorizonCase, any_horizon, timed};
use mc_gpu::engine::{Job, KernelChoice, Plan, State};
use mc_gpu::model::{AssetCorrelation, BaselClass, Copula, Factors, Model, SegmentSpec};
use mc_gpu::portfolio::{Pool, Pooled, Rounding, SegmentTotals};
use mc_gpu::units::Unit;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Obligors of one pool.
#[derive(Debug, Clone)]
pub struct PoolCase {
    pub segment: u32,
    pub pd: f64,
    pub losses: Vec<u32>,
}

/// A portfolio and its model.
#[derive(Debug, Clone)]
pub struct Case {
    pub n_segments: usize,
    pub pools: Vec<PoolCase>,
    pub rhos: Vec<AssetCorrelation>,
    pub loadings: Vec<Vec<f64>>,
    pub factor_correlation: f64,
    pub copula: Copula,
    pub kernel: KernelChoice,
    pub seed: u64,
    pub horizon: Option<HorizonCase>,
}

impl Case {
    /// Lays the case out.
    pub fn plan(&self) -> Plan {
        let k = self.loadings[0].len();
        let names = (0..k).map(|i| format!("factor {i}")).collect();
        let entry = |i: usize| if i / k == i % k { 1.0 } else { self.factor_correlation };
        let factors = Factors::new(names, (0..k * k).map(entry).collect()).unwrap();
        let specs: Vec<SegmentSpec> = (0..self.n_segments)
            .map(|s| SegmentSpec {
                name: format!("segment {s}"),
                correlation: self.rhos[s],
                loadings: self.loadings[s].clone(),
            })
            .collect();
        let model = Model::new(self.copula, &factors, &specs).unwrap();
        let mut pooled = self.pooled();
        match &self.horizon {
            None => Plan::new(pooled, model, self.kernel),
            Some(horizon) => {
                let spec = horizon.spec(&mut pooled, &model);
                Plan::with_horizon(pooled, model, self.kernel, spec).unwrap()
            }
        }
    }

    /// A run of the case's `plan`, in its macro scenario if it has one.
    pub fn job<'a>(&self, plan: &'a Plan) -> Job<'a> {
        let job = Job::new(plan, self.seed);
        match self.horizon.as_ref().and_then(|horizon| horizon.climates(self.n_segments)) {
            Some(climates) => job.under(climates).unwrap(),
            None => job,
        }
    }

    fn pooled(&self) -> Pooled {
        let mut pooled = Pooled {
            segments: (0..self.n_segments)
                .map(|s| SegmentTotals { name: format!("segment {s}"), loans: 0, exposure: 0.0, expected_loss: 0.0 })
                .collect(),
            pools: vec![],
            losses: vec![],
            rows: vec![],
            unit: Unit::CENT,
            rounding: Rounding::default(),
        };
        for pool in self.pools.iter().filter(|pool| !pool.losses.is_empty()) {
            let first = pooled.losses.len() as u32;
            pooled.pools.push(Pool {
                segment: pool.segment,
                pd: pool.pd,
                first,
                obligors: pool.losses.len() as u32,
                spread: 0.0,
            });
            pooled.losses.extend(&pool.losses);
        }
        pooled.rows = (0..pooled.losses.len() as u32).collect();
        pooled
    }
}

/// A portfolio of one pool under one factor.
pub fn one_pool(pd: f64, losses: Vec<u32>) -> Case {
    Case {
        n_segments: 1,
        pools: vec![PoolCase { segment: 0, pd, losses }],
        rhos: vec![AssetCorrelation::Fixed(0.15)],
        loadings: vec![vec![1.0]],
        factor_correlation: 0.0,
        copula: Copula::Gaussian,
        kernel: KernelChoice::Auto,
        seed: 7,
        horizon: None,
    }
}

/// Shapes that break loops and tables: tiny, one loan, empty segment, PD 0 and 1, a giant among many, odd sizes.
pub fn awkward() -> Vec<(&'static str, Case)> {
    let many = |n: u32| (0..n).map(|i| i.wrapping_mul(2_654_435_761) % 100_003).collect::<Vec<u32>>();
    let mut giant = many(20_011);
    giant[12_345] = u32::MAX;
    let with = |kernel, case: Case| Case { kernel, ..case };
    let over = |periods, per_year, slots: &[u16], case: Case| Case {
        horizon: Some(HorizonCase { slots: slots.to_vec(), ..timed(periods, per_year) }),
        ..case
    };
    let student = |case: Case| Case { copula: Copula::StudentT { degrees_of_freedom: 3.7 }, ..case };
    vec![
        ("one loan", one_pool(0.3, vec![5])),
        ("one loan by hits", with(KernelChoice::Granular, one_pool(0.3, vec![5]))),
        ("no loans", one_pool(0.3, vec![])),
        ("loans without loss", one_pool(0.2, vec![0; 77])),
        ("pd 0", one_pool(0.0, many(345))),
        ("pd 1", one_pool(1.0, many(345))),
        ("pd next to 0", one_pool(5e-324, many(345))),
        ("pd next to 1 by hits", with(KernelChoice::Granular, one_pool(1.0 - 1e-16, many(17_001)))),
        ("pd next to 1 by name", with(KernelChoice::Named, one_pool(1.0 - 1e-16, many(345)))),
        ("63 loans", one_pool(0.02, many(63))),
        ("64 loans", one_pool(0.02, many(64))),
        ("a whole block", one_pool(0.01, many(16_384))),
        ("one more than a block", one_pool(0.01, many(16_385))),
        ("a giant among many", one_pool(0.013, giant.clone())),
        ("a giant among many, t", student(one_pool(0.013, giant))),
        ("every loan a giant", one_pool(0.4, vec![u32::MAX; 5_003])),
        ("one period with profiles", over(1, 1, &[1], one_pool(0.05, many(999)))),
        ("two periods", over(2, 4, &[1], one_pool(0.05, many(999)))),
        ("ten years of quarters", over(40, 4, &[1], one_pool(0.013, many(20_011)))),
        ("forty years of months, t", over(480, 12, &[1], student(one_pool(0.01, many(999))))),
        ("three losses each", over(12, 4, &[3], one_pool(0.02, many(3 * 17_001)))),
        ("three losses each, by name", over(12, 4, &[3], one_pool(0.02, many(3 * 19)))),
        ("pd 0 for years", over(12, 4, &[1], one_pool(0.0, many(345)))),
        ("pd 1 at once", over(12, 4, &[2], one_pool(1.0, many(345)))),
        ("pd next to 0 for years", over(12, 4, &[1], one_pool(5e-324, many(345)))),
        ("pd next to 1 for years", over(12, 4, &[1], with(KernelChoice::Granular, one_pool(1.0 - 1e-16, many(1_703))))),
        ("every loan a giant for years", over(12, 4, &[7], one_pool(0.4, vec![u32::MAX; 5_005]))),
        ("independent", Case { rhos: vec![AssetCorrelation::Fixed(0.0)], ..one_pool(0.05, many(999)) }),
        ("all but one", Case { rhos: vec![AssetCorrelation::Fixed(0.9999)], ..one_pool(0.05, many(999)) }),
    ]
    .into_iter()
    .chain(along_paths())
    .chain([("an empty segment between two", three_segments())])
    .collect()
}

/// An empty segment between two, on two factors.
fn three_segments() -> Case {
    let many = |n: u32| (0..n).map(|i| i.wrapping_mul(2_654_435_761) % 100_003).collect::<Vec<u32>>();
    Case {
        n_segments: 3,
        pools: vec![
            PoolCase { segment: 0, pd: 0.02, losses: many(345) },
            PoolCase { segment: 2, pd: 0.4, losses: many(17) },
            PoolCase { segment: 2, pd: 1.0, losses: many(3) },
            PoolCase { segment: 2, pd: 0.0, losses: many(4) },
        ],
        rhos: vec![AssetCorrelation::Basel(BaselClass::Corporate); 3],
        loadings: vec![vec![0.8, 0.1], vec![-0.3, 0.0], vec![0.2, 0.9]],
        factor_correlation: 0.3,
        ..one_pool(0.0, vec![])
    }
}

/// Paths of the index, and severities of every kind.
fn along_paths() -> Vec<(&'static str, Case)> {
    let many = |n: u32| (0..n).map(|i| i.wrapping_mul(2_654_435_761) % 100_003).collect::<Vec<u32>>();
    let with = |horizon: HorizonCase, case: Case| Case { horizon: Some(horizon), ..case };
    let slots = |slots: &[u16], horizon: HorizonCase| HorizonCase { slots: slots.to_vec(), ..horizon };
    let student = |case: Case| Case { copula: Copula::StudentT { degrees_of_freedom: 3.7 }, ..case };
    let by = |kernel, case: Case| Case { kernel, ..case };
    let (granular, named) = (KernelChoice::Granular, KernelChoice::Named);
    let (index, argument) = (State::Index, State::Argument);
    let plain = || one_pool(0.03, many(1_999));
    vec![
        ("a path of one period", with(timed(1, 1).path(), plain())),
        ("a path of two", with(timed(2, 4).path(), one_pool(0.4, many(345)))),
        ("a path of ten years of quarters", with(timed(40, 4).path(), one_pool(0.013, many(20_011)))),
        ("a path of forty years of months, t", with(timed(480, 12).path(), student(one_pool(0.01, many(199))))),
        ("a path, three losses each, by name", with(slots(&[3], timed(12, 4).path()), one_pool(0.02, many(3 * 19)))),
        ("a path of three segments", with(slots(&[1, 2], timed(9, 4).path()), three_segments())),
        ("a path of pd 0", with(timed(12, 4).path(), one_pool(0.0, many(345)))),
        ("a path of pd 1", with(timed(12, 4).path(), one_pool(1.0, many(345)))),
        ("a path next to 1 by hits", with(timed(3, 4).path(), by(granular, one_pool(1.0 - 1e-16, many(345))))),
        ("a severity", with(timed(5, 4).severity(1, 1, index), plain())),
        ("a drawn severity", with(timed(5, 4).severity(1, 256, index), plain())),
        ("a drawn severity by name", with(timed(5, 4).severity(1, 256, index), by(named, plain()))),
        ("a drawn severity of few names", with(timed(5, 4).severity(1, 256, index), one_pool(0.3, many(13)))),
        ("severity by the index", with(timed(7, 1).severity(256, 1, index), by(named, plain()))),
        ("severity by the argument, t", with(timed(7, 1).severity(256, 1, argument), student(plain()))),
        (
            "all of severity by hits",
            with(slots(&[2], timed(40, 4).severity(256, 256, argument)), one_pool(0.02, many(17_001))),
        ),
        (
            "all of severity along a path",
            with(timed(40, 4).path().severity(256, 256, index), student(one_pool(0.03, many(299)))),
        ),
        ("by the argument along a path", with(timed(40, 4).path().severity(256, 1, argument), by(named, plain()))),
        (
            "drawn along a path of three segments",
            with(slots(&[1, 3], timed(6, 4).path().severity(256, 256, argument)), three_segments()),
        ),
        (
            "every loan a giant along a path",
            with(slots(&[7], timed(12, 4).path().severity(1, 256, index)), one_pool(0.4, vec![u32::MAX; 5_005])),
        ),
        ("regimes", with(timed(40, 4).regimes(), plain())),
        ("regimes of forty years of months, t", with(timed(480, 12).regimes(), student(one_pool(0.01, many(199))))),
        ("a macro scenario", with(timed(40, 4).climate(), one_pool(0.013, many(20_011)))),
        ("a macro scenario of three segments", with(slots(&[1, 2], timed(9, 4).climate()), three_segments())),
        ("regimes in a macro scenario, t", with(timed(12, 4).regimes().climate(), student(three_segments()))),
        (
            "severities by the index in regimes and a macro scenario, t",
            with(timed(40, 4).regimes().climate().severity(256, 256, index), student(by(named, plain()))),
        ),
        (
            "severities by the argument in regimes and a macro scenario",
            with(slots(&[1, 3], timed(6, 4).regimes().climate().severity(256, 256, argument)), three_segments()),
        ),
        ("one period of severity", with(timed(1, 1).severity(256, 256, index), one_pool(0.2, many(999)))),
    ]
}

/// Hits and draws of a scenario, expected, of cases that are played several times.
const MOST_WORK: f64 = 2_000.0;

/// `n` random cases and the awkward ones, for properties that need several runs of each: what takes long is left out.
pub fn many(n: usize, salt: u8) -> Vec<(String, Case)> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[salt; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let random = (0..n).map(|nth| (format!("random case {nth}"), any_case().new_tree(&mut runner).unwrap().current()));
    let all = awkward().into_iter().map(|(name, case)| (name.to_owned(), case)).chain(random);
    all.filter(|(_, case)| case.plan().work_per_scenario() < MOST_WORK).collect()
}

/// Random portfolios and models.
pub fn any_case() -> impl Strategy<Value = Case> {
    (1usize..5, 1usize..4).prop_flat_map(|(n_segments, n_factors)| {
        let pools = proptest::collection::vec(any_pool(n_segments as u32), 1..7);
        let loadings = proptest::collection::vec(proptest::collection::vec(0.02f64..0.33, n_factors), n_segments);
        let rhos = proptest::collection::vec(any_correlation(), n_segments);
        let copula = prop_oneof![
            Just(Copula::Gaussian),
            (2.0f64..40.0).prop_map(|degrees_of_freedom| Copula::StudentT { degrees_of_freedom })
        ];
        let horizon = prop_oneof![Just(None), any_horizon().prop_map(Some)];
        let kernel = prop_oneof![Just(KernelChoice::Auto), Just(KernelChoice::Granular), Just(KernelChoice::Named)];
        (pools, rhos, loadings, -0.3f64..0.8, copula, kernel, any::<u64>(), horizon).prop_map(
            move |(pools, rhos, loadings, factor_correlation, copula, kernel, seed, horizon)| Case {
                n_segments,
                pools,
                rhos,
                loadings,
                factor_correlation,
                copula,
                kernel,
                seed,
                horizon,
            },
        )
    })
}

fn any_correlation() -> impl Strategy<Value = AssetCorrelation> {
    prop_oneof![
        (0.0f64..0.95).prop_map(AssetCorrelation::Fixed),
        proptest::sample::select(BaselClass::ALL.to_vec()).prop_map(AssetCorrelation::Basel),
        Just(AssetCorrelation::FromLoadings),
    ]
}

fn any_pool(n_segments: u32) -> impl Strategy<Value = PoolCase> {
    let pd = prop_oneof![
        8 => (-12.0f64..-0.01).prop_map(libm::exp),
        1 => Just(0.0),
        1 => Just(1.0),
    ];
    let losses = prop_oneof![
        4 => proptest::collection::vec(0u32..1_000_000, 1..200),
        2 => (200usize..3_000, any::<u32>()).prop_map(|(n, salt)| (0..n as u32).map(|i| i.wrapping_mul(salt) >> 9).collect()),
        1 => (3_000usize..40_000).prop_map(|n| (0..n as u32).map(|i| if i == 17 { u32::MAX } else { i % 1_009 }).collect()),
    ];
    (0..n_segments, pd, losses).prop_map(|(segment, pd, losses)| PoolCase { segment, pd, losses })
}
