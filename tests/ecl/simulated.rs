//! What simulation adds: means beside the closed form, the distribution, the economy alone; and `simulate` over several periods.

use super::{Case, near, total};
use assert_cmd::Command;
use serde_json::Value;

/// Loans of several lives, rates and stages in two segments; every third shares an obligor with the next.
pub fn tape(n: u32) -> String {
    let mut text = "loan_id,obligor_id,segment,ead,pd,lgd,remaining_months,interest_rate,days_past_due\n".to_owned();
    for i in 0..n {
        let (segment, late) = (["a", "b"][i as usize / 3 % 2], [0, 0, 0, 31, 0, 0, 91][i as usize % 7]);
        let (obligor, pd) = (if i % 3 == 1 { i - 1 } else { i }, 1 + i / 3 % 41);
        text += &format!(
            "L{i},O{obligor},{segment},{}.25,0.0{pd:02},0.4{},{},0.0{},{late}\n",
            100 + i,
            i % 7,
            1 + i % 47,
            i % 9
        );
    }
    text
}

pub const MODEL: &str = "[exposure]\nprofile = \"annuity\"\n[segments.a]\nasset_correlation = 0.1\n\
    [segments.b]\nasset_correlation = 0.2\n[[overlays]]\nname = \"Flood\"\nbecause = \"autumn\"\namount = 500\ncap = 1\nuntil = \"2099-12-31\"\n";

pub const PLAY: [&str; 4] = ["--scenarios", "4001", "--seed", "7"];

pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

pub fn sum(lines: &Value, key: &str) -> f64 {
    lines.as_array().unwrap().iter().map(|line| number(&line[key])).sum()
}

#[test]
fn simulation_and_closed_form_agree_in_the_report() {
    let case = Case::new(&tape(1_501), MODEL);
    let (closed, played) = (case.json(&[]), case.json(&[&PLAY[..], &["--device", "cpu"]].concat()));
    let (ecl, known) = (&played["ecl"], &closed["ecl"]);
    for key in ["stages", "reasons", "overlays", "allowance"] {
        assert_eq!(ecl[key], known[key], "{key} is a figure of accounting");
    }
    assert_eq!(ecl["total"]["closed_form"], known["total"]["value"]);
    assert!(known["layout"].is_null() && closed["run"].is_null());
    assert!(number(&ecl["total"]["z"]).abs() < 4.0, "{}", ecl["total"]);
    assert!(number(&ecl["total"]["standard_error"]) < 0.05 * total(&played));
    near(sum(&ecl["segments"], "value"), total(&played));
    near(sum(&ecl["years"], "value"), total(&played));
    near(sum(&ecl["years"], "closed_form"), total(&closed));
    for line in [&ecl["segments"], &ecl["years"]].into_iter().flat_map(|lines| lines.as_array().unwrap()) {
        let off = number(&line["value"]) - number(&line["closed_form"]);
        assert!(off.abs() < 5.0 * number(&line["standard_error"]), "{line}");
    }
    let economy = &ecl["conditional"];
    assert!(number(&economy["difference"]).abs() < 4.0 * number(&economy["difference_standard_error"]), "{economy}");
    assert!(number(&economy["difference_standard_error"]) < number(&ecl["total"]["standard_error"]), "{economy}");
    near(total(&played) - number(&economy["difference"]), number(&economy["mean"]));
    let share = &ecl["probability_above_allowance"];
    assert!(number(&share["low"]) < number(&share["value"]) && number(&share["value"]) < number(&share["high"]));
    assert!((0.05..0.6).contains(&number(&share["value"])), "{share}");
    let quantiles = ecl["quantiles"].as_array().unwrap();
    assert_eq!(quantiles.len(), 3);
    for pair in quantiles.windows(2) {
        assert!(number(&pair[0]["value"]) < number(&pair[1]["value"]));
        assert!(number(&pair[0]["value"]) < number(&pair[0]["shortfall"]));
    }
    let layout = &ecl["layout"];
    assert!(number(&layout["profile_error"]) < 5e-3 && number(&layout["profile_tail_bias"]).abs() < 5e-3, "{layout}");
    // One digest on every device, another one for another seed.
    let scalar = case.json(&[&PLAY[..], &["--device", "scalar"]].concat());
    assert_eq!(scalar["run"]["losses_digest"], played["run"]["losses_digest"]);
    assert_eq!(scalar["ecl"], played["ecl"]);
    let other = case.json(&["--scenarios", "4001", "--seed", "8", "--device", "cpu"]);
    assert_ne!(other["run"]["losses_digest"], played["run"]["losses_digest"]);
}

