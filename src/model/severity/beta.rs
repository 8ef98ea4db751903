//! A loss given default that is random (M45): beta distributed, as the means of 256 cells that are equally probable, so that a
//! device needs eight bits of a word and a table.
//!
//! a = m v, b = (1 − m) v, v = m (1 − m)/s² − 1. With q_j the quantile at j/256, a cell has the mean
//! 256 (E_{j+1} − E_j), E_j = m I_{q_j}(a + 1, b) = m (j/256 − q_j^a (1 − q_j)^b / (a B(a, b))). The mean of all cells is m; their
//! deviation is a little below s.

use super::economy::Spread;
use crate::math::incomplete_beta::{Beta, Place};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// Cells of a table.
pub const CELLS: usize = 256;

/// The mean of each cell of the beta law of that `mean` and `deviation`, rising; all equal to the mean where it is 0 or 1 or
/// the deviation is 0.
///
/// The deviation must be below √(m (1 − m)). Absolute error 1e-12.
pub fn cell_means(mean: f64, deviation: f64) -> [f64; CELLS] {
    let shapes = mean * (1.0 - mean) / (deviation * deviation) - 1.0;
    if !(shapes > 0.0 && shapes.is_finite() && mean > 0.0 && mean < 1.0) {
        return [mean; CELLS];
    }
    let law = Beta::new(mean * shapes, (1.0 - mean) * shapes);
    let half = law.at(libm::log(0.5)).below;
    let share = |cell: usize| cell as f64 / CELLS as f64;
    // From below E[X; X ≤ q], from above E[1 − X; X > q]: each where it is exact.
    let n_below = ((half * CELLS as f64) as usize).min(CELLS - 1);
    let lower = partial_means(law, mean * shapes, mean, n_below);
    let upper = partial_means(law.mirrored(), (1.0 - mean) * shapes, 1.0 - mean, CELLS - 1 - n_below);
    let up_to = |cell: usize| match lower.get(cell) {
        Some(&partial) => partial,
        None => {
            let missing = upper.get(CELLS - cell).copied().unwrap_or(0.0);
            mean - (1.0 - share(cell)) + missing
        }
    };
    let mut highest: f64 = 0.0;
    std::array::from_fn(|cell| {
        let value = match (lower.get(cell + 1), upper.get(CELLS - cell), upper.get(CELLS - cell - 1)) {
            (Some(next), ..) => (next - up_to(cell)) * CELLS as f64,
            (None, Some(here), Some(next)) => 1.0 - (here - next) * CELLS as f64,
            _ => (up_to(cell + 1) - up_to(cell)) * CELLS as f64,
        };
        // Rounding must not make them fall where they hardly rise.
        highest = value.clamp(highest, 1.0);
        highest
    })
}

/// Steps of the mean of a family.
const MEANS: usize = 1024;

/// The cells of all means under one rule for the deviation: exact at 1,025 means, linear between them, which keeps the mean.
#[derive(Debug)]
pub struct BetaFamily {
    cells: Vec<[f64; CELLS]>,
}

impl BetaFamily {
    /// With deviations by `spread`; by all threads of the rayon pool that it is called in.
    pub fn new(spread: Spread) -> Self {
        let of_mean = |mean: f64| cell_means(mean, spread.at(mean));
        Self { cells: (0..=MEANS).into_par_iter().map(|step| of_mean(step as f64 / MEANS as f64)).collect() }
    }

    /// The cells of a law of that `mean`, 0 to 1.
    pub fn cells(&self, mean: f64) -> [f64; CELLS] {
        let place = mean.clamp(0.0, 1.0) * MEANS as f64;
        let step = (place as usize).min(MEANS - 1);
        let (part, below, above) = (place - step as f64, &self.cells[step], &self.cells[step + 1]);
        std::array::from_fn(|cell| below[cell] + part * (above[cell] - below[cell]))
    }
}

