//! What random and moving LGDs lose on average must be what the closed form expects, whatever tables round and cut off.

use super::layout::{LaidOut, LayOut, lay_out};
use super::profile::Bands;
use super::tests;
use crate::engine::{Control, Device, Job, Keep, KernelChoice, Ledger, Plan, Scalar, State, play, state_row, visit};
use crate::math::normal;
use crate::model::ecl::Discounting;
use crate::model::exposure::ExposureSettings;
use crate::model::path::{IndexLaw, per_period};
use crate::model::severity::{Economy, ExpectedLoss, SeveritySettings};
use crate::model::staging::{Framework, StagingRules};
use crate::model::term::TermStructures;
use crate::model::time::Grid;
use crate::model::{AssetCorrelation, Copula, Factors, Model, SegmentSpec};
use crate::portfolio::{PoolSettings, Tape};
use crate::risk::ecl::{Depth, EclSetup, RatingScale, SeveritySetup, View, measure};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

fn model(copula: Copula, rho: f64, n_segments: usize) -> Model {
    let factors = Factors::new(vec!["economy".into()], vec![1.0]).unwrap();
    let spec = |i: usize| SegmentSpec {
        name: format!("s{i}"),
        correlation: AssetCorrelation::Fixed(rho),
        loadings: vec![1.0],
    };
    Model::new(copula, &factors, &(0..n_segments).map(spec).collect::<Vec<_>>()).unwrap()
}

fn laid_out(tape: &Tape, setup: &EclSetup) -> LaidOut {
    laid_out_along(None, tape, setup)
}

fn laid_out_along(path: Option<IndexLaw>, tape: &Tape, setup: &EclSetup) -> LaidOut {
    let kernel = KernelChoice::Auto;
    let how = LayOut {
        pooling: PoolSettings { band_width: 0.1, unit: None },
        bands: Bands::default(),
        kernel,
        path,
        go_on: &|| Ok(()),
    };
    lay_out(tape, setup, setup.severity.model.clone().unwrap(), &how).unwrap()
}

/// Bullets of one year, PD 2 %, LGD 45 %, played in one period.
fn year(n: usize) -> Tape {
    let mut tape = Tape { segments: vec!["all".into()], ..Tape::default() };
    tape.segment = vec![0; n];
    tape.pd = vec![0.02; n];
    tape.ead = vec![1_000.0; n];
    tape.lgd = vec![0.45; n];
    tape.details.remaining_months = vec![12; n];
    tape
}

/// What `settings` do to defaults of a year, under `copula` with rho .15.
fn one_year((settings, economy): (ExposureSettings, Economy), expected_loss: ExpectedLoss, copula: Copula) -> EclSetup {
    EclSetup {
        framework: Framework::Cecl,
        grid: Grid::Yearly,
        discounting: Discounting::None,
        terms: TermStructures::flat(),
        exposure: vec![settings],
        staging: StagingRules::default(),
        cancellable: false,
        most_months: None,
        scale: RatingScale::default(),
        severity: SeveritySetup {
            settings: SeveritySettings { economy, expected_loss },
            model: Some(model(copula, 0.15, 1)),
            path: None,
        },
        outlook: None,
        view: View::default(),
    }
}

fn sloping() -> ExposureSettings {
    ExposureSettings { lgd_slope: 0.1, ..ExposureSettings::default() }
}

/// What each unit of exposure of `plan` loses in one period when the index is `y`, and how likely defaults are then.
fn lost_at(plan: &Plan, y: f64) -> (f64, f64) {
    let horizon = plan.horizon().unwrap();
    let x = (normal::quantile(0.02) - 0.15_f64.sqrt() * y) / 0.85_f64.sqrt();
    let words = |value: f64| (value * f64::from(1 << 24)) as i32;
    let mut sum = 0.0;
    for (place, &base) in plan.losses().iter().enumerate() {
        let profile = horizon.profiles()[place];
        let loss = f64::from(horizon.loss(base, profile, 0).unwrap());
        sum += loss
            * horizon.severity().map_or(1.0, |severity| {
                let row = match severity.state {
                    State::Index => state_row(words(y)),
                    State::Argument => state_row(words(x)),
                };
                let class = usize::from(severity.classes[usize::from(profile) * horizon.periods()]);
                severity.means()[class * severity.rows + if severity.rows > 1 { usize::from(row) } else { 0 }]
            });
    }
    (plan.unit().currency(sum) / (1_000.0 * plan.losses().len() as f64), normal::cdf(x))
}

