//! Term structures as a tape meets them.

use super::*;

fn curve(name: &str, points: &[(u16, f64)]) -> NamedCurve {
    let nodes: Vec<Node> = points.iter().map(|&(months, cumulative)| Node { months, cumulative }).collect();
    NamedCurve { name: name.to_owned(), curve: Curve::new(&nodes).unwrap() }
}

fn two() -> Vec<NamedCurve> {
    vec![curve("A", &[(12, 0.01), (36, 0.04)]), curve("BB", &[(24, 0.09), (60, 0.25)])]
}

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

const FACTS: TermFacts = TermFacts { segment: 1, pd: 0.03, rating: 0, age: 7 };

#[test]
fn flat_hazards_need_only_a_pd() {
    let flat = TermStructures::flat();
    let key = flat.key(&TermFacts { pd: 0.02, rating: TermFacts::BLANK, age: TermFacts::BLANK, segment: 9 }).unwrap();
    assert_eq!(key, TermKey::flat(0.02));
    let mut quarters = [0.0; 5];
    flat.fill(key, 3, &mut quarters);
    assert_eq!(quarters[3], 0.02);
    assert!((quarters[4] - (1.0 - 0.98 * 0.98_f64.sqrt().sqrt())).abs() < 1e-15);
    assert_eq!((flat.source(), flat.covered(key), flat.fit()), ("flat", None, None));
    for pd in [f64::NAN, -0.1, 1.1] {
        assert!(flat.key(&TermFacts { pd, ..FACTS }).is_err());
    }
}

#[test]
fn curves_by_rating_hold_as_they_are() {
    let made = TermStructures::curves(two(), CurvesBy::Rating, Clock::ReportingDate, "c.csv").unwrap();
    let made = made.for_tape(&texts(&["BB", "A", "BBB"]), &[]);
    let key = made.key(&FACTS).unwrap();
    assert_eq!((key.curve, key.age, made.cumulative(key, 24)), (1, 0, 0.09));
    assert_eq!(made.covered(key), Some(60));
    let says = made.key(&TermFacts { rating: 2, ..FACTS }).unwrap_err().to_string();
    assert_eq!(
        says,
        "c.csv: nothing for the rating 'BBB' of the tape; nearest is 'BB'; add a curve of that name, or rename it on the \
         tape"
    );
    let says = made.key(&TermFacts { rating: TermFacts::BLANK, ..FACTS }).unwrap_err().to_string();
    assert!(says.starts_with("c.csv: a loan without a rating; map"), "{says}");
    assert!(matches!(made.key(&TermFacts { rating: 3, ..FACTS }), Err(Error::Internal(_))));
}

#[test]
fn curves_by_segment_are_scaled_to_the_loan() {
    let made = TermStructures::curves(two(), CurvesBy::Segment, Clock::ReportingDate, "c.csv").unwrap();
    let made = made.for_tape(&texts(&["x"]), &texts(&["A", "BB"]));
    let key = made.key(&FACTS).unwrap();
    assert!((made.cumulative(key, 12) - 0.03).abs() < 1e-15);
    let plain = made.key(&TermFacts { pd: f64::NAN, ..FACTS }).unwrap();
    assert_eq!(made.cumulative(plain, 24), 0.09);
    for pd in [0.0, 1.0] {
        assert_eq!(made.key(&TermFacts { pd, ..FACTS }).unwrap(), TermKey::flat(pd));
    }
    let late = vec![curve("A", &[(12, 0.0), (24, 0.1)])];
    let made = TermStructures::curves(late, CurvesBy::Segment, Clock::Origination, "c.csv").unwrap();
    let made = made.for_tape(&[], &texts(&["A"]));
    let says = made.key(&TermFacts { segment: 0, age: 0, ..FACTS }).unwrap_err().to_string();
    assert!(says.starts_with("c.csv: no default within a year on the curve 'A', but a loan with PD 0.03;"), "{says}");
    assert!(made.key(&TermFacts { segment: 0, age: 1, ..FACTS }).is_ok());
}

#[test]
fn the_clock_of_origination_needs_an_age() {
    let made = TermStructures::curves(two(), CurvesBy::Rating, Clock::Origination, "c.csv").unwrap();
    let made = made.for_tape(&texts(&["A"]), &[]);
    let key = made.key(&FACTS).unwrap();
    assert_eq!((key.age, made.covered(key)), (7, Some(29)));
    let says = made.key(&TermFacts { age: TermFacts::BLANK, ..FACTS }).unwrap_err().to_string();
    assert!(says.starts_with("c.csv: a loan without a date of origination; map origination_date"), "{says}");
}

#[test]
fn what_was_expected_at_origination() {
    let made = TermStructures::curves(two(), CurvesBy::Rating, Clock::Origination, "c.csv").unwrap();
    let made = made.for_tape(&texts(&["A", "BB"]), &[]);
    let then = made.key_at_origination(&FACTS).unwrap().unwrap();
    assert_eq!((then.curve, then.age), (0, 0));
    // The same rating now and then: the months to come look the same.
    let now = made.term(made.key(&FACTS).unwrap());
    assert!((made.term(then).residual(7, 29) - now.cumulative(29)).abs() < 1e-15);
    let unrated = TermFacts { rating: TermFacts::BLANK, ..FACTS };
    assert_eq!(made.key_at_origination(&unrated).unwrap(), Some(TermKey::flat(0.03)));
    assert_eq!(made.key_at_origination(&TermFacts { pd: f64::NAN, ..unrated }).unwrap(), None);
    let flat = TermStructures::flat();
    assert_eq!(flat.key_at_origination(&FACTS).unwrap(), Some(TermKey::flat(0.03)));
    assert_eq!(flat.key_at_origination(&TermFacts { pd: f64::NAN, ..FACTS }).unwrap(), None);
}

#[test]
fn the_state_of_default_is_certain_default() {
    let transitions = Transitions {
        states: texts(&["A", "B", "D"]),
        default: 2,
        shares: vec![vec![0.9, 0.09, 0.01], vec![0.1, 0.8, 0.1], vec![0.0, 0.0, 1.0]],
        withdrawn: vec![0.0; 3],
        rounding: 0.00005,
    };
    let migration = Migration::new(&transitions, Regularisation::QuasiOptimal).unwrap();
    let made = TermStructures::migration(migration, "m.csv").unwrap().for_tape(&texts(&["D", "B", "C"]), &[]);
    assert_eq!(made.key(&FACTS).unwrap(), TermKey::flat(1.0));
    let key = made.key(&TermFacts { rating: 1, ..FACTS }).unwrap();
    assert!((made.cumulative(key, 12) - 0.1).abs() < 1e-13 && key.age == 0);
    assert_eq!(made.covered(key), None);
    assert!(made.fit().unwrap().largest_error < 1e-13);
    let says = made.key(&TermFacts { rating: 2, ..FACTS }).unwrap_err().to_string();
    assert!(says.starts_with("m.csv: nothing for the rating 'C' of the tape; add a row"), "{says}");
}

#[test]
fn curves_have_different_names() {
    let make = |curves| TermStructures::curves(curves, CurvesBy::Rating, Clock::ReportingDate, "c.csv");
    let says = make([two(), two()].concat()).unwrap_err().to_string();
    assert!(says.starts_with("c.csv: 'A' twice;"), "{says}");
    assert!(make(Vec::new()).unwrap_err().to_string().starts_with("c.csv: 0 curves;"));
}
