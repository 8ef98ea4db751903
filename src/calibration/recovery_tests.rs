//! Simulated histories with known coefficients, volatility, autocorrelation, correlation and regimes: what is found again.
//!
//! Seeds are fixed. An exact 95 % interval covers between 179 and 199 of 200 truths with probability 0.9988 (binomial), so each
//! such check fails by chance once in 800 changes of the stream of random numbers.
#![allow(clippy::disallowed_methods)]

use super::binomial::Count;
use super::design::Design;
use super::errors::errors;
use super::fit::Outcomes;
use super::persistence::{Effects, Measured};
use super::regimes::{RegimeMeans, TwoRegimes, two_regimes};
use crate::math::normal;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

const SEEDS: u64 = 200;
const QUARTERS: usize = 123;
const CONSTANT: f64 = -2.0;
const SLOPES: [f64; 2] = [0.21, -0.13];
const VOLATILITY: f64 = 0.15;
const AUTOCORRELATION: f64 = 0.55;

pub(super) fn draw(rng: &mut StdRng) -> f64 {
    normal::quantile(rng.random_range(1e-12..1.0))
}

/// An AR(1) process of variance 1.
pub(super) fn autoregressive(rng: &mut StdRng, quarters: usize, alpha: f64) -> Vec<f64> {
    let mut state = draw(rng);
    let mut next = || {
        let now = state;
        state = alpha * state + (1.0 - alpha * alpha).sqrt() * draw(rng);
        now
    };
    (0..quarters).map(|_| next()).collect()
}

pub(super) fn binomial(rng: &mut StdRng, number: f64, p: f64) -> Count {
    // By gaps between defaults, which are geometric.
    let (mut at, mut defaults) = (0.0, 0.0);
    loop {
        at += (rng.random_range(1e-300..1.0f64).ln() / (-p).ln_1p()).floor() + 1.0;
        if at > number {
            return Count { defaults, number };
        }
        defaults += 1.0;
    }
}

struct Played {
    design: Design,
    counts: Vec<Count>,
    known: Vec<f64>,
}

fn play(seed: u64) -> Played {
    let mut rng = StdRng::seed_from_u64(seed);
    let columns = [0.7, 0.8].map(|alpha| autoregressive(&mut rng, QUARTERS, alpha));
    let effects = autoregressive(&mut rng, QUARTERS, AUTOCORRELATION);
    let design = Design::new(QUARTERS, &[&columns[0], &columns[1]]);
    let etas = design.times(&[CONSTANT, SLOPES[0], SLOPES[1]]);
    let known: Vec<f64> = etas.iter().zip(&effects).map(|(eta, u)| eta + VOLATILITY * u).collect();
    let counts = known
        .iter()
        .enumerate()
        .map(|(i, theta)| {
            let number = 300.0 + 13.0 * i as f64;
            binomial(&mut rng, number, normal::cdf(*theta))
        })
        .collect();
    Played { design, counts, known }
}

/// How many of the seeds' intervals hold the truth, by coefficient, where it is `truth`.
fn covered(truth: [f64; 3], of: impl Fn(&Played) -> Outcomes + Sync) -> [usize; 3] {
    let all: Vec<[bool; 3]> = (0..SEEDS)
        .into_par_iter()
        .map(|seed| {
            let played = play(seed);
            let fit = of(&played).fit(&played.design).unwrap();
            let errors = errors(&fit).unwrap();
            std::array::from_fn(|i| (fit.coefficients[i] - truth[i]).abs() <= errors.critical * errors.robust[i])
        })
        .collect();
    std::array::from_fn(|i| all.iter().filter(|covers| covers[i]).count())
}

#[test]
fn intervals_of_coefficients_cover_the_truth() {
    let truth = [CONSTANT, SLOPES[0], SLOPES[1]];
    let counts = covered(truth, |played| Outcomes::Counts(played.counts.clone()));
    let rates = covered(truth, |played| Outcomes::Probits(played.known.clone()));
    for covered in counts.iter().skip(1).chain(rates.iter().skip(1)) {
        assert!((179..=199).contains(covered), "{counts:?} {rates:?}");
    }
    // The constant carries all of the residual's autocorrelation: a few more misses.
    assert!(counts[0] >= 170 && rates[0] >= 170, "{counts:?} {rates:?}");
    // A slope that is wrong by its half is not covered.
    let wrong = covered([CONSTANT, 0.5 * SLOPES[0], SLOPES[1]], |played| Outcomes::Counts(played.counts.clone()));
    assert!(wrong[1] < 100, "{wrong:?}");
}

