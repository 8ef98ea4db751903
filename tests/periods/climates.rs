//! Macro scenarios and regimes along a path (M50 to M52): what is played is what the recursion says, remade from its words;
//! scenarios that say nothing change nothing; worse times only add defaults.

#![allow(clippy::disallowed_methods)]

use super::fixture::{Book, book};
use mc_gpu::engine::{Control, Cpu, Job, Keep, KernelChoice, Ledger, PathLaw, Plan, identity, play, visit};
use mc_gpu::math::normal;
use mc_gpu::model::Copula;
use mc_gpu::model::path::{
    Climate, Economies, PathGrid, PathPool, PathPoolLaw, Regimes, calibrate, conditional, per_period,
};
use mc_gpu::rng::{Purpose, counter, key, philox4x32_10, uniform53};
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

const SEED: u64 = 19;
const PERIODS: usize = 12;
const OBLIGORS: u32 = 5_003;
const GRID: f64 = 16_777_216.0;

fn turbulent() -> Regimes {
    Regimes::new([0.05, 0.25], [0.1, -0.4], [0.8, 1.9]).unwrap()
}

fn severe() -> Climate {
    Climate { macro_part: vec![-0.4, -1.3, -2.2, -2.0, -1.1, 0.3], scale: 0.6 }
}

fn alpha() -> f64 {
    per_period(0.8, 4)
}

/// One large pool of PD 4 % a year, rho .15, calibrated in `regimes`.
fn laid_out(regimes: Option<Regimes>) -> (Plan, PathPoolLaw) {
    let curve: Vec<f64> = (1..=PERIODS).map(|t| 1.0 - 0.96_f64.powf(t as f64 / 4.0)).collect();
    let pool = PathPool { segment: "all", curve, last: 1.0, rho: 0.15, memory: alpha(), anchor: None };
    let grid = PathGrid { copula: Copula::Gaussian, per_year: 4, periods: PERIODS, regimes };
    let law = calibrate(&[pool], grid).unwrap().remove(0);
    let path = PathLaw {
        thetas: law.thetas.clone(),
        rhos: vec![law.rho],
        memory: vec![alpha()],
        innovations: vec![(1.0 - alpha() * alpha()).sqrt()],
        regimes,
    };
    let book = Book { kernel: KernelChoice::Granular, ..book(vec![(0, OBLIGORS)], 1, PERIODS).along(path) };
    (book.plan(|_| 1), law)
}

fn played(job: &Job<'_>, scenarios: u64) -> Ledger {
    let n_years = job.plan().horizon().unwrap().years();
    let ledger = Mutex::new(Ledger::new(0..scenarios, Keep::Totals).with_years(n_years));
    let control = Control { stop: &AtomicBool::new(false), progress: &|_| {} };
    play(job, &mut Cpu::new(2).unwrap(), &ledger, &control).unwrap();
    ledger.into_inner().unwrap()
}

/// Distance of a sample's mean from `wanted`, standard errors.
fn z(sample: &[f64], wanted: f64) -> f64 {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    let variance = sample.iter().map(|own| (own - mean) * (own - mean)).sum::<f64>() / (n - 1.0);
    (mean - wanted) / (variance / n).sqrt()
}

#[test]
fn default_rates_are_those_of_the_recursion() {
    const SCENARIOS: u64 = 20_011;
    for regimes in [None, Some(turbulent())] {
        let (plan, law) = laid_out(regimes);
        let economies = Economies::new(Copula::Gaussian, [alpha()].into_iter()).in_regimes(regimes);
        let job = Job::new(&plan, SEED).under(vec![severe()]).unwrap();
        let by_end = |own: &Climate| conditional(&law, alpha(), &economies, own).unwrap();
        // Each period's conditional probability of default, over the paths: 4 standard errors, 12 times twice: 1.5e-3.
        let shocks = job.shocks(&(0..SCENARIOS).collect::<Vec<u64>>());
        let mut thresholds = vec![0; SCENARIOS as usize * PERIODS];
        job.period_thresholds(&plan.blocks()[0], &shocks, &mut thresholds);
        let in_period = |period: usize| -> Vec<f64> {
            let share = |row: &[u32]| f64::from(row[period] - if period == 0 { 0 } else { row[period - 1] });
            thresholds.chunks(PERIODS).map(|row| share(row) / 4_294_967_296.0).collect()
        };
        let steps = |by_end: &[f64], t: usize| by_end[t] - if t == 0 { 0.0 } else { by_end[t - 1] };
        let off =
            |by_end: Vec<f64>| (0..PERIODS).map(|t| z(&in_period(t), steps(&by_end, t)).abs()).fold(0.0, f64::max);
        assert!(off(by_end(&severe())) < 4.0, "{}", off(by_end(&severe())));
        // Siblings: without the scale, without the macro part, a period early.
        let early = severe().macro_part[1..].to_vec();
        for wrong in [
            Climate { scale: 1.0, ..severe() },
            Climate { macro_part: vec![], ..severe() },
            Climate { macro_part: early, ..severe() },
        ] {
            assert!(off(by_end(&wrong)) > 8.0, "{wrong:?}: {}", off(by_end(&wrong)));
        }
        // What is played, obligor by obligor and year by year.
        let ledger = played(&job, 4_001);
        let wanted = by_end(&severe());
        for year in 0..3 {
            let rates =
                ledger.year_losses().map(|years| years[year] as f64 / f64::from(OBLIGORS)).collect::<Vec<f64>>();
            let before = if year == 0 { 0.0 } else { wanted[4 * year - 1] };
            let z = z(&rates, wanted[4 * year + 3] - before);
            assert!(z.abs() < 4.0, "year {year}: {z}");
        }
    }
}

