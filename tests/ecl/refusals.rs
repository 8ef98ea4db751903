//! Contradictory input: one clear error each, with place and remedy.

use super::Case;

const HEAD: &str = "ead,pd,lgd,remaining_months,interest_rate";
const LOAN: &str = "1000,0.02,0.5,24,0.1";

/// A tape of one good loan with further `columns` and the second loan's `cells` in them.
fn with(columns: &str, cells: &str) -> String {
    let blanks = ",".repeat(columns.matches(',').count());
    format!("{HEAD},{columns}\n{LOAN},{blanks}\n{LOAN},{cells}\n")
}

fn refused(tape: &str, model: &str, expected: &[&str]) {
    let talk = Case::new(tape, model).refusal(&[]);
    for part in expected {
        assert!(talk.contains(part), "'{part}' is missing in: {talk}");
    }
}

#[test]
fn tapes_that_contradict_themselves_name_line_column_and_remedy() {
    refused(&with("maturity_date", "2025-12-01"), "", &["tape.csv:3: maturity_date", "2025-12-01", "stage 3"]);
    refused(&with("origination_date", "2026-01-01"), "", &["tape.csv:3: origination_date", "2026-01-01"]);
    let term = "[columns]\nterm_months = \"term\"\n";
    refused(&with("origination_date,term", "2025-06-30,60"), term, &["tape.csv:3: term", "60"]);
    refused(&with("stage", "4"), "", &["tape.csv:3: stage", "'4'"]);
    refused(
        &with("trigger_date,stage", "2026-02-01,2"),
        "[staging]\nuse_tape_stage = \"floor\"\ncure_months_stage_2 = 3\n",
        &["tape.csv:3: trigger_date"],
    );
    let cure = "[staging]\nuse_tape_stage = \"floor\"\ncure_months_stage_3 = 3\n";
    refused(&with("stage,default_date", "3,"), cure, &["tape.csv:3: default_date", "found nothing"]);
    refused(&with("collateral_value", "-5"), "", &["tape.csv:3: collateral_value"]);
    for (row, part) in [
        ("1000,0.02,0.5,24,-1", "interest_rate"),
        ("1000,0.02,0.5,24,5.31", "percent"),
        ("1000,0.02,0.5,481,0.1", "remaining_months"),
        ("1000,0.02,0.5,0,0.1", "remaining_months"),
        ("1000,0.02,0.5,24,", "interest_rate"),
        ("1000,0.02,,24,0.1", "lgd"),
        ("1000,0.02,0.5,,0.1", "remaining_months"),
    ] {
        refused(&format!("{HEAD}\n{LOAN}\n{row}\n"), "", &["tape.csv:3: ", part]);
    }
    refused(&format!("{HEAD},stage\n{LOAN},\n1000,1,0.5,24,0.1,1\n"), "", &["tape.csv:3: ", "stage"]);
}

#[test]
fn what_the_tape_lacks_and_the_model_could_give_is_named() {
    refused("ead,pd,lgd,remaining_months\n1,0.1,0.5,7\n", "", &["interest_rate", "exposure.interest_rate"]);
    refused("ead,pd,lgd,interest_rate\n1,0.1,0.5,0.1\n", "", &["remaining_months", "exposure.remaining_months"]);
    refused("ead,pd,remaining_months,interest_rate\n1,0.1,7,0.1\n", "", &["no column for lgd", "segments"]);
    refused(&with("limit", "2000"), "", &["tape.csv:3: limit: found 2000; wanted at most", "exposure.ccf"]);
    let mixed = "[segments.x]\ninterest_rate = 0.1\n[segments.y]\n";
    let tape = "segment,ead,pd,lgd,remaining_months,interest_rate\nx,1,0.1,0.5,7,\ny,1,0.1,0.5,7,\n";
    refused(tape, mixed, &["tape.csv:3: interest_rate: found nothing", "exposure.interest_rate"]);
    let model = "[exposure]\ninterest_rate = 0.1\nremaining_months = 9\n[segments.default]\nlgd = 0.5\n";
    let result = Case::new("ead,pd\n1000,0.1\n", model).json(&[]);
    let assumed = result["ecl"]["assumed"].to_string();
    for part in ["interest rate of 1 loan from the model", "maturity of 1 loan", "no column for lgd: every loan takes"]
    {
        assert!(assumed.contains(part), "{assumed}");
    }
}

