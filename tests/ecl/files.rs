//! What a run writes: keys of the JSON, the per-loan file, folders; and that threads change no bit.

use super::{Case, near, total};
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, UInt32Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use std::path::Path;

const HEAD: &str =
    "loan_id,segment,ead,pd,lgd,remaining_months,interest_rate,days_past_due,origination_pd,origination_date\n";

/// Loans of all stages in two segments.
fn tape(n: u32) -> String {
    let mut text = HEAD.to_owned();
    for i in 0..n {
        let (segment, pd, late) = (["a", "b"][i as usize % 2], 1 + i % 97, [0, 0, 0, 31, 0, 91][i as usize % 6]);
        let (months, rate) = (1 + i % 83, i % 13);
        text += &format!(
            "L{i},{segment},{}.25,0.00{pd},0.4{},{months},0.0{rate},{late},0.001,2025-06-30\n",
            100 + i,
            i % 7
        );
    }
    text
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_result_has_the_keys_that_scripts_rely_on() {
    let overlays = "[[overlays]]\nname = \"Flood\"\nbecause = \"autumn\"\npercent = 50\ncap = 0.2\nsegment = \"a\"\nuntil = 2026-06-30\n\
        [[overlays]]\nname = \"Past\"\nbecause = \"over\"\namount = -5\ncap = 1\nuntil = 2025-06-30\nstage = 2\n";
    let result = Case::new(&tape(301), overlays).json(&["--what-if", "staging.days_past_due_stage_2=90"]);
    assert_eq!(result["schema"], "mc-gpu/ecl/1");
    assert_eq!((&result["framework"], &result["reporting_date"]), (&"ifrs9".into(), &"2025-12-31".into()));
    assert!(result["run"].is_null() && result["notes"][0].as_str().unwrap().contains("nothing was simulated"));
    let ecl = &result["ecl"];
    assert_eq!(keys(&ecl["total"]), ["closed_form", "standard_error", "value", "z"]);
    assert!(ecl["total"]["standard_error"].is_null() && ecl["total"]["z"].is_null());
    assert_eq!(ecl["total"]["value"], ecl["total"]["closed_form"]);
    assert_eq!(ecl["quantiles"], Value::Array(Vec::new()));
    assert!(ecl["conditional"].is_null() && ecl["probability_above_allowance"].is_null());
    let stages = ecl["stages"].as_array().unwrap();
    assert_eq!(stages.iter().map(|line| line["stage"].to_string()).collect::<Vec<_>>(), ["1", "2", "3", "\"poci\""]);
    assert_eq!(keys(&stages[0]), ["coverage", "ecl", "exposure", "loans", "stage"]);
    assert!(stages[3]["coverage"].is_null());
    assert_eq!(keys(&ecl["years"][0]), ["closed_form", "standard_error", "value", "year"]);
    for (lines, key) in [("stages", "ecl"), ("segments", "ecl"), ("years", "value"), ("reasons", "ecl")] {
        near(ecl[lines].as_array().unwrap().iter().map(|line| line[key].as_f64().unwrap()).sum(), total(&result));
    }
    for segment in ecl["segments"].as_array().unwrap() {
        let sum: f64 = segment["stages"].as_array().unwrap().iter().map(|line| line["ecl"].as_f64().unwrap()).sum();
        near(sum, segment["ecl"].as_f64().unwrap());
    }
    let overlays = ecl["overlays"].as_array().unwrap();
    let number = |overlay: &Value, key: &str| overlay[key].as_f64().unwrap();
    near(number(&overlays[0], "applied"), 0.2 * number(&overlays[0], "touches"));
    near(number(&overlays[0], "asked"), 0.5 * ecl["segments"][0]["ecl"].as_f64().unwrap());
    assert_eq!((number(&overlays[1], "applied"), overlays[1]["active"].clone()), (0.0, false.into()));
    near(ecl["allowance"].as_f64().unwrap(), total(&result) + number(&overlays[0], "applied"));
    let what_if = &ecl["what_if"][0];
    assert_eq!(
        (what_if["setting"].clone(), what_if["value"].clone()),
        ("staging.days_past_due_stage_2".into(), "90".into())
    );
    assert_eq!(keys(&what_if["moved"][0]), ["ecl_after", "ecl_before", "exposure", "from", "loans", "to"]);
    near(what_if["change"].as_f64().unwrap(), what_if["ecl"].as_f64().unwrap() - total(&result));
}

#[test]
fn threads_change_no_bit() {
    let case = Case::new(&tape(70_003), "");
    let with = |threads: &str| {
        let file = case.path(&format!("{threads}.parquet"));
        let result = case.json(&["--threads", threads, "--per-loan", &file, "--what-if", "exposure.cpr=0.2"]);
        (result, std::fs::read(file).unwrap())
    };
    let one = with("1");
    for threads in ["2", "3"] {
        let several = with(threads);
        assert_eq!(several.0, one.0);
        assert!(several.1 == one.1, "per-loan files differ");
    }
}

fn read(path: &str) -> RecordBatch {
    let file = std::fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().with_batch_size(1 << 20).build().unwrap();
    let batches: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    arrow::compute::concat_batches(&batches[0].schema(), &batches).unwrap()
}

#[test]
fn the_per_loan_file_has_a_row_a_loan_and_adds_up() {
    let case = Case::new(&tape(997), "");
    let file = case.path("loans.parquet");
    let result = case.json(&["--per-loan", &file]);
    let rows = read(&file);
    let names: Vec<String> = rows.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(
        names,
        [
            "file",
            "row",
            "loan_id",
            "segment",
            "stage",
            "reason",
            "paragraph",
            "exposure",
            "undrawn",
            "remaining_months",
            "pd_12m",
            "pd_lifetime",
            "pd_residual_origination",
            "lgd",
            "ecl_12m",
            "ecl_lifetime",
            "ecl",
            "coverage"
        ]
    );
    assert_eq!(rows.num_rows(), 997);
    let numbers = |name: &str| rows.column_by_name(name).unwrap().as_primitive::<Float64Type>().clone();
    let words = |name: &str| {
        let column =
            arrow::compute::cast(rows.column_by_name(name).unwrap(), &arrow::datatypes::DataType::Utf8).unwrap();
        column.as_string::<i32>().iter().map(|word| word.unwrap_or("null").to_owned()).collect::<Vec<String>>()
    };
    near(numbers("ecl").values().iter().sum(), total(&result));
    let (stages, reasons, paragraphs) = (words("stage"), words("reason"), words("paragraph"));
    let (ecl, year, life) = (numbers("ecl"), numbers("ecl_12m"), numbers("ecl_lifetime"));
    for (row, stage) in stages.iter().enumerate() {
        let expected = match stage.as_str() {
            "1" => year.value(row),
            _ => life.value(row),
        };
        assert_eq!(ecl.value(row), expected, "{row}");
        assert!(year.value(row) <= life.value(row));
    }
    assert_eq!((stages[3].as_str(), reasons[3].as_str()), ("2", "days_past_due"));
    assert_eq!(paragraphs[3], "IFRS 9 5.5.11, B5.5.19-20");
    assert_eq!((stages[5].as_str(), reasons[5].as_str()), ("3", "default_days_past_due"));
    assert_eq!((words("loan_id")[996].as_str(), words("segment")[1].as_str()), ("L996", "b"));
    let line = rows.column_by_name("row").unwrap().as_primitive::<UInt32Type>().clone();
    assert_eq!((line.value(0), line.value(996)), (2, 998));
    assert!(words("file")[0].ends_with("tape.csv") && numbers("pd_residual_origination").value(0) > 0.0);
}

#[test]
fn several_files_keep_their_names_and_lines() {
    let case = Case::new(&tape(5), "");
    case.write("more.csv", &tape(3));
    let file = case.path("loans.parquet");
    case.json(&[&case.path("more.csv"), "--per-loan", &file]);
    let rows = read(&file);
    let files = arrow::compute::cast(rows.column_by_name("file").unwrap(), &arrow::datatypes::DataType::Utf8).unwrap();
    let files: Vec<String> = files.as_string::<i32>().iter().map(|name| name.unwrap().to_owned()).collect();
    let lines = rows.column_by_name("row").unwrap().as_primitive::<UInt32Type>().values().to_vec();
    assert_eq!(lines, [2, 3, 4, 5, 6, 2, 3, 4]);
    assert!(files[..5].iter().all(|name| name.ends_with("tape.csv")), "{files:?}");
    assert!(files[5..].iter().all(|name| name.ends_with("more.csv")), "{files:?}");
}

#[test]
fn folders_and_files_are_kept_unless_forced_and_nothing_is_left_of_what_failed() {
    let case = Case::new(&tape(53), "");
    let (out, file) = (case.path("run"), case.path("loans.parquet"));
    let result = case.json(&["--out", &out, "--per-loan", &file]);
    let saved: Value = serde_json::from_slice(&std::fs::read(Path::new(&out).join("ecl.json")).unwrap()).unwrap();
    assert_eq!(saved, result);
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(Path::new(&out).join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["schema"], "mc-gpu/ecl-manifest/1");
    assert_eq!(manifest["inputs"][0]["sha256"].as_str().unwrap().len(), 64);
    // The written model measures the same.
    case.write("again.toml", manifest["model"].as_str().unwrap());
    std::fs::rename(case.path("again.toml"), case.path("model.toml")).unwrap();
    assert_eq!(case.json(&[])["ecl"]["total"], result["ecl"]["total"]);
    assert!(case.refusal(&["--out", &out]).contains("--force"));
    assert!(case.refusal(&["--per-loan", &file]).contains("--force"));
    case.json(&["--out", &out, "--per-loan", &file, "--force"]);
    case.write("tape.csv", &(tape(53) + "X,c,5,0.1,0.5,7,0.1,0,0.1,2026-01-31\n"));
    let before = std::fs::read_dir(case.folder.path()).unwrap().count();
    let other = case.path("other.parquet");
    assert!(case.refusal(&["--per-loan", &other]).contains("origination_date"));
    assert!(!Path::new(&other).exists());
    assert_eq!(std::fs::read_dir(case.folder.path()).unwrap().count(), before);
    let skipped = case.json(&["--on-error", "skip", "--out", &case.path("skipped")]);
    assert_eq!(skipped["portfolio"]["rejected_rows"], 1);
    near(total(&skipped), total(&result));
    let table = String::from_utf8(case.command(&["--on-error", "skip", "--quiet"]).stdout).unwrap();
    for word in
        ["IFRS 9 at 2025-12-31 · closed form", "left out: 1 row", "Year of default", "performing → 1", "Assumed"]
    {
        assert!(table.contains(word), "{word} is missing in\n{table}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_nothing_behind() {
    let case = Case::new("", "");
    let (tape, file, out) = (case.path("big.parquet"), case.path("loans.parquet"), case.path("run"));
    let binary = assert_cmd::cargo::cargo_bin("mc-gpu");
    let made_up = ["generate", "--loans", "1500000", "--quiet", "--out", &tape];
    assert!(std::process::Command::new(&binary).args(made_up).status().unwrap().success());
    let model = std::fs::read_to_string(case.path("big.toml")).unwrap();
    case.write(
        "big.toml",
        &(model + "[exposure]\nremaining_months = 480\ninterest_rate = 0.1\n[time]\nperiod = \"monthly\"\n"),
    );
    std::fs::create_dir(&out).unwrap();
    let before = std::fs::read_dir(case.folder.path()).unwrap().count();
    let mut child = std::process::Command::new(&binary)
        .args([
            "ecl",
            &tape,
            "--model",
            &case.path("big.toml"),
            "--framework",
            "cecl",
            "--reporting-date",
            "2025-12-31",
        ])
        .args(["--per-loan", &file, "--out", &out, "--quiet"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The per-loan file has begun when its draft lies beside the tape.
    let entries = || std::fs::read_dir(case.folder.path()).unwrap().count();
    for _ in 0..6_000 {
        if entries() > before {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!Path::new(&file).exists());
    assert_eq!(std::fs::read_dir(out).unwrap().count(), 0);
}