#[test]
fn nobody_loses_more_than_the_exposure() {
    // A large loan among others of a far lower LGD in the same hundredth; and covers just below the whole.
    let mut tape = year(402);
    for loan in 0..402 {
        tape.lgd[loan] = if loan < 201 { 0.001 } else { 0.45 };
        tape.details.collateral.push(if loan < 201 { 0.0 } else { 900.0 + loan as f64 / 5.0 });
    }
    (tape.ead[7], tape.lgd[7]) = (100_000.0, 0.0099);
    let settings = ExposureSettings { lgd_sd: 0.03, ..ExposureSettings::default() };
    let setup = one_year((settings, Economy::None), ExpectedLoss::Preserved, Copula::Gaussian);
    let laid_out = laid_out(&tape, &setup);
    let (plan, horizon) = (&laid_out.plan, laid_out.plan.horizon().unwrap());
    for block in plan.blocks() {
        for place in block.places() {
            let loss = horizon.loss(plan.losses()[place], horizon.profiles()[place], 0).unwrap();
            let exposure = tape.ead[plan.rows()[place] as usize];
            let most = plan.unit().currency(f64::from(loss));
            assert!(most <= 1.001 * exposure, "loan {}: {most} of {exposure}", plan.rows()[place]);
        }
    }
}

#[test]
fn bad_years_cost_more_and_the_mean_stays() {
    // 99.9 % losses of a large pool: constant .07935, linear .11039, Frye and Jacobs .10245 (NumPy).
    let plain = ExposureSettings::default;
    for (settings, economy, expected) in [
        (plain(), Economy::None, 0.07935),
        (ExposureSettings { lgd_sd: 0.3, ..plain() }, Economy::None, 0.07935),
        (sloping(), Economy::Linear, 0.11039),
        (ExposureSettings { lgd_sd: 0.3, ..sloping() }, Economy::Linear, 0.11039),
        (plain(), Economy::FryeJacobs, 0.10245),
    ] {
        let setup = one_year((settings, economy), ExpectedLoss::Preserved, Copula::Gaussian);
        let laid_out = laid_out(&year(37), &setup);
        let (lost, pd) = lost_at(&laid_out.plan, -3.0902);
        assert!((lost * pd - expected).abs() < 4e-4, "{economy:?}: {} for {expected}", lost * pd);
        // The mean over the economy is PD × LGD, to the half unit that bases are rounded to.
        let of_value = |i: i32| {
            let y = (f64::from(i) + 0.5) / 128.0;
            let (lost, pd) = lost_at(&laid_out.plan, y);
            normal::pdf(y) / 128.0 * lost * pd
        };
        let mean: f64 = (-1_024..1_024).map(of_value).sum();
        assert!((mean / 0.009 - 1.0).abs() < 1e-4, "{economy:?}: {mean}");
        assert!((laid_out.totals.total().ecl - 37.0 * 9.0).abs() < 1e-9);
        assert!(laid_out.fidelity.profile_error < 1e-9 && laid_out.fidelity.tail_bias.abs() < 1e-9);
    }
}

#[test]
fn unless_it_is_preserved_the_expected_loss_rises_by_a_fifth() {
    let raised = one_year((sloping(), Economy::Linear), ExpectedLoss::Raised, Copula::Gaussian);
    let raised = laid_out(&year(37), &raised);
    let ratio = raised.totals.total().ecl / (37.0 * 9.0);
    assert!((ratio - 1.208358).abs() < 1e-6, "{ratio}");
    let (lost, _) = lost_at(&raised.plan, -3.0625);
    assert!((lost - (0.45 + 0.30625)).abs() < 1e-5, "as written: {lost}");
    let preserved = one_year((sloping(), Economy::Linear), ExpectedLoss::Preserved, Copula::Gaussian);
    let (lost, _) = lost_at(&laid_out(&year(37), &preserved).plan, -3.0625);
    assert!((lost - (0.45 + 0.30625) / 1.208358).abs() < 1e-5, "scaled: {lost}");
}

/// Mean loss of `plan` in `n` scenarios less `expected`, in standard errors.
fn distance(plan: &Plan, n: u64, expected: f64) -> f64 {
    let years = plan.horizon().unwrap().years();
    let ledger = Mutex::new(Ledger::new(0..n, Keep::Totals).with_years(years));
    let control = Control { stop: &AtomicBool::new(false), progress: &|_| {} };
    let device: &mut dyn Device = &mut Scalar;
    play(&Job::new(plan, 23), device, &ledger, &control).unwrap();
    let losses = ledger.into_inner().unwrap().losses();
    let mean = losses.iter().map(|&loss| loss as f64).sum::<f64>() / n as f64;
    let variance = losses.iter().map(|&loss| (loss as f64 - mean) * (loss as f64 - mean)).sum::<f64>() / n as f64;
    (mean - expected / plan.unit().currency(1.0)) / (variance / n as f64).sqrt()
}

