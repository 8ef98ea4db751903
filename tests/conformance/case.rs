//! Random and awkward portfolios with their models, as plans.

use mc_gpu::engine::{KernelChoice, Plan};
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
        Plan::new(self.pooled(), model, self.kernel)
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
    }
}

/// Shapes that break loops and tables: tiny, one loan, empty segment, PD 0 and 1, a giant among many, odd sizes.
pub fn awkward() -> Vec<(&'static str, Case)> {
    let many = |n: u32| (0..n).map(|i| i.wrapping_mul(2_654_435_761) % 100_003).collect::<Vec<u32>>();
    let mut giant = many(20_011);
    giant[12_345] = u32::MAX;
    let with = |kernel, case: Case| Case { kernel, ..case };
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
        ("independent", Case { rhos: vec![AssetCorrelation::Fixed(0.0)], ..one_pool(0.05, many(999)) }),
        ("all but one", Case { rhos: vec![AssetCorrelation::Fixed(0.9999)], ..one_pool(0.05, many(999)) }),
        (
            "an empty segment between two",
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
            },
        ),
    ]
}

/// `n` random cases and the awkward ones, for properties that need several runs of each.
pub fn many(n: usize, salt: u8) -> Vec<(String, Case)> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[salt; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let random = (0..n).map(|nth| (format!("random case {nth}"), any_case().new_tree(&mut runner).unwrap().current()));
    awkward().into_iter().map(|(name, case)| (name.to_owned(), case)).chain(random).collect()
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
        let kernel = prop_oneof![Just(KernelChoice::Auto), Just(KernelChoice::Granular), Just(KernelChoice::Named)];
        (pools, rhos, loadings, -0.3f64..0.8, copula, kernel, any::<u64>()).prop_map(
            move |(pools, rhos, loadings, factor_correlation, copula, kernel, seed)| Case {
                n_segments,
                pools,
                rhos,
                loadings,
                factor_correlation,
                copula,
                kernel,
                seed,
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
