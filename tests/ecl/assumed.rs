//! Nothing that decides a figure is assumed in silence, and nothing is said twice.

use super::Case;
use serde_json::Value;

fn assumed(result: &Value) -> Vec<String> {
    let lines = result["ecl"]["assumed"].as_array().unwrap();
    lines.iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

#[test]
fn columns_and_cells_that_are_not_there_are_told() {
    let tape = "ead,pd,remaining_months,interest_rate\n1000,0.02,12,0.1\n";
    let model = "[segments.default]\nlgd = 0.5\n";
    let lines = assumed(&Case::new(tape, model).json(&[]));
    for part in [
        "no column for days_past_due: no loan counts as past due",
        "no column for stage: no loan has one of its own",
        "no column for watchlist: no loan counts as watched",
        "no test of increased credit risk for 1 loan",
    ] {
        assert!(lines.iter().any(|line| line.contains(part)), "{part} is missing in {lines:?}");
    }
    assert_eq!(lines.iter().filter(|line| line.to_lowercase().contains("lgd")).count(), 1, "{lines:?}");
    let tape = "ead,pd,lgd,remaining_months,interest_rate,days_past_due,watchlist\n1,0.1,0.5,9,0.1,,no\n\
        1,0.1,0.5,9,0.1,3,\n1,0.1,0.5,9,0.1,,\n";
    let lines = assumed(&Case::new(tape, "").json(&[]));
    for part in
        ["2 loans with blank days_past_due, counted as 0", "2 loans with blank watchlist, counted as not watched"]
    {
        assert!(lines.iter().any(|line| line == part), "{part} is missing in {lines:?}");
    }
}

#[test]
fn dates_without_a_day_are_told() {
    let tape = "ead,pd,lgd,interest_rate,maturity_date\n1,0.1,0.5,0.1,Mar-27\n";
    let model = "[columns]\nmaturity_date = { column = \"maturity_date\", format = \"%b-%y\" }\n";
    let case = Case::new(tape, model);
    let lines = assumed(&case.json(&[]));
    assert!(
        lines.iter().any(|line| line == "maturity_date (%b-%y) has no day: the last of its month counts"),
        "{lines:?}"
    );
    case.write("tape.csv", &tape.replace("Mar-27", "Mar-25"));
    let talk = case.refusal(&[]);
    assert!(talk.contains("maturity_date: found 'Mar-25' (2025-03-31); wanted later than"), "{talk}");
}

#[test]
fn effective_rates_are_not_read_as_nominal_ones() {
    let tape = "ead,pd,lgd,remaining_months,EIR\n1000,0.02,0.5,12,0.24\n";
    let case = Case::new(tape, "");
    let talk = case.refusal(&[]);
    assert!(talk.contains("column 'EIR'") && talk.contains("exposure.rate_kind = \"effective\""), "{talk}");
    case.write("model.toml", "[exposure]\nrate_kind = \"effective\"\n");
    case.json(&[]);
    case.write("model.toml", "[columns]\ninterest_rate = \"EIR\"\n");
    case.json(&[]);
}

#[test]
fn shares_of_nothing_are_no_number() {
    let case = Case::new(
        "rating,ead,lgd,remaining_months,interest_rate,days_past_due\nA,1,0.5,48,0.1,31\n",
        "[term_structure]\nsource = \"curves\"\nfile = \"c.csv\"\n",
    );
    case.write("c.csv", "name,12\nA,0\n");
    let lines = assumed(&case.json(&[]));
    assert!(lines.iter().any(|line| line.ends_with("1 loan (0.0 % of ECL)")), "{lines:?}");
}

#[test]
fn losses_above_exposures_are_noted() {
    let tape = "ead,pd,lgd,remaining_months,interest_rate\n1000,0.9,1,12,0.1\n";
    let notes = |model: &str| Case::new(tape, model).json(&[])["notes"].to_string();
    assert!(notes("[discounting]\nrate = -0.9\n").contains("1 loan with an ECL above the exposure"));
    assert!(!notes("").contains("above the exposure"));
}

#[test]
fn what_is_read_is_not_written_over() {
    let case = Case::new("ead,pd,lgd,remaining_months,interest_rate\n1000,0.9,1,12,0.1\n", "");
    std::fs::create_dir(case.path("sub")).unwrap();
    for file in ["tape.csv", "sub/../model.toml"] {
        let talk = case.refusal(&["--per-loan", &case.path(file), "--force"]);
        assert!(talk.contains("--per-loan: found") && talk.contains("which this run reads"), "{talk}");
    }
    case.json(&[]);
}

#[test]
fn changes_that_change_nothing_are_noted() {
    let case = Case::new("ead,pd,lgd,remaining_months,interest_rate\n1000,0.9,1,12,0.1\n", "");
    let changes = ["--what-if", "exposure.interest_rate=0.2", "--what-if", "exposure.cpr=0.1"];
    let notes = case.json(&changes)["notes"].to_string();
    assert!(notes.contains("exposure.interest_rate = 0.2 changes nothing") && !notes.contains("cpr"), "{notes}");
}
