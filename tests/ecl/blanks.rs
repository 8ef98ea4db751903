//! What loans may lack: those in default most, the others what the model has in its place, segment by segment.

use super::{Case, loans, near, total};
use serde_json::json;

#[test]
fn loans_of_one_customer_need_not_agree() {
    let tape = "customer_id,segment,ead,pd,lgd,remaining_months,interest_rate\nx,a,1000,0.02,0.5,12,0\n\
        x,b,1000,0.02,0.5,12,0\nx,a,1000,1,0.5,12,0\n";
    let result = Case::new(tape, "").json(&[]);
    near(total(&result), 520.0);
    let assumed = result["ecl"]["assumed"].to_string();
    assert!(assumed.contains("obligor_id column 'customer_id' is not used"), "{assumed}");
}

#[test]
fn a_loan_in_default_needs_neither_rate_nor_pd_nor_date_nor_maturity() {
    let head = "ead,pd,lgd,remaining_months,interest_rate,stage,days_past_due\n1000,0.02,0.5,12,0.1,1,0\n";
    for (row, ecl) in [("800,,0.5,,,3,0\n", 400.0), ("800,,0.5,,,,91\n", 400.0), ("800,1,0.5,,,,0\n", 400.0)] {
        let result = Case::new(&(head.to_owned() + row), "").json(&[]);
        near(result["ecl"]["stages"][2]["ecl"].as_f64().unwrap(), ecl);
        let cecl = Case::new(&(head.to_owned() + row), "[discounting]\nrate = \"eir\"\n");
        let other = cecl.json(&["--what-if", "exposure.interest_rate=0.2"]);
        assert_eq!(loans(&other, &json!(3)), 1);
    }
    // Siblings: what is not in default by the rules that count needs them all.
    for (row, model, says) in [
        ("800,,0.5,12,0.1,2,0", "", "pd: found nothing"),
        ("800,,0.5,12,0.1,,90", "", "pd: found nothing"),
        ("800,0.1,0.5,12,,1,91", "", "interest_rate: found nothing"),
        ("800,0.1,0.5,,0.1,3,0", "[staging]\nuse_tape_stage = \"ignore\"\n", "remaining_months: found nothing"),
        ("800,,0.5,12,0.1,poci,0", "", "pd: found nothing"),
    ] {
        let talk = Case::new(&format!("{head}{row}\n"), model).refusal(&[]);
        assert!(talk.contains("tape.csv:3: ") && talk.contains(says), "{row}: {talk}");
    }
}

#[test]
fn a_loan_in_default_needs_no_rating_and_no_age() {
    let tape = "rating,ead,lgd,remaining_months,interest_rate,stage,origination_date\n\
        A,1000,0.5,12,0,1,2025-06-30\n,800,0.5,,,3,\nA,600,0.5,,,3,\n";
    let model = "[term_structure]\nsource = \"curves\"\nfile = \"c.csv\"\nclock = \"origination\"\n";
    let case = Case::new(tape, model);
    case.write("c.csv", "name,12,24\nA,0.01,0.02\n");
    near(case.json(&[])["ecl"]["stages"][2]["ecl"].as_f64().unwrap(), 700.0);
    case.write("tape.csv", &tape.replace(",3,\n", ",1,\n"));
    let talk = case.refusal(&[]);
    assert!(talk.contains("tape.csv:3: rating: found nothing") && talk.contains("c.csv gives a PD to"), "{talk}");
}

#[test]
fn a_sale_that_is_discounted_needs_a_rate() {
    let tape = "ead,pd,lgd,remaining_months,interest_rate,stage,collateral_value\n\
        1000,0.02,0.5,12,0.1,1,\n800,0.5,0.5,,,3,300\n";
    let case = Case::new(tape, "[collateral]\nmonths_to_sale = 12\n");
    let talk = case.refusal(&[]);
    assert!(talk.contains("tape.csv:3: interest_rate: found nothing"), "{talk}");
    case.write("model.toml", "");
    near(case.json(&[])["ecl"]["stages"][2]["ecl"].as_f64().unwrap(), 250.0);
}

#[test]
fn what_one_segment_has_another_may_lack_row_by_row() {
    let mut tape = "segment,ead,limit,pd,lgd,remaining_months,interest_rate\nx,10,20,0.1,0.5,,\n".to_owned();
    (0..30).for_each(|_| tape += "y,10,,0.1,0.5,12,\n");
    tape += "y,10,11,0.1,0.5,12,0.1\ny,10,10,0.1,0.5,,0.1\ny,10,10,0.1,0.5,12,0.1\n";
    let case = Case::new(&tape, "[segments.x]\ninterest_rate = 0.1\nremaining_months = 9\nccf = 0.5\n[segments.y]\n");
    let talk = case.refusal(&[]);
    assert!(talk.contains("32 ") && talk.contains("tape.csv:22: interest_rate") && !talk.contains("csv:23"), "{talk}");
    let kept = case.json(&["--on-error", "skip", "--out", &case.path("run")]);
    assert_eq!((kept["portfolio"]["loans"].as_u64(), kept["portfolio"]["rejected_rows"].as_u64()), (Some(2), Some(32)));
    let rejects = std::fs::read_to_string(kept["portfolio"]["rejected_file"].as_str().unwrap()).unwrap();
    for part in ["32,interest_rate", "33,limit,11,", "34,remaining_months,nothing"] {
        assert!(rejects.contains(part), "{part} is missing in {rejects}");
    }
}

#[test]
fn certain_default_contradicts_a_stage_that_is_taken_over_only() {
    let tape = "ead,pd,lgd,remaining_months,interest_rate,stage\n1000,1,0.5,12,0.1,1\n";
    let talk = Case::new(tape, "").refusal(&[]);
    assert!(talk.contains("tape.csv:2: stage: found '1' with a PD of 1") && talk.contains("use_tape_stage"), "{talk}");
    for rule in ["floor", "ignore"] {
        let result = Case::new(tape, &format!("[staging]\nuse_tape_stage = \"{rule}\"\n")).json(&[]);
        assert_eq!(loans(&result, &json!(3)), 1, "{rule}");
    }
    let case = Case::new(tape, "");
    let mut command = assert_cmd::Command::cargo_bin("mc-gpu").unwrap();
    let output = command.args(["ecl", &case.path("tape.csv"), "--framework", "cecl", "--format", "json"]);
    let output = output.args(["--reporting-date", "2025-12-31"]).output().unwrap();
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(loans(&result, &json!("default")), 1);
}
