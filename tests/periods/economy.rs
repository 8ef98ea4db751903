//! The mean loss given the economy (M41) with paths and severities: what is played differs from it by chance alone.

use super::fixture::{Book, book};
use mc_gpu::engine::{Conditional, Control, Cpu, Job, Keep, Ledger, PathLaw, Plan, Severity, State, WHOLE, play};
use mc_gpu::model::Copula;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

const PERIODS: usize = 6;
const SCENARIOS: u64 = 6_007;

/// Shares of two classes that rise as the state falls, drawn from cells around them; times `level`.
fn severity(state: State, level: f64) -> Severity {
    let share = |i: usize| {
        let (class, row, cell) = (i / 65_536, i / 256 % 256, i % 256);
        let mean = 0.45 - 0.1 * (row as f64 / 16.0 - 8.0) + 0.1 * class as f64;
        (mean.clamp(0.05, 0.9) * level * (0.5 + cell as f64 / 255.0) / 1.5 * f64::from(WHOLE)) as u32
    };
    let table = (0..2 * 65_536).map(share).collect();
    Severity { classes: vec![0, 0, 1, 1, 0, 1], rows: 256, cells: 256, table, state }
}

fn law() -> PathLaw {
    PathLaw {
        thetas: [vec![-2.0; PERIODS], vec![-1.7, -1.6, f64::NEG_INFINITY, -1.6, -1.8, -1.5]].concat(),
        rhos: vec![0.2, 0.35],
        memory: vec![0.85, 0.5],
        innovations: vec![0.526_782_687_642_637, 0.866_025_403_784_438_6],
        regimes: None,
    }
}

fn of(job: &Job<'_>) -> Vec<u64> {
    let ledger = Mutex::new(Ledger::new(0..SCENARIOS, Keep::Totals).with_years(2));
    let control = Control { stop: &AtomicBool::new(false), progress: &|_| {} };
    play(job, &mut Cpu::new(2).unwrap(), &ledger, &control).unwrap();
    ledger.into_inner().unwrap().losses().to_vec()
}

/// Mean of what chance adds, in standard errors.
fn distance(losses: &[u64], plan: &Plan) -> f64 {
    let conditional = Conditional::new(&Job::new(plan, 3)).losses(&(0..SCENARIOS).collect::<Vec<u64>>());
    let rest: Vec<f64> = losses.iter().zip(conditional).map(|(&loss, mean)| loss as f64 - mean).collect();
    let n = rest.len() as f64;
    let mean = rest.iter().sum::<f64>() / n;
    let variance = rest.iter().map(|rest| (rest - mean) * (rest - mean)).sum::<f64>() / n;
    mean / (variance / n).sqrt()
}

fn plan(book: &Book, severity: Option<Severity>) -> Plan {
    let mut book = book.clone();
    book.spec.severity = severity;
    book.plan(|place| 100_003 + 37 * place as u32)
}

#[test]
fn what_is_played_differs_from_it_by_chance_alone() {
    let mut plain = book(vec![(0, 611), (1, 29)], 1, PERIODS);
    plain.spec.cumulative = [0.02, 0.2].into_iter().flat_map(|pd| (1..=PERIODS).map(move |t| pd * t as f64)).collect();
    plain.spec.cumulative.iter_mut().for_each(|share| *share /= PERIODS as f64);
    plain.copula = Copula::StudentT { degrees_of_freedom: 6.0 };
    let along = plain.clone().along(law());
    for book in [plain, along] {
        // 4 standard errors eight times: 5e-4.
        for state in [State::Index, State::Argument] {
            let other = if state == State::Index { State::Argument } else { State::Index };
            let played = plan(&book, Some(severity(state, 1.0)));
            let losses = of(&Job::new(&played, 3));
            let z = distance(&losses, &played);
            assert!(z.abs() < 4.0, "{state:?}: {z}");
            // Siblings that must fail: shares 4 % higher, and the other state.
            for wrong in [severity(state, 1.04), severity(other, 1.0)] {
                let z = distance(&losses, &plan(&book, Some(wrong)));
                assert!(z.abs() > 5.0, "{state:?}: {z}");
            }
        }
        let one_row = |level: f64| {
            let table =
                severity(State::Index, level).table.chunks(65_536).flat_map(|class| class[..256].to_vec()).collect();
            Severity { rows: 1, table, ..severity(State::Index, 1.0) }
        };
        for (right, wrong) in [(None, Some(one_row(1.0))), (Some(one_row(1.0)), Some(one_row(0.96)))] {
            let played = plan(&book, right);
            let losses = of(&Job::new(&played, 3));
            let z = distance(&losses, &played);
            assert!(z.abs() < 4.0, "{z}");
            let z = distance(&losses, &plan(&book, wrong));
            assert!(z.abs() > 5.0, "{z}");
        }
    }
}
