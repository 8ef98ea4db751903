//! Case H played: three scenarios of the economy with weights are three steps of a table of severities.

use crate::engine::{
    Control, DefaultTimes, HorizonSpec, Job, Keep, KernelChoice, Ledger, Plan, Scalar, Severity, State,
};
use crate::engine::{WHOLE, play};
use crate::math::normal;
use crate::model::{AssetCorrelation, Copula, Factors, Model, SegmentSpec};
use crate::portfolio::{Pool, Pooled, Rounding, SegmentTotals};
use crate::units::Unit;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

/// 1,000 obligors of 1.00 that default with 20 % whatever the economy does, and lose `shares` of it in bad, likely and good times.
fn plan(shares: [f64; 3]) -> Plan {
    let factors = Factors::new(vec!["economy".into()], vec![1.0]).unwrap();
    let segment = SegmentSpec { name: "all".into(), correlation: AssetCorrelation::Fixed(0.0), loadings: vec![1.0] };
    let model = Model::new(Copula::Gaussian, &factors, &[segment]).unwrap();
    let n = 1_000_u32;
    let pooled = Pooled {
        segments: vec![SegmentTotals { name: "all".into(), loans: 1_000, exposure: 1_000.0, expected_loss: 92.0 }],
        pools: vec![Pool { segment: 0, pd: 0.2, first: 0, obligors: n, spread: 0.0 }],
        losses: vec![100; n as usize],
        rows: (0..n).collect(),
        unit: Unit::CENT,
        rounding: Rounding::default(),
    };
    let words = shares.map(|share| (share * f64::from(WHOLE)) as u32);
    // Bad below −.53125, good above .84375.
    let table = (0..256).map(|row| words[if row < 120 { 0 } else { usize::from(row > 141) + 1 }]).collect();
    let spec = HorizonSpec {
        periods: 1,
        per_year: 1,
        cumulative: vec![0.2],
        factors: vec![WHOLE],
        slots: vec![1],
        profiles: vec![0; n as usize],
        times: DefaultTimes::Copula,
        severity: Some(Severity { classes: vec![0], rows: 256, cells: 1, table, state: State::Index }),
    };
    Plan::with_horizon(pooled, model, KernelChoice::Auto, spec).unwrap()
}

/// Mean loss and its standard error, currency.
fn played(plan: &Plan) -> (f64, f64) {
    let n = 20_011;
    let ledger = Mutex::new(Ledger::new(0..n, Keep::Totals).with_years(1));
    let control = Control { stop: &AtomicBool::new(false), progress: &|_| {} };
    play(&Job::new(plan, 3), &mut Scalar, &ledger, &control).unwrap();
    let losses: Vec<f64> = ledger.into_inner().unwrap().losses().iter().map(|&loss| loss as f64 / 100.0).collect();
    let mean = losses.iter().sum::<f64>() / n as f64;
    let variance = losses.iter().map(|loss| (loss - mean) * (loss - mean)).sum::<f64>() / n as f64;
    (mean, (variance / n as f64).sqrt())
}

#[test]
fn weighted_scenarios_are_played_by_a_table_of_three_steps() {
    // 30, 70 and 170 weighted 20, 50 and 30 % are 92; steps of rows make it 19.9, 50.3 and 29.8 %.
    let (bad, good) = (normal::cdf(-0.531_25), normal::cdf(-0.843_75));
    let expected = 170.0 * bad + 70.0 * (1.0 - bad - good) + 30.0 * good;
    assert!((expected - 92.0).abs() < 0.25, "{expected}");
    let (mean, error) = played(&plan([0.85, 0.35, 0.15]));
    // Four standard errors: 6e-5.
    assert!((mean - expected).abs() < 4.0 * error, "{mean} ± {error} for {expected}");
    // Siblings: the likeliest scenario alone, and one share a twentieth off.
    assert!((mean - 70.0).abs() > 4.0 * error);
    let (other, error) = played(&plan([0.8925, 0.35, 0.15]));
    assert!((other - expected).abs() > 4.0 * error, "{other} ± {error}");
}
