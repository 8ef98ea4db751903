//! Macro parts against numbers worked out by hand: alignment, lags, spans, reversion, grids, and what is refused.

use super::super::{Calendar, Column, Frequency, Reversion, ReversionShape, Start, Transform, Transformation};
use super::*;
use crate::model::time::Grid;
use crate::units::Date;

const QUARTERLY: Frequency = Frequency::Quarterly;

/// 2018 Q3.
const FIRST: i32 = 8_074;

fn dated(name: &str, first: i32, columns: &[(&str, &[f64])]) -> Series {
    let column = |(name, values): &(&str, &[f64])| Column {
        name: (*name).to_owned(),
        values: values.iter().map(|value| (!value.is_nan()).then_some(*value)).collect(),
    };
    Series {
        name: name.to_owned(),
        calendar: Calendar::Dated { frequency: QUARTERLY, first },
        columns: columns.iter().map(column).collect(),
        others: vec![],
    }
}

fn driver(transform: Transform, span: u16, lag: u16) -> Driver {
    let transformation = Transformation { transform, span };
    Driver { column: "uer".to_owned(), transformation, lag, mean: 1.0, standard_deviation: 0.5, coefficient: -0.25 }
}

fn window(grid: Grid, periods: usize) -> Window {
    let start = Start::After(Date::new(2018, 6, 30).unwrap());
    Window { start, grid, periods, reversion: Reversion { shape: ReversionShape::Linear, periods: 4 } }
}

fn part(driver: Driver, history: Option<&Series>, path: &Series, window: Window) -> Result<Vec<f64>> {
    MacroIndex { drivers: vec![driver], r_squared: 0.36 }.part(history, path, &window)
}

fn refusal(driver: Driver, history: Option<&Series>, path: &Series, window: Window) -> String {
    part(driver, history, path, window).unwrap_err().to_string()
}

#[test]
fn levels_are_standardised_and_go_back_to_their_mean() {
    let path = dated("p.csv", FIRST, &[("UER", &[2.0, 3.0, 1.0, 5.0])]);
    let own = part(driver(Transform::Level, 1, 0), None, &path, window(Grid::Quarterly, 10)).unwrap();
    // −¼ × (x − 1) / ½, then the last one's −2 by quarters of itself.
    assert_eq!(own, [-0.5, -1.0, 0.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.0, 0.0]);
    let geometric = Reversion { shape: ReversionShape::Geometric, periods: 4 };
    let own = part(
        driver(Transform::Level, 1, 0),
        None,
        &path,
        Window { reversion: geometric, ..window(Grid::Quarterly, 12) },
    );
    let own = own.unwrap();
    assert!((own[7] + 2.0 * 0.05).abs() < 1e-15 && (own[11] + 2.0 * 0.0025).abs() < 1e-15, "{own:?}");
    assert_eq!(MacroIndex { drivers: vec![], r_squared: 0.36 }.scale(), 0.8);
}

#[test]
fn lags_and_spans_reach_into_history() {
    let path = dated("p.csv", FIRST, &[("uer", &[2.0, 3.0, 1.0, 5.0])]);
    let history = dated("h.csv", FIRST - 4, &[("uer", &[8.0, 4.0, 1.0, 1.5])]);
    // x̃ = x − two quarters before, one quarter late: the first is of 2018 Q2, 1.5 − 4.
    let own = part(driver(Transform::Change, 2, 1), Some(&history), &path, window(Grid::Quarterly, 7)).unwrap();
    let change = [1.5 - 4.0, 2.0 - 1.0, 3.0 - 1.5, 1.0 - 2.0, 5.0 - 3.0];
    let expected: Vec<f64> = change.iter().map(|change| -0.25 * ((change - 1.0) / 0.5)).collect();
    assert_eq!(own[..5], expected);
    assert_eq!(own[5..], [expected[4] * 0.75, expected[4] * 0.5]);
    // Sibling: without the lag every change comes a quarter earlier.
    let sooner = part(driver(Transform::Change, 2, 0), Some(&history), &path, window(Grid::Quarterly, 7)).unwrap();
    assert_eq!(sooner[..4], expected[1..]);
    // Growth, as logarithms.
    let growth = part(driver(Transform::Growth, 1, 1), Some(&history), &path, window(Grid::Quarterly, 2)).unwrap();
    assert_eq!(growth[0], -0.25 * ((libm::log(1.5) - 1.0) / 0.5));
}

