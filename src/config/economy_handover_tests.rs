//! From files and settings to climates of the portfolio's segments.

use super::super::{parse_model, read_model, resolve};
use super::*;
use std::fs::write;

const DRIVER: &str = "[[index.drivers]]\ncolumn = \"uer\"\ntransform = \"level\"\nlag = 1\nmean = 5\nstandard_deviation = 2\n\
                      coefficient = -0.5\n";
const HISTORY: &str = "Date,UER\n2018 Q1,6.5\n2018 Q2,7\n";
const MILD: &str = "Date,UER\n2018 Q3,6\n2018 Q4,5\n2019 Q1,5\n2019 Q2,4\n";
const SEVERE: &str = "Date,UER\n2018 Q3,9\n2018 Q4,11\n2019 Q1,13\n2019 Q2,12\n2019 Q3,9\n";

struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("h.csv", HISTORY), ("mild.csv", MILD), ("severe.csv", SEVERE)] {
            write(folder.path().join(name), text).unwrap();
        }
        write(
            folder.path().join("index.csv"),
            "date,homes,index\n2018-09-30,0,-1\n2018-12-31,0,-2\n2019-03-31,0,-1\n2019-06-30,0,-1\n",
        )
        .unwrap();
        Self { folder }
    }

    fn model(&self, text: &str) -> Resolved {
        let path = self.folder.path().join("m.toml");
        write(&path, format!("[ecl]\nreporting_date = \"2018-06-30\"\n{text}")).unwrap();
        resolve(&read_model(&path).unwrap()).unwrap()
    }

    fn economy(&self, text: &str, segments: &[&str]) -> Result<MacroEconomy> {
        let model = self.model(text);
        let names: Vec<String> = segments.iter().map(|name| (*name).to_owned()).collect();
        Ok(model.economy(&names, model.ecl.grid, model.ecl.reporting_date)?.unwrap())
    }

    fn refusal(&self, text: &str) -> String {
        self.economy(text, &["homes", "cars"]).unwrap_err().to_string()
    }
}

fn scenarios(rest: &str) -> String {
    format!(
        "[index]\npersistence = 0.7\nr_squared = 0.36\nhistory = \"h.csv\"\n{DRIVER}[scenarios.mild]\nweight = 0.7\n\
         drivers = \"mild.csv\"\n[scenarios.severe]\nweight = 0.3\ndrivers = \"severe.csv\"\n[scenarios]\nreversion_periods = 4\n{rest}"
    )
}

#[test]
fn every_segment_has_its_climate_under_every_scenario() {
    let case = Case::new();
    let own = "[index.segments.homes]\nr_squared = 0.19\n[[index.segments.homes.drivers]]\ncolumn = \"uer\"\ntransform = \"level\"\n\
               lag = 1\nmean = 5\nstandard_deviation = 2\ncoefficient = -1\n";
    let economy = case.economy(&scenarios(own), &["cars", "homes"]).unwrap();
    assert_eq!(
        economy.scenarios.iter().map(|own| (own.name.as_str(), own.weight)).collect::<Vec<_>>(),
        [("mild", 0.7), ("severe", 0.3)]
    );
    // −½ × (x − 5) / 2 a quarter late: 7 of the history, then 6, 5, 5 and 4, and a quarter of the last deviation less each quarter.
    let cars = &economy.scenarios[0].climates[0];
    assert_eq!(cars.macro_part, [-0.5, -0.25, 0.0, 0.0, 0.25, 0.1875, 0.125, 0.0625, 0.0]);
    assert_eq!((cars.scale, economy.scenarios[0].climates[1].scale), (0.8, (1.0_f64 - 0.19).sqrt()));
    let severe = &economy.scenarios[1].climates;
    assert_eq!(severe[0].macro_part[..6], [-0.5, -1.0, -1.5, -2.0, -1.75, -1.0]);
    assert!(severe[0].macro_part.iter().zip(&severe[1].macro_part).all(|(all, homes)| 2.0 * all == *homes));
    assert_eq!(economy.regimes, None);
}

