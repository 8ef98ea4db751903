//! Tapes in Parquet: only the columns that are needed, batch by batch.
//!
//! The decoder is not ours and may panic on damaged files; such a panic ends here, as an error.

use super::found::show;
use super::guard::fence;
use super::hashing::Hashing;
use super::input::Input;
use super::ledger::Ledger;
use super::plan::{Plan, Served};
use super::row::Cell;
use super::schema::Field;
use super::tape::InputFile;
use super::values::{Values, is_readable};
use crate::error::{Error, Result};
use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use arrow::array::RecordBatch;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

/// Rows decoded at once.
const BATCH: usize = 1 << 15;

/// Reads the rows of `input` into `ledger`. A row's line is its number in the file, from 1.
pub(super) fn read(input: Input, ledger: &mut Ledger) -> Result<InputFile> {
    let path = input.path.clone();
    let before = ledger.rows();
    let mut file = input.into_file();
    let failed = |error| Error::file(&path, "read", error);
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let (bytes, sha256) = Hashing::new(&file).finish().map_err(failed)?;
    let fields = read_rows(&path, file, ledger)?;
    Ok(InputFile { bytes, sha256, rows: ledger.rows() - before, fields, path })
}

fn read_rows(path: &Path, file: File, ledger: &mut Ledger) -> Result<Vec<Served>> {
    // Only the types of Parquet itself are asked for: those that Arrow remembers beside them are many, and need no support.
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let builder = guard(path, || ParquetRecordBatchReaderBuilder::try_new_with_options(file, options))?;
    let headers: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let plan = ledger.begin(path, &headers)?;
    let mut columns: Vec<usize> = plan.needed().map(|(_, column)| column).collect();
    columns.sort_unstable();
    columns.dedup();
    for &column in &columns {
        let stored = builder.schema().field(column);
        if !is_readable(stored.data_type()) {
            let found = format!("column '{}' is of type {}", stored.name(), stored.data_type());
            return Err(error(path, found, "write it as text, integer, floating point or decimal"));
        }
    }
    let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
    let mut reader = guard(path, || builder.with_projection(mask).with_batch_size(BATCH).build())?;
    let rows = Rows { plan: &plan, columns: &columns };
    let mut line = 0;
    while let Some(batch) = next(path, &mut reader)? {
        rows.enter(&batch, line, ledger)?;
        line += batch.num_rows() as u64;
    }
    Ok(plan.served())
}

/// How batches of one file become rows.
struct Rows<'a> {
    plan: &'a Plan,
    /// Numbers in the file of the columns that batches have, ascending.
    columns: &'a [usize],
}

impl Rows<'_> {
    /// Enters the rows of `batch`, which follow row number `line` of the file.
    fn enter(&self, batch: &RecordBatch, line: u64, ledger: &mut Ledger) -> Result<()> {
        let served: Vec<(Field, usize, Values)> =
            self.plan.needed().map(|(field, column)| self.convert(batch, field, column)).collect::<Result<_>>()?;
        let mut joined = String::new();
        for (row, line) in (0..batch.num_rows()).zip(line + 1..) {
            let cell = |field, column| {
                let values = served.iter().find(|(f, c, _)| (*f, *c) == (field, column));
                values.map_or(Cell::Missing, |(_, _, values)| values.cell(row))
            };
            ledger.add(self.plan, line, &self.plan.row(cell, &mut joined), &|| render(&served, row))?;
        }
        Ok(())
    }

    fn convert(&self, batch: &RecordBatch, field: Field, column: usize) -> Result<(Field, usize, Values)> {
        let file = &self.plan.file;
        let place = self.columns.iter().position(|needed| *needed == column);
        let array = place.and_then(|place| batch.columns().get(place));
        let array = array.ok_or_else(|| damaged(file, "a batch lacks a column"))?;
        let values = Values::convert(array, field.spec().kind).map_err(|message| {
            let found = format!("column '{}': {message}", self.plan.column(field));
            error(file, found, "write it as text or floating point")
        })?;
        Ok((field, column, values))
    }
}

fn next(path: &Path, reader: &mut ParquetRecordBatchReader) -> Result<Option<RecordBatch>> {
    guard(path, || reader.next().transpose())
}

/// Runs the decoder; what it refuses and where it panics becomes an error of the tape.
fn guard<T, E: std::fmt::Display>(path: &Path, work: impl FnOnce() -> std::result::Result<T, E>) -> Result<T> {
    fence(work).map_err(|message| damaged(path, &message))
}

/// The mapped cells of a row for the file of rejects, as `field=value` separated by "; ".
fn render(served: &[(Field, usize, Values)], row: usize) -> String {
    let show = |(field, _, values): &(Field, usize, Values)| match values.cell(row) {
        Cell::Missing => format!("{field}="),
        Cell::Text(text) => format!("{field}={text}"),
        Cell::Number(value) => format!("{field}={}", show(value)),
    };
    served.iter().map(show).collect::<Vec<_>>().join("; ")
}

fn damaged(path: &Path, message: &str) -> Error {
    let remedy = "the file may be cut short or damaged: copy or write it again (zstd, snappy, gzip or no compression)";
    error(path, format!("cannot be read as Parquet ({message})"), remedy)
}

fn error(path: &Path, found: String, remedy: &str) -> Error {
    Error::Tape { path: path.to_owned(), found, remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_that_panics_is_an_error_of_the_tape() {
        let error = guard(Path::new("t.parquet"), || -> std::result::Result<(), String> { panic!("on purpose") });
        let text = error.unwrap_err().to_string();
        assert!(text.starts_with("t.parquet: cannot be read as Parquet") && text.contains("damaged"), "{text}");
    }
}
