//! Figures that are known beforehand: the standard's example, the closed forms of METHOD, each sibling with another answer.

use super::{Case, loans, near, total};
use assert_cmd::Command;
use serde_json::{Value, json};

#[test]
fn the_standards_example_8_gives_1_250() {
    // IFRS 9 Illustrative Examples, Example 8: 1,000,000 × 0.5 % × 25 %, no interest to discount with.
    let tape = "loan_id,ead,pd,lgd,remaining_months,interest_rate\nA,1000000,0.005,0.25,12,0\n";
    let case = Case::new(tape, "");
    near(total(&case.json(&[])), 1250.0);
    let sibling = Case::new(&tape.replace(",0.25,", ",0.24,"), "");
    near(total(&sibling.json(&[])), 1200.0);
}

#[test]
fn closed_forms_of_the_method_come_out_of_a_tape() {
    // METHOD M37: bullet of 60 months, 2 %, 45 %, effective rate 5 %.
    let tape = "ead,pd,lgd,remaining_months,interest_rate,days_past_due\n1000000,0.02,0.45,60,0.05,0\n\
                1000000,0.02,0.45,60,0.05,31\n";
    let model = "[exposure]\nrate_kind = \"effective\"\n[time]\nperiod = \"PERIOD\"\n";
    for (period, year, life) in [
        ("yearly", 8_783.100_656_536_8, 38_437.624_366_545_9),
        ("quarterly", 8_784.593_796_580_2, 38_444.158_819_281_9),
        ("monthly", 8_784.682_290_704, 38_444.546_097_536_1),
    ] {
        let result = Case::new(tape, &model.replace("PERIOD", period)).json(&[]);
        let stages = &result["ecl"]["stages"];
        near(stages[0]["ecl"].as_f64().unwrap(), year);
        near(stages[1]["ecl"].as_f64().unwrap(), life);
        assert_eq!((stages[0]["stage"].clone(), stages[3]["stage"].clone()), (json!(1), json!("poci")));
    }
    let annuity = "[exposure]\nprofile = \"annuity\"\n";
    let case = Case::new(&tape.replace(",0.05,", ",0.06,"), annuity);
    near(case.json(&[])["ecl"]["stages"][1]["ecl"].as_f64().unwrap(), 21_210.155_094_321_7);
    let moved = case.json(&["--what-if", "exposure.cpr=0.1"])["ecl"]["what_if"][0].clone();
    near(moved["moved"][1]["ecl_after"].as_f64().unwrap(), 18_112.325_085_519_2);
}

