//! The table of a small result, as people see it.

use super::render;
use crate::engine::{DeviceInfo, DeviceKind};
use crate::report::{
    PortfolioReport, RESULT_SCHEMA, RunReport, RunResult, Seconds, SegmentReport, ShareAtLevel, YearReport,
};
use crate::risk::{Sample, measure};
use crate::units::{Level, Unit};

fn result() -> RunResult {
    let (losses, defaults): (Vec<u64>, Vec<u32>) = (0..1_000_u64).map(|i| (i * i, (i / 100) as u32)).unzip();
    let levels = [Level::parse("99.5%").unwrap()];
    let sample = Sample {
        losses: &losses,
        defaults: &defaults,
        unit: Unit::CENT,
        levels: &levels,
        expected_loss: 3_000.0,
        obligors: 40,
    };
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
            default_times: None,
            path: None,
            losses_digest: "0123".to_owned(),
        },
        measures: measured.measures,
        years: vec![],
        segments: vec![
            segment("plain", 0.25),
            segment("a\x1b[31m name of more than forty characters, cut short", 0.75),
        ],
        assumed: vec!["nothing".to_owned()],
        notes: measured.notes,
    }
}

#[test]
fn a_partial_run_with_rejected_rows_and_a_hostile_name() {
    insta::assert_snapshot!(render(&result()), @r#"
    Portfolio  40 loans · 39 obligors · exposure 80,000 · 2 segments · 1 pool · unit 0.01
               left out: 2 rows (4.76 % of all), exposure 20,000 (20.00 %); exposure of 1 row unreadable
    Run        1,000 scenarios · seed 7 · a processor · 2 threads · 1.75 s · 4.00e4 loan-scenarios/s
    PARTIAL    1,000 of 2,000 scenarios (range 0..1000); these numbers are not final

                                  value  std. error        95 % interval  of exposure
    Expected loss              3,328.34       94.24  3,143.63 … 3,513.04      4.160 %
      closed form              3,000.00           –                    –      3.750 %
    Loss standard deviation    2,980.12       50.34  2,881.46 … 3,078.77      3.725 %
    Value at risk 99.5 %       9,880.36           –  9,781.21 … 9,980.01     12.350 %
    Expected shortfall 99.5 %  9,940.11       29.49  9,882.32 … 9,997.90     12.425 %
    Economic capital 99.5 %    6,880.36           –  6,781.21 … 6,980.01      8.600 %

    Default rate  mean 11.2500 % (std. error 0.2272 %) · 99.5 % 22.500 %

    Segment                                         loans  exposure  expected loss  EL rate  ES share 99.5 %
    plain                                              20    40,000       1,500.00  3.750 %           25.0 %
    a\u{1b}[31m name of more than forty character…     20    40,000       1,500.00  3.750 %           75.0 %

    Notes
      · expected shortfall at 99.5% rests on 5 tail scenarios, fewer than 100: its standard error and interval are not reliable; play at least 20000 scenarios
    Assumed
      · nothing
    Approximations: pooling none of the 99.9 % loss, rounding 2.0e-7 of expected loss
    Losses digest of the scenarios played 0123
    "#);
}

#[test]
fn several_periods_have_approximations_of_their_own_name() {
    let one = result();
    let year = YearReport { year: 1, value: 3_000.0, standard_error: Some(9.0), closed_form: 3_001.0 };
    let portfolio = PortfolioReport { pooling_error: -0.0312, ..one.portfolio.clone() };
    let several = render(&RunResult { years: vec![year], portfolio, ..one });
    let line = several.lines().find(|line| line.starts_with("Approximations")).unwrap();
    assert_eq!(
        line,
        "Approximations: profiles and pools -3.1e-2 of the loss in the 99.9 % adverse economy of the Gaussian copula, rounding \
         2.0e-7 of expected loss"
    );
}