#[test]
fn a_yearly_run_has_the_means_of_its_quarters() {
    let case = Case::new();
    let by_year = format!("[time]\nperiod = \"yearly\"\n{}", scenarios(""));
    let economy = case.economy(&by_year, &["cars"]).unwrap();
    assert_eq!(economy.scenarios[0].climates[0].macro_part, [-0.1875, (0.25 + 0.1875 + 0.125 + 0.0625) / 4.0, 0.0]);
    let by_month = format!("[time]\nperiod = \"monthly\"\n{}", scenarios(""));
    let monthly = case.economy(&by_month, &["cars"]).unwrap();
    assert_eq!(monthly.scenarios[0].climates[0].macro_part[..5], [-0.5, -0.5, -0.5, -0.25, -0.25]);
}

#[test]
fn an_index_is_a_path_of_its_own_and_regimes_follow_the_periods() {
    let case = Case::new();
    let text = "[index]\npersistence = 0.7\npath = \"index.csv\"\nr_squared = 0.51\n[index.regimes]\nleave_calm = 0.05\n\
                leave_turbulent = 0.25\nvolatility = [0.8, 1.9]\n[scenarios]\nreversion = \"geometric\"\nreversion_periods = 2\n";
    let economy = case.economy(text, &["homes", "cars"]).unwrap();
    let [path] = economy.scenarios.as_slice() else { panic!("{:?}", economy.scenarios) };
    assert_eq!((path.name.as_str(), path.weight), ("path", 1.0));
    assert!(path.climates[0].macro_part.is_empty() && path.climates[0].scale == 0.7);
    assert_eq!(path.climates[1].macro_part[..4], [-1.0, -2.0, -1.0, -1.0]);
    assert!((path.climates[1].macro_part[5] + 0.05).abs() < 1e-15 && path.climates[1].macro_part.len() == 160);
    assert_eq!(economy.regimes.unwrap().leave(), [0.05, 0.25]);
    let monthly = case.economy(&format!("[time]\nperiod = \"monthly\"\n{text}"), &["cars"]).unwrap().regimes.unwrap();
    let thrice = |[p, q]: [f64; 2]| (1.0 - p - q) * (1.0 - p - q) * (1.0 - p - q);
    assert!((thrice(monthly.leave()) - 0.7).abs() < 1e-14);
    let restless = text.replace("0.05", "0.9").replace("0.25", "0.8");
    let message = case.refusal(&format!("[time]\nperiod = \"monthly\"\n{restless}"));
    assert!(message.starts_with(
        "index.regimes: found leave_calm = 0.9 and leave_turbulent = 0.8 a period of 3 months, and time.period"
    ));
    // Regimes alone: no scenario.
    let alone = "[index]\npersistence = 0.7\n[index.regimes]\nleave_calm = 0.05\nleave_turbulent = 0.25\nvolatility = [0.8, 1.9]\n";
    let alone = case.economy(alone, &["cars"]).unwrap();
    assert!(alone.scenarios.is_empty() && alone.regimes.is_some());
}

#[test]
fn one_path_is_a_scenario_of_weight_one() {
    let case = Case::new();
    let one = scenarios("").replace("weight = 0.3", "weight = 0").replace("weight = 0.7", "weight = 1");
    let path = format!(
        "[index]\npersistence = 0.7\nr_squared = 0.36\nhistory = \"h.csv\"\ndrivers_file = \"mild.csv\"\n{DRIVER}[scenarios]\nreversion_periods = 4\n"
    );
    let (one, path) = (case.economy(&one, &["cars"]).unwrap(), case.economy(&path, &["cars"]).unwrap());
    assert_eq!(one.scenarios[0].climates, path.scenarios[0].climates);
    assert_eq!((one.scenarios[0].weight, one.scenarios[1].weight), (1.0, 0.0));
}

#[test]
fn paths_may_begin_with_their_first_row() {
    let case = Case::new();
    let text = scenarios("align = \"start\"\n");
    let by_date = case.economy(&scenarios(""), &["cars"]).unwrap();
    assert_eq!(case.economy(&text, &["cars"]).unwrap().scenarios, by_date.scenarios);
    // The same paths seven years later are the same from their first rows on, whatever the reporting date.
    for (name, old) in [("h.csv", HISTORY), ("mild.csv", MILD), ("severe.csv", SEVERE)] {
        write(case.folder.path().join(name), old.replace("2019", "2026").replace("2018", "2025")).unwrap();
    }
    assert_eq!(case.economy(&text, &["cars"]).unwrap().scenarios, by_date.scenarios);
    let model = case.model(&text);
    assert_eq!(
        model.economy(&["cars".to_owned()], Grid::Quarterly, None).unwrap().unwrap().scenarios,
        by_date.scenarios
    );
    let message = case.refusal(&scenarios(""));
    assert!(
        message
            .contains("mild.csv: the path begins in 2025 Q3, and the run, after 2018-06-30, in 2018 Q3; give a path"),
        "{message}"
    );
}