/// E[X; X ≤ q_j] for j = 0 … `n`, q_j the quantile at j/256 of `law`, whose first shape is `a` and whose mean is `mean`.
fn partial_means(law: Beta, a: f64, mean: f64, n: usize) -> Vec<f64> {
    let mut means = Vec::with_capacity(n + 1);
    means.push(0.0);
    let mut last: Option<Place> = None;
    for cell in 1..=n {
        let below = cell as f64 / CELLS as f64;
        let start = match last {
            Some(Place { log, .. }) if log.is_finite() => log,
            _ => law.first_guess(below),
        };
        let place = law.lower_quantile(below, start);
        last = Some(place);
        // What is so near to 0 that no double shows it adds nothing.
        let partial = if place.log.is_finite() { mean * (below - place.front / a).max(0.0) } else { 0.0 };
        means.push(partial);
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::severity::{LgdLaw, MeanLgd};

    fn moments(cells: &[f64]) -> (f64, f64) {
        let mean = cells.iter().sum::<f64>() / cells.len() as f64;
        let variance = cells.iter().map(|cell| (cell - mean) * (cell - mean)).sum::<f64>() / cells.len() as f64;
        (mean, variance.sqrt())
    }

    #[test]
    fn cells_match_an_independent_program() {
        // NumPy: bisection on the incomplete beta function; mean, deviation, cells 0, 128 and 255.
        let values = [
            (0.45, 0.25, 0.2499969, 5.711e-3, 0.438978, 0.983800),
            (0.2, 0.15, 0.1499694, 1.292e-3, 0.167280, 0.754838),
            (0.9, 0.1, 0.0999368, 4.332e-1, 0.932275, 0.999944),
            (0.45, 0.4, 0.3999972, 2.571e-10, 0.375502, 1.000000),
            (0.05, 0.1, 0.0998851, 4.618e-15, 0.005229, 0.677778),
            (0.4, 0.3, 0.2999976, 9.766e-5, 0.355628, 0.997072),
        ];
        for (mean, deviation, got_deviation, first, middle, last) in values {
            let cells = cell_means(mean, deviation);
            let (m, s) = moments(&cells);
            assert!((m - mean).abs() < 1e-12, "{mean} {deviation}: mean {m}");
            assert!((s - got_deviation).abs() < 6e-8, "{mean} {deviation}: deviation {s}");
            assert!((cells[0] - first).abs() < 6e-4 * first + 1e-13, "{mean} {deviation}: {:e}", cells[0]);
            assert!((cells[128] - middle).abs() < 6e-7 && (cells[255] - last).abs() < 6e-7, "{mean} {deviation}");
            assert!(cells.is_sorted(), "{mean} {deviation}");
        }
        // Sibling: another deviation has other cells.
        assert!((cell_means(0.45, 0.251)[128] - 0.438978).abs() > 1e-5);
    }

    #[test]
    fn laws_near_the_ends_keep_their_mean() {
        for (mean, share) in [(1e-6, 0.95), (0.003, 0.999), (0.5, 0.99), (0.999, 0.95), (0.37, 0.004)] {
            let deviation = share * f64::sqrt(mean * (1.0 - mean));
            let cells = cell_means(mean, deviation);
            let (m, s) = moments(&cells);
            assert!((m - mean).abs() < 1e-10, "{mean} {share}: {m}");
            assert!(s <= deviation * (1.0 + 1e-9) && cells.is_sorted(), "{mean} {share}: {s} for {deviation}");
        }
    }

    #[test]
    fn a_family_has_the_cells_of_its_means() {
        let law = |lgd: f64| LgdLaw { mean: MeanLgd::Index { lgd, slope: 0.1, security: None }, deviation: 0.25 };
        let family = BetaFamily::new(law(0.45).spread());
        for mean in [0.0, 0.0007, 0.0513, 0.3333, 0.45, 0.9871, 1.0] {
            let cells = family.cells(mean);
            let (m, s) = moments(&cells);
            assert!((m - mean).abs() < 1e-10, "{mean}: {m}");
            let exact = moments(&cell_means(mean, law(0.45).spread().at(mean))).1;
            assert!((s - exact).abs() < 2e-3 * exact.max(0.05), "{mean}: {s} for {exact}");
        }
        assert!((moments(&family.cells(0.45)).1 - 0.2499969).abs() < 1e-5);
    }

    #[test]
    fn what_is_certain_is_constant() {
        assert_eq!(cell_means(0.4, 0.0), [0.4; CELLS]);
        assert_eq!((cell_means(0.0, 0.1), cell_means(1.0, 0.1)), ([0.0; CELLS], [1.0; CELLS]));
    }
}
