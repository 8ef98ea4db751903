//! What is laid out and played must be what the closed form expects.

use super::layout::{LaidOut, LayOut, lay_out};
use super::profile::Bands;
use crate::engine::{Conditional, Control, Cpu, Job, Keep, KernelChoice, Ledger, Plan, play};
use crate::model::ecl::Discounting;
use crate::model::exposure::{CollateralSettings, ExposureSettings, ScheduleSettings};
use crate::model::path::IndexLaw;
use crate::model::staging::{Framework, StagingRules};
use crate::model::term::{Clock, Curve, CurvesBy, NamedCurve, Node, TermStructures};
use crate::model::time::Grid;
use crate::model::{AssetCorrelation, Copula, Factors, Model, SegmentSpec};
use crate::portfolio::{PoolSettings, Tape, TapeStage};
use crate::risk::ecl::{EclSetup, RatingScale, SeveritySetup, View};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

const LOANS: u32 = 3_011;

/// Loans of every kind: annuities and bullets, with limits, collateral, arrears, stages and obligors of several loans.
pub(super) fn tape() -> Tape {
    let mut tape = Tape { segments: vec!["cards".into(), "homes".into()], ..Tape::default() };
    let mut obligors = vec![];
    for i in 0..LOANS {
        let mixed = i.wrapping_mul(2_654_435_761) >> 7;
        tape.segment.push(i / 7 % 2);
        tape.pd.push(0.002 + f64::from(i / 7 % 331) / 5_000.0);
        tape.ead.push(f64::from(100 + mixed % 90_001) / 7.0);
        tape.lgd.push(0.1 + f64::from(mixed % 71) / 100.0);
        let details = &mut tape.details;
        details.interest_rate.push(f64::from(mixed % 1_201) / 10_000.0);
        details.remaining_months.push((1 + mixed % 61) as u16);
        details.age_months.push((mixed % 23) as u16);
        details.days_past_due.push(if i % 37 == 0 { 45 } else { 0 });
        details.stage.push(if i % 101 == 0 { TapeStage::Three } else { TapeStage::Blank });
        details.limit.push(if i % 3 == 0 { 20_000.0 } else { 0.0 });
        details.collateral.push(if i % 5 == 0 { f64::from(mixed % 9_001) } else { 0.0 });
        // Seven loans with one PD; in every third of those groups they are of one obligor.
        obligors.push(if i / 7 % 3 == 0 { i / 7 * 7 } else { i });
    }
    // Numbers that are dense and in order of first appearance.
    let mut numbers = std::collections::HashMap::new();
    let number = |obligor| {
        let next = numbers.len() as u32;
        *numbers.entry(obligor).or_insert(next)
    };
    tape.obligor = Some(obligors.into_iter().map(number).collect());
    tape
}

pub(super) fn setup(terms: TermStructures) -> EclSetup {
    let cards = ExposureSettings { ccf: Some(0.5), cpr: 0.05, ..ExposureSettings::default() };
    let sale = CollateralSettings { haircut: 0.2, growth: 0.01, lgd_floor: 0.05, ..CollateralSettings::default() };
    let homes = ExposureSettings { schedule: ScheduleSettings::Annuity, collateral: sale, ..cards.clone() };
    EclSetup {
        framework: Framework::Ifrs9,
        grid: Grid::Quarterly,
        discounting: Discounting::Effective,
        terms,
        exposure: vec![cards, homes],
        staging: StagingRules::default(),
        cancellable: false,
        most_months: None,
        scale: RatingScale::default(),
        severity: SeveritySetup::default(),
        outlook: None,
        view: View::default(),
    }
}

fn curves() -> TermStructures {
    let nodes = [(12, 0.03), (24, 0.08), (60, 0.19)].map(|(months, cumulative)| Node { months, cumulative });
    let curve = |name: &str| NamedCurve { name: name.into(), curve: Curve::new(&nodes).unwrap() };
    TermStructures::curves(vec![curve("cards"), curve("homes")], CurvesBy::Segment, Clock::Origination, "curves")
        .unwrap()
        .for_tape(&[], &["cards".into(), "homes".into()])
}

fn laid_out(tape: &Tape, setup: &EclSetup) -> LaidOut {
    laid_out_in((Bands::default(), 0.0), tape, setup)
}