/// The loans of the other tests, with random and moving LGDs and collateral that moves.
fn moving((economy, expected_loss): (Economy, ExpectedLoss), copula: Copula) -> EclSetup {
    let mut setup = tests::setup(TermStructures::flat());
    let slope = if economy == Economy::Linear { 0.1 } else { 0.0 };
    setup.exposure.iter_mut().for_each(|settings| settings.lgd_slope = slope);
    if economy != Economy::FryeJacobs {
        setup.exposure[1].collateral.index_loading = 0.3;
    }
    let settings = SeveritySettings { economy, expected_loss };
    setup.severity = SeveritySetup { settings, ..moving_model(copula) };
    setup
}

#[test]
fn what_is_played_is_what_is_expected() {
    let tape = tests::tape();
    let n = 3_001;
    let plain = tests::setup(TermStructures::flat());
    let neutral = laid_out(&tape, &EclSetup { severity: moving_model(Copula::Gaussian), ..plain }).totals.total().ecl;
    for (economy, copula) in [
        (Economy::Linear, Copula::Gaussian),
        (Economy::FryeJacobs, Copula::Gaussian),
        (Economy::FryeJacobs, Copula::StudentT { degrees_of_freedom: 15.0 }),
    ] {
        let laid_out = laid_out(&tape, &moving((economy, ExpectedLoss::Preserved), copula));
        let closed = laid_out.totals.total().ecl;
        let z = distance(&laid_out.plan, n, closed);
        assert!(z.abs() < 4.0, "{economy:?} {copula:?}: z = {z}");
        match economy {
            Economy::FryeJacobs => assert_eq!(closed, neutral),
            // Collateral that moves costs more than it saves where it covers.
            _ => assert!(closed > 1.000_1 * neutral && closed < 1.02 * neutral, "{closed} {neutral}"),
        }
        assert!(laid_out.fidelity.profile_error < 2e-2, "{:?}", laid_out.fidelity);
    }
    let raised = laid_out(&tape, &moving((Economy::Linear, ExpectedLoss::Raised), Copula::Gaussian));
    let closed = raised.totals.total().ecl;
    let z = distance(&raised.plan, n, closed);
    assert!(z.abs() < 4.0 && closed > 1.1 * neutral, "z = {z}, {closed} {neutral}");
    // Sibling: it is not what would be expected of LGDs that do not move.
    assert!(distance(&raised.plan, n, neutral) > 4.0);
}

#[test]
fn what_is_played_along_a_path_is_what_is_expected() {
    let (tape, n) = (tests::tape(), 3_001);
    let alpha = per_period(0.8, 4);
    let law = IndexLaw { memory: vec![alpha; 2], innovations: vec![(1.0 - alpha * alpha).sqrt(); 2] };
    for economy in [Economy::Linear, Economy::FryeJacobs] {
        let mut setup = moving((economy, ExpectedLoss::Preserved), Copula::Gaussian);
        setup.exposure[1].collateral.index_loading = 0.0;
        let laid_out = laid_out_along(Some(law.clone()), &tape, &setup);
        let closed = laid_out.totals.total().ecl;
        let z = distance(&laid_out.plan, n, closed);
        assert!(z.abs() < 4.0, "{economy:?}: z = {z}");
        assert!(distance(&laid_out.plan, n, 1.15 * closed) < -4.0, "{economy:?}");
        // Bases divide by what a default loses on average in its own period: along a path that is another number.
        let copula = self::laid_out(&tape, &setup);
        assert_eq!(copula.totals.total().ecl, closed);
        assert_ne!(copula.plan.losses(), laid_out.plan.losses());
    }
}

#[test]
fn along_a_path_raised_losses_are_expected_as_well() {
    let tape = tests::tape();
    let alpha = per_period(0.8, 4);
    let law = IndexLaw { memory: vec![alpha; 2], innovations: vec![(1.0 - alpha * alpha).sqrt(); 2] };
    for expected_loss in [ExpectedLoss::Preserved, ExpectedLoss::Raised] {
        // Collateral moves in both.
        let mut setup = moving((Economy::Linear, expected_loss), Copula::Gaussian);
        let otherwise = measure(&tape, &setup, Depth::Totals, &mut |_, _| Ok(())).unwrap().total().ecl;
        setup.severity.path = Some(law.clone());
        let laid_out = laid_out_along(Some(law.clone()), &tape, &setup);
        let closed = laid_out.totals.total().ecl;
        let z = distance(&laid_out.plan, 2_003, closed);
        assert!(z.abs() < 4.0, "{expected_loss:?}: z = {z}");
        // Sibling: defaults along a path meet other economies than those of one index for all periods.
        let moves = (closed / otherwise - 1.0).abs();
        assert!(moves > 1e-6 && moves < 0.1, "{expected_loss:?}: {closed} {otherwise}");
    }
}