#[test]
fn volatility_autocorrelation_and_correlation_are_found_again() {
    let found: Vec<[f64; 4]> = (0..SEEDS)
        .into_par_iter()
        .map(|seed| {
            let played = play(seed);
            let fit = Outcomes::Counts(played.counts.clone()).fit(&played.design).unwrap();
            let etas = played.design.times(&fit.coefficients);
            let persistence = Effects::Counted(&played.counts, &etas).persistence(fit.volatility.max(0.01));
            let slopes = [0.0, fit.coefficients[1], fit.coefficients[2]];
            let parts = played.design.times(&slopes);
            let mean = parts.iter().sum::<f64>() / QUARTERS as f64;
            let explained = parts.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / QUARTERS as f64;
            let v = explained + fit.volatility * fit.volatility;
            // Residuals as they are, noise included.
            let noisy = &persistence.measured.values;
            let lagged: f64 = noisy.windows(2).map(|pair| pair[0] * pair[1]).sum();
            let plain = lagged / noisy.iter().map(|x| x * x).sum::<f64>();
            [fit.volatility, persistence.autocorrelation, v / (1.0 + v), plain]
        })
        .collect();
    let mean = |i: usize| found.iter().map(|found| found[i]).sum::<f64>() / SEEDS as f64;
    let error = |i: usize| {
        let square = found.iter().map(|found| (found[i] - mean(i)) * (found[i] - mean(i))).sum::<f64>();
        square.sqrt() / SEEDS as f64
    };
    let told = format!("{:?} ± {:?}", [0, 1, 2, 3].map(mean), [0, 1, 2, 3].map(error));
    // Maximum likelihood is a little low in samples of this length: a tenth of the truth beside three errors.
    let truth = SLOPES[0] * SLOPES[0] + SLOPES[1] * SLOPES[1] + VOLATILITY * VOLATILITY;
    for (i, truth) in [VOLATILITY, AUTOCORRELATION, truth / (1.0 + truth)].into_iter().enumerate() {
        assert!((mean(i) - truth).abs() < 0.1 * truth + 3.0 * error(i), "{i}: {told}");
    }
    // Without taking the noise of counts out, the effect would seem to last less.
    assert!(mean(3) < AUTOCORRELATION - 0.1, "{told}");
}

const LEAVE: [f64; 2] = [0.04, 0.12];
const DEVIATIONS: [f64; 2] = [0.10, 0.35];

fn two_states(seed: u64, quarters: usize, deviations: [f64; 2]) -> (Measured, Vec<usize>) {
    let mut rng = StdRng::seed_from_u64(1_000 + seed);
    let process = autoregressive(&mut rng, quarters, 0.4);
    let mut state = usize::from(rng.random_range(0.0..1.0) < LEAVE[0] / (LEAVE[0] + LEAVE[1]));
    let mut states = Vec::new();
    let noise = 0.03;
    let mut value = |e: &f64| {
        states.push(state);
        let value = deviations[state] * e + noise * draw(&mut rng);
        if rng.random_range(0.0..1.0) < LEAVE[state] {
            state = 1 - state;
        }
        value
    };
    let values: Vec<f64> = process.iter().map(&mut value).collect();
    let measured = Measured { variances: vec![noise * noise; quarters], smoothed: values.clone(), values };
    (measured, states)
}

fn fitted(seed: u64, quarters: usize, deviations: [f64; 2]) -> (TwoRegimes, Vec<usize>) {
    let (measured, states) = two_states(seed, quarters, deviations);
    (two_regimes(&measured, [0.2, 0.4], RegimeMeans::Equal).unwrap(), states)
}

