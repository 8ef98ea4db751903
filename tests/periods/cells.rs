//! Random severity (M45): every cell as often as any other, in every period; the mean of a distribution is that of its cells.

use super::fixture::book;
use mc_gpu::engine::{Job, KernelChoice, SEVERITY_CELLS, Severity, State, WHOLE, visit};

const SCENARIOS: u64 = 307;

/// Beta(2, 1) in cells of equal probability: F(x) = x², and the mean of a cell is 256 × 2/3 × the difference of x³ at its ends.
fn beta() -> Vec<u32> {
    let cube = |cell: usize| {
        let square = cell as f64 / SEVERITY_CELLS as f64;
        square * square.sqrt()
    };
    let mean = |cell: usize| SEVERITY_CELLS as f64 * 2.0 / 3.0 * (cube(cell + 1) - cube(cell));
    (0..SEVERITY_CELLS).map(|cell| (mean(cell) * f64::from(WHOLE) + 0.5) as u32).collect()
}

/// What each default loses of 2^24, with its period.
fn shares(kernel: KernelChoice, table: Vec<u32>) -> Vec<(usize, f64)> {
    let mut book = book(vec![(0, 733)], 1, 3);
    let severity = Severity { classes: vec![0; 3], rows: 1, cells: SEVERITY_CELLS, table, state: State::Index };
    (book.spec.severity, book.kernel) = (Some(severity), kernel);
    let plan = book.plan(|_| 1 << 24);
    let job = Job::new(&plan, 99);
    let mut shares = vec![];
    for scenario in 0..SCENARIOS {
        visit(&job, scenario, |default| shares.push((default.period, default.loss as f64 / f64::from(1 << 24))));
    }
    shares
}

fn statistic(shares: &[(usize, f64)]) -> f64 {
    let mut cells = [0_u32; SEVERITY_CELLS];
    shares.iter().for_each(|(_, share)| cells[(share * 256.0) as usize] += 1);
    let expected = shares.len() as f64 / SEVERITY_CELLS as f64;
    cells.iter().map(|&count| (f64::from(count) - expected) * (f64::from(count) - expected) / expected).sum()
}

#[test]
fn cells_are_equally_likely() {
    for kernel in [KernelChoice::Granular, KernelChoice::Named] {
        let mut shares = shares(kernel, (0..256).map(|cell| cell << 23).collect());
        assert!(shares.len() > 100_000);
        // Chi-square, 255 degrees of freedom: 331 is exceeded with probability 1e-3 (fixed seed).
        assert!(statistic(&shares) < 331.0, "{kernel:?}: {}", statistic(&shares));
        // The sibling: one default in a hundred falls into the cell above.
        shares.iter_mut().step_by(97).for_each(|(_, share)| *share = 0.5);
        assert!(statistic(&shares) > 331.0);
    }
}

#[test]
fn the_mean_of_a_distribution_is_that_of_its_cells() {
    let severity = Severity { classes: vec![], rows: 1, cells: SEVERITY_CELLS, table: beta(), state: State::Index };
    assert!((severity.means()[0] - 2.0 / 3.0).abs() < 1e-9);
    for kernel in [KernelChoice::Granular, KernelChoice::Named] {
        let shares = shares(kernel, beta());
        for period in 0..3 {
            let of_period: Vec<f64> = shares.iter().filter(|share| share.0 == period).map(|share| share.1).collect();
            let n = of_period.len() as f64;
            let mean = of_period.iter().sum::<f64>() / n;
            // Variance 1/18; 4 standard errors six times: 4e-4. The sibling is off by 2 %.
            let z = |exact: f64| (mean - exact) / (1.0 / 18.0 / n).sqrt();
            assert!(z(2.0 / 3.0).abs() < 4.0, "{kernel:?}, period {period}: {mean}");
            assert!(z(0.68).abs() > 4.0, "{kernel:?}, period {period}: {mean}");
        }
    }
}

#[test]
fn all_losses_of_an_obligor_share_its_cell() {
    for kernel in [KernelChoice::Granular, KernelChoice::Named] {
        let mut book = book(vec![(0, 177)], 2, 2);
        let table = (0..256).map(|cell| cell << 23).collect();
        let severity = Severity { classes: vec![0; 2], rows: 1, cells: SEVERITY_CELLS, table, state: State::Index };
        (book.spec.severity, book.kernel) = (Some(severity), kernel);
        // The second loss of each obligor is 256 times the first.
        let plan = book.plan(|place| if place < 177 { 256 } else { 65_536 });
        let job = Job::new(&plan, 5);
        let mut seen = std::collections::BTreeSet::new();
        for scenario in 0..40 {
            visit(&job, scenario, |default| {
                assert_eq!(default.loss % 257, 0, "{}", default.loss);
                seen.insert(default.loss / 257);
            });
        }
        assert!(seen.len() == 256 && seen.last() == Some(&255), "{}", seen.len());
    }
}
