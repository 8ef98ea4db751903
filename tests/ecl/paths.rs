//! Defaults along a path of the economy, end to end: figures agree with the closed form, results say what was done, and what
//! cannot be is refused.

use super::simulated::{MODEL, PLAY, number, run, sum, tape};
use super::{Case, near, total};

const PATH: &str = "[factors]\npersistence = 0.8\n[time]\ndefault_times = \"path\"\n";

fn with(model: &str, more: &str) -> String {
    format!("{model}{more}")
}

#[test]
fn simulation_along_a_path_agrees_with_the_closed_form() {
    let case = Case::new(&tape(1_501), &with(MODEL, PATH));
    let (closed, played) = (case.json(&[]), case.json(&[&PLAY[..], &["--device", "cpu"]].concat()));
    let ecl = &played["ecl"];
    assert_eq!(ecl["total"]["closed_form"], closed["ecl"]["total"]["value"]);
    assert!(number(&ecl["total"]["z"]).abs() < 4.0, "{}", ecl["total"]);
    near(sum(&ecl["years"], "value"), total(&played));
    for line in [&ecl["segments"], &ecl["years"]].into_iter().flat_map(|lines| lines.as_array().unwrap()) {
        let off = number(&line["value"]) - number(&line["closed_form"]);
        assert!(off.abs() < 5.0 * number(&line["standard_error"]), "{line}");
    }
    let economy = &ecl["conditional"];
    assert!(number(&economy["difference"]).abs() < 4.0 * number(&economy["difference_standard_error"]), "{economy}");
    // What was done, and with which correlations.
    assert_eq!(played["run"]["default_times"], "path");
    let path = &played["run"]["path"];
    assert_eq!((&path["persistence"][0]["factor"], number(&path["persistence"][0]["value"])), (&"economy".into(), 0.8));
    let rho = path["rho"].as_array().unwrap();
    assert_eq!(rho.len(), 2);
    for (line, (name, one_period)) in rho.iter().zip([("a", 0.1), ("b", 0.2)]) {
        assert_eq!((&line["segment"], number(&line["one_period"][0])), (&name.into(), one_period));
        let [low, high] = [0, 1].map(|end| number(&line["along_path"][end]));
        assert!(low > 0.5 * one_period && low < high && high < 0.95 * one_period, "{line}");
        assert!((libm::pow(number(&line["memory"]), 4.0) - 0.8).abs() < 1e-12);
    }
    let notes = played["notes"].to_string();
    assert!(notes.contains("along a path of the economy of persistence 0.8000 a year"), "{notes}");
    // One digest on every device; another one than in the copula mode, whose closed form is the same.
    let scalar = case.json(&[&PLAY[..], &["--device", "scalar"]].concat());
    assert_eq!(scalar["run"]["losses_digest"], played["run"]["losses_digest"]);
    let copula = Case::new(&tape(1_501), MODEL).json(&[&PLAY[..], &["--device", "cpu"]].concat());
    assert_eq!(copula["run"]["default_times"], "copula");
    assert!(copula["run"].get("path").is_none() && copula["ecl"]["assumed"].to_string().contains("time.default_times"));
    assert_ne!(copula["run"]["losses_digest"], played["run"]["losses_digest"]);
    near(number(&copula["ecl"]["total"]["closed_form"]), number(&ecl["total"]["closed_form"]));
    assert!(!ecl["assumed"].to_string().contains("time.default_times"));
}

#[test]
fn simulate_follows_a_path_on_every_grid() {
    let case = Case::new(&tape(1_501), MODEL);
    let over = |time: &str| {
        let text = format!(
            "[factors]\npersistence = {{ economy = 0.6 }}\n[ecl]\nreporting_date = \"2025-12-31\"\n[time]\n{time}"
        );
        run(&case, "simulate", &text).unwrap()
    };
    for (time, n_years) in [
        ("default_times = \"path\"\nlifetime = true", 4),
        ("default_times = \"path\"\nhorizon_months = 6\nperiod = \"monthly\"", 1),
        ("default_times = \"path\"\nhorizon_months = 24\nperiod = \"yearly\"", 2),
    ] {
        let result = over(time);
        let mean = &result["measures"]["expected_loss"];
        let closed = number(&result["portfolio"]["expected_loss"]);
        assert!((number(&mean["value"]) - closed).abs() < 4.0 * number(&mean["standard_error"]), "{mean} {closed}");
        assert_eq!(result["years"].as_array().unwrap().len(), n_years);
        assert_eq!(result["run"]["default_times"], "path");
        for line in result["years"].as_array().unwrap() {
            let off = number(&line["value"]) - number(&line["closed_form"]);
            assert!(off.abs() < 5.0 * number(&line["standard_error"]), "{line}");
        }
        let rho = &result["run"]["path"]["rho"][0];
        assert_eq!(rho["one_period"] == rho["along_path"], time.contains("yearly"), "{rho}");
    }
    // One year in one step has no periods, and says nothing of them.
    let one = over("default_times = \"path\"");
    assert!(one["run"].get("default_times").is_none() && one["run"].get("path").is_none());
}