#[test]
fn what_does_not_fit_is_one_message() {
    let case = Case::new();
    write(case.folder.path().join("monthly.csv"), "date,uer\n2018-07,5\n2018-08,6\n").unwrap();
    let message = case.refusal(&scenarios("").replace("severe.csv", "monthly.csv"));
    assert!(message.contains("monthly.csv: monthly periods, and quarterly ones in "), "{message}");
    assert!(message.ends_with("mild.csv; give all scenarios the same periods"), "{message}");
    let message = case.refusal(&scenarios("").replace("severe.csv", "none.csv"));
    assert!(message.contains("none.csv: cannot open"), "{message}");
    let message = case.refusal(&scenarios("[index.segments.boats]\nr_squared = 0\n"));
    assert_eq!(message, "index.segments: found the segment 'boats'; wanted a segment of the tape");
    let model = case.model(&scenarios(""));
    let undated = model.economy(&["cars".to_owned()], Grid::Quarterly, None).unwrap_err().to_string();
    assert!(
        undated.starts_with("scenarios.align: found \"date\" without a reporting date; wanted ecl.reporting_date"),
        "{undated}"
    );
    // What can be seen without a tape is seen without one.
    let early = |text: &str| case.model(text).check_economy(model.ecl.reporting_date);
    assert!(early(&scenarios("")).is_ok() && early(&scenarios("[index.segments.boats]\nr_squared = 0\n")).is_ok());
    let message = early(&scenarios("").replace("\"uer\"", "\"uert\"")).unwrap_err().to_string();
    assert!(message.contains("mild.csv: no column 'uert'; did you mean 'UER'?"), "{message}");
    assert!(model.check_economy(None).is_ok());
    let index = "[index]\npersistence = 0.7\npath = \"mild.csv\"\n";
    assert!(early(index).is_ok() && case.refusal(index).contains("mild.csv: neither a column 'homes' nor one 'index'"));
}

#[test]
fn one_economy_is_simulated_and_more_are_refused() {
    let case = Case::new();
    let message = |text: &str| case.model(text).refuse_scenarios().unwrap_err().to_string();
    assert!(
        message(&scenarios(""))
            .starts_with("scenarios: found 2 macro scenarios; wanted none: `mc-gpu simulate` plays one economy;")
    );
    let path = "[index]\npersistence = 0.7\npath = \"index.csv\"\n";
    assert!(
        message(path)
            .starts_with("index: found a path of the economy in a run of one year in one step; wanted time.horizon")
    );
    assert!(case.model(&format!("[time]\nhorizon_months = 36\n{path}")).refuse_scenarios().is_ok());
    assert!(resolve(&parse_model("", "m").unwrap()).unwrap().refuse_scenarios().is_ok());
    let undated = |align: &str| format!("{path}[time]\nhorizon_months = 36\n[scenarios]\nalign = \"{align}\"\n");
    let of = |text: &str| resolve(&parse_model(text, "m").unwrap()).unwrap().refuse_scenarios();
    assert!(
        of(&undated("date"))
            .unwrap_err()
            .to_string()
            .starts_with("scenarios.align: found \"date\" without a reporting date")
    );
    assert!(of(&undated("start")).is_ok());
    let files = case.model(&scenarios("")).files();
    assert_eq!(files, ["h.csv", "mild.csv", "severe.csv"].map(|name| case.folder.path().join(name)));
}

#[test]
fn an_index_out_of_this_world_is_refused() {
    let case = Case::new();
    let said = case.refusal(&scenarios("").replace("coefficient = -0.5", "coefficient = -4"));
    assert!(said.contains("severe.csv") && said.contains("scenario 'severe'") && said.contains("period 4"), "{said}");
    assert!(said.contains("beyond ±12"), "{said}");
    // Sibling: half of that is a crisis.
    assert!(case.economy(&scenarios("").replace("coefficient = -0.5", "coefficient = -2"), &["homes"]).is_ok());
}
