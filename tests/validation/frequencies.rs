//! Loan by loan: each defaults as often as its PD says, and each pair together as often as the bivariate normal law
//! says, under both kernels. Counts are judged by the exact binomial law at a false-positive rate of 1e-6 for all
//! obligors, or all pairs, of one run together.

use mc_gpu::engine::{Job, KernelChoice, Plan, visit};
use mc_gpu::math::{bivariate::bivariate_normal_cdf, normal};
use mc_gpu::model::{AssetCorrelation, Copula, Factors, SegmentSpec};
use mc_gpu::validate::binomial::Trials;
use mc_gpu::validate::run::{Group, Portfolio};

const SCENARIOS: u64 = 400_000;
const FALSE_POSITIVE_RATE: f64 = 1e-6;
/// Correlation of the two factors.
const FACTORS: f64 = 0.4;
/// Asset correlation of each segment.
const RHO: [f64; 2] = [0.2, 0.35];

/// Three pools in two segments: (segment, PD, obligors).
const POOLS: [(u32, f64, u32); 3] = [(0, 0.03, 11), (0, 0.12, 7), (1, 0.06, 13)];

fn portfolio(copula: Copula) -> Portfolio {
    let factors = Factors::new(vec!["a".into(), "b".into()], vec![1.0, FACTORS, FACTORS, 1.0]).unwrap();
    let segment = |name: &str, rho: f64, loadings: [f64; 2]| SegmentSpec {
        name: name.into(),
        correlation: AssetCorrelation::Fixed(rho),
        loadings: loadings.to_vec(),
    };
    let segments = vec![segment("one", RHO[0], [1.0, 0.0]), segment("other", RHO[1], [0.0, 1.0])];
    let groups = POOLS.iter().map(|&(segment, pd, n)| Group { segment, pd, losses: (1..=n).collect() }).collect();
    Portfolio { copula, factors, segments, groups }
}

/// How often each obligor, and each pair i < j (at [i * n + j]), defaulted.
struct Frequencies {
    n: usize,
    single: Vec<u64>,
    pairs: Vec<u64>,
}

fn count(plan: &Plan, seed: u64) -> Frequencies {
    let n = plan.losses().len();
    let job = Job::new(plan, seed);
    let mut counts = Frequencies { n, single: vec![0; n], pairs: vec![0; n * n] };
    let mut down = Vec::new();
    for scenario in 0..SCENARIOS {
        down.clear();
        visit(&job, scenario, |defaulted| down.push(defaulted.obligor));
        down.sort_unstable();
        for (place, &i) in down.iter().enumerate() {
            counts.single[i] += 1;
            down[place + 1..].iter().for_each(|&j| counts.pairs[i * n + j] += 1);
        }
    }
    counts
}

/// Pool of each obligor.
fn pools() -> Vec<usize> {
    POOLS.iter().enumerate().flat_map(|(pool, &(_, _, n))| std::iter::repeat_n(pool, n as usize)).collect()
}

/// Smallest p-value of the obligors' counts, were their PDs `scale` times what they are.
fn smallest_single(counts: &Frequencies, scale: f64) -> f64 {
    let p_value = |(&count, pool): (&u64, usize)| {
        Trials { number: SCENARIOS, probability: POOLS[pool].1 * scale }.two_sided(count)
    };
    counts.single.iter().zip(pools()).map(p_value).fold(1.0, f64::min)
}

/// Smallest p-value of the pairs' counts, were asset correlations `scale` times what they are.
fn smallest_pair(counts: &Frequencies, scale: f64) -> f64 {
    let pools = pools();
    let mut smallest: f64 = 1.0;
    for i in 0..counts.n {
        for j in i + 1..counts.n {
            let [(segment, pd, _), (other, other_pd, _)] = [POOLS[pools[i]], POOLS[pools[j]]];
            let rho = scale * (RHO[segment as usize] * RHO[other as usize]).sqrt();
            let rho = if segment == other { rho } else { rho * FACTORS };
            let probability = bivariate_normal_cdf(normal::quantile(pd), normal::quantile(other_pd), rho);
            let trials = Trials { number: SCENARIOS, probability };
            smallest = smallest.min(trials.two_sided(counts.pairs[i * counts.n + j]));
        }
    }
    smallest
}

#[test]
fn every_loan_defaults_as_often_as_its_pd_says() {
    for copula in [Copula::Gaussian, Copula::StudentT { degrees_of_freedom: 4.0 }] {
        for (kernel, seed) in [(KernelChoice::Granular, 41), (KernelChoice::Named, 42)] {
            let counts = count(&portfolio(copula).plan(kernel).unwrap(), seed);
            let limit = FALSE_POSITIVE_RATE / counts.n as f64;
            let p_value = smallest_single(&counts, 1.0);
            assert!(p_value > limit, "{copula:?} {kernel:?}: {p_value:e}");
            let perturbed = smallest_single(&counts, 1.05);
            assert!(perturbed < limit, "PDs 5 % higher must be seen: {perturbed:e}");
        }
    }
}

#[test]
fn every_pair_defaults_together_as_the_bivariate_normal_says() {
    for (kernel, seed) in [(KernelChoice::Granular, 43), (KernelChoice::Named, 44)] {
        let counts = count(&portfolio(Copula::Gaussian).plan(kernel).unwrap(), seed);
        let limit = FALSE_POSITIVE_RATE / (counts.n * (counts.n - 1) / 2) as f64;
        let p_value = smallest_pair(&counts, 1.0);
        assert!(p_value > limit, "{kernel:?}: {p_value:e}");
        let perturbed = smallest_pair(&counts, 1.2);
        assert!(perturbed < limit, "correlations a fifth higher must be seen: {perturbed:e}");
    }
}

#[test]
fn students_pairs_default_together_more_often_than_gaussian_ones() {
    let plan = portfolio(Copula::StudentT { degrees_of_freedom: 4.0 }).plan(KernelChoice::Granular).unwrap();
    let counts = count(&plan, 45);
    assert!(smallest_pair(&counts, 1.0) < 1e-12, "tail dependence must be seen");
}
