//! Macro scenarios, end to end: weights, paths, bases and stages; what is refused.

use super::simulated::{PLAY, number, sum, tape};
use super::{Case, near, total};
use serde_json::Value;

/// Two segments whose loans have PDs at origination.
const MODEL: &str = "[segments.a]\nasset_correlation = 0.1\n[segments.b]\nasset_correlation = 0.2\n\
                     [exposure]\nccf = 0.5\n";
const INDEX: &str = "[index]\npersistence = 0.8\nr_squared = 0.5\n";
/// Quarters from the reporting date of all tests on.
const BAD: &str = "date,index\n2026 Q1,-0.8\n2026 Q2,-1.6\n2026 Q3,-1.9\n2026 Q4,-1.2\n2027 Q1,-0.5\n";
const MILD: &str = "date,a,b\n2026 Q1,0.3,0.1\n2026 Q2,0.4,0.2\n2026 Q3,0.2,0.1\n2026 Q4,0.1,0\n";
const TWO: &str = "[scenarios]\nreversion_periods = 4\n\
                   [scenarios.mild]\nweight = 0.65\nindex = \"mild.csv\"\n\
                   [scenarios.bad]\nweight = 0.35\nindex = \"bad.csv\"\n";

fn case(model: &[&str]) -> Case {
    let case = Case::new(&tape(1_501), &[&[MODEL], model].concat().concat());
    case.write("bad.csv", BAD);
    case.write("mild.csv", MILD);
    case.write("zero.csv", "date,index\n2026 Q1,0\n2026 Q2,0\n2026 Q3,0\n2026 Q4,0\n");
    case
}

fn played(model: &[&str]) -> Value {
    case(model).json(&[&PLAY[..], &["--device", "cpu"]].concat())
}

fn scenario<'a>(result: &'a Value, place: usize, key: &str) -> &'a Value {
    &result["ecl"]["scenarios"][place][key]
}

#[test]
fn weighted_figures_are_weights_times_scenarios() {
    let result = played(&[INDEX, TWO]);
    let weighed = |of: &dyn Fn(&Value) -> f64| {
        0.65 * of(&result["ecl"]["scenarios"][0]) + 0.35 * of(&result["ecl"]["scenarios"][1])
    };
    for key in ["closed_form", "value"] {
        near(number(&result["ecl"]["total"][key]), weighed(&|own| number(&own["total"][key])));
    }
    for year in 0..3 {
        let of = |value: &Value| number(&value["years"][year]["closed_form"]);
        near(of(&result["ecl"]), weighed(&of));
    }
    for stage in 0..3 {
        let of = |value: &Value| number(&value["stages"][stage]["ecl"]);
        near(of(&result["ecl"]), weighed(&of));
        assert_eq!(scenario(&result, 0, "stages")[stage]["loans"], scenario(&result, 1, "stages")[stage]["loans"]);
    }
    // Every scenario agrees with its closed form, and so do years and segments of the whole.
    for place in 0..2 {
        assert!(number(&scenario(&result, place, "total")["z"]).abs() < 4.0, "{}", scenario(&result, place, "total"));
    }
    for line in [&result["ecl"]["segments"], &result["ecl"]["years"]].into_iter().flat_map(|of| of.as_array().unwrap())
    {
        let off = number(&line["value"]) - number(&line["closed_form"]);
        assert!(off.abs() < 5.0 * number(&line["standard_error"]), "{line}");
    }
    near(sum(&result["ecl"]["years"], "value"), total(&result));
    let economy = &result["ecl"]["conditional"];
    assert!(number(&economy["difference"]).abs() < 4.0 * number(&economy["difference_standard_error"]), "{economy}");
    let effect = &result["ecl"]["non_linearity"];
    assert_eq!(effect["most_likely"], "mild");
    near(number(&effect["effect"]), number(&result["ecl"]["total"]["closed_form"]) - number(&effect["ecl"]));
    let why = scenario(&result, 1, "difference");
    near(number(&why["total"]), number(&why["index"]) + number(&why["staging"]) + number(&why["lgd"]));
    assert!(number(&why["index"]) > 0.0 && number(&why["staging"]).abs() < 1e-6);
    // Quantiles of the mixture lie between those of the scenarios.
    let at = |of: &Value| number(&of["quantiles"][0]["value"]);
    let (mild, bad) = (&result["ecl"]["scenarios"][0], &result["ecl"]["scenarios"][1]);
    assert!(at(mild) < at(&result["ecl"]) && at(&result["ecl"]) < at(bad));
    let [low, high] = ["low", "high"].map(|end| number(&result["ecl"]["quantiles"][0][end]));
    assert!(low <= at(&result["ecl"]) && at(&result["ecl"]) <= high);
}

