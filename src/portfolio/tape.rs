//! The tape: what was read from all files, loan by loan in struct of arrays, with everything needed to read it again (L8).

use super::details::Details;
use super::input::{self, Format};
use super::judge::Judge;
use super::ledger::Ledger;
use super::plan::Served;
use super::progress::Progress;
use super::rejects::Rejected;
use super::settings::TapeSettings;
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Loans in the order of the files and their rows. All per-loan arrays have the same length, below 2^32.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tape {
    /// Names in order of first appearance; `default` for loans without a segment.
    pub segments: Vec<String>,
    /// Per loan: index into [`Self::segments`].
    pub segment: Vec<u32>,
    /// Per loan: probability of default, 0 to 1; NaN where there is none and the settings want `pd` as it is.
    pub pd: Vec<f64>,
    /// Per loan: exposure at default, currency, 0 or more and below 1e30.
    pub ead: Vec<f64>,
    /// Per loan: loss given default, 0 to 1; NaN where it is blank and the settings want `lgd` as it is.
    pub lgd: Vec<f64>,
    /// Per loan: number of its obligor, dense and in order of first appearance; None when no file had identities.
    pub obligor: Option<Vec<u32>>,
    /// What else was wanted of each loan.
    pub details: Details,
    /// Ratings that [`Details::rating`] and [`Details::origination_rating`] speak of: those of the settings in their order, or
    /// where these name none, those of the tape in order of first appearance. Empty when no ratings were wanted.
    pub ratings: Vec<String>,
    /// True when all PDs came from ratings.
    pub graded: bool,
    /// Each thing the reader assumed, as a sentence.
    pub assumed: Vec<String>,
    /// What was left out.
    pub rejected: Rejected,
    /// The files, in the order given.
    pub inputs: Vec<InputFile>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct InputFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size in bytes, as stored (compressed, if it is).
    pub bytes: u64,
    /// SHA-256 of those bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Its rows, rejected ones included.
    pub rows: u64,
    /// What served each field.
    pub fields: Vec<Served>,
}

/// Reads `files` (CSV, gzipped CSV or Parquet, told apart by content) as one tape; `progress` is told the rows so far, now and
/// then and from any thread, and may break off.
///
/// Reads with as many threads as the rayon pool that it is called in has, and where these are several, the caller enters what
/// they read. Their number changes nothing in the result.
///
/// Fails with [`Error::Setting`] on settings no tape could be read with, [`Error::File`] or [`Error::Tape`] on a file that
/// cannot be read as a whole or when skipping leaves no loan, [`Error::DirtyRows`] on bad rows that are not to be skipped,
/// and [`Error::Interrupted`] when `progress` breaks off; files of rejects are then left as they were.
pub fn read_tape(
    files: &[PathBuf],
    settings: &TapeSettings,
    progress: &(dyn Fn(u64) -> ControlFlow<()> + Sync),
) -> Result<Tape> {
    settings.check()?;
    refuse_repeats(files)?;
    let judge = Judge::new(settings);
    let progress = Progress::new(progress);
    let mut ledger = Ledger::new(&judge, &progress);
    for file in files {
        let input = input::open(file)?;
        let read = match input.format {
            Format::Text | Format::Gzip => super::text::read(input, &judge, &mut ledger)?,
            Format::Parquet => super::parquet::read(input, &judge, &mut ledger)?,
        };
        if read.rows == 0 {
            let remedy = "give a file with loans, or leave this one out".to_owned();
            return Err(Error::Tape { path: file.clone(), found: "a header, but no rows".to_owned(), remedy });
        }
        ledger.end(read)?;
    }
    ledger.finish()
}

impl Tape {
    /// Number of loans.
    pub fn loans(&self) -> u32 {
        self.ead.len() as u32 // the reader stops at u32::MAX
    }

    /// Sum of exposures, currency.
    pub fn exposure(&self) -> f64 {
        self.ead.iter().sum()
    }

    /// Adds a loan to the arrays that every tape has.
    pub(super) fn push(&mut self, segment: u32, pd: f64, ead: f64, lgd: f64) {
        self.segment.push(segment);
        self.pd.push(pd);
        self.ead.push(ead);
        self.lgd.push(lgd);
    }
}

fn refuse_repeats(files: &[PathBuf]) -> Result<()> {
    if files.is_empty() {
        return Err(Error::setting("tape", "no file", "at least one CSV, CSV.gz or Parquet file"));
    }
    let mut seen = HashMap::new();
    for file in files {
        // What cannot be resolved cannot be opened either, and is reported then.
        let Ok(real) = file.canonicalize() else { continue };
        if let Some(first) = seen.insert(real, file) {
            let found = format!("the same file as '{}'", first.display());
            return Err(Error::Tape { path: file.clone(), found, remedy: "name each file once".to_owned() });
        }
    }
    Ok(())
}
