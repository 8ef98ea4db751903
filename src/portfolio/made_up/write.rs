//! Writing a made-up tape: streaming, so that ten million loans need no more memory than ten thousand.

use super::life::Life;
use super::model::RATING_SCALE;
use super::{Loan, MadeUp, MadeUpColumns, PdKind};
use crate::error::{Error, Result};
use crate::portfolio::draft;
use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::Compression;
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, UInt16Array};
use arrow::datatypes::{DataType, Field, Schema};
use flate2::write::GzEncoder;
use rayon::prelude::*;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use tempfile::NamedTempFile;

/// Names of the columns on lifetimes; `*` is how PDs are told.
const LATER: [&str; 5] = ["interest_rate", "remaining_months", "days_past_due", "limit", "origination_*"];

/// Loans written at once.
const BATCH: usize = 1 << 16;

/// Writes the tape of `made_up` to `path`, as the extension says: `.csv`, `.csv.gz` or `.parquet` (zstd).
///
/// The file appears when it is complete, in place of any file of that name. `progress` is told the loans so far and may break
/// off: nothing is left of the file then.
///
/// # Errors
/// [`Error::Setting`] on sizes and names that cannot be, [`Error::File`] when writing fails, [`Error::Interrupted`] when
/// `progress` breaks off.
pub fn write_made_up(made_up: &MadeUp, path: &Path, progress: Progress) -> Result<()> {
    made_up.check()?;
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let write = if name.ends_with(".parquet") {
        write_parquet
    } else if name.ends_with(".csv.gz") {
        write_gzip
    } else if name.ends_with(".csv") {
        write_plain
    } else {
        return Err(Error::setting("--out", path.display(), "a file name that ends in .csv, .csv.gz or .parquet"));
    };
    let file = draft::create(path)?;
    let file = write(made_up, file, progress).map_err(|halt| match halt {
        Halt::BrokenOff => Error::Interrupted,
        Halt::Failed(error) => Error::file(path, "write", error),
    })?;
    draft::put_in_place(file, path)
}

/// Is told the loans so far and says whether to go on.
type Progress<'a> = &'a dyn Fn(u64) -> ControlFlow<()>;

/// Why writing ended early.
enum Halt {
    /// `progress` said so.
    BrokenOff,
    /// The file could not be written.
    Failed(std::io::Error),
}

impl<E: Into<std::io::Error>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

type Written<T> = std::result::Result<T, Halt>;

fn tell(progress: Progress, loans: u64) -> Written<()> {
    match progress(loans) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Halt::BrokenOff),
    }
}

fn write_plain(made_up: &MadeUp, file: NamedTempFile, progress: Progress) -> Written<NamedTempFile> {
    Ok(write_text(made_up, BufWriter::new(file), progress)?.into_inner()?)
}

fn write_gzip(made_up: &MadeUp, file: NamedTempFile, progress: Progress) -> Written<NamedTempFile> {
    // The writer in front spares the encoder a call per number.
    let encoder = BufWriter::new(GzEncoder::new(file, flate2::Compression::fast()));
    Ok(write_text(made_up, encoder, progress)?.into_inner()?.finish()?)
}

fn write_text<W: Write>(made_up: &MadeUp, mut out: W, progress: Progress) -> Written<W> {
    let names = segment_names(made_up);
    let quality = quality(made_up.pds);
    let later = if made_up.columns == MadeUpColumns::Lifetimes { &LATER[..] } else { &[] };
    let later: String = later.iter().map(|name| format!(",{name}")).collect();
    writeln!(out, "loan_id,segment,{quality},ead,lgd{}", later.replace('*', quality))?;
    for loan in made_up.loans() {
        let Loan { number, ead, lgd, pd, .. } = loan;
        write!(out, "{number},{},", name(&names, loan.segment))?;
        match loan.rating {
            Some(rating) => write!(out, "{}", rating_name(rating))?,
            None => write!(out, "{pd}")?,
        }
        write!(out, ",{ead:.2},{lgd}")?;
        if made_up.columns == MadeUpColumns::Lifetimes {
            let Life { interest_rate, remaining_months, days_past_due, limit, origination_pd, origination_rating } =
                made_up.life(&loan);
            write!(out, ",{interest_rate},{remaining_months},{days_past_due},{limit:.2},")?;
            match origination_rating {
                Some(rating) => write!(out, "{}", rating_name(rating))?,
                None => write!(out, "{origination_pd}")?,
            }
        }
        writeln!(out)?;
        if number.is_multiple_of(BATCH as u64) {
            tell(progress, number)?;
        }
    }
    tell(progress, made_up.loans)?;
    Ok(out)
}

