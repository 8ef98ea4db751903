//! When two named obligors default, together: by replay along paths of the index, against a quadrature over the index.

#![allow(clippy::disallowed_methods)]

use super::fixture::{Book, book};
use mc_gpu::engine::{Job, KernelChoice, PathLaw, visit};
use mc_gpu::math::normal;

const PERIODS: usize = 3;
const THETAS: [f64; PERIODS] = [-0.9, -0.6, -1.1];
const SCENARIOS: u64 = 200_003;

/// Correlation and memory.
#[derive(Clone, Copy)]
struct Law {
    rho: f64,
    memory: f64,
}

const LAW: Law = Law { rho: 0.5, memory: 0.7 };

fn two(kernel: KernelChoice) -> Book {
    let law = PathLaw {
        thetas: THETAS.to_vec(),
        rhos: vec![LAW.rho],
        memory: vec![LAW.memory],
        innovations: vec![(1.0 - LAW.memory * LAW.memory).sqrt()],
        regimes: None,
    };
    Book { kernel, ..book(vec![(0, 2)], 1, PERIODS).along(law) }
}

/// P(the first survives `s` periods, the second `t`): the density of the index of survivors, carried on by trapezoids.
fn survival(law: Law, s: usize, t: usize) -> f64 {
    let (step, half) = (0.05, 160);
    let y = |i: usize| (i as f64 - f64::from(half)) * step;
    let n = 2 * half as usize + 1;
    let mut density: Vec<f64> = (0..n).map(|i| normal::pdf(y(i))).collect();
    for (period, theta) in THETAS.into_iter().enumerate().take(s.max(t)) {
        if period > 0 {
            let spread = (1.0 - law.memory * law.memory).sqrt();
            let to = |j: usize| -> f64 {
                let kernel = |(i, density): (usize, &f64)| {
                    density * normal::pdf((y(j) - law.memory * y(i)) / spread) / spread * step
                };
                density.iter().enumerate().map(kernel).sum()
            };
            density = (0..n).map(to).collect();
        }
        for (i, density) in density.iter_mut().enumerate() {
            let survives = 1.0 - normal::cdf((theta - law.rho.sqrt() * y(i)) / (1.0 - law.rho).sqrt());
            *density *= [s, t].into_iter().filter(|&periods| period < periods).map(|_| survives).product::<f64>();
        }
    }
    density.iter().sum::<f64>() * step
}

/// P(the first defaults in period a, the second in b), from 0; the last of both: not at all.
fn exact(law: Law) -> Vec<f64> {
    let survive: Vec<Vec<f64>> = (0..=PERIODS).map(|s| (0..=PERIODS).map(|t| survival(law, s, t)).collect()).collect();
    let at = |a: usize, b: usize| survive.get(a).and_then(|row| row.get(b)).copied().unwrap_or(0.0);
    let cell = |a: usize, b: usize| at(a, b) - at(a + 1, b) - at(a, b + 1) + at(a + 1, b + 1);
    (0..=PERIODS).flat_map(|a| (0..=PERIODS).map(move |b| cell(a, b))).collect()
}

fn farthest(counts: &[u64], exact: &[f64]) -> f64 {
    let n = SCENARIOS as f64;
    let z = |(&count, &p): (&u64, &f64)| (count as f64 - n * p) / (n * p * (1.0 - p)).sqrt();
    counts.iter().zip(exact).map(z).fold(0.0, |most, z| z.abs().max(most))
}

#[test]
fn two_obligors_default_together_as_the_quadrature_says() {
    let right = exact(LAW);
    assert!((right.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    for kernel in [KernelChoice::Named, KernelChoice::Granular] {
        let plan = two(kernel).plan(|_| 1);
        let job = Job::new(&plan, 20_261);
        let mut counts = vec![0_u64; (PERIODS + 1) * (PERIODS + 1)];
        for scenario in 0..SCENARIOS {
            let mut periods = [PERIODS; 2];
            visit(&job, scenario, |default| periods[default.obligor] = default.period);
            counts[periods[0] * (PERIODS + 1) + periods[1]] += 1;
        }
        // 4 standard errors in 16 cells: 1e-3 for each kernel.
        let z = farthest(&counts, &right);
        assert!(z < 4.0, "{kernel:?}: {z}");
        // Siblings that must fail: an index that forgets sooner, a little less correlation, one index for all periods.
        for law in [Law { memory: 0.62, ..LAW }, Law { rho: 0.46, ..LAW }, Law { memory: 0.9999, ..LAW }] {
            let z = farthest(&counts, &exact(law));
            assert!(z > 5.0, "{kernel:?}, {} {}: {z}", law.rho, law.memory);
        }
    }
}
