//! Regimes and climates: term structures, joint defaults and mixtures against a grid that shares nothing with the recursion.

use super::*;
use crate::math::bivariate::bivariate_normal_cdf;
use crate::math::normal;
use crate::model::severity::{DefaultLaw, by_argument, by_index};

fn flat(pd: f64, per_year: usize, periods: usize) -> Vec<f64> {
    (1..=periods).map(|t| 1.0 - libm::pow(1.0 - pd, t as f64 / per_year as f64)).collect()
}

fn pool<'a>(curve: &[f64], rho: f64, memory: f64) -> PathPool<'a> {
    PathPool { segment: "cards", curve: curve.to_vec(), last: 1.0, rho, memory, anchor: None }
}

fn grid(per_year: usize, periods: usize, regimes: Option<Regimes>) -> PathGrid {
    PathGrid { copula: Copula::Gaussian, per_year, periods, regimes }
}

fn one(pool: PathPool<'_>, grid: PathGrid) -> PathPoolLaw {
    calibrate(&[pool], grid).unwrap().remove(0)
}

fn turbulent() -> Regimes {
    Regimes::new([0.05, 0.25], [0.1, -0.4], [0.8, 1.9]).unwrap()
}

fn climate(macro_part: &[f64], scale: f64) -> Climate {
    Climate { macro_part: macro_part.to_vec(), scale }
}

/// A uniform grid of the AR(1) process and its kernel, in each regime.
struct Grid {
    y: Vec<f64>,
    width: f64,
    kernel: Vec<f64>,
    leave: [f64; 2],
    share: [f64; 2],
    mean: [f64; 2],
    volatility: [f64; 2],
}

impl Grid {
    fn new(alpha: f64, regimes: Option<Regimes>, points: usize) -> Self {
        let limit = 8.5;
        let width = 2.0 * limit / (points - 1) as f64;
        let y: Vec<f64> = (0..points).map(|i| -limit + width * i as f64).collect();
        let spread = (1.0 - alpha * alpha).sqrt();
        let step = |to: &f64, from: &f64| normal::pdf((to - alpha * from) / spread) / spread * width;
        let kernel = y.iter().flat_map(|to| y.iter().map(move |from| step(to, from))).collect();
        let (leave, mean, volatility) = regimes
            .map_or(([0.0; 2], [0.0; 2], [1.0; 2]), |regimes| (regimes.leave(), regimes.mean(), regimes.volatility()));
        let share = match regimes {
            None => [1.0, 0.0],
            Some(_) => [leave[1] / (leave[0] + leave[1]), leave[0] / (leave[0] + leave[1])],
        };
        Self { y, width, kernel, leave, share, mean, volatility }
    }

    fn start(&self) -> [Vec<f64>; 2] {
        self.share.map(|share| self.y.iter().map(|&y| share * normal::pdf(y)).collect())
    }

    /// The period's defaults, and densities multiplied with `kept` of the hazard and carried on.
    fn step(&self, density: &mut [Vec<f64>; 2], hazard: &dyn Fn(f64) -> f64, kept: fn(f64) -> f64) -> f64 {
        let mut defaulted = 0.0;
        for state in 0..2 {
            for (own, y) in density[state].iter_mut().zip(&self.y) {
                let hazard = hazard(self.mean[state] + self.volatility[state] * y);
                defaulted += *own * hazard * self.width;
                *own *= kept(hazard);
            }
        }
        let moved = [0, 1].map(|state| {
            let rows = self.kernel.chunks_exact(self.y.len());
            rows.map(|row| row.iter().zip(&density[state]).map(|(k, own)| k * own).sum::<f64>()).collect::<Vec<f64>>()
        });
        let [p, q] = self.leave;
        for i in 0..self.y.len() {
            let [calm, turbulent] = [moved[0][i], moved[1][i]];
            density[0][i] = (1.0 - p) * calm + q * turbulent;
            density[1][i] = p * calm + (1.0 - q) * turbulent;
        }
        defaulted
    }
}

