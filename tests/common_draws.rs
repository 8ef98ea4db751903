//! Common draws: with the plan frozen, higher PDs and adverse shifts only add defaults, loan by loan.

use mc_gpu::engine::{Job, KernelChoice, Plan, visit};
use mc_gpu::model::{AssetCorrelation, Copula, Factors, Model, SegmentSpec};
use mc_gpu::portfolio::{Pool, Pooled, Rounding, SegmentTotals};
use mc_gpu::units::Unit;
use std::collections::BTreeSet;

const SIZES: [u32; 6] = [17, 345, 16_384, 5_003, 63, 20_011];
const PDS: [f64; 6] = [0.0, 0.001, 0.02, 0.3, 0.6, 0.05];

fn plan(kernel: KernelChoice, copula: Copula) -> Plan {
    let factors = Factors::new(vec!["a".into(), "b".into()], vec![1.0, 0.4, 0.4, 1.0]).unwrap();
    let spec = |name: &str, rho: f64, loadings: [f64; 2]| SegmentSpec {
        name: name.into(),
        correlation: AssetCorrelation::Fixed(rho),
        loadings: loadings.to_vec(),
    };
    let model = Model::new(copula, &factors, &[spec("x", 0.15, [0.7, 0.2]), spec("y", 0.3, [0.0, 1.0])]).unwrap();
    let totals = |name: &str| SegmentTotals { name: name.into(), loans: 0, exposure: 0.0, expected_loss: 0.0 };
    let mut pools = Vec::new();
    let mut first = 0;
    for (i, (&obligors, &pd)) in SIZES.iter().zip(&PDS).enumerate() {
        pools.push(Pool { segment: (i % 2) as u32, pd, first, obligors, spread: 0.0 });
        first += obligors;
    }
    let losses: Vec<u32> = (0..first).map(|i| i % 997).collect();
    let rows = (0..first).collect();
    let segments = vec![totals("x"), totals("y")];
    Plan::new(Pooled { segments, pools, losses, rows, unit: Unit::CENT, rounding: Rounding::default() }, model, kernel)
}

fn defaulted(job: &Job<'_>, scenario: u64) -> BTreeSet<usize> {
    let mut set = BTreeSet::new();
    visit(job, scenario, |defaulted| _ = set.insert(defaulted.obligor));
    set
}

fn variants() -> impl Iterator<Item = Plan> {
    let kernels = [KernelChoice::Auto, KernelChoice::Granular, KernelChoice::Named];
    let copulas = [Copula::Gaussian, Copula::StudentT { degrees_of_freedom: 5.5 }];
    kernels.into_iter().flat_map(move |kernel| copulas.map(|copula| plan(kernel, copula)))
}

#[test]
fn a_rise_of_pds_gives_a_superset_of_defaults() {
    for plan in variants() {
        // From barely to brutally stressed; PD 0 comes alive and PD 0.6 becomes certain on the way.
        for stress in [1.0 + 1e-9, 1.000_1, 1.01, 1.3, 1.7] {
            let stressed = plan.restated(&PDS.map(|pd| (pd * stress + 1e-4 * (stress - 1.0)).min(1.0))).unwrap();
            let mut added = 0;
            for scenario in 0..60 {
                let base = defaulted(&Job::new(&plan, 11), scenario);
                let more = defaulted(&Job::new(&stressed, 11), scenario);
                assert!(base.is_subset(&more), "stress {stress}, scenario {scenario}");
                added += more.len() - base.len();
            }
            assert!(stress < 1.001 || added > 0, "stress {stress} added nothing");
        }
    }
}

#[test]
fn an_adverse_shift_gives_a_superset_of_defaults() {
    for plan in variants() {
        for shift in [[-1e-9, 0.0], [-0.01, -0.02], [0.0, -0.5], [-2.0, -3.0]] {
            let mut added = 0;
            for scenario in 0..60 {
                let base = defaulted(&Job::new(&plan, 11), scenario);
                let more = defaulted(&Job::new(&plan, 11).shifted(&shift), scenario);
                assert!(base.is_subset(&more), "shift {shift:?}, scenario {scenario}");
                added += more.len() - base.len();
            }
            assert!(shift[1] > -0.1 || added > 0, "shift {shift:?} added nothing");
        }
    }
}

#[test]
fn other_draws_do_not_nest() {
    // The siblings that must fail: a fall of PDs, and another seed.
    let plan = plan(KernelChoice::Auto, Copula::Gaussian);
    let lower = plan.restated(&PDS.map(|pd| pd * 0.9)).unwrap();
    let nests = |job: &Job<'_>| {
        (0..20).all(|scenario| defaulted(&Job::new(&plan, 11), scenario).is_subset(&defaulted(job, scenario)))
    };
    assert!(!nests(&Job::new(&lower, 11)));
    assert!(!nests(&Job::new(&plan, 12)));
}