#[test]
fn nothing_changes_where_scenarios_say_nothing() {
    let persistent = "[factors]\npersistence = 0.8\n[time]\ndefault_times = \"path\"\n";
    let zero = "[index]\npersistence = 0.8\n[scenarios.zero]\nweight = 1\nindex = \"zero.csv\"\n";
    let digest = |result: &Value| result["run"]["losses_digest"].clone();
    let (plain, zero) = (played(&[persistent]), played(&[zero]));
    assert_eq!(digest(&plain), digest(&zero));
    near(number(&plain["ecl"]["total"]["closed_form"]), number(&zero["ecl"]["total"]["closed_form"]));
    // One scenario is the path alone.
    let one = "[scenarios.only]\nweight = 1\nindex = \"bad.csv\"\n";
    let (alone, one) = (played(&[INDEX, "path = \"bad.csv\"\n"]), played(&[INDEX, one]));
    assert_eq!(digest(&alone), digest(&one));
    assert_eq!(alone["ecl"]["total"], one["ecl"]["total"]);
    assert_eq!(alone["ecl"]["quantiles"], one["ecl"]["quantiles"]);
    assert!(alone["ecl"].get("non_linearity").is_none());
    // Sibling: it is not nothing.
    assert_ne!(digest(&plain), digest(&one));
}

#[test]
fn point_in_time_pds_are_kept_over_the_scenarios() {
    let plain = case(&["[factors]\npersistence = 0.8\n[time]\ndefault_times = \"path\"\n"]).json(&[]);
    let with = |basis: &str| case(&[INDEX, &format!("pd_basis = \"{basis}\"\n"), TWO]).json(&[]);
    let off = |result: &Value| total(result) / total(&plain) - 1.0;
    let (anchored, shifted) = (with("pit"), with("ttc"));
    assert!(off(&anchored).abs() < 1e-5, "{}", off(&anchored));
    assert!(off(&shifted).abs() > 0.02, "{}", off(&shifted));
    for result in [&anchored, &shifted] {
        assert!(number(&scenario(result, 1, "total")["value"]) > 1.1 * number(&scenario(result, 0, "total")["value"]));
    }
}

#[test]
fn volatile_economies_have_fatter_tails_and_the_same_mean() {
    let regimes = "[index.regimes]\nleave_calm = 0.05\nleave_turbulent = 0.2\nvolatility = [0.6, 2.2]\n";
    let calm = "[index]\npersistence = 0.8\n";
    let (calm, volatile) = (played(&[calm]), played(&[calm, regimes]));
    near(number(&calm["ecl"]["total"]["closed_form"]), number(&volatile["ecl"]["total"]["closed_form"]));
    assert!(number(&volatile["ecl"]["total"]["z"]).abs() < 4.0);
    let far = |result: &Value| {
        let all = result["ecl"]["conditional"]["quantiles"].as_array().unwrap();
        number(&all.last().unwrap()["value"])
    };
    assert!(far(&volatile) > 1.15 * far(&calm), "{} {}", far(&volatile), far(&calm));
    let band = |result: &Value| {
        let first = &result["ecl"]["index_paths"][0]["periods"][0];
        number(&first["high"]) - number(&first["low"])
    };
    assert!((band(&calm) - 3.289_707_253_902_945).abs() < 1e-9 && band(&volatile) < band(&calm));
}

