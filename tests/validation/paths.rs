//! Defaults along a path of the economy (M42 to M44): the index remembers as much as it should, term structures are kept, one
//! year in one step is the model of one period. Seeds are fixed; limits are four standard errors or more.

use mc_gpu::Cpu;
use mc_gpu::engine::{DefaultTimes, HorizonSpec, Job, KernelChoice, PathLaw, Plan, WHOLE};
use mc_gpu::math::normal;
use mc_gpu::model::path::per_period;
use mc_gpu::model::{AssetCorrelation, Copula, Factors, Model, SegmentSpec};
use mc_gpu::portfolio::{Pool, Pooled, Rounding, SegmentTotals};
use mc_gpu::units::Unit;
use mc_gpu::validate::run::{Economy, Group, Portfolio, Sample};

const SCENARIOS: u64 = 40_009;
const QUARTERS: Economy = Economy { persistence: 0.8, per_year: 4 };

/// F at the ends of `periods` quarters at constant hazard.
fn flat(pd: f64, periods: u32) -> Vec<f64> {
    (1..=periods).map(|quarter| 1.0 - libm::pow(1.0 - pd, f64::from(quarter) / 4.0)).collect()
}

/// Two segments on two correlated factors.
fn two_segments() -> Portfolio {
    let factors = Factors::new(vec!["north".into(), "south".into()], vec![1.0, 0.3, 0.3, 1.0]).unwrap();
    let segment = |name: &str, loadings: [f64; 2]| SegmentSpec {
        name: name.into(),
        correlation: AssetCorrelation::Fixed(0.15),
        loadings: loadings.to_vec(),
    };
    let groups = vec![
        Group { segment: 0, pd: 0.02, losses: vec![1; 1_009] },
        Group { segment: 1, pd: 0.05, losses: vec![3; 211] },
    ];
    let segments = vec![segment("a", [1.0, 0.0]), segment("b", [0.6, 0.7])];
    Portfolio { copula: Copula::Gaussian, factors, segments, groups }
}

/// Correlation of two rows of the grid.
fn correlation(a: &[i32], b: &[i32]) -> f64 {
    let n = a.len() as f64;
    let mean = |row: &[i32]| row.iter().map(|&y| f64::from(y)).sum::<f64>() / n;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product = |x: &[i32], y: &[i32], mx: f64, my: f64| {
        x.iter().zip(y).map(|(&x, &y)| (f64::from(x) - mx) * (f64::from(y) - my)).sum::<f64>()
    };
    product(a, b, mean_a, mean_b) / (product(a, a, mean_a, mean_a) * product(b, b, mean_b, mean_b)).sqrt()
}

/// Largest distance of lag-one-year autocorrelations from 0.8, of played persistence `persistence`.
fn farthest(persistence: f64) -> f64 {
    let economy = Economy { persistence, ..QUARTERS };
    let plan = two_segments().plan_along(KernelChoice::Auto, &|pd| flat(pd, 11), economy).unwrap();
    let scenarios: Vec<u64> = (0..SCENARIOS).collect();
    let shocks = Job::new(&plan, 5).shocks(&scenarios);
    let of = |segment: u32, t: usize| correlation(shocks.index_in(segment, t), shocks.index_in(segment, t + 4));
    let all = (0..2).flat_map(|segment| (0..7).map(move |t| (segment, t)));
    all.map(|(segment, t)| (of(segment, t) - 0.8).abs()).fold(0.0, f64::max)
}

#[test]
fn the_index_remembers_four_fifths_of_a_year() {
    let limit = 4.0 / (SCENARIOS as f64).sqrt();
    assert!(farthest(0.8) < limit, "{}", farthest(0.8));
    assert!(farthest(0.75) > limit, "{}", farthest(0.75));
}

#[test]
fn indices_keep_their_variance_and_correlation_along_the_path() {
    let plan = two_segments().plan_along(KernelChoice::Auto, &|pd| flat(pd, 11), QUARTERS).unwrap();
    let scenarios: Vec<u64> = (0..SCENARIOS).collect();
    let (job, limit) = (Job::new(&plan, 6), 4.0 / (SCENARIOS as f64).sqrt());
    let shocks = job.shocks(&scenarios);
    // Loadings (1, 0) and (.6, .7) on factors of correlation .3.
    let expected = (0.6 + 0.7 * 0.3) / (0.36f64 + 0.49 + 2.0 * 0.6 * 0.7 * 0.3).sqrt();
    for t in 0..11 {
        let (a, b) = (shocks.index_in(0, t), shocks.index_in(1, t));
        assert!((correlation(a, b) - expected).abs() < limit, "{t}: {}", correlation(a, b));
        for row in [a, b] {
            let variance = row
                .iter()
                .map(|&y| (f64::from(y) / f64::from(1 << 24)) * (f64::from(y) / f64::from(1 << 24)))
                .sum::<f64>()
                / SCENARIOS as f64;
            assert!((variance - 1.0).abs() < 1.5 * limit, "{t}: {variance}");
        }
    }
    // A stress moves every period of the path by as much.
    let stressed = Job::new(&plan, 6).shifted(&[-0.7, 0.0]).shocks(&scenarios);
    for t in [0, 3, 10] {
        let moved = stressed
            .index_in(0, t)
            .iter()
            .zip(shocks.index_in(0, t))
            .map(|(a, b)| f64::from(a - b) / f64::from(1 << 24));
        assert!(moved.map(|moved| (moved + 0.7).abs()).fold(0.0, f64::max) < 2e-7);
    }
}