/// F along a path with these thresholds.
fn by_kernel(law: &PathPoolLaw, grid: &Grid, climate: &Climate) -> Vec<f64> {
    let (mut density, mut cumulative) = (grid.start(), 0.0);
    let by_end = |(period, &theta): (usize, &f64)| {
        let hazard = |residual: f64| {
            let y = climate.at(period) + climate.scale * residual;
            normal::cdf((theta - law.rho.sqrt() * y) / (1.0 - law.rho).sqrt())
        };
        cumulative += grid.step(&mut density, &hazard, |hazard| 1.0 - hazard);
        cumulative
    };
    law.thetas.iter().enumerate().map(by_end).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn term_structures_are_kept_in_regimes() {
    let lasting = Regimes::new([0.02, 0.08], [0.0, 0.0], [0.7, 2.5]).unwrap();
    let cases = [
        (flat(0.02, 4, 24), 4, 0.15, 0.8, turbulent(), 1e-11),
        (flat(0.0003, 4, 24), 4, 0.24, 0.6, lasting, 1e-11),
        (flat(0.1, 12, 24), 12, 0.1, 0.9, turbulent(), 1e-10),
        (flat(0.04, 1, 8), 1, 0.2, 0.5, lasting, 1e-9),
    ];
    for (curve, per_year, rho, persistence, regimes, limit) in cases {
        let (alpha, periods) = (per_period(persistence, per_year), curve.len());
        let law = one(pool(&curve, rho, alpha), grid(per_year, periods, Some(regimes)));
        let states = Grid::new(alpha, Some(regimes), 801);
        let off = distance(&by_kernel(&law, &states, &Climate::none()), &curve);
        assert!(off < limit, "{rho} {persistence}: {off:e}");
        // Sibling: thresholds that know of no regimes.
        let without = one(pool(&curve, rho, alpha), grid(per_year, periods, None));
        let off = distance(&by_kernel(&without, &states, &Climate::none()), &curve);
        assert!(off > 0.003 * curve[periods - 1], "{rho} {persistence}: {off:e}");
    }
}

#[test]
fn two_obligors_default_together_in_regimes_as_in_one_period() {
    for (pd, rho, per_year) in [(0.02, 0.15, 4), (0.02, 0.15, 1), (0.004, 0.3, 4)] {
        let (alpha, curve) = (per_period(0.7, per_year), flat(pd, per_year, per_year));
        let law = one(pool(&curve, rho, alpha), grid(per_year, per_year, Some(turbulent())));
        let quantile = normal::quantile(pd);
        let wanted = bivariate_normal_cdf(quantile, quantile, rho);
        // P(both) = 1 − 2 S + E[Π (1 − h)²].
        let states = Grid::new(alpha, Some(turbulent()), 801);
        let mut density = states.start();
        for &theta in &law.thetas {
            let hazard = |y: f64| normal::cdf((theta - law.rho.sqrt() * y) / (1.0 - law.rho).sqrt());
            states.step(&mut density, &hazard, |hazard| (1.0 - hazard) * (1.0 - hazard));
        }
        let alive = density.iter().flatten().sum::<f64>() * states.width;
        let joint = 1.0 - 2.0 * (1.0 - pd) + alive;
        assert!((joint - wanted).abs() < 1e-11, "{pd} {rho}: {joint} for {wanted}");
        // Sibling: the correlation that is right without regimes.
        let economy = Economy::new(Copula::Gaussian, alpha, Order::Fine).unwrap().in_regimes(Some(turbulent()));
        let without = one(pool(&curve, rho, alpha), grid(per_year, per_year, None)).rho;
        let off = joint_default(&economy, &curve, without) / wanted - 1.0;
        assert!(off.abs() > 0.01, "{pd} {rho}: {off}");
    }
}

#[test]
fn regimes_of_one_kind_change_nothing() {
    let (alpha, curve) = (per_period(0.8, 4), flat(0.02, 4, 12));
    let plain = one(pool(&curve, 0.15, alpha), grid(4, 12, None));
    let same = Regimes::new([0.05, 0.25], [0.3, 0.3], [1.7, 1.7]).unwrap();
    let law = one(pool(&curve, 0.15, alpha), grid(4, 12, Some(same)));
    assert!((law.rho - plain.rho).abs() < 1e-10 && distance(&law.thetas, &plain.thetas) < 1e-8);
}

#[test]
fn without_a_climate_the_curve_comes_back() {
    let student = Copula::StudentT { degrees_of_freedom: 30.0 };
    for (copula, regimes) in [(Copula::Gaussian, None), (Copula::Gaussian, Some(turbulent())), (student, None)] {
        let (alpha, curve) = (per_period(0.8, 4), flat(0.03, 4, 20));
        let law = one(pool(&curve, 0.19, alpha), PathGrid { copula, ..grid(4, 20, regimes) });
        let economies = Economies::new(copula, [alpha].into_iter()).in_regimes(regimes);
        let back = conditional(&law, alpha, &economies, &Climate::none()).unwrap();
        assert!(distance(&back, &curve) < 1e-12, "{copula:?}: {:e}", distance(&back, &curve));
        // Bad times make more default, good ones fewer, in every period; worse times still more.
        let f = |m: f64| conditional(&law, alpha, &economies, &climate(&[m, 0.5 * m], 1.0)).unwrap();
        let all = [f(1.0), back, f(-1.0), f(-1.5)];
        for (better, worse) in all.iter().zip(&all[1..]) {
            assert!(better.iter().zip(worse).all(|(better, worse)| better < worse) && worse.is_sorted());
        }
        // Less that is random at the same m: fewer default.
        let steady = conditional(&law, alpha, &economies, &climate(&[], 0.6)).unwrap();
        assert!(steady.iter().zip(&curve).all(|(steady, own)| steady < own));
        assert!(conditional(&law, 0.123, &economies, &Climate::none()).is_err());
    }
}

#[test]
fn conditional_curves_are_those_of_the_grid() {
    let path: Vec<f64> = (0..9).map(|t| -2.5 + 0.3 * t as f64).collect();
    for regimes in [None, Some(turbulent())] {
        let (alpha, curve) = (per_period(0.6, 4), flat(0.02, 4, 16));
        let law = one(pool(&curve, 0.15, alpha), grid(4, 16, regimes));
        let economies = Economies::new(Copula::Gaussian, [alpha].into_iter()).in_regimes(regimes);
        for (part, scale) in [(&path[..], 0.62), (&path[..], 1.0), (&[1.5], 0.3)] {
            let own = climate(part, scale);
            let wanted = by_kernel(&law, &Grid::new(alpha, regimes, 801), &own);
            let got = conditional(&law, alpha, &economies, &own).unwrap();
            assert!(distance(&got, &wanted) < 1e-11, "{scale}: {:e}", distance(&got, &wanted));
            // Siblings: without its scale, and a period late.
            let unscaled = conditional(&law, alpha, &economies, &climate(part, 0.9 * scale)).unwrap();
            let late: Vec<f64> = std::iter::once(0.0).chain(part.iter().copied()).collect();
            let late = conditional(&law, alpha, &economies, &climate(&late, scale)).unwrap();
            assert!(distance(&unscaled, &wanted) > 1e-4 && distance(&late, &wanted) > 1e-4);
        }
    }
}

fn anchor() -> Anchor {
    let severe: Vec<f64> = (0..6).map(|t| -0.5 * t as f64).collect();
    let climates = vec![climate(&[0.1], 0.7), climate(&severe, 0.7), climate(&[1.2, 0.4], 0.7)];
    Anchor { weights: vec![0.5, 0.3, 0.2], climates }
}

#[test]
fn point_in_time_curves_are_the_mean_of_all_scenarios() {
    for regimes in [None, Some(turbulent())] {
        let (alpha, curve, anchor) = (per_period(0.8, 4), flat(0.02, 4, 20), anchor());
        let through_the_cycle = one(pool(&curve, 0.15, alpha), grid(4, 20, regimes));
        let law = one(PathPool { anchor: Some(&anchor), ..pool(&curve, 0.15, alpha) }, grid(4, 20, regimes));
        assert_eq!(law.rho, through_the_cycle.rho);
        let economies = Economies::new(Copula::Gaussian, [alpha].into_iter()).in_regimes(regimes);
        let mean = |law: &PathPoolLaw, by: &dyn Fn(&PathPoolLaw, &Climate) -> Vec<f64>| {
            let mut mean = vec![0.0; curve.len()];
            for (weight, own) in anchor.weights.iter().zip(&anchor.climates) {
                mean.iter_mut().zip(by(law, own)).for_each(|(sum, own)| *sum += weight * own);
            }
            mean
        };
        let recursion = |law: &PathPoolLaw, own: &Climate| conditional(law, alpha, &economies, own).unwrap();
        assert!(distance(&mean(&law, &recursion), &curve) < 1e-12);
        let states = Grid::new(alpha, regimes, 601);
        let kernel = |law: &PathPoolLaw, own: &Climate| by_kernel(law, &states, own);
        assert!(distance(&mean(&law, &kernel), &curve) < 1e-10);
        // Each differs: the severe one from its second year on by far.
        let [base, severe, good] = [0, 1, 2].map(|nth| recursion(&law, &anchor.climates[nth]));
        assert!((7..20).all(|t| severe[t] > base[t] && base[t] > good[t]) && severe[19] > 2.0 * base[19]);
        // Sibling: through the cycle, the mean is another.
        assert!(distance(&mean(&through_the_cycle, &recursion), &curve) > 0.01);
        // Weights may be given in per cent; a scenario of weight 0 plays no part.
        let mut other = anchor.clone();
        other.weights = vec![50.0, 30.0, 20.0, 0.0];
        other.climates.push(climate(&[-9.0], 0.1));
        let again = one(PathPool { anchor: Some(&other), ..pool(&curve, 0.15, alpha) }, grid(4, 20, regimes));
        assert!(distance(&again.thetas, &law.thetas) < 1e-9);
    }
}

#[test]
fn figures_are_those_of_an_independent_program() {
    let (alpha, curve) = (per_period(0.8, 4), flat(0.02, 4, 12));
    let severe: Vec<f64> = (0..=12).map(|t| -2.0 * (1.0 - t as f64 / 12.0)).collect();
    let scale = 0.4_f64.sqrt();
    let climates = vec![climate(&[], scale), climate(&severe, scale), climate(&[0.5], scale)];
    let anchor = Anchor { weights: vec![0.5, 0.3, 0.2], climates };
    let economies = Economies::new(Copula::Gaussian, [alpha].into_iter());
    let (cycle, point) = (None, Some(&anchor));
    for (anchor_of, wanted) in [
        (cycle, [[0.015379, 0.046068], [0.078253, 0.139914], [0.009052, 0.027372]]),
        (point, [[0.008712, 0.040878], [0.048832, 0.111779], [0.004972, 0.024176]]),
    ] {
        let law = one(PathPool { anchor: anchor_of, ..pool(&curve, 0.15, alpha) }, grid(4, 12, None));
        for (own, wanted) in anchor.climates.iter().zip(wanted) {
            let by_end = conditional(&law, alpha, &economies, own).unwrap();
            assert!(distance(&[by_end[3], by_end[11]], &wanted) < 6e-7, "{by_end:?} {wanted:?}");
        }
    }
    let law = one(pool(&curve, 0.15, alpha), grid(4, 12, Some(turbulent())));
    assert!((law.rho - 0.067_454_5).abs() < 2e-7, "{}", law.rho);
    assert!(distance(&law.thetas[..2], &[-2.586_668_700, -2.584_232_605]) < 1e-6, "{:?}", law.thetas);
}

#[test]
fn scenarios_that_say_nothing_leave_every_bit() {
    let nothing = Anchor { weights: vec![0.6, 0.4], climates: vec![Climate::none(), climate(&[0.0, -0.0], 1.0)] };
    for regimes in [None, Some(turbulent())] {
        let (alpha, curve) = (per_period(0.8, 4), flat(0.02, 4, 20));
        let plain = one(pool(&curve, 0.15, alpha), grid(4, 20, regimes));
        let law = one(PathPool { anchor: Some(&nothing), ..pool(&curve, 0.15, alpha) }, grid(4, 20, regimes));
        assert_eq!(law, plain);
        let economies = Economies::new(Copula::Gaussian, [alpha].into_iter()).in_regimes(regimes);
        let (new, under) = (
            PathDefaults::new(&plain, alpha, &economies).unwrap(),
            PathDefaults::under(&plain, alpha, &economies, &nothing.climates[1]).unwrap(),
        );
        assert_eq!(by_index(&new, 7), by_index(&under, 7));
    }
}

#[test]
fn equal_curves_with_other_anchors_are_other_pools() {
    let (anchor, mut other) = (anchor(), anchor());
    other.climates[2].macro_part[1] = 0.5;
    let curve = flat(0.02, 4, 8);
    let of = |anchor| PathPool { anchor, ..pool(&curve, 0.15, 0.9) };
    let laws =
        calibrate(&[of(None), of(Some(&anchor)), of(Some(&other)), of(Some(&anchor))], grid(4, 8, None)).unwrap();
    assert!(laws[0] != laws[1] && laws[1] != laws[2] && laws[1] == laws[3]);
    let broken = Anchor { weights: vec![1.0], ..anchor.clone() };
    assert!(matches!(calibrate(&[of(Some(&broken))], grid(4, 8, None)), Err(Error::Internal(_))));
}

#[test]
fn defaults_by_state_under_a_climate_add_up_to_its_curve() {
    let path = [-1.0, -2.5, -3.0, -1.0, 0.5];
    for (regimes, scale, limit) in [(None, 0.7, 1e-10), (Some(turbulent()), 0.7, 1e-9), (Some(turbulent()), 1.0, 1e-9)]
    {
        let (alpha, curve, own) = (per_period(0.8, 4), flat(0.03, 4, 5), climate(&path, scale));
        let law = one(pool(&curve, 0.15, alpha), grid(4, 5, regimes));
        let economies = Economies::new(Copula::Gaussian, [alpha].into_iter()).in_regimes(regimes);
        let defaults = PathDefaults::under(&law, alpha, &economies, &own).unwrap();
        let by_end = conditional(&law, alpha, &economies, &own).unwrap();
        let mut before = 0.0;
        for (period, by_end) in by_end.into_iter().enumerate() {
            for masses in [by_index(&defaults, period), by_argument(&defaults, period)] {
                let sum: f64 = masses.iter().sum();
                assert!((sum - (by_end - before)).abs() < limit, "{scale} {period}: {:e}", sum - (by_end - before));
            }
            // Y of defaults is around m, below it.
            let mean = |power: f64| {
                let at = |i: i32| -20.0 + 0.01 * f64::from(i);
                (0..4_001).map(|i| 0.01 * libm::pow(at(i), power) * defaults.density(period, 0, at(i))).sum::<f64>()
            };
            assert!((mean(0.0) - (by_end - before)).abs() < limit);
            let middle = mean(1.0) / mean(0.0);
            assert!(middle < path[period] - 0.3 * scale && middle > path[period] - 3.0, "{period}: {middle}");
            before = by_end;
        }
    }
}
