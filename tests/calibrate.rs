//! `mc-gpu calibrate` as a command: files written and refused, output, exit status.
#![allow(clippy::disallowed_methods)]

use assert_cmd::Command;
use std::fmt::Write;
use std::path::Path;

/// A history whose default rate follows unemployment.
fn write_history(path: &Path, rows: u32) {
    let mut text = "quarter,dr,n,uer\n".to_owned();
    for row in 0..rows {
        let uer = 6.0 + 2.0 * f64::sin(f64::from(row) * 0.4);
        let defaults = (40_000.0 * (0.004 * uer + 0.003 * f64::cos(f64::from(row) * 2.1))).round();
        let (year, quarter) = (2001 + row / 4, row % 4 + 1);
        writeln!(text, "{year} Q{quarter},{},40000,{uer:.3}", defaults / 40_000.0).unwrap();
    }
    std::fs::write(path, text).unwrap();
}

fn calibrate(folder: &Path, flags: &[&str]) -> std::process::Output {
    let mut command = Command::cargo_bin("mc-gpu").unwrap();
    command.current_dir(folder).arg("calibrate").args(flags).output().unwrap()
}

const FLAGS: [&str; 9] = ["h.csv", "--default-rate", "dr", "--count", "n", "--drivers", "uer", "--lags", "0..2"];

#[test]
fn a_fragment_and_a_chart_are_written_once() {
    let folder = tempfile::tempdir().unwrap();
    write_history(&folder.path().join("h.csv"), 61);
    let with = |more: &[&str]| calibrate(folder.path(), &[&FLAGS, more].concat());
    let told = with(&["--out", "index.toml"]);
    let shown = String::from_utf8(told.stdout).unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    assert!(shown.contains("uer") && shown.contains("Tried"), "{shown}");
    let fragment = std::fs::read_to_string(folder.path().join("index.toml")).unwrap();
    assert!(fragment.contains("column = \"uer\"") && fragment.contains("SHA-256"), "{fragment}");
    assert!(std::fs::read_to_string(folder.path().join("index.svg")).unwrap().starts_with("<svg"));
    // Nothing is replaced unasked, and a history never.
    for (more, message) in [
        (&["--out", "index.toml"][..], "index.toml: is there already"),
        (&["--out", "other.toml", "--chart", "index.svg"], "index.svg: is there already"),
        (&["--out", "h.csv", "--force"], "--out: found 'h.csv', which is the history"),
        (&["--out", "a.svg", "--chart", "a.svg"], "--chart: found 'a.svg', which is --out"),
    ] {
        let told = with(more);
        assert_eq!(told.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&told.stderr).contains(message), "{}", String::from_utf8_lossy(&told.stderr));
    }
    // Where one of two cannot be written, neither is.
    for (chart, force) in [("none/fit.svg", "--quiet"), (".", "--force")] {
        let told = with(&["--out", "new.toml", "--chart", chart, force]);
        assert_eq!((told.status.code(), told.stdout.as_slice()), (Some(1), [].as_slice()));
        assert!(String::from_utf8_lossy(&told.stderr).contains(chart), "{}", String::from_utf8_lossy(&told.stderr));
        assert!(!folder.path().join("new.toml").exists(), "{chart}");
    }
    let told = with(&["--out", "index.toml", "--force", "--quiet", "--format", "json", "--regimes", "2"]);
    let json: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(
        (json["schema"].as_str(), json["sample"]["last"].as_str()),
        (Some("mc-gpu/calibration/1"), Some("2016 Q1"))
    );
    assert!(told.stderr.is_empty(), "{}", String::from_utf8_lossy(&told.stderr));
}

#[test]
fn settings_out_of_range_are_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    write_history(&folder.path().join("h.csv"), 61);
    for (flags, message) in [
        (&["--lags", "4..0"][..], "--lags: found '4..0'; wanted the shorter lag first: 0..4"),
        (&["--regimes", "3"], "--regimes: found 3; wanted 1 or 2"),
        (&["--regime-means"], "--regime-means: found one regime; wanted --regimes 2 besides"),
        (&["--most-drivers", "6"], "--most-drivers: found 6; wanted 1 to 5"),
        (&["--holdout", "60"], "--holdout: found 60; wanted at most"),
    ] {
        let of_lags = flags.first() == Some(&"--lags");
        let rest = if of_lags { &FLAGS[..7] } else { &FLAGS[..] };
        let told = calibrate(folder.path(), &[rest, flags].concat());
        let error = String::from_utf8_lossy(&told.stderr).into_owned();
        assert_eq!((told.status.code(), error.lines().count()), (Some(1), 1), "{error}");
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn a_model_includes_the_fragment() {
    let folder = tempfile::tempdir().unwrap();
    write_history(&folder.path().join("h.csv"), 61);
    let told = calibrate(
        folder.path(),
        &[&FLAGS[..], &["--out", "index.toml", "--regimes", "2", "-q", "--format", "json"]].concat(),
    );
    let json: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let path = folder.path().join("model.toml");
    let model =
        "[index]\nfrom = \"index.toml\"\nhistory = \"h.csv\"\n[scenarios.only]\nweight = 1\ndrivers = \"h.csv\"\n";
    std::fs::write(&path, model).unwrap();
    let resolved = mc_gpu::config::resolve(&mc_gpu::config::read_model(&path).unwrap()).unwrap();
    let index = &resolved.economy.as_ref().unwrap().index.general;
    assert_eq!(Some(index.r_squared), json["index"]["r_squared"].as_f64());
    let driver = &json["drivers"][0];
    assert_eq!(index.drivers[0].column, "uer");
    assert_eq!(Some(index.drivers[0].coefficient), driver["coefficient"].as_f64());
    assert_eq!(Some(index.drivers[0].mean), driver["mean"].as_f64());
    assert_eq!(Some(u64::from(index.drivers[0].lag)), driver["lag"].as_u64());
    assert_eq!(resolved.factors.persistence.unwrap()[0], json["index"]["persistence"].as_f64().unwrap());
}