#[test]
fn the_index_is_remade_from_its_words() {
    let (plan, _) = laid_out(Some(turbulent()));
    let job = Job::new(&plan, SEED).shifted(&[0.25]).under(vec![severe()]).unwrap();
    let scenarios: Vec<u64> = (0..2_003).chain([7 << 32 | 5]).collect();
    let shocks = job.shocks(&scenarios);
    let u = |purpose, scenario, period| {
        let words = philox4x32_10(counter(purpose, scenario, period, 0), key(SEED));
        uniform53(words[0], words[1])
    };
    let (regimes, climate) = (turbulent(), severe());
    let mut in_turbulence = 0;
    for (place, &scenario) in scenarios.iter().enumerate() {
        let (mut value, mut is_turbulent) = (0.0, false);
        for period in 0..PERIODS {
            let (z, u) = (
                normal::quantile(u(Purpose::Factor, scenario, period as u32)),
                u(Purpose::Regime, scenario, period as u32),
            );
            (value, is_turbulent) = match (period, is_turbulent) {
                (0, _) => (z, u < 0.05 / 0.3),
                (_, false) => (alpha() * value + (1.0 - alpha() * alpha()).sqrt() * z, u < 0.05),
                (_, true) => (alpha() * value + (1.0 - alpha() * alpha()).sqrt() * z, u < 0.75),
            };
            let state = usize::from(is_turbulent);
            in_turbulence += state;
            let residual = regimes.mean()[state] + regimes.volatility()[state] * value;
            let y = climate.at(period) + climate.scale * residual + 0.25;
            let wanted = (y * GRID + 0.5).floor() as i32;
            assert!((shocks.index_in(0, period)[place] - wanted).abs() <= 1, "{scenario} {period}");
        }
    }
    let share = in_turbulence as f64 / (scenarios.len() * PERIODS) as f64;
    assert!((share - 1.0 / 6.0).abs() < 0.02, "{share}");
}

#[test]
fn a_scenario_that_says_nothing_is_none() {
    for regimes in [None, Some(turbulent())] {
        let (plan, _) = laid_out(regimes);
        let plain = Job::new(&plan, SEED);
        let zero = Job::new(&plan, SEED).under(vec![Climate { macro_part: vec![0.0, -0.0], scale: 1.0 }]).unwrap();
        assert_eq!(identity(&plain), identity(&zero));
        let digest = |job: &Job<'_>| played(job, 301).losses_digest(plan.unit());
        assert_eq!(digest(&plain), digest(&zero));
        let worse = Job::new(&plan, SEED).under(vec![severe()]).unwrap();
        assert!(identity(&worse) != identity(&plain) && digest(&worse) != digest(&plain));
        // What comes after the last period is no matter; scale and parts are.
        let own = |change: fn(&mut Climate)| {
            let mut climate = severe();
            climate.macro_part.resize(PERIODS, 0.3);
            change(&mut climate);
            identity(&Job::new(&plan, SEED).under(vec![climate]).unwrap())
        };
        assert_eq!(own(|_| ()), identity(&worse));
        assert_eq!(own(|climate| climate.macro_part.push(7.0)), identity(&worse));
        assert!(own(|climate| climate.scale = 0.61) != identity(&worse));
        assert!(own(|climate| climate.macro_part[PERIODS - 1] = 0.31) != identity(&worse));
    }
    let (with, without) = (laid_out(Some(turbulent())).0, laid_out(None).0);
    assert!(with.digest() != without.digest());
}

#[test]
fn worse_times_only_add_defaults() {
    for (regimes, kernel) in [(None, KernelChoice::Granular), (Some(turbulent()), KernelChoice::Named)] {
        let (mut plan, law) = laid_out(regimes);
        if kernel == KernelChoice::Named {
            let path = PathLaw {
                thetas: law.thetas,
                rhos: vec![law.rho],
                memory: vec![alpha()],
                innovations: vec![(1.0 - alpha() * alpha()).sqrt()],
                regimes,
            };
            plan = Book { kernel, ..book(vec![(0, 1_003)], 1, PERIODS).along(path) }.plan(|_| 1);
        }
        let defaulted = |worse: f64| {
            let climate = Climate { macro_part: severe().macro_part.iter().map(|m| m - worse).collect(), scale: 0.6 };
            let job = Job::new(&plan, SEED).under(vec![climate]).unwrap();
            let mut all = HashSet::new();
            (0..103).for_each(|scenario| visit(&job, scenario, |own| _ = all.insert((scenario, own.obligor))));
            all
        };
        let (base, worse, worst) = (defaulted(0.0), defaulted(0.003), defaulted(1.0));
        assert!(base.is_subset(&worse) && worse.is_subset(&worst) && worst.len() > base.len() + base.len() / 2);
    }
}

#[test]
fn scenarios_that_no_plan_can_play_are_refused() {
    let (plan, _) = laid_out(None);
    let refused = |climates: Vec<Climate>| Job::new(&plan, SEED).under(climates).is_err();
    assert!(!refused(vec![severe()]) && refused(vec![]) && refused(vec![severe(), severe()]));
    assert!(refused(vec![Climate { scale: 0.0, ..severe() }]) && refused(vec![Climate { scale: 1.1, ..severe() }]));
    assert!(refused(vec![Climate { macro_part: vec![f64::NAN], ..severe() }]));
    // One index for the whole horizon has no periods to be moved in.
    let copula = book(vec![(0, 77)], 1, PERIODS).plan(|_| 1);
    assert!(Job::new(&copula, SEED).under(vec![severe()]).is_err());
    assert!(Job::new(&copula, SEED).under(vec![Climate::none()]).is_ok());
}
