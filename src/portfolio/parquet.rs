//! Tapes in Parquet: only the columns that are needed, batch by batch.
//!
//! The decoder is not ours and may panic on damaged files; such a panic ends here, as an error.

use super::batch::{Batch, Batcher};
use super::found::show;
use super::hashing::Hashing;
use super::in_order::in_order;
use super::input::Input;
use super::judge::Judge;
use super::kind::Kind;
use super::ledger::{Again, Ledger};
use super::plan::{Plan, Served};
use super::row::Cell;
use super::schema::Field;
use super::tape::InputFile;
use super::values::{Values, is_readable};
use crate::error::{Error, Result};
use crate::fence::fence;
use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use ::parquet::errors::ParquetError;
use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema};
use arrow::error::ArrowError;
use std::fs::File;
use std::io::{ErrorKind, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

/// Rows decoded at once: they stay in a core's cache.
const BATCH: usize = 1 << 13;

/// Characters of a cell that a file of rejects shows.
const MOST_SHOWN: usize = 1_000;

/// Reads the rows of `input` into `ledger`. A row's line is its number in the file, from 1.
pub(super) fn read(input: Input, judge: &Judge, ledger: &mut Ledger) -> Result<InputFile> {
    let path = input.path.clone();
    let progress = ledger.progress();
    let before = progress.rows();
    let mut file = input.into_file();
    file.seek(SeekFrom::Start(0)).map_err(|cause| match cause.kind() {
        ErrorKind::NotSeekable => error(&path, "Parquet through a pipe".to_owned(), "name the file itself"),
        _ => Error::file(&path, "read", cause),
    })?;
    let (bytes, sha256) = Hashing::new(&file, progress).finish(&path)?;
    let fields = read_rows(&path, file, judge, ledger)?;
    Ok(InputFile { bytes, sha256, rows: progress.rows() - before, fields, path })
}

fn read_rows(path: &Path, file: File, judge: &Judge, ledger: &mut Ledger) -> Result<Vec<Served>> {
    let builder = guard(path, || {
        // Only the types of Parquet itself are asked for: those that Arrow remembers beside them are many, and need no support.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let stored = ArrowReaderMetadata::load(&file, options.clone())?;
        let options = options.with_schema(Arc::new(with_views(stored.schema())));
        let metadata = ArrowReaderMetadata::try_new(stored.metadata().clone(), options)?;
        Ok::<_, ParquetError>(ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata))
    })?;
    let headers: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let plan = ledger.begin(path, &headers)?;
    let mut columns: Vec<usize> = plan.needed().map(|(_, column)| column).collect();
    columns.sort_unstable();
    columns.dedup();
    for (field, column) in plan.needed() {
        let stored = builder.schema().field(column);
        let kind = field.spec().kind;
        if !is_readable(stored.data_type(), kind) {
            let found = format!("column '{}' is of type {}", stored.name(), stored.data_type());
            let remedy = match kind {
                Kind::Date => "write it as date, timestamp or text",
                Kind::Flag => "write it as boolean, text or integer",
                _ => "write it as text, integer, floating point or decimal",
            };
            return Err(error(path, found, remedy));
        }
    }
    let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
    let reader = guard(path, || builder.with_projection(mask).with_batch_size(BATCH).build())?;
    let rows = Rows { judge, plan: &plan, columns: &columns };
    let mut line = 1;
    let pieces = Batches { path, reader: Some(reader) }.map(|batch| {
        let (batch, first) = (batch?, line);
        line += batch.num_rows() as u64;
        Ok((batch, first))
    });
    in_order(
        pieces,
        |(batch, first)| rows.read(&batch, first),
        |done| match done {
            Some((batch, typed)) => ledger.take(&plan, batch, &mut |row| typed.read_again(row)),
            None => ledger.progress().tell(),
        },
    )?;
    Ok(plan.served())
}

/// `schema` with texts as views into what was decoded: a name of a dictionary is then not copied for each of its rows.
fn with_views(schema: &Schema) -> Schema {
    let as_view = |field: &Arc<arrow::datatypes::Field>| match field.data_type() {
        DataType::Utf8 => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View)),
        _ => Arc::clone(field),
    };
    Schema::new(schema.fields().iter().map(as_view).collect::<Vec<_>>())
}

/// The batches of a file; the first error is the last item.
struct Batches<'a, R> {
    path: &'a Path,
    /// None after the end, an error or a panic: asked again, the decoder gives what it has not checked, as text that is none.
    reader: Option<R>,
}

impl<R: Iterator<Item = std::result::Result<RecordBatch, ArrowError>>> Iterator for Batches<'_, R> {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Result<RecordBatch>> {
        let mut reader = self.reader.take()?;
        let batch = guard(self.path, || reader.next().transpose()).transpose()?;
        if batch.is_ok() {
            self.reader = Some(reader);
        }
        Some(batch)
    }
}

/// How batches of one file become rows.
struct Rows<'a> {
    judge: &'a Judge<'a>,
    plan: &'a Plan,
    /// Numbers in the file of the columns that batches have, ascending.
    columns: &'a [usize],
}