#[test]
fn one_year_in_one_step_is_the_model_of_one_period() {
    let yearly = Economy { persistence: 0.8, per_year: 1 };
    for copula in [Copula::Gaussian, Copula::StudentT { degrees_of_freedom: 4.0 }] {
        for kernel in [KernelChoice::Granular, KernelChoice::Named] {
            let portfolio = Portfolio { copula, ..two_segments() };
            let one_period = portfolio.plan_over(kernel, &|pd| vec![pd]).unwrap();
            let along = portfolio.plan_along(kernel, &|pd| vec![pd], yearly).unwrap();
            let other = portfolio.plan_along(kernel, &|pd| vec![1.05 * pd], yearly).unwrap();
            let digest = |plan: &Plan| {
                Sample::play(&mut Cpu::on_all_cores().unwrap(), &Job::new(plan, 9), 4_001).unwrap().digest()
            };
            assert_eq!(digest(&along), digest(&one_period), "{copula:?} {kernel:?}");
            assert_ne!(digest(&other), digest(&one_period));
        }
    }
}

/// 1,009 loans of PD 2 % with these thresholds in each of 40 quarters, and ten years kept.
fn by_thresholds(theta: f64, rho: f64) -> Plan {
    let (n, periods) = (1_009, 40);
    let segments =
        vec![SegmentTotals { name: "all".into(), loans: n, exposure: n as f64, expected_loss: 0.02 * n as f64 }];
    let pools = vec![Pool { segment: 0, pd: 0.02, first: 0, obligors: n as u32, spread: 0.0 }];
    let pooled = Pooled {
        segments,
        pools,
        losses: vec![1; n as usize],
        rows: (0..n as u32).collect(),
        unit: Unit::new(1, 0).unwrap(),
        rounding: Rounding::default(),
    };
    let spec = SegmentSpec { name: "all".into(), correlation: AssetCorrelation::Fixed(0.15), loadings: vec![1.0] };
    let model =
        Model::new(Copula::Gaussian, &Factors::new(vec!["economy".into()], vec![1.0]).unwrap(), &[spec]).unwrap();
    let alpha = per_period(0.8, 4);
    let law = PathLaw {
        thetas: vec![theta; periods],
        rhos: vec![rho],
        memory: vec![alpha],
        innovations: vec![(1.0 - alpha * alpha).sqrt()],
        regimes: None,
    };
    let spec = HorizonSpec {
        periods,
        per_year: 4,
        cumulative: flat(0.02, periods as u32),
        factors: vec![WHOLE; periods],
        slots: vec![1],
        profiles: vec![0; n as usize],
        times: DefaultTimes::Path(Box::new(law)),
        severity: None,
    };
    Plan::with_horizon(pooled, model, KernelChoice::Granular, spec).unwrap()
}

#[test]
fn thresholds_that_forget_survivors_are_noticed_year_by_year() {
    let one = Portfolio::one_factor(
        AssetCorrelation::Fixed(0.15),
        vec![Group { segment: 0, pd: 0.02, losses: vec![1; 1_009] }],
    );
    let kept = one.unwrap().plan_along(KernelChoice::Granular, &|pd| flat(pd, 40), QUARTERS).unwrap();
    let quarter = flat(0.02, 1)[0];
    let forgetful = by_thresholds(normal::quantile(quarter), 0.15);
    let play = |plan: &Plan| Sample::play(&mut Cpu::on_all_cores().unwrap(), &Job::new(plan, 17), SCENARIOS).unwrap();
    // The first keeps quarters, the second years.
    let (kept, forgetful) = (play(&kept), play(&forgetful));
    let years = flat(0.02, 40);
    for year in 0..10 {
        let expected = 1_009.0 * (years[4 * year + 3] - if year == 0 { 0.0 } else { years[4 * year - 1] });
        let per_scenario: Vec<f64> =
            kept.by_period().iter().map(|quarters| quarters[4 * year..][..4].iter().sum::<u64>() as f64).collect();
        let mean = per_scenario.iter().sum::<f64>() / SCENARIOS as f64;
        let variance = per_scenario.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>() / SCENARIOS as f64;
        let error = (variance / SCENARIOS as f64).sqrt();
        assert!((mean - expected).abs() < 4.0 * error, "year {}: {mean} ± {error} for {expected}", year + 1);
        let other = forgetful.mean_in(year).unwrap();
        let z = (other.value - expected) / other.standard_error.unwrap();
        // Survivors of the first year have seen a little better times; those of ten years much better.
        assert!(year < 4 || z < -4.0, "year {}: {z}", year + 1);
    }
}
