//! `mc-gpu ecl` end to end: figures that are known, what files hold, and what is refused in which words.

mod assumed;
mod blanks;
mod digest;
mod figures;
mod files;
mod folders;
mod paths;
mod refusals;
mod scenarios;
mod severity;
mod simulated;
mod staging;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with a tape and a model in it.
struct Case {
    folder: TempDir,
}

impl Case {
    fn new(tape: &str, model: &str) -> Self {
        let case = Self { folder: tempfile::tempdir().unwrap() };
        case.write("tape.csv", tape);
        case.write("model.toml", model);
        case
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn command(&self, args: &[&str]) -> std::process::Output {
        let mut command = Command::cargo_bin("mc-gpu").unwrap();
        command.args(["ecl", &self.path("tape.csv"), "--model", &self.path("model.toml")]);
        if !args.contains(&"--scenarios") {
            command.arg("--closed-form");
        }
        command.args(["--framework", "ifrs9", "--reporting-date", "2025-12-31"]).args(args).output().unwrap()
    }

    /// The JSON of a run that must go well; a flag that is given again wins nothing, so none is.
    fn json(&self, args: &[&str]) -> Value {
        let output = self.command(&[args, &["--format", "json"]].concat());
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What a refused run says, exit status 1 and nothing printed.
    fn refusal(&self, args: &[&str]) -> String {
        let output = self.command(args);
        let talk = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}: {talk}");
        assert!(output.stdout.is_empty(), "{args:?} printed a result");
        talk
    }
}

/// The model's ECL.
fn total(result: &Value) -> f64 {
    result["ecl"]["total"]["value"].as_f64().unwrap()
}

/// Loans of the stage called `stage`.
fn loans(result: &Value, stage: &Value) -> u64 {
    let stages = result["ecl"]["stages"].as_array().unwrap();
    stages.iter().find(|line| line["stage"] == *stage).unwrap()["loans"].as_u64().unwrap()
}

fn near(got: f64, expected: f64) {
    assert!((got - expected).abs() <= 1e-9 * expected.abs(), "{got} for {expected}");
}
