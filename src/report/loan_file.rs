//! The per-loan file of `mc-gpu ecl`: Parquet, a row for each loan in the order of the tape, written as loans are measured and
//! put in place whole when all is measured.
//!
//! Columns: `file`, `row` (line of a text file, row of a Parquet file), `loan_id`, `segment`, `stage`, `reason`, `paragraph`,
//! `exposure`, `undrawn`, `remaining_months`, `pd_12m`, `pd_lifetime`, `pd_residual_origination`, `lgd`, `ecl_12m`,
//! `ecl_lifetime`, `ecl`, `coverage`. What is not known is null.

use crate::error::{Error, Result};
use crate::model::staging::Framework;
use crate::portfolio::{Tape, draft, io_error};
use crate::risk::ecl::LoanEcl;
use arrow::array::StringArray;
use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringDictionaryBuilder, UInt16Array, UInt32Array};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::NamedTempFile;

/// A per-loan file that is being written.
pub struct LoanFile<'a> {
    path: PathBuf,
    tape: &'a Tape,
    framework: Framework,
    draft: NamedTempFile,
    schema: Arc<Schema>,
    writer: ArrowWriter<File>,
}

impl<'a> LoanFile<'a> {
    /// Tries whether a file could be written at `path`, before any work is done.
    ///
    /// # Errors
    /// [`Error::File`] when it could not.
    pub fn probe(path: &Path) -> Result<()> {
        match path.is_dir() {
            true => Err(Error::file(path, "write", std::io::ErrorKind::IsADirectory.into())),
            false => draft::create(path).map(drop),
        }
    }

    /// Begins the file that will be `path`, for the loans of `tape` measured under `framework`.
    ///
    /// # Errors
    /// [`Error::File`] when nothing can be written there.
    pub fn create(path: &Path, tape: &'a Tape, framework: Framework) -> Result<Self> {
        let failed = |cause| Error::file(path, "write", cause);
        let draft = draft::create(path)?;
        let schema = Arc::new(Schema::new(fields()));
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
        let file = draft.as_file().try_clone().map_err(failed)?;
        let writer =
            ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties)).map_err(io_error).map_err(failed)?;
        Ok(Self { path: path.to_owned(), tape, framework, draft, schema, writer })
    }

    /// Writes `loans`, the first of which has the number `first` on the tape.
    ///
    /// # Errors
    /// [`Error::File`] when the disk is full, say.
    pub fn add(&mut self, first: usize, loans: &[LoanEcl]) -> Result<()> {
        let failed = |cause| Error::file(&self.path, "write", cause);
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns((self.tape, self.framework), first, loans));
        let batch = batch.map_err(std::io::Error::other).map_err(failed)?;
        self.writer.write(&batch).map_err(io_error).map_err(failed)
    }

    /// Ends the file, which has no name yet.
    ///
    /// # Errors
    /// [`Error::File`] when the disk is full, say.
    pub fn finish(self) -> Result<WrittenLoans> {
        let failed = |cause| Error::file(&self.path, "write", cause);
        self.writer.close().map_err(io_error).map_err(failed)?;
        self.draft.as_file().sync_all().map_err(failed)?;
        Ok(WrittenLoans { path: self.path, draft: self.draft })
    }
}

/// A per-loan file that is whole; it is gone again unless it is put in place.
#[derive(Debug)]
pub struct WrittenLoans {
    path: PathBuf,
    draft: NamedTempFile,
}

impl WrittenLoans {
    /// Gives it its name, in place of any file that has it.
    ///
    /// # Errors
    /// [`Error::File`]; what was there before is then still there.
    pub fn put_in_place(self) -> Result<()> {
        draft::put_in_place(self.draft, &self.path)
    }
}

fn fields() -> Vec<Field> {
    let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    vec![
        Field::new("file", words.clone(), true),
        Field::new("row", DataType::UInt32, true),
        Field::new("loan_id", DataType::Utf8, true),
        Field::new("segment", words.clone(), true),
        Field::new("stage", words.clone(), true),
        Field::new("reason", words.clone(), true),
        Field::new("paragraph", words, true),
        Field::new("exposure", DataType::Float64, true),
        Field::new("undrawn", DataType::Float64, true),
        Field::new("remaining_months", DataType::UInt16, true),
        Field::new("pd_12m", DataType::Float64, true),
        Field::new("pd_lifetime", DataType::Float64, true),
        Field::new("pd_residual_origination", DataType::Float64, true),
        Field::new("lgd", DataType::Float64, true),
        Field::new("ecl_12m", DataType::Float64, true),
        Field::new("ecl_lifetime", DataType::Float64, true),
        Field::new("ecl", DataType::Float64, true),
        Field::new("coverage", DataType::Float64, true),
    ]
}

fn columns((tape, framework): (&Tape, Framework), first: usize, loans: &[LoanEcl]) -> Vec<ArrayRef> {
    let details = &tape.details;
    let numbers = || first..first + loans.len();
    let files: Vec<String> = tape.inputs.iter().map(|input| input.path.display().to_string()).collect();
    let file = |number: usize| {
        let place = details.file_ends.partition_point(|end| *end as usize <= number);
        files.get(place).map(String::as_str)
    };
    let row = numbers().map(|number| details.lines.get(number).copied());
    let id = |number: usize| details.loan_ids.as_ref()?.get(number).filter(|id| !id.is_empty());
    let segment = |loan: &LoanEcl| tape.segments.get(loan.segment as usize).map(String::as_str);
    let months = |loan: &LoanEcl| (loan.remaining_months > 0).then_some(loan.remaining_months);
    vec![
        words(numbers().map(file)),
        Arc::new(row.collect::<UInt32Array>()),
        Arc::new(numbers().map(id).collect::<StringArray>()),
        words(loans.iter().map(segment)),
        words(loans.iter().map(|loan| Some(loan.staged.stage.name()))),
        words(loans.iter().map(|loan| Some(loan.staged.reason.code()))),
        words(loans.iter().map(|loan| loan.staged.reason.paragraph(framework))),
        numbers_of(loans, |loan| loan.exposure),
        numbers_of(loans, |loan| loan.undrawn),
        Arc::new(loans.iter().map(months).collect::<UInt16Array>()),
        numbers_of(loans, |loan| loan.more.pd_12m),
        numbers_of(loans, |loan| loan.more.pd_lifetime),
        numbers_of(loans, |loan| loan.more.pd_residual_origination),
        numbers_of(loans, |loan| loan.more.lgd),
        numbers_of(loans, |loan| loan.more.ecl_12m),
        numbers_of(loans, |loan| loan.more.ecl_lifetime),
        numbers_of(loans, |loan| loan.ecl),
        numbers_of(loans, |loan| loan.ecl / loan.exposure),
    ]
}

fn numbers_of(loans: &[LoanEcl], number: impl Fn(&LoanEcl) -> f64) -> ArrayRef {
    let known = |loan: &LoanEcl| Some(number(loan)).filter(|number| number.is_finite());
    Arc::new(loans.iter().map(known).collect::<Float64Array>())
}

fn words<'w>(words: impl Iterator<Item = Option<&'w str>>) -> ArrayRef {
    let mut builder = StringDictionaryBuilder::<Int32Type>::new();
    words.for_each(|word| builder.append_option(word));
    Arc::new(builder.finish())
}