#[test]
fn regimes_are_found_again() {
    let all: Vec<(TwoRegimes, Vec<usize>)> =
        (0..40).into_par_iter().map(|seed| fitted(seed, 247, DEVIATIONS)).collect();
    let median = |of: &dyn Fn(&TwoRegimes) -> f64| {
        let mut values: Vec<f64> = all.iter().map(|(found, _)| of(found)).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let found = [
        median(&|found| found.deviations[0]),
        median(&|found| found.deviations[1]),
        median(&|found| found.leave[0]),
        median(&|found| found.leave[1]),
        median(&|found| found.autocorrelation),
    ];
    for (found_one, truth) in found.into_iter().zip([DEVIATIONS[0], DEVIATIONS[1], LEAVE[0], LEAVE[1], 0.4]) {
        assert!((found_one / truth - 1.0).abs() < 0.25, "{found:?}");
    }
    // Smoothed probabilities tell the state more often than not, and BIC sees two.
    let right = all.iter().flat_map(|(found, states)| found.turbulent.iter().zip(states));
    let right = right.filter(|(p, state)| (**p > 0.5) == (**state == 1)).count();
    assert!(right as f64 > 0.85 * 40.0 * 247.0, "{right}");
    assert!(all.iter().filter(|(found, _)| found.bic_difference(247) < 0.0).count() >= 38);
    // Intervals of the volatilities' ratio cover it, where they exist: exact ones would in 34 or more of 40 (0.986).
    let truth = (DEVIATIONS[1] / DEVIATIONS[0]).ln();
    let covers = |found: &TwoRegimes| {
        let ratio = (found.deviations[1] / found.deviations[0]).ln();
        found.ratio_error.is_none_or(|error| (ratio - truth).abs() < 1.96 * error)
    };
    let covered = all.iter().filter(|(found, _)| covers(found)).count();
    assert!(covered >= 34, "{covered}");
    // Scaled to the index they have mean 0 and variance 1.
    for (found, _) in &all {
        let ([calm, turbulent], means) = found.on_index();
        let share = found.share();
        assert!(((1.0 - share) * calm * calm + share * turbulent * turbulent - 1.0).abs() < 1e-12);
        assert_eq!(means, [0.0, 0.0]);
    }
}

#[test]
fn one_regime_is_seldom_taken_for_two() {
    let better: usize = (0..40)
        .into_par_iter()
        .map(|seed| usize::from(fitted(seed, 247, [0.2, 0.2]).0.bic_difference(247) < 0.0))
        .sum();
    assert!(better <= 2, "{better}");
}

#[test]
fn without_noise_the_filter_is_hamiltons() {
    // Σ over all paths of states of the density of what is seen: what the filter must give. Residuals are known, so that e is.
    let values = vec![0.1, -0.05, 0.4, -0.6, 0.2, 0.03];
    let measured = Measured { variances: vec![0.0; 6], smoothed: values.clone(), values: values.clone() };
    let regimes = two_regimes(&measured, [0.3, 0.2], RegimeMeans::Free).unwrap();
    let alpha = regimes.autocorrelation;
    let pi = [1.0 - regimes.share(), regimes.share()];
    let (mut total, mut last_turbulent) = (0.0, 0.0);
    for path in 0..64usize {
        let states: Vec<usize> = (0..6).map(|i| path >> i & 1).collect();
        let e: Vec<f64> =
            states.iter().zip(&values).map(|(k, r)| (r - regimes.means[*k]) / regimes.deviations[*k]).collect();
        let mut density = pi[states[0]] * normal::pdf(e[0]) / regimes.deviations[states[0]];
        for t in 1..6 {
            let leave = regimes.leave[states[t - 1]];
            density *= if states[t] == states[t - 1] { 1.0 - leave } else { leave };
            let spread = (1.0 - alpha * alpha).sqrt();
            density *= normal::pdf((e[t] - alpha * e[t - 1]) / spread) / spread / regimes.deviations[states[t]];
        }
        total += density;
        last_turbulent += if states[2] == 1 { density } else { 0.0 };
    }
    assert!((total.ln() - regimes.log_likelihoods[0]).abs() < 1e-9, "{} {:?}", total.ln(), regimes);
    assert!((last_turbulent / total - regimes.turbulent[2]).abs() < 1e-9);
}