#[test]
fn paths_that_cannot_be_are_refused() {
    let refusal = |model: &str| Case::new(&tape(101), model).refusal(&PLAY);
    let path = "[time]\ndefault_times = \"path\"\n";
    let without = refusal(&with(MODEL, path));
    assert!(
        without.contains("time.default_times (") && without.contains("path without factors.persistence"),
        "{without}"
    );
    let unknown = refusal(&with(MODEL, "[time]\ndefault_times = \"paths\"\n"));
    assert!(unknown.contains("'paths'; wanted \"copula\" or \"path\""), "{unknown}");
    let factor = refusal(&with(MODEL, &format!("[factors]\npersistence = {{ economi = 0.8 }}\n{path}")));
    assert!(factor.contains("factors.persistence.economi") && factor.contains("did you mean 'economy'?"), "{factor}");
    for range in ["1.0", "-0.1", "{ economy = 0.99995 }", "\"high\"", "{}"] {
        let text = refusal(&with(MODEL, &format!("[factors]\npersistence = {range}\n{path}")));
        assert!(text.contains("factors.persistence") && text.contains("0 to 0.9999"), "{range}: {text}");
    }
    let factors = "[factors]\nnames = [\"north\", \"south\"]\ncorrelation = [[1.0, 0.3], [0.3, 1.0]]\n";
    let segments = "[segments.a]\nasset_correlation = 0.1\nloadings = { north = 0.5, south = 0.5 }\n\
        [segments.b]\nasset_correlation = 0.2\nloadings = { south = 1 }\n";
    let lacking = refusal(&format!("{factors}persistence = {{ north = 0.8 }}\n{segments}{path}"));
    assert!(lacking.contains("nothing for the factor 'south'"), "{lacking}");
    let mixed = refusal(&format!("{factors}persistence = {{ north = 0.8, south = 0.6 }}\n{segments}{path}"));
    assert!(
        mixed.contains("segments.a.loadings (")
            && mixed.contains("line 7): found loadings on 'north' of persistence 0.8 and 'south'"),
        "{mixed}"
    );
    // The same persistences where no segment mixes them.
    let apart = segments.replace("south = 0.5 }", "south = 0 }");
    let model = format!("{factors}persistence = {{ north = 0.8, south = 0.6 }}\n{apart}{path}");
    let played = Case::new(&tape(101), &model).json(&PLAY);
    let memory = [0, 1].map(|segment| libm::pow(number(&played["run"]["path"]["rho"][segment]["memory"]), 4.0));
    assert!((memory[0] - 0.8).abs() < 1e-12 && (memory[1] - 0.6).abs() < 1e-12, "{memory:?}");
    let strong = MODEL.replace("asset_correlation = 0.2", "asset_correlation = 0.96");
    let high =
        refusal(&with(&strong, "[factors]\npersistence = 0\n[time]\nperiod = \"monthly\"\ndefault_times = \"path\"\n"));
    assert!(
        high.contains("segments.b.asset_correlation (")
            && high.contains("): found 0.9600")
            && high.contains("more than 0.97"),
        "{high}"
    );
    let student = with(MODEL, &format!("[copula]\nkind = \"student_t\"\ndegrees_of_freedom = 4\n{PATH}"));
    let joint = refusal(&student);
    assert!(joint.contains("t copula's W alone") && joint.contains("more degrees of freedom"), "{joint}");
}

#[test]
fn losses_given_default_that_move_keep_their_expectation_along_a_path() {
    for economy in ["linear", "frye_jacobs"] {
        let severity = format!("[severity]\neconomy = \"{economy}\"\nslope = 0.1\nlgd_sd = 0.1\n");
        let severity = if economy == "linear" { severity } else { severity.replace("slope = 0.1\n", "") };
        let case = Case::new(&tape(1_501), &format!("{MODEL}{severity}{PATH}"));
        let played = case.json(&[&PLAY[..], &["--device", "cpu"]].concat());
        let ecl = &played["ecl"];
        assert!(number(&ecl["total"]["z"]).abs() < 4.0, "{economy}: {}", ecl["total"]);
        let closed = Case::new(&tape(1_501), MODEL).json(&[]);
        near(number(&ecl["total"]["closed_form"]), total(&closed));
        let economy = &ecl["conditional"];
        assert!(
            number(&economy["difference"]).abs() < 4.0 * number(&economy["difference_standard_error"]),
            "{economy}"
        );
        let scalar = case.json(&[&PLAY[..], &["--device", "scalar"]].concat());
        assert_eq!(scalar["run"]["losses_digest"], played["run"]["losses_digest"]);
    }
    let raised = "[severity]\neconomy = \"linear\"\nslope = 0.1\npreserve_expected_loss = false\n";
    let played =
        Case::new(&tape(101), &format!("{MODEL}{raised}{PATH}")).json(&[&PLAY[..], &["--device", "cpu"]].concat());
    assert!(number(&played["ecl"]["total"]["z"]).abs() < 4.0, "{}", played["ecl"]["total"]);
    let plain = total(&Case::new(&tape(101), MODEL).json(&[]));
    assert!(number(&played["ecl"]["total"]["closed_form"]) > 1.01 * plain);
}

#[test]
fn what_is_idle_of_a_path_is_told() {
    let notes = |command: &str, keys: &str| {
        let case = Case::new(&tape(101), MODEL);
        run(&case, command, &format!("[ecl]\nframework = \"ifrs9\"\nreporting_date = \"2025-12-31\"\n{keys}")).unwrap()
            ["notes"]
            .to_string()
    };
    let idle = "[factors]\npersistence = 0.8\n";
    for command in ["ecl", "simulate"] {
        let said = notes(command, idle);
        assert!(said.contains("factors.persistence serves time.default_times"), "{command}: {said}");
    }
    let one_step = notes("simulate", PATH);
    assert!(one_step.contains("needs several periods") && one_step.contains("time.horizon_months"), "{one_step}");
    assert!(!notes("ecl", PATH).contains("needs several periods"));
}
