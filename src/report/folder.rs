//! A run's folder: manifest, summary and per-scenario losses, each file replaced atomically.
//!
//! `scenarios.parquet` alone is the saved run (its metadata hold the manifest); it is written first, so a kill between
//! two files leaves a folder that can be continued or merged. What was measured of other scenarios goes before they come, so
//! that a folder never holds the files of two runs. Files that are not a run's are never touched.

use super::chart::svg;
use super::ecl_manifest::EclManifest;
use super::ecl_result::EclResult;
use super::index_chart::index_chart;
use super::losses::{read_parquet, write_csv, write_parquet};
use super::manifest::Manifest;
use super::result::RunResult;
use crate::engine::Ledger;
use crate::error::{Error, Result};
use crate::portfolio::draft;
use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

const SCENARIOS: &str = "scenarios.parquet";
const SCENARIOS_TEXT: &str = "scenarios.csv";
const MANIFEST: &str = "manifest.json";

/// The chart of the paths of the index.
const INDEX_CHART: &str = "index.svg";

/// Where the losses under each macro scenario are.
const BY_SCENARIO: &str = "scenarios";

/// The result of `mc-gpu simulate`.
pub const SUMMARY_FILE: &str = "summary.json";

/// The result of `mc-gpu ecl`.
pub const ECL_FILE: &str = "ecl.json";

/// Results that a run is summed up in.
const RESULTS: [&str; 2] = [ECL_FILE, SUMMARY_FILE];

/// The folder that a run is written to, held against other processes for as long as this lives.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    /// Whether it was not there before.
    is_new: bool,
    /// Locked where the system can lock a folder; the lock goes with the process, however it ends.
    _lock: Option<File>,
}

/// What was read back from a folder.
#[derive(Debug, Clone)]
pub struct SavedRun {
    /// Its manifest.
    pub manifest: Manifest,
    /// Its losses.
    pub ledger: Ledger,
}

impl RunFolder {
    /// Makes the folder if it is not there and tries whether it can be written to, before any work is done.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be made or written to, [`Error::Run`] when another process is writing to it.
    pub fn prepare(path: &Path) -> Result<Self> {
        if path.exists() && !path.is_dir() {
            let remedy = "name a folder; files are written into it".to_owned();
            return Err(Error::Run { path: path.to_owned(), found: "is a file".to_owned(), remedy });
        }
        let is_new = !path.exists();
        std::fs::create_dir_all(path).map_err(|cause| Error::file(path, "create the folder", cause))?;
        tempfile::tempfile_in(path).map_err(|cause| Error::file(path, "write into the folder", cause))?;
        let lock = File::open(path).ok();
        if let Some(Err(TryLockError::WouldBlock)) = lock.as_ref().map(File::try_lock) {
            return Err(Error::Run {
                path: path.to_owned(),
                found: "another run is writing here".to_owned(),
                remedy: "wait for it, or choose another --out".to_owned(),
            });
        }
        Ok(Self { path: path.to_owned(), is_new, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a run has been saved in it.
    pub fn holds_run(&self) -> bool {
        self.files().next().is_some()
    }

    /// Whether scenarios have been saved in it, which another run may add to.
    pub fn holds_scenarios(&self) -> bool {
        self.path.join(SCENARIOS).exists()
    }

    /// The files of a run that are there, results first.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        let names = RESULTS.into_iter().chain([MANIFEST, SCENARIOS, SCENARIOS_TEXT]);
        names.map(|name| self.path.join(name)).filter(|file| file.exists())
    }

    /// The folder of the macro scenario of this `number` and `name` within this one.
    ///
    /// # Errors
    /// As [`RunFolder::prepare`].
    pub fn of_scenario(&self, number: usize, name: &str) -> Result<Self> {
        Self::prepare(&self.path.join(BY_SCENARIO).join(scenario_folder(number, name)))
    }

    /// Makes way for what is measured of macro scenarios: whatever was measured of one economy alone goes.
    ///
    /// # Errors
    /// [`Error::File`] when a file cannot be removed.
    pub fn make_way(&self) -> Result<()> {
        self.remove(&[ECL_FILE, SUMMARY_FILE, MANIFEST, SCENARIOS, SCENARIOS_TEXT])
    }

    /// Removes what was measured of macro scenarios but those called `names`.
    fn keep_scenarios(&self, names: &[&str]) -> Result<()> {
        let kept: Vec<String> = names.iter().enumerate().map(|(number, name)| scenario_folder(number, name)).collect();
        let Ok(entries) = std::fs::read_dir(self.path.join(BY_SCENARIO)) else { return Ok(()) };
        for entry in entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
            if !kept.iter().any(|name| entry.file_name().to_str() == Some(name)) {
                Self { path: entry.path(), is_new: false, _lock: None }.make_way()?;
                // What somebody else has put there stays.
                let _ = std::fs::remove_dir(entry.path());
            }
        }
        // Only when nothing is left in it.
        let _ = std::fs::remove_dir(self.path.join(BY_SCENARIO));
        Ok(())
    }

    /// Takes a folder away again that was made for a run which came to nothing.
    pub fn forget(self) {
        if self.is_new {
            // Only when nothing is in it.
            let _ = std::fs::remove_dir(&self.path);
        }
    }

    /// Names of the results that are there.
    pub fn results(&self) -> impl Iterator<Item = &'static str> {
        RESULTS.into_iter().filter(|name| self.path.join(name).exists())
    }

    /// Whether the result called `name` is of the losses with `digest`: a kill may have left it out.
    pub fn is_summed_up(&self, name: &str, digest: &str) -> bool {
        let summary = std::fs::read(self.path.join(name)).ok();
        let summary = summary.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
        summary.is_some_and(|summary| summary["run"]["losses_digest"] == digest)
    }

