//! From a table to an index through the front door: what is found, what is refused, and in which words.
#![allow(clippy::disallowed_methods)]

use super::recovery_tests::{autoregressive, binomial};
use super::{Calibration, Criterion, Making, RateUnit, RegimeMeans, Request, Sign, Wanted, calibrate};
use crate::error::Result;
use crate::math::normal;
use crate::model::index::{Calendar, Column, Frequency, OtherColumn, Series, Transform};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// A history of columns.
#[derive(Clone)]
struct Table(Series);

impl Table {
    fn new(columns: &[(&str, Vec<f64>)]) -> Self {
        let column = |(name, values): &(&str, Vec<f64>)| Column {
            name: (*name).to_owned(),
            values: values.iter().map(|value| Some(*value)).collect(),
        };
        Self(Series {
            name: "h.csv".to_owned(),
            calendar: Calendar::Dated { frequency: Frequency::Quarterly, first: 8_000 },
            columns: columns.iter().map(column).collect(),
            others: Vec::new(),
        })
    }

    /// Unemployment that raises defaults a year's change later, growth that lowers them, and a decoy.
    fn made_up(seed: u64, quarters: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut made = |alpha: f64, quarters| autoregressive(&mut rng, quarters, alpha);
        let unemployment: Vec<f64> = made(0.93, quarters).iter().map(|x| 6.0 + 1.5 * x).collect();
        let growth: Vec<f64> = made(0.5, quarters).iter().map(|x| 2.0 + 2.0 * x).collect();
        let decoy = made(0.8, quarters);
        let effects = made(0.4, quarters);
        let at = |values: &[f64], row: usize| values.get(row).copied().unwrap_or(0.0);
        let (mut rates, mut numbers) = (Vec::new(), Vec::new());
        for row in 0..quarters {
            let (lagged, before) = (row.max(6) - 2, row.max(6) - 6);
            let change = at(&unemployment, lagged) - at(&unemployment, before);
            let theta = -2.1 + 0.14 * change - 0.04 * at(&growth, row.max(1) - 1) + 0.08 * at(&effects, row);
            let count = binomial(&mut rng, 3_000.0 + 7.0 * row as f64, normal::cdf(theta));
            rates.push(count.rate());
            numbers.push(count.number);
        }
        let columns =
            [("dr", rates), ("n", numbers), ("Unemployment", unemployment), ("gdp", growth), ("decoy", decoy)];
        Self::new(&columns)
    }

    fn with(mut self, name: &str, row: usize, value: Option<f64>) -> Self {
        for column in self.0.columns.iter_mut().filter(|column| column.name == name) {
            column.values[row] = value;
        }
        self
    }

    fn request<'a>(&'a self, drivers: &[&str]) -> Request<'a> {
        let wanted = |name: &&str| Wanted { column: (*name).to_owned(), sign: super::usual_sign(name) };
        Request {
            series: &self.0,
            default_rate: ("dr", RateUnit::Share),
            count: Some("n"),
            drivers: drivers.iter().map(wanted).collect(),
            making: Making { transforms: vec![Transform::Level, Transform::Change], spans: vec![1, 4], lags: 0..=3 },
            most_drivers: 3,
            criterion: Criterion::Bic,
            holdout: None,
            regimes: None,
        }
    }

    fn calibrate(&self, drivers: &[&str]) -> Result<Calibration> {
        calibrate(&self.request(drivers))
    }
}

