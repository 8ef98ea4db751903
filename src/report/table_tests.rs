//! The table of a small result, as people see it.

use super::render;
use crate::engine::{DeviceInfo, DeviceKind};
use crate::report::{PortfolioReport, RESULT_SCHEMA, RunReport, RunResult, Seconds, SegmentReport, ShareAtLevel};
use crate::risk::{Sample, measure};
use crate::units::{Level, Unit};

fn result() -> RunResult {
    let (losses, defaults): (Vec<u64>, Vec<u32>) = (0..1_000_u64).map(|i| (i * i, (i / 100) as u32)).unzip();
    let levels = [Level::parse("99.5%").unwrap()];
    let sample =
        Sample { losses: &losses, defaults: &defaults, unit: Unit::CENT, levels: &levels, expected_loss: 3_000.0, obligors: 40 };
    let measured = measure(&sample).unwrap();
    let segment = |name: &str, share| SegmentReport {
        name: name.to_owned(),
        loans: 20,
        exposure: 40_000.0,
        expected_loss: 1_500.0,
        share_of_loss: vec![ShareAtLevel { level: 0.995, value: share, standard_error: None }],
    };
    RunResult {
        schema: RESULT_SCHEMA,
        portfolio: PortfolioReport {
            loans: 40,
            obligors: 39,
            exposure: 80_000.0,
            expected_loss: 3_000.0,
            pools: 1,
            pooling_error: 0.0,
            unit: Unit::CENT,
            rounding_error: 2e-7,
            rejected_rows: 2,
            rejected_exposure: 20_000.0,
            rejected_unreadable: 1,
            rejected_file: None,
        },
        run: RunReport {
            scenarios: 2_000,
            scenarios_played: 1_000,
            scenario_range: [0, 1_000],
            complete: false,
            seed: 7,
            stream_version: 1,
            device: DeviceInfo { kind: DeviceKind::Cpu, name: "a processor".to_owned(), threads: 2 },
            threads: 2,
            seconds: Seconds { read: 0.5, play: 1.0, measure: 0.25 },
            loan_scenarios_per_second: Some(4e4),
            losses_digest: "0123".to_owned(),
        },
        measures: measured.measures,
        segments: vec![segment("plain", 0.25), segment("a\x1b[31m name of more than forty characters, cut short", 0.75)],
        assumed: vec!["nothing".to_owned()],
        notes: measured.notes,
    }
}

#[test]
fn a_partial_run_with_rejected_rows_and_a_hostile_name() {
    insta::assert_snapshot!(render(&result()), @"");
}