#[test]
fn cecl_counts_lifetimes_undiscounted_unless_told() {
    let tape = "ead,pd,lgd,remaining_months,interest_rate,stage\n1000000,0.02,0.45,60,0.05,\n700,0.02,0.45,7,0.05,3\n";
    let case = Case::new(tape, "[exposure]\nrate_kind = \"effective\"\n[ecl]\nframework = \"cecl\"\n");
    let output = Command::cargo_bin("mc-gpu")
        .unwrap()
        .args(["ecl", &case.path("tape.csv"), "--model", &case.path("model.toml"), "--format", "json"])
        .args(["--reporting-date", "2025-12-31", "--closed-form", "--what-if", "discounting.rate=eir"])
        .output()
        .unwrap();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["framework"], "cecl");
    near(total(&result), 43_235.641_44 + 315.0);
    near(result["ecl"]["what_if"][0]["ecl"].as_f64().unwrap(), 38_444.158_819_281_9 + 315.0);
    assert_eq!((loans(&result, &json!("lifetime")), loans(&result, &json!("default"))), (1, 1));
    let reasons: Vec<&str> =
        result["ecl"]["reasons"].as_array().unwrap().iter().map(|line| line["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["cecl_default", "cecl_lifetime"]);
}

#[test]
fn every_stage_reason_is_reached_from_a_tape() {
    let tape = "ead,pd,lgd,remaining_months,interest_rate,stage,days_past_due,watchlist,origination_pd,origination_date,\
        rating,origination_rating\n\
        1000,0.02,0.5,24,0.1,,0,no,0.02,2024-12-31,B,B\n\
        1000,0.02,0.5,24,0.1,,31,no,0.02,2024-12-31,B,B\n\
        1000,0.02,0.5,24,0.1,,91,no,0.02,2024-12-31,B,B\n\
        1000,1,0.5,24,0.1,,0,no,0.02,2024-12-31,B,B\n\
        1000,0.02,0.5,24,0.1,,0,yes,0.02,2024-12-31,B,B\n\
        1000,0.025,0.5,24,0.1,,0,no,0.01,2024-12-31,B,B\n\
        1000,0.019,0.5,24,0.1,,0,no,0.01,2024-12-31,B,B\n\
        1000,0.02,0.5,24,0.1,,0,no,0.02,2024-12-31,D,A\n\
        1000,0.02,0.5,24,0.1,2,0,no,0.02,2024-12-31,B,B\n\
        1000,0.02,0.5,24,0.1,poci,0,no,0.02,2024-12-31,B,B\n\
        1000,0.001,0.5,24,0.1,,0,no,,2024-12-31,B,\n";
    let case = Case::new(tape, "[ratings]\nA = 0.001\nB = 0.01\nC = 0.02\nD = 0.1\n");
    let result =
        case.json(&["--what-if", "staging.without_origination=stage_2", "--what-if", "staging.low_credit_risk=true"]);
    let counted: Vec<(String, u64)> = result["ecl"]["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["reason"].as_str().unwrap().to_owned(), line["loans"].as_u64().unwrap()))
        .collect();
    let expected = [
        ("poci", 1),
        ("stage_given", 1),
        ("default_days_past_due", 1),
        ("default_certain", 1),
        ("days_past_due", 1),
        ("watchlist", 1),
        ("notches", 1),
        ("pd_increase", 1),
        ("performing", 3),
    ];
    assert_eq!(counted, expected.map(|(reason, n)| (reason.to_owned(), n)));
    near(result["ecl"]["stages"][2]["ecl"].as_f64().unwrap(), 1000.0);
    let assumed = result["ecl"]["assumed"].to_string();
    assert!(assumed.contains("no test of increased credit risk for 1 loan"), "{assumed}");
    assert!(assumed.contains("staging.pd_ratio = 2.0 (default)") && assumed.contains("time.period"), "{assumed}");
    assert!(!assumed.contains("collateral.") && !assumed.contains("simulation."), "{assumed}");
    let moved = |place: usize| result["ecl"]["what_if"][place]["moved"].to_string();
    assert!(moved(0).contains("\"from\":1,\"loans\":1,\"to\":2"), "{}", moved(0));
    assert!(!moved(1).contains("\"from\":1,\"loans\":1,\"to\":2"));
}

#[test]
fn curves_matrices_and_profiles_serve_by_name() {
    let tape = "segment,rating,ead,lgd,remaining_months,interest_rate,age,origination_date\n\
        x,C,1000000,1,12,0,4,2025-08-31\nx,C,1000000,1,32,0,4,2025-08-31\n";
    let curves = "name,12,24,36,60\nA,0.01,0.02,0.03,0.05\nC,0.069084,0.174830,0.268942,0.422006\n";
    let model = "[term_structure]\nsource = \"curves\"\nfile = \"curves.csv\"\nclock = \"origination\"\n[staging]\n\
        days_past_due_stage_2 = 0\n[columns]\ndays_past_due = { constant = 1 }\n";
    let case = Case::new(tape, model);
    case.write("curves.csv", curves);
    let f = 0.084_163_44 + 0.251_287_64;
    let got = total(&case.json(&[]));
    assert!((got / 1e6 - f).abs() < 1e-7, "{got}");
    // Sibling: a clock that starts now has no age.
    let plain = case.json(&["--what-if", "term_structure.clock=reporting_date"])["ecl"]["what_if"][0]["ecl"].clone();
    assert!((plain.as_f64().unwrap() / 1e6 - f).abs() > 1e-3);

    let by_segment = Case::new(
        "segment,ead,lgd,remaining_months,interest_rate\nC,1000000,1,12,0\n",
        "[term_structure]\nsource = \"curves\"\nfile = \"curves.csv\"\nby = \"segment\"\n",
    );
    by_segment.write("curves.csv", curves);
    near(total(&by_segment.json(&[])), 69_084.0);
    by_segment.write("tape.csv", "segment,ead,pd,lgd,remaining_months,interest_rate\nC,1000000,0.02,1,12,0\n");
    near(total(&by_segment.json(&[])), 20_000.0);

    let migration = Case::new(
        "rating,ead,lgd,remaining_months,interest_rate\nA,1000000,1,12,0\nD,100,1,12,0\n",
        "[term_structure]\nsource = \"migration\"\nfile = \"matrix.csv\"\n",
    );
    migration.write("matrix.csv", "from,A,B,D\nA,0.90,0.08,0.02\nB,0.10,0.80,0.10\n");
    let result = migration.json(&[]);
    assert!((total(&result) - 20_100.0).abs() < 1e-6, "{}", total(&result));
    assert_eq!(loans(&result, &json!(3)), 1);
    assert_eq!(result["ecl"]["term_structure"]["source"], "migration");
    assert!(result["ecl"]["term_structure"]["fit"]["largest_error"].as_f64().unwrap() < 1e-9);

    let custom = Case::new(
        "segment,ead,pd,lgd,remaining_months,interest_rate\ns,1000000,0.02,1,12,0\n",
        "[segments.s]\nprofile = \"custom\"\nprofile_file = \"p.csv\"\nlgd_by_period = [0.5]\n",
    );
    custom.write("p.csv", "name,months,share\ns,0,1\ns,12,0\n");
    near(total(&custom.json(&[])), 10864.899835366);
    custom.write("tape.csv", "segment,ead,pd,remaining_months,interest_rate\ns,1000000,0.02,12,0\n");
    near(total(&custom.json(&[])), 10864.899835366 / 2.0);
}

#[test]
fn limits_and_collateral_change_losses() {
    let tape = "ead,limit,pd,lgd,remaining_months,interest_rate,collateral_value\n400000,1000000,0.02,0.45,24,0.15,\n";
    let model = "[exposure]\nccf = 0.5\nrate_kind = \"effective\"\n";
    let result = Case::new(tape, model).json(&["--what-if", "exposure.ccf=0"]);
    near(total(&result), 5_880.560_324_943_1);
    assert_eq!(result["portfolio"]["undrawn"], 600_000.0);
    assert!(result["ecl"]["what_if"][0]["change"].as_f64().unwrap() < -2_000.0);
    let secured = "ead,pd,lgd,remaining_months,interest_rate,collateral_value,days_past_due\n\
        100000,0.02,0.45,24,0.05,90000,91\n";
    let model = "[exposure]\nrate_kind = \"effective\"\n[collateral]\nhaircut = 0.2\ncost_of_sale = 0.1\n\
        months_to_sale = 24\nlgd_floor = 0.05\n";
    let result = Case::new(secured, model).json(&[]);
    assert!((total(&result) - 18_551.0).abs() < 0.1, "{}", total(&result));
    assert!(result["ecl"]["assumed"].to_string().contains("collateral.growth = 0.0 (default)"));
}

#[test]
fn what_is_odd_is_noted_and_what_is_assumed_is_counted() {
    let tape = "ead,pd,lgd,remaining_months,interest_rate,stage,days_past_due\n1000,0.02,0.5,24,0.1,1,91\n\
        500,0.02,0.5,24,0.1,poci,0\n";
    let notes = Case::new(tape, "").json(&[])["notes"].to_string();
    assert!(notes.contains("1 loan in stage 1 or 2 on the tape although more than 90 days past due"), "{notes}");
    assert!(notes.contains("IFRS 9 5.5.13"), "{notes}");
    let curves = Case::new(
        "rating,ead,lgd,remaining_months,interest_rate,days_past_due\nA,100,1,31,0,31\nA,100,1,31,0,0\n",
        "[term_structure]\nsource = \"curves\"\nfile = \"c.csv\"\n",
    );
    curves.write("c.csv", "name,12,24\nA,0.1,0.19\n");
    let result = curves.json(&["--out", &curves.path("run")]);
    let assumed = result["ecl"]["assumed"].to_string();
    assert!(assumed.contains("the last hazard of a curve goes on behind its last node: 1 loan"), "{assumed}");
    near(result["ecl"]["stages"][1]["ecl"].as_f64().unwrap(), 100.0 * -libm::expm1(31.0 / 12.0 * libm::log1p(-0.1)));
    let manifest = std::fs::read_to_string(curves.path("run/manifest.json")).unwrap();
    assert!(manifest.contains("c.csv\"") && manifest.contains("\"rows\": 2"), "{manifest}");
}

#[test]
fn a_dry_run_reads_the_same_tape_and_a_run_of_one_period_leaves_the_sections_aside() {
    let case = Case::new(
        "rating,ead,lgd,remaining_months,interest_rate\nA,100,1,31,0.1\n",
        "[term_structure]\nsource = \"curves\"\nfile = \"c.csv\"\n[ecl]\nframework = \"ifrs9\"\n",
    );
    case.write("c.csv", "name,12,24\nA,0.1,0.19\n");
    let run = |args: &[&str]| {
        let mut command = Command::cargo_bin("mc-gpu").unwrap();
        let output = command.arg(args[0]).arg(case.path("tape.csv")).args(["--model", &case.path("model.toml")]);
        let output = output.args(&args[1..]).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = run(&["check", "--reporting-date", "2025-12-31"]);
    assert!(code == Some(0) && text.contains("expected loss 10") && text.contains("remaining_months"), "{text}");
    case.write("model.toml", "[ratings]\nA = 0.1\n[staging]\nnotches = 2\n");
    let (code, text) = run(&["simulate", "-n", "100"]);
    assert!(code == Some(0) && text.contains("serve `mc-gpu ecl`"), "{text}");
}

#[test]
fn the_example_model_reads_words_dates_and_percentages() {
    // Two made-up loans in the columns that the example names; answers from an independent program.
    let case = Case::new(
        "grade,balance,interest_rate,term,issue_month,loan_status\nC,10000,14.07,60,Mar-18,Current\n\
         A,5000,7.5,36,Jan-18,Late (31-120 days)\nG,0,26.5,36,Feb-18,Charged Off\n",
        include_str!("../../examples/models/lending_club_ecl.toml"),
    );
    case.write("lending_club_curves.csv", include_str!("../../examples/models/lending_club_curves.csv"));
    let mut command = Command::cargo_bin("mc-gpu").unwrap();
    let output = command.args(["ecl", &case.path("tape.csv"), "--model", &case.path("model.toml"), "--format", "json"]);
    let output = output.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["reporting_date"], "2018-06-30");
    let stage = |place: usize| result["ecl"]["stages"][place]["ecl"].as_f64().unwrap();
    near(stage(0), 625.082_615_239_359_3);
    near(stage(1), 144.679_020_173_414_1);
    assert_eq!((stage(2), loans(&result, &json!(3))), (0.0, 1));
}
