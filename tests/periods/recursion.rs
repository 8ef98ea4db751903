//! The index along its path (M42) and the thresholds of a path (M44), remade from their words and by floating point.

#![allow(clippy::disallowed_methods)]

use super::fixture::book;
use mc_gpu::engine::{Job, KernelChoice, PathLaw, visit};
use mc_gpu::math::normal;
use mc_gpu::model::Copula;
use mc_gpu::rng::{Purpose, counter, key, philox4x32_10, uniform53};

const SEED: u64 = 11;
const GRID: f64 = 16_777_216.0;
const WORDS: f64 = 4_294_967_296.0;

/// z of factor `k` in `period`, from 0.
fn normal_of(scenario: u64, period: u32, k: usize) -> f64 {
    let words = philox4x32_10(counter(Purpose::Factor, scenario, period, k as u32 / 2), key(SEED));
    normal::quantile(if k.is_multiple_of(2) { uniform53(words[0], words[1]) } else { uniform53(words[2], words[3]) })
}

fn law(pools: usize, thetas: Vec<f64>) -> PathLaw {
    PathLaw {
        thetas,
        rhos: vec![0.3; pools],
        memory: vec![0.8, 0.35],
        innovations: vec![0.3, -0.2, 0.5, 0.6, 0.7, 0.1],
        regimes: None,
    }
}

#[test]
fn three_periods_of_the_index_by_hand() {
    let mut book = book(vec![(0, 3), (1, 5)], 1, 3);
    book.loadings = vec![vec![0.6, 0.0, 0.8], vec![0.0, 1.0, 0.0]];
    let plan = book.along(law(2, vec![-1.0; 6])).plan(|_| 1);
    let shift = [-1.25, 0.5, 0.3];
    let moved = [-1.25 * 0.6 + 0.3 * 0.8, 0.5];
    let scenarios: Vec<u64> = (0..67).chain([7 << 32 | 5]).collect();
    let shocks = Job::new(&plan, SEED).shifted(&shift).shocks(&scenarios);
    // By hand from one period to the next, and what it would be with a rounded path, or with the words of the next period.
    let (mut rounded, mut later) = (0, 0);
    for (place, &scenario) in scenarios.iter().enumerate() {
        let z = |period: u32, weights: [f64; 3]| -> f64 {
            (0..3).map(|k| weights[k] * normal_of(scenario, period, k)).fold(0.0, |sum, part| sum + part)
        };
        let weights = |segment: usize| plan.model().segments()[segment].weights();
        for (segment, (memory, innovations)) in
            [(0.8, [0.3, -0.2, 0.5]), (0.35, [0.6, 0.7, 0.1])].into_iter().enumerate()
        {
            let first = [weights(segment)[0], weights(segment)[1], weights(segment)[2]];
            let y1 = z(0, first);
            let y2 = memory * y1 + z(1, innovations);
            let y3 = memory * y2 + z(2, innovations);
            let grid = |y: f64| ((y + moved[segment]) * GRID + 0.5).floor() as i32;
            let wanted = [y1, y2, y3].map(grid);
            let got = [0, 1, 2].map(|period| shocks.index_in(segment as u32, period)[place]);
            // The shift is added up by the model in an order of its own: a step of the grid at most.
            assert!(got.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() <= 1), "{got:?} {wanted:?}");
            let on_grid = |y: f64| (y * GRID + 0.5).floor() / GRID;
            let y2 = on_grid(memory * on_grid(y1) + z(1, innovations));
            rounded += u32::from((got[2] - grid(memory * y2 + z(2, innovations))).abs() > 0);
            later += u32::from((got[1] - grid(memory * y1 + z(2, innovations))).abs() > 1);
        }
    }
    assert!(rounded > 0 && later == 2 * scenarios.len() as u32, "{rounded} {later}");
}