/// Laid out along a path of this persistence, where it is above 0.
fn laid_out_in((bands, persistence): (Bands, f64), tape: &Tape, setup: &EclSetup) -> LaidOut {
    let factors = Factors::new(vec!["economy".into()], vec![1.0]).unwrap();
    let spec = |name: &String| SegmentSpec {
        name: name.clone(),
        correlation: AssetCorrelation::Fixed(0.12),
        loadings: vec![1.0],
    };
    let specs: Vec<SegmentSpec> = tape.segments.iter().map(spec).collect();
    let model = Model::new(Copula::Gaussian, &factors, &specs).unwrap();
    let path = (persistence > 0.0).then(|| IndexLaw::new(&factors, &specs, &[persistence], 4).unwrap());
    let pooling = PoolSettings { band_width: 0.1, unit: None };
    let how = LayOut { pooling, bands, kernel: KernelChoice::Auto, path, go_on: &|| Ok(()) };
    lay_out(tape, setup, model, &how).unwrap()
}

/// What each segment of `plan` is expected to lose, currency, from its integers.
fn expected(plan: &Plan) -> Vec<f64> {
    let horizon = plan.horizon().unwrap();
    let mut sums = vec![0.0; plan.n_segments()];
    for block in plan.blocks() {
        for place in block.places() {
            let mut before = 0.0;
            for (period, &by_then) in horizon.cumulative_of(block.pool).iter().enumerate() {
                let lost = horizon.loss(plan.losses()[place], horizon.profiles()[place], period).unwrap_or(0);
                sums[block.segment as usize] += (by_then - before) * plan.unit().currency(f64::from(lost));
                before = by_then;
            }
        }
    }
    sums
}

#[test]
fn a_plan_expects_what_the_closed_form_does() {
    let tape = tape();
    for terms in [TermStructures::flat(), curves()] {
        let setup = setup(terms);
        let laid_out = laid_out(&tape, &setup);
        for (segment, expected) in expected(&laid_out.plan).into_iter().enumerate() {
            let closed = laid_out.totals.segment(segment).ecl;
            assert!((laid_out.segments[segment].expected_loss / closed - 1.0).abs() < 1e-12);
            assert!((expected / closed - 1.0).abs() < 2e-5, "{segment}: {expected} for {closed}");
        }
        assert!(laid_out.rounding.error < 1e-4, "{:?}", laid_out.rounding);
    }
}

#[test]
fn what_bands_and_pools_move_is_told() {
    let tape = tape();
    let flat = setup(TermStructures::flat());
    let fine = laid_out(&tape, &flat).fidelity;
    assert!(fine.profile_error > 0.0 && fine.profile_error < 1e-4, "{fine:?}");
    assert!(fine.tail_bias.abs() < 5e-3, "{fine:?}");
    // Siblings: wide bands move more; so do obligors of several loans, whose curve is that of their mean age.
    let wide = laid_out_in((Bands { rate: 0.2, ltv: 1.0, ..Bands::default() }, 0.0), &tape, &flat).fidelity;
    assert!(wide.profile_error > 10.0 * fine.profile_error, "{wide:?}");
    let aged = laid_out(&tape, &setup(curves())).fidelity;
    assert!(aged.profile_error > 1e-3 && aged.profile_error < 5e-2, "{aged:?}");
}

#[test]
fn what_is_played_is_what_the_closed_form_expects() {
    for persistence in [0.0, 0.8] {
        let laid_out = laid_out_in((Bands::default(), persistence), &tape(), &setup(curves()));
        assert_eq!(laid_out.correlations.len(), if persistence > 0.0 { 2 } else { 0 });
        play_and_compare(&laid_out);
    }
}

#[test]
fn correlations_along_a_path_are_told() {
    let laid_out = laid_out_in((Bands::default(), 0.8), &tape(), &setup(TermStructures::flat()));
    for (place, own) in laid_out.correlations.iter().enumerate() {
        assert_eq!((own.segment as usize, own.one_period), (place, [0.12; 2]));
        let [low, high] = own.along_path;
        assert!(0.08 < low && low < high && high < 0.105, "{own:?}");
    }
    let law = laid_out.plan.path().unwrap().0;
    assert_eq!(law.rhos.len(), laid_out.pools.len());
    // Loans in default are certain, in a pool of their own, and have no correlation to tell of.
    assert!(laid_out.pools.iter().any(|pool| pool.pd >= 1.0));
}