fn write_parquet(made_up: &MadeUp, file: NamedTempFile, progress: Progress) -> Written<NamedTempFile> {
    let names = segment_names(made_up);
    let column = |name, kind| Field::new(name, kind, false);
    let kind = match made_up.pds {
        PdKind::Grades => DataType::Utf8,
        PdKind::Continuous => DataType::Float64,
    };
    let mut fields = vec![
        column("loan_id", DataType::Int64),
        column("segment", DataType::Utf8),
        column(quality(made_up.pds), kind.clone()),
        column("ead", DataType::Float64),
        column("lgd", DataType::Float64),
    ];
    if made_up.columns == MadeUpColumns::Lifetimes {
        let kinds = [DataType::Float64, DataType::UInt16, DataType::UInt16, DataType::Float64, kind];
        let later = LATER.iter().zip(kinds);
        fields.extend(later.map(|(name, kind)| Field::new(name.replace('*', quality(made_up.pds)), kind, false)));
    }
    let schema = Arc::new(Schema::new(fields));
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(Default::default())).build();
    let mut writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(io_error)?;
    let mut loans = made_up.loans();
    let mut written = 0;
    loop {
        let batch: Vec<Loan> = loans.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        written += batch.len() as u64;
        let mut columns = columns(&batch, &names, made_up.pds);
        if made_up.columns == MadeUpColumns::Lifetimes {
            columns.extend(later_columns(&batch, made_up));
        }
        let batch = RecordBatch::try_new(schema.clone(), columns).map_err(std::io::Error::other)?;
        writer.write(&batch).map_err(io_error)?;
        tell(progress, written)?;
    }
    Ok(writer.into_inner().map_err(io_error)?)
}

/// The input/output error within an error of the Parquet library: its kind (a full disk) says what to do.
pub(crate) fn io_error(error: ParquetError) -> std::io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast() {
            Ok(error) => *error,
            Err(other) => std::io::Error::other(other),
        },
        other => std::io::Error::other(other),
    }
}

fn columns(loans: &[Loan], names: &[String], pds: PdKind) -> Vec<ArrayRef> {
    let numbers =
        |value: fn(&Loan) -> f64| -> ArrayRef { Arc::new(Float64Array::from_iter_values(loans.iter().map(value))) };
    vec![
        Arc::new(Int64Array::from_iter_values(loans.iter().map(|loan| loan.number as i64))),
        Arc::new(StringArray::from_iter_values(loans.iter().map(|loan| name(names, loan.segment)))),
        match pds {
            PdKind::Grades => Arc::new(loans.iter().map(|loan| loan.rating.map(rating_name)).collect::<StringArray>()),
            PdKind::Continuous => numbers(|loan| loan.pd),
        },
        numbers(|loan| loan.ead),
        numbers(|loan| loan.lgd),
    ]
}

fn later_columns(loans: &[Loan], made_up: &MadeUp) -> Vec<ArrayRef> {
    let lives: Vec<Life> = loans.par_iter().map(|loan| made_up.life(loan)).collect();
    let numbers =
        |value: fn(&Life) -> f64| -> ArrayRef { Arc::new(Float64Array::from_iter_values(lives.iter().map(value))) };
    let counts =
        |value: fn(&Life) -> u16| -> ArrayRef { Arc::new(UInt16Array::from_iter_values(lives.iter().map(value))) };
    let ratings = || lives.iter().map(|life| life.origination_rating.map(rating_name)).collect::<StringArray>();
    vec![
        numbers(|life| life.interest_rate),
        counts(|life| life.remaining_months),
        counts(|life| life.days_past_due),
        numbers(|life| life.limit),
        match made_up.pds {
            PdKind::Grades => Arc::new(ratings()),
            PdKind::Continuous => numbers(|life| life.origination_pd),
        },
    ]
}

fn segment_names(made_up: &MadeUp) -> Vec<String> {
    (0..made_up.segments).map(|segment| made_up.segment_name(segment)).collect()
}

fn name(names: &[String], segment: usize) -> &str {
    names.get(segment).map_or("", String::as_str)
}

fn rating_name(rating: usize) -> &'static str {
    RATING_SCALE.get(rating).map_or("", |(name, _)| name)
}

fn quality(pds: PdKind) -> &'static str {
    match pds {
        PdKind::Grades => "rating",
        PdKind::Continuous => "pd",
    }
}

