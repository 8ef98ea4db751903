//! The fragment is TOML with the right keys whatever columns are called; table and JSON say what was fitted.
#![allow(clippy::disallowed_methods)]

use super::*;
use crate::calibration::{Criterion, Making, RateUnit, RegimeMeans, Request, Wanted, calibrate};
use crate::model::index::{Calendar, Column, Frequency, Series, Transform};

const NAME: &str = "a \"new\"\nline = 1 #";

/// Rates that follow a driver of an awkward name, with a bump that takes turns.
fn result(regimes: Option<RegimeMeans>) -> (CalibrationResult, crate::report::chart::Chart) {
    let driver: Vec<f64> = (0..67).map(|i| (f64::from(i) * 0.31).sin() + (f64::from(i) * 0.83).cos()).collect();
    let rate = |(i, x): (usize, &f64)| {
        let bump = [1.0, -0.4, 0.3, -1.1, 0.5, -0.2, 0.1][i % 7] * if i % 40 < 25 { 0.03 } else { 0.15 };
        crate::math::normal::cdf(-2.0 - 0.2 * x + bump)
    };
    let column =
        |name: &str, values: Vec<f64>| Column { name: name.to_owned(), values: values.into_iter().map(Some).collect() };
    let rates = driver.iter().enumerate().map(rate).collect();
    let series = Series {
        name: "h.csv".to_owned(),
        calendar: Calendar::Dated { frequency: Frequency::Quarterly, first: 8_000 },
        columns: vec![column("dr", rates), column(NAME, driver)],
        others: Vec::new(),
    };
    let request = Request {
        series: &series,
        default_rate: ("dr", RateUnit::Share),
        count: None,
        drivers: vec![Wanted { column: NAME.to_owned(), sign: None }],
        making: Making { transforms: vec![Transform::Level], spans: vec![1], lags: 0..=1 },
        most_drivers: 1,
        criterion: Criterion::Bic,
        holdout: None,
        regimes,
    };
    let found = calibrate(&request).unwrap();
    let source = CalibrationSource {
        file: "h\n.csv".to_owned(),
        sha256: "0123".to_owned(),
        default_rate: "dr".to_owned(),
        count: None,
        fitted_on: "2025-12-31".to_owned(),
    };
    let chart = calibration_chart(&found, "Fit".to_owned());
    (CalibrationResult::new(&found, source, ["quarterly", "bic"]), chart)
}

#[test]
fn the_fragment_is_toml_with_the_keys_of_the_index() {
    let (result, _) = result(Some(RegimeMeans::Free));
    let text = index_fragment(&result);
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(table.keys().collect::<Vec<_>>(), ["index"], "{text}");
    let index = table["index"].as_table().unwrap();
    assert_eq!(index["r_squared"].as_float(), Some(result.index.r_squared));
    assert_eq!(index["persistence"].as_float(), Some(result.index.persistence));
    let driver = index["drivers"][0].as_table().unwrap();
    assert_eq!(driver["column"].as_str(), Some(NAME));
    assert_eq!(driver["transform"].as_str(), Some("level"));
    assert_eq!((driver["span"].as_integer(), driver["lag"].as_integer()), (Some(1), Some(0)));
    assert!(driver["coefficient"].as_float().unwrap() > 0.5);
    let regimes = index["regimes"].as_table().unwrap();
    assert_eq!(regimes["volatility"][1].as_float(), Some(result.regimes.unwrap().volatility[1]));
    assert!(text.contains("asset_correlation = 0.0"), "{text}");
    // Nothing of a name ends a comment.
    assert!(text.lines().all(|line| !line.starts_with("line = 1")), "{text}");
    assert!(text.contains("History: h .csv (SHA-256 0123)"), "{text}");
}

#[test]
fn a_perfect_fit_leaves_the_index_some_chance() {
    let (mut result, _) = result(None);
    result.index.r_squared = 1.0;
    let text = index_fragment(&result);
    assert!(text.contains("r_squared = 0.99  # 1.0000 was fitted; down to 0."), "{text}");
    // The low end leaves out what lasts and the errors of coefficients: it must not pass for a confidence bound.
    let claim = "if periods were independent and coefficients exact; the truth may be lower";
    let line = text.lines().find(|line| line.starts_with("r_squared")).unwrap();
    assert!(line.ends_with(claim) && !line.contains('%'), "{line}");
    assert!(!text.contains("[index.regimes]"));
}

#[test]
fn table_and_json_say_what_was_fitted() {
    let (result, chart) = result(Some(RegimeMeans::Equal));
    let told = render_calibration(&result, &chart);
    for part in [
        "Index      R² 0.",
        "R² down to 0.",
        "independent and coefficients exact; the truth may be lower",
        "implied asset correlation",
        "Regimes    calm",
        "Held out   the last 8",
        "● observed",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    // Control characters of names do not reach the terminal.
    assert!(told.contains("a \"new\"\\nline"), "{told}");
    let json = serde_json::to_value(&result).unwrap();
    assert_eq!(json["schema"], CALIBRATION_SCHEMA);
    assert_eq!(json["drivers"][0]["column"], NAME);
    assert_eq!(json["periods"].as_array().unwrap().len(), 67);
    assert!(json["index"]["r_squared_low"].as_f64().unwrap() < json["index"]["r_squared"].as_f64().unwrap());
}
