//! LGDs that are random or move with the economy: what stays, what rises, and what is refused in which words.

use super::simulated::{number, run, tape};
use super::{Case, near, total};
use serde_json::Value;

const LINKS: &str = "[segments.a]\nasset_correlation = 0.1\n[segments.b]\nasset_correlation = 0.2\n";

const PLAY: [&str; 6] = ["--scenarios", "4001", "--seed", "7", "--device", "cpu"];

fn z(result: &Value) -> f64 {
    number(&result["ecl"]["total"]["z"])
}

/// The largest loss that is told of.
fn tail(result: &Value) -> f64 {
    number(&result["ecl"]["quantiles"].as_array().unwrap().last().unwrap()["value"])
}

#[test]
fn expected_losses_stay_and_bad_years_cost_more() {
    let case = Case::new(&tape(1_501), LINKS);
    let with = |keys: &str| {
        case.write("model.toml", &format!("{LINKS}{keys}"));
        case.json(&PLAY)
    };
    let plain = with("");
    assert!(!plain["ecl"]["layout"].as_object().unwrap().contains_key("severities"));
    for (keys, rows, cells) in [
        ("[severity]\nlgd_sd = 0.2\n", 1, 256),
        ("[severity]\nslope = 0.15\n", 256, 1),
        ("[severity]\nlgd_sd = 0.2\neconomy = \"frye_jacobs\"\n", 256, 256),
    ] {
        let moved = with(keys);
        assert_eq!(moved["ecl"]["total"]["closed_form"], plain["ecl"]["total"]["closed_form"], "{keys}");
        assert_eq!(moved["ecl"]["stages"], plain["ecl"]["stages"], "{keys}");
        assert!(z(&moved).abs() < 4.0, "{keys}: {}", moved["ecl"]["total"]);
        let economy = &moved["ecl"]["conditional"];
        assert!(
            number(&economy["difference"]).abs() < 4.0 * number(&economy["difference_standard_error"]),
            "{economy}"
        );
        if rows > 1 {
            assert!(tail(&moved) > 1.05 * tail(&plain), "{keys}: {} {}", tail(&moved), tail(&plain));
        }
        let severities = &moved["ecl"]["layout"]["severities"];
        assert_eq!((severities["rows"].as_u64(), severities["cells"].as_u64()), (Some(rows), Some(cells)), "{keys}");
        assert_ne!(moved["run"]["losses_digest"], plain["run"]["losses_digest"]);
        let scalar = case.json(&["--scenarios", "4001", "--seed", "7", "--device", "scalar"]);
        assert_eq!(scalar["run"]["losses_digest"], moved["run"]["losses_digest"], "{keys}");
    }
}

#[test]
fn the_expected_loss_rises_where_it_may() {
    let one = "ead,pd,lgd,remaining_months,interest_rate\n1000000,0.02,0.45,12,0\n";
    let model = "[time]\nperiod = \"yearly\"\n[segments.default]\nasset_correlation = 0.15\n[severity]\nslope = 0.1\n";
    let case = Case::new(one, model);
    near(total(&case.json(&[])), 9_000.0);
    let raised = case.json(&["--what-if", "severity.preserve_expected_loss=false"]);
    let ratio = number(&raised["ecl"]["what_if"][0]["ecl"]) / 9_000.0;
    assert!((ratio - 1.208358).abs() < 1e-6, "{ratio}");
    let assumed = raised["ecl"]["assumed"].to_string();
    assert!(assumed.contains("severity.preserve_expected_loss = true (default)"), "{assumed}");
    case.write("model.toml", &format!("{model}preserve_expected_loss = false\n"));
    let played = case.json(&PLAY);
    near(number(&played["ecl"]["total"]["closed_form"]), ratio * 9_000.0);
    assert!(z(&played).abs() < 4.0, "{}", played["ecl"]["total"]);
}

#[test]
fn simulate_plays_them_over_periods_and_refuses_them_in_one_step() {
    let case = Case::new(&tape(501), LINKS);
    let date = "[ecl]\nreporting_date = \"2025-12-31\"\n[severity]\nlgd_sd = 0.2\nslope = 0.1\n";
    let talk = run(&case, "simulate", date).unwrap_err();
    assert!(talk.contains("severity: found") && talk.contains("time.horizon_months = 12"), "{talk}");
    let played = run(&case, "simulate", &format!("{date}[time]\nhorizon_months = 12\nperiod = \"yearly\"\n")).unwrap();
    let (mean, closed) = (&played["measures"]["expected_loss"], number(&played["portfolio"]["expected_loss"]));
    assert!((number(&mean["value"]) - closed).abs() < 4.0 * number(&mean["standard_error"]), "{mean} {closed}");
}

#[test]
fn what_cannot_be_is_refused_with_its_place() {
    let tape = "ead,pd,lgd,remaining_months,interest_rate\n1000,0.02,0.45,12,0\n1000,0.02,0.97,12,0\n";
    let case = Case::new(tape, "[severity]\nlgd_sd = 0.25\n");
    let talk = case.refusal(&[]);
    assert!(talk.contains("tape.csv: row 2 of loans: an LGD of 0.97 with a standard deviation of 0.25"), "{talk}");
    assert!(talk.contains("below 0.1705"), "{talk}");
    case.write("model.toml", "[severity]\neconomy = \"linear\"\n");
    assert!(case.refusal(&[]).contains("linear without a slope"));
}

#[test]
fn correlations_can_be_asked_about_where_expected_losses_depend_on_them() {
    let one = "ead,pd,lgd,remaining_months,interest_rate\n1000000,0.02,0.45,12,0\n";
    let model = "[time]\nperiod = \"yearly\"\n[segments.default]\nasset_correlation = 0.15\n[severity]\nslope = 0.1\n";
    let case = Case::new(one, &format!("{model}preserve_expected_loss = false\n"));
    let asked = case.json(&["--what-if", "segments.default.asset_correlation=0.3"]);
    // 1 + slope √ρ φ(G(p))/(m p)
    let ratio = number(&asked["ecl"]["what_if"][0]["ecl"]) / 9_000.0;
    assert!((ratio - 1.294663).abs() < 1e-5, "{ratio}");
    // Sibling: they do not where LGDs are scaled back.
    case.write("model.toml", model);
    let talk = case.refusal(&["--what-if", "segments.default.asset_correlation=0.3"]);
    assert!(talk.contains("wanted LGDs that move expected losses in the model"), "{talk}");
}

#[test]
fn what_a_path_cannot_have_is_refused_with_file_and_line() {
    let tape = "ead,pd,lgd,remaining_months,interest_rate\n1000,0.02,0.45,36,0\n";
    let model = "[time]\ndefault_times = \"path\"\n[segments.default]\nasset_correlation = 0.98\n[factors]\n";
    let case = Case::new(tape, &format!("{model}persistence = 0\n"));
    let talk = case.refusal(&["--scenarios", "100"]);
    let place = format!("segments.default.asset_correlation ({} line 4): found 0.98", case.path("model.toml"));
    assert!(talk.contains(&place) && talk.contains("0.97"), "{talk}");
    case.write("model.toml", &format!("{model}persistence = {{ ecomony = 0.5 }}\n"));
    let talk = case.refusal(&[]);
    assert!(talk.contains("wanted one of the factors \"economy\"; did you mean 'economy'?"), "{talk}");
}