#[test]
fn without_a_shift_the_path_has_the_bits_of_the_recursion() {
    let mut book = book(vec![(0, 3), (1, 5)], 1, 3);
    book.loadings = vec![vec![0.6, 0.0, 0.8], vec![0.0, 1.0, 0.0]];
    let plan = book.along(law(2, vec![-1.0; 6])).plan(|_| 1);
    let scenarios: Vec<u64> = (0..1_003).collect();
    let shocks = Job::new(&plan, SEED).shocks(&scenarios);
    for (place, &scenario) in scenarios.iter().enumerate() {
        let mix = |period: u32, weights: [f64; 3]| {
            let z: [f64; 3] = std::array::from_fn(|k| normal_of(scenario, period, k));
            weights[0] * z[0] + weights[1] * z[1] + weights[2] * z[2]
        };
        let y1 = mix(0, [0.0, 1.0, 0.0]);
        let y2 = 0.35 * y1 + mix(1, [0.6, 0.7, 0.1]);
        let y3 = 0.35 * y2 + mix(2, [0.6, 0.7, 0.1]);
        let wanted = [y1, y2, y3].map(|y| (y * GRID + 0.5).floor() as i32);
        assert_eq!([0, 1, 2].map(|period| shocks.index_in(1, period)[place]), wanted);
    }
}

#[test]
fn thresholds_of_a_path_are_products_of_survival() {
    let never = f64::NEG_INFINITY;
    let thetas = [-1.2, -0.4, never, -2.0, 0.3, -0.9, never];
    for copula in [Copula::Gaussian, Copula::StudentT { degrees_of_freedom: 4.5 }] {
        let mut book = book(vec![(1, 9)], 1, thetas.len());
        (book.copula, book.loadings) = (copula, vec![vec![1.0, 0.0, 0.0], vec![0.0, 1.0, 0.0]]);
        let plan = book.along(law(1, thetas.to_vec())).plan(|_| 1);
        let job = Job::new(&plan, SEED).shifted(&[0.0, -0.7, 0.0]);
        let shocks = job.shocks(&(0..503).collect::<Vec<u64>>());
        let mut thresholds = vec![0; 503 * thetas.len()];
        job.period_thresholds(&plan.blocks()[0], &shocks, &mut thresholds);
        let mut by_the_end = vec![0; 503];
        job.counts(&plan.blocks()[0], &shocks, &mut by_the_end);
        assert!(by_the_end.iter().eq(thresholds.iter().skip(thetas.len() - 1).step_by(thetas.len())));
        let mut farthest = [0.0_f64; 2];
        for (place, row) in thresholds.chunks(thetas.len()).enumerate() {
            let w = f64::from(shocks.mixing()[place]) / GRID;
            let (mut survivors, mut sum) = (1.0, 0.0);
            for (period, (&got, theta)) in row.iter().zip(thetas).enumerate() {
                let y = f64::from(shocks.index_in(1, period)[place]) / GRID;
                let hazard = normal::cdf((theta * w - 0.3_f64.sqrt() * y) / 0.7_f64.sqrt());
                survivors *= 1.0 - hazard;
                sum += hazard;
                let got = f64::from(got) / WORDS;
                farthest[0] = farthest[0].max((got - (1.0 - survivors)).abs());
                farthest[1] = farthest[1].max((got - sum).abs());
            }
            assert!(row[2] == row[1] && row[6] == row[5], "nobody defaults in these");
            assert!(row.is_sorted());
        }
        // Each period adds the error of a table and of an argument on its grid. A sum instead of a product is far off.
        assert!(farthest[0] < 7.0 * 1.5e-7 && farthest[1] > 0.1, "{farthest:?}");
    }
}

#[test]
fn where_nobody_defaults_in_any_period_there_are_no_hits() {
    for kernel in [KernelChoice::Granular, KernelChoice::Named] {
        let mut book = book(vec![(0, 16_000), (1, 50)], 1, 5);
        (book.kernel, book.loadings) = (kernel, vec![vec![1.0, 0.0, 0.0]; 2]);
        let thetas = [vec![f64::NEG_INFINITY; 5], vec![0.5; 5]].concat();
        let plan = book.along(law(2, thetas)).plan(|_| 1);
        let job = Job::new(&plan, SEED);
        let scenarios: Vec<u64> = (0..129).collect();
        let mut hits = vec![7; scenarios.len()];
        job.counts(&plan.blocks()[0], &job.shocks(&scenarios), &mut hits);
        assert!(hits.iter().all(|&hits| hits == 0));
        let mut defaults = [0; 2];
        scenarios.iter().for_each(|&scenario| visit(&job, scenario, |default| defaults[default.segment as usize] += 1));
        assert!(defaults[0] == 0 && defaults[1] > 1_000, "{defaults:?}");
    }
}
