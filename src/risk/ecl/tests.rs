//! A small tape measured by hand, and what overlays come to: caps, dates, what they touch.

use super::{Depth, EclSetup, Overlay, OverlaySize, RatingScale, SeveritySetup, View, compare, measure};
use crate::error::Error;
use crate::model::ecl::Discounting;
use crate::model::exposure::ExposureSettings;
use crate::model::staging::{Framework, Stage, StagingRules};
use crate::model::term::TermStructures;
use crate::model::time::Grid;
use crate::portfolio::{Details, InputFile, Tape};
use crate::units::{Date, DateFormat};

const DAY: &str = "2024-06-30";

fn day(text: &str) -> Date {
    Date::parse(text, &DateFormat::default()).unwrap()
}

/// Three bullet loans of 12 months without interest in two segments: ECL 2, 6 and, in default, 50.
fn tape() -> Tape {
    Tape {
        segments: vec!["a".to_owned(), "b".to_owned()],
        segment: vec![0, 1, 0],
        pd: vec![0.02, 0.03, 0.04],
        ead: vec![200.0, 400.0, 100.0],
        lgd: vec![0.5; 3],
        details: Details { days_past_due: vec![0, 31, 91], remaining_months: vec![12, 12, 0], ..Details::default() },
        ..Tape::default()
    }
}

fn setup() -> EclSetup {
    EclSetup {
        framework: Framework::Ifrs9,
        grid: Grid::Quarterly,
        discounting: Discounting::None,
        terms: TermStructures::flat(),
        exposure: vec![ExposureSettings::default(); 2],
        staging: StagingRules::default(),
        cancellable: false,
        most_months: None,
        scale: RatingScale::default(),
        severity: SeveritySetup::default(),
        outlook: None,
        view: View::default(),
    }
}

fn near(got: f64, expected: f64) {
    assert!((got - expected).abs() < 1e-12 * expected.abs().max(1.0), "{got} for {expected}");
}

#[test]
fn three_loans_by_hand() {
    let mut seen = Vec::new();
    let totals = measure(&tape(), &setup(), Depth::Loans, &mut |first, loans| {
        seen.push((first, loans.len(), loans[2].more.lgd));
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, [(0, 3, 0.5)]);
    near(totals.total().ecl, 58.0);
    near(totals.stage(Stage::Two, None).ecl, 6.0);
    near(totals.segment(0).ecl, 52.0);
    near(totals.years[0], 58.0);
    assert_eq!((totals.stage(Stage::Three, Some(0)).loans, totals.stage(Stage::Three, Some(1)).loans), (1, 0));
    let later = EclSetup { staging: StagingRules { days_past_due_stage_3: 30, ..StagingRules::default() }, ..setup() };
    let moves = compare(&tape(), &setup(), &later, &mut |_| Ok(())).unwrap();
    let moved: Vec<_> = moves.moves.iter().map(|moved| (moved.from, moved.to, moved.loans)).collect();
    assert_eq!(moved, [(Stage::One, Stage::One, 1), (Stage::Two, Stage::Three, 1), (Stage::Three, Stage::Three, 1)]);
    near(moves.after() - moves.before(), 200.0 - 6.0);
}

#[test]
fn whoever_is_handed_loans_may_break_off() {
    let stopped = measure(&tape(), &setup(), Depth::Totals, &mut |_, _| Err(Error::Interrupted));
    assert!(matches!(stopped, Err(Error::Interrupted)));
}

#[test]
fn loans_that_cannot_be_measured_are_named_by_file_and_row() {
    let input =
        |path: &str, rows| InputFile { path: path.into(), bytes: 1, sha256: String::new(), rows, fields: Vec::new() };
    let mut tape = Tape { inputs: vec![input("one.csv", 1), input("two.csv", 2)], ..tape() };
    tape.lgd[1] = f64::NAN;
    let refusal = |tape: &Tape| measure(tape, &setup(), Depth::Totals, &mut |_, _| Ok(())).unwrap_err().to_string();
    assert!(refusal(&tape).starts_with("two.csv: row 1 of loans: no lgd; give the tape one"), "{}", refusal(&tape));
    tape.rejected.rows = 3;
    assert!(refusal(&tape).contains("loan 2 of those that can be used"), "{}", refusal(&tape));
}

#[test]
fn overlays_are_capped_dated_and_touch_what_they_say() {
    let tape = tape();
    let totals = measure(&tape, &setup(), Depth::Totals, &mut |_, _| Ok(())).unwrap();
    let overlay = |size, cap| Overlay {
        name: "x".to_owned(),
        because: "y".to_owned(),
        size,
        cap,
        from: None,
        until: None,
        segment: None,
        stage: None,
    };
    let applied = |overlay: &Overlay| overlay.apply(&totals, &tape.segments, day(DAY)).applied;
    near(applied(&overlay(OverlaySize::Percent(10.0), 0.5)), 5.8);
    near(applied(&overlay(OverlaySize::Percent(90.0), 0.5)), 29.0);
    near(applied(&overlay(OverlaySize::Amount(-1e6), 0.25)), -14.5);
    let a = Overlay { segment: Some("a".to_owned()), ..overlay(OverlaySize::Amount(30.0), 1.0) };
    near(applied(&a), 30.0);
    near(applied(&Overlay { stage: Some(Stage::One), ..a.clone() }), 2.0);
    near(applied(&Overlay { stage: Some(Stage::Two), segment: None, ..a.clone() }), 6.0);
    for (from, until, active) in
        [(DAY, DAY, true), ("2024-07-01", "2024-12-31", false), ("2024-01-01", "2024-06-29", false)]
    {
        let dated = Overlay { from: Some(day(from)), until: Some(day(until)), ..a.clone() };
        let outcome = dated.apply(&totals, &tape.segments, day(DAY));
        assert_eq!((outcome.active, outcome.applied != 0.0, outcome.asked), (active, active, 30.0));
    }
    assert!(a.check(&tape.segments, Framework::Ifrs9).is_ok() && a.check(&["b".to_owned()], Framework::Ifrs9).is_err());
    let lifetime = Overlay { stage: Some(Stage::Lifetime), ..overlay(OverlaySize::Percent(1.0), 1.0) };
    assert!(lifetime.check(&tape.segments, Framework::Ifrs9).is_err() && lifetime.check(&[], Framework::Cecl).is_ok());
}
