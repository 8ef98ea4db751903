//! Paths give term structures and joint defaults back; figures of an independent prototype; siblings that must not.

use super::*;
use crate::math::bivariate::bivariate_normal_cdf;
use crate::math::{gamma, normal};
use crate::model::{AssetCorrelation, Factors, SegmentSpec};

/// F at the ends of `periods` periods at constant hazard.
fn flat(pd: f64, per_year: usize, periods: usize) -> Vec<f64> {
    (1..=periods).map(|t| 1.0 - libm::pow(1.0 - pd, t as f64 / per_year as f64)).collect()
}

fn pool(curve: Vec<f64>, rho: f64, memory: f64) -> PathPool<'static> {
    PathPool { segment: "cards", curve, last: 1.0, rho, memory, anchor: None }
}

fn gaussian(per_year: usize, periods: usize) -> PathGrid {
    PathGrid { copula: Copula::Gaussian, per_year, periods, regimes: None }
}

fn one(pool: PathPool<'_>, grid: PathGrid) -> PathPoolLaw {
    calibrate(&[pool], grid).unwrap().remove(0)
}

/// F along a path with these thresholds, on a uniform grid of Y with the kernel of the AR(1) process itself, for each W with
/// its weight: nothing of it is shared with the recursion in Hermite space.
fn by_kernel(law: &PathPoolLaw, alpha: f64, mixing: &[(f64, f64)], points: usize) -> Vec<f64> {
    let limit = 8.5;
    let width = 2.0 * limit / (points - 1) as f64;
    let y: Vec<f64> = (0..points).map(|i| -limit + width * i as f64).collect();
    let spread = (1.0 - alpha * alpha).sqrt();
    let kernel: Vec<f64> = y
        .iter()
        .flat_map(|to| y.iter().map(move |from| normal::pdf((to - alpha * from) / spread) / spread * width))
        .collect();
    let mut cumulative = vec![0.0; law.thetas.len()];
    for (w, weight) in mixing {
        let mut density: Vec<f64> = y.iter().map(|&y| normal::pdf(y)).collect();
        let mut defaulted = 0.0;
        for (theta, sum) in law.thetas.iter().zip(&mut cumulative) {
            for (own, y) in density.iter_mut().zip(&y) {
                let hazard = normal::cdf((theta * w - law.rho.sqrt() * y) / (1.0 - law.rho).sqrt());
                defaulted += *own * hazard * width;
                *own *= 1.0 - hazard;
            }
            *sum += weight * defaulted;
            let next = kernel.chunks_exact(points).map(|row| row.iter().zip(&density).map(|(k, own)| k * own).sum());
            density = next.collect();
        }
    }
    cumulative
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

const ALONE: [(f64, f64); 1] = [(1.0, 1.0)];

#[test]
fn thresholds_and_correlation_are_those_of_the_prototype() {
    let alpha = per_period(0.8, 4);
    let law = one(pool(flat(0.02, 4, 40), 0.15, alpha), gaussian(4, 40));
    assert!((law.rho - 0.113_837_913).abs() < 1e-9, "{}", law.rho);
    for (t, theta) in
        [(0, -2.573_214_043), (1, -2.570_968_243), (2, -2.568_902_518), (3, -2.566_998_769), (39, -2.542_982_206)]
    {
        assert!((law.thetas[t] - theta).abs() < 1e-9, "{t}: {}", law.thetas[t]);
    }
    let table = [
        (0.0001, 0.246_271, 0.271_091),
        (0.5, 0.129_147, 0.105_144),
        (0.8, 0.113_838, 0.091_717),
        (0.95, 0.108_169, 0.086_843),
    ];
    for (persistence, quarterly, monthly) in table {
        for (per_year, rho) in [(4, quarterly), (12, monthly)] {
            let law = one(
                pool(flat(0.02, per_year, per_year), 0.15, per_period(persistence, per_year)),
                gaussian(per_year, per_year),
            );
            assert!((law.rho - rho).abs() < 6e-7, "{persistence} {per_year}: {}", law.rho);
        }
    }
}

#[test]
fn term_structures_are_kept_on_another_grid() {
    let steep: Vec<f64> = flat(0.02, 4, 40).iter().map(|share| share * share.sqrt() * 2.0).collect();
    let cases = [
        (flat(0.02, 4, 40), 4, 0.15, 0.8, 2e-12),
        (flat(0.2, 4, 40), 4, 0.15, 0.95, 2e-11),
        (flat(0.0003, 4, 40), 4, 0.24, 0.8, 1e-13),
        (flat(1e-5, 12, 60), 12, 0.24, 0.7, 1e-14),
        (steep, 4, 0.3, 0.5, 1e-10),
        (flat(0.02, 4, 20), 4, 0.75, 0.8, 1e-8),
    ];
    for (curve, per_year, rho, persistence, limit) in cases {
        let (alpha, periods) = (per_period(persistence, per_year), curve.len());
        let law = one(pool(curve.clone(), rho, alpha), gaussian(per_year, periods));
        let off = distance(&by_kernel(&law, alpha, &ALONE, 1_201), &curve);
        assert!(off < limit, "{rho} {persistence}: {off:e}");
    }
}

#[test]
fn without_survivors_too_few_default() {
    // The same hazard every quarter, as if all had the index's own law: ten years lack more than a per cent of all obligors.
    let alpha = per_period(0.8, 4);
    let quarter = flat(0.02, 4, 1)[0];
    let naive = PathPoolLaw { thetas: vec![normal::quantile(quarter); 40], rho: 0.15 };
    let by_then = by_kernel(&naive, alpha, &ALONE, 1_201)[39];
    assert!((by_then - 0.170_110).abs() < 1e-6, "{by_then}");
    assert!((flat(0.02, 4, 40)[39] - 0.182_927).abs() < 1e-6);
}

#[test]
fn two_obligors_default_together_as_in_one_period() {
    for (pd, rho, persistence, per_year) in
        [(0.02, 0.15, 0.8, 4), (0.0007, 0.24, 0.3, 12), (0.13, 0.05, 0.95, 4), (0.004, 0.5, 0.8, 12)]
    {
        let alpha = per_period(persistence, per_year);
        let curve = flat(pd, per_year, per_year);
        let law = one(pool(curve.clone(), rho, alpha), gaussian(per_year, per_year));
        let quantile = normal::quantile(pd);
        let wanted = bivariate_normal_cdf(quantile, quantile, rho);
        let economy = Economy::new(Copula::Gaussian, alpha, Order::Fine).unwrap();
        let joint = joint_default(&economy, &curve, law.rho);
        assert!((joint / wanted - 1.0).abs() < 1e-9, "{pd} {rho}: {joint} for {wanted}");
        // Sibling: the correlation of one period gives another probability.
        let uncorrected = joint_default(&economy, &curve, rho);
        assert!((uncorrected / wanted - 1.0).abs() > 0.05, "{pd} {rho}: {uncorrected}");
    }
}

#[test]
fn the_joint_probability_is_that_of_two_obligors_on_a_grid() {
    // P(both) = 1 − 2 S + E[Π (1 − h)²], with squared survivals carried along by the kernel.
    let (alpha, curve) = (per_period(0.6, 4), flat(0.05, 4, 4));
    let law = one(pool(curve.clone(), 0.2, alpha), gaussian(4, 4));
    let points = 1_001;
    let (limit, spread) = (8.5, (1.0 - alpha * alpha).sqrt());
    let width = 2.0 * limit / (points - 1) as f64;
    let y: Vec<f64> = (0..points).map(|i| -limit + width * i as f64).collect();
    let mut density: Vec<f64> = y.iter().map(|&y| normal::pdf(y)).collect();
    for theta in &law.thetas {
        for (own, y) in density.iter_mut().zip(&y) {
            let kept = normal::cdf(-(theta - law.rho.sqrt() * y) / (1.0 - law.rho).sqrt());
            *own *= kept * kept;
        }
        let step = |to: &f64| {
            let terms = y.iter().zip(&density).map(|(from, own)| normal::pdf((to - alpha * from) / spread) * own);
            terms.sum::<f64>() / spread * width
        };
        density = y.iter().map(step).collect();
    }
    let both_alive: f64 = density.iter().sum::<f64>() * width;
    let joint = 1.0 - 2.0 * (1.0 - curve[3]) + both_alive;
    let quantile = normal::quantile(0.05);
    assert!((joint - bivariate_normal_cdf(quantile, quantile, 0.2)).abs() < 1e-12, "{joint}");
}

#[test]
fn yearly_periods_need_no_other_correlation() {
    let curve = vec![0.013, 0.031, 0.031, 0.07];
    for copula in [Copula::Gaussian, Copula::StudentT { degrees_of_freedom: 4.0 }] {
        let grid = PathGrid { copula, per_year: 1, periods: 4, regimes: None };
        let law = one(pool(curve.clone(), 0.15, 0.8), grid);
        assert_eq!((law.rho, law.thetas[0]), (0.15, copula.quantile(0.013)), "to the bit");
        assert_eq!(law.thetas[2], f64::NEG_INFINITY, "nobody defaults in the third year");
        assert!(law.thetas[3].is_finite());
    }
    // A curve that begins later: the index has its own law until somebody defaults.
    let late = one(pool(vec![0.0, 0.0, 0.004, 0.02, 0.03], 0.15, 0.9), gaussian(4, 5));
    assert_eq!(late.thetas[..3], [f64::NEG_INFINITY, f64::NEG_INFINITY, normal::quantile(0.004)]);
    // A horizon of two quarters has the correlation of its first year.
    let (short, long) = (
        one(pool(flat(0.02, 4, 4), 0.15, 0.9), gaussian(4, 2)),
        one(pool(flat(0.02, 4, 4), 0.15, 0.9), gaussian(4, 4)),
    );
    assert_eq!((short.thetas.len(), short.rho), (2, long.rho));
    assert_eq!(short.thetas, long.thetas[..2]);
    // Independent obligors stay so, and everybody may be gone before the end.
    let free = one(pool(vec![0.1, 0.3, 0.6, 1.0, 1.0], 0.0, 0.9), gaussian(4, 5));
    assert_eq!(free.rho, 0.0);
    assert!((normal::cdf(free.thetas[1]) - 0.2 / 0.9).abs() < 1e-13 && free.thetas[3] > 7.0);
    assert_eq!(free.thetas[4], f64::NEG_INFINITY);
}

#[test]
fn the_t_copula_keeps_term_structures_too() {
    // Few degrees of freedom with yearly periods; many with quarters, whose correlation is recalibrated.
    for (nu, per_year, limit) in [(3.0, 1, 1e-6), (30.0, 4, 1e-8)] {
        let copula = Copula::StudentT { degrees_of_freedom: nu };
        let (alpha, curve) = (per_period(0.8, per_year), flat(0.02, per_year, 12));
        let law = one(pool(curve.clone(), 0.2, alpha), PathGrid { copula, per_year, periods: 12, regimes: None });
        // W is one for the whole path: less is left to the index.
        assert!(if per_year == 1 { law.rho == 0.2 } else { law.rho > 0.08 && law.rho < 0.14 }, "{nu}: {}", law.rho);
        let (low, high, n) = (libm::log(nu) - 80.0 / nu - 2.0, libm::log(nu + 60.0 + 10.0 * nu.sqrt()), 500);
        let width = (high - low) / f64::from(n - 1);
        let below = |log: f64| gamma::tails(0.5 * nu, 0.5 * libm::exp(log)).lower;
        let node = |i: i32| {
            let log = low + width * f64::from(i);
            ((libm::exp(log) / nu).sqrt(), below(log + 0.5 * width) - below(log - 0.5 * width))
        };
        let mixing: Vec<(f64, f64)> = (0..n).map(node).filter(|(_, weight)| *weight > 1e-14).collect();
        // Cells of W are taken at their middles: off by the square of their width.
        let off = distance(&by_kernel(&law, alpha, &mixing, 201), &curve);
        assert!(off < limit + 0.02 * width * width, "{nu}: {off:e} {width}");
    }
}

#[test]
fn two_obligors_default_together_under_the_t_copula_as_in_one_period() {
    let copula = Copula::StudentT { degrees_of_freedom: 40.0 };
    let (alpha, curve) = (per_period(0.8, 4), flat(0.03, 4, 4));
    let law = one(pool(curve.clone(), 0.2, alpha), PathGrid { copula, per_year: 4, periods: 4, regimes: None });
    let economy = Economy::new(copula, alpha, Order::Medium).unwrap();
    let threshold = copula.quantile(0.03);
    let given_w = |&(w, root): &(f64, f64)| root * root * bivariate_normal_cdf(threshold * w, threshold * w, 0.2);
    let wanted: f64 = economy.mixing().iter().map(given_w).sum();
    let joint = joint_default(&economy, &curve, law.rho);
    assert!((joint / wanted - 1.0).abs() < 1e-9, "{joint} for {wanted}");
}

#[test]
fn correlations_that_no_path_has_are_refused() {
    let error = |pool: PathPool<'_>, grid: PathGrid| calibrate(&[pool], grid).unwrap_err().to_string();
    let high = error(pool(flat(0.02, 12, 12), 0.96, 0.0), gaussian(12, 12));
    assert!(
        high.starts_with("segments.cards.asset_correlation: found 0.9600 for loans with a one-year PD of 2.0000 %"),
        "{high}"
    );
    assert!(high.contains("more than 0.97") && high.contains("factors.persistence"), "{high}");
    let grid =
        PathGrid { copula: Copula::StudentT { degrees_of_freedom: 4.0 }, per_year: 4, periods: 4, regimes: None };
    let low = error(pool(flat(0.02, 4, 4), 0.15, 0.8), grid);
    assert!(low.contains("t copula's W alone"), "{low}");
    for broken in
        [pool(vec![0.1, 0.05, 0.2, 0.2], 0.1, 0.5), pool(vec![0.1; 3], 0.1, 0.5), pool(vec![0.1; 4], 0.1, 1.0)]
    {
        assert!(matches!(calibrate(&[broken], gaussian(4, 4)), Err(Error::Internal(_))));
    }
}

#[test]
fn equal_pools_have_one_law_in_their_places() {
    let curve = |i: usize| flat(0.01 * (1 + i % 3) as f64, 4, 8);
    let pools: Vec<PathPool<'_>> = (0..11).map(|i| pool(curve(i), 0.15, 0.9)).collect();
    let laws = calibrate(&pools, gaussian(4, 8)).unwrap();
    for (i, law) in laws.iter().enumerate() {
        assert_eq!(*law, one(pool(curve(i), 0.15, 0.9), gaussian(4, 8)));
    }
    assert!(laws[0] != laws[1] && laws[0] == laws[3]);
}

fn factors(correlation: f64) -> Factors {
    Factors::new(vec!["north".into(), "south".into()], vec![1.0, correlation, correlation, 1.0]).unwrap()
}

fn segment(loadings: [f64; 2]) -> SegmentSpec {
    SegmentSpec { name: "homes".into(), correlation: AssetCorrelation::Fixed(0.2), loadings: loadings.to_vec() }
}

#[test]
fn indices_are_stationary_and_correlated_as_their_factors_are() {
    let (specs, persistence) = ([segment([0.6, 0.0]), segment([0.0, -2.0])], [0.8, 0.5]);
    let law = IndexLaw::new(&factors(0.3), &specs, &persistence, 4).unwrap();
    let [a, b] = [law.memory[0], law.memory[1]];
    assert!((a * a * a * a - 0.8).abs() < 1e-15 && (b * b * b * b - 0.5).abs() < 1e-15);
    let (u, v) = law.innovations.split_at(2);
    let dot = |u: &[f64], v: &[f64]| u.iter().zip(v).map(|(u, v)| u * v).sum::<f64>();
    // Variance 1 and covariance ∓0.3, period after period: s = α β s + u·v.
    assert!((a * a + dot(u, u) - 1.0).abs() < 1e-15 && (b * b + dot(v, v) - 1.0).abs() < 1e-15);
    assert!((dot(u, v) / (1.0 - a * b) + 0.3).abs() < 1e-15);
    // Several factors of one persistence make one index of that persistence; a segment on none has none.
    let law = IndexLaw::new(&factors(0.3), &[segment([0.7, 0.2]), segment([0.0, 0.0])], &[0.9, 0.9], 1).unwrap();
    assert_eq!(law.memory, [0.9, 0.0]);
    assert!((0.81 + dot(&law.innovations[..2], &law.innovations[..2]) - 1.0).abs() < 1e-15);
    assert_eq!(law.innovations[2..], [0.0, 0.0]);
    // Without persistence innovations are the first period's own weights.
    let (free, spec) =
        (IndexLaw::new(&factors(0.3), &[segment([0.6, 0.5])], &[0.0, 0.0], 12).unwrap(), segment([0.6, 0.5]));
    let scale = factors(0.3).variance(&spec.loadings).sqrt();
    let weights: Vec<f64> = factors(0.3).independent(&spec.loadings).iter().map(|weight| weight / scale).collect();
    assert!(distance(&free.innovations, &weights) < 1e-15);
}

#[test]
fn persistences_that_cannot_be_are_refused() {
    let refuse = |correlation: f64, loadings: [f64; 2], persistence: &[f64]| {
        IndexLaw::new(&factors(correlation), &[segment(loadings)], persistence, 4).unwrap_err().to_string()
    };
    let mixed = refuse(0.3, [0.6, 0.1], &[0.8, 0.5]);
    assert!(
        mixed.starts_with("segments.homes.loadings: found loadings on 'north' of persistence 0.8 and 'south' of"),
        "{mixed}"
    );
    let indefinite = refuse(0.9, [1.0, 0.0], &[0.99, 0.0]);
    assert!(indefinite.starts_with("factors.persistence: found 0.99 for 'north' and 0 for 'south'"), "{indefinite}");
    assert!(refuse(0.3, [1.0, 0.0], &[0.99991, 0.0]).contains("from 0 to 0.9999"));
    assert!(refuse(0.3, [1.0, 0.0], &[f64::NAN, 0.0]).contains("'north'"));
    assert!(refuse(0.3, [1.0, 0.0], &[0.5]).contains("1 numbers"));
}

#[test]
fn defaults_by_state_add_up_to_each_periods_share() {
    let (economy, curve) = (Economy::new(Copula::Gaussian, 0.9, Order::Medium).unwrap(), flat(0.05, 4, 9));
    let mut density = Density::new(&economy, 0.2);
    let mut before = 0.0;
    for &by_its_end in &curve {
        let theta = density.threshold(by_its_end - before, f64::NAN);
        density.hazards(theta);
        assert!((density.defaults().sum::<f64>() - (by_its_end - before)).abs() < 1e-14);
        // Those who default have seen a worse economy than those who are left.
        let mean = density.defaults().zip(economy.index()).map(|(mass, y)| mass * y).sum::<f64>();
        assert!(mean / (by_its_end - before) < -0.5);
        density.advance();
        before = by_its_end;
        assert!((density.left() - (1.0 - by_its_end)).abs() < 1e-14);
    }
}

#[test]
fn laws_have_the_same_bits_on_every_machine() {
    // FNV-1a of 64 bits, as in the golden hashes of `math`: another value means other losses.
    let student = Copula::StudentT { degrees_of_freedom: 30.0 };
    let numbers = [(Copula::Gaussian, 0.15, 4), (Copula::Gaussian, 0.45, 12), (student, 0.2, 4)].map(
        |(copula, rho, per_year)| {
            let law = one(
                pool(flat_exact(0.02, per_year), rho, per_period(0.8, per_year)),
                PathGrid { copula, per_year, periods: 12, regimes: None },
            );
            law.thetas.iter().chain([&law.rho]).map(|number| number.to_bits()).collect::<Vec<u64>>()
        },
    );
    let bytes = numbers.iter().flatten().flat_map(|bits| bits.to_le_bytes());
    let hash =
        bytes.fold(0xCBF2_9CE4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    assert_eq!(hash, 0xBE2B_2327_EDCF_ADEB, "{hash:#X}");
}

/// Twelve periods at constant hazard, with the functions that results are made with.
fn flat_exact(pd: f64, per_year: usize) -> Vec<f64> {
    (1..=12).map(|t| -libm::expm1(f64::from(t) / per_year as f64 * libm::log1p(-pd))).collect()
}