#[test]
fn curves_and_matrices_that_cannot_be_name_file_and_line() {
    let curves = |text: &str, tape: &str, expected: &[&str]| {
        let case = Case::new(tape, "[term_structure]\nsource = \"curves\"\nfile = \"c.csv\"\n");
        case.write("c.csv", text);
        let talk = case.refusal(&[]);
        expected.iter().for_each(|part| assert!(talk.contains(part), "'{part}' is missing in: {talk}"));
    };
    let tape = "rating,ead,lgd,remaining_months,interest_rate\nAA,1,0.5,7,0.1\n";
    curves("name,months,pd\nAA,12,0.02\nAA,24,0.01\n", tape, &["c.csv:3: ", "'AA'", "24 months", "decrease"]);
    curves("name,12,24\nAA,0.02,1.0\n", tape, &["c.csv:2: ", "1 at 24 months"]);
    curves("name,12\nAAA,0.02\n", tape, &["tape.csv:2: rating", "'AA'", "'AAA'"]);
    let matrix = |text: &str, expected: &[&str]| {
        let case = Case::new(tape, "[term_structure]\nsource = \"migration\"\nfile = \"m.csv\"\n");
        case.write("m.csv", text);
        let talk = case.refusal(&[]);
        expected.iter().for_each(|part| assert!(talk.contains(part), "'{part}' is missing in: {talk}"));
    };
    matrix("from,AA,D\nAA,0.9,0.05\n", &["m.csv:2: ", "'AA'"]);
    matrix("from,AA,D\nAA,1.1,-0.1\n", &["m.csv:2: ", "'AA'"]);
    matrix("from,AA,D\nAA,0.9,0.1\nD,0.1,0.9\n", &["m.csv:3: ", "'D'"]);
    matrix("from,AA,B,D\nAA,0.0,1.0,0.0\nB,1.0,0.0,0.0\n", &["m.csv:", "logarithm"]);
}

