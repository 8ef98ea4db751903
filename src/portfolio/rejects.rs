//! Dirty rows as values: counted, the first few kept to be shown, all of them written to a file when they are skipped.

use super::draft;
use super::input::io_error;
use super::settings::OnError;
use crate::error::{Error, Result, RowIssue, SHOWN_ISSUES};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// What was left out of a tape.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rejected {
    /// Number of rows.
    pub rows: u64,
    /// Sum of their exposures, currency, where it could be read.
    pub exposure: f64,
    /// Rows whose exposure could not be read.
    pub unreadable: u64,
    /// The first of them, at most [`SHOWN_ISSUES`].
    pub issues: Vec<RowIssue>,
    /// The file that all of them were written to.
    pub file: Option<PathBuf>,
}

/// Takes rejected rows.
#[derive(Debug)]
pub(super) struct Rejects {
    summary: Rejected,
    on_error: OnError,
    writer: Option<csv::Writer<NamedTempFile>>,
}

impl Rejects {
    pub(super) fn new(on_error: &OnError) -> Self {
        Self { summary: Rejected::default(), on_error: on_error.clone(), writer: None }
    }

    /// Takes one row: what is wrong with it, unless nobody will be told; its exposure (currency) where that can be read; and its
    /// text (which only skipping needs).
    pub(super) fn add(&mut self, issue: Option<RowIssue>, exposure: Option<f64>, row: &str) -> Result<()> {
        self.summary.rows += 1;
        match exposure {
            Some(exposure) => self.summary.exposure += exposure,
            None => self.summary.unreadable += 1,
        }
        let Some(issue) = issue else { return Ok(()) };
        if let OnError::Skip { rejects: target } = &self.on_error {
            let writer = match &mut self.writer {
                Some(writer) => writer,
                none => none.insert(open(target)?),
            };
            let RowIssue { file, line, column, found, wanted } = &issue;
            let (file, line) = (file.to_string_lossy(), line.to_string());
            let fields = [&file, line.as_str(), column, found, wanted, row];
            writer.write_record(fields).map_err(|error| failed(target, error))?;
        }
        if self.summary.issues.len() < SHOWN_ISSUES {
            self.summary.issues.push(issue);
        }
        Ok(())
    }

    /// Puts the file of rejects in its place; fails with [`Error::DirtyRows`] when rows were not to be skipped.
    pub(super) fn finish(mut self) -> Result<Rejected> {
        match (self.writer, self.on_error) {
            (Some(writer), OnError::Skip { rejects: target }) => {
                let file = writer.into_inner().map_err(|error| Error::file(&target, "write", error.into_error()))?;
                draft::put_in_place(file, &target)?;
                self.summary.file = Some(target);
            }
            (_, OnError::Fail) if self.summary.rows > 0 => {
                return Err(Error::DirtyRows { count: self.summary.rows, issues: self.summary.issues });
            }
            _ => {}
        }
        Ok(self.summary)
    }
}

fn open(target: &Path) -> Result<csv::Writer<NamedTempFile>> {
    let mut writer = csv::Writer::from_writer(draft::create(target)?);
    let header = ["file", "line", "column", "found", "wanted", "row"];
    writer.write_record(header).map_err(|error| failed(target, error))?;
    Ok(writer)
}

fn failed(target: &Path, error: csv::Error) -> Error {
    Error::file(target, "write", io_error(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(line: u64) -> RowIssue {
        RowIssue { file: "t.csv".into(), line, column: "pd".into(), found: "'2'".into(), wanted: "0 to 1".into() }
    }

    #[test]
    fn failing_counts_all_and_shows_the_first() {
        let mut rejects = Rejects::new(&OnError::Fail);
        for line in 2..33 {
            rejects.add(Some(issue(line)), None, "").unwrap();
        }
        let Err(Error::DirtyRows { count, issues }) = rejects.finish() else { panic!() };
        assert_eq!((count, issues.len(), issues[19].line), (31, SHOWN_ISSUES, 21));
    }

    #[test]
    fn skipping_writes_every_row_with_its_reason() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("rejects.csv");
        let skip = OnError::Skip { rejects: target.clone() };
        assert_eq!(Rejects::new(&skip).finish().unwrap(), Rejected::default());
        assert!(!target.exists(), "nothing was rejected");

        let mut rejects = Rejects::new(&skip);
        rejects.add(Some(issue(2)), Some(10.0), "1,\"a\nb\",2").unwrap();
        rejects.add(Some(issue(5)), None, "x").unwrap();
        assert!(!target.exists(), "it appears when it is complete");
        let summary = rejects.finish().unwrap();
        assert_eq!((summary.rows, summary.exposure, summary.unreadable), (2, 10.0, 1));
        assert_eq!(summary.file.as_deref(), Some(target.as_path()));
        let mut rows = csv::Reader::from_path(&target).unwrap();
        let rows: Vec<_> = rows.records().collect::<std::result::Result<_, _>>().unwrap();
        assert_eq!(rows[0], vec!["t.csv", "2", "pd", "'2'", "0 to 1", "1,\"a\nb\",2"]);
        assert_eq!(rows.len(), 2);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn inspecting_keeps_the_first_and_writes_nothing() {
        let mut rejects = Rejects::new(&OnError::Inspect);
        for line in 2..33 {
            rejects.add(Some(issue(line)), Some(0.5), "").unwrap();
        }
        let summary = rejects.finish().unwrap();
        assert_eq!((summary.rows, summary.exposure, summary.file), (31, 15.5, None));
        assert_eq!((summary.issues.len(), summary.issues[0].line), (SHOWN_ISSUES, 2));
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let skip = OnError::Skip { rejects: "/nowhere/at/all.csv".into() };
        let error = Rejects::new(&skip).add(Some(issue(1)), None, "").unwrap_err();
        assert!(error.to_string().starts_with("/nowhere/at/all.csv: cannot write"), "{error}");
    }
}
