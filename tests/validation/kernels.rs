//! Granular and named kernel give the same distribution, loss by loss: a two-sample test on independent seeds.
//!
//! Kolmogorov and Smirnov's statistic; for equal sizes n, P(D > d) ≤ 2 exp(−d² n) (Wei and Dudley 2012), and atoms only
//! make D smaller. False-positive rate 1e-6 per comparison.

use mc_gpu::engine::{Cpu, Job, KernelChoice};
use mc_gpu::model::{AssetCorrelation, BaselClass, Copula};
use mc_gpu::validate::generator::mixed_portfolio;
use mc_gpu::validate::run::{Group, Portfolio, Sample};

const SCENARIOS: u64 = 300_000;
const FALSE_POSITIVE_RATE: f64 = 1e-6;

fn play(portfolio: &Portfolio, kernel: KernelChoice, seed: u64) -> Sample {
    let plan = portfolio.plan(kernel).unwrap();
    Sample::play(&mut Cpu::on_all_cores().unwrap(), &Job::new(&plan, seed), SCENARIOS).unwrap()
}

/// Largest distance between the two empirical distribution functions, over every seventh loss played: at most too
/// small.
fn distance(one: &Sample, other: &Sample) -> f64 {
    let [a, b] = [one, other].map(|sample| sample.ordered().values());
    let share = |values: &[u64], loss: u64| values.partition_point(|&value| value <= loss) as f64 / values.len() as f64;
    a.iter().chain(b).step_by(7).map(|&loss| (share(a, loss) - share(b, loss)).abs()).fold(0.0, f64::max)
}

fn limit() -> f64 {
    let n = SCENARIOS as f64;
    (-libm::log(FALSE_POSITIVE_RATE / 2.0) / n).sqrt()
}

/// 431 loans of two grades with heavy-tailed exposures.
fn firms() -> Portfolio {
    let losses = |n: u32, first: u32| -> Vec<u32> { (0..n).map(|i| 1_000_000 / (first + i) + i % 13).collect() };
    let groups = vec![
        Group { segment: 0, pd: 0.011, losses: losses(290, 3) },
        Group { segment: 0, pd: 0.083, losses: losses(141, 5) },
    ];
    Portfolio::one_factor(AssetCorrelation::Basel(BaselClass::Corporate), groups).unwrap()
}

#[test]
fn both_kernels_give_one_distribution() {
    let student = Portfolio { copula: Copula::StudentT { degrees_of_freedom: 5.0 }, ..firms() };
    for portfolio in [firms(), student] {
        let [granular, named] = [(KernelChoice::Granular, 31), (KernelChoice::Named, 32)]
            .map(|(kernel, seed)| play(&portfolio, kernel, seed));
        let d = distance(&granular, &named);
        assert!(d < limit(), "{d} against {}", limit());
        let mut riskier = portfolio.clone();
        riskier.groups.iter_mut().for_each(|group| group.pd *= 1.05);
        let d = distance(&granular, &play(&riskier, KernelChoice::Named, 33));
        assert!(d > limit(), "PDs 5 % higher must be seen: {d} against {}", limit());
    }
}

#[test]
fn a_loan_more_or_less_in_a_hundred_is_seen() {
    let mut smaller = firms();
    smaller.groups[1].losses.truncate(139);
    smaller.groups[1].losses[0] /= 2;
    let [all, fewer] = [firms(), smaller].map(|portfolio| play(&portfolio, KernelChoice::Granular, 34));
    let named = play(&firms(), KernelChoice::Named, 35);
    assert!(distance(&named, &all) < limit());
    assert!(distance(&named, &fewer) > limit());
}

#[test]
fn the_automatic_choice_is_one_of_the_two_in_distribution() {
    let portfolio = mixed_portfolio(Copula::Gaussian).unwrap();
    let play = |kernel, seed| {
        let plan = portfolio.plan(kernel).unwrap();
        Sample::play(&mut Cpu::on_all_cores().unwrap(), &Job::new(&plan, seed), 30_011).unwrap()
    };
    let d = distance(&play(KernelChoice::Auto, 36), &play(KernelChoice::Granular, 37));
    let limit = limit() * (SCENARIOS as f64 / 30_011.0).sqrt();
    assert!(d < limit, "{d} against {limit}");
}