#[test]
fn folders_hold_the_scenarios_and_are_not_overwritten() {
    let case = Case::new(&tape(211), MODEL);
    let out = case.path("run");
    let result = case.json(&[&PLAY[..], &["--out", &out]].concat());
    let talk = case.refusal(&[&PLAY[..], &["--out", &out]].concat());
    assert!(talk.contains("ecl.json"), "{talk}");
    // The file alone is a run: it is taken over, and merges.
    std::fs::remove_file(format!("{out}/ecl.json")).unwrap();
    std::fs::remove_file(format!("{out}/manifest.json")).unwrap();
    let again = case.json(&[&PLAY[..], &["--out", &out]].concat());
    assert_eq!(again["ecl"], result["ecl"]);
    assert!(again["run"]["loan_scenarios_per_second"].is_null(), "nothing was left to play");
    let merged = case.path("merged");
    let output = Command::cargo_bin("mc-gpu")
        .unwrap()
        .args(["merge", &out, "--out", &merged, "--format", "json"])
        .output()
        .unwrap();
    let merged: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(merged["run"]["losses_digest"], result["run"]["losses_digest"]);
    near(number(&merged["measures"]["expected_loss"]["value"]), total(&result));
}

#[test]
fn drawing_and_not_drawing_exclude_each_other() {
    let case = Case::new(&tape(11), MODEL);
    let talk = case.refusal(&["--closed-form", "--scenarios", "100"]);
    assert!(talk.contains("--closed-form") && talk.contains("cannot be used with"), "{talk}");
    let talk = case.refusal(&["--scenarios", "1e12"]);
    assert!(talk.contains("fewer scenarios"), "{talk}");
}

/// The JSON of `command` with the model and `time` in it; what it says where it is refused.
pub fn run(case: &Case, command: &str, time: &str) -> Result<Value, String> {
    case.write("timed.toml", &format!("{MODEL}{time}"));
    let output = Command::cargo_bin("mc-gpu")
        .unwrap()
        .args([command, &case.path("tape.csv"), "--model", &case.path("timed.toml"), "--format", "json"])
        .args(PLAY)
        .output()
        .unwrap();
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        false => Err(String::from_utf8(output.stderr).unwrap()),
    }
}

#[test]
fn simulate_plays_to_a_horizon_or_to_maturity() {
    let case = Case::new(&tape(1_501), MODEL);
    let date = "[ecl]\nreporting_date = \"2025-12-31\"\n";
    let over = |command: &str, time: &str| run(&case, command, &format!("{date}[time]\n{time}\n")).unwrap();
    let (year, life) = (over("simulate", "horizon_months = 12"), over("simulate", "lifetime = true"));
    for (result, n_years) in [(&year, 1), (&life, 4)] {
        assert_eq!(result["schema"], "mc-gpu/result/1");
        let years = result["years"].as_array().unwrap();
        assert_eq!(years.len(), n_years, "{years:?}");
        let mean = &result["measures"]["expected_loss"];
        near(sum(&result["years"], "value"), number(&mean["value"]));
        let closed = number(&result["portfolio"]["expected_loss"]);
        near(sum(&result["years"], "closed_form"), closed);
        assert!((number(&mean["value"]) - closed).abs() < 4.0 * number(&mean["standard_error"]), "{mean} {closed}");
    }
    let first = |result: &Value| number(&result["years"][0]["closed_form"]);
    near(first(&life), first(&year));
    assert!(number(&life["portfolio"]["expected_loss"]) > 1.01 * first(&year));
    // A horizon's loss does not depend on the grid, where exposures stay as they are.
    let one = over("simulate", "horizon_months = 24\nperiod = \"yearly\"");
    assert_eq!(one["years"].as_array().unwrap().len(), 2);
    // Nothing of this where neither key is written.
    assert!(over("simulate", "").get("years").is_none());
    let checked = over("check", "lifetime = true");
    let notes = checked["notes"].to_string();
    assert!(notes.contains("16 periods of 3 months, to maturity"), "{notes}");
}