fn refusal(outcome: Result<Calibration>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn the_drivers_that_were_put_in_are_found() {
    let found = Table::made_up(5, 131).calibrate(&["unemployment", " gdp", "decoy"]).unwrap();
    let drivers: Vec<_> = found.drivers.iter().map(|driver| &driver.driver).collect();
    let names: Vec<&str> = drivers.iter().map(|driver| driver.column.as_str()).collect();
    assert_eq!(names, ["Unemployment", "gdp"], "{:?}", found.models);
    assert_eq!(
        (drivers[0].transformation.transform, drivers[0].transformation.span, drivers[0].lag),
        (Transform::Change, 4, 2)
    );
    assert_eq!((drivers[1].transformation.transform, drivers[1].lag), (Transform::Level, 1));
    assert!(drivers[0].coefficient < 0.0 && drivers[1].coefficient > 0.0);
    // 12 candidates of each of three columns: 1 + 36 + 3 × 144 + 1728.
    assert_eq!(found.selection.tried, 1 + 36 + 432 + 1_728);
    // The macro part has the variance R², and with the residual 1.
    let parts: Vec<f64> = found.quarters.iter().map(|quarter| quarter.macro_part).collect();
    let n = parts.len() as f64;
    assert!(parts.iter().sum::<f64>().abs() < 1e-9 * n);
    assert!((parts.iter().map(|x| x * x).sum::<f64>() / n - found.r_squared).abs() < 1e-12);
    // What the fragment says gives the same macro part again.
    for (row, quarter) in found.rows.clone().zip(&found.quarters) {
        let part = |driver: &&crate::model::index::Driver| {
            let at = row - usize::from(driver.lag);
            driver.part(driver.transformed(&Table::made_up(5, 131).0).unwrap()[at].unwrap())
        };
        assert!((drivers.iter().map(part).sum::<f64>() - quarter.macro_part).abs() < 1e-12);
    }
    // v and ρ by their definitions.
    let v = found.systematic;
    assert!((found.period_correlation() - v / (1.0 + v)).abs() < 1e-15);
    let residual = found.fit.volatility * found.fit.volatility / v;
    assert!((residual + found.r_squared - 1.0).abs() < 1e-12);
    assert!(found.r_squared_low.unwrap() < found.r_squared && found.r_squared_low.unwrap() > 0.5);
    let holdout = found.holdout.unwrap();
    assert_eq!(holdout.quarters, 8);
    assert!(holdout.rate[0] < holdout.rate[1] && holdout.coverage > 0.6, "{:?}", holdout.rate);
    assert!((found.yearly - found.persistence.unwrap().autocorrelation.max(0.0).powi(4)).abs() < 1e-12);
}

#[test]
fn rates_without_counts_give_nearly_the_same() {
    let table = Table::made_up(5, 131);
    let counted = table.calibrate(&["unemployment", "gdp"]).unwrap();
    let mut request = table.request(&["unemployment", "gdp"]);
    request.count = None;
    let rates = calibrate(&request).unwrap();
    for (one, other) in counted.drivers.iter().zip(&rates.drivers) {
        assert_eq!((&one.driver.column, one.driver.lag), (&other.driver.column, other.driver.lag));
        assert!((one.probit - other.probit).abs() < 0.02);
    }
    // Chance counts as residual.
    assert!(rates.fit.volatility > counted.fit.volatility);
    assert!(rates.notes.iter().any(|note| note.contains("chance counts as residual")));
    // The order of the file's columns and of the threads does not matter: the same again.
    assert_eq!(table.calibrate(&["unemployment", "gdp"]).unwrap(), counted);
}

#[test]
fn a_perverse_sign_is_refused_and_told() {
    let table = Table::made_up(5, 131);
    let mut request = table.request(&["unemployment", "gdp"]);
    // More unemployment were good.
    request.drivers[0].sign = Some(Sign::Positive);
    let found = calibrate(&request).unwrap();
    assert!(found.drivers.iter().all(|driver| driver.driver.column != "Unemployment"), "{:?}", found.models);
    let refused = found.refused.unwrap();
    assert!(refused.criterion < found.models[0].criterion);
    assert!(refused.perverse.iter().all(|name| name.starts_with("unemployment")));
    let told = found.warnings.iter().find(|warning| warning.starts_with("PERVERSE SIGN")).unwrap();
    assert!(told.contains("unemployment comes out negative where positive makes sense"), "{told}");
    // Beside the driver that was taken it still comes out so.
    let again = found.warnings.iter().filter(|warning| warning.contains("it was left out")).count();
    assert_eq!((found.left_out.len(), again), (1, 1), "{:?}", found.warnings);
    // The sibling with the right sign says nothing of the kind.
    let right = table.calibrate(&["unemployment", "gdp"]).unwrap();
    assert!(!right.warnings.iter().any(|warning| warning.starts_with("PERVERSE")), "{:?}", right.warnings);
}

#[test]
fn doubtful_fits_are_warned_of() {
    let has = |found: &Calibration, text: &str| found.warnings.iter().any(|warning| warning.contains(text));
    let table = Table::made_up(7, 33);
    let found = table.calibrate(&["unemployment"]).unwrap();
    assert!(has(&found, "fewer than 40"), "{:?}", found.warnings);
    let long = Table::made_up(7, 133).calibrate(&["unemployment"]).unwrap();
    assert!(!has(&long, "fewer than 40") && !has(&long, "thin"), "{:?}", long.warnings);
    let thin = Table::made_up(7, 133).with("n", 90, Some(61.0)).with("dr", 90, Some(1.0 / 61.0));
    let thin = thin.calibrate(&["unemployment"]).unwrap();
    assert!(has(&thin, "1 of 127 periods are thin") || has(&thin, "2022 Q3"), "{:?}", thin.warnings);
    let odd = Table::made_up(7, 133).with("dr", 80, Some(0.0122));
    assert!(has(&odd.calibrate(&["unemployment"]).unwrap(), "no whole number of defaults in 2020 Q1"));
    let noise = Table::made_up(7, 133).calibrate(&["decoy"]).unwrap();
    assert!(noise.drivers.is_empty() && has(&noise, "no macro part"), "{:?}", noise.warnings);
    assert_eq!(noise.r_squared, 0.0);
    // A column that is nearly another one.
    let mut twins = Table::made_up(7, 133);
    let copy: Vec<Option<f64>> = twins.0.columns[2]
        .values
        .iter()
        .enumerate()
        .map(|(i, x)| x.map(|x| 0.5 * x + 0.02 * ((i * i) % 7) as f64))
        .collect();
    twins.0.columns.push(Column { name: "twin".to_owned(), values: copy });
    let mut request = twins.request(&["unemployment", "twin"]);
    request.making = Making { transforms: vec![Transform::Change], spans: vec![4], lags: 2..=2 };
    request.criterion = Criterion::Aicc;
    let both = calibrate(&request).unwrap();
    assert!(both.drivers.len() < 2 || has(&both, "COLLINEAR"), "{:?}", both.warnings);
}

#[test]
fn nonsense_is_refused_politely() {
    let table = || Table::made_up(3, 60);
    let of = |table: Table| refusal(table.calibrate(&["unemployment", "gdp"]));
    for (found, expected) in [
        (
            refusal(table().calibrate(&["unemploymnt"])),
            "--drivers: h.csv: no column 'unemploymnt'; did you mean 'Unemployment'?",
        ),
        (refusal(table().calibrate(&["gdp", "GDP "])), "--drivers: found 'GDP ' twice; wanted each column once"),
        (
            refusal(table().calibrate(&["DR"])),
            "--drivers: found 'DR', which is --default-rate; wanted columns that explain the default rate, not itself",
        ),
        (refusal(table().calibrate(&["n"])), "--drivers: found 'n', which is --count; wanted"),
        (
            of(table().with("dr", 9, Some(2.5))),
            "h.csv: column 'dr' for 2002 Q2: 2.5; wanted a share from 0 to 1; if rates are in per cent, add --unit percent",
        ),
        (of(table().with("dr", 9, Some(-0.5))), "h.csv: column 'dr' for 2002 Q2: -0.5; wanted a share from 0 to 1"),
        (of(table().with("dr", 30, None)), "h.csv: column 'dr' for 2007 Q3: no value, between rows that have one"),
        (of(table().with("n", 30, None)), "h.csv: column 'n' for 2007 Q3: no value, between rows that have one"),
        (of(table().with("n", 30, Some(0.0))), "h.csv: column 'n' for 2007 Q3: 0; wanted a whole number of obligors"),
        (of(table().with("n", 30, Some(7.5))), "h.csv: column 'n' for 2007 Q3: 7.5; wanted a whole number of obligors"),
        (of(table().with("gdp", 30, None)), "h.csv: column 'gdp' for 2007 Q3: no value, though earlier rows have one"),
        (of(Table::made_up(3, 11)), "h.csv: 11 rows with a default rate in column 'dr'; a calibration needs 12"),
        (of(Table::made_up(3, 15)), "h.csv: 8 rows in which all candidates have a value, of 15 with a default rate"),
    ] {
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
    let text = |name: &str, found: &str| {
        let mut table = table();
        let kept = |column: &Column| column.name != name;
        table.0.columns.retain(kept);
        table.0.others.push(OtherColumn { name: name.to_owned(), line: 7, found: found.to_owned() });
        of(table)
    };
    for (name, flag, found) in [("dr", "--default-rate", "2.1%"), ("n", "--count", "1 000"), ("gdp", "--drivers", "x")]
    {
        let expected =
            format!("{flag}: h.csv:7: '{found}' in column '{name}'; the column of {flag} needs numbers with point");
        assert!(text(name, found).starts_with(&expected), "{}", text(name, found));
    }
    let below = Table::made_up(3, 60).with("gdp", 0, Some(-1.0));
    let mut request = below.request(&["gdp"]);
    request.making.transforms = vec![Transform::Growth];
    assert_eq!(
        refusal(calibrate(&request)),
        "--transforms: nothing to try is made of column 'gdp'; a growth needs numbers above 0, and what is made of a column \
         must move: add level or change to --transforms, or leave the column out of --drivers"
    );
    let mut constant = table();
    constant.0.columns[3].values.fill(Some(4.25));
    assert!(of(constant).starts_with("h.csv: column 'gdp' has the same value in every row; what never moves"));
    let mut zero = table();
    zero.0.columns[0].values.fill(Some(0.0));
    assert!(of(zero).starts_with("h.csv: column 'dr' is 0 in every row; there is nothing to calibrate to"));
    let quiet = table().with("dr", 30, Some(0.0));
    let mut request = quiet.request(&["gdp"]);
    request.count = None;
    assert!(
        refusal(calibrate(&request)).starts_with("h.csv: column 'dr' for 2007 Q3: 0, which has no probit; give the")
    );
    request.count = Some("n");
    assert!(calibrate(&request).is_ok());
    request.count = Some("dr");
    assert!(refusal(calibrate(&request)).starts_with("--count: found 'dr'; wanted another column"));
    let short = table();
    let mut request = short.request(&["gdp"]);
    request.holdout = Some(50);
    assert!(refusal(calibrate(&request)).starts_with("--holdout: found 50; wanted at most"));
    request.holdout = Some(0);
    assert_eq!(calibrate(&request).unwrap().holdout, None);
    let few = Table::made_up(3, 38);
    let mut request = few.request(&["gdp"]);
    request.regimes = Some(RegimeMeans::Equal);
    assert!(refusal(calibrate(&request)).contains("rows to fit; wanted 40 at least: leave --regimes out"));
    let mut many = Table::made_up(3, 80);
    many.0.columns.extend((0..6).map(|i| Column {
        name: format!("x{i}"),
        values: (0..80).map(|row| Some(((row * (i + 3)) % 11) as f64)).collect(),
    }));
    let mut request = many.request(&["gdp", "x0", "x1", "x2", "x3", "x4", "x5"]);
    request.making.lags = 0..=9;
    request.most_drivers = 5;
    assert!(refusal(calibrate(&request)).contains("models to try; wanted at most 3e6: fewer --drivers"));
}

#[test]
fn blanks_before_and_after_the_history_do_no_harm() {
    let whole = Table::made_up(3, 70);
    let mut longer = whole.clone();
    for row in [0, 1, 2, 68, 69] {
        longer = longer.with("dr", row, None).with("n", row, None);
    }
    let found = longer.calibrate(&["unemployment"]).unwrap();
    assert_eq!(found.rows.end, 68);
    // Drivers from before the first rate serve its lags.
    let first = found.drivers.iter().map(|driver| driver.driver.reach()).max().unwrap_or(0);
    assert_eq!(found.rows.start, first.max(3));
}
