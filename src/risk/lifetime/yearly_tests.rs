//! What each year of a plan whose LGDs move is expected to lose, from all of its integers, must be what the closed form says.

use super::severity_tests::{laid_out, laid_out_along, moving, one_year, sloping};
use super::tests;
use crate::engine::{Plan, State, state_row};
use crate::math::normal;
use crate::model::Copula;
use crate::model::exposure::ExposureSettings;
use crate::model::path::{IndexLaw, per_period};
use crate::model::severity::{Economy, ExpectedLoss, SeveritySettings};
use crate::portfolio::Tape;
use crate::risk::ecl::{EclSetup, SeveritySetup};

/// What loans that are not in default lose by year, currency, from all of a plan's integers, weighed with what a default loses on
/// average under the Gaussian copula with correlation `rho`.
fn expected_by_year(plan: &Plan, rho: f64) -> Vec<f64> {
    let horizon = plan.horizon().unwrap();
    let severity = horizon.severity().unwrap();
    assert_eq!(severity.cells, 1);
    let means = severity.means();
    let mut sums = vec![0.0; horizon.years()];
    let mut known = std::collections::HashMap::new();
    for block in plan.random_blocks() {
        let cumulative = horizon.cumulative_of(block.pool);
        for place in block.places() {
            let profile = usize::from(horizon.profiles()[place]);
            for period in 0..horizon.end_of(profile as u16) {
                let class = usize::from(severity.classes[profile * horizon.periods() + period]);
                let lost = known.entry((block.pool, period, class)).or_insert_with(|| {
                    let of = |level: f64, y: f64| {
                        (normal::quantile(level.clamp(1e-15, 1.0)) - rho.sqrt() * y) / (1.0 - rho).sqrt()
                    };
                    let before = if period == 0 { 0.0 } else { cumulative[period - 1] };
                    // 2,560 values of Y, ten in each row.
                    let of_value = |i: i32| {
                        let y = (f64::from(i) + 0.5) / 160.0;
                        let x = of(cumulative[period], y);
                        let p = normal::cdf(x) - if period == 0 { 0.0 } else { normal::cdf(of(before, y)) };
                        let state = if severity.state == State::Index { y } else { x };
                        let row = usize::from(state_row((state * f64::from(1 << 24)) as i32));
                        normal::pdf(y) / 160.0 * p * means[class * 256 + row]
                    };
                    (-1_280..1_280).map(of_value).sum::<f64>()
                });
                let loss = horizon.loss(plan.losses()[place], profile as u16, period).unwrap();
                sums[period * horizon.years() / horizon.periods()] += *lost * plan.unit().currency(f64::from(loss));
            }
        }
    }
    sums
}

#[test]
fn every_loan_keeps_its_own_expected_loss() {
    // Loans one by one.
    let tape = tests::tape();
    for economy in [Economy::Linear, Economy::FryeJacobs] {
        let setup = moving((economy, ExpectedLoss::Preserved), Copula::Gaussian);
        let found = laid_out(&tape, &setup);
        let plan = &found.plan;
        let sum: f64 = expected_by_year(plan, 0.12).iter().sum();
        let certain: u64 = plan.certain().iter().map(|certain| certain.loss).sum();
        let closed = found.totals.total().ecl - plan.unit().currency(certain as f64);
        assert!((sum / closed - 1.0).abs() < 3e-5, "{economy:?}: {sum} for {closed}");
    }
}

/// Bullets of thirty years under five PDs, of which the last ends with hardly a survivor; some with collateral.
fn long() -> Tape {
    let mut tape = Tape { segments: vec!["all".into()], ..Tape::default() };
    for i in 0..35_u32 {
        tape.segment.push(0);
        tape.pd.push([0.005, 0.02, 0.05, 0.09, 0.17][i as usize % 5]);
        tape.ead.push(f64::from(1_000_003 + 7_919 * i));
        tape.lgd.push([0.45, 0.3, 0.75][i as usize % 3]);
        tape.details.remaining_months.push(360);
        tape.details.collateral.push(if i % 4 == 3 { 300_007.0 } else { 0.0 });
    }
    tape
}

#[test]
fn every_year_keeps_its_own_expected_loss() {
    let tape = long();
    for (settings, economy) in [
        (sloping(), Economy::Linear),
        (ExposureSettings { lgd_slope: 0.25, ..sloping() }, Economy::Linear),
        (ExposureSettings::default(), Economy::FryeJacobs),
    ] {
        let setup = one_year((settings, economy), ExpectedLoss::Preserved, Copula::Gaussian);
        let found = laid_out(&tape, &setup);
        let years = expected_by_year(&found.plan, 0.15);
        for (year, (played, closed)) in years.iter().zip(&found.totals.years).enumerate() {
            // The sums over Y, whose steps do not end with rows of x, are good to 5e-5.
            assert!((played / closed - 1.0).abs() < 1e-4, "{economy:?} {year}: {played} for {closed}");
        }
        assert!(found.fidelity.profile_error < 1e-8, "{:?}", found.fidelity);
        assert!(found.fidelity.tail_bias.abs() < 1e-8, "{:?}", found.fidelity);
        // Nobody loses more than the exposure, late defaults of good times included.
        let (plan, horizon) = (&found.plan, found.plan.horizon().unwrap());
        for block in plan.random_blocks() {
            for place in block.places() {
                let exposure = tape.ead[plan.rows()[place] as usize];
                for period in 0..30 {
                    let most = horizon.loss(plan.losses()[place], horizon.profiles()[place], period).unwrap();
                    assert!(
                        plan.unit().currency(f64::from(most)) <= 1.000_1 * exposure,
                        "{economy:?} {place} {period}"
                    );
                }
            }
        }
        // Sibling: where the expected loss may rise, it does, and most in early years.
        if economy == Economy::Linear {
            let raised = EclSetup {
                severity: SeveritySetup {
                    settings: SeveritySettings { economy, expected_loss: ExpectedLoss::Raised },
                    ..setup.severity.clone()
                },
                ..setup.clone()
            };
            let raised = laid_out(&tape, &raised);
            let played = expected_by_year(&raised.plan, 0.15);
            let ratio = |year: usize| played[year] / years[year];
            assert!(ratio(0) > 1.08 && ratio(0) > 1.05 * ratio(29), "{} {}", ratio(0), ratio(29));
        }
    }
}

#[test]
fn along_a_path_every_period_keeps_its_own_expected_loss() {
    let tape = long();
    let alpha = per_period(0.9, 1);
    let law = IndexLaw { memory: vec![alpha], innovations: vec![(1.0 - alpha * alpha).sqrt()] };
    for economy in [Economy::Linear, Economy::FryeJacobs] {
        let slope = if economy == Economy::Linear { 0.1 } else { 0.0 };
        let settings = ExposureSettings { lgd_slope: slope, ..ExposureSettings::default() };
        let setup = one_year((settings, economy), ExpectedLoss::Preserved, Copula::Gaussian);
        let along = laid_out_along(Some(law.clone()), &tape, &setup).fidelity;
        assert!(along.profile_error < 1e-8, "{economy:?}: {along:?}");
    }
}
