//! What `ecl` leaves in a folder: one run's files and never two runs', and runs that are gone on with.

use super::Case;
use super::simulated::{MODEL, PLAY, run, tape};
use serde_json::Value;
use std::path::Path;

fn read(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn names(folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

#[test]
fn a_finished_run_is_refused_and_a_part_of_this_run_is_gone_on_with() {
    let case = Case::new(&tape(211), MODEL);
    let out = case.path("run");
    let play = |scenarios: &'static str, more: &[&'static str]| {
        let args = [&["--scenarios", scenarios, "--out", &out, "--device", "cpu"][..], more].concat();
        case.command(&[&args[..], &["--format", "json"]].concat())
    };
    let said = |output: &std::process::Output| String::from_utf8(output.stderr.clone()).unwrap();
    assert!(play("2001", &["--seed", "7"]).status.success());
    let first = read(&format!("{out}/ecl.json"));
    for (scenarios, seed, why) in [("2001", "7", "read its ecl.json"), ("4001", "8", "results of another run")] {
        let refused = play(scenarios, &["--seed", seed]);
        assert_eq!(refused.status.code(), Some(1), "{why}");
        assert!(said(&refused).contains(why) && said(&refused).contains("--force"), "{}", said(&refused));
        assert_eq!(read(&format!("{out}/ecl.json")), first);
    }
    // More scenarios of the same run, with and without --force; and the same again, which is played anew.
    for (scenarios, force, there) in [("4001", true, 2001), ("6007", false, 4001)] {
        let more: &[&str] = if force { &["--seed", "7", "--force"] } else { &["--seed", "7"] };
        let longer = play(scenarios, more);
        assert!(said(&longer).contains(&format!("{there} scenarios are there")), "{}", said(&longer));
        let result: Value = serde_json::from_slice(&longer.stdout).unwrap();
        let unbroken = case.json(&["--scenarios", scenarios, "--seed", "7"]);
        assert_eq!(result["run"]["losses_digest"], unbroken["run"]["losses_digest"]);
        assert_eq!(result["ecl"], unbroken["ecl"]);
        assert_eq!(read(&format!("{out}/ecl.json")), result);
    }
    let again = play("6007", &["--seed", "7", "--force"]);
    assert!(again.status.success() && !said(&again).contains("are there"), "{}", said(&again));
}

#[test]
fn a_folder_holds_the_files_of_one_run() {
    let case = Case::new(&tape(53), MODEL);
    let out = case.path("run");
    case.json(&[&PLAY[..], &["--out", &out]].concat());
    assert_eq!(names(&out), ["ecl.json", "manifest.json", "scenarios.parquet"]);
    let talk = case.refusal(&["--out", &out]);
    assert!(talk.contains("ecl.json") && talk.contains("--force"), "closed form: {talk}");
    case.json(&["--out", &out, "--force"]);
    assert_eq!(names(&out), ["ecl.json", "manifest.json"], "closed form has no scenarios");
    let horizon = "[time]\nlifetime = true\n";
    case.write("timed.toml", &format!("{MODEL}{horizon}"));
    let simulate = |more: &[&str]| {
        let (tape, model) = (case.path("tape.csv"), case.path("timed.toml"));
        let args = [&["simulate", &tape, "--model", &model, "--out", &out, "--quiet"][..], &PLAY, more].concat();
        assert_cmd::Command::cargo_bin("mc-gpu").unwrap().args(args).output().unwrap()
    };
    assert_eq!(simulate(&[]).status.code(), Some(1));
    assert!(simulate(&["--force"]).status.success());
    assert_eq!(names(&out), ["manifest.json", "scenarios.csv", "scenarios.parquet", "summary.json"]);
    let talk = case.refusal(&[&PLAY[..], &["--out", &out]].concat());
    assert!(talk.contains("another"), "{talk}");
    case.json(&[&PLAY[..], &["--out", &out, "--force"]].concat());
    assert_eq!(names(&out), ["ecl.json", "manifest.json", "scenarios.parquet"]);
}

#[test]
fn the_manifest_says_what_was_played_on_what() {
    let case = Case::new(&tape(53), MODEL);
    let (played, closed) = (case.path("played"), case.path("closed"));
    let result = case.json(&[&PLAY[..], &["--out", &played, "--device", "scalar"]].concat());
    let manifest = read(&format!("{played}/manifest.json"));
    assert_eq!(manifest["run"], result["run"]);
    assert_eq!((&manifest["run"]["stream_version"], &manifest["run"]["seed"]), (&1.into(), &7.into()));
    assert_eq!(manifest["run"]["device"]["kind"], "scalar");
    assert_eq!(manifest["run"]["losses_digest"].as_str().unwrap().len(), 64);
    assert_eq!(manifest["identity"].as_str().unwrap().len(), 64);
    assert_eq!((&manifest["unit"], &manifest["notes"]), (&result["ecl"]["layout"]["unit"], &result["notes"]));
    case.json(&["--out", &closed]);
    let manifest = read(&format!("{closed}/manifest.json"));
    assert!(["identity", "unit", "run"].iter().all(|key| manifest[key].is_null() && manifest.get(key).is_some()));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_in_place_of_another_is_gone_on_with_by_the_same_command() {
    let case = Case::new(&tape(1_501), MODEL);
    let (out, loans) = (case.path("run"), case.path("loans.parquet"));
    case.json(&[&PLAY[..], &["--out", &out]].concat());
    let interrupted = || {
        let child = std::process::Command::new(assert_cmd::cargo::cargo_bin("mc-gpu"))
            .args(["ecl", &case.path("tape.csv"), "--model", &case.path("model.toml"), "--framework", "ifrs9"])
            .args(["--reporting-date", "2025-12-31", "--scenarios", "9000000", "--seed", "99", "--out", &out])
            .args(["--per-loan", &loans, "--force"])
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(1500));
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(130));
        assert_eq!(names(&out), ["scenarios.parquet"], "of the new run alone");
        assert!(!Path::new(&loans).exists(), "a file of loans would stop the same command");
        String::from_utf8(ended.stderr).unwrap()
    };
    let first = interrupted();
    assert!(first.contains("the same command continues") && !first.contains("continuing"), "{first}");
    let second = interrupted();
    assert!(second.contains("continuing the run in"), "{second}");
    let after = |talk: &str| -> u64 {
        let number = talk.split("interrupted after ").nth(1).and_then(|rest| rest.split(' ').next());
        number.and_then(|number| number.parse().ok()).unwrap_or_default()
    };
    assert!(after(&second) > after(&first) && after(&first) > 0, "{first}{second}");
}

#[test]
fn runs_of_several_periods_say_why_cecl_counts() {
    let case = Case::new(&tape(23), MODEL);
    let assumed = |model: &str| run(&case, "simulate", model).unwrap()["assumed"].to_string();
    let horizon = "[time]\nhorizon_months = 24\n";
    assert!(assumed(horizon).contains("framework cecl (none is named)"));
    let other = assumed(&format!("{horizon}[ecl]\nframework = \"ifrs9\"\n"));
    assert!(other.contains("framework cecl (ecl.framework = \\\"ifrs9\\\" is left aside)"), "{other}");
    assert!(!assumed(&format!("{horizon}[ecl]\nframework = \"cecl\"\n")).contains("framework cecl ("));
    assert!(!assumed("").contains("framework cecl ("), "nothing of it in one year in one step");
}