#[test]
fn settings_that_contradict_each_other_name_their_line() {
    let tape = &format!("{HEAD}\n{LOAN}\n");
    for (model, expected) in [
        (
            "[term_structure]\nsource = \"curves\"",
            "term_structure.source (MODEL line 2): found a source without a file",
        ),
        (
            "[term_structure]\nsource = \"migration\"\nfile = \"m\"\nclock = \"origination\"",
            "origination with migration",
        ),
        ("[exposure]\nprofile = \"custom\"", "exposure.profile (MODEL line 2): found custom without a profile_file"),
        ("[exposure]\nprofile = \"anuity\"", "found 'anuity'; wanted \"bullet\""),
        ("[exposure]\ncpr = 1", "exposure.cpr (MODEL line 2): found 1; wanted a number from 0 to below 1"),
        ("[exposure]\ninterest_rate = -1", "found -1; wanted a fraction a year above -1"),
        ("[discounting]\nrate = \"eri\"", "discounting.rate (MODEL line 2): found 'eri'; wanted \"eir\""),
        ("[segments.default]\nlgd_by_period = []", "found []; wanted a list"),
        ("[segments.default]\nlgd_by_period = [45]", "found [45]; wanted a list of numbers from 0 to 1"),
        ("[segments.default]\ncollateral.growth = -1", "segments.default.collateral.growth (MODEL line 2): found -1"),
        ("[staging]\nnotches = 1.5", "staging.notches (MODEL line 2): found 1.5; wanted a whole number"),
        ("[staging]\nwatchlist = 1", "staging.watchlist (MODEL line 2): found 1; wanted true or false"),
        ("[time]\nlifetyme = true", "unknown key 'time.lifetyme'"),
        ("[severity]\nlgd_ds = 0.2", "unknown key 'severity.lgd_ds'"),
        (
            "[[overlays]]\nname = \"a\"\nbecause = \"b\"\npercent = 5",
            "overlays (MODEL line 1): found an overlay without a cap",
        ),
        ("[[overlays]]\nname = \"a\"\nbecause = \"b\"\ncap = 0\namount = 5", "overlays.cap (MODEL line 4): found 0"),
        (
            "[[overlays]]\nname = \"a\"\nbecause = \"b\"\ncap = 1\namount = 5\npercent = 5",
            "found both percent and amount",
        ),
        ("[[overlays]]\nname = \"a\"\ncap = 1\namount = 5", "an overlay without because"),
        ("[[overlays]]\nname = \"a\"\nbecause = \"b\"\ncap = 1\namount = 5", "found an overlay without until"),
        (
            "[[overlays]]\nname = \"a\"\nbecause = \"b\"\ncap = 1\namount = 5\nfrom = 2025-02-01\nuntil = 2025-01-01",
            "found 2025-01-01, before from (2025-02-01)",
        ),
        (
            "[[overlays]]\nname = \"a\"\nbecause = \"b\"\ncap = 1\namount = 5\nsegment = \"x\"\nuntil = 2099-01-01",
            "found 'x'; wanted a segment",
        ),
        (
            "[[overlays]]\nname = \"a\"\nbecause = \"b\"\ncap = 1\namount = 5\nstage = \"lifetime\"\nuntil = 2099-01-01",
            "a stage of ifrs9 (1, 2",
        ),
        (
            "[[overlays]]\nname = \"a\"\nbecause = \"b\"\ncap = 1\namount = 5\nstage = 7\nuntil = 2099-01-01",
            "overlays.stage (MODEL line 6): found 7",
        ),
        ("[[overlays]]\nname = \"a\"\ncpa = 1", "overlays.cap"),
    ] {
        let case = Case::new(tape, model);
        let talk = case.refusal(&[]);
        let expected = expected.replace("MODEL", &case.path("model.toml"));
        assert!(talk.contains(&expected), "{model}: '{expected}' is missing in: {talk}");
        assert_eq!(talk.trim_end().lines().count(), 1, "{talk}");
    }
    let case = Case::new(tape, "");
    assert!(case.refusal(&["--what-if", "simulation.seed=7"]).contains("wanted a key of time"));
    assert!(case.refusal(&["--what-if", "staging.notchse=7"]).contains("did you mean 'staging.notches'"));
}

#[test]
fn a_loan_that_is_due_must_be_in_default() {
    let tape = |stage: &str| format!("{HEAD},stage\n1000,0.02,0.5,0,0.1,{stage}\n");
    for (stage, ecl) in [("3", 500.0), ("poci", 500.0)] {
        let result = Case::new(&tape(stage), "").json(&[]);
        assert_eq!(super::total(&result), ecl, "{stage}");
    }
    refused(&tape("2"), "", &["tape.csv:2: remaining_months", "stage 3"]);
    let case = Case::new(&tape("3"), "");
    assert!(case.refusal(&["--per-loan", &case.path("no/folder.parquet")]).contains("check the path"));
    assert!(case.refusal(&["--per-loan", &case.path("")]).contains("--force"));
}

#[test]
fn framework_and_date_are_asked_for() {
    let case = Case::new(&format!("{HEAD}\n{LOAN}\n"), "");
    let run = |args: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("mc-gpu").unwrap();
        let output = command.arg("ecl").arg(case.path("tape.csv")).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run(&["--reporting-date", "2025-12-31"]).contains("--framework: found nothing; wanted ifrs9 or cecl"));
    assert!(run(&["--framework", "cecl"]).contains("--reporting-date: found nothing"));
    assert!(run(&["--framework", "gaap", "--reporting-date", "2025-12-31"]).contains("ifrs9"));
    assert!(
        run(&["--framework", "cecl", "--reporting-date", "31.12.2025"])
            .contains("--reporting-date: found '31.12.2025'")
    );
}
