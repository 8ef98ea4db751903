//! Which stage loans come to from a tape, and what is said where a test could not be made.

use super::{Case, loans};
use serde_json::{Value, json};

const HEAD: &str = "ead,lgd,remaining_months,interest_rate";
const LOAN: &str = "1000,0.5,31,0.1";

/// A tape of loans that differ in `columns`, one by one in `rows`.
fn tape(columns: &str, rows: &[&str]) -> String {
    rows.iter().fold(format!("{HEAD},{columns}\n"), |text, row| text + LOAN + "," + row + "\n")
}

fn assumed(result: &Value) -> String {
    result["ecl"]["assumed"].to_string()
}

fn in_stage_2(result: &Value, reason: &str) -> u64 {
    let lines = result["ecl"]["reasons"].as_array().unwrap();
    lines.iter().filter(|line| line["reason"] == reason).map(|line| line["loans"].as_u64().unwrap()).sum()
}

#[test]
fn a_flat_hazard_is_tested_without_an_age() {
    let case = Case::new(&tape("pd,origination_pd", &["0.05,0.005", "0.05,0.04", "0.05,"]), "");
    let result = case.json(&["--what-if", "staging.without_origination=stage_2"]);
    assert_eq!((loans(&result, &json!(1)), in_stage_2(&result, "pd_increase")), (2, 1));
    let told = assumed(&result);
    assert!(told.contains("no test of increased credit risk for 1 loan without PD or rating"), "{told}");
    let moved = result["ecl"]["what_if"][0]["moved"].to_string();
    assert!(moved.contains("\"from\":1,\"loans\":1,\"to\":2"), "{moved}");
}

#[test]
fn a_curve_without_an_age_says_so_whatever_the_notches() {
    let model = "[term_structure]\nsource = \"curves\"\nfile = \"c.csv\"\n";
    let case = Case::new(&tape("rating,origination_rating", &["B,A", "A,A"]), model);
    case.write("c.csv", "name,12,24\nA,0.01,0.02\nB,0.05,0.09\n");
    let told = assumed(&case.json(&[]));
    assert!(told.contains("no test of an increased PD for 2 loans without origination_date"), "{told}");
    assert!(!told.contains("without PD or rating at origination"), "{told}");
    case.write("tape.csv", &tape("rating,origination_rating,origination_date", &["B,A,2025-06-30", "A,A,2025-06-30"]));
    let result = case.json(&[]);
    assert_eq!(in_stage_2(&result, "pd_increase"), 1);
    assert!(!assumed(&result).contains("no test of"), "{}", assumed(&result));
}

#[test]
fn a_rating_at_origination_has_the_pd_that_the_model_gives_it() {
    let ratings = "[ratings]\nA = 0.001\nB = 0.05\n";
    let rows = ["B,A,", "B,B,", "B,A,0.04"];
    let flat = Case::new(&tape("rating,origination_rating,origination_pd", &rows), ratings).json(&[]);
    assert_eq!((in_stage_2(&flat, "pd_increase"), in_stage_2(&flat, "performing")), (1, 2));
    let model = format!("{ratings}[term_structure]\nsource = \"curves\"\nfile = \"c.csv\"\nby = \"segment\"\n");
    let rows = ["default,0.05,B,A,2025-06-30", "default,0.05,B,B,2025-06-30"];
    let case = Case::new(&tape("segment,pd,rating,origination_rating,origination_date", &rows), &model);
    case.write("c.csv", "name,12,24\ndefault,0.01,0.02\n");
    let curves = case.json(&[]);
    assert_eq!((in_stage_2(&curves, "pd_increase"), in_stage_2(&curves, "performing")), (1, 1));
}

#[test]
fn notches_count_along_pds_and_not_along_lines() {
    let upside_down =
        "[staging]\nnotches = 3\npd_ratio = 1000\n[ratings]\nCCC = 0.3\nB = 0.05\nBB = 0.01\nAAA = 0.0001\n";
    let case = Case::new(&tape("rating,origination_rating", &["AAA,CCC", "CCC,AAA", "B,AAA"]), upside_down);
    let file = case.path("loans.parquet");
    let result = case.json(&["--per-loan", &file]);
    assert_eq!((in_stage_2(&result, "notches"), in_stage_2(&result, "performing")), (1, 2));
    // The worst rating is the one that fell: its loss is the larger.
    assert!(result["ecl"]["stages"][1]["ecl"].as_f64().unwrap() > 150.0, "{result}");
    let model = "[term_structure]\nsource = \"curves\"\nfile = \"c.csv\"\n[staging]\nnotches = 2\npd_ratio = 1000\n";
    let case = Case::new(&tape("rating,origination_rating", &["A,C", "C,A"]), model);
    case.write("c.csv", "name,12\nC,0.3\nB,0.05\nA,0.01\n");
    let result = case.json(&[]);
    assert_eq!(in_stage_2(&result, "notches"), 1);
    assert!(result["ecl"]["stages"][1]["ecl"].as_f64().unwrap() > 150.0, "{result}");
}

#[test]
fn doubled_pds_are_an_increase_whatever_the_remaining_life() {
    let mut text = "ead,lgd,remaining_months,interest_rate,pd,origination_pd\n".to_owned();
    (1..=480).for_each(|months| text += &format!("1000,0.5,{months},0.1,0.02,0.01\n"));
    let result = Case::new(&text, "").json(&[]);
    assert_eq!((loans(&result, &json!(2)), in_stage_2(&result, "pd_increase")), (480, 480));
    let result = Case::new(&text.replace(",0.02,", ",0.0199,"), "").json(&[]);
    assert_eq!(loans(&result, &json!(2)), 0);
}

#[test]
fn stages_that_contradict_arrears_are_counted() {
    let rows = ["0.02,1,45", "0.02,1,30", "0.02,2,45", "0.02,2,91", "0.02,poci,200", "0.02,3,200"];
    let case = Case::new(&tape("pd,stage,days_past_due", &rows), "");
    let notes = case.json(&[])["notes"].to_string();
    for part in [
        "1 loan in stage 1 on the tape although more than 30 days past due",
        "1 loan in stage 1 or 2 on the tape although more than 90 days past due",
        "1 loan of stage poci although more than 90 days past due",
    ] {
        assert!(notes.contains(part), "{part} is missing in {notes}");
    }
    case.write("model.toml", "[staging]\nuse_tape_stage = \"ignore\"\n");
    let notes = case.json(&[])["notes"].to_string();
    assert!(!notes.contains("in stage 1") && notes.contains("of stage poci although"), "{notes}");
}