#[test]
fn a_path_that_begins_before_the_run_is_its_own_history_and_counts_before_it() {
    let whole = dated("p.csv", FIRST - 3, &[("uer", &[4.0, 1.0, 1.5, 2.0, 3.0, 1.0, 5.0])]);
    let path = dated("p.csv", FIRST, &[("uer", &[2.0, 3.0, 1.0, 5.0])]);
    let history = dated("h.csv", FIRST - 3, &[("uer", &[4.0, 1.0, 1.5, 99.0])]);
    let driver = driver(Transform::Change, 2, 1);
    let alone = part(driver.clone(), None, &whole, window(Grid::Quarterly, 9)).unwrap();
    assert_eq!(alone, part(driver.clone(), Some(&history), &path, window(Grid::Quarterly, 9)).unwrap());
    // From its first row on, the same path is three quarters ahead, and lags need what was before.
    let first_row = Window { start: Start::FirstRow, ..window(Grid::Quarterly, 9) };
    assert!(
        refusal(driver, None, &whole, first_row)
            .starts_with("p.csv: it begins in 2017 Q4, and column 'uer' is needed from 2017 Q1")
    );
}

#[test]
fn every_grid_has_the_quarters_values() {
    let path = dated("p.csv", FIRST, &[("uer", &[2.0, 3.0, 1.0, 5.0])]);
    let of = |grid, periods| part(driver(Transform::Level, 1, 0), None, &path, window(grid, periods)).unwrap();
    assert_eq!(of(Grid::Monthly, 8), [-0.5, -0.5, -0.5, -1.0, -1.0, -1.0, 0.0, 0.0]);
    assert_eq!(of(Grid::Yearly, 3), [-3.5 / 4.0, -3.0 / 4.0, 0.0]);
    let monthly =
        Series { calendar: Calendar::Dated { frequency: Frequency::Monthly, first: 2018 * 12 + 6 }, ..path.clone() };
    let longer = Series {
        columns: vec![Column { name: "uer".into(), values: (0..12).map(|x| Some(f64::from(x))).collect() }],
        ..monthly
    };
    let own = part(driver(Transform::Level, 1, 0), None, &longer, window(Grid::Quarterly, 2)).unwrap();
    assert_eq!(own, [0.0, -1.5]);
    let yearly = Series { calendar: Calendar::Dated { frequency: Frequency::Yearly, first: 2018 }, ..path };
    let start = Start::After(Date::new(2017, 12, 31).unwrap());
    let own = part(driver(Transform::Level, 1, 0), None, &yearly, Window { start, ..window(Grid::Quarterly, 6) });
    assert_eq!(own.unwrap(), [-0.5, -0.5, -0.5, -0.5, -1.0, -1.0]);
}

#[test]
fn an_index_is_taken_by_segment_or_for_all() {
    let path = dated("i.csv", FIRST, &[("index", &[-1.0, -2.0, -1.0, 0.5]), ("Homes", &[0.0, 1.0, 2.0, f64::NAN])]);
    let own = given_index(&path, "cars", &window(Grid::Quarterly, 7)).unwrap();
    assert_eq!(own, [-1.0, -2.0, -1.0, 0.5, 0.375, 0.25, 0.125]);
    let blank = given_index(&path, "homes", &window(Grid::Quarterly, 7)).unwrap_err().to_string();
    assert!(blank.starts_with("i.csv: a blank cell in column 'homes' for 2019 Q2; give the index"), "{blank}");
    let other = dated("i.csv", FIRST, &[("homes", &[0.0; 4])]);
    let lacking = given_index(&other, "cars", &window(Grid::Quarterly, 7)).unwrap_err().to_string();
    assert!(lacking.starts_with("i.csv: neither a column 'cars' nor one 'index'; name"), "{lacking}");
}