fn play_and_compare(laid_out: &LaidOut) {
    let plan = &laid_out.plan;
    let years = plan.horizon().unwrap().years();
    let n = 20_011;
    let ledger = Mutex::new(Ledger::new(0..n, Keep::Totals).with_years(years));
    let control = Control { stop: &AtomicBool::new(false), progress: &|_| {} };
    play(&Job::new(plan, 11), &mut Cpu::new(2).unwrap(), &ledger, &control).unwrap();
    let ledger = ledger.into_inner().unwrap();
    let check = |what: &str, losses: Vec<f64>, closed: f64| {
        let mean = losses.iter().sum::<f64>() / n as f64;
        let variance = losses.iter().map(|loss| (loss - mean) * (loss - mean)).sum::<f64>() / n as f64;
        let z = (mean - closed) / (variance / n as f64).sqrt().max(1e-9 * closed);
        // Five standard errors: 6e-7 each.
        assert!(z.abs() < 5.0, "{what}: {mean} played, {closed} expected, z = {z}");
        z
    };
    let currency = |units: u64| plan.unit().currency(units as f64);
    let scenarios: Vec<u64> = (0..n).collect();
    let job = Job::new(plan, 11);
    let given_the_economy = Conditional::new(&job).losses(&scenarios);
    let rest = |conditional: &[f64]| {
        let rest: Vec<f64> = ledger.losses().iter().zip(conditional).map(|(&loss, mean)| loss as f64 - mean).collect();
        let mean = rest.iter().sum::<f64>() / n as f64;
        let variance = rest.iter().map(|rest| (rest - mean) * (rest - mean)).sum::<f64>() / n as f64;
        (mean, (variance / n as f64).sqrt())
    };
    let (mean, error) = rest(&given_the_economy);
    assert!(mean.abs() < 5.0 * error, "{mean} ± {error}");
    // Siblings that must fail: an economy that is somewhat worse; and that of other scenarios explains nothing.
    let worse = Job::new(plan, 11).shifted(&[-0.05]);
    let (off, error_off) = rest(&Conditional::new(&worse).losses(&scenarios));
    assert!(off.abs() > 5.0 * error_off, "{off} ± {error_off}");
    let shifted: Vec<u64> = (1..=n).collect();
    let (_, other) = rest(&Conditional::new(&job).losses(&shifted));
    assert!(other > 1.2 * error, "{other} {error}");
    let total = laid_out.totals.total().ecl;
    check("all", ledger.losses().into_iter().map(currency).collect(), total);
    for year in 0..years {
        let losses = ledger.year_losses().map(|years| currency(years[year])).collect();
        // Banding of interest rates moves a little between years, within 1e-3.
        let closed = laid_out.totals.years[year];
        check(&format!("year {}", year + 1), losses, closed);
    }
}

/// Undiscounted bullets with so many months left, each an obligor of its own.
fn bullets(months: std::ops::RangeInclusive<u16>) -> Tape {
    let mut tape = Tape { segments: vec!["cards".into()], ..Tape::default() };
    for i in 0..1_001 {
        tape.segment.push(0);
        tape.pd.push(0.12);
        tape.ead.push(f64::from(1_000 + i % 7));
        tape.lgd.push(1.0);
        tape.details.remaining_months.push(months.start() + i as u16 % months.clone().count() as u16);
    }
    tape
}

/// Mean loss of `tape` on `grid` in each of some scenarios, given its economy, and the plan's expected number of defaults.
fn on_grid(tape: &Tape, grid: Grid, persistence: f64) -> (Vec<f64>, f64) {
    let plain =
        EclSetup { framework: Framework::Cecl, discounting: Discounting::None, grid, ..setup(TermStructures::flat()) };
    let plain = EclSetup { exposure: vec![ExposureSettings::default()], ..plain };
    let laid_out = laid_out_in((Bands::default(), persistence), tape, &plain);
    let job = Job::new(&laid_out.plan, 3);
    let horizon = laid_out.plan.horizon().unwrap();
    let by_end = |block: &crate::engine::Block| {
        let ends = horizon.profiles()[block.places()].iter().map(|&profile| horizon.end_of(profile) - 1);
        ends.map(|end| horizon.cumulative_of(block.pool)[end]).sum::<f64>()
    };
    let defaults = laid_out.plan.blocks().iter().map(by_end).sum();
    let unit = laid_out.plan.unit();
    (
        Conditional::new(&job).losses(&(0..503).collect::<Vec<_>>()).iter().map(|&loss| unit.currency(loss)).collect(),
        defaults,
    )
}

/// Largest relative distance.
fn farthest(these: &[f64], those: &[f64]) -> f64 {
    these.iter().zip(those).map(|(this, that)| (this / that - 1.0).abs()).fold(0.0, f64::max)
}