/// The cells of a batch.
struct Typed {
    /// Number in the file of its first row, from 1.
    first: u64,
    served: Vec<(Field, usize, Values)>,
}

impl Rows<'_> {
    /// Judges the rows of `batch`, the first of which is number `first` of the file, from 1.
    fn read(&self, batch: &RecordBatch, first: u64) -> Result<(Batch, Typed)> {
        let served = self.plan.needed().map(|(field, column)| self.convert(batch, field, column));
        let typed = Typed { first, served: served.collect::<Result<_>>()? };
        let mut batcher = Batcher::new(self.judge, self.plan);
        batcher.reserve(batch.num_rows());
        let (pattern, by_field) = (self.plan.pattern(), typed.by_field());
        let mut joined = String::new();
        for row in 0..batch.num_rows() {
            let values = |field, column| by_field[field as usize].or_else(|| typed.find(field, column));
            let cell = |field, column| values(field, column).map_or(Cell::Missing, |values| values.cell(row));
            let line = first + row as u64;
            pattern.with_row(cell, &mut joined, |cells| batcher.add(line, cells, || typed.render(row)));
        }
        Ok((batcher.finish(), typed))
    }

    fn convert(&self, batch: &RecordBatch, field: Field, column: usize) -> Result<(Field, usize, Values)> {
        let file = &self.plan.file;
        let place = self.columns.iter().position(|needed| *needed == column);
        let array = place.and_then(|place| batch.columns().get(place));
        let array = array.ok_or_else(|| damaged(file, "a batch lacks a column"))?;
        let values = fence(|| Values::convert(array, field.spec().kind)).map_err(|message| {
            let found = format!("column '{}': {message}", self.plan.column(field));
            let remedy = match field.spec().kind {
                Kind::Date => "write it as date or text",
                _ => "write it as text or floating point",
            };
            error(file, found, remedy)
        })?;
        Ok((field, column, values))
    }
}

/// Runs the decoder; what it refuses and where it panics becomes an error of the tape.
fn guard<T, E: std::fmt::Display>(path: &Path, work: impl FnOnce() -> std::result::Result<T, E>) -> Result<T> {
    fence(work).map_err(|message| damaged(path, &message))
}

impl Typed {
    /// For each field that has one column, its values; the parts of a joined field are looked for one by one.
    fn by_field(&self) -> [Option<&Values>; Field::COUNT] {
        std::array::from_fn(|number| {
            let mut columns = self.served.iter().filter(|(field, ..)| *field as usize == number);
            columns.next().filter(|_| columns.next().is_none()).map(|(_, _, values)| values)
        })
    }

    fn find(&self, field: Field, column: usize) -> Option<&Values> {
        self.served.iter().find(|(f, c, _)| (*f, *c) == (field, column)).map(|(_, _, values)| values)
    }

    /// The mapped cells of a row for the file of rejects, as `field=value` separated by "; ".
    fn render(&self, row: usize) -> String {
        let show = |(field, _, values): &(Field, usize, Values)| match values.cell(row) {
            Cell::Missing => format!("{field}="),
            Cell::Text(text) => format!("{field}={}", shorten(text)),
            Cell::Number(value) => format!("{field}={}", show(value)),
            Cell::Date(date) => format!("{field}={date}"),
        };
        self.served.iter().map(show).collect::<Vec<_>>().join("; ")
    }

    /// Row number `row` of the batch, from 0.
    fn read_again(&self, row: u64) -> Again {
        let number = row as usize; // of a batch, which has few
        let owners = self.served.iter().filter(|(field, ..)| *field == Field::ObligorId);
        let name = |(_, _, values): &(Field, usize, Values)| match values.cell(number) {
            Cell::Text(text) => text.to_owned(),
            Cell::Missing | Cell::Number(_) | Cell::Date(_) => String::new(),
        };
        Again { line: self.first + row, obligor: owners.map(name).collect(), row: self.render(number) }
    }
}

/// `text` as far as a file of rejects needs it: a cell that stands in a dictionary once may be large, and in every row.
fn shorten(text: &str) -> &str {
    text.char_indices().nth(MOST_SHOWN).map_or(text, |(end, _)| &text[..end])
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

    #[test]
    fn a_decoder_is_not_asked_again_after_an_error_or_a_panic() {
        let end: [fn() -> ArrowError; 2] = [|| ArrowError::CastError(String::new()), || panic!("on purpose")];
        for end in end {
            let mut asked = 0;
            let decoder = std::iter::from_fn(|| {
                asked += 1;
                assert!(asked < 3, "asked again");
                Some(if asked == 1 { Ok(RecordBatch::new_empty(Arc::new(Schema::empty()))) } else { Err(end()) })
            });
            let mut batches = Batches { path: Path::new("t.parquet"), reader: Some(decoder) };
            assert!(batches.next().unwrap().is_ok());
            assert!(batches.next().unwrap().is_err());
            assert!(batches.next().is_none() && batches.next().is_none());
        }
    }
}