#[test]
fn what_does_not_fit_is_refused_with_place_and_remedy() {
    let level = || driver(Transform::Level, 1, 0);
    let change = || driver(Transform::Change, 1, 1);
    let path = |first, values: &[f64]| dated("p.csv", first, &[("uer", values)]);
    let history = |first, values: &[f64]| dated("h.csv", first, &[("uer", values)]);
    let year = [2.0, 3.0, 1.0, 5.0];
    let quarters = || window(Grid::Quarterly, 8);
    let start =
        |day: (i32, i32, i32)| Window { start: Start::After(Date::new(day.0, day.1, day.2).unwrap()), ..quarters() };
    let numbered = Series { calendar: Calendar::Numbered { frequency: QUARTERLY, first: 1 }, ..path(1, &year) };
    let monthly = Series { calendar: Calendar::Dated { frequency: Frequency::Monthly, first: 1 }, ..history(1, &year) };
    for (found, expected) in [
        (
            refusal(level(), None, &path(FIRST, &year[..3]), quarters()),
            "p.csv: 3 quarters from 2018 Q3 on, less than a year; give a path",
        ),
        (
            refusal(level(), None, &path(FIRST - 3, &year), quarters()),
            "p.csv: 1 quarter from 2018 Q3 on, less than a year; give",
        ),
        (
            refusal(level(), None, &path(FIRST + 2, &year), quarters()),
            "p.csv: the path begins in 2019 Q1, and the run, after 2018-06-30, in 2018 Q3; give a path that has the period",
        ),
        (
            refusal(level(), None, &path(FIRST - 4, &year), quarters()),
            "p.csv: the path ends in 2018 Q2, and the run, after 2018-06-30, begins in 2018 Q3; give a path",
        ),
        (
            refusal(level(), None, &path(FIRST, &year), start((2018, 6, 29))),
            "p.csv: periods of a quarter, and the reporting date 2018-06-29 within 2018 Q2; take a reporting date that ends",
        ),
        (
            refusal(level(), None, &numbered, quarters()),
            "p.csv: periods without dates, the first 1, and a run that begins after 2018-06-30; set scenarios.align = \"start\"",
        ),
        (
            refusal(change(), None, &path(FIRST, &year), quarters()),
            "p.csv: it begins in 2018 Q3, and column 'uer' is needed from 2018 Q1 on; set index.history to a file with the periods \
             before (change over 1, lag 1)",
        ),
        (
            refusal(change(), Some(&history(FIRST - 1, &year)), &path(FIRST, &year), quarters()),
            "h.csv: it begins in 2018 Q2, and column 'uer' is needed from 2018 Q1 on; give a longer history (change over 1",
        ),
        (
            refusal(change(), Some(&history(FIRST - 6, &year)), &path(FIRST, &year), quarters()),
            "h.csv: it ends in 2017 Q4, and p.csv begins in 2018 Q3: a gap of 2; give a history that reaches the scenario",
        ),
        (
            refusal(change(), Some(&monthly), &path(FIRST, &year), quarters()),
            "h.csv: dated monthly periods before the dated quarterly ones of p.csv; give history and scenarios the same",
        ),
        (
            refusal(change(), Some(&numbered), &path(FIRST, &year), quarters()),
            "p.csv: numbered quarterly periods before the dated quarterly ones",
        ),
        (
            refusal(change(), Some(&history(FIRST - 2, &[f64::NAN, 1.0])), &path(FIRST, &year), quarters()),
            "h.csv: a blank cell in column 'uer' for 2018 Q1; fill it, or leave this driver out",
        ),
        (
            refusal(level(), None, &path(FIRST, &[1.0, 2.0, f64::NAN, 1.0]), quarters()),
            "p.csv: a blank cell in column 'uer' for 2019 Q1; fill it",
        ),
        (
            refusal(level(), None, &dated("p.csv", FIRST, &[("uert", &year)]), quarters()),
            "p.csv: no column 'uer'; did you mean 'uert'?",
        ),
        (
            refusal(change(), Some(&dated("h.csv", FIRST - 4, &[("u", &year)])), &path(FIRST, &year), quarters()),
            "h.csv: no column 'uer'; there are 'u'",
        ),
        (
            refusal(
                driver(Transform::Growth, 1, 0),
                Some(&history(FIRST - 1, &[0.0])),
                &path(FIRST, &year),
                quarters(),
            ),
            "h.csv and p.csv: 0 in column 'uer' for 2018 Q2, and its growth is asked for; a logarithm needs",
        ),
    ] {
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
    // Sibling: the last day of the quarter is taken, and a history is not looked at where nothing is needed of it.
    assert!(
        part(level(), Some(&dated("h.csv", FIRST - 4, &[("u", &year)])), &path(FIRST, &year), start((2018, 6, 30)))
            .is_ok()
    );
}
