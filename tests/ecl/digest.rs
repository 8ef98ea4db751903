//! The digest of the losses can be taken again from the saved scenarios: by the table of METHOD.md M16, and by its script, in
//! a run of one period and of several.

use super::Case;
use super::simulated::{MODEL, PLAY, tape};
use arrow::array::AsArray;
use arrow::datatypes::{DataType, UInt64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::process::Command;

/// Stands in for pyarrow, which need not be here: reads what [`Saved::write`] wrote beside the file.
const PYARROW: &str = "import json\n\
    class Column(list):\n    to_pylist = lambda self: list(self)\n\
    class Table:\n    def __init__(self, columns):\n        self.columns = dict(columns)\n        \
        self.column_names = [name for name, _ in columns]\n    \
        def __getitem__(self, name):\n        return Column(self.columns[name])\n\
    class Footer:\n    pass\n\
    class ParquetFile:\n    def __init__(self, path):\n        self.kept = json.load(open(path + '.json'))\n        \
        self.metadata = Footer()\n        self.metadata.metadata = {b'mc-gpu.manifest': self.kept['manifest'].encode()}\n    \
        def read(self):\n        return Table(self.kept['columns'])\n";

/// A `scenarios.parquet`, read by nothing of this crate's.
struct Saved {
    manifest: String,
    /// Whole numbers, by name.
    columns: Vec<(String, Vec<u64>)>,
}

impl Saved {
    fn read(path: &str) -> Self {
        let builder = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path).unwrap()).unwrap();
        let pairs = builder.metadata().file_metadata().key_value_metadata().unwrap().clone();
        let manifest = pairs.into_iter().find(|pair| pair.key == "mc-gpu.manifest").unwrap().value.unwrap();
        let batches: Vec<_> = builder.build().unwrap().map(Result::unwrap).collect();
        let rows = arrow::compute::concat_batches(&batches[0].schema(), &batches).unwrap();
        let whole = |name: &str| {
            let column = arrow::compute::cast(rows.column_by_name(name).unwrap(), &DataType::UInt64).unwrap();
            column.as_primitive::<UInt64Type>().values().to_vec()
        };
        let names = rows.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        let columns = names.into_iter().filter(|name| name != "loss").map(|name| (name.clone(), whole(&name)));
        Self { manifest, columns: columns.collect() }
    }

    fn years(&self) -> Vec<&Vec<u64>> {
        self.columns.iter().filter(|(name, _)| name.starts_with("year_loss_units:")).map(|(_, losses)| losses).collect()
    }

    /// SHA-256 of the bytes in the table of M16.
    fn digest(&self) -> String {
        let column = |name: &str| &self.columns.iter().find(|(own, _)| own == name).unwrap().1;
        let manifest: Value = serde_json::from_str(&self.manifest).unwrap();
        let mut hash = Sha256::new();
        hash.update((manifest["run"]["stream_version"].as_u64().unwrap() as u32).to_le_bytes());
        hash.update(manifest["portfolio"]["unit"].as_f64().unwrap().to_le_bytes());
        for (row, (loss, defaults)) in column("loss_units").iter().zip(column("defaults")).enumerate() {
            hash.update(loss.to_le_bytes());
            hash.update((*defaults as u32).to_le_bytes());
            self.years().iter().for_each(|year| hash.update(year[row].to_le_bytes()));
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn write(&self, path: &str) {
        let kept = json!({ "manifest": self.manifest, "columns": self.columns });
        std::fs::write(path, kept.to_string()).unwrap();
    }
}

/// The script of METHOD.md that begins with `import hashlib`.
fn script() -> String {
    let method = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/METHOD.md")).unwrap();
    let from = method.find("import hashlib").unwrap();
    method[from..].split("```").next().unwrap().to_owned()
}

#[test]
fn digests_can_be_taken_again_from_the_saved_scenarios() {
    let case = Case::new(&tape(211), MODEL);
    std::fs::create_dir(case.path("pyarrow")).unwrap();
    case.write("pyarrow/__init__.py", "");
    case.write("pyarrow/parquet.py", PYARROW);
    case.write("check.py", &script());
    for (out, time, n_years) in [("one", "", 0), ("years", "[time]\nhorizon_months = 36\n", 3)] {
        case.write("timed.toml", &format!("{MODEL}{time}"));
        let run = assert_cmd::Command::cargo_bin("mc-gpu")
            .unwrap()
            .args(["simulate", &case.path("tape.csv"), "--model", &case.path("timed.toml"), "--format", "json"])
            .args(["--out", &case.path(out)])
            .args(PLAY)
            .output()
            .unwrap();
        let result: Value = serde_json::from_slice(&run.stdout).unwrap();
        let digest = result["run"]["losses_digest"].as_str().unwrap();
        let file = case.path(&format!("{out}/scenarios.parquet"));
        let saved = Saved::read(&file);
        assert_eq!((saved.years().len(), saved.digest()), (n_years, digest.to_owned()), "{out}");
        saved.write(&format!("{file}.json"));
        let mut python = Command::new("python3");
        let checked = python.args([&case.path("check.py"), &file]).env("PYTHONPATH", case.folder.path()).output();
        // Where there is no Python, the table alone is held to.
        let Ok(checked) = checked else { continue };
        assert!(checked.status.success(), "{out}: {}", String::from_utf8_lossy(&checked.stderr));
        assert_eq!(String::from_utf8(checked.stdout).unwrap().trim(), digest, "{out}");
    }
}