#[test]
fn stages_may_hang_on_the_scenario() {
    let staged = |how: &str| {
        let text = TWO.replace("[scenarios]\n", &format!("[scenarios]\nstaging = \"{how}\"\n"));
        let staging =
            "[staging]\npd_ratio = 1.3\npd_increase = 0.0001\n[columns]\npd = \"pd\"\norigination_pd = \"pd\"\n";
        played(&[INDEX, &text, staging])
    };
    let (each, weighted) = (staged("scenario"), staged("weighted"));
    let loans = |result: &Value, place: usize| number(&scenario(result, place, "stages")[1]["loans"]);
    assert!(loans(&each, 0) < loans(&each, 1), "{}", each["ecl"]["scenarios"]);
    assert_eq!(loans(&weighted, 0), loans(&weighted, 1));
    assert!(number(&scenario(&each, 1, "difference")["staging"]) > 0.0);
    for result in [&each, &weighted] {
        for place in 0..2 {
            assert!(number(&scenario(result, place, "total")["z"]).abs() < 4.0, "{}", scenario(result, place, "total"));
        }
        near(
            number(&result["ecl"]["total"]["closed_form"]),
            0.65 * number(&scenario(result, 0, "total")["closed_form"])
                + 0.35 * number(&scenario(result, 1, "total")["closed_form"]),
        );
    }
}

#[test]
fn losses_of_every_scenario_are_kept_in_a_folder_of_its_own() {
    let case = case(&[INDEX, TWO]);
    let out = case.path("run");
    let run = |more: &[&str]| case.command(&[&PLAY[..], &["--device", "cpu", "--out", &out], more].concat());
    assert!(run(&[]).status.success());
    let there = |name: &str| std::path::Path::new(&out).join(name).exists();
    assert!(there("ecl.json") && there("scenarios/1-mild/scenarios.parquet"));
    assert!(there("scenarios/2-bad/scenarios.parquet") && !there("scenarios.parquet"));
    // Finished: refused, unless it is to be replaced.
    assert_eq!(run(&[]).status.code(), Some(1));
    assert!(run(&["--force"]).status.success());
    // Each scenario is a run of its own, expected to lose what it is expected to lose.
    let merged = case.path("merged");
    let merge = |folder: &str, into: &str| {
        let mut command = assert_cmd::Command::cargo_bin("mc-gpu").unwrap();
        command.args(["merge", &format!("{out}{folder}"), "--out", into]).output().unwrap()
    };
    assert!(merge("/scenarios/2-bad", &merged).status.success());
    let read = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(name).unwrap()).unwrap() };
    let (summary, result) = (read(&format!("{merged}/summary.json")), read(&format!("{out}/ecl.json")));
    let bad = scenario(&result, 1, "years");
    near(number(&summary["years"][0]["closed_form"]), number(&bad[0]["closed_form"]));
    near(number(&summary["portfolio"]["expected_loss"]), number(&scenario(&result, 1, "total")["closed_form"]));
    let talk = String::from_utf8(merge("", &case.path("other")).stderr).unwrap();
    assert!(talk.contains("name one of the folders in scenarios"), "{talk}");
    // A run of one economy leaves nothing of theirs.
    case.write("model.toml", MODEL);
    assert!(run(&["--force"]).status.success());
    assert!(there("scenarios.parquet") && !there("scenarios") && !there("index.svg"));
}

#[test]
fn no_empty_folder_is_left_by_what_cannot_be_measured() {
    let case = case(&["[index]\npersistence = 0.8\npath = \"mild.csv\"\n"]);
    // No column for segment b.
    case.write("mild.csv", "date,a\n2026 Q1,0\n2026 Q2,0\n2026 Q3,0\n2026 Q4,0\n");
    let out = case.path("run");
    let refused = case.command(&[&PLAY[..], &["--device", "cpu", "--out", &out]].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert!(!std::path::Path::new(&out).exists());
}

#[test]
fn simulate_plays_one_economy() {
    let case = case(&[INDEX, TWO]);
    let mut command = assert_cmd::Command::cargo_bin("mc-gpu").unwrap();
    let output =
        command.args(["simulate", &case.path("tape.csv"), "--model", &case.path("model.toml")]).output().unwrap();
    let talk = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(talk.contains("plays one economy") && talk.contains("mc-gpu ecl"), "{talk}");
}