#[test]
fn horizons_that_cannot_be_are_refused() {
    let case = Case::new(&tape(23), MODEL);
    let refusal = |time: &str| run(&case, "simulate", time).unwrap_err();
    let both = refusal("[time]\nlifetime = true\nhorizon_months = 12\n");
    assert!(
        both.contains("time.lifetime") && both.contains("wanted one of time.lifetime and time.horizon_months"),
        "{both}"
    );
    assert!(!both.contains("wanted true or false"), "{both}");
    for (months, period, near) in [
        (
            13,
            "quarterly",
            "found 13; wanted a multiple of the 3 months of time.period = \"quarterly\"; the nearest are 12 and 15",
        ),
        (2, "quarterly", "found 2; wanted a multiple of the 3 months of time.period = \"quarterly\"; the nearest is 3"),
        (
            479,
            "yearly",
            "found 479; wanted a multiple of the 12 months of time.period = \"yearly\"; the nearest are 468 and 480",
        ),
    ] {
        let part = refusal(&format!("[time]\nhorizon_months = {months}\nperiod = \"{period}\"\n"));
        assert!(part.contains("time.horizon_months") && part.contains(near), "{part}");
    }
}

#[test]
fn a_day_is_asked_for_where_dates_are_read_and_nowhere_else() {
    let case = Case::new(&tape(23), MODEL);
    let horizon = "[time]\nhorizon_months = 12\n";
    assert!(run(&case, "simulate", horizon).is_ok(), "the tape has months that remain, and no date");
    case.write(
        "tape.csv",
        "ead,pd,lgd,segment,rate,maturity\n101,0.02,0.4,a,0.1,2027-05-31\n103,0.02,0.4,b,0.1,2026-05-31\n",
    );
    let undated = run(&case, "simulate", horizon).unwrap_err();
    for part in
        ["ecl.reporting_date: found nothing", "maturity_date is read from 'maturity'", "reporting_date under [ecl]"]
    {
        assert!(undated.contains(part), "{undated}");
    }
    run(&case, "simulate", &format!("[ecl]\nreporting_date = \"2025-12-31\"\n{horizon}")).unwrap();
}

#[test]
fn units_that_are_too_fine_or_too_coarse_are_told() {
    let case = Case::new(&tape(97), MODEL);
    let with = |simulation: &str| case.write("model.toml", &format!("{MODEL}[simulation]\n{simulation}\n"));
    with("unit = 1e-8");
    let talk = case.refusal(&PLAY);
    assert!(
        talk.contains("simulation.unit") && talk.contains("largest base, a loss before its factor over time"),
        "{talk}"
    );
    let notes = |played: Value| played["notes"].to_string();
    with("unit = 1e14");
    let coarse = case.json(&PLAY);
    assert!(coarse["ecl"]["total"]["z"].is_null() && number(&coarse["ecl"]["total"]["standard_error"]) == 0.0);
    assert!(notes(coarse).contains("every scenario lost the same, 0.00 in place of"));
    with("unit = \"auto\"");
    assert!(!notes(case.json(&PLAY)).contains("every scenario lost the same"));
    // Loans in default lose the same in every scenario: that is the closed form.
    case.write("tape.csv", &tape(97).replace(",0\n", ",91\n").replace(",31\n", ",91\n"));
    let certain = case.json(&PLAY);
    assert_eq!(number(&certain["ecl"]["total"]["standard_error"]), 0.0);
    assert!(!notes(certain).contains("every scenario lost the same"));
}

