//! Macro scenarios: what is played under each must be what the closed form expects of it.

use super::layout::{LaidOut, LayOut, lay_out};
use super::profile::Bands;
use super::tests;
use crate::engine::{Conditional, Job, KernelChoice};
use crate::model::index::{MacroEconomy, MacroScenario, PdBasis, ScenarioStaging};
use crate::model::path::{Climate, IndexLaw, Regimes};
use crate::model::severity::{Economy, ExpectedLoss, SeveritySettings};
use crate::model::term::{TermKey, TermStructures};
use crate::model::time::Grid;
use crate::model::{AssetCorrelation, Copula, Factors, Model, SegmentSpec};
use crate::portfolio::{PoolSettings, Tape};
use crate::risk::ecl::{ByScenario, Depth, EclSetup, Lens, Outlook, View, measure, measure_by_scenario};
use std::sync::Arc;

fn climate(parts: &[f64], r_squared: f64) -> Climate {
    Climate { macro_part: parts.to_vec(), scale: (1.0 - r_squared).sqrt() }
}

fn scenario(name: &str, weight: f64, climates: [Climate; 2]) -> MacroScenario {
    MacroScenario { name: name.into(), weight, climates: climates.to_vec() }
}

/// A mild and an adverse scenario; the second segment is less of a child of the economy.
fn scenarios() -> Vec<MacroScenario> {
    let (mild, bad) = ([0.3, 0.4, 0.2, 0.1, 0.0], [-0.8, -1.6, -1.9, -1.2, -0.7, -0.3, 0.0]);
    vec![
        scenario("baseline", 0.65, [climate(&mild, 0.5), climate(&mild, 0.2)]),
        scenario("adverse", 0.35, [climate(&bad, 0.5), climate(&bad.map(|part| 0.5 * part), 0.2)]),
    ]
}

fn link(tape: &Tape) -> (Model, IndexLaw) {
    let factors = Factors::new(vec!["economy".into()], vec![1.0]).unwrap();
    let spec = |name: &String| SegmentSpec {
        name: name.clone(),
        correlation: AssetCorrelation::Fixed(0.12),
        loadings: vec![1.0],
    };
    let specs: Vec<SegmentSpec> = tape.segments.iter().map(spec).collect();
    let model = Model::new(Copula::Gaussian, &factors, &specs).unwrap();
    (model, IndexLaw::new(&factors, &specs, &[0.8], 4).unwrap())
}

/// Scenarios that shift through-the-cycle PDs, with one stage for each loan.
fn economy(scenarios: Vec<MacroScenario>) -> MacroEconomy {
    MacroEconomy { pd_basis: PdBasis::default(), staging: ScenarioStaging::default(), scenarios, regimes: None }
}

fn outlook(tape: &Tape, economy: MacroEconomy) -> Outlook {
    Outlook::new(economy, link(tape), 21)
}

fn under(outlook: Outlook) -> EclSetup {
    EclSetup { outlook: Some(Arc::new(outlook)), ..tests::setup(TermStructures::flat()) }
}

fn by_scenario(tape: &Tape, setup: &EclSetup) -> ByScenario {
    let outlook = setup.outlook.as_deref().unwrap();
    measure_by_scenario(tape, (setup, outlook), Depth::Totals, &mut |_, _| Ok(())).unwrap()
}

fn laid_out(tape: &Tape, setup: &EclSetup, staging: Lens) -> LaidOut {
    let (model, law) = link(tape);
    let pooling = PoolSettings { band_width: 0.05, unit: None };
    let how =
        LayOut { pooling, bands: Bands::default(), kernel: KernelChoice::Auto, path: Some(law), go_on: &|| Ok(()) };
    let view = View { staging, ..View::default() };
    lay_out(tape, &setup.through(view), model, &how).unwrap()
}

/// Mean loss of `laid_out` given the economies of scenario `number`, with its standard error, currency.
fn played(laid_out: &LaidOut, of: &MacroScenario, n: u64) -> (f64, f64) {
    let job = Job::new(&laid_out.plan, 5).under(of.climates.clone()).unwrap();
    let losses = Conditional::new(&job).losses(&(0..n).collect::<Vec<_>>());
    let mean = losses.iter().sum::<f64>() / n as f64;
    let squares: f64 = losses.iter().map(|loss| (loss - mean) * (loss - mean)).sum();
    let unit = laid_out.plan.unit();
    (unit.currency(mean), unit.currency((squares / (n - 1) as f64 / n as f64).sqrt()))
}