#[cfg(test)]
mod tests {
    use super::super::made_up_tape;
    use super::*;
    use crate::portfolio::{Details, FieldSet, SegmentRule, TapeSettings, read_tape};
    use std::cell::Cell;

    const ONE_YEAR: MadeUpColumns = MadeUpColumns::OneYear;

    fn go_on(_: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    #[test]
    fn breaking_off_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let made_up = MadeUp { loans: 200_003, seed: 3, segments: 13, pds: PdKind::Continuous, columns: ONE_YEAR };
        for name in ["a.csv", "a.csv.gz", "a.parquet"] {
            let told = Cell::new(0);
            let stop = |loans| {
                told.set(loans);
                if loans > 70_000 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let error = write_made_up(&made_up, &folder.path().join(name), &stop).unwrap_err();
            assert!(matches!(error, Error::Interrupted), "{name}: {error}");
            assert!(told.get() < 200_003, "{name} was written to its end");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{name}");
        }
    }

    #[test]
    fn every_format_reads_back_as_the_tape_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        for pds in [PdKind::Grades, PdKind::Continuous] {
            let made_up = MadeUp { loans: 70_001, seed: 3, segments: 13, pds, columns: ONE_YEAR };
            let wanted = made_up_tape(&made_up).unwrap();
            for name in ["a.csv", "a.csv.gz", "a.PARQUET"] {
                let path = folder.path().join(name);
                write_made_up(&made_up, &path, &go_on).unwrap();
                let ratings = RATING_SCALE.iter().map(|(name, pd)| ((*name).to_owned(), *pd)).collect();
                let segments = SegmentRule::Any { lgd: None };
                let settings = TapeSettings { ratings, segments, ..TapeSettings::default() };
                let tape = read_tape(&[path], &settings, &go_on).unwrap();
                assert_eq!((&tape.segments, &tape.segment), (&wanted.segments, &wanted.segment), "{name}");
                assert_eq!((&tape.pd, &tape.ead, &tape.lgd), (&wanted.pd, &wanted.ead, &wanted.lgd), "{name}");
                assert_eq!((tape.graded, tape.rejected.rows), (wanted.graded, 0), "{name}");
            }
        }
    }

    #[test]
    fn lifetimes_read_back_from_every_format() {
        let folder = tempfile::tempdir().unwrap();
        for pds in [PdKind::Grades, PdKind::Continuous] {
            let made_up = MadeUp { loans: 3_001, seed: 3, segments: 7, pds, columns: MadeUpColumns::Lifetimes };
            let wanted: Vec<Life> = made_up.loans().map(|loan| made_up.life(&loan)).collect();
            for name in ["a.csv", "a.parquet"] {
                let path = folder.path().join(name);
                write_made_up(&made_up, &path, &go_on).unwrap();
                let ratings = RATING_SCALE.iter().map(|(name, pd)| ((*name).to_owned(), *pd)).collect();
                let date = crate::units::Date::parse("2025-12-31", &<_>::default());
                let settings = TapeSettings {
                    ratings,
                    wanted: FieldSet::DETAILS,
                    reporting_date: date,
                    ..TapeSettings::default()
                };
                let details = read_tape(&[path], &settings, &go_on).unwrap().details;
                for (i, life) in wanted.iter().enumerate() {
                    assert_eq!(details.interest_rate[i], life.interest_rate, "{name}");
                    assert_eq!(details.remaining_months[i], life.remaining_months, "{name}");
                    assert_eq!(
                        (details.days_past_due[i], details.limit[i]),
                        (life.days_past_due, life.limit),
                        "{name}"
                    );
                    match pds {
                        PdKind::Grades => assert_ne!(details.origination_rating[i], Details::BLANK),
                        PdKind::Continuous => assert_eq!(details.origination_pd[i], life.origination_pd),
                    }
                }
            }
        }
    }

    #[test]
    fn a_full_disk_is_recognised_through_the_parquet_library() {
        let full = || std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert_eq!(io_error(ParquetError::from(full())).kind(), std::io::ErrorKind::StorageFull);
        assert_eq!(io_error(ParquetError::General("x".into())).kind(), std::io::ErrorKind::Other);
    }

    #[test]
    fn a_name_without_a_known_ending_is_refused() {
        let made_up = MadeUp { loans: 1, seed: 1, segments: 1, pds: PdKind::Grades, columns: ONE_YEAR };
        let error = write_made_up(&made_up, Path::new("tape.xlsx"), &go_on).unwrap_err();
        assert!(error.to_string().contains(".csv.gz or .parquet"), "{error}");
    }
}