#[test]
fn layouts_that_move_the_tail_are_told_with_the_remedy() {
    // PDs of five powers of ten in wide bands, and an economy that decides nearly all.
    let line = |i: u32| format!("{}.25,0.0000{:04},0.45,12,0.05\n", 100 + i % 97, 1 + 3 * (i % 2_477));
    let text: String = (0..4_999).map(line).collect();
    let case = Case::new(&("ead,pd,lgd,remaining_months,interest_rate\n".to_owned() + &text), "");
    let with = |width: &str, period: &str| {
        let model = "[segments.default]\nasset_correlation = 0.95\n";
        let simulation = format!("[simulation]\nband_width = {width}\n[time]\nperiod = \"{period}\"\n");
        case.write("model.toml", &format!("{model}{simulation}"));
        case.json(&PLAY)
    };
    let notes = |played: &Value| played["notes"].to_string();
    let fine = with("0.01", "monthly");
    assert!(!notes(&fine).contains("profile_tail_bias"), "{}", notes(&fine));
    let wide = with("1", "monthly");
    assert!(number(&wide["ecl"]["layout"]["profile_tail_bias"]).abs() > 0.03, "{}", wide["ecl"]["layout"]);
    for part in ["(profile_tail_bias)", "set simulation.band_width to less"] {
        assert!(notes(&wide).contains(part), "{}", notes(&wide));
    }
    assert!(
        !notes(&wide).contains("time.period") && notes(&with("1", "yearly")).contains("time.period = \\\"monthly\\\"")
    );
    let table = String::from_utf8(case.command(&PLAY).stdout).unwrap();
    assert!(table.contains("in the 99.9 % adverse economy of the Gaussian copula"), "{table}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_is_finished() {
    let case = Case::new(&tape(1_501), MODEL);
    let out = case.path("run");
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("mc-gpu"))
        .args(["ecl", &case.path("tape.csv"), "--model", &case.path("model.toml"), "--framework", "cecl"])
        .args(["--reporting-date", "2025-12-31", "--scenarios", "9000000", "--out", &out, "--quiet"])
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!std::path::Path::new(&out).join("ecl.json").exists());
    let merged = case.path("merged");
    let output = Command::cargo_bin("mc-gpu")
        .unwrap()
        .args(["merge", &out, "--out", &merged, "--format", "json"])
        .output()
        .unwrap();
    let merged: Value = serde_json::from_slice(&output.stdout).unwrap();
    let played = number(&merged["run"]["scenarios_played"]);
    assert!(played > 0.0 && played < 9e6, "{played} scenarios were finished");
    assert!(merged["years"].as_array().unwrap().len() == 4 && merged["run"]["complete"] == false);
}

#[test]
fn borrowers_may_have_loans_in_default_and_may_be_taken_apart() {
    let text = "obligor_id,segment,ead,pd,lgd,remaining_months,interest_rate,days_past_due\n\
        x,a,101,0.02,0.4,30,0.05,0\nx,b,53,0.04,0.4,30,0.05,91\nx,a,67,0.02,0.5,17,0.03,0\n";
    let case = Case::new(text, MODEL);
    let played = case.json(&PLAY);
    assert_eq!(number(&played["portfolio"]["loans"]), 3.0);
    assert_eq!(number(&played["ecl"]["layout"]["obligors"]), 2.0, "two together, one in default by itself");
    let apart = Case::new(&text.replace(",91", ",0"), &format!("{MODEL}[simulation]\nobligors = \"apart\"\n"));
    assert_eq!(number(&apart.json(&PLAY)["ecl"]["layout"]["obligors"]), 3.0);
    let contradicts = Case::new(&text.replace(",91", ",0"), MODEL);
    let said = contradicts.refusal(&PLAY);
    assert!(said.contains(":3: pd: found PD 0.04 for obligor 'x'") && said.contains("simulation.obligors"), "{said}");
}