#[test]
fn a_life_that_ends_within_a_period_is_lost_as_on_a_grid_of_months() {
    let short = bullets(1..=11);
    let (monthly, defaults) = on_grid(&short, Grid::Monthly, 0.0);
    for grid in [Grid::Quarterly, Grid::Yearly] {
        let (losses, own) = on_grid(&short, grid, 0.0);
        assert!(farthest(&losses, &monthly) < 3e-4, "{grid:?}: {}", farthest(&losses, &monthly));
        assert!((own / defaults - 1.0).abs() < 1e-9, "{grid:?}: {own} defaults for {defaults}");
    }
    // Longer lives are cut evenly, which is nearly right: but not to the same digits.
    let long = bullets(25..=35);
    let (monthly, _) = on_grid(&long, Grid::Monthly, 0.0);
    let off = farthest(&on_grid(&long, Grid::Quarterly, 0.0).0, &monthly);
    assert!((3e-4..5e-3).contains(&off), "{off}");
}

#[test]
fn a_short_life_along_a_path_keeps_its_expected_loss() {
    let setup =
        EclSetup { framework: Framework::Cecl, discounting: Discounting::None, ..setup(TermStructures::flat()) };
    let setup = EclSetup { exposure: vec![ExposureSettings::default()], ..setup };
    play_and_compare(&laid_out_in((Bands::default(), 0.8), &bullets(1..=14), &setup));
}

#[test]
fn an_age_of_its_own_is_kept_where_curves_are_steep() {
    // Nothing but the first and the third quarter: the mean of ages 0 and 11 would never default within a year.
    let nodes = [(3, 0.01), (15, 0.01), (24, 0.05)].map(|(months, cumulative)| Node { months, cumulative });
    let curve = NamedCurve { name: "cards".into(), curve: Curve::new(&nodes).unwrap() };
    let terms = TermStructures::curves(vec![curve], CurvesBy::Segment, Clock::Origination, "curves").unwrap();
    let mut tape = bullets(12..=12);
    tape.details.age_months = (0..1_001).map(|i| if i % 2 == 0 { 0 } else { 11 }).collect();
    let setup = EclSetup {
        framework: Framework::Cecl,
        discounting: Discounting::None,
        grid: Grid::Yearly,
        exposure: vec![ExposureSettings::default()],
        ..setup(terms.for_tape(&[], &["cards".into()]))
    };
    let laid_out = laid_out_in((Bands::default(), 0.0), &tape, &setup);
    let (expected, closed) = (expected(&laid_out.plan)[0], laid_out.totals.total().ecl);
    assert!(closed > 0.0 && (expected / closed - 1.0).abs() < 1e-6, "{expected} for {closed}");
    let largest = laid_out.plan.losses().iter().max().map(|&base| laid_out.plan.unit().currency(f64::from(base)));
    assert!(largest < Some(1_010.0), "nobody loses more than there is: {largest:?}");
}

#[test]
fn bands_widen_until_profiles_fit_and_then_it_is_said() {
    let mut tape = Tape { segments: (0..80).map(|i| format!("s{i}")).collect(), ..Tape::default() };
    for i in 0..80 * 480_u32 {
        tape.segment.push(i % 80);
        tape.pd.push(0.02);
        tape.ead.push(100.0);
        tape.lgd.push(0.5);
        tape.details.remaining_months.push((1 + i / 80) as u16);
    }
    let exposure = |i: usize| ExposureSettings { cpr: 0.001 * i as f64, ..ExposureSettings::default() };
    let setup = EclSetup {
        framework: Framework::Cecl,
        discounting: Discounting::None,
        grid: Grid::Monthly,
        exposure: (0..80).map(exposure).collect(),
        ..setup(TermStructures::flat())
    };
    let how = LayOut {
        pooling: PoolSettings { band_width: 0.1, unit: None },
        bands: Bands::default(),
        kernel: KernelChoice::Auto,
        path: None,
        go_on: &|| Ok(()),
    };
    let factors = Factors::new(vec!["economy".into()], vec![1.0]).unwrap();
    let spec = |name: &String| SegmentSpec {
        name: name.clone(),
        correlation: AssetCorrelation::Fixed(0.12),
        loadings: vec![1.0],
    };
    let specs: Vec<SegmentSpec> = tape.segments.iter().map(spec).collect();
    let model = || Model::new(Copula::Gaussian, &factors, &specs).unwrap();
    let error = lay_out(&tape, &setup, model(), &how).unwrap_err().to_string();
    assert!(error.starts_with("time.period: found \"monthly\"") && error.contains("longer periods"), "{error}");
    let stopped = LayOut { go_on: &|| Err(crate::Error::Interrupted), ..how };
    assert!(matches!(lay_out(&tape, &setup, model(), &stopped), Err(crate::Error::Interrupted)));
}