#[test]
fn what_is_played_in_each_scenario_is_what_is_expected() {
    let tape = tests::tape();
    let volatile = Regimes::new([0.05, 0.25], [0.1, -0.4], [0.8, 1.9]);
    for (basis, regimes) in
        [(PdBasis::ThroughTheCycle, None), (PdBasis::PointInTime, None), (PdBasis::ThroughTheCycle, volatile)]
    {
        let setup = under(outlook(&tape, MacroEconomy { pd_basis: basis, regimes, ..economy(scenarios()) }));
        let closed = by_scenario(&tape, &setup);
        let laid_out = laid_out(&tape, &setup, Lens::Weighted);
        let ecl: Vec<f64> = closed.scenarios.iter().map(|totals| totals.total().ecl).collect();
        for (own, &ecl) in scenarios().iter().zip(&ecl) {
            let (mean, error) = played(&laid_out, own, 4_001);
            // Four standard errors, and what bands of PDs move.
            assert!((mean - ecl).abs() < 4.0 * error + 1e-3 * ecl, "{basis:?} {}: {mean} ± {error}, {ecl}", own.name);
        }
        // Siblings: the scenarios are not each other, nor what no scenario expects.
        let neutral = measure(&tape, &tests::setup(TermStructures::flat()), Depth::Totals, &mut |_, _| Ok(())).unwrap();
        assert!(ecl[1] > 1.2 * ecl[0] && (ecl[1] / neutral.total().ecl - 1.0).abs() > 0.05, "{ecl:?}");
        let weighted = 0.65 * ecl[0] + 0.35 * ecl[1];
        assert!((closed.weighted.total().ecl - weighted).abs() < 1e-9 * weighted);
    }
}

#[test]
fn losses_given_default_follow_each_scenario() {
    let mut tape = tests::tape();
    // Collateral that moves is in bands, which a scenario's loss feels.
    tape.details.collateral.iter_mut().for_each(|value| *value = 0.0);
    let (model, law) = link(&tape);
    for (economy, basis) in [
        (Economy::Linear, PdBasis::ThroughTheCycle),
        (Economy::Linear, PdBasis::PointInTime),
        (Economy::FryeJacobs, PdBasis::ThroughTheCycle),
        (Economy::FryeJacobs, PdBasis::PointInTime),
    ] {
        let mut outlook = outlook(&tape, MacroEconomy { pd_basis: basis, ..self::economy(scenarios()) });
        outlook.moves_lgds = true;
        let mut setup = under(outlook);
        setup.severity.settings = SeveritySettings { economy, expected_loss: ExpectedLoss::Preserved };
        (setup.severity.model, setup.severity.path) = (Some(model.clone()), Some(law.clone()));
        let slope = if economy == Economy::Linear { 0.1 } else { 0.0 };
        setup.exposure.iter_mut().for_each(|settings| settings.lgd_slope = slope);
        let closed = by_scenario(&tape, &setup);
        let laid_out = laid_out(&tape, &setup, Lens::Weighted);
        let ecl: Vec<f64> = closed.scenarios.iter().map(|totals| totals.total().ecl).collect();
        for (own, &ecl) in scenarios().iter().zip(&ecl) {
            let (mean, error) = played(&laid_out, own, 4_001);
            assert!(
                (mean - ecl).abs() < 4.0 * error + 1e-3 * ecl,
                "{economy:?} {basis:?} {}: {mean} ± {error}, {ecl}",
                own.name
            );
        }
        // Sibling: bad times cost more than defaults alone, and the result says what of it is LGD.
        let adverse = closed.attribution[1];
        assert!(adverse.lgd > 0.02 * ecl[1], "{economy:?} {basis:?}: {adverse:?}");
    }
}

#[test]
fn a_scenario_that_does_nothing_changes_nothing() {
    let tape = tests::tape();
    let plain = measure(&tape, &tests::setup(TermStructures::flat()), Depth::Totals, &mut |_, _| Ok(())).unwrap();
    for basis in [PdBasis::ThroughTheCycle, PdBasis::PointInTime] {
        let none = scenario("index", 1.0, [Climate::none(), Climate::none()]);
        let setup = under(outlook(&tape, MacroEconomy { pd_basis: basis, ..economy(vec![none]) }));
        let closed = by_scenario(&tape, &setup);
        let (own, plain) = (closed.weighted.total().ecl, plain.total().ecl);
        assert!((own / plain - 1.0).abs() < 1e-9, "{own} {plain}");
        let laid_out = laid_out(&tape, &setup, Lens::Weighted);
        let without = self::laid_out(&tape, &tests::setup(TermStructures::flat()), Lens::Tape);
        assert_eq!(laid_out.plan.digest(), without.plan.digest());
    }
}

