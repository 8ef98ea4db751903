//! The command line as scripts use it: results, files, exit statuses, messages.

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

fn mc_gpu() -> Command {
    Command::cargo_bin("mc-gpu").unwrap()
}

fn json(args: &[&str]) -> Value {
    let output = mc_gpu().args(args).args(["--format", "json"]).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// One line on stderr, exit status 1, nothing on stdout.
fn refusal(args: &[&str]) -> String {
    let output = mc_gpu().args(args).output().unwrap();
    let talk = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{args:?}: {talk}");
    assert!(output.stdout.is_empty(), "{args:?} printed a result");
    talk
}

fn write(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn path(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

const MODEL: &str = "[simulation]\nscenarios = 3000\nseed = 5\n[segments.a]\nasset_correlation = 0.2\nlgd = 0.5\n\
    [segments.b]\nasset_correlation = { basel = \"mortgage\" }\nlgd = 0.25\n";

fn tape() -> String {
    let mut text = "loan_id,segment,pd,ead\n".to_owned();
    for i in 0..777 {
        let segment = if i % 3 == 0 { "a" } else { "b" };
        text += &format!("L{i},{segment},0.0{},{}.50\n", 1 + i % 5, 1000 + i * 7);
    }
    text
}

#[test]
fn the_demo_explains_itself() {
    let output = mc_gpu().args(["simulate", "-n", "5000"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for word in ["Expected loss", "Value at risk 99.9 %", "Expected shortfall 95 %", "made-up", "Losses digest"] {
        assert!(text.contains(word), "{word} is missing in\n{text}");
    }
    assert!(output.status.success());
}

#[test]
fn the_result_has_every_key_that_scripts_rely_on() {
    let result = json(&["simulate", "-n", "2000", "--levels", "0.95,99%"]);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for key in ["schema", "portfolio", "run", "measures", "segments", "assumed"] {
        assert!(keys(&result).contains(&key.to_owned()), "{key}");
    }
    for key in
        ["loans", "exposure", "expected_loss", "pools", "pooling_error", "unit", "rounding_error", "rejected_rows"]
    {
        assert!(result["portfolio"][key].is_number(), "portfolio.{key}");
    }
    for key in ["scenarios", "seed", "stream_version", "threads", "loan_scenarios_per_second"] {
        assert!(result["run"][key].is_number(), "run.{key}");
    }
    assert!(result["run"]["device"]["kind"] == "cpu" && result["run"]["device"]["name"].is_string());
    for key in ["read", "play", "measure"] {
        assert!(result["run"]["seconds"][key].is_number(), "run.seconds.{key}");
    }
    assert_eq!(result["run"]["losses_digest"].as_str().unwrap().len(), 64);
    let measures = &result["measures"];
    for key in ["expected_loss", "loss_standard_deviation"] {
        assert!(measures[key]["value"].is_number() && measures[key]["standard_error"].is_number());
        assert_eq!(measures[key]["interval"].as_array().unwrap().len(), 2);
    }
    for (key, inner) in
        [("value_at_risk", "interval"), ("expected_shortfall", "standard_error"), ("economic_capital", "value")]
    {
        let levels = measures[key].as_array().unwrap();
        assert_eq!(levels.iter().map(|at| at["level"].as_f64().unwrap()).collect::<Vec<_>>(), [0.95, 0.99], "{key}");
        assert!(!levels[0][inner].is_null(), "{key}.{inner}");
    }
    assert!(
        measures["default_rate"]["mean"].is_number() && measures["default_rate"]["quantiles"][1]["value"].is_number()
    );
    let shares = result["segments"].as_array().unwrap();
    let sum: f64 = shares.iter().map(|segment| segment["share_of_loss"][1]["value"].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-9, "shares add up to {sum}");
}

#[test]
fn one_digest_whatever_plays() {
    let folder = TempDir::new().unwrap();
    let (tape, model) = (write(&folder, "tape.csv", &tape()), write(&folder, "model.toml", MODEL));
    let digest = |extra: &[&str]| {
        let args = [&["simulate", &tape, "--model", &model], extra].concat();
        json(&args)["run"]["losses_digest"].as_str().unwrap().to_owned()
    };
    let scalar = digest(&["--device", "scalar"]);
    for threads in ["1", "2", "3"] {
        assert_eq!(digest(&["--device", "cpu", "--threads", threads]), scalar);
    }
    assert_ne!(digest(&["--seed", "6"]), scalar);
}

#[test]
fn shards_merge_to_the_whole_and_only_once() {
    let folder = TempDir::new().unwrap();
    let (tape, model) = (write(&folder, "tape.csv", &tape()), write(&folder, "model.toml", MODEL));
    let [whole, a, b, merged] = ["whole", "a", "b", "merged"].map(|name| path(&folder, name));
    let run =
        |out: &str, extra: &[&str]| json(&[&["simulate", &tape, "--model", &model, "--out", out], extra].concat());
    let want = run(&whole, &[]);
    let shard = run(&a, &["--scenario-range", "0..1117"]);
    assert_eq!(
        (shard["run"]["complete"].as_bool(), shard["run"]["scenarios_played"].as_u64()),
        (Some(false), Some(1117))
    );
    run(&b, &["--scenario-range", "1117..3000", "--device", "scalar"]);
    let got = json(&["merge", &b, &a, "--out", &merged]);
    assert_eq!(got["run"]["losses_digest"], want["run"]["losses_digest"]);
    assert_eq!(got["measures"], want["measures"]);
    assert_eq!(got["segments"], want["segments"]);
    assert_eq!(got["run"]["complete"], true);
    assert!(refusal(&["merge", &a, &merged, "--out", &path(&folder, "x")]).contains("in an earlier shard too"));
    let other = path(&folder, "other");
    run(&other, &["--seed", "6", "--scenario-range", "1117..3000"]);
    assert!(refusal(&["merge", &a, &other, "--out", &path(&folder, "y")]).contains("seed 6 instead of 5"));
    for file in ["manifest.json", "summary.json", "scenarios.parquet", "scenarios.csv"] {
        assert!(Path::new(&merged).join(file).is_file(), "{file}");
    }
    let summary: Value =
        serde_json::from_slice(&std::fs::read(Path::new(&whole).join("summary.json")).unwrap()).unwrap();
    assert_eq!(summary, want);
}

#[test]
fn results_are_not_replaced_unless_asked() {
    let folder = TempDir::new().unwrap();
    let out = path(&folder, "run");
    json(&["simulate", "-n", "500", "--out", &out]);
    assert!(refusal(&["simulate", "-n", "500", "--out", &out]).contains("--force"));
    assert!(refusal(&["simulate", "-n", "500", "--seed", "9", "--out", &out]).contains("another run"));
    json(&["simulate", "-n", "500", "--seed", "9", "--out", &out, "--force"]);
    // More scenarios of the same run continue it.
    let more = json(&["simulate", "-n", "1500", "--seed", "9", "--out", &out]);
    assert_eq!(more["run"]["losses_digest"], json(&["simulate", "-n", "1500", "--seed", "9"])["run"]["losses_digest"]);
}

#[test]
fn bad_settings_are_refused_in_one_line_with_the_remedy() {
    let folder = TempDir::new().unwrap();
    let nan = write(&folder, "nan.toml", "[segments.a]\nasset_correlation = nan\n");
    let typo = write(&folder, "typo.toml", "[simulation]\nscenarois = 5\n");
    let indefinite = write(
        &folder,
        "indefinite.toml",
        "[factors]\nnames = [\"a\", \"b\", \"c\"]\ncorrelation = [[1.0, 0.9, 0.9], [0.9, 1.0, -0.9], [0.9, -0.9, 1.0]]\n",
    );
    let tape = write(&folder, "tape.csv", &tape());
    let file = write(&folder, "file", "x");
    let cases: [(&[&str], &str); 16] = [
        (&["simulate", "--scenarios", "0"], "--scenarios"),
        (&["simulate", "--scenarios", "many"], "--scenarios"),
        (&["simulate", "--levels", "1.0"], "--levels"),
        (&["simulate", "--levels", "0.9,0.9"], "--levels"),
        (&["simulate", "--threads", "0"], "1 to 4096"),
        (&["simulate", "--device", "abacus"], "here are: 0 scalar"),
        (&["simulate", "--device", "7"], "no such device"),
        (&["simulate", "--device", "e"], "which fits 0 scalar"),
        (&["simulate", "--bogus"], "'--bogus' found (mc-gpu help"),
        (&["simulate", "--scenario-range", "20..10"], "A below B"),
        (&["simulate", "--scenario-range", "0..1e9"], "A..B"),
        (&["simulate", "--out", &file], "name a folder"),
        (&["simulate", &tape, "--model", &nan], "nan.toml"),
        (&["simulate", &tape, "--model", &typo], "did you mean 'simulation.scenarios'"),
        (&["simulate", &tape, "--model", &indefinite], "smallest eigenvalue"),
        (&["simulate", "nowhere.csv"], "nowhere.csv"),
    ];
    for (args, remedy) in cases {
        let talk = refusal(args);
        assert!(talk.contains(remedy), "{args:?} says {talk}");
        assert_eq!(talk.trim_end().lines().count(), 1, "{args:?} says {talk}");
    }
}

#[test]
fn dirty_rows_stop_a_run_or_are_left_out_and_kept() {
    let folder = TempDir::new().unwrap();
    let dirty = write(
        &folder,
        "dirty.csv",
        "segment,pd,ead\na,0.02,1000\na,1.5,1000\nb,0.01,-5\nb,,7\nc,0.01,9\na,0.03,NaN\nb,0.04,500\n",
    );
    let model = write(&folder, "model.toml", MODEL);
    let talk = refusal(&["simulate", &dirty, "--model", &model]);
    assert!(talk.contains("5 rows") && talk.contains("dirty.csv:3: pd") && talk.contains("unit"), "{talk}");
    let out = path(&folder, "run");
    let result = json(&["simulate", &dirty, "--model", &model, "--on-error", "skip", "--out", &out]);
    assert_eq!(result["portfolio"]["loans"], 2);
    assert_eq!(result["portfolio"]["rejected_rows"], 5);
    let rejects = std::fs::read_to_string(Path::new(&out).join("rejected_rows.csv")).unwrap();
    assert_eq!(rejects.lines().count(), 6, "{rejects}");
    let checked = mc_gpu().args(["check", &dirty, "--model", &model]).output().unwrap();
    let text = String::from_utf8(checked.stdout).unwrap();
    assert_eq!(checked.status.code(), Some(1));
    assert!(text.contains("5 rows cannot be used") && text.contains("ead         ← ead"), "{text}");
}

#[test]
fn a_check_explains_a_tape_without_one_good_row() {
    let folder = TempDir::new().unwrap();
    let percent = write(&folder, "percent.csv", "pd,ead,lgd\n2,100,0.4\n3.5,200,0.4\n");
    let checked = mc_gpu().args(["check", &percent]).output().unwrap();
    let text = String::from_utf8(checked.stdout).unwrap();
    assert_eq!(checked.status.code(), Some(1), "{}", String::from_utf8_lossy(&checked.stderr));
    assert!(text.contains("2 rows cannot be used") && text.contains("unit = \"percent\""), "{text}");
}

#[test]
fn a_check_as_of_a_day_shows_what_expected_credit_losses_need() {
    let folder = TempDir::new().unwrap();
    let text = "ead,grade,int_rate,term,issue_month,loan_status,lgd\n\
                100,A,5.31,36,Mar-18,Current,0.4\n200,B,12.5,60,Jan-18,Late,0.4\n300,B,7,36,May-15,Current,0.4\n";
    let tape = write(&folder, "tape.csv", text);
    let model = write(
        &folder,
        "model.toml",
        "[ratings]\nA = 0.01\nB = 0.1\n[columns]\ninterest_rate = { column = \"int_rate\", unit = \"percent\" }\n\
         origination_date = { column = \"issue_month\", format = \"%b-%y\" }\n\
         days_past_due = { column = \"loan_status\", values = { Current = 0, Late = 31 } }\n",
    );
    let plain = mc_gpu().args(["check", &tape, "--model", &model]).output().unwrap();
    let text = String::from_utf8(plain.stdout).unwrap();
    assert!(plain.status.success() && !text.contains("interest_rate") && !text.contains("As of"), "{text}");
    let args = ["check", &tape, "--model", &model, "--reporting-date", "2018-06-30"];
    let output = mc_gpu().args(args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "the third loan is due: {text}");
    for line in [
        "  origination_date ← issue_month in %b-%y (mapped in [columns])",
        "  interest_rate    ← int_rate in percent (mapped in [columns])",
        "tape.csv:4: term: found '36 months, 37 of them over'; wanted later than the reporting date 2018-06-30",
        "As of 2018-06-30",
        "  remaining_months         2 loans, 33 to 55",
        "  days_past_due            2 loans, 0 to 31",
        "  rating                   2 loans\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let checked = mc_gpu().args(args).args(["--format", "json"]).output().unwrap();
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(checked["details"]["reporting_date"], "2018-06-30");
    assert!(
        refusal(&["check", &tape, "--reporting-date", "June"])
            .contains("--reporting-date: found 'June'; wanted a date")
    );
}

#[test]
fn a_generated_tape_reads_back_under_its_own_model() {
    let folder = TempDir::new().unwrap();
    for (name, pds) in [("tape.parquet", "grades"), ("tape.csv.gz", "continuous")] {
        let tape = path(&folder, name);
        mc_gpu()
            .args(["generate", "--loans", "5003", "--seed", "3", "--pds", pds, "--out", &tape, "--force"])
            .assert()
            .success();
        let model = path(&folder, "tape.toml");
        let result = json(&["simulate", &tape, "--model", &model, "-n", "300"]);
        assert_eq!(result["portfolio"]["loans"], 5003);
        assert!(refusal(&["generate", "--loans", "5", "--out", &tape]).contains("--force"));
        let said = mc_gpu()
            .args(["generate", "--loans", "5003", "--lifetimes", "--pds", pds, "--out", &tape, "--force"])
            .output()
            .unwrap();
        assert!(String::from_utf8(said.stderr).unwrap().contains("mc-gpu ecl "));
        let result = json(&["ecl", &tape, "--model", &model, "--closed-form"]);
        for stage in &result["ecl"]["stages"].as_array().unwrap()[..3] {
            assert!(stage["loans"].as_u64() > Some(0), "{stage}");
        }
    }
}

#[test]
fn the_template_is_a_model_of_defaults() {
    let folder = TempDir::new().unwrap();
    let template = String::from_utf8(mc_gpu().arg("init").output().unwrap().stdout).unwrap();
    let model = write(&folder, "model.toml", &template);
    let text = tape().replace("pd,ead", "pd,ead,lgd").replace(".50\n", ".50,0.4\n");
    let tape = write(&folder, "tape.csv", &text);
    let with = json(&["simulate", &tape, "--model", &model, "-n", "700"]);
    let without = json(&["simulate", &tape, "-n", "700"]);
    assert_eq!(with["run"]["losses_digest"], without["run"]["losses_digest"]);
}

#[test]
fn help_completions_manual_devices_and_bench_are_there() {
    mc_gpu().args(["completions", "bash"]).assert().success();
    let manual = String::from_utf8(mc_gpu().arg("man").output().unwrap().stdout).unwrap();
    assert!(manual.contains("MC\\-GPU SIMULATE") || manual.contains("MC-GPU SIMULATE"));
    assert_eq!(mc_gpu().args(["simulate", "--nonsense"]).output().unwrap().status.code(), Some(1));
    assert_eq!(mc_gpu().arg("--help").output().unwrap().status.code(), Some(0));
    let devices = json(&["devices"]);
    let listed = devices["devices"].as_array().unwrap();
    let taken: Vec<&str> =
        listed.iter().filter(|device| device["auto"] == true).map(|d| d["kind"].as_str().unwrap()).collect();
    assert!([vec!["cpu"], vec!["cpu", "gpu"]].contains(&taken), "{taken:?}");
    let is_software = |device: &Value| device["adapter"]["kind"] == "software";
    assert!(!listed.iter().any(|device| is_software(device) && device["auto"] == true), "auto never takes software");
    let folder = TempDir::new().unwrap();
    let bench = json(&["bench", "--loans", "3001", "-n", "17", "--out", &path(&folder, "results")]);
    let n_methods = bench["methods"].as_array().unwrap().len();
    assert!([6, 8].contains(&n_methods), "{n_methods}: two more where a GPU is here");
    for method in ["naive", "vectorised", "multicore", "hits", "all"] {
        assert!(folder.path().join("results").join(format!("{method}.json")).is_file(), "{method}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_is_finished_and_the_same_command_continues() {
    let folder = TempDir::new().unwrap();
    let out = path(&folder, "run");
    let args = ["simulate", "-n", "3000000", "--out", &out, "--quiet"];
    let binary = assert_cmd::cargo::cargo_bin("mc-gpu");
    let mut child = std::process::Command::new(binary).args(args).stderr(std::process::Stdio::piped()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(Path::new(&out).join("manifest.json")).unwrap()).unwrap();
    let played = manifest["run"]["scenarios_played"].as_u64().unwrap();
    assert!(played > 0 && played < 3_000_000, "{played} scenarios were finished");
    // As far as a quick test goes: continue to a number of scenarios just beyond what is there.
    let more = (manifest["done"].as_array().unwrap().last().unwrap()[1].as_u64().unwrap() + 10).to_string();
    let continued = json(&["simulate", "-n", &more, "--out", &out]);
    assert_eq!(continued["run"]["losses_digest"], json(&["simulate", "-n", &more])["run"]["losses_digest"]);
}
