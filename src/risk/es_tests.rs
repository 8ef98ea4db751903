//! Expected shortfall against hand-computed cases, its definition as an integral, and its spread over many samples.

use super::super::quantile::quantile;
use super::*;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use statrs::statistics::Statistics;

fn level(text: &str) -> Level {
    Level::parse(text).unwrap()
}

fn one() -> Unit {
    Unit::new(1, 0).unwrap()
}

#[test]
fn ten_losses_by_hand() {
    let losses = Ordered::sort([0, 0, 0, 0, 0, 0, 0, 10, 10, 40]);
    // aN = 8 exactly: the worst two are 10 and 40.
    let es = expected_shortfall(&losses, level("0.8"), one()).unwrap();
    assert_eq!((es.value, es.tail_scenarios), (25.0, 2));
    // aN = 7.5: 40 + 10 + half of 10, over 2.5.
    let es = expected_shortfall(&losses, level("0.75"), one()).unwrap();
    assert_eq!((es.value, es.tail_scenarios), (22.0, 3));
    // Variance of {40, 10, half of 10} about 22: (324 + 144 + 72) / 2.5 = 216; (216 + 0.75 · 12²) / 2.5 = 129.6.
    assert!((es.standard_error.unwrap() - 129.6_f64.sqrt()).abs() < 1e-12);
    // aN = 9.5: half of 40 over a half; one scenario has no error.
    let es = expected_shortfall(&losses, level("0.95"), one()).unwrap();
    assert_eq!((es.value, es.standard_error, es.interval, es.tail_scenarios), (40.0, None, [None, None], 1));
}

#[test]
fn equals_the_integral_of_quantiles() {
    // ES = 1/(1 − a) ∫_a^1 VaR_u du: with N scenarios the integrand is a step function, summed here step by step in
    // units of 10^-12, which is exact.
    let mut random = StdRng::seed_from_u64(3);
    for n in [1_u64, 3, 17, 1000, 1237] {
        let losses = Ordered::sort((0..n).map(|_| random.random_range(0..9_u64) * 1000));
        for text in ["0.5", "0.9", "0.95", "0.999", "0.123456789"] {
            let level = level(text);
            let start = (level.value() * 1e12).round() as u128;
            let integral: u128 = (1..=n)
                .map(|i| {
                    let ends = [i - 1, i].map(|j| (u128::from(j) * 1_000_000_000_000).max(start * u128::from(n)));
                    (ends[1] - ends[0]) * u128::from(losses.at_rank(i).unwrap())
                })
                .sum();
            let expected = integral as f64 / (n as f64 * (1e12 - start as f64));
            let found = expected_shortfall(&losses, level, one()).unwrap().value;
            assert!((found - expected).abs() <= 1e-9 * expected.max(1.0), "{n} {text}: {found} against {expected}");
        }
    }
}

#[test]
fn equal_losses_have_an_es_equal_to_their_var() {
    for n in [1, 2, 3, 7, 999] {
        let losses = Ordered::sort(vec![u64::MAX / 3; n]);
        for text in ["0.1", "0.333", "0.95", "0.999"] {
            let es = expected_shortfall(&losses, level(text), Unit::CENT).unwrap();
            assert_eq!(es.value, quantile(&losses, level(text), |units| units as f64 / 100.0).unwrap().value);
        }
    }
    assert_eq!(expected_shortfall(&Ordered::sort([]), level("0.5"), one()), None);
}

#[test]
fn the_standard_error_is_the_spread_seen_over_many_samples() {
    // 800 samples of 2,003 Pareto-like losses at 90 %. The relative error of the observed spread is about 4 % with this
    // tail; 16 % is four of them: false-positive rate below 1e-4.
    let mut random = StdRng::seed_from_u64(29);
    let level = level("0.9");
    let (mut values, mut errors, mut tail_errors) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..800 {
        let losses = Ordered::sort((0..2003).map(|_| (1e6 / (0.05 + random.random::<f64>()).sqrt()) as u64));
        let es = expected_shortfall(&losses, level, one()).unwrap();
        let excess = es.value - quantile(&losses, level, |units| units as f64).unwrap().value;
        let error = es.standard_error.unwrap();
        values.push(es.value);
        errors.push(error);
        tail_errors.push((error * error - 0.9 * excess * excess / 200.3).sqrt());
    }
    let spread = values.std_dev();
    let reported = errors.mean();
    assert!((reported / spread - 1.0).abs() < 0.16, "{reported} against {spread}");
    // The sibling that must fail: the tail's own deviation, without the error of where the tail begins.
    let too_small = tail_errors.mean();
    assert!((too_small / spread - 1.0).abs() > 0.16, "{too_small} against {spread}");
}

#[test]
fn a_thin_tail_is_said_to_be_thin() {
    let es = |n: u64| expected_shortfall(&Ordered::sort(0..n), level("0.99"), one()).unwrap();
    assert_eq!(thin_tail_note(&es(10_000), level("0.99")), None);
    let note = thin_tail_note(&es(9_900), level("0.99")).unwrap();
    assert!(note.contains("at 99% rests on 99 tail scenarios") && note.ends_with("at least 10000 scenarios"), "{note}");
}