    /// Reads a saved run and checks its digest.
    ///
    /// # Errors
    /// [`Error::File`] when there is none, [`Error::Run`] when it is damaged.
    pub fn open(path: &Path) -> Result<SavedRun> {
        let file = path.join(SCENARIOS);
        if !file.is_file() {
            let remedy = match path.join(BY_SCENARIO).is_dir() {
                true => format!("each macro scenario has a run of its own: name one of the folders in {BY_SCENARIO}"),
                false => "name a folder that was written with --out, or an empty one to write to".to_owned(),
            };
            return Err(Error::Run {
                path: path.to_owned(),
                found: format!("no saved run (there is no {SCENARIOS})"),
                remedy,
            });
        }
        let (manifest, ledger) = read_parquet(&file)?;
        if ledger.losses_digest(manifest.portfolio.unit).to_string() != manifest.run.losses_digest {
            return Err(Error::Run {
                path: file,
                found: "losses that differ from the manifest's digest".to_owned(),
                remedy: "the file was changed after it was written; play its scenarios again".to_owned(),
            });
        }
        Ok(SavedRun { manifest, ledger })
    }

    /// Saves what is finished so far, so that a killed run can be continued; what was measured of the scenarios that were
    /// there before goes with them.
    ///
    /// # Errors
    /// [`Error::File`]; the scenarios that were there before are then still there.
    pub fn save_losses(&self, ledger: &Ledger, manifest: &Manifest) -> Result<()> {
        let new = self.draft(SCENARIOS, |file| write_parquet(file, ledger, manifest))?;
        self.remove(&[ECL_FILE, SUMMARY_FILE, MANIFEST, SCENARIOS_TEXT])?;
        self.put(new, SCENARIOS)
    }

    /// Saves everything.
    ///
    /// # Errors
    /// [`Error::File`]; each file that is there is then whole, and none is of another run.
    pub fn save(&self, ledger: &Ledger, manifest: &Manifest, result: &RunResult) -> Result<()> {
        self.save_losses(ledger, manifest)?;
        self.replace(SCENARIOS_TEXT, |file| write_csv(file, ledger, manifest.portfolio.unit))?;
        self.replace(SUMMARY_FILE, |file| write_json(file, result))?;
        self.replace(MANIFEST, |file| write_json(file, manifest))
    }

    /// Saves expected credit losses beside the scenarios that they were measured of, or, in closed form, in place of any. The
    /// result comes last: where it is, the manifest is.
    ///
    /// # Errors
    /// [`Error::File`]; each file that is there is then whole, and none is of another run.
    pub fn save_ecl(&self, result: &EclResult, manifest: &EclManifest) -> Result<()> {
        let new_manifest = self.draft(MANIFEST, |file| write_json(file, manifest))?;
        let new_result = self.draft(ECL_FILE, |file| write_json(file, result))?;
        let several = result.run.is_some() && result.ecl.scenarios.len() > 1;
        let played = if several { result.ecl.scenarios.as_slice() } else { &[] };
        self.keep_scenarios(&played.iter().map(|own| own.name.as_str()).collect::<Vec<_>>())?;
        if result.run.is_none() || several {
            self.make_way()?;
        }
        match index_chart(&result.ecl.index_paths) {
            Some(chart) => self.replace(INDEX_CHART, |mut file| file.write_all(svg(&chart).as_bytes()))?,
            None => self.remove(&[INDEX_CHART])?,
        }
        self.put(new_manifest, MANIFEST)?;
        self.put(new_result, ECL_FILE)
    }

    fn replace(&self, name: &str, write: impl FnOnce(File) -> std::io::Result<()>) -> Result<()> {
        self.put(self.draft(name, write)?, name)
    }

    /// The file that will be called `name`, written and on the disk.
    fn draft(&self, name: &str, write: impl FnOnce(File) -> std::io::Result<()>) -> Result<NamedTempFile> {
        written(&self.path.join(name), write)
    }

    /// Calls `new` by its `name`: either the old or the new file is there at any time, whole.
    fn put(&self, new: NamedTempFile, name: &str) -> Result<()> {
        draft::put_in_place(new, &self.path.join(name))
    }

    /// Takes away those of the files called `names` that are there.
    fn remove(&self, names: &[&str]) -> Result<()> {
        let paths = names.iter().map(|name| self.path.join(name)).filter(|path| path.exists());
        paths
            .into_iter()
            .try_for_each(|path| std::fs::remove_file(&path).map_err(|cause| Error::file(&path, "replace", cause)))
    }
}

/// What the folder of a macro scenario is called: by its number, for names may differ in signs that no folder can have.
fn scenario_folder(number: usize, name: &str) -> String {
    let sign = |sign: char| if sign.is_alphanumeric() || "-_".contains(sign) { sign } else { '_' };
    format!("{}-{}", number + 1, name.chars().take(40).map(sign).collect::<String>())
}

/// Writes `bytes` to `path`: either the old or the new file is there at any time, whole.
///
/// # Errors
/// [`Error::File`]; what was there before is then still there.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    draft::put_in_place(written(path, |mut file| file.write_all(bytes))?, path)
}

/// The file that will be `path`, written and on the disk.
fn written(path: &Path, write: impl FnOnce(File) -> std::io::Result<()>) -> Result<NamedTempFile> {
    let failed = |cause| Error::file(path, "write", cause);
    let new = draft::create(path)?;
    write(new.as_file().try_clone().map_err(failed)?).map_err(failed)?;
    new.as_file().sync_all().map_err(failed)?;
    Ok(new)
}

fn write_json(mut file: File, value: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut file, value)?;
    file.write_all(b"\n")
}