fn moving_model(copula: Copula) -> SeveritySetup {
    SeveritySetup { model: Some(model(copula, 0.12, 2)), ..SeveritySetup::default() }
}

#[test]
fn every_loan_keeps_its_own_expected_loss() {
    // Loans one by one: all of a plan's integers, weighed with what a default loses on average.
    let tape = tests::tape();
    for economy in [Economy::Linear, Economy::FryeJacobs] {
        let setup = moving((economy, ExpectedLoss::Preserved), Copula::Gaussian);
        let laid_out = laid_out(&tape, &setup);
        let (plan, horizon) = (&laid_out.plan, laid_out.plan.horizon().unwrap());
        let severity = horizon.severity().unwrap();
        assert_eq!(severity.cells, 1);
        let means = severity.means();
        let mut sum = 0.0;
        let mut known = std::collections::HashMap::new();
        for block in plan.random_blocks() {
            let cumulative = horizon.cumulative_of(block.pool);
            for place in block.places() {
                let profile = usize::from(horizon.profiles()[place]);
                for period in 0..horizon.end_of(profile as u16) {
                    let class = usize::from(severity.classes[profile * horizon.periods() + period]);
                    let lost = known.entry((block.pool, period, class)).or_insert_with(|| {
                        let of = |level: f64, y: f64| {
                            (normal::quantile(level.clamp(1e-15, 1.0)) - 0.12_f64.sqrt() * y) / 0.88_f64.sqrt()
                        };
                        let before = if period == 0 { 0.0 } else { cumulative[period - 1] };
                        // 4,800 values of Y, of which fifteen are in a row of its own.
                        let of_value = |i: i32| {
                            let y = (f64::from(i) + 0.5) / 300.0;
                            let x = of(cumulative[period], y);
                            let p = normal::cdf(x) - if period == 0 { 0.0 } else { normal::cdf(of(before, y)) };
                            let state = if severity.state == State::Index { y } else { x };
                            let row = usize::from(state_row((state * f64::from(1 << 24)) as i32));
                            normal::pdf(y) / 300.0 * p * means[class * 256 + row]
                        };
                        (-2_400..2_400).map(of_value).sum::<f64>()
                    });
                    let loss = horizon.loss(plan.losses()[place], profile as u16, period).unwrap();
                    sum += *lost * plan.unit().currency(f64::from(loss));
                }
            }
        }
        let certain: u64 = plan.certain().iter().map(|certain| certain.loss).sum();
        let closed = laid_out.totals.total().ecl - plan.unit().currency(certain as f64);
        assert!((sum / closed - 1.0).abs() < 3e-5, "{economy:?}: {sum} for {closed}");
    }
}

#[test]
fn severities_have_the_moments_asked_for() {
    let mut tape = year(2_003);
    tape.pd = vec![0.1; 2_003];
    let random = ExposureSettings { lgd_sd: 0.25, ..ExposureSettings::default() };
    let setup = one_year((random, Economy::None), ExpectedLoss::Preserved, Copula::Gaussian);
    let laid_out = laid_out(&tape, &setup);
    let (plan, job) = (&laid_out.plan, Job::new(&laid_out.plan, 5));
    let mut lost = vec![];
    for scenario in 0..61 {
        visit(&job, scenario, |defaulted| lost.push(plan.unit().currency(defaulted.loss as f64) / 1_000.0));
    }
    let n = lost.len() as f64;
    assert!(n > 9_000.0, "{n}");
    let mean = lost.iter().sum::<f64>() / n;
    let squares: Vec<f64> = lost.iter().map(|lost| (lost - mean) * (lost - mean)).collect();
    let variance = squares.iter().sum::<f64>() / n;
    let (deviation, error) = (variance.sqrt(), (variance / n).sqrt());
    // Four standard errors: 6e-5.
    assert!((mean - 0.45).abs() < 4.0 * error, "{mean} ± {error}");
    // Siblings: a mean and a deviation a twentieth off.
    assert!((mean - 0.4725).abs() > 4.0 * error);
    let fourth = squares.iter().map(|square| square * square).sum::<f64>() / n;
    let error = ((fourth - variance * variance) / n).sqrt() / (2.0 * deviation);
    assert!((deviation - 0.25).abs() < 4.0 * error, "{deviation} ± {error}");
    assert!((deviation - 0.2625).abs() > 4.0 * error);
}