#[test]
fn point_in_time_pds_are_means_over_the_scenarios() {
    let tape = tests::tape();
    let terms = TermStructures::flat();
    let anchored = MacroEconomy { pd_basis: PdBasis::PointInTime, ..economy(scenarios()) };
    let outlook = outlook(&tape, anchored);
    let shifted = self::outlook(&tape, economy(scenarios()));
    for (pd, segment) in [(0.0007, 0), (0.02, 1), (0.3, 0)] {
        let key = TermKey::flat(pd);
        let mean = |of: &Outlook, months: u16| {
            let multipliers = of.multipliers((segment, "any"), key, 0, (&terms, Grid::Quarterly)).unwrap();
            let parts = multipliers.chunks_exact(21).zip(of.scenarios());
            let of_part = |(own, scenario): (&[f64], &MacroScenario)| {
                let hazard: f64 = own[..usize::from(months / 3)].iter().sum::<f64>() * -libm::log1p(-pd) / 4.0;
                scenario.weight * -libm::expm1(-hazard)
            };
            parts.map(of_part).sum::<f64>()
        };
        for months in [3, 12, 36, 60] {
            let input = terms.cumulative(key, months);
            let anchored = mean(&outlook, months);
            assert!((anchored / input - 1.0).abs() < 2e-5, "{pd} {months}: {anchored} {input}");
        }
        // Sibling: through the cycle they are not.
        let shifted = mean(&shifted, 12) / terms.cumulative(key, 12);
        assert!((shifted - 1.0).abs() > 5e-3, "{pd}: {shifted}");
    }
}

#[test]
fn between_nodes_multipliers_are_nearly_those_of_the_loan() {
    let tape = tests::tape();
    let terms = TermStructures::flat();
    let outlook = outlook(&tape, economy(scenarios()));
    let mut worst: f64 = 0.0;
    for pd in [0.0004, 0.003, 0.021, 0.09, 0.3, 0.6] {
        let nearly = outlook.multipliers((0, "cards"), TermKey::flat(pd), 0, (&terms, Grid::Quarterly)).unwrap();
        let exactly = outlook.exact_multipliers((0, "cards"), TermKey::flat(pd), (&terms, Grid::Quarterly)).unwrap();
        let off = nearly.iter().zip(&exactly).map(|(nearly, exactly)| (nearly / exactly - 1.0).abs());
        worst = off.fold(worst, f64::max);
    }
    assert!(worst < 1e-5, "{worst:e}");
    // Sibling: those of another PD are others.
    let other = outlook.exact_multipliers((0, "cards"), TermKey::flat(0.02), (&terms, Grid::Quarterly)).unwrap();
    let own = outlook.exact_multipliers((0, "cards"), TermKey::flat(0.021), (&terms, Grid::Quarterly)).unwrap();
    assert!((own[25] / other[25] - 1.0).abs() > 1e-3);
}

#[test]
fn a_loan_may_have_a_stage_in_each_scenario() {
    let mut tape = tests::tape();
    // PDs at origination somewhat below those of now: whether the increase is significant hangs on the scenario.
    tape.details.origination_pd = tape.pd.iter().map(|pd| pd / 1.6).collect();
    let each = under(outlook(&tape, MacroEconomy { staging: ScenarioStaging::Scenario, ..economy(scenarios()) }));
    let weighted = under(outlook(&tape, economy(scenarios())));
    let (each, weighted) = (by_scenario(&tape, &each), by_scenario(&tape, &weighted));
    let stage_2 = |totals: &crate::risk::ecl::EclTotals| totals.stage(crate::model::staging::Stage::Two, None).loans;
    let counts: Vec<u64> = each.scenarios.iter().map(stage_2).collect();
    assert!(counts[0] < counts[1], "{counts:?}");
    assert_eq!(stage_2(&weighted.scenarios[0]), stage_2(&weighted.scenarios[1]));
    assert_eq!(stage_2(&each.weighted), stage_2(&weighted.weighted));
    for (found, staging_moves) in [(&each, true), (&weighted, false)] {
        let ecl: Vec<f64> = found.scenarios.iter().map(|totals| totals.total().ecl).collect();
        let adverse = found.attribution[1];
        let sum = adverse.index + adverse.staging + adverse.lgd;
        assert!((sum - (ecl[1] - ecl[0])).abs() < 1e-9 * ecl[1]);
        assert!(adverse.index > 0.0 && adverse.lgd == 0.0, "{adverse:?}");
        assert_eq!(adverse.staging > 1e-6 * ecl[1], staging_moves, "{adverse:?}");
        assert_eq!(found.attribution[0].index.abs() + found.attribution[0].staging.abs(), 0.0);
    }
}
